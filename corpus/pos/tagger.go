package pos

import (
	_ "embed"
	"sync"
	"unicode"
	"unicode/utf8"

	"dateline/corpus/pos/internal/perceptron"
)

// A Tagger tags tokens with a model.
type Tagger struct{ model *perceptron.Model }

// Load reads a model file, as Train returns it.
func Load(model []byte) (*Tagger, error) {
	m, err := perceptron.Decode(model)
	if err != nil {
		return nil, err
	}
	return &Tagger{m}, nil
}

//go:embed model.bin
var embedded []byte

// builtin is the tagger of the embedded model. It is decoded once, on first
// use; the file is part of the program, so that it cannot be broken unless
// the program is.
var builtin = sync.OnceValue(func() *Tagger {
	t, err := Load(embedded)
	if err != nil {
		panic(err)
	}
	return t
})

// Tag gives each token that has none its tag.
func (t *Tagger) Tag(tokens []Token) {
	words := make([]perceptron.Word, len(tokens))
	for i := range tokens {
		words[i] = perceptron.Word{Text: tokens[i].Text, Label: uint8(tokens[i].Tag)}
	}
	t.model.Label(words, grammar)
	for i := range tokens {
		tokens[i].Tag = Tag(words[i].Label)
	}
	capitals(tokens)
	Correct(tokens)
}

// capitals mends words with a capital that were not taken for names, in a text
// whose capitals mean something.
func capitals(tokens []Token) {
	words, upper, small := 0, 0, false
	for _, t := range tokens {
		if len(t.Text) < 4 || t.Tag == PUNCT || t.Tag == CD {
			continue
		}
		words++
		if capital(t.Text) {
			upper++
		} else {
			small = true
		}
	}
	if !small || words > 3 && upper*4 > words*3 {
		return // a headline
	}
	start := true
	for i := range tokens {
		t := &tokens[i]
		if capital(t.Text) {
			beside := i+1 < len(tokens) && tokens[i+1].Tag.Proper() && capital(tokens[i+1].Text)
			switch t.Tag {
			case NN, VB, VBP:
				if !start || beside { // "Finance Minister Elena Marsh"
					t.Tag = NNP
				}
			case FW, UH:
				if !start {
					t.Tag = NNP
				}
			case NNS:
				if !start {
					t.Tag = NNPS
				}
			}
		}
		start = t.Tag == PUNCT && t.Text != "," && t.Text != ")" || t.Tag == SYM
	}
}

func capital(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return unicode.IsUpper(r)
}

// A Sentence is one to train on: tokens as Split leaves them, and what their
// tags should be, None where that is not known.
type Sentence struct {
	Tokens []Token
	Tags   []Tag
}

// Train returns the model file of a tagger trained on sentences, pruned to
// maxBytes (0 means 600,000); the dictionary of words, some 40 kB, is kept
// whole. The same sentences give the same bytes.
func Train(sentences []Sentence, maxBytes int) []byte {
	examples := make([]perceptron.Example, len(sentences))
	for i, s := range sentences {
		e := perceptron.Example{Words: make([]perceptron.Word, len(s.Tokens)), Gold: make([]uint8, len(s.Tokens))}
		for j, t := range s.Tokens {
			e.Words[j] = perceptron.Word{Text: t.Text, Label: uint8(t.Tag)}
			e.Gold[j] = uint8(s.Tags[j])
		}
		examples[i] = e
	}
	return perceptron.Train(examples, grammar, perceptron.Options{MaxBytes: maxBytes})
}
