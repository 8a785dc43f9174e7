package simd

import (
	"runtime"

	"golang.org/x/sys/cpu"
)

// native returns the kernels in assembler that this processor can run: those
// with dot products of bytes, which all of Apple's have and most others from
// 2018 on.
func native() []*kernels {
	if runtime.GOOS != "darwin" && !cpu.ARM64.HasASIMDDP {
		return nil
	}
	return []*kernels{{
		name:         "neon-dotprod",
		absMax:       absMaxRow,
		quantize:     quantizeRow,
		linear:       linear128,
		packKeys:     packKeysGo,
		matmul:       matmul128,
		softmaxParts: softmaxPartsRow,
		gelu:         geluRow,
		layerNorm:    layerNormRow,
		dots:         dots128,
	}}
}

//go:noescape
func absMaxAsm(x *float32, n int) float32

//go:noescape
func quantizeAsm(dst *uint8, x *float32, n int, inverse float32)

//go:noescape
func geluAsm(x *float32, n int, terms *geluTerms)

//go:noescape
func layerNormAsm(x, gain, bias *float32, n int, epsilon float32)

//go:noescape
func softmaxPartsAsm(x *float32, n int, terms *expTerms) float32

//go:noescape
func linearNEON(c *linearCall)

//go:noescape
func matmulNEON(c *matmulCall)

//go:noescape
func dotNEON(query *int8, row *byte, n int) int32

func linear128(dst []float32, q []uint8, scales []float32, l *Linear, add bool) {
	for p := 0; p < l.out; p += panel {
		c := newLinearCall(dst, q, scales, l, add, p)
		linearNEON(&c)
	}
}

func matmul128(p floatProduct) {
	for column := 0; column < p.columns; column += panel {
		c := newMatmulCall(p, column)
		matmulNEON(&c)
	}
}

func dots128(dst []int32, query []int8, data []byte, stride int, records []int32) {
	dotSixteens(dst, query, data, stride, records, dotNEON)
}
