package llm

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	openai "github.com/sashabaranov/go-openai"

	"dateline/bot"
	"dateline/retrieval"
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
	window     int
}

func startingFeatures(c Config) features {
	f := features{schema: true, stream: true, temperature: true, window: c.Window}
	for _, prefix := range []string{"o1", "o3", "o4", "gpt-5", "gpt-6"} {
		if strings.HasPrefix(c.Model, prefix) {
			f.temperature, f.completion = false, true
		}
	}
	return f
}

// smallestWindow is where the rules, a question and two sentences just fit.
const smallestWindow = 1024

// without returns the features that remain when a server has refused a request
// with 400 or 422 and a message; false if there is nothing left to leave out.
func (f features) without(message string) (features, bool) {
	m := strings.ToLower(message)
	says := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(m, w) {
				return true
			}
		}
		return false
	}
	switch {
	case exceeded(message):
		f.window /= 2
		return f, f.window >= smallestWindow
	case f.schema && says("response_format", "json_schema", "schema", "grammar"):
		f.schema = false
	case !f.completion && says("max_tokens"):
		f.completion = true
	case f.completion && says("max_completion_tokens"):
		f.completion = false
	case f.temperature && says("temperature"):
		f.temperature = false
	case f.stream && says("stream"):
		f.stream = false
	case f.schema:
		f.schema = false
	default:
		return f, false
	}
	return f, true
}

// exceeded reports whether a message says that the prompt is too long.
func exceeded(message string) bool {
	m := strings.ToLower(message)
	for _, s := range []string{"context length", "context_length", "context window", "context size", "maximum context", "too many tokens", "exceed_context", "prompt is too long", "n_ctx"} {
		if strings.Contains(m, s) {
			return true
		}
	}
	return false
}

// Why a completion is of no use, beside what the server and the network say.
var (
	errTimeout = errors.New("timeout")
	errLong    = errors.New("response too long")
	errDropped = errors.New("stream broke off")
	errEmpty   = errors.New("empty completion")
	errPage    = errors.New("answered with a web page")
	errOther   = errors.New("answered with something else than a completion")
)

// A moved server is not followed: the key is for the address that was given.
type movedError struct{ to string }

func (e *movedError) Error() string { return "moved to " + e.to }

// An openError is what the breaker gives.
type openError struct {
	wait time.Duration
	last error
}

func (e *openError) Error() string { return "not asked: " + e.last.Error() }

// A breaker keeps requests from a server that has failed again and again.
type breaker struct {
	mu       sync.Mutex
	failures int // in a row
	last     error
	until    time.Time
}

const (
	breakAfter = 3
	breakFor   = 30 * time.Second
)

// closed returns an error while the server is left alone. After that one
// request may try.
func (b *breaker) closed(now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < breakAfter {
		return nil
	}
	if wait := b.until.Sub(now); wait > 0 {
		return &openError{wait, b.last}
	}
	b.until = now.Add(breakFor) // for all but this one
	return nil
}

func (b *breaker) record(now time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.failures = 0
		return
	}
	b.failures++
	b.last, b.until = err, now.Add(breakFor)
}

