package api

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	openai "github.com/sashabaranov/go-openai"
)

// What servers send departs from OpenAI's form in many ways that do not matter:
// a time with a fraction, an index that is left out, a stream where an object
// was asked for. go-openai decodes strictly and loses such an answer as a whole.
// So a response is read here, leniently, and handed on in the form that was
// asked for; package bot/llm/llmtest lists what servers do.

// read returns the body of a response in the form that the request r asked for.
// An error that the server reports is a ServerError.
func (x *Exchange) read(r *http.Request) (io.ReadCloser, error) {
	body := bufio.NewReader(x.body)
	form, err := sniff(body)
	if err != nil {
		return nil, err
	}
	es := &events{body: body, sse: form == asEvents, done: &x.done}
	vectors := x.s.c.Service.Path == "/embeddings"
	switch {
	case form == asPage:
		return nil, errPage
	case form == asWords:
		return nil, ErrOther
	case vectors && form == asObjects:
		return embeddings(body, wantsBase64(r))
	case vectors:
		return nil, ErrOther
	case r.Header.Get("Accept") == "text/event-stream":
		return &stream{Closer: x.body, pieces: pieces{events: es}}, nil
	}
	return whole(&pieces{events: es})
}

type form int

const (
	asWords form = iota
	asPage
	asObjects
	asEvents
)

// sniff tells the form of a body by its first characters: content types are
// often wrong. White space before them is taken away.
func sniff(r *bufio.Reader) (form, error) {
	const mark = "\ufeff"
	for {
		c, err := r.Peek(1)
		if errors.Is(err, io.EOF) {
			return 0, ErrEmpty
		}
		if err != nil {
			return 0, err
		}
		n := 1
		switch c[0] {
		case ' ', '\t', '\r', '\n':
		case mark[0]:
			if start, _ := r.Peek(len(mark)); string(start) != mark {
				return asWords, nil
			}
			n = len(mark)
		case '<':
			return asPage, nil
		case '{', '[':
			return asObjects, nil
		case ':':
			return asEvents, nil
		default:
			for _, field := range []string{"data:", "event:", "id:", "retry:"} {
				if field[0] == c[0] {
					if start, _ := r.Peek(len(field)); string(start) == field {
						return asEvents, nil
					}
				}
			}
			return asWords, nil
		}
		if _, err := r.Discard(n); err != nil {
			return 0, err
		}
	}
}

// Events are the objects of a body: of server-sent events those in their data,
// or else one after the other as they stand.
type events struct {
	body *bufio.Reader
	sse  bool
	done *bool // set by [DONE]

	objects *json.Decoder
	any     bool
	queue   []json.RawMessage
	name    string // of the event under way
	data    []byte // of an event over several lines
	ended   bool
}

// next returns an object and the name of its event; io.EOF after the last.
func (e *events) next() (data json.RawMessage, name string, err error) {
	if len(e.queue) > 0 {
		data, e.queue = e.queue[0], e.queue[1:]
		return data, "", nil
	}
	if e.sse {
		return e.nextEvent()
	}
	if e.objects == nil {
		e.objects = json.NewDecoder(e.body)
	}
	if err := e.objects.Decode(&data); err != nil {
		var syntax *json.SyntaxError
		if e.any && errors.As(err, &syntax) {
			return nil, "", io.EOF // words behind an answer
		}
		return nil, "", err
	}
	e.any = true
	if list := []json.RawMessage(nil); data[0] == '[' && json.Unmarshal(data, &list) == nil && len(list) > 0 { // Gemini puts an error into a list
		e.queue = list
		return e.next()
	}
	return data, "", nil
}

