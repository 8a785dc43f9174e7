package ground

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// A Voice is a quotation in an article, with who says it as far as the article
// tells.
type Voice struct {
	Words    corpus.Span   // what stands between the marks; of several paragraphs each has its own
	Speakers []corpus.Span // who says it; none if nobody is found
	// Named is set if the speakers are names, and not "the crowd" or "she".
	Named bool
	// Sure is set if the speakers are certain: the sentence has them, or a
	// pronoun can mean nobody else.
	Sure bool
	// Disowned is set if the article has nobody say it: "denied saying".
	Disowned bool

	// not are those who say something there and do not say this: who tells
	// what somebody else said, or reads it out.
	not []corpus.Span
	may []corpus.Span // who may be meant where nobody is sure
}

// Voices are the quotations of an article.
type Voices struct {
	text      string
	sentences []corpus.Sentence
	found     []quotation
	told      map[int][]mention // by sentence, as far as they were asked for
}

// mostHeard is how many quotations of a sentence are listened to, each of which
// has the sentence read around it. A sentence of news has a few; one that lists
// more, or is nothing but marks, does not tell who says the rest.
const mostHeard = 24

// Listen finds the quotations of an article and who says each.
func Listen(a *corpus.Article) *Voices {
	v := &Voices{text: a.Text, sentences: a.Sentences(), told: make(map[int][]mention)}
	v.find()
	at, n := -1, 0 // the sentence, and which of its quotations
	for i := range v.found {
		if in := v.sentenceAt(v.found[i].open); in != at {
			at, n = in, 0
		}
		if n++; n <= mostHeard {
			v.listen(i)
		}
	}
	v.carryOn()
	return v
}

// All are the quotations in the order in which they begin. One within another
// follows it.
func (v *Voices) All() []Voice {
	all := make([]Voice, len(v.found))
	for i, q := range v.found {
		all[i] = q.Voice
	}
	return all
}

// Means is the name that a pronoun at an offset stands for, if it is certain:
// the only one that agrees with it in the nearest sentence that has any.
func (v *Voices) Means(pronoun string, at int) (corpus.Span, bool) {
	if pronoun != "he" && pronoun != "she" {
		return corpus.Span{}, false
	}
	ms := v.people(at, pronoun)
	if len(ms) > 1 {
		// A first name tells more than a name that may be a town's.
		gender := lexicon.He
		if pronoun == "she" {
			gender = lexicon.She
		}
		ms = slices.DeleteFunc(slices.Clone(ms), func(m mention) bool { return m.gender != gender })
	}
	if len(ms) != 1 {
		return corpus.Span{}, false
	}
	return ms[0].Span, true
}

// A quotation is a Voice while it is looked for.
type quotation struct {
	Voice
	open, end int  // where its marks begin and end
	by        rune // the mark that opened it
	parent    int  // the quotation it stands in, -1 for none
	paragraph int
	goesOn    bool // with what the one before began, in the paragraph before
	heard     bool // its own sentence tells who says it
	pronoun   string
}

// find finds the quotations.
func (v *Voices) find() {
	going := rune(0) // the mark of a quotation that the paragraph before left open
	for i := 0; i < len(v.sentences); {
		j := i
		for j+1 < len(v.sentences) && v.sentences[j+1].Paragraph == v.sentences[i].Paragraph {
			j++
		}
		going = v.findIn(corpus.Span{Start: v.sentences[i].Start, End: v.sentences[j].End}, v.sentences[i].Paragraph, going)
		i = j + 1
	}
}

func (v *Voices) findIn(p corpus.Span, paragraph int, going rune) rune {
	text := p.Of(v.text)
	ms := slices.Concat(marks(text, outerMarks), marks(text, innerMarks))
	slices.SortFunc(ms, func(a, b mark) int { return a.at - b.at })
	var open []int // of v.found, the outer first
	inner := func(r rune) bool { return strings.ContainsRune(innerMarks, r) }
	end := func(k, at, after int) {
		for _, i := range open[k:] {
			v.found[i].Words.End, v.found[i].end = p.Start+at, p.Start+after
		}
		open = open[:k]
	}
	var last [2]int // the last mark of either rank that closes
	rank := func(r rune) int {
		if inner(r) {
			return 1
		}
		return 0
	}
	for _, m := range ms {
		if m.closes {
			last[rank(m.r)] = m.end
		}
	}
	for n, m := range ms {
		k := slices.IndexFunc(open, func(i int) bool { return inner(v.found[i].by) == inner(m.r) })
		switch {
		case k >= 0 && m.closes:
			// The drivers’ own words: the mark that ends the quotation follows.
			if m.apostrophic && strings.HasSuffix(text[:m.at], "s") {
				next := slices.IndexFunc(ms[n+1:], func(o mark) bool { return inner(o.r) == inner(m.r) && (o.closes || o.opens) })
				if next >= 0 && ms[n+1+next].closes {
					continue
				}
			}
			end(k, m.at, m.end)
			continue
		case !m.opens, (m.apostrophic || inner(m.r)) && last[rank(m.r)] <= m.end:
			continue
		case k >= 0:
			end(k, m.at, m.at)
		}
		q := quotation{open: p.Start + m.at, by: m.r, parent: -1, paragraph: paragraph}
		q.Words.Start = p.Start + m.end
		if len(open) > 0 {
			q.parent = open[len(open)-1]
		}
		q.goesOn = going == m.r && strings.TrimSpace(text[:m.at]) == ""
		open = append(open, len(v.found))
		v.found = append(v.found, q)
	}
	if len(open) == 0 {
		return 0
	}
	going = v.found[open[0]].by
	end(0, len(text), len(text))
	return going
}

