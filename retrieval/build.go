package retrieval

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/gofrs/flock"

	"dateline/corpus"
	"dateline/corpus/word"
)

// A build makes one generation in a folder of its own: articles are added one
// by one and handed to workers, which divide and spool them, and from there to
// the keyword engine, which runs beside.
type build struct {
	s    *syncer
	lock *flock.Flock
	dir  string // the folder

	ctx    context.Context
	cancel context.CancelCauseFunc
	jobs   chan []job
	job    []job // being filled
	size   int   // bytes in it
	docs   chan KeywordDoc
	work   sync.WaitGroup // workers
	words  chan error     // what the keyword engine ended with
	layout chan []KeywordPlace

	mu      sync.Mutex // guards what follows while the workers run
	entries []entry
	texts   spool
}

type job struct {
	a    *corpus.Article
	file int
}

// newBuild takes the writers' lock, waiting for it, and starts the workers.
// It returns errMoved if the generation that s began with is not current any
// more, and ErrBusy instead of waiting if s is in a hurry and that generation
// can be searched.
func newBuild(ctx context.Context, s *syncer) (*build, error) {
	x := s.x
	if err := os.MkdirAll(x.dir, 0o755); err != nil {
		return nil, &WriteError{x.dir, err}
	}
	lock := flock.New(filepath.Join(x.dir, writersLock), flock.SetPermissions(0o644))
	locked, err := lock.TryLock()
	if err == nil && !locked {
		if s.hurried && s.reuse {
			return nil, ErrBusy
		}
		_, err = lock.TryLockContext(ctx, lockPoll)
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &WriteError{x.dir, err}
	}
	b := &build{s: s, lock: lock}
	if current, err := readCurrent(x.dir); current != s.current && err == nil {
		return nil, b.abort(errMoved)
	}
	b.sweep()
	if err := b.prepare(); err != nil {
		return nil, b.abort(&WriteError{x.dir, err})
	}
	b.start(ctx)
	return b, nil
}

func (b *build) prepare() (err error) {
	if b.dir, err = os.MkdirTemp(b.s.x.dir, tempPrefix); err != nil {
		return err
	}
	if err := os.Chmod(b.dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.dir, readersLock), nil, 0o644); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(b.dir, keywordsDir), 0o755); err != nil {
		return err
	}
	return b.texts.create(filepath.Join(b.dir, "spool-texts"))
}

func (b *build) start(ctx context.Context) {
	b.ctx, b.cancel = context.WithCancelCause(ctx)
	b.jobs = make(chan []job)
	b.docs = make(chan KeywordDoc, 256)
	b.words = make(chan error, 1)
	b.layout = make(chan []KeywordPlace, 1)
	// finish may be through with b.jobs before a worker has even started.
	jobs := b.jobs
	for range runtime.GOMAXPROCS(0) {
		b.work.Go(func() {
			for j := range jobs {
				if err := b.do(j); err != nil {
					b.cancel(err)
					return
				}
			}
		})
	}
	kb := KeywordBuild{
		Add: func(yield func(KeywordDoc) bool) {
			for {
				select {
				case d, ok := <-b.docs:
					if !ok || !yield(d) {
						return
					}
				case <-b.ctx.Done():
					return
				}
			}
		},
		Layout: func() []KeywordPlace {
			select {
			case l := <-b.layout:
				return l
			case <-b.ctx.Done():
				return nil
			}
		},
	}
	if b.s.reuse {
		kb.Prev = b.s.prev.path(keywordsDir)
	}
	go func() {
		err := b.s.x.o.Keywords.Build(b.ctx, filepath.Join(b.dir, keywordsDir), kb)
		if err != nil && b.ctx.Err() == nil {
			err = &WriteError{b.s.x.dir, err}
		}
		b.words <- err
		if err != nil {
			b.cancel(err)
		}
	}()
}

// add hands an article to the workers, some at a time.
func (b *build) add(a *corpus.Article, file int) error {
	b.job = append(b.job, job{a, file})
	if b.size += len(a.Text); b.size < jobBytes {
		return context.Cause(b.ctx)
	}
	return b.send()
}

