package bot

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"dateline/corpus"
	"dateline/corpus/word"
	"dateline/retrieval"
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

// MaxQuestion is how many bytes of a question are read. Nobody asks at such
// length; a pasted article is no question.
const MaxQuestion = 4000

// ErrNoQuestion is returned by Ask for a question without a word in it.
var ErrNoQuestion = errors.New("there is no question: ask in words, for example \"who confirmed the visit?\"")

// Ask answers a question. A refusal is an Answer, not an error; the error is
// for a question that could not be put at all: one without words
// (ErrNoQuestion), one that is too long, an unknown engine, a search that
// failed. Sentences are passed to emit, which may be nil, once they passed
// grounding, in the order of the answer.
func (b *Bot) Ask(ctx context.Context, q Question, emit func(Sentence)) (Answer, error) {
	start := b.c.Now()
	q.Text = strings.TrimSpace(strings.ToValidUTF8(q.Text, "\uFFFD"))
	if len(word.Split(q.Text)) == 0 {
		return Answer{}, ErrNoQuestion
	}
	if len(q.Text) > MaxQuestion {
		return Answer{}, fmt.Errorf("the question has %d characters, at most %d are read: ask one thing at a time", len(q.Text), MaxQuestion)
	}
	engine, err := b.engine(q.Engine)
	if err != nil {
		return Answer{}, err
	}
	if q.Asked.IsZero() {
		q.Asked = start
	}
	found, err := b.c.Searcher.Search(ctx, retrieval.Query{Text: q.Text, Filter: q.Filter, Limit: b.c.Passages})
	if err != nil {
		return Answer{}, fmt.Errorf("searching: %w", err)
	}
	searched := b.c.Now()
	a := Answer{
		ID:        answerID(q, engine.Name(), found.Generation),
		Question:  q.Text,
		Engine:    engine.Name(),
		Searched:  found.Searched,
		AsOf:      found.Searched.To,
		Citations: []Citation{},
		Passages:  make([]Offered, 0, len(found.Hits)),
	}
	for _, h := range found.Hits {
		s := h.Article.FileSpan(h.Passage.Span)
		a.Passages = append(a.Passages, Offered{h.Article.Source, [2]int{s.Start, s.End}, h.Score, h.Keyword, h.Semantic})
	}
	draft, err := engine.Draft(ctx, q, found.Hits, nil)
	if err != nil {
		return Answer{}, fmt.Errorf("reading with engine %s: %w", engine.Name(), err)
	}
	if err := b.settle(ctx, &a, q, draft, found, emit); err != nil {
		return Answer{}, err
	}
	end := b.c.Now()
	a.Timings = Timings{ms(searched.Sub(start)), ms(end.Sub(searched)), ms(end.Sub(start))}
	return a, nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (b *Bot) engine(name string) (Answerer, error) {
	var names []string
	for _, e := range b.c.Engines {
		if name == e.Name() || name == "" || name == "auto" {
			return e, nil
		}
		names = append(names, e.Name())
	}
	return nil, fmt.Errorf("engine %q is not set up here: use auto or %s", name, strings.Join(names, ", "))
}

// settle grounds a draft and writes what is left of it into the answer, or the
// refusal.
func (b *Bot) settle(ctx context.Context, a *Answer, q Question, d Draft, found retrieval.Result, emit func(Sentence)) error {
	offered := make(map[string]*corpus.Article, len(found.Hits))
	for _, h := range found.Hits {
		offered[h.Article.ID] = h.Article
	}
	var text []string
	var cited strings.Builder
	for _, c := range d.Claims {
		if reasons := ground(c, offered); len(reasons) > 0 {
			a.Dropped = append(a.Dropped, Dropped{c.Text, reasons})
			b.c.Log.InfoContext(ctx, "sentence dropped", "answer", a.ID, "reasons", reasons)
			continue
		}
		s := Sentence{Text: c.Text}
		var marks strings.Builder
		for _, quote := range c.Quotes {
			n := slices.IndexFunc(a.Citations, func(c Citation) bool { return c.Article == quote.Article.ID && c.Span == quote.Span }) + 1
			if n == 0 {
				n = len(a.Citations) + 1
				a.Citations = append(a.Citations, Cite(n, offered[quote.Article.ID], quote.Span))
			}
			s.Citations = append(s.Citations, a.Citations[n-1])
			if mark := fmt.Sprintf("[%d]", n); !strings.Contains(marks.String(), mark) {
				marks.WriteString(mark)
			}
			cited.WriteString(a.Citations[n-1].Quote + "\n")
		}
		s.Text += " " + marks.String()
		text = append(text, s.Text)
		if emit != nil {
			emit(s)
		}
	}
	if len(text) > 0 {
		a.Answered = true
		a.Text = strings.Join(text, " ")
		a.Short = d.Short
		a.Note, a.Differ = d.Note, d.Differ
		if reasons := unsupported(a.Short, cited.String()); len(reasons) > 0 {
			// A short answer is no more than a part of the sentences.
			a.Dropped = append(a.Dropped, Dropped{a.Short, reasons})
			a.Short = ""
		}
		a.AsOf = ""
		for _, c := range a.Citations {
			a.AsOf = max(a.AsOf, c.Published)
		}
		return nil
	}
	a.Reason = d.Refusal
	switch {
	case a.Searched.Articles == 0 && (len(q.Filter.Sources)+len(q.Filter.Publishers) > 0 || !q.Filter.Since.IsZero() || !q.Filter.Until.IsZero()):
		a.Reason = "No article passes the filter, so nothing was searched."
	case a.Searched.Articles == 0:
		a.Reason = "There are no articles to search."
	default:
		missing, err := b.missing(ctx, q, d.Missing)
		if err != nil {
			return err
		}
		if len(missing) > 0 {
			a.Reason = "No article mentions " + list(missing, "or") + "."
		}
		if a.Reason == "" {
			a.Reason = "The articles do not say."
			if len(a.Dropped) > 0 {
				a.Reason = "An answer was drafted, but the articles do not support it: " + a.Dropped[0].Reasons[0] + "."
			}
		}
	}
	for _, quote := range d.Nearest {
		if article := offered[quote.Article.ID]; article != nil && quote.Span.Within(len(article.Text)) {
			a.Nearest = append(a.Nearest, Cite(0, article, quote.Span))
		}
	}
	return nil
}

// missing returns those of the names that indeed no article mentions, which a
// reader who saw a few passages cannot know.
func (b *Bot) missing(ctx context.Context, q Question, names []string) ([]string, error) {
	var missing []string
	for _, name := range names {
		found, err := b.c.Searcher.Search(ctx, retrieval.Query{Text: name, Filter: q.Filter, Limit: 5})
		if err != nil {
			return nil, fmt.Errorf("searching: %w", err)
		}
		terms := word.Terms(name)
		mentioned := slices.ContainsFunc(found.Hits, func(h retrieval.Hit) bool {
			text := word.Terms(h.Passage.Of(h.Article.Text))
			return !slices.ContainsFunc(terms, func(t string) bool { return !slices.Contains(text, t) })
		})
		if !mentioned {
			missing = append(missing, name)
		}
	}
	return missing, nil
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
			if d.Relative {
				if c.Resolved == nil {
					c.Resolved = make(map[string]string)
				}
				c.Resolved[d.Of(a.Text)] = d.String()
			}
		}
	}
	return c
}

// answerID derives an answer's id: the same question to the same engine on the
// same generation of the index has the same one. 10 characters of lower-case
// base32, 50 bits.
func answerID(q Question, engine, generation string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %q %+v", q.Text, engine, generation, q.Filter)
	for _, e := range q.Thread {
		fmt.Fprintf(h, " %q %q", e.Question, e.Answer)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)))[:10]
}
