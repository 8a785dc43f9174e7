package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"dateline/retrieval"
)

// A passage is one line of what "search --json" prints.
type passage struct {
	Source    string  `json:"source"`
	Title     string  `json:"title"`
	Publisher string  `json:"publisher"`
	Published string  `json:"published"`
	URL       string  `json:"url,omitempty"`
	Lines     [2]int  `json:"lines"`
	Bytes     [2]int  `json:"bytes"`
	Score     float64 `json:"score"`
	Keyword   float64 `json:"keyword"`
	Semantic  float64 `json:"semantic"`
	Text      string  `json:"text"`
}

func newPassage(h retrieval.Hit) passage {
	a, s := h.Article, h.Passage.Span
	file := a.FileSpan(s)
	return passage{
		Source: a.Source, Title: a.Title.Value, Publisher: a.Publisher.Value, Published: a.Published.Value, URL: a.URL,
		Lines: a.Lines(s), Bytes: [2]int{file.Start, file.End},
		Score: h.Score, Keyword: h.Keyword, Semantic: h.Semantic, Text: s.Of(a.Text),
	}
}

func (p *program) searchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "search [flags] QUERY",
		Short: "Show the passages that bear on a query, best first",
		Long: `Search shows the passages that a question would be answered from: the score they
are ordered by, what keywords (BM25) and vectors (cosine) gave, and where the
passage stands.`,
		Example: `  dateline search "prisoner exchange"
  dateline search --limit 3 --json "prisoner exchange"`,
		Args: someArgs("query"),
	}
	var filter filterFlags
	p.corpusFlags(cmd)
	filter.add(cmd)
	limit := cmd.Flags().IntP("limit", "n", 10, "how many passages to show at the most")
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		q := retrieval.Query{Text: strings.TrimSpace(strings.Join(args, " ")), Limit: *limit}
		if q.Text == "" {
			return usageError{errors.New("the query is empty")}
		}
		if q.Limit < 1 {
			return usageError{fmt.Errorf("--limit %d: ask for one passage at least", q.Limit)}
		}
		var err error
		if q.Filter, err = filter.filter(); err != nil {
			return err
		}
		lib, err := p.library(p.corpusFlag, temporaryIfNeeded)
		if err != nil {
			return err
		}
		defer lib.close()
		if err := p.refresh(ctx, lib); err != nil {
			return err
		}
		found, err := lib.index.Search(ctx, q)
		if err != nil {
			return err
		}
		if *asJSON {
			out := struct {
				Query    string             `json:"query"`
				Searched retrieval.Coverage `json:"searched"`
				Passages []passage          `json:"passages"`
			}{q.Text, found.Searched, make([]passage, 0, len(found.Hits))}
			for _, h := range found.Hits {
				out.Passages = append(out.Passages, newPassage(h))
			}
			return p.printJSON(out)
		}
		if len(found.Hits) == 0 {
			p.out.printf("Nothing found in %s.\n", coverage(found.Searched))
		}
		for i, h := range found.Hits {
			if i > 0 {
				p.out.printf("\n")
			}
			m := newPassage(h)
			p.out.printf("%.3f  keyword %.2f  semantic %.2f  %s\n", m.Score, m.Keyword, m.Semantic, oneLine(place(m.Source, m.Lines)))
			p.out.paragraph(2, dim, m.Text)
		}
		return nil
	}
	return cmd
}
