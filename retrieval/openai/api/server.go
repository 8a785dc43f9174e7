// Package api is what asking an OpenAI-compatible server takes, whatever it is
// asked for: its address, Azure's among them, the key, tries that wait for one
// another, a breaker, bounds to what is read, and errors that say in a sentence
// what to do. Package bot/llm asks for chat completions with it, package
// retrieval/openai for embeddings; both make the requests themselves, with
// go-openai.
package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	openai "github.com/sashabaranov/go-openai"
)

// Config says which server to ask, and how.
type Config struct {
	// BaseURL is the address that Service.Path follows, such as
	// http://localhost:11434/v1; empty means https://api.openai.com/v1. One
	// with an api-version in its query is taken for Azure's: the key goes into
	// the header api-key, and an address without a path gets
	// /openai/deployments/MODEL.
	BaseURL string
	Key     string // empty for servers that ask for none
	Model   string
	Service Service
	// Timeout is how long one Do may take, all tries together; 0 means two
	// minutes.
	Timeout time.Duration
	// Retries is how often a request is repeated that failed by no fault of
	// its own; 0 means 2, less than 0 never.
	Retries int
	// Patience is the longest wait between two tries; 0 means 20 seconds. A
	// server that asks for more is not waited for.
	Patience time.Duration
	// AtOnce is how many Do are under way at a time; 0 means 4.
	AtOnce int
	HTTP   *http.Client // makes the requests; nil means NewHTTP
	// Now tells the time, Sleep waits, and Jitter returns a number in [0,1);
	// nil means those of the system.
	Now    func() time.Time
	Sleep  func(context.Context, time.Duration) error
	Jitter func() float64
	Log    *slog.Logger // nil means none
}

// A Service is what a server is asked for, and under which names people set it
// up: errors name them.
type Service struct {
	Name string // "chat completions"
	Path string // "/chat/completions"
	// Address, Key and Model are the settings of the server's address, its key
	// and the model, Timeout that of how long one Do may take; empty if people
	// cannot set it.
	Address, Key, Model, Timeout string
}

// Defaults of Config.
const (
	defaultBaseURL  = "https://api.openai.com/v1"
	defaultTimeout  = 2 * time.Minute
	defaultRetries  = 2
	defaultPatience = 20 * time.Second
	defaultAtOnce   = 4
)

// A Server is asked through Do. It is safe for concurrent use.
type Server struct {
	c       Config
	secrets []string
	slots   chan struct{} // one for each Do under way
	breaker breaker
}

// New returns a Server. Nothing is asked yet.
func New(c Config) *Server {
	c.BaseURL = cmp.Or(Trim(c.BaseURL), defaultBaseURL)
	c.Key = Trim(c.Key)
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	c.Retries = cmp.Or(c.Retries, defaultRetries)
	c.Patience = cmp.Or(c.Patience, defaultPatience)
	c.AtOnce = cmp.Or(c.AtOnce, defaultAtOnce)
	if c.HTTP == nil {
		c.HTTP = NewHTTP()
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.Jitter == nil {
		c.Jitter = rand.Float64
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Server{c: c, secrets: secrets(c), slots: make(chan struct{}, c.AtOnce)}
}

// NewHTTP returns a client that honours the proxy settings of the environment,
// tells an answer of the proxy from one of the server, and follows no
// redirects, which would take the key elsewhere.
func NewHTTP() *http.Client {
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		t = t.Clone()
		t.OnProxyConnectResponse = func(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return &proxyError{proxy.Host, resp.StatusCode}
			}
			return nil
		}
		c.Transport = t
	}
	return c
}

// Trim takes from an address or a key what gets around it where it is copied:
// white space and line ends, quotation marks, characters that show nothing, and
// the word that stands before a key in a header.
func Trim(s string) string {
	around := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.C, r) || strings.ContainsRune("\"'`“”„‘’«»", r)
	}
	s = strings.TrimFunc(s, around)
	const bearer = "bearer "
	if len(s) > len(bearer) && strings.EqualFold(s[:len(bearer)], bearer) {
		s = strings.TrimFunc(s[len(bearer):], around)
	}
	return s
}

