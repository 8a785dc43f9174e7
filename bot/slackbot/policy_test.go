package slackbot_test

import (
	"strings"
	"testing"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/extract"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
)

const (
	notHere      = "does not answer in this channel"
	notScoped    = "It is not set up what can be asked about here"
	notYou       = "not set up to answer you"
	notGuests    = "does not answer guest accounts"
	notStrangers = "answers members of its own workspace only"
)

// Who gets an answer where, and from what.
func TestPolicy(t *testing.T) {
	t.Parallel()
	const globe = "envoy-moscow-globe.md"
	scope := func(channel string, sources ...string) slackbot.Scope {
		return slackbot.Scope{Channels: []string{channel}, Sources: sources}
	}
	for _, tt := range []struct {
		name          string
		policy        slackbot.Policy
		user, channel string // "direct" is the direct message
		refuse        string // users.info is refused with it
		want          []string
	}{
		{"member", slackbot.Policy{}, reporter, general, "", []string{answer}},
		{"guest", slackbot.Policy{}, fakeslack.Guest, general, "", []string{notGuests, "!" + answer}},
		{"guest who may", slackbot.Policy{Guests: true}, fakeslack.Guest, general, "", []string{answer}},
		{"guest who is an admin", slackbot.Policy{Admins: []string{fakeslack.Guest}}, fakeslack.Guest, general, "", []string{answer}},
		{"stranger", slackbot.Policy{}, fakeslack.Stranger, fakeslack.Partners, "", []string{notStrangers}},
		{"stranger where guests may", slackbot.Policy{Guests: true}, fakeslack.Stranger, fakeslack.Partners, "", []string{notStrangers}},
		{"stranger who may", slackbot.Policy{Strangers: true}, fakeslack.Stranger, fakeslack.Partners, "", []string{answer}},
		{"stranger, and nothing is known of users", slackbot.Policy{}, fakeslack.Stranger, fakeslack.Partners, "missing_scope", []string{notStrangers}},
		{"member, and nothing is known of users", slackbot.Policy{}, reporter, general, "unknown_method", []string{answer}},
		{"user Slack does not show", slackbot.Policy{}, reporter, general, "user_not_found", []string{notStrangers}},
		{"channel of the list", slackbot.Policy{Channels: []string{general}}, reporter, general, "", []string{answer}},
		{"channel not of the list", slackbot.Policy{Channels: []string{desk}}, reporter, general, "", []string{notHere}},
		{"admin in a channel not of the list", slackbot.Policy{Channels: []string{desk}, Admins: []string{reporter}}, reporter, general, "", []string{answer}},
		{"direct is no channel", slackbot.Policy{Channels: []string{desk}}, reporter, "direct", "", []string{answer}},
		{"user of the list", slackbot.Policy{Users: []string{reporter}}, reporter, general, "", []string{answer}},
		{"user not of the list", slackbot.Policy{Users: []string{editor}}, reporter, "direct", "", []string{notYou}},
		{"scope of another channel", slackbot.Policy{Scopes: []slackbot.Scope{scope(desk, globe)}}, reporter, general, "", []string{notScoped, "!" + answer}},
		{"scope of another channel, for an admin", slackbot.Policy{Admins: []string{reporter}, Scopes: []slackbot.Scope{scope(desk, globe)}}, reporter, general, "", []string{notScoped, "!" + answer}},
		{"scope of another channel and of the rest", slackbot.Policy{Scopes: []slackbot.Scope{scope(desk, globe), {Channels: []string{"*"}, Everything: true}}}, reporter, general, "", []string{answer, "envoy-moscow-northlight.txt"}},
		{"scope of nothing", slackbot.Policy{Scopes: []slackbot.Scope{{Channels: []string{"*"}}}}, reporter, general, "", []string{notScoped, "!" + answer}},
		{"scope", slackbot.Policy{Scopes: []slackbot.Scope{scope(general, globe)}}, reporter, general, "", []string{answer, globe, "!envoy-moscow-northlight.txt"}},
		{"scope without the answer", slackbot.Policy{Scopes: []slackbot.Scope{scope(general, "museum-theft-herald.md")}}, reporter, general, "", []string{"Searched 1 article", "!" + answer}},
		{"scope by publisher", slackbot.Policy{Scopes: []slackbot.Scope{{Channels: []string{general}, Publishers: []string{"The Fennick Globe"}}}}, reporter, general, "", []string{answer, "!northlight"}},
		{"scope of all channels", slackbot.Policy{Scopes: []slackbot.Scope{scope("*", globe)}}, reporter, general, "", []string{answer, "!northlight"}},
		{"scope of all channels is not for direct messages", slackbot.Policy{Scopes: []slackbot.Scope{scope("*", globe)}}, reporter, "direct", "", []string{notScoped, "!" + answer}},
		{"scope of direct messages", slackbot.Policy{Scopes: []slackbot.Scope{scope("direct", globe)}}, reporter, "direct", "", []string{answer, "!northlight"}},
		{"scope for admins, too", slackbot.Policy{Admins: []string{reporter}, Scopes: []slackbot.Scope{scope(general, globe)}}, reporter, general, "", []string{answer, "!northlight"}},
		{"policy of the workspace", slackbot.Policy{Users: []string{editor}, Scopes: []slackbot.Scope{scope("*", globe)},
			Workspaces: map[string]slackbot.Policy{fakeslack.Team: {Users: []string{reporter}}}}, reporter, general, "", []string{answer, "northlight"}},
		{"scope of the workspace", slackbot.Policy{Workspaces: map[string]slackbot.Policy{fakeslack.Team: {Scopes: []slackbot.Scope{scope("*", globe)}}}},
			reporter, general, "", []string{answer, globe, "!northlight"}},
		{"admin of all but the workspace", slackbot.Policy{Admins: []string{reporter}, Workspaces: map[string]slackbot.Policy{fakeslack.Team: {Channels: []string{desk}}}},
			reporter, general, "", []string{notHere}},
		{"policy of another workspace", slackbot.Policy{Workspaces: map[string]slackbot.Policy{"T0ELSEWHERE": {Users: []string{editor}}}}, reporter, general, "", []string{answer}},
		{"the first scope that fits", slackbot.Policy{Scopes: []slackbot.Scope{scope(general, globe), scope("*", "museum-theft-herald.md")}}, reporter, general, "", []string{answer}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := quick(t, func(c *slackbot.Config) { c.Policy = tt.policy })
			if tt.refuse != "" {
				n.Inject(fakeslack.Fault{Method: "users.info", Error: tt.refuse})
			}
			channel, text1 := tt.channel, n.Typed("@dateline "+asked)
			if channel == "direct" {
				dm, err := n.DM(tt.user)
				n.must(err)
				channel, text1 = dm, asked
			}
			ts := n.post(tt.user, channel, text1, "")
			has(t, text(n.replies(tt.user, channel, ts)), tt.want...)
			n.stop()
			n.Check(t)
		})
	}
}

