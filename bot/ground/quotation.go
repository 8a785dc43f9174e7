package ground

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dateline/corpus/word"
)

// A mark is one quotation mark.
type mark struct {
	at, end     int
	r           rune
	opens       bool // what it looks like where it stands
	closes      bool
	apostrophic bool // may be an apostrophe
}

// Quotation marks of two ranks; an inner one does not end what an outer one
// began.
const (
	outerMarks = "\"“”„‟«»＂〝〞〟「」《》"
	innerMarks = "'‘’‚‛‹›『』"
)

// quotations returns what stands between quotation marks of any style in a
// text on one line, without the marks, and what stands between an end of the
// text and a mark whose counterpart is missing.
func quotations(text string) []string {
	var qs []string
	for _, rank := range [...]string{outerMarks, innerMarks} {
		ms := marks(text, rank)
		start := -1 // of the quotation that is open
		var by rune // the mark that opened it
		from := 0   // where the text goes on after the last quotation
		emit := func(a, b int) {
			if q := strings.TrimSpace(text[a:b]); q != "" && !slices.Contains(qs, q) {
				qs = append(qs, q)
			}
		}
		for i, m := range ms {
			switch {
			case start < 0 && m.opens:
				// An apostrophe at the head of a word ("'90s") opens nothing
				// unless something closes it.
				if m.apostrophic && !slices.ContainsFunc(ms[i+1:], func(n mark) bool { return n.closes }) {
					continue
				}
				start, by = m.end, m.r
			case start < 0 && !m.apostrophic:
				emit(from, m.at) // its other half is missing
				from = m.end
			case start >= 0 && m.closes:
				emit(start, m.at)
				start, from = -1, m.end
			case start >= 0 && m.opens && !m.apostrophic && m.r == by:
				// A quotation of several paragraphs opens each of them.
				emit(start, m.at)
				start = m.end
			}
		}
		if start >= 0 {
			emit(start, len(text))
		}
	}
	return qs
}

// marks finds the quotation marks of a rank and tells by what stands around
// them which way they face.
func marks(text, rank string) []mark {
	var ms []mark
	for i, r := range text {
		if !strings.ContainsRune(rank, r) {
			continue
		}
		m := mark{at: i, end: i + utf8.RuneLen(r), r: r}
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[m.end:])
		left := i == 0 || unicode.IsSpace(before) || strings.ContainsRune("([{—–-/:"+outerMarks+innerMarks, before)
		right := m.end == len(text) || unicode.IsSpace(after)
		inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
		switch r {
		case '“', '‟':
			m.opens = true
			// „Zitat“
			if open := strings.LastIndexAny(text[:i], "„“”"); open >= 0 && strings.HasPrefix(text[open:], "„") {
				m.opens, m.closes = false, true
			}
		case '„', '‚', '‛', '〝', '「', '『', '《':
			m.opens = true
		case '”', '〞', '〟', '」', '』', '》':
			m.closes = true
		case '«', '»', '‹', '›', '"', '＂':
			// Which way guillemets face depends on the country.
			m.opens = left && !right
			m.closes = !m.opens
		case '‘':
			m.opens = !unicode.IsDigit(after) // ‘90s, set wrongly
			m.apostrophic = !m.opens
		case '\'', '’':
			m.apostrophic = true
			m.opens = r == '\'' && left && inWord(after)
			m.closes = !m.opens && !inWord(after) && i > 0 && !unicode.IsSpace(before)
		}
		ms = append(ms, m)
	}
	return ms
}

// inserted is what an editor puts into a quotation or leaves out of it.
var inserted = regexp.MustCompile(`\[[^\[\]]*\]|…|\.\.\.+|\. \. \.`)

// quotes reports whether a quotation stands in the evidence: its words one
// after the other in one piece, whatever their case and the punctuation
// between them; parts divided by an ellipsis or by [brackets] in order.
func (e *Evidence) quotes(quotation string) bool {
	return slices.ContainsFunc(e.pieces, func(p piece) bool {
		return p.holds(quotation) || inserted.MatchString(quotation) && p.holds(inserted.Split(quotation, -1)...)
	})
}

// holds reports whether the parts stand in the piece in order.
func (p *piece) holds(parts ...string) bool {
	words, text := p.words, p.text
	for _, part := range parts {
		want := word.Split(part)
		if len(want) == 0 {
			// Signs alone: "!", an emoji. They have no place among words.
			if !strings.Contains(text, strings.TrimSpace(part)) {
				return false
			}
			continue
		}
		i := index(words, want)
		if i < 0 {
			return false
		}
		words = words[i+len(want):]
	}
	return true
}
