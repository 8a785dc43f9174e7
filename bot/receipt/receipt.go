// Package receipt keeps the receipts of answers in a file of SQLite: who asked
// what, what was read and written, and which sentence was shown for which
// words. Nothing else writes to that file.
package receipt

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"iter"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"dateline/bot"
	"dateline/bot/sqlite"
)

// ErrNone is returned for an answer of which no receipt is kept.
var ErrNone = errors.New("no such answer is kept")

// Config says where receipts are kept and for how long.
type Config struct {
	// Path is the file; see sqlite.Open for how it is made. It is not touched
	// before there is something to be kept or looked up.
	Path string
	// Retention is what stays; the zero Retention is everything.
	Retention Retention
	// Damaged, if not nil, is told if the file proves damaged while a receipt is
	// to be kept: it has been moved aside then, and another one begun.
	Damaged func(*sqlite.DamagedError)
	Now     func() time.Time // nil means time.Now
}

// A Store keeps receipts, and what people thought of the answers. It is safe
// for concurrent use, also by several processes with one file.
type Store struct {
	c Config

	mu sync.Mutex // held while writing: SQLite has those wait who could queue
	db *sql.DB    // nil before the first write
}

var _ bot.Recorder = (*Store)(nil)

// New returns a Store, which the caller closes. It opens no file yet.
func New(c Config) *Store {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Store{c: c}
}

// schema is in steps, see sqlite.Config. Times are in microseconds since 1970,
// bodies are JSON, sums their CRC-32C: SQLite itself does not notice a letter
// that has changed. seq grows with each receipt; those that go, go from its low
// end.
var schema = []string{`
CREATE TABLE receipt (
	seq     INTEGER PRIMARY KEY,
	id      TEXT NOT NULL UNIQUE,
	asked   INTEGER NOT NULL,
	surface TEXT NOT NULL,
	asker   TEXT NOT NULL,
	body    TEXT NOT NULL,
	sum     INTEGER NOT NULL
) STRICT;
CREATE INDEX receipt_asked ON receipt (asked);
CREATE INDEX receipt_asker ON receipt (surface, asker);
CREATE TABLE feedback (
	answer TEXT NOT NULL REFERENCES receipt (id) ON DELETE CASCADE,
	by     TEXT NOT NULL,
	good   INTEGER NOT NULL,
	reason TEXT NOT NULL,
	at     INTEGER NOT NULL,
	PRIMARY KEY (answer, by)
) STRICT;
`}

func (s *Store) file() sqlite.Config {
	return sqlite.Config{Path: s.c.Path, Schema: schema, Damaged: s.c.Damaged}
}

// Path is where the file is.
func (s *Store) Path() string { return s.c.Path }

// Close closes the file, if it was opened.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.db == nil {
		return nil
	}
	err := s.db.Close()
	s.db = nil
	return err
}

// Record implements bot.Recorder: once it returns, the receipt survives the
// process and a power cut. An id that is taken is an error. It also removes what
// is not to be kept any longer.
func (s *Store) Record(ctx context.Context, r bot.Receipt) error {
	body, err := encode(r)
	if err != nil {
		return fmt.Errorf("receipt of answer %s: %w", r.ID, err)
	}
	err = s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO receipt (id, asked, surface, asker, body, sum) VALUES (?, ?, ?, ?, ?, ?)",
			r.ID, r.Asked.UnixMicro(), r.Surface, r.Asker, body, checksum(body)); err != nil {
			return err
		}
		return s.prune(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("receipt of answer %s: %w", r.ID, err)
	}
	return nil
}

