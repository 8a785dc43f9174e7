package llm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/llm/llmtest"
	"dateline/retrieval/openai/api"
	"dateline/retrieval/openai/api/apitest"
)

func serve(t *testing.T, s llmtest.Script) *llmtest.Server {
	t.Helper()
	server := llmtest.New(s)
	t.Cleanup(server.Close)
	return server
}

func engine(t *testing.T, server *llmtest.Server, c *apitest.Clock) *Engine {
	t.Helper()
	return New(Config{BaseURL: server.BaseURL(), Key: "sk-secret-key", Model: "scripted", Now: c.Now, Sleep: c.Sleep, Jitter: func() float64 { return 0.5 }})
}

func ask(t *testing.T, e bot.Answerer, question string) (bot.Answer, error) {
	t.Helper()
	b := bot.New(bot.Config{Searcher: bottest.NewSearcher(bottest.Articles()...), Engines: []bot.Answerer{e}})
	return b.Ask(t.Context(), bot.Question{Text: question}, nil)
}

const question = "Who confirmed the visit to Sandrith?"

func TestConformance(t *testing.T) {
	for name, wrap := range map[string]func(llmtest.Script) llmtest.Script{
		"schema": func(s llmtest.Script) llmtest.Script { return s },
		"plain":  llmtest.Plain,
		"whole":  llmtest.Whole,
	} {
		t.Run(name, func(t *testing.T) {
			bottest.Answerer(t, engine(t, serve(t, wrap(llmtest.Truthful())), new(apitest.Clock)))
		})
	}
}

