package llmtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// A Behaviour is one way in which a server that calls itself OpenAI-compatible
// departs from what OpenAI documents, and what a client has to make of it.
type Behaviour struct {
	Name string // the server, and what it does
	// Script behaves so. It tells the truth where it answers at all.
	Script Script
	// Path follows the server's address in place of /v1, and Key stands in place
	// of a key that it takes.
	Path, Key string
	// Says is part of the note below an answer, of the reason for a refusal or of
	// the error; empty means that there is an answer without a note.
	Says string
	// Answers is set if there is an answer beside what Says says.
	Answers bool
	// Again is how many requests the next question takes; 0 means one, whatever
	// the first one took.
	Again int
}

// quoted is a text as a JSON string.
func quoted(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always has a form in JSON
	}
	return string(data)
}

// A frame is the form of one piece of a stream: the JSON of an event.
type frame func(i int, piece string) string

// delta is the frame of OpenAI, but for the fields of the delta.
func delta(fields string) frame {
	return func(_ int, piece string) string {
		return `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1764460800,"model":"scripted","choices":[{"index":0,"delta":` +
			strings.ReplaceAll(fields, "TEXT", quoted(piece)) + `,"finish_reason":null}]}`
	}
}

// chunk is a frame with TEXT in place of a piece.
func chunk(text string) frame {
	return func(_ int, piece string) string { return strings.ReplaceAll(text, "TEXT", quoted(piece)) }
}

var plainDelta = delta(`{"content":TEXT}`)

const (
	stopChunk = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1764460800,"model":"scripted","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`
	done      = "data: [DONE]\n\n"
)

// event is an event of a stream.
func event(data string) string { return "data: " + data + "\n\n" }

// finish is a last chunk with a reason.
func finish(reason string) string {
	return event(strings.Replace(stopChunk, `"stop"`, quoted(reason), 1))
}

// streams tells the truth in frames of a form, between what comes before and
// after, and sends it as a content type. Where no stream is asked for it is sent
// all the same.
func streams(before string, f frame, after, kind string) Script {
	return func(r Request) Reply {
		var b strings.Builder
		b.WriteString(before)
		for i, p := range Divide(Truthful()(r).Text, 16) {
			b.WriteString(event(f(i, p)))
		}
		b.WriteString(after)
		return Reply{Raw: b.String(), Type: kind}
	}
}

const (
	sse       = "text/event-stream"
	jsonType  = "application/json"
	ended     = "data: " + stopChunk + "\n\n" + done
	wholeForm = `{"id":"chatcmpl-1","object":"chat.completion","created":1764460800,"model":"scripted","choices":[{"index":0,"message":{"role":"assistant","content":TEXT},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":9,"total_tokens":18}}`
)

// wholes tells the truth in one object of a form, whatever was asked for.
func wholes(form, kind string) Script {
	return func(r Request) Reply {
		return Reply{Raw: strings.ReplaceAll(form, "TEXT", quoted(Truthful()(r).Text)), Type: kind}
	}
}

// rewritten changes a stream as a whole.
func rewritten(s Script, change func(string) string) Script {
	return func(r Request) Reply {
		reply := s(r)
		reply.Raw = change(reply.Raw)
		return reply
	}
}

// refusesIf answers with an error as long as a request has what it refuses.
func refusesIf(has func(Request) bool, status int, body string) Script {
	return func(r Request) Reply {
		if has(r) {
			kind := "text/plain"
			if strings.HasPrefix(body, "{") || strings.HasPrefix(body, "[") {
				kind = jsonType
			}
			return Reply{Status: status, Raw: body, Type: kind}
		}
		return Truthful()(r)
	}
}

func schema(r Request) bool         { return r.Schema }
func system(r Request) bool         { return r.Roles[0] == "system" }
func counting(r Request) bool       { return r.Usage }
func streaming(r Request) bool      { return r.Stream }
func olderName(r Request) bool      { return r.Most > 0 && !r.NewerName }
func warm(r Request) bool           { return r.Temperature != nil }
func over(n int) func(Request) bool { return func(r Request) bool { return r.Most > n } }
func larger(n int) func(Request) bool {
	return func(r Request) bool { return size(r)+r.Most > n }
}

// wrong is an error of OpenAI's form.
func wrong(message, kind string) string {
	return `{"error":{"message":` + quoted(message) + `,"type":` + quoted(kind) + `,"param":null,"code":null}}`
}

// writes has the model write something around what it is to write.
func writes(form string) Script {
	return func(r Request) Reply {
		r.Schema = true
		return Reply{Text: strings.ReplaceAll(form, "JSON", Truthful()(r).Text)}
	}
}

// breaking says a sentence and half of one, and then something else.
func breaking(after string) Script {
	return func(r Request) Reply {
		r.Schema = false
		var b strings.Builder
		for i, p := range Divide(Truthful()(r).Text+"\nThe visit was conf", 16) {
			b.WriteString(event(plainDelta(i, p)))
		}
		return Reply{Raw: b.String() + after, Type: sse}
	}
}

// raw is a body, whatever was asked.
func raw(status int, kind, body string) Script {
	return func(Request) Reply { return Reply{Status: status, Raw: body, Type: kind} }
}

const (
	noteError  = "The model server reported an error"
	noteLength = "cut off"
	noteFilter = "filter"
)

// Behaviours are those of chat completions, from the documentation of the
// servers and from the trackers of their clients as of 2026.
func Behaviours() []Behaviour {
	list := slices.Concat(streamForms(), fieldForms(), contentForms(), refusals(), errorForms(), endings(), addresses())
	for i := range list {
		list[i].Again = max(1, list[i].Again)
	}
	return list
}

