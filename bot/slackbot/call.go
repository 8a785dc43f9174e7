package slackbot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
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

	timeout time.Duration // of a call
	now     func() time.Time

	team, name string
	handle     string // of the bot, as it is mentioned
	enterprise string // "" if it is part of none
	user       string // of the bot
	id         string // of the bot, as bot_id has it

	mu      sync.Mutex
	people  people
	refused map[string]time.Time // methods that this workspace does not have, and when that was
	revoked error                // why Slack takes the token no more; nil if it does
	tried   time.Time            // when that was seen last
}

// revocations are the errors that mean that a token is of no use any more.
var revocations = []string{"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}

// noteToken notes whether Slack took the token at a call.
func (w *workspace) noteToken(err error, now time.Time) {
	revoked := slices.Contains(revocations, code(err))
	if err != nil && !revoked {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tried, w.revoked = now, nil
	if revoked {
		w.revoked = err
	}
}

// retest is how often Ready has Slack asked whether it takes a token, where
// nothing else is asked.
const retest = time.Minute

// token says why Slack does not take the token of the workspace, nil if it does
// or if that is not known.
func (w *workspace) token(ctx context.Context, now time.Time) error {
	w.mu.Lock()
	stale := now.Sub(w.tried) >= retest
	if stale {
		w.tried = now // nobody else asks meanwhile
	}
	w.mu.Unlock()
	if stale {
		_ = w.do(ctx, atOnce, "auth.test", "", func(ctx context.Context) error { // do notes what comes of it
			_, err := w.api.AuthTestContext(ctx)
			return err
		})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.revoked == nil {
		return nil
	}
	return fmt.Errorf("workspace %s (%s): %w", w.name, w.team, Explain(w.revoked))
}

// refusedFor is how long a method is not tried again: an admin may have given
// the app what it lacked.
const refusedFor = 10 * time.Minute

// has reports whether a method is worth a try: one that was refused as unknown,
// or for want of a scope, is not.
func (w *workspace) has(method string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, refused := w.refused[method]
	return !refused || time.Since(at) > refusedFor
}

// lacks are the errors that mean that a method is not to be had here.
var lacks = []string{"unknown_method", "missing_scope", "method_deprecated", "not_allowed_token_type", "feature_not_enabled"}

// lacking reports whether an error means that a method is not to be had here, or
// that what it answers cannot be read.
func lacking(err error) bool { return slices.Contains(lacks, code(err)) || misshapen(err) }

// misshapen reports whether a server answered in another form than Slack
// documents, such as with a string for a number. It would so again.
func misshapen(err error) bool {
	var shape *json.UnmarshalTypeError
	return errors.As(err, &shape)
}

// telling are the methods that are called for their answer. All others have had
// their effect, whatever the form of it, and must not be called again.
var telling = []string{"auth.test", methodUser, "conversations.open", "conversations.replies", "conversations.history", methodStart}

func (w *workspace) refuse(method string, err error) {
	if !lacking(err) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refused == nil {
		w.refused = make(map[string]time.Time)
	}
	if at, known := w.refused[method]; !known || time.Since(at) > refusedFor {
		w.log.Warn("not available in this workspace", "method", method, "err", err)
		w.refused[method] = time.Now()
	}
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
type repeat int

const (
	// again: it makes no difference to call twice.
	again repeat = iota
	// once: if it is not known whether a call arrived, the error is unsure.
	once
	// atOnce: like once, and not if Slack wants it to wait.
	atOnce
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
		if err := w.pace.wait(ctx, r, method, channel); err != nil {
			return fmt.Errorf("%s: %w", method, err)
		}
		err := w.once(ctx, call)
		w.seen.calls.WithLabelValues(method, outcome(err)).Inc()
		if method != methodRespond { // it needs no token
			w.noteToken(err, w.now())
		}
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return &unsureError{fmt.Errorf("%s: %w", method, err)}
		}
		err = fmt.Errorf("%s: %w", method, err)
		var slower *slack.RateLimitedError
		if errors.As(err, &slower) && (slower.RetryAfter > 0 || try < mostTries) {
			pause := slower.RetryAfter
			if pause <= 0 {
				pause, wait = wait, min(2*wait, longestWait)
			}
			w.log.InfoContext(ctx, "rate limited", "method", method, "channel", channel, "wait", pause)
			w.pace.pause(method, channel, pause)
			if r == atOnce {
				return err
			}
			continue
		}
		if misshapen(err) && !slices.Contains(telling, method) {
			w.log.WarnContext(ctx, "answer not understood, taken for well", "method", method, "err", err)
			return nil
		}
		if !transient(err) {
			w.refuse(method, err)
			return err
		}
		if r != again {
			return &unsureError{err}
		}
		if try >= mostTries {
			return err
		}
		w.log.InfoContext(ctx, "call failed, trying again", "method", method, "channel", channel, "wait", wait, "err", err)
		if e := sleep(ctx, wait/2+rand.N(wait/2)); e != nil {
			return errors.Join(e, err)
		}
		wait = min(2*wait, longestWait)
	}
}

// once makes a call within the time it may take. Slack itself answers within
// seconds; what is between may not.
func (w *workspace) once(ctx context.Context, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, w.timeout, fmt.Errorf("no answer within %s: %w", w.timeout, context.DeadlineExceeded))
	defer cancel()
	err := call(ctx)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", context.Cause(ctx), err)
	}
	return slowedDown(err)
}

