// Package bottest holds what tests of package bot and of engines share: a
// search over articles in memory, engines that behave, engines that are broken
// on purpose, and the conformance test that every engine calls.
package bottest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"dateline/bot"
	"dateline/corpus"
	"dateline/corpus/word"
	"dateline/retrieval"
)

// Article returns an article as a corpus passes it on. published is a date,
// 2006-01-02, or empty.
func Article(source, publisher, published, text string) *corpus.Article {
	a := &corpus.Article{ID: corpus.NewID("memory", source), Source: source, Text: text, Body: corpus.Span{End: len(text)}}
	if publisher != "" {
		a.Publisher = corpus.Fact{Value: publisher, From: corpus.FromRecord}
	}
	if published != "" {
		a.Published = corpus.Fact{Value: published, From: corpus.FromRecord}
	}
	a.Seal()
	a.Derive()
	return a
}

// A Searcher searches articles in memory. It ranks passages by the background
// idf of the words they share with the query, ties by article id and offset,
// and joins no neighbours. The zero Searcher has no articles. It is safe for
// concurrent use.
type Searcher struct {
	Articles []*corpus.Article
	// Err, if not nil, is what Search returns instead of a result, once it was
	// called Works times.
	Err   error
	Works int

	mu      sync.Mutex
	queries []retrieval.Query
}

var _ bot.Searcher = (*Searcher)(nil)

// NewSearcher returns a Searcher of articles.
func NewSearcher(articles ...*corpus.Article) *Searcher { return &Searcher{Articles: articles} }

// Queries returns what was searched for so far, in order.
func (s *Searcher) Queries() []retrieval.Query {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.queries)
}

// Search implements bot.Searcher.
func (s *Searcher) Search(ctx context.Context, q retrieval.Query) (retrieval.Result, error) {
	s.mu.Lock()
	s.queries = append(s.queries, q)
	n := len(s.queries)
	s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return retrieval.Result{}, err
	}
	if s.Err != nil && n > s.Works {
		return retrieval.Result{}, s.Err
	}
	terms := word.Terms(q.Text)
	slices.Sort(terms)
	terms = slices.Compact(terms)
	r := retrieval.Result{Generation: s.generation()}
	for _, a := range s.Articles {
		if !passes(q.Filter, a) {
			continue
		}
		r.Searched.Articles++
		if p := a.Published.Value; p != "" {
			if r.Searched.From == "" || p < r.Searched.From {
				r.Searched.From = p
			}
			r.Searched.To = max(r.Searched.To, p)
		}
		for _, p := range corpus.Passages(a.Text, a.Sentences()) {
			r.Searched.Passages++
			have := word.Terms(p.Of(a.Text))
			score := 0.0
			for _, t := range terms {
				if slices.Contains(have, t) {
					score += word.IDF(t)
				}
			}
			if score > 0 {
				r.Hits = append(r.Hits, retrieval.Hit{Article: a, Passage: p, Score: score, Keyword: score})
			}
		}
	}
	slices.SortFunc(r.Hits, func(a, b retrieval.Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Article.ID, b.Article.ID), cmp.Compare(a.Passage.Start, b.Passage.Start))
	})
	r.Hits = r.Hits[:min(len(r.Hits), cmp.Or(q.Limit, 10))]
	return r, nil
}

// Mentions implements bot.Searcher. It fails where Search would, and is no
// query.
func (s *Searcher) Mentions(ctx context.Context, name string, f retrieval.Filter) (bool, error) {
	s.mu.Lock()
	broken := s.Err != nil && len(s.queries) >= s.Works
	s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if broken {
		return false, s.Err
	}
	return slices.ContainsFunc(s.Articles, func(a *corpus.Article) bool {
		return passes(f, a) && slices.ContainsFunc([]string{a.Text, a.Title.Value, a.Publisher.Value}, func(text string) bool { return word.Phrase(text, name) })
	}), nil
}

// generation changes with the articles.
func (s *Searcher) generation() string {
	h := sha256.New()
	for _, a := range s.Articles {
		fmt.Fprintln(h, a.ID, a.Hash)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func passes(f retrieval.Filter, a *corpus.Article) bool {
	if !f.Since.IsZero() || !f.Until.IsZero() {
		day, ok := a.Date()
		if !ok || !f.Since.IsZero() && day.Before(f.Since) || !f.Until.IsZero() && day.After(f.Until) {
			return false
		}
	}
	return f.HasSource(a.Source) && (len(f.Publishers) == 0 || slices.ContainsFunc(f.Publishers, func(p string) bool {
		return strings.EqualFold(p, a.Publisher.Value)
	}))
}
