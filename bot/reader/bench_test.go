package reader

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"dateline/retrieval"
	"dateline/retrieval/encoder"
	"dateline/retrieval/simd"
)

// BenchmarkDraft reads eight passages of the size that an index has, with each kind
// of kernels:
//
//	DATELINE_READER_WEIGHTS=/path/weights.bin go test -bench Draft ./bot/reader
func BenchmarkDraft(b *testing.B) {
	name := os.Getenv("DATELINE_READER_WEIGHTS")
	if name == "" {
		b.Skip("DATELINE_READER_WEIGHTS names no weights")
	}
	weights, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	m, err := load(string(weights))
	if err != nil {
		b.Fatal(err)
	}
	text := strings.Repeat("The ferry from the island was late again on Monday, as the harbour was full of ice and of ships that could not leave it. ", 10)
	var hits []retrieval.Hit
	for i := range 8 {
		_, h := article(fmt.Sprint(i), text)
		hits = append(hits, h[0])
	}
	chosen := simd.Kernels()
	defer simd.Use(chosen)
	for _, k := range simd.Available() {
		b.Run(k, func(b *testing.B) {
			if err := simd.Use(k); err != nil {
				b.Fatal(err)
			}
			r := New(Config{Load: func() (*encoder.Model, error) { return m, nil }, Limit: time.Hour})
			for b.Loop() {
				if _, err := r.Draft(b.Context(), ask("Why was the ferry from the island late on Monday?"), hits, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