// streamForms are ways to send a stream, or something in place of one.
func streamForms() []Behaviour {
	truth := streams("", plainDelta, ended, sse)
	return []Behaviour{
		{Name: "OpenAI: a stream that ends in usage without choices", Script: streams("", plainDelta, event(stopChunk)+event(`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1764460800,"model":"scripted","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":9,"total_tokens":18,"prompt_tokens_details":{"cached_tokens":0},"completion_tokens_details":{"reasoning_tokens":0}}}`)+done, sse)},
		{Name: "OpenAI: obfuscation beside each piece", Script: streams("", chunk(`{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1764460800,"model":"scripted","service_tier":"default","system_fingerprint":"fp_1","choices":[{"index":0,"delta":{"content":TEXT},"logprobs":null,"finish_reason":null}],"obfuscation":"xY1"}`), ended, sse)},
		{Name: "Azure: filter results first, without a choice", Script: streams(event(`{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}`), plainDelta, ended, sse)},
		{Name: "Azure: filter results behind, without a delta", Script: streams("", plainDelta, event(stopChunk)+event(`{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}},"content_filter_offsets":{"check_offset":1,"start_offset":0,"end_offset":9}}]}`)+done, sse)},
		{Name: "OpenRouter: comments while it waits", Script: streams(strings.Repeat(": OPENROUTER PROCESSING\n\n", 10), plainDelta, ended, sse)},
		{Name: "OpenRouter: comments for ten minutes", Script: streams(strings.Repeat(": OPENROUTER PROCESSING\n\n", 600), plainDelta, ended, sse)},
		{Name: "DeepSeek: keep-alive comments between pieces", Script: rewritten(truth, func(s string) string { return strings.ReplaceAll(s, "\n\n", "\n\n: keep-alive\n\n") })},
		{Name: "DeepSeek: a thousand empty lines before a stream", Script: streams(strings.Repeat("\n", 1000), plainDelta, ended, sse)},
		{Name: "DeepSeek: empty lines before an object", Script: wholes(strings.Repeat("\n", 200)+wholeForm, jsonType)},
		{Name: "Anthropic: ping events", Script: streams("event: ping\ndata: {\"type\":\"ping\"}\n\n", plainDelta, ended, sse)},
		{Name: "proxy: events with names, ids and times to come again", Script: rewritten(truth, func(s string) string {
			return "retry: 3000\n\n" + strings.ReplaceAll(s, "data: ", "id: 7\nevent: message\ndata: ")
		})},
		{Name: "vLLM: thinks in delta.reasoning", Script: streams(event(delta(`{"reasoning":TEXT}`)(0, "Perhaps [1].")), plainDelta, ended, sse)},
		{Name: "DeepSeek: thinks in reasoning_content, content is null meanwhile", Script: streams(event(delta(`{"content":null,"reasoning_content":TEXT}`)(0, "Perhaps [1].")), delta(`{"content":TEXT,"reasoning_content":null}`), ended, sse)},
		{Name: "OpenRouter: thinks in reasoning and reasoning_details", Script: streams(event(delta(`{"role":"assistant","content":"","reasoning":TEXT,"reasoning_details":[{"type":"reasoning.text","text":TEXT,"format":"unknown","index":0}]}`)(0, "Perhaps.")), plainDelta, ended, sse)},
		{Name: "proxy: thinks in an object", Script: streams(event(delta(`{"reasoning":{"text":TEXT}}`)(0, "Perhaps.")), plainDelta, ended, sse)},
		{Name: "Groq: usage inside of x_groq", Script: streams(event(`{"id":"1","object":"chat.completion.chunk","created":1,"model":"scripted","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"x_groq":{"id":"req_1"}}`), plainDelta, event(strings.Replace(stopChunk, `"choices"`, `"x_groq":{"usage":{"queue_time":0.03,"prompt_tokens":9,"prompt_time":0.002,"total_time":0.4}},"choices"`, 1))+done, sse)},
		{Name: "Perplexity: the whole message so far beside each delta", Script: func(r Request) Reply {
			var b strings.Builder
			so := ""
			for _, p := range Divide(Truthful()(r).Text, 16) {
				so += p
				b.WriteString(event(`{"id":"1","model":"scripted","created":1,"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2},"citations":["https://example.org"],"object":"chat.completion.chunk","choices":[{"index":0,"finish_reason":null,"message":{"role":"assistant","content":` + quoted(so) + `},"delta":{"role":"assistant","content":` + quoted(p) + `}}]}`))
			}
			return Reply{Raw: b.String() + ended, Type: sse}
		}},
		{Name: "LiteLLM: a whole message in one event", Script: func(r Request) Reply {
			return Reply{Raw: event(strings.ReplaceAll(wholeForm, "TEXT", quoted(Truthful()(r).Text))) + done, Type: sse}
		}},
		{Name: "proxy: messages in place of deltas", Script: streams("", chunk(`{"choices":[{"index":0,"message":{"role":"assistant","content":TEXT},"finish_reason":null}]}`), ended, sse)},
		{Name: "proxy: messages that grow in place of deltas", Script: func(r Request) Reply {
			var b strings.Builder
			so := ""
			for _, p := range Divide(Truthful()(r).Text, 16) {
				so += p
				b.WriteString(event(`{"choices":[{"index":0,"message":{"role":"assistant","content":` + quoted(so) + `},"finish_reason":null}]}`))
			}
			return Reply{Raw: b.String() + ended, Type: sse}
		}},
		{Name: "proxy: the whole message again at the end", Script: func(r Request) Reply {
			reply := streams("", plainDelta, "", sse)(r)
			reply.Raw += event(strings.ReplaceAll(wholeForm, "TEXT", quoted(Truthful()(r).Text))) + done
			return reply
		}},
		{Name: "Ollama: messages without a choice, line by line", Script: func(r Request) Reply {
			var b strings.Builder
			for _, p := range Divide(Truthful()(r).Text, 16) {
				b.WriteString(`{"model":"scripted","created_at":"2025-11-30T00:00:00Z","message":{"role":"assistant","content":` + quoted(p) + `},"done":false}` + "\n")
			}
			return Reply{Raw: b.String() + `{"model":"scripted","message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"eval_count":9}` + "\n", Type: "application/x-ndjson"}
		}},
		{Name: "KoboldCpp: text of an older API", Script: streams("", chunk(`{"id":"koboldcpp","object":"chat.completion.chunk","created":1,"model":"koboldcpp/scripted","choices":[{"index":0,"text":TEXT,"finish_reason":null}]}`), ended, sse)},
		{Name: "proxy: a stream sent as application/json", Script: streams("", plainDelta, ended, jsonType)},
		{Name: "proxy: a stream sent as text/plain", Script: streams("", plainDelta, ended, "text/plain; charset=utf-8")},
		{Name: "proxy: a stream sent as application/octet-stream", Script: streams("", plainDelta, ended, "application/octet-stream")},
		{Name: "proxy: an object sent as text/event-stream", Script: wholes(wholeForm, sse)},
		{Name: "proxy: an object sent as text/plain", Script: wholes(wholeForm, "text/plain")},
		{Name: "Gemini: an object over many lines", Script: wholes(strings.NewReplacer(`,"`, ",\n  \"", `{"`, "{\n  \"").Replace(wholeForm)+"\n", jsonType)},
		{Name: "proxy: objects line by line in place of a stream", Script: rewritten(truth, func(s string) string {
			return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(s, "\n\n", "\n"), "data: [DONE]\n", ""), "data: ", "")
		})},
		{Name: "proxy: no space after data:", Script: rewritten(truth, func(s string) string { return strings.ReplaceAll(s, "data: ", "data:") })},
		{Name: "IIS: lines that end in CRLF", Script: rewritten(truth, func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") })},
		{Name: "proxy: events on lines without a gap", Script: rewritten(truth, func(s string) string { return strings.ReplaceAll(s, "\n\n", "\n") })},
		{Name: "Gemini: an event over several data lines", Script: rewritten(truth, func(s string) string { return strings.ReplaceAll(s, `"choices":`, "\ndata: \"choices\":") })},
		{Name: "proxy: a byte order mark", Script: streams("\ufeff", plainDelta, ended, sse)},
		{Name: "proxy: a byte order mark before an object", Script: wholes("\ufeff"+wholeForm, jsonType)},
		{Name: "proxy: empty and null events", Script: streams("data:\n\ndata: null\n\ndata: {}\n\n", plainDelta, ended, sse)},
		{Name: "proxy: words that keep a connection alive", Script: streams("data: ping\n\ndata: \"alive\"\n\ndata: 1\n\n", plainDelta, ended, sse)},
		{Name: "proxy: [DONE] in quotation marks", Script: streams("", plainDelta, "data: \"[DONE]\"\n\n", sse)},
		{Name: "TabbyAPI: no [DONE]", Script: streams("", plainDelta, event(stopChunk), sse)},
		{Name: "proxy: neither a reason nor [DONE]", Script: streams("", plainDelta, "", sse)},
		{Name: "proxy: [DONE] and no line end", Script: streams("", plainDelta, event(stopChunk)+"data: [DONE]", sse)},
		{Name: "proxy: more behind [DONE]", Script: streams("", plainDelta, ended+"data: {\"cost\":0.1}\n\n<!-- 12 ms -->", sse)},
		{Name: "proxy: an object though a stream was asked for", Script: wholes(wholeForm, jsonType)},
		{Name: "proxy: a stream though none is asked for", Script: func(r Request) Reply {
			if r.Stream {
				return refuse(400, wrong("streaming is not supported for this route", "invalid_request_error"))
			}
			return truth(r)
		}},
	}
}

