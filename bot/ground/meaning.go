package ground

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"dateline/corpus"
	"dateline/corpus/dates"
	"dateline/corpus/lexicon"
	"dateline/corpus/quantity"
	"dateline/corpus/word"
)

// A reason is why a sentence is not carried, in plain words.
type reason struct {
	text string
	// against is set where the lines say something else in its place, and not
	// just less.
	against bool
	fact    bool // it is about a number, a date or a denial
	denial  bool
	weight  float64 // of the words that differ
}

// Departures are where a claim departs from the meaning of the lines that it
// rests on, although it may name nothing that they lack: a word that is not
// there, a "not", an "alleged" or a "would" that has gone or come, words put
// into another's mouth, who did what to whom turned round, a number, a name or
// a day in the place of another.
//
// The rules are about words and their order, and about what a parser of noun
// phrases and verbs makes of them (see clause). They rather keep back what is
// right than let out what is not: in doubt a writer can use the article's own
// words.
type departures struct {
	c     *Claim
	lines []line
	m     *matching
	where string // what the lines are called
	// best is the line that is most about the claim, who is said to say it
	// aside, and at are the places in it of the claim's words, -1 for none.
	best *line
	at   []int
	// mine and theirs are the dates of the claim and of the best line.
	mine, theirs []dates.Date
	reasons      []reason
	// parsed are the clauses of lines, called is what the articles call those whom
	// they name, stories are their lines: each found when it is first asked for.
	// held are the nouns of the claim that a line has with the same verb.
	parsed  map[*line]parse
	called  map[string][]string
	stories map[*corpus.Article][]line
	held    []int
	// bothDeny are the verbs that the claim and a line both deny.
	bothDeny []int
}

// departs finds the departures of a claim from the lines of the evidence, with
// which it was matched.
func (c *Claim) departs(e *Evidence, m *matching, where string) []reason {
	d := c.beside(e, m, where)
	d.compareActors()
	d.compareNations()
	d.compareDenial()
	d.compareNumbers()
	d.compareDates()
	d.compareSpeakers()
	d.compareNames()
	d.compareAttachments()
	d.compareEither()
	d.compareBonds()
	d.compareRoles()
	d.compareOffices()
	d.compareOwners()
	d.compareParts()
	d.compareDirection()
	d.compareRelations()
	d.compareHedges()
	d.compareWords()
	return d.reasons
}

// miscalls finds who is put into a sentence of the lines, in brackets, and does
// not say it.
func (c *Claim) miscalls(e *Evidence, m *matching, where string) []reason {
	d := c.beside(e, m, where)
	d.compareSpeakers()
	return d.reasons
}

// beside puts a claim beside the lines of the evidence.
func (c *Claim) beside(e *Evidence, m *matching, where string) *departures {
	d := &departures{c: c, lines: e.lines, m: m, where: where}
	d.best = &e.lines[c.mostAbout(m)]
	d.at = c.align(d.best)
	published := d.best.published
	if published.IsZero() {
		// Next week is not this week, whenever that was.
		published = time.Date(2000, 1, 5, 0, 0, 0, 0, time.UTC)
	}
	d.mine = e.datesIn(c.text, published)
	if len(d.mine)+len(c.numbers) > 0 {
		d.theirs = e.datesIn(d.best.text, published)
	}
	return d
}

func (d *departures) say(r reason, format string, args ...any) {
	r.text = fmt.Sprintf(format, args...)
	if !slices.ContainsFunc(d.reasons, func(o reason) bool { return o.text == r.text }) {
		d.reasons = append(d.reasons, r)
	}
}

// differs says that the lines state a fact that is another.
func (d *departures) differs(weight float64, format string, args ...any) {
	d.say(reason{against: true, fact: true, weight: weight}, format, args...)
}

// denies says that one denies word i of the claim, and the other does not.
func (d *departures) denies(i int, weight float64, format string, args ...any) {
	// Another line than the one that is most about it may deny another matter.
	here := d.at[i] >= 0
	d.say(reason{against: here, fact: here, denial: here, weight: weight}, format, args...)
}

// against says that the lines have somebody or something else.
func (d *departures) against(weight float64, format string, args ...any) {
	d.say(reason{against: true, weight: weight}, format, args...)
}

// short says that the lines say less.
func (d *departures) short(format string, args ...any) {
	d.say(reason{}, format, args...)
}

