// Package extract reads passages without a language model: it finds the
// sentences that answer a question, says who speaks in them, and picks the
// words that answer it. What it writes are sentences of the articles.
package extract

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"dateline/bot"
	"dateline/bot/extract/pos"
	"dateline/corpus"
	"dateline/corpus/word"
	"dateline/retrieval"
)

// A Reader is the built-in engine. The zero value is ready for use, by any
// number of goroutines.
type Reader struct{}

var _ bot.Answerer = Reader{}

// Name is "extract".
func (Reader) Name() string { return "extract" }

// margin is how many sentences around a passage are read with it, so that
// quotations find their speaker and pronouns their names.
const margin = 3

// Draft answers from the passages, see bot.Answerer.
func (Reader) Draft(ctx context.Context, q bot.Question, passages []retrieval.Hit, emit func(bot.Claim)) (bot.Draft, error) {
	asked := parse(q.Text, q.Asked)
	r := reading{q: asked}
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

// A reading is one question put to some documents.
type reading struct {
	q      *question
	docs   []*document
	covers [][]cover // by document and sentence
	cands  []candidate
	spare  []candidate // from captions and credits
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
		for i, cs := range all[id] {
			rank, ok := ranks[id][i]
			if !ok || cs.Kind == corpus.Dateline || cs.Kind == corpus.Stamp || cs.Kind == corpus.Boilerplate {
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
	}
}

// answer reads the documents and drafts.
func (r *reading) answer() bot.Draft {
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
	if missing := r.missing(); len(missing) > 0 {
		return r.refuse(missing, "")
	}
	r.rank()
	if len(r.cands) == 0 {
		return r.refuse(nil, "")
	}
	top := r.cands[0]
	if why := r.doubt(&top); why != "" {
		return r.refuse(nil, why)
	}
	return r.compose()
}

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
func (r *reading) missing() []string {
	var missing []string
	for i := range r.q.terms {
		t := &r.q.terms[i]
		if !t.name && !(t.number && len(t.stem) > 1) || r.known(i) >= seat {
			continue
		}
		if r.q.inDate(t) {
			continue // dates are compared as dates
		}
		// A full name whose other part is known is a spelling or a first
		// name that the articles leave out, unless it is someone else's.
		name := r.q.nameOf(t)
		if !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	return missing
}

func (q *question) inDate(t *term) bool {
	for _, d := range q.dates {
		if t.Start >= d.Start && t.End <= d.End {
			return true
		}
	}
	return false
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

// Weights of a candidate's features.
const (
	weighCover = 2.2
	weighNear  = 1.6
	weighFit   = 1.3
	weighRole  = 0.9
	weighProx  = 1.2
	weighVerb  = 0.5
	weighRank  = 0.5
	weighLede  = 0.12
	weighNames = 0.8
	weighDates = 0.8
)

// rank scores all candidates, best first.
func (r *reading) rank() {
	for di, d := range r.docs {
		for i, s := range d.sentences {
			c := &r.covers[di][i]
			if c.ctx < 0.25 {
				continue
			}
			furniture := !s.Kind.Evidence() && !(r.q.photo && s.Kind != corpus.Stamp)
			for _, x := range r.q.candidates(s, i, c) {
				x.score = r.score(&x)
				if furniture {
					r.spare = append(r.spare, x)
				} else {
					r.cands = append(r.cands, x)
				}
			}
		}
	}
	slices.SortStableFunc(r.cands, compare)
	slices.SortStableFunc(r.spare, compare)
}

func compare(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.s.doc.article.ID, b.s.doc.article.ID), cmp.Compare(a.span.Start, b.span.Start), cmp.Compare(a.span.End, b.span.End))
}

func (r *reading) score(x *candidate) float64 {
	c := x.cover
	v := weighCover*c.cov + weighNear*c.ctx + weighFit*x.fit + weighRole*x.role + weighProx*x.prox + weighVerb*x.verb + weighRank*x.s.rank + weighNames*(c.names-1)
	v += weighLede / float64(1+x.s.Paragraph)
	v += weighDates * r.q.dateFit(x.s)
	if x.s.Kind == corpus.Heading {
		v -= 0.4
	}
	return v
}

// dateFit compares the dates of the question with those of a sentence: 0 if
// the question has none, up to 0.5 for agreement, -0.5 for a clash.
func (q *question) dateFit(s *sentence) float64 {
	if len(q.dates) == 0 || q.kind == when {
		return 0
	}
	agree, clash := false, false
	for _, a := range q.dates {
		for _, b := range s.dates {
			if !a.From.After(b.To) && !b.From.After(a.To) {
				agree = true
			} else {
				clash = true
			}
		}
		if day, ok := s.doc.article.Date(); ok && !a.From.After(day) && !day.After(a.To) {
			agree = agree || len(s.dates) == 0
		}
	}
	switch {
	case agree:
		return 0.5
	case clash:
		return -0.5
	}
	return 0
}

// Thresholds of confidence, see the questions in cmd/dateline/testdata.
const (
	leastNear  = 0.5  // weighted share of the question's words in and around the sentence
	leastNames = 0.75 // share of the question's names there
	leastScore = 3.0
)

// doubt says why the best candidate is no answer, or "".
func (r *reading) doubt(x *candidate) string {
	c := x.cover
	if c.names < leastNames {
		var far []string
		for i, t := range r.q.terms {
			if t.name && c.near[i] < 0.35 {
				if n := r.q.nameOf(&t); !slices.Contains(far, n) {
					far = append(far, n)
				}
			}
		}
		if len(far) > 0 {
			return fmt.Sprintf("The articles mention %s, but not in connection with this.", strings.Join(far, " and "))
		}
		return "The articles mention the names of the question, but not together."
	}
	if c.ctx < leastNear || x.score < leastScore {
		return "The articles do not say."
	}
	return ""
}

// compose writes the answer around the best candidate.
func (r *reading) compose() bot.Draft {
	top := r.cands[0]
	d := bot.Draft{Short: r.short(&top)}
	type picked struct {
		candidate
		also []candidate
	}
	picks := []picked{{candidate: top}}
	limit := 1
	switch r.q.kind {
	case said, did, why, how, describe:
		limit = 3
	}
	seen := map[*sentence]bool{top.s: true}
	for _, x := range r.cands[1:] {
		if x.score < top.score*0.7 {
			break
		}
		if seen[x.s] {
			continue
		}
		joined := false
		for i := range picks {
			p := &picks[i]
			if r.agree(&p.candidate, &x) && x.s.doc != p.s.doc && len(p.also) < 2 && x.score > p.score*0.75 &&
				!slices.ContainsFunc(p.also, func(y candidate) bool { return y.s.doc == x.s.doc }) {
				p.also = append(p.also, x)
				seen[x.s] = true
				joined = true
				break
			}
		}
		if joined {
			continue
		}
		if len(picks) < limit && x.score > top.score*0.85 && r.doubt(&x) == "" {
			picks = append(picks, picked{candidate: x})
			seen[x.s] = true
		} else if len(picks) == 1 && r.differs(&top, &x) {
			picks = append(picks, picked{candidate: x})
			seen[x.s] = true
			d.Differ = true
		}
	}
	if d.Differ {
		slices.SortStableFunc(picks, func(a, b picked) int {
			return cmp.Compare(b.s.doc.article.Published.Value, a.s.doc.article.Published.Value)
		})
		d.Short = r.short(&picks[0].candidate)
		d.Note = fmt.Sprintf("The sources differ: %s, or %s.", r.short(&picks[0].candidate), r.short(&picks[1].candidate))
	}
	for _, p := range picks {
		c := r.claim(&p.candidate)
		for _, x := range p.also {
			c.Quotes = append(c.Quotes, bot.Quote{Article: x.s.doc.article, Span: x.s.Span})
			if x.voice != nil && x.voice != x.s {
				c.Quotes = append(c.Quotes, bot.Quote{Article: x.s.doc.article, Span: x.voice.Span})
			}
		}
		d.Claims = append(d.Claims, c)
	}
	return d
}

// short is the shortest complete answer.
func (r *reading) short(x *candidate) string {
	if r.q.kind == yesno {
		return r.verdict(x)
	}
	if x.text != "" {
		return x.text
	}
	return strings.Trim(strings.Join(strings.Fields(x.span.Of(x.s.doc.article.Text)), " "), " ,;:")
}

// verdict is the answer to a yes-or-no question: "Yes" unless the sentence
// and the question differ in negation.
func (r *reading) verdict(x *candidate) string {
	no := false
	for i, t := range x.s.tokens {
		switch t.norm {
		case "not", "n't", "n’t", "never", "no", "without", "denied", "denies", "deny", "rejected", "refused", "declined", "cannot", "none", "nor":
			if t.norm == "no" && x.s.inQuote(i) {
				continue
			}
			no = true
		}
	}
	if no != r.q.negated {
		return "No"
	}
	return "Yes"
}

// claim lifts the sentence of a candidate. A pronoun at its head is resolved
// in brackets where the speaker is certain; else the sentence before comes
// along.
func (r *reading) claim(x *candidate) bot.Claim {
	s := x.s
	text := oneLine(s.text())
	quotes := []bot.Quote{{Article: s.doc.article, Span: s.Span}}
	if x.voice != nil && x.voice != s && x.text != "" {
		quotes = append(quotes, bot.Quote{Article: s.doc.article, Span: x.voice.Span})
		return bot.Claim{Text: r.bracket(s, text, x.text), Quotes: quotes}
	}
	if len(s.tokens) == 0 {
		return bot.Claim{Text: text, Quotes: quotes}
	}
	headPronoun := s.tag(0) == pos.PRP && s.norm(0) != "it" && s.norm(0) != "i" && s.norm(0) != "we" && s.norm(0) != "you"
	unnamed := len(s.speech) == 0 && (s.open || s.startsQuote())
	tail := len(s.speech) > 0 && s.tag(s.speech[0].subject.from) == pos.PRP
	if (headPronoun || unnamed || tail) && s.speaker != "" && s.voice != nil && s.voice != s {
		if full, span := s.doc.fullName(s.speaker, s.voice); full != "" && span.Len() > 0 {
			quotes = append(quotes, bot.Quote{Article: s.doc.article, Span: s.voice.Span})
			return bot.Claim{Text: r.bracket(s, text, full), Quotes: quotes}
		}
	}
	if headPronoun && x.at > 0 && s.doc.sentences[x.at-1].Paragraph == s.Paragraph {
		before := s.doc.sentences[x.at-1]
		text = oneLine(before.text()) + " " + text
		quotes = append([]bot.Quote{{Article: s.doc.article, Span: before.Span}}, quotes...)
	}
	return bot.Claim{Text: text, Quotes: quotes}
}

// bracket puts a name into a lifted sentence: behind the pronoun it stands
// for, or before a quotation without a speaker.
func (r *reading) bracket(s *sentence, text, name string) string {
	for i, t := range s.tokens {
		if (t.norm == "he" || t.norm == "she" || t.norm == "they") && !s.inQuote(i) {
			at := len(oneLine(s.text()[:t.End]))
			if at <= len(text) {
				return text[:at] + " [" + name + "]" + text[at:]
			}
		}
	}
	if strings.Contains(text, name) || s.startsNamed(name) {
		return text
	}
	return "[" + name + ":] " + text
}

func (s *sentence) startsNamed(name string) bool {
	last := word.Split(name)
	if len(last) == 0 {
		return false
	}
	n := last[len(last)-1].Norm
	for i, t := range s.tokens {
		if t.norm == n && !s.inQuote(i) {
			return true
		}
	}
	return false
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// agree reports whether two candidates give the same answer.
func (r *reading) agree(a, b *candidate) bool {
	if r.q.kind == said || r.q.kind == did || r.q.kind == why || r.q.kind == how || r.q.kind == describe || r.q.kind == what {
		return overlap(a.s, b.s) > 0.6
	}
	if r.q.kind == yesno {
		return r.verdict(a) == r.verdict(b) && overlap(a.s, b.s) > 0.4
	}
	if r.q.kind == when {
		da, db := a.s.dateAt(a.p), b.s.dateAt(b.p)
		if da != nil && db != nil {
			return !da.From.After(db.To) && !db.From.After(da.To)
		}
	}
	ka, kb := key(r.short(a)), key(r.short(b))
	if ka == kb {
		return true
	}
	wa, wb := strings.Fields(ka), strings.Fields(kb)
	if len(wa) == 0 || len(wb) == 0 || r.q.kind == count || r.q.kind == amount {
		return false
	}
	// "Ushakov", "Yuri Ushakov"
	return wa[len(wa)-1] == wb[len(wb)-1] && a.class == person
}

// overlap is the share of the rarer words of the shorter sentence that the
// other has too.
func overlap(a, b *sentence) float64 {
	have := make(map[string]bool)
	for _, t := range a.tokens {
		for _, st := range t.stems {
			have[st] = true
		}
	}
	total, both := 0.0, 0.0
	for _, t := range b.tokens {
		for _, st := range t.stems {
			if w := word.IDF(st); w > 1 {
				total += w
				if have[st] {
					both += w
				}
			}
		}
	}
	if total == 0 {
		return 0
	}
	return both / total
}

// differs reports whether two articles give different values for what was
// asked: numbers or days, in sentences that otherwise say the same.
func (r *reading) differs(a, b *candidate) bool {
	if r.q.kind != count && r.q.kind != amount && r.q.kind != when || a.s.doc == b.s.doc {
		return false
	}
	if b.score < a.score*0.85 || b.fit < a.fit || b.cover.ctx < a.cover.ctx*0.85 || r.doubt(b) != "" {
		return false
	}
	return !r.agree(a, b)
}

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
		d.Nearest = append(d.Nearest, bot.Quote{Article: n.s.doc.article, Span: n.s.Span})
	}
	return d
}
