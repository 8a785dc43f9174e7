package retrieval_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"dateline/corpus"
	"dateline/retrieval"
	"dateline/retrieval/chromem"
	"dateline/retrieval/retrievaltest"
)

// spread gives each text a direction that its bytes alone decide, near that of
// the other texts which begin with the same letter.
type spread struct{ size int }

func (spread) Model() string { return "spread" }
func (s spread) Dims() int   { return s.size }

func (s spread) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vs := make([][]float32, len(texts))
	for i, text := range texts {
		vs[i] = make([]float32, s.size)
		s.add(vs[i], text[:min(1, len(text))])
		s.add(vs[i], text)
		var sum float64
		for _, x := range vs[i] {
			sum += float64(x) * float64(x)
		}
		for j := range vs[i] {
			vs[i][j] /= float32(math.Sqrt(sum))
		}
	}
	return vs, ctx.Err()
}

func (s spread) add(v []float32, text string) {
	r := rand.New(rand.NewChaCha8(sha256.Sum256([]byte(text))))
	for j := range v {
		v[j] += float32(r.NormFloat64())
	}
}

// noting is an embedder that notes its texts.
type noting struct {
	retrieval.Embedder
	mu    sync.Mutex
	texts []string
	// before is called before each batch; nil is nothing.
	before func()
}

func (n *noting) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if n.before != nil {
		n.before()
	}
	n.mu.Lock()
	n.texts = append(n.texts, texts...)
	n.mu.Unlock()
	return n.Embedder.Embed(ctx, texts)
}

// towns is a corpus of articles of four or five passages each, no two alike,
// published one a day.
func towns(articles int) *retrievaltest.Source {
	src := new(retrievaltest.Source)
	for i := range articles {
		name := fmt.Sprintf("%03d.txt", i)
		src.Put(name, retrievaltest.Article(name, "", day(i).Format(time.DateOnly), town(i)))
	}
	return src
}

func day(i int) time.Time { return time.Date(2025, 1, 1+i, 0, 0, 0, 0, time.UTC) }

func town(i int) string {
	var b strings.Builder
	for j := range 40 {
		fmt.Fprintf(&b, "%c town, number %d, has counted the bridges of its district %d for the time being.\n\n", 'A'+(i+j)%26, i, j)
	}
	return b.String()
}

