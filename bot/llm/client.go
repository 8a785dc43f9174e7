package llm

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"dateline/retrieval/openai/api"
)

// Features are what a server and its model can do. It is found out by trying,
// once, as no server says.
type features struct {
	schema      bool // answers in the form of a JSON schema
	stream      bool
	temperature bool // lets it be chosen
	// completion is the newer name for the most tokens to write, which some
	// models insist on and most servers do not know.
	completion bool
	usage      bool // counts the tokens of a stream, if it is asked to
	thinks     bool // takes more room for thinking than for the answer
	window     int
}

// answer is the part of the window that is kept for what the model writes.
func (f features) answer() int {
	if f.thinks {
		return min(mostThought, f.window/2)
	}
	return min(mostAnswer, f.window/4)
}

func startingFeatures(c Config) features {
	f := features{schema: true, stream: true, temperature: true, usage: true, window: c.Window}
	for _, prefix := range []string{"o1", "o3", "o4", "gpt-5", "gpt-6"} {
		if strings.HasPrefix(c.Model, prefix) {
			f.temperature, f.completion, f.thinks = false, true, true
		}
	}
	return f
}

// smallestWindow is where the rules, a question and two sentences just fit.
const smallestWindow = 1024

// without returns the features that remain when a server has refused a request
// with 400 or 422 and a message; false if there is nothing left to leave out.
func (f features) without(message string) (features, bool) {
	switch {
	case api.TooLong(message):
		f.window /= 2
		return f, f.window >= smallestWindow
	case f.schema && api.Says(message, "response_format", "json_schema", "schema", "grammar"):
		f.schema = false
	case !f.completion && api.Says(message, "max_tokens"):
		f.completion = true
	case f.completion && api.Says(message, "max_completion_tokens"):
		f.completion = false
	case f.temperature && api.Says(message, "temperature"):
		f.temperature = false
	case f.usage && api.Says(message, "stream_options", "include_usage"):
		f.usage = false
	case f.stream && api.Says(message, "stream"):
		f.stream = false
	case f.schema:
		f.schema = false
	default:
		return f, false
	}
	return f, true
}

// put has the model do a task, as often as it takes and is allowed. The error is
// for people, or the context's.
func (e *Engine) put(ctx context.Context, t *task) error {
	limited, cancel := e.server.Limit(ctx)
	defer cancel()
	f := e.can()
	err := e.server.Do(limited, func(x *api.Exchange) error {
		return e.adapt(limited, &f, func() error { return e.try(limited, x, f, t) })
	})
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return e.explain(limited, err)
}

// adapt makes a request with f, and again with fewer features as long as the
// server asks for that; what then goes well is remembered.
func (e *Engine) adapt(ctx context.Context, f *features, request func() error) error {
	for range mostAdapted {
		err := request()
		if err == nil {
			e.set(*f)
			return nil
		}
		less, ok := e.less(*f, err)
		if !ok || ctx.Err() != nil {
			return err
		}
		e.c.Log.DebugContext(ctx, "model server asked for less", "err", e.explain(ctx, err))
		*f = less
	}
	return api.ErrOther // it refuses whatever it is asked
}

// mostAdapted is how many requests it takes at the most to find out what a
// server can do: all features, and windows from 128k down.
const mostAdapted = 14

// try puts a task once, and notes the call.
func (e *Engine) try(ctx context.Context, x *api.Exchange, f features, t *task) error {
	system, user, err := t.write(f)
	if err != nil {
		return err
	}
	var raw record
	start := e.c.Now()
	done, err := e.complete(ctx, x, f, message{t.prompt, system, user, f.answer()}, func(piece string) bool {
		raw.add(piece)
		return t.feed(piece)
	})
	took := e.c.Now().Sub(start)
	if filtered(err) {
		done.declined, err = true, nil
	}
	if said := t.end(err == nil, done.declined); err == nil && !said && !done.declined {
		err = api.ErrEmpty
		if done.cut {
			err = e.server.Fail(fmt.Sprintf("model %q had no room left for an answer, most likely for thinking: turn that off at the server, raise OPENAI_CONTEXT_WINDOW, or choose another model in OPENAI_MODEL", e.c.Model), errThought)
		}
	}
	if err != nil {
		why := "given up"
		if ctx.Err() == nil || errors.Is(context.Cause(ctx), api.ErrTimeout) {
			why = e.explain(ctx, err).Error()
		}
		e.note(t, &raw, done, took, why)
		return err
	}
	e.note(t, &raw, done, took, "")
	e.c.Log.DebugContext(ctx, "model answered", "model", e.c.Model, "prompt", t.prompt.version, "tokens_in", done.usage.PromptTokens, "tokens_out", done.usage.CompletionTokens)
	return nil
}

