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
	sureFrom    = 0.5
	perhapsFrom = 0.4
)

// What the probability of an answer is computed from.
const (
	scored    = iota // score of the span
	has              // logit that its window answers
	meant            // what the nearness of meaning adds to the score of its passage
	nearer           // how much more that is than for the passages read, on average
	ahead            // how far the best span with another answer is behind
	agreed           // other articles whose best span has the same answer
	unlike           // the span is no number, time or name, and one is asked for
	ruled            // the rules answer with the same sentence
	otherwise        // they answer with another
	refused          // they do not answer
	doubted          // they say why not, beyond that no answer was found
	lacking          // share of the question's words that are in names they find nowhere
	unsaid           // share of the question's words that its passage and title lack
	featureCount
)

type features [featureCount]float64

// weights are those of a logistic regression over features, and intercept its
// constant, of whether the best candidate is right: its words have an F1 of .5, or its
// sentence has the answer and is from the right article. They are rounded from fits to
// what a half-trained model made of 500 questions of rtqa-evidence, of seed and sample
// and, with a constant of its own, of 250 of squad2 with their paragraph. Over five
// folds the areas under the curve were .87, .86, .88 and .61, and the expected
// calibration error on rtqa-evidence .05. That articles agree was worth nothing there,
// as few do, and is set by hand. TestFitCertainty fits them anew.
var weights = features{
	scored: 0.03, has: 0.18, meant: 6.5, ahead: 0.18, agreed: 0.2, unlike: -0.8,
	ruled: 0.6, otherwise: -0.5, refused: -0.4, doubted: -0.2, lacking: -1.6,
}

const intercept = -3.4

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
	mostScore  = 15
	mostAhead  = 10
	mostAgreed = 2
)

// features returns those of candidate i, which no one before it is better than.
func (x *reading) features(i int) features {
	c := &x.candidates[i]
	f := features{
		scored: max(-mostScore, min(mostScore, c.score)),
		has:    max(-mostScore, min(mostScore, c.has)),
		meant:  x.meant(c.hit),
		ahead:  mostAhead,
	}
	f[nearer] = f[meant]
	for i := range x.hits {
		f[nearer] -= x.meant(i) / float64(len(x.hits))
	}
	f[unsaid] = x.unsaid(c)
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
	switch {
	case c.ruled:
		f[ruled] = 1
	case len(x.rules.Claims) > 0:
		f[otherwise] = 1
	default:
		f[refused] = 1
		if !undecided[x.rules.Refusal] && len(x.rules.Missing) == 0 {
			f[doubted] = 1
		}
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

// unsaid is the share of the question's words that a candidate's passage and the
// title of its article lack, function words aside.
func (x *reading) unsaid(c *candidate) float64 {
	have := word.Terms(c.article.Title.Value + "\n" + x.hits[c.hit].Passage.Of(c.article.Text))
	asked, lacks := 0.0, 0.0
	for _, t := range word.Terms(x.question) {
		v := word.IDF(t)
		asked += v
		if !slices.Contains(have, t) {
			lacks += v
		}
	}
	return lacks / max(1, asked)
}

// undecided are reasons of refusals that say nothing of the question.
var undecided = map[string]bool{"": true, notFound: true}

// meant is what the nearness of meaning adds to the score of a passage.
// Where words alone were searched for they stand in for it: for passages that answer
// they add about half as much.
func (x *reading) meant(hit int) float64 {
	h := &x.hits[hit]
	if h.Meaning > 0 {
		return h.Meaning
	}
	return min(1, 2*h.Score)
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
