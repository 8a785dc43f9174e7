// Package inbox keeps what was asked in Slack until it is answered, and what was
// answered, so that nothing is lost and nothing answered twice whatever ends the
// process.
//
// An event stands in the inbox before it is acknowledged. From there it is
// worked on under a lease: of several processes on one inbox one has it, and if
// that one dies another gets it when the lease has run out.
package inbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"dateline/bot"
	"dateline/bot/sqlite"
)

// An Inbox is one SQLite file. It is safe for concurrent use, also by several
// processes.
type Inbox struct {
	db *sql.DB
	// statements that were parsed, by what they say: *sql.Stmt
	statements sync.Map
	now        func() time.Time
	name       string       // of this Inbox among those that have the file open
	alive      *flock.Flock // while it is open
	jobs       chan *job
	close      sync.Once
	end        chan struct{} // closed by Close
	ended      chan struct{} // closed when nothing is written any more
}

// Open opens the inbox in a file, which is made if there is none. damaged, which
// may be nil, is told of one that had to be moved aside. now tells the time; nil
// means time.Now.
func Open(ctx context.Context, file string, damaged func(*sqlite.DamagedError), now func() time.Time) (*Inbox, error) {
	if now == nil {
		now = time.Now
	}
	db, err := sqlite.Open(ctx, sqlite.Config{Path: file, Schema: schema, Damaged: damaged})
	if err != nil {
		return nil, fmt.Errorf("open inbox: %w", err)
	}
	b := &Inbox{db: db, now: now, name: rand.Text(), jobs: make(chan *job), end: make(chan struct{}), ended: make(chan struct{})}
	if b.alive, err = sign(file, b.name); err != nil {
		return nil, errors.Join(fmt.Errorf("open inbox: %w", err), db.Close())
	}
	go b.write()
	if err := b.inherit(ctx, file); err != nil {
		return nil, errors.Join(fmt.Errorf("open inbox: %w", err), b.Close())
	}
	return b, nil
}

// Close closes the file when what is being written is.
func (b *Inbox) Close() error {
	b.close.Do(func() { close(b.end) })
	<-b.ended
	err := b.db.Close()
	if b.alive.Locked() {
		err = errors.Join(err, os.Remove(b.alive.Path()), b.alive.Close())
	}
	return err
}

// An Item is one thing to be worked on.
type Item struct {
	ID int64
	// Key is what makes it the same thing if it comes again, by whatever event:
	// for a question team, channel and time stamp.
	Key string
	// Lane names what has to be worked on in order, such as a thread. The order
	// is that of At, which is when it was said by Slack's clock; zero means now.
	Lane string
	At   time.Time
	// Instead is the key of an item in place of which this one comes. That one
	// is done with if it still waits and, if it has not come, when it comes.
	Instead string
	// Over is set if it is done with as it comes.
	Over bool
	// Channel and User are who shares the workers fairly, within a Team.
	Team, Channel, User string
	Kind                string
	Payload             json.RawMessage
	Received            time.Time
	// Attempts is how often it was begun, this time included, and Lost how often
	// whoever began it did not live to say how it went. Up to Suspect that may have
	// been any other item's doing.
	Attempts, Lost int
	// Outcome is what came of it, as whoever worked on it puts it.
	Outcome string

	holder string // who works on it
}

// columns are those that scan reads an item from.
const columns = `id, key, lane, team, channel, user, kind, payload, received, seq, attempts, lost, outcome`

func (it *Item) scan(row interface{ Scan(...any) error }) error {
	var payload []byte
	var received, at int64
	err := row.Scan(&it.ID, &it.Key, &it.Lane, &it.Team, &it.Channel, &it.User, &it.Kind, &payload, &received, &at, &it.Attempts, &it.Lost, &it.Outcome)
	it.Payload, it.Received, it.At = payload, time.UnixMicro(received), time.UnixMicro(at)
	return err
}

