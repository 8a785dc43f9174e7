package bot

import "testing"

func TestRepeats(t *testing.T) {
	const quote = "The mayor opened the bridge on Monday."
	for _, tt := range []struct {
		name  string
		text  string
		cites []int
		quote string
		want  bool
	}{
		{"the same words", quote, []int{1}, quote, true},
		{"broken over lines", quote, []int{1}, "The mayor opened\n  the bridge on Monday.", true},
		{"with more around them", "It rained. " + quote, []int{2, 1}, quote, true},
		{"a part of the quotation", "The mayor opened the bridge.", []int{1}, quote, false},
		{"other words", "The bridge was opened by the mayor on Monday.", []int{1}, quote, false},
		{"the sentence cites another", quote, []int{2}, quote, false},
		{"no words", quote, []int{1}, "", false},
	} {
		a := Answer{Sentences: []Sentence{{Text: tt.text, Citations: tt.cites}}}
		if got := a.Repeats(Citation{N: 1, Quote: tt.quote}); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
