package extract

import (
	"strings"
	"testing"
)

func TestReadModels(t *testing.T) {
	tests := []struct {
		name, file string
		want       string // in the error
	}{
		{"comments and empty lines", "# why\n\nrank/cov 1.5\ntrust/class:who:person -0.25\n", ""},
		{"no number", "rank/cov\n", "line 1"},
		{"no model", "# why\ncov 1\n", "line 2"},
		{"unknown model", "order/cov 1\n", "order/cov"},
		{"unknown feature", "rank/luck 1\n", "rank/luck"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ms, err := readModels(test.file)
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Fatalf("error %v, want one with %q", err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := ms["rank"].score([]feature{{features.places["cov"], 2}}); got != 3 {
				t.Errorf("rank/cov scores %v, want 3", got)
			}
			if got := ms["trust"][features.places["class:who:person"]]; got != -0.25 {
				t.Errorf("trust/class:who:person is %v, want -0.25", got)
			}
		})
	}
}

func TestLayout(t *testing.T) {
	if got, want := len(features.places), len(features.names); got != want {
		t.Errorf("%d places for %d features: two have one name", got, want)
	}
	// What rankFeatures reckons must lead to the names it means.
	for _, test := range []struct {
		at   int
		want string
	}{
		{features.base[fCov], "cov"},
		{features.base[fKindFit] + int(when), "fit:when"},
		{features.base[fKindClass] + int(who)*len(classNames) + int(person), "class:who:person"},
		{features.base[fKindAfter] + int(where)*len(hinges) + hingeAt["in"], "after:where:in"},
	} {
		if got := features.names[test.at]; got != test.want {
			t.Errorf("feature %d is %q, want %q", test.at, got, test.want)
		}
	}
}
