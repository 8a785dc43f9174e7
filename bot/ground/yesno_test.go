package ground

import "testing"

func TestDenied(t *testing.T) {
	for _, tt := range []struct {
		question, sentence string
		denied, ok         bool
	}{
		{"did they find disease?", "The vets found no disease in the herd.", true, true},
		{"did they find disease?", "The vets found disease in the herd.", false, true},
		{"Will the pier be sold?", "The pier will not be sold, the mayor said.", true, true},
		{"Will the pier be sold?", "The pier will be sold, the mayor said.", false, true},
		{"Did Tom Fay resign?", "Tom Fay refused to resign.", true, true},
		{"Did Tom Fay resign?", "Tom Fay resigned on Monday.", false, true},
		{"Did 40 people die in the fire?", "The fire killed 47 people.", true, true},
		{"Did profits rise?", "Profits fell 12 percent.", true, true},
		{"Did the police arrest Tom Fay over the fire?", "Police arrested Ian Voss over the fire.", true, true},
		{"Were they?", "Bees moved into the tower.", false, false},
	} {
		if denied, ok := Denied(tt.question, []string{tt.sentence}); denied != tt.denied || ok != tt.ok {
			t.Errorf("%s %s\ngot  denied %t, %t\nwant denied %t, %t", tt.question, tt.sentence, denied, ok, tt.denied, tt.ok)
		}
	}
}
