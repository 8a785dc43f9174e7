package eval

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"dateline/bot"
	"dateline/corpus"
	"dateline/retrieval"
)

func article(source, text string) *corpus.Article {
	return &corpus.Article{ID: corpus.NewID("/news", source), Source: source, Text: text, Body: corpus.Span{End: len(text)}}
}

var articles = []*corpus.Article{
	article("a.txt", "The mayor opened the bridge on Monday."),
	article("news.jsonl#42", "The ferry sank in the harbour, the mayor said, and the mayor wept."),
	article("news.jsonl#43", "Rain is expected in the hills."),
}

// Three texts of 4, 7 and 3 words without function words, 14/3 on average.
// "mayor" is in two of them: idf ln(1+1.5/2.5) = ln 1.6. Once in 4 words: weight
// 2.2/(1+1.2*(0.25+0.75*4/(14/3))); twice in 7: 4.4/(2+1.2*(0.25+0.75*7/(14/3))).
func TestBM25(t *testing.T) {
	b := NewBM25(articles)
	got := b.Search("Mayors?", 10)
	idf := math.Log(1.6)
	want := []Ranked{
		{articles[1], idf * 4.4 / (2 + 1.2*(0.25+0.75*7/(14./3)))},
		{articles[0], idf * 2.2 / (1 + 1.2*(0.25+0.75*4/(14./3)))},
	}
	if len(got) != len(want) {
		t.Fatalf("found %d articles, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i].Article != want[i].Article || math.Abs(got[i].Score-want[i].Score) > 1e-9 {
			t.Errorf("at %d %s %v, want %s %v", i, got[i].Article.Source, got[i].Score, want[i].Article.Source, want[i].Score)
		}
	}
	if got := b.Search("mayor", 1); len(got) != 1 {
		t.Errorf("limited to 1, found %d", len(got))
	}
	for _, q := range []string{"nowhere", "in the", ""} {
		if got := b.Search(q, 10); len(got) != 0 {
			t.Errorf("found %v for %q, want nothing", got, q)
		}
	}
}

func TestBM25OrdersTiesByID(t *testing.T) {
	var same []*corpus.Article
	for _, s := range []string{"a", "b", "c", "d", "e"} {
		same = append(same, article(s, "one text"))
	}
	got := NewBM25(same).Search("text", 5)
	for i := 1; i < len(got); i++ {
		if got[i-1].Article.ID >= got[i].Article.ID {
			t.Errorf("at %d id %s after %s", i, got[i].Article.ID, got[i-1].Article.ID)
		}
	}
}

func TestRead(t *testing.T) {
	const good = `{"id":"1","question":"Who?","answers":["she"],"sources":["42"],"asked":"2025-11-26"}`
	for _, tt := range []struct {
		name, in, err string
		n             int
	}{
		{"two, an empty line between", good + "\n\n" + good + "\n", "", 2},
		{"byte order mark", "\ufeff" + good, "", 1},
		{"unanswerable without answers", `{"question":"Who?","unanswerable":true}`, "", 1},
		{"no JSON", good + "\nnonsense\n", "line 2: invalid character", 0},
		{"no question", `{"answers":["x"]}`, "line 1: no question", 0},
		{"sources without answers", `{"question":"Who?","sources":["42"]}`, "", 1},
		{"neither answers nor sources", `{"question":"Who?"}`, "line 1: no answers, no sources", 0},
		{"bad date", `{"question":"Who?","answers":["x"],"asked":"yesterday"}`, `line 1: asked "yesterday" is no date`, 0},
		{"empty", "\n", "no questions", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Read(strings.NewReader(tt.in))
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Fatalf("error %v, want %q", err, tt.err)
			}
			if len(got) != tt.n {
				t.Errorf("read %d questions, want %d", len(got), tt.n)
			}
		})
	}
}

