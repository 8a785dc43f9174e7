package slackbot_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/extract"
	"dateline/bot/receipt"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
	"dateline/retrieval"
)

// A thread is a question to the bot, and what people write below the answer.
type thread struct {
	question string
	lines    []line
}

type line struct{ user, text string }

// readThreads reads a file of testdata/threads: a line that begins with ">" is
// a question to the bot, and those that follow stand in its thread.
func readThreads(t *testing.T, name string) []thread {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "threads", name))
	if err != nil {
		t.Fatal(err)
	}
	users := map[string]string{"reporter": reporter, "editor": editor}
	var list []thread
	for s := range strings.Lines(string(data)) {
		s = strings.TrimSpace(s)
		if question, ok := strings.CutPrefix(s, "> "); ok {
			list = append(list, thread{question: question})
			continue
		}
		user, text, ok := strings.Cut(s, ": ")
		if !ok || users[user] == "" || len(list) == 0 {
			t.Fatalf("%s: a line that is none of a thread: %q", name, s)
		}
		last := &list[len(list)-1]
		last.lines = append(last.lines, line{users[user], text})
	}
	return list
}

// answered reports whether a message holds an answer rather than a refusal.
func answered(m fakeslack.Message) bool { return strings.Contains(m.PlainText(), "Show source") }

// What people say to each other below an answer gets at most one reply in 34
// lines, each of them the first after the answer.
func TestHumanTalk(t *testing.T) {
	t.Parallel()
	const most = 1
	var lines, got atomic.Int64
	t.Run("thread", func(t *testing.T) {
		for _, file := range []string{"talk-1.txt", "talk-2.txt"} {
			for _, th := range readThreads(t, file) {
				t.Run(file+"/"+th.question, func(t *testing.T) {
					t.Parallel()
					n := quick(t, nil)
					for _, l := range th.lines {
						ts, first := n.mention(reporter, general, th.question, "")
						n.post(l.user, general, l.text, ts)
						now := n.replies(reporter, general, ts)
						lines.Add(1)
						if more := now[len(first):]; len(more) > 0 {
							got.Add(1)
							t.Logf("%q got\n%s", l.text, text(more))
						}
						if private := n.private(l.user, general); len(private) > 0 {
							t.Logf("%q, to them alone:\n%s", l.text, text(private[len(private)-1:]))
						}
					}
					n.stop()
					n.Check(t)
				})
			}
		}
	})
	if got := got.Load(); lines.Load() != 34 || got > most {
		t.Errorf("got replies to %d of %d lines, want at most %d of 34", got, lines.Load(), most)
	}
}

// At least 30 of 34 questions that go on in a thread are answered without a
// mention.
func TestFollowUps(t *testing.T) {
	t.Parallel()
	const least = 30
	var lines, got atomic.Int64
	t.Run("thread", func(t *testing.T) {
		for _, file := range []string{"follow-1.txt", "follow-2.txt"} {
			for _, th := range readThreads(t, file) {
				t.Run(file+"/"+th.question, func(t *testing.T) {
					t.Parallel()
					n := quick(t, nil)
					ts, seen := n.mention(reporter, general, th.question, "")
					for _, l := range th.lines {
						n.post(l.user, general, l.text, ts)
						now := n.replies(reporter, general, ts)
						lines.Add(1)
						if len(now) == len(seen)+1 && answered(now[len(seen)]) {
							got.Add(1)
						} else {
							t.Logf("%q got\n%s", l.text, text(now[len(seen):]))
						}
						seen = now
					}
					n.stop()
					n.Check(t)
				})
			}
		}
	})
	if got := got.Load(); lines.Load() != 34 || got < least {
		t.Errorf("got answers to %d of %d questions, want at least %d of 34", got, lines.Load(), least)
	}
}

