package simd

import (
	"encoding/binary"
	"fmt"
	"math"
	"unsafe"
)

// maxWeight is the largest absolute integer of a weight.
const maxWeight = 63

// maxInputs keeps the sums of a row within 32 bits: 255·64·65536 < 2³¹.
const maxInputs = 1 << 16

// rowBlock is the number of rows that are quantised, multiplied and taken
// through GELU together, a multiple of what the kernels take at once. With 48
// the widest outputs of the encoder, 1,536 a row, take 288 KB and stay in a
// core's second-level cache: a layer took 9 % less than with 96 rows and as
// long as with 24.
const rowBlock = 48

// Linear is a linear layer with quantised weights, made by NewLinear. It may
// be used by several goroutines at once, each with its own Scratch.
type Linear struct {
	in, out int
	weights []int8    // packed
	scales  []float32 // an output
	bias    []float32 // an output
	offsets []int32   // -128 times the sum of an output's weights
}

// NewLinear returns the layer of packed weights (see the package's
// documentation) with a scale and a bias for each output. It keeps the slices
// and writes to none. An error means that the sizes do not fit or that a
// weight is out of range.
func NewLinear(in, out int, weights []int8, scales, bias []float32) (*Linear, error) {
	if in <= 0 || in%4 != 0 || in > maxInputs || out <= 0 || out%panel != 0 {
		return nil, fmt.Errorf("linear layer %d to %d: want inputs in fours up to %d, outputs in sixteens", in, out, maxInputs)
	}
	if len(weights) != in*out || len(scales) != out || len(bias) != out {
		return nil, fmt.Errorf("linear layer %d to %d: %d weights, %d scales, %d biases", in, out, len(weights), len(scales), len(bias))
	}
	l := &Linear{in: in, out: out, weights: weights, scales: scales, bias: bias, offsets: make([]int32, out)}
	if !l.sumWeights() {
		return nil, fmt.Errorf("linear layer %d to %d: a weight is out of range", in, out)
	}
	return l, nil
}

// In returns the number of inputs.
func (l *Linear) In() int { return l.in }

// Out returns the number of outputs.
func (l *Linear) Out() int { return l.out }

// Apply sets dst to the layer's outputs for the rows of src. Both hold row
// after row without gaps, len(src)/In rows. They must not overlap. src must be
// finite. It panics if the lengths do not fit.
func (l *Linear) Apply(dst, src []float32, s *Scratch) { l.apply(dst, src, s, set) }

// ApplyGELU sets dst to GELU of what Apply would give.
func (l *Linear) ApplyGELU(dst, src []float32, s *Scratch) { l.apply(dst, src, s, setGELU) }

// ApplyAdd adds to dst, the residual, what Apply would give.
func (l *Linear) ApplyAdd(dst, src []float32, s *Scratch) { l.apply(dst, src, s, add) }

// What becomes of a layer's outputs.
const (
	set = iota
	setGELU
	add
)

func (l *Linear) apply(dst, src []float32, s *Scratch, then int) {
	rows := len(src) / l.in
	if len(src) != rows*l.in || len(dst) != rows*l.out {
		panic(fmt.Sprintf("simd: linear layer %d to %d: %d inputs, %d outputs", l.in, l.out, len(src), len(dst)))
	}
	k := current
	for rows > 0 {
		n := min(rows, rowBlock)
		s.quantized = grow(s.quantized, n*l.in)
		s.scales = grow(s.scales, n)
		for i := range n {
			s.scales[i] = quantizeInput(k, s.quantized[i*l.in:(i+1)*l.in], src[i*l.in:(i+1)*l.in])
		}
		k.linear(dst[:n*l.out], s.quantized, s.scales, l, then == add)
		if then == setGELU {
			k.gelu(dst[:n*l.out])
		}
		dst, src, rows = dst[n*l.out:], src[n*l.in:], rows-n
	}
}

// quantizeInput quantises one row and returns its scale.
func quantizeInput(k *kernels, dst []uint8, x []float32) float32 {
	most := k.absMax(x)
	if most < 1e-30 { // 127/most must be finite
		for i := range dst {
			dst[i] = 128
		}
		return 0
	}
	k.quantize(dst, x, 127/most)
	return most / 127
}

// sumWeights sets the offsets, which take off what the 128 added to each
// quantised input brings. It reports whether all weights are from -64 to 63,
// whose products with bytes no kernel saturates.
//
// It takes eight bytes at once, because all weights of a model are summed when
// a program starts: 21 MB of them in 6 ms.
func (l *Linear) sumWeights() bool {
	const (
		signs = 0x8080808080808080
		even  = 0x00ff00ff00ff00ff
		block = 128 // groups whose sums fit 16 bits: 128·2·255 < 2¹⁶
	)
	var outside uint64
	for p := 0; p < l.out; p += panel {
		w := unsafe.Slice((*byte)(unsafe.Pointer(&l.weights[p*l.in])), panel*l.in)
		offsets := l.offsets[p : p+panel]
		for len(w) > 0 {
			groups := min(block, len(w)/(4*panel))
			part := w[:groups*4*panel]
			for j := 0; j < panel; j += 2 {
				// A word has four inputs of two outputs, the sum two lanes of 16
				// bits for each output.
				var sum uint64
				for at := 4 * j; at+8 <= len(part); at += 4 * panel {
					v := binary.LittleEndian.Uint64(part[at : at+8])
					outside |= v ^ v<<1 // from -64 to 63 bit 7 equals bit 6
					v ^= signs          // weight + 128
					sum += v&even + v>>8&even
				}
				offsets[j] -= 128 * (int32(sum&0xffff+sum>>16&0xffff) - int32(groups)*4*128)
				offsets[j+1] -= 128 * (int32(sum>>32&0xffff+sum>>48) - int32(groups)*4*128)
			}
			w = w[len(part):]
		}
	}
	return outside&signs == 0
}

// QuantizeWeights returns the integers of w, which holds out rows of in
// weights, and the scale of each row: w ≈ integer × scale. The integers are in
// the order of w, for Pack.
func QuantizeWeights(w []float32, in, out int) (integers []int8, scales []float32) {
	if len(w) != in*out {
		panic(fmt.Sprintf("simd: %d weights for %d to %d", len(w), in, out))
	}
	integers, scales = make([]int8, len(w)), make([]float32, out)
	for o := range out {
		row := w[o*in : (o+1)*in]
		var most float64
		for _, v := range row {
			most = max(most, math.Abs(float64(v)))
		}
		if most == 0 {
			continue
		}
		scale := most / maxWeight
		scales[o] = float32(scale)
		for k, v := range row {
			integers[o*in+k] = int8(math.RoundToEven(float64(v) / scale))
		}
	}
	return integers, scales
}

// Pack returns integers, out rows of in weights, in the layout that NewLinear
// takes. It panics if in is no multiple of 4 or out none of 16.
func Pack(integers []int8, in, out int) []int8 {
	if in%4 != 0 || out%panel != 0 || len(integers) != in*out {
		panic(fmt.Sprintf("simd: %d weights for %d to %d", len(integers), in, out))
	}
	packed := make([]int8, len(integers))
	for o := range out {
		for k := range in {
			packed[o/panel*panel*in+k/4*4*panel+o%panel*4+k%4] = integers[o*in+k]
		}
	}
	return packed
}
