// Package llmtest is a model server that follows a script: it speaks chat
// completions as OpenAI-compatible servers do, streaming or not, and answers
// what a test has it answer. Scripts tell the truth, lie, or break in all the
// ways that servers and models break.
package llmtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"dateline/retrieval/openai/api/apitest"
)

// A Request is what the server was asked.
type Request struct {
	apitest.Request
	Task     string // "answer", "repair", "understand" or "check"; empty if it is none of them
	Model    string
	System   string
	User     string
	Passages []Passage
	Question string   // or the sentence to check
	Refused  []string // the sentences to repair
	Schema   bool     // an answer in the form of a JSON schema is asked for
	Stream   bool
	Usage    bool // the tokens of a stream are to be counted
	Most     int  // tokens to write
	// NewerName is set if Most was given as max_completion_tokens.
	NewerName   bool
	Temperature *float64 // nil if it is not given
	Roles       []string // of the messages
}

// A Passage is one that the prompt shows.
type Passage struct {
	N          int
	Head, Text string
}

// A Reply is what the server answers. The zero Reply is an empty completion.
type Reply struct {
	// Text is what the model says; Pieces is the same divided as it is
	// streamed, a few characters each if there are none, of long texts more.
	Text   string
	Pieces []string
	// Before, if not nil, is called before each piece.
	Before func(piece int)
	// TokensIn and TokensOut are what the server counts; 0 means the words there
	// are. Uncounted is one that does not count.
	TokensIn, TokensOut int
	Uncounted           bool
	// Model is what the server calls it; empty means as it was asked for.
	Model string
	// Preamble is what comes before a stream, as it stands.
	Preamble string
	// Finish is the reason for the end; empty means "stop".
	Finish string
	// Declined is the refusal of the protocol.
	Declined string
	// Reasoning is what the model thinks, where a server has a field of its own
	// for it; Tool the arguments of a function that it calls.
	Reasoning, Tool string
	// Drop hangs up after the pieces.
	Drop bool
	// AtOnce answers with one object, although a stream may be asked for.
	AtOnce bool

	// Status other than 0 or 200 is an error with Text as its message.
	Status int
	Header map[string]string
	// Raw, if not empty, is the body, whatever was asked; Type its content type.
	Raw, Type string
}

// A Script decides what to answer. It is called by several goroutines at once
// if requests come so.
type Script func(Request) Reply

// A Server follows a Script until it is closed.
type Server = apitest.Server[Request]

// New starts a server. Its address, for a client, is BaseURL.
func New(script Script) *Server {
	return apitest.Serve("", read, func(w http.ResponseWriter, r Request) { script(r).send(w, r) })
}

var shown = regexp.MustCompile(`(?m)^\[(\d+)\] (.*)\n(.*)$`)

var refused = regexp.MustCompile(`(?m)^Refused: (.*)$`)

// tasks are told apart by how their prompts begin.
var tasks = map[string]string{
	"You answer a question":   "answer",
	"You correct sentences":   "repair",
	"You make the last":       "understand",
	"You check whether words": "check",
}

func read(r apitest.Request, data []byte) (Request, error) {
	var body struct {
		Model    string `json:"model"`
		Messages []struct {
			Role    string `json:"role"`
			Content string `json:"content"`
		} `json:"messages"`
		Stream        bool `json:"stream"`
		StreamOptions struct {
			IncludeUsage bool `json:"include_usage"`
		} `json:"stream_options"`
		ResponseFormat json.RawMessage `json:"response_format"`
		MaxTokens      int             `json:"max_tokens"`
		MaxCompletion  int             `json:"max_completion_tokens"`
		Temperature    *float64        `json:"temperature"`
	}
	if err := json.Unmarshal(data, &body); err != nil {
		return Request{}, err
	}
	req := Request{Request: r, Model: body.Model, Schema: body.ResponseFormat != nil, Stream: body.Stream, Usage: body.StreamOptions.IncludeUsage, Most: body.MaxTokens + body.MaxCompletion,
		NewerName: body.MaxCompletion > 0, Temperature: body.Temperature}
	for _, m := range body.Messages {
		req.Roles = append(req.Roles, m.Role)
		switch m.Role {
		case "system":
			req.System = m.Content
		case "user":
			req.User = m.Content
		}
	}
	if req.System == "" {
		// One message has both where a server knows no system role.
		for _, begins := range []string{"\n\n<passages>", "\n\n<conversation>"} {
			if i := strings.Index(req.User, begins); i >= 0 {
				req.System, req.User = req.User[:i], req.User[i+2:]
			}
		}
	}
	passages, rest, _ := strings.Cut(req.User, "\n</passages>")
	for _, m := range shown.FindAllStringSubmatch(passages, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return Request{}, err
		}
		req.Passages = append(req.Passages, Passage{n, m[2], m[3]})
	}
	for _, before := range []string{"\nQuestion: ", "\nSentence: "} {
		if i := strings.LastIndex("\n"+req.User, before); i >= 0 && len(body.Messages) > 0 {
			req.Question = ("\n" + req.User)[i+len(before):]
			break
		}
	}
	for _, m := range refused.FindAllStringSubmatch(rest, -1) {
		req.Refused = append(req.Refused, m[1])
	}
	for begins, task := range tasks {
		if strings.HasPrefix(req.System, begins) {
			req.Task = task
		}
	}
	return req, nil
}

