// Package extract reads passages without a language model: it finds the
// sentences that answer a question, says who speaks in them, and picks the
// words that answer it. What it writes are sentences of the articles.
package extract

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"dateline/bot"
	"dateline/corpus"
	"dateline/corpus/word"
	"dateline/retrieval"
)

// A Reader is the built-in engine. The zero value is ready for use, by any
// number of goroutines.
type Reader struct{}

var _ bot.Answerer = Reader{}

// Name is bot.EngineExtract.
func (Reader) Name() string { return bot.EngineExtract }

// margin is how many sentences around a passage are read with it, so that
// quotations find their speaker and pronouns their names.
const margin = 3

// Draft answers from the passages, see bot.Answerer.
func (Reader) Draft(ctx context.Context, q bot.Question, passages []retrieval.Hit, emit func(bot.Claim)) (bot.Draft, error) {
	r := reading{q: parse(truecase(q.Text, passages), q.Asked)}
	r.load(passages)
	if err := ctx.Err(); err != nil {
		return bot.Draft{}, err
	}
	d := r.answer()
	if emit != nil {
		for _, c := range d.Claims {
			emit(c)
		}
	}
	return d, nil
}

// truecase gives the words of a question the capitals that the passages give
// them, for people type "who is ursula von der leyen" and names are found by
// their capitals.
func truecase(question string, passages []retrieval.Hit) string {
	lower := make(map[string]bool)
	for _, w := range word.Split(question) {
		if !w.Capital() && !w.Number() && !w.Stop() && len(w.Norm) > 2 {
			lower[w.Norm] = true
		}
	}
	if len(lower) == 0 {
		return question
	}
	type count struct{ capital, all int }
	seen := make(map[string]count)
	for _, h := range passages {
		text := h.Passage.Of(h.Article.Text)
		for _, w := range word.Split(text) {
			if !lower[w.Norm] {
				continue
			}
			// The first word of a sentence says nothing.
			before := strings.TrimRight(text[:w.Start], " \n\r\t“\"‘'(")
			if before == "" || strings.ContainsAny(before[len(before)-1:], ".!?:") && w.Capital() {
				continue
			}
			c := seen[w.Norm]
			c.all++
			if w.Capital() {
				c.capital++
			}
			seen[w.Norm] = c
		}
	}
	b := []byte(question)
	for _, w := range word.Split(question) {
		if c := seen[w.Norm]; lower[w.Norm] && c.all > 0 && c.capital*10 >= c.all*9 && b[w.Start] >= 'a' && b[w.Start] <= 'z' {
			b[w.Start] -= 'a' - 'A'
		}
	}
	return string(b)
}

// A reading is one question put to some documents.
type reading struct {
	q      *question
	docs   []*document
	covers [][]cover // by document and sentence
	cands  []candidate
	spare  []candidate                 // from captions and credits
	best   struct{ cov, near float64 } // of any sentence
	buf    []feature
}

// load analyses the sentences of the passages and some around them.
func (r *reading) load(hits []retrieval.Hit) {
	byID := make(map[string]*document)
	all := make(map[string][]corpus.Sentence)
	ranks := make(map[string]map[int]float64)
	best := 0.0
	for _, h := range hits {
		best = max(best, h.Score)
	}
	for _, h := range hits {
		id := h.Article.ID
		d := byID[id]
		if d == nil {
			d = &document{article: h.Article, people: make(map[string]string)}
			d.title = append(word.Terms(h.Article.Place.Value), word.Terms(h.Article.Publisher.Value)...)
			if h.Article.Title.From != corpus.FromSentence {
				d.title = append(d.title, word.Terms(h.Article.Title.Value)...)
			}
			byID[id] = d
			all[id] = h.Article.Sentences()
			ranks[id] = make(map[int]float64)
			r.docs = append(r.docs, d)
		}
		rank := 0.0
		if best > 0 {
			rank = h.Score / best
		}
		for i, s := range all[id] {
			if !s.Overlaps(h.Passage.Span) {
				continue
			}
			for j := max(0, i-margin); j <= min(len(all[id])-1, i+margin); j++ {
				v := rank
				if !all[id][j].Overlaps(h.Passage.Span) {
					v *= 0.8
				}
				ranks[id][j] = max(ranks[id][j], v)
			}
		}
	}
	for _, d := range r.docs {
		id := d.article.ID
		d.about = make(map[string]bool)
		ledes := 0
		for _, cs := range all[id] {
			if cs.Kind != corpus.Prose && cs.Kind != corpus.Dateline && cs.Kind != corpus.Heading {
				continue
			}
			for _, w := range word.Split(cs.Of(d.article.Text)) {
				if w.Capital() && !w.Stop() {
					d.about[w.Stem()] = true
				}
			}
			if cs.Kind == corpus.Prose {
				ledes++
			}
			if ledes == 3 {
				break
			}
		}
		for _, w := range word.Split(d.article.Title.Value) {
			d.about[w.Stem()] = true
		}
		for i, cs := range all[id] {
			rank, ok := ranks[id][i]
			if !ok || cs.Kind == corpus.Dateline || cs.Kind == corpus.Stamp || cs.Kind == corpus.Boilerplate || cs.Kind == corpus.Order {
				continue
			}
			s := analyse(d, cs)
			s.rank = rank
			d.sentences = append(d.sentences, s)
		}
		for _, s := range d.sentences {
			d.learn(s)
		}
		d.hear()
		d.quote()
	}
}

