package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/corpus/dates"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// A token is a tagged token with the terms it stands for. "US-backed" stands
// for two.
type token struct {
	pos.Token
	norm  string   // folded
	stems []string // none for punctuation
}

func tokens(text string) []token {
	tagged := pos.Tokens(text)
	ts := make([]token, len(tagged))
	for i, t := range tagged {
		ts[i] = token{Token: t, norm: word.Fold(strings.Trim(t.Text, ".,"))}
		if t.Tag == pos.PUNCT {
			continue
		}
		for _, w := range word.Split(t.Text) {
			ts[i].stems = append(ts[i].stems, w.Stem())
		}
	}
	return ts
}

func (t token) capital() bool {
	r, _ := utf8.DecodeRuneInString(t.Text)
	return unicode.IsUpper(r)
}

func (t token) digit() bool {
	return strings.ContainsAny(t.Text[:1], "0123456789$£€") || t.Tag == pos.CD
}

// A phrase is a run of tokens [from, to) of a sentence: a base noun phrase
// from its determiner to its head, "the Kremlin’s top adviser".
type phrase struct{ from, to int }

func (p phrase) head() int { return p.to - 1 }

// A sentence is one of an article, with what the reader has found out about it.
type sentence struct {
	doc *document
	corpus.Sentence
	tokens   []token
	phrases  []phrase
	at       []int        // phrase at each token, or -1
	mentions []dates.Date // see dates
	dated    bool         // mentions is filled in
	numbers  []number     // see quantities
	counted  bool         // numbers is filled in
	quoted   []bool       // whether each token stands inside quotation marks
	open     bool         // begins inside a quotation that began before
	speech   []speech
	speaker  string // who speaks in the sentence, or "": folded name
	voice    *sentence
	sure     bool           // that it is the speaker is certain
	voices   []ground.Voice // the quotations in it
	rank     float64        // of the passage it is in, 1 for the best, falling
}

// speech is an act of saying: who (a run of tokens), which verb, what class.
type speech struct {
	verb    int // token
	subject phrase
	lemma   string
	class   lexicon.Class
}

// A document is the part of an article that was retrieved, with some
// sentences around.
type document struct {
	article   *corpus.Article
	sentences []*sentence
	voices    *ground.Voices
	people    map[string]string // surname or full name, folded, to full name as written
	title     []string          // stems of title, publisher and dateline
	about     map[string]bool   // stems of the capitalised words of title, dateline and lede
}

// text is the sentence's words as they stand in the article.
func (s *sentence) text() string { return s.Span.Of(s.doc.article.Text) }

// span is where tokens [from, to) stand in the article.
func (s *sentence) span(p phrase) corpus.Span {
	return corpus.Span{Start: s.Start + s.tokens[p.from].Start, End: s.Start + s.tokens[p.to-1].End}
}

func (s *sentence) words(p phrase) string {
	if p.from >= p.to {
		return ""
	}
	return s.span(p).Of(s.doc.article.Text)
}

func (s *sentence) tag(i int) pos.Tag {
	if i < 0 || i >= len(s.tokens) {
		return pos.None
	}
	return s.tokens[i].Tag
}

func (s *sentence) norm(i int) string {
	if i < 0 || i >= len(s.tokens) {
		return ""
	}
	return s.tokens[i].norm
}

func (s *sentence) lit(i int) string {
	if i < 0 || i >= len(s.tokens) {
		return ""
	}
	return s.tokens[i].Text
}

func analyse(d *document, cs corpus.Sentence) *sentence {
	s := &sentence{doc: d, Sentence: cs}
	s.tokens = tokens(cs.Of(d.article.Text))
	s.chunk()
	return s
}

// dates are the times that the sentence mentions; spans of the article's text.
// They are found when first asked for, as most sentences are never candidates
// and finding dates takes longer than all else in reading.
func (s *sentence) dates() []dates.Date {
	if !s.dated {
		day, _ := s.doc.article.Date() // zero if unknown
		s.mentions, s.dated = dates.Find(s.doc.article.Text, s.Span, day), true
	}
	return s.mentions
}

