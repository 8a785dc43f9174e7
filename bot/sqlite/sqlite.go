// Package sqlite opens the files of SQLite in which Dateline keeps what cannot
// be made again, and sees to what can happen to such a file: a program that is
// killed while it writes, several that write at once, a folder that must not be
// written to, a newer version of Dateline, damage.
//
// Each file has its own owner; a file of one is never opened by another.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// Config is what a file is to be.
type Config struct {
	Path string
	// Schema are the steps that make its tables, oldest first. A step that was
	// released is never changed: new ones follow it. The file remembers how
	// many it went through, as its user_version.
	Schema []string
	// Damaged, if not nil, is told of a file that was damaged and has been
	// moved aside.
	Damaged func(*DamagedError)
}

// A DamagedError says that a file is damaged.
type DamagedError struct {
	Path string
	// MovedTo is where the file is now, with what can be read of it; empty if it
	// is where it was.
	MovedTo string
	Err     error
}

func (e *DamagedError) Error() string {
	if e.MovedTo != "" {
		return fmt.Sprintf("%s was damaged (%v); it was moved to %s, and a new one begun", e.Path, e.Err, e.MovedTo)
	}
	return fmt.Sprintf("%s is damaged: %v", e.Path, e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }

const (
	// busyTimeout is how long a connection waits for one that writes. Writing
	// takes milliseconds, but a disk may hang for seconds.
	busyTimeout = 8 * time.Second
	// lockRetry is how often one that opens the file looks whether another is
	// still at it.
	lockRetry = 10 * time.Millisecond
)

// Open opens the file, to be read and written by any number of processes. If
// there is none it is made, and its folder, for its owner alone to read; if it
// is of an earlier version, it is brought up to date; if it is damaged, it is
// moved aside and another one made. What was committed is on the disk.
//
// The caller closes the DB. Its transactions take the lock for writing when
// they begin, so that none fails half-way for another's sake.
func Open(ctx context.Context, c Config) (*sql.DB, error) {
	if err := os.MkdirAll(filepath.Dir(c.Path), 0o700); err != nil {
		return nil, fmt.Errorf("open %s: %w", c.Path, err)
	}
	// Setting a file up is not for two at once: changing the journal's mode does
	// not wait for others, and of two that move a damaged file aside the second
	// would take the new one.
	unlock, err := lock(ctx, c.Path)
	if err != nil {
		return nil, err
	}
	defer unlock()
	db, err := c.open(ctx)
	if !IsDamaged(err) {
		return db, err
	}
	if err := c.moveAside(err); err != nil {
		return nil, err
	}
	return c.open(ctx)
}

// Renew is for a file that proved damaged after it was opened, and has been
// closed: it moves the file aside unless it is sound, as another process may
// have done so before. cause is what was noticed.
func Renew(ctx context.Context, c Config, cause error) error {
	unlock, err := lock(ctx, c.Path)
	if err != nil {
		return err
	}
	defer unlock()
	db, err := c.open(ctx)
	if err == nil {
		err = errors.Join(Check(ctx, db), db.Close())
	}
	if err == nil || !IsDamaged(err) {
		return err
	}
	return c.moveAside(cause)
}

func lock(ctx context.Context, path string) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, busyTimeout)
	defer cancel()
	l := flock.New(path+".lock", flock.SetPermissions(0o600))
	if _, err := l.TryLockContext(ctx, lockRetry); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return func() { _ = l.Close() }, nil // the lock ends with the process at the latest
}

