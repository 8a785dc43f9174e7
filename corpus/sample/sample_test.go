package sample_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"unicode/utf8"

	"dateline/corpus/sample"
)

func TestFS(t *testing.T) {
	names, err := fs.Glob(sample.FS, "*")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(names), 13; got != want {
		t.Errorf("articles: got %d, want %d: %v", got, want, names)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			if strings.EqualFold(name, "README.md") {
				t.Fatal("the folder's README is embedded as an article")
			}
			if ext := path.Ext(name); ext != ".txt" && ext != ".md" {
				t.Errorf("extension: got %q, want .txt or .md", ext)
			}
			text, err := fs.ReadFile(sample.FS, name)
			if err != nil {
				t.Fatal(err)
			}
			if !utf8.Valid(text) {
				t.Error("not valid UTF-8")
			}
			if n := len(strings.Fields(string(text))); n < 120 || n > 350 {
				t.Errorf("words: got %d, want 120 to 350", n)
			}
		})
	}
}
