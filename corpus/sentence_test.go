package corpus

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what the tests got into testdata")

// TestSentences divides the texts of testdata/*.txtar. Each file NAME of an
// archive is an article, NAME/want its sentences: paragraph, kind and words,
// with ⏎ for a line break inside. A ␍ in an article stands for a carriage
// return.
func TestSentences(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want := make(map[string]string)
		for _, f := range archive.Files {
			want[f.Name] = string(f.Data)
		}
		out := &txtar.Archive{Comment: archive.Comment}
		for _, f := range archive.Files {
			if strings.HasSuffix(f.Name, "/want") {
				continue
			}
			text := strings.ReplaceAll(string(f.Data), "␍", "\r")
			a := &Article{Text: text, Body: Span{0, len(text)}}
			ss := a.Sentences()
			checkSentences(t, a, ss)
			var b strings.Builder
			for _, s := range ss {
				words := strings.NewReplacer("\r\n", "⏎", "\n", "⏎", "\r", "⏎").Replace(s.Of(text))
				fmt.Fprintf(&b, "%d %-11s %s\n", s.Paragraph, s.Kind, words)
			}
			got := b.String()
			name := f.Name + "/want"
			out.Files = append(out.Files, f, txtar.File{Name: name, Data: []byte(got)})
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar")+"/"+f.Name, func(t *testing.T) {
				if got != want[name] && !*update {
					t.Errorf("got:\n%swant:\n%s", got, want[name])
				}
			})
		}
		if *update {
			if err := os.WriteFile(path, txtar.Format(out), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// checkSentences holds sentences against what Sentences promises.
func checkSentences(t *testing.T, a *Article, ss []Sentence) {
	t.Helper()
	end, paragraph := a.Body.Start, 0
	for i, s := range ss {
		switch {
		case !s.Within(len(a.Text)) || !a.Body.Contains(s.Span):
			t.Fatalf("sentence %d: got span %v outside the body %v", i, s.Span, a.Body)
		case s.Start < end:
			t.Fatalf("sentence %d: got span %v, the one before ends at %d", i, s.Span, end)
		case s.Len() == 0:
			t.Fatalf("sentence %d: got an empty span at %d", i, s.Start)
		case trim(a.Text, s.Span) != s.Span:
			t.Fatalf("sentence %d: got untrimmed %q", i, s.Of(a.Text))
		case s.Paragraph < paragraph:
			t.Fatalf("sentence %d: got paragraph %d behind %d", i, s.Paragraph, paragraph)
		case strings.Trim(blankOut(a.Text[end:s.Start]), "#>-*_•+") != "" && i > 0 && s.Paragraph == ss[i-1].Paragraph:
			t.Fatalf("between sentences %d and %d: got %q left out", i-1, i, a.Text[end:s.Start])
		}
		if utf8.ValidString(a.Text) && !utf8.ValidString(s.Of(a.Text)) {
			t.Fatalf("sentence %d: got a span that cuts a character: %q", i, s.Of(a.Text))
		}
		end, paragraph = s.End, s.Paragraph
	}
}

// blankOut removes what shows nothing.
func blankOut(s string) string {
	return strings.Map(func(r rune) rune {
		if blank(r) {
			return -1
		}
		return r
	}, s)
}

// TestSentencesKeepEverything: nothing that can be read is in no sentence,
// but for Markdown's marks.
func TestSentencesKeepEverything(t *testing.T) {
	text := "# Title\n\nBy A. Writer\n\nHARROW — First. Second!\n\n- item one\n- item two\n\n> Quoted.\n\nName Name/Reuters\n\n***\nEnd"
	a := &Article{Text: text, Body: Span{0, len(text)}}
	var b strings.Builder
	for _, s := range a.Sentences() {
		b.WriteString(s.Of(text))
	}
	got := strings.NewReplacer(" ", "").Replace(b.String())
	want := "TitleByA.WriterHARROW—First.Second!itemoneitemtwoQuoted.NameName/Reuters***End"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestSentenceEnds: a full stop behind an abbreviation ends a sentence or not.
// The sentences wanted are divided by a bar.
func TestSentenceEnds(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"doctors", "The letter was signed by Drs. Ann Hart and Lee Moss.|They agreed."},
		{"gentlemen", "It was sold to Messrs. Hart and Moss.|They paid."},
		{"ladies", "She met Mmes. Roe and Fay on Monday."},
		{"the clergy", "The Revs. Ann Hart and Lee Moss spoke.|The Rt. Rev. Tom Fay and the Rt. Hon. Ada Roe listened."},
		{"generals", "Gens. Hart and Moss and Lt. Gen. Fay resigned.|Brig. Gen. Roe stayed."},
		{"politicians", "Sens. Hart and Moss, Reps. Fay and Roe and Govs. Boyle and Oake signed.|All six are new."},
		{"officials", "Dist. Atty. Ann Hart, Secy. Lee Moss and Cllr. Tom Fay spoke."},
		{"ranks", "Pfc. Lee Moss, Spc. Tom Fay, Pte. Ann Hart, Sgts. Roe and Oake and Lance Cpl. Boyle were killed."},
		{"the police", "Det. Sgt. Ann Hart and Insp. Lee Moss led it.|Supt. Tom Fay watched."},
		{"the air force", "Sqn. Ldr. Ann Hart and Flt. Lt. Lee Moss flew."},
		{"a title and a name that is a word", "He asked Dr. No.|Dr. He Jiankui answered."},
		{"a street that looks like a title", "It burned on Elm Dr.|The fire spread."},
		{"rupees", "The fine was Rs. 500 a day.|It was Rs. 200 before."},
		{"other money", "It cost Rp. 5,000, Kr. 300, Tk. 90, KSh. 20 or Dhs. 15."},
		{"rupees at the end", "He paid it in Rs.|The bank took it."},
		{"inhabitants", "The town (Pop. 4,000) flooded.|The village (pop. 300) did not."},
		{"inhabitants without brackets", "The sign says Pop. 4,000."},
		{"music", "They play pop.|4,000 came."},
		{"founded", "The firm (Est. 1900) closed.|The shop, est. 1950, did not."},
		{"born and died", "Ann Hart (b. 1950) and Lee Moss (d. 1999) wrote it."},
		{"parts of a law", "It breaks Art. 5, Sec. 12, Para. 3 and Reg. 9.|It is in Nos. 4 and 5."},
		{"parts of a book", "See Fig. 3, Figs. 4 and 5, Vol. 2, Ch. 9 and pp. 10-12."},
		{"the art", "He teaches art.|12 pupils came."},
		{"about", "The dam holds approx. 500 tons, i.e. Water for a day.|It leaks."},
		{"a number", "It is No. 10 on the list.|No one knows why."},
		{"places", "They drove from Ft. Worth to Mt. Vernon and Sts. Peter and Paul.|It rained."},
		{"firms", "She works for Acme Pty. Ltd.|The firm is new."},
		{"a society", "The Harrow Bar Assn. Council met.|It voted for the Assn.|The vote was close."},
		{"provinces", "He lives in Harrow, Ont.|The house is old."},
		{"a state", "In the U.S. Sen. Ann Hart is known.|She left the U.S.|She came back."},
		{"no abbreviations", "It was art.|He left.|She is a rep.|They met.|The drs.|Left early.|He kept the max.|Then he went."},
		{"a unit at the end", "It weighs 5 lbs.|The box is red.|It is 20 min.|The film ends."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			text := strings.ReplaceAll(tt.want, "|", " ")
			split(text, Span{0, len(text)}, func(s Span) { got = append(got, s.Of(text)) })
			if g := strings.Join(got, "|"); g != tt.want {
				t.Errorf("got %q, want %q", g, tt.want)
			}
		})
	}
}

