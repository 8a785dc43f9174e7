package extract

import (
	"slices"

	"dateline/bot/ground"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

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
			if (m == "over" || m == "after") && s.tag(i+1) == pos.CD {
				continue // "over 7.5 tonnes"
			}
			if m == "for" && (s.norm(i+3) == "time" || s.norm(i+2) == "time" || s.tag(i+1) == pos.CD) {
				continue // "for the first time", "for 58 years"
			}
			if m == "to" && s.wanted(i) {
				continue // "voted to build": what was voted for is no reason
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

// wanted reports whether the infinitive at a token is what somebody decides or
// wants, and no purpose.
func (s *sentence) wanted(to int) bool {
	for i := to - 1; i >= max(0, to-10); i-- {
		if s.tag(i) == pos.PUNCT {
			return false
		}
		if s.tag(i).Verb() {
			// "there is no honey to sell"
			return auxiliary(s.norm(i)) && s.tag(to-1).Noun() || wanting[lexicon.Lemma(s.norm(i))]
		}
	}
	return false
}

var wanting = word.Set("vote agree decide plan want hope begin start continue try promise refuse offer ask tell order seem appear expect threaten fail manage need intend pledge vow")

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
	mine := q.agent == "" || slices.ContainsFunc(s.voices, func(v ground.Voice) bool { return q.agentSays(s, v) }) || s.speaker == q.agent || distance(s.speaker, q.agent, 1) <= 1 && len(q.agent) > 3
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
		if sp.lemma == "" || s.norm(sp.verb+1) == "by" {
			continue // "confirmed by the adviser"
		}
		r := role
		switch {
		case word.Stem(sp.lemma) == q.verbStem, q.class == lexicon.Plain:
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
