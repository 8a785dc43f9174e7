// Package openai embeds texts with a model behind an OpenAI-compatible server:
// the OpenAI API, Azure, Ollama, llama.cpp, vLLM and others.
//
// What came before an error is returned with it, so that nothing is paid for
// twice.
package openai

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"

	"golang.org/x/sync/errgroup"

	"dateline/retrieval"
	"dateline/retrieval/openai/api"
)

// Weight is retrieval.Options.Weight for a model on a server. TestMeasureTrained
// with all-MiniLM-L6-v2, a small one of 384 numbers, articles by hits@1, hits@10
// and MRR@10 over all questions:
//
//	                 rtqa-evidence (625)   squad2 (2,439)     rtqa-articles (103)
//	BM25             .627  .867  .713      .829  .977  .886   .864  .981  .907
//	0.015            .642  .885  .728      .835  .979  .891   .864  .981  .909
//	0.045            .651  .910  .745      .839  .981  .895   .874  .981  .915
//	0.15             .699  .936  .790      .847  .986  .902   .893  .981  .926
//	0.3              .742  .962  .822      .850  .987  .904   .893  .981  .928
//	0.45             .747  .966  .828      .843  .987  .899   .893  .981  .928
//	likeness alone   .704  .963  .801      .636  .955  .744   .806  .981  .878
//
// Of rtqa-articles, whole news articles, those with a question and about as
// many others were taken. Models differ: OPENAI_EMBEDDING_WEIGHT times this is
// what counts.
const Weight = 0.3

// Config says which model embeds, and how it is asked.
type Config struct {
	// BaseURL, Key and Model are as in api.Config; the path that follows
	// BaseURL is /embeddings.
	BaseURL string
	Key     string
	Model   string
	// Dims is the length of vectors to ask for; 0 means as long as the model
	// makes them.
	Dims int
	// Dir is a folder for what is known about models, of any number of them, how
	// long their vectors are above all; empty means that it is asked for anew by
	// every Open.
	Dir string

	// Texts and Tokens bound one request: how many texts, 0 meaning 64, and
	// how many tokens by estimate, 0 meaning 16,384. A server that takes less
	// is found out, and given less from then on.
	Texts  int
	Tokens int
	// TextTokens is the longest text by estimate, 0 meaning 8,000. What is
	// longer is shortened, and so is what the server refuses.
	TextTokens int

	// Timeout is how long a request of Embed may take, all tries together; 0
	// means five minutes. QueryTimeout is the same for EmbedQuery, for which
	// somebody waits; 0 means ten seconds.
	Timeout      time.Duration
	QueryTimeout time.Duration
	// Retries, AtOnce, HTTP, Now, Sleep, Jitter and Log are as in api.Config;
	// no Retries mean 5.
	Retries int
	AtOnce  int
	HTTP    *http.Client
	Now     func() time.Time
	Sleep   func(context.Context, time.Duration) error
	Jitter  func() float64
	Log     *slog.Logger

	// AddressSetting, KeySetting and ModelSetting are what people set BaseURL,
	// Key and Model with, for errors to name; empty means OPENAI_BASE_URL,
	// OPENAI_API_KEY and OPENAI_EMBEDDING_MODEL.
	AddressSetting string
	KeySetting     string
	ModelSetting   string
}

// Defaults of Config.
const (
	defaultTexts        = 64
	defaultTokens       = 16384
	defaultTextTokens   = 8000 // OpenAI's models read 8,192, and this is an estimate
	defaultTimeout      = 5 * time.Minute
	defaultQueryTimeout = 10 * time.Second
	firstTimeout        = time.Minute
	defaultRetries      = 5
	defaultAtOnce       = 4
	// patience is how long to wait for a server that says when to come again:
	// limits are by the minute.
	patience = 90 * time.Second
)

// settingDims is a setting that errors name.
const settingDims = "OPENAI_EMBEDDING_DIMENSIONS"

// An Embedder embeds texts with a model. It is safe for concurrent use.
type Embedder struct {
	c       Config
	server  *api.Server // asked for passages
	queries *api.Server // asked for queries
	first   *api.Server // asked by Open and Check: a model may have to be loaded
	dims    int
	known   string    // file of what is known about the model; "" if none is kept
	unknown sync.Once // says that it could not be written

	mu    sync.Mutex
	able  abilities
	usage Usage
	asked map[string][]float32 // queries of late
}

var (
	_ retrieval.Embedder      = (*Embedder)(nil)
	_ retrieval.QueryEmbedder = (*Embedder)(nil)
)