func TestReadFile(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(`{"question":"Who?","answers":["she"]}`)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	packed, plain := filepath.Join(dir, "q.jsonl.gz"), filepath.Join(dir, "not.gz")
	if err := os.WriteFile(packed, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plain, []byte("plain"), 0o600); err != nil {
		t.Fatal(err)
	}
	if qs, err := ReadFile(packed); err != nil || len(qs) != 1 {
		t.Errorf("compressed: %v, %v, want one question", qs, err)
	}
	for _, name := range []string{plain, filepath.Join(dir, "missing")} {
		if _, err := ReadFile(name); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("ReadFile(%s) = %v, want an error that names it", name, err)
		}
	}
}

// fake answers and finds what it is told to.
type fake struct {
	answers map[string]bot.Answer
	asked   []bot.Question
	hits    []retrieval.Hit
	err     error
}

func (f *fake) Ask(_ context.Context, q bot.Question, _ func(bot.Sentence)) (bot.Answer, error) {
	f.asked = append(f.asked, q)
	return f.answers[q.Text], f.err
}

func (f *fake) Search(_ context.Context, _ bot.Question, limit int) (retrieval.Result, error) {
	return retrieval.Result{Hits: f.hits[:min(limit, len(f.hits))]}, nil
}

func original(a *corpus.Article) ([]byte, error) { return []byte(a.Text), nil }

func cite(a *corpus.Article, quote string) bot.Citation {
	at := strings.Index(a.Text, quote)
	return bot.Citation{N: 1, Source: a.Source, Article: a.ID, Quote: quote, Bytes: [2]int{at, at + len(quote)}}
}

func TestRun(t *testing.T) {
	shifted := cite(articles[1], "The ferry sank in the harbour")
	shifted.Bytes[0]++
	f := &fake{
		answers: map[string]bot.Answer{
			"Who opened the bridge?": {Answered: true, Text: "The mayor opened the bridge. [1]", Short: "The mayor", Citations: []bot.Citation{cite(articles[0], "The mayor opened the bridge")}},
			"What sank?":             {Answered: true, Text: "The ferry sank. [1]", Short: "ferry boat", Citations: []bot.Citation{shifted, cite(articles[0], "bridge")}},
			"When will it rain?":     {Reason: "not said"},
			"Who is the king?":       {Reason: "not said"},
			"Who is the queen?":      {Answered: true, Short: "mayor", Text: "mayor [1]", Citations: []bot.Citation{cite(articles[0], "mayor")}},
		},
		// The best article first, by two passages of it.
		hits: []retrieval.Hit{{Article: articles[0]}, {Article: articles[0]}, {Article: articles[1]}},
	}
	questions := []Question{
		{ID: "1", Question: "Who opened the bridge?", Answers: []string{"mayor"}, Sources: []string{"a.txt"}, Asked: "2025-11-26"},
		{ID: "2", Question: "What sank?", Answers: []string{"ferry", "the ship"}, Sources: []string{"42"}},
		{ID: "3", Question: "When will it rain?", Answers: []string{"soon"}, Sources: []string{"43"}},
		{ID: "4", Question: "Who is the king?", Unanswerable: true},
		{ID: "5", Question: "Who is the queen?", Unanswerable: true, Sources: []string{"a.txt"}},
	}
	var outcomes []Outcome
	r, err := Run(t.Context(), Config{
		Articles: articles, Asker: f, Original: original,
		Each: func(o Outcome) { outcomes = append(outcomes, o) },
	}, questions)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"questions", float64(r.Questions), 5},
		{"ranked", float64(r.Ranked), 4}, // all but 4, which has no source
		{"hits_1", r.Retrieval.Hits1, 2. / 4},
		{"hits_5", r.Retrieval.Hits5, 3. / 4},
		{"mrr_10", r.Retrieval.MRR10, (1 + 0.5 + 0 + 1) / 4},
		{"bm25 mrr_10", r.BM25.MRR10, 3. / 4}, // no text has a queen
		{"against mrr_10", r.LessBM25["mrr_10"].Mean, -0.5 / 4},
		{"em", r.Answers.EM, 2. / 5},             // 1 and 4
		{"f1", r.Answers.F1, (1 + 2./3 + 1) / 5}, // 2: one word of two
		{"contains", r.Answers.Contains, 2. / 3}, // 1 and 2
		{"right", r.Answers.Right, 2. / 5},       // 1 and 4; 2 has a shifted quote
		{"citations", float64(r.Citations.Count), 4},
		{"source_right", r.Citations.SourceRight, 3. / 4},
		{"byte_exact", r.Citations.ByteExact, 3. / 4},
		{"refused unanswerable", r.Refusals.Unanswerable, 1. / 2},
		{"refused answerable", r.Refusals.Answerable, 1. / 3},
	} {
		if math.Abs(tt.got-tt.want) > 1e-9 {
			t.Errorf("%s = %v, want %v", tt.name, tt.got, tt.want)
		}
	}
	var wrong []string
	for _, o := range outcomes {
		wrong = append(wrong, o.Wrong)
	}
	want := []string{"", "citation 1: bytes 1 to 29 of news.jsonl#42 are not its quote", "refused, should have answered", "", "answered, should have refused"}
	if !reflect.DeepEqual(wrong, want) {
		t.Errorf("wrong: %q, want %q", wrong, want)
	}
	if got := f.asked[0].Asked.Format("2006-01-02"); got != "2025-11-26" {
		t.Errorf("asked on %s, want 2025-11-26", got)
	}
	if f.asked[1].Filter.Sources != nil {
		t.Errorf("filtered by %v without oracle", f.asked[1].Filter.Sources)
	}
}

