package extract

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// A model is a linear one: a weight for each feature of the layout, kept in a
// text file by name so that what it learnt can be read and reviewed.
type model []float64

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
	ms := map[string]model{"rank": make(model, len(features.names)), "trust": make(model, len(features.names))}
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
		at, known := features.places[feature]
		if !known || ms[kind] == nil {
			return nil, fmt.Errorf("weights.txt: line %d: no model has the feature %q", n, name)
		}
		ms[kind][at] = v
	}
	return ms, nil
}

// A feature is a number that speaks for a candidate or against it, and its
// place in the layout.
type feature struct {
	at    int
	value float64
}

func (m model) score(fs []feature) float64 {
	v := 0.0
	for _, f := range fs {
		v += m[f.at] * f.value
	}
	return v
}

var kindNames = [...]string{describe: "describe", who: "who", where: "where", when: "when", count: "count", amount: "amount", which: "which",
	what: "what", said: "said", did: "did", why: "why", how: "how", yesno: "yesno"}

func (k kind) String() string { return kindNames[k] }

var classNames = [...]string{thing: "thing", person: "person", place: "place", organization: "organization", someone: "someone"}

// A group is a feature, or one feature for each kind of question, or for each
// kind of question and value of something else.
type group uint8

const (
	fBias group = iota
	fScore
	fCov
	fNear
	fNames
	fVerb
	fFit
	fRole
	fProx
	fRank
	fLede
	fDates
	fHeading
	fRepeats
	fRepeatsAll
	fIDF
	fBeside
	fCovLead
	fNearLead
	fOutside
	fPairs
	fSamePrep
	fWhole
	fWords
	fVerbNear
	fNoVerb
	fMissed
	fMissedName
	fMissedWeight
	fTerms
	fOtherAgent
	fGap
	fAntonym
	fNegation
	fMissedIn
	fMissedNoun
	fMissedOther
	fMissedNumber
	fFocusFar
	fShare

	fKind
	fKindOutside
	fKindFit
	fKindRole
	fKindProx
	fKindLength
	fKindLong
	fKindOne
	fKindNumber
	fKindProper
	fKindDate
	fKindQuoted
	fKindWhole
	fKindIDF
	fKindInside
	fKindAfterVerb
	fKindBeforeVerb
	fKindVerbDistance
	fKindTermDistance
	fKindLeft
	fKindRight
	fKindFocusIn
	fKindFocusBy
	fKindFinite
	fKindList
	fKindPhrase
	fKindCutStart
	fKindCutEnd
	fKindArticle
	fKindPlace

	fKindClass
	fWantClass
	fKindAfter
	fKindFirst
	fKindAfterTag
	fKindFirstTag
	fKindLastTag
	fKindBeforeTag
	numGroups
)

var groupNames = [numGroups]string{
	fBias: "bias", fScore: "score", fCov: "cov", fNear: "near", fNames: "names", fVerb: "verb", fFit: "fit", fRole: "role", fProx: "prox", fRank: "rank",
	fLede: "lede", fDates: "dates", fHeading: "heading", fRepeats: "repeats", fRepeatsAll: "repeatsAll", fIDF: "idf", fBeside: "beside",
	fCovLead: "covLead", fNearLead: "nearLead", fOutside: "outside", fPairs: "pairs", fSamePrep: "samePrep", fWhole: "wholeMatch",
	fWords: "words", fVerbNear: "verbNear", fNoVerb: "noVerb", fMissed: "missed", fMissedName: "missedName", fMissedWeight: "missedWeight", fTerms: "terms",
	fOtherAgent: "otherAgent", fGap: "gap", fAntonym: "antonym", fNegation: "negation", fMissedIn: "missedIn", fMissedNoun: "missedNoun", fMissedOther: "missedOther",
	fMissedNumber: "missedNumber", fFocusFar: "focusFar", fShare: "share",
	fKind: "kind", fKindOutside: "outside", fKindFit: "fit", fKindRole: "role", fKindProx: "prox", fKindLength: "length", fKindLong: "long", fKindOne: "one", fKindNumber: "number",
	fKindProper: "proper", fKindDate: "date", fKindQuoted: "quoted", fKindWhole: "whole", fKindIDF: "idf", fKindInside: "inside",
	fKindAfterVerb: "afterVerb", fKindBeforeVerb: "beforeVerb", fKindVerbDistance: "verbDistance", fKindTermDistance: "termDistance",
	fKindLeft: "left", fKindRight: "right", fKindFocusIn: "focusIn", fKindFocusBy: "focusBy", fKindFinite: "finite", fKindList: "list",
	fKindPhrase: "phrase", fKindCutStart: "cutStart", fKindCutEnd: "cutEnd", fKindArticle: "article", fKindPlace: "place",
	fKindClass: "class", fWantClass: "want", fKindAfter: "after", fKindFirst: "first", fKindAfterTag: "afterTag", fKindFirstTag: "firstTag",
	fKindLastTag: "lastTag", fKindBeforeTag: "beforeTag",
}

