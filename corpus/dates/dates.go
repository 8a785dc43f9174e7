// Package dates finds the times that a text mentions and the days they stand
// for, seen from the day the text was published.
package dates

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"dateline/corpus"
	"dateline/corpus/pos"
)

// A Date is a mention of a time in a text and the days it stands for.
type Date struct {
	corpus.Span
	From, To time.Time // first and last day, midnight UTC; equal for one day
	Relative bool      // it took the publication date to tell: "Wednesday", "next week"
	Unsure   bool      // a weekday, and no verb tells whether it is the last one, which From is, or the next
}

// String is the day, or first and last day with a slash between (ISO 8601).
func (d Date) String() string {
	if d.From.Equal(d.To) {
		return d.From.Format(time.DateOnly)
	}
	return d.From.Format(time.DateOnly) + "/" + d.To.Format(time.DateOnly)
}

const (
	month       = `(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)`
	weekdayName = `(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day`
	yearNumber  = `(?:1[0-9]|20)\d{2}`
	countName   = `\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve`
)

// pattern compiles an expression when it is first asked for.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

var dateWords = pattern(`(?i)\b(?:` +
	`(?P<isoYear>\d{4})-(?P<isoMonth>\d{2})-(?P<isoDay>\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?` +
	// "Saturday, 22–23 November 2025"
	`|(?:` + weekdayName + `,? )?(?P<preDay>\d{1,2})(?:st|nd|rd|th)?(?: ?[–-] ?(?P<preLast>\d{1,2})(?:st|nd|rd|th)?)? (?:of )?(?P<preMonth>` + month + `)(?:,? (?P<preYear>` + yearNumber + `))?` +
	// "Sunday, Nov. 23-24, 2025", "in August", "August 2025"
	`|(?:(?P<before>in|since|until|till|by|of|from|during|before|after|last|next|this|early|late|mid)[ -])?` +
	`(?P<day>(?:` + weekdayName + `,? )?(?P<month>` + month + `)(?: (?P<dom>\d{1,2})(?:st|nd|rd|th)?\b(?: ?[–-] ?(?P<last>\d{1,2})(?:st|nd|rd|th)?\b)?(?:,? (?P<year>` + yearNumber + `))?|,? (?:of )?(?P<monthYear>` + yearNumber + `))?)` +
	`|(?:(?P<which>last|next|this|past|coming) )?(?P<weekday>` + weekdayName + `)` +
	`|(?:day (?P<twice>before|after) )?(?P<near>today|tonight|yesterday|tomorrow)` +
	`|(?P<part>this|last) (?:morning|afternoon|evening|night)` +
	`|(?P<periodWhich>last|next|this|past|coming) (?P<period>week|month|year|weekend)` +
	`|(?P<count>` + countName + `) (?P<unit>day|week|month|year)s? ago` +
	`|(?P<weekend>weekend)` +
	`|(?P<decade>(?:1[89]|20)\d0)s` +
	`|(?P<alone>` + yearNumber + `)` +
	`)\b`)

// Find finds the times that are mentioned in a span of text, in order. Those
// that refer to the day the text was published are left out if published is
// zero, and so are days of another time ("every Friday", "the following Monday")
// and names with the word for a day in them ("USA Today").
//
// A bare weekday is the last one on or before the day of publication, or the
// next one where its verb speaks of what is to come; see tenseOf. A day without
// a year is the one nearest to that day, unless the verb says that it lies on
// the other side.
func Find(text string, in corpus.Span, published time.Time) []Date {
	s := in.Of(text)
	if !mayDate(s) {
		return nil
	}
	y, mon, dom := published.Date()
	r := reader{text: s, published: time.Date(y, mon, dom, 0, 0, 0, 0, time.UTC)}
	if published.IsZero() {
		r.published = published
	}
	var ds []Date
	for _, m := range dateWords().FindAllStringSubmatchIndex(s, -1) {
		d, ok := (&mention{&r, m}).date()
		if !ok || d.Relative && published.IsZero() {
			continue
		}
		if n := len(ds); n > 0 && d.Start < ds[n-1].End {
			if d.End <= ds[n-1].End {
				continue // "last week" of "Monday of last week"
			}
			ds = ds[:n-1] // "a week ago" of "a week ago Monday"
		}
		ds = append(ds, d)
	}
	r.order(ds)
	for i := range ds {
		ds[i].Start += in.Start
		ds[i].End += in.Start
	}
	return ds
}

