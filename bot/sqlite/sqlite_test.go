package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"dateline/bot/sqlite"
)

var words = sqlite.Config{Schema: []string{
	"CREATE TABLE word (n INTEGER PRIMARY KEY, w TEXT NOT NULL UNIQUE) STRICT; CREATE TABLE use (w TEXT NOT NULL REFERENCES word(w)) STRICT",
	"ALTER TABLE word ADD COLUMN seen INTEGER NOT NULL DEFAULT 7",
}}

// at is words in a file, up to a step of its schema.
func at(path string, steps int) sqlite.Config {
	return sqlite.Config{Path: path, Schema: words.Schema[:steps]}
}

func open(t *testing.T, c sqlite.Config) *sql.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func add(t *testing.T, db *sql.DB, list ...string) {
	t.Helper()
	for _, w := range list {
		if _, err := db.Exec("INSERT INTO word (w) VALUES (?)", w); err != nil {
			t.Fatal(err)
		}
	}
}

func count(t *testing.T, db *sql.DB) int {
	t.Helper()
	var n int
	if err := db.QueryRow("SELECT count(*) FROM word").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestOpen(t *testing.T) {
	// SQLite would take some of these characters for its own.
	path := filepath.Join(t.TempDir(), "new folder", "a?b#c%20d&mode=ro", "words.db")
	db := open(t, at(path, 1))
	add(t, db, "ferry")
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "8000", "user_version": "1", "secure_delete": "1"} {
		var got string
		if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %s, error %v, want %s", pragma, got, err, want)
		}
	}
	if _, err := db.Exec("INSERT INTO use VALUES ('bridge')"); err == nil {
		t.Error("a use of no word was let in")
	}
	if runtime.GOOS != "windows" {
		for _, name := range []string{path, path + "-wal", path + "-shm", path + ".lock"} {
			if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: got %v, error %v; want it for its owner alone", name, info.Mode(), err)
			}
		}
	}
	// The next version, while this one has it open.
	later := open(t, at(path, 2))
	var seen int
	if err := later.QueryRow("SELECT seen FROM word").Scan(&seen); err != nil || seen != 7 {
		t.Errorf("got %d, error %v; want what the second step added", seen, err)
	}
	_, err := sqlite.Open(t.Context(), at(path, 1))
	if want := "it is of a newer version of Dateline (format 2, this one knows 1): use that version, or another data directory"; err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want %q", err, want)
	}
	if _, err := sqlite.OpenRead(t.Context(), at(path, 1)); err == nil || !strings.Contains(err.Error(), "newer version") {
		t.Errorf("got %v for reading, want that it is newer", err)
	}
	if count(t, db) != 1 {
		t.Error("what was there is gone")
	}
}

// A step that fails is as if it had never begun.
func TestUpgradeFails(t *testing.T) {
	c := at(filepath.Join(t.TempDir(), "words.db"), 1)
	add(t, open(t, c), "ferry")
	c.Schema = append(c.Schema[:1:1], "DROP TABLE use; CREATE TABLE word (n)")
	if _, err := sqlite.Open(t.Context(), c); err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Errorf("got %v, want why the step failed", err)
	}
	if _, err := open(t, at(c.Path, 1)).Exec("INSERT INTO use VALUES ('ferry')"); err != nil {
		t.Errorf("half a step was taken: %v", err)
	}
}

func TestOpenFails(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"below a file": filepath.Join(file, "words.db"), "a folder": dir} {
		if _, err := sqlite.Open(t.Context(), at(path, 1)); err == nil || !strings.Contains(err.Error(), path) && !strings.Contains(err.Error(), file) {
			t.Errorf("%s: got %v, want an error that names it", name, err)
		}
	}
	if runtime.GOOS != "windows" { // where it is merely not found
		below := filepath.Join(file, "words.db")
		if _, err := sqlite.OpenRead(t.Context(), at(below, 1)); err == nil || err.Error() != "open "+below+": not a directory" {
			t.Errorf("got %v of a file below a file, want that this is no folder", err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sqlite.Open(ended, at(filepath.Join(dir, "words.db"), 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v after the context ended, want %v", err, context.Canceled)
	}
}

func TestOpenRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "words.db")
	read := func() (*sql.DB, error) { return sqlite.OpenRead(t.Context(), at(path, 1)) }
	if _, err := read(); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, want that there is none", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := read(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v of an empty file, want that there is none", err)
	}
	w, err := sqlite.Open(t.Context(), at(path, 1))
	if err != nil {
		t.Fatal(err)
	}
	add(t, w, "ferry", "bridge")
	check := func(name string) {
		t.Helper()
		db, err := read()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := count(t, db); got != 2 {
			t.Errorf("%s: got %d words, want 2", name, got)
		}
		if _, err := db.Exec("INSERT INTO word (w) VALUES ('more')"); err == nil {
			t.Errorf("%s: it could be written to", name)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
	check("beside one who writes")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	before := list(t, filepath.Dir(path))
	check("alone")
	if after := list(t, filepath.Dir(path)); after != before {
		t.Errorf("reading left %s, before there was %s", after, before)
	}
	if db, err := sqlite.OpenRead(t.Context(), at(path, 2)); err != nil || count(t, db) != 2 || db.Close() != nil {
		t.Errorf("got %v of an earlier version, want it read", err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a write-ahead log stays behind, so the file is still open somewhere: %v", err)
	}
}

func list(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, fmt.Sprintf("%s (%d)", e.Name(), info.Size()))
	}
	return strings.Join(names, " ")
}

