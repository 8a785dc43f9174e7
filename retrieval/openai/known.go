package openai

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// known is what is known about a model, so that it need not be asked for again.
type known struct {
	Server string `json:"server"`
	Name   string `json:"model"`
	Dims   int    `json:"dimensions"`
	// Float, Bare, String and NoDims are abilities.
	Float  bool `json:"float,omitempty"`
	Bare   bool `json:"bare,omitempty"`
	String bool `json:"string,omitempty"`
	NoDims bool `json:"fixed,omitempty"`
}

func readKnown(path string) (known, error) {
	var m known
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err == nil && m.Dims <= 0 {
		err = errors.New("no dimensions")
	}
	return m, err
}

// write replaces the file in one step if it says something else. What is lost
// when the power goes is found out again.
func (m known) write(path string) error {
	old, err := readKnown(path)
	if err == nil && old == m {
		return nil
	}
	if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) && !errors.Is(err, fs.ErrNotExist) {
		return err // it may well be sound
	}
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".saving-*") // of mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