// Words before a candidate, or at its head, that tell much of what it is.
var hinges = [...]string{"-", "in", "at", "on", "by", "to", "from", "of", "for", "with", "as", "after", "before", "since", "until", "during", "because", "between", "about",
	"into", "over", "under", "through", "than", "like", "near", "via", "against", "that", "called", "named", "including", "due", "while", "so", "if", "within", "without", "and", "or", "but", "was", "is", "were", "are", "not", "he", "she", "they", "it", "which", "who"}

var hingeAt = func() map[string]int {
	m := make(map[string]int, len(hinges))
	for i, h := range hinges {
		m[h] = i
	}
	return m
}()

var wantKinds = [...]lexicon.Kind{"", lexicon.KindPlace, lexicon.KindPerson, lexicon.KindOrganization, lexicon.KindDate, lexicon.KindNumber, lexicon.KindMoney, lexicon.KindTitle, lexicon.KindName, lexicon.KindThing}

// features is the layout: the place of each feature in a model.
var features = layOut()

type layout struct {
	names  []string
	places map[string]int
	base   [numGroups]int
}

func layOut() (l layout) {
	l.places = make(map[string]int)
	put := func(name string) {
		l.places[name] = len(l.names)
		l.names = append(l.names, name)
	}
	for g := range numGroups {
		l.base[g] = len(l.names)
		name := groupNames[g]
		if g < fKind {
			put(name)
			continue
		}
		if g == fWantClass {
			for _, k := range wantKinds {
				for _, c := range classNames {
					put(name + ":" + string(k) + ":" + c)
				}
			}
			continue
		}
		for _, k := range kindNames {
			switch {
			case g < fKindClass:
				put(name + ":" + k)
			case g == fKindClass:
				for _, c := range classNames {
					put(name + ":" + k + ":" + c)
				}
			case g == fKindAfter || g == fKindFirst:
				for _, h := range hinges {
					put(name + ":" + k + ":" + h)
				}
			default:
				for t := range pos.NumTags {
					put(name + ":" + k + ":" + t.String())
				}
			}
		}
	}
	return l
}

// A view is what features tell of a sentence, whatever the candidate.
type view struct {
	words, repeats, idf []float64 // sums over the tokens before each
	digits, propers     []int     // so for numbers and proper nouns
	finite, joins       []int     // finite verbs; commas and conjunctions
	matched             []float64 // by token: how well it stands for a word of the question
	focus               []int     // sums of words of the focus
	verbAt              int
	pairs               float64
	dates               float64
	want                int
	total               float64 // weight of the terms
}

