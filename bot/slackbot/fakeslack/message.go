package fakeslack

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Message is one in a channel, a thread or a direct message.
type Message struct {
	TS      string
	Channel string
	// ThreadTS is that of the message replied to; empty at the top level.
	ThreadTS string
	// Broadcast is set for a reply that is shown in the channel, too.
	Broadcast bool
	User      string
	Team      string // of the user
	BotID     string // of an app; empty for people
	// Subtype is empty for what people and apps write, "file_share" for what
	// comes with a file, "channel_join", "channel_leave" and "tombstone" for
	// what Slack does.
	Subtype string
	File    string // the name of the file that came with it
	// Text is what the message says in Slack's markup; with Blocks, what a
	// notification and a screen reader say.
	Text        string
	Blocks      json.RawMessage // empty, or an array
	Attachments json.RawMessage
	Metadata    json.RawMessage // event_type and event_payload
	ClientMsgID string
	EditedTS    string // of the last edit by a person; empty before
	// For is the only one who sees an ephemeral message.
	For string
	// Streaming is set from chat.startStream to chat.stopStream.
	Streaming bool
	// UnfurlLinks and UnfurlMedia are the flags as the app sent them: "", "true"
	// or "false".
	UnfurlLinks, UnfurlMedia string
	// Parse and LinkNames likewise.
	Parse, LinkNames string

	// Markdown is set where Text is standard Markdown and shown as such: that of
	// markdown_text and of streams.
	Markdown bool

	stopped bool // by the person a stream was for
	unseen  bool // ephemeral, and not shown even to For
}

// Top says whether a message shows in the channel itself.
func (m Message) Top() bool { return m.ThreadTS == "" || m.Broadcast }

// PlainText is all the words of a message that somebody sees: those of the
// blocks if there are any, otherwise Text. Markup is left as it is, because
// what it does to a reader is for the caller to check.
func (m Message) PlainText() string {
	if len(m.Blocks) == 0 {
		return m.Text
	}
	parts := blockTexts(m.Blocks)
	if m.Markdown && m.Text != "" { // a stream's text stands above its blocks
		parts = append([]string{m.Text}, parts...)
	}
	return strings.Join(parts, "\n")
}

func (m *Message) clone() Message {
	c := *m
	c.Blocks = slices.Clone(m.Blocks)
	c.Attachments = slices.Clone(m.Attachments)
	c.Metadata = slices.Clone(m.Metadata)
	return c
}

// thread is what belongs to a thread besides its messages.
type thread struct {
	status  Status
	title   string
	prompts Prompts
}

// A Status is the line that says what the app is doing in a thread.
type Status struct {
	Text string
	// Loading are the messages that take turns in its place.
	Loading []string
	Set     time.Time
}

// Prompts are what an agent suggests to ask.
type Prompts struct {
	Title   string
	Prompts []Prompt
}

// A Prompt is one of them: what is shown, and what is sent when it is chosen.
type Prompt struct {
	Title   string `json:"title"`
	Message string `json:"message"`
}

// statusLasts is how long a status stays when nothing is posted.
// https://docs.slack.dev/reference/methods/assistant.threads.setStatus
const statusLasts = 2 * time.Minute

func (c *channel) thread(ts string) *thread {
	t := c.threads[ts]
	if t == nil {
		t = new(thread)
		c.threads[ts] = t
	}
	return t
}

// put stores a message and clears the status of its thread if it is the app's.
func (s *Slack) put(c *channel, m *Message) {
	m.TS, m.Channel = s.ts(), c.ID
	c.messages = append(c.messages, m)
	c.byTS[m.TS] = m
	if s.ours(m) && m.For == "" && m.ThreadTS != "" {
		c.thread(m.ThreadTS).status = Status{}
	}
	s.change()
}

// hasReplies says whether a message has replies that are for all.
func (c *channel) hasReplies(ts string) bool {
	return slices.ContainsFunc(c.messages, func(o *Message) bool { return o.ThreadTS == ts && o.For == "" })
}

// ours says whether a message is the app's.
func (s *Slack) ours(m *Message) bool {
	for _, w := range s.workspaces {
		if m.BotID == w.BotID {
			return true
		}
	}
	return false
}

