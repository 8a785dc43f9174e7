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
	"dateline/retrieval/encoder"
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
			m, err := encoder.Load()
			if err != nil {
				t.Fatal(err)
			}
			x, err := retrieval.Open(t.TempDir(), retrieval.Options{Keywords: bleve.Engine{}, Embedder: encoder.NewEmbedder(m, 1), Vectors: chromem.Engine{}})
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

// An unembedded Searcher has looked for words alone in some articles.
type unembedded struct {
	bot.Searcher
	articles int
	why      string
}

func (u unembedded) Search(ctx context.Context, q retrieval.Query) (retrieval.Result, error) {
	r, err := u.Searcher.Search(ctx, q)
	r.WordsAlone, r.Searched.WordsAlone = u.why, u.articles
	return r, err
}

// What was searched by words alone is said with an answer, a refusal and a check.
func TestWordsAlone(t *testing.T) {
	as := bottest.Articles()
	for _, tt := range []struct {
		name     string
		articles int
		why      string
		want     string
	}{
		{"none", 0, "", ""},
		{"some", 1, "", fmt.Sprintf("Searched by words alone in 1 of %d articles so far; their vectors are still to be made.", len(as))},
		{"all", len(as), "", "Searched by words alone so far; the articles’ vectors are still to be made."},
		{"for a reason", len(as), "the server\nis down", "Only words were searched for, not meaning: the server is down."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			search := unembedded{bottest.NewSearcher(as...), tt.articles, tt.why}
			for _, e := range []bot.Answerer{bottest.Lifting(), bottest.Refusing("It is not said.")} {
				a, err := bot.New(bot.Config{Searcher: search, Engines: []bot.Answerer{e}}).Ask(t.Context(), bot.Question{Text: "Who visits Sandrith?"}, nil)
				if err != nil || a.Answered != (e.Name() == "lifting") || a.Note != tt.want {
					t.Errorf("asked %s: got answered %t, note %q, error %v, want note %q", e.Name(), a.Answered, a.Note, err, tt.want)
				}
			}
			for _, text := range []string{"Anselm Quordle visits Sandrith.", "Why?"} {
				c, err := bot.New(bot.Config{Searcher: search}).Check(t.Context(), text, retrieval.Filter{})
				if err != nil || c.Note != tt.want {
					t.Errorf("checked %q: got note %q, error %v, want %q", text, c.Note, err, tt.want)
				}
			}
		})
	}
}