// mostAbout is the line that has most of the claim, the name and the verb of
// who is said to have said it aside: that stands next to many things he said.
func (c *Claim) mostAbout(m *matching) int {
	core := slices.Clone(m.cover)
	for i := range c.terms {
		if !c.terms[i].speech || Quoted(c.text, c.words[i].Start) {
			continue
		}
		ss := c.subject(i)
		if len(ss) == 0 {
			continue
		}
		for li := range core {
			core[li] -= c.terms[i].weight / c.weight * m.same[li][i]
			for k := range c.terms {
				if slices.ContainsFunc(ss[0].names, func(t term) bool { return t.key == c.terms[k].key }) {
					core[li] -= c.terms[k].weight / c.weight * m.same[li][k]
				}
			}
		}
		break
	}
	best := m.best
	for li := range core {
		if core[li] > core[best]+0.02 {
			best = li
		}
	}
	return best
}

// align gives the place in the line of each word of the claim, -1 for those it
// has not; of several, the one that follows the word before.
func (c *Claim) align(l *line) []int {
	at := make([]int, len(c.terms))
	last := -1
	for i := range c.terms {
		at[i] = -1
		for _, p := range l.places(&c.terms[i]) {
			if at[i] < 0 || p > last && at[i] <= last {
				at[i] = p
			}
		}
		if at[i] >= 0 && c.terms[i].weight > 0 {
			last = at[i]
		}
	}
	return at
}

// claimed is the word of the claim that stands at a place of the best line, -1
// for none.
func (d *departures) claimed(place int) int { return slices.Index(d.at, place) }

// occurrences are the places in all lines of word i of the claim.
func (d *departures) occurrences(i int) []*term {
	var ts []*term
	for li := range d.lines {
		if d.m.same[li][i] < found {
			continue
		}
		for _, p := range d.lines[li].places(&d.c.terms[i]) {
			ts = append(ts, &d.lines[li].terms[p])
		}
	}
	return ts
}

// nearest are the places of word i of the claim in the best line; where it has
// none, in all lines.
func (d *departures) nearest(i int) []*term {
	var ts []*term
	for _, p := range d.best.places(&d.c.terms[i]) {
		ts = append(ts, &d.best.terms[p])
	}
	if len(ts) == 0 {
		return d.occurrences(i)
	}
	return ts
}

func all(ts []*term, f func(*term) bool) bool {
	return len(ts) > 0 && !slices.ContainsFunc(ts, func(t *term) bool { return !f(t) })
}

// compareDenial finds out whether one denies what the other states.
func (d *departures) compareDenial() {
	for i := range d.c.terms {
		t := &d.c.terms[i]
		if !t.content {
			continue
		}
		have := d.nearest(i)
		text := brief(d.c.words[i].Text)
		switch {
		case len(have) == 0:
		case t.name:
			// "in Geneva, not Abu Dhabi"
			if !t.not && all(have, func(h *term) bool { return h.not }) {
				d.denies(i, 0, "%s denies it (“not %s”)", d.where, text)
			} else if t.not && all(have, func(h *term) bool { return h.negative == "" }) {
				d.denies(i, t.weight, "%s does not deny it (“not %s”)", d.where, text)
			}
		case t.negative == "" && !slices.Contains(d.bothDeny, i) && !d.beforeDenial(i) && all(have, func(h *term) bool { return h.negative != "" && !h.either }):
			if !t.called && have[0].called {
				d.short("%s has somebody deny it (“%s”)", d.where, brief(have[0].negative))
				break
			}
			d.denies(i, 0, "%s denies it (“%s”)", d.where, brief(have[0].negative))
		case t.negative != "" && !d.deniesBeside(i) && all(have, func(h *term) bool { return h.negative == "" && !h.either && !h.denies }):
			d.denies(i, 0, "%s does not deny it (“%s”)", d.where, brief(t.negative))
		}
	}
}

// deniesBeside reports whether the lines deny another word that the claim
// denies together with word i: "not affected by the ban".
func (d *departures) deniesBeside(i int) bool {
	if slices.ContainsFunc(d.bothDeny, func(v int) bool { return v <= i && i-v <= scope+1 || i < v && v-i <= scope }) {
		return true // "none of them has": they deny it in another place
	}
	for j := range d.c.terms {
		t := &d.c.terms[j]
		if j != i && t.content && t.negative == d.c.terms[i].negative && t.sentence == d.c.terms[i].sentence && all(d.nearest(j), func(h *term) bool { return h.negative != "" }) {
			return true
		}
	}
	return false
}

// beforeDenial reports whether word i of the claim is what the next ones deny,
// as the lines do: "the board had not leaked it".
func (d *departures) beforeDenial(i int) bool {
	const near = 5
	for j := i + 1; j < len(d.c.terms) && j < i+near; j++ {
		t := &d.c.terms[j]
		if t.sentence != d.c.terms[i].sentence || turns[d.c.words[j].Norm] {
			return false
		}
		if t.negative != "" && slices.ContainsFunc(d.nearest(j), func(h *term) bool { return h.negative != "" }) {
			return true
		}
	}
	return false
}

