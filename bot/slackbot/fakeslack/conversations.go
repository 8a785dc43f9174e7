package fakeslack

import (
	"cmp"
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// https://docs.slack.dev/reference/methods/auth.test
func (c *call) authTest() (reply, *refusal) {
	return reply{
		"url": "https://" + c.team.Domain + ".slack.com/", "team": c.team.Name, "team_id": c.team.ID,
		"user": c.s.users[c.team.BotUser].Name, "user_id": c.team.BotUser, "bot_id": c.team.BotID,
		"is_enterprise_install": false,
	}, nil
}

// https://docs.slack.dev/reference/methods/bots.info
func (c *call) botsInfo() (reply, *refusal) {
	if c.arg("bot") != c.team.BotID {
		return nil, refuse("bot_not_found")
	}
	return reply{"bot": map[string]any{
		"id": c.team.BotID, "app_id": c.s.cfg.App.ID, "user_id": c.team.BotUser, "name": c.s.cfg.App.Name, "deleted": false, "updated": c.now.Unix(),
	}}, nil
}

// https://docs.slack.dev/reference/methods/team.info
func (c *call) teamInfo() (reply, *refusal) {
	if id := c.arg("team"); id != "" && id != c.team.ID {
		return nil, refuse("team_not_found")
	}
	return reply{"team": map[string]any{"id": c.team.ID, "name": c.team.Name, "domain": c.team.Domain, "email_domain": "", "icon": map[string]any{"image_default": true}}}, nil
}

// https://docs.slack.dev/reference/methods/users.info
func (c *call) usersInfo() (reply, *refusal) {
	if c.arg("user") == "" {
		return nil, missing(c, "user")
	}
	u := c.s.users[c.arg("user")]
	if u == nil {
		return nil, refuse("user_not_found")
	}
	foreign := u.Team != c.team.ID
	met := false
	for _, ch := range c.s.channels {
		met = met || ch.members[u.ID] && ch.members[c.team.BotUser]
	}
	j := map[string]any{
		"id": u.ID, "team_id": u.Team, "name": u.Name, "real_name": u.RealName, "deleted": u.Deleted,
		"tz": "Europe/London", "tz_label": "Greenwich Mean Time", "tz_offset": 0,
		"is_admin": u.Admin, "is_owner": false, "is_primary_owner": false,
		"is_restricted": u.Guest || u.OneChannel, "is_ultra_restricted": u.OneChannel, "is_bot": u.Bot, "is_app_user": false,
		"updated": c.now.Unix(),
		"profile": map[string]any{"real_name": u.RealName, "display_name": u.Name, "real_name_normalized": u.RealName, "display_name_normalized": u.Name, "team": u.Team},
	}
	// Only who is of another workspace and shares no channel with the app is
	// called a stranger; who shares one is told by team_id alone.
	// https://docs.slack.dev/reference/objects/user-object
	if foreign {
		j["is_stranger"] = !met
		for _, k := range []string{"is_admin", "is_owner", "is_primary_owner"} {
			delete(j, k)
		}
	}
	if u.Deleted {
		for _, k := range []string{"is_admin", "is_owner", "is_primary_owner", "is_restricted", "is_ultra_restricted", "tz", "tz_label", "tz_offset"} {
			delete(j, k)
		}
	}
	return reply{"user": j}, nil
}

// wireChannel is a channel as the Web API has it.
// https://docs.slack.dev/reference/objects/conversation-object
func (c *call) wireChannel(ch *channel) map[string]any {
	j := map[string]any{
		"id": ch.ID, "created": ch.created, "is_archived": ch.Archived, "is_im": ch.Kind == IM, "is_mpim": ch.Kind == MPIM,
		"is_channel": ch.Kind == Public, "is_group": ch.Kind == Private, "is_private": ch.Kind != Public,
		"is_ext_shared": len(ch.SharedWith) > 0, "is_shared": len(ch.SharedWith) > 0, "is_org_shared": false,
		"is_member": ch.members[c.team.BotUser], "context_team_id": c.team.ID,
	}
	if ch.Kind == IM {
		for m := range ch.members {
			if m != c.team.BotUser {
				j["user"] = m
				j["is_user_deleted"] = c.s.users[m] != nil && c.s.users[m].Deleted
			}
		}
		j["is_open"] = true
		return j
	}
	j["name"], j["name_normalized"] = ch.Name, ch.Name
	j["creator"] = "USLACKBOT"
	j["topic"] = map[string]any{"value": "", "creator": "", "last_set": 0}
	j["purpose"] = map[string]any{"value": "", "creator": "", "last_set": 0}
	if len(ch.SharedWith) > 0 {
		j["connected_team_ids"] = ch.SharedWith
		j["shared_team_ids"] = append([]string{ch.Team}, ch.SharedWith...)
	}
	if ch.ReadOnly {
		j["is_read_only"] = true
	}
	if c.flag("include_num_members") {
		j["num_members"] = len(ch.members)
	}
	return j
}

// family is the first part of the scopes for a kind of channel, and the last of
// the event.
func (k Kind) family() string {
	switch k {
	case Private:
		return "groups"
	case IM:
		return "im"
	case MPIM:
		return "mpim"
	}
	return "channels"
}

// mayFor checks the scope that a kind of channel takes.
func (c *call) mayFor(ch *channel, what string) *refusal {
	if scope := ch.Kind.family() + ":" + what; !c.s.cfg.App.has(scope) {
		return missingScope(c, c.s.cfg.App.Scopes, scope)
	}
	return nil
}

// https://docs.slack.dev/reference/methods/conversations.info
func (c *call) conversationsInfo() (reply, *refusal) {
	ch, ref := c.channel("channel")
	if ref != nil {
		return nil, ref
	}
	if ref := c.mayFor(ch, "read"); ref != nil {
		return nil, ref
	}
	return reply{"channel": c.wireChannel(ch)}, nil
}

// https://docs.slack.dev/reference/methods/users.conversations
func (c *call) usersConversations() (reply, *refusal) {
	kinds := map[string]Kind{"public_channel": Public, "private_channel": Private, "im": IM, "mpim": MPIM}
	var want []Kind
	for t := range strings.SplitSeq(cmp.Or(c.arg("types"), "public_channel"), ",") {
		k, ok := kinds[strings.TrimSpace(t)]
		if !ok {
			return nil, misuse("invalid_types", c.page(), "type "+t)
		}
		if !c.s.cfg.App.has(k.family() + ":read") {
			return nil, missingScope(c, c.s.cfg.App.Scopes, k.family()+":read")
		}
		want = append(want, k)
	}
	user := cmp.Or(c.arg("user"), c.team.BotUser)
	all := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(c.s.channels)) {
		ch := c.s.channels[id]
		if !slices.Contains(want, ch.Kind) || !ch.members[user] || !ch.in(c.team.ID) || ch.Archived && c.flag("exclude_archived") {
			continue
		}
		if ch.Kind != Public && !ch.members[c.team.BotUser] {
			continue
		}
		all = append(all, c.wireChannel(ch))
	}
	from, to, next, ref := c.window(len(all), 100, 999)
	if ref != nil {
		return nil, ref
	}
	return reply{"channels": all[from:to], "response_metadata": map[string]any{"next_cursor": next}}, nil
}

