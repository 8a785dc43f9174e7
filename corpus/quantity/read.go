package quantity

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"dateline/corpus/word"
)

// Find returns the quantities of a text, in order, no two overlapping. words are
// those of the text.
func Find(text string, words []word.Word) []Quantity {
	r := &reader{text, words}
	var qs []Quantity
	for i := 0; i < len(words); {
		q, ok := r.at(i)
		if !ok {
			i++
			continue
		}
		for _, o := range qs {
			q.Base = q.Base || o.base > 0 && o.Rate.End == q.End
		}
		qs = append(qs, q)
		i = max(q.To, i+1)
	}
	r.share(qs)
	return qs
}

type reader struct {
	text  string
	words []word.Word
}

func (r *reader) norm(i int) string {
	if i < 0 || i >= len(r.words) {
		return ""
	}
	return r.words[i].Norm
}

// gap is what stands before word i.
func (r *reader) gap(i int) string {
	from, to := 0, len(r.text)
	if i > 0 {
		from = r.words[i-1].End
	}
	if i < len(r.words) {
		to = r.words[i].Start
	}
	return r.text[from:to]
}

// tight reports whether nothing but a space or a hyphen divides word i from the
// one before.
func (r *reader) tight(i int) bool {
	if i <= 0 || i >= len(r.words) {
		return false
	}
	switch r.gap(i) {
	case " ", "-", "\u00a0", "\u2009", "\u202f", "\u2010", "\u2011":
		return true
	}
	return false
}

// is reports whether words from i on are those of a phrase.
func (r *reader) is(i int, phrase ...string) bool {
	for k, p := range phrase {
		if r.norm(i+k) != p || k > 0 && !r.tight(i+k) {
			return false
		}
	}
	return true
}

// at reads the quantity that begins at word i.
func (r *reader) at(i int) (Quantity, bool) {
	q, ok := r.lone(i)
	if !ok {
		q, ok = r.andHalf(i)
	}
	if !ok {
		q, ok = r.measured(i)
	}
	if !ok {
		return q, false
	}
	if q.Ordinal {
		q.High = q.Low
	}
	if q.UnitAt == 0 && q.Start == r.words[i].Start {
		q.UnitAt = q.To
	}
	q.Lead, q.Tail = q.From, q.To
	r.bound(&q)
	q.Rate = q.Span
	r.per(&q)
	r.way(&q)
	return q, true
}

// lone reads a fraction that is no word, before word i: "½ mile".
func (r *reader) lone(i int) (Quantity, bool) {
	gap := strings.TrimSuffix(r.gap(i), " ")
	c, n := utf8.DecodeLastRuneInString(gap)
	v, ok := vulgar(c)
	if !ok || i > 0 && r.words[i-1].Number() && strings.TrimPrefix(gap, " ") == string(c) {
		return Quantity{}, false
	}
	end := r.words[i].Start - len(r.gap(i)) + len(gap)
	q := Quantity{From: i, To: i, times: 1, Low: v}
	q.Start, q.End = end-n, end
	r.finish(&q)
	return q, true
}

// andHalf reads the end of "an hour and a half", with what counts before it.
func (r *reader) andHalf(i int) (Quantity, bool) {
	if i < 2 || !r.is(i, "and", "a", "half") || !r.tight(i) || !r.tight(i-1) {
		return Quantity{}, false
	}
	unit := unitWords[r.norm(i-1)]
	if one := r.norm(i - 2); one != "a" && one != "an" || unit == "" && !rates[r.norm(i-1)] {
		return Quantity{}, false
	}
	q := Quantity{From: i, To: i + 3, Low: 1.5, High: 1.5, Unit: unit, times: 1}
	q.Start, q.End = r.words[i].Start, r.words[i+2].End
	return q, true
}

// vulgar is the value of a fraction in one character.
func vulgar(c rune) (float64, bool) {
	switch c {
	case '½':
		return 1. / 2, true
	case '¼':
		return 1. / 4, true
	case '¾':
		return 3. / 4, true
	case '⅓':
		return 1. / 3, true
	case '⅔':
		return 2. / 3, true
	case '⅕', '⅖', '⅗', '⅘':
		return float64(c-'⅕'+1) / 5, true
	case '⅛':
		return 1. / 8, true
	case '⅜':
		return 3. / 8, true
	case '⅝':
		return 5. / 8, true
	case '⅞':
		return 7. / 8, true
	}
	return 0, false
}

// measured reads a number or a range with its unit.
func (r *reader) measured(i int) (Quantity, bool) {
	q, ok := r.single(i)
	if !ok || q.Name != "" || q.Ordinal || q.Part || q.Unit == Clock || q.Unit == clock12 {
		return q, ok
	}
	if of, to, ok := r.outOf(&q); ok {
		q.Low, q.Unit, q.Part = 100*q.Low/of, "%", true
		q.High, q.To, q.UnitAt = q.Low, to, to
		q.End = r.words[to-1].End
		return q, true
	}
	r.extend(&q)
	return q, true
}

// single reads one number with its unit.
func (r *reader) single(i int) (Quantity, bool) {
	if q, ok := r.clock(i); ok {
		return q, true
	}
	q, ok := r.number(i)
	if ok && q.Name == "" && !q.Ordinal && !q.Part {
		r.finish(&q)
	}
	return q, ok
}

