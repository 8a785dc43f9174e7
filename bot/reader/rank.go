package reader

import (
	"context"
)

// hasWeight is what the logit of answering at all counts for in Rank, beside the
// score of the best span.
const hasWeight = 1.0

// Rank tells how well sentences answer a question, each read by itself: a score
// for each, the higher the better, that only compares with others of the same
// question. All are read, whatever the Config. The error is the context's or says
// that there is no model.
func (r *Reader) Rank(ctx context.Context, question string, sentences []string) ([]float64, error) {
	m, err := r.c.Load()
	if err != nil {
		return nil, err
	}
	c := newCutter(m.Tokenizer, question)
	var windows []window
	for i, s := range sentences {
		tokens := c.Append(nil, s, windowTokens-len(c.question)-3)
		w := window{hit: i, sequence: c.Pair(c.question, tokens), first: len(c.question) + 2, tokens: make([]token, len(tokens))}
		for j, k := range tokens {
			w.tokens[j].Start, w.tokens[j].End = int(k.Start), int(k.End)
		}
		windows = append(windows, w)
	}
	if err := r.turns.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer r.turns.Release(1)
	ranks := make([]float64, len(sentences))
	err = r.score(ctx, m, windows, func(i int, s *scores) {
		ranks[i] = noWords
		if spans := s.spans(&windows[i]); len(spans) > 0 {
			ranks[i] = spans[0].score + hasWeight*s.has
		}
	})
	if err != nil {
		return nil, err
	}
	return ranks, nil
}

// noWords is the rank of a sentence without a word, below any other.
const noWords = -1000
