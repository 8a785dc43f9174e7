package simd

import "golang.org/x/sys/cpu"

// native returns the kernels in assembler that this processor can run.
func native() []*kernels {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	avx2 := &kernels{
		name:         "avx2",
		absMax:       absMaxRow,
		quantize:     quantizeRow,
		linear:       linear256,
		packKeys:     packKeys256,
		matmul:       matmul256,
		softmaxParts: softmaxPartsRow,
		gelu:         geluRow,
		layerNorm:    layerNormRow,
		dots:         dots256,
	}
	native := []*kernels{avx2}
	if cpu.X86.HasAVXVNNI { // Intel from 2021 on, where AVX-512 is missing
		vnni := *avx2
		vnni.name = "avx-vnni"
		vnni.linear = linearVNNI256
		native = append([]*kernels{&vnni}, native...)
	}
	if !cpu.X86.HasAVX512F || !cpu.X86.HasAVX512BW || !cpu.X86.HasAVX512VL || !cpu.X86.HasAVX512VNNI {
		return native
	}
	vnni := *avx2
	vnni.name = "avx512-vnni"
	vnni.linear = linear512
	vnni.matmul = matmul512
	vnni.softmaxParts = func(x []float32) float32 { return softmaxPartsAVX512(&x[0], len(x), &forExp) }
	vnni.gelu = gelu512
	vnni.layerNorm = layerNorm512
	vnni.dots = dots512
	return append([]*kernels{&vnni}, native...)
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
func geluAVX512(x *float32, n int, terms *geluTerms)

//go:noescape
func layerNormAVX512(x, gain, bias *float32, n int, epsilon float32)

//go:noescape
func softmaxPartsAVX512(x *float32, n int, terms *expTerms) float32

//go:noescape
func linearAVX2(c *linearCall)

//go:noescape
func linearAVXVNNI(c *linearCall)

//go:noescape
func linearVNNI(c *linearCall)

//go:noescape
func packKeysAVX2(dst, keys *float32, stride, size int)

//go:noescape
func matmulAVX2(c *matmulCall)

//go:noescape
func matmulAVX512(c *matmulCall)

//go:noescape
func dotAVX2(query *int8, row *byte, n int) int32

//go:noescape
func dotVNNI(query *int8, row *byte, n int) int32

func linear256(dst []float32, q []uint8, scales []float32, l *Linear, add bool) {
	for p := 0; p < l.out; p += panel {
		c := newLinearCall(dst, q, scales, l, add, p)
		linearAVX2(&c)
	}
}

func linearVNNI256(dst []float32, q []uint8, scales []float32, l *Linear, add bool) {
	for p := 0; p < l.out; p += panel {
		c := newLinearCall(dst, q, scales, l, add, p)
		linearAVXVNNI(&c)
	}
}

func linear512(dst []float32, q []uint8, scales []float32, l *Linear, add bool) {
	p := 0
	for ; p+2*panel <= l.out; p += 2 * panel {
		c := newLinearCall(dst, q, scales, l, add, p)
		linearVNNI(&c)
	}
	if p < l.out {
		c := newLinearCall(dst, q, scales, l, add, p)
		linearAVX2(&c)
	}
}

func packKeys256(dst, keys []float32, stride, tokens, size int) {
	full := tokens &^ (panel - 1)
	for t := 0; t < full; t += panel / 2 {
		packKeysAVX2(&dst[t&^(panel-1)*size+t%panel], &keys[t*stride], stride, size)
	}
	if full < tokens {
		packKeysGo(dst[full*size:], keys[full*stride:], stride, tokens-full, size)
	}
}

func matmul256(p floatProduct) {
	for column := 0; column < p.columns; column += panel {
		c := newMatmulCall(p, column)
		matmulAVX2(&c)
	}
}

func matmul512(p floatProduct) {
	column := 0
	for ; column+2*panel <= p.columns; column += 2 * panel {
		c := newMatmulCall(p, column)
		matmulAVX512(&c)
	}
	if column < p.columns {
		c := newMatmulCall(p, column)
		matmulAVX2(&c)
	}
}

// gelu512 leaves the rest to AVX2, which computes the same bits.
func gelu512(x []float32) {
	n := len(x) &^ (step - 1)
	if n > 0 {
		geluAVX512(&x[0], n, &forGELU)
	}
	geluRest(x[n:])
}

func layerNorm512(x, gain, bias []float32, epsilon float32) {
	if len(x)%(2*step) != 0 {
		layerNormRow(x, gain, bias, epsilon)
		return
	}
	layerNormAVX512(&x[0], &gain[0], &bias[0], len(x), epsilon)
}

func dots256(dst []int32, query []int8, data []byte, stride int, records []int32) {
	dotSixteens(dst, query, data, stride, records, dotAVX2)
}

func dots512(dst []int32, query []int8, data []byte, stride int, records []int32) {
	if len(query) == 0 {
		clear(dst)
		return
	}
	var offset int32
	for _, v := range query {
		offset -= 128 * int32(v)
	}
	for i, r := range records {
		dst[i] = offset + dotVNNI(&query[0], &data[int(r)*stride], len(query))
	}
}
