package corpus

import (
	"fmt"
	"strings"
	"testing"
)

// checkPassages holds passages against what Passages promises.
func checkPassages(t *testing.T, text string, ss []Sentence, ps []Passage, size int) {
	t.Helper()
	next := 0
	for i, p := range ps {
		if p.First != next || p.Last < p.First || p.Last >= len(ss) {
			t.Fatalf("passage %d: got sentences %d to %d, want %d first of %d", i, p.First, p.Last, next, len(ss))
		}
		next = p.Last + 1
		if p.Start != ss[p.First].Start || p.End != ss[p.Last].End {
			t.Fatalf("passage %d: got span %v, want that of its sentences %v to %v", i, p.Span, ss[p.First].Span, ss[p.Last].Span)
		}
		_ = p.Of(text) // panics outside
		if p.Len() > size && p.First < p.Last {
			// Only what introduces a long sentence may stand with it.
			for _, s := range ss[p.First:p.Last] {
				if s.Kind == Prose {
					t.Fatalf("passage %d: got %d bytes in several sentences, want at most %d", i, p.Len(), size)
				}
			}
		}
		if furniture(ss[p.First].Kind) {
			for _, s := range ss[p.First : p.Last+1] {
				if !furniture(s.Kind) {
					t.Fatalf("passage %d: got a sentence of the story behind furniture: %q", i, s.Of(text))
				}
			}
		}
		if k := ss[p.Last].Kind; (k == Heading || k == Dateline) && next < len(ss) && ss[next].Kind == Prose && p.Len() <= size {
			t.Fatalf("passage %d: got a %v at its end: %q", i, k, ss[p.Last].Of(text))
		}
	}
	if next != len(ss) {
		t.Fatalf("got passages of %d sentences, want %d", next, len(ss))
	}
}

func TestPassages(t *testing.T) {
	// Sentences of ten bytes but for their number: kind and length.
	tests := []struct {
		name string
		in   string
		want string // passages of at most 40 bytes
	}{
		{"none", "", ""},
		{"one", "p", "p"},
		{"as many as fit", "p p p p p p", "ppp ppp"},
		{"furniture apart", "p p c k p p", "pp ck pp"},
		{"caption at the start", "c p", "c p"},
		{"heading stays with what follows", "p p h p p", "pp hpp"},
		{"two headings", "p p h h p p", "pp hhp p"},
		{"dateline stays with the story", "b d p p p", "b dpp p"},
		{"heading above a photograph", "p p p h c p", "ppp hcp"},
		{"heading at the end", "p h", "ph"},
		{"heading above nothing but furniture", "p h c", "ph c"},
		{"long sentence", "p P p", "p P p"},
		{"long sentence below a heading", "p h P p", "p hP p"},
		{"more headings than fit", "h h h h h h p", "hhh hhhp"},
		{"much furniture", "k k k k", "kkk k"},
	}
	kinds := map[rune]Kind{'p': Prose, 'P': Prose, 'h': Heading, 'c': Caption, 'k': Credit, 'd': Dateline, 'b': Byline}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var text strings.Builder
			var ss []Sentence
			for _, r := range strings.ReplaceAll(tt.in, " ", "") {
				n := 10
				if r == 'P' {
					n = 60
				}
				start := text.Len()
				text.WriteString(strings.Repeat(string(r), n))
				ss = append(ss, Sentence{Span: Span{start, text.Len()}, Kind: kinds[r]})
				text.WriteString("  ")
			}
			ps := passages(ss, 40)
			checkPassages(t, text.String(), ss, ps, 40)
			var got []string
			for _, p := range ps {
				s := ""
				for _, x := range ss[p.First : p.Last+1] {
					s += x.Of(text.String())[:1]
				}
				got = append(got, s)
			}
			if g := strings.Join(got, " "); g != tt.want {
				t.Errorf("got %q, want %q", g, tt.want)
			}
		})
	}
}

func TestPassagesOfAStory(t *testing.T) {
	text := news(6000)
	a := &Article{Text: text, Body: Span{0, len(text)}}
	ss := a.Sentences()
	ps := Passages(text, ss)
	checkPassages(t, text, ss, ps, PassageSize)
	if len(ps) < 6000/PassageSize {
		t.Errorf("got %d passages of %d bytes", len(ps), len(text))
	}
	for _, p := range ps {
		if fmt.Sprint(Span{p.Start, p.End}) != fmt.Sprint(p.Span) || p.Of(text) != text[p.Start:p.End] {
			t.Errorf("got %q, want %q", p.Of(text), text[p.Start:p.End])
		}
	}
}
