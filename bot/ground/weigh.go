package ground

import "slices"

// A Verdict is what an article says to a sentence.
type Verdict string

const (
	Supported    Verdict = "supported"
	Contradicted Verdict = "contradicted" // it says something else in its place
	NoEvidence   Verdict = "no evidence"  // it does not say so, or not so surely
)

// An Opinion is what one article says to a sentence.
type Opinion struct {
	Verdict Verdict
	Score   float64
	Cover   float64 // the share of the sentence that the quotes have
	About   float64 // that of the one line that has most; for a contradiction, without what differs
	Fact    bool    // it contradicts by a number, a date or a denial
	Reasons []string
	Quotes  []Quote
}

// Set by hand on the claims of cmd/dateline/testdata/claims, so that none that
// is not true passes.
const (
	carried     = 0.05 // the least traits.order of a sentence that is supported
	whole       = 0.74 // and the least share of it that the quotes have
	opposed     = 0.6  // the least share of it that a contradiction has, without what differs
	sharing     = 3    // and the least number of its words
	sharingFact = 2    // which may be one less for a number or a date
	ordered     = 0.6  // and of its pairs of words the least share in the same order
	single      = 0.03 // the least traits.order where one line has nearly all of it: short sentences have no long runs
	nearAll     = 0.9
)

// Weigh holds the claim against one article; false if there is nothing to
// compare.
func (c *Claim) Weigh(s *Story) (Opinion, bool) {
	claim := c
	c, m := c.matched(s.lines)
	if m == nil {
		return Opinion{}, false
	}
	t := c.traits(s.lines, m)
	order := t.order()
	o := Opinion{Verdict: NoEvidence, Score: t.support(), Cover: m.union, About: m.cover[m.best]}
	var lines []line
	for _, i := range m.rest {
		lines = append(lines, s.lines[i])
		o.Quotes = append(o.Quotes, s.lines[i].quote)
	}
	why, compared := only(lines).reasons(claim, article)
	about := c.mostAbout(m)
	best := &s.lines[about]
	words, facts, weight := 0, 0, 0.0
	for i, p := range c.align(best) {
		if t := &c.terms[i]; p >= 0 && (t.weight > 0 || t.quantity != nil && t.number == "") {
			words++
		}
	}
	for _, r := range why {
		o.Reasons = append(o.Reasons, r.text)
		if r.against {
			weight += r.weight
		}
		if r.fact {
			o.Fact = true
		}
		if r.fact && !r.denial {
			facts++
		}
	}
	against := slices.ContainsFunc(why, func(r reason) bool { return r.against })
	cover := m.cover[about]
	if rest := c.weight - weight; rest > 0 {
		cover = min(1, cover*c.weight/rest)
	}
	switch {
	case against && cover >= opposed && (words >= sharing || facts > 0 && words >= sharingFact):
		o.Verdict, o.Cover, o.About = Contradicted, cover, cover
		o.Reasons = nil
		for _, r := range why {
			if r.against {
				o.Reasons = append(o.Reasons, r.text)
			}
		}
		// What differs stands in this one sentence.
		o.Quotes = []Quote{best.quote}
	case len(why) > 0:
	case compared == nil: // it stands there as it is
		o.Verdict = Supported
	case (order < carried || o.Cover < whole) && (order < single || m.cover[m.best] < nearAll || c.order(&s.lines[m.best]) < ordered):
		o.Reasons = []string{"the article has its words, but does not put them together like this"}
	default:
		o.Verdict = Supported
	}
	return o, true
}