// chunk finds the base noun phrases.
func (s *sentence) chunk() {
	s.at = make([]int, len(s.tokens))
	for i := range s.at {
		s.at[i] = -1
	}
	for i := 0; i < len(s.tokens); {
		t := s.tokens[i].Tag
		if t == pos.PRP || t == pos.EX {
			s.addPhrase(phrase{i, i + 1})
			i++
			continue
		}
		if !starts(t) {
			i++
			continue
		}
		j, noun := i, -1
		for j < len(s.tokens) {
			t := s.tokens[j].Tag
			switch {
			case t.Noun() || t == pos.CD || t == pos.FW || s.tokens[j].Text == "%":
				noun = j
			case t == pos.POS && noun == j-1 && noun >= 0:
			case t.Determiner() && t != pos.WDT && t != pos.WPS && (j == i || s.tokens[j-1].Tag == pos.PDT):
			case t.Adjective(), t == pos.VBN && j+1 < len(s.tokens) && nounish(s.tokens[j+1].Tag) && (j > i),
				t == pos.VBG && j+1 < len(s.tokens) && nounish(s.tokens[j+1].Tag) && j > i,
				t.Adverb() && j+1 < len(s.tokens) && s.tokens[j+1].Tag.Adjective():
				// "U.S. officials and ..." ends before a new determiner.
				if noun >= 0 && s.tokens[noun].Tag == pos.NNP && t.Adjective() && !s.tokens[j].capital() && noun == j-1 && !(j+1 < len(s.tokens) && nounish(s.tokens[j+1].Tag)) {
					goto done
				}
			case (s.tokens[j].Text == "&" || particle(s.tokens[j].norm)) && noun == j-1 && noun >= 0 && s.tokens[noun].Tag.Proper() && s.surnameAhead(j+1):
				noun = j
			default:
				goto done
			}
			j++
		}
	done:
		if noun < 0 {
			i++
			continue
		}
		s.addPhrase(phrase{i, noun + 1})
		i = noun + 1
	}
}

// surnameAhead reports whether a capital follows at i, or behind one more
// particle: "von [der Leyen]".
func (s *sentence) surnameAhead(i int) bool {
	if i+1 < len(s.tokens) && particle(s.tokens[i].norm) {
		i++
	}
	return i < len(s.tokens) && s.tokens[i].capital()
}

func (s *sentence) addPhrase(p phrase) {
	for i := p.from; i < p.to; i++ {
		s.at[i] = len(s.phrases)
	}
	s.phrases = append(s.phrases, p)
}

func starts(t pos.Tag) bool {
	return t.Noun() || t.Adjective() || t == pos.CD || t == pos.DT || t == pos.PDT || t == pos.PRPS || t == pos.VBG || t == pos.VBN || t == pos.FW || t.Adverb()
}

func nounish(t pos.Tag) bool { return t.Noun() || t.Adjective() || t == pos.CD }

// particle reports whether a word is part of surnames, as in von der Leyen.
func particle(w string) bool {
	switch w {
	case "von", "der", "van", "de", "den", "del", "della", "di", "da", "dos", "du", "la", "le", "bin", "ibn", "al", "el", "ben", "zu":
		return true
	}
	return false
}

// names returns the runs of proper nouns of a phrase: "Kirill Dmitriev",
// "Ursula von der Leyen" without the words before.
func (s *sentence) names(p phrase) []phrase {
	var runs []phrase
	for i := p.from; i < p.to; i++ {
		t := s.tokens[i]
		if !(t.Tag.Proper() || t.capital() && (t.Tag.Noun() || t.Tag == pos.FW || t.Tag.Adjective() && len(t.Text) > 1)) {
			continue
		}
		if calendar(t.norm) && i+1 < p.to && s.tokens[i+1].capital() {
			continue // "on Friday Ford said"
		}
		j := i + 1
		for j < p.to && (s.tokens[j].Tag.Proper() || s.tokens[j].capital() || s.tokens[j].Text == "&" ||
			particle(s.tokens[j].norm) && j+1 < p.to && (s.tokens[j+1].capital() || particle(s.tokens[j+1].norm))) {
			j++
		}
		for j > i+1 && s.tokens[j-1].Tag == pos.POS {
			j--
		}
		runs = append(runs, phrase{i, j})
		i = j
	}
	return runs
}