// number reads a number without its unit.
func (r *reader) number(i int) (Quantity, bool) {
	q := Quantity{From: i, To: i + 1, times: 1}
	q.Span = r.words[i].Span
	if q, ok := r.fraction(i); ok {
		return q, true
	}
	if vague[r.norm(i)] {
		q.Name = r.norm(i)
		return q, true
	}
	at := i
	if unit := r.prefix(i); unit != "" {
		at, q.Unit = i+1, unit
	} else if (r.is(i, "minus") || r.is(i, "negative")) && i+1 < len(r.words) && strings.Trim(r.gap(i+1), signs+" -") == "" && r.norm(i+1) != "minus" && r.norm(i+1) != "negative" {
		if n, ok := r.number(i + 1); ok && n.Name == "" && !n.Ordinal && !n.Part && n.Low > 0 {
			if n.Unit == "" {
				n.Unit = r.sign(i + 1)
			}
			n.From, n.Start, n.Low = i, r.words[i].Start, -n.Low
			return n, true
		}
		return q, false
	}
	text := r.words[at].Text
	if m := coded.FindStringSubmatch(text); m != nil && at == i {
		if unit := codes[strings.ToLower(m[1])]; unit != "" {
			q.Unit, text = unit, m[2]
		}
	}
	if text[0] < '0' || text[0] > '9' {
		return r.spelled(q, at)
	}
	q.To = at + 1
	q.End = r.words[at].End
	m := digits.FindStringSubmatch(text)
	v, other, ok := figure(m[1])
	suffix := word.Fold(m[2])
	if !ok || suffix == "s" {
		q.Name = r.norm(at) // too long for a float64, or "1990s": compared as it stands
		return q, true
	}
	q.Low = v
	switch suffix {
	case "":
		r.thousands(&q)
		if other != 0 && q.times == 1 {
			q.also = []reading{{other, other, q.Unit, true}}
		}
	case "st", "nd", "rd", "th":
		q.Ordinal = true
		return q, true
	default:
		if l, ok := letters[suffix]; ok && (q.Unit != "" || r.sign(q.From) != "") {
			q.Low, q.times = q.Low*l.times, l.times
		} else if ok {
			q.also = []reading{{q.Low, q.Low, l.unit, true}}
			q.Low, q.times = q.Low*l.times, l.times
		} else if times, ok := magnitudes[suffix]; ok {
			q.Low, q.times = q.Low*times, times
		} else if unit, ok := unitWords[suffix]; ok {
			q.Unit = unit
		} else if unit, ok := scales[suffix]; ok && m[2] == strings.ToUpper(m[2]) {
			q.Unit = unit
		} else {
			q.Unit = suffix
		}
	}
	if q.Unit == "" || q.From < at {
		r.mixed(&q)
	}
	r.magnify(&q)
	return q, true
}

var (
	digits = regexp.MustCompile(`^([0-9](?:[0-9.,]*[0-9])?)(.*)$`)
	coded  = regexp.MustCompile(`^([A-Za-z]{2,3})([0-9].*)$`)
)

// prefix is the currency that word i names for the number behind it: "A$4",
// "Rs 500".
func (r *reader) prefix(i int) string {
	if i+1 >= len(r.words) || !r.words[i+1].Number() || r.words[i].Number() {
		return ""
	}
	gap := r.gap(i + 1)
	capital := r.words[i].Text == strings.ToUpper(r.words[i].Text)
	switch {
	case strings.TrimLeft(gap, " ") == "$" && (gap == "$" || len(r.norm(i)) > 1) && (capital || len(r.norm(i)) > 2):
		return dollars[r.norm(i)]
	case gap == " " || gap == ". " || gap == "." || gap == "-" || gap == "\u00a0":
		if r.norm(i) == "rs" || capital {
			return codes[r.norm(i)]
		}
	}
	return ""
}

// figure reads digits with points and commas. other is the value that they
// have where the point divides thousands, 0 if it cannot.
func figure(s string) (v, other float64, ok bool) {
	if len(s) > 24 {
		return 0, 0, false
	}
	commas, points := strings.Count(s, ","), strings.Count(s, ".")
	plain := func(sep, point string) string {
		return strings.ReplaceAll(strings.ReplaceAll(s, sep, ""), point, ".")
	}
	switch {
	case commas == 0 && points < 2:
		if points == 1 && thousandsOf(s, ".") && s[0] != '0' {
			other, _ = strconv.ParseFloat(plain(".", ","), 64)
		}
	case commas == 0 && thousandsOf(s, "."):
		s = plain(".", ",") // 4.200.000
	case points == 0 && (thousandsOf(s, ",") || indian.MatchString(s)):
		s = plain(",", ".")
	case points == 0 && commas == 1:
		s = plain(".", ",") // 1,5
	case points == 1 && strings.LastIndex(s, ",") < strings.Index(s, ".") && (thousandsOf(s[:strings.Index(s, ".")], ",") || indian.MatchString(s[:strings.Index(s, ".")])):
		s = plain(",", ".") // 4,200.50
	case commas == 1 && strings.LastIndex(s, ".") < strings.Index(s, ",") && thousandsOf(s[:strings.Index(s, ",")], "."):
		s = plain(".", ",") // 4.200,50
	default:
		return 0, 0, false // 1.2.3
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, other, err == nil && len(strings.TrimLeft(s, "0")) <= 15
}

var indian = regexp.MustCompile(`^[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}$`)

// thousandsOf reports whether marks divide digits in groups of three.
func thousandsOf(s, mark string) bool {
	groups := strings.Split(s, mark)
	if len(groups[0]) > 3 {
		return false
	}
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return false
		}
	}
	return len(groups) > 1
}

