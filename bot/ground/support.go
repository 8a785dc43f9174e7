package ground

import (
	_ "embed"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"dateline/corpus"
)

// Support returns how far an article carries a sentence, from 0 to 1, and the
// spans of the article that carry most of it: up to maxRest sentences, in the
// article's order. It is a logistic model of a few features, each of which is
// about how the words of the sentence stand in the article; support.txt has
// them with their weights. A sentence in the article's words is judged by its
// runs of them, one in words of its own by what the article lacks.
//
// The score tells likely from unlikely. It proves nothing: names, numbers and
// dates, who says so and whether it is denied are for Check and Weigh to look
// at.
func Support(sentence string, a *corpus.Article) (float64, []Quote) {
	lines := Read(a).lines
	c, m := NewClaim(sentence).matched(lines)
	if m == nil {
		return 0, nil
	}
	var qs []Quote
	for _, i := range m.rest {
		qs = append(qs, lines[i].quote)
	}
	return c.traits(lines, m).support(), qs
}

// maxRest is how many sentences of an article one sentence may rest on. Of
// three, people still see that they carry it.
const maxRest = 3

// A Claim is a sentence made ready to be compared.
type Claim struct {
	line
	weight float64 // of all words
	bonds  []bond
}

// A bond is two words of weight that follow one another, but for function
// words between.
type bond struct{ i, j int }

// NewClaim reads a sentence.
func NewClaim(text string) *Claim {
	c := &Claim{line: read(text)}
	a := &corpus.Article{Text: c.text, Body: corpus.Span{End: len(c.text)}}
	own := line{quote: Quote{a, a.Body}, text: c.text, words: c.words} // the claim itself stands nowhere
	own.listen(func() []Voice { return Listen(a).All() })
	c.spoken = own.spoken
	last := -1
	for i, t := range c.terms {
		c.weight += t.weight
		if t.weight == 0 {
			continue
		}
		if last >= 0 {
			c.bonds = append(c.bonds, bond{last, i})
		}
		last = i
	}
	return c
}

// A Story is an article made ready to be compared with.
type Story struct {
	article *corpus.Article
	lines   []line
}

// Read divides an article. Captions and credits are no part of its story.
func Read(a *corpus.Article) *Story {
	s := &Story{article: a}
	published, _ := a.Date()
	for _, x := range a.Sentences() {
		if !x.Kind.Evidence() {
			continue
		}
		if l := read(x.Of(a.Text)); len(l.words) > 0 {
			l.quote, l.published = Quote{a, x.Span}, published
			s.lines = append(s.lines, l)
		}
	}
	attribute(s.lines)
	return s
}

// Article is what was read.
func (s *Story) Article() *corpus.Article { return s.article }

// A matching is how the words of a claim stand in some lines.
type matching struct {
	same  [][]float64 // by line and word of the claim: how far it is found
	cover []float64   // by line: the share of the claim's weight found there
	best  int         // the line that has most
	rest  []int       // the lines that the claim may rest on, in order; best is one
	union float64     // the share that they have together
}

