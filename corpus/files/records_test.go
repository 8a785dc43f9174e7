package files

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	xunicode "golang.org/x/text/encoding/unicode"

	"dateline/corpus"
)

func zip(t testing.TB, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRecord(t *testing.T) {
	const line = `{"id":"a/1","url":"https://news.example/1","title":" A\n bridge ","publisher":"The Example","published":"November 26, 2025",` +
		`"text":"A bridge\nopened. \ud83d\ude42 \u0000 \ud800","Section":"Local","tags":["x", "y"],"words":  7,"nothing":null,"authors":["Ann Lee","Bo Ray"],"lang":"EN","empty":""}`
	for _, tc := range []struct{ name, file, data string }{
		{"plain", "n.jsonl", line},
		{"gzipped", "n.jsonl.gz", string(zip(t, line+"\n"))},
		{"gzipped in two members", "n.jsonl.gz", string(zip(t, line[:40])) + string(zip(t, line[40:]))},
		{"upper case", "N.JSONL", line + "\r\n"},
		{"with a BOM", "n.jsonl", "\ufeff" + line + "\n"},
		{"UTF-16", "n.jsonl", encode(t, xunicode.UTF16(xunicode.LittleEndian, xunicode.UseBOM), line+"\r\n")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			articles, problems := readAll(t, FS("r", fstest.MapFS{tc.file: {Data: []byte(tc.data)}}))
			wantProblems(t, problems)
			if len(articles) != 1 {
				t.Fatalf("got %d articles, want 1", len(articles))
			}
			a := articles[0]
			for _, s := range []struct{ name, got, want string }{
				{"source", a.Source, tc.file + "#a/1"},
				{"text", a.Text, "A bridge\nopened. 🙂 \x00 \ufffd"},
				{"url", a.URL, "https://news.example/1"},
				{"title", a.Title.Value, "A bridge"},
				{"publisher", a.Publisher.Value, "The Example"},
				{"published", a.Published.Value, "2025-11-26"},
				{"byline", a.Byline.Value, "Ann Lee, Bo Ray"},
				{"language", a.Language.Value, "en"},
				{"origin", string(a.Title.From), string(corpus.FromRecord)},
			} {
				if s.got != s.want {
					t.Errorf("%s: got %q, want %q", s.name, s.got, s.want)
				}
			}
			if want := map[string]string{"Section": "Local", "tags": `["x","y"]`, "words": "7"}; !maps.Equal(a.Extra, want) {
				t.Errorf("extra: got %q, want %q", a.Extra, want)
			}
			if a.Offsets != nil {
				t.Errorf("offsets: got %v, want none", a.Offsets)
			}
		})
	}
}

