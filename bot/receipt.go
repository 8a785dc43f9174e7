package bot

import (
	"context"
	"time"

	"dateline/retrieval"
)

// A Receipt is all there is to know of how an answer came about. It is enough
// to see why a sentence was shown or kept back, and to ask again. It holds what
// people asked and what articles say, and no key.
type Receipt struct {
	ID    string    `json:"id"`    // the answer's; of one that failed, too
	Asked time.Time `json:"asked"` // when the question came in
	// Version is that of the program.
	Version string `json:"version,omitempty"`

	Surface string `json:"surface,omitempty"` // see Question
	Asker   string `json:"asker,omitempty"`
	// Question is as it was asked, Understood what was searched for if that
	// was something else.
	Question   string     `json:"question"`
	Understood string     `json:"understood,omitempty"`
	Thread     []Exchange `json:"thread,omitempty"`
	// UnderstoodBy is "rules" or the engine that put Understood into words;
	// UnderstandCalls are the requests to a model that it took, used or not.
	UnderstoodBy    string `json:"understood_by,omitempty"`
	UnderstandCalls []Call `json:"understand_calls,omitempty"`
	// Corpus is Config.Corpus.
	Corpus []string         `json:"corpus,omitempty"`
	Filter retrieval.Filter `json:"filter,omitzero"`
	// Day is Question.Asked, to which "this week" refers.
	Day time.Time `json:"day"`
	// Engine is the one that was asked for.
	Engine string `json:"engine"`

	// Generation is that of the index.
	Generation string `json:"generation"`
	// Passages are those that the engines were given, best first.
	Passages []Offered `json:"passages"`
	// Attempts are what the engines made of it, in the order in which they were
	// tried; the last one's is the answer.
	Attempts []Attempt `json:"attempts"`

	// Answer is empty if there is none, not even a refusal; then Error says why.
	Answer  Answer  `json:"answer"`
	Error   string  `json:"error,omitempty"`
	Timings Timings `json:"timings_ms"`
}

// An Attempt is what one engine made of a question.
type Attempt struct {
	Engine string `json:"engine"`
	// Sentences are those that it wrote, in order, and behind them those that
	// it wrote in place of others.
	Sentences []Judged `json:"sentences,omitempty"`
	Calls     []Call   `json:"calls,omitempty"`
	// Error is why it gave no answer, RepairError why it mended none.
	Error        string  `json:"error,omitempty"`
	RepairError  string  `json:"repair_error,omitempty"`
	Milliseconds float64 `json:"ms"`
}

// A Judged sentence is one that was held against the articles.
type Judged struct {
	Text    string  `json:"text"`
	Outcome Outcome `json:"outcome"`
	// Reasons are why it was not shown as it was.
	Reasons []string `json:"reasons,omitempty"`
	// Citations are the numbers of its citations in the answer.
	Citations []int `json:"citations,omitempty"`
	// Repair is set for a sentence that was written in place of another.
	Repair bool `json:"repair,omitempty"`
}

// An Outcome is what became of a sentence.
type Outcome string

// Outcomes of sentences.
const (
	Shown    Outcome = "shown"
	Repaired Outcome = "repaired" // another was shown in its place
	Withheld Outcome = "dropped"
)

// A Recorder keeps receipts. Package receipt has one.
type Recorder interface {
	// Record keeps a receipt, whose id no other has. It is safe for concurrent
	// use, and changes nothing of what it is given.
	Record(ctx context.Context, r Receipt) error
}

// recordTimeout bounds the wait for a receipt to be kept, on a disk that hangs
// or a file that others write to.
const recordTimeout = 10 * time.Second

// record keeps the receipt of an answer that stands, or of a question that got
// none. The asker may be gone by then, or out of patience.
func (b *Bot) record(ctx context.Context, q Question, r Receipt) error {
	if b.c.Receipts == nil || q.Keep != nil && (r.Error != "" || !q.Keep(r.Answer)) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	err := b.c.Receipts.Record(ctx, r)
	if err != nil {
		b.c.Log.ErrorContext(ctx, "no receipt kept", "answer", r.ID, "err", err)
	}
	return err
}
