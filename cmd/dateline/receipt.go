package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"dateline/bot"
	"dateline/bot/receipt"
	"dateline/bot/sqlite"
	"dateline/corpus"
	"dateline/retrieval"
)

// Where questions were put, as receipts have it.
const (
	surfaceTerminal = "terminal"
	surfaceReplay   = "replay"
)

// store is where receipts are kept. The error is for a machine without a place
// for them, or for a setting that says something else than how long.
func (p *program) store() (*receipt.Store, error) {
	data, err := p.dataDir()
	if err != nil {
		return nil, err
	}
	keep, err := p.retention()
	if err != nil {
		return nil, err
	}
	return receipt.New(receipt.Config{
		Path:      filepath.Join(data.Value, receiptsFile),
		Retention: keep,
		Damaged:   func(d *sqlite.DamagedError) { p.warn(d) },
	}), nil
}

// retention is how long receipts are kept.
func (p *program) retention() (receipt.Retention, error) {
	set := p.env.lookup(envRetention)
	r, err := receipt.ParseRetention(set.Value)
	if err != nil {
		return r, fmt.Errorf("%s (%s): %w", envRetention, set.From, err)
	}
	return r, nil
}

// keepReceipts has the library's bots keep receipts, unless its index is a
// temporary one: what such an answer rests on cannot be looked up. The library
// closes what it takes.
func (p *program) keepReceipts(l *library) error {
	if l.temporary {
		return nil
	}
	store, err := p.store()
	if err != nil {
		return err
	}
	l.receipts, l.recorder = store, store
	return nil
}

// warnUnrecorded says that there is no receipt of an answer.
func (p *program) warnUnrecorded(a bot.Answer) {
	if a.Unrecorded != nil {
		p.warn(fmt.Errorf("this answer cannot be looked up later: %w", a.Unrecorded))
	}
}

func (p *program) receiptCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "receipt [flags] [ANSWERID]",
		Short: "Show how an answer came about",
		Long: `Receipt shows all that is known of an answer: what was asked and what was understood,
the passages that were read with their scores, what a model was asked and what it
wrote, and what became of each sentence and why. Without an id it lists the newest
answers.

The beginning of an id will do if no other answer's id begins so. Receipts are kept in
the data directory, for as long as DATELINE_RETENTION says.`,
		Example: `  dateline receipt
  dateline receipt k3j2x7
  dateline receipt --json k3j2x7aq5e`,
		Args:              mostOne("ANSWERID"),
		ValidArgsFunction: p.offerIDs,
	}
	asJSON := jsonFlag(cmd)
	limit := cmd.Flags().IntP("number", "n", 10, "how many answers to list")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		if *limit < 1 {
			return usageError{fmt.Errorf("--number %d: it has to be 1 at least", *limit)}
		}
		store, err := p.store()
		if err != nil {
			return err
		}
		if len(args) == 0 {
			list, err := store.List(ctx, receipt.Filter{Limit: *limit})
			if err != nil {
				return err
			}
			if *asJSON {
				return p.printJSON(struct {
					Receipts []bot.Receipt `json:"receipts"`
				}{append([]bot.Receipt{}, list...)})
			}
			p.printReceipts(list)
			return nil
		}
		r, err := p.findReceipt(ctx, store, args[0])
		if err != nil {
			return err
		}
		if *asJSON {
			return p.printJSON(r)
		}
		p.printReceipt(r)
		return nil
	}
	return cmd
}

// findReceipt finds the receipt of an answer by its id, or its beginning, or by
// a citation of it.
func (p *program) findReceipt(ctx context.Context, store *receipt.Store, id string) (bot.Receipt, error) {
	short, _, _ := strings.Cut(id, "#")
	r, err := store.Find(ctx, short)
	if errors.Is(err, receipt.ErrNone) {
		err = fmt.Errorf("%w: dateline receipt lists the newest", err)
	}
	return r, err
}

