#include "go_asm.h"
#include "textflag.h"
#include "nextrow_amd64.h"

// The functions multiply rows of quantised inputs with packed weights; see
// linearCall. They take several rows at once, R8 and following pointing to
// them. Where fewer rows are left, the pointers behind the last one point to
// the last one too, and only the rows that exist are stored.

// MULTIPLY512 adds to two accumulators the products of four inputs of a row
// with the 4x32 weights in Z16 and Z17.
#define MULTIPLY512(row, x, acc0, acc1) \
	VPBROADCASTD (row)(DI*1), x; \
	VPDPBUSD     Z16, x, acc0; \
	VPDPBUSD     Z17, x, acc1

// STORE512 stores a row: sum * (scale of the row * scale of the output) +
// bias + what R11 points to.
#define STORE512(acc0, acc1) \
	VBROADCASTSS (R9), Z28; \
	VCVTDQ2PS    acc0, acc0; \
	VCVTDQ2PS    acc1, acc1; \
	VMULPS       Z28, Z24, Z29; \
	VMULPS       Z28, Z25, Z30; \
	VFMADD213PS  Z26, Z29, acc0; \
	VFMADD213PS  Z27, Z30, acc1; \
	VADDPS       (R11), acc0, acc0; \
	VADDPS       64(R11), acc1, acc1; \
	VMOVUPS      acc0, (R8); \
	VMOVUPS      acc1, 64(R8); \
	ADDQ         R10, R8; \
	ADDQ         R12, R11; \
	ADDQ         $4, R9; \
	DECQ         DX; \
	JZ           done

// func linearVNNI(c *linearCall)
//
// Two panels of 16 outputs, eight rows at once. Requires AVX-512 F and VNNI.
TEXT ·linearVNNI(SB), NOSPLIT, $0-8
	MOVQ c+0(FP), AX
	MOVQ linearCall_in(AX), SI
	MOVQ SI, BX
	SHLQ $4, BX // bytes of a panel

	MOVQ      linearCall_offsets(AX), CX
	VMOVDQU32 (CX), Z22
	VMOVDQU32 64(CX), Z23
	MOVQ      linearCall_weightScales(AX), CX
	VMOVUPS   (CX), Z24
	VMOVUPS   64(CX), Z25
	MOVQ      linearCall_bias(AX), CX
	VMOVUPS   (CX), Z26
	VMOVUPS   64(CX), Z27

rows:
	MOVQ linearCall_rows(AX), DX
	MOVQ linearCall_q(AX), R8
	NEXTROW(R8, R9, 1)
	NEXTROW(R9, R10, 2)
	NEXTROW(R10, R11, 3)
	NEXTROW(R11, R12, 4)
	NEXTROW(R12, R13, 5)
	NEXTROW(R13, R14, 6)
	NEXTROW(R14, R15, 7)
	MOVQ linearCall_weights(AX), CX
	XORQ DI, DI

	VMOVDQA32 Z22, Z0
	VMOVDQA32 Z23, Z1
	VMOVDQA32 Z22, Z2
	VMOVDQA32 Z23, Z3
	VMOVDQA32 Z22, Z4
	VMOVDQA32 Z23, Z5
	VMOVDQA32 Z22, Z6
	VMOVDQA32 Z23, Z7
	CMPQ      DX, $4
	JLE       four
	VMOVDQA32 Z22, Z8
	VMOVDQA32 Z23, Z9
	VMOVDQA32 Z22, Z10
	VMOVDQA32 Z23, Z11
	VMOVDQA32 Z22, Z12
	VMOVDQA32 Z23, Z13
	VMOVDQA32 Z22, Z14
	VMOVDQA32 Z23, Z15

eight:
	VMOVDQU32 (CX), Z16
	VMOVDQU32 (CX)(BX*1), Z17
	MULTIPLY512(R8, Z18, Z0, Z1)
	MULTIPLY512(R9, Z19, Z2, Z3)
	MULTIPLY512(R10, Z20, Z4, Z5)
	MULTIPLY512(R11, Z21, Z6, Z7)
	MULTIPLY512(R12, Z18, Z8, Z9)
	MULTIPLY512(R13, Z19, Z10, Z11)
	MULTIPLY512(R14, Z20, Z12, Z13)
	MULTIPLY512(R15, Z21, Z14, Z15)
	ADDQ      $64, CX
	ADDQ      $4, DI
	CMPQ      DI, SI
	JLT       eight

	MOVQ linearCall_dst(AX), R8
	MOVQ linearCall_scales(AX), R9
	MOVQ linearCall_strideDst(AX), R10
	MOVQ linearCall_plus(AX), R11
	MOVQ linearCall_stridePlus(AX), R12
	STORE512(Z0, Z1)
	STORE512(Z2, Z3)
	STORE512(Z4, Z5)
	STORE512(Z6, Z7)
	STORE512(Z8, Z9)
	STORE512(Z10, Z11)
	STORE512(Z12, Z13)
	STORE512(Z14, Z15)
	MOVQ R8, linearCall_dst(AX)
	MOVQ R9, linearCall_scales(AX)
	MOVQ R11, linearCall_plus(AX)
	MOVQ DX, linearCall_rows(AX)
	ADDQ SI, R15
	MOVQ R15, linearCall_q(AX)
	JMP  rows

