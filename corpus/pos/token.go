package pos

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dateline/corpus"
)

// A Token is a word, a number or a mark of punctuation in a text.
type Token struct {
	corpus.Span
	Text string // text[Start:End]
	Tag  Tag
}

// A splitter cuts a text into tokens.
type splitter struct {
	text   string
	tokens []Token
	quoted bool // inside single quotes
}

func (s *splitter) add(start, end int, t Tag) {
	if start < end {
		s.tokens = append(s.tokens, Token{Span: corpus.Span{Start: start, End: end}, Text: s.text[start:end], Tag: t})
	}
}

// at is the rune at i, and its length; 0 and 0 at the end.
func (s *splitter) at(i int) (rune, int) {
	if i >= len(s.text) {
		return 0, 0
	}
	if c := s.text[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	return utf8.DecodeRuneInString(s.text[i:])
}

func (s *splitter) run() {
	for i := 0; i < len(s.text); {
		r, n := s.at(i)
		switch {
		case space(r):
			i += n
		case s.wordAt(i, r, n):
			i = s.word(i)
		default:
			i = s.mark(i, r, n)
		}
	}
}

// wordAt reports whether a word starts at i, where r of n bytes stands.
func (s *splitter) wordAt(i int, r rune, n int) bool {
	if alnum(r) {
		return true
	}
	next, m := s.at(i + n)
	switch {
	case currency(r), r == '.', r == '#', r == '+', r == '-', r == '−':
		// "-5C" is a number, "2010 -5" in a range is not told from it.
		return digit(next) && (r == '.' || r == '#' || currency(r) || !s.glued(i))
	case r == '@':
		return alnum(next)
	case apostrophe(r):
		// "'90s"
		third, _ := s.at(i + n + m)
		return digit(next) && digit(third) && !s.glued(i)
	}
	return false
}

// glued reports whether the byte before i is part of a word.
func (s *splitter) glued(i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s.text[:i])
	return i > 0 && alnum(r)
}

// word adds the word that starts at i, its clitics apart, and returns where it
// ends.
func (s *splitter) word(start int) int {
	if rest := s.text[start:]; len(rest) > 4 && rest[0]|0x20 == 'h' || strings.HasPrefix(rest, "www.") {
		if n := address(rest); n > 0 {
			s.add(start, start+n, NN)
			return start + n
		}
	}
	i := start
	_, n := s.at(i)
	i += n
	segment := start // where the part after the last full stop starts
	dots := 0
	short := true // no part between full stops is longer than two letters
	for i < len(s.text) {
		r, n := s.at(i)
		if alnum(r) || r == '_' || unicode.IsMark(r) {
			i += n
			continue
		}
		prev, _ := utf8.DecodeLastRuneInString(s.text[:i])
		next, _ := s.at(i + n)
		switch r {
		case '-', '‐', '‑':
			// "28-point", "U.S.-led".
			if (alnum(prev) || prev == '.' || prev == '%') && alnum(next) {
				i += n
				segment, short = i, short && dots > 0
				continue
			}
		case '–':
			if digit(prev) && digit(next) {
				i += n
				continue
			}
		case '\'', '’':
			if alnum(prev) && unicode.IsLetter(next) {
				i += n
				continue
			}
		case '.':
			switch {
			case digit(prev) && digit(next):
				i += n
				continue
			case unicode.IsLetter(prev) && unicode.IsLetter(next):
				one := utf8.RuneCountInString(s.text[segment:i]) <= 2
				// "U.S", "a.m", "Amazon.com"; "said.Then" lacks a space.
				if one && short || unicode.IsLower(next) {
					short = short && one
					i += n
					segment = i
					dots++
					continue
				}
			}
			if s.abbreviation(start, segment, i, dots > 0 && short) {
				i += n
				segment = i
				if after, _ := s.at(i); after == '-' {
					continue // "U.S.-led"
				}
			}
		case ',':
			if digit(prev) && s.thousands(i+n) {
				i += n
				continue
			}
		case ':':
			if digit(prev) && digit(next) {
				i += n
				continue
			}
		case '/':
			if digit(prev) && digit(next) {
				i += n
				continue
			}
		case '&':
			if unicode.IsUpper(prev) && unicode.IsUpper(next) {
				i += n
				continue
			}
		case '@':
			if alnum(prev) && alnum(next) {
				i += n
				continue
			}
		case '%', '°', 'º', '£', '€':
			if digit(prev) {
				i += n
				continue
			}
		case '+':
			if !alnum(next) {
				i += n
				continue
			}
		}
		break
	}
	s.clitics(start, i)
	return i
}

