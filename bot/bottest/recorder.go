package bottest

import (
	"context"
	"slices"
	"sync"

	"dateline/bot"
)

// A Recorder keeps receipts in memory. It is safe for concurrent use.
type Recorder struct {
	// Err, if not nil, is what Record returns instead of keeping anything.
	Err error

	mu       sync.Mutex
	receipts []bot.Receipt
}

var _ bot.Recorder = (*Recorder)(nil)

// Record implements bot.Recorder.
func (r *Recorder) Record(ctx context.Context, receipt bot.Receipt) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.Err != nil {
		return r.Err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.receipts = append(r.receipts, receipt)
	return nil
}

// Receipts returns what was recorded so far, in order.
func (r *Recorder) Receipts() []bot.Receipt {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.receipts)
}