// slowedDown makes one error of the ways to be told that there were too many
// calls. Its RetryAfter is 0 where that is not said, as a gateway's may not.
func slowedDown(err error) error {
	var status slack.StatusCodeError
	var number *strconv.NumError // a Retry-After that is a date
	switch {
	case limited(err):
		return err
	case errors.As(err, &status) && status.Code == http.StatusTooManyRequests, errors.As(err, &number),
		code(err) == "ratelimited", code(err) == "rate_limited":
		return fmt.Errorf("%w: %w", &slack.RateLimitedError{}, err)
	}
	return err
}

// limited reports whether there were too many calls.
func limited(err error) bool {
	var slower *slack.RateLimitedError
	return errors.As(err, &slower)
}

// outcome is what metrics call the end of a call.
func outcome(err error) string {
	switch {
	case err == nil:
		return "ok"
	case limited(err):
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
	if limited(err) {
		return true
	}
	var status slack.StatusCodeError
	if errors.As(err, &status) {
		return status.Code >= 500 || status.Code == http.StatusRequestTimeout
	}
	switch code(err) {
	case "":
		return !misshapen(err) // the network's
	case "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org":
		return true
	}
	return false
}

// fromSlack reports whether an error came of talking to Slack.
func fromSlack(err error) bool {
	var unsure *unsureError
	var status slack.StatusCodeError
	var wire *url.Error
	return errors.As(err, &unsure) || limited(err) || errors.As(err, &status) || errors.As(err, &wire) || code(err) != ""
}

// A pace keeps calls within what Slack allows.
type pace struct {
	mu     sync.Mutex
	until  map[string]time.Time     // by method and channel: when Slack wants to be called again
	posts  map[string]*rate.Limiter // by channel
	starts *rate.Limiter
	status *rate.Limiter
}

func newPace() *pace {
	return &pace{
		until: make(map[string]time.Time),
		posts: make(map[string]*rate.Limiter),
		// chat.startStream is of tier 2: 20 a minute.
		starts: rate.NewLimiter(rate.Every(3*time.Second), 10),
		// Slack does not say how many statuses it shows; 200 a minute were seen to
		// be the most.
		status: rate.NewLimiter(rate.Every(400*time.Millisecond), 20),
	}
}

// posting are the methods that put a message into a channel, of which there may
// be about one a second.
var posting = []string{"chat.postMessage", "chat.startStream"}

// wait returns when a method may be called, or if r is atOnce an error unless
// that is now.
func (p *pace) wait(ctx context.Context, r repeat, method, channel string) error {
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
		if r == atOnce {
			return &slack.RateLimitedError{RetryAfter: d}
		}
		if err := sleep(ctx, d); err != nil {
			return err
		}
	}
	if method == methodStatus && r == atOnce && !p.status.Allow() {
		return &slack.RateLimitedError{RetryAfter: time.Second}
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
	if r == atOnce {
		if !l.Allow() {
			return &slack.RateLimitedError{RetryAfter: time.Second}
		}
		return nil
	}
	return l.Wait(ctx)
}

func (p *pace) pause(method, channel string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k, until := method+" "+channel, time.Now().Add(max(d, 100*time.Millisecond))
	if until.After(p.until[k]) {
		p.until[k] = until
	}
}

// mayStream reports whether a stream may begin now without waiting.
func (p *pace) mayStream(channel string) bool {
	p.mu.Lock()
	blocked := time.Now().Before(p.until["chat.startStream "+channel])
	p.mu.Unlock()
	return !blocked && p.starts.Allow()
}
