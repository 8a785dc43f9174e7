package corpus

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// lazy returns a regular expression that is compiled when it is first asked
// for. Compiling all of this package's takes as long as answering a question
// from a few articles, which needs some of them.
func lazy(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// A paragraph is a block of lines.
type paragraph struct {
	Span
	gap bool // a blank line or the body's edge stands before it
}

// A part is a stretch of a paragraph that is of one kind.
type part struct {
	Span
	kind      Kind
	paragraph int
}

// divide cuts the body into paragraphs. Newspapers' texts arrive with a
// paragraph on every line, with blank lines between them, or wrapped at a
// column; a line break inside wrapped prose does not end a paragraph.
func divide(text string, body Span) []paragraph {
	lines := make([]paragraph, 0, body.Len()/200+4)
	gap := true
	for at := body.Start; at < body.End; {
		end, next := lineEnd(text, at, body.End)
		if s := trim(text, Span{at, end}); s.Len() > 0 {
			lines = append(lines, paragraph{s, gap})
			gap = false
		} else {
			gap = true
		}
		at = next
	}
	// A file is wrapped if lines often go on with a lower-case letter.
	breaks, runs := 0, 0
	for i := 1; i < len(lines); i++ {
		if lines[i].gap {
			continue
		}
		breaks++
		if r, _ := utf8.DecodeRuneInString(text[lines[i].Start:]); unicode.IsLower(r) {
			runs++
		}
	}
	wrapped := runs > 1 && runs*4 >= breaks
	ps := lines[:0] // written no faster than it is read
	for i, l := range lines {
		if i > 0 && !l.gap {
			r, _ := utf8.DecodeRuneInString(text[l.Start:])
			last := &ps[len(ps)-1]
			open := !strings.ContainsAny(lastChars(text, last.Span), ".!?:”\"")
			if markerLen(l.Of(text)) == 0 && !isStamp(l.Of(text)) && (open && unicode.IsLower(r) || wrapped && lastLine(text, last.Span) >= 40 && (open || !standsAlone(l.Of(text)))) {
				last.End = l.End
				continue
			}
		}
		ps = append(ps, l)
	}
	return ps
}

// lineEnd returns where the line that begins at offset at ends, and where the
// next one begins.
func lineEnd(text string, at, end int) (int, int) {
	for i := at; i < end; i++ {
		switch c := text[i]; {
		case c == '\n':
			return i, i + 1
		case c == '\r' && (i+1 == end || text[i+1] != '\n'):
			return i, i + 1
		case c == 0xe2 && (strings.HasPrefix(text[i:end], "\u2028") || strings.HasPrefix(text[i:end], "\u2029")):
			return i, i + len("\u2028")
		}
	}
	return end, end
}

// lastLine is the length of the last line of a paragraph.
func lastLine(text string, s Span) int {
	return s.Len() - 1 - strings.LastIndexByte(s.Of(text), '\n')
}

// standsAlone reports whether a line of wrapped prose is none of it: the
// credit below a caption, the line that thanks colleagues.
func standsAlone(line string) bool {
	return isCredit(line) || isBoilerplate(line) || contributorAt(line) >= 0
}

// markerLen is the length of the mark that begins a heading, a quotation or an
// item of a list in Markdown, the space included; 0 if there is none.
func markerLen(s string) int {
	n := 0
	switch c := s[0]; {
	case c == '#':
		for n < len(s) && s[n] == '#' {
			n++
		}
		if n > 6 {
			return 0
		}
	case c == '-' || c == '*' || c == '+' || c == '>':
		n = 1
	case '0' <= c && c <= '9':
		for n < len(s) && n < 3 && '0' <= s[n] && s[n] <= '9' {
			n++
		}
		if n == len(s) || s[n] != '.' && s[n] != ')' {
			return 0
		}
		n++
	case strings.HasPrefix(s, "•"):
		n = len("•")
	default:
		return 0
	}
	if n < len(s) && s[n] == ' ' {
		return n + 1
	}
	return 0
}

// lastChars are the last two characters of a span.
func lastChars(text string, s Span) string {
	_, n := utf8.DecodeLastRuneInString(text[s.Start:s.End])
	_, m := utf8.DecodeLastRuneInString(text[s.Start : s.End-n])
	return text[s.End-n-m : s.End]
}

const (
	month   = `(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)`
	fullDay = `(?:\d{4}-\d{2}-\d{2}|` + month + ` \d{1,2},? \d{4}|\d{1,2} ` + month + `,? \d{4})`
	dayTime = `(?:\p{L}+day,? )?` + fullDay + `(?:[,T ]*(?:at )?\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?(?: ?(?:[A-Z]{2,4}|Z|[+-]\d{2}:?\d{2}))?)?`
	wires   = `CNN|CNN Business|AP|Reuters|REUTERS|AFP|UPI|TASS|Xinhua|dpa|ANSA|Bloomberg|ABC News|NBC News`

	agencies     = `(?:Reuters|REUTERS|AP(?: Photo)?|AFP|Getty(?: Images)?|GETTY IMAGES|(?:The )?Associated Press|EPA(?:-EFE|/EFE)?|EFE|Shutterstock|Bloomberg|Xinhua|T[Aa][Ss][Ss]|Sputnik|Anadolu(?: Agency)?|PA(?: Wire| Media| Images)?|Alamy(?: Stock Photo)?|NurPhoto|ZUMA(?: Press(?: Wire)?)?|DPA|dpa|ANSA|Kyodo(?: News)?|Yonhap(?: News)?|UPI|iStock(?:photo)?|Imagn(?: Images)?|USA TODAY(?: Sports| Network)?|USA Today Sports|Handout|Pool|POOL|AFPTV|Press Association|Rex Features|Redux|Magnum(?: Photos)?|Sipa(?: USA)?|CNN|NASA|The New York Times|Polaris|Abaca|Adobe Stock|WireImage|FilmMagic|Instagram|Twitter|Facebook)`
	morePlace    = `(?:(?: |, | and |/)(?:of )?\p{Lu}[\p{L}\p{M}.'’\-]+){0,6}`
	datelineDate = `(?:, ` + month + ` \d{1,2}(?:, \d{4})?)?`

	// A newspaper or service that no list knows is told by its last word.
	outlet      = `[\p{L}\p{N}][\p{L}\p{M}\p{N}.&'’\-]*(?: [\p{L}\p{N}&][\p{L}\p{M}\p{N}.&'’\-]*){0,4}`
	otherOutlet = `(?:[\p{Lu}][\p{L}\p{M}.&'’\-]* ){0,4}(?:Agency|News|Press|Images|Times|Post|Herald|Courier|Bugle|Signal|Wire|Photos?|Photography|Pictures|Service|Media|Network|Tribune|Journal|Gazette|Register|Echo|Star|Republic|Enquirer|Globe|Chronicle|Observer|Guardian|Telegraph|Independent|Studios?|Handout|Newspapers|Archives?|Library)`
	name        = `\p{Lu}[\p{L}\p{M}.'’\-]*(?:,? (?:de|da|di|del|della|der|den|van|von|bin|al|el|la|le|dos|du|y|and|for|of|the|&|\p{Lu}[\p{L}\p{M}.'’\-]*)){0,6}`
	person      = `\p{Lu}[\p{L}\p{M}.'’\-]+(?: (?:de|da|della|van|von|bin|al|la|\p{Lu}[\p{L}\p{M}.'’\-]*)){1,3}`
	between     = `(?: ?/ ?| via | \| )`
)

var (
	// "date 2025-11-26", "Published: Nov. 26, 2025, 4:12 PM EST"
	stamp = lazy(`(?i)^(?:date|(?:first |last )?(?:published|posted|updated)|publication date)(?: on)?[: ]+` + dayTime)
	// A line that is nothing but a day.
	bareDay = lazy(`(?i)^` + dayTime + `(?: updated ` + dayTime + `)?[.,]?$`)
	// A line with a paper and a day: "The Harrow Echo, 21 October 2025".
	issue  = lazy(`^((?:The )?\p{Lu}[\p{L}.&'’\-]*(?: \p{Lu}[\p{L}.&'’\-]*){0,4}), ` + dayTime + `\.?$`)
	byline = lazy(`^(?:By|BY) (?:\p{Lu}[\p{L}.'’\-]+(?:[ ,&|]+(?:and )?[\p{L}.'’\-]+){0,14}|(?:our|a) [a-z ]{0,30}(?:reporters?|correspondents?|staff|writers?))$`)
	// "Ann Example, Hob E. Tarrant and Perrin Oake"
	people      = lazy(`^` + person + `(?:(?:, and |, | and )` + person + `)*$`)
	affiliation = lazy(`(?i)\b(?:columnists?|contributors?|special (?:to|for)|staff|reporters?|correspondents?|critic|editors?|writers?|(?:free press|network|news|guest columnist|usa ?today|golfweek)$)|\.com$`)
	outletLine  = lazy(`^(?:The )?` + otherOutlet + `$`)
	// "– Aysha Bagchi", as entries of a live blog are signed.
	signed = lazy(`^(?:–|—|−|--?)\s?(?:` + name + `)$`)

	contributed = lazy(`(?i)\bcontribut(?:ed|ing) (?:to (?:this|the) (?:report(?:ing)?|story|article|piece|file|analysis|coverage)\b|reporting\b)|^(?:additional |further )?reporting by \p{L}|^(?:writing|editing|compiled) by \p{Lu}`)

	followUs = lazy(`(?i)^(?:follow .{2,60}(?:\bon (?:twitter|x|facebook|instagram)\b|@)|(?:contact|reach|email) (?:the )?(?:reporter|writer|him|her|them)\b|(?:contact|reach|email) .{2,40} at .*@)`)

	credit = lazy(`^(?:` +
		`(?:(?i:courtesy(?: of)?:?) )?` + name + `(?:` + between + outlet + `)*(?:` + between + `|, (?:for )?| – | - )` + agencies + `(?:/(?i:file|pool))?` +
		`|` + name + `(?:` + between + outlet + `)*` + between + otherOutlet +
		`|` + agencies + `(?:(?:/| via |, )` + agencies + `)*` +
		`)$`)
	labelled = lazy(`^(?:(?i:photo(?:graph)?s?|image|picture|illustration|graphic|video)s?(?: (?i:credit|by|courtesy(?: of)?):?|:)|(?i:credit):|(?i:courtesy)(?: of|:)?) ?(` + name + `(?:(?:` + between + `|, )` + outlet + `)*)$`)

	// "AP Photo/Ann Example, File"
	agencyFirst = lazy(`^` + agencies + `/` + person + `(?:, (?i:file|pool))?\.?$`)

	// Right below the only line of a block, less will do: "Gazette/Lis Verrall".
	belowCaption = lazy(`^\p{Lu}[\p{L}\p{M}.'’ \-]{1,40}/\p{Lu}[\p{L}\p{M}.&'’ \-]{1,40}$`)

	parenthesis = lazy(`^\((?:(?i:photo|photograph|image|picture|illustration)(?: (?i:credit|by|courtesy)\b|:|/)|AP Photo|Credit:|` + name + between + agencies + `\)|` + agencies + `(?:/| via )` + agencies + `\)).{0,110}$`)

	captioned = lazy(`^(?:TOPSHOT|FILE(?: PHOTO| PICTURE)?|File (?:photo|picture)) ?(?:–|—|-|:)|^(?:Pictured|Caption|In this (?:undated |file |handout )?(?:photo|image)[^.]{0,80}(?:,|shows))\b|\b(?:is|are) (?:seen|shown|pictured) in (?:this|an?) (?:undated |file |handout )*(?:photo|photograph|image|picture|still|screengrab)\b`)

	// "LONDON and KYIV, Ukraine – ", "WASHINGTON (AP) — ", "MOSCOW, Nov 26 (Reuters) - "
	capsPlace   = lazy(`^\p{Lu}[\p{Lu}.'’\-]{2,}[\p{L}\p{M}.'’\-]*` + morePlace + datelineDate + `(?:\s*\(\p{Lu}[\p{L}.&'’ \-]{1,30}\))?\s*(?:–|—|--|-)\s`)
	wirePlace   = lazy(`^\p{Lu}[\p{L}\p{M}.'’\-]+` + morePlace + datelineDate + `\s*\((?:` + wires + `)\)\s*(?:–|—|--|-)?\s`)
	wireOnly    = lazy(`^\((` + wires + `)\)\s*(?:(?:–|—|--|-)\s*)?`)
	networkLine = lazy(`^((?:\p{Lu}[\p{L}\p{M}.'’\-]*(?:, | and | |/)){0,8}?)(?:\((?:` + wires + `)\)|(CNN(?: Business| Politics| en Español)?|AP|Reuters|AFP|NBC News|ABC News)\s*(?:–|—|--|-))\s*$`)
	notPlace    = set(`UPDATE UPDATED WATCH BREAKING LIVE VIDEO PHOTOS OPINION EXCLUSIVE ANALYSIS FILE TOPSHOT CORRECTION NOTE READ MORE RELATED`)

	dayInLine = lazy(fullDay)

	agencyEnds = set(`Reuters REUTERS AP Photo AFP Getty Images GETTY IMAGES Press EPA EPA-EFE EFE Shutterstock Bloomberg Xinhua TASS Tass Sputnik Anadolu Agency PA
		Wire Media Alamy NurPhoto ZUMA DPA dpa ANSA Kyodo News Yonhap UPI iStock iStockphoto Imagn TODAY Sports Network Handout Pool POOL AFPTV
		Association Courier Bugle Signal Features Redux Magnum Photos Sipa USA CNN NASA Times Polaris Abaca Stock WireImage FilmMagic Instagram Twitter Facebook File FILE
		Post Herald Photography Pictures Service Tribune Journal Gazette Register Echo Star Republic Enquirer Globe Chronicle Observer Guardian
		Telegraph Independent Studio Studios Newspapers Archive Archives Library`)
)

// classify says what the parts of the paragraphs are. Furniture is taken out
// only where its form leaves little doubt: from a sentence that is taken for
// furniture no question can be answered.
func classify(text string, ps []paragraph) []part {
	parts := make([]part, 0, len(ps)+4)
	prose := 0 // paragraphs of prose so far
	for i, p := range ps {
		s := p.Span
		add := func(s Span, k Kind) {
			if s = trim(text, s); s.Len() > 0 {
				parts = append(parts, part{s, k, i})
			}
		}
		line := s.Of(text)
		// Markdown's marks are no part of what they mark.
		if n := markerLen(line); n > 0 {
			inner := trim(text, Span{s.Start + n, s.End})
			if line[0] == '#' {
				add(inner, Heading)
				continue
			}
			if line[0] < '0' || line[0] > '9' {
				s = inner
				line = s.Of(text)
			}
		}
		if !wordy(line) {
			add(s, Boilerplate)
			continue
		}
		if prose < 2 || i >= len(ps)-3 {
			before, day, after := cutStamp(text, s, prose < 2)
			if day.Len() > 0 {
				add(before, Prose)
				add(day, Stamp)
				if s = trim(text, after); s.Len() == 0 {
					continue
				}
				line = s.Of(text)
			}
		}
		if at := orderAt(line); at >= 0 {
			add(Span{s.Start, s.Start + at}, Prose)
			add(Span{s.Start + at, s.End}, Order)
			continue
		}
		switch {
		case len(line) <= 160 && prose < 2 && (strings.HasPrefix(line, "By ") || strings.HasPrefix(line, "BY ")) && byline().MatchString(line):
			add(s, Byline)
			continue
		case len(line) <= 80 && dashLen(line) > 0 && !inDashList(text, ps, i) && signed().MatchString(line):
			add(s, Byline)
			continue
		case isBoilerplate(line):
			add(s, Boilerplate)
			continue
		case isCredit(line) || i > 0 && !p.gap && ps[i-1].gap && len(line) <= 90 && belowCaption().MatchString(line):
			// What stands right above a credit, set apart from the story by a
			// blank line, is the photograph's caption.
			if n := len(parts) - 1; n >= 0 && parts[n].paragraph == i-1 && parts[n].kind == Prose && (n == 0 || parts[n-1].paragraph < i-1) &&
				strings.Contains(line, "/") || n >= 0 && strings.Contains(line, " via ") {
				above := parts[n].Of(text)
				if parts[n].kind == Prose && (ps[i-1].gap && !p.gap && len(above) < 700 || captionLike(above)) {
					if parts[n].kind = Caption; i-1 > 7 || full(text, parts[n].Span) {
						prose--
					}
				}
			}
			add(s, Credit)
			continue
		}
		if at := contributorAt(line); at >= 0 {
			add(Span{s.Start, s.Start + at}, Prose)
			add(Span{s.Start + at, s.End}, Contributor)
			continue
		}
		if at, ok := captionEnd(line); ok {
			add(Span{s.Start, s.Start + at}, Caption)
			add(Span{s.Start + at, s.End}, Credit)
			continue
		}
		if prose < 3 {
			if n := dateline(line); n > 0 {
				add(Span{s.Start, s.Start + n}, Dateline)
				s = trim(text, Span{s.Start + n, s.End})
				if s.Len() == 0 {
					continue
				}
				line = s.Of(text)
			}
		}
		if at := signedAt(line); at > 0 {
			add(Span{s.Start, s.Start + at}, Prose)
			add(Span{s.Start + at, s.End}, Byline)
		} else {
			add(s, Prose)
		}
		if i > 7 || full(text, s) {
			prose++ // and not a line above the story
		}
	}
	headings(text, parts)
	authors(text, parts)
	for i, p := range parts {
		if p.kind == Caption && captionOrders(p.Of(text)) {
			parts[i].kind = Order
		}
	}
	return parts
}

// authors finds the names that stand above a story without "By": a line of
// nothing but names, and below it who they write for.
func authors(text string, parts []part) {
	for i := 0; i+1 < len(parts) && i < 3; i++ {
		p, next := parts[i], parts[i+1]
		if p.kind != Heading || p.Len() > 120 || next.paragraph == p.paragraph || !people().MatchString(p.Of(text)) || outletLine().MatchString(p.Of(text)) {
			continue
		}
		switch {
		case next.kind == Credit && !strings.Contains(next.Of(text), "/"):
		case next.kind == Heading && next.Len() <= 80 && (affiliation().MatchString(next.Of(text)) || outletLine().MatchString(next.Of(text))):
			parts[i+1].kind = Byline
		default:
			continue
		}
		parts[i].kind = Byline
		return
	}
}

// cutStamp finds the date that a content system left at the start or, on the
// last lines, behind the last sentence of a paragraph. bare allows a day alone.
func cutStamp(text string, s Span, bare bool) (before, day, after Span) {
	line := s.Of(text)
	if c := line[0]; 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
		head := line[:min(len(line), 120)]
		if stampWord(head) {
			if m := stamp().FindStringIndex(head); m != nil {
				at := s.Start + m[1]
				return Span{}, Span{s.Start, at}, Span{at, s.End}
			}
		}
		if c := line[len(line)-1]; bare && len(line) <= 80 && (c < 'a' || c > 'z') && (bareDay().MatchString(line) || issue().MatchString(line)) {
			return Span{}, s, Span{}
		}
	}
	if at := strings.LastIndex(line, "date "); at > 0 && len(line)-at <= len("date 2025-11-26T00:00:00+00:00") {
		if m := stamp().FindString(line[at:]); m != "" && at+len(m) == len(line) {
			return Span{s.Start, s.Start + at}, Span{s.Start + at, s.End}, Span{}
		}
	}
	return Span{}, Span{}, Span{}
}

