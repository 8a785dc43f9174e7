package llm

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"dateline/bot"
)

var _ bot.Judge = (*Engine)(nil)

// Judge implements bot.Judge. A reply that holds no verdict, or two, is an
// error. Errors are as Draft's.
func (e *Engine) Judge(ctx context.Context, sentence string, quotes []bot.Quote) (bot.Verdict, []bot.Call, error) {
	if len(quotes) == 0 {
		return bot.NoEvidence, nil, nil
	}
	t := &task{prompt: e.prompts.check}
	t.write = func(f features) (system, user string, err error) {
		data := struct {
			Passages []passage
			Sentence string
		}{Sentence: plain(sentence)}
		if system, user, err = t.prompt.write(f.schema, data); err != nil {
			return "", "", err
		}
		left := room(f, system, user)
		for _, q := range quotes {
			if q.Article == nil || !q.Span.Within(len(q.Article.Text)) {
				continue
			}
			p := passage{N: len(data.Passages) + 1, Head: head(q.Article), Text: plain(q.Span.Of(q.Article.Text))}
			if left -= p.tokens(); left < 0 {
				break
			}
			data.Passages = append(data.Passages, p)
		}
		if len(data.Passages) == 0 {
			return "", "", e.tooSmall(f)
		}
		return t.prompt.write(f.schema, data)
	}
	reply, err := e.ask(ctx, t)
	if err != nil {
		return "", t.calls, err
	}
	v, ok := verdict(value(reply, "verdict"))
	if !ok {
		return "", t.calls, e.useless(t, "gave no verdict")
	}
	return v, t.calls, nil
}

// useless is the error for a reply that is not what was asked for, which no
// other try will mend.
func (e *Engine) useless(t *task, how string) error {
	f := e.server.Fail(fmt.Sprintf("model %q %s: choose another model in OPENAI_MODEL", e.c.Model, how), errUseless)
	if n := len(t.calls); n > 0 {
		t.calls[n-1].Error = f.Error()
	}
	return f
}

// Models write "not supported" where the prompt says "no evidence".
var verdicts = regexp.MustCompile(`(?i)\b(supported|contradicted|no evidence|(?:not|un|isn't |is not )[ -]?supported|not enough (?:evidence|information))\b`)

// verdict reads one verdict; false if a text has none, or several that differ.
func verdict(text string) (bot.Verdict, bool) {
	var v bot.Verdict
	for _, m := range verdicts.FindAllString(text, -1) {
		next := bot.NoEvidence
		switch strings.ToLower(m) {
		case "supported":
			next = bot.Supported
		case "contradicted":
			next = bot.Contradicted
		}
		if v != "" && next != v {
			return "", false
		}
		v = next
	}
	return v, v != ""
}