func (e *events) nextEvent() (json.RawMessage, string, error) {
	for !e.ended {
		line, err := e.body.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, "", err
		}
		e.ended = err != nil
		line = bytes.TrimSpace(line)
		field, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case len(line) == 0:
		case line[0] == ':': // a comment, which keeps a connection alive
			continue
		case line[0] == '{': // some servers report an error so
			if json.Valid(line) {
				return line, "", nil
			}
			continue
		case string(field) == "event":
			e.name = string(value)
			continue
		case string(field) != "data", len(value) == 0, string(value) == "null":
			continue
		case string(bytes.Trim(value, `"`)) == "[DONE]":
			*e.done, e.ended = true, true
			continue
		case len(e.data) == 0 && value[0] == '{' && json.Valid(value):
			// Some servers leave no line free behind an event.
			return value, e.name, nil
		default:
			e.data = append(append(e.data, value...), '\n')
			if !e.ended {
				continue
			}
		}
		data, name := e.data, e.name
		e.data, e.name = nil, ""
		switch {
		case len(data) == 0, data[0] != '{': // words keep a connection alive as well
		case json.Valid(data):
			return data, name, nil
		case e.ended:
			return nil, "", io.ErrUnexpectedEOF
		default:
			return nil, "", fmt.Errorf("%w: an event that is no JSON", ErrOther)
		}
	}
	return nil, "", io.EOF
}

// A lenient value stays empty where what is sent is of another type.
type lenient[T any] struct{ v T }

// UnmarshalJSON implements json.Unmarshaler. It gives no errors.
func (l *lenient[T]) UnmarshalJSON(data []byte) error {
	var v T
	if json.Unmarshal(data, &v) == nil {
		l.v = v
	}
	return nil
}

// A number may be sent as text, or with a fraction.
type number struct {
	n   float64
	set bool
	odd bool // what is sent is no number, or none of this size
}

// UnmarshalJSON implements json.Unmarshaler. It gives no errors.
func (n *number) UnmarshalJSON(data []byte) error {
	f, err := strconv.ParseFloat(strings.Trim(string(data), `" `), 64)
	if err == nil && math.Abs(f) < 1<<31 {
		n.n, n.set = f, true
	} else {
		n.odd = string(data) != "null"
	}
	return nil
}

type usage struct {
	In  number `json:"prompt_tokens"`
	Out number `json:"completion_tokens"`
	All number `json:"total_tokens"`
}

func (u usage) openai() openai.Usage {
	in, out := int(math.Ceil(u.In.n)), int(math.Ceil(u.Out.n))
	return openai.Usage{PromptTokens: in, CompletionTokens: out, TotalTokens: max(int(math.Ceil(u.All.n)), in+out)}
}

// A completion is an answer or a piece of one as it is sent, in all forms that
// are known.
type completion struct {
	complaint
	Model   lenient[string]            `json:"model"`
	Choices lenient[[]lenient[choice]] `json:"choices"`
	Usage   lenient[usage]             `json:"usage"`
	// Cloudflare puts an answer into a result; without choices it is Response.
	Result   json.RawMessage `json:"result"`
	Response json.RawMessage `json:"response"`
}

type choice struct {
	Index   number            `json:"index"`
	Delta   lenient[*message] `json:"delta"`
	Message lenient[*message] `json:"message"`
	Text    json.RawMessage   `json:"text"` // of OpenAI's older API
	Finish  lenient[string]   `json:"finish_reason"`
	Error   json.RawMessage   `json:"error"`
}

type message struct {
	Content          json.RawMessage `json:"content"`
	Refusal          lenient[string] `json:"refusal"`
	Reasoning        json.RawMessage `json:"reasoning"`
	ReasoningContent json.RawMessage `json:"reasoning_content"`
	Thinking         json.RawMessage `json:"thinking"`
}

// text is what content says, and what it thinks: a string, a list of parts or
// one of them. An object that is no part is text itself: where JSON is asked
// for, some servers send it so.
func text(data json.RawMessage) (said, thought string) { return textIn(data, mostNested) }

// mostNested is how deep what is sent is looked into: each further level is
// scanned anew.
const mostNested = 4

