package extract

import (
	"strings"

	"dateline/bot/extract/lexicon"
	"dateline/bot/extract/pos"
	"dateline/corpus"
	"dateline/corpus/word"
)

// A candidate is a part of a sentence that may be the answer.
type candidate struct {
	s     *sentence
	at    int // the sentence's place in its document
	p     phrase
	span  corpus.Span // what Short is; of the article's text
	text  string      // Short, where it is not the span's text: the name for a pronoun
	voice *sentence   // where that name stands
	class class
	fit   float64 // how well it is of the kind asked for, 0 to 1
	role  float64 // how well it plays the part asked for: subject, object, speaker
	prox  float64 // how near the question's words stand
	cover *cover
	verb  float64
	score float64
}

// candidates are the parts of a sentence that could answer.
func (q *question) candidates(s *sentence, at int, c *cover) []candidate {
	var cs []candidate
	verbAt, verb := q.verbAt(s)
	add := func(p phrase, fit, role float64) {
		if p.from >= p.to || fit <= 0 {
			return
		}
		cs = append(cs, candidate{s: s, at: at, p: p, span: s.span(p), class: s.classOf(p), fit: fit, role: role, cover: c, verb: verb})
	}
	if s.conditional(verbAt) {
		verb *= 0.3
	}
	switch q.kind {
	case who:
		q.whoCandidates(s, verbAt, verb, add, func(x candidate) {
			x.s, x.at, x.cover, x.verb = s, at, c, verb
			cs = append(cs, x)
		})
	case where:
		for _, p := range s.phrases {
			for _, n := range s.names(p) {
				if s.tag(n.to) == pos.POS {
					continue
				}
				fit := 0.0
				switch s.classOf(n) {
				case place:
					fit = 1
				case thing, organization:
					fit = 0.35
				case person:
					continue
				}
				full := n
				// "Geneva, Switzerland"; the city answers by itself.
				before := s.norm(p.from - 1)
				switch before {
				case "in", "at", "near", "inside", "outside", "across", "around":
					fit += 0.15
				case "to", "from", "into", "toward", "towards":
					fit += 0.1
				default:
					if fit < 1 {
						fit *= 0.5
					} else if s.tag(n.to).Noun() {
						fit *= 0.6
					}
				}
				role := 0.0
				if verbAt >= 0 && verbAt < n.from {
					role = 1 / (1 + float64(n.from-verbAt)/6)
				}
				add(full, min(fit, 1.1), role)
			}
			if before := s.norm(p.from - 1); len(s.names(p)) == 0 && (before == "in" || before == "at" || before == "near" || before == "on" || before == "inside") && s.dateAt(p) == nil {
				add(p, 0.4, 0)
			}
		}
	case when:
		if containsAny(q.focus, "time") {
			// "what time": an hour, not a day.
			for i, t := range s.tokens {
				if (t.norm == "am" || t.norm == "pm") && i > 0 && s.tokens[i-1].digit() || t.digit() && strings.Contains(t.Text, ":") || t.norm == "noon" || t.norm == "midnight" {
					from := i
					if t.norm == "am" || t.norm == "pm" {
						from--
					}
					p := phrase{from, i + 1}
					add(p, 1, q.dateRole(s, p, verbAt, verb))
				}
			}
			break
		}
		for _, d := range s.dates() {
			p := s.phraseOf(d.Span)
			fit := 1.0
			if d.Relative && d.Len() < 4 {
				fit = 0.5
			}
			add(p, fit, q.dateRole(s, p, verbAt, verb))
		}
		for i, t := range s.tokens {
			// "hours after ...", "at 3 p.m.", "since January"
			switch t.norm {
			case "after", "before", "since", "until", "during", "when", "once":
				if p, ok := s.object(i); ok && len(s.dates()) == 0 {
					add(phrase{i, p.to}, 0.35, 0)
				}
			case "am", "pm":
				if i > 0 && s.tokens[i-1].digit() {
					add(phrase{i - 1, i + 1}, 0.6, 0)
				}
			case "century", "centuries", "morning", "evening", "afternoon", "night", "decade", "summer", "winter", "spring", "autumn":
				if s.at[i] >= 0 && len(s.dates()) == 0 {
					add(s.phrases[s.at[i]], 0.6, 0)
				}
			}
		}
	case count, amount:
		q.numberCandidates(s, add)
		// "a few months", "a week"
		for _, p := range s.phrases {
			if q.unit == "" || !unitFits(q.unit, s.norm(p.head())) {
				continue
			}
			switch s.norm(p.from) {
			case "a", "an", "several", "many", "few":
				add(p, 0.8, 0)
			}
		}
	case which:
		if containsAny(q.focus, "score", "result", "vote", "margin", "talli") {
			q.numberCandidates(s, add)
		}
		q.whichCandidates(s, verbAt, verb, add)
	case why:
		q.clauseCandidates(s, add, []string{"because", "since", "due", "after", "amid", "as", "so", "to", "for", "aimed", "sparked", "caused", "over", "following"})
	case how:
		q.clauseCandidates(s, add, []string{"by", "through", "via", "with", "using", "from", "on", "as"})
	case said, did:
		q.sayingCandidates(s, verbAt, add)
	case yesno:
		add(phrase{0, len(s.tokens)}, 0.6, 0)
	case describe:
		q.describeCandidates(s, add)
	default:
		q.thingCandidates(s, verbAt, verb, add)
	}
	if len(cs) == 0 && (q.kind == why || q.kind == how || q.kind == said || q.kind == did || q.kind == what || q.kind == describe) {
		add(phrase{0, len(s.tokens)}, 0.3, 0)
	}
	for i := range cs {
		cs[i].prox = q.proximity(s, cs[i].p, c)
	}
	return cs
}

