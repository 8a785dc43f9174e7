// Package ground holds sentences against the words of articles: may a sentence
// be shown with these citations, and what does an article say to it?
//
// A sentence must not name what its citations lack (names, numbers, dates,
// quotations), nor depart from what they mean (who speaks, who does it to
// whom, what is denied, hedged or planned). Reasons are in plain words.
package ground

import (
	"cmp"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"dateline/corpus"
	"dateline/corpus/dates"
	"dateline/corpus/lexicon"
	"dateline/corpus/quantity"
	"dateline/corpus/word"
)

// Bounds on what an engine may hand in. No sentence of an article comes near
// them; an engine that runs wild does.
const (
	maxQuotes = 16    // citations of a sentence
	MaxClaim  = 4_000 // bytes of a sentence that is longer than what it cites
)

// A Quote is a span of an article that a claim rests on.
type Quote struct {
	Article *corpus.Article
	Span    corpus.Span
}

// Check checks a sentence against what it cites, and returns the reasons why it
// must not be shown: none if all is well. offered are the articles as they are
// stored, by id.
//
// Every quote must be a span of an offered article, on character boundaries
// and without damaged bytes, in a text that is the stored one byte for byte;
// and each name, number, date and quotation of the claim must occur in the
// quotes.
func Check(text string, quotes []Quote, offered map[string]*corpus.Article) []string {
	switch {
	case len(quotes) == 0:
		return []string{"it cites nothing"}
	case len(quotes) > maxQuotes:
		return []string{fmt.Sprintf("it cites %d places, at most %d are read", len(quotes), maxQuotes)}
	case !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError):
		return []string{"it holds damaged characters"}
	case strings.TrimSpace(text) == "":
		return []string{"it says nothing"}
	}
	var reasons []string
	size := 0
	for _, q := range quotes {
		if why := Misquoted(q, offered); why != "" {
			reasons = append(reasons, why)
		}
		size += q.Span.Len()
	}
	if len(reasons) > 0 {
		return reasons
	}
	if len(text) > MaxClaim && len(text) > 2*size {
		return []string{fmt.Sprintf("it has %d bytes, more than any sentence", len(text))}
	}
	c := NewClaim(text)
	var why []string
	e := Gather(quotes, offered)
	rs, m := e.reasons(c, citation)
	for _, r := range rs {
		why = append(why, r.text)
	}
	// What has its words from here and there, in an order of its own.
	if len(why) == 0 && m != nil {
		if c, m := c.matched(e.lines); c.traits(e.lines, m).order() < scattered {
			why = append(why, "what it cites has its words, but does not put them together like this")
		}
	}
	return why
}

// scattered is the order below which a sentence is not shown even if all of it
// stands in what it cites. Of the sentences in the tests of this package and of
// bot/llm that may be shown none is below, nor is any of the true claims in
// cmd/dateline/testdata that Check finds supported.
const scattered = 0.03

// What the lines are called that a sentence is compared with.
const (
	citation = "what it cites"
	article  = "the article"
)

// looked is where it was looked for what a sentence says: all that it cites, but
// of an article only the few sentences that have most of it, see Weigh. What is
// not there may stand elsewhere in the article.
func looked(where string) string {
	if where == article {
		return "the passage that comes nearest"
	}
	return where
}

