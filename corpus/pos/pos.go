// Package pos tells nouns from verbs: it cuts English news prose and questions
// into tokens and gives each its part of speech, in one pass and without
// dependencies.
//
// The model is an averaged perceptron in model.bin, part of the program. It
// was trained on the tags that another tagger gives to text that may be
// trained on, mended by rules; corpus/pos/train makes it anew in a minute:
//
//	go run -C corpus/pos/train . -o ../model.bin DATA/squadshifts-wiki DATA/squadshifts-reddit DATA/trecqa-train
//
// Of the tags of other sentences of those sets it gives 96.5 % as they were,
// 94.0 % where the sentence is in lower case throughout. What that is worth is
// better told by the sentences in testdata, tagged by hand.
package pos

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Tokens returns the tokens of a sentence, a question or a longer text, each
// with its tag, never None. They lie in order and apart, each one's Text is
// text[Start:End], and what lies between them is white space.
//
// Tokens are the Treebank's, with these exceptions: amounts with their unit
// ("$1.2bn", "38.7C", "25%") are one token, web addresses too.
func Tokens(text string) []Token {
	tokens := Split(text)
	builtin().Tag(tokens)
	return tokens
}

// Split returns what Tokens does, but with a tag only where the word itself
// decides it: punctuation, numbers, words of the closed classes. The others
// are None. It is what the model is trained from.
func Split(text string) []Token {
	s := splitter{text: text, tokens: make([]Token, 0, len(text)/5+4)}
	s.run()
	for i := range s.tokens {
		if t := &s.tokens[i]; t.Tag == None {
			t.Tag = alone(t.Text)
		}
	}
	return s.tokens
}

// alone is the tag of a word that needs no context, or None.
func alone(w string) Tag {
	if t := number(w); t != None {
		return t
	}
	if len(w) > 1 && 'A' <= w[0] && w[0] <= 'Z' && 'A' <= w[1] && w[1] <= 'Z' {
		if t := closed(strings.ToLower(w)); t != None && t != PRP {
			return t
		}
		return None
	}
	return closed(strings.ToLower(w))
}

// number is CD for a number, alone or with its unit, JJ for one that is
// joined to a word ("28-point", "70-year-old"), NNS for a decade, and None
// for any other word.
func number(w string) Tag {
	i := 0
	for i < len(w) && !digit(rune(w[i])) {
		r, n := utf8.DecodeRuneInString(w[i:])
		if alnum(r) || r == '@' {
			return None
		}
		i += n
	}
	if i == len(w) {
		return None
	}
	last := i
	for last < len(w) && (digit(rune(w[last])) || strings.IndexByte(".,:/", w[last]) >= 0) {
		last++
	}
	unit := w[last:]
	switch strings.ToLower(unit) {
	case "s":
		return NNS // "1990s"
	case "st", "nd", "rd", "th":
		return JJ
	}
	if strings.HasPrefix(unit, "-") {
		letters := strings.IndexFunc(unit, unicode.IsLetter)
		if letters > 0 && len(unit)-letters > 2 {
			return JJ
		}
	}
	return CD
}
