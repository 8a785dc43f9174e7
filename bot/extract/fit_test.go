package extract

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dateline/corpus"
	"dateline/corpus/files"
	"dateline/corpus/lexicon"
	"dateline/corpus/word"
	"dateline/retrieval"
)

// TestFit fits the weights of weights.txt, and writes them there:
//
//	DATELINE_FIT=<data folder> go test ./bot/extract -run TestFit -timeout 30m -v
//
// It reads the two SQuADShifts sets, which are free to fit on, and nothing
// else. One title in eight is held out, and the figures are of those.
func TestFit(t *testing.T) {
	dir := os.Getenv("DATELINE_FIT")
	if dir == "" {
		t.Skip("DATELINE_FIT names no folder of data to fit on")
	}
	var lessons []lesson
	lib := newLibrary(t, dir, "squadshifts-wiki", "squadshifts-reddit")
	for _, l := range lib.lessons {
		if l.key%fitOf < fitShare || l.held() {
			lessons = append(lessons, l)
		}
	}
	start := time.Now()
	groups := lib.groups(lessons)
	t.Logf("%d questions read in %v", len(groups), time.Since(start))
	var train, held []*fitGroup
	for _, g := range groups {
		if g.held {
			held = append(held, g)
		} else {
			train = append(train, g)
		}
	}
	before := models()["rank"]
	t.Logf("before:\n%s", fitTable(held, before))
	w := fitRank(train, prior(t))
	after := fitTable(held, w)
	t.Logf("after:\n%s", after)
	copy(before, w) // what trust is put in is what the new weights choose
	trust, table := fitTrust(lib, lessons)
	t.Logf("trust:\n%s", table)
	file := fmt.Appendf(nil, fitHeader, len(train), after, table, fitLines("rank", w)+fitLines("trust", trust))
	if err := os.WriteFile("weights.txt", file, 0o666); err != nil {
		t.Fatal(err)
	}
}

const (
	fitOf, fitShare = 100, 50 // of so many questions, so many are read
	fitSeed         = 7
	fitOthers       = 60 // candidates of other paragraphs, the best ones
	fitHits         = 5  // passages a question
)

const fitHeader = `# Weights of the reader's linear models, made by TestFit of fit_test.go from the
# SQuADShifts sets (Wikipedia and Reddit): %d questions.
#
# rank/... orders the candidates of one question. Held-out titles, by kind of
# question: questions, F1 of the best candidate, exact matches, F1 of the best
# that could have been chosen.
#
%s#
# trust/... tells answers from the best that could be had, as a logistic
# regression. Held-out titles: share of each that is taken for an answer.
#
%s
%s`

// prior are the weights that a reader of news would set by hand, towards which
// fitting is drawn: what is learnt from encyclopedia and forum must earn its
// place.
func prior(t testing.TB) model {
	ms, err := readModels(`
rank/cov 2.2
rank/near 1.6
rank/names 0.8
rank/verb 0.8
rank/fit 1.3
rank/role 0.9
rank/prox 1.2
rank/rank 0.5
rank/lede 0.12
rank/dates 0.8
rank/heading -0.4
rank/role:when 0.5
rank/repeatsAll -1
`)
	if err != nil {
		t.Fatal(err)
	}
	return ms["rank"]
}

// A lesson is a question and what answers it.
type lesson struct {
	ID, Question string
	Answers      []string
	Sources      []string
	set          string
	key          uint32 // a hash, to choose by
	title        uint32
}

func (l *lesson) held() bool { return l.title%8 == 0 }

// A library is the articles of the sets and an index of their passages.
type library struct {
	lessons []lesson
	hits    []retrieval.Hit
	source  map[string][]int // passages by record id
	posting map[string][]fitPosting
	length  []float64
	mean    float64
}

type fitPosting struct {
	at int
	n  float64
}

