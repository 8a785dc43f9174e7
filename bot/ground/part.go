package ground

import (
	"slices"
	"strings"

	"dateline/corpus/lexicon"
	"dateline/corpus/quantity"
	"dateline/corpus/word"
)

// An extent is how much of what a noun stands for is meant, from few to all.
type extent uint8

const (
	plain extent = iota // "residents", "the residents"
	none
	few
	part // of one thing: "part of the mill"
	some
	many
	most
	nearlyAll
	allOf
)

var (
	// extents are the words for it before a noun, or before "of" and the noun.
	extents = map[string]extent{"few": few, "some": some, "several": some, "many": many, "much": many, "most": most, "all": allOf, "every": allOf, "each": allOf, "both": allOf, "whole": allOf, "entire": allOf}
	// extentsOf are such words before "of" alone.
	extentsOf = map[string]extent{"none": none, "neither": none, "part": part, "parts": part, "portion": part, "portions": part, "section": part, "sections": part, "rest": part, "remainder": part, "half": part,
		"minority": few, "handful": few, "fraction": few, "number": some, "couple": some, "lot": many, "lots": many, "majority": most, "bulk": most}
	almost = word.Set(`almost nearly virtually practically`)
	// belonging stand before "part of" where nothing is taken apart: "is part of".
	belonging = word.Set(`as become becomes became take takes took taken form forms formed`)
	// scarcely stand before "any of" and "one of", and make none of it.
	scarcely = word.Set(`not hardly scarcely barely`)
	definite = word.Set(`the this that these those its his her their our my your`)
)

// A share is how much of a noun is meant, and the words that say so.
type share struct {
	extent extent
	text   string
	// number is the quantity before the noun, of the one before "of": "12 of the
	// 20 residents" has both.
	number, of *quantity.Quantity
}

// shareOf reads what stands before the noun of a phrase.
func (l *line) shareOf(p party) share {
	var s share
	last := p.head // the first word of what was found to be said of the noun
	for i := p.head - 1; i >= p.from && s.extent == plain; i-- {
		last = i
		s.extent, s.text = l.extentAt(i)
	}
	s.number = l.numberIn(last, p.head+1)
	if q := l.numberAt(p.head + 1); q != nil && l.words[p.head+1].Norm == "and" {
		s.number = q // "an hour and a half"
	}
	// "most of the town’s residents"
	for last > 0 && l.owns(last-1) {
		for last--; last > 0 && tight(l.text, l.words, last) && (!l.words[last-1].Stop() || definite[l.words[last-1].Norm]) && extentsOf[l.words[last-1].Norm] == plain; last-- {
		}
	}
	before := last - 1
	switch {
	case s.extent != plain && s.extent != allOf || before < 0:
	case l.words[before].Norm == "of" && before > 0:
		if k := before - 1; k > 0 && scarcely[l.words[k-1].Norm] && (l.words[k].Norm == "any" || l.words[k].Norm == "one") {
			s.extent, s.text = none, l.part(k-1, before)
		} else if q := l.numberTo(before); q != nil {
			s.of, s.extent, s.text = q, plain, "" // "half of all schools"
		} else if s.extent, s.text = l.extentAt(before - 1); s.extent == plain {
			s.extent, s.text = extentsOf[l.words[before-1].Norm], l.part(before-1, before)
			if s.extent == part && l.belongs(before-1) || s.extent == none && l.described(p.head) {
				s.extent = plain
			}
		}
	case s.extent == plain && tight(l.text, l.words, last):
		if q := l.numberTo(last); q != nil && s.number == nil {
			s.number = q
		} else if s.number == nil {
			s.extent, s.text = l.extentAt(before)
		}
	}
	return s
}

// described reports whether a clause tells of the noun at word i: of "none of the
// people who live there" all live there.
func (l *line) described(i int) bool {
	return i+1 < len(l.words) && (relatives[l.words[i+1].Norm] || l.words[i+1].Norm == "that")
}

