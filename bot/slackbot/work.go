package slackbot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
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
		it, err := b.c.Inbox.Take(ctx, b.c.Lease, b.part())
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

// part is how many workers a channel or a person has at most, so that one that
// asks a lot leaves room for others.
func (b *Bot) part() int { return (b.c.Workers + 1) / 2 }

const (
	// mostAttempts is how often an item is begun before it is given up. Calls to
	// Slack are repeated by themselves before that.
	mostAttempts = 5
	// mostLost is how often an item may take the process down with it.
	mostLost = 5
	// lateness is how old an item may become while Slack cannot be reached: an
	// answer may come late, but the asker is to hear something.
	lateness = 24 * time.Hour
)

// betweenTries is how long an item waits before it is begun again.
func betweenTries(attempts int) time.Duration {
	const first, longest = 5 * time.Second, 5 * time.Minute
	return min(first<<min(attempts-1, 10), longest)
}

// A result is what the work on an item ends with.
type result struct {
	thread string // its name, if something was said in it
	said   []bot.Exchange
	// outcome is what came of a message in a thread.
	outcome string
}

// A hand is a worker's that is at an item.
type hand struct {
	drop context.CancelCauseFunc
	free chan struct{} // closed when it has let go
}

// grasp makes sure that no other worker of this process is at the item: one may
// be whose lease ran out without its knowing, as the machine slept.
func (b *Bot) grasp(ctx context.Context, id int64) (_ context.Context, release func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	mine := &hand{cancel, make(chan struct{})}
	b.mu.Lock()
	other := b.hands[id]
	b.hands[id] = mine
	b.mu.Unlock()
	if other != nil {
		other.drop(inbox.ErrLost)
		<-other.free
	}
	return ctx, func() {
		cancel(nil)
		b.mu.Lock()
		if b.hands[id] == mine {
			delete(b.hands, id)
		}
		b.mu.Unlock()
		close(mine.free)
	}
}

// handle works on one item, keeps its lease, and sees to it that the asker hears
// of what goes wrong.
func (b *Bot) handle(ctx context.Context, it inbox.Item) {
	log := b.c.Log.With("item", it.Key, "kind", it.Kind, "attempt", it.Attempts)
	ctx, release := b.grasp(ctx, it.ID)
	defer release()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	renewing := make(chan struct{})
	go func() {
		defer close(renewing)
		b.renew(ctx, it, cancel)
	}()
	begun := b.c.Now()
	w := b.workspace(it.Team)
	r, err := b.guarded(ctx, w, it)
	end := b.settle(ctx, w, it, r, err)
	cause := context.Cause(ctx)
	cancel(nil)
	<-renewing
	ctx = context.WithoutCancel(ctx)
	switch {
	case errors.Is(cause, inbox.ErrLost) || errors.Is(err, inbox.ErrLost):
		log.WarnContext(ctx, "left to another, whose it is by now", "err", err)
		return
	case cause != nil && err != nil:
		// Stopping: for the next process to do.
		log.InfoContext(ctx, "left to the next process", "err", err)
		b.adjourn(ctx, w, it)
		err = b.c.Inbox.Release(ctx, it)
	default:
		if err == nil {
			log.InfoContext(ctx, "done", "waited", begun.Sub(it.Received), "took", b.c.Now().Sub(begun))
		}
		err = end(ctx)
	}
	if err != nil {
		log.ErrorContext(ctx, "inbox not updated", "err", err)
	}
}

// adjourn tells whoever waits for an item that it is going to be the next
// process's, in place of what was said last; before it is, as the answer must not
// come first.
func (b *Bot) adjourn(ctx context.Context, w *workspace, it inbox.Item) {
	if q, ok := waits(it); ok && w != nil {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		_ = b.reply(w, it, q).status(ctx, "Dateline is being started anew, your question comes next…") // a courtesy, which was logged
	}
}

// renew keeps the lease of an item until ctx ends, or ends the work on it if
// that fails.
func (b *Bot) renew(ctx context.Context, it inbox.Item, cancel context.CancelCauseFunc) {
	t := time.NewTicker(b.c.Lease / 3)
	defer t.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		err := b.c.Inbox.Renew(ctx, it, b.c.Lease)
		switch {
		case err == nil:
			last = time.Now()
			b.supersede(ctx, it.Key) // another process may have taken the edit in
		case ctx.Err() != nil:
			return
		case errors.Is(err, inbox.ErrLost) || time.Since(last) > b.c.Lease*2/3:
			cancel(inbox.ErrLost) // it is, or may be any moment
			return
		default:
			b.c.Log.WarnContext(ctx, "lease not renewed", "item", it.Key, "err", err)
		}
	}
}

