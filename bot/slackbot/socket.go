package slackbot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	stdlog "log"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"golang.org/x/sync/errgroup"
)

// sockets is how many there are. Slack ends each of them every few hours; while
// one is opened anew, what comes goes over the other at once instead of being
// sent again a minute later.
const sockets = 2

// listen keeps sockets open until ctx ends, and puts what comes over them into
// the inbox. The error is for an app token that Slack refuses.
// https://docs.slack.dev/apis/events-api/using-socket-mode/
func (b *Bot) listen(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for n := range sockets {
		g.Go(func() error { return b.hold(ctx, b.c.Log.With("socket", n+1)) })
	}
	return g.Wait()
}

// hold keeps one socket open.
func (b *Bot) hold(ctx context.Context, log *slog.Logger) error {
	wait := firstWait
	for ctx.Err() == nil {
		begun := time.Now()
		err := b.socket(ctx, log)
		if ctx.Err() != nil {
			return nil
		}
		if fatal(err) {
			return fmt.Errorf("app token: %w", Explain(err))
		}
		if time.Since(begun) > time.Minute {
			wait = firstWait
		}
		log.WarnContext(ctx, "socket lost, connecting again", "wait", wait, "err", err)
		if sleep(ctx, wait/2+rand.N(wait/2)) != nil {
			return nil
		}
		wait = min(2*wait, longestWait)
	}
	return nil
}

// fatal reports whether connecting again would not help.
func fatal(err error) bool {
	switch code(err) {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type", "missing_scope", "socket_mode_not_enabled", "forbidden_team":
		return true
	}
	return false
}

// socket runs one client, which connects again by itself when Slack asks for it.
func (b *Bot) socket(ctx context.Context, log *slog.Logger) error {
	ctx, cancel := context.WithCancel(ctx)
	client := socketmode.New(b.c.api(b.c.Tokens[0]), socketmode.OptionLog(stdlog.New(logWriter{log}, "", 0)))
	ended := make(chan error, 1)
	var wg sync.WaitGroup
	wg.Go(func() { ended <- client.RunContext(ctx) })
	// Envelopes are taken in side by side, so that one commit is for many: one
	// after the other, each would wait for the disk, and under load longer than
	// Slack waits for them. Those of a channel stay in order.
	var shards [32]chan *socketmode.Request
	for i := range shards {
		shards[i] = make(chan *socketmode.Request, 8)
		wg.Go(func() {
			for {
				select {
				case req := <-shards[i]:
					b.delivered(ctx, client, req)
				case <-ctx.Done():
					return // what is left is not acknowledged, and sent again
				}
			}
		})
	}
	take := func(req *socketmode.Request) {
		select {
		case shards[shard(req)%uint32(len(shards))] <- req:
		case <-ctx.Done():
		}
	}
	up := 0
	set := func(n int) {
		b.count(n - up)
		up = n
	}
	defer func() {
		cancel()
		set(0)
		wg.Wait()
	}()
	for {
		select {
		case err := <-ended:
			return err
		case e := <-client.Events:
			switch e.Type {
			case socketmode.EventTypeConnecting:
				set(0)
			case socketmode.EventTypeConnected:
				set(1)
				log.InfoContext(ctx, "socket open")
			case socketmode.EventTypeConnectionError:
				failed, ok := e.Data.(*slack.ConnectionErrorEvent)
				if !ok || ctx.Err() != nil { // it is to end
					continue
				}
				log.WarnContext(ctx, "socket not open", "wait", failed.Backoff, "err", failed.ErrorObj)
				var limited *slack.RateLimitedError
				if fatal(failed.ErrorObj) || failed.Backoff > longestWait && !errors.As(failed.ErrorObj, &limited) {
					return failed.ErrorObj // the library would go on for ever, and wait for minutes
				}
			case socketmode.EventTypeEventsAPI, socketmode.EventTypeInteractive, socketmode.EventTypeSlashCommand:
				take(e.Request)
			case socketmode.EventTypeErrorBadMessage:
				// One that the library cannot read may well be one that is of no
				// concern here, and has to be acknowledged all the same. Of what it
				// says besides nothing is needed.
				bad, ok := e.Data.(*socketmode.ErrorBadMessage)
				var least struct {
					Type       string          `json:"type"`
					EnvelopeID string          `json:"envelope_id"`
					Payload    json.RawMessage `json:"payload"`
				}
				if ok && json.Unmarshal(bad.Message, &least) == nil && least.EnvelopeID != "" {
					take(&socketmode.Request{Type: least.Type, EnvelopeID: least.EnvelopeID, Payload: least.Payload})
				}
			}
		}
	}
}

// shard is the same for all envelopes of a channel.
func shard(req *socketmode.Request) uint32 {
	var p struct {
		Event struct {
			Channel json.RawMessage `json:"channel"` // of some events it is an object
		} `json:"event"`
	}
	h := fnv.New32a()
	if json.Unmarshal(req.Payload, &p) == nil && len(p.Event.Channel) > 0 {
		h.Write(p.Event.Channel)
	} else {
		h.Write([]byte(req.EnvelopeID))
	}
	return h.Sum32()
}

// delivered takes in an envelope. It is acknowledged once it is safe; one that
// could not be kept is not, so that Slack sends it again.
func (b *Bot) delivered(ctx context.Context, client *socketmode.Client, req *socketmode.Request) {
	reply, err := b.receive(ctx, envelope{kind: req.Type, payload: req.Payload})
	if err != nil && ctx.Err() != nil {
		return // stopping; Slack sends it again
	}
	if err != nil {
		b.c.Log.ErrorContext(ctx, "envelope not taken in", "type", req.Type, "retry", req.RetryAttempt, "err", err)
		return
	}
	if err := client.AckCtx(ctx, req.EnvelopeID, reply); err != nil && !errors.Is(err, context.Canceled) {
		b.c.Log.WarnContext(ctx, "envelope not acknowledged", "type", req.Type, "err", err)
	}
}

func (b *Bot) count(n int) {
	b.mu.Lock()
	b.connected += n
	b.mu.Unlock()
}

// logWriter passes a library's log on.
type logWriter struct{ log *slog.Logger }

func (w logWriter) Write(p []byte) (int, error) {
	w.log.Debug("socketmode", "line", string(p))
	return len(p), nil
}
