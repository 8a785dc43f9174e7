package fakeslack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A surface is where blocks stand.
type surface int

const (
	message surface = iota
	modal
	home
)

// maxBlocks of a surface: reference/block-kit/blocks.
func (on surface) maxBlocks() int {
	if on == message {
		return 50
	}
	return 100
}

const (
	blocksPage   = "reference/block-kit/blocks"
	elementsPage = "reference/block-kit/block-elements"
	objectsPage  = "reference/block-kit/composition-objects"
)

// A problem is a rule that a payload breaks.
type problem struct {
	at   string // a JSON pointer
	text string
	page string
}

// String is in the form of response_metadata.messages.
func (p problem) String() string {
	return "[ERROR] " + p.text + " [json-pointer:" + p.at + "]"
}

// checkBlocks checks an array of blocks. The code is the error that Slack
// answers with.
func checkBlocks(raw []byte, on surface) (code string, problems []problem) {
	k := &checker{on: on, ids: make(map[string]bool)}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return "invalid_blocks_format", []problem{{"/blocks", err.Error(), blocksPage}}
	}
	k.blocks("/blocks", v)
	if k.markdown > maxMarkdown && len(k.problems) == 0 {
		k.fail("/blocks", blocksPage+"/markdown-block", "markdown blocks have %d characters together, at most %d", k.markdown, maxMarkdown)
		return "msg_blocks_too_long", k.problems
	}
	if k.tables > 1 && len(k.problems) == 0 {
		k.fail("/blocks", blocksPage+"/table-block", "only_one_table_allowed")
		return "invalid_attachments", k.problems
	}
	return "invalid_blocks", k.problems
}

// A checker walks a payload and gathers what is wrong with it. It reads plain
// JSON and shares nothing with what made it.
type checker struct {
	on       surface
	problems []problem
	ids      map[string]bool // block_ids
	markdown int
	tables   int
	focused  bool
	inputs   bool
}

func (k *checker) fail(at, page, format string, args ...any) {
	k.problems = append(k.problems, problem{at, fmt.Sprintf(format, args...), page})
}

// object takes v as an object that has no fields but those named, and has
// those with a * at the end.
func (k *checker) object(at, page string, v any, fields ...string) (map[string]any, bool) {
	o, ok := v.(map[string]any)
	if !ok {
		k.fail(at, page, "must be an object")
		return nil, false
	}
	var known []string
	for _, f := range fields {
		name, required := strings.CutSuffix(f, "*")
		known = append(known, name)
		if value, there := o[name]; required && (!there || value == nil) {
			k.fail(at, page, "missing required field: %s", name)
			ok = false
		}
	}
	for name := range o {
		if !slices.Contains(known, name) {
			k.fail(at, page, "invalid additional property: %s", name)
			ok = false
		}
	}
	return o, ok
}

// str checks a string field, if it is there.
func (k *checker) str(at, page string, o map[string]any, name string, least, most int) string {
	v, there := o[name]
	if !there {
		return ""
	}
	text, ok := v.(string)
	if !ok {
		k.fail(at+"/"+name, page, "must be a string")
		return ""
	}
	k.size(at+"/"+name, page, text, least, most)
	return text
}

func (k *checker) size(at, page, text string, least, most int) {
	switch n := length(text); {
	case n < least:
		k.fail(at, page, "must be more than %d characters", least-1)
	case n > most:
		k.fail(at, page, "must be less than %d characters", most+1)
	}
}

func (k *checker) boolean(at, page string, o map[string]any, names ...string) {
	for _, name := range names {
		if v, there := o[name]; there {
			if _, ok := v.(bool); !ok {
				k.fail(at+"/"+name, page, "must be a boolean")
			}
		}
	}
}

func (k *checker) enum(at, page string, o map[string]any, name string, values ...string) {
	if v, there := o[name]; there {
		if text, ok := v.(string); !ok || !slices.Contains(values, text) {
			k.fail(at+"/"+name, page, "must be one of %s", strings.Join(values, ", "))
		}
	}
}

func (k *checker) number(at, page string, o map[string]any, name string, least, most float64) {
	if v, there := o[name]; there {
		if n, ok := v.(float64); !ok || n < least || n > most || n != float64(int64(n)) {
			k.fail(at+"/"+name, page, "must be a whole number from %g to %g", least, most)
		}
	}
}

// list checks an array field, if it is there, and hands its items on.
func (k *checker) list(at, page string, o map[string]any, name string, least, most int, item func(at string, v any)) {
	v, there := o[name]
	if !there {
		return
	}
	k.items(at+"/"+name, page, v, least, most, item)
}

