package encoder

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"dateline/retrieval/simd"
)

// reference is what the model of 32 bits makes of a text or a pair of texts: the
// mean of the hidden states, brought to length 1.
type reference struct {
	Text, Second string
	Tokens       int
	Vector       string
}

func (r reference) vector(t *testing.T) []float32 {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(r.Vector)
	if err != nil {
		t.Fatal(err)
	}
	v := make([]float32, len(raw)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
	}
	return v
}

func (r reference) sequence(m *Model) Sequence {
	first := m.Append(nil, r.Text, 400)
	if r.Second == "" {
		return m.Single(first)
	}
	return m.Pair(first, m.Append(nil, r.Second, 400))
}

// vectors returns the vector of each sequence.
func vectors(t *testing.T, m *Model, sequences []Sequence, workers int) [][]float32 {
	t.Helper()
	vs := make([][]float32, len(sequences))
	err := m.Forward(t.Context(), sequences, workers, func(i int, states []float32) {
		vs[i] = make([]float32, m.Width())
		pool(vs[i], states)
	})
	if err != nil {
		t.Fatal(err)
	}
	return vs
}

func cosine(a, b []float32) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// leastCosine is what the vectors of 8 bits reach with those of 32. Over the
// passages and questions of rtqa-evidence and squad2 the lowest is .9971.
const leastCosine = .996

// leastAlike is the cosine that vectors of two kernels reach.
const leastAlike = .997

func TestForwardReference(t *testing.T) {
	m := model(t)
	refs := records[reference](t, "testdata/vectors.jsonl")
	var sequences []Sequence
	for _, r := range refs {
		s := r.sequence(m)
		if len(s.IDs) != r.Tokens {
			t.Fatalf("%q: got %d tokens, want %d", r.Text, len(s.IDs), r.Tokens)
		}
		sequences = append(sequences, s)
	}
	least := 1.0
	for i, v := range vectors(t, m, sequences, 0) {
		c := cosine(v, refs[i].vector(t))
		least = min(least, c)
		if c < leastCosine {
			t.Errorf("%q, %q: got cosine %.4f, want %v", refs[i].Text, refs[i].Second, c, leastCosine)
		}
	}
	t.Logf("%s: least cosine %.4f", simd.Kernels(), least)
}

// TestForwardKernels holds all kernels against the plain ones.
func TestForwardKernels(t *testing.T) {
	m := model(t)
	chosen := simd.Kernels()
	defer simd.Use(chosen)
	var sequences []Sequence
	for _, r := range records[reference](t, "testdata/vectors.jsonl")[:4] {
		sequences = append(sequences, r.sequence(m))
	}
	sequences = append(sequences, m.Single(nil))
	byKernel := make(map[string][][]float32)
	for _, k := range simd.Available() {
		if err := simd.Use(k); err != nil {
			t.Fatal(err)
		}
		byKernel[k] = vectors(t, m, sequences, 1)
	}
	for k, vs := range byKernel {
		for i, v := range vs {
			// Floats that differ in their last bits are rounded to other
			// integers in the next layer, and after some layers the noise of
			// quantisation is another.
			if c := cosine(v, byKernel["go"][i]); c < leastAlike {
				t.Errorf("%s: sequence %d: got cosine %.4f with the plain kernels, want %v", k, i, c, leastAlike)
			}
		}
	}
}

// TestForwardAlone runs sequences alone and among others.
func TestForwardAlone(t *testing.T) {
	m := model(t)
	var sequences []Sequence
	for _, r := range records[reference](t, "testdata/vectors.jsonl")[20:] {
		sequences = append(sequences, r.sequence(m))
	}
	together := vectors(t, m, sequences, 3)
	for i, s := range sequences[:8] {
		if got := vectors(t, m, []Sequence{s}, 1)[0]; !slices.Equal(got, together[i]) {
			t.Errorf("sequence %d: got another vector alone than among others", i)
		}
	}
}

func TestForwardVisits(t *testing.T) {
	m := model(t)
	var sequences []Sequence
	for n := range 16 {
		sequences = append(sequences, m.Single(m.Append(nil, strings.Repeat("word ", 3*n), 512)))
	}
	var mu sync.Mutex
	var seen []int
	err := m.Forward(t.Context(), sequences, 4, func(i int, states []float32) {
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, i)
		if got, want := len(states), len(sequences[i].IDs)*m.Width(); got != want {
			t.Errorf("sequence %d: got %d numbers, want %d", i, got, want)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(seen)
	for i := range sequences {
		if len(seen) != len(sequences) || seen[i] != i {
			t.Fatalf("got sequences %v, want each of %d once", seen, len(sequences))
		}
	}
}

func TestForwardErrors(t *testing.T) {
	m := model(t)
	good := m.Single(nil)
	for _, c := range []struct {
		name string
		bad  Sequence
		want string
	}{
		{"empty", Sequence{}, "sequence 1: 0 tokens, not 1 to 512"},
		{"too long", Sequence{IDs: make([]int32, 513)}, "sequence 1: 513 tokens, not 1 to 512"},
		{"negative", Sequence{IDs: []int32{-1}}, "sequence 1: token -1 is not in the vocabulary"},
		{"too large", Sequence{IDs: []int32{30522}}, "sequence 1: token 30522 is not in the vocabulary"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := m.Forward(t.Context(), []Sequence{good, c.bad}, 1, func(int, []float32) { t.Error("visited") })
			if err == nil || err.Error() != c.want {
				t.Errorf("got error %v, want %q", err, c.want)
			}
		})
	}
	if err := m.Forward(t.Context(), nil, 1, nil); err != nil {
		t.Errorf("got error %v for no sequences", err)
	}
}

// ending is a context that has ended once it was looked at some times.
type ending struct {
	context.Context
	left int
}

func (c *ending) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestRunEnds ends the context at each place of a layer.
func TestRunEnds(t *testing.T) {
	m := model(t)
	sequences := []Sequence{m.Single(m.Append(nil, strings.Repeat("word ", 150), 512))}
	const looks = 5 // in a layer: two blocks of tokens, one sequence, two blocks
	for left := range 2 * looks {
		ctx := &ending{t.Context(), left}
		err := m.run(ctx, sequences, []int{0}, new(workspace), func(int, []float32) { t.Error("visited") })
		if !errors.Is(err, context.Canceled) || ctx.left != -1 {
			t.Errorf("after %d looks: got error %v and %d looks more", left, err, -1-ctx.left)
		}
	}
}

func BenchmarkForward(b *testing.B) {
	m := model(b)
	chosen := simd.Kernels()
	defer simd.Use(chosen)
	for _, k := range simd.Available() {
		for _, n := range []int{16, 64, 128, 256, 512} {
			b.Run(fmt.Sprintf("%s/%d", k, n), func(b *testing.B) {
				if err := simd.Use(k); err != nil {
					b.Fatal(err)
				}
				sequences := []Sequence{m.Single(m.Append(nil, strings.Repeat("the bridge over the harbour reopens ", 100), n-2))}
				for b.Loop() {
					if err := m.Forward(b.Context(), sequences, 1, func(int, []float32) {}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