// A reader resolves the mentions of a text.
type reader struct {
	text      string
	published time.Time         // midnight UTC, zero if not known
	sentences []corpus.Sentence // of text, found when first asked for
	tokens    map[int][]pos.Token
}

// tense is that of the verb that the mention at a span of the text belongs to.
func (r *reader) tense(at corpus.Span) (t tense, beside bool) {
	if r.tokens == nil {
		r.sentences = (&corpus.Article{Text: r.text, Body: corpus.Span{End: len(r.text)}}).Sentences()
		r.tokens = make(map[int][]pos.Token)
	}
	i := slices.IndexFunc(r.sentences, func(s corpus.Sentence) bool { return s.Overlaps(at) })
	if i < 0 {
		return unclear, false
	}
	s := r.sentences[i]
	tokens, ok := r.tokens[i]
	if !ok {
		tokens = pos.Tokens(s.Of(r.text))
		r.tokens[i] = tokens
	}
	t, beside = tenseOf(tokens, corpus.Span{Start: at.Start - s.Start, End: at.End - s.Start})
	if t == present && (s.Kind == corpus.Caption || credited().MatchString(s.Of(r.text))) {
		return unclear, false // captions tell in the present what is past
	}
	return t, beside
}

// order brings the ends of ranges of weekdays into order: "Thursday through
// Tuesday" ends behind its beginning.
func (r *reader) order(ds []Date) {
	for i := range ds[:max(0, len(ds)-1)] {
		a, b := &ds[i], &ds[i+1]
		if !b.From.Before(a.From) || !oneWeekday().MatchString(a.Of(r.text)) || !oneWeekday().MatchString(b.Of(r.text)) || !through().MatchString(r.text[a.End:b.Start]) {
			continue
		}
		if b.From.After(r.published) {
			b.From = b.From.AddDate(0, 0, 7)
			b.To = b.From
		} else {
			a.From = a.From.AddDate(0, 0, -7)
			a.To = a.From
		}
	}
}

var (
	// credited matches captions that have the photographer before them.
	credited   = pattern(`^[^.]{0,60}(?:/(?:AP|AFP|Reuters|Getty|Bloomberg|Associated Press)\b|Getty Images|AP Photo)`)
	onDay      = pattern(`(?i)\b(?:on|until|till|by|through) $`)
	oneWeekday = pattern(`^` + weekdayName + `$`)
	through    = pattern(`(?i)^(?: ?[–-] ?| through | thru | to | until | till )$`)
)

// mayDate reports whether dateWords could match in s: whether it has a year's
// four digits or the beginning of a word that all other mentions have. Most
// sentences have none, and the pattern is slow to find that out.
func mayDate(s string) bool {
	digits := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= '0' && c <= '9' {
			if digits++; digits == 4 {
				return true
			}
			continue
		}
		digits = 0
		if c |= 0x20; c < 'a' || c > 'z' || i+3 > len(s) || i > 0 && wordByte(s[i-1]) {
			continue
		}
		switch string([]byte{c, s[i+1] | 0x20, s[i+2] | 0x20}) {
		case "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
			"mon", "tue", "wed", "thu", "fri", "sat", "sun",
			"tod", "ton", "yes", "tom", "mor", "aft", "eve", "nig", "wee", "yea", "ago":
			return true
		}
	}
	return false
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}

// A mention is a match of dateWords.
type mention struct {
	*reader
	match []int
}

