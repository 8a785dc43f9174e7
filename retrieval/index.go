package retrieval

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"dateline/corpus"
)

// Options are what an Index is made of.
type Options struct {
	// Keywords finds passages by their words. It is required.
	Keywords Keywords
	// Embedder and Vectors find passages by likeness. Without both of them
	// words alone decide.
	Embedder Embedder
	Vectors  Vectors
	// Weight is how much meaning counts beside words, as a share of what it
	// counts for with the built-in embedder; 0 means 1.
	Weight float64
	// OnTheSpot is how many passages without a vector are given one before a
	// search, where no more lack one; where more do, the best by their words are,
	// 32 at the most. 0 means 100.
	OnTheSpot int
	// Log gets what goes wrong without stopping a search; nil means none.
	Log *slog.Logger
}

// An Index is the passages of a corpus in one directory, ready to be searched.
// It is safe for concurrent use, and several processes may have the same
// directory open: each search uses the newest generation that any of them
// made.
type Index struct {
	dir string
	o   Options
	log *slog.Logger

	vectors *vectorFile // nil without an embedder

	syncing   sync.Mutex // held by Sync: one at a time
	embedding sync.Mutex // held by Embed: one at a time
	searching atomic.Int32

	mu     sync.Mutex
	open   *generation // as of the last use; nil before
	closed bool
	// recent are the ids of articles that came while the Index was open. The map
	// is never changed, but replaced.
	recent map[string]bool
}

// Open returns the index in dir, which need not exist yet: it is made at the
// first Sync. Nothing is read or written until the first use.
func Open(dir string, o Options) (*Index, error) {
	if o.Keywords == nil {
		return nil, errors.New("index without a keyword engine")
	}
	if (o.Embedder == nil) != (o.Vectors == nil) {
		return nil, errors.New("index with an embedder but no vector engine, or the other way round")
	}
	if o.Weight < 0 || o.OnTheSpot < 0 {
		return nil, errors.New("index with a weight or a number of vectors below zero")
	}
	o.Weight = cmp.Or(o.Weight, 1)
	o.OnTheSpot = cmp.Or(o.OnTheSpot, completed)
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	x := &Index{dir: abs, o: o, log: log}
	if o.Embedder != nil {
		x.vectors = newVectorFile(abs, o.Embedder.Model(), o.Embedder.Dims())
	}
	return x, nil
}

// Dir is the directory of the index.
func (x *Index) Dir() string { return x.dir }

// Close lets go of the files. Searches under way go on.
func (x *Index) Close() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.closed = true
	g := x.open
	x.open = nil
	return x.drop(g)
}

// An OutdatedError says that an index was made by another version of the
// program. Sync makes it anew.
type OutdatedError struct{ Dir string }

func (e *OutdatedError) Error() string {
	return fmt.Sprintf("the index in %s was made by another version; run `dateline index` on the articles to make it anew", e.Dir)
}

// makers is the manifest of what this Index would write, without files.
func (x *Index) makers() manifest {
	return manifest{Format: format, Analysis: fmt.Sprintf("%s-%d", analysis, corpus.Version), Keywords: x.o.Keywords.Version()}
}

// named returns what a Result calls the generation of a manifest's Content, with
// the embedder that it is searched with.
func (x *Index) named(content string) string {
	if x.o.Embedder == nil {
		return content
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %q %d", content, x.o.Embedder.Model(), x.o.Embedder.Dims()))
	return hex.EncodeToString(sum[:8])
}

// expect has Embed take articles first that came just now.
func (x *Index) expect(entries []entry) {
	const most = 1000
	x.mu.Lock()
	defer x.mu.Unlock()
	recent := maps.Clone(x.recent)
	if recent == nil || len(recent)+len(entries) > most {
		recent = make(map[string]bool)
	}
	for _, e := range entries[:min(len(entries), most)] {
		recent[e.ID] = true
	}
	x.recent = recent
}

// acquire returns the newest generation, nil if there is none yet. The caller
// releases it. A generation that opens but was made otherwise comes with an
// OutdatedError.
func (x *Index) acquire() (*generation, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return nil, fmt.Errorf("%s: index is closed", x.dir)
	}
	for try := 0; ; try++ {
		name, err := readCurrent(x.dir)
		if err != nil || name == "" {
			return nil, err
		}
		if x.open == nil || x.open.name != name {
			g, err := x.load(name)
			if errors.Is(err, fs.ErrNotExist) && try < 100 {
				if again, err := readCurrent(x.dir); err == nil && again != name {
					continue // a writer was faster
				}
			}
			if err != nil {
				return nil, err
			}
			if err := x.drop(x.open); err != nil {
				x.log.Warn("old generation not closed", "index", x.dir, "err", err)
			}
			x.open = g
		}
		x.open.refs++
		if m := x.makers(); !x.open.manifest.sameMakers(&m) {
			return x.open, &OutdatedError{x.dir}
		}
		return x.open, nil
	}
}

func (x *Index) load(name string) (*generation, error) {
	lock, err := lockGeneration(x.dir, name)
	if errors.Is(err, fs.ErrNotExist) {
		damaged := filepath.Join(x.dir, name, readersLock)
		if _, statErr := os.Stat(filepath.Dir(damaged)); statErr != nil {
			damaged = filepath.Join(x.dir, currentFile) // names what never was
		}
		return nil, &DamagedError{damaged, err}
	}
	if err != nil {
		return nil, err
	}
	g, err := openGeneration(x.dir, name, lock)
	if err != nil {
		return nil, err
	}
	g.vectorFile, g.engine = x.vectors, x.o.Vectors
	if m := x.makers(); g.manifest.sameMakers(&m) {
		if g.keywords, err = x.o.Keywords.Open(g.path(keywordsDir)); err != nil {
			_ = g.close()
			return nil, &DamagedError{g.path(keywordsDir), err}
		}
	}
	return g, nil
}

