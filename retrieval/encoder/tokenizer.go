package encoder

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/rangetable"
)

// A Token is an entry of the vocabulary and the place in a text it stands for.
type Token struct {
	ID int32
	// Start and End are byte offsets into the text, on the borders of
	// characters. Accents belong to the token of their letter. Two tokens may
	// share a character that decomposes, as a Korean syllable does.
	Start, End int32
}

// A Tokenizer splits texts as BERT's uncased models do: control characters go,
// accents are stripped, letters lowered, words split at white space and around
// punctuation and CJK ideographs, and each word cut into the longest entries of
// the vocabulary from left to right (WordPiece, Y. Wu and others, Google's
// Neural Machine Translation System, 2016). It is safe for concurrent use.
//
// Its tokens are those of the tokenizers library, with one exception: the names
// of special tokens in a text, such as "[SEP]", are text.
type Tokenizer struct {
	initial map[string]int32    // entries that begin a word
	inner   map[string]int32    // entries that go on with one, without their "##"
	longest int                 // bytes of the longest entry
	known   *unicode.RangeTable // characters of unicodeVersion

	unknown, classify, separate int32 // [UNK], [CLS], [SEP]
}

// maxWord is the length in characters from which a word is unknown as a whole.
const maxWord = 100

// newTokenizer returns a tokenizer for a vocabulary of one entry a line.
func newTokenizer(vocabulary string) (*Tokenizer, error) {
	n := strings.Count(vocabulary, "\n") + 1
	t := &Tokenizer{
		initial: make(map[string]int32, n),
		inner:   make(map[string]int32, n/4),
		known:   rangetable.Assigned(unicodeVersion),
	}
	id := int32(0)
	for entry := range strings.SplitSeq(vocabulary, "\n") {
		if rest, ok := strings.CutPrefix(entry, "##"); ok {
			t.inner[rest] = id
		} else {
			t.initial[entry] = id
		}
		t.longest = max(t.longest, len(entry))
		id++
	}
	for name, id := range map[string]*int32{"[UNK]": &t.unknown, "[CLS]": &t.classify, "[SEP]": &t.separate} {
		var ok bool
		if *id, ok = t.initial[name]; !ok {
			return nil, fmt.Errorf("the vocabulary lacks %s", name)
		}
		delete(t.initial, name)
	}
	return t, nil
}

// Append appends the tokens of text to tokens: as many whole words as have
// limit tokens at the most.
func (t *Tokenizer) Append(tokens []Token, text string, limit int) []Token {
	s := splitter{Tokenizer: t, tokens: tokens, most: len(tokens) + limit}
	for i, r := range text {
		if r == utf8.RuneError {
			continue // bytes that are no UTF-8 are dropped, as U+FFFD is
		}
		s.here = span{int32(i), int32(i + utf8.RuneLen(r))}
		if !s.add(r) {
			return s.tokens
		}
	}
	s.endWord()
	return s.tokens
}

// A splitter is a Tokenizer at work on one text.
type splitter struct {
	*Tokenizer
	tokens []Token
	most   int  // what len(tokens) may grow to
	here   span // the character of the text that is being added

	// The word so far, normalized, and for each of its bytes the character of
	// the text it comes from.
	word       []byte
	from       []span
	characters int
	decomposed []byte
}

type span struct{ start, end int32 }

// add takes in a character of the text. It returns false once there is no room
// for more tokens.
func (s *splitter) add(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
		s.append(r)
		return true
	case s.dropped(r):
		return true
	case unicode.IsSpace(r):
		return s.endWord()
	case r < utf8.RuneSelf:
		return s.addNormal(r)
	}
	alone := ideograph(r)
	if alone && !s.endWord() {
		return false
	}
	s.decomposed = norm.NFD.AppendString(s.decomposed[:0], string(r))
	for d := s.decomposed; len(d) > 0; {
		r, n := utf8.DecodeRune(d)
		d = d[n:]
		if !s.addNormal(r) {
			return false
		}
	}
	return !alone || s.endWord()
}