// clausal reports whether a quotation is a sentence or the part of one that a
// tag goes with, and not a phrase in a sentence of the article.
func (v *Voices) clausal(q *quotation) bool {
	words := strings.TrimSpace(q.Words.Of(v.text))
	rest := strings.TrimLeft(v.text[q.end:], " ")
	last, _ := utf8.DecodeLastRuneInString(words)
	before := strings.TrimRight(v.text[:q.open], " ")
	return strings.ContainsRune(",.?!…—–", last) || strings.HasPrefix(rest, ",") || strings.HasSuffix(before, ":")
}

// region is what a quotation stands in: the sentences of the article, or of the
// quotation around it.
func (v *Voices) region(q *quotation) corpus.Span {
	if q.parent >= 0 {
		return v.found[q.parent].Words
	}
	return corpus.Span{End: len(v.text)}
}

// sentenceAt is the number of the sentence at an offset, or of the next.
func (v *Voices) sentenceAt(at int) int {
	i, _ := slices.BinarySearchFunc(v.sentences, at, func(s corpus.Sentence, at int) int { return s.End - at - 1 })
	return i
}

// sentence is the one at an offset.
func (v *Voices) sentence(at int) corpus.Span {
	if i := v.sentenceAt(at); i < len(v.sentences) {
		return v.sentences[i].Span
	}
	return corpus.Span{Start: len(v.text), End: len(v.text)}
}

// lead and trail are the parts of its sentence that stand before and behind a
// quotation, up to the next one.
func (v *Voices) lead(i int) corpus.Span {
	q := &v.found[i]
	from := max(v.sentence(q.open).Start, v.region(q).Start)
	for i--; i >= 0 && v.found[i].open >= from; i-- {
		if o := &v.found[i]; o.parent == q.parent && v.clausal(o) {
			from = max(from, o.end)
		}
	}
	return corpus.Span{Start: min(from, q.open), End: q.open}
}

func (v *Voices) trail(i int) corpus.Span {
	q := &v.found[i]
	end := v.sentence(q.end - 1).End
	if next := v.sentence(end); strings.HasSuffix(q.Words.Of(v.text), "?") || strings.HasSuffix(q.Words.Of(v.text), "!") {
		// “Will you sell?” Tom Fay was asked.
		if !strings.Contains(v.text[end:min(next.Start, len(v.text))], "\n") {
			end = next.End
		}
	}
	to := min(end, v.region(q).End)
	for i++; i < len(v.found) && v.found[i].open < to; i++ {
		if o := &v.found[i]; o.parent == q.parent && v.clausal(o) {
			to = o.open
		}
	}
	return corpus.Span{Start: q.end, End: max(q.end, to)}
}

// A frame is a part of a sentence beside a quotation, taken apart.
type frame struct {
	*clauseReader
	v    *Voices
	base int // where its text begins
}

// frame takes a part of the text apart. Its text has as many bytes.
func (v *Voices) frame(s corpus.Span) *frame {
	var b strings.Builder
	for _, r := range s.Of(v.text) {
		switch {
		case unicode.IsSpace(r), strings.ContainsRune(outerMarks+"[]", r):
			b.WriteString(strings.Repeat(" ", utf8.RuneLen(r)))
		default:
			b.WriteRune(r)
		}
	}
	l := &line{text: b.String()}
	l.words = word.Split(l.text)
	l.terms = make([]term, len(l.words))
	l.lookUp()
	f := &frame{clauseReader: tagged(l), v: v, base: s.Start}
	f.correct()
	f.divide()
	return f
}

// correct corrects tags that the tagger, which has no more than a part of the
// sentence, gets wrong: of a verb at its head, whose subject follows, and of
// "saying" at its end.
func (f *frame) correct() {
	heard := false
	for i := range f.tokens {
		t := &f.tokens[i]
		n := f.norms[i]
		next := f.tag(i + 1)
		last := next == pos.None || next == pos.PUNCT
		noun := i > 0 && (t.Tag.Noun() || t.Tag.Adjective()) && !f.named(i)
		heard = heard || hearing[lexicon.Lemma(n)]
		switch {
		case noun && last && strings.HasSuffix(n, "ing") && (voiced(n) || n == "reading"):
			t.Tag = pos.VBG
		case noun && last && heard && voiced(n):
			t.Tag = pos.VB // "heard a man shout"
		case noun && utters(n) && (last && n == "read" || (f.tag(i-1).Proper() || f.tag(i-1) == pos.PRP) && (last || next.Adverb() || next == pos.RP || next == pos.IN)):
			t.Tag = pos.VBD
		}
	}
	i := f.first()
	if i >= len(f.tokens) || !utters(f.norms[i]) || f.tokens[i].Text != strings.ToLower(f.tokens[i].Text) {
		return
	}
	j := i + 1
	for f.tag(j).Adverb() || f.tag(j) == pos.RP {
		j++
	}
	switch t := f.tag(j); {
	case t.Determiner(), t == pos.PRP, t == pos.PRPS, t.Noun(), t.Adjective(), t == pos.CD:
		f.tokens[i].Tag = pos.VBD
	}
}

// voiced reports whether a word is a verb of saying, or one for the sound of it.
func voiced(norm string) bool {
	return saying(norm) || calling[lexicon.Lemma(norm)] || calling[strings.TrimSuffix(norm, "ing")]
}

var calling = word.Set(`shout yell chant cry scream whisper mutter murmur mumble bellow sing`)

// utters reports whether a word may be the verb of who says a quotation: any
// verb of saying, or any in the past.
func utters(norm string) bool {
	return past(norm) || voiced(norm) && lexicon.Lemma(norm) != norm || norm == "read"
}

// first is the first token that is no mark and no adverb.
func (f *frame) first() int {
	i := 0
	for i < len(f.tokens) && (f.tag(i) == pos.PUNCT || f.tag(i).Adverb() && !f.named(i)) {
		i++
	}
	return i
}

