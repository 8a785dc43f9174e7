package local_test

import (
	"context"
	"flag"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/extract"
	"dateline/bot/receipt"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/inbox"
	"dateline/bot/slackbot/local"
	"dateline/corpus/files"
	"dateline/corpus/sample"
	"dateline/retrieval"
	"dateline/retrieval/bleve"
	"dateline/retrieval/chromem"
	"dateline/retrieval/encoder"
)

// browsers are the names that Chromium has on different systems.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "headless-shell"}

// browser is the path of a browser that can be driven. A test that finds none
// is skipped: this is for looking at the page, and machines without a screen
// often have no browser.
func browser(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: -short was given, and a browser takes a while")
	}
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skipf("SKIPPED: the page is not looked at in a browser, as there is none (looked for %s); install one, on Debian with: apt-get install chromium", strings.Join(browsers, ", "))
	return ""
}

// hostile is an article that tries what text can try.
const hostile = `# <img src=x onerror="document.title='owned'"> & <script>document.title='owned'</script>

MARKUPVILLE (Northlight Wire) – Mayor Ilse Brandt said that the <b onmouseover="alert(1)">library</b> will reopen on Monday, and wrote <!channel> and <@U0ADMIN> on the door.

The mayor of Markupville, Ilse Brandt, said *bold* _words_ and [a link](https://evil.example/?q=secret) as well as ` + "\u202Egnitirw desrever\u202C" + ` belong to nobody.
date 2025-11-20
`

// arabic is one that is read from right to left.
const arabic = `الربوة (وكالة) – قالت ليلى حداد إن المكتبة ستفتح أبوابها يوم الاثنين.
date 2025-11-21
`

// A room is the newsroom with Dateline in it, its page, and a browser that
// looks at the page.
type room struct {
	*local.Newsroom
	t   *testing.T
	ctx context.Context // of the browser's tab
	url string
	// unsure has the reader be certain of nothing.
	unsure atomic.Bool

	mu   sync.Mutex
	said []string // what the browser complains about
	went []string // addresses that it asked for
}

// enter sets a room up, with the sample articles.
func enter(t *testing.T, width, height int) *room {
	t.Helper()
	return enterWith(t, width, height, nil)
}

// enterWith sets a room up with further articles, by file name.
func enterWith(t *testing.T, width, height int, more map[string]string) *room {
	t.Helper()
	path := browser(t)
	r := &room{Newsroom: local.NewNewsroom(), t: t}
	if err := r.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	r.join(more)
	server := httptest.NewServer(local.New(r.Slack, r.People...))
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	r.url = server.URL
	r.browse(path, width, height)
	return r
}