four:
	VMOVDQU32 (CX), Z16
	VMOVDQU32 (CX)(BX*1), Z17
	MULTIPLY512(R8, Z18, Z0, Z1)
	MULTIPLY512(R9, Z19, Z2, Z3)
	MULTIPLY512(R10, Z20, Z4, Z5)
	MULTIPLY512(R11, Z21, Z6, Z7)
	ADDQ      $64, CX
	ADDQ      $4, DI
	CMPQ      DI, SI
	JLT       four

	MOVQ linearCall_dst(AX), R8
	MOVQ linearCall_scales(AX), R9
	MOVQ linearCall_strideDst(AX), R10
	MOVQ linearCall_plus(AX), R11
	MOVQ linearCall_stridePlus(AX), R12
	STORE512(Z0, Z1)
	STORE512(Z2, Z3)
	STORE512(Z4, Z5)
	STORE512(Z6, Z7)

done:
	VZEROUPPER
	RET

// MULTIPLY256 adds to two accumulators the products of four inputs of a row
// with the 4x16 weights in Y8 and Y9. Y15 has ones of 16 bits.
#define MULTIPLY256(row, acc0, acc1) \
	VPBROADCASTD (row)(DI*1), Y10; \
	VPMADDUBSW   Y8, Y10, Y11; \
	VPMADDUBSW   Y9, Y10, Y12; \
	VPMADDWD     Y15, Y11, Y11; \
	VPMADDWD     Y15, Y12, Y12; \
	VPADDD       Y11, acc0, acc0; \
	VPADDD       Y12, acc1, acc1

// STORE256 stores a row: sum * (scale of the row * scale of the output) +
// bias + what R11 points to.
#define STORE256(acc0, acc1) \
	VBROADCASTSS (R9), Y12; \
	VCVTDQ2PS    acc0, acc0; \
	VCVTDQ2PS    acc1, acc1; \
	VMULPS       (BX), Y12, Y13; \
	VMULPS       32(BX), Y12, Y12; \
	VFMADD213PS  (CX), Y13, acc0; \
	VFMADD213PS  32(CX), Y12, acc1; \
	VADDPS       (R11), acc0, acc0; \
	VADDPS       32(R11), acc1, acc1; \
	VMOVUPS      acc0, (R8); \
	VMOVUPS      acc1, 32(R8); \
	ADDQ         R10, R8; \
	ADDQ         R12, R11; \
	ADDQ         $4, R9; \
	DECQ         DX; \
	JZ           done

// func linearAVX2(c *linearCall)
//
// One panel of 16 outputs, four rows at once. Requires AVX2 and FMA.
TEXT ·linearAVX2(SB), NOSPLIT, $0-8
	MOVQ     c+0(FP), AX
	MOVQ     linearCall_in(AX), SI
	VPCMPEQW Y15, Y15, Y15
	VPSRLW   $15, Y15, Y15

rows:
	MOVQ linearCall_rows(AX), DX
	MOVQ linearCall_q(AX), R8
	NEXTROW(R8, R9, 1)
	NEXTROW(R9, R10, 2)
	NEXTROW(R10, R11, 3)
	MOVQ linearCall_offsets(AX), CX
	XORQ DI, DI

	VMOVDQU (CX), Y0
	VMOVDQU 32(CX), Y1
	VMOVDQA Y0, Y2
	VMOVDQA Y1, Y3
	VMOVDQA Y0, Y4
	VMOVDQA Y1, Y5
	VMOVDQA Y0, Y6
	VMOVDQA Y1, Y7
	MOVQ    linearCall_weights(AX), CX

