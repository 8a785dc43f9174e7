package llm

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dateline/bot"
	"dateline/corpus"
	"dateline/corpus/dates"
	"dateline/corpus/word"
)

var _ bot.Rewriter = (*Engine)(nil)

// mostQuestion is how many characters a question has that the model made. One
// that is longer from the start needs no other words to be understood.
const mostQuestion = 300

// Rewrite implements bot.Rewriter. What the model writes is returned only if it
// is one line that names nothing which neither the thread nor the question
// has; all else is an error, as are those of Draft.
func (e *Engine) Rewrite(ctx context.Context, thread []bot.Exchange, question string) (string, []bot.Call, error) {
	question = strings.TrimSpace(question)
	if len(thread) == 0 || len(word.Split(question)) == 0 || utf8.RuneCountInString(question) > mostQuestion {
		return question, nil, nil
	}
	data := struct {
		Thread   []bot.Exchange
		Question string
	}{exchanges(thread), plain(question)}
	t := &task{prompt: e.prompts.understand}
	t.write = func(f features) (string, string, error) {
		for d := data; ; d.Thread = d.Thread[1:] {
			system, user, err := t.prompt.write(f.schema, d)
			if err != nil || room(f, system, user) >= 0 {
				return system, user, err
			}
			if len(d.Thread) == 0 {
				return "", "", e.tooSmall(f)
			}
		}
	}
	reply, err := e.ask(ctx, t)
	if err != nil {
		return "", t.calls, err
	}
	written := strings.Trim(value(reply, "question"), "\"“”*` ")
	if rest, ok := strings.CutPrefix(written, "Question:"); ok {
		written = strings.TrimSpace(rest)
	}
	var known strings.Builder
	for _, x := range data.Thread {
		known.WriteString(x.Question + "\n" + x.Answer + "\n")
	}
	known.WriteString(data.Question)
	if why := unfit(written, known.String()); why != "" {
		return "", t.calls, e.useless(t, "could not put the question into words of its own: "+why)
	}
	return written, t.calls, nil
}

// unfit says why a text is no question made of what is known; "" if it is one.
func unfit(question, known string) string {
	switch {
	case question == "" || len(word.Split(question)) == 0:
		return "it wrote none"
	case utf8.RuneCountInString(question) > mostQuestion:
		return fmt.Sprintf("it has more than %d characters", mostQuestion)
	case !utf8.ValidString(question) || strings.ContainsFunc(question, func(r rune) bool { return unicode.Is(unicode.C, r) || r == utf8.RuneError }):
		return "it is not one line of text"
	case question != plain(question) || strings.Contains(question, "://") || strings.Contains(question, "www."):
		return "it holds marks or addresses"
	case refusal(question):
		return "it declines"
	}
	norms := make(map[string]bool)
	stems := make(map[string]bool)
	for _, w := range word.Split(known) {
		norms[w.Norm] = true
		stems[w.Stem()] = true
	}
	for i, w := range word.Split(question) {
		// The first word is a capital whatever it is; of those that begin a
		// question, most are function words.
		named := w.Number() || w.Capital() && (!w.Stop() || i > 0)
		if named && !norms[w.Norm] && !stems[w.Stem()] && !(w.Stop() && i == 0) && w.Norm != "i" {
			return "nothing before it mentions " + w.Text
		}
	}
	// Any day will do to find out what is a date.
	day := time.Date(2025, time.November, 26, 0, 0, 0, 0, time.UTC)
	for _, d := range dates.Find(question, corpus.Span{End: len(question)}, day) {
		for _, w := range word.Split(d.Of(question)) {
			if !norms[w.Norm] {
				return "nothing before it mentions " + d.Of(question)
			}
		}
	}
	return ""
}
