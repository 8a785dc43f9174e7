#include "go_asm.h"
#include "textflag.h"
#include "neon_arm64.h"

// Functions over one row of float32. Lengths are multiples of 16 and not 0.

// func absMaxAsm(x *float32, n int) float32
TEXT ·absMaxAsm(SB), NOSPLIT, $0-20
	MOVD x+0(FP), R0
	MOVD n+8(FP), R1
	VEOR V0.B16, V0.B16, V0.B16
	VEOR V1.B16, V1.B16, V1.B16
	VEOR V2.B16, V2.B16, V2.B16
	VEOR V3.B16, V3.B16, V3.B16

loop:
	VLD1.P 64(R0), [V4.S4, V5.S4, V6.S4, V7.S4]
	FABS4(4, 4)
	FABS4(5, 5)
	FABS4(6, 6)
	FABS4(7, 7)
	FMAX4(4, 0, 0)
	FMAX4(5, 1, 1)
	FMAX4(6, 2, 2)
	FMAX4(7, 3, 3)
	SUBS   $16, R1
	BNE    loop

	FMAX4(1, 0, 0)
	FMAX4(3, 2, 2)
	FMAX4(2, 0, 0)
	FMAXV4(0, 0)
	FMOVS F0, ret+16(FP)
	RET

// func quantizeAsm(dst *uint8, x *float32, n int, inverse float32)
TEXT ·quantizeAsm(SB), NOSPLIT, $0-28
	MOVD  dst+0(FP), R2
	MOVD  x+8(FP), R0
	MOVD  n+16(FP), R1
	FMOVS inverse+24(FP), F16
	VMOVI $128, V17.B16

