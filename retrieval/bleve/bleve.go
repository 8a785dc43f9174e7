// Package bleve finds passages by their words, in a bleve index on disk.
//
// It uses scorch, bleve's index, for what that does well: postings on disk,
// compact, mapped into memory, cheap to change. It does not use bleve's
// scoring. Version 2.6's "BM25" takes the square root of a term's frequency,
// squares its idf, takes the number of distinct terms divided by the number of
// documents for the average length, and multiplies by the share of the query's
// terms that matched. The formula here is BM25 as published (see Index.Search),
// and knows an article from its passages, which bleve does not.
package bleve

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"

	"dateline/retrieval"
)

// Engine makes and opens bleve indexes. The zero Engine is ready for use.
type Engine struct{}

var _ retrieval.Keywords = Engine{}

// Version names the format of the folder: scorch's files in "scorch", and
// "places", which numbers their documents.
func (Engine) Version() string { return "bleve-2" }

// Field names, short because scorch stores them often.
const (
	fieldBody  = "b"
	fieldTitle = "t"
	fieldLede  = "l"
)

// buildBatch is the number of passages a segment gets before it is merged with
// the others. Indexing the 68,552 stretches of 900 bytes in rtqa-articles took
// 6.6 s and 226 MB with 1,000, 6.3 s and 332 MB with 8,000; scorch's ordinary
// batches of 1,000 took 10.3 s and left 32 MB on disk instead of 23.
const buildBatch = 2000

// Build implements retrieval.Keywords. Without a previous index it uses
// scorch's offline builder; with one it links the previous segments, which
// never change, and applies the difference.
func (Engine) Build(ctx context.Context, dir string, b retrieval.KeywordBuild) (err error) {
	defer caught(dir, &err)
	store := filepath.Join(dir, "scorch")
	if b.Prev == "" {
		err = build(ctx, store, b)
	} else {
		err = update(ctx, filepath.Join(b.Prev, "scorch"), store, b)
	}
	return err
}

func build(ctx context.Context, store string, b retrieval.KeywordBuild) error {
	w, err := scorch.NewBuilder(map[string]any{
		"path": store, "batchSize": buildBatch, "mergeMax": 100, "buildPathPrefix": filepath.Dir(store),
	})
	if err != nil {
		return err
	}
	n := 0
	for d := range b.Add {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.Index(newDoc(d)); err != nil {
			return err
		}
		n++
	}
	places := b.Layout()
	if n == 0 {
		// The builder cannot make an index of nothing.
		return writePlaces(filepath.Dir(store), nil, places)
	}
	if err := w.Close(); err != nil {
		return err
	}
	return number(store, places)
}

func update(ctx context.Context, prev, store string, b retrieval.KeywordBuild) error {
	if err := link(prev, store); err != nil {
		return err
	}
	q := index.NewAnalysisQueue(1)
	defer q.Close()
	s, err := open(store, false, q)
	if err != nil {
		return err
	}
	batch := index.NewBatch()
	flush := func() error {
		// Scorch may still look at a batch that it is done with.
		b := batch
		batch = index.NewBatch()
		return s.Batch(b)
	}
	var places []retrieval.KeywordPlace
	change := func() error {
		for d := range b.Add {
			if err := ctx.Err(); err != nil {
				return err
			}
			batch.Update(newDoc(d))
			if len(batch.IndexOps) == buildBatch {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		places = b.Layout()
		keep := make(map[string]bool, len(places))
		for _, p := range places {
			keep[p.ID] = true
		}
		gone, err := others(s, keep)
		if err != nil {
			return err
		}
		for _, id := range gone {
			// An id that was added in this batch is one of places.
			batch.Delete(id)
		}
		return flush()
	}
	if err := change(); err != nil {
		return errors.Join(err, s.Close())
	}
	if err := s.Close(); err != nil {
		return err
	}
	return number(store, places)
}

// others returns the ids in the index that are not in keep.
func others(s index.Index, keep map[string]bool) ([]string, error) {
	var gone []string
	err := each(s, func(_ uint32, id string) {
		if !keep[id] {
			gone = append(gone, id)
		}
	})
	return gone, err
}

// each calls f with the number and the id of every document in the index.
func each(s index.Index, f func(doc uint32, id string)) error {
	r, err := s.Reader()
	if err != nil {
		return err
	}
	defer r.Close()
	ids, err := r.DocIDReaderAll()
	if err != nil {
		return err
	}
	defer ids.Close()
	for {
		doc, err := ids.Next()
		if err != nil {
			return err
		}
		if doc == nil {
			return nil
		}
		id, err := r.ExternalID(doc)
		if err != nil {
			return err
		}
		f(uint32(binary.BigEndian.Uint64(doc)), id)
	}
}

// link makes the files of one scorch folder appear in another: segments, which
// never change, as hard links, the root as a copy.
func link(from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	entries, err := os.ReadDir(from)
	if errors.Is(err, os.ErrNotExist) {
		return nil // an index of nothing has no folder
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		a, b := filepath.Join(from, e.Name()), filepath.Join(to, e.Name())
		if strings.HasSuffix(e.Name(), ".zap") && os.Link(a, b) == nil {
			continue
		}
		data, err := os.ReadFile(a)
		if err != nil {
			return err
		}
		if err := os.WriteFile(b, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func open(store string, readOnly bool, q *index.AnalysisQueue) (index.Index, error) {
	s, err := scorch.NewScorch(scorch.Name, map[string]any{"path": store, "read_only": readOnly}, q)
	if err != nil {
		return nil, err
	}
	if err := s.Open(); err != nil {
		return nil, err
	}
	return s, nil
}

func newDoc(d retrieval.KeywordDoc) *document.Document {
	doc := document.NewDocument(d.ID)
	for _, f := range [...]struct {
		name  string
		terms []string
	}{{fieldBody, d.Body}, {fieldTitle, d.Title}, {fieldLede, d.Lede}} {
		if len(f.terms) > 0 {
			doc.AddField(document.NewTextFieldCustom(f.name, nil, []byte(strings.Join(f.terms, " ")), index.IndexField, spaces{}))
		}
	}
	return doc
}

// spaces divides text at spaces and does nothing else to it: package word has
// done the rest. It has no positions to speak of, as none are stored.
type spaces struct{}

func (spaces) Analyze(text []byte) analysis.TokenStream {
	n := bytes.Count(text, []byte(" ")) + 1
	stream := make(analysis.TokenStream, 0, n)
	tokens := make([]analysis.Token, n)
	for len(stream) < n {
		term, rest, _ := bytes.Cut(text, []byte(" "))
		t := &tokens[len(stream)]
		*t = analysis.Token{Term: term, Position: len(stream) + 1}
		stream = append(stream, t)
		text = rest
	}
	return stream
}

// caught turns a panic into an error. Scorch trusts its files, so a damaged
// one that nobody checked may panic.
func caught(dir string, err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%s: keyword index is damaged: %v", dir, p)
	}
}
