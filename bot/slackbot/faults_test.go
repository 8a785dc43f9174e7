package slackbot_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
	"dateline/bot/slackbot/inbox"
	"dateline/retrieval"
)

// An asker is one whose answers a test decides about.
type asker struct {
	slackbot.Asker
	ask func(ctx context.Context, q bot.Question, emit func(bot.Sentence)) (bot.Answer, error)
}

func (a asker) Ask(ctx context.Context, q bot.Question, emit func(bot.Sentence)) (bot.Answer, error) {
	return a.ask(ctx, q, emit)
}

// says is an Asker with one answer, which is shown sentence by sentence if it is
// to be streamed.
func says(text string) asker {
	return asker{ask: func(_ context.Context, q bot.Question, emit func(bot.Sentence)) (bot.Answer, error) {
		if emit != nil {
			emit(bot.Sentence{Text: text})
		}
		return bot.Answer{ID: "a2b3c4d5e6", Question: q.Text, Answered: true, Text: text, Sentences: []bot.Sentence{{Text: text}}, Engine: "test"}, nil
	}}
}

var names atomic.Int64

// room is a channel of its own, with the bot in it.
func (n *newsroom) room() string {
	id := fmt.Sprintf("C0ROOM%d", names.Add(1))
	n.AddChannel(fakeslack.Channel{ID: id, Name: strings.ToLower(id), Team: fakeslack.Team,
		Members: []string{n.BotUser(fakeslack.Team), fakeslack.Reporter, fakeslack.Editor}})
	return id
}

// spoken are the bot's messages in a channel, wherever in it.
func (n *newsroom) spoken(channel string) []fakeslack.Message {
	return slices.DeleteFunc(n.Messages(channel), func(m fakeslack.Message) bool { return m.BotID == "" || m.For != "" })
}

// patience is how long what has to happen is waited for: longer than it takes on
// the busiest machine.
const patience = 2 * time.Minute

// until waits for what Slack does not see, and looks less and less often.
func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	late := time.After(patience)
	for wait := time.Millisecond; !cond(); wait = min(2*wait, 16*time.Millisecond) {
		select {
		case <-time.After(wait):
		case <-late:
			t.Fatalf("waited for %s in vain", what)
		}
	}
}

// done waits until a question was dealt with.
func (n *newsroom) done(t *testing.T, channel, ts string) {
	t.Helper()
	until(t, "the question to be dealt with", func() bool {
		done, err := n.inbox.Finished(context.Background(), fakeslack.Team+"/"+channel+"/"+ts)
		return err == nil && done
	})
}

// once checks that a question has one answer, in its thread, that is complete.
func (n *newsroom) once(t *testing.T, channel, thread, want string) {
	t.Helper()
	got := n.spoken(channel)
	if len(got) != 1 || got[0].ThreadTS != thread || got[0].Streaming || !strings.Contains(got[0].PlainText(), want) {
		t.Errorf("got %d messages of the bot, want one with %q in the thread:", len(got), want)
		for _, m := range got {
			t.Errorf("%s in %q, streaming %v: %s", m.TS, m.ThreadTS, m.Streaming, m.PlainText())
		}
	}
}

// whenCalled is an Asker that waits until a method was called since the question
// was asked, as only what takes long gets a status.
func (n *newsroom) whenCalled(method string) asker {
	real := n.config.Asker
	return asker{Asker: real, ask: func(ctx context.Context, q bot.Question, emit func(bot.Sentence)) (bot.Answer, error) {
		before := len(n.Calls(method))
		if err := n.Wait(ctx, func() bool { return len(n.Calls(method)) > before }); err != nil {
			return bot.Answer{}, err
		}
		return real.Ask(ctx, q, emit)
	}}
}