// fieldForms are fields of other types than OpenAI's, or without a value.
func fieldForms() []Behaviour {
	of := func(name, form string) Behaviour {
		return Behaviour{Name: name, Script: streams("", chunk(form), ended, sse)}
	}
	whole := func(name, from, to string) Behaviour {
		return Behaviour{Name: name, Script: wholes(strings.Replace(wholeForm, from, to, 1), jsonType)}
	}
	const choice = `"choices":[{"index":0,"delta":{"content":TEXT},"finish_reason":null}]}`
	return []Behaviour{
		of("proxy: a time with a fraction", `{"id":"1","created":1764460800.779,"model":"scripted",`+choice),
		of("proxy: a time as text", `{"id":"1","created":"2025-11-30T00:00:00Z","model":"scripted",`+choice),
		of("LocalAI: no id, no time, no model", `{`+choice),
		of("proxy: an id that is a number, a model that is null", `{"id":17,"model":null,"object":null,`+choice),
		of("proxy: a fingerprint that is a number", `{"system_fingerprint":44,"service_tier":1,`+choice),
		of("proxy: an index that is text", `{"choices":[{"index":"0","delta":{"content":TEXT},"finish_reason":null}]}`),
		of("proxy: an index that is null", `{"choices":[{"index":null,"delta":{"content":TEXT},"finish_reason":null}]}`),
		of("proxy: an empty reason with each piece", `{"choices":[{"index":0,"delta":{"content":TEXT},"finish_reason":""}]}`),
		of("proxy: a reason that is no text", `{"choices":[{"index":0,"delta":{"content":TEXT},"finish_reason":false}]}`),
		of("Ollama: tool calls that are null or empty", `{"choices":[{"index":0,"delta":{"content":TEXT,"tool_calls":null,"function_call":{}},"finish_reason":null}]}`),
		of("proxy: tool calls that are an object", `{"choices":[{"index":0,"delta":{"content":TEXT,"tool_calls":{}},"finish_reason":null}]}`),
		of("llama.cpp: logprobs of another form", `{"choices":[{"index":0,"delta":{"content":TEXT},"logprobs":[],"finish_reason":null}],"timings":{"prompt_n":1.5}}`),
		of("proxy: logprobs that are false", `{"choices":[{"index":0,"delta":{"content":TEXT},"logprobs":false,"finish_reason":null}]}`),
		of("proxy: usage with fractions", `{"usage":{"prompt_tokens":12.5,"completion_tokens":3.0,"total_tokens":15.5},`+choice),
		of("proxy: usage as text", `{"usage":{"prompt_tokens":"12","completion_tokens":"3","total_tokens":"15"},`+choice),
		of("proxy: usage that is empty text", `{"usage":"",`+choice),
		of("proxy: usage that is a list", `{"usage":[],`+choice),
		of("Cloudflare: usage with null", `{"usage":{"prompt_tokens":null,"completion_tokens":null,"total_tokens":null,"prompt_tokens_details":{"cached_tokens":1.5}},`+choice),
		of("proxy: a role that is null, a refusal that is false", `{"choices":[{"index":0,"delta":{"role":null,"content":TEXT,"refusal":null},"finish_reason":null}]}`),
		of("proxy: a role that is a number", `{"choices":[{"index":0,"delta":{"role":1,"content":TEXT},"finish_reason":null}]}`),
		of("proxy: filter results of another form", `{"choices":[{"index":0,"delta":{"content":TEXT},"content_filter_results":[],"finish_reason":null}],"prompt_filter_results":{}}`),
		{Name: "proxy: choices that are null in the last event", Script: streams("", plainDelta, event(stopChunk)+event(`{"choices":null,"usage":{"prompt_tokens":9}}`)+done, sse)},
		{Name: "proxy: no delta in the last event", Script: streams("", plainDelta, event(`{"choices":[{"index":0,"finish_reason":"stop"}]}`)+done, sse)},
		{Name: "proxy: a delta that is null in the last event", Script: streams("", plainDelta, event(`{"choices":[{"index":0,"delta":null,"finish_reason":"stop"}]}`)+done, sse)},
		whole("proxy: a whole answer, a time with a fraction", `"created":1764460800`, `"created":1764460800.123`),
		whole("proxy: a whole answer, usage as text", `"prompt_tokens":9`, `"prompt_tokens":"9"`),
		whole("proxy: a whole answer, usage with a fraction", `"prompt_tokens":9`, `"prompt_tokens":9.25`),
		whole("proxy: a whole answer, an id that is a number", `"id":"chatcmpl-1"`, `"id":1`),
		whole("proxy: a whole answer, an index that is text", `"index":0`, `"index":"0"`),
		whole("proxy: a whole answer, logprobs that are a list", `"finish_reason"`, `"logprobs":[],"finish_reason"`),
		whole("Ollama: a whole answer, an error that is null", `"id"`, `"error":null,"id"`),
		whole("proxy: a whole answer, an error that is empty text", `"id"`, `"error":"","id"`),
		whole("LiteLLM: a whole answer, annotations that are null", `"role":"assistant"`, `"role":"assistant","annotations":null,"audio":null,"function_call":null,"tool_calls":null,"provider_specific_fields":{"refusal":null}`),
		whole("Cloudflare: inside of a result", wholeForm, `{"result":`+wholeForm+`,"success":true,"errors":[],"messages":[]}`),
	}
}