// Misquoted says what is wrong with a quote; "" if nothing is.
func Misquoted(q Quote, offered map[string]*corpus.Article) string {
	if q.Article == nil {
		return "it cites no article"
	}
	a := offered[q.Article.ID]
	switch {
	case a == nil:
		return fmt.Sprintf("it cites %s, which was not among the passages", q.Article.Source)
	case !q.Span.Within(len(a.Text)) || a.Text != q.Article.Text:
		return fmt.Sprintf("the words it cites do not stand in %s", a.Source)
	}
	words := q.Span.Of(a.Text)
	switch {
	case !utf8.ValidString(words) || strings.ContainsRune(words, utf8.RuneError):
		return fmt.Sprintf("the words it cites are damaged in %s", a.Source)
	case strings.TrimSpace(words) == "":
		return fmt.Sprintf("it cites an empty place of %s", a.Source)
	case cutsWord(a.Text, q.Span.Start) || cutsWord(a.Text, q.Span.End):
		// Texts without spaces are divided within what passes for a word.
		if !slices.ContainsFunc(a.Sentences(), func(s corpus.Sentence) bool { return s.Span == q.Span }) {
			return fmt.Sprintf("it cites half a word of %s", a.Source)
		}
	}
	return ""
}

// cutsWord reports whether offset at of a text lies within a word or a number:
// "killed 1" can be cut out of "killed 1,200".
func cutsWord(text string, at int) bool {
	const far = 200 // bytes; no word is longer
	from, to := at, at
	for from > 0 && at-from < far && text[from-1] > ' ' {
		from--
	}
	for to < len(text) && to-at < far && text[to] > ' ' {
		to++
	}
	return slices.ContainsFunc(word.Split(text[from:to]), func(w word.Word) bool { return w.Start < at-from && at-from < w.End })
}

// Evidence is what a claim may draw on: the words that it cites, or all that
// was offered.
type Evidence struct {
	pieces  []piece
	lines   []line          // the sentences of the pieces
	norms   map[string]bool // every word
	names   map[string]bool // every word as nameKey has it
	lower   map[string]bool // words that stand there in lower case
	upper   map[string]bool // words that stand there with a capital
	numbers []quantity.Quantity
	dates   map[told][]dates.Date // of all texts that were looked at
}

// A told text was published, or is compared with what was published, on a day.
type told struct {
	text      string
	published time.Time // zero if not known
}

// datesIn are the dates that a text on one line mentions. Finding them costs
// most of all, and a sentence is asked for them as a claim, as a line and as a
// piece.
func (e *Evidence) datesIn(text string, published time.Time) []dates.Date {
	key := told{text, published}
	ds, ok := e.dates[key]
	if !ok {
		ds = dates.Find(text, corpus.Span{End: len(text)}, published)
		e.dates[key] = ds
	}
	return ds
}

// A piece is a stretch of text without a gap. What a claim says must not be
// put together from two of them where it is one thing: a quotation, a name.
type piece struct {
	text      string // on one line
	words     []word.Word
	published time.Time // zero if not known
}

// Gather makes evidence of checked quotes. Those of one article with nothing
// but white space between them are one piece, as a quotation may run over two
// sentences.
func Gather(quotes []Quote, offered map[string]*corpus.Article) *Evidence {
	quotes = slices.Clone(quotes)
	place := make(map[string]int) // in the order of their first quotes
	for i, q := range quotes {
		quotes[i].Article = offered[q.Article.ID]
		if _, seen := place[q.Article.ID]; !seen {
			place[q.Article.ID] = i
		}
	}
	slices.SortFunc(quotes, func(a, b Quote) int {
		return cmp.Or(place[a.Article.ID]-place[b.Article.ID], a.Span.Start-b.Span.Start, a.Span.End-b.Span.End)
	})
	quotes = slices.Compact(quotes)
	var lines []line
	for _, q := range quotes {
		part := &corpus.Article{Text: q.Article.Text, Body: q.Span}
		published, _ := q.Article.Date()
		for _, s := range part.Sentences() {
			if l := read(s.Of(part.Text)); len(l.words) > 0 {
				l.quote, l.published = Quote{q.Article, s.Span}, published
				lines = append(lines, l)
			}
		}
	}
	attribute(lines)
	e := New()
	e.lines = lines
	for _, q := range join(quotes) {
		published, _ := q.Article.Date()
		e.Add(q.Span.Of(q.Article.Text), published)
	}
	return e
}

