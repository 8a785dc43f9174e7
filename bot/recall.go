package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/retrieval"
)

// A recall answers what is asked about the answer before: who says so, in
// which source it stands, what else stands there. It lifts sentences, which
// are grounded like any others, and writes none.
type recall struct {
	wish Wish
	last Exchange
}

var _ Answerer = recall{}

func (recall) Name() string { return EngineRecall }

// mostMore is how many sentences "tell me more" gives.
const mostMore = 3

// Draft implements Answerer.
func (r recall) Draft(ctx context.Context, _ Question, passages []retrieval.Hit, emit func(Claim)) (Draft, error) {
	if err := ctx.Err(); err != nil {
		return Draft{}, err
	}
	stand := standing(r.last.Cited, passages)
	var d Draft
	var quotes []Quote
	switch {
	case r.wish == WishMore && len(r.last.Cited) == 0:
		// What was found besides is no answer, and would be taken for one.
		d.Nearest = more(nil, passages)
		d.Refusal = "There was no answer before, so there is no more of it to tell."
	case r.wish == WishMore:
		quotes = more(stand, passages)
		d.Refusal = "No more was found about it in the articles."
	case len(r.last.Cited) == 0:
		d.Refusal = "There was no answer before, so it rests on nothing."
	default:
		quotes = stand
		d.Refusal = "The words that the answer before rests on were not found in the articles again: ask anew."
	}
	d.Perhaps = r.last.Certainty == Perhaps && len(quotes) > 0
	for _, q := range quotes {
		c := Claim{Text: q.Span.Of(q.Article.Text), Quotes: []Quote{q}}
		d.Claims = append(d.Claims, c)
		if emit != nil && !d.Perhaps {
			emit(c)
		}
	}
	if len(d.Claims) > 0 {
		d.Refusal = ""
	}
	if r.wish == WishSpeaker && !d.Perhaps {
		for _, q := range quotes {
			if d.Short = speaker(q.Span.Of(q.Article.Text)); d.Short != "" {
				break
			}
		}
	}
	return d, nil
}

// standing are the words cited before that still stand in the articles, where
// they do today.
func standing(cited []Cited, hits []retrieval.Hit) []Quote {
	var stand []Quote
	for _, c := range cited {
		i := slices.IndexFunc(hits, func(h retrieval.Hit) bool { return h.Article.ID == c.Article })
		if i < 0 {
			continue
		}
		a := hits[i].Article
		if c.Span.Within(len(a.Text)) && sumOf(c.Span.Of(a.Text)) == c.Sum {
			stand = append(stand, Quote{Article: a, Span: c.Span})
			continue
		}
		// What was added before them has moved them.
		for _, s := range a.Sentences() {
			if sumOf(s.Of(a.Text)) == c.Sum {
				stand = append(stand, Quote{Article: a, Span: s.Span})
				break
			}
		}
	}
	return stand
}

// more are the sentences that follow what was cited, in its articles, and were
// not cited themselves; then the first ones of what else was found.
func more(cited []Quote, hits []retrieval.Hit) []Quote {
	var quotes []Quote
	said := make(map[string]bool) // two papers print one wire story
	for _, q := range cited {
		said[corpus.OneLine(q.Span.Of(q.Article.Text))] = true
	}
	take := func(a *corpus.Article, from int, most int) {
		for _, s := range a.Sentences() {
			text := corpus.OneLine(s.Of(a.Text))
			if len(quotes) == mostMore || most == 0 {
				return
			}
			if s.Start < from || s.Kind != corpus.Prose || said[text] ||
				slices.ContainsFunc(cited, func(q Quote) bool { return q.Article.ID == a.ID && q.Span.Overlaps(s.Span) }) {
				continue
			}
			said[text] = true
			quotes = append(quotes, Quote{Article: a, Span: s.Span})
			most--
		}
	}
	// The last cited of an article is where one reads on.
	ends := make(map[string]int)
	var articles []*corpus.Article
	for _, q := range cited {
		if _, seen := ends[q.Article.ID]; !seen {
			articles = append(articles, q.Article)
		}
		ends[q.Article.ID] = max(ends[q.Article.ID], q.Span.End)
	}
	for _, a := range articles {
		take(a, ends[a.ID], mostMore)
	}
	for _, h := range hits {
		take(h.Article, h.Passage.Start, 1)
	}
	return quotes
}

