package ground

import (
	"slices"
	"strings"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/quantity"
	"dateline/corpus/word"
)

// compareActors finds out whether the lines let the same ones do what the claim
// says, and to the same. Of a verb that stands in several places, one that
// agrees is enough.
func (d *departures) compareActors() {
	c := &d.c.line
	for _, m := range d.parse(c).clauses {
		t := &c.terms[m.verb]
		if !t.content || t.name || t.number != "" || t.speech && !m.speaks(c) || Quoted(c.text, c.words[m.verb].Start) {
			continue
		}
		var other *mismatch
		agrees, denied, unreal, real := false, true, true, true
		var held []party  // whom a line has with the verb as well
		var without *line // which has the verb, and nobody who does it
		for li := range d.lines {
			l := &d.lines[li]
			if d.m.same[li][m.verb] < found {
				continue
			}
			for _, o := range d.parse(l).clauses {
				if alike(t, &l.terms[o.verb]) < found {
					continue
				}
				if x := d.mismatch(&m, l, &o); x == nil {
					agrees = true
					if len(o.agent) > 0 {
						held = append(held, m.agent...)
					} else {
						without = l
					}
					if len(o.patient) > 0 {
						held = append(held, m.patient...)
					}
					denied = denied && o.denied
					if m.denied && o.denied {
						d.bothDeny = append(d.bothDeny, m.verb)
					}
					unreal = unreal && o.unreal
					real = real && o.real
				} else if other == nil || !other.said && x.said {
					other = x
				}
			}
		}
		verb := c.part(m.verb, m.verb+1)
		switch {
		case agrees && denied && !m.denied && t.negative == "" && !t.denies:
			d.denies(m.verb, 0, "%s denies it (“%s”)", d.where, verb)
		case agrees && unreal && m.real:
			d.short("it says that “%s” is done, which is planned in %s", verb, d.where)
		case agrees && real && m.unreal:
			d.short("it says that “%s” is planned, which is done in %s", verb, d.where)
		case agrees && without != nil && d.added(&m, without, held):
			x := m.agent[0]
			d.short("no sentence of %s has %s together with “%s”", looked(d.where), c.part(x.from, x.head+1), verb)
		case agrees:
			for _, x := range held {
				d.held = append(d.held, x.head)
			}
		case other != nil:
			d.short("%s has %s with “%s”, not %s", d.where, other.theirs, verb, other.mine)
		}
	}
}

// added reports whether a clause of the claim says who did what a line has
// nobody do, and does not mention them: "cameras have been installed".
func (d *departures) added(m *clause, l *line, held []party) bool {
	if len(m.agent) == 0 || len(m.patient) == 0 || slices.ContainsFunc(held, func(x party) bool { return slices.Contains(m.agent, x) }) {
		return false
	}
	c := &d.c.line
	return !slices.ContainsFunc(m.agent, func(x party) bool {
		// Burglars are those who steal; a ban may be all that the article is about.
		return x.pronoun || !lexicon.Role(c.terms[x.head].norm) && !acting[c.terms[x.head].norm] || alike(&c.terms[x.head], &c.terms[m.verb]) >= found ||
			slices.ContainsFunc(d.parse(l).phrases, func(y party) bool { return y.pronoun || l.terms[y.head].number == "" && d.same(x, l, y) })
	})
}

// speaks reports whether a clause with a verb of saying is compared as one of
// doing: "praised the draft", ", adding that". Who said what is compared by what
// was said.
func (m *clause) speaks(l *line) bool {
	n := l.words[m.verb].Norm
	switch _, class, _ := lexicon.Saying(n); class {
	case lexicon.Praise, lexicon.Criticise, lexicon.Urge:
		return len(m.patient) > 0
	}
	return deeds[n] && len(m.patient) > 0 || n != "according" && strings.HasSuffix(n, "ing")
}

// deeds are verbs of saying that also tell what is done, or shows by itself: "the
// inspection revealed a crack", "the board rejected the plan".
var deeds = word.Set(`reveal reveals revealed indicate indicates indicated reject rejects rejected refuse refuses refused approve approves approved accept accepts accepted`)

