package openaitest

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Behaviour is one way in which a server departs from what OpenAI documents
// of embeddings, and what a client has to make of it.
type Behaviour struct {
	Name string // the server, and what it does
	// Script behaves so. It embeds with eight numbers as Truthful does where it
	// embeds at all.
	Script Script
	// Says is part of the error; empty means that there are vectors.
	Says string
}

const dims = 8

// forms sends vectors in a form: each as an item, with its numbers in place of
// VECTOR and its place in that of INDEX, and all of them in a list, in place of
// ITEMS.
func forms(list, item string) Script {
	return func(r Request) Reply {
		var items []string
		for i, t := range r.Texts {
			items = append(items, strings.NewReplacer("VECTOR", string(encode(Vector(t, dims))), "INDEX", fmt.Sprint(i)).Replace(item))
		}
		return Reply{Raw: strings.Replace(list, "ITEMS", strings.Join(items, ","), 1), Type: "application/json"}
	}
}

const (
	plainList = `{"object":"list","data":[ITEMS],"model":"scripted","usage":{"prompt_tokens":8,"total_tokens":8}}`
	plainItem = `{"object":"embedding","index":INDEX,"embedding":VECTOR}`
)

// asBase64 is a vector as base64.
func asBase64(v []float32) string {
	var b []byte
	for _, f := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return base64.StdEncoding.EncodeToString(b)
}

// unless answers with an error where a request has what it refuses.
func unless(has func(Request) bool, status int, body string) Script {
	return func(r Request) Reply {
		if has(r) {
			return Reply{Status: status, Raw: body, Type: "application/json"}
		}
		return Truthful(dims)(r)
	}
}

// always answers with a body.
func always(body string) Script {
	return func(Request) Reply { return Reply{Raw: body, Type: "application/json"} }
}

// firstAlone embeds the first text of a list and says nothing of the others.
func firstAlone(r Request) Reply {
	r.Texts = r.Texts[:1]
	return Truthful(dims)(r)
}

