package ground

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/word"
)

// denial are the words that turn what a sentence says into its opposite.
var denial = map[string]bool{"not": true, "no": true, "never": true, "nobody": true, "none": true, "nothing": true, "neither": true, "nor": true, "cannot": true,
	"without": true, "dont": true, "doesnt": true, "didnt": true, "isnt": true, "wasnt": true, "arent": true, "werent": true, "wont": true, "wouldnt": true,
	"cant": true, "couldnt": true, "hasnt": true, "havent": true, "hadnt": true, "shouldnt": true, "aint": true}

// A comparison is what stands between a claim and the one line of the article
// that is most about it.
type comparison struct {
	line    int
	cover   float64  // the share of the claim that the line has, without what differs
	against []string // where the line says something else
	facts   int      // how many of them are about numbers, dates and denials
	short   []string // where the line says less
	weight  float64  // of the words that differ
	words   int      // how many words of weight the line has

	mine, theirs []corpus.Date // of the claim and of the line
}

// compare holds the claim against the line that is most about it: who speaks,
// who does it to whom, whether it is denied or hedged, and what stands in the
// place of each number, name and date.
func (c *Claim) compare(t *Story, m *matching) comparison {
	speaker := c.speaker()
	r := comparison{line: m.best}
	// Who is said to have said it stands next to many things he said.
	core := slices.Clone(m.cover)
	if speaker != nil {
		for li := range core {
			core[li] -= c.terms[speaker.verb].weight / c.weight * m.same[li][speaker.verb]
			for i := speaker.from; i < speaker.to; i++ {
				core[li] -= c.terms[i].weight / c.weight * m.same[li][i]
			}
		}
		for li := range core {
			if core[li] > core[r.line]+0.02 {
				r.line = li
			}
		}
	}
	l := &t.lines[r.line]
	at := c.align(l)
	r.mine = corpus.Dates(c.text, corpus.Span{End: len(c.text)}, t.published)
	r.theirs = corpus.Dates(l.text, corpus.Span{End: len(l.text)}, t.published)
	c.compareDenial(&r, l, at)
	c.compareNumbers(&r, l, at)
	c.compareDates(&r, l)
	r.facts = len(r.against)
	c.compareSpeakers(&r, t, speaker)
	c.compareNames(&r, l, at)
	c.compareDirection(&r, l, at)
	c.compareHedges(&r, l, at)
	for i, p := range at {
		if p >= 0 && c.terms[i].weight > 0 {
			r.words++
		}
	}
	r.cover = m.cover[r.line]
	if rest := c.weight - r.weight; rest > 0 {
		r.cover = min(1, r.cover*c.weight/rest)
	}
	return r
}

