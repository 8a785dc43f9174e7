package simd

import (
	"fmt"
	"math"
)

// attentionBlock is the number of queries whose scores are computed together,
// 48 KB of them at 512 tokens. It is a multiple of the rows that the kernels
// of amd64 (6 and 8) and arm64 (4) take at once.
const attentionBlock = 24

// Attention sets dst to softmax(Q·Kᵀ/√size)·V for each head of one sequence,
// where size is the numbers a head has, a multiple of 16.
//
// qkv has a row for each token: the query of all heads, then the key, then the
// value, 3·heads·size numbers. dst has heads·size numbers a token, head after
// head. The number of tokens is len(dst)/(heads·size). It panics if the lengths
// do not fit.
func Attention(dst, qkv []float32, heads, size int, s *Scratch) {
	width := heads * size
	if heads <= 0 || size <= 0 || size%panel != 0 || len(dst)%width != 0 || len(qkv) != 3*len(dst) {
		panic(fmt.Sprintf("simd: attention of %d heads of %d: %d inputs, %d outputs", heads, size, len(qkv), len(dst)))
	}
	if len(dst) == 0 {
		return
	}
	k := current
	tokens := len(dst) / width
	columns := (tokens + panel - 1) / panel * panel
	s.keys = grow(s.keys, columns*size)
	s.values = grow(s.values, tokens*size)
	s.scores = grow(s.scores, min(tokens, attentionBlock)*columns)
	s.scales = grow(s.scales, attentionBlock)
	for h := range heads {
		k.packKeys(s.keys, qkv[width+h*size:], 3*width, tokens, size)
		packValues(s.values, qkv[2*width+h*size:], 3*width, tokens, size)
		for first := 0; first < tokens; first += attentionBlock {
			n := min(attentionBlock, tokens-first)
			scales := s.scales[:n]
			for i := range scales {
				scales[i] = float32(1 / math.Sqrt(float64(size)))
			}
			k.matmul(floatProduct{
				c: s.scores, strideC: columns,
				a: qkv[first*3*width+h*size:], strideA: 3 * width,
				b: s.keys, rows: n, inner: size, columns: columns, scales: scales,
			})
			for i := range scales {
				row := s.scores[i*columns : (i+1)*columns]
				for j := tokens; j < columns; j++ {
					row[j] = float32(math.Inf(-1))
				}
				scales[i] = 1 / k.softmaxParts(row)
			}
			k.matmul(floatProduct{
				c: dst[first*width+h*size:], strideC: width,
				a: s.scores, strideA: columns,
				b: s.values, rows: n, inner: tokens, columns: size, scales: scales,
			})
		}
	}
}

// packValues packs the values of one head into panels of 16 of their numbers.
func packValues(dst, values []float32, stride, tokens, size int) {
	for first := 0; first < size; first += panel {
		for t := range tokens {
			to := (*[panel]float32)(dst[first*tokens+t*panel:])
			*to = *(*[panel]float32)(values[t*stride+first:])
		}
	}
}
