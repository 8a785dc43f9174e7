package encoder

import (
	"context"
	"fmt"
	"math"
	"strings"
	"unicode"

	"dateline/retrieval"
)

// An Embedder turns texts into unit vectors with a Model: the mean of the
// hidden states of all tokens, brought to length 1. Of a text that is longer
// than the model reads, the whole words that it can read count.
type Embedder struct {
	model   *Model
	workers int
}

var (
	_ retrieval.Embedder       = (*Embedder)(nil)
	_ retrieval.QueryEmbedder  = (*Embedder)(nil)
	_ retrieval.ScaledEmbedder = (*Embedder)(nil)
)

// NewEmbedder returns an Embedder that works on as many goroutines as workers
// says; 0 means GOMAXPROCS.
func NewEmbedder(m *Model, workers int) *Embedder { return &Embedder{m, workers} }

// What the model was trained to read in front of a text: E5 (L. Wang and
// others, Text Embeddings by Weakly-Supervised Contrastive Pre-training, 2022).
const (
	passagePrefix = "passage: "
	queryPrefix   = "query: "
)

// format is the way from a text to its vector: what stands in front of it, where
// it is cut, how states are put together. A change that changes vectors raises
// it.
const format = 1

// Model names the weights and the way from a text to its vector.
func (e *Embedder) Model() string { return fmt.Sprintf("%s/%d", e.model.about.Model, format) }

// Dims implements retrieval.Embedder.
func (e *Embedder) Dims() int { return e.model.width }

// Scale implements retrieval.ScaledEmbedder. Of e5-small-v2's cosines for
// questions of rtqa-evidence and squad2 with all passages half are above .73, of
// those with the passage that answers half above .86 and .84.
func (e *Embedder) Scale() retrieval.Scale { return retrieval.Scale{Unrelated: 0.7, Answer: 0.9} }

// Embed implements retrieval.Embedder.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	return e.embed(ctx, passagePrefix, texts)
}

// EmbedQuery implements retrieval.QueryEmbedder.
func (e *Embedder) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	vs, err := e.embed(ctx, queryPrefix, []string{text})
	if err != nil {
		return nil, err
	}
	return vs[0], nil
}

func (e *Embedder) embed(ctx context.Context, prefix string, texts []string) ([][]float32, error) {
	d := e.model.width
	all := make([]float32, len(texts)*d)
	vs := make([][]float32, len(texts))
	before := e.model.Append(nil, prefix, e.model.positions)
	var sequences []Sequence
	var of []int // of a sequence, the index of its text
	var tokens []Token
	for i, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		vs[i] = all[i*d : (i+1)*d : (i+1)*d]
		tokens = append(tokens[:0], before...)
		tokens = e.model.Append(tokens, text, e.model.positions-len(before)-2)
		if e.model.knowsAny(tokens[len(before):], text) {
			sequences = append(sequences, e.model.Single(tokens))
			of = append(of, i)
		}
	}
	err := e.model.Forward(ctx, sequences, e.workers, func(i int, states []float32) { pool(vs[of[i]], states) })
	if err != nil {
		return nil, err
	}
	return vs, nil
}

// knowsAny reports whether one of the tokens of text is a word, or a part of
// one, that the vocabulary has.
func (t *Tokenizer) knowsAny(tokens []Token, text string) bool {
	for _, k := range tokens {
		if k.ID != t.unknown && strings.ContainsFunc(text[k.Start:k.End], letterOrDigit) {
			return true
		}
	}
	return false
}

func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// pool sets v, which is zero, to the mean of states, brought to length 1.
func pool(v, states []float32) {
	for ; len(states) > 0; states = states[len(v):] {
		for j := range v {
			v[j] += states[j]
		}
	}
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	by := float32(1 / math.Sqrt(sum))
	for j := range v {
		v[j] *= by
	}
}
