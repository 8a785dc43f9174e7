package fakeslack

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Sign returns the headers that a request from Slack with this body has.
// https://docs.slack.dev/authentication/verifying-requests-from-slack
func (s *Slack) Sign(body []byte, at time.Time) http.Header {
	ts := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(s.cfg.SigningSecret))
	fmt.Fprintf(mac, "v0:%s:", ts)
	mac.Write(body)
	h := make(http.Header)
	h.Set("X-Slack-Request-Timestamp", ts)
	h.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return h
}

// request makes the request that carries a payload over HTTP.
func (s *Slack) request(d *Delivery) (to, kind string, body []byte, err error) {
	app := s.cfg.App
	switch d.Type {
	case "events_api":
		return app.EventsURL, "application/json", d.payload, nil
	case "interactive":
		form := url.Values{"payload": {string(d.payload)}}
		return cmp.Or(app.InteractivityURL, app.EventsURL), "application/x-www-form-urlencoded", []byte(form.Encode()), nil
	}
	var fields map[string]string
	if err := json.Unmarshal(d.payload, &fields); err != nil {
		return "", "", nil, err
	}
	form := make(url.Values)
	for name, value := range fields {
		form.Set(name, value)
	}
	return cmp.Or(app.CommandsURL, app.EventsURL), "application/x-www-form-urlencoded", []byte(form.Encode()), nil
}

// sendHTTP sends a payload to the app's address. It is called with s.mu held.
// https://docs.slack.dev/apis/events-api/using-http-request-urls
func (s *Slack) sendHTTP(d *Delivery) {
	to, kind, body, err := s.request(d)
	if err != nil || to == "" {
		envelope := d.envelope
		s.goFunc(func() { s.unanswered(envelope, "connection_failed") })
		return
	}
	header := s.Sign(body, s.cfg.Clock.Now())
	header.Set("Content-Type", kind)
	header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	if d.Attempts > 1 && d.Type == "events_api" {
		header.Set("X-Slack-Retry-Num", strconv.Itoa(d.Attempts-1))
		reason := d.reason
		if reason == "" || reason == "timeout" {
			reason = "http_timeout"
		}
		header.Set("X-Slack-Retry-Reason", reason)
	}
	// The timer of the attempt is what ends it, by the Slack's clock.
	ctx, cancel := context.WithCancel(context.Background())
	stop := d.timer
	d.timer = func() { stop(); cancel() }
	envelope := d.envelope
	times := 1
	if s.chance(s.noise.Twice) {
		times = 2
	}
	for range times {
		s.goFunc(func() {
			answer, reason := s.post(ctx, to, header, body)
			if ctx.Err() != nil {
				return // acknowledged by the other one, timed out, or closed
			}
			if reason != "" {
				s.unanswered(envelope, reason)
				return
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			s.acked(envelope, answer)
		})
	}
}

// post sends a request and returns what came back, as JSON, or why it failed.
func (s *Slack) post(ctx context.Context, to string, header http.Header, body []byte) (answer json.RawMessage, reason string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return nil, "connection_failed"
	}
	req.Header = header.Clone()
	resp, err := s.cfg.Client.Do(req)
	if err != nil {
		return nil, "connection_failed"
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	switch {
	case err != nil:
		return nil, "connection_failed"
	case resp.StatusCode/100 != 2 && resp.Header.Get("X-Slack-No-Retry") == "1":
		return nil, noRetry
	case resp.StatusCode/100 == 3:
		return nil, "too_many_redirects"
	case resp.StatusCode/100 != 2:
		return nil, "http_error"
	}
	data = bytes.TrimSpace(data)
	switch {
	case len(data) == 0:
		return nil, ""
	case strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") && json.Valid(data):
		return data, ""
	}
	// A command can be answered in plain text.
	text, err := json.Marshal(map[string]string{"text": string(data)})
	if err != nil {
		return nil, "http_error"
	}
	return text, ""
}

// VerifyURL asks the app's address to prove that it is the app's, as Slack does
// when the address is entered.
// https://docs.slack.dev/reference/events/url_verification
func (s *Slack) VerifyURL(ctx context.Context) error {
	s.mu.Lock()
	to := s.cfg.App.EventsURL
	challenge := strings.ToLower(s.id("challenge"))
	s.mu.Unlock()
	body, err := json.Marshal(map[string]string{"token": "deprecated", "challenge": challenge, "type": "url_verification"})
	if err != nil {
		return err
	}
	header := s.Sign(body, s.cfg.Clock.Now())
	header.Set("Content-Type", "application/json")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("url_verification: %w", err)
	}
	req.Header = header
	resp, err := s.cfg.Client.Do(req)
	if err != nil {
		return fmt.Errorf("url_verification: %w", err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err != nil {
		return fmt.Errorf("url_verification: %w", err)
	}
	var obj struct {
		Challenge string `json:"challenge"`
	}
	form, _ := url.ParseQuery(string(data))
	switch {
	case resp.StatusCode != http.StatusOK:
		return fmt.Errorf("url_verification: status %d", resp.StatusCode)
	case strings.TrimSpace(string(data)) == challenge, json.Unmarshal(data, &obj) == nil && obj.Challenge == challenge, form.Get("challenge") == challenge:
		return nil
	}
	return errors.New("url_verification: the challenge did not come back")
}
