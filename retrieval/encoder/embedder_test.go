package encoder_test

import (
	"slices"
	"strings"
	"testing"

	"dateline/retrieval/encoder"
	"dateline/retrieval/retrievaltest"
)

func embedder(t *testing.T) *encoder.Embedder {
	t.Helper()
	m, err := encoder.Load()
	if err != nil {
		t.Fatal(err)
	}
	return encoder.NewEmbedder(m, 0)
}

func TestEmbedder(t *testing.T) { retrievaltest.Embedder(t, embedder(t)) }

func TestEmbedQuery(t *testing.T) {
	e := embedder(t)
	for _, c := range []struct {
		name, text string
		zero       bool
	}{
		{"a question", "When does the bridge reopen?", false},
		{"one letter", "q", false},
		{"one digit", "7", false},
		{"10,000 words", strings.Repeat("bridge reopen ", 5000), false},
		{"one endless word", strings.Repeat("x", 100_000), true},
		{"emoji", "🙂👩‍👩‍👧‍👦", true},
		{"emoji and a word", "🙂 bridge", false},
		{"punctuation", "?!", true},
		{"nothing", "", true},
		{"no UTF-8", "\xff\xfe", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := e.EmbedQuery(t.Context(), c.text)
			if err != nil {
				t.Fatal(err)
			}
			if zero := slices.Equal(v, make([]float32, e.Dims())); zero != c.zero {
				t.Errorf("got zero vector: %v, want %v", zero, c.zero)
			}
		})
	}
}

// TestPrefixes checks that a question and a passage of the same words are read
// in another way.
func TestPrefixes(t *testing.T) {
	e := embedder(t)
	const text = "the bridge reopens"
	q, err := e.EmbedQuery(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	ps, err := e.Embed(t.Context(), []string{text})
	if err != nil {
		t.Fatal(err)
	}
	if slices.Equal(q, ps[0]) {
		t.Error("a question got the vector of a passage")
	}
}

// TestMeaning checks what words alone cannot find.
func TestMeaning(t *testing.T) {
	e := embedder(t)
	passages := []string{
		"Electricity was restored to most households by noon the next day.",
		"The central bank left its interest rate unchanged at 3.75 per cent.",
		"She was acquitted of fraud but convicted of perjury.",
		"Plum cake: cream the butter with the sugar, then fold in the flour.",
		"Prosecutors dropped all charges against the former minister.",
	}
	ps, err := e.Embed(t.Context(), passages)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		question string
		want     int
	}{
		{"When did the lights come back on?", 0},
		{"What happened to borrowing costs?", 1},
		{"Was the woman found guilty of lying in court?", 2},
		{"How do I bake something sweet with fruit?", 3},
	} {
		q, err := e.EmbedQuery(t.Context(), c.question)
		if err != nil {
			t.Fatal(err)
		}
		best := 0
		for i, p := range ps {
			if dot(p, q) > dot(ps[best], q) {
				best = i
			}
		}
		if best != c.want {
			t.Errorf("%s: got %q, want %q", c.question, passages[best], passages[c.want])
		}
	}
}
