package pos

import "fmt"

// A Tag is a part of speech as the Penn Treebank names it, save that all
// punctuation is PUNCT. The order is part of the model file: add at the end.
type Tag uint8

// Tags. The Treebank's WP$ and PRP$ are WPS and PRPS.
const (
	None    Tag = iota // not tagged: Split leaves it where only context can tell
	NN                 // noun, singular or mass
	NNS                // noun, plural
	NNP                // proper noun, singular
	NNPS               // proper noun, plural
	VB                 // verb, base form
	VBD                // verb, past tense
	VBG                // verb, gerund or present participle
	VBN                // verb, past participle
	VBP                // verb, present, not third person singular
	VBZ                // verb, present, third person singular
	MD                 // modal
	JJ                 // adjective
	JJR                // adjective, comparative
	JJS                // adjective, superlative
	RB                 // adverb
	RBR                // adverb, comparative
	RBS                // adverb, superlative
	DT                 // determiner
	PDT                // predeterminer: "all the", "such a"
	WDT                // wh-determiner
	WP                 // wh-pronoun
	WPS                // "whose"
	WRB                // wh-adverb
	PRP                // personal pronoun
	PRPS               // possessive pronoun
	IN                 // preposition or subordinating conjunction
	TO                 // "to"
	CC                 // coordinating conjunction
	CD                 // number, also "$1.2bn", "38.7C" and "25%"
	EX                 // existential "there"
	RP                 // particle
	UH                 // interjection
	POS                // possessive ending
	FW                 // foreign word
	SYM                // symbol
	PUNCT              // punctuation
	NumTags            // how many there are
)

var tagNames = [NumTags]string{
	"-", "NN", "NNS", "NNP", "NNPS", "VB", "VBD", "VBG", "VBN", "VBP", "VBZ",
	"MD", "JJ", "JJR", "JJS", "RB", "RBR", "RBS", "DT", "PDT", "WDT", "WP",
	"WP$", "WRB", "PRP", "PRP$", "IN", "TO", "CC", "CD", "EX", "RP", "UH",
	"POS", "FW", "SYM", "PUNCT",
}

// String is the Treebank's name of the tag.
func (t Tag) String() string {
	if t >= NumTags {
		return fmt.Sprintf("Tag(%d)", uint8(t))
	}
	return tagNames[t]
}

// Noun reports whether t is a noun, common or proper.
func (t Tag) Noun() bool { return NN <= t && t <= NNPS }

// Common reports whether t is a common noun.
func (t Tag) Common() bool { return t == NN || t == NNS }

// Proper reports whether t is a proper noun.
func (t Tag) Proper() bool { return t == NNP || t == NNPS }

// Plural reports whether t is a plural noun.
func (t Tag) Plural() bool { return t == NNS || t == NNPS }

// Verb reports whether t is a verb in any form; a modal is none.
func (t Tag) Verb() bool { return VB <= t && t <= VBZ }

// Finite reports whether t is a verb form that can head a clause by itself:
// VBD, VBP, VBZ or a modal.
func (t Tag) Finite() bool { return t == VBD || t == VBP || t == VBZ || t == MD }

// Participle reports whether t is VBG or VBN.
func (t Tag) Participle() bool { return t == VBG || t == VBN }

// Adjective reports whether t is an adjective in any degree.
func (t Tag) Adjective() bool { return JJ <= t && t <= JJS }

// Adverb reports whether t is an adverb in any degree, "how" and "when" apart.
func (t Tag) Adverb() bool { return RB <= t && t <= RBS }

// Determiner reports whether t opens a noun phrase: an article or another
// determiner, a possessive pronoun.
func (t Tag) Determiner() bool {
	return t == DT || t == PDT || t == WDT || t == PRPS || t == WPS
}

// Pronoun reports whether t is a noun phrase by itself: a personal pronoun or
// a wh-pronoun.
func (t Tag) Pronoun() bool { return t == PRP || t == WP }

// Wh reports whether t is that of a question word or a relative.
func (t Tag) Wh() bool { return WDT <= t && t <= WRB }