// compareNations finds countries that the lines have in another form alone:
// what Russian officials do Russia may do, but not all that is beside them.
func (d *departures) compareNations() {
	c := &d.c.line
	for _, m := range d.parse(c).clauses {
		for _, x := range slices.Concat(m.agent, m.patient) {
			t := &c.terms[x.head]
			if t.name && !slices.Contains(d.held, x.head) && !slices.ContainsFunc(d.lines, func(l line) bool { return len(l.at[t.key]) > 0 }) {
				d.short("the name %s is not in %s", c.part(x.head, x.head+1), looked(d.where))
			}
		}
	}
}

// compareAttachments finds what stands behind the same word and the same
// preposition as something else in the lines, none of which has it together
// with that word: "a reward for the clock", "met them in Geneva".
func (d *departures) compareAttachments() {
	c := &d.c.line
	for _, m := range d.parse(c).attached {
		to := &c.terms[m.to.head]
		if !to.content || Quoted(c.text, c.words[m.to.head].Start) {
			continue
		}
		other, beside := "", ""
		together := false
		for li := range d.lines {
			l := &d.lines[li]
			has := func(i int) bool { return i >= 0 && c.terms[i].content && d.m.same[li][i] >= found }
			if !has(m.verb) && !has(m.noun) {
				continue
			}
			for k := range l.terms {
				if alike(to, &l.terms[k]) < found {
				} else if place := l.elsewhere(k); place != "" && (m.by == "in" || m.by == "at") {
					beside = place
				} else {
					together = true
				}
			}
			if together {
				break
			}
			is := func(i, j int) bool {
				return i >= 0 && j >= 0 && c.terms[i].content && alike(&c.terms[i], &l.terms[j]) >= found
			}
			for _, o := range d.parse(l).attached {
				if (o.by == m.by || placing[o.by] && placing[m.by] && to.name && l.terms[o.to.head].name) && (is(m.noun, o.noun) || is(m.verb, o.verb)) && !d.same(m.to, l, o.to) {
					other = l.part(o.to.from, o.to.head+1)
				}
			}
		}
		switch {
		case together:
		case beside != "":
			d.short("%s has “%s”, not “%s %s”", d.where, beside, m.by, c.part(m.to.from, m.to.head+1))
		case other != "":
			d.short("%s has “%s %s”, not “%s %s”", d.where, m.by, other, m.by, c.part(m.to.from, m.to.head+1))
		}
	}
}

// elsewhere is the phrase by which word i tells of a place that is not the one
// it stands for: "outside Leeds", "a suburb of Leeds", "Leeds’s twin town"; empty
// if it is.
func (l *line) elsewhere(i int) string {
	end := i + 1
	for l.goesOn(end) {
		end++
	}
	if l.owns(i) {
		for k := end; k < len(l.words) && k < end+3; k++ {
			if neighbours[l.words[k].Norm] {
				return l.part(i, min(k+2, len(l.words)))
			}
			if l.words[k].Stop() {
				break
			}
		}
	}
	const far = 5 // words
	for k := i - 1; k >= 0 && i-k <= far && tight(l.text, l.words, k+1); k-- {
		switch n := l.words[k].Norm; {
		case outside[n]:
			return l.part(k, i+1)
		case n == "from" && k > 0 && distances[l.words[k-1].Norm]:
			return l.part(k-1, i+1)
		case n == "of" && k > 1 && (neighbours[l.words[k-1].Norm] || directions[l.words[k-1].Norm] && l.words[k-2].Norm != "the"):
			return l.part(k-1, i+1) // but "in the south of France"
		case l.words[k].Stop() && !definite[n] && n != "a" && n != "an":
			return ""
		}
	}
	return ""
}

var (
	// outside are the prepositions of what is not there.
	outside = word.Set(`near outside beyond opposite towards toward off`)
	// distances stand before "from" in "five miles from Leeds".
	distances = word.Set(`miles mile km kilometres kilometers metres meters yards feet away far hours minutes`)
	// neighbours are words for another place near one, or of its kind.
	neighbours = word.Set(`suburb suburbs outskirts twin sister neighbour neighbor neighbouring neighboring rival`)
	directions = word.Set(`north south east west northeast northwest southeast southwest`)
)

