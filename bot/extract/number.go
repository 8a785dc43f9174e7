package extract

import (
	"slices"
	"strings"

	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/quantity"
	"dateline/corpus/word"
)

func (q *question) numberCandidates(s *sentence, add func(phrase, float64, float64)) {
	if containsAny(q.focus, "score", "result", "vote", "margin", "talli") {
		// "12 to 11", "45 points to 24", "3-1"
		for i := range s.tokens {
			if j := i + 1; s.tokens[i].digit() {
				for j < len(s.tokens) && s.tag(j).Noun() {
					j++
				}
				if s.norm(j) == "to" && j+1 < len(s.tokens) && s.tokens[j+1].digit() {
					add(phrase{i, j + 2}, 1, 0.5)
				} else if strings.ContainsAny(s.lit(i), "-–") {
					add(phrase{i, i + 1}, 0.9, 0.3)
				}
			}
		}
	}
	for i := 0; i < len(s.tokens); i++ {
		t := s.tokens[i]
		n := s.numberAt(i)
		// "the 28-point draft"
		hyphen := strings.IndexByte(t.Text, '-')
		compound := hyphen > 0 && t.Text[0] >= '0' && t.Text[0] <= '9' && (n == nil || n.to == i+1)
		if n == nil && t.Tag != pos.CD && !compound && !half(t.norm) {
			continue
		}
		from, to := i, i+1
		if n != nil && n.to > i {
			if from, to = n.from, n.to; n.Unit == "%" {
				to = n.end
			}
		}
		p := phrase{from, to}
		d := s.dateAt(p)
		if d != nil && q.unit == "" && !(q.wants == lexicon.KindDate) {
			// A date is no count, unless it is not one: "in 2,000 homes".
			if !compound {
				i = to - 1
				continue
			}
		}
		fit := 0.5
		unit := ""
		var units []string
		if compound {
			for _, w := range word.Split(t.Text[hyphen:]) {
				units = append(units, w.Stem())
			}
		}
		for j := to; j < min(len(s.tokens), to+5); j++ {
			if s.tag(j).Noun() || s.tag(j).Adjective() {
				units = append(units, s.tokens[j].stems...)
				if unit == "" {
					unit = s.norm(j)
				}
				continue
			}
			if s.norm(j) == "of" || s.tag(j) == pos.DT || s.norm(j) == "more" || s.tag(j) == pos.POS || s.tag(j) == pos.CD && s.norm(to) == "of" {
				continue
			}
			break
		}
		match := false
		for _, f := range q.focus {
			for _, u := range units {
				if u == f || lexicon.Synonyms(u, f) {
					match = true
				}
			}
		}
		money, percent := false, false
		if n != nil {
			money, percent = n.Money(), n.Unit == "%"
		}
		if q.unit == "old" {
			if s.isAge(p) || compound && strings.HasSuffix(t.norm, "old") {
				add(p, 1, 0)
			} else {
				add(p, 0.3, 0)
			}
			i = to - 1
			continue
		}
		switch {
		case n != nil && n.Ordinal && (q.unit == "often" || containsAny(q.focus, "time")) && q.counts(units):
			fit = 0.9 // "his sixth meeting": they met six times
		case q.kind == count && match:
			fit = 1
		case q.kind == count && len(q.focus) > 0:
			fit = 0.35
			if money || percent {
				fit = 0.15
			}
		case q.part && (percent || half(t.norm) || n != nil && n.Part):
			fit = 1
		case q.part && money:
			fit = 0.76
		case q.wants == lexicon.KindMoney && len(q.focus) == 0:
			fit = 0.4
			if money {
				fit = 1
			} else if percent && !priced[q.verbStem] {
				fit = 0.85 // "how much did absences fall?"
			}
		case match:
			fit = 1
		case money && (q.wants == lexicon.KindMoney || containsAny(q.focus, "fine", "reward", "price", "cost", "bill", "fee", "budget", "salari", "wage", "fare", "worth", "valu")):
			fit = 1
		case percent && q.wants == lexicon.KindNumber && q.unit == "":
			fit = 0.85
		case percent && containsAny(q.focus, "percentag", "percent", "rate", "share", "proport"):
			fit = 1
		case q.unit != "":
			fit = 0.35
			age := s.isAge(p) || compound && strings.HasSuffix(t.norm, "old")
			if q.unit == "long" && q.ofSomebody() && lengthUnit(unit) {
				fit = 0.2 // nobody is four metres long
			} else if !age && (unitFits(q.unit, unit) || compound && unitFits(q.unit, s.norm(i)[min(len(s.norm(i)), hyphen+1):])) {
				fit = 1
				if to < len(s.tokens) && s.tag(to).Noun() {
					p.to = to + 1
				}
			}
		}
		if q.repeats(s, p) {
			fit *= 0.2
		}
		if money {
			p.to = max(p.to, n.end) // "600 crowns"
		}
		role := 0.0
		if q.stage != 0 {
			// "at first", "now": of which version is this the number?
			x := candidate{s: s, p: p}
			switch x.stage() {
			case q.stage:
				role = 0.8
			case 0:
			default:
				fit *= 0.5
			}
		}
		add(p, fit, role)
		i = to - 1
	}
}

