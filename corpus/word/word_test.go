package word

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // words with / between, folded ones behind = where they differ
	}{
		{"plain", "the old bridge", "the/old/bridge"},
		{"capitals", "The OLD Bridge", "The=the/OLD=old/Bridge=bridge"},
		{"straight possessive", "Ukraine's and boss's", "Ukraine=ukraine/and/boss"},
		{"curly possessive", "Ukraine’s and BRASK’S", "Ukraine=ukraine/and/BRASK=brask"},
		{"possessive of a plural", "the workers’ and boys' day", "the/workers/and/boys/day"},
		{"contractions", "don't it’s we’ll", "don't=dont/it/we’ll=well"},
		{"quotation marks", "“Oake” 'said' \"so\" ‘it’", "Oake=oake/said/so/it"},
		{"apostrophe inside a name", "O'Brien O’Brien", "O'Brien=obrien/O’Brien=obrien"},
		{"hyphens divide", "19-point US-backed well-known", "19/point/US=usa/backed/well/known"},
		{"dashes divide", "Oake–Brask one—two", "Oake=oake/Brask=brask/one/two"},
		{"United States", "the U.S. and US, U.S.A. and U.S.-led", "the/U.S.=usa/and/US=usa/U.S.A.=usa/and/U.S.=usa/led"},
		{"United States owns", "the U.S.’s and US’s", "the/U.S.=usa/and/US=usa"},
		{"the pronoun is none", "tell us", "tell/us"},
		{"initials", "J.D. Oake, a.m. and U.K.", "J.D.=jd/Oake=oake/a.m.=am/and/U.K.=uk"},
		{"one initial", "Ann E. Oake", "Ann=ann/E.=e/Oake=oake"},
		{"end of a sentence", "the end.The next", "the/end/The=the/next"},
		{"ampersand", "AT&T and S&P but salt&pepper", "AT&T=at&t/and/S&P=s&p/but/salt/pepper"},
		{"decimals", "38.7 and 0.5. Then", "38.7/and/0.5/Then=then"},
		{"thousands", "1,200 and 1,200,000, or 5,", "1,200=1200/and/1,200,000=1200000/or/5"},
		{"money and percent", "$4.2m, 5%", "4.2m/5"},
		{"accents", "café Zürich Łódź São", "café=cafe/Zürich=zurich/Łódź=lodz/São=sao"},
		{"combining marks", "cafe\u0301 opens", "cafe\u0301=cafe/opens"},
		{"ligature and sharp s", "ﬁnal Straße", "ﬁnal=final/Straße=strasse"},
		{"soft hyphen", "gov\u00adern", "gov\u00adern=govern"},
		{"names of two spellings", "Kiev Kyiv Odessa Yuri Yury", "Kiev=kyiv/Kyiv=kyiv/Odessa=odesa/Yuri=yury/Yury=yury"},
		{"Cyrillic", "Мост открыт", "Мост=мост/открыт"},
		{"Hebrew with points", "שָׁלוֹם", "שָׁלוֹם=שלום"},
		{"Arabic", "افتتح الجسر", "افتتح/الجسر"},
		{"Hindi", "पुल खुला", "पुल/खुला"},
		{"Chinese", "大桥 opens", "大/桥/opens"},
		{"Japanese", "橋が", "橋/が"},
		{"emoji", "👍🏽 yes 🎉", "yes"},
		{"address", "ann@example.com", "ann/example/com"},
		{"letter apostrophe", "ʼʼ Hawaiʼi", "Hawaiʼi=hawaii"},
		{"invalid", "a\xffb \xc3", "a/b"},
		{"nothing", " – ...", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, w := range Split(tt.text) {
				s := w.Text
				if w.Norm != w.Text {
					s += "=" + w.Norm
				}
				got = append(got, s)
			}
			if g := strings.Join(got, "/"); g != tt.want {
				t.Errorf("%q: got %s, want %s", tt.text, g, tt.want)
			}
			checkWords(t, tt.text)
		})
	}
}

// checkWords holds Split against what it promises.
func checkWords(t *testing.T, text string) {
	t.Helper()
	end := 0
	for _, w := range Split(text) {
		switch {
		case !w.Within(len(text)) || w.Len() == 0:
			t.Fatalf("got span %v of %d bytes", w.Span, len(text))
		case w.Start < end:
			t.Fatalf("got span %v, the word before ends at %d", w.Span, end)
		case w.Of(text) != w.Text:
			t.Fatalf("span: got %q, want %q", w.Of(text), w.Text)
		case w.Norm == "":
			t.Fatalf("%q: got nothing folded", w.Text)
		case utf8.ValidString(text) && !utf8.ValidString(w.Text):
			t.Fatalf("got a word that cuts a character: %q", w.Text)
		case w.Norm != Fold(w.Text):
			t.Fatalf("%q: got %q, Fold says %q", w.Text, w.Norm, Fold(w.Text))
		case w.Stem() == "":
			t.Fatalf("%q: got an empty stem", w.Text)
		}
		_, _, _ = w.Capital(), w.Number(), w.Stop()
		end = w.End
	}
}

