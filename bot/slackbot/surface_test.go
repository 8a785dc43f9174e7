package slackbot_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/extract"
	"dateline/bot/receipt"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
	"dateline/corpus"
	"dateline/retrieval"
)

func TestCommands(t *testing.T) {
	t.Parallel()
	n := quick(t, func(c *slackbot.Config) {
		c.Synced = func() time.Time { return time.Date(2025, 11, 27, 8, 0, 0, 0, time.UTC) }
	})
	_, m := n.mention(editor, desk, asked, "")
	id := answerID(t, m[0])
	for _, tt := range []struct {
		name, command, text string
		want                []string
	}{
		{"ask", "/ask", asked, []string{asked, answer, "[1]", "Share to channel", "Good answer"}},
		{"ask without an answer", "/ask", refused, []string{searched, "Why this answer?", "!Show source"}},
		{"ask nothing", "/ask", "", []string{"For example:"}},
		{"ask hello", "/ask", "hello", []string{"For example:", "!Good answer"}},
		{"ask thanks", "/ask", "thanks", []string{"You are welcome.", "!Searched", "!Why this answer?", "!Good answer"}},
		{"ask in markup", "/ask", "who confirmed the &lt;!channel&gt; *Moscow* visit?", []string{answer, "!<!channel>"}},
		{"citation", "/source", id + "#1", []string{"Ushakov", "line"}},
		{"citation that is not there", "/source", id + "#9", []string{"none numbered 9"}},
		{"citation of no answer", "/source", "zzzzzzzzzz#1", []string{"Answer zzzzzzzzzz is not kept any more."}},
		{"file", "/source", "envoy-moscow-globe.md", []string{"Kremlin adviser confirms", "The Fennick Globe · 2025-11-26 · envoy-moscow-globe.md", "LONDON –", "!---", "!byline:"}},
		{"file that Slack makes a link of", "/source", "<http://envoy-moscow-globe.md|envoy-moscow-globe.md>", []string{"LONDON –"}},
		{"file in other letters", "/source", "ENVOY-Moscow-Globe.md", []string{"LONDON –"}},
		{"line", "/source", "envoy-moscow-globe.md:9", []string{"envoy-moscow-globe.md, line 9", "Yury Ushakov"}},
		{"line that Slack makes a link of", "/source", "<http://envoy-moscow-globe.md:9|envoy-moscow-globe.md:9>", []string{"line 9"}},
		{"line with nothing on it", "/source", "envoy-moscow-globe.md:10", []string{"envoy-moscow-globe.md, line 10", "Nothing stands there. Around it stands:", "the adviser told a television interviewer", "Witkoff is certain to be received"}},
		{"lines with something on one", "/source", "envoy-moscow-globe.md:10-11", []string{"lines 10–11", "Witkoff is certain to be received", "!Nothing stands there"}},
		{"lines", "/source", "envoy-moscow-globe.md:9-11", []string{"lines 9–11"}},
		{"lines past the end", "/source", "envoy-moscow-globe.md:900", []string{"envoy-moscow-globe.md has "}},
		{"lines the wrong way round", "/source", "envoy-moscow-globe.md:9-3", []string{"lines are counted from 1, the first before the last."}},
		{"file that is not there", "/source", "nowhere.txt", []string{"There is no article named nowhere.txt that can be asked about here.", "/sources lists what there is."}},
		{"line of a file that is not there", "/source", "a/nowhere.md:4-9", []string{"There is no article named a/nowhere.md that", "!Articles about"}},
		{"file that Slack makes a link of and is not there", "/source", "<http://nowhere.md|nowhere.md>", []string{"There is no article named nowhere.md that"}},
		{"words with a file in them", "/source", "envoy visit globe.md", []string{"Articles about: envoy visit"}},
		{"words", "/source", "envoy moscow visit", []string{"Articles about: envoy moscow visit", "1. ", "2. "}},
		{"words nowhere", "/source", "xylophone zebrafish", []string{"No article is named"}},
		{"no words", "/source", "???", []string{"There is no article of that name."}},
		{"source of nothing", "/source", "", []string{"/source shows a source: give a file, file:line"}},
		{"sources", "/sources", "", []string{"13 articles, published from 2025-10-03 to 2025-11-26", "Publishers: ", "The newest is of 2025-11-26", "Last looked for changes: 2025-11-27", "Page 1 of 2", "Older ›", "!‹ Newer"}},
		{"sources by name", "/sources", "GLOBE", []string{"1 article named: GLOBE", "Kremlin adviser confirms Trump’s envoy is expected in Moscow", "envoy-moscow-globe.md", "!ferry", "!Page"}},
		{"sources of no name", "/sources", "xylophone", []string{"None of them is named “xylophone”."}},
		{"sources of too long a name", "/sources", strings.Repeat("x", 1950), []string{"too many words"}},
		{"help", "/dateline", "help", []string{"For example:"}},
		{"dateline alone", "/dateline", "", []string{"For example:"}},
		{"status", "/dateline", "Status", []string{"Dateline is up.", "13 articles", "!Nothing waits"}},
		{"unknown", "/dateline", "dance", []string{"/dateline knows “help” and “status”, not “dance”."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n.t = t
			has(t, n.command(editor, general, tt.command, tt.text).PlainText(), tt.want...)
		})
	}
	n.t = t
	dm, err := n.DM(editor)
	n.must(err)
	has(t, n.command(editor, dm, "/ask", asked).PlainText(), answer, "!Share")
	n.stop()
	n.Check(t)
}