// extentAt is the extent that word i gives to the noun behind it.
func (l *line) extentAt(i int) (extent, string) {
	n := l.words[i].Norm
	e := extents[n]
	before, next := "", ""
	if i > 0 && tight(l.text, l.words, i) {
		before = l.words[i-1].Norm
	}
	if i+1 < len(l.words) {
		next = l.words[i+1].Norm
	}
	switch {
	case e == plain || l.numberIn(i, i+1) != nil || before == "as" || before == "how" || before == "at" || next == "than":
		return plain, ""
	case n == "some" && l.numberAt(i+1) != nil:
		return plain, "" // "some 40"
	case n == "most" && before == "the":
		return plain, "" // "the most dangerous"
	case n == "few" && before != "" && before != "very" && before != "only" && before != "relatively" && before != "too" && before != "so":
		return some, l.part(i, i+1) // "a few"
	case e == allOf && almost[before]:
		return nearlyAll, l.part(i-1, i+1)
	}
	return e, l.part(i, i+1)
}

// belongs reports whether "part of" at word i tells what something belongs to.
func (l *line) belongs(i int) bool {
	for i > 0 && tight(l.text, l.words, i) && (l.words[i-1].Norm == "a" || l.words[i-1].Norm == "an" || !l.words[i-1].Stop() && !past(l.words[i-1].Norm) && !belonging[l.words[i-1].Norm]) {
		i--
	}
	return i > 0 && (beForms[l.words[i-1].Norm] || belonging[l.words[i-1].Norm] || strings.Contains(l.text[l.words[i-1].End:l.words[i].Start], ","))
}

func (l *line) numberIn(from, to int) *quantity.Quantity {
	for k := range l.numbers {
		if q := &l.numbers[k]; from <= q.From && q.From < to {
			return q
		}
	}
	return nil
}

func (l *line) numberAt(i int) *quantity.Quantity { return l.numberIn(i, i+1) }

// numberTo is the quantity that ends right before word i.
func (l *line) numberTo(i int) *quantity.Quantity {
	for k := range l.numbers {
		if q := &l.numbers[k]; q.To == i {
			return q
		}
	}
	return nil
}

// carries reports whether what is so of one share is so of another, of what the
// claim has as p.
func (given share) carries(said share, p party, l *line) bool {
	bare := p.plural && !slices.ContainsFunc(l.words[p.from:p.head], func(w word.Word) bool { return definite[w.Norm] })
	one := slices.ContainsFunc(l.words[p.from:p.head], func(w word.Word) bool { return w.Norm == "a" || w.Norm == "an" })
	number := said.number
	if number != nil && plainOne(number, l.words) {
		number = nil
	}
	switch {
	case said.extent == none || given.extent == none:
		return said.extent == given.extent
	case said.of != nil || number != nil && given.of == nil:
		return true // compared as numbers
	case number != nil:
		// "20 residents" for "12 of the 20 residents"
		return quantity.Compare(given.of, number) >= quantity.Partly
	case given.of != nil:
		return one || said.number != nil && given.of.Unit == "" || said.extent != plain && said.extent < most
	case given.number != nil && !given.number.Ordinal && given.number.Name == "" && (given.number.Part || given.number.High < 1):
		return given.number.Part && one
	case one && given.number != nil && timeNouns[l.words[p.head].Norm]:
		return given.number.Low == 1
	}
	switch said.extent {
	case plain:
		switch given.extent {
		case plain, allOf:
			return true
		case some, many:
			return bare || one || given.text == "several"
		}
		return one && given.extent != few
	case few, part:
		return given.extent == said.extent || given.extent == plain
	case some:
		return true
	}
	return given.extent == plain || given.extent >= said.extent
}

// have reports whether the line has all words of a text.
func (l *line) have(text string) bool {
	words := word.Split(text)
	return len(words) > 0 && !slices.ContainsFunc(words, func(w word.Word) bool {
		return !slices.ContainsFunc(l.words, func(o word.Word) bool { return o.Norm == w.Norm })
	})
}