func (b *build) send() error {
	select {
	case b.jobs <- b.job:
		b.job, b.size = nil, 0
		return nil
	case <-b.ctx.Done():
		return context.Cause(b.ctx)
	}
}

// do divides and spools some articles.
func (b *build) do(jobs []job) error {
	parts := make([]divided, len(jobs))
	for i, j := range jobs {
		d, err := divide(j.a)
		if err != nil {
			return err
		}
		d.entry.File = j.file
		parts[i] = d
	}
	if err := b.collect(parts); err != nil {
		return &WriteError{b.s.x.dir, err}
	}
	for _, part := range parts {
		for _, d := range part.docs {
			select {
			case b.docs <- d:
			case <-b.ctx.Done():
				return context.Cause(b.ctx)
			}
		}
	}
	return nil
}

// ledeSentences is how many sentences of an article are its lede.
const ledeSentences = 2

// divided is an article with its passages.
type divided struct {
	entry entry
	text  string
	meta  []byte
	docs  []KeywordDoc
}

// divide makes passages of an article.
func divide(a *corpus.Article) (divided, error) {
	meta, err := json.Marshal(a)
	if err != nil {
		return divided{}, fmt.Errorf("%s: %w", a.Source, err)
	}
	e := entry{from: -1, article: article{
		ID: a.ID, Source: a.Source, Publisher: a.Publisher.Value, Hash: a.Hash, Day: dayOf(a),
		Text: len(a.Text), Meta: len(meta),
	}}
	sum := crc32.Update(0, castagnoli, []byte(a.Text))
	e.Sum = crc32.Update(sum, castagnoli, meta)
	sentences := a.Sentences()
	ps := corpus.Passages(a.Text, sentences)
	e.passages = make([]passage, len(ps))
	docs := make([]KeywordDoc, len(ps))
	for i, p := range ps {
		if !p.Within(len(a.Text)) {
			return divided{}, fmt.Errorf("%s: passage %v lies outside the text", a.Source, p.Span)
		}
		docs[i] = KeywordDoc{ID: docID(&e.article, i), Body: word.Terms(p.Of(a.Text))}
		e.passages[i] = passage{
			Start: uint32(p.Start), End: uint32(p.End), First: uint32(p.First), Last: uint32(p.Last), Terms: uint32(len(docs[i].Body)),
			Key: keyOf(passageText(a, p)),
		}
	}
	e.Passages = len(ps)
	if len(ps) > 0 {
		if a.Title.From != corpus.FromSentence {
			docs[0].Title = word.Terms(a.Title.Value)
		}
		e.Title = len(docs[0].Title)
		n := 0
		for _, s := range sentences {
			if s.Kind == corpus.Prose {
				docs[0].Lede = append(docs[0].Lede, word.Terms(s.Of(a.Text))...)
				if n++; n == ledeSentences {
					break
				}
			}
		}
		e.Lede = len(docs[0].Lede)
	}
	return divided{e, a.Text, meta, docs}, nil
}

// docID names a passage by the article's place, its content and the number of
// the passage there.
func docID(a *article, i int) string {
	return fmt.Sprintf("%s/%.12s/%d", a.ID, a.Hash, i)
}

// collect spools what a worker made and reports how far the work has come.
func (b *build) collect(parts []divided) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	passages := 0
	for _, d := range parts {
		e := d.entry
		e.Offset = b.texts.size
		b.texts.write([]byte(d.text))
		b.texts.write(d.meta)
		b.entries = append(b.entries, e)
		passages += len(e.passages)
	}
	if b.texts.err != nil {
		return b.texts.err
	}
	s := b.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.report.Passages += passages
	s.p.Articles += len(parts)
	s.p.Passages += passages
	s.progress(s.p)
	return nil
}

