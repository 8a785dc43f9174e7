package extract

import (
	"slices"
	"strings"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
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
	// verbatim is set if somebody says in these words what the question asks who
	// said.
	verbatim bool
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
		put := func(x candidate) {
			x.s, x.at, x.cover, x.verb = s, at, c, verb
			cs = append(cs, x)
		}
		if q.class != "" && q.class != lexicon.Deny && !q.object {
			if v, verbatim := q.quoted(s, c); v != nil && v.Sure {
				q.speakers(s, v, func(x candidate) {
					x.verbatim = verbatim
					put(x)
				})
				break
			}
		}
		q.whoCandidates(s, verbAt, verb, add, put)
	case where:
		for i, t := range s.tokens {
			// "Harvard-trained", "a Paris-based firm"
			name, deed, ok := strings.Cut(t.Text, "-")
			if ok && t.capital() && slices.Contains(placed[q.verbStem], deed) && !q.another(s, i) {
				span := corpus.Span{Start: s.Start + t.Start, End: s.Start + t.Start + len(name)}
				cs = append(cs, candidate{s: s, at: at, p: phrase{i, i + 1}, span: span, class: place, fit: 1.1, role: 1, cover: c, verb: sameWord})
			}
		}
		for _, p := range s.phrases {
			for _, n := range s.names(p) {
				if s.tag(n.to) == pos.POS || calendar(s.norm(n.from)) {
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
				add(n, min(fit, 1.1), role)
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
			if q.over && s.ahead(d) && s.governor(p) != verbAt {
				continue // "when did he confirm the visit?": not the week in which it will be
			}
			if s.norm(p.from-1) == "of" && partOfTime(s.norm(p.from-2)) {
				p.from -= 2 // "the autumn of 2028"
			}
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
		if q.kind == said && q.othersSay(s, c) {
			return nil
		}
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

// another reports whether the next person named behind a token is none of the
// question's.
func (q *question) another(s *sentence, from int) bool {
	for _, p := range s.phrases {
		for _, n := range s.names(p) {
			if n = s.trimTitles(n); n.from >= from && n.to > from+1 && s.classOf(n) == person {
				return !q.headAsked(s, n)
			}
		}
	}
	return false
}

// placed are participles that stand behind a place with a hyphen, by the stems of
// the verbs of questions that they answer.
var placed = map[string][]string{
	"studi": {"trained", "educated", "schooled"}, "train": {"trained", "educated"}, "educ": {"educated", "trained", "schooled"}, "graduat": {"trained", "educated"},
	"base": {"based"}, "live": {"based"}, "work": {"based"}, "headquart": {"based"}, "born": {"born"}, "come": {"born"}, "grow": {"bred", "raised"},
}

// denied reports whether the verb at a token is negated, or stands in what
// somebody denies.
func (s *sentence) denied(verb int) bool {
	for i := verb - 1; i >= max(0, verb-3); i-- {
		if negation(s.norm(i)) {
			return true
		}
	}
	// "No one has been arrested"
	if p, ok := s.subject(verb); ok && (negation(s.norm(p.from)) || s.norm(p.from) == "neither") {
		return true
	}
	for _, sp := range s.speech {
		if sp.class == lexicon.Deny && sp.verb < verb {
			return true
		}
	}
	return false
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
