package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
)

// onTerminal runs the program on a terminal of a width, with both outputs on
// it, and returns what the terminal gets.
func onTerminal(t *testing.T, columns uint16, env map[string]string, args ...string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	screen, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no terminal to be had: %v", err)
	}
	defer screen.Close()
	if err := pty.Setsize(tty, &pty.Winsize{Rows: 50, Cols: columns}); err != nil {
		t.Fatal(err)
	}
	got := make(chan string)
	go func() {
		var b bytes.Buffer
		_, _ = io.Copy(&b, screen) // ends with an error where the other side is closed
		got <- b.String()
	}()
	getenv := func(name string) string {
		if name == envData {
			return "data"
		}
		return env[name]
	}
	code := run(t.Context(), args, getenv, strings.NewReader(""), tty, tty)
	if err := tty.Close(); err != nil {
		t.Error(err)
	}
	out := strings.ReplaceAll(<-got, "\r\n", "\n")
	if code != exitDone {
		t.Fatalf("dateline %v = %d: %s", args, code, out)
	}
	return out
}

func TestOnATerminal(t *testing.T) {
	args := []string{"ask", "who confirmed the Moscow visit?"}
	out := onTerminal(t, 60, map[string]string{"TERM": "xterm"}, args...)
	for _, want := range []string{
		"13 articles read, ", // what was indexed
		"\x1b[1m",            // the answer is emphasized
		"\x1b[2m",            // the quote is not
		"\nSee a citation in its place: dateline source ",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("on a terminal %q is missing from\n%s", want, out)
		}
	}
	_, answer, _ := strings.Cut(out, "\n") // the first line was not folded
	for line := range strings.Lines(answer) {
		line = strings.TrimSuffix(line, "\n")
		if w := ansi.StringWidth(line); w > 60 && strings.Contains(line, " ") && !strings.HasPrefix(line, "[") && !strings.HasPrefix(line, "See ") {
			t.Errorf("%q takes %d columns of 60", line, w)
		}
	}
}

func TestMatchesAreBold(t *testing.T) {
	out := onTerminal(t, 80, map[string]string{"TERM": "xterm"}, "search", "-n", "2", "confirmed a visit")
	for _, want := range []string{"\x1b[1mconfirmed\x1b[0m", "\x1b[1mvisit\x1b[0m"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing from\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		if w := ansi.StringWidth(strings.TrimSuffix(line, "\n")); w > 80 {
			t.Errorf("%q takes %d columns of 80", line, w)
		}
	}
}

func TestNoColor(t *testing.T) {
	for _, env := range []map[string]string{{"TERM": "xterm", "NO_COLOR": "1"}, {"TERM": "dumb"}} {
		out := onTerminal(t, 80, env, "ask", "who confirmed the Moscow visit?")
		if strings.Contains(out, "\x1b[1m") || strings.Contains(out, "\x1b[2m") {
			t.Errorf("with %v there is colour in\n%s", env, out)
		}
	}
}

// A question that never comes can be given up. A serve that is stopped before it
// is ready has done as it was told.
func TestSignalled(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, tc := range []struct {
		name    string
		cause   error
		command []string
		code    int
		stderr  string
	}{
		{"Ctrl-C", signalError{os.Interrupt}, []string{"ask", "-"}, 130, "dateline: interrupted\n"},
		{"SIGTERM", signalError{syscall.SIGTERM}, []string{"ask", "-"}, 143, "dateline: interrupted\n"},
		{"no signal", nil, []string{"ask", "-"}, exitFailed, "dateline: reading the question from standard input: context canceled\n"},
		{"Ctrl-C while serve starts", signalError{os.Interrupt}, []string{"serve", "--local", "--data", "d"}, 130, "dateline: interrupted\n"},
		{"SIGTERM while serve starts", signalError{syscall.SIGTERM}, []string{"serve", "--local", "--data", "d"}, exitDone, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(tc.cause)
			never, w := io.Pipe()
			defer w.Close()
			var stderr bytes.Buffer
			code := run(ctx, tc.command, func(string) string { return "" }, never, io.Discard, &stderr)
			if code != tc.code || stderr.String() != tc.stderr {
				t.Errorf("run = %d, stderr %q, want %d, %q", code, &stderr, tc.code, tc.stderr)
			}
		})
	}
}

// An index that is being made can be given up, and what was there stays.
func TestInterruptedWhileIndexing(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("a.txt", []byte("The bridge was opened on Monday.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	getenv := func(name string) string { return map[string]string{envData: "data"}[name] }
	ctx, cancel := context.WithCancelCause(t.Context())
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"index", "a.txt"}, getenv, nil, &stdout, &stderr); code != exitDone {
		t.Fatalf("index = %d: %s", code, &stderr)
	}
	if err := os.WriteFile("a.txt", []byte("The bridge was shut on Tuesday.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cancel(signalError{os.Interrupt})
	stderr.Reset()
	if code := run(ctx, []string{"index", "a.txt"}, getenv, nil, &stdout, &stderr); code != 130 || stderr.String() != "dateline: interrupted\n" {
		t.Errorf("index = %d, stderr %q, want 130, interrupted", code, &stderr)
	}
	stdout.Reset()
	if code := run(t.Context(), []string{"doctor"}, getenv, nil, &stdout, &stderr); code != exitDone || !strings.Contains(stdout.String(), "index            ok: sound, 1 article") {
		t.Errorf("doctor afterwards = %d:\n%s", code, &stdout)
	}
}

// Ctrl-C in the real process.
func TestInterruptSignal(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Args = []string{"dateline", "ask", "-v", "-"} // testscript.Main goes by the name
	// The race detector would have it wait a second before it ends.
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
	cmd.Dir = t.TempDir()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(errs)
	if first, err := lines.ReadString('\n'); err != nil || first != "reading the question from standard input\n" {
		t.Errorf("first line %q, %v", first, err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Error(err)
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 130 || string(rest) != "dateline: interrupted\n" {
		t.Errorf("ended with %v, stderr %q, want exit code 130 and one line", err, rest)
	}
}

func TestSourcesOnATerminal(t *testing.T) {
	out := onTerminal(t, 80, map[string]string{"TERM": "xterm"}, "sources")
	for _, want := range []string{
		"\nthe sample articles (default)\n13 articles, 31 passages, published from 2025-10-03 to 2025-11-26\n\nNorthlight Wire (3)\n",
		"\n  2025-11-26  envoy-moscow-northlight.txt     Steve Witkoff, the property devel…\n",
		"\npublisher not known (2)\n  2025-10-03  ferry-aground-first-report.txt  A car ferry",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing from\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		if w := ansi.StringWidth(strings.TrimSuffix(line, "\n")); w > 80 {
			t.Errorf("%q takes %d columns of 80", line, w)
		}
	}
}