func newLibrary(t testing.TB, dir string, sets ...string) *library {
	l := &library{source: make(map[string][]int), posting: make(map[string][]fitPosting)}
	for _, set := range sets {
		c, err := files.Open(filepath.Join(dir, set, "articles.jsonl.gz"))
		if err != nil {
			t.Fatal(err)
		}
		fs, _, err := c.Files(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fs {
			_, err := c.Read(context.Background(), f, func(a *corpus.Article) error {
				_, id, _ := strings.Cut(a.Source, "#")
				for _, p := range corpus.Passages(a.Text, a.Sentences()) {
					at := len(l.hits)
					l.hits = append(l.hits, retrieval.Hit{Article: a, Passage: p})
					l.source[id] = append(l.source[id], at)
					terms := word.Terms(p.Of(a.Text))
					counts := make(map[string]float64)
					for _, term := range terms {
						counts[term]++
					}
					for term, n := range counts {
						l.posting[term] = append(l.posting[term], fitPosting{at, n})
					}
					l.length = append(l.length, float64(len(terms)))
					l.mean += float64(len(terms))
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		f, err := os.Open(filepath.Join(dir, set, "questions.jsonl.gz"))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		sc := bufio.NewScanner(z)
		sc.Buffer(nil, 1<<24)
		for sc.Scan() {
			q := lesson{set: set}
			if err := json.Unmarshal(sc.Bytes(), &q); err != nil {
				t.Fatal(err)
			}
			if len(q.Sources) == 0 || len(l.source[q.Sources[0]]) == 0 {
				continue
			}
			q.key = hashOf(q.ID)
			title := q.Sources[0]
			if set == "squadshifts-wiki" {
				title = title[:strings.LastIndexByte(title, '/')]
			}
			q.title = hashOf(title)
			l.lessons = append(l.lessons, q)
		}
		if err := sc.Err(); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	l.mean /= float64(len(l.hits))
	return l
}

func hashOf(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	v := h.Sum32()
	return v ^ v>>15 // FNV's low bits alone are poor
}

// search ranks passages by BM25.
func (l *library) search(text string) []retrieval.Hit {
	scores := make(map[int]float64)
	for _, term := range word.Terms(text) {
		ps := l.posting[term]
		n := float64(len(ps))
		idf := math.Log(1 + (float64(len(l.hits))-n+.5)/(n+.5))
		for _, p := range ps {
			scores[p.at] += idf * p.n * 2.2 / (p.n + 1.2*(.25+.75*l.length[p.at]/l.mean))
		}
	}
	at := slices.SortedFunc(maps.Keys(scores), func(a, b int) int {
		return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(a, b))
	})
	hits := make([]retrieval.Hit, len(at))
	for i, a := range at {
		hits[i] = l.hits[a]
		hits[i].Score = scores[a]
	}
	return hits
}

func (l *library) isGold(q *lesson, h retrieval.Hit) bool {
	_, id, _ := strings.Cut(h.Article.Source, "#")
	return slices.Contains(q.Sources, id)
}

// passages are the gold paragraph and what else search finds, as they would
// reach the reader.
func (l *library) passages(q *lesson) []retrieval.Hit {
	var hits []retrieval.Hit
	others := 0
	for _, h := range l.search(q.Question) {
		if l.isGold(q, h) {
			hits = append(hits, h)
		} else if others < fitHits-1 {
			hits = append(hits, h)
			others++
		}
	}
	return hits
}

// A fitCand is a candidate as fitting sees it.
type fitCand struct {
	fs    []fitFeature
	label float32
	exact bool
}

type fitFeature struct {
	at    int32
	value float32
}

// A fitGroup is the candidates of one question.
type fitGroup struct {
	cands []fitCand
	kind  kind
	held  bool
	best  float64
}

func (l *library) groups(lessons []lesson) []*fitGroup {
	groups := make([]*fitGroup, len(lessons))
	next := make(chan int)
	done := make(chan bool)
	for range 2 {
		go func() {
			for i := range next {
				groups[i] = l.group(&lessons[i])
			}
			done <- true
		}()
	}
	for i := range lessons {
		next <- i
	}
	close(next)
	<-done
	<-done
	return groups
}

func (l *library) group(q *lesson) *fitGroup {
	r := &reading{q: parse(q.Question, noDay)}
	r.load(l.passages(q))
	r.match()
	r.rank()
	g := &fitGroup{kind: r.q.kind, held: q.held()}
	others := 0
	var fs []feature
	gold := make([][]string, len(q.Answers))
	for i, a := range q.Answers {
		gold[i] = answerWords(a)
	}
	for i := range r.cands {
		x := &r.cands[i]
		right := l.isGold(q, retrieval.Hit{Article: x.s.doc.article})
		if !right {
			if others++; others > fitOthers {
				continue
			}
		}
		c := fitCand{}
		text := x.text
		if text == "" {
			text = x.span.Of(x.s.doc.article.Text)
		}
		if right {
			f, exact := answerF1(answerWords(text), gold)
			c.label, c.exact = float32(f), exact
		}
		g.best = max(g.best, float64(c.label))
		fs = r.rankFeatures(fs[:0], x)
		c.fs = make([]fitFeature, len(fs))
		for j, f := range fs {
			c.fs[j] = fitFeature{int32(f.at), float32(f.value)}
		}
		g.cands = append(g.cands, c)
	}
	return g
}

// answerWords are the words by which answers are compared, as SQuAD does it:
// without articles and punctuation.
func answerWords(s string) []string {
	var ws []string
	for _, w := range word.Split(s) {
		if w.Norm != "a" && w.Norm != "an" && w.Norm != "the" {
			ws = append(ws, w.Norm)
		}
	}
	return ws
}

// answerF1 is the best token F1 of an answer with one of the gold answers, and
// whether it equals one.
func answerF1(pred []string, gold [][]string) (best float64, exact bool) {
	for _, g := range gold {
		exact = exact || slices.Equal(pred, g)
		n := 0
		used := make([]bool, len(g))
		for _, w := range pred {
			for i := range g {
				if !used[i] && g[i] == w {
					used[i] = true
					n++
					break
				}
			}
		}
		if n > 0 {
			best = max(best, 2*float64(n)/float64(len(pred)+len(g)))
		}
	}
	return best, exact
}

func (m model) fitScore(c *fitCand) float64 {
	v := 0.0
	for _, f := range c.fs {
		v += m[f.at] * float64(f.value)
	}
	return v
}

// Fitting. The figures were chosen on the held-out titles.
const (
	fitEpochs = 12
	fitRate   = 0.15
	fitDecay  = 0.07 // towards the prior, a question; by what it costs on news too
	fitLeast  = 30   // questions in which a feature must occur
	fitPrune  = 0.02 // smaller weights are left out
)

// fitFixed are features that the sets teach nothing about, being single paragraphs
// without dates: their weights stay as they were set.
var fitFixed = map[string]bool{"lede": true, "heading": true, "dates": true, "rank": true}

// fitRank maximises the expected F1 of a choice by softmax over the candidates
// of each question, by Adagrad.
func fitRank(groups []*fitGroup, w0 model) model {
	w := slices.Clone(w0)
	seen := make([]int, len(w))
	last := make([]*fitGroup, len(w))
	for _, g := range groups {
		for i := range g.cands {
			for _, f := range g.cands[i].fs {
				if last[f.at] != g {
					last[f.at] = g
					seen[f.at]++
				}
			}
		}
	}
	sums := make([]float64, len(w))
	avg := make(model, len(w))
	steps := 0
	grad := make([]float64, len(w))
	rng := rand.New(rand.NewPCG(fitSeed, fitSeed))
	order := rng.Perm(len(groups))
	var p []float64
	for epoch := range fitEpochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, at := range order {
			g := groups[at]
			if g.best < 0.2 {
				continue
			}
			p = p[:0]
			top := math.Inf(-1)
			for i := range g.cands {
				p = append(p, w.fitScore(&g.cands[i]))
				top = max(top, p[i])
			}
			sum := 0.0
			for i := range p {
				p[i] = math.Exp(p[i] - top)
				sum += p[i]
			}
			expected := 1e-4
			for i := range p {
				p[i] /= sum
				expected += p[i] * float64(g.cands[i].label)
			}
			var touched []int32
			for i := range p {
				// The gradient of -log E[F1].
				d := -p[i] * (float64(g.cands[i].label) - expected) / expected
				if math.Abs(d) < 1e-5 {
					continue
				}
				for _, f := range g.cands[i].fs {
					if seen[f.at] < fitLeast || fitFixed[features.names[f.at]] {
						continue
					}
					if grad[f.at] == 0 {
						touched = append(touched, f.at)
					}
					grad[f.at] += d * float64(f.value)
				}
			}
			for _, at := range touched {
				d := grad[at] + fitDecay*(w[at]-w0[at])
				if grad[at] != 0 {
					sums[at] += d * d
					w[at] -= fitRate * d / math.Sqrt(sums[at]+1e-6)
				}
				grad[at] = 0
			}
		}
		if epoch >= fitEpochs/2 {
			steps++
			for i := range avg {
				avg[i] += w[i]
			}
		}
	}
	for i := range avg {
		avg[i] /= float64(steps)
	}
	return avg
}

// fitTable says by kind how well a model chooses.
func fitTable(groups []*fitGroup, w model) string {
	type row struct{ n, f1, exact, best float64 }
	rows := make(map[string]*row)
	for _, g := range groups {
		top, best := -1, math.Inf(-1)
		for i := range g.cands {
			if v := w.fitScore(&g.cands[i]); v > best {
				top, best = i, v
			}
		}
		for _, name := range [...]string{g.kind.String(), "all"} {
			r := rows[name]
			if r == nil {
				r = new(row)
				rows[name] = r
			}
			r.n++
			r.best += g.best
			if top >= 0 {
				r.f1 += float64(g.cands[top].label)
				if g.cands[top].exact {
					r.exact++
				}
			}
		}
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		r := rows[name]
		fmt.Fprintf(&b, "#   %-9s %5.0f  F1 %.3f  exact %.3f  within reach %.3f\n", name, r.n, r.f1/r.n, r.exact/r.n, r.best/r.n)
	}
	return b.String()
}

func fitLines(name string, w model) string {
	var lines []string
	for i, v := range w {
		if math.Abs(v) >= fitPrune {
			lines = append(lines, fmt.Sprintf("%s/%s %.4f\n", name, features.names[i], v))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// How the questions came about that trust is fitted on.
const (
	fitAnswered = iota // as asked, and the right candidate came first
	fitAway            // without its paragraph and whatever else holds the answer
	fitFalse           // with a word changed, so that it presupposes what is not so
	fitWrong           // as asked, and another candidate came first; not fitted on
	fitCases
)

var fitCaseNames = [fitCases]string{"answered", "paragraph taken out", "question made false", "answered wrongly"}

type trustCase struct {
	fs   []fitFeature
	how  int
	held bool
}

func (l *library) trustCases(q *lesson) []trustCase {
	var cases []trustCase
	rng := rand.New(rand.NewPCG(fitSeed, uint64(q.key)))
	try := func(text string, hits []retrieval.Hit, how int) *reading {
		r := &reading{q: parse(text, noDay)}
		r.load(hits)
		r.match()
		if len(r.missing()) > 0 {
			return r
		}
		r.rank()
		if len(r.cands) == 0 {
			return r
		}
		x := &r.cands[0]
		if how == fitAnswered && !l.answers(q, x) {
			how = fitWrong
		}
		c := trustCase{how: how, held: q.held()}
		for _, f := range r.trustFeatures(nil, x) {
			c.fs = append(c.fs, fitFeature{int32(f.at), float32(f.value)})
		}
		cases = append(cases, c)
		return r
	}
	hits := l.passages(q)
	r := try(q.Question, hits, fitAnswered)
	if rng.IntN(2) == 0 {
		var away []retrieval.Hit
		for _, h := range l.search(q.Question) {
			text := strings.Join(answerWords(h.Passage.Of(h.Article.Text)), " ")
			holds := l.isGold(q, h)
			for _, a := range q.Answers {
				holds = holds || strings.Contains(" "+text+" ", " "+strings.Join(answerWords(a), " ")+" ")
			}
			if !holds {
				if away = append(away, h); len(away) == fitHits {
					break
				}
			}
		}
		try(q.Question, away, fitAway)
	}
	if text := l.alter(r, rng); text != "" {
		try(text, hits, fitFalse)
	}
	return cases
}

// answers reports whether a candidate is right, or the sentence it stands in.
func (l *library) answers(q *lesson, x *candidate) bool {
	if !l.isGold(q, retrieval.Hit{Article: x.s.doc.article}) {
		return false
	}
	var gold [][]string
	sentence := " " + strings.Join(answerWords(x.s.text()), " ") + " "
	for _, a := range q.Answers {
		ws := answerWords(a)
		gold = append(gold, ws)
		if len(ws) > 0 && strings.Contains(sentence, " "+strings.Join(ws, " ")+" ") {
			return true
		}
	}
	f, _ := answerF1(answerWords(x.span.Of(x.s.doc.article.Text)), gold)
	return f >= 0.3
}

// alter changes one word of a question for another of its kind, its opposite
// if there is one, so that nothing that was read answers it any more; "" if it
// has none to change.
func (l *library) alter(r *reading, rng *rand.Rand) string {
	q := r.q
	var at []int
	for i := range q.terms {
		if t := &q.terms[i]; t.weight >= 2.5 && !t.focus || t.number || t.name {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return ""
	}
	in := make(map[string]bool)
	for i := range q.terms {
		in[q.terms[i].stem] = true
	}
	for range 4 {
		t := &q.terms[at[rng.IntN(len(at))]]
		var near, far, opposite []string
		collect := func(u *token, list *[]string) {
			same := u.Tag == t.Tag || t.number && u.digit() || t.Tag.Proper() && u.Tag.Proper()
			if !same || len(u.stems) != 1 || in[u.stems[0]] || word.Stop(u.norm) || auxiliary(u.norm) || t.number != u.digit() || t.name != u.capital() || lexicon.Synonyms(t.stem, u.stems[0]) || q.same(t, u) > 0 {
				return
			}
			if lexicon.Antonyms(t.stem, u.stems[0]) {
				opposite = append(opposite, u.Text)
			}
			*list = append(*list, u.Text)
		}
		for _, d := range r.docs {
			for _, s := range d.sentences {
				for i := range s.tokens {
					collect(&s.tokens[i], &near)
				}
			}
		}
		for range 3 {
			h := l.hits[rng.IntN(len(l.hits))]
			for _, u := range tokens(h.Passage.Of(h.Article.Text)) {
				collect(&u, &far)
			}
		}
		list := near
		if len(near) == 0 || !t.name && rng.IntN(2) == 0 {
			list = far
		}
		if len(opposite) > 0 && rng.IntN(2) == 0 {
			list = opposite
		}
		if len(list) > 0 {
			return q.text[:t.Start] + list[rng.IntN(len(list))] + q.text[t.End:]
		}
	}
	return ""
}

// fitTrust fits the model that tells answers from other candidates.
func fitTrust(l *library, lessons []lesson) (model, string) {
	all := make([][]trustCase, len(lessons))
	next := make(chan int)
	done := make(chan bool)
	for range 2 {
		go func() {
			for i := range next {
				all[i] = l.trustCases(&lessons[i])
			}
			done <- true
		}()
	}
	for i := range lessons {
		next <- i
	}
	close(next)
	<-done
	<-done
	var train, held []trustCase
	for _, cs := range all {
		for _, c := range cs {
			if c.held {
				held = append(held, c)
			} else {
				train = append(train, c)
			}
		}
	}
	w := fitLogistic(train)
	return w, trustTable(held, w)
}

func fitLogistic(cases []trustCase) model {
	w := make(model, len(features.names))
	seen := make([]int, len(w))
	var counts [fitCases]float64
	for _, c := range cases {
		counts[c.how]++
		for _, f := range c.fs {
			seen[f.at]++
		}
	}
	// Answers weigh as much as the two sorts of others together.
	balance := [fitCases]float64{fitAnswered: 1, fitAway: counts[fitAnswered] * trustAway / counts[fitAway], fitFalse: counts[fitAnswered] * (1 - trustAway) / counts[fitFalse]}
	sums := make([]float64, len(w))
	rng := rand.New(rand.NewPCG(fitSeed, fitSeed))
	order := rng.Perm(len(cases))
	avg := make(model, len(w))
	for epoch := range trustEpochs {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, at := range order {
			c := &cases[at]
			if balance[c.how] == 0 {
				continue
			}
			want := 0.0
			if c.how == fitAnswered {
				want = 1
			}
			d := (1/(1+math.Exp(-w.fitScore(&fitCand{fs: c.fs}))) - want) * balance[c.how]
			for _, f := range c.fs {
				if seen[f.at] < fitLeast {
					continue
				}
				g := d*float64(f.value) + trustDecay*w[f.at]
				sums[f.at] += g * g
				w[f.at] -= fitRate * g / math.Sqrt(sums[f.at]+1e-6)
			}
		}
		if epoch >= trustEpochs/2 {
			for i := range avg {
				avg[i] += w[i] / float64(trustEpochs-trustEpochs/2)
			}
		}
	}
	return avg
}

const (
	trustEpochs = 16
	trustDecay  = 1e-3
	trustAway   = 0.4 // share of the questions whose paragraph was taken out among the unanswerable
)

func trustTable(cases []trustCase, w model) string {
	var n, yes [fitCases]float64
	for _, c := range cases {
		n[c.how]++
		if w.fitScore(&fitCand{fs: c.fs}) > 0 {
			yes[c.how]++
		}
	}
	var b strings.Builder
	for i, name := range fitCaseNames {
		fmt.Fprintf(&b, "#   %-20s %5.0f  %.3f\n", name, n[i], yes[i]/n[i])
	}
	return b.String()
}
