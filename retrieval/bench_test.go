package retrieval_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"dateline/corpus"
	"dateline/retrieval"
	"dateline/retrieval/retrievaltest"
)

var benchSizes = []struct {
	name     string
	articles int
}{{"100", 100}, {"1k", 1000}, {"10k", 10000}}

// invented returns a corpus of made-up articles of 2 to 4 KB, whose words are
// as unevenly frequent as those of a language.
func invented(articles int) *retrievaltest.Source {
	r := rand.New(rand.NewPCG(9, 10))
	src := new(retrievaltest.Source)
	for i := range articles {
		name := fmt.Sprintf("%02d/%d.txt", i%100, i)
		src.Put(name, inventedArticle(r, name))
	}
	return src
}

func inventedArticle(r *rand.Rand, name string) *corpus.Article {
	var b strings.Builder
	for range 20 + r.IntN(20) {
		for i := range 12 + r.IntN(12) {
			w := fmt.Sprintf("w%d", int(math.Exp(r.Float64()*11)))
			if i == 0 {
				w = "W" + w[1:]
			}
			b.WriteString(w)
			b.WriteByte(' ')
		}
		b.WriteString("ends here.\n\n")
	}
	return retrievaltest.Article(name, "Report "+name, "2025-11-05", b.String())
}

func BenchmarkSync(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(size.name, func(b *testing.B) {
			src := invented(size.articles)
			passages := 0
			for b.Loop() {
				x := open(b, b.TempDir(), options())
				passages += sync1(b, x, src).Passages
			}
			b.ReportMetric(float64(passages)/b.Elapsed().Seconds(), "passages/s")
		})
	}
}

// BenchmarkSyncOne syncs after one article of many changed.
func BenchmarkSyncOne(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(size.name, func(b *testing.B) {
			src := invented(size.articles)
			x := open(b, b.TempDir(), options())
			sync1(b, x, src)
			r := rand.New(rand.NewPCG(11, 12))
			for b.Loop() {
				src.Put("00/0.txt", inventedArticle(r, "00/0.txt"))
				if got := sync1(b, x, src); got.Changed != 1 {
					b.Fatalf("got %+v, want one changed", got)
				}
			}
		})
	}
}

// BenchmarkOpen opens an index, finds that nothing changed, and searches once,
// as one run of a command does.
func BenchmarkOpen(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(size.name, func(b *testing.B) {
			src := invented(size.articles)
			dir := b.TempDir()
			sync1(b, open(b, dir, options()), src)
			for b.Loop() {
				x, err := retrieval.Open(dir, options())
				if err != nil {
					b.Fatal(err)
				}
				sync1(b, x, src)
				if _, err := x.Search(context.Background(), retrieval.Query{Text: "w77 w1234 ends here"}); err != nil {
					b.Fatal(err)
				}
				x.Close()
			}
		})
	}
}

func BenchmarkSearch(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(size.name, func(b *testing.B) {
			x := open(b, b.TempDir(), options())
			sync1(b, x, invented(size.articles))
			r := rand.New(rand.NewPCG(13, 14))
			for b.Loop() {
				q := fmt.Sprintf("w%d w%d w%d ends", r.IntN(50), r.IntN(2000), r.IntN(50000))
				if _, err := x.Search(context.Background(), retrieval.Query{Text: q, Limit: 12}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