// thousands adds the groups of three digits that spaces divide: "4 200". Behind
// a name or a month the number and the next are two.
func (r *reader) thousands(q *Quantity) {
	first := r.words[q.To-1].Text
	if len(first) > 3 || first[0] == '0' || strings.ContainsAny(first, ".,") {
		return
	}
	if b := q.From - 1; b >= 0 && r.sign(q.From) == "" && (months[r.norm(b)] || r.words[b].Capital() && b > 0 && !r.words[b].Stop()) {
		return
	}
	const most = 5 // groups
	for q.To < len(r.words) && q.To-q.From < most && r.tight(q.To) && r.gap(q.To) != "-" {
		m := group.FindStringSubmatch(r.words[q.To].Text)
		if m == nil {
			return
		}
		g, _ := strconv.ParseFloat(strings.Replace(m[1], ",", ".", 1), 64) // the pattern admits nothing else
		q.Low = q.Low*1000 + g
		q.End = r.words[q.To].End
		q.To++
	}
}

var group = regexp.MustCompile(`^([0-9]{3}(?:[.,][0-9]{1,2})?)$`)

// mixed adds a fraction behind a number: "2½", "4 1/2", "two and a half".
func (r *reader) mixed(q *Quantity) {
	rest := r.gap(q.To)
	trimmed := strings.TrimLeft(rest, " \u00a0\u2009\u202f-")
	if c, n := utf8.DecodeRuneInString(trimmed); n > 0 && q.times == 1 {
		if v, ok := vulgar(c); ok {
			q.Low += v
			q.End += len(rest) - len(trimmed) + n
			return
		}
	}
	to := q.To
	v := 0.0
	if r.tight(to) && q.times == 1 && r.words[q.To-1].Number() {
		if f, next, ok := r.slashed(to); ok {
			v, to = f, next
		}
	}
	if v == 0 && r.norm(to) == "and" && r.tight(to) {
		if f, ok := r.fraction(to + 1); ok && r.tight(to+1) && f.Low < 100 {
			v, to = f.Low, f.To
			if f.Part {
				v /= 100
			}
			if r.norm(to-1) == "of" || v >= 1 {
				return
			}
		}
	}
	if v > 0 {
		q.Low += v * q.times
		q.To, q.End = to, r.words[to-1].End
	}
}

// slashed reads "1/2" at word i.
func (r *reader) slashed(i int) (v float64, to int, ok bool) {
	if i+1 >= len(r.words) || r.gap(i+1) != "/" && r.gap(i+1) != "⁄" {
		return 0, 0, false
	}
	a, err1 := strconv.Atoi(r.words[i].Text)
	b, err2 := strconv.Atoi(r.words[i+1].Text)
	switch {
	case err1 != nil || err2 != nil || a < 1 || a >= b || strings.HasPrefix(r.gap(i+2), "/"):
		return 0, 0, false
	}
	switch b {
	case 2, 3, 4, 5, 6, 8, 10, 16:
		return float64(a) / float64(b), i + 2, true
	}
	return 0, 0, false
}

// magnify multiplies by the words behind a number: "million", "lakh crore".
func (r *reader) magnify(q *Quantity) {
	for r.tight(q.To) || q.To < len(r.words) && q.End > r.words[q.To-1].End && strings.TrimSpace(r.text[q.End:r.words[q.To].Start]) == "" {
		times, ok := magnitudes[strings.TrimSuffix(r.norm(q.To), "s")]
		if !ok {
			times, ok = magnitudes[r.norm(q.To)]
		}
		switch n := r.norm(q.To); n {
		case "dozen":
			times, ok = 12, true
		case "hundred":
			times, ok = 100, true
		case "m", "b", "k":
			// "$ 4 m"
			times, ok = letters[n].times, q.Unit != "" || r.sign(q.From) != ""
		}
		if !ok {
			return
		}
		q.Low *= times
		q.times *= times
		q.End = r.words[q.To].End
		q.To++
		q.also = nil
	}
}