func textIn(data json.RawMessage, depth int) (said, thought string) {
	if depth == 0 {
		return "", ""
	}
	var s string
	if json.Unmarshal(data, &s) == nil {
		return s, ""
	}
	var list []json.RawMessage
	if json.Unmarshal(data, &list) == nil {
		var said, thought strings.Builder
		for _, part := range list {
			s, t := textIn(part, depth-1)
			said.WriteString(s)
			thought.WriteString(t)
		}
		return said.String(), thought.String()
	}
	var part struct {
		Type     lenient[string] `json:"type"`
		Text     json.RawMessage `json:"text"`
		Thinking json.RawMessage `json:"thinking"`
	}
	if json.Unmarshal(data, &part) != nil {
		return "", ""
	}
	switch {
	case part.Thinking != nil:
		s, t := textIn(part.Thinking, depth-1)
		return "", s + t
	case part.Type.v == "thinking", part.Type.v == "reasoning":
		s, t := textIn(part.Text, depth-1)
		return "", s + t
	case part.Type.v != "":
		return textIn(part.Text, depth-1)
	case len(data) > 0 && data[0] == '{':
		return string(data), ""
	}
	return "", ""
}

// A piece is what an object adds to an answer.
type piece struct {
	model                  string
	said, thought, refusal string
	finish                 openai.FinishReason
	usage                  *openai.Usage
}

// Pieces are those of an answer, whatever it is sent as.
type pieces struct {
	events *events
	so     strings.Builder // what was said so far
	chosen bool            // there was a choice
}

// next returns a piece; io.EOF after the last.
func (p *pieces) next() (piece, error) {
	data, name, err := p.events.next()
	if errors.Is(err, io.EOF) && !p.events.sse && !p.chosen {
		return piece{}, ErrOther
	}
	if err != nil {
		return piece{}, err
	}
	var c completion
	if err := json.Unmarshal(data, &c); err != nil {
		return piece{}, fmt.Errorf("%w: %w", ErrOther, err)
	}
	if said := c.report(name == "error"); said != nil {
		said.Late = p.so.Len() > 0
		return piece{}, said
	}
	if len(c.Choices.v) == 0 && c.Result != nil {
		var inner completion
		if json.Unmarshal(c.Result, &inner) == nil {
			c = inner
		}
	}
	if len(c.Choices.v) == 0 && bytes.HasPrefix(c.complaint.Message, []byte("{")) { // a message without a choice, as of Ollama's own API
		var m message
		if json.Unmarshal(c.complaint.Message, &m) == nil {
			c.Choices.v = []lenient[choice]{{choice{Message: lenient[*message]{&m}}}}
		}
	}
	if len(c.Choices.v) == 0 && c.Response == nil && !p.events.sse {
		if said := c.report(true); said != nil {
			return piece{}, said
		}
	}
	out := piece{model: c.Model.v}
	if u := c.Usage.v.openai(); u.TotalTokens > 0 {
		out.usage = &u
	}
	out.said, _ = text(c.Response)
	p.chosen = p.chosen || out.said != ""
	for _, ch := range c.Choices.v {
		if ch.v.Index.n != 0 {
			continue
		}
		if said := reportedIn(ch.v.Error); said != nil {
			said.Late = p.so.Len() > 0
			return piece{}, said
		}
		p.chosen = true
		p.add(&out, ch.v)
		var failed bool
		if out.finish, failed = finish(ch.v.Finish.v); failed {
			return piece{}, &ServerError{Message: "finish_reason " + ch.v.Finish.v, Late: p.so.Len()+len(out.said) > 0}
		}
		if out.finish == declined {
			out.finish, out.refusal = openai.FinishReasonStop, out.refusal+"refusal"
		}
		break
	}
	p.so.WriteString(out.said)
	return out, nil
}

// add takes what a choice says.
func (p *pieces) add(out *piece, c choice) {
	for _, m := range []*message{c.Delta.v, c.Message.v} {
		if m == nil {
			continue
		}
		said, thought := text(m.Content)
		for _, t := range []json.RawMessage{m.Reasoning, m.ReasoningContent, m.Thinking} {
			if thought != "" {
				break
			}
			thought, _ = text(t)
		}
		if m == c.Message.v {
			if c.Delta.v != nil && out.said != "" {
				return // the same, or all so far
			}
			// A message in a stream may be all that was said so far, or more of it.
			said = strings.TrimPrefix(said, p.so.String())
		}
		out.said, out.thought, out.refusal = out.said+said, out.thought+thought, out.refusal+m.Refusal.v
	}
	if out.said == "" {
		out.said, _ = text(c.Text)
	}
}