// placing are the prepositions of places, of which a retelling may take another.
var placing = word.Set(`in at to from near`)

// compareEither finds out whether the claim has only one of two things of which
// the lines say that it is one or the other.
func (d *departures) compareEither() {
	c := &d.c.line
	if slices.ContainsFunc(c.words, func(w word.Word) bool { return w.Norm == "or" }) {
		return
	}
words:
	for i := range c.terms {
		t := &c.terms[i]
		if !t.content || t.negative != "" || t.hedge != "" || t.number != "" {
			continue
		}
		other := ""
		for li := range d.lines {
			l := &d.lines[li]
			if d.m.same[li][i] < found {
				continue
			}
			for _, p := range l.places(t) {
				pair := slices.IndexFunc(d.parse(l).either, func(e [2]int) bool { return e[0] == p })
				if pair < 0 || l.terms[p].negative != "" || l.terms[p].hedge != "" {
					continue words
				}
				e := d.parse(l).either[pair]
				if slices.ContainsFunc(c.terms, func(x term) bool { return alike(&x, &l.terms[e[1]]) >= found }) {
					continue words
				}
				other = l.part(min(e[0], e[1]), max(e[0], e[1])+1)
			}
		}
		if other != "" {
			d.short("%s says “%s”, of which one is left out", d.where, other)
			return
		}
	}
}

// A mismatch is a party of the claim and the one that stands in its place.
type mismatch struct {
	mine, theirs string
	said         bool // who it is is certain
}

// mismatch compares two clauses of one verb; nil if they may say the same.
func (d *departures) mismatch(m *clause, l *line, o *clause) *mismatch {
	if m.noun && o.noun {
		return nil
	}
	if x := d.parties(m.agent, l, o.agent); x != nil {
		return x
	}
	if x := d.parties(m.patient, l, o.patient); x != nil {
		return x
	}
	// "the line opened", "the line was opened"
	switch {
	case len(m.agent) == 0 && len(o.patient) == 0:
		return d.parties(m.patient, l, o.agent)
	case len(m.patient) == 0 && len(o.agent) == 0:
		return d.parties(m.agent, l, o.patient)
	}
	return nil
}

// parties is nil if one of each may be the same.
func (d *departures) parties(mine []party, l *line, theirs []party) *mismatch {
	if len(mine) == 0 || len(theirs) == 0 {
		return nil
	}
	for _, x := range mine {
		for _, y := range theirs {
			if d.same(x, l, y) {
				return nil
			}
		}
	}
	c := &d.c.line
	x, y := mine[0], theirs[0]
	return &mismatch{mine: c.part(x.from, x.head+1), theirs: l.part(y.from, y.head+1), said: len(theirs) == 1}
}

// same reports whether a party of the claim may be one of a line.
func (d *departures) same(x party, l *line, y party) bool {
	c := &d.c.line
	if x.pronoun {
		return true
	}
	if y.pronoun {
		ls, ps := d.antecedents(l, y)
		for i := range ps {
			if d.same(x, ls[i], ps[i]) {
				return true
			}
		}
		return len(ps) == 0
	}
	a, b := &c.terms[x.head], &l.terms[y.head]
	if a.number != "" || b.number != "" || a.quantity != nil && b.quantity != nil {
		return c.agree(x, l, y)
	}
	is := func(t *term, u *term) bool { return t.content && u.content && alike(t, u) >= found }
	switch {
	case a.key == b.key, is(a, b):
		return c.agree(x, l, y) && c.samePlace(x, l, y)
	case a.name && b.name:
		for i := x.from; i <= x.head; i++ {
			for j := y.from; j <= y.head; j++ {
				if c.terms[i].name && l.terms[j].name && is(&c.terms[i], &l.terms[j]) {
					return true
				}
			}
		}
		return false
	case a.name:
		// "the Ukrainian delegation" acts for Ukraine, "a Ukrainian boy" does not.
		if standing[b.norm] && slices.ContainsFunc(l.terms[y.from:y.head], func(t term) bool { return is(a, &t) }) {
			return true
		}
		// "the village of Lower Marrow"
		if settlement[b.norm] && slices.ContainsFunc(l.terms[y.head:max(y.head, y.to)], func(t term) bool { return is(a, &t) }) {
			return true
		}
		if l.ofAnother(y, func(t *term) bool { return is(a, t) }) {
			return false
		}
		return d.linked(b, c, x) || !y.plural && !c.land(x) && d.free(b) && !d.introduced(l, y, c, x)
	case b.name:
		if settlement[a.norm] && slices.ContainsFunc(c.terms[x.head:max(x.head, x.to)], func(t term) bool { return is(&t, b) }) {
			return true
		}
		if slices.ContainsFunc(l.terms[y.from:y.head], func(t term) bool { return is(a, &t) }) {
			return true // "Mayor Ottoline Brask"
		}
		return d.linked(a, l, y) || !x.plural && !l.person(y) && !l.land(y) && d.free(a) && !d.another(a, l, y)
	}
	return false
}

