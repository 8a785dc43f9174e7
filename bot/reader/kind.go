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
	size
	age
	duration
	money
	day
	person
	statement // what somebody said, how somebody responded
	reason
)

// kinds tells them by a question's words; the first that matches holds.
var kinds = []struct {
	asks *regexp.Regexp
	kind kind
}{
	{regexp.MustCompile(`(?i)\bhow (?:tall|high|deep|wide|thick|far)\b`), size},
	{regexp.MustCompile(`(?i)\bhow old\b|\bwhat age\b`), age},
	{regexp.MustCompile(`(?i)\bhow long\b`), duration},
	{regexp.MustCompile(`(?i)\bhow much\b.*\b(?:cost|worth|pay|paid|spend|spent|price|raised?|owed?|earn|money)\b`), money},
	{regexp.MustCompile(`(?i)\bhow (?:many|much|big|large|heavy|fast|often)\b|\bwhat (?:percentage|percent|share)\b`), number},
	{regexp.MustCompile(`(?i)^\W*(?:who|whose|whom)\b`), person},
	{regexp.MustCompile(`(?i)^\W*(?:when\b|(?:(?:in|on|at) )?(?:what|which) (?:year|day|date|month|time)\b)`), day},
	{regexp.MustCompile(`(?i)^\W*(?:why|how come)\b`), reason},
	{regexp.MustCompile(`(?i)^\W*(?:what|how) (?:did|does|do|has|have)\b.*\b(?:say|said|tell|told|think|respond|react|describe|claim|argue|warn|promise|explain|comment)\b`), statement},
}

// asked is the kind of a question.
func asked(question string) kind {
	for _, k := range kinds {
		if k.asks.MatchString(question) {
			return k.kind
		}
	}
	return anything
}

var (
	times = regexp.MustCompile(`(?i)\b(?:seconds?|minutes?|hours?|days?|nights?|weeks?|weekends?|months?|seasons?|years?|decades?|century|centuries|since|until|till|from)\b|\d-(?:second|minute|hour|day|week|month|year)`)
	aged  = regexp.MustCompile(`(?i)\b(?:years?|months?|weeks?|days?|aged?|teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties)\b|-year`)
	// calendar words make a stretch of time a day: "last week".
	calendar = regexp.MustCompile(`(?i)^(?:last|next|this) `)
	lengths  = word.Set(`km m cm mm mi ft yd in`)
	// otherSize stands behind a length that is none of those that size is.
	otherSize = regexp.MustCompile(`(?i)\b(?:long|old|away from)\b`)
)

// fits reports whether a candidate may be of a kind.
func (k kind) fits(c *candidate) bool {
	text := c.Of(c.article.Text)
	fields := len(strings.Fields(text))
	digits := strings.ContainsFunc(text, unicode.IsDigit)
	q := c.quantity()
	switch k {
	case number:
		return digits || q != nil || fields > 3
	case size:
		return q != nil && lengths[q.Unit] && !otherSize.MatchString(c.around(2))
	case age:
		return q != nil && q.Unit == "" && (aged.MatchString(c.around(2)) || !q.Counted)
	case duration:
		return times.MatchString(c.around(1)) && !calendar.MatchString(text) || q != nil && lengths[q.Unit]
	case money:
		return q != nil && (q.Money() || q.Unit == "" && !q.Counted)
	case day:
		published, _ := c.article.Date()
		return digits || len(dates.Find(c.article.Text, c.Span, published)) > 0 || fields > 2
	case person:
		for _, w := range word.Split(text) {
			if w.Capital() && !w.Stop() || lexicon.Role(w.Norm) {
				return true
			}
		}
		return fields > 1
	case statement, reason:
		return fields > 2
	}
	return true
}

// around is a candidate's text with so many words of its sentence behind it.
func (c *candidate) around(after int) string {
	behind := strings.Fields(c.article.Text[c.End:max(c.End, c.within().End)])
	return c.Of(c.article.Text) + " " + strings.Join(behind[:min(after, len(behind))], " ")
}
