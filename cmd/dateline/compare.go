package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"dateline/bot/eval"
	"dateline/corpus"
)

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
func compare[T any](b baselines, set []T, now eval.Baseline) (comparisons, error) {
	c := comparisons{file: b.against}
	var err error
	if now.Set, err = eval.Fingerprint(set); err != nil {
		return c, err
	}
	if b.against != "" {
		then, err := readBaseline(b.against)
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
	if len(c.List) > 0 {
		p.out.printf("\nagainst %s\n", c.file)
		p.printFigures(c.List)
	}
}

func (p *program) printFigures(list []eval.Comparison) {
	p.out.printf("  %-24s then     now      up     down   difference, 95 %% of draws\n", "")
	for _, f := range list {
		p.out.printf("  %-24s %.3f    %.3f    %-6d %-6d %+.3f  (%+.3f to %+.3f)\n", f.Figure, f.Then, f.Now, f.Up, f.Down, f.Difference.Mean, f.Difference.Low, f.Difference.High)
	}
}

func readBaseline(name string) (eval.Baseline, error) {
	b, err := eval.ReadBaseline(name)
	if errors.Is(err, fs.ErrNotExist) {
		return b, fmt.Errorf("%s: no such file: keep the scores of a run there with --save", name)
	}
	return b, err
}

// A changed question is one of what "eval --compare --json" prints.
type changed struct {
	eval.Change
	// ID and Question are known if the set is given.
	ID       string `json:"id,omitempty"`
	Question string `json:"question,omitempty"`
}

// evalCompare compares two runs that --save kept.
func (p *program) evalCompare(before, after string, e *evaluation) error {
	then, err := readBaseline(before)
	if err != nil {
		return err
	}
	now, err := readBaseline(after)
	if err != nil {
		return err
	}
	var out struct {
		Figures []eval.Comparison `json:"figures"`
		// Answers is how many questions were put, AnswersChanged how many of them
		// are answered otherwise, and NearestChanged how many refusals show other
		// passages; 0 if the files do not say.
		Answers        int       `json:"answers"`
		AnswersChanged int       `json:"answers_changed"`
		NearestChanged int       `json:"nearest_changed"`
		Changed        []changed `json:"changed"`
	}
	if out.Figures, err = now.Against(then); err != nil {
		return fmt.Errorf("%s: %w", before, err)
	}
	var questions []eval.Question
	if e.set != "" {
		if questions, err = readSet(e.set, "questions", e.limit, eval.ReadFile); err != nil {
			return err
		}
		set, err := eval.Fingerprint(questions)
		if err != nil {
			return err
		}
		if set != now.Set {
			return fmt.Errorf("%s: the runs are of another set, or were limited to a part of it", e.set)
		}
	}
	out.Changed = []changed{}
	for _, c := range now.Changes(then) {
		if c.Answer {
			out.AnswersChanged++
		}
		if c.Nearest {
			out.NearestChanged++
		}
		ch := changed{Change: c}
		if c.Item <= len(questions) {
			ch.ID, ch.Question = questions[c.Item-1].ID, questions[c.Item-1].Question
		}
		out.Changed = append(out.Changed, ch)
	}
	out.Answers = min(then.Answers(), now.Answers())
	if e.json {
		return p.printJSON(out)
	}
	p.out.printf("%s, and then %s\n", before, after)
	p.printFigures(out.Figures)
	if out.Answers > 0 {
		p.out.printf("\n%d of %s changed, and %s other passages than before\n", out.AnswersChanged, count(out.Answers, "answer"), refusalsShow(out.NearestChanged))
	}
	if len(out.Changed) > 0 {
		p.out.printf("\nchanged\n")
	}
	for _, c := range out.Changed {
		var what []string
		for _, figure := range slices.Sorted(maps.Keys(c.Figures)) {
			what = append(what, fmt.Sprintf("%s %.3g → %.3g", figure, c.Figures[figure][0], c.Figures[figure][1]))
		}
		if c.Answer {
			what = append(what, "another answer")
		}
		if c.Nearest {
			what = append(what, "other passages shown")
		}
		p.out.printf("  %d: %s\n", c.Item, strings.Join(what, ", "))
		if c.Question != "" {
			p.out.printf("      %s: %s\n", corpus.OneLine(c.ID), corpus.OneLine(c.Question))
		}
	}
	return nil
}

func refusalsShow(n int) string {
	if n == 1 {
		return "1 refusal shows"
	}
	return fmt.Sprintf("%d refusals show", n)
}