// "Perhaps" counts as shown, and never as a refusal: it can be right, but has no
// short answer to be exact, and of what is given as certain it is none.
func TestRunPerhaps(t *testing.T) {
	opened := cite(articles[0], "The mayor opened the bridge")
	perhaps := func(text string, cited ...bot.Citation) bot.Answer {
		return bot.Answer{Answered: true, Certainty: bot.Perhaps, Text: text, Citations: cited}
	}
	f := &fake{answers: map[string]bot.Answer{
		"Who opened the bridge?": perhaps("The mayor opened the bridge. [1]", opened),
		"Who built the bridge?":  perhaps("The mayor opened the bridge. [1]", opened),
		"Who is the king?":       perhaps("The mayor opened the bridge. [1]", opened),
		"What sank?":             {Answered: true, Text: "The ferry sank. [1]", Short: "ferry", Citations: []bot.Citation{cite(articles[1], "The ferry sank")}},
		"What burned?":           {Answered: true, Text: "The ferry sank. [1]", Short: "ferry", Citations: []bot.Citation{cite(articles[1], "The ferry sank")}},
		"Who is the queen?":      {Reason: "not said"},
		"Who wept?":              {Reason: "not said"},
		"Who sang?":              perhaps("The mayor opened the bridge. [1]", opened),
	}}
	r, err := Run(t.Context(), Config{Articles: articles, Asker: f, Original: original}, []Question{
		{ID: "1", Question: "Who opened the bridge?", Answers: []string{"mayor"}, Sources: []string{"a.txt"}},
		{ID: "2", Question: "Who built the bridge?", Answers: []string{"the architect"}, Sources: []string{"a.txt"}},
		{ID: "3", Question: "Who is the king?", Unanswerable: true},
		{ID: "4", Question: "What sank?", Answers: []string{"ferry"}, Sources: []string{"42"}},
		{ID: "5", Question: "What burned?", Answers: []string{"the barn"}, Sources: []string{"42"}},
		{ID: "6", Question: "Who is the queen?", Unanswerable: true},
		{ID: "7", Question: "Who wept?", Answers: []string{"the mayor"}, Sources: []string{"42"}},
		{ID: "8", Question: "Who sang?", Answers: []string{"the"}}, // of which nothing is left to compare
	})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, k := range r.Kinds {
		kinds = append(kinds, fmt.Sprintf("%s: %d asked, %+v, %.2f right, %d rightly refused", k.Kind, k.Judged, k.Shown, k.Answers.Right, k.Refusals.Right))
	}
	want := []string{
		"who: 6 asked, {Count:4 Perhaps:4 Wrong:2 WrongCertain:0}, 0.50 right, 1 rightly refused",
		"what: 2 asked, {Count:2 Perhaps:0 Wrong:1 WrongCertain:1}, 0.50 right, 0 rightly refused",
	}
	if !reflect.DeepEqual(kinds, want) {
		t.Errorf("got  %q\nwant %q", kinds, want)
	}
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"em", r.Answers.EM, 2. / 8}, // 4 and 6
		{"f1", r.Answers.F1, 2. / 8},
		{"contains", r.Answers.Contains, 3. / 6}, // 1, 4 and 8
		{"right", r.Answers.Right, 4. / 8},       // these and 6
		{"unanswerable refused", r.Refusals.Unanswerable, 1. / 2},
		{"answerable refused", r.Refusals.Answerable, 1. / 6},
	} {
		if math.Abs(tt.got-tt.want) > 1e-9 {
			t.Errorf("%s = %v, want %v", tt.name, tt.got, tt.want)
		}
	}
	if got, want := r.Figures["not_misled"], []float64{1, 1, 1, 1, 0, 1, 1, 1}; !reflect.DeepEqual(got, want) {
		t.Errorf("not misled: got %v, want %v", got, want)
	}
	if got, want := scores(r.Figures["refused"]), []float64{0, 1}; !reflect.DeepEqual(got, want) {
		t.Errorf("refused: got %v, want %v", got, want)
	}
}