// join puts quotes together that have nothing but white space between them.
// They are in order.
func join(quotes []Quote) []Quote {
	var joined []Quote
	for _, q := range quotes {
		if n := len(joined); n > 0 && joined[n-1].Article == q.Article {
			last := &joined[n-1].Span
			if q.Span.Start <= last.End || strings.TrimSpace(q.Article.Text[last.End:q.Span.Start]) == "" {
				last.End = max(last.End, q.Span.End)
				continue
			}
		}
		joined = append(joined, q)
	}
	return joined
}

// only is evidence of some of the lines of an article.
func only(lines []line) *Evidence {
	e := New()
	e.lines = lines
	var quotes []Quote
	for _, l := range lines {
		quotes = append(quotes, l.quote)
	}
	for _, q := range join(quotes) {
		e.Add(q.Span.Of(q.Article.Text), lines[0].published)
	}
	return e
}

// New returns evidence of nothing.
func New() *Evidence {
	return &Evidence{norms: make(map[string]bool), names: make(map[string]bool), lower: make(map[string]bool), upper: make(map[string]bool), dates: make(map[told][]dates.Date)}
}

// Add takes in a stretch of text that was published on a day, zero if that is
// not known.
func (e *Evidence) Add(text string, published time.Time) {
	text = flat(text)
	p := piece{text: text, words: word.Split(text), published: published}
	unread := notWords(text)
	for _, w := range p.words {
		if slices.ContainsFunc(unread, func(s []int) bool { return s[0] <= w.Start && w.End <= s[1] }) {
			continue
		}
		e.norms[w.Norm] = true
		e.names[nameKey(w.Norm)] = true
		if capital(w) {
			e.upper[w.Norm] = true
		} else {
			e.lower[w.Norm] = true
		}
	}
	e.numbers = append(e.numbers, quantity.Find(text, p.words)...)
	e.pieces = append(e.pieces, p)
}

// flat is a text on one line, without markup and the characters that show
// nothing, which would divide a word where no reader sees it.
func flat(s string) string { return corpus.OneLine(invisible.Replace(corpus.Plain(s))) }

var invisible = strings.NewReplacer("\u200b", "", "\ufeff", "", "\u2060", "")

// reasons are why a claim is not carried, none if it is, and how it was matched
// with the lines; nil if it was not compared with them.
//
// One that stands in the evidence as it is, but for what was inserted in
// [brackets], means what the evidence means.
func (e *Evidence) reasons(c *Claim, where string) ([]reason, *matching) {
	var rs []reason
	for _, what := range e.lacks(c.text, Sentence) {
		rs = append(rs, reason{text: fmt.Sprintf("the %s is not in %s", what, looked(where))})
	}
	if len(rs) > 0 && where == citation {
		return rs, nil
	}
	if e.lifted(c) {
		if m := c.match(e.lines); m != nil && bracketed.MatchString(c.text) {
			rs = append(rs, c.miscalls(e, m, where)...)
		}
		return rs, nil
	}
	m := c.match(e.lines)
	if m != nil {
		rs = append(c.departs(e, m, where), rs...)
	}
	return rs, m
}

// A Form is how a text that is checked is written.
type Form bool

const (
	Sentence Form = false // begins with a capital, whatever its first word is
	Fragment Form = true  // does not
)

// Lacks returns what the text states and the evidence does not hold, each as a
// reason not to show it: names, numbers, dates, quotations.
func (e *Evidence) Lacks(text string, f Form) []string {
	lacks := e.lacks(text, f)
	for i, what := range lacks {
		lacks[i] = fmt.Sprintf("the %s is not in %s", what, citation)
	}
	return lacks
}

