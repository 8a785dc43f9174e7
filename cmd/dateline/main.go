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
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		s := <-signals
		// After the first signal the program ends by itself; a second one ends it
		// at once.
		signal.Stop(signals)
		cancel(signalError{s})
	}()
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// Exit codes. A refusal to answer is done. See also signalError.
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
	var ended signalError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &ended), ctx.Err() != nil && errors.As(context.Cause(ctx), &ended):
		// Whatever the error is called where it was noticed.
		p.err.printf("dateline: %s\n", ended)
		return ended.code()
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

// A signalError says that the process was told to end, and is the cause of a
// context that ended for that.
type signalError struct{ os.Signal }

func (e signalError) Error() string { return "interrupted" }

// code is the exit code that a shell gives a program which a signal ended.
func (e signalError) code() int {
	if n, ok := e.Signal.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return exitFailed
}

// A usageError is the fault of whoever typed the command.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// errReported is returned after everything there is to say was said.
var errReported = errors.New("reported")
