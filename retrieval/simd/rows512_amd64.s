#include "go_asm.h"
#include "textflag.h"

// The functions over rows that compute much for each number, for AVX-512 F.

// func geluAVX512(x *float32, n int, terms *geluTerms)
//
// n is a multiple of 32 and not 0.
TEXT ·geluAVX512(SB), NOSPLIT, $0-24
	MOVQ         x+0(FP), AX
	MOVQ         n+8(FP), CX
	MOVQ         terms+16(FP), BX
	VBROADCASTSS (BX), Z16
	VBROADCASTSS 4(BX), Z17
	VBROADCASTSS 8(BX), Z18
	VBROADCASTSS 12(BX), Z19
	VBROADCASTSS 16(BX), Z20
	VBROADCASTSS 20(BX), Z21
	VBROADCASTSS 24(BX), Z22
	VBROADCASTSS 28(BX), Z23
	VBROADCASTSS 32(BX), Z24
	VBROADCASTSS 36(BX), Z25
	VBROADCASTSS geluTerms_square(BX), Z26
	MOVL         $0x3f000000, R8 // .5
	VPBROADCASTD R8, Z27
	VADDPS       Z27, Z27, Z28   // 1
	VPXORD       Z29, Z29, Z29

loop:
	VMOVUPS     (AX), Z0
	VMOVUPS     64(AX), Z1
	VMULPS      Z0, Z0, Z2
	VMULPS      Z1, Z1, Z3
	VFMSUB213PS Z28, Z26, Z2
	VFMSUB213PS Z28, Z26, Z3
	VMINPS      Z28, Z2, Z2
	VMINPS      Z28, Z3, Z3
	VMOVAPS     Z25, Z4
	VMOVAPS     Z25, Z5
	VFMADD213PS Z24, Z2, Z4
	VFMADD213PS Z24, Z3, Z5
	VFMADD213PS Z23, Z2, Z4
	VFMADD213PS Z23, Z3, Z5
	VFMADD213PS Z22, Z2, Z4
	VFMADD213PS Z22, Z3, Z5
	VFMADD213PS Z21, Z2, Z4
	VFMADD213PS Z21, Z3, Z5
	VFMADD213PS Z20, Z2, Z4
	VFMADD213PS Z20, Z3, Z5
	VFMADD213PS Z19, Z2, Z4
	VFMADD213PS Z19, Z3, Z5
	VFMADD213PS Z18, Z2, Z4
	VFMADD213PS Z18, Z3, Z5
	VFMADD213PS Z17, Z2, Z4
	VFMADD213PS Z17, Z3, Z5
	VFMADD213PS Z16, Z2, Z4
	VFMADD213PS Z16, Z3, Z5
	VFMADD213PS Z27, Z0, Z4
	VFMADD213PS Z27, Z1, Z5
	VMINPS      Z28, Z4, Z4
	VMINPS      Z28, Z5, Z5
	VMAXPS      Z29, Z4, Z4
	VMAXPS      Z29, Z5, Z5
	VMULPS      Z0, Z4, Z4
	VMULPS      Z1, Z5, Z5
	VMOVUPS     Z4, (AX)
	VMOVUPS     Z5, 64(AX)
	ADDQ        $128, AX
	SUBQ        $32, CX
	JNZ         loop
	VZEROUPPER
	RET

// HALVES combines the halves of z, and of these, until all numbers of x, its
// lowest quarter, are the result. It uses Z30 and X15.
#define HALVES(op, z, y, x) \
	VSHUFF64X2   $0x4e, z, z, Z30; \
	op           Z30, z, z; \
	VEXTRACTF128 $1, y, X15; \
	op           X15, x, x; \
	VPERMILPS    $0x4e, x, X15; \
	op           X15, x, x; \
	VPERMILPS    $0xb1, x, X15; \
	op           X15, x, x

// func softmaxPartsAVX512(x *float32, n int, terms *expTerms) float32
//
// n is a multiple of 16 and not 0.
TEXT ·softmaxPartsAVX512(SB), NOSPLIT, $0-28
	MOVQ    x+0(FP), AX
	MOVQ    n+8(FP), CX
	MOVQ    terms+16(FP), BX
	LEAQ    (AX)(CX*4), CX // the end
	MOVQ    AX, DI
	VMOVUPS (DI), Z0

max:
	VMAXPS (DI), Z0, Z0
	ADDQ   $64, DI
	CMPQ   DI, CX
	JLT    max

	HALVES(VMAXPS, Z0, Y0, X0)
	VBROADCASTSS X0, Z16
	VBROADCASTSS (BX), Z17
	VBROADCASTSS 4(BX), Z18
	VBROADCASTSS 8(BX), Z19
	VBROADCASTSS 12(BX), Z20
	VBROADCASTSS 16(BX), Z21
	VBROADCASTSS 20(BX), Z22
	VBROADCASTSS expTerms_log2e(BX), Z23
	VBROADCASTSS expTerms_least(BX), Z24
	VPXORD       Z0, Z0, Z0

	// 2**z = 2**round(z) * 2**(z-round(z))
