package bot

import (
	"slices"
	"strings"

	"dateline/bot/ground"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// A frame is a question or a sentence taken apart, as far as it takes to put
// other words in the place of some.
type frame struct {
	text   string
	tokens []pos.Token // without the marks at the end
	norms  []string
	nps    []nounPhrase
	topic  string // of "About TOPIC: …"
	// The question words, with the noun or adjective that goes with them and a
	// preposition before: "by how much", "which newspaper". Empty if there are
	// none.
	wh [2]int
	// aux is the auxiliary behind the question words, or that begins a question
	// to be answered with yes or no; -1 if there is none.
	aux int
	// subject is the noun phrase behind aux; -1 if the question asks for the
	// subject ("who confirmed …").
	subject int
}

// A nounPhrase is a run of tokens: "the mayor of Quillhaven".
type nounPhrase struct {
	from, to int
	head     int
	prep     int // the preposition before it, -1 if there is none
}

// A sort is what a noun phrase stands for.
type sort uint8

const (
	thing sort = iota
	person
	organization
	place
	date
	number
	pronoun
)

// aboutMark begins a question to which its topic was added.
const aboutMark = "About "

// read takes a question apart.
func read(text string) *frame {
	f := &frame{text: text, aux: -1, subject: -1}
	if rest, ok := strings.CutPrefix(text, aboutMark); ok {
		if topic, question, ok := strings.Cut(rest, ": "); ok {
			f.topic, f.text = topic, question
		}
	}
	f.tokens = pos.Tokens(f.text)
	for n := len(f.tokens); n > 0 && f.tokens[n-1].Tag == pos.PUNCT; n-- {
		f.tokens = f.tokens[:n-1]
	}
	f.norms = make([]string, len(f.tokens))
	for i, t := range f.tokens {
		f.norms[i] = word.Fold(t.Text)
	}
	f.mend()
	f.findNouns()
	f.findQuestion()
	return f
}

// mend corrects tags of names in lower case, which look like other words.
func (f *frame) mend() {
	for i := range f.tokens {
		t := &f.tokens[i]
		if t.Tag == pos.VB && f.tag(i-1) == pos.TO && strings.HasSuffix(f.norms[i], "s") && !strings.HasSuffix(f.norms[i], "ss") {
			t.Tag = pos.NNS // "closed to lorries"
		}
		switch before := f.tag(i - 1); {
		case !nameLike(t.Text) || t.Tag.Noun() || t.Tag == pos.CD || t.Tag == pos.PUNCT || '0' <= t.Text[0] && t.Text[0] <= '9':
		case t.Tag == pos.VBN && before.Noun(), // "von der leyen"
			(t.Tag == pos.VB || t.Tag == pos.VBP || t.Tag == pos.JJ || t.Tag == pos.FW) && (before == pos.IN || before == pos.TO || before == pos.CC || before == pos.DT || before == pos.None),
			t.Tag == pos.JJ && i == len(f.tokens)-1,
			t.Tag == pos.JJ && i == 1 && modals[f.norms[0]] && f.tag(2) == pos.VB: // "does zelensky agree"
			t.Tag = pos.NNP
		}
		// Behind the subject of a question a noun that ends it is its verb:
		// "what will the repairs cost", "when will the board decide".
		if t.Tag == pos.NN && i == len(f.tokens)-1 && i > 2 && f.tag(i-1).Noun() && slices.ContainsFunc(f.norms[:i], func(n string) bool { return modals[n] }) &&
			!slices.ContainsFunc(f.tokens[:i], func(t pos.Token) bool { return t.Tag == pos.VB }) {
			t.Tag = pos.VB
		}
		// So is a word behind a name that is none: "why did the Grey Heron run
		// aground".
		if t.Tag == pos.NNP && f.tag(i-1).Proper() && f.tag(i+1) == pos.VB && !nameLike(t.Text) && t.Text == f.norms[i] && !lexicon.Role(f.norms[i]) && slices.ContainsFunc(f.norms[:i], func(n string) bool { return modals[n] }) {
			t.Tag = pos.VB
		}
		// What a fragment ends in is no verb: "the school lunches".
		if t.Tag == pos.VBZ && i == len(f.tokens)-1 && i > 1 && i < 4 && f.tag(0) == pos.DT && f.tag(i-1).Noun() {
			t.Tag = pos.NNS
		}
	}
}

// modals stand before a base form with the subject between.
var modals = word.Set("do does did will would can could shall should may might must")

// nameLike reports whether a word may be a name, however it is written.
func nameLike(w string) bool {
	return ground.Naming(w) && !lexicon.Role(word.Fold(w))
}

func (f *frame) tag(i int) pos.Tag {
	if i < 0 || i >= len(f.tokens) {
		return pos.None
	}
	return f.tokens[i].Tag
}

func (f *frame) norm(i int) string {
	if i < 0 || i >= len(f.norms) {
		return ""
	}
	return f.norms[i]
}

// span is the text of tokens from to to.
func (f *frame) span(from, to int) string {
	if from >= to {
		return ""
	}
	return f.text[f.tokens[from].Start:f.tokens[to-1].End]
}

func (f *frame) np(i int) string { return f.span(f.nps[i].from, f.nps[i].to) }

// Tokens that noun phrases consist of, besides nouns.
func modifier(t pos.Tag) bool {
	return t == pos.JJ || t == pos.JJR || t == pos.JJS || t == pos.CD
}

func (f *frame) findNouns() {
	for i := 0; i < len(f.tokens); {
		np, ok := f.nounAt(i)
		if !ok {
			i++
			continue
		}
		// "the mayor of Quillhaven" is one phrase, "kilometres of road" too.
		for f.norm(np.to) == "of" {
			next, ok := f.nounAt(np.to + 1)
			if !ok {
				break
			}
			np.to = next.to
		}
		f.nps = append(f.nps, np)
		i = np.to
	}
}

// nameParticles stand in lower case within names.
var nameParticles = word.Set("von van der den ten de del della di da dos la le bin ibn al el")

func (f *frame) nounAt(i int) (nounPhrase, bool) {
	np := nounPhrase{from: i, head: -1, prep: -1}
	if t := f.tag(i - 1); t == pos.IN || t == pos.TO {
		np.prep = i - 1
	}
	if f.tag(i) == pos.PDT {
		i++
	}
	if n := f.norm(i); n == "many" || n == "much" {
		return np, false // it belongs to "how"
	}
	determined := false
	if t := f.tag(i); t == pos.DT || t == pos.PRPS {
		determined = true
		i++
	}
	for ; i < len(f.tokens); i++ {
		switch t := f.tag(i); {
		case np.head >= 0 && (t == pos.JJ || t == pos.DT) && timeWords[f.norm(i+1)]:
			np.to = np.head + 1 // "Moscow next week" is two
			return np, true
		case t.Noun():
			np.head = i
		case np.head >= 0 && nameParticles[f.norm(i)] && (f.tag(i+1).Noun() || nameParticles[f.norm(i+1)]):
			// "Ursula von der Leyen"
		case t == pos.POS && np.head >= 0:
		case modifier(t):
			if np.head < 0 && t == pos.CD || determined && f.norm(i) == "one" {
				np.head = i
			}
		case (t == pos.VBN || t == pos.VBG) && (determined || np.head < 0) && (f.tag(i+1).Noun() || modifier(f.tag(i+1))):
		default:
			np.to = np.head + 1
			return np, np.head >= 0
		}
	}
	np.to = np.head + 1
	return np, np.head >= 0
}

// auxiliaries begin questions and stand behind question words.
var auxiliaries = word.Set("is are was were do does did has have had will would can could shall should may might must s")

// questionWords begin what asks.
var questionWords = word.Set("who whom whose what which when where why how whos whats")

func (f *frame) findQuestion() {
	at := slices.IndexFunc(f.norms, func(n string) bool { return questionWords[n] })
	// "the man who": a question word behind a noun asks for nothing.
	if at > 0 && f.tag(at-1).Noun() {
		at = -1
	}
	if at < 0 {
		if len(f.norms) > 1 && auxiliaries[f.norms[0]] {
			f.aux = 0
			f.wh = [2]int{0, 0}
			f.findSubject(1)
		}
		return
	}
	from, to := at, at+1
	if t := f.tag(at - 1); t == pos.IN || t == pos.TO {
		from--
	}
	switch f.norms[at] {
	case "how":
		if n := f.norm(to); n == "many" || n == "much" || f.tag(to) == pos.JJ || f.tag(to) == pos.RB && !auxiliaries[n] && n != "else" {
			to++
		}
		if np, ok := f.nounAt(to); ok && to > at+1 && (f.norms[to-1] == "many" || f.norms[to-1] == "much") {
			to = np.to
		}
	case "which", "whose", "what":
		if np, ok := f.nounAt(to); ok && !auxiliaries[f.norm(to)] && f.tag(to) != pos.DT {
			to = np.to
		}
	}
	if f.norm(to) == "else" {
		to++
	}
	f.wh = [2]int{from, to}
	if auxiliaries[f.norm(to)] {
		f.aux = to
		f.findSubject(to + 1)
	}
}

// findSubject looks for the subject at token i, behind the auxiliary.
func (f *frame) findSubject(i int) {
	f.subject = slices.IndexFunc(f.nps, func(np nounPhrase) bool { return np.from == i })
}

// subjectPronoun reports whether a pronoun stands where the subject does.
func (f *frame) subjectPronoun() bool {
	return f.aux >= 0 && f.tag(f.aux+1) == pos.PRP
}

// asks is the question word: "how many" for that with its word, "" if there is
// none.
func (f *frame) asks() string {
	for i := f.wh[0]; i < f.wh[1]; i++ {
		if n := f.norms[i]; questionWords[n] {
			if next := f.norm(i + 1); n == "how" && (next == "many" || next == "much") && i+1 < f.wh[1] {
				return n + " " + next
			}
			return n
		}
	}
	return ""
}

// identity reports whether a question asks who or what somebody or something
// is: "Who is the mayor of Quillhaven?"
func (f *frame) identity() bool {
	if a := f.asks(); a != "who" && a != "what" && a != "whos" && a != "whats" || f.aux < 0 || f.subject < 0 {
		return false
	}
	switch f.norms[f.aux] {
	case "is", "are", "was", "were", "s":
		return f.nps[f.subject].to == len(f.tokens)
	}
	return false
}

var timeWords = word.Set("today yesterday tomorrow tonight morning afternoon evening night day week month year weekend monday tuesday wednesday thursday friday saturday sunday " +
	"january february march april june july august september october november december spring summer autumn winter")

// groups are people that act as one, in the singular or in the plural.
var groups = word.Set("police council board company government office crew opposition party team union club coastguard parliament court family army military administration delegation committee council group museum school schools bank press")

// sortOf tells what a noun phrase of the frame stands for.
func (f *frame) sortOf(np nounPhrase) sort {
	head := f.norms[np.head]
	words := f.norms[np.from:np.to]
	if f.tag(np.from) == pos.DT || f.tag(np.from) == pos.PRPS {
		words = words[1:]
	}
	name := strings.Join(words, " ")
	kind, _ := lexicon.TypeOf(head)
	switch {
	case f.tag(np.head) == pos.CD && len(head) == 4 && (head[:2] == "19" || head[:2] == "20"):
		return date
	case f.tag(np.head) == pos.CD && head != "one", kind == lexicon.KindNumber && f.tag(np.from) == pos.CD:
		return number
	case timeWords[head], kind == lexicon.KindDate && head != "time":
		return date
	case roleAt(f.norms, np.from, np.head):
		return person
	case groups[head]:
		return organization
	}
	if _, ok := lexicon.Place(name); ok {
		return place
	}
	if _, ok := lexicon.Place(head); ok && f.tag(np.from) != pos.DT {
		return place
	}
	whole, part := lexicon.Organization(name)
	_, partOfName := lexicon.Organization(head)
	if whole || part || partOfName && len(words) > 1 {
		return organization
	}
	for i := np.from; i < np.to; i++ {
		if lexicon.FirstName(f.norms[i]) && (f.tokens[i].Tag.Proper() || nameLike(f.tokens[i].Text)) {
			return person
		}
	}
	if f.tag(np.from) == pos.DT || f.tag(np.head) == pos.NNS || !nameLike(f.tokens[np.head].Text) || strings.HasSuffix(name, "s") && len(words) > 1 {
		return thing
	}
	if np.prep >= 0 {
		switch f.norms[np.prep] {
		case "in", "at", "near", "into":
			return place
		}
	}
	return person
}

// inside are the noun phrases that one is made of: itself, what stands behind
// "of", and the owner before 's.
func (f *frame) inside(np nounPhrase) []nounPhrase {
	all := []nounPhrase{np}
	for i := np.from; i < np.to; i++ {
		switch {
		case f.norms[i] == "of":
			if part, ok := f.nounAt(i + 1); ok {
				part.prep = i
				all = append(all, part)
			}
		case f.tag(i) == pos.POS && i > np.from:
			from := np.from
			for j := i - 1; j > np.from; j-- {
				if f.norms[j] == "of" {
					from = j + 1
					break
				}
			}
			all = append(all, nounPhrase{from: from, to: i, head: i - 1, prep: -1})
		}
	}
	return all
}

// roleAt reports whether a noun for a person ends at token head.
func roleAt(norms []string, from, head int) bool {
	for i := max(from, head-2); i <= head; i++ {
		if lexicon.Role(strings.ReplaceAll(strings.Join(norms[i:head+1], " "), "-", " ")) {
			return true
		}
	}
	switch norms[head] {
	case "master", "rep", "envoy", "son-in-law", "soninlaw", "daughter-in-law", "deputy", "chief", "burglar", "thieves":
		return true
	}
	return false
}

// plural reports whether a noun phrase stands for several.
func (f *frame) plural(np nounPhrase) bool {
	return f.tag(np.head).Plural() || f.norm(np.to) == "and" && f.tag(np.to+1).Noun()
}

// infinitive is the verb at i as it stands behind "did", with its accents and
// signs: a folded word is for comparing.
func (f *frame) infinitive(i int) string {
	if i >= len(f.tokens) {
		return ""
	}
	return lexicon.Lemma(strings.ToLower(f.tokens[i].Text))
}

// auxiliary is the auxiliary with the "n't" that belongs to it, and where the
// question goes on; "" if it has none.
func (f *frame) auxiliary() (aux string, rest int) {
	if f.aux < 0 {
		return "", 0
	}
	from, to := f.aux, f.aux+1
	if to < len(f.tokens) && negations[f.norms[to]] && f.tokens[from].End == f.tokens[to].Start {
		to++
	}
	return strings.ToLower(f.span(from, to)), to
}

// replace returns the question with tokens from to to replaced by words.
func (f *frame) replace(from, to int, with string) string {
	start, end := len(f.text), len(f.text)
	if from < len(f.tokens) {
		start = f.tokens[from].Start
	}
	if to > 0 {
		end = f.tokens[to-1].End
	}
	if from == to {
		end = start
	}
	return splice(f.text[:start], with, f.text[end:])
}

// splice puts a text between two others. Tokens need no blank between them
// ("%5J"), words do.
func splice(before, with, after string) string {
	if wordsMeet(before, with) {
		with = " " + with
	}
	if wordsMeet(with, after) {
		with += " "
	}
	return before + with + after
}

// wordsMeet reports whether a word at the end of a text and one at the start of
// another would become one word.
func wordsMeet(a, b string) bool {
	return slices.ContainsFunc(word.Split(a+b), func(w word.Word) bool { return w.Start < len(a) && len(a) < w.End })
}

// body is the text from token i on, without the marks at the end.
func (f *frame) body(i int) string { return f.span(i, len(f.tokens)) }

// dateAt returns the tokens of the first time that is named, with the
// preposition before it.
func (f *frame) dateAt() (from, to int, ok bool) {
	for _, np := range f.nps {
		if f.sortOf(np) == date && np.from >= f.wh[1] {
			if from = np.from; np.prep >= 0 {
				from = np.prep
			}
			return from, np.to, true
		}
	}
	return 0, 0, false
}