// group returns what a named group matched.
func (m *mention) group(name string) string {
	i := 2 * dateWords().SubexpIndex(name)
	if m.match[i] < 0 {
		return ""
	}
	return m.text[m.match[i]:m.match[i+1]]
}

// date resolves the mention. Its span is of m.text.
func (m *mention) date() (Date, bool) {
	published := m.published
	d := Date{Span: corpus.Span{Start: m.match[0], End: m.match[1]}}
	if m.named() {
		return d, false
	}
	ok := true
	switch {
	case m.group("isoYear") != "":
		d.From, ok = day(number(m.group("isoYear")), number(m.group("isoMonth")), number(m.group("isoDay")))
		d.To = d.From
	case m.group("preDay") != "":
		return m.calendarDay(d, m.group("preMonth"), m.group("preDay"), m.group("preLast"), m.group("preYear"))
	case m.group("month") != "":
		d.Start = m.match[2*dateWords().SubexpIndex("day")]
		mon := m.group("month")
		if m.group("dom") != "" {
			return m.calendarDay(d, mon, m.group("dom"), m.group("last"), m.group("year"))
		}
		if mon[0] >= 'a' {
			return d, false // "may", "march"
		}
		y := number(m.group("monthYear"))
		if y == 0 {
			which := strings.ToLower(m.group("before"))
			if which == "" || m.namedMonth(which, d.End) {
				return d, false // a name, or of any year
			}
			d.Relative = true
			if published.IsZero() {
				return d, false
			}
			y = m.monthsYear(monthOf(mon), which)
		}
		d.From, ok = day(y, monthOf(mon), 1)
		d.To = d.From.AddDate(0, 1, -1)
	case m.group("weekday") != "":
		name := m.group("weekday")
		d.Relative = true
		if m.byWeeks(&d, name) {
			return d, true
		}
		if m.ofAnotherTime(d.Span) {
			return d, false
		}
		which := strings.ToLower(m.group("which"))
		d.From = m.weekday(d.Span, name, which)
		d.To = d.From
		if which == "" && !d.From.Equal(published) {
			t, _ := m.tense(d.Span)
			d.Unsure = t == verbless
		}
	case m.group("near") != "":
		d.Relative = true
		if m.byWeeks(&d, m.group("near")) {
			return d, true
		}
		d.From = m.near(m.group("near"))
		if m.group("twice") != "" {
			d.From = d.From.Add(d.From.Sub(published))
		}
		d.To = d.From
	case m.group("part") != "":
		d.Relative = true
		d.From = published
		if strings.EqualFold(m.group("part"), "last") {
			d.From = published.AddDate(0, 0, -1)
		}
		d.To = d.From
	case m.group("period") != "":
		d.Relative = true
		d.From, d.To = period(strings.ToLower(m.group("periodWhich")), strings.ToLower(m.group("period")), published)
	case m.group("count") != "":
		d.Relative = true
		d.From, d.To = ago(count(m.group("count")), strings.ToLower(m.group("unit")), published)
	case m.group("weekend") != "":
		d.Relative = true
		which := "past"
		if w := published.Weekday(); w == time.Saturday || w == time.Sunday {
			which = "this"
		} else if t, _ := m.tense(d.Span); t.toCome() {
			which = "this"
		}
		d.From, d.To = period(which, "weekend", published)
	case m.group("decade") != "":
		d.From, ok = day(number(m.group("decade")), 1, 1)
		d.To = d.From.AddDate(10, 0, -1)
	default:
		if amount(m.text, d.Span) {
			return d, false
		}
		d.From, ok = day(number(m.group("alone")), 1, 1)
		d.To = d.From.AddDate(1, 0, -1)
	}
	return d, ok
}