// join runs Dateline in the room.
func (r *room) join(more map[string]string) {
	t := r.t
	t.Helper()
	dir := t.TempDir()
	m, err := encoder.Load()
	if err != nil {
		t.Fatal(err)
	}
	index, err := retrieval.Open(filepath.Join(dir, "index"), retrieval.Options{Keywords: bleve.Engine{}, Embedder: encoder.NewEmbedder(m, 1), Vectors: chromem.Engine{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { index.Close() })
	articles := make(fstest.MapFS)
	for name, text := range more {
		articles[name] = &fstest.MapFile{Data: []byte(text)}
	}
	names, err := sample.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range names {
		data, err := sample.FS.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		articles[f.Name()] = &fstest.MapFile{Data: data}
	}
	if _, err := index.Sync(t.Context(), files.FS("sample", articles), nil); err != nil {
		t.Fatal(err)
	}
	box, err := inbox.Open(t.Context(), filepath.Join(dir, "slack.db"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { box.Close() })
	receipts := receipt.New(receipt.Config{Path: filepath.Join(dir, "receipts.db")})
	t.Cleanup(func() { receipts.Close() })
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	b, err := slackbot.New(slackbot.Config{
		Tokens: []string{r.BotToken}, AppToken: r.AppToken, APIURL: r.APIURL(),
		Asker:   bot.New(bot.Config{Searcher: index, Engines: []bot.Answerer{r.reader()}, Receipts: receipts, Log: log}),
		Library: index, Receipts: receipts, Inbox: box, Log: log, Policy: slackbot.Policy{Admins: []string{r.Admin}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-stopped; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	within, end := context.WithTimeout(t.Context(), 2*time.Minute)
	defer end()
	if err := r.Wait(within, func() bool { return r.Connections() > 0 }); err != nil {
		t.Fatal("Dateline does not join")
	}
}

// reader is the built-in one, unless it is to be unsure.
func (r *room) reader() bot.Answerer {
	certain := bottest.Engine{Label: bot.EngineExtract, Func: func(ctx context.Context, q bot.Question, passages []retrieval.Hit) (bot.Draft, error) {
		return extract.Reader{}.Draft(ctx, q, passages, nil)
	}}
	return bottest.Engine{Label: bot.EngineExtract, Func: func(ctx context.Context, q bot.Question, passages []retrieval.Hit) (bot.Draft, error) {
		if r.unsure.Load() {
			return bottest.Doubting(certain).Func(ctx, q, passages)
		}
		return certain.Func(ctx, q, passages)
	}}
}

// chromium is the one browser that all tests use.
var chromium struct {
	sync.Once
	ctx  context.Context
	stop context.CancelFunc
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if chromium.stop != nil {
		chromium.stop()
	}
	os.Exit(code)
}

// started is the context of the browser, which runs until the tests end.
func started(t *testing.T, path string) context.Context {
	t.Helper()
	chromium.Do(func() {
		options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.Flag("force-color-profile", "srgb"), chromedp.Flag("lang", "en-US"),
			// As with a mouse.
			chromedp.Flag("blink-settings", "primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"))
		if os.Getuid() == 0 {
			options = append(options, chromedp.NoSandbox) // Chromium does not run as root otherwise
		}
		ctx, stop := chromedp.NewExecAllocator(context.Background(), options...)
		// What it calls errors are events that it does not know.
		chromium.ctx, chromium.stop = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {}))
		end := chromium.stop
		chromium.stop = func() { end(); stop() }
		chromium.err = chromedp.Run(chromium.ctx)
	})
	if chromium.err != nil {
		t.Fatalf("%s does not start: %v", path, chromium.err)
	}
	return chromium.ctx
}

// browse opens the page in a browser.
func (r *room) browse(path string, width, height int) {
	t := r.t
	t.Helper()
	// Nothing is remembered from tab to tab, as each page has an address of its own.
	ctx, cancel := chromedp.NewContext(started(t, path))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	r.ctx = ctx
	chromedp.ListenTarget(ctx, func(event any) {
		r.mu.Lock()
		defer r.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			r.said = append(r.said, e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
				for _, a := range e.Args {
					r.said = append(r.said, string(a.Value))
				}
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError || e.Entry.Level == log.LevelWarning {
				r.said = append(r.said, e.Entry.Text+" "+e.Entry.URL)
			}
		case *network.EventRequestWillBeSent:
			r.went = append(r.went, e.Request.URL)
		}
	})
	// The tab ends with the context that it is opened in.
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("no tab: %v", err)
	}
	// What is not in front is not animated.
	r.run(page.BringToFront(), network.Enable(), log.Enable(), chromedp.EmulateViewport(int64(width), int64(height)), chromedp.Navigate(r.url))
	r.until("the page", "document.body.dataset.as")
}

func (r *room) run(actions ...chromedp.Action) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, 2*time.Minute)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		r.t.Fatalf("browser: %v\nthe page says:\n%s", err, r.text("body"))
	}
}

// text is what an element shows; "" where there is none.
func (r *room) text(selector string) string {
	var text string
	if err := chromedp.Run(r.ctx, chromedp.Evaluate("document.querySelector("+quote(selector)+")?.innerText ?? ''", &text)); err != nil {
		return "(nothing any more: " + err.Error() + ")"
	}
	return text
}

// is evaluates a condition on the page.
func (r *room) is(condition string) bool {
	r.t.Helper()
	var ok bool
	r.run(chromedp.Evaluate("!!("+condition+")", &ok))
	return ok
}

