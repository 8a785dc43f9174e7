//go:build linux || darwin

package simd_test

import (
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"unsafe"

	"dateline/retrieval/simd"
)

// The kernels touch nothing behind their slices: whatever they are given ends
// where memory ends, as the last vector of a mapped file may.
func TestNothingIsTouchedBehindTheEnd(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	eachKernel(t, func(t *testing.T) {
		for _, shape := range shapes {
			if shape.rows == 0 || shape.rows > 32 {
				continue
			}
			weights := atEnd[int8](t, shape.in*shape.out)
			l, err := simd.NewLinear(shape.in, shape.out, weights, atEnd[float32](t, shape.out), atEnd[float32](t, shape.out))
			if err != nil {
				t.Fatal(err)
			}
			src, dst := atEnd[float32](t, shape.rows*shape.in), atEnd[float32](t, shape.rows*shape.out)
			copy(src, normal(r, len(src)))
			l.Apply(dst, src, new(simd.Scratch))
			l.ApplyAdd(dst, src, new(simd.Scratch))
			l.ApplyGELU(dst, src, new(simd.Scratch))
		}
		for _, a := range attentions {
			if a.tokens == 0 || a.tokens > 64 {
				continue
			}
			n := a.tokens * a.heads * a.size
			simd.Attention(atEnd[float32](t, n), atEnd[float32](t, 3*n), a.heads, a.size, new(simd.Scratch))
		}
		for _, n := range lengths {
			x := atEnd[float32](t, n)
			simd.GELU(x)
			simd.Softmax(x)
			simd.LayerNorm(x, atEnd[float32](t, n), atEnd[float32](t, n), 1e-12)
			simd.Dots(make([]int32, 2), atEnd[int8](t, n), atEnd[byte](t, 2*n), n, []int32{1, 0})
		}
	})
}

// atEnd returns n zeros, behind which lies memory that cannot be accessed.
func atEnd[T any](t *testing.T, n int) []T {
	t.Helper()
	bytes := n * int(unsafe.Sizeof(*new(T)))
	page := os.Getpagesize()
	end := (bytes + page - 1) / page * page
	memory, err := syscall.Mmap(-1, 0, end+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Munmap(memory); err != nil {
			t.Error(err)
		}
	})
	if err := syscall.Mprotect(memory[end:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&memory[end-bytes])), n)
}