func TestAnswers(t *testing.T) {
	const lifted = "The envoy’s adviser, Marta Velling, confirmed on Wednesday that 19 delegates would visit Sandrith next week. [1]"
	busy := func(n int, seconds string) llmtest.Script {
		return llmtest.First(slices.Repeat([]llmtest.Reply{llmtest.Busy(seconds)}, n), llmtest.Truthful())
	}
	for _, tt := range []struct {
		name   string
		script llmtest.Script
		want   string // part of the answer, or of the reason for none
		asked  int
		slept  string
	}{
		{"truth", llmtest.Truthful(), "Velling", 1, "[]"},
		{"no schema", llmtest.Plain(llmtest.Truthful()), "Velling", 2, "[]"},
		{"no stream", llmtest.Whole(llmtest.Truthful()), "Velling", 1, "[]"},
		{"busy", busy(1, ""), "Velling", 2, "[375ms]"},
		{"busy twice", busy(2, ""), "Velling", 3, "[375ms 750ms]"},
		{"says how long", busy(1, "7"), "Velling", 2, "[7s]"},
		{"broken first", llmtest.First([]llmtest.Reply{llmtest.Broken()}, llmtest.Truthful()), "Velling", 2, "[375ms]"},
		{"empty first", llmtest.First([]llmtest.Reply{{}}, llmtest.Truthful()), "Velling", 2, "[375ms]"},
		{"dropped first", func(r llmtest.Request) llmtest.Reply {
			if r.N == 0 {
				return llmtest.Dropped(llmtest.Truthful())(r)
			}
			return llmtest.Truthful()(r)
		}, "Velling", 2, "[375ms]"},
		{"thinks", llmtest.Thinking("Macron confirmed it. [1]", llmtest.Truthful()), "Velling", 1, "[]"},
		{"thinks in a block that the template began", llmtest.Saying("Perhaps Macron.\n</think>\n" + lifted), "Velling", 1, "[]"},
		{"fenced", func(r llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Text: "```json\n" + llmtest.Truthful()(r).Text + "\n```"}
		}, "Velling", 1, "[]"},
		{"text though asked for a schema", llmtest.Saying(lifted), "Velling", 1, "[]"},
		{"object though asked for text", llmtest.Plain(func(r llmtest.Request) llmtest.Reply {
			r.Schema = true
			return llmtest.Truthful()(r)
		}), "Velling", 2, "[]"},
		{"Markdown", llmtest.Saying("**Answer:**\n- **" + strings.Replace(lifted, " [1]", "** [1].", 1)), "Velling", 1, "[]"},
		{"broken JSON after a sentence", func(r llmtest.Request) llmtest.Reply {
			text := llmtest.Truthful()(r).Text
			return llmtest.Reply{Text: text[:strings.Index(text, "]}")+2] + `, {"text": "and th`}
		}, "Velling", 1, "[]"},
		{"older and newer names", func(r llmtest.Request) llmtest.Reply {
			if r.N == 0 {
				return llmtest.Reply{Status: 400, Text: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."}
			}
			return llmtest.Truthful()(r)
		}, "Velling", 2, "[]"},
		{"smaller than thought", func(r llmtest.Request) llmtest.Reply {
			if r.Most > 1024 {
				return llmtest.Reply{Status: 400, Text: "This model's maximum context length is 4096 tokens."}
			}
			return llmtest.Truthful()(r)
		}, "Velling", 2, "[]"},
		{"no answer", llmtest.Saying("NO ANSWER"), "No answer was found in the articles.", 1, "[]"},
		{"no answer in an object", func(r llmtest.Request) llmtest.Reply { return llmtest.Reply{Text: llmtest.Answer(r, "")} }, "No answer was found in the articles.", 1, "[]"},
		{"sorry", llmtest.Saying("I’m sorry, but the passages do not say that."), "No answer was found in the articles.", 1, "[]"},
		{"declines", func(llmtest.Request) llmtest.Reply { return llmtest.Reply{Declined: "I cannot help with that."} }, "The model declined to answer.", 1, "[]"},
		{"filtered", func(llmtest.Request) llmtest.Reply { return llmtest.Reply{Finish: "content_filter"} }, "A filter of the model server stopped the answer.", 1, "[]"},
		{"declines in prose", llmtest.Saying("I’m sorry, but I can’t help with that."), "The model declined to answer.", 1, "[]"},
		{"declines as what it is", llmtest.Saying("As an AI language model, I cannot assist with this request."), "The model declined to answer.", 1, "[]"},
		{"cannot answer from the passages", llmtest.Saying("Sorry, I cannot answer that from the passages."), "No answer was found in the articles.", 1, "[]"},
		{"broken JSON", llmtest.Saying(`{"sentences": [{"text": "Macron `), "wrote nothing that can be read as an answer: choose another model", 1, ""},
		{"other JSON", llmtest.Saying(`{"Macron": 1}`), "wrote nothing that can be read as an answer", 1, ""},
		{"nothing but a fence", llmtest.Saying("```"), "wrote nothing that can be read as an answer", 1, ""},
		{"broken UTF-8", llmtest.Saying("Velling confirmed it \xff\xfe. [1]"), "", 2, "[]"},
		{"no marks", llmtest.Saying("Velling confirmed it."), "it cites nothing", 2, "[]"},
		{"passage not given", llmtest.Saying("Velling confirmed it. [77]"), "it cites passage 77, which was not among the passages", 2, "[]"},
		{"endless words", llmtest.Endless("visit "), "it cites nothing", 2, "[]"},
		{"endless sentences", llmtest.Endless("Macron confirmed it. [1]\n"), "the name Macron", 2, "[]"},
		{"endless objects", llmtest.Endless(`{"sentences":[`), "wrote nothing that can be read as an answer", 1, ""},
		{"endless thinking", llmtest.Endless("<think>visit "), "had no room left for an answer, most likely for thinking", 2, ""},
		{"thinks for longer than there is room", func(r llmtest.Request) llmtest.Reply {
			if r.Most <= mostAnswer {
				return llmtest.Reply{Text: "<think>visit ", Finish: "length"}
			}
			return llmtest.Truthful()(r)
		}, "Velling", 2, "[]"},
		{"thinks beside the answer", func(r llmtest.Request) llmtest.Reply {
			reply := llmtest.Truthful()(r)
			reply.Reasoning = "Macron confirmed it. [1]"
			return reply
		}, "Velling", 1, "[]"},
		{"filtered by an error", llmtest.Refusing(400, "The response was filtered (content_filter)"), "A filter of the model server stopped the answer.", 1, "[]"},
		{"counts no tokens", func(r llmtest.Request) llmtest.Reply {
			if r.Usage {
				return llmtest.Reply{Status: 400, Text: "Unrecognized request argument supplied: stream_options"}
			}
			return llmtest.Truthful()(r)
		}, "Velling", 2, "[]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server, c := serve(t, tt.script), new(apitest.Clock)
			a, err := ask(t, engine(t, server, c), question)
			if tt.slept == "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got %q, error %v, want %q", a.Text, err, tt.want)
				}
				if got := len(server.Requests()); got != tt.asked {
					t.Errorf("asked %d times, want %d", got, tt.asked)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := a.Text + a.Reason; !strings.Contains(got, tt.want) || strings.Contains(a.Text, "Macron") {
				t.Errorf("got %q, dropped %v, want %q", got, a.Dropped, tt.want)
			}
			if got := len(server.Requests()); got != tt.asked {
				t.Errorf("asked %d times, want %d", got, tt.asked)
			}
			if got := fmt.Sprint(c.Slept); got != tt.slept {
				t.Errorf("slept %s, want %s", got, tt.slept)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	closed := llmtest.New(llmtest.Truthful())
	closed.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := serve(t, llmtest.Truthful())
	for _, tt := range []struct {
		name   string
		script llmtest.Script
		config Config
		want   string
	}{
		{"wrong key", llmtest.Refusing(401, "Incorrect API key provided: sk-secret-key"), Config{}, "refuses the key (401): check OPENAI_API_KEY"},
		{"no key", llmtest.Refusing(401, "You didn't provide an API key"), Config{Key: "none"}, "asks for a key: set OPENAI_API_KEY"},
		{"web page", llmtest.Page(), Config{}, "answers with a web page: check OPENAI_BASE_URL"},
		{"web page, not found", func(llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Status: 404, Raw: "<html>404</html>", Type: "text/html"}
		}, Config{}, "has no chat completions (404): check OPENAI_BASE_URL"},
		{"unknown model", llmtest.Refusing(404, "model 'scripted' not found"), Config{}, `does not know model "scripted": check OPENAI_MODEL`},
		{"context exceeded", llmtest.Refusing(400, "the request exceeds the available context size"), Config{}, "set OPENAI_CONTEXT_WINDOW"},
		{"unknown deployment", llmtest.Refusing(404, "The API deployment for this resource does not exist."), Config{}, `does not know model "scripted": check OPENAI_MODEL`},
		{"model not allowed", llmtest.Refusing(403, "Project does not have access to model scripted"), Config{}, `does not let this key use model "scripted": check OPENAI_MODEL`},
		{"about a model that is known", llmtest.Refusing(400, "This model does not support system messages."), Config{}, "refuses the request (400: This model does not support system messages.): check OPENAI_MODEL"},
		{"wrong path", llmtest.Refusing(404, "Not Found"), Config{}, "has no chat completions (404): check OPENAI_BASE_URL, most end in /v1, and OPENAI_MODEL"},
		{"loading", llmtest.Refusing(503, "Loading model"), Config{}, "is still loading its model: try again in a minute"},
		{"context exceeded, llama.cpp", llmtest.Refusing(400, "request (9412 tokens) exceeds the available context size (512 tokens), try increasing it"), Config{}, "set OPENAI_CONTEXT_WINDOW"},
		{"context exceeded, llama.cpp batch", llmtest.Refusing(500, "input is too large to process. increase the physical batch size"), Config{}, "set OPENAI_CONTEXT_WINDOW"},
		{"context exceeded, vLLM", llmtest.Refusing(400, "You passed 1015 input tokens and requested 10 output tokens. However, the model's context length is only 512 tokens"), Config{}, "set OPENAI_CONTEXT_WINDOW"},
		{"context exceeded, older vLLM", llmtest.Refusing(400, "max_tokens must be at least 1, got -186."), Config{}, "set OPENAI_CONTEXT_WINDOW"},
		{"error in a stream", func(llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Raw: "data: {\"error\":{\"message\":\"Insufficient credits\",\"code\":402}}\n\ndata: [DONE]\n\n", Type: "text/event-stream"}
		}, Config{}, "is used up: add credit there"},
		{"error with 200", func(llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Raw: `{"error":{"message":"model not found","code":404}}`, Type: "application/json"}
		}, Config{}, `does not know model "scripted"`},
		{"error that is a word", func(llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Status: 401, Raw: `{"error":"Unauthorized sk-secret-key"}`, Type: "application/json"}
		}, Config{}, "refuses the key (401)"},
		{"refuses every name", func(r llmtest.Request) llmtest.Reply {
			if r.N%2 == 0 {
				return llmtest.Reply{Status: 400, Text: "unknown field max_tokens"}
			}
			return llmtest.Reply{Status: 400, Text: "unknown field max_completion_tokens"}
		}, Config{}, "answers with something else than chat completions"},
		{"quota", llmtest.Refusing(429, "You exceeded your current quota, please check your plan and billing details."), Config{}, "is used up: add credit there"},
		{"busy for long", func(llmtest.Request) llmtest.Reply { return llmtest.Busy("3600") }, Config{}, "gets too many requests: try again in 1h"},
		{"busy", func(llmtest.Request) llmtest.Reply { return llmtest.Busy("") }, Config{}, "gets too many requests: try again in a minute"},
		{"broken", llmtest.Refusing(500, "oh dear sk-secret-key"), Config{}, "is in trouble (500)"},
		{"refused request", llmtest.Refusing(418, "a teapot with sk-secret-key"), Config{}, "refuses the request (418: a teapot with …"},
		{"empty", llmtest.Saying(""), Config{}, `model "scripted" answered with nothing`},
		{"dropped", llmtest.Dropped(llmtest.Truthful()), Config{}, "broke off in the middle of an answer"},
		{"other JSON", func(llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Raw: `{"hello": "world"}`, Type: "application/json"}
		}, Config{}, "answers with something else than chat completions"},
		{"endless line", func(llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Raw: "data: " + strings.Repeat("x", api.MostResponse+1), Type: "text/event-stream"}
		}, Config{}, "sends without end"},
		{"moved", func(llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Raw: "moved", Type: "text/plain", Status: 302, Header: map[string]string{"Location": "https://elsewhere.example/v1?token=1"}}
		}, Config{}, "redirects to https://elsewhere.example, where the key is not taken"},
		{"nobody there", nil, Config{BaseURL: closed.BaseURL()}, "nothing answers at http://127.0.0.1"},
		{"untrusted certificate", nil, Config{BaseURL: secure.URL}, "is not trusted"},
		{"no TLS", nil, Config{BaseURL: "https" + strings.TrimPrefix(plain.BaseURL(), "http")}, "does not speak TLS: write http instead of https"},
		{"no address", nil, Config{BaseURL: "localhost:11434"}, "OPENAI_BASE_URL is not an address"},
		{"password in the address", nil, Config{BaseURL: strings.Replace(closed.BaseURL(), "://", "://user:sk-secret-key@", 1)}, "nothing answers at http://127.0.0.1"},
		{"timeout", llmtest.Truthful(), Config{Timeout: time.Nanosecond}, "did not finish within 1ns"},
		{"tiny window", llmtest.Truthful(), Config{Window: 300}, "has no room for a single passage: raise OPENAI_CONTEXT_WINDOW"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var logged bytes.Buffer
			c, cl := tt.config, new(apitest.Clock)
			if tt.script != nil {
				c.BaseURL = serve(t, tt.script).BaseURL()
			}
			switch c.Key {
			case "":
				c.Key = "sk-secret-key"
			case "none":
				c.Key = ""
			}
			c.Model, c.Now, c.Sleep = "scripted", cl.Now, cl.Sleep
			c.Log = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
			_, err := ask(t, New(c), question)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got error %v, want %q", err, tt.want)
			}
			if got := err.Error() + logged.String(); strings.Contains(got, "sk-secret") || strings.Contains(got, "\n\n") {
				t.Errorf("the key is in %q", got)
			}
		})
	}
}