func TestRecords(t *testing.T) {
	good := `{"id":"1","text":"One."}` + "\n"
	for _, tc := range []struct {
		name, data string
		sources    []string
		problems   []string
	}{
		{"blank lines", "\n" + good + "\r\n  \n", []string{"#1"}, nil},
		{"ids of all kinds", `{"id":7,"text":"a"}` + "\n" + `{"text":"b"}` + "\n" + `{"id":null,"text":"c"}` + "\n" + `{"id":" x y ","text":"d"}` +
			"\n" + `{"id":"a\nb","text":"e"}` + "\n" + `{"id":[1],"text":"f"}` + "\n" + `{"id":"","text":"g"}` + "\n" + `{"id":"` + strings.Repeat("x", 2000) + `","text":"h"}`,
			[]string{"#7", "#L2", "#L3", "#x y", "#L5", "#L6", "#L7", "#L8"}, nil},
		{"same ids", good + good + `{"id":"1~L4","text":"x"}` + "\n" + good, []string{"#1", "#1~L2", "#1~L4", "#1~L4~L4"},
			[]string{"n.jsonl:2: has the same id as line 1", "n.jsonl:4: has the same id as line 1"}},
		{"bad lines among good ones", good + "{\n[1]\n" + `{"id":"2","text":7}` + "\n" + `{"id":"3"}` + "\n" + `{"id":"4","text":" \n"}` + "\n" +
			`{"id":"5","text":null}` + "\n" + "{\"id\":\"6\",\"text\":\"\x00\"}\n" + `{"id":"9","text":"Nine."}`,
			[]string{"#1", "#9"},
			[]string{"n.jsonl:2: is not valid JSON (", "n.jsonl:3: is not a JSON object", `n.jsonl:4: has a "text" that is not a string`,
				`n.jsonl:5: has no "text"`, `n.jsonl:6: has an empty "text"`, `n.jsonl:7: has an empty "text"`, "n.jsonl:8: is not valid JSON ("}},
		{"a line that is too long", good + `{"id":"2","text":"` + strings.Repeat("x", 3<<20) + `"}` + "\n" + `{"id":"3","text":"Three."}` + "\n" + strings.Repeat("y", 3<<20),
			[]string{"#1", "#3"}, []string{"n.jsonl:2: is longer than 2 MB, and was skipped", "n.jsonl:4: is longer than 2 MB, and was skipped"}},
		{"invalid UTF-8", "{\"id\":\"1\",\"text\":\"na\xefve\"}\n{\"id\":\"2\",\"text\":\"“x” \xff\"}\n", []string{"#1", "#2"}, nil},
		{"another kind of file", strings.Repeat(`{"question":"Who?"}`+"\n", 50), nil, []string{`n.jsonl: holds no article (line 1 has no "text"`}},
		{"blank", "\n\n", nil, []string{"n.jsonl: holds no article (every line is blank"}},
		{"an array", "[\n" + good + "]\n", []string{"#1"}, []string{"n.jsonl:1: is not a JSON object", "n.jsonl:3: is not a JSON object"}},
		{"a PDF", "%PDF-1.7\n", nil, []string{"n.jsonl: is a PDF, not text"}},
		{"gzip by another name", string(zip(t, good)), nil, []string{"n.jsonl: is gzip data, not text"}},
		{"many problems", good + strings.Repeat("x\n", 100), []string{"#1"}, append(slices.Repeat([]string{"n.jsonl:"}, maxProblems), "n.jsonl: and 80 more problems like these")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := FS("r", fstest.MapFS{"n.jsonl": {Data: []byte(tc.data)}})
			c.maxLine = 2 << 20
			articles, problems := readAll(t, c)
			wantProblems(t, problems, tc.problems...)
			var got []string
			for _, a := range articles {
				got = append(got, strings.TrimPrefix(a.Source, "n.jsonl"))
			}
			if !slices.Equal(got, tc.sources) {
				t.Errorf("sources: got %q, want %q", got, tc.sources)
			}
		})
	}
}

// The length is in a field beside the text, so that the test does not wait for
// ten million characters to be divided into sentences.
func TestLineOf10MB(t *testing.T) {
	html := strings.Repeat("<p>A long line. ", 10<<20/16)
	articles, problems := readAll(t, FS("r", fstest.MapFS{"n.jsonl": {Data: []byte(`{"html":"` + html + `","text":"Short."}` + "\n" + `{"text":"Next."}`)}}))
	wantProblems(t, problems)
	if len(articles) != 2 || articles[0].Extra["html"] != html {
		t.Errorf("got %d articles, want the two that were written", len(articles))
	}
}

func TestDamagedGzip(t *testing.T) {
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, `{"id":"%d","text":"Article %d, %x."}`+"\n", i, i, i*i*7919)
	}
	whole := zip(t, b.String())
	flipped := slices.Clone(whole)
	flipped[len(flipped)-5] ^= 1 // of the checksum
	for _, tc := range []struct {
		name     string
		data     []byte
		min, max int
		problem  string
	}{
		{"cut off", whole[:len(whole)/2], 500, 1500, "n.jsonl.gz:"},
		{"wrong checksum", flipped, 2000, 2000, "n.jsonl.gz:2001: is where the file is damaged (gzip: invalid checksum)"},
		{"cut off in its header", whole[:5], 0, 0, "n.jsonl.gz: is not gzip data"},
		{"not gzip", []byte(b.String()), 0, 0, "n.jsonl.gz: is not gzip data"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			articles, problems := readAll(t, FS("r", fstest.MapFS{"n.jsonl.gz": {Data: tc.data}}))
			wantProblems(t, problems, tc.problem)
			if n := len(articles); n < tc.min || n > tc.max {
				t.Errorf("got %d articles, want %d to %d", n, tc.min, tc.max)
			}
		})
	}
}

