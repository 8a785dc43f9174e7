package retrieval

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"dateline/corpus"
)

// Progress says how far a Sync has come. Calls come one at a time.
type Progress struct {
	// Stage is "read" while files are read and their passages indexed, and
	// "write" while the new generation is put on disk.
	Stage string
	// File is the one being read or written.
	File      string
	Files     int // to look at
	FilesDone int
	Bytes     int64 // of all files
	BytesDone int64 // of those done, and of the one being read if it tells
	Articles  int   // indexed so far
	Passages  int
}

// A Report says what a Sync did.
type Report struct {
	New, Changed, Vanished, Unchanged int // articles
	Passages                          int // indexed
	// Kept counts articles of files that could not be read this time and that
	// were indexed before; they stay as they were.
	Kept     int
	Problems []corpus.Problem
	// Rebuilt says why everything was indexed anew; empty if it was not.
	Rebuilt string
	// Written reports whether there is a new generation.
	Written    bool
	Generation string // as in Result
	Took       time.Duration
}

const (
	// jobBytes is the text that one worker takes on at a time.
	jobBytes = 128 << 10
	// lockPoll is how often a second writer asks whether the first is done.
	lockPoll = 20 * time.Millisecond
)

// Sync brings the index up to the source. Files whose stamp is the same are not
// read again; articles whose hash is the same are not indexed again; those of
// files that are gone from the source's listing are removed. What cannot be
// read is in the Report, and what was indexed of it before stays. Every byte of
// what stays is compared with its checksum, and damage mended from the articles.
//
// The new state is written to a folder of its own, and becomes the current
// generation in one step once all of it is on disk; readers of the one before
// keep it until they are done. If nothing changed nothing is written, and the
// directory may be read-only. One Sync at a time writes, of any process; another
// waits for it, and then has only what is left to do.
//
// Words find what Sync took in. Vectors of it are made by Embed.
//
// An error leaves the index as it was: a WriteError if it could not be written,
// else the source's or the context's. The Report has the problems that were found
// until then. progress may be nil.
func (x *Index) Sync(ctx context.Context, src Source, progress func(Progress)) (Report, error) {
	x.syncing.Lock()
	defer x.syncing.Unlock()
	return x.sync(ctx, src, progress, manner{thorough: true})
}

// Refresh is Sync for whoever is about to search. It does not wait for another
// writer while there is a generation to search: it returns ErrBusy, and the
// generation stays current. And while nothing changed it does not compare texts
// with their checksums: what a search reads of them it checks by itself, and Sync
// mends what a search finds damaged.
func (x *Index) Refresh(ctx context.Context, src Source, progress func(Progress)) (Report, error) {
	if !x.syncing.TryLock() {
		g, err := x.acquire()
		if g != nil {
			x.release(g)
		}
		if g != nil && err == nil {
			return Report{}, ErrBusy
		}
		x.syncing.Lock()
	}
	defer x.syncing.Unlock()
	return x.sync(ctx, src, progress, manner{hurried: true})
}

// ErrTwice is the problem with an article that has the place of one before.
var ErrTwice = errors.New("is there twice; the first one is used")

// ErrBusy is returned by Refresh if somebody else is writing the index.
var ErrBusy = errors.New("the index is being written by another process")

// A manner is how to sync.
type manner struct {
	thorough bool // check all of the generation before, not only if some of it is carried over
	hurried  bool // do not wait for another writer
}

func (x *Index) sync(ctx context.Context, src Source, progress func(Progress), m manner) (Report, error) {
	start := time.Now()
	if progress == nil {
		progress = func(Progress) {}
	}
	for {
		s := &syncer{x: x, src: src, progress: progress, manner: m}
		err := s.run(ctx)
		switch {
		case errors.Is(err, errMoved):
			continue
		case errors.Is(err, errUnsound):
			m.thorough = true
			continue
		}
		s.report.Took = time.Since(start)
		return s.report, err
	}
}

var (
	// errMoved says that another writer made a new generation after the work
	// began.
	errMoved = errors.New("another process wrote the index")
	// errUnsound says that what was to be carried over proved damaged.
	errUnsound = errors.New("index is damaged")
)

// A syncer is one attempt at a Sync.
type syncer struct {
	x        *Index
	src      Source
	progress func(Progress)
	manner
	report Report

	current string      // name of the current generation, "" if there is none
	prev    *generation // nil if there is none to be read
	reuse   bool        // prev's articles need not be indexed again
	sound   bool        // prev's texts can be trusted: false if damaged

	files   []file
	entries []entry
	seen    map[string]bool // ids of entries
	mu      sync.Mutex      // guards p, which workers add to
	p       Progress
	build   *build

	oldFiles   map[place]int // of prev
	articlesOf [][]int       // of each of those
}

// An entry is one article of the generation to be.
type entry struct {
	article
	// from is the article's number in the previous generation, -1 if it is
	// new; then passages and the spool hold it.
	from     int
	passages []passage
}

