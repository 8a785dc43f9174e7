package slackbot_test

import (
	"strings"
	"testing"

	"dateline/bot/slackbot/fakeslack"
)

// ask mentions the bot, and returns the question's time stamp and the answer.
func (n *newsroom) ask(channel, text, thread, want string) (ts string, answer fakeslack.Message) {
	n.t.Helper()
	ts, err := n.Mention(fakeslack.Reporter, channel, text, thread)
	if err != nil {
		n.t.Fatal(err)
	}
	if thread == "" {
		thread = ts
	}
	return ts, n.answered(fakeslack.Reporter, channel, thread, want)
}

func (n *newsroom) post(user, channel, text, thread string) (ts string) {
	n.t.Helper()
	ts, err := n.Post(user, channel, text, thread)
	if err != nil {
		n.t.Fatal(err)
	}
	return ts
}

// In the thread of an answer people ask on without a mention; what they say to
// each other is none of the bot's business.
func TestThread(t *testing.T) {
	n := open(t, nil)
	n.start()
	ts, _ := n.ask(fakeslack.General, "who confirmed the Moscow visit?", "", "Ushakov")
	n.post(fakeslack.Editor, fakeslack.General, "thanks, good one", ts)
	n.post(fakeslack.Editor, fakeslack.General, n.Typed("@reporter can you call them?"), ts)
	n.post(fakeslack.Editor, fakeslack.General, "and when?", ts)
	n.answered(fakeslack.Editor, fakeslack.General, ts, "November 26")
	n.wait("two answers", func() bool { return len(n.replies(fakeslack.Reporter, fakeslack.General, ts)) == 2 })
	n.stop()
	for _, m := range n.replies(fakeslack.Reporter, fakeslack.General, ts) {
		t.Log(m.PlainText())
	}
	if got := len(n.replies(fakeslack.Reporter, fakeslack.General, ts)); got != 2 {
		t.Errorf("got %d replies, want 2", got)
	}
	n.Check(t)
}

func TestEditAndDelete(t *testing.T) {
	n := open(t, nil)
	n.start()
	ts, first := n.ask(fakeslack.General, "who confirmed the Moscow visit?", "", "Ushakov")
	if err := n.Edit(fakeslack.Reporter, fakeslack.General, ts, n.Typed("@dateline how many points does the plan have?")); err != nil {
		t.Fatal(err)
	}
	second := n.answered(fakeslack.Reporter, fakeslack.General, ts, "19")
	if second.TS != first.TS {
		t.Errorf("the edited question was answered in another message")
	}
	if err := n.Delete(fakeslack.Reporter, fakeslack.General, ts); err != nil {
		t.Fatal(err)
	}
	n.wait("the answer to go", func() bool { return len(n.replies(fakeslack.Reporter, fakeslack.General, ts)) == 0 })
	n.Check(t)
}

func TestDirect(t *testing.T) {
	n := open(t, nil)
	n.start()
	dm, err := n.OpenDM(fakeslack.Editor, "")
	if err != nil {
		t.Fatal(err)
	}
	n.wait("prompts", func() bool { return len(n.Prompts(dm, "").Prompts) > 0 })
	t.Log(n.Prompts(dm, ""))
	ts := n.post(fakeslack.Editor, dm, "who confirmed the Moscow visit?", "")
	n.answered(fakeslack.Editor, dm, ts, "Ushakov")
	next := n.post(fakeslack.Editor, dm, "and when?", "")
	n.answered(fakeslack.Editor, dm, next, "November 26")
	n.Check(t)
}