func (f *frame) span(from, to int) corpus.Span {
	return corpus.Span{Start: f.base + f.tokens[from].Start, End: f.base + f.tokens[to-1].End}
}

var (
	// Verbs with which somebody has the words of another.
	lending = word.Set(`read recite quote cite echo repeat retweet repost paraphrase mimic imitate sing parody`)
	// Nouns for what words stand on, and for what somebody writes.
	bearers = word.Set(`banner banners sign signs placard placards poster posters shirt shirts tshirt tshirts hat cap plaque slogan slogans graffiti billboard board card screen
		headline headlines sticker stickers flag flags leaflet leaflets notice inscription tattoo badge chant chants shout shouts cry cries jeers crowd crowds protesters
		demonstrators supporters fans mob audience hecklers heckler voice voices`)
	writings = word.Set(`statement letter letters note message messages email emails e-mail post tweet memo article column book report speech text diary blog announcement
		release testimony essay editorial reply answer response retort`)
	// Behind these stands when, and not what.
	whenever = word.Set(`as while when whenever after before since because although though until once unless lest so`)
	// Of these there has to be a verb: "the crowd “…”" says nothing.
	crying  = word.Set(`crowd crowds protesters demonstrators supporters fans mob audience hecklers heckler voice voices notice card screen board hat cap`)
	issuing = word.Set(`issue release publish post send write make give deliver share sign`)
	hearing = word.Set(`hear overhear remember recall watch see catch record`)
)

// phraseOn is the phrase that begins at token i, nil if none does.
func (f *frame) phraseOn(i int) *phrase {
	if i < 0 || i >= len(f.tokens) || f.begins[i] < 0 {
		return nil
	}
	return &f.phrases[f.begins[i]]
}

func (f *frame) phraseTo(i int) *phrase {
	if i < 0 || i >= len(f.tokens) || f.ends[i] < 0 {
		return nil
	}
	return &f.phrases[f.ends[i]]
}

// beyondOf is the token behind a phrase and all that prepositions add to it.
func (f *frame) beyondOf(p *phrase) int {
	i := p.to
	for (f.tag(i) == pos.IN && !whenever[f.norm(i)] || f.tag(i) == pos.TO) && f.phraseOn(i+1) != nil {
		i = f.phraseOn(i + 1).to
	}
	return i
}

// who is whom a phrase means, and whether that is a name: of "the mayor of
// Leeds, Ada Roe," her name.
func (f *frame) who(p *phrase) (corpus.Span, bool) {
	if s, ok := f.nameIn(p); ok {
		return s, true
	}
	if i := f.beyondOf(p); f.norm(i) == "," {
		if q := f.phraseOn(i + 1); q != nil && !q.time {
			if s, ok := f.nameIn(q); ok && (q.to >= len(f.tokens) || f.tag(q.to) == pos.PUNCT) {
				return s, true
			}
		}
	}
	return f.span(p.from, p.to), false
}

// nameIn is the name that a phrase ends in, without titles.
func (f *frame) nameIn(p *phrase) (corpus.Span, bool) {
	if p.pronoun || !f.named(p.head) {
		return corpus.Span{}, false
	}
	from := p.head
	for from > p.core && f.named(from-1) {
		from--
	}
	for from < p.head && (lexicon.Role(f.norms[from]) || corpus.Honorific(f.norms[from])) {
		from++
	}
	return f.span(from, p.head+1), true
}

// by makes phrases the speakers of a quotation.
func (f *frame) by(q *quotation, ps []phrase) bool {
	if len(ps) == 0 {
		return false
	}
	q.Named, q.Sure, q.Speakers = true, true, nil
	if !slices.ContainsFunc(f.norms, func(n string) bool { return n == "and" }) && slices.ContainsFunc(ps, func(p phrase) bool { return f.named(p.head) }) {
		// "Tom Fay, the mayor,"
		ps = slices.DeleteFunc(slices.Clone(ps), func(p phrase) bool { return !f.named(p.head) })
	}
	for i := range ps {
		p := &ps[i]
		if p.pronoun {
			q.Speakers, q.Named, q.Sure = nil, false, false
			q.pronoun = f.norms[p.head]
			return true
		}
		if s, ok := f.author(p); ok {
			q.Speakers = append(q.Speakers, s)
			continue
		}
		s, named := f.who(p)
		q.Speakers = append(q.Speakers, s)
		q.Named = q.Named && named
	}
	return true
}

// author is who wrote what a phrase tells of: "a letter by Ada Roe", "her
// lawyer’s statement".
func (f *frame) author(p *phrase) (corpus.Span, bool) {
	if !writings[f.norms[p.head]] {
		return corpus.Span{}, false
	}
	if p.core > p.from { // the owner
		to := p.core - 1
		if to > p.from && f.named(to-1) {
			from := to - 1
			for from > p.from && f.named(from-1) {
				from--
			}
			return f.span(from, to), true
		}
	}
	for i := p.to; i < len(f.tokens) && i < p.to+6; i++ {
		if n := f.norms[i]; n == "by" || n == "from" || n == "of" {
			if q := f.phraseOn(i + 1); q != nil {
				return f.nameIn(q)
			}
		}
		if f.tag(i) == pos.PUNCT {
			break
		}
	}
	return corpus.Span{}, false
}

func (q *quotation) disown() bool {
	q.Speakers, q.Named, q.Sure, q.Disowned, q.pronoun = nil, false, true, true, ""
	return true
}

