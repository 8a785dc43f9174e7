// Package reader reads passages with a trained model: it marks the words that
// answer a question, and says how sure it is that they do. Its answers are
// sentences of the articles, word for word.
package reader

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"dateline/bot"
	"dateline/corpus/word"
	"dateline/retrieval"
	"dateline/retrieval/encoder"
	"dateline/retrieval/simd"
)

// Config is what a Reader is made of.
type Config struct {
	// Load returns the model, which must have the outputs that its training program
	// gives it. It is called for each question and should load the model only once.
	Load func() (*encoder.Model, error)
	// Rules, if not nil, reads the same passages. Its draft is used where it rests on
	// the sentence that the model chooses, and where the model cannot be loaded.
	Rules bot.Answerer
	// Passages is how many passages are read for a question, and Tokens how many of
	// the model's tokens. They limit the work and not the time that it takes, so
	// that a question has the same answer on a busy machine. 0 means 8 and 2,000, or
	// 3 and 700 where there are no vector instructions.
	Passages, Tokens int
	// Sure is the probability from which an answer is given without reserve, and
	// Perhaps that from which it is given as bot.Draft.Perhaps; 0 means .55 and .45.
	Sure, Perhaps float64
	// Limit is the time after which reading is cut short; 0 means 5 s.
	Limit time.Duration
	// AtOnce is how many questions are read at the same time, each on all
	// processors; the others wait. 0 means one for every two processors.
	AtOnce int
}

// Defaults of Config, Plain where there are no vector instructions: 256 tokens take
// 2 s of processor time then.
const (
	passagesRead, tokensRead           = 8, 2000
	passagesReadPlain, tokensReadPlain = 3, 700
)

// A Reader answers questions. It is safe for concurrent use.
type Reader struct {
	c     Config
	plain bool // it reads less, as there are no vector instructions
	turns *semaphore.Weighted
	// score runs the model over windows, and passes on the scores of each. Tests
	// replace it.
	score func(ctx context.Context, m *encoder.Model, windows []window, pass func(i int, s *scores)) error
	// A draft says that its question had to wait for others where that took longer
	// than longWait.
	longWait time.Duration
	// noted, if not nil, is called with each reading. Tests that measure use it.
	noted func(*reading)
}

var _ bot.Answerer = (*Reader)(nil)

// New returns a Reader.
func New(c Config) *Reader {
	r := &Reader{c: c, score: forward, longWait: 2 * time.Second}
	r.plain = simd.Kernels() == "go" && (c.Passages == 0 || c.Tokens == 0)
	passages, tokens := passagesRead, tokensRead
	if r.plain {
		passages, tokens = passagesReadPlain, tokensReadPlain
	}
	r.c.Passages = cmp.Or(c.Passages, passages)
	r.c.Tokens = cmp.Or(c.Tokens, tokens)
	r.c.Sure = cmp.Or(c.Sure, sureFrom)
	r.c.Perhaps = cmp.Or(c.Perhaps, perhapsFrom)
	r.c.Limit = cmp.Or(c.Limit, 5*time.Second)
	r.turns = semaphore.NewWeighted(int64(cmp.Or(c.AtOnce, max(1, runtime.GOMAXPROCS(0)/2))))
	return r
}

// Name returns bot.EngineExtract, the name that people know the built-in reader by.
func (r *Reader) Name() string { return bot.EngineExtract }

// forward is Reader.score outside tests.
func forward(ctx context.Context, m *encoder.Model, windows []window, pass func(i int, s *scores)) error {
	if m.Outputs() != outputs {
		return fmt.Errorf("the model %s has %d outputs, a reader's has %d", m.About().Model, m.Outputs(), outputs)
	}
	sequences := make([]encoder.Sequence, len(windows))
	for i, w := range windows {
		sequences[i] = w.sequence
	}
	d := m.Width()
	return m.Forward(ctx, sequences, 0, func(i int, states []float32) {
		w := &windows[i]
		out := func(output, token int) float64 {
			return float64(m.Output(output, states[token*d:(token+1)*d]))
		}
		s := &scores{
			start: make([]float64, len(w.tokens)), end: make([]float64, len(w.tokens)),
			null: out(outputStart, 0) + out(outputEnd, 0), has: out(outputHas, 0),
		}
		for j := range w.tokens {
			s.start[j], s.end[j] = out(outputStart, w.first+j), out(outputEnd, w.first+j)
		}
		pass(i, s)
	})
}