// What can be asked about in one place is not to be seen from another, by
// whatever way.
func TestPolicyOnSurfaces(t *testing.T) {
	t.Parallel()
	const ferry, globe = "ferry-aground-corrected.md", "envoy-moscow-globe.md"
	narrow := slackbot.Policy{Scopes: []slackbot.Scope{
		{Channels: []string{general}, Sources: []string{ferry}},
		{Channels: []string{"direct"}, Publishers: []string{"Sarrow Signal"}},
		{Channels: []string{desk}, Everything: true},
	}}
	n := quick(t, func(c *slackbot.Config) { c.Policy = narrow })
	_, list := n.mention(reporter, desk, asked, "")
	id := answerID(t, list[0])
	has(t, text(list), answer, globe)

	secret := []string{"!" + answer, "!globe", "!northlight"}
	for _, tt := range []struct {
		name string
		show func() string
		want []string
	}{
		{"citation", func() string { return n.command(reporter, general, "/source", id+"#1").PlainText() }, []string{"cannot be asked about here"}},
		{"file", func() string {
			return n.command(reporter, general, "/source", "envoy-moscow-northlight.txt").PlainText()
		}, nil},
		{"words", func() string { return n.command(reporter, general, "/source", "envoy visit confirmed").PlainText() }, nil},
		{"sources", func() string { return n.command(reporter, general, "/sources", "").PlainText() }, []string{"1 article", ferry}},
		{"ask", func() string { return n.command(reporter, general, "/ask", asked).PlainText() }, []string{"Searched 1 article"}},
		{"home", func() string { return n.home(reporter) }, []string{"answered where more can be asked about than here"}},
		{"help", func() string { _, got := n.mention(reporter, general, "", ""); return text(got) }, nil},
		{"prompts", func() string {
			dm, err := n.OpenDM(editor, "")
			n.must(err)
			n.settle()
			var b strings.Builder
			for _, p := range n.Prompts(dm, "").Prompts {
				b.WriteString(p.Message)
			}
			return b.String()
		}, nil},
		{"claim", func() string {
			ts := n.post(editor, general, "The adviser confirmed the visit to Moscow.", "")
			n.must(n.MessageShortcut(reporter, general, ts, "check_claim"))
			n.settle()
			list := n.private(reporter, general)
			return list[len(list)-1].PlainText()
		}, []string{"checked against 1 article"}},
		{"status", func() string { return n.command(reporter, general, "/dateline", "status").PlainText() }, []string{"1 article"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n.t = t
			got := tt.show()
			if tt.name == "file" || tt.name == "words" {
				got = strings.ReplaceAll(got, "northlight.txt", "") // what was typed
			}
			has(t, got, append(tt.want, secret...)...)
		})
	}
	n.t = t
	n.stop()
	n.Check(t)
}

