package bot

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/quantity"
	"dateline/corpus/word"
	"dateline/retrieval"
)

// A writer makes an Answer of the claims of one engine, each of which it
// grounds first.
type writer struct {
	question Question
	found    retrieval.Result
	offered  map[string]*corpus.Article // as stored, by id
	emit     func(Sentence)
	persons  []fullName // of the question
	unnamed  []string   // those of them whom articles that were to be cited do not name

	mu        sync.Mutex // engines may pass claims from any goroutine
	closed    bool       // Draft has returned
	passed    []Claim
	claims    int // that were looked at
	excess    int // that were not
	mending   bool
	quotes    []Quote // that the answer rests on
	refused   []refused
	sentences []Judged
	answer    Answer
}

// A refused claim, where it stands among the judged sentences, and what was
// said of it.
type refused struct {
	Failed
	sentence int
	dropped  Dropped
}

func newWriter(id string, q Question, engine string, found retrieval.Result, emit func(Sentence)) *writer {
	w := &writer{question: q, found: found, emit: emit, persons: fullNames(q.Text), offered: make(map[string]*corpus.Article, len(found.Hits))}
	w.answer = Answer{
		ID:        id,
		Question:  q.Text,
		Engine:    engine,
		Searched:  found.Searched,
		AsOf:      found.Searched.To,
		Sentences: []Sentence{},
		Citations: []Citation{},
		Passages:  offer(found.Hits),
	}
	for _, h := range found.Hits {
		w.offered[h.Article.ID] = h.Article
	}
	return w
}

// offer writes down what an engine is given to read.
func offer(hits []retrieval.Hit) []Offered {
	offered := make([]Offered, 0, len(hits))
	for _, h := range hits {
		s := h.Article.FileSpan(h.Passage.Span)
		offered = append(offered, Offered{h.Article.Source, [2]int{s.Start, s.End}, h.Score, h.Keyword, h.Semantic})
	}
	return offered
}

// pass takes a claim as soon as it stands.
func (w *writer) pass(c Claim) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return // the answer has gone out without it
	}
	c.Quotes = slices.Clone(c.Quotes)
	w.passed = append(w.passed, c)
	w.add(c)
}

// close ends passing, and reports whether the asker has seen a sentence.
func (w *writer) close() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	return len(w.answer.Sentences) > 0 && w.emit != nil
}

// maxClaims is how many sentences an answer may have. None comes near it; an
// engine that runs wild does.
const maxClaims = 20

// numbered is a citation's mark, which engines do not set: a number in an
// article's own brackets would be taken for one.
var numbered = regexp.MustCompile(`\s*\[\d+\]`)

// plainSentence is a sentence on one line without credits of photographs, markup
// and numbers in brackets.
func plainSentence(s string) string {
	return corpus.OneLine(corpus.WithoutCredits(corpus.OneLine(numbered.ReplaceAllString(corpus.Plain(s), ""))))
}

// add grounds a claim and writes it down.
func (w *writer) add(c Claim) {
	if w.claims++; w.claims > maxClaims {
		w.excess++
		return
	}
	c.Text = plainSentence(c.Text)
	quotes, unnamed := w.aboutThePersons(c.Quotes)
	carriers, reasons := quotes, []string{fmt.Sprintf("what it cites does not name %s in full", unnamed)}
	if unnamed == "" || len(quotes) > 0 {
		carriers, reasons = ground.Cite(c.Text, quotes, w.offered)
	}
	if len(reasons) > 0 {
		w.refused = append(w.refused, refused{Failed{c, reasons}, len(w.sentences), w.drop(c.Text, reasons)})
		w.judge(c.Text, Withheld, reasons, nil)
		return
	}
	s := Sentence{Text: corpus.OneLine(c.Text)}
	for _, q := range carriers {
		if n := w.cite(q); !slices.Contains(s.Citations, n) {
			s.Citations = append(s.Citations, n)
		}
	}
	w.answer.Sentences = append(w.answer.Sentences, s)
	w.judge(c.Text, Shown, nil, s.Citations)
	for _, q := range carriers {
		w.quotes = append(w.quotes, Quote{Article: w.offered[q.Article.ID], Span: q.Span})
	}
	if w.emit != nil {
		w.emit(s)
	}
}

