// Package perceptron labels the words of a sentence from left to right with an
// averaged perceptron (Collins 2002), over features much like those of Matthew
// Honnibal's tagger (2013). It knows labels as numbers only.
package perceptron

import (
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// MaxLabels is one more than the highest label.
const MaxLabels = 40

// A Word is one word of a sequence. Label 0 means that the model is to tell
// it; any other stands.
type Word struct {
	Text  string
	Label uint8

	form    uint32 // hash of the folded word
	exact   uint32 // hash of the word as it stands
	suffix1 uint32
	suffix2 uint32
	suffix3 uint32
	suffix4 uint32
	prefix  uint32
	shape   uint32
	known   uint8  // the label as far as it is known before labelling
	allowed uint64 // the labels that the word can have
}

// A Grammar carries what matters of a sentence so far, beyond the last two
// labels, from word to word. The first state is 0.
type Grammar struct {
	// Next is the state after a word of this label, given the state before
	// it. The word is in lower case, with plain apostrophes and each digit
	// as 0.
	Next func(state uint8, folded string, label uint8) uint8
	// Forbidden is the set of labels, as bits, that a word in this state
	// cannot have.
	Forbidden func(state uint8) uint64
	// Open is the set of labels that any word may have. The others are only
	// for words that had them in training.
	Open uint64
	// Name is the label that any word may have whose capital, or the want of
	// capitals in the text, leaves it possible.
	Name uint8
}

// hash is FNV-1a over the folded or exact bytes of a word.
const (
	offset32 = 2166136261
	prime32  = 16777619
)

func hash(s string) uint32 {
	h := uint32(offset32)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * prime32
	}
	return h
}

// mix makes a feature of a template's number and its one or two values.
func mix(template, a, b uint32) uint32 {
	h := (template+1)*0x9e3779b1 ^ a
	h = (h ^ h>>15) * 0x85ebca6b
	h ^= b * 0x27d4eb2f
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}

// fold is the word in lower case with its digits and apostrophes made alike,
// appended to buf.
func fold(buf []byte, s string) []byte {
	for _, r := range s {
		switch {
		case 'A' <= r && r <= 'Z':
			r += 'a' - 'A'
		case '0' <= r && r <= '9':
			r = '0'
		case r == '’', r == '‘':
			r = '\''
		case r == '“', r == '”':
			r = '"'
		case r >= utf8.RuneSelf:
			r = unicode.ToLower(r)
		}
		buf = utf8.AppendRune(buf, r)
	}
	return buf
}

func hashBytes(b []byte) uint32 {
	h := uint32(offset32)
	for _, c := range b {
		h = (h ^ uint32(c)) * prime32
	}
	return h
}

// Shapes of words, as far as their letters' case says something.
const (
	shapeLower   = iota // in a text with capitals
	shapeUncased        // lower case in a text that has none
	shapeFirst          // capital, at the start of a sentence
	shapeTitle          // capital elsewhere
	shapeUpper          // capitals only
	shapeMixed          // "iPhone", "McDonald"
	shapeOther          // no letter first
)

// prepare fills in what the features are made of.
func prepare(words []Word) (folded []string) {
	cased, small := false, false
	for i := range words {
		for _, r := range words[i].Text {
			if r >= 'a' && r <= 'z' {
				small = true
			} else if unicode.IsUpper(r) && words[i].Text != "I" {
				cased = true
			}
		}
	}
	cased = cased && small
	folded = make([]string, len(words))
	var buf []byte
	start := true
	for i := range words {
		w := &words[i]
		buf = fold(buf[:0], w.Text)
		folded[i] = string(buf)
		w.form, w.exact = hashBytes(buf), hash(w.Text)
		if !cased {
			w.exact = w.form
		}
		n := len(buf)
		w.suffix1, w.suffix2, w.suffix3 = hashBytes(buf[max(0, n-1):]), hashBytes(buf[max(0, n-2):]), hashBytes(buf[max(0, n-3):])
		w.suffix4 = hashBytes(buf[max(0, n-4):])
		w.prefix = hashBytes(buf[:min(n, 3)])
		w.shape = shape(w.Text, start, cased)
		w.known = w.Label
		switch w.Text {
		case ".", "!", "?", ":", "“", "\"", "``", "...", "…", "–", "—", "--", "‘":
			start = true
		default:
			start = false
		}
	}
	return folded
}

