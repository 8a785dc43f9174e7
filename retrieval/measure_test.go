package retrieval_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"dateline/corpus"
	"dateline/retrieval"
	"dateline/retrieval/bleve"
	"dateline/retrieval/chromem"
	"dateline/retrieval/retrievaltest"
	"dateline/retrieval/static"
)

func options() retrieval.Options {
	return retrieval.Options{Keywords: bleve.Engine{}, Embedder: new(static.Embedder), Vectors: chromem.Engine{}}
}

// sets is the folder of evaluation data, which is no part of this repository:
//
//	DATELINE_DATA_SETS=/path go test -run Measure -v ./retrieval
func sets(t testing.TB) string {
	dir := os.Getenv("DATELINE_DATA_SETS")
	if dir == "" {
		t.Skip("DATELINE_DATA_SETS names no folder of evaluation data")
	}
	return dir
}

type record struct{ ID, URL, Title, Publisher, Published, Text string }

type question struct {
	ID, Question string
	Sources      []string
}

func readLines[T any](t testing.TB, path string) []T {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		if f, err = os.Open(path + ".gz"); err != nil {
			t.Fatal(err)
		}
		path += ".gz"
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var all []T
	for d := json.NewDecoder(r); d.More(); {
		var v T
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// load reads the articles of a set into a source of one file.
func load(t testing.TB, set string, limit int) (*retrievaltest.Source, []*corpus.Article) {
	t.Helper()
	var articles []*corpus.Article
	for _, r := range readLines[record](t, filepath.Join(sets(t), set, "articles.jsonl")) {
		if len(articles) == limit {
			break
		}
		a := &corpus.Article{ID: corpus.NewID(set, r.ID), Source: "articles.jsonl#" + r.ID, URL: r.URL, Text: r.Text, Body: corpus.Span{End: len(r.Text)}}
		for _, f := range []struct {
			to    *corpus.Fact
			value string
		}{{&a.Title, r.Title}, {&a.Publisher, r.Publisher}, {&a.Published, r.Published}} {
			if f.value != "" {
				*f.to = corpus.Fact{Value: f.value, From: corpus.FromRecord}
			}
		}
		a.Seal()
		articles = append(articles, a)
	}
	src := new(retrievaltest.Source)
	src.Put("articles.jsonl", articles...)
	return src, articles
}

// TestMeasureIndexing prints what a large set costs.
func TestMeasureIndexing(t *testing.T) {
	src, _ := load(t, "rtqa-articles", -1)
	questions := readLines[question](t, filepath.Join(sets(t), "rtqa-articles", "questions.jsonl"))
	dir := t.TempDir()
	x, err := retrieval.Open(dir, options())
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	stop := make(chan bool)
	var peak uint64
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak = max(peak, m.Sys-m.HeapReleased)
			}
		}
	}()
	report, err := x.Sync(ctx, src, nil)
	if err != nil {
		t.Fatal(err)
	}
	stop <- true
	health, err := x.Verify(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("sync: %v, %d articles, %d passages, %.0f a second, %d MB peak, %d MB on disk", report.Took.Round(time.Millisecond),
		health.Articles, health.Passages, float64(health.Passages)/report.Took.Seconds(), peak>>20, health.Bytes>>20)
	x.Close()

	var first, again, warm []time.Duration
	for range 5 {
		runtime.GC()
		start := time.Now()
		if x, err = retrieval.Open(dir, options()); err != nil {
			t.Fatal(err)
		}
		if _, err := x.Sync(ctx, src, nil); err != nil {
			t.Fatal(err)
		}
		again = append(again, time.Since(start))
		start = time.Now()
		if _, err := x.Search(ctx, retrieval.Query{Text: questions[0].Question, Limit: 12}); err != nil {
			t.Fatal(err)
		}
		first = append(first, time.Since(start))
		for _, q := range questions {
			start = time.Now()
			if _, err := x.Search(ctx, retrieval.Query{Text: q.Question, Limit: 12}); err != nil {
				t.Fatal(err)
			}
			warm = append(warm, time.Since(start))
		}
		x.Close()
	}
	t.Logf("open and sync of nothing: %v; first search: %v; later ones p50 %v, p95 %v", again, first, quantile(warm, 0.5), quantile(warm, 0.95))
}

func quantile(ds []time.Duration, q float64) time.Duration {
	slices.Sort(ds)
	return ds[int(q*float64(len(ds)-1))]
}
