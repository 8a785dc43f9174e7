package slackbot_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
)

const setStatus = "assistant.threads.setStatus"

// What is answered within a moment needs no status.
func TestNoStatus(t *testing.T) {
	t.Parallel()
	const moment = 500 * time.Millisecond
	n := open(t, nil)
	n.start()
	begun := time.Now()
	n.mention(reporter, general, asked, "")
	n.stop()
	for _, c := range n.Calls(setStatus) {
		// On a busy machine nothing is answered within a moment.
		if took := c.At.Sub(begun); took < moment {
			t.Errorf("got a status %s after the question, want none before %s", took, moment)
		}
	}
}

// An answer does not wait for its status, which is taken away if it comes after.
func TestStatusComesLate(t *testing.T) {
	t.Parallel()
	let, slack := make(chan struct{}), make(chan struct{})
	var log buffer
	n := open(t, func(c *slackbot.Config) {
		c.Asker, c.Log = held(let), log.logger()
		c.CallTimeout = patience // the status is late, and not lost
	})
	coming := make(chan struct{})
	n.config.HTTP = &http.Client{Transport: onCall{setStatus, sync.OnceFunc(func() { close(coming) })}}
	n.Inject(fakeslack.Fault{Method: setStatus, Hold: slack, Times: 1})
	n.start()
	channel := n.room()
	ts, err := n.Mention(reporter, channel, "what happened?", "")
	n.must(err)
	<-coming
	close(let)
	n.done(t, channel, ts)
	n.once(t, channel, ts, "The answer")
	if got := n.Calls(setStatus); len(got) != 0 {
		t.Fatalf("the answer came after %d statuses, want it before Slack shows any", len(got))
	}
	close(slack)
	n.wait("the status to be taken away", func() bool {
		calls := n.Calls(setStatus)
		return len(calls) == 2 && calls[1].Args["status"] == ""
	})
	if got := n.Status(channel, ts).Text; got != "" {
		t.Errorf("the status %q outlives the answer", got)
	}
	n.stop()
	n.Check(t)
}

// onCall does something before the first call of a method.
type onCall struct {
	method string
	do     func()
}

func (o onCall) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/"+o.method) {
		o.do()
	}
	return http.DefaultTransport.RoundTrip(r)
}

// Where Slack takes no more statuses, nobody calls for one until it says so,
// whatever the channel, and the answers come as ever.
func TestStatusLimited(t *testing.T) {
	t.Parallel()
	let := make(chan struct{})
	var log buffer
	n := open(t, func(c *slackbot.Config) { c.Asker, c.Log = held(let), log.logger() })
	n.Inject(fakeslack.Fault{Method: setStatus, Status: http.StatusTooManyRequests, RetryAfter: time.Minute})
	n.start()
	type question struct{ channel, ts string }
	ask := func() (q question) {
		q.channel = n.room()
		ts, err := n.Mention(reporter, q.channel, "what happened?", "")
		n.must(err)
		q.ts = ts
		return q
	}
	all := []question{ask()}
	n.wait("a status to be refused", func() bool { return len(n.Calls(setStatus)) > 0 })
	for range 5 {
		all = append(all, ask())
	}
	for _, q := range all {
		until(t, "a status to be given up", func() bool {
			return strings.Contains(log.String(), `msg="status not set" team=T0NEWSROOM item=T0NEWSROOM/`+q.channel+"/"+q.ts)
		})
	}
	close(let)
	for _, q := range all {
		n.done(t, q.channel, q.ts)
		n.once(t, q.channel, q.ts, "The answer")
	}
	if got := len(n.Calls(setStatus)); got != 1 {
		t.Errorf("Slack was called %d times for a status, want once in the minute", got)
	}
	n.stop()
	n.Check(t)
}

// A gateway that does not say how long to wait is waited for, at any call of an
// answer.
func TestLimitedWithoutRetryAfter(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"chat.startStream", "chat.stopStream", "chat.postMessage", "chat.update", "users.info"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			n := open(t, nil)
			n.Inject(fakeslack.Fault{Method: method, Status: http.StatusTooManyRequests, RetryAfter: -1, Times: 2})
			n.start()
			switch method {
			case "chat.postMessage":
				n.Inject(fakeslack.Fault{Method: "chat.startStream", Error: "channel_type_not_supported"})
			case "chat.update":
				n.Inject(fakeslack.Fault{Method: setStatus, Error: "no_permission"})
				n.config.Asker = n.whenCalled("chat.postMessage")
				n.stop()
				n.start()
			}
			channel := n.room()
			ts, err := n.Mention(reporter, channel, asked, "")
			n.must(err)
			n.done(t, channel, ts)
			n.once(t, channel, ts, answer)
			n.stop()
			n.Check(t)
		})
	}
}

// What takes the place of an answer ends no status by itself, as a new message does:
// it is taken away, whatever came of the question.
func TestStatusOfEdit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		restart bool // while the status stands
		then    func(n *newsroom, log *buffer, q bot.Question) error
		want    string
	}{
		{"answered", false, func(*newsroom, *buffer, bot.Question) error { return nil }, "The answer"},
		{"answered when the next status failed", false, func(n *newsroom, log *buffer, q bot.Question) error {
			n.Inject(fakeslack.Fault{Method: setStatus, Error: "internal_error", Times: 1})
			q.Began("llm")
			until(n.t, "a status to fail", func() bool { return strings.Contains(log.String(), "status not set") })
			return nil
		}, "The answer"},
		{"not answered", false, func(*newsroom, *buffer, bot.Question) error { return errors.New("out of paper") }, "paper"},
		{"answered by the next process", true, nil, "The answer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var n *newsroom
			var log buffer
			var asked atomic.Int64
			channel, ts := "", ""
			n = open(t, func(c *slackbot.Config) {
				c.Log, c.Grace = log.logger(), time.Millisecond
				c.Asker = asker{ask: func(ctx context.Context, q bot.Question, emit func(bot.Sentence)) (bot.Answer, error) {
					if asked.Add(1) == 2 {
						if err := n.Wait(ctx, func() bool { return n.Status(channel, ts).Text != "" }); err != nil {
							return bot.Answer{}, err
						}
						if tt.restart {
							<-ctx.Done()
							return bot.Answer{}, ctx.Err()
						}
						if err := tt.then(n, &log, q); err != nil {
							return bot.Answer{}, err
						}
					}
					return says("The answer to "+q.Text).ask(ctx, q, emit)
				}}
			})
			n.start()
			channel = n.room()
			ts, _ = n.mention(reporter, channel, "what happened first?", "")
			n.must(n.Edit(reporter, channel, ts, n.Typed("@dateline what happened second?")))
			if tt.restart {
				n.wait("a status", func() bool { return n.Status(channel, ts).Text != "" })
				n.stop()
				n.start()
			}
			n.settle()
			n.once(t, channel, ts, tt.want)
			n.noStatus(channel, ts)
			n.stop()
			n.Check(t)
		})
	}
}
