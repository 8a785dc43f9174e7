package bot

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Repeats reports whether a citation quotes what stands in the answer already:
// a sentence that cites it is its quote, word for word, or is made of that and
// of one more quote. White space, quotation marks around the whole and names
// that were inserted in brackets make no difference, nor do markup and credits of
// photographs, which sentences are shown without. Who shows the sentences
// need not show such a quote again.
func (a Answer) Repeats(c Citation) bool {
	quote := bare(plainSentence(c.Quote))
	if quote == "" {
		return false
	}
	for _, s := range a.Sentences {
		if !slices.Contains(s.Citations, c.N) {
			continue
		}
		text := bare(s.Text)
		if rest, ok := afterQuote(text, quote); ok && rest == "" {
			return true
		}
		for _, other := range a.Citations {
			if other.N == c.N || !slices.Contains(s.Citations, other.N) {
				continue
			}
			o := bare(plainSentence(other.Quote))
			if joins(text, quote, o) || joins(text, o, quote) {
				return true
			}
		}
	}
	return false
}

// joins reports whether a text is one quote and then another.
func joins(text, first, second string) bool {
	rest, ok := afterQuote(text, first)
	if !ok {
		return false
	}
	rest, ok = afterQuote(rest, second)
	return ok && rest == ""
}

const quotationMarks = `"'“”„‘’«»`

// bare is a text without white space, and without quotation marks at its ends.
func bare(s string) string {
	return strings.Trim(strings.Join(strings.FieldsFunc(s, unicode.IsSpace), ""), quotationMarks)
}

// afterQuote returns what follows a quote that a text begins with, both of them
// bare. The text may have names in brackets that the quote lacks, and
// quotation marks around it.
func afterQuote(text, quote string) (rest string, ok bool) {
	if quote == "" {
		return text, false
	}
	text = strings.TrimLeft(skipName(text), quotationMarks)
	for quote != "" {
		r, n := utf8.DecodeRuneInString(quote)
		if !strings.HasPrefix(text, quote[:n]) {
			after := skipName(text)
			if after == text {
				return text, false
			}
			text = after
			continue
		}
		if r == utf8.RuneError && n < 2 {
			return text, false // damaged text is shown for what it is
		}
		text, quote = text[n:], quote[n:]
	}
	return strings.TrimLeft(skipName(text), quotationMarks), true
}

// skipName leaves out a name in brackets at the head of a text: "[Oake:]".
// Other words in brackets say something that the quote may not.
func skipName(text string) string {
	inner, ok := strings.CutPrefix(text, "[")
	if !ok {
		return text
	}
	if r, _ := utf8.DecodeRuneInString(inner); !unicode.IsUpper(r) {
		return text
	}
	if _, after, ok := strings.Cut(inner, "]"); ok {
		return after
	}
	return text
}