// settle decides how the work on an item ends, and tells the asker if it went
// wrong for good.
func (b *Bot) settle(ctx context.Context, w *workspace, it inbox.Item, r result, err error) (end func(context.Context) error) {
	log := b.c.Log.With("item", it.Key, "kind", it.Kind, "attempt", it.Attempts)
	it.Outcome = r.outcome
	done := func(ctx context.Context) error { return b.c.Inbox.Done(ctx, it, r.thread, r.said) }
	later := func(err error) func(context.Context) error {
		wait := betweenTries(it.Attempts)
		log.WarnContext(ctx, "not done, to be tried again", "wait", wait, "err", err)
		return func(ctx context.Context) error { return b.c.Inbox.Return(ctx, it, wait, err.Error()) }
	}
	late := b.c.Now().Sub(it.Received) > lateness
	switch {
	case err == nil || context.Cause(ctx) != nil:
		return done
	case retriable(err) && (it.Attempts < mostAttempts || fromSlack(err) && !late):
		return later(err)
	}
	var refused *refusedError
	switch {
	case errors.As(err, &refused):
		log.InfoContext(ctx, "refused", "err", err)
	case explainable(err) && !slices.Contains(forAdmins, code(err)):
		log.WarnContext(ctx, "not done, as Slack does not let it", "err", err)
	default:
		log.ErrorContext(ctx, "not done", "err", err)
		b.trouble(err.Error())
	}
	if w == nil {
		return done
	}
	told := b.catch(ctx, it, func() error { return b.confess(ctx, w, it, err) })
	if told != nil && retriable(told) && !late && context.Cause(ctx) == nil {
		return later(errors.Join(told, err))
	}
	return done
}

// retriable reports whether an item may go well another time.
func retriable(err error) bool {
	var fault *faultError
	var own *ownError
	var refused *refusedError
	return !errors.As(err, &fault) && !errors.As(err, &own) && !errors.As(err, &refused) && transient(err)
}

// An ownError is no fault of Slack's: the question could not be answered.
type ownError struct{ err error }

func (e *ownError) Error() string { return e.err.Error() }
func (e *ownError) Unwrap() error { return e.err }

// A refusedError is for what somebody wants and cannot have, by nobody's fault.
type refusedError struct{ err error }

func (e *refusedError) Error() string { return e.err.Error() }
func (e *refusedError) Unwrap() error { return e.err }

// A faultError is a panic that was caught.
type faultError struct {
	value any
	stack []byte
}

func (e *faultError) Error() string { return fmt.Sprintf("fault in the program: %v", e.value) }

// catch calls f and takes a panic for an error.
func (b *Bot) catch(ctx context.Context, it inbox.Item, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			fault := &faultError{v, debug.Stack()}
			b.c.Log.ErrorContext(ctx, "panic", "item", it.Key, "err", fault, "stack", string(fault.stack))
			err = fault
		}
	}()
	return f()
}

// caught is to be deferred by what runs beside the work on an item, and is not
// worth ending the process for.
func (b *Bot) caught(ctx context.Context, what string) {
	if v := recover(); v != nil {
		b.c.Log.ErrorContext(ctx, "panic", "in", what, "err", v, "stack", string(debug.Stack()))
	}
}

// guarded works on an item, and takes a panic for an error.
func (b *Bot) guarded(ctx context.Context, w *workspace, it inbox.Item) (r result, err error) {
	err = b.catch(ctx, it, func() (err error) {
		r, err = b.do(ctx, w, it)
		return err
	})
	return r, err
}

// do works on an item.
func (b *Bot) do(ctx context.Context, w *workspace, it inbox.Item) (r result, err error) {
	if w == nil {
		return r, &ownError{fmt.Errorf("there is no token for workspace %s", it.Team)}
	}
	if it.Lost >= mostLost {
		return r, &ownError{errors.New("each time I began, Dateline was ended; please tell whoever runs it, and ask in other words")}
	}
	switch it.Kind {
	case itemQuestion, itemEdit, itemDelete, itemPane:
		var q question
		if err := json.Unmarshal(it.Payload, &q); err != nil {
			return r, &ownError{fmt.Errorf("item %s: %w", it.Key, err)}
		}
		switch it.Kind {
		case itemDelete:
			return b.retract(ctx, w, it, q)
		case itemPane:
			return r, b.openPane(ctx, w, q)
		}
		return b.answer(ctx, w, it, q)
	case itemCommand, itemClaim:
		return r, b.runOrder(ctx, w, it)
	case itemUnscoped:
		return r, b.tellUnscoped(ctx, w, it)
	case itemHome:
		return r, b.publishHome(ctx, w, it)
	}
	return r, &ownError{fmt.Errorf("item %s is of the unknown kind %q", it.Key, it.Kind)}
}
