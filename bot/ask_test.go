package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/corpus"
	"dateline/retrieval"
)

var day = time.Date(2025, time.November, 28, 9, 0, 0, 0, time.UTC)

// newBot returns a bot that reads bottest's articles with the engines.
func newBot(engines ...bot.Answerer) *bot.Bot {
	return bot.New(bot.Config{Searcher: bottest.NewSearcher(bottest.Articles()...), Engines: engines, Now: func() time.Time { return day }})
}

// sentenceWith quotes the sentence of an article in which some words stand.
func sentenceWith(t *testing.T, a *corpus.Article, words string) bot.Quote {
	t.Helper()
	for _, s := range a.Sentences() {
		if strings.Contains(s.Of(a.Text), words) {
			return bot.Quote{Article: a, Span: s.Span}
		}
	}
	t.Fatalf("%s has no sentence with %q", a.Source, words)
	return bot.Quote{}
}

func claim(quotes ...bot.Quote) bot.Claim {
	return bot.Claim{Text: quotes[0].Span.Of(quotes[0].Article.Text), Quotes: quotes}
}

func TestAskFails(t *testing.T) {
	broken := errors.New("the disk is on fire")
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	good := bottest.Lifting()
	search := bottest.NewSearcher(bottest.Articles()...)
	tests := []struct {
		name    string
		ctx     context.Context
		search  bot.Searcher
		engines []bot.Answerer
		q       bot.Question
		is      error
		want    string // part of the message, with the next step
	}{
		{"no question", nil, search, []bot.Answerer{good}, bot.Question{}, bot.ErrNoQuestion, "ask in words"},
		{"white space", nil, search, []bot.Answerer{good}, bot.Question{Text: " \n\t"}, bot.ErrNoQuestion, "ask in words"},
		{"no word", nil, search, []bot.Answerer{good}, bot.Question{Text: "?! “”"}, bot.ErrNoQuestion, "ask in words"},
		{"invalid UTF-8 alone", nil, search, []bot.Answerer{good}, bot.Question{Text: "\xff\xfe"}, bot.ErrNoQuestion, "ask in words"},
		{"too long", nil, search, []bot.Answerer{good}, bot.Question{Text: strings.Repeat("é", 4001)}, nil, "4001 characters, at most 4000 are read: ask one thing at a time"},
		{"unknown engine", nil, search, []bot.Answerer{good}, bot.Question{Text: "Who?", Engine: "oracle"}, nil, `engine "oracle" is not set up here: use auto or lifting`},
		{"no engine", nil, search, nil, bot.Question{Text: "Who?"}, nil, "set up extract"},
		{"search error", nil, &bottest.Searcher{Err: broken}, []bot.Answerer{good}, bot.Question{Text: "Who?"}, broken, "dateline doctor"},
		{"search error of a date", nil, &bottest.Searcher{Articles: bottest.Articles(), Err: broken, Works: 1}, []bot.Answerer{good},
			bot.Question{Text: "Which delegates came this week?"}, broken, "dateline doctor"},
		{"search error of a missing name", nil, &bottest.Searcher{Articles: bottest.Articles(), Err: broken, Works: 1},
			[]bot.Answerer{bottest.Drafting(bot.Draft{Missing: []string{"Lisbon"}})}, bot.Question{Text: "Did delegates visit Lisbon?"}, broken, "dateline doctor"},
		{"engine error", nil, search, []bot.Answerer{bottest.Failing()}, bot.Question{Text: "Who visits Sandrith?"}, bottest.ErrBroken, "choose another engine"},
		{"engine error of the chosen one", nil, search, []bot.Answerer{bottest.Failing(), good}, bot.Question{Text: "Who visits Sandrith?", Engine: "failing"}, bottest.ErrBroken, "engine failing"},
		{"error of all engines", nil, search, []bot.Answerer{bottest.Failing(), bottest.Failing()}, bot.Question{Text: "Who visits Sandrith?"}, bottest.ErrBroken, "or choose another engine"},
		{"context ended", ended, search, []bot.Answerer{good}, bot.Question{Text: "Who?"}, context.Canceled, "searching"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx := tt.ctx
			if ctx == nil {
				ctx = context.Background()
			}
			_, err := bot.New(bot.Config{Searcher: tt.search, Engines: tt.engines}).Ask(ctx, tt.q, nil)
			if err == nil || !strings.Contains(err.Error(), tt.want) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("got error %v, want %q, %v", err, tt.want, tt.is)
			}
		})
	}
}

func TestAskUntilContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	started := make(chan struct{})
	go func() {
		<-started
		cancel()
	}()
	// No other engine is tried: nobody waits for an answer any more.
	_, err := newBot(bottest.Blocking(started), bottest.Lifting()).Ask(ctx, bot.Question{Text: "Who visits Sandrith?"}, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

func TestAskNextEngine(t *testing.T) {
	a, err := newBot(bottest.Failing(), bottest.Lifting()).Ask(context.Background(), bot.Question{Text: "Who visits Sandrith?", Engine: "auto"}, func(bot.Sentence) {})
	if err != nil || a.Engine != "lifting" || !a.Answered {
		t.Errorf("got engine %q, answered %v, error %v; want lifting to answer", a.Engine, a.Answered, err)
	}
	// Once a sentence was seen, another engine's answer would not go with it.
	half := bottest.Engine{Label: "half", Func: func(ctx context.Context, q bot.Question, hs []retrieval.Hit) (bot.Draft, error) {
		d, _ := bottest.Lifting().Func(ctx, q, hs)
		return d, bottest.ErrBroken
	}}
	if _, err := newBot(half, bottest.Lifting()).Ask(context.Background(), bot.Question{Text: "Who visits Sandrith?"}, func(bot.Sentence) {}); !errors.Is(err, bottest.ErrBroken) {
		t.Errorf("got error %v after a sentence was passed on, want %v", err, bottest.ErrBroken)
	}
	if a, err := newBot(half, bottest.Lifting()).Ask(context.Background(), bot.Question{Text: "Who visits Sandrith?"}, nil); err != nil || a.Engine != "lifting" {
		t.Errorf("got engine %q, error %v where no one watched; want lifting", a.Engine, err)
	}
}

// What one engine does not find, the next one may; where none finds it, the
// refusal is that of the first.
func TestAskNextEngineFinds(t *testing.T) {
	as := bottest.Articles()
	const question, note = "Who visits Sandrith?", "Engine lifting answered, as engine drafting found no answer in the articles: see whether it is one."
	invented := bot.Claim{Text: "Velling met Anselm Quordle.", Quotes: []bot.Quote{sentenceWith(t, as[0], "denied")}}
	nothing := bottest.Engine{Label: "second", Func: bottest.Refusing("Nobody knows.").Func}
	for _, tt := range []struct {
		name    string
		engines []bot.Answerer
		engine  string // that is asked for
		want    string // engine | answered | reason | note | dropped | attempts
	}{
		{"the next finds it", []bot.Answerer{bottest.Refusing("It is not said."), bottest.Lifting()}, "", "lifting | true |  | " + note + " | 0 | 2"},
		{"the third finds it", []bot.Answerer{bottest.Refusing("It is not said."), nothing, bottest.Lifting()}, "",
			"lifting | true |  | Engine lifting answered, as engine second found no answer in the articles: see whether it is one. | 0 | 3"},
		{"none finds it", []bot.Answerer{bottest.Refusing("It is not said."), nothing}, "", "drafting | false | It is not said. |  | 0 | 2"},
		{"the next writes what is not there", []bot.Answerer{bottest.Refusing("It is not said."), bottest.Engine{Label: "second", Func: bottest.Drafting(bot.Draft{Claims: []bot.Claim{invented}}).Func}}, "",
			"drafting | false | It is not said. |  | 1 | 2"},
		{"the next fails", []bot.Answerer{bottest.Refusing("It is not said."), bottest.Failing()}, "", "drafting | false | It is not said. |  | 0 | 2"},
		{"the first fails, the next finds nothing", []bot.Answerer{bottest.Failing(), nothing}, "", "second | false | Nobody knows. | Engine second was asked, as engine failing failed: the model server hung up. | 0 | 2"},
		{"it alone is asked for", []bot.Answerer{bottest.Refusing("It is not said."), bottest.Lifting()}, "drafting", "drafting | false | It is not said. |  | 0 | 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var began []string
			kept := new(bottest.Recorder)
			b := bot.New(bot.Config{Searcher: bottest.NewSearcher(as...), Engines: tt.engines, Receipts: kept})
			var seen []bot.Sentence
			a, err := b.Ask(t.Context(), bot.Question{Text: question, Engine: tt.engine, Began: func(e string) { began = append(began, e) }}, func(s bot.Sentence) { seen = append(seen, s) })
			if err != nil {
				t.Fatal(err)
			}
			attempts := kept.Receipts()[0].Attempts
			if got := fmt.Sprintf("%s | %t | %s | %s | %d | %d", a.Engine, a.Answered, a.Reason, a.Note, len(a.Dropped), len(attempts)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			var engines []string
			for _, at := range attempts {
				engines = append(engines, at.Engine)
			}
			if !slices.Equal(began, engines) {
				t.Errorf("told of %q, want %q", began, engines)
			}
			if got := bot.Marked(seen); got != a.Text || got != bot.Marked(a.Sentences) {
				t.Errorf("passed on %q, want the answer, %q", got, a.Text)
			}
		})
	}
}

func TestAskAnswers(t *testing.T) {
	as := bottest.Articles()
	confirmed := sentenceWith(t, as[0], "19 delegates")
	wire := sentenceWith(t, as[1], "Nineteen delegates")
	denied := sentenceWith(t, as[0], "denied")
	bees := sentenceWith(t, as[2], "41 beehives")
	tests := []struct {
		name  string
		draft bot.Draft
		want  string // text | short | note | published of the citations | number dropped
	}{
		{"one sentence", bot.Draft{Claims: []bot.Claim{claim(wire)}, Short: "Marta Velling"},
			"Nineteen delegates will travel to Sandrith in December, foreign policy adviser Marta Velling confirmed on November 26. [1] | Marta Velling |  | 2025-11-27 | 0"},
		{"a citation that carries nothing of it", bot.Draft{Claims: []bot.Claim{claim(denied, confirmed)}},
			"Velling denied that the harbour board had leaked the plan, which costs $1.2 billion. [1] |  |  | 2025-11-26 | 0"},
		{"citations numbered once", bot.Draft{Claims: []bot.Claim{{Text: "Velling confirmed it.", Quotes: []bot.Quote{confirmed, wire, confirmed}}, {Text: "Marta Velling confirmed it on November 26.", Quotes: []bot.Quote{wire, confirmed}}}},
			"Velling confirmed it. [1][2] Marta Velling confirmed it on November 26. [2][1] |  |  | 2025-11-26 2025-11-27 | 0"},
		{"engine's own marks", bot.Draft{Claims: []bot.Claim{{Text: "Velling confirmed it [7] [8].", Quotes: []bot.Quote{wire}}}},
			"Velling confirmed it. [1] |  |  | 2025-11-27 | 0"},
		{"a sentence dropped", bot.Draft{Claims: []bot.Claim{{Text: "Velling met Anselm Quordle.", Quotes: []bot.Quote{confirmed}}, {Text: "Velling confirmed it.", Quotes: []bot.Quote{wire}}}},
			"Velling confirmed it. [1] |  |  | 2025-11-27 | 1"},
		{"short answer of a dropped sentence", bot.Draft{Claims: []bot.Claim{{Text: "Velling met Anselm Quordle.", Quotes: []bot.Quote{confirmed}}, {Text: "Velling confirmed it.", Quotes: []bot.Quote{wire}}}, Short: "Anselm Quordle"},
			"Velling confirmed it. [1] |  |  | 2025-11-27 | 2"},
		{"differing", bot.Draft{Claims: []bot.Claim{{Text: "There are 41 beehives.", Quotes: []bot.Quote{bees}}}, Differ: true, Note: "The sources differ: 41, or 19."},
			"There are 41 beehives. [1] |  | The sources differ. | 2024-05-02 | 1"},
		{"note", bot.Draft{Claims: []bot.Claim{{Text: "There are 41 beehives.", Quotes: []bot.Quote{bees}}}, Note: "Ask Anselm Quordle."},
			"There are 41 beehives. [1] |  |  | 2024-05-02 | 1"},
		{"too many sentences", bot.Draft{Claims: slices.Repeat([]bot.Claim{{Text: "Velling confirmed it.", Quotes: []bot.Quote{wire}}}, 25)},
			strings.TrimSpace(strings.Repeat("Velling confirmed it. [1] ", 20)) + " |  |  | 2025-11-27 | 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var seen []bot.Sentence
			a, err := newBot(bottest.Drafting(tt.draft)).Ask(context.Background(), bot.Question{Text: "Did Velling say delegates visit Lower Marrow, and how many beehives are there?"}, func(s bot.Sentence) { seen = append(seen, s) })
			if err != nil {
				t.Fatal(err)
			}
			var published []string
			for i, c := range a.Citations {
				published = append(published, c.Published)
				if c.N != i+1 {
					t.Errorf("citation %d has number %d", i+1, c.N)
				}
			}
			got := fmt.Sprintf("%s | %s | %s | %s | %d", a.Text, a.Short, a.Note, strings.Join(published, " "), len(a.Dropped))
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if !a.Answered || a.Reason != "" || a.AsOf != slices.Max(published) {
				t.Errorf("got answered %v, reason %q, as of %s; want an answer as of the newest citation", a.Answered, a.Reason, a.AsOf)
			}
			if got := bot.Marked(seen); got != a.Text || got != bot.Marked(a.Sentences) {
				t.Errorf("passed on %q, want the answer, %q", got, a.Text)
			}
		})
	}
}

