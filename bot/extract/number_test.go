package extract

import (
	"testing"

	"dateline/corpus"
)

// numbered is a sentence with the phrase of its first number.
func numbered(text string) *candidate {
	a := &corpus.Article{ID: text, Text: text, Body: corpus.Span{End: len(text)}}
	s := analyse(&document{article: a}, a.Sentences()[0])
	for i := range s.tokens {
		if n := s.numberAt(i); n != nil {
			p := phrase{from: n.from, to: n.end}
			return &candidate{s: s, p: p, span: s.span(p)}
		}
	}
	return &candidate{s: s}
}

func TestNumberAt(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"decimal comma", "The wall is 1,5 km long.", "1,5 km"},
		{"spaces", "The wall cost 4 200 euros.", "4 200 euros"},
		{"mixed fraction", "He swam two and a half miles.", "two and a half miles"},
		{"currency", "The pier cost A$4 million.", "A$4 million"},
		{"minus", "Temperatures fell to minus 12 degrees.", "minus 12 degrees"},
		{"between", "Between 40 and 60 people died.", "Between 40 and 60"},
		{"range", "He faces 5 to 10 years in prison.", "5 to 10"},
		{"part", "One in four residents voted.", "One in four"},
		{"percentage points", "Wages fell by 2 percentage points.", "2 percentage points"},
		{"bound", "More than 40 people died.", "40"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := numbered(tt.text)
			if got := x.s.words(x.p); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAgreeOnQuantities(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		agree      bool
	}{
		{"another number", "The storm killed 41 people.", "The storm killed 44 people.", false},
		{"another way to write it", "The pier cost 4.200.000 euros.", "The pier cost €4.2 million.", true},
		{"in words", "The storm killed 41 people.", "The storm killed forty-one people.", true},
		{"bound", "The storm killed 44 people.", "The storm killed more than 40 people.", true},
		{"excluded by a bound", "The storm killed 44 people.", "The storm killed at least 50 people.", false},
		{"range", "The storm killed 44 people.", "The storm killed between 40 and 60 people.", false},
		{"share and number", "The storm hit 40 percent of homes.", "The storm hit 12,000 homes.", false},
		{"another currency", "The pier cost A$4 million.", "The pier cost $3 million.", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &reading{q: &question{kind: count}}
			a, b := numbered(tt.a), numbered(tt.b)
			if got := r.agree(a, b); got != tt.agree {
				t.Errorf("agree: got %v, want %v", got, tt.agree)
			}
		})
	}
}
