package slackbot

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"dateline/bot"
	"dateline/bot/slackbot/inbox"
)

// A reply is what the bot has to say to one question, in the thread of it. It is
// one message, or several if it is long; calling deliver or post again changes
// what stands there.
type reply struct {
	b   *Bot
	w   *workspace
	it  inbox.Item // that is worked on
	q   question
	key string
	// answer is the id of the answer that it is going to hold, if any.
	answer string

	// until is when a call that was given up can have no effect any more.
	until time.Time

	// shown is set once a status may stand, and began once nothing more is to be
	// waited for: a status that arrives after that is taken away.
	shown, began atomic.Bool
	sign         sync.Once // of life: a status, or the answer itself

	// first is held while a first message is posted, so that it is one.
	first sync.Mutex

	mu     sync.Mutex
	stream *stream // nil until the first sentence
	closed bool    // Ask has returned
}

func (b *Bot) reply(w *workspace, it inbox.Item, q question) *reply {
	r := &reply{b: b, w: w, it: it, q: q, key: q.key(w)}
	if it.Lost > 0 {
		// Whoever had it may have posted a moment ago, and not be dead but slow.
		r.until = time.Now().Add(patience)
	}
	// While it waited it may have been told its place, or the process before this one
	// may have shown what it did.
	r.shown.Store(b.c.Now().Sub(it.Received) > moment)
	return r
}

// metadata marks a message as a part of the reply to a question, so that it can
// be found when the process ended before it was known to have arrived.
// https://docs.slack.dev/messaging/message-metadata/
const (
	metadataType = "dateline_answer"
	metadataKey  = "question"
	metadataPart = "part" // from 0
)

// marked makes a call with the mark of a part of the reply, or without where
// Slack takes no metadata.
func (r *reply) marked(ctx context.Context, part int, call func(mark slack.MsgOption) error) error {
	err := call(slack.MsgOptionMetadata(slack.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{metadataKey: r.key, metadataPart: part}}))
	if strings.Contains(code(err), "metadata") {
		r.w.log.WarnContext(ctx, "metadata not taken, so a reply may be doubled if this process is killed", "item", r.key, "err", err)
		err = call(slack.MsgOptionCompose())
	}
	return err
}

