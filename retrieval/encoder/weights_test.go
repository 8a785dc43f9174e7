package encoder

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"
)

func TestReadDamaged(t *testing.T) {
	change := func(at int, b byte) string {
		w := []byte(embedded)
		w[at] ^= b
		return string(w)
	}
	// edit changes the header and sets the checksum anew.
	edit := func(old, new string) string {
		w := []byte(strings.Replace(embedded, old, new, 1))
		binary.LittleEndian.PutUint32(w[24:], crc32.ChecksumIEEE(w[preamble:]))
		return string(w)
	}
	for _, c := range []struct{ name, weights, want string }{
		{"empty", "", "not a file of weights"},
		{"another file", strings.Repeat("x", 100), "not a file of weights"},
		{"only a magic", magic, "not a file of weights"},
		{"another version", change(8, 2), "their version is 3, this program reads version 1"},
		{"cut short", embedded[:len(embedded)/2], fmt.Sprintf("%d bytes instead of %d", len(embedded)/2, len(embedded))},
		{"one bit of a weight", change(len(embedded)/2, 1), "the checksum differs"},
		{"one bit of the header", change(preamble+100, 1), "the checksum differs"},
		{"no header", edit(`{`, `x`), "header: invalid character"},
		{"sizes that do not fit", edit(`"heads": 12`, `"heads": 99`), "sizes [12 384 99 1536 512 30522]"},
		{"a tensor that lacks", edit(`"words"`, `"wards"`), "tensor words:"},
		{"a tensor of another type", edit(`"int8"`, `"int4"`), "tensor words: int4 [30522 384] instead of 11720448 int8"},
		{"a tensor outside", edit(`"offset": 231552`, `"offset": -31552`), "tensor words: outside of the file"},
		{"a vocabulary of another length", edit(`"vocabulary": 30522`, `"vocabulary": 30521`), "instead of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(c.weights)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for b.Loop() {
		if _, err := Read(embedded); err != nil {
			b.Fatal(err)
		}
	}
}

// The embedder that loads weights later is the one that has loaded them.
func TestBuiltIn(t *testing.T) {
	late, err := BuiltIn(1)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if now := NewEmbedder(m, 1); late.Model() != now.Model() || late.Dims() != now.Dims() {
		t.Errorf("got %s with %d numbers, want %s with %d", late.Model(), late.Dims(), now.Model(), now.Dims())
	}
	late.load = func() (*Model, error) { return Read(embedded[:len(embedded)-1] + "x") }
	if _, err := late.EmbedQuery(t.Context(), "Who?"); err == nil || !strings.Contains(err.Error(), "the checksum differs") {
		t.Errorf("got error %v of damaged weights, want one that says so", err)
	}
}
