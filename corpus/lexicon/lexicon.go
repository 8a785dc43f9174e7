// Package lexicon is what a reader of news knows about words before reading
// any: which are given names, places, trades and organizations, who is meant
// by "the Kremlin", which verbs say something, which words mean the same and
// which the opposite.
//
// Keys are folded as word.Fold does it. A name of several words is what
// word.Split makes of it, folded and joined by single spaces: "st petersburg",
// "guinea bissau". Nothing here knows about capitals: whether "Mark" is a name
// or a verb is the caller's to see.
//
// The tables are written by hand and embedded; each is read when it is first
// asked for.
package lexicon

import (
	_ "embed"
	"iter"
	"slices"
	"strings"
	"sync"

	"dateline/corpus/word"
)

var (
	//go:embed antonyms.txt
	antonymsFile string
	//go:embed demonyms.txt
	demonymsFile string
	//go:embed firstnames.txt
	firstNamesFile string
	//go:embed genders.txt
	gendersFile string
	//go:embed hedges.txt
	hedgesFile string
	//go:embed irregular.txt
	irregularFile string
	//go:embed metonyms.txt
	metonymsFile string
	//go:embed organizations.txt
	organizationsFile string
	//go:embed paraphrases.txt
	paraphrasesFile string
	//go:embed places.txt
	placesFile string
	//go:embed roles.txt
	rolesFile string
	//go:embed synonyms.txt
	synonymsFile string
	//go:embed types.txt
	typesFile string
	//go:embed verbs.txt
	verbsFile string
)

// entries yields the lines of a table that are no comments, without their
// newline. All tables share the format: # comments first, then one entry a
// line, its fields separated by tabs.
func entries(file string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.Lines(file) {
			if line[0] == '#' {
				continue
			}
			if !yield(strings.TrimSuffix(line, "\n")) {
				return
			}
		}
	}
}

// set reads a table of single fields.
func set(file string) func() map[string]bool {
	return sync.OnceValue(func() map[string]bool {
		m := make(map[string]bool, strings.Count(file, "\n"))
		for e := range entries(file) {
			m[e] = true
		}
		return m
	})
}

// pairs reads a table of a key and its value.
func pairs(file string) func() map[string]string {
	return sync.OnceValue(func() map[string]string {
		m := make(map[string]string, strings.Count(file, "\n"))
		for e := range entries(file) {
			key, value, _ := strings.Cut(e, "\t")
			m[key] = value
		}
		return m
	})
}

var (
	firstNames    = set(firstNamesFile)
	roles         = set(rolesFile)
	hedges        = set(hedgesFile)
	demonyms      = pairs(demonymsFile)
	genders       = pairs(gendersFile)
	metonyms      = pairs(metonymsFile)
	organizations = pairs(organizationsFile)
	types         = pairs(typesFile)
)

// FirstName reports whether folded is a common given name.
func FirstName(folded string) bool { return firstNames()[folded] }

// A Gender is the pronoun that takes up a person.
type Gender string

// The genders. Unknown is that of a name that the table lacks, or that both
// women and men have.
const (
	Unknown Gender = ""
	She     Gender = "she"
	He      Gender = "he"
)

// GenderOf returns the gender that a given name, a title or a noun for a person
// tells: She for "ursula", "mrs" and "spokeswoman", Unknown for "robin" and
// "minister".
func GenderOf(folded string) Gender {
	if g, ok := genders()[folded]; ok {
		if g == "either" {
			return Unknown
		}
		return Gender(g)
	}
	if FirstName(folded) {
		return He
	}
	return Unknown
}

// Hedge reports whether folded weakens the claim it stands in: "allegedly",
// "expected", "might".
func Hedge(folded string) bool { return hedges()[folded] }

// Role reports whether folded, singular or plural, is a noun for a person by
// what they are or do: "adviser", "prime ministers", "victim".
func Role(folded string) bool {
	if roles()[folded] {
		return true
	}
	for s := range singulars(folded) {
		if roles()[s] {
			return true
		}
	}
	return false
}

// Organization tells names of organizations: whole is set if folded names one
// by itself ("reuters", "new york times"), part if it is a word that makes the
// name around it one ("ministry", "inc"). A word can be both.
func Organization(folded string) (whole, part bool) {
	kind, ok := organizations()[folded]
	return ok && kind != "part", ok && kind != "whole"
}

// Demonym returns the place that an adjective or a person noun belongs to, by
// its usual folded name: "usa" for "american" and "americans".
func Demonym(folded string) (place string, ok bool) {
	place, ok = demonyms()[folded]
	return place, ok
}

