package encoder_test

import (
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"testing"

	"dateline/retrieval/encoder"
	"dateline/retrieval/encoder/encodertest"
)

func load(t *testing.T) *encoder.Model {
	t.Helper()
	m, err := encoder.Load()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestExtend(t *testing.T) {
	base := load(t)
	weights := encodertest.Extension(base, 3)
	m, err := encoder.Extend(base, weights)
	if err != nil {
		t.Fatal(err)
	}
	if a := m.About(); !strings.HasPrefix(a.Model, "made-up-") || a.Layers != 1 || a.Bytes != int64(len(weights)) {
		t.Errorf("got %+v, want what the header says", a)
	}
	if base.Outputs() != 0 || m.Outputs() != 3 {
		t.Errorf("got %d and %d outputs, want none of the base and 3 of what extends it", base.Outputs(), m.Outputs())
	}
	first, second := m.Append(nil, "Who opened it?", 20), m.Append(nil, "The mayor did.", 20)
	sequence := m.Pair(first, second)
	if want := base.Pair(base.Append(nil, "Who opened it?", 20), base.Append(nil, "The mayor did.", 20)); !slices.Equal(sequence.IDs, want.IDs) {
		t.Errorf("got tokens %v, want the base's, %v", sequence.IDs, want.IDs)
	}
	seen := 0
	err = m.Forward(t.Context(), []encoder.Sequence{sequence}, 1, func(_ int, states []float32) {
		for ; len(states) > 0; states = states[m.Width():] {
			if m.Output(0, states[:m.Width()]) == m.Output(2, states[:m.Width()]) {
				t.Errorf("token %d: got the same of two outputs", seen)
			}
			seen++
		}
	})
	if err != nil || seen != len(sequence.IDs) {
		t.Errorf("got %d states, error %v; want %d", seen, err, len(sequence.IDs))
	}
}

// An output is the dot product of its row with the state, and its bias.
func TestOutput(t *testing.T) {
	base := load(t)
	m, err := encoder.Extend(base, encodertest.Extension(base, 2))
	if err != nil {
		t.Fatal(err)
	}
	zero := make([]float32, m.Width())
	one := make([]float32, m.Width())
	one[7] = 1
	two := make([]float32, m.Width())
	two[7] = 2
	for i := range m.Outputs() {
		bias, a, b := m.Output(i, zero), m.Output(i, one), m.Output(i, two)
		if d := (b - bias) - 2*(a-bias); a == bias || d > 1e-6 || d < -1e-6 {
			t.Errorf("output %d: got %v, %v and %v for a state, once and twice", i, bias, a, b)
		}
	}
}

func TestExtendDamaged(t *testing.T) {
	base := load(t)
	sound := encodertest.Extension(base, 3)
	// edit changes the header and sets the checksum anew.
	edit := func(old, new string) string {
		if len(old) != len(new) || !strings.Contains(sound, old) {
			t.Fatalf("cannot put %q in the place of %q", new, old)
		}
		w := []byte(strings.Replace(sound, old, new, 1))
		binary.LittleEndian.PutUint32(w[24:], crc32.ChecksumIEEE(w[32:]))
		return string(w)
	}
	change := func(at int) string {
		w := []byte(sound)
		w[at] ^= 1
		return string(w)
	}
	for _, c := range []struct{ name, weights, want string }{
		{"empty", "", "not a file of weights"},
		{"another version", change(8), "their version is 0, this program reads version 1"},
		{"one bit of a weight", change(len(sound) / 2), "the checksum differs"},
		{"cut short", sound[:len(sound)/2], "bytes instead of"},
		{"another base", edit(`"base":"e5`, `"base":"e6`), `they extend "e6-small-v2-`},
		{"no base", edit(`"base"`, `"bass"`), `they extend "", this program has "e5-small-v2-`},
		{"states of another width", edit(`"width":384`, `"width":192`), "header: states of 192 numbers"},
		{"a head of another width", edit(`"shape":[3,384]`, `"shape":[3,383]`), "tensor head.weights: float32 [3 383] instead of 1152 float32"},
		{"outputs below none", edit(`"shape":[3]`, `"shape":[0]`), "tensor head.bias: [0]"},
		{"no positions", edit(`"positions"`, `"potitions"`), "sizes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := encoder.Extend(base, c.weights)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
	if _, err := encoder.Read(sound); err == nil || !strings.Contains(err.Error(), "of no use without it") {
		t.Errorf("got error %v of an extension by itself, want one that says what it extends", err)
	}
}
