package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An index that an older version made under another name is used where it is
// still the only one, and not made anew.
func TestOlderIndexIsAdopted(t *testing.T) {
	news, data := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(news, "a.txt"), []byte("The ferry ran aground off Quillhaven."), 0o644); err != nil {
		t.Fatal(err)
	}
	index := func() string {
		t.Helper()
		env := map[string]string{envData: data}
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), []string{"index", news}, func(name string) string { return env[name] }, strings.NewReader(""), &stdout, &stderr); code != 0 {
			t.Fatalf("index = %d: %s", code, &stderr)
		}
		return stdout.String()
	}
	index()
	key := indexKey([]string{news})
	for _, suffix := range []string{"", ".json"} {
		if err := os.Rename(filepath.Join(data, indexDir, key+suffix), filepath.Join(data, indexDir, "0123456789abcdef"+suffix)); err != nil {
			t.Fatal(err)
		}
	}
	if got := index(); !strings.Contains(got, "0 new, 0 changed, 1 unchanged") || strings.Contains(got, "made now") {
		t.Errorf("got %q, want nothing indexed or embedded anew", got)
	}
	entries, err := os.ReadDir(filepath.Join(data, indexDir))
	if err != nil || len(entries) != 2 || entries[0].Name() != key {
		t.Errorf("got %v, %v, want the index of %s alone", entries, err, key)
	}
}
