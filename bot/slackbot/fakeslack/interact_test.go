package fakeslack_test

import (
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackevents"
	"github.com/slack-go/slack/socketmode"

	"dateline/bot/slackbot/fakeslack"
)

// ask runs /ask as the reporter and returns what the app is sent.
func ask(t *testing.T, s *fakeslack.Slack, got <-chan socketmode.Event, channel, words string) slack.SlashCommand {
	t.Helper()
	if err := s.SlashCommand(fakeslack.Reporter, channel, "/ask", words); err != nil {
		t.Fatal(err)
	}
	e := next(t, got)
	cmd, ok := e.Data.(slack.SlashCommand)
	if !ok {
		t.Fatalf("got a payload of %s, want a slash command", e.Type)
	}
	return cmd
}

func interaction(t *testing.T, e socketmode.Event) slack.InteractionCallback {
	t.Helper()
	cb, ok := e.Data.(slack.InteractionCallback)
	if !ok {
		t.Fatalf("got a payload of %s, want an interaction", e.Type)
	}
	return cb
}

func TestSlashCommand(t *testing.T) {
	s, clock := serve(t, fakeslack.Config{})
	got := connect(t, s, func(e socketmode.Event) (any, bool) {
		return map[string]any{"text": "looking"}, e.Data.(slack.SlashCommand).Text != "silence"
	})
	if err := s.SlashCommand(fakeslack.Reporter, fakeslack.Quiet, "/nothing", ""); err == nil {
		t.Error("a command that the app does not have was taken")
	}
	cmd := ask(t, s, got, fakeslack.Quiet, "who spoke?")
	if cmd.Command != "/ask" || cmd.Text != "who spoke?" || cmd.UserID != fakeslack.Reporter || cmd.ChannelID != fakeslack.Quiet || cmd.TriggerID == "" {
		t.Errorf("got %+v", cmd)
	}
	wait(t, s, "the answer is there", func() bool { return len(s.Channel(fakeslack.Reporter, fakeslack.Quiet)) == 1 })
	if seen := s.Channel(fakeslack.Editor, fakeslack.Quiet); len(seen) != 0 {
		t.Errorf("somebody else sees %v", seen)
	}

	c := client(s)
	respond := func(options ...slack.MsgOption) error {
		_, _, err := c.PostMessage(cmd.ChannelID, append([]slack.MsgOption{slack.MsgOptionResponseURL(cmd.ResponseURL, "ephemeral")}, options...)...)
		return err
	}
	for i := range 5 {
		if err := respond(text("answer")); err != nil {
			t.Errorf("response %d: %v", i+1, err)
		}
	}
	if err := respond(text("answer")); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("sixth response: got %v, want 404", err)
	}
	if calls := s.Calls("response_url"); len(calls) != 6 || calls[5].Error != "used_url" {
		t.Errorf("got %+v, want the sixth refused", calls)
	}
	if v := s.Violations(); len(v) != 1 || v[0].Code != "used_url" {
		t.Errorf("got violations %v, want used_url", v)
	}

	t.Run("in the channel, without being in it", func(t *testing.T) {
		cmd := ask(t, s, got, fakeslack.Quiet, "and where?")
		if _, _, err := c.PostMessage(cmd.ChannelID, slack.MsgOptionResponseURL(cmd.ResponseURL, "in_channel"), text("There.")); err != nil {
			t.Fatal(err)
		}
		if seen := s.Channel(fakeslack.Editor, fakeslack.Quiet); len(seen) != 1 || seen[0].Text != "There." {
			t.Errorf("somebody else sees %v, want the answer", seen)
		}
	})
	t.Run("expired", func(t *testing.T) {
		cmd := ask(t, s, got, fakeslack.Quiet, "and when?")
		clock.Advance(30*time.Minute + time.Second)
		if _, _, err := c.PostMessage(cmd.ChannelID, slack.MsgOptionResponseURL(cmd.ResponseURL, "ephemeral"), text("late")); err == nil {
			t.Error("an expired response_url was taken")
		}
	})
	t.Run("too long", func(t *testing.T) {
		cmd := ask(t, s, got, fakeslack.Quiet, "and why?")
		if _, _, err := c.PostMessage(cmd.ChannelID, slack.MsgOptionResponseURL(cmd.ResponseURL, "ephemeral"), slack.MsgOptionBlocks(section(strings.Repeat("a", 3001)))); err == nil {
			t.Error("blocks that are too long were taken")
		}
	})
	t.Run("not acknowledged", func(t *testing.T) {
		if err := s.SlashCommand(fakeslack.Editor, fakeslack.Quiet, "/ask", "silence"); err != nil {
			t.Fatal(err)
		}
		next(t, got)
		clock.Advance(3 * time.Second)
		seen := s.Channel(fakeslack.Editor, fakeslack.Quiet)
		if last := seen[len(seen)-1]; !strings.Contains(last.Text, "operation_timeout") {
			t.Errorf("got %q, want that the command failed", last.Text)
		}
	})
}