// Behaviours are those of embeddings, from the documentation of the servers and
// from the trackers of their clients as of 2026.
func Behaviours() []Behaviour {
	any := func(Request) bool { return true }
	list := func(r Request) bool { return r.List }
	several := func(r Request) bool { return len(r.Texts) > 1 }
	format := func(r Request) bool { return r.Format != "" }
	return []Behaviour{
		{Name: "OpenAI: base64", Script: Truthful(dims)},
		{Name: "OpenAI: in another order", Script: Shuffled(Truthful(dims))},
		{Name: "Ollama: numbers though base64 is asked for", Script: forms(plainList, plainItem)},
		{Name: "Gemini: no index where it is 0", Script: func(r Request) Reply {
			reply := forms(plainList, plainItem)(r)
			reply.Raw = strings.Replace(reply.Raw, `"index":0,`, "", 1)
			return reply
		}},
		{Name: "proxy: no index at all", Script: forms(plainList, `{"object":"embedding","embedding":VECTOR}`)},
		{Name: "proxy: an index that is null", Script: forms(plainList, `{"index":null,"embedding":VECTOR}`)},
		{Name: "proxy: an index that is always 0", Script: forms(plainList, `{"index":0,"embedding":VECTOR}`)},
		{Name: "proxy: an index that is text", Script: forms(plainList, `{"index":"INDEX","embedding":VECTOR}`)},
		{Name: "proxy: an index with a fraction", Script: forms(plainList, `{"index":INDEX.0,"embedding":VECTOR}`)},
		{Name: "proxy: no usage", Script: forms(`{"data":[ITEMS]}`, plainItem)},
		{Name: "proxy: usage that is null", Script: forms(`{"data":[ITEMS],"usage":null}`, plainItem)},
		{Name: "proxy: usage with a fraction", Script: forms(`{"data":[ITEMS],"usage":{"prompt_tokens":7.5,"total_tokens":7.5}}`, plainItem)},
		{Name: "proxy: usage as text", Script: forms(`{"data":[ITEMS],"usage":{"prompt_tokens":"7","total_tokens":"7"}}`, plainItem)},
		{Name: "proxy: usage that is a list", Script: forms(`{"data":[ITEMS],"usage":[]}`, plainItem)},
		{Name: "proxy: a model that is an object, an object that is a number", Script: forms(`{"object":1,"model":{"id":"m"},"data":[ITEMS]}`, `{"object":2,"index":INDEX,"embedding":VECTOR}`)},
		{Name: "Ollama: embeddings in place of data", Script: forms(`{"model":"scripted","embeddings":[ITEMS],"total_duration":14143917}`, `VECTOR`)},
		{Name: "llama.cpp: a list by itself, each vector in a list", Script: forms(`[ITEMS]`, `{"index":INDEX,"embedding":[VECTOR]}`)},
		{Name: "proxy: one text, one embedding, no list", Script: func(r Request) Reply {
			if len(r.Texts) > 1 {
				return Reply{Status: 400, Text: "one text at a time, please"}
			}
			return forms("ITEMS", `{"embedding":VECTOR}`)(r)
		}},
		{Name: "Jina: base64 though numbers are asked for", Script: func(r Request) Reply {
			if r.Format == "base64" {
				return Reply{Status: 422, Raw: `{"detail":"[{'loc': ('encoding_format',), 'msg': 'unexpected value'}]"}`, Type: "application/json"}
			}
			var items []string
			for i, t := range r.Texts {
				items = append(items, fmt.Sprintf(`{"index":%d,"embedding":%q}`, i, asBase64(Vector(t, dims))))
			}
			return Reply{Raw: strings.Replace(plainList, "ITEMS", strings.Join(items, ","), 1), Type: "application/json"}
		}},
		{Name: "proxy: sent as text/plain", Script: func(r Request) Reply {
			reply := forms(plainList, plainItem)(r)
			reply.Type = "text/plain"
			return reply
		}},
		{Name: "DeepSeek: empty lines and a byte order mark first", Script: func(r Request) Reply { return forms("\ufeff\n\n\n"+plainList, plainItem)(r) }},
		{Name: "Mistral: a format is an extra field", Script: unless(format, 422, `{"detail":[{"type":"extra_forbidden","loc":["body","encoding_format"],"msg":"Extra inputs are not permitted","input":"float"}]}`)},
		{Name: "LM Studio: no base64", Script: unless(func(r Request) bool { return r.Base64 }, 400, `{"error":"'encoding_format' must be 'float'"}`)},
		{Name: "proxy: a format is refused without a reason", Script: unless(format, 400, `{"error":"Bad Request"}`)},
		{Name: "FastAPI: a list is refused", Script: unless(list, 422, `{"detail":[{"type":"string_type","loc":["body","input"],"msg":"Input should be a valid string","input":["a"]}]}`)},
		{Name: "axum: a list is refused", Script: unless(list, 422, `{"error":"Failed to deserialize the JSON body into the target type: input: invalid type: sequence, expected a string at line 1 column 40"}`)},
		{Name: "IONOS: a list is refused", Script: unless(list, 400, `{"messages":[{"errorCode":"1","message":"JSON format issue: expected string at field input got instead array"}],"message":"JSON format issue: expected string at field input got instead array"}`)},
		{Name: "proxy: a list is refused (500)", Script: unless(list, 500, `{"error":{"message":"input must be a string"}}`)},
		{Name: "proxy: a list is refused without a reason", Script: unless(list, 400, `{"error":{"message":"Bad Request"}}`)},
		{Name: "Vertex: one text in a list", Script: unless(several, 400, `{"error":{"code":400,"message":"The model gemini-embedding-001 supports only one instance per request","status":"INVALID_ARGUMENT"}}`)},
		{Name: "Bedrock: one text in a list", Script: unless(several, 400, `{"error":{"message":"Only one input text is supported by this model","type":"invalid_request_error"}}`)},
		{Name: "proxy: one vector, however many texts", Script: firstAlone},
		{Name: "text-embeddings-inference: three texts", Script: AtMost(3, Truthful(dims))},
		{Name: "DashScope: three texts", Script: unless(func(r Request) bool { return len(r.Texts) > 3 }, 400, `{"error":{"message":"<400> InternalError.Algo.InvalidParameter: Value error, batch size is invalid, it should not be larger than 3.: input.contents","type":"InvalidParameter"}}`)},
		{Name: "vLLM: no choice of a length", Script: unless(func(r Request) bool { return r.Dims > 0 }, 400, `{"object":"error","message":"Model \"scripted\" does not support matryoshka representation, changing output dimensions will lead to poor results.","type":"BadRequestError","code":400}`)},
		{Name: "OpenRouter: busy, with 200", Script: First([]Reply{{Raw: `{"error":{"message":"Provider returned error","code":429}}`, Type: "application/json"}}, Truthful(dims))},

		{Name: "Gemini: a wrong key is a bad request, in a list", Script: unless(any, 400, `[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]`), Says: "refuses the key (400): check OPENAI_API_KEY"},
		{Name: "llama.cpp: not started for embeddings", Script: unless(any, 501, `{"error":{"code":501,"message":"This server does not support embeddings. Start it with --embeddings","type":"not_supported_error"}}`), Says: "This server does not support embeddings. Start it with --embeddings"},
		{Name: "LM Studio: an error with 200", Script: always(`{"error":"Unexpected endpoint or method. (POST /embeddings)"}`), Says: "has no embeddings (404): check OPENAI_BASE_URL"},
		{Name: "proxy: an error without a status", Script: always(`{"error":{"message":"the model fell over"}}`), Says: "the model fell over"},
		{Name: "vLLM: no such model", Script: unless(any, 404, "{\"object\":\"error\",\"message\":\"The model `scripted` does not exist.\",\"type\":\"NotFoundError\",\"code\":404}"), Says: `does not know model "scripted": check OPENAI_EMBEDDING_MODEL`},
		{Name: "proxy: no vectors", Script: always(`{"data":[]}`), Says: "something else than embeddings"},
		{Name: "proxy: vectors of words", Script: forms(plainList, `{"index":INDEX,"embedding":["a"]}`), Says: "something else than embeddings"},
		{Name: "proxy: vectors that are null", Script: forms(plainList, `{"index":INDEX,"embedding":null}`), Says: "something else than embeddings"},
		{Name: "proxy: a vector too few", Script: func(r Request) Reply {
			r.Texts = slices.Delete(slices.Clone(r.Texts), 0, 1)
			return Truthful(dims)(r)
		}, Says: "sent no vector for text"},
	}
}
