package bot

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// noClaim says why a sentence claims nothing that could be so or not: it asks,
// orders, is a subordinate clause by itself, or has no verb. It is "" for a claim, and for what may be one: people
// leave out capitals and full stops, and write headlines.
func noClaim(sentence string) string {
	if len(word.Split(sentence)) == 0 {
		return "it has no words"
	}
	if addresses.MatchString(sentence) {
		return "it is an address"
	}
	tokens := pos.Tokens(sentence)
	for len(tokens) > 0 && tokens[len(tokens)-1].Tag == pos.PUNCT {
		tokens = tokens[:len(tokens)-1]
	}
	for len(tokens) > 0 && (tokens[0].Tag == pos.PUNCT || tokens[0].Tag == pos.UH) {
		tokens = tokens[1:] // “ or "well,"
	}
	c := claimed{tokens}
	switch {
	case asked(sentence), c.asks():
		return "it asks something"
	case c.orders():
		return "it tells somebody to do something"
	case c.subordinate():
		return "it is only a part of a sentence"
	case !c.states():
		return "no verb was found in it"
	}
	return ""
}

// addresses matches a text of nothing but addresses.
var addresses = regexp.MustCompile(`^\W*(?:(?:[a-z][a-z0-9+.-]*://|www\.|mailto:)\S+|[\w.+-]+@[\w-]+\.[\w.-]+)(?:\s+(?:[a-z][a-z0-9+.-]*://|www\.)\S+)*\W*$`)

// asked reports whether a sentence ends in a question mark of its own, not one
// of somebody it quotes: the mayor asked “who did it?”
func asked(sentence string) bool {
	const quotes = "“”\"'’‘»«"
	end := strings.TrimRight(sentence, " !.…)")
	if strings.HasSuffix(end, "?") {
		return true
	}
	inner := strings.TrimRight(end, quotes)
	if inner == end || !strings.HasSuffix(strings.TrimRight(inner, " !"), "?") {
		return false
	}
	first, _ := utf8.DecodeRuneInString(sentence)
	return strings.ContainsRune(quotes, first) && !strings.ContainsAny(inner[utf8.RuneLen(first):], quotes)
}

// A claimed sentence, without the marks at its ends.
type claimed struct{ tokens []pos.Token }

func (c claimed) tag(i int) pos.Tag {
	if i < 0 || i >= len(c.tokens) {
		return pos.None
	}
	return c.tokens[i].Tag
}

func (c claimed) norm(i int) string {
	if i < 0 || i >= len(c.tokens) {
		return ""
	}
	return word.Fold(c.tokens[i].Text)
}

// finite are the places of finite verbs.
func (c claimed) finite() []int {
	var at []int
	for i, t := range c.tokens {
		if t.Tag.Finite() && (i == 0 || !c.capital(i) || !lexicon.FirstName(c.norm(i))) {
			at = append(at, i)
		}
	}
	return at
}

// asks reports whether the words are put as a question is: "who confirmed it",
// "did Ushakov confirm it".
func (c claimed) asks() bool {
	verbs := c.finite()
	if c.tag(0).Wh() {
		switch {
		case len(verbs) == 0:
			return len(c.tokens) < 4 // "what else"
		case modals[c.norm(verbs[0])] || opening[c.norm(verbs[0])]:
			// "what did he say the plan was", but not "what he said was true"
			if verbs[0] == 1 {
				return len(verbs) == 1 || modals[c.norm(1)]
			}
		}
		if verbs[0] > 2 && slices.ContainsFunc(c.tokens[2:verbs[0]], func(t pos.Token) bool { return t.Tag == pos.VBN }) {
			return false // "what Ferrin closed was the pier", where the tagger is not sure
		}
		// "When the fog lifted, the ferry sailed" asks nothing.
		return len(verbs) == 1 && (c.tag(0) != pos.WRB || c.norm(0) == "how" && len(c.possible()) == 1)
	}
	first, next := c.norm(0), c.tag(1)
	if !modals[first] && !opening[first] || len(c.tokens) < 3 || next == pos.CD || next == pos.PUNCT || first == "do" && c.norm(1) == "not" {
		return false
	}
	// "Will Smith confirmed it" and "May was cold" have a verb of their own.
	return !slices.ContainsFunc(verbs, func(i int) bool {
		return i > 0 && (c.tag(i) != pos.VBD || modals[first]) && (c.tag(i) != pos.VBP || first == "will" || first == "may")
	})
}