// denied reports whether the verb at a token is negated, or stands in what
// somebody denies.
func (s *sentence) denied(verb int) bool {
	for i := verb - 1; i >= max(0, verb-3); i-- {
		if negation(s.norm(i)) {
			return true
		}
	}
	for _, sp := range s.speech {
		if sp.class == lexicon.Deny && sp.verb < verb {
			return true
		}
	}
	return false
}

// dateRole tells whether a date is that of the question's verb: 1 if the verb
// it goes with is that one, below 0 if it is the day on which somebody spoke
// of it.
func (q *question) dateRole(s *sentence, p phrase, verbAt int, verb float64) float64 {
	owner := s.governor(p)
	if owner < 0 {
		return 0
	}
	asked := 0.0
	for _, v := range q.sameAll(&s.tokens[owner]) {
		asked = max(asked, v)
	}
	_, _, saying := lexicon.Saying(s.norm(owner))
	switch {
	case owner == verbAt:
		return verb
	case asked >= synonym:
		return asked * 0.9 // "the warning": Lavrov warned
	case saying && q.class == "" && !q.light():
		return -0.5
	case verbAt >= 0 && !s.tag(verbAt).Verb() && verbAt < p.from && owner < verbAt:
		return verb * 0.7 // "the visit next week"
	}
	return 0
}

// governor is the verb that a date or a place at p goes with: the nearest one
// to the left, or for a sentence that begins with p the first to the right; -1
// for none.
func (s *sentence) governor(p phrase) int {
	for i := p.from - 1; i >= 0; i-- {
		if s.tag(i).Verb() && !auxiliary(s.norm(i)) && s.tag(i) != pos.VBG {
			return i
		}
		if s.lit(i) == ";" || s.lit(i) == ":" {
			break
		}
	}
	for i := p.to; i < len(s.tokens); i++ {
		if s.tag(i).Verb() && !auxiliary(s.norm(i)) {
			return i
		}
	}
	return -1
}

// conditional reports whether the verb at a token depends on an "if" or a
// "whether" that stands before it in its clause.
func (s *sentence) conditional(verb int) bool {
	for i := verb - 1; i >= max(0, verb-6); i-- {
		switch s.norm(i) {
		case "if", "whether":
			return true
		case ",", ".", "“", "”":
			return false
		}
	}
	return false
}

// calendar reports whether a word is the name of a day or a month.
func calendar(n string) bool {
	switch n {
	case "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december":
		return true
	}
	return false
}

// proximity is the weighted share of the question's words that stand near the
// tokens of p.
func (q *question) proximity(s *sentence, p phrase, c *cover) float64 {
	total, sum := 0.0, 0.0
	for i, t := range q.terms {
		total += t.weight
		j := c.at[i]
		if j < 0 {
			continue
		}
		d := 0
		if j < p.from {
			d = p.from - j
		} else if j >= p.to {
			d = j - p.to + 1
		}
		sum += t.weight * c.in[i] / (1 + float64(d)/8)
	}
	if total == 0 {
		return 0
	}
	return sum / total
}

// phraseOf is the run of tokens that a span covers.
func (s *sentence) phraseOf(span corpus.Span) phrase {
	p := phrase{-1, -1}
	for i, t := range s.tokens {
		if s.Start+t.End > span.Start && s.Start+t.Start < span.End {
			if p.from < 0 {
				p.from = i
			}
			p.to = i + 1
		}
	}
	if p.from < 0 {
		return phrase{}
	}
	return p
}

func (s *sentence) dateAt(p phrase) *corpus.Date {
	span := s.span(p)
	ds := s.dates()
	for i := range ds {
		if ds[i].Overlaps(span) {
			return &ds[i]
		}
	}
	return nil
}

// repeats reports whether the words of a phrase are the question's own.
func (q *question) repeats(s *sentence, p phrase) bool {
	n, found := 0, 0
	for i := p.from; i < p.to; i++ {
		u := &s.tokens[i]
		if len(u.stems) == 0 || word.Stop(u.norm) || u.Tag == pos.POS {
			continue
		}
		n++
		for j := range q.terms {
			if q.same(&q.terms[j], u) >= variant && !q.terms[j].focus {
				found++
				break
			}
		}
	}
	return n > 0 && found == n
}

// headAsked reports whether the surname of a name is in the question.
func (q *question) headAsked(s *sentence, p phrase) bool {
	return q.repeats(s, phrase{p.to - 1, p.to})
}

