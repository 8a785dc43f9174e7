package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
)

// A job is what one caller wants to write. Jobs that come while others are being
// written are committed together: it is the commit that takes time, as it waits
// for the disk, and of several transactions that begin at once all but one wait
// for the lock as well.
type job struct {
	f    func(context.Context, txn) error
	done chan error
}

// mostJobs bounds how many jobs one commit is for.
const mostJobs = 64

// update has f write, and returns when that is on the disk or was undone.
func (b *Inbox) update(ctx context.Context, f func(context.Context, txn) error) error {
	j := &job{f, make(chan error, 1)}
	select {
	case b.jobs <- j:
		return <-j.done
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-b.end:
		return errClosed
	}
}

var errClosed = errors.New("the inbox is closed")

// write does jobs until the inbox is closed.
func (b *Inbox) write() {
	defer close(b.ended)
	for {
		var jobs []*job
		select {
		case j := <-b.jobs:
			jobs = append(jobs, j)
		case <-b.end:
			return
		}
	more:
		for len(jobs) < mostJobs {
			select {
			case j := <-b.jobs:
				jobs = append(jobs, j)
			default:
				break more
			}
		}
		failed := make([]error, len(jobs))
		if err := b.commit(jobs, failed); err != nil {
			for i := range failed {
				failed[i] = cmp.Or(failed[i], err)
			}
		}
		for i, j := range jobs {
			j.done <- failed[i]
		}
	}
}

// commit does jobs in one transaction, in which one that fails leaves nothing
// behind and the others stand. Nothing here can be cancelled: SQLite would undo
// the whole transaction.
func (b *Inbox) commit(jobs []*job, failed []error) error {
	ctx := context.Background()
	begun, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	tx := txn{begun, b}
	do := func(query string) {
		if err == nil {
			_, err = tx.ExecContext(ctx, query)
		}
	}
	for i, j := range jobs {
		do("SAVEPOINT job")
		if err != nil {
			break
		}
		if failed[i] = j.run(ctx, tx); failed[i] != nil {
			do("ROLLBACK TO job")
		}
		do("RELEASE job")
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// run does the job; a panic is its caller's to hear of, and no reason to leave
// the others waiting.
func (j *job) run(ctx context.Context, tx txn) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("fault in the program: %v", v)
		}
	}()
	return j.f(ctx, tx)
}
