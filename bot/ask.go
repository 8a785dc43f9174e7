package bot

import (
	"cmp"
	"context"
	"crypto/rand"
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
	"dateline/corpus/dates"
	"dateline/corpus/word"
	"dateline/retrieval"
)

// Config is what a Bot is made of.
type Config struct {
	Searcher Searcher
	// Engines are tried in order for a Question whose Engine is "auto": the
	// next one reads if one fails before it has passed a sentence on, writes
	// nothing that the articles carry, or finds no answer in them. The answer's
	// Note says why. Where none finds one, the refusal is that of the first who
	// found none.
	Engines []Answerer
	// Rewriter, if not nil, puts follow-ups into words that stand by
	// themselves; without one, or where what it writes does not pass, rules do.
	// If it is an Answerer too, it is asked only for questions that it may
	// answer.
	Rewriter Rewriter
	// Judge, if not nil, gives Check a second opinion on what it finds
	// supported.
	Judge Judge
	// Passages is how many the reader is given; 0 means 12.
	Passages int
	// Receipts keeps a receipt of every question that was read about; nil means
	// none are kept.
	Receipts Recorder
	// Version is the program's, and Corpus the places that the articles are
	// from, for receipts.
	Version string
	Corpus  []string
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
// those of an engine that failed afterwards are in no Answer. Those of an answer
// that is not certain are in the Answer alone, which says that it is not.
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
	asked := q
	q.Text = withoutCourtesy(q.Text)
	u, err := b.Understand(ctx, q)
	if err != nil {
		return Answer{}, err
	}
	q = q.as(u)
	search := q
	var last Exchange // that a wish is about
	if len(q.Thread) > 0 && !u.unasked() && u.Wish != "" {
		last = q.Thread[len(q.Thread)-1]
		switch u.Wish {
		case WishSpeaker, WishSource:
			engines, search.Filter = []Answerer{recall{u.Wish, last}}, narrowed(q.Filter, last.Cited)
		case WishMore:
			engines = []Answerer{recall{u.Wish, last}}
		}
	}
	found, err := b.search(ctx, search, b.c.Passages)
	if err != nil {
		return Answer{}, err
	}
	cited, err := b.cited(ctx, q, last)
	if err != nil {
		return Answer{}, err
	}
	if u.Wish != WishSure {
		found.Hits = append(found.Hits, cited...)
	}
	searched := b.c.Now()
	r := Receipt{
		ID: newID(), Asked: start, Version: b.c.Version, Surface: q.Surface, Asker: q.Asker,
		Question: asked.Text, Understood: u.Question, UnderstoodBy: u.By, UnderstandCalls: u.Calls, Thread: asked.Thread, Corpus: b.c.Corpus, Filter: q.Filter, Day: q.Asked, Engine: cmp.Or(q.Engine, EngineAuto),
		Generation: found.Generation, Passages: offer(found.Hits), Attempts: []Attempt{},
	}
	var a Answer
	if u.unasked() {
		a = unasked(r.ID, u.Wish, found)
	} else {
		a, err = b.read(ctx, q, engines, found, emit, &r)
	}
	if near, ok := closer(q, u); ok && err == nil && !a.Answered {
		if a, err = b.readCloser(ctx, near, engines[len(engines)-1], a, emit, &r); err == nil {
			a.Searched = found.Searched
		}
	}
	if err == nil {
		a.Question, a.Understood, a.Wish = asked.Text, u.Question, u.Wish
		a.NewSubject = u.New && (u.announced || !sharesSource(asked.Thread, a))
		a.Note = strings.TrimSpace(a.Note + " " + aside(u.Wish, last, cited, a))
	}
	end := b.c.Now()
	r.Timings = Timings{ms(searched.Sub(start)), ms(end.Sub(searched)), ms(end.Sub(start))}
	if err != nil {
		r.Error = plain(err)
		_ = b.record(ctx, asked, r) // it was logged, and the asker gets an error as it is
		return Answer{}, err
	}
	a.Timings = r.Timings
	r.Answer = a
	a.Unrecorded = b.record(ctx, asked, r)
	return a, nil
}

// as is the question as it was understood.
func (q Question) as(u Understood) Question {
	if u.Question != "" {
		q.Text = u.Question
	}
	q.Thread = Carry(q.Thread)
	if u.New {
		q.Thread = nil
	}
	return q
}

// readCloser answers a question that was refused from the articles that the
// thread has cited; it returns the refusal if they do not answer it either.
func (b *Bot) readCloser(ctx context.Context, q Question, e Answerer, refused Answer, emit func(Sentence), r *Receipt) (Answer, error) {
	if r, ok := b.c.Rewriter.(Answerer); ok && r.Name() == e.Name() {
		return refused, nil // a model has read the question with its topic
	}
	found, err := b.search(ctx, q, b.c.Passages)
	if err != nil || len(found.Hits) == 0 {
		return refused, err
	}
	a, err := b.read(ctx, q, []Answerer{e}, found, emit, r)
	if err != nil || !a.Answered {
		return refused, err
	}
	return a, nil
}

