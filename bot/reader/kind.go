package reader

import (
	"regexp"
	"strings"
	"unicode"

	"dateline/corpus/dates"
	"dateline/corpus/lexicon"
	"dateline/corpus/word"
)

// A kind is what a question asks for, as far as its words show.
type kind int

const (
	anything kind = iota
	number
	day
	person
)

var (
	asksNumber = regexp.MustCompile(`(?i)\bhow (?:many|much|long|tall|old|far|big|high|deep|large|heavy|fast|often)\b|\bwhat (?:age|percentage|percent|share)\b`)
	asksDay    = regexp.MustCompile(`(?i)^\W*(?:when\b|(?:(?:in|on|at) )?(?:what|which) (?:year|day|date|month|time)\b)`)
	asksPerson = regexp.MustCompile(`(?i)^\W*(?:who|whose|whom)\b`)
)

// asked is the kind of a question.
func asked(question string) kind {
	switch {
	case asksNumber.MatchString(question):
		return number
	case asksPerson.MatchString(question):
		return person
	case asksDay.MatchString(question):
		return day
	}
	return anything
}

// fits reports whether a candidate may be an answer of a kind.
func (k kind) fits(c *candidate) bool {
	text := c.Of(c.article.Text)
	digits := strings.ContainsFunc(text, unicode.IsDigit)
	switch k {
	case number:
		return digits || c.quantity() != nil || len(strings.Fields(text)) > 3
	case day:
		published, _ := c.article.Date()
		return digits || len(dates.Find(c.article.Text, c.Span, published)) > 0 || len(strings.Fields(text)) > 2
	case person:
		for _, w := range word.Split(text) {
			if w.Capital() && !w.Stop() || lexicon.Role(w.Norm) {
				return true
			}
		}
		return len(strings.Fields(text)) > 1
	}
	return true
}
