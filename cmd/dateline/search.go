package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dateline/bot"
	"dateline/corpus"
	"dateline/corpus/word"
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
	Words     float64 `json:"words"`
	Meaning   float64 `json:"meaning"`
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
		Score: h.Score, Words: h.Words, Meaning: h.Meaning, Keyword: h.Keyword, Semantic: h.Semantic, Text: s.Of(a.Text),
	}
}

func (p *program) searchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "search [flags] QUERY",
		Short: "Show the passages that bear on a query, best first",
		Long: `Search shows the passages that a question would be answered from, with the words
that match. Long ones are shortened around those, and captions and credits left
out; with --verbose each is shown whole. With --explain each has its score, which
is the sum of two:

  words    what the words of the query add: BM25 of the passage and what its
           article, headline and first sentences add, as a share of the most
           that these words could weigh
  meaning  what the nearness of its meaning adds, by the cosine of the vectors of
           passage and query

A passage that has none of the words is found only if its meaning is very near.
The JSON has both, and in "keyword" and "semantic" the BM25 and the cosine.`,
		Example: `  dateline search "prisoner exchange"
  dateline search --limit 3 --json "prisoner exchange"`,
		Args: someArgs("query"),
	}
	var filter filterFlags
	p.corpusFlags(cmd)
	filter.add(p, cmd)
	limit := cmd.Flags().IntP("limit", "n", 10, "how many passages to show at the most")
	explain := cmd.Flags().Bool("explain", false, "show what the score of each passage is made of")
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
		lib, err := p.current(ctx)
		if err != nil {
			return err
		}
		defer lib.close()
		if err := p.completePublishers(ctx, lib, &q.Filter); err != nil {
			return err
		}
		var found retrieval.Result
		err = p.mended(ctx, lib, func() (err error) {
			found, err = lib.index.Search(ctx, q)
			return err
		})
		if err != nil {
			return err
		}
		note := bot.WordsAlone(found)
		if note != "" {
			p.err.printf("%s\n", note)
		}
		if found.Searched.Articles == 0 {
			p.hintAtArticles(ctx, lib)
		}
		if len(found.Hits) == 0 {
			p.tellLeftOut(ctx, lib)
		}
		if *asJSON {
			out := struct {
				Query    string             `json:"query"`
				Searched retrieval.Coverage `json:"searched"`
				Note     string             `json:"note,omitempty"`
				Passages []passage          `json:"passages"`
			}{q.Text, found.Searched, note, make([]passage, 0, len(found.Hits))}
			for _, h := range found.Hits {
				out.Passages = append(out.Passages, newPassage(h))
			}
			return p.printJSON(out)
		}
		switch {
		case found.Searched.Articles == 0:
			p.out.printf("No article passes the filter, so nothing was searched.\n")
		case len(found.Hits) == 0:
			p.out.printf("Nothing found in %s.\n", coverage(found.Searched))
		}
		for i, h := range found.Hits {
			if i > 0 {
				p.out.printf("\n")
			}
			p.printHit(i+1, h, q.Text, *explain)
		}
		return nil
	}
	return cmd
}

// printHit shows a passage that was found for a query, as the n-th.
func (p *program) printHit(n int, h retrieval.Hit, query string, explain bool) {
	m := newPassage(h)
	title := m.Title
	if h.Article.Title.From == corpus.FromSentence {
		title = ""
	}
	label := fmt.Sprintf("%d. ", n)
	p.out.heading(label, bold, title, m.Publisher, m.Published, place(m.Source, m.Lines))
	indent := len(label)
	if explain {
		p.out.paragraph(indent, dim, explanation(h))
	}
	terms := word.Terms(query)
	text := corpus.OneLine(m.Text)
	if !p.verbose {
		text = excerpt(sentencesOf(h), terms)
	}
	p.out.styledParagraph(indent, p.out.emphasize(text, terms))
}

// explanation says what the score of a hit is made of.
func explanation(h retrieval.Hit) string {
	words := "words 0.000 (it has none of them)"
	if h.Keyword > 0 {
		words = fmt.Sprintf("words %.3f (BM25 %.2f)", h.Words, h.Keyword)
	}
	meaning := "meaning 0.000 (not compared)"
	if h.Semantic != 0 {
		meaning = fmt.Sprintf("meaning %.3f (cosine %.3f)", h.Meaning, h.Semantic)
	}
	return fmt.Sprintf("score %.3f: %s, %s", h.Score, words, meaning)
}

// sentencesOf returns the sentences of a passage, without captions, credits and
// other furniture unless there is nothing else.
func sentencesOf(h retrieval.Hit) []string {
	var story, all []string
	sentences := h.Article.Sentences()
	for _, s := range sentences[min(h.Passage.First, len(sentences)):min(h.Passage.Last+1, len(sentences))] {
		text := corpus.OneLine(s.Of(h.Article.Text))
		all = append(all, text)
		if s.Kind.Evidence() || s.Kind == corpus.Dateline {
			story = append(story, text)
		}
	}
	if len(story) == 0 {
		return all
	}
	return story
}

// excerptSize is how many bytes of a passage are shown: four lines or five.
const excerptSize = 360

// excerpt shortens a text to the sentences that hold the most of the terms and
// those around them. What was left out is marked with an ellipsis.
func excerpt(sentences, terms []string) string {
	order := make([]int, len(sentences))
	matches := make([]int, len(sentences))
	for i, s := range sentences {
		order[i] = i
		found := word.Terms(s)
		for _, t := range terms {
			if slices.Contains(found, t) {
				matches[i]++
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(matches[b], matches[a]) })
	keep := make([]bool, len(sentences))
	left := excerptSize
	for i, n := range order {
		if i == 0 || matches[n] > 0 && len(sentences[n]) <= left {
			keep[n] = true
			left -= len(sentences[n])
		}
	}
	for grown := true; grown; {
		grown = false
		before := slices.Clone(keep)
		for i, s := range sentences {
			beside := i > 0 && before[i-1] || i+1 < len(sentences) && before[i+1]
			if !keep[i] && beside && len(s) <= left {
				keep[i], grown = true, true
				left -= len(s)
			}
		}
	}
	var b strings.Builder
	for i, s := range sentences {
		if !keep[i] {
			if i == 0 || keep[i-1] {
				b.WriteString(" …")
			}
			continue
		}
		b.WriteString(" " + clip(s, terms))
	}
	return strings.TrimSpace(b.String())
}

// clip shortens a long sentence to what stands around the first of the terms.
func clip(s string, terms []string) string {
	if len(s) <= excerptSize {
		return s
	}
	at := 0
	for _, w := range word.Split(s) {
		if slices.Contains(terms, w.Stem()) {
			at = w.Start
			break
		}
	}
	from := max(0, min(at-excerptSize/3, len(s)-excerptSize))
	to := from + excerptSize
	// Back to the beginning of a word, where it is near: not all scripts have blanks.
	if i := strings.LastIndexByte(s[:from], ' '); from > 0 && from-i < excerptSize/3 {
		from = i + 1
	}
	if i := strings.LastIndexByte(s[:to], ' '); to < len(s) && i > at {
		to = i
	}
	out := strings.ToValidUTF8(s[from:to], "")
	if from > 0 {
		out = "… " + out
	}
	if to < len(s) {
		out += " …"
	}
	return out
}
