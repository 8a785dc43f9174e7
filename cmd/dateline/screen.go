package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"dateline/corpus"
	"dateline/corpus/word"
)

// A screen is where output goes: a terminal, or a file or pipe.
type screen struct {
	io.Writer
	terminal bool
	color    bool
	// width is where text is folded; 0 means nowhere, which is what a program
	// that reads the output wants.
	width int
	// failed is the first error of writing, to be asked for at the end.
	failed error
}

// Write implements io.Writer.
func (s *screen) Write(b []byte) (int, error) {
	n, err := s.Writer.Write(b)
	if err != nil && s.failed == nil {
		s.failed = err
	}
	return n, err
}

// Lines longer than this are hard to read, however wide the window is; shorter
// than this they cannot be folded.
const (
	maxWidth = 100
	minWidth = 24
	// defaultWidth is that of a terminal that does not tell.
	defaultWidth = 80
)

// newScreen finds out what w is, and whether colour is wanted there: not if
// NO_COLOR is set (https://no-color.org) or TERM is "dumb".
func newScreen(w io.Writer, env environment) *screen {
	s := &screen{Writer: w}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return s
	}
	s.terminal = true
	s.color = env.lookup(envNoColor).Value == "" && env.getenv("TERM") != "dumb"
	s.width = defaultWidth
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		s.width = min(max(w, minWidth), maxWidth)
	}
	return s
}

// Kinds of emphasis, as the numbers of ECMA-48's "select graphic rendition".
const (
	bold = "1"
	dim  = "2"
	mark = "7" // reverse, which is to be seen in any colour scheme
)

// style emphasizes text that is already visible, on a screen with colour.
func (s *screen) style(kind, text string) string {
	if !s.color || text == "" || kind == "" {
		return text
	}
	return "\x1b[" + kind + "m" + text + "\x1b[0m"
}

// printf writes text whose arguments come from outside: each string, error or
// Stringer among them is made visible first. The format is ours.
func (s *screen) printf(format string, args ...any) {
	for i, a := range args {
		switch a := a.(type) {
		case styled:
		case string:
			args[i] = visible(a)
		case error:
			args[i] = visible(a.Error())
		case fmt.Stringer:
			args[i] = visible(a.String())
		}
	}
	fmt.Fprintf(s, format, args...) // see failed
}

// styled is text that was made visible before it was styled.
type styled string

// paragraph writes text folded to the screen, each line behind an indent of
// that many spaces. White space of any kind in the text counts as one space.
func (s *screen) paragraph(indent int, kind, text string) {
	text = visible(strings.Join(strings.Fields(text), " "))
	margin := strings.Repeat(" ", indent)
	for _, line := range s.fold(indent, text) {
		fmt.Fprintln(s, margin+s.style(kind, line))
	}
}

// styledParagraph is paragraph for text that was made visible, and parts of
// which were then styled.
func (s *screen) styledParagraph(indent int, text styled) {
	for _, line := range s.fold(indent, string(text)) {
		fmt.Fprintln(s, strings.Repeat(" ", indent)+line)
	}
}

// emphasize makes text visible, and its words that have one of the terms bold.
func (s *screen) emphasize(text string, terms []string) styled {
	text = visible(text)
	if !s.color {
		return styled(text)
	}
	var b strings.Builder
	at := 0
	for _, w := range word.Split(text) {
		if slices.Contains(terms, w.Stem()) {
			b.WriteString(text[at:w.Start] + s.style(bold, w.Text))
			at = w.Start + len(w.Text)
		}
	}
	return styled(b.String() + text[at:])
}