// thousands reports whether just three digits stand at i.
func (s *splitter) thousands(i int) bool {
	for n := range 3 {
		if i+n >= len(s.text) || !digit(rune(s.text[i+n])) {
			return false
		}
	}
	return i+3 >= len(s.text) || !digit(rune(s.text[i+3]))
}

// abbreviation reports whether the full stop at dot belongs to the word before
// it; initials says that the word is like "U.S".
func (s *splitter) abbreviation(start, segment, dot int, initials bool) bool {
	last := s.text[segment:dot]
	if initials && utf8.RuneCountInString(last) <= 2 {
		return true
	}
	word := s.text[start:dot]
	rest := strings.TrimLeft(s.text[dot+1:], " \t\r\n\"'”’)")
	if rest == "" {
		return false // it ends the text
	}
	next, _ := utf8.DecodeRuneInString(rest)
	if first, n := utf8.DecodeRuneInString(word); n == len(word) {
		// "George W. Bush"; "so did I. Then".
		return unicode.IsUpper(first) && first != 'I' && (unicode.IsUpper(next) || next == ',')
	}
	if 'A' <= word[0] && word[0] <= 'Z' && corpus.Honorific(strings.ToLower(word)) {
		return unicode.IsUpper(next)
	}
	switch word {
	case "St", "Mt", "Ft":
		return unicode.IsUpper(next)
	case "Jr", "Sr", "Inc", "Corp", "Co", "Ltd", "Bros", "vs", "v", "Vs", "Ave", "Blvd", "Rd", "Dept", "Univ", "Assn", "approx", "Ph":
		return true
	case "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sept", "Sep", "Oct", "Nov", "Dec", "No", "Nos", "no", "Art", "art", "Fig", "fig", "pp", "Rs", "Pop", "pop", "Est", "est":
		return digit(next)
	case "Ala", "Ariz", "Ark", "Calif", "Colo", "Conn", "Del", "Fla", "Ga", "Ill", "Ind", "Kan", "Ky", "La", "Md",
		"Mass", "Mich", "Minn", "Miss", "Mo", "Mont", "Neb", "Nev", "Okla", "Ore", "Pa", "Tenn", "Tex", "Va", "Vt",
		"Wash", "Wis", "Wyo", "etc", "Mon", "Tue", "Tues", "Wed", "Thu", "Thurs", "Fri", "Sat", "Sun":
		return !unicode.IsUpper(next)
	}
	return false
}

// clitics adds the word text[start:end], what is contracted onto it apart.
func (s *splitter) clitics(start, end int) {
	w := s.text[start:end]
	cut := func(n int, a, b Tag) { // n bytes from the end
		s.add(start, end-n, a)
		s.add(end-n, end, b)
	}
	if i := strings.LastIndexAny(w, "'’"); i > 0 {
		_, n := utf8.DecodeRuneInString(w[i:])
		tail := strings.ToLower(w[i+n:])
		switch tail {
		case "s":
			cut(len(w)-i, None, None)
			return
		case "re", "ve":
			cut(len(w)-i, None, VBP)
			return
		case "m":
			cut(len(w)-i, None, VBP)
			return
		case "ll":
			cut(len(w)-i, None, MD)
			return
		case "d":
			cut(len(w)-i, None, None)
			return
		case "t":
			if i > 1 && w[i-1]|0x20 == 'n' {
				cut(len(w)-i+1, None, RB)
				return
			}
		}
	}
	switch len(w) {
	case 4, 5, 6, 7, 8:
		// As people type questions.
		switch strings.ToLower(w) {
		case "cannot":
			cut(3, MD, RB)
			return
		case "cant":
			cut(2, MD, RB)
			return
		case "dont", "doesnt", "didnt", "isnt", "arent", "wasnt", "werent", "hasnt", "havent", "hadnt",
			"couldnt", "wouldnt", "shouldnt":
			cut(2, None, RB)
			return
		case "whats", "whos":
			cut(1, WP, VBZ)
			return
		case "wheres", "hows", "whens":
			cut(1, WRB, VBZ)
			return
		}
	}
	s.add(start, end, None)
}

