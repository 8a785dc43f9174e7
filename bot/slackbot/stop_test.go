package slackbot_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
)

// held is an Asker that answers when it is let go.
func held(let <-chan struct{}) asker {
	return asker{ask: func(ctx context.Context, q bot.Question, _ func(bot.Sentence)) (bot.Answer, error) {
		select {
		case <-let:
			return bot.Answer{ID: "a2b3c4d5e6", Question: q.Text, Answered: true, Text: "The answer. [1]", Engine: "test"}, nil
		case <-ctx.Done():
			return bot.Answer{}, ctx.Err()
		}
	}}
}

// A bot that is stopped finishes what it has begun if that is done in time, and
// leaves it to the next one otherwise. Either way there is one answer.
func TestStop(t *testing.T) {
	t.Parallel()
	for _, inTime := range []bool{true, false} {
		t.Run(fmt.Sprintf("done in time %v", inTime), func(t *testing.T) {
			t.Parallel()
			let := make(chan struct{})
			n := open(t, func(c *slackbot.Config) {
				c.Asker = held(let)
				if !inTime {
					c.Grace = time.Millisecond
				}
			})
			stop := n.run(n.config)
			channel := n.room()
			ts, err := n.Mention(fakeslack.Reporter, channel, "what happened?", "")
			if err != nil {
				t.Fatal(err)
			}
			n.wait("a status", func() bool { return n.Status(channel, ts).Text != "" })
			stopped := make(chan struct{})
			go func() {
				stop()
				close(stopped)
			}()
			n.wait("the sockets to close", func() bool { return n.Connections() == 0 })
			if inTime {
				close(let)
			}
			<-stopped
			if got := len(n.spoken(channel)); got != map[bool]int{true: 1}[inTime] {
				t.Errorf("%d answers when it has stopped", got)
			}
			if !inTime {
				if got := n.Status(channel, ts).Text; !strings.Contains(got, "being started anew") {
					t.Errorf("got the status %q when it has stopped, want what comes next", got)
				}
				close(let)
				n.start()
			}
			n.done(t, channel, ts)
			n.once(t, channel, ts, "The answer")
			n.Check(t)
		})
	}
}

// While a model is waited for, the status says so and how long already; a
// sentence that is shown ends it.
func TestWaiting(t *testing.T) {
	step, let := make(chan string), make(chan struct{})
	var late atomic.Int64 // how many seconds the clock is ahead
	n := open(t, func(c *slackbot.Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(late.Load()) * time.Second) }
		c.Asker = asker{ask: func(ctx context.Context, q bot.Question, emit func(bot.Sentence)) (bot.Answer, error) {
			for s := range step {
				if s != "" {
					q.Began(s)
					continue
				}
				emit(bot.Sentence{Text: "The answer.", Citations: []int{1}})
			}
			<-let
			return bot.Answer{ID: "a2b3c4d5e6", Question: q.Text, Answered: true, Text: "The answer. [1]", Engine: "llm"}, nil
		}}
	})
	n.start()
	channel := n.room()
	ts, err := n.Mention(fakeslack.Reporter, channel, "what happened?", "")
	n.must(err)
	for _, tt := range []struct {
		engine string // asked now; empty for none
		late   int64
		want   string
	}{
		{"", 0, "Searching "},
		{"llm", 0, "Waiting for the language model…"},
		{"", 20, "Still waiting for the language model, 15 seconds so far…"},
		{"llm", 35, "Still waiting for the language model, 30 seconds so far…"}, // for its answer, after its words for the question
		{"extract", 35, "Searching "},
	} {
		late.Store(tt.late)
		if tt.engine != "" {
			step <- tt.engine
		}
		n.wait(tt.want, func() bool { return strings.HasPrefix(n.Status(channel, ts).Text, tt.want) })
	}
	step <- ""
	n.wait("the stream", func() bool { return len(n.Calls("chat.startStream")) == 1 && n.Status(channel, ts).Text == "" })
	step <- "llm" // that repairs a sentence
	late.Store(500)
	close(step)
	close(let)
	n.done(t, channel, ts)
	n.noStatus(channel, ts)
	n.once(t, channel, ts, "The answer")
	n.Check(t)
}

// An app token that is revoked ends Run, so that a bot that hears nothing is not
// taken for one that works.
func TestDeaf(t *testing.T) {
	t.Parallel()
	n := open(t, nil)
	b, err := slackbot.New(n.config)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- b.Run(t.Context()) }()
	n.wait("sockets", func() bool { return n.Connections() == 2 })
	n.Inject(fakeslack.Fault{Method: "apps.connections.open", Error: "token_revoked"})
	n.Disconnect("")
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), "the token was revoked") {
			t.Errorf("Run: %v", err)
		}
	case <-time.After(patience):
		t.Error("Run goes on without a socket")
	}
}

