package reader

import (
	"strings"
	"testing"

	"dateline/retrieval/encoder"
	"dateline/retrieval/encoder/encodertest"
)

func TestLoad(t *testing.T) {
	m, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if m.Outputs() != outputs {
		t.Errorf("got %d outputs, want %d", m.Outputs(), outputs)
	}
	base, err := encoder.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, weights, want string }{
		{"damaged", embedded[:len(embedded)-1] + "\xff", "weights of the reader: damaged"},
		{"of another version", embedded[:8] + "\x02" + embedded[9:], "weights of the reader: their version is 2, this program reads version 1"},
		{"cut", embedded[:1000], "weights of the reader: 1000 bytes instead of "},
		{"none", "", "weights of the reader: not a file of weights"},
		{"of the encoder", encodertest.Extension(base, 1), "weights of the reader: 1 outputs instead of 6"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := load(tt.weights); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got error %v, want one that begins with %q", err, tt.want)
			}
		})
	}
}
