// Package inbox keeps what was asked in Slack until it is answered, and what was
// answered, so that nothing is lost and nothing answered twice whatever ends the
// process.
//
// An event stands in the inbox before it is acknowledged. From there it is
// worked on under a lease: of several processes on one inbox one has it, and if
// that one dies another gets it when the lease has run out.
package inbox

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dateline/bot"
	"dateline/bot/sqlite"
)

// An Inbox is one SQLite file. It is safe for concurrent use, also by several
// processes.
type Inbox struct {
	db  *sql.DB
	now func() time.Time
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
	return &Inbox{db, now}, nil
}

// update runs f in a transaction that writes.
func (b *Inbox) update(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// Close closes the file.
func (b *Inbox) Close() error { return b.db.Close() }

// An Item is one thing to be worked on.
type Item struct {
	ID int64
	// Key is what makes it the same thing if it comes again, by whatever event:
	// for a question team, channel and time stamp.
	Key string
	// Lane names what has to be worked on in order, such as a thread.
	Lane string
	// Channel and User are who shares the workers fairly, within a Team.
	Team, Channel, User string
	Kind                string
	Payload             json.RawMessage
	Received            time.Time
	// Attempts is how often it was begun, this time included.
	Attempts int
}

// Put takes in what an event brings. The event's id may be empty; one that came
// before brings nothing, and no more does an item whose key did. It reports
// which of the items are new. They are on the disk when it returns.
func (b *Inbox) Put(ctx context.Context, event string, items ...Item) (fresh []bool, err error) {
	fresh = make([]bool, len(items))
	now := b.now()
	err = b.update(ctx, func(tx *sql.Tx) error {
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
			r, err := tx.ExecContext(ctx, `INSERT INTO item (key, lane, team, channel, user, kind, payload, received, due) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT DO NOTHING`, it.Key, it.Lane, it.Team, it.Channel, it.User, it.Kind, []byte(it.Payload), now.UnixMicro(), now.UnixMicro())
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

// Take gives out the item to work on next, for the length of a lease. Items of a
// lane are given out one at a time, in order. Of the lanes, that goes first
// whose channel has the fewest items at work, then whose user has, then whose
// item came first.
func (b *Inbox) Take(ctx context.Context, owner string, lease time.Duration) (Item, error) {
	now := b.now()
	var it Item
	err := b.update(ctx, func(tx *sql.Tx) error {
		row := tx.QueryRowContext(ctx, `
			WITH
			head AS (SELECT min(id) AS id FROM item WHERE state < 2 GROUP BY lane),
			busy AS (SELECT team, channel, user FROM item WHERE state = 1 AND lease > ?1)
			SELECT i.id, i.key, i.lane, i.team, i.channel, i.user, i.kind, i.payload, i.received, i.attempts + 1
			FROM head JOIN item i USING (id)
			WHERE i.due <= ?1 AND (i.state = 0 OR i.lease <= ?1)
			ORDER BY
				(SELECT count(*) FROM busy b WHERE b.team = i.team AND b.channel = i.channel),
				(SELECT count(*) FROM busy b WHERE b.team = i.team AND b.user = i.user),
				i.id
			LIMIT 1`, now.UnixMicro())
		var payload []byte
		var received int64
		err := row.Scan(&it.ID, &it.Key, &it.Lane, &it.Team, &it.Channel, &it.User, &it.Kind, &payload, &received, &it.Attempts)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrEmpty
		}
		if err != nil {
			return err
		}
		it.Payload, it.Received = payload, time.UnixMicro(received)
		_, err = tx.ExecContext(ctx, `UPDATE item SET state = 1, owner = ?, lease = ?, attempts = attempts + 1 WHERE id = ?`,
			owner, now.Add(lease).UnixMicro(), it.ID)
		return err
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

// Renew makes a lease last for its length from now.
func (b *Inbox) Renew(ctx context.Context, owner string, id int64, lease time.Duration) error {
	return b.owned(ctx, "renew lease", `UPDATE item SET lease = ? WHERE id = ? AND owner = ? AND state = 1`, b.now().Add(lease).UnixMicro(), id, owner)
}

// Done ends the work on an item. What it was is kept, so that it is known if it
// comes again; its payload is not. If thread is not empty, what was said there
// is kept in the same step.
func (b *Inbox) Done(ctx context.Context, owner string, id int64, thread string, said []bot.Exchange) error {
	data, err := json.Marshal(said)
	if err != nil {
		return fmt.Errorf("end item: %w", err)
	}
	now := b.now().UnixMicro()
	err = b.update(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE item SET state = 2, payload = '', done = ? WHERE id = ? AND owner = ? AND state = 1`, now, id, owner)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return cmp.Or(err, ErrLost)
		}
		if thread != "" {
			_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO thread (name, said, at) VALUES (?, ?, ?)`, thread, data, now)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("end item: %w", err)
	}
	return nil
}

// Return puts an item back, to be taken again after a wait; why is for whoever
// looks at what goes wrong.
func (b *Inbox) Return(ctx context.Context, owner string, id int64, wait time.Duration, why string) error {
	return b.owned(ctx, "return item", `UPDATE item SET state = 0, due = ?, problem = ? WHERE id = ? AND owner = ? AND state = 1`, b.now().Add(wait).UnixMicro(), why, id, owner)
}

// Release puts an item back as if it had not been taken, for another process to
// have at once.
func (b *Inbox) Release(ctx context.Context, owner string, id int64) error {
	return b.owned(ctx, "release item", `UPDATE item SET state = 0, attempts = attempts - 1 WHERE id = ? AND owner = ? AND state = 1`, id, owner)
}

func (b *Inbox) owned(ctx context.Context, what, query string, args ...any) error {
	err := b.update(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, query, args...)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return ErrLost
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Cancel ends the work on a waiting item, and reports whether there was one
// with that key. One that is being worked on goes on.
func (b *Inbox) Cancel(ctx context.Context, key string) (bool, error) {
	n := int64(0)
	err := b.update(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE item SET state = 2, payload = '', done = ? WHERE key = ? AND state = 0`, b.now().UnixMicro(), key)
		if err == nil {
			n, err = r.RowsAffected()
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("cancel item: %w", err)
	}
	return n > 0, nil
}

// HasLane reports whether anything was ever to be done in a lane.
func (b *Inbox) HasLane(ctx context.Context, lane string) (bool, error) {
	var has bool
	if err := b.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM item WHERE lane = ?)`, lane).Scan(&has); err != nil {
		return false, fmt.Errorf("look up lane: %w", err)
	}
	return has, nil
}

// Known reports whether an item with that key ever came.
func (b *Inbox) Known(ctx context.Context, key string) (bool, error) {
	var known bool
	if err := b.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM item WHERE key = ?)`, key).Scan(&known); err != nil {
		return false, fmt.Errorf("look up item: %w", err)
	}
	return known, nil
}

// Ahead is how many items that came before one wait or are at work: the place
// of the item in the queue.
func (b *Inbox) Ahead(ctx context.Context, key string) (int, error) {
	var n int
	err := b.db.QueryRowContext(ctx, `SELECT count(*) FROM item WHERE state < 2 AND id < (SELECT id FROM item WHERE key = ?)`, key).Scan(&n)
	if err != nil {
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

// Status counts what is not done.
func (b *Inbox) Status(ctx context.Context) (Status, error) {
	var s Status
	var oldest sql.NullInt64
	err := b.db.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 1), min(received),
		coalesce((SELECT problem FROM item WHERE state < 2 ORDER BY attempts DESC, id LIMIT 1), '') FROM item WHERE state < 2`).Scan(&s.Waiting, &s.Working, &oldest, &s.Problem)
	if err != nil {
		return Status{}, fmt.Errorf("count inbox: %w", err)
	}
	if oldest.Valid {
		s.Oldest = time.UnixMicro(oldest.Int64)
	}
	return s, nil
}

// Prune forgets what was done before a time. An event or a question that comes
// again after that is taken for new, so it has to be long after Slack has given
// up sending it.
func (b *Inbox) Prune(ctx context.Context, before time.Time) error {
	err := b.update(ctx, func(tx *sql.Tx) error {
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

// A Reply is what was posted to a question. It is written down before it is
// posted, without TS, and after.
type Reply struct {
	Question string // the item's key
	Channel  string
	Thread   string // time stamp of the thread's first message
	// TS is the time stamp of the message; empty while it is not known whether
	// it arrived.
	TS string
	// More are the time stamps of messages that continue it.
	More []string
	// Answer is the id of the answer it holds; empty if it holds none (yet).
	Answer string
}

// SetReply writes a reply down, in place of what stood there for the question.
func (b *Inbox) SetReply(ctx context.Context, r Reply) error {
	more, err := json.Marshal(r.More)
	if err == nil {
		err = b.update(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO reply (question, channel, thread, ts, more, answer, at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
				r.Question, r.Channel, r.Thread, r.TS, more, r.Answer, b.now().UnixMicro())
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("write down reply: %w", err)
	}
	return nil
}

// Reply returns the reply to a question; false if there is none.
func (b *Inbox) Reply(ctx context.Context, question string) (Reply, bool, error) {
	return b.reply(ctx, `question = ?`, question)
}

// ReplyAt returns the reply that a message is, or is part of.
func (b *Inbox) ReplyAt(ctx context.Context, channel, ts string) (Reply, bool, error) {
	return b.reply(ctx, `channel = ?1 AND (ts = ?2 OR EXISTS (SELECT 1 FROM json_each(more) WHERE value = ?2))`, channel, ts)
}

func (b *Inbox) reply(ctx context.Context, where string, args ...any) (Reply, bool, error) {
	var r Reply
	var more []byte
	err := b.db.QueryRowContext(ctx, `SELECT question, channel, thread, ts, more, answer FROM reply WHERE `+where, args...).
		Scan(&r.Question, &r.Channel, &r.Thread, &r.TS, &more, &r.Answer)
	if errors.Is(err, sql.ErrNoRows) {
		return Reply{}, false, nil
	}
	if err == nil {
		err = json.Unmarshal(more, &r.More)
	}
	if err != nil {
		return Reply{}, false, fmt.Errorf("look up reply: %w", err)
	}
	return r, true, nil
}

// DropReply forgets the reply to a question.
func (b *Inbox) DropReply(ctx context.Context, question string) error {
	err := b.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM reply WHERE question = ?`, question)
		return err
	})
	if err != nil {
		return fmt.Errorf("forget reply: %w", err)
	}
	return nil
}

// Thread returns what was said in a thread and when that was kept; the zero time
// if nothing was.
func (b *Inbox) Thread(ctx context.Context, name string) ([]bot.Exchange, time.Time, error) {
	var data []byte
	var at int64
	var said []bot.Exchange
	err := b.db.QueryRowContext(ctx, `SELECT said, at FROM thread WHERE name = ?`, name).Scan(&data, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, time.Time{}, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &said)
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("look up thread: %w", err)
	}
	return said, time.UnixMicro(at), nil
}

// Switch reports whether a switch is on; one that was never set is off.
func (b *Inbox) Switch(ctx context.Context, name string) (bool, error) {
	var on bool
	if err := b.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM switch WHERE name = ?)`, name).Scan(&on); err != nil {
		return false, fmt.Errorf("look up switch: %w", err)
	}
	return on, nil
}

// SetSwitch turns a switch on or off.
func (b *Inbox) SetSwitch(ctx context.Context, name string, on bool) error {
	query := `DELETE FROM switch WHERE name = ?`
	if on {
		query = `INSERT OR REPLACE INTO switch (name) VALUES (?)`
	}
	err := b.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, name)
		return err
	})
	if err != nil {
		return fmt.Errorf("set switch: %w", err)
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
`}