// contentForms are ways to give the text of an answer.
func contentForms() []Behaviour {
	return []Behaviour{
		{Name: "Mistral: content in parts", Script: streams("", delta(`{"content":[{"type":"text","text":TEXT}]}`), ended, sse)},
		{Name: "Mistral: thinking in parts", Script: streams(event(delta(`{"content":[{"type":"thinking","thinking":[{"type":"text","text":TEXT}]}]}`)(0, "Perhaps [1].")), plainDelta, ended, sse)},
		{Name: "Mistral: a whole answer in parts, with thinking", Script: wholes(strings.Replace(wholeForm, `"content":TEXT`, `"content":[{"type":"thinking","thinking":[{"type":"text","text":"Perhaps."}],"closed":true},{"type":"text","text":TEXT}]`, 1), jsonType)},
		{Name: "proxy: a whole answer in parts that are text", Script: wholes(strings.Replace(wholeForm, `"content":TEXT`, `"content":[TEXT]`, 1), jsonType)},
		{Name: "proxy: content that is one part", Script: wholes(strings.Replace(wholeForm, `"content":TEXT`, `"content":{"type":"text","text":TEXT}`, 1), jsonType)},
		{Name: "Cloudflare: an object for content where JSON is asked for", Script: func(r Request) Reply {
			text := Truthful()(r).Text
			if !r.Schema {
				text = quoted(text)
			}
			return Reply{Raw: strings.ReplaceAll(wholeForm, "TEXT", text), Type: jsonType}
		}},
		{Name: "DeepSeek: a whole answer with its thinking", Script: wholes(strings.Replace(wholeForm, `"role"`, `"reasoning_content":"Perhaps [1].","role"`, 1), jsonType)},
		{Name: "text-generation-inference: a whole answer of an older API", Script: wholes(strings.Replace(wholeForm, `"message":{"role":"assistant","content":TEXT}`, `"text":TEXT`, 1), jsonType)},
		{Name: "model: words before JSON in a fence", Script: writes("Here is the answer to your question:\n\n```json\nJSON\n```")},
		{Name: "model: words before and behind JSON in a fence", Script: writes("Sure! Here is the JSON:\n```\nJSON\n```\nLet me know if you need anything else.")},
		{Name: "model: words before JSON", Script: writes("Based on the passages, here is the answer in the requested format:\nJSON")},
		{Name: "model: words before JSON on one line", Script: writes("Sure, here you go: JSON")},
		{Name: "model: a mark in the words before JSON", Script: writes("I used passage [1] for this.\n\nJSON\n"), Again: 2},
		{Name: "model: braces in the words before JSON", Script: writes("The format {sentences, short} is kept.\nJSON")},
		{Name: "model: the word json before JSON", Script: writes("json\nJSON")},
		{Name: "model: a fence in capitals", Script: writes("```JSON\nJSON\n```")},
		{Name: "model: tags around JSON", Script: writes("<answer>\nJSON\n</answer>")},
		{Name: "model: thinking with braces, then words, then JSON", Script: writes("<think>The format is {\"sentences\": []}.</think>\n\nHere it is:\n```json\nJSON\n```")},
		{Name: "model: words behind JSON", Script: writes("JSON\n\nNote: I have used the passages alone.")},
		{Name: "model: JSON as a string", Script: func(r Request) Reply {
			r.Schema = true
			return Reply{Text: quoted(Truthful()(r).Text)}
		}},
		{Name: "model: JSON inside of a key", Script: writes(`{"response": JSON}`)},
		{Name: "model: another key first, behind words", Script: writes("Here you are:\n\n{\"thought\": \"hm\", \"answer\": JSON}")},
		{Name: "model: spread over lines, behind words", Script: func(r Request) Reply {
			r.Schema = true
			text := strings.NewReplacer("{", "{\n    ", "[", "[\n        ", ",\"", ",\n    \"").Replace(Truthful()(r).Text)
			return Reply{Text: "Here is the JSON:\n\n" + text}
		}},
		{Name: "model: commas behind the last", Script: func(r Request) Reply {
			r.Schema = true
			return Reply{Text: strings.NewReplacer("]", ",]", "}", ",}").Replace(Truthful()(r).Text)}
		}},
		{Name: "model: a role before JSON", Script: writes("assistant: JSON")},
		{Name: "model: a short answer that is a number", Script: writes(`{"short": 19, "sentences": [JSON], "answered": "true"}`)},
	}
}

