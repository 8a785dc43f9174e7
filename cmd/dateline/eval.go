package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"dateline/bot/eval"
	"dateline/bot/extract"
	"dateline/corpus"
)

func (p *program) evalCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "eval [flags] {--questions | --selection | --support} FILE",
		Short: "Measure search, answers and checks on sets with known answers",
		Long: `Eval puts a set of questions to the bot and compares what comes back with the
known answers. Plain BM25 over whole articles is measured in the same run, for a
figure of search means little by itself.

The set is a file of JSON lines, compressed if it ends in .gz, with an object a
line: {"id", "question", "answers": [], "sources": [], "asked": "2025-11-26"},
and "unanswerable": true where the right answer is a refusal.

With --oracle the reader reads the articles that a question names as its sources
and nothing else; a question that names none is put to all articles.

With --selection the reader ranks sentences by how well they answer: {"id",
"question", "candidates": [{"text", "label"}]}. MAP and MRR are over the
questions that have candidates of both kinds, with BM25 beside them.

With --support sentences are scored by how far an article carries them:
{"article", "sentence", "supported"}. ROC AUC is that of the score, with plain
word overlap beside it. Neither of the two reads a corpus.

With --save the scores of every question are kept, and --against holds a later
run over the same set against them: it fails where a figure is lower than chance
explains, by paired bootstrap over the questions, or where a quote is not byte
for byte what its source holds.`,
		Example: `  dateline eval --corpus news.jsonl.gz --questions questions.jsonl
  dateline eval --corpus news.jsonl.gz --questions questions.jsonl --oracle --json
  dateline eval --selection selection.jsonl
  dateline eval --support support.jsonl.gz
  dateline eval --corpus news.jsonl.gz --questions questions.jsonl --against before.json`,
		Args: noArgs,
	}
	p.corpusFlags(cmd)
	var file, selection, support string
	var keep baselines
	var limit int
	var oracle bool
	cmd.Flags().StringVar(&file, "questions", "", "`file` of questions (.jsonl or .jsonl.gz)")
	cmd.Flags().StringVar(&selection, "selection", "", "`file` of questions and sentences that may answer them")
	cmd.Flags().StringVar(&support, "support", "", "`file` of sentences judged against an article")
	cmd.Flags().IntVar(&limit, "limit", 0, "put the first `n` questions or sentences only")
	cmd.Flags().BoolVar(&oracle, "oracle", false, "give the reader its right sources")
	cmd.Flags().StringVar(&keep.save, "save", "", "keep the scores of every question or sentence in a `file`")
	cmd.Flags().StringVar(&keep.against, "against", "", "fail if a figure is worse than in a `file` that --save kept")
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		given := 0
		for _, name := range []string{file, selection, support} {
			if name != "" {
				given++
			}
		}
		if given == 0 {
			return usageError{errors.New("no --questions, --selection or --support given")}
		}
		if given > 1 {
			return usageError{errors.New("--questions, --selection and --support measure different things: give one of them")}
		}
		if file == "" && (oracle || len(p.corpusFlag) > 0) {
			return usageError{errors.New("--corpus and --oracle go with --questions: the other sets bring their text along")}
		}
		if limit < 0 {
			return usageError{fmt.Errorf("--limit %d: leave it out to put all questions", limit)}
		}
		switch {
		case selection != "":
			return p.evalSelection(ctx, selection, limit, keep, *asJSON)
		case support != "":
			return p.evalSupport(ctx, support, limit, keep, *asJSON)
		}
		questions, err := readSet(file, "questions", limit, eval.ReadFile)
		if err != nil {
			return err
		}
		lib, err := p.library(cmd.Context(), p.corpusFlag, temporaryIfNeeded)
		if err != nil {
			return err
		}
		defer lib.close()
		if err := p.refresh(ctx, lib); err != nil {
			return err
		}
		articles, err := lib.articles(ctx)
		if err != nil {
			return err
		}
		bar := p.bar("questions", int64(len(questions)))
		report, err := eval.Run(ctx, eval.Config{
			Articles: articles,
			Asker:    lib.bot(p.log, nil),
			Original: lib.original,
			Oracle:   oracle,
			Each: func(o eval.Outcome) {
				bar.add(1)
				if !o.Right() && p.verbose {
					bar.clear()
					p.verbosef("%s: %s: %s\n    got %q %q, want %q", o.Question.ID, o.Question.Question, o.Wrong, o.Answer.Short, o.Answer.Text+o.Answer.Reason, fmt.Sprint(o.Question.Answers))
				}
			},
		}, questions)
		bar.clear()
		if err != nil {
			return err
		}
		compared, err := compare(keep, questions, report.Figures)
		if err != nil {
			return err
		}
		if *asJSON {
			err = p.printJSON(struct {
				eval.Report
				comparisons
			}{report, compared})
		} else {
			p.printReport(report)
			p.printComparisons(compared)
		}
		if err == nil && keep.against != "" && report.Citations.ByteExact < 1 && report.Citations.Count > 0 {
			err = fmt.Errorf("%.4f of the quotes are byte for byte what their sources hold, want all", report.Citations.ByteExact)
		}
		return cmp.Or(err, compared.err())
	}
	return cmd
}

