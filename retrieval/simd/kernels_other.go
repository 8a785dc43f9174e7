//go:build !amd64 && !arm64

package simd

// native returns no kernels: this processor has plain Go alone.
func native() []*kernels { return nil }