// ofAnother reports whether a noun is that of something else, which is found by
// is: "a copy of the Vermeer", "a stake in Norrbank", "Norrbank’s unit" and "the
// Norrbank unit". What is so of it need not be so of what it belongs to.
func (l *line) ofAnother(y party, is func(*term) bool) bool {
	for i := y.head + 1; i < y.to; i++ {
		if is(&l.terms[i]) {
			return true
		}
	}
	for i := y.from - 1; i >= 0 && l.owns(i) || i >= 0 && i < y.from-1 && l.terms[i].name; i-- {
		if is(&l.terms[i]) {
			return true
		}
	}
	return slices.ContainsFunc(l.terms[y.from:y.head], func(t term) bool { return is(&t) }) && standIns[l.terms[y.head].norm]
}

// standIns are nouns of what is not the thing that is named before them: "the
// Vermeer copy". Of "the Grey Heron ferry" the noun is the thing itself.
var standIns = word.Set(`holding holdings biography book forgery copy copies replica replicas model portrait photo photograph picture painting statue bust effigy poster film stake stakes share shares unit units
	subsidiary division arm branch plant station street suburb outskirts widow widower son daughter wife husband brother sister father mother aide adviser lawyer
	fan fans supporter supporters`)

// standing are nouns of those who act for a country or a house.
var standing = word.Set(`official officials delegation delegations government authorities administration president minister ministers ministry parliament senate council
	troops forces army navy soldiers police negotiators negotiator diplomats diplomat representatives representative ambassador envoy spokesman spokeswoman spokesperson
	board company team leaders`)

// settlement are nouns for a place that is named behind "of", or for those who
// decide there.
var settlement = word.Set(`village town city island isle county province state republic kingdom port parish borough district region government council board
	parliament ministry people residents citizens inhabitants`)

// agree reports whether two phrases name no different numbers.
func (l *line) agree(x party, o *line, y party) bool {
	numbers := func(l *line, p party) (qs []*quantity.Quantity) {
		for _, t := range l.terms[p.from : p.head+1] {
			if t.quantity != nil {
				qs = append(qs, t.quantity)
			}
		}
		if q := l.shareOf(p).of; q != nil {
			qs = append(qs, q)
		}
		return qs
	}
	a, b := numbers(l, x), numbers(o, y)
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(said *quantity.Quantity) bool {
		return slices.ContainsFunc(b, func(given *quantity.Quantity) bool {
			return quantity.Compare(given, said) >= quantity.Partly
		})
	})
}

// samePlace reports whether what two phrases are "of", "in" or "at", as far as it
// has a name, may be the same: officials in Kyiv are not those in Moscow.
func (l *line) samePlace(x party, o *line, y party) bool {
	names := func(l *line, p party) (ts []*term) {
		for i := p.from; i < p.to; i++ {
			if i != p.head && l.terms[i].name && !l.terms[p.head].name {
				ts = append(ts, &l.terms[i])
			}
		}
		return ts
	}
	a, b := names(l, x), names(o, y)
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(t *term) bool {
		return slices.ContainsFunc(b, func(u *term) bool { return alike(t, u) >= found })
	})
}

// linked reports whether an article of the lines calls the named party of a line
// by a common noun: "Marta Velling, the adviser", "the ferry Grey Heron".
func (d *departures) linked(noun *term, l *line, named party) bool {
	return d.callsSo(noun, l.terms[named.from:named.head+1])
}

