package slackbot

// A Use is what the app has to be allowed, as deploy/manifest.yaml asks for it.
type Use struct {
	Scopes   []string
	Events   []string
	Commands []string
	Shortcut string // callback id
}

// Uses tells what the program uses of Slack.
func Uses() Use {
	u := Use{Commands: []string{commandAsk, commandSource, commandSources, commandDateline}, Shortcut: shortcutCheck}
	for scope := range scopes {
		u.Scopes = append(u.Scopes, scope)
	}
	for event := range events {
		u.Events = append(u.Events, event)
	}
	return u
}

// scopes are those of the bot token, with the methods that take them, as the page
// of each at https://docs.slack.dev/reference/methods/ has it. Those without a
// method are for events and commands.
var scopes = map[string][]string{
	"app_mentions:read": nil,
	"assistant:write":   {"assistant.threads.setSuggestedPrompts", "assistant.threads.setTitle"},
	"channels:history":  {"conversations.history", "conversations.replies"},
	"channels:read":     {"users.conversations"},
	"chat:write": {"chat.postMessage", "chat.postEphemeral", methodUpdate, "chat.delete", methodStart, methodAppend, methodStop,
		methodStatus},
	"commands":       nil,
	"groups:history": {"conversations.history", "conversations.replies"},
	"groups:read":    {"users.conversations"},
	"im:history":     {"conversations.history", "conversations.replies"},
	"im:write":       {"conversations.open"},
	"mpim:history":   {"conversations.history", "conversations.replies"},
	"users:read":     {methodUser},
}

// events are those subscribed to, with the scope that each takes.
var events = map[string]string{
	"app_home_opened":  "",
	"app_mention":      "app_mentions:read",
	"message.channels": "channels:history",
	"message.groups":   "groups:history",
	"message.im":       "im:history",
	"message.mpim":     "mpim:history",
}
