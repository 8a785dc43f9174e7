package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/extract"
	"dateline/bot/llm"
	"dateline/bot/llm/llmtest"
	"dateline/bot/receipt"
	"dateline/retrieval"
)

// A doubtful reader drafts as the built-in one does, and is not certain of it.
type doubtful struct{ extract.Reader }

func (d doubtful) Draft(ctx context.Context, q bot.Question, passages []retrieval.Hit, _ func(bot.Claim)) (bot.Draft, error) {
	draft, err := d.Reader.Draft(ctx, q, passages, nil)
	draft.Perhaps, draft.Short = len(draft.Claims) > 0, ""
	return draft, err
}

// What is not certain is said to be so before it is shown, wherever it is shown.
func TestPerhaps(t *testing.T) {
	const question = "how long is the crack in the Tolvary dam?"
	const sentence = "The crack is four metres long and as wide as a thumb, the regional water board said. [1][2]"
	const told = bot.Uncertain + "\n" + sentence + "\n"
	lib := libraryFor(t, corpusChoice{})
	lib.reader = doubtful{}
	kept := new(bottest.Recorder)
	lib.recorder = kept
	// shows runs what prints on a new screen, and returns what is printed.
	shows := func(f func(p *program)) string {
		var out bytes.Buffer
		s := &screen{Writer: &out}
		f(&program{out: s, err: s, log: lib.log})
		return out.String()
	}
	ask := func(t *testing.T, a *asker, talk *bot.Conversation, text string) {
		t.Helper()
		a.lib = lib
		if _, _, err := a.ask(t.Context(), text, talk); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("ask", func(t *testing.T) {
		got := shows(func(p *program) { ask(t, &asker{p: p}, new(bot.Conversation), question) })
		if !strings.HasPrefix(got, told+"\n[1] ") {
			t.Errorf("got\n%s\nwant %q and the source", got, told)
		}
		if r := readScreen(t, got); len(r.wrong()) > 0 || !r.answered {
			t.Errorf("got %q in\n%s\nwant an answer in its form", r.wrong(), got)
		}
	})
	t.Run("JSON", func(t *testing.T) {
		got := shows(func(p *program) { ask(t, &asker{p: p, json: true}, new(bot.Conversation), question) })
		var a bot.Answer
		if err := json.Unmarshal([]byte(got), &a); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(got, `"answered":true,"certainty":"perhaps","answer":"The crack `) || a.Short != "" || a.Text != sentence || len(a.Citations) != 2 {
			t.Errorf("got %s, want answered, perhaps, no short answer and two citations", got)
		}
	})
	// A model writes nothing that can be shown, or finds nothing: the reader is
	// asked behind it, and its answer is not shown before its certainty.
	for name, script := range map[string]llmtest.Script{
		"behind a model that finds nothing":      llmtest.Telling(""),
		"behind a model whose words are dropped": llmtest.Telling("Anselm Quordle measured the crack."),
		"behind a model that fails":              llmtest.Refusing(404, "no such model"),
	} {
		t.Run(name, func(t *testing.T) {
			server := llmtest.New(script)
			t.Cleanup(server.Close)
			model := llm.New(llm.Config{BaseURL: server.BaseURL(), Model: "scripted", Log: lib.log})
			got := shows(func(p *program) { ask(t, &asker{p: p, model: model}, new(bot.Conversation), question) })
			if !strings.HasPrefix(got, told+"The built-in reader answered, as ") {
				t.Errorf("got\n%s\nwant %q and who answered", got, told)
			}
		})
	}
	t.Run("chat", func(t *testing.T) {
		got := shows(func(p *program) {
			c := &chat{asker: &asker{p: p, lib: lib}, say: p.out}
			for _, line := range []string{question, "which source?", "/why"} {
				if err := c.line(t.Context(), line); err != nil {
					t.Fatal(err)
				}
			}
		})
		if n := strings.Count(got, bot.Uncertain+"\nThe crack "); n != 2 || !strings.HasSuffix(got, "Certainty: perhaps\n") {
			t.Errorf("got\n%s\nwant %q twice, and perhaps as the certainty", got, told)
		}
	})
	t.Run("receipt", func(t *testing.T) {
		receipts := kept.Receipts()
		follow := receipts[len(receipts)-1] // "which source?", the last one asked
		got := shows(func(p *program) { p.printReceipt(follow) })
		for _, want := range []string{"\nBefore: " + question + " → " + bot.Uncertain + " The crack ", "\n" + bot.Uncertain + "\nThe crack "} {
			if !strings.Contains(got, want) {
				t.Errorf("got\n%s\nwant %q in it", got, want)
			}
		}
		got = shows(func(p *program) { p.printReceipts(receipts[:1]) })
		if want := question + " → " + bot.Uncertain + " " + sentence + "\n"; !strings.HasSuffix(got, want) {
			t.Errorf("listed: got %q, want %q at the end", got, want)
		}
	})
	t.Run("replay", func(t *testing.T) {
		before := kept.Receipts()[0]
		lib.reader = extract.Reader{}
		defer func() { lib.reader = doubtful{} }()
		shows(func(p *program) { ask(t, &asker{p: p}, new(bot.Conversation), question) })
		receipts := kept.Receipts()
		after := receipts[len(receipts)-1]
		got := shows(func(p *program) { p.printReplay(before, after, receipt.Compare(before, after)) })
		if want := "The answer differs:\n\ncertainty\n  before: perhaps\n  now: (none)\n"; !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	})
	t.Run("feedback", func(t *testing.T) {
		r := kept.Receipts()[0]
		o := opinion{Feedback: receipt.Feedback{Answer: r.ID, Good: true}, Question: question, Text: r.Answer.Text, receipt: r}
		got := shows(func(p *program) { p.printOpinions([]opinion{o}) })
		if want := question + " → " + bot.Uncertain + " " + sentence + "\n"; !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant %q in it", got, want)
		}
	})
}
