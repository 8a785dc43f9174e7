package slackbot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dustin/go-humanize"
	"github.com/slack-go/slack"

	"dateline/bot"
	"dateline/bot/receipt"
	"dateline/corpus"
	"dateline/retrieval"
)

var (
	answerRef = regexp.MustCompile(`^([0-9a-z]{6,32})#([0-9]+)$`)
	// fileRef is what can only be meant for a file, with lines of it or without.
	fileRef = regexp.MustCompile(`(?i)^([^\s<>]+\.(?:txt|md|jsonl|jsonl\.gz))(?::[0-9]+(?:-[0-9]+)?)?$`)
	lineRef = regexp.MustCompile(`^(.+?):([0-9]+)(?:-([0-9]+))?$`)
)

// sourceCommand shows what a reference names: a citation of an answer, a file, a
// line of it, or else the articles about some words.
func (b *Bot) sourceCommand(ctx context.Context, w *workspace, o order, allowed retrieval.Filter) ([]outgoing, error) {
	ref := strings.TrimSpace(strings.ReplaceAll(html.UnescapeString(o.Text), apart, ""))
	if ref == "" {
		return notice(commandSource + " shows a source: give a file, file:line, a citation such as k3j2x7aq5e#2, or words to look for."), nil
	}
	var gone error // an answer of that name
	if m := answerRef.FindStringSubmatch(ref); m != nil {
		r, _, err := b.given(ctx, w, ask{o.Channel, o.User, o.Home}, m[1])
		switch {
		case err == nil:
			return b.citation(ctx, r.Answer, m[2])
		case !errors.Is(err, receipt.ErrNone):
			return nil, &ownError{err}
		}
		gone = err
	}
	list, err := b.c.Library.Articles(ctx, allowed)
	if err != nil {
		return nil, &ownError{err}
	}
	// As it was typed, and without what Slack makes of a name that looks like an
	// address: <http://globe.md|globe.md>.
	for _, ref := range []string{ref, w.plain(o.Text)} {
		if i := find(list, ref); i >= 0 {
			return b.showLines(ctx, list[i].ID, 1, 0)
		}
		m := lineRef.FindStringSubmatch(ref)
		if m == nil {
			continue
		}
		if i := find(list, m[1]); i >= 0 {
			first, err := strconv.Atoi(m[2])
			last, err2 := strconv.Atoi(cmp.Or(m[3], m[2]))
			if err != nil || err2 != nil || first < 1 || last < first {
				return notice(ref + ": lines are counted from 1, the first before the last."), nil
			}
			return b.showLines(ctx, list[i].ID, first, last)
		}
	}
	if gone != nil {
		return notice(sentence(gone)), nil
	}
	if named := fileRef.FindStringSubmatch(w.plain(o.Text)); named != nil {
		p := &page{}
		p.section(say("There is no article named "), name(named[1]), say(" that can be asked about here. "+commandSources+" lists what there is."))
		return p.messages(), nil
	}
	return b.about(ctx, w.plain(o.Text), allowed)
}

// citation shows a citation of an answer.
func (b *Bot) citation(ctx context.Context, a bot.Answer, number string) ([]outgoing, error) {
	i := slices.IndexFunc(a.Citations, func(c bot.Citation) bool { return strconv.Itoa(c.N) == number })
	if i < 0 {
		return notice(fmt.Sprintf("Answer %s has %s, none numbered %s.", a.ID, count(len(a.Citations), "citation"), number)), nil
	}
	p := &page{}
	if err := b.showCitation(ctx, p, a.Citations[i]); err != nil {
		return nil, &ownError{err}
	}
	return p.messages(), nil
}

