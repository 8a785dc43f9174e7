package extract

import (
	"context"
	"fmt"
	"math"
	"time"

	"dateline/corpus"
	"dateline/retrieval"
)

// Rank tells how well sentences answer a question, each read by itself: a score
// for each, the higher the better, that only compares with others of the same
// question. It is that of the best candidate in the sentence, as Draft ranks
// them; sentences without one come after all others, by the words they share
// with the question.
func (Reader) Rank(ctx context.Context, question string, sentences []string) ([]float64, error) {
	hits := make([]retrieval.Hit, len(sentences))
	for i, s := range sentences {
		// Without a day of publication "Monday" is no date; any one will do.
		a := &corpus.Article{ID: fmt.Sprint(i), Text: s, Body: corpus.Span{End: len(s)}, Published: corpus.Fact{Value: "2000-01-01"}}
		ss := a.Sentences()
		hits[i] = retrieval.Hit{Article: a, Passage: corpus.Passage{Span: a.Body, Last: max(0, len(ss)-1)}, Score: 1}
	}
	r := &reading{q: parse(truecase(question, hits), time.Time{})}
	r.load(hits)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r.match()
	r.rank()
	place := make(map[*document]int, len(r.docs))
	scores := make([]float64, len(sentences))
	for i, d := range r.docs {
		place[d] = i // one article a sentence, in order
		scores[i] = math.Inf(-1)
	}
	worst := 0.0
	for _, x := range append(r.cands, r.spare...) {
		i := place[x.s.doc]
		scores[i] = max(scores[i], x.score)
		worst = min(worst, x.score)
	}
	for i := range r.docs {
		if !math.IsInf(scores[i], -1) {
			continue
		}
		scores[i] = worst - 2
		for _, c := range r.covers[i] {
			scores[i] = max(scores[i], worst-2+c.cov)
		}
	}
	return scores, nil
}