// The ten that bytes and then chromem find are those that chromem finds among all.
func TestNear(t *testing.T) {
	t.Parallel()
	const dims = 64
	x := open(t, t.TempDir(), quick(spread{dims}))
	src := towns(800)
	for i := range 50 { // ties
		name := fmt.Sprintf("same/%d.txt", i)
		src.Put(name, retrievaltest.Article(name, "", "", "The same text. It stands in fifty articles."))
	}
	sync1(t, x, src)
	e := embed1(t, x)
	flat, err := x.Vectors()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(flat) / dims; n != e.Passages || n < 2000 {
		t.Fatalf("got %d vectors of %d passages", n, e.Passages)
	}
	all, err := chromem.Engine{}.Fill(t.Context(), dims, flat)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		filter retrieval.Filter
	}{
		{"all", retrieval.Filter{}},
		{"a hundred days", retrieval.Filter{Since: day(100), Until: day(199)}},
		{"two articles", retrieval.Filter{Sources: []string{"007.txt", "300.txt"}}},
		{"ties alone", retrieval.Filter{Sources: []string{"same/"}}},
		{"none", retrieval.Filter{Sources: []string{"nowhere/"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			allowed, err := x.Allowed(c.filter)
			if err != nil {
				t.Fatal(err)
			}
			for i := range 20 {
				qs, err := spread{dims}.Embed(t.Context(), []string{[]string{"The same text.", fmt.Sprintf("%c question %d", 'A'+i, i)}[min(i, 1)]})
				if err != nil {
					t.Fatal(err)
				}
				got, err := x.Near(t.Context(), qs[0], c.filter, 10)
				if err != nil {
					t.Fatal(err)
				}
				want, err := all.Nearest(t.Context(), qs[0], allowed, 10)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.EqualFunc(got, want, func(a, b retrieval.VectorMatch) bool {
					return a.Passage == b.Passage && math.Abs(a.Cosine-b.Cosine) < 1e-6
				}) {
					t.Errorf("question %d: got %v, want %v", i, got, want)
				}
			}
		})
	}
	if _, err := x.Near(t.Context(), make([]float32, dims+1), retrieval.Filter{}, 10); err == nil {
		t.Error("a vector of another length was compared")
	}
	if got, err := x.Near(t.Context(), make([]float32, dims), retrieval.Filter{}, 10); err != nil || len(got) > 0 {
		t.Errorf("the zero vector: got %v, %v, want nothing near", got, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Near(ended, flat[:dims], retrieval.Filter{}, 10); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// counting is chromem, and counts the questions that it is asked.
type counting struct {
	chromem.Engine
	asked *int
}

func (c counting) Fill(ctx context.Context, dims int, flat []float32) (retrieval.VectorIndex, error) {
	*c.asked++
	return c.Engine.Fill(ctx, dims, flat)
}

// Chromem is asked whatever words find, by every process.
func TestEveryQuestionIsPutToChromem(t *testing.T) {
	dir := t.TempDir()
	for _, query := range []string{"bees", "counted bridges", "nothing of the sort"} {
		asked := 0
		o := quick(retrievaltest.Words{})
		o.Vectors = counting{asked: &asked}
		x := open(t, dir, o)
		sync1(t, x, towns(3))
		if _, err := x.Search(t.Context(), retrieval.Query{Text: query, Limit: 1}); err != nil {
			t.Fatal(err)
		}
		if asked != 1 {
			t.Errorf("%s: asked %d times, want once", query, asked)
		}
	}
}

// The passages of one endless article are embedded without reading it again and
// again.
func TestEndlessArticle(t *testing.T) {
	t.Parallel()
	src := new(retrievaltest.Source)
	var b strings.Builder
	for i := range 90_000 {
		fmt.Fprintf(&b, "Paragraph %d of the report is about the harbour and what was found there, and about the rest of the town, in the year %d.\n\n", i, 1960+i%60)
	}
	text := b.String()[:10<<20]
	src.Put("long.txt", retrievaltest.Article("long.txt", "Harbour report", "", text))
	x := open(t, t.TempDir(), quick(retrievaltest.Words{}))
	sync1(t, x, src)
	e := embed1(t, x)
	if e.Done != e.Passages || e.Passages < 5000 {
		t.Errorf("got %+v, want all done", e)
	}
}

// vectorFile returns the path of the one file of vectors in an index' folder.
func vectorFile(t testing.TB, dir string) string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "vectors-*"))
	all = slices.DeleteFunc(all, func(name string) bool { return filepath.Ext(name) != "" })
	if err != nil || len(all) != 1 {
		t.Fatalf("got files of vectors %q, %v, want one", all, err)
	}
	return all[0]
}

// Damage costs what is damaged, no more, and is mended.
func TestDamagedVectors(t *testing.T) {
	t.Parallel()
	const header, record = 64, 16 + 4 + 16 + 4
	pristine := t.TempDir()
	src := towns(3)
	x := open(t, pristine, quick(retrievaltest.Words{}))
	sync1(t, x, src)
	all := embed1(t, x).Passages
	other := open(t, t.TempDir(), quick(retrievaltest.Words{Name: "other"}))
	sync1(t, other, src)
	embed1(t, other)
	foreign, err := os.ReadFile(vectorFile(t, other.Dir()))
	if err != nil {
		t.Fatal(err)
	}
	longer, err := filepath.Glob(filepath.Join(pristine, "gen-*", "table"))
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(longer[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		spoil   func(data []byte) []byte
		lost    int
		damaged string // what Verify says of it
	}{
		{"whole", func(data []byte) []byte { return data }, 0, ""},
		{"torn", func(data []byte) []byte { return data[:len(data)-1] }, 1, ""},
		{"more than torn", func(data []byte) []byte { return append(data, make([]byte, record-1)...) }, 0, ""},
		{"a bit", func(data []byte) []byte { data[header+3*record+25] ^= 1; return data }, 1, "checksums of 1 of"},
		{"a key", func(data []byte) []byte { data[header+3*record] ^= 1; return data }, 1, "checksums of 1 of"},
		{"a factor", func(data []byte) []byte { data[header+3*record+17] ^= 1; return data }, 1, "checksums of 1 of"},
		{"zeros at the end", func(data []byte) []byte { clear(data[len(data)-2*record:]); return data }, 2, "checksums of 2 of"},
		{"header", func(data []byte) []byte { data[30] ^= 1; return data }, all, "does not begin as"},
		{"half a header", func(data []byte) []byte { return data[:30] }, all, "does not begin as"},
		{"of another model", func([]byte) []byte { return foreign }, all, "does not begin as"},
		{"of something else", func([]byte) []byte { return table }, all, "does not begin as"},
		{"empty", func([]byte) []byte { return nil }, all, "is empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(pristine)); err != nil {
				t.Fatal(err)
			}
			path := vectorFile(t, dir)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, tt.spoil(data), 0o644); err != nil {
				t.Fatal(err)
			}
			x := open(t, dir, quick(retrievaltest.Words{}))
			h, err := x.Verify(t.Context())
			var damaged *retrieval.DamagedError
			if tt.damaged == "" && err != nil || tt.damaged != "" && (!errors.As(err, &damaged) || damaged.File != path || !strings.Contains(err.Error(), tt.damaged)) {
				t.Errorf("got error %v, want %q", err, tt.damaged)
			}
			if want := all - tt.lost; h.Embedded != want {
				t.Errorf("got %d vectors, want %d", h.Embedded, want)
			}
			if e := embed1(t, x); e.Made != tt.lost || e.Done != all {
				t.Errorf("got %+v, want %d made anew", e, tt.lost)
			}
			if h, err := open(t, dir, quick(retrievaltest.Words{})).Verify(t.Context()); err != nil || h.Embedded != all {
				t.Errorf("got %+v, error %v after that, want all sound", h, err)
			}
			if r := sync1(t, x, src); r.Written || r.Rebuilt != "" {
				t.Errorf("got %+v, want the words left alone", r)
			}
		})
	}
}