func button(id, value string) *slack.ButtonBlockElement {
	return slack.NewButtonBlockElement(id, value, plainText("Show source"))
}

func modal(blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: "modal", Title: plainText("Source"), CallbackID: "source",
		Blocks: slack.Blocks{BlockSet: blocks},
	}
}

func TestButtonOpensModal(t *testing.T) {
	s, clock := serve(t, fakeslack.Config{})
	got := connect(t, s, nil)
	c := client(s)
	root, err := s.Post(fakeslack.Reporter, fakeslack.General, "who?", "")
	if err != nil {
		t.Fatal(err)
	}
	next(t, got)
	_, ts, err := c.PostMessage(fakeslack.General, slack.MsgOptionTS(root), text("They."), slack.MsgOptionBlocks(
		section("They. [1]"), slack.NewActionBlock("sources", button("source", "a1#1"))))
	if err != nil {
		t.Fatal(err)
	}
	next(t, got)
	click := func() slack.InteractionCallback {
		t.Helper()
		if err := s.Click(fakeslack.Editor, fakeslack.General, ts, "source"); err != nil {
			t.Fatal(err)
		}
		return interaction(t, next(t, got))
	}
	if err := s.Click(fakeslack.Editor, fakeslack.General, ts, "nothing"); err == nil {
		t.Error("a button that is not there was pressed")
	}
	if err := s.Click(fakeslack.Guest, fakeslack.Desk, ts, "source"); err == nil {
		t.Error("somebody pressed a button where they cannot look")
	}
	cb := click()
	if a := cb.ActionCallback.BlockActions; len(a) != 1 || a[0].Value != "a1#1" || a[0].BlockID != "sources" || cb.Container.ThreadTs != root || cb.Message.Timestamp != ts || cb.ResponseURL == "" {
		t.Errorf("got %+v", cb)
	}
	opened, err := c.OpenView(cb.TriggerID, modal(section("The passage.")))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := s.Modal(fakeslack.Editor); !ok || v.ID != opened.ID || !strings.Contains(v.PlainText(), "The passage.") {
		t.Errorf("got %+v, want the modal", v)
	}
	if _, err := c.OpenView(cb.TriggerID, modal(section("x"))); code(err) != "exchanged_trigger_id" {
		t.Errorf("the trigger again: got %v, want exchanged_trigger_id", err)
	}
	if _, err := c.OpenView("1.2.abc", modal(section("x"))); code(err) != "invalid_trigger_id" {
		t.Errorf("no trigger: got %v, want invalid_trigger_id", err)
	}
	cb = click()
	clock.Advance(3*time.Second + time.Millisecond)
	if _, err := c.OpenView(cb.TriggerID, modal(section("x"))); code(err) != "expired_trigger_id" {
		t.Errorf("a late trigger: got %v, want expired_trigger_id", err)
	}

	t.Run("push and update", func(t *testing.T) {
		for _, want := range []string{"", "", "push_limit_reached"} {
			_, err := c.PushView(click().TriggerID, modal(section("another")))
			if code(err) != want {
				t.Errorf("got %v, want %q", err, want)
			}
		}
		top, _ := s.Modal(fakeslack.Editor)
		if _, err := c.UpdateView(modal(section("newer")), "", top.Hash, top.ID); err != nil {
			t.Error(err)
		}
		if _, err := c.UpdateView(modal(section("newest")), "", top.Hash, top.ID); code(err) != "hash_conflict" {
			t.Errorf("got %v, want hash_conflict", err)
		}
		if _, err := c.UpdateView(modal(section("x")), "", "", "V0NOWHERE"); code(err) != "not_found" {
			t.Errorf("got %v, want not_found", err)
		}
		if v, _ := s.Modal(fakeslack.Editor); v.PreviousID == "" || !strings.Contains(v.PlainText(), "newer") {
			t.Errorf("got %+v, want the newer one on top", v)
		}
		if err := s.CloseModal(fakeslack.Editor, true); err != nil || len(s.Modals(fakeslack.Editor)) != 0 {
			t.Errorf("got %v and %v, want all closed", err, s.Modals(fakeslack.Editor))
		}
		if _, err := c.PushView(click().TriggerID, modal(section("x"))); code(err) != "not_found" {
			t.Errorf("push onto nothing: got %v, want not_found", err)
		}
	})
	t.Run("ephemeral message", func(t *testing.T) {
		eph, err := c.PostEphemeral(fakeslack.General, fakeslack.Reporter, text("for you"), slack.MsgOptionBlocks(slack.NewActionBlock("", button("share", "a1"))))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Click(fakeslack.Editor, fakeslack.General, eph, "share"); err == nil {
			t.Error("somebody else pressed it")
		}
		if err := s.Click(fakeslack.Reporter, fakeslack.General, eph, "share"); err != nil {
			t.Fatal(err)
		}
		cb := interaction(t, next(t, got))
		if !cb.Container.IsEphemeral || cb.Message.Timestamp != "" {
			t.Errorf("got %+v, want no copy of the message", cb)
		}
		if _, _, err := c.PostMessage("", slack.MsgOptionReplaceOriginal(cb.ResponseURL), text("shared")); err != nil {
			t.Error(err)
		}
		if m, _ := s.Message(fakeslack.General, eph); m.PlainText() != "shared" {
			t.Errorf("got %q, want it replaced", m.PlainText())
		}
		if _, _, err := c.PostMessage("", slack.MsgOptionDeleteOriginal(cb.ResponseURL)); err != nil {
			t.Error(err)
		}
		if _, ok := s.Message(fakeslack.General, eph); ok {
			t.Error("it is still there, want it deleted")
		}
	})
}

