package main

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"dateline/corpus/word"
	"dateline/retrieval"
)

func TestExcerpt(t *testing.T) {
	filler := func(s string, n int) string { return strings.TrimSpace(strings.Repeat(s+" ", n)) + "." }
	for _, tt := range []struct {
		name      string
		sentences []string
		query     string
		want      string
	}{
		{"none", nil, "bridge", ""},
		{"short", []string{"One.", "Two."}, "bridge", "One. Two."},
		{"the match, and what fits around it", []string{filler("alpha", 30), filler("beta", 20), "The bridge opened.", filler("gamma", 20), filler("delta", 50)}, "bridge",
			"… " + filler("beta", 20) + " The bridge opened. " + filler("gamma", 20) + " …"},
		{"the better of two matches first", []string{"The bridge. " + filler("alpha", 60), filler("beta", 90), "The bridge opened."}, "bridge opened", "… The bridge opened."},
		{"two places", []string{"The bridge.", filler("alpha", 90), "The bridge again."}, "bridge", "The bridge. … The bridge again."},
		{"a long sentence", []string{filler("alpha", 90) + " bridge " + filler("beta", 90)}, "bridge",
			"… " + strings.Repeat("alpha ", 19) + "alpha. bridge " + strings.TrimSpace(strings.Repeat("beta ", 46)) + " …"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := excerpt(tt.sentences, word.Terms(tt.query)); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// Whatever a sentence is, it becomes short and stays text.
func FuzzClip(f *testing.F) {
	f.Add(strings.Repeat("東", 500), "東")
	f.Add(strings.Repeat("a ", 400)+"bridge", "bridge")
	f.Add(strings.Repeat("é", 359)+" x", "")
	f.Add("東 "+strings.Repeat("東", 500)+" x", "x")
	f.Fuzz(func(t *testing.T, s, query string) {
		got := clip(s, word.Terms(query))
		if len(s) <= excerptSize && got != s {
			t.Errorf("clip(%q) = %q, want it whole", s, got)
		}
		if len(got) > 2*excerptSize {
			t.Errorf("clip(%q) has %d bytes", s, len(got))
		}
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Errorf("clip(%q) = %q, not UTF-8", s, got)
		}
	})
}

func TestCompletePublisher(t *testing.T) {
	held := []retrieval.Publisher{{Name: "The Times"}, {Name: "Sunday Times"}, {Name: "Times"}, {Name: "Vale Echo"}, {Name: "VALE ECHO"}, {Name: "Ärzte Zeitung"}}
	for _, tc := range []struct{ given, want, err string }{
		{"Vale Echo", "Vale Echo", ""},
		{"vale", "Vale Echo", ""}, // two spellings of one name
		{"echo", "Vale Echo", ""},
		{"  echo ", "Vale Echo", ""},
		{"ÄRZTE", "Ärzte Zeitung", ""},
		{"sunday", "Sunday Times", ""},
		{"times", "Times", ""}, // a whole name, though part of others
		{"the t", "The Times", ""},
		{"nobody", "nobody", ""},
		{"time", "", `--publisher "time" fits several: The Times, Sunday Times, Times`},
		{"e", "", `--publisher "e" fits several: The Times, Sunday Times, Times, Vale Echo, Ärzte Zeitung`},
		{"", "", "the name of a publisher is empty"},
		{" ", "", "the name of a publisher is empty"},
	} {
		got, err := completePublisher(held, tc.given)
		said := ""
		if err != nil {
			said = err.Error()
		}
		if got != tc.want || said != tc.err {
			t.Errorf("%q: got %q, %q, want %q, %q", tc.given, got, said, tc.want, tc.err)
		}
	}
	var many []retrieval.Publisher
	for i := range 20 {
		many = append(many, retrieval.Publisher{Name: fmt.Sprintf("Paper %02d", i)})
	}
	if _, err := completePublisher(many, "paper"); err == nil || !strings.HasSuffix(err.Error(), "Paper 07 and 12 more") {
		t.Errorf("got %v, want the first 8 of 20", err)
	}
}
