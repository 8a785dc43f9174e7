// Package quantity reads quantities in news text: how many or how much, of
// which unit, of how many, exactly or at least, and tells whether one quantity
// bears another out.
package quantity

import (
	"cmp"
	"math"
	"strconv"

	"dateline/corpus"
)

// A Quantity is a number in a text with what belongs to its meaning.
type Quantity struct {
	corpus.Span // sign, currency and unit included
	// From and To are its words, To exclusive. They are equal where no word of
	// the text belongs to it: "½ mile".
	From, To int
	// UnitAt is the first word of the unit behind the number, To if there is none.
	UnitAt int
	// Lead is the first word of what bounds it, "more than", and Tail is the
	// word behind that, "or more"; From and To where there is none.
	Lead, Tail int
	// Low and High are its value, equal unless it is a range. A clock time is in
	// minutes of the day, a share in percent.
	Low, High float64
	// Name stands for what counts without a value: "dozens", "1990s".
	Name    string
	Ordinal bool
	// Unit is "%", "pp", "bp", a currency's sign, Clock, a measure's abbreviation;
	// empty for all else.
	Unit string
	// Part reports whether it is a part of what it counts: "half the residents",
	// "one in four".
	Part  bool
	Bound Bound
	// Per is what the quantity is given for each of: "1000", "year"; empty if
	// nothing.
	Per string
	// Rate has the number that it is given for each of as well: "3.2 per 1,000";
	// the quantity's own span where that is no number.
	Rate corpus.Span
	// Base reports whether it is such a number: 1,000 in "3.2 per 1,000".
	Base bool
	// Way is "to", "by" or "from" where something rises or falls like that.
	Way string
	// Counted reports whether what it counts stands right behind it.
	Counted bool
	// also are other readings: 20 metres for "20m".
	also []reading
	// base is the value of the number that it is given for each of, 0 for none.
	base float64
	// times is what the figure was multiplied by: 1e6 in "1.2 million".
	times float64
}

// A reading is a value in a unit.
type reading struct {
	low, high float64
	unit      string
	loose     bool // it may be meant, which is enough to give it and too little to say it
}

// Clock is the unit of times of the day, and clock12 that of those that leave
// open which half of the day is meant.
const (
	Clock   = "clock"
	clock12 = "clock12"
	halfDay = 12 * 60
)

// A Bound tells how the value of a quantity stands to its figure.
type Bound uint8

const (
	Exact Bound = iota
	About
	Nearly
	AtLeast
	MoreThan
	AtMost
	LessThan
)

// Money reports whether the unit is a currency.
func (q *Quantity) Money() bool { return currencies[q.Unit] }

// Up reports whether the value is or may be above the figure.
func (b Bound) Up() bool { return b == AtLeast || b == MoreThan }

// Key is the same for quantities of one value, whatever their unit and bound.
func (q *Quantity) Key() string {
	switch {
	case q.Name != "":
		return q.Name
	case q.Ordinal:
		return decimal(q.Low) + "th"
	case q.Unit == Clock || q.Unit == clock12:
		return "clock " + decimal(math.Mod(q.Low, halfDay))
	case q.Low != q.High:
		return decimal(q.Low) + "–" + decimal(q.High)
	}
	return decimal(q.Low)
}

// decimal writes a number so that equal ones are written alike, whatever
// rounding multiplication brought in.
func decimal(f float64) string { return strconv.FormatFloat(f, 'g', 12, 64) }

// A Relation is how what a text gives bears on what is said. The later ones bear
// it out better.
type Relation uint8

const (
	// Unrelated ones are of different kinds or units, or leave each other open.
	Unrelated Relation = iota
	// Other is another value of the same kind: both cannot be true of one thing.
	Other
	// Partly has the same figure, but another bound, rate or direction.
	Partly
	// Same is borne out.
	Same
)

// Compare tells how a quantity that a text gives bears on one that is said.
func Compare(given, said *Quantity) Relation {
	best := Unrelated
	for _, g := range given.readings() {
		for _, s := range said.readings() {
			if s.loose {
				continue
			}
			if given.base > 0 && said.base > 0 {
				g.low, g.high, s.low, s.high = g.low/given.base, g.high/given.base, s.low/said.base, s.high/said.base
			}
			best = max(best, compare(given, said, g, s))
		}
	}
	if best == Other && given.Way != said.Way && (given.Way == "by" && said.Way != "" || said.Way == "by" && given.Way != "") {
		return Unrelated // "to 5 percent" says nothing against "by 75 percent"
	}
	if best == Same && (given.Per != said.Per && (given.base == 0 || said.base == 0) || given.Way != "" && said.Way != "" && given.Way != said.Way) {
		return Partly
	}
	return best
}