// trimTitles drops titles and roles before a name: "President Donald Trump" is
// "Donald Trump".
func (s *sentence) trimTitles(p phrase) phrase {
	if _, ok := lexicon.Place(s.folded(p)); ok {
		return p
	}
	// The name begins behind the last role: "Transport Minister Olga Brandt".
	for i := p.to - 2; i > p.from; i-- {
		if n := s.norm(i); lexicon.Role(n) && !lexicon.FirstName(n) {
			p.from = i + 1
			break
		}
	}
	for p.to-p.from > 1 {
		n := s.norm(p.from)
		if lexicon.Role(n) || honorific(n) || p.to-p.from > 2 && (lexiconNation(n) || orgPart(n) || n == "state" || n == "foreign" || s.tag(p.from).Adjective() && strings.Contains(n, "-")) || isDemonym(n) {
			p.from++
			continue
		}
		break
	}
	return p
}

// folded is the folded words of a phrase with single spaces between.
func (s *sentence) folded(p phrase) string {
	words := make([]string, 0, p.to-p.from)
	for i := p.from; i < p.to; i++ {
		words = append(words, s.norm(i))
	}
	return strings.Join(words, " ")
}

func honorific(n string) bool {
	switch n {
	case "mr", "mrs", "ms", "miss", "dr", "sir", "lord", "lady", "dame", "sen", "rep", "gov", "gen", "col", "lt", "sgt", "capt", "prof", "rev", "pope", "king", "queen", "prince", "princess", "president", "vice", "prime", "minister", "secretary", "foreign", "chief", "former", "judge", "justice", "st", "saint":
		return true
	}
	return false
}

func lexiconNation(n string) bool {
	p, ok := lexicon.Place(n)
	return ok && p.Kind == lexicon.Country || n == "usa"
}

func orgPart(n string) bool {
	_, part := lexicon.Organization(n)
	return part
}

func isDemonym(n string) bool {
	_, ok := lexicon.Demonym(n)
	return ok
}

// A class is what a name or noun phrase denotes, as far as can be told.
type class uint8

const (
	thing class = iota
	person
	place
	organization
	someone // a person without a name: "a Ukrainian official"
)

// classOf tells what a phrase denotes.
func (s *sentence) classOf(p phrase) class {
	q := s.trimTitles(p)
	folded := make([]string, 0, q.to-q.from)
	proper := false
	for i := q.from; i < q.to; i++ {
		folded = append(folded, s.norm(i))
		proper = proper || s.tokens[i].capital()
	}
	full := strings.Join(folded, " ")
	full = strings.TrimPrefix(full, "the ")
	head := s.norm(q.to - 1)
	if _, ok := lexicon.Place(full); ok && proper {
		return place
	}
	if whole, _ := lexicon.Organization(full); whole {
		return organization
	}
	if !proper {
		if lexicon.Role(head) || lexicon.Role(strings.TrimSuffix(head, "s")) || head == "source" || head == "man" || head == "woman" || head == "people" {
			return someone
		}
		return thing
	}
	if full, ok := s.doc.people[head]; ok && full != "" {
		return person
	}
	for _, n := range folded {
		if _, part := lexicon.Organization(n); part {
			return organization
		}
	}
	if len(folded) > 1 && lexicon.FirstName(folded[0]) || q.from > p.from && s.tokens[q.from].capital() && !isDemonym(head) {
		return person
	}
	if lexicon.Role(head) && !s.tokens[q.to-1].capital() {
		return someone
	}
	if _, ok := lexicon.Metonym(full); ok {
		return organization
	}
	t := s.tokens[q.to-1].Text
	if len(t) > 1 && len(t) < 7 && strings.ToUpper(t) == t && len(folded) == 1 {
		return organization
	}
	if len(folded) == 1 && lexicon.FirstName(folded[0]) {
		return person
	}
	if c := s.norm(p.from - 1); (c == "in" || c == "at" || c == "near") && s.tokens[q.to-1].Tag.Proper() {
		return place
	}
	return thing
}

