package ground

import (
	"slices"
	"strings"
	"testing"

	"dateline/corpus"
)

func TestFragment(t *testing.T) {
	for _, text := range []string{
		"Yes.", "No.", "Yes, the mayor.", "Not yet.", "41.", "41", "Forty-one beds.", "$3 million", "The night guard.", "Tom Fay", "A fire in the mill.",
		"By the mayor.", "In Geneva.", "On Monday, March 3, 2026.", "Because of the flood.", "Killed by a falling tree.", "To sell the pier.", "Running the ferry.",
		"Three people hurt.", "Mayor Tess Boyle, according to AP.", "Boyle did.", "It is.", "The council will.", "Answer: the mayor.",
		"the mayor opened it.", "and the mayor opened it.", "The mayor opened the", "The mayor opened it and", "The mayor, who opened the pier,", "The mayor said that",
		"“The night guard”", "**41**",
	} {
		if fragment(text) == "" {
			t.Errorf("%q is taken for a sentence", text)
		}
	}
	for _, text := range []string{
		"Mayor Boyle opened the pier.", "Mayor Boyle opened the pier", "He resigned on Monday.", "It was Tom Fay.", "There were 41 beds.", "41 people died.", "Nobody was hurt.",
		"“We will not sell the pier,” Fay said.", "“We will not sell the pier.”", "“It was never ours,” grumbled Tom Fay.", "The pier will be sold next week.", "It rained for nine days.",
		"Police said two men had been arrested.", "According to the council, the bridge is closed.", "[Tom Fay:] “We will not sell.”", "iPhone sales rose 12 percent.", "Yes, the pier was sold.",
		"The council did not vote.", "He said he would, and he did.", "Repairs cost $42 million, six more than planned.",
	} {
		if why := fragment(text); why != "" {
			t.Errorf("%q: %s", text, why)
		}
	}
}

// An article's own headline may be shown, half a sentence of it may not.
func TestCiteFragments(t *testing.T) {
	const text = "Pier for sale\n\nThe night guard saw the fire. Beds at the clinic: 41."
	a := &corpus.Article{ID: "a", Source: "a.txt", Text: text, Body: corpus.Span{End: len(text)}}
	offered := map[string]*corpus.Article{"a": a}
	for _, tt := range []struct {
		text  string
		quote string
		shown bool
	}{
		{"Pier for sale", "Pier for sale", true},
		{"Beds at the clinic: 41.", "Beds at the clinic: 41.", true},
		{"The night guard saw the fire.", "The night guard saw the fire.", true},
		{"The night guard.", "The night guard", false},
		{"The night guard.", "The night guard saw the fire.", false},
		{"41.", "41", false},
	} {
		i := strings.Index(text, tt.quote)
		cited, reasons := Cite(tt.text, []Quote{{a, corpus.Span{Start: i, End: i + len(tt.quote)}}}, offered)
		if got := len(cited) > 0; got != tt.shown || !tt.shown && !slices.ContainsFunc(reasons, func(r string) bool { return strings.Contains(r, "no sentence") }) {
			t.Errorf("%q of %q: shown %t, reasons %q, want shown %t", tt.text, tt.quote, got, reasons, tt.shown)
		}
	}
}

// A short answer must not say by itself what its sentence denies, doubts or plans.
func TestAlone(t *testing.T) {
	for _, tt := range []struct {
		part, sentence string
		alone          bool
	}{
		{"Russia had leaked the call", "Ushakov denied that Russia had leaked the call.", false},
		{"the alarm had been switched off", "Police rejected claims that the alarm had been switched off.", false},
		{"the bridge would be pulled down", "The council denied reports that the bridge would be pulled down.", false},
		{"the pier was sold", "The council said the pier was not sold.", false},
		{"the pier was sold", "The pier was sold on Monday.", true},
		{"Russia", "Ushakov denied that Russia had leaked the call.", true},
		{"the alarm", "Police rejected claims that the alarm had been switched off.", true},
		{"to save money", "The alarm was switched off to save money.", true},
	} {
		a := &corpus.Article{ID: "a", Source: "a.txt", Text: tt.sentence, Body: corpus.Span{End: len(tt.sentence)}}
		reasons := Alone(tt.part, []Quote{{a, a.Body}}, map[string]*corpus.Article{"a": a})
		if got := len(reasons) == 0; got != tt.alone {
			t.Errorf("%q of %q: alone %t, %q, want %t", tt.part, tt.sentence, got, reasons, tt.alone)
		}
	}
}
