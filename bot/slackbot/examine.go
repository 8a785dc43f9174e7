package slackbot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// A Finding is one thing that Examine looked at.
type Finding struct {
	Name  string
	Found string
	// Do says what to do about it, in a sentence; empty if nothing.
	Do string
	// Broken is set if nothing can be answered because of it.
	Broken bool
}

// examineTimeout bounds each call that Examine makes.
const examineTimeout = 10 * time.Second

// Examine looks at what a Bot of this Config would be up against: tokens, scopes,
// Socket Mode, the channels it is in, what the policy names. It asks Slack and
// changes nothing there. No finding holds a token or the signing secret.
func Examine(ctx context.Context, c Config) []Finding {
	c.setDefaults()
	x := &examiner{c: c, ctx: ctx}
	if len(c.Tokens) == 0 {
		x.found(Finding{Name: "token", Found: "there is no bot token", Do: "Set SLACK_BOT_TOKEN to the token that starts with xoxb-, from OAuth & Permissions in your app's settings.", Broken: true})
	}
	for i, token := range c.Tokens {
		name := "token"
		if len(c.Tokens) > 1 {
			name = fmt.Sprintf("token %d", i+1)
		}
		x.workspace(name, token)
	}
	x.events()
	x.policy()
	return x.findings
}

type examiner struct {
	c        Config
	ctx      context.Context // of the one call of Examine
	findings []Finding

	teams    []string // that tokens are for
	channels []string // that the bot is in, anywhere
	partly   bool     // not all of them are known
}

func (x *examiner) found(f Finding) {
	for _, secret := range append(slices.Clone(x.c.Tokens), x.c.AppToken, x.c.SigningSecret) {
		if secret != "" {
			f.Found, f.Do = strings.ReplaceAll(f.Found, secret, "…"), strings.ReplaceAll(f.Do, secret, "…")
		}
	}
	x.findings = append(x.findings, f)
}

// wrongKind says what a token is, if its beginning shows that it is not of the
// kind that is wanted.
// https://docs.slack.dev/authentication/tokens/
func wrongKind(token, want string) string {
	for prefix, kind := range map[string]string{
		"xoxb-": "a bot token", "xapp-": "an app-level token", "xoxp-": "a user token", "xoxe": "a token for refreshing or configuration", "xoxc-": "a browser's token", "xoxa-": "a token of the old kind",
	} {
		if prefix != want && strings.HasPrefix(token, prefix) {
			return kind
		}
	}
	return ""
}

const (
	botPrefix = "xoxb-"
	appPrefix = "xapp-"
)

// workspace looks at what a bot token opens.
func (x *examiner) workspace(name, token string) {
	if kind := wrongKind(token, botPrefix); kind != "" {
		f := Finding{Name: name, Found: "SLACK_BOT_TOKEN holds " + kind, Do: "Set it to the Bot User OAuth Token, which starts with xoxb-, from OAuth & Permissions in your app's settings.", Broken: true}
		if strings.HasPrefix(token, appPrefix) && strings.HasPrefix(x.c.AppToken, botPrefix) {
			f.Found, f.Do = "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped", "Set SLACK_BOT_TOKEN to the one that starts with xoxb-, and SLACK_APP_TOKEN to the one that starts with xapp-."
		}
		x.found(f)
		return
	}
	api := x.c.api(token)
	var who *slack.AuthTestResponse
	err := x.ask(func(ctx context.Context) (err error) {
		who, err = api.AuthTestContext(ctx)
		return err
	})
	if err != nil {
		x.found(x.failed(name, "SLACK_BOT_TOKEN", err))
		return
	}
	if slices.Contains(x.teams, who.TeamID) {
		x.found(Finding{Name: name, Found: "it is for " + who.Team + " (" + who.TeamID + "), as another one is", Do: "Leave one of the two out of SLACK_BOT_TOKEN."})
		return
	}
	x.teams = append(x.teams, who.TeamID)
	x.found(Finding{Name: name, Found: fmt.Sprintf("workspace %s (%s), as @%s", cmp.Or(who.Team, "without a name"), who.TeamID, cmp.Or(who.User, who.UserID))})
	x.scopes(who.Header.Get("X-OAuth-Scopes"))
	x.membership(api, cmp.Or(who.User, "Dateline"))
}

