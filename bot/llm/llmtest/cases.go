package llmtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing/fstest"
	"unicode/utf8"

	"golang.org/x/tools/txtar"

	"dateline/bot"
	"dateline/corpus"
	"dateline/corpus/files"
)

// A Case is an attack by an article, a question or a model, and what must not
// come of it, whatever shows the answer: Check holds an answer against it, Text
// what was made of one.
//
// It is kept as a txtar archive, NAME.txtar, which begins with a line about it.
// Files named .txt, .md or .jsonl are the articles. Besides there are
//
//	question    what is asked
//	thread      exchanges before it, lines that begin with "Q: " and "A: "
//
// of which the first is a must. What the model does is one of
//
//	says        lines with marks, as Telling tells them
//	raw         what it writes, as it stands
//	body        what the server answers in place of a completion
//	tool        the arguments of a function that it calls instead of answering
//	declines    its refusal, in the protocol's field for it
//
// and perhaps
//
//	reasoning   what it thinks, in the field that some servers have for it
//	hangs up    (empty) the connection breaks off after the last word
//
// or there is no model: only the built-in reader is tried. Last there are lists
// of a string to a line, in which case does not count:
//
//	never       is not answered: not in the answer, its short form or its note
//	untold      nor is this if the model is to answer
//	nowhere     nor in a reason for not answering or in words that are cited
//	shown       is in the answer where the built-in reader may write it
//	told        is in the answer where the model alone may
//	refused     (empty) there is no answer, whatever engine was to write it
//	unsent      does not stand in what the model is given to read
//
// In all of them \x1b, \u202e and \U000e0041 stand for bytes and characters (a
// backslash before the backslash keeps them as they are), and a line "REPEAT n
// text" for the text n times over, with no line end behind it.
type Case struct {
	Name, About string
	Files       fs.FS
	Question    string
	Thread      []bot.Exchange
	Script      Script // nil if there is no model
	Never       []string
	Untold      []string
	Nowhere     []string
	Shown       []string
	Told        []string
	Unsent      []string
	Refused     bool
}

// Cases reads the cases in a folder, in the order of their names. The error
// tells of all that is wrong with them.
func Cases(fsys fs.FS) ([]Case, error) {
	names, err := fs.Glob(fsys, "*.txtar")
	if err != nil {
		return nil, err
	}
	var cases []Case
	var errs []error
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		c, err := ParseCase(strings.TrimSuffix(name, ".txtar"), data)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
			continue
		}
		cases = append(cases, c)
	}
	return cases, errors.Join(errs...)
}

// ParseCase reads one case.
func ParseCase(name string, data []byte) (Case, error) {
	archive := txtar.Parse(data)
	c := Case{Name: name, About: strings.TrimSpace(string(archive.Comment))}
	articles := make(fstest.MapFS)
	parts := make(map[string]string)
	for _, f := range archive.Files {
		key, text := unescape(f.Name), expand(string(f.Data))
		switch path.Ext(key) {
		case ".txt", ".md", ".jsonl":
			articles[key] = &fstest.MapFile{Data: []byte(text)}
			continue
		}
		if _, twice := parts[key]; twice {
			return Case{}, fmt.Errorf("has %q twice", key)
		}
		parts[key] = text
	}
	take := func(key string) (string, bool) {
		text, ok := parts[key]
		delete(parts, key)
		return text, ok
	}
	list := func(key string) []string {
		var out []string
		text, _ := take(key)
		for line := range strings.Lines(text) {
			if line = strings.Trim(line, "\r\n"); strings.TrimSpace(line) != "" {
				out = append(out, line)
			}
		}
		return out
	}
	question, _ := take("question")
	c.Files, c.Question = articles, strings.TrimSpace(question)
	for _, line := range list("thread") {
		if q, ok := strings.CutPrefix(line, "Q: "); ok {
			c.Thread = append(c.Thread, bot.Exchange{Question: q})
		} else if a, ok := strings.CutPrefix(line, "A: "); ok && len(c.Thread) > 0 {
			c.Thread[len(c.Thread)-1].Answer = a
		} else {
			return Case{}, fmt.Errorf("thread: %q is neither question nor answer", line)
		}
	}
	c.Never, c.Untold, c.Nowhere = list("never"), list("untold"), list("nowhere")
	c.Shown, c.Told = list("shown"), list("told")
	c.Unsent = list("unsent")
	_, c.Refused = take("refused")
	var err error
	if c.Script, err = script(take); err != nil {
		return Case{}, err
	}
	switch {
	case c.About == "":
		return Case{}, errors.New("does not say what it is about")
	case len(articles) == 0 || c.Question == "":
		return Case{}, errors.New("has no article or no question")
	case len(c.Never)+len(c.Untold)+len(c.Nowhere) == 0 && !c.Refused:
		return Case{}, errors.New("does not say what must not happen")
	}
	for key := range parts {
		return Case{}, fmt.Errorf("has %q, which means nothing", key)
	}
	return c, nil
}

