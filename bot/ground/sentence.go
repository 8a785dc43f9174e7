package ground

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"dateline/corpus/lexicon"
	"dateline/corpus/quantity"
	"dateline/corpus/word"
)

// A line is a sentence as it is compared. A claim may be several in a row.
type line struct {
	quote     Quote     // where it stands; a claim stands nowhere
	published time.Time // zero if not known
	text      string    // flat
	words     []word.Word
	terms     []term // one for each word
	numbers   []quantity.Quantity
	at        map[string][]int // the places of a key

	// speakers are those who say something in it, be it that the line before
	// names them.
	speakers []speaker
	spoken   func() []spoken // the words that its article quotes
}

// A term is a word with what bears on its meaning where it stands.
type term struct {
	norm   string  // folded, of a name without the endings of transliteration
	key    string  // what makes it the same word as another: stem or number
	weight float64 // IDF; 0 for function words
	number string  // the key of the quantity that it is part of

	quantity *quantity.Quantity // which is this one, or the one that it is the unit of
	bound    bool               // it says how exact one is

	sentence int  // of the line
	content  bool // neither a function word nor a denial
	name     bool
	speech   bool // says, denies, warns

	denies   bool   // denies what follows
	negative string // the "not" or the denial in whose scope it stands
	not      bool   // "not" stands right before it
	either   bool   // denied, but spoken of as a thing that is
	called   bool   // denied by somebody who says what it is instead: "dismissed as “fantasy”"
	hedges   bool   // is a hedge itself
	hedge    string // in the scope of this one
	remark   bool   // which is one such as "reportedly"
	may      string // of a name, the "might" that follows
	planned  bool   // behind "will" or "would"
	foretold string // behind the "would" of what this verb says will be
	ordered  bool   // somebody is told to say it
	markup   bool   // part of an address or of markup, and no word at all
}

var (
	negators = word.Set(`not no never neither nor none nobody nothing cannot without dont didnt doesnt isnt wasnt werent arent aint cant couldnt wont wouldnt
		havent hasnt hadnt shouldnt hardly`)
	// Deniers besides the verbs that lexicon has as such.
	deniers = word.Set(`fail fails failed failing false falsely untrue fake hoax`)

	denying = map[string]bool{"turn down": true, "vote down": true, "throw out": true, "rule out": true}

	// Hedges of a whole sentence, wherever in it they stand.
	sentenceHedges = word.Set(`allegedly reportedly apparently purportedly supposedly presumably seemingly ostensibly unconfirmed unverified rumoured rumored
		tentatively provisionally unless except excluding barring`)
	// Hedges of what follows, up to the end of the clause.
	forwardHedges = word.Set(`may might could whether likely unlikely possibly perhaps maybe probably potentially possible claim claims claimed believe believes
		believed suspect suspects estimate estimates estimated appear appears appeared seem seems seemed alleges hint hints hinted suggests suggested considering indication indications
		signs rumour rumours rumor rumors speculation forecast forecasts`)
	// Hedges of the thing that follows, up to the next comma.
	adjectiveHedges = word.Set(`alleged preliminary provisional tentative purported suspected supposed presumed apparent putative potential`)
	// What is denied or planned by these is what follows them: "no longer allowed to
	// cross".
	allowing = word.Set(`longer allowed permitted able`)
	// Behind these, "if" is "whether".
	asking  = word.Set(`say says said ask asks asked sure know knows knew see decide clear unclear tell wonder`)
	futures = word.Set(`will would shall plan plans planned planning expect expects expected intend intends intended hope hopes hoped aim aims aimed going wants wanted due scheduled set slated`)
	// Behind these and "to" stands what was not done, or not yet.
	attempts = word.Set(`try tries tried trying attempt attempts attempted attempting threaten threatens threatened threatening seek seeks sought seeking
		vow vows vowed promise promises promised pledge pledges pledged agree agrees agreed ask asks asked urge urges urged offer offers offered prepare prepares prepared`)
	// Function words that claim more, or less, than a sentence without them.
	claiming = word.Set(`must should shall only all every everyone everybody always`)
	// within are particles of names that are no words of English.
	within = word.Set(`von van der den ten de del della da dos di la le bin ibn bint al el`)
	// equal are function words that mean the same as another.
	equal       = map[string]string{"ought": "should", "merely": "only", "solely": "only", "each": "every", "everyone": "everybody"}
	firstPerson = word.Set(`i me my we our ours im ive weve`)
	// What people tell a machine to do, in the words of an article.
	telling  = word.Set(`answer reply respond state say report write tell claim output print repeat mention pretend confirm`)
	orders   = word.Set(`that with every everything all only exactly`)
	ignoring = word.Set(`ignore disregard forget override`)
	ignored  = word.Set(`the all any every previous earlier above these those your`)
	// Who speaks in the transcript of a chat with a machine.
	chatting = word.Set(`assistant system user human models model`)
	// Behind a comma these begin a remark, which what went before says nothing
	// about.
	relatives = word.Set(`which who whose where`)
	turns     = word.Set(`but although though however while whereas instead`)
	calendar  = word.Set(`monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december
		jan feb mar apr jun jul aug sep sept oct nov dec`)
	// Words before a verb that take its subject from it: "is expected", "met to
	// discuss".
	// What is told in the passive is not certain.
	hearsay  = word.Set(`reported said thought understood alleged rumoured rumored assumed`)
	toBe     = word.Set(`is are was were`)
	passives = word.Set(`to is are was were be been being`)
)