exp:
	VMOVUPS     (AX), Z1
	VSUBPS      Z16, Z1, Z1
	VMAXPS      Z24, Z1, Z1
	VMULPS      Z23, Z1, Z1
	VRNDSCALEPS $0, Z1, Z2
	VSUBPS      Z2, Z1, Z1
	VMOVAPS     Z22, Z3
	VFMADD213PS Z21, Z1, Z3
	VFMADD213PS Z20, Z1, Z3
	VFMADD213PS Z19, Z1, Z3
	VFMADD213PS Z18, Z1, Z3
	VFMADD213PS Z17, Z1, Z3
	VSCALEFPS   Z2, Z3, Z3
	VMOVUPS     Z3, (AX)
	VADDPS      Z3, Z0, Z0
	ADDQ        $64, AX
	CMPQ        AX, CX
	JLT         exp

	HALVES(VADDPS, Z0, Y0, X0)
	VMOVSS X0, ret+24(FP)
	VZEROUPPER
	RET

// func layerNormAVX512(x, gain, bias *float32, n int, epsilon float32)
//
// n is a multiple of 64 and not 0.
TEXT ·layerNormAVX512(SB), NOSPLIT, $0-36
	MOVQ       x+0(FP), AX
	MOVQ       gain+8(FP), BX
	MOVQ       bias+16(FP), DX
	MOVQ       n+24(FP), CX
	SHLQ       $2, CX // bytes
	VXORPS     X14, X14, X14
	VCVTSI2SSQ n+24(FP), X14, X14
	VPXORD     Z0, Z0, Z0
	VPXORD     Z1, Z1, Z1
	VPXORD     Z2, Z2, Z2
	VPXORD     Z3, Z3, Z3
	XORQ       DI, DI

sum:
	VADDPS (AX)(DI*1), Z0, Z0
	VADDPS 64(AX)(DI*1), Z1, Z1
	VADDPS 128(AX)(DI*1), Z2, Z2
	VADDPS 192(AX)(DI*1), Z3, Z3
	ADDQ   $256, DI
	CMPQ   DI, CX
	JLT    sum

	VADDPS       Z1, Z0, Z0
	VADDPS       Z3, Z2, Z2
	VADDPS       Z2, Z0, Z0
	HALVES(VADDPS, Z0, Y0, X0)
	VDIVSS       X14, X0, X0
	VBROADCASTSS X0, Z8 // the mean
	VPXORD       Z0, Z0, Z0
	VPXORD       Z1, Z1, Z1
	VPXORD       Z2, Z2, Z2
	VPXORD       Z3, Z3, Z3
	XORQ         DI, DI

squares:
	VMOVUPS     (AX)(DI*1), Z4
	VMOVUPS     64(AX)(DI*1), Z5
	VMOVUPS     128(AX)(DI*1), Z6
	VMOVUPS     192(AX)(DI*1), Z7
	VSUBPS      Z8, Z4, Z4
	VSUBPS      Z8, Z5, Z5
	VSUBPS      Z8, Z6, Z6
	VSUBPS      Z8, Z7, Z7
	VFMADD231PS Z4, Z4, Z0
	VFMADD231PS Z5, Z5, Z1
	VFMADD231PS Z6, Z6, Z2
	VFMADD231PS Z7, Z7, Z3
	ADDQ        $256, DI
	CMPQ        DI, CX
	JLT         squares

	VADDPS       Z1, Z0, Z0
	VADDPS       Z3, Z2, Z2
	VADDPS       Z2, Z0, Z0
	HALVES(VADDPS, Z0, Y0, X0)
	VDIVSS       X14, X0, X0
	VADDSS       epsilon+32(FP), X0, X0
	VSQRTSS      X0, X0, X0
	MOVL         $0x3f800000, R8 // 1
	MOVL         R8, X1
	VDIVSS       X0, X1, X0
	VBROADCASTSS X0, Z9
	XORQ         DI, DI

normalize:
	VMOVUPS     (AX)(DI*1), Z4
	VMOVUPS     64(AX)(DI*1), Z5
	VSUBPS      Z8, Z4, Z4
	VSUBPS      Z8, Z5, Z5
	VMULPS      Z9, Z4, Z4
	VMULPS      Z9, Z5, Z5
	VMOVUPS     (DX)(DI*1), Z6
	VMOVUPS     64(DX)(DI*1), Z7
	VFMADD231PS (BX)(DI*1), Z4, Z6
	VFMADD231PS 64(BX)(DI*1), Z5, Z7
	VMOVUPS     Z6, (AX)(DI*1)
	VMOVUPS     Z7, 64(AX)(DI*1)
	ADDQ        $128, DI
	CMPQ        DI, CX
	JLT         normalize
	VZEROUPPER
	RET
