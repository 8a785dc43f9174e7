package api

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// Why a response is of no use, beside what the server and the network say.
var (
	ErrTimeout = errors.New("timeout")
	// ErrSilent is for a server that took a request and sent nothing for longer
	// than the caller waits. It is left alone for a while at once: each further
	// request would cost somebody as long.
	ErrSilent  = errors.New("nothing was sent")
	ErrDropped = errors.New("response broke off")
	ErrEmpty   = errors.New("empty response")
	ErrOther   = errors.New("answered with something else than was asked for")

	errLong    = errors.New("response too long")
	errPage    = errors.New("answered with a web page")
	errAddress = errors.New("address not understood")
)

// A moved server is not followed: the key is for the address that was given.
type movedError struct{ to string }

func (e *movedError) Error() string { return "moved to " + e.to }

// A busyError is a 429 or the like of a server that asks to wait for longer than
// anybody would.
type busyError struct {
	wait time.Duration
	err  error
}

func (e *busyError) Error() string { return e.err.Error() }
func (e *busyError) Unwrap() error { return e.err }

// A proxyError is the answer of a proxy that does not let through.
type proxyError struct {
	host string
	code int
}

func (e *proxyError) Error() string { return fmt.Sprintf("proxy %s: %d", e.host, e.code) }

// An openError is what the breaker gives.
type openError struct {
	wait time.Duration
	last error
}

func (e *openError) Error() string { return "not asked: " + e.last.Error() }

// A Failure is why a server was of no use: a sentence for people with the next
// step. It holds no key, and of what the server said a line at the most.
type Failure struct {
	text string
	err  error
}

func (f *Failure) Error() string { return f.text }

// Unwrap gives the cause, for errors.Is; its text is not fit to be shown.
func (f *Failure) Unwrap() error { return f.err }

// Fail returns a Failure of err that says what text does.
func (s *Server) Fail(text string, err error) *Failure { return &Failure{s.Redact(text), err} }

// Status is the HTTP status of an error and all that the server said, to look
// for words in; 0 if it has none.
func Status(err error) (int, string) {
	var said *ServerError
	if errors.As(err, &said) {
		return said.Code, said.words
	}
	return 0, ""
}

// Says reports whether what a server said holds one of some words, which are
// given in lower case.
func Says(message string, words ...string) bool {
	m := strings.ToLower(message)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(m, w) })
}

// TooLong reports whether a server's message says that what it was given is too
// long for the model.
func TooLong(message string) bool {
	return Says(message, "context length", "context_length", "context window", "context size", "maximum context", "too many tokens", "exceed_context",
		"prompt is too long", "n_ctx", "too large to process", "max context", "reduce the length", "max_tokens must be at least 1",
		"context limit", "max_seq_len", "input token count", "`max_new_tokens` must be <=", "reduce your message size")
}

// transient reports whether the same request may go well another time.
func transient(err error) bool {
	var (
		failure *Failure
		moved   *movedError
		open    *openError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		dns     *net.DNSError
		proxy   *proxyError
	)
	switch {
	case errors.As(err, &proxy):
		return proxy.code >= 500
	case errors.As(err, &alert):
		return false
	case errors.Is(err, errLong), errors.Is(err, errPage), errors.Is(err, errAddress), errors.As(err, &failure), errors.As(err, &moved), errors.As(err, &open),
		errors.As(err, &cert), errors.As(err, &record), errors.As(err, &dns) && dns.IsNotFound, errors.Is(err, syscall.ECONNREFUSED), plainHTTP(err):
		return false
	}
	code, message := Status(err)
	switch {
	case code == http.StatusTooManyRequests:
		return !quota(message)
	case code == http.StatusRequestTimeout, code == http.StatusConflict, code >= 500:
		return true
	case code != 0:
		return false
	}
	return true
}

// quota reports whether a server says that it is not the pace, but the money.
func quota(message string) bool {
	return Says(message, "insufficient_quota", "exceeded your current quota", "billing", "insufficient balance", "insufficient credits", "used up your")
}

