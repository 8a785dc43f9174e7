// Package llm answers with a language model behind an OpenAI-compatible
// server: the OpenAI API, Azure, Ollama, llama.cpp, vLLM and others.
//
// The model is shown numbered passages and writes sentences with the numbers
// of those that they rest on. Package llm finds the words of the articles that
// carry each sentence and hands both to package bot, which lets out what they
// support and drops the rest. Nothing the model writes is trusted.
package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"dateline/bot"
	"dateline/corpus/word"
	"dateline/retrieval"
	"dateline/retrieval/openai/api"
)

// Config says which model to ask, and how.
type Config struct {
	// BaseURL, Key and Model are as in api.Config; the path that follows
	// BaseURL is /chat/completions.
	BaseURL string
	Key     string
	Model   string
	// Window is how many tokens the model reads and writes in all; 0 means
	// 8192. Passages that do not fit are left out, the worst first.
	Window int
	// TokensPerMinute and TokensPerDay bound what is read and written, estimated
	// before each request and put right after; 0 means no bound. A request that
	// would go beyond is not made. A day is one of UTC.
	TokensPerMinute, TokensPerDay int
	// Spent is a folder in which to keep what was spent, so that the bounds hold
	// for all who use it, one after the other or at once; empty means that they
	// hold for this Engine alone.
	Spent string
	// Called is told of each request when it is over, as receipts have it; nil
	// means nobody is. It may be called by several at once.
	Called func(bot.Call)
	// Silence is how long the server may send nothing, neither words nor thoughts
	// nor what keeps a connection alive; 0 means 45 seconds. It is not asked of
	// models that think unseen, nor of servers that answer all at once.
	Silence time.Duration
	// Timeout, Retries, AtOnce, HTTP, Now, Sleep, Jitter and Log are as in
	// api.Config.
	Timeout time.Duration
	Retries int
	AtOnce  int
	HTTP    *http.Client
	Now     func() time.Time
	Sleep   func(context.Context, time.Duration) error
	Jitter  func() float64
	Log     *slog.Logger
}

// Defaults of Config.
const (
	defaultWindow = 8192
	// A small model on a few cores of a processor takes half a minute to read a
	// full window. Nobody in Slack waits longer without a word.
	defaultSilence = 45 * time.Second
)

// An Engine answers with a model. It is safe for concurrent use, and remembers
// what its server can do.
type Engine struct {
	c       Config
	server  *api.Server
	prompts prompts
	budget  budget

	mu       sync.Mutex
	features features
}

var _ bot.Answerer = (*Engine)(nil)

// New returns an Engine. It asks the server nothing yet.
func New(c Config) *Engine {
	c.Window = cmp.Or(c.Window, defaultWindow)
	c.Silence = cmp.Or(c.Silence, defaultSilence)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	server := api.New(api.Config{
		BaseURL: c.BaseURL, Key: c.Key, Model: c.Model,
		Service: api.Service{Name: "chat completions", Path: "/chat/completions", Address: "OPENAI_BASE_URL", Key: "OPENAI_API_KEY", Model: "OPENAI_MODEL", Timeout: "OPENAI_TIMEOUT"},
		Timeout: c.Timeout, Retries: c.Retries, AtOnce: c.AtOnce, HTTP: c.HTTP, Now: c.Now, Sleep: c.Sleep, Jitter: c.Jitter, Log: c.Log,
	})
	return &Engine{
		c: c, server: server, prompts: readPrompts(), features: startingFeatures(c),
		budget: budget{minute: c.TokensPerMinute, day: c.TokensPerDay, dir: c.Spent, now: c.Now},
	}
}

// Name implements bot.Answerer.
func (e *Engine) Name() string { return bot.EngineLLM }

// Draft implements bot.Answerer. Its errors are sentences for people, with the
// next step, and never hold the key. A server that breaks off once a sentence
// has been passed on gives no error, but a Note.
func (e *Engine) Draft(ctx context.Context, q bot.Question, hits []retrieval.Hit, emit func(bot.Claim)) (bot.Draft, error) {
	if err := ctx.Err(); err != nil {
		return bot.Draft{}, err
	}
	if len(hits) == 0 || len(word.Split(q.Text)) == 0 {
		return bot.Draft{}, nil
	}
	w := &drafting{emit: emit}
	t := e.writing(w, e.prompts.answer, func(f features) (system, user string, given []passage, err error) {
		return e.prompts.answering(q, hits, f)
	})
	err := e.put(ctx, t)
	w.draft.Calls = t.calls
	switch {
	case ctx.Err() != nil:
		return bot.Draft{Calls: t.calls}, ctx.Err()
	case err != nil && len(w.draft.Claims) == 0:
		return bot.Draft{Calls: t.calls}, err
	case err != nil:
		e.c.Log.InfoContext(ctx, "model broke off", "err", err)
	}
	w.draft.Note = w.incomplete(err)
	if len(w.draft.Claims) == 0 {
		w.draft.Note = ""
		if w.done.cut && !w.reply.Complete && !w.declined {
			f := e.server.Fail(fmt.Sprintf("model %q was cut off before its first sentence was whole: raise OPENAI_CONTEXT_WINDOW, or choose another model in OPENAI_MODEL", e.c.Model), errUseless)
			return bot.Draft{Calls: t.calls}, f
		}
		if w.reply.Broken && !w.declined && !w.done.filtered {
			// What the articles say is not known from it.
			err := e.useless(t, "wrote nothing that can be read as an answer")
			return bot.Draft{Calls: t.calls}, err
		}
		switch {
		case w.done.filtered:
			w.draft.Refusal = "A filter of the model server stopped the answer."
		case w.declined:
			w.draft.Refusal = "The model declined to answer."
		}
		w.draft.Nearest = nearest(q.Text, w.given)
		w.draft.Missing = missing(q.Text, w.given)
		return w.draft, nil
	}
	w.draft.Short = w.short()
	return w.draft, nil
}

