package reader

import "testing"

func TestFits(t *testing.T) {
	for _, tt := range []struct {
		question, text, span string
		want                 bool
	}{
		{"How many delegates came?", "They sent 19 delegates.", "19", true},
		{"How many delegates came?", "They sent nineteen delegates.", "nineteen", true},
		{"How many delegates came?", "They sent delegates.", "delegates", false},
		{"How long did the call last?", "It was last week.", "last week", false},
		{"when did it open?", "It opened on Monday.", "Monday", true},
		{"when did it open?", "It opened in spring.", "opened", false},
		{"what year was it", "It opened in 1961.", "1961", true},
		{"Who opened it?", "The mayor opened it.", "mayor", true},
		{"who's the owner", "Maria Brask owns it.", "Maria Brask", true},
		{"Who opened it?", "He opened it.", "He", false},
		{"Who opened it?", "It was opened yesterday.", "yesterday", false},
		{"Which bridge was open when it rained?", "The old one was.", "old", true},
	} {
		t.Run(tt.question+" "+tt.span, func(t *testing.T) {
			if got := asked(tt.question).fits(found(t, tt.text, tt.span)); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
