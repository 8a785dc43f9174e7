package llmtest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"dateline/corpus"
	"dateline/corpus/word"
)

// A Sentence of a model, with the numbers of the passages that it names.
type Sentence struct {
	Text     string   `json:"text"`
	Passages []int    `json:"passages"`
	Support  []string `json:"support"`
}

// Answer writes sentences as the request asks for: as an object, or as text
// with marks.
func Answer(r Request, short string, ss ...Sentence) string {
	if r.Schema {
		for i := range ss {
			if ss[i].Passages == nil {
				ss[i].Passages = []int{}
			}
			if ss[i].Support == nil {
				ss[i].Support = []string{}
			}
		}
		data, err := json.Marshal(map[string]any{"sentences": append([]Sentence{}, ss...), "short": short, "answered": len(ss) > 0})
		if err != nil {
			panic(err) // strings and numbers always have a form in JSON
		}
		return string(data)
	}
	if len(ss) == 0 {
		return "NO ANSWER"
	}
	var b strings.Builder
	for _, s := range ss {
		b.WriteString(s.Text + " ")
		for _, n := range s.Passages {
			b.WriteString("[" + decimal(n) + "]")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func decimal(n int) string {
	data, err := json.Marshal(n)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// Answering says answer where an answer or its repair is asked for, and does
// the other tasks truthfully.
func Answering(answer Script) Script {
	return func(r Request) Reply {
		switch r.Task {
		case "understand", "check":
			return Truthful()(r)
		}
		return answer(r)
	}
}

// Field writes the reply to a task that asks for one thing: as an object with
// that field, or as text.
func Field(r Request, name, text string) Reply {
	if r.Schema {
		data, err := json.Marshal(map[string]string{name: text})
		if err != nil {
			panic(err) // strings always have a form in JSON
		}
		text = string(data)
	}
	return Reply{Text: text}
}

// carried reports whether the passages have all words of a sentence.
func carried(r Request) bool {
	var have []string
	for _, p := range r.Passages {
		have = append(have, word.Terms(p.Text)...)
	}
	for _, t := range word.Terms(r.Question) {
		if !slices.Contains(have, t) {
			return false
		}
	}
	return true
}

// Truthful answers with the sentence of the passages that shares most with the
// question, and says so if none shares any. It takes a question to be
// understandable as it stands, and a sentence to be supported by passages that
// have all its words.
func Truthful() Script {
	return func(r Request) Reply {
		switch {
		case r.Task == "understand":
			return Field(r, "question", r.Question)
		case r.Task == "check" && carried(r):
			return Field(r, "verdict", "supported")
		case r.Task == "check":
			return Field(r, "verdict", "no evidence")
		}
		terms := word.Terms(r.Question)
		slices.Sort(terms)
		terms = slices.Compact(terms)
		var best Sentence
		most := 0.0
		for _, p := range r.Passages {
			a := &corpus.Article{Text: p.Text, Body: corpus.Span{End: len(p.Text)}}
			for _, s := range a.Sentences() {
				have := word.Terms(s.Of(p.Text))
				score := 0.0
				for _, t := range terms {
					if slices.Contains(have, t) {
						score += word.IDF(t)
					}
				}
				if score > most {
					best, most = Sentence{Text: s.Of(p.Text), Passages: []int{p.N}, Support: []string{s.Of(p.Text)}}, score
				}
			}
		}
		if most == 0 {
			return Reply{Text: Answer(r, "")}
		}
		return Reply{Text: Answer(r, "", best)}
	}
}

// Saying says the same whatever it is asked.
func Saying(text string) Script { return func(Request) Reply { return Reply{Text: text} } }

var marks = regexp.MustCompile(`\[(\d+)\]`)

// Telling says lines of text that end in marks in the form that is asked for.
func Telling(lines string) Script {
	return func(r Request) Reply {
		var ss []Sentence
		for line := range strings.Lines(lines) {
			if strings.TrimSpace(line) == "" {
				continue
			}
			s := Sentence{Text: strings.TrimSpace(marks.ReplaceAllString(line, ""))}
			for _, m := range marks.FindAllStringSubmatch(line, -1) {
				n := 0
				for _, d := range m[1] {
					n = n*10 + int(d-'0')
				}
				s.Passages = append(s.Passages, n)
			}
			ss = append(ss, s)
		}
		return Reply{Text: Answer(r, "", ss...)}
	}
}

// Plain refuses to answer in a given form.
func Plain(s Script) Script {
	return func(r Request) Reply {
		if r.Schema {
			return Reply{Status: http.StatusBadRequest, Text: "response_format is not supported by this server"}
		}
		return s(r)
	}
}

// Whole knows no streams: it answers at once, whatever was asked.
func Whole(s Script) Script {
	return func(r Request) Reply {
		reply := s(r)
		reply.AtOnce = true
		return reply
	}
}

// First gives one reply after the other, and then what the script says.
func First(replies []Reply, s Script) Script {
	return func(r Request) Reply {
		if r.N < len(replies) {
			return replies[r.N]
		}
		return s(r)
	}
}

// Busy is the reply of a server that asks to wait, in seconds; empty for one
// that does not say how long.
func Busy(seconds string) Reply {
	r := Reply{Status: http.StatusTooManyRequests, Text: "Rate limit reached"}
	if seconds != "" {
		r.Header = map[string]string{"Retry-After": seconds}
	}
	return r
}

// Broken is the reply of a server in trouble.
func Broken() Reply {
	return Reply{Status: http.StatusInternalServerError, Text: "internal error"}
}

// Dropped hangs up in the middle of what a script says.
func Dropped(s Script) Script {
	return func(r Request) Reply {
		reply := s(r)
		text := reply.whole()
		reply.Text, reply.Pieces = text[:len(text)/2], nil
		reply.Drop = true
		return reply
	}
}

// Thinking thinks aloud before it says what a script says.
func Thinking(thoughts string, s Script) Script {
	return func(r Request) Reply {
		reply := s(r)
		reply.Text, reply.Pieces = "<think>\n"+thoughts+"\n</think>\n\n"+reply.whole(), nil
		return reply
	}
}

// Endless says a text without end; once the client has gone, so does it.
func Endless(text string) Script {
	pieces := slices.Repeat([]string{strings.Repeat(text, 100)}, 10_000)
	return func(Request) Reply { return Reply{Pieces: pieces} }
}

// Page is a server that is none of models.
func Page() Script {
	return func(Request) Reply {
		return Reply{Raw: "<!DOCTYPE html><html><body>Welcome to nginx!</body></html>", Type: "text/html; charset=utf-8"}
	}
}

// Refusing is an error of the server, with a message.
func Refusing(status int, message string) Script {
	return func(Request) Reply { return Reply{Status: status, Text: message} }
}
