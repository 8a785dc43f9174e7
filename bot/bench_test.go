package bot_test

import (
	"context"
	"strings"
	"testing"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/corpus"
	"dateline/corpus/files"
	"dateline/corpus/sample"
	"dateline/retrieval"
)

// ready is a search that has been made.
type ready struct{ retrieval.Result }

func (r ready) Search(context.Context, retrieval.Query) (retrieval.Result, error) {
	return r.Result, nil
}

func (ready) Mentions(context.Context, string, retrieval.Filter) (bool, error) { return true, nil }

// BenchmarkGround is what stands between the draft of an engine and the answer:
// three sentences in an engine's own words, with twelve passages of the sample
// articles to cite from. Search and engine take no time; what is left is
// grounding, citing, and the receipt but for writing it.
func BenchmarkGround(b *testing.B) {
	var articles []*corpus.Article
	c := files.FS("sample", sample.FS)
	list, _, err := c.Files(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range list {
		if _, err := c.Read(b.Context(), f, func(a *corpus.Article) error {
			articles = append(articles, a)
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	const question = "Who confirmed the envoy’s visit to Moscow, when will it be, and who may come along?"
	found, err := bottest.NewSearcher(articles...).Search(b.Context(), retrieval.Query{Text: question + " the museum, the ferry and the bridge", Limit: 12})
	if err != nil || len(found.Hits) != 12 {
		b.Fatalf("got %d passages, error %v, want 12", len(found.Hits), err)
	}
	quote := func(source, words string) bot.Quote {
		for _, h := range found.Hits {
			for _, s := range h.Article.Sentences() {
				if h.Article.Source == source && strings.Contains(s.Of(h.Article.Text), words) {
					return bot.Quote{Article: h.Article, Span: s.Span}
				}
			}
		}
		b.Fatalf("no passage of %s with %q", source, words)
		return bot.Quote{}
	}
	globe := quote("envoy-moscow-globe.md", "confirmed on Wednesday")
	for _, bm := range []struct {
		name   string
		claims []bot.Claim
		shown  int
	}{
		{"lifted", []bot.Claim{claim(globe), claim(quote("envoy-moscow-northlight.txt", "confirmed the visit")), claim(quote("envoy-moscow-globe.md", "Kushner"))}, 3},
		{"own words", []bot.Claim{
			{Text: "Yury Ushakov confirmed on November 26 that Steve Witkoff is expected in Moscow.", Quotes: []bot.Quote{globe}},
			{Text: "Steve Witkoff is expected in Moscow next week.", Quotes: []bot.Quote{globe}},
			{Text: "Yuri Ushakov confirmed the visit.", Quotes: []bot.Quote{quote("envoy-moscow-northlight.txt", "confirmed the visit"), globe}},
		}, 3},
		{"invented", []bot.Claim{
			{Text: "Anselm Quordle confirmed that 417 envoys would visit on March 3, 1961.", Quotes: []bot.Quote{globe}},
			{Text: "Ushakov denied that Witkoff is expected in Moscow.", Quotes: []bot.Quote{globe}},
			{Text: "Ushakov called it “a perfect disgrace”.", Quotes: []bot.Quote{globe}},
		}, 0},
	} {
		b.Run(bm.name, func(b *testing.B) {
			ask := bot.New(bot.Config{Searcher: ready{found}, Engines: []bot.Answerer{bottest.Drafting(bot.Draft{Claims: bm.claims})}, Receipts: forgetful{}})
			a, err := ask.Ask(b.Context(), bot.Question{Text: question}, nil)
			if err != nil || len(bm.claims)-len(a.Dropped) != bm.shown {
				b.Fatalf("got %q, dropped %v, error %v; want %d sentences", a.Text, a.Dropped, err, bm.shown)
			}
			for b.Loop() {
				if _, err := ask.Ask(b.Context(), bot.Question{Text: question}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// forgetful is a recorder that keeps nothing.
type forgetful struct{}

func (forgetful) Record(context.Context, bot.Receipt) error { return nil }
