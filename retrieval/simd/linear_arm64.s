#include "go_asm.h"
#include "textflag.h"
#include "neon_arm64.h"

// DOT4 adds to the four accumulators from d the products of a lane of x, four
// inputs of a row, with the 4x16 weights in V16 to V19.
#define DOT4(x, h, l, d) \
	SDOTLANE(x, h, l, 16, d); \
	SDOTLANE(x, h, l, 17, (d+1)); \
	SDOTLANE(x, h, l, 18, (d+2)); \
	SDOTLANE(x, h, l, 19, (d+3))

// GROUP adds four inputs of each of the four rows.
#define GROUP(h, l) \
	VLD1.P 64(R6), [V16.B16, V17.B16, V18.B16, V19.B16]; \
	DOT4(28, h, l, 0); \
	DOT4(29, h, l, 4); \
	DOT4(30, h, l, 8); \
	DOT4(31, h, l, 12)

// STORE stores a row from the accumulators from d: sum * (scale of the row *
// scale of the output) + bias + what R5 points to. V16 to V19 have the scales
// of the outputs, V20 to V23 the bias.
#define STORE(d) \
	FMOVS  (R3), F29; \
	SCVTF4(d, d); \
	SCVTF4((d+1), (d+1)); \
	SCVTF4((d+2), (d+2)); \
	SCVTF4((d+3), (d+3)); \
	VLD1   (R5), [V24.B16, V25.B16, V26.B16, V27.B16]; \
	FMULFIRST(29, 16, 30); \
	FMULFIRST(29, 17, 31); \
	FMUL4(30, d, d); \
	FMUL4(31, (d+1), (d+1)); \
	FMULFIRST(29, 18, 30); \
	FMULFIRST(29, 19, 31); \
	FMUL4(30, (d+2), (d+2)); \
	FMUL4(31, (d+3), (d+3)); \
	FADD4(20, d, d); \
	FADD4(21, (d+1), (d+1)); \
	FADD4(22, (d+2), (d+2)); \
	FADD4(23, (d+3), (d+3)); \
	FADD4(d, 24, 24); \
	FADD4((d+1), 25, 25); \
	FADD4((d+2), 26, 26); \
	FADD4((d+3), 27, 27); \
	VST1   [V24.B16, V25.B16, V26.B16, V27.B16], (R2); \
	ADD    R4, R2; \
	ADD    R6, R5; \
	ADD    $4, R3; \
	SUBS   $1, R1; \
	BEQ    done

// func linearNEON(c *linearCall)
//
// One panel of 16 outputs, four rows at once. Where fewer rows are left, the
// pointers behind the last one point to the last one too, and only the rows
// that exist are stored. SDOT multiplies signed bytes, so 128 is taken off the
// inputs at once and the offsets are not used. Requires FEAT_DotProd.
TEXT ·linearNEON(SB), NOSPLIT, $0-8
	MOVD  c+0(FP), R0
	MOVD  linearCall_in(R0), R8

rows:
	VMOVI $128, V27.B16
	MOVD  linearCall_rows(R0), R1
	MOVD  linearCall_q(R0), R2
	NEXTROW(R2, R3, 1)
	NEXTROW(R3, R4, 2)
	NEXTROW(R4, R5, 3)
	ADD  R8, R5, R9
	MOVD R9, linearCall_q(R0)
	MOVD linearCall_weights(R0), R6
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

	SUBS $16, R8, R7
	BLT  few

sixteen:
	VLD1.P 16(R2), [V28.B16]
	VLD1.P 16(R3), [V29.B16]
	VLD1.P 16(R4), [V30.B16]
	VLD1.P 16(R5), [V31.B16]
	VEOR   V27.B16, V28.B16, V28.B16
	VEOR   V27.B16, V29.B16, V29.B16
	VEOR   V27.B16, V30.B16, V30.B16
	VEOR   V27.B16, V31.B16, V31.B16
	GROUP(0, 0)
	GROUP(0, 1)
	GROUP(1, 0)
	GROUP(1, 1)
	SUBS   $16, R7
	BGE    sixteen

few:
	ADDS $16, R7
	BEQ  store

four:
	VLD1R.P 4(R2), [V28.S4]
	VLD1R.P 4(R3), [V29.S4]
	VLD1R.P 4(R4), [V30.S4]
	VLD1R.P 4(R5), [V31.S4]
	VEOR    V27.B16, V28.B16, V28.B16
	VEOR    V27.B16, V29.B16, V29.B16
	VEOR    V27.B16, V30.B16, V30.B16
	VEOR    V27.B16, V31.B16, V31.B16
	GROUP(0, 0)
	SUBS    $4, R7
	BNE     four

store:
	MOVD linearCall_dst(R0), R2
	MOVD linearCall_scales(R0), R3
	MOVD linearCall_weightScales(R0), R5
	MOVD linearCall_bias(R0), R6
	VLD1 (R5), [V16.B16, V17.B16, V18.B16, V19.B16]
	VLD1 (R6), [V20.B16, V21.B16, V22.B16, V23.B16]
	MOVD linearCall_strideDst(R0), R4
	MOVD linearCall_plus(R0), R5
	MOVD linearCall_stridePlus(R0), R6
	STORE(0)
	STORE(4)
	STORE(8)
	STORE(12)
	MOVD R2, linearCall_dst(R0)
	MOVD R3, linearCall_scales(R0)
	MOVD R5, linearCall_plus(R0)
	MOVD R1, linearCall_rows(R0)
	B    rows

done:
	RET
