//go:build unix

package simd_test

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"

	"dateline/retrieval/simd"
)

// benchEach runs a benchmark with each kind of kernels. It reports the time of
// the processor, which other programs on the machine change less than the time
// on the wall, and the operations of a call in a second of it, each
// multiplication and each addition being one.
func benchEach(b *testing.B, operations float64, call func()) {
	for _, name := range simd.Available() {
		b.Run(name, func(b *testing.B) {
			use(b, name)
			bench(b, operations, call)
		})
	}
}

func bench(b *testing.B, operations float64, call func()) {
	call() // grows the scratch memory
	start := processorTime(b)
	for b.Loop() {
		call()
	}
	ns := float64(processorTime(b)-start) / float64(b.N)
	b.ReportMetric(ns, "cpu-ns/op")
	if operations > 0 {
		b.ReportMetric(operations/ns, "GOP/s")
	}
}

// processorTime returns the nanoseconds that this process has computed.
func processorTime(b *testing.B) int64 {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return usage.Utime.Nano()
}

// The layers of an encoder that is 384 wide, with 1,536 numbers within, for a
// passage of 128 tokens and for a question of 12.
func BenchmarkLinear(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, shape := range []struct{ rows, in, out int }{
		{12, 384, 384}, {128, 384, 384}, {128, 384, 1152}, {128, 384, 1536}, {128, 1536, 384},
	} {
		l, _, _ := newLinear(b, r, shape.in, shape.out)
		src, dst := normal(r, shape.rows*shape.in), make([]float32, shape.rows*shape.out)
		var s simd.Scratch
		b.Run(fmt.Sprintf("%dx%dx%d", shape.rows, shape.in, shape.out), func(b *testing.B) {
			benchEach(b, 2*float64(shape.rows*shape.in*shape.out), func() { l.Apply(dst, src, &s) })
		})
	}
}

// The largest layer of a model being loaded.
func BenchmarkNewLinear(b *testing.B) {
	const in, out = 1536, 384
	weights, scales, bias := make([]int8, in*out), make([]float32, out), make([]float32, out)
	bench(b, 0, func() {
		if _, err := simd.NewLinear(in, out, weights, scales, bias); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkAttention(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, tokens := range []int{12, 128, 512} {
		const heads, size = 12, 32
		qkv, dst := normal(r, tokens*3*heads*size), make([]float32, tokens*heads*size)
		var s simd.Scratch
		b.Run(fmt.Sprint(tokens), func(b *testing.B) {
			benchEach(b, 4*float64(tokens*tokens*heads*size), func() { simd.Attention(dst, qkv, heads, size, &s) })
		})
	}
}

// The steps beside the products, on the numbers that one layer has for 128
// tokens.
func BenchmarkRows(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	const rows, width, inner = 128, 384, 1536
	x, wide, dst := normal(r, rows*width), normal(r, rows*inner), make([]float32, rows*inner)
	gain, bias := normal(r, width), normal(r, width)
	b.Run("LayerNorm", func(b *testing.B) {
		benchEach(b, 0, func() { simd.LayerNorm(x, gain, bias, 1e-12) })
	})
	b.Run("GELU", func(b *testing.B) {
		benchEach(b, 0, func() {
			copy(dst, wide) // GELU of GELU of ... would end in denormal numbers
			simd.GELU(dst)
		})
	})
}

// One forward pass through a layer's linear layers, attention, GELU and layer
// norms: what an encoder of 12 layers does 12 times for a passage.
func BenchmarkLayer(b *testing.B) {
	const width, inner, heads = 384, 1536, 12
	r := rand.New(rand.NewPCG(1, 1))
	qkvLayer, _, _ := newLinear(b, r, width, 3*width)
	outLayer, _, _ := newLinear(b, r, width, width)
	upLayer, _, _ := newLinear(b, r, width, inner)
	downLayer, _, _ := newLinear(b, r, inner, width)
	gain, bias := normal(r, width), normal(r, width)
	for _, tokens := range []int{12, 64, 128, 256, 512} {
		x, context := normal(r, tokens*width), make([]float32, tokens*width)
		qkv, h := make([]float32, 3*tokens*width), make([]float32, tokens*inner)
		var s simd.Scratch
		b.Run(fmt.Sprint(tokens), func(b *testing.B) {
			benchEach(b, 0, func() {
				qkvLayer.Apply(qkv, x, &s)
				simd.Attention(context, qkv, heads, width/heads, &s)
				outLayer.ApplyAdd(x, context, &s)
				simd.LayerNorm(x, gain, bias, 1e-12)
				upLayer.ApplyGELU(h, x, &s)
				downLayer.ApplyAdd(x, h, &s)
				simd.LayerNorm(x, gain, bias, 1e-12)
			})
		})
	}
}

// A question's vector against 67,000 passages.
func BenchmarkDots(b *testing.B) {
	const dims, stride, rows = 384, 408, 67000
	r := rand.New(rand.NewPCG(1, 1))
	query, data := make([]int8, dims), make([]byte, rows*stride)
	for i := range query {
		query[i] = int8(r.IntN(256))
	}
	for i := range data {
		data[i] = byte(r.IntN(256))
	}
	records, dst := make([]int32, rows), make([]int32, rows)
	for i := range records {
		records[i] = int32(i)
	}
	benchEach(b, 2*dims*rows, func() { simd.Dots(dst, query, data, stride, records) })
}