// lacks names what the text states and the evidence does not hold.
//
// It looks at words, not at their meaning: "X", cited from "Ushakov denied that
// X", lacks nothing; see departures. Nor does it know a name in lower case
// unless commonNames does: of the lower-case words of news that are no function
// words, 14 % are unknown to word.IDF, so that to keep unknown ones back would
// keep back every second sentence that is not lifted. Of 531 sentences of
// qags-cnndm that people found supported by their article, whose text is in
// lower case with its numbers torn apart, one was kept back that did not hold
// such a number.
func (e *Evidence) lacks(text string, f Form) []string {
	signs := e.strangeSigns(text)
	text = flat(text)
	words := word.Split(text)
	// checked are the words that need no look by themselves, as they are part
	// of something that was looked at.
	checked := make([]bool, len(words))
	var lacks []string
	lack := func(what, which string) {
		if which = what + " " + brief(which); !slices.Contains(lacks, which) {
			lacks = append(lacks, which)
		}
	}
	for _, s := range signs {
		lack("sign", s)
	}
	for _, at := range notWords(text) {
		// Nothing within an address counts as a word of the evidence, so that
		// the address has to be there as it is.
		if e.contains(strings.TrimRight(text[at[0]:at[1]], ".,;:!?)")) {
			for i, w := range words {
				checked[i] = checked[i] || at[0] <= w.Start && w.End <= at[1]
			}
		}
	}
	for _, at := range address.FindAllStringIndex(text, -1) {
		if s := text[at[0]:at[1]]; !e.contains(strings.TrimRight(s, ".")) {
			lack("address", s)
		}
	}
	for _, d := range e.unknownDates(text, words, checked) {
		lack("date", d)
	}
	numbers := quantity.Find(text, words)
	for n := range numbers {
		q := &numbers[n]
		if q.From < q.To && !slices.Contains(checked[q.From:q.To], false) {
			continue
		}
		for i := q.From; i < q.To; i++ {
			checked[i] = true
		}
		if plainOne(q, words) || q.Base {
			continue // "one of them", and what a rate is compared with
		}
		if !e.gives(q) {
			lack("number", q.Rate.Of(text))
		}
	}
	for at, r := range text {
		// Digits that are no part of words: ², Ⅷ.
		if unicode.IsNumber(r) && !unicode.IsDigit(r) && !e.contains(string(r)) &&
			!slices.ContainsFunc(numbers, func(q quantity.Quantity) bool { return q.Start <= at && at < q.End }) {
			lack("number", string(r))
		}
	}
	for i, w := range words {
		if !checked[i] && !e.names[nameKey(w.Norm)] && !e.nation(w) && mustStand(text, words, i, f) {
			lack("name", w.Text)
			checked[i] = true
		}
	}
	for i := range words[:max(0, len(words)-1)] {
		if !checked[i] && !checked[i+1] && e.torn(text, words, i, f) {
			lack("name", text[words[i].Start:words[i+1].End])
		}
	}
	for _, q := range quotations(text) {
		if !e.quotes(q) {
			lack("quotation", "“"+q+"”")
		}
	}
	return lacks
}

// gives reports whether the evidence has a quantity, be it with another bound,
// which departures looks at.
func (e *Evidence) gives(q *quantity.Quantity) bool {
	return slices.ContainsFunc(e.numbers, func(o quantity.Quantity) bool { return quantity.Compare(&o, q) >= quantity.Partly })
}

// plainOne reports whether a quantity is a plain "one", which is often no number.
func plainOne(q *quantity.Quantity, words []word.Word) bool {
	return q.To == q.From+1 && q.Unit == "" && words[q.From].Norm == "one"
}

// nation reports whether the evidence has a country in another form than the
// word: "Ukrainian" for "Ukraine", "American" for "US". Who of it does what is
// for departures to look at.
func (e *Evidence) nation(w word.Word) bool {
	at, ok := country(w.Norm)
	if !ok || !capital(w) {
		return false
	}
	for has := range e.upper {
		if there, ok := country(has); ok && there == at {
			return true
		}
	}
	return false
}

