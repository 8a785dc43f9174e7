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
// it ("O'Brien", "U.S.", "38.7"), commas only between digits ("1,200"), an
// ampersand between capitals ("AT&T"). Hyphens divide: "19-point" is two
// words. Of scripts that put no space between words each character is one.
func Split(text string) []Word {
	return appendWords(make([]Word, 0, len(text)/6+1), text)
}

func appendWords(words []Word, text string) []Word {
	for i := 0; i < len(text); {
		start := i
		if class[text[i]] == 0 {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:])
		i += n
		if !letter(r) {
			continue
		}
		plain := r < utf8.RuneSelf // only lower-case ASCII letters and digits so far
		plain = plain && class[r] == lower
		end := i
		for !ideograph(r) && end < len(text) {
			c := text[end]
			if k := class[c]; k == lower {
				end++
				continue
			} else if k == upper {
				plain = false
				end++
				continue
			} else if c < utf8.RuneSelf && c != '\'' && c != '.' && c != ',' && c != '&' {
				break
			}
			next, n := utf8.DecodeRuneInString(text[end:])
			if letter(next) && !ideograph(next) || unicode.In(next, unicode.Mn, unicode.Mc) {
				plain = false
				end += n
				continue
			}
			if !joins(text, start, end, next) {
				break
			}
			plain = false
			_, m := utf8.DecodeRuneInString(text[end+n:])
			end += n + m
		}
		i = end
		// "U.S." keeps its last full stop, so that the span is what a reader
		// would copy; a possessive is left outside, as in "Ukraine"’s.
		w := text[start:end]
		if !plain {
			if end < len(text) && text[end] == '.' && initials(w) {
				end++
				w = text[start:end]
				i = end + possessive(text[end:])
			}
			w = possessor(w)
			end = start + len(w)
		}
		word := Word{Span: corpus.Span{Start: start, End: end}, Text: w, Norm: w}
		if !plain || len(w) > 3 {
			word.Norm = Fold(w)
		}
		words = append(words, word)
	}
	return words
}

// possessive is the length of the possessive ending that s starts with: the
// ’s of "the U.S.’s".
func possessive(s string) int {
	for _, mark := range [...]string{"'s", "’s", "ʼs"} {
		if rest, ok := strings.CutPrefix(s, mark); ok {
			if r, _ := utf8.DecodeRuneInString(rest); !letter(r) {
				return len(mark)
			}
		}
	}
	return 0
}

// possessor cuts a possessive ending off.
func possessor(w string) string {
	if c := w[len(w)-1] | 0x20; c != 's' || len(w) < 3 {
		return w
	}
	for _, mark := range [...]string{"'", "’", "ʼ"} {
		if cut, ok := strings.CutSuffix(w[:len(w)-1], mark); ok && cut != "" {
			return cut
		}
	}
	return w
}

// Classes of bytes: those that can begin no word, lower-case letters and
// digits, capitals, and the first bytes of what lies beyond ASCII.
const (
	lower = 1 + iota
	upper
	beyond
)

var class = func() (t [256]uint8) {
	for c := range t {
		switch {
		case '0' <= c && c <= '9' || 'a' <= c && c <= 'z':
			t[c] = lower
		case 'A' <= c && c <= 'Z':
			t[c] = upper
		case c >= utf8.RuneSelf:
			t[c] = beyond
		}
	}
	return t
}()