// speaker is who says what a sentence holds: the subject of its verb of saying.
// "" if there is none, or only a pronoun.
func speaker(sentence string) string {
	f := read(sentence)
	for i, n := range f.norms {
		if _, _, ok := lexicon.Saying(n); (!ok || !f.tag(i).Verb() || f.inNoun(i)) && n != "according" || ground.Quoted(sentence, f.tokens[i].Start) {
			continue
		}
		var found *nounPhrase
		for k := range f.nps {
			np := &f.nps[k]
			s := f.sortOf(*np)
			switch {
			case s != person && s != organization, ground.Quoted(sentence, f.tokens[np.from].Start):
			case n == "according" && np.from == i+2, np.from == i+1 && f.tag(np.from) != pos.IN && i > 0 && f.tokens[i-1].Text != "to":
				return f.np(k)
			case np.to <= i && i-np.to <= 12 && n != "according" && (np.prep < 0 || np.to == i) && !between(f, np.to, i):
				found = np
			}
		}
		if found != nil {
			return f.span(found.from, found.to)
		}
	}
	return ""
}

// between reports whether another verb or a pronoun stands between tokens.
func between(f *frame, from, to int) bool {
	for i := from; i < to; i++ {
		if t := f.tag(i); t == pos.VBD || t == pos.VBZ || t == pos.VBP || t == pos.MD || t == pos.PRP {
			return true
		}
	}
	return false
}

// attribution says who printed what is cited: "The Fennick Globe, 2025-11-26
// (envoy.md, line 9)", one for each article.
func attribution(cs []Citation) []string {
	var list []string
	seen := make(map[string]bool)
	for _, c := range cs {
		if seen[c.Article] {
			continue
		}
		seen[c.Article] = true
		where := fmt.Sprintf("%s, line %d", c.Source, c.Lines[0])
		by := corpus.OneLine(c.Publisher)
		if by == "" {
			list = append(list, where)
			continue
		}
		if c.Published != "" {
			by += ", " + c.Published
		}
		list = append(list, by+" ("+where+")")
	}
	return list
}

// cited finds the articles that an exchange cited and the asker may still see:
// a search for something else would not say of one that it is gone.
func (b *Bot) cited(ctx context.Context, q Question, last Exchange) ([]retrieval.Hit, error) {
	var hits []retrieval.Hit
	seen := make(map[string]bool)
	for _, c := range last.Cited {
		if seen[c.Source] || !q.Filter.HasSource(c.Source) {
			continue
		}
		seen[c.Source] = true
		f := q.Filter
		f.Sources = []string{c.Source}
		// The words of an answer are those of the article, or nearly.
		found, err := b.c.Searcher.Search(ctx, retrieval.Query{Text: last.Question + " " + last.Answer, Filter: f, Limit: 1})
		if err != nil {
			return nil, searchError(ctx, err)
		}
		hits = append(hits, found.Hits...)
	}
	return hits, nil
}

// aside is the note that goes with an answer about an answer; cited are the
// articles that the one before rests on.
func aside(wish Wish, last Exchange, cited []retrieval.Hit, a Answer) string {
	if wish == WishSure {
		return recheck(last, cited, a)
	}
	return recallNote(wish, a)
}

// recallNote says in a sentence what an answer about an answer comes to.
func recallNote(wish Wish, a Answer) string {
	by := list(attribution(a.Citations), "and")
	switch {
	case !a.Answered:
		return ""
	case wish == WishSource, a.Certainty == Perhaps && wish == WishSpeaker: // who speaks was not looked for
		return "It stands in " + by + "."
	case wish == WishSpeaker && a.Short != "":
		return "Printed by " + by + "."
	case wish == WishSpeaker:
		return "It stands in " + by + "; the words quoted name no speaker."
	}
	return ""
}

// recheck says what came of asking a question again.
func recheck(last Exchange, hits []retrieval.Hit, a Answer) string {
	stand := standing(last.Cited, hits)
	articles := make(map[string]bool)
	for _, q := range stand {
		articles[q.Article.ID] = true
	}
	n := len(articles)
	says := "1 article says so"
	if n != 1 {
		says = fmt.Sprintf("%d articles say so", n)
	}
	sameAnswer := a.Answered && (last.Short != "" && strings.EqualFold(a.Short, last.Short) || unmarked(a.Sentences) == last.Answer)
	switch {
	case len(last.Cited) == 0 && !a.Answered:
		return "Asked again: there is still no answer in the articles."
	case len(last.Cited) == 0:
		return "Asked again: there was no answer before, now there is."
	case !a.Answered:
		return "Asked again: the answer given before does not come out of the articles any more."
	case len(stand) < len(last.Cited):
		return fmt.Sprintf("Asked again: of the quotations that the answer rested on, %d of %d were found again.", len(stand), len(last.Cited))
	case !sameAnswer:
		return "Asked again: the words quoted before still stand byte for byte, " + says + ", but the answer is another one now."
	case a.Differ:
		return "Asked again: the words quoted still stand byte for byte, " + says + ", but sources differ."
	}
	return "Asked again: the words quoted still stand byte for byte, " + says + "."
}
