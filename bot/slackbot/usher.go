package slackbot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"dateline/bot/slackbot/inbox"
)

// How the usher goes about.
const (
	// settles is how long a question may wait before its asker is told that it
	// does: most are taken at once.
	settles = moment
	// rounds is how often places are looked at anew.
	rounds = 2 * time.Second
	// retell is how often a changed place is told, and reshow how often any is:
	// Slack takes a status away after two minutes.
	retell = 30 * time.Second
	reshow = 90 * time.Second
	// ushered is how many of those who wait are told their place.
	ushered = 500
	// ushers is how many are told at a time.
	ushers = 4
)

// A seat in the queue is what somebody was told.
type seat struct {
	n  int
	at time.Time
}

// usher tells those who wait which number they are, until ctx ends.
func (b *Bot) usher(ctx context.Context) {
	told := make(map[string]seat)
	t := time.NewTicker(rounds)
	defer t.Stop()
	soon := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case <-b.came:
			soon = true
		}
		if soon && sleep(ctx, settles) != nil {
			return
		}
		func() {
			defer b.caught(ctx, "usher")
			told, soon = b.round(ctx, told)
		}()
		if soon {
			b.come()
		}
	}
}

// come has the usher look at who waits.
func (b *Bot) come() {
	select {
	case b.came <- struct{}{}:
	default:
	}
}

// round tells those whose place has changed, and returns what each was told, and
// whether somebody has only just come.
func (b *Bot) round(ctx context.Context, told map[string]seat) (now map[string]seat, young bool) {
	list, err := b.c.Inbox.Waiting(ctx, ushered)
	if err != nil {
		if ctx.Err() == nil {
			b.c.Log.WarnContext(ctx, "inbox not read", "err", err)
		}
		return told, false
	}
	now = make(map[string]seat, len(list))
	var mu sync.Mutex // of now
	free := make(chan struct{}, ushers)
	var wg sync.WaitGroup
	tell := func(it inbox.Item, n int) {
		free <- struct{}{}
		wg.Go(func() {
			defer func() { <-free }()
			defer b.caught(ctx, "usher")
			if b.show(ctx, it, n) {
				mu.Lock()
				now[it.Key] = seat{n, time.Now()}
				mu.Unlock()
			}
		})
	}
	// Slack shows so many statuses and no more: those who have not been told
	// anything come first.
	var again []int
	for i, it := range list {
		n := i + 1
		was, known := told[it.Key]
		switch since := time.Since(was.at); {
		case b.c.Now().Sub(it.Received) < settles:
			young = true
		case !known:
			tell(it, n)
		case since < retell || was.n == n && since < reshow:
			mu.Lock()
			now[it.Key] = was
			mu.Unlock()
		default:
			again = append(again, i)
		}
	}
	for _, i := range again {
		mu.Lock()
		now[list[i].Key] = told[list[i].Key]
		mu.Unlock()
		tell(list[i], i+1)
	}
	wg.Wait()
	return now, young
}

// show tells whoever asked something the place of it in the queue, and reports
// whether nothing more is to be told for now.
func (b *Bot) show(ctx context.Context, it inbox.Item, n int) (told bool) {
	w := b.workspace(it.Team)
	q, ok := waits(it)
	if !ok || w == nil {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r := b.reply(w, it, q)
	if err := r.status(ctx, fmt.Sprintf("Busy: you are number %d…", n)); err != nil {
		if ctx.Err() != nil {
			r.began.Store(true) // it goes again if it comes yet, and nobody is misled
		}
		return !limited(err)
	}
	// It must not outlive the answer, which may have come meanwhile.
	if _, begun, err := b.c.Inbox.Reply(ctx, r.key); err == nil && begun {
		r.clearStatus(ctx)
	}
	return true
}

// waits returns the question of an item that somebody surely waits for.
func waits(it inbox.Item) (question, bool) {
	if it.Kind != itemQuestion && it.Kind != itemEdit {
		return question{}, false
	}
	var q question
	err := json.Unmarshal(it.Payload, &q)
	return q, err == nil && (q.Direct || q.Mentioned)
}

// What somebody is told whose question is not even taken in.
const (
	tooBusy   = "Dateline has more questions to answer than it can keep, so yours was not taken in. Please ask again later."
	notTaken  = "Dateline cannot take questions in at the moment: it cannot write to its own disk. Yours is tried again for some minutes; if there is no answer by then, tell whoever runs Dateline."
	notKept   = "Dateline cannot take this in at the moment: it cannot write to its own disk. Please try again in a few minutes; if that is of no use, tell whoever runs Dateline."
	mostAside = 32 // people who are told so at a time
)

// full reports whether there is no room for an item that would have to wait.
func (b *Bot) full(ctx context.Context, it inbox.Item) (bool, error) {
	switch it.Kind {
	case itemQuestion, itemCommand, itemClaim:
	default:
		return false, nil // they change what is there, or cost little
	}
	n, err := b.c.Inbox.Size(ctx)
	if err != nil || n < b.c.MostWaiting {
		return false, err
	}
	known, err := b.c.Inbox.Known(ctx, it.Key)
	return !known, err
}

// errCrowded is for what could be neither taken in nor refused with a word.
var errCrowded = errors.New("too many wait even to be told so")

// aside tells whoever is behind an item a sentence for them alone, without
// keeping the caller waiting. The error says that it will not come to that.
func (b *Bot) aside(ctx context.Context, it item, text string) error {
	w := b.workspace(it.Team)
	if w == nil {
		return nil
	}
	var tell func(context.Context) error
	switch p := it.payload.(type) {
	case order:
		tell = func(ctx context.Context) error { return b.tell(ctx, w, p, text) }
	case question:
		if !p.Direct && !p.Mentioned {
			return nil // most likely nobody asked
		}
		tell = func(ctx context.Context) error { return w.whisper(ctx, p, text) }
	default:
		return nil
	}
	select {
	case b.asides <- struct{}{}:
	default:
		return errCrowded
	}
	b.inBackground(ctx, "aside", func(ctx context.Context) {
		defer func() { <-b.asides }()
		ctx, cancel := context.WithTimeout(ctx, b.c.CallTimeout)
		defer cancel()
		if err := tell(ctx); err != nil {
			w.log.WarnContext(ctx, "asker not told", "item", it.Key, "err", err)
		}
	})
	return nil
}

// whisper tells the asker of a question a sentence, for them alone, where it was
// put.
// https://docs.slack.dev/reference/methods/chat.postEphemeral/
func (w *workspace) whisper(ctx context.Context, q question, text string) error {
	options := notice(text)[0].options()
	if q.Thread != q.TS {
		options = append(options, slack.MsgOptionTS(q.Thread))
	}
	return w.do(ctx, once, "chat.postEphemeral", q.Channel, func(ctx context.Context) error {
		_, err := w.api.PostEphemeralContext(ctx, q.Channel, q.User, options...)
		return err
	})
}