// learn notes the people whom a sentence names in full, so that the surname
// alone is known afterwards.
func (d *document) learn(s *sentence) {
	for _, p := range s.phrases {
		for _, n := range s.names(p) {
			q := s.trimTitles(n)
			last := s.norm(q.to - 1)
			if _, isPlace := lexicon.Place(last); isPlace || len(last) < 3 || !s.tokens[q.to-1].capital() {
				continue
			}
			titled := q.from > n.from && !orgPart(last)
			for i := p.from; i < q.from && !titled; i++ {
				titled = lexicon.Role(s.norm(i)) && s.tag(i).Noun() && i+1 == q.from
			}
			named := q.to-q.from > 1 && lexicon.FirstName(s.norm(q.from))
			apposed := q.to-q.from > 1 && s.lit(q.to) == "," && (s.norm(q.to+1) == "who" || s.tag(q.to+1) == pos.DT && s.roleNear(q.to+1)) ||
				q.to-q.from > 1 && s.lit(q.from-1) == "," && q.from == p.from && s.roleBefore(q.from-2)
			org := false
			for i := q.from; i < q.to; i++ {
				whole, part := lexicon.Organization(s.norm(i))
				org = org || whole || part
			}
			if (titled || named || apposed) && !org {
				full := s.words(q)
				if old := d.people[last]; len(old) < len(full) {
					d.people[last] = full
				}
			}
		}
	}
}

func (s *sentence) roleNear(i int) bool {
	for j := i; j < min(len(s.tokens), i+8) && s.lit(j) != ","; j++ {
		if lexicon.Role(s.norm(j)) {
			return true
		}
	}
	return false
}

func (s *sentence) roleBefore(i int) bool { return i >= 0 && lexicon.Role(s.norm(i)) }

// subject finds the phrase that is the subject of the verb at token v, and
// false if it cannot tell.
func (s *sentence) subject(v int) (phrase, bool) {
	return s.subjectOf(v, 0)
}

func (s *sentence) subjectOf(v, depth int) (phrase, bool) {
	if depth > 4 {
		return phrase{}, false
	}
	i := v - 1
	for i >= 0 && (s.tag(i).Adverb() || s.tag(i) == pos.MD || s.tag(i) == pos.RP || auxiliary(s.norm(i)) || s.norm(i) == "not") {
		i--
	}
	if i < 0 {
		return phrase{}, false
	}
	if s.tag(i) == pos.TO {
		// "agreed to visit", "for Witkoff to visit", "to visit" as a purpose.
		j := i - 1
		for j >= 0 && (s.tag(j).Adjective() || s.tag(j).Adverb()) {
			j--
		}
		if s.tag(j).Verb() {
			return s.subjectOf(j, depth+1)
		}
		// "for X – and likely Y – to visit"
		for k := j; k >= max(0, j-18); k-- {
			if s.norm(k) == "for" && k+1 < len(s.tokens) && s.at[k+1] >= 0 {
				return s.phrases[s.at[k+1]], true
			}
			if s.tag(k).Finite() {
				return s.subjectOf(k, depth+1)
			}
		}
		return phrase{}, false
	}
	if s.lit(i) == "," || s.lit(i) == "–" || s.lit(i) == "—" || s.lit(i) == "--" || s.lit(i) == ")" {
		// "The adviser, Yury Ushakov, confirmed": the name inside is the
		// subject; "Witkoff, a developer with ..., is expected": the one before.
		for j := i - 1; j >= max(0, i-28); j-- {
			if s.lit(j) != s.lit(i) && !(s.lit(i) == ")" && s.lit(j) == "(") {
				continue
			}
			if j+1 < i && s.at[j+1] >= 0 {
				in := s.phrases[s.at[j+1]]
				if ns := s.names(in); len(ns) > 0 && in.to == i && s.classOf(ns[len(ns)-1]) == person {
					return in, true
				}
			}
			if j > 0 && s.at[j-1] >= 0 {
				return s.headOf(s.phrases[s.at[j-1]]), true
			}
			return phrase{}, false
		}
		return phrase{}, false
	}
	if s.tag(i) == pos.WP || s.tag(i) == pos.WDT || s.norm(i) == "that" && s.tag(i) != pos.DT && s.at[i] < 0 && i > 0 && s.at[i-1] >= 0 && s.tag(v).Finite() {
		j := i - 1
		if s.lit(j) == "," {
			j--
		}
		if j >= 0 && s.at[j] >= 0 {
			return s.phrases[s.at[j]], true
		}
		return phrase{}, false
	}
	if s.tag(i) == pos.CC {
		for j := i - 1; j >= 0; j-- {
			if s.tag(j).Finite() && !s.inQuote(j) == !s.inQuote(v) {
				return s.subjectOf(j, depth+1)
			}
		}
		return phrase{}, false
	}
	if s.at[i] >= 0 {
		return s.headOf(s.phrases[s.at[i]]), true
	}
	if s.tag(i).Verb() && s.tag(v) == pos.VBG {
		return s.subjectOf(i, depth+1)
	}
	return phrase{}, false
}