// needed are the scopes without which nothing is answered.
var needed = []string{"chat:write", "app_mentions:read"}

// scopes compares what a token is allowed with what the program uses. Slack says
// so in a header of each response.
// https://docs.slack.dev/authentication/installing-with-oauth/#using_granted_scopes
func (x *examiner) scopes(header string) {
	if header == "" {
		x.found(Finding{Name: "scopes", Found: "Slack does not say which the token has"})
		return
	}
	granted := strings.FieldsFunc(header, func(r rune) bool { return r == ',' || r == ' ' })
	var missing []string
	all := Uses().Scopes
	slices.Sort(all)
	for _, s := range all {
		if !slices.Contains(granted, s) {
			missing = append(missing, s)
		}
	}
	f := Finding{Name: "scopes", Found: fmt.Sprintf("all %d that are used", len(all))}
	if len(missing) > 0 {
		f.Found = "missing: " + strings.Join(missing, ", ")
		f.Do = "In your app's settings paste deploy/manifest.yaml under App Manifest, or add them under OAuth & Permissions, Bot Token Scopes; then click Reinstall to Workspace."
		f.Broken = slices.ContainsFunc(missing, func(s string) bool { return slices.Contains(needed, s) })
	}
	x.found(f)
}

// membership looks which channels the bot is in.
// https://docs.slack.dev/reference/methods/users.conversations/
func (x *examiner) membership(api *slack.Client, handle string) {
	const pages, shown = 10, 5
	var in []string
	params := &slack.GetConversationsForUserParameters{Types: []string{"public_channel", "private_channel"}, ExcludeArchived: true, Limit: 200}
	for n := 0; ; n++ {
		if n == pages {
			x.partly = true
			break
		}
		var list []slack.Channel
		err := x.ask(func(ctx context.Context) (err error) {
			list, params.Cursor, err = api.GetConversationsForUserContext(ctx, params)
			return err
		})
		if err != nil {
			x.partly = true
			f := x.failed("channels", "", err)
			f.Broken = false
			x.found(f)
			return
		}
		for _, c := range list {
			x.channels = append(x.channels, c.ID)
			in = append(in, "#"+cmp.Or(c.Name, c.ID))
		}
		if params.Cursor == "" {
			break
		}
	}
	if len(in) == 0 {
		x.found(Finding{Name: "channels", Found: "the bot is in none, so it can be asked in direct messages and by /ask alone", Do: "In a channel write /invite @" + handle + "."})
		return
	}
	found := count(len(in), "channel")
	if x.partly {
		found = "more than " + found
	}
	slices.Sort(in)
	if len(in) > shown {
		in = append(in[:shown], "…")
	}
	x.found(Finding{Name: "channels", Found: "the bot is in " + found + ": " + clean(strings.Join(in, ", "))})
}

// events looks at the ways for events to come in.
func (x *examiner) events() {
	secret := Finding{Name: "requests", Found: "events come over a socket, not as requests"}
	if s := x.c.SigningSecret; s != "" {
		secret.Found = "Slack's signature is checked with SLACK_SIGNING_SECRET"
		if strings.HasPrefix(s, "xoxb-") || strings.HasPrefix(s, appPrefix) {
			secret = Finding{Name: "requests", Found: "SLACK_SIGNING_SECRET holds a token", Do: "Set it to the Signing Secret from Basic Information, App Credentials, in your app's settings.", Broken: x.c.AppToken == ""}
		}
	}
	switch token := x.c.AppToken; {
	case token == "" && x.c.SigningSecret == "":
		x.found(Finding{Name: "events", Found: "there is no way for them to come in", Do: "Set SLACK_APP_TOKEN for Socket Mode, or SLACK_SIGNING_SECRET for requests.", Broken: true})
		return
	case token == "":
	case wrongKind(token, appPrefix) != "":
		x.found(Finding{Name: "socket", Found: "SLACK_APP_TOKEN holds " + wrongKind(token, appPrefix), Do: "Set it to the token that starts with xapp-, from Basic Information, App-Level Tokens, in your app's settings.", Broken: true})
	default:
		x.socket()
	}
	x.found(secret)
}

