package main

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dateline/corpus/pos"
)

// longest is how many tokens a sentence may have; what is longer is a list.
const longest = 120

// label turns texts into sentences with silver tags.
func label(texts []string, prose *teacher) ([]pos.Sentence, common) {
	var all []pos.Sentence
	seen := make(map[string]bool)
	for _, text := range texts {
		for _, s := range sentences(text) {
			if key := text[s[0].Start:s[len(s)-1].End]; len(s) > longest || len(s) < 3 || seen[key] {
				continue
			} else {
				seen[key] = true
			}
			all = append(all, pos.Sentence{Tokens: s, Tags: prose.silver(s)})
		}
	}
	common := count(all)
	for _, s := range all {
		mend(s, common)
	}
	return all, common
}

// sentences splits a text where a full stop, question or exclamation mark is
// followed by a capital.
func sentences(text string) [][]pos.Token {
	tokens := pos.Split(text)
	var all [][]pos.Token
	start := 0
	for i, t := range tokens {
		switch t.Text {
		case ".", "?", "!", "...", "??", "!!":
			end := i + 1
			for end < len(tokens) && strings.Contains("\"”’)''", tokens[end].Text) && tokens[end].Start == tokens[end-1].End {
				end++
			}
			if end > start && (end == len(tokens) || capital(tokens[end].Text) || tokens[end].Tag == pos.PUNCT) {
				all = append(all, tokens[start:end:end])
				start = end
			}
		}
	}
	if start < len(tokens) {
		all = append(all, tokens[start:])
	}
	return all
}

// silver is prose's tags of the tokens, those that Split gives apart.
func (p *teacher) silver(tokens []pos.Token) []pos.Tag {
	words := make([]string, len(tokens))
	for i, tok := range tokens {
		words[i] = plain.Replace(tok.Text)
	}
	tags := p.tag(words)
	for i, tok := range tokens {
		if tok.Tag != pos.None {
			tags[i] = tok.Tag
		} else if tags[i] == pos.PUNCT || tags[i] == pos.SYM {
			tags[i] = pos.None
		}
	}
	return tags
}

// plain makes a token one that prose knows.
var plain = strings.NewReplacer("’", "'", "‘", "'", "“", "\"", "”", "\"")

// common is how often each word in lower case has each tag, in the middle of
// sentences that have capitals, and how often it has a capital there.
type common map[string]*usage

type usage struct {
	tags           [pos.NumTags]int
	small, capital int
}

func count(all []pos.Sentence) common {
	c := make(common)
	for _, s := range all {
		if !cased(s.Tokens) {
			continue
		}
		for i, t := range s.Tokens {
			if initial(s.Tokens, i) || s.Tags[i] == pos.None {
				continue
			}
			w := strings.ToLower(t.Text)
			u := c[w]
			if u == nil {
				u = new(usage)
				c[w] = u
			}
			if capital(t.Text) {
				u.capital++
			} else {
				u.small++
				u.tags[s.Tags[i]]++
			}
		}
	}
	return c
}

// top is the most frequent tag of the word in lower case and its share.
func (u *usage) top() (tag pos.Tag, share float64) {
	best := 0
	for t, n := range u.tags {
		if n > best {
			tag, best = pos.Tag(t), n
		}
	}
	return tag, float64(best) / float64(max(1, u.small))
}

// mend corrects the mistakes that prose makes by rule.
func mend(s pos.Sentence, c common) {
	hasCase := cased(s.Tokens)
	title := titled(s.Tokens)
	for i, t := range s.Tokens {
		if t.Tag != pos.None || s.Tags[i] == pos.None {
			continue
		}
		u := c[strings.ToLower(t.Text)]
		next := i+1 < len(s.Tokens) && capital(s.Tokens[i+1].Text)
		prev := i > 0 && capital(s.Tokens[i-1].Text)
		tag := &s.Tags[i]
		switch {
		case !hasCase:
			// A name without its capital.
			if u != nil && u.capital >= 3 && u.capital > 9*u.small {
				*tag = pos.NNP
			}
		case title:
			if tag.Proper() || tag.Common() {
				*tag = pos.None // a headline in capitals tells nothing
			}
		case initial(s.Tokens, i) && capital(t.Text):
			if tag.Proper() && !next && u != nil && u.small >= 3 && u.small > 2*u.capital {
				if top, share := u.top(); share > 0.9 {
					*tag = top
				} else {
					*tag = pos.None
				}
			}
		case capital(t.Text) && !clitic(t.Text):
			switch {
			case *tag == pos.NN || *tag == pos.FW:
				*tag = pos.NNP
			case *tag == pos.NNS:
				*tag = pos.NNPS
			case tag.Verb() && (next || prev), tag.Adjective() && !national(t.Text):
				*tag = pos.NNP
			case tag.Verb():
				*tag = pos.None
			}
		case tag.Proper() && !strings.ContainsFunc(t.Text, unicode.IsUpper):
			if u != nil && u.small > u.capital {
				if top, share := u.top(); share > 0.6 && !top.Proper() {
					*tag = top
					break
				}
			}
			*tag = pos.None
		}
	}
	verbs(s, c)
	// Correct works on tokens; lend it the tags.
	tokens := append([]pos.Token(nil), s.Tokens...)
	for i := range tokens {
		tokens[i].Tag = s.Tags[i]
	}
	pos.Correct(tokens)
	for i := range tokens {
		if s.Tokens[i].Tag == pos.None {
			s.Tags[i] = tokens[i].Tag
		}
	}
}

