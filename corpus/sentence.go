package corpus

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Version changes when texts are divided or their parts recognised in another
// way, so that an index built before is known to be of an older kind.
const Version = 1

// A Kind says what a sentence is in the article.
type Kind uint8

const (
	Prose       Kind = iota // the story itself
	Heading                 // a headline or a line that introduces a section
	Dateline                // "LONDON and KYIV, Ukraine –"
	Byline                  // "By ..."
	Stamp                   // a stray "date 2025-11-26", "Published ..."
	Caption                 // what a photograph shows
	Credit                  // who took it: "Ramil Sitdikov/Reuters"
	Contributor             // "X contributed to this report."
	Boilerplate             // "Read more:", "Sign up for our newsletter"
)

var kindNames = [...]string{"prose", "heading", "dateline", "byline", "stamp", "caption", "credit", "contributor", "boilerplate"}

func (k Kind) String() string { return kindNames[k] }

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
// white space.
func (a *Article) Sentences() []Sentence {
	if !a.Body.Within(len(a.Text)) {
		return nil
	}
	return sentences(a.Text, a.Body)
}

func sentences(text string, body Span) []Sentence {
	paragraphs := divide(text, body)
	classify(text, paragraphs)
	ss := make([]Sentence, 0, body.Len()/120+1)
	for i, p := range paragraphs {
		for _, part := range p.parts {
			if part.kind != Prose && part.kind != Caption {
				ss = append(ss, Sentence{part.Span, part.kind, i})
				continue
			}
			split(text, part.Span, func(s Span) {
				ss = append(ss, Sentence{s, part.kind, i})
			})
		}
	}
	return ss
}