// window is the page of n items that a call asks for.
// https://docs.slack.dev/apis/web-api/pagination
func (c *call) window(n, usual, most int) (from, to int, next string, ref *refusal) {
	limit := usual
	if a := c.arg("limit"); a != "" {
		v, err := strconv.Atoi(a)
		if err != nil || v < 1 || v > most {
			return 0, 0, "", misuse("invalid_limit", c.page(), "limit "+a)
		}
		limit = v
	}
	if cur := c.arg("cursor"); cur != "" {
		raw, err := base64.StdEncoding.DecodeString(cur)
		at, ok := strings.CutPrefix(string(raw), "next:")
		v, err2 := strconv.Atoi(at)
		if err != nil || !ok || err2 != nil || v < 0 || v > n {
			return 0, 0, "", refuse("invalid_cursor")
		}
		from = v
	}
	to = min(n, from+limit)
	if to < n {
		next = base64.StdEncoding.EncodeToString([]byte("next:" + strconv.Itoa(to)))
	}
	return from, to, next, nil
}

// readable finds the channel whose messages a call reads, and checks the span
// that it asks for.
func (c *call) readable() (*channel, *refusal) {
	ch, ref := c.channel("channel")
	if ref != nil {
		return nil, ref
	}
	if ref := c.mayFor(ch, "history"); ref != nil {
		return nil, ref
	}
	if !ch.members[c.team.BotUser] {
		return nil, refuse("not_in_channel")
	}
	return ch, c.span()
}

// between says whether a timestamp is in the span that a call asks for.
func (c *call) between(ts string) bool {
	oldest, latest := c.arg("oldest"), c.arg("latest")
	inclusive := c.flag("inclusive")
	if oldest != "" && oldest != "0" && (tsLess(ts, oldest) || ts == oldest && !inclusive) {
		return false
	}
	return latest == "" || tsLess(ts, latest) || ts == latest && inclusive
}