// find returns the place of the article with a name, or of the only one whose
// name ends so below a folder; -1 if there is none.
func find(list []retrieval.Listing, name string) int {
	if i := slices.IndexFunc(list, func(a retrieval.Listing) bool { return a.Source == name }); i >= 0 {
		return i
	}
	found := -1
	for i, a := range list {
		if strings.HasSuffix(strings.ToLower(a.Source), "/"+strings.ToLower(name)) || strings.EqualFold(a.Source, name) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
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
	if last == 0 {
		// What stands before the body is for programs.
		if span.Start < a.Body.Start && a.Body.Start < span.End {
			span.Start = a.Body.Start
			for span.Start < span.End && (a.Text[span.Start] == '\n' || a.Text[span.Start] == '\r') {
				span.Start++
			}
			first = a.Lines(corpus.Span{Start: span.Start, End: span.End})[0]
		}
		p.heading(title(a), a.Publisher.Value, a.Published.Value, a.Source, lines([2]int{first, max(first, n)}), a.URL)
		p.say(spaced(span.Of(a.Text)))
		if strings.TrimSpace(a.Text[span.End:]) != "" {
			p.section(italic("The article goes on. What follows is shown by: "), name(fmt.Sprintf("%s %s:%d-%d", commandSource, named(a.Source), n+1, n+20)))
		}
		return p.messages(), nil
	}
	p.heading(title(a), a.Publisher.Value, a.Published.Value, a.Source, lines([2]int{first, n}), a.URL)
	if n < last {
		p.section(italic(fmt.Sprintf("The article has %s.", count(n, "line"))))
	}
	if strings.TrimSpace(clean(span.Of(a.Text))) == "" {
		p.section(italic("Nothing stands there. Around it stands:"))
	}
	p.passage(a, span)
	return p.messages(), nil
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
	p.section(say("Articles about: "), italic(short(words, 300)))
	var seen []string
	for _, h := range found.Hits {
		if slices.Contains(seen, h.Article.ID) || len(seen) == most {
			continue
		}
		seen = append(seen, h.Article.ID)
		c := bot.Cite(len(seen), h.Article, h.Passage.Span)
		c.Title = title(h.Article)
		p.source(c, fmt.Sprintf("%d.", len(seen)))
	}
	if len(seen) == 0 {
		return notice(fmt.Sprintf("No article is named %q or has these words. %s lists what there is.", short(words, 200), commandSources)), nil
	}
	return p.messages(), nil
}

// perPage is how many articles are listed at a time.
const perPage = 10

const actionPage = "page" // value: PAGE QUERY

// listSources lists what can be asked about: in all, and a page, counted from 0,
// of those whose name or publisher has the words of a query.
func (b *Bot) listSources(ctx context.Context, query string, allowed retrieval.Filter, number int) ([]outgoing, error) {
	list, err := b.c.Library.Articles(ctx, allowed)
	if err != nil {
		return nil, &ownError{err}
	}
	if len(list) == 0 {
		return notice(nothingHere), nil
	}
	// The query goes into the value of a button, of which Slack takes 2,000
	// characters.
	const most = 1900
	if utf8.RuneCountInString(query) > most {
		return notice("These are too many words for names of articles. " + commandSource + " looks for words in the articles themselves."), nil
	}
	p := &page{}
	p.holdings(b, list)
	words := strings.Fields(strings.ToLower(query))
	list = slices.DeleteFunc(slices.Clone(list), func(a retrieval.Listing) bool {
		name := strings.ToLower(a.Source + " " + a.Publisher + " " + a.Published)
		return slices.ContainsFunc(words, func(s string) bool { return !strings.Contains(name, s) })
	})
	if len(list) == 0 {
		p.say(fmt.Sprintf("None of them is named “%s”. %s looks for words in the articles themselves.", query, commandSource))
		return p.messages(), nil
	}
	if len(words) > 0 {
		p.section(say(count(len(list), "article")+" named: "), italic(short(query, 300)))
	}
	slices.SortStableFunc(list, func(a, b retrieval.Listing) int { return cmp.Compare(b.Published, a.Published) })
	pages := (len(list) + perPage - 1) / perPage
	number = max(0, min(number, pages-1))
	for _, a := range list[number*perPage : min(len(list), (number+1)*perPage)] {
		var e []slack.RichTextSectionElement
		if article, err := b.c.Library.Article(ctx, a.ID); err == nil {
			// What has no headline goes by its first sentence.
			e = append(e, bold(short(article.Title.Value, 150)), say("\n"))
		} else if ctx.Err() != nil {
			return nil, err
		}
		for _, s := range []string{a.Published, a.Publisher} {
			if s != "" {
				e = append(e, say(short(s, 100)+" · "))
			}
		}
		p.section(append(e, name(named(a.Source)))...)
	}
	p.turner(number, pages, "‹ Newer", "Older ›", func(to int) (id, value string) {
		return actionPage + ":" + strconv.Itoa(to), strconv.Itoa(to) + " " + query
	})
	return p.messages(), nil
}

// holdings sums up what there is: how many, from when to when, by whom, how new it
// is, and how much is searched by words alone so far.
func (p *page) holdings(b *Bot, list []retrieval.Listing) {
	held := retrieval.Held(list)
	p.section(bold(described(held.Coverage) + ". "))
	const most = 12
	var parts []string
	for i, by := range held.Publishers {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(held.Publishers)-most))
			break
		}
		parts = append(parts, fmt.Sprintf("%s (%s)", short(by.Name, 80), humanize.Comma(int64(by.Articles))))
	}
	if len(parts) > 0 {
		p.section(say("Publishers: " + strings.Join(parts, ", ") + "."))
	}
	parts = nil
	if held.To != "" {
		parts = append(parts, "The newest is of "+held.To+".")
	}
	if b.c.Synced != nil {
		if at := b.c.Synced(); !at.IsZero() {
			parts = append(parts, "Last looked for changes: "+at.Format("2006-01-02 15:04 MST")+".")
		}
	}
	if alone := bot.WordsAlone(retrieval.Result{Searched: held.Coverage}); alone != "" {
		parts = append(parts, alone)
	}
	if len(parts) > 0 {
		p.section(say(strings.Join(parts, " ")))
	}
}