// match looks the claim up in the lines; nil if there is nothing to compare.
func (c *Claim) match(lines []line) *matching {
	if c.weight == 0 || len(lines) == 0 {
		return nil
	}
	m := &matching{same: make([][]float64, len(lines)), cover: make([]float64, len(lines))}
	type pair struct {
		x, y string
		name bool
	}
	memo := make(map[pair]float64)
	for li := range lines {
		l := &lines[li]
		same := make([]float64, len(c.terms))
		for i := range c.terms {
			x := &c.terms[i]
			if len(l.at[x.key]) > 0 {
				same[i] = 1
				continue
			}
			if x.weight == 0 {
				continue
			}
			for j := range l.terms {
				y := &l.terms[j]
				if y.weight == 0 && y.quantity == nil {
					continue
				}
				if x.quantity != nil || y.quantity != nil { // two of one key may have other bounds
					same[i] = max(same[i], alike(x, y))
					continue
				}
				key := pair{x.key, y.key, x.name || y.name}
				v, ok := memo[key]
				if !ok {
					v = alike(x, y)
					memo[key] = v
				}
				same[i] = max(same[i], v)
			}
		}
		m.same[li] = same
		m.cover[li] = c.share(same)
	}
	most := 0.0
	for i, v := range m.cover {
		// Of two lines alike, the one that has more of the claim in a row.
		if v += 0.15 * c.runs(&lines[i]); v > most {
			m.best, most = i, v
		}
	}
	m.rest = []int{m.best}
	have := slices.Clone(m.same[m.best])
	for len(m.rest) < maxRest {
		// A further line has to bring a good word or two; one nearby that is
		// nearly as good is the likelier to belong to it.
		next, gain := -1, 0.06
		for i := range lines {
			if slices.Contains(m.rest, i) {
				continue
			}
			g := c.share(either(have, m.same[i])) - c.share(have)
			if far := i - m.best; far > 2 || far < -2 {
				g *= 0.8
			}
			if g > gain {
				next, gain = i, g
			}
		}
		if next < 0 {
			break
		}
		have = either(have, m.same[next])
		m.rest = append(m.rest, next)
	}
	slices.Sort(m.rest)
	m.union = c.share(have)
	return m
}

// share is the part of the claim's weight that is found.
func (c *Claim) share(same []float64) float64 {
	sum := 0.0
	for i, t := range c.terms {
		sum += t.weight * same[i]
	}
	return sum / c.weight
}

func either(a, b []float64) []float64 {
	out := slices.Clone(a)
	for i, v := range b {
		out[i] = max(out[i], v)
	}
	return out
}

// runs is the share of the claim's pairs of neighbours that the line has as
// neighbours.
func (c *Claim) runs(l *line) float64 { return c.grams(2, l) }

// grams is the share of the claim's runs of n words that one of the lines has.
func (c *Claim) grams(n int, lines ...*line) float64 {
	all := len(c.terms) - n + 1
	if all < 1 {
		return 0
	}
	hits := 0
	for i := range all {
		if slices.ContainsFunc(lines, func(l *line) bool {
			return slices.ContainsFunc(l.at[c.terms[i].key], func(at int) bool { return c.run(i, l, at) >= n })
		}) {
			hits++
		}
	}
	return float64(hits) / float64(all)
}

// run is how many words from i of the claim on stand in the line from at on.
func (c *Claim) run(i int, l *line, at int) int {
	n := 0
	for i+n < len(c.terms) && at+n < len(l.terms) && c.terms[i+n].key == l.terms[at+n].key {
		n++
	}
	return n
}

// A feature is one thing that speaks for support, or, where it is negative,
// against it.
type feature struct {
	name  string
	value float64
}

// Traits are the features of support.txt, each from 0 to 1 or from -1 to 0.
type traits struct {
	own    float64   // how far the claim is in words of its own
	both   []feature // of every claim
	lifted []feature // of one in the article's words
	retold []feature // of one in words of its own
}

