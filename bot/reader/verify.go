package reader

import (
	"context"
	"math"

	"dateline/retrieval/encoder"
)

const (
	// verified is how many of the best candidates are read a second time, as claims.
	verified = 1
	// claimTokens and evidenceTokens are the lengths of claim and passage that the
	// model was trained with.
	claimTokens    = 80
	evidenceTokens = 190
)

// verify has the model judge whether the text around the best candidates supports
// them as answers: the question with the answer behind it, "Who resigned? The mayor",
// is the claim.
func (r *Reader) verify(ctx context.Context, m *encoder.Model, x *reading) error {
	best := x.candidates[:min(len(x.candidates), verified)]
	claims := make([]encoder.Sequence, len(best))
	for i := range best {
		claim := m.Append(nil, x.question+" "+short(&best[i]), claimTokens)
		claims[i] = m.Pair(claim, best[i].evidence())
	}
	return r.support(ctx, m, claims, func(i int, logit float64) { best[i].supported = logit })
}

// forwardClaims is Reader.support outside tests. The logit is that of supported
// against the other two of three classes.
func forwardClaims(ctx context.Context, m *encoder.Model, claims []encoder.Sequence, pass func(i int, logit float64)) error {
	return m.Forward(ctx, claims, 0, func(i int, states []float32) {
		out := func(output int) float64 { return float64(m.Output(output, states[:m.Width()])) }
		contradicted, unsupported := out(outputContradicted), out(outputUnsupported)
		more, less := max(contradicted, unsupported), min(contradicted, unsupported)
		pass(i, out(outputSupported)-more-math.Log1p(math.Exp(less-more)))
	})
}

// evidence returns the tokens of a candidate's window, cut down to evidenceTokens
// around its sentence.
func (c *candidate) evidence() []encoder.Token {
	w := c.window
	from, to := 0, len(w.tokens)
	for from < to && to-from > evidenceTokens && w.tokens[to-1].sentence > c.sentence {
		to--
	}
	for from < to && to-from > evidenceTokens && w.tokens[from].sentence < c.sentence {
		from++
	}
	to = min(to, from+evidenceTokens)
	tokens := make([]encoder.Token, 0, to-from)
	for _, id := range w.sequence.IDs[w.first+from : w.first+to] {
		tokens = append(tokens, encoder.Token{ID: id})
	}
	return tokens
}
