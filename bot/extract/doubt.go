package extract

import (
	"fmt"
	"slices"
	"strings"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// Thresholds of confidence, see the questions in cmd/dateline/testdata.
const (
	leastTrust   = 0.1  // below it nothing is an answer, see fit_test.go
	sureTrust    = 0.65 // from it on the question's words need not all be near
	leastNear    = 0.5  // weighted share of the question's words in and around the sentence
	leastNames   = 0.75 // share of the question's names there
	manyNames    = 0.5  // the same where a question has more than two
	leastCaption = 0.8  // of the question's words in a caption
	leastWords   = 0.5  // weighted share of the question's words other than names
	leastLed     = 0.6  // of what somebody leads beside the word for a leader
	asideShare   = 0.35 // of the question's words that stand next to a sentence, not in it, if it is to be the reason of what they tell
	leastThat    = 0.4  // of the words for what was done, or to what, in the sentence or next to it
	leastProof   = 0.55 // of the question's words in the sentence that says yes or no
	leastTold    = 0.6  // of its words other than names and the verb, in it or next to it
	toldNear     = 0.45 // from here on such a word counts as next to it
	sameDeed     = 0.7  // of the question's words in a sentence that tells its deed of somebody else
)

// What a refusal says. The reader saw a few passages and may have missed it,
// so it speaks of what was found.
const (
	notFound     = "No answer was found in the articles."
	noNumber     = "No number was found in the articles that clearly answers this."
	noName       = "No name was found in the articles that clearly answers this."
	noTime       = "No time was found in the articles that clearly answers this."
	notTogether  = "Nothing was found that connects the names of the question as it does."
	anotherDay   = "What was found of this is of another date."
	onlyMentions = "What was found touches on this, but does not clearly say who."
)

// Verbs that say too little for their absence to mean anything, as stems.
var lightVerbs = map[string]bool{"be": true, "have": true, "do": true, "make": true, "take": true, "get": true, "give": true, "go": true, "becom": true, "become": true, "happen": true, "occur": true, "say": true,
	"call": true, "mean": true, "know": true, "use": true, "come": true, "involv": true, "relat": true, "concern": true, "think": true, "plai": true, "run": true, "keep": true, "hold": true, "held": true, "put": true, "set": true,
	"left": true, "remain": true,
	"invok": true, "cite": true, "refer": true, "rais": true, "mention": true, "talk": true, "speak": true}

// Of those, verbs that need not be repeated where somebody is said to be it.
var hollow = map[string]bool{"be": true, "have": true, "do": true, "get": true, "take": true, "make": true, "give": true, "go": true, "come": true, "becom": true, "become": true, "happen": true, "occur": true, "involv": true, "relat": true, "concern": true}

func (q *question) light() bool { return q.verb == "" || lightVerbs[q.verbStem] || lightVerbs[q.verb] }

// doubt says why a candidate is no answer, or "".
func (r *reading) doubt(x *candidate) string {
	if why := r.apart(x); why != "" {
		return why
	}
	if x.verbatim {
		return ""
	}
	q := r.q
	if trust := r.trust(x); trust < leastTrust || trust < sureTrust && !r.enough(x) {
		return notFound
	}
	if (q.kind == who || q.kind == where || q.kind == when || q.kind == yesno) && !r.verbNear(x) {
		return notFound
	}
	if (q.kind == who || q.kind == where || q.kind == did) && !r.aboutThat(x) {
		return notFound
	}
	if q.kind == how && x.p.from == 0 && x.p.to == len(x.s.tokens) && hollow[q.verbStem] {
		return notFound // a sentence that does not say how, of a verb that could be any
	}
	if q.kind == why && !r.reason(x) || q.against && !x.s.opposes() {
		return notFound
	}
	switch {
	case (q.kind == count || q.kind == amount) && !q.shared(x.s):
		return noNumber
	case (q.kind == count || q.kind == amount) && x.fit < 0.75:
		return noNumber
	case q.wants == lexicon.KindPerson && x.class != person && x.class != someone && x.class != organization && x.text == "" && !(q.kind == who && x.fit > 0.4):
		return noName
	case q.kind == which && (x.fit < 0.6 || x.role < 0 || (x.role < 0.5 || q.wants == lexicon.KindPlace) && !q.named(x)):
		return noName
	case q.kind == when && (x.fit < 0.5 || x.role < 0 || x.role == 0 && q.agentNamed() && !q.light()):
		return noTime
	case q.kind == where && !q.light() && x.role < 1 && r.elsewhere(x):
		return notFound
	case q.kind == when && q.prep == "since" && !x.s.begins(x.p):
		return noTime
	case q.kind == what && x.s.dateAt(x.p) != nil:
		return notFound
	case q.kind != said && q.kind != yesno && x.s.silent(x.p.from):
		return notFound
	case q.kind == said && !r.onTopic(x):
		return "Nothing was found from " + q.agentName() + " on this."
	case (q.kind == who || q.kind == when || q.kind == where) && r.otherTense(x):
		return notFound
	case q.kind == which && x.class == person && q.wants != "" && q.wants != lexicon.KindPerson && q.wants != lexicon.KindName && q.wants != lexicon.KindTitle:
		return noName
	case q.kind == who && !r.deed(x):
		return onlyMentions
	case q.kind == yesno && !r.proof(x):
		return notFound
	case q.dateFit(x.s) < 0:
		return anotherDay
	}
	return r.otherAgent(x)
}

// apart says that the names of the question do not stand with the candidate.
func (r *reading) apart(x *candidate) string {
	least := leastNames
	if len(r.q.runs) > 2 {
		least = manyNames
	}
	if x.cover.names >= least {
		return ""
	}
	far := r.farNames(x)
	if len(far) == 0 {
		return notTogether
	}
	return fmt.Sprintf("Nothing was found that connects %s with the rest of the question.", strings.Join(far, " and "))
}

// farNames are the names of the question that stand neither in the sentence of
// a candidate nor near it.
func (r *reading) farNames(x *candidate) []string {
	q := r.q
	var far []string
	for _, run := range q.runs {
		if q.has(run, func(i int) float64 { return x.cover.near[i] }) < 0.55 {
			if n := q.nameOf(&q.terms[run[len(run)-1]]); !slices.Contains(far, n) {
				far = append(far, n)
			}
		}
	}
	return far
}

// enough reports whether enough of the question's words other than names stand
// in or around the sentence: "sign", "airline", "square kilometres".
func (r *reading) enough(x *candidate) bool {
	q, c := r.q, x.cover
	// Long questions tell a story of their own around what they ask, and no
	// article tells all of it.
	length := max(0.6, 1-0.04*float64(max(0, len(q.terms)-6)))
	if c.ctx < leastNear*length {
		return false
	}
	total, found := 0.0, 0.0
	for i, t := range q.terms {
		if t.name || t.norm == q.leading || t.verb && q.light() {
			continue
		}
		near := c.near[i]
		if t.verb {
			near = max(near, x.verb)
		}
		total += t.weight
		if near >= 0.3 {
			found += t.weight * min(1, near/nearEqual)
		}
	}
	if total > 0 && found/total < leastWords*length {
		return false
	}
	return r.verbNear(x) || total > 0 && found/total >= 0.8*length
}

// verbNear reports whether the question's verb stands in or around the
// sentence. Who did it, where and when cannot be told without what was done.
func (r *reading) verbNear(x *candidate) bool {
	q := r.q
	if q.light() || q.kind == describe || q.kind == said || x.verb >= 0.5 {
		return true
	}
	for i, t := range q.terms {
		if t.verb && x.cover.near[i] >= 0.3 {
			return true
		}
	}
	return false
}

// aboutThat reports whether what a question asks who did, or where it was done,
// is told of in the sentence or next to it: who changed the plan is not told
// where somebody changed his mind.
func (r *reading) aboutThat(x *candidate) bool {
	total, found := 0.0, 0.0
	for i, t := range r.q.terms {
		if t.name || t.verb || t.focus || t.norm == r.q.leading || !t.Overlaps(r.q.asking) {
			continue
		}
		total += t.weight
		if j := x.cover.at[i]; j >= 0 && r.q.verb == "" && t.Tag.Noun() && x.s.tag(j).Verb() {
			continue // who was at the talks is not who talks
		}
		if x.cover.near[i] >= toldNear {
			found += t.weight
		}
	}
	least := leastThat
	if r.q.verb == "" || r.q.kind == did {
		least = leastTold // nothing else says what is asked
	}
	return found >= least*total
}

// reason reports whether a candidate tells why. What is asked about has to stand
// outside of the clause that gives the reason, or "because there is no honey"
// would tell why there is none; and a sentence without such a clause has to
// speak of reasons.
func (r *reading) reason(x *candidate) bool {
	q, c := r.q, x.cover
	if x.p.from == 0 && x.p.to == len(x.s.tokens) {
		for i, t := range x.s.tokens {
			// "47 were counted; six had been left off the list"
			if t.norm == "had" && x.s.tag(i+1) == pos.VBN && slices.ContainsFunc(x.s.tokens[:i], func(t token) bool { return t.Text == ";" }) {
				return true
			}
		}
		return slices.ContainsFunc(x.s.tokens, func(t token) bool { return reasons[lexicon.Base(word.Stem(t.norm))] || reasons[t.norm] }) || q.beside(c) >= asideShare
	}
	total, inside, outside := 0.0, 0.0, 0.0
	for i, t := range q.terms {
		if t.name || !t.Overlaps(q.asking) {
			continue
		}
		total += t.weight
		in, out := 0.0, 0.0
		for j := range x.s.tokens {
			v := q.same(&t, &x.s.tokens[j])
			if x.s.tag(j).Noun() && x.s.tag(j+1).Noun() && !q.tag(q.after(&t)).Noun() {
				v *= 0.5 // a honey fair is no honey
			}
			if j >= x.p.from && j < x.p.to {
				in = max(in, v)
			} else {
				out = max(out, v)
			}
		}
		if in == 0 && out == 0 {
			out = c.near[i]
		}
		inside += t.weight * in
		outside += t.weight * out
	}
	return outside >= inside && outside >= leastThat*total
}

// beside is the weighted share of the question's words, other than names, that
// stand next to a sentence and not in it.
func (q *question) beside(c *cover) float64 {
	total, beside := 0.0, 0.0
	for i, t := range q.terms {
		if t.name || !t.Overlaps(q.asking) {
			continue
		}
		total += t.weight
		beside += t.weight * max(0, c.near[i]-c.in[i])
	}
	if total == 0 {
		return 0
	}
	return beside / total
}

// after is the token behind a term.
func (q *question) after(t *term) int {
	return slices.IndexFunc(q.tokens, func(u token) bool { return u.Start >= t.End })
}

// Words, as they are or as stems, by which a sentence that has no clause for it
// tells the reason of something.
var reasons = map[string]bool{"why": true, "reason": true, "caus": true, "blame": true, "result": true, "led": true, "lead": true, "prompt": true, "trigger": true, "explain": true, "fault": true, "thank": true, "motiv": true}

// opposes reports whether a sentence speaks of being against something.
func (s *sentence) opposes() bool {
	return slices.ContainsFunc(s.tokens, func(t token) bool {
		if t.norm == "against" {
			return true
		}
		_, class, ok := lexicon.Saying(t.norm)
		return ok && (class == lexicon.Deny || class == lexicon.Criticise) || lexicon.Synonyms(word.Stem(t.norm), "oppos") || word.Stem(t.norm) == "oppos"
	})
}

// begins reports whether a time is one from which on something is.
func (s *sentence) begins(p phrase) bool {
	switch s.norm(p.from - 1) {
	case "since", "from":
		return true
	}
	switch s.norm(p.from) {
	case "since", "from":
		return true
	}
	at := s.governor(p)
	return at >= 0 && beginning[lexicon.Lemma(s.norm(at))]
}

var beginning = word.Set("begin start open launch become")

// elsewhere reports whether a place goes with another verb than the one that is
// asked: where somebody was trained is not where he traveled to.
func (r *reading) elsewhere(x *candidate) bool {
	owner := x.s.governor(x.p)
	if owner < 0 {
		return false
	}
	at, v := r.q.verbAt(x.s)
	if v >= 0.5 {
		return owner > at && at >= 0 && x.s.tag(at).Verb() && !x.s.tag(owner).Participle() && x.s.norm(x.p.from-1) == "to"
	}
	return x.s.norm(x.p.from-1) == "to" // "traveled to Miami"
}

// silent reports whether the words at a token are what somebody did not say:
// "did not say what concessions Moscow is asked to make".
func (s *sentence) silent(at int) bool {
	for _, sp := range s.speech {
		if sp.verb >= at {
			continue
		}
		for i := sp.verb - 1; i >= max(0, sp.verb-3); i-- {
			if negation(s.norm(i)) {
				return true
			}
		}
	}
	return false
}

// onTopic reports whether a statement is about what the question asks for:
// "what did X say about Y" is not answered by whatever else X said.
func (r *reading) onTopic(x *candidate) bool {
	q := r.q
	for _, run := range q.runs {
		if q.agentRun(run) {
			continue
		}
		l, ok := lexicon.Place(q.terms[run[len(run)-1]].norm)
		if ok && l.Kind == lexicon.Country && r.moreTopics(run) {
			continue // "the US plan" is mostly "the plan"
		}
		if q.has(run, func(i int) float64 { return max(x.cover.in[i], x.cover.near[i]*0.9) }) < 0.55 {
			return false
		}
	}
	n, found := 0, 0
	for i, t := range q.terms {
		if t.verb || q.ofAgent(i) {
			continue
		}
		n++
		if x.cover.in[i] >= seat || x.cover.near[i] >= nearEqual {
			found++
		}
	}
	return n == 0 || found > 0
}

// agentRun reports whether a run of names holds that of the one who is asked
// about.
func (q *question) agentRun(run []int) bool {
	return slices.ContainsFunc(run, func(i int) bool { return q.terms[i].norm == q.agent })
}

// ofAgent reports whether a term names the one who is asked about, by the name
// itself or by one that stands with it.
func (q *question) ofAgent(i int) bool {
	return q.terms[i].norm == q.agent || slices.ContainsFunc(q.runs, func(run []int) bool { return slices.Contains(run, i) && q.agentRun(run) })
}

// moreTopics reports whether a question for what somebody said is about more
// than a run of names, so that those need not be in the answer.
func (r *reading) moreTopics(run []int) bool {
	for i, t := range r.q.terms {
		if !t.verb && !slices.Contains(run, i) && !r.q.ofAgent(i) {
			return true
		}
	}
	return false
}

// otherTense reports whether a question about the past meets a sentence about
// the future: "when did X meet Y" and "they will meet".
func (r *reading) otherTense(x *candidate) bool {
	at, _ := r.q.verbAt(x.s)
	if at < 0 || !x.s.tag(at).Verb() {
		return false
	}
	if r.q.ahead && x.s.tag(at) == pos.VBD && !auxiliary(x.s.norm(at)) {
		return true // "who will travel" and "he traveled"
	}
	if !r.q.past {
		return false
	}
	for i := at - 1; i >= max(0, at-3); i-- {
		switch x.s.norm(i) {
		case "will", "wo", "ll", "'ll", "’ll", "shall":
			return true
		}
	}
	return false
}

// deed reports whether a candidate for "who" does what is asked, and is not
// merely mentioned beside it or speaks of it.
func (r *reading) deed(x *candidate) bool {
	q := r.q
	if x.role < 0 {
		return false
	}
	if q.object && q.verb != "" && !hollow[q.verbStem] {
		// "the meeting came hours after X suggested": nobody is met there.
		at, v := q.verbAt(x.s)
		return x.role > 0.2 || at >= 0 && v >= 0.5 && x.s.tag(at).Verb() && !x.s.verbBetween(at, x.p.from)
	}
	if x.role > 0.2 || x.voice != nil || q.object || q.photo {
		return true
	}
	if q.class != "" {
		return false // who denied it is not who alleged something
	}
	if q.verb != "" && slices.ContainsFunc(x.s.speech, func(sp speech) bool {
		return sp.subject.from <= x.p.from && x.p.to <= sp.subject.to
	}) {
		return false
	}
	if q.verb == "" || hollow[q.verbStem] {
		return true
	}
	at, v := q.verbAt(x.s)
	if at < 0 || v < 0.5 {
		return false // what was done stands elsewhere
	}
	if !x.s.tag(at).Verb() {
		return false // "at the time of her murder, X": nobody is said to have done it
	}
	// The verb has a subject, and it is another; "a leaked call, published by the
	// paper", has none, and the paper leaked nothing.
	_, ok := x.s.subject(at)
	return !ok && !(x.s.tag(at).Participle() && x.s.tag(at+1).Noun())
}

// verbBetween reports whether another verb stands between a verb and a token
// behind it, which then goes with that one.
func (s *sentence) verbBetween(verb, to int) bool {
	for i := verb + 1; i < to; i++ {
		if s.tag(i).Verb() && !auxiliary(s.norm(i)) {
			return true
		}
	}
	return false
}

// proof reports whether a sentence is about what a yes-or-no question asks.
func (r *reading) proof(x *candidate) bool {
	q := r.q
	taken := q.verb == "" && (x.s.norm(0) == "it" || x.s.norm(0) == "they" || x.s.norm(0) == "he" || x.s.norm(0) == "she") // up from the sentence before
	if x.cover.cov < leastProof && (x.cover.ctx < leastProof+0.1 || x.verb < variant && !taken) {
		return false
	}
	for _, run := range q.runs {
		here := func(i int) float64 {
			t := &q.terms[i]
			if t.norm == x.s.speaker {
				return 1
			}
			if x.cover.in[i] == seat && t.norm != q.agent {
				return 0 // the Kremlin acts for Moscow, but nobody travels to it
			}
			return x.cover.in[i]
		}
		if q.has(run, here) < seat {
			return false
		}
	}
	at, v := q.verbAt(x.s)
	least := 0.6
	if bringsUp[q.verbStem] {
		least = variant // who says something need not speak Russian
	}
	if q.verb != "" && !hollow[q.verbStem] && (v < least || !x.s.tag(at).Verb()) {
		return false
	}
	if at >= 0 && x.s.tag(at).Verb() && q.otherTime(x.s, at) {
		return false
	}
	if !r.told(x, at) {
		return false
	}
	if q.agent == "" || at < 0 || !x.s.tag(at).Verb() {
		return true
	}
	// "Was the war started by Ukraine" is not answered by who else did.
	p, ok := x.s.subject(at)
	if !ok || x.s.tag(p.from) == pos.PRP || q.passive() || idle[q.agent] {
		return true
	}
	for i := p.from; i < p.to; i++ {
		if n := x.s.norm(i); alike(n, q.agent) || x.s.doc.samePerson(n, q.agent) || sameNation(n, q.agent) {
			return true
		}
		for j := range q.terms {
			// "the alarm at the museum", "the mayor of Quillhaven"
			t := &q.terms[j]
			if !t.verb && t.Tag.Noun() && t.Start <= q.agentAt && q.same(t, &x.s.tokens[i]) >= synonym {
				return true
			}
		}
	}
	return x.s.speaker != "" && alike(x.s.speaker, q.agent)
}

// told reports whether a sentence tells of the things that a yes-or-no question
// asks about, besides the names: all but a small part of them have to be in it
// or next to it, and where no verb tells what is asked, the last of them in it.
func (r *reading) told(x *candidate, verb int) bool {
	q := r.q
	total, found, last := 0.0, 0.0, -1
	for i, t := range q.terms {
		if t.verb && !hollow[q.verbStem] || t.norm == q.leading || !t.Overlaps(q.asking) {
			continue
		}
		last = i
		if t.name {
			continue
		}
		total += t.weight
		if max(x.cover.in[i], x.cover.near[i]) >= toldNear {
			found += t.weight
		}
	}
	if found < leastTold*total || q.verb == "" && len(q.runs) == 0 && !q.predicated() {
		return false
	}
	return last < 0 || verb >= 0 && !hollow[q.verbStem] || x.cover.in[last] >= seat
}

// predicated reports whether a question without a verb asks more of its subject
// than that it be: "is the crack dangerous", but not "was the alarm on".
func (q *question) predicated() bool {
	n := 0
	for i, t := range q.terms {
		if t.Overlaps(q.asking) && (i == 0 || t.Start > q.terms[i-1].End+1 || !t.Tag.Noun()) {
			n++
		}
	}
	return n > 1
}

// otherTime reports whether a question for what is to come meets a verb in the
// past, or the other way round.
func (q *question) otherTime(s *sentence, verb int) bool {
	ahead := false
	for i := verb - 1; i >= max(0, verb-4); i-- {
		switch s.norm(i) {
		case "will", "would", "wo", "ll", "'ll", "’ll", "shall", "to", "may", "might", "could", "can":
			ahead = true
		}
	}
	switch q.norm(q.begin()) {
	case "will":
		return !ahead && (s.tag(verb) == pos.VBD)
	case "did", "has", "have", "had", "was", "were":
		return ahead && s.tag(verb) == pos.VB && !slices.ContainsFunc(s.tokens[:verb], func(t token) bool { return negation(t.norm) })
	}
	return false
}

// passive reports whether the question is put in the passive: "was it started
// by".
func (q *question) passive() bool {
	for i, t := range q.tokens {
		if t.norm == "by" && i > 0 && q.tag(i-1) == pos.VBN {
			return true
		}
	}
	return false
}

// sameNation reports whether two folded words stand for one country: "Russia",
// "Russians", "the Kremlin".
func sameNation(a, b string) bool {
	nation := func(n string) string {
		if c, ok := lexicon.Demonym(n); ok {
			return c
		}
		if c, ok := lexicon.Demonym(strings.TrimSuffix(n, "s")); ok {
			return c
		}
		if c, ok := lexicon.Metonym(n); ok {
			return c
		}
		return n
	}
	return nation(a) == nation(b)
}

// Focus nouns, as stems, of which any name of the right class is one.
var broad = map[string]bool{"countri": true, "citi": true, "town": true, "state": true, "nation": true, "capit": true, "place": true, "region": true, "villag": true, "contin": true, "island": true,
	"person": true, "man": true, "woman": true, "name": true, "title": true, "provinc": true, "area": true}

// named reports whether a candidate is what a which-question asks for by name:
// the kind stands by it, or any name of its class will do.
func (q *question) named(x *candidate) bool {
	if len(q.focus) == 0 || q.focusNear(x.s, x.p, x.p) {
		return true
	}
	switch head := q.focus[len(q.focus)-1]; {
	case q.wants == lexicon.KindPerson:
		return x.class == person || x.class == someone
	case q.wants == lexicon.KindPlace:
		return x.class == place && broad[head]
	case q.wants == lexicon.KindOrganization:
		return false
	default:
		return broad[head] || q.wants == lexicon.KindThing || q.wants == ""
	}
}

// otherAgent says that somebody else does what the question says its subject
// does, or that it was denied: "Why did X admit" where X denied.
func (r *reading) otherAgent(x *candidate) string {
	q, s := r.q, x.s
	if q.agent == "" || q.kind == describe || q.kind == yesno {
		return ""
	}
	if q.kind == said {
		if s.speaker != "" && q.agentNamed() && !alike(s.speaker, q.agent) && x.role <= 0 && !s.doc.samePerson(s.speaker, q.agent) && !sameNation(s.speaker, q.agent) {
			return "Nothing was found from " + q.agentName() + " on this."
		}
		return ""
	}
	if q.class != "" && q.class != lexicon.Plain {
		for _, sp := range s.speech {
			if q.class == lexicon.Deny && sp.class == lexicon.Confirm || q.class == lexicon.Confirm && sp.class == lexicon.Deny {
				if !s.does(q.agent, sp.verb) || slices.ContainsFunc(s.speech, func(o speech) bool { return o.class == q.class }) {
					return notFound
				}
				return fmt.Sprintf("An article says the opposite: “%s”", corpus.OneLine(s.text()))
			}
		}
	}
	at, v := q.verbAt(s)
	if q.class != "" && q.kind != who && s.speaker != "" && q.agentNamed() && !s.does(q.agent, at) && !alike(s.speaker, q.agent) && !s.doc.samePerson(s.speaker, q.agent) && !sameNation(s.speaker, q.agent) {
		return "Nothing was found from " + q.agentName() + " on this."
	}
	if (q.kind == when || q.kind == where) && q.agentNamed() && !q.here(x, q.agent) {
		return notFound // the day or the place of something else
	}
	least := 0.8
	if q.class != "" {
		least = 0.7
	}
	if at < 0 || v < least || x.cover.cov < 0.5 || !s.tag(at).Verb() || !q.agentNamed() {
		return ""
	}
	p, ok := s.subject(at)
	if s.tag(at) == pos.VBN && s.norm(at+1) == "by" && at+2 < len(s.tokens) && s.at[at+2] >= 0 {
		p, ok = s.phrases[s.at[at+2]], true
	}
	if !ok || s.tag(p.from) == pos.PRP || s.inQuote(p.from) {
		return ""
	}
	for i := p.from; i < p.to; i++ {
		n := s.norm(i)
		if alike(n, q.agent) || s.doc.samePerson(n, q.agent) {
			return ""
		}
	}
	switch c := s.classOf(s.best(p)); {
	case c == person:
	case c == someone && q.here(x, q.agent):
		// "Trump’s envoy offered", in a sentence that names Putin apart, is not
		// Putin.
		return notFound
	default:
		return ""
	}
	if x.cover.cov < sameDeed {
		return notFound
	}
	return "What was found says this of " + s.words(s.best(p)) + ", not of " + q.agentName() + "."
}

// does reports whether somebody, by a folded name, is the subject or the agent
// of the verb at a token.
func (s *sentence) does(name string, verb int) bool {
	if verb < 0 || !s.tag(verb).Verb() {
		return false
	}
	p, ok := s.subject(verb)
	if s.norm(verb+1) == "by" && verb+2 < len(s.tokens) && s.at[verb+2] >= 0 {
		p, ok = s.phrases[s.at[verb+2]], true
	}
	for i := p.from; ok && i < p.to; i++ {
		if n := s.norm(i); alike(n, name) || s.doc.samePerson(n, name) || sameNation(n, name) {
			return true
		}
	}
	return false
}

// here reports whether a name of the question, folded, stands in the sentence
// of a candidate, or a pronoun that may stand for it.
func (q *question) here(x *candidate, name string) bool {
	for i, t := range q.terms {
		if t.norm == name && x.cover.in[i] >= seat {
			return true
		}
	}
	if alike(x.s.speaker, name) {
		return true
	}
	// "he" who does it, if the sentences before are about the one asked for.
	at, _ := q.verbAt(x.s)
	if at < 0 || !x.s.tag(at).Verb() {
		return false
	}
	p, ok := x.s.subject(at)
	if !ok {
		return false
	}
	before, _ := x.s.meant(p.from)
	return before != "" && (alike(before, name) || x.s.doc.samePerson(before, name))
}

// agentNamed reports whether the subject of the question is a name.
func (q *question) agentNamed() bool {
	return slices.ContainsFunc(q.terms, func(t term) bool { return t.norm == q.agent && t.name })
}

func alike(a, b string) bool {
	return a == b || len(a) > 3 && len(b) > 3 && distance(a, b, 1) <= 1
}

// agentName is the subject of the question as it was written.
func (q *question) agentName() string {
	for _, t := range q.terms {
		if t.norm == q.agent {
			return q.nameOf(&t)
		}
	}
	return q.agent
}