// How the bot behaves in a thread without being mentioned. Each line is written by
// somebody; what is wanted after it is who sees something new: "all", the one who
// wrote it "alone", or "nobody".
func TestThreadManners(t *testing.T) {
	t.Parallel()
	const all, alone, nobody = "all", "alone", "nobody"
	type said struct{ user, text, want string }
	who := said{reporter, "@dateline " + asked, all}
	mention := func(c *slackbot.Config) { c.Policy.Threads = slackbot.ThreadsMention }
	for _, tt := range []struct {
		name   string
		change func(*slackbot.Config)
		lines  []said
	}{
		{"refused to the asker alone", nil, []said{who, {reporter, "how much did the visit to Moscow cost?", alone}, {editor, "how much did the visit to Moscow cost?", nobody}, {reporter, "when is the visit?", all}}},
		{"whoever was answered is an asker", nil, []said{who, {editor, "and when?", all}, {editor, "how much did the visit to Moscow cost?", alone}}},
		{"refused to all with a mention", nil, []said{who, {editor, "@dateline how much did the visit to Moscow cost?", all}}},
		{"thanked", nil, []said{who, {reporter, "thanks, good one", nobody}, {reporter, "and when?", nobody}, {editor, "what did Peskov say?", nobody}, {editor, "@dateline what did Peskov say?", all}, {reporter, "how many points were in the first draft?", all}}},
		{"thanked with a mention", nil, []said{who, {reporter, "thank you @dateline", all}, {editor, "what did Peskov say?", nobody}}},
		{"people talk on", nil, []said{who, {reporter, "wow", nobody}, {editor, "told you", nobody}, {reporter, "what did Peskov say?", nobody}, {reporter, "@dateline what did Peskov say?", all}, {editor, "and when?", all}}},
		{"one remarks on it", nil, []said{who, {editor, "wow", nobody}, {reporter, "what did Peskov say?", all}}},
		{"one remarks on it and is asked", nil, []said{who, {editor, "wow", nobody}, {reporter, "why?", nobody}, {reporter, "what did Peskov say?", nobody}}},
		{"the same one remarks and asks on", nil, []said{who, {editor, "wow", nobody}, {editor, "and when?", all}}},
		{"somebody is called by name", nil, []said{who, {editor, "reporter, when is the visit?", nobody}, {editor, "when is the visit, reporter?", nobody}, {editor, "when is the visit?", all}}},
		{"another matter, clearly asked", nil, []said{who, {editor, "who is Wenna Pask?", all}}},
		{"asked in one word", nil, []said{who, {editor, "really?", nobody}, {editor, "what?", nobody}, {editor, "are you sure?", all}, {editor, "any details", all}}},
		{"put to the bot in person", nil, []said{who, {editor, "can you tell me what Peskov said?", all}, {editor, "do you know when the visit is?", all}, {editor, "did you see when the visit is?", nobody}}},
		{"not under the policy", func(c *slackbot.Config) { c.Policy.Users = []string{reporter} }, []said{who, {editor, "and when?", nobody}, {editor, "@dateline and when?", all}}},
		{"mentions alone", mention, []said{who, {reporter, "and when?", nobody}, {reporter, "@dateline and when?", all}}},
		{"mentions alone in another workspace", func(c *slackbot.Config) {
			c.Policy.Workspaces = map[string]slackbot.Policy{"T0ELSEWHERE": {Threads: slackbot.ThreadsMention}}
		}, []said{who, {reporter, "and when?", all}}},
		{"mentions alone by the policy around", func(c *slackbot.Config) {
			mention(c)
			c.Policy.Workspaces = map[string]slackbot.Policy{fakeslack.Team: {}}
		}, []said{who, {reporter, "and when?", nobody}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := quick(t, tt.change)
			root := n.post(reporter, general, "about the visit", "")
			var seen []fakeslack.Message
			answers := 0
			for _, l := range tt.lines {
				n.post(l.user, general, n.Typed(l.text), root)
				now := slices.DeleteFunc(n.Messages(general), func(m fakeslack.Message) bool { return m.User != n.BotUser(fakeslack.Team) })
				got := nobody
				for _, m := range now[len(seen):] {
					switch m.For {
					case "":
						got = all
					case l.user:
						got = alone
						has(t, m.PlainText(), "Only you see this", "!Nearest", "!Why this answer?")
					}
					if answered(m) {
						answers++
					}
				}
				if got != l.want {
					t.Errorf("%q: got a reply for %s, want one for %s:\n%s", l.text, got, l.want, text(now[len(seen):]))
				}
				seen = now
			}
			// What nobody got is not on record, and was not announced.
			list, err := n.receipts.List(t.Context(), receipt.Filter{Limit: 100})
			n.must(err)
			kept := 0
			for _, r := range list {
				if r.Answer.Answered {
					kept++
				} else if !strings.Contains(tt.lines[len(tt.lines)-1].text, r.Question) && !r.Answer.Unclear {
					t.Errorf("got a receipt of %q, which nobody was answered", r.Question)
				}
			}
			if kept != answers {
				t.Errorf("got receipts of %d answers, want %d", kept, answers)
			}
			n.stop()
			n.Check(t)
		})
	}
}

// A question in a thread that may be none to the bot changes nothing that people
// see while it is looked into, and nothing if that fails.
func TestFollowUpFails(t *testing.T) {
	t.Parallel()
	articles := samples(t)
	var fail atomic.Bool
	engine := bottest.Engine{Func: func(ctx context.Context, q bot.Question, passages []retrieval.Hit) (bot.Draft, error) {
		if fail.Load() {
			return bot.Draft{}, errors.New("the model is gone")
		}
		return extract.Reader{}.Draft(ctx, q, passages, nil)
	}}
	n := furnish(t, bottest.NewSearcher(articles...), articles, []bot.Answerer{engine}, fakeslack.Config{}, nil)
	n.start()
	ts, list := n.mention(reporter, general, asked, "")
	has(t, text(list), answer)
	fail.Store(true)
	calls := len(n.Calls())
	n.post(reporter, general, "and when?", ts)
	for _, c := range n.Calls()[calls:] {
		if strings.HasPrefix(c.Method, "chat.") || strings.HasPrefix(c.Method, "assistant.") {
			t.Errorf("got a call of %s: %v, want none", c.Method, c.Args)
		}
	}
	_, list = n.mention(reporter, general, "and when?", ts)
	has(t, text(list[1:]), "I could not answer", "the model is gone")
	n.stop()
	n.Check(t)
}

// An answer to a follow-up goes when the follow-up is changed to what cannot be
// answered.
func TestFollowUpEdited(t *testing.T) {
	t.Parallel()
	n := quick(t, nil)
	ts, _ := n.mention(reporter, general, asked, "")
	next := n.post(reporter, general, "what did Peskov say?", ts)
	has(t, text(n.replies(editor, general, ts)), "too soon")
	n.must(n.Edit(reporter, general, next, "what did the tailor say?"))
	n.settle()
	if got := n.replies(editor, general, ts); len(got) != 1 {
		t.Errorf("got %d replies, want 1:\n%s", len(got), text(got))
	}
	n.must(n.Edit(reporter, general, next, "what did von der Leyen say?"))
	n.settle()
	has(t, text(n.replies(editor, general, ts)), "Geneva")
	n.stop()
	n.Check(t)
}
