package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/retrieval"
)

// What a judge says can take support away and never give it.
func TestJudge(t *testing.T) {
	const (
		same   = "Marta Velling denied that the harbour board had leaked the plan."
		lifted = "Nineteen delegates will travel to Sandrith in December, foreign policy adviser Marta Velling confirmed on November 26."
		wrong  = "Marta Velling denied that the harbour board had leaked 41 plans."
	)
	down := errors.New("the model server is down")
	for _, tt := range []struct {
		name, text string
		says       bot.Verdict
		err        error
		want       bot.Verdict
		note       string
		asked      int
	}{
		{"agrees", same, bot.Supported, nil, bot.Supported, "", 1},
		{"contradicts", same, bot.Contradicted, nil, bot.NoEvidence, "Without a second opinion it would be supported.", 1},
		{"finds nothing", same, bot.NoEvidence, nil, bot.Supported, "Model fake finds no evidence for it in the cited words.", 1},
		{"word for word", lifted, bot.Contradicted, nil, bot.Supported, "", 0},
		{"would support", wrong, bot.Supported, nil, "", "", 0},
		{"fails", same, "", down, bot.Supported, "", 1},
		{"fails once", same + " " + same, "", down, bot.Supported, "", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			judge := &bottest.Judge{Func: func(string) (bot.Verdict, error) { return tt.says, tt.err }}
			config := bot.Config{Searcher: bottest.NewSearcher(bottest.Articles()...), Judge: judge}
			c, err := bot.New(config).Check(t.Context(), tt.text, retrieval.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			config.Judge = nil
			alone, err := bot.New(config).Check(t.Context(), tt.text, retrieval.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			f := c.Sentences[0]
			if tt.want == "" {
				tt.want = alone.Sentences[0].Verdict
				if tt.want == bot.Supported {
					t.Fatal("supported without a judge, so nothing is tried")
				}
			}
			if f.Verdict != tt.want || f.Note != tt.note || c.Supported != (tt.want == bot.Supported) {
				t.Errorf("got %s, note %q, reasons %q; want %s, %q", f.Verdict, f.Note, f.Reasons, tt.want, tt.note)
			}
			if got := judge.Asked(); got != tt.asked || len(c.Calls) != tt.asked {
				t.Errorf("asked %d times, %d calls, want %d", got, len(c.Calls), tt.asked)
			}
			if !errors.Is(c.Unjudged, tt.err) || (c.Note != "") != (tt.err != nil) || !strings.HasSuffix(c.Note, map[bool]string{true: "down."}[tt.err != nil]) {
				t.Errorf("got %v, note %q, want %v", c.Unjudged, c.Note, tt.err)
			}
		})
	}
	t.Run("context that ends", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		judge := &bottest.Judge{Func: func(string) (bot.Verdict, error) { cancel(); return "", ctx.Err() }}
		b := bot.New(bot.Config{Searcher: bottest.NewSearcher(bottest.Articles()...), Judge: judge})
		if _, err := b.Check(ctx, same, retrieval.Filter{}); !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want %v", err, context.Canceled)
		}
	})
}
