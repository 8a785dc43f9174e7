package bot_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/retrieval"
)

// recorded asks a question of engines, and returns the answer with its one
// receipt.
func recorded(t *testing.T, ctx context.Context, q bot.Question, engines ...bot.Answerer) (bot.Answer, bot.Receipt, error) {
	t.Helper()
	rec := new(bottest.Recorder)
	a, err := bot.New(bot.Config{
		Searcher: bottest.NewSearcher(bottest.Articles()...), Engines: engines, Receipts: rec,
		Version: "v1.2.3", Corpus: []string{"/news"}, Now: func() time.Time { return day },
	}).Ask(ctx, q, nil)
	rs := rec.Receipts()
	if len(rs) != 1 {
		t.Fatalf("got %d receipts, error %v; want one", len(rs), err)
	}
	return a, rs[0], err
}

// outcomes writes down what became of the sentences of an attempt.
func outcomes(a bot.Attempt) string {
	var all []string
	for _, s := range a.Sentences {
		o := string(s.Outcome)
		if s.Repair {
			o = "repair " + o
		}
		all = append(all, fmt.Sprintf("%s %v", o, s.Citations))
	}
	return strings.Join(all, ", ")
}

func TestReceipt(t *testing.T) {
	q := bot.Question{
		Text: " and when? ", Thread: []bot.Exchange{{Question: "Who confirmed the visit to Sandrith?", Answer: "Marta Velling."}},
		Filter: retrieval.Filter{Since: day.AddDate(0, -1, 0)}, Surface: "slack", Asker: "U1",
	}
	a, r, err := recorded(t, context.Background(), q, bottest.Lifting())
	if err != nil || a.Unrecorded != nil {
		t.Fatal(err, a.Unrecorded)
	}
	want := bot.Receipt{
		ID: a.ID, Asked: day, Version: "v1.2.3", Surface: "slack", Asker: "U1", Question: "and when?",
		Understood: "When did Marta Velling confirm the visit to Sandrith?", UnderstoodBy: "rules", Thread: q.Thread, Corpus: []string{"/news"},
		Filter: q.Filter, Day: day, Engine: "auto", Generation: r.Generation, Passages: a.Passages, Attempts: r.Attempts, Answer: a,
	}
	if !reflect.DeepEqual(r, want) {
		t.Errorf("got  %+v\nwant %+v", r, want)
	}
	if r.Generation == "" || len(r.Passages) == 0 || len(r.Attempts) != 1 {
		t.Errorf("got generation %q, %d passages, %d attempts; want them all", r.Generation, len(r.Passages), len(r.Attempts))
	}
	if _, r, _ = recorded(t, context.Background(), bot.Question{Text: "Who confirmed the visit?"}, bottest.Lifting()); r.Understood != "" {
		t.Errorf("got %q as what was understood, want none: it was searched for as it is", r.Understood)
	}
}

// No engine is told who asks, or where.
func TestAskerIsNotPassedOn(t *testing.T) {
	var got bot.Question
	asking := bottest.Engine{Func: func(_ context.Context, q bot.Question, _ []retrieval.Hit) (bot.Draft, error) {
		got = q
		return bot.Draft{}, nil
	}}
	if _, _, err := recorded(t, context.Background(), bot.Question{Text: "Who visits Sandrith?", Surface: "slack", Asker: "U1"}, asking); err != nil {
		t.Fatal(err)
	}
	if got.Surface != "" || got.Asker != "" {
		t.Errorf("the engine was told %q, %q", got.Surface, got.Asker)
	}
}

