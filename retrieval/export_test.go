package retrieval

import (
	"context"
	"os"
	"strconv"
)

// Near returns the sources and cosines of the passages that the index finds
// nearest to a vector.
func (x *Index) Near(ctx context.Context, v []float32, f Filter, limit int) ([]VectorMatch, error) {
	g, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer x.release(g)
	vs, err := g.vectors()
	if err != nil {
		return nil, err
	}
	allowed, _ := g.table.filter(f)
	return vs.near(ctx, g.engine, v, allowed, limit)
}

// Vectors returns the vectors that the passages have, one after the other, zeros
// for one that has none.
func (x *Index) Vectors() ([]float32, error) {
	g, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer x.release(g)
	vs, err := g.vectors()
	if err != nil {
		return nil, err
	}
	var flat []float32
	for _, row := range vs.rows {
		if row == noRow {
			flat = append(flat, make([]float32, vs.dims)...)
			continue
		}
		flat = vs.vector(flat, row)
	}
	return flat, nil
}

// Allowed returns the passages that pass a filter.
func (x *Index) Allowed(f Filter) (*Set, error) {
	g, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer x.release(g)
	allowed, _ := g.table.filter(f)
	return allowed, nil
}

// MakeOld makes the current generation look as those of format 1 did: with a
// file of vectors and without keys.
func (x *Index) MakeOld() error {
	g, err := x.acquire()
	if err != nil {
		return err
	}
	defer x.release(g)
	data := g.table.encode()
	const with, without = 20 + len(key{}), 20
	n := len(g.table.passages)
	old := data[: len(data)-with*n : len(data)-with*n]
	for i := range n {
		old = append(old, data[len(old)-without*i+with*i:][:without]...)
	}
	if err := os.WriteFile(g.path(tableFile), old, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(g.path(vectorsFile), make([]byte, 64*n), 0o644); err != nil {
		return err
	}
	if err := os.Remove(g.path(manifestFile)); err != nil {
		return err
	}
	m := g.manifest
	m.Format, m.Files = 1, nil
	name, err := seal(g.dir, m, func(string) {})
	if err != nil {
		return err
	}
	return makeCurrent(x.dir, g.dir, name, func(string) {})
}

// A VectorBench is a generation that has nothing but vectors.
type VectorBench struct{ g *generation }

// WriteVectors writes a file of n vectors into dir.
func WriteVectors(dir string, n, dims int, vector func(i int) []float32) error {
	f := newVectorFile(dir, "bench", dims)
	if err := f.hold(context.Background(), nil); err != nil {
		return err
	}
	defer f.release()
	const batch = 10_000
	for from := 0; from < n; from += batch {
		var keys []key
		var vs [][]float32
		for i := from; i < min(n, from+batch); i++ {
			keys = append(keys, keyOf(strconv.Itoa(i)))
			vs = append(vs, vector(i))
		}
		if err := f.add(keys, vs); err != nil {
			return err
		}
	}
	return nil
}

// OpenVectors opens what WriteVectors wrote.
func OpenVectors(dir string, n, dims int, engine Vectors) (*VectorBench, error) {
	t := &table{passages: make([]passage, n)}
	for i := range t.passages {
		t.passages[i].Key = keyOf(strconv.Itoa(i))
	}
	return &VectorBench{&generation{table: t, vectorFile: newVectorFile(dir, "bench", dims), engine: engine}}, nil
}

// Refresh has the vectors mapped and checked.
func (b *VectorBench) Refresh() (int, error) {
	vs, err := b.g.vectors()
	if err != nil {
		return 0, err
	}
	return vs.n, nil
}

// Near is passageVectors.near.
func (b *VectorBench) Near(ctx context.Context, v []float32, allowed *Set, limit int) ([]VectorMatch, error) {
	vs, err := b.g.vectors()
	if err != nil {
		return nil, err
	}
	return vs.near(ctx, b.g.engine, v, allowed, limit)
}
