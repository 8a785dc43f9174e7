package openai_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dateline/retrieval/openai"
	"dateline/retrieval/openai/api"
	"dateline/retrieval/openai/api/apitest"
	"dateline/retrieval/openai/openaitest"
	"dateline/retrieval/retrievaltest"
)

func serve(t testing.TB, s openaitest.Script) *openaitest.Server {
	t.Helper()
	server := openaitest.New(s)
	t.Cleanup(server.Close)
	return server
}

// config is of a client that waits for nothing, and knows that vectors have
// eight numbers.
func config(server *openaitest.Server) openai.Config {
	c := new(apitest.Clock)
	return openai.Config{BaseURL: server.BaseURL(), Key: "sk-secret-key", Model: "scripted", Dims: 8, Now: c.Now, Sleep: c.Sleep, Jitter: func() float64 { return 0.5 }}
}

func open(t testing.TB, c openai.Config) *openai.Embedder {
	t.Helper()
	e, err := openai.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// sentences are n different texts.
func sentences(n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("The mayor of town %d counted %d bridges.", i, 3*i)
	}
	return texts
}

// same fails unless vectors are those of texts.
func same(t *testing.T, vs [][]float32, texts []string) {
	t.Helper()
	if len(vs) != len(texts) {
		t.Fatalf("got %d vectors, want %d", len(vs), len(texts))
	}
	for i, text := range texts {
		want := openaitest.Vector(text, len(vs[i]))
		var dot, a, b float64
		for j := range want {
			dot += float64(want[j]) * float64(vs[i][j])
			a += float64(want[j]) * float64(want[j])
			b += float64(vs[i][j]) * float64(vs[i][j])
		}
		if dot/math.Sqrt(a) < 0.9999 || math.Abs(b-1) > 1e-4 {
			t.Fatalf("text %d: got cosine %.4f and length %.4f, want 1 and 1", i, dot/math.Sqrt(a), math.Sqrt(b))
		}
	}
}

func TestConformance(t *testing.T) {
	for name, script := range map[string]openaitest.Script{
		"base64":   openaitest.Truthful(64),
		"float":    openaitest.Spoiled(openaitest.Truthful(64), func(_ openaitest.Request, r *openaitest.Reply) { r.Float = true }),
		"shuffled": openaitest.Shuffled(openaitest.Truthful(64)),
		"narrow":   openaitest.AtMost(3, openaitest.Narrow(500, openaitest.Truthful(64))),
	} {
		t.Run(name, func(t *testing.T) {
			c := config(serve(t, script))
			c.Dims = 0
			retrievaltest.Embedder(t, open(t, c))
			c.Dir = t.TempDir()
			retrievaltest.Embedder(t, open(t, c))
		})
	}
}

