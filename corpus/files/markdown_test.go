package files

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"dateline/corpus"
)

func fact(v string, from corpus.Origin) corpus.Fact { return corpus.Fact{Value: v, From: from} }

func TestMarkdown(t *testing.T) {
	front := corpus.FromFrontMatter
	for _, tc := range []struct {
		name, text string
		body       string
		want       corpus.Article // the facts alone
		problem    string         // with its name; "" for none
	}{
		{
			name: "all that is known",
			text: "---\ntitle: \"Mill town: a second bridge\"\nsource: The Example\nauthor: [Ann Lee, Bo Ray]\ndate: 2025-11-26\n" +
				"url: https://news.example/1\nplace: MILLTOWN\nlang: en_GB\ntags: [bridges, towns]\nreadingTime: 4\ndraft: false\nnothing:\n---\n\nA bridge opened.\n",
			body: "\nA bridge opened.\n",
			want: corpus.Article{
				Title: fact("Mill town: a second bridge", front), Publisher: fact("The Example", front), Byline: fact("Ann Lee, Bo Ray", front),
				Published: fact("2025-11-26", front), URL: "https://news.example/1", Place: fact("MILLTOWN", front), Language: fact("en-GB", front),
				Extra: map[string]string{"tags": `["bridges","towns"]`, "readingTime": "4", "draft": "false"},
			},
		},
		{
			name: "CRLF, dots, a folded title, a heading that is not needed",
			text: "---\r\ntitle: >\r\n  A bridge\r\n  opened\r\npublished: November 26, 2025\r\n...\r\n# Bridge\r\n\r\nText.\r\n",
			body: "# Bridge\r\n\r\nText.\r\n",
			want: corpus.Article{Title: fact("A bridge opened", front), Published: fact("2025-11-26", front)},
		},
		{
			name: "what makes no sense as a fact is kept as extra",
			text: "---\ndate: 03/04/2025\nurl: javascript:x\nlanguage: none of these\nauthor: {first: Ann}\nheadline: H\n---\nText.\n",
			body: "Text.\n",
			want: corpus.Article{Title: fact("H", front), Extra: map[string]string{
				"date": "03/04/2025", "url": "javascript:x", "language": "none of these", "author": "{first: Ann}"}},
		},
		{name: "a heading", text: "\n#  A *second* bridge ##\nText.\n", body: "\n#  A *second* bridge ##\nText.\n",
			want: corpus.Article{Title: fact("A *second* bridge", corpus.FromHeading)}},
		{name: "a heading after a BOM", text: "\ufeff# Bridge\n\nText.", body: "# Bridge\n\nText.",
			want: corpus.Article{Title: fact("Bridge", corpus.FromHeading)}},
		{name: "a hashtag is no heading", text: "#bridge opened.\n", body: "#bridge opened.\n"},
		{name: "a lower heading is no title", text: "## Bridges\nText.\n", body: "## Bridges\nText.\n"},
		{name: "C# keeps its mark", text: "# News of C#\nText.\n", body: "# News of C#\nText.\n",
			want: corpus.Article{Title: fact("News of C#", corpus.FromHeading)}},
		{name: "empty front matter", text: "---\n---\nText.\n", body: "Text.\n"},
		{name: "two rules with prose between", text: "---\nA bridge opened.\n---\nText.\n", body: "---\nA bridge opened.\n---\nText.\n"},
		{name: "a rule at the top", text: "---\n\nText.\n", body: "---\n\nText.\n"},
		{name: "a literal block", text: "---\ntitle: |\n  One\n  Two\n---\nText.\n", body: "Text.\n",
			want: corpus.Article{Title: fact("One Two", front)}},
		{name: "an alias is not followed", text: "---\na: &a [x, x]\nb: *a\n---\nText.\n", body: "Text.\n",
			want: corpus.Article{Extra: map[string]string{"a": "&a [x, x]", "b": "*a"}}},
		{name: "a tag", text: "---\ntitle: !!str 2025\n---\nText.\n", body: "Text.\n", want: corpus.Article{Title: fact("2025", front)}},
		{name: "broken", text: "---\ntitle: A\nsource: [B\n---\nText.\n", body: "---\ntitle: A\nsource: [B\n---\nText.\n",
			problem: "a.md:3: front matter is not valid YAML"},
		{name: "a colon that wants quotes", text: "---\ntitle: Bridge: opened\n---\nText.\n", body: "---\ntitle: Bridge: opened\n---\nText.\n",
			problem: "a.md:2: front matter is not valid YAML"},
		{name: "never closed", text: "---\ntitle: A\n\nText.\n", body: "---\ntitle: A\n\nText.\n",
			problem: "a.md:1: front matter is opened by --- but not closed in the first 8 KB"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			articles, problems := readAll(t, FS("r", fstest.MapFS{"a.md": {Data: []byte(tc.text)}}))
			if len(articles) != 1 {
				t.Fatalf("got %d articles (%v), want 1", len(articles), problems)
			}
			a := articles[0]
			if got := a.Body.Of(a.Text); got != tc.body {
				t.Errorf("body: got %q, want %q", got, tc.body)
			}
			got := ""
			if len(problems) > 0 {
				got = problems[0].Error()
			}
			if len(problems) > 1 || !strings.HasPrefix(got, tc.problem) || (got == "") != (tc.problem == "") {
				t.Errorf("problems: got %q, want %q", problems, tc.problem)
			}
			// Only what was given: Derive adds to it.
			for _, f := range []struct {
				name      string
				got, want corpus.Fact
			}{
				{"title", a.Title, tc.want.Title}, {"publisher", a.Publisher, tc.want.Publisher}, {"byline", a.Byline, tc.want.Byline},
				{"place", a.Place, tc.want.Place}, {"published", a.Published, tc.want.Published}, {"language", a.Language, tc.want.Language},
				{"url", corpus.Fact{Value: a.URL}, corpus.Fact{Value: tc.want.URL}},
			} {
				if given := f.got.From == front || f.got.From == corpus.FromHeading || f.name == "url"; !given {
					f.got = corpus.Fact{}
				}
				if f.got != f.want {
					t.Errorf("%s: got %+v, want %+v", f.name, f.got, f.want)
				}
			}
			if !maps.Equal(a.Extra, tc.want.Extra) {
				t.Errorf("extra: got %q, want %q", a.Extra, tc.want.Extra)
			}
		})
	}
}

