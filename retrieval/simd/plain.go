package simd

import "math"

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

func linearGo(dst []float32, q []uint8, scales []float32, l *Linear, add bool) {
	for i, scale := range scales {
		row := q[i*l.in : (i+1)*l.in]
		for p := 0; p < l.out; p += panel {
			var sums [panel]int32
			copy(sums[:], l.offsets[p:])
			w := l.weights[p*l.in : (p+panel)*l.in]
			for k := 0; k < len(row); k += 4 {
				x0, x1, x2, x3 := int32(row[k]), int32(row[k+1]), int32(row[k+2]), int32(row[k+3])
				group := (*[4 * panel]int8)(w[k*panel:])
				for j := range sums {
					sums[j] += x0*int32(group[4*j]) + x1*int32(group[4*j+1]) + x2*int32(group[4*j+2]) + x3*int32(group[4*j+3])
				}
			}
			out := dst[i*l.out+p:][:panel]
			for j, sum := range sums {
				v := float32(sum)*(scale*l.scales[p+j]) + l.bias[p+j]
				if add {
					v += out[j]
				}
				out[j] = v
			}
		}
	}
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

func geluGo(x []float32) {
	for i, v := range x {
		x[i] = float32(float64(v) * .5 * math.Erfc(-float64(v)/math.Sqrt2))
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