func (q *question) whoCandidates(s *sentence, verbAt int, verb float64, add func(phrase, float64, float64), put func(candidate)) {
	saying := q.class != ""
	var subj, obj, agent phrase
	hasSubj, hasObj, hasAgent := false, false, false
	if verbAt >= 0 {
		if s.tag(verbAt) == pos.VBN && s.norm(verbAt+1) == "by" && verbAt+2 < len(s.tokens) && s.at[verbAt+2] >= 0 {
			agent, hasAgent = s.fullSubject(s.phrases[s.at[verbAt+2]]), true
		}
		if s.tag(verbAt).Verb() {
			subj, hasSubj = s.subject(verbAt)
			if s.denied(verbAt) && !q.negated {
				verb = -verb // "denied that Russia leaked it": it was not Russia
			}
		}
		obj, hasObj = s.object(verbAt)
	}
	if saying && !q.object {
		for _, sp := range s.speech {
			role := 0.0
			switch {
			case word.Stem(sp.lemma) == q.verbStem:
				role = 1
			case sp.class == q.class && sp.class == lexicon.Plain:
				role = 0.95 // "told reporters" for "said"
			case sp.class == q.class:
				role = 0.8
			case q.class == "plain" || q.class == "claim" || sp.class == "plain" && (q.class == "announce"):
				role = 0.7
			case sp.class == "plain":
				role = 0.3
			}
			if sp.class != lexicon.Deny && s.denied(sp.verb) && !q.negated {
				role = -role
			}
			p := s.best(sp.subject)
			if s.tag(sp.subject.from) == pos.PRP {
				if s.speaker == "" || s.voice == nil || q.termNamed(s.speaker) {
					continue
				}
				if full, span := s.doc.fullName(s.speaker, s.voice); full != "" {
					put(candidate{p: sp.subject, span: span, text: full, voice: s.voice, class: person, fit: 0.95, role: role})
				}
				continue
			}
			if q.headAsked(s, p) {
				continue
			}
			fit := 1.0
			if s.classOf(p) == thing {
				fit = 0.7
			} else if s.classOf(p) == someone {
				fit = 0.85
				p = s.extend(sp.subject, sp.verb)
			}
			add(p, fit, role)
		}
		// A quotation that goes on: the speaker stands in another sentence.
		if len(s.speech) == 0 && s.speaker != "" && s.voice != nil && !q.termNamed(s.speaker) {
			if full, span := s.doc.fullName(s.speaker, s.voice); full != "" {
				put(candidate{p: phrase{0, 1}, span: span, text: full, voice: s.voice, class: person, fit: 0.9, role: 0.6})
			}
		}
	}
	if q.photo && (s.Kind == corpus.Credit || s.Kind == corpus.Contributor) {
		for _, p := range s.phrases {
			for _, n := range s.names(p) {
				if s.classOf(n) != organization {
					add(n, 1.1, 1)
				}
			}
		}
	}
	if q.photo && s.Kind == corpus.Contributor {
		first, last := -1, -1
		for _, p := range s.phrases {
			for _, n := range s.names(p) {
				if s.classOf(n) != organization {
					if first < 0 {
						first = n.from
					}
					last = n.to
				}
			}
		}
		if first >= 0 {
			add(phrase{first, last}, 1.2, 1)
		}
	}
	// “I hope ...”: the speaker does.
	if hasSubj && s.inQuote(verbAt) && s.speaker != "" && s.voice != nil && !q.object && !q.termNamed(s.speaker) {
		if n := s.norm(subj.from); n == "i" || n == "we" {
			if full, span := s.doc.fullName(s.speaker, s.voice); full != "" {
				put(candidate{p: subj, span: span, text: full, voice: s.voice, class: person, fit: 0.95, role: verb})
			}
		}
	}
	// "a call between X and Y"
	for i, t := range s.tokens {
		if t.norm == "between" && i+1 < len(s.tokens) && s.at[i+1] >= 0 {
			a := s.phrases[s.at[i+1]]
			if s.norm(a.to) == "and" && a.to+1 < len(s.tokens) && s.at[a.to+1] >= 0 {
				b := s.phrases[s.at[a.to+1]]
				if s.classOf(a) == person && s.classOf(b) == person && !q.repeats(s, a) && !q.repeats(s, b) {
					add(phrase{a.from, b.to}, 1, 0.4)
				}
			}
		}
	}
	if q.photographer && s.Kind == corpus.Caption {
		return // a caption says who is to be seen, its credit who took it
	}
	for _, p := range s.phrases {
		role := 0.0
		switch {
		case q.object && hasObj && p == obj && !hasAgent:
			role = verb
		case !q.object && hasAgent && p.from == agent.from:
			role = verb
		case !q.object && hasSubj && !hasAgent && (p == subj || p.from >= subj.from && p.to <= subj.to):
			role = verb
		case q.object && hasSubj && p == subj:
			role = -0.4
		}
		if verbAt >= 0 && !s.tag(verbAt).Verb() && !q.object && role == 0 {
			// "Trump’s arrest of X", "the arrest of X by Y"
			if verbAt >= p.from && verbAt < p.to && s.hasPossessor(p, verbAt) {
				role = verb * 0.7
			} else if by := s.norm(p.from - 1); (by == "by" || by == "with") && p.from > verbAt && p.from < verbAt+10 && s.tag(p.from-2) != pos.VBN {
				role = verb * 0.7
				if by == "with" {
					role = verb * 0.5 // "an interview with"
				}
			} else if leads[q.verbStem] && leader[word.Stem(s.norm(verbAt))] && verbAt >= p.from && verbAt < p.to {
				role = verb // "Commission President X"
			}
		}
		if q.object && role == 0 {
			switch s.norm(p.from - 1) {
			case "with", "to", "by", "against", "from", "for":
				role = 0.3
			}
		}
		ns := s.names(p)
		found := false
		for _, n := range ns {
			q2 := s.trimTitles(n)
			c := s.classOf(n)
			fit := 0.0
			switch c {
			case person:
				fit = 1
			case organization:
				fit = 0.55
			case thing:
				fit = 0.5
			case place:
				fit = 0.3
			}
			if s.tag(n.to) == pos.POS && n.to < p.to {
				// "Witkoff’s detractors" are not Witkoff.
				if role > 0 && !q.repeats(s, phrase{n.to + 1, p.to}) {
					add(p, 0.9, role)
				}
				fit *= 0.5
				if verbAt < n.to || verbAt >= p.to {
					role = min(role, 0)
				}
			}
			if s.inQuote(n.from) && n.from > 1 && isQuote(s.lit(n.from-1)) && nicknames(s.norm(n.from-2)) {
				continue // the “Kim Kardashian of Pakistan” is not her
			}
			if q.wants == lexicon.KindPerson && q.focusNear(s, n, p) {
				role = max(role, 0.8)
			}
			if q2.to-q2.from == 1 && isDemonym(s.norm(q2.from)) && (s.tag(q2.from).Adjective() || q2.to < p.to) {
				continue // "Russian" is nobody
			}
			if q.headAsked(s, q2) || c == organization && q.repeats(s, phrase{q2.from, q2.from + 1}) || s.dateAt(q2) != nil || calendar(s.norm(q2.to-1)) {
				continue
			}
			found = true
			add(q2, fit, role)
		}
		if !found && s.classOf(p) == someone && !q.repeats(s, p) {
			add(s.extend(p, -1), 0.6, role)
		}
		if !found && s.tag(p.from) == pos.PRP && role > 0.5 {
			n := s.norm(p.from)
			if (n == "he" || n == "she") && s.doc != nil {
				if name, voice := s.doc.before(s); name != "" && !q.termNamed(name) {
					if full, span := s.doc.fullName(name, voice); full != "" {
						put(candidate{p: p, span: span, text: full, voice: voice, class: person, fit: 0.85, role: role})
					}
				}
			}
		}
	}
}

