package pos

import (
	"strings"

	"dateline/corpus/pos/internal/perceptron"
)

// Correct mends tags that the words around decide, whoever gave them: the
// base form after "to", a modal and in a "did ..." question, the noun after a
// determiner, the participle after "have", and the words with two uses. It
// leaves tags alone that Split would give.
func Correct(tokens []Token) {
	finite(tokens)
	var st state
	asked := 0 // where the last "did" or the like stands
	for i := range tokens {
		t := &tokens[i]
		prev, next := tagAt(tokens, i-1), tagAt(tokens, i+1)
		switch w := fold(t.Text); w {
		case "that":
			switch {
			case next.Finite() && (prev.Noun() || prev == PRP || prev == IN):
				t.Tag = WDT
			case next.Finite() && (i == 0 || prev == PUNCT):
				if t.Tag != WDT {
					t.Tag = DT
				}
			case next == DT || next == PRP || next == PRPS || next == EX || next == NNP && !prev.Noun():
				t.Tag = IN
			}
		case "her":
			t.Tag = PRP
			if next.Noun() || next.Adjective() || next == CD || next == VBG || next == VBN {
				t.Tag = PRPS
			}
		case "his":
			t.Tag = PRPS
		case "aground", "ashore", "aboard", "adrift", "afloat", "ablaze", "alight", "astray":
			if t.Tag.Verb() && prev.Verb() {
				t.Tag = RB
			}
		case "there":
			if v := wordAt(tokens, i+1); next == MD || toBe(v) || v == "'s" || v == "'re" {
				t.Tag = EX
			} else if toBe(wordAt(tokens, i-1)) && t.Tag != EX {
				t.Tag = RB
			}
		case "what":
			t.Tag = WP
			if next.Common() || next.Adjective() && tagAt(tokens, i+2).Common() {
				t.Tag = WDT
			}
		case "much":
			if wordAt(tokens, i-1) == "how" && next != JJR && next != RBR && next != RB {
				t.Tag = JJ
			}
		case "us":
			if prev == DT {
				t.Tag = NNP // "the us envoy"
			}
		case "can", "will", "must", "might", "may":
			if t.Text[0] != 'M' && t.Text[0] != 'W' || i == 0 || t.Tag == MD {
				if prev.Determiner() || prev == POS || prev.Adjective() {
					t.Tag = NN
				} else if t.Tag != NNP {
					t.Tag = MD
				}
			}
		case "'s":
			switch {
			case prev == PRP || prev == EX || prev.Wh() || wordAt(tokens, i-1) == "that" || wordAt(tokens, i-1) == "here":
				t.Tag = VBZ
			case next.Common() || next.Proper():
				t.Tag = POS
			case next == DT || next == TO || next == IN && i+1 < len(tokens):
				t.Tag = VBZ
			}
		case "'d":
			t.Tag = MD
		case "have", "do":
			if wait := st & waiting; wait == waitModal || wait == waitDo || prev == TO {
				t.Tag = VB
			} else if i > 0 || next == PRP || next == DT {
				t.Tag = VBP
			}
		case "had":
			if st&waiting == waitHave {
				t.Tag = VBN
			} else {
				t.Tag = VBD
			}
		}
		if t.Tag == JJ && st&article != 0 && number(t.Text) == None && !capital(t.Text) &&
			(next == None || next.Finite() || next == IN || next == RB || next == WDT || next == PUNCT && wordAt(tokens, i+1) != ",") {
			t.Tag = NN // "won the prize twice"
		}
		wait := st & waiting
		switch {
		case prev == TO && t.Tag == NN && !capital(t.Text) && !next.Proper() && wants(wordAt(tokens, i-2)):
			t.Tag = VB
		case !t.Tag.Verb() || prev == None:
		case prev == DT && wordAt(tokens, i-1) != "that" || prev == PRPS || prev == POS:
			switch t.Tag {
			case VB, VBP:
				t.Tag = NN
			case VBZ:
				if !toBe(fold(t.Text)) && fold(t.Text) != "has" && fold(t.Text) != "does" {
					t.Tag = NNS
				}
			}
		case prev == TO && (t.Tag == VBP || t.Tag == VBD && !past(t.Text)):
			t.Tag = VB
		case t.Tag == VB && next == VB && !takesBase(fold(t.Text)):
			t.Tag = name(t.Text) // "would ukraine keep"
		case prev == VBD && wait == waitNone && (t.Tag == VB || t.Tag == VBP) && ran(fold(tokens[i-1].Text)):
			t.Tag = RB // "ran dry"
		case wait == waitModal || wait == waitDo:
			if t.Tag == VBP || (t.Tag == VBD || t.Tag == VBN) && !past(t.Text) {
				t.Tag = VB
			}
		case t.Tag == VBN && wait == waitNone && (prev == WP || prev == PRP && subjective(wordAt(tokens, i-1))):
			t.Tag = VBD
		case wait == waitHave && t.Tag == VBD, wait == waitBe && t.Tag == VBD && !toBe(fold(t.Text)):
			t.Tag = VBN
		}
		before := st
		st = st.after(fold(t.Text), t.Tag)
		if before&waiting != waitDo {
			asked = i
		} else if done := before&subject != 0 && (st&waiting == waitNone || i == len(tokens)-1); done && !t.Tag.Verb() {
			doVerb(tokens[asked+1:], i-asked)
		}
	}
}

