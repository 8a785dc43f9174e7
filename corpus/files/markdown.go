package files

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"dateline/corpus"
)

// Front matter is a dozen lines. The parser takes more than quadratic time on
// rows of brackets: 0.3 s for 8 KB, 1.4 s for 16 KB, 26 s for 64 KB.
const maxFrontMatter = 8 << 10

// describeMarkdown fills in what the front matter and the heading of a
// Markdown article tell, and sets Body. An error in the front matter is
// returned with its line; the article is whole all the same.
func describeMarkdown(a *corpus.Article) (line int, err error) {
	block, body, found := frontMatter(a.Text)
	if found {
		var given fields
		given, line, err = parseFrontMatter(block)
		if err == nil && given != nil {
			given.describe(a, corpus.FromFrontMatter)
			a.Body.Start = body
		}
	} else if body > 0 {
		line, err = 1, fmt.Errorf("front matter is opened by --- but not closed in the first %d KB: close it with another ---", maxFrontMatter>>10)
	}
	if title := heading(a.Body.Of(a.Text)); title != "" && a.Title.Value == "" {
		a.Title = corpus.Fact{Value: title, From: corpus.FromHeading}
	}
	return line, err
}

// frontMatter returns the YAML between the "---" that a text opens with and
// the next one (or "..."), and where the text goes on after it. If there is no
// next one, body is greater than 0 where what follows looks like front matter
// all the same.
func frontMatter(text string) (block string, body int, found bool) {
	first, rest, ok := strings.Cut(text, "\n")
	if !ok || strings.TrimRight(first, " \t\r") != "---" {
		return "", 0, false
	}
	start := len(first) + 1
	rest = rest[:min(len(rest), maxFrontMatter)]
	for at := 0; at < len(rest); {
		line, _, ok := strings.Cut(rest[at:], "\n")
		next := at + len(line)
		if ok {
			next++
		}
		if l := strings.TrimRight(line, " \t\r"); l == "---" || l == "..." {
			return rest[:at], start + next, true
		}
		at = next
	}
	line, _, _ := strings.Cut(rest, "\n")
	if key, _, ok := strings.Cut(line, ":"); ok && key != "" && !strings.ContainsAny(key, " \t") {
		return "", start, false
	}
	return "", 0, false
}

// parseFrontMatter returns the fields of a YAML mapping; nil, and no error,
// for something else that stood between two rules. The line of an error is
// that of the file, the opening "---" being the first.
func parseFrontMatter(block string) (given fields, line int, err error) {
	// The text comes from anywhere, and a parser that gives up on it must not
	// take the whole corpus along.
	defer func() {
		if p := recover(); p != nil {
			given, line, err = nil, 1, fmt.Errorf("front matter cannot be read (%v): repair or remove it", p)
		}
	}()
	// Only the syntax tree is used: to decode would follow aliases, and a few
	// lines of them stand for gigabytes.
	// To the parser a lone \r ends a line as well, to editors it does not, and
	// the line of an error is for them.
	block = strings.NewReplacer("\r\n", "\n", "\r", " ").Replace(block)
	file, err := parser.ParseBytes([]byte(block), 0)
	if err != nil {
		line, what := 1, err.Error()
		if se := yaml.Error(nil); errors.As(err, &se) {
			what = se.GetMessage()
			if tk := se.GetToken(); tk != nil && tk.Position != nil {
				line = tk.Position.Line + 1
			}
		}
		return nil, line, refuse(err, "front matter is not valid YAML (%s): repair or remove it", what)
	}
	given = make(fields)
	for _, doc := range file.Docs {
		switch body := doc.Body.(type) {
		case nil, *ast.NullNode:
		case *ast.MappingNode:
			for _, v := range body.Values {
				given.addYAML(v)
			}
		case *ast.MappingValueNode:
			given.addYAML(body)
		default:
			return nil, 0, nil
		}
	}
	return given, 0, nil
}

func (f fields) addYAML(v *ast.MappingValueNode) {
	// The parser may cut a character in two where controls stand in the block.
	add := func(text, raw string) {
		key, _ := scalar(v.Key)
		f.add(strings.ToValidUTF8(key, "\uFFFD"), strings.ToValidUTF8(text, "\uFFFD"), strings.ToValidUTF8(raw, "\uFFFD"))
	}
	if seq, ok := v.Value.(*ast.SequenceNode); ok {
		parts := make([]string, len(seq.Values))
		for i, n := range seq.Values {
			parts[i], ok = scalar(n)
			if !ok {
				add("", seq.String())
				return
			}
		}
		raw, _ := json.Marshal(parts) // strings cannot fail
		add(strings.Join(parts, ", "), string(raw))
		return
	}
	if s, ok := scalar(v.Value); ok {
		add(s, s)
	} else {
		add("", v.Value.String())
	}
}

// scalar returns the text of a scalar node as it was written, without quotes:
// a date stays what it was.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return "", true
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	case *ast.AnchorNode:
		return scalar(n.Value)
	case *ast.TagNode:
		return scalar(n.Value)
	}
	return "", false
}

// heading returns the text of the "# Title" line that a body opens with.
func heading(body string) string {
	line, _, _ := strings.Cut(strings.TrimLeft(body, " \t\r\n"), "\n")
	title, ok := strings.CutPrefix(line, "#")
	if !ok || title != "" && title[0] != ' ' && title[0] != '\t' {
		return ""
	}
	title = strings.TrimSpace(title)
	// A closing row of marks counts as one only after a blank.
	if cut := strings.TrimRight(title, "#"); cut == "" || strings.HasSuffix(cut, " ") {
		title = cut
	}
	return corpus.OneLine(title)
}