// What a draft may say of how the articles were read.
const (
	noteRules   = "The trained reader is not available, so rules alone have read the articles."
	notePlain   = "Fewer passages than usual were read, as this machine has no vector instructions that the reader can use."
	noteLate    = "Reading took too long and was cut short, so not all passages were read."
	noteWaited  = "Other questions were read before this one, which took a while."
	noteCut     = "The question is long, and only its end was read."
	noteForeign = "The built-in reader reads English, and this seems to be in another language."
)

// Draft answers from the passages, see bot.Answerer.
func (r *Reader) Draft(ctx context.Context, q bot.Question, passages []retrieval.Hit, emit func(bot.Claim)) (bot.Draft, error) {
	d, err := r.draft(ctx, q, passages)
	if err != nil {
		return bot.Draft{}, err
	}
	if emit != nil && !d.Perhaps {
		for _, c := range d.Claims {
			emit(c)
		}
	}
	return d, nil
}

func (r *Reader) draft(ctx context.Context, q bot.Question, passages []retrieval.Hit) (bot.Draft, error) {
	if err := ctx.Err(); err != nil {
		return bot.Draft{}, err
	}
	var rules bot.Draft
	if r.c.Rules != nil {
		var err error
		if rules, err = r.c.Rules.Draft(ctx, q, passages, nil); err != nil {
			return bot.Draft{}, err
		}
	}
	m, err := r.c.Load()
	if err != nil {
		if r.c.Rules == nil {
			return bot.Draft{}, err
		}
		remark(&rules, noteRules)
		return rules, nil
	}
	x, err := r.read(ctx, m, q, passages, rules)
	if err != nil {
		return bot.Draft{}, err
	}
	d := x.answer(r.c.Sure, r.c.Perhaps)
	if r.noted != nil {
		r.noted(x)
	}
	return d, nil
}

// remark adds a sentence to what a draft says of how the articles were read.
func remark(d *bot.Draft, s string) { d.Remark = strings.TrimSpace(d.Remark + " " + s) }

// A reading is one question put to some passages.
type reading struct {
	question   string
	hits       []retrieval.Hit // those read
	candidates []candidate     // best first
	rules      bot.Draft
	notes      []string
}

// read runs the model over the passages. rules is the draft that the rules made of
// them. The error is the context's or the model's.
func (r *Reader) read(ctx context.Context, m *encoder.Model, q bot.Question, passages []retrieval.Hit, rules bot.Draft) (*reading, error) {
	x := &reading{question: q.Text, hits: passages[:min(len(passages), r.c.Passages)], rules: rules}
	c := newCutter(m.Tokenizer, q.Text)
	if len(word.Split(q.Text)) == 0 {
		return x, nil
	}
	if c.cut {
		x.notes = append(x.notes, noteCut)
	}
	if r.plain && len(x.hits) < len(passages) {
		x.notes = append(x.notes, notePlain)
	}
	if foreign(q.Text) {
		x.notes = append(x.notes, noteForeign)
	}
	var windows []window
	budget := r.c.Tokens
	for i, h := range x.hits {
		ws := c.windows(i, h, budget)
		if len(windows) > 0 && tokens(ws) > budget {
			x.hits = x.hits[:i]
			break
		}
		windows = append(windows, ws...)
		budget -= tokens(ws)
	}
	if len(windows) == 0 {
		return x, nil
	}
	within, done, err := r.turn(ctx, x)
	if err != nil {
		return nil, err
	}
	defer done()
	read, err := r.scoreAll(within, m, windows)
	x.candidates = x.gather(windows, read)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		x.notes = append(x.notes, noteLate)
	case err != nil:
		return nil, err
	}
	return x, nil
}

func tokens(windows []window) int {
	n := 0
	for _, w := range windows {
		n += len(w.sequence.IDs)
	}
	return n
}

// turn waits until a question may be read, and adds to x.notes if that took long. The
// context that it returns ends after Config.Limit; done gives the turn back.
func (r *Reader) turn(ctx context.Context, x *reading) (within context.Context, done func(), err error) {
	asked := time.Now()
	if err := r.turns.Acquire(ctx, 1); err != nil {
		return nil, nil, err
	}
	if time.Since(asked) > r.longWait {
		x.notes = append(x.notes, noteWaited)
	}
	within, cancel := context.WithTimeout(ctx, r.c.Limit)
	return within, func() { cancel(); r.turns.Release(1) }, nil
}

// scoreAll returns the scores of windows. Where ctx ends first they are nil for the
// windows that were not read, and the error is that of ctx.
func (r *Reader) scoreAll(ctx context.Context, m *encoder.Model, windows []window) ([]*scores, error) {
	read := make([]*scores, len(windows))
	if len(windows) == 0 {
		return read, nil
	}
	return read, r.score(ctx, m, windows, func(i int, s *scores) { read[i] = s })
}
