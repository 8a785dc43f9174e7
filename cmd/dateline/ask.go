package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"dateline/bot"
	"dateline/bot/llm"
	"dateline/corpus"
	"dateline/corpus/word"
	"dateline/retrieval"
)

// filterFlags are the flags that narrow a search.
type filterFlags struct {
	since, until string
	sources      []string
	publishers   []string
}

func (f *filterFlags) add(p *program, cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.since, "since", "", "only articles published on this `day` or later, as 2025-11-26")
	cmd.Flags().StringVar(&f.until, "until", "", "only articles published on this `day` or earlier")
	cmd.Flags().StringArrayVar(&f.sources, "source", nil, "only this `article`, or this folder if it ends in /; may be repeated")
	cmd.Flags().StringArrayVar(&f.publishers, "publisher", nil, "only articles of the publisher of this `name`, or part of it where only one fits; may be repeated")
	complete(cmd, "publisher", p.offerPublishers)
}

func (f *filterFlags) filter() (retrieval.Filter, error) {
	out := retrieval.Filter{Sources: f.sources, Publishers: f.publishers}
	for _, d := range []struct {
		flag, value string
		to          *time.Time
	}{{"since", f.since, &out.Since}, {"until", f.until, &out.Until}} {
		if d.value == "" {
			continue
		}
		t, err := time.Parse(time.DateOnly, d.value)
		if err != nil {
			return out, usageError{fmt.Errorf("--%s %q is not a day: write it like 2025-11-26", d.flag, d.value)}
		}
		*d.to = t
	}
	if !out.Since.IsZero() && !out.Until.IsZero() && out.Until.Before(out.Since) {
		return out, usageError{fmt.Errorf("--until %s comes before --since %s", f.until, f.since)}
	}
	return out, nil
}

// completePublishers puts the whole name in the place of a part of one that only
// one publisher has. A name that none has stays as it is, and finds nothing.
func (p *program) completePublishers(ctx context.Context, l *library, f *retrieval.Filter) error {
	if len(f.Publishers) == 0 {
		return nil
	}
	var all []retrieval.Listing
	err := p.mended(ctx, l, func() (err error) {
		all, err = l.index.Articles(ctx, retrieval.Filter{})
		return err
	})
	if err != nil {
		return err
	}
	held := retrieval.Held(all).Publishers
	names := make([]string, len(f.Publishers)) // the flags keep what was given
	for i, given := range f.Publishers {
		names[i], err = completePublisher(held, given)
		if err != nil {
			return err
		}
	}
	f.Publishers = names
	return nil
}

func completePublisher(held []retrieval.Publisher, given string) (string, error) {
	part := strings.ToLower(strings.TrimSpace(given))
	if part == "" {
		return "", usageError{errors.New("the name of a publisher is empty")}
	}
	var fit []string // one spelling each
	for _, by := range held {
		name := strings.ToLower(by.Name)
		if name == part {
			return by.Name, nil
		}
		if strings.Contains(name, part) && !slices.ContainsFunc(fit, func(s string) bool { return strings.ToLower(s) == name }) {
			fit = append(fit, by.Name)
		}
	}
	switch len(fit) {
	case 0:
		return given, nil
	case 1:
		return fit[0], nil
	}
	const few = 8
	list := strings.Join(fit[:min(few, len(fit))], ", ")
	if len(fit) > few {
		list += fmt.Sprintf(" and %d more", len(fit)-few)
	}
	return "", usageError{fmt.Errorf("--publisher %q fits several: %s", given, list)}
}

