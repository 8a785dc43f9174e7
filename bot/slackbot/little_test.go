package slackbot_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"dateline/bot/bottest"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
)

// A stranger is a server that speaks as little of Slack's protocol as can be:
// three methods and a socket, with as few fields as their pages allow to be
// missing. It shares no code with fakeslack, and takes whatever comes.
type stranger struct {
	*httptest.Server
	t *testing.T
	// answers are those of methods, in place of unknown_method.
	answers map[string]string
	hello   string // the first frame of a socket; empty for none

	mu      sync.Mutex
	changed chan struct{} // closed when something happens
	posts   []url.Values
	acked   map[string]bool
	sockets []*websocket.Conn
	opened  int // sockets in all
}

func newStranger(t *testing.T) *stranger {
	s := &stranger{t: t, changed: make(chan struct{}), acked: make(map[string]bool), hello: `{"type":"hello"}`}
	s.answers = map[string]string{
		"auth.test":        `{"ok":true,"user_id":"U0BOT0","team_id":"T0TEAM0"}`,
		"chat.postMessage": `{"ok":true,"ts":"TS"}`,
	}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *stranger) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *stranger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := strings.TrimPrefix(r.URL.Path, "/api/")
	switch {
	case r.URL.Path == "/ws":
		s.socket(w, r)
		return
	case strings.HasPrefix(r.URL.Path, "/response/"):
		s.change(func() {
			s.posts = append(s.posts, url.Values{"thread_ts": {strings.TrimPrefix(r.URL.Path, "/response/")}})
		})
		return
	case method == "apps.connections.open":
		fmt.Fprintf(w, `{"ok":true,"url":"ws%s/ws"}`, strings.TrimPrefix(s.URL, "http"))
		return
	}
	answer := s.answers[method]
	if answer == "" {
		answer = `{"ok":false,"error":"unknown_method"}`
	}
	if err := r.ParseForm(); err != nil {
		s.t.Errorf("%s: %v", method, err)
	}
	if method == "chat.postMessage" {
		s.change(func() {
			s.posts = append(s.posts, r.PostForm)
			answer = strings.ReplaceAll(answer, "TS", fmt.Sprintf("1800000000.%06d", len(s.posts)))
		})
	}
	fmt.Fprint(w, answer)
}

func (s *stranger) socket(w http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }} // slack-go comes from api.slack.com
	c, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	if s.hello != "" {
		if err := c.WriteMessage(websocket.TextMessage, []byte(s.hello)); err != nil {
			return
		}
	}
	s.change(func() {
		s.sockets = append(s.sockets, c)
		s.opened++
	})
	for {
		var ack struct {
			EnvelopeID string `json:"envelope_id"`
		}
		if err := c.ReadJSON(&ack); err != nil {
			break
		}
		s.change(func() { s.acked[ack.EnvelopeID] = true })
	}
	s.change(func() {
		for i := range s.sockets {
			if s.sockets[i] == c {
				s.sockets = append(s.sockets[:i], s.sockets[i+1:]...)
				break
			}
		}
	})
}

// wait waits for what the server comes to.
func (s *stranger) wait(what string, cond func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	for {
		s.mu.Lock()
		ok, changed := cond(), s.changed
		s.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			s.t.Fatalf("waited for %s in vain", what)
		}
	}
}

// send sends a frame over any socket.
func (s *stranger) send(frame string) {
	s.t.Helper()
	s.wait("a socket", func() bool { return len(s.sockets) > 0 })
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sockets) == 0 {
		return
	}
	// One that is just being closed takes nothing, as in Slack's own gaps.
	_ = s.sockets[0].WriteMessage(websocket.TextMessage, []byte(frame))
}

// The least that an envelope with a question can be: of a mention in a channel.
func envelope(id, ts string) string {
	return fmt.Sprintf(`{"envelope_id":%q,"type":"events_api","payload":{"type":"event_callback","event":{"type":"app_mention","channel":"C0ROOM0","user":"U0ASKER","text":"<@U0BOT0> what happened?","ts":%q}}}`, id, ts)
}

