package extract

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"dateline/bot"
	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// compose writes the answer around the best candidate.
func (r *reading) compose() bot.Draft {
	top := r.cands[0]
	d := bot.Draft{Short: r.short(&top)}
	type picked struct {
		candidate
		also []candidate
	}
	picks := []picked{{candidate: top}}
	limit := 1
	switch r.q.kind {
	case said, did, why, how, describe:
		limit = 3
	}
	seen := map[*sentence]bool{top.s: true}
	for _, x := range r.cands[1:] {
		if x.score < top.score-farBehind {
			break
		}
		if seen[x.s] {
			continue
		}
		joined := false
		for i := range picks {
			p := &picks[i]
			if r.agree(&p.candidate, &x) && x.s.doc != p.s.doc && len(p.also) < 2 && x.score > p.score-behind &&
				!slices.ContainsFunc(p.also, func(y candidate) bool { return y.s.doc == x.s.doc }) {
				p.also = append(p.also, x)
				seen[x.s] = true
				joined = true
				break
			}
		}
		if joined {
			continue
		}
		if len(picks) < limit && x.score > top.score-closeBy && r.doubt(&x) == "" {
			picks = append(picks, picked{candidate: x})
			seen[x.s] = true
		} else if len(picks) == 1 && r.first(&x) && r.differs(&top, &x) {
			picks = append(picks, picked{candidate: x})
			seen[x.s] = true
			d.Differ = true
		} else if len(picks) == 1 && r.first(&x) && r.otherName(&top, &x) {
			picks = append(picks, picked{candidate: x})
			seen[x.s] = true
			d.Short = "" // either name alone would pass for the whole answer
		}
	}
	if len(picks) > 1 && limit == 1 {
		slices.SortStableFunc(picks, func(a, b picked) int {
			return cmp.Compare(b.s.doc.article.Published.Value, a.s.doc.article.Published.Value)
		})
	}
	if d.Differ {
		d.Short = r.short(&picks[0].candidate)
		d.Note = fmt.Sprintf("The sources differ: %s, or %s.", r.short(&picks[0].candidate), r.short(&picks[1].candidate))
	}
	for _, p := range picks {
		c := r.claim(&p.candidate)
		var own []bot.Claim
		for _, x := range p.also {
			// What says the same in other words, or more and less of it, speaks
			// for itself.
			also := r.claim(&x)
			both := slices.Concat(c.Quotes, also.Quotes)
			if cited, _ := ground.Cite(c.Text, both, articlesOf(both)); slices.Contains(cited, also.Quotes[0]) {
				c.Quotes = both
			} else if x.s.Kind == corpus.Prose && r.doubt(&x) == "" { // a headline is no sentence of its own
				own = append(own, also)
			}
		}
		d.Claims = append(append(d.Claims, c), own...)
	}
	d.Claims = d.Claims[:min(len(d.Claims), mostClaims)]
	return d
}

// mostClaims is how many sentences an answer has.
const mostClaims = 3

func articlesOf(quotes []bot.Quote) map[string]*corpus.Article {
	articles := make(map[string]*corpus.Article)
	for _, q := range quotes {
		articles[q.Article.ID] = q.Article
	}
	return articles
}

// claim lifts the sentence of a candidate. A pronoun at its head is resolved
// in brackets where the speaker is certain; else the sentence before comes
// along.
func (r *reading) claim(x *candidate) bot.Claim {
	s := x.s
	span := s.doc.wholeQuote(x.at)
	text := balance(s.open, corpus.OneLine(span.Of(s.doc.article.Text)))
	quotes := []bot.Quote{{Article: s.doc.article, Span: span}}
	if x.voice != nil && x.voice != s && x.text != "" {
		quotes = append(quotes, bot.Quote{Article: s.doc.article, Span: x.voice.Span})
		return bot.Claim{Text: r.bracket(s, text, x.text), Quotes: quotes}
	}
	if len(s.tokens) == 0 {
		return bot.Claim{Text: text, Quotes: quotes}
	}
	headPronoun := s.tag(0) == pos.PRP && s.norm(0) != "it" && s.norm(0) != "i" && s.norm(0) != "we" && s.norm(0) != "you"
	unnamed := len(s.speech) == 0 && (s.open || s.startsQuote())
	tail := len(s.speech) > 0 && s.tag(s.speech[0].subject.from) == pos.PRP && !s.otherPerson(s.speech[0].subject.from)
	if (headPronoun || unnamed || tail) && s.sure && s.voice != s {
		if full, span := s.doc.fullName(s.speaker, s.voice); full != "" && span.Len() > 0 {
			quotes = append(quotes, bot.Quote{Article: s.doc.article, Span: s.voice.Span})
			return bot.Claim{Text: r.bracket(s, text, full), Quotes: quotes}
		}
	}
	if headPronoun && x.at > 0 && s.doc.sentences[x.at-1].Paragraph == s.Paragraph {
		before := s.doc.sentences[x.at-1]
		text = corpus.OneLine(before.text()) + " " + text
		quotes = append([]bot.Quote{{Article: s.doc.article, Span: before.Span}}, quotes...)
	}
	return bot.Claim{Text: text, Quotes: quotes}
}

