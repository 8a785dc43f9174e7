package files

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	xencoding "golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	xunicode "golang.org/x/text/encoding/unicode"

	"dateline/corpus"
)

const quoted = "The mayor’s “plan”, 3 café tables — naïve?\r\nZweite Zeile: größer.\n\nΤρίτη 🙂 \u202bשלום\u202c e\u0301.\n"

func encode(t testing.TB, e xencoding.Encoding, s string) string {
	t.Helper()
	b, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDecode(t *testing.T) {
	le := xunicode.UTF16(xunicode.LittleEndian, xunicode.IgnoreBOM)
	be := xunicode.UTF16(xunicode.BigEndian, xunicode.IgnoreBOM)
	western := "“He’s naïve,” said François – 5 € a head.\r\nEnd…\n"
	latin := "Ein Satz, größer als “der” andere.\n"
	for _, tc := range []struct {
		name, data, text string
		enc              encoding
	}{
		{"empty", "", "", utf8Text},
		{"ASCII", "A town.\n", "A town.\n", utf8Text},
		{"UTF-8", quoted, quoted, utf8Text},
		{"UTF-8 with BOM", "\ufeff" + quoted, quoted, utf8Text},
		{"nothing but a BOM", "\ufeff", "", utf8Text},
		{"a second BOM is text", "\ufeff\ufeffx", "\ufeffx", utf8Text},
		{"UTF-8 with one damaged byte", "“quoted” and \xff done", "“quoted” and \ufffd done", utf8Text},
		{"UTF-8 with BOM and a damaged byte", "\ufeffplain \xe9 text", "plain \ufffd text", utf8Text},
		{"UTF-8 cut off in a character", "caf\xc3\xa9 “quote\xe2\x80", "café “quote\ufffd\ufffd", utf8Text},
		{"UTF-8 with a character torn in the middle", "a “b” c \xe2\x80 d", "a “b” c \ufffd\ufffd d", utf8Text},
		{"UTF-8 with a NUL", "one\x00two, three, four, five", "one\x00two, three, four, five", utf8Text},
		{"Windows-1252", encode(t, charmap.Windows1252, western), western, windows1252},
		{"Windows-1252, one byte of it", "na\xefve", "naïve", windows1252},
		{"Windows-1252, undefined byte", "na\xefve \x81", "naïve \ufffd", windows1252},
		{"UTF-16 LE with BOM", "\xff\xfe" + encode(t, le, quoted), quoted, utf16LE},
		{"UTF-16 BE with BOM", "\xfe\xff" + encode(t, be, quoted), quoted, utf16BE},
		{"UTF-16 LE without BOM", encode(t, le, latin), latin, utf16LE},
		{"UTF-16 BE without BOM", encode(t, be, latin), latin, utf16BE},
		{"UTF-16 with half a pair", "\xff\xfea\x00\x3d\xd8b\x00", "a\ufffdb", utf16LE},
		{"UTF-16 with half a pair at the end", "\xff\xfea\x00\x3d\xd8", "a\ufffd", utf16LE},
		{"UTF-16 with half a unit at the end", "\xff\xfea\x00b", "a\ufffd", utf16LE},
		{"UTF-16, nothing but a BOM", "\xff\xfe", "", utf16LE},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text, offsets, enc := decode(tc.data)
			if text != tc.text {
				t.Errorf("text: got %q, want %q", text, tc.text)
			}
			if enc != tc.enc {
				t.Errorf("encoding: got %d, want %d", enc, tc.enc)
			}
			checkWayBack(t, tc.data, text, offsets, enc)
		})
	}
}

// wayBack decodes bytes of a file independently of decode.
func wayBack(data string, enc encoding) string {
	switch enc {
	case windows1252:
		s, err := charmap.Windows1252.NewDecoder().String(data)
		if err != nil {
			return err.Error()
		}
		return s
	case utf16LE, utf16BE:
		var units []uint16
		for i := 0; i+1 < len(data); i += 2 {
			u := uint16(data[i]) | uint16(data[i+1])<<8
			if enc == utf16BE {
				u = u<<8 | u>>8
			}
			units = append(units, u)
		}
		s := string(utf16.Decode(units))
		if len(data)%2 == 1 {
			s += "\ufffd"
		}
		return s
	}
	return string([]rune(data)) // each damaged byte is U+FFFD
}

