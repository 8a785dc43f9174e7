package encoder_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// TestMeasure measures how well vectors alone find passages, as
// train/measure.py does with weights of 32 bits. The sets are no part of this
// repository:
//
//	DATELINE_DATA_SETS=/path go test -run Measure -v ./retrieval/encoder
func TestMeasure(t *testing.T) {
	dir := os.Getenv("DATELINE_DATA_SETS")
	if dir == "" {
		t.Skip("DATELINE_DATA_SETS names no folder of evaluation data")
	}
	e := embedder(t)
	for _, set := range []string{"rtqa-evidence", "squad2"} {
		t.Run(set, func(t *testing.T) {
			var texts []string
			number := make(map[string]int)
			for _, a := range readLines[struct{ ID, Text string }](t, filepath.Join(dir, set, "articles.jsonl")) {
				number[a.ID] = len(texts)
				texts = append(texts, a.Text)
			}
			passages, err := e.Embed(t.Context(), texts)
			if err != nil {
				t.Fatal(err)
			}
			n, first, sum := 0, 0, 0.0
			type question struct {
				Question     string
				Sources      []string
				Unanswerable bool
			}
			for _, q := range readLines[question](t, filepath.Join(dir, set, "questions.jsonl")) {
				var gold []int
				for _, s := range q.Sources {
					if i, ok := number[s]; ok {
						gold = append(gold, i)
					}
				}
				if q.Unanswerable || len(gold) == 0 {
					continue
				}
				v, err := e.EmbedQuery(t.Context(), q.Question)
				if err != nil {
					t.Fatal(err)
				}
				n++
				r := rank(passages, v, gold)
				if r == 1 {
					first++
				}
				if r <= 10 {
					sum += 1 / float64(r)
				}
			}
			t.Logf("%d questions, Hits@1 %.4f, MRR@10 %.4f", n, float64(first)/float64(n), sum/float64(n))
		})
	}
}

// rank returns the rank of the best of gold, counted from 1.
func rank(passages [][]float32, v []float32, gold []int) int {
	cosines := make([]float64, len(passages))
	for i, p := range passages {
		cosines[i] = dot(p, v)
	}
	best := -1.0
	for _, i := range gold {
		best = max(best, cosines[i])
	}
	r := 1
	for _, c := range cosines {
		if c > best {
			r++
		}
	}
	return r
}

func dot(a, b []float32) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// readLines reads JSON records, compressed or not.
func readLines[T any](t *testing.T, path string) []T {
	t.Helper()
	f, err := os.Open(path)
	var r io.Reader = f
	if err != nil {
		if f, err = os.Open(path + ".gz"); err != nil {
			t.Fatal(err)
		}
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	defer f.Close()
	var all []T
	for d := json.NewDecoder(r); d.More(); {
		var v T
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}