func nicknames(n string) bool {
	switch n {
	case "nicknamed", "dubbed", "called", "as", "the", "nickname":
		return true
	}
	return false
}

// hasPossessor reports whether a possessive ending stands in a phrase before
// a token.
func (s *sentence) hasPossessor(p phrase, before int) bool {
	for i := p.from; i < before; i++ {
		if s.tag(i) == pos.POS {
			return true
		}
	}
	return false
}

// focusNear reports whether the role that was asked for stands at a name:
// "Kremlin spokesman Dmitry Peskov".
func (q *question) focusNear(s *sentence, n, p phrase) bool {
	for i := max(0, n.from-5); i < min(len(s.tokens), n.to+8); i++ {
		for _, f := range q.focus {
			for _, st := range s.tokens[i].stems {
				if st == f || lexicon.Synonyms(st, f) {
					return true
				}
			}
		}
	}
	return false
}

// termNamed reports whether the question names a person by this folded name.
func (q *question) termNamed(name string) bool {
	for _, t := range q.terms {
		if t.norm == name || t.name && distance(t.norm, name, 1) <= 1 {
			return true
		}
	}
	return false
}

// extend takes in what belongs to a noun behind it, up to the verb: "A source
// familiar with the discussions".
func (s *sentence) extend(p phrase, verb int) phrase {
	for i := p.to; i < len(s.tokens) && i < p.to+9 && i != verb; i++ {
		t := s.tag(i)
		if i == p.to && !(t == pos.IN || t == pos.JJ || s.norm(i) == "of" || s.norm(i) == "close") {
			return p
		}
		if t.Finite() || t == pos.PUNCT || t == pos.WP || t == pos.WDT || t == pos.CC {
			return p
		}
		if s.at[i] >= 0 {
			q := s.phrases[s.at[i]]
			// Only as far as a phrase that a verb or a mark follows.
			if q.to == verb || q.to < len(s.tokens) && (s.tag(q.to).Finite() || s.tag(q.to) == pos.PUNCT) || q.to == len(s.tokens) {
				return phrase{p.from, q.to}
			}
			i = q.to - 1
		}
	}
	return p
}

// before is the person whom the sentences before s are about.
func (d *document) before(s *sentence) (string, *sentence) {
	for i, t := range d.sentences {
		if t != s {
			continue
		}
		for j := i - 1; j >= max(0, i-2); j-- {
			if d.sentences[j].Paragraph < s.Paragraph-1 {
				break
			}
			if name := d.topic(d.sentences[j]); name != "" {
				return name, d.sentences[j]
			}
		}
	}
	return "", nil
}

