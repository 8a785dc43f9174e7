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

// maxLine is the longest line of a question set that is read.
const maxLine = 16 << 20

// ReadFile reads a question set: JSON lines, compressed if the name ends in
// .gz.
func ReadFile(name string) ([]Question, error) {
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
	qs, err := Read(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return qs, nil
}

// Read reads a question set of JSON lines. Empty lines are skipped; a line
// that is no question is an error that names it, for a figure over a part of a
// set is none.
func Read(r io.Reader) ([]Question, error) {
	var qs []Question
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
		var q Question
		if err := json.Unmarshal(line, &q); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if strings.TrimSpace(q.Question) == "" {
			return nil, fmt.Errorf("line %d: no question", n)
		}
		if !q.Unanswerable && len(q.Answers) == 0 {
			return nil, fmt.Errorf("line %d: no answers, and not marked unanswerable", n)
		}
		if q.Asked != "" && q.asked().IsZero() {
			return nil, fmt.Errorf("line %d: asked %q is no date like 2006-01-02", n, q.Asked)
		}
		qs = append(qs, q)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n+1, err)
	}
	if len(qs) == 0 {
		return nil, errors.New("no questions in it")
	}
	return qs, nil
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