// spelled reads a number in words: "twenty-one", "three hundred and five
// thousand", "sixth". q begins before it.
func (r *reader) spelled(q Quantity, i int) (Quantity, bool) {
	const (
		start = iota
		unit  // takes nothing but a magnitude behind it
		tens
		hundred
	)
	to := i
	total, part := 0.0, 0.0
	last := start
	for j := i; j < len(r.words); j++ {
		if j > i && !r.tight(j) {
			break
		}
		n := r.norm(j)
		if n == "and" && last == hundred && j+1 < len(r.words) && r.tight(j+1) && cardinals[r.norm(j+1)] > 0 {
			continue
		}
		fits := func(v float64) bool {
			return last == start || last == hundred || last == tens && 0 < v && v < 10
		}
		if v, ok := cardinals[n]; ok && fits(v) {
			part += v
			last = unit
			if v >= 20 {
				last = tens
			}
		} else if v, ok := ordinals[n]; ok && fits(v) {
			q.To, q.End = j+1, r.words[j].End
			q.Low, q.Ordinal = total+part+v, true
			return q, true
		} else if n == "hundred" && part < 100 {
			part = max(1, part) * 100
			last = hundred
		} else if n == "dozen" && last <= unit {
			part = max(1, part) * 12
			last = unit
		} else if v, ok := magnitudes[n]; ok && len(n) > 3 {
			if total+part == 0 && j > i {
				break // "zero million"
			}
			if part == 0 && total > 0 {
				total *= v // "three lakh crore"
			} else {
				total += max(1, part) * v
			}
			part = 0
			last = hundred
		} else {
			break
		}
		to = j + 1
	}
	if to == i {
		return q, false
	}
	q.To, q.End = to, r.words[to-1].End
	q.Low = total + part
	if v := magnitudes[r.norm(to-1)]; v > 0 {
		q.times = v
	}
	r.mixed(&q)
	if q.times == 1 {
		r.magnify(&q)
	}
	return q, true
}

// fraction reads one at word i: "half the", "two-thirds", "a quarter of", "1/2".
// What "a" follows is measured, and the rest is a part of something.
func (r *reader) fraction(i int) (Quantity, bool) {
	q := Quantity{From: i, times: 1}
	n := r.norm(i)
	over := func(top, bottom float64, to int) { q.Low, q.To = top/bottom, to }
	switch top := cardinals[n]; {
	case n == "half" && r.halves(i):
		over(1, 2, i+1)
	case (n == "a" || n == "an" || n == "one") && r.tight(i+1) && (r.norm(i+1) == "half" || denominators[r.norm(i+1)] > 0 && (n == "one" && r.gap(i+1) == "-" || r.norm(i+2) == "of" && r.tight(i+2) || dividing[r.norm(i-1)])):
		over(1, denominators[r.norm(i+1)], i+2)
	case top > 1 && r.tight(i+1) && strings.HasSuffix(r.norm(i+1), "s") && denominators[strings.TrimSuffix(r.norm(i+1), "s")] > top:
		if r.norm(i+1) == "quarters" && r.norm(i+2) != "of" && r.gap(i+1) != "-" && r.norm(i-1) != "and" {
			return q, false // of a year
		}
		if r.norm(i+1) == "seconds" {
			return q, false
		}
		over(top, denominators[strings.TrimSuffix(r.norm(i+1), "s")], i+2)
	default:
		if i >= len(r.words) || !r.words[i].Number() || i > 0 && (r.words[i-1].Number() || months[r.norm(i-1)]) {
			return q, false
		}
		v, to, ok := r.slashed(i)
		if !ok {
			return q, false
		}
		q.Low, q.To = v, to
	}
	q.Start, q.End = r.words[i].Start, r.words[q.To-1].End
	of := q.To
	if r.norm(of) == "of" && r.tight(of) {
		of++
	}
	switch a := r.norm(of); {
	case (a == "a" || a == "an") && r.tight(of):
		q.To = of + 1
		r.magnify(&q)
	case q.To == of && (magnitudes[a] > 0 || a == "dozen"):
		r.magnify(&q)
	case of > q.To, n == "half" && (r.gap(q.To) == " " && halved[a] || r.closes(q.To)), n != "half" && r.norm(i+1) != "half" && !r.words[i].Number() && r.norm(i-1) != "and":
		q.Low, q.Unit, q.Part = 100*q.Low, "%", true
	}
	q.High = q.Low
	q.End = max(q.End, r.words[q.To-1].End)
	return q, true
}

// halved are the words before what half is meant of.
var halved = word.Set(`of the all his her its our their my your those these this that`)

// dividing are words behind which "a third" is no third one.
var dividing = word.Set(`and by than nearly almost about around roughly over`)

// halves reports whether "half" at word i is a quantity: not that of a match.
func (r *reader) halves(i int) bool {
	if i > 0 {
		if b := r.norm(i - 1); ordinals[b] > 0 || b == "other" || b == "the" && r.norm(i+1) != "of" || b == "better" || b == "per" {
			return false
		}
	}
	if n := r.norm(i + 1); r.tight(i+1) && (halved[n] || n == "a" || n == "an" || magnitudes[n] > 0 || n == "dozen" || n == "past") {
		return n != "past"
	}
	return r.gap(i+1) == "-" && (rates[r.norm(i+1)] || unitWords[r.norm(i+1)] != "") || i > 0 && r.norm(i-1) != "in" && r.closes(i+1)
}

// closes reports whether no noun follows at word i.
func (r *reader) closes(i int) bool {
	return i >= len(r.words) || !r.tight(i) || r.words[i].Stop() || apart[r.norm(i)]
}