// shared reports whether a sentence gives a number for each of what a question
// asks it for: "per pupil", "each pupil". Other questions ask for no such thing.
func (q *question) shared(s *sentence) bool {
	at := slices.IndexFunc(q.tokens, func(t token) bool { return t.norm == "per" })
	if at < 0 {
		return true
	}
	each := q.norm(at + 1)
	for i, t := range s.tokens {
		switch t.norm {
		case "per", "each", "every", "a", "an":
			if word.Stem(s.norm(i+1)) == word.Stem(each) {
				return true
			}
		}
	}
	return false
}

// priced are stems of the verbs of questions for a sum; none costs 17 percent.
var priced = map[string]bool{"": true, "cost": true, "pai": true, "spend": true, "spent": true, "charg": true, "sell": true, "earn": true}

// ofSomebody reports whether the first noun of the question stands for a person.
func (q *question) ofSomebody() bool {
	for i := range q.tokens {
		if t := &q.tokens[i]; t.Tag.Noun() {
			for q.tag(i + 1).Noun() {
				i++
			}
			return lexicon.Role(q.norm(i)) || lexicon.FirstName(q.norm(i))
		}
	}
	return false
}

// isAge reports whether a number is somebody's age: "aged 78", "Mendez, 78,",
// "at the age of 78", "78 years old".
func (s *sentence) isAge(p phrase) bool {
	before := s.norm(p.from - 1)
	return before == "aged" || before == "age" || before == "of" && s.norm(p.from-2) == "age" ||
		s.lit(p.from-1) == "," && (s.lit(p.to) == "," || s.lit(p.to) == ".") && p.from > 1 && s.tokens[p.from-2].capital() ||
		strings.HasPrefix(s.norm(p.to), "year") && s.norm(p.to+1) == "old"
}

// counts reports whether one of some nouns is what the question's verb does:
// a meeting for "met".
func (q *question) counts(nouns []string) bool {
	for _, n := range nouns {
		if n == q.verbStem || lexicon.Synonyms(n, q.verbStem) {
			return true
		}
	}
	return false
}

func half(n string) bool { return n == "half" || n == "once" }

// A number is a quantity with its tokens: from and to of the number, and the end
// of its unit. "More than" is left out, as people do who answer how many.
type number struct {
	quantity.Quantity
	from, to, end int
}

// numberAt is the number that token i belongs to, but for its unit; nil if there
// is none.
func (s *sentence) numberAt(i int) *number {
	if !s.counted {
		s.counted = true
		words := word.Split(s.text())
		for _, q := range quantity.Find(s.text(), words) {
			n := number{Quantity: q}
			start, end := q.Start, q.End
			if q.Lead < q.From && q.Bound == quantity.Exact {
				start = words[q.Lead].Start // "between 40 and 60"
			}
			if q.UnitAt > q.From && q.UnitAt < q.To {
				end = words[q.UnitAt-1].End
			}
			for n.from < len(s.tokens) && s.tokens[n.from].End <= start {
				n.from++
			}
			for n.to = n.from; n.to < len(s.tokens) && s.tokens[n.to].Start < end; n.to++ {
			}
			for n.end = n.to; n.end < len(s.tokens) && s.tokens[n.end].Start < q.End; n.end++ {
			}
			s.numbers = append(s.numbers, n)
		}
	}
	for k := range s.numbers {
		if n := &s.numbers[k]; n.from <= i && i < n.to {
			return n
		}
	}
	return nil
}

func unitFits(how, unit string) bool {
	switch how {
	case "long":
		return strings.HasPrefix(unit, "year") || strings.HasPrefix(unit, "month") || strings.HasPrefix(unit, "week") || strings.HasPrefix(unit, "day") || strings.HasPrefix(unit, "hour") || strings.HasPrefix(unit, "minute") || strings.HasPrefix(unit, "second") || strings.HasPrefix(unit, "decade") || strings.HasPrefix(unit, "centur") || lengthUnit(unit)
	case "old":
		return strings.HasPrefix(unit, "year") || strings.HasPrefix(unit, "month")
	case "far", "deep", "tall", "high", "wide", "large", "big":
		return lengthUnit(unit) || strings.Contains(unit, "acre") || strings.Contains(unit, "square")
	case "fast":
		return strings.HasPrefix(unit, "mile") || strings.HasPrefix(unit, "km") || unit == "mph" || unit == "kph" || unit == "knots"
	case "heavy":
		return strings.HasPrefix(unit, "ton") || strings.HasPrefix(unit, "pound") || strings.HasPrefix(unit, "kilo") || unit == "kg"
	case "hot", "cold":
		return strings.HasPrefix(unit, "degree") || unit == "c" || unit == "f"
	case "often":
		return strings.HasPrefix(unit, "time")
	}
	return false
}

func lengthUnit(unit string) bool {
	for _, p := range [...]string{"mile", "metre", "meter", "kilomet", "feet", "foot", "inch", "km", "cm", "yard"} {
		if strings.HasPrefix(unit, p) {
			return true
		}
	}
	return unit == "m" || unit == "ft"
}