func (x *Index) release(g *generation) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := x.drop(g); err != nil {
		x.log.Warn("old generation not closed", "index", x.dir, "err", err)
	}
}

// drop gives up one use of g. The caller holds x.mu.
func (x *Index) drop(g *generation) error {
	if g == nil {
		return nil
	}
	if g.refs--; g.refs > 0 {
		return nil
	}
	return g.close()
}

// Article returns the article with an id; fs.ErrNotExist if there is none.
func (x *Index) Article(ctx context.Context, id string) (*corpus.Article, error) {
	g, err := x.acquire()
	if err != nil {
		if g != nil {
			x.release(g)
		}
		return nil, err
	}
	if g == nil {
		return nil, fmt.Errorf("article %s: %w", id, fs.ErrNotExist)
	}
	defer x.release(g)
	i := g.table.find(id)
	if i < 0 {
		return nil, fmt.Errorf("article %s: %w", id, fs.ErrNotExist)
	}
	return g.read(i)
}

// A Listing is one article of an index as Articles lists it.
type Listing struct {
	ID, Source, Publisher string
	Published             string // 2006-01-02, "" if not known
	Passages              int
	// Embedded is how many of the passages have a vector, and WordsAlone is set
	// where some have none; neither is without an embedder.
	Embedded   int
	WordsAlone bool
}

// Articles lists the articles that pass a filter, in order of source, then id.
// Sources of the filter name single articles, files of records or folders, so
// it also looks an article up by its source.
func (x *Index) Articles(ctx context.Context, f Filter) ([]Listing, error) {
	g, err := x.acquire()
	if g != nil {
		defer x.release(g)
	}
	if g == nil || err != nil {
		return nil, err
	}
	var vs *passageVectors
	if x.vectors != nil {
		if vs, err = g.vectors(); err != nil {
			return nil, err
		}
	}
	var list []Listing
	for _, i := range g.table.bySource {
		a := &g.table.articles[i]
		if !f.matches(a) {
			continue
		}
		l := Listing{ID: a.ID, Source: a.Source, Publisher: a.Publisher, Passages: a.Passages}
		if a.Day != unknownDay {
			l.Published = dateOf(a.Day)
		}
		if vs != nil {
			for _, row := range vs.rows[a.First : a.First+a.Passages] {
				if row != noRow {
					l.Embedded++
				}
			}
			l.WordsAlone = l.Embedded < l.Passages
		}
		list = append(list, l)
	}
	return list, nil
}

// Coverage says how much passes a filter. It is quicker than Articles, which
// lists it.
func (x *Index) Coverage(ctx context.Context, f Filter) (Coverage, error) {
	g, err := x.acquire()
	if g != nil {
		defer x.release(g)
	}
	if g == nil || err != nil {
		return Coverage{}, err
	}
	allowed, c := g.table.filter(f)
	if x.vectors != nil {
		err = g.cover(&c, allowed)
	}
	return c, err
}

// Holdings sum a list of articles up.
type Holdings struct {
	Coverage
	Undated    int         // articles whose day is not known
	Publishers []Publisher // that with the most articles first, then by name
}

// A Publisher is one that articles name.
type Publisher struct {
	Name     string
	Articles int
}

// Held says what a list of articles holds.
func Held(list []Listing) Holdings {
	h := Holdings{Coverage: Coverage{Articles: len(list)}}
	articles := make(map[string]int) // of a publisher
	for _, a := range list {
		h.Passages += a.Passages
		h.Embedded += a.Embedded
		if a.WordsAlone {
			h.WordsAlone++
		}
		if a.Publisher != "" {
			articles[a.Publisher]++
		}
		if a.Published == "" {
			h.Undated++
			continue
		}
		if h.From == "" || a.Published < h.From {
			h.From = a.Published
		}
		h.To = max(h.To, a.Published)
	}
	for name, n := range articles {
		h.Publishers = append(h.Publishers, Publisher{Name: name, Articles: n})
	}
	slices.SortFunc(h.Publishers, func(a, b Publisher) int {
		return cmp.Or(cmp.Compare(b.Articles, a.Articles), cmp.Compare(a.Name, b.Name))
	})
	return h
}

// Health is what Verify finds.
type Health struct {
	Generation string // "" if nothing was indexed yet
	Coverage
	Files int
	Bytes int64 // on disk
	Model string
}

// Verify compares every byte of the index with its checksum. The error is a
// DamagedError for the first file that is not what was written, or an
// OutdatedError. Of a damaged file of vectors, those that are sound are still
// used; the next Embed makes the others anew.
func (x *Index) Verify(ctx context.Context) (Health, error) {
	g, err := x.acquire()
	if g != nil {
		defer x.release(g)
	}
	if g == nil || err != nil {
		return Health{}, err
	}
	h := Health{Generation: x.named(g.manifest.Content), Files: len(g.table.files)}
	_, h.Coverage = g.table.filter(Filter{})
	for _, f := range g.manifest.Files {
		h.Bytes += f.Size
	}
	if err := g.check(func(string) bool { return true }); err != nil || x.vectors == nil {
		return h, err
	}
	h.Model = x.o.Embedder.Model()
	size, damaged := x.vectors.check()
	h.Bytes += size
	if err = g.cover(&h.Coverage, nil); err == nil {
		err = damaged
	}
	return h, err
}