// What a command is answered with at first stays beside the answer in Slack, so
// it is there only where there is something to wait for.
func TestNotices(t *testing.T) {
	const question, notice = "what happened?", "Searching the articles for: what happened?"
	for _, tt := range []struct {
		name    string
		workers int
		asks    int
		quick   bool
		want    []string // of what the one who asked last sees
	}{
		{"answered at once", 16, 1, true, []string{"The answer"}},
		{"it takes a while", 16, 1, false, []string{notice, "The answer"}},
		{"others wait already", 2, 2, false, []string{notice, "The answer"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			let := make(chan struct{})
			if tt.quick {
				close(let)
			}
			n := open(t, func(c *slackbot.Config) { c.Asker, c.Workers = held(let), tt.workers })
			n.start()
			channel := ""
			for i := range tt.asks {
				channel = n.room()
				n.must(n.SlashCommand(reporter, channel, "/ask", question))
				if i < tt.asks-1 {
					n.wait("a notice", func() bool { return len(n.private(reporter, channel)) == 1 })
				}
			}
			if !tt.quick {
				n.wait("a notice", func() bool { return len(n.private(reporter, channel)) == 1 })
				close(let)
			}
			n.settle()
			got := n.private(reporter, channel)
			if len(got) != len(tt.want) {
				t.Fatalf("got %d messages, want %d:\n%s", len(got), len(tt.want), text(got))
			}
			for i, want := range tt.want {
				has(t, got[i].PlainText(), want)
			}
			n.stop()
			n.Check(t)
		})
	}
}

var idOf = regexp.MustCompile(`"value":"([a-z2-7]{10})"`)

// answerID is the id of the answer that a message shows.
func answerID(t *testing.T, m fakeslack.Message) string {
	t.Helper()
	found := idOf.FindStringSubmatch(string(m.Blocks))
	if found == nil {
		t.Fatalf("no answer in %s", m.Blocks)
	}
	return found[1]
}

func TestPaging(t *testing.T) {
	t.Parallel()
	n := quick(t, nil)
	for _, tt := range []struct {
		click      string
		want, also string
	}{{"", "Page 1 of 2", "!‹ Newer"}, {"page:1", "Page 2 of 2", "!Older ›"}, {"page:0", "Page 1 of 2", "Older ›"}} {
		if tt.click == "" {
			n.command(editor, general, "/sources", "")
		} else {
			list := n.private(editor, general)
			n.must(n.Click(editor, general, list[len(list)-1].TS, tt.click))
			n.settle()
		}
		list := n.private(editor, general)
		has(t, list[len(list)-1].PlainText(), tt.want, tt.also)
		if len(list) != 1 {
			t.Errorf("got %d messages, want one in which the pages are turned", len(list))
		}
	}
	n.stop()
	n.Check(t)
}