// fullName is the fullest form of a name known by its last part, and where
// that form, or the last part at least, stands.
func (d *document) fullName(name string, voice *sentence) (string, corpus.Span) {
	for _, p := range voice.phrases {
		for _, n := range voice.names(p) {
			if q := voice.trimTitles(n); voice.norm(q.to-1) == name {
				return voice.words(q), voice.span(q)
			}
		}
		if voice.norm(p.head()) == name {
			return voice.words(p), voice.span(p)
		}
	}
	return "", corpus.Span{}
}

func (q *question) numberCandidates(s *sentence, add func(phrase, float64, float64)) {
	if containsAny(q.focus, "score", "result", "vote", "margin", "talli") {
		// "12 to 11", "45 points to 24", "3-1"
		for i := range s.tokens {
			if j := i + 1; s.tokens[i].digit() {
				for j < len(s.tokens) && s.tag(j).Noun() {
					j++
				}
				if s.norm(j) == "to" && j+1 < len(s.tokens) && s.tokens[j+1].digit() {
					add(phrase{i, j + 2}, 1, 0.5)
				} else if strings.ContainsAny(s.lit(i), "-–") {
					add(phrase{i, i + 1}, 0.9, 0.3)
				}
			}
		}
	}
	for i := 0; i < len(s.tokens); i++ {
		t := s.tokens[i]
		numeric := t.Tag == pos.CD || t.digit() || numberWord(t.norm) || strings.ContainsAny(t.Text, "$£€") && strings.ContainsAny(t.Text, "0123456789")
		// "the 28-point draft"
		hyphen := strings.IndexByte(t.Text, '-')
		compound := hyphen > 0 && t.Text[0] >= '0' && t.Text[0] <= '9'
		if !numeric && !compound && !half(t.norm) {
			continue
		}
		from, to := i, i+1
		for to < len(s.tokens) && (s.tag(to) == pos.CD || magnitude(s.norm(to)) || s.lit(to) == "%" || s.norm(to) == "percent") {
			to++
		}
		for from > 0 && (currencySign(s.lit(from - 1))) {
			from--
		}
		p := phrase{from, to}
		d := s.dateAt(p)
		if d != nil && q.unit == "" && !(q.wants == lexicon.KindDate) {
			// A date is no count, unless it is not one: "in 2,000 homes".
			if !compound {
				i = to - 1
				continue
			}
		}
		fit := 0.5
		unit := ""
		var units []string
		if compound {
			for _, w := range word.Split(t.Text[hyphen:]) {
				units = append(units, w.Stem())
			}
		}
		for j := to; j < min(len(s.tokens), to+5); j++ {
			if s.tag(j).Noun() || s.tag(j).Adjective() {
				units = append(units, s.tokens[j].stems...)
				if unit == "" {
					unit = s.norm(j)
				}
				continue
			}
			if s.norm(j) == "of" || s.tag(j) == pos.DT || s.norm(j) == "more" || s.tag(j) == pos.POS || s.tag(j) == pos.CD && s.norm(to) == "of" {
				continue
			}
			break
		}
		match := false
		for _, f := range q.focus {
			for _, u := range units {
				if u == f || lexicon.Synonyms(u, f) {
					match = true
				}
			}
		}
		money := strings.ContainsAny(s.words(p), "$£€¥") || moneyWord(unit) || containsAny(units, "dollar", "pound", "euro", "rubl", "yen", "cent")
		percent := strings.Contains(s.words(p), "%") || s.norm(to-1) == "percent" || s.norm(to) == "percent"
		if q.unit == "old" {
			if s.isAge(p) || compound && strings.HasSuffix(t.norm, "old") {
				add(p, 1, 0)
			} else {
				add(p, 0.3, 0)
			}
			i = to - 1
			continue
		}
		switch {
		case ordinal(t.norm) && (q.unit == "often" || containsAny(q.focus, "time")) && q.counts(units):
			fit = 0.9 // "his sixth meeting": they met six times
		case q.kind == count && match:
			fit = 1
		case q.kind == count && len(q.focus) > 0:
			fit = 0.35
			if money || percent {
				fit = 0.15
			}
		case q.wants == lexicon.KindMoney && len(q.focus) == 0:
			fit = 0.4
			if money {
				fit = 1
			} else if percent {
				fit = 0.85
			}
		case match:
			fit = 1
		case money && (q.wants == lexicon.KindMoney || containsAny(q.focus, "fine", "reward", "price", "cost", "bill", "fee", "budget", "salari", "wage", "fare", "worth", "valu")):
			fit = 1
		case percent && q.wants == lexicon.KindNumber && q.unit == "":
			fit = 0.85
		case percent && containsAny(q.focus, "percentag", "percent", "rate", "share", "proport"):
			fit = 1
		case q.unit != "":
			fit = 0.35
			if unitFits(q.unit, unit) || compound && unitFits(q.unit, s.norm(i)[min(len(s.norm(i)), hyphen+1):]) {
				fit = 1
				if to < len(s.tokens) && s.tag(to).Noun() {
					p.to = to + 1
				}
			}
		}
		if q.repeats(s, p) {
			fit *= 0.2
		}
		if moneyWord(s.norm(p.to)) {
			p.to++ // "600 crowns"
		}
		role := 0.0
		if q.stage != 0 {
			// "at first", "now": of which version is this the number?
			x := candidate{s: s, p: p}
			switch x.stage() {
			case q.stage:
				role = 0.8
			case 0:
			default:
				fit *= 0.5
			}
		}
		add(p, fit, role)
		i = to - 1
	}
}