// clock reads a time of the day at word i: "9:30", "9.30am", "0930 GMT", "half
// past nine", "2 p.m.".
func (r *reader) clock(i int) (Quantity, bool) {
	q := Quantity{From: i, times: 1}
	hour, minute, to := -1.0, 0.0, i+1
	text := r.words[i].Text
	half := ""
	sure := false
	switch m := timed.FindStringSubmatch(text); {
	case m != nil && r.gap(i+1) == ":" && i+1 < len(r.words) && m[2] == "" && m[3] == "":
		x := minutes.FindStringSubmatch(r.words[i+1].Text)
		if x == nil || strings.HasPrefix(r.gap(i+2), ":") && i+2 < len(r.words) && r.words[i+2].Number() {
			return q, false
		}
		hour, _ = strconv.ParseFloat(m[1], 64)
		minute, _ = strconv.ParseFloat(x[1], 64)
		half, to = strings.ToLower(x[2]), i+2
		sure = len(m[1]) == 2 && m[1][0] == '0'
	case m != nil:
		if m[3] != "" || r.half(i+1) {
			hour, _ = strconv.ParseFloat(m[1], 64)
			minute, _ = strconv.ParseFloat(strings.TrimLeft(m[2], ".0"), 64)
			half = strings.ToLower(m[3])
		}
	case military.MatchString(text) && (zones[r.norm(i+1)] && r.gap(i+1) == " " || text[0] == '0'):
		m := military.FindStringSubmatch(text)
		hour, _ = strconv.ParseFloat(m[1], 64)
		minute, _ = strconv.ParseFloat(m[2], 64)
		sure = true
	case r.is(i, "half", "past") || r.is(i, "quarter", "past") || r.is(i, "quarter", "to"):
		h, ok := cardinals[r.norm(i+2)]
		if v, err := strconv.ParseFloat(r.norm(i+2), 64); err == nil {
			h, ok = v, true
		}
		if !ok || h < 1 || h > 12 {
			return q, false
		}
		hour, minute, to = h, 15, i+3
		if r.norm(i) == "half" {
			minute = 30
		} else if r.norm(i+1) == "to" {
			minute = -15
		}
	default:
		if v, ok := cardinals[r.norm(i)]; ok && v >= 1 && v <= 12 && r.half(i+1) && strings.Contains(r.words[i+1].Text, ".") {
			hour = v
		}
	}
	if hour < 0 || hour > 24 || minute >= 60 {
		return q, false
	}
	if half == "" && r.half(to) {
		half = r.norm(to)
		to++
	}
	q.Unit = clock12
	switch {
	case half != "" && hour <= 12:
		hour = math.Mod(hour, 12)
		if half == "pm" || half == "p.m." {
			hour += 12
		}
		q.Unit = Clock
	case hour > 12 || hour == 0 || sure:
		q.Unit = Clock
	}
	q.Low = hour*60 + minute
	if q.Low < 0 {
		return q, false
	}
	q.High, q.To = q.Low, to
	q.Start, q.End = r.words[i].Start, r.words[to-1].End
	return q, true
}

var (
	timed    = regexp.MustCompile(`^([0-9]{1,2})(\.[0-9]{2})?((?i)am|pm|a\.m\.|p\.m\.)?$`)
	minutes  = regexp.MustCompile(`^([0-5][0-9])((?i)am|pm)?$`)
	military = regexp.MustCompile(`^([01][0-9]|2[0-3])([0-5][0-9])$`)
)

// half reports whether word i is "am" or "pm" behind a time.
func (r *reader) half(i int) bool {
	return i < len(r.words) && r.tight(i) && (r.norm(i) == "pm" || r.norm(i) == "am")
}

// sign is the currency sign right before word i.
func (r *reader) sign(i int) string {
	before := strings.TrimSuffix(r.gap(i), " ")
	if c, n := utf8.DecodeLastRuneInString(before); n > 0 && strings.ContainsRune(signs, c) {
		return string(c)
	}
	return ""
}

// finish finds the unit and the sign of a number.
func (r *reader) finish(q *Quantity) {
	if s := r.sign(q.From); s != "" && q.Unit == "" && q.From < q.To {
		q.Unit = s
		q.Start -= len(r.gap(q.From)) - strings.LastIndex(r.gap(q.From), s)
	}
	q.UnitAt = q.To
	if q.Unit == "" {
		r.unit(q)
	}
	r.below(q)
	r.negate(q)
	q.High = q.Low
	q.Counted = q.To < len(r.words) && r.tight(q.To) && (!r.words[q.To].Stop() || r.norm(q.To) == "of") && !apart[r.norm(q.To)]
	if q.Unit != "" && q.Unit != "€" || q.times != 1 {
		for _, a := range q.also {
			if a.high == a.low && a.low >= 1000 && q.times == 1 {
				q.also = nil // 5.125 percent is no thousands
				break
			}
		}
	}
	for i := range q.also {
		if q.also[i].unit == "" {
			q.also[i].unit = q.Unit
		}
	}
}

// Apart reports whether no number counts what follows behind a word: "cut to 19
// after talks".
func Apart(norm string) bool { return apart[norm] }

var apart = word.Set(`after before since until during against between according including compared instead because while when who which that within among through per`)