// A policy that became narrower holds for what was answered before it.
func TestNarrowerPolicy(t *testing.T) {
	t.Parallel()
	articles := samples(t)
	n := furnish(t, bottest.NewSearcher(articles...), articles, []bot.Answerer{extract.Reader{}}, fakeslack.Config{}, nil)
	n.start()
	_, list := n.mention(reporter, general, asked, "")
	mine := n.command(reporter, general, "/ask", asked)
	n.stop()
	n.config.Policy = slackbot.Policy{Scopes: []slackbot.Scope{{Channels: []string{"*"}, Sources: []string{"ferry-aground-corrected.md"}}}}
	n.start()
	for _, action := range []string{"source", "why"} {
		has(t, n.click(reporter, list[0], action).PlainText(), "cannot be asked about here", "!"+answer)
		n.must(n.CloseModal(reporter, true))
	}
	n.must(n.Click(reporter, general, mine.TS, "share"))
	n.settle()
	has(t, text(n.private(reporter, general)), "cannot be asked about here")
	has(t, text(n.Channel(editor, general)), "!shared an answer")
	n.stop()

	// And who may not ask may not look either.
	n.config.Policy = slackbot.Policy{Users: []string{editor}}
	n.start()
	has(t, n.click(reporter, list[0], "source").PlainText(), notYou, "!"+answer)
	n.stop()
	n.Check(t)
}

