package slackbot_test

import (
	"strings"
	"testing"

	"dateline/bot/slackbot/fakeslack"
)

const (
	reporter, editor  = fakeslack.Reporter, fakeslack.Editor
	general, desk     = fakeslack.General, fakeslack.Desk
	asked             = "who confirmed the Moscow visit?"
	answer            = "Ushakov"
	another, points   = "how many points does the plan have?", "19"
	refused, searched = "who shot the president of Atlantis?", "Searched 13 articles"
)

// What the bot answers in a thread, and what it does not.
func TestMessages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		// do returns the channel and the thread to look at.
		do      func(n *newsroom) (channel, thread string)
		replies int
		want    []string
	}{
		{"mention", func(n *newsroom) (string, string) {
			ts, _ := n.mention(reporter, general, asked, "")
			return general, ts
		}, 1, []string{answer, "[1]", "Show source", "Why this answer?", "Good answer", "!Share"}},
		{"refusal", func(n *newsroom) (string, string) {
			ts, _ := n.mention(reporter, general, refused, "")
			return general, ts
		}, 1, []string{searched, "Why this answer?", "!Show source"}},
		{"mention with marks and a link", func(n *newsroom) (string, string) {
			ts, _ := n.mention(reporter, general, "*who* confirmed the `Moscow` visit? <http://globe.md|globe.md>", "")
			return general, ts
		}, 1, []string{answer}},
		{"mention with a file", func(n *newsroom) (string, string) {
			ts, err := n.Send(reporter, general, fakeslack.Draft{Text: n.Typed("@dateline " + asked), File: "notes.txt"})
			n.must(err)
			n.settle()
			return general, ts
		}, 1, []string{answer}},
		{"reply sent to the channel, too", func(n *newsroom) (string, string) {
			ts := n.post(editor, general, "about the visit", "")
			_, err := n.Send(reporter, general, fakeslack.Draft{Text: n.Typed("@dateline " + asked), Thread: ts, Broadcast: true})
			n.must(err)
			n.settle()
			return general, ts
		}, 1, []string{answer}},
		{"mention without a question", func(n *newsroom) (string, string) {
			ts, _ := n.mention(reporter, general, "", "")
			return general, ts
		}, 1, []string{"Ask me about the articles", "For example:"}},
		{"greeting", func(n *newsroom) (string, string) {
			ts, _ := n.mention(reporter, general, "hello", "")
			return general, ts
		}, 1, []string{"Ask me about the articles", "For example:", "!Good answer"}},
		{"nothing but an emoji", func(n *newsroom) (string, string) {
			ts, _ := n.mention(reporter, general, ":wave::skin-tone-3: :+1:", "")
			return general, ts
		}, 1, []string{"Ask me about the articles", "For example:"}},
		{"mention with an emoji", func(n *newsroom) (string, string) {
			ts, _ := n.mention(reporter, general, ":thinking_face: "+asked+" :eyes:", "")
			return general, ts
		}, 1, []string{answer, "!thinking", "!eyes"}},
		{"mention in a direct message of several", func(n *newsroom) (string, string) {
			n.AddChannel(fakeslack.Channel{ID: "G0SEVERAL", Kind: fakeslack.MPIM, Team: fakeslack.Team, Members: []string{reporter, editor, n.BotUser(fakeslack.Team)}})
			ts, _ := n.mention(reporter, "G0SEVERAL", asked, "")
			return "G0SEVERAL", ts
		}, 1, []string{answer}},
		{"mention of the bot and of somebody", func(n *newsroom) (string, string) {
			ts, _ := n.mention(reporter, general, n.Typed("@editor "+asked), "")
			return general, ts
		}, 1, []string{answer}},
		{"no mention", func(n *newsroom) (string, string) { return general, n.post(reporter, general, asked, "") }, 0, nil},
		{"follow-up", func(n *newsroom) (string, string) {
			ts, _ := n.mention(reporter, general, asked, "")
			n.post(editor, general, "and when?", ts)
			return general, ts
		}, 2, []string{"Understood as: ", "November 26"}},
		{"thanks", followed("thanks, good one"), 1, nil},
		{"question to somebody else", followed("@reporter when can you call them?"), 1, nil},
		{"question to a group", followed("<!subteam^S0DESK|@desk> who takes this?"), 1, nil},
		{"question to all", followed("<!here> who takes this?"), 1, nil},
		{"question to a person in the thread", followed("have you seen this?"), 1, nil},
		{"another bot, by mention", func(n *newsroom) (string, string) {
			n.AddUser(fakeslack.User{ID: "U0ROBOT", Team: fakeslack.Team, Name: "robot", Bot: true})
			n.must(n.Join("U0ROBOT", general))
			ts, err := n.Send("U0ROBOT", general, fakeslack.Draft{Text: n.Typed("@dateline " + asked)})
			n.must(err)
			n.settle()
			return general, ts
		}, 0, nil},
		{"the mention is added later", func(n *newsroom) (string, string) {
			ts := n.post(reporter, general, asked, "")
			n.must(n.Edit(reporter, general, ts, n.Typed("@dateline "+asked)))
			n.settle()
			return general, ts
		}, 1, []string{answer}},
		{"edited", edited("@dateline " + another), 1, []string{points, "!" + answer}},
		{"edited to be none to the bot", edited("thanks all the same"), 0, nil},
		{"deleted", func(n *newsroom) (string, string) {
			ts, _ := n.mention(reporter, general, asked, "")
			n.must(n.Delete(reporter, general, ts))
			n.settle()
			return general, ts
		}, 0, nil},
		{"follow-up edited to be no question", func(n *newsroom) (string, string) {
			ts, _ := n.mention(reporter, general, asked, "")
			next := n.post(editor, general, "and when?", ts)
			n.must(n.Edit(editor, general, next, "never mind"))
			n.settle()
			return general, ts
		}, 1, []string{"!November 26 "}},
		{"direct message", func(n *newsroom) (string, string) {
			dm, err := n.DM(editor)
			n.must(err)
			return dm, n.post(editor, dm, asked, "")
		}, 1, []string{answer}},
		{"direct message that goes on", func(n *newsroom) (string, string) {
			dm, err := n.DM(editor)
			n.must(err)
			n.post(editor, dm, asked, "")
			return dm, n.post(editor, dm, "and when?", "")
		}, 1, []string{"2025-11-26"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := quick(t, nil)
			channel, thread := tt.do(n)
			user := reporter
			if strings.HasPrefix(channel, "D") {
				user = editor
			}
			got := n.replies(user, channel, thread)
			if len(got) != tt.replies {
				t.Errorf("got %d replies, want %d:\n%s", len(got), tt.replies, text(got))
			}
			has(t, text(got), tt.want...)
			n.noStatus(channel, thread)
			n.stop()
			n.Check(t)
		})
	}
}