// Metonym returns whose government is meant when news names a capital, a
// palace or a house: "russia" for "kremlin" and for "moscow".
func Metonym(folded string) (place string, ok bool) {
	place, ok = metonyms()[folded]
	return place, ok
}

// A Location is a place that a name stands for.
type Location struct {
	Name   string    // the folded name it usually goes by: "usa" for "united states"
	Kind   PlaceKind // what sort of place it is
	Parent string    // the folded name of what it lies in: a country, or a country's continent; may be empty
}

// A PlaceKind says what sort of place a Location is.
type PlaceKind string

// The kinds of place. A Region is anything between a city and a country, or
// across countries: "texas", "crimea", "middle east".
const (
	City      PlaceKind = "city"
	Continent PlaceKind = "continent"
	Country   PlaceKind = "country"
	Region    PlaceKind = "region"
)

var places = sync.OnceValue(loadPlaces)

func loadPlaces() map[string][]Location {
	m := make(map[string][]Location, strings.Count(placesFile, "\n"))
	// One array behind all, as few names have a second place.
	all := make([]Location, 0, strings.Count(placesFile, "\n"))
	for e := range entries(placesFile) {
		name, rest, _ := strings.Cut(e, "\t")
		kind, rest, _ := strings.Cut(rest, "\t")
		parent, usual, _ := strings.Cut(rest, "\t")
		if usual == "" {
			usual = name
		}
		first := len(all) - len(m[name]) // lines of one name follow each other
		all = append(all, Location{Name: usual, Kind: PlaceKind(kind), Parent: parent})
		m[name] = all[first:len(all):len(all)]
	}
	return m
}

// Place returns the place that a name most likely stands for.
func Place(folded string) (Location, bool) {
	l := places()[folded]
	if l == nil {
		return Location{}, false
	}
	return l[0], true
}

// Places returns all places that a name may stand for, the likeliest first;
// the slice must not be changed. "georgia" is a country and a state.
func Places(folded string) []Location { return places()[folded] }

// A Class groups verbs of saying by how they say it.
type Class string

// The classes, each with an example.
const (
	Plain     Class = "plain"     // say
	Claim     Class = "claim"     // allege
	Confirm   Class = "confirm"   // admit
	Deny      Class = "deny"      // reject
	Warn      Class = "warn"      // caution
	Announce  Class = "announce"  // reveal
	Promise   Class = "promise"   // vow
	Urge      Class = "urge"      // demand
	Praise    Class = "praise"    // hail
	Criticise Class = "criticise" // condemn
	Predict   Class = "predict"   // expect
)

type verb struct {
	lemma string
	class Class
}

var verbs = sync.OnceValue(loadVerbs)

func loadVerbs() map[string]verb {
	m := make(map[string]verb, 4*strings.Count(verbsFile, "\n"))
	for e := range entries(verbsFile) {
		forms, class, _ := strings.Cut(e, "\t")
		lemma, _, _ := strings.Cut(forms, " ")
		for f := range strings.FieldsSeq(forms) {
			m[f] = verb{lemma, Class(class)}
		}
	}
	return m
}

// Saying returns the base form and the class of a verb of saying, given any
// form of it: "say" and Plain for "said".
func Saying(folded string) (lemma string, class Class, ok bool) {
	v, ok := verbs()[folded]
	return v.lemma, v.class, ok
}

// A Kind is what a question asks for.
type Kind string

// The kinds of answer.
const (
	KindPlace        Kind = "place"
	KindPerson       Kind = "person"
	KindOrganization Kind = "organization"
	KindDate         Kind = "date"
	KindNumber       Kind = "number"
	KindMoney        Kind = "money"
	KindTitle        Kind = "title" // the name of a work: a song, a film, a book
	KindName         Kind = "name"  // any other name: a language, a ship, a disease
	KindThing        Kind = "thing" // no name: a reason, a charge, a role
)

// TypeOf returns the kind of answer that "which N" and "what N" ask for, given
// N, singular or plural: KindPlace for "city".
func TypeOf(folded string) (Kind, bool) {
	if k, ok := types()[folded]; ok {
		return Kind(k), true
	}
	for s := range singulars(folded) {
		if k, ok := types()[s]; ok {
			return Kind(k), true
		}
	}
	return "", false
}

// singulars yields what the last word of a plural may be the plural of.
func singulars(plural string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, e := range [...]struct{ from, to string }{
			{"ies", "y"}, {"s", ""}, {"es", ""}, {"ves", "fe"}, {"men", "man"}, {"children", "child"}, {"people", "person"},
		} {
			if s, ok := strings.CutSuffix(plural, e.from); ok && !yield(s+e.to) {
				return
			}
		}
	}
}