// baselines are files of scores: one to keep those of a run in, and one to hold
// the run against.
type baselines struct{ save, against string }

// comparisons are a run held against an earlier one.
type comparisons struct {
	file string
	List []eval.Comparison `json:"against,omitempty"`
}

// compare keeps the scores of a run over a set, and holds them against earlier
// ones, as far as is wanted.
func compare[T any](b baselines, set []T, figures eval.Figures) (comparisons, error) {
	c := comparisons{file: b.against}
	fingerprint, err := eval.Fingerprint(set)
	if err != nil {
		return c, err
	}
	now := eval.Baseline{Set: fingerprint, Figures: figures}
	if b.against != "" {
		then, err := eval.ReadBaseline(b.against)
		if errors.Is(err, fs.ErrNotExist) {
			return c, fmt.Errorf("%s: no such file: keep the scores of a run there with --save", b.against)
		}
		if err != nil {
			return c, err
		}
		if c.List, err = now.Against(then); err != nil {
			return c, fmt.Errorf("%s: %w", b.against, err)
		}
	}
	if b.save != "" {
		return c, now.WriteFile(b.save)
	}
	return c, nil
}

// err says which figures are worse than before.
func (c comparisons) err() error {
	var worse []string
	for _, f := range c.List {
		if f.Worse() {
			worse = append(worse, f.Figure)
		}
	}
	if len(worse) == 0 {
		return nil
	}
	return fmt.Errorf("worse than %s by more than chance: %s", c.file, strings.Join(worse, ", "))
}

func (p *program) printComparisons(c comparisons) {
	if len(c.List) == 0 {
		return
	}
	p.out.printf("\nagainst %s\n  %-24s then     now      difference, 95 %% of draws\n", c.file, "")
	for _, f := range c.List {
		p.out.printf("  %-24s %.3f    %.3f    %+.3f  (%+.3f to %+.3f)\n", f.Figure, f.Then, f.Now, f.Difference.Mean, f.Difference.Low, f.Difference.High)
	}
}

// readSet reads the first limit lines of a set of what, 0 meaning all.
func readSet[T any](name, what string, limit int, read func(string) ([]T, error)) ([]T, error) {
	set, err := read(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no such file of %s", name, what)
	}
	if err != nil {
		return nil, err
	}
	if limit > 0 && limit < len(set) {
		set = set[:limit]
	}
	return set, nil
}

func (p *program) evalSelection(ctx context.Context, name string, limit int, keep baselines, asJSON bool) error {
	set, err := readSet(name, "questions", limit, eval.ReadSelectionFile)
	if err != nil {
		return err
	}
	bar := p.bar("questions", int64(len(set)))
	r, err := eval.MeasureSelection(ctx, extract.Reader{}, set, func(eval.Selection) { bar.add(1) })
	bar.clear()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	compared, err := compare(keep, set, r.Figures)
	if err != nil {
		return err
	}
	if asJSON {
		return cmp.Or(p.printJSON(struct {
			eval.SelectionReport
			comparisons
		}{r, compared}), compared.err())
	}
	p.out.printf("%s, %d with sentences that answer and others\n\n", count(r.Questions, "question"), r.Ranked)
	p.out.printf("sentences   reader   BM25\n")
	p.out.printf("  MAP       %.3f    %.3f\n", r.Selection.MAP, r.BM25.MAP)
	p.out.printf("  MRR       %.3f    %.3f\n", r.Selection.MRR, r.BM25.MRR)
	p.printComparisons(compared)
	return compared.err()
}

