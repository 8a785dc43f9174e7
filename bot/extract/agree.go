package extract

import (
	"slices"
	"strings"

	"dateline/bot"
	"dateline/bot/ground"
	"dateline/corpus/pos"
	"dateline/corpus/quantity"
	"dateline/corpus/word"
)

// agree reports whether two candidates give the same answer.
func (r *reading) agree(a, b *candidate) bool {
	if r.q.kind == what && a.numeric() && b.numeric() && r.differs(a, b) {
		return false
	}
	if r.q.kind == said || r.q.kind == did || r.q.kind == why || r.q.kind == how || r.q.kind == describe || r.q.kind == what {
		return overlap(a.s, b.s) > 0.6
	}
	if r.q.kind == yesno {
		return r.verdict(a) == r.verdict(b) && overlap(a.s, b.s) > 0.4
	}
	if r.q.kind == when {
		da, db := a.s.dateAt(a.p), b.s.dateAt(b.p)
		if da != nil && db != nil {
			return !da.From.After(db.To) && !db.From.After(da.To)
		}
	}
	if x, y, ok := r.quantities(a, b); ok {
		return quantity.Compare(x, y) >= quantity.Partly || quantity.Compare(y, x) >= quantity.Partly
	}
	ka, kb := key(r.short(a)), key(r.short(b))
	if ka == kb {
		return true
	}
	wa, wb := strings.Fields(ka), strings.Fields(kb)
	if len(wa) == 0 || len(wb) == 0 || r.q.kind == count || r.q.kind == amount {
		return false
	}
	// "Ushakov", "Yuri Ushakov"
	return wa[len(wa)-1] == wb[len(wb)-1] && a.class == person
}

// overlap is the share of the rarer words of the shorter sentence that the
// other has too.
func overlap(a, b *sentence) float64 {
	have := make(map[string]bool)
	for _, t := range a.tokens {
		for _, st := range t.stems {
			have[st] = true
		}
	}
	total, both := 0.0, 0.0
	for _, t := range b.tokens {
		for _, st := range t.stems {
			if w := word.IDF(st); w > 1 {
				total += w
				if have[st] {
					both += w
				}
			}
		}
	}
	if total == 0 {
		return 0
	}
	return both / total
}

// differs reports whether two articles give different values for what was
// asked.
func (r *reading) differs(a, b *candidate) bool {
	switch r.q.kind {
	case count, amount, when, what:
		return r.doubt(b) == "" && ground.Differ(r.q.text, a.value(), b.value())
	}
	return false
}

// otherName reports whether two articles answer who or where with different names
// for what seems to be one fact.
func (r *reading) otherName(a, b *candidate) bool {
	return (r.q.kind == who || r.q.kind == where) && r.doubt(b) == "" && ground.OfOneFact(a.value(), b.value())
}

// numeric reports whether a candidate has a number.
func (x *candidate) numeric() bool {
	return slices.ContainsFunc(x.s.tokens[x.p.from:x.p.to], func(t token) bool { return t.Tag == pos.CD || t.digit() })
}

func (x *candidate) value() ground.Value {
	return ground.Value{Sentence: bot.Quote{Article: x.s.doc.article, Span: x.s.Span}, At: x.s.span(x.p)}
}

// quantities are those that two candidates answer how many or how much with.
func (r *reading) quantities(a, b *candidate) (x, y *quantity.Quantity, ok bool) {
	if r.q.kind != count && r.q.kind != amount || a.p.from == a.p.to || b.p.from == b.p.to {
		return nil, nil, false
	}
	n, m := a.s.numberAt(a.p.from), b.s.numberAt(b.p.from)
	if n == nil || m == nil {
		return nil, nil, false
	}
	return &n.Quantity, &m.Quantity, true
}

// first reports whether an article gives no better answer than a candidate: a
// paper that tells the length of the crack, too, does not contradict it with
// the depth of the water.
func (r *reading) first(x *candidate) bool {
	for i := range r.cands {
		if c := &r.cands[i]; c.s.doc == x.s.doc {
			return r.agree(c, x)
		}
	}
	return true
}

// stage tells whether a value is said to be of an early or a late version of
// something: -1 for "the initial 28-point draft", 1 for "the new plan".
func (x *candidate) stage() int {
	for i := max(0, x.p.from-3); i < min(len(x.s.tokens), x.p.to+3); i++ {
		switch x.s.norm(i) {
		case "initial", "initially", "original", "originally", "previous", "previously", "earlier", "former", "old":
			return -1
		case "new", "revised", "latest", "current", "updated", "now":
			return 1
		}
	}
	return 0
}
