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
//	make screenshots
func TestScreenshots(t *testing.T) {
	if *shots == "" {
		t.Skip("takes pictures where -screenshots names a folder for them")
	}
	if err := os.MkdirAll(*shots, 0o755); err != nil {
		t.Fatal(err)
	}
	r := enter(t, 1120, 790)
	r.ask("@dateline who confirmed the Moscow visit?", "Ushakov")
	r.shot("answer")
	r.press("#replies", "Show source")
	r.see("#modal", "Source 1 of")
	r.shot("source")
	r.press("#modal footer", "Close")
	r.closed()
	r.ask("@dateline how many pocket watches were stolen?", "14 pocket watches")
	r.shot("conflict")
	r.ask("@dateline who stole the crown of Atlantis?", "Atlantis")
	r.shot("refusal")
	r.become(fakeslack.Editor)
	r.press("#channels", "desk")
	r.write("#composer", "Yury Ushakov confirmed the visit. The first draft had 47 points.")
	r.see("#messages li:last-child", "47 points")
	r.press("#messages li:last-child", "More actions")
	r.press(".menu", "Check this claim")
	r.see("#messages .private", "13 articles")
	r.shot("claim")
	r.press("#apps", "Dateline")
	r.see("#suggested", "?")
	r.press("#suggested", "?")
	r.see("#replies .actions", "Why this answer?")
	r.shot("direct")
	r.press("#tabs", "Home")
	r.see("#home", "What you asked")
	r.shot("home")
	r.press(".team", "Colours")
	r.press(".team", "Colours")
	r.become(fakeslack.Reporter)
	r.press("#channels", "general")
	r.press("#messages li:nth-of-type(2)", "repl")
	r.see("#replies .actions", "Show source")
	r.shot("dark")
	r.leave()
}

// quality is that of the pictures, which are WebP: at 50, each is below 60 KB
// and its letters are sharp.
const quality = 50

// shot takes a picture, when nothing on the page moves any more.
func (r *room) shot(name string) {
	r.t.Helper()
	r.until("rest", "document.getAnimations().every(a => a.playState !== 'running' || a.effect.getTiming().iterations === Infinity)")
	var data []byte
	r.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		data, err = page.CaptureScreenshot().WithFormat(page.CaptureScreenshotFormatWebp).WithQuality(quality).Do(ctx)
		return err
	}))
	if err := os.WriteFile(filepath.Join(*shots, name+".webp"), data, 0o644); err != nil {
		r.t.Fatal(err)
	}
	if len(data) > 60_000 {
		r.t.Errorf("%s takes %d bytes, which is too much for a picture in the documentation", name, len(data))
	}
}
