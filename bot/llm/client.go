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
	"regexp"
	"strconv"
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
	system      bool // knows the role of a system
	// completion is the newer name for the most tokens to write, which some
	// models insist on and most servers do not know.
	completion bool
	usage      bool // counts the tokens of a stream, if it is asked to
	thinks     bool // takes more room for thinking than for the answer
	window     int
	most       int // tokens that it writes at the most; 0 if it is not known

	// kept is set once there was an answer in the form of a schema: an error is
	// then not put down to that.
	kept bool
}

// answer is the part of the window that is kept for what the model writes.
func (f features) answer() int {
	n := min(mostAnswer, f.window/4)
	if f.thinks {
		n = min(mostThought, f.window/2)
	}
	if f.most > 0 {
		n = min(n, f.most)
	}
	return n
}

func startingFeatures(c Config) features {
	f := features{schema: true, stream: true, temperature: true, system: true, usage: true, window: c.Window}
	for _, prefix := range []string{"o1", "o3", "o4", "gpt-5", "gpt-6"} {
		if strings.HasPrefix(c.Model, prefix) {
			f.temperature, f.completion, f.thinks = false, true, true
		}
	}
	return f
}

const (
	// smallestWindow is where the rules, a question and two sentences just fit.
	smallestWindow = 1024
	// leastMost is how many tokens a model has to write for an answer.
	leastMost = 128
)

// without returns the features that remain when a server has refused a request
// with a message; false if that names none.
func (f features) without(message string) (features, bool) {
	limit := api.Says(message, "max_tokens", "max_completion_tokens", "max_new_tokens", "max_output_tokens", "maxoutputtokens")
	switch {
	case api.TooLong(message):
		f.window /= 2
		return f, f.window >= smallestWindow
	case f.system && (api.Says(message, "role") && api.Says(message, "system", "user", "assistant", "permitted", "alternat") ||
		api.Says(message, "system", "developer instruction") && api.Says(message, "not support", "unsupported", "not allowed", "not enabled")):
		f.system = false
	case f.schema && api.Says(message, "response_format", "response format", "json_schema", "schema", "grammar"):
		f.schema = false
	case limit && !f.completion && api.Says(message, "max_completion_tokens") && api.Says(message, "instead", "unsupported"):
		f.completion = true
	case limit && api.Says(message, "too large", "at most", "less than", "maximum", "range", "exceed", "greater", "above", "afford", ">", "<="):
		return f.writing(message)
	case !f.completion && api.Says(message, "max_tokens"):
		f.completion = true
	case f.completion && api.Says(message, "max_completion_tokens"):
		f.completion = false
	case f.temperature && api.Says(message, "temperature"):
		f.temperature = false
	case f.usage && api.Says(message, "stream_options", "include_usage"):
		f.usage = false
	case f.stream && api.Says(strings.ReplaceAll(message, "upstream", ""), "stream"):
		f.stream = false
	default:
		return f, false
	}
	return f, true
}

var number = regexp.MustCompile(`\d+`)

// writing returns features with fewer tokens to write: as many as a message
// names, the largest number that is less, or else half.
func (f features) writing(message string) (features, bool) {
	now, most := f.answer(), 0
	for _, d := range number.FindAllString(message, 64) {
		if n, err := strconv.Atoi(d); err == nil && n < now {
			most = max(most, n)
		}
	}
	if most < leastMost {
		most = now / 2
	}
	f.most = most
	return f, most >= leastMost
}

// unexplained returns the features that remain when a server has refused a
// request and does not say why: without what fewest servers know.
func (f features) unexplained() (features, bool) {
	switch {
	case f.schema:
		f.schema = false
	case f.usage:
		f.usage = false
	case f.temperature:
		f.temperature = false
	case f.system:
		f.system = false
	default:
		return f, false
	}
	return f, true
}

// An adapting is what is found out about a server while it is asked.
type adapting struct {
	features
	broken int // how often it answered with an internal error
}

// put has the model do a task, as often as it takes and is allowed. The error is
// for people, or the context's.
func (e *Engine) put(ctx context.Context, t *task) error {
	limited, cancel := e.server.Limit(ctx)
	defer cancel()
	a := &adapting{features: e.can()}
	err := e.server.Do(limited, func(x *api.Exchange) error {
		return e.adapt(limited, a, func() error { return e.try(limited, x, a.features, t) })
	})
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return e.explain(limited, err)
}

// adapt makes a request, and again with fewer features as long as the server
// asks for that; what then goes well is remembered. The error is the first one
// that does not say what to leave out.
func (e *Engine) adapt(ctx context.Context, a *adapting, request func() error) error {
	var first error
	for range mostAdapted {
		err := request()
		if err == nil {
			a.kept = a.schema
			e.set(a.features)
			return nil
		}
		less, named, ok := e.less(a, err)
		if named {
			first = nil
		} else if first == nil {
			first = err
		}
		if !ok || ctx.Err() != nil {
			if first != nil {
				return first
			}
			return err
		}
		e.c.Log.DebugContext(ctx, "model server asked for less", "err", e.explain(ctx, err))
		a.features = less
	}
	return api.ErrOther // it refuses whatever it is asked
}