// Where vectors can neither be read nor written, those for a question are made
// for it.
func TestUnreadableVectors(t *testing.T) {
	x := open(t, t.TempDir(), quick(retrievaltest.Words{}))
	sync1(t, x, small())
	embed1(t, x)
	path := vectorFile(t, x.Dir())
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o755)); err != nil {
		t.Fatal(err)
	}
	x = open(t, x.Dir(), quick(retrievaltest.Words{}))
	var damaged *retrieval.DamagedError
	if h, err := x.Verify(t.Context()); !errors.As(err, &damaged) || damaged.File != path || h.Embedded != 0 {
		t.Errorf("got %+v, error %v, want %s damaged", h, err, path)
	}
	for range 2 {
		r, err := x.Search(t.Context(), retrieval.Query{Text: "bees"})
		if err != nil || r.Searched.Embedded != r.Searched.Passages || r.Hits[0].Semantic <= 0 {
			t.Errorf("got %+v, error %v, want all found by meaning", r.Searched, err)
		}
	}
	var write *retrieval.WriteError
	if _, err := open(t, x.Dir(), quick(retrievaltest.Words{})).Embed(t.Context(), retrieval.EmbedOptions{}, nil); !errors.As(err, &write) {
		t.Errorf("got %v, want a WriteError", err)
	}
}

// Wherever a writer was stopped, what stood before is there, and the rest is made
// anew.
func TestTornAnywhere(t *testing.T) {
	const header, record = 64, 16 + 4 + 16 + 4
	dir := t.TempDir()
	x := open(t, dir, quick(retrievaltest.Words{}))
	sync1(t, x, towns(1))
	all := embed1(t, x).Passages
	path := vectorFile(t, dir)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for size := range len(data) {
		if err := os.WriteFile(path, data[:size], 0o644); err != nil {
			t.Fatal(err)
		}
		x, err := retrieval.Open(dir, quick(retrievaltest.Words{}))
		if err != nil {
			t.Fatal(err)
		}
		there := max(0, size-header) / record
		if e, err := x.Embed(t.Context(), retrieval.EmbedOptions{}, nil); err != nil || e.Made != all-there || e.Done != all {
			t.Fatalf("of %d bytes: got %+v, error %v, want %d there and the rest made", size, e, err, there)
		}
		x.Close()
	}
}

// What stands in many articles is embedded once.
func TestSameText(t *testing.T) {
	t.Parallel()
	src := new(retrievaltest.Source)
	n := 3000
	if os.Getenv("DATELINE_SLOW") != "" {
		n = 100_000
	}
	a := retrievaltest.Article("all.jsonl#0", "", "2025-11-05", "The bridge reopens on Wednesday.")
	articles := slices.Repeat([]*corpus.Article{a}, n)
	for i := range articles {
		b := *a
		b.Source = fmt.Sprintf("all.jsonl#%d", i)
		b.ID = fmt.Sprintf("%08d", i)
		articles[i] = &b
	}
	src.Put("all.jsonl", articles...)
	e := &noting{Embedder: retrievaltest.Words{}}
	x := open(t, t.TempDir(), quick(e))
	sync1(t, x, src)
	if got := embed1(t, x); got.Made != n || got.Done != n || len(e.texts) != 1 {
		t.Errorf("got %+v of %d texts, want all %d with one", got, len(e.texts), n)
	}
	r, err := x.Search(t.Context(), retrieval.Query{Text: "bridge", Limit: 5})
	if err != nil || len(r.Hits) != 5 || r.Searched.Embedded != n {
		t.Errorf("got %d hits of %+v, error %v, want 5 of all", len(r.Hits), r.Searched, err)
	}
}

