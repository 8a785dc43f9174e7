package bot

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dateline/bot/ground"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// A Wish is what somebody wants who asks for no fact.
type Wish string

// The wishes. All but the last three are about the answer before.
const (
	WishSure    Wish = "sure"    // "are you sure?"
	WishSpeaker Wish = "speaker" // "who says so?"
	WishSource  Wish = "source"  // "which source?"
	WishMore    Wish = "more"    // "tell me more"
	WishThanks  Wish = "thanks"
	WishHello   Wish = "hello"
	// WishUnclear is that of a follow-up that has nothing to follow.
	WishUnclear Wish = "unclear"
)

// Understood is what a question of a conversation is taken to mean.
type Understood struct {
	// Question stands by itself: the question with what it left to the
	// exchanges before it put into words, or the earlier question that a Wish
	// is about. Empty if the question stood by itself as it was put.
	Question string `json:"question,omitempty"`
	// By is "rules", or the name of the engine that put it into words.
	By string `json:"by,omitempty"`
	// Calls are the requests to a model that it took.
	Calls []Call `json:"calls,omitempty"`
	Wish  Wish   `json:"wish,omitempty"`
	// New is set where the question has nothing to do with those before it.
	New bool `json:"new,omitempty"`

	// asked is Question without the topic that rules put before it.
	asked string
}

// byRules is Understood.By where no model had a part in it.
const byRules = "rules"

// wishes are recognized by the whole of what was typed, less what leads up to
// it and the marks at the end.
var wishes = []struct {
	wish  Wish
	words *regexp.Regexp
}{
	{WishSure, regexp.MustCompile(`^(?:(?:are|r) (?:you|u) (?:really |quite |absolutely |very )?(?:sure|certain|positive)(?: (?:of|about) (?:that|this|it))?|(?:is|was) (?:that|this|it) (?:really )?(?:right|true|correct|certain|so)|really|sure|you sure|certain|is that really so|can (?:that|this) be right|double ?check(?: (?:that|it|this))?)$`)},
	{WishSpeaker, regexp.MustCompile(`^(?:who (?:says|said|claims|claimed|told (?:you|them))(?: (?:so|that|this|it))?|says who|said who|according to whom?|by whose account|who (?:is|are) (?:the|your) sources?|how do (?:you|we|they) know(?: (?:that|this|it))?)$`)},
	{WishSource, regexp.MustCompile(`^(?:(?:which|what|whats|what is|what are|wheres|where is|where are)? ?(?:the |your |that |its )?sources?(?: (?:is|for|of) (?:that|this|it))?|where (?:is|was) (?:that|this|it) (?:from|reported|printed|published)|where (?:does|did) (?:that|this|it) (?:come from|say (?:that|so|this))|(?:which|what) (?:article|paper|newspaper)(?: (?:says|said|reports|reported|has|is) (?:that|so|this|it)(?: from)?)?|(?:show|give) me the sources?|citation(?: needed)?|citations)$`)},
	{WishMore, regexp.MustCompile(`^(?:(?:can you |could you |please )?(?:tell|give|show) (?:me|us) (?:some |a bit |a little )?more(?: (?:details|about (?:that|this|it)))?|more|more details|details|more please|go on|continue|(?:what|anything|something) (?:more|else)(?: (?:is there|do you know|is known))?|elaborate|say more|and more|anything else)$`)},
	{WishThanks, regexp.MustCompile(`^(?:(?:many )?thanks|thanks (?:a lot|so much|very much|again)|thank (?:you|u)(?: (?:very much|so much|a lot))?|thx|ty|tnx|cheers|great|perfect|nice|good|ok|okay|cool|got it|i see|great thanks|perfect thanks|ok thanks|okay thanks|bye|goodbye)$`)},
	{WishHello, regexp.MustCompile(`^(?:hi|hello|hey|hi there|hello there|hey there|good (?:morning|afternoon|evening|day)|greetings|hallo)$`)},
}

