// Package bot answers questions about news articles, and lets no sentence out
// that the articles do not carry.
//
// A Bot searches, has an Answerer read the passages and draft an answer, and
// then grounds the draft: each sentence must rest on spans of stored articles,
// which are compared byte for byte, and may hold no name, number, date or
// quotation that those spans lack.
package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/retrieval"
)

// Engines, as questions ask for them and answers name them.
const (
	EngineAuto    = "auto"    // those that a Bot has, in order; no answer names it
	EngineExtract = "extract" // the built-in reader
	EngineLLM     = "llm"     // a language model
	EngineRecall  = "recall"  // the built-in reader, on an answer before; nobody asks for it
)

// Perhaps is the Certainty of an answer whose sentences the articles carry, but
// which may not answer the question. Uncertain says so to people, in front of
// the sentences.
const (
	Perhaps   = "perhaps"
	Uncertain = "Not certain that this answers it:"
)

// A Question is what somebody asks.
type Question struct {
	Text string
	// Thread holds the exchanges before this one, oldest first. A follow-up
	// ("and when?") is made to stand by itself with them, see Bot.Understand;
	// that is what is searched for, and what engines are given as Text.
	Thread []Exchange
	Filter retrieval.Filter
	// Engine is EngineAuto, EngineExtract or EngineLLM; empty means EngineAuto.
	Engine string
	// Asked is the day the question is put, to which "this week" refers; zero
	// means today.
	Asked time.Time
	// Surface is where the question was put, such as "terminal" or "slack", and
	// Asker who put it there, as that surface knows people. Both are for the
	// receipt: they are not searched for, and no engine is told.
	Surface string
	Asker   string
	// Keep, if not nil, says whether the receipt of an answer is kept; that of an
	// error is not. It is for what may be no question at all: an example that is
	// tried out, a message between people.
	Keep func(Answer) bool `json:"-"`
	// Began, if not nil, is told the name of each engine when it is asked
	// something, for people to see what is waited for.
	Began func(engine string) `json:"-"`
}

// An Answer is what Ask gives back; its JSON is what `dateline ask --json`
// prints.
type Answer struct {
	// ID names this answer and no other, though the same question may get the
	// same answer again: it leads to the receipt of one asking. It is random, 50
	// bits as 10 characters of lower-case base32.
	ID       string `json:"id"`
	Question string `json:"question"`
	// Understood is what a follow-up was taken to ask; empty if the question
	// stood by itself. It has no name, number or date that is in neither the
	// question nor the thread.
	Understood string `json:"understood,omitempty"`
	// Wish is what was wanted besides a fact: "are you sure?", "tell me more".
	Wish Wish `json:"wish,omitempty"`
	// NewSubject is set where the thread had nothing to do with the question,
	// and is not carried on.
	NewSubject bool `json:"new_subject,omitempty"`
	// Unclear is set where nothing was asked that can be searched for: a
	// follow-up with nothing before it, thanks, a greeting. Reason says what to
	// do, and the thread goes on as it was.
	Unclear  bool `json:"unclear,omitempty"`
	Answered bool `json:"answered"`
	// Certainty is Perhaps, or empty for an answer that is given without
	// reserve and for a refusal. With Perhaps, Answered is set and Short is empty.
	Certainty string `json:"certainty,omitempty"`
	// Text is Sentences as one text, each followed by a mark [n] for each of its
	// citations; empty for a refusal.
	Text string `json:"answer"`
	// Short is the shortest complete answer: a name, a number, a date.
	Short string `json:"short"`
	// Sentences are those of the answer, in order; empty for a refusal.
	Sentences []Sentence `json:"sentences"`
	Engine    string     `json:"engine"`
	// Reason says in a sentence or two why there is no answer.
	Reason string `json:"reason"`
	// Note is what the reader of an answer should know: that sources differ,
	// or why another engine answered than the first one.
	Note string `json:"note,omitempty"`
	// Differ is set where sources give different values for what was asked.
	Differ bool `json:"differ,omitempty"`
	// AsOf is the day of the newest article cited; for a refusal, of the newest
	// searched. Empty if no date is known.
	AsOf      string             `json:"as_of"`
	Searched  retrieval.Coverage `json:"searched"`
	Citations []Citation         `json:"citations"`
	// Nearest are the closest misses of a refusal: passages about the matter
	// that do not answer. N is 0 for them.
	Nearest  []Citation `json:"nearest,omitempty"`
	Passages []Offered  `json:"passages"`
	// Dropped are the sentences that grounding kept back, and why. Repaired are
	// those in whose place the engine wrote another one that is in the answer,
	// as they were at first.
	Dropped  []Dropped `json:"dropped,omitempty"`
	Repaired []Dropped `json:"repaired,omitempty"`
	Timings  Timings   `json:"timings_ms"`

	// Unrecorded is why there is no receipt of the answer, for people to be
	// warned; nil if there is one, or if none are kept.
	Unrecorded error `json:"-"`
}

