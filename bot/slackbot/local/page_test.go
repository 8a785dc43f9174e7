package local_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"dateline/bot"
	"dateline/bot/slackbot/fakeslack"
)

// A mention is answered in the thread that opens beside it: the status, the
// sentences as they come, the sources, what the buttons bring.
func TestMention(t *testing.T) {
	r := enter(t, 1180, 760)
	begin, end := make(chan struct{}), make(chan struct{})
	r.Inject(fakeslack.Fault{Method: "chat.startStream", Times: 1, Hold: begin})
	r.Inject(fakeslack.Fault{Method: "chat.stopStream", Times: 1, Hold: end})
	r.write("#composer", "@dateline who confirmed the Moscow visit?")
	r.see("#messages .message .mention", "@dateline")
	// An answer as quick as this one needs no status.
	var key string
	r.run(chromedp.Evaluate("document.querySelector('#messages .message').dataset.key", &key))
	channel, ts, _ := strings.Cut(key, "/")
	r.call("assistant.threads.setStatus", map[string]any{"channel_id": channel, "thread_ts": ts, "status": "is searching…"})
	r.see("#thread-status", "is searching")
	r.see("#messages .replies", "is searching")
	close(begin)
	r.see("#replies .growing .markdown", "Ushakov")
	if text := r.text("#live"); text != "" {
		t.Errorf("an answer that is still being written is read out: %q", text)
	}
	close(end)
	r.see("#replies .actions", "Show source")
	r.until("the stream to end", "!document.querySelector('.growing') && !document.querySelector('#thread-status').innerText")
	r.see("#replies .rich", "[1]", "[2]", "The Fennick Globe", "Northlight Wire")
	r.see("#replies", "Yuri Ushakov, who advises the Kremlin")
	r.see("#live", "Ushakov")
	r.see("#messages .replies", "1 reply")

	r.press("#replies", "Show source")
	r.see("#modal h2", "Source 1 of 2")
	r.see("#modal strong u", "Ushakov")
	r.press("#modal", "Next")
	r.see("#modal h2", "Source 2 of 2")
	r.press("#modal", "Previous")
	r.see("#modal h2", "Source 1 of 2")
	r.press("#modal footer", "Close")
	r.closed()
	r.press("#replies", "Why this answer?")
	r.see("#modal", "Read, best first")
	r.run(chromedp.KeyEvent(kb.Escape))
	r.closed()

	r.press("#replies .feedback", "Good answer")
	r.until("the feedback to be shown", "document.querySelector('#replies .feedback [aria-pressed=true]')?.title === 'Good answer'")
	r.press("#replies .feedback", "Bad answer")
	r.see("#modal h2", "What is wrong?")
	r.until("the field to be focused", "document.activeElement.matches('#modal textarea')")
	r.run(chromedp.SendKeys("#modal textarea", "it is the wrong Ushakov", chromedp.ByQuery))
	r.press("#modal", "Send")
	r.closed()

	// Asked on without a mention.
	r.write("#thread-composer", "and when?")
	r.until("the second answer", "document.querySelectorAll('#replies .actions').length === 2")
	r.leave()
}

func TestRefusalAndConflict(t *testing.T) {
	r := enter(t, 1180, 760)
	r.ask("@dateline who stole the crown of Atlantis?", "No article mentions Atlantis")
	r.see("#replies", "Searched 13 articles", "Nearest in the articles")
	r.ask("@dateline how many pocket watches were stolen?", "The sources differ")
	r.see("#replies", "Eleven pocket watches", "14 pocket watches", "Vale Echo", "Sandrith Herald")
	r.leave()
}

func TestPerhaps(t *testing.T) {
	r := enter(t, 1180, 760)
	r.unsure.Store(true)
	r.ask("@dateline who confirmed the Moscow visit?", bot.Uncertain)
	r.see("#replies", "Ushakov", "envoy-moscow-globe.md", "Show source")
	if text := r.text("#replies"); strings.Index(text, bot.Uncertain) > strings.Index(text, "Ushakov") {
		t.Errorf("got %q, want %q in front of the answer", text, bot.Uncertain)
	}
	r.leave()
}

