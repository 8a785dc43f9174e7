package pos

import "strings"

// Correct mends tags that the words around decide, whoever gave them: the
// base form after "to", a modal and in a "did ..." question, the noun after a
// determiner, the participle after "have", and the words with two uses. It
// leaves tags alone that Split would give.
func Correct(tokens []Token) {
	var st state
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
			} else if t.Tag != VB && t.Tag != VBP {
				t.Tag = VBP
			}
		case "had":
			if st&waiting == waitHave {
				t.Tag = VBN
			} else {
				t.Tag = VBD
			}
		}
		wait := st & waiting
		switch {
		case !t.Tag.Verb() || prev == None:
		case prev == TO && (t.Tag == VBP || t.Tag == VBD && !past(t.Text)):
			t.Tag = VB
		case t.Tag == VB && next == VB && !takesBase(fold(t.Text)):
			t.Tag = name(t.Text) // "would ukraine keep"
		case wait == waitDo && st&subject == 0 && t.Tag == VB && auxiliary(wordAt(tokens, i-1), prev) == waitDo && st&question != 0:
			t.Tag = name(t.Text) // "did trump say"
		case wait == waitModal || wait == waitDo:
			if t.Tag == VBP || (t.Tag == VBD || t.Tag == VBN) && !past(t.Text) {
				t.Tag = VB
			}
		case wait == waitHave && t.Tag == VBD, wait == waitBe && t.Tag == VBD && !toBe(fold(t.Text)):
			t.Tag = VBN
		case prev == DT && wordAt(tokens, i-1) != "that" || prev == PRPS || prev == POS:
			switch t.Tag {
			case VB, VBP:
				t.Tag = NN
			case VBZ:
				if !toBe(fold(t.Text)) && fold(t.Text) != "has" && fold(t.Text) != "does" {
					t.Tag = NNS
				}
			}
		}
		st = st.after(fold(t.Text), t.Tag)
	}
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
	begun    state = 1 << 5 // whether the sentence has begun.
)

// after is the state after a word, in lower case.
func (s state) after(word string, t Tag) state {
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
	case t.Noun() || t == PRP || t == EX:
		return s | subject
	}
	return s
}

func grammar(s uint8, word string, t uint8) uint8 { return uint8(state(s).after(word, Tag(t))) }

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
