package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"dateline/corpus/files"
	"dateline/retrieval"
)

// An indexed corpus is what "index --json" prints.
type indexed struct {
	Corpus    []string  `json:"corpus"`
	Index     string    `json:"index"`
	New       int       `json:"new"`
	Changed   int       `json:"changed"`
	Unchanged int       `json:"unchanged"`
	Vanished  int       `json:"vanished"`
	Kept      int       `json:"kept"`
	Passages  int       `json:"passages_indexed"`
	Problems  []problem `json:"problems"`
	// LeftOut has the number of files of each kind that is not read: ".html": 2.
	LeftOut            files.LeftOut `json:"left_out,omitempty"`
	Rebuilt            string        `json:"rebuilt,omitempty"`
	Seconds            float64       `json:"seconds"`
	PassagesASecond    float64       `json:"passages_per_second"`
	Articles           int           `json:"articles"`
	PassagesAltogether int           `json:"passages"`
	Bytes              int64         `json:"bytes"`
	Vectors            *vectors      `json:"vectors,omitempty"`
	Embedding          *embedded     `json:"embedding,omitempty"` // by a model server
}

// vectors are what came of making them.
type vectors struct {
	Passages        int     `json:"passages"` // that have one
	Made            int     `json:"made"`     // just now
	Seconds         float64 `json:"seconds"`
	PassagesASecond float64 `json:"passages_per_second"`
}

type problem struct {
	Name  string `json:"name"`
	Error string `json:"error"`
}

func (p *program) indexCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "index [flags] PATH... | --samples",
		Short: "Bring the index of files and folders up to date",
		Long: `Index reads what is new or changed below the paths and forgets what is gone. The
paths become the corpus that other commands use when none is given; with --samples
that is the sample articles, as it was in the beginning.

"ask" does the same for its corpus by itself; "index" is for a large corpus, and
shows how far it has come. Words come first: once they are indexed, questions can be
asked, and are answered from all articles. Then vectors are made, by which passages
are found that say the same in other words, those of the newest articles first.

It can be stopped at any time. Before the words are done the index stays as it was,
and of the vectors all that were made are kept: the next "index", or "serve", goes on
from there.`,
		Example: `  dateline index ./articles
  dateline index ./archive/2025 news.jsonl.gz
  dateline index --samples`,
	}
	samples := cmd.Flags().Bool("samples", false, "go back to the sample articles")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if *samples && len(args) > 0 {
			return usageError{errors.New("the samples have no path: give either --samples or paths")}
		}
		if !*samples {
			return someArgs("path")(cmd, args)
		}
		return nil
	}
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		var chosen corpusChoice // the samples
		var err error
		if !*samples {
			if chosen, err = p.chooseCorpus(args); err != nil {
				return err
			}
		}
		lib, err := p.libraryOf(ctx, chosen, keptOrNothing)
		if err != nil {
			return err
		}
		defer lib.close()
		report, err := p.sync(ctx, lib, p.lines())
		if err != nil {
			return err
		}
		places, err := lib.chosen.places()
		if err != nil {
			return err
		}
		name := filepath.Join(lib.data, defaultFile)
		if *samples {
			if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("what was indexed last is still the corpus to use: %w", err)
			}
		} else if err := writeRecord(name, record{Roots: places}); err != nil {
			return fmt.Errorf("indexed, but not remembered as the corpus to use: %w; give it with --corpus", err)
		}
		if set := p.env.lookup(envCorpus); *samples && set.From != "" {
			p.warn(fmt.Errorf("%s (%s) names other articles, which are used until it is unset", set.Name, set.From))
		}
		all, err := lib.index.Coverage(ctx, retrieval.Filter{})
		if err != nil {
			return err
		}
		out := indexed{
			Corpus: places, Index: lib.index.Dir(),
			New: report.New, Changed: report.Changed, Unchanged: report.Unchanged, Vanished: report.Vanished, Kept: report.Kept,
			Passages: report.Passages, Problems: []problem{}, Rebuilt: report.Rebuilt,
			Seconds:  report.Took.Seconds(),
			Articles: all.Articles, PassagesAltogether: all.Passages,
		}
		if out.LeftOut, err = lib.source.LeftOut(ctx); err != nil {
			return err
		}
		if report.Took > 0 {
			out.PassagesASecond = float64(report.Passages) / report.Took.Seconds()
		}
		for _, pr := range report.Problems {
			out.Problems = append(out.Problems, problem{pr.Name, pr.Err.Error()})
		}
		if !*asJSON {
			p.printIndexed(out)
		}
		made, err := p.embed(ctx, lib)
		if err != nil {
			return err
		}
		health, err := lib.index.Verify(ctx)
		if err != nil {
			return err
		}
		out.Bytes = health.Bytes
		out.Embedding = lib.embed.usage()
		if lib.embed.Embedder != nil {
			out.Vectors = &vectors{made.Done, made.Made, made.Took.Seconds(), made.Rate()}
		}
		if *asJSON {
			return p.printJSON(out)
		}
		if made.Made > 0 {
			p.out.printf("%s, %d of them made now in %s (%s a second)\n", count(made.Done, "vector"), made.Made, seconds(made.Took), rate(made.Rate()))
		}
		if s := lib.embed.describeUsage(); s != "" {
			p.out.printf("%s\n", s)
		}
		p.out.printf("%s in %s\n", bytesize(out.Bytes), out.Index)
		return nil
	}
	return cmd
}

