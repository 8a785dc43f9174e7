package slackbot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"dateline/bot"
)

// A stream is a message that grows.
// https://docs.slack.dev/reference/methods/chat.startStream/
type stream struct {
	r      *reply
	enough chan struct{} // closed when no more is to be shown by and by
	ended  chan struct{} // closed when nothing is being shown

	mu      sync.Mutex
	pending []bot.Sentence // that are not shown yet
	shown   []bot.Sentence
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

func (r *reply) startStream(ctx context.Context) *stream {
	s := &stream{r: r, enough: make(chan struct{}), ended: make(chan struct{}), more: make(chan struct{}, 1)}
	go s.run(ctx)
	return s
}

func (s *stream) add(sentence bot.Sentence) {
	s.mu.Lock()
	s.pending = append(s.pending, sentence)
	s.mu.Unlock()
	s.again()
}

// run shows sentences until there are enough, or ctx ends. A call that was begun
// is waited for, as it has to be known what stands there.
func (s *stream) run(ctx context.Context) {
	defer close(s.ended)
	defer s.r.b.caught(ctx, "stream")
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.enough:
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
		if !first && limited(err) {
			// They are shown with those to come, when Slack takes them again.
			if !s.pause(ctx, appendEvery) {
				return
			}
			s.again()
			continue
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
		if !s.pause(ctx, appendEvery) {
			return
		}
	}
}

// pause waits, and reports whether there is more to be shown afterwards.
func (s *stream) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-s.enough:
	case <-ctx.Done():
	}
	return false
}

// again has run look at what is pending.
func (s *stream) again() {
	select {
	case s.more <- struct{}{}:
	default:
	}
}

var errNoStream = errors.New("no streams here, or too many")

func (s *stream) start(ctx context.Context, batch []bot.Sentence) error {
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
	if err := r.write(ctx, posted); err != nil {
		return err
	}
	options := []slack.MsgOption{slack.MsgOptionTS(r.q.Thread), slack.MsgOptionMarkdownText(markdown(bot.Marked(batch)))}
	if !r.q.Direct {
		team := r.w.team
		if r.q.Team != "" {
			team = r.q.Team
		}
		options = append(options, slack.MsgOptionRecipientUserID(r.q.User), slack.MsgOptionRecipientTeamID(team))
	}
	var ts string
	r.began.Store(true)
	err = r.w.do(ctx, atOnce, methodStart, r.q.Channel, func(ctx context.Context) (err error) {
		_, ts, err = r.w.api.StartStreamContext(ctx, r.q.Channel, options...)
		return err
	})
	ctx = context.WithoutCancel(ctx)
	var unsure *unsureError
	switch {
	case errors.As(err, &unsure):
		r.gaveUp(err)
		return err
	case err != nil:
		return errors.Join(err, r.b.c.Inbox.DropReply(ctx, r.key)) // there is none
	}
	s.mu.Lock()
	s.ts = ts
	s.mu.Unlock()
	posted.TS = ts
	return r.write(ctx, posted)
}

func (s *stream) append(ctx context.Context, batch []bot.Sentence) error {
	return s.r.w.do(ctx, atOnce, methodAppend, s.r.q.Channel, func(ctx context.Context) error {
		_, _, err := s.r.w.api.AppendStreamContext(ctx, s.r.q.Channel, s.ts, slack.MsgOptionMarkdownText(" "+markdown(bot.Marked(batch))))
		return err
	})
}

func (s *stream) stop(ctx context.Context, text string, m outgoing) error {
	return s.r.marked(ctx, 0, func(mark slack.MsgOption) error {
		options := []slack.MsgOption{mark}
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
	})
}

// halt keeps a stream from growing by itself.
func (s *stream) halt() {
	close(s.enough)
	<-s.ended
}

// finish ends a stream that was halted, and reports whether it shows the whole
// answer then, with what belongs below it.
func (s *stream) finish(ctx context.Context, a bot.Answer, messages []outgoing) (whole bool, err error) {
	if s.ts == "" {
		return false, nil // nothing is shown; post finds out whether that is so
	}
	all := bot.Marked(slices.Concat(s.shown, s.pending))
	whole = s.err == nil && a.Answered && a.Certainty == "" && a.Text == all && len(messages) == 1
	text, below := "", outgoing{}
	if whole {
		if len(s.pending) > 0 {
			text = " " + markdown(bot.Marked(s.pending))
		}
		below.Blocks = messages[0].Blocks[messages[0].below:]
	}
	err = s.stop(ctx, text, below)
	if err != nil && (ctx.Err() != nil || transient(err)) {
		return false, fmt.Errorf("end stream: %w", err)
	}
	return whole && err == nil, nil
}

// sentence shows a sentence of an answer as soon as it stands, until ctx ends.
func (r *reply) sentence(ctx context.Context, s bot.Sentence) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	if r.stream == nil {
		r.stream = r.startStream(ctx)
	}
	r.stream.add(s)
}

// close ends the streaming of sentences, and returns the stream if there is
// one.
func (r *reply) close() *stream {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return r.stream
}
