package slackbot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"dateline/bot"
	"dateline/bot/slackbot/inbox"
	"dateline/retrieval"
)

// recent is how long a conversation in a direct message goes on without a
// thread.
const recent = 30 * time.Minute

// answer answers a question where it was put.
func (b *Bot) answer(ctx context.Context, w *workspace, it inbox.Item, q question) (result, error) {
	text := w.plain(q.Text)
	key := q.key(w)
	if it.Kind == itemEdit {
		// What was edited again since is answered as it is now.
		if newer, err := b.c.Inbox.Newer(ctx, key+keyEdited, it.Key); err != nil || newer {
			return result{}, err
		}
	}
	said, name, err := b.before(ctx, w, q)
	if err != nil {
		return result{}, err
	}
	if q.Was != "" {
		said.Exchanges = without(said.Exchanges, w.plain(q.Was))
	}
	if !q.Direct && !q.Mentioned {
		return b.followUp(ctx, w, it, q, said, name)
	}
	replied := result{outcome: outcomeAnswered}
	if readLine(text).thanks() {
		replied.outcome = outcomeThanks
	}
	r := b.reply(w, it, q)
	allowed, why := b.allowed(ctx, w, q.Channel, q.User, q.Team)
	if why == notKnown && it.Attempts < mostAttempts {
		return result{}, errNotKnown
	}
	if why != "" {
		return replied, r.post(ctx, notice(why))
	}
	paused, err := b.paused(ctx, w)
	if err != nil {
		return result{}, err
	}
	if paused {
		return replied, r.post(ctx, notice(pausedNotice))
	}
	if !hasWords(text) {
		return replied, b.welcome(ctx, w, r, allowed)
	}
	if said, err = b.visibleThread(ctx, allowed, said); err != nil {
		return result{}, err
	}
	ans, err := b.recorded(ctx, key, it)
	if err != nil {
		return result{}, err
	}
	if ans == nil {
		ans, err = b.ask(ctx, w, it, r, b.question(ctx, w, q, said, allowed))
		if errors.Is(err, errSuperseded) {
			return result{}, nil
		}
		if err != nil {
			return result{}, err
		}
	}
	if ans.Wish == bot.WishHello {
		return replied, b.welcome(ctx, w, r, allowed)
	}
	done, err := b.deliver(ctx, w, r, q, *ans, said, name)
	done.outcome = replied.outcome
	return done, err
}

// question is what is asked of the articles.
func (b *Bot) question(ctx context.Context, w *workspace, q question, said bot.Conversation, allowed retrieval.Filter) bot.Question {
	return bot.Question{Text: w.plain(q.Text), Thread: said.Exchanges, Filter: allowed, Surface: surface, Asker: w.team + "/" + q.User, Asked: w.today(ctx, b.c.Now(), q.User)}
}

// deliver shows an answer where it was asked for, and keeps it for what is asked
// next.
func (b *Bot) deliver(ctx context.Context, w *workspace, r *reply, q question, a bot.Answer, said bot.Conversation, name string) (result, error) {
	if err := r.deliver(ctx, a); err != nil {
		return result{}, err
	}
	b.title(ctx, w, q, a)
	said.Add(a)
	return result{thread: name, said: said.Exchanges, outcome: outcomeAnswered}, nil
}

// welcome tells somebody who asked nothing yet how to ask.
func (b *Bot) welcome(ctx context.Context, w *workspace, r *reply, allowed retrieval.Filter) error {
	help, err := b.help(ctx, w, allowed)
	if err != nil {
		return &ownError{err}
	}
	return r.post(ctx, help)
}

// errNotKnown puts a question off.
var errNotKnown = errors.New("it is not known who asks")

const pausedNotice = "Dateline is paused by an admin. Please ask again later."

// surface is what receipts call Slack.
const surface = "slack"

// before is what was said before a question, and the name of the thread to keep
// it under.
func (b *Bot) before(ctx context.Context, w *workspace, q question) (said bot.Conversation, name string, err error) {
	said.Exchanges, _, err = b.c.Inbox.Thread(ctx, q.thread(w))
	if err != nil || !q.Direct || len(said.Exchanges) > 0 {
		return said, q.thread(w), err
	}
	// In a direct message people ask on without a thread.
	name = q.lane(w)
	exchanges, last, err := b.c.Inbox.Thread(ctx, name)
	if err == nil && q.Thread == q.TS && b.c.Now().Sub(last) <= recent {
		said.Exchanges = exchanges
	}
	return said, name, err
}

// recorded is the answer that was given to a question when it was begun before,
// nil if there is none. An edited question is another.
func (b *Bot) recorded(ctx context.Context, key string, it inbox.Item) (*bot.Answer, error) {
	if it.Kind == itemEdit {
		return nil, nil
	}
	posted, ok, err := b.c.Inbox.Reply(ctx, key)
	if err != nil || !ok || posted.Answer == "" {
		return nil, err
	}
	r, err := b.c.Receipts.Load(ctx, posted.Answer)
	if err != nil {
		b.c.Log.InfoContext(ctx, "answer not on record, asking again", "item", key, "answer", posted.Answer, "err", err)
		return nil, nil
	}
	return &r.Answer, nil
}

// ask has the question answered, and shows what is done meanwhile.
func (b *Bot) ask(ctx context.Context, w *workspace, it inbox.Item, r *reply, q bot.Question) (*bot.Answer, error) {
	p := &progress{now: b.c.Now, first: sync.OnceValue(func() string { return b.status(ctx, q) })}
	q.Began = p.began
	asking, end := b.asking(ctx, it)
	stop := r.busy(ctx, p.status)
	ans, err := b.inquire(asking, it, q, func(s bot.Sentence) { r.sentence(ctx, s) })
	stop()
	superseded := end()
	if err != nil || superseded {
		r.abandon(ctx)
		if superseded || ctx.Err() == nil { // a process that stops says what comes next
			r.quiet(ctx)
		}
		if superseded {
			err = errSuperseded
		}
		return nil, err
	}
	r.began.Store(true)
	return &ans, nil
}

