package slackbot_test

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"unicode"
	"unicode/utf8"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/extract"
	"dateline/bot/llm"
	"dateline/bot/llm/llmtest"
	"dateline/bot/receipt"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
	"dateline/corpus"
	"dateline/retrieval"
)

// A shelf is a Library of a few articles.
type shelf []*corpus.Article

func (s shelf) Articles(_ context.Context, f retrieval.Filter) ([]retrieval.Listing, error) {
	var list []retrieval.Listing
	for _, a := range s {
		if len(f.Sources) > 0 && !slices.Contains(f.Sources, a.Source) || len(f.Publishers) > 0 && !slices.Contains(f.Publishers, a.Publisher.Value) {
			continue
		}
		list = append(list, retrieval.Listing{ID: a.ID, Source: a.Source, Publisher: a.Publisher.Value, Published: a.Published.Value})
	}
	return list, nil
}

func (s shelf) Coverage(ctx context.Context, f retrieval.Filter) (retrieval.Coverage, error) {
	list, err := s.Articles(ctx, f)
	return retrieval.Coverage{Articles: len(list)}, err
}

func (s shelf) Article(_ context.Context, id string) (*corpus.Article, error) {
	for _, a := range s {
		if a.ID == id {
			return a, nil
		}
	}
	return nil, fmt.Errorf("no article %s", id)
}

var _ slackbot.Library = shelf(nil)

// The cases of bot/llm, and those of this package, which have names and addresses
// as carriers, on every surface of Slack, by what is sent there.
func TestHostile(t *testing.T) {
	t.Parallel()
	cases, err := llmtest.Cases(os.DirFS(filepath.Join("..", "llm", "testdata", "hostile")))
	if err != nil {
		t.Fatal(err)
	}
	if raceDetector {
		// All of them take minutes then; .ci/run tries them without it, too.
		const every = 40
		var some []llmtest.Case
		for i := 0; i < len(cases); i += every {
			some = append(some, cases[i])
		}
		cases = some
	}
	cases = append(cases, carriers...)
	var sent, through atomic.Int64
	var surfaces sync.Map
	// The parallel tests of a group are over when the group is.
	t.Run("case", func(t *testing.T) {
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				h := &hostility{Case: c, t: t}
				h.run()
				for _, s := range h.surfaces {
					surfaces.Store(s, true)
				}
				sent.Add(int64(h.sent))
				if t.Failed() {
					through.Add(1)
				}
			})
		}
	})
	n := 0
	surfaces.Range(func(any, any) bool { n++; return true })
	t.Logf("hostile in Slack: %d cases × %d surfaces, %d calls, %d through", len(cases), n, sent.Load(), through.Load())
}

// hostility is one case on its way through Slack.
type hostility struct {
	llmtest.Case
	t        *testing.T
	n        *newsroom
	articles []*corpus.Article
	surfaces []string
	sent     int
}

// did notes a surface that was tried, once the bot has nothing more to do.
func (h *hostility) did(surface string, err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatalf("%s: %v", surface, err)
	}
	h.n.settle()
	h.surfaces = append(h.surfaces, surface)
}

// settle waits until the bot has nothing more to do.
func (n *newsroom) settle() {
	n.t.Helper()
	until(n.t, "the bot to come to an end", func() bool {
		if n.Waiting() > 0 {
			return false
		}
		left, err := n.inbox.Size(n.t.Context())
		return err == nil && left == 0
	})
}

const evilName = "<!channel> https://evil.example/?u=1 <@U0EDITOR>\u202e"

func (h *hostility) run() {
	t := h.t
	var err error
	if h.articles, err = h.Articles(t.Context()); err != nil {
		t.Fatal(err)
	}
	engines := []bot.Answerer{extract.Reader{}}
	if h.Script != nil {
		server := llmtest.New(h.Script)
		t.Cleanup(server.Close)
		model := llm.New(llm.Config{BaseURL: server.BaseURL(), Model: "scripted", Retries: -1})
		engines = append([]bot.Answerer{model}, engines...)
	}
	n := furnish(t, bottest.NewSearcher(h.articles...), shelf(h.articles), engines, fakeslack.Config{}, nil)
	h.n = n
	u, _ := n.User(fakeslack.Reporter)
	u.RealName = evilName
	n.AddUser(u)
	n.start()
	question := html.EscapeString(h.Question)
	const me = fakeslack.Reporter

	ts, err := n.Mention(me, fakeslack.General, question, "")
	h.did("mention, streamed", err)
	h.clicks(fakeslack.General, ts)
	_, err = n.Post(me, fakeslack.General, question+"?", ts)
	h.did("follow-up", err)

	remove := n.Inject(fakeslack.Fault{Method: "chat.startStream", Error: "unknown_method"})
	_, err = n.Mention(me, fakeslack.Desk, question, "")
	h.did("mention, posted", err)
	remove()

	// In a channel of its own, as there is one message a second in each.
	h.did("/ask", n.SlashCommand(me, fakeslack.Partners, "/ask", question))
	for _, m := range n.Channel(me, fakeslack.Partners) {
		if m.For == me && strings.Contains(string(m.Blocks), `"share"`) {
			h.did("share", n.Click(me, fakeslack.Partners, m.TS, "share"))
			break
		}
	}
	// Commands cannot hold line ends.
	line := strings.Join(strings.Fields(question), " ")
	h.did("/source words", n.SlashCommand(me, fakeslack.General, "/source", line))
	for _, a := range h.articles {
		h.did("/source file", n.SlashCommand(me, fakeslack.Desk, "/source", html.EscapeString(a.Source)))
		h.did("/source line", n.SlashCommand(me, fakeslack.Desk, "/source", html.EscapeString(a.Source)+":1-3"))
		text := a.Text[a.Body.Start:]
		claim, err := n.Post(fakeslack.Editor, fakeslack.General, html.EscapeString(strings.ToValidUTF8(text[:min(len(text), 600)], "")), "")
		if err != nil {
			continue // nothing that can be written in Slack
		}
		n.settle()
		h.did("claim check", n.MessageShortcut(me, fakeslack.General, claim, "check_claim"))
	}
	h.did("/sources", n.SlashCommand(me, fakeslack.General, "/sources", ""))
	h.did("/sources words", n.SlashCommand(me, fakeslack.General, "/sources", line))
	h.did("/dateline", n.SlashCommand(me, fakeslack.General, "/dateline", line))

	dm, err := n.OpenDM(me, "")
	h.did("prompts", err)
	_, err = n.Post(me, dm, question, "")
	h.did("direct message, title, status", err)
	h.did("App Home", n.OpenHome(me))
	n.stop()
	n.Check(t)
	h.check()
}

