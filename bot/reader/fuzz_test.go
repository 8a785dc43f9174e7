package reader

import (
	"context"
	"hash/fnv"
	"strings"
	"testing"
	"unicode/utf8"

	"dateline/corpus"
	"dateline/retrieval/encoder"
)

// Whatever the model says of whatever text, drafts quote the article byte for byte
// and cut no character.
func FuzzDraft(f *testing.F) {
	for _, s := range []string{
		"Maria Brask opened the new bridge on Monday. He said “it’s late”, it cost $1.2 billion (1,200 km²).",
		"QUILLHAVEN, Norland – 東京で会議が開かれた。 e\u0301te\u0301 한국어 שלום مرحبا 👩‍🚒", strings.Repeat("She said so. ", 60), "\x00\u200b\u00ad|\r\n\r\n— x\u0301",
	} {
		f.Add("Who opened the bridge?", s, "The bridge was opened by Ines Calloway, for $1.3 billion.", uint64(1))
		f.Add(s, "It was late.", s, uint64(2))
	}
	r := fake(Config{Sure: 0.02, Perhaps: 0.01})
	f.Fuzz(func(t *testing.T, question, first, second string, seed uint64) {
		_, hits := article("a", strings.ToValidUTF8(first, "\uFFFD"))
		_, more := article("b", strings.ToValidUTF8(second, "\uFFFD"))
		hits = append(hits, more...)
		r := *r
		r.score = func(_ context.Context, _ *encoder.Model, windows []window, pass func(int, *scores)) error {
			for i, w := range windows {
				random := func(kind, j int) float64 {
					h := fnv.New64a()
					h.Write([]byte{byte(i), byte(j), byte(j >> 8), byte(kind), byte(seed), byte(seed >> 8)})
					return float64(h.Sum64()>>40)/(1<<21) - 2
				}
				s := &scores{start: make([]float64, len(w.tokens)), end: make([]float64, len(w.tokens)), has: random(0, 0)}
				for j := range w.tokens {
					s.start[j], s.end[j] = random(1, j), random(2, j)
				}
				pass(i, s)
			}
			return nil
		}
		d, err := r.Draft(t.Context(), ask(question), hits, nil)
		if err != nil {
			t.Fatal(err)
		}
		quotes := d.Nearest
		for _, c := range d.Claims {
			if strings.TrimSpace(c.Text) == "" || !utf8.ValidString(c.Text) || len(c.Quotes) == 0 {
				t.Errorf("got claim %q with %d quotes", c.Text, len(c.Quotes))
			}
			quotes = append(quotes, c.Quotes...)
		}
		for _, q := range quotes {
			if !q.Span.Within(len(q.Article.Text)) || q.Span.Len() == 0 || !utf8.ValidString(q.Span.Of(q.Article.Text)) {
				t.Errorf("got quote %v of a text of %d bytes", q.Span, len(q.Article.Text))
			}
		}
		if len(d.Claims) > 0 && !strings.Contains(corpus.OneLine(d.Claims[0].Text), corpus.OneLine(d.Claims[0].Quotes[0].Span.Of(d.Claims[0].Quotes[0].Article.Text))) {
			t.Errorf("got claim %q, want the words it cites, %q", d.Claims[0].Text, d.Claims[0].Quotes[0].Span.Of(d.Claims[0].Quotes[0].Article.Text))
		}
		if !utf8.ValidString(d.Short) || d.Perhaps && d.Short != "" || len(d.Claims) == 0 && d.Short != "" {
			t.Errorf("got short answer %q", d.Short)
		}
	})
}
