package fakeslack

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// Limits of a message.
const (
	// maxText is where chat.postMessage cuts the text off, with a warning:
	// reference/methods/chat.postMessage ("truncating content").
	maxText = 40_000
	// maxUpdateText: reference/methods/chat.update (msg_too_long). The page
	// counts characters; apps were refused by bytes, so bytes it is.
	maxUpdateText = 4_000
	// maxMarkdown is for markdown_text: reference/methods/chat.postMessage, and
	// for the markdown blocks of a message together:
	// reference/block-kit/blocks/markdown-block.
	maxMarkdown = 12_000
	// maxBlockWeight is for the blocks of a message together, see blockWeight. The
	// pages know the error (msg_blocks_too_long) and no number: this is what
	// github.com/slackapi/bolt-js/issues/2509 measured, 13,297 characters in one
	// markdown block, and 125 fewer with a divider beside it. A message of
	// 11,341 characters in many blocks that was refused (issue 2867) fits that.
	maxBlockWeight = 13_297 + blockCost
	blockCost      = 125
	// maxMetadata is the size of metadata in bytes: messaging/message-metadata.
	maxMetadata = 16_000
)

// length is the number of UTF-16 units of a text. Slack's pages count
// "characters" and do not say which; this is the strictest reading that fits,
// as it counts an emoji twice.
func length(text string) int {
	n := 0
	for _, r := range text {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// channel finds the channel of a call as the app sees it.
func (c *call) channel(arg string) (*channel, *refusal) {
	id := c.arg(arg)
	if id == "" {
		return nil, missing(c, arg)
	}
	ch := c.s.channels[id]
	if ch == nil || !ch.in(c.team.ID) {
		return nil, refuse("channel_not_found")
	}
	if ch.Kind != Public && !ch.members[c.team.BotUser] {
		return nil, refuse("channel_not_found") // nothing tells that it is there
	}
	return ch, nil
}

// writable finds the channel of a call that posts.
func (c *call) writable() (*channel, *refusal) {
	if ref := c.customized(); ref != nil {
		return nil, ref
	}
	id := c.arg("channel")
	// An id of a user is the direct message with them.
	// https://docs.slack.dev/reference/methods/chat.postMessage
	if u := c.s.users[id]; u != nil && c.name == "chat.postMessage" {
		if u.Deleted || u.Team != c.team.ID {
			return nil, refuse("channel_not_found")
		}
		return c.s.dm(c.team, id), nil
	}
	ch, ref := c.channel("channel")
	switch {
	case ref != nil:
		return nil, ref
	case ch.Archived:
		return nil, refuse("is_archived")
	case !ch.members[c.team.BotUser] && !c.s.cfg.App.has("chat:write.public"):
		return nil, refuse("not_in_channel")
	case ch.ReadOnly:
		return nil, refuse("restricted_action")
	}
	return ch, nil
}

// content are the words of a message, checked.
type content struct {
	text     string
	blocks   json.RawMessage
	attach   json.RawMessage
	metadata json.RawMessage
	markdown bool
}

// content checks and returns the words of a call that posts or updates.
func (c *call) content(metadata bool) (content, *refusal) {
	out := content{text: c.arg("text")}
	if md := c.arg("markdown_text"); md != "" {
		if out.text != "" || c.sent("blocks") {
			return out, misuse("markdown_text_conflict", c.page(), "markdown_text together with text or blocks")
		}
		if n := length(md); n > maxMarkdown {
			return out, misuse("msg_too_long", c.page(), fmt.Sprintf("markdown_text has %d characters, at most %d", n, maxMarkdown))
		}
		out.text, out.markdown = md, true
	}
	blocks, ref := c.blocks("blocks", message)
	if ref != nil {
		return out, ref
	}
	out.blocks = blocks
	// Messages to a response_url are not weighed, as that issue says.
	if w := blockWeight(blocks); w > maxBlockWeight && c.name != "response_url" {
		return out, misuse("msg_blocks_too_long", c.page(), fmt.Sprintf("the blocks weigh %d together (text, and %d for each block), at most %d", w, blockCost, maxBlockWeight))
	}
	if out.attach, ref = c.attachments(); ref != nil {
		return out, ref
	}
	if metadata {
		if out.metadata, ref = c.metadata(); ref != nil {
			return out, ref
		}
	}
	if strings.TrimSpace(out.text) == "" && len(out.blocks) == 0 && len(out.attach) == 0 {
		return out, misuse("no_text", c.page(), "none of text, blocks and attachments")
	}
	if out.text == "" && len(out.blocks) > 0 && c.name != "chat.update" {
		// Slack takes it, and urges not to: a notification and a screen reader
		// have nothing else.
		c.s.violate(c.name, "no_fallback", "reference/methods/chat.postMessage", "blocks without a text")
	}
	switch n := length(out.text); {
	case c.name == "chat.update" && len(out.text) > maxUpdateText && !out.markdown:
		return out, misuse("msg_too_long", c.page(), fmt.Sprintf("text has %d bytes, at most %d", len(out.text), maxUpdateText))
	case c.name == "chat.postEphemeral" && n > maxText:
		return out, misuse("msg_too_long", c.page(), fmt.Sprintf("text has %d characters, at most %d", n, maxText))
	case n > maxText:
		c.warnings = append(c.warnings, "message_truncated")
		c.s.violate(c.name, "message_truncated", c.page(), fmt.Sprintf("text has %d characters, of which Slack keeps %d", n, maxText))
		out.text = string(utf16.Decode(utf16.Encode([]rune(out.text))[:maxText]))
	}
	return out, nil
}

// blockWeight is what counts of the blocks of a message together: the length of
// their text, and a cost for each block and each part of rich text.
func blockWeight(raw json.RawMessage) int {
	var list []map[string]any
	if len(raw) == 0 || json.Unmarshal(raw, &list) != nil {
		return 0
	}
	n := length(strings.Join(blockTexts(raw), ""))
	for _, b := range list {
		n += blockCost
		if parts, _ := b["elements"].([]any); b["type"] == "rich_text" {
			n += (len(parts) - 1) * blockCost
		}
	}
	return n
}

// blocks checks the blocks of an argument for a surface.
func (c *call) blocks(arg string, on surface) (json.RawMessage, *refusal) {
	raw := strings.TrimSpace(c.arg(arg))
	if raw == "" || raw == "null" {
		return nil, nil
	}
	if !json.Valid([]byte(raw)) || raw[0] != '[' {
		return nil, misuse("invalid_blocks_format", c.page(), arg+" is no JSON array")
	}
	code, problems := checkBlocks([]byte(raw), on)
	if len(problems) > 0 {
		return nil, blocksRefusal(code, problems)
	}
	if raw == "[]" {
		return nil, nil
	}
	return c.s.nameBlocks([]byte(raw)), nil
}

func blocksRefusal(code string, problems []problem) *refusal {
	ref := &refusal{code: code, page: problems[0].page}
	for _, p := range problems {
		ref.messages = append(ref.messages, p.String())
	}
	ref.detail = strings.Join(ref.messages, "; ")
	return ref
}

// attachments checks the legacy attachments as far as they can hold blocks.
// https://docs.slack.dev/messaging/formatting-message-text#attachments
func (c *call) attachments() (json.RawMessage, *refusal) {
	raw := strings.TrimSpace(c.arg("attachments"))
	if raw == "" || raw == "[]" || raw == "null" {
		return nil, nil
	}
	var all []struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	if err := json.Unmarshal([]byte(raw), &all); err != nil {
		return nil, misuse("invalid_attachments", c.page(), err.Error())
	}
	if len(all) > 100 {
		return nil, misuse("too_many_attachments", c.page(), fmt.Sprintf("%d attachments, at most 100", len(all)))
	}
	for _, a := range all {
		if len(a.Blocks) == 0 {
			continue
		}
		if code, problems := checkBlocks(a.Blocks, message); len(problems) > 0 {
			return nil, blocksRefusal(code, problems)
		}
	}
	return json.RawMessage(raw), nil
}

// metadata checks the metadata of a message.
// https://docs.slack.dev/messaging/message-metadata
func (c *call) metadata() (json.RawMessage, *refusal) {
	const page = "messaging/message-metadata"
	raw := strings.TrimSpace(c.arg("metadata"))
	if raw == "" {
		return nil, nil
	}
	if len(raw) > maxMetadata {
		return nil, misuse("metadata_too_large", page, fmt.Sprintf("%d bytes, at most %d", len(raw), maxMetadata))
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		return nil, misuse("invalid_metadata_format", page, err.Error())
	}
	if len(m) == 0 {
		return nil, nil
	}
	if _, entities := m["entities"]; entities && len(m) == 1 {
		return json.RawMessage(raw), nil
	}
	var kind string
	var payload map[string]json.RawMessage
	if json.Unmarshal(m["event_type"], &kind) != nil || kind == "" {
		return nil, misuse("invalid_metadata_format", page, "event_type is required")
	}
	if json.Unmarshal(m["event_payload"], &payload) != nil || payload == nil {
		return nil, misuse("invalid_metadata_format", page, "event_payload is required and an object")
	}
	for k := range m {
		if k != "event_type" && k != "event_payload" && k != "entities" {
			return nil, misuse("invalid_metadata_format", page, "unknown field "+k)
		}
	}
	return json.RawMessage(raw), nil
}

// threadFor finds what thread_ts means for a post. A message that was deleted
// and has no replies takes no more: the reply appears in the channel, as
// the response tells by having no thread_ts.
func (c *call) threadFor(ch *channel) (string, *refusal) {
	ts := c.arg("thread_ts")
	if ts == "" {
		return "", nil
	}
	m := ch.byTS[ts]
	switch {
	case !validTS(ts):
		return "", misuse("invalid_thread_ts", c.page(), "thread_ts is no timestamp: "+ts)
	case m != nil && m.For == "":
		if m.Subtype == "channel_join" || m.Subtype == "channel_leave" {
			return "", refuse("cannot_reply_to_message")
		}
		if m.ThreadTS != "" {
			c.s.violate(c.name, "thread_ts", c.page(), "thread_ts is a reply's; use its parent's")
			return m.ThreadTS, nil
		}
		return ts, nil
	case ch.gone[ts]:
		return "", nil
	}
	return "", refuse("thread_not_found")
}

func (c *call) fill(m *Message, words content) {
	m.User, m.Team, m.BotID = c.team.BotUser, c.team.ID, c.team.BotID
	m.Text, m.Blocks, m.Attachments, m.Metadata, m.Markdown = words.text, words.blocks, words.attach, words.metadata, words.markdown
	m.ClientMsgID = c.arg("client_msg_id")
	m.UnfurlLinks, m.UnfurlMedia = c.arg("unfurl_links"), c.arg("unfurl_media")
	m.Parse, m.LinkNames = c.arg("parse"), c.arg("link_names")
}

// customized checks the arguments that need a scope of their own.
// https://docs.slack.dev/reference/scopes/chat.write.customize
func (c *call) customized() *refusal {
	for _, arg := range []string{"username", "icon_url", "icon_emoji"} {
		if c.arg(arg) != "" && !c.s.cfg.App.has("chat:write.customize") {
			return missingScope(c, c.s.cfg.App.Scopes, "chat:write.customize")
		}
	}
	return nil
}

// https://docs.slack.dev/reference/methods/chat.postMessage
func (c *call) chatPostMessage() (reply, *refusal) {
	ch, ref := c.writable()
	if ref != nil {
		return nil, ref
	}
	if ref := c.s.pace(c, ch); ref != nil {
		return nil, ref
	}
	words, ref := c.content(true)
	if ref != nil {
		return nil, ref
	}
	thread, ref := c.threadFor(ch)
	if ref != nil {
		return nil, ref
	}
	m := &Message{ThreadTS: thread, Broadcast: thread != "" && c.flag("reply_broadcast")}
	c.fill(m, words)
	c.s.put(ch, m)
	c.s.tellMessage(ch, m)
	c.ts = m.TS
	return reply{"channel": ch.ID, "ts": m.TS, "message": c.s.wire(ch, m, true)}, nil
}

// https://docs.slack.dev/reference/methods/chat.postEphemeral
func (c *call) chatPostEphemeral() (reply, *refusal) {
	ch, ref := c.writable()
	if ref != nil {
		return nil, ref
	}
	user := c.arg("user")
	if user == "" {
		return nil, missing(c, "user")
	}
	if !ch.members[user] {
		return nil, refuse("user_not_in_channel")
	}
	words, ref := c.content(false)
	if ref != nil {
		return nil, ref
	}
	thread, ref := c.threadFor(ch)
	if ref != nil {
		return nil, ref
	}
	m := &Message{ThreadTS: thread, For: user}
	c.fill(m, words)
	c.s.put(ch, m)
	if thread != "" && !ch.hasReplies(thread) {
		// "Ephemeral messages in threads are only shown if there is already an
		// active thread": Slack says ok and shows nothing.
		m.unseen = true
		c.s.violate(c.name, "unseen", c.page(), "an ephemeral message in a thread without replies is not shown")
	}
	c.ts = m.TS
	return reply{"message_ts": m.TS}, nil
}

// own finds a message of the app's own that a call changes.
func (c *call) own(denied string) (*channel, *Message, *refusal) {
	ch, ref := c.channel("channel")
	if ref != nil {
		return nil, nil, ref
	}
	if c.arg("ts") == "" {
		return nil, nil, missing(c, "ts")
	}
	m := ch.byTS[c.arg("ts")]
	switch {
	case m == nil || m.For != "" || m.Subtype == "tombstone":
		// What is ephemeral cannot be changed by its timestamp:
		// https://docs.slack.dev/reference/methods/chat.postEphemeral
		return nil, nil, refuse("message_not_found")
	case m.BotID != c.team.BotID:
		return nil, nil, refuse(denied)
	case ch.Archived:
		return nil, nil, refuse("is_archived")
	}
	return ch, m, nil
}

// https://docs.slack.dev/reference/methods/chat.update
func (c *call) chatUpdate() (reply, *refusal) {
	ch, m, ref := c.own("cant_update_message")
	if ref != nil {
		return nil, ref
	}
	if m.Streaming {
		return nil, misuse("streaming_state_conflict", c.page(), "the message is being streamed")
	}
	words, ref := c.content(true)
	if ref != nil {
		return nil, ref
	}
	before := c.s.wire(ch, m, true)
	// What is not sent stays as it was; but text alone takes the blocks away.
	// https://docs.slack.dev/reference/methods/chat.update#markdown
	if c.sent("text") || words.markdown {
		m.Text, m.Markdown = words.text, words.markdown
		if !c.sent("blocks") {
			m.Blocks = nil
		}
		if !c.sent("attachments") {
			m.Attachments = nil
		}
	}
	if c.sent("blocks") {
		m.Blocks = words.blocks
	}
	if c.sent("attachments") {
		m.Attachments = words.attach
	}
	if c.sent("metadata") {
		m.Metadata = words.metadata
	}
	m.Parse, m.LinkNames = c.arg("parse"), c.arg("link_names")
	c.s.change()
	c.s.tellChanged(ch, m, before)
	c.ts = m.TS
	return reply{"channel": ch.ID, "ts": m.TS, "text": m.Text, "message": c.s.wire(ch, m, true)}, nil
}

// https://docs.slack.dev/reference/methods/chat.delete
func (c *call) chatDelete() (reply, *refusal) {
	ch, m, ref := c.own("cant_delete_message")
	if ref != nil {
		return nil, ref
	}
	ts := m.TS
	before := c.s.wire(ch, m, true)
	thread := m.ThreadTS
	c.s.remove(ch, m)
	c.s.tellDeleted(ch, ts, thread, before)
	c.ts = ts
	return reply{"channel": ch.ID, "ts": ts}, nil
}

// https://docs.slack.dev/reference/methods/chat.getPermalink
func (c *call) chatGetPermalink() (reply, *refusal) {
	ch, ref := c.channel("channel")
	if ref != nil {
		return nil, ref
	}
	m := ch.byTS[c.arg("message_ts")]
	if m == nil || m.For != "" {
		return nil, refuse("message_not_found")
	}
	link := fmt.Sprintf("https://%s.slack.com/archives/%s/p%s", c.team.Domain, ch.ID, strings.ReplaceAll(m.TS, ".", ""))
	if m.ThreadTS != "" {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + ch.ID
	}
	return reply{"channel": ch.ID, "permalink": link}, nil
}

// nameBlocks gives each block that has none an id, as Slack does.
func (s *Slack) nameBlocks(raw json.RawMessage) json.RawMessage {
	var blocks []map[string]json.RawMessage
	if json.Unmarshal(raw, &blocks) != nil || !slices.ContainsFunc(blocks, func(b map[string]json.RawMessage) bool { return b["block_id"] == nil }) {
		return raw
	}
	for _, b := range blocks {
		if b["block_id"] == nil {
			b["block_id"], _ = json.Marshal(s.id("b"))
		}
	}
	named, err := json.Marshal(blocks)
	if err != nil {
		return raw
	}
	return named
}