// compareHedges finds what weakens a thing wherever the lines have it, and what
// is planned there and done here.
func (d *departures) compareHedges() {
	hedged := slices.ContainsFunc(d.c.terms, func(t term) bool { return t.hedges || t.hedge != "" })
	said := hedged || slices.ContainsFunc(d.c.terms, func(t term) bool { return t.speech })
	for i := range d.c.terms {
		t := &d.c.terms[i]
		if !t.content || t.speech && !t.denies {
			continue
		}
		have := d.occurrences(i)
		if t.name {
			// A name is not doubted, but what is said of it.
			if !hedged && all(have, func(h *term) bool { return h.remark || h.may != "" }) {
				d.short("%s says “%s”, which is left out", d.where, brief(cmp.Or(have[0].may, have[0].hedge)))
			}
			continue
		}
		if !hedged && all(have, func(h *term) bool { return h.hedge != "" }) {
			switch h := brief(have[0].hedge); word.Fold(h) {
			case "?":
				d.short("%s asks it, and does not say it", d.where)
			case "if", "unless":
				d.short("%s makes a condition: “%s”, which is left out", d.where, h)
			default:
				d.short("%s says “%s”, which is left out", d.where, h)
			}
		}
		if t.planned && !said && all(have, func(h *term) bool { return h.foretold != "" }) {
			d.short("somebody says in %s that it would be (“%s”), and who that is is left out", d.where, brief(have[0].foretold))
		}
		if norm := d.c.words[i].Norm; !t.planned && past(norm) && all(have, func(h *term) bool { return h.planned && h.norm != norm }) {
			d.short("it says that “%s” is done, which is planned in %s", brief(d.c.words[i].Text), d.where)
		}
	}
}

// past reports whether a word may be a verb in the past: "visited", "took".
func past(norm string) bool {
	stem := word.Stem(norm)
	return strings.HasSuffix(norm, "ed") || lexicon.Base(stem) != stem
}

// repeats is how often a sentence may have a word that what it cites does not
// have as often. Models that run in circles have it without end.
const repeats = 4

// light words say next to nothing, or nothing that is not true of all news.
var light = word.Set(`say said tell told state stated report reported accord according announce announced add added note article articles passage passages also
	person people take took taken place occur happen hold held make made give gave given go went come came include included regard concern about
	well both during while when where after which whose while among between since within because although though however whether that
	later earlier time times argue noted note explain remark point respond reply spoke speak statement allowed permitted able weigh weighing officials official called call described describe metre metres meter meters kilometre kilometres kilometer kilometers km
	us mr mrs ms per cent percent near around across toward towards amid along beside upon onto via`)

// compareWords finds words that no line has, nor another for them.
func (d *departures) compareWords() {
	times := make(map[string]int)
	for i := range d.c.terms {
		t := &d.c.terms[i]
		w := d.c.words[i]
		places := d.occurrences(i)
		have := len(places)
		if t.content && all(places, func(h *term) bool { return h.ordered }) {
			d.short("%s has nobody say it, but tells somebody to", looked(d.where))
		}
		if times[t.key]++; t.content && times[t.key] == repeats+1 && have <= repeats {
			d.short("it repeats “%s” over and over", brief(w.Text))
		}
		if firstPerson[w.Norm] && !Quoted(d.c.text, w.Start) {
			d.short("it says “%s”, and not who that is", brief(w.Text))
		}
		switch {
		case have > 0:
		case d.whenever(i):
		case claiming[w.Norm]:
			d.short("the word “%s” is not in %s", brief(w.Text), looked(d.where))
		case d.puts(i):
		case !t.content, t.name, t.quantity != nil, t.bound, light[w.Norm], light[lexicon.Lemma(w.Norm)]:
		default:
			if p := d.opposite(i); p >= 0 {
				d.against(t.weight, "%s says “%s”, not “%s”", d.where, brief(d.best.words[p].Text), brief(w.Text))
			} else {
				d.short("the word “%s” is not in %s", brief(w.Text), looked(d.where))
			}
		}
	}
}

// whenever reports whether word i of the claim is the first of "every time", and
// the lines say that in another way.
func (d *departures) whenever(i int) bool {
	return i+1 < len(d.c.words) && d.c.words[i].Norm == "every" && d.c.words[i+1].Norm == "time" &&
		slices.ContainsFunc(d.lines, func(l line) bool { return len(l.at["whenever"]) > 0 || len(l.at[word.Stem("whenever")]) > 0 })
}

// puts reports whether word i of the claim says when what follows is planned for,
// as a line does in another way: "is scheduled to open", "is to open".
func (d *departures) puts(i int) bool {
	if !setting[d.c.words[i].Norm] || i+2 >= len(d.c.words) || d.c.words[i+1].Norm != "to" {
		return false
	}
	return slices.ContainsFunc(d.occurrences(i+2), func(t *term) bool { return t.planned })
}

