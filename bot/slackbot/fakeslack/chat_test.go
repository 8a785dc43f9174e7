package fakeslack_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"dateline/bot/slackbot/fakeslack"
)

func text(s string) slack.MsgOption { return slack.MsgOptionText(s, false) }

func TestPosting(t *testing.T) {
	for _, tt := range []struct {
		name    string
		prepare func(*fakeslack.Slack)
		channel string
		options []slack.MsgOption
		want    string // the error; empty for none
		breaks  bool   // whether a rule is broken, besides
	}{
		{name: "plain", options: []slack.MsgOption{text("hello")}},
		{name: "no words", want: "no_text", breaks: true},
		{name: "white space", options: []slack.MsgOption{text(" \n")}, want: "no_text", breaks: true},
		{name: "as long as it may be", options: []slack.MsgOption{text(strings.Repeat("a", 40_000))}},
		{name: "cut off", options: []slack.MsgOption{text(strings.Repeat("a", 40_001))}, breaks: true},
		{name: "Markdown", options: []slack.MsgOption{slack.MsgOptionMarkdownText("**well**")}},
		{name: "Markdown and text", options: []slack.MsgOption{text("x"), slack.MsgOptionMarkdownText("**well**")}, want: "markdown_text_conflict", breaks: true},
		{name: "long Markdown", options: []slack.MsgOption{slack.MsgOptionMarkdownText(strings.Repeat("a", 12_001))}, want: "msg_too_long", breaks: true},
		{name: "an emoji counts twice", options: []slack.MsgOption{slack.MsgOptionMarkdownText(strings.Repeat("😀", 6_001))}, want: "msg_too_long", breaks: true},
		{name: "unknown channel", channel: "C0NOWHERE", options: []slack.MsgOption{text("x")}, want: "channel_not_found"},
		{name: "not a member", channel: fakeslack.Quiet, options: []slack.MsgOption{text("x")}, want: "not_in_channel"},
		{name: "not a member, but allowed", channel: fakeslack.Quiet, options: []slack.MsgOption{text("x")},
			prepare: func(s *fakeslack.Slack) { s.SetScopes("chat:write", "chat:write.public") }},
		{name: "private and not a member", channel: fakeslack.Desk, options: []slack.MsgOption{text("x")}, want: "channel_not_found",
			prepare: func(s *fakeslack.Slack) { s.Leave("U0DATELINE", fakeslack.Desk) }},
		{name: "archived", options: []slack.MsgOption{text("x")}, want: "is_archived",
			prepare: func(s *fakeslack.Slack) { s.Archive(fakeslack.Admin, fakeslack.General, true) }},
		{name: "read-only", options: []slack.MsgOption{text("x")}, want: "restricted_action",
			prepare: func(s *fakeslack.Slack) { s.SetReadOnly(fakeslack.General, true) }},
		{name: "deleted channel", options: []slack.MsgOption{text("x")}, want: "channel_not_found",
			prepare: func(s *fakeslack.Slack) { s.DeleteChannel(fakeslack.General) }},
		{name: "thread that never was", options: []slack.MsgOption{text("x"), slack.MsgOptionTS("1.000001")}, want: "thread_not_found"},
		{name: "thread that is none", options: []slack.MsgOption{text("x"), slack.MsgOptionTS("yesterday")}, want: "invalid_thread_ts", breaks: true},
		{name: "another name", options: []slack.MsgOption{text("x"), slack.MsgOptionUsername("somebody")}, want: "missing_scope", breaks: true},
		{name: "no scope", options: []slack.MsgOption{text("x")}, want: "missing_scope", breaks: true,
			prepare: func(s *fakeslack.Slack) { s.SetScopes("users:read") }},
		{name: "revoked", options: []slack.MsgOption{text("x")}, want: "token_revoked",
			prepare: func(s *fakeslack.Slack) { s.Revoke(fakeslack.Team, "token_revoked") }},
		{name: "deactivated", options: []slack.MsgOption{text("x")}, want: "account_inactive",
			prepare: func(s *fakeslack.Slack) { s.Revoke(fakeslack.Team, "account_inactive") }},
		{name: "to a user", channel: fakeslack.Reporter, options: []slack.MsgOption{text("x")}},
		{name: "metadata", options: []slack.MsgOption{text("x"), slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "answer", EventPayload: map[string]any{"question": "1"}})}},
		{name: "metadata without a type", options: []slack.MsgOption{text("x"), slack.MsgOptionMetadata(slack.SlackMetadata{EventPayload: map[string]any{}})}, want: "invalid_metadata_format", breaks: true},
		{name: "metadata without a payload", options: []slack.MsgOption{text("x"), slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "answer"})}, want: "invalid_metadata_format", breaks: true},
		{name: "much metadata", options: []slack.MsgOption{text("x"), slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "answer", EventPayload: map[string]any{"q": strings.Repeat("a", 16_000)}})}, want: "metadata_too_large", breaks: true},
		{name: "too long a section", options: []slack.MsgOption{text("x"), slack.MsgOptionBlocks(section(strings.Repeat("a", 3001)))}, want: "invalid_blocks", breaks: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := serve(t, fakeslack.Config{})
			if tt.prepare != nil {
				tt.prepare(s)
			}
			channel := tt.channel
			if channel == "" {
				channel = fakeslack.General
			}
			_, ts, err := client(s).PostMessage(channel, tt.options...)
			if got := code(err); got != tt.want {
				t.Fatalf("got error %q, want %q", got, tt.want)
			}
			if got := len(s.Violations()) > 0; got != tt.breaks {
				t.Errorf("got violations %v, want some: %v", s.Violations(), tt.breaks)
			}
			for _, v := range s.Violations() {
				if v.Page == "" || v.Detail == "" {
					t.Errorf("violation without a page or a detail: %+v", v)
				}
			}
			calls := s.Calls("chat.postMessage")
			if len(calls) != 1 || calls[0].Error != tt.want || calls[0].TS != ts || calls[0].Args["channel"] != channel {
				t.Errorf("got calls %+v, want one with error %q and ts %q", calls, tt.want, ts)
			}
		})
	}
}