// country is the one that a word names, be it by those who live there.
func country(norm string) (string, bool) {
	if place, ok := lexicon.Demonym(norm); ok {
		return place, true
	}
	l, ok := lexicon.Place(norm)
	return l.Name, ok && l.Kind == lexicon.Country
}

// strangeSigns are the characters of a text that the evidence lacks, and that
// show nothing or something else than words do: controls, marks that letters
// are hidden under, emoji, letters in disguise, the beginning of markup.
func (e *Evidence) strangeSigns(text string) []string {
	var strange []string
	seen := make(map[rune]bool)
	for _, s := range opening.FindAllString(text, -1) {
		if !e.contains(s) {
			strange = append(strange, s)
		}
	}
	for i, r := range norm.NFC.String(invisible.Replace(text)) {
		if r < 0x80 && r >= ' ' || r == '\n' || r == '\t' || r == '\r' && i > 0 && strings.Contains(text, "\r\n") {
			continue
		}
		if seen[r] {
			continue
		}
		seen[r] = true
		disguised := unicode.IsLetter(r) && r < 0x2e80 && norm.NFKC.String(string(r)) != string(r) || 0x1d400 <= r && r < 0x1d800 || 0xff21 <= r && r <= 0xff5a
		if (disguised || unicode.In(r, unicode.C, unicode.M, unicode.So)) && !slices.ContainsFunc(e.pieces, func(p piece) bool {
			return strings.ContainsRune(norm.NFC.String(p.text), r)
		}) {
			strange = append(strange, strconv.QuoteRuneToASCII(r))
		}
	}
	return strange
}

// opening is how markup and Slack's pings begin.
var opening = regexp.MustCompile(`<[!@#/a-zA-Z]`)

