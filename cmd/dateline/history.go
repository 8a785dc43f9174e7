package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// maxHistory is how many lines are kept; the file is cut to them when it has
// grown to twice as many.
const maxHistory = 500

// A history is what was typed before, for the arrow keys: a line each. Several
// chats may add to one file.
type history struct {
	lines []string // oldest first
	file  string   // "" if it is kept nowhere
}

var _ term.History = (*history)(nil)

// openHistory reads what was kept; what cannot be read is left alone, and
// nothing is added to it.
func openHistory(name string, forgetful bool) (*history, error) {
	h := new(history)
	if forgetful {
		return h, nil
	}
	data, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return h, err
	}
	h.file = name
	lines := strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' || r == '\r' })
	for _, l := range lines[max(0, len(lines)-maxHistory):] {
		// A line that was cut short by a full disk is no question.
		if utf8.ValidString(l) && strings.TrimSpace(l) != "" {
			h.lines = append(h.lines, l)
		}
	}
	if len(lines) > 2*maxHistory {
		return h, replaceFile(name, []byte(strings.Join(h.lines, "\n")+"\n"))
	}
	return h, nil
}

// save adds a line to the file, for good once it returns.
func (h *history) save(line string) error {
	line = strings.TrimSpace(strings.NewReplacer("\n", " ", "\r", " ").Replace(line))
	if h.file == "" || line == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(h.file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(h.file, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	// One that was cut short before it keeps its line to itself.
	var add bytes.Buffer
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		var end [1]byte
		if _, err := f.ReadAt(end[:], info.Size()-1); err == nil && end[0] != '\n' {
			add.WriteByte('\n')
		}
	}
	add.WriteString(line + "\n")
	_, err = f.Write(add.Bytes())
	return errors.Join(err, f.Sync(), f.Close())
}

// Add implements term.History.
func (h *history) Add(line string) {
	if n := len(h.lines); strings.TrimSpace(line) == "" || n > 0 && h.lines[n-1] == line {
		return
	}
	h.lines = append(h.lines, line)
	if len(h.lines) > maxHistory {
		h.lines = h.lines[1:]
	}
}

// Len implements term.History.
func (h *history) Len() int { return len(h.lines) }

// At implements term.History: 0 is the last line.
func (h *history) At(i int) string { return h.lines[len(h.lines)-1-i] }