func TestClaim(t *testing.T) {
	r := enter(t, 1180, 760)
	r.write("#composer", "Yury Ushakov confirmed the visit. The first draft had 47 points.")
	r.see("#messages .message", "47 points")
	r.become(fakeslack.Editor)
	r.press("#messages .message", "More actions")
	r.press(".menu", "Check this claim")
	r.see("#messages .private", "Only visible to you", "13 articles", "Supported", "Contradicted", "28, not 47")
	r.become(fakeslack.Reporter)
	if text := r.text("#messages"); strings.Contains(text, "Contradicted") {
		t.Errorf("somebody else sees the check: %s", text)
	}
	r.become(fakeslack.Editor)
	r.see("#messages .private", "Contradicted")
	r.press("#messages .private", "Dismiss")
	r.until("the check to go", "!document.querySelector('#messages .private')")
	r.leave()
}

func TestHome(t *testing.T) {
	r := enter(t, 1180, 760)
	r.press("#apps", "Dateline")
	r.press("#tabs", "Home")
	r.see("#home [role=heading]", "What it knows", "How to ask")
	r.see("#home", "13 articles", "The Fennick Globe")
	if text := r.text("#home"); strings.Contains(text, "Pause answering for everybody") {
		t.Error("a reporter sees the switches of admins")
	}
	r.become(fakeslack.Admin)
	r.press("#apps", "Dateline")
	r.press("#tabs", "Home")
	r.see("#home", "Sockets open")
	r.press("#home", "Pause answering for everybody")
	r.press("#ask", "Pause")
	r.see("#home", "Paused in this workspace")
	r.press("#home", "Resume: answer questions again")
	r.see("#home button", "Pause answering for everybody")
	r.leave()
}

func TestCommands(t *testing.T) {
	r := enter(t, 1180, 760)
	r.run(chromedp.SendKeys("#composer textarea", "/as", chromedp.ByQuery))
	r.see("#composer .completion", "/ask")
	r.run(chromedp.KeyEvent(kb.Tab), chromedp.SendKeys("#composer textarea", "who confirmed the Moscow visit?", chromedp.ByQuery), sent)
	r.see("#messages .private blockquote", "who confirmed the Moscow visit?")
	r.see("#messages .private", "Only visible to you", "Ushakov")
	r.press("#messages .private", "Share to channel")
	r.see("#messages .message:not(.private)", "shared an answer")
	r.become(fakeslack.Editor)
	r.see("#messages .message:not(.private)", "shared an answer", "Ushakov")
	r.write("#composer", "/sources globe")
	r.see("#messages .private", "envoy-moscow-globe.md")
	r.write("#composer", "/source envoy-moscow-globe.md:9")
	r.see("#messages .private strong u", "Yury Ushakov")
	r.run(chromedp.SendKeys("#composer textarea", "/dance ", chromedp.ByQuery), sent)
	r.see("#composer .wrong", "/dance is not a command here")
	r.press("#messages .message:not(.private)", "Reply in thread")
	r.run(chromedp.SendKeys("#thread-composer textarea", "/ask on ", chromedp.ByQuery), sent)
	r.see("#thread-composer .wrong", "no /ask in threads")
	r.leave()
}

func TestEditAndDelete(t *testing.T) {
	r := enter(t, 1180, 760)
	r.ask("@dateline who confirmed the Moscow visit?", "Ushakov")
	r.press("#messages .message", "More actions")
	r.press(".menu", "Edit message")
	const editor = "#messages .editor textarea"
	r.until("the editor", "document.querySelector("+quote(editor)+")?.value === '@dateline who confirmed the Moscow visit?'")
	r.run(chromedp.SetValue(editor, "@dateline how many points does the plan have?", chromedp.ByQuery), chromedp.SendKeys(editor, " ", chromedp.ByQuery), sent)
	r.see("#messages .message", "how many points does the plan have?")
	r.see("#messages .edited", "edited")
	r.see("#replies li:nth-of-type(3)", "reduced to 19")
	// Somebody else's message has no such entries.
	r.become(fakeslack.Editor)
	r.press("#messages .message", "More actions")
	r.see(".menu", "Check this claim")
	if menu := r.text(".menu"); strings.Contains(menu, "Edit") || strings.Contains(menu, "Delete") {
		t.Errorf("got %q in the menu of somebody else's message", menu)
	}
	r.run(chromedp.KeyEvent(kb.Escape))
	r.become(fakeslack.Reporter)
	r.press("#messages .message", "More actions")
	r.press(".menu", "Delete message")
	r.press("#ask", "Cancel")
	r.press("#messages .message", "More actions")
	r.press(".menu", "Delete message")
	r.press("#ask", "Delete")
	r.until("the question and its answer to go", "!document.querySelector('#messages .message') && !document.querySelector('#replies .actions')")
	r.leave()
}

