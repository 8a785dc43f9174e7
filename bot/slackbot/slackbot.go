// Package slackbot answers questions in Slack: in channels, threads, direct
// messages and the agent pane, by slash commands and shortcuts.
//
// What Slack delivers, over a socket or HTTP, is put into the inbox before it is
// acknowledged, and worked on from there. What is posted is written down before
// and after, so that whatever ends the process, each question gets one answer.
package slackbot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/slack-go/slack"

	"dateline/bot"
	"dateline/bot/receipt"
	"dateline/bot/slackbot/inbox"
	"dateline/corpus"
	"dateline/retrieval"
)

// An Asker answers questions and checks claims. *bot.Bot is one.
type Asker interface {
	Ask(ctx context.Context, q bot.Question, emit func(bot.Sentence)) (bot.Answer, error)
	Check(ctx context.Context, text string, f retrieval.Filter) (bot.Check, error)
	Search(ctx context.Context, q bot.Question, limit int) (retrieval.Result, error)
}

// A Library is what can be asked about. *retrieval.Index is one.
type Library interface {
	// Articles lists the articles that pass a filter.
	Articles(ctx context.Context, f retrieval.Filter) ([]retrieval.Listing, error)
	Article(ctx context.Context, id string) (*corpus.Article, error)
	// Coverage says how much passes a filter.
	Coverage(ctx context.Context, f retrieval.Filter) (retrieval.Coverage, error)
}

// Config is what a Bot is made of.
type Config struct {
	// Tokens are the bot tokens (xoxb-…), one for each workspace.
	Tokens []string
	// AppToken (xapp-…) opens sockets; if it is empty, events come over HTTP
	// alone, see Handler.
	AppToken string
	// SigningSecret proves that a request over HTTP is Slack's.
	SigningSecret string
	// APIURL replaces https://slack.com/api/, for a gateway or a test server.
	APIURL string

	Asker    Asker
	Library  Library
	Receipts *receipt.Store
	Inbox    *inbox.Inbox
	Policy   Policy

	// Synced is when the articles were last looked at for changes, and Sync looks
	// now; both may be nil.
	Synced func() time.Time
	Sync   func(context.Context) error
	// LeftOut says which files of the corpus are of kinds that are not read, for
	// admins; empty if there are none. It may be nil.
	LeftOut func() string

	// Workers is how many items are worked on at a time, most of which wait for
	// Slack or a model; 0 means 16.
	Workers int
	// Lease is how long an item is another process's if it says nothing; 0
	// means 30 seconds.
	Lease time.Duration
	// Grace is how long Run finishes what it has begun when it is ended; 0 means
	// 25 seconds. What is not finished is left to the next process.
	Grace time.Duration

	// CallTimeout is how long Slack may take to answer a call; 0 means 15
	// seconds.
	CallTimeout time.Duration
	// MostWaiting is how many questions may wait to be answered; whoever asks
	// more is told to ask later. 0 means 10,000.
	MostWaiting int

	Metrics prometheus.Registerer // nil means none

	HTTP *http.Client     // nil means http.DefaultClient
	Now  func() time.Time // nil means time.Now
	Log  *slog.Logger     // nil means none
}

// A Bot is Dateline in one or several workspaces.
type Bot struct {
	c       Config
	wake    chan struct{} // a worker, as there may be something to do
	came    chan struct{} // the usher, as a question came
	asides  chan struct{} // has one for each that is being told something in passing
	sampler sampler
	seen    *metrics

	background sync.WaitGroup     // of what no work waits for
	ended      context.Context    // ends what goes on in the background
	end        context.CancelFunc // of ended

	mu         sync.Mutex
	workspaces map[string]*workspace              // by team
	troubled   trouble                            // the last
	stopped    bool                               // nothing begins in the background any more
	connected  int                                // sockets
	hands      map[int64]*hand                    // of the workers, by item
	answering  map[string]context.CancelCauseFunc // of what is being answered, by key of the item
	triggers   map[string]bool                    // of interactions that were taken in
	sorry      map[string]bool                    // items that were not kept, whose askers know
	unscoped   map[string]bool                    // places that an admin is told of
}

// New returns a Bot. It asks Slack nothing yet.
func New(c Config) (*Bot, error) {
	if len(c.Tokens) == 0 {
		return nil, errors.New("no bot token: set SLACK_BOT_TOKEN to the one that starts with xoxb-")
	}
	if c.AppToken == "" && c.SigningSecret == "" {
		return nil, errors.New("no way for events to come in: set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for HTTP")
	}
	c.setDefaults()
	b := &Bot{
		c: c, wake: make(chan struct{}, 1), came: make(chan struct{}, 1), asides: make(chan struct{}, mostAside),
		workspaces: make(map[string]*workspace), hands: make(map[int64]*hand), answering: make(map[string]context.CancelCauseFunc),
	}
	b.ended, b.end = context.WithCancel(context.Background())
	b.seen = newMetrics(c.Metrics, b)
	return b, nil
}