var setting = word.Set(`due scheduled set slated planned expected`)

// opposite is the place in the best line of a word that means the opposite of
// word i of the claim, -1 if there is none.
func (d *departures) opposite(i int) int {
	for p := range d.best.terms {
		if d.claimed(p) < 0 && lexicon.Antonyms(d.c.terms[i].key, d.best.terms[p].key) {
			return p
		}
	}
	return -1
}

// near returns the next word of weight from i in a direction, at most far words
// away; -1 if there is none.
func near(ts []term, i, step, far int) int {
	for j := i + step; j >= 0 && j < len(ts) && (j-i)*step <= far; j += step {
		if ts[j].weight > 0 {
			return j
		}
	}
	return -1
}

// compareNumbers finds numbers that count something else in the lines, or that
// are not quite those, and the number that stands in the best line where the
// claim has another.
func (d *departures) compareNumbers() {
	c, l := d.c, d.best
	for n := range c.numbers {
		q := &c.numbers[n]
		if plainOne(q, c.words) || q.Base || q.From < q.To && inDate(d.mine, c.words[q.From]) {
			continue
		}
		d.compareBounds(q)
		if d.miscounted(q) {
			d.short("the number %s counts something else in %s", brief(q.Of(c.text)), looked(d.where))
		}
		same, other := -1, 0
		var which *quantity.Quantity
		for k := range l.numbers {
			o := &l.numbers[k]
			if o.Base || o.From < o.To && inDate(d.theirs, l.words[o.From]) {
				continue
			}
			switch fit := d.fit(q, o); quantity.Compare(o, q) {
			case quantity.Same, quantity.Partly:
				same = max(same, fit)
			case quantity.Other:
				if fit > other {
					other, which = fit, o
				}
			}
		}
		if other > 0 && other > same {
			d.differs(c.weightOf(q.From, q.To), "%s says %s, not %s", d.where, brief(which.Rate.Of(l.text)), brief(q.Rate.Of(c.text)))
		}
	}
}

// fit tells how far a number of the best line stands where one of the claim
// does.
func (d *departures) fit(q, o *quantity.Quantity) int {
	c, l := d.c, d.best
	like := func(i, p int) bool { return i >= 0 && p >= 0 && alike(&c.terms[i], &l.terms[p]) >= found }
	n := 0
	if like(near(c.terms, q.Lead, -1, 3), near(l.terms, o.Lead, -1, 3)) {
		n++
	}
	after := near(c.terms, q.To-1, 1, 3)
	behind := near(l.terms, o.To-1, 1, 3)
	if behind >= 0 && l.terms[behind].quantity != nil && l.partOf(o, l.terms[behind].quantity) {
		behind = near(l.terms, l.terms[behind].quantity.To-1, 1, 3)
	}
	if like(after, behind) || after >= 0 && bare(o) && like(near(c.terms, after, 1, 3), behind) {
		n++ // "nearly 100 were hurt", of people
	}
	if q.Lead > 0 && o.Lead > 0 && turning[c.words[q.Lead-1].Norm] && c.words[q.Lead-1].Norm == l.words[o.Lead-1].Norm {
		n += 2
	}
	if q.Unit != "" {
		n++
	}
	return n
}

// compareBounds finds out whether the lines have a number, but do not say it
// like that: "up to", "per 1,000", "rose to".
func (d *departures) compareBounds(q *quantity.Quantity) {
	var from *line
	var o *quantity.Quantity
	for li := range d.lines {
		l := &d.lines[li]
		for k := range l.numbers {
			switch quantity.Compare(&l.numbers[k], q) {
			case quantity.Same:
				return
			case quantity.Partly:
				from, o = l, &l.numbers[k]
			}
		}
	}
	if o == nil {
		return
	}
	mine, theirs := d.c.limit(q), from.limit(o)
	given := brief(o.Of(from.text))
	bounded, said := brief(from.bounded(o)), brief(d.c.bounded(q))
	switch {
	case o.Per != q.Per && q.Per == "":
		d.short("%s says %s for each %s, which is left out", d.where, given, o.Per)
	case o.Per != q.Per:
		d.short("%s does not say %s for each %s", looked(d.where), given, q.Per)
	case theirs == mine:
		d.short("%s says “%s %s”, not “%s”", d.where, o.Way, given, q.Way)
	case theirs != "" && mine != "" && o.Bound.Up() != q.Bound.Up():
		d.differs(0, "%s says “%s”, not “%s”", d.where, bounded, said)
	case theirs != "" && mine != "":
		d.short("%s says “%s”, not “%s”", d.where, bounded, said)
	case theirs != "":
		d.short("%s says “%s”, of which the “%s” is left out", d.where, bounded, theirs)
	default:
		d.short("%s does not say “%s”", looked(d.where), said)
	}
}

