package retrieval_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"dateline/retrieval"
	"dateline/retrieval/bleve"
	"dateline/retrieval/chromem"
	"dateline/retrieval/retrievaltest"
)

// glossary is an embedder that knows what some words mean: those of one line have
// one direction.
type glossary []string

var _ retrieval.Embedder = glossary(nil)

func (g glossary) Model() string { return "glossary" }
func (g glossary) Dims() int     { return len(g) }

func (g glossary) Embed(_ context.Context, texts []string) ([][]float32, error) {
	vs := make([][]float32, len(texts))
	for i, text := range texts {
		v := make([]float32, g.Dims())
		for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return strings.ContainsRune(" .,?\n", r) }) {
			for j, line := range g {
				if slices.Contains(strings.Fields(line), w) {
					v[j] = 1
				}
			}
		}
		var sum float64
		for _, x := range v {
			sum += float64(x) * float64(x)
		}
		for j := range v {
			v[j] /= float32(math.Sqrt(max(sum, 1)))
		}
		vs[i] = v
	}
	return vs, nil
}

var meanings = glossary{
	"truce ceasefire armistice",
	"envoy emissary diplomat",
	"vaccine jab inoculation",
	"strike walkout stoppage",
}

func fused(t *testing.T, o retrieval.Options) *retrieval.Index {
	t.Helper()
	src := new(retrievaltest.Source)
	for name, text := range map[string]string{
		"truce.txt":  "The two sides agreed on a ceasefire late on Friday, an emissary of the king said.",
		"port.txt":   "The two sides of the port agreed that a new crane is wanted. The talks were late.",
		"jab.txt":    "Nurses gave the first inoculation of the winter to the mayor of Ellisande.",
		"rail.txt":   "Drivers began a stoppage on all lines to the coast at noon.",
		"recipe.txt": "Boil the lentils for an hour, add salt, and serve them with bread.",
	} {
		src.Put(name, retrievaltest.Article(name, "", "", text))
	}
	o.Keywords = bleve.Engine{}
	x := open(t, t.TempDir(), o)
	sync1(t, x, src)
	return x
}

func TestFusion(t *testing.T) {
	both := fused(t, retrieval.Options{Embedder: meanings, Vectors: chromem.Engine{}})
	alone := fused(t, retrieval.Options{})
	for _, tt := range []struct {
		name, query string
		both, alone string // what is found first, if anything
	}{
		{"words and meaning agree", "Which inoculation was the first of the winter?", "jab.txt", "jab.txt"},
		{"meaning leads where other words abound", "When did the two sides agree on a truce in the talks?", "truce.txt", "port.txt"},
		{"meaning finds what words cannot", "walkout?", "rail.txt", ""},
		{"words decide among texts alike in meaning", "Are lentils served with bread?", "recipe.txt", "recipe.txt"},
		{"nothing is near a nonsense", "qwzx vrrk plomf", "", ""},
		{"nothing is near nothing", "?", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, c := range []struct {
				name, want string
				x          *retrieval.Index
			}{{"both", tt.both, both}, {"words alone", tt.alone, alone}} {
				r, err := c.x.Search(t.Context(), retrieval.Query{Text: tt.query})
				if err != nil {
					t.Fatal(err)
				}
				got := ""
				if len(r.Hits) > 0 {
					got = r.Hits[0].Article.Source
				}
				if got != c.want {
					t.Errorf("%s: got %q first, want %q", c.name, got, c.want)
				}
				for i, h := range r.Hits {
					if h.Score <= 0 || math.Abs(h.Score-h.Words-h.Meaning) > 1e-12 || h.Words < 0 || h.Meaning < 0 {
						t.Errorf("%s: %s: got score %v of words %v and meaning %v, want a sum above 0", c.name, h.Article.Source, h.Score, h.Words, h.Meaning)
					}
					if i > 0 && h.Score > r.Hits[i-1].Score {
						t.Errorf("%s: got score %v after %v", c.name, h.Score, r.Hits[i-1].Score)
					}
					if c.x == alone && h.Meaning != 0 {
						t.Errorf("%s: got meaning %v without vectors", h.Article.Source, h.Meaning)
					}
				}
			}
		})
	}
}

// A passage scores the same whatever else may be found, so that results of two
// filters can be put together.
func TestScoresCompare(t *testing.T) {
	x := fused(t, retrieval.Options{Embedder: meanings, Vectors: chromem.Engine{}})
	const query = "Which side agreed on a truce with the mayor?"
	all, err := x.Search(t.Context(), retrieval.Query{Text: query})
	if err != nil {
		t.Fatal(err)
	}
	if len(all.Hits) < 3 {
		t.Fatalf("got %d hits, want 3 at the least", len(all.Hits))
	}
	for _, h := range all.Hits {
		r, err := x.Search(t.Context(), retrieval.Query{Text: query, Filter: retrieval.Filter{Sources: []string{h.Article.Source}}})
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Hits) != 1 || r.Hits[0].Score != h.Score {
			t.Errorf("%s: got %+v, want one hit with score %v", h.Article.Source, r.Hits, h.Score)
		}
	}
}

// A passage without a vector stands where words put it among those that have one.
func TestVectorsOfSome(t *testing.T) {
	src := new(retrievaltest.Source)
	src.Put("old.txt", retrievaltest.Article("old.txt", "", "2025-01-01", "The envoy spoke of a truce at the harbour."))
	dir := t.TempDir()
	o := retrieval.Options{Keywords: bleve.Engine{}, Embedder: meanings, Vectors: chromem.Engine{}, OnTheSpot: 1}
	x := open(t, dir, o)
	sync1(t, x, src)
	embed1(t, x)
	// One of these gets a vector before the search, and two do not.
	for _, name := range []string{"1.txt", "2.txt", "3.txt"} {
		src.Put(name, retrievaltest.Article(name, "", "2025-01-0"+name[:1], "The envoy spoke of a truce at the harbour of Ellisande, "+name+" says."))
	}
	sync1(t, x, src)
	r, err := x.Search(t.Context(), retrieval.Query{Text: "Did the envoy speak of a truce at the harbour of Ellisande?"})
	if err != nil {
		t.Fatal(err)
	}
	if r.Searched.Embedded == r.Searched.Passages {
		t.Fatalf("got vectors of all %d passages, want some without", r.Searched.Passages)
	}
	if len(r.Hits) != 4 || r.Hits[3].Article.Source != "old.txt" {
		t.Errorf("got %d hits, the last of %s, want 4, the last of old.txt, which lacks a word", len(r.Hits), r.Hits[len(r.Hits)-1].Article.Source)
	}
}