// What is wrong with a completion beside what package api knows.
var (
	errSmall   = errors.New("no passage fits")
	errThought = errors.New("no room left for an answer")
	errUseless = errors.New("not what was asked for")
)

// tooSmall is the error for a window in which a task has no room.
func (e *Engine) tooSmall(f features) error {
	return e.server.Fail(fmt.Sprintf("a context window of %d tokens has no room for a single passage: raise OPENAI_CONTEXT_WINDOW, or choose another model", f.window), errSmall)
}

// filtered reports whether a server kept the question from the model, or its
// answer from us: Azure does it by an error.
func filtered(err error) bool {
	_, message := api.Status(err)
	return strings.Contains(message, "content_filter")
}

// explain says in a sentence what is wrong, and what to do.
func (e *Engine) explain(ctx context.Context, err error) *api.Failure {
	if _, message := api.Status(err); api.TooLong(message) && ctx.Err() == nil {
		return e.server.Fail(fmt.Sprintf("the passages are too long for model %q: set OPENAI_CONTEXT_WINDOW to its size in tokens", e.c.Model), err)
	}
	return e.server.Explain(ctx, err)
}

func (e *Engine) can() features {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.features
}

func (e *Engine) set(f features) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.features = f
}

// less returns the features to try with after an error that asks for fewer, or
// for more room to think in.
func (e *Engine) less(f features, err error) (features, bool) {
	if errors.Is(err, errThought) && !f.thinks {
		f.thinks = true
		return f, true
	}
	code, message := api.Status(err)
	switch code {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		return f.without(message)
	case http.StatusInternalServerError, http.StatusNotImplemented:
		// llama.cpp answers 500 where it cannot make a grammar of a schema, or
		// the prompt is too long.
		if api.TooLong(message) || f.schema && api.Says(message, "grammar", "response_format", "schema") {
			return f.without(message)
		}
	}
	return f, false
}

// A completion is what came besides text.
type completion struct {
	model    string // as the server names it
	usage    openai.Usage
	thought  int  // bytes of thinking beside the text
	declined bool // by the means of the protocol
	cut      bool // it was as long as it may be
}

func (c *completion) ended(reason openai.FinishReason) {
	c.declined = c.declined || reason == openai.FinishReasonContentFilter
	c.cut = c.cut || reason == openai.FinishReasonLength
}

// A message is what is asked for in one request.
type message struct {
	prompt       *prompt
	system, user string
	most         int // tokens to write
}

// complete asks for one completion within the budget, and passes its text on as
// it comes.
func (e *Engine) complete(ctx context.Context, x *api.Exchange, f features, m message, feed func(string) bool) (completion, error) {
	in := tokens(m.system) + tokens(m.user) + 2*perMessage
	most, settle, err := e.budget.reserve(in, m.most)
	if err != nil {
		return completion{}, e.server.Fail(err.Error(), err)
	}
	m.most = most
	written := 0
	done, err := e.request(ctx, x, f, m, func(piece string) bool {
		written += len(piece)
		return feed(piece)
	})
	took := done.usage.PromptTokens + done.usage.CompletionTokens
	code, _ := api.Status(err)
	switch {
	case took > 0:
	case written+done.thought > 0 || err == nil:
		took = in + int(float64(written+done.thought)/bytesPerToken)
	case ctx.Err() != nil || code == 0 && errors.Is(err, api.ErrDropped):
		took = in // it was read, as far as anybody knows
	}
	if err := settle(took); err != nil {
		e.c.Log.WarnContext(ctx, "budget", "err", err)
	}
	return done, err
}