// secrets are the words of a configuration that nobody may see: the key, and
// what an address can hold of passwords.
func secrets(c Config) []string {
	list := []string{c.Key}
	if u, err := url.Parse(c.BaseURL); err == nil {
		if password, ok := u.User.Password(); ok {
			list = append(list, password)
		}
		for name, values := range u.Query() {
			if name != "api-version" {
				list = append(list, values...)
			}
		}
	}
	const least = 4 // nobody would take less for a secret, and it is part of many words
	list = slices.DeleteFunc(list, func(s string) bool { return len(s) < least })
	// The longer first: one may be part of another.
	slices.SortFunc(list, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return list
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Limit returns a context that ends after the Timeout, with ErrTimeout as its
// cause.
func (s *Server) Limit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, s.c.Timeout, ErrTimeout)
}

// Do calls once until it makes a request that goes well, as often as it takes
// and is allowed: again after a while where another try may help, and not at
// all while the breaker is open. Each call gets a new Exchange. The error is
// once's, the breaker's or the cause of the context's end; Explain says it to
// people.
func (s *Server) Do(ctx context.Context, once func(*Exchange) error) error {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err := s.breaker.closed(s.c.Now()); err != nil {
		return err
	}
	for failed := 1; ; failed++ {
		x := s.Exchange()
		err := once(x)
		if err == nil {
			s.breaker.record(s.c.Now(), nil)
			return nil
		}
		if ctx.Err() != nil {
			if context.Cause(ctx) == ErrTimeout {
				s.breaker.record(s.c.Now(), ErrTimeout)
			}
			return context.Cause(ctx)
		}
		if errors.Is(err, ErrSilent) {
			s.breaker.open(s.c.Now(), err)
			return err
		}
		if !transient(err) {
			if code, _ := Status(err); code != 0 {
				s.breaker.record(s.c.Now(), nil) // it is there, whatever it says
			}
			return err
		}
		wait, ok := s.wait(failed, x.retryAfter)
		if !ok {
			err = &busyError{x.retryAfter, err}
		}
		if failed > s.c.Retries || !ok {
			s.breaker.record(s.c.Now(), err)
			return err
		}
		s.c.Log.DebugContext(ctx, "model server failed, trying again", "wait", wait, "err", s.Explain(ctx, err))
		if s.c.Sleep(ctx, wait) != nil {
			return context.Cause(ctx)
		}
	}
}

// firstWait is how long to wait before the second try.
const firstWait = 500 * time.Millisecond

func (s *Server) wait(failed int, asked time.Duration) (time.Duration, bool) {
	if asked > s.c.Patience {
		return 0, false
	}
	wait := min(s.c.Patience, time.Duration(float64(firstWait)*math.Pow(2, float64(failed-1))))
	wait = wait/2 + time.Duration(float64(wait/2)*s.c.Jitter())
	return max(wait, asked), true
}

// How often a server fails in a row before it is left alone, and for how long.
const (
	BreakAfter = 3
	BreakFor   = 30 * time.Second
)

// A breaker keeps requests from a server that has failed again and again.
type breaker struct {
	mu       sync.Mutex
	failures int // in a row
	last     error
	until    time.Time
}

// closed returns an error while the server is left alone. After that one
// request may try.
func (b *breaker) closed(now time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < BreakAfter {
		return nil
	}
	if wait := b.until.Sub(now); wait > 0 {
		return &openError{wait, b.last}
	}
	b.until = now.Add(BreakFor) // for all but this one
	return nil
}

func (b *breaker) record(now time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.failures = 0
		return
	}
	b.failures++
	b.last, b.until = err, now.Add(BreakFor)
}

// open leaves the server alone, however often it failed.
func (b *breaker) open(now time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures, b.last, b.until = max(b.failures+1, BreakAfter), err, now.Add(BreakFor)
}

// An Exchange is the transport of one request at a time. It bounds what is read,
// whatever the server sends, reads it whatever its form, and notes what
// go-openai does not pass on.
type Exchange struct {
	// Heard, if not nil, is called whenever something comes.
	Heard func()

	s          *Server
	azure      bool
	retryAfter time.Duration
	body       *boundedBody // nil if there is no response
	done       bool
}

