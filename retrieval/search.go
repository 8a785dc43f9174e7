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
	// candidates is how many passages either engine is asked for.
	candidates = 200
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
		err = g.cover(&r.Searched, allowed)
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
	passage           int
	words, meaning    float64 // what they add to the score
	keyword, semantic float64 // BM25 and cosine
}

func (m match) score() float64 { return m.words + m.meaning }

// find returns the passages that bear on a text, best first: the best by words
// and the nearest by meaning, each scored by both. wordsAlone says why meaning
// does not count.
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
	most := max(limit, candidates)
	words, err := g.keywords.Search(ctx, terms, allowed, most)
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
	if e.v == nil {
		for _, w := range words {
			ms = append(ms, x.match(w, math.NaN()))
		}
		sortMatches(ms)
		return ms, wordsAlone, nil
	}
	passages := make([]int, len(words))
	known := NewSet(len(g.table.passages))
	for i, w := range words {
		passages[i] = w.Passage
		known.Add(w.Passage)
	}
	if err := x.complete(ctx, g, allowed, passages); err != nil {
		return nil, "", err
	}
	vs, err := g.vectors()
	if err != nil {
		return nil, "", err
	}
	cosines, err := vs.cosines(e.v, passages)
	if err != nil {
		return nil, "", err
	}
	for i, w := range words {
		ms = append(ms, x.match(w, cosines[i]))
	}
	expect(ms, cosines)
	near, err := vs.near(ctx, g.engine, e.v, allowed, most)
	if err != nil {
		return nil, "", err
	}
	near = slices.DeleteFunc(near, func(n VectorMatch) bool { return known.Has(n.Passage) })
	nearest := NewSet(len(g.table.passages))
	for _, n := range near {
		nearest.Add(n.Passage)
	}
	if words, err = g.keywords.Search(ctx, terms, nearest, len(near)); err != nil {
		return nil, "", err
	}
	byWords := make(map[int]KeywordMatch, len(words))
	for _, w := range words {
		byWords[w.Passage] = w
	}
	for _, n := range near {
		w, some := byWords[n.Passage]
		w.Passage = n.Passage
		if m := x.match(w, n.Cosine); some || n.Cosine >= wordless {
			ms = append(ms, m)
		}
	}
	sortMatches(ms)
	return ms, wordsAlone, nil
}

// sortMatches puts the best first. Passages are numbered by article id, then
// offset.
func sortMatches(ms []match) {
	slices.SortFunc(ms, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.score(), a.score()), cmp.Compare(a.passage, b.passage))
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
		h := Hit{Passage: p, Score: m.score(), Words: m.words, Meaning: m.meaning, Keyword: m.keyword, Semantic: m.semantic}
		if n == article && m.passage == last+1 {
			before := &hits[len(hits)-1]
			h.Article = before.Article
			h.Passage.Start, h.Passage.First = before.Passage.Start, before.Passage.First
			h.Passage.End, h.Passage.Last = max(before.Passage.End, p.End), max(before.Passage.Last, p.Last)
			if before.Score >= h.Score {
				before.Passage = h.Passage
			} else {
				*before = h
			}
			last = m.passage
			continue
		}
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
