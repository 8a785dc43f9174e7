package encoder

import (
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"strings"
	"sync"
	"unsafe"

	"dateline/retrieval/simd"
)

//go:embed weights.bin
var embedded string

// Load returns the model that is part of the program. All callers share one.
// An error says what is wrong with the weights.
var Load = sync.OnceValues(func() (*Model, error) { return Read(embedded) })

// A file of weights begins with a preamble, all numbers little-endian:
//
//	0   8 bytes  magic
//	8   uint32   version
//	12  uint32   length of the header
//	16  uint64   length of the file
//	24  uint32   CRC-32 (IEEE) of all that follows the preamble
//	28  4 zeros
//
// The header is JSON. It names the tensors and where they are, counted from the
// header's end; each begins at a multiple of 64 bytes.
const (
	magic         = "dlweight"
	weightVersion = 1
	preamble      = 32
)

// A header describes weights.
type header struct {
	Model      string   `json:"model"`
	Base       string   `json:"base"` // name of the model that it extends
	Source     string   `json:"source"`
	License    string   `json:"license"`
	Layers     int      `json:"layers"`
	Width      int      `json:"width"` // numbers of a hidden state
	Heads      int      `json:"heads"` // of attention
	Inner      int      `json:"inner"` // numbers between the two halves of a feed-forward layer
	Positions  int      `json:"positions"`
	Vocabulary int      `json:"vocabulary"`
	Epsilon    float32  `json:"epsilon"`
	Tensors    []tensor `json:"tensors"`

	bytes int64 // of the file
}

func (h header) about() About { return About{h.Model, h.Source, h.License, h.Layers, h.bytes} }

type tensor struct {
	Name   string `json:"name"`
	Type   string `json:"type"` // as NumPy names it
	Shape  []int  `json:"shape"`
	Offset int    `json:"offset"`
}

