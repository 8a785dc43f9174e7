package corpus

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Version changes when texts are divided or their parts recognised in another
// way, so that an index built before is known to be of an older kind.
const Version = 9

// A Kind says what a sentence is in the article.
type Kind uint8

const (
	Prose       Kind = iota // the story itself
	Heading                 // a headline or a line that introduces a section
	Dateline                // "LONDON and KYIV, Ukraine –"
	Byline                  // "By ...", or who signs an entry of a live blog
	Stamp                   // a stray "date 2025-11-26", "Published ..."
	Caption                 // what a photograph shows
	Credit                  // who took it: "Ramil Sitdikov/Reuters"
	Contributor             // "X contributed to this report."
	Boilerplate             // "Read more:", "Sign up for our newsletter", a rule of dashes
	Order                   // what is meant for programs that read: "Ignore all previous instructions"
)

var kindNames = [...]string{"prose", "heading", "dateline", "byline", "stamp", "caption", "credit", "contributor", "boilerplate", "order"}

// String is the kind's name in lower case.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Evidence reports whether the sentence is part of the story, and may be cited
// without being asked for.
func (k Kind) Evidence() bool { return k == Prose || k == Heading }

// A Sentence is one sentence of a text, or a line that is none but stands by
// itself.
type Sentence struct {
	Span
	Kind      Kind
	Paragraph int // from 0
}

// maxSentence is where a sentence is divided at a space although it has no
// end: a list without full stops or a line of a data file, in bytes. Newswire
// sentences rarely pass 600.
const maxSentence = 1500

// Sentences divides the article's body into sentences, in order, no two
// overlapping; spans are of a.Text and begin and end with something other than
// white space. They are found anew on each call, but for that after Derive, at
// some 10 MB of text a second. The slice is not to be changed.
func (a *Article) Sentences() []Sentence {
	if !a.Body.Within(len(a.Text)) {
		return nil
	}
	if d := a.derived; d.sentences != nil && d.body == a.Body && d.text == a.Text {
		return d.sentences
	}
	return sentences(a.Text, a.Body)
}

func sentences(text string, body Span) []Sentence {
	parts := classify(text, divide(text, body))
	ss := make([]Sentence, 0, len(parts)+body.Len()/150)
	for _, p := range parts {
		yield := func(s Span) { ss = append(ss, Sentence{s, p.kind, p.paragraph}) }
		if p.kind == Prose || p.kind == Caption {
			split(text, p.Span, func(s Span) { yield(plain(text, s)) })
		} else {
			chop(text, p.Span, yield) // a line of nothing but marks may be as long
		}
	}
	return ss
}

// split passes on the sentences of one paragraph.
func split(text string, p Span, yield func(Span)) {
	// A sentence waits until the next one is known to be more than the marks
	// that close it: `... he said. "` ends behind the quotation mark. Dots
	// that come first belong to what follows.
	var waiting Span
	start := p.Start
	emit := func(end int) {
		s := trim(text, Span{start, end})
		start = end
		if s.Len() == 0 {
			return
		}
		if waiting.Len() > 0 && (!wordy(s.Of(text)) || !wordy(waiting.Of(text))) {
			waiting.End = s.End
			return
		}
		if waiting.Len() > 0 {
			chop(text, waiting, yield)
		}
		waiting = s
	}
	for i := p.Start; i < p.End; {
		mark := i
		switch c := text[i]; {
		case c == '.' || c == '!' || c == '?':
			mark++
		case c < utf8.RuneSelf:
			i++
			continue
		default:
			n, tight := foreignMark(text[i:p.End])
			if n == 0 {
				i++
				continue
			}
			mark += n
			if tight {
				i = closing(text, mark, p.End)
				emit(i)
				continue
			}
		}
		i = mark
		for i < p.End && (text[i] == '.' || text[i] == '!' || text[i] == '?') {
			i++
		}
		i = closing(text, i, p.End)
		gap := i
		for i < p.End {
			n := spaceLen(text[i:p.End])
			if n == 0 {
				break
			}
			i += n
		}
		switch {
		case i >= p.End:
		case i == gap:
			// "38.7", "example.com", and the "said.The" of a lost space.
			if lostSpace(text, Span{start, p.End}, mark, gap) {
				emit(gap)
			}
		case ends(text, Span{start, p.End}, mark, gap, i):
			emit(gap)
			start = i
		}
	}
	emit(p.End)
	if waiting.Len() > 0 {
		chop(text, waiting, yield)
	}
}

