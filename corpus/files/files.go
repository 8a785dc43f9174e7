// Package files reads articles from local files: plain text, Markdown, and
// records in JSON lines, plain or gzipped.
//
// A .txt or .md file is one article whose text is the file's own bytes, or,
// where the file had to be converted to UTF-8, a text with a map back to them.
// A .jsonl or .jsonl.gz file holds an article a line. What cannot be read is
// reported by name and skipped.
package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"dateline/corpus"
)

const (
	// A whole text file is held in memory while it is read, twice if it has to
	// be converted.
	maxText = 256 << 20
	// A line of JSON is one article.
	maxLine = 64 << 20
	// More problems than this in one file say the same thing over and over.
	maxProblems = 20
	// Files changed a moment ago may change again within one tick of the file
	// system's clock (2 s on FAT), with no trace in their modification time.
	settled = 2 * time.Second
)

// A Corpus is one or several places articles are read from. It keeps nothing
// open and nothing in memory between calls, sees files as they are at the time
// of the call, and is safe for concurrent use.
type Corpus struct {
	roots []root

	maxText, maxLine int64
	now              func() time.Time
}

// Open returns the corpus of the given files and folders. Folders are read
// with all that lies below them, but for hidden files and folders. A path that
// does not exist is reported by Files, since it may come to be; the error is
// for no path at all, or a file of a kind that is not read.
func Open(paths ...string) (*Corpus, error) {
	if len(paths) == 0 {
		return nil, errors.New("no corpus given: name a file or a folder of articles")
	}
	var roots []root
	for _, p := range paths {
		abs, err := filepath.Abs(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		r := root{id: abs, given: p}
		if err := r.supported(); err != nil {
			return nil, fmt.Errorf("%s: %w", p, err)
		}
		if !slices.ContainsFunc(roots, func(o root) bool { return o.id == r.id }) {
			roots = append(roots, r)
		}
	}
	return newCorpus(roots), nil
}

// FS returns the corpus of a file system, an embedded one say. Its name takes
// the place of a root's path in article ids. Symbolic links in it are not
// followed.
func FS(name string, fsys fs.FS) *Corpus {
	return newCorpus([]root{{id: name, given: name, fsys: fsys}})
}

func newCorpus(roots []root) *Corpus {
	return &Corpus{roots: roots, maxText: maxText, maxLine: maxLine, now: time.Now}
}

// Files lists the files that hold articles, in order of name and root, and
// what cannot be read. A problem with a folder has a name that ends in a
// slash, and one with a whole root has the root's name as it was given: their
// files are missing from the list without being gone. The error says why there
// is no file to read at all.
func (c *Corpus) Files(ctx context.Context) ([]corpus.File, []corpus.Problem, error) {
	var (
		found    []corpus.File
		problems []corpus.Problem // with single files and folders
		failed   []corpus.Problem // with whole roots
		seen     = make(map[string]bool)
	)
	for _, r := range c.roots {
		l := lister{c: c, seen: seen}
		err := l.list(ctx, r)
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if err != nil {
			failed = append(failed, corpus.Problem{Name: r.given, Err: err})
		}
		found = append(found, l.files...)
		problems = append(problems, l.problems...)
	}
	slices.SortFunc(found, func(a, b corpus.File) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Root, b.Root))
	})
	slices.SortStableFunc(problems, func(a, b corpus.Problem) int { return strings.Compare(a.Name, b.Name) })
	switch {
	case len(found) > 0:
		return found, append(failed, problems...), nil
	case len(failed) == 0 && len(problems) == 1:
		return nil, nil, problems[0]
	case len(failed) == 0:
		return nil, problems, fmt.Errorf("no articles to read: every file that may hold one has a problem, %d in all", len(problems))
	case len(failed) == 1:
		return nil, problems, failed[0]
	}
	errs := make([]string, len(failed))
	for i, p := range failed {
		errs[i] = p.Error()
	}
	return nil, problems, fmt.Errorf("no articles to read: %s", strings.Join(errs, "; "))
}

// LeftOut counts the files below the corpus' folders that are of kinds that are
// not read. Hidden ones do not count, nor does what cannot be listed, which
// Files reports. The error is the context's.
func (c *Corpus) LeftOut(ctx context.Context) (LeftOut, error) {
	all := make(LeftOut)
	seen := make(map[string]bool)
	for _, r := range c.roots {
		l := lister{c: c, seen: seen}
		_ = l.list(ctx, r) // see Files
		for kind, n := range l.leftOut {
			all[kind] += n
		}
	}
	return all, ctx.Err()
}

