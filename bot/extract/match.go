package extract

import (
	"slices"
	"strings"

	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/word"
)

// How much each way of meaning the same word counts.
const (
	sameWord  = 1.0
	variant   = 0.9  // Yury and Yuri, a typing error
	nation    = 0.85 // Russia and Russian
	related   = 0.7  // negotiate and negotiator
	synonym   = 0.65
	seat      = 0.5 // Moscow for Russia, the Kremlin for Moscow
	nearEqual = 0.6 // from here on a word counts as found
)

// sameAll tells how far a word of the text stands for each term of the
// question, from 0 to 1. Articles repeat their words, so it is kept.
func (q *question) sameAll(u *token) []float64 {
	if vs, ok := q.seen[u.Text]; ok {
		return vs
	}
	var vs []float64 // nil for the many words that stand for none
	for i := range q.terms {
		if v := q.same(&q.terms[i], u); v > 0 {
			if vs == nil {
				vs = make([]float64, len(q.terms))
			}
			vs[i] = v
		}
	}
	if q.seen == nil {
		q.seen = make(map[string][]float64)
	}
	q.seen[u.Text] = vs
	return vs
}

// same tells how far a word of the text stands for a term of the question,
// from 0 to 1.
func (q *question) same(t *term, u *token) float64 {
	best := 0.0
	for _, st := range u.stems {
		if v := q.sameStem(t, st, u); v > best {
			best = v
		}
	}
	return best
}

func (q *question) sameStem(t *term, st string, u *token) float64 {
	if st == t.stem {
		return sameWord
	}
	if t.number {
		return 0
	}
	if st[0] <= '9' || len(st) < 2 {
		return 0
	}
	if c, ok := lexicon.Demonym(u.norm); ok {
		if c == t.norm {
			return nation
		}
		if d, ok := lexicon.Demonym(t.norm); ok && c == d {
			return nation
		}
	}
	if c, ok := lexicon.Demonym(t.norm); ok && c == u.norm {
		return nation
	}
	if lexicon.Synonyms(t.stem, st) {
		return synonym
	}
	rare := t.name || t.weight > 5.5
	if rare && len(t.stem) >= 4 && len(st) >= 4 && t.stem[0] == st[0] && (u.capital() || !t.name) {
		limit := 1
		if len(t.stem) >= 7 && len(st) >= 7 {
			limit = 2
		}
		if distance(t.norm, u.norm, limit) <= limit && !(len(t.stem) < 6 && !u.capital()) {
			return variant
		}
	}
	if n := common(t.stem, st); n >= 5 && n*10 >= 7*min(len(t.stem), len(st)) && max(len(t.stem), len(st))-n <= 5 && !lexicon.Antonyms(t.stem, st) {
		return related
	}
	if t.name && !(q.towards(t) && !isPlace(u.norm)) {
		if m, ok := lexicon.Metonym(u.norm); ok && (m == t.norm) {
			return seat
		}
		if m, ok := lexicon.Metonym(t.norm); ok && (m == u.norm) {
			return seat
		}
		if a, ok := lexicon.Metonym(t.norm); ok {
			if b, ok := lexicon.Metonym(u.norm); ok && a == b {
				return seat
			}
			if b, ok := lexicon.Demonym(u.norm); ok && a == b {
				return seat
			}
		}
	}
	return 0
}

// towards reports whether a term is where something is or goes: there the
// Kremlin does not stand for Moscow.
func (q *question) towards(t *term) bool {
	switch q.before(t) {
	case "to", "into", "in", "at", "near", "from":
		return true
	}
	return false
}

func isPlace(n string) bool {
	_, ok := lexicon.Place(n)
	return ok
}