func (k *checker) items(at, page string, v any, least, most int, item func(at string, v any)) {
	items, ok := v.([]any)
	switch {
	case !ok:
		k.fail(at, page, "must be an array")
		return
	case len(items) < least:
		k.fail(at, page, "no fewer than %d items allowed", least)
	case len(items) > most:
		k.fail(at, page, "no more than %d items allowed", most)
	}
	for i, it := range items {
		item(fmt.Sprintf("%s/%d", at, i), it)
	}
}

const (
	plain  = "plain_text"
	mrkdwn = "mrkdwn"
)

// text checks a text object that is at most so long.
// https://docs.slack.dev/reference/block-kit/composition-objects/text-object
func (k *checker) text(at, page string, v any, most int, kinds ...string) {
	o, ok := v.(map[string]any)
	if !ok {
		k.fail(at, page, "must be an object")
		return
	}
	const text = objectsPage + "/text-object"
	switch kind, _ := o["type"].(string); {
	case !slices.Contains(kinds, kind):
		k.fail(at+"/type", page, "must be %s", strings.Join(kinds, " or "))
		return
	case kind == plain:
		k.object(at, text, v, "type*", "text*", "emoji")
	default:
		k.object(at, text, v, "type*", "text*", "verbatim")
	}
	k.boolean(at, text, o, "emoji", "verbatim")
	k.str(at, page, o, "text", 1, most)
}

func (k *checker) textField(at, page string, o map[string]any, name string, most int, kinds ...string) {
	if v, there := o[name]; there {
		k.text(at+"/"+name, page, v, most, kinds...)
	}
}

// url checks an address.
func (k *checker) url(at, page string, o map[string]any, name string, most int) {
	if u := k.str(at, page, o, name, 1, most); u != "" && !strings.HasPrefix(u, "https://") && !strings.HasPrefix(u, "http://") {
		k.fail(at+"/"+name, page, "must be a valid URL")
	}
}

// blocks checks the blocks of a surface.
func (k *checker) blocks(at string, v any) {
	k.items(at, blocksPage, v, 0, k.on.maxBlocks(), k.block)
}

// block checks one. Which surfaces take it, its page says.
func (k *checker) block(at string, v any) {
	o, ok := v.(map[string]any)
	if !ok {
		k.fail(at, blocksPage, "must be an object")
		return
	}
	kind, ok := o["type"].(string)
	if !ok {
		k.fail(at, blocksPage, "missing required field: type")
		return
	}
	page := blocksPage + "/" + strings.ReplaceAll(kind, "_", "-") + "-block"
	if id := k.str(at, page, o, "block_id", 1, 255); id != "" {
		if k.ids[id] {
			k.fail(at+"/block_id", page, "block_id %s already exists", id)
		}
		k.ids[id] = true
	}
	actions := make(map[string]bool) // action_ids are unique in their block
	element := func(kinds ...string) func(string, any) {
		return func(at string, v any) { k.element(at, v, actions, kinds...) }
	}
	switch kind {
	case "actions":
		k.object(at, page, v, "type*", "block_id", "elements*")
		k.list(at, page, o, "elements", 1, 25, element(
			"button", "checkboxes", "datepicker", "datetimepicker", "overflow", "radio_buttons", "timepicker", "workflow_button", "rich_text_input",
			"static_select", "external_select", "users_select", "conversations_select", "channels_select",
			"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select"))
	case "context":
		k.object(at, page, v, "type*", "block_id", "elements*")
		k.list(at, page, o, "elements", 1, 10, func(at string, v any) {
			if e, _ := v.(map[string]any); e["type"] == "image" {
				k.element(at, v, actions, "image")
				return
			}
			k.text(at, page, v, 2000, plain, mrkdwn) // 2,000: Slack's own answer to longer ones
		})
	case "context_actions":
		k.messagesOnly(at, page)
		k.object(at, page, v, "type*", "block_id", "elements*")
		k.list(at, page, o, "elements", 1, 5, element("feedback_buttons", "icon_button"))
	case "divider":
		k.object(at, page, v, "type*", "block_id")
	case "header":
		k.object(at, page, v, "type*", "block_id", "text*", "level")
		k.textField(at, page, o, "text", 150, plain)
		k.number(at, page, o, "level", 1, 4)
	case "image":
		k.image(at, page, v, "block_id", "title")
		k.textField(at, page, o, "title", 2000, plain)
	case "input":
		k.inputs = true
		k.object(at, page, v, "type*", "block_id", "label*", "element*", "hint", "optional", "dispatch_action")
		k.textField(at, page, o, "label", 2000, plain)
		k.textField(at, page, o, "hint", 2000, plain)
		k.boolean(at, page, o, "optional", "dispatch_action")
		if e, there := o["element"]; there {
			k.element(at+"/element", e, actions,
				"plain_text_input", "checkboxes", "radio_buttons", "datepicker", "datetimepicker", "timepicker", "email_text_input", "url_text_input",
				"number_input", "file_input", "rich_text_input", "static_select", "external_select", "users_select", "conversations_select", "channels_select",
				"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select")
		}
	case "markdown":
		k.messagesOnly(at, page)
		k.object(at, page, v, "type*", "block_id", "text*")
		k.markdown += length(k.str(at, page, o, "text", 1, 1<<30)) // counted together, in checkBlocks
	case "rich_text":
		k.object(at, page, v, "type*", "block_id", "elements*")
		k.list(at, page, o, "elements", 1, 1<<30, k.richElement)
	case "section":
		k.object(at, page, v, "type*", "block_id", "text", "fields", "accessory", "expand")
		if o["text"] == nil && o["fields"] == nil {
			k.fail(at, page, "missing required field: text or fields")
		}
		k.textField(at, page, o, "text", 3000, plain, mrkdwn)
		k.boolean(at, page, o, "expand")
		k.list(at, page, o, "fields", 1, 10, func(at string, v any) { k.text(at, page, v, 2000, plain, mrkdwn) })
		if a, there := o["accessory"]; there {
			k.element(at+"/accessory", a, actions,
				"button", "checkboxes", "datepicker", "image", "overflow", "radio_buttons", "timepicker", "workflow_button",
				"static_select", "external_select", "users_select", "conversations_select", "channels_select",
				"multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select")
		}
	case "table":
		k.messagesOnly(at, page)
		k.tables++
		k.table(at, page, o)
	default:
		// file cannot be sent; video needs a domain of the app; alert, card,
		// carousel and the like are for chunks of streams, which this package
		// does not know.
		k.fail(at, page, "unsupported type: %s", kind)
	}
}