// calendarDay resolves a day of a month, or the days from one to another.
func (m *mention) calendarDay(d Date, mon, from, to, year string) (Date, bool) {
	published := m.published
	if mon[0] >= 'a' || year == "" && followedByDigit(m.text, d.End) {
		return d, false // "may 5", "March 3,000"
	}
	y := number(year)
	if y == 0 {
		d.Relative = true
		if published.IsZero() {
			return d, false
		}
		y = m.year(d.Span, monthOf(mon), number(from))
		if which := yearBehind().FindStringSubmatch(m.text[d.End:min(len(m.text), d.End+24)]); which != nil {
			from, _ := period(strings.ToLower(which[1]), "year", published)
			y = from.Year() // "from July 13 to 17 of last year"
		}
	}
	var ok bool
	if d.From, ok = day(y, monthOf(mon), number(from)); !ok {
		return d, false
	}
	d.To = d.From
	if to != "" {
		d.To, ok = day(y, monthOf(mon), number(to))
		ok = ok && !d.To.Before(d.From)
	}
	return d, ok
}

// monthsYear chooses the year of a month that is named without one.
func (m *mention) monthsYear(mon int, which string) int {
	published := m.published
	y, now := published.Year(), int(published.Month())
	switch which {
	case "this":
		return y
	case "next":
		if mon <= now {
			return y + 1
		}
		return y
	case "last":
		if mon >= now {
			return y - 1
		}
		return y
	case "until", "till", "by":
		return nearestYear(mon, 15, published)
	case "since":
		// "It would be the sixth since January": what began is past, whatever
		// the verb before it.
		if mon > now {
			return y - 1
		}
		return y
	}
	if mon == now {
		return y
	}
	t, beside := m.tense(corpus.Span{Start: m.match[0], End: m.match[1]})
	switch {
	case mon > now && !t.toCome():
		return y - 1
	case mon < now && (t > present || t == present && beside):
		return y + 1
	}
	return y
}

// amount reports whether four digits are a number of something and no year.
func amount(s string, at corpus.Span) bool {
	if before := s[:at.Start]; before != "" {
		for _, sign := range [...]string{"$", "£", "€", "¥", "#", "No. "} {
			if strings.HasSuffix(before, sign) {
				return true
			}
		}
		if c := before[len(before)-1]; (c == ',' || c == '.' || c == '-' || c == ':' || c == '/') && len(before) > 1 && '0' <= before[len(before)-2] && before[len(before)-2] <= '9' {
			// "31,950", a telephone's number; but "2019-2020" is two years.
			return c != '-' || len(before) < 5 || !plausibleYear().MatchString(before[len(before)-5:len(before)-1])
		}
	}
	if s[at.Start] == '1' && s[at.Start+1] < '8' && !yearBefore().MatchString(s[max(0, at.Start-9):at.Start]) {
		return true // 1500 of something; years so far back come with "in" or "since"
	}
	return followedByDigit(s, at.End) || counted().MatchString(s[at.End:min(len(s), at.End+16)])
}

var (
	yearBefore    = pattern(`(?i)\b(?:in|since|until|till|by|from|of|to|before|after|circa|c\.|year|and|around|early|late|mid)[ -]$`)
	yearBehind    = pattern(`(?i)^(?: (?:to|and|or) \d{1,2})? ?(?:of )?(last|this|next) year\b`)
	plausibleYear = pattern(`^` + yearNumber + `$`)
	counted       = pattern(`(?i)^(?:%| ?(?:percent|people|miles|kilomet|km|met(?:er|re)s|feet|pounds|dollars|euros|troops|soldiers|men\b|women\b|workers|employees|votes|jobs|homes|houses|tons|tonnes|acres|square|hours|points|students|pages|calories))`)
)