four:
	VMOVDQU (CX), Y8
	VMOVDQU 32(CX), Y9
	MULTIPLY256(R8, Y0, Y1)
	MULTIPLY256(R9, Y2, Y3)
	MULTIPLY256(R10, Y4, Y5)
	MULTIPLY256(R11, Y6, Y7)
	ADDQ    $64, CX
	ADDQ    $4, DI
	CMPQ    DI, SI
	JLT     four

	LEAQ (R11)(SI*1), R11
	MOVQ R11, linearCall_q(AX)
	MOVQ linearCall_dst(AX), R8
	MOVQ linearCall_scales(AX), R9
	MOVQ linearCall_strideDst(AX), R10
	MOVQ linearCall_plus(AX), R11
	MOVQ linearCall_stridePlus(AX), R12
	MOVQ linearCall_weightScales(AX), BX
	MOVQ linearCall_bias(AX), CX
	STORE256(Y0, Y1)
	STORE256(Y2, Y3)
	STORE256(Y4, Y5)
	STORE256(Y6, Y7)
	MOVQ R8, linearCall_dst(AX)
	MOVQ R9, linearCall_scales(AX)
	MOVQ R11, linearCall_plus(AX)
	MOVQ DX, linearCall_rows(AX)
	JMP  rows

done:
	VZEROUPPER
	RET

// DOT256 is VPDPBUSD in its VEX encoding, which the assembler does not know:
// it adds to acc the products of x, unsigned, with w, signed. The parameters
// are numbers of registers.
#define DOT256(w, x, acc) \
	BYTE $0xC4; \
	BYTE $((1-(acc>>3))<<7 | 1<<6 | (1-(w>>3))<<5 | 2); \
	BYTE $((15-x)<<3 | 1<<2 | 1); \
	BYTE $0x50; \
	BYTE $(0xC0 | (acc&7)<<3 | w&7)

// func linearAVXVNNI(c *linearCall)
//
// One panel of 16 outputs, six rows at once. Requires AVX2, FMA and AVX-VNNI.
TEXT ·linearAVXVNNI(SB), NOSPLIT, $0-8
	MOVQ c+0(FP), AX
	MOVQ linearCall_in(AX), SI

rows:
	MOVQ linearCall_rows(AX), DX
	MOVQ linearCall_q(AX), R8
	NEXTROW(R8, R9, 1)
	NEXTROW(R9, R10, 2)
	NEXTROW(R10, R11, 3)
	NEXTROW(R11, R12, 4)
	NEXTROW(R12, R13, 5)
	MOVQ linearCall_offsets(AX), CX
	XORQ DI, DI

	VMOVDQU (CX), Y0
	VMOVDQU 32(CX), Y1
	VMOVDQA Y0, Y2
	VMOVDQA Y1, Y3
	VMOVDQA Y0, Y4
	VMOVDQA Y1, Y5
	VMOVDQA Y0, Y6
	VMOVDQA Y1, Y7
	VMOVDQA Y0, Y8
	VMOVDQA Y1, Y9
	VMOVDQA Y0, Y10
	VMOVDQA Y1, Y11
	MOVQ    linearCall_weights(AX), CX

six:
	VMOVDQU      (CX), Y12
	VMOVDQU      32(CX), Y13
	VPBROADCASTD (R8)(DI*1), Y14
	DOT256(12, 14, 0)
	DOT256(13, 14, 1)
	VPBROADCASTD (R9)(DI*1), Y15
	DOT256(12, 15, 2)
	DOT256(13, 15, 3)
	VPBROADCASTD (R10)(DI*1), Y14
	DOT256(12, 14, 4)
	DOT256(13, 14, 5)
	VPBROADCASTD (R11)(DI*1), Y15
	DOT256(12, 15, 6)
	DOT256(13, 15, 7)
	VPBROADCASTD (R12)(DI*1), Y14
	DOT256(12, 14, 8)
	DOT256(13, 14, 9)
	VPBROADCASTD (R13)(DI*1), Y15
	DOT256(12, 15, 10)
	DOT256(13, 15, 11)
	ADDQ         $64, CX
	ADDQ         $4, DI
	CMPQ         DI, SI
	JLT          six

	ADDQ         SI, R13
	MOVQ         R13, linearCall_q(AX)
	MOVQ         linearCall_dst(AX), R8
	MOVQ         linearCall_scales(AX), R9
	MOVQ         linearCall_strideDst(AX), R10
	MOVQ         linearCall_plus(AX), R11
	MOVQ         linearCall_stridePlus(AX), R12
	MOVQ         linearCall_weightScales(AX), BX
	MOVQ         linearCall_bias(AX), CX
	STORE256(Y0, Y1)
	STORE256(Y2, Y3)
	STORE256(Y4, Y5)
	STORE256(Y6, Y7)
	STORE256(Y8, Y9)
	STORE256(Y10, Y11)
	MOVQ         R8, linearCall_dst(AX)
	MOVQ         R9, linearCall_scales(AX)
	MOVQ         R11, linearCall_plus(AX)
	MOVQ         DX, linearCall_rows(AX)
	JMP          rows

done:
	VZEROUPPER
	RET
