package ground

import (
	"fmt"
	"slices"
	"strings"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// Cite checks a sentence against what it cites, as Check does, whether it is a
// sentence at all, and returns the
// quotes that it may be shown with. Every article among them carries at least
// one clause of the sentence whole, and none says otherwise in another; every
// clause is carried whole by one article. What does neither is left out, for a
// reader who looks it up would find something else there. The reasons are why
// the sentence must not be shown at all; none if it may be.
func Cite(text string, quotes []Quote, offered map[string]*corpus.Article) ([]Quote, []string) {
	sources := bySource(quotes)
	if len(sources) > 1 && !slices.ContainsFunc(quotes, func(q Quote) bool { return Misquoted(q, offered) != "" }) {
		var why string
		if quotes, why = carriers(text, sources, offered); why != "" {
			return nil, []string{why}
		}
	}
	if reasons := Check(text, quotes, offered); len(reasons) > 0 {
		return nil, reasons
	}
	if why := fragment(text); why != "" && !wholeSentences(text, quotes) {
		return nil, []string{why}
	}
	// Of several places in one article, those that are not needed.
	for i := len(quotes) - 1; i >= 0 && len(quotes) > 1; i-- {
		rest := slices.Delete(slices.Clone(quotes), i, i+1)
		if len(Check(text, rest, offered)) == 0 && !carriesClause(text, quotes[i:i+1], offered) {
			quotes = rest
		}
	}
	return quotes, nil
}

// bySource divides quotes by article, in the order in which they come.
func bySource(quotes []Quote) [][]Quote {
	var sources [][]Quote
	for _, q := range quotes {
		i := slices.IndexFunc(sources, func(s []Quote) bool { return s[0].Article.ID == q.Article.ID })
		if i < 0 {
			sources = append(sources, nil)
			i = len(sources) - 1
		}
		sources[i] = append(sources[i], q)
	}
	return sources
}

// carriers are the quotes of the articles that carry a sentence, or at least a
// clause of it. Why is set if there is a clause that no article has whole: what
// is put together from two of them may be true of neither.
func carriers(text string, sources [][]Quote, offered map[string]*corpus.Article) (quotes []Quote, why string) {
	clauses := clausesOf(text)
	carried := make([]bool, len(clauses))
	whole := make([]bool, len(sources))
	for i, s := range sources {
		whole[i] = len(Check(text, s, offered)) == 0
	}
	alone := slices.Contains(whole, true) // one article carries all of it
	for n, s := range sources {
		has := make([]bool, len(clauses))
		against := false
		for i, c := range clauses {
			has[i] = whole[n] || len(clauses) > 1 && len(Check(c, s, offered)) == 0
			against = against || !has[i] && contradicts(c, s, offered)
		}
		if against || !slices.Contains(has, true) || alone && tellsOf(clauses, has, s, offered) {
			continue
		}
		quotes = append(quotes, s...)
		for i := range has {
			// Whom "and he was drunk" is about, the clause before tells.
			carried[i] = carried[i] || has[i] && (i == 0 || has[i-1] || !leans(clauses[i]))
		}
	}
	switch i := slices.Index(carried, false); {
	case len(quotes) == 0 && len(clauses) == 1, len(quotes) > 0 && i >= 0:
		return nil, fmt.Sprintf("no article that it cites says “%s” as a whole", brief(clauses[max(i, 0)]))
	case len(quotes) == 0:
		return nil, "what it cites says something else"
	}
	return quotes, ""
}

// leans reports whether a clause leaves it to the one before whom or what it is
// about: it begins with a pronoun, or with its verb.
func leans(clause string) bool {
	l := read(clause)
	r := newClauseReader(&l)
	for i, n := range r.norms {
		switch t := r.tag(i); {
		case t == pos.PUNCT, t.Adverb():
		case relatives[n], t == pos.PRP, t == pos.PRPS, n == "this", n == "that", n == "these", n == "those":
			return true
		default:
			return t.Verb() || t == pos.MD
		}
	}
	return true
}

// carriesClause reports whether quotes carry a sentence or a clause of it.
func carriesClause(text string, quotes []Quote, offered map[string]*corpus.Article) bool {
	return slices.ContainsFunc(append(clausesOf(text), text), func(c string) bool { return len(Check(c, quotes, offered)) == 0 })
}

// contradicts reports whether quotes are about a clause and say otherwise.
func contradicts(clause string, quotes []Quote, offered map[string]*corpus.Article) bool {
	const about = 0.5 // the share of a clause's words below which the quotes tell of something else
	c := NewClaim(clause)
	e := Gather(quotes, offered)
	rs, m := e.reasons(c, article)
	return m != nil && m.cover[m.best] >= about && slices.ContainsFunc(rs, func(r reason) bool { return r.against })
}

// tellsOf reports whether quotes have some words of a clause that they do not
// carry and lack others, or say the opposite of one, and so say about the same
// matter something that may be otherwise. Who says it and words of the clauses
// that they carry are none of it, and to have a name and a title is not enough.
func tellsOf(clauses []string, carried []bool, quotes []Quote, offered map[string]*corpus.Article) bool {
	known := make(map[string]bool)
	for i, c := range clauses {
		if carried[i] {
			for _, t := range word.Terms(c) {
				known[t] = true
			}
		}
	}
	e := Gather(quotes, offered)
	for i, c := range clauses {
		claim := NewClaim(c)
		m := claim.match(e.lines)
		if carried[i] || m == nil {
			continue
		}
		has, lacks := false, false
		for k := range claim.terms {
			t := &claim.terms[k]
			if !t.content || known[claim.words[k].Stem()] || claim.attributes(k) {
				continue
			}
			here := false
			for li := range e.lines {
				if slices.ContainsFunc(e.lines[li].terms, func(o term) bool { return lexicon.Antonyms(t.key, o.key) }) {
					return true
				}
				here = here || m.same[li][k] >= found
			}
			has = has || here && !t.name && !lexicon.Role(t.norm)
			lacks = lacks || !here
		}
		if has && lacks {
			return true
		}
	}
	return false
}

// attributes reports whether word i is of a remark that tells who says it: ", the
// board said,".
func (c *Claim) attributes(i int) bool {
	const longest = 6 // words of such a remark
	divided := func(j int) bool { return strings.ContainsAny(gap(c.text, c.words, j), ",;:—–") }
	from, to := i, i+1
	for from > 0 && !divided(from) {
		from--
	}
	for to < len(c.words) && !divided(to) {
		to++
	}
	return to-from <= longest && (from > 0 || to < len(c.words)) && slices.ContainsFunc(c.terms[from:to], func(t term) bool { return t.speech })
}

// clausesOf divides a sentence into parts that each have a finite verb: where
// one begins behind a mark, a conjunction or a relative pronoun. What somebody
// says stays with who says it, and a cause, a time or a condition with what it
// belongs to.
func clausesOf(text string) []string {
	const most = 120 // words; nobody writes a longer sentence to be cited
	l := read(text)
	if len(l.words) > most {
		return []string{text}
	}
	r := newClauseReader(&l)
	var clauses []string
	from := 0
	var before *group
	for i := range r.groups {
		g := &r.groups[i]
		if !r.finite(g) {
			continue
		}
		if before != nil {
			if at := r.cut(before, g); at >= 0 {
				cut := r.tokens[at].Start
				clauses = append(clauses, strings.Trim(text[from:cut], " ,;:—–-"))
				if r.tag(at) == pos.PUNCT || r.tag(at) == pos.CC {
					cut = r.tokens[at].End
				}
				from = cut
			}
		}
		before = g
	}
	return append(clauses, strings.Trim(text[from:], " ,;:—–-"))
}

// finite reports whether a group is the verb of a clause of its own.
func (r *clauseReader) finite(g *group) bool {
	return !g.bare && !g.infinitive && r.norms[g.main] != "according" && !Quoted(r.l.text, r.tokens[g.main].Start)
}

// cut is the token at which the clause of verb b begins behind that of a; -1 if
// it belongs to the clause of a.
func (r *clauseReader) cut(a, b *group) int {
	comma := -1
	for i := b.from - 1; i >= a.to; i-- {
		switch n := r.norms[i]; {
		case r.within(i):
		case r.tag(i) == pos.PUNCT && strings.ContainsAny(r.tokens[i].Text, ";:—–"):
			return i
		case r.tag(i) == pos.PUNCT && r.tokens[i].Text == "," && comma < 0:
			comma = i
		case r.tag(i) == pos.CC:
			return i
		case subordinators[n]:
			return -1
		case relatives[n]:
			return i
		}
	}
	// Nor does a clause end with the remark that stands within it.
	if saying(r.norms[a.main]) || saying(r.norms[b.main]) || len(b.subject) == 0 || b.subject[0].from < a.from {
		return -1
	}
	return comma
}