func TestSubmission(t *testing.T) {
	s, clock := serve(t, fakeslack.Config{})
	var answer any
	silent := false
	got := connect(t, s, func(e socketmode.Event) (any, bool) {
		if e.Type == socketmode.EventTypeInteractive && e.Data.(slack.InteractionCallback).Type == slack.InteractionTypeViewSubmission {
			return answer, !silent
		}
		return nil, true
	})
	c := client(s)
	open := func() {
		t.Helper()
		asked := ask(t, s, got, fakeslack.General, "x")
		input := slack.NewPlainTextInputBlockElement(nil, "why")
		input.MaxLength = 10
		v := modal(slack.NewInputBlock("reason", plainText("Why?"), nil, input),
			slack.NewInputBlock("kind", plainText("What?"), nil,
				slack.NewRadioButtonsBlockElement("what",
					slack.NewOptionBlockObject("wrong", plainText("Wrong"), nil),
					slack.NewOptionBlockObject("old", plainText("Old"), nil))))
		v.Submit = plainText("Send")
		v.PrivateMetadata = "a1"
		v.NotifyOnClose = true
		if _, err := c.OpenView(asked.TriggerID, v); err != nil {
			t.Fatal(err)
		}
	}
	fill := func(why string) {
		t.Helper()
		if err := s.Fill(fakeslack.Reporter, "", "why", why); err != nil {
			t.Fatal(err)
		}
		if err := s.Fill(fakeslack.Reporter, "", "what", "wrong"); err != nil {
			t.Fatal(err)
		}
	}
	open()
	if err := s.Submit(fakeslack.Reporter); err == nil {
		t.Error("what is required was left out, and it was sent")
	}
	fill("much too long a reason")
	if err := s.Submit(fakeslack.Reporter); err == nil {
		t.Error("too long a text was sent")
	}
	if err := s.Fill(fakeslack.Reporter, "", "what", "nothing"); err == nil {
		t.Error("an option that is not offered was chosen")
	}
	fill("not so")
	if err := s.Submit(fakeslack.Reporter); err != nil {
		t.Fatal(err)
	}
	cb := interaction(t, next(t, got))
	if v := cb.View.State.Values; v["reason"]["why"].Value != "not so" || v["kind"]["what"].SelectedOption.Value != "wrong" || cb.View.PrivateMetadata != "a1" {
		t.Errorf("got %+v", cb.View)
	}
	wait(t, s, "the modal is closed", func() bool { return len(s.Modals(fakeslack.Reporter)) == 0 })

	answer = slack.NewErrorsViewSubmissionResponse(map[string]string{"reason": "say more"})
	open()
	fill("no")
	if err := s.Submit(fakeslack.Reporter); err != nil {
		t.Fatal(err)
	}
	next(t, got)
	wait(t, s, "the error shows", func() bool {
		v, _ := s.Modal(fakeslack.Reporter)
		return v.Errors["reason"] == "say more"
	})

	thanks := modal(section("Thank you."))
	answer = slack.NewUpdateViewSubmissionResponse(&thanks)
	fill("no more")
	if err := s.Submit(fakeslack.Reporter); err != nil {
		t.Fatal(err)
	}
	next(t, got)
	wait(t, s, "the thanks show", func() bool {
		v, _ := s.Modal(fakeslack.Reporter)
		return strings.Contains(v.PlainText(), "Thank you.")
	})
	s.Check(t)

	bad := modal(section(strings.Repeat("a", 3001)))
	answer = slack.NewPushViewSubmissionResponse(&bad)
	open()
	fill("no")
	if err := s.Submit(fakeslack.Reporter); err != nil {
		t.Fatal(err)
	}
	next(t, got)
	wait(t, s, "the trouble shows", func() bool {
		v, _ := s.Modal(fakeslack.Reporter)
		return v.Trouble != ""
	})
	if v := s.Violations(); len(v) != 1 || v[0].Code != "invalid_response" {
		t.Errorf("got %v, want invalid_response", v)
	}

	silent = true
	open()
	fill("no")
	if err := s.Submit(fakeslack.Reporter); err != nil {
		t.Fatal(err)
	}
	next(t, got)
	clock.Advance(3 * time.Second)
	if v, _ := s.Modal(fakeslack.Reporter); v.Trouble == "" {
		t.Error("nobody answered, and nothing shows it")
	}
	if err := s.CloseModal(fakeslack.Reporter, false); err != nil {
		t.Fatal(err)
	}
	if cb := interaction(t, next(t, got)); cb.Type != slack.InteractionTypeViewClosed || cb.View.PrivateMetadata != "a1" {
		t.Errorf("got %+v, want view_closed", cb)
	}
}

