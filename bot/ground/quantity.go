package ground

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"dateline/corpus/word"
)

// A quantity is a number in a text: words from to to, exclusive.
type quantity struct {
	from, to int
	// value is the number as digits, with "th" behind an ordinal; the word
	// itself for one that is none ("1990s", "hundreds").
	value string
	// loose are the other readings of "20m", "5k".
	loose []string
	// unit is "%", a currency's sign, "am" or "pm"; empty for all else.
	unit string
	// suffix is what is written to the digits of token and is no unit: "km".
	token, suffix string
	// times is what the figure was multiplied by: 1e6 in "1.2 million".
	figure, times float64
}

var (
	cardinals = map[string]float64{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
		"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
		"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
	ordinals = map[string]float64{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
		"tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
		"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60, "seventieth": 70,
		"eightieth": 80, "ninetieth": 90, "hundredth": 100, "thousandth": 1000}
	magnitudes = map[string]float64{"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "bn": 1e9, "tn": 1e12, "mn": 1e6}
	// Letters that may stand for a magnitude where they follow digits.
	shortMagnitudes = map[string]float64{"k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12, "tn": 1e12}
	// Words that count without a number.
	vague = map[string]bool{"dozens": true, "hundreds": true, "thousands": true, "millions": true, "billions": true, "trillions": true, "half": true,
		"thirds": true, "quarters": true, "fifths": true, "twice": true, "triple": true}
	unitWords = map[string]string{"percent": "%", "percentage": "%", "pct": "%", "dollar": "$", "dollars": "$", "euro": "€", "euros": "€", "pound": "£", "pounds": "£",
		"yen": "¥", "yuan": "¥", "rupee": "₹", "rupees": "₹", "ruble": "₽", "rubles": "₽", "rouble": "₽", "roubles": "₽", "hryvnia": "₴", "am": "am", "pm": "pm"}
	signs  = "$€£¥₹₽₴₩₪₺"
	digits = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)(.*)$`)
)

// quantities finds the numbers in a text, in order, no two overlapping.
func quantities(text string, words []word.Word) []quantity {
	var qs []quantity
	for i := 0; i < len(words); {
		q, ok := quantityAt(text, words, i)
		if !ok {
			i++
			continue
		}
		q.measure(text, words)
		qs = append(qs, q)
		i = q.to
	}
	return qs
}

func quantityAt(text string, words []word.Word, i int) (quantity, bool) {
	w := words[i]
	q := quantity{from: i, to: i + 1, value: w.Norm, token: w.Norm, times: 1}
	if vague[w.Norm] {
		return q, true
	}
	if !w.Number() {
		return spelled(text, words, i)
	}
	m := digits.FindStringSubmatch(w.Norm)
	if m == nil || len(m[1]) > 12 {
		return q, true // too long for a float64, so compared as it stands
	}
	q.figure, _ = strconv.ParseFloat(m[1], 64) // the pattern admits nothing else
	switch m[2] {
	case "":
	case "st", "nd", "rd", "th":
		q.value = decimal(q.figure) + "th"
		return q, true
	case "am", "pm":
		q.unit = m[2]
	case "s":
		return q, true
	default:
		if times, ok := shortMagnitudes[m[2]]; ok {
			q.loose = []string{decimal(q.figure)}
			q.times = times
		} else {
			q.suffix = m[2]
		}
	}
	for q.to < len(words) && tight(text, words, q.to) {
		times, ok := magnitudes[words[q.to].Norm]
		if !ok {
			break
		}
		q.times *= times
		q.to++
	}
	q.value = decimal(q.figure * q.times)
	return q, true
}

// spelled reads a number in words: "twenty-one", "three hundred and five
// thousand", "sixth".
func spelled(text string, words []word.Word, i int) (quantity, bool) {
	const (
		start = iota
		unit  // takes nothing but a magnitude behind it
		tens
		hundred
	)
	q := quantity{from: i, to: i, times: 1}
	total, part := 0.0, 0.0
	last := start
	for j := i; j < len(words); j++ {
		if j > i && !tight(text, words, j) {
			break
		}
		n := words[j].Norm
		if n == "and" && last == hundred && j+1 < len(words) && tight(text, words, j+1) && cardinals[words[j+1].Norm] > 0 {
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
			q.to = j + 1
			q.value = decimal(total+part+v) + "th"
			return q, true
		} else if n == "hundred" && part < 100 {
			part = max(1, part) * 100
			last = hundred
		} else if n == "dozen" && last <= unit {
			part = max(1, part) * 12
			last = unit
		} else if v, ok := magnitudes[n]; ok && len(n) > 2 {
			total += max(1, part) * v
			part = 0
			last = hundred
		} else {
			break
		}
		q.to = j + 1
	}
	if q.to == i {
		return q, false
	}
	q.figure = total + part
	q.value = decimal(q.figure)
	return q, true
}

// measure finds out what the number counts, as far as signs and a few words
// tell.
func (q *quantity) measure(text string, words []word.Word) {
	before := strings.TrimSuffix(text[:words[q.from].Start], " ")
	if r, n := utf8.DecodeLastRuneInString(before); n > 0 && strings.ContainsRune(signs, r) {
		q.unit = string(r)
		return
	}
	after := text[words[q.to-1].End:]
	if strings.HasPrefix(strings.TrimPrefix(after, " "), "%") {
		q.unit = "%"
		return
	}
	if q.to >= len(words) || !tight(text, words, q.to) {
		return
	}
	next := words[q.to].Norm
	if next == "per" && q.to+1 < len(words) && words[q.to+1].Norm == "cent" {
		next = "percent"
	}
	if next == "us" || next == "usa" { // "20 US dollars"
		if q.to+1 < len(words) {
			next = words[q.to+1].Norm
		}
	}
	if u, ok := unitWords[next]; ok {
		q.unit = u
	}
}

// tight reports whether nothing but a space or a hyphen divides word i from
// the one before.
func tight(text string, words []word.Word, i int) bool {
	switch text[words[i-1].End:words[i].Start] {
	case " ", "-", "\u2010", "\u2011":
		return true
	}
	return false
}

// decimal writes a number so that equal ones are written alike, whatever
// rounding multiplication brought in.
func decimal(f float64) string { return strconv.FormatFloat(f, 'g', 12, 64) }

// Figures are the numbers that a text gives.
type figures struct {
	values map[string]bool
	units  map[string]bool // value, space, unit
}

func newFigures() figures { return figures{make(map[string]bool), make(map[string]bool)} }

// learn takes in the quantities of a text.
func (f figures) learn(text string, words []word.Word, qs []quantity) {
	for i, q := range qs {
		f.add(q.value, q.unit)
		for _, v := range q.loose {
			f.add(v, q.unit)
		}
		// "10 to 15 percent", "$1.2-1.4 billion": the first shares what stands
		// behind the second, and the second what stands before the first.
		if i+1 < len(qs) && qs[i+1].from <= q.to+1 {
			next := qs[i+1]
			switch strings.TrimSpace(text[words[q.to-1].End:words[next.from].Start]) {
			case "to", "or", "and", "-", "–", "—", "and $", "to $", "-$", "–$":
				if q.times == 1 && q.figure != 0 {
					f.add(decimal(q.figure*next.times), next.unit)
					f.add(decimal(q.figure*next.times), q.unit)
				}
				f.add(q.value, next.unit)
				f.add(next.value, q.unit)
			}
		}
	}
}

func (f figures) add(value, unit string) {
	f.values[value] = true
	f.units[value+" "+unit] = true
}

// have reports whether the number was learnt. One that names no unit may have
// had any; norms are the words of the text.
func (f figures) have(q quantity, norms map[string]bool) bool {
	switch {
	case q.suffix != "" && !norms[q.suffix] && !norms[q.token]:
		return false
	case q.unit != "":
		return f.units[q.value+" "+q.unit]
	}
	return f.values[q.value]
}