// A server that fails again and again is left alone, and tried once after.
func TestBreaker(t *testing.T) {
	well, strange := false, false
	server := serve(t, func(r llmtest.Request) llmtest.Reply {
		switch {
		case strange:
			return llmtest.Reply{Status: 401, Text: "who are you?"}
		case well:
			return llmtest.Truthful()(r)
		}
		return llmtest.Broken()
	})
	c := new(apitest.Clock)
	e := New(Config{BaseURL: server.BaseURL(), Model: "scripted", Retries: -1, Now: c.Now, Sleep: c.Sleep})
	for i := range api.BreakAfter + 2 {
		_, err := ask(t, e, question)
		if want := map[bool]string{false: "is in trouble (500)", true: "left alone for another 30s"}[i >= api.BreakAfter]; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("question %d: got error %v, want %q", i, err, want)
		}
	}
	if got := len(server.Requests()); got != api.BreakAfter {
		t.Errorf("asked %d times, want %d", got, api.BreakAfter)
	}
	// One that answers, if only with what is wrong, is there again.
	well, strange = true, true
	c.Time = c.Time.Add(api.BreakFor)
	for range 2 {
		if _, err := ask(t, e, question); err == nil || !strings.Contains(err.Error(), "asks for a key") {
			t.Errorf("after a while: got error %v, want one about the key", err)
		}
	}
	strange = false
	for range 2 {
		if a, err := ask(t, e, question); err != nil || !a.Answered {
			t.Errorf("after a while: got %q, error %v, want an answer", a.Text, err)
		}
	}
}

