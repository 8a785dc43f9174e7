package slackbot_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/extract"
	"dateline/bot/receipt"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
	"dateline/retrieval"
)

// doubtful sets a newsroom up whose reader is certain of no answer, and counts
// the drafts of it.
func doubtful(t *testing.T, change func(*slackbot.Config)) (*newsroom, *atomic.Int64) {
	t.Helper()
	articles := samples(t)
	drafts := new(atomic.Int64)
	reader := bottest.Engine{Label: bot.EngineExtract, Func: func(ctx context.Context, q bot.Question, passages []retrieval.Hit) (bot.Draft, error) {
		drafts.Add(1)
		return extract.Reader{}.Draft(ctx, q, passages, nil)
	}}
	return furnish(t, bottest.NewSearcher(articles...), articles, []bot.Answerer{bottest.Doubting(reader)}, fakeslack.Config{}, change), drafts
}

// unsure checks that a message says first that its answer is not certain, and has
// the answer once, in its blocks and in its text.
func unsure(t *testing.T, m fakeslack.Message) {
	t.Helper()
	for name, shown := range map[string]string{"blocks": m.PlainText(), "text": m.Text} {
		before, after, ok := strings.Cut(shown, bot.Uncertain+"\n")
		if !ok || strings.Contains(before, answer) || !strings.Contains(after, answer) || strings.Contains(after, bot.Uncertain) {
			t.Errorf("%s: got\n%s\nwant %q in front of the answer", name, shown, bot.Uncertain)
		}
	}
}

// What is not certain is said to be so before it is read, wherever in Slack it is
// shown.
func TestPerhaps(t *testing.T) {
	t.Parallel()
	r := prometheus.NewRegistry()
	n, _ := doubtful(t, func(c *slackbot.Config) { c.Metrics = r })
	n.start()

	_, list := n.mention(reporter, general, asked, "")
	if len(list) != 1 {
		t.Fatalf("got %d messages, want one:\n%s", len(list), text(list))
	}
	unsure(t, list[0])
	has(t, list[0].PlainText(), "Show source", "Why this answer?", "Good answer")
	if !strings.HasPrefix(list[0].Text, bot.Uncertain) {
		t.Errorf("got the text %q, want one that begins with %q", list[0].Text, bot.Uncertain)
	}
	if calls := n.Calls("chat.startStream"); len(calls) > 0 {
		t.Errorf("got a stream, %v, want the answer whole", calls[0].Args)
	}
	v := n.click(reporter, list[0], "why")
	has(t, v.PlainText(), "Certainty: perhaps")
	n.must(n.CloseModal(reporter, true))

	m := n.command(editor, general, "/ask", asked)
	unsure(t, m)
	n.must(n.Click(editor, general, m.TS, "share"))
	n.settle()
	for _, m := range n.Channel(reporter, general) {
		if strings.Contains(m.PlainText(), "shared an answer") {
			unsure(t, m)
		}
	}

	// What the articles may not answer is no example of what they do.
	home := n.home(editor)
	has(t, home, asked+" — "+bot.Uncertain, "!For example:")

	got := counted(t, r, "dateline_answers_total")
	if want := []string{"dateline_answers_total{extract, perhaps} 2"}; !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	n.stop()
	n.Check(t)
}

// In a thread, what is not certain is not said unasked: whoever asked before is
// told that there may be an answer. What is asked about the answer before is.
func TestPerhapsInThread(t *testing.T) {
	t.Parallel()
	n, _ := doubtful(t, nil)
	n.start()
	ts, _ := n.mention(reporter, general, asked, "")
	told := func(user string) []fakeslack.Message {
		return slices.DeleteFunc(n.Messages(general), func(m fakeslack.Message) bool { return m.For != user })
	}
	for _, l := range []struct {
		user, text     string
		public, privat int // messages that come of it
	}{
		{editor, "when is the visit?", 0, 0},
		{reporter, "when is the visit?", 0, 1},
		{reporter, "which source?", 1, 0},
	} {
		public, privat := len(n.replies(editor, general, ts)), len(told(l.user))
		n.post(l.user, general, l.text, ts)
		list, alone := n.replies(editor, general, ts)[public:], told(l.user)[privat:]
		if len(list) != l.public || len(alone) != l.privat {
			t.Errorf("%s: got %d messages and %d to the asker alone, want %d and %d:\n%s", l.text, len(list), len(alone), l.public, l.privat, text(append(list, alone...)))
			continue
		}
		for _, m := range list {
			unsure(t, m)
		}
		for _, m := range alone {
			has(t, m.PlainText(), "may answer this, but it is not certain. Only you see this.", "mention me", "!next week")
		}
	}
	_, list := n.mention(reporter, general, "when is the visit?", ts)
	has(t, list[len(list)-1].PlainText(), bot.Uncertain)
	n.stop()
	n.Check(t)
}

// An answer whose delivery breaks off is delivered later as it was given.
func TestPerhapsResumed(t *testing.T) {
	t.Parallel()
	n, drafts := doubtful(t, func(c *slackbot.Config) { c.Grace = 1 })
	channel := n.room()
	remove := n.Inject(fakeslack.Fault{Method: "chat.postMessage", Channel: channel, Error: "internal_error"})
	stop := n.run(n.config)
	ts, err := n.Mention(reporter, channel, asked, "")
	n.must(err)
	n.wait("the answer to be posted in vain", func() bool { return len(n.Calls("chat.postMessage")) > 0 })
	stop()
	remove()
	n.lapse()
	n.start()
	n.done(t, channel, ts)
	n.once(t, channel, ts, answer)
	unsure(t, n.spoken(channel)[0])
	list, err := n.receipts.List(t.Context(), receipt.Filter{Limit: 10})
	n.must(err)
	if len(list) != 1 || list[0].Answer.Certainty != bot.Perhaps || drafts.Load() != 1 {
		t.Errorf("got %d receipts and %d drafts, want one answer that is perhaps one", len(list), drafts.Load())
	}
	n.stop()
}

// Sentences that were shown before it is known that they are not certain do not
// stand there alone.
func TestPerhapsStreamed(t *testing.T) {
	t.Parallel()
	n, _ := doubtful(t, nil)
	n.config.Asker = asker{Asker: n.config.Asker, ask: func(ctx context.Context, q bot.Question, emit func(bot.Sentence)) (bot.Answer, error) {
		emit(bot.Sentence{Text: "Ushakov did.", Citations: []int{1}})
		err := n.Wait(ctx, func() bool { return len(n.Calls("chat.startStream")) > 0 })
		return bot.Answer{ID: "a2b3c4d5e6", Question: q.Text, Answered: true, Certainty: bot.Perhaps, Text: "Ushakov did. [1]", Engine: "test"}, err
	}}
	n.start()
	channel := n.room()
	ts, err := n.Mention(reporter, channel, asked, "")
	n.must(err)
	n.done(t, channel, ts)
	n.once(t, channel, ts, answer)
	unsure(t, n.spoken(channel)[0])
	n.stop()
	n.Check(t)
}
