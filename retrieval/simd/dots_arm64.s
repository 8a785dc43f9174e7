#include "textflag.h"
#include "neon_arm64.h"

// func dotNEON(query *int8, row *byte, n int) int32
//
// The sum of query*row, both signed. n is a multiple of 16 and not 0. Requires
// FEAT_DotProd.
TEXT ·dotNEON(SB), NOSPLIT, $0-28
	MOVD query+0(FP), R0
	MOVD row+8(FP), R1
	MOVD n+16(FP), R2
	VEOR V0.B16, V0.B16, V0.B16
	VEOR V1.B16, V1.B16, V1.B16
	VEOR V2.B16, V2.B16, V2.B16
	VEOR V3.B16, V3.B16, V3.B16
	SUBS $64, R2
	BLT  rest

loop:
	VLD1.P 64(R0), [V4.B16, V5.B16, V6.B16, V7.B16]
	VLD1.P 64(R1), [V8.B16, V9.B16, V10.B16, V11.B16]
	SDOT(4, 8, 0)
	SDOT(5, 9, 1)
	SDOT(6, 10, 2)
	SDOT(7, 11, 3)
	SUBS   $64, R2
	BGE    loop

rest:
	ADDS $64, R2
	BEQ  done

sixteen:
	VLD1.P 16(R0), [V4.B16]
	VLD1.P 16(R1), [V8.B16]
	SDOT(4, 8, 0)
	SUBS   $16, R2
	BNE    sixteen

done:
	VADD  V1.S4, V0.S4, V0.S4
	VADD  V3.S4, V2.S4, V2.S4
	VADD  V2.S4, V0.S4, V0.S4
	VADDV V0.S4, V0
	FMOVS F0, R3
	MOVW  R3, ret+24(FP)
	RET