// socket asks for the address of a socket, and does not open it.
// https://docs.slack.dev/reference/methods/apps.connections.open/
func (x *examiner) socket() {
	err := x.ask(func(ctx context.Context) error {
		_, _, err := x.c.api("").StartSocketModeContext(ctx)
		return err
	})
	f := Finding{Name: "socket", Found: "Socket Mode is on, and the app token opens sockets"}
	switch code(err) {
	case "missing_scope":
		f = Finding{Name: f.Name, Found: "the app token lacks the scope connections:write", Do: "Under Basic Information, App-Level Tokens, generate a token with the scope connections:write, and set SLACK_APP_TOKEN to it.", Broken: true}
	case "invalid_auth", "not_authed", "token_revoked", "account_inactive":
		f = Finding{Name: f.Name, Found: "Slack does not know the app token (" + code(err) + ")", Do: "Copy it anew from Basic Information, App-Level Tokens, or generate another one with the scope connections:write, and set SLACK_APP_TOKEN to it.", Broken: true}
	case "":
		if err != nil {
			f = x.failed(f.Name, "SLACK_APP_TOKEN", err)
		}
	default:
		f = x.failed(f.Name, "SLACK_APP_TOKEN", err)
	}
	x.found(f)
}

// policy looks for workspaces and channels in it that the bot is not in.
func (x *examiner) policy() {
	if len(x.teams) < max(1, len(x.c.Tokens)) {
		return
	}
	for _, team := range slices.Sorted(maps.Keys(x.c.Policy.Workspaces)) {
		if !slices.Contains(x.teams, team) {
			x.found(Finding{Name: "policy", Found: "it names workspace " + team + ", for which there is no bot token", Do: "Add its token to SLACK_BOT_TOKEN, or correct the id in the file."})
		}
	}
	if x.partly {
		return
	}
	var named []string
	for _, p := range append(slices.Collect(maps.Values(x.c.Policy.Workspaces)), x.c.Policy) {
		named = append(named, p.Channels...)
		for _, s := range p.Scopes {
			named = append(named, s.Channels...)
		}
	}
	slices.Sort(named)
	var absent []string
	for _, id := range named {
		if id != direct && id != "*" && !slices.Contains(x.channels, id) && !slices.Contains(absent, id) {
			absent = append(absent, id)
		}
	}
	if len(absent) > 0 {
		x.found(Finding{Name: "policy", Found: "it names channels that the bot is not in: " + strings.Join(absent, ", "), Do: "Write /invite @Dateline there, or correct the ids in the file."})
	}
}

func (x *examiner) ask(call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(x.ctx, examineTimeout)
	defer cancel()
	return call(ctx)
}

// failed says why a call did not go well.
func (x *examiner) failed(name, setting string, err error) Finding {
	f := Finding{Name: name, Broken: true}
	var limited *slack.RateLimitedError
	var status slack.StatusCodeError
	switch meant := Explain(err); {
	case meant != err:
		found, do, _ := strings.Cut(meant.Error(), ": ")
		f.Found, f.Do = found+" ("+code(err)+")", do
		if do != "" {
			f.Do = sentence(errors.New(do))
		}
	case code(err) != "":
		f.Found, f.Do = "Slack refuses with "+code(err), "Look the error up at https://docs.slack.dev, and see whether the app is installed and "+cmp.Or(setting, "its token")+" is of it."
	case errors.As(err, &limited):
		f.Found, f.Do, f.Broken = "Slack wants to be asked less often", "Ask again in "+limited.RetryAfter.String()+".", false
	case errors.As(err, &status):
		f.Found, f.Do = fmt.Sprintf("%s answers with status %d", x.where(), status.Code), "See https://slack-status.com, or what answers at SLACK_API_URL."
	default:
		f.Found, f.Do = "there is no answer from "+x.where()+": "+err.Error(), "See to the network, the proxy settings and SLACK_API_URL."
	}
	return f
}

func (x *examiner) where() string { return cmp.Or(x.c.APIURL, slack.APIURL) }
