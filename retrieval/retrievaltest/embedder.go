package retrievaltest

import (
	"context"
	"errors"
	"hash/fnv"
	"math"
	"strings"
	"sync/atomic"

	"dateline/retrieval"
)

// Words is an Embedder that gives each word a direction of its own, as far as
// Size numbers allow. It knows nothing else, and is quick.
type Words struct {
	Name string // of the model; "" means "words"
	Size int    // 0 means 16
}

var _ retrieval.Embedder = Words{}

// Model implements retrieval.Embedder.
func (w Words) Model() string {
	if w.Name == "" {
		return "words"
	}
	return w.Name
}

// Dims implements retrieval.Embedder.
func (w Words) Dims() int {
	if w.Size == 0 {
		return 16
	}
	return w.Size
}

// Embed implements retrieval.Embedder.
func (w Words) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vs := make([][]float32, len(texts))
	for i, t := range texts {
		v := make([]float32, w.Dims())
		for f := range strings.FieldsSeq(strings.ToLower(t)) {
			h := fnv.New32a()
			h.Write([]byte(f))
			v[h.Sum32()%uint32(len(v))]++
		}
		var sum float64
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		if sum > 0 {
			for j := range v {
				v[j] = float32(float64(v[j]) / math.Sqrt(sum))
			}
		}
		vs[i] = v
	}
	return vs, ctx.Err()
}

// ErrEmbedder is what a Failing embedder fails with.
var ErrEmbedder = errors.New("model server is gone")

// Failing is Words until it has been given After texts, and fails from then
// on.
type Failing struct {
	Words
	After int64
	given atomic.Int64
}

// Embed implements retrieval.Embedder.
func (f *Failing) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if f.given.Add(int64(len(texts))) > f.After {
		return nil, ErrEmbedder
	}
	return f.Words.Embed(ctx, texts)
}

// Broken is Words, but Spoil changes what it returns.
type Broken struct {
	Words
	Spoil func(vs [][]float32) [][]float32
}

// Embed implements retrieval.Embedder.
func (b Broken) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vs, err := b.Words.Embed(ctx, texts)
	return b.Spoil(vs), err
}

// WrongDims returns vectors one number too long.
func WrongDims() Broken {
	return Broken{Spoil: func(vs [][]float32) [][]float32 {
		for i := range vs {
			vs[i] = append(vs[i], 0)
		}
		return vs
	}}
}

// TooFew forgets the last text.
func TooFew() Broken {
	return Broken{Spoil: func(vs [][]float32) [][]float32 { return vs[:len(vs)-1] }}
}

// NotUnit returns vectors of length 2.
func NotUnit() Broken {
	return Broken{Spoil: func(vs [][]float32) [][]float32 {
		for _, v := range vs {
			for i := range v {
				v[i] *= 2
			}
		}
		return vs
	}}
}

// NaN returns vectors that are no numbers.
func NaN() Broken {
	return Broken{Spoil: func(vs [][]float32) [][]float32 {
		for _, v := range vs {
			v[0] = float32(math.NaN())
		}
		return vs
	}}
}
