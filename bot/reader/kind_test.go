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
		{"How long did the call last?", "They talked for two hours.", "two hours", true},
		{"How tall is the dam?", "The crack is four metres long.", "four metres", false},
		{"How tall is the dam?", "The dam, 90 metres high, held.", "90 metres", true},
		{"How tall is the dam?", "The dam cost 90 million crowns.", "90 million", false},
		{"How old is the keeper?", "The keeper, 61, locked the door.", "61", true},
		{"How old is the keeper?", "The keeper found 61 letters.", "61", false},
		{"How much did it cost?", "It cost 84 million crowns.", "84 million crowns", true},
		{"How much did it cost?", "It took 84 workers.", "84", false},
		{"What did the mayor say about the bridge?", "Mayor Brask said the bridge was safe.", "Mayor Brask", false},
		{"What did the mayor say about the bridge?", "Mayor Brask said the bridge was safe.", "the bridge was safe", true},
		{"Why was it closed?", "It was closed on Monday.", "Monday", false},
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