// compareParts finds what is so of a part of something in the best line, and of
// all of it in the claim: "most residents", "half the council", "nearly
// destroyed".
func (d *departures) compareParts() {
	c, l := &d.c.line, d.best
	theirs := d.parse(l).phrases
	for _, p := range d.parse(c).phrases {
		if t := &c.terms[p.head]; p.pronoun || t.number != "" {
			continue
		}
		said := c.shareOf(p)
		var given *share
		carried := false
		single := 0 // how many the line has of what are several in the claim
		for _, o := range theirs {
			if !o.pronoun && alike(&c.terms[p.head], &l.terms[o.head]) >= found {
				s := l.shareOf(o)
				given = &s
				if p.plural && !o.plural && said.extent >= most && s.extent == plain {
					single++
				}
				carried = carried || s.carries(said, p, c) || c.have(s.text) || said.extent == none && l.deniesFrom(o.head) || s.extent == none && c.deniesFrom(p.head)
			}
		}
		switch {
		case given == nil || carried && single != 1:
			continue
		case single == 1:
			d.short("%s says it of one “%s” alone", d.where, c.part(p.head, p.head+1))
			continue
		case given.extent == none:
			d.short("%s says “%s”, which is left out", d.where, brief(given.text))
			continue
		case said.extent == none:
			d.short("%s does not say “%s”", looked(d.where), brief(said.text))
			continue
		}
		text := given.text
		if q := given.of; q != nil {
			text = q.Of(l.text)
		} else if q := given.number; q != nil {
			text = q.Of(l.text)
		}
		d.short("%s says it of “%s” of “%s” alone", d.where, brief(text), c.part(p.head, p.head+1))
	}
	for i := range c.terms {
		if t := &c.terms[i]; !t.content || t.name || t.number != "" || c.weakened(i) != "" {
			continue
		}
		weak := ""
		places := l.places(&c.terms[i])
		if len(places) > 0 && !slices.ContainsFunc(places, func(p int) bool { weak = l.weakened(p); return weak == "" }) {
			d.short("%s says “%s”, which is left out", d.where, weak)
		}
	}
}

// deniesFrom reports whether the sentence of word i denies something from there
// on: "the barges did not sink".
func (l *line) deniesFrom(i int) bool {
	return slices.ContainsFunc(l.terms[i:], func(t term) bool { return t.sentence == l.terms[i].sentence && t.negative != "" })
}

// weakened is what says that word i is not quite so: "nearly destroyed",
// "destroyed in part".
func (l *line) weakened(i int) string {
	is := func(i int, norms ...string) bool {
		return i > 0 && i < len(l.words) && tight(l.text, l.words, i) && slices.Contains(norms, l.words[i].Norm)
	}
	before := func(n int, norms ...string) bool {
		return i-n >= 0 && slices.Contains(norms, l.words[i-n].Norm) && tight(l.text, l.words, i-n+1)
	}
	switch {
	case before(1, "nearly", "almost", "partly", "partially", "practically", "virtually") && !l.terms[i].hedges:
		return l.part(i-1, i)
	case before(1, "half") && past(l.words[i].Norm):
		return l.part(i-1, i)
	case before(1, "but") && before(2, "all"), before(1, "to") && before(2, "close"), before(1, "of") && before(2, "verge", "brink"):
		return l.part(i-2, i)
	case is(i+1, "partly", "partially"):
		return l.part(i+1, i+2)
	case is(i+1, "in") && is(i+2, "part"):
		return l.part(i+1, i+3)
	}
	return ""
}

// compareOffices finds an office in the claim that nobody has in the lines, or
// no longer: "stepped down as mayor", "ran for mayor", "the former mayor".
func (d *departures) compareOffices() {
	c := &d.c.line
	for i := range c.terms {
		if !lexicon.Role(c.words[i].Norm) {
			continue
		}
		if how, _ := c.tenure(i); how != inOffice {
			continue
		}
		first, text := inOffice, ""
		held := false
		for li := range d.lines {
			l := &d.lines[li]
			for _, p := range l.at[c.terms[i].key] {
				how, at := l.tenure(p)
				if how == inOffice || slices.ContainsFunc(c.terms, func(t term) bool { return t.key == l.terms[at].key }) {
					held = true
				} else if first == inOffice {
					first, text = how, l.part(min(at, p), max(at, p)+1)
				}
			}
		}
		switch {
		case held || first == inOffice:
		case first == leftOffice && !c.present(i):
		case first != qualified && !c.present(i) && c.holder(i) < 0 && !c.linked(i):
		default:
			d.short("%s says “%s”, not “%s”", d.where, text, c.part(i, i+1))
		}
	}
}

// A tenure is how somebody stands to an office.
type tenure uint8

const (
	inOffice   tenure = iota
	leftOffice        // "resigned as mayor"
	seeks             // "ran for mayor"
	qualified         // "former mayor", "deputy mayor"
)