func (p *program) askCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ask [flags] QUESTION",
		Short: "Answer a question from the articles",
		Long: `Ask answers a question from the articles, each sentence with a citation, or says
that they do not tell and what was searched. Articles that are new or changed
are read first.

The question may stand in quotes or be several words; "-" reads it from standard
input.

If a model server is set up, the model writes the answer, and each of its sentences
is checked against the articles before it is shown. If that fails, the built-in
reader answers, and the answer says why; with --engine llm it does not.`,
		Example: `  dateline ask "who confirmed the Moscow visit?"
  dateline ask --corpus ./articles --since 2025-11-01 how many points does the plan have
  echo "where did the talks take place?" | dateline ask --json -`,
		Args: someArgs("question"),
	}
	flags := p.askFlags(cmd)
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		text, err := p.question(ctx, args)
		if err != nil {
			return err
		}
		a, err := p.newAsker(ctx, flags, *asJSON)
		if err != nil {
			return err
		}
		defer a.lib.close()
		answer, kept, err := a.ask(ctx, text, new(bot.Conversation))
		if err != nil {
			if errors.Is(err, bot.ErrNoQuestion) {
				err = usageError{err}
			}
			return err
		}
		if kept && len(answer.Citations) > 0 && p.out.terminal && !*asJSON {
			p.err.printf("\nSee a citation in its place: dateline source %s#1\n", answer.ID)
		}
		return nil
	}
	return cmd
}

// askFlags are the flags that say where to look for answers, and who reads.
type askFlags struct {
	filter filterFlags
	engine string
	model  modelFlags
}

func (p *program) askFlags(cmd *cobra.Command) *askFlags {
	f := new(askFlags)
	p.corpusFlags(cmd)
	f.filter.add(p, cmd)
	f.model.add(cmd)
	cmd.Flags().StringVar(&f.engine, "engine", bot.EngineAuto, "`name` of what reads the articles: auto, extract (built in) or llm (a model server)")
	completesEngine(cmd)
	return f
}

// An asker puts questions to the articles, and shows the answers.
type asker struct {
	p        *program
	lib      *library // to be closed by whoever made the asker
	model    *llm.Engine
	question bot.Question // but for its text and thread
	json     bool
}

// newAsker opens the articles and what reads them.
func (p *program) newAsker(ctx context.Context, f *askFlags, asJSON bool) (*asker, error) {
	a := &asker{p: p, question: bot.Question{Engine: f.engine, Surface: surfaceTerminal}, json: asJSON}
	var err error
	if a.question.Filter, err = f.filter.filter(); err != nil {
		return nil, err
	}
	if a.model, err = p.openModel(f.engine, f.model); err != nil {
		return nil, err
	}
	if a.lib, err = p.current(ctx); err != nil {
		return nil, err
	}
	err = p.completePublishers(ctx, a.lib, &a.question.Filter)
	if err == nil {
		err = p.keepReceipts(a.lib)
	}
	if err != nil {
		a.lib.close()
		return nil, err
	}
	return a, nil
}

// ask asks in a conversation, shows the answer and keeps it; kept says whether
// that worked.
func (a *asker) ask(ctx context.Context, text string, talk *bot.Conversation) (answer bot.Answer, kept bool, err error) {
	p := a.p
	q := a.question
	q.Text = text
	// A model takes its time: each sentence is shown once it is checked.
	var show func(bot.Sentence)
	var shown []bot.Sentence
	if a.model != nil && !a.json {
		show = func(s bot.Sentence) {
			shown = append(shown, s)
			p.out.paragraph(0, bold, s.Marked())
		}
	}
	err = p.mended(ctx, a.lib, func() (err error) {
		answer, err = talk.Ask(ctx, a.lib.bot(p.log, a.model), q, show)
		return err
	})
	if err != nil {
		return answer, false, err
	}
	meant := cmp.Or(answer.Understood, text)
	answer.Nearest = slices.DeleteFunc(answer.Nearest, func(c bot.Citation) bool { return !sharesWords(meant, c.Quote) })
	p.warnUnrecorded(answer)
	if !answer.Answered && !answer.Unclear {
		p.tellLeftOut(ctx, a.lib)
	}
	kept = a.lib.recorder != nil && answer.Unrecorded == nil
	switch {
	case answer.Unclear:
	case answer.Searched.Articles == 0:
		p.hintAtArticles(ctx, a.lib)
	case !answer.Answered && asksNothing(meant):
		p.err.printf("Dateline answers questions about the articles, for example: who confirmed the visit? how many points does the plan have?\n")
	}
	if a.json {
		return answer, kept, p.printJSON(answer)
	}
	for _, d := range answer.Dropped {
		p.verbosef("dropped: %s (%s)", d.Text, strings.Join(d.Reasons, "; "))
	}
	for _, d := range answer.Repaired {
		p.verbosef("repaired: %s (%s)", d.Text, strings.Join(d.Reasons, "; "))
	}
	p.printAnswer(answer, func(c bot.Citation) string { return givenTitle(ctx, a.lib, c) }, shown, false)
	return answer, kept, nil
}

