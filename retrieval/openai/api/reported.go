package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"strings"
)

// A ServerError is what a server says is wrong.
type ServerError struct {
	// Code is the HTTP status, or the one that an answer with 200 reports; 0 if
	// there is none.
	Code    int
	Message string
	Late    bool // it came in the middle of an answer

	words string // all that was said, to look for words in
}

func (e *ServerError) Error() string { return e.Message }

// refusal reads the body of an error. What is no JSON is the message, but for
// pages, which say nothing to anybody.
func refusal(code int, body []byte) *ServerError {
	body = bytes.TrimSpace(body)
	if at := bytes.Index(body, []byte("data:")); at == 0 || at > 0 && bytes.HasPrefix(body, []byte("event:")) {
		body, _, _ = bytes.Cut(bytes.TrimSpace(body[at+len("data:"):]), []byte("\n")) // the event of a stream
	}
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil && len(list) > 0 {
		body = list[0] // Gemini
	}
	var e *ServerError
	var c complaint
	if json.Unmarshal(body, &c) == nil {
		e = c.report(true)
	}
	if e == nil {
		e = new(ServerError)
		if !json.Valid(body) && !bytes.HasPrefix(body, []byte("<")) {
			e.Message = string(body)
		}
		e.words = e.Message
	}
	e.Code = code
	return e
}

// A complaint is an error as it is sent, in the forms of OpenAI, vLLM, Gemini,
// Cloudflare, FastAPI and others.
type complaint struct {
	Error   json.RawMessage `json:"error"`
	Errors  json.RawMessage `json:"errors"`
	Object  lenient[string] `json:"object"`
	Message json.RawMessage `json:"message"`
	// ErrorMsg and Base are Baidu's and MiniMax's, beside 200.
	ErrorMsg lenient[string] `json:"error_msg"`
	Base     lenient[struct {
		Code number          `json:"status_code"`
		Msg  lenient[string] `json:"status_msg"`
	}] `json:"base_resp"`
	Msg     lenient[string]                        `json:"msg"`
	Detail  json.RawMessage                        `json:"detail"`
	Loc     lenient[[]lenient[string]]             `json:"loc"`
	Type    lenient[string]                        `json:"type"`
	Status  lenient[string]                        `json:"status"`
	Param   lenient[string]                        `json:"param"`
	Code    json.RawMessage                        `json:"code"`
	Success lenient[*bool]                         `json:"success"`
	Meta    lenient[struct{ Raw lenient[string] }] `json:"metadata"`
}

// report returns the error that an object reports; nil if it reports none. Where
// it is known to be an error, its own fields tell of it as well.
func (c complaint) report(known bool) *ServerError {
	if e := reportedIn(c.Error); e != nil {
		return e
	}
	failed := c.Success.v != nil && !*c.Success.v
	if known || failed || c.Object.v == "error" || c.Errors != nil || c.ErrorMsg.v != "" || c.Base.v.Code.n != 0 {
		if e := c.read(mostNested); e.words != "" || failed || c.Object.v == "error" {
			return e
		}
	}
	return nil
}

// reportedIn reads the value of a field for an error; nil if there is none.
func reportedIn(data json.RawMessage) *ServerError { return reportedAt(data, mostNested) }

func reportedAt(data json.RawMessage, depth int) *ServerError {
	if depth == 0 {
		return nil
	}
	var s string
	if json.Unmarshal(data, &s) == nil {
		if s = strings.TrimSpace(s); s == "" {
			return nil
		}
		return named(&ServerError{Message: s, words: s})
	}
	var c complaint
	if json.Unmarshal(data, &c) != nil || len(data) < len(`{"":0}`) {
		return nil
	}
	return c.read(depth - 1)
}

// mostErrors is how many errors of a list are read.
const mostErrors = 20

func (c complaint) read(depth int) *ServerError {
	e := new(ServerError)
	if !bytes.HasPrefix(c.Message, []byte("{")) {
		e.Message, _ = text(c.Message)
	}
	e.Message = cmp.Or(e.Message, c.ErrorMsg.v, c.Base.v.Msg.v)
	if e.Message == "" {
		e.Message = c.Msg.v
		var at []string
		for _, l := range c.Loc.v {
			if l.v != "" {
				at = append(at, l.v)
			}
		}
		if len(at) > 0 {
			e.Message += " (" + strings.Join(at, ".") + ")"
		}
	}
	words := []string{e.Message}
	inner := func(d *ServerError) {
		if d == nil || d.words == "" {
			return
		}
		if e.Message == "" {
			e.Message = d.Message
		}
		words = append(words, d.words)
	}
	for _, several := range []json.RawMessage{c.Errors, c.Detail} {
		var list []json.RawMessage
		if json.Unmarshal(several, &list) != nil {
			list = []json.RawMessage{several}
		}
		for _, one := range list[:min(len(list), mostErrors)] {
			inner(reportedAt(one, depth))
		}
	}
	var code number
	if json.Unmarshal(c.Code, &code) == nil && code.n >= 400 && code.n < 600 {
		e.Code = int(code.n)
	}
	word, _ := text(c.Code)
	words = append(words, c.Type.v, c.Status.v, word, c.Param.v, c.Meta.v.Raw.v)
	e.words = strings.Join(strings.Fields(strings.Join(words, " ")), " ")
	if strings.ContainsRune(c.Param.v, ' ') {
		e.Message = strings.TrimSpace(e.Message + " " + c.Param.v)
	}
	return named(e)
}

// named gives an error without a status the one that its words stand for.
func named(e *ServerError) *ServerError {
	switch {
	case e.Code != 0:
	case Says(e.words, "rate_limit", "rate limit"):
		e.Code = http.StatusTooManyRequests
	case Says(e.words, "unexpected endpoint or method"): // LM Studio
		e.Code = http.StatusNotFound
	}
	return e
}
