package retrieval_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dateline/corpus"
	"dateline/retrieval"
	"dateline/retrieval/retrievaltest"
)

// TestDisk runs TestDiskChild where it may mount file systems of its own.
func TestDisk(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^TestDiskChild$", "-test.v")
	cmd.Env = append(os.Environ(), "DATELINE_TEST_DISK="+t.TempDir(), "GORACE=atexit_sleep_ms=0")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	switch {
	case err != nil && len(out) == 0:
		t.Skipf("FULL AND READ-ONLY DISKS NOT TESTED: no user namespaces here: %v", err)
	case strings.Contains(string(out), "no mounting here"):
		t.Skipf("FULL AND READ-ONLY DISKS NOT TESTED: %s", out)
	case err != nil || !strings.Contains(string(out), "--- PASS: TestDiskChild/read-only"):
		t.Errorf("%v\n%s", err, out)
	}
}

func TestDiskChild(t *testing.T) {
	dir := os.Getenv("DATELINE_TEST_DISK")
	if dir == "" {
		t.Skip("started by TestDisk")
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("no mounting here: %v", err)
	}
	index := filepath.Join(dir, "index")
	x := open(t, index, quick(retrievaltest.Words{}))
	src := small()
	first := sync1(t, x, src)
	var w *retrieval.WriteError
	stands := func(t *testing.T) {
		t.Helper()
		y := open(t, index, quick(retrievaltest.Words{}))
		if h, err := y.Verify(context.Background()); err != nil || h.Generation != first.Generation {
			t.Errorf("got %v, %v, want generation %s", h.Generation, err, first.Generation)
		}
		want(t, sources(t, y, retrieval.Query{Text: "bees"})[:1], "bees.txt")
	}

	t.Run("full", func(t *testing.T) {
		// As much as fits neither into the spool nor, with less of it, into
		// what comes after.
		for _, kb := range []int{2000, 900, 600, 450} {
			var more []*corpus.Article
			for i := range kb / 10 {
				more = append(more, retrievaltest.Article(fmt.Sprintf("more.jsonl#%d", i), "", "", strings.Repeat("A text about bees and towns. ", 350)))
			}
			src.Put("more.jsonl", more...)
			_, err := x.Sync(context.Background(), src, nil)
			if !errors.As(err, &w) || !w.Full() || !strings.Contains(err.Error(), index) || !strings.Contains(err.Error(), "free some space") {
				t.Errorf("%d KB: got %v, want a WriteError about a full disk that names %s", kb, err, index)
			}
			stands(t)
			if left, _ := filepath.Glob(filepath.Join(index, "tmp-*")); len(left) > 0 {
				t.Errorf("got %q left behind", left)
			}
		}
		src.Remove("more.jsonl")
	})
	// vectorless finds by meaning although no vector can be written.
	vectorless := func(t *testing.T, ok func(*retrieval.WriteError) bool) {
		t.Helper()
		z := open(t, index, quick(retrievaltest.Words{Name: t.Name()}))
		if _, err := z.Embed(t.Context(), retrieval.EmbedOptions{}, nil); !errors.As(err, &w) || !ok(w) || !strings.Contains(err.Error(), index) {
			t.Errorf("got %v, want a WriteError that names %s", err, index)
		}
		r, err := z.Search(t.Context(), retrieval.Query{Text: "bees"})
		if err != nil || r.Searched.Embedded != r.Searched.Passages || r.Hits[0].Semantic == 0 {
			t.Errorf("got %+v, error %v, want all found by meaning", r.Searched, err)
		}
	}
	t.Run("full of other things", func(t *testing.T) {
		name := filepath.Join(dir, "filler")
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = f.Write(make([]byte, 4096))
		}
		f.Close()
		vectorless(t, (*retrieval.WriteError).Full)
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		z := open(t, index, quick(retrievaltest.Words{Name: t.Name()}))
		if e := embed1(t, z); e.Done != e.Passages {
			t.Errorf("got %+v once there is room, want all done", e)
		}
		stands(t)
	})
	t.Run("read-only", func(t *testing.T) {
		if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
			t.Skipf("no mounting here: %v", err)
		}
		z := open(t, index, quick(retrievaltest.Words{}))
		if r := sync1(t, z, src); r.Written || r.Unchanged != 4 {
			t.Errorf("got %+v, want nothing written", r)
		}
		stands(t)
		vectorless(t, (*retrieval.WriteError).ReadOnly)
		src.Put("bees.txt", bees("bees.txt")) // touched
		if r := sync1(t, z, src); r.Written {
			t.Errorf("got %+v, want nothing written", r)
		}
		src.Remove("bees.txt")
		if _, err := z.Sync(context.Background(), src, nil); !errors.As(err, &w) || !w.ReadOnly() || !strings.Contains(err.Error(), index) {
			t.Errorf("got %v, want a WriteError about a read-only directory that names %s", err, index)
		}
		stands(t)
	})
}
