package llm

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"dateline/corpus"
)

// Bounds on what a model may write, in bytes. An answer of three sentences has
// some 1,000; thinking runs to tens of thousands.
const (
	mostVisible = 32 << 10
	mostOutput  = 512 << 10
	// mostLine is as long as a sentence may be for package bot. A model that
	// goes on for longer has run wild, and looking for marks in what it writes
	// would take ever longer.
	mostLine = 4000
)

// Said is a sentence of the model, with the numbers of the passages that it
// names and the words that it says support it.
type said struct {
	Text     string
	Passages []int
	Support  []string
}

// A reply is what a model wrote besides its sentences.
type reply struct {
	Short    string
	Text     string // all that was visible
	Broken   bool   // neither sentences nor word that there is no answer
	Complete bool   // an object that ends
}

// A parser reads what a model writes, in pieces as they come: one JSON object,
// whole or broken, with or without fences and words around it, or plain
// sentences that end in marks. It never fails; what makes no sense gives no
// sentence.
type parser struct {
	emit    func(said) bool // reports whether to go on
	think   thinking
	visible strings.Builder
	form    form
	held    []said // lines without a mark, which may be a preamble to an object
	start   int    // where in visible the object begins
	rest    string // not yet understood
	waiting int    // so much at the end of rest may be the beginning of an object
	barren  int    // so much of rest has neither a mark nor a line's end
	// JSON: where the objects that are open begin in rest, and whether rest
	// ends in a string.
	open    []int
	at      int
	quoted  bool
	escaped bool
	done    bool
	found   int // sentences in objects
	size    int
}

type form int

const (
	unknown form = iota
	asJSON
	asText
	asString // an object as text inside of a string
)

// feed takes the next piece, and reports whether more is wanted.
func (p *parser) feed(piece string) bool {
	piece = piece[:min(len(piece), mostOutput)]
	p.size += len(piece)
	text, thought := p.think.feed(piece)
	if thought {
		// What came before turned out to be thinking as well.
		p.visible.Reset()
		p.rest, p.waiting, p.held, p.barren, p.form, p.start, p.open, p.at, p.quoted, p.escaped = "", 0, nil, 0, unknown, 0, nil, 0, false, false
	}
	p.take(text)
	return !p.done && p.size < mostOutput && p.visible.Len() < mostVisible
}

func (p *parser) take(text string) {
	p.visible.WriteString(text)
	p.rest += text
	if p.form == unknown {
		p.form = formOf(p.rest)
		if p.form == asJSON {
			p.start = strings.IndexAny(p.rest, "{[")
		}
	}
	switch p.form {
	case asJSON:
		p.objects()
	case asText:
		from, whole := begins(p.rest, len(p.rest)-len(text)-p.waiting)
		if whole {
			// What stood before it was a preamble.
			p.held, p.form, p.start, p.rest = nil, asJSON, p.visible.Len()-len(p.rest)+from, p.rest[from:]
			p.objects()
			return
		}
		after := p.rest[from:]
		p.rest, p.waiting = p.rest[:from], len(after)
		p.segments(false)
		p.rest += after
	}
}

// beginning is that of an object with a key, which no text has; half is what may become
// one, and has no more than mostBegun bytes.
var (
	beginning = regexp.MustCompile(`^[{\[][\s{\[]*"[\w -]{1,40}"\s*:`)
	half      = regexp.MustCompile(`^[{\[][\s{\[]*(?:"[\w -]*"?\s*)?$`)
)

const mostBegun = 64

// begins returns where in a text, from a place on, an object begins, and whether
// its beginning is whole; the text's length if none does.
func begins(s string, from int) (at int, whole bool) {
	for at = max(0, from); ; at++ {
		next := strings.IndexAny(s[at:], "{[")
		if next < 0 {
			return len(s), false
		}
		at += next
		start := s[at:min(len(s), at+mostBegun)]
		switch {
		case beginning.MatchString(start):
			return at, true
		case len(start) < mostBegun && half.MatchString(start):
			return at, false
		}
	}
}

