package reader

import (
	"cmp"
	"slices"

	"dateline/corpus"
	"dateline/corpus/quantity"
	"dateline/corpus/word"
)

// The outputs of the model, by number: whether an answer starts or ends with a
// token, and, of the first token, whether the passage answers at all, and whether it
// supports a claim, contradicts it or does neither.
const (
	outputStart = iota
	outputEnd
	outputHas
	outputSupported
	outputContradicted
	outputUnsupported
	outputs
)

// scores are what the model says of a window.
type scores struct {
	start, end []float64 // of each token of the passage
	null       float64   // start and end of the first token of the sequence, which stands for no answer
	has        float64   // logit of the passage answering
}

// A span is what may answer.
type span struct {
	corpus.Span         // of the article's text, of whole tokens
	sentence    int     // as Article.Sentences numbers them
	score       float64 // start + end - null
}

// lengthCost is what each token of a span after the first takes off its score. The
// model learned from people who mark more words than answer. EM / F1 of the best span,
// with the passage given, on 625 questions of rtqa-evidence and 532 of
// squadshifts-wiki (of a model trained less):
//
//	0:    .645 .780, .680 .818
//	.1:   .678 .798, .679 .806
//	.2:   .686 .801, .669 .792
//	.35:  .710 .813, .654 .779
const lengthCost = 0.1

// spansKept is how many spans of a window are looked at further, beside the best of
// each sentence.
const spansKept = 4

// spans returns the best spans of a window and the best of each of its sentences,
// best first, no two of them with a token in common. Each is within a sentence.
func (s *scores) spans(w *window) []span {
	type pair struct {
		from, to int
		score    float64
	}
	var pairs []pair
	for i := range w.tokens {
		best := pair{score: s.end[i], from: i, to: i}
		for j := i + 1; j < min(len(w.tokens), i+spanTokens) && w.tokens[j].sentence == w.tokens[i].sentence; j++ {
			if e := s.end[j] - lengthCost*float64(j-i); e > best.score {
				best.to, best.score = j, e
			}
		}
		best.score += s.start[i] - s.null
		pairs = append(pairs, best)
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(b.score, a.score) })
	var kept []pair
	var spans []span
	seen := make(map[int]bool) // sentences
	for _, p := range pairs {
		sentence := w.tokens[p.from].sentence
		if len(spans) >= spansKept && seen[sentence] || slices.ContainsFunc(kept, func(k pair) bool { return p.from <= k.to && k.from <= p.to }) {
			continue
		}
		seen[sentence] = true
		kept = append(kept, p)
		at := corpus.Span{Start: w.tokens[p.from].Start, End: w.tokens[p.to].End}
		spans = append(spans, span{at, sentence, p.score})
	}
	return spans
}

// A candidate is a span among those of all passages.
type candidate struct {
	span
	hit       int // index of the passage
	article   *corpus.Article
	sentences []corpus.Sentence // of the article
	has       float64           // of the window
	search    float64           // score of the passage, see retrieval.Hit
	ruled     bool              // the rules answer with its sentence
	echo      bool              // it has no word that is not the question's
	rank      float64           // what candidates are ordered by

	number  *quantity.Quantity // see quantity
	numbers bool               // whether number has been looked for
}

// Weights of what candidates are ordered by, beside the score of the span. The best
// candidate is right for this share of the answerable questions of rtqa-evidence
// (313 of 500), seed (81), sample (38) and squad2 (119 of 250):
//
//	search 30, rules 8:  .808 .877 .947 .882
//	           5:        .815 .889 .921 .891
//	           2:        .815 .852 .921 .899
//	           0:        .815 .827 .921 .899
//	search 45, rules 3:  .831 .877 .921 .891
//
// The rules were written for seed and sample, so their figures there are no measure of
// them. The logit of answering adds nothing to the score of the span.
const (
	searchRank = 40.0
	ruledRank  = 5.0
	echoRank   = 1000.0 // behind all others
)

// within is the sentence that a candidate stands in.
func (c *candidate) within() corpus.Sentence { return c.sentences[c.sentence] }

// gather returns the candidates of the windows that were read, best first. read
// has nil for those that were not.
func (x *reading) gather(windows []window, read []*scores) []candidate {
	var all []candidate
	echo := echoes(x.question)
	for i := range windows {
		w, s := &windows[i], read[i]
		if s == nil {
			continue
		}
		h := x.hits[w.hit]
		for _, sp := range s.spans(w) {
			c := candidate{span: sp, hit: w.hit, article: h.Article, sentences: w.sentences, has: s.has, search: h.Score}
			c.rank = c.score + searchRank*c.search
			if c.ruled = x.restsOn(&c); c.ruled {
				c.rank += ruledRank
			}
			if c.echo = echo(sp.Of(h.Article.Text)); c.echo {
				c.rank -= echoRank
			}
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.article.ID, b.article.ID), cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	// What two windows share is there twice.
	var kept []candidate
	for _, c := range all {
		if !slices.ContainsFunc(kept, func(k candidate) bool { return k.article.ID == c.article.ID && k.Overlaps(c.Span) }) {
			kept = append(kept, c)
		}
	}
	return kept
}

// echoes returns a function that reports whether an answer to a question has no
// word that is not the question's. Of 93,000 answers in the sets to train on one in
// 700 has none. Questions that name what may be the answer are told apart.
func echoes(question string) func(answer string) bool {
	asked := word.Terms(question)
	offers := yesNo(question) || slices.ContainsFunc(word.Split(question), func(w word.Word) bool { return w.Norm == "or" || w.Norm == "between" })
	return func(answer string) bool {
		terms := word.Terms(answer)
		return !offers && len(terms) > 0 && !slices.ContainsFunc(terms, func(t string) bool { return !slices.Contains(asked, t) })
	}
}
