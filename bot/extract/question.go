package extract

import (
	"slices"
	"strings"
	"time"

	"dateline/corpus"
	"dateline/corpus/dates"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

var noDay time.Time

// A kind is what sort of answer a question asks for.
type kind uint8

const (
	describe kind = iota // "what is X", "who is X", key words
	who                  // a person or an organisation
	where
	when
	count  // how many
	amount // how much, how long, how old
	which  // one of a kind: "which newspaper"
	what   // a thing or a clause
	said   // what somebody said
	did    // what somebody did
	why
	how
	yesno
)

// A term is a word of the question that an answer's sentence should have.
type term struct {
	token
	stem   string
	weight float64
	name   bool // a proper noun, or a word that general English does not know
	number bool
	verb   bool
	focus  bool // belongs to "which newspaper", need not be in the sentence
}

// A question is what the reader makes of the asker's words.
type question struct {
	text         string
	tokens       []token
	kind         kind
	terms        []term
	names        []string // runs of names, as written
	runs         [][]int  // the terms of each
	dates        []dates.Date
	onDay        map[time.Time][]dates.Date // see datesOn
	wants        lexicon.Kind               // of a which-question, or of "who"
	focus        []string                   // stems of "Russian newspaper"
	focusAt      [2]int                     // tokens of the focus
	unit         string                     // of how long, how old
	verb         string                     // folded main verb, "" if none
	verbStem     string
	class        lexicon.Class // of a verb of saying
	object       bool          // the answer is the verb's object: "whom did X meet"
	leading      string        // a verb that only leads up to the main one: "expected" to meet
	agent        string        // folded surname or noun of the verb's subject, where the question names it
	agentAt      int           // where in the text that stands
	asking       corpus.Span   // the sentence that asks
	part         bool          // asks how much of something
	negated      bool
	against      bool   // asks who or what is against something
	stage        int    // asks for an early (-1) or a late (1) version, see candidate.stage
	preposition  string // that the question ends in: "what did he die of"
	ahead        bool   // asks for what will happen
	past         bool   // asks for what has happened
	over         bool   // asks for the one thing that somebody did
	photo        bool   // asks for a caption, a photographer or a contributor
	photographer bool   // asks who took a photograph
	asked        time.Time
	lower        bool                 // typed without capitals
	prep         string               // the preposition that goes with the question word: "in what year", "what ... for?"
	seen         map[string][]float64 // see sameAll
}

func parse(text string, asked time.Time) *question {
	q := &question{text: strings.TrimSpace(text), asked: asked}
	q.lower = strings.ToLower(q.text) == q.text
	// The question is the last sentence that asks: "Trump spoke. What did he say?"
	q.tokens = tokens(q.text)
	for i := range q.tokens {
		t := &q.tokens[i]
		if w, ok := mistyped[t.norm]; ok {
			t.norm, t.Tag = w.word, w.tag
		}
	}
	wh := q.findWh()
	q.dates = dates.Find(q.text, corpus.Span{Start: 0, End: len(q.text)}, asked)
	q.asking = q.sentenceOf(max(wh, 0))
	q.classify(wh)
	q.collect(wh)
	if last := len(q.tokens) - 2; q.tag(wh-1) == pos.IN || q.tag(wh-1) == pos.TO {
		q.prep = q.norm(wh - 1)
	} else if last > wh && (q.tag(last) == pos.IN || q.tag(last) == pos.TO) {
		q.prep = q.norm(last)
	}
	return q
}

// sentenceOf is the span of the sentence that a token stands in: "leave out all
// citations", behind a question, is none of what it asks.
func (q *question) sentenceOf(at int) corpus.Span {
	span := corpus.Span{End: len(q.text)}
	for i, t := range q.tokens {
		if t.Text != "." && t.Text != "?" && t.Text != "!" && t.Text != ";" {
			continue
		}
		if i < at {
			span.Start = t.End
		} else {
			span.End = t.End
			break
		}
	}
	return span
}

// Question words as hurried people type them.
var mistyped = map[string]struct {
	word string
	tag  pos.Tag
}{
	"wich": {"which", pos.WDT}, "whcih": {"which", pos.WDT}, "witch": {"which", pos.WDT}, "wat": {"what", pos.WP}, "waht": {"what", pos.WP}, "wht": {"what", pos.WP},
	"hwo": {"who", pos.WP}, "woh": {"who", pos.WP}, "wen": {"when", pos.WRB}, "whne": {"when", pos.WRB}, "wehn": {"when", pos.WRB},
	"wher": {"where", pos.WRB}, "whre": {"where", pos.WRB}, "wehre": {"where", pos.WRB}, "wy": {"why", pos.WRB}, "hw": {"how", pos.WRB},
}

func (q *question) norm(i int) string {
	if i < 0 || i >= len(q.tokens) {
		return ""
	}
	return q.tokens[i].norm
}

func (q *question) tag(i int) pos.Tag {
	if i < 0 || i >= len(q.tokens) {
		return pos.None
	}
	return q.tokens[i].Tag
}

// findWh returns the question word that governs: the first of the last clause
// that has one at its head, or -1.
func (q *question) findWh() int {
	at := -1
	for i, t := range q.tokens {
		switch t.norm {
		case "who", "whom", "whose", "when", "where", "why", "how", "what", "which", "whos", "whats":
		default:
			continue
		}
		// After a noun, "who" and "which" are relatives: "the man who".
		head := i == 0 || q.tokens[i-1].Tag == pos.PUNCT || q.tokens[i-1].Tag == pos.CC || q.tokens[i-1].Tag == pos.IN || q.tokens[i-1].Tag == pos.TO
		if at < 0 && (head || t.norm != "which" && t.norm != "who" && t.norm != "whose" && t.norm != "when" && t.norm != "where") {
			at = i
		} else if at >= 0 && strings.ContainsAny(q.tokens[i-1].Text, ".:;!?") {
			at = i
		} else if at < 0 && !head {
			continue
		}
	}
	if at < 0 {
		for i, t := range q.tokens {
			if t.Tag.Wh() && t.norm != "that" {
				return i
			}
		}
	}
	return at
}

func isAux(n string) bool {
	switch n {
	case "is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "will", "would", "can", "could", "should", "may", "might", "must", "shall", "am", "isnt", "arent", "wasnt", "werent", "didnt", "doesnt", "dont", "hasnt", "havent", "wont":
		return true
	}
	return false
}

func (q *question) classify(wh int) {
	low := strings.ToLower(q.text)
	for _, w := range [...]string{"photo", "picture", "image", "caption", "photograph", "contributed to", "pictured", "reported this", "wrote this", "byline", "photographer"} {
		if strings.Contains(low, w) {
			q.photo = true
		}
	}
	for _, w := range [...]string{"took", "taken", "taking", "shot", "credit", "photographer"} {
		q.photographer = q.photographer || q.photo && strings.Contains(low, w)
	}
	for i, t := range q.tokens {
		switch t.norm {
		case "initial", "initially", "original", "originally", "previous", "previously", "earlier", "former":
			q.stage = -1
		case "first":
			if q.norm(i-1) == "at" {
				q.stage = -1
			}
		case "before":
			if i+1 == len(q.tokens) || q.tag(i+1) == pos.PUNCT {
				q.stage = -1 // "how many were there before?"
			}
		case "new", "revised", "latest", "current", "currently", "updated", "now", "left", "remaining", "remain":
			q.stage = 1
		}
	}
	for _, t := range q.tokens {
		switch t.norm {
		case "did", "was", "were", "had", "has", "have":
			q.past = true
		case "will", "would", "going":
			q.past = false
		}
	}
	q.ahead = q.norm(wh+1) == "will"
	if q.past && q.norm(wh+1) == "did" {
		verbs := 0
		for _, t := range q.tokens[wh+2:] {
			if t.Tag.Verb() {
				verbs++
			}
		}
		q.over = verbs == 1 // "when did he plan to go" asks for another time
	}
	for i := len(q.tokens) - 1; i > 0; i-- {
		if q.tag(i) == pos.PUNCT {
			continue
		}
		if t := q.tag(i); t == pos.IN || t == pos.RP {
			q.preposition = q.norm(i)
		}
		break
	}
	for i, t := range q.tokens {
		q.against = q.against || t.norm == "against" && i > 0 && !q.tag(i-1).Noun()
		// "in Abu Dhabi, not Geneva" does not turn the question round.
		q.negated = q.negated || negation(t.norm) && t.norm != "no" && (i == 0 || q.tokens[i-1].Text != ",") && !q.tag(i+1).Proper()
	}
	if wh < 0 {
		if i := q.begin(); i+1 < len(q.tokens) && isAux(q.tokens[i].norm) {
			q.kind = yesno
			q.lastVerb(i)
			q.mainVerb(i)
			return
		}
		// "tell me who", "name the": key words otherwise.
		q.kind = describe
		for i, t := range q.tokens {
			switch t.norm {
			case "date", "day", "time":
				q.kind, q.wants = when, lexicon.KindDate
			case "number":
				if q.norm(i+1) == "of" {
					q.kind = count
				}
			}
		}
		return
	}
	next := wh + 1
	switch q.norm(wh) {
	case "who", "whom", "whos":
		q.kind, q.wants = who, lexicon.KindPerson
		if q.norm(wh) == "whom" {
			q.object = true
		}
		if isAux(q.norm(next)) && q.norm(next) != "" {
			// "who is Kirill Dmitriev?" wants a description; "who is the envoy?"
			// a name.
			if be(q.norm(next)) && q.bareName(next+1) {
				q.kind, q.wants = describe, ""
			}
			q.object = q.object || q.inverted(next)
		}
		if wh > 0 && (q.tag(wh-1) == pos.IN || q.tag(wh-1) == pos.TO) {
			q.object = true
			if q.norm(wh-1) == "by" {
				q.object = false
			}
		}
	case "whose":
		q.kind, q.wants = who, lexicon.KindPerson
	case "when":
		q.kind, q.wants = when, lexicon.KindDate
	case "where":
		q.kind, q.wants = where, lexicon.KindPlace
	case "why":
		q.kind = why
	case "how":
		switch q.norm(next) {
		case "many":
			q.kind, q.wants = count, lexicon.KindNumber
			q.takeFocus(next + 1)
		case "much":
			q.kind, q.wants = amount, lexicon.KindMoney
			q.part = q.norm(next+1) == "of"
			if !q.part {
				q.takeFocus(next + 1)
			}
		case "long", "old", "far", "often", "big", "large", "tall", "high", "fast", "deep", "heavy", "wide", "hot", "cold", "late", "early", "soon", "quickly":
			q.kind, q.wants = amount, lexicon.KindNumber
			q.unit = q.norm(next)
			if q.unit == "soon" || q.unit == "late" || q.unit == "early" {
				q.kind = when
			}
		default:
			q.kind = how
			for i := next; i < len(q.tokens); i++ {
				switch lexicon.Base(word.Stem(q.norm(i))) {
				case "describ", "character", "characteris", "respond", "react", "explain", "answer", "put", "justifi", "call":
					if q.tag(i).Verb() {
						q.kind = said // "how did he describe it?"
					}
				}
			}
		}
	case "what", "which", "whats":
		q.kind = what
		if q.norm(next) == "kind" || q.norm(next) == "type" || q.norm(next) == "sort" {
			next += 2
		}
		if !isAux(q.norm(next)) && q.tag(next).Verb() && (q.tag(next+1).Verb() || isAux(q.norm(next+1)) || q.norm(wh) == "which") && len(q.tokens) > next+1 {
			// "which outlet published": two verbs in a row are one too many.
			q.tokens[next].Tag = pos.NN
		}
		if !isAux(q.norm(next)) && (!q.tag(next).Verb() || q.tag(next).Participle() && nounish(q.tag(next+1))) || q.norm(wh) == "which" && q.tag(next).Noun() {
			q.takeFocus(next)
		}
		if q.focusAt[1] > q.focusAt[0] {
			q.kind = which
			head := q.norm(q.focusAt[1] - 1)
			k, ok := lexicon.TypeOf(head)
			if !ok {
				k, ok = lexicon.TypeOf(strings.TrimSuffix(head, "s"))
			}
			if ok {
				q.wants = k
			} else if lexicon.Role(head) || lexicon.Role(strings.TrimSuffix(head, "s")) {
				q.wants = lexicon.KindPerson
			}
			switch {
			case head == "time" || q.wants == lexicon.KindDate:
				q.kind, q.wants = when, lexicon.KindDate
			case q.wants == lexicon.KindNumber && q.norm(wh) == "what":
				q.kind = amount
			case q.wants == lexicon.KindMoney:
				q.kind = amount
			}
		} else if be(q.norm(next)) {
			// "what is the name of ...", "what was the final score?"
			i := next + 1
			for q.tag(i).Determiner() {
				i++
			}
			from := i
			for i < len(q.tokens) && (q.tag(i).Noun() || q.tag(i).Adjective() || q.tag(i) == pos.POS) {
				if q.tag(i) == pos.POS {
					from = i + 1 // "Ushakov's job": a job is asked for
				}
				i++
			}
			if i > from {
				head := q.norm(i - 1)
				named := head == "name" && q.norm(i) == "of"
				if named {
					// "the name of the programme", "of the ship’s captain": it is
					// the programme, the captain, who is asked for.
					from = i + 1
					for q.tag(from).Determiner() {
						from++
					}
					for i = from; i < len(q.tokens) && (q.tag(i).Noun() || q.tag(i).Adjective() || q.tag(i) == pos.POS); {
						if q.tag(i) == pos.POS {
							from = i + 1
						}
						if i > from && q.tokens[i].capital() && !q.tokens[i-1].capital() {
							break // "the program [Ushakov spoke to]"
						}
						i++
					}
					i = min(max(i, from+1), len(q.tokens))
					head = q.norm(i - 1)
				}
				k, ok := lexicon.TypeOf(head)
				if !ok && lexicon.Role(head) {
					k, ok = lexicon.KindPerson, true
				}
				if !ok && named {
					k, ok = lexicon.KindTitle, true
				}
				switch head {
				case "job", "role", "position", "post", "occupation", "profession":
					q.kind = describe
					ok = false
				case "aim", "purpose", "goal", "reason", "cause", "motive", "point", "idea":
					q.kind = why
					ok = false
				}
				if ok && q.tag(i-1).Common() {
					q.wants = k
					q.kind = which
					if k == lexicon.KindDate {
						q.kind = when
					} else if k == lexicon.KindNumber || k == lexicon.KindMoney {
						q.kind = amount
					}
					q.focusAt = [2]int{from, i}
					q.fillFocus()
				} else if i >= len(q.tokens)-1 && q.kind == what {
					q.kind = describe
				}
			}
		}
	}
	q.lastVerb(wh)
	q.mainVerb(wh)
	if q.kind == what {
		if _, class, ok := lexicon.Saying(q.verb); ok && class != "" {
			q.kind = said
		} else if q.verb == "do" || q.verb == "doing" || q.verb == "done" || q.verb == "happen" || q.verb == "happened" || q.verb == "happens" {
			q.kind = did
		}
	}
}

// begin is the token that the question itself begins with: behind the topic of
// "About the ferry: was anyone hurt?".
func (q *question) begin() int {
	if q.norm(0) != "about" {
		return 0
	}
	return 1 + slices.IndexFunc(q.tokens, func(t token) bool { return t.Text == ":" })
}

func be(n string) bool {
	switch n {
	case "is", "are", "was", "were", "'s", "’s", "s":
		return true
	}
	return false
}

func do(n string) bool { return n == "did" || n == "does" || n == "do" || n == "will" || n == "would" }

// inverted reports whether a subject follows the auxiliary at i, and a verb
// that: "who [did Trump meet]", but not "who [will travel]".
func (q *question) inverted(i int) bool {
	t := q.tag(i + 1)
	if !(t.Noun() || t.Determiner() || t == pos.PRP || t.Adjective() || i+1 < len(q.tokens) && q.tokens[i+1].capital()) {
		return false
	}
	if n := len(q.tokens); q.norm(n-1) == "by" || n > 1 && q.norm(n-2) == "by" {
		return false // "who was he replaced by"
	}
	for j := i + 2; j < len(q.tokens); j++ {
		if q.tag(j).Verb() && q.norm(j-1) != "of" {
			return !be(q.norm(i)) || q.tag(j) == pos.VBG || q.tag(j) == pos.VBN && q.tag(j+1) == pos.TO
		}
	}
	return q.norm(i) == "did" || q.norm(i) == "does"
}

// bareName reports whether the question consists of a name from token i on.
func (q *question) bareName(i int) bool {
	n := 0
	for ; i < len(q.tokens); i++ {
		t := q.tokens[i]
		switch {
		case t.Tag == pos.PUNCT:
		case t.Tag.Proper() || t.capital() || particle(t.norm):
			n++
		case q.lower && (lexicon.FirstName(t.norm) || t.Tag.Noun() && word.IDF(word.Stem(t.norm)) > 6 && !lexicon.Role(t.norm)):
			n++
		default:
			return false
		}
	}
	return n > 0
}

// takeFocus reads the noun phrase behind "which" or "how many".
func (q *question) takeFocus(i int) {
	for q.tag(i).Determiner() || q.norm(i) == "of" || q.tag(i).Adverb() && !isAux(q.norm(i+1)) {
		i++
	}
	if isAux(q.norm(i)) {
		return // "by how much will"
	}
	from, noun := i, i
	if q.norm(i-1) == "many" && i < len(q.tokens) && len(q.tokens[i].stems) > 0 && !isAux(q.norm(i)) {
		i++ // whatever the tagger takes it for
		noun = i
	}
	for i < len(q.tokens) {
		t := q.tag(i)
		switch {
		case t.Noun() || t == pos.FW:
			noun = i + 1
		case t.Adjective() || t == pos.CD || t == pos.POS || t == pos.VBN && nounish(q.tag(i+1)) || t == pos.VBG && nounish(q.tag(i+1)):
		default:
			i = len(q.tokens)
			continue
		}
		i++
	}
	if noun > from {
		q.focusAt = [2]int{from, noun}
		q.fillFocus()
	}
}

func (q *question) fillFocus() {
	for i := q.focusAt[0]; i < q.focusAt[1]; i++ {
		q.focus = append(q.focus, q.tokens[i].stems...)
	}
}

// lastVerb corrects the tag of a verb that ends a question and was taken for a
// noun or an adjective: "when will the line open?"
func (q *question) lastVerb(wh int) {
	last := len(q.tokens) - 1
	for last > 0 && q.tag(last) == pos.PUNCT {
		last--
	}
	aux := max(wh+1, q.focusAt[1])
	if q.kind == yesno {
		aux = wh
	}
	for i := aux + 2; i <= last && !isAux(q.norm(i)); i++ {
		if q.tag(i).Verb() {
			break
		}
		if isModal(q.norm(aux)) && q.tag(i-1).Proper() && q.tokens[i-1].capital() && (q.tag(i) == pos.NN || q.tag(i) == pos.JJ) && !q.tokens[i].capital() &&
			(i == last || q.tag(i+1) == pos.IN || q.tag(i+1) == pos.TO || q.tag(i+1).Determiner()) {
			q.tokens[i].Tag = pos.VB // "who will Witkoff meet in Moscow?"
			return
		}
	}
	switch n := q.norm(aux); {
	case !isModal(n):
	case last < aux+2, q.tokens[last].capital(), q.tag(last) != pos.JJ && q.tag(last) != pos.NN && q.tag(last) != pos.VB:
	case slices.ContainsFunc(q.tokens[aux+1:last], func(t token) bool { return t.Tag.Verb() && !t.Tag.Participle() }):
	default:
		for i := aux + 3; i < last; i++ {
			// What stands before a second noun phrase is the verb: "did Ukraine
			// accept the peace agreement".
			if q.tag(i).Determiner() && !word.Stop(q.norm(i-1)) && !q.tokens[i-1].capital() {
				q.tokens[i-1].Tag = pos.VB
				if q.tag(last) == pos.VB {
					q.tokens[last].Tag = pos.NN
				}
				return
			}
		}
		q.tokens[last].Tag = pos.VB
	}
}

// isModal reports whether a base form follows an auxiliary, behind the subject.
func isModal(n string) bool {
	switch n {
	case "did", "does", "do", "will", "would", "can", "could", "should", "may", "might", "must":
		return true
	}
	return false
}

// mainVerb finds the verb that the question is about, and its subject.
func (q *question) mainVerb(wh int) {
	start := max(wh+1, q.focusAt[1])
	if q.kind == which || q.kind == count || q.kind == amount {
		start = max(start, q.focusAt[1])
	}
	aux := -1
	for i := start; i < len(q.tokens); i++ {
		n := q.norm(i)
		if isAux(n) && aux < 0 {
			aux = i
			continue
		}
		t := q.tag(i)
		if n == "be" && aux >= 0 {
			// "what will its role be": only a participle makes a verb of it.
			if !q.tag(i + 1).Participle() {
				return
			}
			continue
		}
		if aux >= 0 && (q.norm(aux) == "did" || q.norm(aux) == "does") && t != pos.VB && slices.ContainsFunc(q.tokens[i+1:], func(t token) bool { return t.Tag == pos.VB && !isAux(t.norm) }) {
			continue // "did the weekend talks take place"
		}
		verbal := t.Verb() && !auxiliary(n) && n != "according" || n == "do" && aux >= 0 && i > aux+1
		if !verbal && aux >= 0 && do(q.norm(aux)) && i > aux+1 {
			// "what did ushakov deny": the tagger may be unsure.
			_, _, saying := lexicon.Saying(n)
			verbal = saying
		}
		if !verbal {
			continue
		}
		if (n == "get" || n == "gets" || n == "got" || n == "getting") && q.tag(i+1) == pos.VBN {
			continue // "when does it get decided"
		}
		if t.Participle() && q.tag(i+1).Noun() && aux >= 0 && (q.norm(i-1) == "have" || q.norm(i-1) == "any" || q.norm(i-1) == "no") {
			continue // "have running water"
		}
		if particle(n) || t == pos.VBG && q.tag(i-1) == pos.IN || t == pos.VBN && nounish(q.tag(i+1)) && q.tag(i-1).Determiner() {
			continue
		}
		// "expected to meet", "going to visit": the infinitive says what.
		if q.tag(i+1) == pos.TO && q.tag(i+2).Verb() && !auxiliary(q.norm(i+2)) {
			if _, _, saying := lexicon.Saying(n); !saying || n == "expected" || n == "expecting" || n == "supposed" {
				q.leading = n
				continue
			}
		}
		q.verb = n
		q.verbStem = lexicon.Base(word.Stem(n))
		if lemma, class, ok := lexicon.Saying(n); ok {
			q.verbStem, q.class = word.Stem(lemma), class
			if lemma == "write" && q.kind == who && q.norm(i+1) != "that" {
				q.class = "" // a plan is not written by saying something
			}
		} else if bringsUp[q.verbStem] {
			q.class = lexicon.Plain
		}
		// The subject stands between auxiliary and verb, or before the verb.
		lo := start
		if aux >= 0 {
			lo = aux + 1
		}
		if q.kind == yesno {
			lo = wh + 1
		}
		for j := i - 1; j >= lo; j-- {
			if q.tag(j) == pos.IN || q.tag(j) == pos.TO {
				continue
			}
			if q.tag(j).Noun() || q.tokens[j].capital() {
				q.agent, q.agentAt = q.norm(j), q.tokens[j].Start
				break
			}
			if q.tag(j) == pos.PRP {
				break
			}
		}
		if do(q.norm(aux)) && (q.kind == who || q.kind == which) && q.agent != "" && i > aux+1 {
			q.object = true
		}
		return
	}
}

// Stems of verbs that are done by speaking, though none introduces a quotation.
var bringsUp = map[string]bool{"invok": true, "cite": true, "refer": true, "rais": true, "quot": true, "talk": true, "speak": true, "mention": true, "evok": true, "recal": true, "compar": true, "brought": true}

// Words of questions that say nothing about what is asked.
var idle = map[string]bool{"tell": true, "name": true, "please": true, "know": true, "many": true, "much": true, "say": false, "article": true, "articles": true,
	"according": true, "mention": true, "mentioned": true, "reported": false, "happened": true, "happen": true, "called": true, "kind": true, "type": true, "long": true, "old": true,
	"exactly": true, "actually": true, "ever": true, "give": true, "given": true, "find": true, "me": true, "us": true, "described": false, "get": true, "got": true, "else": true, "any": true, "due": true, "job": true, "nt": true, "anybody": true, "anyone": true, "somebody": true, "someone": true, "everybody": true, "everyone": true, "nobody": true, "anything": true, "something": true, "everything": true, "nothing": true,
	"might": true, "wont": true, "won": false, "name's": true}

// collect gathers the terms and names of the question.
func (q *question) collect(wh int) {
	for i, t := range q.tokens {
		if len(t.stems) == 0 || t.Tag == pos.PUNCT {
			continue
		}
		if i == wh || t.Tag.Wh() && t.norm != "that" || word.Stop(t.norm) || auxiliary(t.norm) {
			continue
		}
		if idle[t.norm] && !t.capital() || q.photo && (strings.HasPrefix(t.norm, "photo") || t.norm == "picture" || t.norm == "image" || t.norm == "took" || t.norm == "taken") {
			continue
		}
		if q.dated(t) || q.verbStem == "take" && t.norm == "place" {
			continue // dates are compared as dates
		}
		focus := i >= q.focusAt[0] && i < q.focusAt[1]
		proper := t.capital() && i > 0 && (q.tokens[i-1].Text != "." && q.tokens[i-1].Text != "?") || t.Tag.Proper() && (t.capital() || q.lower)
		if i == 0 && t.capital() && !t.Tag.Proper() || acronym(t.Text) && word.IDF(t.stems[0]) < 5 && t.norm != "usa" {
			proper = false
		}
		if !proper && q.lower && !t.Tag.Adverb() && t.Tag != pos.VBG && t.Tag != pos.VBD && t.Tag != pos.VBN && word.IDF(t.stems[0]) >= unknownWord && len(t.norm) > 3 && !lexicon.Role(t.norm) && !knownWord(t.norm) {
			proper = true // "starmer"
		}
		for _, st := range t.stems {
			if len(st) < 2 && !t.digit() {
				continue
			}
			if len(t.stems) > 1 && word.Stop(st) {
				continue
			}
			idf := word.IDF(st)
			tm := term{token: t, stem: st, weight: idf, name: proper, number: st[0] >= '0' && st[0] <= '9', focus: focus}
			_, _, saying := lexicon.Saying(t.norm)
			tm.verb = t.norm == q.verb
			switch {
			case q.kind == said && t.norm == q.agent:
				tm.weight = max(idf, 4) * 0.4 // the speaker is compared apart
			case tm.name || tm.number:
				tm.weight = max(idf, 4) * 1.2
			case t.norm == q.leading:
				tm.weight = 0.5
			case saying && tm.verb && q.kind == said:
				continue // who speaks is compared apart
			case focus:
				tm.weight *= 0.6
			case t.Tag.Adjective() || t.Tag.Adverb():
				tm.weight *= 0.8
			}
			if tm.weight > 0.3 {
				q.terms = append(q.terms, tm)
			}
		}
	}
	// Runs of names.
	for i := 0; i < len(q.tokens); i++ {
		if !q.isName(i, wh) {
			continue
		}
		j := i + 1
		for j < len(q.tokens) && (q.isName(j, wh) || particle(q.norm(j)) && q.isName(j+1, wh)) {
			j++
		}
		q.names = append(q.names, q.text[q.tokens[i].Start:q.tokens[j-1].End])
		i = j
	}
	for _, n := range q.names {
		var run []int
		at := strings.Index(q.text, n)
		for i, t := range q.terms {
			if t.name && t.Start >= at && t.End <= at+len(n) && !(honorific(t.norm) || lexicon.Role(t.norm)) {
				run = append(run, i)
			}
		}
		if len(run) > 0 {
			q.runs = append(q.runs, run)
		}
	}
	// Names of one word that are no run: "starmer", typed without capitals.
	for i, t := range q.terms {
		if t.name && !slices.ContainsFunc(q.runs, func(r []int) bool { return slices.Contains(r, i) }) && !honorific(t.norm) {
			q.runs = append(q.runs, []int{i})
		}
	}
}

// has tells how well a run of names is matched, given how well each term is:
// by its last word, as a surname stands for the whole, or on average.
func (q *question) has(run []int, match func(term int) float64) float64 {
	sum := 0.0
	for _, i := range run {
		sum += match(i)
	}
	return max(sum/float64(len(run)), match(run[len(run)-1]))
}

// unknownWord is the background weight of words that general English hardly
// uses, see word.IDF.
const unknownWord = 6.0

// knownWord reports whether a lexicon has a word, which then is no name even
// if general English hardly uses it.
func knownWord(n string) bool {
	_, typ := lexicon.TypeOf(n)
	_, _, saying := lexicon.Saying(n)
	return typ || saying || lexicon.Hedge(n)
}

func acronym(w string) bool {
	return len(w) > 1 && len(w) < 5 && strings.ToUpper(w) == w
}

// dated reports whether a token is part of a date.
func (q *question) dated(t token) bool {
	return calendar(t.norm) || slices.ContainsFunc(q.dates, func(d dates.Date) bool { return d.Overlaps(t.Span) })
}

func (q *question) isName(i, wh int) bool {
	if i < 0 || i >= len(q.tokens) || i == wh {
		return false
	}
	t := q.tokens[i]
	if len(t.stems) == 0 || word.Stop(t.norm) || isAux(t.norm) || t.Tag == pos.POS || q.dated(t) {
		return false
	}
	if acronym(t.Text) && word.IDF(t.stems[0]) < 5 && t.norm != "usa" {
		return false
	}
	if t.capital() && i > 0 {
		return true
	}
	if t.capital() && t.Tag.Proper() {
		return true
	}
	if q.lower && t.Tag.Noun() {
		_, isPlace := lexicon.Place(t.norm)
		return isPlace || lexicon.FirstName(t.norm) || t.Tag.Proper() && word.IDF(t.stems[0]) > 6
	}
	return false
}
