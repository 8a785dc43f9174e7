package bot

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// Pronouns, and what they may stand for.
var pronouns = map[string]struct {
	like       string // "he", "she", "it", "they"
	possessive bool
}{
	"he": {"he", false}, "him": {"he", false}, "his": {"he", true}, "she": {"she", false}, "her": {"she", false}, "hers": {"she", true},
	"it": {"it", false}, "its": {"it", true}, "they": {"they", false}, "them": {"they", false}, "their": {"they", true},
}

// resolve puts names in the place of pronouns.
func (t *talk) resolve(f *frame) (got string, unresolved bool) {
	type change struct {
		from, to int
		with     string
	}
	var changes []change
	used := make(map[string]string)
	last, _ := t.last()
	for i, n := range f.norms {
		tag := f.tag(i)
		p, ok := pronouns[n]
		switch {
		case ok && (tag == pos.PRP || tag == pos.PRPS):
			if p.like == "it" && f.impersonal(i) {
				continue
			}
			r, seen := used[p.like]
			if !seen {
				if f.within(i, p.like) {
					continue // the question itself has named somebody
				}
				if p.like == "it" && (f.saysIt(i)) {
					if s := t.statement(); s != "" {
						changes = append(changes, change{i, i + 1, "that " + s})
						continue
					}
				}
				r = t.referent(f, p.like, i)
				if p.like != "it" || r != "" {
					used[p.like] = r
				}
			}
			if r == "" {
				unresolved = true
				continue
			}
			if tag == pos.PRPS || p.possessive || n == "her" && f.tag(i+1).Noun() {
				r = possessive(r)
			}
			changes = append(changes, change{i, i + 1, r})
		case n == "there" && tag == pos.RB:
			r := t.place()
			if r == "" {
				unresolved = true
				continue
			}
			if b := f.tag(i - 1); b != pos.IN && b != pos.TO {
				r = "in " + r
			}
			changes = append(changes, change{i, i + 1, r})
		case n == "then" && i == len(f.norms)-1 && i > 0:
			if topic := t.topic(); topic != "" {
				changes = append(changes, change{i, i + 1, "after " + topic})
			}
		case f.demonstrative(i) && i < len(f.norms)-1:
			// "why is that not certain?": why it is not certain that.
			if s := last.proposition(); s != "" && (f.tag(i+1) == pos.JJ || f.tag(i+1) == pos.VBN) {
				return f.span(0, i) + " it " + f.body(i+1) + " that " + s, false
			}
			unresolved = true
		case (n == "that" || n == "this" || n == "so") && i == len(f.norms)-1 && i > 0:
			// "when did she say that?": what she was asked about.
			if _, _, says := lexicon.Saying(f.norms[i-1]); says || f.norms[i-1] == "do" {
				if q, ok := t.same(f, last); ok {
					return q, false
				}
			}
			if f.norms[i-1] == "about" && n != "so" && f.asks() != "" {
				if topic := t.topic(); topic != "" && !mentions(f.text, topic) {
					changes = append(changes, change{i, i + 1, topic})
				}
			}
		}
	}
	got = f.text
	for _, c := range slices.Backward(changes) {
		got = splice(got[:f.tokens[c.from].Start], c.with, got[f.tokens[c.to-1].End:])
	}
	return got, unresolved
}

// same asks the question before with the question words of "when did she say
// that?", if it has the same verb.
func (t *talk) same(f, last *frame) (string, bool) {
	if last.aux < 0 || last.subject < 0 || f.asks() == "" || f.asks() == last.asks() {
		return "", false
	}
	verb := lexicon.Lemma(f.norms[len(f.norms)-2])
	for i := last.nps[last.subject].to; i < len(last.tokens); i++ {
		if lexicon.Lemma(last.norms[i]) == verb {
			return t.askAgain(read(f.span(f.wh[0], f.wh[1])))
		}
	}
	return "", false
}

// saysIt reports whether "it" is what somebody says or confirms.
func (f *frame) saysIt(i int) bool {
	_, class, ok := lexicon.Saying(f.norm(i - 1))
	return ok && i == len(f.norms)-1 && (class == lexicon.Confirm || class == lexicon.Deny || class == lexicon.Announce || class == lexicon.Claim || class == lexicon.Plain)
}

// impersonal reports whether "it" stands for nothing: "is it true that".
func (f *frame) impersonal(i int) bool {
	if f.norm(i+2) == "that" || f.norm(i+2) == "to" && f.tag(i+1) == pos.JJ {
		return true
	}
	// "was it the Russians who leaked it?"
	return slices.ContainsFunc(f.nps, func(np nounPhrase) bool {
		next := f.norm(np.to)
		return np.from == i+1 && (next == "who" || next == "that" || next == "which")
	})
}

