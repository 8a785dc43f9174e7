package ground

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dateline/corpus"
	"dateline/corpus/dates"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/quantity"
	"dateline/corpus/word"
)

// A Value is a number or a day in a sentence of an article.
type Value struct {
	Sentence Quote
	At       corpus.Span // of the article's text, within the sentence
}

const (
	// samePeriod is how far apart articles may be published that tell of one
	// state of things, and sameFact the least share of the words around one
	// value that stand in the sentence of the other. Set by hand on the pairs of
	// TestDiffer.
	samePeriod = 7 * 24 * time.Hour
	sameFact   = 0.5
	// oneFact is the same for names, of which many may be true: it leaves room
	// for a word that one sentence has more.
	oneFact = 0.8
	// mostAround is how many times longer than its number a value may be: a whole
	// sentence is no number, whatever it has.
	mostAround = 4
)

// Differ reports whether two articles give different values for one fact that a
// question asks for. Nothing in the two sentences may tell the facts apart: what
// is counted, what is done, a name, a time, whether it is so or is planned, a
// part and the whole. When in doubt they do not differ.
func Differ(question string, a, b Value) bool {
	if a.Sentence.Article.ID == b.Sentence.Article.ID {
		return false
	}
	asked := stems(question)
	x, y := a.read(), b.read()
	return x.valueApart(y) && x.period(y) &&
		x.markers() == y.markers() &&
		x.sameCount(y, asked) && y.sameCount(x, asked) && x.sameDeed(y) &&
		x.names(y, asked) && y.names(x, asked) &&
		max(x.share(y), y.share(x)) >= sameFact
}

// OfOneFact reports whether two articles name different people or places in
// sentences that otherwise say the same: "opened by Aino Salo", "opened by Otso
// Lahti". Both may be true, so they need not differ.
func OfOneFact(a, b Value) bool {
	if a.Sentence.Article.ID == b.Sentence.Article.ID {
		return false
	}
	x, y := a.read(), b.read()
	mine, theirs := stems(a.At.Of(a.Sentence.Article.Text)), stems(b.At.Of(b.Sentence.Article.Text))
	other := func(m, n map[string]bool) bool { // "Gdansk, Poland", and not "Poland"
		for s := range m {
			if !n[s] {
				return true
			}
		}
		return false
	}
	return x.named(x.from) && y.named(y.from) && other(mine, theirs) && other(theirs, mine) &&
		x.period(y) && x.markers() == y.markers() && min(x.share(y), y.share(x)) >= oneFact
}

// A valued is the clause around a value, and the sentence it is of.
type valued struct {
	Value
	number    *quantity.Quantity // nil for a day
	day       *dates.Date        // nil for a number
	published time.Time          // zero if not known
	dates     []dates.Date       // of the sentence
	tokens    []pos.Token        // of the clause
	from, to  int                // the tokens of the value
	sentence  map[string]bool    // stems of the sentence
	about     map[string]bool    // and of headline, place and first sentences
}

// stems are those of the words of some texts.
func stems(texts ...string) map[string]bool {
	m := make(map[string]bool)
	for _, t := range texts {
		for _, w := range word.Split(t) {
			m[w.Stem()] = true
		}
	}
	return m
}

// ledes is how many sentences say what an article is about.
const ledes = 3

func (v Value) read() *valued {
	a, span := v.Sentence.Article, v.Sentence.Span
	text := span.Of(a.Text)
	x := &valued{Value: v, sentence: stems(text), about: stems(a.Title.Value, a.Place.Value)}
	x.published, _ = a.Date()
	for _, s := range a.Sentences()[:min(ledes, len(a.Sentences()))] {
		for stem := range stems(s.Of(a.Text)) {
			x.about[stem] = true
		}
	}
	x.dates = dates.Find(a.Text, span, x.published)
	at := corpus.Span{Start: v.At.Start - span.Start, End: v.At.End - span.Start}
	for i := range x.dates {
		if x.dates[i].Overlaps(v.At) {
			x.day = &x.dates[i]
		}
	}
	if x.day == nil {
		qs := quantity.Find(text, word.Split(text))
		for i := range qs {
			if qs[i].Overlaps(at) && at.Len() < mostAround*qs[i].Len() {
				x.number = &qs[i]
				at = qs[i].Span
				break
			}
		}
	}
	x.cut(text, at)
	return x
}

// cut keeps the clause of a sentence that a place is in.
func (x *valued) cut(text string, at corpus.Span) {
	all := pos.Tokens(text)
	from, to := 0, len(all)
	for i, t := range all {
		if t.Tag != pos.PUNCT && t.Text != "—" && t.Text != "–" || strings.Contains("'’\"“”()$€£%-", t.Text) {
			continue
		}
		if t.End <= at.Start {
			from = i + 1
		} else if t.Start >= at.End {
			to = i
			break
		}
	}
	// "Zara Roe, his sister, is 19": what the verb is said of stands before.
	if from < to && (all[from].Tag.Finite() || all[from].Tag.Adverb()) {
		from = 0
	}
	x.tokens = all[from:to]
	x.from = slices.IndexFunc(x.tokens, func(t pos.Token) bool { return t.End > at.Start })
	x.from = max(x.from, 0)
	for x.to = x.from; x.to < len(x.tokens) && x.tokens[x.to].Start < at.End; x.to++ {
	}
}

