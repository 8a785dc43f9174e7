package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"dateline/bot"
	"dateline/bot/eval"
	"dateline/bot/extract"
	"dateline/bot/reader"
)

// formsKept is the share of questions that have to have the answer of their plain form
// however they are typed, a few less than the .94 it was when this was set.
const formsKept = 0.85

// forms are ways to type a question.
var forms = []struct {
	name string
	put  func(plain string) string
}{
	{"who's", func(s string) string {
		return strings.NewReplacer("Who is", "who's", "What is", "what's", "What was", "what's", "When is", "when's", "How much is", "how much's").Replace(s)
	}},
	{"no question mark", func(s string) string { return strings.TrimSuffix(s, "?") }},
	{"no capitals", func(s string) string { return strings.TrimSuffix(strings.ToLower(s), "?") }},
	{"all capitals", strings.ToUpper},
	{"greeting", func(s string) string { return "hi, " + begun(s) }},
	{"a typo", mistype},
	{"tell me", func(s string) string { return "tell me " + begun(strings.TrimSuffix(s, "?")) }},
	{"I want to know", func(s string) string { return "I want to know " + begun(strings.TrimSuffix(s, "?")) }},
	{"pls", func(s string) string { return strings.TrimSuffix(s, "?") + " pls" }},
	{"polite", func(s string) string { return "Could you please tell me " + begun(s) }},
	{"mention", func(s string) string { return "@dateline " + s }},
	{"thanks", func(s string) string { return "Hello! " + s + " Thanks" }},
}

// begun is a question behind other words.
func begun(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}

// mistype exchanges two letters of the longest word that is no name.
func mistype(s string) string {
	longest := ""
	for w := range strings.FieldsSeq(strings.Trim(s, "?")) {
		if len(w) > len(longest) && strings.ToLower(w) == w {
			longest = w
		}
	}
	if len(longest) < 5 {
		return s
	}
	b := []byte(longest)
	b[2], b[3] = b[3], b[2]
	return strings.Replace(s, longest, string(b), 1)
}

// Questions have the same answer in all forms that people type them in.
func TestFormsOfQuestions(t *testing.T) {
	if raceDetector {
		t.Skip("SKIPPED: reading takes too long with the race detector")
	}
	questions, err := eval.ReadFile(filepath.Join(sourceDir, "testdata", "questions", "sample.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lib := libraryFor(t, corpusChoice{})
	lib.reader = reader.New(reader.Config{Load: reader.Load, Rules: extract.Reader{}, Passages: 3})
	b := lib.bot(lib.log, nil)
	first := func(question string) string {
		a, err := b.Ask(t.Context(), bot.Question{Text: question}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !a.Answered {
			return a.Reason
		}
		return a.Sentences[0].Text
	}
	asked := []string{"sample-001", "sample-005", "sample-009", "sample-011", "sample-014", "sample-016", "sample-017", "sample-023", "sample-024", "sample-027", "sample-033", "sample-034", "sample-037"}
	kept, all := make([]int, len(forms)), make([]int, len(forms))
	n := 0
	for _, q := range questions {
		if !slices.Contains(asked, q.ID) {
			continue
		}
		n++
		plain := first(q.Question)
		for i, f := range forms {
			put := f.put(q.Question)
			if put == q.Question || (n+i)%2 == 0 {
				continue // every other form, for the time it takes
			}
			all[i]++
			if got := first(put); got == plain {
				kept[i]++
			} else {
				t.Logf("%s: %q: got %q, want %q", f.name, put, got, plain)
			}
		}
	}
	sum, of := 0, 0
	for i, f := range forms {
		t.Logf("%-16s %2d of %2d", f.name, kept[i], all[i])
		sum, of = sum+kept[i], of+all[i]
	}
	t.Logf("%d of %d keep their answer", sum, of)
	if n != len(asked) || float64(sum) < formsKept*float64(of) {
		t.Errorf("got the answer of %d of %d, want a share of %v; %d questions of %d", sum, of, formsKept, n, len(asked))
	}
}
