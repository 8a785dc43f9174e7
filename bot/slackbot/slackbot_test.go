package slackbot_test

import (
	"cmp"
	"context"
	"flag"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/extract"
	"dateline/bot/llm/llmtest"
	"dateline/bot/receipt"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
	"dateline/bot/slackbot/inbox"
	"dateline/corpus/files"
	"dateline/corpus/sample"
	"dateline/retrieval"
	"dateline/retrieval/bleve"
	"dateline/retrieval/chromem"
	"dateline/retrieval/encoder"
)

// A newsroom is a Slack with the bot in it, and the sample articles.
type newsroom struct {
	*fakeslack.Slack
	t        *testing.T
	inbox    *inbox.Inbox
	file     string       // of the inbox
	ahead    atomic.Int64 // of time, is the clock of the inbox, in nanoseconds
	receipts *receipt.Store
	config   slackbot.Config
	stopped  chan error
	cancel   context.CancelFunc
}

// TestMain lets more tests run at a time than there are processors, unless it is
// told how many: most of what they do is wait, for their turn to post in a
// channel, for Slack to call again, for the disk.
func TestMain(m *testing.M) {
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		if err := parallel.Value.Set(strconv.Itoa(4 * runtime.GOMAXPROCS(0))); err != nil {
			log.Fatal(err)
		}
	}
	dir, err := os.MkdirTemp("", "slackbot")
	if err != nil {
		log.Fatal(err)
	}
	indexed = sync.OnceValues(func() (*retrieval.Index, error) { return indexSamples(filepath.Join(dir, "index")) })
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}

// indexed is an index of the sample articles, which no test changes.
var indexed func() (*retrieval.Index, error)

func indexSamples(dir string) (*retrieval.Index, error) {
	m, err := encoder.Load()
	if err != nil {
		return nil, err
	}
	index, err := retrieval.Open(dir, retrieval.Options{Keywords: bleve.Engine{}, Embedder: encoder.NewEmbedder(m, 1), Vectors: chromem.Engine{}})
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	if _, err := index.Sync(ctx, files.FS("sample", sample.FS), nil); err != nil {
		return nil, err
	}
	_, err = index.Embed(ctx, retrieval.EmbedOptions{}, nil)
	return index, err
}

// open sets a newsroom up with the sample articles; change, which may be nil,
// alters what the bot is made of.
func open(t *testing.T, change func(*slackbot.Config)) *newsroom {
	t.Helper()
	index, err := indexed()
	if err != nil {
		t.Fatal(err)
	}
	return furnish(t, index, index, []bot.Answerer{extract.Reader{}}, fakeslack.Config{}, change)
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
	world.Patience = cmp.Or(world.Patience, patience)
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
	box, err := inbox.Open(t.Context(), n.file, nil, n.now)
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

// now is the clock of the inbox.
func (n *newsroom) now() time.Time { return time.Now().Add(time.Duration(n.ahead.Load())) }

// lapse lets all leases run out.
func (n *newsroom) lapse() { n.ahead.Add(int64(time.Minute)) }

// start runs the bot until the test ends, or stop is called.
func (n *newsroom) start() {
	n.t.Helper()
	n.begin()
}

// begin is start for those who need the bot itself.
func (n *newsroom) begin() *slackbot.Bot {
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
	return b
}

// run runs another bot until the test ends, or the returned function is called.
func (n *newsroom) run(c slackbot.Config) (stop func()) {
	n.t.Helper()
	b, err := slackbot.New(c)
	if err != nil {
		n.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- b.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		<-stopped
	})
	n.t.Cleanup(stop)
	n.wait("a socket", func() bool { return n.Connections() > 0 })
	return stop
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
	const each = 2 // sockets of a bot; another one may have its own
	left := max(0, n.Connections()-each)
	n.cancel()
	if err := <-n.stopped; err != nil {
		n.t.Errorf("Run: %v", err)
	}
	n.cancel = nil
	// Nothing goes to a socket that nobody reads any more.
	ctx, cancel := context.WithTimeout(context.Background(), patience) // that of the test has ended in a Cleanup
	defer cancel()
	if err := n.Wait(ctx, func() bool { return n.Connections() <= left }); err != nil {
		n.t.Errorf("the socket stays open: %v", err)
	}
}

// wait waits until something is the case.
func (n *newsroom) wait(what string, cond func() bool) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	if err := n.Wait(ctx, cond); err != nil {
		n.t.Fatalf("waited for %s in vain", what)
	}
}