// irregular maps stems to the stem of the base form.
var irregular = sync.OnceValue(loadIrregular)

func loadIrregular() map[string]string {
	m := make(map[string]string, 3*strings.Count(irregularFile, "\n"))
	for e := range entries(irregularFile) {
		base := ""
		for f := range strings.FieldsSeq(e) {
			s := word.Stem(f)
			if base == "" {
				base = s
			} else if s != base {
				m[s] = base
			}
		}
	}
	return m
}

// Base returns the stem of the base form for the stem of an irregular one:
// the stem of "win" for that of "won". Other stems it returns as they are.
//
// A stem may have a reading that its base has not: "found" is a form of
// "find" and a verb of its own.
func Base(stem string) string {
	if b, ok := irregular()[stem]; ok {
		return b
	}
	return stem
}

// irregularForms maps the irregular forms of words to their base form.
var irregularForms = sync.OnceValue(func() map[string]string {
	m := make(map[string]string, 3*strings.Count(irregularFile, "\n"))
	for e := range entries(irregularFile) {
		base, forms, _ := strings.Cut(e, " ")
		for f := range strings.FieldsSeq(forms) {
			if m[f] == "" {
				m[f] = base
			}
		}
	}
	return m
})

// Lemma returns the base form of a verb, given any form of it: "confirm" for
// "confirmed", "go" for "went", "publish" for "publishes". Where spelling leaves
// the base form open it is a guess, whose stem is right: "invoke" for "invoked".
func Lemma(folded string) string {
	if lemma, _, ok := Saying(folded); ok {
		return lemma
	}
	if base, ok := irregularForms()[folded]; ok {
		return base
	}
	if strings.ContainsFunc(folded, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return folded // no verb of English
	}
	for _, e := range [...]struct{ from, to string }{{"ies", "y"}, {"ied", "y"}, {"sses", "ss"}, {"shes", "sh"}, {"ches", "ch"}, {"xes", "x"}, {"zes", "ze"}} {
		if s, ok := strings.CutSuffix(folded, e.from); ok && len(s) > 1 {
			return s + e.to
		}
	}
	if s, ok := strings.CutSuffix(folded, "ed"); ok && len(s) > 2 {
		return completed(s)
	}
	if s, ok := strings.CutSuffix(folded, "s"); ok && len(s) > 2 && !strings.HasSuffix(s, "s") {
		return s
	}
	return folded
}

// completed is the verb that is left of a past form without "ed".
func completed(s string) string {
	n := len(s)
	last, before := s[n-1], s[n-2]
	vowel := func(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }
	switch {
	case last == before && strings.IndexByte("bdgmnprt", last) >= 0:
		return s[:n-1] // "stopped"
	case strings.IndexByte("cuvz", last) >= 0,
		last == 's' && before != 's',
		last == 'g' && before != 'n',
		strings.HasSuffix(s, "eng") || strings.HasSuffix(s, "ung"), // "challenged"
		strings.HasSuffix(s, "ang") && n > 4,                       // "changed", but not "banged"
		last == 'l' && strings.IndexByte("bdgkptz", before) >= 0,   // "settled"
		strings.HasSuffix(s, "at") && n > 3 && !vowel(s[n-3]),      // "stated", but not "treated"
		strings.HasSuffix(s, "ir"), strings.HasSuffix(s, "as"), strings.HasSuffix(s, "ok"):
		return s + "e"
	case n == 3 && !vowel(last) && last != 'w' && last != 'x' && vowel(before) && !vowel(s[0]): // "named"
		return s + "e"
	}
	return s
}

var synonyms = sync.OnceValue(loadSynonyms)

func loadSynonyms() map[string][]uint16 {
	n := strings.Count(synonymsFile, "\n")
	m := make(map[string][]uint16, 2*n)
	stems := make(map[string]string, 2*n) // stemming costs more than all the rest, and words recur
	group := uint16(0)
	for e := range entries(synonymsFile) {
		for w := range strings.FieldsSeq(e) {
			s, ok := stems[w]
			if !ok {
				s = word.Stem(w)
				stems[w] = s
			}
			m[s] = append(m[s], group)
		}
		group++
	}
	return m
}

// Synonyms reports whether two stems (word.Stem) are of one word or of two
// that question and article may use for the same thing: "visit" and "go",
// "kill" and "dead".
func Synonyms(stemA, stemB string) bool {
	if stemA == stemB {
		return true
	}
	baseA, baseB := Base(stemA), Base(stemB)
	if baseA == baseB {
		return true
	}
	m := synonyms()
	for _, a := range readings(stemA, baseA) {
		for _, b := range readings(stemB, baseB) {
			if a == b || meet(m[a], m[b]) {
				return true
			}
		}
	}
	return false
}