func (c *Config) setDefaults() {
	c.Workers = cmp.Or(c.Workers, 16)
	c.Lease = cmp.Or(c.Lease, 30*time.Second)
	c.Grace = cmp.Or(c.Grace, 25*time.Second)
	c.CallTimeout = cmp.Or(c.CallTimeout, 15*time.Second)
	c.MostWaiting = cmp.Or(c.MostWaiting, 10_000)
	if c.APIURL != "" && !strings.HasSuffix(c.APIURL, "/") {
		c.APIURL += "/"
	}
	c.HTTP = cmp.Or(c.HTTP, http.DefaultClient)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

// api returns a client for a token.
func (c *Config) api(token string) *slack.Client {
	options := []slack.Option{slack.OptionHTTPClient(c.HTTP)}
	if c.AppToken != "" {
		options = append(options, slack.OptionAppLevelToken(c.AppToken))
	}
	if c.APIURL != "" {
		options = append(options, slack.OptionAPIURL(c.APIURL))
	}
	return slack.New(token, options...)
}

// Run connects, and answers until ctx ends. Then it takes nothing new, finishes
// what it has begun within Config.Grace, and returns nil. The error is for a
// token or a setting that Slack refuses.
func (b *Bot) Run(ctx context.Context) error {
	if err := b.join(ctx); err != nil {
		return err
	}
	// Work goes on for a while when ctx has ended.
	working, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range b.c.Workers {
		wg.Go(func() { b.work(ctx, working) })
	}
	wg.Go(func() { b.tidy(ctx) })
	wg.Go(func() { b.usher(ctx) })
	var err error
	if b.c.AppToken != "" {
		err = b.listen(ctx)
		cancel() // nothing comes any more, so nobody should think that it does
	} else {
		<-ctx.Done()
	}
	end := time.AfterFunc(b.c.Grace, func() { stop(errStopping) })
	defer end.Stop()
	wg.Wait()
	b.settleBackground()
	return err
}

// inBackground does what no work waits for, such as taking away a status. It goes
// on when ctx ends, but Run does not return before it has ended. Nothing is begun
// once Run is about to return.
func (b *Bot) inBackground(ctx context.Context, what string, do func(context.Context)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped {
		return
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := context.AfterFunc(b.ended, cancel)
	b.background.Go(func() {
		defer cancel()
		defer ended()
		defer b.caught(ctx, what)
		do(ctx)
	})
}

// settleBackground waits for what goes on in the background. A call that Slack
// makes wait is given up after a moment, as nobody is left who needs it.
func (b *Bot) settleBackground() {
	b.mu.Lock()
	b.stopped = true
	b.mu.Unlock()
	defer time.AfterFunc(patience, b.end).Stop()
	b.background.Wait()
}

var errStopping = errors.New("dateline is being stopped")

// join finds out which workspace each token is for.
func (b *Bot) join(ctx context.Context) error {
	for i, token := range b.c.Tokens {
		w := &workspace{api: b.c.api(token), pace: newPace(), log: b.c.Log, seen: b.seen, timeout: b.c.CallTimeout, now: b.c.Now}
		var who *slack.AuthTestResponse
		err := w.do(ctx, again, "auth.test", "", func(ctx context.Context) (err error) {
			who, err = w.api.AuthTestContext(ctx)
			return err
		})
		if err != nil {
			return fmt.Errorf("bot token %d of %d: %w", i+1, len(b.c.Tokens), Explain(err))
		}
		w.team, w.name, w.enterprise, w.user, w.id = who.TeamID, who.Team, who.EnterpriseID, who.UserID, who.BotID
		w.handle = who.User
		w.log = b.c.Log.With("team", w.team)
		b.mu.Lock()
		other := b.workspaces[w.team]
		b.workspaces[w.team] = w
		b.mu.Unlock()
		if other != nil {
			return fmt.Errorf("bot token %d of %d: there is another one of the same workspace, %s (%s): give one for each", i+1, len(b.c.Tokens), w.name, w.team)
		}
		w.log.InfoContext(ctx, "joined workspace", "name", w.name, "user", w.user)
	}
	return nil
}

// workspace returns that of a team; an event without a team, or of another in a
// shared channel, is for the only one there is.
func (b *Bot) workspace(teams ...string) *workspace {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range teams {
		if w := b.workspaces[t]; w != nil {
			return w
		}
	}
	if len(b.workspaces) == 1 {
		for _, w := range b.workspaces {
			return w
		}
	}
	return nil
}

// remembered is how long the inbox knows what was asked: threads that are older
// take a mention to go on.
const remembered = 90 * 24 * time.Hour

// tidy forgets what is old.
func (b *Bot) tidy(ctx context.Context) {
	t := time.NewTicker(time.Hour)
	defer t.Stop()
	for {
		if err := b.c.Inbox.Prune(ctx, b.c.Now().Add(-remembered)); err != nil && ctx.Err() == nil {
			b.c.Log.WarnContext(ctx, "inbox not tidied", "err", err)
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}
