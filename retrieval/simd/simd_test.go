package simd_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"dateline/retrieval/simd"
)

// eachKernel runs a test with each kind of kernels that this processor has.
func eachKernel(t *testing.T, test func(t *testing.T)) {
	for _, name := range simd.Available() {
		t.Run(name, func(t *testing.T) {
			use(t, name)
			test(t)
		})
	}
}

// use changes the kernels until the test ends.
func use(t testing.TB, name string) {
	t.Helper()
	before := simd.Kernels()
	if err := simd.Use(name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := simd.Use(before); err != nil {
			t.Error(err)
		}
	})
}

// withGo returns what compute returns with plain Go.
func withGo[T any](t testing.TB, compute func() T) T {
	t.Helper()
	before := simd.Kernels()
	if err := simd.Use("go"); err != nil {
		t.Fatal(err)
	}
	defer simd.Use(before)
	return compute()
}

func TestUseNamesTheKernels(t *testing.T) {
	names := simd.Available()
	if got, want := names[len(names)-1], "go"; got != want {
		t.Errorf("last of the kernels: got %s, want %s", got, want)
	}
	if got, want := simd.Kernels(), names[0]; got != want {
		t.Errorf("kernels at start: got %s, want %s", got, want)
	}
	if err := simd.Use("abacus"); err == nil {
		t.Error("Use(abacus): got no error, want one")
	}
	eachKernel(t, func(t *testing.T) {
		if got := simd.Kernels(); !slices.Contains(names, got) {
			t.Errorf("got %s, want one of %v", got, names)
		}
	})
}

func TestPackIsTheDocumentedLayout(t *testing.T) {
	const in, out = 12, 48
	integers := make([]int8, in*out)
	for i := range integers {
		integers[i] = int8(i%127 - 63)
	}
	packed := simd.Pack(integers, in, out)
	for o := range out {
		for k := range in {
			at := o/16*16*in + k/4*64 + o%16*4 + k%4
			if got, want := packed[at], integers[o*in+k]; got != want {
				t.Fatalf("output %d, input %d: got %d, want %d", o, k, got, want)
			}
		}
	}
}

func TestQuantizeWeights(t *testing.T) {
	integers, scales := simd.QuantizeWeights([]float32{
		.5, -1, .25, 0,
		0, 0, 0, 0,
		-126, 63, 1, 2,
	}, 4, 3)
	if want := []int8{32, -63, 16, 0, 0, 0, 0, 0, -63, 32, 0, 1}; !slices.Equal(integers, want) {
		t.Errorf("integers: got %v, want %v", integers, want)
	}
	if want := []float32{1. / 63, 0, 2}; !slices.Equal(scales, want) {
		t.Errorf("scales: got %v, want %v", scales, want)
	}
}

func TestNewLinearChecksItsWeights(t *testing.T) {
	for _, tt := range []struct {
		name                        string
		in, out                     int
		weights, scales, bias, last int
	}{
		{"inputs not in fours", 6, 16, 96, 16, 16, 0},
		{"too many inputs", 1<<16 + 4, 16, (1<<16 + 4) * 16, 16, 16, 0},
		{"no inputs", 0, 16, 0, 16, 16, 0},
		{"outputs not in sixteens", 8, 24, 192, 24, 24, 0},
		{"weights missing", 8, 16, 127, 16, 16, 0},
		{"scales missing", 8, 16, 128, 15, 16, 0},
		{"biases missing", 8, 16, 128, 16, 15, 0},
		{"weight too large", 8, 16, 128, 16, 16, 64},
		{"weight too small", 8, 16, 128, 16, 16, -65},
	} {
		t.Run(tt.name, func(t *testing.T) {
			weights := make([]int8, tt.weights)
			if len(weights) > 0 {
				weights[len(weights)-1] = int8(tt.last)
			}
			if _, err := simd.NewLinear(tt.in, tt.out, weights, make([]float32, tt.scales), make([]float32, tt.bias)); err == nil {
				t.Error("got no error, want one")
			}
		})
	}
}

// newLinear returns a layer with random weights, and its weights as numbers in
// rows of in.
func newLinear(t testing.TB, r *rand.Rand, in, out int) (*simd.Linear, []float32, []float32) {
	t.Helper()
	weights, bias := normal(r, in*out), normal(r, out)
	integers, scales := simd.QuantizeWeights(weights, in, out)
	for i, w := range integers {
		weights[i] = float32(w) * scales[i/in]
	}
	l, err := simd.NewLinear(in, out, simd.Pack(integers, in, out), scales, bias)
	if err != nil {
		t.Fatal(err)
	}
	return l, weights, bias
}

