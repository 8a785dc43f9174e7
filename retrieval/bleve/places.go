package bleve

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"

	index "github.com/blevesearch/bleve_index_api"

	"dateline/retrieval"
)

// none stands for a document of scorch's that is not there any more.
const none = ^uint32(0)

// places leads from scorch's document numbers to passages and articles.
type places struct {
	passage  []uint32 // of each document of scorch's; none if deleted
	article  []uint32 // of each passage
	terms    []uint32 // length of each passage
	title    []uint32 // length of each article's title
	lede     []uint32 // and of its first sentences
	articles []uint32 // length of each article: the sum of its passages'
	// average lengths; of titles and ledes, those that are not empty
	avgPassage, avgArticle, avgTitle, avgLede float64
}

// number finds out how scorch numbered the documents of a finished index, and
// writes it beside.
func number(store string, ps []retrieval.KeywordPlace) error {
	q := index.NewAnalysisQueue(1)
	defer q.Close()
	s, err := open(store, true, q)
	if err != nil {
		return err
	}
	defer s.Close()
	at := make(map[string]uint32, len(ps))
	for i, p := range ps {
		at[p.ID] = uint32(i)
	}
	var docs []uint32
	found := 0
	if err := each(s, func(doc uint32, id string) {
		for int(doc) >= len(docs) {
			docs = append(docs, none)
		}
		if i, ok := at[id]; ok {
			docs[doc] = i
			found++
		}
	}); err != nil {
		return err
	}
	if found != len(ps) {
		return fmt.Errorf("keyword index holds %d of %d passages", found, len(ps))
	}
	return writePlaces(filepath.Dir(store), docs, ps)
}

// The file "places": the number of documents, of passages and of articles,
// then a number for each document (its passage), each passage (its article),
// each passage (its terms), each article (terms of its title) and each article
// (terms of its lede); all 32-bit, little-endian.
func writePlaces(dir string, docs []uint32, ps []retrieval.KeywordPlace) error {
	articles := 0
	for _, p := range ps {
		articles = max(articles, p.Article+1)
	}
	buf := make([]byte, 0, 4*(3+len(docs)+2*len(ps)+2*articles))
	put := func(n int) { buf = binary.LittleEndian.AppendUint32(buf, uint32(n)) }
	put(len(docs))
	put(len(ps))
	put(articles)
	for _, d := range docs {
		put(int(d))
	}
	for _, p := range ps {
		put(p.Article)
	}
	for _, p := range ps {
		put(p.Terms)
	}
	titles, ledes := make([]int, articles), make([]int, articles)
	for _, p := range ps {
		titles[p.Article], ledes[p.Article] = p.Title, p.Lede
	}
	for _, n := range append(titles, ledes...) {
		put(n)
	}
	return os.WriteFile(filepath.Join(dir, "places"), buf, 0o644)
}

func readPlaces(dir string) (*places, error) {
	name := filepath.Join(dir, "places")
	buf, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if len(buf) < 12 {
		return nil, fmt.Errorf("%s: too short", name)
	}
	var n [3]int
	for i := range n {
		n[i] = int(binary.LittleEndian.Uint32(buf[4*i:]))
	}
	docs, passages, articles := n[0], n[1], n[2]
	if len(buf) != 4*(3+docs+2*passages+2*articles) {
		return nil, fmt.Errorf("%s: %d bytes for %d documents, %d passages and %d articles", name, len(buf), docs, passages, articles)
	}
	buf = buf[12:]
	take := func(n int, below int) []uint32 {
		v := make([]uint32, n)
		for i := range v {
			v[i] = binary.LittleEndian.Uint32(buf[4*i:])
			if v[i] >= uint32(below) && v[i] != none {
				err = fmt.Errorf("%s: number out of range", name)
			}
		}
		buf = buf[4*n:]
		return v
	}
	const any = 1 << 31
	p := &places{passage: take(docs, passages), article: take(passages, articles), terms: take(passages, any), title: take(articles, any), lede: take(articles, any)}
	if err != nil {
		return nil, err
	}
	p.articles = make([]uint32, articles)
	var sum float64
	for i, n := range p.terms {
		if p.article[i] == none {
			return nil, fmt.Errorf("%s: number out of range", name)
		}
		p.articles[p.article[i]] += n
		sum += float64(n)
	}
	// An index of nothing but empty passages still divides by these.
	p.avgPassage = max(1, sum/float64(max(1, passages)))
	p.avgArticle = max(1, sum/float64(max(1, articles)))
	p.avgTitle = average(p.title)
	p.avgLede = average(p.lede)
	return p, nil
}

// average is that of the numbers that are not 0.
func average(ns []uint32) float64 {
	var sum, n float64
	for _, v := range ns {
		sum += float64(v)
		if v > 0 {
			n++
		}
	}
	return max(1, sum/max(1, n))
}