func plainText(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject("plain_text", s, false, false)
}

func section(words string) slack.Block {
	return slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", words, false, false), nil, nil)
}

func TestUpdating(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	c := client(s)
	meta := slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "answer", EventPayload: map[string]any{"n": "1"}})
	_, ts, err := c.PostMessage(fakeslack.General, text("first"), slack.MsgOptionBlocks(section("shown")), meta)
	if err != nil {
		t.Fatal(err)
	}
	see := func() fakeslack.Message {
		t.Helper()
		m, ok := s.Message(fakeslack.General, ts)
		if !ok {
			t.Fatal("the message is gone")
		}
		return m
	}
	update := func(options ...slack.MsgOption) string {
		_, _, _, err := c.UpdateMessage(fakeslack.General, ts, options...)
		return code(err)
	}
	if got := update(slack.MsgOptionBlocks(section("other"))); got != "" || see().PlainText() != "other" || see().Text != "first" {
		t.Errorf("blocks alone: got %q and %+v, want the text kept", got, see())
	}
	if got := update(text("second")); got != "" || see().PlainText() != "second" {
		t.Errorf("text alone: got %q and %q, want the blocks gone", got, see().PlainText())
	}
	if len(see().Metadata) == 0 {
		t.Error("metadata that was not sent is gone, want it kept")
	}
	if got := update(text(strings.Repeat("a", 4001))); got != "msg_too_long" {
		t.Errorf("long text: got %q, want msg_too_long", got)
	}
	if got := update(text("")); got != "no_text" {
		t.Errorf("no text: got %q, want no_text", got)
	}
	theirs, err := s.Post(fakeslack.Reporter, fakeslack.General, "mine", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := c.UpdateMessage(fakeslack.General, theirs, text("x")); code(err) != "cant_update_message" {
		t.Errorf("somebody's: got %v, want cant_update_message", err)
	}
	if _, _, err := c.DeleteMessage(fakeslack.General, theirs); code(err) != "cant_delete_message" {
		t.Errorf("delete somebody's: got %v, want cant_delete_message", err)
	}
	if _, _, _, err := c.UpdateMessage(fakeslack.General, "1.000001", text("x")); code(err) != "message_not_found" {
		t.Errorf("what never was: got %v, want message_not_found", err)
	}
	eph, err := c.PostEphemeral(fakeslack.General, fakeslack.Reporter, text("for you"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := c.UpdateMessage(fakeslack.General, eph, text("x")); code(err) != "message_not_found" {
		t.Errorf("what is ephemeral: got %v, want message_not_found", err)
	}
}

func TestEphemeral(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	c := client(s)
	if _, err := c.PostEphemeral(fakeslack.General, fakeslack.Reporter, text("for you")); err != nil {
		t.Fatal(err)
	}
	if got := len(s.Channel(fakeslack.Reporter, fakeslack.General)); got != 1 {
		t.Errorf("who it is for sees %d messages, want 1", got)
	}
	if got := len(s.Channel(fakeslack.Editor, fakeslack.General)); got != 0 {
		t.Errorf("somebody else sees %d messages, want 0", got)
	}
	if _, err := c.PostEphemeral(fakeslack.Desk, fakeslack.Admin, text("x")); code(err) != "user_not_in_channel" {
		t.Errorf("got %v, want user_not_in_channel", err)
	}
	root, err := s.Post(fakeslack.Editor, fakeslack.General, "who?", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 3} { // without a reply, and with one
		if _, err := c.PostEphemeral(fakeslack.General, fakeslack.Reporter, text("for you"), slack.MsgOptionTS(root)); err != nil {
			t.Fatal(err)
		}
		if got := len(s.Thread(fakeslack.Reporter, fakeslack.General, root)); got != want {
			t.Errorf("in the thread: got %d messages, want %d", got, want)
		}
		if _, err := s.Post(fakeslack.Editor, fakeslack.General, "well?", root); err != nil {
			t.Fatal(err)
		}
	}
	if v := s.Violations(); len(v) != 1 || v[0].Code != "unseen" {
		t.Errorf("got violations %v, want one for what nobody sees", v)
	}
	h, err := c.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: fakeslack.General})
	if err != nil || len(h.Messages) != 1 || h.Messages[0].Timestamp != root {
		t.Errorf("history has %v, %v; want nothing ephemeral", h, err)
	}
}

