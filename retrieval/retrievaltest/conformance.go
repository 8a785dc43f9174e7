package retrievaltest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"dateline/corpus/word"
	"dateline/retrieval"
)

// Embedder tests what package retrieval relies on in an embedder.
func Embedder(t *testing.T, e retrieval.Embedder) {
	ctx := context.Background()
	texts := []string{
		"The bridge in Quillhaven reopens on Wednesday.",
		"", " \n", "…", "a", strings.Repeat("bridge ", 20000), "\xff\xfe bad bytes", "Яке місто?",
		"The bridge in Quillhaven reopens on Wednesday.",
	}
	embed := func(texts []string) [][]float32 {
		t.Helper()
		vs, err := e.Embed(ctx, texts)
		if err != nil {
			t.Fatal(err)
		}
		if len(vs) != len(texts) {
			t.Fatalf("got %d vectors, want %d", len(vs), len(texts))
		}
		return vs
	}
	if e.Model() == "" || e.Dims() <= 0 {
		t.Fatalf("got model %q of %d numbers, want a name and a size", e.Model(), e.Dims())
	}
	vs := embed(texts)
	for i, v := range vs {
		if len(v) != e.Dims() {
			t.Fatalf("text %d: got %d numbers, want %d", i, len(v), e.Dims())
		}
		if n := dot(v, v); n != 0 && math.Abs(n-1) > 1e-4 || math.IsNaN(n) {
			t.Errorf("text %d: got length %v, want 1 or 0", i, math.Sqrt(n))
		}
	}
	if got := embed(nil); len(got) != 0 {
		t.Errorf("got %d vectors for no texts", len(got))
	}
	if n := dot(vs[0], vs[0]); n == 0 {
		t.Error("got the zero vector for a sentence")
	}
	if n := dot(vs[1], vs[1]); n != 0 {
		t.Errorf("got length %v for the empty text, want 0", n)
	}
	if !slices.Equal(vs[0], vs[len(vs)-1]) {
		t.Error("one text got two vectors")
	}
	for i, text := range texts {
		if got := embed([]string{text})[0]; !slices.Equal(got, vs[i]) {
			t.Errorf("text %d: alone it got another vector than among others", i)
		}
	}
	near := embed([]string{"harbour bridge reopens", "the bridge over the harbour is open again", "a recipe for plum cake"})
	if same, other := dot(near[0], near[1]), dot(near[0], near[2]); same <= other {
		t.Errorf("got cosine %v for one matter and %v for another", same, other)
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := e.Embed(canceled, texts); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v after the context ended, want %v", err, context.Canceled)
	}
}

func dot(a, b []float32) float64 {
	var s float64
	for i := range a {
		s += float64(a[i]) * float64(b[i])
	}
	return s
}