// open sets the file up; the lock is held.
func (c Config) open(ctx context.Context) (_ *sql.DB, err error) {
	// SQLite would make it readable for all; the files beside it take after it.
	f, err := os.OpenFile(c.Path, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = errors.Join(c.tooShort(f.Stat()), f.Close())
	}
	if err != nil {
		return nil, fmt.Errorf("open %w", err) // it names the file
	}
	// Write-ahead logging lets readers and one writer work at once. With FULL, a
	// commit survives a power cut, too. What is deleted is overwritten: people
	// ask things that are nobody's business.
	db, err := connect(c.Path, "mode=rw", "foreign_keys(1)", "synchronous(FULL)", "secure_delete(1)")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = c.explain(errors.Join(err, db.Close()))
		}
	}()
	var mode string
	if err = db.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return nil, err
	}
	return db, c.upgrade(ctx, db)
}

// upgrade takes the steps that the file has not gone through.
func (c Config) upgrade(ctx context.Context, db *sql.DB) error {
	version, err := c.version(ctx, db)
	if err != nil || version == len(c.Schema) {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // of no effect after Commit
	for _, step := range c.Schema[version:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(c.Schema))); err != nil {
		return err
	}
	return tx.Commit()
}

// version is how many steps the file has gone through.
func (c Config) version(ctx context.Context, db *sql.DB) (int, error) {
	var version int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, err
	}
	if version > len(c.Schema) {
		return 0, fmt.Errorf("it is of a newer version of Dateline (format %d, this one knows %d): use that version, or another data directory", version, len(c.Schema))
	}
	return version, nil
}

// OpenRead opens the file to be read alone, and changes nothing: the folder may
// be one that must not be written to. The error is fs.ErrNotExist if there is no
// file, and a DamagedError if it is damaged.
func OpenRead(ctx context.Context, c Config) (_ *sql.DB, err error) {
	info, err := os.Stat(c.Path)
	if err == nil && info.Size() == 0 && missing(c.Path+"-wal") {
		err = &fs.PathError{Op: "open", Path: c.Path, Err: fs.ErrNotExist} // whoever made it was killed at it
	}
	if err != nil {
		if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
			err = pathErr.Err // "stat" tells people nothing
		}
		return nil, fmt.Errorf("open %s: %w", c.Path, err)
	}
	if err := c.tooShort(info, nil); err != nil {
		return nil, err
	}
	// Who opens it for reading alone cannot take the write-ahead log away when
	// done, and leaves files behind.
	db, version, err := c.read(ctx, "mode=rw")
	if err != nil && (is(err, codes.SQLITE_CANTOPEN) || is(err, codes.SQLITE_READONLY)) && missing(c.Path+"-wal") {
		// Even to read, SQLite makes files beside a file with a write-ahead
		// log, unless it is told that nobody writes: here nobody can.
		db, version, err = c.read(ctx, "mode=ro&immutable=1")
	}
	if err != nil {
		return nil, c.explain(err)
	}
	if version < len(c.Schema) {
		// What an earlier version wrote is read after an upgrade.
		if err := db.Close(); err != nil {
			return nil, c.explain(err)
		}
		return Open(ctx, c)
	}
	return db, nil
}

func (c Config) read(ctx context.Context, mode string) (db *sql.DB, version int, err error) {
	if db, err = connect(c.Path, mode, "query_only(1)"); err != nil {
		return nil, 0, err
	}
	if version, err = c.version(ctx, db); err == nil {
		// The first page tells the version; this looks at what it says of others.
		_, err = db.ExecContext(ctx, "SELECT count(*) FROM sqlite_schema")
	}
	if err != nil {
		return nil, 0, errors.Join(err, db.Close())
	}
	return db, version, nil
}

// tooShort is the error for a file without a header, which SQLite would take for
// an empty one and write over.
func (c Config) tooShort(info fs.FileInfo, err error) error {
	const header = 100 // bytes, https://sqlite.org/fileformat2.html#the_database_header
	if err == nil && info.Size() > 0 && info.Size() < header {
		err = &DamagedError{Path: c.Path, Err: fmt.Errorf("it has %d bytes", info.Size())}
	}
	return err
}

func missing(name string) bool {
	_, err := os.Stat(name)
	return errors.Is(err, fs.ErrNotExist)
}

