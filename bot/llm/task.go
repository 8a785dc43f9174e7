package llm

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"dateline/bot"
)

// A task is what is asked of the model at a time, over all tries.
type task struct {
	prompt *prompt
	// write makes the messages of a try.
	write func(f features) (system, user string, err error)
	// feed takes what the model writes, in pieces as they come, and reports
	// whether more is wanted.
	feed func(string) bool
	// end takes the end of a try: whole if no error broke it off. It reports
	// whether anything was said.
	end func(whole bool, done completion) bool

	calls []bot.Call
}

// mostRaw is how many bytes of what a model wrote are kept: more than a long
// answer, less than endless thinking.
const mostRaw = 16 << 10

// A record keeps the beginning of what a model writes.
type record struct {
	b    strings.Builder
	size int // of all of it
}

func (r *record) add(piece string) {
	r.size += len(piece)
	if room := mostRaw - r.b.Len(); room > 0 {
		r.b.WriteString(piece[:min(room, len(piece))])
	}
}

func (r *record) text() string {
	text := r.b.String()
	if r.size > len(text) {
		// A character that was cut in two is none.
		for i := 0; i < utf8.UTFMax && text != ""; i++ {
			if c, n := utf8.DecodeLastRuneInString(text); c != utf8.RuneError || n > 1 {
				break
			}
			text = text[:len(text)-1]
		}
		text += "…"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}

// note writes down a try, and why it was of no use.
func (e *Engine) note(t *task, r *record, d completion, took time.Duration, why string) {
	call := bot.Call{
		For: t.prompt.task, Model: e.c.Model, Prompt: t.prompt.version, Raw: e.server.Redact(r.text()),
		TokensIn: d.usage.PromptTokens, TokensOut: d.usage.CompletionTokens, Milliseconds: float64(took.Microseconds()) / 1000,
		Error: why,
	}
	if d.model != "" {
		call.Model = e.server.Redact(cut(plain(d.model), 100))
	}
	t.calls = append(t.calls, call)
	if e.c.Called != nil {
		e.c.Called(call)
	}
}

// ask has the model do a task that is not an answer to be streamed, and returns
// what it wrote, without its thinking. The error is as put's.
func (e *Engine) ask(ctx context.Context, t *task) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	text, said := "", ""
	var think thinking
	t.feed = func(piece string) bool {
		visible, before := think.feed(piece[:min(len(piece), mostOutput)])
		if before {
			text = ""
		}
		text += visible
		return len(text) < mostVisible
	}
	t.end = func(bool, completion) bool {
		said = strings.TrimSpace(text + think.rest())
		text, think = "", thinking{}
		return said != ""
	}
	if err := e.put(ctx, t); err != nil {
		return "", err
	}
	return e.server.Redact(said), nil
}

// value returns what a reply says: the field of an object, wherever in the reply
// that stands, or else all of it.
func value(reply, field string) string {
	for i, c := range []byte(reply) {
		if c != '{' {
			continue
		}
		var object map[string]json.RawMessage
		var s string
		if json.NewDecoder(strings.NewReader(reply[i:])).Decode(&object) == nil && json.Unmarshal(object[field], &s) == nil {
			return strings.TrimSpace(s)
		}
	}
	return reply
}