// clicks looks into the answer in a thread.
func (h *hostility) clicks(channel, thread string) {
	const me = fakeslack.Reporter
	for _, m := range h.n.replies(me, channel, thread) {
		for _, action := range []string{"source", "why"} {
			if !strings.Contains(string(m.Blocks), `"action_id":"`+action+`"`) {
				continue
			}
			if err := h.n.Click(me, channel, m.TS, action); err != nil {
				h.t.Fatal(err)
			}
			h.n.wait("a view", func() bool { _, ok := h.n.Modal(me); return ok })
			for range 3 {
				v, _ := h.n.Modal(me)
				if !strings.Contains(string(v.Blocks), `"source:next"`) {
					break
				}
				if err := h.n.ClickView(me, "", "source:next"); err != nil {
					h.t.Fatal(err)
				}
				h.n.wait("the next source", func() bool { now, _ := h.n.Modal(me); return now.Title != v.Title })
			}
			h.did("modal of "+action, h.n.CloseModal(me, true))
		}
	}
}

// check holds what was sent against what must not be.
func (h *hostility) check() {
	t := h.t
	own := make(map[string]bool) // addresses of articles
	for _, a := range h.articles {
		if u, err := url.Parse(a.URL); err == nil && u.User == nil && (u.Scheme == "https" || u.Scheme == "http") {
			own[u.String()] = true
		}
	}
	for _, channel := range h.n.Channels(fakeslack.Reporter) {
		for _, m := range h.n.Messages(channel.ID) {
			if m.BotID != "" {
				h.effects("message "+m.PlainText(), m.Effects(), own)
			}
		}
	}
	for _, c := range h.n.Calls() {
		h.sent++
		for _, name := range []string{"parse", "link_names", "as_user", "attachments", "icon_url", "username"} {
			if v, ok := c.Args[name]; ok && v != "" && v != "none" && v != "false" {
				t.Errorf("%s has %s=%s", c.Method, name, v)
			}
		}
		if c.Method == "chat.postMessage" || c.Method == "response_url" {
			if c.Args["unfurl_links"] != "false" || c.Args["unfurl_media"] != "false" {
				t.Errorf("%s: unfurl_links=%q unfurl_media=%q, want false", c.Method, c.Args["unfurl_links"], c.Args["unfurl_media"])
			}
		}
		for name, arg := range c.Args {
			h.bytes(c.Method+" "+name, arg, own)
		}
	}
	for _, d := range h.n.Deliveries() {
		if len(d.Reply) > 0 {
			h.bytes("answer to "+d.Event, string(d.Reply), own)
		}
	}
	list, err := h.n.receipts.List(t.Context(), receipt.Filter{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range list {
		if r.Question != h.Question || r.Error != "" {
			continue
		}
		for _, w := range h.Check(r.Answer, nil, false, nil) {
			t.Error(w)
		}
	}
}

func (h *hostility) effects(what string, e fakeslack.Effects, own map[string]bool) {
	if len(e.Pings) > 0 {
		h.t.Errorf("pings %q in %s", e.Pings, what)
	}
	for _, l := range e.Links {
		if !own[l] {
			h.t.Errorf("links to %q in %s", l, what)
		}
	}
	if e.Unfurls {
		h.t.Errorf("is unfurled: %s", what)
	}
}

var (
	markup    = regexp.MustCompile(`<[!@#]|(?i:@(?:channel|here|everyone)\b)`)
	addressIn = regexp.MustCompile(`(?i)\b(?:https?|ftp|slack)://[^\s"<>]+|\bwww\.|\b(?:javascript|data|vbscript|mailto):\S`)
)

// bytes holds what a call carries, or a string somewhere in it, against what no
// client must get to see.
func (h *hostility) bytes(where, s string, own map[string]bool) {
	h.t.Helper()
	if !utf8.ValidString(s) {
		h.t.Errorf("%s: is not UTF-8: %q", where, s)
	}
	var v any
	if strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[") {
		if json.Unmarshal([]byte(s), &v) == nil {
			h.values(where, v, own)
			return
		}
	}
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r) && r != 0x200C && r != 0x200D {
			h.t.Errorf("%s: %U in %q", where, r, s)
			break
		}
	}
	if m := markup.FindString(s); m != "" {
		h.t.Errorf("%s: %q in %q", where, m, s)
	}
	for _, a := range addressIn.FindAllString(s, -1) {
		if !own[a] {
			h.t.Errorf("%s: the address %q in %q", where, a, s)
		}
	}
}

