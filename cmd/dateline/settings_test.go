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

// Where articles are read from in each of the ways to run serve is said where it
// cannot be overruled by an .env that was copied from another.
func TestDeployedCorpus(t *testing.T) {
	for _, tt := range []struct {
		file string
		want []string
		not  string
	}{
		{"deploy/dateline.service", []string{"ExecStart=/usr/local/bin/dateline serve --corpus /srv/articles --data /var/lib/dateline\n", "# Articles are read from /srv/articles", "EnvironmentFile="}, "DATELINE_CORPUS="},
		// What is under environment wins over env_file.
		{"deploy/compose.yaml", []string{"DATELINE_CORPUS: /articles\n", "- ../articles:/articles:ro\n", "env_file:"}, ""},
		{".env.example", []string{"#DATELINE_CORPUS=./articles\n", "in ./articles and in /srv/articles"}, ""},
	} {
		data, err := os.ReadFile(filepath.Join(sourceDir, "..", "..", tt.file))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range tt.want {
			if !strings.Contains(string(data), want) {
				t.Errorf("%s lacks %q", tt.file, want)
			}
		}
		if tt.not != "" && strings.Contains(string(data), tt.not) {
			t.Errorf("%s has %q, which the file of settings would overrule", tt.file, tt.not)
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