// bounded is a number as it stands, with what says that it is not the exact one:
// "up to 40", "1,200-plus".
func (l *line) bounded(q *quantity.Quantity) string {
	from, to := q.Start, q.End
	if q.Lead < q.From {
		from = min(from, l.words[q.Lead].Start)
	}
	if q.Tail > q.To {
		to = max(to, l.words[q.Tail-1].End)
	}
	if l.limit(q) == orMore {
		const far = 4 // words: "1,200 people or more"
		for _, w := range l.words[q.To:min(len(l.words), q.To+far)] {
			if w.Norm == "more" {
				to = w.End
			}
		}
	}
	if from == 0 && q.Lead < q.From {
		return strings.ToLower(l.text[:1]) + l.text[1:to] // "At least 41"
	}
	return l.text[from:to]
}

// orMore limits a number from behind what it counts.
const orMore = "or more"

// limit is what says that a number is not the exact one: "up to", "at least";
// empty if nothing does.
func (l *line) limit(q *quantity.Quantity) string {
	from, to := q.Lead, q.From
	switch {
	case q.Bound == quantity.Exact || q.Bound == quantity.About:
		return ""
	case q.Tail > q.To:
		from, to = q.To, q.Tail
	case q.Lead == q.From && strings.Contains(q.Of(l.text), "+"):
		return "+" // "100+"
	case q.Lead == q.From:
		return orMore
	}
	var words []string
	for _, w := range l.words[from:to] {
		words = append(words, w.Norm)
	}
	return strings.Join(words, " ")
}

// miscounted reports whether a number of the claim stands in the lines, but
// nowhere near what it counts.
func (d *departures) miscounted(q *quantity.Quantity) bool {
	const far = 5 // words
	what := -1
	for i := max(q.To, 1); i < len(d.c.words) && i < q.To+2 && what < 0; i++ {
		w := d.c.words[i]
		if w.Stop() && w.Norm != "of" || quantity.Apart(w.Norm) || strings.ContainsAny(d.c.text[d.c.words[i-1].End:w.Start], ",;:.()—–") {
			break // "cut to 19 after talks"
		}
		if !w.Stop() && !capital(w) {
			what = i
		}
	}
	if what < 0 || q.Name != "" || times[d.c.words[what].Norm] {
		return false
	}
	seen := false
	for li := range d.lines {
		l := &d.lines[li]
		for k := range l.numbers {
			has := &l.numbers[k]
			if quantity.Compare(has, q) < quantity.Partly {
				continue
			}
			if before, at := near(d.c.terms, q.Lead, -1, 2), near(l.terms, has.Lead, -1, 2); bare(has) && len(l.places(&d.c.terms[what])) > 0 &&
				before >= 0 && at >= 0 && alike(&d.c.terms[before], &l.terms[at]) >= found {
				return false // "has 3,100 signatures, and needs 4,000"
			}
			seen = true
			for _, i := range l.places(&d.c.terms[what]) {
				// In "three people and 41 horses", people are three.
				others := slices.ContainsFunc(l.numbers, func(o quantity.Quantity) bool {
					return o.From != has.From && (o.To == i || o.To == i-1) && !l.partOf(has, &o)
				})
				if i >= has.From-far && i < has.To+far && !others {
					return false
				}
			}
		}
	}
	return seen
}

// partOf reports whether the first number is of the second: "twelve of the 20
// residents".
func (l *line) partOf(a, b *quantity.Quantity) bool {
	return a.To < b.Lead && b.Lead <= a.To+2 && l.words[a.To].Norm == "of"
}

// bare reports whether a number stands without what it counts: "needs 4,000 by
// December".
func bare(q *quantity.Quantity) bool { return q.Unit == "" && !q.Counted }

// times are what an ordinal counts that counts nothing else.
var times = word.Set(`time times`)

// turning are the words that tell two numbers for one thing apart: "from 28 to
// 19".
var turning = word.Set(`from to than by`)

// inDate reports whether a word is part of one of the dates.
func inDate(ds []dates.Date, w word.Word) bool {
	return slices.ContainsFunc(ds, func(d dates.Date) bool { return d.Contains(w.Span) })
}

func (c *Claim) weightOf(from, to int) float64 {
	sum := 0.0
	for _, t := range c.terms[from:to] {
		sum += t.weight
	}
	return sum
}