// A Sentence is one sentence of an answer, which passed grounding.
type Sentence struct {
	Text string `json:"text"` // on one line, without marks
	// Citations are the numbers of the citations it rests on, at least one,
	// each once.
	Citations []int `json:"citations"`
}

// Marked is the sentence with a mark for each citation: "She resigned. [1][2]".
func (s Sentence) Marked() string {
	text := s.Text
	for i, n := range s.Citations {
		if i == 0 {
			text += " "
		}
		text += fmt.Sprintf("[%d]", n)
	}
	return text
}

// Marked joins sentences to one text, each with its marks.
func Marked(sentences []Sentence) string {
	texts := make([]string, len(sentences))
	for i, s := range sentences {
		texts[i] = s.Marked()
	}
	return strings.Join(texts, " ")
}

// unmarked joins sentences to one text without marks.
func unmarked(sentences []Sentence) string { return strings.Join(texts(sentences), " ") }

func texts(sentences []Sentence) []string {
	list := make([]string, len(sentences))
	for i, s := range sentences {
		list[i] = s.Text
	}
	return list
}

// A Citation leads from a sentence of an answer to the words it rests on.
type Citation struct {
	N         int    `json:"n,omitempty"`
	Source    string `json:"source"`
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	Published string `json:"published"`
	URL       string `json:"url,omitempty"`
	// Lines are the first and last line of the file, or of a record's text,
	// counted from 1.
	Lines [2]int `json:"lines"`
	// Bytes is the span of the file's bytes, or of a record's text, that
	// equals Quote.
	Bytes [2]int `json:"bytes"`
	Quote string `json:"quote"`
	// Resolved gives the dates that words of the quote stand for, where it takes
	// the day of publication to tell: "Wednesday" is 2025-11-26, "next week"
	// 2025-12-01/2025-12-07.
	Resolved map[string]string `json:"resolved,omitempty"`

	// Why says of one of Nearest why it is no answer, or what it lacks of one.
	Why string `json:"why,omitempty"`

	Article string      `json:"article"` // the article's id
	Span    corpus.Span `json:"-"`       // of the article's Text
}

// An Offered passage is one the reader was given.
type Offered struct {
	Source   string  `json:"source"`
	Bytes    [2]int  `json:"bytes"`
	Score    float64 `json:"score"`
	Keyword  float64 `json:"keyword"`
	Semantic float64 `json:"semantic"`
}

// Dropped is a sentence that an engine wrote and grounding refused.
type Dropped struct {
	Text    string   `json:"text"`
	Reasons []string `json:"reasons"`
}

// Timings are in milliseconds.
type Timings struct {
	Search float64 `json:"search"`
	Read   float64 `json:"read"`
	Total  float64 `json:"total"`
}

// A Searcher finds passages. *retrieval.Index is one.
type Searcher interface {
	Search(ctx context.Context, q retrieval.Query) (retrieval.Result, error)
	// Mentions reports whether any article that passes the filter has a name as
	// a whole, see retrieval.Index.
	Mentions(ctx context.Context, name string, f retrieval.Filter) (bool, error)
}

