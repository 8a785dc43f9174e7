package llm

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"
	"unicode"

	"dateline/bot"
	"dateline/corpus"
	"dateline/corpus/word"
	"dateline/retrieval"
)

//go:embed prompts
var promptFiles embed.FS

// prompts are what the model is asked for, each a file.
type prompts struct{ answer, repair, understand, check *prompt }

// A prompt is the two messages of a request: the rules, and what they apply
// to. Its version, the first line of its file, changes with it.
type prompt struct {
	task        string // what bot.Call has under For
	version     string
	rules, data *template.Template
	schema      string // of the reply, for servers that keep to one
}

// readPrompts parses what is embedded: a fault there is a broken build.
func readPrompts() prompts {
	read := func(task, schema string) *prompt {
		file := task + ".txt"
		text, err := promptFiles.ReadFile("prompts/" + file)
		if err != nil {
			panic(err)
		}
		first, rest, _ := strings.Cut(string(text), "\n")
		version, ok := strings.CutPrefix(first, "version: ")
		rules, data, both := strings.Cut(rest, "\n---\n")
		if !ok || !both {
			panic("prompts/" + file + " does not have a version, rules and data")
		}
		return &prompt{task, version, template.Must(template.New(task).Parse(rules)), template.Must(template.New(task).Parse(data)), schema}
	}
	return prompts{
		answer:     read("answer", answerSchema),
		repair:     read("repair", answerSchema),
		understand: read("understand", questionSchema),
		check:      read("check", verdictSchema),
	}
}

// The forms of the replies that the prompts describe.
const (
	answerSchema = `{"type":"object","additionalProperties":false,"required":["sentences","short","answered"],"properties":{` +
		`"sentences":{"type":"array","items":{"type":"object","additionalProperties":false,"required":["text","passages","support"],"properties":{` +
		`"text":{"type":"string"},"passages":{"type":"array","items":{"type":"integer"}},"support":{"type":"array","items":{"type":"string"}}}}},` +
		`"short":{"type":"string"},"answered":{"type":"boolean"}}}`
	questionSchema = `{"type":"object","additionalProperties":false,"required":["question"],"properties":{"question":{"type":"string"}}}`
	verdictSchema  = `{"type":"object","additionalProperties":false,"required":["verdict"],"properties":{"verdict":{"type":"string","enum":["supported","contradicted","no evidence"]}}}`
)

// write makes the two messages.
func (p *prompt) write(asJSON bool, data any) (system, user string, err error) {
	var b strings.Builder
	if err := p.rules.Execute(&b, struct{ JSON bool }{asJSON}); err != nil {
		return "", "", fmt.Errorf("prompt: %w", err)
	}
	system = strings.TrimSpace(b.String())
	b.Reset()
	if err := p.data.Execute(&b, data); err != nil {
		return "", "", fmt.Errorf("prompt: %w", err)
	}
	return system, strings.TrimSpace(b.String()), nil
}

// room is how many tokens a window has left beside messages and a reply.
func room(f features, messages ...string) int {
	left := f.window - f.answer()
	for _, m := range messages {
		left -= tokens(m) + perMessage
	}
	return left
}

// A passage is one that the model is shown.
type passage struct {
	N    int    // its number, from 1
	Head string // publisher, date, title
	Text string

	hit       retrieval.Hit
	sentences []sentence
}

// tokens estimates what the passage takes up, with its number and line ends.
func (p passage) tokens() int { return tokens(p.Head) + tokens(p.Text) + 5 }

// A sentence of a passage, and its words.
type sentence struct {
	span  corpus.Span
	words []word.Word
	terms map[string]bool
	runs  map[string]bool // of two words
}

// Bounds of what goes into a prompt besides passages.
const (
	mostThread = 3   // exchanges before the question
	mostHead   = 200 // bytes of a passage's heading
	mostBefore = 400 // bytes of an earlier question or answer
	// mostAnswer is how many tokens the model may write, of a small window no
	// more than a quarter; mostThought if it thinks at length, of a small window
	// half.
	mostAnswer  = 2048
	mostThought = 8192
	// bytesPerToken: English news has 4.2 to 4.8 bytes to a token in the
	// vocabularies in use; names, numbers and other languages have fewer. Too
	// low a figure wastes some room, too high a one loses the answer.
	bytesPerToken = 3.5
	// perMessage are the tokens that chat templates put around a message.
	perMessage = 8
	// sameStory is the share of a sentence's pairs of words that one before it
	// has, from which on it says them in the same order.
	sameStory = 0.85
)

// tokens estimates how many tokens a text has, without a network and whatever
// the model. Characters outside of ASCII often take a token each.
func tokens(text string) int {
	wide := 0
	for _, r := range text {
		if r > 0x2fff {
			wide++
		}
	}
	return int(float64(len(text)-3*wide)/bytesPerToken) + wide + 1
}

