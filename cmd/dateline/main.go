// Dateline answers questions about news articles, and marks each sentence of
// an answer with a citation that leads to the words it rests on.
//
// Usage:
//
//	dateline ask "who confirmed the Moscow visit?"
//
// See "dateline help" for the rest.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// After the first signal the program ends by itself; a second one ends it
	// at once.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// Exit codes. A refusal to answer is done.
const (
	exitDone   = 0
	exitFailed = 1
	exitMisuse = 2
)

// run is the program but for what it shares with the process. It returns the
// exit code.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	env, envErr := readEnvironment(".env", getenv)
	p := &program{env: env, in: stdin, out: newScreen(stdout, env), err: newScreen(stderr, env)}
	if envErr != nil {
		p.warn(envErr)
	}
	defer func() {
		if r := recover(); r != nil {
			p.err.printf("dateline: stopped by a fault in the program: %s; please report it, with what --verbose adds\n", fmt.Sprint(r))
			p.verbosef("%s", debug.Stack())
			code = exitFailed
		}
	}()
	root := p.command()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil && p.out.failed != nil {
		// An answer that was not delivered is none.
		err = fmt.Errorf("writing to standard output: %w", p.out.failed)
	}
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil:
		// Whatever the error is called where it was noticed.
		p.err.printf("dateline: interrupted\n")
		return exitFailed
	case errors.As(err, &usage):
		p.err.printf("dateline: %s\nSee \"%s --help\".\n", err, cmd.CommandPath())
		return exitMisuse
	case errors.Is(err, errReported):
		return exitFailed
	default:
		p.err.printf("dateline: %s\n", err)
		return exitFailed
	}
}

// A usageError is the fault of whoever typed the command.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// errReported is returned after everything there is to say was said.
var errReported = errors.New("reported")
