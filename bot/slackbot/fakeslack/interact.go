package fakeslack

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// interactive sends an interaction.
// https://docs.slack.dev/interactivity/handling-user-interaction#payloads
func (s *Slack) interactive(w *workspace, u *User, kind string, payload map[string]any, done func(answer json.RawMessage, acked bool)) error {
	if !s.cfg.App.Interactive {
		return errors.New("this app is not configured to handle interactive responses")
	}
	payload["type"] = kind
	payload["token"] = "deprecated"
	payload["api_app_id"] = s.cfg.App.ID
	payload["team"] = map[string]any{"id": w.ID, "domain": w.Domain}
	payload["enterprise"] = nil
	payload["is_enterprise_install"] = false
	payload["user"] = map[string]any{"id": u.ID, "username": u.Name, "name": u.Name, "team_id": u.Team}
	s.deliver(&Delivery{Type: "interactive", Event: kind, Team: w.ID, User: u.ID, done: done}, payload)
	return nil
}

// slackbot tells somebody something in Slack's own name.
func (s *Slack) slackbot(c *channel, user, thread, text string) {
	s.put(c, &Message{ThreadTS: thread, User: "USLACKBOT", Text: text, For: user})
}

// SlashCommand types a command of the app, with the slash, and what follows it.
// It is refused as Slack refuses it where there is no such command. If the app
// does not answer within three seconds, the user is told.
// https://docs.slack.dev/interactivity/implementing-slash-commands
func (s *Slack) SlashCommand(user, channel, command, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, c, err := s.inChannel(user, channel)
	if err != nil {
		return fmt.Errorf("slash command: %w", err)
	}
	w := s.workspaces[u.Team]
	if w == nil || !slices.Contains(s.cfg.App.Commands, command) || !s.cfg.App.has("commands") {
		return fmt.Errorf("%s is not a valid command", command)
	}
	r := s.responseFor(w, u, c, "")
	s.deliver(&Delivery{Type: "slash_commands", Event: command, Team: w.ID, User: u.ID, done: func(answer json.RawMessage, acked bool) {
		if !acked {
			s.slackbot(c, user, "", command+" failed with the error \"operation_timeout\"")
			return
		}
		s.answered(r, command, answer)
	}}, map[string]any{
		"token": "deprecated", "team_id": w.ID, "team_domain": w.Domain, "channel_id": c.ID, "channel_name": c.payloadName(),
		"user_id": u.ID, "user_name": u.Name, "command": command, "text": strings.TrimSpace(text), "api_app_id": s.cfg.App.ID,
		"is_enterprise_install": "false", "response_url": s.responseURL(r), "trigger_id": s.trigger(u.ID, w),
	})
	return nil
}

// find finds an element by its action_id, or by block_id/action_id where
// several blocks have one of that action_id. Of several buttons, a value picks
// the one that has it.
func find(blocks json.RawMessage, id string, values []string) (element, error) {
	var found []element
	var names []string
	for _, e := range elementsOf(blocks) {
		name := e.block + "/" + e.str("action_id")
		names = append(names, name)
		if e.str("action_id") == id || name == id {
			found = append(found, e)
		}
	}
	if len(found) > 1 && len(values) == 1 {
		found = slices.DeleteFunc(found, func(e element) bool { return e.str("type") == "button" && e.str("value") != values[0] })
	}
	switch len(found) {
	case 0:
		return element{}, fmt.Errorf("no %q there, only %q", id, names)
	case 1:
		return found[0], nil
	}
	return element{}, fmt.Errorf("%q could be several of %q", id, names)
}

// action is what an interaction says of the element that was used.
// https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
func (s *Slack) action(e element, values []string) (map[string]any, error) {
	a := map[string]any{"action_id": e.str("action_id"), "block_id": e.block, "type": e.str("type"), "action_ts": s.ts()}
	switch e.str("type") {
	case "button", "icon_button":
		a["text"] = e.fields["text"]
		if v, there := e.fields["value"]; there {
			a["value"] = v
		}
		for _, name := range []string{"style", "confirm", "url"} {
			if v, there := e.fields[name]; there && e.str("type") == "button" {
				a[name] = v
			}
		}
		return a, nil
	case "feedback_buttons":
		for _, side := range []string{"positive_button", "negative_button"} {
			b, _ := e.fields[side].(map[string]any)
			if len(values) == 1 && b["value"] == values[0] {
				a["value"], a["text"] = b["value"], b["text"]
				return a, nil
			}
		}
		return nil, fmt.Errorf("feedback %q is not offered", values)
	}
	state, err := e.value(values)
	if err != nil {
		return nil, err
	}
	for name, v := range state {
		a[name] = v
	}
	return a, nil
}

