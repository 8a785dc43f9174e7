package eval

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"dateline/corpus"
)

// A Question is one line of a question set.
type Question struct {
	ID           string   `json:"id"`
	Question     string   `json:"question"`
	Answers      []string `json:"answers"`
	Sources      []string `json:"sources"`
	Asked        string   `json:"asked"` // 2006-01-02, to which "this week" refers
	Unanswerable bool     `json:"unanswerable"`
}

// asked is the day of the question; zero where the set does not say.
func (q Question) asked() time.Time {
	t, err := time.Parse(time.DateOnly, q.Asked)
	if err != nil {
		return time.Time{}
	}
	return t
}

// Gold reports whether the article is one that the question's answer is to be
// found in. Sets name an article by its Source or, for a record, by the
// record's id alone.
func (q Question) Gold(articleSource string) bool {
	_, record, isRecord := strings.Cut(articleSource, "#")
	for _, s := range q.Sources {
		if s == articleSource || isRecord && s == record {
			return true
		}
	}
	return false
}

// golds says of each article whether it is Gold.
func (q Question) golds(found []Ranked) []bool {
	gold := make([]bool, len(found))
	for i, f := range found {
		gold[i] = q.Gold(f.Article.Source)
	}
	return gold
}

// Judged reports whether it is known what the answer has to be. A question that
// only names its sources is measured for search alone.
func (q Question) Judged() bool { return q.Unanswerable || len(q.Answers) > 0 }

// maxLine is the longest line of a set that is read.
const maxLine = 16 << 20

// ReadFile reads a question set: JSON lines, compressed if the name ends in
// .gz.
func ReadFile(name string) ([]Question, error) { return readFile(name, Read) }

// readFile reads a set with read, which is given the lines themselves.
func readFile[T any](name string, read func(io.Reader) ([]T, error)) ([]T, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		r = z
	}
	all, err := read(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return all, nil
}

// Read reads a question set of JSON lines. Empty lines are skipped; a line
// that is no question is an error that names it, for a figure over a part of a
// set is none.
func Read(r io.Reader) ([]Question, error) {
	return readLines(r, "questions", func(q Question) error {
		switch {
		case strings.TrimSpace(q.Question) == "":
			return errors.New("no question")
		case !q.Judged() && len(q.Sources) == 0:
			return errors.New("no answers, no sources, and not marked unanswerable")
		case q.Asked != "" && q.asked().IsZero():
			return fmt.Errorf("asked %q is no date like 2006-01-02", q.Asked)
		}
		return nil
	})
}

// readLines reads JSON lines, which it calls what, and has each one checked.
func readLines[T any](r io.Reader, what string, check func(T) error) ([]T, error) {
	var all []T
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, maxLine)
	n := 0
	for sc.Scan() {
		n++
		line := bytes.TrimSpace(sc.Bytes())
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if len(line) == 0 {
			continue
		}
		var v T
		if err := json.Unmarshal(line, &v); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if err := check(v); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		all = append(all, v)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n+1, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no %s in it", what)
	}
	return all, nil
}

// byName lists the sources of the articles by the names that sets give them.
func byName(articles []*corpus.Article) map[string][]string {
	m := make(map[string][]string, 2*len(articles))
	for _, a := range articles {
		m[a.Source] = append(m[a.Source], a.Source)
		if _, record, ok := strings.Cut(a.Source, "#"); ok {
			m[record] = append(m[record], a.Source)
		}
	}
	return m
}