// mostAdapted is how many requests it takes at the most to find out what a
// server can do: all features, and windows from 128k down.
const mostAdapted = 16

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
		done.filtered, err = true, nil
	}
	if said := t.end(err == nil, done); err == nil && !said && !done.declined && !done.filtered {
		err = api.ErrEmpty
		switch {
		case done.cut || done.stopped:
			err = e.server.Fail(fmt.Sprintf("model %q had no room left for an answer, most likely for thinking: turn that off at the server, raise OPENAI_CONTEXT_WINDOW, or choose another model in OPENAI_MODEL", e.c.Model), errThought)
		case done.thought > 0:
			err = e.server.Fail(fmt.Sprintf("model %q wrote its thinking and no answer: turn thinking off at the server, or choose another model in OPENAI_MODEL", e.c.Model), errThought)
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
// answer from us: Azure and OpenRouter do it by an error.
func filtered(err error) bool {
	code, message := api.Status(err)
	return api.Says(message, "content_filter", "content management policy") || code == http.StatusForbidden && api.Says(message, "moderation", "flagged")
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
// for more room to think in, and whether the error named them.
func (e *Engine) less(a *adapting, err error) (less features, named, ok bool) {
	if errors.Is(err, errThought) && !a.thinks {
		less = a.features
		less.thinks = true
		return less, true, true
	}
	var said *api.ServerError
	if !errors.As(err, &said) || said.Late {
		return a.features, false, false
	}
	code, message := api.Status(err)
	if code == http.StatusPaymentRequired && !api.Says(message, "afford") || code == http.StatusUnauthorized || code == http.StatusTooManyRequests || api.UnknownModel(err) {
		return a.features, false, false
	}
	// The words for other features stand in errors of the server's own as well.
	refuses := code >= 400 && code < 500
	if less, ok := a.without(message); ok && (refuses || less.window < a.window || less.system != a.system || less.schema != a.schema || less.most != a.most) {
		return less, true, true
	}
	schemaMay := a.schema && !a.kept
	switch code {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		less, ok = a.unexplained()
		return less, false, ok && !api.TooLong(message)
	case http.StatusNotFound, http.StatusNotImplemented:
		less = a.features
		less.schema = false
		return less, false, schemaMay
	case http.StatusInternalServerError:
		// A schema may be more than a server can take. The first time it is left
		// to be tried again: it may be a passing trouble.
		if a.broken++; schemaMay && a.broken > 1 {
			a.schema = false
		}
	}
	return a.features, false, false
}

// A completion is what came besides text.
type completion struct {
	model    string // as the server names it
	usage    openai.Usage
	thought  int  // bytes of thinking beside the text
	declined bool // by the means of the protocol
	filtered bool // something between the model and us stopped it
	cut      bool // it was as long as it may be
	stopped  bool // more was not wanted
}

func (c *completion) ended(reason openai.FinishReason) {
	c.filtered = c.filtered || reason == openai.FinishReasonContentFilter
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
	if f.stream && !f.thinks {
		silence := time.AfterFunc(e.c.Silence, func() { cancel(api.ErrSilent) })
		defer silence.Stop()
		x.Heard = func() { silence.Reset(e.c.Silence) }
		defer func() {
			x.Heard = nil
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
	if !f.system {
		req.Messages = []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleUser, Content: m.system + "\n\n" + m.user}}
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
			any = any || c.Delta.Content != ""
			done.thought += len(c.Delta.ReasoningContent)
			done.declined = done.declined || c.Delta.Refusal != ""
			done.ended(c.FinishReason)
			ended = ended || c.FinishReason != ""
			if c.Delta.Content != "" && !feed(c.Delta.Content) {
				done.stopped = true
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
		done.stopped = true
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
	a := &adapting{features: e.can(), broken: 1} // it is not asked again
	var text strings.Builder
	var done completion
	ask := func() (err error) {
		text.Reset()
		done, err = e.complete(ctx, e.server.Exchange(), a.features, message{e.prompts.answer, "Reply with the JSON object {\"sentences\": [], \"short\": \"ok\", \"answered\": false}.", "Are you there?", 64}, func(s string) bool {
			text.WriteString(s)
			return text.Len() < mostVisible
		})
		if err == nil && strings.TrimSpace(text.String()) == "" && !done.cut && !done.declined && !done.filtered && done.thought == 0 {
			return api.ErrEmpty
		}
		return err
	}
	err := e.adapt(ctx, a, ask)
	if code, _ := api.Status(err); code == http.StatusInternalServerError && !a.schema {
		err = e.adapt(ctx, a, ask)
	}
	if err != nil {
		return Checkup{}, e.explain(ctx, err)
	}
	minute, day, err := e.Budgets()
	if err != nil {
		return Checkup{}, e.server.Fail(err.Error(), err)
	}
	return Checkup{
		Server: e.server.Address(), Model: e.c.Model, TokensIn: done.usage.PromptTokens, TokensOut: done.usage.CompletionTokens,
		Reply: e.server.Redact(text.String()), Schema: a.schema, Streams: a.stream, Minute: minute, Day: day,
	}, nil
}
