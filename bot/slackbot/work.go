package slackbot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"dateline/bot"
	"dateline/bot/slackbot/inbox"
)

// rouse tells a worker that there may be something to do.
func (b *Bot) rouse() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// idle is how often a worker looks by itself, for what other processes left.
const idle = 2 * time.Second

// work takes items until ctx ends, and works on each under working.
func (b *Bot) work(ctx, working context.Context) {
	t := time.NewTicker(idle)
	defer t.Stop()
	for ctx.Err() == nil {
		it, err := b.c.Inbox.Take(ctx, b.owner, b.c.Lease)
		switch {
		case err == nil:
			b.rouse() // there may be more, for others
			b.handle(working, it)
			b.rouse()
			continue
		case ctx.Err() != nil:
			return
		case !errors.Is(err, inbox.ErrEmpty):
			b.c.Log.ErrorContext(ctx, "inbox not read", "err", err)
		}
		select {
		case <-b.wake:
		case <-t.C:
		case <-ctx.Done():
		}
	}
}

// How often an item is begun before it is given up, and how long to wait in
// between. Calls to Slack are repeated by themselves before that.
const (
	mostAttempts = 5
	betweenTries = 5 * time.Second
)

// A result is what the work on an item ends with.
type result struct {
	thread string // its name, if something was said in it
	said   []bot.Exchange
}

// handle works on one item, keeps its lease, and sees to it that the asker hears
// of what goes wrong.
func (b *Bot) handle(ctx context.Context, it inbox.Item) {
	log := b.c.Log.With("item", it.Key, "kind", it.Kind, "attempt", it.Attempts)
	w := b.workspace(it.Team)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	renewing := make(chan struct{})
	go func() {
		defer close(renewing)
		t := time.NewTicker(b.c.Lease / 3)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				if err := b.c.Inbox.Renew(ctx, b.owner, it.ID, b.c.Lease); err != nil && ctx.Err() == nil {
					log.WarnContext(ctx, "lease not renewed", "err", err)
					if errors.Is(err, inbox.ErrLost) {
						cancel(inbox.ErrLost)
						return
					}
				}
			}
		}
	}()
	begun := b.c.Now()
	r, err := b.guarded(ctx, w, it)
	cause := context.Cause(ctx)
	cancel(nil)
	<-renewing
	ctx = context.WithoutCancel(ctx)
	switch {
	case errors.Is(cause, inbox.ErrLost):
		return
	case cause != nil && err != nil:
		// Stopping: for the next process to do.
		err = b.c.Inbox.Release(ctx, b.owner, it.ID)
		log.InfoContext(ctx, "left to the next process", "err", err)
		return
	case err != nil && retriable(err) && it.Attempts < mostAttempts:
		log.WarnContext(ctx, "not done, to be tried again", "err", err)
		err = b.c.Inbox.Return(ctx, b.owner, it.ID, betweenTries, err.Error())
	case err != nil:
		log.ErrorContext(ctx, "not done", "err", err)
		if w != nil {
			b.confess(ctx, w, it, err)
		}
		err = b.c.Inbox.Done(ctx, b.owner, it.ID, "", nil)
	default:
		err = b.c.Inbox.Done(ctx, b.owner, it.ID, r.thread, r.said)
		log.InfoContext(ctx, "done", "waited", begun.Sub(it.Received), "took", b.c.Now().Sub(begun))
	}
	if err != nil {
		log.ErrorContext(ctx, "inbox not updated", "err", err)
	}
}

// retriable reports whether an item may go well another time.
func retriable(err error) bool {
	var fault *faultError
	var own *ownError
	return !errors.As(err, &fault) && !errors.As(err, &own) && transient(err)
}

// An ownError is no fault of Slack's: the question could not be answered.
type ownError struct{ err error }

func (e *ownError) Error() string { return e.err.Error() }
func (e *ownError) Unwrap() error { return e.err }

// A faultError is a panic that was caught.
type faultError struct {
	value any
	stack []byte
}

func (e *faultError) Error() string { return fmt.Sprintf("fault in the program: %v", e.value) }

// guarded works on an item, and takes a panic for an error.
func (b *Bot) guarded(ctx context.Context, w *workspace, it inbox.Item) (r result, err error) {
	defer func() {
		if v := recover(); v != nil {
			fault := &faultError{v, debug.Stack()}
			b.c.Log.ErrorContext(ctx, "panic", "item", it.Key, "err", fault, "stack", string(fault.stack))
			err = fault
		}
	}()
	if w == nil {
		return r, &ownError{fmt.Errorf("there is no token for workspace %s", it.Team)}
	}
	switch it.Kind {
	case itemQuestion, itemEdit, itemDelete, itemPane:
		var q question
		if err := json.Unmarshal(it.Payload, &q); err != nil {
			return r, &ownError{fmt.Errorf("item %s: %w", it.Key, err)}
		}
		switch it.Kind {
		case itemDelete:
			return b.retract(ctx, w, q)
		case itemPane:
			return r, b.openPane(ctx, w, q)
		}
		return b.answer(ctx, w, it, q)
	case itemCommand:
		return b.runCommand(ctx, w, it)
	case itemClaim:
		return r, b.checkClaim(ctx, w, it)
	case itemHome:
		return r, b.publishHome(ctx, w, it)
	}
	return r, &ownError{fmt.Errorf("item %s is of the unknown kind %q", it.Key, it.Kind)}
}
