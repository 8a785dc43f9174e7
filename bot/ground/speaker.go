package ground

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/word"
)

// A speaker is somebody who says something: words from to to of a line are the
// name. Of a pronoun there is no name.
type speaker struct {
	names []term
	text  string
}

var pronouns = word.Set(`he she they it`)

// Words that put a name beside a speaker, who is another: "the mayor of
// Quillhaven said", "in an interview with Zarubin, Ushakov said".
var beside = word.Set(`of in at from for with to by on near against about over under between than`)

// Verbs of saying that are nouns as well: "the talks in Geneva".
var ambiguous = word.Set(`talk talks claim claims call calls report reports demand demands comment comments answer answers reply replies warning warnings
	estimate estimates order orders plan plans promise promises vow vows pledge pledges appeal appeals request requests challenge challenges complaint
	forecast forecasts hope hopes praise blame doubt doubts question questions remark remarks statement notice notices note notes argue cite concern concerns
	address addresses broadcast protest protests project projects threat guess guesses brief blast offer offers`)

// own are those who say something in the line, as far as it names them; found
// is set if anybody does.
func (l *line) own() (all []speaker, found bool) {
	verb := func(int) bool { return true }
	if slices.ContainsFunc(l.terms, func(t term) bool { return t.speech && ambiguous[t.norm] }) {
		verbs := l.parse().clauses
		verb = func(i int) bool { return slices.ContainsFunc(verbs, func(c clause) bool { return c.verb == i }) }
	}
	for i := range l.terms {
		if !l.terms[i].speech || Quoted(l.text, l.words[i].Start) || ambiguous[l.terms[i].norm] && !verb(i) {
			continue
		}
		found = true
		all = append(all, l.subject(i)...)
	}
	return all, found
}

// subject is who the verb of saying at i belongs to: the nearest name before
// it that is not beside somebody, or the one that follows at once.
func (l *line) subject(i int) []speaker {
	if l.words[i].Norm == "according" {
		return l.nameFrom(i+1, 7)
	}
	const far = 14 // words
	var all []speaker
	for j := i - 1; j >= 0 && i-j <= far; j-- {
		if strings.ContainsAny(gap(l.text, l.words, j+1), ".;?!:") || Quoted(l.text, l.words[j].Start) || j < i-1 && l.terms[j].speech {
			break
		}
		if pronouns[l.words[j].Norm] && len(all) == 0 {
			return nil
		}
		if !l.terms[j].name {
			continue
		}
		from := j
		for l.goesOn(from) {
			from--
		}
		before := from - 1
		for before >= 0 && (l.words[before].Norm == "the" || l.words[before].Norm == "a") {
			before--
		}
		if !l.owns(j) && (before < 0 || !beside[l.words[before].Norm]) {
			all = append(all, l.speaker(from, j+1))
			if before < 0 || l.words[before].Norm != "and" {
				break
			}
		}
		j = from
	}
	if len(all) == 0 {
		all = l.nameFrom(i+1, 1)
	}
	return all
}

// goesOn reports whether word i is part of the same name as the one before.
func (l *line) goesOn(i int) bool {
	return 0 < i && i < len(l.terms) && l.terms[i-1].name && l.terms[i].name && l.text[l.words[i-1].End:l.words[i].Start] == " "
}

func (l *line) speaker(from, to int) speaker {
	return speaker{l.terms[from:to], l.part(from, to)}
}

// nameFrom is the name that begins at i or at most far words behind, in the
// same clause.
func (l *line) nameFrom(i, far int) []speaker {
	for from := i; from < len(l.terms) && from <= i+far; from++ {
		if strings.ContainsAny(l.text[l.words[from-1].End:l.words[from].Start], ".;:,“\"") {
			return nil
		}
		if !l.terms[from].name {
			continue
		}
		to := from + 1
		for l.goesOn(to) {
			to++
		}
		return []speaker{l.speaker(from, to)}
	}
	return nil
}

// Quoted reports whether an offset lies within double quotation marks.
func Quoted(text string, at int) bool {
	before := text[:at]
	return strings.Count(before, "“") > strings.Count(before, "”") || strings.Count(before, `"`)%2 == 1
}