// listen finds who says quotation i by the sentence around it.
func (v *Voices) listen(i int) {
	q := &v.found[i]
	var lead *frame
	if s := v.lead(i); strings.ContainsFunc(s.Of(v.text), unicode.IsLetter) {
		lead = v.frame(s)
	}
	q.heard = lead != nil && lead.tells(q) || (lead == nil || !lead.dependent()) && v.listenBehind(i, lead == nil) || lead != nil && (lead.reports(q) || lead.suggests(q))
}

// dependent reports whether a quotation is a part of the phrase before it, and
// what follows tells nothing of it: "Convicted of “gross neglect,” Fay appealed".
func (f *frame) dependent() bool {
	if f.end() != 0 {
		return false
	}
	if k := f.governing(); k >= 0 {
		return f.groups[k].bare
	}
	return slices.ContainsFunc(f.tokens, func(t pos.Token) bool { return !t.Tag.Determiner() && !t.Tag.Adjective() && t.Tag != pos.PRPS })
}

// listenBehind finds who says a quotation by what follows it: “…,” said Ada Roe.
// starts is set if nothing of its sentence stands before it.
func (v *Voices) listenBehind(i int, starts bool) bool {
	q := &v.found[i]
	s := v.trail(i)
	rest := strings.TrimSpace(s.Of(v.text))
	words := strings.TrimSpace(q.Words.Of(v.text))
	last, _ := utf8.DecodeLastRuneInString(words)
	if dash(rest) || strings.HasPrefix(rest, "(") || strings.HasPrefix(rest, "[") {
		return v.signed(q, s)
	}
	if rest == "" && q.parent < 0 {
		// The signature on a line of its own.
		if next := v.sentence(q.end); next.Len() > 0 && next.Start >= q.end {
			if between := v.text[q.end:next.Start]; dash(next.Of(v.text)) || dash(strings.TrimSpace(between)) {
				return v.signed(q, corpus.Span{Start: q.end, End: next.End})
			}
		}
		return false
	}
	if !strings.ContainsFunc(rest, unicode.IsLetter) {
		return false
	}
	if !strings.ContainsRune(",?!…—–", last) && !strings.HasPrefix(rest, ",") && (!starts || last == '.') {
		return false
	}
	f := v.frame(s)
	if i = f.first(); i >= len(f.tokens) {
		return false
	}
	if f.norms[i] == "according" && f.norm(i+1) == "to" || f.norms[i] == "per" {
		if f.norms[i] == "according" {
			i++
		}
		if p := f.phraseOn(i + 1); p != nil {
			return f.by(q, []phrase{*p})
		}
		return false
	}
	if beForms[f.norms[i]] && (f.norm(i+1) == "how" || f.norm(i+1) == "what") {
		i += 2 // “…” is what she said
	}
	if g := f.groupAt(i); g != nil && g.from == i && !g.bare {
		if g.passive {
			// “…” was painted on the wall
			q.Sure = true
			f.by(q, f.clauseReader.by(g))
			return true
		}
		// “…,” said Ada Roe
		if beForms[f.norms[g.main]] || haveForms[f.norms[g.main]] || f.tag(g.main) == pos.VBG || !starts && !voiced(f.norms[g.main]) {
			return false
		}
		at := g.to
		for f.tag(at).Adverb() && !f.named(at) || f.tag(at) == pos.RP {
			at++
		}
		ps := f.listed(at)
		if len(ps) == 0 || f.starts(ps[len(ps)-1].to) {
			return false // “…,” said he would not
		}
		if lending[lexicon.Lemma(f.norms[g.main])] && f.lends(g, ps[:1]) {
			return f.lent(q, g, ps[:1])
		}
		return f.by(q, ps)
	}
	p := f.phraseOn(i)
	if p == nil {
		return false
	}
	at := -1
	for k := range f.groups {
		if g := &f.groups[k]; g.from >= p.to && !g.bare && !g.infinitive && !f.embedded(g) && (f.norm(g.from-1) == "," || f.related(p.to, g.from) < 0) {
			at = k
			break
		}
	}
	if at < 0 || !starts && !voiced(f.norms[f.groups[at].main]) {
		return false
	}
	if g := &f.groups[at]; f.complement(g) {
		return false
	}
	// “…,” Fay quoted Roe as saying
	for at+1 < len(f.groups) && f.chained(&f.groups[at], &f.groups[at+1]) {
		at++
	}
	if at+1 < len(f.groups) {
		// “…,” said Fay, quoting Roe
		if next := &f.groups[at+1]; reading[f.norms[next.main]] && f.norm(next.from-1) == "," {
			return f.lent(q, next, f.groups[at].subject)
		}
	}
	return f.uttered(q, at, false)
}

var reading = word.Set(`quoting reading reciting`)

func dash(s string) bool {
	return strings.HasPrefix(s, "—") || strings.HasPrefix(s, "–") || strings.HasPrefix(s, "-") || strings.HasPrefix(s, "―")
}

// signed finds who says a quotation by the signature behind a dash.
func (v *Voices) signed(q *quotation, s corpus.Span) bool {
	f := v.frame(s)
	i := f.first()
	p := f.phraseOn(i)
	if p == nil || slices.ContainsFunc(f.groups, func(g group) bool { return !g.bare && !g.infinitive && !f.embedded(&g) }) {
		return false
	}
	if s, named := f.who(p); named {
		q.Speakers, q.Named, q.Sure = []corpus.Span{s}, true, true
		return true
	}
	return false
}

// complement reports whether a group has what is said in the words of the
// article behind it, so that the quotation is not: “…,” Fay said he would go.
func (f *frame) complement(g *group) bool {
	if !voiced(f.norms[g.main]) || g.to >= len(f.tokens) {
		return false
	}
	p := f.phraseOn(g.to)
	return f.norm(g.to) == "that" || p != nil && (f.starts(p.to) || naysayers[f.norms[p.head]])
}