// Exchange returns one for requests outside of Do.
func (s *Server) Exchange() *Exchange { return &Exchange{s: s} }

// Client returns a client whose requests x carries.
func (x *Exchange) Client() (*openai.Client, error) {
	base, err := url.Parse(x.s.c.BaseURL)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" {
		return nil, errAddress
	}
	c := openai.DefaultConfig(x.s.c.Key)
	if version := base.Query().Get("api-version"); version != "" {
		c.APIVersion = version
		x.azure = x.s.c.Key != ""
		if strings.Trim(base.Path, "/") == "" {
			base.Path = "/openai/deployments/" + url.PathEscape(x.s.c.Model)
		}
	}
	base.RawQuery, base.Fragment = "", ""
	base.Path = strings.TrimSuffix(strings.TrimRight(base.Path, "/"), Path(x.s.c.BaseURL))
	c.BaseURL = base.String()
	c.HTTPClient = x
	return openai.NewClientWithConfig(c), nil
}

// Path is what an address has at its end that follows it in a request, and that
// people take along where they copy one: /chat/completions; empty if it has
// nothing too much.
func Path(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	for _, path := range []string{"/chat/completions", "/completions", "/embeddings", "/models", "/responses"} {
		if strings.HasSuffix(strings.TrimRight(u.Path, "/"), path) {
			return path
		}
	}
	return ""
}

// Do implements openai.HTTPDoer.
func (x *Exchange) Do(r *http.Request) (*http.Response, error) {
	if x.azure {
		r.Header.Del("Authorization")
		r.Header.Set(openai.AzureAPIKeyHeader, x.s.c.Key)
	}
	x.body, x.done = nil, false
	resp, err := x.s.c.HTTP.Do(r)
	if err != nil {
		return nil, err
	}
	x.retryAfter = retryAfter(resp.Header)
	x.body = &boundedBody{ReadCloser: resp.Body, left: MostResponse, heard: x.Heard}
	switch code := resp.StatusCode; {
	case code >= 300 && code < 400:
		err = &movedError{resp.Header.Get("Location")}
	case code >= 400 || code < 200:
		const most = 64 << 10 // an error has a line or two
		var body []byte
		if body, err = io.ReadAll(io.LimitReader(x.body, most)); err == nil {
			err = refusal(code, body)
		}
	default:
		resp.Body, err = x.read(r)
	}
	if err != nil {
		return nil, errors.Join(err, x.body.Close())
	}
	return resp, nil
}

// Done reports whether a stream came to its end, [DONE], and not merely to the
// end of its connection.
func (x *Exchange) Done() bool { return x.done }

// Blame tells what is behind an error of a request.
func (x *Exchange) Blame(err error) error {
	var (
		said   *ServerError
		moved  *movedError
		syntax *json.SyntaxError
		kind   *json.UnmarshalTypeError
	)
	switch {
	case x.body == nil, errors.As(err, &said), errors.As(err, &moved), errors.Is(err, errPage), errors.Is(err, ErrEmpty):
		return err
	case x.body.left <= 0:
		return errLong
	case errors.Is(err, ErrOther):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ErrDropped
	case errors.As(err, &syntax), errors.As(err, &kind):
		return fmt.Errorf("%w: %w", ErrOther, err)
	}
	return fmt.Errorf("%w: %w", ErrDropped, err)
}

// MostResponse bounds a response in bytes: a stream has some 200 to a token, a
// vector of 4,096 numbers 100,000.
const MostResponse = 8 << 20

type boundedBody struct {
	io.ReadCloser
	left  int64
	heard func() // nil if nobody listens
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLong
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if n > 0 && b.heard != nil {
		b.heard()
	}
	return n, err
}

// retryAfter is how long a server asks to wait, in seconds or until a time.
func retryAfter(h http.Header) time.Duration {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil && ms > 0 && ms < 1e9 {
		return time.Duration(ms * float64(time.Millisecond))
	}
	v := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(v, 64); err == nil && s > 0 && s < 1e6 {
		return time.Duration(s * float64(time.Second))
	}
	at, err := http.ParseTime(v)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return max(0, at.Sub(now))
}
