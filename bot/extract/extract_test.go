package extract

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"dateline/bot"
	"dateline/corpus"
	"dateline/retrieval"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

// article makes an article of a text, with all its passages as hits.
func article(name, text string) []retrieval.Hit {
	a := &corpus.Article{ID: corpus.NewID("test", name), Source: name, Text: text, Body: corpus.Span{Start: 0, End: len(text)}}
	a.Seal()
	a.Derive()
	var hits []retrieval.Hit
	for i, p := range corpus.Passages(text, a.Sentences()) {
		hits = append(hits, retrieval.Hit{Article: a, Passage: p, Score: 1 / float64(1+i)})
	}
	return hits
}

// TestReading puts the questions of testdata/*.txtar to the articles that
// stand in the same archive. Read the difference after -update.
func TestReading(t *testing.T) {
	for _, name := range []string{"testdata/news.txtar", "testdata/speech.txtar", "testdata/strict.txtar"} {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var hits []retrieval.Hit
		for i := range archive.Files {
			f := &archive.Files[i]
			if f.Name != "questions" {
				hits = append(hits, article(f.Name, string(f.Data))...)
				continue
			}
			var out strings.Builder
			for block := range strings.SplitSeq(strings.TrimSpace(string(f.Data)), "\n\n") {
				question, want, _ := strings.Cut(block, "\n")
				d, err := Reader{}.Draft(context.Background(), bot.Question{Text: question, Asked: time.Date(2025, 6, 4, 0, 0, 0, 0, time.UTC)}, hits, nil)
				if err != nil {
					t.Fatal(err)
				}
				got := show(d)
				fmt.Fprintf(&out, "%s\n%s\n\n", question, got)
				t.Run(question, func(t *testing.T) {
					if got != want && !*update {
						t.Errorf("got\n%s\nwant\n%s", got, want)
					}
				})
			}
			f.Data = []byte(strings.TrimSuffix(out.String(), "\n"))
		}
		if *update {
			if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func show(d bot.Draft) string {
	if len(d.Claims) == 0 {
		return strings.TrimSpace("! " + d.Refusal + " " + strings.Join(d.Missing, ", "))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "= %s", d.Short)
	for _, c := range d.Claims {
		b.WriteString("\n" + c.Text)
		for _, q := range c.Quotes {
			fmt.Fprintf(&b, " [%s %d-%d]", q.Article.Source, q.Span.Start, q.Span.End)
		}
	}
	if d.Note != "" {
		b.WriteString("\n* " + d.Note)
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		question string
		kind     kind
		verb     string
		agent    string
		object   bool
	}{
		{"who confirmed the visit?", who, "confirmed", "", false},
		{"Whom is the minister expected to meet in Oslo?", who, "meet", "minister", true},
		{"Who did the mayor blame?", who, "blame", "mayor", true},
		{"Who is Olga Brandt?", describe, "", "", false},
		{"What is Olga Brandt's job?", describe, "", "", false},
		{"When does the bridge open?", when, "open", "bridge", false},
		{"What day does the bridge open?", when, "open", "bridge", false},
		{"Where were the talks held?", where, "held", "talks", false},
		{"How many workers went on strike?", count, "went", "", false},
		{"how much did the dam cost", amount, "cost", "dam", false},
		{"How long is the tunnel?", amount, "", "", false},
		{"Which newspaper printed the letter?", which, "printed", "", false},
		{"wich paper printed the letter", which, "printed", "", false},
		{"What is the name of the ship's captain?", which, "", "", false},
		{"What did the minister say about taxes?", said, "say", "minister", false},
		{"How did the mayor describe the plan?", said, "describe", "mayor", false},
		{"What did the mayor do?", did, "do", "mayor", false},
		{"Why did the council close the school?", why, "close", "council", false},
		{"What was the purpose of the trip?", why, "", "", false},
		{"How did the thieves get in?", how, "get", "thieves", false},
		{"Did Russia leak the call?", yesno, "leak", "russia", false},
		{"bridge opening date", when, "", "", false},
	} {
		t.Run(tt.question, func(t *testing.T) {
			q := parse(tt.question, time.Date(2025, 6, 4, 0, 0, 0, 0, time.UTC))
			if q.kind != tt.kind || q.verb != tt.verb || q.agent != tt.agent || q.object != tt.object {
				t.Errorf("got %v, verb %q, agent %q, object %v; want %v, %q, %q, %v", q.kind, q.verb, q.agent, q.object, tt.kind, tt.verb, tt.agent, tt.object)
			}
		})
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"zelensky", "zelensky", 0},
		{"zelensky", "zelenski", 1},
		{"yury", "yruy", 1},
		{"publised", "published", 1},
		{"putin", "pushkin", 3},
		{"rubio", "rubble", 3},
		{"a", "abcdef", 3},
		{"", "", 0},
	} {
		if got := distance(tt.a, tt.b, 2); got != tt.want {
			t.Errorf("distance(%q, %q, 2) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestBalance(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		open     bool
		want     string
	}{
		{"whole", "“No,” she said.", false, "“No,” she said."},
		{"goes on behind", "She said: “We will see.", false, "She said: “We will see.”"},
		{"began before", "We will see,” she said.", true, "“We will see,” she said."},
		{"middle", "We will see.", true, "“We will see.”"},
		{"straight", `"We will see.`, false, `"We will see."`},
		{"two quotations", "no,” she said. “But we will", true, "“no,” she said. “But we will”"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := balance(tt.open, tt.in); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTruecase(t *testing.T) {
	hits := article("a", "The mayor of Port Ellis, Ursula von der Haar, met Olga Brandt. A brandt is no word, but the march of March was long.")
	for _, tt := range []struct{ in, want string }{
		{"who is ursula von der haar", "who is Ursula von der Haar"},
		{"did olga march to port ellis", "did Olga march to Port Ellis"},
		{"Is OLGA there?", "Is OLGA there?"},
		{"", ""},
	} {
		if got := truecase(tt.in, hits); got != tt.want {
			t.Errorf("truecase(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func BenchmarkDraft(b *testing.B) {
	archive, err := txtar.ParseFile("testdata/news.txtar")
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{1, 4, 12} {
		var hits []retrieval.Hit
		for i := range n {
			hits = append(hits, article(fmt.Sprint(i), string(archive.Files[i%2].Data))...)
		}
		b.Run(fmt.Sprintf("%darticles", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := (Reader{}).Draft(context.Background(), bot.Question{Text: "When did Olga Brandt open the bridge in Port Ellis?"}, hits, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func FuzzDraft(f *testing.F) {
	f.Add("who said so?", "“We will see,” she said. “Not now.\nHe did, X said: \"no\" and 'yes'.")
	f.Add("how many \x00 \u202e?", "1,200 men \xff\xfe and 28-point – 19 points. 😀 שלום.")
	f.Add("What did A say about B in 2020 on Monday?", "By A B\nA B/Reuters\nA, the b, who c, said d, e (f) – g.")
	f.Fuzz(func(t *testing.T, question, text string) {
		hits := article("fuzz", strings.ToValidUTF8(text, "\uFFFD"))
		d, err := Reader{}.Draft(context.Background(), bot.Question{Text: question}, hits, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range d.Claims {
			if len(c.Quotes) == 0 {
				t.Fatalf("claim %q quotes nothing", c.Text)
			}
			for _, q := range c.Quotes {
				if !q.Span.Within(len(q.Article.Text)) || q.Span.Len() == 0 {
					t.Fatalf("claim %q quotes %v of %d bytes", c.Text, q.Span, len(q.Article.Text))
				}
			}
		}
		if (len(d.Claims) == 0) != (d.Short == "") {
			t.Fatalf("%d claims, but short is %q", len(d.Claims), d.Short)
		}
	})
}
