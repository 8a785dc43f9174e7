package retrieval

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/gofrs/flock"

	"dateline/corpus"
)

// The files of an index' directory.
const (
	currentFile = "CURRENT" // the name of the current generation and a newline
	writersLock = "lock"    // held while a new generation is made
	genPrefix   = "gen-"    // folders of generations
	tempPrefix  = "tmp-"    // what is being made, or was when its maker died
)

// The files of a generation.
const (
	manifestFile = "manifest.json"
	tableFile    = "table"
	articlesFile = "articles"
	vectorsFile  = "vectors" // in those of format 1
	keywordsDir  = "keywords"
	readersLock  = "readers" // locked, shared, by who reads the generation
)

// format is that of the files written here. It changes with their layout. Those
// of format 1 are read to be made anew.
const format = 2

// A manifest says what a generation is made of. It is written last.
type manifest struct {
	Format   int    `json:"format"`
	Analysis string `json:"analysis"` // of sentences, passages and words
	Keywords string `json:"keywords"` // version of the engine
	// Content names the articles and how they were read and indexed.
	Content string `json:"content"`
	// Files are in order of name, which is relative with forward slashes.
	Files []manifestFileEntry `json:"files"`
}

type manifestFileEntry struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	CRC  uint32 `json:"crc32c"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sameMakers reports whether two generations were made alike.
func (m *manifest) sameMakers(o *manifest) bool {
	return m.Format == o.Format && m.Analysis == o.Analysis && m.Keywords == o.Keywords
}

// contentName derives Content from the articles of a table.
func (m *manifest) contentName(t *table) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %q %q\n", m.Format, m.Analysis, m.Keywords)
	for _, a := range t.articles {
		fmt.Fprintf(h, "%s %s\n", a.ID, a.Hash)
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

// A generation is one state of an index, open for reading.
type generation struct {
	dir      string
	name     string
	lock     *flock.Flock
	manifest manifest
	table    *table
	articles *os.File
	keywords KeywordIndex

	vectorFile *vectorFile // nil without an embedder
	engine     Vectors
	rowsLock   sync.Mutex
	rows       *passageVectors // as of the last use; guarded by rowsLock

	// refs counts those who use it, the Index that has it as current among
	// them. Guarded by the Index' mutex.
	refs int
}

// lockGeneration takes the shared lock of dir/name, without waiting. It fails
// with fs.ErrNotExist if the generation is gone or about to go.
func lockGeneration(dir, name string) (*flock.Flock, error) {
	path := filepath.Join(dir, name, readersLock)
	// The file exists, and may lie where nothing can be created.
	l := flock.New(path, flock.SetFlag(os.O_RDONLY))
	ok, err := l.TryRLock()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%s is being removed: %w", name, fs.ErrNotExist)
	}
	// Whoever removes a generation moves it away first: a lock on a file that
	// does not lie here any more protects nothing.
	mine, err1 := l.Stat()
	there, err2 := os.Stat(path)
	if err := errors.Join(err1, err2); err != nil || !os.SameFile(mine, there) {
		_ = l.Unlock()
		return nil, fmt.Errorf("%s was removed: %w", name, fs.ErrNotExist)
	}
	return l, nil
}

// readCurrent returns the name of the current generation, "" if there is none.
func readCurrent(dir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, currentFile))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return "", nil // a directory that cannot be is found out by who writes
	}
	if err != nil {
		return "", err
	}
	name, ok := strings.CutSuffix(string(data), "\n")
	if !ok || !strings.HasPrefix(name, genPrefix) || strings.ContainsAny(name, "/\\") {
		return "", &DamagedError{filepath.Join(dir, currentFile), errors.New("does not name a generation")}
	}
	return name, nil
}

// openGeneration opens dir/name, whose lock is given. All files but those
// that later reads check by themselves are compared with their checksums.
func openGeneration(dir, name string, lock *flock.Flock) (g *generation, err error) {
	g = &generation{dir: filepath.Join(dir, name), name: name, lock: lock, refs: 1}
	defer func() {
		if err != nil {
			_ = g.close()
			g = nil
		}
	}()
	if err := g.readManifest(); err != nil {
		return g, err
	}
	if g.manifest.Format < 1 || g.manifest.Format > format {
		return g, nil // nothing else can be known about it
	}
	if err := g.check(g.quick); err != nil {
		return g, err
	}
	data, err := os.ReadFile(g.path(tableFile))
	if err != nil {
		return g, err
	}
	if g.table, err = decodeTable(data, g.manifest.Format); err != nil {
		return g, &DamagedError{g.path(tableFile), err}
	}
	g.articles, err = os.Open(g.path(articlesFile))
	return g, err
}

func (g *generation) path(file string) string { return filepath.Join(g.dir, filepath.FromSlash(file)) }

func (g *generation) readManifest() error {
	path := g.path(manifestFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return &DamagedError{path, err}
	}
	if nameOf(data) != g.name {
		return &DamagedError{path, errors.New("checksum differs")}
	}
	if err := json.Unmarshal(data, &g.manifest); err != nil {
		return &DamagedError{path, err}
	}
	return nil
}

// nameOf derives a generation's name from its manifest.
func nameOf(manifest []byte) string {
	sum := sha256.Sum256(manifest)
	return genPrefix + hex.EncodeToString(sum[:8])
}

// quick reports whether a file is checked when the generation is opened.
// Texts are checked as they are read.
func (g *generation) quick(name string) bool { return name != articlesFile && name != vectorsFile }

// checkRest checks what is not checked when the generation is opened.
func (g *generation) checkRest() error {
	return g.check(func(name string) bool { return !g.quick(name) })
}

// check compares files with the manifest: the size of all, and the checksum
// of those that full wants.
func (g *generation) check(full func(name string) bool) error {
	errs := make([]error, len(g.manifest.Files))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for i, f := range g.manifest.Files {
		if f.Size < 1<<16 || !full(f.Name) {
			errs[i] = g.checkFile(f, full(f.Name))
			continue
		}
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			errs[i] = g.checkFile(f, true)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *generation) checkFile(f manifestFileEntry, full bool) error {
	path := g.path(f.Name)
	info, err := os.Stat(path)
	if err != nil {
		return &DamagedError{path, err}
	}
	if info.Size() != f.Size {
		return &DamagedError{path, fmt.Errorf("has %d bytes instead of %d", info.Size(), f.Size)}
	}
	if !full {
		return nil
	}
	sum, _, err := sumFile(path)
	if err != nil {
		return &DamagedError{path, err}
	}
	if sum != f.CRC {
		return &DamagedError{path, errors.New("checksum differs")}
	}
	return nil
}

// sumFile returns the CRC-32C of a file, and its size.
func sumFile(path string) (uint32, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	h := crc32.New(castagnoli)
	// 256 KB stays in the processor's cache between reading and summing.
	n, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, make([]byte, 256<<10))
	return h.Sum32(), n, err
}

func (g *generation) close() error {
	var errs []error
	if g.keywords != nil {
		errs = append(errs, g.keywords.Close())
	}
	if g.articles != nil {
		errs = append(errs, g.articles.Close())
	}
	errs = append(errs, g.lock.Unlock())
	return errors.Join(errs...)
}

// record reads the bytes of an article, text then metadata.
func (g *generation) record(a *article) ([]byte, error) {
	buf := make([]byte, a.Text+a.Meta)
	if _, err := g.articles.ReadAt(buf, a.Offset); err != nil {
		return nil, &DamagedError{g.path(articlesFile), err}
	}
	if crc32.Checksum(buf, castagnoli) != a.Sum {
		return nil, &DamagedError{g.path(articlesFile), fmt.Errorf("checksum of %s differs", a.Source)}
	}
	return buf, nil
}

func (g *generation) read(i int) (*corpus.Article, error) {
	r := &g.table.articles[i]
	buf, err := g.record(r)
	if err != nil {
		return nil, err
	}
	a := new(corpus.Article)
	if err := json.Unmarshal(buf[r.Text:], a); err != nil {
		return nil, &DamagedError{g.path(articlesFile), err}
	}
	a.Text = string(buf[:r.Text])
	return a, nil
}

// seal writes the manifest of a finished folder, all of whose files reach the
// disk first, and returns the generation's name.
func seal(dir string, m manifest, step func(string)) (string, error) {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := syncPath(path); err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || d.IsDir() || name == readersLock {
			return err
		}
		step(name)
		sum, size, err := sumFile(path)
		if err != nil {
			return err
		}
		m.Files = append(m.Files, manifestFileEntry{filepath.ToSlash(name), size, sum})
		return nil
	})
	if err != nil {
		return "", err
	}
	slices.SortFunc(m.Files, func(a, b manifestFileEntry) int { return strings.Compare(a.Name, b.Name) })
	data, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return "", err
	}
	if err := writeFile(filepath.Join(dir, manifestFile), data); err != nil {
		return "", err
	}
	return nameOf(data), syncPath(dir)
}

// settle gives the folder temp its name. If there is one of that name, from
// when the articles were the same before, it stays: somebody may read it.
func settle(dir, temp, name string) error {
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err == nil {
		g := &generation{dir: path, name: name}
		if err := g.readManifest(); err == nil && g.check(func(string) bool { return true }) == nil {
			return os.RemoveAll(temp)
		}
		if err := os.Rename(path, filepath.Join(dir, tempPrefix+name)); err != nil {
			return err
		}
	}
	return os.Rename(temp, path)
}

// makeCurrent gives the folder temp its name and lets CURRENT name it.
func makeCurrent(dir, temp, name string, step func(string)) error {
	step("rename")
	if err := settle(dir, temp, name); err != nil {
		return err
	}
	if err := syncPath(dir); err != nil {
		return err
	}
	step(currentFile)
	next := filepath.Join(dir, tempPrefix+currentFile)
	if err := writeFile(next, []byte(name+"\n")); err != nil {
		return err
	}
	step("switch")
	if err := os.Rename(next, filepath.Join(dir, currentFile)); err != nil {
		return err
	}
	step("switched")
	return syncPath(dir)
}

// writeFile writes a file that is on the disk when it returns.
func writeFile(path string, data []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, bytes.NewReader(data))
	return errors.Join(err, f.Sync(), f.Close())
}

// syncPath waits until a file, or the names in a folder, are on the disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, errors.ErrUnsupported) || runtime.GOOS == "windows" {
		err = nil // folders there cannot be, and need not be
	}
	return errors.Join(err, f.Close())
}

// sweep removes what nobody needs: generations that are not current and that
// nobody reads, and what killed writers left. The caller holds the writers'
// lock.
func sweep(dir, current string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		switch {
		case strings.HasPrefix(e.Name(), tempPrefix):
			errs = append(errs, os.RemoveAll(path))
		case strings.HasPrefix(e.Name(), genPrefix) && e.Name() != current:
			errs = append(errs, removeGeneration(dir, e.Name()))
		}
	}
	return errors.Join(errs...)
}

func removeGeneration(dir, name string) error {
	path := filepath.Join(dir, name)
	l := flock.New(filepath.Join(path, readersLock))
	ok, err := l.TryLock()
	if err != nil || !ok {
		return err // somebody reads it: next time
	}
	defer l.Unlock()
	// Moved away first, so that a reader who comes now finds it gone at once
	// instead of in pieces.
	trash := filepath.Join(dir, tempPrefix+name)
	if err := os.Rename(path, trash); err != nil {
		return err
	}
	return os.RemoveAll(trash)
}