// The first sentence is shown before the last is written.
func TestStreams(t *testing.T) {
	shown := make(chan struct{})
	const first = "Beekeeper Ines Calloway expects a good harvest of honey. [1]\n"
	const last = "Lower Marrow counts 41 beehives on public roofs. [1]\n"
	server := serve(t, func(llmtest.Request) llmtest.Reply {
		return llmtest.Reply{Pieces: []string{first, "Lower", last[5:]}, Before: func(piece int) {
			if piece == 2 {
				<-shown
			}
		}}
	})
	b := bot.New(bot.Config{Searcher: bottest.NewSearcher(bottest.Articles()...), Engines: []bot.Answerer{engine(t, server, new(apitest.Clock))}})
	n := 0
	a, err := b.Ask(t.Context(), bot.Question{Text: "What about honey and beehives?"}, func(bot.Sentence) {
		if n++; n == 1 {
			close(shown)
		}
	})
	if err != nil || n != 2 || !strings.Contains(a.Text, "41 beehives") {
		t.Errorf("got %d sentences, %q, error %v, want both", n, a.Text, err)
	}
}

// What was shown stays, and is said to be cut short.
func TestBreaksOff(t *testing.T) {
	server := serve(t, func(llmtest.Request) llmtest.Reply {
		return llmtest.Reply{Text: "Beekeeper Ines Calloway expects a good harvest of honey. [1]\nLower Marrow cou", Drop: true}
	})
	a, err := ask(t, engine(t, server, new(apitest.Clock)), "What about honey?")
	if err != nil || strings.Count(a.Text, "Calloway") != 1 || a.Note != "The model server broke off, so the answer may not be complete." {
		t.Errorf("got %q, note %q, error %v; want one sentence, and that it may not be all", a.Text, a.Note, err)
	}
	if got := len(server.Requests()); got != 3 {
		t.Errorf("asked %d times, want 3", got)
	}
}

