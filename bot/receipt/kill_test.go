//go:build unix

package receipt_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dateline/bot/receipt"
)

// TestKilledChild is what TestKilled starts: it records until it is killed, and
// prints each id before and after.
func TestKilledChild(t *testing.T) {
	path, name, ok := strings.Cut(os.Getenv("DATELINE_TEST_KILL"), " ")
	if !ok {
		t.Skip("started by TestKilled")
	}
	s := receipt.New(receipt.Config{Path: path, Retention: receipt.Retention{Answers: 100_000, Age: time.Hour}, Now: func() time.Time { return day }})
	for i := 0; ; i++ {
		r := bare(fmt.Sprintf("%s-%d", name, i))
		r.Answer.Text = strings.Repeat(r.Question, i%500) // up to 10 pages
		if err := s.Record(context.Background(), r); err != nil {
			fmt.Println("failed", err)
			os.Exit(1)
		}
		fmt.Println("kept", r.ID)
	}
}

// Killed anywhere while it writes, and while another process writes, too, a
// store opens, is sound, and has all that was recorded.
func TestKilled(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "receipts.db")
	r := rand.New(rand.NewPCG(7, 8))
	const rounds = 10
	kept := make(map[string]bool)
	for round := range rounds {
		var wg sync.WaitGroup
		var mu sync.Mutex
		for i := range 2 {
			stop := r.IntN(30) // kill it after so many receipts
			cmd := exec.Command(program, "-test.run=^TestKilledChild$")
			cmd.Env = append(os.Environ(), fmt.Sprintf("DATELINE_TEST_KILL=%s %d-%d", path, round, i))
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			wg.Go(func() {
				lines := bufio.NewScanner(out)
				for n := 0; lines.Scan(); n++ {
					if n == stop {
						// It is at the next one, or about to be.
						if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
							t.Error(err)
						}
					}
					id, ok := strings.CutPrefix(lines.Text(), "kept ")
					if !ok {
						t.Errorf("round %d: got %q", round, lines.Text())
					}
					mu.Lock()
					kept[id] = true
					mu.Unlock()
				}
				if err := cmd.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
					t.Errorf("round %d: ended with %v, want it killed", round, err)
				}
			})
		}
		wg.Wait()
		s := store(t, receipt.Config{Path: path})
		h, err := s.Check(t.Context())
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if h.Receipts < len(kept) || h.Receipts > len(kept)+2*(round+1) {
			t.Errorf("round %d: got %d receipts, want %d or one more for each that was killed", round, h.Receipts, len(kept))
		}
		list, err := s.List(t.Context(), receipt.Filter{Limit: h.Receipts})
		if err != nil {
			t.Fatal(err)
		}
		found := make(map[string]string)
		for _, r := range list {
			found[r.ID] = r.Question
		}
		for id := range kept {
			if found[id] != "Who asked "+id+"?" {
				t.Fatalf("round %d: %s: got %q", round, id, found[id])
			}
		}
	}
	if len(kept) < 10*rounds {
		t.Errorf("got %d receipts in %d rounds, too few to tell", len(kept), rounds)
	}
}