// refusals are servers that do not know, or do not allow, a part of the request.
func refusals() []Behaviour {
	const extra = `{"detail":[{"type":"extra_forbidden","loc":["body","FIELD"],"msg":"Extra inputs are not permitted","input":true}]}`
	forbids := func(field string) string { return strings.ReplaceAll(extra, "FIELD", field) }
	return []Behaviour{
		{Name: "DeepSeek: no schemas", Script: refusesIf(schema, 400, wrong("This response_format type is unavailable now", "invalid_request_error"))},
		{Name: "Groq: no schemas for a model", Script: refusesIf(schema, 400, wrong("This model does not support response format `json_schema`. See supported models at https://console.groq.com/docs/structured-outputs#supported-models", "invalid_request_error"))},
		{Name: "Groq: could not keep to the schema", Script: refusesIf(schema, 400, `{"error":{"message":"Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.","type":"invalid_request_error","code":"json_validate_failed","failed_generation":"{\"sen"}}`)},
		{Name: "llama.cpp: no schemas (500)", Script: refusesIf(schema, 500, `{"error":{"code":500,"message":"response_format type must be one of \"text\" or \"json_object\", but got: json_schema","type":"server_error"}}`)},
		{Name: "llama-cpp-python: a schema is an internal error", Script: refusesIf(schema, 500, `{"error":{"message":"[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type')}]","type":"internal_server_error","param":null,"code":null}}`)},
		{Name: "sglang: a schema is an internal error without a word", Script: refusesIf(schema, 500, "Internal Server Error")},
		{Name: "proxy: a schema is an internal error in other words", Script: refusesIf(schema, 500, wrong("unexpected EOF from upstream", "api_error"))},
		{Name: "proxy: a schema is not implemented", Script: refusesIf(schema, 501, wrong("not implemented", "api_error"))},
		{Name: "OpenRouter: nobody who knows schemas", Script: refusesIf(schema, 404, `{"error":{"message":"No endpoints found that can handle the requested parameters. To learn more about provider routing, visit: https://openrouter.ai/docs/provider-routing","code":404}}`)},
		{Name: "proxy: a schema is not found", Script: refusesIf(schema, 404, "404 page not found")},
		{Name: "vLLM: a schema that cannot be compiled", Script: refusesIf(schema, 400, `{"object":"error","message":"The provided JSON schema contains features not supported by xgrammar.","type":"BadRequestError","param":null,"code":400}`)},
		{Name: "Gemini: a word of the schema is not known", Script: refusesIf(schema, 400, "[{\n  \"error\": {\n    \"code\": 400,\n    \"message\": \"Invalid JSON payload received. Unknown name \\\"additionalProperties\\\" at 'generation_config.response_schema': Cannot find field.\",\n    \"status\": \"INVALID_ARGUMENT\"\n  }\n}\n]")},
		{Name: "FastAPI: a schema is an extra field", Script: refusesIf(schema, 422, forbids("response_format"))},
		{Name: "Cloudflare: no JSON mode", Script: refusesIf(schema, 400, `{"errors":[{"message":"AiError: Bad input: Error: oneOf at '/' not met, 0 matches: required properties at '/' are 'prompt', 'response_format' not allowed","code":5006}],"success":false,"result":{},"messages":[]}`)},
		{Name: "OpenAI: max_completion_tokens in place of max_tokens", Script: refusesIf(olderName, 400, `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}`)},
		{Name: "OpenAI: too many tokens to write", Script: refusesIf(over(1000), 400, `{"error":{"message":"max_tokens is too large: 2048. This model supports at most 1000 completion tokens, whereas you provided 2048.","type":"invalid_request_error","param":"max_tokens","code":null}}`)},
		{Name: "Anthropic: too many tokens to write", Script: refusesIf(over(1024), 400, `{"error":{"code":"invalid_request_error","message":"max_tokens: 2048 > 1024, which is the maximum allowed number of output tokens for claude-3-20240307","type":"invalid_request_error","param":null}}`)},
		{Name: "Groq: too many tokens to write", Script: refusesIf(over(512), 400, "{\"error\":{\"message\":\"`max_tokens` must be less than or equal to `512`, the maximum value for `max_tokens` is less than the `context_window` for this model\",\"type\":\"invalid_request_error\"}}")},
		{Name: "DeepSeek: too many tokens to write", Script: refusesIf(over(1024), 400, wrong("Invalid max_tokens value, the valid range of max_tokens is [1, 1024]", "invalid_request_error"))},
		{Name: "DashScope: too many tokens to write", Script: refusesIf(over(1500), 400, wrong("<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 1500]", "invalid_request_error"))},
		{Name: "Doubao: too many tokens to write", Script: refusesIf(over(700), 400, `{"error":{"code":"InvalidParameter","message":"The parameter max_tokens specified in the request are not valid: integer above maximum value, expected a value <= 700, but got 2048 instead.","param":"max_tokens","type":"BadRequest"}}`)},
		{Name: "proxy: too many tokens to write, said in param", Script: refusesIf(over(900), 400, `{"error":{"message":"Param Incorrect","type":"upstream_error","param":"max_tokens is too large: 2048. This model supports at most 900 completion tokens, whereas you provided 2048.","code":"400"}}`)},
		{Name: "proxy: too many tokens to write, and not how many it takes", Script: refusesIf(over(300), 400, wrong("max_tokens is too large for this deployment", "invalid_request_error"))},
		{Name: "proxy: both names, and too many tokens", Script: func(r Request) Reply {
			switch {
			case olderName(r):
				return refuse(400, wrong("Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "invalid_request_error"))
			case r.Most > 800:
				return refuse(400, wrong("max_completion_tokens is too large: 2048. This model supports at most 800 completion tokens.", "invalid_request_error"))
			}
			return Truthful()(r)
		}},
		{Name: "proxy: too many tokens to write, an internal error", Script: refusesIf(over(1000), 500, wrong("max_tokens 2048 exceeds the maximum of 1000", "server_error"))},
		{Name: "OpenRouter: credit for fewer tokens", Script: refusesIf(over(600), 402, `{"error":{"message":"This request requires more credits, or fewer max_tokens. You requested up to 2048 tokens, but can only afford 600. To increase, visit https://openrouter.ai/settings/credits and upgrade to a paid account","code":402}}`)},
		{Name: "text-generation-inference: reads and writes less", Script: refusesIf(larger(2048), 422, "{\"error\":\"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048. Given: 1500 `inputs` tokens and 1024 `max_new_tokens`\",\"error_type\":\"validation\"}")},
		{Name: "Groq: too large for the minute", Script: refusesIf(larger(2048), 413, "{\"error\":{\"message\":\"Request too large for model `scripted` in organization `org_1` service tier `on_demand` on tokens per minute (TPM): Limit 2048, Requested 3000, please reduce your message size and try again.\",\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\"}}")},
		{Name: "LM Studio: a smaller context", Script: refusesIf(larger(2048), 400, `{"error":"Trying to keep the first 3000 tokens when context the overflows. However, the model is loaded with context length of only 2048 tokens, which is not enough. Try to load the model with a larger context length, or provide a shorter input"}`)},
		{Name: "TabbyAPI: a smaller context", Script: refusesIf(larger(2048), 400, `{"detail":"Prompt length 3000 is greater than max_seq_len 2048"}`)},
		{Name: "Gemini: a smaller context", Script: refusesIf(larger(2048), 400, `[{"error":{"code":400,"message":"The input token count (3000) exceeds the maximum number of tokens allowed (2048).","status":"INVALID_ARGUMENT"}}]`)},
		{Name: "Anthropic: a smaller context", Script: refusesIf(larger(2048), 400, wrong("input length and `max_tokens` exceed context limit: 1500 + 2048 > 2048, decrease input length or `max_tokens` and try again", "invalid_request_error"))},
		{Name: "Mistral: a smaller context", Script: refusesIf(larger(2048), 400, `{"object":"error","message":"Prompt contains 3000 tokens and 0 draft tokens, too large for model with 2048 maximum context length","type":"invalid_request_prompt","param":null,"code":"3051"}`)},
		{Name: "OpenAI: no choice of temperature", Script: refusesIf(warm, 400, `{"error":{"message":"Unsupported value: 'temperature' does not support 1e-45 with this model. Only the default (1) value is supported.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}`)},
		{Name: "Moonshot: one temperature", Script: refusesIf(warm, 400, wrong("invalid temperature: only 1 is allowed for this model", "invalid_request_error"))},
		{Name: "Mistral: stream_options are an extra field", Script: refusesIf(counting, 422, forbids("stream_options"))},
		{Name: "Azure: does not count a stream", Script: refusesIf(counting, 400, wrong("Unrecognized request argument supplied: stream_options", "invalid_request_error"))},
		{Name: "OpenAI: no stream for a model", Script: refusesIf(streaming, 400, `{"error":{"message":"Unsupported value: 'stream' does not support true with this model. Only the default (false) value is supported.","type":"invalid_request_error","param":"stream","code":"unsupported_value"}}`)},
		{Name: "OpenAI: no stream before an organization is verified", Script: refusesIf(streaming, 400, `{"error":{"message":"Your organization must be verified to stream this model. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization.","type":"invalid_request_error","param":"stream","code":"unsupported_value"}}`)},
		{Name: "FastAPI: no system role, by its validation", Script: refusesIf(system, 422, `{"detail":[{"type":"literal_error","loc":["body","messages",0,"role"],"msg":"Input should be 'user' or 'assistant'"}]}`)},
		{Name: "proxy: no system instructions", Script: refusesIf(system, 400, wrong("system instructions are not supported for this model", "invalid_request_error"))},
		{Name: "vLLM: no system role", Script: refusesIf(system, 400, `{"object":"error","message":"System role not supported","type":"BadRequestError","param":null,"code":400}`)},
		{Name: "llama.cpp: no system role in a template (500)", Script: refusesIf(system, 500, `{"error":{"code":500,"message":"Value is not callable: System role not supported at row 1, column 73","type":"server_error"}}`)},
		{Name: "sglang: no system role, an internal error", Script: refusesIf(system, 500, `{"error":"jinja2.exceptions.TemplateError: System role not supported"}`)},
		{Name: "Gemini: no instructions for Gemma", Script: refusesIf(system, 400, `[{"error":{"code":400,"message":"Developer instruction is not enabled for models/gemma-3-27b-it","status":"INVALID_ARGUMENT"}}]`)},
		{Name: "OpenAI: no system role for o1-mini", Script: refusesIf(system, 400, `{"error":{"message":"Unsupported value: 'messages[0].role' does not support 'system' with this model.","type":"invalid_request_error","param":"messages[0].role","code":"unsupported_value"}}`)},
		{Name: "text-generation-inference: roles alternate", Script: refusesIf(system, 422, `{"error":"Template error: invalid operation: Conversation roles must alternate user/assistant/user/assistant/... (in <string>:1)","error_type":"template_error"}`)},
		{Name: "OpenRouter: no system messages", Script: refusesIf(system, 400, `{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"detail\":\"system messages are not supported by this model\"}","provider_name":"X"}}}`)},
		{Name: "proxy: neither a schema nor a system role", Script: func(r Request) Reply {
			switch {
			case r.Schema:
				return refuse(400, wrong("json_schema is not supported", "invalid_request_error"))
			case system(r):
				return refuse(400, wrong("role must be user or assistant", "invalid_request_error"))
			}
			return Truthful()(r)
		}},
		{Name: "Anthropic: overloaded, and then not", Script: First([]Reply{refuse(529, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`)}, Truthful())},
		{Name: "OpenRouter: a provider is busy, said with 200", Script: First([]Reply{{Raw: `{"error":{"message":"Provider returned error","code":429}}`, Type: jsonType}}, Truthful())},
		{Name: "Cloudflare: a page of its edge, and then not", Script: First([]Reply{{Status: 502, Raw: "<html><body>502 Bad Gateway</body></html>", Type: "text/html"}}, Truthful())},
	}
}

// errorForms are ways to say what is wrong. All are to be named with a next step.
func errorForms() []Behaviour {
	return []Behaviour{
		{Name: "Gemini: a wrong key is a bad request, in a list", Script: raw(400, jsonType, `[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]`), Says: "refuses the key (400): check OPENAI_API_KEY"},
		{Name: "Mistral: a wrong key is a message", Script: raw(401, jsonType, `{"message":"Unauthorized","request_id":"1"}`), Says: "refuses the key (401): check OPENAI_API_KEY"},
		{Name: "Anthropic: a wrong key in its own form", Script: raw(401, jsonType, `{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`), Says: "refuses the key (401): check OPENAI_API_KEY"},
		{Name: "Perplexity: a wrong key is a page", Script: raw(401, "text/html", "<html><head><title>401 Authorization Required</title></head></html>"), Says: "refuses the key (401): check OPENAI_API_KEY"},
		{Name: "DeepSeek: no credit", Script: raw(402, jsonType, wrong("Insufficient Balance", "unknown_error")), Says: "is used up: add credit"},
		{Name: "Cloudflare: no such model", Script: raw(400, jsonType, `{"errors":[{"message":"AiError: No such model @cf/x or task","code":5007}],"success":false,"result":{},"messages":[]}`), Says: `does not know model "scripted": check OPENAI_MODEL`},
		{Name: "Ollama: no such model", Script: raw(404, jsonType, `{"error":{"message":"model \"scripted\" not found, try pulling it first","type":"api_error","param":null,"code":null}}`), Says: `does not know model "scripted": check OPENAI_MODEL`},
		{Name: "OpenRouter: no such model", Script: raw(400, jsonType, `{"error":{"message":"scripted is not a valid model ID","code":400},"user_id":"u"}`), Says: `does not know model "scripted": check OPENAI_MODEL`},
		{Name: "Groq: no such model", Script: raw(404, jsonType, "{\"error\":{\"message\":\"The model `scripted` does not exist or you do not have access to it.\",\"type\":\"invalid_request_error\",\"code\":\"model_not_found\"}}"), Says: `does not know model "scripted": check OPENAI_MODEL`},
		{Name: "LiteLLM: no such model", Script: raw(400, jsonType, `{"error":{"message":"{'error': '/chat/completions: Invalid model name passed in model=scripted. Call /v1/models to view available models for your key.'}","type":"None","param":"None","code":"400"}}`), Says: `does not know model "scripted": check OPENAI_MODEL`},
		{Name: "LM Studio: no model is loaded", Script: raw(404, jsonType, `{"error":{"message":"No models loaded. Please load a model in the developer page or use the lms load command.","type":"invalid_request_error","param":"model","code":"model_not_found"}}`), Says: "OPENAI_MODEL"},
		{Name: "TabbyAPI: the reason is a list", Script: raw(422, jsonType, `{"detail":[{"type":"missing","loc":["body","prompt"],"msg":"Field required","input":null}]}`), Says: "refuses the request (422: Field required (body.prompt)): check OPENAI_MODEL"},
		{Name: "FastAPI: the reason is text", Script: raw(400, jsonType, `{"detail":"the queue is closed today"}`), Says: "refuses the request (400: the queue is closed today): check OPENAI_MODEL"},
		{Name: "proxy: the reason is plain text", Script: raw(400, "text/plain", "upstream said no"), Says: "refuses the request (400: upstream said no): check OPENAI_MODEL"},
		{Name: "proxy: the reason is an event", Script: raw(400, sse, "event: error\ndata: {\"error\":{\"message\":\"the queue is closed\"}}\n\n"), Says: "refuses the request (400: the queue is closed): check OPENAI_MODEL"},
		{Name: "proxy: no reason", Script: raw(400, "text/plain", " "), Says: "refuses the request (400): check OPENAI_MODEL"},
		{Name: "Cloudflare: the day's share is used up", Script: raw(429, jsonType, `{"errors":[{"message":"AiError: you have used up your daily free allocation of 10,000 neurons. Please upgrade","code":3036}],"success":false,"result":null,"messages":[]}`), Says: "is used up"},
		{Name: "OpenRouter: flagged by moderation", Script: raw(403, jsonType, `{"error":{"message":"scripted requires moderation on X. Your input was flagged for \"violence\"","code":403,"metadata":{"reasons":["violence"],"flagged_input":"..."}}}`), Says: "filter"},
		{Name: "Azure: filtered, by an error", Script: raw(400, jsonType, `{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}}`), Says: "filter"},
		{Name: "LM Studio: an address without /v1, with 200", Path: "/", Script: raw(200, jsonType, `{"error":"Unexpected endpoint or method. (POST /chat/completions)"}`), Says: "/v1"},
		{Name: "OpenRouter: an error with 200", Script: raw(200, jsonType, `{"error":{"message":"Insufficient credits","code":402}}`), Says: "is used up: add credit"},
		{Name: "OpenRouter: an error in a choice", Script: raw(200, jsonType, `{"id":"1","choices":[{"index":0,"error":{"code":502,"message":"Upstream died"},"finish_reason":"error","message":{"role":"assistant","content":""}}]}`), Says: "is in trouble (502)"},
		{Name: "proxy: an error without a status, with 200", Script: raw(200, jsonType, wrong("the backend forgot its lines", "server_error")), Says: "the backend forgot its lines"},
		{Name: "vLLM: an error itself, with 200", Script: raw(200, jsonType, `{"object":"error","message":"EngineCore encountered an issue","type":"InternalServerError","param":null,"code":500}`), Says: "is in trouble (500)"},
		{Name: "MiniMax: an error beside choices that are null, with 200", Script: raw(200, jsonType, `{"id":"1","choices":null,"usage":{"total_tokens":0},"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}`), Says: "is used up: add credit"},
		{Name: "Baidu: an error of its own form, with 200", Script: raw(200, jsonType, `{"error_code":17,"error_msg":"Open api daily request limit reached"}`), Says: "Open api daily request limit reached"},
		{Name: "FastAPI: a detail, with 200", Script: raw(200, jsonType, `{"detail":"the model is asleep"}`), Says: "the model is asleep"},
		{Name: "proxy: words, with 200", Script: raw(200, "text/plain", "upstream connect error or disconnect/reset before headers"), Says: "check OPENAI_BASE_URL"},
		{Name: "proxy: nothing, with 200", Script: raw(200, jsonType, " "), Says: "scripted"},
		{Name: "nginx: a page without a content type", Script: raw(200, "application/octet-stream", "<!DOCTYPE html><html>Welcome to nginx!</html>"), Says: "answers with a web page: check OPENAI_BASE_URL"},
		{Name: "OpenAI: an error at the start of a stream", Script: raw(200, sse, event(wrong("The server had an error processing your request.", "server_error"))+done), Says: "The server had an error processing your request"},
		{Name: "Ollama: an error that is text, in a stream", Script: raw(200, sse, event(`{"error":"model runner has unexpectedly stopped"}`)), Says: "model runner has unexpectedly stopped"},
		{Name: "proxy: an error named by its event", Script: raw(200, sse, "event: error\ndata: {\"message\":\"the worker was lost\"}\n\n"), Says: "the worker was lost"},
		{Name: "proxy: an error on a bare line of a stream", Script: raw(200, sse, ": hello\n\n"+wrong("the pipe burst", "server_error")+"\n\n"), Says: "the pipe burst"},
		{Name: "model: thinks and writes nothing", Script: func(r Request) Reply { return Reply{Reasoning: "The answer is Velling. [1]"} }, Says: "thinking", Again: 1},
	}
}

// endings are answers that end before their end.
func endings() []Behaviour {
	filteredAll := func(reason string) Script { return raw(200, sse, finish(reason)+done) }
	return []Behaviour{
		{Name: "OpenRouter: an error in the middle, beside a choice", Script: breaking(event(`{"id":"1","object":"chat.completion.chunk","created":1,"model":"scripted","provider":"x","error":{"code":"server_error","message":"Provider disconnected unexpectedly"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}`)), Answers: true, Says: noteError, Again: 3},
		{Name: "vLLM: an error itself in the middle", Script: breaking(event(`{"object":"error","message":"out of memory","type":"InternalServerError","param":null,"code":500}`) + done), Answers: true, Says: noteError, Again: 3},
		{Name: "OpenAI: an error in the middle", Script: breaking(event(wrong("The server had an error", "server_error"))), Answers: true, Says: noteError, Again: 3},
		{Name: "LiteLLM: an error in the middle, its status is text", Script: breaking(event(`{"error":{"message":"litellm.APIError: died","type":"None","param":"None","code":"500"}}`)), Answers: true, Says: noteError, Again: 3},
		{Name: "text-generation-inference: an error in the middle that is text", Script: breaking(event(`{"error":"Request failed during generation: CUDA error","error_type":"generation"}`)), Answers: true, Says: noteError, Again: 3},
		{Name: "proxy: an error in the middle, named by its event", Script: breaking("event: error\ndata: {\"message\":\"gone\"}\n\n"), Answers: true, Says: noteError, Again: 3},
		{Name: "proxy: an error in the middle on a bare line", Script: breaking(wrong("gone", "server_error") + "\n"), Answers: true, Says: noteError, Again: 3},
		{Name: "OpenRouter: a reason that is an error", Script: breaking(finish("error") + done), Answers: true, Says: noteError, Again: 3},
		{Name: "DeepSeek: no more resources", Script: breaking(finish("insufficient_system_resource") + done), Answers: true, Says: noteError, Again: 3},
		{Name: "OpenAI: as long as it may be", Script: breaking(finish("length") + done), Answers: true, Says: noteLength},
		{Name: "Anthropic: as long as it may be, in its own words", Script: breaking(finish("max_tokens") + done), Answers: true, Says: noteLength},
		{Name: "Gemini: as long as it may be, in capitals", Script: breaking(finish("MAX_TOKENS") + done), Answers: true, Says: noteLength},
		{Name: "Mistral: as long as the model", Script: breaking(finish("model_length") + done), Answers: true, Says: noteLength},
		{Name: "OpenAI: as long as it may be before a sentence ended", Script: func(Request) Reply { return Reply{Text: `{"sentences":[{"text":"The visit was conf`, Finish: "length"} }, Says: "cut off"},
		{Name: "OpenAI: as long as it may be, in the middle of text", Script: func(Request) Reply { return Reply{Text: "The visit was conf", Finish: "length"} }, Says: "cut off"},
		{Name: "Azure: filtered in the middle", Script: breaking(finish("content_filter") + done), Answers: true, Says: noteFilter},
		{Name: "Gemini: safety in the middle", Script: breaking(finish("SAFETY") + done), Answers: true, Says: noteFilter},
		{Name: "Gemini: recitation in the middle", Script: breaking(finish("RECITATION") + done), Answers: true, Says: noteFilter},
		{Name: "Azure: filtered from the start", Script: filteredAll("content_filter"), Says: noteFilter},
		{Name: "Zhipu: sensitive from the start", Script: filteredAll("sensitive"), Says: noteFilter},
		{Name: "OpenAI: declines in a field", Script: raw(200, sse, event(delta(`{"refusal":TEXT}`)(0, "I cannot help with that."))+ended), Says: "The model declined to answer."},
		{Name: "OpenAI: declines in a field, as a whole", Script: raw(200, jsonType, strings.Replace(wholeForm, `"content":TEXT`, `"content":null,"refusal":"I cannot help with that."`, 1)), Says: "The model declined to answer."},
		{Name: "Anthropic: refusal is the reason", Script: filteredAll("refusal"), Says: "declined to answer"},
		{Name: "text-generation-inference: another word for stop", Script: streams("", plainDelta, finish("eos_token")+done, sse)},
		{Name: "Together: another word for stop", Script: streams("", plainDelta, finish("eos")+done, sse)},
		{Name: "Anthropic: another word for stop", Script: streams("", plainDelta, finish("end_turn")+done, sse)},
		{Name: "Gemini: stop in capitals", Script: streams("", plainDelta, finish("STOP")+done, sse)},
		{Name: "proxy: a reason that is a number", Script: streams("", plainDelta, event(strings.Replace(stopChunk, `"stop"`, "1", 1))+done, sse)},
		{Name: "proxy: too long, and yet a whole object", Script: streams("", plainDelta, finish("length")+done, sse)},
	}
}

// addresses are ways to write an address and a key.
func addresses() []Behaviour {
	const key = "sk-secret-key"
	strict := func(r Request) Reply {
		switch {
		case r.Path != "/v1/chat/completions":
			return Reply{Status: http.StatusNotFound, Raw: "404 page not found", Type: "text/plain"}
		case r.Header.Get("Authorization") != "Bearer "+key:
			return refuse(401, wrong("Incorrect API key provided", "invalid_request_error"))
		}
		return Truthful()(r)
	}
	hint := "/v1"
	return []Behaviour{
		{Name: "user: a line end behind the key", Key: key + "\n", Script: strict},
		{Name: "user: white space around the key", Key: " \t" + key + " \r\n", Script: strict},
		{Name: "user: quotes around the key", Key: `"` + key + `"`, Script: strict},
		{Name: "user: apostrophes and a line end around the key", Key: "'" + key + "'\n", Script: strict},
		{Name: "user: typographic quotes around the key", Key: "“" + key + "”", Script: strict},
		{Name: "user: an invisible character behind the key", Key: key + "\u200b", Script: strict},
		{Name: "user: Bearer before the key", Key: "Bearer " + key, Script: strict},
		{Name: "user: white space behind the address", Path: "/v1 \n", Script: strict},
		{Name: "user: quotes around the address", Path: `/v1"`, Script: strict},
		{Name: "user: a slash behind the address", Path: "/v1/", Script: strict},
		{Name: "user: the whole path", Path: "/v1/chat/completions", Script: strict},
		{Name: "user: the whole path and a slash", Path: "/v1/chat/completions/", Script: strict},
		{Name: "user: the path of embeddings", Path: "/v1/embeddings", Script: strict},
		{Name: "user: the path of models", Path: "/v1/models", Script: strict},
		{Name: "user: the path of an older API", Path: "/v1/completions", Script: strict},
		{Name: "user: no /v1", Path: "/", Script: strict, Says: fmt.Sprintf("%s:", "has no chat completions (404)")},
		{Name: "user: no /v1, and it is named", Path: "/", Script: strict, Says: "try " + "http://127.0.0.1"},
		{Name: "user: the native path of Ollama", Path: "/api", Script: strict, Says: hint},
		{Name: "user: the native path of Ollama's chat", Path: "/api/chat", Script: strict, Says: hint},
	}
}
