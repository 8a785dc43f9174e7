package eval

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestAgainst(t *testing.T) {
	right := func(n, of int) Figures {
		f := Figures{"right": make([]float64, of)}
		for i := range n {
			f["right"][i] = 1
		}
		return f
	}
	for _, tt := range []struct {
		name      string
		then, now Figures
		worse     bool
		err       string
	}{
		{name: "the same", then: right(60, 100), now: right(60, 100)},
		{name: "one question worse is chance", then: right(60, 100), now: right(59, 100)},
		{name: "eight worse are not", then: right(60, 100), now: right(52, 100), worse: true},
		{name: "better", then: right(60, 100), now: right(80, 100)},
		{name: "eight worse, six better", then: right(60, 100), now: Figures{"right": slices.Concat(make([]float64, 8), right(58, 92)["right"])}},
		{name: "another number of items", then: right(60, 100), now: right(60, 99), err: "over 100 items"},
		{name: "another figure", then: right(60, 100), now: Figures{"f1": {1}}, err: "over 0 items"},
		{name: "a figure more", then: right(60, 100), now: Figures{"right": right(60, 100)["right"], "f1": {1}}, err: "other figures"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := Baseline{"set", tt.now}.Against(Baseline{"set", tt.then})
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("got error %v, want one with %q", err, tt.err)
				}
				return
			}
			if err != nil || len(list) != 1 {
				t.Fatalf("got %v, %v, want one figure", list, err)
			}
			if got := list[0].Worse(); got != tt.worse {
				t.Errorf("worse: got %t with %+v, want %t", got, list[0], tt.worse)
			}
		})
	}
	if _, err := (Baseline{Set: "a"}).Against(Baseline{Set: "b"}); err == nil || !strings.Contains(err.Error(), "set b") {
		t.Errorf("got %v, want an error that names the sets", err)
	}
}

func TestBaselineFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "before.json")
	kept := Baseline{"0123", Figures{"f1": {2.0 / 3, 0, 1}, "em": {0, 0, 1}}}
	if err := kept.WriteFile(name); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	const want = "{\n \"set\": \"0123\",\n \"figures\": {\n  \"em\": [0,0,1],\n  \"f1\": [0.667,0,1]\n }\n}\n"
	if string(data) != want {
		t.Errorf("got %s, want %s", data, want)
	}
	// What was rounded does not count as a difference.
	back, err := ReadBaseline(name)
	if err != nil {
		t.Fatal(err)
	}
	list, err := kept.Against(back)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if c.Difference != (Difference{}) {
			t.Errorf("got %+v of the same run, want no difference", c)
		}
	}
	if err := os.WriteFile(name, []byte("questions"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBaseline(name); err == nil || !strings.Contains(err.Error(), "not a baseline") {
		t.Errorf("got %v, want an error that says what the file is not", err)
	}
}