// listed are the phrases that token i begins, "and" between them.
func (f *frame) listed(i int) (ps []phrase) {
	for p := f.phraseOn(i); p != nil; p = f.phraseOn(i) {
		ps = append(ps, *p)
		if i = p.to; f.norm(i) == "and" {
			i++
		}
	}
	return ps
}

// starts reports whether token i is the verb of the phrase before it, and no
// participle: "a sign held by Fay".
func (f *frame) starts(i int) bool {
	return f.tag(i) == pos.MD || f.tag(i).Finite() && !(lexicon.Lemma(f.norm(i)) != f.norm(i) && f.tag(i+1) == pos.IN)
}

// chained reports whether a group goes on with the one before: "quoted her as
// saying", "denied having said", "heard the crowd shout".
func (f *frame) chained(g, next *group) bool {
	if !voiced(f.norms[next.main]) && f.norms[next.main] != "read" && f.norms[next.main] != "reading" {
		return false
	}
	for i := g.to; i < next.from; i++ {
		n := f.norms[i]
		switch {
		case n == "as" && f.tag(next.main) == pos.VBG && i+1 == next.from, n == "that", n == "whether", n == "if", n == "of", n == "by", n == "for", f.tag(i) == pos.TO, f.tag(i).Adverb():
		case f.tag(i) == pos.IN && f.phraseOn(i+1) != nil && f.phraseOn(i+1).time:
		case f.begins[i] >= 0:
			i = f.phrases[f.begins[i]].to - 1
		default:
			return false
		}
	}
	return true
}

// uttered finds who says a quotation that group k has for its object. colon is
// set if a mark divides them.
func (f *frame) uttered(q *quotation, k int, colon bool) bool {
	g := &f.groups[k]
	n := f.norms[g.main]
	lemma := lexicon.Lemma(n)
	var over *group // the one that it depends on
	if k > 0 {
		over = &f.groups[k-1]
	}
	depends := over != nil && f.chained(over, g)
	before := f.norm(g.from - 1)
	if g.infinitive {
		before = f.norm(g.from - 2)
	}
	refuses := func(g *group) bool {
		_, class, ok := lexicon.Saying(f.norms[g.main])
		m := f.norms[g.main]
		return g.denied || ok && class == lexicon.Deny || denier(m) || attempts[m] || futures[m] || wishes[m] || ok && class == lexicon.Urge || lexicon.Lemma(m) == "tell" && len(g.object) > 0
	}
	denies := func(g *group) bool { return g.denied && voiced(f.norms[g.main]) || denier(f.norms[g.main]) }
	switch {
	case g.denied && voiced(n):
		return q.disown()
	case g.infinitive:
		if over == nil || refuses(over) {
			return q.disown()
		}
		return f.by(q, over.subject)
	case f.tag(g.main) == pos.VBG || g.bare && haveForms[f.norms[g.from]]:
		p := f.phraseTo(g.from - 1)
		switch {
		case over == nil:
			return p != nil && f.speaks(p) && f.by(q, []phrase{*p})
		case before == "of" && over.main < g.from, before == "without":
			return q.disown() // "accused of saying"
		case before == "as":
			if over.denied || denies(over) || strings.HasPrefix(f.norms[over.main], "mis") {
				return q.disown() // "was misquoted as saying"
			}
			f.notBy(q, over)
			if over.passive {
				q.not = nil
				return f.by(q, over.subject)
			}
			if p := f.phraseTo(g.from - 2); p != nil {
				return f.by(q, []phrase{*p})
			}
			return false
		case before == "for" && len(over.object) > 0:
			return f.by(q, over.object[:1])
		case depends && denies(over):
			return q.disown()
		case p != nil && p.from >= over.to && f.speaks(p):
			f.notBy(q, over)
			return f.by(q, []phrase{*p})
		}
		return f.by(q, over.subject)
	}
	subject := g.subject
	if f.embedded(g) && len(subject) > 0 {
		subject = subject[:1]
	} else if depends {
		between := f.norms[over.to:g.from]
		if denies(over) || slices.Contains(between, "whether") || slices.Contains(between, "if") {
			return q.disown()
		}
		if p := f.phraseTo(g.from - 1); p != nil && p.from >= over.to {
			subject = []phrase{*p}
			f.notBy(q, over)
		}
	}
	switch {
	case len(subject) == 0 && (!g.passive || colon):
		return false
	case g.passive && lemma != "quote" && lemma != "cite":
		f.notBy(q, g)
		q.Sure = true
		f.by(q, f.clauseReader.by(g))
		return true
	case denier(n) && !colon && (f.norm(len(f.tokens)-1) != "as" || k < len(f.groups)-1): // but "dismissed it as “…”"
		return q.disown()
	case !colon && titled(q.Words.Of(f.v.text)) && (composing[lemma] || f.tag(len(f.tokens)-1).Common()):
		return false // "wrote “The Drowned Hour”", "said the film “Salt and Bone” was late"
	case lending[lemma] && !g.passive && f.lends(g, subject):
		return f.lent(q, g, subject)
	}
	return f.by(q, subject)
}

// Of these verbs the object may be a work: "wrote “The Drowned Hour”".
var composing = word.Set(`write sing publish`)

// titled reports whether words are set as the title of a work is.
func titled(words string) bool {
	ws := word.Split(words)
	return len(ws) > 1 && !slices.ContainsFunc(ws, func(w word.Word) bool { return !w.Capital() && !w.Stop() && !w.Number() })
}

