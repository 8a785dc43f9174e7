package encoder

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"dateline/retrieval/simd"
)

const (
	// packTokens is how many tokens of several sequences go through a layer
	// together. Weights are then read from memory once for all of them: sixteen
	// tokens by themselves take one and a half times as long a token. Beyond 64
	// nothing is gained.
	packTokens = 128
	// blockTokens is how many tokens go through a linear layer between two
	// looks at the context.
	blockTokens = 96
)

// Forward runs the model over sequences of 1 to MaxTokens tokens, on as many
// goroutines as workers says; 0 means GOMAXPROCS. For each sequence it calls
// visit, with its index and the hidden states of its tokens, Width numbers
// each, which are visit's until it returns. Calls are in no order, and several
// may run at once. What a sequence yields does not depend on the others.
//
// Nothing is padded. The error is the context's, seen within a layer, or says
// which sequence cannot be read.
func (m *Model) Forward(ctx context.Context, sequences []Sequence, workers int, visit func(i int, states []float32)) error {
	total := 0
	for i, s := range sequences {
		if err := m.check(s); err != nil {
			return fmt.Errorf("sequence %d: %w", i, err)
		}
		total += len(s.IDs)
	}
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	packs := pack(sequences, min(packTokens, (total+workers-1)/workers))
	g, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(workers, len(packs)) {
		g.Go(func() error {
			w, _ := m.spaces.Get().(*workspace)
			if w == nil {
				w = new(workspace)
			}
			defer m.spaces.Put(w)
			for {
				i := int(next.Add(1)) - 1
				if i >= len(packs) {
					return nil
				}
				if err := m.run(ctx, sequences, packs[i], w, visit); err != nil {
					return err
				}
			}
		})
	}
	return g.Wait()
}

// check returns an error if the model cannot read s.
func (m *Model) check(s Sequence) error {
	if n := len(s.IDs); n == 0 || n > m.positions {
		return fmt.Errorf("%d tokens, not 1 to %d", n, m.positions)
	}
	for _, id := range s.IDs {
		if id < 0 || int(id) >= len(m.wordScales) {
			return fmt.Errorf("token %d is not in the vocabulary", id)
		}
	}
	return nil
}

// pack puts sequences, by index, together to packs of about as many tokens. The
// longest come first, so that workers end at about the same time.
func pack(sequences []Sequence, tokens int) [][]int {
	order := make([]int, len(sequences))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(sequences[b].IDs) - len(sequences[a].IDs) })
	var packs [][]int
	for len(order) > 0 {
		n, sum := 0, 0
		for n < len(order) && (n == 0 || sum+len(sequences[order[n]].IDs) <= tokens) {
			sum += len(sequences[order[n]].IDs)
			n++
		}
		packs = append(packs, order[:n])
		order = order[n:]
	}
	return packs
}

// A workspace is the memory that one goroutine works in.
type workspace struct {
	simd     simd.Scratch
	states   []float32 // width numbers a token
	qkv      []float32 // query, key and value of each token
	attended []float32 // width numbers a token
	inner    []float32 // of a block of tokens
}

// run runs the model over the sequences of a pack.
func (m *Model) run(ctx context.Context, sequences []Sequence, pack []int, w *workspace, visit func(int, []float32)) error {
	d, total := m.width, 0
	for _, i := range pack {
		total += len(sequences[i].IDs)
	}
	w.states = resize(w.states, total*d)
	w.qkv = resize(w.qkv, total*3*d)
	w.attended = resize(w.attended, total*d)
	w.inner = resize(w.inner, min(total, blockTokens)*m.inner)
	at := 0
	for _, i := range pack {
		at += m.embed(w.states[at:], sequences[i])
	}
	simd.LayerNorm(w.states, m.norm.gain, m.norm.bias, m.epsilon)
	for i := range m.layers {
		if err := m.runLayer(ctx, &m.layers[i], sequences, pack, w); err != nil {
			return err
		}
	}
	at = 0
	for _, i := range pack {
		n := len(sequences[i].IDs) * d
		visit(i, w.states[at:at+n:at+n])
		at += n
	}
	return nil
}

// embed sets the first numbers of states to the sum of what each token's word,
// place and text contribute, and returns how many.
func (m *Model) embed(states []float32, s Sequence) int {
	d := m.width
	for i, id := range s.IDs {
		kind := m.types[:d]
		if i >= s.Second {
			kind = m.types[d:]
		}
		scale := m.wordScales[id]
		word, place := m.words[int(id)*d:][:d], m.places[i*d:][:d]
		for j, v := range word {
			states[i*d+j] = float32(v)*scale + place[j] + kind[j]
		}
	}
	return len(s.IDs) * d
}

// runLayer replaces the states of a pack by what a layer makes of them.
func (m *Model) runLayer(ctx context.Context, l *layer, sequences []Sequence, pack []int, w *workspace) error {
	d := m.width
	total := len(w.states) / d
	for a := 0; a < total; a += blockTokens {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := min(total, a+blockTokens)
		l.attention.Apply(w.qkv[a*3*d:b*3*d], w.states[a*d:b*d], &w.simd)
	}
	a := 0
	for _, i := range pack {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := a + len(sequences[i].IDs)
		simd.Attention(w.attended[a*d:b*d], w.qkv[a*3*d:b*3*d], m.heads, d/m.heads, &w.simd)
		a = b
	}
	for a := 0; a < total; a += blockTokens {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := min(total, a+blockTokens)
		states, inner := w.states[a*d:b*d], w.inner[:(b-a)*m.inner]
		l.attended.ApplyAdd(states, w.attended[a*d:b*d], &w.simd)
		simd.LayerNorm(states, l.attendedNorm.gain, l.attendedNorm.bias, m.epsilon)
		l.expand.ApplyGELU(inner, states, &w.simd)
		l.contract.ApplyAdd(states, inner, &w.simd)
		simd.LayerNorm(states, l.contractNorm.gain, l.contractNorm.bias, m.epsilon)
	}
	return nil
}

// resize returns s with n elements, whose values mean nothing.
func resize(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}
