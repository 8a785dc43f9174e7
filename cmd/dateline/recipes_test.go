package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dateline/bot"
	"dateline/bot/llm/llmtest"
)

// Each recipe of README.md and .env.example gets an answer from a server that
// behaves as the one it is for, and a sentence where it is mistyped.
func TestRecipes(t *testing.T) {
	readme, example := recipes(t, "README.md"), recipes(t, ".env.example")
	truth := llmtest.Truthful()
	servers := []struct {
		name   string
		script llmtest.Script
		asked  int // requests until there is an answer
	}{
		{"OpenAI", llmtest.OpenAI("sk-...", "gpt-4o-mini", truth), 1},
		{"Ollama", llmtest.Ollama("llama3.2", truth), 1},
		{"llama.cpp", llmtest.LlamaCpp(8192, truth), 3},                    // loading, no grammar
		{"vLLM", llmtest.VLLM("Qwen/Qwen2.5-7B-Instruct", 4096, truth), 1}, // a smaller window than is set
		{"Azure", llmtest.Azure("...", "my-deployment", truth), 1},
	}
	if len(readme) != len(servers) || len(example) != len(servers) {
		t.Fatalf("README.md has %d recipes and .env.example %d, want %d", len(readme), len(example), len(servers))
	}
	for i, s := range servers {
		if !maps.Equal(readme[i], example[i]) {
			t.Errorf("%s: README.md says %v, .env.example %v", s.name, readme[i], example[i])
		}
		t.Run(s.name, func(t *testing.T) {
			t.Run("right", func(t *testing.T) {
				out, _, server := follow(t, readme[i], s.script)
				var a bot.Answer
				if err := json.Unmarshal([]byte(out), &a); err != nil || a.Engine != "llm" || !strings.Contains(a.Text, "Ida Brekke") {
					t.Errorf("got %s, error %v, want an answer of the model", out, err)
				}
				if got := len(server.Requests()); got != s.asked {
					t.Errorf("asked %d times, want %d", got, s.asked)
				}
			})
			if s.name != "llama.cpp" {
				t.Run("another model", func(t *testing.T) {
					_, errs, _ := follow(t, with(readme[i], envModel, "mistyped"), s.script)
					if !strings.Contains(errs, `does not know model "mistyped": check OPENAI_MODEL`) {
						t.Errorf("got %s", errs)
					}
				})
			}
			if readme[i][envModelKey] != "" {
				t.Run("another key", func(t *testing.T) {
					_, errs, _ := follow(t, with(readme[i], envModelKey, "mistyped"), s.script)
					if !strings.Contains(errs, "refuses the key (401): check OPENAI_API_KEY") {
						t.Errorf("got %s", errs)
					}
				})
			}
			if base := readme[i][envModelServer]; strings.HasSuffix(base, "/v1") {
				t.Run("without v1", func(t *testing.T) {
					_, errs, _ := follow(t, with(readme[i], envModelServer, strings.TrimSuffix(base, "/v1")), s.script)
					if !strings.Contains(errs, "has no chat completions (404): check OPENAI_BASE_URL, most end in /v1") {
						t.Errorf("got %s", errs)
					}
				})
			}
		})
	}
	t.Run("Azure before schemas", func(t *testing.T) {
		old := with(readme[4], envModelServer, strings.Replace(readme[4][envModelServer], "2024-10-21", "2024-02-01", 1))
		out, errs, server := follow(t, old, servers[4].script)
		if !strings.Contains(out, `"engine":"llm"`) || len(server.Requests()) != 3 {
			t.Errorf("got %s %s after %d requests, want an answer after 3", out, errs, len(server.Requests()))
		}
	})
	t.Run("small windows", func(t *testing.T) {
		for name, script := range map[string]llmtest.Script{"llama.cpp": llmtest.LlamaCpp(2048, truth), "vLLM": llmtest.VLLM("local", 2048, truth)} {
			out, errs, _ := follow(t, readme[2], script)
			if !strings.Contains(out, `"engine":"llm"`) {
				t.Errorf("%s: got %s %s, want an answer", name, out, errs)
			}
		}
	})
}

// recipes are the blocks of settings in a file that have a model.
func recipes(t *testing.T, name string) []map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sourceDir, "..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^(?:#   )?(OPENAI_[A-Z_]+)=(.+)$`)
	var list []map[string]string
	block := make(map[string]string)
	for _, l := range append(strings.Split(string(data), "\n"), "") {
		if m := line.FindStringSubmatch(l); m != nil {
			block[m[1]] = m[2]
			continue
		}
		if block[envModel] != "" {
			list = append(list, block)
		}
		block = make(map[string]string)
	}
	return list
}

func with(recipe map[string]string, name, value string) map[string]string {
	recipe = maps.Clone(recipe)
	recipe[name] = value
	return recipe
}

// follow asks a question with the settings of a recipe, whose server is a
// script's, and returns what is printed.
func follow(t *testing.T, recipe map[string]string, script llmtest.Script) (stdout, stderr string, server *llmtest.Server) {
	t.Helper()
	server = llmtest.New(script)
	t.Cleanup(server.Close)
	base, ok := recipe[envModelServer]
	if !ok {
		base = "https://api.openai.com/v1" // what holds if it is not set
	}
	address, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	address.Scheme, address.Host = "http", strings.TrimPrefix(server.URL, "http://")
	env := with(recipe, envModelServer, address.String())
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("bridge.txt", []byte("The mayor of Sandrith, Ida Brekke, opened the new bridge on Monday.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env[envData] = filepath.Join(dir, "data")
	var out, errs bytes.Buffer
	run(t.Context(), []string{"ask", "--json", "--engine", "llm", "--corpus", "bridge.txt", "who opened the bridge?"}, func(name string) string { return env[name] }, strings.NewReader(""), &out, &errs)
	return out.String(), errs.String(), server
}