func (t tensor) elements() int {
	n := 1
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// Read returns the model of a file of weights, which train writes. The model
// keeps weights.
func Read(weights string) (*Model, error) {
	m, err := read(weights, nil)
	if err != nil {
		return nil, fmt.Errorf("weights of the encoder: %w", err)
	}
	return m, nil
}

// Extend returns the model of a file of weights that was trained further from
// base, with its words left as they were: the file has all but those and the
// vocabulary, and names base in its header. The model keeps weights, and shares
// the tokenizer with base.
func Extend(base *Model, weights string) (*Model, error) { return read(weights, base) }

func read(weights string, base *Model) (*Model, error) {
	if err := checkPreamble(weights); err != nil {
		return nil, err
	}
	if crc32.ChecksumIEEE(bytesOf(weights[preamble:])) != checksum(weights) {
		return nil, errors.New("damaged: the checksum differs")
	}
	h, data, err := readHeader(weights)
	if err != nil {
		return nil, err
	}
	switch {
	case base == nil && h.Base != "":
		return nil, fmt.Errorf("they extend %s, and are of no use without it", h.Base)
	case base != nil && h.Base != base.about.Model:
		return nil, fmt.Errorf("they extend %q, this program has %q", h.Base, base.about.Model)
	}
	return newModel(h, newTensors(h, data), base)
}

func checkPreamble(weights string) error {
	if len(weights) < preamble || weights[:len(magic)] != magic {
		return errors.New("not a file of weights")
	}
	p := []byte(weights[:preamble])
	if v := binary.LittleEndian.Uint32(p[8:]); v != weightVersion {
		return fmt.Errorf("their version is %d, this program reads version %d", v, weightVersion)
	}
	if n := binary.LittleEndian.Uint64(p[16:]); n != uint64(len(weights)) {
		return fmt.Errorf("%d bytes instead of %d", len(weights), n)
	}
	return nil
}

// checksum is the one in the preamble.
func checksum(weights string) uint32 {
	return binary.LittleEndian.Uint32([]byte(weights[24:preamble]))
}

// readHeader returns the header of a file whose preamble was checked, and what
// follows it.
func readHeader(weights string) (h header, data string, err error) {
	body := weights[preamble:]
	n := int(binary.LittleEndian.Uint32([]byte(weights[12:preamble])))
	if n > len(body) {
		return h, "", errors.New("the header is longer than the file")
	}
	if err := json.Unmarshal([]byte(body[:n]), &h); err != nil {
		return h, "", fmt.Errorf("header: %w", err)
	}
	// Other weights make other vectors, so they have another name.
	h.Model = fmt.Sprintf("%s-%08x", h.Model, checksum(weights))
	h.bytes = int64(len(weights))
	return h, body[n:], nil
}

// tensors hands out tensors and keeps the first error.
type tensors struct {
	data   string
	byName map[string]tensor
	err    error
}

func newTensors(h header, data string) *tensors {
	ts := &tensors{data: data, byName: make(map[string]tensor, len(h.Tensors))}
	for _, t := range h.Tensors {
		ts.byName[t.Name] = t
	}
	return ts
}

// elements is how many elements a tensor has; 0 if there is none of the name.
func (ts *tensors) elements(name string) int {
	t, ok := ts.byName[name]
	if !ok {
		return 0
	}
	n := t.elements()
	if ts.err == nil && (n <= 0 || n > maxSize) {
		ts.err = fmt.Errorf("tensor %s: %v", name, t.Shape)
	}
	return n
}

// raw returns a tensor that has n elements of the type.
func (ts *tensors) raw(name, kind string, size, n int) string {
	t := ts.byName[name]
	switch {
	case ts.err != nil:
	case t.Type != kind || t.elements() != n:
		ts.err = fmt.Errorf("tensor %s: %s %v instead of %d %s", name, t.Type, t.Shape, n, kind)
	case t.Offset < 0 || t.Offset > len(ts.data)-n*size:
		ts.err = fmt.Errorf("tensor %s: outside of the file", name)
	default:
		return ts.data[t.Offset : t.Offset+n*size]
	}
	return ""
}

// integers returns a tensor of n int8, which stays where it is.
func (ts *tensors) integers(name string, n int) []int8 {
	raw := ts.raw(name, "int8", 1, n)
	return unsafe.Slice((*int8)(unsafe.Pointer(unsafe.StringData(raw))), len(raw))
}

// floats returns a copy of a tensor of n float32.
func (ts *tensors) floats(name string, n int) []float32 {
	raw := ts.raw(name, "float32", 4, n)
	fs := make([]float32, len(raw)/4)
	for i := 0; i < len(raw); i += 4 {
		fs[i/4] = math.Float32frombits(binary.LittleEndian.Uint32(bytesOf(raw[i : i+4])))
	}
	return fs
}

// linear returns a linear layer.
func (ts *tensors) linear(name string, in, out int) *simd.Linear {
	weights := ts.integers(name+".weights", in*out)
	scales, bias := ts.floats(name+".scales", out), ts.floats(name+".bias", out)
	if ts.err != nil {
		return nil
	}
	l, err := simd.NewLinear(in, out, weights, scales, bias)
	if err != nil {
		ts.err = fmt.Errorf("%s: %w", name, err)
	}
	return l
}

// layerNorm returns a layer norm.
func (ts *tensors) layerNorm(name string, width int) layerNorm {
	return layerNorm{ts.floats(name+".gain", width), ts.floats(name+".bias", width)}
}

// vocabulary returns the entries of the vocabulary, one a line.
func (ts *tensors) vocabulary(entries int) string {
	raw := ts.raw("vocabulary", "uint8", 1, ts.byName["vocabulary"].elements())
	if n := strings.Count(raw, "\n") + 1; ts.err == nil && n != entries {
		ts.err = fmt.Errorf("%d entries in the vocabulary instead of %d", n, entries)
	}
	return raw
}

// bytesOf returns the bytes of s, which must not be changed.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
