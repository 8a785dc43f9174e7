package fakeslack

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Workspace is a team that has the app installed.
type Workspace struct {
	ID     string // such as "T0NEWSROOM"
	Name   string
	Domain string // the first label of NAME.slack.com
	// BotToken is the token the app has for it.
	BotToken string
	// BotUser and BotID are the app's in this workspace; an empty one is made
	// up from ID.
	BotUser string
	BotID   string
}

// A User is a person, a guest or a bot.
type User struct {
	ID       string // such as "U0REPORTER"
	Team     string // the workspace the user belongs to
	Name     string
	RealName string
	Admin    bool
	Bot      bool
	// Guest is is_restricted: a guest of several channels; with OneChannel, of
	// one alone (is_ultra_restricted).
	Guest      bool
	OneChannel bool
	Deleted    bool // deactivated
}

// A Kind of channel, named as channel_type is in events.
type Kind string

// The kinds of channels.
const (
	Public  Kind = "channel"
	Private Kind = "group"
	IM      Kind = "im"
	MPIM    Kind = "mpim"
)

// A Channel is a conversation. A direct message has a channel, too.
type Channel struct {
	ID   string // such as "C0GENERAL"
	Name string // without #; empty for a direct message
	Kind Kind   // empty means Public
	Team string // the workspace it was made in
	// SharedWith are further workspaces, for a Slack Connect channel.
	SharedWith []string
	Members    []string // user ids, in order
	Archived   bool
	// ReadOnly is set where a workspace preference lets nobody but admins post.
	ReadOnly bool
}

// channel is the state of a Channel.
type channel struct {
	Channel
	members  map[string]bool
	messages []*Message // ordered by ts, ephemeral ones among them
	byTS     map[string]*Message
	gone     map[string]bool // the ts of messages that were deleted
	threads  map[string]*thread
	created  int64
}

func (c *channel) public() Channel {
	pub := c.Channel
	pub.Members = slices.Sorted(maps.Keys(c.members))
	pub.SharedWith = slices.Clone(c.SharedWith)
	return pub
}

// in says whether the channel is one of the team's.
func (c *channel) in(team string) bool {
	return c.Team == team || slices.Contains(c.SharedWith, team)
}

// workspace is the state of a Workspace.
type workspace struct {
	Workspace
	// dead is the error that calls with the token get, such as
	// "token_revoked"; empty while it is good.
	dead string
}

// AddWorkspace adds a workspace that has the app installed, with the app's bot
// user in it, and returns it as it stands.
func (s *Slack) AddWorkspace(w Workspace) Workspace {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addWorkspace(w)
}

func (s *Slack) addWorkspace(w Workspace) Workspace {
	w.Name = cmp.Or(w.Name, w.ID)
	w.Domain = cmp.Or(w.Domain, strings.ToLower(w.ID))
	w.BotUser = cmp.Or(w.BotUser, "U"+w.ID[1:]+"BOT")
	w.BotID = cmp.Or(w.BotID, "B"+w.ID[1:]+"BOT")
	w.BotToken = cmp.Or(w.BotToken, "xoxb-fake-"+strings.ToLower(w.ID))
	s.workspaces[w.ID] = &workspace{Workspace: w}
	s.users[w.BotUser] = &User{ID: w.BotUser, Team: w.ID, Name: strings.ToLower(s.cfg.App.Name), RealName: s.cfg.App.Name, Bot: true}
	s.change()
	return w
}

// AddUser adds a user, or replaces the one of that id.
func (s *Slack) AddUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addUser(u)
}

func (s *Slack) addUser(u User) {
	u.Name = cmp.Or(u.Name, strings.ToLower(u.ID))
	u.RealName = cmp.Or(u.RealName, u.Name)
	s.users[u.ID] = &u
	s.change()
}

// AddChannel adds a channel with its members. Nothing is sent to the app for
// it.
func (s *Slack) AddChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addChannel(c)
}

func (s *Slack) addChannel(c Channel) *channel {
	c.Kind = cmp.Or(c.Kind, Public)
	ch := &channel{
		Channel: c,
		members: make(map[string]bool),
		byTS:    make(map[string]*Message),
		gone:    make(map[string]bool),
		threads: make(map[string]*thread),
		created: s.cfg.Clock.Now().Unix(),
	}
	for _, m := range c.Members {
		ch.members[m] = true
	}
	s.channels[c.ID] = ch
	s.change()
	return ch
}

// Workspaces are those with the app installed, by id.
func (s *Slack) Workspaces() []Workspace {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Workspace
	for _, id := range slices.Sorted(maps.Keys(s.workspaces)) {
		all = append(all, s.workspaces[id].Workspace)
	}
	return all
}

// Users are all users, by id.
func (s *Slack) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []User
	for _, id := range slices.Sorted(maps.Keys(s.users)) {
		all = append(all, *s.users[id])
	}
	return all
}

// User returns the user of that id.
func (s *Slack) User(id string) (User, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.users[id]; u != nil {
		return *u, true
	}
	return User{}, false
}

// BotUser is the id of the app's user in a workspace; "" where it is not
// installed.
func (s *Slack) BotUser(team string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.workspaces[team]; w != nil {
		return w.BotUser
	}
	return ""
}

// Revoke makes the bot token of a workspace answer with an error from now on:
// "token_revoked", "account_inactive", "token_expired", "invalid_auth". An
// empty code makes it good again.
func (s *Slack) Revoke(team, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.workspaces[team]; w != nil {
		w.dead = code
	}
}

// SetScopes replaces the scopes of the bot tokens.
func (s *Slack) SetScopes(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.App.Scopes = slices.Clone(scopes)
}

// dm returns the direct message between the app and a user, opened if need be.
func (s *Slack) dm(w *workspace, user string) *channel {
	id := "D" + w.ID[1:] + user[1:]
	if ch := s.channels[id]; ch != nil {
		return ch
	}
	return s.addChannel(Channel{ID: id, Kind: IM, Team: w.ID, Members: []string{w.BotUser, user}})
}

// DM is the id of the direct message between a user and the app.
func (s *Slack) DM(user string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, w, err := s.person(user)
	if err != nil {
		return "", err
	}
	return s.dm(w, u.ID).ID, nil
}

// person finds a user who can act, and the workspace with the app that they
// deal with: their own, or one that shares a channel with theirs.
func (s *Slack) person(id string) (*User, *workspace, error) {
	u := s.users[id]
	if u == nil {
		return nil, nil, fmt.Errorf("no user %s", id)
	}
	if u.Deleted {
		return nil, nil, fmt.Errorf("user %s is deactivated", id)
	}
	if w := s.workspaces[u.Team]; w != nil {
		return u, w, nil
	}
	for _, cid := range slices.Sorted(maps.Keys(s.channels)) {
		ch := s.channels[cid]
		if w := s.workspaces[ch.Team]; w != nil && ch.members[id] {
			return u, w, nil
		}
	}
	return nil, nil, fmt.Errorf("user %s of %s meets no workspace that has the app", id, u.Team)
}

// host is the workspace with the app that a channel belongs to; nil if there
// is none.
func (s *Slack) host(ch *channel) *workspace {
	if w := s.workspaces[ch.Team]; w != nil {
		return w
	}
	for _, t := range ch.SharedWith {
		if w := s.workspaces[t]; w != nil {
			return w
		}
	}
	return nil
}
