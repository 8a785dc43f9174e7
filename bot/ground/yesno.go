package ground

import (
	"slices"
	"strings"

	"dateline/corpus"
	"dateline/corpus/word"
)

// Denied reports whether sentences answer a question for yes or no with no: they
// deny what it asks, or have something else in its place, as "They found no
// disease" does of "Did they find disease?". There is no telling, which ok says,
// where they have none of its words.
func Denied(question string, sentences []string) (denied, ok bool) {
	c := NewClaim(statement(question))
	text := strings.Join(sentences, "\n\n")
	a := &corpus.Article{Text: text, Body: corpus.Span{End: len(text)}}
	e := Gather([]Quote{{a, a.Body}}, map[string]*corpus.Article{a.ID: a})
	m := c.match(e.lines)
	if m == nil {
		return false, false
	}
	return slices.ContainsFunc(c.departs(e, m, citation), func(r reason) bool { return r.against || r.denial }), true
}

// statement is a question for yes or no without what makes it one: "they find
// disease" for "Did they find disease?".
func statement(question string) string {
	s := strings.TrimRight(strings.TrimSpace(question), "?! .")
	words := word.Split(s)
	if len(words) > 1 && (doForms[words[0].Norm] || beForms[words[0].Norm] || haveForms[words[0].Norm] || modal[words[0].Norm]) {
		s = s[words[1].Start:]
	}
	return s
}

var modal = word.Set(`will would can could shall should may might must`)
