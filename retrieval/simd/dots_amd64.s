#include "textflag.h"

// SUM4 adds up the four integers of x0.
#define SUM4(x0, x1) \
	VPSHUFD $0x4e, x0, x1; \
	VPADDD  x1, x0, x0; \
	VPSHUFD $0xb1, x0, x1; \
	VPADDD  x1, x0, x0

// func dotVNNI(query *int8, row *byte, n int) int32
//
// The sum of query*(row+128), row and query being signed. VPDPBUSD multiplies
// unsigned with signed bytes. Requires AVX-512 F, BW and VNNI.
TEXT ·dotVNNI(SB), NOSPLIT, $0-28
	MOVQ         query+0(FP), AX
	MOVQ         row+8(FP), BX
	MOVQ         n+16(FP), CX
	MOVL         $0x80808080, DX
	VPBROADCASTD DX, Z8
	VPXORD       Z0, Z0, Z0
	VPXORD       Z1, Z1, Z1

loop:
	CMPQ      CX, $128
	JLT       half
	VPXORD    (BX), Z8, Z2
	VPXORD    64(BX), Z8, Z3
	VPDPBUSD  (AX), Z2, Z0
	VPDPBUSD  64(AX), Z3, Z1
	ADDQ      $128, AX
	ADDQ      $128, BX
	SUBQ      $128, CX
	JMP       loop

half:
	CMPQ      CX, $64
	JLT       rest
	VPXORD    (BX), Z8, Z2
	VPDPBUSD  (AX), Z2, Z0
	ADDQ      $64, AX
	ADDQ      $64, BX
	SUBQ      $64, CX

rest:
	TESTQ       CX, CX
	JZ          done
	MOVQ        $1, DX
	SHLQ        CX, DX
	DECQ        DX
	KMOVQ       DX, K1
	VMOVDQU8.Z  (BX), K1, Z2
	VMOVDQU8.Z  (AX), K1, Z3
	VPXORD      Z8, Z2, Z2
	VPDPBUSD    Z3, Z2, Z1

done:
	VPADDD        Z1, Z0, Z0
	VEXTRACTI64X4 $1, Z0, Y1
	VPADDD        Y1, Y0, Y0
	VEXTRACTI128  $1, Y0, X1
	VPADDD        X1, X0, X0
	SUM4(X0, X1)
	VMOVD        X0, DX
	MOVL         DX, ret+24(FP)
	VZEROUPPER
	RET

// func dotAVX2(query *int8, row *byte, n int) int32
//
// The sum of query*row, both signed. n is a multiple of 16. Requires AVX2.
TEXT ·dotAVX2(SB), NOSPLIT, $0-28
	MOVQ  query+0(FP), AX
	MOVQ  row+8(FP), BX
	MOVQ  n+16(FP), CX
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1

loop:
	CMPQ      CX, $32
	JLT       rest
	VPMOVSXBW (AX), Y2
	VPMOVSXBW (BX), Y3
	VPMOVSXBW 16(AX), Y4
	VPMOVSXBW 16(BX), Y5
	VPMADDWD  Y2, Y3, Y3
	VPMADDWD  Y4, Y5, Y5
	VPADDD    Y3, Y0, Y0
	VPADDD    Y5, Y1, Y1
	ADDQ      $32, AX
	ADDQ      $32, BX
	SUBQ      $32, CX
	JMP       loop

rest:
	TESTQ     CX, CX
	JZ        done
	VPMOVSXBW (AX), Y2
	VPMOVSXBW (BX), Y3
	VPMADDWD  Y2, Y3, Y3
	VPADDD    Y3, Y0, Y0

done:
	VPADDD       Y1, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPADDD       X1, X0, X0
	SUM4(X0, X1)
	VMOVD        X0, DX
	MOVL         DX, ret+24(FP)
	VZEROUPPER
	RET