func TestDirect(t *testing.T) {
	r := enter(t, 1180, 760)
	r.press("#apps", "Dateline")
	r.see("#suggested", "Ask the articles", "?")
	r.press("#suggested", "?")
	r.see("#replies li:nth-of-type(3)", "Why this answer?")
	r.until("a title", "document.querySelector('#thread-title').innerText.endsWith('?')")
	r.write("#composer", "who confirmed the Moscow visit?")
	r.see("#replies li:nth-of-type(3)", "Ushakov")
	r.see("#thread-title", "who confirmed the Moscow visit?")
	r.become(fakeslack.Editor)
	r.press("#apps", "Dateline")
	if text := r.text("#messages"); strings.Contains(text, "Moscow") {
		t.Error("somebody else sees the direct message")
	}
	r.leave()
}

// What comes while one looks elsewhere is counted, and told by the text that a
// notification has.
func TestNotices(t *testing.T) {
	r := enter(t, 1180, 760)
	r.press("#channels", "desk")
	r.see("#title", "#desk")
	if _, err := r.Mention(fakeslack.Editor, fakeslack.General, "who confirmed the Moscow visit?", ""); err != nil {
		t.Fatal(err)
	}
	r.see(".toast", "Dateline in #general", "Ushakov")
	r.see("#channels .count", "2")
	r.see("#live", "Ushakov")
	r.press(".toast:last-child", "Open")
	r.see("#replies", "Show source")
	r.until("nothing unread", "!document.querySelector('#channels .count')")
	r.leave()
}

func TestColours(t *testing.T) {
	r := enter(t, 1180, 760)
	const ground = "getComputedStyle(document.body).backgroundColor"
	dark := func(on bool) {
		t.Helper()
		want := "rgb(255, 255, 255)"
		if on {
			want = "rgb(22, 25, 26)"
		}
		r.until("the ground to be "+want, ground+" === "+quote(want))
	}
	dark(false)
	r.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}))
	dark(true)
	r.press(".team", "Colours: as the system has them")
	dark(false)
	r.press(".team", "Colours: light")
	dark(true)
	r.run(chromedp.Reload())
	r.until("the page", "document.body.dataset.as")
	r.run(emulation.SetEmulatedMedia())
	dark(true)
	r.press(".team", "Colours: dark")
	dark(false)
	// The button to send stands out once there is something to send.
	const send = "getComputedStyle(document.querySelector('#composer .send')).backgroundColor"
	r.until("the button to send to be plain", send+" === 'rgba(0, 0, 0, 0)'")
	r.run(chromedp.SendKeys("#composer textarea", "hello", chromedp.ByQuery))
	r.until("the button to send to stand out", send+" === 'rgb(11, 107, 88)'")
	r.leave()
}

