package receipt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/receipt"
	"dateline/bot/sqlite"
	"dateline/retrieval"
)

var day = time.Date(2025, time.November, 28, 9, 0, 0, 123_000, time.UTC)

// store makes a Store with a file of its own, or with that of c.
func store(t testing.TB, c receipt.Config) *receipt.Store {
	t.Helper()
	if c.Path == "" {
		c.Path = filepath.Join(t.TempDir(), "receipts.db")
	}
	if c.Now == nil {
		c.Now = func() time.Time { return day }
	}
	s := receipt.New(c)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// made is a receipt as a Bot makes it.
func made(t testing.TB, q bot.Question) bot.Receipt {
	t.Helper()
	rec := new(bottest.Recorder)
	b := bot.New(bot.Config{
		Searcher: bottest.NewSearcher(bottest.Articles()...), Engines: []bot.Answerer{bottest.Failing(), bottest.Quoting(bottest.Lifting())},
		Receipts: rec, Version: "v1.2.3", Corpus: []string{"/news"}, Now: func() time.Time { return day },
	})
	if _, err := b.Ask(context.Background(), q, nil); err != nil {
		t.Fatal(err)
	}
	return rec.Receipts()[0]
}

// bare is a receipt that has no more than what it is told from others by.
func bare(id string) bot.Receipt {
	return bot.Receipt{ID: id, Asked: day, Question: "Who asked " + id + "?"}
}

func record(t testing.TB, s *receipt.Store, rs ...bot.Receipt) {
	t.Helper()
	for _, r := range rs {
		if err := s.Record(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
}

func ids(t testing.TB, s *receipt.Store, f receipt.Filter) string {
	t.Helper()
	list, err := s.List(context.Background(), f)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range list {
		all = append(all, r.ID)
	}
	return strings.Join(all, " ")
}

func TestRecord(t *testing.T) {
	s := store(t, receipt.Config{})
	want := made(t, bot.Question{
		Text: "and when?", Thread: []bot.Exchange{{Question: "Who confirmed the visit to Sandrith?", Answer: "Marta Velling."}},
		Filter: retrieval.Filter{Since: time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)}, Engine: "auto", Surface: "slack", Asker: "U1",
	})
	if _, err := os.Stat(s.Path()); err == nil {
		t.Error("the file is there before anything was to be kept")
	}
	record(t, s, want)
	for i := range want.Answer.Citations {
		want.Answer.Citations[i].Span.Start, want.Answer.Citations[i].Span.End = 0, 0 // not kept
	}
	got, err := s.Load(t.Context(), want.ID)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, error %v\nwant %+v", got, err, want)
	}
	// An asking has one receipt, the first one.
	other := want
	other.Question = "something else"
	if err := s.Record(t.Context(), other); err == nil || !strings.Contains(err.Error(), want.ID) {
		t.Errorf("got error %v, want that %s is taken", err, want.ID)
	}
	if got, err := s.Load(t.Context(), want.ID); err != nil || got.Question != want.Question {
		t.Errorf("got %q, error %v; want what was recorded first", got.Question, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Record(ended, bare("later")); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v after the context ended, want %v", err, context.Canceled)
	}
}

func TestFind(t *testing.T) {
	s := store(t, receipt.Config{})
	if _, err := s.Find(t.Context(), "k"); !errors.Is(err, receipt.ErrNone) {
		t.Errorf("got %v where nothing was kept, want %v", err, receipt.ErrNone)
	}
	record(t, s, bare("k3j2x7aq5e"), bare("k3j2zzzzzz"), bare("k3j3aaaaaa"), bare("k3j4aaaaaa"), bare("m222222222"))
	for _, tt := range []struct{ name, prefix, want string }{
		{"whole", "k3j2x7aq5e", "k3j2x7aq5e"},
		{"beginning", "k3j2x", "k3j2x7aq5e"},
		{"capitals", "K3J2X7", "k3j2x7aq5e"},
		{"one letter", "m", "m222222222"},
		{"two", "k3j2", "k3j2 is the beginning of several answers (k3j2x7aq5e, k3j2zzzzzz): give more of it"},
		{"many", "k", "k is the beginning of several answers (k3j2x7aq5e, k3j2zzzzzz, k3j3aaaaaa, ...): give more of it"},
		{"none", "x", "x: no such answer is kept"},
		{"past the end", "k3j2x7aq5e2", "k3j2x7aq5e2: no such answer is kept"},
		{"empty", "", ": no such answer is kept"},
		{"no letter", "%", "%: no such answer is kept"},
		{"quotes", "' OR 1=1 --", "' OR 1=1 --: no such answer is kept"},
		{"invalid UTF-8", "k\xff", "k\xff: no such answer is kept"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := s.Find(t.Context(), tt.prefix)
			if text := got.ID; text != tt.want && (err == nil || err.Error() != tt.want) {
				t.Errorf("got %q, error %v; want %s", text, err, tt.want)
			}
			if strings.HasSuffix(tt.want, "is kept") != errors.Is(err, receipt.ErrNone) {
				t.Errorf("got error %v", err)
			}
		})
	}
	if _, err := s.Load(t.Context(), "k3j2x"); !errors.Is(err, receipt.ErrNone) {
		t.Errorf("got %v, want no answer for half an id", err)
	}
}

func TestList(t *testing.T) {
	s := store(t, receipt.Config{})
	if got := ids(t, s, receipt.Filter{}); got != "" {
		t.Errorf("got %q where nothing was kept", got)
	}
	for i, who := range []string{"slack U1", "slack U2", "terminal ", "slack U1", "web U1"} {
		r := bare(fmt.Sprint("id", i))
		r.Surface, r.Asker, _ = strings.Cut(who, " ")
		r.Asked = day.Add(-time.Duration(i) * time.Hour) // a clock that runs backwards
		record(t, s, r)
	}
	for _, tt := range []struct {
		name string
		f    receipt.Filter
		want string
	}{
		{"all", receipt.Filter{}, "id4 id3 id2 id1 id0"},
		{"a surface", receipt.Filter{Surface: "slack"}, "id3 id1 id0"},
		{"an asker", receipt.Filter{Surface: "slack", Asker: "U1"}, "id3 id0"},
		{"the same name elsewhere", receipt.Filter{Surface: "web", Asker: "U1"}, "id4"},
		{"nobody", receipt.Filter{Surface: "slack", Asker: "U9"}, ""},
		{"few", receipt.Filter{Limit: 2}, "id4 id3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ids(t, s, tt.f); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFeedback(t *testing.T) {
	s := store(t, receipt.Config{Retention: receipt.Retention{Answers: 2}})
	if err := s.AddFeedback(t.Context(), receipt.Feedback{Answer: "a"}); !errors.Is(err, receipt.ErrNone) {
		t.Errorf("got %v for no answer, want %v", err, receipt.ErrNone)
	}
	if _, err := os.Stat(s.Path()); err == nil {
		t.Error("feedback on nothing made the file")
	}
	record(t, s, bare("a"), bare("b"))
	for _, f := range []receipt.Feedback{
		{Answer: "a", By: "U1", Good: true, At: day},
		{Answer: "b", By: "U1", Reason: "wrong mayor", At: day.Add(-time.Hour)},
		{Answer: "a", By: "U2", Good: true},
		{Answer: "a", By: "U1", Reason: "on second thought", At: day.Add(time.Hour)},
	} {
		if err := s.AddFeedback(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddFeedback(t.Context(), receipt.Feedback{Answer: "c"}); !errors.Is(err, receipt.ErrNone) {
		t.Errorf("got %v for no answer, want %v", err, receipt.ErrNone)
	}
	all := func() []receipt.Feedback {
		var all []receipt.Feedback
		for f, err := range s.Feedback(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, f)
		}
		return all
	}
	want := []receipt.Feedback{
		{Answer: "b", By: "U1", Reason: "wrong mayor", At: day.Add(-time.Hour)},
		{Answer: "a", By: "U2", Good: true, At: day},
		{Answer: "a", By: "U1", Reason: "on second thought", At: day.Add(time.Hour)},
	}
	if got := all(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	for range s.Feedback(t.Context()) {
		break // must be possible
	}
	// It goes with its answer.
	record(t, s, bare("c"))
	if got := all(); len(got) != 1 || got[0].Answer != "b" {
		t.Errorf("got %+v after answer a went, want that on b alone", got)
	}
}

func TestRetention(t *testing.T) {
	t.Parallel()
	now := day
	path := filepath.Join(t.TempDir(), "receipts.db")
	with := func(r receipt.Retention) *receipt.Store {
		return store(t, receipt.Config{Path: path, Retention: r, Now: func() time.Time { return now }})
	}
	n := 0
	put := func(s *receipt.Store) {
		t.Helper()
		r := bare(fmt.Sprintf("id%03d", n))
		r.Asked = now
		n++
		record(t, s, r)
	}
	all := with(receipt.Retention{})
	for range 5 {
		put(all)
		now = now.Add(24 * time.Hour)
	}
	if got, want := ids(t, all, receipt.Filter{}), "id004 id003 id002 id001 id000"; got != want {
		t.Errorf("forever: got %q, want %q", got, want)
	}
	put(with(receipt.Retention{Age: 3 * 24 * time.Hour}))
	if got, want := ids(t, all, receipt.Filter{}), "id005 id004 id003 id002"; got != want {
		t.Errorf("3 days: got %q, want %q", got, want)
	}
	put(with(receipt.Retention{Answers: 3}))
	if got, want := ids(t, all, receipt.Filter{}), "id006 id005 id004"; got != want {
		t.Errorf("3 answers: got %q, want %q", got, want)
	}
	put(with(receipt.Retention{Answers: 2, Age: time.Hour}))
	if got, want := ids(t, all, receipt.Filter{}), "id007 id006"; got != want {
		t.Errorf("2 answers of an hour: got %q, want %q", got, want)
	}
	// Very many go in several steps, and what goes is overwritten.
	for range 450 {
		put(all)
	}
	one := with(receipt.Retention{Answers: 1})
	for range 3 {
		put(one)
	}
	if got := ids(t, all, receipt.Filter{Limit: 1000}); got != fmt.Sprintf("id%03d", n-1) {
		t.Errorf("got %q, want the last one", got)
	}
	if err := errors.Join(all.Close(), one.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil || bytes.Contains(data, []byte("Who asked id1")) || !bytes.Contains(data, []byte("Who asked id4")) {
		t.Errorf("what was removed can still be read in the file, error %v", err)
	}
}

func TestParseRetention(t *testing.T) {
	const d = 24 * time.Hour
	for _, tt := range []struct {
		text, said string
		want       receipt.Retention
	}{
		{"", "90 days, the newest 100000", receipt.Retention{Age: 90 * d, Answers: 100_000}},
		{"30d", "30 days", receipt.Retention{Age: 30 * d}},
		{" 30D ", "30 days", receipt.Retention{Age: 30 * d}},
		{"10000", "the newest 10000", receipt.Retention{Answers: 10_000}},
		{"7d, 500", "7 days, the newest 500", receipt.Retention{Age: 7 * d, Answers: 500}},
		{"500,7d", "7 days, the newest 500", receipt.Retention{Age: 7 * d, Answers: 500}},
		{"Forever", "forever", receipt.Retention{}},
	} {
		if got, err := receipt.ParseRetention(tt.text); err != nil || got != tt.want || got.String() != tt.said {
			t.Errorf("%q: got %+v, %q, error %v; want %+v, %q", tt.text, got, got, err, tt.want, tt.said)
		}
	}
	for _, text := range []string{"0", "0d", "-1", "-3d", "d", "30 d", "30days", "1e3", "30d,60d", "1,2", "30d,", ",", "forever,30d", "100001d", "99999999999999999999", "never"} {
		if got, err := receipt.ParseRetention(text); err == nil || !strings.Contains(err.Error(), "or forever") {
			t.Errorf("%q: got %+v, error %v; want what to write", text, got, err)
		}
	}
}

func FuzzParseRetention(f *testing.F) {
	for _, s := range []string{"", "30d", "10000", "90d,100000", "forever", "1d,1d", "९d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := receipt.ParseRetention(s)
		if err != nil && r != (receipt.Retention{}) || r.Age < 0 || r.Answers < 0 {
			t.Errorf("got %+v, error %v", r, err)
		}
	})
}

func TestCheck(t *testing.T) {
	s := store(t, receipt.Config{})
	if h, err := s.Check(t.Context()); err != nil || h != (receipt.Health{}) {
		t.Errorf("got %+v, error %v where nothing is kept", h, err)
	}
	record(t, s, bare("a"), bare("b"))
	if err := s.AddFeedback(t.Context(), receipt.Feedback{Answer: "a"}); err != nil {
		t.Fatal(err)
	}
	h, err := s.Check(t.Context())
	if err != nil || h.Receipts != 2 || h.Feedback != 1 || !h.Oldest.Equal(day.Truncate(time.Microsecond)) || !h.Newest.Equal(h.Oldest) || h.Bytes == 0 {
		t.Errorf("got %+v, error %v", h, err)
	}
}

// One letter that changed is noticed, and costs no other receipt.
func TestDamagedReceipt(t *testing.T) {
	s := store(t, receipt.Config{})
	record(t, s, bare("first"), bare("second"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte("Who asked second"))
	data[at] = 'H'
	if err := os.WriteFile(s.Path(), data, 0o600); err != nil {
		t.Fatal(err)
	}
	var damaged *sqlite.DamagedError
	if _, err := s.Check(t.Context()); !errors.As(err, &damaged) || !strings.Contains(err.Error(), "answer second") {
		t.Errorf("got %v, want which receipt is damaged", err)
	}
	if _, err := s.Load(t.Context(), "second"); err == nil || !strings.Contains(err.Error(), "damaged") || errors.Is(err, receipt.ErrNone) {
		t.Errorf("got %v, want that it is damaged", err)
	}
	if _, err := s.Load(t.Context(), "first"); err != nil {
		t.Error(err)
	}
	if list, err := s.List(t.Context(), receipt.Filter{}); err != nil || len(list) != 2 || list[0].Error != "the receipt is damaged" {
		t.Errorf("got %+v, error %v; want both, and which is damaged", list, err)
	}
}

// A damaged file is moved aside, and the receipt goes to the next one.
func TestDamagedFile(t *testing.T) {
	for name, from := range map[string]int64{"when it is opened": 0, "when it is written to": 4096} {
		t.Run(name, func(t *testing.T) {
			var told []*sqlite.DamagedError
			s := store(t, receipt.Config{Damaged: func(d *sqlite.DamagedError) { told = append(told, d) }})
			long := made(t, bot.Question{Text: "Who visits Sandrith?"})
			for i := range 30 {
				long.ID = fmt.Sprint("long", i)
				record(t, s, long)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			f, err := os.OpenFile(s.Path(), os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			info, err := f.Stat()
			if err == nil {
				_, err = f.WriteAt(bytes.Repeat([]byte{0xff}, int(info.Size()-from)), from)
			}
			if err := errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Load(t.Context(), "long1"); !sqlite.IsDamaged(err) {
				t.Errorf("got %v, want that the file is damaged", err)
			}
			record(t, s, bare("new"))
			if len(told) != 1 || told[0].MovedTo == "" {
				t.Fatalf("told %v, want that the file was moved aside", told)
			}
			if _, err := os.Stat(told[0].MovedTo); err != nil {
				t.Error(err)
			}
			if got := ids(t, s, receipt.Filter{Limit: 1}); got != "new" {
				t.Errorf("got %s, want the new one", got)
			}
			if h, err := s.Check(t.Context()); err != nil || h.Receipts != 1 {
				t.Errorf("got %+v, error %v of the new file", h, err)
			}
		})
	}
}

func TestRecordAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "receipts.db")
	var wg sync.WaitGroup
	for i := range 4 {
		s := store(t, receipt.Config{Path: path, Retention: receipt.Retention{Answers: 1000, Age: time.Hour}})
		for j := range 4 {
			wg.Go(func() {
				for k := range 10 {
					id := fmt.Sprintf("%d-%d-%d", i, j, k)
					if err := s.Record(context.Background(), bare(id)); err != nil {
						t.Error(err)
					}
					if _, err := s.Load(context.Background(), id); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	if got := len(strings.Fields(ids(t, store(t, receipt.Config{Path: path}), receipt.Filter{Limit: 1000}))); got != 160 {
		t.Errorf("got %d receipts, want 160", got)
	}
}

func TestReadOnlyFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := store(t, receipt.Config{Path: filepath.Join(file, "receipts.db")})
	if err := s.Record(t.Context(), bare("a")); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v, want an error that names %s", err, file)
	}
}

// BenchmarkRecord is what keeping a receipt adds to an answer.
func BenchmarkRecord(b *testing.B) {
	for name, r := range map[string]bot.Receipt{
		"built-in": made(b, bot.Question{Text: "Who visits Sandrith?"}),
		"model": func() bot.Receipt {
			r := made(b, bot.Question{Text: "Who visits Sandrith?"})
			r.Passages = slices.Repeat(r.Passages, 12)[:12]
			r.Attempts[1].Calls = []bot.Call{{For: "answer", Model: "m", Prompt: "answer-1", Raw: strings.Repeat("The envoy’s adviser confirmed it. [1] ", 40)}}
			return r
		}(),
	} {
		b.Run(name, func(b *testing.B) {
			s := store(b, receipt.Config{Retention: receipt.Retention{Age: time.Hour, Answers: 1000}})
			n := 0
			for b.Loop() {
				r.ID = fmt.Sprint("id", n)
				n++
				if err := s.Record(context.Background(), r); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.Close(); err != nil { // the log is no part of its size
				b.Fatal(err)
			}
			h, err := s.Check(context.Background())
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(h.Bytes)/float64(h.Receipts), "B/receipt")
		})
	}
}