func (x *valued) tag(i int) pos.Tag {
	if i < 0 || i >= len(x.tokens) {
		return pos.None
	}
	return x.tokens[i].Tag
}

func (x *valued) norm(i int) string {
	if i < 0 || i >= len(x.tokens) {
		return ""
	}
	return word.Fold(x.tokens[i].Text)
}

func (x *valued) stem(i int) string { return word.Stem(x.norm(i)) }

// valueApart reports whether both values cannot be true of one thing.
func (x *valued) valueApart(y *valued) bool {
	if x.day != nil && y.day != nil {
		oneDay := x.day.From.Equal(x.day.To) && y.day.From.Equal(y.day.To)
		return oneDay && !x.day.From.Equal(y.day.From)
	}
	p, q := x.number, y.number
	return p != nil && q != nil && p.Part == q.Part && p.Per == q.Per && p.Way == q.Way &&
		quantity.Compare(p, q) == quantity.Other && quantity.Compare(q, p) == quantity.Other && !rounds(p.Low, q.Low) && !rounds(q.Low, p.Low)
}

// rounds reports whether a number is another, rounded: 8 million for 7.9
// million, 50 for 47. Nobody rounds numbers below twenty.
func rounds(round, n float64) bool {
	if n < 20 || round < 20 {
		return false
	}
	unit := 1.0
	for math.Mod(round, unit*10) == 0 {
		unit *= 10
	}
	if unit == 1 {
		for unit > 1e-6 && math.Abs(math.Mod(round+unit/1000, unit)) > unit/100 {
			unit /= 10
		}
	}
	return unit != 1 && math.Abs(round-n) <= unit/2 || unit == 1 && n != math.Trunc(n) && math.Abs(round-n) <= 0.5
}

// period reports whether both tell of the same time.
func (x *valued) period(y *valued) bool {
	if !x.published.IsZero() && !y.published.IsZero() && x.published.Sub(y.published).Abs() > samePeriod {
		return false
	}
	mine, theirs := x.times(), y.times()
	if len(mine) > 0 && len(theirs) > 0 {
		return slices.ContainsFunc(mine, func(a dates.Date) bool {
			return slices.ContainsFunc(theirs, func(b dates.Date) bool { return !a.From.After(b.To) && !b.From.After(a.To) })
		})
	}
	// Who names no day writes of these days.
	recent := func(ds []dates.Date, published time.Time) bool {
		return published.IsZero() || !slices.ContainsFunc(ds, func(d dates.Date) bool {
			return d.To.Before(published.Add(-samePeriod)) || d.From.After(published.Add(samePeriod))
		})
	}
	return recent(mine, y.published) && recent(theirs, x.published)
}

// times are the dates of the clause, but for the value itself.
func (x *valued) times() []dates.Date {
	if len(x.tokens) == 0 {
		return nil
	}
	start := x.Sentence.Span.Start
	clause := corpus.Span{Start: start + x.tokens[0].Start, End: start + x.tokens[len(x.tokens)-1].End}
	var ds []dates.Date
	for _, d := range x.dates {
		if d.Overlaps(clause) && !d.Overlaps(x.At) {
			ds = append(ds, d)
		}
	}
	return ds
}

// Words that tell one fact from another like it: of an early and a late version,
// of an earlier time, of a part.
var (
	versions = map[string]string{"initial": "early", "initially": "early", "original": "early", "originally": "early", "previous": "early", "previously": "early", "earlier": "early", "former": "early", "formerly": "early", "old": "early", "first": "early",
		"last": "early", "ago": "early", "once": "early", "yet": "late", "new": "late", "revised": "late", "latest": "late", "current": "late", "currently": "late", "updated": "late", "now": "late",
		"postponed": "moved", "delayed": "moved", "moved": "moved", "rescheduled": "moved", "instead": "moved"}
	partly = word.Set("including include includes among another further additional more other others extra remaining half most some each every average averaged averages median record target limit maximum minimum")
)

