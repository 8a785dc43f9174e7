package bot

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dateline/corpus"
	"dateline/corpus/word"
	"dateline/retrieval"
)

// Config is what a Bot is made of.
type Config struct {
	Searcher Searcher
	// Engines are tried in order for a Question whose Engine is "auto": the
	// next one reads if one fails before it has passed a sentence on, or
	// writes nothing that the articles carry. The answer's Note says why.
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
func New(c Config) *Bot {
	if c.Passages == 0 {
		c.Passages = 12
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Bot{c}
}

// A Sentence is one sentence of an answer that passed grounding.
type Sentence struct {
	Text      string // with its [n] marks
	Citations []Citation
}

// MaxQuestion is how many characters of a question are read. Nobody asks at
// such length; a pasted article is no question.
const MaxQuestion = 4000

// ErrNoQuestion is returned by Ask for a question without a word in it.
var ErrNoQuestion = errors.New("there is no question: ask in words, for example \"who confirmed the visit?\"")

// Ask answers a question. A refusal is an Answer, not an error; the error is
// for a question that could not be put at all: one without words
// (ErrNoQuestion), one that is too long, an unknown engine, a search or an
// engine that failed, a context that ended. Sentences are passed to emit,
// which may be nil, once they passed grounding, in the order of the answer;
// those of an engine that failed afterwards are in no Answer.
func (b *Bot) Ask(ctx context.Context, q Question, emit func(Sentence)) (Answer, error) {
	start := b.c.Now()
	if n := utf8.RuneCountInString(q.Text); n > MaxQuestion {
		return Answer{}, fmt.Errorf("the question has %d characters, at most %d are read: ask one thing at a time", n, MaxQuestion)
	}
	q.Text = strings.TrimSpace(strings.ToValidUTF8(q.Text, "\uFFFD"))
	if len(word.Split(q.Text)) == 0 {
		return Answer{}, ErrNoQuestion
	}
	engines, err := b.engines(q.Engine)
	if err != nil {
		return Answer{}, err
	}
	if q.Asked.IsZero() {
		q.Asked = start
	}
	found, err := b.Search(ctx, q, b.c.Passages)
	if err != nil {
		return Answer{}, err
	}
	searched := b.c.Now()
	a, err := b.read(ctx, q, engines, found, emit)
	if err != nil {
		return Answer{}, err
	}
	end := b.c.Now()
	a.Timings = Timings{ms(searched.Sub(start)), ms(end.Sub(searched)), ms(end.Sub(start))}
	return a, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// engines are those that may answer, in the order to try them in.
func (b *Bot) engines(name string) ([]Answerer, error) {
	if len(b.c.Engines) == 0 {
		return nil, errors.New("no engine is set up to read the articles: set up extract, which needs nothing")
	}
	if name == "" || name == "auto" {
		return b.c.Engines, nil
	}
	names := []string{"auto"}
	for _, e := range b.c.Engines {
		if name == e.Name() {
			return []Answerer{e}, nil
		}
		names = append(names, e.Name())
	}
	return nil, fmt.Errorf("engine %q is not set up here: use %s", name, list(names, "or"))
}

// read has the engines read what was found, and writes the answer of the first
// that does not fail. An engine of whose sentences none is carried by the
// articles has failed, too, if there is another to ask.
func (b *Bot) read(ctx context.Context, q Question, engines []Answerer, found retrieval.Result, emit func(Sentence)) (Answer, error) {
	var why string // another engine did not do
	var dropped []Dropped
	for i, e := range engines {
		w := newWriter(q, e.Name(), found, emit)
		if found.Searched.Articles == 0 {
			w.refuse(Draft{}, nil)
			return w.answer, nil
		}
		var pass func(Claim)
		if emit != nil {
			pass = w.pass
		}
		draft, err := e.Draft(ctx, lendQuestion(q), lend(found.Hits), pass)
		passed := w.close()
		if err != nil {
			if ctx.Err() != nil {
				return Answer{}, fmt.Errorf("reading with engine %s: %w", e.Name(), err)
			}
			if i+1 < len(engines) && !passed {
				b.c.Log.InfoContext(ctx, "engine failed, trying the next", "engine", e.Name(), "next", engines[i+1].Name(), "err", err)
				why = fmt.Sprintf("Engine %s answered, as %s failed: %s.", engines[i+1].Name(), e.Name(), oneLine(err.Error()))
				continue
			}
			return Answer{}, fmt.Errorf("engine %s could not read the articles: %w; ask again, or choose another engine", e.Name(), err)
		}
		w.finish(draft)
		for _, d := range w.answer.Dropped {
			b.c.Log.InfoContext(ctx, "sentence dropped", "answer", w.answer.ID, "engine", e.Name(), "reasons", d.Reasons)
		}
		if !w.answer.Answered && len(w.answer.Dropped) > 0 && i+1 < len(engines) {
			why = fmt.Sprintf("Engine %s answered, as the articles carry nothing of what %s wrote.", engines[i+1].Name(), e.Name())
			dropped = append(dropped, w.answer.Dropped...)
			continue
		}
		if err := b.settle(ctx, w, q, draft); err != nil {
			return Answer{}, err
		}
		w.answer.Dropped = append(dropped, w.answer.Dropped...)
		w.answer.Note = strings.TrimSpace(w.answer.Note + " " + why)
		return w.answer, nil
	}
	panic("unreachable: there is an engine, and the last one returns")
}

// lend copies what an engine is given to read, so that none can change what
// its claims are checked against, or what a searcher keeps.
func lend(hits []retrieval.Hit) []retrieval.Hit {
	hits = slices.Clone(hits)
	copies := make(map[string]*corpus.Article)
	for i, h := range hits {
		if copies[h.Article.ID] == nil {
			c := *h.Article
			c.Extra = maps.Clone(c.Extra)
			c.Offsets = slices.Clone(c.Offsets)
			copies[h.Article.ID] = &c
		}
		hits[i].Article = copies[h.Article.ID]
	}
	return hits
}

func lendQuestion(q Question) Question {
	q.Thread = slices.Clone(q.Thread)
	q.Filter.Sources = slices.Clone(q.Filter.Sources)
	q.Filter.Publishers = slices.Clone(q.Filter.Publishers)
	return q
}

// settle writes the refusal of a draft of which nothing is left.
func (b *Bot) settle(ctx context.Context, w *writer, q Question, d Draft) error {
	if w.answer.Answered {
		return nil
	}
	missing, err := b.missing(ctx, q, d.Missing)
	if err != nil {
		return err
	}
	w.refuse(d, missing)
	return nil
}

// maxMissing is how many names a refusal looks for.
const maxMissing = 8

// missing returns those of the names that indeed no article mentions, which a
// reader who saw a few passages cannot know. Names that are not in the question
// are none of its concern.
func (b *Bot) missing(ctx context.Context, q Question, names []string) ([]string, error) {
	asked := word.Terms(q.Text)
	var missing []string
	for _, name := range names[:min(len(names), maxMissing)] {
		name = oneLine(name)
		terms := word.Terms(name)
		if len(terms) == 0 || slices.Contains(missing, name) || !containsAll(asked, terms) {
			continue
		}
		found, err := b.c.Searcher.Search(ctx, retrieval.Query{Text: name, Filter: q.Filter, Limit: 10})
		if err != nil {
			return nil, searchError(ctx, err)
		}
		// An article that has all words of a name somewhere may mention it:
		// better to say too little than something false.
		seen := make(map[string]bool)
		mentioned := slices.ContainsFunc(found.Hits, func(h retrieval.Hit) bool {
			if seen[h.Article.ID] {
				return false
			}
			seen[h.Article.ID] = true
			a := h.Article
			return containsAll(word.Terms(strings.Join([]string{a.Title.Value, a.Publisher.Value, a.Byline.Value, a.Place.Value, a.Text}, "\n")), terms)
		})
		if !mentioned {
			missing = append(missing, name)
		}
	}
	return missing, nil
}

func containsAll(list, all []string) bool {
	return !slices.ContainsFunc(all, func(s string) bool { return !slices.Contains(list, s) })
}

// list joins words as prose does: "a, b or c".
func list(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	n := len(words) - 1
	return strings.Join(words[:n], ", ") + " " + last + " " + words[n]
}

// Cite makes the citation numbered n of a span of an article's text.
func Cite(n int, a *corpus.Article, s corpus.Span) Citation {
	file := a.FileSpan(s)
	c := Citation{
		N: n, Source: a.Source, Title: a.Title.Value, Publisher: a.Publisher.Value, Published: a.Published.Value, URL: a.URL,
		Lines: a.Lines(s), Bytes: [2]int{file.Start, file.End}, Quote: s.Of(a.Text), Article: a.ID, Span: s,
	}
	if published, ok := a.Date(); ok {
		for _, d := range corpus.Dates(a.Text, s, published) {
			words := d.Of(a.Text)
			// "November 26" took the day of publication too, for its year, but
			// tells readers enough.
			if !d.Relative || strings.ContainsFunc(words, unicode.IsDigit) {
				continue
			}
			if c.Resolved == nil {
				c.Resolved = make(map[string]string)
			}
			if _, twice := c.Resolved[words]; !twice {
				c.Resolved[words] = d.String()
			}
		}
	}
	return c
}

// answerID derives an answer's id: the same question to the same engine on the
// same generation of the index has the same one. The day it was asked on makes
// a difference if the question refers to it. 10 characters of lower-case
// base32, 50 bits.
func answerID(q Question, engine, generation string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q", q.Text, engine, generation)
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.Format(time.DateOnly)
	}
	publishers := slices.Clone(q.Filter.Publishers)
	for i, p := range publishers {
		publishers[i] = strings.ToLower(p)
	}
	fmt.Fprintf(h, " %q %q %q %q", day(q.Filter.Since), day(q.Filter.Until), set(q.Filter.Sources), set(publishers))
	for _, e := range q.Thread {
		fmt.Fprintf(h, " %q %q", e.Question, e.Answer)
	}
	if slices.ContainsFunc(corpus.Dates(q.Text, corpus.Span{End: len(q.Text)}, q.Asked), func(d corpus.Date) bool { return d.Relative }) {
		fmt.Fprintf(h, " asked %s", day(q.Asked))
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)))[:10]
}

// set is a list in which neither order nor repetition counts.
func set(words []string) []string {
	words = slices.Clone(words)
	slices.SortFunc(words, cmp.Compare[string])
	return slices.Compact(words)
}
