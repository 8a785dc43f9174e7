package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"

	openai "github.com/sashabaranov/go-openai"

	"dateline/bot"
	"dateline/retrieval"
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
	case api.TooLong(message):
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

// converse puts the question, as often as it takes and is allowed.
func (e *Engine) converse(ctx context.Context, q bot.Question, hits []retrieval.Hit, w *drafting) error {
	f := e.can()
	return e.server.Do(ctx, func(x *api.Exchange) error {
		for {
			err := e.draft(ctx, x, f, q, hits, w)
			less, ok := e.less(f, err)
			if !ok || ctx.Err() != nil {
				return err
			}
			e.c.Log.DebugContext(ctx, "model server asked for less", "err", e.explain(ctx, err))
			f = less
		}
	})
}

// draft puts the question once.
func (e *Engine) draft(ctx context.Context, x *api.Exchange, f features, q bot.Question, hits []retrieval.Hit, w *drafting) error {
	system, user, given, err := e.prompts.messages(q, hits, f.window, f.schema)
	if err != nil {
		return err
	}
	if len(given) == 0 {
		return e.server.Fail(fmt.Sprintf("a context window of %d tokens has no room for a single passage: raise OPENAI_CONTEXT_WINDOW, or choose another model", f.window), errSmall)
	}
	w.given = given
	p := &parser{emit: w.add}
	u, refused, err := e.complete(ctx, x, f, system, user, answerTokens(f.window), p.feed)
	w.reply = p.finish(err == nil)
	w.reply.Refused = w.reply.Refused || refused
	if err == nil && !refused && len(w.draft.Claims) == 0 && strings.TrimSpace(w.reply.Text) == "" {
		err = api.ErrEmpty
	}
	if err != nil {
		return err
	}
	e.set(f)
	if len(w.draft.Claims) == 0 && w.reply.Refused {
		w.draft.Refusal = "The model declined to answer."
	}
	e.c.Log.DebugContext(ctx, "model answered", "model", e.c.Model, "prompt", e.prompts.version, "passages", len(given), "tokens_in", u.PromptTokens, "tokens_out", u.CompletionTokens)
	return nil
}

var errSmall = errors.New("no passage fits")

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

// less returns the features to try with after an error that asks for fewer.
func (e *Engine) less(f features, err error) (features, bool) {
	code, message := api.Status(err)
	switch code {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		return f.without(message)
	case http.StatusInternalServerError, http.StatusNotImplemented:
		// llama.cpp answers 500 where it cannot make a grammar of a schema, or
		// the prompt is too long.
		m := strings.ToLower(message)
		if api.TooLong(message) || f.schema && (strings.Contains(m, "grammar") || strings.Contains(m, "response_format") || strings.Contains(m, "schema")) {
			return f.without(message)
		}
	}
	return f, false
}

// complete asks for one completion and passes its text on as it comes. refused
// says that the model declined by the means of the protocol.
func (e *Engine) complete(ctx context.Context, x *api.Exchange, f features, system, user string, most int, feed func(string) bool) (u openai.Usage, refused bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends a stream that is not wanted any more
	client, err := x.Client()
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
			return u, false, x.Blame(err)
		}
		return r.Usage, takeWhole(r, feed), nil
	}
	stream, err := client.CreateChatCompletionStream(ctx, req)
	if err != nil {
		return u, false, x.Blame(err)
	}
	defer stream.Close()
	if x.Whole() {
		// It was asked for a stream and answers at once.
		data, err := io.ReadAll(x.Body())
		var r openai.ChatCompletionResponse
		if err == nil {
			err = json.Unmarshal(data, &r)
		}
		if err != nil {
			return u, false, x.Blame(err)
		}
		if len(r.Choices) == 0 {
			return u, false, api.ErrOther
		}
		return r.Usage, takeWhole(r, feed), nil
	}
	ended, any := false, false
	for {
		r, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			// Some servers end a stream without a word, but cleanly.
			if !ended && !any && !x.Done() {
				return u, refused, api.ErrDropped
			}
			return u, refused, nil
		}
		if err != nil {
			if ended {
				return u, refused, nil // all was said
			}
			return u, refused, x.Blame(err)
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
	ctx, cancel := e.server.Limit(ctx)
	defer cancel()
	f := e.can()
	for {
		var text strings.Builder
		u, _, err := e.complete(ctx, e.server.Exchange(), f, "Reply with the JSON object {\"sentences\": [], \"short\": \"ok\", \"answered\": false}.", "Are you there?", 64, func(s string) bool {
			text.WriteString(s)
			return text.Len() < mostVisible
		})
		if err == nil {
			e.set(f)
			return Checkup{Server: e.server.Address(), Model: e.c.Model, TokensIn: u.PromptTokens, TokensOut: u.CompletionTokens, Reply: text.String(), Schema: f.schema, Streams: f.stream}, nil
		}
		less, ok := e.less(f, err)
		if !ok || ctx.Err() != nil {
			return Checkup{}, e.explain(ctx, err)
		}
		f = less
	}
}
