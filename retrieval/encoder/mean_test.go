package encoder

import (
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write mean.bin")

// TestMean compares mean.bin with the mean of vectors of passages, the first 600
// of qed and the first 300 of squadshifts-wiki, or writes it. The sets are no part
// of this repository:
//
//	DATELINE_DATA_SETS=/path go test -run Mean ./retrieval/encoder -update
func TestMean(t *testing.T) {
	dir := os.Getenv("DATELINE_DATA_SETS")
	if dir == "" {
		t.Skip("DATELINE_DATA_SETS names no folder of evaluation data")
	}
	m := model(t)
	sum := make([]float64, m.width)
	n := 0
	for set, most := range map[string]int{"qed": 600, "squadshifts-wiki": 300} {
		f, err := os.Open(filepath.Join(dir, set, "articles.jsonl.gz"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		r, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(r)
		for range most {
			var a struct{ Text string }
			if err := d.Decode(&a); err != nil {
				t.Fatal(err)
			}
			tokens := m.Append(m.Append(nil, passagePrefix, m.positions), a.Text, m.positions-16)
			v := make([]float32, m.width)
			err = m.Forward(t.Context(), []Sequence{m.Single(tokens)}, 1, func(_ int, states []float32) { pool(v, states) })
			if err != nil {
				t.Fatal(err)
			}
			for j, x := range v {
				sum[j] += float64(x)
			}
			n++
		}
	}
	var off, length float64
	var data []byte
	for j := range sum {
		x := sum[j] / float64(n)
		data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(x)))
		off += (x - float64(mean(j))) * (x - float64(mean(j)))
		length += x * x
	}
	t.Logf("mean of %d vectors: length %.3f", n, math.Sqrt(length))
	if *update {
		if err := os.WriteFile("mean.bin", data, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if off := math.Sqrt(off); off > 1e-3 {
		t.Errorf("got a mean %.4f from that in mean.bin; -update writes it", off)
	}
}
