package fakeslack_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"dateline/bot/slackbot/fakeslack"
)

var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// serve starts a Slack whose clock stands still.
func serve(t *testing.T, cfg fakeslack.Config) (*fakeslack.Slack, *fakeslack.ManualClock) {
	t.Helper()
	clock := fakeslack.NewManualClock(start)
	cfg.Clock = clock
	s := fakeslack.New(cfg)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, clock
}

// client is the library that the bot uses.
func client(s *fakeslack.Slack) *slack.Client {
	return slack.New(fakeslack.BotToken, slack.OptionAPIURL(s.APIURL()), slack.OptionAppLevelToken(fakeslack.AppToken))
}

// wait waits for what happens in other goroutines; the limit is for a test
// that has failed.
func wait(t *testing.T, s *fakeslack.Slack, what string, cond func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := s.Wait(ctx, cond); err != nil {
		t.Fatalf("waiting until %s: %v", what, err)
	}
}

// code is the error of a call as Slack names it.
func code(err error) string {
	if e, ok := errors.AsType[slack.SlackErrorResponse](err); ok {
		return e.Err
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// connect runs a Socket Mode client that hands on and, unless ack is nil and
// says no, acknowledges what it gets.
func connect(t *testing.T, s *fakeslack.Slack, ack func(socketmode.Event) (payload any, yes bool)) <-chan socketmode.Event {
	t.Helper()
	before := s.Connections()
	sm := socketmode.New(client(s))
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan socketmode.Event, 1000)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case e := <-sm.Events:
				if e.Request == nil || e.Request.EnvelopeID == "" {
					continue
				}
				got <- e
				payload, yes := any(nil), true
				if ack != nil {
					payload, yes = ack(e)
				}
				if yes {
					sm.AckCtx(ctx, e.Request.EnvelopeID, payload)
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	ran := make(chan struct{})
	go func() {
		defer close(ran)
		sm.RunContext(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		<-ran
	})
	wait(t, s, "a connection is there", func() bool { return s.Connections() > before })
	return got
}

// next is the next payload; the test fails if none comes.
func next(t *testing.T, got <-chan socketmode.Event) socketmode.Event {
	t.Helper()
	select {
	case e := <-got:
		return e
	case <-time.After(2 * time.Minute):
		t.Fatal("no payload came")
		panic("unreachable")
	}
}

// inner is the event of a payload.
func inner(t *testing.T, e socketmode.Event) any {
	t.Helper()
	api, ok := e.Data.(slackevents.EventsAPIEvent)
	if !ok {
		t.Fatalf("got a payload of %s, want an event", e.Type)
	}
	return api.InnerEvent.Data
}

// kinds are the events of deliveries.
func kinds(all []fakeslack.Delivery) []string {
	var kinds []string
	for _, d := range all {
		kinds = append(kinds, d.Event)
	}
	return kinds
}

func TestAnswerToAMention(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	got := connect(t, s, nil)
	ts, err := s.Mention(fakeslack.Reporter, fakeslack.General, "who spoke to whom?", "")
	if err != nil {
		t.Fatal(err)
	}
	msg, ok := inner(t, next(t, got)).(*slackevents.MessageEvent)
	if !ok || msg.TimeStamp != ts || msg.User != fakeslack.Reporter || msg.ClientMsgID == "" {
		t.Fatalf("got %+v, want the message %s of the reporter", msg, ts)
	}
	mention, ok := inner(t, next(t, got)).(*slackevents.AppMentionEvent)
	if !ok || mention.TimeStamp != ts || mention.Text != "<@U0DATELINE> who spoke to whom?" {
		t.Fatalf("got %+v, want a mention at %s", mention, ts)
	}
	_, reply, err := client(s).PostMessage(fakeslack.General, slack.MsgOptionTS(ts), slack.MsgOptionText("Two officials.", false))
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := inner(t, next(t, got)).(*slackevents.MessageEvent); !ok || e.BotID != "B0DATELINE" || e.ThreadTimeStamp != ts {
		t.Errorf("got %+v, want the bot's own message as well", e)
	}
	wait(t, s, "all is acknowledged", func() bool { return s.Waiting() == 0 })

	if seen := s.Channel(fakeslack.Editor, fakeslack.General); len(seen) != 1 || seen[0].TS != ts {
		t.Errorf("in the channel: got %v, want the question alone", seen)
	}
	if seen := s.Thread(fakeslack.Editor, fakeslack.General, ts); len(seen) != 2 || seen[1].TS != reply || seen[1].PlainText() != "Two officials." {
		t.Errorf("in the thread: got %v, want question and answer", seen)
	}
	s.Check(t)
}

func TestWhoHearsAndSees(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	for _, tt := range []struct {
		name    string
		user    string
		channel string
		events  []string
	}{
		{"a public channel", fakeslack.Reporter, fakeslack.General, []string{"message", "app_mention"}},
		{"a private channel", fakeslack.Reporter, fakeslack.Desk, []string{"message", "app_mention"}},
		{"a channel without the app", fakeslack.Reporter, fakeslack.Quiet, nil},
		{"a stranger", fakeslack.Stranger, fakeslack.Partners, []string{"message", "app_mention"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(s.Deliveries())
			if _, err := s.Post(tt.user, tt.channel, "<@U0DATELINE> well?", ""); err != nil {
				t.Fatal(err)
			}
			if got := kinds(s.Deliveries()[before:]); !slices.Equal(got, tt.events) {
				t.Errorf("got events %v, want %v", got, tt.events)
			}
		})
	}
	t.Run("a direct message has no app_mention", func(t *testing.T) {
		dm, err := s.DM(fakeslack.Guest)
		if err != nil {
			t.Fatal(err)
		}
		before := len(s.Deliveries())
		if _, err := s.Post(fakeslack.Guest, dm, "<@U0DATELINE> well?", ""); err != nil {
			t.Fatal(err)
		}
		if got := s.Deliveries()[before:]; len(got) != 1 || got[0].Event != "message" {
			t.Errorf("got %v, want message.im alone", got)
		}
		if seen := s.Channel(fakeslack.Reporter, dm); seen != nil {
			t.Errorf("somebody else sees %v", seen)
		}
	})
	t.Run("private and guest", func(t *testing.T) {
		if seen := s.Channel(fakeslack.Admin, fakeslack.Desk); seen != nil {
			t.Errorf("who is not in a private channel sees %v", seen)
		}
		if seen := s.Channel(fakeslack.Guest, fakeslack.Partners); seen != nil {
			t.Errorf("a guest sees %v of a channel they are not in", seen)
		}
		if _, err := s.Post(fakeslack.Guest, fakeslack.Partners, "hello", ""); err == nil {
			t.Error("a guest could write to a channel they are not in")
		}
	})
	t.Run("a stranger is told by the team", func(t *testing.T) {
		u, err := client(s).GetUserInfo(fakeslack.Stranger)
		if err != nil || u.TeamID != "T0OTHER" || u.IsStranger {
			t.Errorf("got %+v, %v; want a user of T0OTHER who shares a channel", u, err)
		}
		var payload struct {
			Ext   bool `json:"is_ext_shared_channel"`
			Event struct {
				UserTeam string `json:"user_team"`
			} `json:"event"`
		}
		for _, d := range s.Deliveries() {
			if d.User == fakeslack.Stranger {
				if err := json.Unmarshal(d.Payload(), &payload); err != nil || !payload.Ext || payload.Event.UserTeam != "T0OTHER" {
					t.Errorf("got %s, want a shared channel and the team of the user", d.Payload())
				}
			}
		}
	})
}

func TestEditsAndDeletions(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	events := func(do func() error) []string {
		t.Helper()
		before := len(s.Deliveries())
		if err := do(); err != nil {
			t.Fatal(err)
		}
		var kinds []string
		for _, d := range s.Deliveries()[before:] {
			var p struct {
				Event struct{ Type, Subtype string } `json:"event"`
			}
			if err := json.Unmarshal(d.Payload(), &p); err != nil {
				t.Fatal(err)
			}
			kinds = append(kinds, p.Event.Type+" "+p.Event.Subtype)
		}
		return kinds
	}
	want := func(name string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	ts, err := s.Post(fakeslack.Reporter, fakeslack.General, "who?", "")
	if err != nil {
		t.Fatal(err)
	}
	want("an edit", events(func() error { return s.Edit(fakeslack.Reporter, fakeslack.General, ts, "who spoke?") }), "message message_changed")
	want("an edit that mentions", events(func() error { return s.Edit(fakeslack.Reporter, fakeslack.General, ts, "<@U0DATELINE> who?") }), "message message_changed", "app_mention ")
	want("an edit that still mentions", events(func() error { return s.Edit(fakeslack.Reporter, fakeslack.General, ts, "<@U0DATELINE> when?") }), "message message_changed")
	if err := s.Edit(fakeslack.Editor, fakeslack.General, ts, "mine"); err == nil {
		t.Error("somebody else could edit it")
	}
	_, answer, err := client(s).PostMessage(fakeslack.General, slack.MsgOptionTS(ts), slack.MsgOptionText("They.", false))
	if err != nil {
		t.Fatal(err)
	}
	want("a message with replies", events(func() error { return s.Delete(fakeslack.Reporter, fakeslack.General, ts) }), "message message_changed")
	if m, _ := s.Message(fakeslack.General, ts); m.Subtype != "tombstone" {
		t.Errorf("got %+v, want a tombstone", m)
	}
	want("the last reply", events(func() error {
		_, _, err := client(s).DeleteMessage(fakeslack.General, answer)
		return err
	}), "message message_deleted")
	if seen := s.Channel(fakeslack.Reporter, fakeslack.General); len(seen) != 0 {
		t.Errorf("got %v, want nothing left", seen)
	}
	t.Run("a reply to what is gone appears in the channel", func(t *testing.T) {
		_, _, m, err := client(s).PostMessageWithResponse(fakeslack.General, slack.MsgOptionTS(ts), slack.MsgOptionText("late", false))
		if err != nil || m.ThreadTimestamp != "" {
			t.Errorf("got thread %q, %v; want none", m.ThreadTimestamp, err)
		}
	})
}

func TestKindsOfMessages(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	s.AddUser(fakeslack.User{ID: "U0WEATHER", Team: fakeslack.Team, Name: "weather", Bot: true})
	if err := s.Join("U0WEATHER", fakeslack.General); err != nil {
		t.Fatal(err)
	}
	root, err := s.Post(fakeslack.Reporter, fakeslack.General, "who?", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		user    string
		draft   fakeslack.Draft
		subtype string
		bot     string
		kinds   string
		top     bool
	}{
		{"a reply", fakeslack.Editor, fakeslack.Draft{Text: "they", Thread: root}, "", "", "message", false},
		{"a reply for all", fakeslack.Editor, fakeslack.Draft{Text: "they", Thread: root, Broadcast: true}, "thread_broadcast", "", "message", true},
		{"with a file", fakeslack.Editor, fakeslack.Draft{Text: "<@U0DATELINE> is this so?", File: "claim.png"}, "file_share", "", "message app_mention", true},
		{"a file alone", fakeslack.Editor, fakeslack.Draft{File: "claim.png"}, "file_share", "", "message", true},
		{"another bot", "U0WEATHER", fakeslack.Draft{Text: "<@U0DATELINE> rain"}, "", "B0WEATHER", "message app_mention", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, tops := len(s.Deliveries()), len(s.Channel(fakeslack.Reporter, fakeslack.General))
			if _, err := s.Send(tt.user, fakeslack.General, tt.draft); err != nil {
				t.Fatal(err)
			}
			sent := s.Deliveries()[before:]
			for _, d := range sent {
				var p struct {
					Event struct {
						Subtype string `json:"subtype"`
						Bot     string `json:"bot_id"`
						App     string `json:"app_id"`
					} `json:"event"`
				}
				if err := json.Unmarshal(d.Payload(), &p); err != nil || p.Event.Subtype != tt.subtype || p.Event.Bot != tt.bot || p.Event.App != "" {
					t.Errorf("got %s, want subtype %q of bot %q", d.Payload(), tt.subtype, tt.bot)
				}
			}
			if got := strings.Join(kinds(sent), " "); got != tt.kinds {
				t.Errorf("got %s, want %s", got, tt.kinds)
			}
			if got := len(s.Channel(fakeslack.Reporter, fakeslack.General)) > tops; got != tt.top {
				t.Errorf("shown in the channel: %v, want %v", got, tt.top)
			}
		})
	}
}
