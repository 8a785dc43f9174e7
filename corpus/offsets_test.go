package corpus

import (
	"testing"
	"unicode/utf8"
)

// convert turns a file of one encoding into text, as a reader of files does:
// width tells how many bytes of the file a character took up.
func convert(text string, width func(r rune) int) (Offsets, map[int]int) {
	var o Offsets
	at := map[int]int{} // offset in the text: offset in the file
	file := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		o = o.Add(i, file, n, width(r))
		at[i] = file
		i += n
		file += width(r)
	}
	at[len(text)] = file
	return o, at
}

func utf16Width(r rune) int {
	if r >= 0x10000 {
		return 4
	}
	return 2
}

func TestOffsets(t *testing.T) {
	tests := []struct {
		name, text string
		width      func(rune) int
		runs       int
	}{
		{"one byte each", "plain text", func(rune) int { return 1 }, 1},
		{"Windows-1252", "café “Oake” – fin", func(rune) int { return 1 }, 9},
		{"UTF-16", "plain text", utf16Width, 1},
		{"UTF-16 with surrogates", "a👍b👍👍", utf16Width, 4},
		{"UTF-16 of many scripts", "Мост, 大桥, גשר", utf16Width, 5},
		{"empty", "", utf16Width, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, at := convert(tt.text, tt.width)
			if len(o) != tt.runs {
				t.Errorf("got %d runs, want %d", len(o), tt.runs)
			}
			for from := range at {
				for to := range at {
					if from > to {
						continue
					}
					got, want := o.File(Span{from, to}), Span{at[from], at[to]}
					if got != want && tt.runs > 0 {
						t.Errorf("File(%d:%d): got %v, want %v", from, to, got, want)
					}
				}
			}
		})
	}
}

func TestOffsetsIdentity(t *testing.T) {
	if got, want := Offsets(nil).File(Span{3, 7}), (Span{3, 7}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A byte order mark shifts all that follows.
func TestOffsetsShifted(t *testing.T) {
	o := Offsets(nil).Add(0, 2, 1, 2).Add(1, 4, 1, 2).Add(2, 6, 3, 2)
	if len(o) != 2 {
		t.Errorf("got %d runs, want 2", len(o))
	}
	if got, want := o.File(Span{0, 5}), (Span{2, 8}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	a := &Article{Text: "ab“", Body: Span{0, 5}, Offsets: o}
	if got, want := a.FileSpan(Span{2, 5}), (Span{6, 8}); got != want {
		t.Errorf("FileSpan: got %v, want %v", got, want)
	}
}

func FuzzOffsets(f *testing.F) {
	f.Add("plain")
	f.Add("café 👍 \xff大")
	f.Add("e\u0301 שלום")
	f.Fuzz(func(t *testing.T, text string) {
		o, at := convert(text, utf16Width)
		for i, want := range at {
			if got := o.File(Span{0, i}); got != (Span{0, want}) && len(o) > 0 {
				t.Fatalf("File(0:%d): got %v, want 0:%d", i, got, want)
			}
		}
	})
}
