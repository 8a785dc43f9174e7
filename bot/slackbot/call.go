package slackbot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"golang.org/x/time/rate"
)

// A workspace is one that the bot is in, and the way to its Web API.
type workspace struct {
	api  *slack.Client
	pace *pace
	log  *slog.Logger
	seen *metrics

	team, name string
	handle     string // of the bot, as it is mentioned
	enterprise string // "" if it is part of none
	user       string // of the bot
	id         string // of the bot, as bot_id has it

	mu      sync.Mutex
	people  people
	refused map[string]bool // methods that this workspace does not have
}

// has reports whether a method is worth a try: one that was refused as unknown,
// or for want of a scope, is not.
func (w *workspace) has(method string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.refused[method]
}

// lacks are the errors that mean that a method is not to be had here.
var lacks = []string{"unknown_method", "missing_scope", "method_deprecated", "not_allowed_token_type", "feature_not_enabled", "no_permission", "access_denied"}

func (w *workspace) refuse(method string, err error) {
	if !slices.Contains(lacks, code(err)) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refused == nil {
		w.refused = make(map[string]bool)
	}
	if !w.refused[method] {
		w.log.Warn("not available in this workspace", "method", method, "err", err)
	}
	w.refused[method] = true
}

// code is Slack's name of an error; empty if it is none of Slack's.
func code(err error) string {
	var answered slack.SlackErrorResponse
	if errors.As(err, &answered) {
		return answered.Err
	}
	return ""
}

// How often a call may be repeated.
type repeat bool

const (
	// again: it makes no difference to call twice.
	again repeat = true
	// once: if it is not known whether a call arrived, the error is unsure.
	once repeat = false
)

// An unsureError is for a call that may have had its effect.
type unsureError struct{ err error }

func (e *unsureError) Error() string { return "it is not known whether this arrived: " + e.err.Error() }
func (e *unsureError) Unwrap() error { return e.err }

// How long a call is repeated that fails by no fault of its own.
const (
	firstWait   = 300 * time.Millisecond
	longestWait = 15 * time.Second
	mostTries   = 10
)

// do calls a method of the Web API, in step with Slack's limits: it waits for
// its turn, and for as long as Slack asks it to.
// https://docs.slack.dev/apis/web-api/rate-limits/
func (w *workspace) do(ctx context.Context, r repeat, method, channel string, call func(context.Context) error) error {
	wait := firstWait
	for try := 1; ; try++ {
		if err := w.pace.wait(ctx, method, channel); err != nil {
			return err
		}
		err := call(ctx)
		w.seen.calls.WithLabelValues(method, outcome(err)).Inc()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return &unsureError{fmt.Errorf("%s: %w", method, err)}
		}
		err = fmt.Errorf("%s: %w", method, err)
		var limited *slack.RateLimitedError
		if errors.As(err, &limited) {
			w.log.InfoContext(ctx, "rate limited", "method", method, "channel", channel, "wait", limited.RetryAfter)
			w.pace.pause(method, channel, limited.RetryAfter)
			continue
		}
		if !transient(err) {
			w.refuse(method, err)
			return err
		}
		if r == once {
			return &unsureError{err}
		}
		if try == mostTries {
			return err
		}
		w.log.InfoContext(ctx, "call failed, trying again", "method", method, "channel", channel, "wait", wait, "err", err)
		if e := sleep(ctx, wait/2+rand.N(wait/2)); e != nil {
			return errors.Join(e, err)
		}
		wait = min(2*wait, longestWait)
	}
}

// outcome is what metrics call the end of a call.
func outcome(err error) string {
	var limited *slack.RateLimitedError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &limited):
		return "rate_limited"
	case code(err) != "":
		return code(err)
	}
	return "unreachable"
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// transient reports whether a call may go well another time.
func transient(err error) bool {
	var status slack.StatusCodeError
	if errors.As(err, &status) {
		return status.Code >= 500 || status.Code == http.StatusRequestTimeout
	}
	switch code(err) {
	case "":
		return true // the network's
	case "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org", "ratelimited", "rate_limited":
		return true
	}
	return false
}

// A pace keeps calls within what Slack allows.
type pace struct {
	mu     sync.Mutex
	until  map[string]time.Time     // by method and channel: when Slack wants to be called again
	posts  map[string]*rate.Limiter // by channel
	starts *rate.Limiter
}

func newPace() *pace {
	return &pace{
		until: make(map[string]time.Time),
		posts: make(map[string]*rate.Limiter),
		// chat.startStream is of tier 2: 20 a minute.
		starts: rate.NewLimiter(rate.Every(3*time.Second), 10),
	}
}

// posting are the methods that put a message into a channel, of which there may
// be about one a second.
var posting = []string{"chat.postMessage", "chat.startStream"}

func (p *pace) wait(ctx context.Context, method, channel string) error {
	for {
		p.mu.Lock()
		d := time.Until(p.until[method+" "+channel])
		if d <= 0 && len(p.until) > 1000 {
			for k, t := range p.until {
				if time.Until(t) <= 0 {
					delete(p.until, k)
				}
			}
		}
		p.mu.Unlock()
		if d <= 0 {
			break
		}
		if err := sleep(ctx, d); err != nil {
			return err
		}
	}
	if channel == "" || !slices.Contains(posting, method) {
		return nil
	}
	p.mu.Lock()
	l := p.posts[channel]
	if l == nil {
		if len(p.posts) > 10_000 {
			clear(p.posts) // they fill up again within seconds
		}
		l = rate.NewLimiter(rate.Every(time.Second), 2)
		p.posts[channel] = l
	}
	p.mu.Unlock()
	return l.Wait(ctx)
}

func (p *pace) pause(method, channel string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until[method+" "+channel] = time.Now().Add(max(d, 100*time.Millisecond))
}

// mayStream reports whether a stream may begin now without waiting.
func (p *pace) mayStream(channel string) bool {
	p.mu.Lock()
	blocked := time.Now().Before(p.until["chat.startStream "+channel])
	p.mu.Unlock()
	return !blocked && p.starts.Allow()
}
