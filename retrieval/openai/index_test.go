package openai_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dateline/retrieval"
	"dateline/retrieval/bleve"
	"dateline/retrieval/chromem"
	"dateline/retrieval/openai"
	"dateline/retrieval/openai/openaitest"
	"dateline/retrieval/retrievaltest"
)

// news is a corpus of one article with some hundred passages, so that they are
// embedded one request after the other.
func news() *retrievaltest.Source {
	var b strings.Builder
	for i := range 4000 {
		fmt.Fprintf(&b, "The mayor of town %d, in the %d district, counted %d bridges and found them sound on Monday.\n\n", i, i%7, 3*i)
	}
	src := new(retrievaltest.Source)
	src.Put("news.txt", retrievaltest.Article("news.txt", "", "", b.String()))
	return src
}

func openIndex(t testing.TB, dir string, e retrieval.Embedder) *retrieval.Index {
	t.Helper()
	x, err := retrieval.Open(filepath.Join(dir, "index"), retrieval.Options{
		Keywords: bleve.Engine{}, Embedder: e, Vectors: chromem.Engine{}, Weight: openai.Weight,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

// keeping is config, with what is known about models in dir, and ten texts in a
// request.
func keeping(server *openaitest.Server, dir string) openai.Config {
	c := config(server)
	c.Dir, c.Texts, c.AtOnce = filepath.Join(dir, "models"), 10, 1
	return c
}

// byOne has Embed give an embedder of keeping one request's texts at a time.
var byOne = retrieval.EmbedOptions{Batch: 10, AtOnce: 1}

// sync1 brings the words of an index up to date.
func sync1(t testing.TB, x *retrieval.Index) retrieval.Report {
	t.Helper()
	report, err := x.Sync(t.Context(), news(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// Embedding that failed half-way goes on where it was, and once all is embedded
// nothing is asked for, not even by another process.
func TestIndexResumes(t *testing.T) {
	failing := true
	server := serve(t, func(r openaitest.Request) openaitest.Reply {
		if failing && r.N >= 5 {
			return openaitest.Reply{Status: http.StatusPaymentRequired, Text: "no credit"}
		}
		return openaitest.Truthful(8)(r)
	})
	dir := t.TempDir()
	x := openIndex(t, dir, open(t, keeping(server, dir)))
	report := sync1(t, x)
	// Of several requests in a batch, those before the failure count, too.
	if e, err := x.Embed(t.Context(), retrieval.EmbedOptions{Batch: 100, AtOnce: 1}, nil); err == nil || !strings.Contains(err.Error(), "is used up") || e.Made != 50 {
		t.Fatalf("got %+v, error %v, want 50 vectors and that the quota is used up", e, err)
	}
	failing = false
	paid := server.Texts()[:50]
	before := len(server.Texts())
	if _, err := openIndex(t, dir, open(t, keeping(server, dir))).Embed(t.Context(), byOne, nil); err != nil {
		t.Fatal(err)
	}
	again := server.Texts()[before:]
	if len(again) != report.Passages-50 || slices.ContainsFunc(again, func(s string) bool { return slices.Contains(paid, s) }) {
		t.Errorf("asked for %d of %d texts, want all but the 50 that were paid for", len(again), report.Passages)
	}
	before = len(server.Requests())
	x = openIndex(t, dir, open(t, keeping(server, dir)))
	for range 2 {
		if report := sync1(t, x); report.Written {
			t.Errorf("of articles that did not change: got %+v", report)
		}
		if e, err := x.Embed(t.Context(), byOne, nil); err != nil || e.Made != 0 {
			t.Errorf("of articles that did not change: got %+v, error %v", e, err)
		}
	}
	if got := len(server.Requests()) - before; got != 0 {
		t.Errorf("asked %d times for articles that did not change", got)
	}
}

// Going back to an earlier model finds its vectors, and none of another's.
func TestModelsDoNotMix(t *testing.T) {
	server := serve(t, openaitest.Truthful(8))
	other := serve(t, openaitest.Truthful(8))
	dir := t.TempDir()
	src := new(retrievaltest.Source)
	src.Put("a.txt", retrievaltest.Article("a.txt", "", "", "Doctors went on strike."))
	want := 0
	embed := func(c openai.Config, made int) {
		t.Helper()
		x := openIndex(t, dir, open(t, c))
		if _, err := x.Sync(t.Context(), src, nil); err != nil {
			t.Fatal(err)
		}
		e, err := x.Embed(t.Context(), byOne, nil)
		want += made
		if got := len(server.Texts()) + len(other.Texts()); err != nil || e.Made != made || e.Done != 1 || got != want {
			t.Errorf("got %+v, error %v, and asked for %d texts; want %d made and %d asked for", e, err, got, made, want)
		}
	}
	c := config(server)
	embed(c, 1)
	c.Model = "another"
	embed(c, 1)
	c.Dims = 4
	embed(c, 1)
	embed(config(other), 1)
	embed(config(server), 0)
}

// TestKilledChild is what TestKilled starts and kills.
func TestKilledChild(t *testing.T) {
	args := strings.Fields(os.Getenv("DATELINE_TEST_KILL"))
	if len(args) != 2 {
		t.Skip("started by TestKilled")
	}
	e, err := openai.Open(t.Context(), openai.Config{BaseURL: args[0], Model: "scripted", Dims: 8, Dir: filepath.Join(args[1], "models"), Texts: 10, AtOnce: 1})
	if err != nil {
		t.Fatal(err)
	}
	x := openIndex(t, args[1], e)
	sync1(t, x)
	_, err = x.Embed(t.Context(), byOne, nil)
	t.Fatalf("was not killed: %v", err)
}

// Killed while it embeds, the next one asks for what is left.
func TestKilled(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const rounds = 5
	asked, killed := make(chan struct{}), make(chan struct{})
	server := serve(t, func(r openaitest.Request) openaitest.Reply {
		if n := r.N + 1; n <= 4*rounds && n%4 == 0 { // the fourth of each round
			asked <- struct{}{}
			<-killed
		}
		return openaitest.Truthful(8)(r)
	})
	dir := t.TempDir()
	for range rounds {
		cmd := exec.Command(program, "-test.run=^TestKilledChild$")
		cmd.Env = append(os.Environ(), "DATELINE_TEST_KILL="+server.BaseURL()+" "+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-asked
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the child ended well")
		}
		killed <- struct{}{}
	}
	x := openIndex(t, dir, open(t, keeping(server, dir)))
	e, err := x.Embed(t.Context(), byOne, nil)
	if err != nil || e.Done != e.Passages {
		t.Fatalf("got %+v, error %v, want all done", e, err)
	}
	// Those that were under way are asked for once more.
	want := e.Passages
	for round := range rounds {
		want += len(server.Requests()[4*round+3].Texts)
	}
	if got := len(server.Texts()); got != want {
		t.Errorf("asked for %d texts over all rounds, want %d", got, want)
	}
	found, err := x.Search(t.Context(), retrieval.Query{Text: "Who counted the bridges of town 77?"})
	if err != nil || len(found.Hits) == 0 || found.WordsAlone != "" {
		t.Errorf("got %+v, error %v, want hits", found, err)
	}
}

// What shares no word with the query is found by its meaning, and while the
// server is down words still find.
func TestSearch(t *testing.T) {
	down := false
	truthful := openaitest.Truthful(64)
	server := serve(t, func(r openaitest.Request) openaitest.Reply {
		if down {
			return openaitest.Reply{Status: http.StatusPaymentRequired}
		}
		texts := r.Texts
		r.Texts = nil
		for _, t := range texts { // this model knows what people in a town do
			r.Texts = append(r.Texts, strings.NewReplacer("physicians", "doctors").Replace(strings.ToLower(t)))
		}
		return truthful(r)
	})
	c := config(server)
	c.Dims = 0
	src := new(retrievaltest.Source)
	for name, text := range map[string]string{
		"a.txt": "Doctors went on strike.",
		"b.txt": "The harbour bridge reopens on Wednesday.",
	} {
		src.Put(name, retrievaltest.Article(name, "", "", text))
	}
	x := openIndex(t, t.TempDir(), open(t, c))
	if _, err := x.Sync(t.Context(), src, nil); err != nil {
		t.Fatal(err)
	}
	search := func(text string) retrieval.Result {
		t.Helper()
		found, err := x.Search(t.Context(), retrieval.Query{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if found := search("physicians"); len(found.Hits) != 1 || found.Hits[0].Article.Source != "a.txt" || found.Hits[0].Keyword != 0 {
		t.Errorf("got %+v, want the article on doctors, by its meaning", found.Hits)
	}
	down = true
	if found := search("physicians of note"); len(found.Hits) != 0 || !strings.Contains(found.WordsAlone, "the quota at "+server.BaseURL()+" is used up") {
		t.Errorf("got %d hits, words alone because %q; want none, and why", len(found.Hits), found.WordsAlone)
	}
	if found := search("harbour"); len(found.Hits) != 1 || found.WordsAlone == "" {
		t.Errorf("got %d hits, words alone because %q; want one, and why", len(found.Hits), found.WordsAlone)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Search(ended, retrieval.Query{Text: "harbour"}); err == nil {
		t.Error("a search that was given up found something")
	}
}

// What a server adds to the time that a model takes, for 1,000 passages: the
// fake server's own work included.
func BenchmarkEmbed(b *testing.B) {
	texts := make([]string, 1000)
	for _, dims := range []int{384, 1536} {
		b.Run(fmt.Sprintf("1000x%d", dims), func(b *testing.B) {
			server := serve(b, openaitest.Truthful(dims))
			c := config(server)
			c.Dims, c.Dir = dims, b.TempDir()
			e := open(b, c)
			n := 0
			for b.Loop() {
				for i := range texts {
					n++
					texts[i] = strings.Repeat(fmt.Sprintf("The mayor of town %d counted the bridges. ", n), 20)
				}
				for batch := range slices.Chunk(texts, 128) {
					if _, err := e.Embed(b.Context(), batch); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
