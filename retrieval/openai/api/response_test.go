package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	openai "github.com/sashabaranov/go-openai"
)

// reply makes a request of a server that answers with a body, in one of three
// ways, and returns what came of it: what go-openai would read, or the error.
func reply(t testing.TB, path, accept, body string, heard func()) (string, error) {
	t.Helper()
	server := New(Config{BaseURL: "http://model.example/v1", Service: Service{Path: path}, HTTP: &http.Client{Transport: transport(body)}})
	x := server.Exchange()
	x.Heard = heard
	r := httptest.NewRequest(http.MethodPost, "http://model.example/v1"+path, strings.NewReader("{}"))
	r.RequestURI = ""
	r.Header.Set("Accept", accept)
	resp, err := x.Do(r)
	if err != nil {
		return "", x.Blame(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return string(data), x.Blame(err)
	}
	return string(data), nil
}

// A transport answers every request with a body, a few bytes at a time.
type transport string

func (t transport) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(&slowly{[]byte(t)})}, nil
}

type slowly struct{ left []byte }

func (s *slowly) Read(p []byte) (int, error) {
	if len(s.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 7)], s.left)
	s.left = s.left[n:]
	return n, nil
}

// Whatever is sent is a sign of life: thoughts in any field, comments, empty
// lines, and events that say nothing.
func TestHeard(t *testing.T) {
	for name, body := range map[string]string{
		"a comment":     ": OPENROUTER PROCESSING\n\n",
		"empty lines":   "\n\n\n\n",
		"reasoning":     `data: {"choices":[{"delta":{"reasoning":"hm"}}]}` + "\n\n",
		"other thought": `data: {"choices":[{"delta":{"reasoning_content":"hm"}}]}` + "\n\n",
		"a ping":        "event: ping\ndata: {\"type\":\"ping\"}\n\n",
		"no choice":     "data: {\"choices\":[]}\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			const most = 10
			heard := func(body string) (n int) {
				if _, err := reply(t, "/chat/completions", "text/event-stream", body, func() { n++ }); err != nil {
					t.Fatal(err)
				}
				return n
			}
			end := "data: [DONE]\n\n"
			before, after := heard(end), heard(strings.Repeat(body, most)+end)
			if after-before < most/2 {
				t.Errorf("heard %d signs of life with it and %d without, want more", after, before)
			}
		})
	}
}

func TestTrim(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing to take", "sk-a b/c=", "sk-a b/c="},
		{"line end", "sk-key\r\n", "sk-key"},
		{"white space", " \t\u00a0sk-key ", "sk-key"},
		{"quotes", `"sk-key"`, "sk-key"},
		{"quotes and white space by turns", "' \"sk-key\" '\n", "sk-key"},
		{"typographic quotes", "“sk-key”", "sk-key"},
		{"invisible", "\ufeffsk-key\u200b", "sk-key"},
		{"header", "Bearer sk-key", "sk-key"},
		{"header in quotes", "'bearer  sk-key'", "sk-key"},
		{"a key that begins so", "bearer-key", "bearer-key"},
		{"nothing but that word", "Bearer ", "Bearer"},
		{"address", " http://localhost:11434/v1\n", "http://localhost:11434/v1"},
		{"empty", "", ""},
		{"nothing but quotes", `""`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Trim(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// What a server says is wrong is found in whatever form it says it.
func TestReported(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		code       int
		message    string
	}{
		{"OpenAI", `{"error":{"message":"no","type":"t","code":"c"}}`, 400, "no"},
		{"text", `{"error":"no"}`, 400, "no"},
		{"list", `[{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT"}}]`, 400, "no"},
		{"itself", `{"object":"error","message":"no","code":404}`, 400, "no"},
		{"message", `{"message":"no","request_id":"1"}`, 400, "no"},
		{"detail", `{"detail":"no"}`, 400, "no"},
		{"details", `{"detail":[{"loc":["body",0,"input"],"msg":"no"}]}`, 400, "no (body.input)"},
		{"errors", `{"success":false,"errors":[{"code":5007,"message":"no"}]}`, 400, "no"},
		{"another vendor's", `{"type":"error","error":{"type":"overloaded_error","message":"no"}}`, 400, "no"},
		{"words", "no\n", 400, "no"},
		{"a page", "<html>no</html>", 400, ""},
		{"nothing", "", 400, ""},
		{"an empty object", "{}", 400, ""},
		{"other JSON", `{"a":1}`, 400, ""},
		{"broken JSON", `{"error":{"message":"no`, 400, `{"error":{"message":"no`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := refusal(400, []byte(tt.body)); got.Code != tt.code || got.Message != tt.message {
				t.Errorf("got %d %q, want %d %q", got.Code, got.Message, tt.code, tt.message)
			}
		})
	}
}

// FuzzResponse: whatever a server sends, what is handed on is of OpenAI's form,
// or there is an error.
func FuzzResponse(f *testing.F) {
	for _, s := range []string{
		"data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n", `{"choices":[{"message":{"content":[{"type":"text","text":"a"}]}}]}`,
		`[{"error":{"message":"a"}}]`, `{"data":[{"embedding":[1,2]},{"index":1,"embedding":"AACAPw=="}]}`, `[[1],[2]]`, `{"result":{"response":{}}}`,
		"event: error\ndata:{\ndata:}\n\n", "\ufeff : x\n", `{"data":[null]}`, "[]", "[", "{}{}", `{"choices":[{"message":{"content":"a"}},null]}x`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > 10_000 {
			t.Skip()
		}
		if out, err := reply(t, "/chat/completions", "text/event-stream", body, nil); err == nil || errors.Is(err, ErrDropped) {
			for line := range strings.Lines(out) {
				if line = strings.TrimSpace(strings.TrimPrefix(line, "data: ")); line != "" {
					var c openai.ChatCompletionStreamResponse
					if err := json.Unmarshal([]byte(line), &c); err != nil {
						t.Errorf("stream: %q: %v", line, err)
					}
				}
			}
		}
		if out, err := reply(t, "/chat/completions", "application/json", body, nil); err == nil {
			var c openai.ChatCompletionResponse
			if err := json.Unmarshal([]byte(out), &c); err != nil {
				t.Errorf("whole: %q: %v", out, err)
			}
		}
		if out, err := reply(t, "/embeddings", "application/json", body, nil); err == nil {
			var e openai.EmbeddingResponse
			if err := json.NewDecoder(bytes.NewReader([]byte(out))).Decode(&e); err != nil && !strings.Contains(out, `"embedding":`) {
				t.Errorf("vectors: %q: %v", out, err)
			}
		}
	})
}

// What is nested deeply is not looked into to its bottom, which would take ever
// longer.
func BenchmarkNested(b *testing.B) {
	const depth = 9000
	for name, body := range map[string]string{
		"content": `{"choices":[{"message":{"content":` + strings.Repeat("[", depth) + `"` + strings.Repeat("x", 1<<20) + `"` + strings.Repeat("]", depth) + `}}]}`,
		"result":  strings.Repeat(`{"result":`, depth) + `"` + strings.Repeat("x", 1<<20) + `"` + strings.Repeat("}", depth),
		"error":   strings.Repeat(`{"detail":`, depth) + `"` + strings.Repeat("x", 1<<20) + `"` + strings.Repeat("}", depth),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := reply(b, "/chat/completions", "text/event-stream", body, nil); err != nil && !errors.Is(err, ErrOther) {
					b.Fatal(err)
				}
				refusal(400, []byte(body))
			}
		})
	}
}
