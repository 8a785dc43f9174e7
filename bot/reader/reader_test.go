package reader

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/corpus"
	"dateline/retrieval"
	"dateline/retrieval/encoder"
	"dateline/retrieval/encoder/encodertest"
	"dateline/retrieval/simd"
)

// words is Reader.score by the words of a question, for tests: the sentence that
// shares most of them answers, with the first words that are not of the question.
func words(ctx context.Context, _ *encoder.Model, windows []window, pass func(int, *scores)) error {
	for i, w := range windows {
		if err := ctx.Err(); err != nil {
			return err
		}
		ids := w.sequence.IDs[w.first : w.first+len(w.tokens)]
		question := w.sequence.IDs[1 : w.sequence.Second-1]
		shared := make(map[int]float64)
		for j, k := range w.tokens {
			if slices.Contains(question, ids[j]) && k.Len() > 3 && !slices.Contains(ids[:j], ids[j]) {
				shared[k.sentence]++
			}
		}
		s := &scores{start: make([]float64, len(ids)), end: make([]float64, len(ids)), has: -5}
		for j, k := range w.tokens {
			s.has = max(s.has, 4*shared[k.sentence]-6)
			if !slices.Contains(question, ids[j]) && k.Len() > 3 {
				s.start[j], s.end[j] = 3*shared[k.sentence]-float64(j)/100-2, 3*shared[k.sentence]-float64(j)/100-2
			} else {
				s.start[j], s.end[j] = -9, -9
			}
		}
		pass(i, s)
	}
	return nil
}

// fake is a Reader that reads with words.
func fake(c Config) *Reader {
	c.Load = encoder.Load
	r := New(c)
	r.score = words
	return r
}

func TestConformance(t *testing.T) {
	t.Run("alone", func(t *testing.T) { bottest.Answerer(t, fake(Config{})) })
	t.Run("beside rules", func(t *testing.T) { bottest.Answerer(t, fake(Config{Rules: bottest.Lifting()})) })
}

func ask(text string) bot.Question { return bot.Question{Text: text} }

// The path from weights to a draft, with a model that knows nothing.
func TestModel(t *testing.T) {
	base, err := encoder.Load()
	if err != nil {
		t.Fatal(err)
	}
	m, err := encoder.Extend(base, encodertest.Extension(base, outputs))
	if err != nil {
		t.Fatal(err)
	}
	a, hits := article("a", "The bridge was closed for repairs in spring. Mayor Maria Brask opened the new bridge on Monday.")
	r := New(Config{Load: func() (*encoder.Model, error) { return m, nil }, Perhaps: 1e-9})
	d, err := r.Draft(t.Context(), ask("Who opened the bridge?"), hits, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Claims) != 1 || !strings.Contains(corpus.OneLine(a.Text), d.Claims[0].Text) {
		t.Errorf("got %+v, want a sentence of the article", d)
	}
	ranks, err := r.Rank(t.Context(), "Who opened the bridge?", []string{"The bridge was closed.", "", "Mayor Brask opened it."})
	if err != nil || len(ranks) != 3 || ranks[1] >= min(ranks[0], ranks[2]) {
		t.Errorf("got %v, error %v; want three ranks, that of no words last", ranks, err)
	}

	other, err := encoder.Extend(base, encodertest.Extension(base, 1))
	if err != nil {
		t.Fatal(err)
	}
	r = New(Config{Load: func() (*encoder.Model, error) { return other, nil }})
	if _, err := r.Draft(t.Context(), ask("Who opened the bridge?"), hits, nil); err == nil || !strings.Contains(err.Error(), "has 1 outputs, a reader's has 6") {
		t.Errorf("got error %v of a model with another head, want one that says so", err)
	}
}