// request makes the request of complete.
func (e *Engine) request(ctx context.Context, x *api.Exchange, f features, m message, feed func(string) bool) (done completion, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil) // ends a stream that is not wanted any more
	heard := func() {}
	if f.stream && !f.thinks {
		silence := time.AfterFunc(e.c.Silence, func() { cancel(api.ErrSilent) })
		defer silence.Stop()
		heard = func() { silence.Reset(e.c.Silence) }
		defer func() {
			if err != nil && errors.Is(context.Cause(ctx), api.ErrSilent) {
				err = e.server.Fail(fmt.Sprintf("the model server at %s sent nothing for %s: see whether it is stuck, or set OPENAI_SILENCE to longer than it takes to read what it is sent", e.server.Address(), e.c.Silence), api.ErrSilent)
			}
		}()
	}
	client, err := x.Client()
	if err != nil {
		return done, err
	}
	req := openai.ChatCompletionRequest{
		Model: e.c.Model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: m.system},
			{Role: openai.ChatMessageRoleUser, Content: m.user},
		},
	}
	if f.completion {
		req.MaxCompletionTokens = m.most
	} else {
		//lint:ignore SA1019 most servers that are not OpenAI's know no other name
		req.MaxTokens = m.most
	}
	if f.temperature {
		req.Temperature = math.SmallestNonzeroFloat32 // go-openai leaves 0 out
	}
	if f.schema {
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: m.prompt.task, Schema: json.RawMessage(m.prompt.schema), Strict: true},
		}
	}
	if !f.stream {
		r, err := client.CreateChatCompletion(ctx, req)
		if err != nil {
			return done, x.Blame(err)
		}
		if len(r.Choices) == 0 {
			return done, api.ErrOther
		}
		return takeWhole(r, feed), nil
	}
	if f.usage {
		req.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	}
	stream, err := client.CreateChatCompletionStream(ctx, req)
	if err != nil {
		return done, x.Blame(err)
	}
	defer stream.Close()
	if x.Whole() {
		// It was asked for a stream and answers at once.
		data, err := io.ReadAll(x.Body())
		var r struct {
			openai.ChatCompletionResponse
			openai.ErrorResponse
		}
		if err == nil {
			err = json.Unmarshal(data, &r)
		}
		switch {
		case err != nil:
			return done, x.Blame(err)
		case r.Error != nil:
			return done, r.Error
		case len(r.Choices) == 0:
			return done, api.ErrOther
		}
		return takeWhole(r.ChatCompletionResponse, feed), nil
	}
	ended, any := false, false
	for {
		r, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			// Some servers end a stream without a word, but cleanly.
			if !ended && !any && !x.Done() {
				return done, api.ErrDropped
			}
			return done, nil
		}
		if err != nil {
			if ended {
				return done, nil // all was said
			}
			return done, x.Blame(err)
		}
		if r.Usage != nil {
			done.usage = *r.Usage // some send it once, some with each piece
		}
		done.model = cmp.Or(r.Model, done.model)
		for _, c := range r.Choices {
			if c.Index != 0 {
				continue
			}
			if c.Delta.Content != "" || c.Delta.ReasoningContent != "" {
				heard()
			}
			any = any || c.Delta.Content != ""
			done.thought += len(c.Delta.ReasoningContent)
			done.declined = done.declined || c.Delta.Refusal != ""
			done.ended(c.FinishReason)
			ended = ended || c.FinishReason != ""
			if c.Delta.Content != "" && !feed(c.Delta.Content) {
				done.cut = true
				return done, nil
			}
		}
	}
}

// takeWhole takes a completion that came at once.
func takeWhole(r openai.ChatCompletionResponse, feed func(string) bool) completion {
	c := r.Choices[0]
	done := completion{model: r.Model, usage: r.Usage, thought: len(c.Message.ReasoningContent), declined: c.Message.Refusal != ""}
	done.ended(c.FinishReason)
	if c.Message.Content != "" && !feed(c.Message.Content) {
		done.cut = true
	}
	return done
}

// A Checkup is what Check found.
type Checkup struct {
	Server, Model   string
	TokensIn        int // that the check cost; 0 if the server does not say
	TokensOut       int
	Reply           string
	Schema, Streams bool // whether it answers in a given form, and bit by bit
	// Minute and Day are what is left of the budgets after it.
	Minute, Day Budget
}

// Check asks for one tiny completion. The error is as Draft's.
func (e *Engine) Check(ctx context.Context) (Checkup, error) {
	ctx, cancel := e.server.Limit(ctx)
	defer cancel()
	f := e.can()
	var text strings.Builder
	var done completion
	err := e.adapt(ctx, &f, func() (err error) {
		text.Reset()
		done, err = e.complete(ctx, e.server.Exchange(), f, message{e.prompts.answer, "Reply with the JSON object {\"sentences\": [], \"short\": \"ok\", \"answered\": false}.", "Are you there?", 64}, func(s string) bool {
			text.WriteString(s)
			return text.Len() < mostVisible
		})
		if err == nil && strings.TrimSpace(text.String()) == "" && !done.cut && !done.declined && done.thought == 0 {
			return api.ErrEmpty
		}
		return err
	})
	if err != nil {
		return Checkup{}, e.explain(ctx, err)
	}
	minute, day, err := e.Budgets()
	if err != nil {
		return Checkup{}, e.server.Fail(err.Error(), err)
	}
	return Checkup{
		Server: e.server.Address(), Model: e.c.Model, TokensIn: done.usage.PromptTokens, TokensOut: done.usage.CompletionTokens,
		Reply: e.server.Redact(text.String()), Schema: f.schema, Streams: f.stream, Minute: minute, Day: day,
	}, nil
}
