package pos

import (
	"bufio"
	_ "embed"
	"strings"
	"testing"
)

//go:embed testdata/tagged.txt
var tagged string

// handTagged is the sentences of testdata/tagged.txt: the text, with a space
// between any two tokens, and the tags.
func handTagged(t testing.TB) (texts []string, tags [][]string) {
	sc := bufio.NewScanner(strings.NewReader(tagged))
	for sc.Scan() {
		if strings.HasPrefix(sc.Text(), "#") {
			continue
		}
		var words, want []string
		for _, pair := range strings.Fields(sc.Text()) {
			word, tag, ok := strings.Cut(pair, "/")
			if !ok {
				t.Fatalf("%q lacks a tag", pair)
			}
			words, want = append(words, word), append(want, tag)
		}
		texts, tags = append(texts, strings.Join(words, " ")), append(tags, want)
	}
	return texts, tags
}

// floor is the share of right tags that a model must reach to be shipped. The
// one that is reaches 96.4 %.
const floor = 0.955

func TestHandTagged(t *testing.T) {
	texts, tags := handTagged(t)
	n, wrong := 0, 0
	for i, text := range texts {
		got := Tokens(text)
		if len(got) != len(tags[i]) {
			t.Errorf("%q: %d tokens %v, want %d", text, len(got), got, len(tags[i]))
			continue
		}
		for j, want := range tags[i] {
			n++
			if got[j].Tag.String() != want {
				wrong++
				t.Logf("%q: %s is %v, want %s", text, got[j].Text, got[j].Tag, want)
			}
		}
	}
	right := 1 - float64(wrong)/float64(n)
	t.Logf("%d of %d tags right, %.2f %%", n-wrong, n, 100*right)
	if right < floor {
		t.Errorf("%.2f %% of the tags are right, want %.0f %%", 100*right, 100*floor)
	}
}

func BenchmarkTokens(b *testing.B) {
	texts, _ := handTagged(b)
	text := strings.Join(texts, "\n")
	n := len(Tokens(text))
	b.ReportAllocs()
	for b.Loop() {
		Tokens(text)
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load(embedded); err != nil {
			b.Fatal(err)
		}
	}
}