// callsSo reports whether an article calls one of these names so.
func (d *departures) callsSo(noun *term, names []term) bool {
	d.learn()
	return slices.ContainsFunc(names, func(t term) bool {
		return t.name && slices.ContainsFunc(d.called[t.key], func(key string) bool { return alike(noun, &term{key: key, norm: key, content: true}) >= found })
	})
}

// free reports whether a common noun may stand for a name although no article
// of the lines says so: it is no person and no house, and stands for no other
// name. "The ferry" may be the Grey Heron.
func (d *departures) free(noun *term) bool {
	if _, part := lexicon.Organization(noun.norm); part && !settlement[noun.norm] || lexicon.Role(noun.norm) || acting[noun.norm] {
		return false
	}
	d.learn()
	for _, keys := range d.called {
		if slices.Contains(keys, noun.key) {
			return false
		}
	}
	return true
}

// introduced reports whether a line tells of somebody or something new after
// the one who is named was: "they left behind a clock" is not about the Lantern
// Watch, which stands before.
func (d *departures) introduced(l *line, y party, c *line, named party) bool {
	if n := l.words[y.from].Norm; n != "a" && n != "an" || l.quote.Article == nil {
		return false
	}
	d.learn()
	return slices.ContainsFunc(d.stories[l.quote.Article], func(o line) bool {
		return o.quote.Span.End <= l.quote.Span.Start && slices.ContainsFunc(c.terms[named.from:named.head+1], func(t term) bool { return t.name && len(o.at[t.key]) > 0 })
	})
}

// another reports whether an article tells of a thing as of a new one after a
// name was: then the noun does not stand for the name.
func (d *departures) another(noun *term, l *line, named party) bool {
	d.learn()
	seen := false
	story := d.stories[l.quote.Article]
	for i := range story {
		o := &story[i]
		if seen && len(o.at[noun.key]) > 0 && slices.ContainsFunc(d.parse(o).phrases, func(p party) bool {
			return o.terms[p.head].key == noun.key && (o.words[p.from].Norm == "a" || o.words[p.from].Norm == "an")
		}) {
			return true
		}
		seen = seen || slices.ContainsFunc(l.terms[named.from:named.head+1], func(t term) bool { return t.name && len(o.at[t.key]) > 0 })
	}
	return false
}

// person reports whether a phrase names one: "Marta Velling".
func (l *line) person(p party) bool {
	return slices.ContainsFunc(l.words[p.from:p.head+1], func(w word.Word) bool { return lexicon.FirstName(w.Norm) || lexicon.Role(w.Norm) })
}

// land reports whether a phrase names a country.
func (l *line) land(p party) bool {
	_, ok := country(l.terms[p.head].norm)
	return ok
}

// acting are nouns of those who do things together, which are not found among
// the parts of names.
var acting = word.Set(`board council parish club union company firm office government team crew police court jury panel committee group museum school schools
	ministry agency party army navy force forces troops bank hospital university college church charity family guild laboratory coastguard commission
	delegation mission squad people residents citizens villagers farmers thieves burglars teachers pupils children`)

// learn reads the articles of the lines once.
func (d *departures) learn() {
	if d.called != nil {
		return
	}
	d.called = make(map[string][]string)
	d.stories = make(map[*corpus.Article][]line)
	for li := range d.lines {
		a := d.lines[li].quote.Article
		if _, ok := d.stories[a]; ok {
			continue
		}
		var lines []line
		for _, s := range a.Sentences() {
			if s.Kind.Evidence() {
				l := read(s.Of(a.Text))
				l.quote = Quote{a, s.Span}
				lines = append(lines, l)
			}
		}
		d.stories[a] = lines
		for i := range lines {
			d.learnNames(&lines[i])
		}
	}
}