func plainHTTP(err error) bool {
	return strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// Explain says in a sentence what is wrong, and what to do. ctx is the one that
// the requests were made with. A Failure stays as it is.
func (s *Server) Explain(ctx context.Context, err error) *Failure {
	var known *Failure
	if errors.As(err, &known) {
		return known
	}
	return s.Fail(s.sentence(ctx, err), err)
}

func (s *Server) sentence(ctx context.Context, err error) string {
	server := "the model server at " + s.Address()
	set := s.c.Service
	var (
		moved   *movedError
		open    *openError
		cert    *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		dns     *net.DNSError
		netErr  *net.OpError
		proxy   *proxyError
		busy    *busyError
	)
	switch {
	case errors.Is(err, ErrTimeout) || errors.Is(context.Cause(ctx), ErrTimeout):
		raise := ""
		if set.Timeout != "" {
			raise = ", raise " + set.Timeout
		}
		return fmt.Sprintf("%s did not finish within %s: try again%s, or choose a faster model in %s", server, inWords(s.c.Timeout), raise, set.Model)
	case errors.As(err, &open) && errors.Is(open.last, ErrSilent):
		return fmt.Sprintf("%s sent nothing to the last request and is left alone for another %s", server, inWords(open.wait))
	case errors.As(err, &open):
		return fmt.Sprintf("%s failed %d times in a row and is left alone for another %s (the last time, %s)", server, BreakAfter, inWords(open.wait), s.sentence(context.Background(), open.last))
	case errors.Is(err, errAddress):
		return set.Address + " is not an address like http://localhost:11434/v1: correct it"
	case errors.As(err, &moved):
		to := "elsewhere"
		if u, err := url.Parse(moved.to); err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") {
			to = "to " + oneLine(u.Scheme+"://"+u.Host, 120)
		}
		return fmt.Sprintf("%s redirects %s, where the key is not taken: set %s to the right address", server, to, set.Address)
	case errors.Is(err, errPage):
		return fmt.Sprintf("%s answers with a web page: check %s, most end in /v1%s", server, set.Address, s.hint())
	case errors.Is(err, errLong):
		return fmt.Sprintf("%s sends without end: check %s and %s", server, set.Address, set.Model)
	case errors.Is(err, ErrEmpty):
		return fmt.Sprintf("model %q answered with nothing: try again, or choose another model in %s", s.c.Model, set.Model)
	case errors.Is(err, ErrOther):
		return fmt.Sprintf("%s answers with something else than %s: check %s, most end in /v1%s", server, set.Name, set.Address, s.hint())
	case errors.As(err, &cert), errors.As(err, &unknown):
		return fmt.Sprintf("the certificate of %s is not trusted: check the address, or add its authority to those of this machine (SSL_CERT_FILE)", server)
	case errors.As(err, &alert):
		return fmt.Sprintf("%s ends the TLS connection (%s): check %s, and whether it asks for a certificate or another version of TLS", server, alert.Error(), set.Address)
	case errors.As(err, &proxy) && proxy.code == http.StatusProxyAuthRequired:
		return fmt.Sprintf("the proxy at %s asks for a password: write it into %s, as http://NAME:PASSWORD@%s", proxy.host, s.proxySetting(), proxy.host)
	case errors.As(err, &proxy):
		return fmt.Sprintf("the proxy at %s does not let through to %s (%d): check %s and %s", proxy.host, server, proxy.code, s.proxySetting(), set.Address)
	case errors.As(err, &netErr) && netErr.Op == "proxyconnect":
		at := ""
		if dial := new(net.OpError); errors.As(netErr.Err, &dial) && dial.Addr != nil {
			at = " at " + dial.Addr.String()
		}
		return fmt.Sprintf("the proxy%s cannot be reached: correct %s, or name the host of the model server in NO_PROXY", at, s.proxySetting())
	case errors.As(err, &record), plainHTTP(err):
		return fmt.Sprintf("%s does not speak TLS: write http instead of https in %s", server, set.Address)
	case errors.As(err, &dns):
		return fmt.Sprintf("there is no server %s: check %s and the network", dns.Name, set.Address)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("nothing answers at %s: start the model server, or correct %s", s.Address(), set.Address)
	}
	code, message := Status(err)
	reason := "" // in the server's words
	var said *ServerError
	if errors.As(err, &said) && said.Message != "" {
		reason = oneLine(s.Redact(said.Message), 120)
	}
	switch {
	case code == http.StatusProxyAuthRequired:
		return fmt.Sprintf("the proxy asks for a password: write it into %s, as http://NAME:PASSWORD@HOST:PORT", s.proxySetting())
	case code == http.StatusForbidden && aboutModel(message):
		return fmt.Sprintf("%s does not let this key use model %q: check %s, or what the key may do", server, s.c.Model, set.Model)
	case code == http.StatusUnauthorized, code == http.StatusForbidden, code == http.StatusBadRequest && aboutKey(message):
		if s.c.Key == "" {
			return fmt.Sprintf("%s asks for a key: set %s", server, set.Key)
		}
		return fmt.Sprintf("%s refuses the key (%d): check %s", server, code, set.Key)
	case code == http.StatusPaymentRequired, quota(message):
		return fmt.Sprintf("the quota at %s is used up: add credit there, or choose another server in %s", s.Address(), set.Address)
	case code == http.StatusTooManyRequests:
		again := "a minute"
		if errors.As(err, &busy) {
			again = inWords(busy.wait)
		}
		return fmt.Sprintf("%s gets too many requests: try again in %s", server, again)
	case UnknownModel(err):
		return fmt.Sprintf("%s does not know model %q: check %s", server, s.c.Model, set.Model)
	case code == http.StatusNotFound, code == http.StatusMethodNotAllowed:
		return fmt.Sprintf("%s has no %s (%d): check %s, most end in /v1%s, and %s", server, set.Name, code, set.Address, s.hint(), set.Model)
	case code == http.StatusServiceUnavailable && Says(message, "loading"):
		return fmt.Sprintf("%s is still loading its model: try again in a minute", server)
	case code == http.StatusNotImplemented && reason != "":
		return fmt.Sprintf("%s cannot do %s (%d: %s): check %s and %s", server, set.Name, code, reason, set.Address, set.Model)
	case code >= 500:
		return fmt.Sprintf("%s is in trouble (%d): try again later, or look at its log", server, code)
	case code >= 400:
		if reason != "" {
			reason = ": " + reason
		}
		return fmt.Sprintf("%s refuses the request (%d%s): check %s", server, code, reason, set.Model)
	case said != nil && said.Late:
		return fmt.Sprintf("%s broke off in the middle of an answer with an error (%s): try again, or look at its log", server, reason)
	case said != nil:
		return fmt.Sprintf("%s answers with an error (%s): try again, or look at its log", server, cmp.Or(reason, "without a reason"))
	case errors.Is(err, ErrDropped):
		return fmt.Sprintf("%s broke off in the middle of an answer: try again, or look at its log", server)
	case errors.As(err, &netErr):
		return fmt.Sprintf("%s cannot be reached: check the network, the proxy and %s", server, set.Address)
	}
	return fmt.Sprintf("%s could not be asked: check %s and %s with dateline doctor", server, set.Address, set.Model)
}

