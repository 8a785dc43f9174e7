package reader

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dateline/bot"
	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/corpus/word"
)

// Reasons of refusals. They speak of what was found, not of what the articles have:
// only a few passages were read.
const (
	notFound = "No answer was found in the articles."
	unclear  = "What was found touches on this, but does not clearly answer it."
)

// answer drafts an answer or a refusal. One with a probability of at least sure is
// given without reserve, one of at least perhaps as one that may not answer.
func (x *reading) answer(sure, perhaps float64) bot.Draft {
	p := 0.0
	if len(x.candidates) > 0 && !x.candidates[0].echo {
		f := x.features(0)
		p = f.probability()
	}
	var d bot.Draft
	switch {
	case p >= perhaps:
		if d = x.compose(); p < sure || x.foreign() {
			d.Perhaps, d.Short = true, ""
		}
	case len(x.rules.Claims) > 0 && !slices.ContainsFunc(x.candidates, func(c candidate) bool { return c.ruled }):
		// The model has not read the sentence that the rules answer with.
		d = x.rules
		d.Perhaps, d.Short = true, ""
	default:
		d = x.refuse(p > perhaps/2)
		if slices.Contains(x.notes, noteForeign) {
			d.Missing = nil // its words were taken for names
		}
	}
	for _, n := range x.notes {
		remark(&d, n)
	}
	return d
}

// foreign reports whether the answer is from an article in another language than
// English, or the question is in one.
func (x *reading) foreign() bool {
	language := x.candidates[0].article.Language.Value
	return slices.Contains(x.notes, noteForeign) || language != "" && language != "en"
}

// compose drafts the answer that the best candidate gives.
func (x *reading) compose() bot.Draft {
	top := &x.candidates[0]
	if top.ruled {
		return x.composeRuled(top)
	}
	d := bot.Draft{Short: short(top)}
	if yesNo(x.question) {
		d.Short = "" // its words say neither yes nor no
	}
	picked := []*candidate{top}
	also, other, differ := x.beside(top)
	if other != nil {
		picked = append(picked, other)
		// The newer one comes first.
		slices.SortStableFunc(picked, func(a, b *candidate) int {
			return cmp.Compare(b.article.Published.Value, a.article.Published.Value)
		})
		d.Short = "" // either alone would pass for the whole answer
	}
	if d.Differ = differ; differ {
		d.Short = short(picked[0])
		d.Note = fmt.Sprintf("The sources differ: %s, or %s.", short(picked[0]), short(picked[1]))
	}
	for _, c := range picked {
		claim := x.claim(c)
		if c == top {
			x.support(&claim, also)
		}
		d.Claims = append(d.Claims, claim)
	}
	if top.within().Kind == corpus.Caption {
		d.Note = strings.TrimSpace(d.Note + " This stands in a photograph’s caption.")
	}
	return d
}

// composeRuled drafts with the rules, which answer with the sentence of the best
// candidate. They put names for pronouns and cite other articles; the model is better
// at where an answer begins and ends.
func (x *reading) composeRuled(top *candidate) bot.Draft {
	d := x.rules
	if s := short(top); !d.Differ && sharesWord(s, d.Short) && !yesNo(x.question) {
		d.Short = s
	}
	return d
}

// beside returns what other articles have beside the best candidate: also gives the
// same answer; other, if not nil, an answer that differs or that is of the same fact.
func (x *reading) beside(top *candidate) (also []*candidate, other *candidate, differ bool) {
	seen := map[string]bool{top.article.ID: true}
	for i := range x.candidates {
		c := &x.candidates[i]
		if seen[c.article.ID] || c.rank < top.rank-farBehind || c.score <= 0 {
			continue
		}
		seen[c.article.ID] = true
		switch a, b := top.value(), c.value(); {
		case sameAnswer(top, c):
			also = append(also, c)
		case other != nil:
		case ground.Differ(x.question, a, b):
			other, differ = c, true
		case ground.OfOneFact(a, b):
			other = c
		}
	}
	return also, other, differ
}

