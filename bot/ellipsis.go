package bot

import (
	"slices"
	"strings"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

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

// anyOf reports whether a text is "any arrests?", "anyone hurt?": whether there
// is or was any.
func (f *frame) anyOf() bool {
	switch f.norm(0) {
	case "any", "anyone", "anybody", "anything":
		return len(f.tokens) > 1 && len(f.tokens) < 8 && f.aux < 0 && f.asks() == "" && f.norms[1] != "else" && f.norms[1] != "more" &&
			!slices.ContainsFunc(f.tokens, func(t pos.Token) bool { return t.Tag == pos.MD || t.Tag == pos.VBZ })
	}
	return false
}

// whetherAny makes a question of what anyOf reports.
func (t *talk) whetherAny(f *frame) string {
	got := "was " + f.body(0)
	switch next := f.tag(1); {
	case f.norms[0] == "any" && len(f.nps) > 0 && f.plural(f.nps[0]):
		got = "were there " + f.body(0)
	case f.norms[0] == "any", f.norms[0] == "anything", next == pos.IN, next == pos.TO:
		got = "was there " + f.body(0)
	}
	if topic := t.topic(); topic != "" && !mentions(got, topic) {
		got = aboutMark + topic + ": " + got
	}
	return got
}

// withIt is a question with a topic in the place of the one "it" in it: for
// what nothing named before can stand by its form, as "it" for "the lunches".
func (f *frame) withIt(topic string) (string, bool) {
	at := -1
	for i, n := range f.norms {
		if n == "it" && !f.impersonal(i) {
			if at >= 0 {
				return "", false
			}
			at = i
		}
	}
	if at < 0 {
		return "", false
	}
	return f.replace(at, at+1, topic), true
}

// ofSomebody reports whether a question has a pronoun for a person.
func (f *frame) ofSomebody() bool {
	return slices.ContainsFunc(f.norms, func(n string) bool { p := pronouns[n].like; return p == "he" || p == "she" })
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
	aux, rest := last.auxiliary()
	var got string
	switch {
	case last.asks() == "" && last.aux < 0: // key words
		return "", false
	case a == "how many" && f.wh[1]-f.wh[0] == 2 && last.asks() == "who" && last.subject < 0:
		got = last.headcount()
	case (a == "who" || a == "what" || a == "whom") && f.norm(f.wh[0]) == a && tail == "" && last.aux >= 0 && last.subject >= 0 && !last.identity():
		// "Did Russia leak it?" "Who then?"
		got = wh + " " + aux + " " + last.body(last.nps[last.subject].to)
	case last.asks() == "" || last.aux >= 0 && (last.subject >= 0 || last.subjectPronoun()) && !last.identity():
		got = wh + " " + aux + " " + last.body(rest)
		if negated && last.subject >= 0 {
			to := last.nps[last.subject].to
			got = wh + " " + aux + " " + last.span(rest, to) + " not " + last.body(to)
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
		got = wh + " " + aux + " " + short + " " + last.body(rest)
	default: // "Who confirmed the visit?"
		verb := last.wh[1]
		for verb < len(last.tokens)-1 && last.tag(verb) == pos.RB {
			verb++
		}
		do := "did"
		if t := last.tag(verb); t == pos.VBZ || t == pos.VBP {
			do = "does"
		}
		got = wh + " " + do + " " + short + " " + last.infinitive(verb) + " " + last.body(verb+1)
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
	if n := len(last.tokens); at < n && object != "this" && (last.tag(n-1) == pos.IN || last.tag(n-1) == pos.TO) {
		at = n // "who does he talk to?"
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
	a := last.asks()
	if a == "what" || a == "which" || a == "how many" || a == "how much" {
		return "something"
	}
	// A model's answer may have no short one; whoever it begins with did it.
	if g := t.answer(len(t.frames) - 1); a == "who" && last.subject < 0 && len(g.nps) > 0 && g.nps[0].from == 0 {
		if np := g.nps[0]; g.sortOf(np) == person && !last.mentions(g, np) && np.to-np.from <= 6 {
			return definite(g, np)
		}
	}
	return "someone"
}

// clip is a short answer if it can stand within a question.
func clip(short string) string {
	short = strings.Trim(corpus.OneLine(short), " .,;:“”\"'‘’")
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

// predicated reports whether question words stand behind a participle, or
// behind "worth", and nothing else is there.
func (f *frame) predicated() bool {
	return len(f.tokens) > 1 && f.wh[1] == len(f.tokens) && (f.wh[0] == 1 && (f.tag(0) == pos.VBN || f.tag(0) == pos.VBD) || f.norms[0] == "worth")
}

// predicate completes "worth how much?", "built when?": question words behind
// what is asked of the thing before.
func (t *talk) predicate(f *frame) (string, bool) {
	last, e := t.last()
	like, be := "it", "was"
	if g := read(clip(e.Short)); len(g.nps) > 0 && g.plural(g.nps[0]) && (last.asks() == "what" || last.asks() == "which") {
		like = "they"
	}
	subject := t.referent(f, like, -1)
	if subject == "" {
		like = "they"
		subject = t.referent(f, like, -1)
	}
	switch {
	case subject == "":
		return "", false
	case like == "they" && f.norms[0] == "worth":
		be = "are"
	case like == "they":
		be = "were"
	case f.norms[0] == "worth":
		be = "is"
	}
	return f.span(1, f.wh[1]) + " " + be + " " + subject + " " + f.span(0, 1), true
}

// instead puts the words of "long, not wide" in the place of those that it
// takes back.
func (t *talk) instead(rest string) (string, bool) {
	m := notThat.FindStringSubmatch(rest)
	if m == nil {
		return "", false
	}
	last, _ := t.last()
	old := read(m[2])
	for i := range last.tokens {
		if n := len(old.norms); n > 0 && i+n <= len(last.norms) && slices.Equal(last.norms[i:i+n], old.norms) {
			return t.withTopic(last, last.replace(i, i+n, m[1])), true
		}
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
		if f.timely() {
			whole = f.norms[0]
			f.tokens, f.norms = f.tokens[:1], f.norms[:1]
		}
		if p := last.tag(n); len(f.tokens) == 1 && (p == pos.RP || p == pos.IN) {
			return t.withTopic(last, last.replace(n, n+1, whole)), true
		}
		if len(f.tokens) == 1 && times[f.norms[0]] && last.asks() != "when" {
			if times[last.norms[n]] {
				return t.withTopic(last, last.replace(n, n+1, whole)), true
			}
			return t.withTopic(last, last.span(0, n+1)+" "+whole), true
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
	if prep == "" && !about && attributes[f.norms[np.head]] && np.to-np.from <= 2 && len(f.nps) == 1 {
		return t.attribute(f, np)
	}
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
		for _, n := range last.nps {
			at := slices.IndexFunc(last.tokens[n.from:n.to], func(t pos.Token) bool { return t.Tag == pos.POS })
			if at > 0 && t.fits(last, nounPhrase{from: n.from, to: n.from + at, head: n.from + at - 1, prep: -1}, pronouns[f.norms[np.from]].like) {
				return last.replace(n.from+at+1, n.to, f.body(np.from+1)), true
			}
		}
		if r := t.referent(f, f.norms[np.from], np.from); r != "" {
			what = possessive(r) + " " + f.span(np.from+1, len(f.tokens))
			if kind == thing && len(f.nps) == 1 {
				be := "is"
				if f.plural(np) {
					be = "are"
				}
				return "what " + be + " " + what, true // "his background?"
			}
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
			case "in", "at", "near", "to", "from", "with", "for", "on", "by", "after", "before", "during", "since", "per", "until", "through", "without", "against", "under", "over", "between", "despite":
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
	if slot >= 0 && slot == last.subject && kind == thing && last.plural(last.nps[slot]) != f.plural(np) {
		// "and buses?" after "is the bridge closed to lorries?"
		like := slices.IndexFunc(last.nps, func(n nounPhrase) bool {
			return n.from >= last.wh[1] && last.sortOf(n) == thing && last.plural(n) == f.plural(np) && !lightNouns[last.norms[n.head]]
		})
		if like >= 0 {
			slot = like
		}
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
		return t.withTopic(last, do+" "+what+" "+last.infinitive(verb)+" "+last.body(verb+1)), true
	case (kind == person || kind == organization) && last.asks() == "who" && last.aux >= 0 && last.subject < 0:
		return t.withTopic(last, last.norms[last.aux]+" "+what+" "+last.body(last.aux+1)), true
	case kind == place && prep == "":
		return t.withTopic(last, last.span(0, len(last.tokens))+" in "+what), true
	case kind == thing && about && last.subject >= 0 && !last.alike(last.subject, kind):
		// "What about the bees?" after "Who did Dmitriev meet?": they meet nobody.
		return t.withTopic(last, what), true
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

// timely reports whether a text is "before that", "back then", which ask for
// another time as "before" and "then" do.
func (f *frame) timely() bool {
	if len(f.norms) != 2 || !times[f.norms[0]] {
		return false
	}
	switch f.norms[1] {
	case "that", "this", "then", "now":
		return true
	}
	return false
}

// attributes are what things have that are asked for by name alone: "and the
// cost?"
var attributes = word.Set("cost costs price number total figure length size height depth width weight distance duration date deadline name age reason cause purpose value budget result outcome vote")

// attribute asks for an attribute of what was asked about last, or else of what
// the conversation began with.
func (t *talk) attribute(f *frame, np nounPhrase) (string, bool) {
	last, e := t.last()
	head := f.norms[np.head]
	if f.tag(np.from) == pos.PRPS {
		if r := t.referent(f, f.norms[np.from], np.from); r != "" {
			return f.attributeOf(np, r), true
		}
		return "", false
	}
	if head == "number" || head == "total" || head == "figure" {
		if strings.HasPrefix(last.asks(), "how m") {
			return e.meant(), true
		}
		// "Which watches were stolen?", "Were the passengers saved?"
		for _, n := range last.nps {
			if !last.plural(n) {
				continue
			}
			from := n.from
			if last.tag(from) == pos.DT || last.norms[from] == "which" || last.norms[from] == "what" {
				from++
			}
			many := "how many " + last.span(from, n.to)
			switch {
			case n.to == last.wh[1] && n.from >= last.wh[0] && last.wh[0] == 0:
				return t.withTopic(last, last.replace(0, last.wh[1], many)), true
			case last.asks() == "" && last.subject >= 0 && last.nps[last.subject] == n:
				return t.withTopic(last, many+" "+last.norms[last.aux]+" "+last.body(n.to)), true
			}
		}
		if last.asks() == "who" && last.subject < 0 {
			return t.withTopic(last, last.headcount()), true
		}
	}
	subject := ""
	for _, g := range [...]*frame{last, t.frames[0]} {
		for i, n := range g.nps {
			if subject == "" && g.sortOf(n) == thing && n.from >= g.wh[1] && !lightNouns[g.norms[n.head]] && !idle[g.norms[n.head]] && g.norms[n.head] != head {
				subject = g.np(i)
			}
		}
	}
	if subject == "" {
		subject = t.topic()
	}
	if subject == "" {
		return "", false
	}
	return f.attributeOf(np, subject), true
}

func (f *frame) attributeOf(np nounPhrase, subject string) string {
	be := "is"
	if f.plural(np) {
		be = "are"
	}
	return "what " + be + " the " + f.span(np.head, np.to) + " of " + subject
}

// headcount asks how many do what the frame asks who does.
func (f *frame) headcount() string {
	verb := f.norm(f.wh[1])
	switch verb {
	case "is":
		verb = "are"
	case "was":
		verb = "were"
	case "has":
		verb = "have"
	case "does":
		verb = "do"
	default:
		return "how many people " + f.body(f.wh[1])
	}
	return "how many people " + verb + " " + f.body(f.wh[1]+1)
}

// times are adverbs that ask the question before of another time.
var times = word.Set("before after since until earlier later afterwards previously originally initially normally usually now today currently")

// alike reports whether a noun phrase of the frame is of a sort, and none of
// "anybody".
func (f *frame) alike(i int, kind sort) bool {
	switch f.norms[f.nps[i].head] {
	case "anybody", "anyone", "nobody", "somebody", "someone", "everybody", "everyone":
		return kind == person
	}
	return f.sortOf(f.nps[i]) == kind
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
		if !last.alike(i, kind) || lightNouns[last.norms[np.head]] {
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
var lightNouns = word.Set("part place care note charge time")

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