func TestDraft(t *testing.T) {
	bridge, bridgeHits := article("bridge", "The bridge was closed for repairs in spring. Maria Brask opened the new bridge on Monday.")
	other, otherHits := article("other", "Farmers near Oxbow expect half the usual harvest.")
	german, germanHits := article("german", "Der Bürgermeister und die Frau haben am Montag die neue Brücke eröffnet. Maria Brask opened the new bridge, und das ist nicht alles, was er mit der Stadt auf der Insel getan hat.")
	if german.Language.Value != "de" {
		t.Fatalf("got language %q, want de", german.Language.Value)
	}
	for _, tt := range []struct {
		name, question string
		hits           []retrieval.Hit
		config         Config
		want           bot.Draft // its first claim only by text, no quotes
	}{
		{"answer", "who opened the bridge on Monday?", bridgeHits, Config{}, bot.Draft{
			Claims: []bot.Claim{{Text: "Maria Brask opened the new bridge on Monday."}}, Short: "Maria Brask",
		}},
		{"perhaps", "who opened the bridge on Monday?", bridgeHits, Config{Sure: 1}, bot.Draft{
			Claims: []bot.Claim{{Text: "Maria Brask opened the new bridge on Monday."}}, Perhaps: true,
		}},
		{"refusal", "who opened the bridge on Monday?", bridgeHits, Config{Sure: 1, Perhaps: 1}, bot.Draft{Refusal: unclear}},
		{"nothing of it", "who won the cup?", otherHits, Config{}, bot.Draft{Refusal: notFound}},
		{"no passages", "who opened the bridge?", nil, Config{}, bot.Draft{Refusal: notFound}},
		{"no words", "?!", bridgeHits, Config{}, bot.Draft{Refusal: notFound}},
		{"yes or no", "was the bridge opened on Monday?", bridgeHits, Config{}, bot.Draft{
			Claims: []bot.Claim{{Text: "Maria Brask opened the new bridge on Monday."}},
		}},
		{"a long question", strings.Repeat("I was told about a lot of things that happened. ", 20) + "who opened the bridge on Monday?", bridgeHits, Config{}, bot.Draft{
			Claims: []bot.Claim{{Text: "Maria Brask opened the new bridge on Monday."}}, Short: "Maria Brask", Remark: noteCut,
		}},
		{"another language", "wer opened new bridge Monday, und was ist das, was die und der nicht mit?", bridgeHits, Config{}, bot.Draft{
			Claims: []bot.Claim{{Text: "Maria Brask opened the new bridge on Monday."}}, Perhaps: true, Remark: noteForeign,
		}},
		{"another language, refused", "wer hat den Pokal gewonnen, und was ist das, was die und der nicht mit?", otherHits, Config{Rules: bottest.Drafting(bot.Draft{Missing: []string{"Pokal"}})}, bot.Draft{
			Remark: noteForeign,
		}},
		{"an article in another language", "who opened the new bridge?", germanHits, Config{}, bot.Draft{
			Claims: []bot.Claim{{Text: "Maria Brask opened the new bridge, und das ist nicht alles, was er mit der Stadt auf der Insel getan hat."}}, Perhaps: true,
		}},
		{"the rules agree", "who opened the bridge on Monday?", bridgeHits, Config{Rules: bottest.Drafting(bot.Draft{
			Claims: []bot.Claim{{Text: "Brask [the mayor] opened it.", Quotes: []bot.Quote{{Article: bridge, Span: bridge.Body}}}}, Short: "Brask", Note: "See there.",
		})}, bot.Draft{Claims: []bot.Claim{{Text: "Brask [the mayor] opened it."}}, Short: "Maria Brask", Note: "See there."}},
		{"the rules have a sentence that was not read", "who opened the bridge on Monday?", bridgeHits, Config{Rules: bottest.Drafting(bot.Draft{
			Claims: []bot.Claim{{Text: "It was closed.", Quotes: []bot.Quote{{Article: other, Span: other.Sentences()[0].Span}}}}, Short: "spring",
		})}, bot.Draft{Claims: []bot.Claim{{Text: "Maria Brask opened the new bridge on Monday."}}, Short: "Maria Brask"}},
		{"only the rules have an answer", "who won the cup?", otherHits, Config{Rules: bottest.Drafting(bot.Draft{
			Claims: []bot.Claim{{Text: "Brask won it.", Quotes: []bot.Quote{{Article: bridge, Span: bridge.Sentences()[1].Span}}}}, Short: "Brask",
		})}, bot.Draft{Claims: []bot.Claim{{Text: "Brask won it."}}, Perhaps: true}},
		{"the rules say why not", "who won the cup?", otherHits, Config{Rules: bottest.Refusing("No name was found.")}, bot.Draft{Refusal: "No name was found."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var passed []bot.Claim
			d, err := fake(tt.config).Draft(t.Context(), ask(tt.question), tt.hits, func(c bot.Claim) { passed = append(passed, c) })
			if err != nil {
				t.Fatal(err)
			}
			got, want := "", ""
			if len(d.Claims) > 0 {
				got = d.Claims[0].Text
			}
			if len(tt.want.Claims) > 0 {
				want = tt.want.Claims[0].Text
			}
			if got != want || d.Short != tt.want.Short || d.Perhaps != tt.want.Perhaps || d.Refusal != tt.want.Refusal || len(d.Missing) != len(tt.want.Missing) || d.Note != tt.want.Note || d.Remark != tt.want.Remark {
				t.Errorf("got %+v\nwant %+v", d, tt.want)
			}
			if n := len(d.Claims); d.Perhaps && len(passed) > 0 || !d.Perhaps && len(passed) != n {
				t.Errorf("passed on %d of %d claims, perhaps %v", len(passed), n, d.Perhaps)
			}
		})
	}
}

