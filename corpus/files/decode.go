package files

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"dateline/corpus"
)

// An encoding is how the characters of a file are written in bytes.
type encoding int

const (
	utf8Text encoding = iota
	utf16LE
	utf16BE
	windows1252
)

// decode returns the text of a file as valid UTF-8, the way back to the file's
// bytes (nil if they are the same), and the encoding it took them to be in. A
// byte order mark is left out of the text; each damaged byte becomes U+FFFD.
func decode(data string) (string, corpus.Offsets, encoding) {
	switch {
	case strings.HasPrefix(data, "\ufeff"):
		const bom = len("\ufeff")
		if utf8.ValidString(data[bom:]) {
			return data[bom:], corpus.Offsets{{File: bom, TextStep: 1, FileStep: 1}}, utf8Text
		}
		text, offsets := repair(data, bom)
		return text, offsets, utf8Text
	case utf8.ValidString(data) && !strings.Contains(data, "\x00"):
		return data, nil, utf8Text
	}
	if enc, bom := utf16Of(data); enc != utf8Text {
		var order binary.ByteOrder = binary.LittleEndian
		if enc == utf16BE {
			order = binary.BigEndian
		}
		text, offsets := fromUTF16(data, bom, order)
		return text, offsets, enc
	}
	switch {
	case utf8.ValidString(data):
		return data, nil, utf8Text
	case damagedUTF8(data):
		text, offsets := repair(data, 0)
		return text, offsets, utf8Text
	}
	text, offsets := fromWindows1252(data)
	return text, offsets, windows1252
}

// decodeLine is decode for a line of a file, where a way back is not needed
// and the file as a whole is known not to be UTF-16.
func decodeLine(line string) string {
	switch {
	case utf8.ValidString(line):
		return line
	case damagedUTF8(line):
		text, _ := repair(line, 0)
		return text
	}
	text, _ := fromWindows1252(line)
	return text
}

// utf16Of returns the kind of UTF-16 and the length of its byte order mark, or
// utf8Text if the data is not UTF-16. Without a mark, it takes every second
// byte of most characters being zero, and few of the others, which holds for
// the languages written in Latin letters.
func utf16Of(data string) (encoding, int) {
	switch {
	case strings.HasPrefix(data, "\xff\xfe"):
		return utf16LE, 2
	case strings.HasPrefix(data, "\xfe\xff"):
		return utf16BE, 2
	}
	sample := data[:min(len(data), 8<<10)&^1]
	var zeros [2]int
	for i := range len(sample) {
		if sample[i] == 0 {
			zeros[i&1]++
		}
	}
	pairs := len(sample) / 2
	switch {
	case pairs < 2:
	case zeros[1] > pairs/2 && zeros[0] <= pairs/50:
		return utf16LE, 0
	case zeros[0] > pairs/2 && zeros[1] <= pairs/50:
		return utf16BE, 0
	}
	return utf8Text, 0
}

// damagedUTF8 reports whether data that is not valid UTF-8 is still more
// likely to be that than Windows-1252. Typographic quotes and accents, which
// are single bytes there, hardly ever stand together so as to look like UTF-8.
func damagedUTF8(data string) bool {
	good, bad := 0, 0
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRuneInString(data[i:])
		switch {
		case n > 1:
			good++
		case r == utf8.RuneError:
			if !utf8.FullRuneInString(data[i:]) {
				return good >= bad && good > 0 // cut off in the middle of a character
			}
			bad++
		}
		i += n
	}
	return good >= bad && good > 0
}

func repair(data string, from int) (string, corpus.Offsets) {
	var b strings.Builder
	b.Grow(len(data) + 64)
	var offsets corpus.Offsets
	for i := from; i < len(data); {
		r, n := utf8.DecodeRuneInString(data[i:])
		if r == utf8.RuneError && n == 1 {
			offsets = offsets.Add(b.Len(), i, len("\ufffd"), 1)
			b.WriteRune(r)
		} else {
			offsets = offsets.Add(b.Len(), i, 1, 1)
			b.WriteString(data[i : i+n])
		}
		i += n
	}
	return b.String(), offsets
}

func fromWindows1252(data string) (string, corpus.Offsets) {
	var b strings.Builder
	b.Grow(len(data) + len(data)/16)
	var offsets corpus.Offsets
	for i := range len(data) {
		r := charmap.Windows1252.DecodeByte(data[i])
		offsets = offsets.Add(b.Len(), i, utf8.RuneLen(r), 1)
		b.WriteRune(r)
	}
	return b.String(), offsets
}

// fromUTF16 decodes unit by unit, which the decoder of golang.org/x/text does
// not let one follow. Half a surrogate pair and half a unit at the end become
// U+FFFD.
func fromUTF16(data string, from int, order binary.ByteOrder) (string, corpus.Offsets) {
	var b strings.Builder
	b.Grow(len(data)/2 + 64)
	var offsets corpus.Offsets
	unit := func(i int) rune {
		if i+2 > len(data) {
			return utf8.RuneError
		}
		return rune(order.Uint16([]byte{data[i], data[i+1]}))
	}
	for i := from; i < len(data); {
		r, n := unit(i), min(2, len(data)-i)
		if utf16.IsSurrogate(r) {
			if r = utf16.DecodeRune(r, unit(i+2)); r != utf8.RuneError {
				n = 4
			}
		}
		offsets = offsets.Add(b.Len(), i, utf8.RuneLen(r), n)
		b.WriteRune(r)
		i += n
	}
	return b.String(), offsets
}

// signatures are the first bytes of files that people put beside articles, and
// that no text begins with.
var signatures = [...]struct{ magic, what string }{
	{"%PDF-", "a PDF"},
	{"{\\rtf", "a rich text document"},
	{"PK\x03\x04", "a ZIP archive or an office document"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"},
	{"\x1f\x8b", "gzip data"},
	{"BZh91AY&SY", "bzip2 data"},
	{"\xfd7zXZ\x00", "xz data"},
	{"\x28\xb5\x2f\xfd", "zstd data"},
	{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"},
	{"Rar!\x1a\x07", "a RAR archive"},
	{"\x89PNG\r\n\x1a\n", "a PNG image"},
	{"\xff\xd8\xff", "a JPEG image"},
	{"GIF87a", "a GIF image"},
	{"GIF89a", "a GIF image"},
	{"II*\x00", "a TIFF image"},
	{"MM\x00*", "a TIFF image"},
	{"RIFF", "a sound, film or WebP file"}, // followed by a length, see signature
	{"OggS\x00", "an Ogg file"},
	{"\x7fELF", "a program"},
	{"SQLite format 3\x00", "an SQLite database"},
}

// signature returns what the head of a file shows it to be, "" for text.
func signature(head string) string {
	for _, s := range signatures {
		if !strings.HasPrefix(head, s.magic) {
			continue
		}
		if s.magic == "RIFF" && (len(head) < 12 || !strings.Contains("WAVE AVI  WEBP", head[8:12])) {
			continue
		}
		return s.what
	}
	return ""
}

// binaryData reports whether a decoded text is none. Compressed and encrypted
// bytes are control characters in one case out of ten, machine code and
// tables of numbers far more often; text holds hardly any.
func binaryData(text string) bool {
	controls := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\t', c == '\n', c == '\r', c == '\f', c == '\v', c == 0x1b, c == '\b':
		case c < ' ', c == 0x7f:
			controls++
		}
	}
	return controls*20 > len(text)
}
