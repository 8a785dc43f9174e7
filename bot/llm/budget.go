package llm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A budget bounds the tokens that are read and written in a minute and in a
// day of UTC, 0 for no bound. What a request takes is reserved before it is
// made, and put right after.
type budget struct {
	minute, day int
	dir         string // where it is kept what was spent; empty for nowhere
	now         func() time.Time

	mu    sync.Mutex
	today string // the day of total and read
	total int    // spent today
	read  int64  // bytes of the day's file that are in total
	last  []spending
}

// A spending is tokens that were taken at a time, or given back if there are
// less than none.
type spending struct {
	at     time.Time
	tokens int
}

// leastAnswer is how many tokens an answer of one sentence takes up.
const leastAnswer = 256

// A spentError says that a budget is used up.
type spentError struct {
	setting     string
	limit, left int
	need        int
	again       string // when there is enough again; empty for never
}

func (e *spentError) Error() string {
	if e.again == "" {
		return fmt.Sprintf("this takes about %d tokens, and %s allows %d at all: raise it", e.need, e.setting, e.limit)
	}
	return fmt.Sprintf("the budget of %d tokens in %s is used up (%d are left, and this takes about %d): ask again %s, or raise it", e.limit, e.setting, max(0, e.left), e.need, e.again)
}

// Settings that errors name.
const (
	settingMinute = "OPENAI_TOKENS_PER_MINUTE"
	settingDay    = "OPENAI_TOKENS_PER_DAY"
)

// reserve takes tokens for a request that has in of them and may write most. It
// returns how many it may write, so that the budget holds, and settle, to be
// called with what it took.
func (b *budget) reserve(in, most int) (write int, settle func(took int) error, err error) {
	if b.minute <= 0 && b.day <= 0 {
		return most, func(int) error { return nil }, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now().UTC()
	if err := b.update(now); err != nil {
		return 0, nil, err
	}
	write = min(most, b.left(now)-in)
	if write < min(most, leastAnswer) {
		return 0, nil, b.spent(now, in+min(most, leastAnswer))
	}
	if err := b.add(spending{now, in + write}); err != nil {
		return 0, nil, err
	}
	// Another process may have been as quick: then neither goes, rather than
	// both.
	if err := b.update(now); err != nil {
		return 0, nil, err
	}
	if b.left(now) < 0 {
		err := b.spent(now, in+write)
		return 0, nil, errors.Join(err, b.add(spending{now, -in - write}))
	}
	return write, func(took int) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.add(spending{now, took - in - write})
	}, nil
}

// left is how many tokens may be spent now.
func (b *budget) left(now time.Time) int {
	minute, day := b.remaining(now)
	switch {
	case b.minute <= 0:
		return day
	case b.day <= 0:
		return minute
	}
	return min(minute, day)
}

func (b *budget) remaining(now time.Time) (minute, day int) {
	minute, day = b.minute, b.day-b.total
	for _, s := range b.last {
		if now.Sub(s.at) < time.Minute {
			minute -= s.tokens
		}
	}
	return minute, day
}

// spent is the error for a need that there is not enough left for.
func (b *budget) spent(now time.Time, need int) error {
	minute, day := b.remaining(now)
	if b.day > 0 && day < need {
		e := &spentError{setting: settingDay, limit: b.day, left: day, need: need}
		if need <= b.day {
			e.again = "after " + now.Truncate(24*time.Hour).AddDate(0, 0, 1).Format("2006-01-02 15:04 MST")
		}
		return e
	}
	e := &spentError{setting: settingMinute, limit: b.minute, left: minute, need: need}
	if need <= b.minute {
		e.again = "in a minute"
		slices.SortFunc(b.last, func(x, y spending) int { return x.at.Compare(y.at) })
		for _, s := range b.last {
			if wait := time.Minute - now.Sub(s.at); wait > 0 {
				if minute += s.tokens; minute >= need {
					e.again = fmt.Sprintf("in %s", max(time.Second, wait.Round(time.Second)))
					break
				}
			}
		}
	}
	return e
}

// count takes a spending into the sums.
func (b *budget) count(s spending) {
	if s.at.Format(time.DateOnly) == b.today {
		b.total += s.tokens
	}
	b.last = append(b.last, s)
}

// The files of a day hold a line for each spending: its time in seconds and the
// tokens. A line is appended in one write, so that processes can share them
// without a lock, and one that was cut off by a crash counts for nothing.
const spentPrefix = "tokens-"

func (b *budget) file(day string) string { return filepath.Join(b.dir, spentPrefix+day) }

// add writes a spending down.
func (b *budget) add(s spending) (err error) {
	if b.dir == "" {
		b.count(s)
		return nil
	}
	defer func() { err = unkept(err) }()
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(b.file(s.at.Format(time.DateOnly)), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%d %d\n", s.at.Unix(), s.tokens)
	return errors.Join(err, f.Close())
}

func unkept(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("what was spent of %s and %s cannot be kept: %w", settingDay, settingMinute, err)
}

// update takes in what was spent since the last time, here or elsewhere.
func (b *budget) update(now time.Time) (err error) {
	b.last = slices.DeleteFunc(b.last, func(s spending) bool { return now.Sub(s.at) >= time.Minute })
	day := now.Format(time.DateOnly)
	if day != b.today {
		b.today, b.total, b.read = day, 0, 0
		b.forget(day)
	}
	if b.dir == "" {
		return nil
	}
	defer func() { err = unkept(err) }()
	f, err := os.Open(b.file(day))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return err
	} else if info.Size() < b.read {
		b.total, b.read, b.last = 0, 0, nil // somebody began it anew
	}
	data, err := io.ReadAll(io.NewSectionReader(f, b.read, 1<<30))
	if err != nil {
		return err
	}
	data = data[:bytes.LastIndexByte(data, '\n')+1]
	b.read += int64(len(data))
	for line := range strings.Lines(string(data)) {
		at, tokens, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		seconds, err := strconv.ParseInt(at, 10, 64)
		n, err2 := strconv.ParseInt(tokens, 10, 32)
		if err != nil || err2 != nil {
			continue // cut off, or written by nobody
		}
		b.count(spending{time.Unix(seconds, 0).UTC(), int(n)})
	}
	return nil
}

// forget removes the files of other days. What cannot be removed does no harm.
func (b *budget) forget(but string) {
	if b.dir == "" {
		return
	}
	files, _ := filepath.Glob(filepath.Join(b.dir, spentPrefix+"*"))
	for _, f := range files {
		if f < b.file(but) {
			_ = os.Remove(f)
		}
	}
}

// A Budget is what is left of one; Limit is 0 where there is none.
type Budget struct{ Limit, Left int }

// Budgets returns what is left for this minute and for today, in tokens.
func (e *Engine) Budgets() (minute, day Budget, err error) {
	b := &e.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now().UTC()
	if err := b.update(now); err != nil {
		return Budget{}, Budget{}, err
	}
	m, d := b.remaining(now)
	if b.minute > 0 {
		minute = Budget{b.minute, max(0, m)}
	}
	if b.day > 0 {
		day = Budget{b.day, max(0, d)}
	}
	return minute, day, nil
}