loop:
	VLD1.P 64(R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	FMULFIRST(16, 0, 0)
	FMULFIRST(16, 1, 1)
	FMULFIRST(16, 2, 2)
	FMULFIRST(16, 3, 3)
	FCVTNS4(0, 0)
	FCVTNS4(1, 1)
	FCVTNS4(2, 2)
	FCVTNS4(3, 3)
	SQXTN4S(0, 4)
	SQXTN24S(1, 4)
	SQXTN4S(2, 5)
	SQXTN24S(3, 5)
	SQXTN8H(4, 6)
	SQXTN28H(5, 6)
	VEOR   V17.B16, V6.B16, V6.B16
	VST1.P [V6.B16], 16(R2)
	SUBS   $16, R1
	BNE    loop
	RET

// SUM16 adds up the 16 numbers of V0 to V3 into each of V0's.
#define SUM16 \
	FADD4(1, 0, 0); \
	FADD4(3, 2, 2); \
	FADD4(2, 0, 0); \
	FADDP4(0, 0, 0); \
	FADDP4(0, 0, 0)

// func layerNormAsm(x, gain, bias *float32, n int, epsilon float32)
TEXT ·layerNormAsm(SB), NOSPLIT, $0-36
	MOVD   x+0(FP), R0
	MOVD   gain+8(FP), R2
	MOVD   bias+16(FP), R3
	MOVD   n+24(FP), R1
	SCVTFS R1, F20
	VEOR   V0.B16, V0.B16, V0.B16
	VEOR   V1.B16, V1.B16, V1.B16
	VEOR   V2.B16, V2.B16, V2.B16
	VEOR   V3.B16, V3.B16, V3.B16
	MOVD   R0, R4
	MOVD   R1, R5

sum:
	VLD1.P 64(R4), [V4.S4, V5.S4, V6.S4, V7.S4]
	FADD4(4, 0, 0)
	FADD4(5, 1, 1)
	FADD4(6, 2, 2)
	FADD4(7, 3, 3)
	SUBS   $16, R5
	BNE    sum

	SUM16
	FDIVS F20, F0, F0
	VDUP  V0.S[0], V16.S4 // the mean
	VEOR  V0.B16, V0.B16, V0.B16
	VEOR  V1.B16, V1.B16, V1.B16
	VEOR  V2.B16, V2.B16, V2.B16
	VEOR  V3.B16, V3.B16, V3.B16
	MOVD  R0, R4
	MOVD  R1, R5

squares:
	VLD1.P 64(R4), [V4.S4, V5.S4, V6.S4, V7.S4]
	FSUB4(16, 4, 4)
	FSUB4(16, 5, 5)
	FSUB4(16, 6, 6)
	FSUB4(16, 7, 7)
	FMLA4(4, 4, 0)
	FMLA4(5, 5, 1)
	FMLA4(6, 6, 2)
	FMLA4(7, 7, 3)
	SUBS   $16, R5
	BNE    squares

	SUM16
	FDIVS  F20, F0, F0
	FMOVS  epsilon+32(FP), F1
	FADDS  F1, F0, F0
	FSQRTS F0, F0
	FMOVS  $1.0, F1
	FDIVS  F0, F1, F17

normalize:
	VLD1   (R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1.P 64(R2), [V4.S4, V5.S4, V6.S4, V7.S4]
	VLD1.P 64(R3), [V8.S4, V9.S4, V10.S4, V11.S4]
	FSUB4(16, 0, 0)
	FSUB4(16, 1, 1)
	FSUB4(16, 2, 2)
	FSUB4(16, 3, 3)
	FMULFIRST(17, 0, 0)
	FMULFIRST(17, 1, 1)
	FMULFIRST(17, 2, 2)
	FMULFIRST(17, 3, 3)
	FMLA4(0, 4, 8)
	FMLA4(1, 5, 9)
	FMLA4(2, 6, 10)
	FMLA4(3, 7, 11)
	VST1.P [V8.S4, V9.S4, V10.S4, V11.S4], 64(R0)
	SUBS   $16, R1
	BNE    normalize
	RET

// TERM continues Horner's method for V4 to V7: to = term + from * V4 to V7.
#define TERM(term, f0, f1, f2, f3, V0, V1, V2, V3, t0, t1, t2, t3) \
	VORR term.B16, term.B16, V0.B16; \
	VORR term.B16, term.B16, V1.B16; \
	VORR term.B16, term.B16, V2.B16; \
	VORR term.B16, term.B16, V3.B16; \
	FMLA4(f0, 4, t0); \
	FMLA4(f1, 5, t1); \
	FMLA4(f2, 6, t2); \
	FMLA4(f3, 7, t3)

#define TERMTO8(term) TERM(term, 12, 13, 14, 15, V8, V9, V10, V11, 8, 9, 10, 11)
#define TERMTO12(term) TERM(term, 8, 9, 10, 11, V12, V13, V14, V15, 12, 13, 14, 15)

// func geluAsm(x *float32, n int, terms *geluTerms)
TEXT ·geluAsm(SB), NOSPLIT, $0-24
	MOVD    x+0(FP), R0
	MOVD    n+8(FP), R1
	MOVD    terms+16(FP), R2
	VLD1R.P 4(R2), [V16.S4]
	VLD1R.P 4(R2), [V17.S4]
	VLD1R.P 4(R2), [V18.S4]
	VLD1R.P 4(R2), [V19.S4]
	VLD1R.P 4(R2), [V20.S4]
	VLD1R.P 4(R2), [V21.S4]
	VLD1R.P 4(R2), [V22.S4]
	VLD1R.P 4(R2), [V23.S4]
	VLD1R.P 4(R2), [V24.S4]
	VLD1R.P 4(R2), [V25.S4]
	VLD1R   (R2), [V26.S4]  // the square
	FMOVS   $1.0, F27
	VDUP    V27.S[0], V27.S4
	FMOVS   $0.5, F28
	VDUP    V28.S[0], V28.S4
	VEOR    V29.B16, V29.B16, V29.B16

loop:
	VLD1 (R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	FMUL4(0, 0, 4)
	FMUL4(1, 1, 5)
	FMUL4(2, 2, 6)
	FMUL4(3, 3, 7)
	FMUL4(26, 4, 4)
	FMUL4(26, 5, 5)
	FMUL4(26, 6, 6)
	FMUL4(26, 7, 7)
	FSUB4(27, 4, 4)
	FSUB4(27, 5, 5)
	FSUB4(27, 6, 6)
	FSUB4(27, 7, 7)
	FMIN4(27, 4, 4)
	FMIN4(27, 5, 5)
	FMIN4(27, 6, 6)
	FMIN4(27, 7, 7)
	VORR V25.B16, V25.B16, V12.B16
	VORR V25.B16, V25.B16, V13.B16
	VORR V25.B16, V25.B16, V14.B16
	VORR V25.B16, V25.B16, V15.B16
	TERMTO8(V24)
	TERMTO12(V23)
	TERMTO8(V22)
	TERMTO12(V21)
	TERMTO8(V20)
	TERMTO12(V19)
	TERMTO8(V18)
	TERMTO12(V17)
	TERMTO8(V16)
	VORR V28.B16, V28.B16, V12.B16
	VORR V28.B16, V28.B16, V13.B16
	VORR V28.B16, V28.B16, V14.B16
	VORR V28.B16, V28.B16, V15.B16
	FMLA4(0, 8, 12)
	FMLA4(1, 9, 13)
	FMLA4(2, 10, 14)
	FMLA4(3, 11, 15)
	FMIN4(27, 12, 12)
	FMIN4(27, 13, 13)
	FMIN4(27, 14, 14)
	FMIN4(27, 15, 15)
	FMAX4(29, 12, 12)
	FMAX4(29, 13, 13)
	FMAX4(29, 14, 14)
	FMAX4(29, 15, 15)
	FMUL4(12, 0, 0)
	FMUL4(13, 1, 1)
	FMUL4(14, 2, 2)
	FMUL4(15, 3, 3)
	VST1.P [V0.S4, V1.S4, V2.S4, V3.S4], 64(R0)
	SUBS   $16, R1
	BNE    loop
	RET

// func softmaxPartsAsm(x *float32, n int, terms *expTerms) float32
TEXT ·softmaxPartsAsm(SB), NOSPLIT, $0-28
	MOVD x+0(FP), R0
	MOVD n+8(FP), R1
	MOVD terms+16(FP), R2
	VLD1 (R0), [V0.S4, V1.S4, V2.S4, V3.S4]
	MOVD R0, R4
	MOVD R1, R5

max:
	VLD1.P 64(R4), [V4.S4, V5.S4, V6.S4, V7.S4]
	FMAX4(4, 0, 0)
	FMAX4(5, 1, 1)
	FMAX4(6, 2, 2)
	FMAX4(7, 3, 3)
	SUBS   $16, R5
	BNE    max

	FMAX4(1, 0, 0)
	FMAX4(3, 2, 2)
	FMAX4(2, 0, 0)
	FMAXV4(0, 0)
	VDUP    V0.S[0], V24.S4
	VLD1R.P 4(R2), [V16.S4]
	VLD1R.P 4(R2), [V17.S4]
	VLD1R.P 4(R2), [V18.S4]
	VLD1R.P 4(R2), [V19.S4]
	VLD1R.P 4(R2), [V20.S4]
	VLD1R.P 4(R2), [V21.S4]
	VLD1R.P 4(R2), [V22.S4] // log2e
	VLD1R   (R2), [V23.S4]  // least
	VEOR    V25.B16, V25.B16, V25.B16
	VEOR    V26.B16, V26.B16, V26.B16
	VEOR    V27.B16, V27.B16, V27.B16
	VEOR    V28.B16, V28.B16, V28.B16

	// 2**z = 2**round(z) * 2**(z-round(z)), the former by adding to the
	// exponent's bits.
exp:
	VLD1 (R0), [V4.S4, V5.S4, V6.S4, V7.S4]
	FSUB4(24, 4, 4)
	FSUB4(24, 5, 5)
	FSUB4(24, 6, 6)
	FSUB4(24, 7, 7)
	FMAX4(23, 4, 4)
	FMAX4(23, 5, 5)
	FMAX4(23, 6, 6)
	FMAX4(23, 7, 7)
	FMUL4(22, 4, 4)
	FMUL4(22, 5, 5)
	FMUL4(22, 6, 6)
	FMUL4(22, 7, 7)
	FRINTN4(4, 0)
	FRINTN4(5, 1)
	FRINTN4(6, 2)
	FRINTN4(7, 3)
	FSUB4(0, 4, 4)
	FSUB4(1, 5, 5)
	FSUB4(2, 6, 6)
	FSUB4(3, 7, 7)
	VORR V21.B16, V21.B16, V8.B16
	VORR V21.B16, V21.B16, V9.B16
	VORR V21.B16, V21.B16, V10.B16
	VORR V21.B16, V21.B16, V11.B16
	TERMTO12(V20)
	TERMTO8(V19)
	TERMTO12(V18)
	TERMTO8(V17)
	TERMTO12(V16)
	FCVTNS4(0, 0)
	FCVTNS4(1, 1)
	FCVTNS4(2, 2)
	FCVTNS4(3, 3)
	VSHL $23, V0.S4, V0.S4
	VSHL $23, V1.S4, V1.S4
	VSHL $23, V2.S4, V2.S4
	VSHL $23, V3.S4, V3.S4
	VADD V0.S4, V12.S4, V12.S4
	VADD V1.S4, V13.S4, V13.S4
	VADD V2.S4, V14.S4, V14.S4
	VADD V3.S4, V15.S4, V15.S4
	FADD4(12, 25, 25)
	FADD4(13, 26, 26)
	FADD4(14, 27, 27)
	FADD4(15, 28, 28)
	VST1.P [V12.S4, V13.S4, V14.S4, V15.S4], 64(R0)
	SUBS   $16, R1
	BNE    exp

	FADD4(26, 25, 0)
	FADD4(28, 27, 1)
	FADD4(1, 0, 0)
	FADDP4(0, 0, 0)
	FADDP4(0, 0, 0)
	FMOVS F0, ret+24(FP)
	RET
