package slackbot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"dateline/bot"
)

// A reply is what the bot has to say to one question, in the thread of it. It is
// one message, or several if it is long; calling deliver or post again changes
// what stands there.
type reply struct {
	b   *Bot
	w   *workspace
	q   question
	key string

	// first is held while a first message is posted, so that it is one.
	first sync.Mutex

	mu     sync.Mutex
	stream *stream // nil until the first sentence
	closed bool    // Ask has returned
}

func (b *Bot) reply(w *workspace, q question) *reply {
	return &reply{b: b, w: w, q: q, key: q.key(w)}
}

// metadata marks a message as the reply to a question, so that it can be found
// when the process ended before it was known to have arrived.
// https://docs.slack.dev/messaging/message-metadata/
const (
	metadataType = "dateline_answer"
	metadataKey  = "question"
)

func (r *reply) metadata() slack.MsgOption {
	return slack.MsgOptionMetadata(slack.SlackMetadata{EventType: metadataType, EventPayload: map[string]any{metadataKey: r.key}})
}

// busy shows what is done until stop is called, and refreshes it, as Slack
// takes a status away after two minutes. Where there are no statuses, a
// message says so if it takes longer than a moment.
func (r *reply) busy(ctx context.Context, came time.Time, what func(context.Context) string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		const refresh = 20 * time.Second // the place in the queue changes
		shown := r.status(ctx, what(ctx))
		if shown {
			r.b.seen.status.Observe(r.b.c.Now().Sub(came).Seconds())
		}
		if !shown {
			if sleep(ctx, moment) == nil {
				r.placehold(context.WithoutCancel(ctx), what(ctx))
			}
			return
		}
		t := time.NewTicker(refresh)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				r.status(ctx, what(ctx))
			}
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}

// moment is what is fast enough to need no status.
const moment = 500 * time.Millisecond

// placehold posts a status where the answer will stand, unless something stands
// there.
func (r *reply) placehold(ctx context.Context, text string) {
	r.first.Lock()
	defer r.first.Unlock()
	_, known, err := r.b.c.Inbox.Reply(ctx, r.key)
	if err == nil && !known {
		err = r.post(ctx, notice(text))
	}
	if err != nil {
		r.w.log.WarnContext(ctx, "status not shown", "item", r.key, "err", err)
	}
}

const methodStatus = "assistant.threads.setStatus"

// patience is how long an answer waits for its status to be shown before it.
const patience = 3 * time.Second

// status shows a status line in the thread, until something is posted there.
// https://docs.slack.dev/reference/methods/assistant.threads.setStatus/
func (r *reply) status(ctx context.Context, text string) bool {
	if !r.w.has(methodStatus) {
		return false
	}
	// A status that is on its way must arrive before the answer, which ends it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := r.w.do(ctx, again, methodStatus, r.q.Channel, func(ctx context.Context) error {
		return r.w.api.SetAssistantThreadsStatusContext(ctx, slack.AssistantThreadsSetStatusParameters{ChannelID: r.q.Channel, ThreadTS: r.q.Thread, Status: text})
	})
	if err != nil {
		r.w.log.DebugContext(ctx, "status not shown", "item", r.key, "err", err)
	}
	return err == nil
}

// record notes which answer the reply is going to hold.
func (r *reply) record(ctx context.Context, answer string) error {
	posted, _, err := r.b.c.Inbox.Reply(ctx, r.key)
	if err != nil {
		return err
	}
	posted.Question, posted.Channel, posted.Thread, posted.Answer = r.key, r.q.Channel, r.q.Thread, answer
	return r.b.c.Inbox.SetReply(ctx, posted)
}