// How the articles were read is said with an answer and without, although no
// article says so.
func TestAskRemark(t *testing.T) {
	wire := sentenceWith(t, bottest.Articles()[1], "Nineteen delegates")
	const remark = "The reader reads English."
	for _, tt := range []struct {
		name  string
		draft bot.Draft
		want  string // answered | note | reason
	}{
		{"an answer", bot.Draft{Claims: []bot.Claim{claim(wire)}, Remark: remark}, "true | " + remark + " | "},
		{"beside a note", bot.Draft{Claims: []bot.Claim{claim(wire)}, Note: "It is far.", Remark: remark}, "true | It is far. " + remark + " | "},
		{"beside a note that is made up", bot.Draft{Claims: []bot.Claim{claim(wire)}, Note: "Quordle paid.", Remark: remark}, "true | " + remark + " | "},
		{"a refusal", bot.Draft{Refusal: "Nobody knows.", Remark: remark}, "false | " + remark + " | Nobody knows."},
		{"a missing name", bot.Draft{Missing: []string{"Quordle"}, Remark: remark}, "false | " + remark + " | No article mentions Quordle."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := bot.New(bot.Config{Searcher: bottest.NewSearcher(bottest.Articles()...), Engines: []bot.Answerer{bottest.Drafting(tt.draft)}})
			a, err := b.Ask(t.Context(), bot.Question{Text: "Who visits Sandrith with Quordle?"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%t | %s | %s", a.Answered, a.Note, a.Reason); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// An answer that is not certain is one: it has its sentences and citations, and
// no engine is asked after it. Nobody sees a sentence of it before it is told.
func TestAskPerhaps(t *testing.T) {
	wire := sentenceWith(t, bottest.Articles()[1], "Nineteen delegates")
	invented := bot.Claim{Text: "Anselm Quordle confirmed it.", Quotes: []bot.Quote{wire}}
	perhaps := func(d bot.Draft) bottest.Engine {
		d.Perhaps = true
		return bottest.Engine{Label: "unsure", Func: bottest.Drafting(d).Func}
	}
	const text = "Nineteen delegates will travel to Sandrith in December, foreign policy adviser Marta Velling confirmed on November 26. [1]"
	for _, tt := range []struct {
		name    string
		engines []bot.Answerer
		want    string // engine | answered | certainty | text | short | note | reason | dropped | attempts
	}{
		{"a sentence", []bot.Answerer{perhaps(bot.Draft{Claims: []bot.Claim{claim(wire)}})}, "unsure | true | perhaps | " + text + " |  |  |  | 0 | 1"},
		{"a short answer", []bot.Answerer{perhaps(bot.Draft{Claims: []bot.Claim{claim(wire)}, Short: "Marta Velling"})}, "unsure | true | perhaps | " + text + " |  |  |  | 0 | 1"},
		{"differing sources", []bot.Answerer{perhaps(bot.Draft{Claims: []bot.Claim{claim(wire)}, Differ: true})}, "unsure | true | perhaps | " + text + " |  | The sources differ. |  | 0 | 1"},
		{"before another engine", []bot.Answerer{perhaps(bot.Draft{Claims: []bot.Claim{claim(wire)}}), bottest.Lifting()}, "unsure | true | perhaps | " + text + " |  |  |  | 0 | 1"},
		{"after a refusal", []bot.Answerer{bottest.Refusing("Nobody knows."), perhaps(bot.Draft{Claims: []bot.Claim{claim(wire)}})},
			"unsure | true | perhaps | " + text + " |  | Engine unsure answered, as engine drafting found no answer in the articles: see whether it is one. |  | 0 | 2"},
		{"repaired with a short answer", []bot.Answerer{bottest.RepairingEngine{Engine: perhaps(bot.Draft{Claims: []bot.Claim{invented}}), Mend: func(context.Context, []retrieval.Hit, []bot.Failed) (bot.Draft, error) {
			return bot.Draft{Claims: []bot.Claim{claim(wire)}, Short: "Marta Velling"}, nil
		}}}, "unsure | true | perhaps | " + text + " |  |  |  | 0 | 1"},
		{"all dropped", []bot.Answerer{perhaps(bot.Draft{Claims: []bot.Claim{invented}})},
			"unsure | false |  |  |  |  | An answer was drafted, but the articles do not support it: the name Anselm is not in what it cites. | 1 | 1"},
		{"a refusal", []bot.Answerer{perhaps(bot.Draft{Refusal: "Nobody knows."})}, "unsure | false |  |  |  |  | Nobody knows. | 0 | 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kept := new(bottest.Recorder)
			b := bot.New(bot.Config{Searcher: bottest.NewSearcher(bottest.Articles()...), Engines: tt.engines, Receipts: kept})
			var seen []bot.Sentence
			a, err := b.Ask(t.Context(), bot.Question{Text: "Who visits Sandrith?"}, func(s bot.Sentence) { seen = append(seen, s) })
			if err != nil {
				t.Fatal(err)
			}
			r := kept.Receipts()[0]
			if got := fmt.Sprintf("%s | %t | %s | %s | %s | %s | %s | %d | %d", a.Engine, a.Answered, a.Certainty, a.Text, a.Short, a.Note, a.Reason, len(a.Dropped), len(r.Attempts)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if len(seen) > 0 {
				t.Errorf("passed on %q, want nothing", bot.Marked(seen))
			}
			if r.Answer.Certainty != a.Certainty || a.Answered && len(a.Citations) != 1 {
				t.Errorf("got certainty %q in the receipt and %d citations, want %q and 1", r.Answer.Certainty, len(a.Citations), a.Certainty)
			}
		})
	}
}

func TestAskRefuses(t *testing.T) {
	as := bottest.Articles()
	denied := sentenceWith(t, as[0], "denied")
	invented := bot.Claim{Text: "Velling met Anselm Quordle.", Quotes: []bot.Quote{denied}}
	apart := []*corpus.Article{bottest.Article("apart.txt", "", "", "Jeremy K. Stone met Anna Dunn in Carrow. Dunn left early.")}
	tests := []struct {
		name     string
		articles []*corpus.Article
		draft    bot.Draft
		q        bot.Question
		want     string // reason | number of nearest | of dropped
	}{
		{"no reason", as, bot.Draft{}, bot.Question{Text: "Who visits Sandrith?"}, "No answer was found in the articles. | 0 | 0"},
		{"a reason", as, bot.Draft{Refusal: "The articles mention Velling, but do not say this of her.", Nearest: []bot.Quote{denied, denied}}, bot.Question{Text: "Why did Velling admit it?"},
			"The articles mention Velling, but do not say this of her. | 1 | 0"},
		{"a reason that makes things up", as, bot.Draft{Refusal: "The articles do not say, but it was Anselm Quordle."}, bot.Question{Text: "Who visits Sandrith?"}, "No answer was found in the articles. | 0 | 1"},
		{"all dropped", as, bot.Draft{Claims: []bot.Claim{invented}, Short: "Anselm Quordle"}, bot.Question{Text: "Whom did Velling meet?"},
			"An answer was drafted, but the articles do not support it: the name Anselm is not in what it cites. | 0 | 1"},
		{"a missing name", as, bot.Draft{Missing: []string{"Lisbon"}}, bot.Question{Text: "Did delegates visit Lisbon?"}, "No article mentions Lisbon. | 0 | 0"},
		{"missing names", as, bot.Draft{Missing: []string{"Lisbon", "Anselm Quordle", "Lisbon", "417"}}, bot.Question{Text: "Did 417 delegates visit Anselm Quordle in Lisbon?"},
			"No article mentions Lisbon, Anselm Quordle or 417. | 0 | 0"},
		{"a name that another passage has", as, bot.Draft{Missing: []string{"Calloway"}}, bot.Question{Text: "Did Calloway confirm the visit?"}, "No answer was found in the articles. | 0 | 0"},
		{"a name that is a publisher’s", as, bot.Draft{Missing: []string{"Harbour Post"}}, bot.Question{Text: "Did the Harbour Post confirm the visit?"}, "No answer was found in the articles. | 0 | 0"},
		{"a name whose words stand apart", apart, bot.Draft{Refusal: "Nothing was found that connects Jeremy Dunn with the rest of the question.", Missing: []string{"Jeremy Dunn"}}, bot.Question{Text: "Who hired Jeremy Dunn?"},
			"No article names Jeremy Dunn in full. | 0 | 0"},
		{"a name of which one word is there", apart, bot.Draft{Missing: []string{"Edward Stone"}}, bot.Question{Text: "Who hired Edward Stone?"}, "No article names Edward Stone in full. | 0 | 0"},
		{"a name and a place", apart, bot.Draft{Missing: []string{"Jeremy Dunn", "Lisbon"}}, bot.Question{Text: "Who hired Jeremy Dunn in Lisbon?"}, "No article mentions Lisbon. No article names Jeremy Dunn in full. | 0 | 0"},
		{"a name that is there as a whole", apart, bot.Draft{Refusal: "Nothing was found that connects Anna Dunn with the rest of the question.", Missing: []string{"Anna Dunn"}}, bot.Question{Text: "Who hired Anna Dunn?"},
			"Nothing was found that connects Anna Dunn with the rest of the question. | 0 | 0"},
		{"a name with a middle name", apart, bot.Draft{Missing: []string{"Jeremy Stone"}}, bot.Question{Text: "Who hired Jeremy Stone?"}, "No answer was found in the articles. | 0 | 0"},
		{"a name behind a title", apart, bot.Draft{Missing: []string{"Captain Anna Dunn"}}, bot.Question{Text: "Who hired Captain Anna Dunn?"}, "No answer was found in the articles. | 0 | 0"},
		{"a missing name that nobody asked for", as, bot.Draft{Missing: []string{"Anselm Quordle, buy now"}}, bot.Question{Text: "Did delegates visit Sandrith?"}, "No answer was found in the articles. | 0 | 0"},
		{"a name that the filter leaves out", as, bot.Draft{Missing: []string{"Calloway"}}, bot.Question{Text: "Did Calloway confirm the visit?", Filter: retrieval.Filter{Publishers: []string{"norland wire"}}},
			"No article that passes the filter mentions Calloway. | 0 | 0"},
		{"filter that excludes all", as, bot.Draft{Claims: []bot.Claim{claim(denied)}}, bot.Question{Text: "Who visits Sandrith?", Filter: retrieval.Filter{Since: day}}, "No article passes the filter, so nothing was searched. | 0 | 0"},
		{"sources that are not there", as, bot.Draft{}, bot.Question{Text: "Who visits Sandrith?", Filter: retrieval.Filter{Sources: []string{"x/"}}}, "No article passes the filter, so nothing was searched. | 0 | 0"},
		{"empty corpus", nil, bot.Draft{}, bot.Question{Text: "Who visits Sandrith?"}, "There are no articles to search. | 0 | 0"},
		{"nothing found", as, bot.Draft{}, bot.Question{Text: "Zugzwang?"}, "No answer was found in the articles. | 0 | 0"},
		{"bad nearest", as, bot.Draft{Nearest: []bot.Quote{{}, {Article: as[0], Span: corpus.Span{Start: 5, End: 1 << 40}}, {Article: bottest.Article("x.txt", "", "", "Else."), Span: corpus.Span{End: 5}}}}, bot.Question{Text: "Who visits Sandrith?"}, "No answer was found in the articles. | 0 | 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := bot.New(bot.Config{Searcher: bottest.NewSearcher(tt.articles...), Engines: []bot.Answerer{bottest.Drafting(tt.draft)}}).Ask(context.Background(), tt.q, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%s | %d | %d", a.Reason, len(a.Nearest), len(a.Dropped)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if a.Answered || a.Text != "" || a.Short != "" || len(a.Citations) > 0 || a.AsOf != a.Searched.To {
				t.Errorf("got %q, short %q, %d citations, as of %q; want none, as of what was searched", a.Text, a.Short, len(a.Citations), a.AsOf)
			}
		})
	}
}

func TestAskNearest(t *testing.T) {
	a := bottest.Article("a.txt", "", "", "The mayor sold the pier. Forty watches were taken from the museum. Nobody was hurt.")
	var near []bot.Quote
	for _, s := range a.Sentences() {
		near = append(near, bot.Quote{Article: a, Span: s.Span})
	}
	for _, tt := range []struct {
		question string
		want     []string
	}{
		{"How many piers did the mayor sell?", []string{"it has no number", "it does not have “piers”, “mayor” or “sell”", "it has no number"}},
		{"Who took the watches from the museum?", []string{"it does not have “took”, “watches” or “museum”", "it has the words of the question, and no answer was found in it", "it does not have “took”, “watches” or “museum”"}},
		{"Who bought the pier?", []string{"it does not have “bought”", "it does not have “bought” or “pier”", "it does not have “bought” or “pier”"}},
	} {
		t.Run(tt.question, func(t *testing.T) {
			r, err := bot.New(bot.Config{Searcher: bottest.NewSearcher(a), Engines: []bot.Answerer{bottest.Drafting(bot.Draft{Nearest: near})}}).Ask(context.Background(), bot.Question{Text: tt.question}, nil)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range r.Nearest {
				got = append(got, c.Why)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// No draft of a broken engine reaches a reader, and none can spoil what others
// see.
func TestAskBrokenEngines(t *testing.T) {
	for _, e := range bottest.Broken() {
		t.Run(e.Name, func(t *testing.T) {
			articles := bottest.Articles()
			search := bottest.NewSearcher(articles...)
			b := bot.New(bot.Config{Searcher: search, Engines: []bot.Answerer{e.Engine}})
			var seen []bot.Sentence
			a, err := b.Ask(context.Background(), bot.Question{Text: "Who is the mayor Tomas Ørn of Quillhaven?"}, func(s bot.Sentence) { seen = append(seen, s) })
			if err != nil {
				t.Fatal(err)
			}
			if a.Answered || len(seen) > 0 || len(a.Dropped) != 1 || !strings.HasPrefix(a.Reason, "An answer was drafted") {
				t.Errorf("got %q, passed on %q, reason %q, dropped %v; want a refusal and what was dropped", a.Text, bot.Marked(seen), a.Reason, a.Dropped)
			}
			data, err := json.Marshal(a)
			if err != nil || len(data) > 20_000 || !utf8.Valid(data) {
				t.Errorf("got %d bytes of JSON, error %v", len(data), err)
			}
			if want := bottest.Articles(); !reflect.DeepEqual(articles, want) {
				t.Error("the engine changed the articles")
			}
		})
	}
}

func TestAskPassedClaims(t *testing.T) {
	as := bottest.Articles()
	one, two := claim(sentenceWith(t, as[0], "19 delegates")), claim(sentenceWith(t, as[1], "Nineteen"))
	var late func(bot.Claim)
	passing := passingEngine(func(emit func(bot.Claim)) bot.Draft {
		late = emit
		emit(one)
		return bot.Draft{Claims: []bot.Claim{one, two}}
	})
	n := 0
	a, err := newBot(passing).Ask(context.Background(), bot.Question{Text: "Who visits Sandrith?"}, func(bot.Sentence) { n++ })
	if err != nil || len(a.Citations) != 2 || n != 2 {
		t.Errorf("got %d citations, %d sentences, error %v; want 2 and 2", len(a.Citations), n, err)
	}
	late(two)
	if n != 2 || strings.Count(a.Text, "[2]") != 1 {
		t.Errorf("a claim that came late was let in: %q", a.Text)
	}
}

type passingEngine func(emit func(bot.Claim)) bot.Draft

func (passingEngine) Name() string { return "passing" }
func (e passingEngine) Draft(_ context.Context, _ bot.Question, _ []retrieval.Hit, emit func(bot.Claim)) (bot.Draft, error) {
	return e(emit), nil
}

// An id is of one asking: a receipt must not be taken for another's.
func TestAnswerID(t *testing.T) {
	b := newBot(bottest.Failing(), bottest.Lifting())
	seen := make(map[string]bool)
	for range 100 {
		a, err := b.Ask(context.Background(), bot.Question{Text: "Who visits Sandrith?"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.ID) != 10 || strings.Trim(a.ID, "abcdefghijklmnopqrstuvwxyz234567") != "" || seen[a.ID] {
			t.Fatalf("got id %q, want 10 characters of base32 that no other answer has", a.ID)
		}
		seen[a.ID] = true
	}
}

func TestCite(t *testing.T) {
	tests := []struct {
		name, published, text string
		want                  map[string]string
	}{
		{"relative", "2025-11-26", "He said on Wednesday that it would be next week.", map[string]string{"Wednesday": "2025-11-26", "next week": "2025-12-01/2025-12-07"}},
		{"calendar", "2025-11-26", "He said on November 26 and in 2024, on Tuesday, Nov. 25.", nil},
		{"month", "2025-11-26", "He came in August.", map[string]string{"August": "2025-08-01/2025-08-31"}},
		{"the same words twice", "2025-11-26", "He came on Friday and will come on Friday.", map[string]string{"Friday": "2025-11-21"}},
		{"not published", "", "He said so on Wednesday.", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := bottest.Article("a.txt", "", tt.published, tt.text)
			if got := bot.Cite(1, a, corpus.Span{End: len(a.Text)}).Resolved; !maps.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	a := bottest.Article("b.txt", "The Post", "2025-11-26", "First.\nSecond line.\r\nThird.\n")
	c := bot.Cite(3, a, corpus.Span{Start: 7, End: 19})
	if c.N != 3 || c.Quote != "Second line." || c.Bytes != [2]int{7, 19} || c.Lines != [2]int{2, 2} || c.Publisher != "The Post" || c.Article != a.ID {
		t.Errorf("got %+v", c)
	}
}

// keys lists the keys of a JSON value, with what kind each value is.
func keys(prefix string, v any) []string {
	switch v := v.(type) {
	case map[string]any:
		var ks []string
		for _, k := range slices.Sorted(maps.Keys(v)) {
			ks = append(ks, keys(prefix+"."+k, v[k])...)
		}
		return ks
	case []any:
		ks := []string{prefix + " array"}
		for i := range min(1, len(v)) {
			ks = append(ks, keys(prefix+"[]", v[i])...)
		}
		return ks
	case nil:
		return []string{prefix + " null"}
	default:
		return []string{fmt.Sprintf("%s %T", prefix, v)}
	}
}

// "Yes" and "No" are shown only where the sentence says so.
func TestAskYesOrNo(t *testing.T) {
	as := bottest.Articles()
	confirmed, denied := sentenceWith(t, as[0], "19 delegates"), sentenceWith(t, as[0], "denied")
	for _, tt := range []struct {
		question, short string
		sentence        bot.Quote
		want            string
	}{
		{"Will 19 delegates visit Sandrith next week?", "Yes", confirmed, "Yes"},
		{"Will 19 delegates visit Sandrith next week?", "No", confirmed, ""},
		{"Will 25 delegates visit Sandrith next week?", "Yes", confirmed, ""},
		{"Will 25 delegates visit Sandrith next week?", "No", confirmed, "No"},
		{"Did the harbour board leak the plan?", "Yes, it did", denied, ""},
		{"Did the harbour board leak the plan?", "No", denied, "No"},
	} {
		a, err := newBot(bottest.Drafting(bot.Draft{Claims: []bot.Claim{claim(tt.sentence)}, Short: tt.short})).Ask(t.Context(), bot.Question{Text: tt.question}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.Short != tt.want || !a.Answered {
			t.Errorf("%s %s\ngot short answer %q, want %q of %q", tt.question, a.Text, a.Short, tt.want, tt.short)
		}
	}
}

// The JSON of an answer is what other programs read: each key that is promised
// is there, in a refusal too, and no array is null.
func TestAnswerJSON(t *testing.T) {
	always := []string{".answer string", ".answered bool", ".as_of string", ".citations array", ".engine string", ".id string", ".passages array", ".question string", ".reason string",
		".searched.articles float64", ".searched.passages float64", ".sentences array", ".short string", ".timings_ms.read float64", ".timings_ms.search float64", ".timings_ms.total float64"}
	cited := []string{".searched.from string", ".searched.to string",
		".sentences[].text string", ".sentences[].citations array",
		".citations[].bytes array", ".citations[].bytes[] float64", ".citations[].lines array", ".citations[].lines[] float64", ".citations[].n float64",
		".citations[].published string", ".citations[].publisher string", ".citations[].quote string", ".citations[].source string", ".citations[].title string",
		".passages[].bytes array", ".passages[].bytes[] float64", ".passages[].keyword float64", ".passages[].score float64", ".passages[].semantic float64", ".passages[].source string"}
	tests := []struct {
		name   string
		b      *bot.Bot
		want   []string
		exceed bool
	}{
		{"answer", newBot(bottest.Lifting()), slices.Concat(always, cited), true},
		{"refusal", newBot(bottest.Refusing("")), always, true},
		{"empty corpus", bot.New(bot.Config{Searcher: new(bottest.Searcher), Engines: []bot.Answerer{bottest.Lifting()}}), always, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := tt.b.Ask(context.Background(), bot.Question{Text: "How many delegates visit Sandrith?"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			data, err := json.Marshal(a)
			if err != nil {
				t.Fatal(err)
			}
			var v any
			if err := json.Unmarshal(data, &v); err != nil {
				t.Fatal(err)
			}
			got := keys("", v)
			for _, k := range tt.want {
				if !slices.Contains(got, k) {
					t.Errorf("got no %s in %s", k, data)
				}
			}
			for _, k := range got {
				if strings.HasSuffix(k, " null") {
					t.Errorf("got %s in %s", k, data)
				}
				if !tt.exceed && !slices.Contains(tt.want, k) {
					t.Errorf("got unexpected %s", k)
				}
			}
			var back bot.Answer
			if err := json.Unmarshal(data, &back); err != nil || back.Text != a.Text || len(back.Citations) != len(a.Citations) {
				t.Errorf("read back %+v, error %v", back, err)
			}
		})
	}
}

func TestSearchPrefersDates(t *testing.T) {
	bank := func(source, published string) *corpus.Article {
		return bottest.Article(source, "", published, "The bank of Sandrith left its rate as it was.\n")
	}
	articles := []*corpus.Article{bank("a.txt", "2025-10-30"), bank("b.txt", "2025-11-20"), bank("c.txt", "2025-11-27"), bank("d.txt", ""),
		bottest.Article("e.txt", "", "2025-01-05", "The bank of Sandrith raised its rate, against all advice.\n")}
	tests := []struct {
		name, question string
		filter         retrieval.Filter
		limit          int
		want           string // first source found; number of searches
	}{
		{"no date", "What did the bank of Sandrith do?", retrieval.Filter{}, 0, ""},
		{"this week", "What did the bank of Sandrith do this week?", retrieval.Filter{}, 0, "c.txt"},
		{"last week", "What did the bank of Sandrith do last week?", retrieval.Filter{}, 0, "b.txt"},
		{"a day", "What did the bank of Sandrith do on October 30?", retrieval.Filter{}, 0, "a.txt"},
		{"found among many", "What did the bank of Sandrith do on October 30?", retrieval.Filter{}, 1, "a.txt"},
		{"no hard filter", "Did the bank of Sandrith raise its rate against advice this week?", retrieval.Filter{}, 0, "e.txt"},
		{"the asker’s own days", "What did the bank of Sandrith do this week?", retrieval.Filter{Until: day.AddDate(0, -1, 2)}, 0, "a.txt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := bottest.NewSearcher(articles...)
			b := bot.New(bot.Config{Searcher: s, Engines: []bot.Answerer{bottest.Lifting()}})
			r, err := b.Search(context.Background(), bot.Question{Text: tt.question, Filter: tt.filter, Asked: day}, tt.limit)
			if err != nil || len(r.Hits) == 0 {
				t.Fatalf("got %d hits, error %v", len(r.Hits), err)
			}
			if got := r.Hits[0].Article.Source; tt.want != "" && got != tt.want {
				t.Errorf("got %s first, want %s", got, tt.want)
			}
			if tt.limit > 0 && len(r.Hits) > tt.limit {
				t.Errorf("got %d hits, want %d at most", len(r.Hits), tt.limit)
			}
			seen := make(map[string]bool)
			for i, h := range r.Hits {
				if seen[h.Article.ID] {
					t.Errorf("%s is there twice", h.Article.Source)
				}
				seen[h.Article.ID] = true
				if i > 0 && h.Score > r.Hits[i-1].Score {
					t.Errorf("hit %d has a higher score than the one before", i)
				}
			}
			if tt.limit == 0 && tt.filter.Until.IsZero() && len(r.Hits) != len(articles) {
				t.Errorf("got %d hits, want all %d articles", len(r.Hits), len(articles))
			}
			if n := len(s.Queries()); (n > 1) != (strings.Contains(tt.question, "week") || strings.Contains(tt.question, "October")) && tt.filter.Until.IsZero() {
				t.Errorf("searched %d times", n)
			}
		})
	}
}

// faltering has no vectors when it is asked about a time.
type faltering struct{ *bottest.Searcher }

func (f faltering) Search(ctx context.Context, q retrieval.Query) (retrieval.Result, error) {
	r, err := f.Searcher.Search(ctx, q)
	if !q.Filter.Since.IsZero() {
		r.WordsAlone = "the server is down"
	}
	return r, err
}

// Scores with meaning and without do not compare.
func TestSearchFalters(t *testing.T) {
	s := bottest.NewSearcher(
		bottest.Article("a.txt", "", "2025-10-30", "The bank of Sandrith raised its rate.\n"),
		bottest.Article("b.txt", "", "2025-11-27", "The bank of Sandrith raised its rate.\n"))
	question := bot.Question{Text: "What did the bank of Sandrith do this week?", Asked: time.Date(2025, 11, 28, 0, 0, 0, 0, time.UTC)}
	for _, tt := range []struct {
		name     string
		searcher bot.Searcher
		want     float64 // score of b.txt, as a multiple of that of a.txt
	}{{"steady", s, 1.2}, {"faltering", faltering{s}, 1}} {
		t.Run(tt.name, func(t *testing.T) {
			b := bot.New(bot.Config{Searcher: tt.searcher, Engines: []bot.Answerer{bottest.Lifting()}})
			r, err := b.Search(t.Context(), question, 0)
			if err != nil {
				t.Fatal(err)
			}
			scores := make(map[string]float64)
			for _, h := range r.Hits {
				scores[h.Article.Source] = h.Score
			}
			if got := scores["b.txt"] / scores["a.txt"]; math.Abs(got-tt.want) > 1e-9 {
				t.Errorf("got %v times the score, want %v times", got, tt.want)
			}
			if r.WordsAlone != "" {
				t.Errorf("got %q for what was found with meaning", r.WordsAlone)
			}
		})
	}
}

func TestAskFollowUp(t *testing.T) {
	s := bottest.NewSearcher(bottest.Articles()...)
	b := bot.New(bot.Config{Searcher: s, Engines: []bot.Answerer{bottest.Lifting()}})
	a, err := b.Ask(context.Background(), bot.Question{Text: "and when?", Thread: []bot.Exchange{{Question: "Who confirmed the visit to Sandrith?", Answer: "Marta Velling."}}}, nil)
	if err != nil || len(a.Passages) == 0 || a.Question != "and when?" || a.Understood == "" {
		t.Errorf("got %d passages for %q, understood %q, error %v; want those of the question before", len(a.Passages), a.Question, a.Understood, err)
	}
	if got, want := s.Queries()[0].Text, "When did Marta Velling confirm the visit to Sandrith?"; got != want {
		t.Errorf("searched for %q, want %q", got, want)
	}
}
