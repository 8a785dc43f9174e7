package local_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"dateline/bot/slackbot/fakeslack"
)

// TestScreenshots takes the pictures of the documentation:
//
//	go test ./bot/slackbot/local -run Screenshots -screenshots ../../../deploy/screenshots
func TestScreenshots(t *testing.T) {
	if *shots == "" {
		t.Skip("takes pictures where -screenshots names a folder for them")
	}
	if err := os.MkdirAll(*shots, 0o755); err != nil {
		t.Fatal(err)
	}
	r := enter(t, 1180, 760)
	r.ask("@dateline who confirmed the Moscow visit?", "Ushakov")
	r.write("#thread-composer", "and when?")
	r.until("the second answer", "document.querySelectorAll('#replies .actions').length === 2")
	r.shot("answer")
	r.press("#replies li:nth-of-type(3) .actions", "Show source")
	r.see("#modal", "Source 1 of")
	r.shot("source")
	r.press("#modal footer", "Close")
	r.closed()
	r.ask("@dateline how many pocket watches were stolen?", "14 pocket watches")
	r.shot("conflict")
	r.ask("@dateline who stole the crown of Atlantis?", "Atlantis")
	r.shot("refusal")
	r.become(fakeslack.Editor)
	r.write("#composer", "Yury Ushakov confirmed the visit. The first draft had 47 points. The envoy likes herring.")
	r.see("#messages li:last-child", "herring")
	r.press("#messages li:last-child", "More actions")
	r.press(".menu", "Check this claim")
	r.see("#messages .private", "15 articles")
	r.shot("claim")
	r.press("#apps", "Dateline")
	r.see("#suggested", "?")
	r.press("#suggested", "?")
	r.see("#replies .actions", "Why this answer?")
	r.shot("direct")
	r.become(fakeslack.Admin)
	r.press("#apps", "Dateline")
	r.press("#tabs", "Home")
	r.see("#home", "Health")
	r.shot("home")
	r.press(".team", "Colours")
	r.press(".team", "Colours")
	r.become(fakeslack.Reporter)
	r.press("#channels", "general")
	r.press("#messages li:nth-of-type(2)", "repl")
	r.see("#replies .actions", "Show source")
	r.shot("dark")
	r.run(chromedp.EmulateViewport(360, 740))
	r.shot("narrow")
	r.leave()
}

// shot takes a picture, when the page stands still.
func (r *room) shot(name string) {
	r.t.Helper()
	var data []byte
	r.run(chromedp.Evaluate("document.getAnimations().forEach(a => a.finish?.call && a.effect.getTiming().iterations !== Infinity && a.finish())", nil),
		chromedp.ActionFunc(func(ctx context.Context) (err error) {
			data, err = page.CaptureScreenshot().WithFormat(page.CaptureScreenshotFormatPng).Do(ctx)
			return err
		}))
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), data, 0o644); err != nil {
		r.t.Fatal(err)
	}
}