func letter(r rune) bool {
	if r < utf8.RuneSelf {
		return class[r] != 0
	}
	// The letter apostrophe stands inside words and is none by itself.
	return r != utf8.RuneError && r != 'ʼ' && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// ideograph reports whether r is of a script that puts no space between words.
func ideograph(r rune) bool {
	return r >= 0x2e80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// joins reports whether the mark r at text[at] can stand inside the word that
// began at start.
func joins(text string, start, at int, r rune) bool {
	switch r {
	case '\'', '’', 'ʼ', ',', '.', '&', '\u00ad', '\u200c', '\u200d':
	default:
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(text[start:at])
	_, n := utf8.DecodeRuneInString(text[at:])
	after, _ := utf8.DecodeRuneInString(text[at+n:])
	if !letter(after) || ideograph(after) {
		return false
	}
	digits := unicode.IsDigit(before) && unicode.IsDigit(after)
	switch r {
	case ',':
		return digits
	case '.':
		// "38.7" and "U.S", but not the full stop of "said.The".
		return digits || unicode.IsUpper(before) && unicode.IsUpper(after) && initials(text[start:at]) ||
			unicode.IsLower(before) && unicode.IsLower(after) && at-start == 1
	case '&':
		return unicode.IsUpper(before) && unicode.IsUpper(after)
	}
	// An apostrophe, or a mark that shows nothing: a soft hyphen, a joiner.
	return !unicode.IsDigit(before) && unicode.IsLetter(after)
}

// initials reports whether w is single letters with full stops between: "U",
// "U.S", "a.m".
func initials(w string) bool {
	want := true
	dots, letters := 0, 0
	single := false
	for _, r := range w {
		switch {
		case want != unicode.IsLetter(r) || !want && r != '.':
			return false
		case want:
			letters++
			single = unicode.IsUpper(r)
		default:
			dots++
		}
		want = !want
	}
	return dots > 0 || letters == 1 && single
}

// Fold brings spellings of one word together: lower case, accents off, inner
// full stops, commas and apostrophes out, and a few names that news spells in
// two ways.
func Fold(w string) string {
	switch w {
	case "US", "U.S", "U.S.", "U.S.A", "U.S.A.":
		return "usa" // and not the pronoun, nor the stem of "use"
	}
	capitals := false
	for i := 0; i < len(w); i++ {
		switch class[w[i]] {
		case lower:
		case upper:
			capitals = true
		default:
			return spelling(foldRunes(w))
		}
	}
	if capitals {
		w = strings.ToLower(w)
	}
	return spelling(w)
}

func foldRunes(w string) string {
	var b strings.Builder
	b.Grow(len(w))
	for _, r := range norm.NFKD.String(w) {
		switch {
		case r == '.':
			// A decimal point stays: 38.7 is not 387.
			if w[0] >= '0' && w[0] <= '9' {
				b.WriteRune(r)
			}
		case r == ',', r == '\'', r == '’', r == 'ʼ', r == '\u00ad', r == '\u200c', r == '\u200d', accent(r):
		default:
			if to, ok := plainLetters[r]; ok {
				b.WriteString(to)
			} else {
				b.WriteRune(unicode.ToLower(r))
			}
		}
	}
	return norm.NFKC.String(b.String())
}

// accent reports whether r is a mark that a word is the same without: those of
// Latin, Greek and Cyrillic, the points of Hebrew and Arabic. The vowels of
// Hindi and the voicing of kana are marks too, and are none of them.
func accent(r rune) bool {
	return 0x300 <= r && r <= 0x36f || 0x591 <= r && r <= 0x5c7 || 0x64b <= r && r <= 0x65f || r == 0x670
}

func spelling(w string) string {
	if len(w) >= 4 {
		if to, ok := spellings[w]; ok {
			return to
		}
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
// The endings -yy, -iy, -ii, -ij and -yi of transliterated names count as -y.
//
// M. F. Porter, An algorithm for suffix stripping, Program 14(3), 1980.
func Stem(folded string) string {
	if len(folded) < 3 || folded[0] <= '9' {
		return folded
	}
	if len(folded) > 4 {
		for _, s := range [...]string{"yy", "iy", "ii", "ij", "yi"} {
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
	// A text repeats its words, and stemming is what costs most.
	stems := make(map[string]string, len(words)/4)
	for _, w := range words {
		stem, ok := stems[w.Norm]
		if !ok {
			if !w.Stop() {
				stem = w.Stem()
			}
			stems[w.Norm] = stem
		}
		if stem != "" {
			terms = append(terms, stem)
		}
	}
	return terms
}

// Phrase reports whether the words of a phrase follow one another in a text,
// function words among them, compared by their stems: "Jeremy Dunn" stands in
// "Jeremy Dunn’s house", "Jeremy A. Dunn" and "Mr Jeremy\nDunn", and not in
// "Jeremy met Dunn". One word with a capital may stand between two of the
// phrase, as a middle name does; the end of a sentence may not. A phrase
// without words stands in no text.
func Phrase(text, phrase string) bool {
	var stems []string
	for _, w := range Split(phrase) {
		stems = append(stems, w.Stem())
	}
	if len(stems) == 0 {
		return false
	}
	words := Split(text)
	for i := range words {
		if words[i].Stem() == stems[0] && follow(text, words[i:], stems[1:]) {
			return true
		}
	}
	return false
}

// follow reports whether the stems follow the first of some words.
func follow(text string, words []Word, stems []string) bool {
	at := 0
	for _, stem := range stems {
		next := at + 1
		if next < len(words) && words[next].Stem() != stem && words[next].Capital() && !divided(text, words[at], words[next]) {
			next++
		}
		if next >= len(words) || words[next].Stem() != stem || divided(text, words[next-1], words[next]) {
			return false
		}
		at = next
	}
	return true
}

// divided reports whether a sentence ends between two words. A full stop behind
// up to three letters is an abbreviation's: "Jeremy A. Dunn", "Lt. Dunn".
func divided(text string, a, b Word) bool {
	gap := text[a.End:b.Start]
	return strings.ContainsAny(gap, "!?;:") || strings.Contains(gap, ".") && len(a.Text) > 3 || strings.Contains(gap, "\n\n")
}
