// Package static is the built-in embedder: it needs no model file, no network
// and no training. A text becomes the sum of the hashed directions of its
// words' stems and of the character sequences inside them, so that texts are
// near that share words, or words that look alike ("Zelensky", "Zelenskiy";
// "privatise", "privatisation").
//
// K. Weinberger and others, Feature Hashing for Large Scale Multitask
// Learning, 2009; the sequences are those of P. Bojanowski and others,
// Enriching Word Vectors with Subword Information, 2017.
package static

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"

	"dateline/corpus/word"
	"dateline/retrieval"
)

// DefaultDims is the length of the vectors of the zero Embedder.
const DefaultDims = 128

// An Embedder turns texts into vectors of Dims numbers. The zero Embedder is
// ready for use.
type Embedder struct {
	Size int // length of the vectors; 0 means DefaultDims

	seen sync.Map // of a stem to its features
	kept atomic.Int64
}

var _ retrieval.Embedder = (*Embedder)(nil)

// Model names the way vectors are made; it changes whenever they would.
func (e *Embedder) Model() string { return fmt.Sprintf("static-1/%d", e.Dims()) }

// Dims implements retrieval.Embedder.
func (e *Embedder) Dims() int {
	if e.Size > 0 {
		return e.Size
	}
	return DefaultDims
}

// Embed implements retrieval.Embedder.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vs := make([][]float32, len(texts))
	count := make(map[string]int)
	for i, t := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		vs[i] = e.embed(t, count)
	}
	return vs, nil
}

func (e *Embedder) embed(text string, count map[string]int) []float32 {
	dims := e.Dims()
	v := make([]float32, dims)
	clear(count)
	// Terms are added in the order of the text, not of a map: the sum of
	// floats depends on it.
	terms := word.Terms(text)
	for _, t := range terms {
		count[t]++
	}
	for _, t := range terms {
		n := count[t]
		if n == 0 {
			continue
		}
		count[t] = 0
		f := e.features(t)
		w := f.weight * float32(1+math.Log(float64(n)))
		for _, h := range f.hashes {
			add(v, h.hash, w*h.share)
		}
	}
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum > 0 {
		by := float32(1 / math.Sqrt(sum))
		for i := range v {
			v[i] *= by
		}
	}
	return v
}

type features struct {
	weight float32
	hashes []feature
}

type feature struct {
	hash  uint64
	share float32
}

// Shares of a word's weight.
const (
	gram      = 4   // characters in a sequence
	gramShare = 0.5 // of all sequences of a word together
	spread    = 4   // numbers of a vector that one feature touches
)

// keep is how many stems' features are kept: more than the 91,243 that the
// articles of rtqa-articles hold, and not without end, since articles may be
// full of words that come once.
const keep = 150_000

// features returns what a stem contributes. Most words of a text were seen
// before, so they are kept.
func (e *Embedder) features(stem string) features {
	if f, ok := e.seen.Load(stem); ok {
		return f.(features)
	}
	f := features{weight: float32(word.IDF(stem)), hashes: []feature{{hash(stem), 1}}}
	padded := "<" + stem + ">"
	if n := len(padded) - gram + 1; n > 1 && stem[0] > '9' {
		share := float32(gramShare / math.Sqrt(float64(n)))
		for i := range n {
			f.hashes = append(f.hashes, feature{hash(padded[i:i+gram]) + 1, share})
		}
	}
	if len(stem) <= 32 && e.kept.Add(1) <= keep {
		e.seen.Store(stem, f)
	}
	return f
}

// add spreads a feature over a few numbers of v, with signs, so that two
// features rarely fall on the same ones.
func add(v []float32, h uint64, w float32) {
	for range spread {
		h ^= h >> 33
		h *= 0xff51afd7ed558ccd
		h ^= h >> 33
		i := h % uint64(len(v))
		if h>>63 == 0 {
			v[i] += w
		} else {
			v[i] -= w
		}
	}
}

// hash is 64-bit FNV-1a.
func hash(s string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return h
}
