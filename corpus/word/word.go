// Package word divides news text into words and brings the forms of one word
// together, so that index, reader and checks all mean the same by "word".
//
// It is where "Ukraine’s", "Ukraine's" and "Ukraine" become one term, as do
// "Zelenskyy" and "Zelensky", "Kyiv" and "Kiev", "U.S." and "US", "café" and
// "cafe", "1,200" and "1200".
package word

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/go-porterstemmer"
	"golang.org/x/text/unicode/norm"

	"dateline/corpus"
)

// A Word is one word of a text.
type Word struct {
	corpus.Span        // where it stands; a possessive ending is left outside
	Text        string // as it stands
	Norm        string // folded: lower case, no accents, no inner full stops or commas
}

// Stem is the term the word is indexed by.
func (w Word) Stem() string { return Stem(w.Norm) }

// Stop reports whether the word is a function word, which tells texts apart
// too little to be indexed.
func (w Word) Stop() bool { return Stop(w.Norm) }

// Capital reports whether the word starts with an upper-case letter.
func (w Word) Capital() bool {
	r, _ := utf8.DecodeRuneInString(w.Text)
	return unicode.IsUpper(r) || unicode.IsTitle(r)
}

// Number reports whether the word starts with a digit.
func (w Word) Number() bool { return w.Text[0] >= '0' && w.Text[0] <= '9' }

// Split returns the words of text in order. A word is a run of letters,
// digits and combining marks; apostrophes and full stops inside one belong to
// it ("O'Brien", "U.S.", "38.7"), commas only between digits ("1,200").
// Hyphens divide: "19-point" is two words.
func Split(text string) []Word {
	var words []Word
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !letter(r) {
			i += n
			continue
		}
		start := i
		end := i + n
		for end < len(text) {
			r, n := utf8.DecodeRuneInString(text[end:])
			if letter(r) || unicode.Is(unicode.Mn, r) {
				end += n
				continue
			}
			if !joins(text, start, end, r) {
				break
			}
			next, m := utf8.DecodeRuneInString(text[end+n:])
			if !letter(next) {
				break
			}
			end += n + m
		}
		i = end
		// "U.S." keeps its last full stop, so that the span is what a reader
		// would copy; a possessive is left outside, as in "Ukraine"’s.
		w := text[start:end]
		if initials(w) && end < len(text) && text[end] == '.' {
			end++
			i = end
			w = text[start:end]
		}
		for _, s := range [...]string{"'s", "’s", "'S", "’S"} {
			if cut, ok := strings.CutSuffix(w, s); ok && cut != "" {
				end -= len(s)
				w = cut
				break
			}
		}
		words = append(words, Word{Span: corpus.Span{Start: start, End: end}, Text: w, Norm: Fold(w)})
	}
	return words
}

func letter(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// joins reports whether the mark r at text[at] can stand inside the word that
// began at start.
func joins(text string, start, at int, r rune) bool {
	before, _ := utf8.DecodeLastRuneInString(text[start:at])
	_, n := utf8.DecodeRuneInString(text[at:])
	after, _ := utf8.DecodeRuneInString(text[at+n:])
	digits := unicode.IsDigit(before) && unicode.IsDigit(after)
	switch r {
	case '\'', '’', 'ʼ':
		return unicode.IsLetter(before) && unicode.IsLetter(after)
	case ',':
		return digits
	case '.':
		// "38.7" and "U.S", but not the full stop of "said.The".
		return digits || unicode.IsUpper(before) && unicode.IsUpper(after) && initials(text[start:at]) ||
			unicode.IsLower(before) && unicode.IsLower(after) && at-start == 1
	}
	return false
}

// initials reports whether w is single letters with full stops between: "U",
// "U.S", "a.m".
func initials(w string) bool {
	want := true
	dots := 0
	for _, r := range w {
		if want != unicode.IsLetter(r) {
			return false
		}
		if r == '.' {
			dots++
		} else if !want {
			return false
		}
		want = !want
	}
	return dots > 0 || utf8.RuneCountInString(w) == 1 && unicode.IsUpper([]rune(w)[0])
}

// Fold brings spellings of one word together: lower case, accents off, inner
// full stops, commas and apostrophes out, and a few names that news spells in
// two ways.
func Fold(w string) string {
	switch w {
	case "US", "U.S", "U.S.", "U.S.A", "U.S.A.":
		return "usa" // and not the pronoun, nor the stem of "use"
	}
	plain := true
	for i := 0; i < len(w); i++ {
		if c := w[i]; c >= utf8.RuneSelf || c < '0' || c > '9' && c < 'a' || c > 'z' {
			plain = false
			break
		}
	}
	if !plain {
		var b strings.Builder
		for _, r := range norm.NFKD.String(w) {
			switch {
			case unicode.Is(unicode.Mn, r), r == '.', r == ',', r == '\'', r == '’', r == 'ʼ':
				// A decimal point stays: 38.7 is not 387.
				if r == '.' && w[0] >= '0' && w[0] <= '9' {
					b.WriteRune(r)
				}
			default:
				if to, ok := plainLetters[r]; ok {
					b.WriteString(to)
				} else {
					b.WriteRune(unicode.ToLower(r))
				}
			}
		}
		w = b.String()
	}
	if to, ok := spellings[w]; ok {
		return to
	}
	return w
}

// Letters that Unicode does not decompose.
var plainLetters = map[rune]string{
	'ł': "l", 'Ł': "l", 'ø': "o", 'Ø': "o", 'đ': "d", 'Đ': "d", 'ß': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ı': "i",
}

// Names that newspapers spell in two ways and that no rule brings together.
var spellings = map[string]string{
	"kiev": "kyiv", "odessa": "odesa", "kharkov": "kharkiv", "lvov": "lviv",
	"yuri": "yury", "iouri": "yury", "alexander": "aleksandr", "alexei": "aleksey", "alexey": "aleksey",
	"sergei": "sergey", "dmitri": "dmitry", "andrei": "andrey", "nikolai": "nikolay",
	"mohammad": "mohammed", "muhammad": "mohammed", "mohamed": "mohammed",
	"organisation": "organization", "centre": "center", "defence": "defense", "labour": "labor",
}

// Stem returns the Porter stem of a folded word; numbers stay as they are.
// The endings -yy, -iy, -ii and -ij of transliterated names count as -y.
//
// M. F. Porter, An algorithm for suffix stripping, Program 14(3), 1980.
func Stem(folded string) string {
	if len(folded) < 3 || folded[0] <= '9' {
		return folded
	}
	if len(folded) > 4 {
		for _, s := range [...]string{"yy", "iy", "ii", "ij"} {
			if cut, ok := strings.CutSuffix(folded, s); ok {
				folded = cut + "y"
				break
			}
		}
	}
	return string(porterstemmer.StemWithoutLowerCasing([]rune(folded)))
}

// Terms returns the stems of the words of text that are no function words, in
// order: what a keyword index holds of it.
func Terms(text string) []string {
	words := Split(text)
	terms := make([]string, 0, len(words))
	for _, w := range words {
		if !w.Stop() {
			terms = append(terms, w.Stem())
		}
	}
	return terms
}
