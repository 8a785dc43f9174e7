package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"dateline/bot"
	"dateline/bot/receipt"
	"dateline/corpus"
)

// A shown source is what "source --json" prints of one place.
type shown struct {
	Source    string        `json:"source"`
	Title     string        `json:"title"`
	Publisher string        `json:"publisher"`
	Published string        `json:"published"`
	URL       string        `json:"url,omitempty"`
	Path      string        `json:"path,omitempty"`
	Lines     [2]int        `json:"lines"`
	Text      []shownLine   `json:"text"`
	Changed   bool          `json:"changed,omitempty"`
	Citation  *bot.Citation `json:"citation,omitempty"`

	// heading is the title unless that was made up from the text.
	heading string
	// marked is the span of the article's text to be marked; empty for none.
	marked corpus.Span
}

type shownLine struct {
	N    int    `json:"n"`
	Text string `json:"text"`
	// Marked are the parts of Text that the citation quotes, in bytes.
	Marked [][2]int `json:"marked,omitempty"`
	start  int
}

func (p *program) sourceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "source [flags] REF",
		Short: "Show a source in its place",
		Long: `Source shows the lines around a place in the articles. The place is a file, a
file and line, or a citation of an answer: ANSWERID#2 is its second, ANSWERID
stands for all of them. "ask --json" prints an answer's id.

A file is looked for in the corpus in effect, and then in those that were indexed
before, the most recently used first; with --corpus, there alone.

The words that a citation quotes are marked. If the file was changed since the
answer was given, source says so. Long lines are folded on a terminal; elsewhere
each line stays whole.`,
		Example: `  dateline source articles/visit.txt:12
  dateline source --context 5 k3j2x7aq5e#2`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("no REF given: a file, file:line or ANSWERID#n")}
			}
			return mostOne("REF")(cmd, args)
		},
	}
	cmd.ValidArgsFunction = p.offerRefs
	p.corpusFlags(cmd)
	around := cmd.Flags().Int("context", 2, "how many lines that are not blank to show before and after")
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *around < 0 {
			return usageError{fmt.Errorf("--context %d: it cannot be less than 0", *around)}
		}
		places, err := p.lookUp(cmd.Context(), args[0], *around)
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(struct {
				Ref     string  `json:"ref"`
				Sources []shown `json:"sources"`
			}{args[0], places})
		}
		for i, s := range places {
			if i > 0 {
				p.out.printf("\n")
			}
			printShown(p.out, s)
		}
		return nil
	}
	return cmd
}

var (
	citationRef = regexp.MustCompile(`^([0-9A-Za-z_-]+)(?:#([0-9]+))?$`)
	lineRef     = regexp.MustCompile(`^(.+?):([0-9]+)(?:-([0-9]+))?$`)
)

// lookUp finds what a reference stands for.
func (p *program) lookUp(ctx context.Context, ref string, around int) ([]shown, error) {
	if m := citationRef.FindStringSubmatch(ref); m != nil {
		r, err := p.answered(ctx, m[1])
		switch {
		case err == nil:
			return p.citations(ctx, r, m[2], around)
		case m[2] != "" && !errors.Is(err, receipt.ErrNone):
			return nil, err // it is not the name of an article either
		}
	}
	article, name, err := p.find(ctx, ref)
	if errors.Is(err, errNoSource) && citationRef.MatchString(ref) && strings.Contains(ref, "#") {
		return nil, fmt.Errorf("%s: neither an answer that is kept nor an article of a corpus that is known: give its corpus with --corpus", ref)
	}
	if err != nil {
		return nil, err
	}
	var lines [2]int
	if name != ref {
		m := lineRef.FindStringSubmatch(ref)
		lines[0], _ = strconv.Atoi(m[2]) // too large a number is past the last line
		lines[1] = lines[0]
		if m[3] != "" {
			lines[1], _ = strconv.Atoi(m[3])
		}
	}
	all := splitLines(article.Text)
	if lines[0] == 0 && name == ref {
		lines = [2]int{1, len(all)}
	}
	if lines[0] < 1 || lines[1] < lines[0] || lines[0] > len(all) {
		return nil, fmt.Errorf("%s: %s has lines 1 to %d", ref, article.Source, len(all))
	}
	s := newShown(article)
	s.Lines = [2]int{lines[0], min(lines[1], len(all))}
	s.cut(all, around)
	return []shown{s}, nil
}

