package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	Embedding          *embedded     `json:"embedding,omitempty"` // by a model server
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
shows how far it has come. It can be stopped at any time: what was indexed
before stays as it was, and vectors that a model server made are asked for once.`,
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
		report, err := p.sync(ctx, lib, p.lines(lib))
		if err != nil {
			return err
		}
		if _, err := lib.index.Embed(ctx, retrieval.EmbedOptions{}, nil); err != nil {
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
		health, err := lib.index.Verify(ctx)
		if err != nil {
			return err
		}
		out := indexed{
			Corpus: places, Index: lib.index.Dir(),
			New: report.New, Changed: report.Changed, Unchanged: report.Unchanged, Vanished: report.Vanished, Kept: report.Kept,
			Passages: report.Passages, Problems: []problem{}, Rebuilt: report.Rebuilt,
			Seconds:  report.Took.Seconds(),
			Articles: health.Articles, PassagesAltogether: health.Passages, Bytes: health.Bytes,
			Embedding: lib.embed.usage(),
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
		if *asJSON {
			return p.printJSON(out)
		}
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
			p.out.printf(", %d of them indexed now in %s (%.0f a second)", out.Passages, seconds(report.Took), out.PassagesASecond)
		}
		if len(out.LeftOut) > 0 {
			p.out.printf("\nLeft out %s", out.LeftOut)
		}
		if s := lib.embed.describeUsage(); s != "" {
			p.out.printf("\n%s", s)
		}
		p.out.printf("\n%s in %s\n", bytesize(out.Bytes), out.Index)
		return nil
	}
	return cmd
}

// lines returns a way to say how far a sync has come where there is no terminal
// to draw a bar on: a line every few seconds.
func (p *program) lines(l *library) func(retrieval.Progress) {
	if p.err.terminal {
		return nil
	}
	const every = 5 * time.Second
	last := time.Now()
	return func(pr retrieval.Progress) {
		if time.Since(last) < every {
			return
		}
		last = time.Now()
		p.err.printf("%s: %d of %d files, %s of %s, %s, %s\n", pr.Stage, pr.FilesDone, pr.Files, bytesize(pr.BytesDone), bytesize(pr.Bytes), count(pr.Articles, "article"), l.done(pr))
	}
}
