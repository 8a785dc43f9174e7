package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"dateline/bot"
	"dateline/bot/llm/llmtest"
)

// The cases of bot/llm, by the bytes that the program writes: on the screen as
// the model alone answers, and as JSON as whatever engine can.
func TestHostile(t *testing.T) {
	cases, err := llmtest.Cases(os.DirFS(filepath.Join(sourceDir, "..", "..", "bot", "llm", "testdata", "hostile")))
	if err != nil {
		t.Fatal(err)
	}
	var asked, runs, through atomic.Int32
	// The parallel tests of a group are over when the group is.
	t.Run("case", func(t *testing.T) {
		for _, c := range cases {
			if len(c.Thread) > 0 {
				continue // ask takes none
			}
			// .ci/run has all of them tried without the detector, too; package llm
			// tries all of them with it.
			if raceDetector && asked.Load() == 20 {
				break
			}
			asked.Add(1)
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel() // where the model fails, the program waits and tries again
				n, held := hostile(t, c)
				runs.Add(int32(n))
				if !held {
					through.Add(1)
				}
			})
		}
	})
	t.Logf("hostile: %d cases on the screen, %d runs, %d through", asked.Load(), runs.Load(), through.Load())
}

// hostile tries a case in all ways, and reports how many these were and whether
// it was held back in each.
func hostile(t *testing.T, c llmtest.Case) (runs int, held bool) {
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "news"), c.Files); err != nil {
		t.Fatal(err)
	}
	held = true
	for _, w := range hostileWays {
		if c.Script == nil && w.engine == "llm" {
			continue
		}
		runs++
		for _, wrong := range w.run(t, c, dir) {
			t.Errorf("%s: %s", w.name, wrong)
			held = false
		}
	}
	return runs, held
}

// A hostileWay is one to ask the program.
type hostileWay struct {
	name, engine string
	flag         string
}

var hostileWays = []hostileWay{
	{"screen", "auto", "--verbose"},
	{"screen, model alone", "llm", "--verbose"},
	{"JSON", "auto", "--json"},
	{"JSON, built-in reader", "extract", "--json"},
}

// run asks the question of a case, whose articles are in the folder news of
// dir, and returns what is wrong with what the program writes.
func (w hostileWay) run(t *testing.T, c llmtest.Case, dir string) []string {
	t.Helper()
	env := map[string]string{"DATELINE_DATA": filepath.Join(dir, "data"), "HOME": dir}
	if c.Script != nil {
		server := llmtest.New(c.Script)
		defer server.Close()
		env[envModelServer], env[envModel] = server.BaseURL(), "scripted"
	}
	var stdout, stderr bytes.Buffer
	args := []string{"ask", "--corpus", filepath.Join(dir, "news"), "--engine", w.engine, w.flag, "-"}
	code := run(t.Context(), args, func(name string) string { return env[name] }, strings.NewReader(c.Question), &stdout, &stderr)
	out := stdout.String()
	var wrong []string
	for _, text := range []string{out, stderr.String()} {
		if shown := visible(text); shown != text {
			wrong = append(wrong, "what a terminal acts on is in "+shown)
		}
	}
	if strings.Contains(stderr.String(), "fault in the program") {
		wrong = append(wrong, stderr.String())
	}
	if code != exitDone {
		// The model alone may have nothing to answer with, and a question may be
		// none, which are errors.
		if w.engine != "llm" && !c.Refused || stderr.Len() == 0 {
			wrong = append(wrong, fmt.Sprintf("exit code %d: %s", code, &stderr))
		}
		return append(wrong, c.Text(out)...)
	}
	if w.flag == "--json" {
		var a bot.Answer
		if err := json.Unmarshal(stdout.Bytes(), &a); err != nil {
			return append(wrong, err.Error())
		}
		for _, x := range a.Citations {
			data, err := fs.ReadFile(c.Files, x.Source)
			if err == nil && string(data[x.Bytes[0]:x.Bytes[1]]) != x.Quote {
				wrong = append(wrong, "the file does not have, where it is cited, "+x.Quote)
			}
		}
		return append(wrong, c.Check(a, nil, w.engine == "llm", nil)...)
	}
	// What a reader sees before the first citation is the answer.
	answer, _, answered := strings.Cut(out, "\n\n[1] ")
	for _, never := range c.Never {
		if answered && strings.Contains(strings.ToLower(answer), strings.ToLower(never)) {
			wrong = append(wrong, "answers "+never+": "+answer)
		}
	}
	return append(wrong, c.Text(out)...)
}
