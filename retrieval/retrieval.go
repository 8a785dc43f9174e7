// Package retrieval keeps the passages of a corpus findable: it takes articles
// in, and gives the passages that bear on a question out.
//
// The engines that do the finding live in subpackages: retrieval/bleve
// (keywords), retrieval/chromem (vectors), retrieval/encoder (the built-in
// embedder), retrieval/openai (embedders on a server). None of them knows
// another; Options brings them together.
//
// An Index is one directory. Its state at a time is a generation: a folder of
// files that never change once it has its name. See Index.Sync for how one
// follows another.
package retrieval

import (
	"context"
	"iter"
	"time"

	"dateline/corpus"
)

// A Query asks for passages.
type Query struct {
	Text string
	// Filter keeps out what the asker does not want or may not see. It applies
	// before ranking, so Limit passages are found if there are as many.
	Filter Filter
	// Limit is how many passages to return; 0 means 10. Neighbours among them
	// are joined to one Hit, so there may be fewer hits.
	Limit int
}

// A Filter selects articles. The zero Filter selects all. An article without a
// publication date passes only if neither Since nor Until is set.
type Filter struct {
	Since time.Time `json:"since,omitzero"` // first day wanted
	Until time.Time `json:"until,omitzero"` // last day wanted, included
	// Sources are article sources, or folders of them ending in "/", or files
	// of records without the "#" and what follows.
	Sources []string `json:"sources,omitempty"`
	// Publishers are compared without regard to case.
	Publishers []string `json:"publishers,omitempty"`
}

// A Hit is one passage that a search found, or several neighbouring ones.
type Hit struct {
	Article *corpus.Article // with its Text
	Passage corpus.Passage
	// Score orders results, ties by article id and offset. It is the sum of Words
	// and Meaning, above 0 and seldom above 1. Scores for one text compare,
	// whatever the filter, as long as neither Result is by words alone. Of several
	// passages it is the best one's, as are the numbers below.
	Score float64
	// Words is what the query's words add to Score, Meaning what the nearness of
	// the vectors adds.
	Words, Meaning float64
	// Keyword is the passage's BM25, 0 where no word matched; Semantic the cosine
	// of the embeddings, 0 where there is none.
	Keyword  float64
	Semantic float64
}

// A Result is what a search found and where it looked.
type Result struct {
	Hits     []Hit
	Searched Coverage
	// WordsAlone says why likeness was not searched for, although there is an
	// embedder; empty if it was.
	WordsAlone string
	// Generation names the state of the index that was searched: the same
	// articles, read and indexed alike, and searched with the same embedder, have
	// the same name, and give the same answers once all passages have vectors.
	Generation string
}

// Coverage says how much was searched, after the filter.
type Coverage struct {
	Articles int    `json:"articles"`
	Passages int    `json:"passages"`
	From     string `json:"from,omitempty"` // oldest publication date, 2006-01-02
	To       string `json:"to,omitempty"`   // newest
	// Embedded is how many of the passages have a vector, and could be found by
	// their meaning; 0 without an embedder.
	Embedded int `json:"embedded,omitempty"`
	// WordsAlone is how many of the articles have a passage without a vector,
	// which only words find; 0 without an embedder.
	WordsAlone int `json:"words_alone,omitempty"`
}