func TestReading(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	c := client(s)
	root, err := s.Post(fakeslack.Reporter, fakeslack.General, "question", "")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for range 25 {
		_, ts, err := c.PostMessage(fakeslack.General, slack.MsgOptionTS(root), text("answer"),
			slack.MsgOptionMetadata(slack.SlackMetadata{EventType: "answer", EventPayload: map[string]any{"n": "1"}}))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, ts)
	}
	for _, metadata := range []bool{false, true} {
		var got []string
		p := &slack.GetConversationRepliesParameters{ChannelID: fakeslack.General, Timestamp: root, Limit: 10, IncludeAllMetadata: metadata}
		for pages := 0; ; pages++ {
			msgs, more, cursor, err := c.GetConversationReplies(p)
			if err != nil || msgs[0].Timestamp != root {
				t.Fatalf("got %v, %v; want the parent first", msgs, err)
			}
			for _, m := range msgs[1:] {
				got = append(got, m.Timestamp)
				if (m.Metadata.EventType == "answer") != metadata {
					t.Fatalf("got metadata %+v, want some: %v", m.Metadata, metadata)
				}
			}
			if !more {
				break
			}
			p.Cursor = cursor
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	for _, tt := range []struct {
		name, channel, ts, want string
	}{
		{"no such thread", fakeslack.General, "1.000001", "thread_not_found"},
		{"not a member", fakeslack.Quiet, "1.000001", "not_in_channel"},
		{"no such channel", "C0NOWHERE", "1.000001", "channel_not_found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, _, err := c.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: tt.channel, Timestamp: tt.ts})
			if code(err) != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	if h, err := c.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: fakeslack.General}); err != nil || len(h.Messages) != 1 || h.Messages[0].ReplyCount != 25 {
		t.Errorf("got %+v, %v; want the question with 25 replies", h, err)
	}
	if link, err := c.GetPermalink(&slack.PermalinkParameters{Channel: fakeslack.General, Ts: root}); err != nil || !strings.HasPrefix(link, "https://newsroom.slack.com/archives/C0GENERAL/p") {
		t.Errorf("got %q, %v", link, err)
	}
}

func TestWhoAmI(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	a, err := client(s).AuthTest()
	if err != nil || a.TeamID != fakeslack.Team || a.UserID != "U0DATELINE" || a.BotID != "B0DATELINE" {
		t.Fatalf("got %+v, %v", a, err)
	}
	if got := a.Header.Get("X-OAuth-Scopes"); !strings.Contains(got, "chat:write") {
		t.Errorf("got scopes %q, want the token's", got)
	}
	for _, tt := range []struct{ name, token, want string }{
		{"none", "", "not_authed"},
		{"wrong", "xoxb-wrong", "invalid_auth"},
		{"of the app", fakeslack.AppToken, "not_allowed_token_type"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := slack.New(tt.token, slack.OptionAPIURL(s.APIURL())).AuthTest()
			if code(err) != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	if _, err := client(s).GetEmoji(); code(err) != "unknown_method" {
		t.Errorf("got %v, want unknown_method", err)
	}
}

func TestConversations(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	c := client(s)
	chs, _, err := c.GetConversationsForUser(&slack.GetConversationsForUserParameters{Types: []string{"public_channel", "private_channel"}})
	var names []string
	for _, ch := range chs {
		names = append(names, ch.Name)
	}
	if err != nil || !slices.Equal(names, []string{"general", "partners", "desk"}) {
		t.Errorf("got %v, %v; want those the bot is in", names, err)
	}
	info, err := c.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: fakeslack.Partners, IncludeNumMembers: true})
	if err != nil || !info.IsExtShared || info.NumMembers != 3 {
		t.Errorf("got %+v, %v; want a shared channel of 3", info, err)
	}
	if _, err := c.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: "G0NOWHERE"}); code(err) != "channel_not_found" {
		t.Errorf("got %v, want channel_not_found", err)
	}
	dm, _, already, err := c.OpenConversation(&slack.OpenConversationParameters{Users: []string{fakeslack.Editor}, ReturnIM: true})
	want, _ := s.DM(fakeslack.Editor)
	if err != nil || already || dm.ID != want {
		t.Errorf("got %+v, already open: %v, %v; want %s anew", dm, already, err, want)
	}
	if _, _, already, err = c.OpenConversation(&slack.OpenConversationParameters{Users: []string{fakeslack.Editor}}); err != nil || !already {
		t.Errorf("got already open: %v, %v; want it open", already, err)
	}
	s.SetScopes("channels:read", "chat:write")
	if _, _, err := c.GetConversationsForUser(&slack.GetConversationsForUserParameters{Types: []string{"private_channel"}}); code(err) != "missing_scope" {
		t.Errorf("got %v, want missing_scope", err)
	}
	if _, err := c.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: fakeslack.Desk}); code(err) != "missing_scope" {
		t.Errorf("got %v, want missing_scope", err)
	}
}

