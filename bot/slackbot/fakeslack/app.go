package fakeslack

import (
	"encoding/json"
	"fmt"
	"slices"
)

// An App is what the manifest of the app says, as far as Slack acts on it. Its
// zero value is not subscribed to anything; [DefaultApp] is ready to use.
type App struct {
	ID   string // such as "A0DATELINE"
	Name string
	// Scopes are those of the bot token. What they do not allow is refused, and
	// events they do not cover are not sent.
	Scopes []string
	// AppScopes are those of the app-level token.
	AppScopes []string
	// Events are the bot events subscribed to, such as "message.channels".
	Events []string
	// Commands are the slash commands, with the slash.
	Commands  []string
	Shortcuts []Shortcut
	// Interactive says whether clicks, shortcuts and modals are sent.
	Interactive bool
	HomeTab     bool
	MessagesTab bool
	// MessagesReadOnly keeps people from writing to the app.
	MessagesReadOnly bool
	// AgentView is features.agent_view: the app's messages tab is the agent
	// pane.
	AgentView  bool
	SocketMode bool
	// EventsURL, InteractivityURL and CommandsURL take the requests of an app
	// that is not in Socket Mode. An empty one of the latter two means
	// EventsURL.
	EventsURL        string
	InteractivityURL string
	CommandsURL      string
}

// A Shortcut is an entry of the menu of a message or of the global one.
type Shortcut struct {
	Name       string `json:"name"`
	Type       string `json:"type"` // "message" or "global"
	CallbackID string `json:"callback_id"`
}

// DefaultApp returns an app in Socket Mode that has every scope, event and
// surface that the package knows of.
func DefaultApp() App {
	return App{
		ID:   "A0DATELINE",
		Name: "Dateline",
		Scopes: []string{
			"app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write",
			"commands", "groups:history", "groups:read", "im:history", "im:read", "im:write",
			"mpim:history", "mpim:read", "mpim:write", "team:read", "users:read",
		},
		AppScopes: []string{"connections:write"},
		Events: []string{
			"app_context_changed", "app_home_opened", "app_mention",
			"channel_archive", "channel_unarchive", "group_archive", "group_unarchive",
			"member_joined_channel", "member_left_channel", "message.channels", "message.groups", "message.im", "message.mpim",
		},
		Commands:    []string{"/ask", "/dateline", "/source", "/sources"},
		Shortcuts:   []Shortcut{{Name: "Check this claim", Type: "message", CallbackID: "check_claim"}},
		Interactive: true,
		HomeTab:     true,
		MessagesTab: true,
		AgentView:   true,
		SocketMode:  true,
	}
}

// ParseManifest reads an app manifest in its JSON form; one in YAML is
// converted first. The manifest has no id: that of the returned App is the
// default one. Fields that Slack documents and this package does not act on are
// passed over.
// https://docs.slack.dev/reference/app-manifest
func ParseManifest(manifest []byte) (App, error) {
	var m struct {
		DisplayInformation struct {
			Name string `json:"name"`
		} `json:"display_information"`
		Features struct {
			AppHome struct {
				HomeTab          bool `json:"home_tab_enabled"`
				MessagesTab      bool `json:"messages_tab_enabled"`
				MessagesReadOnly bool `json:"messages_tab_read_only_enabled"`
			} `json:"app_home"`
			AgentView     json.RawMessage `json:"agent_view"`
			SlashCommands []struct {
				Command string `json:"command"`
				URL     string `json:"url"`
			} `json:"slash_commands"`
			Shortcuts []Shortcut `json:"shortcuts"`
		} `json:"features"`
		OAuthConfig struct {
			Scopes struct {
				Bot []string `json:"bot"`
			} `json:"scopes"`
		} `json:"oauth_config"`
		Settings struct {
			EventSubscriptions struct {
				RequestURL string   `json:"request_url"`
				BotEvents  []string `json:"bot_events"`
			} `json:"event_subscriptions"`
			Interactivity struct {
				Enabled    bool   `json:"is_enabled"`
				RequestURL string `json:"request_url"`
			} `json:"interactivity"`
			SocketMode bool `json:"socket_mode_enabled"`
		} `json:"settings"`
	}
	if err := json.Unmarshal(manifest, &m); err != nil {
		return App{}, fmt.Errorf("app manifest: %w", err)
	}
	app := App{
		ID:               "A0DATELINE",
		Name:             m.DisplayInformation.Name,
		Scopes:           m.OAuthConfig.Scopes.Bot,
		AppScopes:        []string{"connections:write"},
		Events:           m.Settings.EventSubscriptions.BotEvents,
		Shortcuts:        m.Features.Shortcuts,
		Interactive:      m.Settings.Interactivity.Enabled,
		HomeTab:          m.Features.AppHome.HomeTab,
		MessagesTab:      m.Features.AppHome.MessagesTab,
		MessagesReadOnly: m.Features.AppHome.MessagesReadOnly,
		AgentView:        len(m.Features.AgentView) > 0 && string(m.Features.AgentView) != "null",
		SocketMode:       m.Settings.SocketMode,
		EventsURL:        m.Settings.EventSubscriptions.RequestURL,
		InteractivityURL: m.Settings.Interactivity.RequestURL,
	}
	for _, c := range m.Features.SlashCommands {
		app.Commands = append(app.Commands, c.Command)
		if c.URL != "" {
			app.CommandsURL = c.URL
		}
	}
	return app, nil
}

func (a *App) has(scope string) bool { return slices.Contains(a.Scopes, scope) }

// offers says whether the app has a shortcut of a type.
func (a *App) offers(kind, callbackID string) bool {
	return a.has("commands") && slices.ContainsFunc(a.Shortcuts, func(sc Shortcut) bool { return sc.Type == kind && sc.CallbackID == callbackID })
}

// eventScopes are the scopes of which the app needs one to be sent an event,
// by the name it subscribes to. Each event's page names them:
// https://docs.slack.dev/reference/events
var eventScopes = map[string][]string{
	"app_context_changed":   nil,
	"app_home_opened":       nil,
	"app_mention":           {"app_mentions:read"},
	"channel_archive":       {"channels:read"},
	"channel_unarchive":     {"channels:read"},
	"group_archive":         {"groups:read"},
	"group_unarchive":       {"groups:read"},
	"member_joined_channel": {"channels:read", "groups:read"},
	"member_left_channel":   {"channels:read", "groups:read"},
	"message.channels":      {"channels:history"},
	"message.groups":        {"groups:history"},
	"message.im":            {"im:history"},
	"message.mpim":          {"mpim:history"},
}

// hears says whether the app is sent an event of this name.
func (a *App) hears(event string) bool {
	scopes, known := eventScopes[event]
	if !known || !slices.Contains(a.Events, event) {
		return false
	}
	return scopes == nil || slices.ContainsFunc(scopes, a.has)
}
