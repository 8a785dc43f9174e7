package fakeslack

import (
	"encoding/json"
	"html"
	"regexp"
	"strings"
)

const richPage = blocksPage + "/rich-text-block"

// richElement checks an element of a rich_text block.
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
func (k *checker) richElement(at string, v any) {
	o, ok := v.(map[string]any)
	if !ok {
		k.fail(at, richPage, "must be an object")
		return
	}
	kind, _ := o["type"].(string)
	switch kind {
	case "rich_text_section":
		k.object(at, richPage, v, "type*", "elements*")
		k.list(at, richPage, o, "elements", 0, 1<<30, k.richLeaf)
	case "rich_text_quote":
		k.object(at, richPage, v, "type*", "elements*", "border")
		k.list(at, richPage, o, "elements", 0, 1<<30, k.richLeaf)
	case "rich_text_preformatted":
		k.object(at, richPage, v, "type*", "elements*", "border", "language")
		k.list(at, richPage, o, "elements", 0, 1<<30, func(at string, v any) {
			if l, _ := v.(map[string]any); l["type"] != "text" && l["type"] != "link" {
				k.fail(at, richPage, "unsupported type: %v", l["type"])
				return
			}
			k.richLeaf(at, v)
		})
	case "rich_text_list":
		k.object(at, richPage, v, "type*", "style*", "elements*", "indent", "offset", "border")
		k.enum(at, richPage, o, "style", "bullet", "ordered")
		k.number(at, richPage, o, "indent", 0, 8)
		k.number(at, richPage, o, "offset", 0, 1<<30)
		k.list(at, richPage, o, "elements", 1, 1<<30, func(at string, v any) {
			if s, _ := v.(map[string]any); s["type"] != "rich_text_section" {
				k.fail(at, richPage, "must be a rich_text_section")
				return
			}
			k.richElement(at, v)
		})
	default:
		k.fail(at, richPage, "unsupported type: %s", kind)
	}
	k.number(at, richPage, o, "border", 0, 1)
}

// richLeaf checks what stands in a section of rich text.
func (k *checker) richLeaf(at string, v any) {
	o, ok := v.(map[string]any)
	if !ok {
		k.fail(at, richPage, "must be an object")
		return
	}
	style := func() {
		if st, there := o["style"]; there {
			so, _ := k.object(at+"/style", richPage, st, "bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
			for name := range so {
				k.boolean(at+"/style", richPage, so, name)
			}
		}
	}
	switch kind, _ := o["type"].(string); kind {
	case "text":
		k.object(at, richPage, v, "type*", "text*", "style")
		k.str(at, richPage, o, "text", 1, 1<<30)
	case "link":
		k.object(at, richPage, v, "type*", "url*", "text", "unsafe", "style")
		k.str(at, richPage, o, "url", 1, 3000)
	case "emoji":
		k.object(at, richPage, v, "type*", "name*", "unicode", "url", "skin_tone", "style")
	case "user":
		k.object(at, richPage, v, "type*", "user_id*", "style")
	case "channel":
		k.object(at, richPage, v, "type*", "channel_id*", "style")
	case "usergroup":
		k.object(at, richPage, v, "type*", "usergroup_id*", "style")
	case "broadcast":
		k.object(at, richPage, v, "type*", "range*", "style")
		k.enum(at, richPage, o, "range", "here", "channel", "everyone")
	case "date":
		k.object(at, richPage, v, "type*", "timestamp*", "format*", "url", "fallback", "style")
	case "color":
		k.object(at, richPage, v, "type*", "value*", "style")
	default:
		k.fail(at, richPage, "unsupported type: %s", kind)
	}
	style()
}

// richText are the words of a section of rich text, with mentions as they are
// in markup.
func richText(o map[string]any) string {
	var b strings.Builder
	items, _ := o["elements"].([]any)
	str := func(l map[string]any, name string) string { s, _ := l[name].(string); return s }
	for _, it := range items {
		l, _ := it.(map[string]any)
		switch str(l, "type") {
		case "text":
			b.WriteString(str(l, "text"))
		case "link":
			b.WriteString("<" + str(l, "url"))
			if t := str(l, "text"); t != "" {
				b.WriteString("|" + t)
			}
			b.WriteString(">")
		case "emoji":
			b.WriteString(":" + str(l, "name") + ":")
		case "user":
			b.WriteString("<@" + str(l, "user_id") + ">")
		case "channel":
			b.WriteString("<#" + str(l, "channel_id") + ">")
		case "usergroup":
			b.WriteString("<!subteam^" + str(l, "usergroup_id") + ">")
		case "broadcast":
			b.WriteString("<!" + str(l, "range") + ">")
		}
	}
	return b.String()
}

// markup finds what is special in the text of a message.
// https://docs.slack.dev/messaging/formatting-message-text
var markup = regexp.MustCompile(`<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>`)

// written is the rich_text block that Slack makes of what somebody wrote.
func (s *Slack) written(text string) json.RawMessage {
	var leaves []map[string]any
	plainText := func(t string) {
		if t != "" {
			leaves = append(leaves, map[string]any{"type": "text", "text": html.UnescapeString(t)})
		}
	}
	at := 0
	for _, m := range markup.FindAllStringSubmatchIndex(text, -1) {
		plainText(text[at:m[0]])
		at = m[1]
		kind, what := text[m[2]:m[3]], text[m[4]:m[5]]
		switch kind {
		case "@":
			leaves = append(leaves, map[string]any{"type": "user", "user_id": what})
		case "#":
			leaves = append(leaves, map[string]any{"type": "channel", "channel_id": what})
		case "!":
			leaves = append(leaves, map[string]any{"type": "broadcast", "range": what})
		default:
			link := map[string]any{"type": "link", "url": what}
			if m[6] >= 0 {
				link["text"] = html.UnescapeString(text[m[6]:m[7]])
			}
			leaves = append(leaves, link)
		}
	}
	plainText(text[at:])
	if leaves == nil {
		return nil
	}
	blocks, err := json.Marshal([]any{map[string]any{
		"type": "rich_text", "block_id": s.id("b"),
		"elements": []any{map[string]any{"type": "rich_text_section", "elements": leaves}},
	}})
	if err != nil {
		return nil
	}
	return blocks
}

// Typed turns what somebody types into the text that Slack makes of it:
// @name and #channel that exist become mentions, & < > are escaped.
func (s *Slack) Typed(text string) string {
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	return typedName.ReplaceAllStringFunc(text, func(word string) string {
		lead := word[:len(word)-len(strings.TrimLeft(word, " \t\n("))]
		name := strings.ToLower(word[len(lead)+1:])
		if word[len(lead)] == '#' {
			for id, c := range s.channels {
				if c.Name == name {
					return lead + "<#" + id + "|" + c.Name + ">"
				}
			}
			return word
		}
		for id, u := range s.users {
			if u.Name == name {
				return lead + "<@" + id + ">"
			}
		}
		switch name {
		case "here", "channel", "everyone":
			return lead + "<!" + name + ">"
		}
		return word
	})
}

var typedName = regexp.MustCompile(`(?:^|[ \t\n(])[@#][\p{L}\p{N}_-]+`)