func TestReceiptOfAttempts(t *testing.T) {
	as := bottest.Articles()
	confirmed, denied := sentenceWith(t, as[0], "19 delegates"), sentenceWith(t, as[0], "denied")
	invented := bot.Claim{Text: "Velling met Anselm Quordle.", Quotes: []bot.Quote{denied}}
	calls := []bot.Call{{For: "answer", Model: "m", Prompt: "answer-1", Raw: "…", TokensIn: 3, TokensOut: 4, Milliseconds: 5}}
	failing := bottest.Engine{Label: "failing", Func: func(context.Context, bot.Question, []retrieval.Hit) (bot.Draft, error) {
		return bot.Draft{Calls: calls}, bottest.ErrBroken
	}}
	dropped := bottest.Engine{Label: "dropped", Func: func(context.Context, bot.Question, []retrieval.Hit) (bot.Draft, error) {
		return bot.Draft{Claims: []bot.Claim{invented}, Calls: calls}, nil
	}}
	good := bottest.Drafting(bot.Draft{Claims: []bot.Claim{claim(confirmed), invented, {Text: "She denied the leak.", Quotes: []bot.Quote{denied}}}})
	tests := []struct {
		name    string
		engines []bot.Answerer
		want    []string // engine: outcomes: number of calls: error
		error   string
	}{
		{"an answer", []bot.Answerer{good}, []string{"drafting: shown [1], dropped [], shown [2]: 0: "}, ""},
		{"a refusal", []bot.Answerer{bottest.Refusing("")}, []string{"drafting: : 0: "}, ""},
		{"one failed before", []bot.Answerer{failing, good}, []string{"failing: : 1: the model server hung up", "drafting: shown [1], dropped [], shown [2]: 0: "}, ""},
		{"one wrote nothing sound before", []bot.Answerer{dropped, good}, []string{"dropped: dropped []: 1: ", "drafting: shown [1], dropped [], shown [2]: 0: "}, ""},
		{"all failed", []bot.Answerer{failing, failing}, []string{"failing: : 1: the model server hung up", "failing: : 1: the model server hung up"},
			"engine failing could not read the articles: the model server hung up; or choose another engine"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, r, err := recorded(t, context.Background(), bot.Question{Text: "Whom did Velling meet?"}, tt.engines...)
			var got []string
			for _, at := range r.Attempts {
				got = append(got, fmt.Sprintf("%s: %s: %d: %s", at.Engine, outcomes(at), len(at.Calls), at.Error))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			if (err != nil) != (tt.error != "") || r.Error != tt.error || r.Answer.ID != a.ID {
				t.Errorf("got error %v, in the receipt %q, answer %q; want %q, %q", err, r.Error, r.Answer.ID, tt.error, a.ID)
			}
			if r.ID == "" {
				t.Error("got a receipt without an id")
			}
		})
	}
}

// What cannot be put is not put on record, and what cannot be recorded is an
// answer all the same.
func TestReceiptFails(t *testing.T) {
	rec := new(bottest.Recorder)
	b := bot.New(bot.Config{Searcher: bottest.NewSearcher(bottest.Articles()...), Engines: []bot.Answerer{bottest.Lifting()}, Receipts: rec})
	for _, q := range []bot.Question{{}, {Text: "Who?", Engine: "oracle"}} {
		if _, err := b.Ask(context.Background(), q, nil); err == nil || len(rec.Receipts()) > 0 {
			t.Errorf("%+v: got error %v, %d receipts; want an error and none", q, err, len(rec.Receipts()))
		}
	}
	rec.Err = errors.New("the disk is full")
	a, err := b.Ask(context.Background(), bot.Question{Text: "Who visits Sandrith?"}, nil)
	if err != nil || !a.Answered || !errors.Is(a.Unrecorded, rec.Err) {
		t.Errorf("got answered %v, error %v, unrecorded %v; want an answer, and %v", a.Answered, err, a.Unrecorded, rec.Err)
	}
}

// An answer that stands is recorded, whoever is still there to read it; and so
// is what was given up.
func TestReceiptAfterContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	last := bottest.Engine{Func: func(ctx context.Context, q bot.Question, hs []retrieval.Hit) (bot.Draft, error) {
		d, err := bottest.Lifting().Func(ctx, q, hs)
		cancel()
		return d, err
	}}
	a, r, err := recorded(t, ctx, bot.Question{Text: "Who visits Sandrith?"}, last)
	if err != nil || !a.Answered || r.Answer.Text != a.Text || a.Unrecorded != nil {
		t.Errorf("got %q, error %v, recorded %q, %v; want the answer in both", a.Text, err, r.Answer.Text, a.Unrecorded)
	}
	ctx, cancel = context.WithCancel(context.Background())
	started := make(chan struct{})
	go func() {
		<-started
		cancel()
	}()
	if _, r, err := recorded(t, ctx, bot.Question{Text: "Who visits Sandrith?"}, bottest.Blocking(started)); !errors.Is(err, context.Canceled) || !strings.Contains(r.Error, "canceled") {
		t.Errorf("got error %v, in the receipt %q; want %v in both", err, r.Error, context.Canceled)
	}
}

