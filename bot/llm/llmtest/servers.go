package llmtest

import (
	"fmt"
	"strings"
)

// The scripts below answer as known servers do, by their documentation and their
// trackers as of 2026: paths, keys, names of models, errors in their words and
// form, and what they refuse. What they say is what the script says that they
// are given.

// refuse is an error with a body as the server writes it.
func refuse(status int, body string) Reply {
	return Reply{Status: status, Raw: body, Type: "application/json"}
}

// notThere is the answer to a path that a server does not have.
func notThere() Reply { return refuse(404, `{"detail":"Not Found"}`) }

// size estimates the tokens of a request: four for three words.
func size(r Request) int { return 4 * len(strings.Fields(r.System+" "+r.User)) / 3 }

// OpenAI is the OpenAI API with one key and one model.
func OpenAI(key, model string, s Script) Script {
	return func(r Request) Reply {
		switch {
		case r.Path != "/v1/chat/completions":
			return refuse(404, fmt.Sprintf(`{"error":{"message":"Invalid URL (POST %s)","type":"invalid_request_error","param":null,"code":null}}`, r.Path))
		case r.Header.Get("Authorization") != "Bearer "+key:
			return refuse(401, fmt.Sprintf(`{"error":{"message":"Incorrect API key provided: %s. You can find your API key at https://platform.openai.com/account/api-keys.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")))
		case r.Model != model:
			return refuse(404, fmt.Sprintf("{\"error\":{\"message\":\"The model `%s` does not exist or you do not have access to it.\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"model_not_found\"}}", r.Model))
		}
		return s(r)
	}
}

// Ollama has one model pulled and asks for no key. As its older versions, it
// passes over a response_format with a schema and answers in text; the model
// thinks in a field of its own.
func Ollama(model string, s Script) Script {
	return func(r Request) Reply {
		switch {
		case r.Path != "/v1/chat/completions":
			return Reply{Status: 404, Raw: "404 page not found", Type: "text/plain"}
		case r.Model != model:
			return refuse(404, fmt.Sprintf(`{"error":{"message":"model \"%s\" not found, try pulling it first","type":"api_error","param":null,"code":null}}`, r.Model))
		}
		r.Schema = false
		reply := s(r)
		reply.Reasoning = "The user wants an answer from the passages. [1]"
		return reply
	}
}

// LlamaCpp is llama.cpp's server with a context of so many tokens. It loads its
// model at first, takes any name for it, cannot make a grammar of a schema, and
// puts thinking into reasoning_content.
func LlamaCpp(context int, s Script) Script {
	return func(r Request) Reply {
		switch n := size(r) + r.Most; {
		case r.Path != "/v1/chat/completions":
			return refuse(404, `{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}`)
		case r.N == 0:
			return refuse(503, `{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}`)
		case r.Schema && r.N%2 == 1:
			return refuse(400, `{"error":{"code":400,"message":"Failed to initialize samplers: failed to parse grammar","type":"invalid_request_error"}}`)
		case r.Schema: // older versions
			return refuse(500, `{"error":{"code":500,"message":"failed to parse grammar","type":"server_error"}}`)
		case n > context:
			return refuse(400, fmt.Sprintf(`{"error":{"code":400,"message":"request (%d tokens) exceeds the available context size (%d tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":%d,"n_ctx":%d}}`, n, context, n, context))
		}
		reply := s(r)
		reply.Reasoning = "Okay, the passages say"
		reply.Model = "/models/model.gguf"
		return reply
	}
}

// VLLM serves one model with a context of so many tokens. Its errors are the
// object itself, as in versions before 0.10, and by turns inside of another.
func VLLM(model string, context int, s Script) Script {
	return func(r Request) Reply {
		fail := func(status int, kind, message string) Reply {
			body := fmt.Sprintf(`"message":%q,"type":%q,"param":null,"code":%d`, message, kind, status)
			if r.N%2 == 0 {
				return refuse(status, `{"object":"error",`+body+`}`)
			}
			return refuse(status, `{"error":{`+body+`}}`)
		}
		switch n := size(r); {
		case r.Path != "/v1/chat/completions":
			return notThere()
		case r.Model != model:
			return fail(404, "NotFoundError", fmt.Sprintf("The model `%s` does not exist.", r.Model))
		case n+r.Most > context:
			return fail(400, "BadRequestError", fmt.Sprintf("This model's maximum context length is %d tokens. However, you requested %d tokens (%d in the messages, %d in the completion). Please reduce the length of the messages or completion.", context, n+r.Most, n, r.Most))
		}
		return s(r)
	}
}

// Azure has one deployment. Versions of its API before 2024-08-01 know no JSON
// schemas, those before 2024-09-01 do not count the tokens of a stream. A stream
// begins with the results of its filter, and no choice.
func Azure(key, deployment string, s Script) Script {
	return func(r Request) Reply {
		version, ok := strings.CutPrefix(r.Query, "api-version=")
		switch {
		case !ok || !strings.HasPrefix(r.Path, "/openai/deployments/") || !strings.HasSuffix(r.Path, "/chat/completions"):
			return refuse(404, `{"error":{"code":"404","message":"Resource not found"}}`)
		case r.Header.Get("Api-Key") != key || r.Header.Get("Authorization") != "":
			return refuse(401, `{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."}}`)
		case r.Path != "/openai/deployments/"+deployment+"/chat/completions":
			return refuse(404, `{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."}}`)
		case r.Schema && version < "2024-08-01":
			return refuse(400, `{"error":{"message":"response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later","type":"invalid_request_error","param":"response_format","code":"BadRequest"}}`)
		case r.Usage && version < "2024-09-01":
			return refuse(400, `{"error":{"message":"Unrecognized request argument supplied: stream_options","type":"invalid_request_error","param":null,"code":null}}`)
		}
		reply := s(r)
		reply.Preamble = `data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}` + "\n\n"
		return reply
	}
}
