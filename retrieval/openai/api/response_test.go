package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
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

// A long answer may come in as many parts as it has letters, none of which is
// added to a copy of those before: that would take n/2 bytes more for each part.
func TestManyParts(t *testing.T) {
	const n, most = 1 << 15, 8 << 10 // bytes allocated for each part
	for _, tt := range []struct {
		name string
		read func(t *testing.T)
	}{
		{"of a message", func(t *testing.T) {
			said, thought := text([]byte("[" + strings.Repeat(`"a",`, n-1) + `"a"]`))
			if len(said) != n || thought != "" {
				t.Errorf("got %d characters and thoughts of %d, want %d and none", len(said), len(thought), n)
			}
		}},
		{"objects", func(t *testing.T) {
			got, err := reply(t, "/chat/completions", "application/json", strings.Repeat(`{"choices":[{"delta":{"content":"a","reasoning":"b"}}]}`, n), func() {})
			var r openai.ChatCompletionResponse
			if err != nil || json.Unmarshal([]byte(got), &r) != nil || len(r.Choices) != 1 {
				t.Fatalf("got %.200s (%v)", got, err)
			}
			if m := r.Choices[0].Message; m.Content != strings.Repeat("a", n) || m.ReasoningContent != strings.Repeat("b", n) {
				t.Errorf("got %d and %d characters, want %d of each", len(m.Content), len(m.ReasoningContent), n)
			}
		}},
		{"errors", func(t *testing.T) {
			e := reportedIn([]byte(`{"errors":[` + strings.Repeat(`{"message":"a"},`, n) + `1]}`))
			if want := strings.TrimSpace(strings.Repeat("a ", mostErrors)); e == nil || e.Message != "a" || e.words != want {
				t.Errorf("got %+v, want the message a and the words %s", e, want)
			}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			tt.read(t)
			runtime.ReadMemStats(&after)
			if got := (after.TotalAlloc - before.TotalAlloc) / n; got > most {
				t.Errorf("got %d bytes for each part, want at most %d", got, most)
			}
		})
	}
}

func TestEmbeddingsRefused(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		refused    bool
	}{
		{"index left out", `{"data":[{"embedding":[1,2]}]}`, false},
		{"index null", `{"data":[{"index":null,"embedding":[1,2]}]}`, false},
		{"index as text", `{"data":[{"index":"0","embedding":[1,2]}]}`, false},
		{"index too large", `{"data":[{"index":1e300,"embedding":[1,2]}]}`, true},
		{"index that is no number", `{"data":[{"index":"first","embedding":[1,2]}]}`, true},
		{"value missing", `{"data":[{"index":0,"embedding":[null,1]}]}`, true},
		{"value missing in a list of one", `{"data":[{"index":0,"embedding":[[1,null]]}]}`, true},
	} {
		for _, asBase64 := range []bool{false, true} {
			_, err := embeddings(strings.NewReader(tt.body), asBase64)
			if got := errors.Is(err, ErrOther); got != tt.refused {
				t.Errorf("%s, base64 %v: got refused %v (%v), want %v", tt.name, asBase64, got, err, tt.refused)
			}
		}
	}
}

func TestMovedTo(t *testing.T) {
	s := New(Config{BaseURL: "http://model.example/v1", Service: Service{Address: "ADDRESS"}})
	for to, want := range map[string]string{
		"https://other.example/v1?token=1":       "redirects to https://other.example,",
		"http://user:secret@other.example:81/v1": "redirects to http://other.example:81,",
		"javascript://<!channel>/":               "redirects elsewhere,",
		"slack://open.example/":                  "redirects elsewhere,",
		"http://<!channel>/":                     "redirects to http://‹!channel›,",
		"http://ev%e2%80%aeil.example/":          "redirects to http://evil.example,",
		"http://a.example%0ab/":                  "redirects elsewhere,",
		"/v2":                                    "redirects elsewhere,",
	} {
		if got := s.Explain(t.Context(), &movedError{to}).Error(); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", to, got, want)
		}
	}
}