func normal(r *rand.Rand, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// largest returns the largest absolute number.
func largest(x []float32) float64 {
	var most float64
	for _, v := range x {
		most = max(most, math.Abs(float64(v)))
	}
	return most
}

// near reports the first number that is farther from want than tolerance times
// the largest of want.
func near(t *testing.T, got, want []float32, tolerance float64) {
	t.Helper()
	within(t, got, want, tolerance*largest(want))
}

// within reports the first number that is farther from want than a distance.
func within(t *testing.T, got, want []float32, distance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d numbers, want %d", len(got), len(want))
	}
	for i := range want {
		if d := math.Abs(float64(got[i]) - float64(want[i])); !(d <= distance) {
			t.Fatalf("number %d of %d: got %g, want %g", i, len(want), got[i], want[i])
		}
	}
}

// A linear layer gives what the definition gives in floating point, but for
// what the quantisation of the input loses.
func TestLinearAgainstItsDefinition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const in, out, rows = 384, 64, 3
	l, weights, bias := newLinear(t, r, in, out)
	src := normal(r, rows*in)
	want := make([]float32, rows*out)
	for i := range rows {
		for o := range out {
			sum := float64(bias[o])
			for k := range in {
				sum += float64(src[i*in+k]) * float64(weights[o*in+k])
			}
			want[i*out+o] = float32(sum)
		}
	}
	eachKernel(t, func(t *testing.T) {
		got := make([]float32, rows*out)
		l.Apply(got, src, new(simd.Scratch))
		near(t, got, want, .01)
	})
}

// The shapes have odd numbers of rows and of panels, and inputs that fill no
// register.
var shapes = []struct{ rows, in, out int }{
	{0, 4, 16}, {1, 4, 16}, {1, 8, 32}, {2, 12, 48}, {3, 20, 16}, {4, 32, 80}, {5, 36, 32}, {6, 64, 16}, {7, 68, 96},
	{8, 100, 32}, {9, 384, 48}, {11, 96, 32}, {13, 1536, 16}, {23, 40, 64}, {25, 384, 32}, {97, 64, 32}, {193, 16, 48},
}

func TestLinearIsAlikeInAllKernels(t *testing.T) {
	for _, shape := range shapes {
		r := rand.New(rand.NewPCG(3, uint64(shape.rows)))
		l, _, bias := newLinear(t, r, shape.in, shape.out)
		src, residual := normal(r, shape.rows*shape.in), normal(r, shape.rows*shape.out)
		t.Run(fmt.Sprintf("%dx%dx%d", shape.rows, shape.in, shape.out), func(t *testing.T) {
			checkLinear(t, l, src, residual, bias)
		})
	}
}

// checkLinear compares the results with those of plain Go. The bias and the
// residual are added to the products, so their size counts too where they and
// the products cancel.
func checkLinear(t *testing.T, l *simd.Linear, src, residual, bias []float32) {
	for name, apply := range map[string]func(*simd.Linear, []float32, []float32, *simd.Scratch){
		"Apply": (*simd.Linear).Apply, "ApplyGELU": (*simd.Linear).ApplyGELU, "ApplyAdd": (*simd.Linear).ApplyAdd,
	} {
		want := withGo(t, func() []float32 {
			dst := slices.Clone(residual)
			apply(l, dst, src, new(simd.Scratch))
			return dst
		})
		eachKernel(t, func(t *testing.T) {
			got := slices.Clone(residual)
			apply(l, got, src, new(simd.Scratch))
			for i := 0; i < len(got); i += l.Out() {
				row := want[i : i+l.Out()]
				distance := 1e-6 * max(largest(row), largest(bias), largest(residual))
				if name == "ApplyGELU" {
					distance += 2e-5
				}
				within(t, got[i:i+l.Out()], row, distance)
			}
		})
	}
}