// Words that must meet in an index.
func TestStem(t *testing.T) {
	tests := []struct {
		name  string
		words []string
		apart bool
	}{
		{"Zelensky", []string{"Zelenskyy", "Zelensky", "Zelenskiy", "Zelenskyi", "Zelenskii"}, false},
		{"Yury", []string{"Yury", "Yuri", "Iouri"}, false},
		{"Kyiv", []string{"Kyiv", "Kiev", "kyiv"}, false},
		{"Sergey", []string{"Sergey", "Sergei"}, false},
		{"plural", []string{"bridge", "bridges"}, false},
		{"verb", []string{"confirm", "confirmed", "confirms", "confirming"}, false},
		{"United States", []string{"US", "U.S.", "USA", "U.S.A."}, false},
		{"accents", []string{"café", "cafe"}, false},
		{"thousands", []string{"1,200", "1200"}, false},
		{"decimals", []string{"38.7", "387"}, true},
		{"pronoun and country", []string{"us", "US"}, true},
		{"numbers stay", []string{"1200", "1201"}, true},
		{"names apart", []string{"Vladimir", "Volodymyr"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			stems := make(map[string]bool)
			for _, w := range tt.words {
				stems[Stem(Fold(w))] = true
			}
			if apart := len(stems) > 1; apart != tt.apart {
				t.Errorf("%q: got stems %v, want apart: %v", tt.words, stems, tt.apart)
			}
		})
	}
	for in, want := range map[string]string{"": "", "a": "a", "38.7": "38.7", "19": "19", "agreed": "agre", "мост": "мост"} {
		if got := Stem(in); got != want {
			t.Errorf("Stem(%q): got %q, want %q", in, got, want)
		}
	}
}

func TestWord(t *testing.T) {
	words := Split("The 19 Écoles the café")
	want := []struct{ stop, capital, number bool }{{true, true, false}, {false, false, true}, {false, true, false}, {true, false, false}, {false, false, false}}
	for i, w := range words {
		if w.Stop() != want[i].stop || w.Capital() != want[i].capital || w.Number() != want[i].number {
			t.Errorf("%s: got stop %v, capital %v, number %v, want %v", w.Text, w.Stop(), w.Capital(), w.Number(), want[i])
		}
	}
}

func TestTerms(t *testing.T) {
	got := Terms("The mayor’s office said the bridges, and the Bridge, cost 1,200 in the U.S.")
	want := []string{"mayor", "offic", "said", "bridg", "bridg", "cost", "1200", "usa"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Terms(""); len(got) != 0 {
		t.Errorf("of nothing: got %q", got)
	}
}

func TestPhrase(t *testing.T) {
	for _, tt := range []struct {
		name, text, phrase string
		want               bool
	}{
		{"as it is", "The mayor met Jeremy Dunn on Monday.", "Jeremy Dunn", true},
		{"owner", "Jeremy Dunn’s house", "jeremy dunn", true},
		{"initial", "Jeremy A. Dunn left.", "Jeremy Dunn", true},
		{"middle name", "Jeremy Albert Dunn left.", "Jeremy Dunn", true},
		{"over a line", "said Jeremy\nDunn, who", "Jeremy Dunn", true},
		{"with function words", "the Bank of England said", "Bank of England", true},
		{"one word", "in Lisbon.", "Lisbon", true},
		{"a form of it", "the Liberals said", "Liberal", true},
		{"apart", "Jeremy Stone met Anna Dunn.", "Jeremy Dunn", false},
		{"a verb between", "Jeremy met Dunn.", "Jeremy Dunn", false},
		{"a name of its own between", "Jeremy Stone Albert Dunn", "Jeremy Dunn", false},
		{"two sentences", "He saw Jeremy. Dunn left.", "Jeremy Dunn", false},
		{"two paragraphs", "By Jeremy\n\nDunn left.", "Jeremy Dunn", false},
		{"the other way round", "Dunn Jeremy", "Jeremy Dunn", false},
		{"another function word", "the Bank for England", "Bank of England", false},
		{"cut off", "It was Jeremy", "Jeremy Dunn", false},
		{"no words", "anything", " ?!", false},
		{"no text", "", "Lisbon", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Phrase(tt.text, tt.phrase); got != tt.want {
				t.Errorf("Phrase(%q, %q) = %v, want %v", tt.text, tt.phrase, got, tt.want)
			}
		})
	}
}

func TestIDF(t *testing.T) {
	the, year, rare := IDF("the"), IDF("year"), IDF("ushakov")
	if !(0 < the && the < year && year < rare && rare < 7) {
		t.Errorf("got the %.2f, year %.2f, ushakov %.2f, want them rising, from 0 to 7", the, year, rare)
	}
}

func FuzzSplit(f *testing.F) {
	for _, s := range []string{
		"", "Ukraine’s U.S. 38.7", "\xff\xfe a\x80b", "e\u0301\u0301 \u0301a", "👩‍👩‍👧 👍🏽", "שלום עולם", "مرحبا", "大桥が", "a.b.c.d", "A&B&C", "'s ’s s's", "1,2,3.4.", "ʼʼs", "ß\u00adß", "İstanbul ﬃ ǅ", "a\u200db", "१२३", "…’s",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		checkWords(t, text)
		for _, term := range Terms(text) {
			if term == "" {
				t.Fatal("got an empty term")
			}
		}
		// Folding a folded word changes nothing more, or the words of an
		// index and of a question would not meet.
		for _, w := range Split(text) {
			if again := Fold(w.Norm); again != w.Norm && again != "usa" {
				t.Fatalf("%q: folded %q, again %q", w.Text, w.Norm, again)
			}
		}
	})
}

func benchmarkText(n int) string {
	const s = "The council of Harrow voted on Monday to mend the bridge, Mayor Ann E. Oake said. “We waited for 12.5 years,” she told the U.S. engineers; Brask’s café lost 1,200 customers. "
	return strings.Repeat(s, 1+n/len(s))
}

func BenchmarkSplit(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("%dk", n/1000), func(b *testing.B) {
			text := benchmarkText(n)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Split(text)
			}
		})
	}
}

func BenchmarkTerms(b *testing.B) {
	text := benchmarkText(10_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Terms(text)
	}
}
