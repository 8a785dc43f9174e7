package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"dateline/corpus"
)

// A root is one of the places a corpus consists of.
type root struct {
	id    string // what NewID takes: the absolute path, or the name of an FS
	given string // as the user wrote it
	fsys  fs.FS  // nil for a path on disk
}

// supported returns an error for a single file of a kind that is not read.
func (r root) supported() error {
	if r.fsys != nil || formatOf(r.id) != none {
		return nil
	}
	if info, err := os.Stat(r.id); err != nil || info.IsDir() {
		return nil
	}
	return fmt.Errorf("not a kind of file that is read: %s, or a folder of them", formats)
}

// A tree is a root opened for the length of one call, so that a folder that
// was moved away and made anew is seen as it is.
type tree struct {
	// Not embedded: fs.Stat and fs.ReadDir of a tree would not see that its
	// file system has these itself, and open the file instead, even a pipe.
	fsys  fs.FS
	close func() error
	// dir is where a tree on disk lies, without links; "" for an FS.
	dir string
	// top is what to read: "." or, for a root that is a single file, its name.
	top string
}

func (r root) open() (*tree, error) {
	if r.fsys != nil {
		return &tree{fsys: r.fsys, close: func() error { return nil }, top: "."}, nil
	}
	real, err := filepath.EvalSymlinks(r.id)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(real)
	if err != nil {
		return nil, err
	}
	t := &tree{dir: real, top: "."}
	if !info.IsDir() {
		t.dir, t.top = filepath.Dir(real), filepath.Base(real)
	}
	// An os.Root does not let a path out, not even one that becomes a link
	// between the look at it and the opening.
	in, err := os.OpenRoot(t.dir)
	if err != nil {
		return nil, err
	}
	t.fsys, t.close = in.FS(), in.Close
	return t, nil
}

// name is what people call a file of the tree.
func (r root) name(t *tree, below string) string {
	if t.top != "." {
		return filepath.Base(r.id)
	}
	return below
}

func (r root) path(t *tree, below string) string {
	switch {
	case r.fsys != nil:
		return ""
	case t.top != ".":
		return r.id
	}
	return filepath.Join(r.id, filepath.FromSlash(below))
}

var errOutside = errors.New("is a symbolic link that leads out of the corpus, and was not followed: give its target as a corpus of its own")

// resolve returns the name without links of what lies at a name below the
// root, or errOutside.
func (t *tree) resolve(name string) (string, error) {
	if t.dir == "" || t.top != "." {
		return name, nil
	}
	real, err := filepath.EvalSymlinks(filepath.Join(t.dir, filepath.FromSlash(name)))
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(t.dir, real)
	if err != nil || !filepath.IsLocal(rel) {
		return "", errOutside
	}
	return filepath.ToSlash(rel), nil
}

// open opens a regular file for reading, and nothing else: opening a pipe
// would wait, and opening a device may do anything.
func (t *tree) open(name string) (fs.File, fs.FileInfo, error) {
	info, err := fs.Stat(t.fsys, name)
	if err == nil && !info.Mode().IsRegular() {
		err = irregular(info.Mode())
	}
	if err != nil {
		return nil, nil, err
	}
	f, err := t.fsys.Open(name)
	if err != nil {
		return nil, nil, err
	}
	if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
		err = irregular(info.Mode())
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

func irregular(m fs.FileMode) error {
	what := "something special"
	switch {
	case m.IsDir():
		what = "a folder"
	case m&fs.ModeNamedPipe != 0:
		what = "a pipe"
	case m&fs.ModeSocket != 0:
		what = "a socket"
	case m&fs.ModeDevice != 0:
		what = "a device"
	}
	return refuse(nil, "is %s, not a file, and was not opened: leave it out of the corpus", what)
}

// A lister finds the files of one root.
type lister struct {
	c    *Corpus
	root root
	*tree
	// seen holds the files listed already, of this root and others, by their
	// place without links.
	seen map[string]bool
	// dirs holds the folders of this root that were walked.
	dirs map[string]bool
	// links are left until all else is known: a link to what is in the corpus
	// by itself adds nothing.
	links []place

	any      bool // something here may hold articles
	files    []corpus.File
	problems []corpus.Problem
	leftOut  LeftOut
}

// A place below a root has the name it was reached by, and the one without
// links.
type place struct{ name, real string }

// list fills in files and problems. The error is for the root as a whole.
func (l *lister) list(ctx context.Context, r root) error {
	if err := r.supported(); err != nil {
		return err
	}
	t, err := r.open()
	if err != nil {
		return explain(err)
	}
	defer t.close()
	l.root, l.tree, l.dirs, l.leftOut = r, t, make(map[string]bool), make(LeftOut)

	if t.top != "." {
		info, err := fs.Stat(t.fsys, t.top)
		if err != nil {
			return explain(err)
		}
		return l.file(place{t.top, t.top}, info)
	}
	if err := l.folder(ctx, place{".", "."}); err != nil {
		return explain(err)
	}
	for len(l.links) > 0 && ctx.Err() == nil {
		// Those inside a folder reached by a link come after those outside, so
		// that the shorter way to a file names it.
		links := l.links
		l.links = nil
		slices.SortFunc(links, func(a, b place) int { return strings.Compare(a.name, b.name) })
		for _, p := range links {
			l.link(ctx, p)
		}
	}
	switch {
	case l.any:
		return nil
	case len(l.leftOut) > 0:
		return fmt.Errorf("holds no articles, but %s; %s", l.leftOut, formats)
	}
	return fmt.Errorf("holds no articles: %s", formats)
}

func (l *lister) problem(name string, err error) {
	l.problems = append(l.problems, corpus.Problem{Name: name, Err: err})
}

// folder walks a folder. The error says why it cannot be listed.
func (l *lister) folder(ctx context.Context, p place) error {
	if l.dirs[p.real] || ctx.Err() != nil {
		return nil
	}
	l.dirs[p.real] = true
	entries, err := fs.ReadDir(l.fsys, p.real)
	for _, e := range entries { // may be some even if there is an error
		child := place{path.Join(p.name, e.Name()), path.Join(p.real, e.Name())}
		known := formatOf(e.Name()) != none
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case !utf8.ValidString(e.Name()):
			if known || e.IsDir() {
				l.problem(strings.ToValidUTF8(child.name, "\uFFFD"), errors.New("has a name that is not UTF-8: rename it"))
			} else {
				l.leave(child, e.Type())
			}
		case e.IsDir():
			if err := l.folder(ctx, child); err != nil {
				l.any = true
				l.problem(child.name+"/", explain(err))
			}
		case e.Type()&fs.ModeSymlink != 0:
			l.links = append(l.links, child)
		case known:
			info, err := e.Info()
			if err != nil {
				err = explain(err)
			} else {
				err = l.file(child, info)
			}
			if err != nil {
				l.any = true
				l.problem(child.name, err)
			}
		default:
			l.leave(child, e.Type())
		}
	}
	return err
}