// A server that hangs is not waited for.
func TestSilence(t *testing.T) {
	const first = "Beekeeper Ines Calloway expects a good harvest of honey. [1]\n"
	for _, tt := range []struct {
		name, model string
		silence     time.Duration
		hangs       int // the piece before which the server hangs; none if it is less than 0
		thinks      bool
		want        string // in the answer or the error
		note        string
	}{
		{"before the first word", "scripted", time.Nanosecond, 0, false, "sent nothing for 1ns: see whether it is stuck, or set OPENAI_SILENCE", ""},
		{"between two", "scripted", 4 * time.Second, 1, false, "Calloway expects a good harvest", "The model server broke off, so the answer may not be complete."},
		{"after it thought", "scripted", 4 * time.Second, 0, true, "sent nothing for 4s", ""},
		{"it thinks unseen", "o3-scripted", time.Nanosecond, -1, false, "Calloway expects a good harvest", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			gone := make(chan struct{})
			server := serve(t, func(llmtest.Request) llmtest.Reply {
				r := llmtest.Reply{Pieces: []string{first, "Lower"}, Before: func(piece int) {
					if piece == tt.hangs {
						<-gone
					}
				}}
				if tt.thinks {
					r.Reasoning = "Let me see."
				}
				return r
			})
			defer close(gone)
			cl := new(apitest.Clock)
			e := New(Config{BaseURL: server.BaseURL(), Model: tt.model, Silence: tt.silence, Now: cl.Now, Sleep: cl.Sleep})
			a, err := ask(t, e, "What about honey?")
			if got := fmt.Sprint(a.Text, err); !strings.Contains(got, tt.want) || a.Note != tt.note {
				t.Errorf("got %q, note %q; want %q, note %q", got, a.Note, tt.want, tt.note)
			}
			if tt.hangs < 0 && err == nil {
				return
			}
			// Others do not wait for it again, until a while has passed.
			_, err = ask(t, e, "What about honey?")
			if want := "sent nothing to the last request and is left alone for another 30s"; err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the next question: got error %v, want %q", err, want)
			}
			if got := len(server.Requests()); got > 1 {
				t.Errorf("asked %d times, want once", got)
			}
		})
	}
}

