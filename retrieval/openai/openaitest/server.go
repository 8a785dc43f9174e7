// Package openaitest is an embedding server that follows a script: it speaks
// OpenAI's embeddings, and answers what a test has it answer. Its vectors are
// made of the words of a text, so texts that share words are near.
package openaitest

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"strconv"
	"strings"

	"dateline/retrieval/openai/api/apitest"
)

// A Request is what the server was asked.
type Request struct {
	apitest.Request
	Model  string
	Texts  []string
	List   bool // they came as a list
	Base64 bool
	Format string // asked for: "base64", "float" or ""
	Dims   int    // asked for; 0 if none are
}

// A Reply is what the server answers.
type Reply struct {
	// Data are the vectors, each with its index. They are sent as base64 if
	// that is asked for and Float is not set.
	Data  []Embedding
	Float bool
	// Tokens are what it says to have read; less than 0: it says nothing.
	Tokens int
	// Drop hangs up in the middle.
	Drop bool

	// Status other than 0 or 200 is an error with Text as its message.
	Status int
	Text   string
	Header map[string]string
	// Raw, if not empty, is the body, whatever was asked; Type its content type.
	Raw, Type string
}

// An Embedding is the vector of the text with an index.
type Embedding struct {
	Index  int
	Vector []float32
}

// A Script decides what to answer. It is called by several goroutines at once
// if requests come so.
type Script func(Request) Reply

// A Server follows a Script until it is closed.
type Server struct{ *apitest.Server[Request] }

// New starts a server. Its address, for a client, is BaseURL.
func New(script Script) *Server {
	return &Server{apitest.Serve("/embeddings", read, func(w http.ResponseWriter, r Request) { script(r).send(w, r) })}
}

// Texts are those that the server was asked for so far, in no certain order if
// several requests came at once.
func (s *Server) Texts() []string {
	var texts []string
	for _, r := range s.Requests() {
		texts = append(texts, r.Texts...)
	}
	return texts
}

// Truthful embeds every text with dims numbers, or as many as are asked for.
func Truthful(dims int) Script {
	return func(r Request) Reply {
		n := dims
		if r.Dims > 0 {
			n = r.Dims
		}
		var reply Reply
		for i, t := range r.Texts {
			reply.Data = append(reply.Data, Embedding{i, Vector(t, n)})
			reply.Tokens += len(strings.Fields(t))
		}
		return reply
	}
}

// Vector is the vector that Truthful makes of a text. It is not of unit length.
func Vector(text string, dims int) []float32 {
	v := make([]float32, dims)
	v[0] = 0.01 // there are no vectors of zeros
	for w := range strings.FieldsSeq(strings.ToLower(text)) {
		h := fnv.New32a()
		h.Write([]byte(strings.Trim(w, ".,;:!?\"'")))
		v[h.Sum32()%uint32(dims)]++
	}
	return v
}

// First answers the first requests with replies, and then as a script does.
func First(replies []Reply, then Script) Script {
	return func(r Request) Reply {
		if r.N < len(replies) {
			return replies[r.N]
		}
		return then(r)
	}
}

// Failing follows a script for n requests, and is out of order from then on.
func Failing(n int, script Script) Script {
	return func(r Request) Reply {
		if r.N >= n {
			return Reply{Status: http.StatusBadGateway, Text: "the model has crashed"}
		}
		return script(r)
	}
}

// Busy refuses for as many seconds as it says, "" if it does not say.
func Busy(seconds string) Reply {
	r := Reply{Status: http.StatusTooManyRequests, Text: "Rate limit reached"}
	if seconds != "" {
		r.Header = map[string]string{"Retry-After": seconds}
	}
	return r
}

// Refusing answers all with an error.
func Refusing(status int, message string) Script {
	return func(Request) Reply { return Reply{Status: status, Text: message} }
}

// Spoiled follows a script, but for what spoil changes.
func Spoiled(script Script, spoil func(Request, *Reply)) Script {
	return func(r Request) Reply {
		reply := script(r)
		spoil(r, &reply)
		return reply
	}
}

// Shuffled sends the vectors in another order than the texts.
func Shuffled(script Script) Script {
	return Spoiled(script, func(_ Request, r *Reply) {
		for i := range r.Data {
			j := (i*7 + 3) % len(r.Data)
			r.Data[i], r.Data[j] = r.Data[j], r.Data[i]
		}
	})
}

// AtMost refuses more texts than n in a request, as text-embeddings-inference
// does.
func AtMost(n int, script Script) Script {
	return func(r Request) Reply {
		if len(r.Texts) > n {
			return Reply{Status: http.StatusUnprocessableEntity, Text: fmt.Sprintf("batch size %d > maximum allowed batch size %d", len(r.Texts), n)}
		}
		return script(r)
	}
}

// Narrow refuses texts of more than n words, as llama.cpp does.
func Narrow(n int, script Script) Script {
	return func(r Request) Reply {
		for _, t := range r.Texts {
			if got := len(strings.Fields(t)); got > n {
				return Reply{Status: http.StatusInternalServerError, Text: fmt.Sprintf("input (%d tokens) is too large to process. increase the physical batch size (current batch size: %d)", got, n)}
			}
		}
		return script(r)
	}
}

func read(r apitest.Request, data []byte) (Request, error) {
	var body struct {
		Model    string          `json:"model"`
		Input    json.RawMessage `json:"input"`
		Encoding string          `json:"encoding_format"`
		Dims     int             `json:"dimensions"`
	}
	if err := json.Unmarshal(data, &body); err != nil {
		return Request{}, err
	}
	req := Request{Request: r, Model: body.Model, List: true, Base64: body.Encoding == "base64", Format: body.Encoding, Dims: body.Dims}
	if err := json.Unmarshal(body.Input, &req.Texts); err != nil {
		req.List = false
		var one string
		if err := json.Unmarshal(body.Input, &one); err != nil {
			return Request{}, err
		}
		req.Texts = []string{one}
	}
	return req, nil
}

// send answers a request.
func (r Reply) send(w http.ResponseWriter, req Request) {
	for k, v := range r.Header {
		w.Header().Set(k, v)
	}
	body := r.body(req)
	kind := "application/json"
	if r.Raw != "" {
		body, kind = []byte(r.Raw), r.Type
	}
	w.Header().Set("Content-Type", kind)
	if r.Drop {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		body = body[:len(body)/2]
	}
	w.WriteHeader(max(r.Status, http.StatusOK))
	if _, err := w.Write(body); err != nil || r.Drop {
		panic(http.ErrAbortHandler)
	}
}

func (r Reply) body(req Request) []byte {
	if r.Status > http.StatusOK {
		return encode(map[string]any{"error": map[string]any{"message": r.Text, "type": "error"}})
	}
	data := []any{}
	for _, e := range r.Data {
		var vector any = e.Vector
		if req.Base64 && !r.Float {
			var b []byte
			for _, f := range e.Vector {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
			}
			vector = base64.StdEncoding.EncodeToString(b)
		}
		data = append(data, map[string]any{"object": "embedding", "index": e.Index, "embedding": vector})
	}
	body := map[string]any{"object": "list", "model": req.Model, "data": data}
	if r.Tokens >= 0 {
		body["usage"] = map[string]any{"prompt_tokens": r.Tokens, "total_tokens": r.Tokens}
	}
	return encode(body)
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // a script asks for what JSON cannot say, such as NaN without base64
	}
	return data
}