var (
	qualifying = word.Set(`former ex then deputy vice assistant acting interim ousted retired aspiring incoming future onetime prospective`)
	// leaving stand before "as" and an office.
	leaving = word.Set(`resign resigns resigned resigning resignation step steps stepped stepping stand stood standing quit quits quitting oust ousted sack sacked fire fired remove removed dismiss dismissed
		retire retires retired retiring retirement replace replaced depart departed departure leave leaves leaving`)
	// seeking stand before "for" and an office.
	seeking = word.Set(`run runs ran running stand stands stood standing bid bids bidding campaign campaigns campaigned campaigning candidate candidates candidacy race contest compete competes competed
		competing vie vies vied vying apply applies applied applying application nominated nominee considered tipped contender shortlisted hopeful`)
)

// tenure tells how whoever has to do with the role at word i stands to it, and
// which word says so.
func (l *line) tenure(i int) (how tenure, at int) {
	if i+1 < len(l.words) && (l.words[i+1].Norm == "elect" || l.words[i+1].Norm == "designate") && tight(l.text, l.words, i+1) {
		return qualified, i + 1
	}
	j := i
	for j > 0 && i-j < 3 && (tight(l.text, l.words, j) || l.owns(j-1)) && (!l.words[j-1].Stop() || l.words[j-1].Norm == "then") && l.words[j-1].Norm != "of" {
		if j--; qualifying[l.words[j].Norm] {
			return qualified, j
		}
		if leaving[l.words[j].Norm] || seeking[l.words[j].Norm] {
			j++
			break
		}
	}
	for j > 0 && (definite[l.words[j-1].Norm] || l.words[j-1].Norm == "a" || l.words[j-1].Norm == "an") {
		j--
	}
	if j < 1 {
		return inOffice, i
	}
	list, how := leaving, leftOffice
	switch l.words[j-1].Norm {
	case "as":
	case "for":
		list, how = seeking, seeks
	default:
		return inOffice, i
	}
	const far = 3 // words: "stepped down", "ousted last week"
	for k := j - 2; k >= 0 && k >= j-2-far; k-- {
		if strings.ContainsAny(l.text[l.words[k].End:l.words[k+1].Start], ".,;:") {
			break
		}
		if list[l.words[k].Norm] {
			return how, k
		}
	}
	return inOffice, i
}

// present reports whether the role at word i is what somebody is now.
func (l *line) present(i int) bool {
	return slices.ContainsFunc(l.words[max(0, i-4):i], func(w word.Word) bool {
		switch w.Norm {
		case "is", "remains", "serves", "are", "remain":
			return true
		}
		return false
	}) || l.holder(i) >= 0
}

// linked reports whether the role at word i is what somebody was or became.
func (l *line) linked(i int) bool {
	return slices.ContainsFunc(l.words[max(0, i-4):i], func(w word.Word) bool {
		switch w.Norm {
		case "was", "were", "became", "become", "served", "been", "elected", "appointed", "named":
			return true
		}
		return false
	})
}

// compareOwners finds a claim about something that the lines tell of what
// belongs to it: "the mayor of Leeds" for "the mayor of Leeds’s twin town".
func (d *departures) compareOwners() {
	c := &d.c.line
	for i := range c.terms {
		if !c.terms[i].content || c.owns(i) {
			continue
		}
		a, ok := c.ofWhat(i)
		if !ok {
			continue
		}
		text := ""
		other := true
		for li := range d.lines {
			l := &d.lines[li]
			for _, p := range l.places(&c.terms[i]) {
				b, ok := l.ofWhat(p)
				if ok && l.owns(p) && p+1 < len(l.words) && alike(&c.terms[a], &l.terms[b]) >= found {
					text = l.part(b, min(p+3, len(l.words)))
				} else if ok || !l.owns(p) {
					other = false
				}
			}
		}
		if text != "" && other {
			d.short("%s has “%s”, not “%s”", d.where, text, c.part(a, i+1))
		}
	}
}

// ofWhat is the word before the "of" that word i stands behind.
func (l *line) ofWhat(i int) (int, bool) {
	const far = 3 // words
	for j := i - 1; j > 0 && i-j <= far; j-- {
		if l.words[j].Norm == "of" {
			return j - 1, true
		}
		if !definite[l.words[j].Norm] && !l.terms[j].name || l.owns(j) {
			break
		}
	}
	return 0, false
}