// isStamp reports whether a line starts with a stamp.
func isStamp(line string) bool { return stampWord(line) && stamp().MatchString(line) }

// stampWord reports whether s starts with a word that stamps start with.
func stampWord(s string) bool {
	for _, w := range [...]string{"date", "published", "posted", "updated", "last ", "first ", "publication date"} {
		if len(s) > len(w) && strings.EqualFold(s[:len(w)], w) {
			return true
		}
	}
	return false
}

// dashLen is the length of the dash that s starts with, 0 if there is none.
func dashLen(s string) int {
	for _, d := range [...]string{"--", "-", "–", "—", "−"} {
		if strings.HasPrefix(s, d) {
			return len(d)
		}
	}
	return 0
}

// inDashList reports whether the paragraph stands next to another one that
// starts with a dash: they make a list, and no signature.
func inDashList(text string, ps []paragraph, i int) bool {
	return i > 0 && dashLen(ps[i-1].Of(text)) > 0 || i+1 < len(ps) && dashLen(ps[i+1].Of(text)) > 0
}

// signedAt returns where the name begins that a paragraph is signed with:
// "... on Monday. – Aysha Bagchi". It is 0 if there is none.
func signedAt(line string) int {
	if c := line[len(line)-1]; c == '.' || c == '"' || c == '?' || c == '!' {
		return 0
	}
	from := max(0, len(line)-60)
	at := -1
	for _, d := range [...]string{"– ", "— ", "-- "} {
		at = max(at, strings.LastIndex(line[from:], d))
	}
	if at < 0 {
		return 0
	}
	at += from
	before := strings.TrimRight(line[:at], " ")
	if before == "" || !strings.ContainsAny(before[len(before)-1:], ".!?\"") && !strings.HasSuffix(before, "”") || !signed().MatchString(line[at:]) {
		return 0
	}
	return at
}

