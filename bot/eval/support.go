package eval

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/corpus/word"
)

// A Judged sentence is one line of a support set: people said whether the
// article supports it.
type Judged struct {
	ID        string `json:"id"`
	Article   string `json:"article"`
	Sentence  string `json:"sentence"`
	Supported *bool  `json:"supported"`
}

// ReadSupportFile reads a support set as ReadFile does a question set.
func ReadSupportFile(name string) ([]Judged, error) { return readFile(name, ReadSupport) }

// ReadSupport reads a support set as Read does a question set.
func ReadSupport(r io.Reader) ([]Judged, error) {
	return readLines(r, "judged sentences", func(j Judged) error {
		switch {
		case strings.TrimSpace(j.Article) == "":
			return errors.New("no article")
		case strings.TrimSpace(j.Sentence) == "":
			return errors.New("no sentence")
		case j.Supported == nil:
			return errors.New("not marked supported, true or false")
		}
		return nil
	})
}

// A SupportReport says how well supported sentences are told from others.
type SupportReport struct {
	Sentences int       `json:"sentences"`
	True      int       `json:"supported"`
	Support   Separated `json:"support"`
	// Overlap is what plain word overlap with the best sentence of the article
	// does on the same set.
	Overlap Separated `json:"overlap"`
	// Figures are "auc", by sentence: the share of the sentences of the other
	// kind that it stands on the right side of. Their mean is the AUC.
	Figures Figures `json:"-"`
}

// Separated is the area under the ROC curve: how often a supported sentence
// has a higher score than one that is not, a tie counting half. 0.5 is chance.
type Separated struct {
	AUC float64 `json:"auc"`
}

// MeasureSupport scores each sentence by ground.Support and by word overlap. each,
// if not nil, is called after every sentence, in order.
func MeasureSupport(ctx context.Context, set []Judged, each func(Judged, float64)) (SupportReport, error) {
	r := SupportReport{Sentences: len(set), Figures: make(Figures)}
	var scores, overlaps []float64
	var truth []bool
	for _, j := range set {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		a := &corpus.Article{Text: j.Article, Body: corpus.Span{End: len(j.Article)}}
		v, _ := ground.Support(j.Sentence, a)
		scores = append(scores, v)
		overlaps = append(overlaps, overlap(j.Sentence, a))
		truth = append(truth, *j.Supported)
		if *j.Supported {
			r.True++
		}
		if each != nil {
			each(j, v)
		}
	}
	if r.True == 0 || r.True == len(set) {
		return r, errors.New("all sentences are judged alike: there is nothing to tell apart")
	}
	r.Support.AUC = AUC(scores, truth)
	r.Overlap.AUC = AUC(overlaps, truth)
	for i, score := range scores {
		var on, others float64
		for k, other := range scores {
			if truth[k] == truth[i] {
				continue
			}
			others++
			switch {
			case score == other:
				on += 0.5
			case score > other == truth[i]:
				on++
			}
		}
		r.Figures.set("auc", i, on/others)
	}
	return r, nil
}

// overlap is the largest share of a sentence's words, function words too, that
// one sentence of the article has.
func overlap(sentence string, a *corpus.Article) float64 {
	words := word.Split(sentence)
	best := 0
	for _, s := range a.Sentences() {
		has := make(map[string]bool)
		for _, w := range word.Split(s.Of(a.Text)) {
			has[w.Stem()] = true
		}
		n := 0
		for _, w := range words {
			if has[w.Stem()] {
				n++
			}
		}
		best = max(best, n)
	}
	return float64(best) / float64(max(1, len(words)))
}

// AUC is the area under the ROC curve of scores for what is true.
func AUC(scores []float64, truth []bool) float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(scores[i], scores[j]) })
	sum, below, yes, no := 0.0, 0.0, 0.0, 0.0
	for i := 0; i < len(order); {
		tiedYes, tiedNo := 0.0, 0.0
		j := i
		for ; j < len(order) && scores[order[j]] == scores[order[i]]; j++ {
			if truth[order[j]] {
				tiedYes++
			} else {
				tiedNo++
			}
		}
		sum += tiedYes * (below + tiedNo/2)
		below += tiedNo
		yes += tiedYes
		no += tiedNo
		i = j
	}
	if yes == 0 || no == 0 {
		return 0.5
	}
	return sum / (yes * no)
}