// connect makes a DB whose connections all begin with the pragmas.
func connect(path, mode string, pragmas ...string) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if abs = filepath.ToSlash(abs); !strings.HasPrefix(abs, "/") {
		abs = "/" + abs // C:/...
	}
	dsn := "file://" + (&url.URL{Path: abs}).EscapedPath() + "?" + mode + "&_txlock=immediate"
	for _, p := range slices.Concat([]string{fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds())}, pragmas) {
		dsn += "&_pragma=" + url.QueryEscape(p)
	}
	return sql.Open("sqlite", dsn)
}

// Check reads the whole file, and returns a DamagedError if anything is amiss
// with its structure. What its tables hold is for their owner to check.
func Check(ctx context.Context, db *sql.DB) (err error) {
	var path string
	if err := db.QueryRowContext(ctx, "SELECT file FROM pragma_database_list WHERE name = 'main'").Scan(&path); err != nil {
		return err
	}
	c := Config{Path: path}
	// It stops at the tenth error: the first shows that there is one.
	rows, err := db.QueryContext(ctx, "PRAGMA integrity_check(10)")
	if err != nil {
		return c.explain(err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var found []error
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return c.explain(err)
		}
		if line != "ok" {
			found = append(found, errors.New(strings.Join(strings.Fields(line), " ")))
		}
	}
	if err := rows.Err(); err != nil {
		return c.explain(err)
	}
	if len(found) > 0 {
		return &DamagedError{Path: path, Err: found[0]}
	}
	return nil
}

// moveAside renames a damaged file and those beside it, which hold what was
// written last; the lock is held.
func (c Config) moveAside(cause error) error {
	damaged := &DamagedError{Path: c.Path, Err: cause}
	if d := (*DamagedError)(nil); errors.As(cause, &d) {
		damaged.Err = d.Err
	}
	to := c.Path + ".damaged-" + time.Now().UTC().Format("20060102T150405.000")
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(c.Path+suffix, to+suffix); err != nil && !(suffix != "" && errors.Is(err, fs.ErrNotExist)) {
			return fmt.Errorf("%w; it could not be moved aside: %w", damaged, err)
		}
	}
	damaged.MovedTo = to
	if c.Damaged != nil {
		c.Damaged(damaged)
	}
	return nil
}

// explain names the file in an error, and says what to do.
func (c Config) explain(err error) error {
	switch {
	case IsDamaged(err):
		if d := (*DamagedError)(nil); errors.As(err, &d) {
			return err
		}
		return &DamagedError{Path: c.Path, Err: err}
	case is(err, codes.SQLITE_FULL):
		return fmt.Errorf("%s: no space left: free some, or choose another data directory: %w", c.Path, err)
	case is(err, codes.SQLITE_CANTOPEN), is(err, codes.SQLITE_PERM), is(err, codes.SQLITE_READONLY):
		return fmt.Errorf("%s: may not be opened or written: see whose it is, or choose another data directory: %w", c.Path, err)
	case is(err, codes.SQLITE_BUSY):
		return fmt.Errorf("%s: another program has been writing to it for more than %v: %w", c.Path, busyTimeout, err)
	}
	return fmt.Errorf("%s: %w", c.Path, err)
}

// Explain returns an error of a file's DB with the name of the file and what to
// do; a DamagedError if the file is damaged.
func Explain(c Config, err error) error {
	if err == nil {
		return nil
	}
	return c.explain(err)
}

// IsDamaged reports whether an error of a DB or of this package says that the
// file is damaged.
func IsDamaged(err error) bool {
	var damaged *DamagedError
	return errors.As(err, &damaged) || is(err, codes.SQLITE_CORRUPT) || is(err, codes.SQLITE_NOTADB)
}

// is reports whether an error has one of SQLite's primary result codes
// (https://sqlite.org/rescode.html), which are the low bytes of all others.
func is(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == code
}