// addNormal takes in a character that does not decompose.
func (s *splitter) addNormal(r rune) bool {
	if s.mark(r) {
		// The letter may be several bytes here, as a syllable of Hangul is.
		for i := len(s.from) - 1; i >= 0 && s.from[i].start == s.from[len(s.from)-1].start; i-- {
			s.from[i].end = s.here.end
		}
		return true
	}
	if s.punctuation(r) {
		if !s.endWord() {
			return false
		}
		s.append(r)
		return s.endWord()
	}
	s.append(unicode.ToLower(r))
	return true
}

// append adds a character to the word.
func (s *splitter) append(r rune) {
	s.characters++
	if s.characters > maxWord { // unknown whatever it is; only its end matters
		s.from[len(s.from)-1].end = s.here.end
		return
	}
	n := len(s.word)
	s.word = utf8.AppendRune(s.word, r)
	for range len(s.word) - n {
		s.from = append(s.from, s.here)
	}
}

// endWord appends the tokens of the word, if there is one. It returns false if
// there is no room for them.
func (s *splitter) endWord() bool {
	if len(s.word) == 0 {
		return true
	}
	before := len(s.tokens)
	if s.characters > maxWord || !s.pieces() {
		s.tokens = append(s.tokens[:before], Token{s.unknown, s.from[0].start, s.from[len(s.from)-1].end})
	}
	s.word, s.from, s.characters = s.word[:0], s.from[:0], 0
	if len(s.tokens) > s.most {
		s.tokens = s.tokens[:before]
		return false
	}
	return true
}

// pieces appends the tokens of the word: always the longest entry that fits. It
// returns false if at some place none does.
func (s *splitter) pieces() bool {
	entries := s.initial
	for start := 0; start < len(s.word); {
		end := min(len(s.word), start+s.longest)
		for {
			for end < len(s.word) && !utf8.RuneStart(s.word[end]) {
				end--
			}
			if end == start {
				return false
			}
			if id, ok := entries[string(s.word[start:end])]; ok {
				s.tokens = append(s.tokens, Token{id, s.from[start].start, s.from[end-1].end})
				break
			}
			end--
		}
		start, entries = end, s.inner
	}
	return true
}

// unicodeVersion is the one that the reference classifies characters by. Those
// assigned later are ordinary characters to it.
const unicodeVersion = "8.0.0"

// dropped reports whether the reference takes r for a control character.
func (t *Tokenizer) dropped(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co) && unicode.Is(t.known, r)
}

// mark reports whether r is a mark that is stripped from its letter.
func (t *Tokenizer) mark(r rune) bool {
	switch r {
	case 0x1734: // was a nonspacing mark in Unicode 8
		return true
	case 0x1885, 0x1886, 0xa9bd, 0x111c9: // were none
		return false
	}
	return r >= 0x300 && unicode.Is(unicode.Mn, r) && unicode.Is(t.known, r)
}

// punctuation reports whether r is a word of its own.
func (t *Tokenizer) punctuation(r rune) bool {
	if r < utf8.RuneSelf {
		return '!' <= r && r <= '/' || ':' <= r && r <= '@' || '[' <= r && r <= '`' || '{' <= r && r <= '~'
	}
	switch r {
	case 0x166d, 0x111c9: // were punctuation in Unicode 8
		return true
	}
	return unicode.IsPunct(r) && unicode.Is(t.known, r)
}

// ideograph reports whether r stands in one of the blocks that BERT splits into
// single characters.
func ideograph(r rune) bool {
	return 0x4e00 <= r && r <= 0x9fff || 0x3400 <= r && r <= 0x4dbf ||
		0x20000 <= r && r <= 0x2a6df || 0x2a700 <= r && r <= 0x2b73f ||
		0x2b740 <= r && r <= 0x2b81f || 0x2b920 <= r && r <= 0x2ceaf ||
		0xf900 <= r && r <= 0xfaff || 0x2f800 <= r && r <= 0x2fa1f
}