// attribute finds the speakers of lines that stand one after the other. Who
// "she" is stands in a line before, and a quotation may run on into the next.
func attribute(lines []line) {
	const far = 4 // lines
	voices := make(map[*corpus.Article]func() []Voice)
	for i := range lines {
		a := lines[i].quote.Article
		if voices[a] == nil {
			// Most claims have nobody say anything.
			voices[a] = sync.OnceValue(func() []Voice { return Listen(a).All() })
		}
		lines[i].listen(voices[a])
	}
	unnamed := make([]bool, len(lines))
	for i := range lines {
		l := &lines[i]
		var speaks bool
		l.speakers, speaks = l.own()
		unnamed[i] = len(l.speakers) == 0 && (speaks || strings.ContainsAny(l.text, "“”\""))
	}
	for i := range lines {
		if !unnamed[i] {
			continue
		}
		l := &lines[i]
		for j := i; j > 0 && i-j < far && lines[j].follows(&lines[j-1]); j-- {
			before := &lines[j-1]
			if len(before.speakers) > 0 {
				l.speakers = append(l.speakers, before.speakers...)
				break
			}
			// Nobody says anything there; "she" may be whom it is about.
			for k := range before.terms {
				if before.terms[k].name {
					l.speakers = append(l.speakers, before.speaker(k, k+1))
				}
			}
		}
		if strings.Count(l.text, "“") > strings.Count(l.text, "”") && i+1 < len(lines) && lines[i+1].follows(l) {
			l.speakers = append(l.speakers, lines[i+1].speakers...)
		}
	}
}

// spoken are words of a line that stand between quotation marks.
type spoken struct {
	from, to int // words
	voice    *Voice
	article  *corpus.Article
}

// listen has the line find the words that its article quotes, when they are first
// asked for.
func (l *line) listen(voices func() []Voice) {
	from := line{quote: l.quote, text: l.text, words: l.words}
	l.spoken = sync.OnceValue(func() []spoken { return from.spokenBy(voices()) })
}

// spokenBy are the words of a line that voices of its article say, in their order.
func (l *line) spokenBy(voices []Voice) (all []spoken) {
	at := l.quote.Span
	for i := range voices {
		v := &voices[i]
		if v.Words.End <= at.Start || at.End <= v.Words.Start {
			continue
		}
		text := l.quote.Article.Text
		from, to := 0, len(l.text)
		if v.Words.Start > at.Start {
			from = len(flat(text[at.Start:v.Words.Start]))
		}
		if v.Words.End < at.End {
			to = len(flat(text[at.Start:v.Words.End]))
		}
		q := spoken{voice: v, article: l.quote.Article}
		q.from, _ = slices.BinarySearchFunc(l.words, from, func(w word.Word, at int) int { return w.Start - at })
		q.to, _ = slices.BinarySearchFunc(l.words, to, func(w word.Word, at int) int { return w.Start - at })
		if q.from < q.to {
			all = append(all, q)
		}
	}
	return all
}

// speakers are those at some places of the article, by name or not.
func (q spoken) speakers(at []corpus.Span) (all []speaker) {
	for _, s := range at {
		l := read(s.Of(q.article.Text))
		all = append(all, speaker{l.terms, l.text})
	}
	return all
}

// follows reports whether nothing but white space divides a line from another.
func (l *line) follows(before *line) bool {
	a, b := before.quote, l.quote
	return a.Article != nil && a.Article == b.Article && a.Span.End <= b.Span.Start && strings.TrimSpace(a.Article.Text[a.Span.End:b.Span.Start]) == ""
}

// is reports whether two names may be of one person: a surname for a full name.
func (s speaker) is(other speaker) bool { return s.shares(other) && !s.namesake(other) }

// shares reports whether two names have a word in common.
func (s speaker) shares(other speaker) bool {
	return slices.ContainsFunc(s.names, func(x term) bool {
		return slices.ContainsFunc(other.names, func(y term) bool { return alike(&x, &y) >= nation })
	})
}