// The integers are exactly alike: with scales of one and inputs that quantise
// to themselves, the sums show in the outputs.
func TestLinearSumsAreExact(t *testing.T) {
	for _, shape := range shapes {
		r := rand.New(rand.NewPCG(4, uint64(shape.rows)))
		t.Run(fmt.Sprintf("%dx%dx%d", shape.rows, shape.in, shape.out), func(t *testing.T) {
			checkSums(t, r, shape.rows, shape.in, shape.out)
		})
	}
	// The largest products of all, which must not saturate.
	for _, sign := range []int8{-1, 1} {
		const in, out = 512, 32
		integers := slices.Repeat([]int8{63 * sign}, in*out)
		l, err := simd.NewLinear(in, out, simd.Pack(integers, in, out), slices.Repeat([]float32{1}, out), make([]float32, out))
		if err != nil {
			t.Fatal(err)
		}
		src := slices.Repeat([]float32{127}, 5*in)
		eachKernel(t, func(t *testing.T) {
			got := make([]float32, 5*out)
			l.Apply(got, src, new(simd.Scratch))
			for i := range got {
				if want := float32(sign) * 63 * 127 * in; got[i] != want {
					t.Fatalf("output %d: got %g, want %g", i, got[i], want)
				}
			}
		})
	}
}

func checkSums(t *testing.T, r *rand.Rand, rows, in, out int) {
	integers, src := make([]int8, in*out), make([]float32, rows*in)
	for i := range integers {
		integers[i] = int8(r.IntN(127) - 63)
	}
	for i := range src {
		src[i] = float32(r.IntN(255) - 127)
		if i%in == 0 {
			src[i] = 127
		}
	}
	want := make([]float32, rows*out)
	for i := range rows {
		for o := range out {
			var sum int32
			for k := range in {
				sum += int32(src[i*in+k]) * int32(integers[o*in+k])
			}
			want[i*out+o] = float32(sum)
		}
	}
	l, err := simd.NewLinear(in, out, simd.Pack(integers, in, out), slices.Repeat([]float32{1}, out), make([]float32, out))
	if err != nil {
		t.Fatal(err)
	}
	eachKernel(t, func(t *testing.T) {
		got := make([]float32, rows*out)
		l.Apply(got, src, new(simd.Scratch))
		if !slices.Equal(got, want) {
			t.Errorf("%d rows, %d to %d: got %v, want %v", rows, in, out, got, want)
		}
	})
}

// A row gives the same bits alone and among others.
func TestRowsDoNotDependOnEachOther(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const rows, in, out = 103, 64, 48
	l, _, _ := newLinear(t, r, in, out)
	src, residual := normal(r, rows*in), normal(r, rows*out)
	eachKernel(t, func(t *testing.T) {
		var s simd.Scratch
		for name, apply := range map[string]func(*simd.Linear, []float32, []float32, *simd.Scratch){
			"Apply": (*simd.Linear).Apply, "ApplyGELU": (*simd.Linear).ApplyGELU, "ApplyAdd": (*simd.Linear).ApplyAdd,
		} {
			all := slices.Clone(residual)
			apply(l, all, src, &s)
			for i := range rows {
				one := slices.Clone(residual[i*out : (i+1)*out])
				apply(l, one, src[i*in:(i+1)*in], &s)
				if !slices.Equal(one, all[i*out:(i+1)*out]) {
					t.Fatalf("%s: row %d alone differs from row %d among %d", name, i, i, rows)
				}
			}
		}
	})
}

func TestRowsOfZerosGiveTheBias(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	l, _, bias := newLinear(t, r, 36, 32)
	src := make([]float32, 2*36)
	src[36] = 1e-38
	eachKernel(t, func(t *testing.T) {
		got := make([]float32, 64)
		l.Apply(got, src, new(simd.Scratch))
		near(t, got, slices.Concat(bias, bias), 1e-6)
	})
}

var attentions = []struct{ tokens, heads, size int }{
	{0, 1, 16}, {1, 1, 16}, {2, 2, 32}, {3, 12, 32}, {7, 1, 48}, {15, 2, 32}, {16, 2, 32}, {17, 3, 16}, {24, 1, 32}, {25, 1, 64},
	{31, 2, 32}, {33, 2, 32}, {49, 1, 32}, {127, 1, 32}, {200, 2, 32}, {512, 1, 32},
}

