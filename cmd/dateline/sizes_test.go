package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"dateline/corpus"
	"dateline/corpus/sample"
	"dateline/corpus/word"
	"dateline/retrieval"
	"dateline/retrieval/encoder"
	"dateline/retrieval/simd"
)

// What TestSizes measures; without either it skips itself. ".ci/run bench" sets them.
var (
	sizes    = flag.String("sizes", "", "how many passages of made-up articles TestSizes indexes, as 10000,67000")
	measured = flag.String("sizes.articles", "", "a file of articles that it indexes besides")
)

// TestSizes prints what an index costs by the size of the corpus. Vectors are made
// up as well, but for a sample that tells how fast the encoder makes them:
// encoding 300,000 passages would take hours and show nothing more.
func TestSizes(t *testing.T) {
	if *sizes == "" && *measured == "" {
		t.Skip("neither -sizes nor -sizes.articles is set")
	}
	exe := filepath.Join(t.TempDir(), "dateline")
	if out, err := exec.Command("go", "build", "-o", exe, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	info, err := os.Stat(exe)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("binary %s, kernels %s, %d processors\n\n", bytesize(info.Size()), simd.Kernels(), runtime.GOMAXPROCS(0))
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer w.Flush()
	fmt.Fprintln(w, "corpus\tarticles\tpassages\twords\tvectors\tchange\topen\tp50\tp95\tsearches\task\tmemory\tchat\tdisk\t")
	fmt.Fprintln(w, "\t\t\ts\tper s\ts\tms\tms\tms\tper s\ts\tMB\tMB\tMB\t")
	for size := range strings.SplitSeq(*sizes, ",") {
		if size == "" {
			continue
		}
		passages, err := strconv.Atoi(size)
		if err != nil {
			t.Fatalf("-sizes: %v", err)
		}
		dir := filepath.Join(t.TempDir(), "articles")
		invent(t, dir, passages)
		measureSize(t, w, exe, "made up", dir)
	}
	if *measured != "" {
		measureSize(t, w, exe, filepath.Base(filepath.Dir(*measured)), *measured)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	fmt.Print(`
words     seconds until questions can be asked of a corpus that is new
vectors   passages a second that the encoder then reads, on all processors
change    seconds to take in one changed article
open      milliseconds to open the index and search once
p50, p95  milliseconds of a search
searches  a second, as many at a time as there are processors
ask       seconds of a whole process that answers one question
memory    megabytes of it at most, with what it maps
chat      megabytes at most of a process that answers fifty
disk      megabytes of the index
`)
}

// measureSize prints a line for a corpus.
func measureSize(t *testing.T, w io.Writer, exe, name, corpus string) {
	ctx := t.Context()
	data := t.TempDir()
	model, err := encoder.Load()
	if err != nil {
		t.Fatal(err)
	}
	open := func() *library {
		lib := &library{chosen: corpusChoice{Roots: []string{corpus}}, data: data, log: slog.New(slog.DiscardHandler)}
		source, err := lib.chosen.open()
		if err != nil {
			t.Fatal(err)
		}
		lib.source, lib.embed = guarded{source}, builtIn()
		lib.embed.Embedder = madeUp{encoder.NewEmbedder(model, 1)}
		if err := lib.openKept(); err != nil {
			t.Fatal(err)
		}
		return lib
	}
	lib := open()
	report, err := lib.index.Sync(ctx, lib.source, nil)
	if err != nil {
		t.Fatal(err)
	}
	embed := func() {
		if _, err := lib.index.Embed(ctx, retrieval.EmbedOptions{Batch: 1000}, nil); err != nil {
			t.Fatal(err)
		}
	}
	embed()
	all, err := lib.index.Coverage(ctx, retrieval.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	queries, texts := examples(t, lib)
	start := time.Now()
	if _, err := encoder.NewEmbedder(model, 0).Embed(ctx, texts); err != nil {
		t.Fatal(err)
	}
	rate := float64(len(texts)) / time.Since(start).Seconds()

	change := 0.0
	if info, err := os.Stat(corpus); err == nil && info.IsDir() {
		changeOne(t, corpus)
		start = time.Now()
		if _, err := lib.index.Sync(ctx, lib.source, nil); err != nil {
			t.Fatal(err)
		}
		embed()
		change = time.Since(start).Seconds()
	}
	lib.close()

	start = time.Now()
	lib = open()
	defer lib.close()
	search := func(i int) {
		if _, err := lib.index.Search(ctx, retrieval.Query{Text: queries[i%len(queries)], Limit: 12}); err != nil {
			t.Error(err)
		}
	}
	search(0)
	opened := time.Since(start)
	var took []time.Duration
	for i := range queries {
		start := time.Now()
		search(i)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	start = time.Now()
	var wg sync.WaitGroup
	for n := range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range queries {
				search(i + n)
			}
		})
	}
	wg.Wait()
	searches := float64(len(queries)*runtime.GOMAXPROCS(0)) / time.Since(start).Seconds()

	run := func(stdin string, args ...string) (time.Duration, int) {
		cmd := exec.Command(exe, append(args, "--data", data, "--corpus", corpus)...)
		cmd.Dir, cmd.Stdin, cmd.Env = data, strings.NewReader(stdin), []string{"HOME=" + data}
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		start := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		most := 0
		for {
			select {
			case err := <-ended:
				took := time.Since(start)
				if err != nil {
					t.Fatalf("dateline %v: %v\n%s", args, err, &out)
				}
				return took, most
			case <-time.After(5 * time.Millisecond):
				most = max(most, peak(cmd.Process.Pid))
			}
		}
	}
	var asks []time.Duration
	var memory int
	for i := range 5 {
		took, most := run("", "ask", "Who said that "+queries[i]+"?")
		asks, memory = append(asks, took), max(memory, most)
	}
	slices.Sort(asks)
	_, chat := run(strings.Join(queries[:min(50, len(queries))], "?\n")+"?\n", "chat", "--json")

	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\t%.0f\t%.2f\t%.0f\t%.0f\t%.0f\t%.0f\t%.2f\t%d\t%d\t%.0f\t\n",
		name, all.Articles, all.Passages, report.Took.Seconds(), rate, change, ms(opened), ms(took[len(took)/2]), ms(took[len(took)*95/100]),
		searches, asks[len(asks)/2].Seconds(), memory, chat, float64(sizeOf(t, data))/(1<<20))
}