// mistyped are the little words as hurried people type them.
var mistyped = map[string]string{
	"adn": "and", "nad": "and", "waht": "what", "wat": "what", "whta": "what", "wht": "what", "hwo": "how", "woh": "who", "wen": "when", "wehn": "when", "whne": "when",
	"wher": "where", "whre": "where", "wehre": "where", "wy": "why", "abuot": "about", "aobut": "about", "abt": "about", "teh": "the", "hte": "the", "hsi": "his",
	"thier": "their", "taht": "that", "tehre": "there", "thre": "there", "wich": "which", "whcih": "which", "yuo": "you", "fo": "of", "si": "is", "od": "do", "ddi": "did",
	"whats": "what is", "whos": "who is", "wheres": "where is", "whens": "when is", "hows": "how is", "hes": "he is", "shes": "she is", "theyre": "they are",
	"what's": "what is", "who's": "who is", "where's": "where is", "when's": "when is", "how's": "how is", "he's": "he is", "she's": "she is",
	"what’s": "what is", "who’s": "who is", "where’s": "where is", "when’s": "when is", "how’s": "how is", "he’s": "he is", "she’s": "she is",
}

var (
	spelled = regexp.MustCompile(`[\pL\pN][\pL\pN'’]*`)
	// leadIns come before what is meant.
	leadIns = regexp.MustCompile(`(?i)^(?:and|but|so|also|ok|okay|well|oh|hm+|then|now|right|alright|sorry|please|er|um)\b[\s,;:.!–—-]*`)
	// corrections replace what was asked before.
	corrections = regexp.MustCompile(`(?i)^(?:no|nope|sorry|not that|not (?:him|her|them))?[\s,;:.!–—-]*(?:i|we) (?:mean|meant|was asking about|was asking for)\b[\s,;:]*|^(?:no|nope|sorry)[\s,;:.!–—-]+|^(?:or )?rather[\s,;:]+`)
	whatAbout   = regexp.MustCompile(`(?i)^(?:what|how) about\b\s*`)
	returning   = regexp.MustCompile(`(?i)^(?:back to|going back to|to come back to|coming back to|returning to|again about|about|regarding|as for|on)\s+([^:,?]{2,60})[:,]\s*`)
)

// tidy spells little words right. It is quick to give up: what is long is not
// the elliptic question of a conversation.
func tidy(text string) string {
	return spelled.ReplaceAllStringFunc(text, func(w string) string {
		if to, ok := mistyped[strings.ToLower(w)]; ok {
			return to
		}
		return w
	})
}

// wishOf recognizes the wishes that are put in set phrases.
func wishOf(text string) Wish {
	var norms []string
	for _, w := range spelled.FindAllString(text, -1) {
		norms = append(norms, strings.ToLower(w))
		if len(norms) > 12 {
			return ""
		}
	}
	all := strings.TrimSuffix(strings.Join(norms, " "), " please")
	for {
		for _, w := range wishes {
			if w.words.MatchString(all) {
				return w.wish
			}
		}
		rest := leadIns.ReplaceAllString(all, "")
		if rest == all {
			return ""
		}
		all = rest
	}
}

// understand makes a question of a conversation stand by itself, by rules: with
// what the grammar of English and lexicon know, and the words of the exchanges
// before, oldest first. Nothing that is in neither them nor the question comes
// in but function words.
func understand(thread []Exchange, question string, asked time.Time) Understood {
	question = strings.ToValidUTF8(question, "\uFFFD")
	text := tidy(strings.TrimSpace(question))
	wish := wishOf(text)
	if wish == WishThanks || wish == WishHello {
		return Understood{Wish: wish}
	}
	thread = segment(thread, text)
	if len(thread) == 0 {
		if wish != "" || elliptic(text) {
			return Understood{Wish: WishUnclear}
		}
		return Understood{}
	}
	if wish != "" {
		return Understood{Question: thread[len(thread)-1].meant(), By: byRules, Wish: wish}
	}
	t := newTalk(thread, asked)
	got, unresolved := t.complete(text)
	got = finished(got, question)
	switch {
	case utf8.RuneCountInString(got) > MaxQuestion:
		return Understood{}
	case same(got, question):
		return Understood{New: !unresolved && t.unrelated(text)}
	}
	u := Understood{Question: got, By: byRules}
	if f := read(got); f.topic != "" {
		u.asked = f.text
	}
	return u
}

// same reports whether two questions are the same but for spelling.
func same(a, b string) bool {
	norms := func(s string) string {
		var b strings.Builder
		for _, w := range word.Split(leadIns.ReplaceAllString(tidy(s), "")) {
			b.WriteString(w.Norm + " ")
		}
		return b.String()
	}
	return norms(a) == norms(b)
}

