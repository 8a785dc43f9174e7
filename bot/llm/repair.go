package llm

import (
	"context"
	"strings"

	"dateline/bot"
	"dateline/retrieval"
)

var _ bot.Repairer = (*Engine)(nil)

// Bounds of what a prompt tells of a refused sentence, in bytes.
const (
	mostRefused = 600
	mostWhy     = 400
)

// A refused sentence and why it was.
type refused struct{ Text, Why string }

// Repair implements bot.Repairer. The model sees the passages that the failed
// claims cite, under the numbers they had before, and all of them where one
// cites none. A server that breaks off gives an error: what it had written is
// in no Draft. Errors are as Draft's.
func (e *Engine) Repair(ctx context.Context, q bot.Question, hits []retrieval.Hit, failed []bot.Failed) (bot.Draft, error) {
	if err := ctx.Err(); err != nil {
		return bot.Draft{}, err
	}
	failed = failed[:min(len(failed), mostClaims)]
	if len(failed) == 0 || len(hits) == 0 {
		return bot.Draft{}, nil
	}
	w := &drafting{}
	t := e.writing(w, e.prompts.repair, func(f features) (system, user string, given []passage, err error) {
		return e.prompts.repairing(q, hits, failed, f)
	})
	err := e.put(ctx, t)
	w.draft.Calls = t.calls
	switch {
	case ctx.Err() != nil:
		return bot.Draft{Calls: t.calls}, ctx.Err()
	case err != nil:
		return bot.Draft{Calls: t.calls}, err
	}
	w.draft.Short = w.short()
	return w.draft, nil
}

// repairing makes the messages that ask for refused sentences once more.
func (ps prompts) repairing(q bot.Question, hits []retrieval.Hit, failed []bot.Failed, f features) (system, user string, given []passage, err error) {
	data := struct {
		Passages []passage
		Failed   []refused
		Question string
	}{Question: plain(q.Text)}
	for _, c := range failed {
		data.Failed = append(data.Failed, refused{cut(plain(c.Claim.Text), mostRefused), cut(plain(strings.Join(c.Reasons, "; ")), mostWhy)})
	}
	// The same passages in the same order have the same numbers.
	_, _, all, err := ps.answering(q, hits, f)
	if err != nil {
		return "", "", nil, err
	}
	if system, user, err = ps.repair.write(f.schema, data); err != nil {
		return "", "", nil, err
	}
	left := room(f, system, user)
	for _, p := range cited(all, failed) {
		if n := p.tokens(); n <= left {
			left -= n
			data.Passages = append(data.Passages, p)
		}
	}
	system, user, err = ps.repair.write(f.schema, data)
	return system, user, data.Passages, err
}

// cited are the passages that failed claims cite, or all if one cites none of
// them.
func cited(given []passage, failed []bot.Failed) []passage {
	used := make([]bool, len(given))
	for _, f := range failed {
		found := false
		for _, q := range f.Claim.Quotes {
			if q.Article == nil {
				continue
			}
			for i, p := range given {
				if q.Article.ID == p.hit.Article.ID && p.hit.Passage.Contains(q.Span) {
					used[i], found = true, true
				}
			}
		}
		if !found {
			return given
		}
	}
	var list []passage
	for i, p := range given {
		if used[i] {
			list = append(list, p)
		}
	}
	return list
}