// declined is the reason for an end of a model that would not answer.
const declined = openai.FinishReason("refusal")

// finish reads the reason for an end, in the words of OpenAI and others, and
// reports whether it is an error.
func finish(reason string) (openai.FinishReason, bool) {
	switch r := strings.ToLower(reason); r {
	case "":
		return "", false
	case "length", "max_tokens", "max_output_tokens", "model_length", "max_length":
		return openai.FinishReasonLength, false
	case "content_filter", "safety", "recitation", "prohibited_content", "blocklist", "spii", "sensitive", "content_filtered":
		return openai.FinishReasonContentFilter, false
	case "refusal":
		return declined, false
	case "error", "insufficient_system_resource", "network_error", "aborted":
		return "", true
	}
	return openai.FinishReasonStop, false
}

// A stream is an answer as OpenAI streams it.
type stream struct {
	io.Closer
	pieces pieces
	buf    []byte
	err    error
}

// Read implements io.Reader. What the server reports comes as an error.
func (s *stream) Read(b []byte) (int, error) {
	for len(s.buf) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		p, err := s.pieces.next()
		if err != nil {
			s.err = err
			continue
		}
		data, err := json.Marshal(openai.ChatCompletionStreamResponse{Model: p.model, Usage: p.usage, Choices: []openai.ChatCompletionStreamChoice{{
			Delta:        openai.ChatCompletionStreamChoiceDelta{Content: p.said, ReasoningContent: p.thought, Refusal: p.refusal},
			FinishReason: p.finish,
		}}})
		if err != nil {
			s.err = err
			continue
		}
		s.buf = fmt.Appendf(nil, "data: %s\n\n", data)
	}
	n := copy(b, s.buf)
	s.buf = s.buf[n:]
	return n, nil
}

// whole puts the pieces of an answer together.
func whole(ps *pieces) (io.ReadCloser, error) {
	var all piece
	var said, thought, refusal strings.Builder
	for {
		p, err := ps.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		said.WriteString(p.said)
		thought.WriteString(p.thought)
		refusal.WriteString(p.refusal)
		if p.model != "" {
			all.model = p.model
		}
		if p.finish != "" {
			all.finish = p.finish
		}
		if p.usage != nil {
			all.usage = p.usage
		}
	}
	r := openai.ChatCompletionResponse{Model: all.model}
	if all.usage != nil {
		r.Usage = *all.usage
	}
	if ps.chosen {
		r.Choices = []openai.ChatCompletionChoice{{
			Message:      openai.ChatCompletionMessage{Role: openai.ChatMessageRoleAssistant, Content: said.String(), ReasoningContent: thought.String(), Refusal: refusal.String()},
			FinishReason: all.finish,
		}}
	}
	return encoded(r)
}