// finished gives a question its mark and its capital.
func finished(got, question string) string {
	got = strings.TrimSpace(oneLine(got))
	got = strings.TrimRight(got, " ?!.,;:")
	if got == "" {
		return question
	}
	// Of a name nobody knows what it is in capitals.
	if w, _, _ := strings.Cut(got, " "); word.Stop(w) {
		got = strings.ToUpper(got[:1]) + got[1:]
	}
	return got + "?"
}

// elliptic reports whether a question without any before it lacks what it is
// about.
func elliptic(text string) bool {
	rest := leadIns.ReplaceAllString(text, "")
	f := read(rest)
	if rest != text && len(f.tokens) > 0 && f.asks() == "" && !slices.ContainsFunc(f.tokens, func(t pos.Token) bool { return t.Tag.Verb() || t.Tag == pos.MD }) && len(f.tokens) < 5 {
		return true // "and Umerov?"
	}
	if f.asks() == "" && f.aux < 0 {
		return false // key words, a sentence in another language
	}
	for i, n := range f.norms {
		if f.tag(i) == pos.PUNCT || word.Stop(n) || idle[n] {
			continue
		}
		return false
	}
	return true
}

// idle are words that name nothing, besides function words.
var idle = setOf("else say says said saying tell tells told happen happened happens next mean means long many much often exactly again still ever going go went think thinks thought know known more then today anyone anything someone something everyone other others same one ones way s")

// A talk is what a follow-up may lean on.
type talk struct {
	exchanges []Exchange
	frames    []*frame // of what each was understood as
	asked     time.Time
	words     map[string]bool // stems of all that is carried
	given     map[string]lexicon.Gender
	read      []*frame // the answers, as far as they were looked at
}

func newTalk(thread []Exchange, asked time.Time) *talk {
	t := &talk{exchanges: thread, asked: asked, words: make(map[string]bool), given: make(map[string]lexicon.Gender)}
	t.read = make([]*frame, len(thread))
	for _, e := range thread {
		t.frames = append(t.frames, read(e.meant()))
		for _, s := range []string{e.Question, e.Understood, e.Answer} {
			words := word.Split(s)
			for i, w := range words {
				if !w.Stop() {
					t.words[w.Stem()] = true
				}
				if i > 0 && lexicon.FirstName(words[i-1].Norm) && words[i-1].Capital() && w.Capital() {
					t.given[w.Norm] = lexicon.GenderOf(words[i-1].Norm)
				}
			}
		}
	}
	return t
}

func (t *talk) last() (*frame, Exchange) {
	n := len(t.frames) - 1
	return t.frames[n], t.exchanges[n]
}

// answer is the first sentences of an answer, taken apart.
func (t *talk) answer(i int) *frame {
	if t.read[i] == nil {
		s := marks.ReplaceAllString(t.exchanges[i].Answer, "")
		if len(s) > 600 {
			s = strings.ToValidUTF8(s[:600], "")
		}
		t.read[i] = read(s)
	}
	return t.read[i]
}

var marks = regexp.MustCompile(`\s*\[\d+\]`)

// unrelated reports whether a question shares no word with what is carried.
func (t *talk) unrelated(text string) bool {
	n := 0
	for _, w := range word.Split(text) {
		if w.Stop() || idle[w.Norm] {
			continue
		}
		if t.words[w.Stem()] {
			return false
		}
		n++
	}
	return n > 1
}

