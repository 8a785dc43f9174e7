package slackbot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"dateline/bot"
	"dateline/corpus"
	"dateline/retrieval"
)

var (
	answerRef = regexp.MustCompile(`^([0-9a-z]{6,32})#([0-9]+)$`)
	lineRef   = regexp.MustCompile(`^(.+?):([0-9]+)(?:-([0-9]+))?$`)
)

// sourceCommand shows what a reference names: a citation of an answer, a file, a
// line of it, or else the articles about some words.
func (b *Bot) sourceCommand(ctx context.Context, w *workspace, o order, allowed retrieval.Filter) ([]outgoing, error) {
	ref := strings.TrimSpace(o.Text)
	p := &page{}
	if ref == "" {
		return notice(commandSource + " shows a source: give a file, file:line, a citation such as k3j2x7aq5e#2, or words to look for."), nil
	}
	if m := answerRef.FindStringSubmatch(ref); m != nil {
		r, err := b.given(ctx, w, o.Channel, o.User, m[1])
		if err == nil {
			n, _ := strconv.Atoi(m[2])
			i := slices.IndexFunc(r.Answer.Citations, func(c bot.Citation) bool { return c.N == n })
			if i < 0 {
				return notice(fmt.Sprintf("Answer %s has %s, none numbered %s.", m[1], count(len(r.Answer.Citations), "citation"), m[2])), nil
			}
			if err := b.showCitation(ctx, p, r.Answer.Citations[i]); err != nil {
				return nil, &ownError{err}
			}
			return p.messages(r.Answer.Citations[i].Quote), nil
		}
	}
	list, err := b.c.Library.Articles(ctx, allowed)
	if err != nil {
		return nil, &ownError{err}
	}
	named := func(name string) int {
		return slices.IndexFunc(list, func(a retrieval.Listing) bool { return a.Source == name })
	}
	if i := named(ref); i >= 0 {
		return b.showLines(ctx, list[i].ID, 1, 0)
	}
	if m := lineRef.FindStringSubmatch(ref); m != nil {
		if i := named(m[1]); i >= 0 {
			first, err := strconv.Atoi(m[2])
			last, err2 := strconv.Atoi(cmp.Or(m[3], m[2]))
			if err != nil || err2 != nil || first < 1 || last < first {
				return notice(fmt.Sprintf("%s: lines are counted from 1.", ref)), nil
			}
			return b.showLines(ctx, list[i].ID, first, last)
		}
	}
	return b.about(ctx, w.plain(ref), allowed)
}

// showLines shows some lines of an article, or the beginning of it if last is 0.
func (b *Bot) showLines(ctx context.Context, id string, first, last int) ([]outgoing, error) {
	a, err := b.c.Library.Article(ctx, id)
	if err != nil {
		return nil, &ownError{err}
	}
	var span corpus.Span
	at, n := 0, 0
	for line := range strings.Lines(a.Text) {
		n++
		if n == first {
			span.Start = at
		}
		at += len(line)
		if n == last || last == 0 && at > 2*around {
			break
		}
	}
	if first > n {
		return notice(fmt.Sprintf("%s has %s.", a.Source, count(n, "line"))), nil
	}
	span.End = at
	for span.End > span.Start && (a.Text[span.End-1] == '\n' || a.Text[span.End-1] == '\r') {
		span.End--
	}
	p := &page{}
	p.heading(title(a), a.Publisher.Value, a.Published.Value, a.Source+", "+lines([2]int{first, max(first, n)}), a.URL)
	if last == 0 {
		for _, s := range parts(span.Of(a.Text), mostSection) {
			p.section(say(s))
		}
		if span.End < len(a.Text)-1 {
			p.section(italic(fmt.Sprintf("The article goes on: %s %s:%d-%d shows what follows.", commandSource, a.Source, n+1, n+20)))
		}
	} else {
		p.passage(a, span)
	}
	return p.messages(span.Of(a.Text)), nil
}

func title(a *corpus.Article) string {
	if a.Title.From == corpus.FromSentence {
		return ""
	}
	return a.Title.Value
}