// LeftOut has the number of files of each kind that is not read. A kind is the
// ending of a name in lower case, as ".html"; "" stands for names without one.
type LeftOut map[string]int

// String says how many and of which kinds: "3 files of kinds that are not read:
// .html (2), .csv", the most frequent first; "" if there are none.
func (l LeftOut) String() string {
	if len(l) == 0 {
		return ""
	}
	kinds := slices.SortedFunc(maps.Keys(l), func(a, b string) int {
		return cmp.Or(cmp.Compare(l[b], l[a]), strings.Compare(a, b))
	})
	const most = 8
	total, others := 0, 0
	var names []string
	for i, kind := range kinds {
		total += l[kind]
		if i >= most {
			others += l[kind]
			continue
		}
		name := cmp.Or(kind, "names without an ending")
		if l[kind] > 1 {
			name = fmt.Sprintf("%s (%d)", name, l[kind])
		}
		names = append(names, name)
	}
	if others > 0 {
		names = append(names, fmt.Sprintf("others (%d)", others))
	}
	what := "file of a kind that is not read"
	if total > 1 {
		what = "files of kinds that are not read"
	}
	return fmt.Sprintf("%d %s: %s", total, what, strings.Join(names, ", "))
}

// ending is what tells a kind of file: a name such as "St. Albans, part two"
// has none.
var ending = regexp.MustCompile(`^(?:\.[a-z0-9]{1,8})?\.[a-z0-9_~-]{1,8}$`)

// kindOf returns the key of LeftOut for a file's name.
func kindOf(name string) string {
	name = strings.ToLower(name)
	kind := path.Ext(name)
	if kind == ".gz" {
		kind = path.Ext(strings.TrimSuffix(name, kind)) + kind
	}
	if !ending.MatchString(kind) {
		return ""
	}
	return kind
}

// Read passes the articles of one file on, one at a time and in the file's
// order, sealed and derived, and returns what could not be read of it.
// The error is yield's or the context's, or for a file of another corpus.
func (c *Corpus) Read(ctx context.Context, f corpus.File, yield func(*corpus.Article) error) ([]corpus.Problem, error) {
	i := slices.IndexFunc(c.roots, func(r root) bool { return r.id == f.Root })
	if i < 0 {
		return nil, fmt.Errorf("%s: not in this corpus, but in %s", f.Name, f.Root)
	}
	r := reader{c: c, file: f, yield: yield, report: report{name: f.Name}}
	err := r.read(ctx, c.roots[i])
	return r.problems(), err
}

// A format is a way to keep articles in a file.
type format int

const (
	none format = iota
	text
	markdown
	lines
	gzipLines
)

const formats = "Dateline reads .txt, .md, .jsonl and .jsonl.gz files"

func formatOf(name string) format {
	name = strings.ToLower(name)
	for _, f := range []struct {
		ext string
		format
	}{{".txt", text}, {".md", markdown}, {".jsonl", lines}, {".jsonl.gz", gzipLines}} {
		if strings.HasSuffix(name, f.ext) {
			return f.format
		}
	}
	return none
}

// A refusal is an error whose text is a whole message for people; the error
// behind it, if there is one, is for the log.
type refusal struct {
	text  string
	cause error
}

func (r *refusal) Error() string { return r.text }
func (r *refusal) Unwrap() error { return r.cause }

func refuse(cause error, format string, args ...any) error {
	return &refusal{fmt.Sprintf(format, args...), cause}
}

// explain turns an error of the file system into what to do about it.
func explain(err error) error {
	var pe *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refuse(err, "does not exist: check the path")
	case errors.Is(err, fs.ErrPermission):
		return refuse(err, "may not be read: change its permissions, or leave it out of the corpus")
	case errors.As(err, &pe):
		// The path inside a root says less than the name beside it.
		return refuse(err, "cannot be read (%v): check the disk, or leave it out of the corpus", pe.Err)
	}
	return refuse(err, "cannot be read (%v): check the disk, or leave it out of the corpus", err)
}

// A report collects the problems of one file.
type report struct {
	name string
	list []corpus.Problem
	more int
}

// add notes a problem; line counts from 1, and 0 means the file as a whole.
func (r *report) add(line int, err error) {
	if len(r.list) == maxProblems {
		r.more++
		return
	}
	name := r.name
	if line > 0 {
		name = fmt.Sprintf("%s:%d", r.name, line)
	}
	r.list = append(r.list, corpus.Problem{Name: name, Err: err})
}

func (r *report) problems() []corpus.Problem {
	if r.more == 0 {
		return r.list
	}
	return append(r.list, corpus.Problem{Name: r.name, Err: fmt.Errorf("and %d more problems like these", r.more)})
}
