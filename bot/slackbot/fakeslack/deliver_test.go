package fakeslack_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"

	"dateline/bot/slackbot/fakeslack"
)

func TestRedelivery(t *testing.T) {
	s, clock := serve(t, fakeslack.Config{})
	got := connect(t, s, func(e socketmode.Event) (any, bool) { return nil, e.Request.RetryAttempt == 3 })
	if _, err := s.Post(fakeslack.Reporter, fakeslack.General, "hello", ""); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for attempt, pass := range []time.Duration{3 * time.Second, 3*time.Second + time.Minute, 3*time.Second + 5*time.Minute, 0} {
		e := next(t, got)
		if e.Request.RetryAttempt != attempt || attempt > 0 && e.Request.RetryReason != "timeout" {
			t.Errorf("attempt %d: got retry %d for %q", attempt, e.Request.RetryAttempt, e.Request.RetryReason)
		}
		var p struct {
			ID string `json:"event_id"`
		}
		if err := json.Unmarshal(e.Request.Payload, &p); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, p.ID, e.Request.EnvelopeID)
		clock.Advance(pass)
	}
	if ids[0] != ids[2] || ids[1] == ids[3] {
		t.Errorf("got %v, want one event_id in envelopes of their own", ids)
	}
	wait(t, s, "it is acknowledged", func() bool { return s.Waiting() == 0 })
	if d := s.Deliveries()[0]; d.Attempts != 4 || d.Failed || d.Acked.IsZero() {
		t.Errorf("got %+v, want it acknowledged at the fourth", d)
	}
}

func TestGivenUp(t *testing.T) {
	s, clock := serve(t, fakeslack.Config{}) // nobody is connected
	if _, err := s.Post(fakeslack.Reporter, fakeslack.General, "hello", ""); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		clock.Advance(6 * time.Minute)
	}
	wait(t, s, "it is given up", func() bool { clock.Advance(6 * time.Minute); return s.Waiting() == 0 })
	if d := s.Deliveries()[0]; d.Attempts != 4 || !d.Failed {
		t.Errorf("got %+v, want it given up after three retries", d)
	}
}

// dial opens a connection by hand.
func dial(t *testing.T, s *fakeslack.Slack) *websocket.Conn {
	t.Helper()
	_, url, err := client(s).StartSocketModeContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(url, "ws://127.0.0.1:") {
		t.Fatalf("got %s, want a plain address", url)
	}
	conn, _, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, _, err := websocket.DefaultDialer.Dial(url, nil); err == nil {
		t.Error("the address was good twice")
	}
	return conn
}

