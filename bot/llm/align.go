package llm

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"dateline/bot"
	"dateline/corpus"
	"dateline/corpus/word"
)

const (
	// mostSentences is how many sentences of a passage one of the model may
	// rest on. More say nothing to a reader.
	mostSentences = 3
	// worthCiting is what another sentence has to add to be cited, in
	// word.IDF: about one name, or two common words.
	worthCiting = 4.0
	// idle is the share of the best passage's weight below which a further one
	// is not cited, although the model named it.
	idle = 0.4
)

// cite finds the words that a sentence of the model rests on: whole sentences
// of the passages that it names. One that names none cites nothing, and for a
// passage that was not given there is a quote of an article that nobody has;
// package bot drops both and says why.
func cite(s said, given []passage) []bot.Quote {
	type choice struct {
		p      passage
		chosen []int
		weight float64
	}
	var choices []choice
	var quotes []bot.Quote
	best := 0.0
	var seen []int
	for _, n := range s.Passages {
		if slices.Contains(seen, n) || len(seen) == 16 {
			continue
		}
		seen = append(seen, n)
		i := slices.IndexFunc(given, func(p passage) bool { return p.N == n })
		if i < 0 {
			quotes = append(quotes, bot.Quote{Article: &corpus.Article{Source: fmt.Sprintf("passage %d", n)}})
			continue
		}
		p := given[i]
		chosen, weight := align(s, p)
		choices = append(choices, choice{p, chosen, weight})
		best = max(best, weight)
	}
	for _, c := range choices {
		if c.weight < idle*best {
			continue
		}
		slices.Sort(c.chosen)
		for _, i := range c.chosen {
			quotes = append(quotes, bot.Quote{Article: c.p.hit.Article, Span: c.p.sentences[i].span})
		}
	}
	return quotes
}

// align returns the sentences of a passage that a sentence of the model rests
// on, and the weight of the words it shares with them: those that hold the
// supporting words which the model gave, and then those that hold most of what
// is left of the sentence.
func align(s said, p passage) ([]int, float64) {
	var chosen []int
	support := s.Support
	for _, m := range quotation.FindAllStringSubmatch(s.Text, -1) {
		support = append(support[:len(support):len(support)], m[1])
	}
	for _, support := range support {
		for _, i := range find(support, p) {
			if !slices.Contains(chosen, i) && len(chosen) < mostSentences {
				chosen = append(chosen, i)
			}
		}
	}
	left := make(map[string]float64)
	for _, w := range word.Split(s.Text) {
		if !w.Stop() {
			left[w.Stem()] = word.IDF(w.Stem())
		}
	}
	total := 0.0
	take := func(i int) {
		for term, weight := range left {
			if p.sentences[i].terms[term] {
				total += weight
				delete(left, term)
			}
		}
	}
	for _, i := range chosen {
		take(i)
	}
	for len(chosen) < mostSentences && len(chosen) < len(p.sentences) {
		best, gain := -1, 0.0
		for i, t := range p.sentences {
			if slices.Contains(chosen, i) {
				continue
			}
			g := 0.0
			// In order, for sums that are the same each time.
			for _, term := range sorted(left) {
				if t.terms[term] {
					g += left[term]
				}
			}
			// Between equals, the one beside what is cited already: it is who
			// the pronoun there stands for.
			if g > gain || g == gain && g > 0 && beside(i, chosen) && !beside(best, chosen) {
				best, gain = i, g
			}
		}
		if best < 0 || len(chosen) > 0 && gain < worthCiting {
			break
		}
		chosen = append(chosen, best)
		take(best)
	}
	if len(chosen) == 0 && len(p.sentences) > 0 {
		chosen = append(chosen, 0) // which will not support it, and show why
	}
	// "She said": who that is stands in the sentence before, or in the one
	// before that.
	for i := 0; i < len(chosen) && len(chosen) < 2*mostSentences; i++ {
		if at := chosen[i]; at > 0 && !slices.Contains(chosen, at-1) && p.pronominal(at) {
			chosen = append(chosen, at-1)
		}
	}
	return chosen, total
}

func sorted(m map[string]float64) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func beside(i int, chosen []int) bool {
	return slices.ContainsFunc(chosen, func(c int) bool { return c-i == 1 || i-c == 1 })
}

var pronouns = map[string]bool{"he": true, "she": true, "they": true, "it": true, "his": true, "her": true, "their": true, "him": true, "them": true}

// quotation is what stands between quotation marks.
var quotation = regexp.MustCompile(`[“"]([^“”"]+)[”"]`)

// pronominal reports whether a sentence speaks of somebody by a pronoun, or is
// a quotation, and names nobody.
func (p *passage) pronominal(i int) bool {
	s := p.sentences[i]
	text := s.span.Of(p.hit.Article.Text)
	somebody := strings.HasPrefix(text, "“") || strings.HasPrefix(text, `"`)
	for i, w := range s.words {
		somebody = somebody || pronouns[w.Norm]
		if i > 0 && w.Capital() && !w.Stop() {
			return false
		}
	}
	return somebody
}

// find returns the sentences of a passage in which words stand one after the
// other, several where they run over a sentence's end; none if they stand
// nowhere, or are too few to tell.
func find(support string, p passage) []int {
	want := word.Split(support)
	if len(want) < 2 {
		return nil
	}
	var all []word.Word
	var in []int
	for i, s := range p.sentences {
		all = append(all, s.words...)
		for range s.words {
			in = append(in, i)
		}
	}
	for i := 0; i+len(want) <= len(all); i++ {
		if slices.EqualFunc(all[i:i+len(want)], want, func(a, b word.Word) bool { return a.Norm == b.Norm }) {
			var found []int
			for j := in[i]; j <= in[i+len(want)-1]; j++ {
				found = append(found, j)
			}
			return found
		}
	}
	return nil
}

// nearest are the sentences that share most with a question, the best first.
func nearest(question string, given []passage) []bot.Quote {
	type scored struct {
		q     bot.Quote
		score float64
	}
	var list []scored
	terms := word.Terms(question)
	slices.Sort(terms)
	terms = slices.Compact(terms)
	for _, p := range given {
		for _, s := range p.sentences {
			score := 0.0
			for _, t := range terms {
				if s.terms[t] {
					score += word.IDF(t)
				}
			}
			if score > 0 {
				list = append(list, scored{bot.Quote{Article: p.hit.Article, Span: s.span}, score})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	var quotes []bot.Quote
	for _, s := range list[:min(len(list), mostSentences)] {
		quotes = append(quotes, s.q)
	}
	return quotes
}
