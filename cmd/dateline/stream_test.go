package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"dateline/bot/llm/llmtest"
)

// With a model that tells the truth, the first sentence is on standard output,
// checked, before the model has written the last one: the server keeps that back
// until the first has been read. Should it never be shown, the engine's own
// deadline ends the wait.
func TestFirstSentenceBeforeLast(t *testing.T) {
	const first, last = "The mayor of Sandrith opened the new bridge on Monday.", "The bridge cost $12 million."
	for _, tt := range []struct {
		name   string
		schema bool
	}{{"schema", true}, {"plain", false}} {
		t.Run(tt.name, func(t *testing.T) {
			shown := make(chan struct{})
			release := sync.OnceFunc(func() { close(shown) })
			defer release()
			server := llmtest.New(func(r llmtest.Request) llmtest.Reply {
				if r.Schema != tt.schema {
					return llmtest.Reply{Status: 400, Text: "response_format is not supported"}
				}
				text := llmtest.Answer(r, "", llmtest.Sentence{Text: first, Passages: []int{1}}, llmtest.Sentence{Text: last, Passages: []int{1}})
				at := strings.Index(text, last)
				return llmtest.Reply{Pieces: []string{text[:at], text[at:]}, Before: func(piece int) {
					if piece == 1 {
						<-shown
					}
				}}
			})
			t.Cleanup(server.Close)
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "bridge.txt"), []byte(first+" "+last+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			exe, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), exe)
			cmd.Args = []string{"dateline", "ask", "--engine", "llm", "--corpus", "bridge.txt", "--data", "data", "who opened the bridge, and what did it cost?"}
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "OPENAI_BASE_URL="+server.BaseURL(), "OPENAI_MODEL=scripted", "OPENAI_API_KEY=", "GORACE=atexit_sleep_ms=0")
			cmd.Stderr = os.Stderr
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			lines := bufio.NewReader(out)
			line, err := lines.ReadString('\n')
			if want := first + " [1]\n"; line != want || err != nil {
				t.Errorf("the first line is %q, error %v, want %q while the model writes", line, err, want)
			}
			release()
			rest, err := io.ReadAll(lines)
			if err != nil || !strings.HasPrefix(string(rest), last+" [2]\n") {
				t.Errorf("then comes %q, error %v, want %q", rest, err, last)
			}
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}
