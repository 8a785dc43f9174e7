package slackbot_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/extract"
	"dateline/bot/slackbot/fakeslack"
)

// fill makes the disk of the inbox full, as far as some tables are concerned:
// nothing more goes into them until room is called.
func (n *newsroom) fill(tables ...string) (room func()) {
	n.t.Helper()
	// The driver that the inbox uses is there under this name.
	db, err := sql.Open("sqlite", "file:"+n.file+"?_pragma=busy_timeout(5000)")
	n.must(err)
	n.t.Cleanup(func() { db.Close() })
	do := func(query string) {
		n.t.Helper()
		_, err := db.ExecContext(n.t.Context(), query)
		n.must(err)
	}
	for _, table := range tables {
		do("CREATE TRIGGER full_" + table + " BEFORE INSERT ON " + table + " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")
	}
	return func() {
		n.t.Helper()
		for _, table := range tables {
			do("DROP TRIGGER full_" + table)
		}
	}
}

// offered is the first answer that a user may share with a channel. What stands
// above it depends on how long it took.
func (n *newsroom) offered(user, channel string) fakeslack.Message {
	n.t.Helper()
	list := n.private(user, channel)
	i := slices.IndexFunc(list, func(m fakeslack.Message) bool { return strings.Contains(m.PlainText(), "Share to channel") })
	if i < 0 {
		n.t.Fatalf("nothing can be shared:\n%s", text(list))
	}
	return list[i]
}

// On a full disk nothing is acknowledged that is not kept, whoever asks is told
// so, Ready says it, and all goes on by itself once there is room.
func TestFull(t *testing.T) {
	const (
		refused = "it cannot write to its own disk"
		inVain  = 5 * time.Second
	)
	for _, tt := range []struct {
		name   string
		tables []string
		ask    func(n *newsroom, answered fakeslack.Message) (channel, thread string)
		told   string // to the asker alone, while the disk is full
		acked  bool
		ready  bool
		after  int // answers once there is room, in the thread
		// patience is Slack's, where it waits for an acknowledgement in vain.
		patience time.Duration
	}{
		{"mention", []string{"item", "event", "switch"}, func(n *newsroom, _ fakeslack.Message) (string, string) {
			ts, err := n.Mention(editor, desk, asked, "")
			n.must(err)
			return desk, ts
		}, "Yours is tried again for some minutes", false, false, 1, inVain},
		{"command", []string{"item", "event", "switch"}, func(n *newsroom, _ fakeslack.Message) (string, string) {
			n.must(n.SlashCommand(editor, desk, "/ask", asked))
			return desk, ""
		}, "Please try again in a few minutes", true, false, 0, 0},
		{"shortcut", []string{"item", "event", "switch"}, func(n *newsroom, m fakeslack.Message) (string, string) {
			n.must(n.MessageShortcut(editor, desk, m.TS, "check_claim"))
			return desk, ""
		}, "Please try again in a few minutes", false, false, 0, inVain},
		{"button", []string{"item", "event", "switch"}, func(n *newsroom, m fakeslack.Message) (string, string) {
			n.must(n.Click(editor, desk, n.offered(editor, desk).TS, "share"))
			return desk, ""
		}, "Please try again in a few minutes", false, false, 0, inVain},
		{"what is posted cannot be noted", []string{"reply"}, func(n *newsroom, _ fakeslack.Message) (string, string) {
			ts, err := n.Mention(editor, desk, asked, "")
			n.must(err)
			return desk, ts
		}, "", true, true, 1, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			articles := samples(t)
			n := furnish(t, bottest.NewSearcher(articles...), articles, []bot.Answerer{extract.Reader{}},
				fakeslack.Config{Retries: slices.Repeat([]time.Duration{200 * time.Millisecond}, 100), Patience: tt.patience},
				nil)
			n.t = t
			b := n.begin()
			_, list := n.mention(editor, desk, asked, "")
			n.command(editor, desk, "/ask", asked)
			had := len(n.private(editor, desk))
			n.must(b.Ready(t.Context()))
			room := n.fill(tt.tables...)
			if err := b.Ready(t.Context()); (err == nil) != tt.ready {
				t.Errorf("ready: %v, want %t", err, tt.ready)
			}
			channel, thread := tt.ask(n, list[0])
			told := func() []fakeslack.Message { return n.private(editor, channel)[had:] }
			if tt.told != "" {
				n.wait("a word", func() bool {
					return slices.ContainsFunc(told(), func(m fakeslack.Message) bool {
						return strings.Contains(m.Text, refused) && strings.Contains(m.Text, tt.told)
					})
				})
			} else {
				until(t, "a try", func() bool {
					s, err := n.inbox.Status(t.Context())
					return err == nil && strings.Contains(s.Problem, "full")
				})
			}
			if tt.acked {
				n.wait("the acknowledgement", func() bool { return n.Waiting() == 0 })
			} else if n.Waiting() == 0 && thread != "" {
				t.Error("a question was acknowledged that was not kept")
			}
			room()
			n.must(b.Ready(t.Context()))
			if thread != "" {
				n.done(t, channel, thread)
				n.wait("the acknowledgement", func() bool { return n.Waiting() == 0 })
				if got := n.replies(editor, channel, thread); len(got) != tt.after || !strings.Contains(text(got), answer) {
					t.Errorf("got %d answers, want %d:\n%s", len(got), tt.after, text(got))
				}
			}
			if got := strings.Count(text(told()), refused); got > 1 {
				t.Errorf("told %d times:\n%s", got, text(told()))
			}
			// What was there is as it was, and the same can be done again.
			has(t, n.offered(editor, desk).PlainText(), answer)
			n.command(editor, desk, "/ask", asked)
			if got := strings.Count(text(n.private(editor, desk)), "Share to channel"); got != 2 {
				t.Errorf("got %d answers to /ask, want 2:\n%s", got, text(n.private(editor, desk)))
			}
			n.stop()
			n.Check(t)
		})
	}
}
