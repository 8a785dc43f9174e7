package ground

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dateline/corpus"
	"dateline/corpus/word"
)

// TestFitSupport fits the weights of support.txt, and writes them there:
//
//	DATELINE_FIT=<data folder> go test ./bot/ground -run TestFitSupport -v
//
// It reads the two SQuADShifts sets, which are free to fit on, and nothing
// else. Supported sentences are those of the articles, whole, shortened or
// joined, and questions with their answers put in; unsupported ones are made of
// them by exchanging words and by joining halves of sentences that do not
// belong together. A reteller makes those in words of their own. One article in
// eight is held out.
func TestFitSupport(t *testing.T) {
	dir := os.Getenv("DATELINE_FIT")
	if dir == "" {
		t.Skip("DATELINE_FIT names no folder of data to fit on")
	}
	var train, held []example
	for _, set := range []string{"squadshifts-wiki", "squadshifts-reddit"} {
		articles := readLines[fitArticle](t, filepath.Join(dir, set, "articles.jsonl.gz"))
		asked := make(map[string][]fitQuestion)
		for _, q := range readLines[fitQuestion](t, filepath.Join(dir, set, "questions.jsonl.gz")) {
			if len(q.Sources) == 1 && len(q.Answers) > 0 {
				id := q.Sources[0]
				asked[id] = append(asked[id], q)
			}
		}
		// Three paragraphs have sentences enough to go astray in.
		for i := 0; i+3 <= len(articles); i += 3 {
			rng := rand.New(rand.NewPCG(fitSeed, uint64(i)))
			text, qs := "", []fitQuestion(nil)
			for _, a := range articles[i : i+3] {
				text += a.Text + "\n\n"
				qs = append(qs, asked[a.ID]...)
			}
			es := examples(rng, text, qs)
			// What follows is about nearly the same, what stands far away is not.
			near := articles[(i+3)%len(articles)]
			far := articles[(i+3*(1+rng.IntN(len(articles)/3-1)))%len(articles)]
			r := &reteller{rng: rng, text: text, far: far.Text, lower: rng.IntN(2) == 0}
			es = append(es, r.firsts(near.Text)...)
			es = append(es, r.answers(qs, asked[near.ID])...)
			if (i/3)%8 == 0 {
				held = append(held, es...)
			} else {
				train = append(train, es...)
			}
		}
	}
	names := []string{"constant"}
	for _, f := range train[0].features {
		names = append(names, f.name)
	}
	w := fitLogistic(train)
	yes := 0
	for _, e := range train {
		if e.supported {
			yes++
		}
	}
	file := fmt.Sprintf("# Weights of the support score, a logistic model, made by TestFitSupport from the\n"+
		"# SQuADShifts sets (Wikipedia and Reddit): %d sentences, %d of them supported.\n# ROC AUC on %d that were held out: %.3f.\n", len(train), yes, len(held), aucOf(held, w))
	for i, n := range names {
		file += fmt.Sprintf("%-20s %.3f\n", n, w[i])
	}
	t.Logf("%s", file)
	kinds := make(map[string]bool)
	for _, e := range held {
		kinds[e.kind] = true
	}
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		sum, n := 0.0, 0.0
		for _, e := range held {
			if e.kind == k {
				sum += e.score(w)
				n++
			}
		}
		t.Logf("%-24s %5.0f  mean score %.3f", k, n, sum/n)
	}
	if err := os.WriteFile("support.txt", []byte(file), 0o666); err != nil {
		t.Fatal(err)
	}
}

const fitSeed = 7

type fitArticle struct{ ID, Text string }

type fitQuestion struct {
	Question string
	Answers  []string
	Sources  []string
}

type example struct {
	kind      string
	supported bool
	features  []feature
}

func (e example) score(w []float64) float64 {
	sum := w[0]
	for i, f := range e.features {
		sum += w[i+1] * f.value
	}
	return 1 / (1 + math.Exp(-sum))
}

// examples makes sentences about a text that it supports, and others.
func examples(rng *rand.Rand, text string, qs []fitQuestion) []example {
	a := &corpus.Article{Text: text, Body: corpus.Span{End: len(text)}}
	story := Read(a)
	var ss []string
	for _, l := range story.lines {
		if len(l.words) >= 6 && len(l.words) <= 45 {
			ss = append(ss, l.text)
		}
	}
	if len(ss) < 4 {
		return nil
	}
	var es []example
	add := func(kind string, supported bool, s string) {
		c := NewClaim(s)
		if m := c.match(story.lines); m != nil && len(c.words) > 3 {
			es = append(es, example{kind, supported, c.traits(story.lines, m).mixed()})
		}
	}
	pick := func() string { return ss[rng.IntN(len(ss))] }
	for range 3 {
		i := rng.IntN(len(ss))
		s := ss[i]
		add("short", true, thin(rng, cut(rng, s)))
		add("short", true, cut(rng, thin(rng, pick())))
		if rng.IntN(4) == 0 {
			add("whole", true, s)
		}
		if i+1 < len(ss) && rng.IntN(2) == 0 {
			add("joined", true, cut(rng, s)+" and "+cut(rng, ss[i+1]))
		}
		add("fused", false, fuse(rng, cut(rng, s), pick()))
		add("fused", false, fuse(rng, fuse(rng, s, ss[min(len(ss)-1, i+1)]), pick()))
		add("swapped", false, swap(rng, cut(rng, s), pick()))
		if rng.IntN(2) == 0 {
			add("shuffled", false, thin(rng, shuffle(rng, cut(rng, s))))
		}
	}
	for k := range qs {
		if k >= 4 {
			break
		}
		q := qs[k]
		other := qs[rng.IntN(len(qs))]
		if c, ok := declare(q.Question, q.Answers[0]); ok {
			add("answer", true, c)
		}
		if other.Question != q.Question && !slices.Contains(q.Answers, other.Answers[0]) {
			if c, ok := declare(q.Question, other.Answers[0]); ok {
				add("no answer", false, c)
			}
		}
	}
	return es
}