// Whatever a server leaves out or adds, each question is answered once.
func TestStrangers(t *testing.T) {
	const ts = "1700000000.000100"
	event := func(outside, inside string) string {
		return `{"envelope_id":"E1","type":"events_api","payload":{"type":"event_callback"` + outside + `,"event":{` + inside + `}}}`
	}
	const question = `"channel":"C0ROOM0","user":"U0ASKER","text":"<@U0BOT0> what happened?","ts":"` + ts + `"`
	for _, tt := range []struct {
		name    string
		change  func(s *stranger)
		frames  []string
		unacked bool
	}{
		{"the least there can be", nil, []string{envelope("E1", ts)}, false},
		{"no hello", func(s *stranger) { s.hello = "" }, []string{envelope("E1", ts)}, false},
		{"hello with strings for numbers", func(s *stranger) {
			s.hello = `{"type":"hello","num_connections":"1","debug_info":{"approximate_connection_time":"18060"}}`
		}, []string{envelope("E1", ts)}, false},
		{"hello with other types", func(s *stranger) { s.hello = `{"type":"hello","connection_info":null,"debug_info":"none"}` }, []string{envelope("E1", ts)}, false},
		{"envelope with strings for numbers", nil, []string{strings.Replace(envelope("E1", ts), `{`, `{"retry_attempt":"0","retry_reason":null,"accepts_response_payload":"false",`, 1)}, false},
		{"event with strings for numbers", nil, []string{event(`,"event_time":"1700000000","is_ext_shared_channel":"false"`, `"type":"app_mention",`+question)}, false},
		{"event with null for what is missing", nil, []string{event(`,"event_id":null,"team_id":null,"authorizations":null`, `"type":"app_mention","client_msg_id":null,"blocks":null,"thread_ts":null,"edited":null,"files":null,`+question)}, false},
		{"event with nobody's authorization", nil, []string{event(`,"authorizations":[]`, `"type":"app_mention",`+question)}, false},
		{"event with an empty authorization", nil, []string{event(`,"authorizations":[{}]`, `"type":"app_mention",`+question)}, false},
		{"event of the workspace by another way", nil, []string{event(`,"team_id":"T0TEAM0","context_team_id":"T0TEAM0","authorizations":[{"team_id":"T0TEAM0","is_bot":"true"}]`, `"type":"app_mention",`+question)}, false},
		{"event with blocks of an unknown kind", nil, []string{event(``, `"type":"app_mention","blocks":[{"type":"hologram","depth":3}],"attachments":[{"id":"1"}],`+question)}, false},
		{"mention as an event of both kinds", nil, []string{event(``, `"type":"message",`+question), strings.Replace(event(``, `"type":"app_mention",`+question), "E1", "E2", 1)}, false},
		{"message without a kind of channel", nil, []string{event(``, `"type":"message",`+question)}, false},
		{"direct message without one", nil, []string{event(``, `"type":"message","channel":"D0ASKER","user":"U0ASKER","text":"what happened?","ts":"`+ts+`"`)}, false},
		{"the same twice", nil, []string{envelope("E1", ts), envelope("E2", ts)}, false},
		{"the same twice, by event id", nil, []string{event(`,"event_id":"Ev1"`, `"type":"app_mention",`+question), strings.Replace(event(`,"event_id":"Ev1"`, `"type":"app_mention",`+question), "E1", "E2", 1)}, false},
		{"unknown kinds of envelopes before it", nil, []string{`{"envelope_id":"E0","type":"hologram","payload":{"depth":3}}`, `{"type":"hologram"}`, `{"type":"goodbye","source":"gateway"}`, `{}`, envelope("E1", ts)}, false},
		{"what is no envelope before it", nil, []string{`not JSON`, `[]`, `"pong"`, `7`, `null`, envelope("E1", ts)}, false},
		{"what is no event before it", nil, []string{
			`{"envelope_id":"E0","type":"events_api","payload":"none"}`, `{"envelope_id":"E3","type":"events_api"}`, `{"envelope_id":"E4","type":"events_api","payload":{"event":7}}`,
			`{"envelope_id":"E5","type":"interactive","payload":[]}`, `{"envelope_id":"E6","type":"slash_commands","payload":null}`, envelope("E1", ts)}, false},
		{"disconnect before it", nil, []string{`{"type":"disconnect"}`, envelope("E1", ts)}, true},
		{"disconnect with strings for numbers", nil, []string{`{"type":"disconnect","reason":"refresh_requested","debug_info":{"approximate_connection_time":"1"}}`, envelope("E1", ts)}, false},
		{"disconnect behind it", nil, []string{envelope("E1", ts), `{"type":"disconnect","reason":"warning"}`}, true},
		{"disconnects all around", nil, []string{`{"type":"disconnect","reason":"too_many_websockets"}`, envelope("E1", ts), `{"type":"disconnect","reason":"refresh_requested"}`, envelope("E2", ts), `{"type":"disconnect"}`}, true},
		{"auth.test says little", func(s *stranger) { s.answers["auth.test"] = `{"ok":true,"user_id":"U0BOT0"}` }, []string{event(`,"team_id":"T0TEAM0"`, `"type":"app_mention",`+question)}, false},
		{"a post has no time stamp", func(s *stranger) { s.answers["chat.postMessage"] = `{"ok":true}` }, []string{envelope("E1", ts)}, false},
		{"a post has a number for one", func(s *stranger) { s.answers["chat.postMessage"] = `{"ok":true,"ts":1800000000.0001}` }, []string{envelope("E1", ts)}, false},
		{"warnings that nobody knows", func(s *stranger) {
			s.answers["chat.postMessage"] = `{"ok":true,"ts":"TS","warning":"hologram","response_metadata":{"warnings":["hologram"]}}`
		}, []string{envelope("E1", ts)}, false},
		{"users with strings for numbers", func(s *stranger) {
			s.answers["users.info"] = `{"ok":true,"user":{"id":"U0ASKER","team_id":"T0TEAM0","tz_offset":"3600","updated":"1700000000"}}`
		}, []string{envelope("E1", ts)}, false},
		{"users with nothing in them", func(s *stranger) { s.answers["users.info"] = `{"ok":true,"user":{}}` }, []string{envelope("E1", ts)}, false},
		{"all is said to go well, and nothing more", func(s *stranger) {
			for _, m := range []string{"users.info", "conversations.info", "assistant.threads.setStatus", "chat.startStream", "chat.appendStream", "chat.stopStream", "chat.update", "conversations.replies", "conversations.open"} {
				s.answers[m] = `{"ok":true}`
			}
			delete(s.answers, "chat.startStream")
		}, []string{envelope("E1", ts)}, false},
		{"a command with little", nil, []string{`{"envelope_id":"E1","type":"slash_commands","payload":{"command":"/ask","text":"what happened?","response_url":"URL/response/` + ts + `","channel_id":"C0ROOM0","user_id":"U0ASKER"}}`}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newStranger(t)
			if tt.change != nil {
				tt.change(s)
			}
			n := furnish(t, bottest.NewSearcher(), shelf{}, nil, fakeslack.Config{}, func(c *slackbot.Config) {
				c.Tokens, c.APIURL, c.Asker = []string{"xoxb-1"}, s.URL+"/api", says("The answer. [1]")
			})
			b, err := slackbot.New(n.config)
			n.must(err)
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- b.Run(ctx) }()
			defer func() {
				cancel()
				if err := <-ended; err != nil {
					t.Errorf("Run: %v", err)
				}
			}()
			for _, f := range tt.frames {
				s.send(strings.ReplaceAll(f, "URL", s.URL))
			}
			if tt.unacked {
				// What went with a connection is sent again.
				s.wait("another socket", func() bool { return s.opened > 2 && len(s.sockets) > 0 })
				s.send(envelope("E9", ts))
				s.wait("the acknowledgement", func() bool { return s.acked["E9"] })
			} else {
				s.wait("the acknowledgement", func() bool { return s.acked["E1"] })
			}
			s.wait("an answer", func() bool { return len(s.posts) > 0 })
			until(t, "rest", func() bool { left, err := n.inbox.Size(t.Context()); return err == nil && left == 0 })
			s.mu.Lock()
			defer s.mu.Unlock()
			if got := len(s.posts); got != 1 {
				t.Errorf("got %d answers to one question: %v", got, s.posts)
			}
			if p := s.posts[0]; p.Get("thread_ts") != ts || p.Get("text") != "" && !strings.Contains(p.Get("text"), "The answer.") {
				t.Errorf("got %v, want the answer in the thread", p)
			}
		})
	}
}