// Period says in words when it was published: "on 2025-11-26", "from 2025-10-03
// to 2025-11-26"; empty if no day is known.
func (c Coverage) Period() string {
	switch {
	case c.From == "":
		return ""
	case c.From == c.To:
		return "on " + c.From
	}
	return "from " + c.From + " to " + c.To
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

// An Embedder turns texts into vectors. It is safe for concurrent use.
type Embedder interface {
	// Model names the model; vectors of two models are never mixed.
	Model() string
	// Dims is the length of every vector.
	Dims() int
	// Embed returns one unit vector a text, in order. Those of unrelated texts have
	// cosines around 0. Texts of which nothing
	// is known (no words) get the zero vector. With an error it may return the
	// vectors that it made before, and nil in the place of each other one.
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// A QueryEmbedder is an Embedder that treats queries, for which somebody waits,
// in another way than passages.
type QueryEmbedder interface {
	// EmbedQuery returns the vector of a query, as Embed does of a text.
	EmbedQuery(ctx context.Context, text string) ([]float32, error)
}

// Keywords makes and opens indexes of words.
type Keywords interface {
	// Version names the engine and the format of its files. An index of
	// another version is not opened but built anew.
	Version() string
	// Build writes an index into dir, an empty folder.
	Build(ctx context.Context, dir string, b KeywordBuild) error
	// Open opens what Build wrote. It changes no file, so that several
	// processes may have the same folder open.
	Open(dir string) (KeywordIndex, error)
}

// A KeywordBuild says what a keyword index shall hold.
type KeywordBuild struct {
	// Prev is the folder of the index to start from, of the same Version;
	// empty to start from none. It is left as it is.
	Prev string
	// Add yields the passages that are new. It is ranged over once.
	Add iter.Seq[KeywordDoc]
	// Layout is called after Add has ended. It returns all passages that the
	// index shall have in the order that numbers them; what else Prev holds
	// goes.
	Layout func() []KeywordPlace
}

// A KeywordDoc is a passage as a keyword index takes it in: terms as
// word.Terms makes them.
type KeywordDoc struct {
	ID   string // unlike that of any other passage, or of this one after a change
	Body []string
	// Title and Lede are the article's: its headline and its first sentences.
	// Only the first passage of an article carries them.
	Title, Lede []string
}

// A KeywordPlace is a passage's place in an index.
type KeywordPlace struct {
	ID      string
	Article int // number of the article, counted from 0; its passages stand together
	Terms   int // length of Body
	// Title and Lede are the lengths of the article's.
	Title, Lede int
}

// A KeywordIndex finds passages by their words. It is safe for concurrent use.
type KeywordIndex interface {
	// Search returns the passages that hold at least one of the terms, best
	// first, ties in order of number, limit of them at the most and only
	// those in allowed. Terms are as word.Terms makes them.
	Search(ctx context.Context, terms []string, allowed *Set, limit int) ([]KeywordMatch, error)
	// Holding returns all passages in allowed that hold each of the terms, in
	// order of number. An article's title counts as held by its first passage.
	// No terms are held by none.
	Holding(ctx context.Context, terms []string, allowed *Set) ([]int, error)
	Close() error
}

// A KeywordMatch is a passage that a keyword index found.
type KeywordMatch struct {
	Passage int
	// Score is what passages are ordered by: BM25 of the passage's text with
	// what its article adds, divided by the sum of the terms' idf in the index. So
	// scores for different queries compare; the best ones are around 2.
	Score float64
	// BM25 is that of the passage's text alone.
	BM25 float64
}

// Vectors makes indexes of vectors, in memory.
type Vectors interface {
	// Fill returns an index of the vectors that stand in flat one after the
	// other, dims numbers each, numbered from 0. They are of unit length, or
	// zero: such a one is never found. The index may keep flat.
	Fill(ctx context.Context, dims int, flat []float32) (VectorIndex, error)
}

// A VectorIndex finds the vectors nearest to one. It is safe for concurrent
// use.
type VectorIndex interface {
	// Nearest returns the vectors in allowed with the highest cosine, limit of
	// them at the most, highest first and ties in order of number. It fails
	// if v has another length than the index' vectors; the zero vector is near
	// to nothing.
	Nearest(ctx context.Context, v []float32, allowed *Set, limit int) ([]VectorMatch, error)
}

// A VectorMatch is a vector that an index found.
type VectorMatch struct {
	Passage int
	Cosine  float64
}

// A Set holds numbers of passages. A nil Set holds all there are.
type Set struct {
	bits []uint64
	n    int
}

// NewSet returns an empty Set for numbers below n.
func NewSet(n int) *Set { return &Set{bits: make([]uint64, (n+63)/64)} }

// Add adds i.
func (s *Set) Add(i int) {
	if b := uint64(1) << (i & 63); s.bits[i>>6]&b == 0 {
		s.bits[i>>6] |= b
		s.n++
	}
}

// Has reports whether i is in the set.
func (s *Set) Has(i int) bool {
	return s == nil || i>>6 < len(s.bits) && s.bits[i>>6]&(1<<(i&63)) != 0
}

// Len is how many of the numbers below n are in the set.
func (s *Set) Len(n int) int {
	if s == nil {
		return n
	}
	return s.n
}
