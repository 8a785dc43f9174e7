package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"dateline/bot/llm/llmtest"
)

// Whatever a server makes of them, the key and the passwords of its address are
// in nothing that the program prints, logs or keeps.
func TestSecretsAreNowhere(t *testing.T) {
	const key, password, token = "sk-key-55aa", "pass-77bb", "token-99cc"
	secrets := []string{key, password, token}
	echo := strings.Join(secrets, " ")
	scripts := map[string]llmtest.Script{
		"truthful":  llmtest.Truthful(),
		"wrong key": llmtest.Refusing(401, "Incorrect API key provided: "+echo),
		"teapot":    llmtest.Refusing(418, "a teapot with "+echo),
		"not found": llmtest.Refusing(404, "no model "+echo),
		"moved": func(llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Status: 302, Raw: "moved", Type: "text/plain", Header: map[string]string{"Location": "https://" + key + "@elsewhere.example/" + password + "?t=" + token}}
		},
		"says it":                 llmtest.Answering(llmtest.Telling("The mayor " + echo + " opened the bridge. [1]\nIda Brekke opened the new bridge on Monday. [1]\n")),
		"says it while it thinks": llmtest.Thinking(echo, llmtest.Truthful()),
		"names itself so": func(r llmtest.Request) llmtest.Reply {
			r.Model = echo
			return llmtest.Reply{Type: "application/json", Raw: fmt.Sprintf(`{"model":%q,"choices":[{"message":{"content":"Ida Brekke opened the new bridge. [1] %s"}}]}`, echo, echo)}
		},
		"dropped": llmtest.Dropped(llmtest.Saying(echo + " " + echo)),
		"page": func(llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Raw: "<html>" + echo, Type: "text/html"}
		},
		"error in a stream": func(llmtest.Request) llmtest.Reply {
			return llmtest.Reply{Type: "text/event-stream", Raw: fmt.Sprintf("data: {\"error\":{\"message\":%q,\"code\":\"teapot\"}}\n\n", echo)}
		},
	}
	dir := t.TempDir()
	t.Chdir(dir)
	article := filepath.Join(dir, "bridge.txt")
	if err := os.WriteFile(article, []byte("The mayor of Sandrith, Ida Brekke, opened the new bridge on Monday.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// Where the model fails, the program waits and tries again: all at once wait
	// no longer than one.
	var tried sync.WaitGroup
	for name, script := range scripts {
		tried.Go(func() {
			server := llmtest.New(script)
			defer server.Close()
			env := map[string]string{
				envData: filepath.Join(dir, name), envModel: "scripted", envModelKey: key, envPerDay: "1000000",
				envModelServer: strings.Replace(server.BaseURL(), "://", "://user:"+password+"@", 1) + "?token=" + token,
			}
			var printed bytes.Buffer
			for _, args := range [][]string{
				{"ask", "-v", "--engine", "auto", "--corpus", article, "who opened the bridge?"},
				{"ask", "-v", "--engine", "llm", "--corpus", article, "who opened the bridge?"},
				{"ask", "-v", "--json", "--engine", "llm", "--corpus", article, "who opened the bridge?"},
				{"check", "-v", "--json", "--engine", "auto", "--corpus", article, "The mayor of Sandrith opened the bridge on Monday."},
				{"check", "-v", "--engine", "llm", "--corpus", article, "The mayor of Sandrith opened the bridge on Monday."},
				{"doctor", "-v", "--json", "--corpus", article},
				{"doctor", "--corpus", article},
			} {
				run(t.Context(), args, func(name string) string { return env[name] }, strings.NewReader(""), &printed, &printed)
			}
			if len(server.Requests()) == 0 {
				t.Errorf("%s: the server was not asked, so nothing was tried", name)
			} else if name == "wrong key" && server.Requests()[0].Header.Get("Authorization") != "Bearer "+key {
				t.Errorf("asked with %v, want the key", http.Header(server.Requests()[0].Header))
			}
			look(t, name+": what was printed", printed.String(), secrets)
		})
	}
	tried.Wait()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		look(t, path, string(data), secrets)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func look(t *testing.T, where, text string, secrets []string) {
	t.Helper()
	for _, s := range secrets {
		if i := strings.Index(text, s); i >= 0 {
			t.Errorf("%s is in %s: …%s…", s, where, text[max(0, i-80):min(len(text), i+80)])
		}
	}
}