func (q *question) view(s *sentence, c *cover) *view {
	n := len(s.tokens)
	sums := make([]float64, 4*n+3)
	v := &view{words: sums[:n+1], repeats: sums[n+1 : 2*n+2], idf: sums[2*n+2 : 3*n+3], matched: sums[3*n+3:]}
	counts := make([]int, 5*n+5)
	v.digits, v.propers, v.finite, v.joins, v.focus = counts[:n+1], counts[n+1:2*n+2], counts[2*n+2:3*n+3], counts[3*n+3:4*n+4], counts[4*n+4:]
	for i := range s.tokens {
		t := &s.tokens[i]
		v.words[i+1], v.repeats[i+1], v.idf[i+1] = v.words[i], v.repeats[i], v.idf[i]
		v.digits[i+1], v.propers[i+1], v.finite[i+1], v.joins[i+1], v.focus[i+1] = v.digits[i], v.propers[i], v.finite[i], v.joins[i], v.focus[i]
		if t.Tag.Finite() {
			v.finite[i+1]++
		}
		if t.Tag == pos.CC || t.Text == "," {
			v.joins[i+1]++
		}
		if len(t.stems) == 0 {
			continue
		}
		if containsAny(q.focus, t.stems...) {
			v.focus[i+1]++
		}
		if word.Stop(t.norm) {
			continue
		}
		for j, same := range q.sameAll(t) {
			if !q.terms[j].focus {
				v.matched[i] = max(v.matched[i], same)
			}
		}
		v.words[i+1]++
		v.idf[i+1] += word.IDF(t.stems[0])
		if v.matched[i] >= variant {
			v.repeats[i+1]++
		}
		if t.digit() {
			v.digits[i+1]++
		}
		if t.Tag.Proper() {
			v.propers[i+1]++
		}
	}
	v.verbAt, _ = q.verbAt(s)
	v.dates = q.dateFit(s)
	for i, k := range wantKinds {
		if k == q.wants {
			v.want = i
		}
	}
	adjacent, both := 0.0, 0.0
	for i := range q.terms {
		v.total += q.terms[i].weight
		if i == 0 {
			continue
		}
		w := q.terms[i].weight + q.terms[i-1].weight
		both += w
		if a, b := c.at[i-1], c.at[i]; a >= 0 && b > a && b-a <= 2 {
			adjacent += w
		}
	}
	if both > 0 {
		v.pairs = adjacent / both
	}
	return v
}

// survey prepares what features need before candidates are scored: how each
// sentence compares with the best.
func (r *reading) survey() {
	cov, near := 0.0, 0.0
	for _, covers := range r.covers {
		for i := range covers {
			cov, near = max(cov, covers[i].cov), max(near, covers[i].ctx)
		}
	}
	r.best.cov, r.best.near = cov, near
}