// Put takes in what an event brings. The event's id may be empty; one that came
// before brings nothing, and no more does an item whose key did. It reports
// which of the items are new. They are on the disk when it returns.
func (b *Inbox) Put(ctx context.Context, event string, items ...Item) (fresh []bool, err error) {
	fresh = make([]bool, len(items))
	now := b.now()
	err = b.update(ctx, func(ctx context.Context, tx txn) error {
		if event != "" {
			r, err := tx.ExecContext(ctx, `INSERT INTO event (id, at) VALUES (?, ?) ON CONFLICT DO NOTHING`, event, now.UnixMicro())
			if err != nil {
				return err
			}
			if n, err := r.RowsAffected(); err != nil || n == 0 {
				return err
			}
		}
		for i, it := range items {
			at := it.At
			if at.IsZero() {
				at = now
			}
			if it.Instead != "" {
				_, err := tx.ExecContext(ctx, `INSERT INTO item (key, lane, team, channel, user, kind, payload, received, due, seq, state, done) VALUES (?1, ?2, ?3, ?4, ?5, '', '', ?6, 0, ?7, 2, ?6)
					ON CONFLICT (key) DO UPDATE SET state = 2, payload = '', done = ?6 WHERE state = 0`, it.Instead, it.Lane, it.Team, it.Channel, it.User, now.UnixMicro(), at.UnixMicro())
				if err != nil {
					return err
				}
			}
			state, done, payload := 0, int64(0), []byte(it.Payload)
			if it.Over {
				state, done, payload = 2, now.UnixMicro(), []byte{}
			}
			r, err := tx.ExecContext(ctx, `INSERT INTO item (key, lane, team, channel, user, kind, payload, received, due, seq, state, done) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)
				ON CONFLICT DO NOTHING`, it.Key, it.Lane, it.Team, it.Channel, it.User, it.Kind, payload, now.UnixMicro(), at.UnixMicro(), state, done)
			if err != nil {
				return err
			}
			n, err := r.RowsAffected()
			if err != nil {
				return err
			}
			fresh[i] = n > 0
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("put into inbox: %w", err)
	}
	return fresh, nil
}

// ErrEmpty is returned by Take if nothing is due.
var ErrEmpty = errors.New("nothing to do")

// Suspect is how often an item is lost before it is given out with nothing else:
// from then on, if its process ends, that was its own doing.
const Suspect = 2

// Take gives out the item to work on next, for the length of a lease. Items of a
// lane are given out one at a time, in order. Of the lanes, that goes first
// whose channel has the fewest items at work, then whose user has, then whose
// item came first; a channel or a user that has share items at work has to wait,
// if share is not 0. Before all of them come suspects, one at a time, while this
// Inbox gives nothing else out.
func (b *Inbox) Take(ctx context.Context, lease time.Duration, share int) (Item, error) {
	now := b.now()
	it := Item{holder: b.name + "/" + rand.Text()}
	err := b.update(ctx, func(ctx context.Context, tx txn) error {
		// What is further off than anything here lasts was written before the
		// machine's clock was set back.
		for _, q := range []string{
			`UPDATE item SET lease = ?1 WHERE state = 1 AND lease > ?2`,
			`UPDATE item SET due = ?1 WHERE state = 0 AND due > ?2`,
		} {
			if _, err := tx.ExecContext(ctx, q, now.Add(lease).UnixMicro(), now.Add(max(lease, LongestWait)+time.Minute).UnixMicro()); err != nil {
				return err
			}
		}
		var mine, suspects int // that this Inbox has given out
		err := tx.QueryRowContext(ctx, `SELECT count(*), count(*) FILTER (WHERE lost >= ?1) FROM item WHERE state = 1 AND lease > ?2 AND substr(owner, 1, length(?3)) = ?3`,
			Suspect, now.UnixMicro(), b.name+"/").Scan(&mine, &suspects)
		if err != nil {
			return err
		}
		if suspects > 0 {
			return ErrEmpty
		}
		row := tx.QueryRowContext(ctx, `
			WITH
			work AS (SELECT team, channel, user FROM item WHERE state = 1 AND lease > ?1),
			channels AS MATERIALIZED (SELECT team, channel, count(*) AS n FROM work GROUP BY team, channel),
			users AS MATERIALIZED (SELECT team, user, count(*) AS n FROM work GROUP BY team, user),
			-- the bare columns are those of the row with the minimum
			head AS (SELECT id, due, state, lease, team, channel, user, lost + state AS lost, min(CASE state WHEN 1 THEN 0 ELSE seq END) FROM item WHERE state < 2 GROUP BY lane)
			SELECT h.id, h.lost >= ?3 AS suspect
			FROM head h
			LEFT JOIN channels c ON c.team = h.team AND c.channel = h.channel
			LEFT JOIN users u ON u.team = h.team AND u.user = h.user
			WHERE h.due <= ?1 AND (h.state = 0 OR h.lease <= ?1) AND (?2 = 0 OR coalesce(c.n, 0) < ?2 AND coalesce(u.n, 0) < ?2)
			ORDER BY suspect DESC, CASE suspect WHEN 1 THEN h.lost ELSE 0 END, coalesce(c.n, 0), coalesce(u.n, 0), h.id
			LIMIT 1`, now.UnixMicro(), share, Suspect)
		var id int64
		var suspect bool
		err = row.Scan(&id, &suspect)
		if errors.Is(err, sql.ErrNoRows) || err == nil && suspect && mine > 0 {
			return ErrEmpty
		}
		if err != nil {
			return err
		}
		return it.scan(tx.QueryRowContext(ctx, `UPDATE item SET attempts = attempts + 1, lost = lost + state, state = 1, owner = ?, lease = ? WHERE id = ?
			RETURNING `+columns, it.holder, now.Add(lease).UnixMicro(), id))
	})
	if errors.Is(err, ErrEmpty) {
		return Item{}, ErrEmpty
	}
	if err != nil {
		return Item{}, fmt.Errorf("take from inbox: %w", err)
	}
	return it, nil
}

// ErrLost is returned for an item whose lease ran out and that another has.
var ErrLost = errors.New("the item is another's by now")

// Renew makes the lease of an item that was taken last for its length from now.
func (b *Inbox) Renew(ctx context.Context, it Item, lease time.Duration) error {
	return b.owned(ctx, "renew lease", it, `UPDATE item SET lease = ?3 WHERE id = ?1 AND owner = ?2 AND state = 1`, b.now().Add(lease).UnixMicro())
}

// Done ends the work on an item. What it was is kept, so that it is known if it
// comes again, and so is its Outcome; its payload is not. If thread is not empty,
// what was said there is kept in the same step.
func (b *Inbox) Done(ctx context.Context, it Item, thread string, said []bot.Exchange) error {
	data, err := json.Marshal(said)
	if err != nil {
		return fmt.Errorf("end item: %w", err)
	}
	now := b.now().UnixMicro()
	err = b.update(ctx, func(ctx context.Context, tx txn) error {
		err := ours(tx.ExecContext(ctx, `UPDATE item SET state = 2, payload = '', outcome = ?, done = ? WHERE id = ? AND owner = ? AND state = 1`, it.Outcome, now, it.ID, it.holder))
		if err == nil && thread != "" {
			_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO thread (name, said, at) VALUES (?, ?, ?)`, thread, data, now)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("end item: %w", err)
	}
	return nil
}

// LongestWait is how long an item can be put back for.
const LongestWait = 10 * time.Minute

// Return puts an item back, to be taken again after a wait of at most
// LongestWait; why is for whoever looks at what goes wrong.
func (b *Inbox) Return(ctx context.Context, it Item, wait time.Duration, why string) error {
	return b.owned(ctx, "return item", it, `UPDATE item SET state = 0, due = ?3, problem = ?4 WHERE id = ?1 AND owner = ?2 AND state = 1`, b.now().Add(min(wait, LongestWait)).UnixMicro(), why)
}

// Release puts an item back as if it had not been taken, for another process to
// have at once.
func (b *Inbox) Release(ctx context.Context, it Item) error {
	return b.owned(ctx, "release item", it, `UPDATE item SET state = 0, attempts = attempts - 1 WHERE id = ?1 AND owner = ?2 AND state = 1`)
}

// owned writes if whoever took the item still has it.
func (b *Inbox) owned(ctx context.Context, what string, it Item, query string, args ...any) error {
	err := b.update(ctx, func(ctx context.Context, tx txn) error {
		return ours(tx.ExecContext(ctx, query, append([]any{it.ID, it.holder}, args...)...))
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// ours is the error of a statement that finds a row only while whoever took an
// item still has it.
func ours(r sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return ErrLost
}

// exists reports whether a query finds anything.
func (b *Inbox) exists(ctx context.Context, what, query string, args ...any) (found bool, err error) {
	if err := b.queryRow(ctx, `SELECT EXISTS (`+query+`)`, args...).Scan(&found); err != nil {
		return false, fmt.Errorf("%s: %w", what, err)
	}
	return found, nil
}

// HasLane reports whether anything was ever to be done in a lane.
func (b *Inbox) HasLane(ctx context.Context, lane string) (bool, error) {
	return b.exists(ctx, "look up lane", `SELECT 1 FROM item WHERE lane = ?`, lane)
}

// Known reports whether an item with that key ever came.
func (b *Inbox) Known(ctx context.Context, key string) (bool, error) {
	return b.exists(ctx, "look up item", `SELECT 1 FROM item WHERE key = ?`, key)
}

// Newer reports whether an item ever came whose key begins with prefix and is
// greater than key.
func (b *Inbox) Newer(ctx context.Context, prefix, key string) (bool, error) {
	return b.exists(ctx, "look up item", `SELECT 1 FROM item WHERE key > ?1 AND substr(key, 1, length(?2)) = ?2 AND key < ?2 || char(0x10ffff)`, key, prefix)
}

// Earlier returns the items of a kind in a lane whose At is before a time, the
// latest first, at most so many.
func (b *Inbox) Earlier(ctx context.Context, lane, kind string, before time.Time, most int) ([]Item, error) {
	return b.list(ctx, `SELECT `+columns+` FROM item WHERE lane = ? AND kind = ? AND seq < ? ORDER BY seq DESC, id DESC LIMIT ?`, lane, kind, before.UnixMicro(), most)
}

// Waiting returns the items that wait to be taken, in the order they came, at
// most so many.
func (b *Inbox) Waiting(ctx context.Context, most int) ([]Item, error) {
	return b.list(ctx, `SELECT `+columns+` FROM item WHERE state = 0 ORDER BY id LIMIT ?`, most)
}

func (b *Inbox) list(ctx context.Context, query string, args ...any) ([]Item, error) {
	rows, err := b.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list inbox: %w", err)
	}
	defer rows.Close()
	var list []Item
	for rows.Next() {
		var it Item
		if err := it.scan(rows); err != nil {
			return nil, fmt.Errorf("list inbox: %w", err)
		}
		list = append(list, it)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list inbox: %w", err)
	}
	return list, nil
}

// Finished reports whether the item with that key is done.
func (b *Inbox) Finished(ctx context.Context, key string) (bool, error) {
	return b.exists(ctx, "look up item", `SELECT 1 FROM item WHERE key = ? AND state = 2`, key)
}

// Size is how many items wait or are worked on.
func (b *Inbox) Size(ctx context.Context) (int, error) {
	var n int
	if err := b.queryRow(ctx, `SELECT count(*) FROM item WHERE state < 2`).Scan(&n); err != nil {
		return 0, fmt.Errorf("count inbox: %w", err)
	}
	return n, nil
}

// Status is how an inbox stands.
type Status struct {
	Waiting, Working int
	// Oldest is when the first of them came; zero if there is none.
	Oldest time.Time
	// Problem is why the item with the most attempts was put back.
	Problem string
}

// Status counts what is not done, but for items of some kinds.
func (b *Inbox) Status(ctx context.Context, besides ...string) (Status, error) {
	kinds, err := json.Marshal(append([]string{}, besides...))
	if err != nil {
		return Status{}, fmt.Errorf("count inbox: %w", err)
	}
	return count(b.queryRow(ctx, counting, string(kinds)))
}

// Writable writes something and takes it back, to find out whether what comes can
// be kept.
func (b *Inbox) Writable(ctx context.Context) error {
	err := b.update(ctx, func(ctx context.Context, tx txn) error {
		const probe = "probe"
		for _, query := range []string{`INSERT OR REPLACE INTO switch (name) VALUES (?)`, `DELETE FROM switch WHERE name = ?`} {
			if _, err := tx.ExecContext(ctx, query, probe); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("inbox cannot be written: %w", err)
	}
	return nil
}

// Look is the Status of the inbox in a file, which is not changed. The error is
// fs.ErrNotExist if there is none.
func Look(ctx context.Context, file string) (s Status, err error) {
	db, err := sqlite.OpenRead(ctx, sqlite.Config{Path: file, Schema: schema})
	if err != nil {
		return Status{}, fmt.Errorf("open inbox: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return count(db.QueryRowContext(ctx, counting, "[]"))
}

// counting takes the kinds that are not counted, as JSON.
const counting = `WITH undone AS (SELECT * FROM item WHERE state < 2 AND kind NOT IN (SELECT value FROM json_each(?)))
		SELECT count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 1), min(received),
		coalesce((SELECT problem FROM undone ORDER BY attempts DESC, id LIMIT 1), '') FROM undone`

func count(row *sql.Row) (Status, error) {
	var s Status
	var oldest sql.NullInt64
	if err := row.Scan(&s.Waiting, &s.Working, &oldest, &s.Problem); err != nil {
		return Status{}, fmt.Errorf("count inbox: %w", err)
	}
	if oldest.Valid {
		s.Oldest = time.UnixMicro(oldest.Int64)
	}
	return s, nil
}

// Prune forgets what was done before a time, and what was kept for KeptFor. An event or a question that comes
// again after that is taken for new, so it has to be long after Slack has given
// up sending it.
func (b *Inbox) Prune(ctx context.Context, before time.Time) error {
	err := b.update(ctx, func(ctx context.Context, tx txn) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM kept WHERE at < ?`, b.now().Add(-KeptFor).UnixMicro()); err != nil {
			return err
		}
		for _, q := range []string{
			`DELETE FROM event WHERE at < ?`,
			`DELETE FROM item WHERE state = 2 AND done < ?`,
			`DELETE FROM reply WHERE at < ?`,
			`DELETE FROM thread WHERE at < ?`,
		} {
			if _, err := tx.ExecContext(ctx, q, before.UnixMicro()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("prune inbox: %w", err)
	}
	return nil
}

// schema holds the statements that lead from one version of the file to the
// next.
var schema = []string{`
CREATE TABLE event (
	id TEXT PRIMARY KEY,
	at INTEGER NOT NULL -- microseconds, as all times here
) WITHOUT ROWID;
CREATE INDEX event_at ON event (at);

CREATE TABLE item (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	key      TEXT NOT NULL UNIQUE,
	lane     TEXT NOT NULL,
	team     TEXT NOT NULL,
	channel  TEXT NOT NULL,
	user     TEXT NOT NULL,
	kind     TEXT NOT NULL,
	payload  BLOB NOT NULL,
	received INTEGER NOT NULL,
	due      INTEGER NOT NULL,
	state    INTEGER NOT NULL DEFAULT 0, -- 0 waits, 1 is worked on, 2 is done
	owner    TEXT NOT NULL DEFAULT '',
	lease    INTEGER NOT NULL DEFAULT 0,
	attempts INTEGER NOT NULL DEFAULT 0,
	problem  TEXT NOT NULL DEFAULT '',
	done     INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX item_lane ON item (lane, id);
CREATE INDEX item_open ON item (lane, id) WHERE state < 2;
CREATE INDEX item_busy ON item (team, channel, user) WHERE state = 1;
CREATE INDEX item_done ON item (done) WHERE state = 2;

CREATE TABLE reply (
	question TEXT PRIMARY KEY,
	channel  TEXT NOT NULL,
	thread   TEXT NOT NULL,
	ts       TEXT NOT NULL,
	more     TEXT NOT NULL,
	answer   TEXT NOT NULL,
	at       INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX reply_ts ON reply (channel, ts);
CREATE INDEX reply_at ON reply (at);

CREATE TABLE thread (
	name TEXT PRIMARY KEY,
	said TEXT NOT NULL,
	at   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX thread_at ON thread (at);

CREATE TABLE switch (name TEXT PRIMARY KEY) WITHOUT ROWID; -- those that are on
`, `
ALTER TABLE item ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;  -- its place in the lane
ALTER TABLE item ADD COLUMN lost INTEGER NOT NULL DEFAULT 0; -- how often its lease ran out
UPDATE item SET seq = received;
DROP INDEX item_open;
DROP INDEX item_busy;
-- They hold all that Take looks at.
CREATE INDEX item_open ON item (lane, seq, state, due, lease, team, channel, user) WHERE state < 2;
CREATE INDEX item_busy ON item (lease, team, channel, user) WHERE state = 1;
CREATE INDEX item_due ON item (due) WHERE state = 0;
`, `
ALTER TABLE item ADD COLUMN outcome TEXT NOT NULL DEFAULT '';
UPDATE item SET outcome = 'answered' WHERE key IN (SELECT question FROM reply);
`, `
DROP INDEX item_open;
DROP INDEX item_busy;
CREATE INDEX item_open ON item (lane, seq, state, due, lease, team, channel, user, lost) WHERE state < 2;
CREATE INDEX item_busy ON item (lease, team, channel, user, owner, lost) WHERE state = 1;
CREATE TABLE kept (
	name TEXT PRIMARY KEY,
	data BLOB NOT NULL,
	at   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX kept_at ON kept (at);
`}
