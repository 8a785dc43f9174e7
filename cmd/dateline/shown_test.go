package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"dateline/bot"
	"dateline/corpus/sample"
)

// What readers get to see is checked here with nothing of package bot's, and
// more simply: each quote stands in its file, and each number, name and
// quotation of a sentence in the quotes that it cites. A sentence that says the
// same in other words than these is not let through, so this is for answers from
// the samples, not for articles at large.

// A reading is an answer as somebody has it before them.
type reading struct {
	text      string // as it was printed
	answered  bool
	engine    string
	note      string
	sentences []shownSentence
	cited     map[int]shownCitation
	dropped   int
	repaired  int
	faults    []string // in its form
}

type shownSentence struct {
	text  string
	marks []int
}

type shownCitation struct {
	source   string
	bytes    [2]int // 0, 0 if it is not told
	lines    [2]int
	quote    string
	resolved string // the dates that words stand for
}

// Engines, as an answer names them.
const (
	byModel  = "llm"
	byReader = "extract"
)

// readJSON reads what ask --json prints.
func readJSON(t *testing.T, data []byte) reading {
	t.Helper()
	var a bot.Answer
	if err := json.Unmarshal(data, &a); err != nil {
		t.Errorf("%v in\n%s", err, data)
		return reading{}
	}
	s := reading{text: a.Text, answered: a.Answered, engine: a.Engine, note: a.Note, dropped: len(a.Dropped), repaired: len(a.Repaired), cited: make(map[int]shownCitation)}
	if !a.Answered {
		s.text = a.Reason
	}
	for _, d := range a.Dropped {
		s.text += fmt.Sprintf("\n- %s (%s)", d.Text, strings.Join(d.Reasons, "; "))
	}
	s.split(a.Text)
	for _, c := range a.Citations {
		cited := shownCitation{source: c.Source, bytes: c.Bytes, lines: c.Lines, quote: c.Quote}
		for _, date := range c.Resolved {
			cited.resolved += " " + date
		}
		s.cited[c.N] = cited
	}
	return s
}

var (
	shownBegin = regexp.MustCompile(`^\[(\d+)\] `)
	shownPlace = regexp.MustCompile(`(\S+\.(?:txt|md)):(\d+)(?:-(\d+))?$`)
	shownParts = regexp.MustCompile(`(.+?)\s*((?:\[\d+\])+)(?:\s+|$)`)
	shownMark  = regexp.MustCompile(`\d+`)
	shownNote  = regexp.MustCompile(`^(.*The built-in reader answered, as .*\.|The sources differ.*|Reading took too long .*|Other questions were read .*|Fewer passages than usual .*|This stands in a photograph.*|The model.*, so the answer may not be complete\.|A filter of the model server stopped the model, so the answer may not be complete\.)$`)
)

// readScreen reads what ask prints for people, on no terminal: a sentence or
// several in a line, notes in lines of their own, and behind an empty line the
// citations; or a reason, and the nearest.
func readScreen(t *testing.T, out string) reading {
	t.Helper()
	s := reading{text: out, engine: byModel, cited: make(map[int]shownCitation)}
	top, sources, _ := strings.Cut(out, "\n\n")
	for line := range strings.Lines(top + "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case shownNote.MatchString(line):
			s.note += line
			if strings.Contains(line, "The built-in reader answered") {
				s.engine = byReader
			}
		case shownParts.MatchString(line):
			s.answered = true
			s.split(line)
		case s.answered:
			s.faults = append(s.faults, fmt.Sprintf("%q is no sentence with marks, and no note", line))
		}
	}
	if !s.answered {
		return s
	}
	// A citation has its number and its place in the first line, or in two if
	// that would be too long; then the quote, unless the answer is the same words;
	// then the dates in it.
	n, c := 0, shownCitation{}
	for line := range strings.Lines(sources) {
		line = strings.TrimSpace(line)
		if m := shownBegin.FindStringSubmatch(line); m != nil {
			n, c = atoi(m[1]), shownCitation{}
		}
		switch place := shownPlace.FindStringSubmatch(line); {
		case c.source == "" && place != nil:
			from, to := atoi(place[2]), atoi(place[2])
			if place[3] != "" {
				to = atoi(place[3])
			}
			c.source, c.lines = place[1], [2]int{from, to}
			s.cited[n] = c
		case c.source != "" && c.resolved == "" && strings.HasPrefix(line, "("):
			c.resolved = line
			s.cited[n] = c
		case c.source != "" && c.quote == "":
			c.quote = line
			s.cited[n] = c
		}
	}
	// What stands above word for word is not repeated: it has to stand in the
	// lines as well.
	for _, sentence := range s.sentences {
		for _, n := range sentence.marks {
			if c, ok := s.cited[n]; ok && c.quote == "" {
				c.quote = sentence.text
				s.cited[n] = c
			}
		}
	}
	return s
}

