package eval

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"dateline/bot"
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
		{name: "items that the figure says nothing of", then: right(60, 100), now: Figures{"right": append(right(60, 100)["right"], math.NaN())}},
		{name: "another number of items", then: right(60, 100), now: right(60, 99), err: "over 100 items"},
		{name: "another figure", then: right(60, 100), now: Figures{"f1": {1}}, err: "over 0 items"},
		{name: "a figure more", then: right(60, 100), now: Figures{"right": right(60, 100)["right"], "f1": {1}}, err: "other figures"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list, err := Baseline{Set: "set", Figures: tt.now}.Against(Baseline{Set: "set", Figures: tt.then})
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
	kept := Baseline{"0123", Figures{"f1": {2.0 / 3, 0, 1}, "refused": {math.NaN(), 0, math.NaN()}}, []string{"0a1b2c3d", "", ""}}
	if err := kept.WriteFile(name); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	const want = "{\n \"set\": \"0123\",\n \"figures\": {\n  \"f1\": [0.667,0,1],\n  \"refused\": [null,0,null]\n },\n \"answers\": [\"0a1b2c3d\",\"\",\"\"]\n}\n"
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
		if c.Difference != (Difference{}) || c.Up+c.Down > 0 {
			t.Errorf("got %+v of the same run, want no difference", c)
		}
	}
	if changed := kept.Changes(back); len(changed) > 0 {
		t.Errorf("got %+v of the same run, want no change", changed)
	}
	if err := os.WriteFile(name, []byte("questions"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadBaseline(name); err == nil || !strings.Contains(err.Error(), "not a baseline") {
		t.Errorf("got %v, want an error that says what the file is not", err)
	}
}

func TestChanges(t *testing.T) {
	nan := math.NaN()
	then := Baseline{"set", Figures{"f1": {1, 0.5, 0, 0}, "refused": {nan, nan, 1, 0}}, []string{"a", "b", "-", "-a", ""}}
	now := Baseline{"set", Figures{"f1": {1, 1, 0, 0}, "refused": {nan, nan, 0, 0}}, []string{"a", "c", "d", "-b", ""}}
	want := []Change{
		{Item: 2, Figures: map[string][2]float64{"f1": {0.5, 1}}, Answer: true},
		{Item: 3, Figures: map[string][2]float64{"refused": {1, 0}}, Answer: true},
		{Item: 4, Nearest: true},
	}
	if got := now.Changes(then); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	list, err := now.Against(then)
	if err != nil || len(list) != 2 {
		t.Fatalf("got %v, %v, want two figures", list, err)
	}
	if f1, refused := list[0], list[1]; f1.Up != 1 || f1.Down != 0 || refused.Up != 0 || refused.Down != 1 || refused.Then != 0.5 {
		t.Errorf("got %+v, want f1 up and refused down by one item of two", list)
	}
}

func TestDigest(t *testing.T) {
	answer := bot.Answer{Answered: true, Text: "The ferry sank. [1]", Citations: []bot.Citation{{N: 1, Source: "a.txt", Quote: "The ferry sank."}}}
	same, text, source, unsure := answer, answer, answer, answer
	same.ID, same.Note = "another", "another"
	text.Text = "The ferry sank in fog. [1]"
	unsure.Certainty = bot.Perhaps
	source.Citations = []bot.Citation{{N: 1, Source: "b.txt", Quote: "The ferry sank."}}
	if got, want := digest(same), digest(answer); got != want || len(got) != 8 {
		t.Errorf("the same answer: got %q and %q, want one of 8 digits", got, want)
	}
	for name, other := range map[string]bot.Answer{"text": text, "source": source, "certainty": unsure} {
		if digest(other) == digest(answer) {
			t.Errorf("another %s: got the same digest, want another", name)
		}
	}
	refused := bot.Answer{Reason: "not said"}
	other := bot.Answer{Reason: "not known"}
	if got, want := digest(other), digest(refused); got != want || !strings.HasPrefix(got, "-") {
		t.Errorf("refused for another reason: got %q and %q, want one after a hyphen", got, want)
	}
	other.Nearest = answer.Citations
	if digest(other) == digest(refused) {
		t.Error("refused with another passage: got the same digest, want another")
	}
}
