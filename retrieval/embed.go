package retrieval

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"dateline/corpus"
)

// passageText is what is embedded for a passage. The table has its key, so a change
// of it raises format.
func passageText(a *corpus.Article, p corpus.Passage) string { return p.Of(a.Text) }

// Embedding says how far Embed has come.
type Embedding struct {
	// Passages is how many the index has, Done how many of them have a vector,
	// and Made how many got theirs by this Embed.
	Passages, Done, Made int
	// Took is the time since Embed began to make vectors, and Left about how
	// long the rest will take, by the length of its text; 0 before that is known.
	Took, Left time.Duration
}

// Rate is how many passages a second got a vector.
func (e Embedding) Rate() float64 {
	if e.Took <= 0 {
		return 0
	}
	return float64(e.Made) / e.Took.Seconds()
}

// EmbedOptions say how Embed goes about it.
type EmbedOptions struct {
	// Batch is how many texts the embedder is given at a time; 0 means 16: a
	// second's work for the built-in embedder on a slow processor.
	Batch int
	// AtOnce is how many batches are under way at once; 0 means as many as there
	// are processors.
	AtOnce int
}

const (
	defaultBatch = 16
	// completed is Options.OnTheSpot by default: a second's work for the built-in
	// embedder on a slow processor with vector instructions.
	completed = 100
	// candidatesEmbedded is how many passages that words found get a vector before
	// a search otherwise.
	candidatesEmbedded = 32
	// patience is how long a search waits for that, and longPatience for all that a
	// small corpus lacks, which happens once: a second or two, unless the machine
	// is busy.
	patience     = 5 * time.Second
	longPatience = 10 * time.Second
	// yielding is how long Embed waits at the most for searches to end.
	yielding = time.Second
)

// Embed makes the vectors that passages of the index lack, those of the newest
// articles first, but before these what Sync took in meanwhile. Each batch is on the disk
// before the next one: after an error, or when the process was killed, the next
// Embed goes on from there. While searches are under way it waits. Of several
// processes one makes vectors, the others wait for it.
//
// The error is the embedder's, the context's, or a WriteError. progress may be
// nil; calls come one at a time.
func (x *Index) Embed(ctx context.Context, o EmbedOptions, progress func(Embedding)) (Embedding, error) {
	if x.vectors == nil {
		return Embedding{}, nil
	}
	if progress == nil {
		progress = func(Embedding) {}
	}
	x.embedding.Lock()
	defer x.embedding.Unlock()
	run := &embedRun{x: x, o: o, progress: progress}
	for {
		more, err := run.generation(ctx)
		if err != nil || !more {
			return run.p, err
		}
	}
}

// An embedRun is one call of Embed.
type embedRun struct {
	x        *Index
	o        EmbedOptions
	progress func(Embedding)
	start    time.Time

	mu   sync.Mutex // guards what follows
	p    Embedding
	done int // bytes of text that got a vector
	left int // bytes of text without one
}

// generation makes the vectors that the current generation lacks, and reports
// whether there may be another one by now.
func (r *embedRun) generation(ctx context.Context) (more bool, err error) {
	x := r.x
	g, err := x.acquire()
	if g != nil {
		defer x.release(g)
	}
	if g == nil || err != nil {
		return false, err
	}
	missing, err := r.missing(g)
	if err != nil || len(missing) == 0 && !x.vectors.wasteful(g.table.passages) {
		return false, err
	}
	err = x.vectors.hold(ctx, func() {
		if _, err := r.missing(g); err == nil {
			r.progress(r.p)
		}
	})
	if err != nil {
		return false, err
	}
	defer x.vectors.release()
	if x.vectors.wasteful(g.table.passages) {
		if err := x.vectors.compact(g.table.passages); err != nil {
			// What is sound in the file is of use all the same.
			x.log.WarnContext(ctx, "file of vectors not replaced", "index", x.dir, "err", err)
		}
	}
	if missing, err = r.missing(g); err != nil || len(missing) == 0 {
		return false, err
	}
	if r.start.IsZero() {
		r.start = time.Now()
	}
	before := r.p.Made
	r.progress(r.p)
	err = x.make(ctx, g, x.embedOrder(g.table, missing), r.o, true, r.note)
	if err == nil && before == r.p.Made && !x.moved(g) {
		err = fmt.Errorf("vectors of %s are not there after they were made", x.dir)
	}
	return true, err
}