// finish takes what is left when the model has ended. A sentence that it did
// not get to the end of is none.
func (p *parser) finish(complete bool) reply {
	p.take(p.think.rest())
	r := reply{Text: p.visible.String()}
	switch p.form {
	case asJSON:
		var whole struct {
			Short     json.RawMessage `json:"short"`
			Sentences json.RawMessage `json:"sentences"`
			Answer    json.RawMessage `json:"answer"`
			Answered  json.RawMessage `json:"answered"`
		}
		if at := strings.IndexByte(r.Text[p.start:], '{'); at >= 0 {
			// A broken object has no short answer, nor does it say that there is none.
			err := json.NewDecoder(strings.NewReader(r.Text[p.start+at:])).Decode(&whole)
			r.Complete = err == nil
			r.Broken = err != nil || whole.Sentences == nil && whole.Answer == nil && whole.Answered == nil
		}
		if short := values(whole.Short); len(short) == 1 {
			r.Short = short[0]
		}
		if p.found == 0 && complete {
			// Without a schema some models put the text into an object as it is.
			for _, text := range append(values(whole.Sentences), values(whole.Answer)...) {
				p.rest = text
				p.segments(true)
			}
		}
	case asText:
		p.segments(complete)
		p.pass()
	case asString:
		var text string
		inner := parser{emit: p.emit}
		r.Broken = json.Unmarshal([]byte(strings.TrimSpace(r.Text)), &text) != nil
		if !r.Broken {
			inner.take(text)
			r = inner.finish(complete)
		}
	case unknown:
		r.Broken = true // nothing but the beginning of a fence
	}
	return r
}

var fenced = regexp.MustCompile("^(?:[ \t\r\n]*```[a-zA-Z]*)?[ \t\r\n]*")

// formOf tells JSON from text by its first characters.
func formOf(s string) form {
	if strings.HasPrefix("```", strings.TrimSpace(s)) {
		return unknown // nothing yet, or the beginning of a fence
	}
	s = s[len(fenced.FindString(s)):]
	if s == "" {
		return unknown
	}
	switch {
	case s[0] == '{':
		return asJSON
	case s[0] == '"' && len(s) < len(`"{`):
		return unknown
	case strings.HasPrefix(s, `"{`):
		return asString
	case s[0] != '[':
		return asText
	}
	s = strings.TrimSpace(s[1:])
	switch {
	case s == "":
		return unknown
	case s[0] == '{':
		return asJSON
	}
	return asText
}

// objects passes on the innermost objects that are complete.
func (p *parser) objects() {
	for ; p.at < len(p.rest) && !p.done; p.at++ {
		c := p.rest[p.at]
		switch {
		case p.escaped:
			p.escaped = false
		case p.quoted:
			p.escaped = c == '\\'
			p.quoted = c != '"'
		case c == '"':
			p.quoted = true
		case c == '{':
			p.open = append(p.open, p.at)
		case c == '}' && len(p.open) > 0:
			start := p.open[len(p.open)-1]
			p.open = p.open[:len(p.open)-1]
			if s, ok := object(p.rest[start : p.at+1]); ok {
				p.found++
				p.done = !p.emit(s)
			}
		}
	}
}

