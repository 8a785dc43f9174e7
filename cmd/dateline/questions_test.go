package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"dateline/bot/eval"
)

// What the built-in reader has to reach on the project's own questions. The
// shares are of the questions with an answer, of those without one, and of the
// citations.
const (
	minRight     = 0.80
	minRefused   = 0.80
	minByteExact = 1.00
)

// sourceDir is where this file lies, whatever a test makes the working
// directory.
var sourceDir = func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return dir
}()

func TestQuestionsOnSample(t *testing.T) {
	putQuestions(t, "sample.jsonl", corpusChoice{})
}

func TestQuestionsOnSeedArticles(t *testing.T) {
	putQuestions(t, "seed.jsonl", seedArticles(t))
}

// seedArticles belong to their publishers and do not come with the project; a
// test that needs them is skipped without.
func seedArticles(t *testing.T) corpusChoice {
	t.Helper()
	dir := os.Getenv("DATELINE_SEED_ARTICLES")
	if dir == "" {
		dir = filepath.Join(sourceDir, "..", "..", "..", "shared", "articles")
		if _, err := os.Stat(dir); err != nil {
			t.Skipf("SKIPPED: no seed articles: DATELINE_SEED_ARTICLES is not set, and there is no %s", dir)
		}
	}
	return corpusChoice{Roots: []string{dir}}
}

// libraryFor indexes articles without a word and without any settings.
func libraryFor(t *testing.T, chosen corpusChoice) *library {
	t.Helper()
	screen := &screen{Writer: io.Discard}
	p := &program{env: environment{getenv: func(string) string { return "" }}, in: new(bytes.Buffer), out: screen, err: screen, log: slog.New(slog.DiscardHandler)}
	p.dataFlag = t.TempDir()
	lib, err := p.library(t.Context(), chosen.Roots, keptOrNothing)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(lib.close)
	report, err := p.sync(t.Context(), lib, nil)
	if err != nil || len(report.Problems) > 0 {
		t.Fatalf("index: %v, problems %v", err, report.Problems)
	}
	return lib
}

func putQuestions(t *testing.T, set string, chosen corpusChoice) {
	questions, err := eval.ReadFile(filepath.Join(sourceDir, "testdata", "questions", set))
	if err != nil {
		t.Fatal(err)
	}
	lib := libraryFor(t, chosen)
	articles, err := lib.articles(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var answerable, right, unanswerable, refused int
	r, err := eval.Run(t.Context(), eval.Config{
		Articles: articles, Asker: lib.bot(lib.log, nil), Original: lib.original,
		Each: func(o eval.Outcome) {
			if o.Question.Unanswerable {
				unanswerable++
				if !o.Answer.Answered {
					refused++
				}
			} else {
				answerable++
				if o.Right() {
					right++
				}
			}
			if !o.Right() {
				t.Logf("%s: %q: %s: got %q %q %q, want %q", o.Question.ID, o.Question.Question, o.Wrong, o.Answer.Short, o.Answer.Text, o.Answer.Reason, o.Question.Answers)
			}
		},
	}, questions)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("right: %d of %d; refused: %d of %d; byte for byte: %.3f of %d citations", right, answerable, refused, unanswerable, r.Citations.ByteExact, r.Citations.Count)
	if got := float64(right) / float64(answerable); got < minRight {
		t.Errorf("right: %.3f, want %.3f at least", got, minRight)
	}
	if got := float64(refused) / float64(unanswerable); got < minRefused {
		t.Errorf("unanswerable refused: %.3f, want %.3f at least", got, minRefused)
	}
	if got := r.Citations.ByteExact; got < minByteExact {
		t.Errorf("byte for byte: %.3f, want %.3f", got, minByteExact)
	}
}