// What an engine hands in can be kept, however wild.
func TestReceiptOfBrokenEngines(t *testing.T) {
	for _, e := range bottest.Broken() {
		t.Run(e.Name, func(t *testing.T) {
			_, r, err := recorded(t, context.Background(), bot.Question{Text: "Who is the mayor Tomas Ørn of Quillhaven?"}, e.Engine)
			if err != nil {
				t.Fatal(err)
			}
			if got := outcomes(r.Attempts[0]); got != "dropped []" || len(r.Attempts[0].Sentences[0].Reasons) == 0 {
				t.Errorf("got %s, want one dropped for a reason", got)
			}
			if n := len(r.Attempts[0].Sentences[0].Text); n > 4100 {
				t.Errorf("got a sentence of %d bytes, want it cut", n)
			}
		})
	}
}

func TestRepair(t *testing.T) {
	as := bottest.Articles()
	confirmed, denied := sentenceWith(t, as[0], "19 delegates"), sentenceWith(t, as[0], "denied")
	bees := sentenceWith(t, as[2], "41 beehives")
	met := bot.Claim{Text: "Velling met Anselm Quordle.", Quotes: []bot.Quote{denied}}
	hives := bot.Claim{Text: "There are 57 beehives on public roofs.", Quotes: []bot.Quote{bees}}
	fixed := bot.Claim{Text: "There are 41 beehives on public roofs.", Quotes: []bot.Quote{bees}}
	drafting := func(claims ...bot.Claim) bottest.Engine { return bottest.Drafting(bot.Draft{Claims: claims}) }
	with := func(e bottest.Engine, d bot.Draft, err error) bottest.RepairingEngine {
		return bottest.RepairingEngine{Engine: e, Mend: func(context.Context, []retrieval.Hit, []bot.Failed) (bot.Draft, error) { return d, err }}
	}
	none := func(e bottest.Engine) bottest.RepairingEngine {
		return bottest.RepairingEngine{Engine: e, Mend: func(context.Context, []retrieval.Hit, []bot.Failed) (bot.Draft, error) {
			t.Error("asked to repair, with nothing to repair")
			return bot.Draft{}, nil
		}}
	}
	tests := []struct {
		name   string
		engine bot.Answerer
		want   string // outcomes | dropped | repaired
	}{
		{"mended", bottest.Quoting(drafting(claim(confirmed), met)), "shown [1], repaired [], repair shown [2] | 0 | 1"},
		{"all of it mended", bottest.Quoting(drafting(met)), "repaired [], repair shown [1] | 0 | 1"},
		{"follows what passed", bottest.Quoting(drafting(met, claim(confirmed))), "repaired [], shown [1], repair shown [2] | 0 | 1"},
		{"nothing to mend", none(drafting(claim(confirmed))), "shown [1] | 0 | 0"},
		{"was said with better citations", none(drafting(claim(confirmed), bot.Claim{Text: claim(confirmed).Text})), "shown [1], dropped [] | 1 | 0"},
		{"given up", with(drafting(claim(confirmed), met), bot.Draft{}, nil), "shown [1], dropped [] | 1 | 0"},
		{"one given up", with(drafting(met, hives), bot.Draft{Claims: []bot.Claim{fixed}}, nil), "dropped [], repaired [], repair shown [1] | 1 | 1"},
		{"no better", with(drafting(claim(confirmed), met), bot.Draft{Claims: []bot.Claim{met}}, nil), "shown [1], dropped [], repair dropped [] | 1 | 0"},
		{"what was said", with(drafting(claim(confirmed), met), bot.Draft{Claims: []bot.Claim{claim(confirmed)}}, nil), "shown [1], dropped [], repair dropped [] | 1 | 0"},
		{"the same twice", with(drafting(hives, met), bot.Draft{Claims: []bot.Claim{fixed, fixed}}, nil), "repaired [], dropped [], repair shown [1], repair dropped [] | 1 | 1"},
		{"fails", with(drafting(claim(confirmed), met), bot.Draft{Claims: []bot.Claim{fixed}}, bottest.ErrBroken), "shown [1], dropped [] | 1 | 0"},
		{"cannot", drafting(claim(confirmed), met), "shown [1], dropped [] | 1 | 0"},
		{"without end", with(drafting(claim(confirmed), met), bot.Draft{Claims: slices.Repeat([]bot.Claim{met}, 1000)}, nil),
			"shown [1], dropped []" + strings.Repeat(", repair dropped []", 19) + " | 2 | 0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var seen []bot.Sentence
			rec := new(bottest.Recorder)
			b := bot.New(bot.Config{Searcher: bottest.NewSearcher(as...), Engines: []bot.Answerer{tt.engine}, Receipts: rec})
			a, err := b.Ask(context.Background(), bot.Question{Text: "Whom did Velling meet, and how many beehives are there?"}, func(s bot.Sentence) { seen = append(seen, s) })
			if err != nil {
				t.Fatal(err)
			}
			at := rec.Receipts()[0].Attempts[0]
			if got := fmt.Sprintf("%s | %d | %d", outcomes(at), len(a.Dropped), len(a.Repaired)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if got := bot.Marked(seen); got != a.Text || got != bot.Marked(a.Sentences) {
				t.Errorf("passed on %q, want the answer, %q", got, a.Text)
			}
			if failed := at.RepairError != ""; failed != (tt.name == "fails") {
				t.Errorf("got repair error %q", at.RepairError)
			}
		})
	}
	t.Run("short answer", func(t *testing.T) {
		e := with(bottest.Drafting(bot.Draft{Claims: []bot.Claim{hives}, Short: "57"}), bot.Draft{Claims: []bot.Claim{fixed}, Short: "41"}, nil)
		if a, err := newBot(e).Ask(context.Background(), bot.Question{Text: "How many beehives are there?"}, nil); err != nil || a.Short != "41" {
			t.Errorf("got short answer %q, error %v; want that of the repair, 41", a.Short, err)
		}
	})
	t.Run("calls", func(t *testing.T) {
		_, r, _ := recorded(t, context.Background(), bot.Question{Text: "Whom did Velling meet?"}, bottest.Quoting(drafting(met)))
		if got := r.Attempts[0].Calls; len(got) != 1 || got[0].For != "repair" {
			t.Errorf("got calls %+v, want that of the repair", got)
		}
	})
}