// atoi reads what a pattern found to be digits.
func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// split takes the sentences of an answer apart.
func (s *reading) split(text string) {
	for _, m := range shownParts.FindAllStringSubmatch(text, -1) {
		sentence := shownSentence{text: m[1]}
		for _, n := range shownMark.FindAllString(m[2], -1) {
			sentence.marks = append(sentence.marks, atoi(n))
		}
		s.sentences = append(s.sentences, sentence)
	}
	if rest := strings.TrimSpace(shownParts.ReplaceAllString(text, "")); rest != "" {
		s.faults = append(s.faults, fmt.Sprintf("%q has no marks", rest))
	}
}

// check finds fault with an answer from the samples.
func (s reading) check(t *testing.T) {
	t.Helper()
	for _, fault := range s.wrong() {
		t.Errorf("%s\nin\n%s", fault, s.text)
	}
}

func (s reading) wrong() []string {
	faults := slices.Clone(s.faults)
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if s.answered && len(s.sentences) == 0 {
		fault("there is an answer without a sentence")
	}
	if !s.answered && len(s.sentences) > 0 {
		fault("there is a refusal with sentences")
	}
	for n, c := range s.cited {
		data, err := sample.FS.ReadFile(c.source)
		if err != nil {
			fault("[%d] is of no article: %v", n, err)
			continue
		}
		if c.bytes != [2]int{} {
			if from, to := c.bytes[0], c.bytes[1]; from < 0 || to > len(data) || from >= to || string(data[from:to]) != c.quote {
				fault("[%d] is not what %s has at %v: %q", n, c.source, c.bytes, c.quote)
			}
			continue
		}
		// The screen has marks around a quote, and folds white space.
		lines := strings.Split(string(data), "\n")
		if c.lines[0] < 1 || c.lines[1] > len(lines) {
			fault("[%d] is of lines %v, %s has %d", n, c.lines, c.source, len(lines))
			continue
		}
		in := folded(strings.Join(lines[c.lines[0]-1:c.lines[1]], "\n"))
		if quote := folded(c.quote); !strings.Contains(in, quote) && !strings.Contains(in, inner(quote)) {
			fault("[%d] does not stand in lines %v of %s: %q", n, c.lines, c.source, c.quote)
		}
	}
	for _, sentence := range s.sentences {
		var evidence []string
		for _, n := range sentence.marks {
			c, ok := s.cited[n]
			if !ok {
				fault("[%d] of %q leads nowhere", n, sentence.text)
			}
			evidence = append(evidence, c.quote, c.resolved)
		}
		for _, what := range lacking(sentence.text, strings.Join(evidence, "\n")) {
			fault("%q does not stand in what %q cites", what, sentence.text)
		}
	}
	return faults
}

func folded(s string) string { return strings.Join(strings.Fields(s), " ") }

// inner is a text without its first and last character.
func inner(s string) string {
	_, first := utf8.DecodeRuneInString(s)
	_, last := utf8.DecodeLastRuneInString(s)
	return s[min(first, len(s)):max(first, len(s)-last)]
}

var (
	shownQuotation = regexp.MustCompile(`[“"]([^“”"]+)[”"]`)
	shownWord      = regexp.MustCompile(`[\pL\pM]+(?:[’'-][\pL\pM]+)*`)
	shownNumber    = regexp.MustCompile(`\d+(?:[.,]\d+)*`)
)

// lacking are the numbers, names and quotations of a sentence that its evidence
// does not have.
func lacking(sentence, evidence string) []string {
	var list []string
	plainQuotes := strings.NewReplacer("’", "'", "‘", "'")
	for _, m := range shownQuotation.FindAllStringSubmatch(sentence, -1) {
		said := strings.TrimRight(folded(plainQuotes.Replace(m[1])), ".,!?")
		if !strings.Contains(folded(plainQuotes.Replace(evidence)), said) {
			list = append(list, m[0])
		}
	}
	have := shownNumbers(evidence)
	for _, n := range shownNumbers(sentence) {
		if !slices.Contains(have, n) {
			list = append(list, n)
		}
	}
	words := make(map[string]bool)
	for _, w := range shownWord.FindAllString(evidence, -1) {
		words[nameOf(w)] = true
	}
	for i, at := range shownWord.FindAllStringIndex(sentence, -1) {
		w := sentence[at[0]:at[1]]
		r, _ := utf8.DecodeRuneInString(w)
		if !unicode.IsUpper(r) || words[nameOf(w)] || i == 0 && slices.Contains(beginnings, strings.ToLower(w)) || slices.Contains(months, w) && dated(w, evidence) {
			continue
		}
		list = append(list, w)
	}
	return list
}

