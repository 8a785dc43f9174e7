package static_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"dateline/retrieval/retrievaltest"
	"dateline/retrieval/static"
)

func TestConformance(t *testing.T) {
	for _, size := range []int{0, 1, 64, 300} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			if size == 1 {
				t.Skip("one number cannot tell two matters apart")
			}
			retrievaltest.Embedder(t, &static.Embedder{Size: size})
		})
	}
}

// Spellings that share no stem are nearer than words that share nothing.
func TestSubwords(t *testing.T) {
	e := new(static.Embedder)
	for _, c := range []struct{ name, a, b, other string }{
		{"transliteration", "Zelenskiy", "Zelensky", "Johnson"},
		{"derived word", "privatise", "privatisation", "education"},
		{"compound", "smartphone", "smartphones", "helicopter"},
		{"typing error", "Quillhaven", "Quilhaven", "Ellisande"},
	} {
		t.Run(c.name, func(t *testing.T) {
			vs, err := e.Embed(context.Background(), []string{c.a, c.b, c.other})
			if err != nil {
				t.Fatal(err)
			}
			like, unlike := cosine(vs[0], vs[1]), cosine(vs[0], vs[2])
			if like < unlike+0.1 {
				t.Errorf("got cosine %.2f of %s and %s, %.2f of %s and %s", like, c.a, c.b, unlike, c.a, c.other)
			}
		})
	}
}

func cosine(a, b []float32) float64 {
	var s float64
	for i := range a {
		s += float64(a[i]) * float64(b[i])
	}
	return s
}

func BenchmarkEmbed(b *testing.B) {
	e := new(static.Embedder)
	text := strings.Repeat("The mayor of Quillhaven said on Wednesday that the old bridge over the harbour would reopen next week. ", 9)
	for b.Loop() {
		if _, err := e.Embed(context.Background(), []string{text}); err != nil {
			b.Fatal(err)
		}
	}
}