// brief shortens what a reason shows, which may come from anywhere, and leaves
// out what a program might follow.
func brief(s string) string {
	const most = 120
	s = address.ReplaceAllString(opening.ReplaceAllString(s, "…"), "…")
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

func (e *Evidence) contains(s string) bool {
	return slices.ContainsFunc(e.pieces, func(p piece) bool { return strings.Contains(p.text, s) })
}

// unknownDates returns the dates in a text that the evidence does not give,
// and marks the words of all dates.
//
// A date is given if its words stand in the evidence one after the other, or
// if the evidence mentions a time that lies within it, be it that it takes the
// day of publication to tell: "November 26" and "2025" are given by
// "Wednesday" in an article of 26 November 2025.
func (e *Evidence) unknownDates(text string, words []word.Word, checked []bool) []string {
	given := make(map[corpus.Span]bool) // by place in text
	var order []corpus.Span
	asked := make(map[time.Time]bool)
	for _, p := range e.pieces {
		if asked[p.published] {
			continue
		}
		asked[p.published] = true
		for _, d := range e.datesIn(text, p.published) {
			if _, seen := given[d.Span]; !seen {
				order = append(order, d.Span)
			}
			given[d.Span] = given[d.Span] || e.dated(text, d, p.published)
		}
	}
	var unknown []string
	for _, s := range order {
		first := slices.IndexFunc(words, func(w word.Word) bool { return w.Start >= s.Start })
		if first < 0 {
			continue
		}
		last := first
		for last < len(words) && words[last].End <= s.End {
			checked[last] = true
			last++
		}
		if !given[s] && (!e.inOrder(words[first:last]) || e.noDay(s.Of(text))) {
			unknown = append(unknown, s.Of(text))
		}
	}
	return unknown
}

// noDay reports whether the evidence has a weekday in no place as a day near its
// publication: "Sunday Adeyemi", "every Sunday".
func (e *Evidence) noDay(day string) bool {
	return strings.EqualFold(weekday.FindString(day), day) && !slices.ContainsFunc(e.pieces, func(p piece) bool {
		return p.published.IsZero() || slices.ContainsFunc(e.datesIn(p.text, p.published), func(d dates.Date) bool {
			return strings.EqualFold(weekday.FindString(d.Of(p.text)), day)
		})
	})
}

// dated reports whether what was published on a day mentions a time within d.
func (e *Evidence) dated(text string, d dates.Date, published time.Time) bool {
	return slices.ContainsFunc(e.pieces, func(p piece) bool {
		return p.published.Equal(published) && slices.ContainsFunc(e.datesIn(p.text, published), func(has dates.Date) bool {
			return gives(has, d, d.Of(text))
		})
	})
}

// inOrder reports whether the words stand somewhere in the evidence, one after
// the other.
func (e *Evidence) inOrder(words []word.Word) bool {
	return slices.ContainsFunc(e.pieces, func(p piece) bool { return index(p.words, words) >= 0 })
}

// index is where in the list the words stand one after the other; -1 if
// nowhere.
func index(list, words []word.Word) int {
	for i := 0; i+len(words) <= len(list); i++ {
		if slices.EqualFunc(list[i:i+len(words)], words, func(a, b word.Word) bool { return a.Norm == b.Norm }) {
			return i
		}
	}
	return -1
}

// Naming reports whether a question names somebody or something, a number or a
// time. People type names in lower case: any word that is no common one may be
// a name.
func Naming(question string) bool {
	words := word.Split(question)
	for i, w := range words {
		if strings.ContainsFunc(w.Norm, unicode.IsDigit) || mustStand(question, words, i, Sentence) || !w.Stop() && !ordinary(w.Norm) {
			return true
		}
	}
	return false
}

// mustStand reports whether word i of a text is a name, or may be one, so that
// it has to stand in what is cited.
func mustStand(text string, words []word.Word, i int, f Form) bool {
	w := words[i]
	opens := opens(text, words, i)
	switch {
	case strings.ContainsFunc(w.Norm, unicode.IsDigit):
		return true // "G7"
	case uncased(w.Norm):
		return true // no telling, in scripts without capitals
	case !capital(w):
		return commonNames()[w.Norm] // "london"
	case titleWords[w.Norm]:
		return false
	case w.Stop():
		// "May", "Will", "WHO" and "IT" are function words once they are
		// folded.
		return !opens
	}
	return !opens || f == Fragment || !ordinary(w.Norm)
}

// titleWords may stand in capitals within names without being part of them, or
// answer by themselves.
var titleWords = map[string]bool{"the": true, "a": true, "an": true, "of": true, "and": true, "in": true, "on": true, "for": true, "to": true, "at": true,
	"mr": true, "mrs": true, "ms": true, "i": true, "im": true, "ive": true, "id": true, "ill": true, "yes": true, "no": true}

// ordinary reports whether general English knows a word and writes it in lower
// case.
func ordinary(norm string) bool {
	const rare = 6.4 // word.IDF of what its table lacks is above, of all else below
	stem := word.Stem(norm)
	return (word.IDF(stem) < rare || lexicon.Retells(stem)) && !commonNames()[norm]
}

// names.txt is made by gen.go.
//
//go:embed names.txt
var namesTable string

// commonNames are the names among the words that general English text knows.
var commonNames = sync.OnceValue(func() map[string]bool {
	return word.Set(namesTable)
})

// nameKey brings together what is one name, and nothing else: the forms of a
// word that stemming takes for one ("General", "generally") are two here, but
// for the endings of transliteration ("Zelenskyy", "Zelensky").
func nameKey(norm string) string {
	if strings.HasSuffix(norm, "yy") || strings.HasSuffix(norm, "iy") || strings.HasSuffix(norm, "ii") || strings.HasSuffix(norm, "ij") || strings.HasSuffix(norm, "yi") {
		if len(norm) > 4 {
			return norm[:len(norm)-2] + "y"
		}
	}
	return norm
}

// capital reports whether there is an upper-case letter in a word: "iPhone" is
// as much of a name as "Phone".
func capital(w word.Word) bool {
	return strings.ContainsFunc(w.Text, func(r rune) bool { return unicode.IsUpper(r) || unicode.IsTitle(r) })
}

// uncased reports whether a word is of a script that has no capitals.
func uncased(norm string) bool {
	return strings.ContainsFunc(norm, func(r rune) bool { return unicode.Is(unicode.Lo, r) })
}

// opens reports whether word i begins a sentence, a quotation or a part that
// could: only a name has a reason to be in capitals elsewhere.
func opens(text string, words []word.Word, i int) bool {
	if i == 0 {
		return true
	}
	return strings.ContainsAny(gap(text, words, i), ".?!:;…\"“”„«»‘()[]{}—–|•*")
}

// gap is what stands between word i and the one before, but for the full stop
// of an abbreviation.
func gap(text string, words []word.Word, i int) string {
	s := text[words[i-1].End:words[i].Start]
	if abbreviated(words[i-1]) {
		return strings.TrimPrefix(s, ".")
	}
	return s
}

// abbreviated reports whether a full stop behind a word ends no sentence, as
// in "Mr. Example" and "J. Example".
func abbreviated(w word.Word) bool {
	return capital(w) && (len(w.Text) == 1 || corpus.Honorific(w.Norm) || w.Norm == "st" || w.Norm == "jr" || w.Norm == "sr")
}

// bracketed is what an engine inserts into a lifted sentence.
var bracketed = regexp.MustCompile(`\[[^\[\]]*\]`)

// lifted reports whether a claim is one of the pieces or lines, or several one
// after the other, word for word and mark for mark, but for names in brackets
// that stand for a pronoun or before a quotation.
func (e *Evidence) lifted(c *Claim) bool {
	// Words leave signs out: “−12C” has the word of “12C”.
	for i := range c.numbers {
		if !slices.ContainsFunc(e.numbers, func(o quantity.Quantity) bool {
			return quantity.Compare(&o, &c.numbers[i]) == quantity.Same
		}) {
			return false
		}
	}
	return e.inRow(c.text) || e.inRow(e.withoutNames(c.text))
}

// withoutNames is a text without the names in brackets that stand behind a
// pronoun, or with a colon before a sentence, and stand in an article before or
// among the words that are cited.
func (e *Evidence) withoutNames(text string) string {
	var b strings.Builder
	at := 0
	for _, m := range bracketed.FindAllStringIndex(text, -1) {
		before := word.Split(text[at:m[0]])
		name, introduces := strings.CutSuffix(strings.TrimSpace(text[m[0]+1:m[1]-1]), ":")
		stands := len(before) == 0 && at == 0 && introduces || len(before) > 0 && pronounsFor[before[len(before)-1].Norm]
		if !stands || !e.namedBefore(word.Split(name)) {
			continue
		}
		b.WriteString(text[at:m[0]])
		at = m[1]
	}
	b.WriteString(text[at:])
	return b.String()
}

// pronounsFor are those behind which a name in brackets says who is meant.
var pronounsFor = word.Set(`he she they it him her them his hers their theirs its`)

// namedBefore reports whether words are a name, or an office, that an article of
// the evidence has no later than what is cited of it.
func (e *Evidence) namedBefore(name []word.Word) bool {
	if len(name) == 0 || slices.ContainsFunc(name, func(w word.Word) bool {
		return !capital(w) && !titleWords[w.Norm] && !particles[w.Norm] && !lexicon.Role(w.Norm) || negators[w.Norm]
	}) {
		return false
	}
	last := name[len(name)-1].Text
	return slices.ContainsFunc(e.lines, func(l line) bool {
		a := l.quote.Article
		return a != nil && strings.Contains(a.Text[:l.quote.Span.End], last)
	})
}

// inRow reports whether a text is that of pieces or lines, one after the other.
// Marks count: “The mayor,” said the envoy, “is a thief” is not what the mayor
// said.
func (e *Evidence) inRow(text string) bool {
	words := word.Split(text)
	for at := 0; at < len(words); {
		best := 0
		is := func(source string, piece []word.Word) {
			if n := len(piece); n > best && at+n <= len(words) && sameRun(text, words[at:at+n], source, piece) {
				best = n
			}
		}
		for _, p := range e.pieces {
			is(p.text, p.words)
		}
		for i := range e.lines {
			is(e.lines[i].text, e.lines[i].words)
		}
		if best == 0 {
			return false
		}
		if at += best; at < len(words) && !strings.ContainsAny(text[words[at-1].End:words[at].Start], ".!?…:\"“”") {
			return false // two sentences run into one
		}
	}
	return true
}

// sameRun reports whether some words of a text are all those of a source, with
// the same marks between them, and asked or not as there.
func sameRun(text string, words []word.Word, source string, all []word.Word) bool {
	for i := range all {
		if words[i].Norm != all[i].Norm || i > 0 && pointing(text[words[i-1].End:words[i].Start]) != pointing(source[all[i-1].End:all[i].Start]) {
			return false
		}
	}
	tail := text[words[len(words)-1].End:]
	if next := word.Split(tail); len(next) > 0 {
		tail = tail[:next[0].Start]
	}
	return strings.Contains(tail, "?") == strings.Contains(source[all[len(all)-1].End:], "?")
}

// pointing is the signs between two words that tell how they belong together,
// each in one form.
func pointing(gap string) string {
	var b strings.Builder
	for _, r := range strings.ReplaceAll(gap, " - ", " – ") {
		switch r {
		case ',', ';', ':', '.', '?', '!', '(', ')':
			b.WriteRune(r)
		case '"', '“', '”', '„', '«', '»':
			b.WriteByte('"')
		case '–', '—', '―':
			b.WriteByte('-')
		}
	}
	return strings.ReplaceAll(b.String(), "--", "-")
}

// torn reports whether words i and i+1 are put together to one name that the
// evidence does not have, although it has both words: "John Smith" of John
// Major and Adam Smith.
func (e *Evidence) torn(text string, words []word.Word, i int, f Form) bool {
	a, b := words[i], words[i+1]
	if text[a.End:b.Start] != " " || !capital(a) || !capital(b) || titleWords[a.Norm] || titleWords[b.Norm] {
		return false
	}
	if opens(text, words, i) && f == Sentence && (a.Stop() || ordinary(a.Norm)) && !(e.norms[a.Norm] && !e.upper[b.Norm]) {
		return false // "Later Trump said"; but not "Bill Gates" of bills and gates
	}
	if slices.ContainsFunc(e.pieces, func(p piece) bool { return p.together(a, b) }) {
		return false
	}
	// "President Putin" says what he is, if "the president" stands there too.
	return e.lower[a.Norm] == e.lower[b.Norm]
}

// together reports whether two words stand next to each other, or in one name.
func (p *piece) together(a, b word.Word) bool {
	for i, w := range p.words {
		if nameKey(w.Norm) != nameKey(a.Norm) && nameKey(w.Norm) != nameKey(b.Norm) {
			continue
		}
		other := nameKey(b.Norm)
		if nameKey(w.Norm) == other {
			other = nameKey(a.Norm)
		}
		for j := i + 1; j < len(p.words) && j <= i+5; j++ {
			if strings.Trim(gap(p.text, p.words, j), " -“”\"'’‘") != "" {
				break
			}
			if nameKey(p.words[j].Norm) == other {
				return true
			}
			if !capital(p.words[j]) && !particles[p.words[j].Norm] {
				break
			}
		}
	}
	return false
}

// particles stand in lower case within names.
var particles = map[string]bool{"of": true, "the": true, "for": true, "de": true, "del": true, "della": true, "da": true, "dos": true, "di": true, "la": true, "le": true,
	"van": true, "von": true, "der": true, "den": true, "ten": true, "al": true, "el": true, "bin": true, "ibn": true, "bint": true, "y": true}