// scope is how many words with a meaning of their own a "not" or a "would"
// reaches.
const scope = 2

// denier reports whether a word denies what follows: "denied", "rejects".
func denier(norm string) bool {
	_, class, ok := lexicon.Saying(norm)
	return deniers[norm] || ok && class == lexicon.Deny
}

// verbOfSaying reports whether word i is one, and has a subject of its own.
func verbOfSaying(words []word.Word, i int) bool {
	w := words[i]
	if w.Norm == "according" || w.Norm == "continued" {
		return true
	}
	_, _, ok := lexicon.Saying(w.Norm)
	return ok && !w.Capital() && (i == 0 || !passives[words[i-1].Norm])
}

// read makes a line of a text.
func read(text string) line {
	l := line{text: flat(text)}
	l.words = word.Split(l.text)
	l.terms = make([]term, len(l.words))
	l.numbers = quantity.Find(l.text, l.words)
	l.lookUp()
	l.scopes()
	l.at = make(map[string][]int, len(l.terms))
	for i, t := range l.terms {
		l.at[t.key] = append(l.at[t.key], i)
	}
	return l
}

// lookUp finds out what each word is by itself.
func (l *line) lookUp() {
	for i, w := range l.words {
		t := &l.terms[i]
		t.norm = nameKey(w.Norm)
		t.key = lexicon.Base(word.Stem(t.norm))
		if same := equal[w.Norm]; same != "" {
			t.key = same
		}
		negator := negators[w.Norm]
		// A month's "may"; "WHO" is no function word either.
		month := calendar[w.Norm] && w.Capital() && (i > 0 || w.Norm != "may")
		t.content = !w.Stop() && !negator && !month
		t.name = capital(w) && !w.Stop() && !month && !titleWords[w.Norm] && (!opens(l.text, l.words, i) || !ordinary(w.Norm))
		t.speech = verbOfSaying(l.words, i)
		t.denies = denier(w.Norm) && !l.declines(i)
		t.hedges = !month && (sentenceHedges[w.Norm] || forwardHedges[w.Norm] || adjectiveHedges[w.Norm] || w.Norm == "if")
		if !w.Stop() || i > 0 && w.Capital() && len(w.Norm) > 2 {
			t.weight = word.IDF(word.Stem(w.Norm))
		}
		if t.hedges || negator {
			t.weight = min(t.weight, 2) // looked at by itself
		}
	}
	// "Ursula von der Leyen" is one name.
	for i, from := 1, -1; i < len(l.words); i++ {
		switch {
		case !within[l.words[i].Norm] || l.text[l.words[i-1].End:l.words[i].Start] != " ":
			if from >= 0 && l.terms[i].name {
				for j := from; j < i; j++ {
					l.terms[j].name = true
				}
			}
			from = -1
		case from < 0 && l.terms[i-1].name:
			from = i
		}
	}
	for i := range l.words[:max(0, len(l.words)-1)] {
		next := l.words[i+1]
		key, ok := lexicon.Phrase(word.Stem(l.terms[i].norm), next.Norm)
		if !ok || l.terms[i].name || !tight(l.text, l.words, i+1) {
			continue
		}
		l.terms[i].key = key // "called off"
		l.terms[i].denies = l.terms[i].denies || denying[key]
		l.terms[i].speech = l.terms[i].speech && key == "call on"
		l.terms[i+1].content, l.terms[i+1].weight = false, 0
	}
	for _, span := range notWords(l.text) {
		for i, w := range l.words {
			if span[0] <= w.Start && w.End <= span[1] {
				l.terms[i] = term{norm: w.Norm, key: "markup " + w.Norm, markup: true}
			}
		}
	}
	for n := range l.numbers {
		q := &l.numbers[n]
		weight := 0.0
		for i := q.Lead; i < q.Tail; i++ {
			t := &l.terms[i]
			if t.markup {
				continue
			}
			weight = max(weight, t.weight)
			switch {
			case i < q.From || i >= q.To:
				t.bound, t.content, t.weight = true, false, 0
				continue
			case i < q.UnitAt:
				t.number = q.Key()
				t.key = "number " + t.number
				t.content, t.name, t.hedges, t.speech, t.denies = i == q.From, false, false, false, false
			}
			t.quantity, t.weight = q, 0
		}
		if q.From < q.To {
			l.terms[q.From].weight = weight
		}
	}
}