func TestYieldError(t *testing.T) {
	stop := errors.New("enough")
	c := FS("r", fstest.MapFS{"n.jsonl": {Data: []byte(`{"text":"a"}` + "\n" + `{"text":"b"}` + "\n")}, "a.txt": {Data: []byte("x")}})
	fs, _, err := c.Files(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fs {
		n := 0
		problems, err := c.Read(context.Background(), f, func(*corpus.Article) error { n++; return stop })
		if err != stop || n != 1 || problems != nil {
			t.Errorf("%s: got error %v, %d articles, problems %v, want %v, 1, none", f.Name, err, n, problems, stop)
		}
	}
}

func FuzzRecords(f *testing.F) {
	for _, s := range []string{
		`{"id":"1","text":"One.","x":{"y":[1,2.5e3]}}`, "{\"text\":\"na\xefve \\ud800\"}\n{}", `{"id":-1e5,"text":"a","published":1764115200,"url":{}}`,
		"\xff\xfe{\x00}\x00\n\x00", "\ufeff{}", "{\"text\":\"\\u0000\"}\r\n\r\n[", `{"title":"a","Title":"b","TITLE":null,"text":"c"}`,
	} {
		f.Add([]byte(s), false)
		f.Add(zip(f, s), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, zipped bool) {
		name := "n.jsonl"
		if zipped {
			name += ".gz"
		}
		c := FS("r", fstest.MapFS{name: {Data: data}})
		c.maxLine = 1 << 10
		used := make(map[string]bool)
		problems, err := c.Read(context.Background(), corpus.File{Name: name, Root: "r"}, func(a *corpus.Article) error {
			for _, s := range append(slices.Collect(maps.Values(a.Extra)), a.Source, a.Text, a.Title.Value, a.Publisher.Value, a.URL) {
				if !utf8.ValidString(s) {
					t.Errorf("not valid UTF-8: %q", s)
				}
			}
			if strings.TrimSpace(a.Text) == "" || used[a.ID] {
				t.Errorf("%s: got text %q, used before: %t", a.Source, a.Text, used[a.ID])
			}
			used[a.ID] = true
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if len(used) == 0 && len(problems) == 0 || len(problems) > maxProblems+1 {
			t.Errorf("got %d articles and %d problems", len(used), len(problems))
		}
	})
}

// A reader of a large file tells how far it is, in bytes of the file itself.
func TestReadTo(t *testing.T) {
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, "{\"id\":\"%d\",\"text\":\"Storm %x over Quillhaven.\"}\n", i, sha256.Sum256([]byte{byte(i), byte(i >> 8)}))
	}
	for name, data := range map[string][]byte{"n.jsonl": []byte(b.String()), "n.jsonl.gz": zip(t, b.String())} {
		t.Run(name, func(t *testing.T) {
			c := FS("news", fstest.MapFS{name: {Data: data}})
			listed, _, err := c.Files(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			size := int64(len(data))
			var first, last int64
			_, err = c.Read(t.Context(), listed[0], func(a *corpus.Article) error {
				if a.ReadTo < last || a.ReadTo > size {
					t.Fatalf("got %d of %d bytes after %d", a.ReadTo, size, last)
				}
				first, last = cmp.Or(first, a.ReadTo), a.ReadTo
				return nil
			})
			if err != nil || first == 0 || first == size || last != size {
				t.Errorf("got %v, from %d to %d bytes of %d", err, first, last, size)
			}
		})
	}
}