func TestAttentionAgainstItsDefinition(t *testing.T) {
	for _, tt := range attentions {
		r := rand.New(rand.NewPCG(9, uint64(tt.tokens)))
		width := tt.heads * tt.size
		qkv := normal(r, tt.tokens*3*width)
		t.Run(fmt.Sprintf("%dx%dx%d", tt.tokens, tt.heads, tt.size), func(t *testing.T) {
			want := attention(qkv, tt.tokens, tt.heads, tt.size)
			eachKernel(t, func(t *testing.T) {
				var s simd.Scratch
				got := make([]float32, tt.tokens*width)
				simd.Attention(got, qkv, tt.heads, tt.size, &s)
				near(t, got, want, 1e-5)
				again := make([]float32, len(got))
				simd.Attention(again, qkv, tt.heads, tt.size, &s)
				if !slices.Equal(again, got) {
					t.Error("a second call with used scratch memory gives other numbers")
				}
			})
		})
	}
}

// attention is the definition, in float64.
func attention(qkv []float32, tokens, heads, size int) []float32 {
	width := heads * size
	at := func(token, part, head, i int) float64 {
		return float64(qkv[token*3*width+part*width+head*size+i])
	}
	dst := make([]float32, tokens*width)
	for h := range heads {
		for q := range tokens {
			weights := make([]float64, tokens)
			var sum float64
			for k := range tokens {
				var score float64
				for i := range size {
					score += at(q, 0, h, i) * at(k, 1, h, i)
				}
				weights[k] = math.Exp(score / math.Sqrt(float64(size)))
				sum += weights[k]
			}
			for i := range size {
				var v float64
				for k := range tokens {
					v += weights[k] / sum * at(k, 2, h, i)
				}
				dst[q*width+h*size+i] = float32(v)
			}
		}
	}
	return dst
}

var lengths = []int{1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 96, 100, 384, 511, 1536}

func TestLayerNormAgainstItsDefinition(t *testing.T) {
	for _, n := range lengths {
		r := rand.New(rand.NewPCG(10, uint64(n)))
		rows, gain, bias := normal(r, 3*n), normal(r, n), normal(r, n)
		for i := range rows {
			rows[i] = rows[i]*3 + 5
		}
		var want []float32
		for x := rows; len(x) > 0; x = x[n:] {
			var mean, variance float64
			for _, v := range x[:n] {
				mean += float64(v) / float64(n)
			}
			for _, v := range x[:n] {
				variance += (float64(v) - mean) * (float64(v) - mean) / float64(n)
			}
			for i, v := range x[:n] {
				want = append(want, float32((float64(v)-mean)/math.Sqrt(variance+1e-3)*float64(gain[i])+float64(bias[i])))
			}
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			eachKernel(t, func(t *testing.T) {
				got := slices.Clone(rows)
				simd.LayerNorm(got, gain, bias, 1e-3)
				near(t, got, want, 1e-5)
			})
		})
	}
}

func TestSoftmaxAgainstItsDefinition(t *testing.T) {
	for _, n := range lengths {
		r := rand.New(rand.NewPCG(11, uint64(n)))
		x := normal(r, n)
		for i := range x {
			x[i] = x[i]*10 - 1000
		}
		x[n/2] = -1e30
		most := slices.Max(x)
		want := make([]float32, n)
		var sum float64
		for _, v := range x {
			sum += math.Exp(float64(v) - float64(most))
		}
		for i, v := range x {
			want[i] = float32(math.Exp(float64(v)-float64(most)) / sum)
		}
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			eachKernel(t, func(t *testing.T) {
				got := slices.Clone(x)
				simd.Softmax(got)
				near(t, got, want, 1e-5)
			})
		})
	}
}

func TestGELUAgainstItsDefinition(t *testing.T) {
	var x []float32
	for v := float32(-12); v <= 12; v += 1. / 64 {
		x = append(x, v)
	}
	x = append(x, 1e-20, -1e-20, 0, 1000, -1000, 1e30, -1e30)
	eachKernel(t, func(t *testing.T) {
		for n := range 20 { // every length of the rest
			got := slices.Clone(x[:len(x)-n])
			simd.GELU(got)
			for i := range got {
				want := float64(x[i]) * .5 * math.Erfc(-float64(x[i])/math.Sqrt2)
				if d := math.Abs(float64(got[i]) - want); !(d <= 2e-5 || d <= 1e-6*math.Abs(want)) {
					t.Fatalf("GELU(%g): got %g, want %g", x[i], got[i], want)
				}
			}
		}
	})
}

