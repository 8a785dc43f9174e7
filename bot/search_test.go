package bot_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/eval"
	"dateline/corpus/files"
	"dateline/retrieval"
	"dateline/retrieval/bleve"
	"dateline/retrieval/chromem"
	"dateline/retrieval/static"
)

// TestMeasureDates prints what preferring the dates of questions does to
// retrieval. The sets are no part of this repository:
//
//	DATELINE_DATA_SETS=/path go test -run MeasureDates -v ./bot
func TestMeasureDates(t *testing.T) {
	sets := os.Getenv("DATELINE_DATA_SETS")
	if sets == "" {
		t.Skip("DATELINE_DATA_SETS names no folder of evaluation data")
	}
	ctx := context.Background()
	for _, set := range []string{"rtqa-evidence", "rtqa-articles"} {
		t.Run(set, func(t *testing.T) {
			dir := filepath.Join(sets, set)
			src, err := files.Open(filepath.Join(dir, "articles.jsonl.gz"))
			if err != nil {
				t.Fatal(err)
			}
			x, err := retrieval.Open(t.TempDir(), retrieval.Options{Keywords: bleve.Engine{}, Embedder: new(static.Embedder), Vectors: chromem.Engine{}})
			if err != nil {
				t.Fatal(err)
			}
			defer x.Close()
			if _, err := x.Sync(ctx, src, nil); err != nil {
				t.Fatal(err)
			}
			var questions []eval.Question
			f, err := os.Open(filepath.Join(dir, "questions.jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if questions, err = eval.Read(f); err != nil {
				t.Fatal(err)
			}
			measure(t, x, bot.New(bot.Config{Searcher: x, Engines: []bot.Answerer{bottest.Lifting()}}), questions)
		})
	}
}

func measure(t *testing.T, x bot.Searcher, b *bot.Bot, questions []eval.Question) {
	var plain, dated [2]figures // of all, of those whose order changed
	changed := 0
	ctx := context.Background()
	for _, q := range questions {
		if len(q.Sources) == 0 {
			continue
		}
		asked, _ := time.Parse(time.DateOnly, q.Asked)
		before, err := x.Search(ctx, retrieval.Query{Text: q.Question, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		after, err := b.Search(ctx, bot.Question{Text: q.Question, Asked: asked}, 100)
		if err != nil {
			t.Fatal(err)
		}
		p, d := places(q, before), places(q, after)
		plain[0].add(p)
		dated[0].add(d)
		if !slices.Equal(sources(before), sources(after)) {
			changed++
			plain[1].add(p)
			dated[1].add(d)
		}
	}
	t.Logf("              questions hits@1  hits@10 MRR@10")
	t.Logf("as found      %v", plain[0])
	t.Logf("dates         %v", dated[0])
	t.Logf("where changed %v", plain[1])
	t.Logf("dates         %v", dated[1])
}

func sources(r retrieval.Result) []string {
	var s []string
	for _, h := range r.Hits {
		if !slices.Contains(s, h.Article.Source) {
			s = append(s, h.Article.Source)
		}
	}
	return s
}

func places(q eval.Question, r retrieval.Result) int {
	return slices.IndexFunc(sources(r), q.Gold)
}

type figures struct{ n, hits1, hits10, mrr float64 }

func (f *figures) add(place int) {
	f.n++
	if place == 0 {
		f.hits1++
	}
	if place >= 0 && place < 10 {
		f.hits10++
		f.mrr += 1 / float64(place+1)
	}
}

func (f figures) String() string {
	return fmt.Sprintf("%9.0f   %.3f   %.3f   %.4f", f.n, f.hits1/f.n, f.hits10/f.n, f.mrr/f.n)
}