// cut shortens a sentence to a part that stands by itself, mostly.
func cut(rng *rand.Rand, s string) string {
	parts := strings.Split(s, ", ")
	if len(parts) == 1 || rng.IntN(3) == 0 {
		return s
	}
	from := rng.IntN(len(parts))
	to := from + 1 + rng.IntN(len(parts)-from)
	if c := strings.Join(parts[from:to], ", "); len(strings.Fields(c)) >= 5 {
		return c
	}
	return s
}

// thin leaves a word or two out, not those that deny.
func thin(rng *rand.Rand, s string) string {
	words := strings.Fields(s)
	for range rng.IntN(3) {
		if i := rng.IntN(len(words)); len(words) > 5 && !negators[word.Fold(words[i])] {
			words = slices.Delete(words, i, i+1)
		}
	}
	return strings.Join(words, " ")
}

// fuse joins the head of a sentence and the tail of another.
func fuse(rng *rand.Rand, a, b string) string {
	x, y := strings.Fields(a), strings.Fields(b)
	i := len(x)/3 + rng.IntN(len(x)/3+1)
	j := len(y)/3 + rng.IntN(len(y)/2+1)
	return strings.Join(x[:i], " ") + " " + strings.Join(y[max(0, min(j, len(y)-2)):], " ")
}

// swap puts words of another sentence in the place of some of this one.
func swap(rng *rand.Rand, s, from string) string {
	words := strings.Fields(s)
	var content []string
	for _, w := range word.Split(from) {
		if !w.Stop() {
			content = append(content, w.Text)
		}
	}
	if len(content) == 0 {
		return s + " not"
	}
	for n := 1 + rng.IntN(3); n > 0; {
		i := rng.IntN(len(words))
		if word.Stop(word.Fold(words[i])) && rng.IntN(10) > 0 {
			continue
		}
		words[i] = content[rng.IntN(len(content))]
		n--
	}
	return strings.Join(words, " ")
}

// shuffle exchanges two stretches of a sentence.
func shuffle(rng *rand.Rand, s string) string {
	w := strings.Fields(s)
	if len(w) < 6 {
		return s + " again " + s
	}
	i := 1 + rng.IntN(len(w)/3)
	j := len(w)/2 + rng.IntN(len(w)/3)
	out := slices.Concat(w[j:], w[i:j], w[:i])
	return strings.Join(out, " ")
}

// declare puts an answer into its question.
func declare(q, answer string) (string, bool) {
	words := strings.Fields(strings.TrimSuffix(q, "?"))
	for i, w := range words {
		switch strings.ToLower(w) {
		case "who", "what", "which":
			// "What did" asks for more than a change of words.
			rest := words[i+1:]
			if i+1 == len(words) || slices.Contains([]string{"did", "does", "do", "was", "is", "were", "are", "kind", "type"}, strings.ToLower(rest[0])) {
				return "", false
			}
			return strings.Join(slices.Concat(words[:i], []string{answer}, rest), " "), true
		}
	}
	return "", false
}

// fitLogistic minimises the logistic loss with a little L2, each side of the
// examples counting the same. It starts from equal weights for all features and
// is held near them, and no weight goes below 0: each feature was chosen because
// it speaks for support, in sentences of every kind, and the sentences made here
// are of a few kinds only.
func fitLogistic(es []example) []float64 {
	const l2, rounds, equal = 0.1, 200, 1.0
	k := len(es[0].features) + 1
	w, step, second := make([]float64, k), make([]float64, k), make([]float64, k)
	for i := 1; i < k; i++ {
		w[i] = equal
	}
	yes := 0.0
	for _, e := range es {
		if e.supported {
			yes++
		}
	}
	for range rounds {
		grad := make([]float64, k)
		for _, e := range es {
			y, share := 0.0, 0.5/(float64(len(es))-yes)
			if e.supported {
				y, share = 1, 0.5/yes
			}
			d := (e.score(w) - y) * share
			grad[0] += d
			for i, f := range e.features {
				grad[i+1] += d * f.value
			}
		}
		for i := range w {
			g := grad[i]
			if i > 0 {
				g += l2 * (w[i] - equal)
			}
			step[i] = 0.9*step[i] + 0.1*g
			second[i] = 0.99*second[i] + 0.01*g*g
			w[i] -= 0.03 * step[i] / (math.Sqrt(second[i]) + 1e-8)
			if i > 0 {
				w[i] = max(0, w[i])
			}
		}
	}
	return w
}

func aucOf(es []example, w []float64) float64 {
	type pair struct {
		v   float64
		yes bool
	}
	ps := make([]pair, len(es))
	for i, e := range es {
		ps[i] = pair{e.score(w), e.supported}
	}
	slices.SortFunc(ps, func(a, b pair) int {
		if a.v < b.v {
			return -1
		} else if a.v > b.v {
			return 1
		}
		return 0
	})
	no, sum, yes := 0.0, 0.0, 0.0
	for _, p := range ps {
		if p.yes {
			yes++
			sum += no
		} else {
			no++
		}
	}
	return sum / (yes * no)
}

func readLines[T any](t *testing.T, name string) []T {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 16<<20)
	for sc.Scan() {
		var v T
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}