// namesake reports whether two names have nothing but the surname in common:
// "Olga Sten" and "Karl Sten". One may still be short for the other.
func (s speaker) namesake(other speaker) bool {
	given := func(s speaker) speaker {
		return speaker{names: slices.DeleteFunc(slices.Clone(s.names[:len(s.names)-1]), func(t term) bool {
			return lexicon.Role(t.norm) || corpus.Honorific(t.norm) || titleWords[t.norm] || utf8.RuneCountInString(t.norm) == 1
		})}
	}
	a, b := len(s.names), len(other.names)
	if a < 2 || b < 2 || alike(&s.names[a-1], &other.names[b-1]) < found {
		return false
	}
	x, y := given(s), given(other)
	return len(x.names) > 0 && len(y.names) > 0 && !x.shares(y)
}

// compareSpeakers finds out whether the lines let the same person say it.
func (d *departures) compareSpeakers() {
	for _, s := range d.c.sentences() {
		q := d.c.quotation(s)
		if d.compareVoices(s, q) {
			continue
		}
		sentence := line{text: d.c.text, words: d.c.words[:s[1]], terms: d.c.terms[:s[1]]}
		var mine []speaker
		for i := s[0]; i < s[1] && len(mine) == 0; i++ {
			norm := sentence.terms[i].norm
			at := slices.IndexFunc(d.parse(&d.c.line).clauses, func(c clause) bool { return c.verb == i })
			if !sentence.terms[i].speech || Quoted(d.c.text, d.c.words[i].Start) || ambiguous[norm] && at < 0 ||
				deeds[norm] && at >= 0 && len(d.parse(&d.c.line).clauses[at].patient) > 0 {
				continue
			}
			if x, ok := d.unnamed(&d.c.line, i); ok {
				d.compareOffice(s, x)
				break
			}
			mine = sentence.subject(i)
		}
		if len(mine) > 0 {
			d.compareSpeaker(s, q, mine[0])
		}
	}
}

// office is who says something in a line, if only somebody without a name does.
func (d *departures) office(l *line) (party, bool) {
	for i, t := range l.terms {
		if t.speech && !Quoted(l.text, l.words[i].Start) {
			if x, ok := d.unnamed(l, i); ok {
				return x, true
			}
		}
	}
	return party{}, false
}

// unnamed is who says what the verb at i of a line tells, if that is somebody
// without a name: "the town’s engineer".
func (d *departures) unnamed(l *line, i int) (party, bool) {
	for _, c := range d.parse(l).clauses {
		if c.verb != i || len(c.agent) == 0 {
			continue
		}
		for _, x := range c.agent {
			if x.pronoun || l.terms[x.head].name {
				return party{}, false
			}
		}
		return c.agent[0], l.terms[c.agent[0].head].content
	}
	return party{}, false
}

// saying are the lines that say what the claim does in words s[0] to s[1]:
// those that share most of it, names and verbs of saying aside. Of a quotation q
// every word counts: it may be made of names.
func (d *departures) saying(s [2]int, q *spoken) []int {
	most := 0.0
	weights := make([]float64, len(d.lines))
	for li := range d.lines {
		for i := s[0]; i < s[1]; i++ {
			t := &d.c.terms[i]
			counts := t.content && !t.name && (!t.speech || !light[t.norm]) || q != nil && q.from <= i && i < q.to
			if counts && d.m.same[li][i] >= found {
				weights[li] += t.weight
			}
		}
		most = max(most, weights[li])
	}
	var lines []int
	for li, w := range weights {
		if most > 0 && w >= most-0.01 {
			lines = append(lines, li)
		}
	}
	return lines
}