// finite gives a sentence without a finite verb one: the first word behind a noun
// that is a participle, a past that is written like its base form, or a noun in
// the place of a verb, as in "Nurses strike across Galicia".
func finite(tokens []Token) {
	first, tag := -1, VBD
	for i, t := range tokens {
		prev := tagAt(tokens, i-1)
		switch {
		case t.Tag.Finite():
			first = len(tokens)
		case first >= 0 || i == 0:
		case t.Tag == VBN && prev.Noun(), unchanged(t.Text) && tagAt(tokens, i+1) != PUNCT && (prev.Noun() || prev == RB && capital(tokens[i-1].Text)):
			first, tag = i, VBD
		case t.Tag.Noun() && !t.Tag.Plural() && !capital(t.Text) && prev == NNS && opensPhrase(tagAt(tokens, i+1)):
			first, tag = i, VBP
		}
		if end := t.Tag == PUNCT && (t.Text == "." || t.Text == "?" || t.Text == "!"); end || i == len(tokens)-1 {
			if t.Text == "." && first >= 0 && first < len(tokens) {
				tokens[first].Tag = tag
			}
			first = -1
		}
	}
}

// ran reports whether a past tells how something moved or became, with another
// word to say where to or what: "ran dry", "fell short".
func ran(w string) bool {
	switch w {
	case "ran", "fell", "went", "came", "broke", "turned", "grew", "stood", "lay", "got":
		return true
	}
	return false
}

// unchanged reports whether a verb's past is written like its base form. Left out
// are those of headlines such as "Three people hurt in Leeds".
func unchanged(text string) bool {
	switch text {
	case "beat", "bet", "bid", "burst", "cast", "cost", "cut", "hit", "let", "put", "quit", "set", "shed", "split", "spread", "thrust":
		return true
	}
	return false
}

// opensPhrase reports whether a word with the tag may follow a verb, and begins
// what belongs to it.
func opensPhrase(t Tag) bool { return t == IN || t == TO || t == RP || t == DT || t == PRPS }

// subjective reports whether a pronoun can only be a subject.
func subjective(w string) bool {
	switch w {
	case "i", "he", "she", "we", "they":
		return true
	}
	return false
}

// doVerb finds the verb of a "did ..." question among the first n tokens after
// the auxiliary, where it was taken for a noun: "did the leak damage the
// talks", "did the minister quit", "did Trump demand concessions".
func doVerb(tokens []Token, n int) {
	for _, named := range []bool{false, true} {
		for j := 1; j < n; j++ {
			prev, next := tokens[j-1].Tag, tagAt(tokens, j+1)
			if t := &tokens[j]; (t.Tag == NN || t.Tag == JJ) && !capital(t.Text) &&
				(prev.Noun() && !named || prev.Proper() || prev == PRP || prev == JJ && next == DT) &&
				(named || !next.Noun() && !next.Adjective() && next != POS) {
				t.Tag = VB
				if prev == JJ { // "did the leak damage the talks", where no adjective can be
					tokens[j-1].Tag = NN
				}
				return
			}
		}
	}
}

// wants reports whether "to" and a verb are what follows the word.
func wants(w string) bool {
	for _, stem := range [...]string{"agree", "declin", "refus", "fail", "vow", "pledg", "promis", "plan", "want",
		"try", "tri", "seek", "sought", "threaten", "expect", "continu", "hop", "decid", "intend", "attempt", "aim",
		"manag", "able", "unable", "likely", "ready", "willing", "forc", "need"} {
		if strings.HasPrefix(w, stem) && len(w) <= len(stem)+3 {
			return true
		}
	}
	return false
}

