// Package simd multiplies and adds the numbers of a transformer encoder and of
// a scan over vectors: int8 linear layers, float32 attention, layer norm, GELU,
// softmax, and int8 dot products.
//
// # Packed weights
//
// A linear layer y = x·Wᵀ + b has In inputs, a multiple of 4, and Out outputs,
// a multiple of 16. Its weights are integers from -63 to 63 with one float32
// scale an output: weight = integer × scale. All kernels read them in one
// layout of Out·In bytes without a header:
//
//	panel p = 0 … Out/16-1    the outputs 16p to 16p+15
//	  group g = 0 … In/4-1    the inputs 4g to 4g+3
//	    output j = 0 … 15     of the panel
//	      input i = 0 … 3     of the group
//
// So the weight from input k to output o, both counted from 0, is the signed
// byte at
//
//	(o/16)*16*In + (k/4)*64 + (o%16)*4 + k%4
//
// In NumPy, for an int8 array w of the shape (Out, In), as PyTorch keeps the
// weights of a linear layer:
//
//	w.reshape(Out//16, 16, In//4, 4).transpose(0, 2, 1, 3).tobytes()
//
// The integers have 7 bits and not 8 because VPMADDUBSW adds two products of
// an unsigned and a signed byte in 16 bits, where 255·127·2 would saturate.
//
// # Numbers
//
// A linear layer quantises each row of its input by itself, to
// round(x/s)+128 in a byte, where s = max|x|/127 and halves are rounded to
// even. The integer sums are exactly alike in all kernels. Results in float32
// agree to 1e-5 of the largest number of the row or of what was added up in it,
// and for GELU to 2e-5 with the exact function. A row's result never depends on
// the rows around it, so a text has the same vector in any batch.
package simd

import (
	"fmt"
	"slices"
)

// panel is the number of outputs that are computed together.
const panel = 16

// kernels are the functions that have a version for each kind of processor.
// Lengths and alignments were checked by their callers.
type kernels struct {
	name string
	// absMax returns the largest |x|.
	absMax func(x []float32) float32
	// quantize sets dst[i] to round(x[i]*inverse)+128.
	quantize func(dst []uint8, x []float32, inverse float32)
	// linear multiplies the quantised rows q with the weights of l and sets dst
	// to the result, or adds it to dst. scales has a number a row.
	linear func(dst []float32, q []uint8, scales []float32, l *Linear, add bool)
	// packKeys packs the keys of one head, a multiple of 16 long, into panels
	// of 16 tokens for matmul. The last panel is filled with zeros.
	packKeys func(dst, keys []float32, stride, tokens, size int)
	// matmul sets the rows of c to scales[row]·a·b. See floatProduct.
	matmul func(p floatProduct)
	// softmaxParts replaces each number of x, a multiple of 16 of them, by
	// exp(x-max x) and returns their sum.
	softmaxParts func(x []float32) float32
	gelu         func(x []float32)
	// layerNorm normalises one row.
	layerNorm func(x, gain, bias []float32, epsilon float32)
	// dots sets dst as Dots does.
	dots func(dst []int32, query []int8, data []byte, stride int, records []int32)
}

// A floatProduct is c = scale·a·b for row-major a and b in panels of 16
// columns: b[(column/16)*16*inner + k*16 + column%16].
type floatProduct struct {
	c, a, b          []float32
	strideC, strideA int // numbers from row to row
	rows, inner      int
	columns          int       // a multiple of 16
	scales           []float32 // a number a row
}

// available are the kernels that this processor can run, the fastest first.
// The last is plain Go.
var available = append(native(), plain)

// current are the kernels in use.
var current = available[0]

// Kernels returns the name of the kernels in use: "avx512-vnni", "avx-vnni",
// "avx2", "neon-dotprod" or "go". The fastest that the processor can run are
// chosen at start.
func Kernels() string { return current.name }

// Available returns the names of all kernels that this processor can run, the
// fastest first. The last is always "go".
func Available() []string {
	var names []string
	for _, k := range available {
		names = append(names, k.name)
	}
	return names
}

// Use changes the kernels in use, for tests and benchmarks. It must not be
// called while others compute. An error means that this processor cannot run
// them.
func Use(name string) error {
	i := slices.IndexFunc(available, func(k *kernels) bool { return k.name == name })
	if i < 0 {
		return fmt.Errorf("kernels %q: not available on this processor", name)
	}
	current = available[i]
	return nil
}

// Scratch is memory that the functions of this package work in. The zero value
// is ready; it grows with the largest use and is then reused, so that a call
// allocates nothing. It serves one goroutine at a time.
type Scratch struct {
	quantized []uint8
	scales    []float32
	keys      []float32 // packed keys of a head
	values    []float32 // packed values of a head
	scores    []float32 // a block of rows by all keys
}

// grow returns s with n elements, whose values mean nothing.
func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
