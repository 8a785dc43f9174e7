package fakeslack

import (
	"encoding/json"
	"fmt"
	"strings"
)

// assistantThread finds the thread of a call.
func (c *call) assistantThread() (*channel, string, *refusal) {
	ch, ref := c.channel("channel_id")
	switch {
	case ref != nil:
		return nil, "", ref
	case !ch.members[c.team.BotUser]:
		return nil, "", refuse("channel_not_found")
	case c.arg("thread_ts") == "":
		return nil, "", missing(c, "thread_ts")
	}
	m := ch.byTS[c.arg("thread_ts")]
	if m == nil || m.For != "" || m.ThreadTS != "" {
		return nil, "", refuse("invalid_thread_ts")
	}
	return ch, m.TS, nil
}

// https://docs.slack.dev/reference/methods/assistant.threads.setStatus
func (c *call) setStatus() (reply, *refusal) {
	if ref := c.customized(); ref != nil {
		return nil, ref
	}
	ch, ts, ref := c.assistantThread()
	if ref != nil {
		return nil, ref
	}
	if !c.sent("status") {
		return nil, missing(c, "status")
	}
	var loading []string
	if raw := c.arg("loading_messages"); raw != "" && json.Unmarshal([]byte(raw), &loading) != nil {
		loading = strings.Split(raw, ",") // as an array is sent in a form
	}
	if len(loading) > 10 {
		return nil, misuse("invalid_arguments", c.page(), fmt.Sprintf("%d loading_messages, at most 10", len(loading)))
	}
	ch.thread(ts).status = Status{Text: c.arg("status"), Loading: loading, Set: c.now}
	c.s.change()
	return nil, nil
}

// https://docs.slack.dev/reference/methods/assistant.threads.setTitle
func (c *call) setTitle() (reply, *refusal) {
	ch, ts, ref := c.assistantThread()
	switch {
	case ref != nil:
		return nil, ref
	case ch.Kind != IM:
		return nil, misuse("channel_not_found", c.page(), "only threads with the app itself have a title")
	case strings.TrimSpace(c.arg("title")) == "":
		return nil, missing(c, "title")
	}
	ch.thread(ts).title = c.arg("title")
	c.s.change()
	return nil, nil
}

// https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts
func (c *call) setSuggestedPrompts() (reply, *refusal) {
	ch, ref := c.channel("channel_id")
	switch {
	case ref != nil:
		return nil, ref
	case ch.Kind != IM:
		return nil, misuse("channel_not_found", c.page(), "only the direct message with the app has prompts")
	}
	p := Prompts{Title: c.arg("title")}
	if c.arg("prompts") == "" {
		return nil, missing(c, "prompts")
	}
	if err := json.Unmarshal([]byte(c.arg("prompts")), &p.Prompts); err != nil {
		return nil, misuse("invalid_arguments", c.page(), "prompts: "+err.Error())
	}
	if n := len(p.Prompts); n == 0 || n > 4 {
		return nil, misuse("invalid_arguments", c.page(), fmt.Sprintf("%d prompts, from 1 to 4", n))
	}
	for _, pr := range p.Prompts {
		if pr.Title == "" || pr.Message == "" {
			return nil, misuse("invalid_arguments", c.page(), "a prompt has a title and a message")
		}
	}
	if ts := c.arg("thread_ts"); ts != "" && c.s.cfg.App.AgentView {
		// Slack says ok and shows nothing.
		c.s.violate(c.name, "thread_ts", c.page(), "with agent_view, a call with thread_ts silently fails")
		return nil, nil
	} else if ts != "" {
		if m := ch.byTS[ts]; m == nil || m.For != "" {
			return nil, refuse("invalid_thread_ts")
		}
	}
	ch.thread(c.arg("thread_ts")).prompts = p
	c.s.change()
	return nil, nil
}