// aboutThePersons leaves out the quotes of articles about others than the people
// whose full names are in the question, and returns the name of the last of those.
func (w *writer) aboutThePersons(quotes []Quote) (kept []Quote, unnamed string) {
	for _, q := range quotes {
		i := -1
		if q.Article != nil && w.offered[q.Article.ID] != nil { // else Cite says why
			i = slices.IndexFunc(w.persons, func(p fullName) bool { return p.otherThan(w.offered[q.Article.ID]) })
		}
		if i < 0 {
			kept = append(kept, q)
			continue
		}
		unnamed = w.persons[i].text
		if !slices.Contains(w.unnamed, unnamed) {
			w.unnamed = append(w.unnamed, unnamed)
		}
	}
	return kept, unnamed
}

// cite returns the number of a quote's citation, the one it got before if it did.
func (w *writer) cite(q Quote) int {
	for _, c := range w.answer.Citations {
		if c.Article == q.Article.ID && c.Span == q.Span {
			return c.N
		}
	}
	c := Cite(len(w.answer.Citations)+1, w.offered[q.Article.ID], q.Span)
	w.answer.Citations = append(w.answer.Citations, c)
	return c.N
}

// judge notes what became of a sentence.
func (w *writer) judge(text string, o Outcome, reasons []string, cited []int) {
	j := Judged{Text: strings.ToValidUTF8(corpus.OneLine(text), "\uFFFD"), Outcome: o, Reasons: reasons, Citations: cited, Repair: w.mending}
	if len(j.Text) > ground.MaxClaim {
		j.Text = strings.ToValidUTF8(j.Text[:ground.MaxClaim], "") + "…"
	}
	w.sentences = append(w.sentences, j)
}

// drop notes what is kept back. It is for logs and for the curious: no longer
// than they need.
func (w *writer) drop(text string, reasons []string) Dropped {
	const most = 8
	if len(reasons) > most {
		reasons = append(reasons[:most:most], fmt.Sprintf("and %d more", len(reasons)-most))
	}
	d := Dropped{brief(strings.ToValidUTF8(corpus.OneLine(text), "\uFFFD")), reasons}
	// One that was to be repaired and came back as it was is listed once.
	if !w.mending || !slices.ContainsFunc(w.answer.Dropped, d.same) {
		w.answer.Dropped = append(w.answer.Dropped, d)
	}
	return d
}

func (d Dropped) same(e Dropped) bool { return d.Text == e.Text && slices.Equal(d.Reasons, e.Reasons) }

// rest takes the claims of the draft that were not passed on before.
func (w *writer) rest(d Draft) {
	for i, c := range d.Claims {
		if i < len(w.passed) && w.passed[i].Text == c.Text && slices.Equal(w.passed[i].Quotes, c.Quotes) {
			continue
		}
		w.add(c)
	}
	w.noteExcess()
}

func (w *writer) noteExcess() {
	if w.excess > 0 {
		w.drop("", []string{fmt.Sprintf("%d more sentences were not read: an answer has at most %d", w.excess, maxClaims)})
	}
}

// finish writes the answer down: its sentences, and what goes along with them
// in the draft, or in the one that repaired it.
func (w *writer) finish(d, repair Draft) {
	a := &w.answer
	if len(a.Sentences) == 0 {
		return
	}
	a.Answered = true
	a.Text = Marked(a.Sentences)
	a.AsOf = ""
	for _, c := range a.Citations {
		a.AsOf = max(a.AsOf, c.Published)
	}
	cited := ground.Gather(w.quotes, w.offered)
	a.Note = w.supported(d.Note, cited, ground.Sentence)
	if a.Differ = d.Differ; a.Differ && a.Note == "" {
		a.Note = "The sources differ."
	}
	if d.Perhaps {
		a.Certainty = Perhaps
		return
	}
	// The short answer is a part of the sentences, and holds no more than
	// they rest on; a sentence it was taken from may have been dropped.
	if a.Short = w.supported(d.Short, cited, ground.Fragment); a.Short == "" {
		a.Short = w.supported(repair.Short, cited, ground.Fragment)
	}
	if a.Short != "" {
		if reasons := ground.Alone(a.Short, w.quotes, w.offered); len(reasons) > 0 {
			w.drop(a.Short, reasons)
			a.Short = ""
		}
	}
	// "Yes" and "No" stand in no quote: a sentence has to say so.
	if yes, no := saysYesOrNo(a.Short); yes || no {
		if denied, ok := ground.Denied(w.question.Text, texts(a.Sentences)); ok && yes == denied {
			w.drop(a.Short, []string{"the sentences of the answer say otherwise"})
			a.Short = ""
		}
	}
}