func TestEmbed(t *testing.T) {
	truthful := openaitest.Truthful(8)
	floats := openaitest.Spoiled(truthful, func(_ openaitest.Request, r *openaitest.Reply) { r.Float = true })
	for _, tt := range []struct {
		name   string
		script openaitest.Script
		config func(*openai.Config)
		texts  int
		asked  int // requests
		slept  string
	}{
		{"one request", truthful, nil, 64, 1, "[]"},
		{"two requests", truthful, nil, 65, 2, "[]"},
		{"by tokens", truthful, func(c *openai.Config) { c.Tokens = 30 }, 10, 4, "[]"},
		{"by texts", truthful, func(c *openai.Config) { c.Texts = 3 }, 10, 4, "[]"},
		{"shuffled", openaitest.Shuffled(truthful), nil, 20, 1, "[]"},
		{"numbers though asked for base64", floats, nil, 5, 1, "[]"},
		{"does not know base64", func(r openaitest.Request) openaitest.Reply {
			if r.Base64 {
				return openaitest.Reply{Status: 400, Text: "unknown encoding_format"}
			}
			return truthful(r)
		}, nil, 5, 2, "[]"},
		{"cannot choose the length", func(r openaitest.Request) openaitest.Reply {
			if r.Dims != 0 {
				return openaitest.Reply{Status: 400, Text: "Model does not support matryoshka representation, changing output dimensions will lead to poor results."}
			}
			return truthful(r)
		}, nil, 5, 2, "[]"},
		{"busy", openaitest.First([]openaitest.Reply{openaitest.Busy("")}, truthful), nil, 5, 2, "[375ms]"},
		{"says how long", openaitest.First([]openaitest.Reply{openaitest.Busy("60")}, truthful), nil, 5, 2, "[1m0s]"},
		{"broken twice", openaitest.First([]openaitest.Reply{{Status: 500, Text: "oh dear"}, {Status: 503}}, truthful), nil, 5, 3, "[375ms 750ms]"},
		{"dropped", openaitest.First([]openaitest.Reply{{Drop: true, Data: []openaitest.Embedding{{Vector: []float32{1, 2}}}}}, truthful), nil, 5, 2, "[375ms]"},
		{"batch too large", openaitest.AtMost(5, truthful), nil, 20, 1 + 2 + 4, "[]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := serve(t, tt.script)
			c, cl := config(server), new(apitest.Clock)
			c.Now, c.Sleep = cl.Now, cl.Sleep
			if tt.config != nil {
				tt.config(&c)
			}
			texts := sentences(tt.texts)
			vs, err := open(t, c).Embed(t.Context(), texts)
			if err != nil {
				t.Fatal(err)
			}
			same(t, vs, texts)
			if got := len(server.Requests()); got != tt.asked {
				t.Errorf("asked %d times, want %d", got, tt.asked)
			}
			if got := fmt.Sprint(cl.Slept); got != tt.slept {
				t.Errorf("slept %s, want %s", got, tt.slept)
			}
		})
	}
}

// Whatever a server makes of the protocol, its vectors arrive or what is wrong
// is named, and what it takes to ask it is found out once.
func TestBehaviours(t *testing.T) {
	for _, b := range openaitest.Behaviours() {
		t.Run(b.Name, func(t *testing.T) {
			t.Parallel()
			for _, n := range []int{1, 5} {
				if n == 1 && strings.Contains(b.Says, "no vector") {
					continue // one is none
				}
				server := serve(t, b.Script)
				e, err := openai.Open(t.Context(), config(server))
				if err != nil {
					t.Fatal(err)
				}
				texts := sentences(n)
				vs, err := e.Embed(t.Context(), texts)
				if b.Says != "" {
					if err == nil || !strings.Contains(err.Error(), b.Says) {
						t.Fatalf("%d texts: got error %v, want %q", n, err, b.Says)
					}
					continue
				}
				if err != nil {
					t.Fatalf("%d texts: %v", n, err)
				}
				same(t, vs, texts)
				before := len(server.Requests())
				if _, err := e.Embed(t.Context(), []string{"The mayor of Sandrith opened the bridge."}); err != nil {
					t.Fatal(err)
				}
				if got := len(server.Requests()) - before; got != 1 {
					t.Errorf("%d texts: asked %d times for the next one, want once: what the server can do was not remembered", n, got)
				}
			}
		})
	}
}