// heading writes what an article is known by, behind a label: its title in the
// given style, its publisher and day, each if known, and the place in it. A line
// that would be too long has the place on one of its own, behind an indent.
func (s *screen) heading(label, kind, title, publisher, published, place string) {
	var facts []string
	for _, f := range []string{title, publisher, published} {
		if f = visible(corpus.OneLine(f)); f != "" {
			facts = append(facts, f)
		}
	}
	if title = visible(corpus.OneLine(title)); title != "" {
		facts[0] = s.style(kind, title)
	}
	place = visible(corpus.OneLine(place))
	line := visible(label) + strings.Join(append(facts, place), " · ")
	if len(facts) == 0 || ansi.StringWidth(line) <= cmp.Or(s.width, defaultWidth) {
		fmt.Fprintln(s, line)
		return
	}
	indent := ansi.StringWidth(label)
	for i, line := range s.fold(indent, strings.Join(facts, " · ")) {
		if i == 0 {
			fmt.Fprintln(s, visible(label)+line)
			continue
		}
		fmt.Fprintln(s, strings.Repeat(" ", indent)+line)
	}
	fmt.Fprintln(s, strings.Repeat(" ", indent)+s.style(dim, place))
}

// fold divides visible text into lines that fit behind an indent.
func (s *screen) fold(indent int, text string) []string {
	if s.width > 0 {
		text = ansi.Wrap(text, max(s.width-indent, minWidth/2), "")
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return lines
}

// Where marked words begin and end while a line is folded: private use, which
// visible text does not hold.
const (
	markStart = "\uE000"
	markEnd   = "\uE001"
)

// marked writes a line of a source behind a gutter, folded, with a part of it
// marked: in reverse on a screen with colour, between brackets elsewhere.
func (s *screen) marked(gutter, before, words, after string) {
	text := visible(before)
	if words != "" {
		text += markStart + visible(words) + markEnd
	}
	text += visible(after)
	indent := ansi.StringWidth(gutter)
	inside := false
	for i, line := range s.fold(indent, text) {
		if i > 0 {
			gutter = strings.Repeat(" ", indent)
		}
		if !s.color {
			line = strings.NewReplacer(markStart, "⟦", markEnd, "⟧").Replace(line)
			fmt.Fprintln(s, strings.TrimRight(gutter+line, " "))
			continue
		}
		// A line closes what it opened, or the margin would be marked too.
		if inside {
			line = markStart + line
		}
		inside = strings.LastIndex(line, markStart) > strings.LastIndex(line, markEnd)
		if inside {
			line += markEnd
		}
		line = strings.NewReplacer(markStart, "\x1b["+mark+"m", markEnd, "\x1b[0m").Replace(line)
		fmt.Fprintln(s, gutter+line)
	}
}

// visible makes text from articles, questions and file names safe to print:
// what would move the cursor, change colours or the window's title, reorder
// the line or hide in it is replaced by something to be seen. Line feeds and
// tabs stay, and so does a carriage return's only harmless place, before a line
// feed, by going away.
func visible(s string) string {
	if clean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	s = strings.ReplaceAll(s, "\r\n", "\n")
	for i, r := range s {
		switch {
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r < 0x20:
			b.WriteRune('␀' + r) // the pictures of control characters
		case r == 0x7f:
			b.WriteRune('␡')
		case r == utf8.RuneError:
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				fmt.Fprintf(&b, "<%02X>", s[i])
			} else {
				b.WriteRune(r)
			}
		case hidden(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func clean(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 0x20 && c != '\n' && c != '\t') || c >= 0x7f {
			return false
		}
	}
	return true
}

// hidden reports whether a character has no picture of its own but an effect:
// C1 controls, bidirectional controls, zero-width ones, tags, variation
// selectors of the supplement (which can carry text unseen), line separators,
// fillers, private use and what is no character.
func hidden(r rune) bool {
	switch {
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs):
		return true
	case r >= 0xE0100 && r <= 0xE01EF, r == 0x034F, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5,
		r == 0x3164, r == 0xFFA0, r >= 0xFFF0 && r <= 0xFFFB, r >= 0xE0000 && r <= 0xE0FFF:
		return true
	}
	return r&0xFFFE == 0xFFFE
}
