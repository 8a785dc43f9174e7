package eval

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
)

// Figures are what the items of a set scored in one run, by the name of the
// figure, in the order of the set: 1 or 0, or a share from 0 to 1, and always
// the larger the better. A figure is over those items that it says something
// of: how many unanswerable questions were refused is over the unanswerable.
type Figures map[string][]float64

func (f *Figures) add(name string, value float64) {
	if *f == nil {
		*f = make(Figures)
	}
	(*f)[name] = append((*f)[name], value)
}

// A Baseline is what one run over a set scored, kept for later runs to be held
// against.
type Baseline struct {
	// Set tells the set, as Fingerprint does.
	Set     string  `json:"set"`
	Figures Figures `json:"figures"`
}

// Fingerprint tells sets apart: the first 16 hex digits of the SHA-256 of their
// JSON.
func Fingerprint[T any](set []T) (string, error) {
	data, err := json.Marshal(set)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8]), nil
}

// WriteFile keeps a baseline, its figures rounded to thousandths, one on a line.
func (b Baseline) WriteFile(name string) error {
	data := fmt.Appendf(nil, "{\n \"set\": %q,\n \"figures\": {", b.Set)
	for i, figure := range slices.Sorted(maps.Keys(b.Figures)) {
		rounded := make([]float64, len(b.Figures[figure]))
		for k, v := range b.Figures[figure] {
			rounded[k] = thousandths(v)
		}
		values, err := json.Marshal(rounded)
		if err != nil {
			return err
		}
		if i > 0 {
			data = append(data, ',')
		}
		data = fmt.Appendf(data, "\n  %q: %s", figure, values)
	}
	return os.WriteFile(name, append(data, "\n }\n}\n"...), 0o666)
}

// ReadBaseline reads what WriteFile wrote.
func ReadBaseline(name string) (Baseline, error) {
	var b Baseline
	data, err := os.ReadFile(name)
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(data, &b); err != nil {
		return b, fmt.Errorf("%s: not a baseline: %w", name, err)
	}
	return b, nil
}

func thousandths(v float64) float64 { return math.Round(1000*v) / 1000 }

// A Comparison is one figure of two runs over the same set.
type Comparison struct {
	Figure string  `json:"figure"`
	Then   float64 `json:"then"`
	Now    float64 `json:"now"`
	// Difference is Now less Then, by paired bootstrap.
	Difference Difference `json:"difference"`
}

// Worse reports whether a figure is lower than chance explains: in 97.5 % of
// draws of the items.
func (c Comparison) Worse() bool { return c.Difference.High < 0 }

// Against compares a run with an earlier one, figure by figure in order of
// their names. Runs over different sets, or of different figures, cannot be
// compared, which is an error.
func (b Baseline) Against(earlier Baseline) ([]Comparison, error) {
	if b.Set != earlier.Set {
		return nil, fmt.Errorf("it is of set %s, this run of set %s: save a new one", earlier.Set, b.Set)
	}
	if len(b.Figures) != len(earlier.Figures) {
		return nil, errors.New("it has other figures than this run: save a new one")
	}
	var list []Comparison
	for _, figure := range slices.Sorted(maps.Keys(b.Figures)) {
		now, then := b.Figures[figure], earlier.Figures[figure]
		if len(now) != len(then) {
			return nil, fmt.Errorf("its %s is over %d items, of this run over %d: save a new one", figure, len(then), len(now))
		}
		rounded := make([]float64, len(now))
		for i, v := range now {
			rounded[i] = thousandths(v)
		}
		list = append(list, Comparison{figure, average(then), average(rounded), bootstrap(rounded, then)})
	}
	return list, nil
}

func average(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(1, len(values)))
}
