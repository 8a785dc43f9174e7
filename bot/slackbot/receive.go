package slackbot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/slack-go/slack"
)

// An envelope is what Slack delivers, over whatever transport.
type envelope struct {
	kind    string
	payload json.RawMessage
}

// The kinds of envelopes, as a socket has them.
const (
	kindEvent       = "events_api"
	kindInteractive = "interactive"
	kindCommand     = "slash_commands"
)

// receive takes in an envelope. It returns what to acknowledge it with, nil for
// nothing. The error is for one that should be delivered again; one that makes
// no sense is logged and done with.
func (b *Bot) receive(ctx context.Context, e envelope) (reply any, err error) {
	b.seen.events.WithLabelValues(e.kind).Inc()
	defer func() {
		if v := recover(); v != nil {
			b.c.Log.ErrorContext(ctx, "panic", "envelope", e.kind, "err", v, "stack", string(debug.Stack()))
			err = &faultError{value: v}
		}
	}()
	switch e.kind {
	case kindEvent:
		var c callback
		if err := json.Unmarshal(e.payload, &c); err != nil {
			b.c.Log.WarnContext(ctx, "event not understood", "err", err)
			return nil, nil
		}
		return nil, b.event(ctx, c)
	case kindInteractive:
		var c slack.InteractionCallback
		if err := json.Unmarshal(e.payload, &c); err != nil {
			b.c.Log.WarnContext(ctx, "interaction not understood", "err", err)
			return nil, nil
		}
		if !b.fresh(c.TriggerID) {
			return nil, nil // what it opens would open twice
		}
		return b.interaction(ctx, c)
	case kindCommand:
		var c slack.SlashCommand
		if err := json.Unmarshal(e.payload, &c); err != nil {
			b.c.Log.WarnContext(ctx, "command not understood", "err", err)
			return nil, nil
		}
		return b.command(ctx, c)
	}
	b.c.Log.DebugContext(ctx, "envelope of an unknown kind", "kind", e.kind)
	return nil, nil
}

// fresh reports whether an interaction has not been taken in before, as far as
// this process remembers. One without a trigger always is.
func (b *Bot) fresh(trigger string) bool { return trigger == "" || b.firstTime(&b.triggers, trigger) }

// firstTime notes that something happened, and reports whether it had not
// before. All is forgotten now and then.
func (b *Bot) firstTime(happened *map[string]bool, what string) bool {
	const most = 10_000
	b.mu.Lock()
	defer b.mu.Unlock()
	if (*happened)[what] {
		return false
	}
	if *happened == nil || len(*happened) >= most {
		*happened = make(map[string]bool)
	}
	(*happened)[what] = true
	return true
}

// A callback is the outside of an event.
// https://docs.slack.dev/apis/events-api/#callback-field
type callback struct {
	Type           string          `json:"type"`
	TeamID         string          `json:"team_id"`
	EventID        string          `json:"event_id"`
	Event          json.RawMessage `json:"event"`
	Authorizations []struct {
		TeamID string `json:"team_id"`
		UserID string `json:"user_id"`
	} `json:"authorizations"`
}

// teams are those that an event may be for, the likeliest first.
func (c callback) teams() []string {
	var teams []string
	for _, a := range c.Authorizations {
		teams = append(teams, a.TeamID)
	}
	return append(teams, c.TeamID)
}

// event puts what an event asks for into the inbox.
func (b *Bot) event(ctx context.Context, c callback) error {
	if c.Type == "app_rate_limited" {
		// https://docs.slack.dev/apis/events-api/#rate-limiting
		b.c.Log.ErrorContext(ctx, "Slack leaves events out, as there are too many of them", "team", c.TeamID)
		return nil
	}
	w := b.workspace(c.teams()...)
	if w == nil {
		b.c.Log.WarnContext(ctx, "event of a workspace without a token", "team", c.TeamID)
		return nil
	}
	var kind struct{ Type string }
	if err := json.Unmarshal(c.Event, &kind); err != nil {
		w.log.WarnContext(ctx, "event not understood", "event", c.EventID, "err", err)
		return nil
	}
	switch kind.Type {
	case "message", "app_mention":
		var m message
		if err := json.Unmarshal(c.Event, &m); err != nil {
			w.log.WarnContext(ctx, "message not understood", "event", c.EventID, "err", err)
			return nil
		}
		return b.message(ctx, w, c.EventID, m)
	case "app_home_opened":
		var h homeOpened
		if err := json.Unmarshal(c.Event, &h); err != nil {
			w.log.WarnContext(ctx, "event not understood", "event", c.EventID, "err", err)
			return nil
		}
		return b.homeOpened(ctx, w, c.EventID, h)
	}
	w.log.DebugContext(ctx, "event of no concern", "type", kind.Type)
	return nil
}

// put puts an item into the inbox, with its payload, and tells the workers.
func (b *Bot) put(ctx context.Context, event string, it item) error {
	data, err := json.Marshal(it.payload)
	if err != nil {
		return fmt.Errorf("payload: %w", err)
	}
	it.Payload = data
	full, err := b.full(ctx, it.Item)
	if err != nil {
		return err
	}
	if full {
		return b.turnAway(ctx, event, it)
	}
	fresh, err := b.c.Inbox.Put(ctx, event, it.Item)
	if err != nil {
		return b.unwritten(ctx, it, err)
	}
	if fresh[0] {
		b.seen.questions.WithLabelValues(it.Kind).Inc()
		b.come()
		if it.Instead != "" {
			b.supersedeAll(ctx, it.Instead)
		}
	}
	b.rouse()
	return nil
}

// turnAway tells the asker that there is no room for an item, once.
func (b *Bot) turnAway(ctx context.Context, event string, it item) error {
	it.Over = true
	fresh, err := b.c.Inbox.Put(ctx, event, it.Item)
	if err != nil || !fresh[0] {
		return err
	}
	b.c.Log.WarnContext(ctx, "not taken in, as too many wait", "item", it.Key)
	if err := b.aside(ctx, it, tooBusy); err != nil {
		b.c.Log.WarnContext(ctx, "asker not told", "item", it.Key, "err", err)
	}
	return nil
}

// unwritten tells the asker that an item could not be kept, once, and returns
// the error that makes Slack send it again: questions, that is, as Slack gives a
// command or a click up at once.
func (b *Bot) unwritten(ctx context.Context, it item, cause error) error {
	if !b.firstTime(&b.sorry, it.Key) || ctx.Err() != nil {
		return cause
	}
	text := notTaken
	if o, ok := it.payload.(order); ok {
		if o.typed() {
			return &unkeptError{cause} // it can be refused where it is acknowledged
		}
		text = notKept
	}
	return errors.Join(cause, b.aside(ctx, it, text))
}

// An unkeptError is for a command that could not be kept, and whose user is to
// hear that.
type unkeptError struct{ err error }

func (e *unkeptError) Error() string { return e.err.Error() }
func (e *unkeptError) Unwrap() error { return e.err }
