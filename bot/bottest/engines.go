package bottest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"dateline/bot"
	"dateline/corpus"
	"dateline/corpus/word"
	"dateline/retrieval"
)

// An Engine drafts what its Func returns, and passes the claims on unless they
// are uncertain.
type Engine struct {
	Label string // its name; empty means "fake"
	Func  func(ctx context.Context, q bot.Question, passages []retrieval.Hit) (bot.Draft, error)
}

var _ bot.Answerer = Engine{}

// Name implements bot.Answerer.
func (e Engine) Name() string {
	if e.Label == "" {
		return "fake"
	}
	return e.Label
}

// Draft implements bot.Answerer.
func (e Engine) Draft(ctx context.Context, q bot.Question, passages []retrieval.Hit, emit func(bot.Claim)) (bot.Draft, error) {
	d, err := e.Func(ctx, q, passages)
	if emit != nil && !d.Perhaps {
		for _, c := range d.Claims {
			emit(c)
		}
	}
	return d, err
}

// Lifting answers with the sentence that shares most words with the question,
// and refuses where none shares any. It passes the conformance test.
func Lifting() Engine {
	return Engine{"lifting", func(ctx context.Context, q bot.Question, passages []retrieval.Hit) (bot.Draft, error) {
		if err := ctx.Err(); err != nil {
			return bot.Draft{}, err
		}
		terms := word.Terms(q.Text)
		var best bot.Quote
		most := 0.0
		for _, h := range passages {
			for _, s := range h.Article.Sentences() {
				if !h.Passage.Contains(s.Span) || !s.Kind.Evidence() {
					continue
				}
				have := strings.Join(word.Terms(s.Of(h.Article.Text)), " ")
				score := 0.0
				for _, t := range terms {
					if strings.Contains(" "+have+" ", " "+t+" ") {
						score += word.IDF(t)
					}
				}
				if score > most {
					best, most = bot.Quote{Article: h.Article, Span: s.Span}, score
				}
			}
		}
		if most == 0 {
			return bot.Draft{Refusal: "The articles do not say."}, nil
		}
		return bot.Draft{Claims: []bot.Claim{{Text: best.Span.Of(best.Article.Text), Quotes: []bot.Quote{best}}}}, nil
	}}
}

// A RepairingEngine is an Engine that writes again what was refused, as its
// Mend does.
type RepairingEngine struct {
	Engine
	Mend func(ctx context.Context, passages []retrieval.Hit, failed []bot.Failed) (bot.Draft, error)
}

var _ bot.Repairer = RepairingEngine{}

// Repair implements bot.Repairer.
func (e RepairingEngine) Repair(ctx context.Context, _ bot.Question, passages []retrieval.Hit, failed []bot.Failed) (bot.Draft, error) {
	return e.Mend(ctx, passages, failed)
}

// Quoting is a RepairingEngine that writes, in place of a claim, the words that
// the claim cites, and gives up those that cite none. It drafts as e does.
func Quoting(e Engine) RepairingEngine {
	return RepairingEngine{e, func(ctx context.Context, passages []retrieval.Hit, failed []bot.Failed) (bot.Draft, error) {
		if err := ctx.Err(); err != nil {
			return bot.Draft{}, err
		}
		d := bot.Draft{Calls: []bot.Call{{For: "repair", Model: "quoting", Prompt: "repair-1"}}}
		for _, f := range failed {
			for _, q := range f.Claim.Quotes {
				if q.Article == nil || !q.Span.Within(len(q.Article.Text)) || q.Span.Len() == 0 {
					continue
				}
				if slices.ContainsFunc(passages, func(h retrieval.Hit) bool { return h.Article.ID == q.Article.ID }) {
					d.Claims = append(d.Claims, bot.Claim{Text: q.Span.Of(q.Article.Text), Quotes: []bot.Quote{q}})
					break
				}
			}
		}
		return d, nil
	}}
}

// Doubting drafts as e does, and is not certain of it.
func Doubting(e Engine) Engine {
	return Engine{e.Label, func(ctx context.Context, q bot.Question, passages []retrieval.Hit) (bot.Draft, error) {
		d, err := e.Func(ctx, q, passages)
		d.Perhaps, d.Short = len(d.Claims) > 0, ""
		return d, err
	}}
}

// Refusing gives a reason, and nothing else.
func Refusing(reason string) Engine {
	return Drafting(bot.Draft{Refusal: reason})
}

// Drafting drafts the same whatever it is asked.
func Drafting(d bot.Draft) Engine {
	return Engine{"drafting", func(context.Context, bot.Question, []retrieval.Hit) (bot.Draft, error) { return d, nil }}
}

// ErrBroken is what the engine Failing fails with.
var ErrBroken = errors.New("the model server hung up")