// A few lines of YAML that would be a billion values if aliases were followed.
func TestFrontMatterBomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x]\n")
	for _, i := range []string{"01", "12", "23", "34", "45", "56", "67", "78", "89"} {
		b.WriteString("a" + i[1:] + ": &a" + i[1:] + " [" + strings.Repeat("*a"+i[:1]+", ", 9) + "*a" + i[:1] + "]\n")
	}
	given, _, err := parseFrontMatter(b.String())
	if err != nil || len(given) != 10 {
		t.Errorf("got %d fields, error %v, want 10 and none", len(given), err)
	}
	for k, f := range given {
		if len(f.raw) > 100 {
			t.Errorf("%s: got %d bytes, want as many as were written", k, len(f.raw))
		}
	}
}

func TestFrontMatterAlone(t *testing.T) {
	articles, problems := readAll(t, FS("r", fstest.MapFS{"a.md": {Data: []byte("---\ntitle: A\n---\n\n")}}))
	if got, want := names(articles), []string(nil); !slices.Equal(got, want) {
		t.Errorf("articles: got %q, want %q", got, want)
	}
	wantProblems(t, problems, "a.md: holds front matter but no article")
}

func FuzzFrontMatter(f *testing.F) {
	for _, s := range []string{
		"---\ntitle: A\n---\nText", "---\n- a\n- b\n---\n", "---\n: \n---\n# T", "---\n\"a\": 'b'\n...\n", "---\na: &x {b: *x}\n---\n",
		"---\r\na: |\r\n b\r\n---\r\n", "---\n? a\n: b\n---\n", "---\n%YAML 1.2\n---\n", "---\na: !!binary x\n<<: *b\n---\n", "---\n\t\n---\n",
		"---\n \r\r\r\"\n...",
		"---\n\xff-a:\rtb\x01\r\nx}-a:\r&x\n-\n-\r\r\r\r*\n-1x\rtb\x01\r \r t-1\b--\x00\x02--:\r&x\n-\n}&x\n- *}\x90\x90\x90\x90\x90\x90\x90x\n-\n---x x\n-\n---\n--\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, _, _ := decode(s)
		a := &corpus.Article{Text: text, Body: corpus.Span{End: len(text)}}
		line, err := describeMarkdown(a)
		if !a.Body.Within(len(text)) || a.Body.End != len(text) {
			t.Errorf("body: got %v of %d bytes", a.Body, len(text))
		}
		if err != nil && (line < 1 || line > 2+strings.Count(text, "\n")) {
			t.Errorf("problem is in line %d of %d: %v", line, 1+strings.Count(text, "\n"), err)
		}
		for k, v := range a.Extra {
			if !utf8.ValidString(k + v) {
				t.Errorf("extra field is not valid UTF-8: %q: %q", k, v)
			}
		}
		if !utf8.ValidString(a.Title.Value + a.Publisher.Value + a.URL) {
			t.Errorf("facts are not valid UTF-8: %+v", a)
		}
	})
}