// mark adds the mark of punctuation or symbol at i and returns where it ends.
func (s *splitter) mark(i int, r rune, n int) int {
	end := i + n
	switch {
	case r == '.' || r == '-' || r == '`' || r == '*' || r == '=' || r == '_' || r == '!' || r == '?':
		for end < len(s.text) && s.text[end] == s.text[i] {
			end++
		}
		// "..." and "--" are one mark, "!!" too.
	case apostrophe(r):
		return s.apostrophe(i, r, n)
	}
	tag := PUNCT
	switch {
	case r == '&':
		tag = CC
	case r == '%':
		tag = NN
	case currency(r), unicode.IsSymbol(r) && r != '`', r == '#', r == '@', r == utf8.RuneError, unicode.IsControl(r):
		tag = SYM
	}
	s.add(i, end, tag)
	return end
}

// apostrophe adds the single quote at i: a possessive "officials’", a
// quotation mark, or a clitic that stands apart.
func (s *splitter) apostrophe(i int, r rune, n int) int {
	next, m := s.at(i + n)
	if next == r && r == '\'' { // the Treebank's closing quote
		s.add(i, i+n+m, PUNCT)
		return i + n + m
	}
	if i > 0 && s.glued(i) {
		last := s.text[i-1]
		if s.quoted || last|0x20 != 's' {
			s.quoted = false
			s.add(i, i+n, PUNCT)
		} else {
			s.add(i, i+n, POS)
		}
		return i + n
	}
	if unicode.IsLetter(next) {
		j := i + n
		for {
			c, m := s.at(j)
			if !unicode.IsLetter(c) {
				break
			}
			j += m
		}
		switch strings.ToLower(s.text[i+n : j]) {
		case "s", "re", "ve", "ll", "d", "m":
			s.add(i, j, None)
			return j
		case "em":
			s.add(i, j, PRP)
			return j
		}
		s.quoted = r == '\'' || r == '‘'
	} else {
		s.quoted = false
	}
	s.add(i, i+n, PUNCT)
	return i + n
}

// address is the length of the web address that text starts with, 0 if it
// starts with none.
func address(text string) int {
	low := text
	if len(low) > 8 {
		low = low[:8]
	}
	low = strings.ToLower(low)
	if !strings.HasPrefix(low, "http://") && !strings.HasPrefix(low, "https://") && !strings.HasPrefix(low, "www.") {
		return 0
	}
	end := strings.IndexFunc(text, func(r rune) bool { return space(r) || strings.ContainsRune("<>\"“”", r) })
	if end < 0 {
		end = len(text)
	}
	return len(strings.TrimRight(text[:end], ".,;:!?)]}'’"))
}

func space(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || '\t' <= r && r <= '\r'
	}
	switch r {
	case '\u200b', '\ufeff', '\u2060':
		return true
	}
	return unicode.IsSpace(r)
}

func alnum(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || digit(r)
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

func digit(r rune) bool      { return '0' <= r && r <= '9' }
func apostrophe(r rune) bool { return r == '\'' || r == '’' || r == '‘' }
func currency(r rune) bool   { return r == '$' || r > 0xa1 && unicode.Is(unicode.Sc, r) }