// verbs gives the auxiliaries of questions the verbs that prose takes for
// nouns ("When did the court rule"), and "to" likewise.
func verbs(s pos.Sentence, c common) {
	for i, t := range s.Tokens {
		w := strings.ToLower(t.Text)
		switch {
		case t.Tag == pos.TO && i+2 < len(s.Tokens):
			next := s.Tags[i+2]
			share := c.verb(s.Tokens[i+1])
			if s.Tags[i+1] == pos.NN && (share > 0.3 && !next.Noun() || share > 0.02 && (next == pos.DT || next == pos.PRP || next == pos.PRPS)) {
				s.Tags[i+1] = pos.VB
			}
		case w == "did" || w == "does" || w == "do" && i > 0 && s.Tags[i-1].Wh() ||
			s.Tags[i] == pos.MD && (i == 0 || s.Tags[i-1].Wh()):
			verb, best := 0, 0.02
			for j := i + 1; j < len(s.Tokens) && (s.Tokens[j].Tag != pos.PUNCT || s.Tokens[j].Text == ","); j++ {
				if s.Tags[j].Verb() || s.Tags[j] == pos.TO {
					if s.Tags[j].Verb() && !s.Tags[j].Participle() && s.Tags[j] != pos.VBD {
						verb = 0
					}
					break
				}
				if share := c.verb(s.Tokens[j]); share > best && j > i+1 && s.Tokens[j].Tag == pos.None && (s.Tags[j].Common() || s.Tags[j].Adjective() || s.Tags[j] == pos.None) {
					verb, best = j, share
				}
			}
			if verb > 0 {
				s.Tags[verb] = pos.VB
			}
		}
	}
}

// verb is how often a word is the base form of a verb, of all times.
func (c common) verb(t pos.Token) float64 {
	if u := c[t.Text]; u != nil {
		return float64(u.tags[pos.VB]+u.tags[pos.VBP]) / float64(u.small)
	}
	return 0
}

// national reports whether a capitalised word looks like an adjective of a
// country, a people or a creed.
func national(w string) bool {
	switch w {
	case "Dutch", "French", "Greek", "Czech", "Thai", "Swiss", "Republican", "Democratic", "Catholic", "Arab", "Arabic", "Slavic", "Soviet", "Islamic", "Gothic", "Baltic", "Nordic":
		return true
	}
	for _, suffix := range []string{"an", "ese", "ish", "aqi", "ani", "aeli", "abi", "eni", "awi", "ist", "-era", "-led", "-based", "-backed"} {
		if strings.HasSuffix(w, suffix) {
			return true
		}
	}
	return strings.Contains(w, "-")
}

// uncased is copies of a sentence without its capitals, as questions are often
// typed: all of the questions, every other one of the rest.
func uncased(s pos.Sentence, i int, c common) []pos.Sentence {
	if last := s.Tokens[len(s.Tokens)-1].Text; last != "?" && i%2 != 0 && !s.Tokens[0].Tag.Wh() {
		return nil
	}
	lower, ok := lowered(s, c)
	if !ok {
		return nil
	}
	return []pos.Sentence{lower}
}

// lowered is the sentence in lower case, unless it is so already or has other
// tokens then. Names made of common nouns become those.
func lowered(s pos.Sentence, c common) (pos.Sentence, bool) {
	var b strings.Builder
	same := true
	end := s.Tokens[0].Start
	for _, t := range s.Tokens {
		if t.Start > end {
			b.WriteByte(' ')
		}
		w := strings.ToLower(t.Text)
		same = same && w == t.Text
		b.WriteString(w)
		end = t.End
	}
	if same {
		return s, false
	}
	tokens := pos.Split(b.String())
	if len(tokens) != len(s.Tokens) {
		return s, false
	}
	tags := slices.Clone(s.Tags)
	for i, t := range tokens {
		// The minister in "Prime Minister" is a minister.
		if u := c[t.Text]; tags[i].Proper() && u != nil && u.small >= 3 && 2*u.small > u.capital {
			if top, _ := u.top(); top.Common() {
				tags[i] = top
			}
		}
	}
	return pos.Sentence{Tokens: tokens, Tags: tags}, true
}

func capital(w string) bool {
	r, _ := utf8.DecodeRuneInString(w)
	return unicode.IsUpper(r)
}

func clitic(w string) bool { return strings.HasPrefix(w, "'") || strings.HasPrefix(w, "’") }

// initial reports whether token i opens a sentence or a quotation, and so may
// have a capital that means nothing.
func initial(tokens []pos.Token, i int) bool {
	return i == 0 || tokens[i-1].Tag == pos.PUNCT && tokens[i-1].Text != "," && tokens[i-1].Text != ")" && tokens[i-1].Text != "("
}

// cased reports whether the tokens have a capital where it is not due anyway.
func cased(tokens []pos.Token) bool {
	for i, t := range tokens {
		if i > 0 && t.Text != "I" && capital(t.Text) {
			return true
		}
	}
	return false
}

// titled reports whether most words have a capital.
func titled(tokens []pos.Token) bool {
	letters, capitals := 0, 0
	for _, t := range tokens {
		if r, n := utf8.DecodeRuneInString(t.Text); unicode.IsLetter(r) && len(t.Text) > n+2 {
			letters++
			if unicode.IsUpper(r) {
				capitals++
			}
		}
	}
	return letters > 3 && capitals*4 > letters*3
}