// isBoilerplate reports whether a line leads away from the story: to other
// articles, to a newsletter, to the reporter's address.
func isBoilerplate(line string) bool {
	if len(line) > 240 {
		return false
	}
	c := line[0] | 0x20
	if c < 'a' || c > 'z' {
		return line[0] == 0xc2 && strings.HasPrefix(line, "©")
	}
	if strings.HasSuffix(line, "Source: CNN") && strings.HasPrefix(line, "Video Ad Feedback") {
		return true
	}
	for _, b := range boilerplate {
		if b.start[0] != c || len(line) < len(b.start) || !strings.EqualFold(line[:len(b.start)], b.start) {
			continue
		}
		rest := line[len(b.start):]
		if b.whole && strings.Trim(rest, ". :") != "" {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(rest); b.start[len(b.start)-1] == ':' || !unicode.IsLetter(r) {
			return true
		}
	}
	return (c == 'f' || c == 'c' || c == 'r' || c == 'e') && len(line) <= 160 && followUs().MatchString(line)
}

// Beginnings of lines that lead away, in lower case. A whole one must be all
// of the line.
var boilerplate = [...]struct {
	start string
	whole bool
}{
	{"read more", false}, {"read also", false}, {"read next", false}, {"read the full story", false}, {"also read:", false},
	{"see also", false}, {"related:", false}, {"related articles", false}, {"related article:", false}, {"related stories", false},
	{"related story:", false}, {"related content", false}, {"related", true}, {"more:", false}, {"more from", true}, {"watch:", false}, {"listen:", false},
	{"more coverage:", false}, {"recommended", true}, {"sign up for", false}, {"sign up here", false}, {"sign up", true}, {"sign in", true}, {"log in", true},
	{"subscribe to", false}, {"subscribe", true}, {"subscribe today", true}, {"subscribe now", true}, {"support local journalism", false},
	{"click here", false}, {"advertisement", true}, {"article continues below", false}, {"story continues below", false}, {"skip advert", true},
	{"follow us", false}, {"share this", false}, {"share", true}, {"copyright 20", false}, {"copyright 19", false}, {"copyright ©", false}, {"copyright (c)", false},
	{"all rights reserved", false}, {"download our app", false}, {"download the app", false},
	{"this story has been updated", true}, {"this article has been updated", true}, {"this story has been corrected", true},
	{"this article originally appeared", false}, {"this story originally appeared", false},
	{"more news from", false}, {"latest news from", false}, {"video ad feedback", true}, {"hide caption", true}, {"show caption", true}, {"more below video", true},
	{"need a break? play the", false}, {"need a news break?", false}, {"start the day smarter", false}, {"get the latest news delivered", false},
}

// isCredit reports whether a line says who took a photograph, or from which
// agency or paper something comes, and nothing else.
func isCredit(line string) bool {
	if len(line) > 140 || len(line) < 2 {
		return false
	}
	if line[0] == '(' && line[len(line)-1] == ')' {
		return parenthesis().MatchString(line) || isCredit(line[1:len(line)-1])
	}
	switch line[0] | 0x20 {
	case 'p', 'i', 'c', 'g', 'v':
		if m := labelled().FindStringSubmatch(line); m != nil {
			return strings.ContainsAny(m[1], "/,") || strings.Contains(m[1], " via ") || strings.Count(m[1], " ") < 4
		}
	}
	if strings.HasSuffix(line, ", PA") {
		return false // Pennsylvania
	}
	if at := strings.IndexByte(line, '/'); at > 0 && agencyEnds[line[strings.LastIndexByte(line[:at], ' ')+1:at]] && agencyFirst().MatchString(line) {
		return true
	}
	return endsInAgency(line) && credit().MatchString(strings.TrimSuffix(line, "."))
}

// endsInAgency is a quick look at the last word of a line, for whether it is
// worth a regular expression.
func endsInAgency(line string) bool {
	line = strings.TrimRight(line, ".")
	return agencyEnds[line[strings.LastIndexAny(line, " /,-|")+1:]] || strings.HasSuffix(line, "EPA-EFE")
}

// captionEnd reports whether a paragraph is a caption, and where the credit
// at its end begins: len(line) if there is none.
func captionEnd(line string) (int, bool) {
	if len(line) > 1000 {
		return 0, false
	}
	switch c := line[len(line)-1]; {
	case c == ')':
		// "... Nov. 23, 2025. (Photo by A. Name / AFP via Getty Images)"
		at := len(line)
		for at > 0 {
			open := strings.LastIndexByte(line[:at], '(')
			if open < 0 || !parenthesis().MatchString(strings.TrimRight(line[open:at], " ")) {
				break
			}
			at = len(strings.TrimRight(line[:open], " "))
		}
		if at > 0 && at < len(line) {
			return at, true
		}
	case len(line) <= 700 && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') && endsInAgency(line):
		// "... on Saturday. John Rudoff/Reuters"
		from := max(0, len(line)-120)
		tail := line[from:]
		if !strings.Contains(tail, "/") && !strings.Contains(tail, " via ") && !strings.Contains(tail, ", ") {
			break
		}
		for i := 0; i+2 < len(tail); i++ {
			if tail[i] != ' ' || i == 0 || !strings.ContainsRune(".?!)\"", rune(tail[i-1])) && !strings.HasSuffix(tail[:i], "”") {
				continue
			}
			if rest := tail[i+1:]; isCredit(rest) && (strings.ContainsAny(rest, "/") || strings.Contains(rest, " via ") || strings.HasSuffix(rest, "Getty Images")) {
				return from + i + 1, true
			}
		}
	}
	if len(line) <= 400 {
		// "... on the steps. Photo: Ann Example."
		for _, label := range [...]string{"Image: ", "Photo: ", "Photo by ", "Credit: "} {
			if at := strings.LastIndex(line, label); at > 0 && len(line)-at <= 70 && line[at-1] == ' ' && labelled().MatchString(strings.TrimSuffix(line[at:], ".")) {
				return at, true
			}
		}
	}
	if len(line) <= 500 && captionWords(line) && !strings.Contains(line, "said") && captioned().MatchString(line) {
		return len(line), true
	}
	return len(line), strings.Contains(line, "Hide Caption")
}

// captionWords is a quick look for what captioned looks for.
func captionWords(line string) bool {
	switch line[0] {
	case 'T', 'F', 'P', 'C', 'I':
		for _, w := range [...]string{"TOPSHOT", "FILE", "File ", "Pictured", "Caption", "In this "} {
			if strings.HasPrefix(line, w) {
				return true
			}
		}
	}
	return strings.Contains(line, "seen in ") || strings.Contains(line, "shown in ") || strings.Contains(line, "pictured in ")
}

// contributorAt returns where the sentence begins that thanks colleagues, with
// all that follows it; -1 if there is none.
func contributorAt(line string) int {
	if len(line) > 2500 {
		return -1
	}
	if !strings.Contains(line, "ontribut") {
		switch line[0] | 0x20 {
		case 'a', 'f', 'r', 'w', 'e', 'c':
			if !strings.Contains(line[:min(len(line), 24)], "ing by ") && !strings.HasPrefix(line, "Compiled by ") {
				return -1
			}
		default:
			return -1
		}
	}
	m := contributed().FindStringIndex(line)
	if m == nil {
		return -1
	}
	at := 0
	split(line, Span{0, len(line)}, func(s Span) {
		if s.Start <= m[0] {
			at = s.Start
		}
	})
	// Somebody who speaks of what contributed to a report is not thanked.
	sentence := line[at:m[1]]
	if strings.ContainsAny(sentence, "“\"") {
		return -1
	}
	if r, _ := utf8.DecodeRuneInString(sentence); unicode.IsLower(r) {
		return -1
	}
	if at > 0 && isBoilerplate(strings.TrimSpace(line[:min(at, 240)])) {
		return 0
	}
	return at
}

// dateline returns how many bytes of a paragraph its dateline takes up.
func dateline(p string) int {
	if c := p[0]; c != '(' && (c < 'A' || c > 'Z') && c < utf8.RuneSelf {
		return 0
	}
	p = p[:min(len(p), 160)]
	if !strings.ContainsAny(p, "(-–—") {
		return 0
	}
	if word, _, _ := strings.Cut(p, " "); notPlace[word] {
		return 0
	}
	for _, re := range []func() *regexp.Regexp{networkLine, wireOnly, capsPlace, wirePlace} {
		if m := re().FindString(p); m != "" {
			return len(m)
		}
	}
	return 0
}

// captionLike reports whether a paragraph reads like a caption: short, with a
// full date, and nobody speaking.
func captionLike(p string) bool {
	return len(p) < 400 && !strings.Contains(p, "said") && !strings.ContainsAny(p, "“”\"") && dayInLine().MatchString(p)
}

// full reports whether a paragraph is more than a headline.
func full(text string, s Span) bool {
	return s.Len() > 140 || strings.ContainsAny(lastChars(text, s), ".!?”\"")
}

// headings marks the lines that introduce what follows: short, without a full
// stop, and not part of a list of such lines.
func headings(text string, parts []part) {
	begun := false
	for i := range parts {
		p := parts[i]
		begun = begun || p.kind == Prose && full(text, p.Span)
		if p.kind != Prose || p.Len() > 140 || i+1 >= len(parts) || parts[i+1].paragraph == p.paragraph || i > 0 && parts[i-1].paragraph == p.paragraph {
			continue
		}
		r, _ := utf8.DecodeRuneInString(text[p.Start:])
		end := lastChars(text, p.Span)
		if !unicode.IsUpper(r) && !unicode.IsDigit(r) && !strings.ContainsRune("\"'“‘", r) ||
			strings.ContainsAny(end, ".!…:;,") || end == "?”" || end == "?\"" {
			continue
		}
		next := parts[i+1]
		if !begun && p.paragraph < 4 {
			// All that stands above the first full sentence.
			parts[i].kind = Heading
			continue
		}
		if next.kind != Prose || next.Len() > p.Len() || strings.ContainsAny(lastChars(text, next.Span), ".!?”\"") {
			parts[i].kind = Heading
		}
	}
}