// object reads a sentence with what belongs to it. Models write numbers as
// strings and lists of one as the one.
func object(data string) (said, bool) {
	var o struct {
		Text      string          `json:"text"`
		Sentence  string          `json:"sentence"`
		Passages  json.RawMessage `json:"passages"`
		Passage   json.RawMessage `json:"passage"`
		Sources   json.RawMessage `json:"sources"`
		Citations json.RawMessage `json:"citations"`
		Support   json.RawMessage `json:"support"`
	}
	if !utf8.ValidString(data) || json.Unmarshal([]byte(data), &o) != nil && json.Unmarshal(trailing.ReplaceAll([]byte(data), []byte("$1")), &o) != nil {
		return said{}, false
	}
	if o.Text == "" {
		o.Text = o.Sentence
	}
	s := said{Text: clean(o.Text)}
	if s.Text == "" {
		return said{}, false
	}
	for _, list := range []json.RawMessage{o.Passages, o.Passage, o.Sources, o.Citations} {
		for _, v := range values(list) {
			s.Passages = append(s.Passages, numbers(v)...)
		}
	}
	for _, m := range mark.FindAllString(o.Text, -1) {
		s.Passages = append(s.Passages, numbers(m)...)
	}
	s.Support = values(o.Support)
	return s, true
}

// trailing is a comma behind the last of a list, as JavaScript lets it be.
var trailing = regexp.MustCompile(`,(\s*[}\]])`)

// values are the strings and numbers of a list, or the one there is.
func values(data json.RawMessage) []string {
	var list []json.RawMessage
	if json.Unmarshal(data, &list) != nil {
		list = []json.RawMessage{data}
	}
	var out []string
	for _, v := range list {
		var s string
		if json.Unmarshal(v, &s) == nil {
			out = append(out, s)
		} else if len(v) > 0 && v[0] >= '0' && v[0] <= '9' {
			out = append(out, string(v))
		}
	}
	return out
}

// A mark names passages: [1], [1, 3], 【2】, [passage 1], [^1].
var (
	mark = regexp.MustCompile(`(?i)[\[【]\s*\^?(?:(?:passages?|sources?)\s*)?\d{1,6}(?:\s*(?:[,;&–-]|and)\s*\d{1,6})*[^\]】\[\n]{0,12}[\]】]`)
	// marked ends a sentence: marks, and a full stop that some put behind them.
	marked = regexp.MustCompile(mark.String() + `(?:[\s,]*` + mark.String() + `)*[.!?]*`)
	digits = regexp.MustCompile(`\d+`)
	bullet = regexp.MustCompile(`^\s*(?:[-*•#>]+\s+|\d{1,2}[.)]\s+|\*{0,2}(?i:answer):\*{0,2}\s*)+`)
	// A sentence without a mark behind it is none of the answer, but a line may
	// hold several in front of one mark.
	spaced = regexp.MustCompile(`\s+([.,;:!?])`)
)

// numbers are those in a text: of "1-3" two of them, which is as much as a
// mark may mean.
func numbers(s string) []int {
	var ns []int
	for _, d := range digits.FindAllString(s, 16) {
		n, err := strconv.Atoi(d)
		if err == nil {
			ns = append(ns, n)
		}
	}
	return ns
}

// segments passes on the sentences that are complete: up to marks that are
// known to be the last of theirs, or up to the end of a line.
func (p *parser) segments(all bool) {
	const ends = "]】\n"
	// The last of them may have come in two pieces.
	if !all && !strings.ContainsAny(p.rest[max(0, p.barren-len("】")):], ends) {
		p.barren = len(p.rest)
		return
	}
	p.barren = 0
	for !p.done {
		line, next, whole := strings.Cut(p.rest, "\n")
		m := marked.FindStringIndex(line)
		end := len(line)
		switch {
		case m != nil && (whole || all || ended(line[m[1]:])):
			end = m[1]
		case !whole && len(line) > mostLine:
			p.hold(said{Text: clean(line)})
			p.pass()
			p.done = true
			return
		case m != nil || !whole && !all:
			return // more may come
		}
		p.segment(line[:end])
		switch {
		case end < len(line):
			p.rest = p.rest[end:]
		case whole:
			p.rest = next
		default:
			p.rest = ""
			return
		}
	}
}

// ended reports whether what follows a mark is more than what could still
// belong to it.
func ended(after string) bool {
	after = strings.TrimLeft(after, " \t,")
	return after != "" && !strings.ContainsRune("[【.!?", rune(after[0])) && utf8.FullRuneInString(after) && !strings.HasPrefix(after, "\xe3")
}

