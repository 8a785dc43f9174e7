package perceptron

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
)

// Labels of a small language: names are 3, "runs" is 2 after a name and 1
// after "the".
const (
	noun = 1 + iota
	verb
	name
	article
)

var plain = Grammar{
	Next:      func(uint8, string, uint8) uint8 { return 0 },
	Forbidden: func(uint8) uint64 { return 0 },
	Open:      1<<noun | 1<<verb | 1<<name,
	Name:      name,
}

func examples() []Example {
	var es []Example
	for _, who := range []string{"Anna", "Boris", "Chloe", "Dmitri"} {
		for range 10 {
			es = append(es,
				example(who+" runs the runs", name, verb, article, noun),
				example("the runs tire "+who, article, noun, verb, name))
		}
	}
	return es
}

func example(text string, gold ...uint8) Example {
	var ws []Word
	for _, w := range strings.Fields(text) {
		ws = append(ws, Word{Text: w})
	}
	return Example{ws, gold}
}

func TestLearns(t *testing.T) {
	m, err := Decode(Train(examples(), plain, Options{}))
	if err != nil {
		t.Fatal(err)
	}
	e := example("Elias runs the runs", name, verb, article, noun)
	m.Label(e.Words, plain)
	var got []uint8
	for _, w := range e.Words {
		got = append(got, w.Label)
	}
	if !slices.Equal(got, e.Gold) {
		t.Errorf("labels %v, want %v", got, e.Gold)
	}
}

func TestTrainIsDeterministic(t *testing.T) {
	a, b := Train(examples(), plain, Options{}), Train(examples(), plain, Options{})
	if !bytes.Equal(a, b) {
		t.Errorf("two runs differ: %d and %d bytes", len(a), len(b))
	}
}

func TestGivenLabelStands(t *testing.T) {
	m, err := Decode(Train(examples(), plain, Options{}))
	if err != nil {
		t.Fatal(err)
	}
	ws := []Word{{Text: "Anna", Label: 7}, {Text: "runs"}}
	m.Label(ws, plain)
	if got, want := ws[0].Label, uint8(7); got != want {
		t.Errorf("label %d, want %d", got, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := Train(examples(), plain, Options{})
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"nothing", nil, "not a model file"},
		{"another file", []byte("hello, here is some text"), "not a model file"},
		{"a flipped bit", flipped, "checksum"},
		{"half of it", good[:len(good)/2], "checksum"},
		{"no rows", sealed(good[8 : len(good)-9]), "cut short"},
		{"a head only", sealed([]byte{1, 1, 1}), "cut short"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode(c.data)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// sealed is a model file of this body, whatever it holds.
func sealed(body []byte) []byte {
	return slices.Concat([]byte(magic), binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)), body)
}

func FuzzDecode(f *testing.F) {
	f.Add(Train(examples(), plain, Options{})[8:])
	f.Add([]byte{0, 0, 0})
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := Decode(sealed(body))
		if err != nil {
			return
		}
		e := example("Anna runs the 3 Runs")
		m.Label(e.Words, plain)
		for _, w := range e.Words {
			if w.Label == 0 || w.Label >= MaxLabels {
				t.Fatalf("%s has label %d", w.Text, w.Label)
			}
		}
	})
}
