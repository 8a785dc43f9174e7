package fakeslack

import (
	"crypto/rand"
	"errors"
	"fmt"
)

// inChannel finds a person and a channel that they are in and can write to.
func (s *Slack) inChannel(user, id string) (*User, *channel, error) {
	u, _, err := s.person(user)
	if err != nil {
		return nil, nil, err
	}
	c := s.channels[id]
	switch {
	case c == nil:
		return nil, nil, fmt.Errorf("no channel %s", id)
	case !c.members[user]:
		return nil, nil, fmt.Errorf("%s is not in %s", user, id)
	case c.Archived:
		return nil, nil, fmt.Errorf("channel %s is archived", id)
	}
	return u, c, nil
}

// A Draft is a message that somebody is about to send.
type Draft struct {
	Text   string // as Slack keeps it, see Typed
	Thread string // the message replied to; empty for none
	// Broadcast sends a reply to the channel, too.
	Broadcast bool
	// File is the name of a file that goes along.
	File string
}

// Post writes a message as a person, in text as Slack keeps it, see Typed, and
// returns its timestamp. An empty thread writes to the channel itself.
func (s *Slack) Post(user, channel, text, thread string) (ts string, err error) {
	return s.Send(user, channel, Draft{Text: text, Thread: thread})
}

// Send sends a message as a person, or as another bot, and returns its
// timestamp.
func (s *Slack) Send(user, channel string, d Draft) (ts string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, c, err := s.inChannel(user, channel)
	if err != nil {
		return "", fmt.Errorf("post: %w", err)
	}
	switch {
	case d.Text == "" && d.File == "":
		return "", errors.New("post: no text")
	case c.ReadOnly && !u.Admin:
		return "", fmt.Errorf("post: %s is read-only", channel)
	case c.Kind == IM && (!s.cfg.App.MessagesTab || s.cfg.App.MessagesReadOnly) && s.withApp(c):
		return "", errors.New("post: sending messages to this app has been turned off")
	}
	if d.Thread != "" {
		root := c.byTS[d.Thread]
		switch {
		case root == nil || root.For != "":
			return "", fmt.Errorf("post: no message %s in %s to reply to", d.Thread, channel)
		case root.ThreadTS != "":
			d.Thread = root.ThreadTS
		}
	}
	m := &Message{
		ThreadTS: d.Thread, Broadcast: d.Broadcast && d.Thread != "", User: u.ID, Team: u.Team,
		Text: d.Text, Blocks: s.written(d.Text), File: d.File,
	}
	if d.File != "" {
		m.Subtype = "file_share"
	}
	if u.Bot {
		m.BotID = "B" + u.ID[1:]
	} else {
		m.ClientMsgID = uuid()
	}
	s.put(c, m)
	s.tellMessage(c, m)
	return m.TS, nil
}

// uuid is an id as clients of Slack make up for messages.
func uuid() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// withApp says whether a direct message is one with the app.
func (s *Slack) withApp(c *channel) bool {
	w := s.host(c)
	return w != nil && c.members[w.BotUser]
}

// Mention writes to a channel, or a thread, with a mention of the app in front.
func (s *Slack) Mention(user, channel, text, thread string) (ts string, err error) {
	s.mu.Lock()
	var bot string
	if c := s.channels[channel]; c != nil {
		if w := s.host(c); w != nil {
			bot = w.BotUser
		}
	}
	s.mu.Unlock()
	if bot == "" {
		return "", fmt.Errorf("mention: no channel %s with the app", channel)
	}
	if text != "" {
		text = " " + text
	}
	return s.Post(user, channel, "<@"+bot+">"+text, thread)
}

// authored finds a message of a person's own.
func (s *Slack) authored(user, id, ts string) (*channel, *Message, error) {
	_, c, err := s.inChannel(user, id)
	if err != nil {
		return nil, nil, err
	}
	m := c.byTS[ts]
	if m == nil || m.User != user || m.Subtype != "" && m.Subtype != "file_share" || m.For != "" {
		return nil, nil, fmt.Errorf("%s has no message %s in %s", user, ts, id)
	}
	return c, m, nil
}

// Edit changes the text of a person's message. The app is sent message_changed,
// and app_mention if it is mentioned now and was not before.
func (s *Slack) Edit(user, channel, ts, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, m, err := s.authored(user, channel, ts)
	if err != nil {
		return fmt.Errorf("edit: %w", err)
	}
	before := s.wire(c, m, true)
	was := m.Text
	m.Text, m.Blocks, m.EditedTS = text, s.written(text), s.ts()
	s.change()
	s.tellChanged(c, m, before)
	if w := s.host(c); w != nil && !mentions(was, w.BotUser) {
		s.tellMention(c, m)
	}
	return nil
}