// Everything can be reached and done without a mouse.
func TestKeyboard(t *testing.T) {
	r := enter(t, 1180, 760)
	focused := func(what, selector string) {
		t.Helper()
		r.until(what+" to be focused", "document.activeElement.matches("+quote(selector)+")")
	}
	r.run(chromedp.KeyEvent(kb.Tab))
	focused("the skip link", ".skip")
	r.run(chromedp.KeyEvent(kb.Enter))
	focused("the composer", "#composer textarea")
	r.run(chromedp.KeyEvent("@da"))
	r.see("#composer [role=option][aria-selected=true]", "@dateline")
	r.run(chromedp.KeyEvent(kb.Escape))
	r.until("the list to close", "document.querySelector('#composer .completion').hidden")
	r.run(chromedp.KeyEvent("t"))
	r.see("#composer [role=option]", "@dateline")
	r.run(sent, chromedp.KeyEvent("who confirmed the Moscow visit?"), sent)
	r.see("#replies li:nth-of-type(3)", "Show source")
	// Forward to the thread, and to what can be done there.
	tab := func(what, selector string) {
		t.Helper()
		for range 40 {
			r.run(chromedp.KeyEvent(kb.Tab))
			if r.is("document.activeElement.matches(" + quote(selector) + ")") {
				return
			}
		}
		t.Fatalf("%s cannot be reached with the Tab key", what)
	}
	tab("the thread's close button", "#thread-close")
	tab("the thread's messages", "#thread-scroll")
	r.run(chromedp.KeyEvent(kb.ArrowUp))
	focused("the answer", "#replies .message:last-child")
	r.run(chromedp.KeyEvent(kb.ArrowUp))
	focused("the question", "#replies .message:nth-last-child(2)")
	r.run(chromedp.KeyEvent(kb.ArrowDown))
	tab("Show source", "#replies .actions button:first-child")
	r.run(chromedp.KeyEvent(kb.Enter))
	r.see("#modal h2", "Source 1 of 2")
	focused("the title", "#modal h2")
	if !r.is("document.querySelector('#modal').matches(':modal')") {
		t.Error("what is behind the modal can be reached")
	}
	tab("Next", "#modal .actions button")
	r.run(chromedp.KeyEvent(kb.Enter))
	r.see("#modal h2", "Source 2 of 2")
	focused("something in the modal", "#modal *")
	r.run(chromedp.KeyEvent(kb.Escape))
	r.closed()
	focused("Show source again", "#replies .actions button:first-child")
	// The menu of the message, with arrows.
	tab("the menu", "#replies .toolbar [aria-haspopup=menu]")
	r.run(chromedp.KeyEvent(kb.Enter))
	focused("its first entry", ".menu button:first-child")
	r.run(chromedp.KeyEvent(kb.ArrowUp))
	focused("its last entry", ".menu button:last-child")
	r.run(chromedp.KeyEvent(kb.Escape))
	focused("the button of the menu", "#replies .toolbar [aria-haspopup=menu]")
	r.run(chromedp.KeyEvent(kb.Escape))
	r.until("the thread to close", "document.querySelector('#thread').hidden")
	focused("where the thread was opened", "#messages .replies")
	r.run(chromedp.KeyEvent(kb.Enter))
	r.until("the thread to open", "!document.querySelector('#thread').hidden")
	focused("its composer", "#thread-composer textarea")
	// Whoever one is, by arrows, as with all radio buttons.
	r.run(chromedp.Focus("#people input:checked", chromedp.ByQuery), chromedp.KeyEvent(kb.ArrowDown))
	r.until("the editor's page", "document.body.dataset.as === 'U0EDITOR'")
	focused("the editor", "#people input[value=U0EDITOR]")
	r.press("#apps", "Dateline")
	r.see("#suggested", "?")
	r.run(chromedp.Focus("#tabs [aria-selected=true]", chromedp.ByQuery), chromedp.KeyEvent(kb.ArrowRight))
	r.see("#home", "What it knows")
	// What is focused is seen to be.
	if r.is("getComputedStyle(document.activeElement).outlineStyle === 'none'") {
		t.Error("the focus is not shown")
	}
	// Each thing that can be used has a name.
	r.press("#channels", "general")
	if r.text("body") == "" {
		t.Error("the page is empty")
	}
	r.until("names for all buttons", "[...document.querySelectorAll('button, textarea, input, select, a')].every(e => (e.getAttribute('aria-label') || e.innerText || e.labels?.[0]?.innerText || e.textContent).trim())")
	r.leave()
}