func shape(s string, start, cased bool) uint32 {
	first, n := utf8.DecodeRuneInString(s)
	hyphen := uint32(0)
	upper := unicode.IsUpper(first)
	for i, r := range s {
		if i >= n && r == '-' {
			hyphen = 8
		}
	}
	switch {
	case !unicode.IsLetter(first):
		return shapeOther | hyphen
	case !cased:
		return shapeUncased | hyphen
	}
	small, capital := 0, 0
	for _, r := range s[n:] {
		if unicode.IsUpper(r) {
			capital++
		} else if unicode.IsLower(r) {
			small++
		}
	}
	switch {
	case upper && capital > 0 && small == 0:
		return shapeUpper | hyphen
	case capital > 0 && hyphen == 0:
		return shapeMixed
	case upper && start:
		return shapeFirst | hyphen
	case upper:
		return shapeTitle | hyphen
	}
	return shapeLower | hyphen
}

const templates = 31

var outside = Word{form: 1, suffix3: 1, suffix2: 1, shape: 99, known: 63}

// at is the word at i, or the one that stands for the outside of the text.
func at(words []Word, i int) *Word {
	if i < 0 || i >= len(words) {
		return &outside
	}
	return &words[i]
}

// features appends the features of word i, p1 and p2 being the labels before
// it and state the grammar's.
func features(fs []uint32, words []Word, i int, p1, p2, state uint8) []uint32 {
	w, a, b, c, d := &words[i], at(words, i-1), at(words, i-2), at(words, i+1), at(words, i+2)
	t1, t2, st := uint32(p1), uint32(p2), uint32(state)
	return append(fs,
		mix(0, 0, 0),
		mix(1, w.form, 0),
		mix(2, w.suffix3, 0),
		mix(3, w.suffix2, 0),
		mix(4, w.suffix1, w.shape),
		mix(5, w.prefix, 0),
		mix(6, w.shape, t1),
		mix(7, t1, 0),
		mix(8, t2, 0),
		mix(9, t1, t2),
		mix(10, t1, w.form),
		mix(11, a.form, 0),
		mix(12, b.form, 0),
		mix(13, c.form, 0),
		mix(14, d.form, 0),
		mix(15, a.suffix3, 0),
		mix(16, c.suffix3, 0),
		mix(17, w.shape, c.shape),
		mix(18, uint32(c.known)+1, t1),
		mix(19, uint32(c.known)+1, uint32(d.known)),
		mix(20, st, t1),
		mix(21, st, w.suffix3),
		mix(22, st, w.form),
		mix(23, w.form, w.shape),
		mix(24, w.form, c.form),
		mix(25, w.suffix2, t1),
		mix(26, uint32(c.known)+1, w.suffix3),
		mix(27, uint32(c.known)+1, st),
		mix(28, uint32(c.known)+1, st<<8|t1),
		mix(29, w.suffix4, 0),
		mix(30, t1, c.form),
	)
}

// look finds what the dictionary says of the words.
func look(words []Word, dict *table[uint64], g Grammar) {
	for i := range words {
		w := &words[i]
		if w.Label != 0 {
			continue
		}
		set, ok := dict.get(w.exact)
		if ok {
			w.allowed = set
			if set&(set-1) == 0 {
				w.known = uint8(bits.TrailingZeros64(set))
			}
		} else {
			w.allowed = g.Open
		}
		if w.shape&^8 != shapeLower {
			w.allowed |= 1 << g.Name
		}
	}
}

// walk goes through prepared words from left to right, asking tell for the
// label of each that has none. The label must not be a forbidden one.
func walk(words []Word, folded []string, g Grammar, tell func(i int, fs []uint32, forbidden uint64) uint8) {
	var p1, p2, state uint8
	fs := make([]uint32, 0, templates)
	for i := range words {
		w := &words[i]
		if w.Label == 0 {
			w.Label = w.known
		}
		if w.Label == 0 {
			fs = features(fs[:0], words, i, p1, p2, state)
			forbidden := g.Forbidden(state) | ^w.allowed
			if ^forbidden == 0 {
				forbidden = ^w.allowed
			}
			w.Label = tell(i, fs, forbidden)
		}
		state = g.Next(state, folded[i], w.Label)
		p2, p1 = p1, w.Label
	}
}
