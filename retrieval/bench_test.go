package retrieval_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"dateline/corpus"
	"dateline/retrieval"
	"dateline/retrieval/chromem"
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
				x := open(b, b.TempDir(), quick(spread{128}))
				passages += sync1(b, x, src).Passages
			}
			b.ReportMetric(float64(passages)/b.Elapsed().Seconds(), "passages/s")
		})
	}
}

// BenchmarkSyncOne syncs after one article of many changed, and makes the vectors
// of its passages.
func BenchmarkSyncOne(b *testing.B) {
	for _, size := range benchSizes {
		b.Run(size.name, func(b *testing.B) {
			src := invented(size.articles)
			x := open(b, b.TempDir(), quick(spread{128}))
			sync1(b, x, src)
			embed1(b, x)
			r := rand.New(rand.NewPCG(11, 12))
			for b.Loop() {
				src.Put("00/0.txt", inventedArticle(r, "00/0.txt"))
				if got := sync1(b, x, src); got.Changed != 1 {
					b.Fatalf("got %+v, want one changed", got)
				}
				embed1(b, x)
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
			x := open(b, dir, quick(spread{128}))
			sync1(b, x, src)
			embed1(b, x)
			for b.Loop() {
				x, err := retrieval.Open(dir, quick(spread{128}))
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
			x := open(b, b.TempDir(), quick(spread{128}))
			sync1(b, x, invented(size.articles))
			embed1(b, x)
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

// BenchmarkVectors is what a question's way through the vectors of a corpus costs,
// chromem's scan of all of them beside it: open maps and checks the file and finds
// the vector of each passage, as every process does once; near is what each
// question does. Heap is what an open file keeps there, besides the file itself,
// which is mapped.
func BenchmarkVectors(b *testing.B) {
	const dims, near = 384, 200
	ctx := context.Background()
	for _, size := range []struct {
		name string
		n    int
	}{{"10k", 10_000}, {"67k", 67_000}, {"100k", 100_000}, {"300k", 300_000}} {
		b.Run(size.name, func(b *testing.B) {
			dir := b.TempDir()
			r := rand.New(rand.NewPCG(15, 16))
			vector := func(int) []float32 {
				v := make([]float32, dims)
				sum := 0.0
				for j := range v {
					v[j] = float32(r.NormFloat64()) + 1 // as those of a real encoder, all are somewhat near
					sum += float64(v[j]) * float64(v[j])
				}
				for j := range v {
					v[j] /= float32(math.Sqrt(sum))
				}
				return v
			}
			if err := retrieval.WriteVectors(dir, size.n, dims, vector); err != nil {
				b.Fatal(err)
			}
			heap := func() float64 {
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				return float64(m.HeapAlloc) / (1 << 20)
			}
			open := func() *retrieval.VectorBench {
				x, err := retrieval.OpenVectors(dir, size.n, dims, chromem.Engine{})
				if err != nil {
					b.Fatal(err)
				}
				return x
			}
			x := open()
			before := heap()
			if n, err := x.Refresh(); n != size.n || err != nil {
				b.Fatal(n, err)
			}
			after := heap()
			b.Run("open", func(b *testing.B) {
				for b.Loop() {
					b.StopTimer()
					x := open()
					b.StartTimer()
					if _, err := x.Refresh(); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(after-before, "heap-MB")
			})
			some := retrieval.NewSet(size.n)
			for i := 0; i < size.n; i += 10 {
				some.Add(i)
			}
			for _, c := range []struct {
				name    string
				allowed *retrieval.Set
			}{{"near", nil}, {"near/a tenth allowed", some}} {
				b.Run(c.name, func(b *testing.B) {
					for b.Loop() {
						if _, err := x.Near(ctx, vector(0), c.allowed, near); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
			b.Run("chromem", func(b *testing.B) {
				flat := make([]float32, 0, size.n*dims)
				for i := range size.n {
					flat = append(flat, vector(i)...)
				}
				before := heap()
				all, err := chromem.Engine{}.Fill(ctx, dims, flat)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(heap()-before+float64(4*len(flat))/(1<<20), "heap-MB")
				for b.Loop() {
					if _, err := all.Nearest(ctx, vector(0), nil, near); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
