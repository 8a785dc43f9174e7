package ground

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dateline/corpus"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// fragment says why a text is no sentence, "" if it is one: an answer such as
// "Yes.", "The night guard." or "Boyle did." says what it says only together
// with its question, which nothing was held against. It has to begin as
// sentences do, to have a finite verb with its subject, and must not break off.
//
// Of 946 sentences of articles, in rtqa-evidence and squad2, 2 % are taken for
// fragments: where the tagger takes the verb for a noun.
func fragment(text string) string {
	text = strings.TrimSpace(text)
	first := strings.TrimLeft(text, "“”\"'‘’«„([*_ ")
	if r, _ := utf8.DecodeRuneInString(first); unicode.IsLower(r) && !strings.ContainsFunc(firstWord(first), unicode.IsUpper) {
		return "it is no sentence: it does not begin as one"
	}
	last := strings.TrimRight(text, ".!?…”“\"'’‘»)]*_ ")
	if strings.HasSuffix(last, ",") || strings.HasSuffix(last, ";") || strings.HasSuffix(last, ":") {
		return "it is no sentence: it breaks off"
	}
	l := read(text)
	r := newClauseReader(&l)
	if n := len(l.words); n > 0 && len(r.tokens) > 0 {
		end := len(r.tokens) - 1
		for end > 0 && r.tag(end) == pos.PUNCT {
			end--
		}
		if breaking[r.norms[end]] && strings.HasSuffix(last, r.tokens[end].Text) && unicode.IsLower(rune(r.tokens[end].Text[0])) {
			return "it is no sentence: it breaks off"
		}
	}
	for i := range r.groups {
		g := &r.groups[i]
		if !g.bare && !g.infinitive && (len(g.subject) > 0 || r.preceded(g)) && !r.elliptic(g) {
			return ""
		}
	}
	return "it is no sentence: it has no verb with its subject"
}

// breaking are words that nothing ends in.
var breaking = word.Set(`a an the of and or nor than that which whose because if unless per`)

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

// elliptic reports whether an auxiliary stands for a verb that was left out:
// "Boyle did."
func (r *clauseReader) elliptic(g *group) bool {
	n := r.norms[g.main]
	return (doForms[n] || beForms[n] || haveForms[n] || r.tag(g.main) == pos.MD) &&
		!slices.ContainsFunc(r.tokens[g.to:], func(t pos.Token) bool { return t.Tag != pos.PUNCT && !t.Tag.Adverb() })
}

// wholeSentences reports whether a text is one or several sentences of articles
// that lie within the quotes, word for word: what stands in an article as a
// sentence may be shown as one, be it a headline or an item of a list.
func wholeSentences(text string, quotes []Quote) bool {
	var whole [][]word.Word
	for _, q := range quotes {
		for _, s := range q.Article.Sentences() {
			if q.Span.Start <= s.Start && s.End <= q.Span.End {
				whole = append(whole, word.Split(flat(s.Of(q.Article.Text))))
			}
		}
	}
	words := word.Split(bracketed.ReplaceAllString(text, " "))
	for len(words) > 0 {
		best := 0
		for _, w := range whole {
			if len(w) > best && len(w) <= len(words) && index(words[:len(w)], w) == 0 {
				best = len(w)
			}
		}
		if best == 0 {
			return false
		}
		words = words[best:]
	}
	return true
}

// preceded reports whether something stands before a verb that may be its
// subject, where none was found for certain: "there were three".
func (r *clauseReader) preceded(g *group) bool {
	for i := range g.from {
		if t := r.tag(i); t.Noun() || t == pos.PRP || t == pos.EX || t == pos.DT || t == pos.CD {
			return true
		}
	}
	return false
}

// Alone says why a part of a sentence must not stand by itself: "Russia had leaked
// the call" turns round what "Ushakov denied that Russia had leaked the call" says.
// There is no reason where the part is no sentence, and says nothing by itself.
func Alone(part string, quotes []Quote, offered map[string]*corpus.Article) []string {
	first, size := utf8.DecodeRuneInString(part)
	sentence := string(unicode.ToUpper(first)) + part[size:]
	if fragment(sentence) != "" {
		return nil
	}
	return Check(sentence, quotes, offered)
}
