package dates

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/word"
)

// named reports whether the mention is part of a name: "USA Today", "Sunday
// Times", "Good Friday Agreement", "This Week" with George Stephanopoulos.
func (m *mention) named() bool {
	if day := m.group("weekday"); day != "" {
		return !capital(day[:1]) || m.group("which") == "" && m.namedWeekday()
	}
	if m.group("near")+m.group("part")+m.group("period")+m.group("weekend") == "" || m.group("twice") != "" {
		return false
	}
	if a := m.before(m.match[0]); m.group("weekend") != "" && (a == "a" || otherDays[a]) {
		return true // "a weekend getaway"
	}
	if m.opens(m.match[0]) {
		first, rest, _ := strings.Cut(m.text[m.match[0]:m.match[1]], " ")
		return capital(rest) || productions[m.after(m.match[1])] && capital(first)
	}
	// In capitals only where a name or a headline has it.
	return capital(m.text[m.match[0]:m.match[1]])
}

func (m *mention) namedWeekday() bool {
	before, next := m.before(m.match[0]), m.after(m.match[1])
	if namedDays[before] || strings.HasSuffix(m.text[:m.match[0]], "Mail on ") {
		return true
	}
	switch {
	case !capital(next):
		return false
	case papers[next]:
		return true
	case m.opens(m.match[0]), lexicon.Role(strings.ToLower(before)) && !strings.HasSuffix(before, "s"), titles[before]:
		return true // "Tuesday Weld said", "striker Sunday Adeyemi"
	case strings.HasSuffix(m.text[:m.match[0]], ", "):
		// "their keeper, Friday Okoro, saved it"
		rest := strings.TrimLeftFunc(m.text[m.match[1]+1:], func(r rune) bool { return unicode.IsLetter(r) || r == '-' || r == '’' })
		return rest == "" || strings.ContainsAny(rest[:1], ",.;)") || strings.HasPrefix(rest, " and ")
	}
	return namesBehind[before] // "told the Sunday Chronicle", "a house in Friday Harbor"
}

// namedMonth reports whether a month without a day or a year, which ends at an
// offset of the text, is the beginning of a name: "the chapel of May Hill". What
// stands before it is a word such as "of".
func (m *mention) namedMonth(before string, end int) bool {
	name := strings.ToLower(m.group("month"))
	if s := m.text[end:]; len(s) > 1 && s[0] == '-' && unicode.IsLetter(rune(s[1])) {
		return true // "from Mar-a-Lago"
	}
	next := m.after(end)
	if !capital(next) || !givenNames[name] {
		return false
	}
	switch before {
	case "of", "by", "from", "before", "after", "during":
		return true
	case "in", "since":
		if m.opens(m.match[0]) {
			// "In May Hill, a church burned"; but "In May Trump said so".
			rest := strings.TrimLeftFunc(m.text[end+1:], func(r rune) bool { return unicode.IsLetter(r) || r == '-' || r == '’' })
			return rest == "" || strings.ContainsAny(rest[:1], ",.;)")
		}
		return true
	}
	return false
}

// before is the word before an offset on the same line, if only a space is
// between.
func (r *reader) before(at int) string {
	s, ok := strings.CutSuffix(r.text[:at], " ")
	if !ok {
		return ""
	}
	return s[strings.LastIndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })+1:]
}

// after is the word behind an offset.
func (r *reader) after(at int) string {
	s, ok := strings.CutPrefix(r.text[at:], " ")
	if !ok {
		return ""
	}
	end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(s)
	}
	return s[:end]
}

// opens reports whether what begins at an offset may be in capitals because it
// begins a sentence or a quotation.
func (r *reader) opens(at int) bool {
	s := strings.TrimRight(r.text[:at], " \t\n\r*_")
	last, _ := utf8.DecodeLastRuneInString(s)
	return s == "" || strings.ContainsRune(".!?:;“\"‘'(—–-", last)
}

// ofAnotherTime reports whether a weekday is not one near the day of
// publication: "every Monday", "the previous Friday", "Friday the 13th".
func (m *mention) ofAnotherTime(at corpus.Span) bool {
	if m.group("which") != "" {
		return false
	}
	before, after := m.before(at.Start), m.after(at.End)
	switch before {
	case "the":
		return after == "before" || after == "after"
	case "a", "that":
		return strings.HasSuffix(m.text[:at.Start], "n "+before+" ") // "on a Monday", but "a Monday deadline"
	}
	return otherDays[before] || ordinalBehind().MatchString(m.text[at.End:min(len(m.text), at.End+12)])
}

func capital(s string) bool { return strings.ContainsFunc(s, unicode.IsUpper) }

var (
	ordinalBehind = pattern(`^,? the \d{1,2}(?:st|nd|rd|th)`)

	namedDays = word.Set(`Black Good Ash Super Palm Easter Cyber Giving Maundy Shrove Fat Holy Bloody Whit Freaky Sheffield Ruby Casual Throwback Mothering Pancake Joe`)
	// papers are what newspapers, programmes and places have behind the name of a
	// day.
	papers = word.Set(`Times Telegraph Mirror Express Mail Post People Sun Independent Herald World Business Night Nights Review Magazine Star Tribune Football Live Sport
		Mercury Mass Island Harbor Club Agreement Group Evening Morning Show Supplement Politics Brunch`)
	productions = word.Set(`Show Programme Program FM Newspaper Online Edition Australian Tonight`)
	// namesBehind are words that "Monday" follows only as the beginning of a name.
	titles      = word.Set(`Mr Mrs Ms Dr`)
	namesBehind = word.Set(`The the of in at a A an with`)
	otherDays   = word.Set(`every each which what following previous preceding another one any some most alternate`)
	givenNames  = word.Set(`april may june august march`)
)
