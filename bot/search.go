package bot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/dustin/go-humanize"

	"dateline/corpus"
	"dateline/corpus/dates"
	"dateline/retrieval"
)

// Search finds the passages that Ask reads for a question, best first: at most
// limit hits, 0 meaning 10. It is what the Searcher finds for the question as it
// is understood, with one addition: where it names a day or a period, articles
// published around it are preferred, see period.
func (b *Bot) Search(ctx context.Context, q Question, limit int) (retrieval.Result, error) {
	u, err := b.Understand(ctx, q)
	if err != nil {
		return retrieval.Result{}, err
	}
	return b.search(ctx, q.as(u), limit)
}

// search is Search for a question that stands by itself.
func (b *Bot) search(ctx context.Context, q Question, limit int) (retrieval.Result, error) {
	if limit <= 0 {
		limit = 10
	}
	if q.Asked.IsZero() {
		q.Asked = b.c.Now()
	}
	query := retrieval.Query{Text: q.Text, Filter: q.Filter, Limit: limit}
	found, err := b.c.Searcher.Search(ctx, query)
	if err != nil {
		return retrieval.Result{}, searchError(ctx, err)
	}
	from, to, ok := period(q.Text, q.Asked)
	if !ok || len(found.Hits) == 0 || !q.Filter.Since.IsZero() || !q.Filter.Until.IsZero() {
		return found, nil
	}
	// What was published then is searched for by itself, as it need not be
	// among the best of all. Scores of the two searches compare: a filter
	// changes what is ranked, not how.
	query.Filter.Since, query.Filter.Until = from, to
	then, err := b.c.Searcher.Search(ctx, query)
	if err != nil {
		return retrieval.Result{}, searchError(ctx, err)
	}
	if then.Generation != found.Generation || (then.WordsAlone == "") != (found.WordsAlone == "") {
		return found, nil // the index has changed meanwhile, or the embedder failed
	}
	hits := slices.DeleteFunc(slices.Clone(found.Hits), func(h retrieval.Hit) bool {
		day, known := h.Article.Date()
		return known && !day.Before(from) && !day.After(to)
	})
	for _, h := range then.Hits {
		h.Score *= 1 + datePreference
		hits = append(hits, h)
	}
	slices.SortFunc(hits, func(a, b retrieval.Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Article.ID, b.Article.ID), cmp.Compare(a.Passage.Start, b.Passage.Start))
	})
	found.Hits = hits[:min(limit, len(hits))]
	return found, nil
}

// WordsAlone says in a sentence where a search looked for words alone and not for
// meaning, and why; it is empty where it looked for both in all articles.
func WordsAlone(r retrieval.Result) string {
	switch s := r.Searched; {
	case r.WordsAlone != "":
		return "Only words were searched for, not meaning: " + corpus.OneLine(r.WordsAlone) + "."
	case s.WordsAlone == 0:
		return ""
	case s.WordsAlone == s.Articles:
		return "Searched by words alone so far; the articles’ vectors are still to be made."
	default:
		return fmt.Sprintf("Searched by words alone in %s of %s articles so far; their vectors are still to be made.",
			humanize.Comma(int64(s.WordsAlone)), humanize.Comma(int64(s.Articles)))
	}
}

func searchError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("searching: %w", err)
	}
	return fmt.Errorf("the articles could not be searched: %w; ask again, and check the index with `dateline doctor` if it goes on", err)
}

// datePreference is what it is worth to a passage, as a share of its score, to
// be published around the time that a question names: enough among near equals,
// too little to overrule what words and meaning say. Hits@1, hits@10 and MRR@10 of
// articles, over all questions, of which 65 and 246 name a time; of rtqa-articles
// the best 60 passages by words and the best 40 of the time were ranked:
//
//	      rtqa-articles (103)   rtqa-evidence (625)
//	0     .621  .913  .708      .773  .979  .856
//	0.1   .680  .922  .764      .795  .981  .870
//	0.2   .718  .942  .793      .811  .982  .880
//	0.3   .718  .942  .794      .822  .982  .886
//	0.5                         .826  .982  .888
//
// By words alone 0.2 was worth .072 MRR@10 on the first set, and is worth .085 now:
// scores of words and meaning lie closer together than those of words. Passages of
// rtqa-evidence bear the very day that their question was asked on, which flatters;
// the articles of the other set bear their own. The questions of both ask for the
// news of their week more than people do, so the value was not raised.
const datePreference = 0.2

const (
	// reportLag is how long after a day there are reports of it.
	reportLag = 3 * 24 * time.Hour
	// announced is how long before now what lies ahead is reported on.
	announced = 7 * 24 * time.Hour
)

// period returns the first and last day on which articles about the time that
// a question names were published, relative to the day it was asked: "on
// November 25", "last week", "in 2022". Of several times the shortest counts.
func period(question string, asked time.Time) (from, to time.Time, ok bool) {
	var best dates.Date
	for _, d := range dates.Find(question, corpus.Span{End: len(question)}, asked) {
		if !ok || d.To.Sub(d.From) < best.To.Sub(best.From) {
			best, ok = d, true
		}
	}
	from, to = best.From, best.To.Add(reportLag)
	y, m, day := asked.Date()
	if today := time.Date(y, m, day, 0, 0, 0, 0, time.UTC); ok && from.After(today) {
		from = today.Add(-announced)
	}
	return from, to, ok
}