// split passes on the sentences of one paragraph.
func split(text string, p Span, yield func(Span)) {
	start := p.Start
	emit := func(end int) {
		s := trim(text, Span{start, end})
		for s.Len() > maxSentence {
			cut := strings.LastIndexAny(text[s.Start:s.Start+maxSentence], " \t\n")
			if cut <= 0 {
				cut = maxSentence
				for !utf8.RuneStart(text[s.Start+cut]) {
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
		start = end
	}
	for i := p.Start; i < p.End; {
		c := text[i]
		switch {
		case c == '.' || c == '!' || c == '?':
			i++
		case strings.HasPrefix(text[i:p.End], "…"):
			i += len("…")
		case strings.HasPrefix(text[i:p.End], "。"):
			// East Asian prose has no space after its full stop.
			i += len("。")
			emit(i)
			continue
		default:
			i++
			continue
		}
		mark := i // just behind the first mark
		for i < p.End && (text[i] == '.' || text[i] == '!' || text[i] == '?') {
			i++
		}
		i = closing(text, i, p.End)
		if i >= p.End {
			break
		}
		gap := i
		for i < p.End && (text[i] == ' ' || text[i] == '\t' || text[i] == '\n' || text[i] == '\r' || strings.HasPrefix(text[i:], "\u00a0")) {
			if text[i] >= utf8.RuneSelf {
				i++
			}
			i++
		}
		if i == gap || i >= p.End {
			continue // "38.7", "example.com"
		}
		if ends(text, Span{start, p.End}, mark, gap, i) && !nameInQuotes(text[start:gap]) {
			emit(gap)
			start = i
		}
	}
	emit(p.End)
}

// nameInQuotes reports whether s ends in the middle of a quotation after a
// single word of it: “Moscow. Kremlin. Putin” is the name of a programme.
func nameInQuotes(s string) bool {
	open := strings.LastIndex(s, "“")
	return open >= 0 && !strings.Contains(s[open:], "”") && len(strings.Fields(s[open:])) <= len(strings.SplitAfter(s[open:], ". ")) &&
		len(s[open:]) > len("“No.")
}

// closing skips quotation marks and brackets that close behind a full stop.
func closing(text string, i, end int) int {
	for i < end {
		r, n := utf8.DecodeRuneInString(text[i:end])
		switch r {
		case '"', '\'', '”', '’', ')', ']', '»', '›', '*', '_':
			i += n
		default:
			return i
		}
	}
	return i
}

// ends decides whether the mark before offset mark ends the sentence in s. gap
// is where the white space begins, next where the text goes on.
func ends(text string, s Span, mark, gap, next int) bool {
	after, _ := utf8.DecodeRuneInString(text[next:])
	// Behind opening quotation marks and brackets stands what matters.
	word := next
	for word < s.End {
		r, n := utf8.DecodeRuneInString(text[word:])
		if !strings.ContainsRune("\"'“‘([«‹*_", r) {
			after = r
			break
		}
		word += n
	}
	if unicode.IsLower(after) {
		return false
	}
	if !unicode.IsLetter(after) && !unicode.IsDigit(after) && word == next && !unicode.Is(unicode.Sc, after) && !unicode.IsSymbol(after) {
		return after != '–' && after != '—' && after != '-' && after != ',' && after != ';'
	}
	if text[mark-1] != '.' || gap > mark {
		// "!", "?", an ellipsis, or a full stop inside quotation marks.
		return true
	}
	// A lone full stop: is the word before it an abbreviation?
	before := text[s.Start : mark-1]
	if at := strings.LastIndexAny(before, " \t\n\r(\"'“‘[—–-/\u00a0"); at >= 0 {
		_, n := utf8.DecodeRuneInString(before[at:])
		before = before[at+n:]
	}
	follows := text[word:min(s.End, word+24)]
	if at := strings.IndexFunc(follows, func(r rune) bool { return !unicode.IsLetter(r) && r != '’' && r != '\'' }); at >= 0 {
		follows = follows[:at]
	}
	lower := strings.ToLower(before)
	switch {
	case titles[lower]:
		return false
	case numbered[lower]:
		return !unicode.IsDigit(after)
	case lower == "a.m" || lower == "p.m":
		return !unicode.IsDigit(after) && (starters[follows] || len(follows) > 4 && !weekdays[follows])
	case dotted(before):
		// "U.S. Secretary", "J. D. Vance"; but "in the U.S. The".
		return starters[follows]
	case firms[lower]:
		return starters[follows]
	}
	return true
}

// dotted reports whether w is single letters with full stops between, as in
// "U.S" or the "J" of "J. D. Vance".
func dotted(w string) bool {
	letters := 0
	for i, part := range strings.Split(w, ".") {
		if utf8.RuneCountInString(part) != 1 {
			// "Ph.D", "St.J"
			if i == 0 && len(part) == 2 && strings.Contains(w, ".") {
				continue
			}
			return false
		}
		if r, _ := utf8.DecodeRuneInString(part); !unicode.IsLetter(r) {
			return false
		}
		letters++
	}
	return letters > 0 && w != "I"
}

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

var (
	// Abbreviations that stand before a name and so never end a sentence.
	titles = set(`mr mrs ms mx dr prof sen rep gov gen maj col lt sgt cpl capt cmdr adm rev hon pres amb supt insp det sec
		st mt ft vs messrs mme mlle m fr sr. msgr asst assoc dep atty`)
	// Abbreviations that go with a number behind them.
	numbered = set(`jan feb mar apr jun jul aug sep sept oct nov dec no nos p pp vol art fig ch sect sec para approx ca cf`)
	// Abbreviations that may end a sentence or not.
	firms = set(`inc corp co ltd bros jr sr etc ave blvd rd dept univ est al cos calif fla tex ariz mass pa va conn wash ill ind mich minn mo okla ore penn tenn wis ga la md del col colo kan ky miss mont neb nev`)
	// Words that begin a sentence far more often than a name.
	starters = set(`The A An In On At It He She They We I You But And Or So As If For From By With When While After Before Since
		Although Though However Meanwhile This That These Those There Here His Her Their Its Our My What Who Why How Where Some Many Most
		Both Each Every All No Not Now Then Yet To Of One Two Three Under Over During Despite According Asked Speaking Earlier Later Last`)
	weekdays = set(`Monday Tuesday Wednesday Thursday Friday Saturday Sunday`)
)

// trim narrows a span until it neither begins nor ends with white space or
// other characters that show nothing.
func trim(text string, s Span) Span {
	for s.Start < s.End {
		r, n := utf8.DecodeRuneInString(text[s.Start:s.End])
		if !blank(r) {
			break
		}
		s.Start += n
	}
	for s.Start < s.End {
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
