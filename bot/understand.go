package bot

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
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
	// announced is set where New was said in so many words.
	announced bool
}

// byRules is Understood.By where no model had a part in it.
const byRules = "rules"

// mistyped are the little words as hurried people type them.
var mistyped = map[string]string{
	"adn": "and", "nad": "and", "waht": "what", "wat": "what", "whta": "what", "wht": "what", "hwo": "how", "woh": "who", "wen": "when", "wehn": "when", "whne": "when",
	"wher": "where", "whre": "where", "wehre": "where", "wy": "why", "abuot": "about", "aobut": "about", "abt": "about", "teh": "the", "hte": "the", "hsi": "his",
	"thier": "their", "taht": "that", "tehre": "there", "thre": "there", "wich": "which", "whcih": "which", "yuo": "you", "fo": "of", "si": "is", "od": "do", "ddi": "did",
	"whats": "what is", "whos": "who is", "wheres": "where is", "whens": "when is", "hows": "how is", "hes": "he is", "shes": "she is", "theyre": "they are",
	"what's": "what is", "who's": "who is", "where's": "where is", "when's": "when is", "how's": "how is", "he's": "he is", "she's": "she is",
	"thats": "that is", "that's": "that is", "that’s": "that is", "theres": "there is", "there's": "there is", "there’s": "there is", "pls": "please", "plz": "please",
	"why'd": "why did", "how'd": "how did", "where'd": "where did", "when'd": "when did", "what'd": "what did", "why’d": "why did", "how’d": "how did", "where’d": "where did", "what’d": "what did",
	"isnt": "isn't", "arent": "aren't", "wasnt": "wasn't", "werent": "weren't", "didnt": "didn't", "doesnt": "doesn't", "dont": "don't", "hasnt": "hasn't", "havent": "haven't", "wont": "won't", "wouldnt": "wouldn't", "couldnt": "couldn't",
	"what’s": "what is", "who’s": "who is", "where’s": "where is", "when’s": "when is", "how’s": "how is", "he’s": "he is", "she’s": "she is",
}

var (
	spelled = regexp.MustCompile(`[\pL\pN][\pL\pN'’]*`)
	// leadIns come before what is meant.
	leadIns = regexp.MustCompile(`(?i)^(?:and|but|so|also|plus|ok|okay|well|oh|hm+|then|now|right|alright|sorry|please|er|um)\b[\s,;:.!–—-]*`)
	// corrections replace what was asked before.
	corrections = regexp.MustCompile(`(?i)^(?:no|nope|sorry|not that|not (?:him|her|them))?[\s,;:.!–—-]*(?:i|we) (?:mean|meant|was asking about|was asking for)\b[\s,;:]*|^(?:no|nope|sorry)[\s,;:.!–—-]+|^not (?:him|her|them|that(?: one)?)[,;:.!–—-]+\s*|^(?:or )?rather[\s,;:]+`)
	whatAbout   = regexp.MustCompile(`(?i)^(?:what|how) about\b\s*`)
	// either asks which of two it is: "which is it, 14 or 11?"
	either = regexp.MustCompile(`(?i)^(?:(?:which|what|who)(?: one| of (?:them|the two|those))?(?: (?:is|was) (?:it|right|correct|true))?[\s,;:–—-]+|(?:is|was) (?:it|that) )?((?:[^\s,?]+ ){1,3}or(?: [^\s,?]+){1,3})\s*\??$`)
	// notThat takes back words of the question before: "long, not wide".
	notThat = regexp.MustCompile(`(?i)^((?:\S+ ){0,3}?\S+?),? (?:not|instead of|rather than) ((?:\S+ ){0,3}?[^\s?.!]+)\s*[?.!]?$`)
	// turns announce another subject.
	turns     = regexp.MustCompile(`(?i)^(?:(?:ok|okay|right|alright|well|now|so|and|but|fine|thanks)\b[\s,;:.!–—-]*)*(?:(?:on )?(?:an?|one|my)? ?(?:new|next|other|another|different|separate|unrelated)(?: and [a-z]+)? (?:question|topic|subject|story|article|matter|note|thing|one)|(?:let's |lets )?change(?: of)?(?: the)? (?:subject|topic)|something (?:else|different)(?: entirely| altogether| now)?|unrelated|forget (?:that|it|about it|about that)|never ?mind(?: that)?|moving on)\s*[:;,.!?–—-]+\s*`)
	returning = regexp.MustCompile(`(?i)^(?:back to|going back to|to come back to|coming back to|returning to|again about|about|regarding|as for|on)\s+([^:,?]{2,60})[:,]\s*`)
)

// Words around a question that say nothing of what is asked: to whom it is put, and
// thanks. Without a mark behind it a greeting is one before a question alone, as "Hey
// Jude" is a song, and thanks may be what somebody said.
var (
	greeting  = regexp.MustCompile(`(?i)^\s*(?:@dateline\b[\s,;:.!–—-]*|(?:hi|hello|hey|good (?:morning|afternoon|evening|day))(?: (?:there|all|everyone|everybody|team|folks|dateline))?(?:\s*[,;:.!–—]+\s*|\s+((?:who|what|when|where|why|how|which|is|are|was|were|do|does|did|can|could|will|would|tell|please|pls)(?:\W.*|s\b.*|))$))`)
	gratitude = regexp.MustCompile(`(?i)([,;.!?–—])\s*(?:many thanks|thanks|thank you|thx|cheers)(?: (?:in advance|a lot|so much|very much|again))?[\s.!]*$`)
)