func (s *syncer) run(ctx context.Context) (err error) {
	if err := s.open(); err != nil {
		return err
	}
	defer s.release()
	defer func() {
		if s.build != nil {
			err = s.build.abort(err)
		}
	}()
	files, problems, err := s.src.Files(ctx)
	s.report.Problems = problems
	if err != nil {
		return err
	}
	s.seen = make(map[string]bool)
	s.p = Progress{Stage: "read", Files: len(files)}
	for _, f := range files {
		s.p.Bytes += f.Size
	}
	var done int64
	for _, f := range files {
		if err := s.file(ctx, f, done); err != nil {
			return err
		}
		done += f.Size
		s.mu.Lock()
		s.p.FilesDone++
		s.p.BytesDone = done
		s.progress(s.p)
		s.mu.Unlock()
	}
	if err := s.unlisted(ctx, files, problems); err != nil {
		return err
	}
	return s.finish(ctx)
}

// open finds out what there is to start from.
func (s *syncer) open() error {
	g, err := s.x.acquire()
	var damaged *DamagedError
	var outdated *OutdatedError
	switch {
	case err == nil && g == nil:
		return nil
	case err == nil:
		s.prev, s.current = g, g.name
		if !s.thorough {
			s.reuse, s.sound = true, true
			return nil
		}
		if err := g.checkRest(); err != nil {
			s.report.Rebuilt = err.(*DamagedError).File + " is damaged"
			return nil
		}
		s.reuse, s.sound = true, true
	case errors.As(err, &outdated):
		s.prev, s.current = g, g.name
		s.report.Rebuilt = "made by another version"
		if g.table == nil {
			s.x.release(g)
			s.prev = nil
		}
		s.sound = s.prev != nil
	case errors.As(err, &damaged):
		s.report.Rebuilt = damaged.File + " is damaged"
		// The name is only compared; one that cannot be read is none.
		s.current, _ = readCurrent(s.x.dir)
	case errors.Is(err, fs.ErrPermission):
		return &WriteError{s.x.dir, err} // what may not be read may not be written either
	default:
		return err
	}
	return nil
}

// release lets go of the previous generation.
func (s *syncer) release() {
	if s.prev != nil {
		s.x.release(s.prev)
		s.prev = nil
	}
}

// file syncs one file; done is the size of those before it.
func (s *syncer) file(ctx context.Context, f corpus.File, done int64) error {
	s.mu.Lock()
	s.p.File = f.Name
	s.mu.Unlock()
	old := s.oldFile(f)
	if s.reuse && old >= 0 && s.prev.table.files[old].Stamp == f.Stamp && f.Stamp != "" {
		o := s.prev.table.files[old]
		n := s.addFile(o)
		kept, err := s.keepFile(ctx, old, n)
		if err != nil {
			return err
		}
		s.report.Unchanged += kept
		for _, p := range o.Problems {
			s.report.Problems = append(s.report.Problems, corpus.Problem{Name: p.Name, Err: errors.New(p.Err)})
		}
		return nil
	}
	n := s.addFile(file{Name: f.Name, Root: f.Root, Stamp: f.Stamp})
	yielded := 0
	problems, err := s.src.Read(ctx, f, func(a *corpus.Article) error {
		yielded++
		s.mu.Lock()
		s.p.BytesDone = done + min(a.ReadTo, f.Size)
		s.progress(s.p)
		s.mu.Unlock()
		if s.seen[a.ID] {
			s.report.Problems = append(s.report.Problems, corpus.Problem{
				Name: a.Source, Err: ErrTwice,
			})
			return nil
		}
		return s.article(ctx, a, n)
	})
	if err != nil {
		return err
	}
	s.report.Problems = append(s.report.Problems, problems...)
	if len(problems) == 0 {
		return nil
	}
	for _, p := range problems {
		s.files[n].Problems = append(s.files[n].Problems, problem{p.Name, p.Err.Error()})
	}
	if yielded == 0 || slices.ContainsFunc(problems, passing) {
		s.files[n].Stamp = "" // to be read again next time
	}
	if old >= 0 && s.sound {
		kept, err := s.keepFile(ctx, old, n)
		if err != nil {
			return err
		}
		s.report.Kept += kept
		if kept > 0 && yielded == 0 && s.reuse {
			s.files[n] = s.prev.table.files[old]
		}
	}
	return nil
}

// passing reports whether a problem may go away while the file stays the same.
func passing(p corpus.Problem) bool {
	var errno syscall.Errno
	return errors.As(p.Err, &errno)
}

func (s *syncer) addFile(f file) int {
	s.files = append(s.files, f)
	return len(s.files) - 1
}

// sortFiles puts the files in order of place; entries are of them.
func (s *syncer) sortFiles(entries []entry) {
	order := make([]int, len(s.files))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareFiles(s.files[a], s.files[b]) })
	sorted := make([]file, len(order))
	to := make([]int, len(order))
	for i, from := range order {
		sorted[i] = s.files[from]
		to[from] = i
	}
	s.files = sorted
	for i := range entries {
		entries[i].File = to[entries[i].File]
	}
}

// place is what tells files apart.
type place struct{ root, name string }

