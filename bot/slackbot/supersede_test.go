package slackbot_test

import (
	"context"
	"strings"
	"testing"

	"dateline/bot"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
)

// An answer whose question is deleted or edited while it is being written stops:
// the model is let go, and no half of an answer stays.
func TestSuperseded(t *testing.T) {
	t.Parallel()
	const first, second = "what happened first?", "what happened second?"
	for _, tt := range []struct {
		name    string
		streams bool // something is shown by then
		change  func(n *newsroom, channel, ts string) error
		want    string // the one message that stands in the end; empty for none
	}{
		{"deleted while it streams", true, func(n *newsroom, c, ts string) error { return n.Delete(reporter, c, ts) }, ""},
		{"deleted before anything is shown", false, func(n *newsroom, c, ts string) error { return n.Delete(reporter, c, ts) }, ""},
		{"edited while it streams", true, func(n *newsroom, c, ts string) error {
			return n.Edit(reporter, c, ts, "<@"+n.BotUser(fakeslack.Team)+"> "+second)
		}, second},
		{"edited before anything is shown", false, func(n *newsroom, c, ts string) error {
			return n.Edit(reporter, c, ts, "<@"+n.BotUser(fakeslack.Team)+"> "+second)
		}, second},
		{"edited twice", true, func(n *newsroom, c, ts string) error {
			if err := n.Edit(reporter, c, ts, "<@"+n.BotUser(fakeslack.Team)+"> "+first+" or not?"); err != nil {
				return err
			}
			return n.Edit(reporter, c, ts, "<@"+n.BotUser(fakeslack.Team)+"> "+second)
		}, second},
		{"edited, then deleted", true, func(n *newsroom, c, ts string) error {
			if err := n.Edit(reporter, c, ts, "<@"+n.BotUser(fakeslack.Team)+"> "+first+" or not?"); err != nil {
				return err
			}
			return n.Delete(reporter, c, ts)
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			begun := make(chan struct{}, 4)
			n := open(t, func(c *slackbot.Config) {
				c.Asker = asker{ask: func(ctx context.Context, q bot.Question, emit func(bot.Sentence)) (bot.Answer, error) {
					begun <- struct{}{}
					if !strings.Contains(q.Text, "second") {
						if tt.streams {
							emit(bot.Sentence{Text: "Half an answer to " + q.Text})
						}
						<-ctx.Done() // it writes for as long as it is let
						return bot.Answer{}, ctx.Err()
					}
					s := bot.Sentence{Text: "The answer to " + q.Text}
					return bot.Answer{ID: "a2b3c4d5e6", Question: q.Text, Answered: true, Text: s.Text, Sentences: []bot.Sentence{s}, Engine: "test"}, nil
				}}
			})
			n.start()
			channel := n.room()
			ts, err := n.Mention(reporter, channel, first, "")
			n.must(err)
			if tt.streams {
				n.wait("half an answer", func() bool { return len(n.Calls("chat.startStream")) == 1 })
			} else {
				<-begun
			}
			n.must(tt.change(n, channel, ts))
			n.settle()
			n.stop()
			got := n.spoken(channel)
			for _, m := range got {
				if m.Streaming {
					t.Errorf("%q still streams", m.PlainText())
				}
			}
			switch {
			case tt.want == "" && len(got) > 0:
				t.Errorf("got %q, want nothing below a question that was deleted", text(got))
			case tt.want != "":
				n.once(t, channel, ts, tt.want)
				has(t, text(got), "!Half")
			}
			n.Check(t)
		})
	}
}