// isAge reports whether a number is somebody's age: "aged 78", "Mendez, 78,",
// "at the age of 78", "78 years old".
func (s *sentence) isAge(p phrase) bool {
	before := s.norm(p.from - 1)
	return before == "aged" || before == "age" || before == "of" && s.norm(p.from-2) == "age" ||
		s.lit(p.from-1) == "," && (s.lit(p.to) == "," || s.lit(p.to) == ".") && p.from > 1 && s.tokens[p.from-2].capital() ||
		strings.HasPrefix(s.norm(p.to), "year") && s.norm(p.to+1) == "old"
}

func ordinal(n string) bool {
	switch n {
	case "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth":
		return true
	}
	return len(n) > 2 && n[0] >= '0' && n[0] <= '9' && (strings.HasSuffix(n, "th") || strings.HasSuffix(n, "st") || strings.HasSuffix(n, "nd") || strings.HasSuffix(n, "rd"))
}

// counts reports whether one of some nouns is what the question's verb does:
// a meeting for "met".
func (q *question) counts(nouns []string) bool {
	for _, n := range nouns {
		if n == q.verbStem || lexicon.Synonyms(n, q.verbStem) {
			return true
		}
	}
	return false
}

func containsAny(list []string, of ...string) bool {
	for _, l := range list {
		for _, o := range of {
			if l == o {
				return true
			}
		}
	}
	return false
}

func currencySign(t string) bool { return t == "$" || t == "£" || t == "€" || t == "¥" }

func magnitude(n string) bool {
	switch n {
	case "hundred", "thousand", "million", "billion", "trillion", "dozen", "m", "bn", "tn", "hundreds", "thousands", "millions":
		return true
	}
	return false
}

func half(n string) bool { return n == "half" || n == "dozens" || n == "twice" || n == "once" }

func numberWord(n string) bool {
	switch n {
	case "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundreds", "thousands", "millions", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth":
		return true
	}
	return false
}

func moneyWord(n string) bool {
	switch n {
	case "crown", "crowns", "krona", "kronor", "krone", "kroner", "francs", "peso", "pesos", "rupees", "rupee", "ruble", "rouble", "won", "pound", "cent", "dollars", "dollar", "pounds", "euros", "euro", "rubles", "roubles", "yen", "cents", "pence", "yuan":
		return true
	}
	return false
}

func unitFits(how, unit string) bool {
	switch how {
	case "long":
		return strings.HasPrefix(unit, "year") || strings.HasPrefix(unit, "month") || strings.HasPrefix(unit, "week") || strings.HasPrefix(unit, "day") || strings.HasPrefix(unit, "hour") || strings.HasPrefix(unit, "minute") || strings.HasPrefix(unit, "second") || strings.HasPrefix(unit, "decade") || strings.HasPrefix(unit, "centur") || lengthUnit(unit)
	case "old":
		return strings.HasPrefix(unit, "year") || strings.HasPrefix(unit, "month")
	case "far", "deep", "tall", "high", "wide", "large", "big":
		return lengthUnit(unit) || strings.Contains(unit, "acre") || strings.Contains(unit, "square")
	case "fast":
		return strings.HasPrefix(unit, "mile") || strings.HasPrefix(unit, "km") || unit == "mph" || unit == "kph" || unit == "knots"
	case "heavy":
		return strings.HasPrefix(unit, "ton") || strings.HasPrefix(unit, "pound") || strings.HasPrefix(unit, "kilo") || unit == "kg"
	case "hot", "cold":
		return strings.HasPrefix(unit, "degree") || unit == "c" || unit == "f"
	case "often":
		return strings.HasPrefix(unit, "time")
	}
	return false
}

func lengthUnit(unit string) bool {
	for _, p := range [...]string{"mile", "metre", "meter", "kilomet", "feet", "foot", "inch", "km", "cm", "yard"} {
		if strings.HasPrefix(unit, p) {
			return true
		}
	}
	return unit == "m" || unit == "ft"
}

