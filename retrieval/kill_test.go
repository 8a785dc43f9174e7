//go:build unix

package retrieval_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"dateline/retrieval"
	"dateline/retrieval/retrievaltest"
)

// rounds is how often TestKilled and TestKilledEmbedding kill.
const rounds = 50

// killSource is the corpus of a round: each adds a file, changes one and
// removes one.
func killSource(round int) *retrievaltest.Source {
	src := small()
	for i := max(0, round-5); i <= round; i++ {
		name := fmt.Sprintf("%d.txt", i)
		src.Put(name, retrievaltest.Article(name, "", "", fmt.Sprintf("Town%d has %d bridges. The mayor of Town%d counted them.", i, round, i)))
	}
	return src
}

// TestKilledChild is what TestKilled starts: a Sync that kills its own process
// at a given call of its progress function.
func TestKilledChild(t *testing.T) {
	args := strings.Fields(os.Getenv("DATELINE_TEST_KILL"))
	if len(args) != 3 {
		t.Skip("started by TestKilled")
	}
	round, _ := strconv.Atoi(args[1])
	at, _ := strconv.Atoi(args[2])
	x, err := retrieval.Open(args[0], quick(retrievaltest.Words{}))
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	_, err = x.Sync(context.Background(), killSource(round), func(p retrieval.Progress) {
		if calls++; calls == at {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // until the signal arrives
		}
	})
	fmt.Println("calls", calls, err)
}

// Killed anywhere while it indexes, an index opens as it was before or as it
// was to be, and the next Sync finishes the work.
func TestKilled(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(7, 8))
	x := open(t, dir, quick(retrievaltest.Words{}))
	sync1(t, x, killSource(0))
	killed := 0
	stages := 36 // calls of progress in a Sync that nobody kills, about
	for round := 1; round <= rounds; round++ {
		at := 1 + r.IntN(stages)
		cmd := exec.Command(program, "-test.run=^TestKilledChild$")
		// The race detector has each process wait a second before it ends.
		cmd.Env = append(os.Environ(), fmt.Sprintf("DATELINE_TEST_KILL=%s %d %d", dir, round, at), "GORACE=atexit_sleep_ms=0")
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL:
			killed++
		case err != nil:
			t.Fatalf("round %d: %v: %s", round, err, out)
		}
		y, err := retrieval.Open(dir, quick(retrievaltest.Words{}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := y.Verify(context.Background()); err != nil {
			t.Fatalf("round %d, killed at %d: %v", round, at, err)
		}
		list, err := y.Articles(context.Background(), retrieval.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range list {
			got = append(got, l.Source)
		}
		if before, after := names(t, killSource(round-1)), names(t, killSource(round)); !slices.Equal(got, before) && !slices.Equal(got, after) {
			t.Fatalf("round %d, killed at %d: got %q, want %q or %q", round, at, got, before, after)
		}
		if got := sources(t, y, retrieval.Query{Text: "bees"}); len(got) == 0 || got[0] != "bees.txt" {
			t.Errorf("round %d: got %q, want bees.txt", round, got)
		}
		sync1(t, y, killSource(round))
		if got, want := sources(t, y, retrieval.Query{Text: fmt.Sprintf("Town%d", round), Limit: 1}), []string{fmt.Sprintf("%d.txt", round)}; !slices.Equal(got, want) {
			t.Errorf("round %d: got %q, want %q", round, got, want)
		}
		if err := y.Close(); err != nil {
			t.Error(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), "tmp-") {
				t.Errorf("round %d: %s left behind", round, e.Name())
			}
		}
	}
	if killed < rounds/2 {
		t.Errorf("got %d of %d killed, want most", killed, rounds)
	}
}

func names(t *testing.T, src *retrievaltest.Source) []string {
	t.Helper()
	files, _, err := src.Files(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range files {
		if f.Name == "news.jsonl" {
			all = append(all, "news.jsonl#1", "news.jsonl#2")
			continue
		}
		all = append(all, f.Name)
	}
	return all
}

// TestKilledEmbeddingChild is what TestKilledEmbedding starts: a Sync and an Embed
// that kill their own process at a given step.
func TestKilledEmbeddingChild(t *testing.T) {
	args := strings.Fields(os.Getenv("DATELINE_TEST_KILL_EMBEDDING"))
	if len(args) != 3 {
		t.Skip("started by TestKilledEmbedding")
	}
	round, _ := strconv.Atoi(args[1])
	at, _ := strconv.Atoi(args[2])
	var steps atomic.Int64
	step := func() {
		if steps.Add(1) == int64(at) {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // until the signal arrives
		}
	}
	x, err := retrieval.Open(args[0], quick(&noting{Embedder: retrievaltest.Words{}, before: step}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Sync(t.Context(), towns(3*round), nil); err != nil {
		t.Fatal(err)
	}
	_, err = x.Embed(t.Context(), retrieval.EmbedOptions{Batch: 2}, func(e retrieval.Embedding) {
		fmt.Println("done", e.Done)
		step()
	})
	fmt.Println("steps", steps.Load(), err)
}

// Killed anywhere while it makes vectors, an index has all that were reported as
// done, and the next Embed makes the rest.
func TestKilledEmbedding(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(9, 10))
	killed := 0
	for round := 1; round <= rounds; round++ {
		cmd := exec.Command(program, "-test.run=^TestKilledEmbeddingChild$")
		// A round has nine texts, in five batches, and what was left of those
		// before.
		cmd.Env = append(os.Environ(), fmt.Sprintf("DATELINE_TEST_KILL_EMBEDDING=%s %d %d", dir, round, 1+r.IntN(10)), "GORACE=atexit_sleep_ms=0")
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL:
			killed++
		case err != nil:
			t.Fatalf("round %d: %v: %s", round, err, out)
		}
		done := 0
		for line := range strings.Lines(string(out)) {
			_, _ = fmt.Sscanf(line, "done %d", &done)
		}
		x, err := retrieval.Open(dir, quick(retrievaltest.Words{}))
		if err != nil {
			t.Fatal(err)
		}
		if h, err := x.Verify(t.Context()); err != nil || h.Embedded < done {
			t.Fatalf("round %d: got %d vectors, error %v, want the %d that were done", round, h.Embedded, err, done)
		}
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}
	if killed < rounds/2 {
		t.Errorf("got %d of %d killed, want most", killed, rounds)
	}
	x := open(t, dir, quick(retrievaltest.Words{}))
	sync1(t, x, towns(3*rounds))
	if e := embed1(t, x); e.Done != e.Passages || e.Passages < 9*rounds {
		t.Errorf("got %+v, want all done", e)
	}
	if h, err := x.Verify(t.Context()); err != nil || h.Embedded != h.Passages {
		t.Errorf("got %+v, error %v", h, err)
	}
}

// A directory that cannot be one is told from other failures.
func TestUnusableDirectory(t *testing.T) {
	notDir := t.TempDir() + "/file"
	if err := os.WriteFile(notDir, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	x := open(t, notDir+"/index", quick(retrievaltest.Words{}))
	_, err := x.Sync(context.Background(), small(), nil)
	var w *retrieval.WriteError
	if !errors.As(err, &w) || !w.ReadOnly() || !strings.Contains(err.Error(), notDir) {
		t.Errorf("got %v, want a WriteError that names %s", err, notDir)
	}
}