// declines reports whether word i is a decline of numbers, and denies nothing:
// "the decline in absences", "trade declined by 12 percent".
func (l *line) declines(i int) bool {
	switch l.words[i].Norm {
	case "decline", "declines", "declined", "declining":
		return i+1 == len(l.words) || l.words[i+1].Norm != "to" && (l.words[i+1].Stop() || l.words[i+1].Number())
	}
	return false
}

// scopes finds out what is denied, hedged or planned: by what stands before a
// word, and by some words anywhere in its sentence.
func (l *line) scopes() {
	negate, plan := 0, 0 // how many words they still reach
	negator, denier, hedge, thing := "", "", "", ""
	says, foretold := "", "" // the last verb of saying, and the one that "would" stands behind
	sentence, first := 0, 0
	ordered := false
	called := false // the denial says what the thing is instead
	clear := func() { negate, plan, denier, hedge, thing, says, called = 0, 0, "", "", "", "", false }
	// A hedge of the whole sentence reaches back as well.
	finish := func(end int, asks bool) {
		for i := first; i < end && asks; i++ {
			l.terms[i].hedge = "?"
		}
		for i := first; i < end; i++ {
			n := l.words[i].Norm
			condition := n == "if" && (i == first || !asking[l.words[i-1].Norm])
			count := l.terms[i].hedges && adjectiveHedges[n] && i > first+1 && l.words[i-2].Norm == "to" // "according to a preliminary count"
			if !sentenceHedges[n] && !condition && !count {
				continue
			}
			from := first
			if i > first && !condition && !count && i+1 < end && (l.words[i-1].Norm == "and" || strings.ContainsAny(l.text[l.words[i-1].End:l.words[i].Start], ",–")) {
				from = i // a remark: "in October, reportedly with Witkoff"
			}
			for j := from; j < end; j++ {
				if l.terms[j].hedge == "" {
					l.terms[j].hedge, l.terms[j].remark = l.words[i].Text, sentenceHedges[n]
				}
			}
			break
		}
		first = end
	}
	for i, w := range l.words {
		t := &l.terms[i]
		if i > 0 {
			switch gap := gap(l.text, l.words, i); {
			case strings.ContainsAny(gap, ".?!"):
				finish(i, strings.Contains(gap, "?"))
				sentence++
				ordered = false
				clear()
			case strings.ContainsAny(gap, ";:—"):
				clear()
			case strings.ContainsAny(gap, ","):
				negate, plan, thing = 0, 0, ""
				if strings.HasSuffix(w.Norm, "ing") {
					hedge = "" // "hinted at swaps, calling it complicated"
				}
				if relatives[w.Norm] {
					denier, hedge = "", ""
					// The thing itself, with what goes with it.
					for j := i - 1; j >= first && !l.words[j].Stop(); j-- {
						l.terms[j].either, l.terms[j].hedge = true, ""
					}
				}
			}
		}
		if turns[w.Norm] {
			clear()
		}
		if i > 0 && denier != "" && l.words[i-1].Norm == "as" && strings.ContainsAny(gap(l.text, l.words, i), outerMarks) {
			// "dismissed the report as “fantasy”" says that it is. "Denied acting
			// as “a front”" does not.
			j := i - 2
			for j > first && l.words[j].Text != denier && !strings.HasSuffix(l.words[j].Norm, "ing") {
				j--
			}
			if called = l.words[j].Text == denier; called {
				for ; j < i; j++ {
					l.terms[j].called = true
				}
			}
		}
		t.sentence = sentence
		ordered = ordered || l.orders(i, first)
		t.ordered = ordered
		t.not = i > 0 && l.words[i-1].Norm == "not"
		if !t.content && calendar[w.Norm] && w.Capital() {
			continue // dates are compared as such
		}
		t.hedge = hedge
		if t.hedge == "" {
			t.hedge = thing
		}
		t.planned = plan > 0
		if t.planned {
			t.foretold = foretold
		}
		t.called = called
		if !called || !Quoted(l.text, w.Start) {
			t.negative = denier
		}
		if negate > 0 {
			t.negative = negator
		}
		if t.content && !t.name && !t.hedges && w.Norm != "yet" && !allowing[w.Norm] && !strings.HasSuffix(w.Norm, "ly") {
			negate = max(0, negate-1)
			plan = max(0, plan-1)
		}
		next := ""
		if i+1 < len(l.words) {
			next = l.words[i+1].Norm
		}
		switch {
		case negators[w.Norm] && !t.bound && next != "only" && next != "later" && (next != "of" || w.Norm != "none" && w.Norm != "neither"):
			negate, negator = scope, w.Text
		case t.denies && t.negative == "":
			denier = w.Text
		case t.denies:
			denier = "" // "did not deny"
		case futures[w.Norm], attempts[w.Norm] && next == "to":
			plan, foretold = scope, ""
			if w.Norm == "would" {
				foretold = says
			}
			if next == "to" {
				plan = scope + 1 // itself is a word
			}
		case next == "to" && toBe[w.Norm]:
			plan, foretold = scope, "" // "is to open"
		}
		if foresees(w.Norm) && t.speech {
			says = w.Text
		}
		switch {
		case !t.hedges:
		case adjectiveHedges[w.Norm]:
			thing = w.Text
		case w.Norm == "may" && (next == "no" || next == "not"): // they must not
		case forwardHedges[w.Norm] || w.Norm == "if":
			hedge = w.Text
		}
		if hearsay[w.Norm] && next == "to" && i > 0 && toBe[l.words[i-1].Norm] {
			hedge = w.Text // "is reported to have met them"
		}
	}
	for i := range l.terms {
		if l.terms[i].name {
			l.terms[i].may = l.mayOf(i)
		}
	}
	if n := len(l.words); n > 0 {
		finish(n, strings.Contains(l.text[l.words[n-1].End:], "?"))
	}
}