// oldFile returns the number that a file has in the previous generation, -1
// if it has none.
func (s *syncer) oldFile(f corpus.File) int {
	if s.prev == nil || !s.sound {
		return -1
	}
	if s.oldFiles == nil {
		t := s.prev.table
		s.oldFiles = make(map[place]int, len(t.files))
		for i, f := range t.files {
			s.oldFiles[place{f.Root, f.Name}] = i
		}
		s.articlesOf = make([][]int, len(t.files))
		for i := range t.articles {
			f := t.articles[i].File
			s.articlesOf[f] = append(s.articlesOf[f], i)
		}
	}
	if i, ok := s.oldFiles[place{f.Root, f.Name}]; ok {
		return i
	}
	return -1
}

// keepFile takes the articles of a file over that were not seen yet, and
// returns how many.
func (s *syncer) keepFile(ctx context.Context, old, n int) (int, error) {
	kept := 0
	for _, i := range s.articlesOf[old] {
		if s.seen[s.prev.table.articles[i].ID] {
			continue
		}
		kept++
		if s.reuse {
			s.keep(i, n)
			continue
		}
		a, err := s.prev.read(i)
		if err != nil {
			return kept, err
		}
		if err := s.article(ctx, a, n); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

// keep takes an article over as it is.
func (s *syncer) keep(i, file int) {
	e := entry{article: s.prev.table.articles[i], from: i}
	e.File = file
	s.seen[e.ID] = true
	s.entries = append(s.entries, e)
}

// article takes in an article that was read.
func (s *syncer) article(ctx context.Context, a *corpus.Article, file int) error {
	old := -1
	if s.prev != nil && s.sound {
		old = s.prev.table.find(a.ID)
	}
	same := old >= 0 && s.prev.table.articles[old].Hash == a.Hash
	if same && s.reuse {
		s.report.Unchanged++
		s.keep(old, file)
		return nil
	}
	switch {
	case same:
		s.report.Unchanged++
	case old >= 0:
		s.report.Changed++
	default:
		s.report.New++
	}
	s.seen[a.ID] = true
	if err := s.begin(ctx); err != nil {
		return err
	}
	return s.build.add(a, file)
}

// unlisted keeps what lies below a folder that could not be listed this time.
func (s *syncer) unlisted(ctx context.Context, files []corpus.File, problems []corpus.Problem) error {
	if s.prev == nil || !s.sound || len(problems) == 0 {
		return nil
	}
	listed := make(map[place]bool, len(files))
	for _, f := range files {
		listed[place{f.Root, f.Name}] = true
	}
	s.oldFile(corpus.File{}) // fills the maps
	for i, f := range s.prev.table.files {
		if listed[place{f.Root, f.Name}] || !slices.ContainsFunc(problems, func(p corpus.Problem) bool {
			return p.Name == f.Name || p.Name == f.Root || p.Name == "." || strings.HasPrefix(f.Name, strings.TrimSuffix(p.Name, "/")+"/")
		}) {
			continue
		}
		kept, err := s.keepFile(ctx, i, s.addFile(f))
		if err != nil {
			return err
		}
		s.report.Kept += kept
	}
	return nil
}

// begin takes the writers' lock and opens a folder for the new generation, at
// the first call.
func (s *syncer) begin(ctx context.Context) error {
	if s.build != nil {
		return nil
	}
	if s.reuse && !s.thorough {
		// What is carried over is checked first.
		if err := s.prev.checkRest(); err != nil {
			return errUnsound
		}
	}
	b, err := newBuild(ctx, s)
	if err != nil {
		return err
	}
	s.build = b
	return nil
}

// finish writes the new generation, if there is anything new about it.
func (s *syncer) finish(ctx context.Context) error {
	t := new(table)
	if s.prev != nil && s.sound {
		t = s.prev.table
		for i := range t.articles {
			if !s.seen[t.articles[i].ID] {
				s.report.Vanished++
			}
		}
	}
	if s.reuse && s.build == nil && s.report.Vanished == 0 {
		s.report.Generation = s.x.named(s.prev.manifest.Content)
		s.sortFiles(s.entries)
		if slices.EqualFunc(s.files, t.files, func(a, b file) bool {
			return a.Name == b.Name && a.Root == b.Root && a.Stamp == b.Stamp && slices.Equal(a.Problems, b.Problems)
		}) {
			return nil
		}
		// The articles are the same and only stamps differ. Noting that saves
		// time, so where it cannot be written that is no failure.
		err := s.write(ctx)
		var w *WriteError
		if errors.As(err, &w) || errors.Is(err, ErrBusy) {
			s.x.log.Debug("stamps of files not noted", "index", s.x.dir, "err", err)
			return nil
		}
		return err
	}
	return s.write(ctx)
}

func (s *syncer) write(ctx context.Context) error {
	if err := s.begin(ctx); err != nil {
		return err
	}
	generation, err := s.build.finish()
	if err != nil {
		return err
	}
	s.report.Written = true
	s.report.Generation = generation
	if s.current != "" {
		s.x.expect(s.build.entries)
	}
	return nil
}
