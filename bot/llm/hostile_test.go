package llm

import (
	"os"
	"testing"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/extract"
	"dateline/bot/llm/llmtest"
	"dateline/retrieval/openai/api/apitest"
)

// Each case is tried with a model that writes an object, one that writes text
// and one that does not stream, and with the built-in reader, which gets to
// read the same articles where the model fails. cmd/dateline tries the same
// cases on the screen.
func TestHostile(t *testing.T) {
	cases, err := llmtest.Cases(os.DirFS("testdata/hostile"))
	if err != nil {
		t.Fatal(err)
	}
	runs, through := 0, 0
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			n, held := hostile(t, c)
			runs += n
			if !held {
				through++
			}
		})
	}
	t.Logf("hostile: %d cases, %d runs, %d through", len(cases), runs, through)
	if len(cases) < 120 {
		t.Errorf("%d cases, want 120 at least", len(cases))
	}
}

// hostile tries a case in all ways, and reports how many these were and
// whether it was held back in each.
func hostile(t *testing.T, c llmtest.Case) (runs int, held bool) {
	articles, err := c.Articles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	held = true
	try := func(name string, e bot.Answerer, byModel bool) {
		runs++
		b := bot.New(bot.Config{Searcher: bottest.NewSearcher(articles...), Engines: []bot.Answerer{e}})
		var sentences []bot.Sentence
		a, err := b.Ask(t.Context(), bot.Question{Text: c.Question, Thread: c.Thread}, func(s bot.Sentence) { sentences = append(sentences, s) })
		if err != nil {
			// That there is no answer is as good as a refusal, if it is said
			// in words of ours.
			a = bot.Answer{Reason: err.Error()}
		}
		for _, w := range c.Check(a, sentences, byModel, articles) {
			t.Errorf("%s: %s", name, w)
			held = false
		}
	}
	try("built-in", extract.Reader{}, false)
	if c.Script == nil {
		return runs, held
	}
	for _, way := range []struct {
		name   string
		script llmtest.Script
	}{{"schema", c.Script}, {"plain", llmtest.Plain(c.Script)}, {"whole", llmtest.Whole(c.Script)}} {
		server := serve(t, way.script)
		try(way.name, engine(t, server, new(apitest.Clock)), true)
		for _, w := range c.Sent(server.Requests()) {
			t.Errorf("%s: %s", way.name, w)
			held = false
		}
	}
	return runs, held
}
