package reader

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dateline/bot"
	"dateline/bot/eval"
	"dateline/bot/extract"
	"dateline/corpus"
	"dateline/corpus/files"
	"dateline/retrieval"
	"dateline/retrieval/bleve"
	"dateline/retrieval/chromem"
	"dateline/retrieval/encoder"
)

// The sets, the weights and what is written are no part of this repository:
//
//	DATELINE_EVAL=/path DATELINE_READER_WEIGHTS=/path/weights.bin go test ./bot/reader -run Measure -v -timeout 2h
//
// DATELINE_READER_INDEX names a folder to keep indexes and findings in, which are
// made anew otherwise; DATELINE_READER_LIMIT bounds the questions of a set, and
// DATELINE_READER_HELDOUT names a file of articles, of which alone squadshifts-wiki
// is measured.
func measured(t *testing.T) (dir string, r *Reader) {
	dir = os.Getenv("DATELINE_EVAL")
	name := os.Getenv("DATELINE_READER_WEIGHTS")
	if dir == "" || name == "" {
		t.Skip("DATELINE_EVAL and DATELINE_READER_WEIGHTS name no evaluation data and weights")
	}
	weights, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	base, err := encoder.Load()
	if err != nil {
		t.Fatal(err)
	}
	m, err := encoder.Extend(base, string(weights))
	if err != nil {
		t.Fatal(err)
	}
	t.Log(m.About().Model)
	return dir, New(Config{Load: func() (*encoder.Model, error) { return m, nil }, Rules: extract.Reader{}})
}

// A finding is what came of one question.
type finding struct {
	ID           string
	Question     string
	Answers      []string
	Unanswerable bool
	Features     features
	Spans        []foundSpan // best first
	Rules        struct {
		Answered, Same bool // the rules answer; with the sentence of the best span
		Short, Refusal string
		Missing        []string
		EM, F1         float64
	}
	// The answer of a bot with this reader.
	Answered, Perhaps, Contains bool
	Short                       string
	EM, F1                      float64
}

type foundSpan struct {
	Score, Has, Search, Rank float64
	Meaning                  float64
	Words, Short, Sentence   string // as the model marks them; completed; around them
	EM, F1                   float64
	Gold, Contains           bool // the article is the right one; the sentence has the answer
	Ruled                    bool
}

// right reports whether the best span answers: its words do, or its sentence has
// the answer and is from the right article.
func (f *finding) right() bool {
	return !f.Unanswerable && len(f.Spans) > 0 && (f.Spans[0].F1 >= .5 || f.Spans[0].Gold && f.Spans[0].Contains)
}

// note writes down a reading of a question.
func (f *finding) note(q eval.Question, x *reading) {
	f.Spans = nil // the last reading of a question counts
	for i := range x.candidates {
		c := &x.candidates[i]
		s := short(c)
		sentence := c.within().Of(c.article.Text)
		f.Spans = append(f.Spans, foundSpan{
			Score: c.score, Has: c.has, Search: c.search, Meaning: x.hits[c.hit].Meaning, Rank: c.rank, Words: corpus.OneLine(c.Of(c.article.Text)), Short: s, Sentence: corpus.OneLine(sentence),
			EM: eval.ExactMatch(s, q.Answers), F1: eval.F1(s, q.Answers),
			Ruled: c.ruled, Gold: q.Gold(c.article.Source), Contains: eval.Contains(sentence, q.Answers),
		})
	}
	if len(x.candidates) > 0 {
		f.Features = x.features(0)
	}
	f.Rules.Answered = len(x.rules.Claims) > 0
	f.Rules.Same = len(x.candidates) > 0 && x.candidates[0].ruled
	f.Rules.Short, f.Rules.Refusal, f.Rules.Missing = x.rules.Short, x.rules.Refusal, x.rules.Missing
	f.Rules.EM, f.Rules.F1 = eval.ExactMatch(x.rules.Short, q.Answers), eval.F1(x.rules.Short, q.Answers)
}

// places are where questions and articles of a set are. Two sets are the project's
// own: questions on the samples, and on the articles that lie beside the data.
func places(dir, set string) (questions, articles string) {
	switch set {
	case "sample":
		return "../../cmd/dateline/testdata/questions/sample.jsonl", "../../corpus/sample"
	case "seed":
		return "../../cmd/dateline/testdata/questions/seed.jsonl", filepath.Join(dir, "..", "articles")
	}
	return filepath.Join(dir, set, "questions.jsonl"), filepath.Join(dir, set, "articles.jsonl.gz")
}

