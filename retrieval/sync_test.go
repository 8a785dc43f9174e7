package retrieval_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dateline/corpus"
	"dateline/retrieval"
	"dateline/retrieval/bleve"
	"dateline/retrieval/chromem"
	"dateline/retrieval/retrievaltest"
)

// quick has the real engines and a small embedder.
func quick(e retrieval.Embedder) retrieval.Options {
	// These embedders know no meanings: words are to lead.
	return retrieval.Options{Keywords: bleve.Engine{}, Embedder: e, Vectors: chromem.Engine{}, Weight: 0.001}
}

func open(t testing.TB, dir string, o retrieval.Options) *retrieval.Index {
	t.Helper()
	x, err := retrieval.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

func embed1(t testing.TB, x *retrieval.Index) retrieval.Embedding {
	t.Helper()
	e, err := x.Embed(context.Background(), retrieval.EmbedOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func sync1(t testing.TB, x *retrieval.Index, src retrieval.Source) retrieval.Report {
	t.Helper()
	r, err := x.Sync(context.Background(), src, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sources returns the sources of what a query finds, best first.
func sources(t testing.TB, x *retrieval.Index, q retrieval.Query) []string {
	t.Helper()
	r, err := x.Search(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, h := range r.Hits {
		if !h.Passage.Within(len(h.Article.Text)) {
			t.Errorf("%s: passage %v of %d bytes", h.Article.Source, h.Passage.Span, len(h.Article.Text))
		}
		got = append(got, h.Article.Source)
	}
	return got
}

func want(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// tree returns the names of the files below dir and when they changed.
func tree(t testing.TB, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		all = append(all, fmt.Sprint(path, info.Size(), info.ModTime()))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func bridge(source string) *corpus.Article {
	return retrievaltest.Article(source, "Harbour bridge to reopen", "2025-11-05", "QUILLHAVEN — The old harbour bridge reopens on Wednesday, the mayor said. Engineers had closed it in 2019.")
}

func bees(source string) *corpus.Article {
	return retrievaltest.Article(source, "", "2025-10-01", "Bees of Lower Marrow moved into the church tower. The vicar said that they may stay.")
}

func small() *retrievaltest.Source {
	src := new(retrievaltest.Source)
	src.Put("city/bridge.txt", bridge("city/bridge.txt"))
	src.Put("bees.txt", bees("bees.txt"))
	src.Put("news.jsonl", retrievaltest.Article("news.jsonl#1", "Tram", "", "The tram line is repaired."),
		retrievaltest.Article("news.jsonl#2", "Storm", "2025-11-20", "A storm closed the harbour."))
	return src
}

func TestSync(t *testing.T) {
	t.Parallel()
	broken := errors.New("does not parse")
	for _, c := range []struct {
		name   string
		change func(*retrievaltest.Source)
		want   retrieval.Report // of what it sets
		reads  []string
		finds  map[string]string // query to the sources found, in any order
	}{
		{"nothing", func(*retrievaltest.Source) {}, retrieval.Report{Unchanged: 4}, nil, nil},
		{"new file", func(s *retrievaltest.Source) {
			s.Put("x.txt", retrievaltest.Article("x.txt", "", "", "Volcano erupts."))
		},
			retrieval.Report{New: 1, Unchanged: 4, Written: true}, []string{"x.txt"}, map[string]string{"volcano": "x.txt", "bees": "bees.txt"}},
		{"changed file", func(s *retrievaltest.Source) {
			s.Put("bees.txt", retrievaltest.Article("bees.txt", "", "", "Wasps of Lower Marrow."))
		}, retrieval.Report{Changed: 1, Unchanged: 3, Written: true}, []string{"bees.txt"}, map[string]string{"wasps": "bees.txt", "church tower": "", "bridge": "city/bridge.txt"}},
		{"touched file", func(s *retrievaltest.Source) { s.Put("bees.txt", bees("bees.txt")) },
			retrieval.Report{Unchanged: 4, Written: true}, []string{"bees.txt"}, map[string]string{"bees": "bees.txt"}},
		{"vanished file", func(s *retrievaltest.Source) { s.Remove("bees.txt") },
			retrieval.Report{Vanished: 1, Unchanged: 3, Written: true}, nil, map[string]string{"bees": "", "tram": "news.jsonl#1"}},
		{"vanished record", func(s *retrievaltest.Source) {
			s.Put("news.jsonl", retrievaltest.Article("news.jsonl#1", "Tram", "", "The tram line is repaired."))
		}, retrieval.Report{Vanished: 1, Unchanged: 3, Written: true}, []string{"news.jsonl"}, map[string]string{"storm": "", "tram": "news.jsonl#1"}},
		{"all vanished", func(s *retrievaltest.Source) {
			for _, n := range []string{"bees.txt", "city/bridge.txt", "news.jsonl"} {
				s.Remove(n)
			}
		}, retrieval.Report{Vanished: 4, Written: true}, nil, map[string]string{"bees": "", "tram": ""}},
		{"unreadable file", func(s *retrievaltest.Source) { s.Break("bees.txt", 0, fs.ErrPermission) },
			retrieval.Report{Unchanged: 3, Kept: 1}, []string{"bees.txt"}, map[string]string{"bees": "bees.txt"}},
		{"file broken half-way", func(s *retrievaltest.Source) { s.Break("news.jsonl", 1, broken) },
			retrieval.Report{Unchanged: 3, Kept: 1, Written: true}, []string{"news.jsonl"}, map[string]string{"storm": "news.jsonl#2", "tram": "news.jsonl#1"}},
		{"unlisted folder", func(s *retrievaltest.Source) { s.Hide("city", fs.ErrPermission) },
			retrieval.Report{Unchanged: 3, Kept: 1}, nil, map[string]string{"bridge": "city/bridge.txt"}},
		{"twice the same", func(s *retrievaltest.Source) { s.Put("again.txt", bees("bees.txt")) },
			retrieval.Report{Unchanged: 4, Written: true}, []string{"again.txt"}, map[string]string{"bees": "bees.txt"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := small()
			dir := t.TempDir()
			x := open(t, dir, quick(retrievaltest.Words{Size: 512})) // in which no two words are one
			if r := sync1(t, x, src); r.New != 4 || !r.Written {
				t.Fatalf("got %+v, want 4 new", r)
			}
			src.Reads()
			before := tree(t, dir)
			c.change(src)
			r := sync1(t, x, src)
			got := retrieval.Report{New: r.New, Changed: r.Changed, Vanished: r.Vanished, Unchanged: r.Unchanged, Kept: r.Kept, Written: r.Written}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			want(t, src.Reads(), c.reads...)
			if after := tree(t, dir); !c.want.Written && !slices.Equal(after, before) {
				t.Errorf("got files %q, want %q", after, before)
			}
			for q, s := range c.finds {
				got := sources(t, x, retrieval.Query{Text: q})
				switch {
				case s == "" && len(got) > 0:
					t.Errorf("%s: got %q, want nothing found", q, got)
				case s != "" && (len(got) == 0 || got[0] != s):
					t.Errorf("%s: got %q, want %q first", q, got, s)
				}
			}
			if _, err := x.Verify(context.Background()); err != nil {
				t.Error(err)
			}
			// The next one has nothing to do, in this process and in another.
			src.Reads()
			for _, y := range []*retrieval.Index{x, open(t, dir, quick(retrievaltest.Words{}))} {
				if r := sync1(t, y, src); r.Written {
					t.Errorf("got %+v, want nothing written", r)
				}
			}
			if gens, _ := filepath.Glob(filepath.Join(dir, "gen-*")); len(gens) != 1 {
				t.Errorf("got %q, want one generation", gens)
			}
		})
	}
}

// A changed index ranks as one that was built at once.
func TestSyncInSteps(t *testing.T) {
	t.Parallel()
	src, steps := small(), small()
	x, y := open(t, t.TempDir(), quick(retrievaltest.Words{})), open(t, t.TempDir(), quick(retrievaltest.Words{}))
	for i := range 12 {
		name := fmt.Sprintf("%d.txt", i%5)
		a := retrievaltest.Article(name, "", "", fmt.Sprintf("The mayor of town %d said that bees, trams and %d bridges are fine.", i, i))
		src.Put(name, a)
		steps.Put(name, a)
		sync1(t, y, steps)
	}
	one, two := sync1(t, x, src), sync1(t, y, steps)
	if one.Generation != two.Generation {
		t.Errorf("got generations %s and %s of the same articles", one.Generation, two.Generation)
	}
	for _, q := range []string{"bees", "the mayor's bridges", "harbour storm", "town 11"} {
		a, err := x.Search(context.Background(), retrieval.Query{Text: q})
		if err != nil {
			t.Fatal(err)
		}
		b, err := y.Search(context.Background(), retrieval.Query{Text: q})
		if err != nil {
			t.Fatal(err)
		}
		for i := range a.Hits {
			g, w := b.Hits[i], a.Hits[i]
			if g.Article.ID != w.Article.ID || g.Passage != w.Passage || g.Score-w.Score > 1e-9 || w.Score-g.Score > 1e-9 {
				t.Errorf("%s: got %s %v, want %s %v", q, g.Article.Source, g.Score, w.Article.Source, w.Score)
			}
		}
	}
}

func TestFilter(t *testing.T) {
	x := open(t, t.TempDir(), quick(retrievaltest.Words{}))
	src := small()
	a := bridge("other.txt")
	a.Publisher = corpus.Fact{Value: "The Globe", From: corpus.FromRecord}
	src.Put("other.txt", a)
	sync1(t, x, src)
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	const all = "bridge bees tram storm"
	for _, c := range []struct {
		name   string
		f      retrieval.Filter
		want   []string
		covers string
	}{
		{"none", retrieval.Filter{}, []string{"bees.txt", "city/bridge.txt", "news.jsonl#1", "news.jsonl#2", "other.txt"}, "2025-10-01 2025-11-20"},
		{"since", retrieval.Filter{Since: day("2025-11-05")}, []string{"city/bridge.txt", "news.jsonl#2", "other.txt"}, "2025-11-05 2025-11-20"},
		{"until", retrieval.Filter{Until: day("2025-11-05")}, []string{"bees.txt", "city/bridge.txt", "other.txt"}, "2025-10-01 2025-11-05"},
		{"day", retrieval.Filter{Since: day("2025-11-20"), Until: day("2025-11-20").Add(23 * time.Hour)}, []string{"news.jsonl#2"}, "2025-11-20 2025-11-20"},
		{"source", retrieval.Filter{Sources: []string{"bees.txt"}}, []string{"bees.txt"}, "2025-10-01 2025-10-01"},
		{"no part of a name", retrieval.Filter{Sources: []string{"bee", "city"}}, nil, " "},
		{"folder", retrieval.Filter{Sources: []string{"city/"}}, []string{"city/bridge.txt"}, "2025-11-05 2025-11-05"},
		{"records", retrieval.Filter{Sources: []string{"news.jsonl"}}, []string{"news.jsonl#1", "news.jsonl#2"}, "2025-11-20 2025-11-20"},
		{"publisher", retrieval.Filter{Publishers: []string{"the globe"}}, []string{"other.txt"}, "2025-11-05 2025-11-05"},
		{"both", retrieval.Filter{Publishers: []string{"the globe"}, Until: day("2025-01-01")}, nil, " "},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := x.Search(context.Background(), retrieval.Query{Text: all, Filter: c.f})
			if covered, err := x.Coverage(t.Context(), c.f); err != nil || covered != r.Searched {
				t.Errorf("Coverage = %+v, %v, a search has %+v", covered, err, r.Searched)
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, h := range r.Hits {
				got = append(got, h.Article.Source)
			}
			slices.Sort(got)
			want(t, got, c.want...)
			if r.Searched.Articles != len(c.want) || r.Searched.From+" "+r.Searched.To != c.covers {
				t.Errorf("got %+v, want %d articles, %s", r.Searched, len(c.want), c.covers)
			}
			list, err := x.Articles(context.Background(), c.f)
			if err != nil || len(list) != len(c.want) {
				t.Errorf("got %v, %v, want %d listed", list, err, len(c.want))
			}
		})
	}
}

func TestNeighboursAreJoined(t *testing.T) {
	var b strings.Builder
	for i := range 60 {
		fmt.Fprintf(&b, "Sentence %d of the report is about the harbour and what was found there in the year %d.\n\n", i, 1960+i)
	}
	src := new(retrievaltest.Source)
	src.Put("long.txt", retrievaltest.Article("long.txt", "Harbour report", "", b.String()))
	x := open(t, t.TempDir(), quick(retrievaltest.Words{}))
	sync1(t, x, src)
	r, err := x.Search(context.Background(), retrieval.Query{Text: "harbour report", Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Hits) != 1 || r.Searched.Passages < 3 {
		t.Fatalf("got %d hits of %d passages, want all joined to one", len(r.Hits), r.Searched.Passages)
	}
	h := r.Hits[0]
	if text := h.Passage.Of(h.Article.Text); !strings.HasPrefix(text, "Sentence 0 ") || !strings.HasSuffix(strings.TrimSpace(text), "2019.") {
		t.Errorf("got %.40q … %q", text, text[len(text)-40:])
	}
	if h.Passage.First != 0 || h.Passage.Last < 59 {
		t.Errorf("got sentences %d to %d, want all", h.Passage.First, h.Passage.Last)
	}
}

// What ranks first for the words of a name has them most often, not in a row.
func TestMentions(t *testing.T) {
	src := new(retrievaltest.Source)
	for i := range 300 {
		src.Put(fmt.Sprintf("apart%03d.txt", i), retrievaltest.Article(fmt.Sprintf("apart%03d.txt", i), "", "2026-03-01", "Jeremy told Dunn that Jeremy knew of Dunn. Jeremy left. So did Dunn."))
	}
	whole := retrievaltest.Article("whole.txt", "Quillhaven loses its baker", "2026-03-02",
		"The council of a town on the river has talked for weeks about bread, and more weeks about ovens. At the end of a long meeting Jeremy A. Norrell\nspoke of Anna Dunn, who had baked for forty years and wanted no more of it.")
	whole.Publisher = corpus.Fact{Value: "The Harbour Post", From: corpus.FromRecord}
	src.Put("whole.txt", whole)
	x := open(t, t.TempDir(), retrieval.Options{Keywords: bleve.Engine{}})
	sync1(t, x, src)
	for _, tt := range []struct {
		name   string
		filter retrieval.Filter
		want   bool
	}{
		{"Jeremy Dunn", retrieval.Filter{}, false},
		{"Anna Dunn", retrieval.Filter{}, true},
		{"anna dunn", retrieval.Filter{}, true},
		{"Jeremy Norrell", retrieval.Filter{}, true},
		{"Jeremy", retrieval.Filter{}, true},
		{"Lisbon", retrieval.Filter{}, false},
		{"Quillhaven", retrieval.Filter{}, true}, // in a headline
		{"the Harbour Post", retrieval.Filter{}, true},
		{"Post Harbour", retrieval.Filter{}, false},
		{"Anna Dunn", retrieval.Filter{Until: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}, false},
		{"Harbour Post", retrieval.Filter{Sources: []string{"apart000.txt"}}, false},
		{"", retrieval.Filter{}, false},
	} {
		got, err := x.Mentions(context.Background(), tt.name, tt.filter)
		if err != nil || got != tt.want {
			t.Errorf("%q %+v: got %v, %v, want %v", tt.name, tt.filter, got, err, tt.want)
		}
	}
}

func TestPeriod(t *testing.T) {
	for _, c := range []struct {
		name, from, to, want string
	}{
		{"no day", "", "", ""},
		{"one day", "2025-11-26", "2025-11-26", "on 2025-11-26"},
		{"several", "2025-10-03", "2025-11-26", "from 2025-10-03 to 2025-11-26"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (retrieval.Coverage{From: c.from, To: c.to}).Period(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// An article that says the same a thousand times leaves room for others.
func TestShares(t *testing.T) {
	src := small()
	stuffed := strings.Repeat("Who opened the bridge? The bridge was opened, the bridge, the bridge.\n\n", 1000)
	src.Put("stuffed.txt", retrievaltest.Article("stuffed.txt", "", "", stuffed))
	x := open(t, t.TempDir(), quick(retrievaltest.Words{Size: 512}))
	sync1(t, x, src)
	r, err := x.Search(t.Context(), retrieval.Query{Text: "who opened the bridge?", Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range r.Hits {
		if !slices.Contains(got, h.Article.Source) {
			got = append(got, h.Article.Source)
		}
	}
	want(t, got, "stuffed.txt", "city/bridge.txt")
}

func TestEmpty(t *testing.T) {
	x := open(t, filepath.Join(t.TempDir(), "not", "there"), quick(retrievaltest.Words{}))
	want(t, sources(t, x, retrieval.Query{Text: "anything"}))
	if _, err := x.Article(context.Background(), "none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want %v", err, fs.ErrNotExist)
	}
	if h, err := x.Verify(context.Background()); err != nil || h.Generation != "" {
		t.Errorf("got %+v, %v", h, err)
	}
	sync1(t, x, new(retrievaltest.Source))
	want(t, sources(t, x, retrieval.Query{Text: "anything"}))
	src := small()
	src.Put("empty.txt", retrievaltest.Article("empty.txt", "", "", ""))
	sync1(t, x, src)
	for _, q := range []string{"", "the of and", "…", strings.Repeat("bees ", 2000), "\xff"} {
		if _, err := x.Search(context.Background(), retrieval.Query{Text: q}); err != nil {
			t.Errorf("%.20q: %v", q, err)
		}
	}
	want(t, sources(t, x, retrieval.Query{Text: "bees"})[:1], "bees.txt")
}

// An embedder that fails costs nothing but the vectors that it did not make.
func TestBadEmbedder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		e    retrieval.Embedder
		want string
	}{
		{"fails half-way", &retrievaltest.Failing{After: 30}, "model server is gone"},
		{"wrong dims", retrievaltest.WrongDims(), "17 numbers instead of 16"},
		{"too few", retrievaltest.TooFew(), "vectors for"},
		{"not unit", retrievaltest.NotUnit(), "length 2 instead of 1"},
		{"NaN", retrievaltest.NaN(), "length NaN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			src := small()
			good := open(t, dir, quick(retrievaltest.Words{}))
			sync1(t, good, src)
			first := embed1(t, good)
			for i := range 40 {
				name := fmt.Sprintf("more/%d.txt", i)
				src.Put(name, retrievaltest.Article(name, "", "", strings.Repeat(fmt.Sprintf("Text %d about bees. ", i), 200)))
			}
			bad := open(t, dir, quick(c.e))
			sync1(t, bad, src)
			e, err := bad.Embed(t.Context(), retrieval.EmbedOptions{}, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
			if c.name == "fails half-way" && (!errors.Is(err, retrievaltest.ErrEmbedder) || e.Made == 0) {
				t.Errorf("got error %v after %d vectors, want %v and those from before it", err, e.Made, retrievaltest.ErrEmbedder)
			}
			h, err := good.Verify(t.Context())
			if err != nil || h.Embedded != first.Done+e.Made {
				t.Errorf("got %d vectors, error %v, want %d as before and %d new", h.Embedded, err, first.Done, e.Made)
			}
			if r, err := bad.Search(t.Context(), retrieval.Query{Text: "bridge"}); err != nil || len(r.Hits) == 0 {
				t.Errorf("got %d hits, error %v, want those that words find", len(r.Hits), err)
			}
		})
	}
}

// Each model has vectors of its own, and those of another stay.
func TestOtherModel(t *testing.T) {
	dir := t.TempDir()
	src := small()
	x := open(t, dir, quick(retrievaltest.Words{}))
	first := sync1(t, x, src)
	embed1(t, x)
	other := open(t, dir, quick(retrievaltest.Words{Name: "other", Size: 8}))
	if r := sync1(t, other, src); r.Written || r.Generation == first.Generation {
		t.Errorf("got %+v, want nothing written and another name than %s", r, first.Generation)
	}
	if h, err := other.Verify(t.Context()); err != nil || h.Embedded != 0 || h.Model != "other" {
		t.Errorf("got %+v, error %v, want no vectors yet", h, err)
	}
	if e := embed1(t, other); e.Made != e.Passages {
		t.Errorf("got %+v, want all made", e)
	}
	want(t, sources(t, other, retrieval.Query{Text: "bees"})[:1], "bees.txt")
	if e := embed1(t, open(t, dir, quick(retrievaltest.Words{}))); e.Made != 0 || e.Done != e.Passages {
		t.Errorf("got %+v, want all there from before", e)
	}
}

// An index whose articles were divided by an older version of package corpus is
// built anew.
func TestOtherCorpus(t *testing.T) {
	dir := t.TempDir()
	src := small()
	sync1(t, open(t, dir, quick(retrievaltest.Words{})), src)
	manifests, err := filepath.Glob(filepath.Join(dir, "*", "manifest.json"))
	if err != nil || len(manifests) != 1 {
		t.Fatalf("got manifests %q, %v, want one", manifests, err)
	}
	data, err := os.ReadFile(manifests[0])
	if err != nil {
		t.Fatal(err)
	}
	older := regexp.MustCompile(fmt.Sprintf(`("analysis":\s*"[^"]*)-%d"`, corpus.Version)).ReplaceAll(data, fmt.Appendf(nil, `$1-%d"`, corpus.Version-1))
	if bytes.Equal(older, data) {
		t.Fatalf("no analysis of version %d in %s", corpus.Version, data)
	}
	// A generation bears the checksum of its manifest.
	sum := sha256.Sum256(older)
	name := "gen-" + hex.EncodeToString(sum[:8])
	for _, err := range []error{
		os.WriteFile(manifests[0], older, 0o600),
		os.Rename(filepath.Dir(manifests[0]), filepath.Join(dir, name)),
		os.WriteFile(filepath.Join(dir, "CURRENT"), []byte(name+"\n"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	x := open(t, dir, quick(retrievaltest.Words{}))
	var outdated *retrieval.OutdatedError
	if _, err := x.Search(context.Background(), retrieval.Query{Text: "bees"}); !errors.As(err, &outdated) {
		t.Errorf("got %v, want an OutdatedError", err)
	}
	if r := sync1(t, x, src); r.Rebuilt == "" || !r.Written {
		t.Errorf("got %+v, want all rebuilt", r)
	}
	want(t, sources(t, x, retrieval.Query{Text: "bees"})[:1], "bees.txt")
}

func TestDamage(t *testing.T) {
	t.Parallel()
	src := small()
	ctx := context.Background()
	pristine := t.TempDir()
	{
		x, err := retrieval.Open(pristine, quick(retrievaltest.Words{}))
		if err != nil {
			t.Fatal(err)
		}
		sync1(t, x, src)
		x.Close()
	}
	var names []string
	filepath.WalkDir(pristine, func(path string, d fs.DirEntry, err error) error {
		if info, err := d.Info(); err == nil && d.Type().IsRegular() && info.Size() > 0 {
			name, _ := filepath.Rel(pristine, path)
			names = append(names, name)
		}
		return err
	})
	if len(names) < 7 {
		t.Fatalf("got files %q", names)
	}
	for _, name := range names {
		for _, how := range []string{"flipped", "cut", "gone"} {
			if name == "CURRENT" && how == "gone" {
				continue // that is how an index without a generation looks
			}
			t.Run(name[strings.Index(name, "/")+1:]+" "+how, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "index")
				if err := os.CopyFS(dir, os.DirFS(pristine)); err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(dir, name)
				data, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				switch how {
				case "flipped":
					data[len(data)/3] ^= 4
					err = os.WriteFile(path, data, 0o644)
				case "cut":
					err = os.WriteFile(path, data[:len(data)-1], 0o644)
				case "gone":
					err = os.Remove(path)
				}
				if err != nil {
					t.Fatal(err)
				}
				x := open(t, dir, quick(retrievaltest.Words{}))
				_, err = x.Verify(ctx)
				var damaged *retrieval.DamagedError
				if !errors.As(err, &damaged) || filepath.Base(damaged.File) != filepath.Base(name) {
					t.Errorf("got %v, want %s to be damaged", err, name)
				}
				if _, err := x.Search(ctx, retrieval.Query{Text: "bees bridge tram storm"}); !errors.As(err, &damaged) {
					t.Errorf("got %v of a search, want a DamagedError", err)
				}
				r := sync1(t, x, src)
				if !strings.Contains(r.Rebuilt, filepath.Base(name)) {
					t.Errorf("got %+v, want a rebuild that names %s", r, name)
				}
				if _, err := x.Verify(ctx); err != nil {
					t.Error(err)
				}
				want(t, sources(t, x, retrieval.Query{Text: "bees"})[:1], "bees.txt")
				if r := sync1(t, x, src); r.Written {
					t.Errorf("got %+v after the rebuild, want nothing written", r)
				}
			})
		}
	}
}

// Many use one directory at once: each search sees one whole generation, and
// of several writers one does the work.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	src := small()
	var wg sync.WaitGroup
	stop := make(chan bool)
	for range 3 {
		x := open(t, dir, quick(retrievaltest.Words{}))
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				r, err := x.Search(context.Background(), retrieval.Query{Text: "bees"})
				if err != nil {
					t.Error(err)
					return
				}
				// Files come and go in pairs.
				if n := r.Searched.Articles; n > 4 && n%2 != 0 {
					t.Errorf("got %d articles, want an even number", n)
				}
			}
		})
	}
	x, y := open(t, dir, quick(retrievaltest.Words{})), open(t, dir, quick(retrievaltest.Words{}))
	for i := range 8 {
		for j := range 2 {
			name := fmt.Sprintf("%d-%d.txt", i, j)
			src.Put(name, bees(name))
		}
		written := make([]bool, 2)
		var both sync.WaitGroup
		for k, z := range []*retrieval.Index{x, y} {
			both.Go(func() {
				r, err := z.Sync(context.Background(), src, nil)
				if err != nil {
					t.Error(err)
				}
				written[k] = r.Written
			})
		}
		both.Wait()
		if written[0] == written[1] {
			t.Errorf("round %d: got written %v, want one of two", i, written)
		}
	}
	close(stop)
	wg.Wait()
	sync1(t, x, src)
	if got := len(sources(t, x, retrieval.Query{Text: "bees", Limit: 50})); got < 17 {
		t.Errorf("got %d hits, want 17", got)
	}
}

// Old generations stay while somebody reads them, and go with the next Sync
// after that.
func TestOldGenerations(t *testing.T) {
	dir := t.TempDir()
	src := small()
	x := open(t, dir, quick(retrievaltest.Words{}))
	sync1(t, x, src)
	reader, err := retrieval.Open(dir, quick(retrievaltest.Words{}))
	if err != nil {
		t.Fatal(err)
	}
	want(t, sources(t, reader, retrieval.Query{Text: "bees"})[:1], "bees.txt")
	generations := func() int {
		t.Helper()
		gens, err := filepath.Glob(filepath.Join(dir, "gen-*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(gens)
	}
	src.Put("a.txt", bridge("a.txt"))
	sync1(t, x, src)
	if n := generations(); n != 2 {
		t.Errorf("got %d generations while the first is read, want 2", n)
	}
	want(t, sources(t, reader, retrieval.Query{Text: "harbour bridge", Filter: retrieval.Filter{Sources: []string{"a.txt"}}}), "a.txt")
	reader.Close()
	if err := os.Mkdir(filepath.Join(dir, "tmp-left"), 0o755); err != nil {
		t.Fatal(err)
	}
	src.Put("b.txt", bridge("b.txt"))
	sync1(t, x, src)
	if n := generations(); n != 1 {
		t.Errorf("got %d generations after the reader is done, want 1", n)
	}
	if _, err := os.Stat(filepath.Join(dir, "tmp-left")); err == nil {
		t.Error("what a killed writer left is still there")
	}
}

func TestCanceled(t *testing.T) {
	dir := t.TempDir()
	src := small()
	x := open(t, dir, quick(retrievaltest.Words{}))
	first := sync1(t, x, src)
	for i := range 20 {
		name := fmt.Sprintf("more/%d.txt", i)
		src.Put(name, retrievaltest.Article(name, "", "", strings.Repeat("A longer text about bees. ", 500)))
	}
	for stop := range 12 {
		ctx, cancel := context.WithCancel(context.Background())
		n := 0
		_, err := x.Sync(ctx, src, func(retrieval.Progress) {
			if n++; n > 3*stop {
				cancel()
			}
		})
		cancel()
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want %v", err, context.Canceled)
		}
		if r, err := x.Search(context.Background(), retrieval.Query{Text: "bees"}); err != nil || r.Generation != first.Generation {
			t.Fatalf("got %v, %v, want generation %s", r.Generation, err, first.Generation)
		}
	}
}

// While somebody writes, who is about to search goes on with what there is.
func TestRefreshWhileBusy(t *testing.T) {
	dir := t.TempDir()
	src := small()
	sync1(t, open(t, dir, quick(retrievaltest.Words{})), src)
	src.Put("x.txt", retrievaltest.Article("x.txt", "", "", "Volcano erupts."))

	writing, done := make(chan bool), make(chan error)
	writer := open(t, dir, quick(retrievaltest.Words{}))
	var once sync.Once
	go func() {
		_, err := writer.Sync(context.Background(), src, func(p retrieval.Progress) {
			if p.Stage == "write" {
				once.Do(func() { writing <- true; <-writing })
			}
		})
		done <- err
	}()
	<-writing
	for name, x := range map[string]*retrieval.Index{"another process": open(t, dir, quick(retrievaltest.Words{})), "the same": writer} {
		if _, err := x.Refresh(context.Background(), src, nil); !errors.Is(err, retrieval.ErrBusy) {
			t.Errorf("%s: got %v, want %v", name, err, retrieval.ErrBusy)
		}
		want(t, sources(t, x, retrieval.Query{Text: "bees"}), "bees.txt")
	}
	writing <- true
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	x := open(t, dir, quick(retrievaltest.Words{}))
	if r, err := x.Refresh(context.Background(), src, nil); err != nil || r.Written {
		t.Errorf("got %+v, %v, want nothing left to do", r, err)
	}
	want(t, sources(t, x, retrieval.Query{Text: "volcano"}), "x.txt")
}

// Refresh leaves what it does not need unchecked, but carries nothing damaged
// over.
func TestRefreshDamaged(t *testing.T) {
	dir := t.TempDir()
	src := small()
	x := open(t, dir, quick(retrievaltest.Words{}))
	sync1(t, x, src)
	paths, err := filepath.Glob(filepath.Join(dir, "gen-*", "articles"))
	if err != nil || len(paths) != 1 {
		t.Fatal(paths, err)
	}
	data, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	for i := range data {
		data[i] ^= 4
	}
	if err := os.WriteFile(paths[0], data, 0o644); err != nil {
		t.Fatal(err)
	}
	if r, err := x.Refresh(context.Background(), src, nil); err != nil || r.Rebuilt != "" || r.Written {
		t.Errorf("got %+v, %v, want nothing done", r, err)
	}
	var damaged *retrieval.DamagedError
	if _, err := x.Search(context.Background(), retrieval.Query{Text: "bees"}); !errors.As(err, &damaged) {
		t.Errorf("got %v of a search, want a DamagedError", err)
	}
	src.Put("x.txt", retrievaltest.Article("x.txt", "", "", "Volcano erupts."))
	if r, err := x.Refresh(context.Background(), src, nil); err != nil || !strings.Contains(r.Rebuilt, "articles is damaged") {
		t.Errorf("got %+v, %v, want a rebuild", r, err)
	}
	want(t, sources(t, x, retrieval.Query{Text: "bees"}), "bees.txt")
}

// Progress within a file of many articles.
func TestProgress(t *testing.T) {
	var articles []*corpus.Article
	for i := range 4 {
		source := fmt.Sprintf("news.jsonl#%d", i)
		a := retrievaltest.Article(source, "", "", "Bees of Lower Marrow moved into the church tower.")
		a.ReadTo = int64((i + 1) * len(a.Text))
		articles = append(articles, a)
	}
	src := new(retrievaltest.Source)
	src.Put("news.jsonl", articles...)
	x := open(t, t.TempDir(), quick(retrievaltest.Words{}))
	var within bool
	last := int64(0)
	_, err := x.Sync(context.Background(), src, func(p retrieval.Progress) {
		if p.BytesDone < last || p.BytesDone > p.Bytes {
			t.Errorf("got %d of %d bytes after %d", p.BytesDone, p.Bytes, last)
		}
		last = p.BytesDone
		within = within || p.FilesDone == 0 && 0 < p.BytesDone && p.BytesDone < p.Bytes
	})
	if err != nil || !within || last == 0 {
		t.Errorf("got %v, progress within the file %v, %d bytes in the end", err, within, last)
	}
}

// A passage without a word of the query is found if it is near enough, and
// nonsense finds nothing.
func TestWordless(t *testing.T) {
	x := open(t, t.TempDir(), options(t))
	src := small()
	src.Put("long.txt", retrievaltest.Article("long.txt", "", "", "Privatisation!"))
	sync1(t, x, src)
	for q, w := range map[string][]string{
		"privatised":      {"long.txt"}, // the same stem
		"kyiv privatised": {"long.txt"},
		"zzzz":            {},
		"qwertyuiop":      {},
		"":                {},
	} {
		t.Run(q, func(t *testing.T) { want(t, sources(t, x, retrieval.Query{Text: q}), w...) })
	}
}

func TestHeld(t *testing.T) {
	list := func(s ...retrieval.Listing) []retrieval.Listing { return s }
	for _, c := range []struct {
		name string
		list []retrieval.Listing
		want retrieval.Holdings
	}{
		{"nothing", nil, retrieval.Holdings{}},
		{
			"without a day and a publisher", list(retrieval.Listing{ID: "a", Passages: 3}),
			retrieval.Holdings{Coverage: retrieval.Coverage{Articles: 1, Passages: 3}, Undated: 1},
		},
		{
			"most articles first, then by name",
			list(
				retrieval.Listing{Publisher: "C", Published: "2025-11-02", Passages: 1}, retrieval.Listing{Publisher: "B", Passages: 1},
				retrieval.Listing{Publisher: "A", Published: "2025-11-09", Passages: 2}, retrieval.Listing{Publisher: "C", Published: "2025-10-30", Passages: 4},
			),
			retrieval.Holdings{
				Coverage: retrieval.Coverage{Articles: 4, Passages: 8, From: "2025-10-30", To: "2025-11-09"}, Undated: 1,
				Publishers: []retrieval.Publisher{{Name: "C", Articles: 2}, {Name: "A", Articles: 1}, {Name: "B", Articles: 1}},
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := retrieval.Held(c.list); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
