package slackbot_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/extract"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
	"dateline/corpus"
)

const severalID, laterID = "G0SEVERAL", "C0LATER"

// What no scope lets be asked about in a place leaves no trace there, on any
// surface, also where it was answered before there were scopes.
func TestScopesOnSurfaces(t *testing.T) {
	t.Parallel()
	const ferry, tram = "ferry-aground-corrected.md", "quillhaven-tram.md"
	channel := slackbot.Scope{Channels: []string{general}, Sources: []string{ferry}}
	personal := slackbot.Scope{Channels: []string{"direct"}, Sources: []string{tram}}
	for _, tt := range []struct {
		name    string
		scopes  []slackbot.Scope
		place   string   // "direct" is the direct message, with App Home
		visible []string // articles
	}{
		{"scoped channel", []slackbot.Scope{channel, personal}, general, []string{ferry}},
		{"direct message of several", []slackbot.Scope{channel, personal}, severalID, nil},
		{"later channel", []slackbot.Scope{channel, personal}, laterID, nil},
		{"shared channel", []slackbot.Scope{channel, personal}, fakeslack.Partners, nil},
		{"scoped direct message", []slackbot.Scope{channel, personal}, "direct", []string{tram}},
		{"direct message without a scope", []slackbot.Scope{channel}, "direct", nil},
		{"direct message, and the rest is channels", []slackbot.Scope{{Channels: []string{"*"}, Everything: true}}, "direct", nil},
		{"direct message of several by the rest", []slackbot.Scope{channel, {Channels: []string{"*"}, Sources: []string{tram}}}, severalID, []string{tram}},
		{"scope of nothing", []slackbot.Scope{{Channels: []string{"*", "direct"}}}, laterID, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			articles := samples(t)
			n := furnish(t, bottest.NewSearcher(articles...), articles, []bot.Answerer{extract.Reader{}}, fakeslack.Config{}, nil)
			app := n.BotUser(fakeslack.Team)
			n.AddChannel(fakeslack.Channel{ID: severalID, Kind: fakeslack.MPIM, Team: fakeslack.Team, Members: []string{reporter, editor, app}})
			n.AddChannel(fakeslack.Channel{ID: laterID, Name: "later", Team: fakeslack.Team, Members: []string{reporter, editor, app}})
			place := tt.place
			if place == "direct" {
				dm, err := n.DM(reporter)
				n.must(err)
				place = dm
			}
			n.start()
			// Before there are scopes.
			ts, old := n.mention(reporter, place, asked, "")
			_, lacking := n.mention(reporter, place, "what did the adviser say about the weather in Geneva?", "")
			mine := n.command(reporter, place, "/ask", asked)
			listed := n.command(reporter, place, "/sources", "")
			id := answerID(t, old[0])
			claim := n.post(reporter, place, strings.Repeat("Blorptak zindled the Quordlex. ", 14), "")
			n.must(n.MessageShortcut(reporter, place, claim, "check_claim"))
			n.settle()
			checked := n.private(reporter, place)
			n.stop()

			n.config.Policy = slackbot.Policy{Admins: []string{editor}, Scopes: tt.scopes}
			n.start()
			hidden := slices.DeleteFunc(slices.Clone(articles), func(a *corpus.Article) bool { return slices.Contains(tt.visible, a.Source) })
			look := func(surface string, do func()) {
				t.Run(surface, func(t *testing.T) {
					n.t = t
					calls, deliveries := len(n.Calls()), len(n.Deliveries())
					do()
					n.settle()
					var got strings.Builder
					for _, c := range n.Calls()[calls:] {
						if args, err := json.Marshal(c.Args); err == nil {
							got.Write(args)
						}
					}
					for _, d := range n.Deliveries()[min(deliveries, len(n.Deliveries())):] {
						got.Write(d.Reply)
					}
					for _, leak := range traces(got.String(), hidden) {
						t.Errorf("got %q of an article that cannot be asked about here, in\n%s", leak, got.String())
					}
				})
			}
			clicks := func(m fakeslack.Message, actions ...string) {
				for _, action := range actions {
					if strings.Contains(string(m.Blocks), `"`+action) {
						n.must(n.Click(reporter, place, m.TS, action))
						n.settle()
						n.wait("what comes of "+action, func() bool { _, ok := n.Modal(reporter); return ok || action == "share" || action == "page:1" })
						if _, ok := n.Modal(reporter); ok {
							n.must(n.CloseModal(reporter, true))
						}
					}
				}
			}
			look("mention", func() { n.mention(reporter, place, asked, "") })
			look("mention without a question", func() { n.mention(reporter, place, "", "") })
			look("follow-up with a mention", func() { n.mention(reporter, place, "are you sure?", ts) })
			look("follow-up", func() { n.post(reporter, place, "and when did he say that?", ts) })
			look("buttons of an answer", func() { clicks(old[0], "source", "why") })
			look("buttons of a refusal", func() { clicks(lacking[0], "why") })
			look("feedback", func() {
				n.must(n.Click(reporter, place, old[0].TS, "feedback", "good:"+id))
				n.must(n.Click(reporter, place, old[0].TS, "feedback", "bad:"+id))
				n.wait("the form", func() bool { _, ok := n.Modal(reporter); return ok })
				n.must(n.CloseModal(reporter, true))
			})
			look("share", func() { clicks(mine, "share") })
			look("pages of a check", func() {
				m := checked[len(checked)-1]
				n.must(n.Click(reporter, place, m.TS, "check:1"))
				n.settle()
				for _, c := range n.private(reporter, place) {
					if strings.Contains(c.PlainText(), "Page 2 of 2") {
						t.Errorf("got a page of a check against articles that cannot be asked about here: %s", c.PlainText())
					}
				}
			})
			look("pages of sources", func() { clicks(listed, "page:1") })
			for _, command := range [][2]string{{"/ask", asked}, {"/source", id + "#1"}, {"/source", "envoy-moscow-globe"}, {"/source", "visit confirmed"}, {"/sources", ""}, {"/sources", "moscow"}, {"/dateline", "status"}, {"/dateline", "help"}} {
				look(strings.Join(command[:], " "), func() { n.command(reporter, place, command[0], command[1]) })
			}
			look("claim", func() {
				claim := n.post(reporter, place, "The adviser confirmed the visit to Moscow.", "")
				n.must(n.MessageShortcut(reporter, place, claim, "check_claim"))
			})
			look("edited question", func() {
				n.must(n.Edit(reporter, place, ts, n.Typed("@dateline who confirmed the visit of the envoy?")))
			})
			if tt.place == "direct" {
				look("home", func() { n.home(reporter) })
				look("prompts", func() {
					_, err := n.OpenDM(reporter, "")
					n.must(err)
				})
			}
			n.t = t
			n.stop()
			n.Check(t)
		})
	}
}

