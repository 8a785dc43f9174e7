package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"dateline/bot"
	"dateline/bot/eval"
	"dateline/bot/extract"
	"dateline/bot/llm"
	"dateline/bot/reader"
	"dateline/retrieval"
	"dateline/retrieval/openai/api"
)

// A builtInReader answers questions, and ranks sentences for "eval --selection".
type builtInReader interface {
	bot.Answerer
	eval.Ranker
}

// newReader makes the built-in reader: a trained one, with rules beside it.
func (p *program) newReader() (builtInReader, error) {
	c := reader.Config{Load: reader.Load, Rules: extract.Reader{}}
	var errs [4]error
	c.Sure, errs[0] = number(p.env.lookup(envSure), 0.01, 1, "probability")
	c.Perhaps, errs[1] = number(p.env.lookup(envPerhaps), 0.01, 1, "probability")
	passages, err := number(p.env.lookup(envReadPassages), 1, 50, "number of passages")
	errs[2] = err
	tokens, err := number(p.env.lookup(envReadTokens), 256, 50_000, "number of tokens")
	errs[3] = err
	c.Passages, c.Tokens = int(passages), int(tokens)
	return reader.New(c), errors.Join(errs[:]...)
}

// examineReader says which reader is in the program, and whether it is whole.
func (p *program) examineReader(r *modelBuild) check {
	found := check{Name: "built-in reader", Status: good, Found: r.String()}
	if _, err := p.newReader(); err != nil {
		found.Status, found.Found, found.Do = broken, err.Error(), "Until then no question is answered."
		return found
	}
	switch {
	case r.Error != "":
		found.Status, found.Do = broken, "Get the program anew. Until then rules alone read the articles, and more questions are refused."
	case r.Kernels == plainKernels:
		found.Status, found.Do = poor, "Without vector instructions that Dateline knows, fewer passages are read for a question than on other machines."
	}
	return found
}

// engines read articles, in the order in which "auto" tries them: a model, if
// there is one, and then the built-in reader.
func engines(log *slog.Logger, builtIn builtInReader, model *llm.Engine) []bot.Answerer {
	guarded := guardedEngine{builtIn, log}
	if model == nil {
		return []bot.Answerer{guarded}
	}
	return []bot.Answerer{guardModel(model, log), guarded}
}

// modelFlags are the flags that say which model answers.
type modelFlags struct{ server, model string }

func (f *modelFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.server, "base-url", "", "`address` of the model server, as http://localhost:11434/v1 (default $"+envModelServer+")")
	cmd.Flags().StringVar(&f.model, "model", "", "`name` of the model on that server (default $"+envModel+")")
}

// A modelChoice is which model answers, and where each part of that came from.
type modelChoice struct {
	server, model, key, window setting
	silence, timeout           setting
	perMinute, perDay          setting

	spent string // spentDir in the data directory; empty if there is none

	called func(bot.Call) // is told of each request; nil if nobody is
}

func (p *program) chooseModel(f modelFlags) modelChoice {
	choose := func(flag, value, name string) setting {
		if value != "" {
			return setting{name, value, flag}
		}
		return p.env.lookup(name)
	}
	spent := ""
	if data, err := p.dataDir(); err == nil {
		spent = filepath.Join(data.Value, spentDir)
	}
	return modelChoice{
		server: p.copied(choose("--base-url", f.server, envModelServer)),
		model:  choose("--model", f.model, envModel),
		key:    p.copied(p.env.lookup(envModelKey)),
		window: p.env.lookup(envWindow),

		silence:   p.env.lookup(envSilence),
		timeout:   p.env.lookup(envTimeout),
		perMinute: p.env.lookup(envPerMinute),
		perDay:    p.env.lookup(envPerDay),
		spent:     spent,
	}
}

// settings are those that are given, with nothing in them that is secret.
func (c modelChoice) settings() []setting {
	return disclosed(c.server, c.model, c.key, c.window, c.silence, c.timeout, c.perMinute, c.perDay)
}

