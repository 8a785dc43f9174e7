package slackbot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"dateline/bot"
	"dateline/retrieval"
)

// checkClaim holds a message against the articles.
func (b *Bot) checkClaim(ctx context.Context, w *workspace, o order, allowed retrieval.Filter) ([]outgoing, error) {
	c, err := b.c.Asker.Check(ctx, w.plain(o.Text), allowed)
	switch {
	case errors.Is(err, bot.ErrNoClaim):
		return notice("There are no words in this message to check."), nil
	case err != nil:
		return nil, &ownError{err}
	}
	c.Citations = b.withoutTitles(ctx, c.Citations)
	return checkMessages(c), nil
}

// verdicts are how each verdict begins a line.
var verdicts = map[bot.Verdict]string{bot.Supported: "✓ Supported", bot.Contradicted: "✗ Contradicted", bot.NoEvidence: "? No evidence", bot.NotClaim: "– Not a claim"}

// checkMessages shows what the articles say to each sentence of a claim.
func checkMessages(c bot.Check) []outgoing {
	p := &page{}
	n := make(map[bot.Verdict]int)
	for _, s := range c.Sentences {
		n[s.Verdict]++
	}
	sum := fmt.Sprintf("%d supported, %d contradicted, %d without evidence", n[bot.Supported], n[bot.Contradicted], n[bot.NoEvidence])
	if none := n[bot.NotClaim]; none > 0 {
		sum += fmt.Sprintf(", %d not a claim", none)
	}
	p.section(bold(sum),
		say(", checked against "+count(c.Searched.Articles, "article")+"."))
	for _, s := range c.Sentences {
		p.section(bold(verdicts[s.Verdict]))
		p.quote(s.Text)
		for _, why := range append(slices.Clone(s.Reasons), s.Note) {
			if why != "" {
				p.say(why, italic)
			}
		}
		for _, k := range s.Citations {
			if k >= 1 && k <= len(c.Citations) {
				p.source(c.Citations[k-1], fmt.Sprintf("[%d]", k))
			}
		}
	}
	if c.Note != "" {
		p.say(c.Note, italic)
	}
	return p.messages()
}