func followedByDigit(s string, at int) bool {
	return at+1 < len(s) && (s[at] == ',' || s[at] == '.' || s[at] == ':') && '0' <= s[at+1] && s[at+1] <= '9'
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func count(s string) int {
	if n := number(s); n > 0 {
		return n
	}
	if strings.EqualFold(s, "a") || strings.EqualFold(s, "an") {
		return 1
	}
	names := [...]string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	return 1 + slices.Index(names[:], strings.ToLower(s))
}

func monthOf(name string) int {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	return strings.Index(names, strings.ToLower(name[:3]))/3 + 1
}

// day returns a day of the calendar, and false for one like 31 February.
func day(y, m, d int) (time.Time, bool) {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == d && int(t.Month()) == m
}

// nearestYear chooses the year that brings a day without one closest to the
// day of publication; 29 February may lie years away.
func nearestYear(m, d int, published time.Time) int {
	best, gap := published.Year(), time.Duration(1<<62)
	for y := published.Year() - 8; y <= published.Year()+8; y++ {
		if t, ok := day(y, m, d); ok && published.Sub(t).Abs() < gap {
			best, gap = y, published.Sub(t).Abs()
		}
	}
	return best
}

// year chooses the year of a day that is named without one.
func (m *mention) year(at corpus.Span, mon, dom int) int {
	y := nearestYear(mon, dom, m.published)
	t, ok := day(y, mon, dom)
	const near = 2 * 24 * time.Hour // zones, and articles that were updated
	gap := t.Sub(m.published)
	if !ok || gap.Abs() <= near {
		return y
	}
	switch tense, beside := m.tense(at); {
	case gap > 0 && tense == past && beside:
		y--
	case gap < 0 && tense == ahead && (beside || onDay().MatchString(m.text[:at.Start])):
		y++
	}
	if _, ok := day(y, mon, dom); !ok {
		return t.Year() // 29 February
	}
	return y
}

// weekday resolves the name of a day; which is the word before it, if it is
// one of "last", "past", "this", "next" and "coming".
func (m *mention) weekday(at corpus.Span, name, which string) time.Time {
	last, next := m.last(name), m.next(name)
	switch which {
	case "next", "coming":
		if next.Equal(m.published) {
			next = next.AddDate(0, 0, 7)
		}
		return next
	case "last", "past":
		if last.Equal(m.published) {
			last = last.AddDate(0, 0, -7)
		}
		return last
	}
	if t, _ := m.tense(at); t.toCome() || which == "this" && t != past {
		return next
	}
	return last
}

// last and next are the nearest days of a name on or before, and on or after,
// the day of publication.
func (r *reader) last(name string) time.Time {
	return r.published.AddDate(0, 0, -(int(r.published.Weekday())-weekdayOf(name)+7)%7)
}

func (r *reader) next(name string) time.Time {
	return r.published.AddDate(0, 0, (weekdayOf(name)-int(r.published.Weekday())+7)%7)
}

// near resolves a day that is named by how near it is.
func (r *reader) near(name string) time.Time {
	return r.published.AddDate(0, 0, map[string]int{"yesterday": -1, "tomorrow": 1}[strings.ToLower(name)])
}

// byWeeks resolves a day, the name of a weekday or one such as "today", that is
// so many weeks or days off, or of another week: "a week from Friday", "Monday
// of last week". It reports whether that is so, and extends the span of d, which
// is that of the name, by the words for it.
func (m *mention) byWeeks(d *Date, name string) bool {
	at := d.Span
	before, behind := m.text[max(0, at.Start-40):at.Start], m.text[at.End:min(len(m.text), at.End+20)]
	near := weekdayOf(name) < 0
	if found := weekBehind().FindStringSubmatch(behind); found != nil && !near {
		d.End += len(found[0])
		return m.inWeek(d, name, found[1])
	}
	if found := weekBefore().FindStringSubmatch(before); found != nil && !near {
		d.Start -= len(found[0])
		return m.inWeek(d, name, found[1])
	}
	if found := weekdayWeek().FindString(behind); found != "" && !near {
		d.End += len(found)
		d.From = m.next(name).AddDate(0, 0, 7) // "Monday week", as the British say
		d.To = d.From
		return true
	}
	found := daysBefore().FindStringSubmatch(before)
	if found == nil {
		return false
	}
	n, unit, way := count(found[1]), strings.ToLower(found[2]), strings.ToLower(found[3])
	var base time.Time
	switch {
	case near:
		base = m.near(name)
	case way == "ago":
		base = m.last(name)
	case way == "from":
		base = m.next(name)
	default:
		base = m.weekday(at, name, "")
	}
	if way == "ago" || way == "before" {
		n = -n
	}
	t, _ := m.tense(at)
	switch {
	case way == "on" && (n != 1 || unit != "week" || near || !t.toCome()):
		return false // "three days on Monday"; but "a week on Monday"
	case unit == "day":
		d.From = base.AddDate(0, 0, n)
	case unit == "week":
		d.From = base.AddDate(0, 0, 7*n)
	case unit == "year" && near:
		d.From = base.AddDate(n, 0, 0)
	default:
		if way != "ago" {
			return false
		}
		d.From, d.To = ago(-n, unit, m.published) // "a year ago Monday" may be any of several days
	}
	if unit == "day" || unit == "week" || near {
		d.To = d.From
	}
	d.Start -= len(found[0])
	return true
}

// inWeek resolves a day of last week, this or the next.
func (m *mention) inWeek(d *Date, name, which string) bool {
	monday, _ := period(strings.ToLower(which), "week", m.published)
	d.From = monday.AddDate(0, 0, (weekdayOf(name)+6)%7)
	d.To = d.From
	return true
}

var (
	weekBehind  = pattern(`(?i)^(?: of)? (last|this|next) week\b`)
	weekBefore  = pattern(`(?i)\b(last|this|next) week(?:,? on)? $`)
	weekdayWeek = pattern(`^ week\b`)
	daysBefore  = pattern(`(?i)\b(` + countName + `) (day|week|month|year)s? (ago|from|after|before|on)(?:,? on)?(?: this| last| next)? $`)
)

// weekdayOf is the number of a day of the week, Sunday's being 0; below 0 for
// what is none.
func weekdayOf(name string) int {
	const names = "sunmontuewedthufrisat"
	i := strings.Index(names, strings.ToLower(name[:3]))
	if i < 0 {
		return i
	}
	return i / 3
}

// ago returns the day, or the week, month or year, that lies n of them back.
func ago(n int, unit string, published time.Time) (from, to time.Time) {
	switch unit {
	case "day":
		from = published.AddDate(0, 0, -n)
		return from, from
	case "week":
		return period("this", "week", published.AddDate(0, 0, -7*n))
	case "month":
		from = time.Date(published.Year(), published.Month()-time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		return from, from.AddDate(0, 1, -1)
	}
	return period("this", "year", time.Date(published.Year()-n, 1, 1, 0, 0, 0, 0, time.UTC))
}

// period returns the first and last day of a week (Monday to Sunday), weekend,
// month or year in relation to the day of publication. "The past week" ends
// on that day.
func period(which, unit string, published time.Time) (from, to time.Time) {
	n := 0
	switch which {
	case "last", "past":
		n = -1
	case "next", "coming":
		n = 1
	}
	if which == "past" {
		switch unit {
		case "week":
			return published.AddDate(0, 0, -7), published
		case "month":
			return published.AddDate(0, -1, 0), published
		case "year":
			return published.AddDate(-1, 0, 0), published
		}
	}
	monday := published.AddDate(0, 0, -(int(published.Weekday())+6)%7)
	switch unit {
	case "week":
		from = monday.AddDate(0, 0, 7*n)
		return from, from.AddDate(0, 0, 6)
	case "weekend":
		from = monday.AddDate(0, 0, 5+7*n)
		return from, from.AddDate(0, 0, 1)
	case "month":
		from = time.Date(published.Year(), published.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		return from, from.AddDate(0, 1, -1)
	}
	from = time.Date(published.Year()+n, 1, 1, 0, 0, 0, 0, time.UTC)
	return from, from.AddDate(1, 0, -1)
}