// compareOffice finds out whether somebody without a name says what one
// sentence of the claim has them say.
func (d *departures) compareOffice(s [2]int, x party) {
	const far = 4 // lines
	lines := d.saying(s, nil)
	if len(lines) == 0 {
		return
	}
	who := d.c.part(x.from, x.head+1)
	other := ""
	for _, li := range lines {
		for j := li; ; j-- {
			l := &d.lines[j]
			says, open := false, false // open: whoever a line before names
			for _, c := range d.parse(l).clauses {
				if !l.terms[c.verb].speech || Quoted(l.text, l.words[c.verb].Start) {
					continue
				}
				says, open = true, open || len(c.agent) == 0
				for _, y := range c.agent {
					if d.speaksFor(x, l, y) {
						return
					}
					other = l.part(y.from, y.head+1)
				}
			}
			// "It poses no danger" goes on with what was said before, and so
			// does a quotation by itself.
			goesOn := !says && (j == li && pronouns[l.words[0].Norm] || other == "" && strings.ContainsAny(l.text, "“”\""))
			if !open && !goesOn {
				break
			}
			if j == 0 || li-j == far || !l.follows(&d.lines[j-1]) {
				return // it may be anybody
			}
		}
	}
	if other != "" {
		d.against(d.c.terms[x.head].weight, "%s has %s say so, not %s", d.where, other, who)
		return
	}
	d.short("it is not %s who says so in %s", who, looked(d.where))
}

// speaksFor reports whether a party of the claim may be the speaker of a line:
// a spokeswoman for it, the head of it.
func (d *departures) speaksFor(x party, l *line, y party) bool {
	if d.same(x, l, y) {
		return true
	}
	c := &d.c.line
	is := func(l *line, p party, t *term) bool {
		if !lexicon.Role(l.terms[p.head].norm) {
			return false
		}
		for i := p.from; i < p.to; i++ {
			if u := &l.terms[i]; i != p.head && u.content && alike(t, u) >= found {
				return true
			}
		}
		return false
	}
	return is(l, y, &c.terms[x.head]) || is(c, x, &l.terms[y.head])
}

// compareVoices finds out whether the lines have the quotation in one sentence
// of the claim from whom the claim has it; false if the claim does not tell.
func (d *departures) compareVoices(s [2]int, q *spoken) bool {
	if q == nil || len(q.voice.Speakers) == 0 {
		return false
	}
	mine := q.speakers(q.voice.Speakers)
	if q.voice.Named {
		for _, m := range mine {
			d.compareSpeaker(s, q, m)
		}
		return true
	}
	who := mine[0].names[len(mine[0].names)-1]
	other := ""
	for _, li := range d.saying(s, q) {
		for _, o := range d.heard(s, q, &d.lines[li]) {
			if len(o.voice.Speakers) == 0 {
				return true // nobody is sure
			}
			for _, t := range o.speakers(o.voice.Speakers) {
				if o.voice.Named && d.callsSo(&who, t.names) || !o.voice.Named && alike(&who, &t.names[len(t.names)-1]) >= found {
					return true
				}
				other = t.text
			}
		}
	}
	if other != "" {
		d.short("%s has %s say so, not %s", d.where, other, mine[0].text)
	}
	return true
}

// quotation is the longest in one sentence of the claim, nil for none.
func (c *Claim) quotation(s [2]int) *spoken {
	var longest *spoken
	quoted := c.spoken()
	for i := range quoted {
		q := &quoted[i]
		if s[0] <= q.from && q.from < s[1] && (longest == nil || q.to-q.from >= longest.to-longest.from) {
			longest = q
		}
	}
	return longest
}

// heard are the quotations of a line that have most of what one sentence of the
// claim says, or its quotation q; none if the line says it in words of its own.
func (d *departures) heard(s [2]int, q *spoken, l *line) (best []spoken) {
	quoted := l.spoken()
	if len(quoted) == 0 {
		return nil
	}
	from, to := s[0], s[1]
	if q != nil {
		from, to = q.from, q.to
	}
	weights := make([]float64, len(quoted)+1)
	seen := make([]bool, len(quoted)+1)
	for i := from; i < to; i++ {
		t := &d.c.terms[i]
		if t.weight == 0 || q == nil && (!t.content || t.name || t.speech && light[t.norm]) {
			continue
		}
		clear(seen)
		for _, p := range l.places(t) {
			at := len(quoted) // the innermost stand last
			for k := range quoted {
				if quoted[k].from <= p && p < quoted[k].to {
					at = k
				}
			}
			if !seen[at] {
				seen[at] = true
				weights[at] += t.weight
			}
		}
	}
	most := weights[len(quoted)] + 0.01 // outside of all
	if q != nil {
		most = 0.01
	}
	for k := range quoted {
		most = max(most, weights[k])
	}
	for k := range quoted {
		if weights[k] >= most {
			best = append(best, quoted[k])
		}
	}
	return best
}