func TestSources(t *testing.T) {
	count := func(id, text, day string) retrieval.Hit {
		a, hits := article(id, text)
		a.Published.Value = day
		return hits[0]
	}
	hits := []retrieval.Hit{
		count("a", "The storm in Oxbow damaged 41 houses on Monday.", "2025-11-25"),
		count("b", "The storm in Oxbow damaged 52 houses on Monday.", "2025-11-26"),
		count("c", "The storm in Oxbow damaged 52 houses on Monday, the council said.", "2025-11-24"),
	}
	number := func(ctx context.Context, _ *encoder.Model, windows []window, pass func(int, *scores)) error {
		for i, w := range windows {
			s := &scores{start: make([]float64, len(w.tokens)), end: make([]float64, len(w.tokens)), has: 5}
			s.start[6], s.end[6] = 5, 5 // the token behind "damaged"
			pass(i, s)
		}
		return nil
	}
	for _, tt := range []struct {
		name   string
		hits   []retrieval.Hit
		claims int
		quotes int
		short  string
		note   string
	}{
		{"agree", hits[1:], 1, 2, "52", ""},
		{"differ, the newest first", hits[:2], 2, 1, "52", "The sources differ: 52, or 41."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := fake(Config{})
			r.score = number
			d, err := r.Draft(t.Context(), ask("How many houses did the storm in Oxbow damage?"), tt.hits, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(d.Claims) != tt.claims || len(d.Claims[0].Quotes) != tt.quotes || d.Short != tt.short || d.Note != tt.note || d.Differ != (tt.claims > 1) {
				t.Errorf("got %+v, want %d claims, %d quotes, short %q, note %q", d, tt.claims, tt.quotes, tt.short, tt.note)
			}
		})
	}
}

// An answer says something that the question does not.
func TestEcho(t *testing.T) {
	_, hits := article("a", "The bridge was closed on Monday. Workers paint it.")
	for _, tt := range []struct{ name, question, short string }{
		{"said by the question", "What happened to the bridge on Monday?", "Workers"},
		{"one of two", "Was the bridge or the tunnel closed on Monday?", "bridge"},
		{"one of two between others", "Which one of the choice between bridge and tunnel was closed?", "bridge"},
		{"said by the article", "What was closed on Monday?", "bridge"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := fake(Config{})
			r.score = func(_ context.Context, _ *encoder.Model, windows []window, pass func(int, *scores)) error {
				s := &scores{start: make([]float64, len(windows[0].tokens)), end: make([]float64, len(windows[0].tokens)), has: 12}
				for word, score := range map[string]float64{"bridge": 9, "Workers": 6} {
					i := slices.IndexFunc(windows[0].tokens, func(k token) bool { return k.Of(hits[0].Article.Text) == word })
					s.start[i], s.end[i] = score, score
				}
				pass(0, s)
				return nil
			}
			d, err := r.Draft(t.Context(), ask(tt.question), hits, nil)
			if err != nil || d.Short != tt.short {
				t.Errorf("got %+v, error %v; want the short answer %q", d, err, tt.short)
			}
		})
	}
}

