package inbox

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// sign locks a file that tells other processes that this one is alive: the lock
// ends with the process, however that ends.
func sign(file, name string) (*flock.Flock, error) {
	l := flock.New(file+"."+name+".alive", flock.SetPermissions(0o600))
	_, err := l.TryLock()
	return l, err
}

// globbed is a path as a pattern that matches it alone.
func globbed(path string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(path)
}

// inherit takes what those had who are dead for certain, so that nobody has to
// wait for their leases to run out.
func (b *Inbox) inherit(ctx context.Context, file string) error {
	rows, err := b.db.QueryContext(ctx, `SELECT DISTINCT substr(owner, 1, instr(owner, '/') - 1) FROM item WHERE state = 1`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	// Those who had nothing leave their files, too. One that is young may be about
	// to be locked.
	left, err := filepath.Glob(globbed(file) + ".*.alive")
	if err != nil {
		return err
	}
	for _, path := range left {
		name := strings.TrimSuffix(strings.TrimPrefix(path, file+"."), ".alive")
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > time.Minute && name != b.name && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		l, err := sign(file, name)
		if err != nil || !l.Locked() {
			continue // the lease tells
		}
		err = b.update(ctx, func(ctx context.Context, tx txn) error {
			_, err := tx.ExecContext(ctx, `UPDATE item SET lease = 0 WHERE state = 1 AND substr(owner, 1, instr(owner, '/') - 1) = ?`, name)
			return err
		})
		if err = errors.Join(err, os.Remove(l.Path()), l.Close()); err != nil {
			return err
		}
	}
	return nil
}
