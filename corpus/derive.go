package corpus

import (
	"maps"
	"math/bits"
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
	a.derived = derived{a.Text, a.Body, ss}
	var captions, early []string
	lede := ""
	headline, updated := "", ""
	for _, s := range ss {
		words := s.Of(a.Text)
		switch s.Kind {
		case Stamp:
			d, ok := a.firstDay(s.Span)
			if m := issue().FindStringSubmatch(words); m != nil && outletLine().MatchString(m[1]) {
				a.know(&a.Publisher, m[1], FromText)
			}
			switch {
			case !ok:
			case strings.HasPrefix(strings.ToLower(strings.TrimPrefix(words, "Last ")), "updated"):
				if updated == "" {
					updated = d.Format(time.DateOnly)
				}
			default:
				a.know(&a.Published, d.Format(time.DateOnly), FromText)
			}
		case Byline:
			// An entry of a live blog is signed with a dash; its author is
			// not the article's.
			if rest, ok := cutBy(words); ok {
				a.know(&a.Byline, rest, FromText)
			} else if lede == "" && dashLen(words) == 0 && people().MatchString(words) {
				a.know(&a.Byline, words, FromText)
			}
		case Dateline:
			place, wire := datelineParts(words)
			a.know(&a.Place, place, FromText)
			if d, ok := a.firstDay(s.Span); ok {
				a.know(&a.Published, d.Format(time.DateOnly), FromText)
			}
			a.know(&a.Publisher, wire, FromText)
		case Contributor:
			if m := ownStaff().FindStringSubmatch(words); m != nil {
				a.know(&a.Publisher, m[1], FromText)
			}
		case Caption:
			captions = append(captions, words)
		case Heading:
			switch {
			case lede != "":
			case outletLine().MatchString(words):
				a.know(&a.Publisher, words, FromText)
			case headline == "":
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
		a.know(&a.Title, OneLine(headline), FromText)
	}
	if lede == "" {
		lede = headline
	}
	a.know(&a.Title, shorten(OneLine(lede), 90), FromSentence)
	if a.Language.Value == "" && a.Body.Within(len(a.Text)) {
		a.know(&a.Language, guessLanguage(a.Body.Of(a.Text)), FromGuess)
	}
	a.know(&a.Published, updated, FromText)
	if a.Published.Value == "" {
		a.know(&a.Published, guessDay(captions, early), FromGuess)
	}
}

// cutBy returns what follows the "By" of a byline.
func cutBy(line string) (string, bool) {
	if len(line) < 3 || !strings.EqualFold(line[:3], "by ") {
		return "", false
	}
	return strings.TrimSpace(line[3:]), true
}

// know sets a fact that is not known yet.
func (a *Article) know(f *Fact, value string, from Origin) {
	if f.Value == "" && value != "" {
		*f = Fact{value, from}
	}
}

func (a *Article) firstDay(s Span) (time.Time, bool) {
	days := fullDays(s.Of(a.Text))
	if len(days) == 0 {
		return time.Time{}, false
	}
	return days[0], true
}

// fullDays are the days that a text names in full, in order, midnight UTC. What
// else is a date takes the day of publication to tell, see corpus/dates.
func fullDays(s string) []time.Time {
	var days []time.Time
	for _, m := range dayParts().FindAllStringSubmatch(s, -1) {
		if month := m[2] + m[6]; month != "" {
			m[1] = m[4] + m[7] + "-" + month[:3] + "-" + m[3] + m[5]
		}
		for _, layout := range [...]string{time.DateOnly, "2006-Jan-2"} {
			if day, err := time.Parse(layout, m[1]); err == nil {
				days = append(days, day)
			}
		}
	}
	return days
}

var dayParts = lazy(`(?i)\b(?:(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2})?|(` + month + `) (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})|(\d{1,2})(?:st|nd|rd|th)? (?:of )?(` + month + `),? (\d{4}))\b`)

var (
	// "ABC News’ Luis Martínez ... contributed", "CNN's ... contributed"
	ownStaff     = lazy(`^(?:(?:–|—|--?) ?)?(?:The )?((?:\p{Lu}[\p{L}&.]*)(?: \p{Lu}[\p{L}&.]*){0,3})(?:[’']s|s?[’'])\s`)
	datelineDash = lazy(`\s*(?:–|—|--|-)\s*$`)
	datelineWire = lazy(`\s*(?:\(([^()]+)\)|\b(` + wires + `))$`)
	datelineDay  = lazy(`,? ` + month + ` \d{1,2}(?:, \d{4})?$`)
)

// datelineParts takes a dateline apart into the place and the agency.
func datelineParts(s string) (place, wire string) {
	s = datelineDash().ReplaceAllString(s, "")
	if m := datelineWire().FindStringIndex(s); m != nil {
		wire = strings.Trim(s[m[0]:], " ()")
		s = s[:m[0]]
	}
	s = datelineDay().ReplaceAllString(strings.TrimSpace(s), "")
	return strings.Trim(s, " ,("), wire
}

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
		if !strings.Contains(c, "20") && !strings.Contains(c, "19") {
			continue // no year
		}
		for _, day := range fullDays(c) {
			if day.After(newest) {
				newest = day
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

// Words that only their own language uses often, in the order of a tie.
var languages = [...]struct{ code, words string }{
	{"de", `der die und den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde`},
	{"en", `the of and a to in it this that its after about into over than most like can while these also is was for with as his on be at by had not are but from or have an they which one you were all her she there would their we him been has when who will more no if out so said`},
	{"es", `de la que el en y a los del se las por un para con no una su al es lo como más pero sus le ya o fue este ha sí porque esta son entre cuando muy sin sobre ser también hasta hay donde quien desde todo nos durante`},
	{"fr", `de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il sont avec aux mais cette ont été ses être leur était elle deux même nous vous comme ou`},
	{"it", `di che è e la il un a per in una mi sono ho non ma lo ha le si ti i con cosa se io come da ci no questo qui hai sei del della dei alla nel più anche dal gli delle stato`},
	{"nl", `de van het een en in is dat op te zijn met voor niet aan er om ook als dan maar bij of uit nog naar heeft hij ze wordt door over worden deze werd tot`},
	{"pl", `w i na z do się nie że to jest o jak ale po co za od czy tak był dla przez jego są być tym`},
	{"pt", `de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso`},
	{"sv", `och att det i en på är av för med den till inte har de ett om han men var jag sig från vi så kan när`},
}

// languagesOf has, for each of the words, a bit for each language that uses it.
var languagesOf = func() map[string]uint16 {
	m := make(map[string]uint16)
	for i, l := range languages {
		for w := range strings.FieldsSeq(l.words) {
			m[w] |= 1 << i
		}
	}
	return m
}()

// Scripts that decide by themselves, in the order of a tie. The kana weigh
// more because Japanese is written with them among Chinese characters.
var scripts = [...]struct {
	code   string
	table  *unicode.RangeTable
	weight int
}{
	{"ar", unicode.Arabic, 1}, {"el", unicode.Greek, 1}, {"he", unicode.Hebrew, 1}, {"hi", unicode.Devanagari, 1},
	{"ja", unicode.Hiragana, 5}, {"ja", unicode.Katakana, 5}, {"ko", unicode.Hangul, 1}, {"ru", unicode.Cyrillic, 1},
	{"th", unicode.Thai, 1}, {"zh", unicode.Han, 1},
}

// guessLanguage names the language of a text as BCP 47, "" where it cannot
// tell. Scripts that few languages share decide at once; else common words do.
// The first 2,000 bytes are enough: of the 7,107 articles of rtqa-articles,
// all English, three are not told, lists of names and places.
func guessLanguage(text string) string {
	text = text[:min(len(text), 2000)]
	var common [len(languages)]int
	script := make(map[string]int, 2)
	letters, words := 0, 0
	for w := range strings.FieldsFuncSeq(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		words++
		for set := languagesOf[w]; set != 0; set &= set - 1 {
			common[bits.TrailingZeros16(set)]++
		}
		for _, r := range w {
			letters++
			if r < 0x370 {
				continue
			}
			if strings.ContainsRune("іїєґ", r) {
				script["uk"] += 20 // letters that Russian lacks
			}
			for _, s := range scripts {
				if unicode.Is(s.table, r) {
					script[s.code] += s.weight
					break
				}
			}
		}
	}
	best, n := "", letters/4
	for _, code := range slices.Sorted(maps.Keys(script)) {
		if script[code] > n {
			best, n = code, script[code]
		}
	}
	if best != "" {
		return best
	}
	n = max(1, (words-1)/8)
	for i, count := range common {
		if count > n {
			best, n = languages[i].code, count
		}
	}
	return best
}
