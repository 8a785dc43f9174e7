package corpus

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Derive fills in the facts that were not given and that the text itself
// tells: title, byline, dateline place, publication date, language. It is to
// be called after Seal, so that better rules do not make old articles new.
func (a *Article) Derive() {
	ss := a.Sentences()
	var captions, early []string
	lede := ""
	headline := ""
	for _, s := range ss {
		words := s.Of(a.Text)
		switch s.Kind {
		case Stamp:
			if d, ok := a.firstDay(s.Span); ok {
				a.know(&a.Published, d.Format(time.DateOnly), FromText)
			}
		case Byline:
			a.know(&a.Byline, strings.TrimSpace(words[2:]), FromText)
		case Dateline:
			place, wire := datelineParts(words)
			a.know(&a.Place, place, FromText)
			a.know(&a.Publisher, wire, FromText)
		case Contributor:
			if m := ownStaff.FindStringSubmatch(words); m != nil {
				a.know(&a.Publisher, m[1], FromText)
			}
		case Caption:
			captions = append(captions, words)
		case Heading:
			if headline == "" && lede == "" {
				headline = words
			}
		case Prose:
			if lede == "" {
				lede = words
			}
			if len(early) < 3 {
				early = append(early, words)
			}
		}
	}
	if headline != "" && utf8.RuneCountInString(headline) > 8 {
		a.know(&a.Title, oneLine(headline), FromText)
	}
	if lede == "" {
		lede = headline
	}
	a.know(&a.Title, shorten(oneLine(lede), 90), FromSentence)
	a.know(&a.Language, guessLanguage(a.Body.Of(a.Text)), FromGuess)
	if a.Published.Value == "" {
		a.know(&a.Published, guessDay(captions, early), FromGuess)
	}
}

// know sets a fact that is not known yet.
func (a *Article) know(f *Fact, value string, from Origin) {
	if f.Value == "" && value != "" {
		*f = Fact{value, from}
	}
}

func (a *Article) firstDay(s Span) (time.Time, bool) {
	for _, d := range Dates(a.Text, s, time.Time{}) {
		if d.From.Equal(d.To) {
			return d.From, true
		}
	}
	return time.Time{}, false
}

var (
	// "ABC News’ Luis Martínez ... contributed", "CNN's ... contributed"
	ownStaff     = regexp.MustCompile(`^(?:The )?((?:\p{Lu}[\p{L}&.]*)(?: \p{Lu}[\p{L}&.]*){0,3})(?:[’']s|s?[’'])\s`)
	datelineDash = regexp.MustCompile(`\s*(?:–|—|--|-)\s*$`)
	datelineWire = regexp.MustCompile(`\s*\(?\b(` + wires + `)\)?$`)
	datelineDay  = regexp.MustCompile(`,? ` + month + ` \d{1,2}$`)
)

// datelineParts takes a dateline apart into the place and the agency.
func datelineParts(s string) (place, wire string) {
	s = datelineDash.ReplaceAllString(s, "")
	if m := datelineWire.FindStringSubmatchIndex(s); m != nil {
		wire = s[m[2]:m[3]]
		s = s[:m[0]]
	}
	s = datelineDay.ReplaceAllString(strings.TrimSpace(s), "")
	return strings.Trim(s, " ,("), wire
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// shorten cuts s at a space so that it has at most n characters, the ellipsis
// included.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)[:n-1]
	for i := len(r) - 1; i > n/2; i-- {
		if r[i] == ' ' {
			r = r[:i]
			break
		}
	}
	return strings.TrimRight(string(r), " ,;:–—-") + "…"
}

// guessDay tells when an undated article was published from what it says: the
// captions of its photographs are at most days old, and its first sentences
// name the weekday of the news. The guess is the first day, on or after the
// newest caption, that the first sentences name; without a dated caption or
// such a weekday there is none.
func guessDay(captions, early []string) string {
	var newest time.Time
	for _, c := range captions {
		for _, d := range Dates(c, Span{0, len(c)}, time.Time{}) {
			if d.From.Equal(d.To) && d.From.After(newest) {
				newest = d.From
			}
		}
	}
	if newest.IsZero() {
		return ""
	}
	for _, s := range early {
		for i := range 7 {
			if day := newest.AddDate(0, 0, i); strings.Contains(s, day.Weekday().String()) {
				return day.Format(time.DateOnly)
			}
		}
	}
	return ""
}

// Words that only their own language uses often.
var languageWords = map[string]map[string]bool{
	"en": set(`the of and to in that is was for with as his on be at by had not are but from or have an they which one you were all her she there would their we him been has when who will more no if out so said`),
	"de": set(`der die und den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde`),
	"fr": set(`de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il sont avec aux mais cette ont été ses être leur était elle deux même nous vous comme ou`),
	"es": set(`de la que el en y a los del se las por un para con no una su al es lo como más pero sus le ya o fue este ha sí porque esta son entre cuando muy sin sobre ser también hasta hay donde quien desde todo nos durante`),
	"it": set(`di che è e la il un a per in una mi sono ho non ma lo ha le si ti i con cosa se io come da ci no questo qui hai sei del della dei alla nel più anche dal gli delle stato`),
	"pt": set(`de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso`),
	"nl": set(`de van het een en in is dat op te zijn met voor niet aan er om ook als dan maar bij of uit nog naar heeft hij ze wordt door over worden deze werd tot`),
	"pl": set(`w i na z do się nie że to jest o jak ale po co za od czy tak był dla przez jego są być tym`),
	"sv": set(`och att det i en som på är av för med den till inte har de ett om han men var jag sig från vi så kan när`),
}

// guessLanguage names the language of a text as BCP 47, "" where it cannot
// tell. Scripts that few languages share decide at once; else common words do.
func guessLanguage(text string) string {
	text = text[:min(len(text), 4000)]
	counts := make(map[string]int)
	script := make(map[string]int)
	letters, words := 0, 0
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) }) {
		words++
		for lang, common := range languageWords {
			if common[w] {
				counts[lang]++
			}
		}
		for _, r := range w {
			letters++
			switch {
			case r < 0x250:
			case r == 'і' || r == 'ї' || r == 'є' || r == 'ґ':
				script["uk"] += 20
			case unicode.Is(unicode.Cyrillic, r):
				script["ru"]++
			case unicode.Is(unicode.Arabic, r):
				script["ar"]++
			case unicode.Is(unicode.Hebrew, r):
				script["he"]++
			case unicode.Is(unicode.Greek, r):
				script["el"]++
			case unicode.Is(unicode.Hiragana, r) || unicode.Is(unicode.Katakana, r):
				script["ja"] += 5
			case unicode.Is(unicode.Han, r):
				script["zh"]++
			case unicode.Is(unicode.Hangul, r):
				script["ko"]++
			case unicode.Is(unicode.Devanagari, r):
				script["hi"]++
			case unicode.Is(unicode.Thai, r):
				script["th"]++
			}
		}
	}
	if lang, n := most(script); n > letters/4 && n > 0 {
		return lang
	}
	if lang, n := most(counts); n*8 >= words && n > 1 {
		return lang
	}
	return ""
}

// most returns the key with the highest count, the first in order on a tie.
func most(counts map[string]int) (string, int) {
	best, n := "", 0
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		if counts[k] > n {
			best, n = k, counts[k]
		}
	}
	return best, n
}
