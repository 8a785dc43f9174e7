package extract

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"dateline/bot/extract/pos"
	"dateline/corpus"
	"dateline/corpus/word"
)

// A model is a linear one: a weight for each named feature, kept in a text
// file so that what it learnt can be read and reviewed.
type model map[string]float64

// weights.txt holds a line a feature: the model, a slash, the feature's name,
// a space and the weight. How it is fitted stands in fit_test.go.
//
//go:embed weights.txt
var weightsFile string

var models = sync.OnceValue(func() map[string]model {
	ms, err := readModels(weightsFile)
	if err != nil {
		panic(err) // embedded: a broken file is a broken build
	}
	return ms
})

func readModels(file string) (map[string]model, error) {
	ms := make(map[string]model)
	n := 0
	for line := range strings.Lines(file) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, _ := strings.Cut(line, " ")
		kind, feature, ok := strings.Cut(name, "/")
		v, err := strconv.ParseFloat(value, 64)
		if !ok || err != nil {
			return nil, fmt.Errorf("weights.txt: line %d: want model/feature and a number, have %q", n, line)
		}
		if ms[kind] == nil {
			ms[kind] = make(model)
		}
		ms[kind][feature] = v
	}
	return ms, nil
}

// A feature is a named number that speaks for a candidate or against it.
type feature struct {
	name  string
	value float64
}

func (m model) score(fs []feature) float64 {
	v := 0.0
	for _, f := range fs {
		v += m[f.name] * f.value
	}
	return v
}

var kindNames = [...]string{describe: "describe", who: "who", where: "where", when: "when", count: "count", amount: "amount", which: "which",
	what: "what", said: "said", did: "did", why: "why", how: "how", yesno: "yesno"}

func (k kind) String() string { return kindNames[k] }

var classNames = [...]string{thing: "thing", person: "person", place: "place", organization: "organization", someone: "someone"}

// rankFeatures are those by which candidates of one question are ranked.
func (q *question) rankFeatures(x *candidate) []feature {
	c, s := x.cover, x.s
	k := q.kind.String()
	fs := make([]feature, 0, 40)
	add := func(name string, v float64) {
		if v != 0 {
			fs = append(fs, feature{name, v})
		}
	}
	add("cov", c.cov)
	add("near", c.ctx)
	add("names", c.names)
	add("verb", x.verb)
	add("fit", x.fit)
	add("role", x.role)
	add("prox", x.prox)
	add("rank", s.rank)
	add("lede", 1/float64(1+s.Paragraph))
	add("dates", q.dateFit(s))
	if s.Kind == corpus.Heading {
		add("heading", 1)
	}
	add("fit:"+k, x.fit)
	add("role:"+k, x.role)
	add("prox:"+k, x.prox)
	add("class:"+k+":"+classNames[x.class], 1)
	n := float64(x.p.to - x.p.from)
	add("length:"+k, math.Log(n))
	add("long:"+k, max(0, n-8)/8)
	if x.p.from >= x.p.to || x.p.to > len(s.tokens) {
		return fs
	}
	// What the candidate is made of.
	repeats, words, idf := 0.0, 0.0, 0.0
	number, proper, date := false, false, s.dateAt(x.p) != nil
	for i := x.p.from; i < x.p.to; i++ {
		t := &s.tokens[i]
		if len(t.stems) == 0 || word.Stop(t.norm) {
			continue
		}
		words++
		idf += word.IDF(t.stems[0])
		number = number || t.digit()
		proper = proper || t.Tag.Proper()
		for j := range q.terms {
			if q.same(&q.terms[j], t) >= variant {
				repeats++
				break
			}
		}
	}
	if words > 0 {
		add("repeats", repeats/words)
		if repeats == words {
			add("repeatsAll", 1)
		}
		add("idf", idf/words/6)
	}
	if number {
		add("number:"+k, 1)
	}
	if proper {
		add("proper:"+k, 1)
	}
	if date {
		add("date:"+k, 1)
	}
	if s.inQuote(x.p.from) {
		add("quoted:"+k, 1)
	}
	if b := x.p.from - 1; b >= 0 {
		t := s.tag(b)
		if t == pos.IN || t == pos.TO {
			add("after:"+k+":"+s.norm(b), 1)
		} else {
			add("afterTag:"+k+":"+t.String(), 1)
		}
	}
	add("firstTag:"+k+":"+s.tag(x.p.from).String(), 1)
	add("lastTag:"+k+":"+s.tag(x.p.to-1).String(), 1)
	if x.p.to < len(s.tokens) {
		add("beforeTag:"+k+":"+s.tag(x.p.to).String(), 1)
	}
	if x.p.from == 0 && x.p.to == len(s.tokens) {
		add("whole:"+k, 1)
	}
	// Words of the question right beside the candidate.
	beside := 0.0
	for i := range q.terms {
		if j := c.at[i]; j >= 0 && (j >= x.p.from-3 && j < x.p.from || j >= x.p.to && j < x.p.to+3) {
			beside = max(beside, c.in[i])
		}
	}
	add("beside", beside)
	return fs
}

// trustFeatures are those by which the reader decides whether its best
// candidate is an answer at all.
func (r *reading) trustFeatures(x *candidate) []feature {
	q, c := r.q, x.cover
	k := q.kind.String()
	fs := make([]feature, 0, 24)
	add := func(name string, v float64) { fs = append(fs, feature{name, v}) }
	add("bias", 1)
	add("score", x.score)
	add("cov", c.cov)
	add("near", c.ctx)
	add("names", c.names)
	add("verb", x.verb)
	add("fit", x.fit)
	add("role", x.role)
	add("prox", x.prox)
	add("kind:"+k, 1)
	total, found, verb, unknown, miss, nameMiss := 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
	for i, t := range q.terms {
		if t.verb {
			verb = max(verb, c.near[i])
		}
		if c.near[i] < 0.3 {
			miss++
			unknown = max(unknown, t.weight)
			if t.name {
				nameMiss++
			}
		}
		if t.name {
			continue
		}
		total += t.weight
		found += t.weight * min(1, c.near[i]/0.6)
	}
	if total > 0 {
		add("words", found/total)
	} else {
		add("words", 1)
	}
	add("verbNear", verb)
	if q.verb == "" {
		add("noVerb", 1)
	}
	add("missed", math.Min(miss, 4)/4)
	add("missedName", math.Min(nameMiss, 2)/2)
	add("missedWeight", unknown/7)
	add("terms", math.Log(float64(1+len(q.terms))))
	add("dates", q.dateFit(x.s))
	if r.otherAgent(x) != "" {
		add("otherAgent", 1)
	}
	// How far ahead of the best different answer it is.
	gap := 3.0
	for i := range r.cands {
		y := &r.cands[i]
		if y.s != x.s || y.span != x.span {
			if !y.span.Overlaps(x.span) || y.s != x.s {
				gap = x.score - y.score
				break
			}
		}
	}
	add("gap", gap)
	return fs
}