// unit reads what stands behind a number.
func (r *reader) unit(q *Quantity) {
	after := r.text[q.End:]
	trimmed := strings.TrimLeft(after, " \u00a0\u202f")
	switch {
	case strings.HasPrefix(trimmed, "%"):
		q.Unit = "%"
		q.End += len(after) - len(trimmed) + 1
		return
	case strings.HasPrefix(trimmed, "°"), strings.HasPrefix(trimmed, "º"):
		q.Unit = "°"
		q.End += len(after) - len(trimmed) + 2
		if q.To < len(r.words) && strings.TrimSpace(r.text[q.End:r.words[q.To].Start]) == "" {
			if s, ok := scales[r.norm(q.To)]; ok && r.words[q.To].Capital() {
				q.Unit = s
				r.take(q, q.To+1)
			}
		}
		return
	}
	if c, n := utf8.DecodeRuneInString(trimmed); n > 0 && strings.ContainsRune(signs, c) && (q.To == len(r.words) || len(trimmed) > n && !unicode.IsDigit(rune(trimmed[n]))) {
		q.Unit = string(c) // "20 €"
		q.End += len(after) - len(trimmed) + n
		return
	}
	i := q.To
	if i >= len(r.words) || !r.tight(i) && strings.TrimSpace(r.text[q.End:r.words[i].Start]) != "" {
		return
	}
	squared := ""
	switch n := r.norm(i); {
	case n == "per" && r.norm(i+1) == "cent":
		q.Unit = "%"
		r.take(q, i+2)
		return
	case n == "percentage" && strings.HasPrefix(r.norm(i+1), "point"), n == "percent" && strings.HasPrefix(r.norm(i+1), "point"):
		q.Unit = "pp"
		r.take(q, i+2)
		return
	case n == "basis" && strings.HasPrefix(r.norm(i+1), "point"):
		q.Unit = "bp"
		r.take(q, i+2)
		return
	case n == "c" || n == "f":
		if r.gap(i) == " " && r.words[i].Capital() && strings.Trim(r.gap(i+1), " ,.;:)") == "" && !strings.HasPrefix(r.gap(i+1), ".") || i+1 == len(r.words) && r.words[i].Capital() {
			q.Unit = scales[n]
			r.take(q, i+1)
		}
		return
	case n == "square" || n == "sq":
		squared = "²"
		i++
	case n == "hong" || n == "new" || nationalities[n] != "":
		k := i
		for k < i+2 && nationalities[r.norm(k)] == "" {
			k++
		}
		if strings.HasPrefix(r.norm(k+1), "dollar") && r.tight(k+1) {
			q.Unit = nationalities[r.norm(k)]
			r.take(q, k+2)
		}
		return
	}
	u, ok := unitWords[r.norm(i)]
	if !ok || squared != "" && !lengths[u] || i > 0 && !r.tight(i) && i > q.To {
		if r.norm(i) == "foot" && (r.gap(i) == "-" || r.gap(i) == "‑") {
			u = "ft"
		} else {
			return
		}
	}
	if u == "m" && r.norm(i) == "m" {
		return
	}
	q.Unit = u + squared
	r.take(q, i+1)
	if u == "°" {
		if s, ok := scales[r.norm(q.To)]; ok && r.tight(q.To) {
			q.Unit = s
			r.take(q, q.To+1)
		}
	}
	if s := speeds[u]; s != "" && (r.is(q.To, "per", "hour") || r.is(q.To, "an", "hour")) && r.tight(q.To) {
		q.Unit = s
		r.take(q, q.To+2)
	}
}

func (r *reader) take(q *Quantity, to int) {
	q.To, q.End = to, r.words[to-1].End
}

// below reads "12 degrees below zero".
func (r *reader) below(q *Quantity) {
	if r.norm(q.To) != "below" || !r.tight(q.To) || q.Low <= 0 {
		return
	}
	switch next := r.norm(q.To + 1); {
	case next == "zero" || next == "freezing" && degrees[q.Unit]:
		r.take(q, q.To+2)
	case degrees[q.Unit] && next == "":
		r.take(q, q.To+1)
	default:
		return
	}
	q.Low = -q.Low
}

// negate reads a minus sign before a number or its currency. A dash between two
// words is none, nor is a hyphen.
func (r *reader) negate(q *Quantity) {
	before := r.text[:q.Start]
	c, n := utf8.DecodeLastRuneInString(before)
	switch c {
	case '-', '−', '‑', '﹣', '－', '⁻':
	case '–':
		if q.Unit == "" {
			return
		}
	default:
		return
	}
	if b, m := utf8.DecodeLastRuneInString(before[:len(before)-n]); m > 0 && !unicode.IsSpace(b) && !strings.ContainsRune("(“\"", b) {
		return
	}
	q.Start -= n
	q.Low = -q.Low
	q.also = nil
}

