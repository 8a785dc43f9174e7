package eval

import (
	"math"
	"testing"
)

func TestNormalize(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"case, article, full stop", "The Kremlin.", "kremlin"},
		{"punctuation joins", "28-point", "28point"},
		{"money", "$6.6 billion", "66 billion"},
		{"article inside a word stays", "theatre an ant", "theatre ant"},
		{"spaces", "  a \n b\tc ", "b c"},
		{"curly quotes are none of ASCII's", "Ukraine’s", "ukraine’s"},
		{"nothing left", "The.", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Normalize(tt.in); got != tt.want {
				t.Errorf("Normalize(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestAnswerScores(t *testing.T) {
	for _, tt := range []struct {
		name     string
		answer   string
		golds    []string
		em, f1   float64
		contains bool
	}{
		{"same", "Yury Ushakov", []string{"Yury Ushakov"}, 1, 1, true},
		{"the best of several golds", "Ushakov", []string{"Yury Ushakov", "Ushakov"}, 1, 1, true},
		// 1 word in common: precision 1, recall 1/2, 2*1*.5/1.5.
		{"half", "Ushakov", []string{"Yury Ushakov"}, 0, 2. / 3, false},
		// Common: "moscow" once, for the gold has it once. p 1/2, r 1/3.
		{"a word counts as often as it occurs", "Moscow Moscow", []string{"in Moscow soon"}, 0, 0.4, false},
		{"longer", "adviser Yury Ushakov", []string{"Yury Ushakov"}, 0, 0.8, true},
		{"nothing in common", "Putin", []string{"Ushakov"}, 0, 0, false},
		{"refused, no gold", "", nil, 1, 1, false},
		{"answered, no gold", "Putin", nil, 0, 0, false},
		{"refused, but there is a gold", "", []string{"Putin"}, 0, 0, false},
		{"gold of an article alone", "the", []string{"The"}, 1, 1, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ExactMatch(tt.answer, tt.golds); got != tt.em {
				t.Errorf("ExactMatch = %v, want %v", got, tt.em)
			}
			if got := F1(tt.answer, tt.golds); math.Abs(got-tt.f1) > 1e-9 {
				t.Errorf("F1 = %v, want %v", got, tt.f1)
			}
			if got := Contains(tt.answer, tt.golds); got != tt.contains {
				t.Errorf("Contains = %v, want %v", got, tt.contains)
			}
		})
	}
}

func TestContains(t *testing.T) {
	for _, tt := range []struct {
		name, text, gold string
		want             bool
	}{
		{"before a hyphen", "The original 28-point draft. [1]", "28", true},
		{"part of a number", "The 128 points.", "28", false},
		{"part of a word", "He is in Romania.", "Oman", false},
		{"found later", "Omani Oman", "oman", true},
		{"quotation marks of another shape", "Ukraine’s allies", "Ukraine's allies", true},
		{"punctuation between", "on Nov. 26, 2025", "Nov 26 2025", true},
		{"empty gold", "anything", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Contains(tt.text, []string{tt.gold}); got != tt.want {
				t.Errorf("Contains(%q, %q) = %v, want %v", tt.text, tt.gold, got, tt.want)
			}
		})
	}
}

func TestRank(t *testing.T) {
	rel := func(n int, at ...int) []bool {
		r := make([]bool, n)
		for _, i := range at {
			r[i] = true
		}
		return r
	}
	for _, tt := range []struct {
		name  string
		found []bool
		golds int
		want  Ranking
	}{
		{"first", rel(10, 0), 1, Ranking{1, 1, 1, 1, 1}},
		{"third", rel(10, 2), 1, Ranking{0, 1, 1, 1. / 3, 0.5}},       // 1/log2(4)
		{"seventh", rel(10, 6), 1, Ranking{0, 0, 1, 1. / 7, 1. / 3}},  // 1/log2(8)
		{"eleventh", rel(12, 10), 1, Ranking{}},                       // past the tenth
		{"none found", nil, 1, Ranking{}},                             //
		{"both of two", rel(10, 0, 1), 2, Ranking{1, 1, 1, 1, 1}},     //
		{"one of two", rel(10, 0), 2, Ranking{1, 1, 1, 1, 0.6131472}}, // 1/(1+1/log2(3))
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Rank(tt.found, tt.golds)
			for i, pair := range [][2]float64{{got.Hits1, tt.want.Hits1}, {got.Hits5, tt.want.Hits5}, {got.Hits10, tt.want.Hits10}, {got.MRR10, tt.want.MRR10}, {got.NDCG10, tt.want.NDCG10}} {
				if math.Abs(pair[0]-pair[1]) > 1e-6 {
					t.Errorf("figure %d of %+v, want %+v", i, got, tt.want)
				}
			}
		})
	}
}

func TestBootstrap(t *testing.T) {
	same := bootstrap([]float64{1, 0, 1}, []float64{1, 0, 1})
	if same != (Difference{}) {
		t.Errorf("of equal figures %+v, want zero", same)
	}
	always := bootstrap([]float64{1, 1, 1}, []float64{0.5, 0.5, 0.5})
	if always != (Difference{0.5, 0.5, 0.5}) {
		t.Errorf("of a constant difference %+v, want 0.5 throughout", always)
	}
	a, b := make([]float64, 100), make([]float64, 100)
	for i := range a {
		a[i], b[i] = float64(i%2), float64((i/2)%2)
	}
	d := bootstrap(a, b)
	if d.Mean != 0 || d.Low >= 0 || d.High <= 0 {
		t.Errorf("of two coins %+v, want a range around 0", d)
	}
	if again := bootstrap(a, b); again != d {
		t.Errorf("a second time %+v, want the same as the first, %+v", again, d)
	}
}

func TestQuantile(t *testing.T) {
	ten := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	for _, tt := range []struct{ p, want float64 }{{0, 1}, {0.5, 5}, {0.95, 10}, {1, 10}} {
		if got := quantile(ten, tt.p); got != tt.want {
			t.Errorf("quantile(%v) = %v, want %v", tt.p, got, tt.want)
		}
	}
	if got := quantile(nil, 0.5); got != 0 {
		t.Errorf("quantile of nothing = %v, want 0", got)
	}
}
