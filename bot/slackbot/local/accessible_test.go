package local_test

import (
	"os"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"dateline/bot/slackbot/fakeslack"
)

// ownRules says what on the page breaks a rule that it once broke, in a line each.
// axe-core has these rules and many more, see the flag -axe.
const ownRules = `(() => {
  const shown = (e) => e.checkVisibility({visibilityProperty: true});
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const wrong = [];
  for (const l of all('ul:not([role]), ol:not([role])')) {
    for (const e of l.children) if (e.tagName !== 'LI' || e.hasAttribute('role')) wrong.push('in a list there is ' + e.outerHTML.slice(0, 80));
  }
  for (const e of all('textarea[role], textarea[aria-expanded]')) wrong.push('a field of several lines is ' + e.outerHTML.slice(0, 80));
  let last = null;
  for (const e of all(document.querySelector('dialog[open]') ? 'dialog[open] :is(h1, h2, [role=heading])' : 'h1, h2, [role=heading]')) {
    const level = Number(e.getAttribute('aria-level') ?? e.tagName[1]);
    if (last && level > last + 1) wrong.push('after a heading of level ' + last + ' comes "' + e.innerText + '" of level ' + level);
    last = level;
  }
  for (const e of all('body > :not(.skip, script, .hidden)')) {
    if (!e.matches('#app, dialog, section[aria-label], noscript')) wrong.push('in no landmark: ' + e.outerHTML.slice(0, 80));
  }
  const skip = document.querySelector('.skip');
  if (!document.querySelector('dialog[open]') && !document.querySelector(skip.getAttribute('href'))?.checkVisibility()) wrong.push('the skip link leads to what is hidden');
  return wrong.join('\n');
})()`

// byAxe is what axe-core finds, in the same way.
const byAxe = `axe.run(document, {resultTypes: ['violations']}).then((found) =>
  found.violations.map((v) => v.id + ': ' + v.help + v.nodes.map((n) => '\n    ' + n.target.join(' ') + ' ' + n.html.slice(0, 120)).join('')).join('\n'))`

// The page keeps the rules for people who do not look at it, whatever it shows.
func TestAccessible(t *testing.T) {
	r := enter(t, 1180, 760)
	if *axe != "" {
		script, err := os.ReadFile(*axe)
		if err != nil {
			t.Fatal(err)
		}
		r.run(chromedp.Evaluate(string(script)+"; 0", nil))
	}
	keeps := func(where string) {
		t.Helper()
		var wrong, found string
		if r.run(chromedp.Evaluate(ownRules, &wrong)); wrong != "" {
			t.Errorf("%s: %s", where, wrong)
		}
		if *axe == "" {
			return
		}
		r.run(chromedp.Evaluate(byAxe, &found, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
		if found != "" {
			t.Errorf("%s: axe finds %s", where, found)
		}
	}
	keeps("an empty channel")
	r.ask("@dateline when was the Moscow visit confirmed?", "Ushakov")
	keeps("a thread")
	r.press("#replies", "Show source")
	r.see("#modal", "Source 1 of 2")
	keeps("a source")
	r.press("#modal footer", "Close")
	r.closed()
	r.press("#replies", "Why this answer?")
	r.see("#modal", "Read, best first")
	keeps("how an answer came about")
	r.press("#modal footer", "Close")
	r.closed()
	r.press("#replies .feedback", "Bad answer")
	r.see("#modal h2", "What is wrong?")
	keeps("a form")
	r.press("#modal footer", "Close")
	r.closed()
	r.run(chromedp.SendKeys("#composer textarea", "@", chromedp.ByQuery))
	r.see("#composer .completion", "@dateline")
	r.until("the first completion to be the active one", "document.getElementById(document.querySelector('#composer textarea').getAttribute('aria-activedescendant'))?.getAttribute('aria-selected') === 'true'")
	keeps("completions")
	r.press("#messages .message", "More actions")
	r.see(".menu", "Delete message")
	keeps("a menu")
	r.press(".menu", "Delete message")
	keeps("a confirmation")
	r.press("#ask", "Cancel")
	heading := func(s string) map[string]any {
		return map[string]any{"type": "header", "text": map[string]any{"type": "plain_text", "text": s}}
	}
	r.call("chat.postMessage", map[string]any{"channel": fakeslack.General, "text": "headings", "blocks": []any{heading("A header"),
		map[string]any{"type": "markdown", "text": "### Three\n\n> # One in a quotation\n\n##### Five\n\n# One\n\n## Two\n\n#### Four"}}})
	r.see("#messages .markdown", "Four")
	keeps("headings of all levels")
	r.press("#apps", "Dateline")
	r.see("#suggested", "?")
	if _, err := r.Mention(fakeslack.Editor, fakeslack.General, "who confirmed the Moscow visit?", ""); err != nil {
		t.Fatal(err)
	}
	r.see(".toast", "Dateline in #general")
	keeps("a direct message, with a notice")
	r.press("#tabs", "Home")
	r.see("#home", "confirmed? — Wednesday (2025-11-26)")
	keeps("Home")
	r.run(chromedp.Focus(".skip", chromedp.ByQuery), chromedp.KeyEvent("\r"))
	r.until("Home to be focused", "document.activeElement.id === 'home'")
	r.become(fakeslack.Admin)
	r.press("#apps", "Dateline")
	r.press("#tabs", "Home")
	r.see("#home", "Sockets open")
	keeps("Home of an admin")
	r.leave()
}
