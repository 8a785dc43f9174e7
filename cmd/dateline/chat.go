package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"dateline/bot"
	"dateline/corpus/word"
)

func (p *program) chatCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "chat [flags]",
		Short: "Ask one question after the other, each leaning on those before",
		Long: `Chat answers questions as "ask" does, one after the other. A follow-up such as
"and when?", "what did he say about the leak?" or "are you sure?" is understood
with the questions before it, and the answer says as what. A new subject is
noticed; /new begins one.

On a terminal, lines can be edited, and the arrow keys bring earlier questions
back; Ctrl-C stops an answer, Ctrl-D ends the chat. From a pipe one question a
line is read, and the answers go to standard output.

Commands:
` + chatHelp,
		Example: `  dateline chat
  dateline chat --corpus ./articles --since 2025-11-01
  printf 'who confirmed the Moscow visit?\nand when?\n' | dateline chat --json`,
		Args: noArgs,
	}
	flags := p.askFlags(cmd)
	asJSON := cmd.Flags().Bool("json", false, "print one JSON object for each answer, for programs")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		a, err := p.newAsker(cmd.Context(), flags, *asJSON)
		if err != nil {
			return err
		}
		defer a.lib.close()
		c := &chat{asker: a, say: p.out}
		if *asJSON {
			c.say = p.err // what is no answer has no place among the objects
		}
		if in, ok := p.in.(*os.File); ok && p.out.terminal && term.IsTerminal(int(in.Fd())) {
			return c.onTerminal(cmd.Context(), in)
		}
		return c.fromPipe(cmd.Context())
	}
	return cmd
}

const chatHelp = `  /help      these commands
  /new       begin a new subject: nothing asked before is carried on
  /sources   the sources of the last answer
  /source N  its source number N, in its place
  /why       how the last answer came about
  /quit      end the chat`

// A chat is one run of "chat".
type chat struct {
	*asker
	say   *screen // for what is no answer
	talk  bot.Conversation
	last  *bot.Answer
	begun bool // something was printed
	// failed is set if a question got no answer, not even a refusal.
	failed bool
}

// errQuit ends a chat.
var errQuit = errors.New("quit")

// maxLine is how many bytes of a line are read: characters take up to 4.
const maxLine = 4*bot.MaxQuestion + 1

// line does what a line asks for. The error is errQuit, or the context's.
func (c *chat) line(ctx context.Context, line string) error {
	line = strings.TrimSpace(line)
	if line == "" {
		return nil
	}
	command := strings.HasPrefix(line, "/")
	switch {
	case command:
	case utf8.RuneCountInString(line) > bot.MaxQuestion:
		c.fail(fmt.Errorf("the question has more than %d characters: ask one thing at a time", bot.MaxQuestion))
		return nil
	case len(word.Split(line)) == 0:
		c.fail(bot.ErrNoQuestion)
		return nil
	}
	if c.begun && !c.json {
		c.p.out.printf("\n")
	}
	c.begun = true
	if command {
		return c.command(ctx, line)
	}
	// Articles may have changed since the last question.
	if err := c.p.refresh(ctx, c.lib); err != nil && ctx.Err() == nil {
		c.p.warn(fmt.Errorf("what has changed in the articles was not read: %w", err))
	}
	answer, _, err := c.ask(ctx, line, &c.talk)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		c.fail(err)
		return nil
	}
	if !answer.Unclear {
		c.last = &answer
	}
	return nil
}

// fail says what kept a question from being answered; the chat goes on.
func (c *chat) fail(err error) {
	c.failed = true
	c.p.err.printf("dateline: %s\n", err)
}