// configured reports whether there is a model to ask: a key alone, which other
// programs use too, is no wish to send articles anywhere.
func (c modelChoice) configured() bool {
	return c.model.Value != "" && (c.server.Value != "" || c.key.Value != "")
}

// open returns the model's engine; nil if none is configured.
func (c modelChoice) open(log *slog.Logger) (*llm.Engine, error) {
	if !c.configured() {
		return nil, nil
	}
	window, err := c.window.tokens(1024)
	if err != nil {
		return nil, err
	}
	silence, err := c.silence.duration()
	if err != nil {
		return nil, err
	}
	timeout, err := c.timeout.duration()
	if err != nil {
		return nil, err
	}
	perMinute, err := c.perMinute.tokens(1)
	if err != nil {
		return nil, err
	}
	perDay, err := c.perDay.tokens(1)
	if err != nil {
		return nil, err
	}
	return llm.New(llm.Config{
		BaseURL: c.server.Value, Key: c.key.Value, Model: c.model.Value, Window: window, Silence: silence, Timeout: timeout,
		TokensPerMinute: perMinute, TokensPerDay: perDay, Spent: c.spent, Called: c.called, Log: log,
	}), nil
}

// openModel returns the model that an engine's name asks for; nil if it is the
// built-in one, or auto and none is set up.
func (p *program) openModel(engine string, f modelFlags) (*llm.Engine, error) {
	choice := p.chooseModel(f)
	switch engine {
	case bot.EngineExtract:
		return nil, nil
	case bot.EngineAuto, bot.EngineLLM:
		if engine == bot.EngineLLM && !choice.configured() {
			return nil, fmt.Errorf("%w, or leave out --engine llm", choice.missing())
		}
		return choice.open(p.log)
	}
	return nil, usageError{fmt.Errorf("there is no engine %q: auto, extract or llm", engine)}
}

// tokens is a number of them, 0 if none is set.
func (s setting) tokens(least int) (int, error) {
	if s.Value == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(s.Value)
	if err != nil || n < least {
		return 0, fmt.Errorf("%s %q (%s) is no number of tokens: give one of %d at least", s.Name, s.Value, s.From, least)
	}
	return n, nil
}

// duration is a length of time, 0 if none is set.
func (s setting) duration() (time.Duration, error) {
	if s.Value == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(s.Value)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%s %q (%s) is no length of time: give one like 45s or 2m", s.Name, s.Value, s.From)
	}
	return d, nil
}

// missing says what is to be set before a model can be asked.
func (c modelChoice) missing() error {
	what := envModelServer + " (or " + envModelKey + " for the OpenAI API) and " + envModel
	switch {
	case c.server.Value != "" || c.key.Value != "":
		what = envModel + " (or give --model)"
	case c.model.Value != "":
		what = envModelServer + ", or " + envModelKey + " for the OpenAI API"
	}
	return fmt.Errorf("no model is set up: set %s", what)
}

// examineModel asks for one tiny completion.
func (p *program) examineModel(ctx context.Context, c modelChoice) check {
	found := check{Name: "model server", Status: good}
	if !c.configured() {
		found.Found = "none is set up, the built-in reader answers"
		if c.server.Value != "" || c.model.Value != "" {
			found.Status, found.Do = poor, c.missing().Error()+"."
		}
		return found
	}
	engine, err := c.open(p.log)
	if err != nil {
		found.Status, found.Found = broken, err.Error()
		found.Do = "Until then questions are answered with --engine extract alone."
		return found
	}
	seen, err := engine.Check(ctx)
	if err != nil {
		found.Status, found.Found = broken, err.Error()
		found.Do = "Until then the built-in reader answers."
		return found
	}
	cost := "the server does not say what this cost"
	if n := seen.TokensIn + seen.TokensOut; n > 0 {
		cost = fmt.Sprintf("this check cost %d tokens", n)
	}
	form := "in a given form"
	if !seen.Schema {
		form = "in plain text"
	}
	left := ""
	for _, b := range []struct {
		llm.Budget
		of string
	}{{seen.Minute, "for this minute"}, {seen.Day, "for today"}} {
		if b.Limit > 0 {
			left += fmt.Sprintf("; %d of %d tokens are left %s", b.Left, b.Limit, b.of)
		}
	}
	found.Do = leaveOut(c.server)
	found.Found = fmt.Sprintf("%s answers at %s, %s; %s%s", cmp.Or(seen.Model, c.model.Value), seen.Server, form, cost, left)
	return found
}