func (s *sentence) inQuote(i int) bool { return i < len(s.quoted) && s.quoted[i] }

// headOf goes left from the last phrase of "a source familiar with the
// discussions" or "the leader of Russia" to the one that governs it.
func (s *sentence) headOf(p phrase) phrase {
	for range 3 {
		i := p.from - 1
		if i < 1 {
			return p
		}
		switch {
		case s.lit(i) == "and" && s.at[i-1] >= 0:
			// "X and Y": the subject is both; the first stands for them.
			p = phrase{s.phrases[s.at[i-1]].from, p.to}
			return p
		case s.norm(i) == "of" || s.norm(i) == "for" || s.norm(i) == "from" || s.norm(i) == "in" || s.norm(i) == "with" || s.norm(i) == "to" || s.norm(i) == "at":
			j := i - 1
			if s.tag(j).Adjective() && s.at[j] < 0 { // "familiar with"
				j--
			}
			if j < 0 || s.at[j] < 0 {
				return p
			}
			p = s.phrases[s.at[j]]
		default:
			return p
		}
	}
	return p
}

func auxiliary(n string) bool {
	switch n {
	case "is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "do", "does", "did", "am", "'s", "’s", "'ve", "’ve", "'re", "’re", "'d", "’d", "'m", "’m":
		return true
	}
	return false
}

// object finds the phrase behind the verb at token v: "met [Putin]", "spoke
// with [reporters]".
func (s *sentence) object(v int) (phrase, bool) {
	for i := v + 1; i < min(len(s.tokens), v+6); i++ {
		t := s.tag(i)
		if s.at[i] >= 0 {
			return s.phrases[s.at[i]], true
		}
		if !(t == pos.IN || t == pos.TO || t == pos.RP || t.Adverb() || t == pos.VBN || t == pos.PUNCT && isQuote(s.lit(i))) {
			break
		}
	}
	return phrase{}, false
}

func isQuote(t string) bool {
	switch t {
	case "“", "”", "\"", "''", "``", "‘", "’", "'":
		return true
	}
	return false
}

// listen finds the acts of saying in a sentence, and marks what stands in
// quotation marks. It returns whether a quotation is still open at the end.
func (s *sentence) listen(open bool) bool {
	s.open = open
	s.quoted = make([]bool, len(s.tokens))
	for i, t := range s.tokens {
		switch t.Text {
		case "“", "``":
			open = true
		case "”", "''":
			open = false
		case "\"":
			open = !open
		default:
			s.quoted[i] = open
		}
	}
	for i, t := range s.tokens {
		if s.quoted[i] {
			continue
		}
		if t.norm == "according" && s.norm(i+1) == "to" {
			if p, ok := s.object(i + 1); ok {
				s.speech = append(s.speech, speech{i, s.fullSubject(p), "say", lexicon.Plain})
			}
			continue
		}
		if !t.Tag.Verb() {
			continue
		}
		lemma, class, ok := lexicon.Saying(t.norm)
		if !ok {
			continue
		}
		if t.Tag == pos.VBN {
			// "confirmed by X" and perfect tenses.
			if s.norm(i+1) == "by" && i+2 < len(s.tokens) && s.at[i+2] >= 0 {
				s.speech = append(s.speech, speech{i, s.fullSubject(s.phrases[s.at[i+2]]), lemma, class})
				continue
			}
			if prev := s.norm(i - 1); prev == "been" || prev == "is" || prev == "was" || prev == "are" || prev == "were" || prev == "be" {
				continue
			}
		}
		// "...," said Ushakov
		if i > 0 && (isQuote(s.lit(i-1)) || s.lit(i-1) == ",") && i+1 < len(s.tokens) && s.at[i+1] >= 0 && t.Tag != pos.VBN {
			p := s.phrases[s.at[i+1]]
			// "The owner of the inn, a widower, said he had": he is who said it only
			// where no verb of his own follows.
			if s.tag(p.head()).Proper() || s.classOf(p) == someone || s.tag(p.from) == pos.PRP && !s.tag(p.to).Verb() && s.tag(p.to) != pos.MD {
				if s.norm(i+1) != "reporters" {
					s.speech = append(s.speech, speech{i, s.fullSubject(p), lemma, class})
					continue
				}
			}
		}
		if p, ok := s.subject(i); ok {
			if c := s.classOf(p); c != thing || s.tag(p.from) == pos.PRP || s.tag(p.head()).Proper() || lemma == "say" || lemma == "tell" {
				s.speech = append(s.speech, speech{i, p, lemma, class})
			}
		}
	}
	return open
}