// messagesOnly refuses a block that messages alone take.
func (k *checker) messagesOnly(at, page string) {
	if k.on != message {
		k.fail(at, page, "block is not supported on this surface")
	}
}

// https://docs.slack.dev/reference/block-kit/blocks/table-block
func (k *checker) table(at, page string, o map[string]any) {
	k.object(at, page, o, "type*", "block_id", "rows*", "column_settings")
	k.list(at, page, o, "rows", 1, 100, func(at string, v any) {
		k.items(at, page, v, 1, 20, func(at string, v any) {
			cell, ok := v.(map[string]any)
			if !ok {
				k.fail(at, page, "must be an object")
				return
			}
			switch cell["type"] {
			case "raw_text":
				k.object(at, page, v, "type*", "text*")
				k.str(at, page, cell, "text", 1, 1<<30)
			case "raw_number":
				k.object(at, page, v, "type*", "value*", "text")
			case "rich_text":
				k.object(at, page, v, "type*", "block_id", "elements*")
				k.list(at, page, cell, "elements", 1, 1<<30, k.richElement)
			default:
				k.fail(at+"/type", page, "must be raw_text, raw_number or rich_text")
			}
		})
	})
	k.list(at, page, o, "column_settings", 0, 20, func(at string, v any) {
		if v == nil {
			return // a column that is left as it is
		}
		s, _ := k.object(at, page, v, "align", "is_wrapped")
		k.enum(at, page, s, "align", "left", "center", "right")
		k.boolean(at, page, s, "is_wrapped")
	})
}

// image checks an image block or element.
func (k *checker) image(at, page string, v any, more ...string) {
	o, ok := k.object(at, page, v, append([]string{"type*", "alt_text*", "image_url", "slack_file"}, more...)...)
	if o == nil {
		return
	}
	if (o["image_url"] == nil) == (o["slack_file"] == nil) && ok {
		k.fail(at, page, "needs one of image_url and slack_file")
	}
	k.str(at, page, o, "alt_text", 1, 2000)
	k.url(at, page, o, "image_url", 3000)
}

// blockTexts are the words that blocks show, in order, markup and all.
func blockTexts(raw json.RawMessage) []string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	var texts []string
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, it := range v {
				walk(it)
			}
		case map[string]any:
			switch v["type"] {
			case "rich_text_section", "rich_text_preformatted", "rich_text_quote":
				texts = append(texts, richText(v))
				return
			}
			for _, name := range []string{
				"title", "label", "text", "fields", "rows", "elements", "element", "accessory", "hint", "placeholder", "options",
				"initial_value", "positive_button", "negative_button", "alt_text", "confirm", "deny", "description",
			} {
				if s, ok := v[name].(string); ok {
					texts = append(texts, s)
				} else {
					walk(v[name])
				}
			}
		}
	}
	walk(v)
	return texts
}