// converse puts the question, as often as it takes and is allowed.
func (e *Engine) converse(ctx context.Context, q bot.Question, hits []retrieval.Hit, w *drafting) error {
	select {
	case e.slots <- struct{}{}:
		defer func() { <-e.slots }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := e.breaker.closed(e.c.Now()); err != nil {
		return err
	}
	failed := 0
	f := e.can()
	for {
		system, user, given, err := e.prompts.messages(q, hits, f.window, f.schema)
		if err != nil {
			return err
		}
		if len(given) == 0 {
			return &smallError{f.window}
		}
		w.given = given
		p := &parser{emit: w.add}
		var t transport
		u, refused, err := e.complete(ctx, &t, f, system, user, answerTokens(f.window), p.feed)
		w.reply = p.finish(err == nil)
		w.reply.Refused = w.reply.Refused || refused
		if err == nil && !refused && len(w.draft.Claims) == 0 && strings.TrimSpace(w.reply.Text) == "" {
			err = errEmpty
		}
		if err == nil {
			e.breaker.record(e.c.Now(), nil)
			e.set(f)
			if len(w.draft.Claims) == 0 && w.reply.Refused {
				w.draft.Refusal = "The model declined to answer."
			}
			e.c.Log.DebugContext(ctx, "model answered", "model", e.c.Model, "prompt", e.prompts.version, "passages", len(given), "tokens_in", u.PromptTokens, "tokens_out", u.CompletionTokens)
			return nil
		}
		if ctx.Err() != nil {
			if context.Cause(ctx) == errTimeout {
				e.breaker.record(e.c.Now(), errTimeout)
			}
			return context.Cause(ctx)
		}
		if less, ok := e.less(f, err); ok {
			e.c.Log.DebugContext(ctx, "model server asked for less", "err", e.explain(ctx, err))
			f = less
			continue
		}
		if !transient(err) {
			return err
		}
		failed++
		wait, ok := e.wait(failed, t.retryAfter)
		if failed > e.c.Retries || !ok {
			e.breaker.record(e.c.Now(), err)
			return err
		}
		e.c.Log.DebugContext(ctx, "model server failed, trying again", "wait", wait, "err", e.explain(ctx, err))
		if err := e.c.Sleep(ctx, wait); err != nil {
			return context.Cause(ctx)
		}
	}
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

// less returns the features to try with after an error that asks for fewer.
func (e *Engine) less(f features, err error) (features, bool) {
	code, message := status(err)
	switch code {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		return f.without(message)
	case http.StatusInternalServerError, http.StatusNotImplemented:
		// llama.cpp answers 500 where it cannot make a grammar of a schema, or
		// the prompt is too long.
		m := strings.ToLower(message)
		if exceeded(message) || f.schema && (strings.Contains(m, "grammar") || strings.Contains(m, "response_format") || strings.Contains(m, "schema")) {
			return f.without(message)
		}
	}
	return f, false
}

// How long to wait before another try. A server that asks for more than
// longestWait is not waited for: there is somebody who waits for the answer.
const (
	firstWait   = 500 * time.Millisecond
	longestWait = 20 * time.Second
)

func (e *Engine) wait(failed int, asked time.Duration) (time.Duration, bool) {
	if asked > longestWait {
		return 0, false
	}
	wait := min(longestWait, time.Duration(float64(firstWait)*math.Pow(2, float64(failed-1))))
	wait = wait/2 + time.Duration(float64(wait/2)*e.c.Jitter())
	return max(wait, asked), true
}

// complete asks for one completion and passes its text on as it comes. refused
// says that the model declined by the means of the protocol.
func (e *Engine) complete(ctx context.Context, t *transport, f features, system, user string, most int, feed func(string) bool) (u openai.Usage, refused bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends a stream that is not wanted any more
	client, err := e.client(t)
	if err != nil {
		return u, false, err
	}
	req := openai.ChatCompletionRequest{
		Model: e.c.Model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: system},
			{Role: openai.ChatMessageRoleUser, Content: user},
		},
	}
	if f.completion {
		req.MaxCompletionTokens = most
	} else {
		//lint:ignore SA1019 most servers that are not OpenAI's know no other name
		req.MaxTokens = most
	}
	if f.temperature {
		req.Temperature = math.SmallestNonzeroFloat32 // go-openai leaves 0 out
	}
	if f.schema {
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "answer", Schema: json.RawMessage(answerSchema), Strict: true},
		}
	}
	if !f.stream {
		r, err := client.CreateChatCompletion(ctx, req)
		if err != nil {
			return u, false, t.blame(err)
		}
		return r.Usage, takeWhole(r, feed), nil
	}
	stream, err := client.CreateChatCompletionStream(ctx, req)
	if err != nil {
		return u, false, t.blame(err)
	}
	defer stream.Close()
	if t.whole {
		// It was asked for a stream and answers at once.
		data, err := io.ReadAll(t.body)
		var r openai.ChatCompletionResponse
		if err == nil {
			err = json.Unmarshal(data, &r)
		}
		if err != nil {
			return u, false, t.blame(err)
		}
		if len(r.Choices) == 0 {
			return u, false, errOther
		}
		return r.Usage, takeWhole(r, feed), nil
	}
	ended, any := false, false
	for {
		r, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			// Some servers end a stream without a word, but cleanly.
			if !ended && !any && !t.done() {
				return u, refused, errDropped
			}
			return u, refused, nil
		}
		if err != nil {
			if ended {
				return u, refused, nil // all was said
			}
			return u, refused, t.blame(err)
		}
		if r.Usage != nil {
			u = *r.Usage
		}
		for _, c := range r.Choices {
			if c.Index != 0 {
				continue
			}
			any = any || c.Delta.Content != ""
			refused = refused || c.Delta.Refusal != "" || c.FinishReason == openai.FinishReasonContentFilter
			ended = ended || c.FinishReason != ""
			if c.Delta.Content != "" && !feed(c.Delta.Content) {
				return u, refused, nil
			}
		}
	}
}

// answerSchema is the form of the answer that prompts/answer.txt describes.
const answerSchema = `{"type":"object","additionalProperties":false,"required":["sentences","short","answered"],"properties":{` +
	`"sentences":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["text","passages","support"],"properties":{` +
	`"text":{"type":"string"},"passages":{"type":"array","items":{"type":"integer"}},"support":{"type":"array","items":{"type":"string"}}}}},` +
	`"short":{"type":"string"},"answered":{"type":"boolean"}}}`

// takeWhole takes a completion that came at once, and reports whether the model
// declined.
func takeWhole(r openai.ChatCompletionResponse, feed func(string) bool) bool {
	if len(r.Choices) == 0 {
		return false
	}
	c := r.Choices[0]
	if c.Message.Content != "" {
		feed(c.Message.Content)
	}
	return c.Message.Refusal != "" || c.FinishReason == openai.FinishReasonContentFilter
}