// find finds the article that a reference names, all of it or what stands
// before its line, in the corpus in effect or else in one that was indexed
// before. It returns the name with the article. The error is that of the corpus
// in effect.
func (p *program) find(ctx context.Context, ref string) (a *corpus.Article, name string, err error) {
	chosen, err := p.chooseCorpus(p.corpusFlag)
	if err != nil {
		return nil, "", err
	}
	names := []string{ref}
	if m := lineRef.FindStringSubmatch(ref); m != nil {
		names = append(names, m[1])
	}
	corpora := []corpusChoice{chosen}
	if len(p.corpusFlag) == 0 {
		corpora = append(corpora, p.knownCorpora()...)
	}
	var first error
	for i, c := range corpora {
		if i > 0 && slices.Equal(c.Roots, chosen.Roots) {
			continue
		}
		for _, name := range names {
			a, err := p.article(ctx, c, name)
			if err == nil {
				p.verbosef("found in %s (%s)", c, c.From)
				return a, name, nil
			}
			if ctx.Err() != nil {
				return nil, "", err
			}
			// What is wrong with the file itself tells more than that there is
			// none of the whole reference's name.
			if first == nil || errors.Is(first, errNoSource) && i == 0 {
				first = err
			}
			if i > 0 && !errors.Is(err, errNoSource) && !errors.Is(err, errNoCorpus) {
				return nil, "", err // it is there
			}
		}
	}
	return nil, "", first
}

// answered returns the receipt of an answer that was given before.
func (p *program) answered(ctx context.Context, id string) (bot.Receipt, error) {
	store, err := p.store()
	if err != nil {
		return bot.Receipt{}, fmt.Errorf("%w: %w", receipt.ErrNone, err)
	}
	return store.Load(ctx, id)
}

// citations shows the citations of an answer: the one numbered n, or all.
func (p *program) citations(ctx context.Context, r bot.Receipt, n string, around int) ([]shown, error) {
	if r.Error != "" {
		return nil, fmt.Errorf("question %s got no answer: %s", r.ID, r.Error)
	}
	a := r.Answer
	cited := a.Citations
	if n != "" {
		i := slices.IndexFunc(cited, func(c bot.Citation) bool { return strconv.Itoa(c.N) == n })
		if i < 0 {
			return nil, fmt.Errorf("answer %s has %s, none numbered %s", a.ID, count(len(cited), "citation"), n)
		}
		cited = cited[i : i+1]
	}
	if len(cited) == 0 {
		return nil, fmt.Errorf("answer %s is a refusal and cites nothing: %s", a.ID, a.Reason)
	}
	places := make([]shown, 0, len(cited))
	for _, c := range cited {
		article, err := p.citedArticle(ctx, c)
		if err != nil {
			return nil, err
		}
		s := newShown(article)
		s.Citation = &c
		all := splitLines(article.Text)
		if span, ok := c.In(article); ok {
			s.marked = span
			s.Lines = article.Lines(span)
		} else {
			s.Changed = true
			// The words may have moved; if they are gone, show where they were.
			if i := strings.Index(article.Text, c.Quote); i >= 0 && c.Quote != "" {
				s.marked = corpus.Span{Start: i, End: i + len(c.Quote)}
				s.Lines = article.Lines(s.marked)
			} else {
				s.Lines = [2]int{min(c.Lines[0], len(all)), min(c.Lines[1], len(all))}
			}
		}
		s.cut(all, around)
		places = append(places, s)
	}
	return places, nil
}

var (
	errNoSource = errors.New("no such article in the corpus")
	errNoCorpus = errors.New("the corpus cannot be read")
)

// A noSource says that a corpus has no article of a name.
type noSource struct{ text string }

func (e noSource) Error() string        { return e.text }
func (e noSource) Is(target error) bool { return target == errNoSource }

// A noCorpus is why a corpus cannot be read.
type noCorpus struct{ error }

func (e noCorpus) Unwrap() error        { return e.error }
func (e noCorpus) Is(target error) bool { return target == errNoCorpus }

// article reads the article that people call name: its source, or the path of
// its file on disk.
func (p *program) article(ctx context.Context, chosen corpusChoice, name string) (*corpus.Article, error) {
	source, err := chosen.open()
	if err != nil {
		return nil, noCorpus{err}
	}
	files, problems, err := source.Files(ctx)
	if err != nil {
		return nil, noCorpus{err}
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		abs = name
	}
	for _, f := range files {
		if name != f.Name && (f.Path == "" || abs != f.Path) && !strings.HasPrefix(name, f.Name+"#") {
			continue
		}
		a, err := readArticle(ctx, source, f, func(a *corpus.Article) bool { return a.Source == name || a.Source == f.Name })
		if a != nil || err != nil {
			return a, err
		}
		if name == f.Name || abs == f.Path {
			return nil, fmt.Errorf("%s holds many articles: name one, as %s#ID", f.Name, f.Name)
		}
	}
	for _, pr := range problems {
		if pr.Name == name {
			return nil, pr
		}
	}
	if leavesCorpus(chosen, name, abs) {
		return nil, noSource{fmt.Sprintf("%s lies outside the corpus (%s): give its folder with --corpus", name, chosen)}
	}
	return nil, noSource{fmt.Sprintf("%s: %s (%s): give the file or folder it is in with --corpus", name, errNoSource, chosen)}
}

