package ground

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"dateline/corpus"
	"dateline/corpus/word"
)

// A reteller makes sentences about a text in words that are not the text's own,
// as summarisers write them that have not only learnt to copy.
type reteller struct {
	rng   *rand.Rand
	text  string
	far   string // a text about something else
	lower bool   // all in lower case but for the beginnings, as some sets are

	held  string // what the sentences are held against
	lines []line
	es    []example
}

// hold has the sentences to come held against these.
func (r *reteller) hold(sentences []string) {
	r.held = strings.Join(sentences, " ")
	text := r.held
	if r.lower {
		var ss []string
		for _, s := range sentences {
			ss = append(ss, lowered(s))
		}
		text = strings.Join(ss, " ")
	}
	r.lines = Read(&corpus.Article{Text: text, Body: corpus.Span{End: len(text)}}).lines
}

func (r *reteller) add(kind string, supported bool, s string) {
	if n := len(strings.Fields(s)); n < 6 || n > 45 {
		return
	}
	if r.lower {
		s = lowered(s)
	}
	c := NewClaim(s)
	if m := c.match(r.lines); m != nil {
		r.es = append(r.es, example{kind, supported, c.traits(r.lines, m).mixed()})
	}
}

// firsts are the first sentences of the text's paragraphs, each held against all
// the other sentences: it counts as supported if its names and numbers stand
// there, too. So do sentences with common words exchanged. Unsupported are those
// of near, which is about nearly the same, and what spoil makes.
func (r *reteller) firsts(near string) []example {
	r.es = nil
	paragraphs := strings.Split(strings.TrimSpace(r.text), "\n\n")
	for i, p := range paragraphs {
		ss := sentencesOf(p)
		if len(ss) < 3 {
			continue
		}
		first, rest := ss[0], ss[1:]
		for j, other := range paragraphs {
			if j != i {
				rest = append(rest, sentencesOf(other)...)
			}
		}
		r.hold(rest)
		r.add("near", false, pick(r.rng, sentencesOf(near)))
		own := r.reworded(pick(r.rng, rest))
		r.add("reworded", true, own)
		if r.rng.IntN(2) == 0 {
			r.spoil("reworded", own)
		}
		if slices.ContainsFunc(slices.Concat(nameRuns(first), numberRuns(first)), func(s string) bool { return !strings.Contains(r.held, s) }) {
			r.add("first, strange", false, first)
			continue
		}
		for range 2 { // they are few
			r.add("first", true, first)
		}
		r.spoil("first", first)
		r.add("first, fused", false, fuse(r.rng, first, pick(r.rng, rest)))
	}
	return r.es
}

// answers are questions about the text put as statements, which are in the words
// of who asks: supported with the right answer, unsupported with that to another
// question, spoiled, or if they are about near.
func (r *reteller) answers(qs, near []fitQuestion) []example {
	r.es = nil
	if len(qs) == 0 {
		return nil
	}
	r.hold(sentencesOf(r.text))
	for range 4 {
		q, other := pick(r.rng, qs), pick(r.rng, qs)
		s := stated(q.Question, q.Answers[0])
		if other.Question != q.Question && r.rng.IntN(2) == 0 {
			s += " and " + stated(other.Question, other.Answers[0])
		}
		r.add("stated", true, s)
		r.spoil("stated", s)
		if other.Question != q.Question && !slices.Contains(q.Answers, other.Answers[0]) {
			r.add("stated, wrong", false, stated(q.Question, other.Answers[0]))
		}
		if len(near) > 0 {
			n := pick(r.rng, near)
			r.add("stated, near", false, stated(n.Question, n.Answers[0]))
		}
	}
	return r.es
}

// spoil exchanges a name for one of the text and for one that is foreign to it,
// a number for another, and adds a foreign name.
func (r *reteller) spoil(kind, s string) {
	if x, ok := r.exchange(s, nameRuns(s), nameRuns(r.held)); ok {
		r.add(kind+", name within", false, x)
	}
	foreign := nameRuns(r.far)
	if x, ok := r.exchange(s, nameRuns(s), foreign); ok {
		r.add(kind+", name", false, x)
	}
	if x, ok := r.exchange(s, numberRuns(s), append(numberRuns(r.far), "2", "3", "5", "12", "40", "2009", "2014", "2017")); ok {
		r.add(kind+", number", false, x)
	}
	if len(foreign) > 0 {
		at := pick(r.rng, []string{"in", "from", "near", "for", "against"})
		r.add(kind+", more", false, strings.TrimRight(s, ".")+" "+at+" "+pick(r.rng, foreign)+".")
	}
}