// reports finds who says a quotation that is a part of reported speech: "Fay
// said the sale was “a disgrace”".
func (f *frame) reports(q *quotation) bool {
	if i := f.first(); f.norm(i) == "according" && f.norm(i+1) == "to" {
		p := f.phraseOn(i + 2)
		return p != nil && f.norm(p.to) == "," && f.unbroken(p.to+1) && f.by(q, []phrase{*p})
	}
	for k := len(f.groups) - 2; k >= 0; k-- {
		g, last := &f.groups[k], &f.groups[len(f.groups)-1]
		if !voiced(f.norms[g.main]) || speaking[lexicon.Lemma(f.norms[g.main])] || f.embedded(g) {
			continue
		}
		return f.unbroken(g.to) && !last.bare && f.uttered(q, k, false)
	}
	return false
}

// unbroken reports whether one clause stands from token i to the end, remarks
// between commas aside.
func (f *frame) unbroken(i int) bool {
	remark := false
	for ; i < len(f.tokens); i++ {
		switch t := f.tag(i); {
		case f.norms[i] == "," && f.tag(i+1).Wh() && !remark:
			remark = true
		case f.norms[i] == "," && remark:
			remark = false
		case !remark && (t == pos.PUNCT || t == pos.CC || t.Wh()):
			return false
		}
	}
	return !remark
}

// Verbs of saying that no reported speech follows.
var speaking = word.Set(`speak talk sing`)

// notBy says that the subject of a group tells the words of another.
func (f *frame) notBy(q *quotation, g *group) {
	for i := range g.subject {
		if s, named := f.who(&g.subject[i]); named {
			q.not = append(q.not, s)
		}
	}
}

// speaks reports whether a phrase tells of somebody or something that has
// words of its own.
func (f *frame) speaks(p *phrase) bool {
	n := f.norms[p.head]
	return p.pronoun || f.named(p.head) || lexicon.Role(n) || acting[n] || bearers[n] || writings[n]
}

// lends reports whether the subject of a verb of reading reads the words of
// another out: a banner that reads has its own.
func (f *frame) lends(g *group, subject []phrase) bool {
	if len(subject) == 0 {
		return false
	}
	p := &subject[0]
	return lexicon.Lemma(f.norms[g.main]) != "read" || f.speaks(p) && !bearers[f.norms[p.head]] && !writings[f.norms[p.head]]
}

// lent finds whose words somebody reads out or quotes.
func (f *frame) lent(q *quotation, g *group, subject []phrase) bool {
	f.notBy(q, &group{subject: subject})
	q.Sure = true
	for i := g.main + 1; i < len(f.tokens); i++ {
		p := f.phraseOn(i)
		if p == nil {
			continue
		}
		if s, ok := f.author(p); ok {
			q.Speakers, q.Named = []corpus.Span{s}, true
			return true
		}
		if s, ok := f.nameIn(p); ok && i == g.to && lexicon.Lemma(f.norms[g.main]) != "read" {
			q.Speakers, q.Named = []corpus.Span{s}, true
			return true
		}
		if p.core > p.from && i == g.to { // "quoted Ada Roe’s words"
			if to := p.core - 1; to > p.from && f.named(to-1) {
				from := to - 1
				for from > p.from && f.named(from-1) {
					from--
				}
				q.Speakers, q.Named = []corpus.Span{f.span(from, to)}, true
				return true
			}
		}
		i = p.to - 1
	}
	return true
}

// ends is the mark that the part of a sentence before a quotation ends in, 0 if
// that is a word.
func (f *frame) end() byte {
	if text := strings.TrimSpace(f.l.text); text != "" && strings.IndexByte(":,)", text[len(text)-1]) >= 0 {
		return text[len(text)-1]
	}
	return 0
}

// tells finds who says a quotation by a verb of saying before it, or by a name
// and a colon.
func (f *frame) tells(q *quotation) bool {
	n := len(f.tokens)
	if i := slices.Index(f.norms, "according"); i >= 0 && f.norm(i+1) == "to" {
		if p := f.phraseOn(i + 2); p != nil && p.to == n-1 && f.end() == ',' {
			return f.by(q, []phrase{*p})
		}
	}
	if len(f.groups) == 0 {
		// Ada Roe: “…”, [Ada Roe] “…”, (Ada Roe) “…”
		p := f.phraseOn(f.first())
		bracketed := strings.HasPrefix(strings.TrimSpace(corpus.Span{Start: f.base, End: q.open}.Of(f.v.text)), "[")
		if p != nil && f.norm(p.to) == "," && f.named(p.head) && f.end() == ':' {
			return f.by(q, []phrase{*p}) // Ada Roe, the mayor: “…”
		}
		if p != nil && p.to >= n-1 && (f.end() == ':' || f.end() == ')' || bracketed) {
			return f.by(q, []phrase{*p})
		}
	}
	// "chants of “…”"
	i := n - 1
	for i > 0 && (f.tag(i) == pos.PUNCT || f.norms[i] == "of") {
		i--
	}
	if p := f.phraseTo(i); p != nil && (bearers[f.norms[p.head]] && !crying[f.norms[p.head]] || f.norms[p.head] == "words" && around[f.norm(p.from-1)]) {
		return f.by(q, []phrase{*p})
	}
	k := f.governing()
	if last := len(f.groups) - 1; (k < 0 || !f.utterance(k)) && last >= 0 && f.tellsAside(last) {
		k = last
	}
	if k < 0 || !f.utterance(k) && !f.tellsAside(k) {
		return false
	}
	for i := f.groups[k].to; i < n; i++ {
		if f.tag(i) == pos.CC && f.norm(i-1) == "," {
			return false // "Fay said so, but “it is ours,” Roe said"
		}
	}
	return f.uttered(q, k, f.end() != 0)
}

// tellsAside reports whether a group that tells when has the quotation for its
// object: "smiled when Roe said: “…”", "as Roe put it, “…”".
func (f *frame) tellsAside(k int) bool {
	g := &f.groups[k]
	lemma := lexicon.Lemma(f.norms[g.main])
	return len(g.subject) > 0 && whenever[f.norm(g.subject[0].from-1)] && (voiced(lemma) && !speaking[lemma] || lemma == "put")
}

