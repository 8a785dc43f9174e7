package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/retrieval"
)

// An Exchange is a question of a conversation and the answer it got: what a
// follow-up may lean on. It goes through JSON unharmed, so that whoever holds
// conversations can keep them.
type Exchange struct {
	Question string `json:"question"`
	// Understood is the question made to stand by itself; empty if it did.
	Understood string `json:"understood,omitempty"`
	Answer     string `json:"answer,omitempty"` // without marks; empty for a refusal
	Short      string `json:"short,omitempty"`
	Certainty  string `json:"certainty,omitempty"` // see Answer
	// Cited are the words that the answer rests on.
	Cited []Cited `json:"cited,omitempty"`
	// New is set where the question had nothing to do with those before it.
	New bool `json:"new,omitempty"`
}

// Cited says where the words of a citation stood, and which they were, so that
// it can be told later whether they still stand there.
type Cited struct {
	Source  string      `json:"source"`
	Article string      `json:"article"`
	Span    corpus.Span `json:"span"` // of the article's Text
	Sum     string      `json:"sum"`  // of the words: SHA-256, the first 16 hex digits
}

func sumOf(words string) string {
	sum := sha256.Sum256([]byte(words))
	return hex.EncodeToString(sum[:8])
}

// NewExchange returns what is kept of an answer for follow-ups.
func NewExchange(a Answer) Exchange {
	e := Exchange{Question: a.Question, Understood: a.Understood, Answer: unmarked(a.Sentences), Short: a.Short, Certainty: a.Certainty, New: a.NewSubject}
	for _, c := range a.Citations {
		e.Cited = append(e.Cited, Cited{c.Source, c.Article, c.Span, sumOf(c.Quote)})
	}
	return e
}

// meant is the question as it was understood.
func (e Exchange) meant() string {
	if e.Understood != "" {
		return e.Understood
	}
	return e.Question
}

// size is how many characters of an exchange are carried.
func (e Exchange) size() int {
	return utf8.RuneCountInString(e.Question) + utf8.RuneCountInString(e.Understood) + utf8.RuneCountInString(e.Answer) + utf8.RuneCountInString(e.Short)
}

// How much of a conversation is carried on: what people refer to lies a few
// questions back, and a model has to read it all.
const (
	maxCarried      = 12
	maxCarriedChars = 8000
	// maxAnswerCarried is how many characters of one answer are; its citations
	// beyond maxCitedCarried are not.
	maxAnswerCarried = 2000
	maxCitedCarried  = 20
)

// Carry returns what is carried of a thread, oldest first: the last 12
// exchanges, with 8,000 characters at the most between them.
func Carry(thread []Exchange) []Exchange {
	chars := 0
	from := len(thread)
	for from > 0 && len(thread)-from < maxCarried {
		e := shortened(thread[from-1])
		if chars += e.size(); chars > maxCarriedChars {
			break
		}
		from--
	}
	var carried []Exchange
	for _, e := range thread[from:] {
		carried = append(carried, shortened(e))
	}
	return carried
}

// shortened is an exchange without what is too long of it.
func shortened(e Exchange) Exchange {
	for _, s := range [...]struct {
		text *string
		most int
	}{{&e.Question, maxAnswerCarried}, {&e.Understood, maxAnswerCarried}, {&e.Answer, maxAnswerCarried}, {&e.Short, 200}} {
		*s.text = strings.ToValidUTF8(*s.text, "\uFFFD")
		if utf8.RuneCountInString(*s.text) > s.most {
			*s.text = wholeWords(string([]rune(*s.text)[:s.most]))
		}
	}
	e.Cited = slices.Clone(e.Cited[:min(len(e.Cited), maxCitedCarried)])
	return e
}

// wholeWords is a text that was cut somewhere without the word that may be cut:
// half a number is another number.
func wholeWords(s string) string {
	return strings.TrimSpace(strings.TrimRightFunc(s, func(r rune) bool {
		return !unicode.IsSpace(r) && (r <= unicode.MaxLatin1 || !unicode.IsPunct(r)) // "。" needs no blank
	}))
}

// A Conversation is questions that follow up on each other. The zero
// Conversation has not begun. It is for one asker at a time.
type Conversation struct {
	// Exchanges are those so far, oldest first, as far as they are carried.
	// They may be stored, and put back into another Conversation.
	Exchanges []Exchange
}

// Ask puts a question in the conversation, and adds it and its answer to it.
// What is no question ("thanks", "and when?" as the first words) and what
// failed leaves the conversation as it was.
func (c *Conversation) Ask(ctx context.Context, b *Bot, q Question, emit func(Sentence)) (Answer, error) {
	q.Thread = c.Exchanges
	a, err := b.Ask(ctx, q, emit)
	if err == nil {
		c.Add(a)
	}
	return a, err
}

// Add adds an answer that was given in the conversation.
func (c *Conversation) Add(a Answer) {
	if a.Unclear {
		return
	}
	e := NewExchange(a)
	if a.Wish != "" && len(c.Exchanges) > 0 {
		// The question is still the one before; so is the answer to it, unless
		// it was asked again.
		last := c.Exchanges[len(c.Exchanges)-1]
		if a.Wish != WishSure || !a.Answered {
			e.Short, e.Answer, e.Certainty = last.Short, last.Answer, last.Certainty
			e.Cited = append(slices.Clone(last.Cited), e.Cited...)
			seen := make(map[Cited]bool)
			e.Cited = slices.DeleteFunc(e.Cited, func(c Cited) bool {
				twice := seen[c]
				seen[c] = true
				return twice
			})
		}
	}
	c.Exchanges = Carry(append(slices.Clone(c.Exchanges), e))
}

