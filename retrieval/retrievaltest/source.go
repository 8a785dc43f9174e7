// Package retrievaltest holds what tests of package retrieval and of its
// engines share: conformance tests that each engine calls, a corpus in memory,
// and embedders of which some are broken on purpose.
package retrievaltest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"dateline/corpus"
)

// A Source is a corpus in memory. The zero Source is empty and ready for use.
type Source struct {
	mu    sync.Mutex
	files map[string]*sourceFile
	reads []string
	// unlisted are problems that Files reports.
	unlisted []corpus.Problem
}

type sourceFile struct {
	articles []*corpus.Article
	version  int
	err      error // Read reports it
	after    int   // articles that Read passes on before the problem
}

// Root is the Root of a Source's files.
const Root = "memory"

// Article returns an article as a corpus passes it on. The source names its
// file, and a record of it after "#".
func Article(source, title, published, text string) *corpus.Article {
	a := &corpus.Article{ID: corpus.NewID(Root, source), Source: source, Text: text, Body: corpus.Span{End: len(text)}}
	if title != "" {
		a.Title = corpus.Fact{Value: title, From: corpus.FromRecord}
	}
	if published != "" {
		a.Published = corpus.Fact{Value: published, From: corpus.FromRecord}
	}
	a.Seal()
	a.Derive()
	return a
}

// Put makes a file hold the articles and nothing else, under a new stamp.
func (s *Source) Put(name string, articles ...*corpus.Article) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files == nil {
		s.files = make(map[string]*sourceFile)
	}
	version := 1
	if f := s.files[name]; f != nil {
		version = f.version + 1
	}
	s.files[name] = &sourceFile{articles: articles, version: version}
}

// Remove takes a file away.
func (s *Source) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.files, name)
}

// Break lets a file change and then fail to be read after some of its
// articles.
func (s *Source) Break(name string, after int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[name]
	f.version++
	f.err, f.after = err, after
}

// Hide takes files out of the listing, and reports a problem of that name
// instead; with a nil error the problem is over.
func (s *Source) Hide(name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unlisted = nil
	if err != nil {
		s.unlisted = []corpus.Problem{{Name: name, Err: err}}
	}
}

// Reads returns the names of the files read since the last call.
func (s *Source) Reads() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.reads
	s.reads = nil
	return r
}

// Files implements retrieval.Source.
func (s *Source) Files(ctx context.Context) ([]corpus.File, []corpus.Problem, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var files []corpus.File
	for name, f := range s.files {
		if slices.ContainsFunc(s.unlisted, func(p corpus.Problem) bool {
			return name == p.Name || len(name) > len(p.Name) && name[:len(p.Name)+1] == p.Name+"/"
		}) {
			continue
		}
		size := 0
		for _, a := range f.articles {
			size += len(a.Text)
		}
		files = append(files, corpus.File{Name: name, Root: Root, Stamp: fmt.Sprint(f.version), Size: int64(size)})
	}
	slices.SortFunc(files, func(a, b corpus.File) int { return cmp.Compare(a.Name, b.Name) })
	return files, s.unlisted, ctx.Err()
}

// Read implements retrieval.Source.
func (s *Source) Read(ctx context.Context, file corpus.File, yield func(*corpus.Article) error) ([]corpus.Problem, error) {
	s.mu.Lock()
	s.reads = append(s.reads, file.Name)
	f := *s.files[file.Name]
	s.mu.Unlock()
	for i, a := range f.articles {
		if f.err != nil && i >= f.after {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c := *a
		if err := yield(&c); err != nil {
			return nil, err
		}
	}
	if f.err != nil {
		return []corpus.Problem{{Name: file.Name, Err: f.err}}, nil
	}
	return nil, nil
}