// A BrokenEngine does one thing wrong.
type BrokenEngine struct {
	Name   string // what it does
	Engine bot.Answerer
}

// Broken returns engines that are broken, each in its own way. None of what
// they draft may reach a reader; those that fail, Failing and Blocking, are
// apart.
func Broken() []BrokenEngine {
	// Each starts from a good answer and spoils it.
	spoil := func(name string, f func(passages []retrieval.Hit, d *bot.Draft)) BrokenEngine {
		return BrokenEngine{name, Engine{"broken", func(ctx context.Context, q bot.Question, passages []retrieval.Hit) (bot.Draft, error) {
			d, err := Lifting().Func(ctx, q, passages)
			if err == nil && len(d.Claims) > 0 {
				f(passages, &d)
			}
			return d, err
		}}}
	}
	text := func(name, add string) BrokenEngine {
		return spoil(name, func(_ []retrieval.Hit, d *bot.Draft) {
			d.Claims[0].Text = strings.TrimSuffix(d.Claims[0].Text, ".") + add
		})
	}
	quote := func(name string, f func(*bot.Quote)) BrokenEngine {
		return spoil(name, func(_ []retrieval.Hit, d *bot.Draft) { f(&d.Claims[0].Quotes[0]) })
	}
	return []BrokenEngine{
		spoil("cites nothing", func(_ []retrieval.Hit, d *bot.Draft) { d.Claims[0].Quotes = nil }),
		quote("cites no article", func(q *bot.Quote) { q.Article = nil }),
		quote("cites an article that was not offered", func(q *bot.Quote) {
			q.Article = Article("elsewhere.txt", "", "", q.Article.Text)
		}),
		quote("cites past the end", func(q *bot.Quote) { q.Span.End = len(q.Article.Text) + 1 }),
		quote("cites before the beginning", func(q *bot.Quote) { q.Span.Start = -1 }),
		quote("cites backwards", func(q *bot.Quote) { q.Span.Start, q.Span.End = q.Span.End, q.Span.Start }),
		quote("cites no words", func(q *bot.Quote) { q.Span.End = q.Span.Start }),
		quote("cuts a word", func(q *bot.Quote) { q.Span.End -= 3 }),
		spoil("cuts a character", func(passages []retrieval.Hit, d *bot.Draft) {
			q := &d.Claims[0].Quotes[0]
			for i, r := range q.Article.Text {
				if r > 0x7f {
					q.Span = corpus.Span{Start: 0, End: i + 1}
					return
				}
			}
			q.Span.End = len(q.Article.Text) + 1 // no such character
		}),
		text("invents a name", ", as Anselm Quordle confirmed."),
		text("invents a name in lower case", ", as they say in london."),
		text("invents a number", ", for the 417th time."),
		text("invents a number in words", ", with eighty-three others."),
		text("invents a quotation", " and called it “a perfect disgrace”."),
		text("invents a date", " on March 3, 1961."),
		spoil("alters the article", func(passages []retrieval.Hit, d *bot.Draft) {
			a := d.Claims[0].Quotes[0].Article
			a.Text = strings.Repeat("All is lost. ", len(a.Text)/12+1)[:len(a.Text)]
			d.Claims[0].Text = "All is lost."
			d.Claims[0].Quotes[0].Span = corpus.Span{Start: 0, End: len("All is lost.")}
		}),
		quote("alters a copy of the article", func(q *bot.Quote) {
			c := *q.Article
			c.Text = strings.ToUpper(c.Text)
			q.Article = &c
		}),
		text("writes invalid UTF-8", " \xff\xfe."),
		spoil("says nothing", func(_ []retrieval.Hit, d *bot.Draft) { d.Claims[0].Text = " \n" }),
		spoil("writes without end", func(_ []retrieval.Hit, d *bot.Draft) {
			d.Claims[0].Text = strings.Repeat(d.Claims[0].Text+" ", 10_000)
		}),
		spoil("cites without end", func(_ []retrieval.Hit, d *bot.Draft) {
			for len(d.Claims[0].Quotes) < 10_000 {
				d.Claims[0].Quotes = append(d.Claims[0].Quotes, d.Claims[0].Quotes[0])
			}
		}),
	}
}

// Failing fails with ErrBroken.
func Failing() Engine {
	return Engine{"failing", func(context.Context, bot.Question, []retrieval.Hit) (bot.Draft, error) {
		return bot.Draft{}, ErrBroken
	}}
}

// Blocking reads until the context ends, and says on started, if that is not
// nil, that it has begun.
func Blocking(started chan<- struct{}) Engine {
	return Engine{"blocking", func(ctx context.Context, _ bot.Question, _ []retrieval.Hit) (bot.Draft, error) {
		if started != nil {
			started <- struct{}{}
		}
		<-ctx.Done()
		return bot.Draft{}, ctx.Err()
	}}
}