func TestErrors(t *testing.T) {
	truthful := openaitest.Truthful(8)
	closed := openaitest.New(truthful)
	closed.Close()
	spoiled := func(f func(r *openaitest.Reply)) openaitest.Script {
		return openaitest.Spoiled(truthful, func(_ openaitest.Request, r *openaitest.Reply) { f(r) })
	}
	for _, tt := range []struct {
		name   string
		script openaitest.Script
		config openai.Config
		want   string
	}{
		{"wrong key", openaitest.Refusing(401, "Incorrect API key provided: sk-secret-key"), openai.Config{}, "refuses the key (401): check OPENAI_API_KEY"},
		{"wrong key of its own", openaitest.Refusing(401, ""), openai.Config{KeySetting: "OPENAI_EMBEDDING_API_KEY"}, "check OPENAI_EMBEDDING_API_KEY"},
		{"no embeddings", openaitest.Refusing(404, "nothing here"), openai.Config{}, "has no embeddings (404): check OPENAI_BASE_URL"},
		{"no embeddings at its own address", openaitest.Refusing(404, "nothing here"), openai.Config{AddressSetting: "OPENAI_EMBEDDING_BASE_URL"}, "check OPENAI_EMBEDDING_BASE_URL"},
		{"unknown model", openaitest.Refusing(404, "model 'scripted' not found"), openai.Config{}, `does not know model "scripted": check OPENAI_EMBEDDING_MODEL`},
		{"quota", openaitest.Refusing(429, "You exceeded your current quota"), openai.Config{}, "is used up: add credit there"},
		{"busy", openaitest.Refusing(429, "slow down"), openai.Config{}, "gets too many requests"},
		{"broken", openaitest.Refusing(500, "sk-secret-key"), openai.Config{}, "is in trouble (500)"},
		{"nobody there", nil, openai.Config{BaseURL: closed.BaseURL()}, "nothing answers at http://127.0.0.1"},
		{"web page", func(openaitest.Request) openaitest.Reply {
			return openaitest.Reply{Raw: "<html>", Type: "text/html"}
		}, openai.Config{}, "answers with a web page: check OPENAI_BASE_URL"},
		{"other JSON", func(openaitest.Request) openaitest.Reply {
			return openaitest.Reply{Raw: `{"hello": "world"}`, Type: "application/json"}
		}, openai.Config{}, "answers with something else than embeddings"},
		{"endless", func(openaitest.Request) openaitest.Reply {
			return openaitest.Reply{Raw: `{"data": "` + strings.Repeat("x", api.MostResponse) + `"}`, Type: "application/json"}
		}, openai.Config{}, "sends without end"},
		{"one missing", spoiled(func(r *openaitest.Reply) { r.Data = r.Data[1:] }), openai.Config{}, "sent no vector for text 1 of 3"},
		{"one twice", spoiled(func(r *openaitest.Reply) { r.Data[2].Index = 1 }), openai.Config{}, "sent two vectors for one text (2 of 3)"},
		{"one too many", spoiled(func(r *openaitest.Reply) {
			r.Data = append(r.Data, openaitest.Embedding{Index: 3, Vector: r.Data[0].Vector})
		}), openai.Config{}, "sent a vector for text 4 of 3"},
		{"index below zero", spoiled(func(r *openaitest.Reply) { r.Data[0].Index = -1 }), openai.Config{}, "sent a vector for text 0 of 3"},
		{"shorter vectors", openaitest.Spoiled(truthful, func(_ openaitest.Request, r *openaitest.Reply) {
			for i := range r.Data {
				r.Data[i].Vector = r.Data[i].Vector[:4]
			}
		}), openai.Config{}, "makes vectors of 4 numbers, not of 8: correct OPENAI_EMBEDDING_DIMENSIONS"},
		{"one shorter vector", spoiled(func(r *openaitest.Reply) { r.Data[1].Vector = r.Data[1].Vector[:4] }), openai.Config{}, "makes vectors of 4 numbers, not of 8"},
		{"no numbers", spoiled(func(r *openaitest.Reply) { r.Data[1].Vector[3] = float32(math.NaN()) }), openai.Config{}, "holds no numbers (NaN or infinity)"},
		{"infinity", spoiled(func(r *openaitest.Reply) { r.Data[1].Vector[3] = float32(math.Inf(-1)) }), openai.Config{}, "holds no numbers (NaN or infinity)"},
		{"zeros", spoiled(func(r *openaitest.Reply) { clear(r.Data[1].Vector) }), openai.Config{}, "sent a vector of zeros"},
		{"reads nothing", openaitest.Narrow(0, truthful), openai.Config{}, "is too long for model"},
		{"timeout", truthful, openai.Config{Timeout: time.Nanosecond}, "did not finish within 1ns: try again, or choose a faster model in OPENAI_EMBEDDING_MODEL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var logged bytes.Buffer
			c := tt.config
			if tt.script != nil {
				c.BaseURL = serve(t, tt.script).BaseURL()
			}
			cl := new(apitest.Clock)
			c.Key, c.Model, c.Dims, c.Now, c.Sleep = "sk-secret-key", "scripted", 8, cl.Now, cl.Sleep
			c.Log = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
			_, err := open(t, c).Embed(t.Context(), sentences(3))
			var failure *api.Failure
			if !errors.As(err, &failure) || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got error %v, want %q", err, tt.want)
			}
			if got := err.Error() + logged.String(); strings.Contains(got, "sk-secret") {
				t.Errorf("the key is in %q", got)
			}
		})
	}
}