const (
	// farBehind is how far below the rank of the best candidate one of another
	// article may be to count as agreeing with it or differing from it.
	farBehind = 12.0
	// mostSources is how many articles are cited for one sentence.
	mostSources = 3
)

// value is the answer of a candidate as package ground compares answers.
func (c *candidate) value() ground.Value {
	return ground.Value{Sentence: bot.Quote{Article: c.article, Span: c.within().Span}, At: c.Span}
}

// claim quotes the sentence of a candidate. One that begins with a pronoun is quoted
// with the sentence before it, a dateline with the one after it.
func (x *reading) claim(c *candidate) bot.Claim {
	sentences, s := c.sentences, c.within()
	text := corpus.OneLine(s.Of(c.article.Text))
	quotes := []bot.Quote{{Article: c.article, Span: s.Span}}
	add := func(i int, before bool) {
		if i < 0 || i >= len(sentences) || sentences[i].Paragraph != s.Paragraph {
			return
		}
		t, q := corpus.OneLine(sentences[i].Of(c.article.Text)), bot.Quote{Article: c.article, Span: sentences[i].Span}
		if before {
			text, quotes = t+" "+text, append([]bot.Quote{q}, quotes...)
		} else {
			text, quotes = text+" "+t, append(quotes, q)
		}
	}
	switch words := word.Split(text); {
	case s.Kind == corpus.Dateline: // it says only where
		add(c.sentence+1, false)
	case len(words) > 0 && slices.Contains([]string{"he", "she", "they"}, words[0].Norm):
		add(c.sentence-1, true)
	}
	return bot.Claim{Text: text, Quotes: quotes}
}

// support adds sentences of other articles that support a claim too.
func (x *reading) support(claim *bot.Claim, also []*candidate) {
	offered := make(map[string]*corpus.Article)
	for _, h := range x.hits {
		offered[h.Article.ID] = h.Article
	}
	sources := 1
	for _, c := range also {
		if sources == mostSources {
			return
		}
		q := bot.Quote{Article: c.article, Span: c.within().Span}
		both := append(slices.Clip(claim.Quotes), q)
		if cited, _ := ground.Cite(claim.Text, both, offered); slices.Contains(cited, q) {
			claim.Quotes = both
			sources++
		}
	}
}

// nearest is how many near misses a refusal shows, and nearBy how far below the rank
// of the best one they may be.
const (
	nearest = 3
	nearBy  = 10.0
)

// refuse drafts a refusal. near reports whether the best candidate came close to
// being an answer.
func (x *reading) refuse(near bool) bot.Draft {
	d := bot.Draft{Refusal: notFound}
	if near {
		d.Refusal = unclear
	}
	if len(x.rules.Claims) == 0 && (x.rules.Refusal != "" || len(x.rules.Missing) > 0) {
		d.Refusal, d.Missing = x.rules.Refusal, x.rules.Missing
	}
	asked := word.Terms(x.question)
	for i := range x.candidates {
		c := &x.candidates[i]
		if len(d.Nearest) == nearest || c.rank < x.candidates[0].rank-nearBy {
			break
		}
		s := c.within()
		q := bot.Quote{Article: c.article, Span: s.Span}
		have := word.Terms(s.Of(c.article.Text))
		if !slices.Contains(d.Nearest, q) && slices.ContainsFunc(asked, func(t string) bool { return slices.Contains(have, t) }) {
			d.Nearest = append(d.Nearest, q)
		}
	}
	return d
}

// sharesWord reports whether two answers have a word in common.
func sharesWord(a, b string) bool {
	have := answerWords(b)
	return slices.ContainsFunc(answerWords(a), func(w string) bool { return slices.Contains(have, w) })
}

// yesNo reports whether a question is answered with yes or no.
func yesNo(question string) bool {
	words := word.Split(question)
	if len(words) < 3 || strings.Contains(strings.ToLower(question), " or ") {
		return false
	}
	first := words[0].Norm
	return auxiliaries[first] || auxiliaries[strings.TrimSuffix(first, "nt")] // isn’t
}

var auxiliaries = word.Set(`is are was were am do does did has have had will would can could shall should may might must`)
