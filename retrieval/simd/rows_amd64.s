#include "go_asm.h"
#include "textflag.h"

// Functions over one row of float32. Lengths are multiples of 32, or of 16
// where it says so, and not 0. All require AVX2 and FMA.

// SUM8 adds up the eight numbers of y into x, its lower half.
#define SUM8(y, x) \
	VEXTRACTF128 $1, y, X15; \
	VADDPS       X15, x, x; \
	VPERMILPS    $0x4e, x, X15; \
	VADDPS       X15, x, x; \
	VPERMILPS    $0xb1, x, X15; \
	VADDPS       X15, x, x

// MAX8 leaves the largest of the eight numbers of y in x, its lower half.
#define MAX8(y, x) \
	VEXTRACTF128 $1, y, X15; \
	VMAXPS       X15, x, x; \
	VPERMILPS    $0x4e, x, X15; \
	VMAXPS       X15, x, x; \
	VPERMILPS    $0xb1, x, X15; \
	VMAXPS       X15, x, x

// func absMaxAsm(x *float32, n int) float32
TEXT ·absMaxAsm(SB), NOSPLIT, $0-20
	MOVQ     x+0(FP), AX
	MOVQ     n+8(FP), CX
	VPCMPEQD Y8, Y8, Y8
	VPSRLD   $1, Y8, Y8 // all but the sign
	VXORPS   Y0, Y0, Y0
	VXORPS   Y1, Y1, Y1
	VXORPS   Y2, Y2, Y2
	VXORPS   Y3, Y3, Y3

loop:
	VANDPS (AX), Y8, Y4
	VANDPS 32(AX), Y8, Y5
	VANDPS 64(AX), Y8, Y6
	VANDPS 96(AX), Y8, Y7
	VMAXPS Y4, Y0, Y0
	VMAXPS Y5, Y1, Y1
	VMAXPS Y6, Y2, Y2
	VMAXPS Y7, Y3, Y3
	ADDQ   $128, AX
	SUBQ   $32, CX
	JNZ    loop

	VMAXPS Y1, Y0, Y0
	VMAXPS Y3, Y2, Y2
	VMAXPS Y2, Y0, Y0
	MAX8(Y0, X0)
	VMOVSS X0, ret+16(FP)
	VZEROUPPER
	RET

// The order in which packing leaves the eight quarters of 32 numbers.
DATA quarters<>+0(SB)/8, $0x0000000400000000
DATA quarters<>+8(SB)/8, $0x0000000500000001
DATA quarters<>+16(SB)/8, $0x0000000600000002
DATA quarters<>+24(SB)/8, $0x0000000700000003
GLOBL quarters<>(SB), RODATA|NOPTR, $32

// func quantizeAsm(dst *uint8, x *float32, n int, inverse float32)
TEXT ·quantizeAsm(SB), NOSPLIT, $0-28
	MOVQ         dst+0(FP), BX
	MOVQ         x+8(FP), AX
	MOVQ         n+16(FP), CX
	VBROADCASTSS inverse+24(FP), Y8
	VMOVDQU      quarters<>(SB), Y9
	VPCMPEQB     Y10, Y10, Y10
	VPABSB       Y10, Y10
	VPSLLW       $7, Y10, Y10 // 128 in each byte

loop:
	VMULPS    (AX), Y8, Y0
	VMULPS    32(AX), Y8, Y1
	VMULPS    64(AX), Y8, Y2
	VMULPS    96(AX), Y8, Y3
	VCVTPS2DQ Y0, Y0
	VCVTPS2DQ Y1, Y1
	VCVTPS2DQ Y2, Y2
	VCVTPS2DQ Y3, Y3
	VPACKSSDW Y1, Y0, Y0
	VPACKSSDW Y3, Y2, Y2
	VPACKSSWB Y2, Y0, Y0
	VPERMD    Y0, Y9, Y0
	VPXOR     Y10, Y0, Y0
	VMOVDQU   Y0, (BX)
	ADDQ      $128, AX
	ADDQ      $32, BX
	SUBQ      $32, CX
	JNZ       loop
	VZEROUPPER
	RET

// func layerNormAsm(x, gain, bias *float32, n int, epsilon float32)
TEXT ·layerNormAsm(SB), NOSPLIT, $0-36
	MOVQ       x+0(FP), AX
	MOVQ       gain+8(FP), BX
	MOVQ       bias+16(FP), DX
	MOVQ       n+24(FP), CX
	SHLQ       $2, CX // bytes
	VCVTSI2SSQ n+24(FP), X14, X14
	VXORPS     Y0, Y0, Y0
	VXORPS     Y1, Y1, Y1
	VXORPS     Y2, Y2, Y2
	VXORPS     Y3, Y3, Y3
	XORQ       DI, DI