// complete returns the question with what it leaves out. Unresolved is set if
// it refers to something that was not found.
func (t *talk) complete(text string) (got string, unresolved bool) {
	topic := ""
	if m := returning.FindStringSubmatch(text); m != nil {
		if rest := text[len(m[0]):]; len(word.Split(rest)) > 1 {
			topic, text = t.fullName(m[1]), rest
		}
	}
	rest := text
	correction := corrections.MatchString(rest)
	rest = corrections.ReplaceAllString(rest, "")
	for {
		r := leadIns.ReplaceAllString(rest, "")
		if r == rest || len(word.Split(r)) == 0 {
			break
		}
		rest = r
	}
	rest = corrections.ReplaceAllString(rest, "")
	about := whatAbout.FindString(rest) != ""
	f := read(whatAbout.ReplaceAllString(rest, ""))
	if len(f.tokens) == 0 {
		return text, false
	}
	if topic == "" {
		switch {
		case f.bare():
			if q, ok := t.askAgain(f); ok {
				return q, false
			}
		case f.asks() == "" && f.aux < 0 && len(f.tokens) < 10 && (about || correction || rest != text || f.fragment()) && !f.clause():
			if q, ok := t.substitute(f, about); ok {
				return q, false
			}
		case f.quantity():
			if q, ok := t.measure(f); ok {
				return q, false
			}
		}
	}
	if about || f.asks() == "" && f.aux < 0 && !correction && rest == text {
		// Key words, or an order: "tell me about the bridge".
		if about {
			return t.resolve(f)
		}
	}
	got, unresolved = t.resolve(f)
	if topic == "" && !unresolved && got == f.text && t.thin(f) {
		topic = t.topic()
	}
	if topic != "" && !mentions(got, topic) {
		got = aboutMark + topic + ": " + got
	}
	return got, unresolved
}

// mentions reports whether a text has all telling words of a topic.
func mentions(text, topic string) bool {
	terms := word.Terms(text)
	return containsAll(terms, word.Terms(topic))
}

// bare reports whether a question is nothing but question words: "and when?",
// "since when?", "who else?", "when was that?", "on what day?".
func (f *frame) bare() bool {
	if f.asks() == "" {
		return false
	}
	for i, n := range f.norms {
		switch {
		case i >= f.wh[0] && i < f.wh[1]:
			if f.asks() == "which" || f.asks() == "how many" && f.wh[1]-f.wh[0] > 2 {
				if f.sortOfWh() != date {
					return false
				}
			}
		case n == "else" || n == "exactly" || n == "then" || n == "not" || n == "so" || n == "come" || n == "from" || n == "to" || n == "with" || n == "for" || n == "by":
		case (n == "that" || n == "this" || n == "it") && i == len(f.norms)-1 && f.aux == i-1 && f.asks() != "what" && f.asks() != "who" && f.wh[1]-f.wh[0] == 1:
		case i == f.aux && i == len(f.norms)-2 && (f.norms[i+1] == "that" || f.norms[i+1] == "this" || f.norms[i+1] == "it") && f.wh[1]-f.wh[0] == 1 && (n == "was" || n == "is"):
		default:
			return false
		}
	}
	return true
}

// sortOfWh is what "which day", "what year" ask for.
func (f *frame) sortOfWh() sort {
	for _, np := range f.nps {
		if np.to == f.wh[1] {
			return f.sortOf(np)
		}
	}
	return thing
}

// fragment reports whether a text is a noun phrase or a particle, with a
// preposition perhaps.
func (f *frame) fragment() bool {
	i := 0
	if t := f.tag(0); t == pos.IN || t == pos.TO || t == pos.RP {
		i++
	}
	if i == len(f.tokens) {
		return true
	}
	return len(f.nps) > 0 && f.nps[0].from == i && f.nps[len(f.nps)-1].to == len(f.tokens) && f.norms[0] != "tell"
}

// clause reports whether there is a verb.
func (f *frame) clause() bool {
	for i := range f.tokens {
		if t := f.tag(i); (t.Verb() && t != pos.VBN && t != pos.VBG || t == pos.MD) && !f.inNoun(i) {
			return true
		}
	}
	return false
}

func (f *frame) inNoun(i int) bool {
	return slices.ContainsFunc(f.nps, func(np nounPhrase) bool { return np.from <= i && i < np.to })
}

// quantity reports whether a question is "how wide?", "how many stops?".
func (f *frame) quantity() bool {
	a := f.asks()
	return strings.HasPrefix(a, "how") && f.wh[1] == len(f.tokens) || (a == "which" || a == "what") && f.wh[1] == len(f.tokens) && f.wh[1]-f.wh[0] > 1
}