func (c *Claim) traits(lines []line, m *matching) traits {
	best := &lines[m.best]
	var rest, every []*line
	for _, i := range m.rest {
		rest = append(rest, &lines[i])
	}
	for i := range lines {
		every = append(every, &lines[i])
	}
	strong, weakest := c.bound(lines, m)
	frag := c.fragments(lines)
	n := float64(len(c.terms))
	t := traits{
		own:  c.own(every),
		both: []feature{{"repeats", -c.repeats()}},
		lifted: []feature{
			{"words best", c.plain(best)},
			{"cover best", m.cover[m.best]},
			{"cover rest", m.union},
			{"pairs best", c.grams(2, best)},
			{"pairs rest", c.grams(2, rest...)},
			{"triples rest", c.grams(3, rest...)},
			{"triples article", c.grams(3, every...)},
			{"fives article", c.grams(5, every...)},
			{"subsequence best", c.subsequence(best)},
			{"bonds", strong},
			{"weakest bonds", weakest},
			{"order", c.order(best)},
			{"fragments", -min(1, frag.count/n*2)},
			{"jumps", -min(1, frag.jumps/4)},
			{"far jumps", -min(1, frag.far/3)},
			{"backward", -min(1, frag.back/3)},
			{"sentences", -float64(len(m.rest)-1) / (maxRest - 1)},
		},
	}
	var r retelling
	if t.own > 0 {
		r = c.retold(m)
	}
	t.retold = []feature{
		{"strange words", -min(1, r.words/6)},
		{"strange names", -min(1, r.names/2)},
		{"strange numbers", -min(1, r.numbers)},
		{"names together", r.together},
		{"company", r.company},
		{"least company", r.least},
	}
	return t
}

// mixed are all features, those of either way to say it as far as the claim is
// said that way.
func (t traits) mixed() []feature {
	fs := slices.Clone(t.both)
	for _, f := range t.lifted {
		fs = append(fs, feature{f.name, (1 - t.own) * f.value})
	}
	for _, f := range t.retold {
		fs = append(fs, feature{f.name, t.own * f.value})
	}
	return fs
}

// support is how far the lines carry the claim.
func (t traits) support() float64 { return score(t.mixed()) }

// order is how far the words of the claim stand in the lines as they do in it:
// the claim is taken for one in their words. Words thrown together from here and
// there would pass for words of its own otherwise.
func (t traits) order() float64 { return score(slices.Concat(t.both, t.lifted)) }

// plain is the share of all words, function words too, that the line has.
func (c *Claim) plain(l *line) float64 {
	n := 0
	for _, t := range c.terms {
		if len(l.at[t.key]) > 0 {
			n++
		}
	}
	return float64(n) / float64(len(c.terms))
}

// subsequence is the share of all words that the line has in the same order,
// whatever stands between them.
func (c *Claim) subsequence(l *line) float64 {
	above := make([]int, len(l.terms)+1)
	for i := range c.terms {
		diagonal := 0
		for j := range l.terms {
			up := above[j+1]
			if c.terms[i].key == l.terms[j].key {
				above[j+1] = diagonal + 1
			} else {
				above[j+1] = max(up, above[j])
			}
			diagonal = up
		}
	}
	return float64(above[len(l.terms)]) / float64(len(c.terms))
}

// A fragmentation is how a claim can be put together from runs of words of the
// article. Few long runs are a quotation; many short ones from here and there
// may say what the article does not.
//
// M. Grusky, M. Naaman and Y. Artzi, Newsroom: A Dataset of 1.3 Million
// Summaries with Diverse Extractive Strategies, 2018 (extractive fragments).
type fragmentation struct {
	count float64
	jumps float64 // from a run in one sentence to a run in another
	far   float64 // those that lead more than one sentence away
	back  float64 // those that lead backwards within a sentence
}

func (c *Claim) fragments(lines []line) fragmentation {
	var f fragmentation
	lastLine, lastAt := -1, -1
	for i := 0; i < len(c.terms); {
		n, line, at := 0, -1, -1
		for li := range lines {
			l := &lines[li]
			for _, p := range l.at[c.terms[i].key] {
				r := c.run(i, l, p)
				// Of runs alike, the one nearest to the last.
				if r > n || r == n && r > 0 && li == lastLine && (line != lastLine || p > lastAt && at < lastAt) {
					n, line, at = r, li, p
				}
			}
		}
		if n == 0 {
			i++
			continue
		}
		weight := 0.0
		for k := i; k < i+n; k++ {
			weight += c.terms[k].weight
		}
		if weight > 0 { // "of the" stands in every sentence
			f.count++
			if lastLine >= 0 && line != lastLine {
				f.jumps++
				if d := line - lastLine; d > 1 || d < -1 {
					f.far++
				}
			} else if lastLine >= 0 && at < lastAt {
				f.back++
			}
			lastLine, lastAt = line, at+n
		}
		i += n
	}
	return f
}

