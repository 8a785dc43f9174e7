package eval

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

func TestAUC(t *testing.T) {
	for _, tt := range []struct {
		name   string
		scores []float64
		truth  []bool
		want   float64
	}{
		{"apart", []float64{0.9, 0.8, 0.2, 0.1}, []bool{true, true, false, false}, 1},
		{"upside down", []float64{0.1, 0.2, 0.8, 0.9}, []bool{true, true, false, false}, 0},
		{"one out of place", []float64{0.9, 0.3, 0.5, 0.1}, []bool{true, true, false, false}, 0.75},
		{"all tied", []float64{1, 1, 1}, []bool{true, false, false}, 0.5},
		{"one tie", []float64{2, 1, 1, 0}, []bool{true, true, false, false}, 0.875},
		{"one kind", []float64{2, 1}, []bool{true, true}, 0.5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := AUC(tt.scores, tt.truth); math.Abs(got-tt.want) > 1e-9 {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestReadSupport(t *testing.T) {
	for _, tt := range []struct{ name, line, want string }{
		{"no article", `{"sentence":"It rained.","supported":true}`, "line 1: no article"},
		{"no sentence", `{"article":"It rained.","supported":true}`, "line 1: no sentence"},
		{"no verdict", `{"article":"It rained.","sentence":"It rained."}`, "line 1: not marked supported, true or false"},
		{"nothing", "\n", "no judged sentences in it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := ReadSupport(strings.NewReader(tt.line)); err == nil || err.Error() != tt.want {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
		})
	}
}

func TestMeasureSupport(t *testing.T) {
	set, err := ReadSupport(strings.NewReader(`{"article":"The mayor opened the bridge. The ferry ran aground in fog.","sentence":"The mayor opened the bridge.","supported":true}
{"article":"The mayor opened the bridge. The ferry ran aground in fog.","sentence":"The archbishop closed a school.","supported":false}`))
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	r, err := MeasureSupport(context.Background(), set, func(Judged, float64) { calls++ })
	if err != nil {
		t.Fatal(err)
	}
	if r.Sentences != 2 || r.True != 1 || r.Support.AUC != 1 || r.Overlap.AUC != 1 || calls != 2 {
		t.Errorf("got %+v and %d calls, want all told apart", r, calls)
	}
	if _, err := MeasureSupport(context.Background(), set[:1], nil); err == nil {
		t.Error("got no error for sentences judged alike")
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := MeasureSupport(ended, set, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

// ranker gives each sentence its score by name.
type ranker map[string]float64

func (r ranker) Rank(_ context.Context, _ string, sentences []string) ([]float64, error) {
	scores := make([]float64, len(sentences))
	for i, s := range sentences {
		v, ok := r[s]
		if !ok {
			return nil, errors.New("unknown sentence")
		}
		scores[i] = v
	}
	return scores, nil
}

func TestMeasureSelection(t *testing.T) {
	const set = `{"id":"1","question":"who opened the bridge?","candidates":[{"text":"a","label":0},{"text":"b","label":1},{"text":"c","label":1}]}
{"id":"2","question":"who?","candidates":[{"text":"a","label":0}]}
`
	ss, err := ReadSelection(strings.NewReader(set))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name      string
		by        ranker
		mean, mrr float64
	}{
		{"right", ranker{"a": 0, "b": 2, "c": 1}, 1, 1},
		{"one in between", ranker{"a": 1, "b": 2, "c": 0}, (1 + 2.0/3) / 2, 1},
		{"last", ranker{"a": 3, "b": 2, "c": 1}, (1.0/2 + 2.0/3) / 2, 0.5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := MeasureSelection(context.Background(), tt.by, ss, nil)
			if err != nil {
				t.Fatal(err)
			}
			if r.Questions != 2 || r.Ranked != 1 {
				t.Errorf("got %d questions, %d ranked, want 2, 1", r.Questions, r.Ranked)
			}
			if math.Abs(r.Selection.MAP-tt.mean) > 1e-9 || r.Selection.MRR != tt.mrr {
				t.Errorf("got %+v, want %.3f, %.3f", r.Selection, tt.mean, tt.mrr)
			}
		})
	}
	t.Run("ties do not depend on the order of the set", func(t *testing.T) {
		turned := []Selection{{ID: "1", Question: ss[0].Question, Candidates: []Candidate{ss[0].Candidates[2], ss[0].Candidates[0], ss[0].Candidates[1]}}}
		tied := ranker{"a": 1, "b": 1, "c": 1}
		got, err := MeasureSelection(context.Background(), tied, turned, nil)
		if err != nil {
			t.Fatal(err)
		}
		want, err := MeasureSelection(context.Background(), tied, ss[:1], nil)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
	if _, err := MeasureSelection(context.Background(), ranker{}, ss, nil); err == nil || !strings.HasPrefix(err.Error(), "question 1: ") {
		t.Errorf("got error %v, want the ranker's", err)
	}
	if _, err := MeasureSelection(context.Background(), ranker{}, ss[1:], nil); err == nil {
		t.Error("got no error for a set with nothing to rank")
	}
	if _, err := ReadSelection(strings.NewReader(`{"question":"who?"}`)); err == nil || err.Error() != "line 1: no candidates" {
		t.Errorf("got error %v, want line 1: no candidates", err)
	}
}
