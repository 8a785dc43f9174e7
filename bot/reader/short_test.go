package reader

import (
	"strings"
	"testing"

	"dateline/corpus"
)

// found is a candidate of some words of a text's first sentence.
func found(t *testing.T, text, words string) *candidate {
	t.Helper()
	a, _ := article("a", text)
	at := strings.Index(text, words)
	if at < 0 {
		t.Fatalf("%q has no %q", text, words)
	}
	c := &candidate{article: a, sentences: a.Sentences()}
	c.Span = corpus.Span{Start: at, End: at + len(words)}
	for i, s := range c.sentences {
		if s.Contains(c.Span) {
			c.sentence = i
		}
	}
	return c
}

func TestShort(t *testing.T) {
	for _, tt := range []struct{ name, text, span, want string }{
		{"whole", "Maria Brask opened it on Monday.", "Maria Brask", "Maria Brask"},
		{"a word that is cut", "The Quillhavener opened it.", "Quillhav", "Quillhavener"},
		{"a given name that is cut off", "Maria Brask opened it.", "Brask", "Maria Brask"},
		{"a surname that is cut off", "It was opened by Maria Brask on Monday.", "Maria", "Maria Brask"},
		{"a name of another kind", "On Monday Brask opened it.", "Brask", "Brask"},
		{"a sum that is cut", "It costs $1.2 billion a year.", "1.2", "$1.2 billion"},
		{"a number that is cut", "It has 1,200 rooms.", "200", "1,200"},
		{"a number and what it counts", "They sent 19 delegates.", "19", "19"},
		{"a share", "It rose by 38.7 % in May.", "38.7", "38.7 %"},
		{"a quotation mark", "He called it “a beginning” on Monday.", "“a beginning", "“a beginning”"},
		{"a title", "She sang in “The Bridge of Tides” on Monday.", "“The Bridge of Tides", "The Bridge of Tides"},
		{"a title in plain marks", `She sang in "Tides" on Monday.`, `"Tides"`, "Tides"},
		{"marks around it", "It was late (again), she said.", "(again),", "again"},
		{"a bracket in it", "The World Health Organization (WHO) said so.", "World Health Organization (WHO", "World Health Organization (WHO)"},
		{"a pronoun", "He opened it on Monday.", "He", ""},
		{"a number in words", "They sent three of them.", "three", "three"},
		{"line breaks", "It was opened by the mayor\nof Quillhaven on Monday.", "the mayor\nof Quillhaven", "the mayor of Quillhaven"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := short(found(t, tt.text, tt.span)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSameAnswer(t *testing.T) {
	for _, tt := range []struct {
		name, a, spanA, b, spanB string
		want                     bool
	}{
		{"the same words", "Maria Brask opened it.", "Maria Brask", "It was opened by Maria Brask.", "Maria Brask", true},
		{"one has more", "Brask opened it.", "Brask", "It was opened by Maria Brask.", "Maria Brask", true},
		{"an article", "The mayor opened it.", "The mayor", "It was opened by a mayor.", "a mayor", true},
		{"others", "Brask opened it.", "Brask", "It was opened by Ines Calloway.", "Ines Calloway", false},
		{"a number in words", "They sent 19 delegates.", "19", "Nineteen delegates were sent.", "Nineteen", true},
		{"other numbers", "They sent 19 delegates.", "19", "They sent 190 delegates.", "190", false},
		{"a part of a word", "It is in Norland.", "Norland", "The Norlanders did.", "Norlanders", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, b := found(t, tt.a, tt.spanA), found(t, tt.b, tt.spanB)
			b.article.ID = "b"
			if got := sameAnswer(a, b); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if got := sameAnswer(b, a); got != tt.want {
				t.Errorf("the other way round: got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestYesNo(t *testing.T) {
	for question, want := range map[string]bool{
		"Did Maria Brask open the bridge?": true, "is the bridge open": true, "Isn't the bridge open?": true, "Hasn’t it opened?": true,
		"Who opened the bridge?": false, "Was it Brask or Calloway?": false, "": false, "Will": false,
	} {
		if got := yesNo(question); got != want {
			t.Errorf("%q: got %v, want %v", question, got, want)
		}
	}
}
