package local

import (
	"crypto/rand"

	"dateline/bot/slackbot/fakeslack"
)

// A Newsroom is a Slack with a small newsroom, set up for an app to join.
type Newsroom struct {
	*fakeslack.Slack
	// BotToken and AppToken are what the app joins with. They are made up anew
	// each time, so that nothing else on the machine can act as the app.
	BotToken, AppToken string
	// People are a reporter, an editor and an admin.
	People []string
	// Admin is the last of them.
	Admin string
}

// team is the id of the newsroom's workspace: not the one of tests, as answers
// that are kept name it.
const team = "T0LOCAL"

// keep is how many calls and deliveries the Slack remembers. Nobody asks for
// them here.
const keep = 100

// NewNewsroom returns a newsroom: #general with everybody and the app in it,
// and #desk, which is private to the reporter, the editor and the app. Its rate
// limits are those that Slack documents.
func NewNewsroom() *Newsroom {
	n := &Newsroom{
		BotToken: "xoxb-local-" + rand.Text(), AppToken: "xapp-local-" + rand.Text(),
		Admin: fakeslack.Admin,
	}
	n.Slack = fakeslack.New(fakeslack.Config{Empty: true, AppToken: n.AppToken, SigningSecret: rand.Text(), Limits: fakeslack.DocumentedLimits(), Keep: keep})
	w := n.AddWorkspace(fakeslack.Workspace{ID: team, Name: "Newsroom", Domain: "newsroom", BotToken: n.BotToken, BotUser: "U0DATELINE", BotID: "B0DATELINE"})
	for _, u := range []fakeslack.User{
		{ID: fakeslack.Reporter, Name: "reporter", RealName: "Reporter"},
		{ID: fakeslack.Editor, Name: "editor", RealName: "Editor"},
		{ID: fakeslack.Admin, Name: "admin", RealName: "Admin", Admin: true},
	} {
		u.Team = team
		n.AddUser(u)
		n.People = append(n.People, u.ID)
	}
	n.AddChannel(fakeslack.Channel{ID: fakeslack.General, Name: "general", Team: team, Members: append([]string{w.BotUser}, n.People...)})
	n.AddChannel(fakeslack.Channel{ID: fakeslack.Desk, Name: "desk", Kind: fakeslack.Private, Team: team, Members: []string{w.BotUser, fakeslack.Reporter, fakeslack.Editor}})
	return n
}