// rankFeatures appends to fs those by which candidates of one question are
// ranked.
func (r *reading) rankFeatures(fs []feature, x *candidate) []feature {
	q, c, s := r.q, x.cover, x.s
	if c.view == nil {
		c.view = q.view(s, c)
	}
	v, k := c.view, int(q.kind)
	add := func(g group, value float64) {
		if value != 0 {
			fs = append(fs, feature{features.base[g], value})
		}
	}
	addKind := func(g group, value float64) {
		if value != 0 {
			fs = append(fs, feature{features.base[g] + k, value})
		}
	}
	addTag := func(g group, t pos.Tag) {
		fs = append(fs, feature{features.base[g] + k*int(pos.NumTags) + int(t), 1})
	}
	add(fCov, c.cov)
	add(fNear, c.ctx)
	add(fNames, c.names)
	add(fVerb, x.verb)
	add(fFit, x.fit)
	add(fRole, x.role)
	add(fProx, x.prox)
	add(fRank, s.rank)
	add(fLede, 1/float64(1+s.Paragraph))
	add(fDates, v.dates)
	if s.Kind == corpus.Heading {
		add(fHeading, 1)
	}
	add(fCovLead, c.cov-r.best.cov)
	add(fNearLead, c.ctx-r.best.near)
	add(fPairs, v.pairs)
	addKind(fKindFit, x.fit)
	addKind(fKindRole, x.role)
	addKind(fKindProx, x.prox)
	fs = append(fs, feature{features.base[fKindClass] + k*len(classNames) + int(x.class), 1},
		feature{features.base[fWantClass] + v.want*len(classNames) + int(x.class), 1})
	from, to := x.p.from, x.p.to
	if from >= to || to > len(s.tokens) {
		return fs
	}
	length := float64(to - from)
	addKind(fKindLength, math.Log(length))
	addKind(fKindLong, max(0, length-8)/8)
	if length == 1 {
		addKind(fKindOne, 1)
	}
	// What the candidate is made of.
	words, repeats, idf := v.words[to]-v.words[from], v.repeats[to]-v.repeats[from], v.idf[to]-v.idf[from]
	if words > 0 {
		add(fRepeats, repeats/words)
		if repeats == words {
			add(fRepeatsAll, 1)
		}
		add(fIDF, idf/words/6)
		addKind(fKindIDF, idf/words/6)
	}
	one := func(g group, is bool) {
		if is {
			addKind(g, 1)
		}
	}
	one(fKindNumber, v.digits[to] > v.digits[from])
	one(fKindProper, v.propers[to] > v.propers[from])
	one(fKindDate, len(s.dates()) > 0 && s.dateAt(x.p) != nil)
	one(fKindQuoted, s.inQuote(from))
	one(fKindFinite, v.finite[to] > v.finite[from])
	one(fKindList, v.joins[to] > v.joins[from])
	one(fKindFocusIn, v.focus[to] > v.focus[from])
	lo, hi := max(0, from-3), min(len(s.tokens), to+3)
	one(fKindFocusBy, v.focus[from] > v.focus[lo] || v.focus[hi] > v.focus[to])
	one(fKindWhole, from == 0 && to == len(s.tokens))
	one(fKindArticle, s.tag(from) == pos.DT)
	// Whether it ends where phrases end.
	if a := s.at[from]; a >= 0 {
		p := s.phrases[a]
		one(fKindPhrase, p.to == to)
		one(fKindCutStart, p.from < from && !s.tag(p.from).Determiner())
	}
	if b := s.at[to-1]; b >= 0 {
		one(fKindCutEnd, s.phrases[b].to > to)
	}
	addKind(fKindPlace, float64(from)/float64(len(s.tokens)))
	// Where it stands to the verb and to the words of the question.
	if v.verbAt >= 0 {
		switch {
		case v.verbAt < from:
			addKind(fKindAfterVerb, 1)
			addKind(fKindVerbDistance, math.Log(float64(from-v.verbAt)))
		case v.verbAt >= to:
			addKind(fKindBeforeVerb, 1)
			addKind(fKindVerbDistance, math.Log(float64(v.verbAt-to+1)))
		}
	}
	inside, outside, beside, nearest := 0.0, 0.0, 0.0, 30
	for i := range q.terms {
		t := &q.terms[i]
		j := c.at[i]
		if j < 0 {
			continue
		}
		if j >= from && j < to {
			inside += t.weight * c.in[i]
			continue
		}
		outside += t.weight * c.in[i]
		d := from - j
		if j >= to {
			d = j - to + 1
		}
		if d <= 3 {
			beside = max(beside, c.in[i])
		}
		if c.in[i] >= nearEqual {
			nearest = min(nearest, d)
		}
	}
	if v.total > 0 {
		add(fOutside, outside/v.total)
		addKind(fKindOutside, outside/v.total)
		addKind(fKindInside, inside/v.total)
	}
	add(fBeside, beside)
	addKind(fKindTermDistance, math.Log(float64(nearest)))
	one(fKindLeft, from > 0 && v.matched[from-1] >= nearEqual)
	one(fKindRight, to < len(s.tokens) && v.matched[to] >= nearEqual)
	if b := from - 1; b >= 0 {
		n := s.norm(b)
		if h := hingeAt[n]; h > 0 {
			fs = append(fs, feature{features.base[fKindAfter] + k*len(hinges) + h, 1})
		}
		if q.prep != "" && n == q.prep {
			add(fSamePrep, 1)
		}
		addTag(fKindAfterTag, s.tag(b))
	}
	if h := hingeAt[s.norm(from)]; h > 0 {
		fs = append(fs, feature{features.base[fKindFirst] + k*len(hinges) + h, 1})
	}
	addTag(fKindFirstTag, s.tag(from))
	addTag(fKindLastTag, s.tag(to-1))
	if to < len(s.tokens) {
		addTag(fKindBeforeTag, s.tag(to))
	}
	return fs
}