// mouth says whether the quotations may be the words of somebody: who else says
// them if they cannot, and whether anything is known of it. strict is set if who
// may say them does not.
func (d *departures) mouth(qs []spoken, mine speaker, strict bool) (may, known bool, other *speaker) {
	for _, q := range qs {
		v := q.voice
		speakers := q.speakers(v.Speakers)
		for i, s := range speakers {
			if v.Named && mine.is(s) || !v.Named && d.callsSo(&s.names[len(s.names)-1], mine.names) {
				return true, true, nil
			}
			other = &speakers[i]
		}
		if v.Sure || slices.ContainsFunc(q.speakers(v.not), mine.is) {
			known = true
			continue
		}
		if !strict && slices.ContainsFunc(q.speakers(v.may), mine.is) {
			return true, true, nil
		}
		return false, false, nil
	}
	return false, known, other
}

// utterance reports whether quotation q is all that a sentence of the claim has
// somebody say. A phrase in reported speech is compared with the rest of it.
func (d *departures) utterance(s [2]int, q *spoken) bool {
	if q == nil || len(q.voice.Speakers) == 0 {
		return false
	}
	before := q.from - 1
	return before < s[0] || d.c.terms[before].speech || d.c.terms[before].name || strings.ContainsAny(gap(d.c.text, d.c.words, q.from), ":,")
}

// pronounFor reports whether a pronoun of a line means somebody for certain, as
// the whole article tells, of which the sentence before need not be cited.
func (d *departures) pronounFor(l *line, mine speaker) bool {
	a := l.quote.Article
	if a == nil || len(mine.names) == 0 {
		return false
	}
	var voices *Voices
	for _, w := range word.Split(l.quote.Span.Of(a.Text)) {
		if w.Norm != "he" && w.Norm != "she" {
			continue
		}
		if voices == nil {
			voices = Listen(a)
		}
		if s, ok := voices.Means(w.Norm, l.quote.Span.Start+w.Start); ok {
			named := read(s.Of(a.Text))
			if len(named.words) > 0 && mine.is(named.speaker(0, len(named.words))) {
				return true
			}
		}
	}
	return false
}

// compareSpeaker does so for one sentence of the claim, words s[0] to s[1], and
// the quotation in it, nil for none.
func (d *departures) compareSpeaker(s [2]int, q *spoken, mine speaker) {
	lines := d.saying(s, q)
	if len(lines) == 0 {
		return
	}
	names := 0.0
	for _, t := range mine.names {
		names += t.weight
	}
	var other *speaker
	for _, li := range lines {
		l := &d.lines[li]
		heard := d.heard(s, q, l)
		strict := d.utterance(s, q) && len(heard) > 0
		if may, known, who := d.mouth(heard, mine, strict); may {
			return
		} else if known {
			if who != nil {
				other = who
			}
			continue
		}
		if strict {
			continue // a title, a nickname, or words said to somebody
		}
		if named, _ := l.own(); len(named) == 0 {
			// "the town’s engineer" says it, who may be nobody of that name.
			if office, ok := d.office(l); ok {
				if d.callsSo(&l.terms[office.head], mine.names) {
					return
				}
				x := l.speaker(office.from, office.head+1)
				other = &x
				continue
			}
		}
		if slices.ContainsFunc(l.speakers, mine.is) || d.pronounFor(l, mine) {
			return
		}
		if len(l.speakers) > 0 {
			other = &l.speakers[0]
			continue
		}
		// A verb of saying whose subject is not found, or none at all: who is
		// named there may have said it.
		for i := range l.terms {
			if l.terms[i].name && mine.is(l.speaker(i, i+1)) {
				return
			}
		}
	}
	if other != nil && !mine.namesake(*other) {
		d.against(names, "%s has %s say so, not %s", d.where, other.text, mine.text)
		return
	}
	d.short("it is not %s who says so in %s", mine.text, looked(d.where))
}