// markers are what tells the fact from others that are told in the same words.
func (x *valued) markers() string {
	var all []string
	add := func(s string) {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	for i := range x.tokens {
		n := x.norm(i)
		if i >= x.from && i < x.to && n != "another" {
			continue // "more than 40" is for the quantity
		}
		switch {
		case negators[n] || n == "n't" || n == "n’t" || denier(n):
			add("not")
		case futures[n] || forwardHedges[n] || attempts[n] || adjectiveHedges[n] || sentenceHedges[n] || n == "could" || n == "if":
			add("open")
		case versions[n] != "":
			add(versions[n])
		case partly[n] && !(n == "more" && x.norm(i+1) == "than"):
			add(n)
		case x.tag(i) == pos.IN && n == "of" && i == x.to && (x.tag(i+1).Determiner() || x.tag(i+1) == pos.PRPS || x.tag(i+1) == pos.CD) && x.number != nil && x.number.Unit == "":
			add("of the") // "14 of the watches"
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// counted are the stems of what a number counts: "pocket watches", the last of
// them its noun, and how far they reach.
func (x *valued) counted() (list []string, end int) {
	i := x.to
	if x.norm(i) == "of" {
		i++
	}
	for ; i < len(x.tokens); i++ {
		switch t := x.tag(i); {
		case t.Noun(), t.Adjective(), t.Participle() && x.tag(i+1).Noun():
			list = append(list, x.stem(i))
		case t.Determiner() && len(list) == 0, t == pos.PRPS && len(list) == 0, t == pos.POS:
		default:
			return list, i
		}
	}
	return list, i
}

// sameCount reports whether what is counted here is not less than what is
// counted there.
func (x *valued) sameCount(y *valued, asked map[string]bool) bool {
	if x.number == nil {
		return true
	}
	mine, end := x.counted()
	theirs, _ := y.counted()
	known := func(stem string) bool {
		return asked[stem] || y.sentence[stem] || slices.ContainsFunc(theirs, func(o string) bool { return lexicon.Synonyms(stem, o) })
	}
	if len(mine) > 0 && len(theirs) > 0 {
		if head, other := mine[len(mine)-1], theirs[len(theirs)-1]; head != other && !lexicon.Synonyms(head, other) {
			return false
		}
	}
	if slices.ContainsFunc(mine, func(s string) bool { return !known(s) }) {
		return false
	}
	// "41 passengers without tickets"
	if within := x.norm(end); len(mine) > 0 && x.tag(end) == pos.IN && restricting[within] {
		for i := end + 1; i < len(x.tokens) && i < end+5; i++ {
			if x.tag(i).Noun() && !x.tag(i+1).Noun() {
				return known(x.stem(i)) || x.named(i) // names are looked at by themselves
			}
		}
	}
	return true
}

var restricting = word.Set("with without from under over aged among of in at inside outside for")

// deed is the stem of the verb next to the value, "" for one that says no more
// than that there are so many.
func (x *valued) deed() string {
	best, far := -1, math.MaxInt
	for i := range x.tokens {
		n := x.norm(i)
		if verb := x.tag(i).Verb() || x.tag(i).Adjective() && i+1 == x.from && lexicon.Lemma(n) != n; !verb || i >= x.from && i < x.to {
			continue // no adjective stands before a number: "and stole 14 watches"
		}
		d := i - x.to
		if i < x.from {
			d = x.from - i - 1
		}
		for k := min(i, x.from); k < max(i, x.to); k++ {
			if x.tag(k) == pos.CC {
				d += 3
			}
		}
		if _, _, says := lexicon.Saying(n); says || countingVerbs[n] || countingVerbs[lexicon.Lemma(n)] {
			continue
		}
		if d < far {
			best, far = i, d
		}
	}
	if best < 0 {
		return ""
	}
	return word.Stem(lexicon.Lemma(x.norm(best)))
}

var countingVerbs = word.Set("be is are was were been being have has had do does did count number total amount come stand reach get put report find record 's ’s")

// sameDeed reports whether the same is done to what is counted, as far as both
// say it.
func (x *valued) sameDeed(y *valued) bool {
	a, b := x.deed(), y.deed()
	return a == b || a == "" || b == "" || lexicon.Synonyms(a, b) || a == "miss" && taken[b] || b == "miss" && taken[a]
}

// taken are the stems of what was done to things that are missing.
var taken = map[string]bool{"steal": true, "take": true, "lose": true, "rob": true}

// names reports whether the other sentence, or what its article is about, has
// the names of the clause; those of who says so aside.
func (x *valued) names(y *valued, asked map[string]bool) bool {
	speaking := -1 // the last verb of saying before the value
	for i := range x.from {
		if _, _, ok := lexicon.Saying(x.norm(i)); ok && x.tag(i).Verb() {
			speaking = i
		}
	}
	for i := range x.tokens {
		if i < speaking || !x.named(i) || i >= x.from && i < x.to || calendar[x.norm(i)] {
			continue
		}
		if s := x.stem(i); !asked[s] && !y.sentence[s] && !y.about[s] {
			return false
		}
	}
	return true
}

// named reports whether a token is a name's.
func (x *valued) named(i int) bool {
	r, _ := utf8.DecodeRuneInString(x.tokens[i].Text)
	if i == 0 {
		return x.tag(i).Proper() && Naming(x.tokens[i].Text)
	}
	return x.tag(i).Proper() || unicode.IsUpper(r)
}

// share is the part of the clause, by the weight of its words, that the other
// sentence has. The words of the value are none of it.
func (x *valued) share(y *valued) float64 {
	total, both, n := 0.0, 0.0, 0
	for i, t := range x.tokens {
		s := x.stem(i)
		if i >= x.from && i < x.to || t.Tag == pos.PUNCT || word.Stop(x.norm(i)) {
			continue
		}
		w := word.IDF(s)
		total += w
		if y.sentence[s] {
			both += w
			n++
		}
	}
	if n == 0 || total == 0 {
		return 0
	}
	return both / total
}
