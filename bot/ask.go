package bot

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// Config is what a Bot is made of.
type Config struct {
	Searcher Searcher
	// Engines are tried in order for a Question whose Engine is "auto".
	Engines []Answerer
	// Passages is how many the reader is given; 0 means 12.
	Passages int
	// Now tells the time; nil means time.Now.
	Now func() time.Time
	Log *slog.Logger // nil means none
}

// A Bot answers questions. It is safe for concurrent use.
type Bot struct{ c Config }

// New returns a Bot.
func New(c Config) *Bot { return &Bot{c} }

// A Sentence is one sentence of an answer that passed grounding.
type Sentence struct {
	Text      string // with its [n] marks
	Citations []Citation
}

// Ask answers a question. A refusal is an Answer, not an error; the error is
// for a question that could not be put at all: an empty one (ErrNoQuestion),
// an unknown engine, a search that failed. Sentences are passed to emit, which
// may be nil, as they pass grounding.
func (b *Bot) Ask(ctx context.Context, q Question, emit func(Sentence)) (Answer, error) {
	return Answer{}, errors.New("not built yet")
}
