package retrieval

import (
	"cmp"
	"context"
	"math"
	"slices"

	"dateline/corpus/word"
)

const (
	defaultLimit = 10
	// candidates is how many passages the keyword engine is asked for.
	candidates = 200
	// semanticWeight is Options.Weight by default: what a cosine of 1 adds to a
	// score, as a share of the background idf of the query's words: enough to
	// order what words leave equal and what no word found, too little to
	// overrule a word. The built-in embedder knows spellings and no meanings: by
	// itself it finds the passage first for 38 % of the questions of
	// rtqa-evidence, BM25 for 63 %.
	// Larger weights showed no gain that holds. Against BM25, in questions
	// (weights times the idf of the collection, without title and lede):
	//
	//	        rtqa-evidence, of 625     squad2, of 2,439
	//	        hits@1  hits@5  hits@10   hits@1  hits@5  hits@10
	//	0.1       -1      +3      +2        +1      -3       0
	//	0.3       +6      -1      -1        +1      -8      -1
	//	1.0      -12      -9      -8       -20     -11      -5
	//
	// A trained embedder has its own, see retrieval/openai.
	semanticWeight = 0.005
	// wordlessCosine is Options.WordlessCosine by default: the cosine that it
	// takes to be found without any word of the query. Against 67,412 passages
	// of rtqa-articles, 93 % of 300 random strings of letters reach 0.35
	// somewhere, 33 % 0.4, 6 % 0.45 and 1 % 0.5; against small sets none reaches
	// 0.4. Words of the articles with a letter changed do no better, so with the
	// built-in embedder less than this means nothing. A trained embedder has its
	// own.
	wordlessCosine = 0.5
)

// Search returns the passages that bear on a query, best first. An index that
// holds nothing gives a Result without hits.
func (x *Index) Search(ctx context.Context, q Query) (Result, error) {
	x.searching.Add(1)
	defer x.searching.Add(-1)
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
	r := Result{Generation: x.named(g.manifest.Content)}
	var allowed *Set
	allowed, r.Searched = g.table.filter(q.Filter)
	if r.Searched.Passages == 0 {
		return r, nil
	}
	var found []match
	found, r.WordsAlone, err = x.find(ctx, g, q.Text, allowed, limit)
	if err == nil && x.vectors != nil {
		r.Searched.Embedded, err = g.embedded(allowed)
		if r.Searched.Embedded == 0 && r.WordsAlone == "" {
			r.WordsAlone = "no passage has a vector yet"
		}
	}
	if err != nil {
		return Result{}, err
	}
	r.Hits, err = x.hits(ctx, g, g.table.share(found, limit))
	return r, err
}

