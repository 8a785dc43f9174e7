package eval

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"strings"

	"dateline/corpus"
)

// A Selection is one line of a set for answer sentence selection.
type Selection struct {
	ID         string      `json:"id"`
	Question   string      `json:"question"`
	Candidates []Candidate `json:"candidates"`
}

// A Candidate is a sentence that may answer; Label is 1 if it does.
type Candidate struct {
	Text  string `json:"text"`
	Label int    `json:"label"`
}

// ReadSelectionFile reads a selection set as ReadFile does a question set.
func ReadSelectionFile(name string) ([]Selection, error) { return readFile(name, ReadSelection) }

// ReadSelection reads a selection set as Read does a question set.
func ReadSelection(r io.Reader) ([]Selection, error) {
	return readLines(r, "questions", func(s Selection) error {
		switch {
		case strings.TrimSpace(s.Question) == "":
			return errors.New("no question")
		case len(s.Candidates) == 0:
			return errors.New("no candidates")
		}
		return nil
	})
}

// A Ranker tells how well sentences answer a question: a score for each, the
// higher the better. extract.Reader is one.
type Ranker interface {
	Rank(ctx context.Context, question string, sentences []string) ([]float64, error)
}

// A SelectionReport says how high the sentences that answer stand.
type SelectionReport struct {
	Questions int `json:"questions"`
	// Ranked is how many the figures are over: those of which some candidates
	// answer and some do not.
	Ranked    int     `json:"ranked"`
	Selection Ordered `json:"selection"`
	BM25      Ordered `json:"bm25"`
	// Figures are "map" and "mrr" of the ranked questions.
	Figures Figures `json:"-"`
}

// Ordered are mean average precision and mean reciprocal rank.
type Ordered struct {
	MAP float64 `json:"map"`
	MRR float64 `json:"mrr"`
}

// MeasureSelection ranks the candidates of each question with the ranker and
// with BM25, whose document frequencies are those of all candidates of the set.
// Candidates with equal scores stand in an order drawn from their text, never
// in that of the set. each, if not nil, is called after every question.
func MeasureSelection(ctx context.Context, ranker Ranker, set []Selection, each func(Selection)) (SelectionReport, error) {
	r := SelectionReport{Questions: len(set), Figures: make(Figures)}
	var all []*corpus.Article
	for i, s := range set {
		for k, c := range s.Candidates {
			all = append(all, &corpus.Article{ID: fmt.Sprintf("%d %d", i, k), Text: c.Text})
		}
	}
	plain := NewBM25(all)
	for i, s := range set {
		yes := 0
		for _, c := range s.Candidates {
			if c.Label > 0 {
				yes++
			}
		}
		if yes > 0 && yes < len(s.Candidates) {
			texts := make([]string, len(s.Candidates))
			for k, c := range s.Candidates {
				texts[k] = c.Text
			}
			scores, err := ranker.Rank(ctx, s.Question, texts)
			if err != nil {
				return r, fmt.Errorf("question %s: %w", s.ID, err)
			}
			r.Ranked++
			one := ordered(s, scores)
			r.Selection.add(one)
			r.Figures.set("map", i, one.MAP)
			r.Figures.set("mrr", i, one.MRR)
			base := make([]float64, len(texts))
			byID := make(map[string]float64)
			for _, hit := range plain.Search(s.Question, len(all)) {
				byID[hit.Article.ID] = hit.Score
			}
			for k := range base {
				base[k] = byID[fmt.Sprintf("%d %d", i, k)]
			}
			r.BM25.add(ordered(s, base))
		}
		if each != nil {
			each(s)
		}
	}
	if r.Ranked == 0 {
		return r, errors.New("no question has both candidates that answer and candidates that do not")
	}
	r.Figures.pad(len(set))
	r.Selection.over(r.Ranked)
	r.BM25.over(r.Ranked)
	return r, nil
}

func (o *Ordered) add(one Ordered) { o.MAP, o.MRR = o.MAP+one.MAP, o.MRR+one.MRR }

// ordered judges the ranking of one question's candidates.
func ordered(s Selection, scores []float64) (o Ordered) {
	order := make([]int, len(scores))
	draw := make([]uint64, len(scores))
	for i, c := range s.Candidates {
		order[i] = i
		h := fnv.New64a()
		_, _ = io.WriteString(h, s.ID+"\x00"+c.Text) // a hash does not fail
		draw[i] = h.Sum64()
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(scores[j], scores[i]), cmp.Compare(draw[i], draw[j]), cmp.Compare(s.Candidates[i].Text, s.Candidates[j].Text), cmp.Compare(s.Candidates[i].Label, s.Candidates[j].Label))
	})
	yes, precision := 0.0, 0.0
	for rank, i := range order {
		if s.Candidates[i].Label > 0 {
			yes++
			precision += yes / float64(rank+1)
			if yes == 1 {
				o.MRR = 1 / float64(rank+1)
			}
		}
	}
	o.MAP = precision / yes
	return o
}

func (o *Ordered) over(n int) { o.MAP, o.MRR = o.MAP/float64(n), o.MRR/float64(n) }