// Who has to wait is told the place, and who finds no room that there is none.
func TestBusy(t *testing.T) {
	t.Parallel()
	let := make(chan struct{})
	n := open(t, func(c *slackbot.Config) { c.Asker = held(let); c.Workers = 2; c.MostWaiting = 5 })
	n.start()
	type asked struct{ channel, ts string }
	ask := func() asked {
		channel := n.room()
		ts, err := n.Mention(fakeslack.Reporter, channel, "what happened?", "")
		if err != nil {
			t.Fatal(err)
		}
		return asked{channel, ts}
	}
	var all []asked
	for i := range 5 {
		a := ask()
		all = append(all, a)
		until(t, "it to be taken in", func() bool { s, err := n.inbox.Size(t.Context()); return err == nil && s == i+1 })
	}
	busy := func(want string) func() bool {
		return func() bool {
			for _, a := range all {
				if n.Status(a.channel, a.ts).Text == want {
					return true
				}
			}
			return false
		}
	}
	// One user has at most half of the workers: 4 wait.
	for i := range 4 {
		n.wait("a place", busy(fmt.Sprintf("Busy: you are number %d…", i+1)))
	}
	turned := ask()
	n.wait("a word to who is turned away", func() bool {
		for _, m := range n.Messages(turned.channel) {
			if m.For == fakeslack.Reporter && strings.Contains(m.PlainText(), "ask again later") {
				return true
			}
		}
		return false
	})
	close(let)
	for _, a := range all {
		n.done(t, a.channel, a.ts)
		n.once(t, a.channel, a.ts, "The answer")
		n.noStatus(a.channel, a.ts)
	}
	if got := len(n.spoken(turned.channel)); got != 0 {
		t.Errorf("what was turned away has %d answers", got)
	}
	n.Check(t)
}

// Requests over HTTP are Slack's, or are refused.
func TestRequests(t *testing.T) {
	t.Parallel()
	n := open(t, func(c *slackbot.Config) { c.Asker = says("The answer. [1]") })
	b, err := slackbot.New(n.config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	n.wait("a socket", func() bool { return n.Connections() > 0 })
	sign := func(secret string, at time.Time, body string) http.Header {
		h := make(http.Header)
		stamp := fmt.Sprint(at.Unix())
		mac := hmac.New(sha256.New, []byte(secret))
		fmt.Fprintf(mac, "v0:%s:%s", stamp, body)
		h.Set("X-Slack-Request-Timestamp", stamp)
		h.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
		return h
	}
	channel := n.room()
	mention := fmt.Sprintf(`{"type":"event_callback","team_id":%q,"event_id":"Ev1","event":{"type":"app_mention","channel":%q,"user":%q,"text":"<@%s> what happened?","ts":%q}}`,
		fakeslack.Team, channel, fakeslack.Reporter, n.BotUser(fakeslack.Team), n.post(fakeslack.Reporter, channel, "what happened?", ""))
	const verify = `{"type":"url_verification","challenge":"3eZbrw1a"}`
	now, good := time.Now(), fakeslack.SigningSecret
	for _, c := range []struct {
		name, method, kind, body string
		header                   http.Header
		status                   int
		want                     string
	}{
		{"not signed", "POST", "application/json", mention, http.Header{}, 401, ""},
		{"signed by another", "POST", "application/json", mention, sign("other", now, mention), 401, ""},
		{"signed for another body", "POST", "application/json", mention, sign(good, now, verify), 401, ""},
		{"too old", "POST", "application/json", mention, sign(good, now.Add(-6*time.Minute), mention), 401, ""},
		{"from the future", "POST", "application/json", mention, sign(good, now.Add(6*time.Minute), mention), 401, ""},
		{"too large", "POST", "application/json", strings.Repeat("x", 2<<20), http.Header{}, 413, ""},
		{"not posted", "GET", "", "", http.Header{}, 405, ""},
		{"no JSON", "POST", "application/json", "{", sign(good, now, "{"), 400, ""},
		{"no form of Slack's", "POST", "application/x-www-form-urlencoded", "a=b", sign(good, now, "a=b"), 400, ""},
		{"the address is verified", "POST", "application/json", verify, sign(good, now, verify), 200, "3eZbrw1a"},
		{"the certificate is looked at", "POST", "application/x-www-form-urlencoded", "ssl_check=1&token=x", http.Header{}, 200, ""},
		{"a command among a look at the certificate, not signed", "POST", "application/x-www-form-urlencoded", "ssl_check=1&command=/ask&text=x", http.Header{}, 401, ""},
		{"an event", "POST", "application/json", mention, sign(good, now, mention), 200, ""},
		{"the same again", "POST", "application/json", mention, sign(good, now, mention), 200, ""},
		{"an event that nobody knows", "POST", "application/json", `{"type":"event_callback","team_id":"T0NEWSROOM","event":{"type":"moon_landing"}}`,
			sign(good, now, `{"type":"event_callback","team_id":"T0NEWSROOM","event":{"type":"moon_landing"}}`), 200, ""},
		{"Slack leaves events out", "POST", "application/json", `{"type":"app_rate_limited","team_id":"T0NEWSROOM"}`, sign(good, now, `{"type":"app_rate_limited","team_id":"T0NEWSROOM"}`), 200, ""},
		{"a command that nobody knows", "POST", "application/x-www-form-urlencoded", "command=/moon&team_id=T0NEWSROOM", sign(good, now, "command=/moon&team_id=T0NEWSROOM"), 200, "does not know /moon"},
	} {
		r := httptest.NewRequestWithContext(t.Context(), c.method, "/slack/events", bytes.NewReader([]byte(c.body)))
		r.Header = c.header
		r.Header.Set("Content-Type", c.kind)
		r.Header.Set("X-Slack-Retry-Num", "1")
		w := httptest.NewRecorder()
		b.Handler().ServeHTTP(w, r)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s: got %d %q, want %d with %q", c.name, w.Code, w.Body, c.status, c.want)
		}
	}
	n.wait("the answer", func() bool { return len(n.Calls("chat.startStream", "chat.postMessage")) > 0 })
	n.settle()
	if got := len(n.spoken(channel)); got != 1 {
		t.Errorf("%d answers to one question", got)
	}

	// What cannot be kept is not acknowledged.
	n.inbox.Close()
	other := strings.Replace(mention, "Ev1", "Ev2", 1)
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/slack/events", strings.NewReader(other))
	r.Header = sign(good, now, other)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	b.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("with an inbox that cannot be written: got %d, want 503", w.Code)
	}
}
