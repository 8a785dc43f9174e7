package retrieval

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"dateline/retrieval/simd"
)

// passageVectors are the vectors that the passages of a generation had at a
// time.
type passageVectors struct {
	*view
	rows []int32 // of each passage; noRow without a vector
	n    int     // passages that have one
}

// vectors returns the vectors that there are now.
func (g *generation) vectors() (*passageVectors, error) {
	g.rowsLock.Lock()
	defer g.rowsLock.Unlock()
	now, err := g.vectorFile.rows(g.table.passages, g.rows)
	if err == nil {
		g.rows = now
	}
	return now, err
}

// cover counts which of the allowed passages have a vector now, and the articles
// of the others.
func (g *generation) cover(c *Coverage, allowed *Set) error {
	vs, err := g.vectors()
	if err != nil {
		return err
	}
	c.Embedded, c.WordsAlone = vs.embedded(allowed), 0
	if c.Embedded == c.Passages {
		return nil
	}
	for _, a := range g.table.articles {
		of := vs.rows[a.First : a.First+a.Passages]
		if allowed.Has(a.First) && slices.Contains(of, noRow) {
			c.WordsAlone++
		}
	}
	return nil
}

// embedded is how many of the allowed passages have a vector.
func (vs *passageVectors) embedded(allowed *Set) int {
	if allowed == nil {
		return vs.n
	}
	n := 0
	for p, row := range vs.rows {
		if row != noRow && allowed.Has(p) {
			n++
		}
	}
	return n
}

// cosines returns how near some passages are to v, which is of unit length or
// zero: NaN for one that has no vector.
func (vs *passageVectors) cosines(v []float32, passages []int) ([]float64, error) {
	if err := vs.comparable(v); err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(vs)
	cosines := make([]float64, len(passages))
	for i, p := range passages {
		row := vs.rows[p]
		if row == noRow {
			cosines[i] = math.NaN()
			continue
		}
		numbers, factor := vs.at(row)
		var dot float64
		for j, b := range numbers {
			dot += float64(int8(b)) * float64(v[j])
		}
		cosines[i] = dot * float64(factor)
	}
	return cosines, nil
}

func (vs *passageVectors) comparable(v []float32) error {
	if len(v) != vs.dims {
		return fmt.Errorf("vector has %d numbers, those in the index %d", len(v), vs.dims)
	}
	return nil
}

// scanned is how many passages more than are wanted the scan chooses.
const scanned = 256

// near returns the allowed passages whose vectors have the highest cosines with
// v, limit of them at the most, highest first and ties in order of number. Bytes
// are compared with bytes first; the engine compares the best of those exactly.
// What has no vector is not found.
func (vs *passageVectors) near(ctx context.Context, engine Vectors, v []float32, allowed *Set, limit int) ([]VectorMatch, error) {
	if err := vs.comparable(v); err != nil || limit <= 0 {
		return nil, err
	}
	best, err := vs.scan(ctx, v, allowed, limit+scanned)
	if err != nil || len(best) == 0 {
		return nil, err
	}
	slices.Sort(best) // ties are in order of number
	flat := make([]float32, 0, len(best)*vs.dims)
	for _, p := range best {
		flat = vs.vector(flat, vs.rows[p])
	}
	index, err := engine.Fill(ctx, vs.dims, flat)
	if err != nil {
		return nil, err
	}
	ms, err := index.Nearest(ctx, v, nil, limit)
	for i := range ms {
		ms[i].Passage = best[ms[i].Passage]
	}
	return ms, err
}

// scanBlock is how many passages are compared between two looks at the context.
const scanBlock = 4096

// scan returns the allowed passages that are nearest to a vector as far as bytes
// can tell, in no order.
func (vs *passageVectors) scan(ctx context.Context, query []float32, allowed *Set, limit int) ([]int, error) {
	// The query becomes bytes as the passages did. Its factor is the same for all.
	record := quantize(nil, key{}, query)
	q := make([]int8, vs.dims)
	for i := range q {
		q[i] = int8(record[vectorAt+i])
	}
	blocks := make(chan int)
	var mu sync.Mutex
	var best []roughMatch
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), 1+len(vs.rows)/scanBlock) {
		wg.Go(func() {
			s := scanner{vectors: vs, query: q, limit: limit, least: float32(math.Inf(-1))}
			for from := range blocks {
				s.block(from, min(from+scanBlock, len(vs.rows)), allowed)
			}
			mu.Lock()
			defer mu.Unlock()
			best = append(best, s.best...)
		})
	}
	for from := 0; from < len(vs.rows) && ctx.Err() == nil; from += scanBlock {
		blocks <- from
	}
	close(blocks)
	wg.Wait()
	runtime.KeepAlive(vs)
	best = nearest(best, limit)
	passages := make([]int, len(best))
	for i, m := range best {
		passages[i] = int(m.passage)
	}
	return passages, ctx.Err()
}

// A roughMatch is one by bytes alone.
type roughMatch struct {
	passage int32
	cosine  float32 // times the query's factor
}

// nearest leaves the best limit of some matches.
func nearest(ms []roughMatch, limit int) []roughMatch {
	if len(ms) <= limit {
		return ms
	}
	slices.SortFunc(ms, func(a, b roughMatch) int {
		return cmp.Or(cmp.Compare(b.cosine, a.cosine), cmp.Compare(a.passage, b.passage))
	})
	return ms[:limit]
}

// A scanner is one goroutine's part in a scan.
type scanner struct {
	vectors *passageVectors
	query   []int8
	limit   int
	best    []roughMatch
	least   float32 // a cosine that does not reach it is none of the best

	passages, rows, dots []int32 // of a block
}

// block compares the allowed passages from one to another.
func (s *scanner) block(from, to int, allowed *Set) {
	s.passages, s.rows = s.passages[:0], s.rows[:0]
	var unkept []int32 // passages
	for p := from; p < to; p++ {
		switch row := s.vectors.rows[p]; {
		case row == noRow || !allowed.Has(p):
		case row < 0:
			unkept = append(unkept, int32(p))
		default:
			s.passages = append(s.passages, int32(p))
			s.rows = append(s.rows, row)
		}
	}
	s.compare(s.vectors.records)
	s.passages, s.rows = append(s.passages[:0], unkept...), s.rows[:0]
	for _, p := range unkept {
		s.rows = append(s.rows, unkeptRow-s.vectors.rows[p])
	}
	s.compare(s.vectors.unkept)
}

// compare compares passages whose records in data are those of rows.
func (s *scanner) compare(data []byte) {
	if len(s.rows) == 0 {
		return
	}
	size := recordSize(s.vectors.dims)
	s.dots = slices.Grow(s.dots[:0], len(s.rows))[:len(s.rows)]
	simd.Dots(s.dots, s.query, data[vectorAt:], size, s.rows)
	for i, row := range s.rows {
		factor := factorOf(data[int(row)*size:])
		cosine := factor * float32(s.dots[i])
		if factor == 0 || cosine < s.least {
			continue
		}
		if s.best = append(s.best, roughMatch{s.passages[i], cosine}); len(s.best) >= 4*s.limit {
			s.best = nearest(s.best, s.limit)
			s.least = s.best[s.limit-1].cosine
		}
	}
}