// leaveOut says what an address has too much of; empty if nothing.
func leaveOut(server setting) string {
	path := api.Path(server.Value)
	if path == "" {
		return ""
	}
	return fmt.Sprintf("Leave %s out of %s: what follows the address is added to it.", path, server.Name)
}

// A modelEngine is an engine that can do all that there is to do with a model.
type modelEngine interface {
	bot.Answerer
	bot.Repairer
	bot.Rewriter
	bot.Judge
}

var _ modelEngine = (*llm.Engine)(nil)

// A guardedModel keeps a fault in one thing that a model does from taking along
// what can do without it.
type guardedModel struct {
	guardedEngine
	model modelEngine
}

var _ modelEngine = guardedModel{}

func guardModel(m modelEngine, log *slog.Logger) guardedModel {
	return guardedModel{guardedEngine{m, log}, m}
}

// Repair implements bot.Repairer.
func (g guardedModel) Repair(ctx context.Context, q bot.Question, passages []retrieval.Hit, failed []bot.Failed) (d bot.Draft, err error) {
	defer caught(&err)
	return g.model.Repair(ctx, q, passages, failed)
}

// Rewrite implements bot.Rewriter.
func (g guardedModel) Rewrite(ctx context.Context, thread []bot.Exchange, question string) (text string, calls []bot.Call, err error) {
	defer caught(&err)
	return g.model.Rewrite(ctx, thread, question)
}

// Judge implements bot.Judge.
func (g guardedModel) Judge(ctx context.Context, sentence string, quotes []bot.Quote) (v bot.Verdict, calls []bot.Call, err error) {
	defer caught(&err)
	return g.model.Judge(ctx, sentence, quotes)
}

// A guardedEngine keeps a fault that one article brings to light from taking
// the answer of the others along.
type guardedEngine struct {
	bot.Answerer
	log *slog.Logger
}

// Draft leaves out the articles that the engine cannot read by themselves.
func (g guardedEngine) Draft(ctx context.Context, q bot.Question, passages []retrieval.Hit, emit func(bot.Claim)) (bot.Draft, error) {
	draft, err := g.try(ctx, q, passages, emit)
	var fault *faultError
	if !errors.As(err, &fault) {
		return draft, err
	}
	byArticle := make(map[string][]retrieval.Hit)
	for _, h := range passages {
		byArticle[h.Article.ID] = append(byArticle[h.Article.ID], h)
	}
	bad := make(map[string]bool)
	var calls []bot.Call
	for id, hits := range byArticle {
		alone, err := g.try(ctx, q, hits, nil)
		calls = append(calls, alone.Calls...)
		if errors.As(err, &fault) {
			bad[id] = true
			g.log.ErrorContext(ctx, "article left out", "source", hits[0].Article.Source, "err", fault, "stack", string(fault.stack))
		}
	}
	var sound []retrieval.Hit
	for _, h := range passages {
		if !bad[h.Article.ID] {
			sound = append(sound, h)
		}
	}
	draft, err = g.try(ctx, q, sound, emit)
	draft.Calls = append(calls, draft.Calls...)
	return draft, err
}

func (g guardedEngine) try(ctx context.Context, q bot.Question, passages []retrieval.Hit, emit func(bot.Claim)) (d bot.Draft, err error) {
	defer caught(&err)
	return g.Answerer.Draft(ctx, q, passages, emit)
}

// caught, deferred, turns a panic into an error.
func caught(err *error) {
	if r := recover(); r != nil {
		*err = &faultError{r, debug.Stack()}
	}
}