// outOf reads the whole that a number is out of: "one in four", "nine out of
// ten".
func (r *reader) outOf(q *Quantity) (of float64, to int, ok bool) {
	i := q.To
	switch {
	case q.Unit != "" || q.Low < 1 || !r.tight(i):
		return 0, 0, false
	case r.is(i, "out", "of", "every"):
		i += 3
	case r.is(i, "in", "every"), r.is(i, "out", "of"), r.is(i, "of", "every"):
		i += 2
	case r.is(i, "in"):
		i++
	default:
		return 0, 0, false
	}
	if i >= len(r.words) || !r.tight(i) {
		return 0, 0, false
	}
	n, ok := r.number(i)
	if !ok || n.Name != "" || n.Ordinal || n.Part || n.Unit != "" || r.sign(i) != "" || n.Low <= q.Low || timeUnit[r.norm(n.To)] || r.year(&n) || months[r.norm(n.To)] {
		return 0, 0, false
	}
	return n.Low, n.To, true
}

// year reports whether a number may be that of a year.
func (r *reader) year(q *Quantity) bool {
	return q.To == q.From+1 && len(r.words[q.From].Text) == 4 && q.Low >= 1000 && q.Low < 2100 && q.Low == math.Trunc(q.Low) && q.Unit == ""
}

// extend reads the other end of a range.
func (r *reader) extend(q *Quantity) {
	i := q.To
	if i >= len(r.words) {
		return
	}
	gap := strings.TrimSpace(r.text[q.End:r.words[i].Start])
	bare := strings.TrimRight(gap, signs+" ")
	before := r.norm(q.From - 1)
	between := before == "between" || before == "from" && (ranging[r.norm(q.From-2)] || !r.changing(q.From-1))
	dash := false
	switch bare {
	case "-", "–", "—", "‑":
		dash = true
		if b := q.From - 1; strings.HasSuffix(r.gap(q.From), "-") || b > 0 && r.words[b].Capital() && q.Unit == "" && !r.words[b].Stop() {
			return // "737-800"
		}
	case "":
		n := r.norm(i)
		if n != "to" && n != "or" && !(n == "and" && between) || i+1 >= len(r.words) {
			return
		}
		if n == "to" && before == "from" && !between {
			return // "fell from 19 to 28"
		}
		i++
	default:
		return
	}
	o, ok := r.single(i)
	if !ok || o.Name != "" || o.Ordinal || o.Part || o.Unit == Clock || o.Unit == clock12 {
		return
	}
	if dash {
		if strings.HasPrefix(r.gap(o.To), "-") && o.To < len(r.words) && r.words[o.To].Number() {
			return // a day or a telephone number
		}
	}
	if r.year(q) || r.year(&o) && o.Low-q.Low > 100 || months[r.norm(q.From-1)] || months[r.norm(o.To)] || votes[r.norm(q.From-1)] && q.Unit == "" && o.Unit == "" {
		return
	}
	if !dash && (changes[before] || upDown[before] || before == "by") && (q.Unit != "" || o.Unit == "" && !o.Counted) {
		return // "rose $2 to $40"
	}
	low := *q
	switch {
	case low.Unit == o.Unit:
	case low.Unit == "":
		low.Unit = o.Unit
	case o.Unit == "" && strings.Contains(signs, low.Unit):
		o.Unit = low.Unit
	default:
		return
	}
	if low.times == 1 && o.times > 1 && low.Low < o.Low/o.times {
		low.Low *= o.times
	}
	if low.Low >= o.Low {
		return
	}
	q.Low, q.High, q.Unit = low.Low, o.Low, low.Unit
	q.times, q.also, q.Counted = o.times, nil, o.Counted
	q.To, q.UnitAt, q.End = o.To, o.UnitAt, o.End
}

// ranging stand before "from" and "to" where nothing moves.
var ranging = word.Set(`range ranges ranged ranging vary varies varied varying anywhere`)

// votes stand before the two numbers of a vote.
var votes = word.Set(`vote voted votes won lost beat by score margin defeated`)

// changing reports whether something rises or falls before word i.
func (r *reader) changing(i int) bool {
	const far = 8 // words
	for j := i - 1; j >= 0 && i-j <= far; j-- {
		if strings.ContainsAny(r.gap(j+1), ".;:?!") {
			return false
		}
		if changes[r.norm(j)] {
			return true
		}
	}
	return false
}

// bound reads what says that a quantity is not the exact one.
func (r *reader) bound(q *Quantity) {
	i := q.From
	for n := 3; n > 0 && q.Bound == Exact; n-- {
		from := i - n
		if from < 0 {
			continue
		}
		phrase := r.norm(from)
		for j := from + 1; j < i; j++ {
			phrase += " " + r.norm(j)
		}
		b, ok := bounds[phrase]
		if !ok {
			continue
		}
		if gap := r.text[r.words[i-1].End:q.Start]; strings.TrimSpace(gap) != "" && gap != "-" || n > 1 && strings.ContainsAny(r.text[r.words[from].Start:r.words[i-1].End], ",.;:") {
			continue
		}
		q.Bound, q.Lead = b, from
	}
	if q.Low != q.High && r.norm(i-1) == "between" {
		q.Lead = i - 1
	}
	if q.Bound != Exact {
		return
	}
	rest := r.text[q.End:]
	if strings.HasPrefix(rest, "+") {
		q.Bound = AtLeast
		q.End++
		return
	}
	if r.norm(q.To) == "plus" && r.gap(q.To) == "-" {
		q.Bound, q.Tail = AtLeast, q.To+1
		return
	}
	for at := q.To; at < min(len(r.words), q.To+3) && (at == q.To || r.tight(at)); at++ {
		if !r.tight(at) || !r.tight(at+1) {
			continue
		}
		if b, ok := trailing[r.norm(at)+" "+r.norm(at+1)]; ok && r.last(at+1) {
			q.Bound = b
			if at == q.To {
				q.Tail = at + 2
			}
			return
		}
	}
}