// Whatever happens to a call, a question has one answer.
func TestCallsFail(t *testing.T) {
	t.Parallel()
	const timeout = 4 * time.Second
	faults := map[string]fakeslack.Fault{
		"503":            {Status: http.StatusServiceUnavailable, Times: 2},
		"429":            {Status: http.StatusTooManyRequests, Times: 1},
		"cut before":     {Drop: true, Times: 2},
		"cut after":      {DropAfter: true, Times: 1},
		"internal_error": {Error: "internal_error", Times: 1},
		// What is given up arrives within the time that it is waited for after that.
		"hangs for longer": {Delay: timeout + timeout/4, Times: 1},
		"hangs, then cut":  {Delay: timeout + timeout/4, DropAfter: true, Times: 1},
	}
	for how, methods := range map[string][]string{
		"streamed": {"users.info", "assistant.threads.setStatus", "chat.startStream", "chat.stopStream"},
		"posted":   {"chat.postMessage", "chat.update"},
	} {
		for _, method := range methods {
			t.Run(how+"/"+method, func(t *testing.T) {
				t.Parallel()
				n := open(t, func(c *slackbot.Config) { c.CallTimeout = timeout; c.Workers = 32 })
				if method == "assistant.threads.setStatus" {
					n.config.Asker = n.whenCalled(method)
				}
				n.start()
				if how == "posted" {
					n.Inject(fakeslack.Fault{Method: "chat.startStream", Error: "channel_type_not_supported"})
				}
				if method == "chat.update" {
					// The status is a message, that becomes the answer.
					n.Inject(fakeslack.Fault{Method: "assistant.threads.setStatus", Error: "no_permission"})
				}
				asked := make(map[string][2]string)
				for name, f := range faults {
					channel := n.room()
					f.Method, f.Channel = method, channel
					if method == "users.info" {
						f.Channel = ""
					}
					n.Inject(f)
					ts, err := n.Mention(fakeslack.Reporter, channel, "who confirmed the Moscow visit?", "")
					if err != nil {
						t.Fatal(err)
					}
					asked[name] = [2]string{channel, ts}
				}
				for name, q := range asked {
					n.done(t, q[0], q[1])
					n.settle()
					t.Run(name, func(t *testing.T) { n.once(t, q[0], q[1], "Ushakov") })
				}
				n.checkBut(t, "message_not_in_streaming_state") // a stream whose end was cut is ended again
			})
		}
	}
}

// An answer of several messages has each of them once, whichever is not known to
// have arrived.
func TestPartsOfAnAnswer(t *testing.T) {
	t.Parallel()
	const sentences = 300
	var text strings.Builder
	for i := range sentences {
		fmt.Fprintf(&text, "Sentence number %d of a long answer stands here. ", i)
	}
	n := open(t, func(c *slackbot.Config) { c.Asker = says(strings.TrimSpace(text.String())) })
	n.Inject(fakeslack.Fault{Method: "chat.startStream", Error: "channel_type_not_supported"})
	n.start()
	for lost := range 2 {
		channel := n.room()
		n.Inject(fakeslack.Fault{Method: "chat.postMessage", Channel: channel, After: lost, Times: 1, DropAfter: true})
		ts, err := n.Mention(fakeslack.Reporter, channel, "tell me all about it?", "")
		if err != nil {
			t.Fatal(err)
		}
		n.done(t, channel, ts)
		var all strings.Builder
		got := n.spoken(channel)
		for _, m := range got {
			all.WriteString(strings.Join(strings.Fields(m.PlainText()), " ") + " ")
		}
		if len(got) < 2 {
			t.Fatalf("the answer is in %d messages, too few for this test", len(got))
		}
		for i := range sentences {
			if s := fmt.Sprintf("number %d of", i); strings.Count(all.String(), s) != 1 {
				t.Fatalf("message %d lost: %q is there %d times, want once", lost+1, s, strings.Count(all.String(), s))
			}
		}
	}
	n.Check(t)
}

// What Slack delivers twice, over two sockets, late, or before what came first
// is answered once and in order.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	// What is lost with a socket is sent again soon, and for as long as it takes.
	world := fakeslack.Config{Patience: 3 * time.Second, Retries: slices.Repeat([]time.Duration{200 * time.Millisecond}, 100)}
	n := furnish(t, bottest.NewSearcher(), shelf{}, nil, world, func(c *slackbot.Config) { c.Asker = says("The answer. [1]") })
	n.SetDeliveryFaults(fakeslack.DeliveryFaults{Redeliver: .5, Twice: .5, Reorder: .2, Disconnect: .03})
	n.start()
	type asked struct{ channel, ts string }
	var all []asked
	for range 10 {
		channel := n.room()
		for range 4 {
			ts, err := n.Mention(fakeslack.Reporter, channel, "what happened?", "")
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, asked{channel, ts})
		}
	}
	n.wait("all answers", func() bool {
		for _, a := range all {
			if len(n.replies(fakeslack.Reporter, a.channel, a.ts)) == 0 {
				return false
			}
		}
		return true
	})
	n.settle()
	for _, a := range all {
		if got := n.replies(fakeslack.Reporter, a.channel, a.ts); len(got) != 1 {
			t.Errorf("%s in %s has %d answers, want 1", a.ts, a.channel, len(got))
		}
	}
	n.Check(t)
}

