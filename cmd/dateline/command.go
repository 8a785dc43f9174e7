package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"

	"github.com/spf13/cobra"
)

// A program is what the commands share: one run of it.
type program struct {
	env environment
	in  io.Reader
	out *screen
	err *screen
	log *slog.Logger

	// Flags.
	dataFlag   string
	corpusFlag []string
	verbose    bool

	embedder *opened  // see program.embedding
	trimmed  sync.Map // names of settings, see program.copied
}

// command builds the tree of commands.
func (p *program) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "dateline",
		Short: "Answers questions about news articles, with citations checked byte for byte",
		Long: `Dateline answers questions about news articles. Each sentence of an answer is
marked with a citation that names the file and the lines and shows the quoted
words. If the articles do not tell, it says so, and what was searched.

Nothing leaves this machine unless you set up a model server (OPENAI_MODEL or
OPENAI_EMBEDDING_MODEL): no key, no network and no model is needed.

Answers go to standard output, all else to standard error. The exit code is 0
when done, also when there is no answer in the articles, 1 when something
failed or "check" found what is not supported, 2 when the command was not
understood, 130 after Ctrl-C and 143 after SIGTERM.`,
		Example: `  dateline ask "who confirmed the Moscow visit?"
  dateline ask --corpus ./articles "who confirmed the Moscow visit?"`,
		Version:       readBuild().String(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError{errors.New("no command given")}
			}
			return unknownCommand(cmd, args[0])
		},
		PersistentPreRun: func(*cobra.Command, []string) {
			level := slog.LevelWarn
			if p.verbose {
				level = slog.LevelDebug
			}
			p.log = slog.New(slog.NewTextHandler(p.err, &slog.HandlerOptions{Level: level}))
		},
	}
	root.SetVersionTemplate("dateline {{.Version}}\n")
	root.Flags().Bool("version", false, "say which build of Dateline this is") // cobra looks at it
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.err)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.PersistentFlags().StringVar(&p.dataFlag, "data", "", "`folder` for the index and the receipts (default $"+envData+", then the user's cache folder)")
	root.PersistentFlags().BoolVarP(&p.verbose, "verbose", "v", false, "say more, and on standard error what is done")
	root.SetHelpCommand(helpCommand())
	root.AddCommand(
		p.askCommand(),
		p.chatCommand(),
		p.checkCommand(),
		p.searchCommand(),
		p.sourceCommand(),
		p.sourcesCommand(),
		p.receiptCommand(),
		p.replayCommand(),
		p.feedbackCommand(),
		p.indexCommand(),
		p.serveCommand(),
		p.healthCommand(),
		p.evalCommand(),
		p.doctorCommand(),
		p.versionCommand(),
	)
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" {
			cmd.Short = "Print the script that completes commands in your shell"
			cmd.Example = "  source <(dateline completion bash)\n  dateline completion fish > ~/.config/fish/completions/dateline.fish"
			cmd.Args = cobra.ArbitraryArgs
			cmd.RunE = func(cmd *cobra.Command, args []string) error {
				if len(args) == 0 {
					return usageError{errors.New("no shell given: bash, fish, powershell or zsh")}
				}
				return usageError{fmt.Errorf("no completion for %q: bash, fish, powershell or zsh", args[0])}
			}
		}
	}
	return root
}

func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Explain a command",
		Example: "  dateline help ask",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil || found == nil || len(rest) > 0 {
				return unknownCommand(cmd.Root(), strings.Join(args, " "))
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}

func unknownCommand(root *cobra.Command, name string) error {
	err := fmt.Errorf("unknown command %q", name)
	if root.SuggestionsMinimumDistance <= 0 {
		root.SuggestionsMinimumDistance = 2
	}
	if near := root.SuggestionsFor(name); len(near) > 0 {
		err = fmt.Errorf("%w, did you mean %s?", err, strings.Join(near, " or "))
	} else if strings.ContainsAny(name, " ?") {
		err = fmt.Errorf(`%w; to ask a question: dateline ask "%s"`, err, name)
	}
	return usageError{err}
}

// noArgs is cobra.NoArgs with the right exit code.
func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("takes no argument, but got %q", args[0])}
	}
	return nil
}

// someArgs asks for at least one argument, which it calls what.
func someArgs(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usageError{errors.New("no " + what + " given")}
		}
		return nil
	}
}

// mostOne asks for at most one argument, which it calls what.
func mostOne(what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usageError{fmt.Errorf("takes one %s, but got %d", what, len(args))}
		}
		return nil
	}
}

func jsonFlag(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("json", false, "print one JSON object, for programs")
}

func (p *program) corpusFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&p.corpusFlag, "corpus", nil,
		"`path` of a file or folder of articles, may be repeated (default $"+envCorpus+", then what was indexed last, then the sample articles)")
}

// verbosef says on standard error what is done, if asked to.
func (p *program) verbosef(format string, args ...any) {
	if p.verbose {
		p.err.printf(format+"\n", args...)
	}
}

// warn says in a sentence what did not work while the rest did.
func (p *program) warn(err error) { p.err.printf("dateline: warning: %s\n", err) }