// opening are the other auxiliaries that begin a question.
var opening = word.Set("is are was were am has have had isn't aren't wasn't weren't hasn't haven't hadn't")

// orders reports whether the words tell somebody to do something: "sell the
// pier", "please do not sell it".
func (c claimed) orders() bool {
	switch c.norm(0) {
	case "please", "pls", "kindly":
		return true
	case "let":
		if n := c.norm(1); n == "us" || n == "'s" || n == "s" || n == "me" {
			return true
		}
	case "lets":
		return true
	case "do", "don't":
		return c.tag(1) == pos.VB || c.norm(1) == "not"
	}
	if unchanging[c.norm(0)] && c.tag(1).Determiner() && len(c.finite()) <= 1 {
		return true // the tagger takes "Cut the ropes" for the past
	}
	if c.tag(0) != pos.VB || unknown(c.tokens[0]) {
		return false
	}
	if verbs := c.finite(); len(verbs) > 0 {
		// "tell me who confirmed it", but not "Easy A is a film"
		return slices.ContainsFunc(c.tokens[:verbs[0]], func(t pos.Token) bool { return t.Tag.Wh() || subordinate[word.Fold(t.Text)] })
	}
	next := c.tag(1)
	return len(c.tokens) == 1 || next.Determiner() || next.Noun() || next == pos.PRP || next == pos.PRPS || next == pos.RP
}

// Words that begin a clause and can be no preposition, and those that can.
var (
	conjunctions = word.Set("because although though if unless while whereas whether lest when whenever where wherever why that")
	prepositions = word.Set("after before since until as")
)

// possible are the places of what may be a finite verb, whatever the tagger
// takes it for: "a tanker leaked oil", "the ferry sank".
func (c claimed) possible() []int {
	var at []int
	for i, t := range c.tokens {
		n := c.norm(i)
		behind := c.tag(i-1).Noun() || c.tag(i-1) == pos.PRP
		if t.Tag.Finite() && !(c.capital(i) && lexicon.FirstName(n)) ||
			(t.Tag == pos.NN || t.Tag == pos.JJ || t.Tag == pos.VBN) && behind && !c.capital(i) && (strings.HasSuffix(n, "ed") || c.irregular(i)) {
			at = append(at, i)
		}
	}
	return at
}

// irregular reports whether a word is a form of an irregular verb that is no
// plural.
func (c claimed) irregular(i int) bool {
	n := c.norm(i)
	return unchanging[n] || lexicon.Lemma(n) != n && !c.tag(i).Plural() && !strings.HasSuffix(n, "s") && !strings.HasSuffix(n, "ed")
}

// Verbs whose past is their base form.
var unchanging = word.Set("beat bet bid burst cast cost cut hit hurt let put quit rid set shed shut slit split spread thrust")

// subordinate reports whether the words are a clause that only goes with
// another: "When the tanker leaked oil". It needs certainty, for in "After the leak
// the harbour closed" the first words are no clause.
func (c claimed) subordinate() bool {
	first := c.norm(0)
	if !conjunctions[first] && !prepositions[first] || slices.ContainsFunc(c.tokens, func(t pos.Token) bool { return t.Tag == pos.PUNCT && strings.ContainsAny(t.Text, ",;:—–") }) {
		return false
	}
	verbs := c.possible()
	if len(verbs) == 0 {
		return false
	}
	for k := 1; k < len(verbs); k++ {
		// "and" goes on with the clause, any other verb may be the main one.
		if !slices.ContainsFunc(c.tokens[verbs[k-1]:verbs[k]], func(t pos.Token) bool { return t.Tag == pos.CC }) {
			return false
		}
	}
	if first == "that" {
		rest := c.tokens[verbs[0]+1:]
		return (c.tag(1) == pos.DT || c.tag(1) == pos.PRP) && !slices.ContainsFunc(rest, func(t pos.Token) bool { return strings.HasSuffix(t.Text, "ed") })
	}
	i := 1
	if t := c.tag(i); t.Determiner() || t == pos.PRPS {
		i++
	}
	determined := i > 1
	for c.tag(i).Adjective() || c.tag(i) == pos.CD {
		i++
	}
	if conjunctions[first] {
		// "When Harry Met Sally is a film"
		for k := 1; k < verbs[0]; k++ {
			if c.capital(k) && c.irregular(k) {
				return false
			}
		}
		return i > 1 || c.tag(i).Noun() || c.tag(i) == pos.PRP || c.tag(i) == pos.EX
	}
	// One phrase has to stand before the verb, and no more than the preposition
	// takes: "After Monday the ferry sailed".
	phrase := c.tokens[min(i, verbs[0]):verbs[0]]
	switch {
	case len(phrase) == 0, !determined && c.tag(i-1) == pos.CD:
		return false
	case len(phrase) == 1:
		return phrase[0].Tag.Noun() || phrase[0].Tag == pos.PRP
	case determined:
		for k := i + 1; k < verbs[0]; k++ {
			if c.tag(k) != pos.NN || c.irregular(k) || collective[c.norm(k)] {
				return false
			}
		}
		return phrase[0].Tag.Common()
	}
	return lexicon.FirstName(c.norm(i)) && c.capital(i) && !slices.ContainsFunc(phrase, func(t pos.Token) bool { return !t.Tag.Proper() })
}