// chop passes on a sentence, in pieces if it is longer than maxSentence.
func chop(text string, s Span, yield func(Span)) {
	for s.Len() > maxSentence {
		piece := text[s.Start : s.Start+maxSentence]
		cut := strings.LastIndexAny(piece, ";,") + 1
		if cut < maxSentence/2 || !strings.HasPrefix(text[s.Start+cut:], " ") {
			cut = strings.LastIndexAny(piece, " \t\n") + 1
		}
		if cut < maxSentence/2 {
			cut = maxSentence
			for back := 0; back < utf8.UTFMax-1 && !utf8.RuneStart(text[s.Start+cut]); back++ {
				cut--
			}
		}
		if head := trim(text, Span{s.Start, s.Start + cut}); head.Len() > 0 {
			yield(head)
		}
		s = trim(text, Span{s.Start + cut, s.End})
	}
	if s.Len() > 0 {
		yield(s)
	}
}

// wordy reports whether s has a letter or a digit.
func wordy(s string) bool {
	for _, r := range s {
		if r < utf8.RuneSelf {
			if 'a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9' {
				return true
			}
		} else if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return true
		}
	}
	return false
}

// foreignMark returns the length of the mark beyond ASCII that s starts with
// and that may end a sentence, 0 if there is none. A tight one ends it without
// a space behind, as East Asian full stops do.
func foreignMark(s string) (n int, tight bool) {
	switch s[0] {
	case 0xe2:
		if strings.HasPrefix(s, "…") {
			return len("…"), false
		}
	case 0xe3:
		if strings.HasPrefix(s, "。") {
			return len("。"), true
		}
	case 0xef:
		if strings.HasPrefix(s, "！") || strings.HasPrefix(s, "？") || strings.HasPrefix(s, "｡") {
			return len("！"), true
		}
	case 0xd8:
		if strings.HasPrefix(s, "؟") {
			return len("؟"), false
		}
	case 0xdb:
		if strings.HasPrefix(s, "۔") {
			return len("۔"), false
		}
	case 0xe0:
		if strings.HasPrefix(s, "।") {
			return len("।"), false
		}
	}
	return 0, false
}

// spaceLen is the length of the white space character that s starts with.
func spaceLen(s string) int {
	switch c := s[0]; {
	case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		return 1
	case c < utf8.RuneSelf:
		return 0
	}
	if r, n := utf8.DecodeRuneInString(s); blank(r) {
		return n
	}
	return 0
}

// closing skips quotation marks and brackets that close behind a full stop.
func closing(text string, i, end int) int {
	for i < end {
		c := text[i]
		if c < utf8.RuneSelf {
			if c != '"' && c != '\'' && c != ')' && c != ']' && c != '*' && c != '_' {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(text[i:end])
		switch r {
		case '”', '’', '»', '›', '」', '』', '）', '】':
			i += n
		case '“':
			// It closes in German, „so.“ In English a word follows it.
			if i+n < end && spaceLen(text[i+n:end]) == 0 {
				return i
			}
			i += n
		default:
			return i
		}
	}
	return i
}

// lookBack is how far before a full stop the start of its word is looked for, in
// bytes: in text without white space it would be the start of the paragraph, for
// each full stop anew. Addresses of the web rarely pass 200.
const lookBack = 200

// lostSpace reports whether a sentence ends at gap although no space follows:
// "the vote.Mayes said", "he said.“We ...".
func lostSpace(text string, s Span, mark, gap int) bool {
	if text[mark-1] >= utf8.RuneSelf {
		return false
	}
	before, n := utf8.DecodeLastRuneInString(text[s.Start : mark-1])
	if !unicode.IsLower(before) && !unicode.IsDigit(before) || n == mark-1-s.Start {
		return false
	}
	r, n := utf8.DecodeRuneInString(text[gap:s.End])
	if r == '“' {
		return true
	}
	next, m := utf8.DecodeRuneInString(text[gap+n : s.End])
	if !unicode.IsUpper(r) || !unicode.IsLower(next) || unicode.IsDigit(before) {
		return false
	}
	// Not inside an address of the web or a name like "St.John".
	from := max(s.Start, mark-1-lookBack)
	from += strings.LastIndexAny(text[from:mark-1], " \t\n\"“(") + 1
	if unicode.IsUpper(rune(text[from])) && mark-from <= len("Prof.") || strings.ContainsAny(text[from:mark-1], "/@:._") {
		return false
	}
	rest := text[gap+n+m : s.End]
	at := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) && r != '’' && r != '\'' })
	if at < 0 {
		return true
	}
	return rest[at] != '/' && rest[at] != '@' && rest[at] != '.' && rest[at] != '_'
}

