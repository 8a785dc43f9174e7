package reader

import (
	"slices"
	"strings"
	"unicode/utf8"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/quantity"
	"dateline/corpus/word"
)

// complete extends a span of a sentence so that it cuts no word, no name of a person,
// and no number or its unit.
func complete(text string, sentence, at corpus.Span) corpus.Span {
	s := sentence.Of(text)
	words := word.Split(s)
	from, to := at.Start-sentence.Start, at.End-sentence.Start
	for _, w := range words {
		if w.Start < from && from < w.End {
			from = w.Start
		}
		if w.Start < to && to < w.End {
			to = w.End
		}
	}
	for _, q := range quantity.Find(s, words) {
		if q.Start < to && from < q.End {
			from, to = min(from, q.Start), max(to, q.End)
		}
	}
	from, to = wholeName(s, words, from, to)
	return corpus.Span{Start: sentence.Start + from, End: sentence.Start + to}
}

// wholeName extends a span that begins with a surname to the given name before it,
// and one that ends with a given name to the surname behind it.
func wholeName(s string, words []word.Word, from, to int) (int, int) {
	next := func(i int) bool { // words i and i+1 are of one name
		a, b := words[i], words[i+1]
		return a.Capital() && b.Capital() && s[a.End:b.Start] == " " && lexicon.FirstName(a.Norm) && !lexicon.Role(b.Norm)
	}
	if i := slices.IndexFunc(words, func(w word.Word) bool { return w.Start == from }); i > 0 && next(i-1) {
		from = words[i-1].Start
	}
	if i := slices.IndexFunc(words, func(w word.Word) bool { return w.End == to }); i >= 0 && i+1 < len(words) && next(i) {
		to = words[i+1].End
	}
	return from, to
}

// short is the shortest answer of a candidate; "" if it has function words alone, such
// as "he".
func short(c *candidate) string {
	at := complete(c.article.Text, c.within().Span, c.Span)
	s := corpus.OneLine(at.Of(c.article.Text))
	s = strings.TrimRight(strings.TrimLeft(s, " ,;:.)”"), " ,;:.(“")
	if strings.Count(s, "“") > strings.Count(s, "”") {
		s += "”"
	}
	if strings.Count(s, "“") < strings.Count(s, "”") {
		s = "“" + s
	}
	if strings.Count(s, "(") > strings.Count(s, ")") {
		s += ")"
	}
	if inner, ok := strings.CutPrefix(s, "("); ok && strings.Index(inner, ")") == len(inner)-1 {
		s = inner[:len(inner)-1]
	}
	if strings.Count(s, `"`) == 1 {
		s = strings.Trim(s, `"`)
	}
	if t, ok := title(s); ok {
		s = t
	}
	if !slices.ContainsFunc(word.Split(s), func(w word.Word) bool { return !w.Stop() }) {
		return ""
	}
	return s
}

// title returns what stands in the quotation marks around s, if it is written like the
// title of a film or a book: all its words are capitalized, except for those such as
// "of". What somebody said keeps its marks.
func title(s string) (string, bool) {
	inner := strings.Trim(s, "“”\"‘’'")
	if r, _ := utf8.DecodeRuneInString(s); inner == "" || !strings.ContainsRune("“\"‘'", r) || strings.ContainsAny(inner, "“”\"") {
		return "", false
	}
	for i, w := range word.Split(inner) {
		if !w.Capital() && !w.Number() && (i == 0 || !w.Stop()) {
			return "", false
		}
	}
	return inner, true
}

// sameQuantity reports whether the numbers of two candidates agree, and whether both
// are numbers.
func sameQuantity(a, b *candidate) (same, ok bool) {
	x, y := a.quantity(), b.quantity()
	if x == nil || y == nil {
		return false, false
	}
	return quantity.Compare(x, y) >= quantity.Partly || quantity.Compare(y, x) >= quantity.Partly, true
}

// quantity is the number that a candidate begins with; nil if it is none. It is read
// once, as the best candidate is compared with all others.
func (c *candidate) quantity() *quantity.Quantity {
	if c.numbers {
		return c.number
	}
	c.numbers = true
	sentence := c.within()
	s := sentence.Of(c.article.Text)
	at := corpus.Span{Start: c.Start - sentence.Start, End: c.End - sentence.Start}
	for _, q := range quantity.Find(s, word.Split(s)) {
		if q.Overlaps(at) && len(strings.Fields(s[min(at.Start, q.Start):q.Start])) < 3 {
			c.number = &q
			break
		}
	}
	return c.number
}
