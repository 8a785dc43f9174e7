package bleve_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"dateline/corpus/word"
	"dateline/retrieval"
	"dateline/retrieval/bleve"
	"dateline/retrieval/retrievaltest"
)

func TestConformance(t *testing.T) { retrievaltest.Keywords(t, bleve.Engine{}) }

// plain is BM25 over texts with k1 1.2 and b 0.75, written as in the
// literature and not as in the package.
func plain(texts []string, query string) []float64 {
	n := float64(len(texts))
	docs := make([][]string, len(texts))
	total := 0.0
	for i, t := range texts {
		docs[i] = word.Terms(t)
		total += float64(len(docs[i]))
	}
	scores := make([]float64, len(texts))
	for _, q := range word.Terms(query) {
		with := 0.0
		for _, d := range docs {
			if slices.Contains(d, q) {
				with++
			}
		}
		for i, d := range docs {
			f := 0.0
			for _, t := range d {
				if t == q {
					f++
				}
			}
			scores[i] += math.Log((n-with+0.5)/(with+0.5)+1) * (f * (1.2 + 1)) / (f + 1.2*(0.25+0.75*float64(len(d))/(total/n)))
		}
	}
	return scores
}

// The passages' scores are those of plain BM25, and so is the order of
// articles of one passage.
func TestAgainstPlainBM25(t *testing.T) {
	vocabulary := strings.Fields(`bridge harbour mayor Quillhaven Wednesday council vote bees church tower tram
		inspection engineer euro million reopen closed storm school meal minister told reporters 1,200 38.7 U.S. café`)
	r := rand.New(rand.NewPCG(5, 6))
	var ps []retrievaltest.Passage
	var texts []string
	for i := range 400 {
		var b strings.Builder
		for range 5 + r.IntN(120) {
			// Low numbers are drawn more often, as words are.
			fmt.Fprintf(&b, "%s ", vocabulary[int(float64(len(vocabulary))*math.Pow(r.Float64(), 2))])
		}
		texts = append(texts, b.String())
		ps = append(ps, retrievaltest.Passage{ID: fmt.Sprintf("%d/0", i), Article: i, Text: b.String()})
	}
	dir := t.TempDir()
	err := bleve.Engine{}.Build(context.Background(), dir, retrieval.KeywordBuild{
		Add: func(yield func(retrieval.KeywordDoc) bool) {
			for _, p := range ps {
				if !yield(retrieval.KeywordDoc{ID: p.ID, Body: word.Terms(p.Text)}) {
					return
				}
			}
		},
		Layout: func() []retrieval.KeywordPlace { return retrievaltest.Layout(ps) },
	})
	if err != nil {
		t.Fatal(err)
	}
	x, err := bleve.Engine{}.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	for _, q := range []string{"bridge", "who told the mayor of Quillhaven", "café bees 1200 U.S.", "bridge bridge tram", "Lisbon"} {
		t.Run(q, func(t *testing.T) {
			want := plain(texts, q)
			ms, err := x.Search(context.Background(), word.Terms(q), nil, len(texts))
			if err != nil {
				t.Fatal(err)
			}
			found := make(map[int]bool)
			for i, m := range ms {
				found[m.Passage] = true
				if math.Abs(m.BM25-want[m.Passage]) > 1e-9 {
					t.Errorf("passage %d: got %v, want %v", m.Passage, m.BM25, want[m.Passage])
				}
				if i > 0 && want[ms[i-1].Passage] < want[m.Passage]-1e-9 {
					t.Errorf("got passage %d (%v) before %d (%v)", ms[i-1].Passage, want[ms[i-1].Passage], m.Passage, want[m.Passage])
				}
			}
			for i, w := range want {
				if w > 0 && !found[i] {
					t.Errorf("passage %d of score %v not found", i, w)
				}
			}
		})
	}
}