// followed asks, and has somebody say something in the thread of the answer.
func followed(by string) func(n *newsroom) (channel, thread string) {
	return func(n *newsroom) (string, string) {
		ts, _ := n.mention(reporter, general, asked, "")
		if !strings.HasPrefix(by, "<") {
			by = n.Typed(by)
		}
		n.post(editor, general, by, ts)
		return general, ts
	}
}

// edited asks, and changes the question.
func edited(to string) func(n *newsroom) (channel, thread string) {
	return func(n *newsroom) (string, string) {
		ts, _ := n.mention(reporter, general, asked, "")
		n.must(n.Edit(reporter, general, ts, n.Typed(to)))
		n.settle()
		return general, ts
	}
}

// Help has three questions, and each is answered.
func TestExamples(t *testing.T) {
	t.Parallel()
	n := quick(t, nil)
	_, got := n.mention(reporter, general, "", "")
	_, list, _ := strings.Cut(text(got), "For example:\n")
	questions := strings.Split(strings.TrimSpace(list), "\n")
	if len(questions) != 3 {
		t.Fatalf("got %d examples, want 3: %q", len(questions), questions)
	}
	dm, err := n.OpenDM(editor, "")
	n.must(err)
	n.settle()
	prompts := n.Prompts(dm, "").Prompts
	if len(prompts) != 3 || prompts[0].Message != questions[0] {
		t.Errorf("got the prompts %q, want %q", prompts, questions)
	}
	for _, p := range prompts {
		ts, err := n.Choose(editor, "", p.Title)
		n.must(err)
		n.settle()
		has(t, text(n.replies(editor, dm, ts)), "[1]")
		if got := n.Title(dm, ts); got != p.Message {
			t.Errorf("got the title %q, want %q", got, p.Message)
		}
	}
	n.Check(t)
}

// Slack sends events of which the bot knows nothing, or that lack something.
func TestStrangeEvents(t *testing.T) {
	t.Parallel()
	n := quick(t, nil)
	for _, event := range []map[string]any{
		{"type": "app_context_changed", "user": reporter},
		{"type": "assistant_thread_started", "assistant_thread": map[string]any{"user_id": reporter}},
		{"type": "emoji_changed"},
		{"type": "message"},
		{"type": "message", "channel": general, "ts": "1.2", "text": "a workflow's", "bot_id": "B0WORKFLOW", "subtype": "bot_message"},
		{"type": "message", "channel": general, "ts": "1.3", "subtype": "channel_topic", "user": reporter, "text": "@dateline who?"},
		{"type": "message", "channel": general, "subtype": "message_changed"},
		{"type": "message", "channel": general, "subtype": "message_deleted"},
		{"type": "app_home_opened"},
		{"type": "app_mention", "text": 7},
		{},
	} {
		n.must(n.Emit(fakeslack.Team, event))
	}
	n.settle()
	ts, got := n.mention(reporter, general, asked, "")
	has(t, text(got), answer)
	if got := len(n.replies(reporter, general, ts)); got != 1 {
		t.Errorf("got %d replies, want 1", got)
	}
	n.stop()
	n.Check(t)
}
