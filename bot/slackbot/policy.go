package slackbot

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/slack-go/slack"

	"dateline/bot"
	"dateline/bot/slackbot/inbox"
	"dateline/retrieval"
)

// A Policy says who may ask, and about what. The zero Policy lets all members of
// the workspace ask about everything, wherever the bot is.
type Policy struct {
	// Admins see health and switches in App Home.
	Admins []string `yaml:"admins"`
	// Channels and Users are those that may ask; empty means all. Direct
	// messages are no channels here.
	Channels []string `yaml:"channels"`
	Users    []string `yaml:"users"`
	// Guests and Strangers may ask, too: people with guest accounts, and people
	// of other organisations in channels shared with them.
	Guests    bool `yaml:"guests"`
	Strangers bool `yaml:"strangers"`
	// Scopes say what can be asked about where. The first that names a place
	// holds there; "*" names all channels and direct messages of several people,
	// "direct" those with one person and App Home. Without scopes everything can
	// be asked about everywhere; with some, nothing where none of them holds.
	Scopes []Scope `yaml:"scopes"`
	// Threads is ThreadsFollow, also if empty, or ThreadsMention. A workspace's
	// own policy that has none takes that of the policy around it.
	Threads Threads `yaml:"threads"`
	// Workspaces are policies for some workspaces alone, by their ids (T…), in
	// place of this one: ids of users, and what "direct" and "*" name, are each
	// workspace's own.
	Workspaces map[string]Policy `yaml:"workspaces"`
}

// of is the policy of a workspace.
func (p Policy) of(team string) Policy {
	if own, ok := p.Workspaces[team]; ok {
		own.Threads = cmp.Or(own.Threads, p.Threads)
		return own
	}
	return p
}

// A Scope is what can be asked about in some channels.
type Scope struct {
	Channels []string `yaml:"channels"`
	// Sources and Publishers are as in retrieval.Filter. Where both are empty,
	// nothing can be asked about, unless Everything is set.
	Sources    []string `yaml:"sources"`
	Publishers []string `yaml:"publishers"`
	Everything bool     `yaml:"everything"`
}

// ReadPolicy reads a policy from YAML. Unknown fields are errors: a rule that is
// misspelt would let everything pass.
func ReadPolicy(r io.Reader) (Policy, error) {
	data, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return Policy{}, err
	}
	var p Policy
	err = yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(&p)
	if err != nil && !errors.Is(err, io.EOF) {
		return Policy{}, errors.New(yaml.FormatError(err, false, true))
	}
	if err := p.check(); err != nil {
		return Policy{}, err
	}
	return p, nil
}

// Ids of Slack's, of users and of channels. A name in their place would let
// nobody ask, or everybody.
var (
	userID    = regexp.MustCompile(`^[UW][A-Z0-9]{5,}$`)
	channelID = regexp.MustCompile(`^[CGD][A-Z0-9]{5,}$`)
	teamID    = regexp.MustCompile(`^T[A-Z0-9]{5,}$`)
)

func (p Policy) check() error {
	for _, list := range []struct {
		field string
		ids   []string
	}{{"admins", p.Admins}, {"users", p.Users}} {
		for _, id := range list.ids {
			if !userID.MatchString(id) {
				return fmt.Errorf("%s: %q is no id of a user, which looks like U012AB3CD: take it from the person's profile, Copy member ID", list.field, id)
			}
		}
	}
	const how = "is no id of a channel, which looks like C024BE91L: it stands at the end of the channel's details"
	for _, id := range p.Channels {
		if !channelID.MatchString(id) {
			return fmt.Errorf("channels: %q %s", id, how)
		}
	}
	for i, s := range p.Scopes {
		if len(s.Channels) == 0 {
			return fmt.Errorf("scope %d names no channels: give their ids, \"direct\", or \"*\"", i+1)
		}
		switch named := len(s.Sources)+len(s.Publishers) > 0; {
		case !named && !s.Everything:
			return fmt.Errorf("scope %d names neither sources nor publishers: write \"everything: true\" where everything can be asked about", i+1)
		case named && s.Everything:
			return fmt.Errorf("scope %d has everything, and sources or publishers besides: leave one of them out", i+1)
		}
		for _, id := range s.Channels {
			if id != direct && id != "*" && !channelID.MatchString(id) {
				return fmt.Errorf("scope %d: %q %s; or write \"direct\" or \"*\"", i+1, id, how)
			}
		}
		if slices.Contains(s.Sources, "") || slices.Contains(s.Publishers, "") {
			return fmt.Errorf("scope %d has an empty source or publisher", i+1)
		}
	}
	if err := p.Threads.Check(); err != nil {
		return fmt.Errorf("threads: %w", err)
	}
	for _, team := range slices.Sorted(maps.Keys(p.Workspaces)) {
		own := p.Workspaces[team]
		if !teamID.MatchString(team) {
			return fmt.Errorf("workspaces: %q is no id of a workspace, which looks like T012AB3CD: it stands in the address of Slack in a browser, after /client/", team)
		}
		if len(own.Workspaces) > 0 {
			return fmt.Errorf("workspaces: %s: there are no workspaces within one", team)
		}
		if err := own.check(); err != nil {
			return fmt.Errorf("workspaces: %s: %w", team, err)
		}
	}
	return nil
}

