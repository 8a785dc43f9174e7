package main

import (
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers are the folders of the project from the bottom up. A package imports
// from its own layer and those below.
var layers = []string{"corpus", "retrieval", "bot", "cmd"}

// shared are the modules that several packages may import: general ones that
// stand for no outside service and no heavy engine.
var shared = map[string]bool{
	"github.com/blevesearch/go-porterstemmer": true, // plain BM25 stems by itself, see bot/eval
	"github.com/goccy/go-yaml":                true, // front matter, and the policy of Slack
	"github.com/dustin/go-humanize":           true, // numbers as people write them
	"github.com/gofrs/flock":                  true, // a lock on a file
	"github.com/prometheus/client_golang":     true, // what is measured, and where it is served
	"golang.org/x/sync":                       true,
	"golang.org/x/text":                       true,
	"golang.org/x/sys":                        true,
}

// twice are the modules of one outside service that is asked for two things,
// and who may import them.
var twice = map[string][]string{
	"github.com/sashabaranov/go-openai": {"bot/llm", "retrieval/openai", "retrieval/openai/api"},
}

// offered are packages of engines that engines of other layers may import.
var offered = map[string]bool{
	"retrieval/openai/api":         true, // asks OpenAI-compatible servers, for whatever it is
	"retrieval/encoder":            true, // turns text into states, for vectors and for a reader
	"retrieval/openai/api/apitest": true, // is asked
}

func TestImportsPointOneWay(t *testing.T) {
	imports := readImports(t, filepath.Join("..", ".."))
	if len(imports) < 10 {
		t.Fatalf("found %d packages, want the whole project", len(imports))
	}
	for _, pkg := range slices.Sorted(maps.Keys(imports)) {
		for _, imp := range slices.Sorted(maps.Keys(imports[pkg])) {
			if why := forbidden(pkg, imp); why != "" {
				t.Errorf("%s imports %s: %s", pkg, imp, why)
			}
		}
	}
}

func TestModulesAreImportedInOnePackage(t *testing.T) {
	users := make(map[string][]string)
	imports := readImports(t, filepath.Join("..", ".."))
	for _, pkg := range slices.Sorted(maps.Keys(imports)) {
		modules := make(map[string]bool)
		for imp := range imports[pkg] {
			if m := module(imp); m != "" && !shared[m] {
				modules[m] = true
			}
		}
		for m := range modules {
			users[m] = append(users[m], pkg)
		}
	}
	for _, m := range slices.Sorted(maps.Keys(users)) {
		extra := slices.DeleteFunc(users[m], func(pkg string) bool { return slices.Contains(twice[m], pkg) })
		if len(extra) > 1 || len(extra) == 1 && twice[m] != nil {
			t.Errorf("%s is imported by %v, want one package", m, extra)
		}
	}
}

func TestForbidden(t *testing.T) {
	for _, tt := range []struct {
		name, pkg, imp string
		want           bool
	}{
		{"down", "bot", "dateline/retrieval", false},
		{"down two", "bot/eval", "dateline/corpus/word", false},
		{"up", "retrieval", "dateline/bot", true},
		{"up from the bottom", "corpus/files", "dateline/retrieval", true},
		{"from the program", "bot", "dateline/cmd/dateline", true},
		{"the program", "cmd/dateline", "dateline/retrieval/bleve", false},
		{"engine and its interface", "retrieval/bleve", "dateline/retrieval", false},
		{"interface and its engine", "retrieval", "dateline/retrieval/bleve", true},
		{"engine and engine", "retrieval/bleve", "dateline/retrieval/chromem", true},
		{"arithmetic and the interface", "retrieval", "dateline/retrieval/simd", false},
		{"arithmetic and an engine", "retrieval/encoder", "dateline/retrieval/simd", false},
		{"parts of one engine", "bot/llm", "dateline/bot/llm/llmtest", false},
		{"grounding", "bot", "dateline/bot/ground", false},
		{"files of SQLite", "bot/receipt", "dateline/bot/sqlite", false},
		{"no file for the core", "bot", "dateline/bot/sqlite", true},
		{"receipts and the core", "bot", "dateline/bot/receipt", true},
		{"receipts and a surface", "bot/slackbot", "dateline/bot/receipt", false},
		{"engine of another layer", "bot/extract", "dateline/retrieval/bleve", true},
		{"engine and what another layer's engine offers", "bot/llm", "dateline/retrieval/openai/api", false},
		{"engine and another layer's engine", "bot/llm", "dateline/retrieval/openai", true},
		{"corpus packages know each other", "corpus/files", "dateline/corpus/word", false},
		{"the root of corpus is plain", "corpus", "golang.org/x/text/unicode/norm", true},
		{"standard library", "corpus", "strings", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := forbidden(tt.pkg, tt.imp); (got != "") != tt.want {
				t.Errorf("forbidden(%s, %s) = %q, want forbidden: %v", tt.pkg, tt.imp, got, tt.want)
			}
		})
	}
}

