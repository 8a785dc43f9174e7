package encoder

import (
	"context"
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode"

	"dateline/retrieval"
)

// An Embedder turns texts into unit vectors with a Model: the mean of the
// hidden states of all tokens, brought to length 1, less what all texts have in
// common, and brought to length 1 again. Of a text that is longer than the model
// reads, the whole words that it can read count.
//
// All vectors of e5-small-v2 point the same way: unrelated texts have cosines
// around .73, and fragments such as a lone full stop are the nearest to any
// nonsense. Without their mean, unrelated texts are around 0, and questions and
// passages that answer them (qed, squadshifts-wiki, rtqa-evidence, squad2) between
// .25 and .7, half of them above .54, .49, .49 and .44. For one in twenty of 300
// random strings the nearest of 7,800 passages of rtqa-articles is above .85 with
// the mean, as are only half of the right passages of rtqa-evidence; without it
// above .31, as are nine in ten. MRR@10 of vectors alone, with the mean and
// without: rtqa-evidence .853 and .861, squad2 .846 and .837, qed .913 and .911,
// squadshifts-wiki .910 and .914. A mean of their own for questions changes little.
type Embedder struct {
	name    string
	dims    int
	load    func() (*Model, error)
	workers int
}

// meanBytes is the mean of vectors of passages in English, as 32-bit numbers,
// little-endian. TestMean makes it.
//
//go:embed mean.bin
var meanBytes []byte

// mean returns number i of the mean.
func mean(i int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(meanBytes[4*i:]))
}

var (
	_ retrieval.Embedder      = (*Embedder)(nil)
	_ retrieval.QueryEmbedder = (*Embedder)(nil)
)

// NewEmbedder returns an Embedder that works on as many goroutines as workers
// says; 0 means GOMAXPROCS.
func NewEmbedder(m *Model, workers int) *Embedder {
	return &Embedder{m.about.Model, m.width, func() (*Model, error) { return m, nil }, workers}
}

// BuiltIn returns the Embedder of the model that is part of the program. Loading it
// takes longer than many a command does, so it is loaded for the first text; that
// the weights are damaged is an error of Embed, unless not even their header can be
// read.
func BuiltIn(workers int) (*Embedder, error) {
	err := checkPreamble(embedded)
	var h header
	if err == nil {
		h, _, err = readHeader(embedded)
	}
	if err != nil {
		return nil, fmt.Errorf("weights of the encoder: %w", err)
	}
	return &Embedder{h.Model, h.Width, Load, workers}, nil
}

// What the model was trained to read in front of a text: E5 (L. Wang and
// others, Text Embeddings by Weakly-Supervised Contrastive Pre-training, 2022).
const (
	passagePrefix = "passage: "
	queryPrefix   = "query: "
)

// format is the way from a text to its vector: what stands in front of it, where
// it is cut, how states are put together. A change that changes vectors raises
// it.
const format = 2

// Model names the weights and the way from a text to its vector.
func (e *Embedder) Model() string { return fmt.Sprintf("%s/%d", e.name, format) }

// Dims implements retrieval.Embedder.
func (e *Embedder) Dims() int { return e.dims }

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
	m, err := e.load()
	if err != nil {
		return nil, err
	}
	d := e.dims
	all := make([]float32, len(texts)*d)
	vs := make([][]float32, len(texts))
	before := m.Append(nil, prefix, m.positions)
	var sequences []Sequence
	var of []int // of a sequence, the index of its text
	var tokens []Token
	for i, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		vs[i] = all[i*d : (i+1)*d : (i+1)*d]
		tokens = append(tokens[:0], before...)
		tokens = m.Append(tokens, text, m.positions-len(before)-2)
		if m.knowsAny(tokens[len(before):], text) {
			sequences = append(sequences, m.Single(tokens))
			of = append(of, i)
		}
	}
	err = m.Forward(ctx, sequences, e.workers, func(i int, states []float32) {
		pool(vs[of[i]], states)
		centre(vs[of[i]])
	})
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
	unit(v)
}

// centre takes the mean off v.
func centre(v []float32) {
	for j := range v {
		v[j] -= mean(j)
	}
	unit(v)
}

// unit brings v to length 1.
func unit(v []float32) {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	by := float32(1 / math.Sqrt(sum))
	for j := range v {
		v[j] *= by
	}
}