// askAgain asks the question before again with other question words.
func (t *talk) askAgain(f *frame) (string, bool) {
	last, e := t.last()
	wh := f.span(f.wh[0], f.wh[1])
	tail := ""
	negated := false
	for i, n := range f.norms {
		switch {
		case i >= f.wh[0] && i < f.wh[1]:
		case n == "from" || n == "to" || n == "with" || n == "for" || n == "by":
			tail = n
		case n == "not":
			negated = true
		case n == "else":
			wh += " else"
		case n == "come": // "how come?"
			wh = "why"
		}
	}
	a := f.asks()
	if strings.Contains(wh, "else") {
		wh = strings.TrimSuffix(wh, " else") + " else"
		if last.asks() == a || a == "who" && last.asks() == "whom" {
			whole := last.span(last.wh[0], last.wh[1])
			return last.replace(last.wh[0], last.wh[1], strings.TrimSuffix(whole, " else")+" else"), true
		}
	}
	short := t.filler(last, e)
	var got string
	switch {
	case last.asks() == "" && last.aux < 0: // key words
		return "", false
	case (a == "who" || a == "what" || a == "whom") && tail == "" && last.aux >= 0 && last.subject >= 0 && !last.identity():
		// "Did Russia leak it?" "Who then?"
		got = wh + " " + last.norms[last.aux] + " " + last.body(last.nps[last.subject].to)
	case last.asks() == "" || last.aux >= 0 && (last.subject >= 0 || last.subjectPronoun()) && !last.identity():
		got = wh + " " + last.norms[last.aux] + " " + last.body(last.aux+1)
		if negated && last.subject >= 0 {
			to := last.nps[last.subject].to
			got = wh + " " + last.norms[last.aux] + " " + last.span(last.aux+1, to) + " not " + last.body(to)
		}
		// The question words were the verb's object.
		switch last.asks() {
		case "what":
			if last.wh[1]-last.wh[0] == 1 {
				got = t.insertObject(last, wh, "this")
			}
		case "who", "whom", "which", "how many", "how much":
			if last.wh[0] == 0 && short != "someone" && (last.asks() != "how much" || last.wh[1] > 2) {
				got = t.insertObject(last, wh, short)
			}
		}
	case last.aux >= 0: // "Who may travel with the envoy?", "Who is the mayor?"
		got = wh + " " + last.norms[last.aux] + " " + short + " " + last.body(last.aux+1)
	default: // "Who confirmed the visit?"
		verb := last.wh[1]
		for verb < len(last.tokens)-1 && last.tag(verb) == pos.RB {
			verb++
		}
		do := "did"
		if t := last.tag(verb); t == pos.VBZ || t == pos.VBP {
			do = "does"
		}
		got = wh + " " + do + " " + short + " " + lexicon.Lemma(last.norm(verb)) + " " + last.body(verb+1)
	}
	if tail != "" {
		got = strings.TrimRight(got, " ") + " " + tail
	}
	return t.withTopic(last, got), true
}

// insertObject asks with the object behind the verb: "when did X say this
// about Y".
func (t *talk) insertObject(last *frame, wh, object string) string {
	at := last.aux + 1
	if last.subject >= 0 {
		at = last.nps[last.subject].to
	} else if last.subjectPronoun() {
		at++
	}
	for at < len(last.tokens) && (last.tag(at) == pos.RB || auxiliaries[last.norms[at]]) {
		at++
	}
	if at < len(last.tokens) {
		at++ // the verb
	}
	if last.norm(at-1) == "do" {
		object = "this"
	}
	return wh + " " + last.span(last.aux, at) + " " + object + " " + last.body(at)
}

// withTopic keeps the topic that the question before needed.
func (t *talk) withTopic(last *frame, got string) string {
	if last.topic == "" || mentions(got, last.topic) {
		return got
	}
	return aboutMark + last.topic + ": " + got
}

// filler is what stands in for the question words in a statement: the short
// answer, if it is short and answers them.
func (t *talk) filler(last *frame, e Exchange) string {
	if i := slices.IndexFunc(last.nps, func(np nounPhrase) bool { return np.to == last.wh[1] && np.from >= last.wh[0] }); i >= 0 {
		np := last.nps[i]
		if a := last.asks(); a == "how many" || a == "how much" {
			return "the " + last.span(max(np.from, last.wh[0]+2), np.to)
		}
	}
	for _, text := range []string{e.Short, e.Answer} {
		if s := clip(text); s != "" && last.asks() != "" && !read(s).clause() {
			return s
		}
	}
	if a := last.asks(); a == "what" || a == "which" || a == "how many" || a == "how much" {
		return "something"
	}
	return "someone"
}