// abilities are what a server and its model can do, as far as it is known.
type abilities struct {
	float      bool // sends numbers, not base64
	bare       bool // does not let it be chosen either
	string     bool // takes one text as a string, and no list
	noDims     bool // does not let the length of vectors be chosen
	texts      int  // in a request
	tokens     int  // in a request
	textTokens int  // in a text
}

// Usage is what an Embedder has done so far.
type Usage struct {
	Texts     int // that Embed sent and that came back as vectors
	Shortened int // of Texts, those that were too long for the model
	// Requests went well, and took so many Tokens; those for queries and by
	// Open and Check are among them.
	Requests int
	Tokens   int
	// Estimated is set if the server does not say how many tokens it took.
	Estimated bool
}

// Open returns an Embedder. The server is asked for one tiny embedding if it
// is not known yet how long the model's vectors are. The error is an
// api.Failure, a sentence for people, or the context's.
func Open(ctx context.Context, c Config) (*Embedder, error) {
	c.Texts = cmp.Or(c.Texts, defaultTexts)
	c.Tokens = cmp.Or(c.Tokens, defaultTokens)
	c.TextTokens = cmp.Or(c.TextTokens, defaultTextTokens)
	c.AtOnce = cmp.Or(c.AtOnce, defaultAtOnce)
	c.ModelSetting = cmp.Or(c.ModelSetting, "OPENAI_EMBEDDING_MODEL")
	if c.HTTP == nil {
		c.HTTP = api.NewHTTP() // one, so that the three below share connections
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	config := api.Config{
		BaseURL: c.BaseURL, Key: c.Key, Model: c.Model,
		Service: api.Service{
			Name: "embeddings", Path: "/embeddings",
			Address: cmp.Or(c.AddressSetting, "OPENAI_BASE_URL"), Key: cmp.Or(c.KeySetting, "OPENAI_API_KEY"), Model: c.ModelSetting,
		},
		Timeout: cmp.Or(c.Timeout, defaultTimeout), Retries: cmp.Or(c.Retries, defaultRetries), Patience: patience,
		AtOnce: c.AtOnce, HTTP: c.HTTP, Now: c.Now, Sleep: c.Sleep, Jitter: c.Jitter, Log: c.Log,
	}
	quick, first := config, config
	quick.Timeout, quick.Patience = cmp.Or(c.QueryTimeout, defaultQueryTimeout), 2*time.Second
	first.Timeout, first.Patience = min(config.Timeout, firstTimeout), 2*time.Second
	quick.Retries = min(config.Retries, 1)
	first.Retries = quick.Retries
	e := &Embedder{
		c: c, server: api.New(config), queries: api.New(quick), first: api.New(first), dims: c.Dims,
		able:  abilities{texts: c.Texts, tokens: c.Tokens, textTokens: c.TextTokens},
		asked: make(map[string][]float32),
	}
	if c.Dir != "" {
		sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %d", e.server.Address(), c.Model, c.Dims))
		e.known = filepath.Join(c.Dir, hex.EncodeToString(sum[:8])+".json")
		if m, err := readKnown(e.known); err == nil && (c.Dims == 0 || m.Dims == c.Dims) {
			e.dims, e.able.float, e.able.bare, e.able.string, e.able.noDims = m.Dims, m.Float, m.Bare, m.String, m.NoDims
			if m.String {
				e.able.texts = 1
			}
			return e, nil
		}
	}
	if e.dims == 0 {
		v, err := e.one(ctx, e.first, "How long is a vector?")
		if err != nil {
			return nil, err
		}
		e.dims = len(v)
	}
	return e, nil
}

// Model implements retrieval.Embedder: the name of the model with the length
// of its vectors, and the server, as two of them may mean different models by
// one name.
func (e *Embedder) Model() string {
	return fmt.Sprintf("%s/%d at %s", e.c.Model, e.dims, e.server.Address())
}

// Dims implements retrieval.Embedder.
func (e *Embedder) Dims() int { return e.dims }

// Usage is what was done since Open, which counts too.
func (e *Embedder) Usage() Usage {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.usage
}

// Embed implements retrieval.Embedder. What the server sent before an error is
// returned with it.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	vs := make([][]float32, len(texts))
	var left []string                // to ask for
	places := make(map[string][]int) // where those belong
	for i, t := range texts {
		switch {
		case wordless(t):
			vs[i] = make([]float32, e.dims)
		case places[t] != nil:
			places[t] = append(places[t], i)
		default:
			left = append(left, t)
			places[t] = []int{i}
		}
	}
	var asking errgroup.Group
	asking.SetLimit(e.c.AtOnce)
	var failed atomic.Bool
	for _, batch := range batches(left, e.can()) {
		asking.Go(func() error {
			// After an error no more are asked for, but what is under way, and
			// paid for, is waited for.
			if failed.Load() {
				return nil
			}
			got, err := e.ask(ctx, e.server, batch)
			for i, v := range got {
				for _, at := range places[batch[i]] {
					vs[at] = v
				}
			}
			if err != nil {
				failed.Store(true)
			}
			return err
		})
	}
	err := asking.Wait()
	e.remember(ctx)
	return vs, err
}