// Without vector instructions less is read, and the draft says so.
func TestPlainKernels(t *testing.T) {
	chosen := simd.Kernels()
	if err := simd.Use("go"); err != nil {
		t.Fatal(err)
	}
	r := fake(Config{})
	if err := simd.Use(chosen); err != nil {
		t.Fatal(err)
	}
	_, bridge := article("bridge", "Maria Brask opened the new bridge on Monday.")
	hits := slices.Repeat(bridge, 4)
	for _, tt := range []struct {
		name   string
		hits   []retrieval.Hit
		remark string
	}{{"some left out", hits, notePlain}, {"all read", hits[:3], ""}} {
		t.Run(tt.name, func(t *testing.T) {
			read := 0
			r.score = func(ctx context.Context, m *encoder.Model, ws []window, pass func(int, *scores)) error {
				read = len(ws)
				return words(ctx, m, ws, pass)
			}
			d, err := r.Draft(t.Context(), ask("who opened the bridge on Monday?"), tt.hits, nil)
			if err != nil || d.Short != "Maria Brask" || d.Remark != tt.remark || read != 3 {
				t.Errorf("got %+v of %d passages, error %v; want the remark %q and 3 passages", d, read, err, tt.remark)
			}
		})
	}
}

// Without a model the rules answer, and say so.
func TestNoModel(t *testing.T) {
	_, hits := article("bridge", "Maria Brask opened the new bridge on Monday.")
	damaged := errors.New("damaged: the checksum differs")
	c := Config{Load: func() (*encoder.Model, error) { return nil, damaged }}
	if _, err := New(c).Draft(t.Context(), ask("who?"), hits, nil); !errors.Is(err, damaged) {
		t.Errorf("got error %v, want %v", err, damaged)
	}
	c.Rules = bottest.Lifting()
	d, err := New(c).Draft(t.Context(), ask("who opened the bridge?"), hits, nil)
	if err != nil || len(d.Claims) != 1 || d.Remark != noteRules {
		t.Errorf("got %+v, error %v; want the draft of the rules, with the remark %q", d, err, noteRules)
	}
	if _, err := New(c).Rank(t.Context(), "who?", []string{"He."}); !errors.Is(err, damaged) {
		t.Errorf("got error %v, want %v", err, damaged)
	}
}

func TestBounds(t *testing.T) {
	var hits []retrieval.Hit
	for range 12 {
		_, h := article("a", strings.Repeat("The ferry from the island was late again on Monday, as the harbour was full of ice. ", 8))
		hits = append(hits, h[0])
	}
	for _, tt := range []struct {
		name             string
		config           Config
		passages, tokens int
	}{
		{"by default", Config{}, 8, 2000},
		{"passages", Config{Passages: 2}, 2, 2000},
		{"tokens", Config{Tokens: 500}, 2, 500},
		{"at least one window", Config{Tokens: 1}, 1, windowTokens},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := fake(tt.config)
			r.c.Passages, r.c.Tokens = min(r.c.Passages, tt.passages), min(r.c.Tokens, tt.tokens)
			var got []window
			r.score = func(_ context.Context, _ *encoder.Model, ws []window, _ func(int, *scores)) error {
				got = ws
				return nil
			}
			if _, err := r.Draft(t.Context(), ask("why was the ferry late?"), hits, nil); err != nil {
				t.Fatal(err)
			}
			if n := got[len(got)-1].hit + 1; n != tt.passages && tt.name != "by default" || n > tt.passages {
				t.Errorf("got %d passages read, want %d", n, tt.passages)
			}
			if n := tokens(got); n > tt.tokens {
				t.Errorf("got %d tokens read, want at most %d", n, tt.tokens)
			}
		})
	}
}