// Vectors tests an engine of vectors.
func Vectors(t *testing.T, engine retrieval.Vectors) {
	ctx := context.Background()
	fill := func(t *testing.T, dims int, flat []float32) retrieval.VectorIndex {
		t.Helper()
		x, err := engine.Fill(ctx, dims, flat)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	find := func(t *testing.T, x retrieval.VectorIndex, v []float32, allowed *retrieval.Set, limit int) []retrieval.VectorMatch {
		t.Helper()
		ms, err := x.Nearest(ctx, v, allowed, limit)
		if err != nil {
			t.Fatal(err)
		}
		return ms
	}
	numbers := func(ms []retrieval.VectorMatch) []int {
		ns := []int{}
		for _, m := range ms {
			ns = append(ns, m.Passage)
		}
		return ns
	}
	want := func(t *testing.T, ms []retrieval.VectorMatch, want ...int) {
		t.Helper()
		if got := numbers(ms); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	set := func(n int, in ...int) *retrieval.Set {
		s := retrieval.NewSet(n)
		for _, i := range in {
			s.Add(i)
		}
		return s
	}
	small := []float32{1, 0, 0, 1, 0.6, 0.8, 0, 0, 0.8, 0.6}
	t.Run("empty", func(t *testing.T) { want(t, find(t, fill(t, 2, nil), []float32{1, 0}, nil, 5)) })
	t.Run("order", func(t *testing.T) { want(t, find(t, fill(t, 2, small), []float32{1, 0}, nil, 3), 0, 4, 2) })
	t.Run("fewer than asked for", func(t *testing.T) {
		want(t, find(t, fill(t, 2, small), []float32{1, 0}, nil, 100), 0, 4, 2, 1)
	})
	t.Run("none asked for", func(t *testing.T) { want(t, find(t, fill(t, 2, small), []float32{1, 0}, nil, 0)) })
	t.Run("allowed", func(t *testing.T) {
		want(t, find(t, fill(t, 2, small), []float32{1, 0}, set(5, 1, 2), 1), 2)
		want(t, find(t, fill(t, 2, small), []float32{1, 0}, set(5), 1))
	})
	t.Run("zero query", func(t *testing.T) { want(t, find(t, fill(t, 2, small), []float32{0, 0}, nil, 3)) })
	t.Run("wrong length", func(t *testing.T) {
		if _, err := fill(t, 2, small).Nearest(ctx, []float32{1, 0, 0}, nil, 3); err == nil {
			t.Error("got no error for a vector of another length")
		}
		if _, err := engine.Fill(ctx, 3, small); err == nil {
			t.Error("got no error for vectors that do not come out even")
		}
	})
	t.Run("ties", func(t *testing.T) {
		const n = 3000
		flat := make([]float32, 2*n)
		for i := range n {
			flat[2*i] = 1
		}
		x := fill(t, 2, flat)
		for range 3 {
			want(t, find(t, x, []float32{1, 0}, nil, 4), 0, 1, 2, 3)
			want(t, find(t, x, []float32{1, 0}, set(n, 2999, 1500, 7), 2), 7, 1500)
		}
	})
	t.Run("like a scan", func(t *testing.T) {
		const n, dims = 2500, 24
		r := rand.New(rand.NewPCG(1, 2))
		flat := make([]float32, n*dims)
		for i := range n {
			v := flat[i*dims : (i+1)*dims]
			for j := range v {
				v[j] = float32(r.NormFloat64())
			}
			by := float32(1 / math.Sqrt(dot(v, v)))
			for j := range v {
				v[j] *= by
			}
		}
		x := fill(t, dims, flat)
		some := retrieval.NewSet(n)
		for i := 0; i < n; i += 7 {
			some.Add(i)
		}
		for _, allowed := range []*retrieval.Set{nil, some} {
			q := flat[100*dims : 101*dims]
			var scan []retrieval.VectorMatch
			for i := range n {
				if allowed.Has(i) {
					scan = append(scan, retrieval.VectorMatch{Passage: i, Cosine: dot(q, flat[i*dims:(i+1)*dims])})
				}
			}
			slices.SortFunc(scan, func(a, b retrieval.VectorMatch) int {
				if a.Cosine > b.Cosine {
					return -1
				}
				return 1
			})
			got := find(t, x, q, allowed, 20)
			want(t, got, numbers(scan[:20])...)
			for i, m := range got {
				if math.Abs(m.Cosine-scan[i].Cosine) > 1e-5 {
					t.Errorf("got cosine %v, want %v", m.Cosine, scan[i].Cosine)
				}
			}
		}
	})
}

// Keywords tests an engine of words.
func Keywords(t *testing.T, engine retrieval.Keywords) {
	ctx := context.Background()
	if engine.Version() == "" {
		t.Error("the engine has no version")
	}
	// texts are passages of articles: "article number: text".
	build := func(t *testing.T, prev string, all []Passage, add []Passage) string {
		t.Helper()
		dir := t.TempDir()
		b := retrieval.KeywordBuild{
			Prev: prev,
			Add: func(yield func(retrieval.KeywordDoc) bool) {
				for _, p := range add {
					if !yield(retrieval.KeywordDoc{ID: p.ID, Body: word.Terms(p.Text)}) {
						return
					}
				}
			},
			Layout: func() []retrieval.KeywordPlace { return Layout(all) },
		}
		if err := engine.Build(ctx, dir, b); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	search := func(t *testing.T, dir, query string, allowed *retrieval.Set, limit int) []retrieval.KeywordMatch {
		t.Helper()
		x, err := engine.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := x.Close(); err != nil {
				t.Error(err)
			}
		}()
		ms, err := x.Search(ctx, word.Terms(query), allowed, limit)
		if err != nil {
			t.Fatal(err)
		}
		return ms
	}
	want := func(t *testing.T, ms []retrieval.KeywordMatch, want ...int) {
		t.Helper()
		got := []int{}
		for _, m := range ms {
			got = append(got, m.Passage)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	first := []Passage{
		{"a/0", 0, "The old bridge in Quillhaven reopens."},
		{"a/1", 0, "Residents said that they would believe it."},
		{"b/0", 1, "Bees of Lower Marrow moved into the church tower."},
		{"c/0", 2, "A tram hit a bees' nest near the bridge."},
	}
	t.Run("empty", func(t *testing.T) {
		dir := build(t, "", nil, nil)
		want(t, search(t, dir, "bridge", nil, 5))
		again := build(t, dir, first, first)
		want(t, search(t, again, "tower", nil, 5), 2)
	})
	t.Run("search", func(t *testing.T) {
		dir := build(t, "", first, first)
		want(t, search(t, dir, "church bees", nil, 5), 2, 3)
		want(t, search(t, dir, "nothing of this sort", nil, 5))
		want(t, search(t, dir, "", nil, 5))
		want(t, search(t, dir, "church bees", nil, 1), 2)
		want(t, search(t, dir, "church bees", nil, 0))
		only := retrieval.NewSet(4)
		only.Add(3)
		want(t, search(t, dir, "church bees", only, 5), 3)
	})
	t.Run("holding", func(t *testing.T) {
		x, err := engine.Open(build(t, "", first, first))
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		only := retrieval.NewSet(4)
		only.Add(3)
		for _, tt := range []struct {
			text    string
			allowed *retrieval.Set
			want    []int
		}{
			{"bridge", nil, []int{0, 3}},
			{"bees bridge", nil, []int{3}},
			{"bees bridge bees", nil, []int{3}},
			{"bees church", only, nil},
			{"bees", only, []int{3}},
			{"bridge church", nil, nil},
			{"bridge of nowhere", nil, nil},
			{"", nil, nil},
		} {
			got, err := x.Holding(ctx, word.Terms(tt.text), tt.allowed)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%q: got %v, %v, want %v", tt.text, got, err, tt.want)
			}
		}
	})
	t.Run("ties", func(t *testing.T) {
		var all []Passage
		for i := range 300 {
			all = append(all, Passage{fmt.Sprintf("%d/0", i), i, "the same words"})
		}
		want(t, search(t, build(t, "", all, all), "words", nil, 3), 0, 1, 2)
	})
	t.Run("change", func(t *testing.T) {
		dir := build(t, "", first, first)
		before := files(t, dir)
		second := []Passage{first[2], {"c2/0", 1, "The tram is repaired, the mayor said."}, {"d/0", 2, "Bees again."}}
		changed := build(t, dir, second, second[1:])
		want(t, search(t, changed, "bees", nil, 5), 2, 0)
		want(t, search(t, changed, "bridge Quillhaven", nil, 5))
		fresh := build(t, "", second, second)
		for _, q := range []string{"bees", "tram mayor", "the church said"} {
			if got, want := search(t, changed, q, nil, 5), search(t, fresh, q, nil, 5); !near(got, want) {
				t.Errorf("%s: got %v after a change, want %v", q, got, want)
			}
		}
		// The one it was made from is as it was, and still opens.
		want(t, search(t, dir, "bridge Quillhaven", nil, 5), 0, 3)
		if after := files(t, dir); !reflect.DeepEqual(after, before) {
			t.Error("a change altered the index it started from")
		}
		gone := build(t, changed, nil, nil)
		want(t, search(t, gone, "bees", nil, 5))
		back := build(t, gone, first, first)
		want(t, search(t, back, "church bees", nil, 5), 2, 3)
	})
	t.Run("many open", func(t *testing.T) {
		dir := build(t, "", first, first)
		x, err := engine.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		want(t, search(t, dir, "tower", nil, 5), 2)
	})
	t.Run("damaged", func(t *testing.T) {
		// Whoever opens an index has compared checksums; this is about what
		// happens if not: any result or an error, but no panic.
		r := rand.New(rand.NewPCG(3, 4))
		for range 60 {
			dir := build(t, "", first, first)
			var names []string
			for n := range files(t, dir) {
				names = append(names, n)
			}
			slices.Sort(names)
			name := names[r.IntN(len(names))]
			if strings.HasSuffix(name, ".bolt") || strings.HasSuffix(name, ".zap") {
				continue // mapped into memory: a fault there cannot be caught
			}
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			data[r.IntN(len(data))] ^= 1 << r.IntN(8)
			if err := os.WriteFile(name, data, 0o644); err != nil {
				t.Fatal(err)
			}
			x, err := engine.Open(dir)
			if err != nil {
				continue
			}
			_, _ = x.Search(ctx, word.Terms("church bees bridge"), nil, 5)
			_ = x.Close()
		}
	})
	t.Run("canceled", func(t *testing.T) {
		canceled, cancel := context.WithCancel(ctx)
		cancel()
		x, err := engine.Open(build(t, "", first, first))
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		if _, err := x.Search(canceled, word.Terms("bees"), nil, 5); !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want %v", err, context.Canceled)
		}
		if _, err := x.Holding(canceled, word.Terms("bees"), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v from Holding, want %v", err, context.Canceled)
		}
	})
}

// A Passage is one of a keyword index under test.
type Passage struct {
	ID      string
	Article int
	Text    string
}

// Layout numbers passages.
func Layout(ps []Passage) []retrieval.KeywordPlace {
	var l []retrieval.KeywordPlace
	for _, p := range ps {
		l = append(l, retrieval.KeywordPlace{ID: p.ID, Article: p.Article, Terms: len(word.Terms(p.Text))})
	}
	return l
}

func near(a, b []retrieval.KeywordMatch) bool {
	return slices.EqualFunc(a, b, func(a, b retrieval.KeywordMatch) bool {
		return a.Passage == b.Passage && math.Abs(a.Score-b.Score) < 1e-9 && math.Abs(a.BM25-b.BM25) < 1e-9
	})
}

// files returns the content of every file below dir.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