func (p *program) evalSupport(ctx context.Context, name string, limit int, keep baselines, asJSON bool) error {
	set, err := readSet(name, "sentences", limit, eval.ReadSupportFile)
	if err != nil {
		return err
	}
	bar := p.bar("sentences", int64(len(set)))
	r, err := eval.MeasureSupport(ctx, set, func(j eval.Judged, score float64) {
		bar.add(1)
		if p.verbose {
			bar.clear()
			p.verbosef("%.3f supported=%t %s", score, *j.Supported, j.Sentence)
		}
	})
	bar.clear()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	compared, err := compare(keep, set, r.Figures)
	if err != nil {
		return err
	}
	if asJSON {
		return cmp.Or(p.printJSON(struct {
			eval.SupportReport
			comparisons
		}{r, compared}), compared.err())
	}
	p.out.printf("%s, %d of them supported\n\n", count(r.Sentences, "sentence"), r.True)
	p.out.printf("support    score   word overlap\n")
	p.out.printf("  ROC AUC  %.3f   %.3f\n", r.Support.AUC, r.Overlap.AUC)
	p.printComparisons(compared)
	return compared.err()
}

func (p *program) printReport(r eval.Report) {
	p.out.printf("%s on %s", count(r.Questions, "question"), count(r.Articles, "article"))
	if r.Oracle {
		p.out.printf(", the reader given its sources")
	}
	p.out.printf("\n\n")
	p.out.printf("search (%s)   system     BM25     difference, 95 %% of draws\n", count(r.Ranked, "question"))
	for _, row := range []struct {
		name         string
		system, bm25 float64
		key          string
	}{
		{"Hits@1", r.Retrieval.Hits1, r.BM25.Hits1, "hits_1"},
		{"Hits@5", r.Retrieval.Hits5, r.BM25.Hits5, ""},
		{"Hits@10", r.Retrieval.Hits10, r.BM25.Hits10, "hits_10"},
		{"MRR@10", r.Retrieval.MRR10, r.BM25.MRR10, "mrr_10"},
		{"nDCG@10", r.Retrieval.NDCG10, r.BM25.NDCG10, "ndcg_10"},
	} {
		p.out.printf("  %-24s %.3f    %.3f", row.name, row.system, row.bm25)
		if d, ok := r.Against[row.key]; ok {
			p.out.printf("    %+.3f  (%+.3f to %+.3f)", d.Mean, d.Low, d.High)
		}
		p.out.printf("\n")
	}
	p.out.printf("\nanswers\n")
	p.out.printf("  exact match, F1          %.3f    %.3f\n", r.Answers.EM, r.Answers.F1)
	p.out.printf("  contains an accepted one %.3f\n", r.Answers.Contains)
	p.out.printf("  right, with its source   %.3f\n", r.Answers.Right)
	p.out.printf("\ncitations (%d)\n", r.Citations.Count)
	p.out.printf("  of the right source      %.3f\n", r.Citations.SourceRight)
	p.out.printf("  byte for byte            %.3f\n", r.Citations.ByteExact)
	p.out.printf("\nrefused\n")
	p.out.printf("  unanswerable             %.3f\n", r.Refusals.Unanswerable)
	p.out.printf("  answerable               %.3f\n", r.Refusals.Answerable)
	p.out.printf("\nlatency p50, p95           %.1f ms, %.1f ms\n", r.LatencyMS.P50, r.LatencyMS.P95)
}

// articles reads the whole corpus.
func (l *library) articles(ctx context.Context) ([]*corpus.Article, error) {
	files, _, err := l.source.Files(ctx)
	if err != nil {
		return nil, err
	}
	var articles []*corpus.Article
	for _, f := range files {
		// Problems were reported when the index was brought up to date.
		_, err := l.source.Read(ctx, f, func(a *corpus.Article) error {
			articles = append(articles, a)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return articles, nil
}