// compareNames finds the name of the best line that stands where the claim has
// another: before or after a word that both have.
func (d *departures) compareNames() {
	c := d.c
	var taken []string // a name stands in the place of one other
	for i := 0; i < len(c.words); i++ {
		if !c.terms[i].name {
			continue
		}
		end := i + 1
		for c.goesOn(end) {
			end++
		}
		first := i
		i = end - 1
		if slices.ContainsFunc(d.at[first:end], func(p int) bool { return p >= 0 }) {
			continue
		}
		if s, ok := d.inPlace(first, end); ok && !slices.Contains(taken, s.text) {
			taken = append(taken, s.text)
			d.against(c.weightOf(first, end), "%s says %s, not %s", d.where, s.text, c.part(first, end))
		}
	}
}

// compareBonds finds names that no line has together with the word that follows
// them in the claim: who did it is said elsewhere.
func (d *departures) compareBonds() {
	c := d.c
	for i := range c.terms {
		if !c.terms[i].name || i+1 < len(c.terms) && c.terms[i+1].name || c.owns(i) {
			continue
		}
		v := near(c.terms, i, 1, 3)
		if v < 0 || slices.Contains(d.held, i) || c.terms[v].name || c.terms[v].speech || c.terms[v].number != "" || light[c.words[v].Norm] || c.terms[v].sentence != c.terms[i].sentence ||
			strings.ContainsAny(c.text[c.words[i].End:c.words[v].Start], ",;:()—–“\"") {
			continue
		}
		who := c.nameAt(i)
		together, apart := false, false
		for li := range d.lines {
			l := &d.lines[li]
			if d.m.same[li][v] < found {
				continue
			}
			if d.names(l, who) || !slices.ContainsFunc(l.terms, func(t term) bool { return t.name }) || slices.ContainsFunc(l.words, func(w word.Word) bool { return pronouns[w.Norm] }) {
				together = true // or may be meant
				break
			}
			apart = true
		}
		if apart && !together {
			d.short("no sentence of %s has %s together with “%s”", looked(d.where), who.text, c.part(v, v+1))
		}
	}
}

// names reports whether somebody is named in a line, or a nation as such.
func (d *departures) names(l *line, who speaker) bool {
	return slices.ContainsFunc(who.names, func(x term) bool {
		return slices.ContainsFunc(l.terms, func(y term) bool { return alike(&x, &y) >= found })
	})
}

// inPlace is the name in the best line that stands where the claim has the one
// of words first to end.
func (d *departures) inPlace(first, end int) (speaker, bool) {
	l := d.best
	strange := func(from, to int) bool {
		return from < to && !slices.ContainsFunc(l.terms[from:to], func(t term) bool {
			return slices.ContainsFunc(d.c.terms, func(x term) bool { return alike(&x, &t) >= found })
		})
	}
	if n := near(d.c.terms, end-1, 1, 3); n >= 0 && d.at[n] > 0 && !d.c.words[n].Capital() {
		if from, to := l.nameBefore(d.at[n], 2); strange(from, to) {
			return l.speaker(from, to), true
		}
	}
	if n := near(d.c.terms, first, -1, 3); n >= 0 && d.at[n] >= 0 && !d.c.words[n].Capital() {
		if from, to := l.nameAfter(d.at[n]+1, 2); strange(from, to) {
			return l.speaker(from, to), true
		}
	}
	return speaker{}, false
}

// nameBefore is the nearest name that ends at most far words before word i.
func (l *line) nameBefore(i, far int) (from, to int) {
	for to = i; to > 0 && i-to <= far; to-- {
		if !l.terms[to-1].name {
			if strings.ContainsAny(l.text[l.words[to-1].End:l.words[i].Start], ".;?!”\"") {
				break
			}
			continue
		}
		from = to - 1
		for l.goesOn(from) {
			from--
		}
		return from, to
	}
	return i, i
}

func (l *line) nameAfter(i, far int) (from, to int) {
	for from = i; from < len(l.words) && from-i <= far; from++ {
		if l.terms[from].name {
			for to = from + 1; l.goesOn(to); to++ {
			}
			return from, to
		}
	}
	return i, i
}