sum:
	VADDPS (AX)(DI*1), Y0, Y0
	VADDPS 32(AX)(DI*1), Y1, Y1
	VADDPS 64(AX)(DI*1), Y2, Y2
	VADDPS 96(AX)(DI*1), Y3, Y3
	ADDQ   $128, DI
	CMPQ   DI, CX
	JLT    sum

	VADDPS       Y1, Y0, Y0
	VADDPS       Y3, Y2, Y2
	VADDPS       Y2, Y0, Y0
	SUM8(Y0, X0)
	VDIVSS       X14, X0, X0
	VBROADCASTSS X0, Y8 // the mean
	VXORPS       Y0, Y0, Y0
	VXORPS       Y1, Y1, Y1
	VXORPS       Y2, Y2, Y2
	VXORPS       Y3, Y3, Y3
	XORQ         DI, DI

squares:
	VMOVUPS     (AX)(DI*1), Y4
	VMOVUPS     32(AX)(DI*1), Y5
	VMOVUPS     64(AX)(DI*1), Y6
	VMOVUPS     96(AX)(DI*1), Y7
	VSUBPS      Y8, Y4, Y4
	VSUBPS      Y8, Y5, Y5
	VSUBPS      Y8, Y6, Y6
	VSUBPS      Y8, Y7, Y7
	VFMADD231PS Y4, Y4, Y0
	VFMADD231PS Y5, Y5, Y1
	VFMADD231PS Y6, Y6, Y2
	VFMADD231PS Y7, Y7, Y3
	ADDQ        $128, DI
	CMPQ        DI, CX
	JLT         squares

	VADDPS       Y1, Y0, Y0
	VADDPS       Y3, Y2, Y2
	VADDPS       Y2, Y0, Y0
	SUM8(Y0, X0)
	VDIVSS       X14, X0, X0
	VADDSS       epsilon+32(FP), X0, X0
	VSQRTSS      X0, X0, X0
	MOVL         $0x3f800000, R8 // 1
	MOVL         R8, X1
	VDIVSS       X0, X1, X0
	VBROADCASTSS X0, Y9
	XORQ         DI, DI

normalize:
	VMOVUPS     (AX)(DI*1), Y4
	VMOVUPS     32(AX)(DI*1), Y5
	VSUBPS      Y8, Y4, Y4
	VSUBPS      Y8, Y5, Y5
	VMULPS      Y9, Y4, Y4
	VMULPS      Y9, Y5, Y5
	VMOVUPS     (DX)(DI*1), Y6
	VMOVUPS     32(DX)(DI*1), Y7
	VFMADD231PS (BX)(DI*1), Y4, Y6
	VFMADD231PS 32(BX)(DI*1), Y5, Y7
	VMOVUPS     Y6, (AX)(DI*1)
	VMOVUPS     Y7, 32(AX)(DI*1)
	ADDQ        $64, DI
	CMPQ        DI, CX
	JLT         normalize
	VZEROUPPER
	RET

// TERM256 continues Horner's method for four registers with the term at an
// offset of the terms at BX.
#define TERM256(offset, v0, v1, v2, v3, p0, p1, p2, p3) \
	VBROADCASTSS offset(BX), Y12; \
	VFMADD213PS  Y12, v0, p0; \
	VFMADD213PS  Y12, v1, p1; \
	VFMADD213PS  Y12, v2, p2; \
	VFMADD213PS  Y12, v3, p3

// func geluAsm(x *float32, n int, terms *geluTerms)
TEXT ·geluAsm(SB), NOSPLIT, $0-24
	MOVQ         x+0(FP), AX
	MOVQ         n+8(FP), CX
	MOVQ         terms+16(FP), BX
	VBROADCASTSS geluTerms_square(BX), Y13
	MOVL         $0x3f000000, R8 // .5
	MOVL         R8, X15
	VBROADCASTSS X15, Y15
	VADDPS       Y15, Y15, Y14 // 1