// leave counts a file of a kind that is not read.
func (l *lister) leave(p place, m fs.FileMode) {
	if !m.IsRegular() || !l.first(p) {
		return
	}
	l.leftOut[kindOf(p.name)]++
}

// first reports whether a file was not listed before, under whatever name, and
// has it be known from now on.
func (l *lister) first(p place) bool {
	key := l.root.id + "\x00" + p.real
	if l.dir != "" {
		key = filepath.Join(l.dir, filepath.FromSlash(p.real))
	}
	if l.seen[key] {
		return false
	}
	l.seen[key] = true
	return true
}

// link follows a symbolic link, if it stays below the root.
func (l *lister) link(ctx context.Context, p place) {
	known := formatOf(p.name) != none
	if l.dir == "" {
		if known {
			l.problem(p.name, errors.New("is a symbolic link, which is not followed here: put the file itself in its place"))
		}
		return
	}
	real, err := l.resolve(p.real)
	switch {
	case err == errOutside:
		// A link to something that would not be read anyway is no news.
		info, err := os.Stat(filepath.Join(l.dir, filepath.FromSlash(p.real)))
		if known || err == nil && info.IsDir() {
			l.any = true
			l.problem(p.name, errOutside)
		}
		return
	case errors.Is(err, fs.ErrNotExist):
		err = refuse(err, "is a symbolic link to something that does not exist: repair or remove it")
	case err != nil:
		err = refuse(err, "is a symbolic link that cannot be followed (%v): repair or remove it", cause(err))
	default:
		var info fs.FileInfo
		if info, err = fs.Stat(l.fsys, real); err != nil {
			err = explain(err)
		} else if info.IsDir() {
			if err := l.folder(ctx, place{p.name, real}); err != nil {
				l.any = true
				l.problem(p.name+"/", explain(err))
			}
			return
		} else if known {
			err = l.file(place{p.name, real}, info)
		}
	}
	if err != nil && known {
		l.any = true
		l.problem(p.name, err)
	}
}

func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// file takes a file in, or says why it cannot be one with articles.
func (l *lister) file(p place, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return irregular(info.Mode())
	}
	if err := l.c.check(formatOf(l.root.name(l.tree, p.name)), info.Size()); err != nil {
		return err
	}
	l.any = true
	if !l.first(p) {
		return nil
	}
	l.files = append(l.files, corpus.File{
		Name:  l.root.name(l.tree, p.name),
		Path:  l.root.path(l.tree, p.name),
		Root:  l.root.id,
		Stamp: l.stamp(p.real, info),
		Size:  info.Size(),
	})
	return nil
}

// check says what a file's size alone tells against it.
func (c *Corpus) check(f format, size int64) error {
	switch {
	case size == 0:
		return errors.New("is empty: put an article in, or remove it")
	case size > c.maxText && (f == text || f == markdown):
		return fmt.Errorf("is too large for one article (%d MB, the limit is %d MB): split it, or make it a .jsonl file with an article a line",
			size>>20, c.maxText>>20)
	}
	return nil
}

// stampVersion is to be raised when the same bytes come to be read otherwise.
const stampVersion = "1"

// stamp tells one state of a file from another without reading it, where the
// file system's clock can be trusted to.
func (l *lister) stamp(real string, info fs.FileInfo) string {
	s := fmt.Sprintf("%s-%d", stampVersion, info.Size())
	if l.dir != "" {
		s += fmt.Sprintf("-%d", info.ModTime().UnixNano())
		if l.c.now().Sub(info.ModTime()) > settled {
			return s
		}
	}
	f, _, err := l.open(real)
	if err != nil {
		return s // Read will say why
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return s
	}
	return s + "-" + hex.EncodeToString(h.Sum(nil)[:16])
}
