package llm

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// A Failure is why the model did not answer: a sentence for people with the
// next step. It holds no key, and of what the server said a line at the most.
type Failure struct {
	text string
	err  error
}

func (f *Failure) Error() string { return f.text }

// Unwrap gives the cause, for errors.Is; its text is not fit to be shown.
func (f *Failure) Unwrap() error { return f.err }

// status is the HTTP status of an error and what the server said; 0 if it is
// none of the server's.
func status(err error) (int, string) {
	var api *openai.APIError
	if errors.As(err, &api) {
		message := strings.TrimSpace(api.Message + " " + api.Type)
		if api.Code != nil {
			message += fmt.Sprint(" ", api.Code)
		}
		return api.HTTPStatusCode, message
	}
	var req *openai.RequestError
	if errors.As(err, &req) {
		return req.HTTPStatusCode, string(req.Body)
	}
	return 0, ""
}

// transient reports whether the same request may go well another time.
func transient(err error) bool {
	var (
		moved   *movedError
		address *addressError
		small   *smallError
		open    *openError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		dns     *net.DNSError
	)
	switch {
	case errors.Is(err, errLong), errors.Is(err, errPage), errors.As(err, &moved), errors.As(err, &address), errors.As(err, &small), errors.As(err, &open),
		errors.As(err, &cert), errors.As(err, &record), errors.As(err, &dns) && dns.IsNotFound, errors.Is(err, syscall.ECONNREFUSED), plainHTTP(err):
		return false
	}
	code, message := status(err)
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
	m := strings.ToLower(message)
	return strings.Contains(m, "insufficient_quota") || strings.Contains(m, "exceeded your current quota") || strings.Contains(m, "billing")
}

func plainHTTP(err error) bool {
	return strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

// explain says in a sentence what is wrong, and what to do.
func (e *Engine) explain(ctx context.Context, err error) error {
	var known *Failure
	if errors.As(err, &known) {
		return known
	}
	return &Failure{e.redact(e.sentence(ctx, err)), err}
}

func (e *Engine) sentence(ctx context.Context, err error) string {
	server := "the model server at " + e.server()
	var (
		moved   *movedError
		address *addressError
		small   *smallError
		open    *openError
		cert    *tls.CertificateVerificationError
		unknown x509.UnknownAuthorityError
		record  tls.RecordHeaderError
		dns     *net.DNSError
		netErr  *net.OpError
	)
	switch {
	case errors.Is(err, errTimeout) || errors.Is(context.Cause(ctx), errTimeout):
		return fmt.Sprintf("%s did not finish within %s: try again, or choose a faster model in OPENAI_MODEL", server, e.c.Timeout)
	case errors.As(err, &open):
		return fmt.Sprintf("%s failed %d times in a row and is left alone for another %s (the last time, %s)", server, breakAfter, open.wait.Round(time.Second), e.sentence(context.Background(), open.last))
	case errors.As(err, &address):
		return "OPENAI_BASE_URL is not an address like http://localhost:11434/v1: correct it"
	case errors.As(err, &small):
		return fmt.Sprintf("a context window of %d tokens has no room for a single passage: raise OPENAI_CONTEXT_WINDOW, or choose another model", small.window)
	case errors.As(err, &moved):
		to := "elsewhere"
		if u, err := url.Parse(moved.to); err == nil && u.Host != "" {
			to = "to " + u.Scheme + "://" + u.Host
		}
		return fmt.Sprintf("%s redirects %s, where the key is not taken: set OPENAI_BASE_URL to the right address", server, to)
	case errors.Is(err, errPage):
		return fmt.Sprintf("%s answers with a web page: check OPENAI_BASE_URL, most end in /v1", server)
	case errors.Is(err, errLong):
		return fmt.Sprintf("%s sends without end: check OPENAI_BASE_URL and OPENAI_MODEL", server)
	case errors.Is(err, errEmpty):
		return fmt.Sprintf("model %q answered with nothing: try again, or choose another model in OPENAI_MODEL", e.c.Model)
	case errors.Is(err, errOther):
		return fmt.Sprintf("%s answers with something else than chat completions: check OPENAI_BASE_URL, most end in /v1", server)
	case errors.As(err, &cert), errors.As(err, &unknown):
		return fmt.Sprintf("the certificate of %s is not trusted: check the address, or add its authority to those of this machine (SSL_CERT_FILE)", server)
	case errors.As(err, &record), plainHTTP(err):
		return fmt.Sprintf("%s does not speak TLS: write http instead of https in OPENAI_BASE_URL", server)
	case errors.As(err, &dns):
		return fmt.Sprintf("there is no server %s: check OPENAI_BASE_URL and the network", dns.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("nothing answers at %s: start the model server, or correct OPENAI_BASE_URL", e.server())
	}
	code, message := status(err)
	switch {
	case exceeded(message):
		return fmt.Sprintf("the passages are too long for model %q: set OPENAI_CONTEXT_WINDOW to its size in tokens", e.c.Model)
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		if e.c.Key == "" {
			return fmt.Sprintf("%s asks for a key: set OPENAI_API_KEY", server)
		}
		return fmt.Sprintf("%s refuses the key (%d): check OPENAI_API_KEY", server, code)
	case code == http.StatusPaymentRequired, quota(message):
		return fmt.Sprintf("the quota at %s is used up: add credit there, or choose another server in OPENAI_BASE_URL", e.server())
	case code == http.StatusTooManyRequests:
		return fmt.Sprintf("%s gets too many requests: try again in a minute", server)
	case code == http.StatusNotFound && strings.Contains(strings.ToLower(message), "model"), code == http.StatusBadRequest && strings.Contains(strings.ToLower(message), "model"):
		return fmt.Sprintf("%s does not know model %q: check OPENAI_MODEL", server, e.c.Model)
	case code == http.StatusNotFound, code == http.StatusMethodNotAllowed:
		return fmt.Sprintf("%s has no chat completions (%d): check OPENAI_BASE_URL, most end in /v1, and OPENAI_MODEL", server, code)
	case code >= 500:
		return fmt.Sprintf("%s is in trouble (%d): try again later, or look at its log", server, code)
	case code >= 400:
		return fmt.Sprintf("%s refuses the request (%d: %s): check OPENAI_MODEL", server, code, cut(plain(e.redact(message)), 120))
	case errors.Is(err, errDropped):
		return fmt.Sprintf("%s broke off in the middle of an answer: try again, or look at its log", server)
	case errors.As(err, &netErr):
		return fmt.Sprintf("%s cannot be reached: check the network, the proxy and OPENAI_BASE_URL", server)
	}
	return fmt.Sprintf("%s could not be asked: check OPENAI_BASE_URL and OPENAI_MODEL with dateline doctor", server)
}

// server is the address without what may be secret in it.
func (e *Engine) server() string { return Shown(e.c.BaseURL) }

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

// redact takes the key out, wherever it got in.
func (e *Engine) redact(s string) string {
	if len(e.c.Key) < 4 {
		return s // no key that anybody would take for one
	}
	return strings.ReplaceAll(s, e.c.Key, "…")
}
