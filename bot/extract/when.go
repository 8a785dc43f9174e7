package extract

import (
	"dateline/corpus"
	"dateline/corpus/dates"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
)

// dateRole tells whether a date is that of the question's verb: 1 if the verb
// it goes with is that one, below 0 if it is the day on which somebody spoke
// of it.
func (q *question) dateRole(s *sentence, p phrase, verbAt int, verb float64) float64 {
	owner := s.governor(p)
	if owner < 0 {
		return 0
	}
	asked := 0.0
	for _, v := range q.sameAll(&s.tokens[owner]) {
		asked = max(asked, v)
	}
	_, _, saying := lexicon.Saying(s.norm(owner))
	switch {
	case owner == verbAt:
		return verb
	case asked >= synonym:
		return asked * 0.9 // "the warning": Lavrov warned
	case saying && q.class == "" && !q.light():
		return -0.5
	case verbAt >= 0 && !s.tag(verbAt).Verb() && verbAt < p.from && owner < verbAt:
		return verb * 0.7 // "the visit next week"
	}
	return 0
}

// ahead reports whether a time lies behind the day on which it was written of.
func (s *sentence) ahead(d dates.Date) bool {
	day, ok := s.doc.article.Date()
	return ok && d.From.After(day)
}

// governor is the verb that a date or a place at p goes with: the nearest one
// to the left, or for a sentence that begins with p the first to the right; -1
// for none.
func (s *sentence) governor(p phrase) int {
	for i := p.from - 1; i >= 0; i-- {
		if s.tag(i).Verb() && !auxiliary(s.norm(i)) && s.tag(i) != pos.VBG {
			return i
		}
		if s.lit(i) == ";" || s.lit(i) == ":" {
			break
		}
	}
	for i := p.to; i < len(s.tokens); i++ {
		if s.tag(i).Verb() && !auxiliary(s.norm(i)) {
			return i
		}
	}
	return -1
}

// calendar reports whether a word is the name of a day or a month.
func calendar(n string) bool {
	switch n {
	case "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december":
		return true
	}
	return false
}

// partOfTime reports whether a word stands for a part of a longer time.
func partOfTime(n string) bool {
	switch n {
	case "spring", "summer", "autumn", "winter", "beginning", "start", "middle", "end":
		return true
	}
	return false
}

// phraseOf is the run of tokens that a span covers.
func (s *sentence) phraseOf(span corpus.Span) phrase {
	p := phrase{-1, -1}
	for i, t := range s.tokens {
		if s.Start+t.End > span.Start && s.Start+t.Start < span.End {
			if p.from < 0 {
				p.from = i
			}
			p.to = i + 1
		}
	}
	if p.from < 0 {
		return phrase{}
	}
	return p
}

func (s *sentence) dateAt(p phrase) *dates.Date {
	span := s.span(p)
	ds := s.dates()
	for i := range ds {
		if ds[i].Overlaps(span) {
			return &ds[i]
		}
	}
	return nil
}
