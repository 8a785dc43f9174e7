package llm

import (
	"fmt"
	"strings"
	"testing"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/llm/llmtest"
	"dateline/corpus"
	"dateline/retrieval"
	"dateline/retrieval/openai/api/apitest"
)

// hitsOf are the passages of articles, in order.
func hitsOf(texts ...string) []retrieval.Hit {
	var hits []retrieval.Hit
	for i, text := range texts {
		a := bottest.Article(fmt.Sprintf("paper-%d.txt", i), fmt.Sprintf("Paper %d", i), "2025-11-26", text)
		for _, p := range corpus.Passages(a.Text, a.Sentences()) {
			hits = append(hits, retrieval.Hit{Article: a, Passage: p, Score: 1})
		}
	}
	return hits
}

func TestPack(t *testing.T) {
	const story = "The mayor of Sandrith opened the new bridge on Monday. It had cost 12 million crowns, the council said. "
	for _, tt := range []struct {
		name  string
		texts []string
		want  string // of each passage
	}{
		{"the same story five times", []string{story, story, story, story, story}, "1 " + story},
		{"with what one adds", []string{story, story + "Two ferries were sold."}, "1 " + story + "|2 Two ferries were sold."},
		{"another number", []string{story, "The mayor of Sandrith opened the new bridge on Monday. It had cost 13 million crowns, the council said."}, "1 " + story + "|2 The mayor of Sandrith opened the new bridge on Monday. It had cost 13 million crowns, the council said."},
		{"another day", []string{story, "The mayor of Sandrith opened the new bridge on Tuesday."}, "1 " + story + "|2 The mayor of Sandrith opened the new bridge on Tuesday."},
		{"a denial", []string{story, "The mayor of Sandrith never opened the new bridge on Monday."}, "1 " + story + "|2 The mayor of Sandrith never opened the new bridge on Monday."},
		{"no denial", []string{"The mayor did not open the bridge on Monday.", "The mayor did open the bridge on Monday."}, "1 The mayor did not open the bridge on Monday.|2 The mayor did open the bridge on Monday."},
		{"the other way round", []string{"The mayor of Sandrith thanked the mayor of Quillhaven warmly.", "The mayor of Quillhaven thanked the mayor of Sandrith warmly."}, "1 The mayor of Sandrith thanked the mayor of Quillhaven warmly.|2 The mayor of Quillhaven thanked the mayor of Sandrith warmly."},
		{"who she is", []string{"Ida Brekke opened the bridge.", "Ida Brekke opened the bridge. She thanked the builders."}, "1 Ida Brekke opened the bridge.|2 Ida Brekke opened the bridge. She thanked the builders."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, p := range pack(hitsOf(tt.texts...), 10_000) {
				got = append(got, fmt.Sprint(p.N, " ", p.Text))
			}
			if got := strings.Join(got, "|"); got != strings.ReplaceAll(strings.TrimSpace(tt.want), " |", "|") {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// A model with a window of 2,048 tokens gets the story once, the other article,
// and an answer; nothing that is asked of it is longer than its window.
func TestSmallWindow(t *testing.T) {
	var story strings.Builder
	for i := range 25 {
		fmt.Fprintf(&story, "Delegate number %d of the northern harbours spoke about plan %d at length. ", i, i)
	}
	texts := []string{story.String(), story.String(), story.String(), story.String(), story.String(), "Beekeeper Ines Calloway expects a good harvest of honey."}
	server := serve(t, llmtest.Truthful())
	c := new(apitest.Clock)
	e := New(Config{BaseURL: server.BaseURL(), Model: "scripted", Window: 2048, Now: c.Now, Sleep: c.Sleep})
	thread := []bot.Exchange{{Question: strings.Repeat("What about honey? ", 100), Answer: strings.Repeat("It is said. ", 100)}}
	for _, q := range []bot.Question{{Text: "Who expects a good harvest of honey?"}, {Text: "Who expects honey?", Thread: thread}} {
		d, err := e.Draft(t.Context(), q, hitsOf(texts...), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Claims) != 1 || !strings.Contains(d.Claims[0].Text, "Calloway") {
			t.Errorf("got %+v, want the beekeeper", d.Claims)
		}
	}
	if _, err := e.Repair(t.Context(), bot.Question{Text: "Who expects honey?"}, hitsOf(texts...), []bot.Failed{failing(strings.Repeat("No. ", 300), "", strings.Repeat("it cites nothing; ", 50))}); err != nil {
		t.Error(err)
	}
	if _, _, err := e.Rewrite(t.Context(), append(thread, thread...), "and why?"); err != nil {
		t.Error(err)
	}
	if _, _, err := e.Judge(t.Context(), "Delegates spoke.", []bot.Quote{{Article: hitsOf(texts...)[0].Article, Span: corpus.Span{End: 300}}}); err != nil {
		t.Error(err)
	}
	for _, r := range server.Requests() {
		if n := tokens(r.System) + tokens(r.User) + 2*perMessage + r.Most; n > 2048 {
			t.Errorf("%s takes %d tokens, want 2048 at most", r.Task, n)
		}
	}
}
