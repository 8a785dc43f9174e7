// Package eval measures a bot on a set of questions with known answers: how
// often the right article is found, beside plain BM25 in the same run, how
// good the short answers are, whether citations hold, and whether refusals
// come where they should.
package eval

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"dateline/bot"
	"dateline/corpus"
	"dateline/retrieval"
)

// An Asker answers questions, and shows what it reads for them. *bot.Bot is
// one.
type Asker interface {
	Ask(ctx context.Context, q bot.Question, emit func(bot.Sentence)) (bot.Answer, error)
	Search(ctx context.Context, q bot.Question, limit int) (retrieval.Result, error)
}

// Config says what is measured.
type Config struct {
	// Articles are those that Asker searches.
	Articles []*corpus.Article
	Asker    Asker
	// Original returns the bytes that a citation's offsets refer to: the
	// file's, or the text of a record.
	Original func(*corpus.Article) ([]byte, error)
	// Oracle has the reader read the gold articles alone. A question that
	// names none of the articles is put to the whole corpus all the same: with
	// nothing to read, a refusal would cost nothing.
	Oracle bool
	// Engine is the one to ask; empty means "auto".
	Engine string
	// Each, if not nil, is called after every question, in order.
	Each func(Outcome)
}

// An Outcome is what came of one question.
type Outcome struct {
	Question Question
	Answer   bot.Answer
	// EM, F1 are those of the short answer.
	EM, F1 float64
	// Contains is set if the answer or the short one contains a gold answer.
	Contains bool
	// SourceRight counts the citations of a gold article, ByteExact those
	// whose quote is what the file holds at the bytes they name.
	SourceRight, ByteExact int
	// Wrong says what is not right; empty if all is.
	Wrong string
}

// Right reports whether an unanswerable question was refused, or the answer
// contains an accepted one and cites an article that holds it.
func (o Outcome) Right() bool { return o.Wrong == "" }

// A Report is the outcome of a run. Shares run from 0 to 1.
type Report struct {
	Questions int  `json:"questions"`
	Oracle    bool `json:"oracle,omitempty"`
	Articles  int  `json:"articles"`
	// Ranked is how many questions the retrieval figures are over: those with a
	// gold article in the corpus. An unanswerable question may have one, that
	// it was made up from.
	Ranked    int     `json:"ranked"`
	Retrieval Ranking `json:"retrieval"`
	BM25      Ranking `json:"bm25"`
	// Against is Retrieval less BM25, by paired bootstrap.
	Against map[string]Difference `json:"retrieval_less_bm25"`
	Answers struct {
		EM float64 `json:"em"`
		F1 float64 `json:"f1"`
		// Contains is over the questions that can be answered.
		Contains float64 `json:"contains"`
		// Right is the share of all questions answered with an accepted answer
		// and a right source, or rightly refused.
		Right float64 `json:"right"`
	} `json:"answers"`
	Citations struct {
		Count int `json:"count"`
		// SourceRight is over the citations given for questions that name
		// their sources, ByteExact over all.
		SourceRight float64 `json:"source_right"`
		ByteExact   float64 `json:"byte_exact"`
	} `json:"citations"`
	Refusals struct {
		// The share of the unanswerable questions that were refused, which is
		// right, and of the answerable, which is not.
		Unanswerable float64 `json:"unanswerable"`
		Answerable   float64 `json:"answerable"`
	} `json:"refusals"`
	LatencyMS struct {
		P50 float64 `json:"p50"`
		P95 float64 `json:"p95"`
	} `json:"latency_ms"`
	// Figures are, for later runs to be held against, "hits_1" and "mrr_10" of
	// the ranked questions, "em", "f1" and "right" of all, and "refused" of the
	// unanswerable.
	Figures Figures `json:"-"`
}

