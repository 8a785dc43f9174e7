package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/corpus"
	"dateline/corpus/files"
	"dateline/retrieval"
)

// faulty is an engine that cannot read one article, or none at all.
type faulty struct {
	bad string // source
	all bool
}

func (faulty) Name() string { return "faulty" }

func (f faulty) Draft(_ context.Context, _ bot.Question, passages []retrieval.Hit, _ func(bot.Claim)) (bot.Draft, error) {
	var d bot.Draft
	for _, h := range passages {
		if h.Article.Source == f.bad {
			panic("index out of range")
		}
		d.Claims = append(d.Claims, bot.Claim{Text: h.Article.Source})
	}
	if f.all {
		panic("always")
	}
	return d, nil
}

func TestGuardedEngine(t *testing.T) {
	var hits []retrieval.Hit
	for _, s := range []string{"a", "b", "a", "c"} {
		hits = append(hits, retrieval.Hit{Article: &corpus.Article{ID: s, Source: s}})
	}
	read := func(e bot.Answerer) (string, string, error) {
		var log bytes.Buffer
		d, err := guard(e, slog.New(slog.NewTextHandler(&log, nil))).Draft(t.Context(), bot.Question{}, hits, nil)
		var sources []string
		for _, c := range d.Claims {
			sources = append(sources, c.Text)
		}
		return strings.Join(sources, " "), log.String(), err
	}
	got, log, err := read(faulty{bad: "b"})
	if got != "a a c" || err != nil || !strings.Contains(log, "source=b") {
		t.Errorf("with a fault in b: read %q, error %v, log %q; want a a c and b in the log", got, err, log)
	}
	if got, log, err := read(faulty{}); got != "a b a c" || err != nil || log != "" {
		t.Errorf("without a fault: read %q, error %v, log %q", got, err, log)
	}
	var fault *faultError
	if _, _, err := read(faulty{all: true}); !errors.As(err, &fault) {
		t.Errorf("with a fault everywhere: error %v, want it", err)
	}
}

func TestGuardedRepairer(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	if _, ok := guard(faulty{}, log).(bot.Repairer); ok {
		t.Error("an engine that cannot repair can behind its guard")
	}
	mending := func(f func() bot.Draft) bot.Repairer {
		r, ok := guard(bottest.RepairingEngine{Mend: func(context.Context, []retrieval.Hit, []bot.Failed) (bot.Draft, error) { return f(), nil }}, log).(bot.Repairer)
		if !ok {
			t.Fatal("an engine that can repair cannot behind its guard")
		}
		return r
	}
	want := bot.Draft{Claims: []bot.Claim{{Text: "It rained."}}}
	if got, err := mending(func() bot.Draft { return want }).Repair(t.Context(), bot.Question{}, nil, nil); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, error %v, want %+v", got, err, want)
	}
	var fault *faultError
	if _, err := mending(func() bot.Draft { panic("always") }).Repair(t.Context(), bot.Question{}, nil, nil); !errors.As(err, &fault) {
		t.Errorf("got error %v, want the fault", err)
	}
}

func TestGuardedCorpus(t *testing.T) {
	fsys := fstest.MapFS{"a.txt": {Data: []byte("The bridge was opened.\n")}}
	g := guarded{files.FS("test", fsys)}
	list, _, err := g.Files(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("Files = %v, %v, want one", list, err)
	}
	stop := errors.New("stop")
	if _, err := g.Read(t.Context(), list[0], func(*corpus.Article) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Read = %v, want the error of yield", err)
	}
	// A fault of whoever takes the article is not the file's.
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a fault in yield was swallowed")
			}
		}()
		_, _ = g.Read(t.Context(), list[0], func(*corpus.Article) error { panic("yield") })
	}()
	// A nil Corpus stands for a fault in reading.
	problems, err := guarded{}.Read(t.Context(), list[0], func(*corpus.Article) error { return nil })
	if err != nil || len(problems) != 1 || problems[0].Name != "a.txt" || !strings.Contains(problems[0].Error(), "fault in Dateline") {
		t.Errorf("Read = %v, %v, want the fault as a problem of a.txt", problems, err)
	}
}

func TestRunRecovers(t *testing.T) {
	t.Chdir(t.TempDir())
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"version"}, func(string) string { return "" }, strings.NewReader(""), panicWriter{}, &stderr)
	if want := "dateline: stopped by a fault in the program: broken pipe organ"; code != exitFailed || !strings.Contains(stderr.String(), want) || strings.Contains(stderr.String(), "goroutine") {
		t.Errorf("exit code %d, stderr %q, want %d and %q and no stack", code, &stderr, exitFailed, want)
	}
}

// An answer that does not get out is a failure.
func TestOutputFails(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{{"version"}, {"version", "--json"}, {"help"}} {
		var stderr bytes.Buffer
		code := run(t.Context(), args, func(string) string { return "" }, nil, fullWriter{}, &stderr)
		if want := "dateline: writing to standard output: no space left on device\n"; code != exitFailed || stderr.String() != want {
			t.Errorf("dateline %v = %d, stderr %q, want %d, %q", args, code, &stderr, exitFailed, want)
		}
	}
}

type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

type panicWriter struct{}

func (panicWriter) Write([]byte) (int, error) { panic("broken pipe organ") }
