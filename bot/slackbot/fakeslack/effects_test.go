package fakeslack_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"dateline/bot/slackbot/fakeslack"
)

func TestEffects(t *testing.T) {
	mrkdwn := func(words string) string {
		return `[{"type":"section","text":{"type":"mrkdwn","text":"` + words + `"}}]`
	}
	for _, tt := range []struct {
		name   string
		args   url.Values
		pings  []string
		links  []string
		unfurl bool
	}{
		{name: "words", args: url.Values{"text": {"a &lt;!channel&gt; b"}}},
		{name: "everybody", args: url.Values{"text": {"<!channel> <!here|here> <@U0REPORTER> <!subteam^S1>"}}, pings: []string{"<!channel>", "<!here|here>", "<@U0REPORTER>", "<!subteam^S1>"}},
		{name: "a name, linked", args: url.Values{"text": {"@editor, look"}, "link_names": {"true"}}, pings: []string{"@editor"}},
		{name: "a name", args: url.Values{"text": {"@editor, look"}}},
		{name: "a channel", args: url.Values{"text": {"<#C0GENERAL>"}}},
		{name: "a link", args: url.Values{"text": {"<https://evil.example/?q=secret|click>"}}, links: []string{"https://evil.example/?q=secret"}, unfurl: true},
		{name: "a bare link, without unfurling", args: url.Values{"text": {"see https://a.example/x, www.b.example."}, "unfurl_links": {"false"}, "unfurl_media": {"false"}}, links: []string{"https://a.example/x", "www.b.example"}},
		{name: "half of it", args: url.Values{"text": {"https://a.example"}, "unfurl_links": {"false"}}, links: []string{"https://a.example"}, unfurl: true},
		{name: "a link in a date", args: url.Values{"text": {"<!date^1392734382^{date}^https://a.example/|then>"}}, links: []string{"https://a.example/"}, unfurl: true},
		{name: "in blocks", args: url.Values{"text": {"x"}, "blocks": {mrkdwn("<!everyone> https://a.example")}}, pings: []string{"<!everyone>"}, links: []string{"https://a.example"}, unfurl: true},
		{name: "in the fallback", args: url.Values{"text": {"<!here>"}, "blocks": {mrkdwn("x")}}, pings: []string{"<!here>"}},
		{name: "in plain text", args: url.Values{"text": {"x"}, "blocks": {`[{"type":"header","text":{"type":"plain_text","text":"<!here> https://a.example"}}]`}}},
		{name: "in rich text", args: url.Values{"text": {"x"}, "blocks": {`[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"broadcast","range":"here"},{"type":"user","user_id":"U0EDITOR"},{"type":"link","url":"https://a.example"},{"type":"text","text":"<!channel> https://b.example"}]}]}]`}},
			pings: []string{"<!here>", "<@U0EDITOR>"}, links: []string{"https://a.example"}, unfurl: true},
		{name: "in Markdown", args: url.Values{"markdown_text": {"[a](https://a.example) ![b](https://b.example/i.png)\n[c]: https://c.example\n<!here>"}},
			pings: []string{"<!here>"}, links: []string{"https://a.example", "https://b.example/i.png", "https://c.example"}, unfurl: true},
		{name: "on a button", args: url.Values{"text": {"x"}, "blocks": {`[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"},"url":"https://a.example","value":"https://b.example"}]}]`}}, links: []string{"https://a.example"}, unfurl: true},
		{name: "an image", args: url.Values{"text": {"x"}, "blocks": {`[{"type":"image","image_url":"https://a.example/i.png","alt_text":"x"}]`}}, links: []string{"https://a.example/i.png"}, unfurl: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := serve(t, fakeslack.Config{})
			tt.args.Set("channel", fakeslack.General)
			if got := post(t, s, "chat.postMessage", tt.args); !got.OK {
				t.Fatalf("got %+v", got)
			}
			got := s.Messages(fakeslack.General)[0].Effects()
			if !slices.Equal(got.Pings, tt.pings) || !slices.Equal(got.Links, tt.links) || got.Unfurls != tt.unfurl {
				t.Errorf("got %+v, want pings %q, links %q, unfurls %v", got, tt.pings, tt.links, tt.unfurl)
			}
		})
	}
}

func TestWhichButton(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	_, ts, err := client(s).PostMessage(fakeslack.General, text("x"), slack.MsgOptionBlocks(
		slack.NewActionBlock("one", button("source", "1")), slack.NewActionBlock("two", button("source", "2"))))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		action string
		values []string
		want   string // the value sent; empty for an error
	}{
		{"ambiguous", "source", nil, ""},
		{"by block", "two/source", nil, "2"},
		{"by value", "source", []string{"1"}, "1"},
		{"of no value", "source", []string{"3"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(s.Deliveries())
			err := s.Click(fakeslack.Reporter, fakeslack.General, ts, tt.action, tt.values...)
			if (err == nil) != (tt.want != "") {
				t.Fatalf("got %v", err)
			}
			if err != nil {
				return
			}
			if p := string(s.Deliveries()[before].Payload()); !strings.Contains(p, `"value":"`+tt.want+`"`) || !strings.Contains(p, `"type":"block_actions"`) {
				t.Errorf("got %s, want the button %s", p, tt.want)
			}
		})
	}
}

func TestTwoWorkspaces(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	other := s.AddWorkspace(fakeslack.Workspace{ID: "T0OTHER"})
	s.AddUser(fakeslack.User{ID: "U0THEIRS", Team: "T0OTHER"})
	s.AddChannel(fakeslack.Channel{ID: "C0THEIRS", Name: "theirs", Team: "T0OTHER", Members: []string{"U0THEIRS", other.BotUser}})
	theirs := slack.New(other.BotToken, slack.OptionAPIURL(s.APIURL()))
	if a, err := theirs.AuthTest(); err != nil || a.TeamID != "T0OTHER" || a.UserID != other.BotUser {
		t.Errorf("got %+v, %v", a, err)
	}
	if _, _, err := theirs.PostMessage(fakeslack.General, text("x")); code(err) != "channel_not_found" {
		t.Errorf("across workspaces: got %v, want channel_not_found", err)
	}
	if _, _, err := theirs.PostMessage("C0THEIRS", text("x")); err != nil {
		t.Error(err)
	}
	if _, err := s.Mention("U0THEIRS", "C0THEIRS", "who?", ""); err != nil {
		t.Fatal(err)
	}
	for _, d := range s.Deliveries() {
		if d.Team != "T0OTHER" {
			t.Errorf("got an event for %s, want T0OTHER", d.Team)
		}
	}
	s.Revoke("T0OTHER", "token_revoked")
	if _, err := theirs.AuthTest(); code(err) != "token_revoked" {
		t.Errorf("got %v, want token_revoked", err)
	}
	if _, err := client(s).AuthTest(); err != nil {
		t.Errorf("the other workspace: %v", err)
	}
}