func (p *program) replayCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay [flags] ANSWERID",
		Short: "Ask a question again, and show what differs",
		Long: `Replay puts the question of an answer again: of the articles as they are today, to
the engine that was asked for, with the same filter and after the same questions.
"This week" means the week that it meant then. It shows what differs: the answer,
what is cited, the passages that were read, engine, model, prompts and index.

The beginning of an id will do. The articles are brought up to date first. The new
answer has a receipt of its own. The exit code is 0 whether anything differs or not.`,
		Example: "  dateline replay k3j2x7\n  dateline replay --json k3j2x7aq5e",
		Args:    cobra.MatchAll(someArgs("ANSWERID"), mostOne("ANSWERID")),

		ValidArgsFunction: p.offerIDs,
	}
	var modelFlags modelFlags
	p.corpusFlags(cmd)
	modelFlags.add(cmd)
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		store, err := p.store()
		if err != nil {
			return err
		}
		before, err := p.findReceipt(ctx, store, args[0])
		if err != nil {
			return err
		}
		after, err := p.replay(ctx, before, modelFlags)
		if err != nil {
			return err
		}
		d := receipt.Compare(before, after)
		if *asJSON {
			return p.printJSON(struct {
				Before bot.Receipt `json:"before"`
				After  bot.Receipt `json:"after"`
				receipt.Difference
			}{before, after, d})
		}
		p.printReplay(before, after, d)
		return nil
	}
	return cmd
}

// replay asks the question of a receipt again, and returns the new receipt.
func (p *program) replay(ctx context.Context, r bot.Receipt, flags modelFlags) (bot.Receipt, error) {
	if choice := p.chooseModel(flags); r.Engine == bot.EngineLLM && !choice.configured() {
		return bot.Receipt{}, fmt.Errorf("answer %s was asked of a model, and %w", r.ID, choice.missing())
	}
	model, err := p.openModel(r.Engine, flags)
	if err != nil {
		return bot.Receipt{}, err
	}
	chosen, err := p.chooseCorpus(p.corpusFlag)
	if err != nil {
		return bot.Receipt{}, err
	}
	if len(p.corpusFlag) == 0 && len(r.Corpus) > 0 {
		chosen = corpusChoice{r.Corpus, "receipt"}
		if slices.Equal(r.Corpus, []string{sampleName}) {
			chosen.Roots = nil
		}
	}
	lib, err := p.currentOf(ctx, chosen)
	if err != nil {
		return bot.Receipt{}, err
	}
	defer lib.close()
	if err := p.keepReceipts(lib); err != nil {
		return bot.Receipt{}, err
	}
	last := &lastReceipt{next: lib.recorder}
	lib.recorder = last
	q := bot.Question{Text: r.Question, Thread: r.Thread, Filter: r.Filter, Engine: r.Engine, Asked: r.Day, Surface: surfaceReplay}
	var a bot.Answer
	err = p.mended(ctx, lib, func() (err error) {
		a, err = lib.bot(p.log, model).Ask(ctx, q, nil)
		return err
	})
	if err != nil {
		return bot.Receipt{}, err
	}
	p.warnUnrecorded(a)
	last.mu.Lock()
	defer last.mu.Unlock()
	return last.r, nil
}

// lastReceipt remembers the last receipt, and passes it on if there is anybody
// to pass it to.
type lastReceipt struct {
	next bot.Recorder // may be nil

	mu sync.Mutex
	r  bot.Receipt
}

func (l *lastReceipt) Record(ctx context.Context, r bot.Receipt) error {
	l.mu.Lock()
	l.r = r
	l.mu.Unlock()
	if l.next == nil {
		return nil
	}
	return l.next.Record(ctx, r)
}