// A repair is made while there is time, and takes no answer along.
func TestRepairInTime(t *testing.T) {
	as := bottest.Articles()
	confirmed := sentenceWith(t, as[0], "19 delegates")
	draft := bot.Draft{Claims: []bot.Claim{claim(confirmed), {Text: "Velling met Anselm Quordle.", Quotes: []bot.Quote{confirmed}}}}
	for _, tt := range []struct {
		name  string
		takes time.Duration // the draft, by the bot's clock
		ends  bool          // the context, with the draft
		want  bool
	}{
		{"time left", time.Second, false, true},
		{"no time left", time.Hour, false, false},
		{"context ended", time.Second, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			now := day
			asked := false
			e := bottest.RepairingEngine{
				Engine: bottest.Engine{Func: func(context.Context, bot.Question, []retrieval.Hit) (bot.Draft, error) {
					now = now.Add(tt.takes)
					if tt.ends {
						cancel()
					}
					return draft, nil
				}},
				Mend: func(ctx context.Context, _ []retrieval.Hit, failed []bot.Failed) (bot.Draft, error) {
					asked = true
					if d, ok := ctx.Deadline(); !ok || time.Until(d) > 31*time.Second {
						t.Errorf("got until %v to repair, want half of what is left", d)
					}
					return bot.Draft{}, context.DeadlineExceeded
				},
			}
			b := bot.New(bot.Config{Searcher: bottest.NewSearcher(as...), Engines: []bot.Answerer{e}, Now: func() time.Time { return now }})
			a, err := b.Ask(ctx, bot.Question{Text: "Who visits Sandrith?"}, nil)
			if err != nil || !a.Answered || asked != tt.want {
				t.Errorf("got answered %v, error %v, repair %v; want an answer, repair %v", a.Answered, err, asked, tt.want)
			}
		})
	}
}

// A broken repair is as harmless as a broken draft.
func TestRepairBroken(t *testing.T) {
	as := bottest.Articles()
	for _, broken := range bottest.Broken() {
		t.Run(broken.Name, func(t *testing.T) {
			e := bottest.RepairingEngine{
				Engine: bottest.Drafting(bot.Draft{Claims: []bot.Claim{{Text: "Velling met Anselm Quordle."}}}),
				Mend: func(ctx context.Context, hs []retrieval.Hit, _ []bot.Failed) (bot.Draft, error) {
					return broken.Engine.Draft(ctx, bot.Question{Text: "Who is the mayor Tomas Ørn of Quillhaven?"}, hs, nil)
				},
			}
			a, err := bot.New(bot.Config{Searcher: bottest.NewSearcher(as...), Engines: []bot.Answerer{e}}).Ask(context.Background(), bot.Question{Text: "Who is the mayor Tomas Ørn of Quillhaven?"}, nil)
			if err != nil || a.Answered || len(a.Dropped) != 2 {
				t.Errorf("got %q, dropped %v, error %v; want a refusal, and both forms dropped", a.Text, a.Dropped, err)
			}
			if want := bottest.Articles(); !reflect.DeepEqual(as, want) {
				t.Error("the engine changed the articles")
			}
		})
	}
}