func TestCommands(t *testing.T) {
	n := open(t, nil)
	n.start()
	seen := func(want string) fakeslack.Message {
		t.Helper()
		var got fakeslack.Message
		n.wait(want, func() bool {
			for _, m := range n.Channel(fakeslack.Editor, fakeslack.General) {
				if m.For == fakeslack.Editor && strings.Contains(m.PlainText(), want) {
					got = m
					return true
				}
			}
			return false
		})
		return got
	}
	for _, c := range []struct{ command, text, want string }{
		{"/ask", "who confirmed the Moscow visit?", "Ushakov"},
		{"/ask", "who shot the president of Atlantis?", "Searched"},
		{"/source", "envoy-moscow-globe.md:9", "Yury Ushakov"},
		{"/source", "envoy moscow visit", "1."},
		{"/source", "envoy-moscow-globe.md", "special envoy"},
		{"/source", "", "shows a source"},
		{"/sources", "", "13 articles"},
		{"/sources", "globe", "Fennick"},
		{"/dateline", "help", "For example"},
		{"/dateline", "status", "13 articles"},
	} {
		if err := n.SlashCommand(fakeslack.Editor, fakeslack.General, c.command, c.text); err != nil {
			t.Fatal(err)
		}
		m := seen(c.want)
		t.Logf("%s %s\n%s", c.command, c.text, m.PlainText())
	}
	// Share the answer.
	for _, m := range n.Channel(fakeslack.Editor, fakeslack.General) {
		if strings.Contains(m.PlainText(), "Ushakov") && strings.Contains(m.PlainText(), "Share") {
			if err := n.Click(fakeslack.Editor, fakeslack.General, m.TS, "share"); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	n.wait("the shared answer", func() bool {
		for _, m := range n.Channel(fakeslack.Reporter, fakeslack.General) {
			if strings.Contains(m.PlainText(), "shared an answer") {
				return true
			}
		}
		return false
	})
	n.Check(t)
}

func TestViews(t *testing.T) {
	n := open(t, nil)
	n.start()
	ts, m := n.ask(fakeslack.General, "who confirmed the Moscow visit?", "", "Ushakov")
	_ = ts
	if err := n.Click(fakeslack.Reporter, fakeslack.General, m.TS, "source"); err != nil {
		t.Fatal(err)
	}
	modal := func(want string) fakeslack.View {
		t.Helper()
		var v fakeslack.View
		n.wait(want, func() bool {
			var ok bool
			v, ok = n.Modal(fakeslack.Reporter)
			return ok && strings.Contains(v.Title+v.PlainText(), want)
		})
		return v
	}
	t.Log(modal("Source 1 of 2").PlainText())
	if err := n.ClickView(fakeslack.Reporter, "", "source:next"); err != nil {
		t.Fatal(err)
	}
	modal("Source 2 of 2")
	if err := n.CloseModal(fakeslack.Reporter, true); err != nil {
		t.Fatal(err)
	}
	if err := n.Click(fakeslack.Reporter, fakeslack.General, m.TS, "why"); err != nil {
		t.Fatal(err)
	}
	t.Log(modal("Read, best first").PlainText())
	if err := n.CloseModal(fakeslack.Reporter, true); err != nil {
		t.Fatal(err)
	}
	if err := n.OpenHome(fakeslack.Reporter); err != nil {
		t.Fatal(err)
	}
	n.wait("the home", func() bool {
		v, ok := n.Home(fakeslack.Reporter)
		return ok && strings.Contains(v.PlainText(), "What you asked")
	})
	v, _ := n.Home(fakeslack.Reporter)
	t.Log(v.PlainText())
	claim := n.post(fakeslack.Editor, fakeslack.General, "Yury Ushakov confirmed the visit. The plan has 47 points.", "")
	if err := n.MessageShortcut(fakeslack.Reporter, fakeslack.General, claim, "check_claim"); err != nil {
		t.Fatal(err)
	}
	n.wait("the check", func() bool {
		for _, m := range n.Channel(fakeslack.Reporter, fakeslack.General) {
			if m.For == fakeslack.Reporter && strings.Contains(m.PlainText(), "checked against") {
				t.Log(m.PlainText())
				return true
			}
		}
		return false
	})
	n.Check(t)
}