// printIndexed shows what came of indexing words.
func (p *program) printIndexed(out indexed) {
	if out.Rebuilt != "" {
		p.out.printf("Indexed anew: %s.\n", out.Rebuilt)
	}
	p.out.printf("%s: %d new, %d changed, %d unchanged, %d vanished", count(out.Articles, "article"), out.New, out.Changed, out.Unchanged, out.Vanished)
	if out.Kept > 0 {
		p.out.printf(", %d kept of files that could not be read", out.Kept)
	}
	if n := len(out.Problems); n > 0 {
		p.out.printf(", %s", count(n, "problem"))
	}
	p.out.printf("\n%s", count(out.PassagesAltogether, "passage"))
	if out.Passages > 0 {
		p.out.printf(", %d of them indexed now in %s (%.0f a second)", out.Passages, seconds(time.Duration(out.Seconds*float64(time.Second))), out.PassagesASecond)
	}
	if len(out.LeftOut) > 0 {
		p.out.printf("\nLeft out %s", out.LeftOut)
	}
	p.out.printf("\n")
}

// embed makes the vectors that the index lacks, and shows how far it has come:
// with a bar on a terminal, with a line every few seconds elsewhere.
func (p *program) embed(ctx context.Context, l *library) (retrieval.Embedding, error) {
	bar := p.bar("", -1)
	line := p.sometimes()
	done, err := l.index.Embed(ctx, l.embed.embedOptions(runtime.GOMAXPROCS(0)), func(e retrieval.Embedding) {
		bar.describe("making vectors: " + describeEmbedding(e))
		bar.set(int64(e.Done), int64(e.Passages))
		if !p.err.terminal {
			line("vectors: %d of %s, %s\n", e.Done, count(e.Passages, "passage"), describeEmbedding(e))
		}
	})
	bar.clear()
	if ctx.Err() != nil && done.Made > 0 {
		p.err.printf("%s made, and kept for the next time. Questions can be asked: words find all passages, and meaning %d of %d.\n", count(done.Made, "vector"), done.Done, done.Passages)
	} else if err != nil {
		err = fmt.Errorf("words are indexed, but not all vectors were made: %w", err)
	}
	return done, err
}

func describeEmbedding(e retrieval.Embedding) string {
	if e.Made == 0 {
		return "waiting"
	}
	return fmt.Sprintf("%s a second, about %s left", rate(e.Rate()), roughly(e.Left))
}

// rate is a number of passages a second, which may be less than one.
func rate(perSecond float64) string {
	if perSecond < 10 {
		return fmt.Sprintf("%.1f", perSecond)
	}
	return fmt.Sprintf("%.0f", perSecond)
}

// roughly is a length of time that is not known to the second: "40 s", "12 min",
// "3 h 20 min".
func roughly(d time.Duration) string {
	minutes := int(d.Round(time.Minute).Minutes())
	switch {
	case d < 100*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case minutes < 100:
		return fmt.Sprintf("%d min", minutes)
	}
	return fmt.Sprintf("%d h %d min", minutes/60, minutes%60)
}

// lines returns a way to say how far a sync has come where there is no terminal
// to draw a bar on: a line every few seconds.
func (p *program) lines() func(retrieval.Progress) {
	if p.err.terminal {
		return nil
	}
	line := p.sometimes()
	return func(pr retrieval.Progress) {
		line("%s: %d of %d files, %s of %s, %s, %s\n", pr.Stage, pr.FilesDone, pr.Files, bytesize(pr.BytesDone), bytesize(pr.Bytes), count(pr.Articles, "article"), count(pr.Passages, "passage"))
	}
}

// sometimes returns a function that writes to standard error, but nothing
// within five seconds of its last line.
func (p *program) sometimes() func(format string, args ...any) {
	const every = 5 * time.Second
	last := time.Now()
	return func(format string, args ...any) {
		if time.Since(last) >= every {
			last = time.Now()
			p.err.printf(format, args...)
		}
	}
}
