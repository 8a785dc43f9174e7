package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ErrNoAnswer is returned by Archive.Load for an id that is not kept.
var ErrNoAnswer = errors.New("no such answer")

// An Archive keeps answers, so that a citation can be looked up after the
// process that gave it has ended. Each answer is one JSON file in Dir, which is
// made when the first one is saved. Several processes may share a Dir.
type Archive struct {
	Dir string
	// Keep is how many answers stay, the newest; 0 means 1,000.
	Keep int
}

const (
	answerExt = ".json"
	// A temporary file this old belongs to a process that was killed.
	staleTemp = time.Hour
)

// Save keeps an answer, in place of an earlier one with the same id. An answer
// that could not be saved is still an answer: the error is for a warning.
func (a Archive) Save(ans Answer) error {
	name, err := a.file(ans.ID)
	if err != nil {
		return fmt.Errorf("keep answer: %w", err)
	}
	data, err := json.Marshal(ans)
	if err != nil {
		return fmt.Errorf("keep answer %s: %w", ans.ID, err)
	}
	if err := os.MkdirAll(a.Dir, 0o700); err != nil {
		return fmt.Errorf("keep answer %s: %w", ans.ID, err)
	}
	if err := replaceFile(name, data); err != nil {
		return fmt.Errorf("keep answer %s: %w", ans.ID, err)
	}
	if err := a.prune(); err != nil {
		return fmt.Errorf("remove old answers: %w", err)
	}
	return nil
}

// Load returns a kept answer. The Span of its citations is not kept; Bytes is.
// The error is ErrNoAnswer for an id that is unknown, no longer kept or no id.
func (a Archive) Load(id string) (Answer, error) {
	name, err := a.file(id)
	if err != nil {
		return Answer{}, err
	}
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return Answer{}, fmt.Errorf("%w: %s", ErrNoAnswer, id)
	}
	if err != nil {
		return Answer{}, fmt.Errorf("answer %s: %w", id, err)
	}
	var ans Answer
	if err := json.Unmarshal(data, &ans); err != nil {
		return Answer{}, fmt.Errorf("answer %s: %s is damaged, ask again: %w", id, name, err)
	}
	return ans, nil
}

// file returns where an answer is kept. An id comes from whoever typed it, so
// it may only hold what cannot lead out of the directory.
func (a Archive) file(id string) (string, error) {
	bad := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	}
	if id == "" || len(id) > 64 || strings.ContainsFunc(id, bad) {
		return "", fmt.Errorf("%w: %q is not an answer's id", ErrNoAnswer, id)
	}
	return filepath.Join(a.Dir, id+answerExt), nil
}

// prune removes all but the newest answers, and what killed processes left.
// Files that another process removes meanwhile are none of its concern.
func (a Archive) prune() error {
	keep := a.Keep
	if keep == 0 {
		keep = 1000
	}
	entries, err := os.ReadDir(a.Dir)
	if err != nil {
		return err
	}
	type kept struct {
		name string
		time time.Time
	}
	var answers []kept
	remove := func(name string) {
		if e := os.Remove(filepath.Join(a.Dir, name)); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	for _, e := range entries {
		info, e2 := e.Info()
		if e2 != nil || !info.Mode().IsRegular() {
			continue
		}
		switch {
		case filepath.Ext(e.Name()) == answerExt:
			answers = append(answers, kept{e.Name(), info.ModTime()})
		case strings.HasPrefix(e.Name(), ".saving-") && time.Since(info.ModTime()) > staleTemp:
			remove(e.Name())
		}
	}
	if len(answers) <= keep {
		return err
	}
	slices.SortFunc(answers, func(x, y kept) int {
		if c := y.time.Compare(x.time); c != 0 {
			return c
		}
		return strings.Compare(x.name, y.name)
	})
	for _, k := range answers[keep:] {
		remove(k.name)
	}
	return err
}

// replaceFile writes a file so that a reader sees the old content or the new,
// never a part.
func replaceFile(name string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".saving-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name()) // what it says does not matter beside err
		}
	}()
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
