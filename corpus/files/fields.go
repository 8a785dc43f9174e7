package files

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"

	"dateline/corpus"
)

// fields is the metadata that came with an article, by name in lower case.
type fields map[string]field

type field struct {
	name string // as it was written
	text string // as a fact; "" if it can be none
	raw  string // as it came, for Extra
}

// add takes a field in, unless it is empty. Of two whose names differ in case
// alone, the first may become a fact.
func (f fields) add(name, text, raw string) {
	name = strings.TrimSpace(name)
	key := strings.ToLower(name)
	if _, ok := f[key]; ok {
		key = "\x00" + name
	}
	if name == "" || raw == "" {
		return
	}
	f[key] = field{name, text, raw}
}

// describe sets the facts that the fields give, and keeps the others in Extra.
// A field is used up only if its value makes sense: a date that cannot be read
// stays in Extra, where it does no harm.
func (f fields) describe(a *corpus.Article, from corpus.Origin) {
	fact := func(parse func(string) (string, bool), keys ...string) corpus.Fact {
		for _, k := range keys {
			v, ok := parse(corpus.OneLine(f[k].text))
			if ok && v != "" {
				delete(f, k)
				return corpus.Fact{Value: v, From: from}
			}
		}
		return corpus.Fact{}
	}
	a.Title = fact(asIs, "title", "headline")
	a.Publisher = fact(asIs, "publisher", "source")
	a.Byline = fact(asIs, "byline", "author", "authors")
	a.Place = fact(asIs, "place", "dateline")
	a.Published = fact(parseDate, "published", "date", "published_at")
	a.Language = fact(parseLanguage, "lang", "language")
	a.URL = fact(parseURL, "url", "link").Value
	for _, v := range f {
		if a.Extra == nil {
			a.Extra = make(map[string]string, len(f))
		}
		a.Extra[v.name] = v.raw
	}
}

func asIs(s string) (string, bool) { return s, true }

// parseURL keeps addresses that a browser may be sent to; "javascript:" in a
// planted article must not become a link.
func parseURL(s string) (string, bool) {
	u, err := url.Parse(s)
	return s, err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

func parseLanguage(s string) (string, bool) {
	tag, err := language.Parse(s)
	return tag.String(), err == nil && tag != language.Und
}

var (
	isoDate     = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:\D|$)`)
	compactDate = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:T\d{4,6}.*)?$`)
	slashDate   = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})/(\d{4})(?:\D|$)`)
	dottedDate  = regexp.MustCompile(`^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?:\D|$)`)
	monthFirst  = regexp.MustCompile(`^(?:\pL+[,.]? )?(\pL{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})(?:\D|$)`)
	dayFirst    = regexp.MustCompile(`^(?:\pL+[,.]? )?(\d{1,2})(?:st|nd|rd|th)?[ -](\pL{3,9})[.,]{0,2}[ -](\d{4})(?:\D|$)`)
	yearLast    = regexp.MustCompile(`^\pL{3} (\pL{3}) +(\d{1,2}) [\d:]+ .*\b(\d{4})$`) // of date(1)
	unixTime    = regexp.MustCompile(`^\d{9,10}(?:\d{3})?(?:\.\d+)?$`)
)

// parseDate reads the forms in which feeds, page metadata and newspapers write
// a day, and returns it as 2006-01-02: the day at the place of publication, whatever
// the time zone. Where nothing tells the day from the month (03/04/2025), the
// date is not known.
func parseDate(s string) (string, bool) {
	part := func(s string) int { n, _ := strconv.Atoi(s); return n }
	if m := isoDate.FindStringSubmatch(s); m != nil {
		return day(part(m[1]), part(m[2]), part(m[3]))
	}
	if m := slashDate.FindStringSubmatch(s); m != nil {
		a, b, y := part(m[1]), part(m[2]), part(m[3])
		switch {
		case a > 12 || a == b:
			return day(y, b, a)
		case b > 12:
			return day(y, a, b)
		}
		return "", false
	}
	if m := dottedDate.FindStringSubmatch(s); m != nil {
		return day(part(m[3]), part(m[2]), part(m[1]))
	}
	if m := monthFirst.FindStringSubmatch(s); m != nil {
		return day(part(m[3]), month(m[1]), part(m[2]))
	}
	if m := dayFirst.FindStringSubmatch(s); m != nil {
		return day(part(m[3]), month(m[2]), part(m[1]))
	}
	if m := yearLast.FindStringSubmatch(s); m != nil {
		return day(part(m[3]), month(m[1]), part(m[2]))
	}
	if m := compactDate.FindStringSubmatch(s); m != nil {
		if d, ok := day(part(m[1]), part(m[2]), part(m[3])); ok {
			return d, ok
		}
	}
	if unixTime.MatchString(s) {
		whole, _, _ := strings.Cut(s, ".")
		n, _ := strconv.ParseInt(whole, 10, 64)
		if len(whole) > 10 {
			n /= 1000
		}
		if t := time.Unix(n, 0).UTC(); t.Year() < 2100 {
			return day(t.Year(), int(t.Month()), t.Day())
		}
	}
	return "", false
}

// day checks a date of the calendar; no newspaper is older than 1600.
func day(y, m, d int) (string, bool) {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t.Format(time.DateOnly), t.Year() == y && int(t.Month()) == m && t.Day() == d && y >= 1600
}

// month returns the number of an English month or its abbreviation, or 0.
func month(s string) int {
	for m := time.January; m <= time.December; m++ {
		if len(s) <= len(m.String()) && strings.EqualFold(m.String()[:len(s)], s) ||
			m == time.September && strings.EqualFold(s, "sept") {
			return int(m)
		}
	}
	return 0
}