// collective are nouns in the singular that a verb in the plural goes with.
var collective = word.Set("police people")

var article = word.Set("the a an his her its their our my your")

var subordinate = word.Set("whether if that")

// states reports whether the words have a verb that may be a sentence's, or a
// word that may be one.
func (c claimed) states() bool {
	verbs := c.finite()
	for i, t := range c.tokens {
		before, next := c.tag(i-1), c.tag(i+1)
		if before == pos.RB {
			before = c.tag(i - 2)
		}
		behind := before.Noun() || before == pos.PRP
		n := c.norm(i)
		switch {
		case t.Tag.Finite() && i == 1 && article[c.norm(0)]: // "the harbour master"
		case t.Tag.Finite():
			// "the man who sold the pier"
			if len(verbs) > 1 || !c.tag(i-1).Wh() || !c.tag(i-2).Noun() {
				return true
			}
		case t.Tag == pos.VB && before == pos.TO:
			// "Mayor to sell pier", but not "the plan to sell the pier"
			if i > 1 && !c.tag(0).Determiner() && (c.tag(i-2).Noun() || c.capital(i-2)) {
				return true
			}
		case t.Tag == pos.VB && i > 0, t.Tag.Participle() && behind: // "Pier sold to Dunmore"
			return true
		case t.Tag.Participle() && i > 0 && (next == pos.IN || next == pos.TO || next == pos.None) && !before.Determiner() && before != pos.IN:
			return true
		case t.Tag == pos.NNS && i > 0 && c.capital(i-1) && !c.capital(i) && next.Proper(): // "Trump meets Putin"
			return true
		case !behind || c.capital(i):
		case strings.HasSuffix(n, "ed"), (t.Tag == pos.NN || t.Tag == pos.JJ || t.Tag == pos.RP) && (c.irregular(i) || c.plural(i)), strings.HasSuffix(n, "s") && !strings.HasSuffix(n, "ss"), (t.Tag == pos.NN || t.Tag == pos.JJ) && (next.Determiner() || next == pos.CD || next == pos.PRPS || next.Adverb() || before.Plural()):
			return true // "Repairs cost 1.4 million", "Poldark airs on HBO"
		}
	}
	return len(c.tokens) > 3 && c.foreign()
}

// plural reports whether a plural stands before word i, with which a verb in its
// base form goes: "Talks on grain resume".
func (c claimed) plural(i int) bool {
	return slices.ContainsFunc(c.tokens[:i], func(t pos.Token) bool {
		return t.Tag.Plural() || collective[word.Fold(t.Text)]
	})
}

func (c claimed) capital(i int) bool {
	r, _ := utf8.DecodeRuneInString(c.tokens[i].Text)
	return unicode.IsUpper(r)
}

// foreign reports whether most words in lower case are unknown: one may be the
// verb of another language.
func (c claimed) foreign() bool {
	known, strange := 0, 0
	for _, t := range c.tokens {
		r, _ := utf8.DecodeRuneInString(t.Text)
		switch {
		case !unicode.IsLetter(r) || unicode.IsUpper(r) || word.Stop(word.Fold(t.Text)):
		case unknown(t):
			strange++
		default:
			known++
		}
	}
	return strange > known
}

// unknown reports whether no word of the background has the stem of a token.
func unknown(t pos.Token) bool {
	return word.IDF(word.Stem(word.Fold(t.Text))) >= word.IDF("")
}
