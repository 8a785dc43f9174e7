// Package retrieval keeps the passages of a corpus findable: it takes articles
// in, and gives the passages that bear on a question out.
//
// The engines that do the finding live in subpackages: retrieval/bleve
// (keywords), retrieval/chromem (vectors), retrieval/static (the built-in
// embedder). None of them knows another.
package retrieval

import (
	"context"
	"time"

	"dateline/corpus"
)

// A Query asks for passages.
type Query struct {
	Text string
	// Filter keeps out what the asker does not want or may not see. It applies
	// before ranking, so Limit passages are found if there are as many.
	Filter Filter
	// Limit is how many passages to return; 0 means 10.
	Limit int
}

// A Filter selects articles. The zero Filter selects all. An article without a
// publication date passes only if neither Since nor Until is set.
type Filter struct {
	Since time.Time `json:"since,omitzero"` // first day wanted
	Until time.Time `json:"until,omitzero"` // last day wanted, included
	// Sources are article sources, or folders of them ending in "/".
	Sources []string `json:"sources,omitempty"`
	// Publishers are compared without regard to case.
	Publishers []string `json:"publishers,omitempty"`
}

// A Hit is one passage that a search found.
type Hit struct {
	Article *corpus.Article // with its Text
	Passage corpus.Passage
	Score   float64 // fused; the order of results, ties by article id and offset
	// Keyword is the BM25 score, 0 where no word matched; Semantic the cosine
	// of the embeddings, 0 where the passage was found by words alone.
	Keyword  float64
	Semantic float64
}

// A Result is what a search found and where it looked.
type Result struct {
	Hits     []Hit
	Searched Coverage
	// Generation names the state of the index that was searched.
	Generation string
}

// Coverage says how much was searched, after the filter.
type Coverage struct {
	Articles int    `json:"articles"`
	Passages int    `json:"passages"`
	From     string `json:"from,omitempty"` // oldest publication date, 2006-01-02
	To       string `json:"to,omitempty"`   // newest
}

// A Source is a corpus to sync from.
type Source interface {
	// Files lists what holds articles, in order of name, and what could not
	// be listed. The error is for a corpus that cannot be read at all.
	Files(ctx context.Context) ([]corpus.File, []corpus.Problem, error)
	// Read passes the articles of one file on, sealed and derived, and returns
	// what could not be read of it. The error is yield's or the context's.
	Read(ctx context.Context, f corpus.File, yield func(*corpus.Article) error) ([]corpus.Problem, error)
}

// An Embedder turns texts into vectors.
type Embedder interface {
	// Model names the model; vectors of two models are never mixed.
	Model() string
	// Dims is the length of every vector.
	Dims() int
	// Embed returns one unit vector a text, in order. Texts of which nothing
	// is known (no words) get the zero vector.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}
