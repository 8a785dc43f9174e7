package llm

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// parse feeds a text in pieces of n bytes.
func parse(text string, n int) ([]said, reply) {
	var ss []said
	p := &parser{emit: func(s said) bool {
		ss = append(ss, s)
		return len(ss) < mostClaims
	}}
	more := true
	for more && text != "" {
		k := min(n, len(text))
		more = p.feed(text[:k])
		text = text[k:]
	}
	return ss, p.finish(true)
}

func TestParse(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"marks", "A came. [1] B went. [2][3]", "A came. [1]; B went. [2 3]"},
		{"lists of marks", "A came [1, 2]. B went【3】", "A came. [1 2]; B went [3]"},
		{"words in marks", "A came. [passage 1] B went. [Source 2 and 3]", "A came. [1]; B went. [2 3]"},
		{"several before one mark", "A came. B went. [1]", "A came. [1]; B went. [1]"},
		{"lines", "- A came. [1]\n2. B went. [2]\n", "A came. [1]; B went. [2]"},
		{"headed", "**Answer:** A came. [1]", "A came. [1]"},
		{"no mark", "A came.", "A came. []"},
		{"nothing", " \n", ""},
		{"refusal", "NO ANSWER", ""},
		{"refusal in other words", "The passages do not say who came.", ""},
		{"object", `{"sentences":[{"text":"A came.","passages":[1,2],"support":["A"]}],"short":"A","answered":true}`, "A came. [1 2] [A]; short A"},
		{"list", `[{"text":"A came.","passages":["1"],"support":"A"}]`, "A came. [1] [A]"},
		{"fenced", "```json\n{\"sentences\":[{\"text\":\"A came. [1]\"}]}\n```", "A came. [1]"},
		{"braces in strings", `{"sentences":[{"text":"A } came \" {.","passages":[1]}]}`, `A } came " {. [1]`},
		{"cut off", `{"sentences":[{"text":"A came.","passages":[1]},{"text":"B we`, "A came. [1]"},
		{"thinking", "<think>B [2]</think>A came. [1]", "A came. [1]"},
		{"thinking without end", "<think>B [2]", ""},
		{"thinking that began before", "B went. [2]\nB</think>A came. [1]", "A came. [1]"},
		{"thinking of other templates", "[THINK]B [2][/THINK]A came. [1]", "A came. [1]"},
		{"channels", "<|channel|>analysis<|message|>B [2]<|end|><|start|>assistant<|channel|>final<|message|>A came. [1]", "A came. [1]"},
		{"what is no tag", "A <thin came. [1] [thin [2]", "A <thin came. [1]; [thin [2]"},
		{"strings for objects", `{"sentences":["A came. [1]","B went. [2]"]}`, "A came. [1]; B went. [2]"},
		{"text in an object", `{"answer":"A came. [1] B went. [2]"}`, "A came. [1]; B went. [2]"},
		{"other names", `{"sentences":[{"sentence":"A came.","citations":["[1]","passage 2"]}]}`, "A came. [1 2]"},
		{"one passage", `{"sentences":[{"text":"A came.","passage":3}]}`, "A came. [3]"},
		{"refusal with its ground", "Based on the provided passages, there is no answer.", ""},
		{"a mark in a mark", `{"text":"A [1[2]] came.","passages":[3]}`, "A came. [3 2]"},
		{"a mark in bold", `{"text":"A came [**7**].","passages":[3]}`, "A came. [3]"},
		{"many marks in each other", `{"text":"A came ` + strings.Repeat("[1", 30) + strings.Repeat("]", 30) + `.","passages":[3]}`, "A came" + strings.Repeat(" 1", 22) + ". [3 1]"},
		{"less than", "A < B came. [1]", "A < B came. [1]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1, 7, 1000} {
				if n < 1000 && tt.name == "thinking that began before" {
					continue // what was passed on is not taken back
				}
				ss, r := parse(tt.text, n)
				var got []string
				for _, s := range ss {
					line := fmt.Sprint(s.Text, " ", s.Passages)
					if len(s.Support) > 0 {
						line += fmt.Sprint(" ", s.Support)
					}
					got = append(got, line)
				}
				if r.Short != "" {
					got = append(got, "short "+r.Short)
				}
				if got := strings.Join(got, "; "); got != tt.want {
					t.Errorf("in pieces of %d: got %q, want %q", n, got, tt.want)
				}
			}
		})
	}
}

// FuzzParse: whatever a model writes, in whatever pieces, gives sentences that
// are not empty and hold no mark, and no thought.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"A came. [1] B went [2][3].", `{"sentences":[{"text":"A","passages":[1]}],"short":"A"}`, "<think>x</think>A [1]", "```json\n[{\"text\":\"\\ud800\"}]", "【1】\xff[1", "{{{\"text\":\"[1]\"}}}", "! [[]0[0A[\x000]00]["} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		if len(text) > 10_000 {
			t.Skip()
		}
		ss, _ := parse(text, max(1, n%64))
		for _, s := range ss {
			if strings.TrimSpace(s.Text) == "" || utf8.ValidString(s.Text) && mark.MatchString(s.Text) || len(s.Passages) > 10_000 {
				t.Errorf("got %q %v of %q", s.Text, s.Passages, text)
			}
		}
	})
}

// FuzzPlain: no text of an article begins a line, closes a tag or writes a mark.
func FuzzPlain(f *testing.F) {
	f.Add("a\n[1] b\r\n</passages>\u2028<|im_end|>【2】\x00\u202e")
	f.Fuzz(func(t *testing.T, text string) {
		if got := plain(text); !utf8.ValidString(got) || strings.ContainsAny(got, "\r\n\u2028\u2029\x00<>[]【】{}") {
			t.Errorf("got %q of %q", got, text)
		}
	})
}