// What articles and people write is text, whatever it looks like.
func TestHostile(t *testing.T) {
	r := enterWith(t, 1180, 760, map[string]string{"hostile.md": hostile, "rabwa.txt": arabic})
	const question = `who said that the library will reopen? <img src=x onerror="document.title='owned'"><script>document.title='owned'</script> <!channel> <@U0ADMIN> [x](javascript:alert(1)) &lt;b&gt;`
	r.write("#composer", "@dateline "+question)
	r.see("#messages .message", question)
	r.see("#replies li:nth-of-type(3)", "Why this answer?")
	// Markup stays out of an answer; the source shows it.
	r.ask("@dateline what did Ilse Brandt say?", "the library will reopen on Monday")
	r.see("#replies li:nth-of-type(3)", "!channel> and <", "@U0ADMIN> on the door")
	r.press("#replies", "Show source")
	r.see("#modal", "onmouseover", `<img src=x onerror=`)
	r.press("#modal footer", "Close")
	r.closed()
	r.write("#composer", "/source hostile.md")
	r.see("#messages .private", `<script>document.title='owned'</script>`)
	r.write("#composer", "/source rabwa.txt")
	r.see("#messages .private", "ليلى حداد")
	r.until("Arabic to run from right to left", "[...document.querySelectorAll('#messages .private .line')].some(e => e.innerText.includes('ليلى') && e.matches(':dir(rtl)'))")
	for _, bad := range []string{
		"document.title.includes('owned')",
		"document.querySelector('#app :is(script, iframe, object, form, [onerror], [onmouseover], [onclick], [style*=url])')",
		"[...document.querySelectorAll('#app img')].some(i => !i.src.endsWith('/icon.svg'))",
		"[...document.querySelectorAll('#app a:not(.skip)')].some(a => !/^https?:$/.test(a.protocol))",
		// The only mentions are those that the reporter wrote.
		"[...document.querySelectorAll('.mention')].some(m => m.innerText !== '@dateline')",
		"/[\\u202A-\\u202E\\u2066-\\u2069]/.test([...document.querySelectorAll('#replies li, #messages .private')].map(e => e.innerText).join())",
	} {
		if r.is(bad) {
			t.Errorf("it holds that %s", bad)
		}
	}
	r.leave()
}

// call calls a method of the Web API as the app.
func (r *room) call(method string, fields map[string]any) {
	r.t.Helper()
	form := url.Values{"token": {r.BotToken}}
	for name, v := range fields {
		if s, ok := v.(string); ok {
			form.Set(name, s)
			continue
		}
		raw, err := json.Marshal(v)
		if err != nil {
			r.t.Fatal(err)
		}
		form.Set(name, string(raw))
	}
	resp, err := http.PostForm(r.APIURL()+method, form)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		OK    bool
		Error string
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || !answer.OK {
		r.t.Fatalf("%s: got %+v, %v", method, answer, err)
	}
}

// trigger is the trigger_id of what was pressed last.
func (r *room) trigger(pressed string) string {
	r.t.Helper()
	var p struct {
		Trigger string `json:"trigger_id"`
		Actions []struct {
			ID string `json:"action_id"`
		}
	}
	within, cancel := context.WithTimeout(r.t.Context(), 2*time.Minute)
	defer cancel()
	err := r.Wait(within, func() bool {
		all := r.Deliveries()
		return len(all) > 0 && json.Unmarshal(all[len(all)-1].Payload(), &p) == nil && len(p.Actions) == 1 && p.Actions[0].ID == pressed
	})
	if err != nil {
		r.t.Fatalf("nobody pressed %s", pressed)
	}
	return p.Trigger
}