// fullSubject extends "foreign policy adviser" to the name that follows it
// behind a comma.
func (s *sentence) fullSubject(p phrase) phrase {
	if s.lit(p.to) == "," && p.to+1 < len(s.tokens) && s.at[p.to+1] >= 0 {
		q := s.phrases[s.at[p.to+1]]
		if ns := s.names(q); len(ns) > 0 && s.classOf(ns[0]) == person && s.classOf(p) == someone {
			return q
		}
	}
	return p
}

// best is the name inside a phrase that stands for it: that of the person in
// "Russian Foreign Minister Sergei Lavrov", else the phrase itself.
func (s *sentence) best(p phrase) phrase {
	ns := s.names(p)
	for i := len(ns) - 1; i >= 0; i-- {
		if s.tag(ns[i].to) == pos.POS && ns[i].to < p.to {
			continue // "Trump’s envoy" is not Trump
		}
		q := s.trimTitles(ns[i])
		if s.classOf(q) == person || ns[i].to == p.to {
			return q
		}
	}
	return p
}

// hear gives each sentence of a document its speaker. Quotations run over
// several sentences, and news names the speaker at the first or the last.
func (d *document) hear() {
	open := false
	para := -1
	last := "" // the last speaker
	var lastVoice *sentence
	for i, s := range d.sentences {
		if s.Paragraph != para {
			para, open = s.Paragraph, false
		}
		open = s.listen(open)
		if len(s.speech) > 0 {
			sp := s.speech[0]
			name := d.personKey(s, sp.subject)
			if s.tag(sp.subject.from) == pos.PRP || name == "" {
				// "he said": the one who spoke last, or whom the sentence
				// before is about.
				if last == "" && i > 0 {
					last = d.topic(d.sentences[i-1])
				}
				s.speaker, s.voice = last, lastVoice
			} else {
				s.speaker, s.voice = name, s
				last, lastVoice = name, s
			}
		}
	}
	// Quotations without a word of who says them: from the same paragraph, the
	// nearest sentence with a speaker, behind first if the quotation began
	// here; else the speaker of the paragraph before.
	for i, s := range d.sentences {
		if s.speaker != "" || !s.open && !s.startsQuote() {
			continue
		}
		for _, step := range [...]int{-1, 1} {
			for j := i + step; j >= 0 && j < len(d.sentences) && d.sentences[j].Paragraph == s.Paragraph; j += step {
				if d.sentences[j].speaker != "" && len(d.sentences[j].speech) > 0 {
					s.speaker, s.voice = d.sentences[j].speaker, d.sentences[j].voice
					break
				}
			}
			if s.speaker != "" {
				break
			}
		}
		if s.speaker == "" && i > 0 && d.sentences[i-1].speaker != "" && s.Paragraph-d.sentences[i-1].Paragraph <= 1 {
			s.speaker, s.voice = d.sentences[i-1].speaker, d.sentences[i-1].voice
		}
	}
}

func (s *sentence) startsQuote() bool { return len(s.tokens) > 0 && isQuote(s.tokens[0].Text) }

// personKey is the folded name by which a subject is known: the surname of a
// person, the whole name of others, "" for a pronoun.
func (d *document) personKey(s *sentence, p phrase) string {
	if s.tag(p.from) == pos.PRP || p.from >= p.to {
		return ""
	}
	q := s.best(p)
	if s.tokens[q.to-1].capital() {
		return s.norm(q.to - 1)
	}
	return s.norm(p.head())
}

// topic is the first person whom a sentence names.
func (d *document) topic(s *sentence) string {
	for _, p := range s.phrases {
		for _, n := range s.names(p) {
			if s.classOf(n) == person {
				return s.norm(n.to - 1)
			}
		}
	}
	return ""
}
