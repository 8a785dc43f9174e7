#include "go_asm.h"
#include "textflag.h"
#include "neon_arm64.h"

// MULTIPLY4 adds to the four accumulators from d the products of a lane of x
// with the 16 numbers in V16 to V19.
#define MULTIPLY4(x, h, l, d) \
	FMLALANE(x, h, l, 16, d); \
	FMLALANE(x, h, l, 17, (d+1)); \
	FMLALANE(x, h, l, 18, (d+2)); \
	FMLALANE(x, h, l, 19, (d+3))

// INNER adds one number of each of the four rows.
#define INNER(h, l) \
	VLD1.P 64(R6), [V16.S4, V17.S4, V18.S4, V19.S4]; \
	MULTIPLY4(28, h, l, 0); \
	MULTIPLY4(29, h, l, 4); \
	MULTIPLY4(30, h, l, 8); \
	MULTIPLY4(31, h, l, 12)

#define STORE(d) \
	FMOVS (R3), F28; \
	FMULFIRST(28, d, 16); \
	FMULFIRST(28, (d+1), 17); \
	FMULFIRST(28, (d+2), 18); \
	FMULFIRST(28, (d+3), 19); \
	VST1  [V16.S4, V17.S4, V18.S4, V19.S4], (R2); \
	ADD   R4, R2; \
	ADD   $4, R3; \
	SUBS  $1, R1; \
	BEQ   done

// func matmulNEON(c *matmulCall)
//
// One panel of 16 columns, four rows at once. Where fewer rows are left, the
// pointers behind the last one point to the last one too, and only the rows
// that exist are stored.
TEXT ·matmulNEON(SB), NOSPLIT, $0-8
	MOVD c+0(FP), R0
	MOVD matmulCall_strideA(R0), R8

rows:
	MOVD matmulCall_rows(R0), R1
	MOVD matmulCall_a(R0), R2
	NEXTROW(R2, R3, 1)
	NEXTROW(R3, R4, 2)
	NEXTROW(R4, R5, 3)
	ADD  R8, R5, R9
	MOVD R9, matmulCall_a(R0)
	MOVD matmulCall_b(R0), R6
	VEOR V0.B16, V0.B16, V0.B16
	VEOR V1.B16, V1.B16, V1.B16
	VEOR V2.B16, V2.B16, V2.B16
	VEOR V3.B16, V3.B16, V3.B16
	VEOR V4.B16, V4.B16, V4.B16
	VEOR V5.B16, V5.B16, V5.B16
	VEOR V6.B16, V6.B16, V6.B16
	VEOR V7.B16, V7.B16, V7.B16
	VEOR V8.B16, V8.B16, V8.B16
	VEOR V9.B16, V9.B16, V9.B16
	VEOR V10.B16, V10.B16, V10.B16
	VEOR V11.B16, V11.B16, V11.B16
	VEOR V12.B16, V12.B16, V12.B16
	VEOR V13.B16, V13.B16, V13.B16
	VEOR V14.B16, V14.B16, V14.B16
	VEOR V15.B16, V15.B16, V15.B16

	MOVD matmulCall_inner(R0), R7
	SUBS $4, R7
	BLT  few

four:
	VLD1.P 16(R2), [V28.S4]
	VLD1.P 16(R3), [V29.S4]
	VLD1.P 16(R4), [V30.S4]
	VLD1.P 16(R5), [V31.S4]
	INNER(0, 0)
	INNER(0, 1)
	INNER(1, 0)
	INNER(1, 1)
	SUBS   $4, R7
	BGE    four

few:
	ADDS $4, R7
	BEQ  store

one:
	VLD1R.P 4(R2), [V28.S4]
	VLD1R.P 4(R3), [V29.S4]
	VLD1R.P 4(R4), [V30.S4]
	VLD1R.P 4(R5), [V31.S4]
	INNER(0, 0)
	SUBS    $1, R7
	BNE     one

store:
	MOVD matmulCall_c(R0), R2
	MOVD matmulCall_scales(R0), R3
	MOVD matmulCall_strideC(R0), R4
	STORE(0)
	STORE(4)
	STORE(8)
	STORE(12)
	MOVD R2, matmulCall_c(R0)
	MOVD R3, matmulCall_scales(R0)
	MOVD R1, matmulCall_rows(R0)
	B    rows

done:
	RET