// whichCandidates are names or phrases of the kind that the focus asks for.
func (q *question) whichCandidates(s *sentence, verbAt int, verb float64, add func(phrase, float64, float64)) {
	var subj, obj phrase
	if verbAt >= 0 {
		subj, _ = s.subject(verbAt)
		obj, _ = s.object(verbAt)
	}
	for _, p := range s.phrases {
		focus := q.focusNear(s, p, p)
		inside := false
		for i := p.from; i < p.to; i++ {
			for _, f := range q.focus {
				if containsAny(s.tokens[i].stems, f) {
					inside = true
				}
			}
		}
		role := 0.0
		if q.object && p == obj || !q.object && p == subj {
			role = verb
		}
		ns := s.names(p)
		for _, n := range ns {
			n = s.trimTitles(n)
			if q.wants == lexicon.KindTitle && s.inQuote(n.from) && (n.from > 0 && s.inQuote(n.from-1) && !isQuote(s.lit(n.from-1)) || s.inQuote(n.to)) {
				continue // a part of a title
			}
			if q.headAsked(s, n) || s.tag(n.to) == pos.POS && q.wants != lexicon.KindPerson && q.wants != lexicon.KindOrganization && q.wants != lexicon.KindPlace {
				continue
			}
			fit := 0.4
			switch c := s.classOf(n); {
			case q.wants == lexicon.KindPerson && c == person, q.wants == lexicon.KindPlace && c == place:
				fit = 1
			case q.wants == lexicon.KindOrganization && c == organization:
				fit = 0.75
			case q.wants == lexicon.KindPerson || q.wants == lexicon.KindPlace || q.wants == lexicon.KindOrganization:
				fit = 0.3
				if c == thing {
					fit = 0.5
				}
			case q.wants == lexicon.KindTitle || q.wants == lexicon.KindName:
				fit = 0.7
			}
			if q.wants == lexicon.KindPlace && s.lit(n.from-1) == "," && n.from > 1 && q.repeats(s, phrase{n.from - 2, n.from - 1}) {
				role = max(role, 0.9) // "Abu Dhabi, United Arab Emirates"
			}
			if inside {
				fit += 0.35
			} else if focus {
				fit += 0.2
			}
			add(n, fit, role)
		}
		// "the foreign ministry": the phrase that has the focus as its head.
		if inside && !q.repeats(s, p) {
			fit := 0.55
			if q.wants == lexicon.KindPerson || q.wants == lexicon.KindPlace {
				fit = 0.4
			}
			add(p, fit, role)
		} else if len(ns) == 0 && !q.repeats(s, p) && s.tag(p.from) != pos.PRP && s.dateAt(p) == nil {
			add(p, 0.25, role)
		}
	}
	if q.wants == lexicon.KindTitle || q.wants == lexicon.KindName {
		for _, p := range s.quotations() {
			add(p, 0.8, 0)
		}
	}
}

// quotations are the runs of tokens between quotation marks.
func (s *sentence) quotations() []phrase {
	var ps []phrase
	for i := 0; i < len(s.tokens); i++ {
		if !s.inQuote(i) {
			continue
		}
		j := i
		for j < len(s.tokens) && s.quoted[j] {
			j++
		}
		k := j
		for k > i && (s.lit(k-1) == "," || s.lit(k-1) == ".") {
			k--
		}
		if k > i {
			ps = append(ps, phrase{i, k})
		}
		i = j
	}
	return ps
}

// thingCandidates are the noun phrases that a plain "what" may ask for.
func (q *question) thingCandidates(s *sentence, verbAt int, verb float64, add func(phrase, float64, float64)) {
	var subj, obj phrase
	if verbAt >= 0 {
		subj, _ = s.subject(verbAt)
		obj, _ = s.object(verbAt)
	}
	for _, p := range s.phrases {
		if s.tag(p.from) == pos.PRP || s.tag(p.from) == pos.EX || q.repeats(s, p) {
			continue
		}
		role := 0.0
		object := q.agent != ""
		switch {
		case object && p == obj:
			role = verb
		case !object && p == subj:
			role = verb
		case object && p == subj:
			role = -0.3
		}
		fit := 0.6
		if s.dateAt(p) != nil {
			fit = 0.2
		}
		if q.preposition != "" && s.norm(p.from-1) == q.preposition && p.from > verbAt {
			role = max(role, 0.8)
		}
		trimmed := p
		if s.tag(p.from) == pos.DT {
			trimmed.from++
		}
		add(trimmed, fit, role)
		// "the leak of the US plan"
		if e := s.withOf(p); e != p {
			if s.tag(e.from) == pos.DT {
				e.from++
			}
			add(e, fit, role+0.02)
		}
	}
	if verbAt >= 0 && q.agent != "" {
		// "agreed to meet him", "said that ...": the clause behind the verb.
		if c := s.clause(verbAt + 1); c.to-c.from > 2 {
			add(c, 0.55, verb*0.9)
		}
	}
}

// withOf extends a phrase by "of ..." and "in ...".
func (s *sentence) withOf(p phrase) phrase {
	for range 2 {
		if n := s.norm(p.to); (n == "of" || n == "for" || n == "on" || n == "in" || n == "between" || n == "to") && s.tag(p.to) != pos.TO && p.to+1 < len(s.tokens) && s.at[p.to+1] >= 0 {
			p.to = s.phrases[s.at[p.to+1]].to
			continue
		}
		break
	}
	return p
}

// clause is the run of tokens from i to the end of its clause.
func (s *sentence) clause(i int) phrase {
	j := i
	for j < len(s.tokens) {
		t := s.tokens[j]
		if t.Text == "." || t.Text == ";" || t.Text == "–" || t.Text == "—" || t.Text == "--" || t.Text == "?" || t.Text == "!" {
			break
		}
		if t.Text == "," && j > i {
			// A comma ends a clause unless it is inside a quotation.
			if !s.inQuote(j) {
				break
			}
		}
		j++
	}
	for j > i && s.tag(j-1) == pos.PUNCT && !isQuote(s.lit(j-1)) {
		j--
	}
	return phrase{i, j}
}

