package retrieval_test

import (
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"dateline/corpus"
	"dateline/corpus/word"
	"dateline/retrieval"
	"dateline/retrieval/bleve"
	"dateline/retrieval/chromem"
	"dateline/retrieval/encoder"
	"dateline/retrieval/openai"
	"dateline/retrieval/retrievaltest"
)

// options are those of the program without settings.
func options(t testing.TB) retrieval.Options {
	t.Helper()
	m, err := encoder.Load()
	if err != nil {
		t.Fatal(err)
	}
	return retrieval.Options{Keywords: bleve.Engine{}, Embedder: encoder.NewEmbedder(m, 1), Vectors: chromem.Engine{}}
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
	x, err := retrieval.Open(dir, options(t))
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
	made, err := x.Embed(ctx, retrieval.EmbedOptions{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("vectors: %d in %v, %.0f a second", made.Made, made.Took.Round(time.Second), made.Rate())
	t.Logf("words: %v, %d articles, %d passages, %.0f a second, %d MB peak, %d MB on disk", report.Took.Round(time.Millisecond),
		health.Articles, health.Passages, float64(health.Passages)/report.Took.Seconds(), peak>>20, health.Bytes>>20)
	x.Close()

	var first, again, warm []time.Duration
	for range 5 {
		runtime.GC()
		start := time.Now()
		if x, err = retrieval.Open(dir, options(t)); err != nil {
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

// TestMeasureRanking prints how well articles are ranked, plain BM25 over whole
// articles beside it. Several of an article's passages count once, at the best
// one's place.
func TestMeasureRanking(t *testing.T) {
	ctx := context.Background()
	for _, set := range []string{"rtqa-evidence", "squad2", "rtqa-articles"} {
		t.Run(set, func(t *testing.T) {
			src, articles := load(t, set, -1)
			x, err := retrieval.Open(t.TempDir(), options(t))
			if err != nil {
				t.Fatal(err)
			}
			defer x.Close()
			if _, err := x.Sync(ctx, src, nil); err != nil {
				t.Fatal(err)
			}
			if _, err := x.Embed(ctx, retrieval.EmbedOptions{}, nil); err != nil {
				t.Fatal(err)
			}
			questions := answerable(t, set)
			bm25 := rankPlain(articles, questions)
			var fused ranking
			for _, q := range questions {
				r, err := x.Search(ctx, retrieval.Query{Text: q.Question, Limit: 100})
				if err != nil {
					t.Fatal(err)
				}
				fused.add(articlesOf(r.Hits), q.Sources)
			}
			t.Logf("%-12s %7s %7s %7s %7s %7s   of %d questions", "", "hits@1", "hits@5", "hits@10", "MRR@10", "nDCG@10", len(questions))
			t.Logf("%-12s %v", "plain BM25", bm25)
			t.Logf("%-12s %v", "dateline", fused)
		})
	}
}

// answerable are the questions of a set that some article answers.
func answerable(t testing.TB, set string) []question {
	t.Helper()
	return slices.DeleteFunc(readLines[question](t, filepath.Join(sets(t), set, "questions.jsonl")), func(q question) bool {
		return len(q.Sources) == 0
	})
}

// idOf is what a set calls an article.
func idOf(a *corpus.Article) string { return strings.TrimPrefix(a.Source, "articles.jsonl#") }

// articlesOf are the articles of hits, each once, best first.
func articlesOf(hits []retrieval.Hit) []string {
	var order []string
	for _, h := range hits {
		if id := idOf(h.Article); !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	return order
}

// A ranking adds up the measures of many questions.
type ranking struct{ n, hits1, hits5, hits10, mrr, ndcg float64 }

func (r *ranking) add(order, gold []string) {
	r.n++
	var dcg, ideal float64
	first := true
	for i, id := range order[:min(10, len(order))] {
		if !slices.Contains(gold, id) {
			continue
		}
		dcg += 1 / math.Log2(float64(i+2))
		if first {
			first = false
			r.mrr += 1 / float64(i+1)
			r.hits10++
			if i < 5 {
				r.hits5++
			}
			if i == 0 {
				r.hits1++
			}
		}
	}
	for i := range min(10, len(gold)) {
		ideal += 1 / math.Log2(float64(i+2))
	}
	r.ndcg += dcg / ideal
}

func (r ranking) String() string {
	return fmt.Sprintf("%7.4f %7.4f %7.4f %7.4f %7.4f", r.hits1/r.n, r.hits5/r.n, r.hits10/r.n, r.mrr/r.n, r.ndcg/r.n)
}

// plain is BM25 over whole texts, k1 1.2 and b 0.75.
type plain struct {
	docs    map[string]map[int]float64 // term to text to frequency
	lengths []float64
	average float64
}

// rankPlain is how plain BM25 does.
func rankPlain(articles []*corpus.Article, questions []question) ranking {
	texts := make([]string, len(articles))
	for i, a := range articles {
		texts[i] = a.Text
	}
	p := newPlain(texts)
	var r ranking
	for _, q := range questions {
		var order []string
		for _, i := range p.search(q.Question, 10) {
			order = append(order, idOf(articles[i]))
		}
		r.add(order, q.Sources)
	}
	return r
}

func newPlain(texts []string) *plain {
	p := &plain{docs: make(map[string]map[int]float64)}
	for i, t := range texts {
		terms := word.Terms(t)
		for _, w := range terms {
			if p.docs[w] == nil {
				p.docs[w] = make(map[int]float64)
			}
			p.docs[w][i]++
		}
		p.lengths = append(p.lengths, float64(len(terms)))
		p.average += float64(len(terms)) / float64(len(texts))
	}
	return p
}

func (p *plain) search(query string, n int) []int {
	scores := make([]float64, len(p.lengths))
	for _, w := range word.Terms(query) {
		with := float64(len(p.docs[w]))
		idf := math.Log(1 + (float64(len(p.lengths))-with+0.5)/(with+0.5))
		for i, f := range p.docs[w] {
			scores[i] += idf * f * 2.2 / (f + 1.2*(0.25+0.75*p.lengths[i]/p.average))
		}
	}
	var order []int
	for i, s := range scores {
		if s > 0 {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(scores[b], scores[a]), cmp.Compare(a, b)) })
	return order[:min(n, len(order))]
}

// A patient embedder treats queries as passages, so that their vectors are kept
// from one weight to the next.
type patient struct{ retrieval.Embedder }

// some are the articles that questions are about, and as many others.
func some(articles []*corpus.Article, questions []question) (*retrievaltest.Source, []*corpus.Article) {
	gold := make(map[string]bool)
	for _, q := range questions {
		for _, s := range q.Sources {
			gold[s] = true
		}
	}
	var chosen []*corpus.Article
	every := len(articles) / len(gold)
	for i, a := range articles {
		if i%every == 0 || gold[idOf(a)] {
			chosen = append(chosen, a)
		}
	}
	src := new(retrievaltest.Source)
	src.Put("articles.jsonl", chosen...)
	return src, chosen
}

// TestMeasureTrained prints what a trained embedder adds, by weight, plain BM25
// and the built-in embedder beside it. It takes a server besides the sets:
//
//	DATELINE_EMBEDDINGS=http://127.0.0.1:8080/v1 DATELINE_EMBEDDING_MODEL=all-MiniLM-L6-v2
//
// DATELINE_VECTORS, if it is set, is where vectors are kept from one run to the
// next.
func TestMeasureTrained(t *testing.T) {
	server := os.Getenv("DATELINE_EMBEDDINGS")
	if server == "" {
		t.Skip("DATELINE_EMBEDDINGS names no server")
	}
	ctx := context.Background()
	e, err := openai.Open(ctx, openai.Config{
		BaseURL: server, Model: os.Getenv("DATELINE_EMBEDDING_MODEL"), Dir: cmp.Or(os.Getenv("DATELINE_VECTORS"), t.TempDir()),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range []string{"rtqa-evidence", "squad2", "rtqa-articles"} {
		t.Run(set, func(t *testing.T) {
			src, articles := load(t, set, -1)
			questions := answerable(t, set)
			if len(articles) > 2000 {
				src, articles = some(articles, questions)
			}
			t.Logf("%d questions, BM25: %v", len(questions), rankPlain(articles, questions))
			dir := t.TempDir()
			rank := func(name string, o retrieval.Options, dir string) {
				x, err := retrieval.Open(dir, o)
				if err != nil {
					t.Fatal(err)
				}
				defer x.Close()
				report, err := x.Sync(ctx, src, nil)
				if err != nil {
					t.Fatal(err)
				}
				made, err := x.Embed(ctx, retrieval.EmbedOptions{Batch: 64}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if made.Made > 0 {
					t.Logf("%d passages indexed in %v, and embedded in %v", report.Passages, report.Took.Round(time.Millisecond), made.Took.Round(time.Millisecond))
				}
				var r ranking
				start := time.Now()
				for _, q := range questions {
					found, err := x.Search(ctx, retrieval.Query{Text: q.Question, Limit: 40})
					if err != nil || found.WordsAlone != "" {
						t.Fatal(err, found.WordsAlone)
					}
					r.add(articlesOf(found.Hits), q.Sources)
				}
				t.Logf("%-24s %v, %v a question", name, r, (time.Since(start) / time.Duration(len(questions))).Round(10*time.Microsecond))
			}
			rank("built-in", options(t), t.TempDir())
			o := options(t)
			o.Embedder = patient{e}
			for _, o.Weight = range []float64{0.015, 0.045, 0.1, 0.15, 0.3, 0.45, 0.6, 1, 100} {
				rank(fmt.Sprintf("weight %g", o.Weight), o, dir)
			}
		})
	}
}