// command does what a line says that begins with a slash.
func (c *chat) command(ctx context.Context, line string) error {
	name, arg, _ := strings.Cut(line, " ")
	arg = strings.TrimSpace(arg)
	switch name {
	case "/quit", "/exit", "/q":
		return errQuit
	case "/help", "/h", "/?":
		c.say.printf("%s\n", chatHelp)
		return nil
	case "/new":
		c.talk, c.last = bot.Conversation{}, nil
		c.say.printf("A new subject.\n")
		return nil
	case "/sources", "/source", "/why":
	default:
		c.say.printf("There is no command %s. /help lists them.\n", name)
		return nil
	}
	if c.last == nil {
		c.say.printf("There is no answer yet.\n")
		return nil
	}
	switch {
	case name == "/why":
		c.why(*c.last)
	case name == "/sources" && arg == "":
		if len(c.last.Citations) == 0 {
			c.say.printf("The last answer is a refusal and cites nothing.\n")
		}
		for _, cited := range c.last.Citations {
			c.say.heading(fmt.Sprintf("[%d] ", cited.N), "", givenTitle(ctx, c.lib, cited), cited.Publisher, cited.Published, place(cited.Source, cited.Lines))
		}
	default:
		if n, err := strconv.Atoi(arg); arg != "" && (err != nil || n < 1) {
			c.say.printf("%s is not the number of a source: /sources lists them.\n", arg)
			return nil
		}
		places, err := c.p.citations(ctx, bot.Receipt{ID: c.last.ID, Answer: *c.last}, arg, 2)
		if err != nil {
			c.say.printf("%s\n", err)
			return nil
		}
		for i, s := range places {
			if i > 0 {
				c.say.printf("\n")
			}
			printShown(c.say, s)
		}
	}
	return nil
}

// why says how an answer came about.
func (c *chat) why(a bot.Answer) {
	c.say.paragraph(0, "", "Asked: "+a.Question)
	if a.Understood != "" {
		c.say.paragraph(0, "", "Understood as: "+a.Understood)
	}
	c.say.printf("Searched %s in %.0f ms; engine %s read %s in %.0f ms.\n", coverage(a.Searched), a.Timings.Search, a.Engine, count(len(a.Passages), "passage"), a.Timings.Read)
	const most = 5
	for i, o := range a.Passages[:min(most, len(a.Passages))] {
		c.say.printf("%2d. %s, bytes %d to %d: score %.2f (words %.1f, meaning %.2f)\n", i+1, o.Source, o.Bytes[0], o.Bytes[1], o.Score, o.Keyword, o.Semantic)
	}
	if n := len(a.Passages) - most; n > 0 {
		c.say.printf("and %d more\n", n)
	}
	for _, d := range a.Dropped {
		c.say.paragraph(0, "", "Kept back: "+d.Text+" ("+strings.Join(d.Reasons, "; ")+")")
	}
	switch {
	case !a.Answered:
		c.say.paragraph(0, "", "No answer: "+a.Reason)
	case a.Certainty != "":
		c.say.paragraph(0, "", "Certainty: "+a.Certainty)
	}
}

