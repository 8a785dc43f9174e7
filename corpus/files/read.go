package files

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"dateline/corpus"
)

// A reader reads one file.
type reader struct {
	c     *Corpus
	file  corpus.File
	yield func(*corpus.Article) error
	in    counter
	report
}

// A counter counts what is read of a file.
type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += int64(n)
	return n, err
}

// read returns an error only if yield or the context did.
func (r *reader) read(ctx context.Context, in root) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t, err := in.open()
	if err != nil {
		r.add(0, explain(err))
		return nil
	}
	defer t.close()

	name := r.file.Name
	if t.top != "." {
		name = t.top
	}
	if name, err = t.resolve(name); err != nil {
		r.add(0, gone(err))
		return nil
	}
	f, info, err := t.open(name)
	if err != nil {
		r.add(0, gone(err))
		return nil
	}
	defer f.Close()
	kind := formatOf(r.file.Name)
	if err := r.c.check(kind, info.Size()); err != nil {
		r.add(0, err)
		return nil
	}

	r.in.Reader = f
	buffered := bufio.NewReaderSize(&r.in, 64<<10)
	if kind != gzipLines {
		head, _ := buffered.Peek(512)
		if what := signature(string(head)); what != "" {
			r.add(0, fmt.Errorf("is %s, not text: save it as text, or remove it", what))
			return nil
		}
	}
	switch kind {
	case text, markdown:
		return r.whole(kind, buffered, info.Size())
	case lines:
		return r.records(ctx, buffered)
	case gzipLines:
		return r.gzipRecords(ctx, buffered)
	}
	r.add(0, fmt.Errorf("not a kind of file that is read: %s", formats))
	return nil
}

// gone explains an error with a file that was there a moment ago.
func gone(err error) error {
	var said *refusal
	switch {
	case err == errOutside, errors.As(err, &said):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return refuse(err, "was removed while the corpus was read: run again if it is back")
	}
	return explain(err)
}

// whole reads a file that is one article.
func (r *reader) whole(kind format, in io.Reader, size int64) error {
	var b strings.Builder
	b.Grow(int(min(size, r.c.maxText)))
	n, err := io.Copy(&b, io.LimitReader(in, r.c.maxText+1))
	if err == nil {
		err = r.c.check(kind, n) // it may have grown
	} else {
		err = explain(err)
	}
	if err != nil {
		r.add(0, err)
		return nil
	}
	decoded, offsets, _ := decode(b.String())
	switch {
	case binaryData(decoded):
		r.add(0, errors.New("is not text but binary data: save it as text, or remove it"))
		return nil
	case strings.TrimSpace(decoded) == "":
		r.add(0, errors.New("holds nothing but blank space: put an article in, or remove it"))
		return nil
	}
	a := &corpus.Article{
		ID:      corpus.NewID(r.file.Root, r.file.Name),
		Source:  r.file.Name,
		Path:    r.file.Path,
		Text:    decoded,
		Offsets: offsets,
		Body:    corpus.Span{End: len(decoded)},
	}
	if kind == markdown {
		if line, err := describeMarkdown(a); err != nil {
			r.add(line, err)
		}
		if strings.TrimSpace(a.Body.Of(a.Text)) == "" {
			r.add(0, errors.New("holds front matter but no article: put the text below it"))
			return nil
		}
	}
	return r.pass(a)
}

func (r *reader) pass(a *corpus.Article) error {
	a.Seal()
	a.Derive()
	a.ReadTo = r.in.n
	return r.yield(a)
}
