package encoder

import (
	"fmt"
	"slices"
	"sync"

	"dateline/retrieval/simd"
)

// A Model is a transformer encoder: BERT (J. Devlin and others, BERT:
// Pre-training of Deep Bidirectional Transformers, 2019) with weights of eight
// bits. It is safe for concurrent use and shared by whatever reads hidden
// states.
type Model struct {
	*Tokenizer
	about            About
	width, heads     int
	inner, positions int

	words         []int8    // a row for each entry of the vocabulary
	wordScales    []float32 // a number a row
	places, types []float32 // a row for each place in a sequence; for its first and second text
	norm          layerNorm
	epsilon       float32
	layers        []layer

	spaces sync.Pool // of *workspace
}

type layer struct {
	attention        *simd.Linear // to query, key and value of all heads
	attended         *simd.Linear
	attendedNorm     layerNorm
	expand, contract *simd.Linear
	contractNorm     layerNorm
}

type layerNorm struct{ gain, bias []float32 }

// maxSize keeps products of two sizes within 63 bits, those of a damaged header
// as well.
const maxSize = 1 << 20

// newModel puts the tensors of a model together.
func newModel(h header, ts *tensors) (*Model, error) {
	sizes := []int{h.Layers, h.Width, h.Heads, h.Inner, h.Positions, h.Vocabulary}
	if slices.Min(sizes) <= 0 || slices.Max(sizes) > maxSize || h.Width%(16*h.Heads) != 0 {
		return nil, fmt.Errorf("header: sizes %v", sizes)
	}
	d := h.Width
	m := &Model{
		about: h.about(), width: d, heads: h.Heads, inner: h.Inner, positions: h.Positions, epsilon: h.Epsilon,
		words:      ts.integers("words", h.Vocabulary*d),
		wordScales: ts.floats("words.scales", h.Vocabulary),
		places:     ts.floats("positions", h.Positions*d),
		types:      ts.floats("types", 2*d),
		norm:       ts.layerNorm("norm", d),
	}
	for i := range h.Layers {
		name := fmt.Sprintf("layer.%d.", i)
		m.layers = append(m.layers, layer{
			attention:    ts.linear(name+"attention", d, 3*d),
			attended:     ts.linear(name+"attended", d, d),
			attendedNorm: ts.layerNorm(name+"attended.norm", d),
			expand:       ts.linear(name+"expand", d, h.Inner),
			contract:     ts.linear(name+"contract", h.Inner, d),
			contractNorm: ts.layerNorm(name+"contract.norm", d),
		})
	}
	vocabulary := ts.vocabulary(h.Vocabulary)
	if ts.err != nil {
		return nil, ts.err
	}
	var err error
	m.Tokenizer, err = newTokenizer(vocabulary)
	return m, err
}

// About says what a model is.
type About struct {
	Model   string `json:"model"`   // its name, with the checksum of its weights
	Source  string `json:"source"`  // where the weights were made from
	License string `json:"license"` // as SPDX names it
	Layers  int    `json:"layers"`
	Bytes   int64  `json:"bytes"` // of the weights
}

// About returns what the model is.
func (m *Model) About() About { return m.about }

// Width is how many numbers the hidden state of a token has.
func (m *Model) Width() int { return m.width }

// MaxTokens is the greatest length of a sequence.
func (m *Model) MaxTokens() int { return m.positions }

// A Sequence is what the encoder reads at a time: one text or two.
type Sequence struct {
	IDs []int32
	// Second is the index of the second text's first token, len(IDs) if there
	// is only one text.
	Second int
}

// Single returns the sequence of one text: [CLS] text [SEP].
func (t *Tokenizer) Single(text []Token) Sequence {
	s := t.Pair(text, nil)
	s.IDs = s.IDs[:s.Second]
	return s
}

// Pair returns the sequence of two texts, as a question and a passage: [CLS]
// first [SEP] second [SEP]. Token i of the first is at 1+i, of the second at
// Second+i.
func (t *Tokenizer) Pair(first, second []Token) Sequence {
	ids := append(make([]int32, 0, len(first)+len(second)+3), t.classify)
	for _, k := range first {
		ids = append(ids, k.ID)
	}
	ids = append(ids, t.separate)
	n := len(ids)
	for _, k := range second {
		ids = append(ids, k.ID)
	}
	return Sequence{append(ids, t.separate), n}
}