// leavesCorpus reports whether a name that is no article's is a path to
// somewhere else.
func leavesCorpus(chosen corpusChoice, name, abs string) bool {
	if filepath.IsLocal(filepath.FromSlash(name)) {
		return false
	}
	for _, root := range chosen.Roots {
		if rel, err := filepath.Rel(root, abs); err == nil && filepath.IsLocal(rel) {
			return false
		}
	}
	return true
}

// citedArticle reads the article that a citation is of, from whichever corpus
// that Dateline knows it came from: an article's id tells its place.
func (p *program) citedArticle(ctx context.Context, c bot.Citation) (*corpus.Article, error) {
	for _, chosen := range p.knownCorpora() {
		if !chosen.holds(c) {
			continue
		}
		source, err := chosen.open()
		if err != nil {
			continue
		}
		files, _, err := source.Files(ctx)
		if ctx.Err() != nil {
			return nil, err
		}
		for _, f := range files {
			if c.Source != f.Name && !strings.HasPrefix(c.Source, f.Name+"#") {
				continue
			}
			a, err := readArticle(ctx, source, f, func(a *corpus.Article) bool { return a.ID == c.Article })
			if a != nil || err != nil {
				return a, err
			}
		}
	}
	return nil, fmt.Errorf("%s is not there any more, or not in a corpus that is known: give it with --corpus; quoted from it was: %q", c.Source, c.Quote)
}

var errFound = errors.New("found")

// readArticle reads the first article of a file that is wanted, nil if there is
// none.
func readArticle(ctx context.Context, source articleReader, f corpus.File, wanted func(*corpus.Article) bool) (*corpus.Article, error) {
	var found *corpus.Article
	problems, err := source.Read(ctx, f, func(a *corpus.Article) error {
		if !wanted(a) {
			return nil
		}
		found = a
		return errFound
	})
	if errors.Is(err, errFound) {
		err = nil
	}
	if found == nil && err == nil && len(problems) > 0 {
		err = problems[0]
	}
	return found, err
}

type articleReader interface {
	Read(ctx context.Context, f corpus.File, yield func(*corpus.Article) error) ([]corpus.Problem, error)
}

func newShown(a *corpus.Article) shown {
	s := shown{
		Source: a.Source, Title: a.Title.Value, Publisher: a.Publisher.Value, Published: a.Published.Value,
		URL: a.URL, Path: a.Path,
	}
	if a.Title.From != corpus.FromSentence {
		s.heading = a.Title.Value
	}
	return s
}

// splitLines divides a text into lines, each with its offset and without its
// end.
func splitLines(text string) []shownLine {
	var lines []shownLine
	at := 0
	for line := range strings.Lines(text) {
		lines = append(lines, shownLine{N: len(lines) + 1, Text: strings.TrimRight(line, "\r\n"), start: at})
		at += len(line)
	}
	return lines
}

// cut keeps the lines of s.Lines and around, and marks the quoted words. Blank
// lines around do not count: many articles have one after each paragraph.
func (s *shown) cut(all []shownLine, around int) {
	first, last := s.Lines[0], s.Lines[1]
	for i, left := first-1, around; i >= 1 && left > 0; i-- {
		if strings.TrimSpace(all[i-1].Text) != "" {
			first = i
			left--
		}
	}
	for i, left := last+1, around; i <= len(all) && left > 0; i++ {
		if strings.TrimSpace(all[i-1].Text) != "" {
			last = i
			left--
		}
	}
	for _, line := range all[first-1 : last] {
		from := max(s.marked.Start-line.start, 0)
		to := min(s.marked.End-line.start, len(line.Text))
		if from < to {
			line.Marked = [][2]int{{from, to}}
		}
		s.Text = append(s.Text, line)
	}
}

func printShown(out *screen, s shown) {
	label := ""
	if s.Citation != nil {
		label = fmt.Sprintf("[%d] ", s.Citation.N)
	}
	out.heading(label, bold, s.heading, s.Publisher, s.Published, place(s.Source, s.Lines))
	if s.URL != "" {
		out.printf("%s\n", corpus.OneLine(s.URL))
	}
	if s.Changed {
		out.paragraph(0, "", "The file was changed since the answer was given. Quoted then: "+quoted(s.Citation.Quote))
	}
	width := len(strconv.Itoa(s.Text[len(s.Text)-1].N))
	for _, line := range s.Text {
		sign := " "
		if s.Lines[0] <= line.N && line.N <= s.Lines[1] {
			sign = ">"
		}
		gutter := fmt.Sprintf("%s %*d  ", sign, width, line.N)
		if len(line.Marked) == 0 {
			out.marked(gutter, line.Text, "", "")
			continue
		}
		from, to := line.Marked[0][0], line.Marked[0][1]
		out.marked(gutter, line.Text[:from], line.Text[from:to], line.Text[to:])
	}
}
