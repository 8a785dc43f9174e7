package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

func TestVisible(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Kyiv, 26 Nov.\n\tnext", "Kyiv, 26 Nov.\n\tnext"},
		{"letters of all kinds stay", "“Zelenskyy” – Київ 東京 é é 🙂 العربية", "“Zelenskyy” – Київ 東京 é é 🙂 العربية"},
		{"colour", "\x1b[31mred\x1b[0m", "␛[31mred␛[0m"},
		{"window title", "\x1b]0;owned\a", "␛]0;owned␇"},
		{"one-byte CSI as a rune", "\u009b31m", "<U+009B>31m"},
		{"one-byte CSI as a byte", "\x9b31m", "<9B>31m"},
		{"carriage return hides a line", "bad\rgood", "bad␍good"},
		{"CRLF", "a\r\nb", "a\nb"},
		{"backspace, delete", "a\bb\x7f", "a␈b␡"},
		{"right-to-left override", "abc\u202etxt.exe", "abc<U+202E>txt.exe"},
		{"isolates and marks", "\u2066a\u2069\u200f\u061c", "<U+2066>a<U+2069><U+200F><U+061C>"},
		{"zero width", "a\u200bb\u200dc\ufeff\u00ad", "a<U+200B>b<U+200D>c<U+FEFF><U+00AD>"},
		{"tags", "\U000e0041", "<U+E0041>"},
		{"line separators", "a\u2028b\u2029", "a<U+2028>b<U+2029>"},
		{"replacement character itself", "\ufffd", "\ufffd"},
		{"NUL", "\x00", "␀"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := visible(tt.in); got != tt.want {
				t.Errorf("visible(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// Whatever comes in, nothing that a terminal acts on comes out.
func FuzzVisible(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b[2J", "\x9b\xff", "\u202e\u200b", "\r\r\n", "a\u0301🙂"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := visible(s)
		if !utf8.ValidString(got) {
			t.Errorf("visible(%q) = %q, not UTF-8", s, got)
		}
		for _, r := range got {
			if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)) {
				t.Errorf("visible(%q) = %q, which holds %U", s, got, r)
			}
		}
		if again := visible(got); again != got {
			t.Errorf("visible(%q) = %q, a second time %q", s, got, again)
		}
	})
}

func TestParagraph(t *testing.T) {
	const text = "The quick  brown fox\njumps over 東京東京東京 and onwards."
	for _, tt := range []struct {
		name  string
		width int
		want  string
	}{
		{"not folded", 0, "    The quick brown fox jumps over 東京東京東京 and onwards.\n"},
		{"folded", 30, "    The quick brown fox jumps\n    over 東京東京東京 and\n    onwards.\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			(&screen{Writer: &b, width: tt.width}).paragraph(4, dim, text)
			if b.String() != tt.want {
				t.Errorf("got\n%s\nwant\n%s", b.String(), tt.want)
			}
		})
	}
}

func TestParagraphBreaksWhatDoesNotFit(t *testing.T) {
	var b bytes.Buffer
	(&screen{Writer: &b, width: 30, color: true}).paragraph(4, dim, strings.Repeat("東", 100)+strings.Repeat("x", 100)+"\x1b[31m")
	for line := range strings.Lines(b.String()) {
		if w := ansi.StringWidth(line); w > 30 {
			t.Errorf("%q takes %d columns, want 30 at the most", line, w)
		}
	}
}

func TestPrintf(t *testing.T) {
	var b bytes.Buffer
	s := &screen{Writer: &b}
	s.printf("%s %d %v %s\n", "\x1b[31m", 3, usageError{errorString("\u202e")}, styled("\x1b[1mx\x1b[0m"))
	if want := "␛[31m 3 <U+202E> \x1b[1mx\x1b[0m\n"; b.String() != want {
		t.Errorf("printf wrote %q, want %q", b.String(), want)
	}
}

type errorString string

func (e errorString) Error() string { return string(e) }

func TestMarked(t *testing.T) {
	for _, tt := range []struct {
		name  string
		s     screen
		words string
		want  string
	}{
		{"plain", screen{}, "he said it", "> 3  On Monday ⟦he said it⟧ again.\n"},
		{"nothing marked", screen{}, "", "> 3  On Monday  again.\n"},
		{"colour", screen{color: true}, "he said it", "> 3  On Monday \x1b[7mhe said it\x1b[0m again.\n"},
		{"folded, the margin is not marked", screen{color: true, width: 24}, "he said it", "> 3  On Monday \x1b[7mhe said\x1b[0m\n     \x1b[7mit\x1b[0m again.\n"},
		{"marks in the text itself", screen{}, "a\uE000b", "> 3  On Monday ⟦a<U+E000>b⟧ again.\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			tt.s.Writer = &b
			tt.s.marked("> 3  ", "On Monday ", tt.words, " again.")
			if b.String() != tt.want {
				t.Errorf("got %q, want %q", b.String(), tt.want)
			}
		})
	}
}

func TestEscapeJSON(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", `{"a":"b"}`, `{"a":"b"}`},
		{"letters stay", `"Київ 🙂"`, `"Київ 🙂"`},
		{"bidi, zero width, C1, DEL", "\"\u202e\u200b\u009b\x7f\"", `"\u202e\u200b\u009b\u007f"`},
		{"beyond 16 bits", "\"\U000e0041\"", `"\udb40\udc41"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := string(escapeJSON([]byte(tt.in)))
			if got != tt.want {
				t.Errorf("escapeJSON(%q) = %s, want %s", tt.in, got, tt.want)
			}
			var before, after string
			if json.Unmarshal([]byte(tt.in), &before) == nil && (json.Unmarshal([]byte(got), &after) != nil || before != after) {
				t.Errorf("%s means %q, want %q", got, after, before)
			}
		})
	}
}