func TestDotsAreExact(t *testing.T) {
	for _, dims := range append([]int{0}, lengths...) {
		t.Run(fmt.Sprint(dims), func(t *testing.T) {
			checkDots(t, rand.New(rand.NewPCG(12, uint64(dims))), dims, dims+dims%7, 37)
		})
	}
	t.Run("largest", func(t *testing.T) {
		eachKernel(t, func(t *testing.T) {
			got := make([]int32, 1)
			simd.Dots(got, slices.Repeat([]int8{-128}, 1000), slices.Repeat([]byte{128}, 1000), 1000, []int32{0})
			if want := int32(128 * 128 * 1000); got[0] != want {
				t.Errorf("got %d, want %d", got[0], want)
			}
		})
	})
}

func checkDots(t *testing.T, r *rand.Rand, dims, stride, rows int) {
	query := make([]int8, dims)
	for i := range query {
		query[i] = int8(r.IntN(256))
	}
	// The last record has no gap behind it.
	data := make([]byte, max(0, (rows-1)*stride+dims))
	for i := range data {
		data[i] = byte(r.IntN(256))
	}
	var records, want []int32
	for i := range rows {
		record := int32(i * 5 % rows)
		var sum int32
		for k, v := range query {
			sum += int32(v) * int32(int8(data[int(record)*stride+k]))
		}
		records, want = append(records, record), append(want, sum)
	}
	eachKernel(t, func(t *testing.T) {
		got := make([]int32, len(records))
		simd.Dots(got, query, data, stride, records)
		if !slices.Equal(got, want) {
			t.Errorf("%d dims, records of %d bytes: got %v, want %v", dims, stride, got, want)
		}
	})
}

func TestWrongLengthsPanic(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	l, _, _ := newLinear(t, r, 8, 16)
	var s simd.Scratch
	for _, tt := range []struct {
		name string
		call func()
	}{
		{"inputs that fill no row", func() { l.Apply(make([]float32, 16), make([]float32, 9), &s) }},
		{"outputs missing", func() { l.Apply(make([]float32, 16), make([]float32, 16), &s) }},
		{"attention of another length", func() { simd.Attention(make([]float32, 32), make([]float32, 95), 1, 32, &s) }},
		{"heads of 20", func() { simd.Attention(make([]float32, 20), make([]float32, 60), 1, 20, &s) }},
		{"layer norm of half a row", func() { simd.LayerNorm(make([]float32, 6), make([]float32, 4), make([]float32, 4), 1e-12) }},
		{"layer norm without a bias", func() { simd.LayerNorm(make([]float32, 4), make([]float32, 4), nil, 1e-12) }},
		{"record behind the data", func() { simd.Dots(make([]int32, 1), make([]int8, 8), make([]byte, 15), 8, []int32{1}) }},
		{"record before the data", func() { simd.Dots(make([]int32, 1), make([]int8, 8), make([]byte, 15), 8, []int32{-1}) }},
		{"stride of less than a vector", func() { simd.Dots(make([]int32, 1), make([]int8, 8), make([]byte, 16), 7, []int32{1}) }},
		{"room for too few products", func() { simd.Dots(nil, make([]int8, 8), make([]byte, 16), 8, []int32{1}) }},
		{"weights not in fours", func() { simd.Pack(make([]int8, 96), 6, 16) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("got no panic, want one")
				}
			}()
			tt.call()
		})
	}
}

func TestNothingIsAllocated(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	const rows, width = 33, 64
	l, _, _ := newLinear(t, r, width, 3*width)
	x, qkv := normal(r, rows*width), make([]float32, rows*3*width)
	query, dots, records := make([]int8, width), make([]int32, 2), []int32{1, 0}
	data := make([]byte, 2*width)
	eachKernel(t, func(t *testing.T) {
		var s simd.Scratch
		if got := testing.AllocsPerRun(3, func() {
			l.Apply(qkv, x, &s)
			l.ApplyGELU(qkv, x, &s)
			simd.Attention(x, qkv, 2, 32, &s)
			simd.LayerNorm(x, x[:width], x[width:2*width], 1e-12)
			simd.Softmax(x)
			simd.GELU(x)
			simd.Dots(dots, query, data, width, records)
		}); got != 0 {
			t.Errorf("got %g allocations, want 0", got)
		}
	})
}

// numbers takes n numbers from -bound to bound out of data, which is used
// again from its start when it ends.
func numbers(data []byte, n int, bound float32) []float32 {
	x := make([]float32, n)
	for i := range x {
		var b [2]byte
		for j := range b {
			if len(data) > 0 {
				b[j] = data[(2*i+j)%len(data)] + byte(i>>7)
			}
		}
		x[i] = (float32(binary.LittleEndian.Uint16(b[:]))/32767.5 - 1) * bound
	}
	return x
}