func TestShortcut(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	got := connect(t, s, nil)
	ts, err := s.Post(fakeslack.Editor, fakeslack.Quiet, "He said so.", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.MessageShortcut(fakeslack.Reporter, fakeslack.Quiet, ts, "nothing"); err == nil {
		t.Error("a shortcut that is not there was chosen")
	}
	if err := s.MessageShortcut(fakeslack.Reporter, fakeslack.Quiet, ts, "check_claim"); err != nil {
		t.Fatal(err)
	}
	cb := interaction(t, next(t, got))
	if cb.Type != slack.InteractionTypeMessageAction || cb.Message.Text != "He said so." || cb.CallbackID != "check_claim" || cb.ResponseURL == "" {
		t.Errorf("got %+v", cb)
	}
}

func TestHome(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	got := connect(t, s, nil)
	c := client(s)
	publish := func(user string, blocks ...slack.Block) error {
		_, err := c.PublishViewContext(t.Context(), slack.PublishViewContextRequest{UserID: user, View: slack.HomeTabViewRequest{Type: "home", Blocks: slack.Blocks{BlockSet: blocks}}})
		return err
	}
	if err := s.OpenHome(fakeslack.Reporter); err != nil {
		t.Fatal(err)
	}
	next(t, got)
	if err := publish(fakeslack.Reporter, section("What I know"), slack.NewActionBlock("", button("refresh", ""))); err != nil {
		t.Fatal(err)
	}
	home, ok := s.Home(fakeslack.Reporter)
	if !ok || !strings.Contains(home.PlainText(), "What I know") {
		t.Errorf("got %+v", home)
	}
	if _, ok := s.Home(fakeslack.Editor); ok {
		t.Error("somebody else has a home, too")
	}
	if err := s.ClickView(fakeslack.Reporter, home.ID, "refresh"); err != nil {
		t.Fatal(err)
	}
	if cb := interaction(t, next(t, got)); cb.Container.Type != "view" || cb.View.ID != home.ID {
		t.Errorf("got %+v", cb)
	}
	if err := publish("U0NOBODY", section("x")); code(err) != "invalid_arguments" {
		t.Errorf("got %v, want invalid_arguments", err)
	}
	app := s.App()
	app.HomeTab = false
	s.SetApp(app)
	if err := publish(fakeslack.Reporter, section("x")); code(err) != "not_enabled" {
		t.Errorf("got %v, want not_enabled", err)
	}
}

func TestAgent(t *testing.T) {
	s, clock := serve(t, fakeslack.Config{})
	got := connect(t, s, nil)
	c := client(s)
	dm, err := s.OpenDM(fakeslack.Reporter, fakeslack.General)
	if err != nil {
		t.Fatal(err)
	}
	next(t, got)
	prompts := slack.AssistantThreadsSetSuggestedPromptsParameters{ChannelID: dm, Title: "Try"}
	prompts.AddPrompt("Talks", "Who spoke?")
	if err := c.SetAssistantThreadsSuggestedPrompts(prompts); err != nil {
		t.Fatal(err)
	}
	ts, err := s.Choose(fakeslack.Reporter, "", "Talks")
	if err != nil {
		t.Fatal(err)
	}
	next(t, got)
	if err := c.SetAssistantThreadsTitle(slack.AssistantThreadsSetTitleParameters{ChannelID: dm, ThreadTS: ts, Title: "Who spoke"}); err != nil || s.Title(dm, ts) != "Who spoke" {
		t.Errorf("got %v and %q", err, s.Title(dm, ts))
	}
	status := slack.AssistantThreadsSetStatusParameters{ChannelID: dm, ThreadTS: ts, Status: "Searching…", LoadingMessages: []string{"one", "two"}}
	set := func() {
		t.Helper()
		if err := c.SetAssistantThreadsStatus(status); err != nil || s.Status(dm, ts).Text != "Searching…" || len(s.Status(dm, ts).Loading) != 2 {
			t.Fatalf("got %v and %+v", err, s.Status(dm, ts))
		}
	}
	set()
	clock.Advance(2 * time.Minute)
	if got := s.Status(dm, ts); got.Text != "" {
		t.Errorf("after two minutes: got %+v, want none", got)
	}
	set()
	if _, _, err := c.PostMessage(dm, slack.MsgOptionTS(ts), text("They.")); err != nil || s.Status(dm, ts).Text != "" {
		t.Errorf("after a post: got %v and %+v, want none", err, s.Status(dm, ts))
	}
	s.Check(t)

	prompts.ThreadTS = ts
	if err := c.SetAssistantThreadsSuggestedPrompts(prompts); err != nil || len(s.Prompts(dm, ts).Prompts) != 0 || len(s.Violations()) != 1 {
		t.Errorf("with a thread: got %v, %+v and %v; want nothing shown, and a violation", err, s.Prompts(dm, ts), s.Violations())
	}
	prompts.ThreadTS = ""
	for range 4 {
		prompts.AddPrompt("More", "More?")
	}
	if err := c.SetAssistantThreadsSuggestedPrompts(prompts); code(err) != "invalid_arguments" {
		t.Errorf("five prompts: got %v, want invalid_arguments", err)
	}
	status.ThreadTS = "1.000001"
	if err := c.SetAssistantThreadsStatus(status); code(err) != "invalid_thread_ts" {
		t.Errorf("no such thread: got %v, want invalid_thread_ts", err)
	}
	status.ThreadTS, status.LoadingMessages = ts, make([]string, 11)
	if err := c.SetAssistantThreadsStatus(status); code(err) != "invalid_arguments" {
		t.Errorf("eleven messages: got %v, want invalid_arguments", err)
	}
}

func TestStream(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	c := client(s)
	root, err := s.Post(fakeslack.Reporter, fakeslack.General, "who?", "")
	if err != nil {
		t.Fatal(err)
	}
	to := []slack.MsgOption{slack.MsgOptionTS(root), slack.MsgOptionRecipientUserID(fakeslack.Reporter), slack.MsgOptionRecipientTeamID(fakeslack.Team)}
	for _, tt := range []struct {
		name    string
		options []slack.MsgOption
		want    string
	}{
		{"no thread", to[1:], "invalid_arguments"},
		{"nobody", []slack.MsgOption{to[0], to[2]}, "missing_recipient_user_id"},
		{"of no team", to[:2], "missing_recipient_team_id"},
		{"too long", append(to, slack.MsgOptionMarkdownText(strings.Repeat("a", 12_001))), "msg_too_long"},
		{"no such thread", append(to, slack.MsgOptionTS("1.000001")), "thread_not_found"},
		{"bad chunks", append(to, slack.MsgOptionChunks(slack.StreamChunk(slack.MarkdownTextChunk{Type: "nothing"}))), "invalid_chunks"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := c.StartStream(fakeslack.General, tt.options...); code(err) != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
	_, ts, err := c.StartStream(fakeslack.General, to...)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.AppendStream(fakeslack.General, ts, slack.MsgOptionMarkdownText("They ")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.AppendStream(fakeslack.General, ts); code(err) != "no_text" {
		t.Errorf("nothing: got %v, want no_text", err)
	}
	if m, _ := s.Message(fakeslack.General, ts); !m.Streaming || m.PlainText() != "They " || !m.Markdown {
		t.Errorf("got %+v, want the first words", m)
	}
	if _, _, _, err := c.UpdateMessage(fakeslack.General, ts, text("x")); code(err) != "streaming_state_conflict" {
		t.Errorf("update: got %v, want streaming_state_conflict", err)
	}
	feedback := slack.NewContextActionsBlock("", slack.NewFeedbackButtonsBlockElement("feedback",
		slack.NewFeedbackButton(plainText("Good"), "good"),
		slack.NewFeedbackButton(plainText("Bad"), "bad")))
	var many []slack.Block
	for range 51 {
		many = append(many, slack.NewDividerBlock())
	}
	if _, _, err := c.StopStream(fakeslack.General, ts, slack.MsgOptionBlocks(many...)); code(err) != "msg_blocks_too_many" {
		t.Errorf("51 blocks: got %v, want msg_blocks_too_many", err)
	}
	if _, _, err := c.StopStream(fakeslack.General, ts, slack.MsgOptionMarkdownText("spoke."), slack.MsgOptionBlocks(feedback)); err != nil {
		t.Fatal(err)
	}
	if m, _ := s.Message(fakeslack.General, ts); m.Streaming || !strings.HasPrefix(m.PlainText(), "They spoke.\n") {
		t.Errorf("got %+v, want it whole", m)
	}
	for _, err := range []error{
		func() error {
			_, _, err := c.AppendStream(fakeslack.General, ts, slack.MsgOptionMarkdownText("x"))
			return err
		}(),
		func() error { _, _, err := c.StopStream(fakeslack.General, ts); return err }(),
	} {
		if code(err) != "message_not_in_streaming_state" {
			t.Errorf("afterwards: got %v, want message_not_in_streaming_state", err)
		}
	}
	if err := s.Click(fakeslack.Reporter, fakeslack.General, ts, "feedback", "good"); err != nil {
		t.Error(err)
	}
	if err := s.Click(fakeslack.Reporter, fakeslack.General, ts, "feedback", "so-so"); err == nil {
		t.Error("feedback that is not offered was given")
	}

	_, ts, err = c.StartStream(fakeslack.General, to...)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.StopStream(fakeslack.Reporter, fakeslack.General, ts); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.AppendStream(fakeslack.General, ts, slack.MsgOptionMarkdownText("x")); code(err) != "stopped_by_user" {
		t.Errorf("got %v, want stopped_by_user", err)
	}
}

func TestChunks(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	c := client(s)
	dm, err := s.DM(fakeslack.Reporter)
	if err != nil {
		t.Fatal(err)
	}
	root, err := s.Post(fakeslack.Reporter, dm, "who?", "")
	if err != nil {
		t.Fatal(err)
	}
	// A direct message needs no recipient.
	_, ts, err := c.StartStream(dm, slack.MsgOptionTS(root), slack.MsgOptionChunks(slack.NewTaskUpdateChunk("1", "Searching")))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.AppendStream(dm, ts, slack.MsgOptionChunks(slack.NewMarkdownTextChunk("They spoke."), slack.NewBlocksChunk(section("one")))); err != nil {
		t.Fatal(err)
	}
	for name, chunk := range map[string]slack.StreamChunk{
		"bad blocks": slack.NewBlocksChunk(section(strings.Repeat("a", 3001))),
		"bad status": slack.TaskUpdateChunk{Type: slack.StreamChunkTaskUpdate, ID: "1", Title: "x", Status: "happy"},
	} {
		if _, _, err := c.AppendStream(dm, ts, slack.MsgOptionChunks(chunk)); code(err) != "invalid_chunks" {
			t.Errorf("%s: got %v, want invalid_chunks", name, err)
		}
	}
	if _, _, err := c.StopStream(dm, ts, slack.MsgOptionBlocks(section("two"))); err != nil {
		t.Fatal(err)
	}
	if m, _ := s.Message(dm, ts); m.PlainText() != "They spoke.\none\ntwo" {
		t.Errorf("got %q", m.PlainText())
	}
	_, ts, err = c.StartStream(dm, slack.MsgOptionTS(root))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.StopStream(dm, ts); code(err) != "no_text" {
		t.Errorf("a stream without a word: got %v, want no_text", err)
	}
}

func TestExternalID(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	got := connect(t, s, nil)
	c := client(s)
	trigger := func() string {
		t.Helper()
		return ask(t, s, got, fakeslack.General, "").TriggerID
	}
	v := modal(section("one"))
	v.ExternalID = "a1"
	if _, err := c.OpenView(trigger(), v); err != nil {
		t.Fatal(err)
	}
	if _, err := c.PushView(trigger(), v); code(err) != "duplicate_external_id" {
		t.Errorf("got %v, want duplicate_external_id", err)
	}
	v.Blocks = slack.Blocks{BlockSet: []slack.Block{section("two")}}
	if _, err := c.UpdateView(v, "a1", "", ""); err != nil {
		t.Error(err)
	}
	if top, _ := s.Modal(fakeslack.Reporter); !strings.Contains(top.PlainText(), "two") {
		t.Errorf("got %q, want it replaced", top.PlainText())
	}
}

func TestCommandAnswers(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	var answer any
	connect(t, s, func(socketmode.Event) (any, bool) { return answer, true })
	for _, tt := range []struct {
		name   string
		answer any
		want   string // what the user sees last; empty for nothing
		breaks bool
	}{
		{"nothing", nil, "", false},
		{"an empty one", map[string]any{}, "", false},
		{"words", map[string]any{"text": "hello"}, "hello", false},
		{"blocks", map[string]any{"text": "x", "blocks": []any{map[string]any{"type": "section", "text": map[string]any{"type": "mrkdwn", "text": "shown"}}}}, "shown", false},
		{"bad blocks", map[string]any{"text": "x", "blocks": []any{map[string]any{"type": "sparkles"}}}, "/ask failed with the error \"invalid_command_response\"", true},
		{"no object", []int{1}, "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answer = tt.answer
			before, broken := len(s.Channel(fakeslack.Reporter, fakeslack.General)), len(s.Violations())
			if err := s.SlashCommand(fakeslack.Reporter, fakeslack.General, "/ask", ""); err != nil {
				t.Fatal(err)
			}
			wait(t, s, "it is answered", func() bool { return s.Waiting() == 0 })
			seen := s.Channel(fakeslack.Reporter, fakeslack.General)[before:]
			switch {
			case tt.want == "" && len(seen) > 0, tt.want != "" && (len(seen) != 1 || seen[0].PlainText() != tt.want):
				t.Errorf("got %v, want %q", seen, tt.want)
			}
			if got := len(s.Violations()) > broken; got != tt.breaks {
				t.Errorf("got violations %v, want some: %v", s.Violations()[broken:], tt.breaks)
			}
		})
	}
}

func TestElements(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	option := func(v string) *slack.OptionBlockObject {
		return slack.NewOptionBlockObject(v, plainText(v), nil)
	}
	_, ts, err := client(s).PostMessage(fakeslack.General, text("x"), slack.MsgOptionBlocks(slack.NewActionBlock("b",
		slack.NewOptionsSelectBlockElement("static_select", nil, "pick", option("a"), option("b")),
		slack.NewOptionsMultiSelectBlockElement("multi_static_select", nil, "picks", option("a"), option("b")),
		slack.NewOverflowBlockElement("more", option("a"), option("b")),
		slack.NewOptionsSelectBlockElement("users_select", nil, "who"),
		slack.NewDatePickerBlockElement("when"),
	)))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		action string
		values []string
		want   string // in the payload; empty for an error
	}{
		{"pick", []string{"b"}, `"selected_option":{"text":{"emoji":false,"text":"b","type":"plain_text"},"value":"b"}`},
		{"pick", []string{"c"}, ""},
		{"picks", []string{"a", "b"}, `"selected_options":[{`},
		{"more", []string{"a"}, `"type":"overflow"`},
		{"who", []string{fakeslack.Editor}, `"selected_user":"U0EDITOR"`},
		{"when", []string{"2026-11-22"}, `"selected_date":"2026-11-22"`},
		{"nothing", nil, ""},
	} {
		t.Run(tt.action, func(t *testing.T) {
			before := len(s.Deliveries())
			err := s.Click(fakeslack.Reporter, fakeslack.General, ts, tt.action, tt.values...)
			if (err == nil) != (tt.want != "") {
				t.Fatalf("got %v", err)
			}
			if err == nil && !strings.Contains(string(s.Deliveries()[before].Payload()), tt.want) {
				t.Errorf("got %s, want %s", s.Deliveries()[before].Payload(), tt.want)
			}
		})
	}
}

func TestGlobalShortcutAndContext(t *testing.T) {
	app := fakeslack.DefaultApp()
	app.Shortcuts = append(app.Shortcuts, fakeslack.Shortcut{Name: "Ask", Type: "global", CallbackID: "ask"})
	s, _ := serve(t, fakeslack.Config{App: app})
	got := connect(t, s, nil)
	if err := s.GlobalShortcut(fakeslack.Reporter, "check_claim"); err == nil {
		t.Error("a shortcut of messages was chosen globally")
	}
	if err := s.GlobalShortcut(fakeslack.Reporter, "ask"); err != nil {
		t.Fatal(err)
	}
	if cb := interaction(t, next(t, got)); cb.Type != slack.InteractionTypeShortcut || cb.TriggerID == "" {
		t.Errorf("got %+v", cb)
	}
	if err := s.Views(fakeslack.Reporter, fakeslack.Desk); err != nil {
		t.Fatal(err)
	}
	e, ok := inner(t, next(t, got)).(*slackevents.AppContextChangedEvent)
	if !ok || len(e.Context.Entities) != 1 || e.Context.Entities[0].Value != fakeslack.Desk {
		t.Errorf("got %+v, want #desk", e)
	}
}
