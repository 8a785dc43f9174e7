package extract

import (
	"strings"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
)

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
	short = strings.Trim(corpus.OneLine(short), " ,;:")
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
	case r.q.class != lexicon.Deny && s.deniesBefore(at):
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
		return "No, according to " + withinSentence(denier)
	case no != r.q.negated:
		return "No"
	}
	return "Yes"
}

// deniesBefore reports whether a verb of denial stands before token at, or
// anywhere if that is less than 0. Who denies may not have been made out.
func (s *sentence) deniesBefore(at int) bool {
	for i, t := range s.tokens {
		if at >= 0 && i > at {
			break
		}
		if _, class, ok := lexicon.Saying(t.norm); ok && class == lexicon.Deny && t.Tag.Verb() {
			return true
		}
	}
	return false
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