// A drafting is an answer under way, over all tries.
type drafting struct {
	emit  func(bot.Claim)
	draft bot.Draft
	given []passage // of the current try
	reply reply     // what was said besides sentences
	texts []string  // of the claims, by their words

	declined bool
	done     completion // the end of the last try
}

// incomplete says why there may be more to say than there is; empty if there is
// no reason to think so. err is that of the task.
func (w *drafting) incomplete(err error) string {
	var said *api.ServerError
	what := ""
	switch {
	case errors.As(err, &said):
		what = "The model server reported an error"
	case err != nil:
		what = "The model server broke off"
	case w.done.filtered:
		what = "A filter of the model server stopped the model"
	case w.done.cut && !w.reply.Complete:
		what = "The model was cut off at the most that it may write"
	default:
		return ""
	}
	return what + ", so the answer may not be complete."
}

// writing is the task of writing sentences that rest on passages, which write
// returns with the messages that show them.
func (e *Engine) writing(w *drafting, p *prompt, write func(features) (system, user string, given []passage, err error)) *task {
	var reading *parser
	t := &task{prompt: p}
	t.write = func(f features) (system, user string, err error) {
		system, user, w.given, err = write(f)
		if err == nil && len(w.given) == 0 {
			err = e.tooSmall(f)
		}
		reading = &parser{emit: func(s said) bool {
			s.Text = e.server.Redact(s.Text)
			return w.add(s)
		}}
		return system, user, err
	}
	t.feed = func(piece string) bool { return reading.feed(piece) }
	t.end = func(whole bool, done completion) bool {
		w.reply, w.done = reading.finish(whole && !done.cut && !done.filtered), done
		w.reply.Short = e.server.Redact(w.reply.Short)
		w.declined = done.declined || declines(w.reply.Text)
		return len(w.draft.Claims) > 0 || strings.TrimSpace(w.reply.Text) != ""
	}
	return t
}

// mostClaims is how many sentences are taken; package bot reads no more either.
const mostClaims = 20

// add takes a sentence of the model, and reports whether it wants more. One
// that is there already, as after a try that broke off, is taken once.
func (w *drafting) add(s said) bool {
	key := norms(s.Text)
	if key == "" || slices.Contains(w.texts, key) {
		return true
	}
	if len(w.texts) == mostClaims {
		return false
	}
	w.texts = append(w.texts, key)
	c := bot.Claim{Text: s.Text, Quotes: cite(s, w.given)}
	w.draft.Claims = append(w.draft.Claims, c)
	if w.emit != nil {
		c.Quotes = slices.Clone(c.Quotes)
		w.emit(c)
	}
	return true
}

// short is the model's short answer, if it stands in a sentence and in what
// that cites: "yes" beside a sentence that says no would not.
func (w *drafting) short() string {
	short := norms(w.reply.Short)
	if short == "" || len(strings.Fields(short)) > 12 {
		return ""
	}
	for _, c := range w.draft.Claims {
		if !strings.Contains(" "+norms(c.Text)+" ", " "+short+" ") {
			continue
		}
		for _, q := range c.Quotes {
			if q.Article != nil && q.Span.Within(len(q.Article.Text)) && strings.Contains(" "+norms(q.Span.Of(q.Article.Text))+" ", " "+short+" ") {
				return strings.Join(strings.Fields(w.reply.Short), " ")
			}
		}
	}
	return ""
}

// norms are the folded words of a text with a space between.
func norms(text string) string {
	var list []string
	for _, w := range word.Split(text) {
		list = append(list, w.Norm)
	}
	return strings.Join(list, " ")
}

// missing are the names and numbers of a question that no passage has, a name
// of several words as a whole.
func missing(question string, given []passage) []string {
	var names []string
	words := word.Split(question)
	for i := 0; i < len(words); i++ {
		w, last := words[i], i
		if w.Stop() || !w.Number() && (!w.Capital() || i == 0) {
			continue
		}
		for !w.Number() && last+1 < len(words) && words[last+1].Capital() && question[words[last].End:words[last+1].Start] == " " {
			last++
		}
		i = last
		name := question[w.Start:words[last].End]
		if !slices.Contains(names, name) && !slices.ContainsFunc(given, func(p passage) bool { return word.Phrase(p.Text, name) }) {
			names = append(names, name)
		}
	}
	return names
}