// compareDates finds the day of the best line where the claim has another.
func (d *departures) compareDates() {
	unknown := d.best.published.IsZero() // so only what is relative compares
	for _, mine := range d.mine {
		var other *dates.Date
		if unknown && !mine.Relative || mine.Unsure {
			continue
		}
		if o := d.attached(mine); o != nil && !o.Unsure && !strings.EqualFold(o.Of(d.best.text), mine.Of(d.c.text)) && (!unknown || o.Relative) && (o.To.Before(mine.From) || mine.To.Before(o.From)) {
			other = o
		}
		attached := other != nil
		for k, o := range d.theirs {
			if attached {
				break
			}
			if unknown && !o.Relative || o.Unsure {
				continue
			}
			if !o.From.Before(mine.From) && !o.To.After(mine.To) || !mine.From.Before(o.From) && !mine.To.After(o.To) {
				other = nil
				break
			}
			if strings.EqualFold(o.Of(d.best.text), mine.Of(d.c.text)) {
				other = nil
				break
			}
			// A day is no other answer than a year; months differ in length.
			if far := o.To.Sub(o.From) - mine.To.Sub(mine.From); other == nil && far.Abs() <= 3*24*time.Hour && (far == 0 || mine.To.After(mine.From)) {
				other = &d.theirs[k]
			}
		}
		if other == nil {
			continue
		}
		weight := 0.0
		for i, w := range d.c.words {
			if mine.Contains(w.Span) {
				weight += d.c.terms[i].weight
			}
		}
		d.differs(weight, "%s says %s, not %s", d.where, brief(other.Of(d.best.text)), brief(mine.Of(d.c.text)))
	}
}

// attached is the date that follows the same word in the best line as one does
// in the claim: "to visit Moscow next week"; nil if there is none.
func (d *departures) attached(mine dates.Date) *dates.Date {
	first := slices.IndexFunc(d.c.words, func(w word.Word) bool { return mine.Contains(w.Span) })
	if first < 0 {
		return nil
	}
	before := near(d.c.terms, first, -1, 3)
	if before < 0 || d.at[before] < 0 {
		return nil
	}
	for p := d.at[before] + 1; p < len(d.best.words) && p <= d.at[before]+3; p++ {
		for k := range d.theirs {
			if d.theirs[k].Contains(d.best.words[p].Span) {
				return &d.theirs[k]
			}
		}
		if d.best.terms[p].weight > 0 {
			return nil
		}
	}
	return nil
}

// compareRoles finds out whether somebody is given the office of another:
// "President Tolt", "Tolt, the mayor".
func (d *departures) compareRoles() {
	c := &d.c.line
	for i := range c.terms {
		who := c.holder(i)
		if who < 0 {
			continue
		}
		other := ""
		bound, unnamed := false, false
		for li := range d.lines {
			l := &d.lines[li]
			for p := range l.terms {
				if l.terms[p].key != c.terms[i].key {
					continue
				}
				q := l.holder(p)
				if q < 0 && !l.owns(p) {
					unnamed = true // somebody whom the article may name in another place
				} else if q < 0 {
					other = l.part(p, p+1) + "’s"
				} else if speaker := l.nameAt(q); speaker.is(c.nameAt(who)) {
					bound = true
				} else {
					other = speaker.text
				}
			}
		}
		if unnamed && !bound && d.otherCalled(&c.terms[i], c.nameAt(who)) {
			d.short("%s does not call %s “%s”, but another", looked(d.where), c.nameAt(who).text, c.part(i, i+1))
		}
		if other != "" && !bound && !unnamed {
			d.against(0, "%s is not the %s in %s, which has “%s”", c.nameAt(who).text, c.part(i, i+1), d.where, brief(other))
		}
	}
}

// otherCalled reports whether the articles give a role to somebody, but not to
// the one who is named.
func (d *departures) otherCalled(role *term, who speaker) bool {
	d.learn()
	for _, t := range who.names {
		if slices.Contains(d.called[t.key], role.key) {
			return false
		}
	}
	for _, keys := range d.called {
		if slices.Contains(keys, role.key) {
			return true
		}
	}
	return false
}

// holder is a word of the name that the role at i belongs to: "Mayor Brask",
// "the adviser, Marta Velling", "Brask, the mayor of Tolvary"; -1 if i is no
// role or nobody has it.
func (l *line) holder(i int) int {
	if !lexicon.Role(l.words[i].Norm) || l.owns(i) {
		return -1
	}
	gap := func(j int) string { return l.text[l.words[j].End:l.words[j+1].Start] }
	if i+1 < len(l.words) && l.terms[i+1].name && (gap(i) == " " || gap(i) == ", ") {
		return i + 1
	}
	if i+1 < len(l.words) && l.terms[i+1].speech && gap(i) == " " {
		return -1 // "over WhatsApp, the adviser told them"
	}
	for j := i - 1; j >= 0 && i-j <= 6; j-- {
		if strings.Contains(gap(j), ",") {
			if l.terms[j].name && !beside[l.words[j].Norm] {
				return j
			}
			return -1
		}
	}
	return -1
}

// owns reports whether the word at i has a possessive ending: "Russia’s war".
func (l *line) owns(i int) bool {
	rest := l.text[l.words[i].End:]
	return strings.HasPrefix(rest, "’") || strings.HasPrefix(rest, "'")
}

// nameAt is the whole name that word i is part of.
func (l *line) nameAt(i int) speaker {
	from, to := i, i+1
	for l.goesOn(from) {
		from--
	}
	for l.goesOn(to) {
		to++
	}
	return l.speaker(from, to)
}