// noStatus waits until no status stands in a thread. The bot takes one away beside
// its other work, so it may stand a moment longer than the question is worked on.
func (n *newsroom) noStatus(channel, thread string) {
	n.t.Helper()
	n.wait("the status to be taken away", func() bool { return n.Status(channel, thread).Text == "" })
}

// replies are the bot's messages in a thread as a user sees them.
func (n *newsroom) replies(user, channel, thread string) []fakeslack.Message {
	var list []fakeslack.Message
	for _, m := range n.Thread(user, channel, thread) {
		if m.User == n.BotUser(fakeslack.Team) && !m.Streaming {
			list = append(list, m)
		}
	}
	return list
}

// With the index that the program has.
func TestIndexed(t *testing.T) {
	t.Parallel()
	n := open(t, nil)
	n.start()
	_, got := n.mention(reporter, general, asked, "")
	if len(got) != 1 {
		t.Errorf("got %d replies, want 1", len(got))
	}
	has(t, text(got), answer, "[1]")
	has(t, n.command(editor, general, "/source", "envoy moscow visit").PlainText(), "Articles about: envoy moscow visit", "1. ")
	n.stop()
	n.Check(t)
}

// samples are the sample articles, on a shelf.
func samples(t *testing.T) shelf {
	t.Helper()
	articles, err := llmtest.Case{Files: sample.FS}.Articles(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return articles
}

// quick is open without an index, started.
func quick(t *testing.T, change func(*slackbot.Config)) *newsroom {
	t.Helper()
	articles := samples(t)
	n := furnish(t, bottest.NewSearcher(articles...), articles, []bot.Answerer{extract.Reader{}}, fakeslack.Config{}, change)
	n.start()
	return n
}

// must ends the test if what somebody does cannot be done.
func (n *newsroom) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

// mention mentions the bot, and returns the question's time stamp and what it
// answered, message by message.
func (n *newsroom) mention(user, channel, text, thread string) (ts string, got []fakeslack.Message) {
	n.t.Helper()
	ts, err := n.Mention(user, channel, text, thread)
	n.must(err)
	n.settle()
	if thread == "" {
		thread = ts
	}
	return ts, n.replies(user, channel, thread)
}

func (n *newsroom) post(user, channel, text, thread string) (ts string) {
	n.t.Helper()
	ts, err := n.Post(user, channel, text, thread)
	n.must(err)
	n.settle()
	return ts
}

// private is what a user alone sees in a channel, the last of it last.
func (n *newsroom) private(user, channel string) []fakeslack.Message {
	var list []fakeslack.Message
	for _, m := range n.Channel(user, channel) {
		if m.For == user {
			list = append(list, m)
		}
	}
	return list
}

// command types a slash command, and returns what the user alone sees then.
func (n *newsroom) command(user, channel, command, text string) fakeslack.Message {
	n.t.Helper()
	n.must(n.SlashCommand(user, channel, command, text))
	n.settle()
	list := n.private(user, channel)
	if len(list) == 0 {
		n.t.Fatalf("%s %s: nothing is shown", command, text)
	}
	return list[len(list)-1]
}

// click clicks something in a message that opens a view, and returns the view.
func (n *newsroom) click(user string, m fakeslack.Message, action string, values ...string) fakeslack.View {
	n.t.Helper()
	n.must(n.Click(user, m.Channel, m.TS, action, values...))
	var v fakeslack.View
	n.wait("a view behind "+action, func() (ok bool) { v, ok = n.Modal(user); return ok })
	return v
}

// home opens the app's home, and returns it.
func (n *newsroom) home(user string) string {
	n.t.Helper()
	n.must(n.OpenHome(user))
	n.settle()
	v, _ := n.Home(user)
	return v.PlainText()
}

// text is all that messages show, of those that stand there.
func text(messages []fakeslack.Message) string {
	var list []string
	for _, m := range messages {
		list = append(list, m.PlainText())
	}
	return strings.Join(list, "\n--\n")
}

// has reports an error for each string that got lacks, or for one that begins
// with "!" and is there.
func has(t *testing.T, got string, wants ...string) {
	t.Helper()
	for _, w := range wants {
		if never, not := strings.CutPrefix(w, "!"); not == strings.Contains(got, never) {
			t.Errorf("got\n%s\nwant %q", got, w)
		}
	}
}
