package inbox

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dateline/bot"
)

// A Reply is what was posted to a question. It is written down before it is
// posted, without TS, and after.
type Reply struct {
	Question string // the item's key
	Channel  string
	Thread   string // time stamp of the thread's first message
	// TS is the time stamp of the message; empty while it is not known whether
	// it arrived.
	TS string
	// More are the time stamps of messages that continue it; one of them is
	// empty while that is not known.
	More []string
	// Answer is the id of the answer it holds; empty if it holds none (yet).
	Answer string
}

// SetReply writes a reply down, in place of what stood there for the question,
// on behalf of the work on an item. If another has the item by now, it is that
// one's to reply, and the error is ErrLost.
func (b *Inbox) SetReply(ctx context.Context, it Item, r Reply) error {
	more, err := json.Marshal(r.More)
	if err == nil {
		err = b.update(ctx, func(ctx context.Context, tx txn) error {
			return ours(tx.ExecContext(ctx, `INSERT OR REPLACE INTO reply (question, channel, thread, ts, more, answer, at)
				SELECT ?3, ?4, ?5, ?6, ?7, ?8, ?9 FROM item WHERE id = ?1 AND owner = ?2 AND state = 1`,
				it.ID, it.holder, r.Question, r.Channel, r.Thread, r.TS, more, r.Answer, b.now().UnixMicro()))
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
	err := b.queryRow(ctx, `SELECT question, channel, thread, ts, more, answer FROM reply WHERE `+where, args...).
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
	err := b.update(ctx, func(ctx context.Context, tx txn) error {
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
	err := b.queryRow(ctx, `SELECT said, at FROM thread WHERE name = ?`, name).Scan(&data, &at)
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
	return b.exists(ctx, "look up switch", `SELECT 1 FROM switch WHERE name = ?`, name)
}

// SetSwitch turns a switch on or off.
func (b *Inbox) SetSwitch(ctx context.Context, name string, on bool) error {
	query := `DELETE FROM switch WHERE name = ?`
	if on {
		query = `INSERT OR REPLACE INTO switch (name) VALUES (?)`
	}
	err := b.update(ctx, func(ctx context.Context, tx txn) error {
		_, err := tx.ExecContext(ctx, query, name)
		return err
	})
	if err != nil {
		return fmt.Errorf("set switch: %w", err)
	}
	return nil
}

// KeptFor is how long Keep keeps something at least.
const KeptFor = 24 * time.Hour

// Keep keeps what is shown by pages, under a name of its own.
func (b *Inbox) Keep(ctx context.Context, name string, data []byte) error {
	err := b.update(ctx, func(ctx context.Context, tx txn) error {
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO kept (name, data, at) VALUES (?, ?, ?)`, name, data, b.now().UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("keep: %w", err)
	}
	return nil
}

// Kept returns what is kept under a name, nil if nothing is.
func (b *Inbox) Kept(ctx context.Context, name string) ([]byte, error) {
	var data []byte
	err := b.queryRow(ctx, `SELECT data FROM kept WHERE name = ?`, name).Scan(&data)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("look up what is kept: %w", err)
	}
	return data, nil
}
