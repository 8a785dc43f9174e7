package simd

import "fmt"

// LayerNorm normalises each row of x, of len(gain) numbers, in place:
//
//	x = (x - mean) / √(variance + epsilon) · gain + bias
//
// It panics if the lengths do not fit.
func LayerNorm(x, gain, bias []float32, epsilon float32) {
	width := len(gain)
	if width == 0 || len(bias) != width || len(x)%width != 0 {
		panic(fmt.Sprintf("simd: layer norm of %d numbers with %d gains and %d biases", len(x), width, len(bias)))
	}
	k := current
	for ; len(x) > 0; x = x[width:] {
		k.layerNorm(x[:width], gain, bias, epsilon)
	}
}

// Softmax replaces each number of x, in place, by exp(x) over the sum of all
// exp(x).
func Softmax(x []float32) {
	if len(x) == 0 {
		return
	}
	parts := current.softmaxParts
	if len(x)%panel != 0 {
		parts = softmaxPartsGo
	}
	inverse := 1 / parts(x)
	for i := range x {
		x[i] *= inverse
	}
}

// GELU replaces each number of x, in place, by x·Φ(x), where Φ is the
// distribution function of the normal distribution: the exact form of
// Hendrycks and Gimpel, arXiv:1606.08415, and not its approximation by tanh.
func GELU(x []float32) { current.gelu(x) }
