package retrieval

import (
	"math"

	"dateline/corpus/word"
)

// How words and meaning become one score:
//
//	score   = words + meaning
//	words   = wordsWeight * (what the keyword engine gives) / (sum of the background idf of the query's words)
//	meaning = meaningWeight * Options.Weight * (cosine - unrelated) / (answer - unrelated), 0 at the least
const (
	wordsWeight   = 0.15
	meaningWeight = 0.6
	// wordless is how much of meaningWeight it takes to be found without any word
	// of the query.
	wordless = 0.6
)

// A fusion scores what is found for one query.
type fusion struct {
	words   float64 // what 1 of the keyword engine's score counts for
	meaning float64 // what the cosine of an answer counts for
	scale   Scale
}

func (x *Index) fusion(terms []string) fusion {
	f := fusion{meaning: meaningWeight * x.o.Weight, scale: Scale{Unrelated: 0, Answer: 1}}
	if e, ok := x.o.Embedder.(ScaledEmbedder); ok {
		f.scale = e.Scale()
	}
	idf := 0.0
	for _, t := range terms {
		idf += word.IDF(t)
	}
	if idf > 0 {
		f.words = wordsWeight / idf
	}
	return f
}

// match scores a passage. Its cosine is NaN if it has no vector yet.
func (f fusion) match(w KeywordMatch, cosine float64) match {
	m := match{passage: w.Passage, words: f.words * w.Score, keyword: w.BM25}
	if !math.IsNaN(cosine) {
		m.semantic = cosine
		m.meaning = f.meaning * max(0, (cosine-f.scale.Unrelated)/(f.scale.Answer-f.scale.Unrelated))
	}
	return m
}