// traces are parts of articles that stand in what was sent: names of files, titles,
// sentences, and how many articles there are.
func traces(sent string, hidden []*corpus.Article) []string {
	var found []string
	add := func(s string) {
		if s != "" && strings.Contains(sent, s) && !slices.Contains(found, s) {
			found = append(found, s)
		}
	}
	for _, s := range []string{"13 articles", answer} {
		add(s)
	}
	for _, a := range hidden {
		add(a.Source)
		add(a.Title.Value)
		for _, s := range a.Sentences() {
			text := s.Of(a.Text)
			const enough = 30 // bytes, which no two sentences share by chance
			add(strings.ToValidUTF8(text[:min(len(text), enough)], ""))
		}
	}
	return found
}

// Of a place without a scope an admin is told once, whoever asks, however often,
// and whatever becomes of the process.
func TestUnscopedIsReportedOnce(t *testing.T) {
	t.Parallel()
	n := quick(t, func(c *slackbot.Config) {
		c.Policy = slackbot.Policy{Admins: []string{"U0LEFT", fakeslack.Admin, editor}, Scopes: []slackbot.Scope{{Channels: []string{desk}, Everything: true}}}
	})
	told := func() (list []string) {
		for _, user := range []string{fakeslack.Admin, editor} {
			dm, err := n.DM(user)
			n.must(err)
			for _, m := range n.Channel(user, dm) {
				if strings.Contains(m.PlainText(), "no scope of the policy holds") {
					list = append(list, user+": "+m.PlainText())
				}
			}
		}
		return list
	}
	n.mention(reporter, desk, asked, "")
	if got := told(); len(got) != 0 {
		t.Errorf("got %q, want nothing told where a scope holds", got)
	}
	_, list := n.mention(reporter, general, asked, "")
	has(t, text(list), notScoped, "!"+answer)
	n.mention(editor, general, asked, "")
	n.command(reporter, general, "/ask", asked)
	n.stop()
	n.start()
	n.mention(reporter, general, asked, "")
	n.mention(fakeslack.Guest, general, asked, "")
	n.home(reporter)
	dm, err := n.DM(editor)
	n.must(err)
	n.post(editor, dm, asked, "")
	got := told()
	if len(got) != 2 {
		t.Fatalf("got %d told, want 2, of the channel and of direct messages: %q", len(got), got)
	}
	has(t, got[0], fakeslack.Admin, general, "You are told this once")
	has(t, got[1], fakeslack.Admin, "in a direct message or App Home", `names "direct"`)
	n.stop()
	n.Check(t)
}
