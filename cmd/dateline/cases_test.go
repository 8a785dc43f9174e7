package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A smallCase is a line of testdata/cases: a few lines of articles, one command,
// and what its JSON has to hold. A file there is of one kind of fault.
type smallCase struct {
	ID      string            `json:"id"`
	Expect  string            `json:"expect"` // in words
	Files   map[string]string `json:"files"`
	Command []string          `json:"command"` // without --corpus and --json
	// Want and Never are patterns by path: one of the values there has to match,
	// or none may. In a path "*" stands for all elements of a list or an object:
	// "sentences.*.text".
	Want  map[string]string `json:"want"`
	Never map[string]string `json:"never"`
	// Stderr is a pattern of what is said on standard error.
	Stderr string `json:"stderr"`
}

func TestCases(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob(filepath.Join(sourceDir, "testdata", "cases", "*.jsonl"))
	if err != nil || len(names) == 0 {
		t.Fatalf("got cases %q, %v, want some", names, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		kind := strings.TrimSuffix(filepath.Base(name), ".jsonl")
		for l := range strings.Lines(string(data)) {
			var c smallCase
			d := json.NewDecoder(strings.NewReader(l))
			d.DisallowUnknownFields()
			if err := d.Decode(&c); err != nil {
				t.Fatalf("%s: %v in %s", name, err, l)
			}
			t.Run(kind+"/"+c.ID, func(t *testing.T) {
				t.Parallel()
				c.run(t)
			})
		}
	}
}

func (c smallCase) run(t *testing.T) {
	if len(c.Want)+len(c.Never) == 0 && c.Stderr == "" {
		t.Fatal("the case wants nothing")
	}
	dir := t.TempDir()
	for name, text := range c.Files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := append([]string{c.Command[0], "--data", t.TempDir(), "--corpus", dir, "--json"}, c.Command[1:]...)
	var stdout, stderr bytes.Buffer
	// A claim that is not supported is a failure of the text, not of the program.
	if code := run(t.Context(), args, func(string) string { return "" }, strings.NewReader(""), &stdout, &stderr); code != exitDone && (c.Command[0] != "check" || code != exitFailed) {
		t.Fatalf("got exit code %d, standard error %q", code, &stderr)
	}
	var printed any
	if err := json.Unmarshal(stdout.Bytes(), &printed); err != nil {
		t.Fatal(err)
	}
	fault := func(format string, args ...any) {
		t.Errorf("%s; want: %s\nfiles %q\n%s %q\n%s", fmt.Sprintf(format, args...), c.Expect, c.Files, c.Command[0], c.Command[1:], &stdout)
	}
	for path, pattern := range c.Want {
		if got := valuesAt(printed, strings.Split(path, ".")); !anyMatch(pattern, got) {
			fault("got %s %q, want one that matches %s", path, got, pattern)
		}
	}
	for path, pattern := range c.Never {
		if got := valuesAt(printed, strings.Split(path, ".")); anyMatch(pattern, got) {
			fault("got %s %q, want none that matches %s", path, got, pattern)
		}
	}
	if !regexp.MustCompile(c.Stderr).MatchString(stderr.String()) {
		fault("got standard error %q, want a match of %s", &stderr, c.Stderr)
	}
}

func anyMatch(pattern string, values []string) bool {
	return slices.ContainsFunc(values, regexp.MustCompile(pattern).MatchString)
}

// valuesAt are the values of JSON at a path, as text.
func valuesAt(v any, path []string) []string {
	if len(path) == 0 {
		return []string{fmt.Sprint(v)}
	}
	var values []string
	switch v := v.(type) {
	case map[string]any:
		for key, e := range v {
			if path[0] == "*" || path[0] == key {
				values = append(values, valuesAt(e, path[1:])...)
			}
		}
	case []any:
		for i, e := range v {
			if path[0] == "*" || path[0] == strconv.Itoa(i) {
				values = append(values, valuesAt(e, path[1:])...)
			}
		}
	}
	return values
}