// A state is what Correct and the model remember of a sentence: the auxiliary
// that waits for its verb, if any (the low bits), and
type state uint8

const (
	waitNone  state = iota
	waitDo          // "did the minister ..."
	waitModal       // "will ..."
	waitHave        // "has ..."
	waitBe          // "was ..."
	waiting   state = 7

	question state = 1 << 3 // whether the sentence opens as a question does,
	subject  state = 1 << 4 // whether the auxiliary is followed by its subject,
	begun    state = 1 << 5 // whether the sentence has begun,
	article  state = 1 << 6 // whether the last word was an article or the like.
)

// after is the state after a word, in lower case.
func (s state) after(word string, t Tag) state {
	inside := s&article != 0
	s &^= article
	if word == "the" || word == "a" || word == "an" || word == "every" || t == PRPS || t == POS {
		s |= article
	}
	aux := auxiliary(word, t)
	if s&begun == 0 && t != PUNCT && t != IN { // "In which year did ..."
		s |= begun
		if t.Wh() || aux != waitNone {
			s |= question
		}
	}
	done := s &^ (waiting | subject)
	switch {
	case word == "." || word == "?" || word == "!":
		return 0
	case aux != waitNone:
		return done | aux
	case s&waiting == waitNone:
		return s
	case t.Verb() || t == TO || t == WDT || t == WP || t == PUNCT && word != ",":
		return done
	case s&question == 0 && s&waiting != waitDo:
		// In a statement only adverbs stand between an auxiliary and its verb.
		if t.Adverb() {
			return s
		}
		return done
	case t.Noun() || t == PRP || t == EX || t == JJ && !inside: // names are often taken for adjectives
		return s | subject
	}
	return s
}

// forbidden is the set of tags that the next word cannot have.
func (s state) forbidden() uint64 {
	var set uint64
	if s&article != 0 {
		set |= 1<<VB | 1<<VBP | 1<<VBZ | 1<<VBD | 1<<MD | 1<<PRP | 1<<EX | 1<<TO | 1<<WP | 1<<POS
	}
	if s&question != 0 && s&waiting == waitDo && s&subject == 0 {
		set |= 1<<VB | 1<<VBP | 1<<VBZ | 1<<VBD // "did trump say"
	}
	return set
}

var grammar = perceptron.Grammar{
	Next:      func(s uint8, word string, t uint8) uint8 { return uint8(state(s).after(word, Tag(t))) },
	Forbidden: func(s uint8) uint64 { return state(s).forbidden() },
	Open: 1<<NN | 1<<NNS | 1<<NNP | 1<<NNPS | 1<<VB | 1<<VBD | 1<<VBG | 1<<VBN | 1<<VBP | 1<<VBZ |
		1<<JJ | 1<<JJR | 1<<JJS | 1<<RB,
	Name: uint8(NNP),
}

func auxiliary(word string, t Tag) state {
	switch word {
	case "did", "does", "do":
		return waitDo
	case "has", "have", "had", "having", "'ve":
		return waitHave
	case "is", "are", "was", "were", "be", "been", "being", "am", "'re", "'m":
		return waitBe
	}
	if t == MD {
		return waitModal
	}
	return waitNone
}

// takesBase reports whether a base form follows the verb: "help build".
func takesBase(w string) bool {
	switch w {
	case "help", "let", "make", "go", "come", "see", "have", "do", "be", "get", "watch", "hear":
		return true
	}
	return false
}

// name is the tag of a word that is no verb where a subject must stand.
func name(w string) Tag {
	if strings.HasSuffix(w, "s") {
		return NNS
	}
	return NNP
}

func toBe(w string) bool {
	switch w {
	case "is", "are", "was", "were", "be", "been", "being", "am":
		return true
	}
	return false
}

// past reports whether a word has a past form's ending, and so is hardly a
// base form: "to opposed" is an error in the text, not a VB.
func past(w string) bool { return strings.HasSuffix(w, "ed") && !strings.HasSuffix(w, "eed") }

// fold is the word in lower case with a plain apostrophe.
func fold(w string) string {
	w = strings.ToLower(w)
	if strings.Contains(w, "’") {
		w = strings.ReplaceAll(w, "’", "'")
	}
	return w
}

func tagAt(tokens []Token, i int) Tag {
	if i < 0 || i >= len(tokens) {
		return None
	}
	return tokens[i].Tag
}

func wordAt(tokens []Token, i int) string {
	if i < 0 || i >= len(tokens) {
		return ""
	}
	return fold(tokens[i].Text)
}
