package retrieval

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"dateline/corpus/word"
)

const (
	defaultLimit = 10
	// candidates is how many passages each engine is asked for.
	candidates = 200
	// semanticWeight is what a cosine of 1 adds to a score, as a share of the
	// background idf of the query's words: enough to order what words leave
	// equal and what no word found, too little to overrule a word. The
	// built-in embedder knows spellings and no meanings: by itself it finds the
	// passage first for 38 % of the questions of rtqa-evidence, BM25 for 63 %.
	// Larger weights showed no gain that holds. Against BM25, in questions
	// (weights times the idf of the collection, without title and lede):
	//
	//	        rtqa-evidence, of 625     squad2, of 2,439
	//	        hits@1  hits@5  hits@10   hits@1  hits@5  hits@10
	//	0.1       -1      +3      +2        +1      -3       0
	//	0.3       +6      -1      -1        +1      -8      -1
	//	1.0      -12      -9      -8       -20     -11      -5
	//
	// A trained embedder is to be measured anew.
	semanticWeight = 0.005
)

// Search returns the passages that bear on a query, best first. An index that
// holds nothing gives a Result without hits.
func (x *Index) Search(ctx context.Context, q Query) (Result, error) {
	g, err := x.acquire()
	if g != nil {
		defer x.release(g)
	}
	if g == nil || err != nil {
		return Result{}, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	r := Result{Generation: g.manifest.Content}
	var allowed *Set
	allowed, r.Searched = g.table.filter(q.Filter)
	if r.Searched.Passages == 0 {
		return r, nil
	}
	found, err := x.find(ctx, g, q.Text, allowed, max(limit, candidates))
	if err != nil {
		return Result{}, err
	}
	r.Hits, err = x.hits(ctx, g, found[:min(limit, len(found))])
	return r, err
}

// A match is a passage that a search found.
type match struct {
	passage                  int
	score, keyword, semantic float64
}

func (x *Index) find(ctx context.Context, g *generation, text string, allowed *Set, n int) ([]match, error) {
	terms := word.Terms(text)
	type near struct {
		ms  []VectorMatch
		err error
	}
	vectors := make(chan near, 1)
	go func() {
		ms, err := x.nearest(ctx, g, text, allowed, n)
		vectors <- near{ms, err}
	}()
	words, err := g.keywords.Search(ctx, terms, allowed, n)
	v := <-vectors
	if err := errors.Join(err, v.err); err != nil {
		return nil, err
	}
	return fuse(words, v.ms, terms), nil
}

func (x *Index) nearest(ctx context.Context, g *generation, text string, allowed *Set, n int) ([]VectorMatch, error) {
	if x.o.Embedder == nil {
		return nil, nil
	}
	index, err := g.vectorIndex(x.o.Vectors)
	if err != nil {
		return nil, err
	}
	vs, err := embed(ctx, x.o.Embedder, []string{text})
	if err != nil {
		// An embedder may be a service that is down. Words still find.
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		x.log.Warn("searching by words alone", "err", err)
		return nil, nil
	}
	return index.Nearest(ctx, vs[0], allowed, n)
}

// fuse adds up what the engines found.
func fuse(words []KeywordMatch, vectors []VectorMatch, terms []string) []match {
	at := make(map[int]int, len(words)+len(vectors))
	ms := make([]match, 0, len(words)+len(vectors))
	for _, w := range words {
		at[w.Passage] = len(ms)
		ms = append(ms, match{passage: w.Passage, score: w.Score, keyword: w.BM25})
	}
	most := 0.0
	for _, t := range terms {
		most += word.IDF(t)
	}
	for _, v := range vectors {
		i, ok := at[v.Passage]
		if !ok {
			i = len(ms)
			ms = append(ms, match{passage: v.Passage})
		}
		ms[i].semantic = v.Cosine
		ms[i].score += semanticWeight * most * v.Cosine
	}
	// Passages are numbered by article id, then offset.
	slices.SortFunc(ms, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.passage, b.passage))
	})
	return ms
}

// hits joins neighbours among the matches and reads their articles.
func (x *Index) hits(ctx context.Context, g *generation, ms []match) ([]Hit, error) {
	slices.SortFunc(ms, func(a, b match) int { return cmp.Compare(a.passage, b.passage) })
	var hits []Hit
	last := -2    // passage of the match before
	article := -1 // that it is of
	for _, m := range ms {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := g.table.articleOf(m.passage)
		p := g.table.passages[m.passage].corpus()
		if n == article && m.passage == last+1 {
			h := &hits[len(hits)-1]
			h.Passage.End, h.Passage.Last = max(h.Passage.End, p.End), max(h.Passage.Last, p.Last)
			h.Score = max(h.Score, m.score)
			h.Keyword = max(h.Keyword, m.keyword)
			h.Semantic = max(h.Semantic, m.semantic)
			last = m.passage
			continue
		}
		h := Hit{Passage: p, Score: m.score, Keyword: m.keyword, Semantic: m.semantic}
		if n == article {
			h.Article = hits[len(hits)-1].Article
		} else {
			a, err := g.read(n)
			if err != nil {
				return nil, err
			}
			h.Article = a
		}
		hits = append(hits, h)
		last, article = m.passage, n
	}
	// The sort is stable, so hits of one score stay in order of article and
	// offset.
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(b.Score, a.Score) })
	return hits, nil
}