// bound tells how well the bonds of the claim hold in the article, in the mean
// and the weakest two of them: 1 for words that stand together there too, less
// for words that merely share a sentence, 0 for words that never meet.
func (c *Claim) bound(lines []line, m *matching) (mean, weakest float64) {
	if len(c.bonds) == 0 {
		return 1, 1
	}
	held := make([]float64, len(c.bonds))
	for k, b := range c.bonds {
		x, y := &c.terms[b.i], &c.terms[b.j]
		has := func(li, i int) bool { return li >= 0 && m.same[li][i] >= found }
		for li := range lines {
			if !has(li, b.i) || !has(li, b.j) {
				// A pronoun may stand for the name of the sentence before.
				if has(li, b.i) && has(li-1, b.j) || has(li, b.j) && has(li-1, b.i) {
					held[k] = max(held[k], 0.2)
				}
				continue
			}
			xs, ys := lines[li].places(x), lines[li].places(y)
			// No sentence has a word more often; what a machine wrote may have.
			const most = 8
			xs, ys = xs[:min(len(xs), most)], ys[:min(len(ys), most)]
			for _, p := range xs {
				for _, q := range ys {
					d := q - p
					v := 0.35
					switch {
					case d > 0 && d <= b.j-b.i+1:
						v = 1
					case d > 0 && d <= 5:
						v = 0.8
					case d < 0 && d >= -4:
						v = 0.6
					case d > 0 && d <= 10:
						v = 0.6
					}
					held[k] = max(held[k], v)
				}
			}
		}
		mean += held[k] / float64(len(held))
	}
	slices.Sort(held)
	weakest = held[0]
	if len(held) > 1 {
		weakest = (held[0] + held[1]) / 2
	}
	return mean, weakest
}

// order is the share of the claim's bonds that the line has in the same order,
// of those whose words it has.
func (c *Claim) order(l *line) float64 {
	both, right := 0, 0
	for _, b := range c.bonds {
		xs, ys := l.places(&c.terms[b.i]), l.places(&c.terms[b.j])
		if len(xs) == 0 || len(ys) == 0 {
			continue
		}
		both++
		if xs[0] < ys[len(ys)-1] {
			right++
		}
	}
	if both == 0 {
		return 0
	}
	return float64(right) / float64(both)
}

// repeats is the share of the words of weight that the claim has twice: who
// writes of one thing does not name it again, a machine does.
func (c *Claim) repeats() float64 {
	seen := make(map[string]bool)
	n, twice := 0, 0
	for _, t := range c.terms {
		if t.weight == 0 {
			continue
		}
		n++
		if seen[t.key] {
			twice++
		}
		seen[t.key] = true
	}
	return float64(twice) / float64(max(1, n))
}

// support.txt is made by TestFitSupport.
//
//go:embed support.txt
var supportTable string

var supportWeights = sync.OnceValue(func() map[string]float64 {
	m := make(map[string]float64)
	for l := range strings.Lines(supportTable) {
		l = strings.TrimSpace(l)
		if l == "" || l[0] == '#' {
			continue
		}
		i := strings.LastIndexByte(l, ' ')
		v, err := strconv.ParseFloat(l[i+1:], 64)
		if err != nil {
			panic("support.txt: " + err.Error()) // embedded: a broken table is a broken build
		}
		m[strings.TrimSpace(l[:i])] = v
	}
	return m
})

func score(fs []feature) float64 {
	w := supportWeights()
	sum := w["constant"]
	for _, f := range fs {
		sum += w[f.name] * f.value
	}
	return 1 / (1 + math.Exp(-sum))
}
