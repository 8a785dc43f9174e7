package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHistory(t *testing.T) {
	name := filepath.Join(t.TempDir(), "data", historyFile)
	h, err := openHistory(name, false)
	if err != nil || h.Len() != 0 {
		t.Fatalf("got %d lines, %v; want none yet", h.Len(), err)
	}
	for _, line := range []string{"who?", "", " \n", "and\nwhen?"} {
		if err := h.save(line); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("got mode %v, want it readable for nobody else", got)
	}
	if h, err = openHistory(name, false); err != nil || h.Len() != 2 || h.At(0) != "and when?" || h.At(1) != "who?" {
		t.Errorf("got %q, %v; want what was saved, on one line each", h.lines, err)
	}

	// A line that a kill or a full disk cut short keeps to itself.
	if err := os.WriteFile(name, []byte("who?\nand wh"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := h.save("where?"); err != nil {
		t.Fatal(err)
	}
	if h, err = openHistory(name, false); err != nil || strings.Join(h.lines, "|") != "who?|and wh|where?" {
		t.Errorf("got %q, %v", h.lines, err)
	}
}

func TestHistoryIsBounded(t *testing.T) {
	name := filepath.Join(t.TempDir(), historyFile)
	var all strings.Builder
	for i := range 3 * maxHistory {
		fmt.Fprintf(&all, "question %d\n", i)
	}
	if err := os.WriteFile(name, []byte(all.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	h, err := openHistory(name, false)
	if err != nil || h.Len() != maxHistory || h.At(0) != fmt.Sprintf("question %d", 3*maxHistory-1) {
		t.Errorf("got %d lines, %v; want the last %d", h.Len(), err, maxHistory)
	}
	data, err := os.ReadFile(name)
	if n := strings.Count(string(data), "\n"); err != nil || n != maxHistory {
		t.Errorf("the file has %d lines, %v; want %d", n, err, maxHistory)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v; want it readable for nobody else", info.Mode(), err)
	}
	h.Add("one more")
	if h.Len() != maxHistory || h.At(0) != "one more" {
		t.Errorf("got %d lines, the last %q", h.Len(), h.At(0))
	}
}