func TestShare(t *testing.T) {
	t.Parallel()
	n := quick(t, nil)
	m := n.command(editor, general, "/ask", asked)
	n.must(n.Click(editor, general, m.TS, "share"))
	n.settle()
	shared := func(channel string) (list []fakeslack.Message) {
		for _, m := range n.Channel(reporter, channel) {
			if m.User == n.BotUser(fakeslack.Team) && m.For == "" && m.Subtype == "" {
				list = append(list, m)
			}
		}
		return list
	}
	got := shared(general)
	if len(got) != 1 {
		t.Fatalf("got %d shared answers, want 1:\n%s", len(got), text(got))
	}
	has(t, got[0].PlainText(), "shared an answer", asked, answer, "Show source", "!Share to channel")
	if !strings.HasPrefix(got[0].Text, "Kremlin") && !strings.Contains(strings.SplitN(got[0].Text, "\n", 2)[0], answer) {
		t.Errorf("got the text %q, want one that begins with the answer", got[0].Text)
	}
	// The button is gone from what the one who asked sees.
	list := n.private(editor, general)
	has(t, list[len(list)-1].PlainText(), answer, "!Share to channel")

	// Where the bot is not, it says so, and the answer stays.
	n.must(n.Join(editor, fakeslack.Quiet))
	m = n.command(editor, fakeslack.Quiet, "/ask", asked)
	n.must(n.Click(editor, fakeslack.Quiet, m.TS, "share"))
	n.settle()
	has(t, text(n.private(editor, fakeslack.Quiet)), answer, "invite it with /invite @Dateline")
	// It can be shared when it is.
	n.must(n.Join(n.BotUser(fakeslack.Team), fakeslack.Quiet))
	n.must(n.Click(editor, fakeslack.Quiet, m.TS, "share"))
	n.settle()
	if got := shared(fakeslack.Quiet); len(got) != 1 {
		t.Errorf("got %d shared answers, want 1", len(got))
	}
	n.stop()
	n.Check(t)
}

func TestViews(t *testing.T) {
	t.Parallel()
	n := quick(t, nil)
	_, list := n.mention(reporter, general, asked, "")
	m := list[0]
	v := n.click(reporter, m, "source")
	has(t, v.Title+v.PlainText(), "Source 1 of 2", "Next ›", "!‹ Previous", "Ushakov")
	n.must(n.ClickView(reporter, "", "source:next"))
	n.wait("the next source", func() bool { v, _ = n.Modal(reporter); return v.Title == "Source 2 of 2" })
	has(t, v.PlainText(), "‹ Previous", "!Next ›")
	n.must(n.ClickView(reporter, "", "source:previous"))
	n.wait("the first source", func() bool { v, _ = n.Modal(reporter); return v.Title == "Source 1 of 2" })
	n.must(n.CloseModal(reporter, true))
	v = n.click(reporter, m, "why")
	has(t, v.PlainText(), "Asked: "+asked, "Searched: 13 articles", "the built-in reader", "Read, best first:", "Answer "+answerID(t, m), "!dateline receipt")
	n.must(n.CloseModal(reporter, true))
	_, list = n.mention(reporter, desk, refused, "")
	v = n.click(reporter, list[0], "why")
	has(t, v.PlainText(), "Refused: ", "Searched: 13 articles")
	n.must(n.CloseModal(reporter, true))
	ts, _ := n.mention(editor, desk, asked, "")
	_, list = n.mention(editor, desk, "who says so?", ts)
	v = n.click(editor, list[len(list)-1], "why")
	has(t, v.PlainText(), "Written by: the built-in reader, which looked at the answer before", "!language model")
	n.stop()
	n.Check(t)
}

// A view that Slack does not open at the first call is opened at another, and if
// at none, whoever clicked is told.
func TestViewNotOpened(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fault fakeslack.Fault
		opens bool
	}{
		{"503", fakeslack.Fault{Status: http.StatusServiceUnavailable, Times: 1}, true},
		{"cut before", fakeslack.Fault{Drop: true, Times: 2}, true},
		{"cut after", fakeslack.Fault{DropAfter: true, Times: 1}, true},
		{"internal_error", fakeslack.Fault{Error: "internal_error", Times: 1}, true},
		{"429", fakeslack.Fault{Status: http.StatusTooManyRequests, RetryAfter: time.Second, Times: 1}, true},
		{"429 for longer than the click is good", fakeslack.Fault{Status: http.StatusTooManyRequests, RetryAfter: time.Minute}, false},
		{"too late", fakeslack.Fault{Error: "expired_trigger_id"}, false},
		{"503 for good", fakeslack.Fault{Status: http.StatusServiceUnavailable}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := quick(t, nil)
			_, list := n.mention(reporter, general, asked, "")
			tt.fault.Method = "views.open"
			n.Inject(tt.fault)
			n.must(n.Click(reporter, general, list[0].TS, "source"))
			told := func() bool {
				return slices.ContainsFunc(n.private(reporter, general), func(m fakeslack.Message) bool {
					return strings.Contains(m.PlainText(), "Please click again")
				})
			}
			opened := func() bool { _, ok := n.Modal(reporter); return ok }
			n.wait("a view or a word", func() bool { return opened() || told() })
			if got := opened(); got != tt.opens {
				t.Errorf("got a view %v, want %v", got, tt.opens)
			}
			n.stop()
			if got := told(); got == tt.opens {
				t.Errorf("the reporter is told %v, want %v", got, !tt.opens)
			}
			if list := n.replies(reporter, general, list[0].ThreadTS); len(list) != 1 {
				t.Errorf("got %d messages in the thread, want the answer alone", len(list))
			}
			n.checkBut(t, "exchanged_trigger_id")
		})
	}
}

