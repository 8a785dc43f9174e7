package inbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/slackbot/inbox"
)

// A clock that is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Microsecond)
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	c.mu.Unlock()
}

func open(t testing.TB) (*inbox.Inbox, *clock) {
	t.Helper()
	c := &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	return openAt(t, filepath.Join(t.TempDir(), "slack.db"), c), c
}

func openAt(t testing.TB, file string, c *clock) *inbox.Inbox {
	t.Helper()
	b, err := inbox.Open(t.Context(), file, nil, c.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// item is "CHANNEL/THREAD/USER NUMBER".
func item(s string) inbox.Item {
	where, n, _ := strings.Cut(s, " ")
	p := strings.Split(where, "/")
	return inbox.Item{Key: s, Lane: p[0] + "/" + p[1], Team: "T", Channel: p[0], User: p[2], Kind: "question", Payload: json.RawMessage(`"` + n + `"`)}
}

func put(t testing.TB, b *inbox.Inbox, items ...string) {
	t.Helper()
	for _, s := range items {
		if _, err := b.Put(t.Context(), "", item(s)); err != nil {
			t.Fatal(err)
		}
	}
}

func take(t testing.TB, b *inbox.Inbox) inbox.Item {
	t.Helper()
	it, err := b.Take(t.Context(), time.Minute, 0)
	if errors.Is(err, inbox.ErrEmpty) {
		return inbox.Item{Key: "nothing"}
	}
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func TestPut(t *testing.T) {
	for _, c := range []struct {
		name   string
		events []string // "EVENT KEY"
		want   []bool
	}{
		{"two questions", []string{"E1 a", "E2 b"}, []bool{true, true}},
		{"an event that is delivered again", []string{"E1 a", "E1 a", "E1 b"}, []bool{true, false, false}},
		{"a question that two events bring", []string{"E1 a", "E2 a"}, []bool{true, false}},
		{"no event", []string{" a", " a", " b"}, []bool{true, false, true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := open(t)
			var got []bool
			for _, e := range c.events {
				event, key, _ := strings.Cut(e, " ")
				fresh, err := b.Put(t.Context(), event, inbox.Item{Key: key, Lane: key, Payload: json.RawMessage(`1`)})
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, fresh[0])
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("new: %v, want %v", got, c.want)
			}
		})
	}
}

// What is given out while nothing is done, one after the other.
func TestTakeOrder(t *testing.T) {
	for _, c := range []struct {
		name      string
		put, want []string
	}{
		{"in the order they came", []string{"A/1/x 1", "B/1/y 2", "C/1/z 3"}, []string{"A/1/x 1", "B/1/y 2", "C/1/z 3", "nothing"}},
		{"one of a thread at a time", []string{"A/1/x 1", "A/1/x 2"}, []string{"A/1/x 1", "nothing"}},
		{"a channel that asks less goes first", []string{"A/1/x 1", "A/2/y 2", "A/3/z 3", "B/1/w 4"}, []string{"A/1/x 1", "B/1/w 4", "A/2/y 2", "A/3/z 3"}},
		{"and a user who asks less", []string{"A/1/x 1", "B/2/x 2", "C/3/y 3"}, []string{"A/1/x 1", "C/3/y 3", "B/2/x 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, _ := open(t)
			put(t, b, c.put...)
			var got []string
			for range c.want {
				got = append(got, take(t, b).Key)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestLease(t *testing.T) {
	b, clock := open(t)
	put(t, b, "A/1/x 1")
	first := take(t, b)
	if got := take(t, b).Key; got != "nothing" {
		t.Fatalf("the other got %s while the lease lasts", got)
	}
	clock.advance(50 * time.Second)
	if err := b.Renew(t.Context(), first, time.Minute); err != nil {
		t.Fatal(err)
	}
	clock.advance(50 * time.Second)
	if got := take(t, b).Key; got != "nothing" {
		t.Fatalf("the other got %s while the renewed lease lasts", got)
	}
	clock.advance(11 * time.Second)
	second := take(t, b)
	if second.Key != first.Key || second.Attempts != 2 {
		t.Fatalf("got %s, attempt %d, want %s, attempt 2", second.Key, second.Attempts, first.Key)
	}
	for name, err := range map[string]error{
		"Renew":    b.Renew(t.Context(), first, time.Minute),
		"Done":     b.Done(t.Context(), first, "", nil),
		"Return":   b.Return(t.Context(), first, 0, ""),
		"Release":  b.Release(t.Context(), first),
		"SetReply": b.SetReply(t.Context(), first, inbox.Reply{Question: first.Key}),
	} {
		if !errors.Is(err, inbox.ErrLost) {
			t.Errorf("%s by the one that lost it: %v, want ErrLost", name, err)
		}
	}
	if err := b.Done(t.Context(), second, "", nil); err != nil {
		t.Error(err)
	}
}

// What a process had that is dead goes to the next one at once; what one has that
// is alive stays.
func TestInherit(t *testing.T) {
	file := filepath.Join(t.TempDir(), "slack.db")
	c := &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	dead, alive := openAt(t, file, c), openAt(t, file, c)
	put(t, alive, "A/1/x 1", "B/2/y 2")
	lost, kept := take(t, dead), take(t, alive)
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}
	next := openAt(t, file, c)
	if got := take(t, next); got.Key != lost.Key || got.Lost != 1 {
		t.Errorf("got %s, lost %d times, want %s, once", got.Key, got.Lost, lost.Key)
	}
	if got := take(t, next).Key; got != "nothing" {
		t.Errorf("got %s, which another has", got)
	}
	if err := alive.Done(t.Context(), kept, "", nil); err != nil {
		t.Error(err)
	}
	left, err := filepath.Glob(file + ".*.alive")
	if err != nil || len(left) != 2 {
		t.Errorf("files of the living: %v, %v, want 2", left, err)
	}
}

// What was lost with others is given out alone, so that what is lost again is so
// by its own doing.
func TestSuspects(t *testing.T) {
	b, clock := open(t)
	put(t, b, "A/1/x fatal", "B/2/y 2", "C/3/z 3")
	for range inbox.Suspect {
		for range 3 {
			if got := take(t, b).Key; got == "nothing" {
				t.Fatal("nothing is given out beside what was lost once at most")
			}
		}
		clock.advance(2 * time.Minute) // the process has ended with all three
	}
	put(t, b, "D/4/x 4")
	var order []string
	for range 8 {
		it := take(t, b)
		order = append(order, fmt.Sprintf("%s lost %d", it.Key, it.Lost))
		if it.Lost < inbox.Suspect {
			break
		}
		if got := take(t, b).Key; got != "nothing" {
			t.Errorf("got %s beside the suspect %s", got, it.Key)
		}
		if it.Key == "A/1/x fatal" && it.Lost < 4 {
			clock.advance(2 * time.Minute)
			continue
		}
		if err := b.Done(t.Context(), it, "", nil); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"A/1/x fatal lost 2", "B/2/y 2 lost 2", "C/3/z 3 lost 2", "A/1/x fatal lost 3", "A/1/x fatal lost 4", "D/4/x 4 lost 0"}
	if !slices.Equal(order, want) {
		t.Errorf("got  %q\nwant %q", order, want)
	}
}

// A suspect waits until nothing else is worked on, and nothing else is begun
// until then.
func TestSuspectWaits(t *testing.T) {
	b, clock := open(t)
	put(t, b, "A/1/x 1")
	for range inbox.Suspect {
		take(t, b)
		clock.advance(2 * time.Minute)
	}
	other := openAt(t, filepath.Join(t.TempDir(), "other.db"), clock)
	put(t, other, "Z/9/z 9")
	if got := take(t, other).Key; got != "Z/9/z 9" {
		t.Errorf("got %s from another file", got)
	}
	suspect := take(t, b)
	if suspect.Key != "A/1/x 1" || suspect.Lost != inbox.Suspect {
		t.Fatalf("got %s, lost %d times", suspect.Key, suspect.Lost)
	}
	if err := b.Return(t.Context(), suspect, time.Second, "no network"); err != nil {
		t.Fatal(err)
	}
	put(t, b, "B/2/y 2", "C/3/z 3")
	busy := take(t, b)
	if busy.Key != "B/2/y 2" {
		t.Fatalf("got %s while the suspect is not due", busy.Key)
	}
	clock.advance(2 * time.Second)
	if got := take(t, b).Key; got != "nothing" {
		t.Errorf("got %s while a suspect waits for all to be done", got)
	}
	if err := b.Done(t.Context(), busy, "", nil); err != nil {
		t.Fatal(err)
	}
	if got := take(t, b).Key; got != suspect.Key {
		t.Errorf("got %s, want the suspect %s", got, suspect.Key)
	}
}

func TestReturn(t *testing.T) {
	b, clock := open(t)
	put(t, b, "A/1/x 1", "A/1/x 2")
	it := take(t, b)
	if err := b.Return(t.Context(), it, time.Second, "no network"); err != nil {
		t.Fatal(err)
	}
	if got := take(t, b).Key; got != "nothing" {
		t.Errorf("got %s before it is due, and behind it in the thread", got)
	}
	if s, err := b.Status(t.Context()); err != nil || s.Waiting != 2 || s.Working != 0 || s.Problem != "no network" {
		t.Errorf("Status = %+v, %v", s, err)
	}
	if _, err := b.Put(t.Context(), "", inbox.Item{Key: "home", Lane: "home", Kind: "home", Payload: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		besides []string
		want    int
	}{{nil, 3}, {[]string{"home"}, 2}, {[]string{"home", "pane"}, 2}, {[]string{"home", it.Kind}, 0}} {
		if s, err := b.Status(t.Context(), tt.besides...); err != nil || s.Waiting != tt.want || s.Oldest.IsZero() != (tt.want == 0) {
			t.Errorf("Status besides %q = %+v, %v, want %d that wait", tt.besides, s, err, tt.want)
		}
	}
	if home := take(t, b); home.Key != "home" {
		t.Fatalf("got %s, want what is due", home.Key)
	}
	clock.advance(time.Second)
	again := take(t, b)
	if again.Key != it.Key || again.Attempts != 2 || again.Lost != 0 || string(again.Payload) != `"1"` {
		t.Errorf("got %s, attempt %d, lost %d, payload %s", again.Key, again.Attempts, again.Lost, again.Payload)
	}
	if err := b.Release(t.Context(), again); err != nil {
		t.Fatal(err)
	}
	if got := take(t, b); got.Key != it.Key || got.Attempts != 2 {
		t.Errorf("after Release got %s, attempt %d", got.Key, got.Attempts)
	}
}

// An item that comes in place of another ends it, and keeps it from coming.
func TestInstead(t *testing.T) {
	b, _ := open(t)
	put(t, b, "A/1/x 1", "A/2/x 2")
	working := take(t, b)
	for i, of := range []string{working.Key, "A/2/x 2", "A/9/x 9"} {
		it := item(fmt.Sprintf("B/%d/x %d", i, i))
		it.Instead = of
		if fresh, err := b.Put(t.Context(), "", it); err != nil || !fresh[0] {
			t.Fatalf("Put in place of %s: %v, %v", of, fresh, err)
		}
	}
	put(t, b, "A/9/x 9")
	var got []string
	for range 4 {
		got = append(got, take(t, b).Key)
	}
	if want := []string{"B/0/x 0", "B/1/x 1", "B/2/x 2", "nothing"}; !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if err := b.Done(t.Context(), working, "", nil); err != nil {
		t.Errorf("what was being worked on goes on: %v", err)
	}
}

// Within a lane the order is that of Slack's clock, whatever came first, but for
// what was begun.
func TestOrderInLane(t *testing.T) {
	b, clock := open(t)
	at := func(key string, sec int64) inbox.Item {
		it := item(key)
		it.At = time.Unix(sec, 0)
		return it
	}
	if _, err := b.Put(t.Context(), "", at("A/1/x 3", 30), at("A/1/x 2", 20), at("A/1/x 4", 40)); err != nil {
		t.Fatal(err)
	}
	begun := take(t, b)
	if _, err := b.Put(t.Context(), "", at("A/1/x 1", 10)); err != nil {
		t.Fatal(err)
	}
	clock.advance(2 * time.Minute)
	var got []string
	for range 4 {
		it := take(t, b)
		got = append(got, it.Key)
		if err := b.Done(t.Context(), it, "", nil); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{begun.Key, "A/1/x 1", "A/1/x 3", "A/1/x 4"}; begun.Key != "A/1/x 2" || !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Nobody has more than a share of what is worked on.
func TestShare(t *testing.T) {
	b, _ := open(t)
	put(t, b, "A/1/x 1", "A/2/y 2", "A/3/z 3", "B/4/x 4", "C/5/x 5", "D/6/w 6")
	var got []string
	for range 5 {
		it, err := b.Take(t.Context(), time.Minute, 2)
		if errors.Is(err, inbox.ErrEmpty) {
			it.Key = "nothing"
		} else if err != nil {
			t.Fatal(err)
		}
		got = append(got, it.Key)
	}
	if want := []string{"A/1/x 1", "D/6/w 6", "B/4/x 4", "A/2/y 2", "nothing"}; !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// A clock that is set back keeps nothing waiting, and takes nothing from whoever
// is at it.
func TestClockSetBack(t *testing.T) {
	b, clock := open(t)
	put(t, b, "A/1/x 1", "B/2/y 2", "C/3/z 3")
	working, returned := take(t, b), take(t, b)
	if err := b.Return(t.Context(), returned, time.Second, ""); err != nil {
		t.Fatal(err)
	}
	clock.advance(-24 * time.Hour)
	if got := take(t, b).Key; got != "C/3/z 3" {
		t.Errorf("got %s, want what waited", got)
	}
	clock.advance(40 * time.Second)
	if err := b.Renew(t.Context(), working, time.Minute); err != nil {
		t.Error(err)
	}
	clock.advance(21 * time.Second)
	for _, want := range []string{"B/2/y 2", "C/3/z 3", "nothing"} {
		if got := take(t, b).Key; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestReplies(t *testing.T) {
	b, _ := open(t)
	if _, ok, err := b.Reply(t.Context(), "q"); ok || err != nil {
		t.Fatalf("a reply before there is one: %v, %v", ok, err)
	}
	want := inbox.Reply{Question: "q", Channel: "C", Thread: "1.0", TS: "2.0", More: []string{"3.0", "4.0"}, Answer: "abc"}
	put(t, b, "A/1/x 1")
	if err := b.SetReply(t.Context(), take(t, b), want); err != nil {
		t.Fatal(err)
	}
	for _, ts := range []string{"2.0", "4.0"} {
		got, ok, err := b.ReplyAt(t.Context(), "C", ts)
		if err != nil || !ok || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("ReplyAt(C, %s) = %+v, %v, %v", ts, got, ok, err)
		}
	}
	if _, ok, err := b.ReplyAt(t.Context(), "D", "2.0"); ok || err != nil {
		t.Errorf("ReplyAt of another channel: %v, %v", ok, err)
	}
	if err := b.DropReply(t.Context(), "q"); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := b.Reply(t.Context(), "q"); ok || err != nil {
		t.Errorf("a reply after it was dropped: %v, %v", ok, err)
	}
}

func TestThread(t *testing.T) {
	b, _ := open(t)
	put(t, b, "A/1/x 1")
	it := take(t, b)
	said := []bot.Exchange{{Question: "who?", Answer: "Ushakov."}}
	if err := b.Done(t.Context(), it, "A/1", said); err != nil {
		t.Fatal(err)
	}
	got, at, err := b.Thread(t.Context(), "A/1")
	if err != nil || at.IsZero() || len(got) != 1 || got[0].Question != "who?" {
		t.Errorf("Thread = %+v, %v, %v", got, at, err)
	}
	if got, at, err := b.Thread(t.Context(), "A/2"); got != nil || !at.IsZero() || err != nil {
		t.Errorf("a thread that was never kept: %+v, %v, %v", got, at, err)
	}
}

// What came of items can be told by those after them in the lane.
func TestEarlier(t *testing.T) {
	b, _ := open(t)
	put(t, b, "A/1/x 1", "A/1/y 2", "A/1/z 3", "A/2/w 4")
	for _, outcome := range []string{"answered", "talk"} {
		it := take(t, b)
		it.Outcome = outcome
		if err := b.Done(t.Context(), it, "", nil); err != nil {
			t.Fatal(err)
		}
	}
	third := take(t, b)
	for _, tt := range []struct {
		name, kind string
		most       int
		want       []string
	}{
		{"all", third.Kind, 10, []string{"talk", "answered"}},
		{"the latest", third.Kind, 1, []string{"talk"}},
		{"of another kind", "other", 10, nil},
	} {
		list, err := b.Earlier(t.Context(), third.Lane, tt.kind, third.At, tt.most)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, it := range list {
			got = append(got, it.Outcome)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestPrune(t *testing.T) {
	b, clock := open(t)
	put(t, b, "A/1/x 1", "A/2/x 2")
	done := take(t, b)
	if err := b.Done(t.Context(), done, "", nil); err != nil {
		t.Fatal(err)
	}
	clock.advance(time.Hour)
	if err := b.Prune(t.Context(), clock.Now().Add(-time.Minute)); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]bool{done.Key: false, "A/2/x 2": true} {
		if got, err := b.Known(t.Context(), key); err != nil || got != want {
			t.Errorf("Known(%s) = %v, %v, want %v: what waits stays", key, got, err, want)
		}
	}
}

func TestKeep(t *testing.T) {
	b, clock := open(t)
	kept := func() string {
		data, err := b.Kept(t.Context(), "check")
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if got := kept(); got != "" {
		t.Errorf("got %q before anything is kept", got)
	}
	for _, want := range []string{"one", "two"} {
		if err := b.Keep(t.Context(), "check", []byte(want)); err != nil {
			t.Fatal(err)
		}
		if got := kept(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, tt := range []struct {
		after time.Duration
		want  string
	}{{inbox.KeptFor - time.Minute, "two"}, {2 * time.Minute, ""}} {
		clock.advance(tt.after)
		if err := b.Prune(t.Context(), clock.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got := kept(); got != tt.want {
			t.Errorf("got %q %s later, want %q", got, tt.after, tt.want)
		}
	}
}

func TestSwitch(t *testing.T) {
	b, _ := open(t)
	for _, on := range []bool{true, true, false} {
		if err := b.SetSwitch(t.Context(), "paused", on); err != nil {
			t.Fatal(err)
		}
		if got, err := b.Switch(t.Context(), "paused"); err != nil || got != on {
			t.Errorf("Switch = %v, %v, want %v", got, err, on)
		}
	}
}

// Several on one file give each item out once, and those of a thread in order.
func TestAtOnce(t *testing.T) {
	const workers, threads, each = 6, 5, 8
	file := filepath.Join(t.TempDir(), "slack.db")
	c := &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	b := openAt(t, file, c)
	for i := range each {
		for th := range threads {
			put(t, b, fmt.Sprintf("A/%d/u%d %d", th, th, i))
		}
	}
	var mu sync.Mutex
	got := make(map[string][]string)
	var wg sync.WaitGroup
	for range workers {
		own := openAt(t, file, c)
		wg.Go(func() {
			for {
				it, err := own.Take(context.Background(), time.Hour, 0)
				if errors.Is(err, inbox.ErrEmpty) {
					if s, err := own.Status(context.Background()); err != nil || s.Waiting == 0 {
						return
					}
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				got[it.Lane] = append(got[it.Lane], string(it.Payload))
				mu.Unlock()
				if err := own.Done(context.Background(), it, "", nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for th := range threads {
		lane := fmt.Sprintf("A/%d", th)
		var want []string
		for i := range each {
			want = append(want, fmt.Sprintf("%q", fmt.Sprint(i)))
		}
		if !slices.Equal(got[lane], want) {
			t.Errorf("%s: got %v, want %v", lane, got[lane], want)
		}
	}
}

// BenchmarkTake measures giving out one item while others wait.
func BenchmarkTake(b *testing.B) {
	for _, waiting := range []int{10, 100, 1000, 10_000} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			box, _ := open(b)
			var items []inbox.Item
			for i := range waiting {
				items = append(items, item(fmt.Sprintf("C%d/%d/u%d %d", i%200, i, i%50, i)))
			}
			if _, err := box.Put(b.Context(), "", items...); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				it, err := box.Take(b.Context(), time.Hour, 4)
				if err != nil {
					b.Fatal(err)
				}
				if err := box.Release(b.Context(), it); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