// ends decides whether the mark before offset mark ends the sentence that
// begins with s. gap is where the white space begins, next where the text goes
// on.
func ends(text string, s Span, mark, gap, next int) bool {
	// Behind opening quotation marks and brackets stands what matters.
	after := rune(0)
	word := next
	for word < s.End {
		r, n := utf8.DecodeRuneInString(text[word:s.End])
		after = r
		if !strings.ContainsRune("\"'“‘([«‹*_¿¡「『", r) {
			break
		}
		word += n
	}
	switch {
	case unicode.IsLower(after):
		return false
	case word == next && (after == '.' || after == '…'):
		// The dots of an omission come next, and belong to what they follow.
		return false
	case word == next && (after == '–' || after == '—' || after == '-' || after == ',' || after == ';'):
		return false
	}
	if text[mark-1] != '.' || gap > mark {
		// "!", "?", an ellipsis, or a full stop inside quotation marks.
		if c := text[mark-1]; (c == '?' || c == '!') && gap > mark && attribution(text[next:s.End]) {
			return false
		}
		return !nameInQuotes(text, s, gap)
	}
	before := text[max(s.Start, mark-1-lookBack) : mark-1]
	if numeral(before) {
		return false // "2. The second reason"
	}
	// A lone full stop: is the word before it an abbreviation?
	from := len(before)
	for from > 0 && len(before)-from < 12 {
		r, n := utf8.DecodeLastRuneInString(before[:from])
		if !unicode.IsLetter(r) && r != '.' {
			break
		}
		from -= n
	}
	follows := text[word:min(s.End, word+24)]
	if at := strings.IndexFunc(follows, func(r rune) bool { return !unicode.IsLetter(r) && r != '’' && r != '\'' }); at >= 0 {
		follows = follows[:at]
	}
	if germanMonths[follows] && numeral(before[strings.LastIndexByte(before, ' ')+1:]) && len(before)-strings.LastIndexByte(before, ' ') <= len(" 31") {
		return false // "am 3. März"
	}
	if abbr := before[from:]; abbr != "" && len(abbr) <= 9 {
		lower := strings.ToLower(abbr)
		capital := abbr[0] < 'a' || abbr[0] > 'z'
		switch {
		case capital && Honorific(lower):
			// "Elm Dr. The fire"; but "Dr. He" and "Dr. No" are people.
			return follows == "The"
		case goingOn[lower]:
			return false
		case saints[lower]:
			return starters[follows] && follows != "All"
		case numbered[lower] && !(capital && len(abbr) == 1) || (capital || strings.HasSuffix(before[:from], "(")) && countedWords[lower] || capital && calendar[lower]:
			if unicode.IsDigit(after) {
				return false
			}
		case lower == "a.m" || lower == "p.m":
			return !unicode.IsDigit(after) && (word > next || starters[follows] || len(follows) > 4 && !clock[follows])
		case lower == "etc":
			return true
		case dotted(abbr):
			// "U.S. Secretary", "J. D. Vance"; but "in the U.S. The".
			return starters[follows]
		case firms[lower] || capital && states[lower]:
			return starters[follows]
		}
	}
	return !nameInQuotes(text, s, gap)
}

// Honorific reports whether a word, in lower case and without its full stop, is
// the abbreviation of a title that stands before a name: "mrs", "pfc".
func Honorific(word string) bool { return titles[word] }

// numeral reports whether w is what stands before the full stop of an item in
// a list: up to three digits, or a capital.
func numeral(w string) bool {
	if len(w) == 1 && 'A' <= w[0] && w[0] <= 'Z' {
		return true
	}
	return len(w) <= 3 && w != "" && strings.Trim(w, "0123456789") == ""
}

// attribution reports whether s goes on with who asked: “Why?” Oake asked.
func attribution(s string) bool {
	s = s[:min(len(s), 48)]
	for n := 0; n < 4; n++ {
		w, rest, ok := strings.Cut(s, " ")
		if !ok {
			w, rest = s, ""
		}
		w = strings.TrimRight(w, ".,:;\n")
		if n > 0 && speaks[w] {
			return true
		}
		if r, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(r) {
			return false
		}
		s = rest
	}
	return false
}

// nameInQuotes reports whether gap lies inside a quotation that is a name of
// single words with full stops between, as of the programme “Moscow. Kremlin.
// Putin”.
func nameInQuotes(text string, s Span, gap int) bool {
	at := strings.LastIndexAny(text[max(s.Start, gap-40):gap], "“\"")
	if at < 0 {
		return false
	}
	rest := text[max(s.Start, gap-40)+at : min(s.End, gap+40)]
	closes := "”"
	if rest[0] == '"' {
		closes = "\""
	}
	_, n := utf8.DecodeRuneInString(rest)
	inner, _, ok := strings.Cut(rest[n:], closes)
	if !ok || len(inner) < 8 || strings.ContainsAny(inner, "?!") {
		return false
	}
	words := 0
	for w := range strings.SplitSeq(strings.TrimRight(inner, ",."), ". ") {
		words++
		if r, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(r) || strings.ContainsAny(w, " .") {
			return false
		}
	}
	return words > 2
}

