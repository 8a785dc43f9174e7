package retrieval

import "context"

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