// client is one for a single request, whose transport notes what the library
// does not pass on.
func (e *Engine) client(t *transport) (*openai.Client, error) {
	base, err := url.Parse(e.c.BaseURL)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, &addressError{}
	}
	c := openai.DefaultConfig(e.c.Key)
	if version := base.Query().Get("api-version"); version != "" {
		c.APIVersion = version
		t.azureKey = e.c.Key
		if strings.Trim(base.Path, "/") == "" {
			base.Path = "/openai/deployments/" + url.PathEscape(e.c.Model)
		}
	}
	base.RawQuery, base.Fragment = "", ""
	base.Path = strings.TrimSuffix(strings.TrimRight(base.Path, "/"), "/chat/completions")
	c.BaseURL = base.String()
	t.http = e.c.HTTP
	c.HTTPClient = t
	return openai.NewClientWithConfig(c), nil
}

type addressError struct{}

func (*addressError) Error() string { return "address not understood" }

type smallError struct{ window int }

func (e *smallError) Error() string { return fmt.Sprintf("no passage fits into %d tokens", e.window) }

// A transport makes one request. It bounds what is read, whatever the server
// sends.
type transport struct {
	http     *http.Client
	azureKey string

	retryAfter time.Duration
	page       bool // what came is HTML
	whole      bool // what came is no stream, although one was asked for
	code       int
	body       *boundedBody
}

// Do implements openai.HTTPDoer.
func (t *transport) Do(r *http.Request) (*http.Response, error) {
	if t.azureKey != "" {
		r.Header.Del("Authorization")
		r.Header.Set(openai.AzureAPIKeyHeader, t.azureKey)
	}
	resp, err := t.http.Do(r)
	if err != nil {
		return nil, err
	}
	t.code = resp.StatusCode
	t.retryAfter = retryAfter(resp.Header)
	kind := strings.ToLower(resp.Header.Get("Content-Type"))
	t.page = strings.Contains(kind, "text/html")
	t.whole = strings.Contains(kind, "json")
	t.body = &boundedBody{ReadCloser: resp.Body, left: mostResponse}
	resp.Body = t.body
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		err = &movedError{resp.Header.Get("Location")}
	} else if t.page && resp.StatusCode < 300 {
		err = errPage
	}
	if err != nil {
		return nil, errors.Join(err, resp.Body.Close())
	}
	return resp, nil
}

// blame tells what is behind an error of the library.
func (t *transport) blame(err error) error {
	var api *openai.APIError
	var req *openai.RequestError
	switch {
	case t.body == nil, errors.As(err, &api), errors.As(err, &req), errors.Is(err, errPage):
		return err
	case t.body.left <= 0:
		return errLong
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errDropped
	case jsonError(err), errors.Is(err, openai.ErrTooManyEmptyStreamMessages):
		return errOther
	}
	return fmt.Errorf("%w: %w", errDropped, err)
}

func jsonError(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &kind)
}

// done reports whether a stream came to its end, [DONE], and not merely to the
// end of its connection.
func (t *transport) done() bool { return bytes.Contains(t.body.tail, []byte("[DONE]")) }

// mostResponse bounds a response in bytes: a stream has some 200 to a token.
const mostResponse = 8 << 20

type boundedBody struct {
	io.ReadCloser
	left int64
	tail []byte
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLong
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	const most = 32
	b.tail = append(b.tail, p[max(0, n-most):n]...)
	b.tail = b.tail[max(0, len(b.tail)-most):]
	return n, err
}

// retryAfter is how long a server asks to wait, in seconds or until a time.
func retryAfter(h http.Header) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 && ms < 1e9 {
		return time.Duration(ms * float64(time.Millisecond))
	}
	v := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 && s < 1e6 {
		return time.Duration(s * float64(time.Second))
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return max(0, at.Sub(now))
}

// A Checkup is what Check found.
type Checkup struct {
	Server, Model   string
	TokensIn        int // that the check cost; 0 if the server does not say
	TokensOut       int
	Reply           string
	Schema, Streams bool // whether it answers in a given form, and bit by bit
}

// Check asks for one tiny completion. The error is as Draft's.
func (e *Engine) Check(ctx context.Context) (Checkup, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, e.c.Timeout, errTimeout)
	defer cancel()
	f := e.can()
	for {
		var text strings.Builder
		var t transport
		u, _, err := e.complete(ctx, &t, f, "Reply with the JSON object {\"sentences\": [], \"short\": \"ok\", \"answered\": false}.", "Are you there?", 64, func(s string) bool {
			text.WriteString(s)
			return text.Len() < mostVisible
		})
		if err == nil {
			e.set(f)
			return Checkup{Server: e.server(), Model: e.c.Model, TokensIn: u.PromptTokens, TokensOut: u.CompletionTokens, Reply: text.String(), Schema: f.schema, Streams: f.stream}, nil
		}
		less, ok := e.less(f, err)
		if !ok || ctx.Err() != nil {
			return Checkup{}, e.explain(ctx, err)
		}
		f = less
	}
}