// Click uses an element of a message that the user sees, found by its
// action_id, or by block_id/action_id where several blocks have one of that
// action_id: it presses a button, chooses options by their values, or gives the
// feedback with that value. Of several buttons, a value picks the one that has
// it.
func (s *Slack) Click(user, channel, ts, actionID string, values ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, w, err := s.person(user)
	if err != nil {
		return fmt.Errorf("click: %w", err)
	}
	c, m, err := s.seenMessage(user, channel, ts)
	if err != nil {
		return fmt.Errorf("click: %w", err)
	}
	e, err := find(m.Blocks, actionID, values)
	if err != nil {
		return fmt.Errorf("click: %w", err)
	}
	a, err := s.action(e, values)
	if err != nil {
		return fmt.Errorf("click: %w", err)
	}
	container := map[string]any{"type": "message", "message_ts": ts, "channel_id": c.ID, "is_ephemeral": m.For != ""}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	payload := map[string]any{
		"container": container, "channel": c.ref(), "actions": []any{a}, "state": map[string]any{"values": map[string]any{}},
		"response_url": s.responseURL(s.responseFor(w, u, c, ts)), "trigger_id": s.trigger(u.ID, w),
	}
	if m.For == "" { // of an ephemeral message, Slack has no copy to send
		payload["message"] = s.wire(c, m, true)
	}
	return s.interactive(w, u, "block_actions", payload, func(_ json.RawMessage, acked bool) {
		if !acked {
			s.slackbot(c, user, m.ThreadTS, "This app responded with Status Code 500 or not at all.")
		}
	})
}

// seenMessage finds a message that the user sees.
func (s *Slack) seenMessage(user, id, ts string) (*channel, *Message, error) {
	c := s.channels[id]
	if c == nil || !s.sees(user, c) {
		return nil, nil, fmt.Errorf("%s sees no channel %s", user, id)
	}
	m := c.byTS[ts]
	if m == nil || m.For != "" && m.For != user {
		return nil, nil, fmt.Errorf("%s sees no message %s", user, ts)
	}
	return c, m, nil
}

// payloadName is what commands and interactions call a channel.
func (c *channel) payloadName() string {
	switch c.Kind {
	case IM:
		return "directmessage"
	case Private:
		return "privategroup"
	case MPIM:
		return "mpdm"
	}
	return c.Name
}

func (c *channel) ref() map[string]any {
	return map[string]any{"id": c.ID, "name": c.payloadName()}
}

// seenView finds a view that the user sees: the modal at the top, or the home.
func (s *Slack) seenView(user, id string) (*View, error) {
	stack := s.modals[user]
	if len(stack) > 0 && (id == "" || stack[len(stack)-1].ID == id) {
		return stack[len(stack)-1], nil
	}
	if h := s.homes[user]; h != nil && h.ID == id {
		return h, nil
	}
	return nil, fmt.Errorf("%s sees no view %s", user, id)
}

// ClickView uses an element of a view as Click does one of a message. An empty
// id means the modal that the user sees.
func (s *Slack) ClickView(user, id, actionID string, values ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, _, err := s.person(user)
	if err != nil {
		return fmt.Errorf("click: %w", err)
	}
	v, err := s.seenView(user, id)
	if err != nil {
		return fmt.Errorf("click: %w", err)
	}
	e, err := find(v.Blocks, actionID, values)
	if err != nil {
		return fmt.Errorf("click: %w", err)
	}
	if e.input && !e.dispatch {
		return fmt.Errorf("click: %s is an input that is sent with the view", actionID)
	}
	a, err := s.action(e, values)
	if err != nil {
		return fmt.Errorf("click: %w", err)
	}
	if state, err := e.value(values); err == nil {
		v.put(e, state)
	}
	return s.interactive(v.team, u, "block_actions", map[string]any{
		"container": map[string]any{"type": "view", "view_id": v.ID}, "view": s.wireView(v), "actions": []any{a}, "trigger_id": s.trigger(u.ID, v.team),
	}, nil)
}

func (v *View) put(e element, state map[string]any) {
	if v.state == nil {
		v.state = make(map[string]map[string]any)
	}
	if v.state[e.block] == nil {
		v.state[e.block] = make(map[string]any)
	}
	v.state[e.block][e.str("action_id")] = state
}

// Fill puts a text into an input of a view, or chooses options by their values.
// Nothing is sent until the view is submitted.
func (s *Slack) Fill(user, id, actionID string, values ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.seenView(user, id)
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	e, err := find(v.Blocks, actionID, values)
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	state, err := e.value(values)
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	v.put(e, state)
	s.change()
	return nil
}