func TestSentencesLong(t *testing.T) {
	tests := []struct {
		name, text string
		pieces     int
	}{
		{"names with commas", strings.Repeat("Ann Example of Harrow, ", 200), 4},
		{"no spaces", strings.Repeat("x", 4000), 3},
		{"no spaces, three bytes each", strings.Repeat("字", 1500), 3},
		{"invalid bytes", "a" + strings.Repeat("\x80", 4000), 3},
		{"marks without a word", strings.Repeat(`"`, 4000), 3},
		{"opening marks", strings.Repeat("“ ", 1000), 3},
		{"a byline", "By " + strings.Repeat("Ann Example, ", 300), 3},
		// The word before each full stop must not be looked for from the start.
		{"full stops without a space", strings.Repeat("ab.Bc", 200_000), 667},
		{"full stops without a space or an end", strings.Repeat("Bc.", 200_000), 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &Article{Text: tt.text, Body: Span{0, len(tt.text)}}
			ss := a.Sentences()
			checkSentences(t, a, ss)
			if len(ss) != tt.pieces {
				t.Errorf("got %d pieces, want %d", len(ss), tt.pieces)
			}
			for i, s := range ss {
				if s.Len() > maxSentence {
					t.Errorf("piece %d: got %d bytes, want at most %d", i, s.Len(), maxSentence)
				}
			}
		})
	}
}

