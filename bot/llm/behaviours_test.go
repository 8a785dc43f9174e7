package llm

import (
	"fmt"
	"strings"
	"testing"

	"dateline/bot/llm/llmtest"
	"dateline/retrieval/openai/api/apitest"
)

// Whatever a server makes of the protocol, its answer arrives or what is wrong
// is named, and what it takes to ask it is found out once.
func TestBehaviours(t *testing.T) {
	all := llmtest.Behaviours()
	seen := make(map[string]bool)
	for _, b := range all {
		if seen[b.Name] {
			t.Errorf("%s: there are two", b.Name)
		}
		seen[b.Name] = true
		t.Run(b.Name, func(t *testing.T) {
			t.Parallel()
			server, c := serve(t, b.Script), new(apitest.Clock)
			config := Config{BaseURL: server.BaseURL(), Key: "sk-secret-key", Model: "scripted", Now: c.Now, Sleep: c.Sleep, Jitter: func() float64 { return 0.5 }}
			if b.Path != "" {
				config.BaseURL = server.URL + b.Path
			}
			if b.Key != "" {
				config.Key = b.Key
			}
			e := New(config)
			for again := range 2 {
				before := len(server.Requests())
				a, err := ask(t, e, question)
				said := a.Note
				switch {
				case err != nil:
					said = err.Error()
				case !a.Answered:
					said = a.Reason
				}
				if got, want := strings.Contains(a.Text, "Velling"), b.Answers || b.Says == ""; got != want {
					t.Fatalf("got %q, %q, error %v, want an answer: %t", a.Text, a.Reason, err, want)
				}
				if b.Says == "" && said != "" || !strings.Contains(said, b.Says) {
					t.Fatalf("got %q, want %q", said, b.Says)
				}
				if strings.Contains(fmt.Sprint(a, err), "sk-secret") {
					t.Errorf("the key is in %+v, error %v", a, err)
				}
				if got := len(server.Requests()) - before; again == 1 && err == nil && got > b.Again {
					t.Errorf("asked %d times for the second question, want %d: what the server can do was not remembered", got, b.Again)
				}
			}
		})
	}
	if len(all) < 100 {
		t.Errorf("%d behaviours, want 100 at least", len(all))
	}
}