// An article changes, or goes, after it was cited.
func TestChangedSource(t *testing.T) {
	t.Parallel()
	articles := samples(t)
	n := furnish(t, bottest.NewSearcher(articles...), &articles, []bot.Answerer{extract.Reader{}}, fakeslack.Config{}, nil)
	n.start()
	_, list := n.mention(reporter, general, asked, "")
	for _, tt := range []struct {
		name, want string
		change     func(text string) string
	}{
		{"moved", "The words stand in another place of it now.", func(s string) string { return "Added above.\n\n" + s }},
		{"other words", "these words do not stand in it any more", func(string) string { return "Nothing of it is left.\n" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n.t = t
			for i, a := range articles {
				articles[i] = changed(a, tt.change(a.Text))
			}
			has(t, n.click(reporter, list[0], "source").PlainText(), tt.want, answer)
			n.must(n.CloseModal(reporter, true))
		})
	}
	n.t = t
	articles = articles[:0]
	has(t, n.click(reporter, list[0], "source").PlainText(), "The article is not there any more. Quoted from it was:", answer)
	n.stop()
	n.Check(t)
}

func changed(a *corpus.Article, text string) *corpus.Article {
	c := *a
	c.Text, c.Body = text, corpus.Span{End: len(text)}
	return &c
}

func TestFeedback(t *testing.T) {
	t.Parallel()
	n := quick(t, nil)
	_, list := n.mention(reporter, general, asked, "")
	m, id := list[0], answerID(t, list[0])
	kept := func() (list []receipt.Feedback) {
		t.Helper()
		for f, err := range n.receipts.Feedback(t.Context()) {
			n.must(err)
			list = append(list, f)
		}
		return list
	}
	n.must(n.Click(editor, general, m.TS, "feedback", "good:"+id))
	n.settle()
	if got := kept(); len(got) != 1 || !got[0].Good || got[0].Answer != id || got[0].By != fakeslack.Team+"/"+editor {
		t.Errorf("got %+v, want one that is good", got)
	}
	has(t, n.click(reporter, m, "feedback", "bad:"+id).PlainText(), "Your words help")
	if got := kept(); len(got) != 2 || got[1].Good {
		t.Errorf("got %+v, want one that is bad before a reason is given", got)
	}
	n.must(n.Fill(reporter, "", "reason", "it was on Tuesday <!channel>\u202e"))
	n.must(n.Submit(reporter))
	n.settle()
	if got := kept(); len(got) != 2 || got[1].Good || !strings.HasPrefix(got[1].Reason, "it was on Tuesday") {
		t.Errorf("got %+v, want the reason", got)
	}
	n.stop()
	n.Check(t)
}

func TestClaims(t *testing.T) {
	t.Parallel()
	n := quick(t, nil)
	for _, tt := range []struct {
		name, claim string
		want        []string
	}{
		{"supported and not", "Yury Ushakov confirmed the visit. The plan has 47 points.", []string{"1 supported", "✓ Supported", "checked against 13 articles"}},
		{"no words", "!!", []string{"1 not a claim", "Not a claim", "it has no words"}},
		{"a question", "Who confirmed the visit?", []string{"0 supported", "1 not a claim", "it asks something"}},
		{"markup", "*Yury Ushakov* confirmed the visit &lt;!channel&gt;.", []string{"Yury Ushakov", "!<!channel>"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n.t = t
			ts := n.post(editor, general, tt.claim, "")
			n.must(n.MessageShortcut(reporter, general, ts, "check_claim"))
			n.settle()
			list := n.private(reporter, general)
			if len(list) == 0 {
				t.Fatal("nothing is shown")
			}
			has(t, list[len(list)-1].PlainText(), tt.want...)
		})
	}
	n.stop()
	n.Check(t)
}