// peak is how much memory a process has had at most, in MB; 0 where that is not
// known. What it leaves to its parent counts what it had before exec, too: the
// parent's.
func peak(pid int) int {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), "VmHWM:")
	kb, _ := strconv.Atoi(strings.Fields(rest + " 0")[0])
	return kb / 1024
}

// madeUp is the built-in encoder for questions, and a hash for passages.
type madeUp struct{ *encoder.Embedder }

func (m madeUp) Embed(_ context.Context, texts []string) ([][]float32, error) {
	vs := make([][]float32, len(texts))
	for i, text := range texts {
		h := fnv.New64a()
		_, _ = io.WriteString(h, text)
		r := rand.New(rand.NewPCG(h.Sum64(), 0))
		v := make([]float32, m.Dims())
		sum := 0.0
		for j := range v {
			v[j] = float32(r.NormFloat64()) + 1 // those of an encoder are all somewhat near
			sum += float64(v[j]) * float64(v[j])
		}
		for j := range v {
			v[j] /= float32(math.Sqrt(sum))
		}
		vs[i] = v
	}
	return vs, nil
}

// invent writes articles of eleven passages each, in a hundred files, of words that are
// as unevenly frequent as those of a language.
func invent(t *testing.T, dir string, passages int) {
	const perArticle, files, sentences = 11, 100, 80
	words := vocabulary(t)
	r := rand.New(rand.NewPCG(1, uint64(passages)))
	pick := func() string {
		return words[min(len(words)-1, int(math.Exp(r.Float64()*math.Log(float64(len(words))))))]
	}
	sentence := func() string {
		var list []string
		for range 12 + r.IntN(12) {
			list = append(list, pick())
		}
		return strings.ToUpper(list[0][:1]) + strings.Join(list, " ")[1:] + "."
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range files {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("%02d.jsonl", i)))
		if err != nil {
			t.Fatal(err)
		}
		out := bufio.NewWriter(f)
		enc := json.NewEncoder(out)
		for n := i; n < passages/perArticle; n += files {
			var text strings.Builder
			for j := range sentences {
				text.WriteString(sentence())
				text.WriteString([...]string{" ", " ", "\n\n"}[j%3])
			}
			published := time.Date(2020, 1, 1+n%2000, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			if err := enc.Encode(map[string]string{"id": strconv.Itoa(n), "title": sentence(), "publisher": "Vale Echo", "published": published, "text": text.String()}); err != nil {
				t.Fatal(err)
			}
		}
		if err := out.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// vocabulary returns the words of the sample articles, each once, and as many pairs
// of them as it takes to have the words of a language, in an order that does not
// change.
func vocabulary(t *testing.T) []string {
	seen := make(map[string]bool)
	var words []string
	err := fs.WalkDir(sample.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(sample.FS, path)
		for _, w := range word.Split(string(text)) {
			if !seen[w.Norm] && strings.IndexFunc(w.Norm, func(r rune) bool { return r < 'a' || r > 'z' }) < 0 {
				seen[w.Norm] = true
				words = append(words, w.Norm)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for n, i := len(words), 0; len(words) < 60_000; i++ {
		words = append(words, words[i%n]+words[(i/n+i*7)%n])
	}
	return words
}

// examples returns the first words of two hundred articles, and a passage of every
// second one.
func examples(t *testing.T, lib *library) (queries, passages []string) {
	const most = 200
	list, err := lib.index.Articles(t.Context(), retrieval.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(list) && len(queries) < most; i += max(1, len(list)/most) {
		a, err := lib.index.Article(t.Context(), list[i].ID)
		if err != nil {
			t.Fatal(err)
		}
		words := strings.Fields(a.Text)
		queries = append(queries, strings.Trim(strings.Join(words[:min(len(words), 10)], " "), ".?!"))
		if ps := corpus.Passages(a.Text, a.Sentences()); len(queries)%2 == 0 {
			passages = append(passages, ps[i%len(ps)].Of(a.Text))
		}
	}
	return queries, passages
}

// changeOne changes an article of those that invent has made.
func changeOne(t *testing.T, dir string) {
	name := filepath.Join(dir, "00.jsonl")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	data = bytes.Replace(data, []byte(`"text":"`), []byte(`"text":"It was changed. `), 1)
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// sizeOf is how many bytes the files below a folder have.
func sizeOf(t *testing.T, dir string) (size int64) {
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			info, infoErr := d.Info()
			if infoErr != nil {
				return infoErr
			}
			size += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}
