package local

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"dateline/bot/slackbot/fakeslack"
)

const (
	// together is how long changes are gathered before they are sent: an answer
	// that streams changes more often than anybody can see.
	together = 40 * time.Millisecond
	// again is after how long the page looks without a change: a status ends by
	// time alone.
	again = 10 * time.Second
	// stalled is how long a browser may take to take in an update.
	stalled = 20 * time.Second
)

// An update tells what has become different for a person since the last one.
// Each thing that the page shows has a key; see state.
type update struct {
	All  bool                       `json:"all,omitempty"` // Set is all there is
	Set  map[string]json.RawMessage `json:"set,omitempty"`
	Gone []string                   `json:"gone,omitempty"`
}

// serveUpdates sends what a person sees, and what becomes of it, as events.
func (p *Page) serveUpdates(w http.ResponseWriter, r *http.Request) {
	user := cmp.Or(r.URL.Query().Get("as"), p.people[0])
	if !p.person(user) {
		reply(w, http.StatusNotFound, map[string]string{"error": "nobody here has the id " + user})
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	var seen map[string]json.RawMessage
	for {
		changed := p.slack.Changed()
		now, err := p.state(user)
		if err != nil {
			return // the browser asks again
		}
		if u, any := difference(seen, now); any {
			data, err := json.Marshal(u)
			if err != nil {
				return
			}
			// A server's own deadline is for whole answers, which this is not.
			// Where there is none to set, there is none to lift.
			_ = control.SetWriteDeadline(time.Now().Add(stalled))
			if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
				return
			}
			if err := control.Flush(); err != nil {
				return
			}
		}
		seen = now
		select {
		case <-changed:
		case <-time.After(again):
		case <-r.Context().Done():
			return
		}
		select {
		case <-time.After(together):
		case <-r.Context().Done():
			return
		}
	}
}

// difference is what has changed between two states; the first is nil at the
// beginning.
func difference(before, now map[string]json.RawMessage) (u update, any bool) {
	if before == nil {
		return update{All: true, Set: now}, true
	}
	u.Set = make(map[string]json.RawMessage)
	for key, value := range now {
		if string(before[key]) != string(value) {
			u.Set[key] = value
		}
	}
	for key := range before {
		if _, there := now[key]; !there {
			u.Gone = append(u.Gone, key)
		}
	}
	return u, len(u.Set)+len(u.Gone) > 0
}

// The values of a state.
type (
	me struct {
		ID        string               `json:"id"`
		People    []string             `json:"people"`
		Team      string               `json:"team"`
		App       string               `json:"app"`     // its name
		AppUser   string               `json:"appUser"` // its user
		DM        string               `json:"dm"`      // the channel of the direct message with it
		Commands  []string             `json:"commands"`
		Shortcuts []fakeslack.Shortcut `json:"shortcuts"`
		Home      bool                 `json:"home"` // the app has a home tab
		Connected bool                 `json:"connected"`
	}
	user struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Real  string `json:"real"`
		Bot   bool   `json:"bot,omitempty"`
		Admin bool   `json:"admin,omitempty"`
	}
	channel struct {
		ID       string   `json:"id"`
		Name     string   `json:"name"`
		Kind     string   `json:"kind"`
		Members  []string `json:"members"`
		Archived bool     `json:"archived,omitempty"`
	}
	message struct {
		Channel     string          `json:"channel"`
		TS          string          `json:"ts"`
		Thread      string          `json:"thread,omitempty"`
		Broadcast   bool            `json:"broadcast,omitempty"`
		User        string          `json:"user"`
		Bot         bool            `json:"bot,omitempty"`
		Subtype     string          `json:"subtype,omitempty"`
		Text        string          `json:"text"`
		Blocks      json.RawMessage `json:"blocks,omitempty"`
		Attachments json.RawMessage `json:"attachments,omitempty"`
		Edited      bool            `json:"edited,omitempty"`
		Private     bool            `json:"private,omitempty"` // for this person alone
		Streaming   bool            `json:"streaming,omitempty"`
		Markdown    bool            `json:"markdown,omitempty"`
	}
	thread struct {
		Title   string   `json:"title,omitempty"`
		Status  string   `json:"status,omitempty"`
		Loading []string `json:"loading,omitempty"`
	}
	prompts struct {
		Title   string             `json:"title"`
		Prompts []fakeslack.Prompt `json:"prompts"`
	}
	view struct {
		ID      string            `json:"id"`
		Hash    string            `json:"hash"`
		Title   string            `json:"title"`
		Submit  string            `json:"submit"`
		Close   string            `json:"close"`
		Blocks  json.RawMessage   `json:"blocks"`
		Errors  map[string]string `json:"errors,omitempty"`
		Trouble string            `json:"trouble,omitempty"`
	}
)

// state is all that a person sees, by key: "me", "user/ID", "channel/ID",
// "message/CHANNEL/TS", "thread/CHANNEL/TS", "prompts/CHANNEL", "home" and
// "modals", a list with the top one last.
func (p *Page) state(id string) (map[string]json.RawMessage, error) {
	state := make(map[string]json.RawMessage)
	var failed error
	put := func(key string, value any) {
		raw, err := json.Marshal(value)
		if err != nil {
			failed = fmt.Errorf("%s: %w", key, err)
		}
		state[key] = raw
	}
	app := p.slack.App()
	self, _ := p.slack.User(id)
	bot := p.slack.BotUser(self.Team)
	dm, err := p.slack.DM(id)
	if err != nil {
		return nil, err
	}
	about := me{ID: id, People: p.people, App: app.Name, AppUser: bot, DM: dm, Commands: app.Commands, Shortcuts: app.Shortcuts, Home: app.HomeTab, Connected: p.slack.Connections() > 0}
	for _, w := range p.slack.Workspaces() {
		if w.ID == self.Team {
			about.Team = w.Name
		}
	}
	put("me", about)
	for _, u := range p.slack.Users() {
		put("user/"+u.ID, user{u.ID, u.Name, u.RealName, u.Bot, u.Admin})
	}
	for _, c := range p.slack.Channels(id) {
		put("channel/"+c.ID, channel{c.ID, c.Name, string(c.Kind), c.Members, c.Archived})
		for _, m := range p.slack.Conversation(id, c.ID) {
			put("message/"+c.ID+"/"+m.TS, message{
				m.Channel, m.TS, m.ThreadTS, m.Broadcast, m.User, m.BotID != "", m.Subtype, m.Text, m.Blocks, m.Attachments,
				m.EditedTS != "", m.For != "", m.Streaming, m.Markdown,
			})
			status := p.slack.Status(c.ID, m.TS)
			if t := (thread{p.slack.Title(c.ID, m.TS), status.Text, status.Loading}); t.Title != "" || t.Status != "" {
				put("thread/"+c.ID+"/"+m.TS, t)
			}
		}
		if suggested := p.slack.Prompts(c.ID, ""); len(suggested.Prompts) > 0 {
			put("prompts/"+c.ID, prompts{suggested.Title, suggested.Prompts})
		}
	}
	if home, ok := p.slack.Home(id); ok {
		put("home", shown(home))
	}
	modals := []view{}
	for _, v := range p.slack.Modals(id) {
		modals = append(modals, shown(v))
	}
	put("modals", modals)
	return state, failed
}

func shown(v fakeslack.View) view {
	return view{v.ID, v.Hash, v.Title, v.Submit, v.Close, v.Blocks, v.Errors, v.Trouble}
}
