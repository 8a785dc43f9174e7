package main

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"dateline/retrieval/openai/openaitest"
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