// finish ends the work, writes the generation, makes it current and returns its
// name as a Result has it.
func (b *build) finish() (generation string, err error) {
	if err := b.send(); err != nil {
		return "", err
	}
	close(b.jobs)
	b.jobs = nil
	b.work.Wait()
	if err := context.Cause(b.ctx); err != nil {
		return "", err
	}
	close(b.docs)
	s := b.s
	entries := append(s.entries, b.entries...)
	s.sortFiles(entries)
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.ID, b.ID) })
	m := s.x.makers()
	t, layout := b.table(entries)
	b.layout <- layout
	if err := b.files(entries, t); err != nil {
		return "", &WriteError{s.x.dir, err}
	}
	err = <-b.words
	b.words <- err // abort waits for it too
	if err != nil {
		return "", err
	}
	m.Content = m.contentName(t)
	name, err := seal(b.dir, m, b.step)
	if err == nil {
		err = makeCurrent(s.x.dir, b.dir, name, b.step)
	}
	if err != nil {
		return "", &WriteError{s.x.dir, err}
	}
	b.dir = ""
	// The generation before is let go of first, so that it can be removed.
	s.release()
	if g, err := s.x.acquire(); err != nil {
		return "", err
	} else if g != nil {
		s.x.release(g)
	}
	b.sweep()
	return s.x.named(m.Content), nil
}

// step reports that a file is about to be written.
func (b *build) step(name string) {
	s := b.s
	s.mu.Lock()
	defer s.mu.Unlock()
	s.p.Stage, s.p.File = "write", name
	s.progress(s.p)
}

// table lays the articles out.
func (b *build) table(entries []entry) (*table, []KeywordPlace) {
	t := &table{files: b.s.files, articles: make([]article, len(entries))}
	var layout []KeywordPlace
	var offset int64
	for i, e := range entries {
		a := e.article
		ps := e.passages
		if e.from >= 0 {
			ps = b.s.prev.table.passages[a.First : a.First+a.Passages]
		}
		a.First, a.Offset = len(t.passages), offset
		offset += int64(a.Text + a.Meta)
		t.articles[i] = a
		t.passages = append(t.passages, ps...)
		for j, p := range ps {
			layout = append(layout, KeywordPlace{ID: docID(&a, j), Article: i, Terms: int(p.Terms), Title: a.Title, Lede: a.Lede})
		}
	}
	return t, layout
}

// files writes the table and the articles.
func (b *build) files(entries []entry, t *table) error {
	b.step(tableFile)
	if err := os.WriteFile(filepath.Join(b.dir, tableFile), t.encode(), 0o644); err != nil {
		return err
	}
	b.step(articlesFile)
	if err := b.texts.flush(); err != nil {
		return err
	}
	f, err := os.Create(filepath.Join(b.dir, articlesFile))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	for _, e := range entries {
		src := b.texts.f
		if e.from >= 0 {
			src = b.s.prev.articles
		}
		if _, err := io.Copy(w, io.NewSectionReader(src, e.Offset, int64(e.Text+e.Meta))); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return errors.Join(w.Flush(), f.Close(), b.texts.remove())
}

// abort cleans up after a build, finished or not, and returns err or what it
// came from.
func (b *build) abort(err error) error {
	if b.cancel != nil {
		if cause := context.Cause(b.ctx); err != nil && cause != nil {
			err = cause
		}
		b.cancel(context.Canceled)
		if b.jobs != nil {
			close(b.jobs)
		}
		b.work.Wait()
		<-b.words
	}
	if b.dir != "" {
		// A next attempt removes what cannot be removed now.
		_ = errors.Join(b.texts.remove(), os.RemoveAll(b.dir))
	}
	_ = b.lock.Unlock()
	return err
}

// sweep removes what nobody needs any more, while the lock is held.
func (b *build) sweep() {
	dir := b.s.x.dir
	current, err := readCurrent(dir)
	if err == nil {
		err = sweep(dir, current)
	}
	if err != nil {
		b.s.x.log.Warn("old generations not removed", "index", dir, "err", err)
	}
}

// A spool is a file that is written once and then read.
type spool struct {
	f    *os.File
	w    *bufio.Writer
	size int64
	err  error
}

func (s *spool) create(path string) (err error) {
	s.f, err = os.Create(path)
	s.w = bufio.NewWriterSize(s.f, 1<<20)
	return err
}

func (s *spool) write(b []byte) {
	if s.err == nil {
		_, s.err = s.w.Write(b)
		s.size += int64(len(b))
	}
}

func (s *spool) flush() error { return errors.Join(s.err, s.w.Flush()) }

func (s *spool) remove() error {
	if s.f == nil {
		return nil
	}
	f := s.f
	s.f = nil
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