// questions are those of a set, chosen by a hash of their id.
func questions(t *testing.T, dir, set string) []eval.Question {
	t.Helper()
	name, _ := places(dir, set)
	if _, err := os.Stat(name); err != nil {
		name += ".gz"
	}
	qs, err := eval.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(qs, func(a, b eval.Question) int { return cmp.Compare(hashOf(a.ID), hashOf(b.ID)) })
	if held := os.Getenv("DATELINE_READER_HELDOUT"); held != "" && set == "squadshifts-wiki" {
		data, err := os.ReadFile(held)
		if err != nil {
			t.Fatal(err)
		}
		names := strings.Fields(string(data))
		qs = slices.DeleteFunc(qs, func(q eval.Question) bool {
			return !slices.ContainsFunc(q.Sources, func(s string) bool {
				return slices.ContainsFunc(names, func(n string) bool {
					return strings.HasPrefix(s, set+"/"+n+"/") || strings.HasPrefix(s, n+"/") || s == n
				})
			})
		})
	}
	if n, err := strconv.Atoi(os.Getenv("DATELINE_READER_LIMIT")); err == nil && n < len(qs) {
		qs = qs[:n]
	}
	return qs
}

func hashOf(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	v := h.Sum32()
	return v ^ v>>15
}

func articles(t *testing.T, dir, set string) (*files.Corpus, map[string]*corpus.Article) {
	t.Helper()
	_, name := places(dir, set)
	c, err := files.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	byRecord := make(map[string]*corpus.Article)
	fs, _, err := c.Files(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fs {
		_, err := c.Read(t.Context(), f, func(a *corpus.Article) error {
			_, record, _ := strings.Cut(a.Source, "#")
			byRecord[record] = a
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return c, byRecord
}

// TestMeasureGiven measures reading of the right passage: with an answer wanted
// whatever the model is sure of, and as the reader answers.
func TestMeasureGiven(t *testing.T) {
	dir, r := measured(t)
	for _, set := range sets("rtqa-evidence squad2 squadshifts-wiki") {
		t.Run(set, func(t *testing.T) {
			_, byRecord := articles(t, dir, set)
			var found []finding
			n := 0
			for _, q := range questions(t, dir, set) {
				var hits []retrieval.Hit
				for _, s := range q.Sources {
					if a := byRecord[s]; a != nil {
						for _, p := range corpus.Passages(a.Text, a.Sentences()) {
							hits = append(hits, retrieval.Hit{Article: a, Passage: p, Score: 1})
						}
					}
				}
				if n++; len(hits) == 0 {
					continue
				}
				f := finding{ID: q.ID, Question: q.Question, Answers: q.Answers, Unanswerable: q.Unanswerable}
				r.noted = func(x *reading) { f.note(q, x) }
				d, err := r.Draft(t.Context(), put(q), hits, nil)
				if err != nil {
					t.Fatal(err)
				}
				f.Answered, f.Perhaps, f.Short = len(d.Claims) > 0, d.Perhaps, d.Short
				f.EM, f.F1 = eval.ExactMatch(d.Short, q.Answers), eval.F1(d.Short, q.Answers)
				found = append(found, f)
			}
			keep(t, "given-"+set, found)
			t.Logf("%d questions, %d with a source\n%s", n, len(found), summary(found))
		})
	}
}

// TestMeasureOpen measures reading of what search finds.
func TestMeasureOpen(t *testing.T) {
	dir, r := measured(t)
	for _, set := range sets("rtqa-evidence squad2") {
		t.Run(set, func(t *testing.T) {
			c, _ := articles(t, dir, set)
			b := asker(t, r, c, set)
			var found []finding
			for _, q := range questions(t, dir, set) {
				f := finding{ID: q.ID, Question: q.Question, Answers: q.Answers, Unanswerable: q.Unanswerable}
				r.noted = func(x *reading) { f.note(q, x) }
				a, err := b.Ask(t.Context(), put(q), nil)
				if err != nil {
					t.Fatal(err)
				}
				f.Answered, f.Perhaps, f.Short = a.Answered, a.Certainty == bot.Perhaps, a.Short
				f.EM, f.F1 = eval.ExactMatch(a.Short, q.Answers), eval.F1(a.Short, q.Answers)
				f.Contains = eval.Contains(a.Text, q.Answers)
				found = append(found, f)
			}
			keep(t, "open-"+set, found)
			t.Logf("%d questions\n%s", len(found), summary(found))
		})
	}
}

func put(q eval.Question) bot.Question {
	day, _ := time.Parse(time.DateOnly, q.Asked)
	return bot.Question{Text: q.Question, Asked: day}
}

// TestMeasureRank measures the order of sentences, with several weights of the
// logit of answering.
func TestMeasureRank(t *testing.T) {
	dir, r := measured(t)
	for _, set := range sets("trecqa-dev wikiqa-dev") {
		t.Run(set, func(t *testing.T) {
			name := filepath.Join(dir, set, "selection.jsonl")
			if _, err := os.Stat(name); err != nil {
				name += ".gz"
			}
			selections, err := eval.ReadSelectionFile(name)
			if err != nil {
				t.Fatal(err)
			}
			read := make(map[string][]parts) // by question
			r.score = func(ctx context.Context, m *encoder.Model, windows []window, pass func(int, *scores)) error {
				ps := make([]parts, len(windows))
				read["last"] = ps
				return forward(ctx, m, windows, func(i int, s *scores) {
					if spans := s.spans(&windows[i]); len(spans) > 0 {
						ps[i] = parts{spans[0].score, s.has}
					}
					pass(i, s)
				})
			}
			report, err := eval.MeasureSelection(t.Context(), rankFunc(func(q string, sentences []string) ([]float64, error) {
				ranks, err := r.Rank(t.Context(), q, sentences)
				read[q] = read["last"]
				return ranks, err
			}), selections, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d ranked: MAP %.4f, MRR %.4f; BM25 %.4f, %.4f", report.Ranked, report.Selection.MAP, report.Selection.MRR, report.BM25.MAP, report.BM25.MRR)
			for _, w := range []float64{0, 0.5, 1, 2, 4, 100} {
				report, err := eval.MeasureSelection(t.Context(), rankFunc(func(q string, _ []string) ([]float64, error) {
					ranks := make([]float64, len(read[q]))
					for i, p := range read[q] {
						ranks[i] = p.span + w*p.has
					}
					return ranks, nil
				}), selections, nil)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("has × %v: MAP %.4f, MRR %.4f", w, report.Selection.MAP, report.Selection.MRR)
			}
		})
	}
}

// parts are what Rank puts together.
type parts struct{ span, has float64 }

type rankFunc func(question string, sentences []string) ([]float64, error)

func (f rankFunc) Rank(_ context.Context, question string, sentences []string) ([]float64, error) {
	return f(question, sentences)
}

// sets are those to measure.
func sets(all string) []string {
	return strings.Fields(cmp.Or(os.Getenv("DATELINE_READER_SETS"), all))
}

// asker returns a bot over a set.
func asker(t *testing.T, r *Reader, src retrieval.Source, set string) *bot.Bot {
	t.Helper()
	dir := t.TempDir()
	if kept := os.Getenv("DATELINE_READER_INDEX"); kept != "" {
		dir = filepath.Join(kept, set)
	}
	m, err := encoder.Load()
	if err != nil {
		t.Fatal(err)
	}
	x, err := retrieval.Open(dir, retrieval.Options{Keywords: bleve.Engine{}, Embedder: encoder.NewEmbedder(m, 0), Vectors: chromem.Engine{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	if _, err := x.Sync(t.Context(), src, nil); err != nil {
		t.Fatal(err)
	}
	// In a large set the passages that words find get their vectors as they are found.
	if have, err := x.Coverage(t.Context(), retrieval.Filter{}); err != nil {
		t.Fatal(err)
	} else if have.Passages < 10_000 {
		if _, err := x.Embed(t.Context(), retrieval.EmbedOptions{}, nil); err != nil {
			t.Fatal(err)
		}
	}
	return bot.New(bot.Config{Searcher: x, Engines: []bot.Answerer{r}})
}

// keep writes findings down, a line each, for TestFitCertainty and for looking at.
func keep(t *testing.T, name string, found []finding) {
	t.Helper()
	dir := os.Getenv("DATELINE_READER_INDEX")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	for _, x := range found {
		if err := json.NewEncoder(w).Encode(x); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

func recall(t *testing.T, name string) []finding {
	t.Helper()
	f, err := os.Open(filepath.Join(os.Getenv("DATELINE_READER_INDEX"), name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var all []finding
	for d := json.NewDecoder(f); d.More(); {
		var x finding
		if err := d.Decode(&x); err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	return all
}

// summary gives the figures of some findings.
func summary(found []finding) string {
	var forced, answerable, em, f1, f1All, shown, perhaps, wrong, refused, refusedWell, sentence float64
	for _, f := range found {
		sure := f.Answered && !f.Perhaps
		if f.Answered {
			shown++
		}
		if f.Perhaps {
			perhaps++
		}
		if f.Unanswerable {
			if !f.Answered {
				refusedWell++
				f1All++
			}
			if sure {
				wrong++
			}
			continue
		}
		answerable++
		if len(f.Spans) > 0 {
			em += f.Spans[0].EM
			f1 += f.Spans[0].F1
			if f.right() {
				sentence++
			}
		}
		switch {
		case !f.Answered:
			refused++
		case sure:
			forced++
			f1All += f.F1
			if f.F1 < .5 && !f.Contains {
				wrong++
			}
		}
	}
	n := float64(len(found))
	return fmt.Sprintf("forced: EM %.3f, F1 %.3f, right %.3f of %.0f\nanswers: F1 combined %.3f, shown %.3f of which perhaps %.3f, wrong of the others %.3f\nrefused: unanswerable %.3f of %.0f, answerable %.3f",
		em/answerable, f1/answerable, sentence/answerable, answerable,
		f1All/n, shown/n, perhaps/shown, wrong/max(1, shown-perhaps),
		refusedWell/max(1, n-answerable), n-answerable, refused/answerable)
}

// TestFitCertainty fits the weights of certainty.go to what TestMeasureOpen and
// TestMeasureGiven have kept of the sets that DATELINE_READER_FIT names, as
// open-rtqa-evidence, and prints them. Half of the questions are fitted on, the
// expected calibration error is that of the other half.
func TestFitCertainty(t *testing.T) {
	names := strings.Fields(os.Getenv("DATELINE_READER_FIT"))
	if len(names) == 0 {
		t.Skip("DATELINE_READER_FIT names nothing to fit on")
	}
	var fit, held []finding
	for _, name := range names {
		for _, f := range recall(t, name) {
			if len(f.Spans) == 0 {
				continue
			}
			if hashOf(f.ID)&1 == 0 {
				fit = append(fit, f)
			} else {
				held = append(held, f)
			}
		}
	}
	w, constant := logistic(fit)
	for i, v := range w {
		t.Logf("%d: %.4f", i, v)
	}
	t.Logf("intercept: %.4f", constant)
	for _, half := range []struct {
		name  string
		found []finding
	}{{"fitted on", fit}, {"held out", held}} {
		t.Logf("%s: %d questions, %.3f right, expected calibration error %.3f\n%s", half.name, len(half.found), share(half.found), calibration(half.found, w, constant), thresholds(half.found, w, constant))
	}
}

// thresholds says what comes of showing what is at least so likely.
func thresholds(found []finding, w features, constant float64) string {
	var b strings.Builder
	for from := .1; from < .95; from += .1 {
		var shown, wrong, f1, answerable, refused, refusedWell float64
		for k := range found {
			f := &found[k]
			shows := f.Features.certainty(w, constant) >= from
			if shows {
				shown++
				if !f.right() {
					wrong++
				}
			}
			switch {
			case f.Unanswerable && !shows:
				refusedWell++
				f1++
			case !f.Unanswerable && shows:
				f1 += f.Spans[0].F1
			case !f.Unanswerable:
				refused++
			}
			if !f.Unanswerable {
				answerable++
			}
		}
		n := float64(len(found))
		fmt.Fprintf(&b, "  from %.1f: shown %.3f, wrong of them %.3f, F1 combined %.3f; refused: unanswerable %.3f, answerable %.3f\n",
			from, shown/n, wrong/max(1, shown), f1/n, refusedWell/max(1, n-answerable), refused/answerable)
	}
	return b.String()
}

func share(found []finding) float64 {
	n := 0.0
	for i := range found {
		if found[i].right() {
			n++
		}
	}
	return n / float64(len(found))
}

// logistic fits a logistic regression by gradient descent over features brought to
// one scale, with a little decay.
func logistic(found []finding) (features, float64) {
	const steps, rate, decay = 4000, 0.5, 1e-3
	var mean, sd features
	n := float64(len(found))
	for i := range mean {
		for _, f := range found {
			mean[i] += f.Features[i] / n
		}
		for _, f := range found {
			sd[i] += (f.Features[i] - mean[i]) * (f.Features[i] - mean[i]) / n
		}
		sd[i] = math.Sqrt(sd[i])
	}
	var w features
	constant := 0.0
	for range steps {
		var g features
		g0 := 0.0
		for k := range found {
			sum := constant
			for i := range w {
				if sd[i] > 0 {
					sum += w[i] * (found[k].Features[i] - mean[i]) / sd[i]
				}
			}
			d := 1 / (1 + math.Exp(-sum))
			if found[k].right() {
				d--
			}
			g0 += d / n
			for i := range w {
				if sd[i] > 0 {
					g[i] += d * (found[k].Features[i] - mean[i]) / sd[i] / n
				}
			}
		}
		constant -= rate * g0
		for i := range w {
			w[i] -= rate * (g[i] + decay*w[i])
		}
	}
	for i := range w {
		if sd[i] > 0 {
			w[i] /= sd[i]
			constant -= w[i] * mean[i]
		}
	}
	return w, constant
}

// calibration is the expected calibration error over ten bins of equal width (M.
// Naeini and others, Obtaining Well Calibrated Probabilities Using Bayesian
// Binning, 2015).
func calibration(found []finding, w features, constant float64) float64 {
	var n, p, right [10]float64
	for k := range found {
		v := found[k].Features.certainty(w, constant)
		b := min(9, int(v*10))
		n[b]++
		p[b] += v
		if found[k].right() {
			right[b]++
		}
	}
	off := 0.0
	for b := range n {
		off += math.Abs(p[b] - right[b])
	}
	return off / float64(len(found))
}