// compareDirection finds out whether the lines let the same ones do the same to
// each other, but the other way round.
func (d *departures) compareDirection() {
	c := d.c
	for i := range c.terms {
		if !c.terms[i].content || c.terms[i].speech {
			continue
		}
		var verbs []int
		passive := false
		const far = 8 // words
		for j := i + 1; j < len(c.terms) && j-i <= far && c.terms[j].sentence == c.terms[i].sentence; j++ {
			t := &c.terms[j]
			if len(verbs) > 0 && strings.ContainsAny(c.text[c.words[j-1].End:c.words[j].Start], ",;") {
				break // another clause
			}
			switch {
			case t.name && len(verbs) == 0:
				continue // the same name goes on
			case (t.name || !c.terms[i].name && t.content) && alike(t, &c.terms[i]) == 0:
				if !t.name && d.isVerb(j) {
					verbs = append(verbs, j)
				}
				for _, v := range verbs {
					if v == j || !c.terms[i].name && (!strings.HasSuffix(c.words[v].Norm, "ed") || passives[c.words[v-1].Norm]) {
						continue
					}
					if !passive && d.acts(j, v, i) && !d.acts(i, v, j) {
						d.against(0, "it turns round who did what to whom between %s and %s: “%s”", c.part(i, i+1), c.part(j, j+1), c.part(v, v+1))
						return
					}
				}
			case t.content && d.isVerb(j):
				verbs = append(verbs, j)
			case c.words[j].Norm == "by":
				passive = true
			}
		}
	}
}

// relations are prepositions and conjunctions that turn round how two things
// belong together, with those that say otherwise in their place.
var relations = map[string][]string{
	"before": {"after", "since"}, "after": {"before", "until"}, "until": {"after", "since", "from"}, "since": {"before", "until"},
	"with": {"without"}, "without": {"with"}, "from": {"to", "until"}, "to": {"from"}, "above": {"below", "under"}, "below": {"above", "over"},
	"over": {"under", "below"}, "under": {"over", "above"}, "into": {"from"}, "for": {"against"}, "against": {"for"},
	"on": {"before", "by", "after", "until", "since"}, "in": {"before", "by", "after", "until", "since"}, "during": {"before", "after"}, "by": {},
}

// compareRelations finds a word that follows one relation in the claim and the
// opposite in the best line: "resigned after the collapse" of "before the
// collapse".
func (d *departures) compareRelations() {
	const far = 3 // words between a preposition and what it leads to
	nearest := func(l *line, at int) string {
		for i := at - 1; i >= 0 && i >= at-far; i-- {
			n := l.words[i].Norm
			if _, ok := relations[n]; ok {
				return n
			}
			if l.terms[i].sentence != l.terms[at].sentence || l.terms[i].content && !l.terms[i].name && !l.words[i].Capital() {
				break
			}
		}
		return ""
	}
	c := &d.c.line
	for i := range c.terms {
		mine := nearest(c, i)
		if mine == "" || d.at[i] < 0 || c.terms[i].weight == 0 {
			continue
		}
		places := d.best.places(&c.terms[i])
		theirs := ""
		for _, p := range places {
			if theirs = nearest(d.best, p); theirs == mine || theirs == "" {
				break
			}
		}
		if slices.Contains(relations[mine], theirs) {
			d.short("%s has “%s %s”, not “%s %s”", d.where, theirs, c.part(i, i+1), mine, c.part(i, i+1))
		}
	}
}

// acts reports whether a line has word a whether word i of the claim is one, or a noun that may stand
// for one: "a visit by Renn". "Adviser" is none.
func (d *departures) isVerb(i int) bool {
	n := d.c.words[i].Norm
	return !lexicon.Role(n) && lexicon.Lemma(n) != "say" // which is done to nobody
}

// acts reports whether a line has word a of the claim, then the verb, then b,
// and is not in the passive.
func (d *departures) acts(a, verb, b int) bool {
	is := func(t *term, i int) bool { return alike(&d.c.terms[i], t) >= found }
	for li := range d.lines {
		l := &d.lines[li]
		if d.m.same[li][a] < found || d.m.same[li][verb] < found || d.m.same[li][b] < found {
			continue
		}
		state, sentence := 0, 0
		for i := range l.terms {
			t := &l.terms[i]
			if t.sentence != sentence {
				state, sentence = 0, t.sentence
			}
			switch {
			case state == 0 && is(t, a):
				state = 1
			case state == 1 && is(t, verb):
				state = 2
			case state == 2 && l.words[i].Norm == "by":
				state = 0
			case state == 2 && is(t, b):
				return true
			}
		}
	}
	return false
}
