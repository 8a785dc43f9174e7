package main

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/creack/pty"
)

// A typist sits at a terminal on which the program runs.
type typist struct {
	t      *testing.T
	screen *os.File
	cmd    *exec.Cmd

	mu   sync.Mutex
	more *sync.Cond
	seen bytes.Buffer
	end  bool // the terminal is closed
	read int  // how much of what was seen was waited for
}

func startChat(t *testing.T, env ...string) *typist {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Args = []string{"dateline", "chat", "--corpus", "news"} // testscript.Main goes by the name
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"TERM=dumb", envData + "=data", "GORACE=atexit_sleep_ms=0"}, env...)
	if err := os.Mkdir(filepath.Join(cmd.Dir, "news"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(cmd.Dir, "news", "bridge.txt"), []byte("The mayor, Ida Brekke, opened the new bridge on Monday.\n\ndate 2025-11-24\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	screen, err := pty.Start(cmd)
	if err != nil {
		t.Skipf("no terminal to be had: %v", err)
	}
	y := &typist{t: t, screen: screen, cmd: cmd}
	y.more = sync.NewCond(&y.mu)
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := screen.Read(b)
			y.mu.Lock()
			y.seen.Write(b[:n])
			y.end = err != nil // the other side is closed
			y.more.Broadcast()
			y.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() { screen.Close() })
	return y
}

// until waits for something to appear on the screen.
func (y *typist) until(what string) {
	y.t.Helper()
	y.mu.Lock()
	defer y.mu.Unlock()
	for {
		rest := y.seen.String()[y.read:]
		if i := strings.Index(rest, what); i >= 0 {
			y.read += i + len(what)
			return
		}
		if y.end {
			y.t.Fatalf("%q did not appear, after\n%s", what, &y.seen)
		}
		y.more.Wait()
	}
}

func (y *typist) types(s string) {
	y.t.Helper()
	if _, err := y.screen.WriteString(s); err != nil {
		y.t.Fatal(err)
	}
}

func (y *typist) ends() {
	y.t.Helper()
	if err := y.cmd.Wait(); err != nil {
		y.t.Errorf("ended with %v, want exit code 0; screen:\n%s", err, &y.seen)
	}
}

func TestChatOnATerminal(t *testing.T) {
	y := startChat(t)
	y.until("Ctrl-D ends.")
	y.until("> ")
	y.types("who opened the bridge?\r")
	y.until("Ida Brekke")
	y.until("> ")
	y.types("andd\x7f when?\r") // a backspace
	y.until("Understood as: When did Ida Brekke open the bridge?")
	y.until("> ")
	y.types("who bui\x03") // Ctrl-C gives the line up, and no more
	y.until("(Ctrl-D ends the chat)")
	y.until("> ")
	y.types("\x1b[A\r") // the arrow brings back the last question
	y.until("and when?")
	y.until("Understood as:")
	y.until("> ")
	y.types("\x04")
	y.ends()
	kept, err := os.ReadFile(filepath.Join(y.cmd.Dir, "data", historyFile))
	if want := "who opened the bridge?\nand when?\nand when?\n"; err != nil || string(kept) != want {
		t.Errorf("history: got %q, %v, want %q", kept, err, want)
	}
}

// silentModel is a server that takes a question and never says anything, as
// settings, and a channel that has something for each question.
func silentModel(t *testing.T) (env []string, asked chan struct{}) {
	asked = make(chan struct{}, 10)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var b [1 << 12]byte
		for {
			if _, err := r.Body.Read(b[:]); err != nil {
				break // the server notices that the other side is gone once it was read
			}
		}
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	return []string{envModelServer + "=" + server.URL + "/v1", envModel + "=slow"}, asked
}

// Ctrl-C stops an answer, not the chat; a killed chat has lost no question.
func TestChatInterrupted(t *testing.T) {
	server, asked := silentModel(t)
	y := startChat(t, server...)
	y.until("> ")
	y.types("who opened the bridge?\r")
	<-asked
	y.types("\x03")
	y.until("(stopped)")
	y.until("> ")
	y.types("who shut the bridge?\r")
	<-asked
	if err := y.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = y.cmd.Wait() // it was killed
	kept, err := os.ReadFile(filepath.Join(y.cmd.Dir, "data", historyFile))
	if want := "who opened the bridge?\nwho shut the bridge?\n"; err != nil || string(kept) != want {
		t.Errorf("history: got %q, %v, want %q", kept, err, want)
	}
}

// SIGTERM ends a chat, also one that waits for an answer and had Ctrl-C before.
func TestChatTerminated(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: there is no SIGTERM")
	}
	server, asked := silentModel(t)
	for name, answering := range map[string]bool{"at the prompt": false, "while it answers": true} {
		t.Run(name, func(t *testing.T) {
			y := startChat(t, server...)
			y.until("> ")
			y.types("who opened the bridge?\r")
			<-asked
			y.types("\x03")
			y.until("> ")
			if answering {
				y.types("who shut the bridge?\r")
				<-asked
			}
			if err := y.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			var exit *exec.ExitError
			if err := y.cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 143 {
				t.Errorf("ended with %v, want exit code 143", err)
			}
		})
	}
}