// inWords is how long something takes: "30s", "2m", "1h30m".
func inWords(d time.Duration) string {
	if d > time.Second {
		d = d.Round(time.Second)
	}
	text := d.String()
	if rest, ok := strings.CutSuffix(text, "m0s"); ok {
		text = rest + "m"
	}
	if rest, ok := strings.CutSuffix(text, "h0m"); ok {
		text = rest + "h"
	}
	return text
}

// hint is an address to try in place of one that has no version of an API in its
// path, in brackets; empty if it has one.
func (s *Server) hint() string {
	u, err := url.Parse(s.Address())
	if err != nil || u.RawQuery != "" || versioned.MatchString(u.Path) {
		return ""
	}
	u.Path = "/v1"
	return " (try " + u.String() + ")"
}

var versioned = regexp.MustCompile(`(?i)/v\d|/openai\b`)

// aboutKey reports whether a message says that a key is wrong, as Gemini does
// with 400.
func aboutKey(message string) bool {
	return Says(message, "api key not valid", "api_key_invalid", "invalid api key", "invalid_api_key", "incorrect api key")
}

// aboutModel reports whether a message speaks of the model; Azure calls it a
// deployment.
func aboutModel(message string) bool { return Says(message, "model", "deployment") }

// notKnown reports whether a message says that there is no such thing.
func notKnown(message string) bool {
	return Says(message, "not found", "not_found", "not exist", "unknown", "no such", "invalid model", "not a valid model", "not available", "no models loaded")
}

// UnknownModel reports whether a server says that it has no such model.
func UnknownModel(err error) bool {
	code, message := Status(err)
	return aboutModel(message) && (code == http.StatusNotFound || code == http.StatusBadRequest && notKnown(message))
}

// proxySetting is the variable of the environment that names the proxy.
func (s *Server) proxySetting() string {
	if strings.HasPrefix(s.c.BaseURL, "http://") {
		return "HTTP_PROXY"
	}
	return "HTTPS_PROXY"
}

// oneLine is at most n bytes of what a server said, fit for a terminal.
func oneLine(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.C, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Join(strings.Fields(bracketless.Replace(s)), " ")
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// bracketless takes away what makes a link or a ping elsewhere.
var bracketless = strings.NewReplacer("<", "‹", ">", "›", "[", "(", "]", ")", "{", "(", "}", ")")

// Address is the server's, without what may be secret in it.
func (s *Server) Address() string { return Shown(s.c.BaseURL) }

// Shown is a server's address without what may be secret in it: a password,
// and a query but for the version of an API.
func Shown(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "(not an address)"
	}
	version := u.Query().Get("api-version")
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	if version != "" {
		u.RawQuery = url.Values{"api-version": {version}}.Encode()
	}
	return u.String()
}

// Redact takes the key out, and the passwords of the address, wherever they got
// in.
func (s *Server) Redact(text string) string {
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, "…")
	}
	return text
}