// foresees reports whether a verb of saying makes what will be the word of who
// says it. What is confirmed or announced will be.
func foresees(norm string) bool {
	_, class, ok := lexicon.Saying(norm)
	return ok && class != lexicon.Confirm && class != lexicon.Announce && class != lexicon.Deny
}

// mayOf is the "might" that follows the name at i, be it behind a remark: "Jared
// Kushner, his son-in-law, might go".
func (l *line) mayOf(i int) string {
	const far = 8 // words
	for i+1 < len(l.words) && l.terms[i+1].name {
		i++
	}
	comma := func(j int) bool {
		return j < len(l.words) && strings.Contains(l.text[l.words[j-1].End:l.words[j].Start], ",")
	}
	j := i + 1
	if comma(j) {
		for j++; j < len(l.words) && j-i < far && !comma(j); j++ {
		}
	}
	if j < len(l.words) {
		switch w := l.words[j]; w.Norm {
		case "may", "might", "could":
			return w.Text
		}
	}
	return ""
}

// orders reports whether word i, in a sentence that begins at first, tells
// somebody to say what follows: no article says it then.
func (l *line) orders(i, first int) bool {
	w := l.words[i]
	next, gap := "", l.text[w.End:]
	if i+1 < len(l.words) {
		next, gap = l.words[i+1].Norm, l.text[w.End:l.words[i+1].Start]
	}
	if chatting[w.Norm] && i-first < 5 && strings.HasPrefix(gap, ":") {
		return true
	}
	begins := i == first || strings.ContainsAny(l.text[l.words[i-1].End:w.Start], ":,;—") ||
		slices.Contains([]string{"always", "please", "now", "just", "only", "and", "then"}, l.words[i-1].Norm)
	return begins && (telling[w.Norm] && (orders[next] || strings.HasPrefix(gap, ":")) || ignoring[w.Norm] && ignored[next])
}

