package files

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"

	xunicode "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"dateline/corpus"
)

// An id that is longer, or holds control characters, is nothing to show and
// type. Web addresses are common ids.
const maxID = 1000

func (r *reader) gzipRecords(ctx context.Context, in *bufio.Reader) error {
	z, err := gzip.NewReader(in)
	if err != nil {
		r.add(0, refuse(err, "is not gzip data, in spite of its name: get it anew, or name it .jsonl if it is plain text"))
		return nil
	}
	defer z.Close()
	return r.records(ctx, bufio.NewReaderSize(z, 64<<10))
}

// records reads a file of JSON lines.
func (r *reader) records(ctx context.Context, in *bufio.Reader) error {
	if head, _ := in.Peek(3); bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) || bytes.HasPrefix(head, []byte("\ufeff")) {
		in = bufio.NewReaderSize(transform.NewReader(in, xunicode.BOMOverride(transform.Nop)), 64<<10)
	}
	var (
		ls       = lineReader{in: in, max: r.c.maxLine}
		ids      = make(map[string]int) // where each name was used
		articles int

		first     error // what is wrong with the first line that has no article
		firstLine int
	)
	skip := func(line int, err error) {
		if first == nil {
			first, firstLine = err, line
		}
		r.add(line, err)
	}
	for n := 1; ; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, err := ls.next()
		if err == errTooLong {
			skip(n, fmt.Errorf("is longer than %d MB, and was skipped: split the article", r.c.maxLine>>20))
			continue
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			// The line it happened in is lost; those before it stand.
			r.add(n, refuse(err, "is where the file is damaged (%v), only the lines before were read: get it anew", cause(err)))
			return nil
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		a, id, err := parseRecord(decodeLine(string(line)))
		if err != nil {
			skip(n, err)
			continue
		}
		key := fmt.Sprintf("L%d", n)
		if id != "" {
			key = id
		}
		if at, ok := ids[key]; ok {
			for ok {
				key += fmt.Sprintf("~L%d", n)
				_, ok = ids[key]
			}
			r.add(n, fmt.Errorf("has the same id as line %d: give it one of its own (until then it is called %s)", at, key))
		}
		ids[key] = n
		a.Source = r.file.Name + "#" + key
		a.ID = corpus.NewID(r.file.Root, a.Source)
		a.Path = r.file.Path
		articles++
		if err := r.pass(a); err != nil {
			return err
		}
	}
	if articles == 0 {
		// Not a hundred times the same: this is a file of something else.
		r.report = report{name: r.file.Name}
		why := "every line is blank"
		if first != nil {
			why = fmt.Sprintf("line %d %v", firstLine, first)
		}
		r.add(0, refuse(first, `holds no article (%s): a line is an object such as {"id":"1","title":"...","published":"2025-11-26","text":"..."}`, why))
	}
	return nil
}

// parseRecord reads one line of JSON. The text is as it was written there; the
// id is "" if there is none to use.
func parseRecord(line string) (a *corpus.Article, id string, err error) {
	if !strings.HasPrefix(line, "{") {
		return nil, "", errors.New("is not a JSON object")
	}
	var record map[string]json.RawMessage
	if err := json.Unmarshal([]byte(line), &record); err != nil {
		return nil, "", refuse(err, "is not valid JSON (%v): repair or remove it", err)
	}
	a = &corpus.Article{}
	given := make(fields, len(record))
	for _, k := range slices.Sorted(maps.Keys(record)) {
		raw := record[k]
		switch k {
		case "text":
			if err := json.Unmarshal(raw, &a.Text); err != nil {
				return nil, "", errors.New(`has a "text" that is not a string`)
			}
		case "id":
			id = recordID(raw)
			if id == "" {
				given.addJSON(k, raw)
			}
		default:
			given.addJSON(k, raw)
		}
	}
	switch {
	case record["text"] == nil:
		return nil, "", errors.New(`has no "text"`)
	case strings.TrimSpace(a.Text) == "":
		return nil, "", errors.New(`has an empty "text"`)
	}
	a.Body = corpus.Span{End: len(a.Text)}
	given.describe(a, corpus.FromRecord)
	return a, id, nil
}

func recordID(raw json.RawMessage) string {
	var s string
	switch c := raw[0]; {
	case c == '"':
		if json.Unmarshal(raw, &s) != nil {
			return ""
		}
	case c == '-' || '0' <= c && c <= '9':
		s = string(raw)
	}
	if s = strings.TrimSpace(s); len(s) > maxID || strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	return s
}

func (f fields) addJSON(key string, raw json.RawMessage) {
	switch raw[0] {
	case '"':
		var s string
		if json.Unmarshal(raw, &s) == nil {
			f.add(key, s, s)
		}
		return
	case 'n': // null
		return
	}
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return
	}
	text := ""
	var list []string
	switch {
	case raw[0] == '[' && json.Unmarshal(raw, &list) == nil:
		text = strings.Join(list, ", ")
	case raw[0] != '[' && raw[0] != '{':
		text = b.String()
	}
	f.add(key, text, b.String())
}

var errTooLong = errors.New("line too long")

// A lineReader reads lines up to a limit, and goes on behind longer ones.
type lineReader struct {
	in  *bufio.Reader
	max int64
	buf []byte
}

// next returns the next line, valid until the next call; io.EOF after the
// last; errTooLong for a line that was skipped. A line that an error of
// reading cuts short is not returned.
func (l *lineReader) next() ([]byte, error) {
	l.buf = l.buf[:0]
	tooLong := false
	for {
		part, err := l.in.ReadSlice('\n')
		if tooLong = tooLong || int64(len(l.buf)+len(part)) > l.max+1; !tooLong {
			l.buf = append(l.buf, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err != nil && err != io.EOF:
			return nil, err
		case tooLong:
			return nil, errTooLong
		case err == io.EOF && len(l.buf) == 0:
			return nil, io.EOF
		}
		return l.buf, nil
	}
}
