package corpus

// A Passage is a stretch of whole sentences, the unit that is indexed.
type Passage struct {
	Span
	First, Last int // the sentences it takes in, as Sentences numbers them
}

// Sizes of passages, in bytes of text. See the benchmark in retrieval.
const (
	PassageSize = 900 // a passage is closed when the next sentence would pass this
)

// Passages groups the sentences of a text into passages, each PassageSize
// long at the most unless one sentence is longer.
func Passages(text string, sentences []Sentence) []Passage {
	var ps []Passage
	for i := 0; i < len(sentences); {
		j := i
		for j+1 < len(sentences) && sentences[j+1].End-sentences[i].Start <= PassageSize {
			j++
		}
		ps = append(ps, Passage{Span: Span{sentences[i].Start, sentences[j].End}, First: i, Last: j})
		i = j + 1
	}
	return ps
}
