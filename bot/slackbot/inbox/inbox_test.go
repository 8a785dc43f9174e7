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

func take(t testing.TB, b *inbox.Inbox, owner string) inbox.Item {
	t.Helper()
	it, err := b.Take(t.Context(), owner, time.Minute)
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
				got = append(got, take(t, b, "me").Key)
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
	first := take(t, b, "one")
	if got := take(t, b, "two").Key; got != "nothing" {
		t.Fatalf("the other got %s while the lease lasts", got)
	}
	clock.advance(50 * time.Second)
	if err := b.Renew(t.Context(), "one", first.ID, time.Minute); err != nil {
		t.Fatal(err)
	}
	clock.advance(50 * time.Second)
	if got := take(t, b, "two").Key; got != "nothing" {
		t.Fatalf("the other got %s while the renewed lease lasts", got)
	}
	clock.advance(11 * time.Second)
	second := take(t, b, "two")
	if second.Key != first.Key || second.Attempts != 2 {
		t.Fatalf("got %s, attempt %d, want %s, attempt 2", second.Key, second.Attempts, first.Key)
	}
	for name, err := range map[string]error{
		"Renew":   b.Renew(t.Context(), "one", first.ID, time.Minute),
		"Done":    b.Done(t.Context(), "one", first.ID, "", nil),
		"Return":  b.Return(t.Context(), "one", first.ID, 0, ""),
		"Release": b.Release(t.Context(), "one", first.ID),
	} {
		if !errors.Is(err, inbox.ErrLost) {
			t.Errorf("%s by the one that lost it: %v, want ErrLost", name, err)
		}
	}
	if err := b.Done(t.Context(), "two", second.ID, "", nil); err != nil {
		t.Error(err)
	}
}

func TestReturn(t *testing.T) {
	b, clock := open(t)
	put(t, b, "A/1/x 1", "A/1/x 2")
	it := take(t, b, "me")
	if err := b.Return(t.Context(), "me", it.ID, time.Second, "no network"); err != nil {
		t.Fatal(err)
	}
	if got := take(t, b, "me").Key; got != "nothing" {
		t.Errorf("got %s before it is due, and behind it in the thread", got)
	}
	if s, err := b.Status(t.Context()); err != nil || s.Waiting != 2 || s.Working != 0 || s.Problem != "no network" {
		t.Errorf("Status = %+v, %v", s, err)
	}
	clock.advance(time.Second)
	if got := take(t, b, "me"); got.Key != it.Key || got.Attempts != 2 || string(got.Payload) != `"1"` {
		t.Errorf("got %s, attempt %d, payload %s", got.Key, got.Attempts, got.Payload)
	}
	if err := b.Release(t.Context(), "me", it.ID); err != nil {
		t.Fatal(err)
	}
	if got := take(t, b, "other"); got.Key != it.Key || got.Attempts != 2 {
		t.Errorf("after Release got %s, attempt %d", got.Key, got.Attempts)
	}
}

func TestCancel(t *testing.T) {
	b, _ := open(t)
	put(t, b, "A/1/x 1", "A/2/x 2")
	it := take(t, b, "me")
	for key, want := range map[string]bool{it.Key: false, "A/2/x 2": true, "A/9/x 9": false} {
		got, err := b.Cancel(t.Context(), key)
		if err != nil || got != want {
			t.Errorf("Cancel(%s) = %v, %v, want %v", key, got, err, want)
		}
	}
	if got := take(t, b, "me").Key; got != "nothing" {
		t.Errorf("got %s, which was cancelled", got)
	}
	for key, want := range map[string]bool{it.Key: true, "A/2/x 2": true, "A/9/x 9": false} {
		if got, err := b.Known(t.Context(), key); err != nil || got != want {
			t.Errorf("Known(%s) = %v, %v, want %v", key, got, err, want)
		}
	}
}

func TestReplies(t *testing.T) {
	b, _ := open(t)
	if _, ok, err := b.Reply(t.Context(), "q"); ok || err != nil {
		t.Fatalf("a reply before there is one: %v, %v", ok, err)
	}
	want := inbox.Reply{Question: "q", Channel: "C", Thread: "1.0", TS: "2.0", More: []string{"3.0", "4.0"}, Answer: "abc"}
	if err := b.SetReply(t.Context(), want); err != nil {
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
	it := take(t, b, "me")
	said := []bot.Exchange{{Question: "who?", Answer: "Ushakov. [1]"}}
	if err := b.Done(t.Context(), "me", it.ID, "A/1", said); err != nil {
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

func TestPrune(t *testing.T) {
	b, clock := open(t)
	put(t, b, "A/1/x 1", "A/2/x 2")
	done := take(t, b, "me")
	if err := b.Done(t.Context(), "me", done.ID, "", nil); err != nil {
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
	for w := range workers {
		own := openAt(t, file, c)
		wg.Go(func() {
			owner := fmt.Sprint(w)
			for {
				it, err := own.Take(context.Background(), owner, time.Hour)
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
				if err := own.Done(context.Background(), owner, it.ID, "", nil); err != nil {
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
	for _, waiting := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			box, _ := open(b)
			for i := range waiting {
				put(b, box, fmt.Sprintf("C%d/%d/u%d %d", i%200, i, i%50, i))
			}
			for b.Loop() {
				it, err := box.Take(b.Context(), "me", time.Hour)
				if err != nil {
					b.Fatal(err)
				}
				if err := box.Release(b.Context(), "me", it.ID); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