// remove deletes a message. One that has replies leaves a tombstone.
func (s *Slack) remove(c *channel, m *Message) {
	s.change()
	if c.hasReplies(m.TS) {
		*m = Message{TS: m.TS, Channel: m.Channel, Subtype: "tombstone", User: "USLACKBOT", Text: "This message was deleted."}
		return
	}
	c.messages = slices.DeleteFunc(c.messages, func(o *Message) bool { return o == m })
	delete(c.byTS, m.TS)
	c.gone[m.TS] = true
	if root := c.byTS[m.ThreadTS]; root != nil && root.Subtype == "tombstone" {
		s.remove(c, root) // the last reply takes the tombstone with it
	}
}

// validTS says whether a timestamp has the form of one.
func validTS(ts string) bool {
	sec, micro, ok := strings.Cut(ts, ".")
	if !ok || len(micro) != 6 {
		return false
	}
	_, err1 := strconv.ParseUint(sec, 10, 63)
	_, err2 := strconv.ParseUint(micro, 10, 63)
	return err1 == nil && err2 == nil
}

// tsLess orders timestamps, which may have fewer digits than Slack gives.
func tsLess(a, b string) bool {
	as, am, _ := strings.Cut(a, ".")
	bs, bm, _ := strings.Cut(b, ".")
	if len(as) != len(bs) {
		return len(as) < len(bs)
	}
	if as != bs {
		return as < bs
	}
	return am < bm
}

// wire is a message as the Web API and events have it.
func (s *Slack) wire(c *channel, m *Message, metadata bool) map[string]any {
	j := map[string]any{"type": "message", "ts": m.TS, "text": m.Text}
	set := func(key, value string) {
		if value != "" {
			j[key] = value
		}
	}
	set("user", m.User)
	set("team", m.Team)
	set("subtype", m.Subtype)
	set("bot_id", m.BotID)
	set("client_msg_id", m.ClientMsgID)
	set("thread_ts", m.ThreadTS)
	if m.Subtype == "tombstone" {
		j["hidden"] = true
	}
	if m.Broadcast { // https://docs.slack.dev/reference/events/message/thread_broadcast
		j["subtype"] = "thread_broadcast"
		if root := c.byTS[m.ThreadTS]; root != nil {
			j["root"] = map[string]any{"type": "message", "user": root.User, "text": root.Text, "ts": root.TS, "thread_ts": root.TS}
		}
	}
	if m.File != "" { // https://docs.slack.dev/reference/events/message/file_share
		j["files"] = []any{map[string]any{"id": "F" + strings.ReplaceAll(m.TS, ".", ""), "name": m.File, "title": m.File, "user": m.User, "mode": "hosted"}}
		j["upload"] = false
	}
	if s.ours(m) {
		j["app_id"] = s.cfg.App.ID
		j["bot_profile"] = map[string]any{"id": m.BotID, "app_id": s.cfg.App.ID, "name": s.cfg.App.Name, "deleted": false, "team_id": m.Team}
	}
	if len(m.Blocks) > 0 {
		j["blocks"] = m.Blocks
	}
	if len(m.Attachments) > 0 {
		j["attachments"] = m.Attachments
	}
	if m.EditedTS != "" {
		j["edited"] = map[string]any{"user": m.User, "ts": m.EditedTS}
	}
	if m.Streaming {
		j["streaming_state"] = "in_progress"
	}
	if metadata && len(m.Metadata) > 0 {
		j["metadata"] = m.Metadata
	}
	if root := c.byTS[m.ThreadTS]; root != nil && m.ThreadTS != m.TS {
		set("parent_user_id", root.User)
	}
	if m.ThreadTS == "" && m.For == "" {
		var users []string
		var count int
		var latest string
		for _, r := range c.messages {
			if r.ThreadTS == m.TS && r.For == "" {
				count++
				latest = r.TS
				if !slices.Contains(users, r.User) {
					users = append(users, r.User)
				}
			}
		}
		if count > 0 {
			j["thread_ts"] = m.TS
			j["reply_count"] = count
			j["reply_users_count"] = len(users)
			j["reply_users"] = users
			j["latest_reply"] = latest
			j["is_locked"] = false
			j["subscribed"] = slices.Contains(users, m.User)
		}
	}
	return j
}