// script makes one of the parts of a case that say what the model does; nil if
// there are none.
func script(take func(string) (string, bool)) (Script, error) {
	var s Script
	n := 0
	for key, tell := range map[string]func(text string) Script{
		"says": Telling,
		"raw":  Saying,
		"body": func(text string) Script {
			kind := "text/html"
			switch {
			case strings.HasPrefix(text, "data:"):
				kind = "text/event-stream"
			case strings.HasPrefix(text, "{"):
				kind = "application/json"
			}
			return func(Request) Reply { return Reply{Raw: text, Type: kind} }
		},
		"tool":     func(text string) Script { return func(Request) Reply { return Reply{Tool: text} } },
		"declines": func(text string) Script { return func(Request) Reply { return Reply{Declined: text} } },
	} {
		text, ok := take(key)
		if !ok {
			continue
		}
		s = tell(strings.TrimSpace(text))
		n++
	}
	reasoning, thinks := take("reasoning")
	_, drops := take("hangs up")
	switch {
	case n > 1:
		return nil, errors.New("has a model that does several things")
	case n == 0 && (thinks || drops):
		return nil, errors.New("has a model that does nothing")
	case !thinks && !drops:
		return s, nil
	}
	return func(r Request) Reply {
		reply := s(r)
		reply.Reasoning, reply.Drop = strings.TrimSpace(reasoning), drops
		return reply
	}, nil
}

var escapes = regexp.MustCompile(`\\\\[xuU]|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}`)

func unescape(s string) string {
	return escapes.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseUint(e[2:], 16, 32)
		switch {
		case strings.HasPrefix(e, `\\`):
			return e[1:]
		case err != nil:
			return e
		case e[1] == 'x':
			return string([]byte{byte(n)})
		}
		return string(rune(n))
	})
}

var repeated = regexp.MustCompile(`(?m)^REPEAT (\d+) (.*)\n`)

func expand(s string) string {
	return unescape(repeated.ReplaceAllStringFunc(s, func(line string) string {
		m := repeated.FindStringSubmatch(line)
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return line
		}
		return strings.Repeat(unescape(m[2]), n)
	}))
}

// Articles reads the articles of a case.
func (c Case) Articles(ctx context.Context) ([]*corpus.Article, error) {
	source := files.FS("hostile", c.Files)
	list, _, err := source.Files(ctx)
	if err != nil {
		return nil, err
	}
	var all []*corpus.Article
	for _, f := range list {
		// What cannot be read of an article is no fault of the case.
		if _, err := source.Read(ctx, f, func(a *corpus.Article) error {
			all = append(all, a)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Check returns what is wrong with an answer: what got through, and what a
// reader should have got all the same. sentences are those that were passed on
// as they came, nil if none were asked for; byModel says that no other engine
// was there to answer. articles are those of the case; nil if the answer's
// citations have no spans, as when it comes out of JSON.
func (c Case) Check(a bot.Answer, sentences []bot.Sentence, byModel bool, articles []*corpus.Article) []string {
	var wrong []string
	add := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	claimed := []string{a.Text, a.Short, a.Note}
	for _, s := range sentences {
		claimed = append(claimed, s.Text)
	}
	all := append(slices.Clone(claimed), a.Reason)
	for _, x := range slices.Concat(a.Citations, a.Nearest) {
		all = append(all, x.Quote)
		i := slices.IndexFunc(articles, func(a *corpus.Article) bool { return a.ID == x.Article })
		if articles != nil && (i < 0 || !x.Span.Within(len(articles[i].Text)) || x.Span.Of(articles[i].Text) != x.Quote) {
			add("%q is cited, and does not stand in %s", x.Quote, x.Source)
		}
		all = append(all, x.Title, x.Publisher)
	}
	wrong = append(wrong, found(c.Never, claimed, "is answered")...)
	wrong = append(wrong, found(c.Nowhere, all, "is shown")...)
	for _, s := range all {
		if !utf8.ValidString(s) {
			add("%q is not UTF-8", s)
		}
	}
	for _, s := range sentences {
		if len(s.Citations) == 0 {
			add("%q is passed on and cites nothing", s.Text)
		}
	}
	switch {
	case a.Answered && (a.Text == "" || len(a.Citations) == 0):
		add("the answer %q has %d citations", a.Text, len(a.Citations))
	case !a.Answered && (a.Text != "" || a.Short != "" || len(a.Citations) > 0 || a.Reason == ""):
		add("the refusal %q has an answer, %q, %q, with %d citations", a.Reason, a.Text, a.Short, len(a.Citations))
	case c.Refused && a.Answered:
		add("%q is answered, want a refusal", a.Text)
	case byModel && a.Certainty != "":
		add("the model's answer is %q, want it given without reserve", a.Certainty)
	}
	wants := c.Shown
	if byModel {
		wrong = append(wrong, found(c.Untold, claimed, "is answered")...)
		wants = c.Told
	}
	for _, want := range wants {
		if !strings.Contains(strings.ToLower(a.Text), strings.ToLower(want)) {
			add("%q is not in the answer %q, reason %q, dropped %q", want, a.Text, a.Reason, a.Dropped)
		}
	}
	return wrong
}

// Sent returns what is wrong with what a model was asked.
func (c Case) Sent(requests []Request) []string {
	var wrong []string
	for _, r := range requests {
		wrong = append(wrong, found(c.Unsent, []string{r.System + "\n" + r.User}, "is sent")...)
	}
	return wrong
}

// Text returns what is wrong with a text that was made of an answer, such as
// what stands on a screen. It may have been folded.
func (c Case) Text(text string) []string {
	text = strings.Join(strings.Fields(text), " ")
	return found(c.Nowhere, []string{text}, "is shown")
}

func found(never, in []string, what string) []string {
	var wrong []string
	for _, n := range never {
		for _, s := range in {
			if strings.Contains(strings.ToLower(s), strings.ToLower(n)) {
				wrong = append(wrong, fmt.Sprintf("%q %s: %q", n, what, brief(s)))
				break
			}
		}
	}
	return wrong
}

func brief(s string) string { return s[:min(len(s), 600)] }