// clip is a short answer if it can stand within a question.
func clip(short string) string {
	short = strings.Trim(oneLine(marks.ReplaceAllString(short, "")), " .,;:“”\"'‘’")
	if len(word.Split(short)) > 8 || len(short) > 80 || strings.ContainsAny(short, "?!:;\n") {
		return ""
	}
	for _, p := range []string{"A ", "An "} {
		if rest, ok := strings.CutPrefix(short, p); ok {
			return strings.ToLower(p) + rest
		}
	}
	return short
}

// measure asks of the same thing how wide it is, or how many parts it has.
func (t *talk) measure(f *frame) (string, bool) {
	last, _ := t.last()
	wh := f.span(f.wh[0], f.wh[1])
	a := f.asks()
	noun := f.wh[1]-f.wh[0] > 2 || a == "which" || a == "what"
	if noun && last.asks() == a || !noun && last.asks() == "how" && last.wh[1]-last.wh[0] == 2 {
		return last.replace(last.wh[0], last.wh[1], wh), true
	}
	subject := ""
	if last.subject >= 0 && last.sortOf(last.nps[last.subject]) != date {
		subject = last.np(last.subject)
	} else if np := t.referent(f, "it", -1); np != "" {
		subject = np
	}
	switch {
	case subject == "":
		return "", false
	case noun && (a == "how many" || a == "how much"):
		do := "does"
		if last.subject >= 0 && last.plural(last.nps[last.subject]) {
			do = "do"
		}
		return wh + " " + do + " " + subject + " have", true
	case !noun && a == "how" && f.wh[1]-f.wh[0] == 2:
		return wh + " is " + subject, true
	}
	return "", false
}

// substitute puts a fragment in the place of its like in the question before:
// "and Umerov?", "and in 2022?", "no, I mean Witkoff", "the second one".
func (t *talk) substitute(f *frame, about bool) (string, bool) {
	last, e := t.last()
	whole := f.span(0, len(f.tokens))
	if len(f.nps) == 0 {
		// "and out?"
		n := len(last.tokens) - 1
		if p := last.tag(n); len(f.tokens) == 1 && (p == pos.RP || p == pos.IN) {
			return t.withTopic(last, last.replace(n, n+1, whole)), true
		}
		return "", false
	}
	np := f.nps[0]
	prep := ""
	if np.prep >= 0 {
		prep = f.norms[np.prep]
	}
	what := f.span(np.from, len(f.tokens))
	kind := f.sortOf(np)
	if kind == date {
		phrase := what
		if prep != "" {
			phrase = prep + " " + what
		}
		if from, to, ok := last.dateAt(); ok {
			return t.withTopic(last, last.replace(from, to, phrase)), true
		}
		return t.withTopic(last, last.span(0, len(last.tokens))+" "+phrase), true
	}
	if head := f.norms[np.head]; head == "one" || head == "ones" {
		return t.theOne(f, np, last)
	}
	if f.tag(np.from) == pos.PRPS {
		// "and his special envoy?" after "who is Trump's son-in-law?"
		for i, n := range last.nps {
			if at := slices.IndexFunc(last.tokens[n.from:n.to], func(t pos.Token) bool { return t.Tag == pos.POS }); at >= 0 {
				rest := f.span(np.from+1, len(f.tokens))
				return last.replace(last.nps[i].from+at+1, n.to, rest), true
			}
		}
		if r := t.referent(f, f.norms[np.from], np.from); r != "" {
			what = possessive(r) + " " + f.span(np.from+1, len(f.tokens))
		}
	}
	if last.asks() == "how many" && last.wh[1]-last.wh[0] > 2 && prep == "" && len(f.nps) == 1 && f.tag(np.from).Common() && !nameLike(f.tokens[np.head].Text) {
		return t.withTopic(last, last.replace(last.wh[0]+2, last.wh[1], what)), true // "and crew?"
	}
	slot := -1
	if prep != "" {
		slot = slices.IndexFunc(last.nps, func(n nounPhrase) bool { return n.prep >= 0 && last.norms[n.prep] == prep })
		if slot < 0 && prep == "about" {
			// "and about the call?"
			if at, ok := last.saying(); ok {
				return t.withTopic(last, last.span(0, at+1)+" about "+what), true
			}
		}
		if slot < 0 {
			switch prep {
			case "in", "at", "near", "to", "from", "with", "for", "on", "by", "after", "before", "during", "since":
				if p := t.slot(last, place); kind == place && p >= 0 {
					slot = p
					break
				}
				return t.withTopic(last, last.span(0, len(last.tokens))+" "+prep+" "+what), true
			}
		}
	}
	if slot < 0 {
		slot = t.slot(last, kind)
	}
	if slot < 0 && kind == organization {
		slot = t.slot(last, person)
	}
	if slot < 0 && kind == person {
		slot = t.slot(last, organization)
	}
	_, speaks := last.saying()
	switch {
	case slot >= 0:
		n := last.nps[slot]
		if strings.HasPrefix(last.asks(), "how m") && n.to == last.wh[1] && n.from >= last.wh[0] {
			return t.withTopic(last, last.replace(last.wh[0]+2, last.wh[1], bareNoun(f, np, what))), true
		}
		return t.withTopic(last, last.replace(n.from, n.to, what)), true
	case (kind == person || kind == organization) && speaks && last.subjectPronoun():
		return last.replace(last.aux+1, last.aux+2, what), true
	case (kind == person || kind == organization) && (last.asks() == "who") && last.aux < 0:
		// "Who confirmed the visit?" "And Trump?"
		verb := last.wh[1]
		do := "did"
		if t := last.tag(verb); t == pos.VBZ || t == pos.VBP {
			do = "does"
		}
		return t.withTopic(last, do+" "+what+" "+lexicon.Lemma(last.norm(verb))+" "+last.body(verb+1)), true
	case (kind == person || kind == organization) && last.asks() == "who" && last.aux >= 0 && last.subject < 0:
		return t.withTopic(last, last.norms[last.aux]+" "+what+" "+last.body(last.aux+1)), true
	case kind == place && prep == "":
		return t.withTopic(last, last.span(0, len(last.tokens))+" in "+what), true
	case last.subject >= 0:
		n := last.nps[last.subject]
		return t.withTopic(last, last.replace(n.from, n.to, what)), true
	case about || e.Question != "":
		if topic := t.topic(); topic != "" && !mentions(what, topic) {
			return aboutMark + topic + ": what about " + what, true
		}
	}
	return "", false
}