// saysYesOrNo reports whether a short answer begins with yes or with no.
func saysYesOrNo(short string) (yes, no bool) {
	words := word.Split(short)
	return len(words) > 0 && words[0].Norm == "yes", len(words) > 0 && words[0].Norm == "no"
}

// supported returns a text that goes along with the answer if the evidence
// holds what it says; "" if not.
func (w *writer) supported(text string, e *ground.Evidence, f ground.Form) string {
	if text = corpus.OneLine(corpus.Plain(text)); text == "" {
		return ""
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError) || len(text) > ground.MaxClaim {
		w.drop(text, []string{"it is damaged or too long"})
		return ""
	}
	if reasons := e.Lacks(text, f); len(reasons) > 0 {
		w.drop(text, reasons)
		return ""
	}
	return text
}

// refuse writes the refusal: the reason, and what comes nearest to an answer.
func (w *writer) refuse(d Draft, m missing) {
	a := &w.answer
	f := w.question.Filter
	filtered := len(f.Sources)+len(f.Publishers) > 0 || !f.Since.IsZero() || !f.Until.IsZero()
	switch {
	case a.Searched.Articles == 0 && filtered:
		a.Reason = "No article passes the filter, so nothing was searched."
	case a.Searched.Articles == 0:
		a.Reason = "There are no articles to search."
	case len(m.none)+len(m.whole) > 0:
		no := "No article"
		if filtered {
			no = "No article that passes the filter"
		}
		var parts []string
		if len(m.none) > 0 {
			parts = append(parts, no+" mentions "+list(m.none, "or")+".")
		}
		if len(m.whole) > 0 {
			parts = append(parts, no+" names "+list(m.whole, "or")+" in full.")
		}
		a.Reason = strings.Join(parts, " ")
	default:
		dropped := a.Dropped
		if d.Refusal != "" {
			// A reason can make things up as well as an answer can. Most name
			// nothing that is not in the question.
			e := ground.New()
			e.Add(w.question.Text, w.question.Asked)
			if len(e.Lacks(d.Refusal, ground.Sentence)) > 0 {
				w.addArticles(e)
			}
			a.Reason = w.supported(d.Refusal, e, ground.Sentence)
		}
		if a.Reason == "" {
			a.Reason = "No answer was found in the articles."
			if len(dropped) > 0 {
				a.Reason = "An answer was drafted, but the articles do not support it: " + dropped[0].Reasons[0] + "."
			}
		}
	}
	const most = 5
	for _, q := range d.Nearest {
		if len(a.Nearest) == most || ground.Misquoted(q, w.offered) != "" {
			continue
		}
		c := Cite(0, w.offered[q.Article.ID], q.Span)
		c.Why = whyNot(w.question.Text, c)
		if !slices.ContainsFunc(a.Nearest, func(n Citation) bool { return n.Article == c.Article && n.Span == c.Span }) {
			a.Nearest = append(a.Nearest, c)
		}
	}
}

// whyNot says what a sentence that comes near lacks of an answer to a question,
// as far as its words show.
func whyNot(question string, c Citation) string {
	if asks := read(question).asks(); (asks == "how many" || asks == "how much") && len(quantity.Find(c.Quote, word.Split(c.Quote))) == 0 {
		return "it has no number"
	}
	have := word.Terms(c.Quote)
	var lacks []string
	for _, w := range word.Split(question) {
		stem := w.Stem()
		if w.Stop() || questionWords[w.Norm] || idle[w.Norm] || slices.Contains(lacks, "“"+w.Text+"”") ||
			slices.ContainsFunc(have, func(h string) bool { return h == stem || lexicon.Synonyms(h, stem) }) {
			continue
		}
		lacks = append(lacks, "“"+w.Text+"”")
	}
	if len(lacks) > 0 {
		return "it does not have " + list(lacks, "or")
	}
	return "it has the words of the question, and no answer was found in it"
}

// addArticles adds all that the engine had to read.
func (w *writer) addArticles(e *ground.Evidence) {
	seen := make(map[string]bool)
	for _, h := range w.found.Hits {
		a := h.Article
		if seen[a.ID] {
			continue
		}
		seen[a.ID] = true
		published, _ := a.Date()
		e.Add(a.Text, published)
		for _, f := range [...]corpus.Fact{a.Title, a.Publisher, a.Byline, a.Place} {
			e.Add(f.Value, published)
		}
	}
}

// brief shortens what a reason shows, which may come from anywhere.
func brief(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