// notWords are the parts of a text that nobody reads as words: addresses, tags
// and comments of HTML.
func notWords(text string) [][]int {
	if !strings.ContainsAny(text, "</") && !strings.Contains(text, "www.") {
		return nil
	}
	return markup.FindAllStringIndex(text, -1)
}

// markup matches them where they are certain.
var markup = regexp.MustCompile(`<!--.*?(?:-->|$)|</?[a-zA-Z][^<>]*>|[\pL\pN]+://\S+|www\.\S+|[\pL\pN_-]+(?:\.[\pL\pN_-]+)+/\S*`)

// address matches all that a program may take for one, in a text that is to be
// shown: "evil.example", "a/b".
var address = regexp.MustCompile(`[\pL\pN]+://\S+|[\pL\pN_-]+(?:\.[\pL\pN_-]+)*(?:\.\p{Ll}{2,}|/\p{Ll})[^\s,;:!?()“”"]*`)

// sentences are the terms' places divided by sentence: from, to.
func (l *line) sentences() [][2]int {
	var ss [][2]int
	for i, t := range l.terms {
		if i == 0 || t.sentence != l.terms[i-1].sentence {
			ss = append(ss, [2]int{i, i})
		}
		ss[len(ss)-1][1] = i + 1
	}
	return ss
}

// tight reports whether nothing but a space or a hyphen divides word i from the
// one before.
func tight(text string, words []word.Word, i int) bool {
	switch text[words[i-1].End:words[i].Start] {
	case " ", "-", "\u2010", "\u2011":
		return true
	}
	return false
}

// part is the text of some words.
func (l *line) part(from, to int) string {
	return brief(l.text[l.words[from].Start:l.words[to-1].End])
}

// How much each way of meaning the same word counts.
const (
	nation  = 0.85 // Russia and Russian
	related = 0.7  // negotiate and negotiator
	synonym = 0.65
	seat    = 0.5 // Moscow for Russia
	found   = 0.5 // from here on a word counts as found
)

// alike tells how far a word of an article stands for one of a claim.
func alike(c, a *term) float64 {
	switch {
	case c.key == a.key:
		return 1
	case c.number != "" || a.number != "":
		if c.quantity != nil && a.quantity != nil && quantity.Compare(a.quantity, c.quantity) == quantity.Same {
			return 1
		}
		return 0
	case c.norm == a.norm && !strings.Contains(c.key+a.key, " "): // "left" is not "left behind"
		return 1
	case len(c.key) < 2 || len(a.key) < 2:
		return 0
	case lexicon.Antonyms(c.key, a.key):
		return 0
	}
	if nationOf(c.norm, a.norm, lexicon.Demonym) {
		return nation
	}
	if nationOf(c.norm, a.norm, lexicon.Metonym) {
		return seat
	}
	if c.name || a.name {
		return 0 // Cask Landing is no arrival
	}
	n := 0
	for n < len(c.key) && n < len(a.key) && c.key[n] == a.key[n] {
		n++
	}
	if n >= 5 && n*10 >= 7*min(len(c.key), len(a.key)) && max(len(c.key), len(a.key))-n <= 5 {
		return related
	}
	if lexicon.Synonyms(c.key, a.key) || lexicon.Retold(c.key, a.key) {
		return synonym
	}
	return 0
}

// nationOf reports whether one word stands for the place that the other is, or
// both for the same.
func nationOf(a, b string, place func(string) (string, bool)) bool {
	pa, oka := place(a)
	pb, okb := place(b)
	return oka && (pa == b || okb && pa == pb) || okb && pb == a
}

// places is where a term of a claim, or a good substitute, stands.
func (l *line) places(x *term) []int {
	if at := l.at[x.key]; len(at) > 0 {
		return at
	}
	if x.weight == 0 {
		return nil
	}
	var at []int
	for j := range l.terms {
		if y := &l.terms[j]; (y.weight > 0 || y.number != "") && alike(x, y) >= found {
			at = append(at, j)
		}
	}
	return at
}
