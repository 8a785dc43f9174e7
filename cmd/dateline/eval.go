package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"dateline/bot/eval"
	"dateline/corpus"
)

func (p *program) evalCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "eval [flags] --questions FILE",
		Short: "Measure search and answers on questions with known answers",
		Long: `Eval puts a set of questions to the bot and compares what comes back with the
known answers. Plain BM25 over whole articles is measured in the same run, for a
figure of search means little by itself.

The set is a file of JSON lines, compressed if it ends in .gz, with an object a
line: {"id", "question", "answers": [], "sources": [], "asked": "2025-11-26"},
and "unanswerable": true where the right answer is a refusal.

With --oracle the reader reads the articles that a question names as its sources
and nothing else; a question that names none is put to all articles.`,
		Example: `  dateline eval --corpus news.jsonl.gz --questions questions.jsonl
  dateline eval --corpus news.jsonl.gz --questions questions.jsonl --oracle --json`,
		Args: noArgs,
	}
	p.corpusFlags(cmd)
	var file string
	var limit int
	var oracle bool
	cmd.Flags().StringVar(&file, "questions", "", "`file` of questions (.jsonl or .jsonl.gz)")
	cmd.Flags().IntVar(&limit, "limit", 0, "put the first `n` questions only")
	cmd.Flags().BoolVar(&oracle, "oracle", false, "give the reader its right sources")
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		if file == "" {
			return usageError{errors.New("no --questions given")}
		}
		if limit < 0 {
			return usageError{fmt.Errorf("--limit %d: leave it out to put all questions", limit)}
		}
		questions, err := eval.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s: no such file of questions", file)
		}
		if err != nil {
			return err
		}
		if limit > 0 && limit < len(questions) {
			questions = questions[:limit]
		}
		lib, err := p.library(p.corpusFlag, temporaryIfNeeded)
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
		if *asJSON {
			return p.printJSON(report)
		}
		p.printReport(report)
		return nil
	}
	return cmd
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