func TestSentencesBody(t *testing.T) {
	text := "---\ntitle: X\n---\nOne. Two.\nrest"
	tests := []struct {
		name string
		body Span
		want []string
	}{
		{"all", Span{17, len(text)}, []string{"One.", "Two.", "rest"}},
		{"part", Span{17, 26}, []string{"One.", "Two."}},
		{"empty", Span{17, 17}, nil},
		{"outside", Span{17, len(text) + 1}, nil},
		{"reversed", Span{5, 2}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := &Article{Text: text, Body: tt.body}
			var got []string
			for _, s := range a.Sentences() {
				got = append(got, s.Of(text))
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestKind(t *testing.T) {
	for k := Prose; k <= Order; k++ {
		if k.String() == "" || k.String() == "unknown" {
			t.Errorf("Kind(%d).String(): got %q, want a name", k, k)
		}
		if got, want := k.Evidence(), k == Prose || k == Heading; got != want {
			t.Errorf("%v.Evidence(): got %v, want %v", k, got, want)
		}
	}
	if got := (Order + 1).String(); got != "unknown" {
		t.Errorf("String of no kind: got %q, want unknown", got)
	}
}

func FuzzSentences(f *testing.F) {
	for _, s := range []string{
		"", " ", "\n", "One. Two! Three?", "U.S. Sen. J. D. Vance said so. “No,” she said.\r\n\r\nBy A. B\r\n",
		"bad \xff\xfe utf-8.\x80 More.\xc3", "e\u0301. E\u0301 again\u0301!", "👩‍👩‍👧. 👍🏽! Ok", "שלום עולם. מה שלומך? טוב.", "مرحبا. كيف حالك؟ بخير۔",
		"新しい橋。開通！本当？", "# Head\n\n- a\n- b\n\n1. x\n2. y\n\n> q\n", "HARROW, Nov 2 (Reuters) - Text. (Photo by A B/AFP)\nA B/AFP\n\n date 2025-01-02",
		"....", "…", "\"", "”. ”. ”", "a.“B", ".X", "—", "– Name Name", "A.", "2. 3. 4.", "(Photo", "Hide Caption", "x\u2028y\u2029z\rw\u00a0v\ufeff",
		"– CNN’s A B contributed to this report.", strings.Repeat("a, ", 800), strings.Repeat("\x80", 2000), "By", "date 2025-13-45", "？", "。。。\"",
	} {
		f.Add(s, 0, len(s))
	}
	f.Fuzz(func(t *testing.T, text string, start, end int) {
		a := &Article{Text: text, Body: Span{start, end}}
		if b := a.Body; !b.Within(len(text)) || !utf8.RuneStart((text + "x")[b.Start]) || !utf8.RuneStart((text + "x")[b.End]) {
			a.Body = Span{0, len(text)}
		}
		ss := a.Sentences()
		checkSentences(t, a, ss)
		checkPassages(t, a.Text, ss, Passages(a.Text, ss), PassageSize)
		checkPassages(t, a.Text, ss, passages(ss, 40), 40)
		body := a.Body
		a.Derive()
		if a.Body != body {
			t.Fatalf("Derive moved the body: got %v, want %v", a.Body, body)
		}
		for _, fact := range []Fact{a.Title, a.Publisher, a.Byline, a.Place, a.Published, a.Language} {
			if (fact.Value == "") != (fact.From == "") {
				t.Fatalf("got a fact without a value or an origin: %q", fact)
			}
		}
		if a.Published.Value != "" {
			if _, ok := a.Date(); !ok {
				t.Fatalf("published: got %q, want a date", a.Published.Value)
			}
		}
	})
}

// news is a text of about n bytes that has a bit of everything.
func news(n int) string {
	const story = "HARROW (AP) — The council of Harrow voted on Monday to mend the bridge, Mayor Ann E. Oake said.\n\n" +
		"“We waited for 12.5 years,” she told the Harrow Echo. “Now it is done. Nobody is happier than the U.S. engineers.”\n\n" +
		"Work on the bridge\n\nThe work is to cost $4.2 million, of which St. Mary’s parish pays half, according to Dr. Hob Tarrant.\n\n" +
		"The bridge at Harrow before the storm, March 3, 2024.\n\nAnn Example/Reuters\n\nRead more: Bridges of the north\n\n"
	return strings.Repeat(story, 1+n/len(story))
}

func BenchmarkSentences(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		b.Run(fmt.Sprintf("%dk", n/1000), func(b *testing.B) {
			text := news(n)
			a := &Article{Text: text, Body: Span{0, len(text)}}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				a.Sentences()
			}
		})
	}
}

func BenchmarkDerive(b *testing.B) {
	text := news(10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		a := &Article{Text: text, Body: Span{0, len(text)}}
		a.Derive()
	}
}