// A long message is checked to its end, by pages, each sentence once.
func TestClaimOfManySentences(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		sentences int
		words     string // of each sentence, besides its number
		pages     int
	}{
		{"one page", 4, "The plan has that many points", 1},
		{"sixty sentences", 60, "The plan has that many points", 0},
		{"long sentences", 12, "Yury Ushakov confirmed the visit of the envoy" + strings.Repeat(" and another visit of another envoy", 20), 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := quick(t, nil)
			var claim []string
			for i := range tt.sentences {
				claim = append(claim, fmt.Sprintf("%s, says number %d.", tt.words, 1000+i))
			}
			ts := n.post(editor, general, strings.Join(claim, " "), "")
			n.must(n.MessageShortcut(reporter, general, ts, "check_claim"))
			n.settle()
			shown := func() fakeslack.Message {
				list := n.private(reporter, general)
				if len(list) != 1 {
					t.Fatalf("got %d messages, want one in which the pages are turned", len(list))
				}
				return list[0]
			}
			pageOf := regexp.MustCompile(`Page (\d+) of (\d+)`)
			var all strings.Builder
			pages := 1
			if m := pageOf.FindStringSubmatch(shown().PlainText()); m != nil {
				pages, _ = strconv.Atoi(m[2])
			}
			if pages == 1 != (tt.pages == 1) {
				t.Errorf("got %d pages", pages)
			}
			for i := range pages {
				if i > 0 {
					n.must(n.Click(reporter, general, shown().TS, fmt.Sprintf("check:%d", i)))
					n.settle()
				}
				got := shown().PlainText()
				has(t, got, "without evidence, checked against 13 articles")
				if pages > 1 {
					has(t, got, fmt.Sprintf("Page %d of %d", i+1, pages))
				}
				all.WriteString(got)
			}
			for i := range tt.sentences {
				if got := strings.Count(all.String(), fmt.Sprintf("says number %d.", 1000+i)); got < 1 {
					t.Errorf("sentence %d is not shown", i)
				}
			}
			n.stop()
			n.Check(t)
		})
	}
}

func TestHome(t *testing.T) {
	t.Parallel()
	var synced atomic.Int32
	n := quick(t, func(c *slackbot.Config) {
		c.Policy.Admins = []string{fakeslack.Admin}
		c.Synced = func() time.Time { return time.Date(2025, 11, 27, 8, 0, 0, 0, time.UTC) }
		c.Sync = func(context.Context) error { synced.Add(1); return nil }
		c.LeftOut = func() string { return "2 files of kinds that are not read: .html (2)" }
	})
	n.mention(reporter, general, asked, "")
	n.mention(reporter, desk, refused, "")
	n.mention(reporter, desk, "thanks", "")
	n.mention(reporter, desk, "when was the Moscow visit confirmed?", "")
	has(t, n.home(reporter), "!thanks", "13 articles", "Last looked for changes: 2025-11-27", "For example:", "What you asked", asked+" — ", answer, refused+" — not answered", "confirmed? — Wednesday (2025-11-26)", "!Pause", "!Health")
	has(t, n.home(editor), "!What you asked", "!Health")
	has(t, n.home(fakeslack.Admin), "Health", "Nothing waits to be answered.", "Sockets open: ", "Pause answering for everybody", "Look for new articles")
	const left = "Left out of the articles: 2 files of kinds that are not read: .html (2)."
	has(t, n.command(fakeslack.Admin, general, "/dateline", "status").PlainText(), "Nothing waits", left)
	has(t, n.command(reporter, general, "/dateline", "status").PlainText(), "13 articles", "!Left out")

	press := func(action string) string {
		t.Helper()
		v, _ := n.Home(fakeslack.Admin)
		n.must(n.ClickView(fakeslack.Admin, v.ID, action))
		n.settle()
		v, _ = n.Home(fakeslack.Admin)
		return v.PlainText()
	}
	has(t, press("pause"), "Paused in this workspace. ", "Resume: answer questions again")
	_, list := n.mention(reporter, general, asked, "")
	has(t, text(list), "paused by an admin")
	has(t, n.command(reporter, general, "/ask", asked).PlainText(), "paused by an admin")
	ts := n.post(editor, desk, "The plan has 47 points.", "")
	n.must(n.MessageShortcut(reporter, desk, ts, "check_claim"))
	n.settle()
	has(t, text(n.private(reporter, desk)), "paused by an admin")
	has(t, press("resume"), "Pause answering for everybody")
	press("sync")
	n.wait("a sync", func() bool { return synced.Load() == 1 })
	n.stop()
	n.Check(t)
}