// The newest articles come first, but before these those that came meanwhile.
func TestEmbedOrder(t *testing.T) {
	src := towns(10)
	e := &noting{Embedder: retrievaltest.Words{}}
	x := open(t, t.TempDir(), quick(e))
	sync1(t, x, src)
	first := retrieval.EmbedOptions{Batch: 2, AtOnce: 1}
	e.before = func() {
		if len(e.texts) != 8 {
			return
		}
		// An old article changes while vectors are made.
		src.Put("001.txt", retrievaltest.Article("001.txt", "", "2025-01-02", strings.ReplaceAll(town(1), "bridges", "trams")))
		sync1(t, x, src)
	}
	done, err := x.Embed(t.Context(), first, nil)
	if err != nil || done.Done != done.Passages {
		t.Fatalf("got %+v, error %v, want all done", done, err)
	}
	var order []int
	for _, text := range e.texts {
		var n int
		if i := strings.Index(text, "number "); i >= 0 {
			fmt.Sscanf(text[i:], "number %d", &n)
		}
		if len(order) == 0 || order[len(order)-1] != n {
			order = append(order, n)
		}
	}
	// What was under way when the article changed is finished.
	changed := slices.Index(order, 1)
	order = slices.Compact(slices.Delete(order, changed, changed+1))
	if want := []int{9, 8, 7, 6, 5, 4, 3, 2, 0}; !slices.Equal(order, want) || changed < 3 || changed > 4 {
		t.Errorf("got articles in order %v, and the changed one as number %d, want %v and number 3 or 4", order, changed, want)
	}
	if n := strings.Count(strings.Join(e.texts, ""), "number 1, has counted the bridges"); n > 0 {
		t.Errorf("embedded %d sentences that are gone", n)
	}
}

func TestEmbedProgress(t *testing.T) {
	x := open(t, t.TempDir(), quick(retrievaltest.Words{}))
	sync1(t, x, towns(10))
	var all []retrieval.Embedding
	e, err := x.Embed(t.Context(), retrieval.EmbedOptions{Batch: 3}, func(e retrieval.Embedding) { all = append(all, e) })
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range all {
		if p.Passages != e.Passages || p.Done != p.Made || i > 0 && (p.Done <= all[i-1].Done || p.Took <= 0) || p.Done < p.Passages && i > 0 && p.Left <= 0 {
			t.Errorf("call %d: got %+v", i, p)
		}
	}
	if last := all[len(all)-1]; len(all) < 10 || last.Done != e.Passages || last.Left != 0 || last.Rate() <= 0 {
		t.Errorf("got %d calls, the last %+v", len(all), last)
	}
}

// Of a large corpus the passages that words find have vectors before an answer,
// of a small one all.
func TestOnTheSpot(t *testing.T) {
	for _, tt := range []struct {
		name             string
		articles         int
		filter           retrieval.Filter
		onTheSpot        int
		locked           bool
		embedded, remain int // in what was searched; in the file
		alone            int // articles that words alone find, of all
	}{
		{"large", 60, retrieval.Filter{}, 0, false, 32, 32, 58},
		{"small", 20, retrieval.Filter{}, 0, false, -1, -1, 0},
		{"few that are allowed", 60, retrieval.Filter{Since: day(50), Until: day(54)}, 0, false, -1, 15, 55},
		{"while another process writes", 60, retrieval.Filter{}, 0, true, 32, 0, 60},
		{"large, with a slow embedder", 60, retrieval.Filter{}, 2, false, 2, 2, 60},
		{"small, with a slow embedder", 20, retrieval.Filter{}, 2, false, 2, 2, 20},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			o := quick(retrievaltest.Words{})
			o.OnTheSpot = tt.onTheSpot
			x := open(t, dir, o)
			sync1(t, x, towns(tt.articles))
			if tt.locked {
				embed1(t, x)
				path := vectorFile(t, dir)
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
				other := flock.New(path + ".lock")
				if ok, err := other.TryLock(); !ok || err != nil {
					t.Fatal(ok, err)
				}
				defer other.Close()
			}
			for range 2 {
				r, err := x.Search(t.Context(), retrieval.Query{Text: "counted bridges", Filter: tt.filter})
				if err != nil {
					t.Fatal(err)
				}
				want := tt.embedded
				if want < 0 {
					want = r.Searched.Passages
				}
				if r.Searched.Embedded != want || r.WordsAlone != "" || r.Hits[0].Semantic <= 0 {
					t.Errorf("got %+v, words alone %q, cosine %.2f, want %d embedded", r.Searched, r.WordsAlone, r.Hits[0].Semantic, want)
				}
				if got := r.Searched.WordsAlone; got > 0 != (want < r.Searched.Passages) {
					t.Errorf("got %d articles by words alone of %+v", got, r.Searched)
				}
			}
			another := open(t, dir, quick(retrievaltest.Words{}))
			c, err := another.Coverage(t.Context(), retrieval.Filter{})
			if tt.remain < 0 {
				tt.remain = c.Passages
			}
			if err != nil || c.Embedded != tt.remain || c.WordsAlone != tt.alone {
				t.Errorf("another process: got %+v, error %v, want %d embedded, %d articles by words alone", c, err, tt.remain, tt.alone)
			}
			list, err := another.Articles(t.Context(), retrieval.Filter{})
			if h := retrieval.Held(list); err != nil || h.Coverage != c {
				t.Errorf("listed: got %+v, error %v, want %+v", h.Coverage, err, c)
			}
		})
	}
}