// Forms: what is put in stays while the view changes, what is missing is said
// where it is missing, and one view on another leads back.
func TestForms(t *testing.T) {
	r := enter(t, 1180, 760)
	text := func(s string) map[string]any { return map[string]any{"type": "plain_text", "text": s} }
	option := func(s string) map[string]any { return map[string]any{"text": text(s), "value": strings.ToLower(s)} }
	button := func(id, label string, more ...any) map[string]any {
		b := map[string]any{"type": "button", "action_id": id, "text": text(label)}
		for _, c := range more {
			b["confirm"] = c
		}
		return map[string]any{"type": "actions", "elements": []any{b}}
	}
	input := func(id, label string, element map[string]any) map[string]any {
		element["action_id"] = id
		return map[string]any{"type": "input", "block_id": id, "label": text(label), "element": element}
	}
	r.call("chat.postMessage", map[string]any{"channel": fakeslack.General, "text": "a form", "blocks": []any{
		button("test:open", "Open the form", map[string]any{"title": text("Sure?"), "text": text("It is long."), "confirm": text("Go on"), "deny": text("No")}),
	}})
	r.press("#messages", "Open the form")
	r.press("#ask", "No")
	r.press("#messages", "Open the form")
	r.see("#ask", "It is long.")
	r.press("#ask", "Go on")
	r.call("views.open", map[string]any{"trigger_id": r.trigger("test:open"), "view": map[string]any{
		"type": "modal", "callback_id": "test", "title": text("A form"), "submit": text("Submit"), "blocks": []any{
			input("name", "Name", map[string]any{"type": "plain_text_input"}),
			input("why", "Why", map[string]any{"type": "plain_text_input", "multiline": true}),
			input("colour", "Colour", map[string]any{"type": "static_select", "options": []any{option("Red"), option("Green")}}),
			input("size", "Size", map[string]any{"type": "radio_buttons", "options": []any{option("Small"), option("Large")}}),
			input("extras", "Extras", map[string]any{"type": "checkboxes", "options": []any{option("Salt"), option("Pepper")}}),
			button("test:push", "More"),
		}}})
	r.see("#modal h2", "A form")
	r.until("the first field to be focused", "document.activeElement === document.querySelector('#modal input')")
	r.run(chromedp.KeyEvent("Hansel & <b>Gretel</b>"))
	r.press("#modal footer", "Submit")
	r.see("#modal .wrong", "required")
	r.until("the first wrong field to be focused", "document.activeElement.matches('#modal [aria-invalid=true]') && document.activeElement.matches('textarea')")
	r.until("what was put in to be kept", "document.querySelector('#modal input').value === 'Hansel & <b>Gretel</b>'")
	r.run(chromedp.KeyEvent("crumbs"), chromedp.SetValue("#modal select", "green", chromedp.ByQuery))
	for _, value := range []string{"large", "salt", "pepper"} {
		r.run(chromedp.Click("#modal input[value="+value+"]", chromedp.ByQuery))
	}
	r.press("#modal", "More")
	r.call("views.push", map[string]any{"trigger_id": r.trigger("test:push"), "view": map[string]any{"type": "modal", "title": text("On top"), "blocks": []any{button("test:none", "Nothing")}}})
	r.see("#modal h2", "On top")
	r.press("#modal", "Back")
	r.see("#modal h2", "A form")
	r.until("everything to be as it was left", "JSON.stringify([...document.querySelectorAll('#modal :is(input[type=text], textarea, select, :checked:not(option))')].map(e => e.value)) === "+quote(`["Hansel & <b>Gretel</b>","crumbs","green","large","salt","pepper"]`))
	r.press("#modal footer", "Submit")
	r.closed()
	all := r.Deliveries()
	for _, want := range []string{`Hansel \u0026 \u003cb\u003eGretel`, `crumbs`, `"value":"green"`, `"value":"large"`, `"value":"pepper"`} {
		if got := string(all[len(all)-1].Payload()); !strings.Contains(got, want) {
			t.Errorf("got %s, want %s in it", got, want)
		}
	}
	r.leave()
}