func (h *hostility) values(where string, v any, own map[string]bool) {
	switch v := v.(type) {
	case string:
		h.bytes(where, v, own)
	case []any:
		for _, x := range v {
			h.values(where, x, own)
		}
	case map[string]any:
		for name, x := range v {
			if name == "url" {
				if s, _ := x.(string); !own[s] {
					h.t.Errorf("%s: a link to %q", where, s)
				}
				continue
			}
			h.values(where, x, own)
		}
		for _, kind := range []string{"user", "usergroup", "broadcast", "channel", "mrkdwn", "markdown", "image", "video"} {
			if v["type"] == kind {
				h.t.Errorf("%s: an element of type %s: %v", where, kind, v)
			}
		}
	}
}

// carriers have what must not happen in names and addresses.
var carriers = []llmtest.Case{
	{Name: "names of files", Question: "who opened the bridge?", Files: fstest.MapFS{
		"<!channel> <@U0EDITOR>.txt":           {Data: []byte("Ida Brekke opened the bridge in Sandrith on Monday, the town said.\n")},
		"evil.example/?q=1 &amp; www.x.md":     {Data: []byte("Ida Brekke said that the bridge in Sandrith was opened on Monday.\n")},
		"news.example/a b\u202egpj.txt":        {Data: []byte("The bridge in Sandrith was opened by Ida Brekke, officials said.\n")},
		"*bold* _it_ ~no~ `code` @channel.txt": {Data: []byte("Ida Brekke, the mayor, opened the bridge.\n")},
	}},
	{Name: "records", Question: "who opened the bridge? <!here> https://evil.example/?q=secret [x](https://evil.example) <https://evil.example|click>", Files: fstest.MapFS{
		"news.jsonl": {Data: []byte(records(
			[]string{"https://evil.example/1?q=secret", "javascript:alert(1)", "<!channel> Bridge [open](https://evil.example)", "<!subteam^S0DESK> https://evil.example/pub"},
			[]string{"<@U0EDITOR>", "data:text/html,<script>", "Bridge | <https://evil.example|open>", "@here News"},
			[]string{"3", "https://user:password@evil.example/", "Bridge\u202eegdirB", "News\u0000\u001b[31m"},
			[]string{"4", "https://xn--e1afmkfd.example/a?b=<!channel>", "*Bridge* _opened_", "www.evil.example"},
			[]string{"5", "https://еvil.example/", "Bridge :rotating_light:", "evil.example/x"},
			[]string{"6", "//evil.example/", "```Bridge```", "mailto:a@evil.example"},
			[]string{"7", "https://own.example/story?id=7&x=<b>|c", "Bridge\nhttps://evil.example/title", "The Own Paper"},
			[]string{"8", "https://own.example\\@evil.example/", "Bridge", "The Own Paper"},
			[]string{"9", "slack://user?team=T0&id=U0", "Bridge", "The Own Paper"},
		))},
	}},
	{Name: "markup in the text", Question: "who opened the bridge?", Files: fstest.MapFS{
		"a.txt": {Data: []byte("Ida Brekke opened the bridge in Sandrith <!channel> @here <@U0EDITOR> <#C0GENERAL> <!subteam^S0DESK|desk>, the town said.\n\n" +
			"Ida Brekke opened the bridge, ![x](https://evil.example/p.png) [click](https://evil.example) <https://evil.example|here> www.evil.example evil.example/?q=1 mail a@evil.example.\n\n" +
			"- Ida Brekke *opened* ~no~ _the_ `bridge` ```in``` > Sandrith\n\n| Ida Brekke | opened |\n| --- | --- |\n| the | bridge |\n\n1. Ida Brekke opened the bridge. :tada:\n")},
	}},
}

// records are lines of a JSON-lines file: id, address, title, publisher.
func records(list ...[]string) string {
	var b strings.Builder
	for i, r := range list {
		line, err := json.Marshal(map[string]string{"id": r[0], "url": r[1], "title": r[2], "publisher": r[3], "published": "2025-11-24",
			"text": fmt.Sprintf("Ida Brekke opened bridge number %d in Sandrith on Monday, the town said.", i+1)})
		if err != nil {
			panic(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}