func (r *comparison) differs(weight float64, format string, args ...any) {
	if s := fmt.Sprintf(format, args...); !slices.Contains(r.against, s) {
		r.against = append(r.against, s)
		r.weight += weight
	}
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

// back is the word of the claim that stands at each place of the line, -1 for
// none.
func back(at []int, l *line) []int {
	to := make([]int, len(l.terms))
	for p := range to {
		to[p] = -1
	}
	for i, p := range at {
		if p >= 0 {
			to[p] = i
		}
	}
	return to
}

// A speech is who says something: words from to to are the name, verb says.
type speech struct{ from, to, verb int }

// speaker is who the claim lets say it: the first name with a verb of saying.
func (c *Claim) speaker() *speech {
	ss := speeches(c.text, c.words)
	if len(ss) == 0 {
		return nil
	}
	return &ss[0]
}

// speeches are the names that stand with a verb of saying, outside of
// quotations: "Ushakov said", "said Ushakov", "according to Ushakov".
func speeches(text string, words []word.Word) []speech {
	var ss []speech
	for i, w := range words {
		if _, _, ok := lexicon.Saying(w.Norm); (!ok || w.Capital()) && w.Norm != "according" && w.Norm != "continued" {
			continue
		}
		if quotedAt(text, w.Start) || i > 0 && passive[words[i-1].Norm] {
			continue
		}
		if w.Norm == "according" {
			if from, to := nameAfter(text, words, i+2, 4); from < to {
				ss = append(ss, speech{from, to, i})
			}
			continue
		}
		if from, to := nameBefore(text, words, i, 4); from < to {
			ss = append(ss, speech{from, to, i})
		} else if from, to := nameAfter(text, words, i+1, 3); from < to && (w.Norm == "said" || w.Norm == "says" || w.Norm == "added") &&
			!strings.ContainsAny(text[w.End:words[from].Start], ".,;:“\"") {
			ss = append(ss, speech{from, to, i})
		}
	}
	return ss
}

// passive are the words before a verb of saying that take its subject from it:
// "is expected", "met to discuss".
var passive = map[string]bool{"to": true, "is": true, "are": true, "was": true, "were": true, "be": true, "been": true, "being": true}

// quotedAt reports whether an offset lies within double quotation marks.
func quotedAt(text string, at int) bool {
	before := text[:at]
	if strings.Count(before, "“") > strings.Count(before, "”") {
		return true
	}
	return strings.Count(before, `"`)%2 == 1
}

// named reports whether a word looks like a part of a name.
func named(text string, words []word.Word, i int) bool {
	w := words[i]
	return w.Capital() && !w.Stop() && !titleWords[w.Norm] && (!opens(text, words, i) || !ordinary(w.Norm))
}

// nameBefore is the nearest name that ends at most far words before word i.
func nameBefore(text string, words []word.Word, i, far int) (from, to int) {
	for to = i; to > 0 && i-to <= far; to-- {
		if !named(text, words, to-1) {
			if strings.ContainsAny(text[words[to-1].End:words[i].Start], ".;?!”\"") {
				break
			}
			if p := words[to-1].Norm; to == i && (p == "he" || p == "she" || p == "they" || p == "who") {
				break
			}
			continue
		}
		if strings.HasPrefix(text[words[to-1].End:], "’s") || strings.HasPrefix(text[words[to-1].End:], "'s") {
			continue // "Russia's war"
		}
		from = to - 1
		for from > 0 && named(text, words, from-1) && text[words[from-1].End:words[from].Start] == " " {
			from--
		}
		return from, to
	}
	return i, i
}

func nameAfter(text string, words []word.Word, i, far int) (from, to int) {
	for from = i; from < len(words) && from-i <= far; from++ {
		if named(text, words, from) {
			for to = from + 1; to < len(words) && named(text, words, to) && text[words[to-1].End:words[to].Start] == " "; to++ {
			}
			return from, to
		}
	}
	return i, i
}

// compareSpeakers finds out whether the line lets the same person say it.
func (c *Claim) compareSpeakers(r *comparison, t *Story, mine *speech) {
	if mine == nil {
		return
	}
	is := func(l *line, s speech) bool {
		return slices.ContainsFunc(c.terms[mine.from:mine.to], func(x term) bool {
			return slices.ContainsFunc(l.terms[s.from:s.to], func(y term) bool { return alike(&x, &y) >= nation })
		})
	}
	// A quotation may run on without its speaker, who then stands in the
	// sentence before or behind.
	for _, li := range []int{r.line, r.line - 1, r.line + 1} {
		if li < 0 || li >= len(t.lines) {
			continue
		}
		l := &t.lines[li]
		ss := speeches(l.text, l.words)
		if len(ss) == 0 {
			if li == r.line && !strings.ContainsAny(l.text, "“”\"") && !slices.ContainsFunc(l.words, func(w word.Word) bool { _, _, ok := lexicon.Saying(w.Norm); return ok }) {
				break // nobody speaks
			}
			continue
		}
		if slices.ContainsFunc(ss, func(s speech) bool { return is(l, s) }) {
			return
		}
		s := ss[0]
		r.differs(c.weightOf(mine.from, mine.to), "%s says so, not %s", l.text[l.words[s.from].Start:l.words[s.to-1].End], c.part(mine.from, mine.to))
		return
	}
	l := &t.lines[r.line]
	for i := mine.from; i < mine.to; i++ {
		if len(l.places(&c.terms[i])) > 0 || r.line > 0 && len(t.lines[r.line-1].places(&c.terms[i])) > 0 {
			return
		}
	}
	r.short = append(r.short, fmt.Sprintf("it does not stand there that %s says so", c.part(mine.from, mine.to)))
}

// part is the text of some words of the claim.
func (c *Claim) part(from, to int) string {
	return brief(c.text[c.words[from].Start:c.words[to-1].End])
}

func (c *Claim) weightOf(from, to int) float64 {
	sum := 0.0
	for _, t := range c.terms[from:to] {
		sum += t.weight
	}
	return sum
}

// denies reports whether a word denies what follows, be it as a verb.
func denies(norm string) bool {
	_, class, ok := lexicon.Saying(norm)
	return denial[norm] || ok && class == lexicon.Deny
}

// bears returns the words of weight that a word at i bears on: the next few of
// its clause.
func bears(text string, words []word.Word, ts []term, i, most int) []int {
	var on []int
	for j := i + 1; j < len(ts) && len(on) < most && j-i <= 6; j++ {
		if strings.ContainsAny(text[words[j-1].End:words[j].Start], ",.;:?!“”\"") && j > i+1 {
			break
		}
		if ts[j].weight > 0 && !denies(words[j].Norm) {
			on = append(on, j)
		}
	}
	return on
}

// denied reports whether a denial bears on word j.
func denied(text string, words []word.Word, ts []term, j int) bool {
	for i := max(0, j-6); i < j; i++ {
		if denies(words[i].Norm) && slices.Contains(bears(text, words, ts, i, 5), j) {
			return true
		}
	}
	return false
}

// compareDenial finds out whether one denies what the other states, or whether
// they deny different things.
func (c *Claim) compareDenial(r *comparison, l *line, at []int) {
	to := back(at, l)
	theirs, mine := -1, -1 // denials that the other has not
	for p, w := range l.words {
		if theirs < 0 && denies(w.Norm) && slices.ContainsFunc(bears(l.text, l.words, l.terms, p, 2), func(q int) bool {
			return to[q] >= 0 && !denied(c.text, c.words, c.terms, to[q])
		}) {
			theirs = p
		}
	}
	for i, w := range c.words {
		if mine < 0 && denies(w.Norm) && slices.ContainsFunc(bears(c.text, c.words, c.terms, i, 2), func(j int) bool {
			return at[j] >= 0 && !denied(l.text, l.words, l.terms, at[j])
		}) {
			mine = i
		}
	}
	has := func(words []word.Word) bool {
		return slices.ContainsFunc(words, func(w word.Word) bool { return denies(w.Norm) })
	}
	switch {
	case theirs >= 0 && mine >= 0:
		r.differs(0, "the article denies something else (“%s”)", brief(l.words[theirs].Text))
	case theirs >= 0 && !has(c.words):
		r.differs(0, "the article denies it (“%s”)", brief(l.words[theirs].Text))
	case mine >= 0 && !has(l.words):
		r.differs(c.terms[mine].weight, "the article does not deny it (“%s”)", brief(c.words[mine].Text))
	}
	for i := range c.terms {
		if c.terms[i].weight == 0 || at[i] >= 0 {
			continue
		}
		for p := range l.terms {
			if to[p] < 0 && lexicon.Antonyms(c.words[i].Stem(), l.words[p].Stem()) {
				r.differs(c.terms[i].weight, "the article says “%s”, not “%s”", brief(l.words[p].Text), brief(c.words[i].Text))
			}
		}
	}
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

// compareNumbers finds the number of the line that stands where the claim has
// another.
func (c *Claim) compareNumbers(r *comparison, l *line, at []int) {
	theirs := quantities(l.text, l.words)
	for _, q := range quantities(c.text, c.words) {
		if q.to == q.from+1 && c.words[q.from].Norm == "one" || inDate(r.mine, c.words[q.from]) {
			continue
		}
		before, after := near(c.terms, q.from, -1, 3), near(c.terms, q.to-1, 1, 3)
		fit := func(o quantity) int {
			n := 0
			if x := near(l.terms, o.from, -1, 3); before >= 0 && x >= 0 && alike(&c.terms[before], &l.terms[x]) >= found {
				n++
			}
			if x := near(l.terms, o.to-1, 1, 3); after >= 0 && x >= 0 && alike(&c.terms[after], &l.terms[x]) >= found {
				n++
			}
			if q.unit != o.unit {
				return 0
			}
			if q.from > 0 && o.from > 0 && turning[c.words[q.from-1].Norm] && c.words[q.from-1].Norm == l.words[o.from-1].Norm {
				n += 2
			}
			if q.unit != "" {
				n++
			}
			return n
		}
		same, other := -1, 0
		var which quantity
		for _, o := range theirs {
			if inDate(r.theirs, l.words[o.from]) {
				continue
			}
			n := fit(o)
			if o.value == q.value || slices.Contains(o.loose, q.value) {
				same = max(same, n)
			} else if n > other {
				other, which = n, o
			}
		}
		if other > 0 && other > same {
			r.differs(c.weightOf(q.from, q.to), "the article says %s, not %s", brief(l.text[l.words[which.from].Start:l.words[which.to-1].End]), c.part(q.from, q.to))
		}
	}
}

// turning are the words that tell two numbers for one thing apart: "from 28 to
// 19".
var turning = map[string]bool{"from": true, "to": true, "than": true, "by": true}

// inDate reports whether a word is part of one of the dates.
func inDate(dates []corpus.Date, w word.Word) bool {
	return slices.ContainsFunc(dates, func(d corpus.Date) bool { return d.Contains(w.Span) })
}

// compareNames finds the name of the line that stands where the claim has
// another: before or after a word that both have.
func (c *Claim) compareNames(r *comparison, l *line, at []int) {
	to := back(at, l)
	for i := 0; i < len(c.words); i++ {
		if !named(c.text, c.words, i) {
			continue
		}
		end := i + 1
		for end < len(c.words) && named(c.text, c.words, end) && c.text[c.words[end-1].End:c.words[end].Start] == " " {
			end++
		}
		first := i
		i = end - 1
		if !slices.ContainsFunc(at[first:end], func(p int) bool { return p >= 0 }) && !inDate(r.mine, c.words[first]) {
			if from, till := c.inPlace(r, l, at, to, first, end); from < till {
				r.differs(c.weightOf(first, end), "the article says %s, not %s", brief(l.text[l.words[from].Start:l.words[till-1].End]), c.part(first, end))
			}
		}
	}
}

// inPlace is the name in the line that stands where the claim has the one of
// words first to end.
func (c *Claim) inPlace(r *comparison, l *line, at, to []int, first, end int) (from, till int) {
	strange := func(from, till int) bool {
		return from < till && !slices.ContainsFunc(to[from:till], func(i int) bool { return i >= 0 }) && !inDate(r.theirs, l.words[from])
	}
	if n := near(c.terms, end-1, 1, 3); n >= 0 && at[n] > 0 && !c.words[n].Capital() {
		if from, till = nameBefore(l.text, l.words, at[n], 2); strange(from, till) {
			return from, till
		}
	}
	if n := near(c.terms, first, -1, 3); n >= 0 && at[n] >= 0 && !c.words[n].Capital() {
		if from, till = nameAfter(l.text, l.words, at[n]+1, 2); strange(from, till) {
			return from, till
		}
	}
	return 0, 0
}

// compareDates finds the day of the line where the claim has another.
func (c *Claim) compareDates(r *comparison, l *line) {
	for _, d := range r.mine {
		var other *corpus.Date
		for k, o := range r.theirs {
			if !o.From.Before(d.From) && !o.To.After(d.To) || !d.From.Before(o.From) && !d.To.After(o.To) {
				other = nil
				break
			}
			if strings.EqualFold(o.Of(l.text), d.Of(c.text)) {
				other = nil
				break
			}
			// A day is no other answer than a year; months differ in length.
			if far := o.To.Sub(o.From) - d.To.Sub(d.From); other == nil && far.Abs() <= 3*24*time.Hour && (far == 0 || d.To.After(d.From)) {
				other = &r.theirs[k]
			}
		}
		if other != nil {
			weight := 0.0
			for i, w := range c.words {
				if d.Contains(w.Span) {
					weight += c.terms[i].weight
				}
			}
			r.differs(weight, "the article says %s, not %s", other.Of(l.text), brief(d.Of(c.text)))
		}
	}
}

// compareDirection finds out whether the line lets the same ones do the same to
// each other, but the other way round.
func (c *Claim) compareDirection(r *comparison, l *line, at []int) {
	var names []int // the last words of names
	for i := range c.words {
		if named(c.text, c.words, i) && (i+1 == len(c.words) || !named(c.text, c.words, i+1)) && at[i] >= 0 {
			names = append(names, i)
		}
	}
	by := func(words []word.Word, i int) bool {
		return slices.ContainsFunc(words[max(0, i-4):i], func(w word.Word) bool { return w.Norm == "by" })
	}
	for k := 0; k+1 < len(names); k++ {
		a, b := names[k], names[k+1]
		if alike(&c.terms[a], &c.terms[b]) > 0 {
			continue
		}
		for v := a + 1; v < b; v++ {
			p := at[v]
			if c.terms[v].weight == 0 || p < 0 || c.words[v].Capital() {
				continue
			}
			// The line may name either more than once.
			if once(l, &c.terms[a]) && once(l, &c.terms[b]) && at[b] < p && p < at[a] && p-at[b] <= 6 && at[a]-p <= 6 && by(c.words, b) == by(l.words, at[a]) {
				r.differs(0, "the article has %s before “%s” and %s behind it", brief(c.words[b].Text), brief(l.words[p].Text), brief(c.words[a].Text))
				return
			}
		}
	}
}

func once(l *line, x *term) bool { return len(l.places(x)) == 1 }

// compareHedges finds what the line says of the very thing to weaken it, and the
// conditions it makes, and the claim leaves out.
func (c *Claim) compareHedges(r *comparison, l *line, at []int) {
	if slices.ContainsFunc(c.terms, func(t term) bool { return t.hedge }) {
		return
	}
	to := back(at, l)
	for p, x := range l.terms {
		if w := l.words[p].Norm; w == "if" || w == "unless" {
			q := near(l.terms, p, -1, 1)
			if q >= 0 && to[q] >= 0 && !slices.ContainsFunc(c.words, func(x word.Word) bool { return x.Norm == "if" || x.Norm == "unless" || x.Norm == "whether" }) {
				r.short = append(r.short, fmt.Sprintf("the article makes a condition (“%s”), which is left out", w))
				return
			}
		}
		if !x.hedge || to[p] >= 0 {
			continue
		}
		on := bears(l.text, l.words, l.terms, p, 2)
		if q := near(l.terms, p, -1, 2); q >= 0 && strings.HasSuffix(l.words[p].Norm, "ly") {
			on = append(on, q)
		}
		if slices.ContainsFunc(on, func(q int) bool { return to[q] >= 0 }) {
			r.short = append(r.short, fmt.Sprintf("the article says “%s”, which is left out", brief(l.words[p].Text)))
			return
		}
	}
}