// fromPipe reads one question a line. A line that cannot be answered is
// reported, the rest goes on, and the exit code tells.
func (c *chat) fromPipe(ctx context.Context) error {
	type read struct {
		line string
		err  error
	}
	lines := make(chan read)
	go func() {
		in := bufio.NewReaderSize(c.p.in, 4096)
		for {
			line, err := readLine(in)
			select {
			case lines <- read{line, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	for {
		var r read
		select {
		case r = <-lines:
		case <-ctx.Done():
			return ctx.Err()
		}
		err := c.line(ctx, r.line)
		switch {
		case errors.Is(err, errQuit), err == nil && r.err == io.EOF:
			if c.failed {
				return errReported
			}
			return nil
		case err != nil:
			return err
		case r.err != nil:
			return fmt.Errorf("reading questions from standard input: %w", r.err)
		case c.p.out.failed != nil:
			return nil // run says so
		}
	}
}

// readLine reads a line of at most maxLine bytes, and past the rest of a
// longer one.
func readLine(in *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part[:min(len(part), maxLine-len(line))]...)
		if err == bufio.ErrBufferFull {
			continue
		}
		return strings.ToValidUTF8(strings.TrimRight(string(line), "\r\n"), "\uFFFD"), err
	}
}

// onTerminal reads from a terminal, with lines to edit and a history.
func (c *chat) onTerminal(ctx context.Context, in *os.File) error {
	// An interrupt is for the answer. It ends the context that we were given,
	// so that one does not serve.
	ctx = context.WithoutCancel(ctx)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(signals)

	past, err := openHistory(filepath.Join(c.lib.data, historyFile), c.lib.temporary)
	if err != nil {
		c.p.warn(fmt.Errorf("questions are not kept for the arrow keys: %w", err))
	}
	prompt := &prompt{in: in, out: c.p.out, past: past}
	c.p.out.printf("Ask about the articles. /help lists the commands, Ctrl-D ends.\n")
	for {
		c.p.out.printf("\n")
		c.begun = false
		line, err := prompt.read(signals)
		switch {
		case errors.Is(err, errInterrupted):
			c.p.out.printf("(Ctrl-D ends the chat)\n")
			continue
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, new(signalError)):
			return err
		case err != nil:
			return fmt.Errorf("reading from the terminal: %w", err)
		}
		// Written down before it is answered: what was typed is not lost to
		// whatever happens then.
		if err := past.save(line); err != nil {
			c.p.warn(fmt.Errorf("the question is not kept for the arrow keys: %w", err))
		}
		answering, cancel := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- c.line(answering, line) }()
		var ended error
		for waiting := true; waiting; {
			select {
			case s := <-signals:
				if s != os.Interrupt {
					ended = signalError{s}
				}
				cancel()
			case err = <-done:
				waiting = false
			}
		}
		stopped := answering.Err() != nil
		cancel()
		switch {
		case ended != nil:
			return ended
		case errors.Is(err, errQuit):
			return nil
		case stopped:
			c.p.out.printf("(stopped)\n")
		}
		if c.p.out.failed != nil {
			return nil
		}
	}
}

// A prompt reads lines from a terminal.
type prompt struct {
	in   *os.File
	out  *screen
	past *history
	// editor outlives a line, as it holds what was typed ahead.
	editor *term.Terminal
	keys   *keys
}

// errInterrupted is returned for Ctrl-C at the prompt.
var errInterrupted = errors.New("interrupted")

// read returns a line. The error is io.EOF at the end, errInterrupted, or a
// signalError if the process is to end.
func (p *prompt) read(signals <-chan os.Signal) (string, error) {
	state, err := term.MakeRaw(int(p.in.Fd()))
	if err != nil {
		return "", err
	}
	defer func() { _ = term.Restore(int(p.in.Fd()), state) }()
	if p.editor == nil {
		p.keys = &keys{in: p.in}
		p.editor = term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{p.keys, p.out}, "> ")
		p.editor.History = p.past
	}
	if w, h, err := term.GetSize(int(p.in.Fd())); err == nil && w > 0 {
		_ = p.editor.SetSize(w, h) // it is drawn for another width then
	}
	type result struct {
		line string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		line, err := p.editor.ReadLine()
		done <- result{line, err}
	}()
	for {
		select {
		case s := <-signals:
			if s != os.Interrupt { // which comes as a key here
				return "", signalError{s}
			}
		case r := <-done:
			if errors.Is(r.err, term.ErrPasteIndicator) {
				r.err = nil
			}
			if r.err == io.EOF && p.keys.interrupted {
				p.editor = nil // it still holds the line
				fmt.Fprint(p.out, "^C\r\n")
				return "", errInterrupted
			}
			if r.err == io.EOF {
				fmt.Fprint(p.out, "\r\n")
			}
			return strings.ToValidUTF8(r.line, "\uFFFD"), r.err
		}
	}
}

// keys tells Ctrl-C, for which term.Terminal has no error of its own, from
// Ctrl-D.
type keys struct {
	in          io.Reader
	interrupted bool
}

func (k *keys) Read(b []byte) (int, error) {
	const ctrlC, ctrlD = 3, 4
	n, err := k.in.Read(b)
	for _, c := range b[:n] {
		if c == ctrlC || c == ctrlD {
			k.interrupted = c == ctrlC
			break
		}
	}
	return n, err
}