func (q *Quantity) readings() []reading {
	if q.Unit == "bp" {
		return []reading{{low: q.Low / 100, high: q.High / 100, unit: "pp"}} // 75 basis points are 0.75 points
	}
	return append([]reading{{low: q.Low, high: q.High, unit: q.Unit}}, q.also...)
}

func compare(given, said *Quantity, g, s reading) Relation {
	switch {
	case given.Name != "" || said.Name != "":
		if given.Name == said.Name {
			return Same
		}
		return Unrelated
	case given.Ordinal != said.Ordinal:
		return Unrelated
	case g.unit == clock12 && (s.unit == Clock || s.unit == clock12), s.unit == clock12 && g.unit == Clock:
		g.low, g.high, s.low, s.high = math.Mod(g.low, halfDay), math.Mod(g.high, halfDay), math.Mod(s.low, halfDay), math.Mod(s.high, halfDay)
	case g.unit == s.unit:
	case (g.unit == "°" || s.unit == "°") && degrees[g.unit] && degrees[s.unit]:
	case s.unit == "" && !said.Counted && !shares[g.unit] && g.unit != Clock && g.unit != clock12:
		// "up to 20 million" of euros
	default:
		return Unrelated
	}
	if equal(g.low, s.low) && equal(g.high, s.high) {
		if allows(given.Bound, said.Bound) {
			return Same
		}
		return Partly
	}
	a, b := interval(g, given.Bound), interval(s, said.Bound)
	switch {
	case a.apart(b):
		return Other
	case a.within(b) && tight(g, s) && equal(s.low, s.high):
		// Nobody who gave one figure, or other ends, said "between 19 and 25".
		return Same
	}
	return Unrelated
}

// shares are units without which a number means something else.
var shares = map[string]bool{"%": true, "pp": true, "bp": true}

var degrees = map[string]bool{"°": true, "°C": true, "°F": true}

func equal(a, b float64) bool { return decimal(a) == decimal(b) }

// allows reports whether a figure with one bound may be given with another.
// News drops the "about" of a number, and nobody is told a lie.
func allows(given, said Bound) bool {
	switch given {
	case said:
		return true
	case Exact, About:
		return said == Exact || said == About
	case MoreThan:
		return said == AtLeast
	case LessThan:
		return said == AtMost
	case Nearly:
		return said == LessThan || said == AtMost || said == About
	}
	return false
}

// tight reports whether the figure of a bound is near enough to the value to
// tell something of it: 42 are more than 40, and to say more than 5 misleads.
func tight(g, s reading) bool {
	const most = 0.2 // of the value
	near := func(a, b float64) bool { return math.Abs(a-b) <= most*max(math.Abs(a), math.Abs(b)) }
	return near(g.low, s.low) || near(g.high, s.high)
}

// A span of values, with or without its ends.
type values struct {
	low, high         float64
	lowOpen, highOpen bool
}

// interval is what a reading with a bound may mean.
func interval(r reading, b Bound) values {
	const vague = 0.1 // how far off "about" and "nearly" are
	v := values{low: r.low, high: r.high}
	slack := vague * math.Abs(r.low)
	switch b {
	case About:
		v.low, v.high = r.low-slack, r.high+slack
	case Nearly:
		v.low = r.low - slack
	case AtLeast:
		v.high = math.Inf(1)
	case MoreThan:
		v.high, v.lowOpen = math.Inf(1), true
	case AtMost:
		v.low = math.Inf(-1)
	case LessThan:
		v.low, v.highOpen = math.Inf(-1), true
	}
	return v
}

func (v values) apart(o values) bool {
	return v.high < o.low || o.high < v.low ||
		v.high == o.low && (v.highOpen || o.lowOpen) || o.high == v.low && (o.highOpen || v.lowOpen)
}

func (v values) within(o values) bool {
	low, high := cmp.Compare(o.low, v.low), cmp.Compare(v.high, o.high)
	return (low < 0 || low == 0 && (!o.lowOpen || v.lowOpen)) && (high < 0 || high == 0 && (!o.highOpen || v.highOpen))
}