// readings are the stem and, where it is another, the base.
func readings(stem, base string) []string {
	both := []string{stem, base}
	if stem == base {
		return both[:1]
	}
	return both
}

// meet reports whether two ascending lists share a number.
func meet(a, b []uint16) bool {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] == b[0]:
			return true
		case a[0] < b[0]:
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return false
}

// A retelling is what paraphrases.txt says.
type retelling struct {
	groups  map[string][]uint16 // by stem of the base form, or by phrase
	phrases map[string]string   // the key of a phrase by stem and particle
}

var retellings = sync.OnceValue(func() retelling {
	n := strings.Count(paraphrasesFile, "\n")
	r := retelling{make(map[string][]uint16, 3*n), make(map[string]string, n)}
	group := uint16(0)
	for e := range entries(paraphrasesFile) {
		for f := range strings.SplitSeq(e, "\t") {
			verb, particle, phrase := strings.Cut(f, " ")
			key := Base(word.Stem(verb))
			if phrase {
				key += " " + particle
				r.phrases[key] = key
			}
			r.groups[key] = append(r.groups[key], group)
		}
		group++
	}
	return r
})

// Phrase returns the key of a verb and the word behind it, given the verb's
// stem, if they mean something together that they do not mean alone: "call off"
// for those of "called off".
func Phrase(stem, particle string) (key string, ok bool) {
	key, ok = retellings().phrases[Base(stem)+" "+particle]
	return key, ok
}

// Retold reports whether a sentence stays as true if one word or phrase takes
// the place of the other: "cancel" and "call off". Both are given by the stem
// of the base form, or by what Phrase returns.
func Retold(keyA, keyB string) bool {
	m := retellings().groups
	return keyA == keyB || meet(m[keyA], m[keyB])
}

// Retells reports whether any word or phrase may take the place of the one with
// this stem: it is an ordinary word then, and no name.
func Retells(stem string) bool { return len(retellings().groups[Base(stem)]) > 0 }

var antonyms = sync.OnceValue(loadAntonyms)

func loadAntonyms() map[[2]string]bool {
	m := make(map[[2]string]bool, 2*strings.Count(antonymsFile, "\n"))
	for e := range entries(antonymsFile) {
		a, b, _ := strings.Cut(e, " ")
		a, b = Base(word.Stem(a)), Base(word.Stem(b))
		m[[2]string{a, b}] = true
		m[[2]string{b, a}] = true
	}
	return m
}

// Antonyms reports whether two stems (word.Stem) are of words that must not be
// taken for one another: "rise" and "fall", "buyer" and "seller", "safe" and
// "unsafe".
func Antonyms(stemA, stemB string) bool {
	a, b := Base(stemA), Base(stemB)
	return antonyms()[[2]string{a, b}] || negates(a, b) || negates(b, a)
}

// negates reports whether a stem is that of another word with a prefix that says
// no, or with the ending of "harmless". Stemming cuts the longer word by more:
// "unsaf" is of "safe", and "unus" of "usabl".
func negates(stem, of string) bool {
	const shortest = 4 // of what is negated: "dish" is none of "h"
	if len(of) < shortest || notNegated()[stem] {
		return false
	}
	if stem == of+"less" {
		return true
	}
	return slices.ContainsFunc(negatingPrefixes, func(prefix string) bool {
		rest, ok := strings.CutPrefix(stem, prefix)
		if !ok {
			return false
		}
		cut, ok := strings.CutPrefix(of, rest)
		return ok && (cut == "" || len(rest) > 1 && (cut == "e" || cut == "abl" || cut == "ibl"))
	})
}

var negatingPrefixes = []string{"un", "in", "im", "il", "ir", "dis", "non", "mis"}

// notNegated are stems that begin like a negation of another and are none.
var notNegated = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(`inform information import importer important invest investor investment impress improve improvement
		impose imprison impart impress impound impact impeach impel implant imply inside insider income increase indebted infer
		inhabit inland innate inspire install instance intend intent intention intense interest intern into invent invoice involve inward inlet
		index indeed indent inflow inflame influence ingrain ingrown input inset intake inbound indoor indoors include inclined incline inquest
		disclose discover discovery display dispatch discount disease dissolve distract district disability distress dispense dispute
		discourse discard discharge disguise dismay dispose disposal distance distrust disband union unit unite unless until under uncle mission
		missing mister illustrate irritate`) {
		m[word.Stem(w)] = true
	}
	return m
})