// exchange puts one of others with as many words in the place of one of mine.
func (r *reteller) exchange(s string, mine, others []string) (string, bool) {
	if len(mine) == 0 {
		return "", false
	}
	old := pick(r.rng, mine)
	others = slices.DeleteFunc(slices.Clone(others), func(o string) bool {
		return strings.Contains(s, o) || len(strings.Fields(o)) != len(strings.Fields(old))
	})
	if len(others) == 0 {
		return "", false
	}
	return strings.Replace(s, old, pick(r.rng, others), 1), true
}

// reworded leaves words out and puts common ones of another text, which nobody
// knows to mean the same, in the place of others; names and numbers stay.
func (r *reteller) reworded(s string) string {
	var common []string
	for _, w := range word.Split(r.far) {
		if !w.Stop() && !capital(w) && !w.Number() && ordinary(w.Norm) {
			common = append(common, w.Text)
		}
	}
	var out []string
	for i, w := range strings.Fields(s) {
		plain := strings.ToLower(w) == w && !strings.ContainsAny(w, "0123456789") && !negators[word.Fold(w)]
		switch {
		case plain && i > 0 && r.rng.IntN(6) == 0:
		case plain && len(common) > 0 && !word.Stop(word.Fold(w)) && r.rng.IntN(5) < 2:
			out = append(out, pick(r.rng, common))
		default:
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

// stated makes a statement of a question and its answer, in no good English.
func stated(q, answer string) string {
	words := strings.Fields(strings.TrimRight(q, "? "))
	asks := slices.IndexFunc(words, func(w string) bool {
		return slices.Contains([]string{"who", "what", "which", "when", "where", "how", "why", "whom", "whose"}, strings.ToLower(w))
	})
	if asks < 0 {
		return strings.Join(words, " ") + " " + answer
	}
	before, rest := words[:asks], words[asks+1:]
	turned := len(rest) > 0 && slices.Contains([]string{"did", "does", "do", "was", "is", "were", "are", "has", "have", "had", "can", "will", "would", "could", "should"}, strings.ToLower(rest[0]))
	switch {
	case turned:
		return strings.Join(slices.Concat(before, rest[1:], []string{answer}), " ")
	case slices.Contains([]string{"who", "what", "which"}, strings.ToLower(words[asks])):
		return strings.Join(slices.Concat(before, []string{answer}, rest), " ")
	}
	return strings.Join(slices.Concat(before, rest, []string{answer}), " ")
}

func pick[T any](rng *rand.Rand, all []T) T { return all[rng.IntN(len(all))] }

func sentencesOf(text string) []string {
	var ss []string
	a := &corpus.Article{Text: text, Body: corpus.Span{End: len(text)}}
	for _, s := range a.Sentences() {
		ss = append(ss, corpus.OneLine(s.Of(text)))
	}
	return ss
}

func lowered(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + strings.ToLower(s[1:])
}

var (
	nameRun   = regexp.MustCompile(`[^.?!“"] ([A-Z][a-zA-Z-]+(?: [A-Z][a-zA-Z-]+)*)`)
	numberRun = regexp.MustCompile(`\b([0-9][0-9,.]*[0-9]|[0-9])\b`)
)

// nameRuns and numberRuns are the names and numbers of a text as capitals and
// digits tell them: by other rules than those that are fitted.
func nameRuns(s string) []string   { return runsOf(nameRun, s) }
func numberRuns(s string) []string { return runsOf(numberRun, s) }

func runsOf(r *regexp.Regexp, s string) []string {
	var runs []string
	for _, m := range r.FindAllStringSubmatch(s, -1) {
		runs = append(runs, m[1])
	}
	return runs
}
