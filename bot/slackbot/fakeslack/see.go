package fakeslack

import (
	"maps"
	"slices"
)

// Channels are the conversations that a user is in, and the public ones of
// their workspace, by id. Guests do not see channels they are not in.
func (s *Slack) Channels(user string) []Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Channel
	for _, id := range slices.Sorted(maps.Keys(s.channels)) {
		if c := s.channels[id]; s.sees(user, c) {
			all = append(all, c.public())
		}
	}
	return all
}

// sees says whether a user can read a channel.
func (s *Slack) sees(user string, c *channel) bool {
	u := s.users[user]
	if u == nil {
		return false
	}
	return c.members[user] || c.Kind == Public && c.in(u.Team) && !u.Guest && !u.OneChannel
}

// Channel is what a user sees in a channel or a direct message: its own
// messages, replies that were sent to the channel as well, and what is
// ephemeral for them, oldest first. It is empty for who cannot read it.
func (s *Slack) Channel(user, id string) []Message {
	return s.see(user, id, (*Message).Top)
}

// Thread is what a user sees in a thread: the message it hangs on, the replies,
// and what is ephemeral for them, oldest first.
func (s *Slack) Thread(user, id, ts string) []Message {
	return s.see(user, id, func(m *Message) bool { return m.TS == ts && m.For == "" || m.ThreadTS == ts })
}

// Conversation is what a user sees in a channel or a direct message, threads and
// all, oldest first.
func (s *Slack) Conversation(user, id string) []Message {
	return s.see(user, id, func(*Message) bool { return true })
}

func (s *Slack) see(user, id string, want func(*Message) bool) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[id]
	if c == nil || !s.sees(user, c) {
		return nil
	}
	var seen []Message
	for _, m := range c.messages {
		if want(m) && (m.For == "" || m.For == user && !m.unseen) {
			seen = append(seen, m.clone())
		}
	}
	return seen
}

// Message returns a message of a channel as it stands, whoever may see it.
func (s *Slack) Message(id, ts string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.channels[id]; c != nil {
		if m := c.byTS[ts]; m != nil {
			return m.clone(), true
		}
	}
	return Message{}, false
}

// Messages are all messages of a channel as they stand, oldest first: what an
// export would have, and what is ephemeral.
func (s *Slack) Messages(id string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[id]
	if c == nil {
		return nil
	}
	all := make([]Message, 0, len(c.messages))
	for _, m := range c.messages {
		all = append(all, m.clone())
	}
	return all
}

// about is what belongs to a thread besides its messages, as it stands; it is
// empty where nothing does.
func (s *Slack) about(id, ts string) thread {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.channels[id]; c != nil && c.threads[ts] != nil {
		return *c.threads[ts]
	}
	return thread{}
}

// Status is the line that says what the app is doing in a thread; its Text is
// empty where there is none.
func (s *Slack) Status(id, thread string) Status {
	st := s.about(id, thread).status
	if s.cfg.Clock.Now().Sub(st.Set) >= statusLasts {
		return Status{}
	}
	st.Loading = slices.Clone(st.Loading)
	return st
}

// Title is the title that the app gave to a thread.
func (s *Slack) Title(id, thread string) string { return s.about(id, thread).title }

// Prompts are those that the app suggests in a thread; with an empty thread,
// those for a new one.
func (s *Slack) Prompts(id, thread string) Prompts {
	p := s.about(id, thread).prompts
	p.Prompts = slices.Clone(p.Prompts)
	return p
}
