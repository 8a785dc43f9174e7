package lexicon

import (
	"slices"
	"strings"
	"testing"

	"dateline/corpus/word"
)

var files = map[string]string{
	"antonyms.txt":      antonymsFile,
	"demonyms.txt":      demonymsFile,
	"firstnames.txt":    firstNamesFile,
	"genders.txt":       gendersFile,
	"hedges.txt":        hedgesFile,
	"irregular.txt":     irregularFile,
	"metonyms.txt":      metonymsFile,
	"organizations.txt": organizationsFile,
	"paraphrases.txt":   paraphrasesFile,
	"places.txt":        placesFile,
	"roles.txt":         rolesFile,
	"synonyms.txt":      synonymsFile,
	"types.txt":         typesFile,
	"verbs.txt":         verbsFile,
}

func key(name string) string {
	var norms []string
	for _, w := range word.Split(name) {
		norms = append(norms, w.Norm)
	}
	return strings.Join(norms, " ")
}

func TestFiles(t *testing.T) {
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			if !strings.HasPrefix(file, "# ") || !strings.HasSuffix(file, "\n") {
				t.Error("does not start with a comment or does not end with a newline")
			}
			last, lastKey := "", ""
			for e := range entries(file) {
				if e <= last {
					t.Errorf("%q after %q: unsorted or double", e, last)
				}
				last = e
				fields := strings.Split(e, "\t")
				// Names have homonyms, which only places.txt tells apart;
				// synonyms and antonyms have no key.
				if fields[0] == lastKey && name != "places.txt" {
					t.Errorf("%q has two entries", fields[0])
				}
				lastKey = fields[0]
				for _, f := range fields {
					if got := key(f); got != f {
						t.Errorf("%q: field folds to %q, want %q", e, got, f)
					}
				}
			}
		})
	}
}

func TestValues(t *testing.T) {
	for name, ls := range places() {
		for _, l := range ls {
			if !slices.Contains([]PlaceKind{City, Continent, Country, Region}, l.Kind) {
				t.Errorf("%s has kind %q", name, l.Kind)
			}
			if _, ok := Place(l.Parent); l.Parent != "" && !ok {
				t.Errorf("%s lies in %q, want a place", name, l.Parent)
			}
			if _, ok := Place(l.Name); !ok {
				t.Errorf("%s goes by %q, want a place", name, l.Name)
			}
		}
	}
	for d, p := range demonyms() {
		if l, ok := Place(p); !ok || l.Name != p {
			t.Errorf("demonym %s belongs to %q, want a place by its usual name", d, p)
		}
	}
	for d, p := range metonyms() {
		if l, ok := Place(p); p != "united nations" && (!ok || l.Name != p) {
			t.Errorf("metonym %s belongs to %q, want a place by its usual name", d, p)
		}
	}
	kinds := []Kind{KindPlace, KindPerson, KindOrganization, KindDate, KindNumber, KindMoney, KindTitle, KindName, KindThing}
	for n, k := range types() {
		if !slices.Contains(kinds, Kind(k)) {
			t.Errorf("%s has kind %q", n, k)
		}
	}
	classes := []Class{Plain, Claim, Confirm, Deny, Warn, Announce, Promise, Urge, Praise, Criticise, Predict}
	for f, v := range verbs() {
		if !slices.Contains(classes, v.class) {
			t.Errorf("%s has class %q", f, v.class)
		}
	}
	for o, k := range organizations() {
		if k != "whole" && k != "part" && k != "both" {
			t.Errorf("%s has kind %q", o, k)
		}
	}
}

// A reader that takes "rose" for "fell" is worse than one that knows no
// synonyms at all.
func TestNoSynonymIsAntonym(t *testing.T) {
	for e := range entries(antonymsFile) {
		a, b, _ := strings.Cut(e, " ")
		if Synonyms(word.Stem(a), word.Stem(b)) {
			t.Errorf("%s and %s are antonyms and synonyms", a, b)
		}
		if Retold(Base(word.Stem(a)), Base(word.Stem(b))) {
			t.Errorf("%s and %s are antonyms and paraphrases", a, b)
		}
	}
}

