package eval

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Normalize brings an answer into the form that SQuAD's evaluation compares:
// lower case, no ASCII punctuation, no articles, single spaces.
//
// P. Rajpurkar and others, SQuAD 2.0's evaluate script.
func Normalize(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsPunct(r) || unicode.IsSymbol(r)) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	words := slices.DeleteFunc(strings.Fields(s), func(w string) bool {
		return w == "a" || w == "an" || w == "the"
	})
	return strings.Join(words, " ")
}

// ExactMatch is 1 if the answer equals one of the golds once both are
// normalized, and 0 otherwise. No golds means that the right answer is "".
func ExactMatch(answer string, golds []string) float64 {
	if len(golds) == 0 {
		golds = []string{""}
	}
	answer = Normalize(answer)
	for _, g := range golds {
		if Normalize(g) == answer {
			return 1
		}
	}
	return 0
}

// F1 is the harmonic mean of precision and recall of the answer's words, for
// the gold where it is largest. Two empty answers agree; an empty one and
// another do not.
func F1(answer string, golds []string) float64 {
	if len(golds) == 0 {
		golds = []string{""}
	}
	var best float64
	got := strings.Fields(Normalize(answer))
	for _, g := range golds {
		want := strings.Fields(Normalize(g))
		if len(got) == 0 || len(want) == 0 {
			if len(got) == len(want) {
				best = 1
			}
			continue
		}
		left := make(map[string]int)
		for _, w := range want {
			left[w]++
		}
		common := 0
		for _, w := range got {
			if left[w] > 0 {
				left[w]--
				common++
			}
		}
		if common == 0 {
			continue
		}
		p := float64(common) / float64(len(got))
		r := float64(common) / float64(len(want))
		best = max(best, 2*p*r/(p+r))
	}
	return best
}

// Contains reports whether one of the golds stands in the text, as whole words:
// either as it is but for case and the shape of quotation marks, or with both
// normalized. The first finds "28" in "28-point", the second "Meridian" in
// "the 'Meridian'".
func Contains(text string, golds []string) bool {
	plain, normal := plainQuotes.Replace(strings.ToLower(text)), Normalize(text)
	for _, g := range golds {
		if hasWords(plain, plainQuotes.Replace(strings.ToLower(strings.TrimSpace(g)))) || hasWords(normal, Normalize(g)) {
			return true
		}
	}
	return false
}

var plainQuotes = strings.NewReplacer("’", "'", "‘", "'", "“", `"`, "”", `"`)

// hasWords reports whether s occurs in text with no letter or digit on its
// outer side where its own end is one.
func hasWords(text, s string) bool {
	if s == "" {
		return false
	}
	inside := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	first, _ := utf8.DecodeRuneInString(s)
	last, _ := utf8.DecodeLastRuneInString(s)
	for at := 0; ; {
		i := strings.Index(text[at:], s)
		if i < 0 {
			return false
		}
		i += at
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(s):])
		if !(inside(first) && inside(before)) && !(inside(last) && inside(after)) {
			return true
		}
		_, n := utf8.DecodeRuneInString(text[i:])
		at = i + n
	}
}

// Ranking holds the figures of a list of ten articles a question, averaged
// over the questions.
type Ranking struct {
	Hits1  float64 `json:"hits_1"`
	Hits5  float64 `json:"hits_5"`
	Hits10 float64 `json:"hits_10"`
	MRR10  float64 `json:"mrr_10"`
	NDCG10 float64 `json:"ndcg_10"`
}

// depth is how many articles a ranking is judged by.
const depth = 10

// Rank judges one ranking: relevant says of each article in order whether it
// is gold, golds is how many gold articles there are.
func Rank(relevant []bool, golds int) Ranking {
	var r Ranking
	var dcg, ideal float64
	for i := range min(golds, depth) {
		ideal += 1 / math.Log2(float64(i)+2)
	}
	for i, rel := range relevant[:min(len(relevant), depth)] {
		if !rel {
			continue
		}
		dcg += 1 / math.Log2(float64(i)+2)
		if r.MRR10 == 0 {
			r.MRR10 = 1 / float64(i+1)
		}
		if i < 1 {
			r.Hits1 = 1
		}
		if i < 5 {
			r.Hits5 = 1
		}
		r.Hits10 = 1
	}
	if ideal > 0 {
		r.NDCG10 = dcg / ideal
	}
	return r
}

// mean averages rankings.
func mean(rs []Ranking) Ranking {
	var m Ranking
	if len(rs) == 0 {
		return m
	}
	for _, r := range rs {
		m.Hits1 += r.Hits1
		m.Hits5 += r.Hits5
		m.Hits10 += r.Hits10
		m.MRR10 += r.MRR10
		m.NDCG10 += r.NDCG10
	}
	for _, figure := range []*float64{&m.Hits1, &m.Hits5, &m.Hits10, &m.MRR10, &m.NDCG10} {
		*figure /= float64(len(rs))
	}
	return m
}

// A Difference is how much larger one figure is than another over the same
// questions, and the range in which it lies with 95 % confidence.
type Difference struct {
	Mean float64 `json:"mean"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// bootstrap estimates a Difference by drawing the questions again and again,
// with replacement, each with both of its figures. The draws are the same each
// time it is called.
//
// B. Efron and R. Tibshirani, An Introduction to the Bootstrap, chapter 13.
func bootstrap(a, b []float64) Difference {
	n := len(a)
	if n == 0 {
		return Difference{}
	}
	const draws = 2000
	var d Difference
	diff := make([]float64, n)
	for i := range diff {
		diff[i] = a[i] - b[i]
		d.Mean += diff[i] / float64(n)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	means := make([]float64, draws)
	for i := range means {
		var sum float64
		for range n {
			sum += diff[rnd.IntN(n)]
		}
		means[i] = sum / float64(n)
	}
	slices.Sort(means)
	d.Low, d.High = quantile(means, 0.025), quantile(means, 0.975)
	return d
}

// quantile returns the smallest of the sorted values that is not below the
// share p of them; 0 where there are none.
func quantile(sorted []float64, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := int(math.Ceil(p*float64(len(sorted)))) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}