// last reports whether a trailing bound that ends at word i belongs to what
// stands before it: in "40 or more than that" it goes on.
func (r *reader) last(i int) bool {
	n := r.norm(i + 1)
	return n != "than" && !(r.norm(i) == "least" && r.tight(i+1) && (r.words[i+1].Number() || cardinals[n] > 0))
}

// per reads what a quantity is given for each of.
func (r *reader) per(q *Quantity) {
	if q.Ordinal || q.Unit == Clock || q.Unit == clock12 {
		return
	}
	base := func(i int) bool {
		o, ok := r.number(i)
		if ok {
			o.High = o.Low
			q.Per, q.base, q.Rate.End = o.Key(), o.Low, o.End
		}
		return ok
	}
	const far = 3 // words counted between
	for i := q.To; i < len(r.words) && i <= q.To+far; i++ {
		if i > q.To && (!r.tight(i) || r.words[i-1].Number()) || i == q.To && strings.TrimSpace(r.text[q.End:r.words[i].Start]) != "" && r.gap(i) != "/" {
			return
		}
		n, next := r.norm(i), r.norm(i+1)
		if unit := daily[n]; unit != "" && (unit == "each" || i == q.To || r.last(i)) {
			q.Per = unit
			return
		}
		switch {
		case n == "for" && (next == "every" || next == "each") && i+2 < len(r.words):
			if base(i + 2) {
				return
			}
			q.Per = each(r.norm(i + 2))
			return
		case n == "per" && next != "cent" && next != "":
			if base(i + 1) {
				return
			}
			q.Per = each(next)
			return
		case (n == "a" || n == "an" || n == "every" || n == "each") && rates[next] && r.tight(i+1):
			if (n == "a" || n == "an") && ago[r.norm(i+2)] {
				return
			}
			q.Per = each(next)
			return
		case n == "each" && i == q.To && q.Unit != "":
			q.Per = "each"
			return
		case n == "times" || n == "time":
		case r.words[i].Stop():
			return
		}
	}
}

// ago tells a moment and no rate: "40 left a year ago".
var ago = word.Set(`ago later earlier before after old time`)

func each(n string) string {
	switch n {
	case "capita", "head", "person":
		return "person"
	}
	return word.Stem(n)
}

// way finds out whether something rises or falls to the quantity or by it.
func (r *reader) way(q *Quantity) {
	if q.Ordinal || q.Unit == Clock || q.Unit == clock12 {
		return
	}
	i := q.Lead - 1
	for i >= 0 && (r.norm(i) == "a" || r.norm(i) == "an" || r.norm(i) == "just" || r.norm(i) == "another" || r.norm(i) == "further" || r.norm(i) == "well" || r.norm(i) == "only") {
		i--
	}
	switch n := r.norm(i); {
	case i >= 0 && (strings.ContainsAny(r.text[r.words[i].End:q.Start], ".,;:")):
	case (n == "to" || n == "by" || n == "from") && (r.changing(i) || n == "to" && r.norm(i-1) == "down"):
		q.Way = n
	case n == "of" && changes[r.norm(i-1)], changes[n] && q.From > 0, upDown[n]:
		q.Way = "by"
	}
	if n := r.norm(q.To); q.Way == "" && q.To < len(r.words) && strings.Trim(r.text[q.End:r.words[q.To].Start], " -") == "" && (q.Unit == "%" || q.Unit == "pp" || q.Unit == "bp") && (changes[n] || n == "higher" || n == "lower") {
		q.Way = "by"
	}
}

// share gives a bare number the unit of the next: "from 10 to 15 percent", "1.2
// or 1.4 billion".
func (r *reader) share(qs []Quantity) {
	for i := range qs[:max(0, len(qs)-1)] {
		q, next := &qs[i], &qs[i+1]
		if next.Lead > q.To+1 || next.From == next.To || q.From == q.To || q.Name != "" || next.Name != "" || q.Ordinal != next.Ordinal || q.Part || next.Part {
			continue
		}
		switch strings.Trim(r.text[q.End:r.words[next.From].Start], signs+" ") {
		case "to", "or", "and", "-", "–", "—":
		default:
			continue
		}
		if q.Unit == "" && (next.Unit != "" || next.times > 1) && next.Unit != Clock && next.Unit != clock12 {
			q.also = append(q.also, reading{q.Low, q.High, next.Unit, false})
			if q.times == 1 && next.times > 1 && q.Low != 0 {
				q.also = append(q.also, reading{q.Low * next.times, q.High * next.times, next.Unit, true})
			}
			q.Counted = false
		} else if next.Unit == "" && !next.Counted && q.Unit != "" && strings.Contains(signs, q.Unit) {
			next.also = append(next.also, reading{next.Low, next.High, q.Unit, false})
		}
	}
}
