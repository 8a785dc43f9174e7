package slackbot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"dateline/bot"
	"dateline/retrieval"
)

// checkClaim holds a message against the articles.
func (b *Bot) checkClaim(ctx context.Context, w *workspace, o order, allowed retrieval.Filter) ([]outgoing, error) {
	text := w.plain(o.Text)
	if n := utf8.RuneCountInString(text); n > bot.MaxCheck {
		return notice(fmt.Sprintf("The message has %d characters, at most %d are checked at once: check it in parts.", n, bot.MaxCheck)), nil
	}
	c, err := b.c.Asker.Check(ctx, text, allowed)
	switch {
	case errors.Is(err, bot.ErrNoClaim):
		return notice("There are no words in this message to check."), nil
	case err != nil:
		return nil, &ownError{err}
	}
	c.Citations = b.withoutTitles(ctx, c.Citations)
	name := ""
	if len(checkPages(c)) > 1 {
		data, err := json.Marshal(keptCheck{o.User, allowed, c})
		if err != nil {
			return nil, &ownError{err}
		}
		name = rand.Text()
		if err := b.c.Inbox.Keep(ctx, w.checkName(name), data); err != nil {
			return nil, err
		}
	}
	return checkMessages(c, name, 0), nil
}

// A keptCheck is one of several pages, which its user turns.
type keptCheck struct {
	User   string
	Filter retrieval.Filter // what it was checked against
	Check  bot.Check
}

// checkName names a check of this workspace among what the inbox keeps.
func (w *workspace) checkName(name string) string { return w.team + "/check/" + name }

// turnCheck shows another page of a check.
func (b *Bot) turnCheck(ctx context.Context, w *workspace, o order, allowed retrieval.Filter) ([]outgoing, error) {
	number, name, _ := strings.Cut(o.Text, " ")
	n, _ := strconv.Atoi(number) // a page that is no number is the first
	data, err := b.c.Inbox.Kept(ctx, w.checkName(name))
	if err != nil {
		return nil, err
	}
	var k keptCheck
	if data == nil || json.Unmarshal(data, &k) != nil || k.User != o.User {
		return nil, &refusedError{errors.New("this check is not kept any more: check the message again")}
	}
	var cited []string
	for _, c := range k.Check.Citations {
		cited = append(cited, c.Article)
	}
	switch sees, err := b.sees(ctx, allowed, cited...); {
	case err != nil:
		return nil, &ownError{err}
	case !sees, !searchedUnder(k.Filter, allowed): // it tells what all the articles lack that were searched
		return nil, errNotHere
	}
	return checkMessages(k.Check, name, n), nil
}

// verdicts are how each verdict begins a line.
var verdicts = map[bot.Verdict]string{bot.Supported: "✓ Supported", bot.Contradicted: "✗ Contradicted", bot.NoEvidence: "? No evidence", bot.NotClaim: "– Not a claim"}

const actionCheck = "check" // value: PAGE NAME

// sentencesPerPage is how many sentences of a check are shown at a time, at most:
// fewer where they do not fit into a message.
const sentencesPerPage = 10

// checkPages are the sentences of a check by pages, each without what stands
// around it.
func checkPages(c bot.Check) (pages []*page) {
	for from := 0; from < len(c.Sentences); {
		p, n := &page{}, 0
		for n < sentencesPerPage && from+n < len(c.Sentences) {
			stood := len(p.entries)
			p.finding(c, c.Sentences[from+n])
			if n > 0 && !p.fits(reservedForPaging) {
				p.entries = p.entries[:stood]
				break
			}
			n++
		}
		from += n
		pages = append(pages, p)
	}
	return pages
}

// reservedForPaging are the characters of a message that are left for what stands
// around the sentences of a page.
const reservedForPaging = 500

// checkMessages shows a page of what the articles say to each sentence of a claim.
// name is what it is kept under, if it has several.
func checkMessages(c bot.Check, name string, number int) []outgoing {
	n := make(map[bot.Verdict]int)
	for _, s := range c.Sentences {
		n[s.Verdict]++
	}
	sum := fmt.Sprintf("%d supported, %d contradicted, %d without evidence", n[bot.Supported], n[bot.Contradicted], n[bot.NoEvidence])
	if none := n[bot.NotClaim]; none > 0 {
		sum += fmt.Sprintf(", %d not a claim", none)
	}
	p, pages := &page{}, checkPages(c)
	number = max(0, min(number, len(pages)-1))
	p.section(bold(sum),
		say(", checked against "+count(c.Searched.Articles, "article")+"."))
	p.entries = append(p.entries, pages[number].entries...)
	if note := forReaders(c.Note); note != "" {
		p.say(note, italic)
	}
	p.turner(number, len(pages), "‹ Previous", "Next ›", func(to int) (id, value string) {
		return actionCheck + ":" + strconv.Itoa(to), strconv.Itoa(to) + " " + name
	})
	return p.messages()
}

// finding shows what the articles say to one sentence.
func (p *page) finding(c bot.Check, f bot.Finding) {
	p.section(bold(verdicts[f.Verdict]))
	p.quote(f.Text)
	for _, why := range append(slices.Clone(f.Reasons), f.Note) {
		if why != "" {
			p.say(why, italic)
		}
	}
	for _, k := range f.Citations {
		if k >= 1 && k <= len(c.Citations) {
			p.source(c.Citations[k-1], fmt.Sprintf("[%d]", k))
		}
	}
}

// turner adds the buttons that turn pages, counted from 0, if there are several.
func (p *page) turner(number, pages int, back, on string, button func(to int) (id, value string)) {
	if pages < 2 {
		return
	}
	var buttons []slack.BlockElement
	add := func(to int, label string) {
		id, value := button(to)
		buttons = append(buttons, slack.NewButtonBlockElement(id, value, plainText(label, 75)))
	}
	if number > 0 {
		add(number-1, back)
	}
	if number < pages-1 {
		add(number+1, on)
	}
	p.section(italic(fmt.Sprintf("Page %d of %d", number+1, pages)))
	p.add(slack.NewActionBlock("", buttons...), "")
}