// newID names an answer.
func newID() string { return strings.ToLower(rand.Text()[:10]) }

// plain is an error's text as it can be kept.
func plain(err error) string { return strings.ToValidUTF8(corpus.OneLine(err.Error()), "\uFFFD") }

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// engines are those that may answer, in the order to try them in.
func (b *Bot) engines(name string) ([]Answerer, error) {
	if len(b.c.Engines) == 0 {
		return nil, errors.New("no engine is set up to read the articles: set up extract, which needs nothing")
	}
	if name == "" || name == EngineAuto {
		return b.c.Engines, nil
	}
	names := []string{EngineAuto}
	for _, e := range b.c.Engines {
		if name == e.Name() {
			return []Answerer{e}, nil
		}
		names = append(names, e.Name())
	}
	return nil, fmt.Errorf("engine %q is not set up here: use %s", name, list(names, "or"))
}

// read has the engines read what was found, and writes the answer of the first
// that finds one: an engine of whose sentences none is carried by the articles
// has not. If none does, the refusal is that of the first that found nothing, or
// else of the last. All attempts are noted in the receipt.
//
// A model that reads too little refuses what a sentence says in so many words. An
// answer of the reader behind it is lifted from the articles, so that the asker
// can judge what a refusal would keep back.
func (b *Bot) read(ctx context.Context, q Question, engines []Answerer, found retrieval.Result, emit func(Sentence), r *Receipt) (Answer, error) {
	var why string // another engine did not do
	var dropped []Dropped
	var none *writer // of the first engine that found no answer
	var refusal Draft
	for i, e := range engines {
		w := newWriter(r.ID, q, e.Name(), found, emit)
		if found.Searched.Articles == 0 {
			w.refuse(Draft{}, missing{})
			return w.answer, nil
		}
		var pass func(Claim)
		if emit != nil {
			pass = w.pass
		}
		start := b.c.Now()
		if q.Began != nil {
			q.Began(e.Name())
		}
		draft, err := e.Draft(ctx, lendQuestion(q), lend(found.Hits), pass)
		took := b.c.Now().Sub(start)
		passed := w.close()
		attempt := Attempt{Engine: e.Name(), Calls: draft.Calls}
		var repair Draft
		if err == nil {
			if draft.Perhaps {
				w.emit = nil
			}
			w.rest(draft)
			var failure error
			if repair, failure = b.repair(ctx, e, q, found, w, took); failure != nil {
				attempt.RepairError = plain(failure)
			}
			attempt.Calls = slices.Concat(draft.Calls, repair.Calls)
		} else {
			attempt.Error = plain(err)
		}
		attempt.Sentences, attempt.Milliseconds = w.sentences, ms(b.c.Now().Sub(start))
		r.Attempts = append(r.Attempts, attempt)
		if err != nil {
			if ctx.Err() != nil {
				return Answer{}, fmt.Errorf("reading with engine %s: %w", e.Name(), err)
			}
			if none != nil && !passed {
				b.c.Log.WarnContext(ctx, "engine failed, so the refusal of another stands", "engine", e.Name(), "err", err)
				return b.conclude(ctx, none, q, refusal, dropped, "")
			}
			if i+1 < len(engines) && !passed {
				b.c.Log.InfoContext(ctx, "engine failed, trying the next", "engine", e.Name(), "next", engines[i+1].Name(), "err", err)
				why = fmt.Sprintf("as %s failed: %s.", called(e.Name()), corpus.OneLine(err.Error()))
				continue
			}
			return Answer{}, fmt.Errorf("engine %s could not read the articles: %w; or choose another engine", e.Name(), err)
		}
		w.finish(draft, repair)
		for _, d := range w.answer.Dropped {
			b.c.Log.InfoContext(ctx, "sentence dropped", "answer", w.answer.ID, "engine", e.Name(), "reasons", d.Reasons)
		}
		if !w.answer.Answered && len(w.answer.Dropped) > 0 && i+1 < len(engines) {
			why = fmt.Sprintf("as the articles carry nothing of what %s wrote.", called(e.Name()))
			dropped = append(dropped, w.answer.Dropped...)
			continue
		}
		if !w.answer.Answered && i+1 < len(engines) {
			why = fmt.Sprintf("as %s found no answer in the articles: see whether it is one.", called(e.Name()))
			if none == nil {
				none, refusal = w, draft
			}
			continue
		}
		if !w.answer.Answered && none != nil {
			return b.conclude(ctx, none, q, refusal, append(dropped, w.answer.Dropped...), "")
		}
		return b.conclude(ctx, w, q, draft, dropped, why)
	}
	panic("unreachable: there is an engine, and the last one returns")
}