// direct is how a policy names direct messages and App Home.
const direct = "direct"

// Rest says where no scope of the policy holds, of this one and of those of
// workspaces, so that nothing is answered there; it is empty if there is no such
// place.
func (p Policy) Rest() []string {
	var rest []string
	for _, place := range []struct{ name, words string }{{"*", "channels and direct messages of several people that no scope names"}, {direct, "direct messages and App Home"}} {
		if len(p.Scopes) > 0 && !slices.ContainsFunc(p.Scopes, func(s Scope) bool { return slices.Contains(s.Channels, place.name) }) {
			rest = append(rest, fmt.Sprintf("%s (%q)", place.words, place.name))
		}
	}
	for _, team := range slices.Sorted(maps.Keys(p.Workspaces)) {
		for _, place := range p.Workspaces[team].Rest() {
			rest = append(rest, place+" of workspace "+team)
		}
	}
	return rest
}

// filter is what can be asked about in a channel; false if nothing can, as no
// scope holds there.
func (p Policy) filter(channel string) (f retrieval.Filter, ok bool) {
	name := channel
	if isDirect(channel) {
		name = direct
	}
	for _, s := range p.Scopes {
		if slices.Contains(s.Channels, channel) || slices.Contains(s.Channels, name) || name != direct && slices.Contains(s.Channels, "*") {
			// An empty filter lets all pass.
			return retrieval.Filter{Sources: slices.Clone(s.Sources), Publishers: slices.Clone(s.Publishers)}, s.Everything || len(s.Sources)+len(s.Publishers) > 0
		}
	}
	return retrieval.Filter{}, len(p.Scopes) == 0
}

// isDirect reports whether a channel's id is that of a direct message; App Home
// has none.
func isDirect(channel string) bool { return channel == "" || channel[0] == 'D' }

// Why somebody may not ask.
const (
	notScoped    = "It is not set up what can be asked about here, so Dateline answers nothing here. Ask an admin to add this place to the policy."
	notHere      = "Dateline does not answer in this channel. Ask in a direct message, or ask an admin to allow it."
	notYou       = "Dateline is not set up to answer you. Ask an admin to allow it."
	notGuests    = "Dateline does not answer guest accounts here. Ask an admin to allow it."
	notKnown     = "Slack does not say at the moment who you are, so I cannot tell whether you may ask. Please ask again in a minute."
	notStrangers = "Dateline answers members of its own workspace only. Ask somebody of it to ask for you."
)

// allowed says what somebody may ask about in a channel; why tells, if nothing.
// home is the team that Slack says the user is of, if it is another.
func (b *Bot) allowed(ctx context.Context, w *workspace, channel, user, home string) (f retrieval.Filter, why string) {
	p := b.c.Policy.of(w.team)
	if why := b.mayAsk(ctx, w, p, channel, user, home); why != "" {
		return f, why
	}
	f, ok := p.filter(channel)
	if !ok {
		b.reportUnscoped(ctx, w, channel)
		return retrieval.Filter{}, notScoped
	}
	return f, ""
}

// mayAsk says why somebody may not ask in a channel, whatever about.
func (b *Bot) mayAsk(ctx context.Context, w *workspace, p Policy, channel, user, home string) (why string) {
	if slices.Contains(p.Admins, user) {
		return ""
	}
	if len(p.Channels) > 0 && !isDirect(channel) && !slices.Contains(p.Channels, channel) {
		return notHere
	}
	if len(p.Users) > 0 && !slices.Contains(p.Users, user) {
		return notYou
	}
	if p.Guests && p.Strangers {
		return ""
	}
	u := w.who(ctx, user)
	elsewhere := home != "" && home != w.team && home != w.enterprise
	switch {
	case u.unsure:
		return notKnown
	case !p.Strangers && (u.stranger || elsewhere && !u.sameCompany):
		return notStrangers
	case !p.Guests && u.guest:
		return notGuests
	}
	return ""
}

// reportUnscoped has an admin told, once, that somebody asks where no scope holds.
func (b *Bot) reportUnscoped(ctx context.Context, w *workspace, channel string) {
	place := channel
	if isDirect(channel) {
		place = direct
	}
	if !b.firstTime(&b.unscoped, w.team+"/"+place) {
		return
	}
	w.log.WarnContext(ctx, "asked where no scope of the policy holds, so nothing is answered there", "place", place)
	if len(b.c.Policy.of(w.team).Admins) == 0 {
		return
	}
	name := w.team + "/" + place + "/" + itemUnscoped
	if err := b.put(ctx, "", item{inbox.Item{Key: name, Lane: name, Team: w.team, Kind: itemUnscoped}, place}); err != nil {
		w.log.WarnContext(ctx, "admin not told", "place", place, "err", err)
	}
}

