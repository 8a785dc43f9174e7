package reader

import (
	"math"
	"slices"
	"strings"

	"dateline/bot"
	"dateline/corpus/word"
)

// The thresholds of Config by default.
const (
	sureFrom    = 0.55
	perhapsFrom = 0.45
)

// What the probability of an answer is computed from.
const (
	has      = iota // logit that its window answers
	standing        // how far the search score of its passage is above the mean, see features
	ahead           // how far the best span with another answer is behind
	agreed          // other articles whose best span has the same answer
	unlike          // the span is no number, time or name, and one is asked for
	ruled           // the rules answer with the same sentence
	lacking         // share of the question's words that are in names the rules find nowhere
	featureCount
)

type features [featureCount]float64

// weights are those of a logistic regression over features, and intercept its
// constant, of whether the best candidate is right: its words have an F1 of .5, or its
// sentence has the answer and is from the right article. They are rounded from a fit to
// the 978 questions of rtqa-evidence, at three times the weight those of seed and sample,
// and at twice the weight 300 on Wikinews of which half ask for what an article that is
// about the matter does not tell. With each half of the questions fitted on the other, the
// areas under the curve are .88, .96, .96 and .83, and the expected calibration errors .07,
// .08, .10 and .08. Two weights are set by hand. That articles agree was worth nothing
// there, as few do. A name that stands in no article weighs four times what was fitted, as
// the promise is to say so.
//
// Left out, as the area over all sets was as large without them: the score of the span
// beside has, the nearness of the passage's meaning beside standing, what the rules say
// where they do not answer or answer with another sentence, the question's words that the
// passage lacks, and what the model says of question and answer as a claim.
var weights = features{
	has: 0.49, standing: 15.8, ahead: 0.17, agreed: 0.2, unlike: -2.4, ruled: 0.6, lacking: -1.6,
}

const intercept = -3.3

// probability is that of an answer to be one.
func (f *features) probability() float64 { return f.certainty(weights, intercept) }

func (f *features) certainty(weights features, sum float64) float64 {
	for i, v := range f {
		sum += weights[i] * v
	}
	return 1 / (1 + math.Exp(-sum))
}

// Bounds of features, beyond which they tell no more.
const (
	mostScore = 15
	// The search tells passages of another matter from others, and no more: without
	// this bound the area is .843 on rtqa-evidence and .817 on Wikinews.
	mostStanding = 0.18
	mostAhead    = 10
	mostAgreed   = 2
)

// features returns those of candidate i, which no one before it is better than.
func (x *reading) features(i int) features {
	c := &x.candidates[i]
	f := features{has: max(-mostScore, min(mostScore, c.has)), standing: c.search, ahead: mostAhead}
	// Where fewer than eight passages were found the others count as 0.
	for _, h := range x.hits {
		f[standing] -= h.Score / float64(max(passagesRead, len(x.hits)))
	}
	f[standing] = min(mostStanding, f[standing])
	seen := map[string]bool{c.article.ID: true}
	for j := range x.candidates {
		o := &x.candidates[j]
		if j == i {
			continue
		}
		same := sameAnswer(c, o)
		if !same {
			f[ahead] = min(f[ahead], max(0, c.rank-o.rank))
		}
		if !seen[o.article.ID] {
			seen[o.article.ID] = true
			if same && o.score > 0 {
				f[agreed] = min(mostAgreed, f[agreed]+1)
			}
		}
	}
	if !asked(x.question).fits(c) {
		f[unlike] = 1
	}
	if c.ruled {
		f[ruled] = 1
	}
	if len(x.rules.Claims) == 0 {
		f[lacking] = min(1, weight(strings.Join(x.rules.Missing, " "))/max(1, weight(x.question)))
	}
	return f
}

// weight is that of the words of a text, function words aside.
func weight(text string) float64 {
	sum := 0.0
	for _, w := range word.Split(text) {
		if !w.Stop() {
			sum += word.IDF(w.Stem())
		}
	}
	return sum
}

// restsOn reports whether the rules answer with the sentence of a candidate.
func (x *reading) restsOn(c *candidate) bool {
	if len(x.rules.Claims) == 0 {
		return false
	}
	return slices.ContainsFunc(x.rules.Claims[0].Quotes, func(q bot.Quote) bool {
		return q.Article != nil && q.Article.ID == c.article.ID && q.Span.Contains(c.Span)
	})
}

// answerWords are the words that an answer is compared by.
func answerWords(s string) []string {
	var ws []string
	for _, w := range word.Split(s) {
		if w.Norm != "a" && w.Norm != "an" && w.Norm != "the" {
			ws = append(ws, w.Norm)
		}
	}
	return ws
}

// sameAnswer reports whether two candidates give one answer: the same value, or
// the same words, of which one may have more.
func sameAnswer(a, b *candidate) bool {
	if a.article.ID == b.article.ID && a.Span == b.Span {
		return true
	}
	if alike, ok := sameQuantity(a, b); ok {
		return alike
	}
	x, y := answerWords(a.Of(a.article.Text)), answerWords(b.Of(b.article.Text))
	if len(x) > len(y) {
		x, y = y, x
	}
	return len(x) > 0 && strings.Contains(" "+strings.Join(y, " ")+" ", " "+strings.Join(x, " ")+" ")
}
