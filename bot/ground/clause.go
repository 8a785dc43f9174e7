package ground

import (
	"slices"
	"strings"

	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// A clause is a verb with who does it and to whom, as far as the order of the
// words tells: "the ferry was towed by a tug" and "a tug towed the ferry" are
// the same. What is not certain is left open, and open is what nothing can be
// held against.
type clause struct {
	verb    int     // the word that it is about
	agent   []party // who does it, or may do it; none if that is left open
	patient []party // whom it is done to
	denied  bool    // "no longer", "none of them", "no disease"
	unreal  bool    // wished, planned or asked for, and not done yet
	real    bool    // done
	noun    bool    // it stands before a noun: "the stolen watches"
}

// A party is a noun phrase in a clause.
type party struct {
	from, head int // words: where it begins, behind the owner if it has one, and its noun
	to         int // the word behind it and what "of" follows
	pronoun    bool
	plural     bool
}

// A clauseReader takes a line apart.
type clauseReader struct {
	l       *line
	tokens  []pos.Token
	norms   []string
	phrases []phrase
	begins  []int // by token: the phrase that begins there, -1 for none
	ends    []int // by token: the phrase that ends there
	groups  []group
}

// A phrase is a noun phrase of tokens, "the mayor’s own house".
type phrase struct {
	from, to int // tokens
	core     int // the first token behind the owner
	head     int
	pronoun  bool
	time     bool // "last week"
}

// A group is a verb with its auxiliaries: "has not been told".
type group struct {
	from, to   int // tokens
	main       int
	passive    bool
	bare       bool // a participle without an auxiliary
	infinitive bool
	denied     bool
	subject    []phrase // as grammar has it
	object     []phrase
}

var (
	beForms   = word.Set(`be am is are was were been being get gets got gotten s re`)
	haveForms = word.Set(`have has had having ve`)
	doForms   = word.Set(`do does did`)
	// Prepositions that may begin a clause as well: "after Bloomberg published".
	subordinators = word.Set(`after before since until till as because if while whether that though although once unless lest when where so but why how`)
	timeNouns     = word.Set(`today yesterday tomorrow tonight week weeks month months year years day days night morning afternoon evening weekend hour hours minute minutes
		spring summer autumn winter noon midnight decade time times end beginning middle`)
	// Of these, what follows "of" is what it is about.
	quantifiers = word.Set(`none some many most all half one each both several few any number percent majority most dozens hundreds thousands millions lot lots part parts rest
		third quarter two three four five six seven eight nine ten neither either total group couple`)
	// Where to, and not what.
	whither = word.Set(`aground aboard ashore ahead home away off apart alongside downstream upstream abroad overseas`)
	// What these are done to is not certain: "wants the office to check it".
	wishes = word.Set(`want wants wanted expect expects expected need needs needed like likes liked wish wishes wished`)
	// No participle stands before these.
	indefinite = word.Set(`nothing something anything everything nobody somebody anybody everybody someone anyone everyone`)
	// Verbs whose past is written like their base form.
	unchanged = word.Set(`hurt cut put hit let set shut beat split spread quit rid`)
	naysayers = word.Set(`none nobody neither nothing no`)
)

// A parse is what is found out about a line.
type parse struct {
	clauses  []clause
	phrases  []party // all of them
	attached []attachment
	// either are pairs of nouns of which one is meant: "with honey or with cake".
	either [][2]int
}

// parse takes a line apart when it is first asked for.
func (d *departures) parse(l *line) parse {
	p, ok := d.parsed[l]
	if !ok {
		p = l.parse()
		if d.parsed == nil {
			d.parsed = make(map[*line]parse)
		}
		d.parsed[l] = p
	}
	return p
}

func newClauseReader(l *line) *clauseReader {
	r := tagged(l)
	r.divide()
	return r
}

// tagged has the line's words tagged, and not yet taken apart.
func tagged(l *line) *clauseReader {
	r := &clauseReader{l: l, tokens: pos.Tokens(l.text)}
	for _, t := range r.tokens {
		n := t.Text
		if t.Tag != pos.PUNCT {
			n = word.Fold(strings.TrimPrefix(strings.TrimPrefix(n, "'"), "’"))
		}
		r.norms = append(r.norms, n)
	}
	r.mend()
	return r
}

// divide finds the noun phrases and the verbs.
func (r *clauseReader) divide() {
	r.findPhrases()
	r.findGroups()
}

// mend corrects tags that news gets wrong: of datelines, of names, and of the
// first word of a sentence, which is more often a noun than a verb.
func (r *clauseReader) mend() {
	for i := range r.tokens {
		t := &r.tokens[i]
		first := i == 0 || r.tag(i-1) == pos.PUNCT
		capital := t.Text != strings.ToLower(t.Text)
		next := r.tag(i + 1)
		switch n := r.norms[i]; {
		case sentenceHedges[n] && strings.HasSuffix(n, "ly"):
			t.Tag = pos.RB
		case (n == "will" || n == "can" || n == "may") && t.Tag.Noun() && (next == pos.VB || next == pos.RB && r.tag(i+2) == pos.VB):
			t.Tag = pos.MD
		case particles[n] && t.Tag != pos.DT && t.Tag != pos.IN && !t.Tag.Proper() && r.tag(i-1).Proper() && i+1 < len(r.tokens) && (particles[r.norms[i+1]] || next.Proper()):
			t.Tag = pos.NNP
		case particles[n] && i > 0 && particles[r.norms[i-1]] && r.tag(i-1) == pos.NNP && next.Proper():
			t.Tag = pos.NNP
		case (t.Tag.Verb() || t.Tag == pos.JJ) && capital && (!first || t.Text == strings.ToUpper(t.Text)) && len(n) > 2:
			t.Tag = pos.NNP
		case (t.Tag.Adverb() || t.Tag == pos.FW || t.Tag == pos.UH) && capital && r.named(i):
			t.Tag = pos.NNP
		case t.Tag == pos.NN && strings.HasSuffix(n, "ing") && saying(n) && r.norm(i-1) == "," && next == pos.IN:
			t.Tag = pos.VBG // ", warning of ice"
		case t.Tag.Verb() && strings.HasSuffix(n, "s") && lexicon.Role(n) && (r.tag(i-1) == pos.IN || r.tag(i-1).Determiner() || r.tag(i-1).Adjective()):
			t.Tag = pos.NNS // "that burglars stole it"
		case t.Tag == pos.JJ && !capital && lexicon.Role(n):
			t.Tag = pos.NN
		case t.Tag == pos.VBG && capital && next.Finite():
			t.Tag = pos.NNP
		case t.Tag == pos.VBZ && (capital && next == pos.IN || next.Finite() || next == pos.VB):
			t.Tag = pos.NNS
		case t.Tag == pos.NNS && (futures[n] || attempts[n]) && next == pos.TO && r.tag(i+2) == pos.VB && (r.tag(i-1).Noun() || r.tag(i-1) == pos.JJ) && !slices.ContainsFunc(r.tokens[:i], func(t pos.Token) bool { return t.Tag.Finite() }):
			t.Tag = pos.VBZ // "the parish plans to plant"
			if r.tag(i-1) == pos.JJ {
				r.tokens[i-1].Tag = pos.NN
			}
		case t.Tag == pos.NNS && (r.tag(i-1) == pos.WDT || r.tag(i-1) == pos.WP) && !next.Finite():
			t.Tag = pos.VBZ // "which flowers later"
		case t.Tag == pos.NN && !capital && (next == pos.DT || next == pos.PRPS) && !r.isTime(i) && (r.tag(i-1).Noun() || r.tag(i-1) == pos.JJ && r.tag(i-2) == pos.DT) && !r.finiteFrom(i+1) && i > 1:
			// "drivers who ignore the ban face a fine"
			t.Tag = pos.VBP
			if r.tag(i-1) == pos.JJ {
				r.tokens[i-1].Tag = pos.NN
			}
		case (t.Tag == pos.JJ || t.Tag == pos.NN) && !capital && (next == pos.DT || next == pos.CD || next == pos.PRPS || indefinite[r.norm(i+1)]) && (lexicon.Lemma(n) != n || unchanged[n]) && !strings.HasSuffix(n, "s") && !r.tag(i-1).Determiner() && !r.tag(i-1).Adjective():
			t.Tag = pos.VBD
		}
	}
}

// finiteFrom reports whether a verb or a mark that divides stands at token i or
// behind it, the verb first.
func (r *clauseReader) finiteFrom(i int) bool {
	for ; i < len(r.tokens); i++ {
		if r.tag(i).Finite() {
			return true
		}
		if r.tag(i) == pos.PUNCT && (boundary(r.norms[i]) || r.norms[i] == ",") {
			return false
		}
	}
	return false
}

// named reports whether a token is a name.
func (r *clauseReader) named(i int) bool {
	w := r.wordOf(i)
	return w >= 0 && r.l.terms[w].name
}

// parse takes the line apart. Nobody reads a sentence of hundreds of words, and
// the time it takes grows with their square.
func (l *line) parse() parse {
	const most = 300 // words
	if len(l.words) > most {
		return parse{}
	}
	r := newClauseReader(l)
	var cs []clause
	for i := range r.groups {
		g := &r.groups[i]
		c := clause{verb: r.wordOf(g.main), denied: g.denied, unreal: r.unreal(g), real: r.real(g)}
		if c.verb < 0 {
			continue
		}
		for _, p := range g.subject {
			// "none of those who live there" live there
			c.denied = c.denied || naysayers[r.norms[p.from]] && !r.embedded(g)
		}
		for _, p := range g.object {
			c.denied = c.denied || naysayers[r.norms[p.from]]
		}
		g.object = slices.DeleteFunc(g.object, func(p phrase) bool { return naysayers[r.norms[p.head]] })
		subject, object := r.parties(g.subject), r.parties(g.object)
		if !g.passive && g.to+1 < len(r.tokens) && len(g.object) > 0 && wishes[r.norms[g.main]] {
			object = nil // "wants the office to check it" and "wants it to be checked"
		}
		if g.passive {
			c.patient, c.agent = subject, r.parties(r.by(g))
		} else {
			c.agent, c.patient = subject, object
		}
		if r.norms[g.main] == "according" {
			c.agent, c.patient = nil, nil
			if r.norm(g.to) == "to" {
				c.agent = r.parties(r.right(g.to + 1))
			}
		}
		cs = append(cs, c)
	}
	// "officials were alarmed"
	for i := range r.groups {
		g := &r.groups[i]
		if !beForms[r.norms[g.main]] || g.to >= len(r.tokens) {
			continue
		}
		at := g.to
		for r.tag(at).Adverb() {
			at++
		}
		if r.tag(at) == pos.JJ && r.begins[at] < 0 {
			if w := r.wordOf(at); w >= 0 {
				cs = append(cs, clause{verb: w, patient: r.parties(g.subject), denied: g.denied})
			}
		}
	}
	// "the stolen watches"
	for _, p := range r.phrases {
		for i := p.core; i < p.head; i++ {
			if w := r.wordOf(i); w >= 0 && !r.tag(i).Proper() && past(l.words[w].Norm) {
				cs = append(cs, clause{verb: w, patient: r.parties([]phrase{p}), noun: true})
			}
		}
	}
	return parse{cs, r.parties(r.phrases), r.attachments(), r.either()}
}

// An attachment is a noun phrase behind a preposition, with the verb and the
// noun before, to one of which it belongs; -1 where there is none.
type attachment struct {
	verb, noun int // words
	by         string
	to         party
}

// attaching are the prepositions that bind what follows closely to what they
// belong to.
var attaching = word.Set(`for in at to from on near against`)

// attachments finds them.
func (r *clauseReader) attachments() []attachment {
	var all []attachment
	for _, p := range r.phrases {
		b := p.from - 1
		if b < 0 || !attaching[r.norms[b]] || p.time || p.pronoun || r.tag(p.head) == pos.CD {
			continue
		}
		to := r.parties([]phrase{p})
		if len(to) == 0 {
			continue
		}
		a := attachment{verb: -1, noun: -1, by: r.norms[b], to: to[0]}
		if b > 0 && r.ends[b-1] >= 0 {
			a.noun = r.wordOf(r.phrases[r.ends[b-1]].head)
			// "a reward of 5,000 crowns for the watch"
			if q := r.phrases[r.ends[b-1]]; r.norm(q.from-1) == "of" && q.from > 1 && r.ends[q.from-2] >= 0 {
				a.noun = r.wordOf(r.phrases[r.ends[q.from-2]].head)
			}
		}
		if g := r.last(b, func(*group) bool { return true }); g != nil && r.norms[g.main] != "according" {
			a.verb = r.wordOf(g.main)
		}
		all = append(all, a)
	}
	return all
}

// either finds nouns with "or" between.
func (r *clauseReader) either() [][2]int {
	var pairs [][2]int
	for i, n := range r.norms {
		if n != "or" || i == 0 || r.ends[i-1] < 0 {
			continue
		}
		for k := i + 1; k < len(r.tokens) && k <= i+2; k++ {
			if r.begins[k] < 0 {
				continue
			}
			if a, b := r.wordOf(r.phrases[r.ends[i-1]].head), r.wordOf(r.phrases[r.begins[k]].head); a >= 0 && b >= 0 {
				pairs = append(pairs, [2]int{a, b}, [2]int{b, a})
			}
			break
		}
	}
	return pairs
}

// unreal reports whether what a group tells is not done: "wants it to be
// checked", "might go".
func (r *clauseReader) unreal(g *group) bool {
	if g.infinitive {
		b := r.last(g.from-1, func(*group) bool { return true })
		if b == nil {
			return false
		}
		n := r.norms[b.main]
		_, class, ok := lexicon.Saying(n)
		return futures[n] || attempts[n] || wishes[n] || ok && class == lexicon.Urge || b.to == g.from-1 && (beForms[n] || n == "ought") || r.tag(b.from) == pos.MD
	}
	return r.tag(g.from) == pos.MD
}

// real reports whether what a group tells is done: "checked it", "has checked
// it", "was checked".
func (r *clauseReader) real(g *group) bool {
	if g.infinitive || g.bare || g.from == g.main && r.tag(g.main) != pos.VBD {
		return g.from == g.main && !g.infinitive && r.tag(g.main) == pos.VBN && !g.passive
	}
	if g.from == g.main {
		return true
	}
	n := r.norms[g.from]
	return n == "was" || n == "were" || haveForms[n] && n != "having" || n == "did"
}

func (r *clauseReader) tag(i int) pos.Tag {
	if i < 0 || i >= len(r.tokens) {
		return pos.None
	}
	return r.tokens[i].Tag
}

func (r *clauseReader) norm(i int) string {
	if i < 0 || i >= len(r.norms) {
		return ""
	}
	return r.norms[i]
}

// wordOf is the last word of a token, -1 if it has none.
func (r *clauseReader) wordOf(i int) int {
	t := r.tokens[i]
	n, _ := slices.BinarySearchFunc(r.l.words, t.End, func(w word.Word, end int) int { return w.Start - end })
	if n == 0 || r.l.words[n-1].End <= t.Start {
		return -1
	}
	return n - 1
}

func (r *clauseReader) findPhrases() {
	r.begins, r.ends = make([]int, len(r.tokens)), make([]int, len(r.tokens))
	for i := range r.tokens {
		r.begins[i], r.ends[i] = -1, -1
	}
	for i := 0; i < len(r.tokens); {
		p, ok := r.phraseAt(i)
		if !ok {
			i++
			continue
		}
		r.begins[p.from], r.ends[p.to-1] = len(r.phrases), len(r.phrases)
		r.phrases = append(r.phrases, p)
		i = p.to
	}
}

func (r *clauseReader) phraseAt(i int) (phrase, bool) {
	p := phrase{from: i, core: i, head: -1}
	if t := r.tag(i); t == pos.PRP || t == pos.EX {
		p.to, p.head, p.pronoun = i+1, i, true
		return p, true
	}
	determined := false
	for r.tag(i) == pos.PDT || r.tag(i) == pos.DT || r.tag(i) == pos.PRPS || r.tag(i) == pos.WPS {
		determined = true
		i++
	}
	for ; i < len(r.tokens); i++ {
		t := r.tag(i)
		if t == pos.PUNCT && (strings.ContainsAny(r.tokens[i].Text, "“”\"‘’") || r.tokens[i].Text == "-") && p.to == i && i > p.from && r.tag(i+1).Noun() {
			continue // "the Swiss “Globe”"
		}
		participle := (t == pos.VBN || t == pos.VBG) && !indefinite[r.norm(i+1)] && (r.tag(i+1).Noun() || r.tag(i+1).Adjective()) &&
			(determined || i > p.from || i == 0 || r.tag(i-1) == pos.IN || r.tag(i-1) == pos.PUNCT && boundary(r.norms[i-1]))
		switch {
		case t.Noun():
			if p.head >= 0 && r.isTime(i) && !r.isTime(p.head) && i == p.head+1 && r.tag(i).Proper() && calendar[r.norms[i]] && (!r.tag(i+1).Proper() || calendar[r.norms[i+1]]) {
				return p, true // "told reporters Tuesday"; but "poet Jan Mroz"
			}
			p.head, p.to = i, i+1
		case t == pos.POS && p.head >= 0:
			p.to, p.core, p.head = i+1, i+1, -1
			determined = true
		case t == pos.CD:
			if p.head < 0 || p.head == p.to-1 && r.tag(p.head) == pos.CD {
				p.head = i
			}
			p.to = i + 1
		case t.Adjective() && (p.head < 0 || r.tag(p.head) == pos.CD), participle:
			if p.head >= 0 && r.tag(p.head) != pos.CD {
				return r.finish(p, determined)
			}
		case t.Adverb() && determined && p.head < 0 && r.tag(i+1).Adjective():
		default:
			return r.finish(p, determined)
		}
	}
	return r.finish(p, determined)
}

func (r *clauseReader) finish(p phrase, determined bool) (phrase, bool) {
	if p.head < 0 {
		// "those", "this" by themselves.
		if determined && r.tag(p.from) == pos.DT && !r.articleAt(p.from) && r.norms[p.from] != "that" {
			p.head, p.to, p.pronoun = p.from, p.from+1, true
			return p, true
		}
		return p, false
	}
	p.time = r.isTime(p.head)
	return p, true
}

func (r *clauseReader) articleAt(i int) bool {
	switch r.norms[i] {
	case "a", "an", "the", "no", "every":
		return true
	}
	return false
}

func (r *clauseReader) isTime(i int) bool {
	n := r.norms[i]
	return calendar[n] && r.tag(i).Proper() || timeNouns[n]
}

func (r *clauseReader) findGroups() {
	for i := 0; i < len(r.tokens); {
		if at := r.begins[i]; at >= 0 {
			i = r.phrases[at].to
			continue
		}
		if t := r.tag(i); t != pos.MD && !t.Verb() {
			i++
			continue
		}
		g := group{from: i, main: i, to: i + 1, infinitive: r.tag(i-1) == pos.TO}
		for j := i + 1; j < len(r.tokens); j++ {
			n := r.norms[j]
			aux := beForms[r.norms[g.main]] || haveForms[r.norms[g.main]] || doForms[r.norms[g.main]] || r.tag(g.main) == pos.MD
			switch t := r.tag(j); {
			case negators[n] || n == "nt" || n == "longer":
				g.denied = g.denied || n != "longer"
				continue
			case t.Adverb() && n != "so", n == "since" && haveForms[r.norms[g.main]]:
				continue
			case aux && t.Verb() && r.begins[j] < 0:
				g.main, g.to = j, j+1
				continue
			}
			break
		}
		if negators[r.norm(i-1)] && r.tag(i-1).Adverb() || negators[r.norm(i-2)] && r.norm(i-1) == "to" || r.norm(i-2) == "no" && r.norm(i-1) == "longer" {
			g.denied = true
		}
		// What was found behind the verb denies the next thing: "did so, not
		// that".
		if g.denied && g.to == i+1 && !negators[r.norm(i-1)] && !negators[r.norm(i-2)] {
			g.denied = beForms[r.norms[i]] || haveForms[r.norms[i]] || doForms[r.norms[i]] || r.tag(i) == pos.MD
		}
		before := ""
		for j := g.main - 1; j >= g.from; j-- {
			if r.tag(j).Verb() || r.tag(j) == pos.MD {
				before = r.norms[j]
				break
			}
		}
		g.object = r.right(g.main + 1)
		// "came through a skylight and left by the door": the form is that of
		// the verb before.
		var twin *group
		if r.tag(i-1) == pos.CC && before == "" {
			twin = r.last(i-1, func(b *group) bool { return !b.bare && !b.infinitive })
		}
		switch t := r.tag(g.main); {
		case t == pos.VBN && twin != nil && before == "":
			g.passive = twin.passive && len(g.object) == 0
		case t == pos.VBN && before == "" && len(g.object) > 0:
			// The tagger takes the past for a participle.
		case t == pos.VBN && before == "", t == pos.VBN && beForms[before], t == pos.VBD && beForms[before]:
			g.passive = true
			g.bare = before == ""
		case t == pos.VBG && before == "":
			g.bare = true
		}
		g.subject = r.subjectOf(&g)
		r.groups = append(r.groups, g)
		i = g.to
	}
}

// right are the noun phrases that token i begins, "and" between them.
func (r *clauseReader) right(i int) []phrase {
	for r.tag(i).Adverb() || r.tag(i) == pos.RP || whither[r.norm(i)] || r.tag(i) == pos.PUNCT && strings.ContainsAny(r.tokens[i].Text, "“\"‘") {
		i++
	}
	var ps []phrase
	for i < len(r.tokens) && r.begins[i] >= 0 {
		p := r.phrases[r.begins[i]]
		if p.time || r.tag(p.to).Finite() || r.tag(p.to) == pos.VBN && len(ps) == 0 && r.tag(p.to+1) != pos.IN {
			break // it is when, or the subject of the next verb
		}
		ps = append(ps, p)
		// What "of" follows is what the quantity is of.
		i = p.to
		if r.norm(i) == "of" && i+1 < len(r.tokens) && r.begins[i+1] >= 0 {
			q := r.phrases[r.begins[i+1]]
			ps = append(ps, q)
			if !quantifiers[r.norms[p.head]] && r.tag(p.head) != pos.CD {
				ps = ps[:len(ps)-1]
			}
			i = q.to
		}
		switch {
		case r.tag(i) == pos.CC:
			i++
		case r.norm(i) == "," && r.tag(i+1) == pos.CC && len(ps) > 1:
			i += 2
		case r.norm(i) == "," && r.tag(i+1) != pos.CC:
			i++ // behind one thing ", and" begins another clause
		default:
			return ps
		}
	}
	return ps
}

// by is who does what a passive tells.
func (r *clauseReader) by(g *group) []phrase {
	const far = 8
	for i := g.to; i < len(r.tokens) && i < g.to+far; i++ {
		if r.norms[i] == "by" {
			ps := r.right(i + 1)
			if len(ps) > 0 && !ps[0].time && r.tag(ps[0].head) != pos.CD && !slices.ContainsFunc(r.tokens[ps[0].from:ps[0].to], func(t pos.Token) bool { return t.Tag == pos.CD }) {
				return ps
			}
			return nil
		}
		if r.tag(i).Verb() && r.begins[i] < 0 && !r.within(i) || r.tag(i) == pos.PUNCT && r.norms[i] != "”" {
			return nil
		}
	}
	return nil
}

func (r *clauseReader) within(i int) bool {
	return slices.ContainsFunc(r.phrases, func(p phrase) bool { return p.from <= i && i < p.to })
}

// boundary reports whether a mark divides sentences or parts of one.
func boundary(text string) bool { return strings.ContainsAny(text, ".;:?!—–") }

// groupAt is the group whose last verb is token i, nil if there is none.
func (r *clauseReader) groupAt(i int) *group {
	for k := range r.groups {
		if g := &r.groups[k]; g.from <= i && i < g.to {
			return g
		}
	}
	return nil
}

// last is the group before token i in the same part of a sentence.
func (r *clauseReader) last(i int, want func(*group) bool) *group {
	for k := len(r.groups) - 1; k >= 0; k-- {
		g := &r.groups[k]
		if g.to > i {
			continue
		}
		if slices.ContainsFunc(r.tokens[g.to:i], func(t pos.Token) bool { return t.Tag == pos.PUNCT && boundary(t.Text) }) {
			return nil
		}
		if want(g) {
			return g
		}
	}
	return nil
}

func saying(norm string) bool {
	_, _, ok := lexicon.Saying(norm)
	return ok || norm == "according"
}

// subjectOf is the subject of a group as grammar has it: of a passive the one
// it is done to.
func (r *clauseReader) subjectOf(g *group) []phrase {
	finite := func(g *group) bool { return !g.bare }
	switch {
	case g.infinitive:
		// "asked the guild to pay" has two who may be meant.
		if b := r.last(g.from-1, func(*group) bool { return true }); b != nil {
			return append(slices.Clone(b.subject), b.object...)
		}
		return nil
	case g.bare && r.tag(g.main) == pos.VBG:
		if saying(r.norms[g.main]) {
			if b := r.last(g.from, func(g *group) bool { return finite(g) && saying(r.norms[g.main]) }); b != nil {
				return b.subject
			}
		}
		if b := r.last(g.from, finite); b != nil {
			return append(slices.Clone(b.subject), b.object...)
		}
		return nil
	}
	if inverting[r.norms[g.main]] && g.from > 0 && r.tag(g.from-1) == pos.PUNCT {
		// "…, said Wenna Pask"
		if ps := r.right(g.to); len(ps) > 0 && !ps[0].pronoun && r.closes(ps[0].to) {
			return ps[:1]
		}
	}
	return r.left(g.from-1, g.bare)
}

// closes reports whether nothing but "of" and what it leads to stands between
// token i and the next mark: no clause goes on there.
func (r *clauseReader) closes(i int) bool {
	for r.norm(i) == "of" && i+1 < len(r.tokens) && r.begins[i+1] >= 0 {
		i = r.phrases[r.begins[i+1]].to
	}
	return i >= len(r.tokens) || r.tag(i) == pos.PUNCT || r.begins[i] >= 0 && r.phrases[r.begins[i]].time
}

// inverting are the verbs that stand before who says it.
var inverting = word.Set(`said says added adds wrote writes`)

// before are the subjects of the verbs before token i, of which any may be that
// of the next: "appeared to confirm that the call took place, but declined".
func (r *clauseReader) before(i int) []phrase {
	var ps []phrase
	r.last(i, func(g *group) bool {
		if !g.bare && !g.infinitive {
			ps = append(ps, g.subject...)
		}
		return false
	})
	return ps
}

// left is the subject that ends at token i or before it.
func (r *clauseReader) left(i int, bare bool) []phrase {
	var of []phrase // what the phrases passed are part of, the nearest first
	skipped := false
	for steps := 0; i >= 0 && steps < 40; steps++ {
		t := r.tag(i)
		switch {
		case t == pos.PUNCT && boundary(r.tokens[i].Text):
			return nil
		case t.Adverb(), t == pos.JJR, t == pos.PUNCT && strings.ContainsAny(r.tokens[i].Text, "“”\"‘’()"):
			i--
		case r.ends[i] >= 0:
			p := r.phrases[r.ends[i]]
			b := p.from - 1
			if p.time {
				if i = b; r.tag(b) == pos.IN && !subordinators[r.norms[b]] {
					i--
				}
				skipped = true
				continue
			}
			if v := r.groupAt(b); v != nil && v.main == b && r.embedded(v) {
				i, skipped = r.beyond(v), true // "schools that had booked a visit"
				continue
			}
			if bare && !skipped {
				// What stands before a bare participle may be all of what it
				// belongs to, or the end of it.
				all := []phrase{p}
				for b >= 1 && r.tag(b) == pos.IN && r.ends[b-1] >= 0 {
					p = r.phrases[r.ends[b-1]]
					all = append(all, p)
					b = p.from - 1
				}
				return all
			}
			if (r.tag(b) == pos.IN || r.tag(b) == pos.TO) && !subordinators[r.norms[b]] {
				if r.norms[b] == "of" {
					of = append(of, p)
				} else {
					of = nil
				}
				i, skipped = b-1, true
				continue
			}
			ps := []phrase{p}
			if len(of) > 0 && (quantifiers[r.norms[p.head]] || r.tag(p.head) == pos.CD) {
				q := of[len(of)-1]
				q.from = p.from // "none of the drivers"
				ps = []phrase{q}
			}
			for b > 0 && (r.tag(b) == pos.CC || r.norms[b] == ",") {
				k := b - 1
				if r.tag(b) == pos.CC && r.norm(k) == "," {
					k--
				}
				if k < 0 || r.ends[k] < 0 || r.tag(b) != pos.CC && len(ps) == 1 {
					break
				}
				q := r.phrases[r.ends[k]]
				if x := q.from - 1; r.tag(x) == pos.IN && !subordinators[r.norm(x)] || r.groupAt(x) != nil {
					break
				}
				ps = append(ps, q)
				b = q.from - 1
			}
			return ps
		case t == pos.WDT || t == pos.WP || r.norms[i] == "that" || r.norms[i] == "which" || r.norms[i] == "who":
			// A relative: what stands before it, or what that is part of.
			i--
			if r.norm(i) == "," {
				i--
			}
			var all []phrase
			for i >= 0 && r.ends[i] >= 0 {
				p := r.phrases[r.ends[i]]
				all = append(all, p)
				if b := p.from - 1; b > 0 && (r.tag(b) == pos.IN && !subordinators[r.norms[b]]) {
					i = b - 1
					continue
				}
				break
			}
			return all
		case t == pos.CC:
			return r.before(i)
		case r.norms[i] == ",":
			// Behind a remark: "Brask, who cast the vote, said".
			var all []phrase
			if k := r.related(0, i); k >= 0 {
				return r.left(k-1, false)
			}
			for k := i - 1; k >= 0; k-- {
				if r.tag(k) == pos.PUNCT && boundary(r.tokens[k].Text) {
					break
				}
				if r.norms[k] != "," {
					continue
				}
				if r.begins[k+1] >= 0 && r.phrases[r.begins[k+1]].to <= i {
					all = append(all, r.phrases[r.begins[k+1]])
				}
				return append(all, r.left(k-1, false)...)
			}
			return r.before(i)
		case t.Verb() || t == pos.MD:
			g := r.groupAt(i)
			if g == nil || !skipped {
				return nil
			}
			if !r.embedded(g) {
				return nil
			}
			i = r.beyond(g)
		default:
			return nil
		}
	}
	return nil
}

// related is the comma between tokens from and to that a relative clause of more
// than one part follows, -1 for none: "Roe, whose husband, Tom Fay, drowned, said".
func (r *clauseReader) related(from, to int) int {
	for k := to - 1; k >= from; k-- {
		switch {
		case r.tag(k) == pos.CC || r.tag(k) == pos.PUNCT && boundary(r.tokens[k].Text):
			return -1
		case r.norms[k] == "," && (r.tag(k+1) == pos.WP || r.tag(k+1) == pos.WPS):
			return k
		}
	}
	return -1
}

// embedded reports whether a group tells something of the noun before it: "the
// ferry that ran aground", "the call published by Bloomberg".
func (r *clauseReader) embedded(g *group) bool {
	t := r.tag(g.from - 1)
	return g.bare && !saying(r.norms[g.main]) || t == pos.WDT || t == pos.WP || r.norm(g.from-1) == "that" && g.from > 1 && r.ends[g.from-2] >= 0
}

// beyond is the token before an embedded group.
func (r *clauseReader) beyond(g *group) int {
	i := g.from - 1
	if !g.bare {
		i--
	}
	if r.norm(i) == "," {
		i--
	}
	return i
}

func (r *clauseReader) parties(ps []phrase) []party {
	var all []party
	for _, p := range ps {
		head, core := r.wordOf(p.head), r.wordOf(p.core)
		if head < 0 {
			continue
		}
		if core < 0 || core > head {
			core = head
		}
		x := party{from: core, head: head, to: head + 1, pronoun: p.pronoun, plural: r.tag(p.head).Plural()}
		if n := r.norm(p.to); (n == "of" || n == "in" || n == "at" || n == "from" || n == "for" && lexicon.Role(r.norms[p.head])) && p.to+1 < len(r.tokens) && r.begins[p.to+1] >= 0 {
			x.to = 1 + r.wordOf(r.phrases[r.begins[p.to+1]].to-1)
		}
		all = append(all, x)
	}
	return all
}