func (q *question) clauseCandidates(s *sentence, add func(phrase, float64, float64), marks []string) {
	for i, t := range s.tokens {
		for rank, m := range marks {
			if t.norm != m || t.Tag == pos.PUNCT {
				continue
			}
			if m == "to" && (t.Tag != pos.TO || !s.tag(i+1).Verb() || i > 0 && s.tag(i-1).Verb() && s.tag(i-1) != pos.VBN) {
				continue
			}
			if (m == "as" || m == "since" || m == "after" || m == "for" || m == "with" || m == "from" || m == "on") && s.dateAt(phrase{i, min(i+3, len(s.tokens))}) != nil {
				continue
			}
			from := i
			if m != "aimed" && m != "sparked" && m != "caused" && m != "to" {
				from++
			}
			if c := s.clause(from); c.to-c.from > 1 {
				fit := 1.0 - 0.07*float64(rank)
				add(c, fit, 0)
			}
		}
	}
	add(phrase{0, len(s.tokens)}, 0.3, 0)
}

// sayingCandidates are what somebody said: the clause behind the verb of
// saying, the quotation, or the sentence of a quotation that goes on.
func (q *question) sayingCandidates(s *sentence, verbAt int, add func(phrase, float64, float64)) {
	whole := phrase{0, len(s.tokens)}
	if q.kind == did {
		for i, t := range s.tokens {
			if t.Tag.Finite() && !auxiliary(t.norm) && t.Tag != pos.MD {
				if p, ok := s.subject(i); ok && q.agent != "" && s.doc.personKey(s, p) == q.agent {
					add(s.clause(i), 0.9, 0.8)
				}
			}
		}
		add(whole, 0.4, 0)
		return
	}
	mine := q.agent == "" || s.speaker == q.agent || distance(s.speaker, q.agent, 1) <= 1 && len(q.agent) > 3
	role := 0.0
	if mine {
		role = 1
	} else if s.speaker != "" && q.agentNamed() {
		role = -0.8
	}
	for _, sp := range s.speech {
		for i := sp.subject.from; i < sp.subject.to; i++ {
			if s.norm(i) == q.agent {
				role = 1 // "critics say"
			}
		}
	}
	for _, sp := range s.speech {
		if sp.lemma == "" {
			continue
		}
		r := role
		switch {
		case word.Stem(sp.lemma) == q.verbStem, q.class == "plain":
		case sp.class == q.class:
			r -= 0.1
		default:
			r -= 0.35
		}
		from := sp.verb + 1
		for s.tag(from).Noun() && s.norm(from) == "reporters" || s.norm(from) == "that" || s.lit(from) == "," || s.lit(from) == ":" {
			from++
		}
		if c := s.clause(from); c.to-c.from > 2 {
			if c.to-c.from > 4 {
				add(c, 0.9, r)
			}
		}
	}
	for _, p := range s.quotations() {
		if p.to-p.from > 2 {
			add(p, 0.85, role)
		} else {
			add(p, 0.5, role)
		}
	}
	add(whole, 0.45, role)
}

// describeCandidates say who or what somebody or something is: an apposition,
// a title before the name, a predicate.
func (q *question) describeCandidates(s *sentence, add func(phrase, float64, float64)) {
	for _, p := range s.phrases {
		has := false
		for i := p.from; i < p.to; i++ {
			for j := range q.terms {
				has = has || q.same(&q.terms[j], &s.tokens[i]) >= variant
			}
		}
		if !has {
			continue
		}
		ns := s.names(p)
		if len(ns) > 0 {
			n := s.trimTitles(ns[len(ns)-1])
			if n.from > p.from && n.to == p.to {
				add(phrase{p.from, n.from}, 0.9, 0.6) // "Kremlin spokesman" Dmitry Peskov
			}
		}
		if s.lit(p.to) == "," || s.lit(p.to) == "–" || s.lit(p.to) == "(" {
			if p.to+1 < len(s.tokens) && (s.tag(p.to+1) == pos.DT || s.tag(p.to+1) == pos.PRPS || s.at[p.to+1] >= 0 && s.classOf(s.phrases[s.at[p.to+1]]) == someone) {
				add(s.clause(p.to+1), 1, 0.8)
			}
			if s.tag(p.to+1) == pos.WP {
				add(s.clause(p.to+1), 0.8, 0.6)
			}
		}
		if be(s.norm(p.to)) {
			add(s.clause(p.to+1), 1, 0.9)
		}
		if s.lit(p.from-1) == "," && p.from >= 2 && s.at[p.from-2] >= 0 {
			b := s.headOf(s.phrases[s.at[p.from-2]])
			if s.classOf(b) == someone {
				// "The foreign policy adviser, Yury Ushakov", "the mayor of X, Y"
				add(phrase{b.from, p.from - 1}, 1, 0.85)
			}
		}
	}
	add(phrase{0, len(s.tokens)}, 0.35, 0)
}