// busy shows what is done until stop is called or the answer begins to be shown,
// if that takes longer than a moment. It is shown anew when it is another thing,
// and now and then, as Slack takes a status away after two minutes. Where there
// are no statuses, a message says so.
func (r *reply) busy(ctx context.Context, what func() string) (stop func()) {
	working := ctx
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer r.b.caught(ctx, "status")
		const look, refresh = time.Second, 90 * time.Second
		if sleep(ctx, moment) != nil {
			return
		}
		t := time.NewTicker(look)
		defer t.Stop()
		text, at := "", time.Time{}
		for !r.began.Load() {
			if now := what(); now != text || time.Since(at) >= refresh {
				err := r.status(ctx, now)
				switch {
				case ctx.Err() != nil:
					return
				case limited(err):
					// Its turn may come while the answer is waited for.
				case err != nil && text == "":
					// It is not cut short when the answer is there: where it stands
					// must be known then.
					r.placehold(working, now)
					return
				default:
					r.signed()
					text, at = now, time.Now()
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}

// signed notes that the asker has seen a sign of life.
func (r *reply) signed() {
	r.sign.Do(func() { r.b.seen.status.Observe(r.b.c.Now().Sub(r.it.Received).Seconds()) })
}

// moment is what is fast enough to need no status.
const moment = 500 * time.Millisecond

// placehold posts a status where the answer will stand, unless something stands
// there.
func (r *reply) placehold(ctx context.Context, text string) {
	r.first.Lock()
	defer r.first.Unlock()
	if !r.w.has(methodUpdate) {
		return // it would stand there for good
	}
	_, known, err := r.b.c.Inbox.Reply(ctx, r.key)
	if err == nil && !known {
		err = r.post(ctx, notice(text))
	}
	if err != nil {
		r.w.log.WarnContext(ctx, "status not shown", "item", r.key, "err", err)
	}
}

const (
	methodStatus = "assistant.threads.setStatus"
	methodUpdate = "chat.update"
)

// patience is how long whoever shows a status waits to hear that it is shown. No
// answer waits for one.
const patience = 3 * time.Second

// errNoStatus is returned by status where a workspace has none.
var errNoStatus = errors.New("no statuses here")

// status shows a status line in the thread, until something is posted there. It
// returns when Slack has answered, or at once when ctx ends; limited(err) holds
// while Slack takes no more of them in this workspace.
// https://docs.slack.dev/reference/methods/assistant.threads.setStatus/
func (r *reply) status(ctx context.Context, text string) error {
	if !r.w.has(methodStatus) {
		return errNoStatus
	}
	done := make(chan error, 1)
	// The call goes on when ctx ends: it has to be known what came of it.
	r.b.inBackground(ctx, "status", func(ctx context.Context) {
		defer close(done)
		err := r.setStatus(ctx, atOnce, text)
		var unsure *unsureError
		if err == nil || errors.As(err, &unsure) {
			r.shown.Store(true) // until the end: where a later one fails, this one stands
		}
		done <- err
		if r.began.Load() && !limited(err) {
			// The answer may have been first, and would stand above the status.
			r.setNoStatus(ctx)
		}
	})
	select {
	case err, ok := <-done:
		if !ok {
			return errors.New("status not shown")
		}
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// clearStatus takes a status away that may stand below the answer, without
// keeping the caller waiting.
func (r *reply) clearStatus(ctx context.Context) {
	r.b.inBackground(ctx, "status", r.setNoStatus)
}

// setNoStatus takes a status away, and tries for as long as it would stand there.
func (r *reply) setNoStatus(ctx context.Context) {
	const stands = 2 * time.Minute // Slack takes it away then
	ctx, cancel := context.WithTimeout(ctx, stands)
	defer cancel()
	_ = r.setStatus(ctx, again, "") // which has logged it
}

// quiet takes away the status, if there is one, or one is coming.
func (r *reply) quiet(ctx context.Context) {
	r.began.Store(true)
	if r.shown.Load() {
		r.clearStatus(ctx)
	}
}

// setStatus calls Slack. Its pause, if it asks for one, holds in all channels.
func (r *reply) setStatus(ctx context.Context, n repeat, text string) error {
	err := r.w.do(ctx, n, methodStatus, "", func(ctx context.Context) error {
		return r.w.api.SetAssistantThreadsStatusContext(ctx, slack.AssistantThreadsSetStatusParameters{ChannelID: r.q.Channel, ThreadTS: r.q.Thread, Status: text})
	})
	if err != nil {
		r.w.log.DebugContext(ctx, "status not set", "item", r.key, "err", err)
	}
	return err
}

// record notes which answer the reply is going to hold.
func (r *reply) record(ctx context.Context) error {
	posted, _, err := r.b.c.Inbox.Reply(ctx, r.key)
	if err != nil {
		return err
	}
	return r.write(ctx, posted)
}

// write writes down what stands there.
func (r *reply) write(ctx context.Context, posted inbox.Reply) error {
	posted.Question, posted.Channel, posted.Thread, posted.Answer = r.key, r.q.Channel, r.q.Thread, r.answer
	return r.b.c.Inbox.SetReply(ctx, r.it, posted)
}

// deliver shows an answer.
func (r *reply) deliver(ctx context.Context, a bot.Answer) error {
	messages := answerMessages(r.b.untitled(ctx, a), answerOptions{})
	defer r.signed()
	if forReaders(a.Note) != placeless(a.Note) {
		r.b.trouble(a.Note) // what of it is for whoever runs Dateline
	}
	s := r.close()
	if s != nil {
		s.halt()
	}
	r.answer = a.ID
	if s != nil && s.ts != "" {
		// What the stream shows is told again by the same answer, whatever
		// happens before it ends.
		if err := r.record(ctx); err != nil {
			return err
		}
		if whole, err := s.finish(ctx, a, messages); whole || err != nil {
			return err
		}
	}
	return r.post(ctx, messages)
}

// abandon ends the stream of an answer that is not going to be.
func (r *reply) abandon(ctx context.Context) {
	s := r.close()
	if s == nil {
		return
	}
	s.halt()
	if _, err := s.finish(ctx, bot.Answer{}, nil); err != nil {
		r.w.log.WarnContext(ctx, "stream not ended", "item", r.key, "err", err)
	}
}

// post shows messages in place of what stands there.
func (r *reply) post(ctx context.Context, messages []outgoing) error {
	stand, answer, err := r.standing(ctx)
	if err != nil {
		return err
	}
	write := func() error {
		posted := inbox.Reply{}
		if len(stand) > 0 {
			posted.TS, posted.More = stand[0], stand[1:]
		}
		return r.write(ctx, posted)
	}
	sent := false
	// What stands there is changed as far as it goes, then comes the rest.
	for i, m := range messages {
		if i == len(stand) {
			stand = append(stand, "")
		}
		ts := stand[i]
		if ts != "" {
			err := r.update(ctx, i, ts, m)
			switch {
			case gone(err):
				ts = ""
			case lacking(err):
				// What cannot be changed is followed by what takes its place,
				// unless this answer is what stands there.
				if r.answer == "" || answer != r.answer {
					ts = ""
				}
			case err != nil:
				return err
			}
		}
		if ts == "" {
			// That it is begun is known before it is, and where it stands after.
			stand[i] = ""
			if err := write(); err != nil {
				return err
			}
			if ts, err = r.send(ctx, i, m); err != nil {
				return err
			}
			sent = true
		}
		stand[i] = ts
		if err := write(); err != nil {
			return err
		}
	}
	if !sent && r.shown.Load() {
		r.clearStatus(ctx) // what is posted ends it, what is changed does not
	}
	if len(stand) == len(messages) {
		return nil
	}
	for _, ts := range stand[len(messages):] {
		if ts == "" {
			continue
		}
		if err := r.delete(ctx, ts); err != nil {
			return err
		}
	}
	stand = stand[:len(messages)]
	return write()
}

// standing are the messages of the reply that stand there: those that are
// known, and those that were begun and are found. One that was begun and is not
// found is empty. With them comes the id of the answer they hold, if any.
func (r *reply) standing(ctx context.Context) (stand []string, answer string, err error) {
	posted, known, err := r.b.c.Inbox.Reply(ctx, r.key)
	if err != nil || !known {
		return nil, "", err
	}
	stand = append([]string{posted.TS}, posted.More...)
	for part, ts := range stand {
		if ts != "" {
			continue
		}
		if stand[part], err = r.look(ctx, part); err != nil {
			return nil, "", err
		}
	}
	return stand, posted.Answer, nil
}

// send posts a message once.
func (r *reply) send(ctx context.Context, part int, m outgoing) (ts string, err error) {
	wait := firstWait
	for try := 1; ; try++ {
		err = r.marked(ctx, part, func(mark slack.MsgOption) error {
			return r.w.do(ctx, once, "chat.postMessage", r.q.Channel, func(ctx context.Context) (err error) {
				options := append(m.options(), mark)
				if r.q.Thread != "" {
					options = append(options, slack.MsgOptionTS(r.q.Thread))
				}
				_, ts, err = r.w.api.PostMessageContext(ctx, r.q.Channel, options...)
				return err
			})
		})
		var unsure *unsureError
		if !errors.As(err, &unsure) || ctx.Err() != nil {
			return ts, err
		}
		r.gaveUp(err)
		found, e := r.look(ctx, part)
		if e != nil {
			return "", errors.Join(e, err)
		}
		if found != "" {
			return found, nil
		}
		if try == mostTries {
			return "", err
		}
		if e := sleep(ctx, wait); e != nil {
			return "", errors.Join(e, err)
		}
		wait = min(2*wait, longestWait)
	}
}

func (r *reply) update(ctx context.Context, part int, ts string, m outgoing) error {
	call := func() error {
		return r.marked(ctx, part, func(mark slack.MsgOption) error {
			return r.w.do(ctx, again, methodUpdate, r.q.Channel, func(ctx context.Context) error {
				_, _, _, err := r.w.api.UpdateMessageContext(ctx, r.q.Channel, ts, append(m.options(), mark)...)
				return err
			})
		})
	}
	err := call()
	if err == nil || transient(err) || gone(err) {
		return err
	}
	// A process that was killed may have left it streaming.
	if e := (&stream{r: r, ts: ts}).stop(ctx, "", outgoing{}); e != nil {
		return err
	}
	return call()
}

// gone reports whether a message is not there any more.
func gone(err error) bool {
	switch code(err) {
	case "message_not_found", "cant_update_message", "edit_window_closed":
		return true
	}
	return false
}

func (r *reply) delete(ctx context.Context, ts string) error {
	err := r.w.do(ctx, again, "chat.delete", r.q.Channel, func(ctx context.Context) error {
		_, _, err := r.w.api.DeleteMessageContext(ctx, r.q.Channel, ts)
		return err
	})
	if code(err) == "message_not_found" {
		return nil
	}
	return err
}

// remove deletes what stands there.
func (r *reply) remove(ctx context.Context) error {
	stand, _, err := r.standing(ctx)
	if err != nil || stand == nil {
		return err
	}
	for _, ts := range stand {
		if ts == "" {
			continue
		}
		if err := r.delete(ctx, ts); err != nil {
			return err
		}
	}
	return r.b.c.Inbox.DropReply(ctx, r.key)
}

// look finds a part of a reply that was posted without it becoming known. A call
// that was given up for want of an answer may have its effect yet, so that is
// waited for.
func (r *reply) look(ctx context.Context, part int) (string, error) {
	const pause = time.Second
	for {
		last := !time.Now().Before(r.until)
		ts, err := r.find(ctx, part)
		if err != nil || ts != "" || last {
			return ts, err
		}
		if err := sleep(ctx, min(pause, time.Until(r.until))); err != nil {
			return "", err
		}
	}
}

// gaveUp notes that a call may have its effect later.
func (r *reply) gaveUp(err error) {
	if errors.Is(err, context.DeadlineExceeded) {
		r.until = time.Now().Add(r.w.timeout)
	}
}

// find looks in the thread, or the channel, for a part of a reply that was
// posted without it becoming known: one with its mark or, as a stream has none
// before it ends, one after the question that belongs to no other. It returns ""
// if there is none, or if nothing can be read there.
func (r *reply) find(ctx context.Context, part int) (string, error) {
	orphan, cursor := "", ""
	for {
		page, next, err := r.page(ctx, cursor)
		switch {
		case ctx.Err() != nil:
			return "", errors.Join(err, context.Cause(ctx))
		case err != nil && transient(err):
			return "", err
		case err != nil:
			r.w.log.WarnContext(ctx, "thread not read, so a reply may be doubled", "item", r.key, "err", err)
			return "", nil
		}
		for _, m := range page {
			if m.User != r.w.user && (m.BotID == "" || m.BotID != r.w.id) || m.Timestamp <= r.q.TS {
				continue
			}
			if m.Metadata.EventType == metadataType {
				of, _ := m.Metadata.EventPayload[metadataPart].(float64) // none is the first
				if m.Metadata.EventPayload[metadataKey] == r.key && int(of) == part {
					return m.Timestamp, nil
				}
				continue
			}
			if r.q.Thread == "" || orphan != "" || part != 0 {
				continue
			}
			_, known, err := r.b.c.Inbox.ReplyAt(ctx, r.q.Channel, m.Timestamp)
			if err != nil {
				return "", err
			}
			if !known {
				orphan = m.Timestamp
			}
		}
		if next == "" {
			break
		}
		cursor = next
	}
	if orphan != "" {
		// It may still stream, and cannot be changed then.
		s := &stream{r: r, ts: orphan}
		if err := s.stop(ctx, "", outgoing{}); err != nil && transient(err) {
			return "", err
		}
	}
	return orphan, nil
}

// page reads a page of the thread, or of the channel's latest messages.
// https://docs.slack.dev/reference/methods/conversations.replies/
// https://docs.slack.dev/reference/methods/conversations.history/
func (r *reply) page(ctx context.Context, cursor string) (messages []slack.Message, next string, err error) {
	const most = 200
	if r.q.Thread == "" {
		err = r.w.do(ctx, again, "conversations.history", r.q.Channel, func(ctx context.Context) error {
			h, err := r.w.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{ChannelID: r.q.Channel, Limit: most, IncludeAllMetadata: true})
			if err == nil {
				messages = h.Messages
			}
			return err
		})
		return messages, "", err
	}
	err = r.w.do(ctx, again, "conversations.replies", r.q.Channel, func(ctx context.Context) (err error) {
		var more bool
		messages, more, next, err = r.w.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: r.q.Channel, Timestamp: r.q.Thread, Oldest: r.q.TS, Limit: most, IncludeAllMetadata: true, Cursor: cursor})
		if !more {
			next = ""
		}
		return err
	})
	return messages, next, err
}

// An outgoing message.
type outgoing struct {
	// Text is what a notification and a screen reader have of it, escaped.
	Text   string
	Blocks []slack.Block
	// below is the first of the blocks that stand below the sentences of an
	// answer.
	below int
}

func (m outgoing) options() []slack.MsgOption {
	options := []slack.MsgOption{
		slack.MsgOptionText(m.Text, false),
		// Slack would fetch what an article or a model has planted.
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
	}
	if len(m.Blocks) > 0 {
		options = append(options, slack.MsgOptionBlocks(m.Blocks...))
	}
	return options
}