// pack chooses the passages that fit into so many tokens, by rank. Of one that
// does not fit the sentences that come first do. A sentence that says no more
// than one before it is left out, so that a story that five papers have goes in
// once, with what each of them adds.
func pack(hits []retrieval.Hit, room int) []passage {
	var ps []passage
	var shown []sentence
	all := make(map[*corpus.Article][]corpus.Sentence) // several passages are of one article
	for _, h := range hits {
		if _, ok := all[h.Article]; !ok {
			all[h.Article] = h.Article.Sentences()
		}
		p := passage{hit: h, N: len(ps) + 1, Head: head(h.Article)}
		for _, s := range all[h.Article] {
			text := s.Of(h.Article.Text)
			if !h.Passage.Contains(s.Span) || !s.Kind.Evidence() || strings.ContainsRune(text, unicode.ReplacementChar) {
				continue
			}
			p.sentences = append(p.sentences, newSentence(h.Article.Text, s.Span))
		}
		p.sentences = p.news(shown)
		used, fit := p.tokens(), 0
		for _, s := range p.sentences {
			n := tokens(s.span.Of(h.Article.Text))
			if used+n > room {
				break
			}
			used += n
			fit++
		}
		if fit == 0 {
			continue
		}
		p.sentences = p.sentences[:fit]
		var text []string
		for _, s := range p.sentences {
			text = append(text, s.span.Of(h.Article.Text))
		}
		p.Text = plain(strings.Join(text, " "))
		room -= used
		ps = append(ps, p)
		shown = append(shown, p.sentences...)
	}
	return ps
}

// news are the sentences of a passage that add to what is shown. One that stands
// for somebody by a pronoun keeps the one before it.
func (p *passage) news(shown []sentence) []sentence {
	keep := make([]bool, len(p.sentences))
	for i, s := range p.sentences {
		keep[i] = !slices.ContainsFunc(shown, s.repeats)
	}
	for i := len(keep) - 1; i > 0; i-- {
		keep[i-1] = keep[i-1] || keep[i] && p.pronominal(i)
	}
	var list []sentence
	for i, s := range p.sentences {
		if keep[i] {
			list = append(list, s)
		}
	}
	return list
}

// repeats reports whether a sentence says what another says: it has no word that
// the other lacks, function words aside, denies no more, and has its words in
// the same order. A number, a name or a day that differs is news.
func (s sentence) repeats(other sentence) bool {
	for _, w := range s.words {
		if (!w.Stop() || negations[w.Norm]) && !other.terms[w.Stem()] {
			return false
		}
	}
	for _, w := range other.words {
		if negations[w.Norm] && !s.terms[w.Stem()] {
			return false
		}
	}
	return len(s.words) > 0 && shared(s.runs, other.runs) >= sameStory
}

var negations = map[string]bool{"not": true, "no": true, "never": true, "none": true, "nor": true, "neither": true, "without": true, "cannot": true}

func newSentence(text string, span corpus.Span) sentence {
	s := sentence{span: span, words: word.Split(span.Of(text)), terms: make(map[string]bool), runs: make(map[string]bool)}
	for i, w := range s.words {
		s.terms[w.Stem()] = true
		if i > 0 {
			s.runs[s.words[i-1].Norm+" "+w.Norm] = true
		}
	}
	return s
}

// shared is the share of a that is in b.
func shared(a, b map[string]bool) float64 {
	if len(a) == 0 {
		return 0
	}
	n := 0
	for s := range a {
		if b[s] {
			n++
		}
	}
	return float64(n) / float64(len(a))
}

// head tells where a passage is from.
func head(a *corpus.Article) string {
	var parts []string
	for _, s := range []string{a.Publisher.Value, a.Published.Value} {
		if s != "" {
			parts = append(parts, plain(s))
		}
	}
	if a.Title.Value != "" && a.Title.From != corpus.FromSentence {
		parts = append(parts, "“"+plain(a.Title.Value)+"”")
	}
	if len(parts) == 0 {
		return "publisher and date not known"
	}
	return cut(strings.Join(parts, ", "), mostHead)
}

// plain makes text what cannot pass for anything else in a prompt: it is one
// line, so that it begins no passage, and has no brackets to write a number, a
// tag or a token of a chat template with.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.C, r) && r != '\u200d' && r != '\u200c': // joiners are part of words
			return -1
		case unicode.Is(unicode.Variation_Selector, r): // of which a row can carry a text unseen
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Join(strings.Fields(bracketless.Replace(s)), " ")
}

var bracketless = strings.NewReplacer("<", "‹", ">", "›", "[", "(", "]", ")", "【", "(", "】", ")", "{", "(", "}", ")", "＜", "‹", "＞", "›", "［", "(", "］", ")")

// cut shortens a text to n bytes.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

// An asking is what the prompt for an answer shows.
type asking struct {
	Passages        []passage
	Thread          []bot.Exchange
	Today, Question string
}

// answering makes the messages that ask for an answer, and returns the
// passages that fitted in.
func (p prompts) answering(q bot.Question, hits []retrieval.Hit, f features) (system, user string, given []passage, err error) {
	data := asking{Question: plain(q.Text), Thread: exchanges(q.Thread)}
	if !q.Asked.IsZero() {
		data.Today = q.Asked.Format("Monday, " + time.DateOnly)
	}
	if system, user, err = p.answer.write(f.schema, data); err != nil {
		return "", "", nil, err
	}
	data.Passages = pack(hits, room(f, system, user))
	system, user, err = p.answer.write(f.schema, data)
	return system, user, data.Passages, err
}

// exchanges are the last ones of a thread, shortened. Marks of citations mean
// nothing here.
func exchanges(thread []bot.Exchange) []bot.Exchange {
	var list []bot.Exchange
	for _, e := range thread[max(0, len(thread)-mostThread):] {
		list = append(list, bot.Exchange{Question: cut(plain(e.Question), mostBefore), Answer: cut(plain(mark.ReplaceAllString(e.Answer, "")), mostBefore)})
	}
	return list
}