// A question that names its sources and no answer is measured for search
// alone: it is not put, and no figure of answers is over it.
func TestRunForSearchAlone(t *testing.T) {
	f := &fake{
		answers: map[string]bot.Answer{"What sank?": {Answered: true, Text: "The ferry. [1]", Short: "ferry", Engine: "fake", Citations: []bot.Citation{cite(articles[1], "The ferry sank")}}},
		hits:    []retrieval.Hit{{Article: articles[0]}, {Article: articles[1]}},
	}
	questions := []Question{
		{ID: "1", Question: "Who opened the bridge?", Sources: []string{"a.txt"}},
		{ID: "2", Question: "What sank?", Answers: []string{"ferry"}, Sources: []string{"42"}},
		{ID: "3", Question: "Who wept?", Sources: []string{"42"}},
		{ID: "4", Question: "Who sang?", Sources: []string{"elsewhere"}},
		{ID: "5", Question: "Where will it rain?", Sources: []string{"43"}},
	}
	var wrong []string
	run := func(questions []Question) (Report, error) {
		return Run(t.Context(), Config{
			Articles: articles, Asker: f, Original: original,
			Each: func(o Outcome) { wrong = append(wrong, o.Wrong) },
		}, questions)
	}
	r, err := run(questions)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.asked) != 1 {
		t.Errorf("put %d questions, want the one with an answer", len(f.asked))
	}
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"questions", float64(r.Questions), 5},
		{"ranked", float64(r.Ranked), 4}, // the source of 4 is nowhere
		{"judged", float64(r.Judged), 1},
		{"hits_1", r.Retrieval.Hits1, 1. / 4},
		{"bm25 hits_1", r.BM25.Hits1, 1},
		{"f1", r.Answers.F1, 1},
		{"right", r.Answers.Right, 1},
		{"by fake", float64(r.Answers.By["fake"]), 1},
	} {
		if math.Abs(tt.got-tt.want) > 1e-9 {
			t.Errorf("%s = %v, want %v", tt.name, tt.got, tt.want)
		}
	}
	if want := []string{"", "", "its source is number 2", "its source is not in the corpus", "its source is not among the first 10"}; !reflect.DeepEqual(wrong, want) {
		t.Errorf("wrong: got %q, want %q", wrong, want)
	}
	if got := scores(r.Figures["hits_1"]); !reflect.DeepEqual(got, []float64{1, 0, 0, 0}) || len(r.Figures["f1"]) != 5 || !math.IsNaN(r.Figures["f1"][0]) {
		t.Errorf("figures: got %v, want hits_1 of four questions, and an f1 of one among five", r.Figures)
	}
	if got := (Baseline{Figures: r.Figures, Digests: r.Digests}).Answers(); got != 1 {
		t.Errorf("got %d answers to tell apart, want 1", got)
	}
	// One kind after the other, and what each is over.
	var kinds []string
	for _, k := range r.Kinds {
		kinds = append(kinds, fmt.Sprintf("%s %d %d %d %.2f", k.Kind, k.Questions, k.Ranked, k.Judged, k.Retrieval.Hits1))
	}
	if want := []string{"who 3 2 0 0.50", "what 1 1 1 0.00", "where 1 1 0 0.00"}; !reflect.DeepEqual(kinds, want) {
		t.Errorf("kinds: got %q, want %q", kinds, want)
	}
	if _, err := run(questions[3:4]); err == nil || !strings.Contains(err.Error(), "--corpus") {
		t.Errorf("nothing to measure: got %v, want an error that says what to do", err)
	}
}