// A model that is not known yet is asked how long its vectors are; one that is,
// is not. Another length under the same name is an error.
func TestDims(t *testing.T) {
	server := serve(t, func(r openaitest.Request) openaitest.Reply {
		if r.N < 2 {
			return openaitest.Truthful(8)(r)
		}
		return openaitest.Truthful(16)(r)
	})
	c := config(server)
	c.Dims, c.Dir = 0, t.TempDir()
	e := open(t, c)
	if got, want := e.Model(), "scripted/8 at "+server.BaseURL(); e.Dims() != 8 || got != want {
		t.Errorf("got %q of %d numbers, want %q of 8", got, e.Dims(), want)
	}
	if _, err := e.Embed(t.Context(), sentences(1)); err != nil {
		t.Fatal(err)
	}
	e = open(t, c)
	if got := len(server.Requests()); got != 2 || e.Dims() != 8 {
		t.Errorf("asked %d times, %d numbers; want 2 and 8", got, e.Dims())
	}
	_, err := e.Embed(t.Context(), []string{"something new"})
	if want := "makes vectors of 16 numbers now, and of 8 before: if it is another model, set OPENAI_EMBEDDING_DIMENSIONS to 16"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want %q", err, want)
	}
	c.Dims = 16
	texts := sentences(1)
	vs, err := open(t, c).Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	same(t, vs, texts)
}

// What came before the server failed is returned, and asked for no more.
func TestPaidFor(t *testing.T) {
	for _, tt := range []struct {
		name   string
		script func(openaitest.Script) openaitest.Script
		texts  int // of the first request that fails, in order of texts
	}{
		{"in its own request", func(s openaitest.Script) openaitest.Script { return s }, 30},
		{"in halves", func(s openaitest.Script) openaitest.Script { return openaitest.AtMost(5, s) }, 20},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := serve(t, tt.script(func(r openaitest.Request) openaitest.Reply {
				if slices.Contains(r.Texts, sentences(tt.texts + 1)[tt.texts]) {
					return openaitest.Reply{Status: 401}
				}
				return openaitest.Truthful(8)(r)
			}))
			c := config(server)
			c.Texts, c.AtOnce = 10, 1
			vs, err := open(t, c).Embed(t.Context(), sentences(100))
			if err == nil || len(vs) != 100 {
				t.Fatalf("got %d vectors, error %v, want 100 and why not all were made", len(vs), err)
			}
			same(t, vs[:tt.texts], sentences(tt.texts))
			for i, v := range vs[tt.texts:] {
				if v != nil {
					t.Errorf("got a vector for text %d, whose request failed", tt.texts+i)
				}
			}
		})
	}
}

