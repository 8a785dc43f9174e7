package corpus

import (
	"errors"
	"io/fs"
	"testing"
)

func TestSpan(t *testing.T) {
	s := Span{2, 5}
	if got := s.Of("abcdefg"); got != "cde" || s.Len() != 3 {
		t.Errorf("got %q of %d bytes, want cde", got, s.Len())
	}
	tests := []struct {
		name               string
		other              Span
		contains, overlaps bool
	}{
		{"itself", Span{2, 5}, true, true},
		{"inside", Span{3, 4}, true, true},
		{"across the start", Span{1, 3}, false, true},
		{"across the end", Span{4, 6}, false, true},
		{"around", Span{1, 6}, false, true},
		{"before", Span{0, 2}, false, false},
		{"behind", Span{5, 6}, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := s.Contains(tt.other); got != tt.contains {
				t.Errorf("Contains: got %v, want %v", got, tt.contains)
			}
			if got := s.Overlaps(tt.other); got != tt.overlaps {
				t.Errorf("Overlaps: got %v, want %v", got, tt.overlaps)
			}
		})
	}
	for _, bad := range []Span{{-1, 2}, {3, 2}, {0, 8}} {
		if bad.Within(7) {
			t.Errorf("%v.Within(7): got true", bad)
		}
	}
	if !(Span{0, 7}).Within(7) || !(Span{7, 7}).Within(7) {
		t.Error("Within: got false for a span that ends with the text")
	}
}

func TestSeal(t *testing.T) {
	base := func() *Article {
		return &Article{Source: "a.txt", URL: "u", Text: "text", Body: Span{0, 4}, Title: Fact{"T", FromRecord}, Extra: map[string]string{"a": "1", "b": "2"}}
	}
	a := base()
	a.Seal()
	if len(a.Hash) != 64 {
		t.Errorf("got hash %q, want 64 digits", a.Hash)
	}
	tests := []struct {
		name   string
		change func(*Article)
		same   bool
	}{
		{"nothing", func(*Article) {}, true},
		{"place on disk", func(a *Article) { a.Path = "/elsewhere"; a.ID = "x" }, true},
		{"text", func(a *Article) { a.Text = "tex2" }, false},
		{"body", func(a *Article) { a.Body.Start = 1 }, false},
		{"source", func(a *Article) { a.Source = "b.txt" }, false},
		{"title", func(a *Article) { a.Title.Value = "U" }, false},
		{"title's origin", func(a *Article) { a.Title.From = FromHeading }, false},
		{"published", func(a *Article) { a.Published = Fact{"2025-01-01", FromRecord} }, false},
		{"extra", func(a *Article) { a.Extra["a"] = "3" }, false},
		{"publisher in byline's stead", func(a *Article) { a.Byline = a.Title; a.Title = Fact{} }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := base()
			tt.change(b)
			b.Seal()
			if (b.Hash == a.Hash) != tt.same {
				t.Errorf("got %s, of the first article %s, want same: %v", b.Hash, a.Hash, tt.same)
			}
		})
	}
}

func TestNewID(t *testing.T) {
	id := NewID("/news", "a/b.txt")
	if len(id) != 16 || id != NewID("/news", "a/b.txt") {
		t.Errorf("got %q, want 16 characters, the same each time", id)
	}
	if id == NewID("/news/a", "b.txt") || id == NewID("/news", "a/c.txt") {
		t.Error("two places got the same id")
	}
}

func TestLines(t *testing.T) {
	a := &Article{Text: "one\ntwo\r\nthree\n\nfive"}
	tests := []struct {
		name string
		span Span
		want [2]int
	}{
		{"first", Span{0, 3}, [2]int{1, 1}},
		{"with its newline", Span{0, 4}, [2]int{1, 1}},
		{"with its carriage return", Span{4, 9}, [2]int{2, 2}},
		{"two lines", Span{1, 6}, [2]int{1, 2}},
		{"over an empty line", Span{9, 20}, [2]int{3, 5}},
		{"empty span", Span{4, 4}, [2]int{2, 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := a.Lines(tt.span); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestArticleDate(t *testing.T) {
	for value, want := range map[string]bool{"2024-02-29": true, "": false, "2025-02-29": false, "November": false} {
		if _, ok := (&Article{Published: Fact{Value: value}}).Date(); ok != want {
			t.Errorf("Date of %q: got %v, want %v", value, ok, want)
		}
	}
}

func TestProblem(t *testing.T) {
	p := Problem{Name: "a.txt", Err: fs.ErrNotExist}
	if got, want := p.Error(), "a.txt: file does not exist"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !errors.Is(p, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
}