// beginnings are words that a sentence may begin with that are no names.
var beginnings = []string{"the", "a", "an", "it", "he", "she", "they", "in", "on", "at", "by", "for", "no", "its", "his", "her", "their", "there", "this", "that", "after", "before", "when", "if", "as", "according", "about", "some", "more"}

var months = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// dated reports whether a date like 2025-11-26 in the evidence is in a month.
func dated(month, evidence string) bool {
	return strings.Contains(evidence, fmt.Sprintf("-%02d-", slices.Index(months, month)+1))
}

// nameOf is a word without case and possessive.
func nameOf(w string) string {
	w = strings.ReplaceAll(strings.ToLower(w), "’", "'")
	return strings.TrimSuffix(strings.TrimSuffix(w, "'s"), "'")
}

var numerals = []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"}

// shownNumbers are the numbers in a text, in digits without separators of
// thousands and leading zeros. "One" is a pronoun as often as a number.
func shownNumbers(text string) []string {
	var list []string
	for _, n := range shownNumber.FindAllString(text, -1) {
		n = strings.TrimLeft(strings.ReplaceAll(n, ",", ""), "0")
		list = append(list, n)
	}
	for _, w := range shownWord.FindAllString(text, -1) {
		for _, part := range strings.Split(strings.ToLower(w), "-") {
			if n := slices.Index(numerals, part); n > 1 {
				list = append(list, strconv.Itoa(n))
			} else if n := slices.Index([]string{"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}, part); n > 0 {
				list = append(list, strconv.Itoa(10*(n+2)))
			} else if slices.Contains([]string{"hundred", "thousand", "million", "billion"}, part) {
				list = append(list, part)
			}
		}
	}
	return list
}

// The check itself has to notice.
func TestShown(t *testing.T) {
	const crack = "The crack is four metres long and as wide as a thumb, the regional water board said."
	good := `{"answered":true,"engine":"llm","answer":"The crack is four metres long. [1]","citations":[{"n":1,"source":"reservoir-tolvary-courier.txt","lines":[5,5],"bytes":[FROM,TO],"quote":"` + crack + `"}]}`
	data, err := sample.FS.ReadFile("reservoir-tolvary-courier.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got := readScreen(t, "A. [2]\n\n"); len(got.cited) != 0 {
		t.Errorf("got %v without citations", got.cited)
	}
	from := strings.Index(string(data), crack)
	good = strings.NewReplacer("FROM", strconv.Itoa(from), "TO", strconv.Itoa(from+len(crack))).Replace(good)
	// A heading that is too long has its place in a line of its own.
	screen := "The crack is four metres long. [1]\n\n[1] Crack found in Tolvary dam, reservoir to be lowered · 2025-11-12\n    reservoir-tolvary-courier.txt:5\n    “" + crack + "”\n" +
		"[2] Kremlin adviser confirms Trump’s envoy is expected in Moscow · The Fennick Globe · 2025-11-26\n    envoy-moscow-globe.md:9\n    “Yury Ushakov”\n    (Wednesday: 2025-11-26)\n"
	swap := func(s, a, b string) string {
		if !strings.Contains(s, a) {
			t.Fatalf("%q is not in %s", a, s)
		}
		return strings.Replace(s, a, b, 1)
	}
	for _, c := range []struct {
		name, json, screen, want string
	}{
		{"good", good, screen, ""},
		{"number", swap(good, "four metres long. [", "five metres long. ["), swap(screen, "four", "five"), `"5" does not stand`},
		{"name", swap(good, "long. [", "long at Brennholm. ["), swap(screen, "long. [", "long at Brennholm. ["), `"Brennholm" does not stand`},
		{"first name", swap(good, `"The crack is`, `"Brennholm’s crack is`), swap(screen, "The crack is", "Brennholm’s crack is"), `"Brennholm’s" does not stand`},
		{"quotation", swap(good, "long. [", `long, \"as an arm\". [`), swap(screen, "long. [", "long, “as an arm”. ["), `as an arm`},
		{"mark", swap(good, "[1]", "[3]"), swap(screen, "[1]", "[3]"), "leads nowhere"},
		{"no mark", swap(good, "[1]", "[1] It grows."), swap(screen, "[1]\n", "[1]\nIt grows.\n"), "It grows."},
		{"quote", swap(good, "wide as a thumb", "wide as a fist"), swap(screen, "wide as a thumb", "wide as a fist"), "wide as a fist"},
		{"place", swap(good, strconv.Itoa(from), strconv.Itoa(from+1)), swap(screen, "txt:5", "txt:7"), "[1]"},
		{"source", swap(good, "courier", "post"), swap(screen, "courier", "post"), "is of no article"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for form, s := range map[string]reading{"JSON": readJSON(t, []byte(c.json)), "screen": readScreen(t, c.screen)} {
				if got := strings.Join(s.wrong(), "\n"); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
					t.Errorf("%s: got %q, want %q", form, got, c.want)
				}
			}
		})
	}
}
