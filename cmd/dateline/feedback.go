package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"dateline/bot"
	"dateline/bot/eval"
	"dateline/bot/receipt"
	"dateline/corpus"
)

func (p *program) feedbackCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "feedback [flags]",
		Short: "Show what people thought of answers, or make a question set of it",
		Long: `Feedback lists what people thought of answers in Slack: the buttons below each
answer, and the reasons that they gave. The oldest comes first.

With --questions it prints, as JSON lines that eval reads, the questions whose answers
everybody found good who said anything: the short answer is the one expected and the
articles that it cites are its sources; a refusal that was found good makes a question
that cannot be answered. An answer without a short one, such as one that is "perhaps"
one, is no text to compare others with: its question has sources alone, which measure
search, until you put the right answer into "answers".

With --review it prints those whose answer somebody found bad. What the right answer
is nobody has said, so each is marked "unanswerable", and has what was answered and
why that is bad beside it: put the right answer into "answers" and take the mark away,
or leave it where the articles do not tell.

A question that leans on those before it is printed as it was understood. Feedback is
kept as long as the receipt of the answer is.`,
		Example: `  dateline feedback
  dateline feedback --questions > good.jsonl
  dateline feedback --review > review.jsonl`,
		Args:              noArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	asJSON := jsonFlag(cmd)
	questions := cmd.Flags().Bool("questions", false, "print the questions that were answered well, for eval")
	review := cmd.Flags().Bool("review", false, "print the questions that were not, for somebody to look into")
	cmd.MarkFlagsMutuallyExclusive("json", "questions", "review")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		store, err := p.store()
		if err != nil {
			return err
		}
		list, err := opinions(cmd.Context(), store)
		switch {
		case err != nil:
			return err
		case *questions:
			return p.printQuestions(list, false)
		case *review:
			return p.printQuestions(list, true)
		case *asJSON:
			return p.printJSON(struct {
				Feedback []opinion `json:"feedback"`
			}{append([]opinion{}, list...)})
		}
		p.printOpinions(list)
		return nil
	}
	return cmd
}

// An opinion is what somebody thought of an answer, and the answer.
type opinion struct {
	receipt.Feedback
	Question string `json:"question"` // as it was understood
	Answered bool   `json:"answered"`
	// Certainty is as bot.Answer has it.
	Certainty string `json:"certainty,omitempty"`
	// Short and Text are the answer; the latter is the reason of a refusal.
	Short string `json:"short"`
	Text  string `json:"text"`

	receipt bot.Receipt
}

// opinions reads all feedback, with the answers that it is about.
func opinions(ctx context.Context, store *receipt.Store) ([]opinion, error) {
	var list []opinion
	known := make(map[string]bot.Receipt)
	for f, err := range store.Feedback(ctx) {
		if err != nil {
			return nil, err
		}
		r, ok := known[f.Answer]
		if !ok {
			if r, err = store.Load(ctx, f.Answer); errors.Is(err, receipt.ErrNone) {
				continue // it went while this was read
			} else if err != nil {
				return nil, err
			}
			known[f.Answer] = r
		}
		list = append(list, opinion{Feedback: f, Question: cmp.Or(r.Understood, r.Question), Answered: r.Answer.Answered,
			Certainty: r.Answer.Certainty, Short: r.Answer.Short, Text: cmp.Or(r.Answer.Text, r.Answer.Reason), receipt: r})
	}
	return list, nil
}

func (p *program) printOpinions(list []opinion) {
	if len(list) == 0 {
		p.out.printf("Nobody has said anything of an answer yet.\n")
		return
	}
	good := 0
	for _, o := range list {
		opinion := "bad "
		if o.Good {
			opinion = "good"
			good++
		}
		p.out.printf("%s  %s  %s  %s\n", opinion, o.Answer, moment(o.At), corpus.OneLine(o.By))
		p.out.paragraph(6, "", o.Question+" → "+inLine(o.receipt.Answer))
		if o.Reason != "" {
			p.out.paragraph(6, "", "because: "+o.Reason)
		}
	}
	p.out.printf("\n%d good, %d bad\n", good, len(list)-good)
}

// A reviewed is a question of a set, with what is to be known to correct it.
type reviewed struct {
	eval.Question
	// Answered is what was answered, and Because why that is bad.
	Answered string   `json:"answered,omitempty"`
	Because  []string `json:"because,omitempty"`
}

// printQuestions prints a question for each answer of which everybody thought
// well, or for each of the others.
func (p *program) printQuestions(list []opinion, bad bool) error {
	var ids []string
	because := make(map[string][]string) // of those that somebody found bad
	of := make(map[string]opinion)
	for _, o := range list {
		if !slices.Contains(ids, o.Answer) {
			ids = append(ids, o.Answer)
		}
		of[o.Answer] = o
		if !o.Good {
			because[o.Answer] = append(because[o.Answer], cmp.Or(o.Reason, "(no reason given)"))
		}
	}
	for _, id := range ids {
		o := of[id]
		why, isBad := because[id]
		if isBad != bad {
			continue
		}
		q := reviewed{Question: eval.Question{ID: id, Question: o.Question, Answers: []string{}, Sources: []string{}}}
		if day := o.receipt.Day; !day.IsZero() {
			q.Asked = day.Format(time.DateOnly)
		}
		for _, c := range o.receipt.Answer.Citations {
			if !slices.Contains(q.Sources, c.Source) {
				q.Sources = append(q.Sources, c.Source)
			}
		}
		switch {
		case bad:
			q.Unanswerable, q.Because, q.Answered = true, why, cmp.Or(o.Short, o.Text)
		case !o.Answered:
			q.Unanswerable = true
		case o.Short != "":
			q.Answers = []string{o.Short}
		case len(q.Sources) == 0:
			continue // nothing of it can be measured
		}
		if err := p.printJSON(q); err != nil {
			return err
		}
	}
	return nil
}