// send answers a request.
func (r Reply) send(w http.ResponseWriter, req Request) {
	req.Model = cmp.Or(r.Model, req.Model)
	for k, v := range r.Header {
		w.Header().Set(k, v)
	}
	switch {
	case r.Raw != "":
		w.Header().Set("Content-Type", r.Type)
		w.WriteHeader(max(r.Status, http.StatusOK))
		write(w, r.Raw)
	case r.Status > http.StatusOK:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(r.Status)
		write(w, object(map[string]any{"error": map[string]any{"message": r.Text, "type": "error"}}))
	case req.Stream && !r.AtOnce:
		stream(w, req, r)
	default:
		w.Header().Set("Content-Type", "application/json")
		message := map[string]any{"role": "assistant", "content": r.whole()}
		if r.Declined != "" {
			message["refusal"] = r.Declined
		}
		if r.Reasoning != "" {
			message["reasoning_content"] = r.Reasoning
		}
		if r.Tool != "" {
			message["tool_calls"] = r.calls()
		}
		body := object(map[string]any{"object": "chat.completion", "model": req.Model, "usage": usage(req, r),
			"choices": []any{map[string]any{"index": 0, "message": message, "finish_reason": r.finish()}}})
		if r.Drop {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			write(w, body[:len(body)/2])
			panic(http.ErrAbortHandler)
		}
		write(w, body)
	}
}

func (r Reply) whole() string {
	if len(r.Pieces) > 0 {
		return strings.Join(r.Pieces, "")
	}
	return r.Text
}

func (r Reply) finish() string {
	if r.Finish == "" {
		return "stop"
	}
	return r.Finish
}

// calls is the call of a function.
func (r Reply) calls() []any {
	return []any{map[string]any{"index": 0, "id": "call_1", "type": "function", "function": map[string]any{"name": "answer", "arguments": r.Tool}}}
}

func usage(req Request, r Reply) map[string]any {
	in, out := r.TokensIn, r.TokensOut
	if in == 0 {
		in = len(strings.Fields(req.System + " " + req.User))
	}
	if out == 0 {
		out = len(strings.Fields(r.whole()))
	}
	if r.Uncounted {
		in, out = 0, 0
	}
	return map[string]any{"prompt_tokens": in, "completion_tokens": out, "total_tokens": in + out}
}

// write sends what a client may not want any more.
func write(w io.Writer, s string) bool {
	_, err := io.WriteString(w, s)
	return err == nil
}

// object is v as JSON. Damaged UTF-8 stays as it is: some servers send it.
func object(v any) string {
	var b strings.Builder
	encode(&b, v)
	return b.String()
}

func encode(b *strings.Builder, v any) {
	switch v := v.(type) {
	case map[string]any:
		b.WriteByte('{')
		first := true
		for k, x := range v {
			if !first {
				b.WriteByte(',')
			}
			first = false
			fmt.Fprintf(b, "%q:", k)
			encode(b, x)
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, x := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			encode(b, x)
		}
		b.WriteByte(']')
	case string:
		if utf8.ValidString(v) {
			data, err := json.Marshal(v)
			if err != nil {
				panic(err) // a string always has a form in JSON
			}
			b.Write(data)
			return
		}
		b.WriteByte('"')
		b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(v))
		b.WriteByte('"')
	case nil:
		b.WriteString("null")
	default:
		fmt.Fprint(b, v)
	}
}

func stream(w http.ResponseWriter, req Request, r Reply) {
	w.Header().Set("Content-Type", "text/event-stream")
	flush := func() {}
	if f, ok := w.(http.Flusher); ok {
		flush = f.Flush
	}
	chunk := func(choices []any, more map[string]any) bool {
		chunk := map[string]any{"object": "chat.completion.chunk", "model": req.Model, "choices": choices}
		maps.Copy(chunk, more)
		ok := write(w, "data: "+object(chunk)+"\n\n")
		flush()
		return ok
	}
	send := func(delta map[string]any, finish any) bool {
		return chunk([]any{map[string]any{"index": 0, "delta": delta, "finish_reason": finish}}, nil)
	}
	if !write(w, r.Preamble) || !send(map[string]any{"role": "assistant", "content": ""}, nil) {
		return
	}
	if r.Declined != "" {
		send(map[string]any{"refusal": r.Declined}, nil)
	}
	for _, p := range Divide(r.Reasoning, 12) {
		send(map[string]any{"reasoning_content": p}, nil)
	}
	if r.Tool != "" {
		send(map[string]any{"tool_calls": r.calls()}, nil)
	}
	pieces := r.Pieces
	if len(pieces) == 0 {
		pieces = Divide(r.Text, max(12, len(r.Text)/10_000))
	}
	for i, p := range pieces {
		if r.Before != nil {
			r.Before(i)
		}
		if !send(map[string]any{"content": p}, nil) {
			return
		}
	}
	if r.Drop {
		panic(http.ErrAbortHandler)
	}
	send(map[string]any{}, r.finish())
	if req.Usage && !r.Uncounted {
		chunk([]any{}, map[string]any{"usage": usage(req, r)})
	}
	write(w, "data: [DONE]\n\n")
}

// Divide cuts a text into pieces of n bytes, on character boundaries where it
// has any.
func Divide(s string, n int) []string {
	var pieces []string
	for len(s) > n {
		end := n
		for end < len(s) && end < n+utf8.UTFMax && !utf8.RuneStart(s[end]) {
			end++
		}
		pieces = append(pieces, s[:end])
		s = s[end:]
	}
	if s != "" {
		pieces = append(pieces, s)
	}
	return pieces
}
