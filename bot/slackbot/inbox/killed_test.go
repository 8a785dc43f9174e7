package inbox_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"dateline/bot/slackbot/inbox"
	"dateline/bot/sqlite"
)

// envChild makes the test binary put items into the inbox that it names, one
// after the other, and say so, until it is killed.
const envChild = "INBOX_TEST_FILE"

func TestMain(m *testing.M) {
	if file := os.Getenv(envChild); file != "" {
		child(file)
		return
	}
	os.Exit(m.Run())
}

func child(file string) {
	ctx, run := context.Background(), os.Getpid()
	box, err := inbox.Open(ctx, file, nil, nil)
	if err != nil {
		fmt.Println("error", err)
		return
	}
	for i := 0; ; i++ {
		key := fmt.Sprintf("A/%d/x %d-%d", i%7, run, i)
		if _, err := box.Put(ctx, "E"+key, item(key)); err != nil {
			fmt.Println("error", err)
			return
		}
		fmt.Println("put", key)
		if i%3 == 0 {
			it, err := box.Take(ctx, time.Minute, 0)
			if err == nil && i%2 == 0 {
				err = box.Done(ctx, it, "", nil)
			}
			if err != nil && !errors.Is(err, inbox.ErrEmpty) {
				fmt.Println("error", err)
				return
			}
		}
	}
}

// What was put in and said to be is there after kill -9, once, and what was
// being worked on is given out again at once.
func TestKilled(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: there is no kill -9")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "slack.db")
	said := make(map[string]bool)
	for round := range 4 {
		cmd := exec.CommandContext(t.Context(), exe)
		cmd.Env = append(os.Environ(), envChild+"="+file)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			key, ok := strings.CutPrefix(lines.Text(), "put ")
			if !ok {
				t.Fatal(lines.Text())
			}
			said[key] = true
			if n == 20+7*round {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = cmd.Wait() // says that it was killed
	}
	box, err := inbox.Open(t.Context(), file, func(d *sqlite.DamagedError) { t.Error(d) }, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	for key := range said {
		if known, err := box.Known(t.Context(), key); err != nil || !known {
			t.Errorf("%s is lost: %v", key, err)
		}
		if fresh, err := box.Put(t.Context(), "E"+key, item(key)); err != nil || fresh[0] {
			t.Errorf("%s is taken for new when it comes again: %v", key, err)
		}
	}
	given := make(map[string]bool)
	for {
		it, err := box.Take(t.Context(), time.Minute, 0)
		if errors.Is(err, inbox.ErrEmpty) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if given[it.Key] {
			t.Errorf("%s is given out twice", it.Key)
		}
		given[it.Key] = true
		if err := box.Done(t.Context(), it, "", nil); err != nil {
			t.Error(err)
		}
	}
	if n, err := box.Size(t.Context()); err != nil || n != 0 {
		t.Errorf("%d items are left that nobody gets: %v", n, err)
	}
}

// A damaged file is moved aside and told of, and what comes is taken in.
func TestDamaged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "slack.db")
	if err := os.WriteFile(file, []byte(strings.Repeat("no database at all ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	var told *sqlite.DamagedError
	box, err := inbox.Open(t.Context(), file, func(d *sqlite.DamagedError) { told = d }, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer box.Close()
	if told == nil || told.MovedTo == "" {
		t.Fatalf("told of %v, want where the file is now", told)
	}
	if _, err := os.Stat(told.MovedTo); err != nil {
		t.Error(err)
	}
	put(t, box, "A/1/x 1")
	if got := take(t, box).Key; got != "A/1/x 1" {
		t.Errorf("got %s", got)
	}
}