// Mentions reports whether an article that passes a filter has a name in its
// text, its headline or as its publisher, the words of it one after the other,
// see word.Phrase. It looks at all articles, as a search does not: what ranks
// high for the words of a name need not have the name.
func (x *Index) Mentions(ctx context.Context, name string, f Filter) (bool, error) {
	g, err := x.acquire()
	if g != nil {
		defer x.release(g)
	}
	if g == nil || err != nil {
		return false, err
	}
	allowed, searched := g.table.filter(f)
	if searched.Passages == 0 {
		return false, nil
	}
	held, err := g.keywords.Holding(ctx, word.Terms(name), allowed)
	if err != nil {
		return false, err
	}
	last := -1
	for _, p := range held {
		n := g.table.articleOf(p)
		if n == last {
			continue
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		last = n
		a, err := g.read(n)
		if err != nil {
			return false, err
		}
		if word.Phrase(a.Text, name) || word.Phrase(a.Title.Value, name) {
			return true, nil
		}
	}
	seen := make(map[string]bool)
	for i := range g.table.articles {
		if a := &g.table.articles[i]; f.matches(a) && !seen[a.Publisher] {
			seen[a.Publisher] = true
			if word.Phrase(a.Publisher, name) {
				return true, nil
			}
		}
	}
	return false, nil
}

// share returns limit of the matches, which come best first, at most half of
// them of one article as long as others have any: one that says the same a
// thousand times must not keep all others from being read.
func (t *table) share(ms []match, limit int) []match {
	if len(ms) <= limit {
		return ms
	}
	most := (limit + 1) / 2
	of := make(map[int]int) // passages of an article that were taken
	var taken, rest []match
	for _, m := range ms {
		if a := t.articleOf(m.passage); of[a] < most {
			of[a]++
			taken = append(taken, m)
		} else {
			rest = append(rest, m)
		}
	}
	return append(taken, rest...)[:limit]
}

// A match is a passage that a search found.
type match struct {
	passage                  int
	score, keyword, semantic float64
}

// find returns the passages that bear on a text, best first, the first limit of
// them exactly. Words lead: what they find gets its cosine on top. Of passages
// without any of the words the nearest are taken. wordsAlone says why there are no
// cosines.
func (x *Index) find(ctx context.Context, g *generation, text string, allowed *Set, limit int) (ms []match, wordsAlone string, err error) {
	terms := word.Terms(text)
	type embedded struct {
		v   []float32
		err error
	}
	embedding := make(chan embedded, 1)
	go func() {
		v, err := x.embedQuery(ctx, text)
		embedding <- embedded{v, err}
	}()
	words, err := g.keywords.Search(ctx, terms, allowed, max(limit, candidates))
	e := <-embedding
	if err == nil && e.err != nil {
		// An embedder may be a service that is down. Words still find.
		if err = ctx.Err(); err == nil {
			x.log.InfoContext(ctx, "searching by words alone", "err", e.err)
			wordsAlone = e.err.Error()
		}
	}
	if err != nil {
		return nil, "", err
	}
	passages := make([]int, len(words))
	for i, w := range words {
		passages[i] = w.Passage
	}
	cosines := make([]float64, len(words))
	if e.v != nil {
		if err := x.complete(ctx, g, allowed, passages); err != nil {
			return nil, "", err
		}
		if cosines, err = g.cosines(e.v, passages); err != nil {
			return nil, "", err
		}
		for i, c := range cosines {
			if math.IsNaN(c) {
				cosines[i] = 0 // no vector yet
			}
		}
	}
	unit := 0.0 // what a cosine of 1 adds
	for _, t := range terms {
		unit += x.o.Weight * word.IDF(t)
	}
	ms = make([]match, len(words))
	for i, w := range words {
		ms[i] = match{w.Passage, w.Score + unit*cosines[i], w.BM25, cosines[i]}
	}
	sortMatches(ms)
	if e.v == nil {
		return ms, wordsAlone, nil
	}
	// Those that words found may be the nearest, too.
	near, err := g.near(ctx, e.v, allowed, limit+len(words))
	if err != nil {
		return nil, "", err
	}
	slices.Sort(passages)
	for _, n := range near {
		if n.Cosine < x.o.WordlessCosine {
			break
		}
		if _, known := slices.BinarySearch(passages, n.Passage); !known {
			ms = append(ms, match{passage: n.Passage, score: unit * n.Cosine, semantic: n.Cosine})
		}
	}
	sortMatches(ms)
	return ms, wordsAlone, nil
}

// sortMatches puts the best first. Passages are numbered by article id, then
// offset.
func sortMatches(ms []match) {
	slices.SortFunc(ms, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.passage, b.passage))
	})
}

// embedQuery returns the vector of a query, nil without an embedder.
func (x *Index) embedQuery(ctx context.Context, text string) ([]float32, error) {
	switch e := x.o.Embedder.(type) {
	case nil:
		return nil, nil
	case QueryEmbedder:
		v, err := e.EmbedQuery(ctx, text)
		if err == nil {
			err = checkVector(x.o.Embedder, v)
		}
		if err != nil {
			return nil, err
		}
		return v, nil
	default:
		vs, err := embed(ctx, e, []string{text})
		if err != nil {
			return nil, err
		}
		return vs[0], nil
	}
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
