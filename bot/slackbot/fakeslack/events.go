package fakeslack

import "strings"

// tell sends the app an event if it is subscribed to it by that name and is
// in the channel; ch is nil for events that belong to none.
// https://docs.slack.dev/apis/events-api#event-type-structure
func (s *Slack) tell(w *workspace, ch *channel, name, user string, event map[string]any) {
	if w == nil || !s.cfg.App.hears(name) || ch != nil && !ch.members[w.BotUser] {
		return
	}
	s.event(w, ch, user, event)
}

// event sends the app an event.
func (s *Slack) event(w *workspace, ch *channel, user string, event map[string]any) {
	now := s.cfg.Clock.Now()
	if event["event_ts"] == nil {
		event["event_ts"] = s.ts()
	}
	id := s.id("Ev")
	kind, _ := event["type"].(string)
	outer := map[string]any{
		"token": "deprecated", "team_id": w.ID, "api_app_id": s.cfg.App.ID, "event": event, "type": "event_callback",
		"event_id": id, "event_time": now.Unix(),
		"authorizations": []any{map[string]any{
			"enterprise_id": nil, "team_id": w.ID, "user_id": w.BotUser, "is_bot": true, "is_enterprise_install": false,
		}},
	}
	if s.cfg.Sparse {
		outer["event"] = sparse(event)
	} else {
		outer["context_team_id"], outer["context_enterprise_id"] = w.ID, nil
		outer["is_ext_shared_channel"] = ch != nil && len(ch.SharedWith) > 0
		outer["event_context"] = "4-" + strings.ToLower(id)
	}
	d := &Delivery{Type: "events_api", Event: kind, EventID: id, Team: w.ID, User: user}
	d.Channel, _ = event["channel"].(string)
	d.TS, _ = event["ts"].(string)
	s.deliver(d, outer)
}

// sparse is a message or a mention with no more than the examples on the pages
// of the events have; other events stay as they are.
func sparse(event map[string]any) map[string]any {
	if kind := event["type"]; kind != "message" && kind != "app_mention" {
		return event
	}
	lean := make(map[string]any)
	for _, name := range []string{
		"type", "subtype", "hidden", "channel", "user", "text", "ts", "event_ts", "thread_ts", "deleted_ts", "channel_type", "edited", "bot_id",
	} {
		if v, there := event[name]; there {
			lean[name] = v
		}
	}
	if m, ok := event["message"].(map[string]any); ok {
		lean["message"] = sparse(m)
	}
	return lean
}

// subscription is the name that messages of a kind of channel are subscribed
// to by.
func (k Kind) subscription() string { return "message." + k.family() }

// signed adds what tells which workspace the author of a message is of.
// https://docs.slack.dev/apis/slack-connect
func (s *Slack) signed(ch *channel, m *Message, event map[string]any) {
	event["channel"], event["event_ts"] = ch.ID, m.TS
	if len(ch.SharedWith) > 0 {
		event["user_team"], event["source_team"] = m.Team, m.Team
	}
}

// tellMessage sends the events of a new message: those of the channel, and
// app_mention for one of a person that mentions the app.
// https://docs.slack.dev/reference/events/message
func (s *Slack) tellMessage(ch *channel, m *Message) {
	w := s.host(ch)
	if w == nil {
		return
	}
	event := s.wire(ch, m, true)
	s.signed(ch, m, event)
	event["channel_type"] = string(ch.Kind)
	s.tell(w, ch, ch.Kind.subscription(), m.User, event)
	s.tellMention(ch, m)
}

// tellMention sends app_mention. There is none in a direct message.
// https://docs.slack.dev/reference/events/app_mention
func (s *Slack) tellMention(ch *channel, m *Message) {
	w := s.host(ch)
	if w == nil || m.Subtype != "" && m.Subtype != "file_share" || m.BotID == w.BotID || ch.Kind == IM || !mentions(m.Text, w.BotUser) {
		return
	}
	event := s.wire(ch, m, true)
	s.signed(ch, m, event)
	event["type"] = "app_mention"
	s.tell(w, ch, "app_mention", m.User, event)
}

func mentions(text, user string) bool {
	return strings.Contains(text, "<@"+user+">") || strings.Contains(text, "<@"+user+"|")
}

// tellChanged sends message_changed.
// https://docs.slack.dev/reference/events/message/message_changed
func (s *Slack) tellChanged(ch *channel, m *Message, before map[string]any) {
	if w := s.host(ch); w != nil {
		ts := s.ts()
		s.tell(w, ch, ch.Kind.subscription(), m.User, map[string]any{
			"type": "message", "subtype": "message_changed", "hidden": true, "channel": ch.ID, "channel_type": string(ch.Kind),
			"ts": ts, "event_ts": ts, "message": s.wire(ch, m, true), "previous_message": before,
		})
	}
}

// tellDeleted sends message_deleted; for a message that had replies, that it
// became a tombstone.
// https://docs.slack.dev/reference/events/message/message_deleted
func (s *Slack) tellDeleted(ch *channel, deleted, thread string, before map[string]any) {
	w := s.host(ch)
	if w == nil {
		return
	}
	if m := ch.byTS[deleted]; m != nil {
		s.tellChanged(ch, m, before)
		return
	}
	user, _ := before["user"].(string)
	ts := s.ts()
	event := map[string]any{
		"type": "message", "subtype": "message_deleted", "hidden": true, "channel": ch.ID, "channel_type": string(ch.Kind),
		"ts": ts, "event_ts": ts, "deleted_ts": deleted, "previous_message": before,
	}
	s.tell(w, ch, ch.Kind.subscription(), user, event)
}