// A fate kills a bot as if by kill -9 when it makes a call: at that moment it can
// neither write down nor call anything any more.
type fate struct {
	method string
	after  bool // once the call was worked on
	kill   func()
	struck sync.Once
	dead   chan struct{}
}

// struckYet reports whether it has killed the bot.
func (f *fate) struckYet() bool {
	select {
	case <-f.dead:
		return true
	default:
		return false
	}
}

func (f *fate) RoundTrip(r *http.Request) (*http.Response, error) {
	if f.struckYet() {
		return nil, errors.New("the process is dead")
	}
	if path.Base(r.URL.Path) != f.method {
		return http.DefaultTransport.RoundTrip(r)
	}
	var resp *http.Response
	if f.after {
		var err error
		if resp, err = http.DefaultTransport.RoundTrip(r); err != nil {
			return nil, err
		}
		resp.Body.Close()
	}
	f.struck.Do(func() {
		close(f.dead)
		f.kill()
	})
	return nil, errors.New("the process is dead")
}

// A process that is killed at any call leaves the question to the next one,
// which answers it once.
func TestKilled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method  string
		refused []string // methods that are not to be had
	}{
		{"users.info", nil},
		{"assistant.threads.setStatus", nil},
		{"chat.startStream", nil},
		{"chat.stopStream", nil},
		{"chat.postMessage", []string{"chat.startStream"}},
		{"chat.update", []string{"chat.startStream", "assistant.threads.setStatus"}},
	} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, after it %v", c.method, after), func(t *testing.T) {
				t.Parallel()
				f := &fate{method: c.method, after: after, dead: make(chan struct{})}
				n := open(t, func(c *slackbot.Config) { c.Grace = time.Millisecond })
				real := n.config.Asker
				if c.method == "assistant.threads.setStatus" {
					real = n.whenCalled(c.method)
				}
				wait := func(ctx context.Context, method string) error {
					return n.Wait(ctx, func() bool { return f.struckYet() || len(n.Calls(method)) > 0 })
				}
				n.config.Asker = asker{Asker: real, ask: func(ctx context.Context, q bot.Question, emit func(bot.Sentence)) (bot.Answer, error) {
					if c.method == "chat.update" {
						// There is something to change once a placeholder was posted.
						if err := wait(ctx, "chat.postMessage"); err != nil {
							return bot.Answer{}, err
						}
					}
					return real.Ask(ctx, q, func(s bot.Sentence) {
						emit(s)
						if strings.HasSuffix(c.method, "Stream") {
							// An answer that is whole before its stream has begun is posted
							// instead.
							_ = wait(ctx, "chat.startStream")
						}
					})
				}}
				for _, m := range c.refused {
					n.Inject(fakeslack.Fault{Method: m, Error: "unknown_method"})
				}
				ours, err := inbox.Open(t.Context(), n.file, nil, n.now)
				if err != nil {
					t.Fatal(err)
				}
				f.kill = func() { ours.Close() }
				first := n.config
				first.Inbox, first.HTTP = ours, &http.Client{Transport: f}
				stop := n.run(first)
				channel := n.room()
				ts, err := n.Mention(fakeslack.Reporter, channel, "who confirmed the Moscow visit?", "")
				if err != nil {
					t.Fatal(err)
				}
				select {
				case <-f.dead:
				case <-time.After(patience):
					t.Fatalf("%s was never called", c.method)
				}
				stop()
				n.lapse()
				n.start()
				n.done(t, channel, ts)
				n.once(t, channel, ts, "Ushakov")
				n.checkBut(t, "streaming_state_conflict", "message_not_in_streaming_state")
			})
		}
	}
}

// Where nothing that was posted can be changed, the answer comes below the
// placeholder, once, and the next question gets no placeholder.
func TestNothingButPosting(t *testing.T) {
	t.Parallel()
	const slow = 700 * time.Millisecond // longer than what gets no placeholder
	n := open(t, func(c *slackbot.Config) {
		real := c.Asker
		c.Asker = asker{Asker: real, ask: func(ctx context.Context, q bot.Question, emit func(bot.Sentence)) (bot.Answer, error) {
			select {
			case <-time.After(slow):
			case <-ctx.Done():
			}
			return real.Ask(ctx, q, emit)
		}}
	})
	for _, m := range []string{"assistant.threads.setStatus", "assistant.threads.setTitle", "chat.startStream", "chat.stopStream", "chat.update", "conversations.open", "conversations.replies", "users.info"} {
		n.Inject(fakeslack.Fault{Method: m, Error: "unknown_method"})
	}
	n.start()
	for i, want := range [][]string{{"Searching", "Ushakov"}, {"Ushakov"}} {
		channel := n.room()
		ts, err := n.Mention(fakeslack.Reporter, channel, "who confirmed the Moscow visit?", "")
		if err != nil {
			t.Fatal(err)
		}
		n.done(t, channel, ts)
		n.settle()
		got := n.replies(fakeslack.Reporter, channel, ts)
		if len(got) != len(want) {
			t.Fatalf("question %d got %d messages, want %d: %s", i+1, len(got), len(want), text(got))
		}
		for j, m := range got {
			has(t, m.PlainText(), want[j])
		}
	}
	n.Check(t)
}