// EmbedQuery implements retrieval.QueryEmbedder. The vectors of queries of late
// are remembered.
func (e *Embedder) EmbedQuery(ctx context.Context, text string) ([]float32, error) {
	if wordless(text) {
		return make([]float32, e.dims), nil
	}
	e.mu.Lock()
	v := e.asked[text]
	e.mu.Unlock()
	if v != nil {
		return v, nil
	}
	v, err := e.one(ctx, e.queries, text)
	if err != nil {
		return nil, err
	}
	const most = 256
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.asked) >= most {
		clear(e.asked)
	}
	e.asked[text] = v
	return v, nil
}

// A Checkup is what Check found.
type Checkup struct {
	Server, Model string
	Dims          int
	Tokens        int // that the check cost; 0 if the server does not say
}

// Check asks for one tiny embedding. The error is as Open's.
func (e *Embedder) Check(ctx context.Context) (Checkup, error) {
	before := e.Usage()
	v, err := e.one(ctx, e.first, "Are you there?")
	if err != nil {
		return Checkup{}, err
	}
	c := Checkup{Server: e.server.Address(), Model: e.c.Model, Dims: len(v)}
	if now := e.Usage(); !now.Estimated {
		c.Tokens = now.Tokens - before.Tokens
	}
	return c, nil
}

// wordless reports whether there is nothing in a text to embed.
func wordless(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// one embeds a single text.
func (e *Embedder) one(ctx context.Context, server *api.Server, text string) ([]float32, error) {
	vs, err := e.ask(ctx, server, []string{text})
	if err != nil {
		return nil, err
	}
	return vs[0], nil
}

// ask has a server embed some texts: all at once, in halves if that is too much
// for it, and a single one shortened. With the error, an api.Failure or the
// context's, come the vectors of the first texts.
func (e *Embedder) ask(ctx context.Context, server *api.Server, texts []string) ([][]float32, error) {
	able := e.can()
	sent := make([]string, len(texts))
	for {
		cut := 0
		for i, t := range texts {
			valid := strings.ToValidUTF8(t, "\uFFFD")
			if sent[i] = shorten(valid, able.textTokens); len(sent[i]) < len(valid) {
				cut++
			}
		}
		vs, err := e.request(ctx, server, sent)
		var much *tooMuchError
		switch {
		case err == nil:
			e.note(func() {
				e.able.textTokens = min(e.able.textTokens, able.textTokens)
				if server == e.server {
					e.usage.Texts += len(texts)
					e.usage.Shortened += cut
				}
			})
			return vs, nil
		case !errors.As(err, &much):
			return nil, err
		case len(texts) > 1 && much.one:
			var vs [][]float32
			for i := range texts {
				v, err := e.ask(ctx, server, texts[i:i+1])
				if err != nil {
					return vs, err
				}
				e.note(func() { e.able.texts = 1 })
				vs = append(vs, v...)
			}
			return vs, nil
		case len(texts) > 1:
			if much.many {
				e.note(func() { e.able.texts = min(e.able.texts, len(texts)/2) })
			}
			first, err := e.ask(ctx, server, texts[:len(texts)/2])
			if err != nil {
				return first, err
			}
			second, err := e.ask(ctx, server, texts[len(texts)/2:])
			return append(first, second...), err
		}
		able.textTokens = tokens(sent[0]) / 2
		const least = 16 // no model reads less
		if able.textTokens < least {
			return nil, err
		}
	}
}

func (e *Embedder) can() abilities {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.able
}

// note has f change what e.mu guards.
func (e *Embedder) note(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f()
}

// remember writes down what is known about the model by now.
func (e *Embedder) remember(ctx context.Context) {
	able, used := e.can(), e.Usage()
	if e.known == "" || used.Requests == 0 {
		return
	}
	m := known{Server: e.server.Address(), Name: e.c.Model, Dims: e.dims, Float: able.float, Bare: able.bare, String: able.string, NoDims: able.noDims}
	if err := m.write(e.known); err != nil {
		e.unknown.Do(func() {
			e.c.Log.WarnContext(ctx, "what is known about the model is not kept, and will be found out again", "file", e.known, "err", err)
		})
	}
}