loop:
	VMOVUPS      (AX), Y8
	VMOVUPS      32(AX), Y9
	VMOVUPS      64(AX), Y10
	VMOVUPS      96(AX), Y11
	VMULPS       Y8, Y8, Y0
	VMULPS       Y9, Y9, Y1
	VMULPS       Y10, Y10, Y2
	VMULPS       Y11, Y11, Y3
	VFMSUB213PS  Y14, Y13, Y0
	VFMSUB213PS  Y14, Y13, Y1
	VFMSUB213PS  Y14, Y13, Y2
	VFMSUB213PS  Y14, Y13, Y3
	VMINPS       Y14, Y0, Y0
	VMINPS       Y14, Y1, Y1
	VMINPS       Y14, Y2, Y2
	VMINPS       Y14, Y3, Y3
	VBROADCASTSS 36(BX), Y4
	VMOVAPS      Y4, Y5
	VMOVAPS      Y4, Y6
	VMOVAPS      Y4, Y7
	TERM256(32, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
	TERM256(28, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
	TERM256(24, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
	TERM256(20, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
	TERM256(16, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
	TERM256(12, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
	TERM256(8, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
	TERM256(4, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
	TERM256(0, Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7)
	VFMADD213PS  Y15, Y8, Y4
	VFMADD213PS  Y15, Y9, Y5
	VFMADD213PS  Y15, Y10, Y6
	VFMADD213PS  Y15, Y11, Y7
	VXORPS       Y12, Y12, Y12
	VMINPS       Y14, Y4, Y4
	VMINPS       Y14, Y5, Y5
	VMINPS       Y14, Y6, Y6
	VMINPS       Y14, Y7, Y7
	VMAXPS       Y12, Y4, Y4
	VMAXPS       Y12, Y5, Y5
	VMAXPS       Y12, Y6, Y6
	VMAXPS       Y12, Y7, Y7
	VMULPS       Y8, Y4, Y4
	VMULPS       Y9, Y5, Y5
	VMULPS       Y10, Y6, Y6
	VMULPS       Y11, Y7, Y7
	VMOVUPS      Y4, (AX)
	VMOVUPS      Y5, 32(AX)
	VMOVUPS      Y6, 64(AX)
	VMOVUPS      Y7, 96(AX)
	ADDQ         $128, AX
	SUBQ         $32, CX
	JNZ          loop
	VZEROUPPER
	RET

// func softmaxPartsAsm(x *float32, n int, terms *expTerms) float32
//
// n is a multiple of 16.
TEXT ·softmaxPartsAsm(SB), NOSPLIT, $0-28
	MOVQ    x+0(FP), AX
	MOVQ    n+8(FP), CX
	SHLQ    $2, CX // bytes
	VMOVUPS (AX), Y0
	VMOVUPS 32(AX), Y1
	MOVQ    $64, DI
	CMPQ    DI, CX
	JGE     maxDone

max:
	VMAXPS (AX)(DI*1), Y0, Y0
	VMAXPS 32(AX)(DI*1), Y1, Y1
	ADDQ   $64, DI
	CMPQ   DI, CX
	JLT    max

maxDone:
	VMAXPS       Y1, Y0, Y0
	MAX8(Y0, X0)
	VBROADCASTSS X0, Y7
	MOVQ         terms+16(FP), BX
	VBROADCASTSS (BX), Y8
	VBROADCASTSS 4(BX), Y9
	VBROADCASTSS 8(BX), Y10
	VBROADCASTSS 12(BX), Y11
	VBROADCASTSS 16(BX), Y12
	VBROADCASTSS 20(BX), Y13
	VBROADCASTSS expTerms_log2e(BX), Y14
	VBROADCASTSS expTerms_least(BX), Y15
	VXORPS       Y0, Y0, Y0
	XORQ         DI, DI

	// Two registers at a time: 2**z = 2**round(z) * 2**(z-round(z)), the
	// former by adding to the exponent's bits.
exp:
	VMOVUPS     (AX)(DI*1), Y1
	VMOVUPS     32(AX)(DI*1), Y2
	VSUBPS      Y7, Y1, Y1
	VSUBPS      Y7, Y2, Y2
	VMAXPS      Y15, Y1, Y1
	VMAXPS      Y15, Y2, Y2
	VMULPS      Y14, Y1, Y1
	VMULPS      Y14, Y2, Y2
	VROUNDPS    $0, Y1, Y3
	VROUNDPS    $0, Y2, Y4
	VSUBPS      Y3, Y1, Y1
	VSUBPS      Y4, Y2, Y2
	VMOVAPS     Y13, Y5
	VMOVAPS     Y13, Y6
	VFMADD213PS Y12, Y1, Y5
	VFMADD213PS Y12, Y2, Y6
	VFMADD213PS Y11, Y1, Y5
	VFMADD213PS Y11, Y2, Y6
	VFMADD213PS Y10, Y1, Y5
	VFMADD213PS Y10, Y2, Y6
	VFMADD213PS Y9, Y1, Y5
	VFMADD213PS Y9, Y2, Y6
	VFMADD213PS Y8, Y1, Y5
	VFMADD213PS Y8, Y2, Y6
	VCVTPS2DQ   Y3, Y3
	VCVTPS2DQ   Y4, Y4
	VPSLLD      $23, Y3, Y3
	VPSLLD      $23, Y4, Y4
	VPADDD      Y3, Y5, Y5
	VPADDD      Y4, Y6, Y6
	VMOVUPS     Y5, (AX)(DI*1)
	VMOVUPS     Y6, 32(AX)(DI*1)
	VADDPS      Y5, Y6, Y6
	VADDPS      Y6, Y0, Y0
	ADDQ        $64, DI
	CMPQ        DI, CX
	JLT         exp

	SUM8(Y0, X0)
	VMOVSS X0, ret+24(FP)
	VZEROUPPER
	RET