// checkBut is Check, but for what a process cannot know of one that was killed.
func (n *newsroom) checkBut(t *testing.T, codes ...string) {
	t.Helper()
	for _, v := range n.Violations() {
		if !slices.Contains(codes, v.Code) {
			t.Errorf("against Slack's rules: %s", v)
		}
	}
}

// Two processes on one data directory answer each question once between them,
// also if one of them sleeps for longer than its lease.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	n := open(t, func(c *slackbot.Config) { c.Asker = says("The answer. [1]") })
	other, err := inbox.Open(t.Context(), n.file, nil, n.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	second := n.config
	second.Inbox = other
	n.start()
	n.run(second)
	n.wait("sockets of both", func() bool { return n.Connections() == 4 })
	n.SetDeliveryFaults(fakeslack.DeliveryFaults{Redeliver: .3, Twice: .7})
	channels := make(map[string][]string)
	for i := range 8 {
		channel := n.room()
		for range 3 {
			ts, err := n.Mention(fakeslack.Reporter, channel, "what happened?", "")
			if err != nil {
				t.Fatal(err)
			}
			channels[channel] = append(channels[channel], ts)
		}
		if i%2 == 1 {
			// As often as an item may be lost before it is given up, but once.
			n.lapse()
		}
	}
	n.wait("all answers", func() bool {
		for channel, list := range channels {
			for _, ts := range list {
				if len(n.replies(fakeslack.Reporter, channel, ts)) == 0 {
					return false
				}
			}
		}
		return true
	})
	n.settle()
	for channel, list := range channels {
		if got := len(n.spoken(channel)); got != len(list) {
			t.Errorf("%d answers to %d questions", got, len(list))
		}
	}
	n.Check(t)
}

