package files

import (
	"context"
	"strings"
	"testing"

	"dateline/corpus"
)

// readAll reads a corpus that can be read, and checks what holds of every
// article.
func readAll(t testing.TB, c *Corpus) ([]*corpus.Article, []corpus.Problem) {
	t.Helper()
	fs, problems, err := c.Files(context.Background())
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	var articles []*corpus.Article
	for _, f := range fs {
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