func (c *call) span() *refusal {
	for _, arg := range []string{"oldest", "latest"} {
		if v := c.arg(arg); v != "" {
			if _, err := strconv.ParseFloat(v, 64); err != nil {
				return misuse("invalid_ts_"+arg, c.page(), arg+" "+v)
			}
		}
	}
	return nil
}

// https://docs.slack.dev/reference/methods/conversations.history
func (c *call) conversationsHistory() (reply, *refusal) {
	ch, ref := c.readable()
	if ref != nil {
		return nil, ref
	}
	all := []map[string]any{}
	for _, m := range slices.Backward(ch.messages) { // newest first
		if m.For == "" && m.Top() && c.between(m.TS) {
			all = append(all, c.s.wire(ch, m, c.flag("include_all_metadata")))
		}
	}
	from, to, next, ref := c.window(len(all), 100, 999)
	if ref != nil {
		return nil, ref
	}
	return reply{
		"messages": all[from:to], "has_more": next != "", "pin_count": 0,
		"response_metadata": map[string]any{"next_cursor": next},
	}, nil
}

// https://docs.slack.dev/reference/methods/conversations.replies
func (c *call) conversationsReplies() (reply, *refusal) {
	ch, ref := c.readable()
	if ref != nil {
		return nil, ref
	}
	m := ch.byTS[c.arg("ts")]
	if m == nil || m.For != "" {
		return nil, refuse("thread_not_found")
	}
	root := cmp.Or(m.ThreadTS, m.TS)
	head, all := []map[string]any{}, []map[string]any{}
	for _, m := range ch.messages {
		switch {
		case m.For != "":
		case m.TS == root: // stands at the top of every page
			head = append(head, c.s.wire(ch, m, c.flag("include_all_metadata")))
		case m.ThreadTS == root && c.between(m.TS):
			all = append(all, c.s.wire(ch, m, c.flag("include_all_metadata")))
		}
	}
	from, to, next, ref := c.window(len(all), 1000, 1000)
	if ref != nil {
		return nil, ref
	}
	return reply{
		"messages": append(head, all[from:to]...), "has_more": next != "",
		"response_metadata": map[string]any{"next_cursor": next},
	}, nil
}

// https://docs.slack.dev/reference/methods/conversations.open
func (c *call) conversationsOpen() (reply, *refusal) {
	if !c.s.cfg.App.has("im:write") {
		return nil, missingScope(c, c.s.cfg.App.Scopes, "im:write")
	}
	if id := c.arg("channel"); id != "" {
		ch, ref := c.channel("channel")
		switch {
		case ref != nil:
			return nil, ref
		case ch.Kind != IM && ch.Kind != MPIM:
			return nil, refuse("method_not_supported_for_channel_type")
		}
		return c.opened(ch, true), nil
	}
	users := strings.FieldsFunc(c.arg("users"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(users) == 0 {
		return nil, misuse("users_list_not_supplied", c.page(), "users is required")
	}
	if len(users) > 8 {
		return nil, misuse("too_many_users", c.page(), "at most 8 users")
	}
	for _, id := range users {
		switch u := c.s.users[id]; {
		case u == nil:
			return nil, refuse("user_not_found")
		case u.Deleted:
			return nil, refuse("user_disabled")
		}
	}
	if len(users) == 1 {
		already := c.s.channels["D"+c.team.ID[1:]+users[0][1:]] != nil
		return c.opened(c.s.dm(c.team, users[0]), already), nil
	}
	if !c.s.cfg.App.has("mpim:write") {
		return nil, missingScope(c, c.s.cfg.App.Scopes, "mpim:write")
	}
	members := append([]string{c.team.BotUser}, users...)
	slices.Sort(members)
	for _, ch := range c.s.channels {
		if ch.Kind == MPIM && slices.Equal(slices.Sorted(maps.Keys(ch.members)), members) {
			return c.opened(ch, true), nil
		}
	}
	return c.opened(c.s.addChannel(Channel{ID: c.s.id("G"), Kind: MPIM, Name: "mpdm", Team: c.team.ID, Members: members}), false), nil
}

func (c *call) opened(ch *channel, already bool) reply {
	j := map[string]any{"id": ch.ID}
	if c.flag("return_im") {
		j = c.wireChannel(ch)
	}
	out := reply{"channel": j}
	if already {
		out["no_op"], out["already_open"] = true, true
	}
	return out
}