var around = word.Set(`beneath under below above behind beside past near with`)

// governing is the last group that does not tell when or who; -1 for none.
func (f *frame) governing() int {
	for k := len(f.groups) - 1; k >= 0; k-- {
		if !f.aside(k) {
			return k
		}
	}
	return -1
}

// utterance reports whether group k has a verb of saying or of reading out.
func (f *frame) utterance(k int) bool {
	n := f.norms[f.groups[k].main]
	return voiced(n) || lending[lexicon.Lemma(n)] || n == "reading"
}

// suggests finds who says a quotation by what stands before it and is not about
// saying: "Fay was defiant: “…”".
func (f *frame) suggests(q *quotation) bool {
	k := f.governing()
	if k < 0 || f.utterance(k) || f.end() == 0 {
		return false
	}
	g := &f.groups[k]
	lemma := lexicon.Lemma(f.norms[g.main])
	if g.infinitive || g.bare || hearing[lemma] {
		return false
	}
	// Of "Fay faced a banner: “…”" nobody is sure.
	for i := range f.phrases {
		if p := &f.phrases[i]; p.from >= g.to && (bearers[f.norms[p.head]] || writings[f.norms[p.head]] && !issuing[lemma]) {
			f.notBy(q, g)
			return true
		}
	}
	return f.uttered(q, k, true)
}

// aside reports whether group k tells when or who, and not who says what.
func (f *frame) aside(k int) bool {
	g := &f.groups[k]
	if g.bare && f.tag(g.main) == pos.VBG && (voiced(f.norms[g.main]) || f.norms[g.main] == "reading") {
		return k == 0 && f.phraseTo(g.from-1) == nil
	}
	if f.embedded(g) && k == len(f.groups)-1 && f.utterance(k) {
		return false // "a placard that said"
	}
	if f.embedded(g) || g.bare && k > 0 && f.norm(g.from-1) == "," {
		return true
	}
	for _, p := range g.subject {
		if n := f.norm(p.from - 1); whenever[n] && p.to <= g.from {
			return true
		}
	}
	return false
}

// carryOn gives the quotations that no sentence of theirs tells the speaker of
// the one of the quotation they go on with, and finds whom "she" means.
func (v *Voices) carryOn() {
	quiet := 0 // in a quotation of many paragraphs, as far as none tells who speaks
	for i := range v.found {
		q := &v.found[i]
		if q.parent >= 0 {
			v.within(q)
			continue
		}
		if q.heard && q.pronoun != "" {
			v.resolve(i)
		}
		if q.heard {
			continue
		}
		// The paragraphs of one quotation have one speaker.
		if before := v.outer(i, -1); before != nil && (q.goesOn || before.paragraph == q.paragraph && v.clausal(q) && v.clausal(before)) {
			q.take(before)
			if q.heard {
				continue
			}
		}
		for quiet = max(quiet, i+1); quiet < len(v.found) && (v.found[quiet].goesOn || v.found[quiet].parent >= 0); quiet++ {
			if after := &v.found[quiet]; after.heard && after.parent < 0 {
				if after.pronoun != "" {
					v.resolve(quiet)
				}
				q.take(after)
				break
			}
		}
		if before := v.outer(i, -1); !q.heard && before != nil && v.resumes(i, before) {
			q.take(before)
		}
		if !q.heard {
			v.guess(i)
		}
	}
}

// resumes reports whether quotation i, of several paragraphs, goes on with the
// one that the paragraph before ends in: “…,” said Ada Roe.¶“…¶“…” What somebody
// asks, another may answer.
func (v *Voices) resumes(i int, before *quotation) bool {
	q := &v.found[i]
	after := v.outer(i, 1)
	end := v.sentenceAt(before.end - 1)
	return after != nil && after.goesOn && v.alone(q) &&
		end+1 < len(v.sentences) && v.sentences[end+1].Paragraph == q.paragraph &&
		before.Sure && !strings.HasSuffix(strings.TrimSpace(before.Words.Of(v.text)), "?")
}

// outer is the next quotation that stands in none, before or behind number i.
func (v *Voices) outer(i, step int) *quotation {
	for i += step; i >= 0 && i < len(v.found); i += step {
		if v.found[i].parent < 0 {
			return &v.found[i]
		}
	}
	return nil
}

// take has another quotation’s speaker say this one.
func (q *quotation) take(o *quotation) {
	if !o.heard && len(o.may) == 0 {
		return
	}
	words, not := q.Words, q.not
	q.Voice = o.Voice
	q.Words, q.not = words, slices.Concat(not, o.not)
	q.heard = o.heard
}

// within finds who says a quotation inside another: whoever says that one,
// unless it has somebody else say it.
func (v *Voices) within(q *quotation) {
	p := &v.found[q.parent]
	switch {
	case !q.heard, q.pronoun == "i", q.pronoun == "we":
		q.take(p)
	case q.pronoun != "":
		// “He told me, ‘…’ ”: not the one who tells it.
		q.not = append(q.not, p.Speakers...)
		q.Sure = false
	default:
		q.not = append(q.not, p.Speakers...)
	}
}

// A mention is somebody whom the article tells of outside quotation marks.
type mention struct {
	corpus.Span
	gender lexicon.Gender
}

