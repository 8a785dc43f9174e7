package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dateline/bot"
	"dateline/bot/receipt"
	"dateline/corpus"
	"dateline/retrieval"
)

// What a shell completes is looked up in what is at hand: nothing is indexed and
// no server asked, and what cannot be read has no completions.

// completesEngine has the flag --engine completed.
func completesEngine(cmd *cobra.Command) {
	complete(cmd, "engine", cobra.FixedCompletions([]cobra.Completion{
		cobra.CompletionWithDesc(bot.EngineAuto, "a model server if one is set up, else the built-in reader"),
		cobra.CompletionWithDesc(bot.EngineExtract, "built in, nothing leaves this machine"),
		cobra.CompletionWithDesc(bot.EngineLLM, "a model server"),
	}, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder))
}

func complete(cmd *cobra.Command, flag string, f cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, f); err != nil {
		panic(err) // there is no such flag, or it was given completions before
	}
}

// offerPublishers offers the publishers of the corpus in effect.
func (p *program) offerPublishers(cmd *cobra.Command, _ []string, part string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var offers []cobra.Completion
	for _, by := range retrieval.Held(p.known(cmd.Context())).Publishers {
		if offerable(by.Name) && strings.Contains(strings.ToLower(by.Name), strings.ToLower(part)) {
			offers = append(offers, cobra.CompletionWithDesc(by.Name, count(by.Articles, "article")))
		}
	}
	return offers, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// offerIDs offers the ids of the newest answers.
func (p *program) offerIDs(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	const directive = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	if len(args) > 0 {
		return nil, directive
	}
	var offers []cobra.Completion
	for _, r := range p.newestAnswers(cmd.Context()) {
		if strings.HasPrefix(r.ID, begun) {
			offers = append(offers, offerOf(r))
		}
	}
	return offers, directive
}

// offerRefs offers what source shows: answers, citations of one whose id is typed,
// and articles of the corpus in effect.
func (p *program) offerRefs(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var offers []cobra.Completion
	for _, r := range p.newestAnswers(cmd.Context()) {
		if !strings.Contains(begun, "#") && len(r.Answer.Citations) > 0 && strings.HasPrefix(r.ID, begun) {
			offers = append(offers, offerOf(r))
			continue
		}
		for _, c := range r.Answer.Citations {
			if ref := fmt.Sprintf("%s#%d", r.ID, c.N); strings.HasPrefix(ref, begun) {
				offers = append(offers, cobra.CompletionWithDesc(ref, visible(corpus.OneLine(c.Source))))
			}
		}
	}
	for _, a := range p.known(cmd.Context()) {
		if offerable(a.Source) && strings.HasPrefix(a.Source, begun) {
			offers = append(offers, a.Source)
		}
	}
	return offers, cobra.ShellCompDirectiveKeepOrder
}

func offerOf(r bot.Receipt) cobra.Completion {
	return cobra.CompletionWithDesc(r.ID, visible(corpus.OneLine(cmp.Or(r.Understood, r.Question))))
}

// offerable reports whether a name from an article can be put on a command line as
// it is.
func offerable(name string) bool { return name != "" && visible(corpus.OneLine(name)) == name }

// newestAnswers are those that a shell may offer.
func (p *program) newestAnswers(ctx context.Context) []bot.Receipt {
	store, err := p.store()
	if err != nil {
		return nil
	}
	list, err := store.List(ctx, receipt.Filter{Limit: 50})
	if err != nil {
		return nil
	}
	return list
}

// known are the articles of the corpus in effect as they were indexed last.
func (p *program) known(ctx context.Context) []retrieval.Listing {
	chosen, err := p.chooseCorpus(p.corpusFlag)
	if err != nil {
		return nil
	}
	places, err := chosen.places()
	if err != nil {
		return nil
	}
	data, err := p.dataDir()
	if err != nil {
		return nil
	}
	for _, i := range indexesIn(data.Value) {
		if !slices.Equal(i.roots, places) && i.key != indexKey(places) {
			continue
		}
		lib := &library{log: p.log}
		if lib.openIndex(filepath.Join(data.Value, indexDir, i.key)) != nil {
			continue
		}
		list, err := lib.index.Articles(ctx, retrieval.Filter{})
		lib.close()
		if err == nil && len(list) > 0 {
			return list
		}
	}
	return nil
}
