package extract

import (
	"context"
	"errors"
	"slices"
	"testing"
)

func TestRank(t *testing.T) {
	sentences := []string{
		"Farmers near Oxbow expect half the usual harvest.",
		"The bridge was closed for repairs in spring.",
		"Mayor Ottoline Brask opened the new bridge on Monday.",
		"",
	}
	for _, tt := range []struct {
		name, question string
		best           int
	}{
		{"who", "who opened the bridge?", 2},
		{"when", "when did Brask open the bridge?", 2},
		{"lower case", "what do farmers near oxbow expect?", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			scores, err := Reader{}.Rank(context.Background(), tt.question, sentences)
			if err != nil {
				t.Fatal(err)
			}
			if len(scores) != len(sentences) {
				t.Fatalf("got %d scores, want %d", len(scores), len(sentences))
			}
			if got := slices.Index(scores, slices.Max(scores)); got != tt.best {
				t.Errorf("got %v, want %d highest", scores, tt.best)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := (Reader{}).Rank(ctx, "who?", sentences); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}