// Of several that make vectors one does, and the others wait for it.
func TestEmbedTogether(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	src := towns(30)
	var wg sync.WaitGroup
	var es []*noting
	for range 3 {
		e := &noting{Embedder: retrievaltest.Words{}}
		es = append(es, e)
		x := open(t, dir, quick(e))
		sync1(t, x, src)
		wg.Go(func() {
			got, err := x.Embed(t.Context(), retrieval.EmbedOptions{Batch: 4}, nil)
			if err != nil || got.Done != got.Passages {
				t.Errorf("got %+v, error %v, want all done", got, err)
			}
		})
	}
	wg.Wait()
	n := 0
	for _, e := range es {
		n += len(e.texts)
	}
	c, err := open(t, dir, quick(retrievaltest.Words{})).Coverage(t.Context(), retrieval.Filter{})
	if err != nil || n != c.Passages {
		t.Errorf("embedded %d texts, error %v, want each of %d once", n, err, c.Passages)
	}
}

// Vectors that no passage needs any more go once they are most of the file.
func TestCompact(t *testing.T) {
	dir := t.TempDir()
	x := open(t, dir, quick(retrievaltest.Words{Size: 4}))
	sync1(t, x, towns(500))
	embed1(t, x)
	before, err := os.Stat(vectorFile(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	src := towns(20)
	r := sync1(t, x, src)
	src.Put("new.txt", bees("new.txt"))
	sync1(t, x, src)
	e := embed1(t, x)
	after, err := os.Stat(vectorFile(t, dir))
	if err != nil || after.Size() > before.Size()/5 {
		t.Errorf("got %d bytes, error %v, of %d before", after.Size(), err, before.Size())
	}
	if e.Made != 1 || e.Done != e.Passages || r.Vanished != 480 {
		t.Errorf("got %+v, want the vectors of what is left kept", e)
	}
	want(t, sources(t, x, retrieval.Query{Text: "bees of Lower Marrow"})[:1], "new.txt")
}

// An index of before vectors had a file of their own is made anew, and nothing
// of it is lost.
func TestOlderFormat(t *testing.T) {
	dir := t.TempDir()
	src := small()
	old, err := retrieval.Open(dir, quick(retrievaltest.Words{}))
	if err != nil {
		t.Fatal(err)
	}
	sync1(t, old, src)
	if err := old.MakeOld(); err != nil {
		t.Fatal(err)
	}
	old.Close()
	src.Break("bees.txt", 0, os.ErrPermission)
	x := open(t, dir, quick(retrievaltest.Words{}))
	var outdated *retrieval.OutdatedError
	if _, err := x.Search(t.Context(), retrieval.Query{Text: "bees"}); !errors.As(err, &outdated) {
		t.Errorf("got %v, want an OutdatedError", err)
	}
	if r := sync1(t, x, src); r.Rebuilt == "" || !r.Written || r.Kept != 1 {
		t.Errorf("got %+v, want all made anew and one kept", r)
	}
	want(t, sources(t, x, retrieval.Query{Text: "bees"})[:1], "bees.txt")
	if h, err := x.Verify(t.Context()); err != nil || h.Embedded != h.Passages {
		t.Errorf("got %+v, error %v", h, err)
	}
}