// until waits for a condition on the page.
func (r *room) until(what, condition string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, 2*time.Minute)
	defer cancel()
	if err := chromedp.Run(ctx, chromedp.Poll("!!("+condition+")", nil, chromedp.WithPollingInterval(30*time.Millisecond), chromedp.WithPollingTimeout(0))); err != nil {
		r.t.Fatalf("waited in vain for %s\nthe page says:\n%s", what, r.text("body"))
	}
}

// see waits until an element shows all of some words.
func (r *room) see(selector string, words ...string) {
	r.t.Helper()
	for _, w := range words {
		r.until(w+" in "+selector, "[...document.querySelectorAll("+quote(selector)+")].some(e => e.innerText.includes("+quote(w)+"))")
	}
}

// click clicks what a selector finds, as a mouse does.
func (r *room) click(selector string) {
	r.t.Helper()
	r.run(chromedp.ScrollIntoView(selector, chromedp.ByQuery), chromedp.Click(selector, chromedp.ByQuery, chromedp.NodeVisible))
}

// press clicks the last button with a label among those a selector finds.
func (r *room) press(within, label string) {
	r.t.Helper()
	button := "[...document.querySelectorAll(" + quote(within+" button") + ")].filter(b => (b.getAttribute('aria-label') ?? b.innerText).includes(" + quote(label) + ")).at(-1)"
	r.until("a button "+label, button)
	r.run(chromedp.Evaluate(button+".click()", nil))
}

// write puts a text into a composer and sends it, all by keys.
func (r *room) write(composer, text string) {
	r.t.Helper()
	r.until(composer, "document.querySelector("+quote(composer+" textarea")+")")
	r.run(chromedp.Focus(composer+" textarea", chromedp.ByQuery), chromedp.SendKeys(composer+" textarea", text+" ", chromedp.ByQuery), sent)
	r.until("the text to be taken", "document.querySelector("+quote(composer+" textarea")+").value === ''")
}

// sent presses the Enter key as it sends: with no character of its own, which
// would arrive in the field that has just been emptied.
var sent = chromedp.ActionFunc(func(ctx context.Context) error {
	key := input.DispatchKeyEvent(input.KeyRawDown).WithKey("Enter").WithCode("Enter").WithWindowsVirtualKeyCode(13)
	if err := key.Do(ctx); err != nil {
		return err
	}
	key.Type = input.KeyUp
	return key.Do(ctx)
})

// ask writes a question that opens a thread, and waits for an answer there.
func (r *room) ask(question, want string) {
	r.t.Helper()
	r.write("#composer", question)
	words := strings.TrimSpace(strings.TrimPrefix(question, "@dateline"))
	r.see("#replies li:nth-of-type(2)", words)
	r.see("#replies li:nth-of-type(3)", want)
	r.see("#replies li:nth-of-type(3)", "Why this answer?")
}

// closed waits until no modal is open.
func (r *room) closed() {
	r.t.Helper()
	r.until("the modal to close", "!document.querySelector('#modal').open")
}

// become is another person from now on.
func (r *room) become(id string) {
	r.t.Helper()
	r.run(chromedp.Evaluate(`document.querySelector('#people input[value="`+id+`"]').click()`, nil))
	r.until("the page of "+id, "document.body.dataset.as === "+quote(id))
}

// leave ends a visit with what holds for each: no complaint of the browser, no
// request to anywhere else, nothing that Slack would refuse.
func (r *room) leave() {
	r.t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.said {
		r.t.Errorf("the browser complains: %s", s)
	}
	for _, u := range r.went {
		if !strings.HasPrefix(u, r.url+"/") && !strings.HasPrefix(u, "data:") {
			r.t.Errorf("the page asked for %s", u)
		}
	}
	r.Check(r.t)
}

// quote is a string of JavaScript.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// axe is axe-core, which is not part of the repository: "npm pack axe-core" has it
// as package/axe.min.js.
var axe = flag.String("axe", "", "`file` of axe-core, to look at the page with in TestAccessible")

// shots is where TestScreenshots puts its pictures.
var shots = flag.String("screenshots", "", "`folder` to put screenshots of the page into")
