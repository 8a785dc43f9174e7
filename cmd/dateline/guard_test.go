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
		d, err := guardedEngine{e, slog.New(slog.NewTextHandler(&log, nil))}.Draft(t.Context(), bot.Question{}, hits, nil)
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

// manifold is a model that does all there is, and fails at it with a fault if it
// is set.
type manifold struct {
	bottest.RepairingEngine
	fault bool
}

func (m manifold) Rewrite(context.Context, []bot.Exchange, string) (string, []bot.Call, error) {
	if m.fault {
		panic("rewrite")
	}
	return "who?", nil, nil
}

func (m manifold) Judge(context.Context, string, []bot.Quote) (bot.Verdict, []bot.Call, error) {
	if m.fault {
		panic("judge")
	}
	return bot.Contradicted, nil, nil
}

func TestGuardedModel(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	want := bot.Draft{Claims: []bot.Claim{{Text: "It rained."}}}
	for _, fault := range []bool{false, true} {
		m := manifold{bottest.RepairingEngine{Mend: func(context.Context, []retrieval.Hit, []bot.Failed) (bot.Draft, error) {
			if fault {
				panic("repair")
			}
			return want, nil
		}}, fault}
		g := guardModel(m, log)
		d, err1 := g.Repair(t.Context(), bot.Question{}, nil, nil)
		text, _, err2 := g.Rewrite(t.Context(), nil, "")
		v, _, err3 := g.Judge(t.Context(), "", nil)
		for _, err := range []error{err1, err2, err3} {
			if f := (*faultError)(nil); errors.As(err, &f) != fault || !fault && err != nil {
				t.Errorf("with fault %v: got error %v", fault, err)
			}
		}
		if !fault && (!reflect.DeepEqual(d, want) || text != "who?" || v != bot.Contradicted) {
			t.Errorf("got %+v, %q, %q; want what the model gives", d, text, v)
		}
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
