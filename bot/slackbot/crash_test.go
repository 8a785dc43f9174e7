package slackbot_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/inbox"
)

// A question that ends the process each time is given up, and those that were
// being answered beside it are answered.
func TestFatalQuestion(t *testing.T) {
	t.Parallel()
	const fatal = "what ends the process?"
	n := open(t, func(c *slackbot.Config) { c.Grace = time.Millisecond })
	type question struct{ channel, ts, text string }
	var all []question
	for _, text := range []string{fatal, "what happened first?", "what happened second?", "what happened third?"} {
		all = append(all, question{n.room(), "", text})
	}
	// run is a process, and reports whether it was ended.
	run := func(number int) (crashed bool) {
		ours, err := inbox.Open(t.Context(), n.file, nil, n.now)
		n.must(err)
		defer ours.Close()
		f := &fate{dead: make(chan struct{}), kill: func() { ours.Close() }}
		c := n.config
		c.Inbox, c.HTTP = ours, &http.Client{Transport: f}
		var begun atomic.Int64 // questions that are being answered
		c.Asker = asker{ask: func(ctx context.Context, q bot.Question, _ func(bot.Sentence)) (bot.Answer, error) {
			beside := begun.Add(1) > 1
			defer begun.Add(-1)
			if number < inbox.Suspect {
				until(t, "all to be begun", func() bool { return f.struckYet() || begun.Load() == int64(len(all)) })
			} else if beside {
				t.Errorf("%q is begun beside others although it was lost before", q.Text)
			}
			if strings.Contains(q.Text, fatal) {
				f.struck.Do(func() { close(f.dead); f.kill() })
			} else if number >= inbox.Suspect {
				return says("The answer. [1]").ask(ctx, q, nil)
			}
			<-ctx.Done() // it takes longer than the process lives
			return bot.Answer{}, ctx.Err()
		}}
		stop := n.run(c)
		defer n.lapse()
		defer stop()
		if number == 0 {
			for i, q := range all {
				ts, err := n.Mention(reporter, q.channel, q.text, "")
				n.must(err)
				all[i].ts = ts
			}
			until(t, "all to be taken in", func() bool { size, err := n.inbox.Size(t.Context()); return err == nil && size == len(all) })
		}
		until(t, "the end, or all to be dealt with", func() bool {
			left, err := n.inbox.Size(t.Context())
			return f.struckYet() || err == nil && left == 0
		})
		return f.struckYet()
	}
	crashes := 0
	for run(crashes) {
		if crashes++; crashes > 10 {
			t.Fatal("the question ends the process for ever")
		}
	}
	for _, q := range all {
		want := "The answer"
		if q.text == fatal {
			want = "each time I began"
		}
		n.once(t, q.channel, q.ts, want)
	}
	if crashes != 5 {
		t.Errorf("got %d crashes, want 5", crashes)
	}
}