// However long what is to be shown is, all of it is, and Slack takes it.
func TestLong(t *testing.T) {
	t.Parallel()
	long := func(alphabet string, words int) string {
		var b strings.Builder
		for i := range words {
			fmt.Fprintf(&b, "%s%d ", alphabet, i)
		}
		return strings.TrimSpace(b.String())
	}
	for _, tt := range []struct{ name, text string }{
		{"words", long("word", 800)},
		{"Cyrillic", long("слово", 500)},
		{"Arabic", long("كلمة", 500)},
		{"emoji", long("👩‍👩‍👧‍👦🎉", 200)},
		{"what is escaped", long("<&>", 700)},
		{"no spaces", strings.Repeat("x", 7000)},
		{"hosts", strings.Repeat("a.bc ", 900)},
		{"table", strings.Repeat("| a | b |\n|---|---|\n", 200)},
		{"code", "```\n" + strings.Repeat("if a < b { return }\n", 200) + "```"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel() // there is one message a second in a channel
			a := bot.Answer{ID: "aaaaaaaaaa", Answered: true, Question: tt.text, Text: tt.text, Note: "A note.", Engine: "llm"}
			for i := range 30 {
				a.Citations = append(a.Citations, bot.Citation{N: i + 1, Source: fmt.Sprintf("%d.txt", i), Title: tt.text, Publisher: tt.text, Quote: tt.text, Lines: [2]int{1, 400}, Article: "none"})
			}
			n := furnish(t, bottest.NewSearcher(), shelf{}, nil, fakeslack.Config{}, func(c *slackbot.Config) { c.Asker = said{a, c.Receipts} })
			n.start()
			_, got := n.mention(reporter, general, "what?", "")
			shown := text(got)
			if want := strings.Count(despaced(tt.text), "") - 1; strings.Count(despaced(shown), "")-1 < want {
				t.Errorf("got %d characters, want %d at the least", strings.Count(despaced(shown), "")-1, want)
			}
			for i, m := range got {
				if strings.TrimSpace(m.Text) == "" {
					t.Errorf("message %d of %d has no text", i+1, len(got))
				}
			}
			if first := strings.Fields(tt.text)[0]; len(first) < 50 && !strings.Contains(got[0].Text[:min(len(got[0].Text), 60)], strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(first[:min(len(first), 1)])) {
				t.Errorf("got a text that begins with %q, want the answer", got[0].Text[:min(len(got[0].Text), 60)])
			}
			n.must(n.SlashCommand(editor, desk, "/ask", "what?"))
			n.settle()
			if last := n.private(editor, desk); len(last) == 0 {
				t.Error("nothing is shown for /ask")
			}
			n.click(reporter, got[len(got)-1], "why")
			n.must(n.CloseModal(reporter, true))
			n.click(reporter, got[len(got)-1], "source")
			n.stop()
			n.Check(t)
		})
	}
}

// despaced is a text without spaces and what keeps things apart, in which it is
// no matter where messages end.
func despaced(s string) string {
	return strings.NewReplacer(" ", "", "\n", "", "\u200C", "").Replace(s)
}

// said is an Asker that always gives the same answer.
type said struct {
	answer bot.Answer
	kept   bot.Recorder
}

func (s said) Ask(ctx context.Context, q bot.Question, _ func(bot.Sentence)) (bot.Answer, error) {
	s.answer.ID = strings.ToLower(rand.Text()[:10])
	return s.answer, s.kept.Record(ctx, bot.Receipt{ID: s.answer.ID, Surface: q.Surface, Asker: q.Asker, Question: q.Text, Answer: s.answer})
}

func (s said) Check(context.Context, string, retrieval.Filter) (bot.Check, error) {
	return bot.Check{}, bot.ErrNoClaim
}

func (s said) Search(context.Context, bot.Question, int) (retrieval.Result, error) {
	return retrieval.Result{}, nil
}
