package fakeslack

import (
	"encoding/json"
	"fmt"
	"strings"
)

// https://docs.slack.dev/reference/methods/chat.startStream
func (c *call) chatStartStream() (reply, *refusal) {
	ch, ref := c.writable()
	if ref != nil {
		return nil, ref
	}
	if c.arg("thread_ts") == "" {
		return nil, missing(c, "thread_ts")
	}
	if ch.Kind != IM {
		switch {
		case c.arg("recipient_user_id") == "":
			return nil, misuse("missing_recipient_user_id", c.page(), "required in channels")
		case c.arg("recipient_team_id") == "":
			return nil, misuse("missing_recipient_team_id", c.page(), "required in channels")
		}
		if u := c.s.users[c.arg("recipient_user_id")]; u == nil || u.Team != c.arg("recipient_team_id") {
			return nil, refuse("user_not_found")
		}
	}
	if mode := c.arg("task_display_mode"); mode != "" && mode != "timeline" && mode != "plan" {
		return nil, misuse("invalid_arguments", c.page(), "task_display_mode "+mode)
	}
	text, blocks, ref := c.streamed()
	if ref != nil {
		return nil, ref
	}
	thread, ref := c.threadFor(ch)
	if ref != nil {
		return nil, ref
	}
	m := &Message{ThreadTS: thread, Streaming: true}
	c.fill(m, content{text: text, markdown: true})
	m.Blocks = blocks
	c.s.put(ch, m)
	c.s.tellMessage(ch, m)
	c.ts = m.TS
	return reply{"channel": ch.ID, "ts": m.TS}, nil
}

// streamed checks and returns what a call adds to a stream.
func (c *call) streamed() (text string, blocks json.RawMessage, ref *refusal) {
	text = c.arg("markdown_text")
	if n := length(text); n > maxMarkdown {
		return "", nil, misuse("msg_too_long", c.page(), fmt.Sprintf("markdown_text has %d characters, at most %d", n, maxMarkdown))
	}
	raw := c.arg("chunks")
	if raw == "" {
		return text, nil, nil
	}
	// https://docs.slack.dev/messaging/sending-and-scheduling-messages#text-streaming
	const page = "messaging/sending-and-scheduling-messages"
	var chunks []map[string]any
	if err := json.Unmarshal([]byte(raw), &chunks); err != nil {
		return "", nil, misuse("invalid_chunks", page, err.Error())
	}
	k := &checker{on: message, ids: make(map[string]bool)}
	var list []any
	for i, ch := range chunks {
		at := fmt.Sprintf("/chunks/%d", i)
		switch ch["type"] {
		case "markdown_text":
			k.object(at, page, ch, "type*", "text*")
			text += k.str(at, page, ch, "text", 0, maxMarkdown)
		case "task_update":
			k.object(at, page, ch, "type*", "id*", "title*", "status", "details", "output", "sources")
			k.enum(at, page, ch, "status", "pending", "in_progress", "complete", "error")
		case "plan_update":
			k.object(at, page, ch, "type*", "title*")
		case "blocks":
			k.object(at, page, ch, "type*", "blocks*")
			k.blocks(at+"/blocks", ch["blocks"])
			items, _ := ch["blocks"].([]any)
			list = append(list, items...)
		default:
			k.fail(at, page, "unsupported type: %v", ch["type"])
		}
	}
	if len(k.problems) > 0 {
		ref := blocksRefusal("invalid_chunks", k.problems)
		return "", nil, ref
	}
	if list != nil {
		blocks, _ = json.Marshal(list)
		blocks = c.s.nameBlocks(blocks)
	}
	return text, blocks, nil
}

// streaming finds the stream that a call goes on with.
func (c *call) streaming() (*channel, *Message, *refusal) {
	ch, m, ref := c.own("message_not_owned_by_app")
	switch {
	case ref != nil:
		return nil, nil, ref
	case m.stopped:
		return nil, nil, refuse("stopped_by_user")
	case !m.Streaming:
		return nil, nil, misuse("message_not_in_streaming_state", c.page(), "the stream was stopped, or never was one")
	}
	return ch, m, nil
}

// https://docs.slack.dev/reference/methods/chat.appendStream
func (c *call) chatAppendStream() (reply, *refusal) {
	ch, m, ref := c.streaming()
	if ref != nil {
		return nil, ref
	}
	text, blocks, ref := c.streamed()
	if ref != nil {
		return nil, ref
	}
	if text == "" && c.arg("chunks") == "" {
		return nil, misuse("no_text", c.page(), "neither markdown_text nor chunks")
	}
	m.Text += text
	m.Blocks = joinBlocks(m.Blocks, blocks)
	c.s.change()
	c.ts = m.TS
	return reply{"channel": ch.ID, "ts": m.TS}, nil
}

// https://docs.slack.dev/reference/methods/chat.stopStream
func (c *call) chatStopStream() (reply, *refusal) {
	ch, m, ref := c.streaming()
	if ref != nil {
		return nil, ref
	}
	text, blocks, ref := c.streamed()
	if ref != nil {
		return nil, ref
	}
	last, ref := c.blocks("blocks", message)
	if ref != nil {
		var list []any
		if json.Unmarshal([]byte(c.arg("blocks")), &list) == nil && len(list) > message.maxBlocks() {
			ref.code = "msg_blocks_too_many"
		}
		return nil, ref
	}
	metadata, ref := c.metadata()
	if ref != nil {
		return nil, ref
	}
	blocks = joinBlocks(blocks, last)
	if strings.TrimSpace(m.Text+text) == "" && len(m.Blocks) == 0 && len(blocks) == 0 {
		return nil, misuse("no_text", c.page(), "a stream that ends without a word")
	}
	before := c.s.wire(ch, m, true)
	m.Text += text
	m.Blocks = joinBlocks(m.Blocks, blocks)
	m.Streaming = false
	if metadata != nil {
		m.Metadata = metadata
	}
	c.s.change()
	c.s.tellChanged(ch, m, before)
	c.ts = m.TS
	return reply{"channel": ch.ID, "ts": m.TS, "message": c.s.wire(ch, m, true)}, nil
}

func joinBlocks(a, b json.RawMessage) json.RawMessage {
	if len(a) == 0 || len(b) == 0 {
		return append(a, b...)
	}
	var list, more []json.RawMessage
	if json.Unmarshal(a, &list) != nil || json.Unmarshal(b, &more) != nil {
		return a
	}
	joined, err := json.Marshal(append(list, more...))
	if err != nil {
		return a
	}
	return joined
}

// StopStream stops a stream as the person it is for. The app learns of it when
// it goes on.
func (s *Slack) StopStream(user, channel, ts string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[channel]
	if c == nil || !c.members[user] || c.byTS[ts] == nil || !c.byTS[ts].Streaming {
		return fmt.Errorf("stop: %s sees no stream %s", user, ts)
	}
	m := c.byTS[ts]
	m.Streaming, m.stopped = false, true
	s.change()
	return nil
}
