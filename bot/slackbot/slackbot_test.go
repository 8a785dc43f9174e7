package slackbot_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/extract"
	"dateline/bot/receipt"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
	"dateline/bot/slackbot/inbox"
	"dateline/corpus/files"
	"dateline/corpus/sample"
	"dateline/retrieval"
	"dateline/retrieval/bleve"
	"dateline/retrieval/chromem"
	"dateline/retrieval/static"
)

// A newsroom is a Slack with the bot in it, and the sample articles.
type newsroom struct {
	*fakeslack.Slack
	t        *testing.T
	index    *retrieval.Index
	inbox    *inbox.Inbox
	file     string // of the inbox
	receipts *receipt.Store
	config   slackbot.Config
	stopped  chan error
	cancel   context.CancelFunc
}

// open sets a newsroom up with the sample articles; change, which may be nil,
// alters what the bot is made of.
func open(t *testing.T, change func(*slackbot.Config)) *newsroom {
	t.Helper()
	index, err := retrieval.Open(filepath.Join(t.TempDir(), "index"), retrieval.Options{Keywords: bleve.Engine{}, Embedder: new(static.Embedder), Vectors: chromem.Engine{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := index.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := index.Sync(t.Context(), files.FS("sample", sample.FS), nil); err != nil {
		t.Fatal(err)
	}
	n := furnish(t, index, index, []bot.Answerer{extract.Reader{}}, fakeslack.Config{}, change)
	n.index = index
	return n
}

// furnish sets a newsroom up with articles and engines. Its app is that of the
// manifest, unless another is given.
func furnish(t *testing.T, search bot.Searcher, library slackbot.Library, engines []bot.Answerer, world fakeslack.Config, change func(*slackbot.Config)) *newsroom {
	t.Helper()
	if world.App.ID == "" {
		app, err := fakeslack.ParseManifest(manifest(t))
		if err != nil {
			t.Fatal(err)
		}
		app.ID = "A0DATELINE"
		app.AppScopes = []string{"connections:write"}
		world.App = app
	}
	if world.Retries == nil {
		// What was not acknowledged is sent again as often as it takes, and soon.
		world.Retries = slices.Repeat([]time.Duration{200 * time.Millisecond}, 5)
	}
	n := &newsroom{Slack: fakeslack.New(world), t: t}
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	dir := t.TempDir()
	n.file = filepath.Join(dir, "slack.db")
	box, err := inbox.Open(t.Context(), n.file, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	receipts := receipt.New(receipt.Config{Path: filepath.Join(dir, "receipts.db")})
	t.Cleanup(func() { receipts.Close() })
	n.inbox, n.receipts = box, receipts
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	n.config = slackbot.Config{
		Tokens: []string{fakeslack.BotToken}, AppToken: fakeslack.AppToken, SigningSecret: fakeslack.SigningSecret, APIURL: n.APIURL(),
		Asker:   bot.New(bot.Config{Searcher: search, Engines: engines, Receipts: receipts, Log: log}),
		Library: library, Receipts: receipts, Inbox: box, Log: log,
	}
	if change != nil {
		change(&n.config)
	}
	return n
}

// start runs the bot until the test ends, or stop is called.
func (n *newsroom) start() {
	n.t.Helper()
	b, err := slackbot.New(n.config)
	if err != nil {
		n.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	n.cancel, n.stopped = cancel, make(chan error, 1)
	go func() { n.stopped <- b.Run(ctx) }()
	n.t.Cleanup(n.stop)
	n.wait("a socket", func() bool { return n.Connections() > 0 })
}

// run runs another bot until the returned function is called.
func (n *newsroom) run(c slackbot.Config) (stop func()) {
	n.t.Helper()
	b, err := slackbot.New(c)
	if err != nil {
		n.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- b.Run(ctx) }()
	n.wait("a socket", func() bool { return n.Connections() > 0 })
	return func() {
		cancel()
		<-stopped
	}
}

// A buffer is a log that can be read while it is written.
type buffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func (b *buffer) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (n *newsroom) stop() {
	if n.cancel == nil {
		return
	}
	n.cancel()
	if err := <-n.stopped; err != nil {
		n.t.Errorf("Run: %v", err)
	}
	n.cancel = nil
}

// wait waits until something is the case.
func (n *newsroom) wait(what string, cond func() bool) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), 20*time.Second)
	defer cancel()
	if err := n.Wait(ctx, cond); err != nil {
		n.t.Fatalf("waited for %s in vain", what)
	}
}

// replies are the bot's messages in a thread as a user sees them.
func (n *newsroom) replies(user, channel, thread string) []fakeslack.Message {
	var list []fakeslack.Message
	for _, m := range n.Thread(user, channel, thread) {
		if m.BotID != "" && !m.Streaming {
			list = append(list, m)
		}
	}
	return list
}

func (n *newsroom) answered(user, channel, thread, want string) fakeslack.Message {
	n.t.Helper()
	var got fakeslack.Message
	n.wait("an answer with "+want, func() bool {
		for _, m := range n.replies(user, channel, thread) {
			if strings.Contains(m.PlainText(), want) {
				got = m
				return true
			}
		}
		return false
	})
	return got
}

func TestMention(t *testing.T) {
	n := open(t, nil)
	n.start()
	ts, err := n.Mention(fakeslack.Reporter, fakeslack.General, "who confirmed the Moscow visit?", "")
	if err != nil {
		t.Fatal(err)
	}
	m := n.answered(fakeslack.Reporter, fakeslack.General, ts, "[1]")
	t.Logf("text: %s\nblocks: %s", m.Text, m.Blocks)
	n.stop()
	if got := n.replies(fakeslack.Reporter, fakeslack.General, ts); len(got) != 1 {
		t.Errorf("got %d replies, want 1", len(got))
	}
	n.Check(t)
	for _, c := range n.Calls() {
		t.Log(c.Method, c.OK, c.Error)
	}
}