// complete says what a person has left out, or put in too much of, as Slack
// does before it sends a view.
func (s *Slack) complete(v *View) map[string]string {
	wrong := make(map[string]string)
	state := s.stateOf(v)
	for _, e := range elementsOf(v.Blocks) {
		if !e.input {
			continue
		}
		held, _ := state[e.block][e.str("action_id")].(map[string]any)
		empty := true
		for name, val := range held {
			list, isList := val.([]any)
			if name != "type" && val != nil && !(isList && len(list) == 0) {
				empty = false
			}
		}
		text, _ := held["value"].(string)
		least, hasLeast := e.fields["min_length"].(float64)
		most, hasMost := e.fields["max_length"].(float64)
		switch {
		case empty && !e.optional:
			wrong[e.block] = "Please complete this required field."
		case empty:
		case hasLeast && length(text) < int(least):
			wrong[e.block] = fmt.Sprintf("Must be at least %d characters.", int(least))
		case hasMost && length(text) > int(most):
			wrong[e.block] = fmt.Sprintf("Must be at most %d characters.", int(most))
		}
	}
	return wrong
}

// trouble is what a modal says when the app's answer is none.
const trouble = "We had some trouble connecting. Try again?"

// Submit submits the modal that the user sees. What is required and empty is
// refused before anything is sent. The app's answer closes the view, shows
// errors in it, or puts another one in its place or on top.
// https://docs.slack.dev/surfaces/modals#interactions
func (s *Slack) Submit(user string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, _, err := s.person(user)
	if err != nil {
		return fmt.Errorf("submit: %w", err)
	}
	v, err := s.seenView(user, "")
	if err != nil || v.Type != "modal" {
		return fmt.Errorf("submit: %s has no modal open", user)
	}
	if v.Submit == "" {
		return errors.New("submit: the modal has no submit button")
	}
	if wrong := s.complete(v); len(wrong) > 0 {
		v.Errors = wrong
		s.change()
		return fmt.Errorf("submit: %v", wrong)
	}
	v.Errors, v.Trouble = nil, ""
	return s.interactive(v.team, u, "view_submission", map[string]any{
		"view": s.wireView(v), "trigger_id": s.trigger(u.ID, v.team), "response_urls": []any{},
	}, func(answer json.RawMessage, acked bool) {
		s.change()
		if !acked {
			v.Trouble = trouble
			return
		}
		s.submitted(user, v, answer)
	})
}

// submitted does what the app answered to a submission.
func (s *Slack) submitted(user string, v *View, answer json.RawMessage) {
	failOn := func(page, detail string) {
		s.violate("view_submission", "invalid_response", page, detail)
		v.Trouble = trouble
	}
	fail := func(detail string) { failOn("surfaces/modals", detail) }
	if len(answer) == 0 || string(answer) == "{}" {
		s.popView(user, v)
		return
	}
	var a struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		fail(err.Error())
		return
	}
	switch a.Action {
	case "":
		s.popView(user, v)
	case "clear":
		delete(s.modals, user)
	case "errors":
		if len(a.Errors) == 0 {
			fail("response_action errors without errors")
			return
		}
		for id := range a.Errors {
			if !slices.ContainsFunc(elementsOf(v.Blocks), func(e element) bool { return e.input && e.block == id }) {
				fail("no input block " + id)
				return
			}
		}
		v.Errors = a.Errors
	case "update", "push":
		next, _, problems := parseView(a.View, "modal")
		if len(problems) > 0 {
			failOn(problems[0].page, problems[0].String())
			return
		}
		next.team, next.Blocks = v.team, s.nameBlocks(next.Blocks)
		next.Hash = strings.ToLower(s.id("h"))
		if a.Action == "update" {
			s.replaceView(v, next)
		} else if ref := s.pushView(user, next); ref != nil {
			fail(ref.code)
		}
	default:
		fail("response_action " + a.Action)
	}
}

// popView closes a view, with those on top of it.
func (s *Slack) popView(user string, v *View) {
	if i := slices.Index(s.modals[user], v); i >= 0 {
		s.modals[user] = s.modals[user][:i]
	}
	s.change()
}