// errSuperseded is for a question that was edited or deleted while it was being
// answered: what is to be shown is decided by the item of that.
var errSuperseded = errors.New("the question was edited or deleted meanwhile")

// asking returns a context for having an item's question answered, which ends
// when the question is edited or deleted. end reports whether it was.
func (b *Bot) asking(ctx context.Context, it inbox.Item) (asking context.Context, end func() bool) {
	asking, cancel := context.WithCancelCause(ctx)
	b.mu.Lock()
	b.answering[it.Key] = cancel
	b.mu.Unlock()
	b.supersede(ctx, it.Key) // it may have been before this
	return asking, func() bool {
		b.mu.Lock()
		delete(b.answering, it.Key)
		b.mu.Unlock()
		superseded := errors.Is(context.Cause(asking), errSuperseded)
		cancel(nil)
		return superseded
	}
}

// supersedeAll ends the answering of a question, and of its edits, that was
// superseded.
func (b *Bot) supersedeAll(ctx context.Context, question string) {
	b.mu.Lock()
	var keys []string
	for key := range b.answering {
		if q, _, _ := strings.Cut(key, keyEdited); q == question {
			keys = append(keys, key)
		}
	}
	b.mu.Unlock()
	for _, key := range keys {
		b.supersede(ctx, key)
	}
}

// supersede ends the answering of the item with that key in this process if its
// question was edited or deleted since.
func (b *Bot) supersede(ctx context.Context, key string) {
	b.mu.Lock()
	cancel := b.answering[key]
	b.mu.Unlock()
	if cancel == nil {
		return
	}
	question, edit, _ := strings.Cut(key, keyEdited)
	newer, err := b.c.Inbox.Newer(ctx, question+keyEdited, question+keyEdited+edit)
	if err == nil && !newer {
		newer, err = b.c.Inbox.Known(ctx, question+keyDeleted)
	}
	switch {
	case err != nil:
		b.c.Log.WarnContext(ctx, "not known whether the question was edited", "item", key, "err", err)
	case newer:
		cancel(errSuperseded)
	}
}

// inquire has a question answered, and tells the metrics what came of it. The
// error is own unless the program is at fault or ctx has ended.
func (b *Bot) inquire(ctx context.Context, it inbox.Item, q bot.Question, emit func(bot.Sentence)) (ans bot.Answer, err error) {
	if n := utf8.RuneCountInString(q.Text); n > bot.MaxQuestion {
		return bot.Answer{}, &refusedError{fmt.Errorf("the question has %d characters, at most %d are read: ask one thing at a time", n, bot.MaxQuestion)}
	}
	err = b.catch(ctx, it, func() (err error) {
		ans, err = b.c.Asker.Ask(ctx, q, emit)
		return err
	})
	if ctx.Err() != nil {
		return bot.Answer{}, errors.Join(err, context.Cause(ctx))
	}
	if err == nil && q.Keep != nil && !q.Keep(ans) {
		return ans, nil // nobody gets it
	}
	outcome := "answered"
	switch {
	case err != nil:
		b.seen.answers.WithLabelValues("none", "failed").Inc()
		if fault := new(faultError); !errors.As(err, &fault) {
			err = &ownError{err}
		}
		return bot.Answer{}, err
	case !ans.Answered:
		outcome = "refused"
	case ans.Certainty == bot.Perhaps:
		outcome = bot.Perhaps
	}
	b.seen.answers.WithLabelValues(ans.Engine, outcome).Inc()
	b.seen.took.WithLabelValues(ans.Engine).Observe(b.c.Now().Sub(it.Received).Seconds())
	return ans, nil
}

// status says what is being done.
func (b *Bot) status(ctx context.Context, q bot.Question) string {
	c, err := b.c.Library.Coverage(ctx, q.Filter)
	if err != nil || c.Articles == 0 {
		return "Searching the articles…"
	}
	return "Searching " + count(c.Articles, "article") + "…"
}

// A progress is how far a question has come.
type progress struct {
	now   func() time.Time
	first func() string // what is said before a model is waited for

	mu    sync.Mutex
	since time.Time // a model is waited for since then; zero if none is
}

// began notes that an engine was asked.
func (p *progress) began(engine string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case builtIn(engine):
		p.since = time.Time{} // it takes no time
	case p.since.IsZero():
		p.since = p.now()
	}
}

// status says what is waited for.
func (p *progress) status() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.since.IsZero() {
		return p.first()
	}
	// Not each second anew: Slack shows each change.
	const step = 15 * time.Second
	if waited := p.now().Sub(p.since).Truncate(step); waited > 0 {
		return fmt.Sprintf("Still waiting for the language model, %.0f seconds so far…", waited.Seconds())
	}
	return "Waiting for the language model…"
}

// retract removes the answer to a question that was deleted, and forgets it.
func (b *Bot) retract(ctx context.Context, w *workspace, it inbox.Item, q question) (result, error) {
	said, name, err := b.before(ctx, w, q)
	if err != nil {
		return result{}, err
	}
	return result{thread: name, said: without(said.Exchanges, w.plain(q.Was))}, b.reply(w, it, q).remove(ctx)
}

// without is what was said, but for one question.
func without(said []bot.Exchange, text string) []bot.Exchange {
	return slices.DeleteFunc(slices.Clone(said), func(e bot.Exchange) bool { return e.Question == text })
}
