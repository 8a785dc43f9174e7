package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// The README shows questions with their answers. They are the program's own.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for i, block := range strings.Split(string(readme), "```") {
		command, want, _ := strings.Cut(strings.TrimPrefix(block, "\n"), "\n")
		question, ok := strings.CutPrefix(command, `$ go run ./cmd/dateline ask "`)
		if !ok {
			question, ok = strings.CutPrefix(command, `$ dateline ask "`)
		}
		if i%2 == 0 || !ok {
			continue
		}
		shown++
		t.Run(command, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), []string{"ask", "--data", t.TempDir(), strings.TrimSuffix(question, `"`)}, func(string) string { return "" }, strings.NewReader(""), &stdout, &stderr)
			if code != 0 {
				t.Fatalf("got exit code %d: %s", code, stderr.String())
			}
			if got := stdout.String(); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	if shown < 2 {
		t.Errorf("found %d answers in README.md, want 2 at the least", shown)
	}
}