// bareNoun is a noun phrase as it stands behind "how many".
func bareNoun(f *frame, np nounPhrase, what string) string {
	if f.tag(np.from) == pos.DT {
		return f.span(np.from+1, len(f.tokens))
	}
	return what
}

// slot is the noun phrase of a question that something of a sort takes the
// place of; -1 if there is none.
func (t *talk) slot(last *frame, kind sort) int {
	_, speaks := last.saying()
	best := -1
	for i, np := range last.nps {
		if np.from < last.wh[1] && !(kind == thing && strings.HasPrefix(last.asks(), "how many")) {
			continue
		}
		if last.sortOf(np) != kind || lightNouns[last.norms[np.head]] {
			continue
		}
		if i == last.subject && (speaks || kind == thing) || kind == thing && np.from < last.wh[1] {
			return i
		}
		if best < 0 || kind == person {
			best = i
		}
	}
	return best
}

// lightNouns are parts of verbs: "take place", "take part".
var lightNouns = setOf("part place care note charge time")

// saying returns the token of a verb of saying behind the subject.
func (f *frame) saying() (int, bool) {
	from := f.wh[1]
	if f.subject >= 0 {
		from = f.nps[f.subject].to
	}
	for i := from; i < len(f.tokens); i++ {
		if f.inNoun(i) {
			continue
		}
		if _, _, ok := lexicon.Saying(f.norms[i]); ok && (f.tag(i).Verb() || f.tag(i) == pos.NN) {
			return i, true
		}
	}
	return 0, false
}