// deliver shows an answer.
func (r *reply) deliver(ctx context.Context, a bot.Answer) error {
	messages := answerMessages(r.b.untitled(ctx, a), answerOptions{})
	if s := r.close(); s != nil {
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
	if _, err := s.finish(ctx, bot.Answer{}, nil); err != nil {
		r.w.log.WarnContext(ctx, "stream not ended", "item", r.key, "err", err)
	}
}

// post shows messages in place of what stands there.
func (r *reply) post(ctx context.Context, messages []outgoing) error {
	posted, known, err := r.b.c.Inbox.Reply(ctx, r.key)
	if err != nil {
		return err
	}
	posted.Question, posted.Channel, posted.Thread = r.key, r.q.Channel, r.q.Thread
	if known && posted.TS == "" {
		// It was begun, and may have arrived.
		if posted.TS, err = r.find(ctx); err != nil {
			return err
		}
	}
	// What stands there is changed as far as it goes, then comes the rest.
	stand := posted.More
	if posted.TS != "" {
		stand = append([]string{posted.TS}, stand...)
	}
	var now []string
	for i, m := range messages {
		ts := ""
		if i < len(stand) {
			ts = stand[i]
			err = r.update(ctx, ts, m)
			if gone(err) {
				ts, err = "", nil
			}
		}
		if err == nil && ts == "" {
			if i == 0 {
				posted.TS = ""
				if err := r.b.c.Inbox.SetReply(ctx, posted); err != nil {
					return err
				}
			}
			ts, err = r.send(ctx, m)
		}
		if err != nil {
			return err
		}
		now = append(now, ts)
		posted.TS, posted.More = now[0], append(now[1:len(now):len(now)], stand[min(len(now), len(stand)):]...)
		if err := r.b.c.Inbox.SetReply(ctx, posted); err != nil {
			return err
		}
	}
	for _, ts := range stand[min(len(messages), len(stand)):] {
		if err := r.delete(ctx, ts); err != nil {
			return err
		}
	}
	posted.More = now[1:]
	return r.b.c.Inbox.SetReply(ctx, posted)
}

// send posts a message once.
func (r *reply) send(ctx context.Context, m outgoing) (ts string, err error) {
	wait := firstWait
	for try := 1; ; try++ {
		err = r.w.do(ctx, once, "chat.postMessage", r.q.Channel, func(ctx context.Context) (err error) {
			options := append(m.options(), r.metadata())
			if r.q.Thread != "" {
				options = append(options, slack.MsgOptionTS(r.q.Thread))
			}
			_, ts, err = r.w.api.PostMessageContext(ctx, r.q.Channel, options...)
			return err
		})
		var unsure *unsureError
		if !errors.As(err, &unsure) || ctx.Err() != nil {
			return ts, err
		}
		found, e := r.find(ctx)
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

func (r *reply) update(ctx context.Context, ts string, m outgoing) error {
	call := func() error {
		return r.w.do(ctx, again, "chat.update", r.q.Channel, func(ctx context.Context) error {
			_, _, _, err := r.w.api.UpdateMessageContext(ctx, r.q.Channel, ts, append(m.options(), r.metadata())...)
			return err
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
	posted, known, err := r.b.c.Inbox.Reply(ctx, r.key)
	if err != nil || !known {
		return err
	}
	if posted.TS == "" {
		if posted.TS, err = r.find(ctx); err != nil {
			return err
		}
	}
	for _, ts := range append([]string{posted.TS}, posted.More...) {
		if ts == "" {
			continue
		}
		if err := r.delete(ctx, ts); err != nil {
			return err
		}
	}
	return r.b.c.Inbox.DropReply(ctx, r.key)
}

// find looks in the thread, or the channel, for a reply that was posted without
// it becoming known: one with the question's mark, or, as a stream has none
// before it ends, one after the question that belongs to no other. It returns ""
// if there is none, or if nothing can be read there.
func (r *reply) find(ctx context.Context) (string, error) {
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
				if m.Metadata.EventPayload[metadataKey] == r.key {
					return m.Timestamp, nil
				}
				continue
			}
			if r.q.Thread == "" || orphan != "" {
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

// sentence shows a sentence of an answer as soon as it stands.
func (r *reply) sentence(s bot.Sentence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	if r.stream == nil {
		r.stream = r.startStream()
	}
	r.stream.add(s.Text)
}

// close ends the streaming of sentences, and returns the stream if there is
// one.
func (r *reply) close() *stream {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return r.stream
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

// A stream is a message that grows.
// https://docs.slack.dev/reference/methods/chat.startStream/
type stream struct {
	r      *reply
	cancel context.CancelFunc
	ended  chan struct{}

	mu      sync.Mutex
	pending []string // sentences that are not shown yet
	shown   []string
	ts      string
	err     error
	more    chan struct{}
}

const (
	methodStart  = "chat.startStream"
	methodAppend = "chat.appendStream"
	methodStop   = "chat.stopStream"
	// appendEvery is how often a stream grows: chat.appendStream is of tier 4,
	// about 100 a minute for all streams of a workspace.
	appendEvery = time.Second
)

func (r *reply) startStream() *stream {
	ctx, cancel := context.WithCancel(context.Background())
	s := &stream{r: r, cancel: cancel, ended: make(chan struct{}), more: make(chan struct{}, 1)}
	go s.run(ctx)
	return s
}

func (s *stream) add(text string) {
	s.mu.Lock()
	s.pending = append(s.pending, text)
	s.mu.Unlock()
	select {
	case s.more <- struct{}{}:
	default:
	}
}

// run shows sentences until it is cancelled.
func (s *stream) run(ctx context.Context) {
	defer close(s.ended)
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.more:
		}
		s.mu.Lock()
		batch, first := s.pending, s.ts == ""
		s.mu.Unlock()
		if len(batch) == 0 {
			continue
		}
		var err error
		if first {
			err = s.start(ctx, batch)
		} else {
			err = s.append(ctx, batch)
		}
		if err != nil {
			// The answer will be posted whole.
			s.mu.Lock()
			s.err = err
			s.mu.Unlock()
			if ctx.Err() == nil && !errors.Is(err, errNoStream) {
				s.r.w.log.InfoContext(ctx, "answer not streamed", "item", s.r.key, "err", err)
			}
			return
		}
		s.mu.Lock()
		s.shown = append(s.shown, batch...)
		s.pending = s.pending[len(batch):]
		s.mu.Unlock()
		if sleep(ctx, appendEvery) != nil {
			return
		}
	}
}

var errNoStream = errors.New("no streams here, or too many")

func (s *stream) start(ctx context.Context, batch []string) error {
	r := s.r
	r.first.Lock()
	defer r.first.Unlock()
	posted, known, err := r.b.c.Inbox.Reply(ctx, r.key)
	if err != nil {
		return err
	}
	if known || !r.w.has(methodStart) || !r.w.pace.mayStream(r.q.Channel) {
		return errNoStream // if known, a message is there, or may be
	}
	posted.Question, posted.Channel, posted.Thread = r.key, r.q.Channel, r.q.Thread
	if err := r.b.c.Inbox.SetReply(ctx, posted); err != nil {
		return err
	}
	options := []slack.MsgOption{slack.MsgOptionTS(r.q.Thread), slack.MsgOptionMarkdownText(markdown(strings.Join(batch, " ")))}
	if !r.q.Direct {
		team := r.w.team
		if r.q.Team != "" {
			team = r.q.Team
		}
		options = append(options, slack.MsgOptionRecipientUserID(r.q.User), slack.MsgOptionRecipientTeamID(team))
	}
	var ts string
	err = r.w.do(context.WithoutCancel(ctx), once, methodStart, r.q.Channel, func(ctx context.Context) (err error) {
		_, ts, err = r.w.api.StartStreamContext(ctx, r.q.Channel, options...)
		return err
	})
	ctx = context.WithoutCancel(ctx)
	var unsure *unsureError
	switch {
	case errors.As(err, &unsure):
		return err
	case err != nil:
		return errors.Join(err, r.b.c.Inbox.DropReply(ctx, r.key)) // there is none
	}
	s.mu.Lock()
	s.ts = ts
	s.mu.Unlock()
	posted.TS = ts
	return r.b.c.Inbox.SetReply(ctx, posted)
}

func (s *stream) append(ctx context.Context, batch []string) error {
	return s.r.w.do(ctx, once, methodAppend, s.r.q.Channel, func(ctx context.Context) error {
		_, _, err := s.r.w.api.AppendStreamContext(ctx, s.r.q.Channel, s.ts, slack.MsgOptionMarkdownText(" "+markdown(strings.Join(batch, " "))))
		return err
	})
}

func (s *stream) stop(ctx context.Context, text string, m outgoing) error {
	options := []slack.MsgOption{s.r.metadata()}
	if text != "" {
		options = append(options, slack.MsgOptionMarkdownText(text))
	}
	if len(m.Blocks) > 0 {
		options = append(options, slack.MsgOptionBlocks(m.Blocks...))
	}
	return s.r.w.do(ctx, again, methodStop, s.r.q.Channel, func(ctx context.Context) error {
		_, _, err := s.r.w.api.StopStreamContext(ctx, s.r.q.Channel, s.ts, options...)
		return err
	})
}

// finish ends a stream, and reports whether it shows the whole answer then, with
// what belongs below it.
func (s *stream) finish(ctx context.Context, a bot.Answer, messages []outgoing) (whole bool, err error) {
	s.cancel()
	<-s.ended
	if s.ts == "" {
		return false, nil // nothing is shown; post finds out whether that is so
	}
	all := strings.Join(append(s.shown[:len(s.shown):len(s.shown)], s.pending...), " ")
	whole = s.err == nil && a.Answered && a.Text == all && len(messages) == 1
	text, below := "", outgoing{}
	if whole {
		if len(s.pending) > 0 {
			text = " " + markdown(strings.Join(s.pending, " "))
		}
		below.Blocks = messages[0].Blocks[messages[0].below:]
	}
	err = s.stop(ctx, text, below)
	if err != nil && (ctx.Err() != nil || transient(err)) {
		return false, fmt.Errorf("end stream: %w", err)
	}
	return whole && err == nil, nil
}
