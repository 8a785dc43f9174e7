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
	"time"

	"dateline/bot"
	"dateline/bot/extract/lexicon"
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
			d.Note = "This stands in a photograph’s caption, not in the story."
			return d
		}
	}
	return r.refuse(nil, why)
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
	add := func(t *term) {
		if name := r.q.nameOf(t); !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
	}
	for _, run := range r.q.runs {
		last := &r.q.terms[run[len(run)-1]]
		if !r.q.inDate(last) && r.q.has(run, r.known) < seat {
			add(last)
		}
	}
	for i := range r.q.terms {
		t := &r.q.terms[i]
		if t.number && len(t.stem) > 1 && !t.name && r.known(i) < seat && !r.q.inDate(t) {
			add(t)
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

// rank scores all candidates, best first.
func (r *reading) rank() {
	for di, d := range r.docs {
		for i, s := range d.sentences {
			c := &r.covers[di][i]
			if c.ctx < 0.25 {
				continue
			}
			furniture := !s.Kind.Evidence() && !(r.q.photo && s.Kind != corpus.Stamp)
			if r.q.photographer && s.Kind != corpus.Credit {
				continue
			}
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
	r.buf = r.rankFeatures(r.buf[:0], x)
	v := models()["rank"].score(r.buf)
	if r.q.kind == said {
		// Somebody else's words, or words on something else, are no answer,
		// however alike they sound.
		if x.role < 0 {
			v -= offSpeaker
		}
		if !r.onTopic(x) {
			v -= offTopic
		}
	}
	if r.q.photographer {
		v += captionMatch * x.cover.ctx // a credit has no words of its own
	}
	return v
}

// dateFit compares the dates of the question with those of a sentence: 0 if
// the question has none, up to 0.5 for agreement, -0.5 for a clash. "On
// Wednesday" may be the asker's or the article's, so both are tried.
func (q *question) dateFit(s *sentence) float64 {
	if len(q.dates) == 0 || q.kind == when {
		return 0
	}
	asked := q.dates
	day, dated := s.doc.article.Date()
	if dated {
		asked = append(slices.Clone(asked), q.datesOn(day)...)
	}
	agree, clash := false, false
	for _, a := range asked {
		for _, b := range s.dates() {
			if !a.From.After(b.To) && !b.From.After(a.To) {
				agree = true
			} else {
				clash = true
			}
		}
		if dated && !a.From.After(day) && !day.After(a.To) {
			agree = true // of the day, as most that is in the paper
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

// What a statement loses that somebody else made, or that is on something
// else; more than any two statements of one speaker differ by.
const (
	offSpeaker = 4
	offTopic   = 3
)

// captionMatch weighs how well the caption above a credit matches a question
// for the photographer, over all else.
const captionMatch = 5

// datesOn are the dates of the question as a paper of that day means them.
func (q *question) datesOn(day time.Time) []corpus.Date {
	ds, ok := q.onDay[day]
	if !ok {
		ds = corpus.Dates(q.text, corpus.Span{Start: 0, End: len(q.text)}, day)
		if q.onDay == nil {
			q.onDay = make(map[time.Time][]corpus.Date)
		}
		q.onDay[day] = ds
	}
	return ds
}

// How far a candidate may be behind the best. Scores are log odds.
const (
	closeBy   = 1.0 // to stand in for it, or beside it
	behind    = 2.0 // to confirm it
	farBehind = 2.5 // to be looked at
)

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
		if x.score < top.score-farBehind {
			break
		}
		if seen[x.s] {
			continue
		}
		joined := false
		for i := range picks {
			p := &picks[i]
			if r.agree(&p.candidate, &x) && x.s.doc != p.s.doc && len(p.also) < 2 && x.score > p.score-behind &&
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
		if len(picks) < limit && x.score > top.score-closeBy && r.doubt(&x) == "" {
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
	p := x.p
	if p.from < p.to && p.to <= len(x.s.tokens) && x.s.span(p) == x.span && p.to-p.from > 3 {
		// "said [Tuesday that] ..."
		from := p.from
		for from < p.to-2 && (calendar(x.s.norm(from)) || x.s.norm(from) == "on" && calendar(x.s.norm(from+1)) || x.s.norm(from) == "that" || x.s.lit(from) == ",") {
			from++
		}
		p.from = from
	}
	short := x.span.Of(x.s.doc.article.Text)
	if p.from > x.p.from {
		short = x.s.words(p)
	}
	if r.q.kind == count || r.q.kind == amount {
		// "the 19-point plan" has 19 of them.
		if n, unit, ok := strings.Cut(short, "-"); ok && n != "" && n[0] >= '0' && n[0] <= '9' && !strings.ContainsAny(unit, "0123456789") && r.q.kind == count {
			short = n
		}
	}
	open := p.from < len(x.s.quoted) && x.s.quoted[p.from] && !strings.ContainsAny(short[:min(3, len(short))], "“\"")
	short = strings.Trim(oneLine(short), " ,;:")
	if strings.ContainsAny(short, "“”\"") {
		short = balance(open, short)
	}
	return short
}

// verdict is the answer to a yes-or-no question: "Yes" or "No" where the
// sentence has the question's verb and says or negates it, and "Not certain"
// where it is hedged or left open.
func (r *reading) verdict(x *candidate) string {
	s := x.s
	at, v := r.q.verbAt(s)
	open := false
	for i, t := range s.tokens {
		if (t.norm == "if" || t.norm == "whether") && (at < 0 || i < at) {
			open = true // "did not say if", "denied knowing whether"
		}
	}
	no, denier := false, ""
	for _, sp := range s.speech {
		if r.q.class != lexicon.Deny && sp.class == lexicon.Deny && (at < 0 || sp.verb <= at) {
			if best := s.best(sp.subject); s.tag(best.from) != pos.PRP {
				denier = s.words(best)
			}
		}
	}
	switch {
	case s.rejects(x):
		no = true // "in Geneva, not Abu Dhabi"
	case r.q.class != lexicon.Deny && slices.ContainsFunc(s.speech, func(sp speech) bool { return sp.class == lexicon.Deny && (at < 0 || sp.verb <= at) }):
		no = true
	case at >= 0 && s.tag(at).Verb():
		no = s.denied(at)
	case at < 0:
		// "has no diplomatic background": what is negated stands beside it.
		for i, j := range x.cover.at {
			if j > 0 && x.cover.in[i] >= synonym && !r.q.terms[i].name && (negation(s.norm(j-1)) || negation(s.norm(j-2))) {
				no = true
			}
		}
	}
	for i, j := range x.cover.at {
		if j < 0 || x.cover.in[i] < variant {
			continue
		}
		for k := max(0, j-3); k < j; k++ {
			open = open || lexicon.Hedge(s.norm(k))
		}
	}
	switch {
	case open && !no, r.q.verb != "" && !lightVerbs[r.q.verbStem] && v < 0.6 && !no:
		return "Not certain"
	case no != r.q.negated && denier != "":
		return "No, according to " + denier
	case no != r.q.negated:
		return "No"
	}
	return "Yes"
}

// rejects reports whether a sentence says "not" right before a name of the
// question: "in Geneva, not Abu Dhabi".
func (s *sentence) rejects(x *candidate) bool {
	for i, j := range x.cover.at {
		if j > 0 && x.cover.in[i] >= variant && s.tokens[j].capital() {
			for k := j - 1; k >= max(0, j-3); k-- {
				if s.norm(k) == "not" && (s.lit(k-1) == "," || s.norm(k-1) == "and" || s.norm(k-1) == "but") {
					return true
				}
				if s.tag(k).Verb() {
					break
				}
			}
		}
	}
	return false
}

func negation(n string) bool {
	switch n {
	case "not", "nt", "n't", "n’t", "never", "no", "without", "cannot", "none", "nor", "nobody", "nothing":
		return true
	}
	return false
}

// claim lifts the sentence of a candidate. A pronoun at its head is resolved
// in brackets where the speaker is certain; else the sentence before comes
// along.
func (r *reading) claim(x *candidate) bot.Claim {
	s := x.s
	span := s.doc.wholeQuote(x.at)
	text := balance(s.open, oneLine(span.Of(s.doc.article.Text)))
	quotes := []bot.Quote{{Article: s.doc.article, Span: span}}
	if x.voice != nil && x.voice != s && x.text != "" {
		quotes = append(quotes, bot.Quote{Article: s.doc.article, Span: x.voice.Span})
		return bot.Claim{Text: r.bracket(s, text, x.text), Quotes: quotes}
	}
	if len(s.tokens) == 0 {
		return bot.Claim{Text: text, Quotes: quotes}
	}
	headPronoun := s.tag(0) == pos.PRP && s.norm(0) != "it" && s.norm(0) != "i" && s.norm(0) != "we" && s.norm(0) != "you"
	unnamed := len(s.speech) == 0 && (s.open || s.startsQuote())
	tail := len(s.speech) > 0 && s.tag(s.speech[0].subject.from) == pos.PRP && !s.otherPerson(s.speech[0].subject.from)
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

// otherPerson reports whether a sentence names somebody, outside quotation
// marks, before the pronoun at a token: then the pronoun may be theirs.
func (s *sentence) otherPerson(pronoun int) bool {
	for _, p := range s.phrases {
		for _, n := range s.names(p) {
			if n.to <= pronoun && !s.inQuote(n.from) && s.classOf(n) == person {
				return true
			}
		}
	}
	return false
}

// quoteTail is how many bytes more than the sentence are lifted at the most so
// that a quotation that begins in it also ends.
const quoteTail = 250

// wholeQuote is the span of a sentence and of those behind it that end a
// quotation which begins in it, if that is not far.
func (d *document) wholeQuote(at int) corpus.Span {
	s := d.sentences[at]
	if s.open || !unclosed(s.text()) {
		return s.Span
	}
	for i := at + 1; i < len(d.sentences) && d.sentences[i].Paragraph == s.Paragraph; i++ {
		next := d.sentences[i]
		if next.End-s.End > quoteTail {
			break
		}
		if strings.Contains(next.text(), "”") || strings.Contains(next.text(), `"`) {
			return corpus.Span{Start: s.Start, End: next.End}
		}
	}
	return s.Span
}

// unclosed reports whether a quotation begins in a text and does not end there.
func unclosed(s string) bool {
	return strings.LastIndex(s, "“") > strings.LastIndex(s, "”") || strings.Count(s, `"`)%2 == 1
}

// balance adds the quotation marks that a sentence out of the middle of a
// quotation lacks. open says that it begins inside one.
func balance(open bool, s string) string {
	mark := [2]string{"“", "”"}
	if strings.Contains(s, `"`) && !strings.ContainsAny(s, "“”") {
		mark = [2]string{`"`, `"`}
	}
	if open && (!strings.Contains(s, mark[0]) || strings.Index(s, mark[1]) < strings.Index(s, mark[0]) || mark[0] == mark[1]) {
		s = mark[0] + s
	}
	if unclosed(s) {
		s += mark[1]
	}
	return s
}

// bracket puts a name into a lifted sentence: behind the pronoun it stands
// for, or before a quotation without a speaker.
func (r *reading) bracket(s *sentence, text, name string) string {
	for i, t := range s.tokens {
		if (t.norm == "he" || t.norm == "she" || t.norm == "they") && !s.inQuote(i) {
			head := oneLine(s.text()[:t.End])
			if at := strings.Index(text, head); at >= 0 {
				at += len(head)
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
	if r.q.kind == when && (a.verb < 0.8 || b.verb < 0.8 || a.role < 0.5 || b.role < 0.5 || len(b.s.dates()) > 1) {
		return false // days of two different things
	}
	if a.stage() != b.stage() {
		return false // the first draft and the revised one
	}
	reach, least := closeBy, 0.85
	if sameEvent(a.s.doc, b.s.doc) {
		// What two papers write of one event need not sound alike.
		reach, least = 3*closeBy, 0.55
	}
	if b.score < a.score-reach || b.fit < min(a.fit, 0.9) || b.cover.ctx < a.cover.ctx*least || r.doubt(b) != "" {
		return false
	}
	return !r.agree(a, b)
}

// stage tells whether a value is said to be of an early or a late version of
// something: -1 for "the initial 28-point draft", 1 for "the new plan".
func (x *candidate) stage() int {
	for i := max(0, x.p.from-3); i < min(len(x.s.tokens), x.p.to+3); i++ {
		switch x.s.norm(i) {
		case "initial", "initially", "original", "originally", "previous", "previously", "earlier", "former", "old":
			return -1
		case "new", "revised", "latest", "current", "updated", "now":
			return 1
		}
	}
	return 0
}

// sameEvent reports whether two articles name mostly the same in title,
// dateline and lede.
func sameEvent(a, b *document) bool {
	both, n := 0, min(len(a.about), len(b.about))
	for st := range a.about {
		if b.about[st] {
			both++
		}
	}
	return both >= 2 && both*3 >= n
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