// theOne puts the noun of the question before behind the words of "the second
// one".
func (t *talk) theOne(f *frame, one nounPhrase, last *frame) (string, bool) {
	best := last.subject
	if best < 0 {
		best = slices.IndexFunc(last.nps, func(np nounPhrase) bool {
			return last.sortOf(np) == thing && np.from >= last.wh[1] && last.tag(np.from) == pos.DT
		})
	}
	if best < 0 {
		best = slices.IndexFunc(last.nps, func(np nounPhrase) bool { return last.sortOf(np) == thing })
	}
	if best < 0 {
		return "", false
	}
	np := last.nps[best]
	noun := last.span(np.head, np.to)
	return t.withTopic(last, last.replace(np.from, np.to, f.span(one.from, one.head)+" "+noun)), true
}

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
		case (n == "that" || n == "this" || n == "so") && i == len(f.norms)-1 && i > 0:
			// "when did she say that?": what she was asked about.
			if _, _, says := lexicon.Saying(f.norms[i-1]); says || f.norms[i-1] == "do" {
				if q, ok := t.same(f, last); ok {
					return q, false
				}
			}
		}
	}
	got = f.text
	for _, c := range slices.Backward(changes) {
		got = got[:f.tokens[c.from].Start] + c.with + got[f.tokens[c.to-1].End:]
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
	return f.norm(i+2) == "that" || f.norm(i+2) == "to" && f.tag(i+1) == pos.JJ
}

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
			if s == thing && f.tag(np.from) == pos.DT && np.from >= f.wh[1] && i > np.to+1 {
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

// answers1 reports whether a short answer is what a pronoun stands for.
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
		if gender == lexicon.Unknown || lexicon.Unknown == lexicon.GenderOf(g.norms[i]) || i == np.head && i > np.from {
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
	case n == "a" || n == "an":
		return "the " + g.span(np.from+1, np.to)
	case n == "the":
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
		for _, np := range last.nps {
			if last.sortOf(np) == place {
				return last.np(slices.Index(last.nps, np))
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

// thin reports whether a question that refers to nothing expressly says too
// little to be understood: "was anyone hurt?", "who pays?", "when will the
// board decide?".
func (t *talk) thin(f *frame) bool {
	n := 0
	for i, norm := range f.norms {
		if f.tag(i) == pos.PUNCT || word.Stop(norm) || idle[norm] || lightNouns[norm] {
			continue
		}
		if nameLike(f.tokens[i].Text) && !strings.ContainsFunc(norm, unicode.IsDigit) && ground.Naming(lexicon.Lemma(norm)) {
			return false
		}
		n++
	}
	return n <= 2
}

// topic is what the question before was about: its names, or else its last
// noun phrase.
func (t *talk) topic() string {
	for n := len(t.frames) - 1; n >= 0; n-- {
		last := t.frames[n]
		if last.topic != "" {
			return last.topic
		}
		best := ""
		for i, np := range last.nps {
			if s := last.sortOf(np); s == date || s == number || lightNouns[last.norms[np.head]] || np.from < last.wh[1] && best != "" {
				continue
			}
			named := slices.ContainsFunc(last.tokens[np.from:np.to], func(t pos.Token) bool { return nameLike(t.Text) })
			if named && last.sortOf(np) != person {
				return last.np(i)
			}
			if best == "" || np.from >= last.wh[1] {
				best = last.np(i)
			}
		}
		if best != "" {
			return best
		}
	}
	return ""
}

// fullName is what the thread calls a thing that is named in short: "the Old
// Toll Bridge" for "the bridge".
func (t *talk) fullName(short string) string {
	g := read(short)
	if len(g.nps) == 0 {
		return short
	}
	head := g.norms[g.nps[0].head]
	for n := len(t.frames) - 1; n >= 0; n-- {
		for i, np := range t.frames[n].nps {
			if t.frames[n].norms[np.head] == head && np.to-np.from > g.nps[0].to-g.nps[0].from {
				return t.frames[n].np(i)
			}
		}
	}
	return short
}

// segment is the part of a thread that a question may lean on: what was said
// since the subject changed last, or an earlier part if the question comes back
// to it.
func segment(thread []Exchange, text string) []Exchange {
	start := 0
	var parts [][]Exchange
	for i, e := range thread {
		if e.New && i > start {
			parts = append(parts, thread[start:i])
			start = i
		}
	}
	if start < len(thread) {
		parts = append(parts, thread[start:])
	}
	if len(parts) == 0 {
		return nil
	}
	current := parts[len(parts)-1]
	terms := slices.DeleteFunc(word.Terms(text), func(s string) bool { return idle[s] })
	shares := func(part []Exchange) bool {
		return slices.ContainsFunc(part, func(e Exchange) bool {
			have := word.Terms(e.Question + " " + e.Understood)
			return slices.ContainsFunc(terms, func(s string) bool { return slices.Contains(have, s) })
		})
	}
	if !returning.MatchString(text) || shares(current) {
		return current
	}
	for _, p := range slices.Backward(parts) {
		if shares(p) {
			return p
		}
	}
	return current
}
