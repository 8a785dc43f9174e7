// Package chromem finds the nearest vectors with chromem-go, in memory.
package chromem

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	chromem "github.com/philippgille/chromem-go"

	"dateline/retrieval"
)

// Engine fills chromem collections. The zero Engine is ready for use.
type Engine struct{}

var _ retrieval.Vectors = Engine{}

// An Index is a filled set of vectors.
type Index struct {
	dims int
	n    int
	// One collection: several, filled side by side, were no faster to fill
	// and to ask (67,000 vectors of 128, 25 rounds in turn on two busy cores).
	vectors *chromem.Collection
}

var _ retrieval.VectorIndex = (*Index)(nil)

// Fill implements retrieval.Vectors.
func (Engine) Fill(ctx context.Context, dims int, flat []float32) (retrieval.VectorIndex, error) {
	if dims <= 0 || len(flat)%dims != 0 {
		return nil, fmt.Errorf("%d numbers are no vectors of %d", len(flat), dims)
	}
	c, err := chromem.NewDB().CreateCollection("passages", nil, noText)
	if err != nil {
		return nil, err
	}
	n := len(flat) / dims
	for i := range n {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v := flat[i*dims : (i+1)*dims : (i+1)*dims]
		if zero(v) {
			continue // chromem would make NaN of it
		}
		if err := c.AddDocument(ctx, chromem.Document{ID: strconv.Itoa(i), Embedding: v}); err != nil {
			return nil, err
		}
	}
	return &Index{dims: dims, n: n, vectors: c}, nil
}

// noText stands where chromem wants to make vectors itself: it gets them
// ready, and must not go and ask a service for one.
func noText(context.Context, string) ([]float32, error) {
	return nil, errors.New("chromem was given a text instead of a vector")
}

func zero(v []float32) bool {
	for _, f := range v {
		if f != 0 {
			return false
		}
	}
	return true
}

// Nearest implements retrieval.VectorIndex.
func (x *Index) Nearest(ctx context.Context, v []float32, allowed *retrieval.Set, limit int) ([]retrieval.VectorMatch, error) {
	if len(v) != x.dims {
		return nil, fmt.Errorf("vector has %d numbers, those in the index %d", len(v), x.dims)
	}
	if limit <= 0 || zero(v) || allowed.Len(x.n) == 0 {
		return nil, nil
	}
	return nearest(ctx, x.vectors, v, allowed, limit)
}

func byCosine(a, b retrieval.VectorMatch) int {
	return cmp.Or(cmp.Compare(b.Cosine, a.Cosine), cmp.Compare(a.Passage, b.Passage))
}

// nearest asks the collection. Chromem knows no sets, and of several vectors
// with the cosine of the last one asked for it returns any: so more are asked
// for until the ones wanted are certain.
func nearest(ctx context.Context, c *chromem.Collection, v []float32, allowed *retrieval.Set, limit int) ([]retrieval.VectorMatch, error) {
	count := c.Count()
	if count == 0 {
		return nil, nil
	}
	for ask := limit + 1; ; ask *= 8 {
		// It fails when asked for more than there are.
		ask = min(ask, count)
		rs, err := c.QueryEmbedding(ctx, v, ask, nil, nil)
		if err != nil {
			return nil, err
		}
		var ms []retrieval.VectorMatch
		last := 0.0
		for _, r := range rs {
			i, err := strconv.Atoi(r.ID)
			if err != nil {
				return nil, err
			}
			last = float64(r.Similarity)
			if allowed.Has(i) {
				ms = append(ms, retrieval.VectorMatch{Passage: i, Cosine: last})
			}
		}
		if ask == count || len(ms) >= limit && ms[limit-1].Cosine > last {
			slices.SortFunc(ms, byCosine)
			return ms[:min(limit, len(ms))], nil
		}
	}
}
