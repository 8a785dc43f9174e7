package retrieval

import (
	"context"
	"os"
)

// Near returns the sources and cosines of the passages that the index finds
// nearest to a vector.
func (x *Index) Near(ctx context.Context, v []float32, f Filter, limit int) ([]VectorMatch, error) {
	g, err := x.acquire()
	if err != nil {
		return nil, err
	}
	defer x.release(g)
	allowed, _ := g.table.filter(f)
	return g.near(ctx, v, allowed, limit)
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
