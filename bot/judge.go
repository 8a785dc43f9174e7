package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/corpus/word"
)

// second asks the judge about the sentence that was added last, of which the
// opinions are sorted. It is asked only where it may change anything: about a
// sentence that is supported, and not by its own words. If it says that the
// quotes contradict the sentence, there is no evidence for it any more, for two
// readers disagree; if it merely finds no evidence, as small models often do,
// that is noted. It never makes anything supported or contradicted.
//
// A judge that fails is not asked again, and Unjudged says why. The error is the
// context's.
func (b *Bot) second(ctx context.Context, c *Check, os []ground.Opinion) error {
	f := &c.Sentences[len(c.Sentences)-1]
	if b.c.Judge == nil || c.Unjudged != nil || f.Verdict != Supported {
		return nil
	}
	var quotes []Quote
	for _, o := range os[:min(len(os), maxAgreeing)] {
		if o.Verdict == Supported {
			quotes = append(quotes, o.Quotes...)
		}
	}
	if slices.ContainsFunc(quotes, func(q Quote) bool { return wordForWord(f.Text, q) }) {
		return nil
	}
	v, calls, err := b.c.Judge.Judge(ctx, f.Text, quotes)
	c.Calls = append(c.Calls, calls...)
	if ctx.Err() != nil {
		return fmt.Errorf("checking %q: %w", brief(f.Text), ctx.Err())
	}
	if err != nil {
		b.c.Log.InfoContext(ctx, "no second opinion", "err", err)
		c.Unjudged = err
		c.Note = fmt.Sprintf("There is no second opinion on “%s” and what follows: %s.", brief(f.Text), plain(err))
		return nil
	}
	model := "the model"
	if n := len(calls); n > 0 {
		model = "model " + corpus.OneLine(calls[n-1].Model)
	}
	switch v {
	case Contradicted:
		f.Verdict, c.Supported = NoEvidence, false
		f.Reasons = append(f.Reasons, model+" reads the cited words as contradicting it")
		note(f, "Without a second opinion it would be supported.")
	case NoEvidence:
		note(f, strings.ToUpper(model[:1])+model[1:]+" finds no evidence for it in the cited words.")
	}
	return nil
}

func note(f *Finding, text string) { f.Note = strings.TrimSpace(f.Note + " " + text) }

// wordForWord reports whether a sentence stands in a quote as it is.
func wordForWord(sentence string, q Quote) bool {
	norms := func(text string) string {
		var list []string
		for _, w := range word.Split(text) {
			list = append(list, w.Norm)
		}
		return " " + strings.Join(list, " ") + " "
	}
	return strings.Contains(norms(q.Span.Of(q.Article.Text)), norms(sentence))
}