// trustFeatures appends to fs those by which the reader decides whether a
// candidate is an answer at all, or only the best that could be had.
func (r *reading) trustFeatures(fs []feature, x *candidate) []feature {
	q, c, s := r.q, x.cover, x.s
	if c.view == nil {
		c.view = q.view(s, c)
	}
	v, k := c.view, int(q.kind)
	add := func(g group, value float64) {
		if value != 0 {
			fs = append(fs, feature{features.base[g], value})
		}
	}
	addKind := func(g group, value float64) {
		if value != 0 {
			fs = append(fs, feature{features.base[g] + k, value})
		}
	}
	add(fBias, 1)
	addKind(fKind, 1)
	add(fCov, c.cov)
	add(fNear, c.ctx)
	add(fNames, c.names)
	add(fVerb, x.verb)
	add(fFit, x.fit)
	add(fRole, x.role)
	add(fProx, x.prox)
	add(fPairs, v.pairs)
	add(fCovLead, c.cov-r.best.cov)
	add(fNearLead, c.ctx-r.best.near)
	addKind(fKindFit, x.fit)
	addKind(fKindRole, x.role)
	addKind(fKindProx, x.prox)
	fs = append(fs, feature{features.base[fKindClass] + k*len(classNames) + int(x.class), 1},
		feature{features.base[fWantClass] + v.want*len(classNames) + int(x.class), 1})
	// Which words of the question are not to be found, and how telling each is.
	var found, total, verb, missed, names, in, noun, other, number, focus float64
	for i := range q.terms {
		t := &q.terms[i]
		if t.verb {
			verb = max(verb, c.near[i], x.verb)
		}
		if t.focus {
			focus = max(focus, 1-c.near[i])
		}
		in = max(in, t.weight*(1-c.in[i]))
		if !t.name {
			total += t.weight
			found += t.weight * min(1, c.near[i]/nearEqual)
		}
		if c.near[i] >= 0.3 {
			continue
		}
		missed++
		switch {
		case t.number:
			number = 1
		case t.name:
			names++
		case t.Tag.Noun():
			noun = max(noun, t.weight)
		default:
			other = max(other, t.weight)
		}
	}
	add(fWords, 1)
	if total > 0 {
		fs[len(fs)-1].value = found / total
	}
	if q.verb == "" {
		add(fNoVerb, 1)
	} else {
		add(fVerbNear, verb)
	}
	add(fMissed, min(missed, 4)/4)
	add(fMissedName, min(names, 2)/2)
	add(fMissedNoun, noun/unknownWord)
	add(fMissedOther, other/unknownWord)
	add(fMissedWeight, max(noun, other)/unknownWord)
	add(fMissedNumber, number)
	add(fMissedIn, in/unknownWord)
	add(fFocusFar, focus)
	add(fTerms, math.Log(float64(1+len(q.terms))))
	add(fDates, v.dates)
	if r.otherAgent(x) != "" {
		add(fOtherAgent, 1)
	}
	// The opposite of a word that is not there, and a "not" too many.
	negated := false
	for i := range s.tokens {
		u := &s.tokens[i]
		switch u.norm {
		case "not", "n't", "n’t", "never", "no", "without", "neither", "nor", "none", "cannot":
			negated = true
		}
		if len(u.stems) != 1 {
			continue
		}
		for j := range q.terms {
			if c.in[j] < nearEqual && lexicon.Antonyms(q.terms[j].stem, u.stems[0]) {
				add(fAntonym, 1)
			}
		}
	}
	if negated != q.negated {
		add(fNegation, 1)
	}
	// How far ahead it is of others, and of the best that is elsewhere.
	mass, gap := 0.0, 3.0
	for i := range r.cands {
		y := &r.cands[i]
		mass += math.Exp(min(y.score-x.score, 10))
		if gap == 3 && (y.s != x.s || !y.span.Overlaps(x.span)) {
			gap = min(gap, x.score-y.score)
		}
	}
	add(fGap, gap)
	add(fShare, -math.Log(max(mass, 1)))
	return fs
}

// trust is how likely it is that a candidate answers the question, from 0 to 1.
func (r *reading) trust(x *candidate) float64 {
	r.buf = r.trustFeatures(r.buf[:0], x)
	return 1 / (1 + math.Exp(-models()["trust"].score(r.buf)))
}
