package dates

import (
	"slices"
	"strings"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// A tense is when a clause puts what it tells, seen from the day of publication.
// From present on it is to come.
type tense int8

const (
	verbless tense = iota - 1 // no verb of the sentence was found
	unclear
	past     // "opened", "has opened", "could not be reached"
	present  // for the future: "opens on Friday"
	foretold // from a time in the past: "would open", "was due to open"
	ahead    // "will open", "is to open"
)

// toCome reports whether a day in the clause is one after publication rather
// than before.
func (t tense) toCome() bool { return t >= present }

// A clause is what stands around a date in its sentence: the tokens of the
// sentence, and which of them are the date.
type clause struct {
	tokens   []pos.Token
	from, to int
	headline bool   // has most words in capitals
	asked    []bool // by token: its tense is being asked for
}

// tenseOf tells in which tense the verb is that a date belongs to, given the
// tokens of its sentence, and whether that is certain enough to leave the
// nearest day of the year for another: the date stands beside the verb or opens
// the sentence. In "unveiled for the coronation on May 6" it does not.
func tenseOf(tokens []pos.Token, date corpus.Span) (t tense, beside bool) {
	c := clause{tokens: tokens, from: len(tokens), asked: make([]bool, len(tokens))}
	words, capitals := 0, 0
	for i, t := range tokens {
		if len(t.Text) > 3 {
			words++
			if capital(t.Text[:1]) {
				capitals++
			}
		}
		if t.Overlaps(date) {
			c.from, c.to = min(c.from, i), i+1
		}
	}
	if c.to == 0 {
		return unclear, false
	}
	c.headline = 4*capitals > 3*words
	before := c.word(c.from - 1)
	if before == "since" || before == "following" {
		return past, true
	}
	begin := c.begin()
	t, verb := c.governor(begin)
	if verb < 0 && t == unclear && !c.possessive() && !slices.ContainsFunc(tokens, pastOrFinite) {
		return verbless, false
	}
	beside = begin == 0 || verb == begin-1 || verb == begin-2 && (c.tag(begin-1).Adverb() || c.tag(begin-1) == pos.RP)
	switch {
	case t.toCome() && happened[c.thing(begin)]:
		return past, false // "will inspect the site of the crash on Monday"
	case t == past && (before == "until" || before == "till" || before == "by") && verb >= 0 && verb < begin && !lasting[lexicon.Lemma(c.word(verb))] && !c.perfect(verb):
		return foretold, false // "gave him until Friday"; but "lasted until Friday"
	case t == past && (before == "for" && !c.possessive() || before == "of" && c.word(c.from-2) == "ahead"):
		return foretold, false // "called a strike for Friday"
	}
	switch {
	case t == present && (verb > begin || be[c.word(verb)] || have[c.word(verb)]), verb >= 0 && c.tag(verb) == pos.NNS:
		beside = false // "is up from 51 percent in April"
	case t == past && slices.ContainsFunc(tokens[c.to:], func(t pos.Token) bool { return t.Text == "will" }):
		beside = false // "On Nov. 23, a group made up of students will"
	}
	return t, beside
}

// pastOrFinite reports whether a token is a finite verb or a participle, or a past
// that the tagger took for another word: "A storm struck the pier".
func pastOrFinite(t pos.Token) bool {
	if t.Tag.Finite() || t.Tag == pos.VBN {
		return true
	}
	w := word.Fold(t.Text)
	stem := word.Stem(w)
	return !t.Tag.Plural() && !capital(t.Text[:1]) && (strings.HasSuffix(w, "ed") || lexicon.Base(stem) != stem)
}

// word is token i in lower case; empty beyond the ends.
func (c *clause) word(i int) string {
	if i < 0 || i >= len(c.tokens) {
		return ""
	}
	return strings.ToLower(strings.ReplaceAll(c.tokens[i].Text, "’", "'"))
}

func (c *clause) tag(i int) pos.Tag {
	if i < 0 || i >= len(c.tokens) {
		return pos.None
	}
	return c.tokens[i].Tag
}

// begin is where the phrase begins that the date stands in: at "on", at "late
// on", at the first of several days.
func (c *clause) begin() int {
	i := c.from
	for i > 0 {
		switch w := c.word(i - 1); {
		case (c.tag(i-1) == pos.IN || c.tag(i-1) == pos.TO || introducing[w]) && !subordinate[w], weekdays[w]:
			i--
		case c.tag(i-1) == pos.CC || c.tag(i-1) == pos.PUNCT:
			j := i - 2
			if dayParts[c.word(j)] {
				j--
			}
			if !weekdays[c.word(j)] {
				return i
			}
			i = j // "Wednesday afternoon or Thursday"
		default:
			return i
		}
	}
	return i
}

// possessive reports whether the date is "Friday's".
func (c *clause) possessive() bool { return c.tag(c.to) == pos.POS }

// thing is the noun that the date is part of: "vote" of "the vote on Friday" and
// of "Friday's vote".
func (c *clause) thing(begin int) string {
	if !c.possessive() {
		return c.word(begin - 1)
	}
	for i := c.to + 1; i < len(c.tokens) && i < c.to+5; i++ {
		if c.tag(i).Common() && !c.tag(i+1).Common() {
			return c.word(i)
		}
	}
	return ""
}

// governor finds the verb that governs the phrase with the date, which begins at
// begin, and its tense; the verb is -1 if there is none.
//
// That is the last verb before the phrase in its part of the sentence, or, if it
// opens its clause or belongs to the subject, the first finite one behind it.
func (c *clause) governor(begin int) (tense, int) {
	stop := begin
	for stop > 0 && !c.breaks(stop-1) {
		stop--
	}
	if begin > 0 && (c.tag(begin-1) == pos.CC || subordinate[c.word(begin-1)]) {
		stop = begin // "and on Friday", "said that on Friday"
	}
	if v := c.lastVerb(stop, begin); v >= 0 {
		t := c.tenseAt(v)
		switch outer := c.lastVerb(stop, v); {
		case slices.ContainsFunc(c.tokens[v:begin], func(t pos.Token) bool { return t.Text == "since" }):
			t = past // "has risen since the vote on Friday"
		case t == present && outer >= 0 && perceiving[lexicon.Lemma(c.word(outer))]:
			t = c.tenseAt(outer) // "watched them play on Sunday"
		case t == present && slices.ContainsFunc(c.tokens[v:begin], func(t pos.Token) bool { return t.Text == "after" }):
			t = unclear // "comes after a rise on Friday"
		case t == present && begin-v > 2 && stating[lexicon.Lemma(c.word(v))]:
			t = unclear // "suggests that of the vote on Friday"
		}
		return t, v
	}
	if v := c.nextVerb(); v >= 0 {
		t := c.tenseAt(v)
		if begin > stop && t == present && stative[lexicon.Lemma(c.word(v))] {
			t = unclear // "The attack on Monday is the third"
		}
		return t, v
	}
	if begin > stop && begin > 1 && c.tag(begin-1) == pos.NNS && (c.tag(begin-2).Noun() || c.tag(begin-2).Adjective() || c.breaks(begin-2)) {
		return present, begin - 1 // "The fair runs Thursday": the tagger takes the verb for a noun
	}
	for stop > 0 {
		end := stop
		for stop--; stop > 0 && !c.breaks(stop-1); stop-- {
		}
		v := c.lastVerb(stop, end)
		if remark := stop > 0 && (c.tag(stop).Participle() || c.tag(stop).Wh()); v >= 0 && !remark {
			return c.tenseAt(v), v
		}
	}
	return unclear, -1
}

// breaks reports whether token i divides parts of a sentence.
func (c *clause) breaks(i int) bool {
	switch c.word(i) {
	case ",", ";", ":", "—", "–", "-", "(", ")":
		return true
	}
	return false
}

// verb reports whether token i is a verb by itself, or a modal. "The 3.4% drop"
// is none, whatever the tagger says.
func (c *clause) verb(i int) bool {
	t, before := c.tag(i), c.tag(i-1)
	if i > 0 && !c.headline && capital(c.tokens[i].Text[:1]) && (before.Proper() || c.tag(i+1).Proper() || before == pos.PUNCT && c.word(i-1) != ",") {
		return false // "Air Force One", “Face the Nation”
	}
	if (t == pos.VB || t == pos.VBP) && (before == pos.CD || before == pos.DT || before == pos.PRPS || before == pos.POS || before == pos.JJ) {
		return false
	}
	return t.Verb() || t == pos.MD
}

// lastVerb is the last verb of the tokens from to before; -1 if there is none.
func (c *clause) lastVerb(from, before int) int {
	for i := before - 1; i >= from; i-- {
		w := c.word(i)
		if c.verb(i) || (scheduled[w] || accused[w]) && c.tag(i).Adjective() && !c.tag(i+1).Noun() && !c.tag(i+1).Adjective() || starting[w] && i+1 >= c.begin() {
			return i
		}
	}
	return -1
}

// nextVerb is the first finite verb behind the date, with what belongs to it,
// unless that is in a clause of its own or says who says so; -1 if there is none.
func (c *clause) nextVerb() int {
	for i := c.to; i < len(c.tokens); i++ {
		switch w := c.word(i); {
		case w == ";" || w == ":":
			return -1
		case subordinate[w] || c.tag(i).Wh():
			// "On Friday, after the court had ruled, police": go on behind it.
			for i < len(c.tokens) && c.word(i) != "," {
				i++
			}
		case c.verb(i) && (c.tag(i).Finite() || c.tag(i) == pos.VB && c.word(i-1) != "to" || c.tag(i) == pos.VBN && i == c.to):
			v := c.whole(i)
			if c.attribution(v) {
				return -1
			}
			return v
		}
	}
	return -1
}

// attribution reports whether the verb at v closes the sentence with who said
// so: ", the court said."
func (c *clause) attribution(v int) bool {
	_, _, saying := lexicon.Saying(c.word(v))
	return saying && (v+1 >= len(c.tokens) || c.tag(v+1) == pos.PUNCT) && v-c.to > 1
}

// whole is the main verb of the group that begins with the finite verb at i:
// "ruled" for "has not yet ruled".
func (c *clause) whole(i int) int {
	for j := i + 1; j < len(c.tokens) && auxiliary(c.word(i)); j++ {
		switch w := c.word(j); {
		case c.verb(j), scheduled[w]:
			i = j
		case w == "to" && (scheduled[c.word(i)] || be[c.word(i)] || have[c.word(i)]), c.tag(j).Adverb(), w == "not" || w == "n't":
		default:
			return i
		}
	}
	return i
}

// tenseAt is the tense of the verb at v with the auxiliaries before it.
func (c *clause) tenseAt(v int) tense {
	if c.asked[v] {
		return unclear // of verbs that each have the tense of the other
	}
	c.asked[v] = true
	defer func() { c.asked[v] = false }()
	w, tag := c.word(v), c.tag(v)
	// Auxiliaries, the nearest first.
	var aux []string
	negated := false
	i := v - 1
	for ; i >= 0; i-- {
		a := c.word(i)
		if a == "not" || a == "n't" || a == "never" || a == "cannot" {
			negated = true
		}
		if auxiliary(a) && !c.tag(i).Proper() || c.tag(i) == pos.MD {
			aux = append(aux, a) // but not the month of May
		} else if a == "to" {
			return c.infinitive(v, i, aux)
		} else if !c.tag(i).Adverb() && a != "not" && a != "n't" {
			break
		}
	}
	if tag == pos.VB && len(aux) == 0 {
		// "Will the court rule on Friday?"
		for j := i; j >= 0 && j > i-6 && !c.breaks(j); j-- {
			if a := c.word(j); c.tag(j) == pos.MD || do[a] {
				aux = append(aux, a)
				break
			}
		}
	}
	scheduled := scheduled[w] || moved[w] && toWhen[c.word(v+1)]
	for _, a := range aux {
		switch {
		case a == "had" && scheduled && c.word(v+1) != "to":
			return foretold // "had been scheduled for Friday"; but "had been due to meet"
		case a != "had" && have[a] && scheduled:
			return ahead
		case have[a]:
			return past
		}
	}
	if len(aux) > 0 {
		switch a := aux[len(aux)-1]; {
		case a == "did":
			return past
		case do[a]:
			return present
		case be[a] && (a == "was" || a == "were"):
			if scheduled {
				return foretold
			}
			return past
		case be[a] && a != "be" && a != "being" && a != "been":
			switch {
			case shown[lexicon.Lemma(w)] || accused[w]:
				return past // "is seen on Monday", below a photograph
			case scheduled:
				return ahead
			}
			return present
		case !be[a]:
			return modal(a, w, negated)
		}
	}
	switch {
	case tag == pos.MD:
		return modal(w, "", negated)
	case tag == pos.VBG && strings.HasSuffix(w, "ing") || starting[w]:
		return c.participle(v)
	case accused[w]:
		return past
	case scheduled && (tag == pos.VBN || tag == pos.VBD || tag.Adjective()) && (v+1 >= c.begin() || c.tag(v+1) == pos.IN || c.tag(v+1) == pos.TO || c.tag(v+1) == pos.RB):
		// "talks planned for Friday"; but "planned the talks on Friday"
		if outer := c.lastVerb(0, v); outer >= 0 && c.tenseAt(outer) == past {
			return foretold
		}
		return ahead
	case tag == pos.VBN && lingering[lexicon.Lemma(c.word(v-1))] && c.verb(v-1):
		return c.tenseAt(v - 1) // "will stay closed"
	case tag == pos.VBN, tag == pos.VBD && !base(w), tag == pos.VBP && !auxiliary(w) && lexicon.Lemma(w) != w:
		return past
	case w == "was" || w == "were" || w == "had" || w == "did":
		return c.copula(v, past, foretold)
	case sayingNow[lexicon.Lemma(w)] || reporting[lexicon.Lemma(w)] && v+1 == c.begin():
		return past // "says on Monday"; but "reports its results on Monday"
	case alike[w] && tag != pos.VBZ:
		return unclear // "they read it on Monday"
	}
	return c.copula(v, present, ahead)
}

// copula is the tense of "is", "was" and the like at v: later where somebody is
// due or likely to do something, else now.
func (c *clause) copula(v int, now, later tense) tense {
	if !be[c.word(v)] {
		return now
	}
	for i := v + 1; i < c.from && i < v+4; i++ {
		if scheduled[c.word(i)] {
			return later
		}
	}
	const near = 6 // words: "is in Leeds on Friday"; but "is a suspect in the theft of the statue on Monday"
	if now == present && c.begin()-v > near {
		return unclear
	}
	return now
}

// infinitive is the tense of the verb at v behind the "to" at i, with the
// auxiliaries between: that of "to have met", of "is to meet", of what is
// planned, or of the verb before.
func (c *clause) infinitive(v, i int, aux []string) tense {
	if slices.ContainsFunc(aux, func(a string) bool { return have[a] }) {
		return past
	}
	for i--; i > 0 && (c.tag(i).Adverb() || c.word(i) == "not"); i-- {
	}
	if i < 0 {
		return ahead
	}
	outer, w := c.lastVerb(0, i+1), c.word(i)
	if outer < 0 || outer == 0 && i == 0 {
		if slices.ContainsFunc(c.tokens[:i], func(t pos.Token) bool { return alike[t.Text] }) {
			return unclear // "Leeds beat Hull to win": the tagger takes the verb for a noun
		}
		return ahead // "Court to rule on Friday"
	}
	switch t := c.tenseAt(outer); {
	case t == foretold:
		return t
	case t.toCome():
		return ahead
	case planned[lexicon.Lemma(w)] || w == "was" || w == "were":
		return foretold
	case commanded[lexicon.Lemma(c.word(outer))]:
		return foretold // "ordered him to appear on Friday"
	default:
		return t // "met to discuss it on Monday"
	}
}

// participle is the tense of the "-ing" at v: that of the verb before it or, if
// it opens the sentence, behind it.
func (c *clause) participle(v int) tense {
	before := c.word(v - 1)
	if before == "after" || before == "since" {
		return past
	}
	starts := starting[c.word(v)]
	if outer := c.lastVerb(0, v); outer >= 0 {
		t := c.tenseAt(outer)
		if starts && t == past {
			return foretold // "announced a ban starting Friday"
		}
		return t
	}
	if next := c.nextVerb(); next >= 0 {
		return c.tenseAt(next)
	}
	if starts {
		return ahead
	}
	return unclear
}

// perfect reports whether the verb at v has "had" or "have" before it.
func (c *clause) perfect(v int) bool {
	return slices.ContainsFunc([]string{c.word(v - 1), c.word(v - 2)}, func(w string) bool { return have[w] })
}

// modal is the tense of a modal and the verb behind it.
func modal(m, verb string, negated bool) tense {
	_, _, saying := lexicon.Saying(verb)
	switch m {
	case "would", "'d":
		if negated && saying {
			return past // "would not say on Monday"
		}
		return foretold
	case "could":
		if negated || verb == "seen" || verb == "heard" {
			return past // "could not be reached on Monday"
		}
		return foretold
	case "might":
		return foretold
	}
	return ahead
}

func auxiliary(w string) bool { return be[w] || have[w] || do[w] || modals[w] }

// base reports whether a verb in the past tense, as the tagger has it, has the
// form of the present: "host", but not "cut", which has both.
func base(w string) bool {
	return lexicon.Lemma(w) == w && !strings.HasSuffix(w, "ed") && !alike[w] && !particles[w]
}

var (
	be     = word.Set(`am is are was were be been being 's 're 'm`)
	have   = word.Set(`have has had having 've`)
	do     = word.Set(`do does did`)
	modals = word.Set(`will shall would wo 'll 'd may might can could should must ca`)

	weekdays = word.Set(`monday tuesday wednesday thursday friday saturday sunday`)
	dayParts = word.Set(`morning afternoon evening night`)
	// lingering verbs stand before a participle like an auxiliary.
	lingering = word.Set(`stay remain keep get become`)
	// introducing are the words between "on" and a day, or before it.
	introducing = word.Set(`the late early on this last next past coming only just until till by`)
	// subordinate words open a clause of their own.
	subordinate = word.Set(`that whether if because although though while when where as after before unless`)
	// scheduled are words of what is to come, as participles and adjectives.
	scheduled = word.Set(`due set expected scheduled planned slated likely unlikely poised going billed forecast tipped bound earmarked booked timetabled about ready`)
	// moved things are to come only where it is said to when: "postponed until".
	moved = word.Set(`rescheduled postponed delayed adjourned deferred`)
	// planned are the verbs and nouns that "to" with what is to come follows.
	planned    = word.Set(`plan plans hope hopes intend intention intentions expect promise promises pledge pledges vow vows aim want prepare agree decision decide deadline`)
	perceiving = word.Set(`watch see hear help let make`)
	// stating verbs in the present tell of what is, and their objects have days of
	// their own.
	stating = word.Set(`include involve contain show mean suggest mark raise reveal describe allege believe know think`)
	// commanded are the verbs of those who have others do something.
	commanded = word.Set(`order summon invite instruct`)
	toWhen    = word.Set(`until till to for`)
	accused   = word.Set(`accused charged suspected convicted guilty wanted blamed`)
	starting  = word.Set(`starting beginning commencing`)
	// lasting verbs tell of a time that is over: "lasted until Friday".
	lasting = word.Set(`last stay remain burn wait run rage continue be`)
	// stative verbs in the present say nothing of the day of their subject.
	stative = word.Set(`is are be 's have has show mean mark raise suggest come remain follow seem bring`)
	shown   = word.Set(`see picture show photograph date`)
	// sayingNow are verbs of saying whose present tells of what was said.
	sayingNow = word.Set(`say tell write warn add claim insist argue admit deny`)
	reporting = word.Set(`report confirm announce state`)
	// alike are verbs whose past has the form of the present.
	alike = word.Set(`cut put set hit shut let cost read split spread quit bet burst cast hurt shed bid thrust beat rid`)
	// particles of names are taken for verbs.
	particles = word.Set(`von van der den de da di la le bin al el`)
	// happened are the things that are only spoken of when they are past.
	happened = word.Set(`attack attacks shooting shootings crash crashes explosion explosions blast blasts bombing bombings fire fires earthquake quake storm storms raid raids
		killing killings murder murders death deaths collapse accident derailment stabbing assault flood floods outage theft arrest arrests defeat`)
)