func FuzzLinear(f *testing.F) {
	f.Add([]byte("a row of numbers"), uint8(9), uint8(5), uint8(3), float32(1))
	f.Add([]byte{0, 0, 255, 255, 127}, uint8(1), uint8(47), uint8(1), float32(1e-20))
	f.Add([]byte{255}, uint8(59), uint8(1), uint8(2), float32(1e20))
	f.Fuzz(func(t *testing.T, data []byte, rows, groups, panels uint8, bound float32) {
		n, in, out := int(rows)%60, 4*max(1, int(groups)%50), 16*max(1, int(panels)%6)
		if !(bound >= 1e-30 && bound <= 1e30) {
			return
		}
		integers, scales := simd.QuantizeWeights(numbers(data, in*out, 1), in, out)
		bias := numbers(data, out, bound)
		l, err := simd.NewLinear(in, out, simd.Pack(integers, in, out), scales, bias)
		if err != nil {
			t.Fatal(err)
		}
		checkLinear(t, l, numbers(data, n*in, bound), numbers(data, n*out, bound), bias)
		checkSums(t, rand.New(rand.NewPCG(uint64(rows), uint64(groups))), n, in, out)
	})
}

func FuzzAttention(f *testing.F) {
	f.Add([]byte("queries, keys and values"), uint16(17), uint8(2), uint8(2), float32(3))
	f.Add([]byte{1, 255, 3}, uint16(130), uint8(1), uint8(1), float32(10))
	f.Add([]byte{127}, uint16(4), uint8(1), uint8(0), float32(.6)) // values that cancel out
	f.Fuzz(func(t *testing.T, data []byte, tokens uint16, heads, size uint8, bound float32) {
		n, h, d := max(1, int(tokens)%513), max(1, int(heads)%4), 16*max(1, int(size)%5)
		if !(bound >= 1e-3 && bound <= 10) {
			return
		}
		qkv := numbers(data, n*3*h*d, bound)
		compute := func() []float32 {
			dst := make([]float32, n*h*d)
			simd.Attention(dst, qkv, h, d, new(simd.Scratch))
			return dst
		}
		want := withGo(t, compute)
		eachKernel(t, func(t *testing.T) {
			// A score is a sum of d products up to bound², rounded d times, over
			// √d. What rounding changes in it shows in the exponent.
			score := float64(d) * math.Sqrt(float64(d)) * float64(bound*bound) / (1 << 24)
			// The values that are added up may cancel out.
			within(t, compute(), want, (1e-5+2*score)*largest(qkv))
		})
	})
}

func FuzzRows(f *testing.F) {
	f.Add([]byte("layer norm, softmax, GELU"), uint16(33), float32(4))
	f.Add([]byte{0, 255, 9}, uint16(1536), float32(100))
	f.Fuzz(func(t *testing.T, data []byte, n uint16, bound float32) {
		if n == 0 || n > 4096 || !(bound >= 1e-2 && bound <= 1e4) {
			return
		}
		x := numbers(data, int(n), bound)
		gain, bias := numbers(data, int(n), 2), numbers(data, int(n), 3)
		for name, change := range map[string]func(x []float32){
			"LayerNorm": func(x []float32) { simd.LayerNorm(x, gain, bias, bound*bound) },
			"Softmax":   simd.Softmax,
			"GELU":      simd.GELU,
		} {
			compute := func() []float32 {
				got := slices.Clone(x)
				change(got)
				return got
			}
			want := withGo(t, compute)
			eachKernel(t, func(t *testing.T) {
				got := compute()
				for i := range want {
					d := math.Abs(float64(got[i]) - float64(want[i]))
					if !(d <= 2e-5 || d <= 1e-5*math.Abs(float64(want[i]))) {
						t.Fatalf("%s, number %d of %d: got %g, want %g", name, i, n, got[i], want[i])
					}
				}
			})
		}
	})
}

func FuzzDots(f *testing.F) {
	f.Add(uint64(1), uint16(384), uint8(24), uint8(9))
	f.Add(uint64(2), uint16(33), uint8(0), uint8(1))
	f.Fuzz(func(t *testing.T, seed uint64, dims uint16, gap, rows uint8) {
		n := int(dims) % 2000
		checkDots(t, rand.New(rand.NewPCG(seed, 0)), n, n+int(gap), 1+int(rows))
	})
}
