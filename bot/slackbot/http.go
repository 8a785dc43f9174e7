package slackbot

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/slack-go/slack"
)

// mostBody bounds what is read of a request. Slack's are a few kilobytes; a view
// with much in it is a few hundred.
const mostBody = 1 << 20

// Handler takes in what Slack sends over HTTP: events, interactions and slash
// commands alike, told apart by their form. Requests that are not signed with
// Config.SigningSecret within the last 5 minutes are refused.
// https://docs.slack.dev/authentication/verifying-requests-from-slack/
func (b *Bot) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "Slack sends POST requests here", http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			http.Error(w, "the request is too large", http.StatusRequestEntityTooLarge)
			return
		case err != nil:
			http.Error(w, "the request could not be read", http.StatusBadRequest)
			return
		}
		if sslCheck(r.Header.Get("Content-Type"), body) {
			return // 200; it asks for nothing, and Slack does not say that it signs it
		}
		if err := b.verify(r.Header, body); err != nil {
			b.c.Log.WarnContext(r.Context(), "request refused", "path", r.URL.Path, "err", err)
			http.Error(w, "the request is not signed by Slack", http.StatusUnauthorized)
			return
		}
		e, challenge, err := open(r.Header.Get("Content-Type"), body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if challenge != "" {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			io.WriteString(w, challenge)
			return
		}
		reply, err := b.receive(r.Context(), e)
		if err != nil {
			// Slack sends it again.
			b.c.Log.ErrorContext(r.Context(), "request not taken in", "type", e.kind, "retry", r.Header.Get("X-Slack-Retry-Num"), "err", err)
			http.Error(w, "not taken in, send it again", http.StatusServiceUnavailable)
			return
		}
		if reply == nil {
			return // 200, without a body
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if err := json.NewEncoder(w).Encode(reply); err != nil {
			b.c.Log.WarnContext(r.Context(), "request not answered", "type", e.kind, "err", err)
		}
	})
}

// sslCheck reports whether a request only looks at the certificate of the address.
// https://docs.slack.dev/interactivity/implementing-slash-commands/
func sslCheck(contentType string, body []byte) bool {
	if !strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
		return false
	}
	form, err := url.ParseQuery(string(body))
	return err == nil && form.Get("ssl_check") == "1" && form.Get("command") == "" && form.Get("payload") == ""
}

func (b *Bot) verify(h http.Header, body []byte) error {
	if b.c.SigningSecret == "" {
		return errors.New("there is no signing secret to check it with")
	}
	v, err := slack.NewSecretsVerifier(h, b.c.SigningSecret)
	if err != nil {
		return err
	}
	if _, err := v.Write(body); err != nil {
		return err
	}
	return v.Ensure()
}

// open finds out what a request brings: an event as JSON, an interaction as JSON
// in a form, or a slash command as a form. challenge is what Slack wants to hear
// when it makes sure of an address.
func open(contentType string, body []byte) (e envelope, challenge string, err error) {
	if strings.HasPrefix(contentType, "application/json") {
		var outer struct{ Type, Challenge string }
		if err := json.Unmarshal(body, &outer); err != nil {
			return envelope{}, "", errors.New("the request is no JSON object")
		}
		if outer.Type == "url_verification" {
			return envelope{}, outer.Challenge, nil
		}
		return envelope{kind: kindEvent, payload: body}, "", nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return envelope{}, "", errors.New("the request is no form")
	}
	if p := form.Get("payload"); p != "" {
		return envelope{kind: kindInteractive, payload: []byte(p)}, "", nil
	}
	if form.Get("command") == "" {
		return envelope{}, "", errors.New("the request is no event, interaction or command of Slack's")
	}
	// The fields have the same names as over a socket.
	fields := make(map[string]string, len(form))
	for k := range form {
		fields[k] = form.Get(k)
	}
	payload, err := json.Marshal(fields)
	return envelope{kind: kindCommand, payload: payload}, "", err
}