// question takes the question from the arguments, or from standard input if
// they are "-".
func (p *program) question(ctx context.Context, args []string) (string, error) {
	return p.words(ctx, args, "question", bot.MaxQuestion, "ask one thing at a time", bot.ErrNoQuestion)
}

// words takes what is asked or claimed from the arguments, or from standard
// input if they are "-". It has limit characters at the most, and is not blank:
// then the error is none.
func (p *program) words(ctx context.Context, args []string, what string, limit int, next string, none error) (string, error) {
	text := strings.Join(args, " ")
	if len(args) == 1 && args[0] == "-" {
		p.verbosef("reading the %s from standard input", what)
		var err error
		// Characters take up to 4 bytes; one more shows that there are more.
		if text, err = readAll(ctx, io.LimitReader(p.in, int64(4*limit+1))); err != nil {
			return "", fmt.Errorf("reading the %s from standard input: %w", what, err)
		}
	}
	if text = strings.TrimSpace(text); text == "" {
		return "", usageError{none}
	}
	if n := utf8.RuneCountInString(text); n > limit {
		count := strconv.Itoa(n)
		if len(text) > 4*limit {
			count = "more than " + strconv.Itoa(limit) // not all may have been read
		}
		return "", usageError{fmt.Errorf("the %s has %s characters, at most %d are read: %s", what, count, limit, next)}
	}
	return text, nil
}

// readAll is io.ReadAll, but gives up when the context does: nothing else ends a
// read from a terminal. The read itself goes on until the process ends.
func readAll(ctx context.Context, r io.Reader) (string, error) {
	type result struct {
		data []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		data, err := io.ReadAll(r)
		done <- result{data, err}
	}()
	select {
	case res := <-done:
		return string(res.data), res.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// sharesWords reports whether two texts have a word in common that is not a
// mere function word.
func sharesWords(a, b string) bool {
	terms := word.Terms(a)
	return slices.ContainsFunc(word.Terms(b), func(t string) bool { return slices.Contains(terms, t) })
}

// asksNothing reports whether a question names hardly anything that articles
// could tell about: a greeting, a call for help, a wish for a summary.
func asksNothing(question string) bool {
	const idle = " hello hi hey help please thanks thank test dateline summarize summarise summary summaries explain describe tell article articles story stories news text document "
	n := 0
	for _, w := range word.Split(question) {
		if !w.Stop() && !strings.Contains(idle, " "+w.Norm+" ") {
			n++
		}
	}
	return n < 2
}

// hintAtArticles says what there is to a filter that lets nothing pass.
func (p *program) hintAtArticles(ctx context.Context, l *library) {
	all, err := l.index.Articles(ctx, retrieval.Filter{})
	if err != nil || len(all) == 0 {
		return
	}
	held := retrieval.Held(all)
	hint := "There are "
	if held.Articles == 1 {
		hint = "There is "
	}
	hint += count(held.Articles, "article")
	if period := held.Period(); period != "" {
		hint += ", published " + period
		if held.Undated > 0 {
			hint += fmt.Sprintf(" (%d without a date)", held.Undated)
		}
	} else {
		hint += ", without a date"
	}
	const few = 5
	var names []string
	for i, by := range held.Publishers {
		if i == few {
			names = append(names, fmt.Sprintf("%d more", len(held.Publishers)-few))
			break
		}
		names = append(names, by.Name)
	}
	if len(names) > 0 {
		hint += "; publishers: " + strings.Join(names, ", ")
	}
	p.err.printf("%s. Change --since, --until, --source or --publisher.\n", hint)
}

// givenTitle returns the title that a citation's article came with, "" if it is
// one that was made from its first sentence.
func givenTitle(ctx context.Context, l *library, c bot.Citation) string {
	a, err := l.index.Article(ctx, c.Article)
	if err != nil || a.Title.From == corpus.FromSentence {
		return ""
	}
	return a.Title.Value
}
