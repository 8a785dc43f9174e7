package slackbot_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
)

// A token that Slack takes no more is told to whoever asks whether the bot is
// ready, be anything else asked of Slack or not.
func TestReadyWithRevokedToken(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code, want string // want is "" where the bot stays ready
		asked      bool   // somebody asks a question meanwhile
	}{
		{"token_revoked", "workspace Newsroom (T0NEWSROOM): the token was revoked", true},
		{"token_revoked", "workspace Newsroom (T0NEWSROOM): the token was revoked", false},
		{"invalid_auth", "Slack does not know this token", false},
		{"account_inactive", "was deactivated", false},
		{"internal_error", "", false},
		{"ratelimited", "", false},
	} {
		t.Run(tt.code, func(t *testing.T) {
			t.Parallel()
			var ahead atomic.Int64
			n := open(t, func(c *slackbot.Config) {
				c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			})
			b := n.begin()
			until(t, "it to be ready", func() bool { return b.Ready(t.Context()) == nil })
			remove := n.Inject(fakeslack.Fault{Error: tt.code})
			if tt.asked {
				channel := n.room()
				_, err := n.Mention(reporter, channel, asked, "")
				n.must(err)
				n.wait("a call to be refused", func() bool {
					return slices.ContainsFunc(n.Calls("users.info", "chat.startStream", "chat.postMessage"), func(c fakeslack.Call) bool { return c.Error == tt.code })
				})
				until(t, "it to be noted", func() bool { return b.Ready(t.Context()) != nil })
			} else {
				ahead.Store(int64(2 * time.Minute))
			}
			got := ""
			if err := b.Ready(t.Context()); err != nil {
				got = err.Error()
			}
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			remove()
			ahead.Add(int64(2 * time.Minute))
			if err := b.Ready(t.Context()); err != nil {
				t.Errorf("got %v once Slack takes the token again, want nil", err)
			}
		})
	}
}

// What somebody orders is answered at Slack's own addresses alone, whoever signed
// the order.
func TestResponseURLOfAnother(t *testing.T) {
	t.Parallel()
	var called atomic.Int32
	evil := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called.Add(1) }))
	defer evil.Close()
	var log buffer
	n := open(t, func(c *slackbot.Config) { c.Log = log.logger() })
	b := n.begin()
	body := "command=/sources&team_id=" + fakeslack.Team + "&channel_id=" + general + "&user_id=" + reporter + "&response_url=" + evil.URL
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/slack/events", strings.NewReader(body))
	r.Header = n.Sign([]byte(body), time.Now())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Errorf("got %d, want 200", w.Code)
	}
	n.settle()
	n.stop()
	if got := called.Load(); got != 0 {
		t.Errorf("another server was called %d times, want never", got)
	}
	has(t, log.String(), "response URL refused")
}

// What people may not do, or come too late for, is no error of the program's.
func TestMistakesAreNoErrors(t *testing.T) {
	t.Parallel()
	var log buffer
	n := quick(t, func(c *slackbot.Config) { c.Log = log.logger() })
	_, list := n.mention(reporter, general, asked, "")
	for _, tt := range []struct{ command, text, want string }{
		{"/source", "k3j2x7aq5e#2", "not kept any more"},
		{"/source", answerID(t, list[0]) + "#9", "none numbered 9"},
		{"/source", "nowhere.txt", "There is no article named"},
		{"/ask", strings.Repeat("why ", 1500), "ask one thing at a time"},
	} {
		has(t, n.command(editor, general, tt.command, tt.text).PlainText(), tt.want)
	}
	n.Inject(fakeslack.Fault{Method: "chat.*", Channel: general, Error: "is_archived"})
	n.mention(reporter, general, asked, "")
	n.stop()
	has(t, log.String(), "is_archived", "!level=ERROR")
}
