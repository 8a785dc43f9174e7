package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serveLocal runs "serve --local" until the returned function ends it, which
// gives the exit code and what was written beyond the address of the page.
func serveLocal(t *testing.T) (address string, end func() (code int, rest string)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, w := io.Pipe()
	code := make(chan int, 1)
	go func() {
		// Tokens of a real workspace are of no concern to it.
		getenv := func(name string) string {
			return map[string]string{envSlackBot: "xoxb-of-a-real-workspace", envSlackApp: "xapp-of-it", envSlackAPI: "http://127.0.0.1:9/"}[name]
		}
		c := run(ctx, []string{"serve", "--local", "--addr", "127.0.0.1:0", "--data", t.TempDir()}, getenv, strings.NewReader(""), io.Discard, w)
		w.Close()
		code <- c
	}()
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "Open "); ok {
			address = url
			break
		}
	}
	if address == "" {
		t.Fatal("serve --local names no address")
	}
	rest := make(chan string, 1)
	go func() {
		var all strings.Builder
		for lines.Scan() {
			all.WriteString(lines.Text() + "\n")
		}
		rest <- all.String()
	}()
	return address, func() (int, string) {
		cancel()
		return <-code, <-rest
	}
}

// Without a workspace, a token or a setting, a question is answered on the
// page, by what answers in Slack.
func TestServeLocal(t *testing.T) {
	address, end := serveLocal(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", address+"/updates", nil)
	if err != nil {
		t.Fatal(err)
	}
	updates, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer updates.Body.Close()
	lines := bufio.NewScanner(updates.Body)
	lines.Buffer(nil, 1<<20)
	until := func(want string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), want) {
				return
			}
		}
		t.Fatalf("the page was not told %q: %v", want, lines.Err())
	}
	until(`"connected":true`)
	resp, err := http.Post(address+"/act", "application/json", strings.NewReader(`{"as":"U0REPORTER","do":"post","channel":"C0GENERAL","text":"@dateline who confirmed the Moscow visit?"}`))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("got %s", resp.Status)
	}
	until("Show source")
	for path, want := range map[string]string{"/": "<title>", "/healthz": "ok", "/readyz": "ready", "/metrics": "dateline_"} {
		resp, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: got %s %.100q, %v; want %q", path, resp.Status, body, err, want)
		}
	}
	for _, path := range []string{"/", "/metrics", "/readyz", "/healthz"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "rebound.example"
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("%s for another host: got %s, want %d", path, resp.Status, http.StatusMisdirectedRequest)
		}
	}
	if code, rest := end(); code != 0 || rest != "" {
		t.Errorf("got exit code %d and %q, want 0 and nothing more", code, rest)
	}
}