// demonstrative reports whether the subject is "that", which stands for what
// was said: "is that certain?", "when was this decided?".
func (f *frame) demonstrative(i int) bool {
	n := f.norms[i]
	if n != "that" && n != "this" || f.aux < 0 || f.inNoun(i) {
		return false
	}
	return i == f.aux+1 || i == f.aux+2 && negations[f.norms[i-1]]
}

var negations = word.Set("not nt n't")

// within reports whether a question names, before the pronoun, somebody for it
// to stand for: "When Trump met Putin, what did he say?"
func (f *frame) within(i int, like string) bool {
	for _, np := range f.nps {
		if np.to > i {
			return false
		}
		switch s := f.sortOf(np); like {
		case "he", "she":
			if s == person {
				return true
			}
		case "it":
			if s == thing && !f.plural(np) && f.tag(np.from) == pos.DT && np.from >= f.wh[1] && i > np.to+1 {
				return true
			}
		case "they":
			if f.plural(np) && np.from >= f.wh[1] {
				return true
			}
		}
	}
	return false
}

// referent is what a pronoun at token i of a question stands for; "" if
// nothing before does. What was asked about last is looked at first, its
// subject before the answer to it, and that before the rest.
func (t *talk) referent(f *frame, like string, i int) string {
	if p, ok := pronouns[like]; ok {
		like = p.like
	}
	if like == "it" {
		// Things come before organizations, which act but are seldom spoken of;
		// what says something is no thing.
		if _, _, says := lexicon.Saying(f.norm(i + 1)); !says {
			if r := t.refer(f, itThing); r != "" {
				return r
			}
		}
	}
	return t.refer(f, like)
}

// itThing is "it" where it can be no organization.
const itThing = "it, a thing"

func (t *talk) refer(f *frame, like string) string {
	ok := func(g *frame, np nounPhrase) bool {
		text := g.span(np.from, np.to)
		return t.fits(g, np, like) && !f.mentions(g, np) && len(text) <= 120
	}
	for n := len(t.frames) - 1; n >= 0; n-- {
		last, e := t.frames[n], t.exchanges[n]
		short := read(clip(e.Short))
		answered := func() string {
			if len(short.nps) == 0 || short.nps[0].from > 1 {
				return ""
			}
			np := short.nps[0]
			if !t.answers(last, short, np, like) || f.mentions(short, np) {
				return ""
			}
			if like == "they" {
				return short.span(0, len(short.tokens))
			}
			return definite(short, np)
		}
		if last.subject >= 0 {
			np := last.nps[last.subject]
			if last.identity() && !nameLike(last.tokens[np.head].Text) {
				if r := answered(); r != "" {
					return r
				}
			}
			if ok(last, np) {
				return definite(last, np)
			}
		}
		if r := answered(); r != "" {
			return r
		}
		if like == "they" {
			if r := t.people(n, f); r != "" {
				return r
			}
		}
		for _, outside := range [...]bool{true, false} {
			for _, whole := range last.nps {
				for _, np := range last.inside(whole) {
					if (np.from >= last.wh[1]) == outside && ok(last, np) {
						return definite(last, np)
					}
				}
			}
		}
		if last.topic != "" {
			g := read(last.topic)
			for _, np := range g.nps {
				if ok(g, np) {
					return definite(g, np)
				}
			}
		}
		if like == "he" || like == "she" {
			g := t.answer(n)
			for _, np := range g.nps {
				if ok(g, np) {
					return definite(g, np)
				}
			}
		}
	}
	return ""
}

// people are the ones in an answer that can act together: "thieves", "the
// coastguard".
func (t *talk) people(n int, f *frame) string {
	g := t.answer(n)
	for _, np := range g.nps {
		if s := g.sortOf(np); s == person && g.plural(np) && !f.mentions(g, np) {
			return definite(g, np)
		}
	}
	return ""
}

// answers reports whether a short answer is what a pronoun stands for.
func (t *talk) answers(q, short *frame, np nounPhrase, like string) bool {
	kind := short.sortOf(np)
	switch q.asks() {
	case "who", "whom", "whos", "whose":
		if kind == thing || kind == place {
			kind = person
		}
	case "where":
		kind = place
	case "when":
		kind = date
	case "how many", "how much", "how", "why":
		return false
	case "which", "what":
		if q.norm(q.wh[1]) == "if" {
			return false // "what if" asks for no thing
		}
		if q.wh[1]-q.wh[0] > 1 && kind == person {
			if k, ok := lexicon.TypeOf(q.norms[q.wh[1]-1]); ok && k == lexicon.KindOrganization {
				kind = organization
			}
		}
	}
	switch like {
	case "he", "she":
		return kind == person && !short.plural(np) && t.agrees(short, np, like)
	case itThing:
		return kind == thing && !short.plural(np)
	case "it":
		return kind == thing && !short.plural(np) || kind == organization
	case "they":
		return short.plural(np) && kind != number || kind == organization
	}
	return false
}