// Understand returns what a question of a conversation is taken to mean, given
// the exchanges before it in Thread. Rules say so, or Config.Rewriter where what it
// writes stands up to a check: names, numbers and dates have to stand in the
// question or in the thread.
// The error is that of a context that ended.
func (b *Bot) Understand(ctx context.Context, q Question) (Understood, error) {
	if q.Asked.IsZero() {
		q.Asked = b.c.Now()
	}
	q.Thread = Carry(q.Thread)
	u := understand(q.Thread, q.Text, q.Asked)
	by := "model"
	if a, ok := b.c.Rewriter.(Answerer); ok {
		by = a.Name()
	}
	if b.c.Rewriter == nil || q.Engine != "" && q.Engine != EngineAuto && q.Engine != by || u.Wish != "" || u.New || len(q.Thread) == 0 {
		return u, nil
	}
	thread := segment(q.Thread, tidy(q.Text))
	meant := slices.Clone(thread)
	for i := range meant {
		meant[i].Question = meant[i].meant()
	}
	if q.Began != nil {
		q.Began(by)
	}
	text, calls, err := b.c.Rewriter.Rewrite(ctx, meant, q.Text)
	u.Calls = calls
	if err != nil {
		if ctx.Err() != nil {
			return Understood{Calls: calls}, fmt.Errorf("understanding the question: %w", err)
		}
		b.c.Log.InfoContext(ctx, "question not rewritten, the rules' reading is taken", "by", by, "err", err)
		return u, nil
	}
	text = corpus.OneLine(strings.ToValidUTF8(text, "\uFFFD"))
	if why := b.misread(q, thread, text); why != "" {
		b.c.Log.InfoContext(ctx, "rewritten question not taken", "by", by, "reason", why)
		return u, nil
	}
	if same(text, q.Text) {
		// Small models give back what they were given. That is taken for a
		// question that stands by itself only where it can.
		if u.Question == "" || leans(q.Text) {
			return u, nil
		}
		return Understood{Calls: calls}, nil
	}
	u.Question, u.By, u.asked = text, by, ""
	return u, nil
}

// misread says why a question that a model wrote is not taken; "" if it is.
func (b *Bot) misread(q Question, thread []Exchange, text string) string {
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return "it is empty"
	case n > min(MaxQuestion, 2*utf8.RuneCountInString(q.Text)+400):
		return "it is too long"
	}
	e := ground.New()
	for _, x := range thread {
		for _, s := range []string{x.Question, x.Understood, x.Answer, x.Short} {
			e.Add(s, q.Asked)
		}
	}
	e.Add(q.Text, q.Asked)
	if lacks := e.Lacks(text, ground.Sentence); len(lacks) > 0 {
		return lacks[0]
	}
	// What somebody named is what is asked about.
	mine := read(text)
	for _, t := range read(tidy(q.Text)).tokens {
		if nameLike(t.Text) && !slices.Contains(mine.norms, read(t.Text).norms[0]) {
			return fmt.Sprintf("it leaves out %s", t.Text)
		}
	}
	return ""
}

// closer asks without the topic that was put before the question, in the
// articles that the thread has cited: they are about the topic, and need not
// name it where they tell what is asked. It is for a reader that found no
// answer otherwise.
func closer(q Question, u Understood) (Question, bool) {
	if u.asked == "" {
		return q, false
	}
	var cited []Cited
	for _, e := range q.Thread {
		cited = append(cited, e.Cited...)
	}
	if len(cited) == 0 || len(q.Filter.Sources) > 0 {
		return q, false
	}
	q.Text, q.Filter = u.asked, narrowed(q.Filter, cited)
	return q, true
}

// unasked reports whether there is nothing to read the articles for.
func (u Understood) unasked() bool {
	return u.Wish == WishThanks || u.Wish == WishHello || u.Wish == WishUnclear
}

// unasked is the answer to what is no question.
func unasked(id string, wish Wish, found retrieval.Result) Answer {
	a := Answer{ID: id, Unclear: true, Engine: EngineRecall, Searched: found.Searched, AsOf: found.Searched.To, Citations: []Citation{}, Passages: []Offered{}}
	switch wish {
	case WishThanks:
		a.Reason = "You are welcome. Ask on."
	case WishHello:
		a.Reason = "Hello. Ask about the articles, for example: who confirmed the visit?"
	default:
		a.Reason = "There is no question before this one that it could be about: say who or what you mean, for example \"when was the visit confirmed?\""
	}
	return a
}

// narrowed is a filter that lets through, of what it let through, the articles
// that were cited.
func narrowed(f retrieval.Filter, cited []Cited) retrieval.Filter {
	var sources []string
	for _, c := range cited {
		sources = append(sources, c.Source)
	}
	if len(f.Sources) == 0 && len(sources) > 0 {
		slices.Sort(sources)
		f.Sources = slices.Compact(sources)
	}
	return f
}

// sharesSource reports whether an answer rests on an article that an earlier
// one rested on: then the subject is the same, whatever the words.
func sharesSource(thread []Exchange, a Answer) bool {
	return slices.ContainsFunc(Carry(thread), func(e Exchange) bool {
		return slices.ContainsFunc(e.Cited, func(c Cited) bool {
			return slices.ContainsFunc(a.Citations, func(n Citation) bool { return n.Article == c.Article })
		})
	})
}
