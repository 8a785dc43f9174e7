package files

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"dateline/corpus"
)

// readAll reads a corpus that can be read, and checks what holds of every
// article.
func readAll(t testing.TB, c *Corpus) ([]*corpus.Article, []corpus.Problem) {
	t.Helper()
	list, problems, err := c.Files(context.Background())
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	var articles []*corpus.Article
	for _, f := range list {
		ps, err := c.Read(context.Background(), f, func(a *corpus.Article) error {
			if want := corpus.NewID(f.Root, a.Source); a.ID != want {
				t.Errorf("%s: id: got %q, want %q", a.Source, a.ID, want)
			}
			if a.Hash == "" || !a.Body.Within(len(a.Text)) || a.Path != f.Path {
				t.Errorf("%s: got hash %q, body %v of %d bytes, path %q (want %q)", a.Source, a.Hash, a.Body, len(a.Text), a.Path, f.Path)
			}
			articles = append(articles, a)
			return nil
		})
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		problems = append(problems, ps...)
	}
	return articles, problems
}

func names(articles []*corpus.Article) []string {
	var s []string
	for _, a := range articles {
		s = append(s, a.Source)
	}
	return s
}

// wantProblems compares problems with the beginnings of those wanted.
func wantProblems(t testing.TB, got []corpus.Problem, want ...string) {
	t.Helper()
	ok := len(got) == len(want)
	for i := 0; ok && i < len(got); i++ {
		ok = strings.HasPrefix(got[i].Error(), want[i])
	}
	if !ok {
		var s []string
		for _, p := range got {
			s = append(s, p.Error())
		}
		t.Errorf("problems: got\n  %s\nwant\n  %s", strings.Join(s, "\n  "), strings.Join(want, "\n  "))
	}
}

