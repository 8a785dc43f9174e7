package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dateline/bot"
)

func (p *program) checkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [flags] CLAIM",
		Short: "Check a sentence or a text against the articles",
		Long: `Check holds a text against the articles, sentence by sentence. Each sentence is
supported, contradicted (they give another number, name or date, or deny it), or
there is no evidence for it: they do not say so, or not so surely. The places
that this rests on are cited; where there is no evidence, those that come
nearest. A question, an order, a mere name or an address is not a claim, and is
not supported.

With --engine llm, a model server gives a second opinion on each sentence that is
supported, unless it stands in the articles word for word. If the model reads the
cited words as contradicting the sentence, there is no evidence for it any more; if
it finds no evidence, that is noted. It never makes a sentence supported. With
--engine auto that is done if a server is set up, and the check stands without it
if the server fails.

A sentence is read as it stands: for "he said so" there is no evidence, however
clear it is who he is.

The text may stand in quotes or be several words; "-" reads it from standard
input. The exit code is 0 only if every sentence is supported, otherwise 1.`,
		Example: `  dateline check "Witkoff will visit Moscow next week."
  dateline check --corpus ./articles --json - < draft.txt`,
		Args: someArgs("claim"),
	}
	var filter filterFlags
	var engine string
	var modelFlags modelFlags
	p.corpusFlags(cmd)
	filter.add(p, cmd)
	modelFlags.add(cmd)
	cmd.Flags().StringVar(&engine, "engine", bot.EngineExtract, "`name` of what checks: extract (built in, nothing leaves this machine), llm (a model server gives a second opinion) or auto (llm if it is set up)")
	completesEngine(cmd)
	asJSON := jsonFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		text, err := p.words(ctx, args, "text", bot.MaxCheck, "check it in parts", bot.ErrNoClaim)
		if err != nil {
			return err
		}
		f, err := filter.filter()
		if err != nil {
			return err
		}
		model, err := p.openModel(engine, modelFlags)
		if err != nil {
			return err
		}
		lib, err := p.current(ctx)
		if err != nil {
			return err
		}
		defer lib.close()
		if err := p.completePublishers(ctx, lib, &f); err != nil {
			return err
		}
		var check bot.Check
		err = p.mended(ctx, lib, func() (err error) {
			check, err = lib.bot(p.log, model).Check(ctx, text, f)
			return err
		})
		if err != nil {
			if errors.Is(err, bot.ErrNoClaim) {
				err = usageError{err}
			}
			return err
		}
		if engine == bot.EngineLLM && check.Unjudged != nil {
			return check.Unjudged
		}
		if check.Searched.Articles == 0 {
			p.hintAtArticles(ctx, lib)
		}
		if !check.Supported {
			p.tellLeftOut(ctx, lib)
		}
		if *asJSON {
			if err := p.printJSON(check); err != nil {
				return err
			}
		} else {
			p.printCheck(check, func(c bot.Citation) string { return givenTitle(ctx, lib, c) })
		}
		if !check.Supported {
			return errReported
		}
		return nil
	}
	return cmd
}

// printCheck shows people each sentence with its verdict, and then the places
// that the marks stand for.
func (p *program) printCheck(c bot.Check, title func(bot.Citation) string) {
	counts := make(map[bot.Verdict]int)
	for _, f := range c.Sentences {
		counts[f.Verdict]++
		var marks strings.Builder
		for _, n := range f.Citations {
			fmt.Fprintf(&marks, " [%d]", n)
		}
		p.out.paragraph(0, bold, f.Text)
		switch {
		case f.Verdict == bot.NotClaim:
			p.out.paragraph(2, "", string(f.Verdict)+": "+strings.Join(f.Reasons, "; "))
			continue
		case f.Verdict != bot.NoEvidence:
			p.out.paragraph(2, "", string(f.Verdict)+marks.String())
		case len(f.Citations) > 0:
			p.out.paragraph(2, "", string(f.Verdict)+", nearest"+marks.String())
		default:
			p.out.paragraph(2, "", string(f.Verdict))
		}
		for _, r := range f.Reasons {
			p.out.paragraph(2, "", "- "+r)
		}
		if f.Note != "" {
			p.out.paragraph(2, "", f.Note)
		}
	}
	if len(c.Sentences) > 1 {
		var parts []string
		for _, v := range []bot.Verdict{bot.Supported, bot.Contradicted, bot.NoEvidence, bot.NotClaim} {
			if counts[v] > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", counts[v], v))
			}
		}
		p.out.printf("\n%s: %s\n", count(len(c.Sentences), "sentence"), strings.Join(parts, ", "))
	}
	if c.Note != "" {
		p.out.paragraph(0, "", c.Note)
	}
	if slices.ContainsFunc(c.Sentences, func(f bot.Finding) bool { return f.Verdict == bot.NoEvidence }) {
		p.out.paragraph(0, "", "Searched "+coverage(c.Searched)+".")
	}
	if len(c.Citations) > 0 {
		p.out.printf("\n")
	}
	for _, x := range c.Citations {
		p.printCitation(fmt.Sprintf("[%d]", x.N), title(x), x, true)
	}
}