// mentions are the people in sentence i of the article, outside quotation marks:
// by their names, and by what they are where they have none.
func (v *Voices) mentions(i int) (ms []mention) {
	if ms, ok := v.told[i]; ok {
		return ms
	}
	defer func() { v.told[i] = ms }()
	s := v.sentences[i]
	from := s.Start
	add := func(part corpus.Span) {
		if part.Len() <= 0 {
			return
		}
		f := v.frame(part)
		end := -1 // of the last one
		for i := range f.phrases {
			p := &f.phrases[i]
			span, ok := f.nameIn(p)
			if f.norm(p.from-1) == "," && p.from-1 == end && (p.to >= len(f.tokens) || f.tag(p.to) == pos.PUNCT) && lexicon.Role(f.norms[p.head]) {
				continue // "Ada Roe, the mayor,"
			}
			if n := f.norms[p.head]; !ok && lexicon.Role(n) && !f.tag(p.head).Plural() && !acting[n] {
				if _, named := f.who(p); !named {
					ms = append(ms, mention{f.span(p.from, p.to), lexicon.GenderOf(n)})
					end = f.beyondOf(p)
				}
				continue
			}
			if !ok || p.time {
				continue
			}
			ws := word.Split(span.Of(v.text))
			if len(ws) == 0 {
				continue
			}
			folded := make([]string, len(ws))
			for i, w := range ws {
				folded[i] = w.Norm
			}
			whole := strings.Join(folded, " ")
			_, place := lexicon.Place(whole)
			house, _ := lexicon.Organization(whole)
			_, partOf := lexicon.Organization(ws[len(ws)-1].Norm)
			_, demonym := lexicon.Demonym(whole)
			if place || house || partOf || demonym || acting[ws[len(ws)-1].Norm] {
				continue
			}
			g := lexicon.GenderOf(ws[0].Norm)
			if p.core < p.head && g == lexicon.Unknown {
				g = lexicon.GenderOf(f.norms[p.core])
			}
			ms = append(ms, mention{span, g})
			end = f.beyondOf(p)
		}
	}
	for k := v.firstBehind(from); k < len(v.found) && v.found[k].open < s.End; k++ {
		if q := &v.found[k]; q.parent < 0 && v.clausal(q) {
			add(corpus.Span{Start: from, End: q.open})
			from = q.end
		}
	}
	add(corpus.Span{Start: from, End: s.End})
	return ms
}

// people are who is named before an offset: those of the nearest sentence that
// names anybody a pronoun may mean, "" for any.
func (v *Voices) people(at int, pronoun string) []mention {
	const far = 6 // sentences
	here := v.sentence(at)
	passed := 0
	for i := min(v.sentenceAt(at), len(v.sentences)-1); i >= 0 && passed <= far; i-- {
		s := v.sentences[i]
		if s.Start >= at || s.Span != here && s.End > at || !s.Kind.Evidence() {
			continue
		}
		passed++
		var ms []mention
		for _, m := range v.mentions(i) {
			if m.End > at || pronoun == "he" && m.gender == lexicon.She || pronoun == "she" && m.gender == lexicon.He {
				continue
			}
			if !slices.ContainsFunc(ms, func(o mention) bool { return v.sameName(o.Span, m.Span) }) {
				ms = append(ms, m)
			}
		}
		if len(ms) > 0 {
			return ms
		}
	}
	return nil
}

// sameName reports whether two names may be of one person.
func (v *Voices) sameName(a, b corpus.Span) bool {
	x, y := word.Split(a.Of(v.text)), word.Split(b.Of(v.text))
	return len(x) > 0 && len(y) > 0 && x[len(x)-1].Norm == y[len(y)-1].Norm
}

// resolve finds whom the pronoun means that says a quotation.
func (v *Voices) resolve(i int) {
	q := &v.found[i]
	if len(q.Speakers)+len(q.may) > 0 {
		return
	}
	at := v.lead(i).Start
	if s, ok := v.Means(q.pronoun, at); ok {
		q.Speakers, q.Named, q.Sure = []corpus.Span{s}, true, true
		return
	}
	for _, m := range v.people(at, q.pronoun) {
		q.may = append(q.may, m.Span)
	}
}

// firstBehind is the number from which on the quotations that stand in no other
// end behind an offset.
func (v *Voices) firstBehind(at int) int {
	i, _ := slices.BinarySearchFunc(v.found, at, func(q quotation, at int) int { return q.open - at })
	for i > 0 && (v.found[i-1].parent >= 0 || v.found[i-1].end > at) {
		i--
	}
	return i
}

// alone reports whether nothing but quotations stands in the sentences of one.
func (v *Voices) alone(q *quotation) bool {
	s := corpus.Span{Start: v.sentence(q.open).Start, End: max(q.end, v.sentence(q.end-1).End)}
	for i := v.firstBehind(s.Start); i < len(v.found) && v.found[i].open < s.End; i++ {
		if o := &v.found[i]; o.parent < 0 {
			if strings.ContainsFunc(v.text[s.Start:max(s.Start, o.open)], unicode.IsLetter) {
				return false
			}
			s.Start = min(o.end, s.End)
		}
	}
	rest := strings.TrimSpace(s.Of(v.text))
	r, _ := utf8.DecodeRuneInString(rest)
	last, _ := utf8.DecodeLastRuneInString(strings.TrimSpace(q.Words.Of(v.text)))
	return !strings.ContainsFunc(rest, unicode.IsLetter) || strings.ContainsRune("!?", last) && unicode.IsUpper(r) // “Go!” Tom Fay left
}

// guess finds who may say a quotation that stands by itself: whoever says the
// one before, or whom the sentences before are about.
func (v *Voices) guess(i int) {
	q := &v.found[i]
	if !v.clausal(q) || !v.alone(q) {
		return
	}
	if before := v.outer(i, -1); before != nil && q.paragraph-before.paragraph <= 1 && before.heard {
		q.may = append(slices.Clone(before.Speakers), before.may...)
	}
	for _, m := range v.people(q.open, "") {
		q.may = append(q.may, m.Span)
	}
}
