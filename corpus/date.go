package corpus

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A Date is a mention of a time in a text and the days it stands for.
type Date struct {
	Span
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

var dateWords = regexp.MustCompile(`(?i)\b(?:` +
	`(\d{4})-(\d{2})-(\d{2})` + // 1-3
	`|(\d{1,2})(?:st|nd|rd|th)? (?:of )?(` + month + `)\b(?:,? (\d{4}))?` + // 4-6
	`|(?:(in|since|until|by|of|from|during|before|after|last|next|this|early|late|mid)[ -])?(` + month + `)` + // 7-8
	`(?: (\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4}))?|,? (?:of )?(\d{4}))?` + // 9-11
	`|(?:(last|next|this|on|past|coming) )?((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)` + // 12-13
	`|(today|tonight|yesterday|tomorrow)` + // 14
	`|(last|next|this|past|coming) (week|month|year|weekend)` + // 15-16
	`|(\d{1,3}|a|one|two|three|four|five|six|seven|eight|nine|ten|several) (day|week|month|year)s? ago` + // 17-18
	`|(weekend)` + // 19
	`|((?:19|20)\d{2})` + // 20
	`)\b`)

// Dates finds the times that are mentioned in a span of text, in order. Those
// that refer to the day the text was published are left out if published is
// zero. A bare weekday is the last one on or before that day, or the next one
// where the words around speak of the future.
func Dates(text string, in Span, published time.Time) []Date {
	s := in.Of(text)
	var ds []Date
	for _, m := range dateWords.FindAllStringSubmatchIndex(s, -1) {
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return s[m[2*i]:m[2*i+1]]
		}
		has := func(i int) bool { return m[2*i] >= 0 }
		d := Date{Span: Span{in.Start + m[0], in.Start + m[1]}}
		ok := true
		switch {
		case has(1):
			d.From, ok = day(number(group(1)), number(group(2)), number(group(3)))
			d.To = d.From
		case has(4) || has(9):
			dom, mon, year := group(4), group(5), group(6)
			if has(9) {
				dom, mon, year = group(9), group(8), group(10)
				d.Start = in.Start + m[2*8]
			}
			y := number(year)
			if year == "" {
				if d.Relative = true; published.IsZero() {
					continue
				}
				y = nearestYear(monthOf(mon), number(dom), published)
			}
			d.From, ok = day(y, monthOf(mon), number(dom))
			d.To = d.From
		case has(11):
			d.Start = in.Start + m[2*8]
			d.From, ok = day(number(group(11)), monthOf(group(8)), 1)
			d.To = d.From.AddDate(0, 1, -1)
		case has(8):
			mon := group(8)
			if !has(7) || mon[0] >= 'a' || published.IsZero() { // "may", "march", a name
				continue
			}
			d.Relative = true
			d.Start = in.Start + m[2*8]
			y := published.Year()
			next := strings.EqualFold(group(7), "next")
			if mo := monthOf(mon); next && mo <= int(published.Month()) {
				y++
			} else if !next && mo > int(published.Month()) && !future(s) {
				y--
			}
			d.From, ok = day(y, monthOf(mon), 1)
			d.To = d.From.AddDate(0, 1, -1)
		case has(20):
			d.From, ok = day(number(group(20)), 1, 1)
			d.To = d.From.AddDate(1, 0, -1)
		default:
			if published.IsZero() {
				continue
			}
			d.Relative = true
			switch {
			case has(13):
				if c := group(13)[0]; c >= 'a' {
					continue
				}
				d.From = weekday(group(13), strings.ToLower(group(12)), published, s[:m[0]])
				d.To = d.From
				if g := strings.ToLower(group(12)); g == "on" {
					d.Start += len("on ")
				}
			case has(14):
				n := map[string]int{"yesterday": -1, "tomorrow": 1}[strings.ToLower(group(14))]
				d.From = published.AddDate(0, 0, n)
				d.To = d.From
			case has(15):
				d.From, d.To = period(strings.ToLower(group(15)), strings.ToLower(group(16)), published)
			case has(17):
				n := number(group(17))
				if n == 0 {
					n = map[string]int{"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}[strings.ToLower(group(17))]
				}
				if n == 0 {
					continue // "several"
				}
				switch strings.ToLower(group(18)) {
				case "day":
					d.From = published.AddDate(0, 0, -n)
					d.To = d.From
				case "week":
					d.From, d.To = period("this", "week", published.AddDate(0, 0, -7*n))
				case "month":
					d.From, d.To = period("this", "month", published.AddDate(0, -n, 0))
				case "year":
					d.From, d.To = period("this", "year", published.AddDate(-n, 0, 0))
				}
			case has(19):
				d.From, d.To = period("past", "weekend", published)
			}
		}
		if ok {
			ds = append(ds, d)
		}
	}
	return ds
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
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
// day of publication.
func nearestYear(m, d int, published time.Time) int {
	best, gap := published.Year(), time.Duration(1<<62)
	for y := published.Year() - 1; y <= published.Year()+1; y++ {
		if t, ok := day(y, m, d); ok && published.Sub(t).Abs() < gap {
			best, gap = y, published.Sub(t).Abs()
		}
	}
	return best
}

var futureWords = regexp.MustCompile(`(?i)\b(?:will|shall|would|is (?:due|set|expected|scheduled|to)|are (?:due|set|expected|scheduled|to)|plans? to|going to|upcoming|scheduled for|due to)\b`)

func future(s string) bool { return futureWords.MatchString(s) }

func weekday(name, which string, published time.Time, before string) time.Time {
	want := time.Sunday
	for w := time.Sunday; w <= time.Saturday; w++ {
		if strings.EqualFold(w.String(), name) {
			want = w
		}
	}
	back := (int(published.Weekday()) - int(want) + 7) % 7
	switch which {
	case "next", "coming":
		return published.AddDate(0, 0, 7-back)
	case "last", "past":
		if back == 0 {
			back = 7
		}
		return published.AddDate(0, 0, -back)
	}
	// "X said Tuesday that he will ..." speaks of the past Tuesday: a verb of
	// the future counts only where it stands close before the weekday.
	tail := before[max(0, len(before)-60):]
	if i := strings.LastIndexAny(tail, ".;:"); i >= 0 {
		tail = tail[i:]
	}
	if back > 0 && future(tail) && !spoke.MatchString(tail) {
		return published.AddDate(0, 0, 7-back)
	}
	return published.AddDate(0, 0, -back)
}

var spoke = regexp.MustCompile(`(?i)\b(?:said|told|announced|warned|added|wrote|reported|confirmed)\b[^,]*$`)

// period returns the first and last day of a week (Monday to Sunday), weekend,
// month or year in relation to the day of publication.
func period(which, unit string, published time.Time) (from, to time.Time) {
	n := 0
	switch which {
	case "last", "past":
		n = -1
	case "next", "coming":
		n = 1
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