// conclude writes what goes with the answer of an engine: what others before it
// wrote that was dropped, and why they did not do.
func (b *Bot) conclude(ctx context.Context, w *writer, q Question, d Draft, dropped []Dropped, why string) (Answer, error) {
	if err := b.settle(ctx, w, q, d); err != nil {
		return Answer{}, err
	}
	w.answer.Dropped = append(dropped, w.answer.Dropped...)
	w.answer.Note = strings.TrimSpace(w.answer.Note + " " + d.Remark)
	if why != "" {
		did := "answered"
		if !w.answer.Answered {
			did = "was asked"
		}
		by := called(w.answer.Engine)
		w.answer.Note = strings.TrimSpace(fmt.Sprintf("%s %s%s %s, %s", w.answer.Note, strings.ToUpper(by[:1]), by[1:], did, why))
	}
	w.answer.Note = strings.TrimSpace(w.answer.Note + " " + WordsAlone(w.found))
	return w.answer, nil
}

// called is what people call an engine.
func called(engine string) string {
	switch engine {
	case EngineExtract:
		return "the built-in reader"
	case EngineLLM:
		return "the model"
	}
	return "engine " + engine
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
	q.Surface, q.Asker, q.Began, q.Keep = "", "", nil, nil
	return q
}

// settle writes the refusal of a draft of which nothing is left.
func (b *Bot) settle(ctx context.Context, w *writer, q Question, d Draft) error {
	if w.answer.Answered {
		return nil
	}
	names := slices.Concat(w.unnamed, d.Missing)
	for _, p := range w.persons {
		if p.surely {
			names = append(names, p.text)
		}
	}
	missing, err := b.missing(ctx, q, names)
	if err != nil {
		return err
	}
	w.refuse(d, missing)
	return nil
}

// maxMissing is how many names a refusal looks for.
const maxMissing = 8

// missing are names of a question that the articles do not have.
type missing struct {
	none  []string // nor any word of them
	whole []string // but words of them: "Dunn", and never "Jeremy Dunn"
}

// missing returns those of the names that no article has, which a reader who saw
// a few passages cannot know. Of three words or more it takes two that follow one
// another: who asks of President Ida Brekke means Ida Brekke. Names that are not
// in the question are none of its concern.
func (b *Bot) missing(ctx context.Context, q Question, names []string) (missing, error) {
	asked := word.Terms(q.Text)
	var m missing
	var err error
	mentions := func(name string) bool {
		if err != nil {
			return false
		}
		var ok bool
		if ok, err = b.c.Searcher.Mentions(ctx, name, q.Filter); err != nil {
			err = searchError(ctx, err)
		}
		return ok
	}
	for _, name := range names[:min(len(names), maxMissing)] {
		name = corpus.OneLine(name)
		terms := word.Terms(name)
		switch {
		case len(terms) == 0 || slices.Contains(m.none, name) || slices.Contains(m.whole, name) || !containsAll(asked, terms):
		case slices.ContainsFunc(pairs(name), mentions):
		case len(terms) > 1 && slices.ContainsFunc(terms, mentions):
			m.whole = append(m.whole, name)
		default:
			m.none = append(m.none, name)
		}
	}
	return m, err
}

// pairs are the words of a name, function words aside, two by two with what
// stands between them; the name itself if it has no more than two.
func pairs(name string) []string {
	words := slices.DeleteFunc(word.Split(name), word.Word.Stop)
	if len(words) < 3 {
		return []string{name}
	}
	var list []string
	for i, w := range words[1:] {
		list = append(list, name[words[i].Start:w.End])
	}
	return list
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
		for _, d := range dates.Find(a.Text, s, published) {
			words := d.Of(a.Text)
			// "November 26" took the day of publication too, for its year, but
			// tells readers enough.
			if !d.Relative || d.Unsure || strings.ContainsFunc(words, unicode.IsDigit) {
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

// In returns where in an article's text the bytes of the citation stand, if they
// still hold its words.
func (c Citation) In(a *corpus.Article) (corpus.Span, bool) {
	want := corpus.Span{Start: c.Bytes[0], End: c.Bytes[1]}
	if len(a.Offsets) == 0 {
		return want, want.Within(len(a.Text)) && want.Of(a.Text) == c.Quote
	}
	for at := 0; c.Quote != ""; at++ {
		i := strings.Index(a.Text[at:], c.Quote)
		if i < 0 {
			break
		}
		at += i
		s := corpus.Span{Start: at, End: at + len(c.Quote)}
		if a.FileSpan(s) == want {
			return s, true
		}
	}
	return corpus.Span{}, false
}
