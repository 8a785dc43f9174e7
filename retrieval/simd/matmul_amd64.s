#include "go_asm.h"
#include "textflag.h"
#include "nextrow_amd64.h"

// Both functions compute rows of a float32 product; see matmulCall. They take
// several rows at once, R8 and following pointing to them. Where fewer rows
// are left, the pointers behind the last one point to the last one too, and
// only the rows that exist are stored.

#define MULTIPLY512(row, x, acc0, acc1) \
	VBROADCASTSS (row)(DI*4), x; \
	VFMADD231PS  Z16, x, acc0; \
	VFMADD231PS  Z17, x, acc1

#define STORE512(acc0, acc1) \
	VBROADCASTSS (R9), Z18; \
	VMULPS       Z18, acc0, acc0; \
	VMULPS       Z18, acc1, acc1; \
	VMOVUPS      acc0, (R8); \
	VMOVUPS      acc1, 64(R8); \
	ADDQ         R10, R8; \
	ADDQ         $4, R9; \
	DECQ         DX; \
	JZ           done

// func matmulAVX512(c *matmulCall)
//
// Two panels of 16 columns, eight rows at once. Requires AVX-512 F.
TEXT ·matmulAVX512(SB), NOSPLIT, $0-8
	MOVQ c+0(FP), AX
	MOVQ matmulCall_strideA(AX), SI
	MOVQ matmulCall_inner(AX), BX
	SHLQ $6, BX // bytes of a panel

rows:
	MOVQ matmulCall_rows(AX), DX
	MOVQ matmulCall_a(AX), R8
	NEXTROW(R8, R9, 1)
	NEXTROW(R9, R10, 2)
	NEXTROW(R10, R11, 3)
	NEXTROW(R11, R12, 4)
	NEXTROW(R12, R13, 5)
	NEXTROW(R13, R14, 6)
	NEXTROW(R14, R15, 7)
	MOVQ matmulCall_b(AX), CX
	XORQ DI, DI

	VPXORD Z0, Z0, Z0
	VPXORD Z1, Z1, Z1
	VPXORD Z2, Z2, Z2
	VPXORD Z3, Z3, Z3
	VPXORD Z4, Z4, Z4
	VPXORD Z5, Z5, Z5
	VPXORD Z6, Z6, Z6
	VPXORD Z7, Z7, Z7
	CMPQ   DX, $4
	JLE    four
	VPXORD Z8, Z8, Z8
	VPXORD Z9, Z9, Z9
	VPXORD Z10, Z10, Z10
	VPXORD Z11, Z11, Z11
	VPXORD Z12, Z12, Z12
	VPXORD Z13, Z13, Z13
	VPXORD Z14, Z14, Z14
	VPXORD Z15, Z15, Z15

eight:
	VMOVUPS (CX), Z16
	VMOVUPS (CX)(BX*1), Z17
	MULTIPLY512(R8, Z18, Z0, Z1)
	MULTIPLY512(R9, Z19, Z2, Z3)
	MULTIPLY512(R10, Z20, Z4, Z5)
	MULTIPLY512(R11, Z21, Z6, Z7)
	MULTIPLY512(R12, Z18, Z8, Z9)
	MULTIPLY512(R13, Z19, Z10, Z11)
	MULTIPLY512(R14, Z20, Z12, Z13)
	MULTIPLY512(R15, Z21, Z14, Z15)
	ADDQ    $64, CX
	INCQ    DI
	CMPQ    DI, matmulCall_inner(AX)
	JLT     eight

	MOVQ matmulCall_c(AX), R8
	MOVQ matmulCall_scales(AX), R9
	MOVQ matmulCall_strideC(AX), R10
	STORE512(Z0, Z1)
	STORE512(Z2, Z3)
	STORE512(Z4, Z5)
	STORE512(Z6, Z7)
	STORE512(Z8, Z9)
	STORE512(Z10, Z11)
	STORE512(Z12, Z13)
	STORE512(Z14, Z15)
	MOVQ R8, matmulCall_c(AX)
	MOVQ R9, matmulCall_scales(AX)
	MOVQ DX, matmulCall_rows(AX)
	ADDQ SI, R15
	MOVQ R15, matmulCall_a(AX)
	JMP  rows

