package simd

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// plain are the kernels in Go, for processors that have no others. They are
// what the others are tested against.
var plain = &kernels{
	name:         "go",
	absMax:       absMaxGo,
	quantize:     quantizeGo,
	linear:       linearGo,
	packKeys:     packKeysGo,
	matmul:       matmulGo,
	softmaxParts: softmaxPartsGo,
	gelu:         geluGo,
	layerNorm:    layerNormGo,
	dots:         dotsGo,
}

func absMaxGo(x []float32) float32 {
	var most float32
	for _, v := range x {
		if v < 0 {
			v = -v
		}
		most = max(most, v)
	}
	return most
}

func quantizeGo(dst []uint8, x []float32, inverse float32) {
	for i, v := range x {
		dst[i] = uint8(int32(math.RoundToEven(float64(v*inverse))) + 128)
	}
}

// linearGo multiplies four rows at once with two outputs at once, whose sums
// lie in the halves of 64 bits. That takes half of what a loop over single
// numbers does. To have no signs, 128 is added to the weights, which brings 128
// times the sum of the inputs: at most 255·191·65536 < 2³² in all.
func linearGo(dst []float32, q []uint8, scales []float32, l *Linear, add bool) {
	const rows = 4
	for first := 0; first < len(scales); first += rows {
		var x [rows][]uint8
		var inputs [rows]uint32
		for r := range x {
			i := min(first+r, len(scales)-1) // the last row again where none is left
			x[r] = q[i*l.in : (i+1)*l.in]
			for _, v := range x[r] {
				inputs[r] += 128 * uint32(v)
			}
		}
		for o := 0; o < l.out; o += 2 {
			sums := twoOutputs(x[0], x[1], x[2], x[3], l.weights[o/panel*panel*l.in+o%panel*4:])
			for r := range min(rows, len(scales)-first) {
				i := first + r
				for half := range 2 {
					sum := int32(uint32(sums[r]>>(32*half))-inputs[r]) + l.offsets[o+half]
					v := float32(sum)*(scales[i]*l.scales[o+half]) + l.bias[o+half]
					if add {
						v += dst[i*l.out+o+half]
					}
					dst[i*l.out+o+half] = v
				}
			}
		}
	}
}

// twoOutputs returns the sums of the inputs of four rows times the weights of
// two outputs, w being at the first of them, plus 128.
func twoOutputs(x0, x1, x2, x3 []uint8, w []int8) (sums [4]uint64) {
	const first = 0x000000ff000000ff // of four weights of each output
	x1, x2, x3 = x1[:len(x0)], x2[:len(x0)], x3[:len(x0)]
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&w[0])), len(w))
	var s0, s1, s2, s3 uint64
	for k := 0; k+4 <= len(x0); k += 4 {
		v := binary.LittleEndian.Uint64(bytes[k*panel:]) ^ 0x8080808080808080
		a, b, c, d := (*[4]byte)(x0[k:]), (*[4]byte)(x1[k:]), (*[4]byte)(x2[k:]), (*[4]byte)(x3[k:])
		w0, w1, w2, w3 := v&first, v>>8&first, v>>16&first, v>>24&first
		s0 += uint64(a[0])*w0 + uint64(a[1])*w1 + uint64(a[2])*w2 + uint64(a[3])*w3
		s1 += uint64(b[0])*w0 + uint64(b[1])*w1 + uint64(b[2])*w2 + uint64(b[3])*w3
		s2 += uint64(c[0])*w0 + uint64(c[1])*w1 + uint64(c[2])*w2 + uint64(c[3])*w3
		s3 += uint64(d[0])*w0 + uint64(d[1])*w1 + uint64(d[2])*w2 + uint64(d[3])*w3
	}
	return [4]uint64{s0, s1, s2, s3}
}

func packKeysGo(dst, keys []float32, stride, tokens, size int) {
	for first := 0; first < tokens; first += panel {
		p := dst[first*size : (first+panel)*size]
		for j := range panel {
			if first+j >= tokens {
				for i := range size {
					p[i*panel+j] = 0
				}
				continue
			}
			for i, v := range keys[(first+j)*stride:][:size] {
				p[i*panel+j] = v
			}
		}
	}
}

func matmulGo(p floatProduct) {
	for i := range p.rows {
		a := p.a[i*p.strideA:][:p.inner]
		for first := 0; first < p.columns; first += panel {
			var sums [panel]float32
			b := p.b[first*p.inner : (first+panel)*p.inner]
			for k, v := range a {
				row := (*[panel]float32)(b[k*panel:])
				for j := range sums {
					sums[j] += v * row[j]
				}
			}
			c := p.c[i*p.strideC+first:][:panel]
			for j, sum := range sums {
				c[j] = sum * p.scales[i]
			}
		}
	}
}

func softmaxPartsGo(x []float32) float32 {
	most := x[0]
	for _, v := range x {
		most = max(most, v)
	}
	var sum float64
	for i, v := range x {
		e := math.Exp(float64(v - most))
		x[i] = float32(e)
		sum += e
	}
	return float32(sum)
}

// geluTerms are for a polynomial in v = x²·square - 1, its terms from the
// constant up, that gives (Φ(x)-1/2)/x for |x| up to 4.6. GELU with it is within
// 1.2e-5 of the exact one. Beyond, v stays at 1, where x·polynomial just passes
// 1/2, so that limiting it to ±1/2 makes GELU exactly x or 0. The terms minimise
// the largest error of GELU in Chebyshev's basis.
type geluTerms struct {
	terms  [10]float32
	square float32
}

var forGELU = geluTerms{
	terms: [10]float32{
		.15354342758655548, -.07575558125972748, .05413755774497986, -.04061851650476456, .029523270204663277,
		-.019004717469215393, .010959123261272907, -.007873502559959888, .00561295822262764, -.0018283274257555604,
	},
	square: .09451796114444733, // 2/4.6²
}

func geluGo(x []float32) {
	for i, v := range x {
		t := min(v*v*forGELU.square-1, 1)
		p := forGELU.terms[len(forGELU.terms)-1]
		for k := len(forGELU.terms) - 2; k >= 0; k-- {
			p = p*t + forGELU.terms[k]
		}
		x[i] = v * max(min(v*p+.5, 1), 0)
	}
}

func layerNormGo(x, gain, bias []float32, epsilon float32) {
	var sum float64
	for _, v := range x {
		sum += float64(v)
	}
	mean := sum / float64(len(x))
	var squares float64
	for _, v := range x {
		d := float64(v) - mean
		squares += d * d
	}
	inverse := 1 / math.Sqrt(squares/float64(len(x))+float64(epsilon))
	for i, v := range x {
		x[i] = float32((float64(v)-mean)*inverse)*gain[i] + bias[i]
	}
}

func dotsGo(dst []int32, query []int8, data []byte, stride int, records []int32) {
	for i, r := range records {
		row := data[int(r)*stride:][:len(query)]
		var sum int32
		for k, v := range query {
			sum += int32(v) * int32(int8(row[k]))
		}
		dst[i] = sum
	}
}
