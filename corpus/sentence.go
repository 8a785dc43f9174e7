package corpus

// A Kind says what a sentence is in the article.
type Kind uint8

const (
	Prose       Kind = iota // the story itself
	Heading                 // a headline or a line that introduces a section
	Place                   // the dateline: "LONDON and KYIV, Ukraine –"
	Byline                  // "By ..."
	Stamp                   // a stray "date 2025-11-26", "Published ..."
	Caption                 // what a photograph shows
	Credit                  // who took it: "Ramil Sitdikov/Reuters"
	Contributor             // "X contributed to this report."
	Boilerplate             // "Read more:", "Sign up for our newsletter"
)

// A Sentence is one sentence of a text, or a line that is none but stands by
// itself.
type Sentence struct {
	Span
	Kind      Kind
	Paragraph int // from 0
}

// Evidence reports whether the sentence is part of the story, and may be cited
// without being asked for.
func (k Kind) Evidence() bool { return k == Prose || k == Heading }
