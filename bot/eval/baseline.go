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
	"strings"

	"dateline/bot"
)

// Figures are what the items of a set scored in one run, by the name of the
// figure, one score an item in the order of the set: 1 or 0, or a share from 0
// to 1, and always the larger the better. It is NaN for an item that the figure
// says nothing of, as how many unanswerable questions were refused does of one
// that can be answered.
type Figures map[string][]float64

// set sets the score of item i.
func (f Figures) set(name string, i int, score float64) {
	for len(f[name]) <= i {
		f[name] = append(f[name], math.NaN())
	}
	f[name][i] = score
}

// pad makes all figures n items long.
func (f Figures) pad(n int) {
	for name := range f {
		for len(f[name]) < n {
			f[name] = append(f[name], math.NaN())
		}
	}
}

// A Baseline is what one run over a set scored, kept for later runs to be held
// against.
type Baseline struct {
	// Set tells the set, as Fingerprint does.
	Set     string
	Figures Figures
	// Digests tell the answers of the items apart, see digest; nil if the set
	// asks for none.
	Digests []string
}

// baselineFile is a Baseline as JSON has it, with null for NaN.
type baselineFile struct {
	Set     string                `json:"set"`
	Figures map[string][]*float64 `json:"figures"`
	Digests []string              `json:"answers,omitempty"`
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

// digest tells an answer from others by what its reader sees of it: the first 8
// hex digits of a SHA-256 of its text, its citations and whether it is certain.
// That of a refusal is of the passages that it shows instead, after a hyphen,
// whatever reason it gives.
func digest(a bot.Answer) string {
	prefix, shown := "", a.Citations
	if !a.Answered {
		prefix, shown = "-", a.Nearest
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q%s", a.Text, a.Certainty) // a hash does not fail
	for _, c := range shown {
		fmt.Fprintf(h, " %d %q %q", c.N, c.Source, c.Quote)
	}
	return prefix + hex.EncodeToString(h.Sum(nil)[:4])
}

// WriteFile keeps a baseline, its figures rounded to thousandths, one on a line.
func (b Baseline) WriteFile(name string) error {
	data := fmt.Appendf(nil, "{\n \"set\": %q,\n \"figures\": {", b.Set)
	for i, figure := range slices.Sorted(maps.Keys(b.Figures)) {
		rounded := make([]*float64, len(b.Figures[figure]))
		for k, v := range b.Figures[figure] {
			if v = thousandths(v); !math.IsNaN(v) {
				rounded[k] = &v
			}
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
	data = append(data, "\n }"...)
	if len(b.Digests) > 0 {
		digests, err := json.Marshal(b.Digests)
		if err != nil {
			return err
		}
		data = fmt.Appendf(data, ",\n \"answers\": %s", digests)
	}
	return os.WriteFile(name, append(data, "\n}\n"...), 0o666)
}

// ReadBaseline reads what WriteFile wrote.
func ReadBaseline(name string) (Baseline, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return Baseline{}, err
	}
	var f baselineFile
	if err := json.Unmarshal(data, &f); err != nil {
		return Baseline{}, fmt.Errorf("%s: not a baseline: %w", name, err)
	}
	b := Baseline{Set: f.Set, Figures: make(Figures), Digests: f.Digests}
	for figure, values := range f.Figures {
		for i, v := range values {
			if v != nil {
				b.Figures.set(figure, i, *v)
			}
		}
		b.Figures.pad(len(values))
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
	// Up and Down count the items whose score is larger and smaller than then.
	Up   int `json:"up"`
	Down int `json:"down"`
}

// Worse reports whether a figure is lower than chance explains: in 97.5 % of
// draws of the items.
func (c Comparison) Worse() bool { return c.Difference.High < 0 }

// Answers is how many answers Digests tell apart: those of the judged
// questions.
func (b Baseline) Answers() int {
	if b.Digests == nil {
		return 0
	}
	return len(scores(b.Figures["right"]))
}

// Against compares a run with an earlier one, figure by figure in order of
// their names. Runs over different sets, or of different figures, cannot be
// compared, which is an error.
func (b Baseline) Against(earlier Baseline) ([]Comparison, error) {
	if b.Set != earlier.Set {
		return nil, fmt.Errorf("it is of set %s, the later run of set %s: save a new one", earlier.Set, b.Set)
	}
	if len(b.Figures) != len(earlier.Figures) {
		return nil, errors.New("it has other figures than the later run: save a new one")
	}
	var list []Comparison
	for _, figure := range slices.Sorted(maps.Keys(b.Figures)) {
		c := Comparison{Figure: figure}
		now, then := scores(b.Figures[figure]), scores(earlier.Figures[figure])
		if len(now) != len(then) {
			return nil, fmt.Errorf("its %s is over %d items, of the later run over %d: save a new one", figure, len(then), len(now))
		}
		for i := range now {
			switch {
			case now[i] > then[i]:
				c.Up++
			case now[i] < then[i]:
				c.Down++
			}
		}
		c.Then, c.Now, c.Difference = average(then), average(now), bootstrap(now, then)
		list = append(list, c)
	}
	return list, nil
}

// scores are those that there are, rounded as a file has them.
func scores(figure []float64) []float64 {
	var there []float64
	for _, v := range figure {
		if !math.IsNaN(v) {
			there = append(there, thousandths(v))
		}
	}
	return there
}

// A Change is an item that came out otherwise in one run than in another.
type Change struct {
	Item int `json:"item"` // its number in the set, from 1
	// Figures are those that changed, with the scores then and now.
	Figures map[string][2]float64 `json:"figures,omitempty"`
	// Answer is set if the text of the answer or its citations changed, Nearest
	// if it was and is a refusal, which shows other passages now.
	Answer  bool `json:"answer,omitempty"`
	Nearest bool `json:"nearest,omitempty"`
}

// Changes lists the items that changed since an earlier run that Against
// compares without an error, in the order of the set.
func (b Baseline) Changes(earlier Baseline) []Change {
	items := len(b.Digests)
	for _, values := range b.Figures {
		items = max(items, len(values))
	}
	var list []Change
	for i := range items {
		c := Change{Item: i + 1}
		for figure, now := range b.Figures {
			then := earlier.Figures[figure]
			if i >= len(now) || len(now) != len(then) || math.IsNaN(now[i]) || math.IsNaN(then[i]) || thousandths(now[i]) == thousandths(then[i]) {
				continue
			}
			if c.Figures == nil {
				c.Figures = make(map[string][2]float64)
			}
			c.Figures[figure] = [2]float64{then[i], now[i]}
		}
		if i < len(b.Digests) && i < len(earlier.Digests) && b.Digests[i] != earlier.Digests[i] {
			c.Nearest = strings.HasPrefix(b.Digests[i], "-") && strings.HasPrefix(earlier.Digests[i], "-")
			c.Answer = !c.Nearest
		}
		if c.Answer || c.Nearest || c.Figures != nil {
			list = append(list, c)
		}
	}
	return list
}

func average(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(1, len(values)))
}