func TestHistory(t *testing.T) {
	s, clock := serve(t, fakeslack.Config{})
	c := client(s)
	var ts []string
	for range 3 {
		one, err := s.Post(fakeslack.Reporter, fakeslack.General, "x", "")
		if err != nil {
			t.Fatal(err)
		}
		ts = append(ts, one)
		clock.Advance(time.Minute)
	}
	for _, tt := range []struct {
		name   string
		params slack.GetConversationHistoryParameters
		want   []string
		err    string
	}{
		{"all, newest first", slack.GetConversationHistoryParameters{}, []string{ts[2], ts[1], ts[0]}, ""},
		{"after", slack.GetConversationHistoryParameters{Oldest: ts[0]}, []string{ts[2], ts[1]}, ""},
		{"from", slack.GetConversationHistoryParameters{Oldest: ts[0], Inclusive: true}, []string{ts[2], ts[1], ts[0]}, ""},
		{"before", slack.GetConversationHistoryParameters{Latest: ts[2]}, []string{ts[1], ts[0]}, ""},
		{"one", slack.GetConversationHistoryParameters{Latest: ts[1], Oldest: ts[1], Inclusive: true}, []string{ts[1]}, ""},
		{"the newest", slack.GetConversationHistoryParameters{Limit: 1}, []string{ts[2]}, ""},
		{"no time", slack.GetConversationHistoryParameters{Oldest: "yesterday"}, nil, "invalid_ts_oldest"},
		{"no cursor", slack.GetConversationHistoryParameters{Cursor: "x"}, nil, "invalid_cursor"},
		{"too many", slack.GetConversationHistoryParameters{Limit: 1000}, nil, "invalid_limit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.params.ChannelID = fakeslack.General
			h, err := c.GetConversationHistory(&tt.params)
			if code(err) != tt.err {
				t.Fatalf("got %v, want %q", err, tt.err)
			}
			if err != nil {
				return
			}
			var got []string
			for _, m := range h.Messages {
				got = append(got, m.Timestamp)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestOpening(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	c := client(s)
	s.AddUser(fakeslack.User{ID: "U0GONE", Team: fakeslack.Team, Deleted: true})
	for _, tt := range []struct {
		name   string
		params slack.OpenConversationParameters
		want   string
	}{
		{"nobody", slack.OpenConversationParameters{}, "users_list_not_supplied"},
		{"somebody unknown", slack.OpenConversationParameters{Users: []string{"U0NOBODY"}}, "user_not_found"},
		{"somebody who left", slack.OpenConversationParameters{Users: []string{"U0GONE"}}, "user_disabled"},
		{"a crowd", slack.OpenConversationParameters{Users: make([]string, 9)}, "users_list_not_supplied"},
		{"a channel", slack.OpenConversationParameters{ChannelID: fakeslack.General}, "method_not_supported_for_channel_type"},
		{"a group", slack.OpenConversationParameters{Users: []string{fakeslack.Reporter, fakeslack.Editor}}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, _, err := c.OpenConversation(&tt.params); code(err) != tt.want {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	group := []string{fakeslack.Editor, fakeslack.Reporter}
	ch, _, already, err := c.OpenConversation(&slack.OpenConversationParameters{Users: group})
	if err != nil || !already {
		t.Errorf("got already open: %v, %v; want the same group", already, err)
	}
	before := len(s.Deliveries())
	if _, err := s.Mention(fakeslack.Reporter, ch.ID, "who?", ""); err != nil {
		t.Fatal(err)
	}
	if got := len(s.Deliveries()) - before; got != 2 {
		t.Errorf("got %d events, want message.mpim and app_mention", got)
	}
	if _, err := s.Post(fakeslack.Admin, ch.ID, "me, too", ""); err == nil {
		t.Error("somebody else could write there")
	}
}

func TestWhoIsWho(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	c := client(s)
	if b, err := c.GetBotInfo(slack.GetBotInfoParameters{Bot: "B0DATELINE"}); err != nil || b.UserID != "U0DATELINE" {
		t.Errorf("got %+v, %v", b, err)
	}
	if _, err := c.GetBotInfo(slack.GetBotInfoParameters{Bot: "B0NOBODY"}); code(err) != "bot_not_found" {
		t.Errorf("got %v, want bot_not_found", err)
	}
	if team, err := c.GetTeamInfo(); err != nil || team.Domain != "newsroom" {
		t.Errorf("got %+v, %v", team, err)
	}
	if u, err := c.GetUserInfo(fakeslack.Guest); err != nil || !u.IsRestricted || u.IsAdmin {
		t.Errorf("got %+v, %v; want a guest", u, err)
	}
	if u, err := c.GetUserInfo(fakeslack.Admin); err != nil || !u.IsAdmin {
		t.Errorf("got %+v, %v; want an admin", u, err)
	}
	if _, err := c.GetUserInfo("U0NOBODY"); code(err) != "user_not_found" {
		t.Errorf("got %v, want user_not_found", err)
	}
	if err := s.Leave(fakeslack.Stranger, fakeslack.Partners); err != nil {
		t.Fatal(err)
	}
	if u, err := c.GetUserInfo(fakeslack.Stranger); err != nil || !u.IsStranger {
		t.Errorf("got %+v, %v; want a stranger who shares no channel", u, err)
	}
	if got := len(s.Users()); got != 6 {
		t.Errorf("got %d users, want 6", got)
	}
	var names []string
	for _, ch := range s.Channels(fakeslack.Guest) {
		names = append(names, ch.Name)
	}
	if !slices.Equal(names, []string{"general"}) {
		t.Errorf("a guest sees %v, want #general alone", names)
	}
	if got := s.Members(fakeslack.Desk); !slices.Equal(got, []string{"U0DATELINE", fakeslack.Editor, fakeslack.Reporter}) {
		t.Errorf("got %v in #desk", got)
	}
}

func TestAttachments(t *testing.T) {
	for _, tt := range []struct{ name, attachments, want string }{
		{"one", `[{"text":"x"}]`, ""},
		{"no array", `{}`, "invalid_attachments"},
		{"with blocks", `[{"blocks":[{"type":"divider"}]}]`, ""},
		{"with bad blocks", `[{"blocks":[{"type":"sparkles"}]}]`, "invalid_blocks"},
		{"101", `[` + repeat(101, `{"text":"x"}`) + `]`, "too_many_attachments"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := serve(t, fakeslack.Config{})
			got := post(t, s, "chat.postMessage", url.Values{"channel": {fakeslack.General}, "text": {"x"}, "attachments": {tt.attachments}})
			if got.Error != tt.want {
				t.Errorf("got %q, want %q", got.Error, tt.want)
			}
		})
	}
}