// write has f write, in a transaction. If the file proves damaged it is moved
// aside, and f writes to the new one.
func (s *Store) write(ctx context.Context, f func(*sql.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.writeOnce(ctx, f)
	if !sqlite.IsDamaged(err) {
		return err
	}
	if s.db != nil {
		_ = s.db.Close() // what it says of a damaged file is known
		s.db = nil
	}
	if err := sqlite.Renew(ctx, s.file(), err); err != nil {
		return err
	}
	return s.writeOnce(ctx, f)
}

func (s *Store) writeOnce(ctx context.Context, f func(*sql.Tx) error) (err error) {
	if s.db == nil {
		if s.db, err = sqlite.Open(ctx, s.file()); err != nil {
			s.db = nil
			return err
		}
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return sqlite.Explain(s.file(), err)
	}
	if err := f(tx); err != nil {
		if e := tx.Rollback(); !errors.Is(e, sql.ErrTxDone) { // it is, if the context ended
			err = errors.Join(err, e)
		}
		return sqlite.Explain(s.file(), err)
	}
	return sqlite.Explain(s.file(), tx.Commit())
}

// pruneBatch is how many receipts one write removes at most, of those too old
// and of those too many. In the long run one comes and one goes; after the
// setting was changed there may be 100,000 to remove, which takes minutes, and
// an answer is being waited for.
const pruneBatch = 200

func (s *Store) prune(ctx context.Context, tx *sql.Tx) error {
	if age := s.c.Retention.Age; age > 0 {
		if _, err := tx.ExecContext(ctx, "DELETE FROM receipt WHERE seq IN (SELECT seq FROM receipt WHERE asked < ? ORDER BY asked LIMIT ?)",
			s.c.Now().Add(-age).UnixMicro(), pruneBatch); err != nil {
			return err
		}
	}
	if n := s.c.Retention.Answers; n > 0 {
		if _, err := tx.ExecContext(ctx, "DELETE FROM receipt WHERE seq IN (SELECT seq FROM receipt WHERE seq <= (SELECT max(seq) FROM receipt) - ? ORDER BY seq LIMIT ?)",
			n, pruneBatch); err != nil {
			return err
		}
	}
	return nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(body string) int64 { return int64(crc32.Checksum([]byte(body), castagnoli)) }

// encode writes a receipt down. The passages are mostly those of the answer,
// and are kept once then.
func encode(r bot.Receipt) (string, error) {
	if slices.Equal(r.Answer.Passages, r.Passages) {
		r.Answer.Passages = nil
	}
	body, err := json.Marshal(r)
	return string(body), err
}

// A row is a receipt as it stands in the file.
type row struct {
	id, body string
	sum      int64
}

func (k row) sound() bool { return checksum(k.body) == k.sum }

func (k row) decode() (bot.Receipt, error) {
	var r bot.Receipt
	if !k.sound() {
		return r, errors.New("the receipt is damaged")
	}
	if err := json.Unmarshal([]byte(k.body), &r); err != nil {
		return r, err
	}
	if r.Answer.ID != "" && r.Answer.Passages == nil {
		r.Answer.Passages = r.Passages
	}
	return r, nil
}

// read opens the file to be read. It returns nil, and no error, if there is
// none.
func (s *Store) read(ctx context.Context) (*sql.DB, error) {
	db, err := sqlite.OpenRead(ctx, s.file())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return db, err
}

// rows are the receipts that a clause selects. They end with the first error.
func (s *Store) rows(ctx context.Context, db *sql.DB, clause string, args ...any) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		rows, err := db.QueryContext(ctx, "SELECT id, body, sum FROM receipt "+clause, args...)
		if err != nil {
			yield(row{}, sqlite.Explain(s.file(), err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var k row
			if err := rows.Scan(&k.id, &k.body, &k.sum); err != nil {
				yield(row{}, sqlite.Explain(s.file(), err))
				return
			}
			if !yield(k, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(row{}, sqlite.Explain(s.file(), err))
		}
	}
}

// Load returns the receipt of an answer. The Span of its citations is not kept;
// Bytes is. The error is ErrNone for an id of which there is none.
func (s *Store) Load(ctx context.Context, id string) (bot.Receipt, error) {
	return s.load(ctx, id, "WHERE id = ?", id)
}

// Find is Load for the beginning of an id, in capitals or not, that only one
// answer has.
func (s *Store) Find(ctx context.Context, prefix string) (bot.Receipt, error) {
	id := strings.ToLower(prefix)
	// No character of an id comes after "z".
	return s.load(ctx, prefix, "WHERE id >= ? AND id < ? ORDER BY id LIMIT 4", id, id+"{")
}

func (s *Store) load(ctx context.Context, id, clause string, args ...any) (_ bot.Receipt, err error) {
	db, err := s.read(ctx)
	if err != nil {
		return bot.Receipt{}, err
	}
	if db == nil || id == "" {
		return bot.Receipt{}, fmt.Errorf("%s: %w", id, ErrNone)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var found []row
	for k, err := range s.rows(ctx, db, clause, args...) {
		if err != nil {
			return bot.Receipt{}, err
		}
		found = append(found, k)
	}
	switch len(found) {
	case 0:
		return bot.Receipt{}, fmt.Errorf("%s: %w", id, ErrNone)
	case 1:
		r, err := found[0].decode()
		if err != nil {
			return r, fmt.Errorf("answer %s in %s: %w", found[0].id, s.c.Path, err)
		}
		return r, nil
	}
	const few = 3
	var ids []string
	for _, k := range found {
		ids = append(ids, k.id)
	}
	if len(ids) > few {
		ids[few] = "..."
	}
	return bot.Receipt{}, fmt.Errorf("%s is the beginning of several answers (%s): give more of it", id, strings.Join(ids, ", "))
}

// A Filter selects receipts. The zero Filter selects all.
type Filter struct {
	Surface string
	Asker   string // on Surface
	Limit   int    // how many at most; 0 means 20
}

// List returns receipts, the newest first.
func (s *Store) List(ctx context.Context, f Filter) (_ []bot.Receipt, err error) {
	db, err := s.read(ctx)
	if db == nil || err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	clause, args := "", []any{}
	if f.Surface != "" || f.Asker != "" {
		clause += "WHERE surface = ?"
		args = append(args, f.Surface)
	}
	if f.Asker != "" {
		clause += " AND asker = ?"
		args = append(args, f.Asker)
	}
	var list []bot.Receipt
	for k, err := range s.rows(ctx, db, clause+" ORDER BY seq DESC LIMIT ?", append(args, cmp.Or(f.Limit, 20))...) {
		if err != nil {
			return nil, err
		}
		r, err := k.decode()
		if err != nil {
			// The others are of use all the same.
			r = bot.Receipt{ID: k.id, Error: err.Error()}
		}
		list = append(list, r)
	}
	return list, nil
}

// Feedback is what somebody thought of an answer.
type Feedback struct {
	Answer string `json:"answer"` // its id
	By     string `json:"by"`
	Good   bool   `json:"good"`
	Reason string `json:"reason,omitempty"`
	// At is when it was given; zero means now.
	At time.Time `json:"at"`
}

// AddFeedback keeps feedback, in place of what the same person said of the same
// answer before. It is kept as long as the receipt is. The error is ErrNone for
// an answer without one.
func (s *Store) AddFeedback(ctx context.Context, f Feedback) error {
	if f.At.IsZero() {
		f.At = s.c.Now()
	}
	// With no file there is no answer, and none is made for it.
	if _, err := os.Stat(s.c.Path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("feedback: %s: %w", f.Answer, ErrNone)
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM receipt WHERE id = ?", f.Answer).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("%s: %w", f.Answer, ErrNone)
		}
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO feedback (answer, by, good, reason, at) VALUES (?, ?, ?, ?, ?)",
			f.Answer, f.By, f.Good, f.Reason, f.At.UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("feedback: %w", err)
	}
	return nil
}

// Feedback is all the feedback that is kept, oldest first. It ends with the
// first error.
func (s *Store) Feedback(ctx context.Context) iter.Seq2[Feedback, error] {
	return func(yield func(Feedback, error) bool) {
		db, err := s.read(ctx)
		if err != nil {
			yield(Feedback{}, err)
			return
		}
		if db == nil {
			return
		}
		defer db.Close()
		rows, err := db.QueryContext(ctx, "SELECT answer, by, good, reason, at FROM feedback ORDER BY at, answer, by")
		if err != nil {
			yield(Feedback{}, sqlite.Explain(s.file(), err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var f Feedback
			var at int64
			if err := rows.Scan(&f.Answer, &f.By, &f.Good, &f.Reason, &at); err != nil {
				yield(Feedback{}, sqlite.Explain(s.file(), err))
				return
			}
			f.At = time.UnixMicro(at).UTC()
			if !yield(f, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Feedback{}, sqlite.Explain(s.file(), err))
		}
	}
}

// Health is what Check found.
type Health struct {
	Receipts int
	Feedback int
	// Oldest and Newest are when questions were asked; zero if there are none.
	Oldest, Newest time.Time
	Bytes          int64 // of the file and those beside it
}

// Check reads the whole file. The Health is that of what can be read also if
// there is an error, which is a *sqlite.DamagedError if the file is damaged.
func (s *Store) Check(ctx context.Context) (h Health, err error) {
	db, err := s.read(ctx)
	if db == nil || err != nil {
		h.Bytes = s.size()
		return h, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	h.Bytes = s.size()
	if err := sqlite.Check(ctx, db); err != nil {
		return h, err
	}
	var oldest, newest sql.NullInt64
	if err := db.QueryRowContext(ctx, "SELECT count(*), min(asked), max(asked), (SELECT count(*) FROM feedback) FROM receipt").
		Scan(&h.Receipts, &oldest, &newest, &h.Feedback); err != nil {
		return h, sqlite.Explain(s.file(), err)
	}
	if oldest.Valid {
		h.Oldest, h.Newest = time.UnixMicro(oldest.Int64), time.UnixMicro(newest.Int64)
	}
	for k, err := range s.rows(ctx, db, "") {
		if err != nil {
			return h, err
		}
		if !k.sound() {
			return h, &sqlite.DamagedError{Path: s.c.Path, Err: fmt.Errorf("the receipt of answer %s is not as it was written", k.id)}
		}
	}
	return h, nil
}

func (s *Store) size() (n int64) {
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(s.c.Path + suffix); err == nil {
			n += info.Size()
		}
	}
	return n
}