// Blocks of all kinds, as the app may send them.
func TestBlocks(t *testing.T) {
	r := enter(t, 1180, 900)
	text := func(kind, s string) map[string]any { return map[string]any{"type": kind, "text": s} }
	leaf := func(s, style string) map[string]any {
		return map[string]any{"type": "text", "text": s, "style": map[string]bool{style: true}}
	}
	section := func(e ...any) map[string]any { return map[string]any{"type": "rich_text_section", "elements": e} }
	post := func(fields map[string]any) {
		t.Helper()
		fields["channel"] = fakeslack.General
		r.call("chat.postMessage", fields)
	}
	post(map[string]any{"text": "a fallback", "blocks": []any{
		map[string]any{"type": "header", "text": text("plain_text", "A *header* :newspaper:")},
		map[string]any{"type": "section", "text": text("mrkdwn", "*bold* _italic_ ~gone~ `code` a&lt;b <https://example.org/a?b=c|a link> <@U0EDITOR> <#C0GENERAL|general> <!here>\n&gt; quoted\n```\npre *not bold*\n```"),
			"accessory": map[string]any{"type": "button", "action_id": "a", "text": text("plain_text", "Beside")}},
		map[string]any{"type": "section", "fields": []any{text("mrkdwn", "*Left*"), text("plain_text", "Right *not bold*")}},
		map[string]any{"type": "divider"},
		map[string]any{"type": "context", "elements": []any{text("mrkdwn", "small _print_"), map[string]any{"type": "image", "image_url": "https://images.example/x.png", "alt_text": "a chart"}}},
		map[string]any{"type": "image", "image_url": "https://images.example/y.png", "alt_text": "a bridge", "title": text("plain_text", "The bridge")},
		map[string]any{"type": "rich_text", "elements": []any{
			section(leaf("B", "bold"), leaf("I", "italic"), leaf("S", "strike"), leaf("C", "code"), leaf("U", "underline"), map[string]any{"type": "link", "url": "https://example.org/", "text": "out"},
				map[string]any{"type": "link", "url": "javascript:alert(1)", "text": "trap"}, map[string]any{"type": "user", "user_id": fakeslack.Reporter}, map[string]any{"type": "emoji", "name": "tada", "unicode": "1f389"}, map[string]any{"type": "broadcast", "range": "here"}),
			map[string]any{"type": "rich_text_list", "style": "ordered", "offset": 2, "elements": []any{section(map[string]any{"type": "text", "text": "third"})}},
			map[string]any{"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": []any{section(map[string]any{"type": "text", "text": "inner"})}},
			map[string]any{"type": "rich_text_quote", "elements": []any{map[string]any{"type": "text", "text": "so they said"}}},
			map[string]any{"type": "rich_text_preformatted", "elements": []any{map[string]any{"type": "text", "text": "a  b\n  c"}}},
		}},
		map[string]any{"type": "actions", "elements": []any{
			map[string]any{"type": "button", "action_id": "p", "style": "primary", "text": text("plain_text", "Go")},
			map[string]any{"type": "static_select", "action_id": "s", "placeholder": text("plain_text", "Pick"), "options": []any{map[string]any{"text": text("plain_text", "One"), "value": "1"}}},
		}},
	}})
	post(map[string]any{"text": "a fallback", "blocks": []any{map[string]any{"type": "markdown",
		"text": "## Heading\n\n**bold** *italic* ~~gone~~ `code` \\*no\\* [out](https://example.org/) [trap](javascript:void) ![chart](https://images.example/z.png) <b>no tag</b>\n\n1. one\n2. two\n   - inner\n\n> quoted\n\n```go\nx := 1 < 2\n```\n\n| a | b |\n|---|---|\n| 1 | **2** |\n\n---\n\nقالت ليلى حداد إن المكتبة ستفتح"}}})
	for selector, want := range map[string]string{
		".block.header": "A *header* 📰", ".section strong": "bold", ".section em": "italic", ".section s": "gone", ".section code": "code", ".section blockquote": "quoted", ".section pre": "pre *not bold*",
		".section a": "a link", ".section .mention": "@editor", ".section .line": "a<b", ".accessory button": "Beside", ".fields strong": "Left", ".fields": "Right *not bold*", ".context em": "print", ".context .picture": "a chart",
		"figure": "a bridge", "figcaption": "The bridge", ".rich strong": "B", ".rich em": "I", ".rich s": "S", ".rich code": "C", ".rich u": "U", ".rich a": "out", ".rich .nolink": "trap", ".rich .emoji": "🎉", ".rich .mention.me": "@reporter",
		".rich ol[start='3'] li": "third", ".rich ul.indent-1 li": "inner", ".rich blockquote": "so they said", ".rich pre": "a  b\n  c", ".actions .primary": "Go", ".actions option": "One",
		".markdown .heading": "Heading", ".markdown strong": "bold", ".markdown em": "italic", ".markdown s": "gone", ".markdown code": "code", ".markdown p": "*no*", ".markdown a": "out", ".markdown .nolink": "trap", ".markdown .picture": "chart",
		".markdown ol li": "two", ".markdown ol ul li": "inner", ".markdown blockquote": "quoted", ".markdown pre": "x := 1 < 2", ".markdown th": "a", ".markdown td strong": "2",
	} {
		r.see("#messages "+selector, want)
	}
	r.see("#messages .markdown p", "<b>no tag</b>")
	if !r.is("getComputedStyle([...document.querySelectorAll('.markdown p')].at(-1)).direction === 'rtl' && document.querySelector('.markdown p').matches(':dir(ltr)')") {
		t.Error("Arabic does not run from right to left")
	}
	r.leave()
}

// brokenWords is a list of the words and days that are broken over two lines.
const brokenWords = `(() => {
  const broken = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let t = texts.nextNode(); t; t = texts.nextNode()) {
    if (!t.parentElement.checkVisibility({visibilityProperty: true}) || t.parentElement.closest('.hidden, textarea')) continue;
    for (const m of t.data.matchAll(/\d{4}-\d{2}-\d{2}|[\p{L}\p{N}]+/gu)) {
      range.setStart(t, m.index);
      range.setEnd(t, m.index + m[0].length);
      if (new Set([...range.getClientRects()].map(r => Math.round(r.top / 4))).size > 1) broken.push(m[0]);
    }
  }
  return broken.join(', ');
})()`

