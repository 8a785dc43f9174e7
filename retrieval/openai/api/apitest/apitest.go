// Package apitest is what tests of clients of OpenAI-compatible servers take,
// whatever is asked for: a server that notes what it is asked, and a clock that
// waits for nobody. Package bot/llm/llmtest makes a server of chat completions
// of it, package retrieval/openai/openaitest one of embeddings.
package apitest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Request is what every server is asked.
type Request struct {
	N      int // how many requests came before
	Path   string
	Query  string
	Header http.Header
}

// A Server answers requests, which to a test are Qs, until it is closed.
type Server[Q any] struct {
	*httptest.Server

	mu       sync.Mutex
	requests []Q
}

// Serve starts a server for paths that end in suffix. read makes a Q of what
// came, one at a time; its error is answered with 400. answer is called by
// several goroutines at once if requests come so.
func Serve[Q any](suffix string, read func(r Request, body []byte) (Q, error), answer func(http.ResponseWriter, Q)) *Server[Q] {
	s := new(Server[Q])
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, suffix) {
			http.NotFound(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		var q Q
		if err == nil {
			s.mu.Lock()
			q, err = read(Request{N: len(s.requests), Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone()}, body)
			if err == nil {
				s.requests = append(s.requests, q)
			}
			s.mu.Unlock()
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer(w, q)
	}))
	return s
}

// BaseURL is the address for a client, which paths such as /embeddings follow.
func (s *Server[Q]) BaseURL() string { return s.URL + "/v1" }

// Requests are those that came so far.
func (s *Server[Q]) Requests() []Q {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// A Clock stands still but for what is slept.
type Clock struct {
	mu    sync.Mutex
	Time  time.Time
	Slept []time.Duration
}

// Now is Config.Now of package api.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Time
}

// Sleep is Config.Sleep of package api: time goes on at once.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Time = c.Time.Add(d)
	c.Slept = append(c.Slept, d)
	return ctx.Err()
}
