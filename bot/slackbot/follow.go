package slackbot

import (
	"context"
	"fmt"
	"slices"

	"dateline/bot"
	"dateline/bot/slackbot/inbox"
	"dateline/corpus/word"
)

// Threads says what the bot answers below its own answers in a channel.
type Threads string

const (
	// ThreadsFollow has it answer questions that go on without a mention.
	ThreadsFollow Threads = "follow"
	// ThreadsMention has it answer mentions alone.
	ThreadsMention Threads = "mention"
)

// Check reports an error for a word that is none of these; empty is
// ThreadsFollow.
func (t Threads) Check() error {
	switch t {
	case "", ThreadsFollow, ThreadsMention:
		return nil
	}
	return fmt.Errorf("%q is neither %q nor %q", t, ThreadsFollow, ThreadsMention)
}

// What came of a message, for those after it in the thread.
const (
	outcomeAnswered = "answered" // the bot replied, if only to the one who wrote it
	outcomeThanks   = "thanks"
	outcomeTalk     = "talk"     // between people
	outcomeQuestion = "question" // about the matter of the thread, which the articles do not clearly answer
	outcomeOther    = "other"    // a question about something else
)

// followUp answers a message without a mention in a thread that the bot was asked
// in, if it is clearly a question about the articles and they answer it. Whoever
// asked there before is told alone that they do not. Nothing else is said: people
// talk to each other below an answer.
func (b *Bot) followUp(ctx context.Context, w *workspace, it inbox.Item, q question, said bot.Conversation, name string) (result, error) {
	leave := func(outcome string) (result, error) {
		if it.Kind == itemEdit {
			return b.retract(ctx, w, it, q) // it is no question to the bot any more
		}
		return result{outcome: outcome}, nil
	}
	l := readLine(w.plain(q.Text))
	if l.thanks() {
		return leave(outcomeThanks)
	}
	if len(said.Exchanges) == 0 || w.othersIn(q.Text) || !l.asks() || l.rhetorical() || l.personal() {
		return leave(outcomeTalk)
	}
	t, err := b.threadBefore(ctx, w, q)
	if err != nil {
		return result{}, err
	}
	if t.left || l.calls(t.names) {
		return leave(outcomeTalk)
	}
	allowed, why := b.allowed(ctx, w, q.Channel, q.User, q.Team)
	if why == notKnown && it.Attempts < mostAttempts {
		return result{}, errNotKnown
	}
	paused, err := b.paused(ctx, w)
	if err != nil {
		return result{}, err
	}
	if why != "" || paused {
		return leave(outcomeTalk)
	}
	if said, err = b.visibleThread(ctx, allowed, said); err != nil {
		return result{}, err
	}
	if len(said.Exchanges) == 0 {
		return leave(outcomeTalk)
	}
	answers := func(a bot.Answer) bool { return l.answeredBy(a, said.Exchanges, t.direct) }
	ans, err := b.recorded(ctx, q.key(w), it)
	if err != nil {
		return result{}, err
	}
	if ans == nil {
		asked := b.question(ctx, w, q, said, allowed)
		asked.Keep = answers
		a, err := b.inquire(ctx, it, asked, nil)
		if err != nil {
			return result{}, err
		}
		ans = &a
	}
	if answers(*ans) {
		return b.deliver(ctx, w, b.reply(w, it, q), q, *ans, said, name)
	}
	about := l.about(*ans, said.Exchanges, t.direct)
	if t.asker && about && (!ans.Answered || ans.Certainty == bot.Perhaps) && !ans.Unclear {
		private := ans.Reason + " Only you see this. To ask it in the thread, mention me."
		if ans.Answered {
			private = "The articles may answer this, but it is not certain. Only you see this. To see in the thread what they say, mention me."
		}
		if err := w.whisper(ctx, q, private); err != nil {
			w.log.WarnContext(ctx, "asker not told", "item", it.Key, "err", err)
		}
		return leave(outcomeAnswered)
	}
	if about {
		return leave(outcomeQuestion)
	}
	return leave(outcomeOther)
}

// A threadState is what the messages before one in its thread tell.
type threadState struct {
	asker  bool // whoever wrote it got an answer there before
	direct bool // nobody else wrote to people since the bot spoke
	left   bool // to the people in it, until the bot is mentioned
	names  []string
}

// mostEarlier is how many messages of a thread are looked at.
const mostEarlier = 200

// threadBefore looks at the messages before a question.
func (b *Bot) threadBefore(ctx context.Context, w *workspace, q question) (threadState, error) {
	earlier, err := b.c.Inbox.Earlier(ctx, q.thread(w), itemQuestion, clock(q.TS), mostEarlier)
	if err != nil {
		return threadState{}, err
	}
	t := threadState{direct: true}
	var talkers, others []string
	talk := 0
	since := true // the bot wrote last
	for _, it := range earlier {
		if it.User != q.User && !slices.Contains(others, it.User) {
			others = append(others, it.User)
		}
		if it.Outcome == outcomeAnswered {
			t.asker = t.asker || it.User == q.User
			since = false
		}
		if !since {
			continue
		}
		switch it.Outcome {
		case outcomeQuestion:
			continue
		case outcomeThanks:
			t.left = true
		case outcomeTalk:
			talk += 2
		case outcomeOther:
			talk++
		}
		if it.User != q.User {
			t.direct = false
		}
		if !slices.Contains(talkers, it.User) {
			talkers = append(talkers, it.User)
		}
	}
	// Two questions that the bot made nothing of are no conversation yet, a
	// question and what somebody says to it are.
	t.left = t.left || len(talkers) > 1 && talk > 2
	for _, user := range others {
		if first := word.Split(w.who(ctx, user).name); len(first) > 0 {
			t.names = append(t.names, first[0].Norm)
		}
	}
	return t, nil
}