// note counts vectors that were made.
func (r *embedRun) note(passages, bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.p.Done += passages
	r.p.Made += passages
	r.done += bytes
	r.left -= bytes
	r.p.Took = time.Since(r.start)
	r.p.Left = time.Duration(float64(r.p.Took) * float64(max(0, r.left)) / float64(max(1, r.done)))
	r.progress(r.p)
}

// missing counts the passages that have vectors and returns the others.
func (r *embedRun) missing(g *generation) ([]int, error) {
	vs, err := g.vectors()
	if err != nil {
		return nil, err
	}
	missing := vs.missing(nil)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.p.Passages, r.p.Done = len(vs.rows), vs.n
	r.left = 0
	for _, p := range missing {
		r.left += g.table.passages[p].size()
	}
	return missing, nil
}

// missing returns the allowed passages without a vector.
func (vs *passageVectors) missing(allowed *Set) []int {
	var ps []int
	for p, row := range vs.rows {
		if row == noRow && allowed.Has(p) {
			ps = append(ps, p)
		}
	}
	return ps
}

// moved reports whether g is not the current generation any more.
func (x *Index) moved(g *generation) bool {
	name, err := readCurrent(x.dir)
	return err == nil && name != g.name
}

// A text is one to embed, and how many passages it is that of.
type text struct {
	key      key
	text     string
	passages int
}

// make makes the vectors of passages, in their order. Where it is patient it waits
// for searches, and stops when there is a newer generation. note is told of each
// batch how many passages and bytes it was, one call at a time.
func (x *Index) make(ctx context.Context, g *generation, passages []int, o EmbedOptions, patient bool, note func(passages, bytes int)) error {
	var work errgroup.Group
	work.SetLimit(cmp.Or(o.AtOnce, runtime.GOMAXPROCS(0)))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	send := func(batch []text) {
		work.Go(func() error {
			if patient {
				x.yield(ctx)
			}
			if err := context.Cause(ctx); err != nil {
				return err
			}
			if err := x.embedBatch(ctx, batch, note); err != nil {
				cancel(err)
				return err
			}
			return nil
		})
	}
	err := x.texts(ctx, g, passages, func(batch []text) bool {
		send(batch)
		return !patient || !x.moved(g)
	}, cmp.Or(o.Batch, defaultBatch))
	return cmp.Or(work.Wait(), err)
}

// texts calls yield with batches of the texts of passages, in their order and each
// text once, until it returns false.
func (x *Index) texts(ctx context.Context, g *generation, passages []int, yield func([]text) bool, size int) error {
	t := g.table
	times := make(map[key]int, len(passages))
	for _, p := range passages {
		times[t.passages[p].Key]++
	}
	var batch []text
	last := -1
	var a *corpus.Article
	for _, p := range passages {
		k := t.passages[p].Key
		n := times[k]
		if n == 0 {
			continue // was there already
		}
		delete(times, k)
		if i := t.articleOf(p); i != last {
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx)
			}
			var err error
			if a, err = g.read(i); err != nil {
				return err
			}
			last = i
		}
		batch = append(batch, text{k, passageText(a, t.passages[p].corpus()), n})
		if len(batch) == size {
			if !yield(batch) {
				return nil
			}
			batch = nil
		}
	}
	if len(batch) > 0 {
		yield(batch)
	}
	return nil
}

// embedOrder sorts passages: those of articles that came while the Index was
// open first, then those of the newest, then in order of number.
func (x *Index) embedOrder(t *table, passages []int) []int {
	x.mu.Lock()
	recent := x.recent
	x.mu.Unlock()
	type place struct {
		passage, day int
		recent       bool
	}
	places := make([]place, len(passages))
	for i, p := range passages {
		a := &t.articles[t.articleOf(p)]
		places[i] = place{p, a.Day, recent[a.ID]}
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.recent != b.recent {
			if a.recent {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.day, a.day), cmp.Compare(a.passage, b.passage))
	})
	order := make([]int, len(places))
	for i, p := range places {
		order[i] = p.passage
	}
	return order
}

