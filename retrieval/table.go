package retrieval

import (
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"time"

	"dateline/corpus"
)

// A table is what an index keeps in memory of its articles: enough to filter
// them, to tell new from old, and to find their text in the file "articles".
type table struct {
	files    []file
	articles []article // in order of id
	passages []passage // in order of article, then of offset
	bySource []int     // articles in order of source
}

// A file is one that was synced.
type file struct {
	Name, Root, Stamp string
	// Problems are what could not be read of it, kept to be told again while
	// the file stays as it is.
	Problems []problem
}

type problem struct{ Name, Err string }

func compareFiles(a, b file) int {
	return cmp.Or(cmp.Compare(a.Root, b.Root), cmp.Compare(a.Name, b.Name))
}

type article struct {
	ID, Source, Publisher string
	Hash                  string
	File                  int // number of its file
	Day                   int // it was published, since 1970; unknownDay
	Offset                int64
	Text, Meta            int // bytes at Offset, text first
	Sum                   uint32
	First, Passages       int // its passages
	Title, Lede           int // terms in its title and its first sentences
}

const unknownDay = math.MinInt32

// A passage is one stretch of an article, with its length in terms and the key
// of what is embedded for it.
type passage struct {
	Start, End, First, Last, Terms uint32
	Key                            key
}

// size is its length in bytes.
func (p passage) size() int { return int(p.End - p.Start) }

func (p passage) corpus() corpus.Passage {
	return corpus.Passage{Span: corpus.Span{Start: int(p.Start), End: int(p.End)}, First: int(p.First), Last: int(p.Last)}
}

func dayOf(a *corpus.Article) int {
	if t, ok := a.Date(); ok {
		return int(t.Unix() / 86400)
	}
	return unknownDay
}

func dateOf(day int) string { return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly) }

// find returns the number of an article, -1 if there is none.
func (t *table) find(id string) int {
	i, ok := slices.BinarySearchFunc(t.articles, id, func(a article, id string) int { return cmp.Compare(a.ID, id) })
	if !ok {
		return -1
	}
	return i
}

// articleOf returns the number of the article that passage p is of.
func (t *table) articleOf(p int) int {
	i, _ := slices.BinarySearchFunc(t.articles, p+1, func(a article, p int) int { return cmp.Compare(a.First, p) })
	// Articles without passages share First with the next one, which has p.
	return i - 1
}

// index fills in what follows from the rest.
func (t *table) index() {
	t.bySource = make([]int, len(t.articles))
	for i := range t.bySource {
		t.bySource[i] = i
	}
	slices.SortFunc(t.bySource, func(a, b int) int {
		return cmp.Or(cmp.Compare(t.articles[a].Source, t.articles[b].Source), cmp.Compare(a, b))
	})
}

// The file "table": counts and strings in the order of the structs above, as
// variable-length integers and length-prefixed bytes; passages as five 32-bit
// numbers each, little-endian, and their keys, which those of format 1 lack.

func (t *table) encode() []byte {
	var e encoder
	e.int(len(t.files))
	for _, f := range t.files {
		e.string(f.Name)
		e.string(f.Root)
		e.string(f.Stamp)
		e.int(len(f.Problems))
		for _, p := range f.Problems {
			e.string(p.Name)
			e.string(p.Err)
		}
	}
	e.int(len(t.articles))
	for _, a := range t.articles {
		e.string(a.ID)
		e.string(a.Source)
		e.string(a.Publisher)
		e.string(a.Hash)
		for _, n := range [...]int{a.File, a.Day - unknownDay, int(a.Offset), a.Text, a.Meta, int(a.Sum), a.Passages, a.Title, a.Lede} {
			e.int(n)
		}
	}
	e.int(len(t.passages))
	for _, p := range t.passages {
		for _, n := range [...]uint32{p.Start, p.End, p.First, p.Last, p.Terms} {
			e.buf = binary.LittleEndian.AppendUint32(e.buf, n)
		}
		e.buf = append(e.buf, p.Key[:]...)
	}
	return e.buf
}