// fits reports whether a pronoun can stand for a noun phrase.
func (t *talk) fits(g *frame, np nounPhrase, like string) bool {
	if lightNouns[g.norms[np.head]] || idle[g.norms[np.head]] {
		return false
	}
	kind := g.sortOf(np)
	switch like {
	case "he", "she":
		return kind == person && !g.plural(np) && t.agrees(g, np, like)
	case itThing:
		return kind == thing && !g.plural(np)
	case "it":
		return (kind == thing || kind == organization) && !g.plural(np)
	case "they":
		return g.plural(np) && kind != date && kind != number || kind == organization
	}
	return false
}

// agrees reports whether nothing speaks against somebody's being he, or she.
func (t *talk) agrees(g *frame, np nounPhrase, like string) bool {
	for i := np.from; i <= np.head; i++ {
		gender := lexicon.GenderOf(g.norms[i])
		if gender == lexicon.Unknown || i == np.head && i > np.from {
			if given, ok := t.given[g.norms[i]]; ok {
				gender = given
			} else if gender != lexicon.Unknown && i == np.head && i > np.from && g.tag(i).Proper() && !lexicon.Role(g.norms[i]) {
				gender = lexicon.Unknown // "Marta Simon" is no Simon
			}
		}
		if gender != lexicon.Unknown {
			return string(gender) == like
		}
	}
	return true
}

// mentions reports whether a question has the head of a noun phrase of g.
func (f *frame) mentions(g *frame, np nounPhrase) bool {
	return slices.Contains(f.norms, g.norms[np.head])
}

// definite is a noun phrase as it is taken up again: "the crack" for "a
// crack".
func definite(g *frame, np nounPhrase) string {
	text := g.span(np.from, np.to)
	switch n := g.norms[np.from]; {
	case n == "a" || n == "an" || n == "the":
		return "the " + g.span(np.from+1, np.to)
	case (g.tag(np.from) == pos.NNS || g.tag(np.from) == pos.NN || g.tag(np.from).Proper() && lexicon.Role(n)) && !nameLike(g.tokens[np.from].Text):
		r, size := utf8.DecodeRuneInString(text)
		return "the " + string(unicode.ToLower(r)) + text[size:]
	}
	return text
}

func possessive(s string) string {
	if strings.HasSuffix(s, "s") {
		return s + "'"
	}
	return s + "'s"
}

// place is what "there" stands for.
func (t *talk) place() string {
	for n := len(t.frames) - 1; n >= 0; n-- {
		last, e := t.frames[n], t.exchanges[n]
		if s := clip(e.Short); last.asks() == "where" && s != "" && len(word.Split(s)) < 6 {
			if g := read(s); len(g.nps) > 0 {
				return g.span(g.nps[0].from, g.nps[len(g.nps)-1].to)
			}
		}
		for i, np := range last.nps {
			if last.sortOf(np) == place {
				return last.np(i)
			}
		}
		for i, np := range last.nps {
			if np.prep >= 0 && slices.Contains([]string{"in", "at", "to", "into"}, last.norms[np.prep]) && last.sortOf(np) == thing {
				return last.np(i)
			}
		}
	}
	return ""
}

// proposition is what a question to be answered with yes or no asks the truth
// of: "Kushner is going to Moscow". It is empty for other questions.
func (f *frame) proposition() string {
	if f.asks() != "" || f.aux < 0 || f.subject < 0 || f.topic != "" {
		return ""
	}
	to := f.nps[f.subject].to
	return f.np(f.subject) + " " + f.norms[f.aux] + " " + f.body(to)
}

// statement is what the question before and its answer say together, if they
// speak of no single thing that "it" could be: "Kushner goes with Witkoff".
func (t *talk) statement() string {
	last, e := t.last()
	if slices.ContainsFunc(last.nps, func(np nounPhrase) bool { return np.from >= last.wh[1] && t.fits(last, np, "it") }) {
		return ""
	}
	short := clip(e.Short)
	switch {
	case last.asks() == "":
		return ""
	case last.subject >= 0 && !last.identity():
		to := last.nps[last.subject].to
		return last.np(last.subject) + " " + last.norms[last.aux] + " " + last.body(to)
	case last.subject < 0 && !last.subjectPronoun() && short != "":
		return short + " " + last.body(last.wh[1])
	}
	return ""
}
