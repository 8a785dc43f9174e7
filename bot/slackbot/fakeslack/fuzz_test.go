package fakeslack

import (
	"encoding/json"
	"strings"
	"testing"
)

// FuzzBlocks states that any payload is either refused with a reason or can be
// kept, shown and used.
func FuzzBlocks(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{"type":"section","text":{"type":"mrkdwn","text":"x"}}]`, `[{"type":"section","fields":[null]}]`,
		`[{"type":"actions","elements":[{"type":"static_select","options":[{"text":{"type":"plain_text","text":"x"},"value":"v"}]}]}]`,
		`[{"type":"table","rows":[[{"type":"raw_text","text":"x"}],null]}]`, `[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[1]}]}]`,
		`[{"type":"input","label":null,"element":[]}]`, `[[]]`, `null`, `"x"`, `[{"type":"context_actions","elements":[{"type":"feedback_buttons"}]}]`,
	} {
		f.Add(seed, int(message))
		f.Add(seed, int(home))
	}
	f.Fuzz(func(t *testing.T, raw string, on int) {
		if !json.Valid([]byte(raw)) {
			return
		}
		code, problems := checkBlocks([]byte(raw), surface(on&1)*home)
		for _, p := range problems {
			if p.page == "" || p.text == "" || !strings.HasPrefix(p.at, "/blocks") || code == "" {
				t.Fatalf("a problem that says too little: %+v", p)
			}
		}
		if len(problems) > 0 {
			return
		}
		s := New(Config{})
		kept := s.nameBlocks(json.RawMessage(raw))
		if _, problems := checkBlocks(kept, surface(on&1)*home); len(problems) > 0 {
			t.Fatalf("what was taken is refused as it is kept: %v", problems)
		}
		v := &View{Blocks: kept}
		blockTexts(kept)
		s.stateOf(v)
		s.complete(v)
		v.Effects()
	})
}

// FuzzWritten states that what somebody writes makes blocks that Slack takes,
// and says the same.
func FuzzWritten(f *testing.F) {
	for _, seed := range []string{"", "x", "<@U1> & <!here> <https://a.example|x> &lt;b&gt;", "<", "<>", "<|>", "<@>", "<!date^1^{date}^x|y>"} {
		f.Add(seed)
	}
	s := New(Config{})
	f.Fuzz(func(t *testing.T, text string) {
		blocks := s.written(text)
		if blocks == nil {
			if text != "" {
				t.Fatalf("%q makes no blocks", text)
			}
			return
		}
		if !json.Valid(blocks) {
			t.Fatalf("%q makes %s", text, blocks)
		}
		s.Typed(text)
		Message{Text: text, Blocks: blocks}.Effects()
	})
}