func decodeTable(data []byte, format int) (*table, error) {
	d := decoder{text: string(data)}
	size := 20 + len(key{})
	if format == 1 {
		size = 20
	}
	t := new(table)
	t.files = make([]file, d.count(4))
	for i := range t.files {
		f := &t.files[i]
		f.Name, f.Root, f.Stamp = d.string(), d.string(), d.string()
		if n := d.count(2); n > 0 {
			f.Problems = make([]problem, n)
			for i := range f.Problems {
				f.Problems[i] = problem{d.string(), d.string()}
			}
		}
	}
	t.articles = make([]article, d.count(13))
	first := 0
	for i := range t.articles {
		a := &t.articles[i]
		a.ID, a.Source, a.Publisher, a.Hash = d.string(), d.string(), d.string(), d.string()
		a.File, a.Day, a.Offset = d.int(), d.int()+unknownDay, int64(d.int())
		a.Text, a.Meta, a.Sum, a.Passages, a.Title = d.int(), d.int(), uint32(d.int()), d.int(), d.int()
		a.Lede = d.int()
		a.First = first
		first += a.Passages
		if a.File >= len(t.files) || first < 0 {
			return nil, errTable
		}
		if i > 0 && t.articles[i-1].ID >= a.ID {
			return nil, errTable
		}
	}
	n := d.count(size)
	if d.failed || n != first || len(d.text) != size*n {
		return nil, errTable
	}
	t.passages = make([]passage, n)
	rest := data[len(data)-size*n:]
	for i := range t.passages {
		one := rest[size*i : size*(i+1)]
		var v [5]uint32
		for j := range v {
			v[j] = binary.LittleEndian.Uint32(one[4*j:])
		}
		p := passage{Start: v[0], End: v[1], First: v[2], Last: v[3], Terms: v[4]}
		copy(p.Key[:], one[20:])
		t.passages[i] = p
	}
	for _, a := range t.articles {
		for _, p := range t.passages[a.First : a.First+a.Passages] {
			if !p.corpus().Within(a.Text) {
				return nil, errTable
			}
		}
	}
	t.index()
	return t, nil
}

var errTable = errors.New("not a table of articles")

type encoder struct{ buf []byte }

func (e *encoder) int(n int)       { e.buf = binary.AppendUvarint(e.buf, uint64(n)) }
func (e *encoder) string(s string) { e.int(len(s)); e.buf = append(e.buf, s...) }

// A decoder reads what an encoder wrote. The strings it returns share the
// memory of one, which holds the whole file: there are few other bytes in it.
type decoder struct {
	text   string
	failed bool
}

func (d *decoder) int() int {
	var n uint64
	for i := 0; i < len(d.text) && i < 10; i++ {
		c := d.text[i]
		n |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			d.text = d.text[i+1:]
			if n > math.MaxInt64 {
				break
			}
			return int(n)
		}
	}
	d.failed = true
	d.text = ""
	return 0
}

// count reads the number of things to come, each at least size bytes long.
func (d *decoder) count(size int) int {
	n := d.int()
	if n > len(d.text)/size {
		d.failed = true
		return 0
	}
	return n
}

func (d *decoder) string() string {
	n := d.count(1)
	s := d.text[:n]
	d.text = d.text[n:]
	return s
}

// matches reports whether an article passes a filter.
func (f *Filter) matches(a *article) bool {
	if !f.Since.IsZero() || !f.Until.IsZero() {
		if a.Day == unknownDay ||
			!f.Since.IsZero() && a.Day < dayNumber(f.Since) ||
			!f.Until.IsZero() && a.Day > dayNumber(f.Until) {
			return false
		}
	}
	return f.HasSource(a.Source) && (len(f.Publishers) == 0 || slices.ContainsFunc(f.Publishers, func(p string) bool {
		return strings.EqualFold(p, a.Publisher)
	}))
}

// HasSource reports whether a source is one of Sources.
func (f *Filter) HasSource(source string) bool {
	return len(f.Sources) == 0 || slices.ContainsFunc(f.Sources, func(s string) bool {
		rest, ok := strings.CutPrefix(source, s)
		return ok && (rest == "" || strings.HasSuffix(s, "/") || rest[0] == '#')
	})
}

// dayNumber is the day that a time's own zone has, since 1970.
func dayNumber(t time.Time) int {
	y, m, d := t.Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func (f *Filter) zero() bool {
	return f.Since.IsZero() && f.Until.IsZero() && len(f.Sources) == 0 && len(f.Publishers) == 0
}

// filter returns the passages that pass a filter, nil for all, and says how
// much that is.
func (t *table) filter(f Filter) (*Set, Coverage) {
	var set *Set
	if !f.zero() {
		set = NewSet(len(t.passages))
	}
	var c Coverage
	from, to := math.MaxInt, math.MinInt
	for i := range t.articles {
		a := &t.articles[i]
		if !f.matches(a) {
			continue
		}
		c.Articles++
		c.Passages += a.Passages
		if a.Day != unknownDay {
			from, to = min(from, a.Day), max(to, a.Day)
		}
		if set != nil {
			for p := a.First; p < a.First+a.Passages; p++ {
				set.Add(p)
			}
		}
	}
	if from <= to {
		c.From, c.To = dateOf(from), dateOf(to)
	}
	return set, c
}