// checkWayBack holds spans of the text against the bytes they came from: from
// each character to the next, to a few further on, and to the end.
func checkWayBack(t *testing.T, data, text string, offsets corpus.Offsets, enc encoding) {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Fatalf("text is not valid UTF-8: %q", text)
	}
	var starts []int
	for i := range text {
		starts = append(starts, i)
	}
	starts = append(starts, len(text))
	check := func(s corpus.Span) {
		f := offsets.File(s)
		if !f.Within(len(data)) {
			t.Fatalf("span %v of the text: got span %v of %d bytes", s, f, len(data))
		}
		if got, want := wayBack(data[f.Start:f.End], enc), s.Of(text); got != want {
			t.Fatalf("span %v of the text, %v of the file: got %q, want %q", s, f, got, want)
		}
		// The same lines of the file, as an editor that knows its encoding
		// counts them.
		if got, want := strings.Count(wayBack(data[:f.Start], enc), "\n"), strings.Count(text[:s.Start], "\n"); got != want {
			t.Fatalf("lines before span %v: got %d, want %d", s, got, want)
		}
	}
	step := max(1, len(starts)/64)
	for i := 0; i < len(starts); i += step {
		for _, j := range [...]int{i, i + 1, i + 2, i + 17, len(starts) - 1} {
			if j < len(starts) {
				check(corpus.Span{Start: starts[i], End: starts[j]})
			}
		}
	}
	if end := offsets.File(corpus.Span{Start: len(text), End: len(text)}).End; text != "" && end != len(data) {
		t.Fatalf("end of the text: got byte %d of the file, want %d", end, len(data))
	}
}

func FuzzDecode(f *testing.F) {
	le := xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM)
	for _, s := range []string{
		quoted, "\ufeff" + quoted, encode(f, le, quoted), "\xfe\xff\x00a\xd8\x3d", "na\xefve \x93x\x94", "“a” \xff",
		"e\u0301\u0302 \u202eשלום\u202c 👩‍👩‍👧", "a\x00b\x00c\x00", "\xff\xfe\x3d\xd8\x3d\xd8\x42\xde", "\xe2\x80", "\xef\xbb\xbf\xef\xbb",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) {
		text, offsets, enc := decode(data)
		checkWayBack(t, data, text, offsets, enc)
		if line := decodeLine(data); !utf8.ValidString(line) {
			t.Errorf("line is not valid UTF-8: %q", line)
		}
	})
}

func TestBinaryData(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		want       bool
	}{
		{"text", quoted, false},
		{"text with a stray NUL", strings.Repeat("word ", 20) + "\x00", false},
		{"terminal colours", "\x1b[31mred\x1b[0m", false},
		{"zeros", strings.Repeat("\x00", 100), true},
		{"a table of numbers", strings.Repeat("\x01\x00\x00\x00\x7f\x20\x00\x00", 50), true},
	} {
		if got := binaryData(tc.text); got != tc.want {
			t.Errorf("%s: got %t, want %t", tc.name, got, tc.want)
		}
	}
}

func TestSignature(t *testing.T) {
	for _, tc := range []struct{ name, head, want string }{
		{"PDF", "%PDF-1.7\n", "a PDF"},
		{"RIFF film", "RIFF\x10\x00\x00\x00AVI LIST", "a sound, film or WebP file"},
		{"a company's name", "BMW said on Tuesday", ""},
		{"an article on file formats", "RIFF is a container format for sound.", ""},
		{"a lawmaker", "MM. Dupont et Durand", ""},
		{"nothing", "", ""},
	} {
		if got := signature(tc.head); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}
