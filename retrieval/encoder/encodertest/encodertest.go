// Package encodertest makes small weights for tests.
package encodertest

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"math/rand/v2"

	"dateline/retrieval/encoder"
)

// Extension returns weights that extend base, see encoder.Extend: one narrow
// layer of random numbers, always the same ones, and a head of as many outputs.
// What they make of a text means nothing.
func Extension(base *encoder.Model, outputs int) string {
	const inner = 16
	d := base.Width()
	f := file{random: rand.New(rand.NewPCG(1, 2))}
	f.floats("positions", base.MaxTokens(), d)
	f.floats("types", 2, d)
	f.norm("norm", d)
	f.linear("layer.0.attention", d, 3*d)
	f.linear("layer.0.attended", d, d)
	f.norm("layer.0.attended.norm", d)
	f.linear("layer.0.expand", d, inner)
	f.linear("layer.0.contract", inner, d)
	f.norm("layer.0.contract.norm", d)
	f.floats("head.weights", outputs, d)
	f.floats("head.bias", outputs)
	return f.encode(map[string]any{
		"model": "made-up", "source": "encodertest", "license": "MIT", "base": base.About().Model,
		"layers": 1, "width": d, "heads": 12, "inner": inner, "positions": base.MaxTokens(), "epsilon": 1e-12,
	})
}

type tensor struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Shape  []int  `json:"shape"`
	Offset int    `json:"offset"`
}

type file struct {
	random  *rand.Rand
	tensors []tensor
	data    []byte
}

// add begins a tensor, for its elements to be appended to data.
func (f *file) add(name, kind string, shape []int) (elements int) {
	f.data = append(f.data, make([]byte, -len(f.data)&63)...)
	f.tensors = append(f.tensors, tensor{name, kind, shape, len(f.data)})
	elements = 1
	for _, n := range shape {
		elements *= n
	}
	return elements
}

func (f *file) floats(name string, shape ...int) {
	for range f.add(name, "float32", shape) {
		f.data, _ = binary.Append(f.data, binary.LittleEndian, f.random.Float32()/10)
	}
}

func (f *file) norm(name string, d int) {
	f.floats(name+".gain", d)
	f.floats(name+".bias", d)
}

func (f *file) linear(name string, in, out int) {
	for range f.add(name+".weights", "int8", []int{out, in}) {
		f.data = append(f.data, byte(f.random.IntN(127)-63))
	}
	f.floats(name+".scales", out)
	f.floats(name+".bias", out)
}

// encode writes the file as package encoder describes it.
func (f *file) encode(header map[string]any) string {
	header["tensors"] = f.tensors
	h, err := json.Marshal(header)
	if err != nil {
		panic(err) // there is nothing in it that has no form
	}
	h = append(h, bytes.Repeat([]byte{' '}, -(len(h)+32)&63)...)
	body := append(h, f.data...)
	w := append([]byte("dlweight"), 1, 0, 0, 0)
	w = binary.LittleEndian.AppendUint32(w, uint32(len(h)))
	w = binary.LittleEndian.AppendUint64(w, uint64(32+len(body)))
	w = binary.LittleEndian.AppendUint32(w, crc32.ChecksumIEEE(body))
	w = append(w, 0, 0, 0, 0)
	return string(append(w, body...))
}