// tellUnscoped tells the first admin who can be told that nothing is answered in a
// place.
func (b *Bot) tellUnscoped(ctx context.Context, w *workspace, it inbox.Item) error {
	var place string
	if err := json.Unmarshal(it.Payload, &place); err != nil {
		return &ownError{fmt.Errorf("item %s: %w", it.Key, err)}
	}
	where := "in " + place
	if place == direct {
		where = "in a direct message or App Home"
	}
	text := fmt.Sprintf("Somebody asked Dateline something %s, where no scope of the policy holds, so it answers nothing there. If it should, add a scope that names %q to the policy file and start Dateline anew. You are told this once.", where, place)
	var err error
	for _, admin := range b.c.Policy.of(w.team).Admins {
		if err = w.write(ctx, admin, text); err == nil || transient(err) {
			return err
		}
		w.log.WarnContext(ctx, "admin not told", "user", admin, "err", err)
	}
	return err
}

// A person is what is known about a user. The zero person is one of whom Slack
// does not let the bot know anything.
type person struct {
	guest, stranger bool
	// sameCompany is set for who is of another workspace of the same company.
	sameCompany bool
	// unsure is set if Slack did not answer.
	unsure bool
	name   string
	zone   *time.Location
	until  time.Time // when to look again
}

// people remembers users.
type people struct {
	mu    sync.Mutex
	known map[string]person
}

const methodUser = "users.info"

// who finds out about a user. Where that cannot be known, as the bot has not
// the scope, what the event says about a user's team has to do.
// https://docs.slack.dev/reference/methods/users.info/
func (w *workspace) who(ctx context.Context, user string) person {
	now := time.Now()
	w.people.mu.Lock()
	p, ok := w.people.known[user]
	w.people.mu.Unlock()
	if ok && now.Before(p.until) || !w.has(methodUser) {
		return p
	}
	var u *slack.User
	// The asker sees nothing yet, so this must not take long.
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := w.do(ctx, again, methodUser, "", func(ctx context.Context) (err error) {
		u, err = w.api.GetUserInfoContext(ctx, user)
		return err
	})
	switch {
	case code(err) == "user_not_found" || code(err) == "user_not_visible":
		p = person{stranger: true, until: now.Add(time.Minute)}
	case err != nil:
		w.log.WarnContext(ctx, "user not known", "user", user, "err", err)
		if !ok {
			p.unsure = w.has(methodUser)
		}
		return p // what was known is likelier than nothing
	default:
		p = person{
			guest:       u.IsRestricted || u.IsUltraRestricted,
			sameCompany: w.enterprise != "" && u.Enterprise.EnterpriseID == w.enterprise,
			name:        cmp.Or(u.Profile.DisplayName, u.RealName, u.Profile.RealName, u.Name),
			zone:        time.FixedZone(u.TZ, u.TZOffset),
			until:       now.Add(time.Hour),
		}
		p.stranger = u.IsStranger || u.TeamID != "" && u.TeamID != w.team && !p.sameCompany
	}
	w.people.mu.Lock()
	defer w.people.mu.Unlock()
	if w.people.known == nil || len(w.people.known) > 100_000 {
		w.people.known = make(map[string]person)
	}
	w.people.known[user] = p
	return p
}

// today is the day it is where a user is.
func (w *workspace) today(ctx context.Context, now time.Time, user string) time.Time {
	if zone := w.who(ctx, user).zone; zone != nil {
		return now.In(zone)
	}
	return now
}

// sees reports whether articles can be asked about under a filter.
func (b *Bot) sees(ctx context.Context, f retrieval.Filter, articles ...string) (bool, error) {
	ids, _, err := b.visible(ctx, f)
	if err != nil || ids == nil {
		return err == nil, err
	}
	return !slices.ContainsFunc(articles, func(id string) bool { return !ids[id] }), nil
}

// seesAll reports whether the articles of all passages can be.
func (b *Bot) seesAll(ctx context.Context, f retrieval.Filter, passages []bot.Offered) (bool, error) {
	_, sources, err := b.visible(ctx, f)
	if err != nil || sources == nil {
		return err == nil, err
	}
	return !slices.ContainsFunc(passages, func(o bot.Offered) bool { return !sources[o.Source] }), nil
}

// visibleThread is what a question may refer to of what was said before it: nothing, if
// some of that rests on articles that cannot be asked about under a filter.
func (b *Bot) visibleThread(ctx context.Context, f retrieval.Filter, said bot.Conversation) (bot.Conversation, error) {
	var cited []string
	for _, e := range said.Exchanges {
		for _, c := range e.Cited {
			cited = append(cited, c.Article)
		}
	}
	if ok, err := b.sees(ctx, f, cited...); err != nil || !ok {
		return bot.Conversation{}, err
	}
	return said, nil
}

// visible are the articles that pass a filter, by id and by name; nil if all do.
func (b *Bot) visible(ctx context.Context, f retrieval.Filter) (ids, sources map[string]bool, err error) {
	if len(f.Sources)+len(f.Publishers) == 0 {
		return nil, nil, nil
	}
	list, err := b.c.Library.Articles(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	ids, sources = make(map[string]bool, len(list)), make(map[string]bool, len(list))
	for _, a := range list {
		ids[a.ID], sources[a.Source] = true, true
	}
	return ids, sources, nil
}