// Without a place for what is known about a model there are still vectors.
func TestNoPlace(t *testing.T) {
	server := serve(t, openaitest.Truthful(8))
	c, texts := config(server), sentences(20)
	c.Dir, c.Texts = filepath.Join(t.TempDir(), "file", "models"), 5
	if err := os.WriteFile(filepath.Dir(c.Dir), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var logged bytes.Buffer
	c.Log = slog.New(slog.NewTextHandler(&logged, nil))
	e := open(t, c)
	for range 2 {
		vs, err := e.Embed(t.Context(), texts)
		if err != nil {
			t.Fatal(err)
		}
		same(t, vs, texts)
	}
	if got := strings.Count(logged.String(), "is not kept"); got != 1 {
		t.Errorf("said %d times that what is known is not kept, want once:\n%s", got, &logged)
	}
}

// A text that is too long is shortened between words, once the limit is known
// at once, and counted.
func TestShortens(t *testing.T) {
	server := serve(t, openaitest.Narrow(100, openaitest.Truthful(8)))
	e := open(t, config(server))
	long := strings.Repeat("Quillhaven bridges ", 2000)
	texts := append(sentences(7), long)
	if _, err := e.Embed(t.Context(), texts); err != nil {
		t.Fatal(err)
	}
	if u := e.Usage(); u.Shortened != 1 || u.Texts != 8 {
		t.Errorf("got usage %+v, want one of eight shortened", u)
	}
	before := len(server.Requests())
	if _, err := e.Embed(t.Context(), []string{long + "again"}); err != nil {
		t.Fatal(err)
	}
	requests := server.Requests()
	last := requests[len(requests)-1].Texts[0]
	if len(requests) != before+1 || !strings.HasPrefix(long, last) || !strings.HasSuffix(last, "Quillhaven") && !strings.HasSuffix(last, "bridges") {
		t.Errorf("asked %d times, last for %q; want once, for whole words", len(requests)-before, last)
	}
}

// Queries are not kept, wait for less, and are asked for once.
func TestQueries(t *testing.T) {
	down := false
	server := serve(t, func(r openaitest.Request) openaitest.Reply {
		if down {
			return openaitest.Busy("60")
		}
		return openaitest.Truthful(8)(r)
	})
	cl := new(apitest.Clock)
	c := config(server)
	c.Sleep, c.Dir = cl.Sleep, t.TempDir()
	e := open(t, c)
	const query = "Who counted the bridges?"
	for range 3 {
		v, err := e.EmbedQuery(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		same(t, [][]float32{v}, []string{query})
	}
	if got := len(server.Requests()); got != 1 {
		t.Errorf("asked %d times, want 1", got)
	}
	if files, err := filepath.Glob(filepath.Join(c.Dir, "*")); err != nil || len(files) != 0 {
		t.Errorf("kept %v, error %v; want nothing", files, err)
	}
	down = true
	if _, err := e.EmbedQuery(t.Context(), "Who else?"); err == nil || len(cl.Slept) > 0 {
		t.Errorf("got error %v after %v, want one at once", err, cl.Slept)
	}
}

func TestAtOnce(t *testing.T) {
	var mu sync.Mutex
	under, most := 0, 0
	both := make(chan struct{})
	server := serve(t, func(r openaitest.Request) openaitest.Reply {
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
		return openaitest.Truthful(8)(r)
	})
	c := config(server)
	c.AtOnce, c.Texts = 2, 5
	e := open(t, c)
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			if _, err := e.Embed(context.Background(), sentences(100)[i*30:i*30+30]); err != nil {
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
	server := serve(t, openaitest.Truthful(8))
	c := config(server)
	c.BaseURL, c.Key, c.Model = server.URL+"?api-version=2024-10-21", "azure-key", "my-deployment"
	e := open(t, c)
	if _, err := e.Embed(t.Context(), sentences(1)); err != nil {
		t.Fatal(err)
	}
	r := server.Requests()[0]
	if got, want := r.Path+"?"+r.Query, "/openai/deployments/my-deployment/embeddings?api-version=2024-10-21"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
	if r.Header.Get("Api-Key") != "azure-key" || r.Header.Get("Authorization") != "" {
		t.Errorf("key in %v, want it in api-key alone", r.Header)
	}
	if strings.Contains(e.Model(), "azure-key") {
		t.Errorf("the key is in %q", e.Model())
	}
}

func TestCheck(t *testing.T) {
	e := open(t, config(serve(t, openaitest.Truthful(8))))
	c, err := e.Check(t.Context())
	if err != nil || c.Dims != 8 || c.Tokens != 3 || c.Model != "scripted" {
		t.Errorf("got %+v, error %v", c, err)
	}
	silent := openaitest.Spoiled(openaitest.Truthful(8), func(_ openaitest.Request, r *openaitest.Reply) { r.Tokens = -1 })
	if c, err = open(t, config(serve(t, silent))).Check(t.Context()); err != nil || c.Tokens != 0 {
		t.Errorf("of a server that does not count: got %+v, error %v", c, err)
	}
}