// Whatever goes wrong for good, the asker sees a sentence that says so.
func TestNeverSilent(t *testing.T) {
	t.Parallel()
	broken := func(err error) func(*slackbot.Config) {
		return func(c *slackbot.Config) {
			c.Asker = asker{ask: func(context.Context, bot.Question, func(bot.Sentence)) (bot.Answer, error) { return bot.Answer{}, err }}
		}
	}
	answers := func(c *slackbot.Config) { c.Asker = says("The answer. [1]") }
	const thread, direct = "in the thread", "in a direct message"
	for _, c := range []struct {
		name   string
		change func(*slackbot.Config)
		// what goes wrong before it is asked
		before func(n *newsroom, channel string)
		where  string
		want   string
		logged string
	}{
		{"the model is down", broken(errors.New("the model at http://127.0.0.1:1 does not answer: start it, or ask with the engine extract")), nil, thread,
			"I could not answer: the model does not answer.", "start it, or ask with the engine extract"},
		{"the index is damaged", broken(&retrieval.DamagedError{File: "/srv/index/vectors", Err: errors.New("checksum")}), nil, thread, "the index of the articles is damaged", "/srv/index/vectors"},
		{"a fault in the engine", func(c *slackbot.Config) {
			c.Asker = asker{ask: func(context.Context, bot.Question, func(bot.Sentence)) (bot.Answer, error) {
				panic("index out of range")
			}}
		}, nil, thread, "because of a fault in Dateline", "index out of range"},
		{"a fault while it streams", func(c *slackbot.Config) {
			c.Asker = asker{ask: func(_ context.Context, _ bot.Question, emit func(bot.Sentence)) (bot.Answer, error) {
				emit(bot.Sentence{Text: "Half an answer."})
				panic("index out of range")
			}}
		}, nil, thread, "because of a fault in Dateline", "index out of range"},
		{"a fault in the list of articles", func(c *slackbot.Config) {
			// It takes long enough for a status.
			asked := make(chan struct{})
			c.Library, c.Asker = faultyLibrary{c.Library, sync.OnceFunc(func() { close(asked) })}, held(asked)
		}, nil, thread, "The answer", "panic"},
		{"the channel is archived", answers, func(n *newsroom, channel string) {
			n.Inject(fakeslack.Fault{Method: "chat.*", Channel: channel, Error: "is_archived"})
		}, direct, "that channel is archived", "is_archived"},
		{"the channel is gone", answers, func(n *newsroom, channel string) {
			n.Inject(fakeslack.Fault{Method: "chat.*", Channel: channel, Error: "channel_not_found"})
		}, direct, "invite it with /invite", "channel_not_found"},
		{"the bot is not in the channel", answers, func(n *newsroom, channel string) {
			n.Inject(fakeslack.Fault{Method: "chat.*", Channel: channel, Error: "not_in_channel"})
		}, direct, "invite it with /invite", "not_in_channel"},
		{"the thread is gone", answers, func(n *newsroom, channel string) {
			n.Inject(fakeslack.Fault{Method: "chat.*", Channel: channel, Error: "thread_not_found"})
		}, direct, "the thread is gone", "thread_not_found"},
		{"only admins may post there", answers, func(n *newsroom, channel string) {
			n.Inject(fakeslack.Fault{Method: "chat.*", Channel: channel, Error: "restricted_action"})
		}, direct, "does not let apps post there", "restricted_action"},
		{"a scope is missing for the channel", answers, func(n *newsroom, channel string) {
			n.Inject(fakeslack.Fault{Method: "chat.*", Channel: channel, Error: "missing_scope"})
		}, direct, "lacks a scope", "missing_scope"},
		{"the answer is too long", answers, func(n *newsroom, channel string) {
			n.Inject(fakeslack.Fault{Method: "chat.startStream", Channel: channel, Error: "msg_too_long"})
			n.Inject(fakeslack.Fault{Method: "chat.postMessage", Channel: channel, Error: "msg_too_long", Times: 1})
		}, thread, "too long for Slack", "msg_too_long"},
		{"Slack does not like the blocks", answers, func(n *newsroom, channel string) {
			n.Inject(fakeslack.Fault{Method: "chat.startStream", Channel: channel, Error: "invalid_blocks"})
			n.Inject(fakeslack.Fault{Method: "chat.postMessage", Channel: channel, Error: "invalid_blocks", Times: 1})
		}, thread, "I could not answer", "invalid_blocks"},
		{"Slack takes no metadata", answers, func(n *newsroom, channel string) {
			n.Inject(fakeslack.Fault{Method: "chat.startStream", Channel: channel, Error: "method_not_supported_for_channel_type"})
			n.Inject(fakeslack.Fault{Method: "chat.postMessage", Channel: channel, Error: "invalid_metadata_format", Times: 1})
		}, thread, "The answer", "metadata not taken"},
		{"it cannot be looked up whether a message arrived", answers, func(n *newsroom, channel string) {
			n.Inject(fakeslack.Fault{Method: "chat.startStream", Channel: channel, Error: "method_not_supported_for_channel_type"})
			n.Inject(fakeslack.Fault{Method: "chat.postMessage", Channel: channel, Drop: true, Times: 1})
			n.Inject(fakeslack.Fault{Method: "conversations.replies", Channel: channel, Error: "missing_scope"})
		}, thread, "The answer", "may be doubled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log buffer
			n := open(t, func(cfg *slackbot.Config) {
				c.change(cfg)
				cfg.Log = log.logger()
			})
			n.start()
			channel := n.room()
			if c.before != nil {
				c.before(n, channel)
			}
			ts, err := n.Mention(fakeslack.Reporter, channel, "who confirmed the Moscow visit?", "")
			if err != nil {
				t.Fatal(err)
			}
			dm := "D" + fakeslack.Team[1:] + fakeslack.Reporter[1:]
			seen := func() []fakeslack.Message {
				if c.where == thread {
					return n.replies(fakeslack.Reporter, channel, ts)
				}
				return n.spoken(dm)
			}
			n.done(t, channel, ts)
			got := seen()
			if len(got) != 1 || !strings.Contains(got[0].PlainText(), c.want) {
				t.Errorf("the asker sees %s %d messages, want one with %q: %v", c.where, len(got), c.want, got)
			}
			if !strings.Contains(log.String(), c.logged) {
				t.Errorf("%q is not in the log:\n%s", c.logged, log.String())
			}
			n.Check(t)
		})
	}
}

// A library whose list is faulty.
type faultyLibrary struct {
	slackbot.Library
	asked func()
}

func (l faultyLibrary) Articles(context.Context, retrieval.Filter) ([]retrieval.Listing, error) {
	l.asked()
	panic("no list")
}

func (l faultyLibrary) Coverage(context.Context, retrieval.Filter) (retrieval.Coverage, error) {
	l.asked()
	panic("no list")
}