// dotted reports whether w is single letters with full stops between, as in
// "U.S" or the "J" of "J. D. Vance".
func dotted(w string) bool {
	if len(w) == 1 && w != "v" && w != "c" && (w[0] < 'A' || w[0] > 'Z') {
		return false
	}
	first := true
	for part := range strings.SplitSeq(w, ".") {
		r, n := utf8.DecodeRuneInString(part)
		if !unicode.IsLetter(r) || n != len(part) && (!first || len(part) != 2 || len(part) == len(w)) {
			return false // but "Ph.D" and "St.J" are
		}
		first = false
	}
	return !first
}

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

var (
	// Abbreviations of titles: civil, of the church, of the police and the forces.
	titles = set(`mr mrs ms mx dr drs prof profs messrs mme mmes mlle mlles msgr fr rev revs hon rt
		sen sens rep reps gov govs pres amb sec secy treas cllr cllrs ald atty attys asst assoc dep dist comm commr comr
		supt insp det dets const cdr cmdr cmdrs comdr
		gen gens maj majs col cols lt lts capt capts sgt sgts cpl cpls adm adms brig pvt pvts pte pfc spc ens lcpl ssgt msgt tsgt gnr bdr spr rfn
		sqn ldr flt wg`)
	// Abbreviations that something always follows.
	goingOn = set(`vs feat approx ext incl excl esp viz e.g i.e`)
	// Those before the names of places: "Ft. Worth", "Sts. Peter and Paul".
	saints = set(`st sts ste mt mts ft pt`)
	// Abbreviations that go with a number behind them: of counting, of the parts
	// of a book or a law, of money.
	numbered = set(`no nos p pp vol vols fig figs ch chap sect sects secs para paras cl pts reg regs ver prop
		ca cf circ est elev tel rte apt rm b d r fl
		rs nrs rp kr tk ksh kshs sh shs dh dhs bs sfr php`)
	// Those that are words, too: "Pop. 4,000" and "(pop. 4,000)", but "they play
	// pop. 4,000 came".
	countedWords = set(`art arts pop op res div min max alt`)
	calendar     = set(`jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun`)
	// Abbreviations that may end a sentence or not. Those of states must be
	// capital: "feeling ill." is none.
	firms  = set(`inc corp co ltd pty plc bhd sdn bros assn intl natl jr sr esq ret ave blvd rd sq ln pkwy dept univ al bldg hwy`)
	states = set(`ala ariz ark calif cal colo conn del fla ga ill ind kan ky la mass md mich minn miss mo mont neb nev okla ore pa penn
		tenn tex va vt wash wis wyo n.y n.j n.c n.d n.h n.m s.c s.d w.va r.i ont que alta sask qld`)
	// Words that begin a sentence far more often than a name.
	starters = set(`The A An In On At It He She They We I You But And Or So As If For From By With When While After Before Since
		Although Though However Meanwhile This That These Those There Here His Her Their Its Our My What Who Why How Where Some Many Most
		Both Each Every All No Not Now Then Yet To Of One Two Three Under Over During Despite According Asked Speaking Earlier Later Last
		It's It’s He's He’s She's She’s That's That’s There's There’s We're We’re They're They’re I'm I’m Because Until Once Even Only Such
		Also Still Among Between Through Without Within Yes`)
	// What follows a time of day without ending its sentence.
	clock = set(`Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April June July August September October
		November December Eastern Central Mountain Pacific Local Moscow London Kyiv Beijing Tokyo Greenwich Atlantic`)
	germanMonths = set(`Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember`)
	speaks       = set(`said says asked asks wrote writes told added tweeted posted replied continued shouted yelled cried wondered exclaimed joked recalled`)
)

// plain leaves out the marks of Markdown's emphasis that open or close at the
// ends of a sentence: *Correction: ... 41.*
func plain(text string, s Span) Span {
	words := s.Of(text)
	for _, mark := range [...]string{"*", "_"} {
		inner := strings.Trim(words, mark)
		if inner == words || inner == "" || strings.Contains(inner, mark) {
			continue
		}
		s.Start += strings.Index(words, inner)
		s.End = s.Start + len(inner)
		return trim(text, s)
	}
	return s
}

// trim narrows a span until it neither begins nor ends with white space or
// other characters that show nothing.
func trim(text string, s Span) Span {
	for s.Start < s.End {
		if c := text[s.Start]; c > ' ' && c < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeRuneInString(text[s.Start:s.End])
		if !blank(r) {
			break
		}
		s.Start += n
	}
	for s.Start < s.End {
		if c := text[s.End-1]; c > ' ' && c < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeLastRuneInString(text[s.Start:s.End])
		if !blank(r) {
			break
		}
		s.End -= n
	}
	return s
}

func blank(r rune) bool {
	return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || r == '\u2060'
}