// about lists the articles that have most of some words.
func (b *Bot) about(ctx context.Context, words string, allowed retrieval.Filter) ([]outgoing, error) {
	if !hasWords(words) {
		return notice("There is no article of that name. Give a file, file:line, a citation, or words to look for."), nil
	}
	const most = 8
	found, err := b.c.Asker.Search(ctx, bot.Question{Text: words, Filter: allowed}, 3*most)
	if err != nil {
		return nil, &ownError{err}
	}
	p := &page{}
	var seen []string
	for _, h := range found.Hits {
		if slices.Contains(seen, h.Article.ID) || len(seen) == most {
			continue
		}
		seen = append(seen, h.Article.ID)
		p.source(bot.Cite(len(seen), h.Article, h.Passage.Span), fmt.Sprintf("%d.", len(seen)))
	}
	if len(seen) == 0 {
		return notice(fmt.Sprintf("No article is named %q or has these words. %s lists what there is.", short(words, 200), commandSources)), nil
	}
	return p.messages(count(len(seen), "article") + " about " + words), nil
}

// perPage is how many articles are listed at a time.
const perPage = 10

const actionPage = "page" // value: PAGE QUERY

// sourcesCommand lists what can be asked about: in all, and by page those
// whose name or publisher has the words.
func (b *Bot) sourcesCommand(ctx context.Context, w *workspace, o order, allowed retrieval.Filter) ([]outgoing, error) {
	return b.listSources(ctx, w.plain(o.Text), allowed, 0)
}

func (b *Bot) listSources(ctx context.Context, query string, allowed retrieval.Filter, number int) ([]outgoing, error) {
	list, err := b.c.Library.Articles(ctx, allowed)
	if err != nil {
		return nil, &ownError{err}
	}
	if len(list) == 0 {
		return notice("There are no articles that can be asked about here."), nil
	}
	p := &page{}
	p.holdings(list)
	if synced := b.c.Synced; synced != nil {
		if at := synced(); !at.IsZero() {
			p.section(say("Last looked for changes: " + at.Format("2006-01-02 15:04 MST")))
		}
	}
	words := strings.Fields(strings.ToLower(query))
	list = slices.DeleteFunc(slices.Clone(list), func(a retrieval.Listing) bool {
		name := strings.ToLower(a.Source + " " + a.Publisher + " " + a.Published)
		return slices.ContainsFunc(words, func(s string) bool { return !strings.Contains(name, s) })
	})
	if len(list) == 0 {
		p.section(say(fmt.Sprintf("None of them is named %q. %s %s looks into them.", short(query, 100), commandSource, short(query, 100))))
		return p.messages("No article is named " + query), nil
	}
	slices.SortStableFunc(list, func(a, b retrieval.Listing) int { return cmp.Compare(b.Published, a.Published) })
	pages := (len(list) + perPage - 1) / perPage
	number = max(0, min(number, pages-1))
	for _, a := range list[number*perPage : min(len(list), (number+1)*perPage)] {
		var e []slack.RichTextSectionElement
		for _, s := range []string{a.Published, a.Publisher} {
			if s != "" {
				e = append(e, say(short(s, 100)+" · "))
			}
		}
		p.section(append(e, say(short(a.Source, 300)))...)
	}
	if pages > 1 {
		var buttons []slack.BlockElement
		turn := func(to int, label string) {
			buttons = append(buttons, slack.NewButtonBlockElement(actionPage+":"+strconv.Itoa(to), strconv.Itoa(to)+" "+short(query, 200), plainText(label, 75)))
		}
		if number > 0 {
			turn(number-1, "‹ Newer")
		}
		if number < pages-1 {
			turn(number+1, "Older ›")
		}
		p.section(italic(fmt.Sprintf("Page %d of %d", number+1, pages)))
		p.add(slack.NewActionBlock("", buttons...), 0)
	}
	return p.messages(describe(list)), nil
}

// describe says how much there is.
func describe(list []retrieval.Listing) string {
	from, to := span(list)
	s := count(len(list), "article")
	switch {
	case from == "":
	case from == to:
		s += ", published on " + from
	default:
		s += ", published from " + from + " to " + to
	}
	return s
}

func span(list []retrieval.Listing) (from, to string) {
	for _, a := range list {
		if a.Published != "" {
			if from == "" || a.Published < from {
				from = a.Published
			}
			to = max(to, a.Published)
		}
	}
	return from, to
}

// holdings sums up what there is: how many, from when to when, by whom.
func (p *page) holdings(list []retrieval.Listing) {
	p.section(bold(describe(list) + "."))
	n := make(map[string]int)
	for _, a := range list {
		if a.Publisher != "" {
			n[a.Publisher]++
		}
	}
	const most = 12
	names := slices.SortedFunc(maps.Keys(n), func(a, b string) int { return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b)) })
	var parts []string
	for i, name := range names {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(names)-most))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", short(name, 80), thousands(n[name])))
	}
	if len(parts) > 0 {
		p.section(say("Publishers: " + strings.Join(parts, ", ") + "."))
	}
}