func TestNarrow(t *testing.T) {
	for _, width := range []int{320, 360} {
		t.Run(strconv.Itoa(width), func(t *testing.T) { narrow(t, width) })
	}
}

func narrow(t *testing.T, width int) {
	r := enter(t, width, 700)
	fits := func() {
		t.Helper()
		r.until("the page to fit", strings.ReplaceAll("document.documentElement.scrollWidth <= WIDTH && [...document.querySelectorAll('#app *')].filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.table, .hidden, .skip')).every(e => e.getBoundingClientRect().right <= WIDTH.5)", "WIDTH", strconv.Itoa(width)))
		var broken string
		if r.run(chromedp.Evaluate(brokenWords, &broken)); broken != "" {
			t.Errorf("broken over two lines: %s", broken)
		}
	}
	fits()
	r.write("#composer", "/sources")
	r.see("#messages .private", "13 articles")
	fits()
	r.write("#composer", "@dateline how many pocket watches were stolen?")
	r.see("#messages .replies", "1 reply")
	fits()
	r.press("#messages", "1 reply")
	r.see("#replies", "The sources differ", "Why this answer?")
	fits()
	r.press("#replies", "Show source")
	r.see("#modal", "Source 1 of 2")
	fits()
	r.press("#modal footer", "Close")
	r.closed()
	r.press("#thread", "Close thread")
	r.click("#menu")
	r.until("the drawer", "document.querySelector('#sidebar').checkVisibility({visibilityProperty: true})")
	r.until("the button to say so", "document.querySelector('#menu[aria-expanded=true]')")
	r.press("#apps", "Dateline")
	r.until("the button to say that the drawer is away", "document.querySelector('#menu[aria-expanded=false]')")
	fits()
	r.press("#tabs", "Home")
	r.see("#home", "What it knows")
	fits()
	r.leave()
}

// What is typed while a message is sent stays, and so does a message that could
// not be sent.
func TestTypedWhileSending(t *testing.T) {
	r := enter(t, 1180, 760)
	const area = "#composer textarea"
	value := func(want string) {
		t.Helper()
		r.until("the field to hold "+want, "document.querySelector("+quote(area)+").value === "+quote(want))
	}
	// Requests of the page wait until they are let go.
	r.run(chromedp.Evaluate(`window.letGo = []; { const ask = window.fetch; window.fetch = (...a) => new Promise((resolve, reject) => window.letGo.push((fail) => fail ? reject(new Error("gone")) : ask(...a).then(resolve, reject))); } 0`, nil))
	held := func() {
		t.Helper()
		r.until("a request", "letGo.length === 1")
	}
	r.run(chromedp.SendKeys(area, "The first one.", chromedp.ByQuery), sent)
	held()
	value("")
	r.run(chromedp.SendKeys(area, "The second", chromedp.ByQuery), sent) // has to wait for the first
	r.run(chromedp.Evaluate("letGo.shift()()", nil))
	r.see("#messages .message", "The first one.")
	value("The second")
	r.until("the first one to be sent", "!document.querySelector('#composer .busy, #composer.busy')")

	// It comes back if it cannot be sent, before what was typed since.
	r.run(sent)
	held()
	value("")
	r.run(chromedp.SendKeys(area, "and the third", chromedp.ByQuery), chromedp.Evaluate("letGo.shift()(true)", nil))
	value("The second\nand the third")
	r.see("#composer .wrong", "Dateline cannot be reached")
	r.run(sent)
	held()
	value("")
	r.run(chromedp.Evaluate("letGo.shift()()", nil))
	r.see("#messages .message", "The second\nand the third")
	r.until("nothing to be wrong", "document.querySelector('#composer .wrong').hidden")

	// So it does where somebody went to another channel meanwhile.
	r.run(chromedp.SendKeys(area, "A fourth.", chromedp.ByQuery), sent)
	held()
	r.press("#channels", "desk")
	r.see("#title", "#desk")
	r.run(chromedp.Evaluate("letGo.shift()(true)", nil))
	value("")
	r.press("#channels", "general")
	value("A fourth.")
	r.leave()
}
