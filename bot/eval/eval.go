// Package eval measures a bot on a set of questions with known answers or
// sources: how often the right article is found, beside plain BM25 and another
// model's vectors in the same run, how good the short answers are, whether
// citations hold, and whether refusals come where they should.
package eval

import (
	"context"
	"errors"
	"fmt"
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
	// Peer is another way of searching the same articles; nil if there is none.
	Peer *Peer
	// Each, if not nil, is called after every question, in order.
	Each func(Outcome)
}

// An Outcome is what came of one question.
type Outcome struct {
	Question Question
	// Ranked is set if a gold article is in the corpus. Retrieval judges what
	// the bot found, BM25 and Peer what they did; Peer is zero where there is
	// none.
	Ranked                bool
	Retrieval, BM25, Peer Ranking
	// Answer is zero for a question without a known answer: it is not put.
	Answer bot.Answer
	// EM, F1 are those of the short answer, and 0 for "perhaps", which has none.
	EM, F1 float64
	// Contains is set if the answer or the short one contains a gold answer.
	Contains bool
	// SourceRight counts the citations of a gold article, ByteExact those
	// whose quote is what the file holds at the bytes they name.
	SourceRight, ByteExact int
	// Wrong says what is not right; empty if all is.
	Wrong string

	searchTook, answerTook time.Duration
}

// Right reports whether an unanswerable question was refused, or the answer
// contains an accepted one and cites an article that holds it. Where no answer
// is known, a gold article has to be found first.
func (o Outcome) Right() bool { return o.Wrong == "" }

// misled reports whether a wrong answer was given as certain.
func (o Outcome) misled() bool {
	return o.Answer.Answered && o.Answer.Certainty != bot.Perhaps && !o.Right()
}

// Run puts the questions one after another and sums up. It is an error if none
// of them says what to measure: no answer is known, and no source of theirs is
// in the corpus.
func Run(ctx context.Context, c Config, questions []Question) (Report, error) {
	plain := NewBM25(c.Articles)
	named := byName(c.Articles)
	exact := &rereader{original: c.Original, byID: make(map[string]*corpus.Article), bytes: make(map[string][]byte)}
	for _, a := range c.Articles {
		exact.byID[a.ID] = a
	}
	outcomes := make([]Outcome, len(questions))
	measured := false
	for i, q := range questions {
		var golds []string
		for _, name := range q.Sources {
			golds = append(golds, named[name]...)
		}
		o := Outcome{Question: q}
		if len(golds) > 0 {
			if err := o.search(ctx, c, plain, len(golds)); err != nil {
				return Report{}, fmt.Errorf("question %s: %w", q.ID, err)
			}
		}
		if q.Judged() {
			put := bot.Question{Text: q.Question, Asked: q.asked(), Engine: c.Engine}
			if c.Oracle {
				put.Filter.Sources = golds
			}
			start := time.Now()
			ans, err := c.Asker.Ask(ctx, put, nil)
			if err != nil {
				return Report{}, fmt.Errorf("question %s: %w", q.ID, err)
			}
			o.answerTook = time.Since(start)
			o.judge(ans)
			for _, cit := range ans.Citations {
				if err := exact.check(cit); err == nil {
					o.ByteExact++
				} else {
					o.Wrong = strings.TrimPrefix(o.Wrong+"; "+err.Error(), "; ")
				}
			}
		} else {
			switch mrr := o.Retrieval.MRR10; {
			case !o.Ranked:
				o.Wrong = "its source is not in the corpus"
			case mrr == 0:
				o.Wrong = fmt.Sprintf("its source is not among the first %d", depth)
			case mrr < 1:
				o.Wrong = fmt.Sprintf("its source is number %.0f", 1/mrr)
			}
		}
		measured = measured || o.Ranked || q.Judged()
		outcomes[i] = o
		if c.Each != nil {
			c.Each(o)
		}
	}
	if !measured {
		return Report{}, errors.New("no question has a known answer, and no source that they name is among the articles: give the corpus that they are about with --corpus")
	}
	return newReport(c, outcomes), nil
}

// search judges the first articles that the bot, BM25 and the peer find.
func (o *Outcome) search(ctx context.Context, c Config, plain *BM25, golds int) error {
	start := time.Now()
	found, err := rank(ctx, c.Asker, o.Question)
	if err != nil {
		return err
	}
	o.searchTook = time.Since(start)
	o.Ranked, o.Retrieval = true, Rank(found, golds)
	o.BM25 = Rank(o.Question.golds(plain.Search(o.Question.Question, depth)), golds)
	if c.Peer == nil {
		return nil
	}
	near, err := c.Peer.Search(ctx, o.Question.Question, depth)
	o.Peer = Rank(o.Question.golds(near), golds)
	return err
}

// judge compares an answer with the gold ones, but for the bytes of its
// citations.
func (o *Outcome) judge(ans bot.Answer) {
	q := o.Question
	o.Answer = ans
	for _, c := range ans.Citations {
		if q.Gold(c.Source) {
			o.SourceRight++
		}
	}
	if q.Unanswerable {
		if ans.Answered {
			o.Wrong = "answered, should have refused"
			return
		}
		o.EM, o.F1 = 1, 1
		return
	}
	if !ans.Answered {
		o.Wrong = "refused, should have answered"
		return
	}
	if ans.Certainty != bot.Perhaps {
		o.EM, o.F1 = ExactMatch(ans.Short, q.Answers), F1(ans.Short, q.Answers)
	}
	o.Contains = Contains(ans.Text, q.Answers) || Contains(ans.Short, q.Answers)
	switch {
	case !o.Contains:
		o.Wrong = "none of the accepted answers"
	case o.SourceRight == 0 && len(q.Sources) > 0:
		o.Wrong = "no citation of the right source"
	}
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