// makeTree makes files in a new folder. A value that begins with "-> " makes a
// symbolic link.
func makeTree(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(files[name], "-> "); ok {
			err = os.Symlink(strings.ReplaceAll(target, "DIR", dir), p)
		} else {
			err = os.WriteFile(p, []byte(files[name]), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t testing.TB, paths ...string) *Corpus {
	t.Helper()
	c, err := Open(paths...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFolder(t *testing.T) {
	outside := makeTree(t, map[string]string{"secret.txt": "Secret.", "sub/deep.txt": "Deep."})
	for _, tc := range []struct {
		name     string
		files    map[string]string
		want     []string
		problems []string
	}{
		{"all kinds", map[string]string{
			"a.txt": "A.", "B.MD": "# B\n", "sub/deeper/c.jsonl": `{"id":"1","text":"C."}`, "d.jsonl.gz": string(zip(t, `{"id":"2","text":"D."}`)),
			"image.png": "\x89PNG", "noextension": "x", ".hidden.txt": "x", ".git/e.txt": "x", "sub/.f.txt": "x", "a.txt.bak": "x", "folder.txt/g.txt": "G.",
		}, []string{"B.MD", "a.txt", "d.jsonl.gz#2", "folder.txt/g.txt", "sub/deeper/c.jsonl#1"}, nil},
		{"names in order, whatever the folder", map[string]string{"b/x.txt": "x", "b.txt": "x", "a/z.txt": "x", "b-c.txt": "x"},
			[]string{"a/z.txt", "b-c.txt", "b.txt", "b/x.txt"}, nil},
		{"what is no article", map[string]string{"a.txt": "A.", "empty.txt": "", "empty.jsonl": "", "blank.md": " \n\r\n", "pdf.txt": "%PDF-1.4", "zeros.txt": strings.Repeat("\x00", 5000),
			"bom.txt": "\ufeff", "noise.md": strings.Repeat("\x01\x02\x03\x80\x90\xff", 99)},
			[]string{"a.txt"},
			[]string{"empty.jsonl: is empty", "empty.txt: is empty", "blank.md: holds nothing but blank space", "bom.txt: holds nothing but blank space",
				"noise.md: is not text but binary data", "pdf.txt: is a PDF", "zeros.txt: is not text but binary data"}},
		{"loops", map[string]string{"a/b/c.txt": "C.", "a/b/loop": "-> ../..", "a/self": "-> self", "a/self.txt": "-> self.txt", "here": "-> .", "a/me": "-> ../a"},
			[]string{"a/b/c.txt"}, []string{"a/self.txt: is a symbolic link that cannot be followed ("}},
		{"links to what is here anyway", map[string]string{"a.txt": "A.", "b.txt": "-> a.txt", "sub/c.txt": "-> ../a.txt", "d.txt": "-> DIR/a.txt"}, []string{"a.txt"}, nil},
		{"links into hidden folders, as Kubernetes mounts a ConfigMap", map[string]string{"..2025/a.txt": "A.", "..2025/sub/b.txt": "B.", "..data": "-> ..2025", "a.txt": "-> ..data/a.txt",
			"sub": "-> ..data/sub", "also.txt": "-> a.txt"}, []string{"a.txt", "sub/b.txt"}, nil},
		{"links that lead out", map[string]string{"a.txt": "A.", "abs.txt": "-> " + outside + "/secret.txt", "rel.txt": "-> ../../../../../../../../../../.." + outside + "/secret.txt", "dir": "-> " + outside + "/sub",
			"gone.txt": "-> /nowhere/x.txt", "broken.txt": "-> nothing.txt", "picture.png": "-> " + outside + "/secret.txt", "nothing": "-> nothing"},
			[]string{"a.txt"},
			[]string{"abs.txt: is a symbolic link that leads out", "broken.txt: is a symbolic link to something that does not exist", "dir: is a symbolic link that leads out",
				"gone.txt: is a symbolic link to something that does not exist", "rel.txt: is a symbolic link that leads out"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			articles, problems := readAll(t, open(t, makeTree(t, tc.files)))
			if got := names(articles); !slices.Equal(got, tc.want) {
				t.Errorf("sources: got %q, want %q", got, tc.want)
			}
			wantProblems(t, problems, tc.problems...)
		})
	}
}

func TestNothingToRead(t *testing.T) {
	dir := makeTree(t, map[string]string{"empty/sub/x.png": "x", "one/empty.txt": "", "two/a.txt": "", "two/b.md": "", "a.pdf": "x", "empty.txt": "", "good/a.txt": "A."})
	if err := os.Mkdir(filepath.Join(dir, "bare"), 0o755); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, tc := range []struct {
		name     string
		paths    []string
		err      string
		problems []string
	}{
		{"missing", []string{at("missing")}, at("missing") + ": does not exist: check the path", nil},
		{"missing file of a kind that is not read", []string{at("missing.pdf")}, at("missing.pdf") + ": does not exist: check the path", nil},
		{"an empty folder", []string{at("bare")}, at("bare") + ": holds no articles: Dateline reads .txt, .md, .jsonl and .jsonl.gz files", nil},
		{"a folder of other files", []string{at("empty")}, at("empty") + ": holds no articles, but 1 file of a kind that is not read: .png; Dateline reads .txt, .md, .jsonl and .jsonl.gz files", nil},
		{"an empty file", []string{at("empty.txt")}, at("empty.txt") + ": is empty", nil},
		{"a folder with an empty file", []string{at("one")}, "empty.txt: is empty", nil},
		{"a folder with empty files", []string{at("two")}, "no articles to read: every file that may hold one has a problem, 2 in all", []string{"a.txt: is empty", "b.md: is empty"}},
		{"two", []string{at("missing"), at("empty")}, "no articles to read: " + at("missing") + ": does not exist: check the path; " + at("empty") + ": holds no articles", nil},
		{"one of two", []string{at("missing"), at("good")}, "", []string{at("missing") + ": does not exist"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, problems, err := open(t, tc.paths...).Files(context.Background())
			wantProblems(t, problems, tc.problems...)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if !strings.HasPrefix(got, tc.err) || (got == "") != (tc.err == "") {
				t.Errorf("error: got %q, want %q", got, tc.err)
			}
		})
	}
	for _, tc := range []struct {
		name  string
		paths []string
		err   string
	}{
		{"no path", nil, "no corpus given"},
		{"another kind of file", []string{at("good"), at("a.pdf")}, at("a.pdf") + ": not a kind of file that is read: Dateline reads .txt, .md, .jsonl and .jsonl.gz files"},
	} {
		if _, err := Open(tc.paths...); err == nil || !strings.HasPrefix(err.Error(), tc.err) {
			t.Errorf("%s: got error %v, want %q", tc.name, err, tc.err)
		}
	}
}

func TestSingleFile(t *testing.T) {
	dir := makeTree(t, map[string]string{"real/.a.txt": "A.", "link.txt": "-> real/.a.txt", "n.jsonl": `{"id":"1","text":"N."}`})
	for _, tc := range []struct{ path, source string }{
		{"real/.a.txt", ".a.txt"}, // hidden, but asked for
		{"link.txt", "link.txt"},  // leads where it likes: it was asked for
		{"n.jsonl", "n.jsonl#1"},
	} {
		p := filepath.Join(dir, tc.path)
		articles, problems := readAll(t, open(t, p))
		wantProblems(t, problems)
		if len(articles) != 1 || articles[0].Source != tc.source || articles[0].Path != p || articles[0].ID != corpus.NewID(p, tc.source) {
			t.Errorf("%s: got %+v, want one with source %q", tc.path, articles, tc.source)
		}
	}
}

func TestSeveralRoots(t *testing.T) {
	a := makeTree(t, map[string]string{"news.txt": "A.", "sub/x.txt": "X.", "z.txt": "Z."})
	b := makeTree(t, map[string]string{"news.txt": "B."})
	fs, problems, err := open(t, a, b, a+"/", filepath.Join(a, "sub"), filepath.Join(a, "z.txt")).Files(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	wantProblems(t, problems)
	var got []string
	for _, f := range fs {
		got = append(got, f.Path)
	}
	// What lies in two of them is read once, as part of the first.
	want := []string{filepath.Join(min(a, b), "news.txt"), filepath.Join(max(a, b), "news.txt"), filepath.Join(a, "sub/x.txt"), filepath.Join(a, "z.txt")}
	if !slices.Equal(got, want) {
		t.Errorf("paths: got %q, want %q", got, want)
	}
}

func TestRelativePath(t *testing.T) {
	dir := makeTree(t, map[string]string{"news/a.txt": "A."})
	t.Chdir(dir)
	articles, _ := readAll(t, open(t, "news"))
	whole, _ := readAll(t, open(t, filepath.Join(dir, "news")))
	if len(articles) != 1 || articles[0].ID != whole[0].ID {
		t.Errorf("got %+v, want the article of the absolute path, %+v", articles, whole)
	}
}

func TestHugeFile(t *testing.T) {
	dir := makeTree(t, map[string]string{"a.txt": "A."})
	p := filepath.Join(dir, "huge.txt")
	f, err := os.Create(p)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(1 << 30); err != nil {
		t.Skip("no sparse files here:", err)
	}
	c := open(t, dir)
	articles, problems := readAll(t, c)
	wantProblems(t, problems, "huge.txt: is too large for one article (1024 MB, the limit is 256 MB)")
	if got, want := names(articles), []string{"a.txt"}; !slices.Equal(got, want) {
		t.Errorf("sources: got %q, want %q", got, want)
	}
	// It may have grown since it was listed.
	problems, err = c.Read(context.Background(), corpus.File{Name: "huge.txt", Root: dir}, nil)
	if err != nil {
		t.Error(err)
	}
	wantProblems(t, problems, "huge.txt: is too large")
}

func TestStamp(t *testing.T) {
	dir := makeTree(t, map[string]string{"a.txt": "One."})
	p := filepath.Join(dir, "a.txt")
	written := time.Date(2025, 11, 26, 10, 0, 0, 0, time.UTC)
	write := func(text string, at time.Time) {
		t.Helper()
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(p, at, at); err != nil {
			t.Fatal(err)
		}
	}
	c := open(t, dir)
	stamp := func(now time.Time) string {
		t.Helper()
		c.now = func() time.Time { return now }
		fs, _, err := c.Files(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return fs[0].Stamp
	}
	soon, later := written.Add(time.Second), written.Add(time.Minute)

	write("One.", written)
	one, oneLater := stamp(soon), stamp(later)
	if again := stamp(soon); again != one {
		t.Errorf("unchanged, just written: got %q, then %q", one, again)
	}
	write("Two.", written)
	if two := stamp(soon); two == one {
		t.Errorf("changed within a tick of the clock: got %q twice", two)
	}
	if again := stamp(later); again != oneLater {
		t.Errorf("settled: got %q, want %q without a look inside", again, oneLater)
	}
	write("Two.", written.Add(time.Nanosecond))
	if again := stamp(later); again == oneLater {
		t.Errorf("written anew: got %q twice", again)
	}

	embedded := func(text string) string {
		fs, _, err := FS("r", fstest.MapFS{"a.txt": {Data: []byte(text)}}).Files(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return fs[0].Stamp
	}
	if a, b := embedded("One."), embedded("Two."); a == b || a != embedded("One.") {
		t.Errorf("embedded: got %q and %q, want them to tell the contents apart", a, b)
	}
}

func TestHash(t *testing.T) {
	hash := func(text string) string {
		articles, _ := readAll(t, FS("r", fstest.MapFS{"a.md": {Data: []byte(text)}}))
		return articles[0].Hash
	}
	one := hash("---\ntitle: A\n---\nText.")
	if again := hash("---\ntitle: A\n---\nText."); again != one {
		t.Errorf("same content: got %q, then %q", one, again)
	}
	if other := hash("---\ntitle: B\n---\nText."); other == one {
		t.Errorf("another title: got %q twice", one)
	}
}

// What was listed may be something else when it is read.
func TestChangedSinceListed(t *testing.T) {
	outside := makeTree(t, map[string]string{"secret.txt": "Secret."})
	dir := makeTree(t, map[string]string{"gone.txt": "A.", "link.txt": "B.", "folder.txt": "C.", "empty.txt": "D."})
	c := open(t, dir)
	fs, _, err := c.Files(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fs {
		if err := os.Remove(f.Path); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink(filepath.Join(outside, "secret.txt"), filepath.Join(dir, "link.txt")),
		os.Mkdir(filepath.Join(dir, "folder.txt"), 0o755), os.WriteFile(filepath.Join(dir, "empty.txt"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	var problems []corpus.Problem
	for _, f := range fs {
		ps, err := c.Read(context.Background(), f, func(a *corpus.Article) error {
			t.Errorf("got article %s: %q", a.Source, a.Text)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		problems = append(problems, ps...)
	}
	wantProblems(t, problems, "empty.txt: is empty", "folder.txt: is a folder, not a file",
		"gone.txt: was removed while the corpus was read", "link.txt: is a symbolic link that leads out")

	if _, err := c.Read(context.Background(), corpus.File{Name: "secret.txt", Root: outside}, nil); err == nil {
		t.Error("file of another corpus: got no error")
	}
	ps, err := c.Read(context.Background(), corpus.File{Name: "../" + filepath.Base(outside) + "/secret.txt", Root: dir}, nil)
	if err != nil || len(ps) != 1 {
		t.Errorf("name that climbs out: got problems %v, error %v, want one and none", ps, err)
	}
}

func TestPermissionDenied(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything; TestBrokenFS covers the rest")
	}
	dir := makeTree(t, map[string]string{"a.txt": "A.", "b.txt": "B.", "sub/c.txt": "C."})
	for _, name := range []string{"b.txt", "sub"} {
		p := filepath.Join(dir, name)
		if err := os.Chmod(p, 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(p, 0o700) })
	}
	articles, problems := readAll(t, open(t, dir))
	if got, want := names(articles), []string{"a.txt"}; !slices.Equal(got, want) {
		t.Errorf("sources: got %q, want %q", got, want)
	}
	wantProblems(t, problems, "sub/: may not be read", "b.txt: may not be read")
}

// brokenFS fails for some names: a name alone when it is opened, with "/..."
// after it when it is listed, with "..." after it when it is read.
type brokenFS struct {
	fs.FS
	fail map[string]error
}

func (b brokenFS) Open(name string) (fs.File, error) {
	if err := b.fail[name]; err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	f, err := b.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return brokenFile{f, b.fail[name+"..."]}, nil
}

func (b brokenFS) Stat(name string) (fs.FileInfo, error) { return fs.Stat(b.FS, name) }

func (b brokenFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := b.fail[name+"/..."]; err != nil {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	return fs.ReadDir(b.FS, name)
}

type brokenFile struct {
	fs.File
	fail error
}

func (b brokenFile) Read(p []byte) (int, error) {
	n, err := b.File.Read(p[:min(len(p), 100)])
	if err == io.EOF && b.fail != nil {
		err = b.fail
	}
	return n, err
}

func TestBrokenFS(t *testing.T) {
	files := fstest.MapFS{"a.txt": {Data: []byte("A.")}, "b.txt": {Data: []byte("B.")}, "c.txt": {Data: []byte("C.")}, "d.jsonl": {Data: []byte(`{"id":"1","text":"D."}` + "\n" + `{"id":`)},
		"sub/e.txt": {Data: []byte("E.")}, "link.txt": {Data: []byte("a.txt"), Mode: fs.ModeSymlink}, "bad\xff.txt": {Data: []byte("x")}}
	c := FS("r", brokenFS{files, map[string]error{"b.txt": fs.ErrPermission, "c.txt...": errors.New("input/output error"), "d.jsonl...": errors.New("input/output error"), "sub/...": fs.ErrPermission}})
	articles, problems := readAll(t, c)
	if got, want := names(articles), []string{"a.txt", "d.jsonl#1"}; !slices.Equal(got, want) {
		t.Errorf("sources: got %q, want %q", got, want)
	}
	wantProblems(t, problems, "bad\ufffd.txt: has a name that is not UTF-8", "link.txt: is a symbolic link, which is not followed here", "sub/: may not be read",
		"b.txt: may not be read", "c.txt: cannot be read (input/output error)", "d.jsonl:2: is where the file is damaged (input/output error)")

	c = FS("sample", brokenFS{files, map[string]error{"./...": fs.ErrPermission}})
	if _, _, err := c.Files(context.Background()); err == nil || !strings.HasPrefix(err.Error(), "sample: may not be read") || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("root: got error %v, want one that wraps %v", err, fs.ErrPermission)
	}
}

func TestCancel(t *testing.T) {
	dir := makeTree(t, map[string]string{"a.txt": "A.", "n.jsonl": `{"text":"N."}`})
	c := open(t, dir)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := c.Files(ctx); err != context.Canceled {
		t.Errorf("list: got error %v, want %v", err, context.Canceled)
	}
	for _, name := range []string{"a.txt", "n.jsonl"} {
		if _, err := c.Read(ctx, corpus.File{Name: name, Root: dir}, nil); err != context.Canceled {
			t.Errorf("read %s: got error %v, want %v", name, err, context.Canceled)
		}
	}
}

// Concurrent reads of one corpus do not disturb each other.
func TestConcurrentRead(t *testing.T) {
	c := open(t, makeTree(t, map[string]string{"a.txt": "A.", "b.md": "# B\n\nText.", "n.jsonl": `{"text":"N."}`}))
	fs, _, err := c.Files(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		for _, f := range fs {
			wg.Go(func() {
				if ps, err := c.Read(context.Background(), f, func(*corpus.Article) error { return nil }); err != nil || ps != nil {
					t.Errorf("%s: got problems %v, error %v, want none", f.Name, ps, err)
				}
			})
		}
	}
	wg.Wait()
}

func TestLeftOut(t *testing.T) {
	for _, tc := range []struct {
		name string
		tree map[string]string
		want string
	}{
		{"nothing", map[string]string{"a.txt": "A.", "b.md": "B.", "c.jsonl.gz": "", "empty.txt": ""}, ""},
		{"one", map[string]string{"a.txt": "A.", "b.html": "B."}, "1 file of a kind that is not read: .html"},
		{"three kinds", map[string]string{"a.txt": "A.", "b.html": "B.", "c.json": "C.", "d.csv": "D."},
			"3 files of kinds that are not read: .csv, .html, .json"},
		{"the most frequent first", map[string]string{"a.csv": "A.", "b.html": "B.", "deep/down/c.HTML": "C."},
			"3 files of kinds that are not read: .html (2), .csv"},
		{"packed", map[string]string{"a.csv.gz": "A.", "b.gz": "B."}, "2 files of kinds that are not read: .csv.gz, .gz"},
		{"without an ending", map[string]string{"LICENSE": "A.", "Report of 3. Mai, second half": "B.", "noted.in passing": "C."},
			"3 files of kinds that are not read: names without an ending (3)"},
		{"hidden", map[string]string{"a.txt": "A.", ".git/config.ini": "B.", ".DS_Store": "C."}, ""},
		{"a name that is not UTF-8", map[string]string{"a.txt": "A.", "\xff.html": "B."}, "1 file of a kind that is not read: .html"},
		{"a link beside its target", map[string]string{"a.txt": "A.", "b.html": "B.", "c.html": "-> b.html"}, "1 file of a kind that is not read: .html"},
		{"many kinds", map[string]string{"1.a": "", "1.b": "", "1.c": "", "1.d": "", "1.e": "", "1.f": "", "1.g": "", "1.h": "", "1.i": "", "2.j": ""},
			"10 files of kinds that are not read: .a, .b, .c, .d, .e, .f, .g, .h, others (2)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := makeTree(t, tc.tree)
			// What lies in two places counts once.
			got, err := open(t, dir, dir+"/deep", filepath.Join(dir, "missing")).LeftOut(t.Context())
			if err != nil || got.String() != tc.want {
				t.Errorf("got %q, %v, want %q", got, err, tc.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := open(t, t.TempDir()).LeftOut(ctx); err != context.Canceled {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}
