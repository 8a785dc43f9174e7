package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// terminal are variables of the terminal and the system, no settings of ours.
var terminal = []string{"TERM"}

// .env.example lists what the program reads, and nothing else.
func TestEnvExample(t *testing.T) {
	t.Chdir(t.TempDir()) // with no .env
	read := make(map[string]bool)
	getenv := func(name string) string {
		read[name] = true
		return ""
	}
	for _, args := range [][]string{{"doctor"}, {"version"}} {
		var stderr bytes.Buffer
		args = append(args, "--json")
		if code := run(t.Context(), args, getenv, strings.NewReader(""), io.Discard, &stderr); code != exitDone {
			t.Fatalf("dateline %v = %d: %s", args, code, &stderr)
		}
	}
	// Colour is asked for on a terminal alone.
	newScreen(os.Stderr, environment{getenv: getenv})
	read[envNoColor] = true

	data, err := os.ReadFile(filepath.Join(sourceDir, "..", "..", ".env.example"))
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, m := range regexp.MustCompile(`(?m)^#?([A-Z][A-Z0-9_]*)=`).FindAllSubmatch(data, -1) {
		listed = append(listed, string(m[1]))
	}
	for _, name := range terminal {
		delete(read, name)
	}
	for name := range read {
		if !slices.Contains(listed, name) {
			t.Errorf("%s is read, but not listed in .env.example", name)
		}
	}
	for _, name := range listed {
		if !read[name] {
			t.Errorf("%s is listed in .env.example, but not read", name)
		}
	}
}

func TestEnvironment(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, ".env")
	if err := os.WriteFile(file, []byte("# ours\nDATELINE_DATA=from-file\nexport DATELINE_CORPUS='a b:c'\nOTHER=x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	set := map[string]string{"DATELINE_DATA": "from-environment"}
	env, err := readEnvironment(file, func(name string) string { return set[name] })
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []setting{
		{"DATELINE_DATA", "from-environment", "environment"},
		{"DATELINE_CORPUS", "a b:c", ".env"},
		{"NO_COLOR", "", ""},
	} {
		if got := env.lookup(want.Name); !reflect.DeepEqual(got, want) {
			t.Errorf("lookup(%s) = %+v, want %+v", want.Name, got, want)
		}
	}
	if _, err := readEnvironment(filepath.Join(dir, "none"), os.Getenv); err != nil {
		t.Errorf("without a file: %v, want no error", err)
	}
	if err := os.WriteFile(file, []byte("no settings at all\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readEnvironment(file, os.Getenv); err == nil {
		t.Error("of a file that is none of settings: no error")
	}
}
