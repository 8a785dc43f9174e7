package extract

import (
	"cmp"
	"slices"
	"time"

	"dateline/corpus"
	"dateline/corpus/dates"
)

// rank scores all candidates, best first.
func (r *reading) rank() {
	for di, d := range r.docs {
		for i, s := range d.sentences {
			c := &r.covers[di][i]
			if c.ctx < 0.25 {
				continue
			}
			furniture := !s.Kind.Evidence() && !(r.q.photo && s.Kind != corpus.Stamp && s.Kind != corpus.Order)
			if r.q.photographer && s.Kind != corpus.Credit {
				continue
			}
			for _, x := range r.q.candidates(s, i, c) {
				x.score = r.score(&x)
				if furniture {
					r.spare = append(r.spare, x)
				} else {
					r.cands = append(r.cands, x)
				}
			}
		}
	}
	slices.SortStableFunc(r.cands, compare)
	slices.SortStableFunc(r.spare, compare)
}

func compare(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.s.doc.article.ID, b.s.doc.article.ID), cmp.Compare(a.span.Start, b.span.Start), cmp.Compare(a.span.End, b.span.End))
}

func (r *reading) score(x *candidate) float64 {
	r.buf = r.rankFeatures(r.buf[:0], x)
	v := models()["rank"].score(r.buf)
	if r.q.kind == said {
		// Somebody else's words, or words on something else, are no answer,
		// however alike they sound.
		if x.role < 0 {
			v -= offSpeaker
		}
		if !r.onTopic(x) {
			v -= offTopic
		}
	}
	if x.verbatim {
		v += wordForWord
	}
	if r.q.photographer {
		v += captionMatch * x.cover.ctx // a credit has no words of its own
	}
	return v
}

// dateFit compares the dates of the question with those of a sentence: 0 if
// the question has none, up to 0.5 for agreement, -0.5 for a clash. "On
// Wednesday" may be the asker's or the article's, so both are tried.
func (q *question) dateFit(s *sentence) float64 {
	if len(q.dates) == 0 || q.kind == when {
		return 0
	}
	asked := q.dates
	day, dated := s.doc.article.Date()
	if dated {
		asked = append(slices.Clone(asked), q.datesOn(day)...)
	}
	agree, clash := false, false
	for _, a := range asked {
		for _, b := range s.dates() {
			if !a.From.After(b.To) && !b.From.After(a.To) {
				agree = true
			} else {
				clash = true
			}
		}
		if dated && !a.From.After(day) && !day.After(a.To) {
			agree = true // of the day, as most that is in the paper
		}
	}
	switch {
	case agree:
		return 0.5
	case clash:
		return -0.5
	}
	return 0
}

// What a statement loses that somebody else made, or that is on something
// else; more than any two statements of one speaker differ by.
const (
	offSpeaker = 4
	offTopic   = 3
)

// wordForWord is what an answer to who said something gains that has it word for
// word; more than any two answers differ by.
const wordForWord = 8

// captionMatch weighs how well the caption above a credit matches a question
// for the photographer, over all else.
const captionMatch = 5

// datesOn are the dates of the question as a paper of that day means them.
func (q *question) datesOn(day time.Time) []dates.Date {
	ds, ok := q.onDay[day]
	if !ok {
		ds = dates.Find(q.text, corpus.Span{Start: 0, End: len(q.text)}, day)
		if q.onDay == nil {
			q.onDay = make(map[time.Time][]dates.Date)
		}
		q.onDay[day] = ds
	}
	return ds
}

// How far a candidate may be behind the best. Scores are log odds.
const (
	closeBy   = 1.0 // to stand in for it, or beside it
	behind    = 2.0 // to confirm it
	farBehind = 2.5 // to be looked at
)