// Delete deletes a person's message. One with replies leaves a tombstone.
func (s *Slack) Delete(user, channel, ts string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, m, err := s.authored(user, channel, ts)
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	before := s.wire(c, m, true)
	thread := m.ThreadTS
	s.remove(c, m)
	s.tellDeleted(c, ts, thread, before)
	return nil
}

// Join brings a user into a channel; the app, too, by its bot user.
// https://docs.slack.dev/reference/events/member_joined_channel
func (s *Slack) Join(user, channel string) error {
	return s.member(user, channel, true)
}

// Invite brings the app into a channel as a person who has mentioned it there,
// as Slack offers. The app is sent the mention then.
// https://docs.slack.dev/reference/events/app_mention
func (s *Slack) Invite(user, channel, ts string) error {
	s.mu.Lock()
	c, m, err := s.authored(user, channel, ts)
	var w *workspace
	if err == nil {
		w = s.host(c)
	}
	s.mu.Unlock()
	switch {
	case err != nil:
		return fmt.Errorf("invite: %w", err)
	case w == nil || !mentions(m.Text, w.BotUser):
		return fmt.Errorf("invite: message %s does not mention the app", ts)
	}
	if err := s.Join(w.BotUser, channel); err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tellMention(c, m)
	return nil
}

// Leave takes a user out of a channel; the app, too.
// https://docs.slack.dev/reference/events/member_left_channel
func (s *Slack) Leave(user, channel string) error {
	return s.member(user, channel, false)
}

func (s *Slack) member(user, id string, in bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, c := s.users[user], s.channels[id]
	switch {
	case u == nil:
		return fmt.Errorf("no user %s", user)
	case c == nil || c.Kind == IM || c.Archived:
		return fmt.Errorf("no channel %s to join or leave", id)
	case c.members[user] == in:
		return nil
	case !c.in(u.Team):
		return fmt.Errorf("channel %s is not shared with %s", id, u.Team)
	}
	kind, short := "C", "channel"
	if c.Kind != Public {
		kind, short = "G", "group"
	}
	event := map[string]any{"user": user, "channel": id, "channel_type": kind, "team": u.Team}
	m := &Message{User: user, Team: u.Team}
	w := s.host(c)
	if in {
		c.members[user] = true
		m.Subtype, m.Text = short+"_join", "<@"+user+"> has joined the channel"
		s.put(c, m)
		s.tellMessage(c, m)
		event["type"] = "member_joined_channel"
		s.tell(w, c, "member_joined_channel", user, event)
		return nil
	}
	m.Subtype, m.Text = short+"_leave", "<@"+user+"> has left the channel"
	s.put(c, m)
	// The app hears nothing of a channel that it is no longer in, and the page
	// of the event says nothing of its own leaving.
	if w == nil || user != w.BotUser {
		s.tellMessage(c, m)
		event["type"] = "member_left_channel"
		s.tell(w, c, "member_left_channel", user, event)
	}
	delete(c.members, user)
	s.change()
	return nil
}

// Archive archives a channel, or brings it back.
// https://docs.slack.dev/reference/events/channel_archive
func (s *Slack) Archive(user, id string, archived bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[id]
	if c == nil || c.Kind == IM {
		return fmt.Errorf("archive: no channel %s", id)
	}
	if c.Archived == archived {
		return nil
	}
	c.Archived = archived
	s.change()
	name := "channel_"
	if c.Kind != Public {
		name = "group_"
	}
	if archived {
		name += "archive"
	} else {
		name += "unarchive"
	}
	s.tell(s.host(c), c, name, user, map[string]any{"type": name, "channel": id, "user": user})
	return nil
}

// SetReadOnly lets nobody but admins post in a channel, or everybody again.
func (s *Slack) SetReadOnly(id string, on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[id]
	if c == nil {
		return fmt.Errorf("no channel %s", id)
	}
	c.ReadOnly = on
	s.change()
	return nil
}

// DeleteChannel takes a channel away with all that is in it.
func (s *Slack) DeleteChannel(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.channels, id)
	s.change()
}

// Members are the ids of who is in a channel.
func (s *Slack) Members(id string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.channels[id]; c != nil {
		return c.public().Members
	}
	return nil
}
