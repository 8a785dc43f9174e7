package retrieval

import "math"

// A score is
//
//	wordsWeight * keyword + meaningWeight * Options.Weight * max(0, cosine / answering)
//
// where keyword is the KeywordMatch's Score. Measured with e5-small-v2 in float32,
// as hits@1, hits@10 and MRR@10 of articles, by what the second weight is as a
// multiple of the first:
//
//	         qed (262)         squadshifts-wiki (401)  rtqa-evidence (625)  squad2 (2,439)
//	words    .767 .920 .817    .863 .983 .910          .629 .869 .714       .830 .977 .888
//	1        .851 .950 .884    .903 .988 .938          .715 .955 .808       .856 .986 .908
//	2        .863 .969 .899    .913 .990 .945          .754 .974 .839       .860 .988 .911
//	3        .874 .973 .911    .920 .993 .948          .763 .979 .848       .861 .989 .912
//	4        .882 .977 .916    .915 .993 .946          .773 .979 .856       .861 .989 .911
//	5        .882 .977 .917    .905 .993 .941          .782 .981 .861       .857 .989 .909
//	8        .882 .985 .918    .905 .995 .940          .787 .981 .864       .842 .988 .899
//	meaning  .866 .981 .910    .870 .990 .914          .786 .982 .862       .750 .976 .833
//
// The first two sets chose 4: questions that people typed into a search engine, and
// ones written with the paragraph in view, which favours its words. As the measure
// of words the best keyword score of the query is as good on those, but not on the
// others: .741 .966 .827 and .858 .988 .910.
//
// On rtqa-articles, over the best 60 passages by words of each question and the
// articles of its period, MRR@10 goes from .739 to .793 (+.014 to +.095, 95 % of
// draws). A headline in front of what is embedded changes nothing there (-.029 to
// +.030), is worth +.001 on squad2 and -.003 on squadshifts-wiki, and up to +.02 on
// 155 questions of qed; the date in front changes nothing on rtqa-evidence (-.011 to
// +.009). Passages of 600 bytes instead of 1,200 are worth +.003 on squad2, for twice
// the vectors; an overlap is worth nothing.
const (
	wordsWeight   = 0.15
	meaningWeight = 0.6
	// answering is the cosine of a question and a passage that answers it well.
	answering = 0.6
	// wordless is the cosine that it takes to be found without any word of the
	// query. Of 420 questions of random letters the nearest of 7,800 passages of
	// rtqa-articles reaches it for 8.
	wordless = 0.33
)

// meant is what a cosine says of two texts: 0 for unrelated ones, 1 for a question
// and its answer.
func meant(cosine float64) float64 { return max(0, cosine/answering) }

// match scores a passage. Its cosine is NaN if it has no vector yet.
func (x *Index) match(w KeywordMatch, cosine float64) match {
	m := match{passage: w.Passage, words: wordsWeight * w.Score, keyword: w.BM25}
	if !math.IsNaN(cosine) {
		m.semantic = cosine
		m.meaning = meaningWeight * x.o.Weight * meant(cosine)
	}
	return m
}

// expect gives matches without a vector the mean of what meaning adds to the
// others. With nothing added they would fall behind each passage whose vector was
// made before, as nearly every cosine of what words found is above 0.
func expect(ms []match, cosines []float64) {
	var sum float64
	known := 0
	for i, c := range cosines {
		if !math.IsNaN(c) {
			sum += ms[i].meaning
			known++
		}
	}
	for i, c := range cosines {
		if math.IsNaN(c) && known > 0 {
			ms[i].meaning = sum / float64(known)
		}
	}
}
