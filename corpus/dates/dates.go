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
)

// A Date is a mention of a time in a text and the days it stands for.
type Date struct {
	corpus.Span
	From, To time.Time // first and last day, midnight UTC; equal for one day
	Relative bool      // it took the publication date to tell: "Wednesday", "next week"
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
// zero. A bare weekday is the last one on or before that day, or the next one
// where the words around speak of the future; a day without a year is the one
// nearest to the day of publication.
func Find(text string, in corpus.Span, published time.Time) []Date {
	s := in.Of(text)
	if !mayDate(s) {
		return nil
	}
	y, mon, dom := published.Date()
	published = time.Date(y, mon, dom, 0, 0, 0, 0, time.UTC)
	var ds []Date
	for _, m := range dateWords().FindAllStringSubmatchIndex(s, -1) {
		d, ok := (&mention{s, m}).date(published)
		if !ok || d.Relative && published.IsZero() {
			continue
		}
		d.Start += in.Start
		d.End += in.Start
		ds = append(ds, d)
	}
	return ds
}

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
	s     string
	match []int
}

// group returns what a named group matched.
func (m *mention) group(name string) string {
	i := 2 * dateWords().SubexpIndex(name)
	if m.match[i] < 0 {
		return ""
	}
	return m.s[m.match[i]:m.match[i+1]]
}

// date resolves the mention. Its span is of m.s.
func (m *mention) date(published time.Time) (Date, bool) {
	d := Date{Span: corpus.Span{Start: m.match[0], End: m.match[1]}}
	ok := true
	switch {
	case m.group("isoYear") != "":
		d.From, ok = day(number(m.group("isoYear")), number(m.group("isoMonth")), number(m.group("isoDay")))
		d.To = d.From
	case m.group("preDay") != "":
		return m.calendarDay(d, m.group("preMonth"), m.group("preDay"), m.group("preLast"), m.group("preYear"), published)
	case m.group("month") != "":
		d.Start = m.match[2*dateWords().SubexpIndex("day")]
		mon := m.group("month")
		if m.group("dom") != "" {
			return m.calendarDay(d, mon, m.group("dom"), m.group("last"), m.group("year"), published)
		}
		if mon[0] >= 'a' {
			return d, false // "may", "march"
		}
		y := number(m.group("monthYear"))
		if y == 0 {
			which := strings.ToLower(m.group("before"))
			if which == "" {
				return d, false // a name, or of any year
			}
			d.Relative = true
			if published.IsZero() {
				return d, false
			}
			y = m.monthsYear(monthOf(mon), which, published)
		}
		d.From, ok = day(y, monthOf(mon), 1)
		d.To = d.From.AddDate(0, 1, -1)
	case m.group("weekday") != "":
		name := m.group("weekday")
		d.Relative = true
		if name[0] >= 'a' || namedDay(m.s[:d.Start]) {
			return d, false
		}
		d.From = weekday(name, strings.ToLower(m.group("which")), published, m.s[:d.Start], m.s[d.End:])
		d.To = d.From
	case m.group("near") != "":
		d.Relative = true
		n := map[string]int{"yesterday": -1, "tomorrow": 1}[strings.ToLower(m.group("near"))]
		if m.group("twice") != "" {
			n *= 2
		}
		d.From = published.AddDate(0, 0, n)
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
		if w := published.Weekday(); w == time.Saturday || w == time.Sunday || future(m.clause(d.Start)) {
			which = "this"
		}
		d.From, d.To = period(which, "weekend", published)
	case m.group("decade") != "":
		d.From, ok = day(number(m.group("decade")), 1, 1)
		d.To = d.From.AddDate(10, 0, -1)
	default:
		if amount(m.s, d.Span) {
			return d, false
		}
		d.From, ok = day(number(m.group("alone")), 1, 1)
		d.To = d.From.AddDate(1, 0, -1)
	}
	return d, ok
}