// An Answerer reads passages and drafts an answer to a question.
type Answerer interface {
	// Name is what Answer.Engine shows.
	Name() string
	// Draft answers from the passages alone. A question that they do not
	// answer gives a Draft without Claims, not an error, and so do no passages.
	// Draft may pass each claim to emit, which may be
	// nil, as soon as it stands, and not once it has returned; the same claims
	// are in the Draft, in the same order. It is safe for concurrent use,
	// changes nothing of what it is given, and returns the context's error
	// soon after the context has ended. Package bottest tests all this.
	Draft(ctx context.Context, q Question, passages []retrieval.Hit, emit func(Claim)) (Draft, error)
}

// A Draft is an answer before it was checked.
type Draft struct {
	Claims []Claim
	// Short is the shortest complete answer, Note what the reader should know
	// besides. Ask leaves out what the quotes of the claims do not support.
	Short  string
	Note   string
	Differ bool
	// Remark says how the articles were read, as that reading was cut short, with
	// an answer or without. Nothing in the articles supports it, so it is shown as it
	// is, and has no word that a model wrote.
	Remark string
	// Perhaps is set where Claims may not answer the question. There is no Short
	// then, and Draft passes no claim to emit: people are told before they read.
	Perhaps bool

	// Refusal is the reason why there is no answer, in a sentence, where Claims
	// is empty; if it is empty too, the articles do not say. What it names has
	// to stand in the question or in the articles.
	Refusal string
	// Missing are the names, numbers and dates of the question that the passages
	// do not have, or not together with the rest of it. Ask finds out whether any
	// article has them.
	Missing []string
	// Nearest are the sentences that come closest to an answer.
	Nearest []Quote

	// Calls are the requests to a model that the draft took, in order. They
	// are there also where Draft returns an error.
	Calls []Call
}

// A Call is one request to a model, kept in the receipt of an answer.
type Call struct {
	For    string `json:"for"`    // "answer", "repair", "understand" or "check"
	Model  string `json:"model"`  // as the server names it
	Prompt string `json:"prompt"` // version of the prompt, such as "answer-1"
	// Raw is what the model wrote, valid UTF-8, cut where it has no end.
	Raw string `json:"raw"`
	// TokensIn and TokensOut are as the server counts them; 0 if it does not.
	TokensIn     int     `json:"tokens_in"`
	TokensOut    int     `json:"tokens_out"`
	Milliseconds float64 `json:"ms"`
	// Error is why the call was of no use; empty if it was. It holds no key.
	Error string `json:"error,omitempty"`
}

// A Repairer is an Answerer that can write claims again that grounding refused.
type Repairer interface {
	// Repair writes failed claims again, each told with the reasons why it was
	// refused, all in one request. The Draft has the claims that it wrote in
	// their place, each with its own quotes, to be grounded like any others;
	// those that it gives up are left out. Errors and calls are as Draft's.
	Repair(ctx context.Context, q Question, passages []retrieval.Hit, failed []Failed) (Draft, error)
}

// Failed is a claim that grounding refused.
type Failed struct {
	Claim   Claim
	Reasons []string
}

// A Rewriter makes a question of a conversation understandable by itself.
type Rewriter interface {
	// Rewrite returns the question with what it leaves to the exchanges before
	// it, which are oldest first, put into words; as it is if it leaves
	// nothing. What it returns is a model's word, for the caller to check.
	Rewrite(ctx context.Context, thread []Exchange, question string) (string, []Call, error)
}

// A Judge says whether quoted words carry a sentence.
type Judge interface {
	// Judge returns what the quotes say to the sentence. It is a second
	// opinion: it may take support away, never give it.
	Judge(ctx context.Context, sentence string, quotes []Quote) (Verdict, []Call, error)
}

// A Claim is one sentence of a draft and the words it rests on.
type Claim struct {
	Text   string
	Quotes []Quote
}

// A Quote is a span of an article that a claim rests on.
type Quote = ground.Quote
