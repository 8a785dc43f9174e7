package llm

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/llm/llmtest"
	"dateline/corpus"
)

// Each case is an article, or several, a question, what the model says, and
// what must not be shown, and perhaps what must. "says" has a line for each
// sentence, which is told as an object and as text; "raw" is told as it stands,
// with Go's escapes, and with "REPEAT n" so often.
func TestHostile(t *testing.T) {
	files, err := filepath.Glob("testdata/hostile/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	through := 0
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			if !hostile(t, file) {
				through++
			}
		})
	}
	t.Logf("hostile cases: %d, through: %d", len(files), through)
	if len(files) < 40 {
		t.Errorf("%d cases, want 40 at least", len(files))
	}
}

// hostile reports whether a case was held back.
func hostile(t *testing.T, file string) bool {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var articles []*corpus.Article
	parts := make(map[string]string)
	for _, f := range archive.Files {
		if strings.HasSuffix(f.Name, ".txt") {
			articles = append(articles, bottest.Article(f.Name, "Harbour Post", "2025-11-26", string(f.Data)))
			continue
		}
		parts[f.Name] = strings.TrimSpace(string(f.Data))
	}
	script := llmtest.Telling(parts["says"])
	if raw := parts["raw"]; raw != "" {
		times := 1
		if rest, ok := strings.CutPrefix(raw, "REPEAT "); ok {
			n, text, _ := strings.Cut(rest, " ")
			if times, err = strconv.Atoi(n); err != nil {
				t.Fatal(err)
			}
			raw = text + " "
		}
		if strings.Contains(raw, `\x`) || strings.Contains(raw, `\u`) {
			if raw, err = strconv.Unquote(`"` + strings.NewReplacer(`"`, `\"`, "\n", `\n`).Replace(raw) + `"`); err != nil {
				t.Fatal(err)
			}
		}
		script = llmtest.Saying(strings.Repeat(raw, times) + map[bool]string{true: "[1]"}[times > 1])
	}
	held := true
	for name, s := range map[string]llmtest.Script{"schema": script, "plain": llmtest.Plain(script), "whole": llmtest.Whole(script)} {
		server := serve(t, s)
		b := bot.New(bot.Config{Searcher: bottest.NewSearcher(articles...), Engines: []bot.Answerer{engine(t, server, new(clock))}})
		var shown strings.Builder
		a, err := b.Ask(t.Context(), bot.Question{Text: parts["question"]}, func(s bot.Sentence) { shown.WriteString(s.Text + "\n") })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(server.Requests()) == 0 {
			t.Errorf("%s: the model was not asked, so nothing was tried", name)
		}
		shown.WriteString(strings.Join([]string{a.Text, a.Short, a.Note, a.Reason}, "\n"))
		// A reason says what was refused.
		out := shown.String()
		if !a.Answered {
			out = strings.TrimSuffix(out, a.Reason)
		}
		for never := range strings.Lines(parts["never"]) {
			if never = strings.TrimSpace(never); strings.Contains(strings.ToLower(out), strings.ToLower(never)) {
				t.Errorf("%s: %q got through:\n%s", name, never, out)
				held = false
			}
		}
		for want := range strings.Lines(parts["shown"]) {
			if want = strings.TrimSpace(want); !strings.Contains(a.Text, want) {
				t.Errorf("%s: %q is not in the answer %q, dropped %q", name, want, a.Text, a.Dropped)
			}
		}
	}
	return held
}