// hold keeps a sentence back as long as what was written may be a preamble: one
// with marks is none.
func (p *parser) hold(s said) {
	p.held = append(p.held, s)
	if len(s.Passages) > 0 {
		p.pass()
	}
}

// pass passes on what was kept back.
func (p *parser) pass() {
	for _, s := range p.held {
		p.done = p.done || !p.emit(s)
	}
	p.held = nil
}

// segment passes on the sentences of a stretch of text that ends in marks, or
// has none. Marks behind several sentences count for each.
func (p *parser) segment(text string) {
	text = bullet.ReplaceAllString(text, "")
	var ns []int
	for _, m := range mark.FindAllString(text, -1) {
		ns = append(ns, numbers(m)...)
	}
	text = clean(text)
	if text == "" || len(ns) == 0 && refusal(text) {
		return
	}
	// Damaged text has no sentences; package bot will say that it is damaged.
	if !utf8.ValidString(text) {
		p.hold(said{Text: text, Passages: ns})
		return
	}
	a := &corpus.Article{Text: text, Body: corpus.Span{End: len(text)}}
	from := 0
	ss := a.Sentences()
	for i, s := range ss {
		end := s.End
		if i == len(ss)-1 {
			end = len(text)
		}
		if part := strings.TrimSpace(text[from:end]); part != "" && !p.done {
			p.hold(said{Text: part, Passages: ns})
		}
		from = end
	}
}

var (
	markdown = strings.NewReplacer("**", "", "__", "", "`", "")
	brackets = strings.NewReplacer("[", " ", "]", " ", "【", " ", "】", " ")
)

// clean is the text of a sentence without marks and Markdown.
func clean(text string) string {
	text = readable(text)
	// What is left of a mark can be another one: "[1[2]3]", "[**1**]".
	for was, round := "", 0; text != was; round++ {
		if was = text; round == 8 {
			text = brackets.Replace(text)
		}
		text = mark.ReplaceAllString(markdown.Replace(text), "")
		text = strings.Join(strings.Fields(text), " ")
		text = spaced.ReplaceAllString(text, "$1")
	}
	if strings.Trim(text, ".,;:!? ") == "" {
		return ""
	}
	return text
}