// match finds the words of the question in all sentences.
func (r *reading) match() {
	for _, d := range r.docs {
		covers := make([]cover, len(d.sentences))
		for i, s := range d.sentences {
			covers[i] = r.q.cover(s)
		}
		for i := range d.sentences {
			r.q.lookAround(d, i, covers)
		}
		r.covers = append(r.covers, covers)
	}
	r.survey()
}

// answer reads the documents and drafts.
func (r *reading) answer() bot.Draft {
	r.match()
	if task.MatchString(r.q.text) {
		return r.refuse(nil, "The built-in reader answers questions with sentences that stand in the articles, and writes nothing itself: ask who, what, when, where, why or how many.")
	}
	if missing := r.missing(); len(missing) > 0 {
		return r.refuse(missing, "")
	}
	r.rank()
	if len(r.cands) == 0 {
		if len(r.spare) == 0 {
			return r.refuse(nil, "")
		}
		r.cands, r.spare = r.spare, nil
	}
	why := r.doubt(&r.cands[0])
	if why == "" {
		return r.compose()
	}
	// The next best may stand where the best does not, if it is nearly as good.
	for i := range r.cands[1:min(len(r.cands), 8)] {
		if x := r.cands[i+1]; x.score > r.cands[0].score-closeBy && r.doubt(&x) == "" {
			r.cands = r.cands[i+1:]
			return r.compose()
		}
	}
	// What only a photograph's caption tells is told as such.
	if len(r.spare) > 0 {
		if x := r.spare[0]; x.cover.cov > leastCaption && r.doubt(&x) == "" {
			r.cands = r.spare[:1]
			d := r.compose()
			d.Note = "This stands in a photograph’s caption."
			return d
		}
	}
	return r.refuse(r.farNames(&r.cands[0]), why)
}

// task is how people begin what is a task for a writer, and no question: its verb
// stands in no article, and would be taken for a name that none mentions.
var task = regexp.MustCompile(`(?i)^\s*(?:please |can you |could you |would you )*(?:summari[sz]e|sum up|recap|tl;?dr|paraphrase|translate|rewrite|rephrase|compare (?:both|the two|these|those|all)|(?:write|draft|compose) (?:me |us )?(?:a|an|the|some)|(?:give|show|send) (?:me |us )?(?:a |an |the )?(?:\w+ )?(?:summary|overview|gist|recap|digest))\b`)

// known reports whether a term of the question stands in any sentence read.
func (r *reading) known(i int) float64 {
	best := 0.0
	for d, covers := range r.covers {
		for _, c := range covers {
			best = max(best, c.in[i])
		}
		for _, st := range r.docs[d].title {
			if st == r.q.terms[i].stem {
				best = 1
			}
		}
	}
	return best
}

// missing are the names and numbers of the question that nothing read has.
// Dates are none of its terms: they are compared as dates.
func (r *reading) missing() []string {
	var missing []string
	add := func(t *term) {
		if name := r.q.nameOf(t); !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	for _, run := range r.q.runs {
		last := &r.q.terms[run[len(run)-1]]
		if r.q.has(run, r.known) < seat {
			add(last)
		}
	}
	for i := range r.q.terms {
		t := &r.q.terms[i]
		if t.number && len(t.stem) > 1 && !t.name && r.known(i) < seat {
			add(t)
		}
	}
	return missing
}

// nameOf is the run of names that a term belongs to.
func (q *question) nameOf(t *term) string {
	for _, n := range q.names {
		if i := strings.Index(q.text, n); i >= 0 && t.Start >= i && t.End <= i+len(n) {
			return n
		}
	}
	return t.Text
}

// nearestShare is how near a miss must come, compared with the nearest, to be
// shown beside it.
const nearestShare = 0.6

// refuse writes a refusal, with the sentences that come closest.
func (r *reading) refuse(missing []string, why string) bot.Draft {
	d := bot.Draft{Refusal: why, Missing: missing}
	type near struct {
		s *sentence
		v float64
	}
	var ns []near
	for di, doc := range r.docs {
		for i, s := range doc.sentences {
			if c := r.covers[di][i]; s.Kind == corpus.Prose && c.cov > 0.2 {
				ns = append(ns, near{s, c.cov + c.ctx})
			}
		}
	}
	slices.SortStableFunc(ns, func(a, b near) int {
		return cmp.Or(cmp.Compare(b.v, a.v), cmp.Compare(a.s.doc.article.ID, b.s.doc.article.ID), cmp.Compare(a.s.Start, b.s.Start))
	})
	for _, n := range ns[:min(len(ns), 3)] {
		if n.v < ns[0].v*nearestShare {
			break
		}
		d.Nearest = append(d.Nearest, bot.Quote{Article: n.s.doc.article, Span: n.s.Span})
	}
	return d
}
