package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"dateline/corpus"
	"dateline/retrieval"
)

// A listed article is one of those that "sources --json" prints.
type listed struct {
	Source    string `json:"source"`
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	Published string `json:"published"`
	URL       string `json:"url,omitempty"`
	Passages  int    `json:"passages"`
}

// A publisher is one of those that "sources --json" prints.
type publisher struct {
	Name     string `json:"name"`
	Articles int    `json:"articles"`
}

func (p *program) sourcesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sources [flags]",
		Short: "List the articles and their publishers",
		Long: `Sources lists the articles that questions are answered from, and their publishers,
those with the most articles first. On a terminal the articles of each stand in a
table, the newest first; elsewhere each is a line of publisher, day, source and title,
with tabs between.

The articles are those of --corpus, of $DATELINE_CORPUS, or those that were indexed
last. "dateline index --samples" goes back to the sample articles.`,
		Example: `  dateline sources
  dateline sources --publisher globe --since 2025-11-01
  dateline sources --json --corpus ./articles`,
		Args: noArgs,
	}
	var flags filterFlags
	p.corpusFlags(cmd)
	flags.add(p, cmd)
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		ctx := cmd.Context()
		filter, err := flags.filter()
		if err != nil {
			return err
		}
		lib, err := p.current(ctx)
		if err != nil {
			return err
		}
		defer lib.close()
		if err := p.completePublishers(ctx, lib, &filter); err != nil {
			return err
		}
		var held retrieval.Holdings
		var articles []listed
		err = p.mended(ctx, lib, func() (err error) {
			held, articles, err = lib.list(ctx, filter)
			return err
		})
		if err != nil {
			return err
		}
		if held.Articles == 0 {
			p.hintAtArticles(ctx, lib)
		}
		if *asJSON {
			places, err := lib.chosen.places()
			if err != nil {
				return err
			}
			publishers := make([]publisher, 0, len(held.Publishers))
			for _, by := range held.Publishers {
				publishers = append(publishers, publisher(by))
			}
			return p.printJSON(struct {
				Corpus     []string           `json:"corpus"`
				Chosen     string             `json:"chosen"` // by what
				Searched   retrieval.Coverage `json:"searched"`
				Publishers []publisher        `json:"publishers"`
				Articles   []listed           `json:"articles"`
			}{places, lib.chosen.From, held.Coverage, publishers, articles})
		}
		if p.out.terminal {
			p.out.printf("%s (%s)\n%s\n", lib.chosen, lib.chosen.From, coverage(held.Coverage))
		}
		p.printList(held.Publishers, articles)
		switch set := p.env.lookup(envCorpus); {
		case lib.chosen.From == fromLast:
			p.err.printf("These articles were indexed last. Back to the samples: dateline index --samples\n")
		case len(p.corpusFlag) == 0 && lib.chosen.From == set.From:
			p.err.printf("These articles are those of %s (%s). Back to the samples: unset it, and then dateline index --samples\n", set.Name, set.From)
		}
		return nil
	}
	return cmd
}

// list returns the articles that pass a filter, in order of source.
func (l *library) list(ctx context.Context, f retrieval.Filter) (retrieval.Holdings, []listed, error) {
	found, err := l.index.Articles(ctx, f)
	if err != nil {
		return retrieval.Holdings{}, nil, err
	}
	articles := make([]listed, 0, len(found))
	for _, x := range found {
		a, err := l.index.Article(ctx, x.ID)
		if err != nil {
			return retrieval.Holdings{}, nil, err
		}
		articles = append(articles, listed{a.Source, a.Title.Value, a.Publisher.Value, a.Published.Value, a.URL, x.Passages})
	}
	return retrieval.Held(found), articles, nil
}

// printList shows articles by publisher, and in the end those of none, the newest
// of each first: in tables on a terminal, and elsewhere a line each, with tabs.
func (p *program) printList(publishers []retrieval.Publisher, articles []listed) {
	of := make(map[string][]listed)
	for _, a := range articles {
		of[a.Publisher] = append(of[a.Publisher], a)
	}
	if n := len(of[""]); n > 0 {
		publishers = append(publishers, retrieval.Publisher{Articles: n})
	}
	// A source is what is typed to see one, so it is not shortened; those that
	// are longer than this push their title to the right.
	const longest = 36
	widest := 0
	for _, a := range articles {
		widest = max(widest, ansi.StringWidth(visible(corpus.OneLine(a.Source))))
	}
	widest = min(widest, longest)
	for _, by := range publishers {
		if p.out.terminal {
			p.out.printf("\n%s (%s)\n", cmp.Or(corpus.OneLine(by.Name), "publisher not known"), humanize.Comma(int64(by.Articles)))
		}
		list := of[by.Name]
		slices.SortStableFunc(list, func(a, b listed) int { return cmp.Compare(b.Published, a.Published) })
		for _, a := range list {
			source, title := visible(corpus.OneLine(a.Source)), visible(corpus.OneLine(a.Title))
			if !p.out.terminal {
				p.out.printf("%s\n", strings.Join([]string{corpus.OneLine(by.Name), a.Published, source, title}, "\t"))
				continue
			}
			row := fmt.Sprintf("  %-10s  %s%s  ", a.Published, source, strings.Repeat(" ", max(0, widest-ansi.StringWidth(source))))
			if left := p.out.width - ansi.StringWidth(row); left >= minWidth/2 {
				row += ansi.Truncate(title, left, "…")
			}
			p.out.printf("%s\n", strings.TrimRight(row, " "))
		}
	}
}