func TestReadPolicy(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, policy, want string }{
		{"empty", "", ""},
		{"whole", "admins: [U012AB3CD]\nchannels: [C024BE91L, G0DESK]\nusers: [W012AB3CD]\nguests: true\nstrangers: false\nscopes:\n  - channels: [direct, \"*\", C024BE91L]\n    sources: [politics/]\n    publishers: [The Fennick Globe]\n", ""},
		{"unknown field", "chanels: [C024BE91L]\n", `unknown field "chanels"`},
		{"unknown field of a scope", "scopes:\n  - channel: [C024BE91L]\n", `unknown field "channel"`},
		{"no YAML", "admins: [", "sequence end token"},
		{"another type", "guests: perhaps\n", "bool"},
		{"channel by name", "channels: [\"#general\"]\n", `channels: "#general" is no id of a channel, which looks like C024BE91L`},
		{"user by name", "users: [anna]\n", `users: "anna" is no id of a user, which looks like U012AB3CD`},
		{"user as an admin's channel", "admins: [C024BE91L]\n", `admins: "C024BE91L" is no id of a user`},
		{"scope by name", "scopes:\n  - channels: [general]\n    sources: [a/]\n", `scope 1: "general" is no id of a channel`},
		{"scope of nothing", "scopes:\n  - channels: [C024BE91L]\n", "scope 1 names neither sources nor publishers: write \"everything: true\""},
		{"scope of everything", "scopes:\n  - channels: [\"*\", direct]\n    everything: true\n", ""},
		{"scope of everything and of sources", "scopes:\n  - channels: [direct]\n    everything: true\n    sources: [a/]\n", "scope 1 has everything, and sources"},
		{"scope nowhere", "scopes:\n  - sources: [a/]\n", "scope 1 names no channels"},
		{"workspaces", "admins: [U012AB3CD]\nworkspaces:\n  T012AB3CD:\n    admins: [U078IJ9KL]\n  T045EF6GH: {guests: true}\n", ""},
		{"workspace by name", "workspaces:\n  newsroom: {guests: true}\n", `workspaces: "newsroom" is no id of a workspace, which looks like T012AB3CD`},
		{"workspace with a mistake", "workspaces:\n  T012AB3CD:\n    users: [anna]\n", `workspaces: T012AB3CD: users: "anna" is no id of a user`},
		{"workspace with an unknown field", "workspaces:\n  T012AB3CD:\n    chanels: [C024BE91L]\n", `unknown field "chanels"`},
		{"workspace in a workspace", "workspaces:\n  T012AB3CD:\n    workspaces: {T045EF6GH: {guests: true}}\n", "there are no workspaces within one"},
		{"threads", "threads: mention\n", ""},
		{"threads otherwise", "threads: always\n", `threads: "always" is neither "follow" nor "mention"`},
		{"threads of a workspace", "workspaces:\n  T012AB3CD: {threads: never}\n", `workspaces: T012AB3CD: threads: "never" is neither`},
		{"empty source", "scopes:\n  - channels: [direct]\n    sources: [\"\"]\n", "scope 1 has an empty source"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := slackbot.ReadPolicy(strings.NewReader(tt.policy))
			got := ""
			if err != nil {
				got = err.Error()
			}
			if (tt.want == "") != (err == nil) || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A Slack that has little: events as its pages show them and no more, no
// statuses, streams, prompts or titles, and nothing about users.
func TestLittleSlack(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"unknown_method", "missing_scope"} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			articles := samples(t)
			n := furnish(t, bottest.NewSearcher(articles...), articles, []bot.Answerer{extract.Reader{}}, fakeslack.Config{Sparse: true}, nil)
			for _, m := range []string{"assistant.*", "chat.startStream", "chat.appendStream", "chat.stopStream", "users.info", "conversations.replies", "conversations.history"} {
				n.Inject(fakeslack.Fault{Method: m, Error: code})
			}
			n.start()
			ts, list := n.mention(reporter, general, asked, "")
			has(t, text(list), answer, "[1]")
			has(t, n.click(reporter, list[0], "source").PlainText(), answer)
			n.must(n.CloseModal(reporter, true))
			n.post(editor, general, "and when?", ts)
			if got := n.replies(reporter, general, ts); len(got) != 2 {
				t.Errorf("got %d replies, want 2", len(got))
			}
			n.must(n.Edit(reporter, general, ts, n.Typed("@dateline "+another)))
			n.settle()
			has(t, text(n.replies(reporter, general, ts)), points)
			n.must(n.Delete(reporter, general, ts))
			n.settle()
			dm, err := n.OpenDM(editor, "")
			n.must(err)
			has(t, text(n.replies(editor, dm, n.post(editor, dm, asked, ""))), answer)
			m := n.command(editor, desk, "/ask", asked)
			has(t, m.PlainText(), answer)
			n.must(n.Click(editor, desk, m.TS, "share"))
			n.settle()
			has(t, text(n.Channel(reporter, desk)), "A member shared an answer")
			has(t, n.home(editor), "13 articles")
			n.stop()
			n.Check(t)
		})
	}
}