// printReceipts lists receipts, one on a line.
func (p *program) printReceipts(list []bot.Receipt) {
	if len(list) == 0 {
		p.out.printf("No answers are kept yet.\n")
		return
	}
	for _, r := range list {
		what := inLine(r.Answer)
		if r.Error != "" {
			what = "failed: " + r.Error
		}
		line := fmt.Sprintf("%s → %s", corpus.OneLine(r.Question), corpus.OneLine(what))
		if p.out.width == 0 {
			p.out.printf("%s  %s  %s\n", r.ID, moment(r.Asked), line)
			continue
		}
		p.out.printf("%s  %s\n", r.ID, moment(r.Asked))
		p.out.paragraph(2, "", line)
	}
}

// moment is a time as people read it here.
func moment(t time.Time) string {
	if t.IsZero() {
		return "(no time)"
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

func (p *program) printReceipt(r bot.Receipt) {
	var about []string
	for _, s := range []string{moment(r.Asked), r.Surface, r.Asker, r.Version} {
		if s != "" {
			about = append(about, s)
		}
	}
	p.out.paragraph(0, "", "Answer "+r.ID+" · "+strings.Join(about, " · "))
	fact := func(name, value string) {
		if value != "" {
			p.out.paragraph(0, "", name+": "+value)
		}
	}
	fact("Question", r.Question)
	understood := r.Understood
	if understood != "" && r.UnderstoodBy != "" {
		understood += " (by " + r.UnderstoodBy + ")"
	}
	fact("Understood", understood)
	for _, e := range r.Thread {
		answer := cmp.Or(e.Answer, "(no answer)")
		if e.Certainty == bot.Perhaps {
			answer = bot.Uncertain + " " + answer
		}
		fact("Before", e.Question+" → "+answer)
	}
	fact("Articles", strings.Join(r.Corpus, string(os.PathListSeparator)))
	fact("Filter", describeFilter(r.Filter))
	fact("Index", r.Generation)
	fact("Engine", r.Engine)
	p.out.printf("\n")
	if r.Error != "" {
		p.out.paragraph(0, bold, "No answer: "+r.Error)
	} else {
		p.printAnswer(r.Answer, func(bot.Citation) string { return "" }, nil, true)
	}
	for i, c := range r.Answer.Nearest {
		if c.Why != "" {
			p.out.paragraph(2, "", fmt.Sprintf("Not taken, nearest %d: %s", i+1, c.Why))
		}
	}
	p.printCalls("", r.UnderstandCalls)
	for _, a := range r.Attempts {
		p.out.printf("\nEngine %s, %.1f ms", a.Engine, a.Milliseconds)
		if a.Error != "" {
			p.out.printf(", failed: %s", corpus.OneLine(a.Error))
		}
		if a.RepairError != "" {
			p.out.printf(", repair failed: %s", corpus.OneLine(a.RepairError))
		}
		p.out.printf("\n")
		for _, s := range a.Sentences {
			line := string(s.Outcome) + ": " + s.Text
			if s.Repair {
				line = "repair " + line
			}
			for _, n := range s.Citations {
				line += fmt.Sprintf(" [%d]", n)
			}
			if len(s.Reasons) > 0 {
				line += " (" + strings.Join(s.Reasons, "; ") + ")"
			}
			p.out.paragraph(2, "", line)
		}
		p.printCalls("  ", a.Calls)
	}
	if len(r.Passages) > 0 {
		p.out.printf("\nPassages that were read\n")
	}
	for i, o := range r.Passages {
		p.out.printf("%4d. %.3f  %s, bytes %d to %d (keywords %.2f, semantic %.2f)\n", i+1, o.Score, corpus.OneLine(o.Source), o.Bytes[0], o.Bytes[1], o.Keyword, o.Semantic)
	}
	p.out.printf("\nSearch %.1f ms, reading %.1f ms, in all %.1f ms\n", r.Timings.Search, r.Timings.Read, r.Timings.Total)
}

// printCalls shows what a model was asked for and what it wrote.
func (p *program) printCalls(margin string, calls []bot.Call) {
	for _, c := range calls {
		p.out.printf("%scall to %s: model %s, prompt %s, %d + %d tokens, %.0f ms", margin, c.For, corpus.OneLine(c.Model), corpus.OneLine(c.Prompt), c.TokensIn, c.TokensOut, c.Milliseconds)
		if c.Error != "" {
			p.out.printf(", failed: %s", corpus.OneLine(c.Error))
		}
		p.out.printf("\n")
		if c.Raw != "" {
			p.out.paragraph(len(margin)+2, dim, c.Raw)
		}
	}
}

func describeFilter(f retrieval.Filter) string {
	var parts []string
	if !f.Since.IsZero() {
		parts = append(parts, "since "+f.Since.Format(time.DateOnly))
	}
	if !f.Until.IsZero() {
		parts = append(parts, "until "+f.Until.Format(time.DateOnly))
	}
	if len(f.Sources) > 0 {
		parts = append(parts, "source "+strings.Join(f.Sources, " or "))
	}
	if len(f.Publishers) > 0 {
		parts = append(parts, "publisher "+strings.Join(f.Publishers, " or "))
	}
	return strings.Join(parts, ", ")
}

func (p *program) printReplay(before, after bot.Receipt, d receipt.Difference) {
	p.out.paragraph(0, "", fmt.Sprintf("Question: %s", before.Question))
	p.out.paragraph(0, "", fmt.Sprintf("Answer %s of %s, and %s of today", before.ID, moment(before.Asked), after.ID))
	switch {
	case d.Same && len(d.Changes)+len(d.Passages) == 0:
		p.out.paragraph(0, bold, "Nothing differs.")
		return
	case d.Same:
		p.out.paragraph(0, bold, "The answer is the same. What led to it differs:")
	default:
		p.out.paragraph(0, bold, "The answer differs:")
	}
	for _, c := range d.Changes {
		p.out.printf("\n%s\n", c.What)
		p.out.paragraph(2, "", "before: "+cmp.Or(c.Before, "(none)"))
		p.out.paragraph(2, "", "now: "+cmp.Or(c.After, "(none)"))
	}
	for _, l := range []struct {
		what string
		list []bot.Citation
	}{{"Cited now and not before", d.Gained}, {"Cited before and not now", d.Lost}} {
		if len(l.list) > 0 {
			p.out.printf("\n%s\n", l.what)
		}
		for _, c := range l.list {
			p.printCitation(fmt.Sprintf("[%d]", c.N), "", c, true)
		}
	}
	if len(d.Passages) > 0 {
		p.out.printf("\nPassages that were read, by rank\n")
	}
	rank := func(n int, score float64) string {
		if n == 0 {
			return "-"
		}
		return fmt.Sprintf("%d (%.3f)", n, score)
	}
	for _, m := range d.Passages {
		p.out.printf("  %s → %s  %s, bytes %d to %d\n", rank(m.RankBefore, m.ScoreBefore), rank(m.RankAfter, m.ScoreAfter), corpus.OneLine(m.Source), m.Bytes[0], m.Bytes[1])
	}
}

// examineReceipts reads all receipts.
func (p *program) examineReceipts(ctx context.Context) check {
	c := check{Name: "receipts", Status: good}
	keep, err := p.retention()
	var store *receipt.Store
	if err == nil {
		store, err = p.store()
	}
	if err != nil {
		c.Status, c.Found = broken, err.Error()
		return c
	}
	h, err := store.Check(ctx)
	switch {
	case sqlite.IsDamaged(err):
		c.Status, c.Found = broken, err.Error()
		c.Do = "What can be read of it still is. Move the file away to begin another one; the next answer does so by itself if it cannot be added."
	case err != nil:
		c.Status, c.Found = broken, err.Error()
	case h.Receipts == 0:
		c.Found = "none yet, the next answer is kept in " + store.Path()
	default:
		c.Found = fmt.Sprintf("sound, %s since %s, %s in %s; kept: %s", count(h.Receipts, "answer"), h.Oldest.Local().Format(time.DateOnly), bytesize(h.Bytes), store.Path(), keep)
	}
	return c
}