// otherPerson reports whether a sentence names somebody, outside quotation
// marks, before the pronoun at a token: then the pronoun may be theirs.
func (s *sentence) otherPerson(pronoun int) bool {
	for _, p := range s.phrases {
		for _, n := range s.names(p) {
			if n.to <= pronoun && !s.inQuote(n.from) && s.classOf(n) == person {
				return true
			}
		}
	}
	return false
}

// quoteTail is how many bytes more than the sentence are lifted at the most so
// that a quotation that begins in it also ends.
const quoteTail = 250

// wholeQuote is the span of a sentence and of those behind it that end a
// quotation which begins in it, if that is not far.
func (d *document) wholeQuote(at int) corpus.Span {
	s := d.sentences[at]
	if s.open || !unclosed(s.text()) {
		return s.Span
	}
	for i := at + 1; i < len(d.sentences) && d.sentences[i].Paragraph == s.Paragraph; i++ {
		next := d.sentences[i]
		if next.End-s.End > quoteTail {
			break
		}
		if strings.Contains(next.text(), "”") || strings.Contains(next.text(), `"`) {
			return corpus.Span{Start: s.Start, End: next.End}
		}
	}
	return s.Span
}

// unclosed reports whether a quotation begins in a text and does not end there.
func unclosed(s string) bool {
	return strings.LastIndex(s, "“") > strings.LastIndex(s, "”") || strings.Count(s, `"`)%2 == 1
}

// balance adds the quotation marks that a sentence out of the middle of a
// quotation lacks. open says that it begins inside one.
func balance(open bool, s string) string {
	mark := [2]string{"“", "”"}
	if strings.Contains(s, `"`) && !strings.ContainsAny(s, "“”") {
		mark = [2]string{`"`, `"`}
	}
	if open && (!strings.Contains(s, mark[0]) || strings.Index(s, mark[1]) < strings.Index(s, mark[0]) || mark[0] == mark[1]) {
		s = mark[0] + s
	}
	if unclosed(s) {
		s += mark[1]
	}
	return s
}

// bracket puts a name into a lifted sentence: behind the pronoun it stands
// for, or before a quotation without a speaker.
func (r *reading) bracket(s *sentence, text, name string) string {
	for i, t := range s.tokens {
		if (t.norm == "he" || t.norm == "she" || t.norm == "they") && !s.inQuote(i) {
			head := corpus.OneLine(s.text()[:t.End])
			if at := strings.Index(text, head); at >= 0 {
				at += len(head)
				return text[:at] + " [" + withinSentence(name) + "]" + text[at:]
			}
		}
	}
	if strings.Contains(text, name) || s.startsNamed(name) {
		return text
	}
	return "[" + name + ":] " + text
}

// withinSentence writes a noun phrase that stood at the head of a sentence as it
// stands within one: "the director" for "The director".
func withinSentence(name string) string {
	for _, article := range []string{"The ", "A ", "An "} {
		if rest, ok := strings.CutPrefix(name, article); ok {
			return strings.ToLower(article) + rest
		}
	}
	return name
}

func (s *sentence) startsNamed(name string) bool {
	last := word.Split(name)
	if len(last) == 0 {
		return false
	}
	n := last[len(last)-1].Norm
	for i, t := range s.tokens {
		if t.norm == n && !s.inQuote(i) {
			return true
		}
	}
	return false
}