// filled makes a file of many pages.
func filled(t *testing.T, path string) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), at(path, 1))
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		if _, err := tx.Exec("INSERT INTO word (w) VALUES (?)", fmt.Sprintf("%d%s", i, strings.Repeat("word", 100))); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDamaged(t *testing.T) {
	for _, tt := range []struct {
		name   string
		spoil  func(data []byte) []byte
		atOnce bool // it cannot be opened
	}{
		{"another kind of file", func([]byte) []byte { return bytes.Repeat([]byte("not a database. "), 1000) }, true},
		{"a short text", func([]byte) []byte { return []byte("x") }, true},
		{"header", func(data []byte) []byte { copy(data, "SQLite format 9"); return data }, true},
		{"schema", func(data []byte) []byte { copy(data[100:4096], bytes.Repeat([]byte{0xff}, 3996)); return data }, true},
		{"page size", func(data []byte) []byte { data[16], data[17] = 0x12, 0x34; return data }, true},
		{"cut short", func(data []byte) []byte { return data[:len(data)/3] }, true},
		{"a page in the middle", func(data []byte) []byte {
			at := len(data) / 2 / 4096 * 4096
			copy(data[at:at+8192], bytes.Repeat([]byte{0xff}, 8192))
			return data
		}, false},
		{"zeros in the middle", func(data []byte) []byte { clear(data[4096*3 : 4096*20]); return data }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "words.db")
			filled(t, path)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			data = tt.spoil(data)
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			var damaged *sqlite.DamagedError
			// Who only reads is told, and changes nothing.
			db, err := sqlite.OpenRead(t.Context(), at(path, 1))
			if err == nil {
				err = sqlite.Check(t.Context(), db)
				db.Close()
			}
			if !errors.As(err, &damaged) || damaged.MovedTo != "" || !strings.Contains(err.Error(), path+" is damaged: ") {
				t.Errorf("got %v for reading, want that %s is damaged", err, path)
			}
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, data) {
				t.Errorf("reading changed the damaged file, error %v", err)
			}

			var told []*sqlite.DamagedError
			c := at(path, 1)
			c.Damaged = func(d *sqlite.DamagedError) { told = append(told, d) }
			db, err = sqlite.Open(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if (len(told) > 0) != tt.atOnce {
				t.Errorf("told %v as it was opened, want %v", told, tt.atOnce)
			}
			if !tt.atOnce {
				cause := sqlite.Check(t.Context(), db)
				if !sqlite.IsDamaged(cause) {
					t.Fatalf("got %v, want damage", cause)
				}
				db.Close()
				for range 2 { // the second finds nothing to do
					if err := sqlite.Renew(t.Context(), c, cause); err != nil {
						t.Fatal(err)
					}
				}
				db = open(t, c)
			}
			if len(told) != 1 {
				t.Fatalf("told %v, want one damaged file", told)
			}
			if kept, err := os.ReadFile(told[0].MovedTo); err != nil || !bytes.Equal(kept, data) && tt.atOnce {
				t.Errorf("got %d bytes at %s, error %v; want the damaged file as it was, %d", len(kept), told[0].MovedTo, err, len(data))
			}
			if want := path + " was damaged ("; !strings.HasPrefix(told[0].Error(), want) || !strings.HasSuffix(told[0].Error(), "; it was moved to "+told[0].MovedTo+", and a new one begun") {
				t.Errorf("got %q", told[0])
			}
			add(t, db, "new")
			if err := errors.Join(sqlite.Check(t.Context(), db), db.Close()); err != nil {
				t.Errorf("the new file: %v", err)
			}
		})
	}
}

// However many open a file at once, one makes it, one upgrades it, and one moves
// it aside.
func TestOpenAtOnce(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "new.db"), garbage} {
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				db, err := sqlite.Open(t.Context(), at(path, 1+i%2))
				if err != nil {
					if !strings.Contains(err.Error(), "newer version") {
						t.Error(err)
					}
					return
				}
				defer db.Close()
				for j := range 10 {
					if _, err := db.Exec("INSERT INTO word (w) VALUES (?)", fmt.Sprint(i, j)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if got := count(t, open(t, at(path, 2))); got < 40 || got%10 != 0 {
			t.Errorf("%s: got %d words, want all that were written", path, got)
		}
	}
	if moved, err := filepath.Glob(garbage + ".damaged-*"); err != nil || len(moved) != 1 {
		t.Errorf("got %v, error %v; want it moved aside once", moved, err)
	}
}
