package word

import (
	_ "embed"
	"math"
	"strconv"
	"strings"
	"sync"
)

// df.txt is made by gen.go from general English text, so that rare words can
// be told from common ones even in a corpus of two articles.
//
//go:embed df.txt
var dfTable string

var background = sync.OnceValue(func() (t struct {
	n  float64
	df map[string]int32
}) {
	t.df = make(map[string]int32, 6000)
	for line := range strings.Lines(dfTable) {
		stem, n, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		v, err := strconv.Atoi(n)
		if err != nil {
			panic("df.txt: " + err.Error()) // embedded: a broken table is a broken build
		}
		if t.n == 0 {
			t.n = float64(v)
			continue
		}
		t.df[stem] = int32(v)
	}
	return t
})

// IDF is the background weight of a stem: ln(1 + (N-n+0.5)/(n+0.5)), BM25's,
// over the general texts that df.txt counts. It runs from 0 for "the" to about
// 6.5 for a stem that the table does not know.
func IDF(stem string) float64 {
	t := background()
	n := float64(t.df[stem])
	if n == 0 {
		n = 5 // the table leaves out what fewer than 6 texts share
	}
	return math.Log(1 + (t.n-n+0.5)/(n+0.5))
}