// CloseModal closes the modal that the user sees, or with all set, all of
// them. The app is told where it asked to be.
// https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload#view_closed
func (s *Slack) CloseModal(user string, all bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, _, err := s.person(user)
	if err != nil {
		return fmt.Errorf("close: %w", err)
	}
	stack := s.modals[user]
	if len(stack) == 0 {
		return fmt.Errorf("close: %s has no modal open", user)
	}
	top := stack[len(stack)-1]
	closed := []*View{top}
	if all || top.ClearOnClose {
		closed = slices.Clone(stack)
		slices.Reverse(closed)
		delete(s.modals, user)
	} else {
		s.popView(user, top)
	}
	s.change()
	for _, v := range closed {
		if v.NotifyOnClose {
			if err := s.interactive(v.team, u, "view_closed", map[string]any{"view": s.wireView(v), "is_cleared": all}, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// MessageShortcut chooses a shortcut of the app in the menu of a message.
// https://docs.slack.dev/interactivity/implementing-shortcuts#messages
func (s *Slack) MessageShortcut(user, channel, ts, callbackID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, w, err := s.person(user)
	if err != nil {
		return fmt.Errorf("shortcut: %w", err)
	}
	c, m, err := s.seenMessage(user, channel, ts)
	if err != nil {
		return fmt.Errorf("shortcut: %w", err)
	}
	if m.For != "" { // what is ephemeral has no such menu
		return fmt.Errorf("shortcut: %s sees no message %s", user, ts)
	}
	if !s.cfg.App.offers("message", callbackID) {
		return fmt.Errorf("shortcut: no shortcut %s for messages", callbackID)
	}
	return s.interactive(w, u, "message_action", map[string]any{
		"callback_id": callbackID, "trigger_id": s.trigger(u.ID, w), "action_ts": s.ts(), "message_ts": ts,
		"channel": c.ref(), "message": s.wire(c, m, true),
		"response_url": s.responseURL(s.responseFor(w, u, c, "")),
	}, func(_ json.RawMessage, acked bool) {
		if !acked {
			s.slackbot(c, user, m.ThreadTS, "That didn't work: the app did not respond.")
		}
	})
}

// GlobalShortcut chooses a global shortcut of the app.
// https://docs.slack.dev/interactivity/implementing-shortcuts#global
func (s *Slack) GlobalShortcut(user, callbackID string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, w, err := s.person(user)
	if err != nil {
		return fmt.Errorf("shortcut: %w", err)
	}
	if !s.cfg.App.offers("global", callbackID) {
		return fmt.Errorf("shortcut: no global shortcut %s", callbackID)
	}
	return s.interactive(w, u, "shortcut", map[string]any{"callback_id": callbackID, "trigger_id": s.trigger(u.ID, w), "action_ts": s.ts()}, nil)
}

// OpenHome opens the App Home's home tab.
// https://docs.slack.dev/reference/events/app_home_opened
func (s *Slack) OpenHome(user string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.cfg.App.HomeTab {
		return errors.New("this app has no home tab")
	}
	return s.opens(user, "home", "")
}

// OpenDM opens the messages tab of the app, which with agent_view is the agent
// pane, and returns the id of the direct message. Viewing is the channel that
// the user has open beside it; empty for none.
func (s *Slack) OpenDM(user, viewing string) (channel string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, w, err := s.person(user)
	if err != nil {
		return "", err
	}
	if !s.cfg.App.MessagesTab {
		return "", errors.New("this app has no messages tab")
	}
	return s.dm(w, u.ID).ID, s.opens(user, "messages", viewing)
}

func (s *Slack) opens(user, tab, viewing string) error {
	u, w, err := s.person(user)
	if err != nil {
		return err
	}
	event := map[string]any{"type": "app_home_opened", "user": u.ID, "channel": s.dm(w, u.ID).ID, "tab": tab}
	if h := s.homes[user]; h != nil && tab == "home" {
		event["view"] = s.wireView(h)
	}
	if tab == "messages" && s.cfg.App.AgentView && s.cfg.App.hears("app_context_changed") {
		event["context"] = s.context(w, viewing)
	}
	s.tell(w, nil, "app_home_opened", u.ID, event)
	return nil
}

func (s *Slack) context(w *workspace, viewing string) map[string]any {
	entities := []any{}
	if viewing != "" {
		entities = append(entities, map[string]any{"type": "slack#/types/channel_id", "value": viewing, "team_id": w.ID})
	}
	return map[string]any{"entities": entities}
}

// Views tells the app that the user, with the agent pane open, went to another
// channel.
// https://docs.slack.dev/reference/events/app_context_changed
func (s *Slack) Views(user, viewing string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, w, err := s.person(user)
	if err != nil {
		return err
	}
	if s.cfg.App.AgentView {
		s.tell(w, nil, "app_context_changed", u.ID, map[string]any{
			"type": "app_context_changed", "user": u.ID, "channel": s.dm(w, u.ID).ID, "context": s.context(w, viewing),
		})
	}
	return nil
}

// Choose sends a prompt that the app suggested, by its title, as the user's
// message in the direct message, and returns its timestamp. An empty thread
// takes the prompts for a new one.
func (s *Slack) Choose(user, thread, title string) (ts string, err error) {
	dm, err := s.DM(user)
	if err != nil {
		return "", err
	}
	for _, p := range s.Prompts(dm, thread).Prompts {
		if p.Title == title {
			return s.Post(user, dm, p.Message, thread)
		}
	}
	return "", fmt.Errorf("the app suggests nothing titled %q in %s", title, cmp.Or(thread, dm))
}
