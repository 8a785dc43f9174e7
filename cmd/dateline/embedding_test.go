package main

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"dateline/retrieval/openai/openaitest"
	"dateline/retrieval/simd"
)

// Doctor has several uses for the model that embeds; a server that refuses is
// asked for none of them again.
func TestEmbeddingIsOpenedOnce(t *testing.T) {
	server := openaitest.New(openaitest.Refusing(401, "no key"))
	defer server.Close()
	env := map[string]string{envData: t.TempDir(), envEmbeddingModel: "scripted", envEmbeddingServer: server.BaseURL()}
	var stdout bytes.Buffer
	code := run(t.Context(), []string{"doctor"}, func(name string) string { return env[name] }, strings.NewReader(""), &stdout, io.Discard)
	for _, check := range []string{"index", "embeddings"} {
		if !regexp.MustCompile(`(?m)^` + check + ` +broken: the model server at`).MatchString(stdout.String()) {
			t.Errorf("doctor does not say that %s is broken:\n%s", check, &stdout)
		}
	}
	if got := len(server.Requests()); code != exitFailed || got != 1 {
		t.Errorf("doctor = %d after %d requests, want %d after 1", code, got, exitFailed)
	}
}

// A processor without vector instructions embeds what it has the time for, and
// people are told.
func TestPlainKernels(t *testing.T) {
	if raceDetector {
		t.Skip("SKIPPED: plain kernels take too long with the race detector")
	}
	before := simd.Kernels()
	if err := simd.Use(plainKernels); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := simd.Use(before); err != nil {
			t.Fatal(err)
		}
	}()
	data := t.TempDir()
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"version", "--verbose"}, "under the MIT license, whole; kernels go\n"},
		{[]string{"search", "--json", "-n", "1", "bridge"}, `"words_alone":1[1-3]},"note":"Searched by words alone (in 1[12] of 13 articles )?so far;`},
		{[]string{"doctor"}, `embeddings +warning: built-in encoder .*; kernels go\n +→ Without vector instructions .* reads about one\n? *passage`},
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), append(tt.args, "--data", data), func(string) string { return "" }, strings.NewReader(""), &stdout, &stderr)
		if code != exitDone || !regexp.MustCompile(tt.want).MatchString(stdout.String()) {
			t.Errorf("dateline %v = %d: got\n%s%s\nwant %s", tt.args, code, &stdout, &stderr, tt.want)
		}
	}
}

func TestRoughly(t *testing.T) {
	for d, want := range map[time.Duration]string{
		400 * time.Millisecond: "0 s", 12 * time.Second: "12 s", 99 * time.Second: "99 s", 100 * time.Second: "2 min",
		99 * time.Minute: "99 min", 100 * time.Minute: "1 h 40 min", 19 * time.Hour: "19 h 0 min",
	} {
		if got := roughly(d); got != want {
			t.Errorf("roughly(%v) = %q, want %q", d, got, want)
		}
	}
	for r, want := range map[float64]string{0.7: "0.7", 9.94: "9.9", 38.4: "38"} {
		if got := rate(r); got != want {
			t.Errorf("rate(%v) = %q, want %q", r, got, want)
		}
	}
}
