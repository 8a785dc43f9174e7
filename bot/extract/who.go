package extract

import (
	"slices"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

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
			case q.class == lexicon.Plain || q.class == lexicon.Claim || sp.class == lexicon.Plain && q.class == lexicon.Announce:
				role = 0.7
			case sp.class == lexicon.Plain:
				role = 0.3
			}
			if sp.class != lexicon.Deny && s.denied(sp.verb) && !q.negated {
				role = -role
			}
			p := s.best(sp.subject)
			if s.tag(sp.subject.from) == pos.PRP {
				if !s.sure || q.termNamed(s.speaker) {
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
		if len(s.speech) == 0 && s.sure && !q.termNamed(s.speaker) {
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
	if hasSubj && s.inQuote(verbAt) && s.sure && !q.object && !q.termNamed(s.speaker) {
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
	if hasSubj && !q.object && s.tag(verbAt) == pos.VBG && s.classOf(subj) == someone && subj.to == verbAt {
		// "The man leading the efforts, Kirill Dmitriev, traveled"
		if n, ok := s.namedBehind(verbAt); ok && !q.repeats(s, n) {
			add(n, 1, verb)
		}
	}
	if leads[q.verbStem] && !q.object {
		for i := range s.tokens {
			if n, ok := s.leaderAt(i); ok && q.ledBeside(s, i) && !q.repeats(s, n) {
				add(n, 1, 0.8)
			}
		}
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
			} else if leads[q.verbStem] && leader[word.Stem(s.norm(verbAt))] && verbAt >= p.from && verbAt < p.to && q.ledBeside(s, verbAt) {
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
			if n.to < p.to && s.tag(n.to).Noun() && !s.tag(n.to).Proper() && c != person {
				role = min(role, 0) // "the White House envoy" is not the White House
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
		if !found && s.classOf(p) == someone && !q.repeats(s, p) && !(q.headAsked(s, p) && s.tokens[p.head()].capital()) {
			add(s.extend(p, -1), 0.6, role)
		}
		if !found && s.tag(p.from) == pos.PRP && role > 0.5 {
			if name, voice := s.meant(p.from); voice != nil && !q.termNamed(name) && !s.inQuote(p.from) {
				if full, span := s.doc.fullName(name, voice); full != "" {
					put(candidate{p: p, span: span, text: full, voice: voice, class: person, fit: 0.85, role: role})
				}
			}
		}
	}
}

// leaderAt is the name in apposition to a noun for a leader at a token: "the
// chair of the swimming club, Otto Brem", "Otto Brem, chair of the club".
func (s *sentence) leaderAt(i int) (phrase, bool) {
	if s.at[i] < 0 || !s.tag(i).Noun() || !leader[word.Stem(s.norm(i))] {
		return phrase{}, false
	}
	p := s.phrases[s.at[i]]
	named := func(at int) (phrase, bool) {
		if at < 0 || at >= len(s.tokens) || s.at[at] < 0 {
			return phrase{}, false
		}
		for _, n := range s.names(s.phrases[s.at[at]]) {
			if n = s.trimTitles(n); s.classOf(n) == person {
				return n, true
			}
		}
		return phrase{}, false
	}
	if end := s.withOf(p).to; s.lit(end) == "," {
		if n, ok := named(end + 1); ok {
			return n, true
		}
	}
	if s.lit(p.from-1) == "," {
		return named(p.from - 2)
	}
	return phrase{}, false
}

// namedBehind is the name in apposition, behind a participle, to the subject of
// the next finite verb.
func (s *sentence) namedBehind(verb int) (phrase, bool) {
	for i := verb + 1; i < len(s.tokens); i++ {
		if !s.tag(i).Finite() || auxiliary(s.norm(i)) {
			continue
		}
		p, ok := s.subject(i)
		if !ok || p.from <= verb {
			return phrase{}, false
		}
		for _, n := range s.names(p) {
			if n = s.trimTitles(n); s.classOf(n) == person && s.lit(n.to) == "," {
				return n, true
			}
		}
		return phrase{}, false
	}
	return phrase{}, false
}

// ledBeside reports whether what the question asks the leader of stands beside
// the word for one: "European Commission President", "the head of the water
// board", "the board’s chairman". European leaders lead no delegation.
func (q *question) ledBeside(s *sentence, at int) bool {
	total, found := 0.0, 0.0
	for i := range q.terms {
		t := &q.terms[i]
		if b := q.before(t); t.verb || b == "in" || b == "at" {
			continue
		}
		total += t.weight
		best := 0.0
		for j := max(0, at-4); j < min(len(s.tokens), at+7); j++ {
			if j > at && (s.tag(j).Finite() || s.tag(j) == pos.PUNCT) {
				break
			}
			best = max(best, q.same(t, &s.tokens[j]))
		}
		found += best * t.weight
	}
	return found >= leastLed*total
}

// before is the word before a term, in the question.
func (q *question) before(t *term) string {
	return q.norm(slices.IndexFunc(q.tokens, func(u token) bool { return u.Start >= t.Start }) - 1)
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
			p = voice.extend(p, -1)
			return voice.words(p), voice.span(p)
		}
	}
	return "", corpus.Span{}
}