// What a server can do is found out once.
func TestRemembers(t *testing.T) {
	server := serve(t, llmtest.Plain(llmtest.Truthful()))
	e := engine(t, server, new(apitest.Clock))
	for range 3 {
		if _, err := ask(t, e, question); err != nil {
			t.Fatal(err)
		}
	}
	var schemas []bool
	for _, r := range server.Requests() {
		schemas = append(schemas, r.Schema)
	}
	if want := []bool{true, false, false, false}; !slices.Equal(schemas, want) {
		t.Errorf("asked for a schema %v, want %v", schemas, want)
	}
}

func TestAtOnce(t *testing.T) {
	var mu sync.Mutex
	under, most := 0, 0
	both := make(chan struct{})
	server := serve(t, func(r llmtest.Request) llmtest.Reply {
		mu.Lock()
		under++
		if under > most {
			if most = under; most == 2 {
				close(both)
			}
		}
		mu.Unlock()
		<-both // two are let in, or the test never ends
		mu.Lock()
		under--
		mu.Unlock()
		return llmtest.Truthful()(r)
	})
	e := New(Config{BaseURL: server.BaseURL(), Model: "scripted", AtOnce: 2})
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if _, err := ask(t, e, question); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most != 2 {
		t.Errorf("%d requests at once, want 2", most)
	}
}

func TestAzure(t *testing.T) {
	server := serve(t, llmtest.Truthful())
	e := New(Config{BaseURL: server.URL + "?api-version=2024-10-21", Key: "azure-key", Model: "my-deployment"})
	if _, err := ask(t, e, question); err != nil {
		t.Fatal(err)
	}
	r := server.Requests()[0]
	if got, want := r.Path+"?"+r.Query, "/openai/deployments/my-deployment/chat/completions?api-version=2024-10-21"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
	if r.Header.Get("Api-Key") != "azure-key" || r.Header.Get("Authorization") != "" {
		t.Errorf("key in %v, want it in api-key alone", r.Header)
	}
}

func TestCheck(t *testing.T) {
	server := serve(t, llmtest.Plain(llmtest.Saying("ok")))
	c, err := engine(t, server, new(apitest.Clock)).Check(t.Context())
	if err != nil || c.TokensIn == 0 || c.TokensOut == 0 || c.Schema || !c.Streams {
		t.Errorf("got %+v, error %v", c, err)
	}
	// A schema that is an internal error is left out without a second question.
	server = serve(t, func(r llmtest.Request) llmtest.Reply {
		if r.Schema {
			return llmtest.Broken()
		}
		return llmtest.Reply{Text: "ok"}
	})
	if c, err := engine(t, server, new(apitest.Clock)).Check(t.Context()); err != nil || c.Schema || len(server.Requests()) != 2 {
		t.Errorf("with a schema that breaks the server: got %+v, error %v after %d requests, want 2", c, err, len(server.Requests()))
	}
	var f *api.Failure
	if _, err = engine(t, serve(t, llmtest.Refusing(401, "")), new(apitest.Clock)).Check(t.Context()); !errors.As(err, &f) {
		t.Errorf("with a wrong key: error %v, want a Failure", err)
	}
	if c, err = engine(t, serve(t, llmtest.Saying("")), new(apitest.Clock)).Check(t.Context()); err == nil || !strings.Contains(err.Error(), "answered with nothing") {
		t.Errorf("with an empty answer: got %+v, error %v, want one that says so", c, err)
	}
}