func read(t *testing.T, conn *websocket.Conn) (m socketmode.Request) {
	t.Helper()
	if err := conn.ReadJSON(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSocket(t *testing.T) {
	s, clock := serve(t, fakeslack.Config{})
	a := dial(t, s)
	if m := read(t, a); m.Type != "hello" || m.NumConnections != 1 || m.ConnectionInfo.AppID != "A0DATELINE" {
		t.Errorf("got %+v, want hello", m)
	}
	b := dial(t, s)
	if m := read(t, b); m.NumConnections != 2 {
		t.Errorf("got %+v, want two connections", m)
	}
	t.Run("to any one of several", func(t *testing.T) {
		// Each message is two events; each goes to one connection.
		counts := make(chan int, 2)
		for _, conn := range []*websocket.Conn{a, b} {
			go func() {
				n := 0
				for {
					var m socketmode.Request
					if conn.ReadJSON(&m) != nil || m.Type == "disconnect" {
						counts <- n
						return
					}
					n++
					conn.WriteJSON(map[string]string{"envelope_id": m.EnvelopeID})
				}
			}()
		}
		for range 20 {
			if _, err := s.Post(fakeslack.Reporter, fakeslack.General, "hello", ""); err != nil {
				t.Fatal(err)
			}
		}
		wait(t, s, "all is acknowledged", func() bool { return s.Waiting() == 0 })
		s.Disconnect(fakeslack.Warning)
		x, y := <-counts, <-counts
		if x+y != 20 || x == 0 || y == 0 {
			t.Errorf("got %d and %d, want 20 over both", x, y)
		}
		clock.Advance(10 * time.Second)
		wait(t, s, "they are closed", func() bool { return s.Connections() == 0 })
	})
	t.Run("no more than ten", func(t *testing.T) {
		for range 10 {
			read(t, dial(t, s))
		}
		if m := read(t, dial(t, s)); m.Type != "disconnect" || m.Reason != "too_many_websockets" {
			t.Errorf("got %+v, want it refused", m)
		}
	})
	t.Run("switched off", func(t *testing.T) {
		s.Disconnect(fakeslack.LinkDisabled)
		wait(t, s, "they are closed", func() bool { return s.Connections() == 0 })
		if _, _, err := client(s).StartSocketModeContext(t.Context()); err == nil {
			t.Error("a connection was given out")
		}
	})
}

func TestReconnect(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	got := connect(t, s, nil)
	for _, reason := range []string{fakeslack.RefreshRequested, ""} {
		calls := len(s.Calls("apps.connections.open"))
		s.Disconnect(reason)
		wait(t, s, "the client is back", func() bool { return len(s.Calls("apps.connections.open")) > calls && s.Connections() == 1 })
		if _, err := s.Post(fakeslack.Reporter, fakeslack.General, "hello", ""); err != nil {
			t.Fatal(err)
		}
		next(t, got)
	}
}

func TestDeliveryFaults(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	got := connect(t, s, nil)
	connect(t, s, nil)
	s.SetDeliveryFaults(fakeslack.DeliveryFaults{Redeliver: 1})
	if _, err := s.Post(fakeslack.Reporter, fakeslack.General, "hello", ""); err != nil {
		t.Fatal(err)
	}
	wait(t, s, "it was sent again and again", func() bool { return s.Deliveries()[0].Attempts == 4 })
	s.SetDeliveryFaults(fakeslack.DeliveryFaults{Twice: 1})
	for len(got) > 0 {
		<-got
	}
	if _, err := s.Post(fakeslack.Reporter, fakeslack.General, "again", ""); err != nil {
		t.Fatal(err)
	}
	next(t, got) // whichever is first, this connection has one
	wait(t, s, "it is acknowledged", func() bool { return s.Waiting() == 0 })
	if d := s.Deliveries()[1]; d.Attempts != 1 {
		t.Errorf("got %+v, want one attempt over two connections", d)
	}
}

func TestReordering(t *testing.T) {
	s, clock := serve(t, fakeslack.Config{})
	got := connect(t, s, nil)
	s.SetDeliveryFaults(fakeslack.DeliveryFaults{Reorder: 1})
	for _, text := range []string{"first", "second"} {
		if _, err := s.Post(fakeslack.Reporter, fakeslack.General, text, ""); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"second", "first"} {
		var p struct{ Event struct{ Text string } }
		if err := json.Unmarshal(next(t, got).Request.Payload, &p); err != nil || p.Event.Text != want {
			t.Errorf("got %q, %v; want %q", p.Event.Text, err, want)
		}
	}
	if _, err := s.Post(fakeslack.Reporter, fakeslack.General, "alone", ""); err != nil {
		t.Fatal(err)
	}
	clock.Advance(time.Second)
	next(t, got)
}

func TestRateLimits(t *testing.T) {
	s, clock := serve(t, fakeslack.Config{Limits: fakeslack.DocumentedLimits()})
	c := client(s)
	say := func(channel string) error {
		_, _, err := c.PostMessage(channel, text("x"))
		return err
	}
	for i := range 3 {
		if err := say(fakeslack.General); err != nil {
			t.Fatalf("message %d of the burst: %v", i+1, err)
		}
	}
	err := say(fakeslack.General)
	limited, ok := errors.AsType[*slack.RateLimitedError](err)
	if !ok || limited.RetryAfter != time.Second {
		t.Fatalf("got %v, want to wait for a second", err)
	}
	if err := say(fakeslack.Desk); err != nil {
		t.Errorf("another channel: %v", err)
	}
	clock.Advance(limited.RetryAfter)
	if err := say(fakeslack.General); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	last := s.Calls("chat.postMessage")[3]
	if last.Status != 429 || last.Error != "ratelimited" {
		t.Errorf("got %+v, want 429", last)
	}
	for i := range 30 { // Tier 4 by the method, whatever the channel
		if _, err := c.GetUserInfo(fakeslack.Reporter); err != nil {
			if i < 20 {
				t.Errorf("call %d: %v", i+1, err)
			}
			return
		}
	}
	t.Error("30 calls at once were answered, want some to wait")
}

func TestFaults(t *testing.T) {
	s, clock := serve(t, fakeslack.Config{})
	c := client(s)
	say := func() error {
		_, _, err := c.PostMessage(fakeslack.General, text("x"))
		return err
	}
	count := func() int { return len(s.Messages(fakeslack.General)) }
	t.Run("error", func(t *testing.T) {
		s.Inject(fakeslack.Fault{Method: "chat.postMessage", Error: "fatal_error", Times: 1, After: 1})
		for _, want := range []string{"", "fatal_error", ""} {
			if err := say(); code(err) != want {
				t.Errorf("got %v, want %q", err, want)
			}
		}
	})
	t.Run("server error", func(t *testing.T) {
		before := count()
		defer s.Inject(fakeslack.Fault{Method: "chat.*", Status: 503})()
		if err := say(); err == nil || !strings.Contains(err.Error(), "503") || count() != before {
			t.Errorf("got %v and %d more, want 503 and nothing", err, count()-before)
		}
	})
	t.Run("too fast", func(t *testing.T) {
		s.Inject(fakeslack.Fault{Status: 429, RetryAfter: 7 * time.Second, Times: 1})
		if limited, ok := errors.AsType[*slack.RateLimitedError](say()); !ok || limited.RetryAfter != 7*time.Second {
			t.Errorf("got %v, want to wait for 7 s", limited)
		}
	})
	t.Run("cut before", func(t *testing.T) {
		before := count()
		s.Inject(fakeslack.Fault{Channel: fakeslack.General, Drop: true, Times: 1})
		if err := say(); err == nil || count() != before {
			t.Errorf("got %v and %d more, want an error and nothing", err, count()-before)
		}
	})
	t.Run("cut after", func(t *testing.T) {
		before := count()
		s.Inject(fakeslack.Fault{Method: "chat.postMessage", DropAfter: true, Times: 1})
		if err := say(); err == nil || count() != before+1 {
			t.Errorf("got %v and %d more, want an error and the message there", err, count()-before)
		}
		calls := s.Calls()
		if last := calls[len(calls)-1]; !last.OK || !last.Fault || last.Status != 0 {
			t.Errorf("got %+v, want it done, and cut off", last)
		}
	})
	t.Run("held", func(t *testing.T) {
		hold := make(chan struct{})
		s.Inject(fakeslack.Fault{Method: "chat.postMessage", Hold: hold, Times: 1})
		done := make(chan error)
		go func() { done <- say() }()
		if _, err := c.AuthTest(); err != nil { // others go on
			t.Error(err)
		}
		close(hold)
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Run("slow", func(t *testing.T) {
		s.Inject(fakeslack.Fault{Method: "chat.postMessage", Delay: time.Minute, Times: 1})
		done := make(chan error, 1)
		go func() { done <- say() }()
		for {
			clock.Advance(time.Minute)
			select {
			case err := <-done:
				if err != nil {
					t.Error(err)
				}
				return
			default:
			}
		}
	})
	t.Run("by chance, the same each time", func(t *testing.T) {
		failed := func() (n int) {
			s, _ := serve(t, fakeslack.Config{Seed: 7})
			s.Inject(fakeslack.Fault{Rate: 0.3, Error: "internal_error"})
			c := client(s)
			for range 50 {
				if _, err := c.AuthTest(); err != nil {
					n++
				}
			}
			return n
		}
		if a, b := failed(), failed(); a != b || a < 5 || a > 25 {
			t.Errorf("got %d and %d of 50, want the same, about 15", a, b)
		}
	})
}

// endpoint is an app that takes requests over HTTP.
type endpoint struct {
	secret string

	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
	answer   func(r *http.Request, body string) (status int, kind, text string)
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	v, err := slack.NewSecretsVerifier(r.Header, e.secret)
	if err == nil {
		v.Write(body)
		err = v.Ensure()
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.requests = append(e.requests, r)
	e.bodies = append(e.bodies, string(body))
	status, kind, text := e.answer(r, string(body))
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	io.WriteString(w, text)
}

func TestHTTP(t *testing.T) {
	app := &endpoint{secret: fakeslack.SigningSecret}
	srv := httptest.NewServer(app)
	defer srv.Close()
	cfg := fakeslack.DefaultApp()
	cfg.SocketMode = false
	cfg.EventsURL = srv.URL
	// The verifier of the library looks at the machine's clock.
	s := fakeslack.New(fakeslack.Config{App: cfg, Retries: []time.Duration{0, 0, 0}})
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	defer s.Close()

	app.answer = func(_ *http.Request, body string) (int, string, string) {
		var p struct{ Challenge string }
		json.Unmarshal([]byte(body), &p)
		return 200, "text/plain", p.Challenge
	}
	if err := s.VerifyURL(t.Context()); err != nil {
		t.Error(err)
	}
	app.answer = func(*http.Request, string) (int, string, string) { return 200, "text/plain", "no" }
	if err := s.VerifyURL(t.Context()); err == nil {
		t.Error("a wrong challenge was taken")
	}

	app.answer = func(r *http.Request, _ string) (int, string, string) {
		if r.Header.Get("X-Slack-Retry-Num") == "2" {
			return 200, "text/plain", ""
		}
		return 500, "text/plain", "no"
	}
	if _, err := s.Post(fakeslack.Reporter, fakeslack.General, "hello", ""); err != nil {
		t.Fatal(err)
	}
	wait(t, s, "the event is acknowledged", func() bool { return s.Waiting() == 0 })
	if d := s.Deliveries()[0]; d.Attempts != 3 || d.Failed {
		t.Errorf("got %+v, want it taken at the third attempt", d)
	}
	app.mu.Lock()
	if last := app.requests[len(app.requests)-1]; last.Header.Get("X-Slack-Retry-Reason") != "http_error" {
		t.Errorf("got reason %q, want http_error", last.Header.Get("X-Slack-Retry-Reason"))
	}
	app.answer = func(r *http.Request, body string) (int, string, string) {
		return 200, "text/plain", "At once."
	}
	app.mu.Unlock()

	if err := s.SlashCommand(fakeslack.Reporter, fakeslack.General, "/ask", "who & why?"); err != nil {
		t.Fatal(err)
	}
	wait(t, s, "the answer is there", func() bool {
		seen := s.Channel(fakeslack.Reporter, fakeslack.General)
		return len(seen) == 2 && seen[1].Text == "At once."
	})
	app.mu.Lock()
	r, err := http.NewRequest("POST", "/", strings.NewReader(app.bodies[len(app.bodies)-1]))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cmd, err := slack.SlashCommandParse(r); err != nil || cmd.Text != "who & why?" || cmd.Command != "/ask" {
		t.Errorf("got %+v, %v", cmd, err)
	}
	app.mu.Unlock()

	_, ts, err := client(s).PostMessage(fakeslack.General, text("x"), slack.MsgOptionBlocks(slack.NewActionBlock("", button("source", "1"))))
	if err != nil {
		t.Fatal(err)
	}
	wait(t, s, "all is acknowledged", func() bool { return s.Waiting() == 0 })
	if err := s.Click(fakeslack.Reporter, fakeslack.General, ts, "source"); err != nil {
		t.Fatal(err)
	}
	wait(t, s, "the click is acknowledged", func() bool { return s.Waiting() == 0 })
	app.mu.Lock()
	defer app.mu.Unlock()
	r, err = http.NewRequest("POST", "/", strings.NewReader(app.bodies[len(app.bodies)-1]))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cb, err := slack.InteractionCallbackParse(r); err != nil || cb.Type != slack.InteractionTypeBlockActions {
		t.Errorf("got %+v, %v", cb, err)
	}
}

func TestManifest(t *testing.T) {
	app, err := fakeslack.ParseManifest([]byte(`{
		"display_information": {"name": "Dateline"},
		"features": {
			"app_home": {"home_tab_enabled": true, "messages_tab_enabled": true},
			"agent_view": {"agent_description": "Answers."},
			"slash_commands": [{"command": "/ask", "description": "x"}],
			"shortcuts": [{"name": "Check", "type": "message", "callback_id": "check"}]
		},
		"oauth_config": {"scopes": {"bot": ["chat:write", "app_mentions:read"]}},
		"settings": {"event_subscriptions": {"bot_events": ["app_mention", "message.channels"]}, "interactivity": {"is_enabled": true}, "socket_mode_enabled": true}
	}`))
	if err != nil {
		t.Fatal(err)
	}
	if !app.AgentView || !app.SocketMode || !app.HomeTab || len(app.Commands) != 1 || len(app.Shortcuts) != 1 || app.Shortcuts[0].CallbackID != "check" {
		t.Errorf("got %+v", app)
	}
	// It is sent what it asked for and may have: no message.channels without
	// channels:history.
	s, _ := serve(t, fakeslack.Config{App: app})
	if _, err := s.Mention(fakeslack.Reporter, fakeslack.General, "well?", ""); err != nil {
		t.Fatal(err)
	}
	if d := s.Deliveries(); len(d) != 1 || d[0].Event != "app_mention" {
		t.Errorf("got %+v, want the mention alone", d)
	}
	if _, err := fakeslack.ParseManifest([]byte("name: x")); err == nil {
		t.Error("YAML was taken for JSON")
	}
}

func TestSparse(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{Sparse: true})
	got := connect(t, s, nil)
	ts, err := s.Mention(fakeslack.Reporter, fakeslack.General, "who?", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Edit(fakeslack.Reporter, fakeslack.General, ts, "<@U0DATELINE> when?"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"channel":"C0GENERAL","channel_type":"channel","event_ts":"TS","text":"<@U0DATELINE> who?","ts":"TS","type":"message","user":"U0REPORTER"}`,
		`{"channel":"C0GENERAL","event_ts":"TS","text":"<@U0DATELINE> who?","ts":"TS","type":"app_mention","user":"U0REPORTER"}`,
	} {
		var p struct{ Event json.RawMessage }
		if err := json.Unmarshal(next(t, got).Request.Payload, &p); err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(p.Event, &v); err != nil {
			t.Fatal(err)
		}
		var plain strings.Builder
		enc := json.NewEncoder(&plain)
		enc.SetEscapeHTML(false)
		enc.Encode(v)
		if have := strings.ReplaceAll(strings.TrimSpace(plain.String()), ts, "TS"); have != want {
			t.Errorf("got %s\nwant %s", have, want)
		}
	}
	if p := string(next(t, got).Request.Payload); strings.Contains(p, "previous_message") || !strings.Contains(p, "when?") {
		t.Errorf("got %s, want the new text alone", p)
	}
}

func TestEmit(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	sm := dial(t, s)
	read(t, sm)
	if err := s.Emit(fakeslack.Team, map[string]any{"type": "weather_changed", "sun": true}); err != nil {
		t.Fatal(err)
	}
	if m := read(t, sm); m.Type != "events_api" || !strings.Contains(string(m.Payload), "weather_changed") {
		t.Errorf("got %+v, want the event", m)
	}
	if err := s.Emit("T0NOWHERE", nil); err == nil {
		t.Error("an event went to no workspace")
	}
}

func TestInvite(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	ts, err := s.Post(fakeslack.Reporter, fakeslack.Quiet, "<@U0DATELINE> who?", "")
	if err != nil {
		t.Fatal(err)
	}
	if d := s.Deliveries(); len(d) != 0 {
		t.Fatalf("got %+v, want nothing from a channel without the app", d)
	}
	if err := s.Invite(fakeslack.Reporter, fakeslack.Quiet, ts); err != nil {
		t.Fatal(err)
	}
	if got := kinds(s.Deliveries()); strings.Join(got, " ") != "message member_joined_channel app_mention" {
		t.Errorf("got %v", got)
	}
	if err := s.Leave("U0DATELINE", fakeslack.Quiet); err != nil {
		t.Fatal(err)
	}
	if _, _, err := client(s).PostMessage(fakeslack.Quiet, text("x")); code(err) != "not_in_channel" {
		t.Errorf("after it left: got %v, want not_in_channel", err)
	}
}

func TestTyped(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	for _, tt := range []struct{ typed, want string }{
		{"@dateline who & why <b>?", "<@U0DATELINE> who &amp; why &lt;b&gt;?"},
		{"ask (@editor) in #general or #nowhere", "ask (<@U0EDITOR>) in <#C0GENERAL|general> or #nowhere"},
		{"mail a@editor.org", "mail a@editor.org"},
		{"@here!", "<!here>!"},
		{"<!channel>", "&lt;!channel&gt;"},
	} {
		if got := s.Typed(tt.typed); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.typed, got, tt.want)
		}
	}
}

// TestManyAtOnce is for the race detector: people, connections and calls all
// at the same time, with deliveries going wrong.
func TestManyAtOnce(t *testing.T) {
	s, clock := serve(t, fakeslack.Config{Seed: 1, Keep: 50})
	c := client(s)
	for range 3 {
		connect(t, s, func(e socketmode.Event) (any, bool) {
			var p struct {
				Event struct{ Type, TS, Channel string }
			}
			if json.Unmarshal(e.Request.Payload, &p) == nil && p.Event.Type == "app_mention" {
				if err := c.SetAssistantThreadsStatus(slack.AssistantThreadsSetStatusParameters{ChannelID: p.Event.Channel, ThreadTS: p.Event.TS, Status: "…"}); err != nil {
					t.Error(err)
				}
				if _, _, err := c.PostMessage(p.Event.Channel, slack.MsgOptionTS(p.Event.TS), text("answer")); err != nil {
					t.Error(err)
				}
			}
			return nil, true
		})
	}
	s.SetDeliveryFaults(fakeslack.DeliveryFaults{Redeliver: 0.2, Twice: 0.2, Reorder: 0.2})
	var people sync.WaitGroup
	for _, user := range []string{fakeslack.Reporter, fakeslack.Editor, fakeslack.Admin} {
		people.Go(func() {
			for range 20 {
				ts, err := s.Mention(user, fakeslack.General, "who?", "")
				if err != nil {
					t.Error(err)
					return
				}
				if err := s.Edit(user, fakeslack.General, ts, "when?"); err != nil {
					t.Error(err)
				}
				s.Thread(user, fakeslack.General, ts)
			}
		})
	}
	people.Wait()
	s.SetDeliveryFaults(fakeslack.DeliveryFaults{})
	clock.Advance(time.Second) // lets go of what was held back to be overtaken
	wait(t, s, "all is acknowledged", func() bool { return s.Waiting() == 0 })
	answered := 0
	for _, m := range s.Channel(fakeslack.Reporter, fakeslack.General) {
		if len(s.Thread(fakeslack.Reporter, fakeslack.General, m.TS)) > 1 {
			answered++
		}
	}
	if answered != 60 {
		t.Errorf("%d of 60 mentions have an answer", answered)
	}
	if n := len(s.Calls()); n > 100 {
		t.Errorf("%d calls are kept, want 100 at most", n)
	}
}

// BenchmarkQuestion is a question's way to the app and its answer's way back,
// one after the other, in a channel that has so many messages.
func BenchmarkQuestion(b *testing.B) {
	for _, size := range []int{0, 1_000, 10_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := fakeslack.New(fakeslack.Config{Clock: fakeslack.NewManualClock(start), Keep: 1})
			if err := s.Start(); err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			app := s.App()
			s.SetApp(fakeslack.App{ID: app.ID}) // subscribed to nothing
			for range size {
				if _, err := s.Post(fakeslack.Reporter, fakeslack.General, "x", ""); err != nil {
					b.Fatal(err)
				}
			}
			app.Events = []string{"app_mention"}
			s.SetApp(app)
			c := client(s)
			_, url, err := c.StartSocketModeContext(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			conn, _, err := websocket.DefaultDialer.Dial(url, nil)
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			var m socketmode.Request
			if err := conn.ReadJSON(&m); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				ts, err := s.Mention(fakeslack.Reporter, fakeslack.General, "who?", "")
				if err != nil {
					b.Fatal(err)
				}
				if err := conn.ReadJSON(&m); err != nil {
					b.Fatal(err)
				}
				if err := conn.WriteJSON(map[string]string{"envelope_id": m.EnvelopeID}); err != nil {
					b.Fatal(err)
				}
				if _, _, err := c.PostMessage(fakeslack.General, slack.MsgOptionTS(ts), text("They.")); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