// common is the length of the longest prefix that a and b share.
func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// distance is the Damerau-Levenshtein distance of a and b (optimal string
// alignment), or limit+1 if it is over limit.
func distance(a, b string, limit int) int {
	ra, rb := []rune(a), []rune(b)
	if d := len(ra) - len(rb); d > limit || -d > limit {
		return limit + 1
	}
	prev2 := make([]int, len(rb)+1)
	prev := make([]int, len(rb)+1)
	row := make([]int, len(rb)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(ra); i++ {
		row[0] = i
		for j := 1; j <= len(rb); j++ {
			cost := 1
			if ra[i-1] == rb[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && ra[i-1] == rb[j-2] && ra[i-2] == rb[j-1] {
				row[j] = min(row[j], prev2[j-2]+1)
			}
		}
		prev2, prev, row = prev, row, prev2
	}
	return prev[len(rb)]
}

// A cover says how the terms of a question are found in a sentence.
type cover struct {
	in    []float64 // by term: how well it is matched in the sentence
	at    []int     // by term: the token that matches best, or -1
	near  []float64 // the same with the sentences around, the speaker, the title
	cov   float64   // weighted share of terms matched in the sentence
	ctx   float64   // with what is near
	names float64   // share of the names matched in or near
	view  *view     // what features tell of the sentence, made when first needed
}

func (q *question) cover(s *sentence) cover {
	c := cover{in: make([]float64, len(q.terms)), at: make([]int, len(q.terms)), near: make([]float64, len(q.terms))}
	for i := range c.at {
		c.at[i] = -1
	}
	for j := range s.tokens {
		for i, v := range q.sameAll(&s.tokens[j]) {
			if v > c.in[i] {
				c.in[i], c.at[i] = v, j
			}
		}
	}
	for i := range q.terms {
		if t := &q.terms[i]; t.name && c.in[i] < variant {
			for j := range s.tokens {
				if s.doc.samePerson(t.norm, s.tokens[j].norm) {
					c.in[i], c.at[i] = variant, j
					break
				}
			}
		}
		c.near[i] = c.in[i]
	}
	return c
}

// lookAround adds what the neighbours, the speaker and the title give.
func (q *question) lookAround(d *document, at int, covers []cover) {
	c := &covers[at]
	s := d.sentences[at]
	for i := range q.terms {
		t := &q.terms[i]
		best := c.in[i]
		for _, n := range [...]struct {
			off int
			w   float64
		}{{-1, 0.75}, {1, 0.5}, {-2, 0.5}, {-3, 0.3}, {2, 0.25}} {
			j := at + n.off
			if j < 0 || j >= len(d.sentences) {
				continue
			}
			w := n.w
			if s.Kind == corpus.Credit && n.off < 0 && d.sentences[j].Kind == corpus.Caption {
				w = 1 // the photograph is what the caption tells
			} else if d.sentences[j].Paragraph != s.Paragraph && !adjacentQuote(s, d.sentences[j]) {
				w *= 0.75
			}
			best = max(best, covers[j].in[i]*w)
		}
		for _, st := range d.title {
			if st == t.stem {
				best = max(best, 0.5)
			}
		}
		if q.kind == said && t.norm == q.agent && s.speaker != "" && alike(s.speaker, t.norm) {
			// Who speaks is the same whether the sentence names them or not.
			c.in[i], best = 1, 1
		}
		if q.kind == who && q.class == lexicon.Plain && t.verb && slices.ContainsFunc(s.voices, func(v ground.Voice) bool { return v.Sure && len(v.Speakers) > 0 }) {
			c.in[i], best = 1, 1 // whatever the verb
		}
		if t.name && t.norm != q.agent && d.about[t.stem] {
			best = max(best, 0.56) // the article is about it
		}
		if s.speaker != "" && t.name && (s.speaker == t.norm || distance(s.speaker, t.norm, 1) <= 1) {
			best = max(best, 0.95)
		}
		c.near[i] = best
	}
	total, in, near := 0.0, 0.0, 0.0
	for i, t := range q.terms {
		w := t.weight
		total += w
		in += w * c.in[i]
		near += w * c.near[i]
	}
	if total > 0 {
		c.cov, c.ctx = in/total, near/total
	}
	names, named := 0.0, 0.0
	for _, run := range q.runs {
		w := 1.0
		if l, ok := lexicon.Place(q.terms[run[len(run)-1]].norm); ok && l.Kind == lexicon.Country {
			w = 0.5 // articles take the country for granted
		}
		named += w
		switch v := q.has(run, func(i int) float64 { return c.near[i] }); {
		case v >= 0.55:
			names += w
		case v >= 0.35:
			names += 0.4 * w
		}
	}
	c.names = 1
	if named > 0 {
		c.names = names / named
	}
}

// samePerson reports whether two folded names are parts of the name of one
// person of the document: "jared" and "kushner".
func (d *document) samePerson(a, b string) bool {
	full := d.people[a]
	if full == "" {
		full = d.people[b]
	}
	if full == "" || a == b {
		return false
	}
	ws := word.Split(full)
	has := func(n string) bool {
		for _, w := range ws {
			if w.Norm == n {
				return true
			}
		}
		return false
	}
	return has(a) && has(b)
}

func adjacentQuote(a, b *sentence) bool { return a.speaker != "" && a.speaker == b.speaker }

// verbAt is the token that matches the question's verb, or -1, and how well.
func (q *question) verbAt(s *sentence) (int, float64) {
	at, best := -1, 0.0
	if q.verb == "" {
		return at, best
	}
	for i, t := range s.tokens {
		if len(t.stems) != 1 {
			continue
		}
		v := 0.0
		switch {
		case t.stems[0] == q.verbStem || t.norm == q.verb || t.Tag.Verb() && lexicon.Base(t.stems[0]) == q.verbStem:
			v = 1
		case lexicon.Synonyms(q.verbStem, t.stems[0]):
			v = synonym
		}
		if lemma, class, ok := lexicon.Saying(t.norm); ok && q.class != "" && v < 1 {
			switch {
			case word.Stem(lemma) == q.verbStem:
				v = 1
			case class == q.class:
				v = 0.8
			case q.class == lexicon.Plain:
				v = 0.7
			}
		}
		if leads[q.verbStem] && leader[t.stems[0]] {
			v = max(v, 0.8)
		}
		if n := common(q.verbStem, t.stems[0]); v == 0 && n >= 5 && n+3 >= max(len(q.verbStem), len(t.stems[0])) {
			v = related
		}
		if v > 0 && !t.Tag.Verb() {
			v *= 0.85
		}
		if v > best {
			at, best = i, v
		}
	}
	return at, best
}

// Stems: who leads a body is its president.
var (
	leads  = map[string]bool{"head": true, "lead": true, "run": true, "chair": true}
	leader = map[string]bool{"presid": true, "chief": true, "head": true, "chair": true, "chairman": true, "leader": true, "director": true, "ceo": true, "boss": true, "chairwoman": true, "command": true}
)

func key(s string) string {
	ws := word.Split(s)
	parts := make([]string, 0, len(ws))
	for _, w := range ws {
		if !word.Stop(w.Norm) {
			parts = append(parts, w.Stem())
		}
	}
	return strings.Join(parts, " ")
}