// embedBatch makes the vectors of some texts and writes them, or keeps them in memory
// where they cannot be written and a search waits for them.
func (x *Index) embedBatch(ctx context.Context, batch []text, note func(passages, bytes int)) error {
	texts := make([]string, len(batch))
	for i, t := range batch {
		texts[i] = t.text
	}
	vs, err := embed(ctx, x.o.Embedder, texts)
	// What came before an error is kept, too: it may have been paid for.
	var keys []key
	var got [][]float32
	passages, bytes := 0, 0
	for i, v := range vs {
		if v != nil {
			keys = append(keys, batch[i].key)
			got = append(got, v)
			passages += batch[i].passages
			bytes += batch[i].passages * len(batch[i].text)
		}
	}
	if len(got) > 0 {
		if err := x.keep(ctx, keys, got, note == nil); err != nil {
			return err
		}
		if note != nil {
			note(passages, bytes)
		}
	}
	return err
}

// keep writes vectors. If it must not fail, those that cannot be written are kept
// in memory.
func (x *Index) keep(ctx context.Context, keys []key, vs [][]float32, must bool) error {
	err := x.vectors.hold(ctx, nil)
	if err == nil {
		err = x.vectors.add(keys, vs)
		x.vectors.release()
	}
	if err == nil || !must {
		return err
	}
	x.log.DebugContext(ctx, "vectors kept in memory", "index", x.dir, "err", err)
	x.vectors.remember(keys, vs)
	return nil
}

// yield waits until no search is under way, but not for long.
func (x *Index) yield(ctx context.Context) {
	const poll = 2 * time.Millisecond
	for waited := time.Duration(0); waited < yielding && x.searching.Load() > 0 && ctx.Err() == nil; waited += poll {
		time.Sleep(poll)
	}
}

// complete makes vectors that the allowed passages lack before a search, in a
// time for which somebody may wait: all if they are few, else those of the first
// of best, passages in order of what they promise. The rest is left to Embed.
func (x *Index) complete(ctx context.Context, g *generation, allowed *Set, best []int) error {
	vs, err := g.vectors()
	if err != nil {
		return err
	}
	lacking := allowed.Len(len(vs.rows)) - vs.embedded(allowed)
	var passages []int
	wait := patience
	if lacking <= x.o.OnTheSpot {
		passages, wait = vs.missing(allowed), longPatience
	} else {
		for _, p := range best[:min(len(best), candidatesEmbedded, x.o.OnTheSpot)] {
			if vs.rows[p] == noRow {
				passages = append(passages, p)
			}
		}
	}
	if len(passages) == 0 {
		return nil
	}
	soon, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	err = x.make(soon, g, passages, EmbedOptions{Batch: min(defaultBatch/4, (x.o.OnTheSpot+1)/2)}, false, nil)
	var damaged *DamagedError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &damaged):
		return err
	case err != nil:
		x.log.InfoContext(ctx, "not all vectors were made for a search", "index", x.dir, "err", err)
	}
	return nil
}

// embed asks an embedder and checks what it gives. With an error there may be
// vectors that came before it.
func embed(ctx context.Context, e Embedder, texts []string) ([][]float32, error) {
	vs, err := e.Embed(ctx, texts)
	if err != nil {
		err = fmt.Errorf("embedding with %s: %w", e.Model(), err)
		if len(vs) != len(texts) {
			return nil, err
		}
	}
	if len(vs) != len(texts) {
		return nil, fmt.Errorf("embedding with %s: %d vectors for %d texts", e.Model(), len(vs), len(texts))
	}
	for _, v := range vs {
		if v == nil && err != nil {
			continue
		}
		if bad := checkVector(e, v); bad != nil {
			return nil, bad
		}
	}
	return vs, err
}

// checkVector returns an error for a vector that is not as an Embedder's have to
// be.
func checkVector(e Embedder, v []float32) error {
	if len(v) != e.Dims() {
		return fmt.Errorf("embedding with %s: a vector of %d numbers instead of %d", e.Model(), len(v), e.Dims())
	}
	var sum float64
	for _, f := range v {
		sum += float64(f) * float64(f)
	}
	if sum != 0 && !isUnit(sum) {
		return fmt.Errorf("embedding with %s: a vector of length %.4g instead of 1", e.Model(), math.Sqrt(sum))
	}
	return nil
}

// isUnit reports whether a sum of squares is that of a unit vector.
func isUnit(sum float64) bool { return math.Abs(sum-1) < 1e-3 }