// Reading that takes longer than the limit goes with what was read until then.
func TestLate(t *testing.T) {
	_, bridge := article("bridge", "Maria Brask opened the new bridge on Monday.")
	_, other := article("other", "Farmers near Oxbow expect half the usual harvest.")
	r := fake(Config{Limit: time.Nanosecond})
	r.score = func(ctx context.Context, m *encoder.Model, ws []window, pass func(int, *scores)) error {
		if err := words(t.Context(), m, ws[:1], pass); err != nil {
			return err
		}
		<-ctx.Done()
		return ctx.Err()
	}
	d, err := r.Draft(t.Context(), ask("who opened the bridge on Monday?"), append(bridge, other...), nil)
	if err != nil || d.Short != "Maria Brask" || d.Remark != noteLate {
		t.Errorf("got %+v, error %v; want the answer of the passage that was read, with the remark %q", d, err, noteLate)
	}
}

func TestCancelled(t *testing.T) {
	_, hits := article("bridge", "Maria Brask opened the new bridge on Monday.")
	r := fake(Config{AtOnce: 1})
	reading := make(chan bool, 2)
	r.score = func(ctx context.Context, _ *encoder.Model, _ []window, _ func(int, *scores)) error {
		reading <- true
		<-ctx.Done()
		return ctx.Err()
	}
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error)
	for range 2 { // one reads, one waits
		go func() {
			_, err := r.Draft(ctx, ask("who opened the bridge?"), hits, nil)
			errs <- err
		}()
	}
	<-reading
	cancel()
	for range 2 {
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want %v", err, context.Canceled)
		}
	}
}

// A thousand questions are read a few at a time.
func TestAtOnce(t *testing.T) {
	_, hits := article("bridge", "Maria Brask opened the new bridge on Monday.")
	r := fake(Config{AtOnce: 3})
	var now, most atomic.Int32
	r.score = func(ctx context.Context, m *encoder.Model, ws []window, pass func(int, *scores)) error {
		most.Store(max(most.Load(), now.Add(1)))
		defer now.Add(-1)
		return words(ctx, m, ws, pass)
	}
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() {
			d, err := r.Draft(t.Context(), ask("who opened the bridge on Monday?"), hits, nil)
			if err != nil || d.Short != "Maria Brask" {
				t.Errorf("got %+v, error %v", d, err)
			}
		})
	}
	wg.Wait()
	if n := most.Load(); n > 3 {
		t.Errorf("got %d questions read at once, want at most 3", n)
	}
}

// A question that has waited for others says so.
func TestWaited(t *testing.T) {
	_, hits := article("bridge", "Maria Brask opened the new bridge on Monday.")
	r := fake(Config{})
	r.longWait = -1
	d, err := r.Draft(t.Context(), ask("who opened the bridge on Monday?"), hits, nil)
	if err != nil || d.Remark != noteWaited {
		t.Errorf("got %+v, error %v; want the remark %q", d, err, noteWaited)
	}
}

func TestTenThousandNames(t *testing.T) {
	a, _ := article("names", strings.Repeat("Maria Brask, Ines Calloway, Tomas Ørn, ", 3400))
	hits := []retrieval.Hit{{Article: a, Passage: corpus.Passage{Span: a.Body, Last: len(a.Sentences()) - 1}, Score: 1}}
	if _, err := fake(Config{}).Draft(t.Context(), ask("Who opened the bridge?"), hits, nil); err != nil {
		t.Fatal(err)
	}
}

func TestRank(t *testing.T) {
	sentences := []string{"Farmers near Oxbow expect half the usual harvest.", "", "Mayor Maria Brask opened the new bridge on Monday."}
	r := fake(Config{})
	ranks, err := r.Rank(t.Context(), "who opened the bridge?", sentences)
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Index(ranks, slices.Max(ranks)); len(ranks) != 3 || got != 2 || ranks[1] != slices.Min(ranks) {
		t.Errorf("got %v, want the last highest and the second lowest", ranks)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Rank(ctx, "who?", sentences); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}