// antecedents are those whom a pronoun of a line may mean: what agrees with it
// in the same line, else in the nearest of the lines before. None are found
// where it may be anybody.
func (d *departures) antecedents(l *line, y party) (lines []*line, parties []party) {
	const far = 3 // lines
	n := l.words[y.head].Norm
	add := func(o *line, p party) {
		if !p.pronoun && p.head >= 0 && o.takenUp(p, n) {
			lines, parties = append(lines, o), append(parties, p)
		}
	}
	switch n {
	case "he", "him", "she", "her", "it", "they", "them":
	case "i", "we", "us", "me":
		// Whoever says it.
		if !Quoted(l.text, l.words[y.head].Start) {
			return nil, nil
		}
		for _, c := range d.parse(l).clauses {
			if !l.terms[c.verb].speech || Quoted(l.text, l.words[c.verb].Start) {
				continue
			}
			for _, p := range c.agent {
				if p.pronoun {
					ls, ps := d.antecedents(l, p)
					lines, parties = append(lines, ls...), append(parties, ps...)
				} else {
					lines, parties = append(lines, l), append(parties, p)
				}
			}
		}
		return lines, parties
	default:
		return nil, nil
	}
	for _, p := range d.parse(l).phrases {
		if p.head < y.head {
			add(l, p)
		}
	}
	if len(parties) > 0 && n != "it" || l.quote.Article == nil {
		return lines, parties
	}
	own := len(parties)
	d.learn()
	story := d.stories[l.quote.Article]
	at := slices.IndexFunc(story, func(o line) bool { return o.quote.Span.End > l.quote.Span.Start })
	for i := at - 1; i >= 0 && at-i <= far && len(parties) == own; i-- {
		for _, p := range d.parse(&story[i]).phrases {
			add(&story[i], p)
		}
	}
	return lines, parties
}

// takenUp reports whether a pronoun may take up a phrase of the line.
func (l *line) takenUp(p party, pronoun string) bool {
	head := l.words[p.head].Norm
	_, part := lexicon.Organization(head)
	house := part || acting[head]
	gender := lexicon.GenderOf(head)
	named := l.terms[p.head].name
	if named {
		gender = lexicon.GenderOf(l.words[p.from].Norm)
	}
	switch pronoun {
	case "he", "him":
		return !p.plural && gender != lexicon.She && (named || lexicon.Role(head) && !house)
	case "she", "her":
		return !p.plural && gender != lexicon.He && (named || lexicon.Role(head) && !house)
	case "it":
		return !p.plural && (named || !lexicon.Role(head))
	}
	return p.plural || house || named // "they"
}

// learnNames finds out what a line calls those whom it names.
func (d *departures) learnNames(l *line) {
	r := newClauseReader(l)
	call := func(name, noun party) {
		if l.terms[noun.head].name {
			return
		}
		for _, t := range l.terms[name.from : name.head+1] {
			if t.name {
				d.called[t.key] = append(d.called[t.key], l.terms[noun.head].key)
			}
		}
	}
	for k, p := range r.phrases {
		of := r.parties([]phrase{p})
		if len(of) == 0 || p.pronoun {
			continue
		}
		x := of[0]
		// "Kremlin spokesman Dmitry Peskov", "President Tolt’s envoy"
		title := func(from, head int) {
			for i := from; i >= 0 && head >= 0 && l.terms[head].name && i < head; i++ {
				if t := &l.terms[i]; !t.name || lexicon.Role(t.norm) {
					d.called[l.terms[head].key] = append(d.called[l.terms[head].key], t.key)
				}
			}
		}
		title(x.from, x.head)
		if p.core > p.from+1 {
			title(r.wordOf(p.from), r.wordOf(p.core-2))
		}
		// "Brask, the mayor", "the adviser, Marta Velling": the next phrase
		// behind a comma, be it that "of the town" stands between.
		for _, q := range r.phrases[k+1 : min(len(r.phrases), k+4)] {
			if q.from <= p.to || r.norms[q.from-1] != "," ||
				slices.ContainsFunc(r.tokens[p.to:q.from-1], func(t pos.Token) bool { return t.Text == "," || t.Tag.Verb() }) {
				continue
			}
			if next := r.parties([]phrase{q}); len(next) > 0 && !q.pronoun {
				if l.terms[x.head].name {
					call(x, next[0])
				} else if l.terms[next[0].head].name {
					call(next[0], x)
				}
				break
			}
		}
	}
}
