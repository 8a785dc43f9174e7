package retrieval

import "math"

// A score is
//
//	wordsWeight * keyword + meaningWeight * Options.Weight * max(0, (cosine - unrelated) / (answer - unrelated))
//
// where keyword is the KeywordMatch's Score, and unrelated and answer are the
// embedder's Scale. Measured with e5-small-v2 in float32, each passage by itself,
// as hits@1, hits@10 and MRR@10 of articles, by what the second weight is as a
// multiple of the first:
//
//	         qed (262)         squadshifts-wiki (401)  rtqa-evidence (625)  squad2 (2,439)
//	words    .767 .920 .817    .863 .983 .910          .629 .869 .714       .830 .977 .888
//	1        .847 .943 .880    .893 .988 .933          .712 .950 .803       .857 .986 .908
//	2        .859 .966 .896    .910 .993 .944          .746 .968 .833       .860 .989 .911
//	3        .878 .973 .911    .915 .998 .948          .760 .973 .843       .866 .991 .916
//	4        .878 .977 .915    .923 .998 .952          .766 .979 .848       .865 .991 .915
//	5        .878 .977 .916    .913 .998 .947          .768 .979 .850       .863 .992 .914
//	8        .878 .985 .917    .905 .998 .942          .768 .981 .851       .852 .989 .906
//	meaning  .866 .985 .911    .853 .988 .905          .778 .974 .853       .760 .978 .840
//
// The first two sets chose 4: questions that people typed into a search engine, and
// ones written with the paragraph in view, which favours its words. The sum of the
// idf is a better measure for the words than the best keyword score of the query
// (3 is best there: .750 .970 .835 and .859 .990 .912 on the last two sets) or its
// standard deviation (.749 .973 .835 and .853 .990 .907).
const (
	wordsWeight   = 0.15
	meaningWeight = 0.6
	// wordless is the share of meaningWeight that it takes to be found without any
	// word of the query.
	wordless = 0.6
)

// meant scales a cosine: 0 for unrelated texts, 1 for an answer.
func (x *Index) meant(cosine float64) float64 {
	s := Scale{Unrelated: 0, Answer: 1}
	if e, ok := x.o.Embedder.(ScaledEmbedder); ok {
		s = e.Scale()
	}
	return max(0, (cosine-s.Unrelated)/(s.Answer-s.Unrelated))
}

// match scores a passage. Its cosine is NaN if it has no vector yet.
func (x *Index) match(w KeywordMatch, cosine float64) match {
	m := match{passage: w.Passage, words: wordsWeight * w.Score, keyword: w.BM25}
	if !math.IsNaN(cosine) {
		m.semantic = cosine
		m.meaning = meaningWeight * x.o.Weight * x.meant(cosine)
	}
	return m
}