// forbidden says why a package must not import another; "" if it may.
func forbidden(pkg, imp string) string {
	imp, ours := strings.CutPrefix(imp, "dateline/")
	if !ours {
		if pkg == "corpus" && module(imp) != "" {
			return "the root of corpus uses the standard library alone"
		}
		return ""
	}
	from, to := slices.Index(layers, top(pkg)), slices.Index(layers, top(imp))
	switch {
	case from < 0 || to < 0:
		return "no layer is known for it"
	case to > from:
		return top(imp) + " lies above " + top(pkg)
	case top(pkg) == "cmd" || top(imp) == "corpus" && pkg != "corpus":
		return ""
	case imp == "retrieval/simd":
		return "" // no engine: arithmetic for the encoder and for the scan over vectors
	case imp == "bot/ground":
		return "" // no engine: what every engine's sentences are held against
	case imp == "bot/sqlite" && pkg != "bot":
		return "" // no engine: how files of SQLite are opened
	case imp == "bot/receipt" && engine(pkg) == "bot/slackbot":
		return "" // a surface shows receipts, and adds what people think of answers
	case pkg == top(pkg) && from == to:
		return "what an engine implements does not know the engine"
	case engine(imp) != "" && engine(imp) != engine(pkg) && !offered[imp]:
		return "an engine is known to nobody but who puts the program together"
	}
	return ""
}

func top(pkg string) string {
	first, _, _ := strings.Cut(pkg, "/")
	return first
}

// engine is the subpackage of a layer that a package belongs to.
func engine(pkg string) string {
	parts := strings.Split(pkg, "/")
	if len(parts) < 2 {
		return ""
	}
	return path.Join(parts[0], parts[1])
}

// module is the module of a third-party package; "" for the standard library
// and the project's own.
func module(imp string) string {
	host, _, _ := strings.Cut(imp, "/")
	if !strings.Contains(host, ".") {
		return ""
	}
	parts := strings.Split(imp, "/")
	n := 3
	if host == "gopkg.in" || host == "go.etcd.io" {
		n = 2
	}
	return strings.Join(parts[:min(n, len(parts))], "/")
}

// readImports returns what each package below root imports, tests and files
// that are never built aside.
func readImports(t *testing.T, root string) map[string]map[string]bool {
	t.Helper()
	imports := make(map[string]map[string]bool)
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != root && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")):
			return filepath.SkipDir
		case d.IsDir(), filepath.Ext(name) != ".go", strings.HasSuffix(name, "_test.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		for _, group := range f.Comments {
			for _, c := range group.List {
				if expr, err := constraint.Parse(c.Text); err == nil && c.Pos() < f.Package && !expr.Eval(func(tag string) bool { return tag != "ignore" }) {
					return nil
				}
			}
		}
		dir, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(dir)
		if imports[pkg] == nil {
			imports[pkg] = make(map[string]bool)
		}
		for _, i := range f.Imports {
			p, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			imports[pkg][p] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}