func TestRetold(t *testing.T) {
	for _, tt := range []struct {
		verb, particle, key string
	}{
		{"called", "off", "call off"}, {"took", "part", "take part"}, {"called", "for", ""}, {"walked", "off", ""},
	} {
		if got, _ := Phrase(word.Stem(tt.verb), tt.particle); got != tt.key {
			t.Errorf("Phrase of %s %s = %q, want %q", tt.verb, tt.particle, got, tt.key)
		}
	}
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"cancel", "call off", true}, {"reject", "turn down", true}, {"find", "reveal", true}, {"find", "find", true},
		{"cancel", "turn down", false}, {"call", "cancel", false}, {"unknown", "cancel", false},
	} {
		key := func(s string) string {
			if strings.Contains(s, " ") {
				return s
			}
			return Base(word.Stem(s))
		}
		if got := Retold(key(tt.a), key(tt.b)); got != tt.want {
			t.Errorf("Retold(%q, %q) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestPlace(t *testing.T) {
	for in, want := range map[string]Location{
		"US":             {"usa", Country, "north america"},
		"United States":  {"usa", Country, "north america"},
		"Britain":        {"uk", Country, "europe"},
		"Kiev":           {"kyiv", City, "ukraine"},
		"Türkiye":        {"turkey", Country, "asia"},
		"St. Petersburg": {"st petersburg", City, "russia"},
		"Georgia":        {"georgia", Country, "europe"},
		"Texas":          {"texas", Region, "usa"},
		"New York City":  {"new york", City, "usa"},
		"Abu Dhabi":      {"abu dhabi", City, "uae"},
		"Africa":         {"africa", Continent, ""},
		"Guinea-Bissau":  {"guinea bissau", Country, "africa"},
	} {
		if got, _ := Place(key(in)); got != want {
			t.Errorf("Place(%q) = %v, want %v", in, got, want)
		}
	}
	if got, ok := Place("spokesman"); ok {
		t.Errorf("Place(spokesman) = %v, want none", got)
	}
	if got := Places("georgia"); len(got) != 2 || got[1].Kind != Region {
		t.Errorf("Places(georgia) = %v, want a country and a state", got)
	}
}

func TestNames(t *testing.T) {
	for _, n := range []string{"Yuri", "Volodymyr", "José", "Mohamed", "Keir", "Jinping", "Mark", "Narendra"} {
		if !FirstName(key(n)) {
			t.Errorf("FirstName(%q) = false, want true", n)
		}
	}
	for _, n := range []string{"will", "may", "said", "Paris", "London", "Jordan", "Chad", "the", "summit"} {
		if FirstName(key(n)) {
			t.Errorf("FirstName(%q) = true, want false", n)
		}
	}
	for _, n := range []string{"adviser", "Prime Ministers", "spokesmen", "foreign policy adviser", "actresses", "secretaries"} {
		if !Role(key(n)) {
			t.Errorf("Role(%q) = false, want true", n)
		}
	}
	for _, n := range []string{"kremlin", "peace", "yes"} {
		if Role(n) {
			t.Errorf("Role(%q) = true, want false", n)
		}
	}
	for _, c := range []struct {
		in          string
		whole, part bool
	}{
		{"Reuters", true, false}, {"New York Times", true, false}, {"Ministry", false, true},
		{"Organisation", false, true}, {"BBC", true, false}, {"table", false, false}, {"who", false, false},
	} {
		if whole, part := Organization(key(c.in)); whole != c.whole || part != c.part {
			t.Errorf("Organization(%q) = %v, %v, want %v, %v", c.in, whole, part, c.whole, c.part)
		}
	}
}

func TestCountriesBehindWords(t *testing.T) {
	for in, want := range map[string]string{"Russian": "russia", "Americans": "usa", "Ukrainians": "ukraine", "Dutch": "netherlands", "Emirati": "uae", "Texan": "texas", "Turks": "turkey"} {
		if got, _ := Demonym(key(in)); got != want {
			t.Errorf("Demonym(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"Kremlin": "russia", "White House": "usa", "Moscow": "russia", "Kiev": "ukraine", "Downing Street": "uk", "Brussels": "european union", "Beijing": "china"} {
		if got, _ := Metonym(key(in)); got != want {
			t.Errorf("Metonym(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestVerbsAndQuestions(t *testing.T) {
	for _, c := range []struct {
		in, lemma string
		class     Class
	}{
		{"said", "say", Plain}, {"denies", "deny", Deny}, {"admitted", "admit", Confirm}, {"criticized", "criticize", Criticise},
		{"sworn", "swear", Promise}, {"urging", "urge", Urge}, {"warned", "warn", Warn}, {"agreed", "agree", Confirm}, {"ran", "", ""},
	} {
		if lemma, class, _ := Saying(c.in); lemma != c.lemma || class != c.class {
			t.Errorf("Saying(%q) = %q, %q, want %q, %q", c.in, lemma, class, c.lemma, c.class)
		}
	}
	for in, want := range map[string]Kind{"city": KindPlace, "countries": KindPlace, "newspaper": KindOrganization, "day": KindDate, "percentage": KindNumber, "president": KindPerson, "songs": KindTitle, "language": KindName, "price": KindMoney, "reason": KindThing, "of": ""} {
		if got, _ := TypeOf(in); got != want {
			t.Errorf("TypeOf(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]bool{"allegedly": true, "might": true, "unconfirmed": true, "confirmed": false} {
		if got := Hedge(in); got != want {
			t.Errorf("Hedge(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestMeaning(t *testing.T) {
	for _, c := range []struct {
		a, b               string
		synonyms, antonyms bool
	}{
		{"visit", "travelled", true, false},
		{"went", "visited", true, false},
		{"died", "killed", true, false},
		{"dead", "dies", true, false},
		{"founded", "established", true, false},
		{"found", "discovered", true, false},
		{"bought", "acquisition", true, false},
		{"talks", "met", true, false},
		{"call", "conversation", true, false},
		{"adviser", "aides", true, false},
		{"rose", "fell", false, true},
		{"won", "lost", false, true},
		{"denied", "confirmed", false, true},
		{"sellers", "buyer", false, true},
		{"peace", "table", false, false},
		{"safe", "unsafe", false, true},
		{"happy", "unhappy", false, true},
		{"accurate", "inaccurate", false, true},
		{"possible", "impossible", false, true},
		{"legal", "illegal", false, true},
		{"regular", "irregular", false, true},
		{"agreed", "disagreed", false, true},
		{"honest", "dishonest", false, true},
		{"harmless", "harmful", false, true},
		{"clean", "polluted", false, true},
		{"usable", "unusable", false, true},
		{"invest", "vest", false, false},
		{"informed", "formed", false, false},
		{"port", "import", false, false},
		{"discovered", "covered", false, false},
		{"unite", "item", false, false},
		{"crease", "increase", false, false},
	} {
		a, b := word.Stem(c.a), word.Stem(c.b)
		for range 2 {
			if got := Synonyms(a, b); got != c.synonyms {
				t.Errorf("Synonyms(%s, %s) = %v, want %v", a, b, got, c.synonyms)
			}
			if got := Antonyms(a, b); got != c.antonyms {
				t.Errorf("Antonyms(%s, %s) = %v, want %v", a, b, got, c.antonyms)
			}
			a, b = b, a
		}
	}
}

// BenchmarkLoad reads all tables, which a program does once.
func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		for _, f := range []string{firstNamesFile, rolesFile, hedgesFile} {
			set(f)()
		}
		for _, f := range []string{demonymsFile, metonymsFile, organizationsFile, typesFile} {
			pairs(f)()
		}
		loadPlaces()
		loadVerbs()
		loadIrregular()
		loadSynonyms()
		loadAntonyms()
	}
}

func TestGenderOf(t *testing.T) {
	for _, tt := range []struct {
		name string
		want Gender
	}{
		{"ursula", She}, {"vladimir", He}, {"yury", He}, {"robin", Unknown}, {"brask", Unknown},
		{"mrs", She}, {"spokeswoman", She}, {"spokesman", He}, {"minister", Unknown}, {"son in law", He},
	} {
		if got := GenderOf(tt.name); got != tt.want {
			t.Errorf("GenderOf(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestGenderValues(t *testing.T) {
	for name, g := range genders() {
		if g != "she" && g != "he" && g != "either" {
			t.Errorf("%s: got %q, want she, he or either", name, g)
		}
	}
}

func TestLemma(t *testing.T) {
	for _, tt := range []struct{ form, want string }{
		{"confirmed", "confirm"}, {"published", "publish"}, {"goes", "go"}, {"went", "go"}, {"took", "take"}, {"stopped", "stop"},
		{"invoked", "invoke"}, {"killed", "kill"}, {"leads", "lead"}, {"carries", "carry"}, {"denied", "deny"}, {"runs", "run"},
		{"killing", "killing"}, {"caused", "cause"}, {"leaked", "leak"}, {"settled", "settle"}, {"passes", "pass"}, {"named", "name"},
		{"changed", "change"}, {"exchanged", "exchange"}, {"challenged", "challenge"}, {"plunged", "plunge"}, {"banged", "bang"}, {"hired", "hire"}, {"arrested", "arrest"}, {"said", "say"}, {"pays", "pay"},
	} {
		if got := Lemma(tt.form); got != tt.want {
			t.Errorf("Lemma(%q) = %q, want %q", tt.form, got, tt.want)
		}
	}
}