// Run puts the questions one after another and sums up.
func Run(ctx context.Context, c Config, questions []Question) (Report, error) {
	r := Report{Questions: len(questions), Oracle: c.Oracle, Articles: len(c.Articles)}
	plain := NewBM25(c.Articles)
	named := byName(c.Articles)
	exact := &rereader{original: c.Original, byID: make(map[string]*corpus.Article), bytes: make(map[string][]byte)}
	for _, a := range c.Articles {
		exact.byID[a.ID] = a
	}

	var system, baseline []Ranking
	var latency []float64
	var answerable, unanswerable, contained, refusedRight, refusedWrong, right, sourced, sourceRight, byteExact int
	var em, f1 float64
	for _, q := range questions {
		var golds []string
		for _, name := range q.Sources {
			golds = append(golds, named[name]...)
		}
		if len(golds) > 0 {
			found, err := rank(ctx, c.Asker, q)
			if err != nil {
				return r, fmt.Errorf("question %s: %w", q.ID, err)
			}
			ranking := Rank(found, len(golds))
			system = append(system, ranking)
			r.Figures.add("hits_1", ranking.Hits1)
			r.Figures.add("mrr_10", ranking.MRR10)
			found = found[:0]
			for _, hit := range plain.Search(q.Question, depth) {
				found = append(found, q.Gold(hit.Article.Source))
			}
			baseline = append(baseline, Rank(found, len(golds)))
		}

		put := bot.Question{Text: q.Question, Asked: q.asked(), Engine: c.Engine}
		if c.Oracle {
			put.Filter.Sources = golds
		}
		start := time.Now()
		ans, err := c.Asker.Ask(ctx, put, nil)
		if err != nil {
			return r, fmt.Errorf("question %s: %w", q.ID, err)
		}
		latency = append(latency, float64(time.Since(start).Microseconds())/1000)

		o := judge(q, ans)
		for _, cit := range ans.Citations {
			if err := exact.check(cit); err == nil {
				o.ByteExact++
			} else {
				o.Wrong = strings.TrimPrefix(o.Wrong+"; "+err.Error(), "; ")
			}
		}
		em += o.EM
		f1 += o.F1
		byteExact += o.ByteExact
		r.Citations.Count += len(ans.Citations)
		if len(q.Sources) > 0 {
			sourced += len(ans.Citations)
			sourceRight += o.SourceRight
		}
		if o.Right() {
			right++
		}
		r.Figures.add("em", o.EM)
		r.Figures.add("f1", o.F1)
		r.Figures.add("right", one(o.Right()))
		switch {
		case q.Unanswerable:
			unanswerable++
			if !ans.Answered {
				refusedRight++
			}
			r.Figures.add("refused", one(!ans.Answered))
		default:
			answerable++
			if o.Contains {
				contained++
			}
			if !ans.Answered {
				refusedWrong++
			}
		}
		if c.Each != nil {
			c.Each(o)
		}
	}

	r.Ranked = len(system)
	r.Retrieval, r.BM25 = mean(system), mean(baseline)
	r.Against = make(map[string]Difference)
	for name, figure := range map[string]func(Ranking) float64{
		"hits_1":  func(r Ranking) float64 { return r.Hits1 },
		"hits_10": func(r Ranking) float64 { return r.Hits10 },
		"mrr_10":  func(r Ranking) float64 { return r.MRR10 },
		"ndcg_10": func(r Ranking) float64 { return r.NDCG10 },
	} {
		a, b := make([]float64, len(system)), make([]float64, len(system))
		for i := range system {
			a[i], b[i] = figure(system[i]), figure(baseline[i])
		}
		r.Against[name] = bootstrap(a, b)
	}
	r.Answers.EM = em / float64(max(len(questions), 1))
	r.Answers.F1 = f1 / float64(max(len(questions), 1))
	r.Answers.Contains = share(contained, answerable)
	r.Answers.Right = share(right, len(questions))
	r.Citations.SourceRight = share(sourceRight, sourced)
	r.Citations.ByteExact = share(byteExact, r.Citations.Count)
	r.Refusals.Unanswerable = share(refusedRight, unanswerable)
	r.Refusals.Answerable = share(refusedWrong, answerable)
	slices.Sort(latency)
	r.LatencyMS.P50, r.LatencyMS.P95 = quantile(latency, 0.5), quantile(latency, 0.95)
	return r, nil
}

// one is 1 for true.
func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// judge compares an answer with the gold ones, but for the bytes of its
// citations.
func judge(q Question, ans bot.Answer) Outcome {
	o := Outcome{Question: q, Answer: ans}
	for _, c := range ans.Citations {
		if q.Gold(c.Source) {
			o.SourceRight++
		}
	}
	if q.Unanswerable {
		if ans.Answered {
			o.Wrong = "answered, should have refused"
			return o
		}
		o.EM, o.F1 = 1, 1
		return o
	}
	if !ans.Answered {
		o.Wrong = "refused, should have answered"
		return o
	}
	o.EM, o.F1 = ExactMatch(ans.Short, q.Answers), F1(ans.Short, q.Answers)
	o.Contains = Contains(ans.Text, q.Answers) || Contains(ans.Short, q.Answers)
	switch {
	case !o.Contains:
		o.Wrong = "none of the accepted answers"
	case o.SourceRight == 0 && len(q.Sources) > 0:
		o.Wrong = "no citation of the right source"
	}
	return o
}

// rank says of the first articles that the searcher finds, in order, whether
// they are gold. An article stands where its best passage does.
func rank(ctx context.Context, a Asker, q Question) ([]bool, error) {
	for limit := 5 * depth; ; limit *= 4 {
		res, err := a.Search(ctx, bot.Question{Text: q.Question, Asked: q.asked()}, limit)
		if err != nil {
			return nil, err
		}
		var found []bool
		seen := make(map[string]bool)
		for _, h := range res.Hits {
			if !seen[h.Article.ID] {
				seen[h.Article.ID] = true
				found = append(found, q.Gold(h.Article.Source))
			}
		}
		// A long article can fill a list by itself; then ask for a longer one.
		if len(found) >= depth || len(res.Hits) < limit {
			return found[:min(len(found), depth)], nil
		}
	}
}

// A rereader compares quotes with what the originals hold.
type rereader struct {
	original func(*corpus.Article) ([]byte, error)
	byID     map[string]*corpus.Article
	bytes    map[string][]byte
}

func (r *rereader) check(c bot.Citation) error {
	a, ok := r.byID[c.Article]
	if !ok {
		return fmt.Errorf("citation %d is of %s, which is not in the corpus", c.N, c.Source)
	}
	b, ok := r.bytes[a.ID]
	if !ok {
		var err error
		if b, err = r.original(a); err != nil {
			return fmt.Errorf("citation %d: %w", c.N, err)
		}
		r.bytes[a.ID] = b
	}
	s := corpus.Span{Start: c.Bytes[0], End: c.Bytes[1]}
	if c.Quote != "" && s.Within(len(b)) && (string(b[s.Start:s.End]) == c.Quote || converted(a, s, c.Quote)) {
		return nil
	}
	return fmt.Errorf("citation %d: bytes %d to %d of %s are not its quote", c.N, s.Start, s.End, c.Source)
}

// converted reports whether the bytes of a file in another encoding are the
// quote's once they are converted.
func converted(a *corpus.Article, file corpus.Span, quote string) bool {
	if len(a.Offsets) == 0 {
		return false
	}
	for at := 0; ; at++ {
		i := strings.Index(a.Text[at:], quote)
		if i < 0 {
			return false
		}
		at += i
		if a.FileSpan(corpus.Span{Start: at, End: at + len(quote)}) == file {
			return true
		}
	}
}