// readable is a text without what a reader does not see or that acts on what he
// does: controls, characters that reorder or show nothing, strokes through
// letters. Letters in frames, wide ones and those of mathematics become those
// that they stand for, so that they are checked as such. None of it is in the
// news but by accident, and a pictograph says what no article does.
func readable(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' || r > '~' }) < 0 || !utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for _, r := range norm.NFC.String(text) {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r == utf8.RuneError:
			b.WriteRune(r) // package bot will say that it is damaged
		case unicode.Is(unicode.C, r), unicode.Is(unicode.Variation_Selector, r), r == 0x034f, 0x0334 <= r && r <= 0x0338, 0x20d0 <= r && r <= 0x20ff:
		case 0x2460 <= r && r <= 0x24ff, 0x1f100 <= r && r <= 0x1f1ff, 0xff01 <= r && r <= 0xff5e, 0x1d400 <= r && r <= 0x1d7ff:
			b.WriteString(norm.NFKC.String(string(r)))
		case r > 0xff && unicode.Is(unicode.So, r), 0x1f3fb <= r && r <= 0x1f3ff: // and the colours of skin
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// A refusal says that there is no answer; nothing else a model writes instead
// of sentences with marks does.
var noAnswer = regexp.MustCompile(`(?i)^\W*(no answer\b|i (can(no|')t|am (sorry|unable|not able))|i'm (sorry|unable|not able)|i don't|sorry\b|unfortunately\b|as an ai\b|(none of )?the (given |provided )?(passages?|articles?|text|context|information)( above)? (provided )?(do(es)?( not|n't)|say nothing|contains? no|cannot)\b|there is no (information|mention|answer)\b|no (relevant |such )?information\b|(based on|according to) the (given |provided )?(passages?|articles?|text|context)( above)?,? (there is no|it is not|i (can|do)|no\b|nothing\b)|not (stated|mentioned|given)\b)`)

func refusal(text string) bool { return noAnswer.MatchString(strings.ReplaceAll(text, "’", "'")) }

// A model that declines speaks of what it will do, and not of the passages.
var (
	declining  = regexp.MustCompile(`(?i)^\W*(?:(?:i'm|i am) sorry\b|sorry\b|unfortunately\b|as an ai\b|my apologies\b|i apologi[sz]e\b)?[^.!?\n]{0,80}?\bi (?:can(?:no|')t|can not|won't|will not|(?:am|'m) (?:unable|not able|not allowed) to|must decline)\b`)
	ofPassages = regexp.MustCompile(`(?i)\b(?:passages?|articles?|texts?|context|sources?|information|given|provided|find|found|determine|tell|mention(?:s|ed)?)\b`)
)

func declines(text string) bool {
	text = strings.ReplaceAll(text, "’", "'")
	return declining.MatchString(text) && !ofPassages.MatchString(text)
}

// Thinking takes out what reasoning models write to themselves:
// <think>…</think>, and all before a </think> that nothing opened, as chat
// templates do that begin the block themselves. What servers leave in of other
// templates is understood as well: [THINK], ◁think▷, and the channels of gpt-oss.
type thinking struct {
	inside  bool
	pending string // may be the beginning of a tag
}

// The tags in lower case, and what finds them.
var (
	opening = []string{"<think>", "<thinking>", "<thought>", "<reasoning>", "<seed:think>", "[think]", "◁think▷", "<|channel|>analysis<|message|>"}
	closing = []string{"</think>", "</thinking>", "</thought>", "</reasoning>", "</seed:think>", "[/think]", "◁/think▷", "<|channel|>final<|message|>"}

	thinkOpen  = oneOf(opening)
	thinkClose = oneOf(closing)
	tags       = slices.Concat(opening, closing)
	longestTag = len(slices.MaxFunc(tags, func(a, b string) int { return cmp.Compare(len(a), len(b)) }))
)

func oneOf(list []string) *regexp.Regexp {
	var quoted []string
	for _, s := range list {
		quoted = append(quoted, regexp.QuoteMeta(s))
	}
	return regexp.MustCompile("(?i)" + strings.Join(quoted, "|"))
}

// begun returns where at the end of a text a tag may begin; its length if none
// does.
func begun(s string) int {
	for i := max(0, len(s)-longestTag+1); i < len(s); i++ {
		for _, t := range tags {
			if n := len(s) - i; n < len(t) && strings.EqualFold(t[:n], s[i:]) {
				return i
			}
		}
	}
	return len(s)
}

// feed returns what is visible of a piece, and whether all that was visible
// before was thinking.
func (t *thinking) feed(piece string) (visible string, before bool) {
	t.pending += piece
	var b strings.Builder
	for {
		end := thinkClose.FindStringIndex(t.pending)
		if t.inside {
			if end == nil {
				t.pending = t.pending[max(0, len(t.pending)-longestTag):]
				return b.String(), before
			}
			t.pending, t.inside = t.pending[end[1]:], false
			continue
		}
		start := thinkOpen.FindStringIndex(t.pending)
		if end != nil && (start == nil || end[0] < start[0]) {
			t.pending, before = t.pending[end[1]:], true
			b.Reset()
			continue
		}
		if start != nil {
			b.WriteString(t.pending[:start[0]])
			t.pending, t.inside = t.pending[start[1]:], true
			continue
		}
		keep := begun(t.pending)
		b.WriteString(t.pending[:keep])
		t.pending = t.pending[keep:]
		return b.String(), before
	}
}

// rest is what was held back.
func (t *thinking) rest() string {
	defer func() { t.pending = "" }()
	if t.inside {
		return ""
	}
	return t.pending
}