// withoutCourtesy is a question without greetings before it and thanks behind it; the
// text as it is if that leaves no question.
func withoutCourtesy(text string) string {
	rest := text
	for {
		shorter := greeting.ReplaceAllString(rest, "$1")
		if shorter == rest {
			break
		}
		rest = shorter
	}
	rest = gratitude.ReplaceAllString(rest, "$1")
	if len(word.Split(rest)) < 2 {
		return text
	}
	return rest
}

// withoutLeadIn is a text without what comes before what is meant. The pattern
// takes "And" of "Andújar" for a word, as it knows no letters but those of English.
func withoutLeadIn(text string) string {
	rest := leadIns.ReplaceAllString(text, "")
	if wordsMeet(text[:len(text)-len(rest)], rest) {
		return text
	}
	return rest
}

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

// understand makes a question of a conversation stand by itself, by rules: with
// what the grammar of English and lexicon know, and the words of the exchanges
// before, oldest first. Nothing that is in neither them nor the question comes
// in but function words.
func understand(thread []Exchange, question string, asked time.Time) Understood {
	question = strings.ToValidUTF8(question, "\uFFFD")
	text := tidy(strings.TrimSpace(question))
	wish := WishOf(text)
	if wish == WishThanks || wish == WishHello {
		return Understood{Wish: wish}
	}
	// Another subject is asked for by itself, unless in words that lean on what
	// was said: "another question: when did he leave?"
	rest := turns.ReplaceAllString(text, "")
	turned := rest != text && len(word.Split(rest)) > 1
	if turned && !leans(rest) {
		return Understood{Question: finished(rest, question), By: byRules, New: len(thread) > 0, announced: true}
	}
	if turned {
		text = rest
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
		for _, w := range word.Split(withoutLeadIn(tidy(s))) {
			b.WriteString(w.Norm + " ")
		}
		return b.String()
	}
	return norms(a) == norms(b)
}

// leans reports whether a question cannot be understood without those before it,
// by the look of it alone: "and when?", "what about Umerov?", "who is he?".
func leans(text string) bool {
	text = tidy(strings.TrimSpace(text))
	rest := withoutLeadIn(text)
	if elliptic(text) || whatAbout.MatchString(rest) || corrections.MatchString(text) {
		return true
	}
	f := read(rest)
	if f.bare() || f.quantity() || f.asks() == "" && f.aux < 0 && f.fragment() {
		return true
	}
	for i, n := range f.norms {
		if p, ok := pronouns[n]; ok && (p.like != "it" || !f.impersonal(i)) && !f.within(i, p.like) {
			return true
		}
	}
	return false
}

// finished gives a question its mark and its capital.
func finished(got, question string) string {
	got = strings.TrimSpace(corpus.OneLine(got))
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
		s := t.exchanges[i].Answer
		if len(s) > 600 {
			s = strings.ToValidUTF8(s[:600], "")
		}
		t.read[i] = read(s)
	}
	return t.read[i]
}

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
		r := withoutLeadIn(rest)
		if r == rest || len(word.Split(r)) == 0 {
			break
		}
		rest = r
	}
	rest = corrections.ReplaceAllString(rest, "")
	if m := either.FindStringSubmatch(rest); m != nil && topic == "" && !slices.ContainsFunc(read(m[1]).tokens, func(t pos.Token) bool { return t.Tag.Verb() }) {
		last, _ := t.last()
		return t.withTopic(last, last.span(0, len(last.tokens))+", "+m[1]), false
	}
	if topic == "" {
		if q, ok := t.instead(rest); ok {
			return q, false
		}
	}
	about := whatAbout.FindString(rest) != ""
	f := read(whatAbout.ReplaceAllString(rest, ""))
	if len(f.tokens) == 0 {
		return text, false
	}
	if topic == "" {
		switch {
		case f.anyOf():
			return t.whetherAny(f), false
		case f.predicated():
			if q, ok := t.predicate(f); ok {
				return q, false
			}
		case f.bare():
			if q, ok := t.askAgain(f); ok {
				return q, false
			}
		case f.asks() == "" && f.aux < 0 && len(f.tokens) < 10 && (about || correction || rest != text || f.fragment()) && !f.clause():
			if q, ok := t.substitute(f, about); ok {
				return q, false
			}
		case f.quantity() && f.tag(0) == pos.IN && f.wh[0] == 0: // "by how many votes?"
			if q, ok := t.askAgain(f); ok {
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
	if topic == "" && got == f.text && (t.thin(f) || unresolved && !f.ofSomebody()) {
		topic = t.topic()
		if topic != "" && unresolved {
			unresolved = false
			if g := read(topic); len(g.nps) == 0 || !g.plural(g.nps[0]) {
				if q, ok := f.withIt(topic); ok {
					return q, false
				}
			}
		}
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

// thin reports whether a question that refers to nothing expressly says too
// little to be understood: "was anyone hurt?", "who pays?", "when will the
// board decide?".
func (t *talk) thin(f *frame) bool {
	n := 0
	for i, norm := range f.norms {
		if f.tag(i) == pos.PUNCT || word.Stop(norm) || idle[norm] || lightNouns[norm] || negations[norm] {
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