four:
	VMOVUPS (CX), Z16
	VMOVUPS (CX)(BX*1), Z17
	MULTIPLY512(R8, Z18, Z0, Z1)
	MULTIPLY512(R9, Z19, Z2, Z3)
	MULTIPLY512(R10, Z20, Z4, Z5)
	MULTIPLY512(R11, Z21, Z6, Z7)
	ADDQ    $64, CX
	INCQ    DI
	CMPQ    DI, matmulCall_inner(AX)
	JLT     four

	MOVQ matmulCall_c(AX), R8
	MOVQ matmulCall_scales(AX), R9
	MOVQ matmulCall_strideC(AX), R10
	STORE512(Z0, Z1)
	STORE512(Z2, Z3)
	STORE512(Z4, Z5)
	STORE512(Z6, Z7)

done:
	VZEROUPPER
	RET

#define MULTIPLY256(row, x, acc0, acc1) \
	VBROADCASTSS (row)(DI*4), x; \
	VFMADD231PS  Y12, x, acc0; \
	VFMADD231PS  Y13, x, acc1

#define STORE256(acc0, acc1) \
	VBROADCASTSS (R9), Y12; \
	VMULPS       Y12, acc0, acc0; \
	VMULPS       Y12, acc1, acc1; \
	VMOVUPS      acc0, (R8); \
	VMOVUPS      acc1, 32(R8); \
	ADDQ         R10, R8; \
	ADDQ         $4, R9; \
	DECQ         DX; \
	JZ           done

// func matmulAVX2(c *matmulCall)
//
// One panel of 16 columns, six rows at once. Requires AVX2 and FMA.
TEXT ·matmulAVX2(SB), NOSPLIT, $0-8
	MOVQ c+0(FP), AX
	MOVQ matmulCall_strideA(AX), SI
	MOVQ matmulCall_inner(AX), BX

rows:
	MOVQ matmulCall_rows(AX), DX
	MOVQ matmulCall_a(AX), R8
	NEXTROW(R8, R9, 1)
	NEXTROW(R9, R10, 2)
	NEXTROW(R10, R11, 3)
	NEXTROW(R11, R12, 4)
	NEXTROW(R12, R13, 5)
	MOVQ matmulCall_b(AX), CX
	XORQ DI, DI

	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VXORPS Y6, Y6, Y6
	VXORPS Y7, Y7, Y7
	VXORPS Y8, Y8, Y8
	VXORPS Y9, Y9, Y9
	VXORPS Y10, Y10, Y10
	VXORPS Y11, Y11, Y11

six:
	VMOVUPS (CX), Y12
	VMOVUPS 32(CX), Y13
	MULTIPLY256(R8, Y14, Y0, Y1)
	MULTIPLY256(R9, Y15, Y2, Y3)
	MULTIPLY256(R10, Y14, Y4, Y5)
	MULTIPLY256(R11, Y15, Y6, Y7)
	MULTIPLY256(R12, Y14, Y8, Y9)
	MULTIPLY256(R13, Y15, Y10, Y11)
	ADDQ    $64, CX
	INCQ    DI
	CMPQ    DI, BX
	JLT     six

	ADDQ SI, R13
	MOVQ R13, matmulCall_a(AX)
	MOVQ matmulCall_c(AX), R8
	MOVQ matmulCall_scales(AX), R9
	MOVQ matmulCall_strideC(AX), R10
	STORE256(Y0, Y1)
	STORE256(Y2, Y3)
	STORE256(Y4, Y5)
	STORE256(Y6, Y7)
	STORE256(Y8, Y9)
	STORE256(Y10, Y11)
	MOVQ R8, matmulCall_c(AX)
	MOVQ R9, matmulCall_scales(AX)
	MOVQ DX, matmulCall_rows(AX)
	JMP  rows

done:
	VZEROUPPER
	RET