func encoded(v any) (io.ReadCloser, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// wantsBase64 reports whether a request asks for vectors as base64. In a text
// of its input the quotation marks would be escaped.
func wantsBase64(r *http.Request) bool {
	if r.GetBody == nil {
		return false
	}
	body, err := r.GetBody()
	if err != nil {
		return false
	}
	defer body.Close()
	data, err := io.ReadAll(body)
	return err == nil && bytes.Contains(data, []byte(`"encoding_format":"base64"`))
}

// A vector as it is sent, with the place of its text.
type vector struct {
	Index     number          `json:"index"`
	Embedding json.RawMessage `json:"embedding"`
}

// embeddings reads vectors: a list of objects with an index each, or of vectors
// alone, as numbers or base64. Where an index is left out, as Gemini does with
// 0, or all of them are 0, it is the place in the list.
func embeddings(body io.Reader, asBase64 bool) (io.ReadCloser, error) {
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	// Vectors are long: they are looked at as rarely as can be.
	var sent struct {
		complaint
		Data       []vector          `json:"data"`
		Embeddings []json.RawMessage `json:"embeddings"`
		Embedding  json.RawMessage   `json:"embedding"`
		Usage      lenient[usage]    `json:"usage"`
	}
	if data = bytes.TrimSpace(data); data[0] == '[' {
		data = fmt.Appendf(nil, `{"data":%s}`, data) // a list by itself
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(data, &sent); errors.As(err, &syntax) {
		if syntax.Offset >= int64(len(data)) {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("%w: %w", ErrOther, err)
	} else if err != nil && len(sent.Data) == 0 {
		return nil, fmt.Errorf("%w: %w", ErrOther, err)
	}
	if said := sent.report(false); said != nil {
		return nil, said
	}
	vs := sent.Data
	switch {
	case len(vs) == 1 && vs[0].Embedding == nil: // Gemini puts an error into a list
		var list struct{ Data []complaint }
		if json.Unmarshal(data, &list) == nil {
			if said := list.Data[0].report(false); said != nil {
				return nil, said
			}
		}
	case len(vs) == 0:
		for _, v := range sent.Embeddings {
			vs = append(vs, vector{Embedding: v})
		}
		if sent.Embedding != nil {
			vs = append(vs, vector{Embedding: sent.Embedding})
		}
	}
	if len(vs) == 0 {
		if said := sent.report(true); said != nil {
			return nil, said
		}
		return nil, ErrOther
	}
	numbered := false
	for i := range vs {
		numbered = numbered || vs[i].Index.n != 0
	}
	out := []byte(`{"data":[`)
	for i, v := range vs {
		e, err := recoded(v.Embedding, asBase64)
		if err != nil {
			return nil, err
		}
		if v.Index.odd {
			return nil, fmt.Errorf("%w: an embedding with an index that is no place in a list", ErrOther)
		}
		at := i
		if v.Index.set && numbered {
			at = int(v.Index.n)
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = fmt.Appendf(out, `{"index":%d,"embedding":%s}`, at, e)
	}
	u := sent.Usage.v.openai()
	out = fmt.Appendf(out, `],"usage":{"prompt_tokens":%d,"total_tokens":%d}}`, u.PromptTokens, u.TotalTokens)
	return io.NopCloser(bytes.NewReader(out)), nil
}

// recoded is a vector in the form that was asked for: as it is, if that is what
// was sent.
func recoded(data json.RawMessage, asBase64 bool) (json.RawMessage, error) {
	if len(data) > 1 && data[0] == '[' && bytes.HasPrefix(bytes.TrimSpace(data[1:min(len(data), 64)]), []byte("[")) {
		var nested []json.RawMessage
		if json.Unmarshal(data, &nested) == nil && len(nested) == 1 {
			data = nested[0] // llama.cpp has one vector for each token, or one in all
		}
	}
	if len(data) == 0 || string(data) == "null" {
		return nil, fmt.Errorf("%w: an embedding without a vector", ErrOther)
	}
	isText := data[0] == '"'
	if !isText && bytes.Contains(data, []byte("null")) { // which Go would read as 0
		return nil, fmt.Errorf("%w: an embedding with a value missing", ErrOther)
	}
	if isText == asBase64 {
		return data, nil
	}
	var v []float32
	if isText {
		// go-openai reads base64 too, if it is told to.
		var r openai.EmbeddingResponseBase64
		if err := json.Unmarshal(fmt.Appendf(nil, `{"data":[{"embedding":%s}]}`, data), &r); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrOther, err)
		}
		list, err := r.ToEmbeddingResponse()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrOther, err)
		}
		encoded, err := json.Marshal(list.Data[0].Embedding)
		if err != nil { // NaN and infinity have no form in JSON
			return nil, fmt.Errorf("%w: %w", ErrOther, err)
		}
		return encoded, nil
	}
	if err := json.Unmarshal(data, &v); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOther, err)
	}
	b := make([]byte, 0, 4*len(v))
	for _, f := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return fmt.Appendf(nil, "%q", base64.StdEncoding.EncodeToString(b)), nil
}