// calendarDay resolves a day of a month, or the days from one to another.
func (m *mention) calendarDay(d Date, mon, from, to, year string, published time.Time) (Date, bool) {
	if mon[0] >= 'a' || year == "" && followedByDigit(m.s, d.End) {
		return d, false // "may 5", "March 3,000"
	}
	y := number(year)
	if y == 0 {
		d.Relative = true
		if published.IsZero() {
			return d, false
		}
		y = nearestYear(monthOf(mon), number(from), published)
		if which := yearBehind().FindStringSubmatch(m.s[d.End:min(len(m.s), d.End+24)]); which != nil {
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
func (m *mention) monthsYear(mon int, which string, published time.Time) int {
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
	ahead := future(m.clause(m.match[0]))
	switch {
	case mon > now && !ahead:
		return y - 1
	case mon < now && ahead:
		return y + 1
	}
	return y
}

// clause is what stands before offset at, as far as it may govern it.
func (m *mention) clause(at int) string { return clause(m.s[:at]) }

func clause(before string) string {
	tail := before[max(0, len(before)-80):]
	if i := strings.LastIndexAny(tail, ";:?!"); i >= 0 {
		tail = tail[i+1:]
	}
	if i := strings.LastIndex(tail, ". "); i >= 0 {
		tail = tail[i+1:]
	}
	return tail
}

// namedDay reports whether the weekday behind s is the name of a day.
func namedDay(s string) bool {
	s = strings.TrimRight(s, " ")
	switch s[strings.LastIndexAny(s, " \n“\"")+1:] {
	case "Black", "Good", "Ash", "Super", "Palm", "Easter", "Cyber", "Giving", "Maundy", "Shrove", "Fat", "Holy", "Bloody", "Whit", "Freaky":
		return true
	}
	return false
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

var (
	futureWords = pattern(`(?i)\b(?:(?:will|shall|would|won[’']t)\b|(?:is|are|was|were) (?:due|set|expected|scheduled|planning|to) |plans? to|going to|upcoming|scheduled for|due (?:to|on|in)|to be (?:held|released|published|announced|decided|completed)|(?:starting|beginning|until|by|ahead of)(?: on)? $)`)
	spoke       = pattern(`(?i)\b(?:said|says|told|announced|warned|added|wrote|reported|confirmed|tweeted|posted)\b`)
)

// future reports whether the last verb of a clause speaks of what is to come,
// and is not followed by one of saying: "he will come, she said on".
func future(clause string) bool {
	all := futureWords().FindAllStringIndex(clause, -1)
	if all == nil {
		return false
	}
	last := all[len(all)-1][1]
	rest := clause[last:]
	return !strings.HasPrefix(rest, " have ") && !spoke().MatchString(rest)
}

// weekday resolves the name of a day; which is the word before it, if it is
// one of "last", "past", "this", "next" and "coming".
func weekday(name, which string, published time.Time, before, after string) time.Time {
	want := time.Sunday
	for w := time.Sunday; w <= time.Saturday; w++ {
		if strings.EqualFold(w.String(), name) {
			want = w
		}
	}
	back := (int(published.Weekday()) - int(want) + 7) % 7
	last, next := published.AddDate(0, 0, -back), published.AddDate(0, 0, 7-back)
	if back == 0 {
		next = published
	}
	switch which {
	case "next", "coming":
		return published.AddDate(0, 0, 7-back)
	case "last", "past":
		if back == 0 {
			back = 7
		}
		return published.AddDate(0, 0, -back)
	case "this":
		return next
	}
	if future(clause(before)) {
		return next
	}
	// "On Tuesday, the council will ..."
	if rest, ok := strings.CutPrefix(after, ","); ok {
		rest = rest[:min(len(rest), 80)]
		if i := strings.IndexAny(rest, ".;:"); i >= 0 {
			rest = rest[:i]
		}
		if m := futureWords().FindStringIndex(rest); m != nil && !spoke().MatchString(rest[:m[0]]) && !strings.HasPrefix(rest[m[1]:], " have ") && !strings.Contains(rest[:m[0]], ",") {
			return next
		}
	}
	return last
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
