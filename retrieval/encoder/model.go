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
	head          []float32 // a row for each output
	headBias      []float32 // a number an output

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

// newModel puts the tensors of a model together. Words and vocabulary are those
// of base, unless it is nil.
func newModel(h header, ts *tensors, base *Model) (*Model, error) {
	if base != nil {
		h.Vocabulary = len(base.wordScales)
	}
	sizes := []int{h.Layers, h.Width, h.Heads, h.Inner, h.Positions, h.Vocabulary}
	if slices.Min(sizes) <= 0 || slices.Max(sizes) > maxSize || h.Width%(16*h.Heads) != 0 {
		return nil, fmt.Errorf("header: sizes %v", sizes)
	}
	if base != nil && h.Width != base.width {
		return nil, fmt.Errorf("header: states of %d numbers, those of %s have %d", h.Width, base.about.Model, base.width)
	}
	d := h.Width
	m := &Model{
		about: h.about(), width: d, heads: h.Heads, inner: h.Inner, positions: h.Positions, epsilon: h.Epsilon,
		places: ts.floats("positions", h.Positions*d),
		types:  ts.floats("types", 2*d),
		norm:   ts.layerNorm("norm", d),
	}
	if base == nil {
		m.words, m.wordScales = ts.integers("words", h.Vocabulary*d), ts.floats("words.scales", h.Vocabulary)
	} else {
		m.words, m.wordScales = base.words, base.wordScales
	}
	if outputs := ts.elements("head.bias"); outputs > 0 {
		m.head, m.headBias = ts.floats("head.weights", outputs*d), ts.floats("head.bias", outputs)
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
	if base != nil {
		m.Tokenizer = base.Tokenizer
		return m, ts.err
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

// Outputs is how many outputs the head on top of the model has; 0 if it has none.
func (m *Model) Outputs() int { return len(m.headBias) }

// Output returns output i of the head for the hidden state of a token.
func (m *Model) Output(i int, state []float32) float32 {
	sum := m.headBias[i]
	for j, w := range m.head[i*m.width : (i+1)*m.width] {
		sum += w * state[j]
	}
	return sum
}

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