func TestRunOracle(t *testing.T) {
	f := &fake{}
	_, err := Run(t.Context(), Config{Articles: articles, Asker: f, Original: original, Oracle: true}, []Question{
		{Question: "What sank?", Answers: []string{"ferry"}, Sources: []string{"42"}},
		{Question: "Who is king?", Unanswerable: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.asked[0].Filter.Sources, []string{"news.jsonl#42"}; !reflect.DeepEqual(got, want) {
		t.Errorf("reads %v, want %v", got, want)
	}
	if got := f.asked[1].Filter.Sources; got != nil {
		t.Errorf("without a gold article reads %v, want all", got)
	}
}

func TestRunFails(t *testing.T) {
	f := &fake{err: errors.New("no engine")}
	_, err := Run(t.Context(), Config{Articles: articles, Asker: f, Original: original}, []Question{{ID: "7", Question: "Who?", Unanswerable: true}})
	if err == nil || !strings.Contains(err.Error(), "question 7") {
		t.Errorf("Run = %v, want an error that names the question", err)
	}
}

// One long article fills the first list; the gold one comes after it.
func TestRankAsksOnUntilTenArticles(t *testing.T) {
	f := &fake{}
	for range 70 {
		f.hits = append(f.hits, retrieval.Hit{Article: articles[0]})
	}
	f.hits = append(f.hits, retrieval.Hit{Article: articles[1]})
	got, err := rank(t.Context(), f, Question{Sources: []string{"42"}})
	if want := []bool{false, true}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("rank = %v, %v, want %v", got, err, want)
	}
}

func TestByteExactReadsTheOriginal(t *testing.T) {
	r := &rereader{
		byID:     map[string]*corpus.Article{articles[0].ID: articles[0]},
		bytes:    make(map[string][]byte),
		original: func(*corpus.Article) ([]byte, error) { return []byte("another text"), nil },
	}
	if err := r.check(cite(articles[0], "mayor")); err == nil {
		t.Error("a quote that the file does not hold passed")
	}
	if err := r.check(bot.Citation{Article: "unknown", Quote: "x"}); err == nil {
		t.Error("a citation of an article that is not there passed")
	}
	for _, b := range [][2]int{{-1, 4}, {5, 2}, {0, 1000}} {
		if err := r.check(bot.Citation{Article: articles[0].ID, Bytes: b, Quote: "anot"}); err == nil {
			t.Errorf("bytes %v passed", b)
		}
	}
}
