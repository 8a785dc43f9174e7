package bot

import (
	"context"
	"slices"
	"time"

	"dateline/corpus"
	"dateline/corpus/word"
	"dateline/retrieval"
)

// repair has the engine write again, once, the claims that grounding refused,
// and adds those that pass now. The Draft is what it wrote; failing to is no
// failure of the answer. took is how long the engine was at its draft.
func (b *Bot) repair(ctx context.Context, e Answerer, q Question, found retrieval.Result, w *writer, took time.Duration) (Draft, error) {
	r, ok := e.(Repairer)
	failed := w.failed()
	if !ok || len(failed) == 0 || ctx.Err() != nil {
		return Draft{}, nil
	}
	if deadline, ok := ctx.Deadline(); ok {
		// To write again takes about as long as to write did. What is left
		// beyond that is for another engine, should nothing pass.
		left := time.Until(deadline) / 2
		if left < took {
			return Draft{}, nil
		}
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, left)
		defer cancel()
	}
	d, err := r.Repair(ctx, lendQuestion(q), lend(found.Hits), failed)
	if err != nil {
		b.c.Log.InfoContext(ctx, "repair failed", "answer", w.answer.ID, "engine", e.Name(), "err", err)
		return Draft{Calls: d.Calls}, err
	}
	w.mend(d.Claims)
	return d, nil
}

// failed are the claims that were refused and are worth another try. One that
// says what another said with better citations is not missed.
func (w *writer) failed() []Failed {
	var failed []Failed
	for _, r := range w.refused {
		if !w.said(r.Claim.Text) {
			failed = append(failed, r.Failed)
		}
	}
	return failed
}

// said reports whether a sentence was passed.
func (w *writer) said(text string) bool {
	return slices.ContainsFunc(w.sentences, func(j Judged) bool { return j.Outcome == Shown && j.Text == corpus.OneLine(text) })
}

// mend grounds claims that were written in place of refused ones, adds those
// that pass, and takes what they stand for off the list of what was dropped.
func (w *writer) mend(claims []Claim) {
	failed := slices.DeleteFunc(slices.Clone(w.refused), func(r refused) bool { return w.said(r.Claim.Text) })
	w.claims, w.excess, w.mending = len(w.answer.Sentences), 0, true
	for _, c := range claims {
		before := len(w.answer.Sentences)
		if c.Text = plainSentence(c.Text); w.said(c.Text) {
			w.judge(c.Text, Withheld, []string{"it was said before"}, nil)
			continue
		}
		if w.add(c); len(w.answer.Sentences) == before {
			continue
		}
		at := original(c.Text, failed)
		if at < 0 {
			continue
		}
		was := failed[at]
		failed = slices.Delete(failed, at, at+1)
		w.sentences[was.sentence].Outcome = Repaired
		w.answer.Repaired = append(w.answer.Repaired, was.dropped)
		i := slices.IndexFunc(w.answer.Dropped, was.dropped.same)
		w.answer.Dropped = slices.Delete(w.answer.Dropped, i, i+1)
	}
	w.noteExcess()
}

// original returns which of the refused claims a text was written in place of;
// -1 if none. An engine leaves out what it gives up, so it is not their order
// that tells, but the words they have in common.
func original(text string, failed []refused) int {
	best, most := -1, 0
	terms := word.Terms(text)
	for at, f := range failed {
		common := 0
		for _, t := range word.Terms(f.Claim.Text) {
			if slices.Contains(terms, t) {
				common++
			}
		}
		if common > most {
			best, most = at, common
		}
	}
	return best
}
