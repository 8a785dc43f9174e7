package fakeslack

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	// maxViews is how many modals stand on one another: surfaces/modals.
	maxViews = 3
	// maxView is the size of a view in bytes: reference/methods/views.open
	// (view_too_large).
	maxView = 250_000

	viewsPage = "reference/views"
)

// A View is a modal that is open, or an App Home.
type View struct {
	ID              string
	Type            string // "modal" or "home"
	Title           string
	Submit, Close   string // words on the buttons; empty for Slack's own, or for none
	Blocks          json.RawMessage
	CallbackID      string
	ExternalID      string
	PrivateMetadata string
	Hash            string
	RootID          string
	PreviousID      string // the view below; empty at the bottom
	NotifyOnClose   bool
	ClearOnClose    bool
	// Errors are what the app found wrong with the last submission, by block_id.
	Errors map[string]string
	// Trouble is what Slack says when the app did not answer a submission.
	Trouble string

	team   *workspace
	fields map[string]json.RawMessage // as the app sent them
	state  map[string]map[string]any  // what was put in, by block_id and action_id
}

// PlainText is all the words of a view, markup and all.
func (v View) PlainText() string {
	return strings.Join(append([]string{v.Title}, append(blockTexts(v.Blocks), v.Submit, v.Close)...), "\n")
}

func (v *View) clone() View {
	c := *v
	c.Blocks = slices.Clone(v.Blocks)
	c.Errors = maps.Clone(v.Errors)
	return c
}

// Modals are those that a user has open, the top one last.
func (s *Slack) Modals(user string) []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []View
	for _, v := range s.modals[user] {
		all = append(all, v.clone())
	}
	return all
}

// Modal is the one that a user sees.
func (s *Slack) Modal(user string) (View, bool) {
	all := s.Modals(user)
	if len(all) == 0 {
		return View{}, false
	}
	return all[len(all)-1], true
}

// Home is the App Home that a user sees.
func (s *Slack) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.homes[user]; v != nil {
		return v.clone(), true
	}
	return View{}, false
}

// trigger is what a trigger_id stands for.
type trigger struct {
	user string
	team *workspace
	at   time.Time
	used bool
}

func (s *Slack) trigger(user string, w *workspace) string {
	id := fmt.Sprintf("%d.%d.%s", s.cfg.Clock.Now().Unix(), s.count, strings.ToLower(s.id("x")))
	s.forget()
	s.triggers[id] = &trigger{user: user, team: w, at: s.cfg.Clock.Now()}
	return id
}

// forget drops what has long been of no use, so that a Slack that runs for days
// does not grow by what people pressed.
func (s *Slack) forget() {
	if len(s.triggers) < 10_000 {
		return
	}
	old := s.cfg.Clock.Now().Add(-2 * responseLasts)
	maps.DeleteFunc(s.triggers, func(_ string, t *trigger) bool { return t.at.Before(old) })
	maps.DeleteFunc(s.responses, func(_ string, r *response) bool { return r.at.Before(old) })
}

// exchange takes the trigger_id of a call. It is good once, for three seconds.
// https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses
func (c *call) exchange() (*trigger, *refusal) {
	id := c.arg("trigger_id")
	if id == "" {
		return nil, missing(c, "trigger_id")
	}
	t := c.s.triggers[id]
	switch {
	case t == nil || t.team != c.team:
		return nil, misuse("invalid_trigger_id", c.page(), "a trigger_id that was never given out")
	case t.used:
		return nil, misuse("exchanged_trigger_id", c.page(), "a trigger_id opens one view")
	case c.now.Sub(t.at) > c.s.cfg.Patience:
		return nil, refuse("expired_trigger_id")
	}
	return t, nil
}

// view checks the view of a call.
func (c *call) view(kind string) (*View, *refusal) {
	raw := c.arg("view")
	if raw == "" {
		return nil, missing(c, "view")
	}
	v, code, problems := parseView([]byte(raw), kind)
	if len(problems) > 0 {
		return nil, blocksRefusal(code, problems)
	}
	v.team = c.team
	v.Blocks = c.s.nameBlocks(v.Blocks)
	v.Hash = fmt.Sprintf("%d.%s", c.now.Unix(), strings.ToLower(c.s.id("h")))
	return v, nil
}

// parseView reads a view and checks it.
// https://docs.slack.dev/reference/views
func parseView(raw []byte, kind string) (v *View, code string, problems []problem) {
	if len(raw) > maxView {
		return nil, "view_too_large", []problem{{"/view", fmt.Sprintf("must be less than %d bytes", maxView+1), viewsPage}}
	}
	var o any
	fields := make(map[string]json.RawMessage)
	if json.Unmarshal(raw, &o) != nil || json.Unmarshal(raw, &fields) != nil {
		return nil, "invalid_arguments", []problem{{"/view", "must be a JSON object", viewsPage}}
	}
	page := viewsPage + "/" + kind + "-views"
	k := &checker{on: modal, ids: make(map[string]bool)}
	known := []string{"type*", "title*", "blocks*", "close", "submit", "private_metadata", "callback_id", "clear_on_close", "notify_on_close", "external_id", "submit_disabled"}
	if kind == "home" {
		k.on = home
		known = []string{"type*", "blocks*", "private_metadata", "callback_id", "external_id"}
	}
	m, _ := k.object("/view", page, o, known...)
	k.enum("/view", page, m, "type", kind)
	for _, name := range []string{"title", "submit", "close"} {
		k.textField("/view", page, m, name, 24, plain)
	}
	k.str("/view", page, m, "private_metadata", 0, 3000)
	k.str("/view", page, m, "callback_id", 0, 255)
	k.str("/view", page, m, "external_id", 0, 255)
	k.boolean("/view", page, m, "clear_on_close", "notify_on_close", "submit_disabled")
	if b, there := m["blocks"]; there {
		k.blocks("/view/blocks", b)
	}
	if k.inputs && kind == "modal" && m["submit"] == nil {
		k.fail("/view", page, "missing required field: submit (there are inputs)")
	}
	if len(k.problems) > 0 {
		return nil, "invalid_arguments", k.problems
	}
	str := func(name string) string { s, _ := m[name].(string); return s }
	word := func(name string) string { t, _ := m[name].(map[string]any); s, _ := t["text"].(string); return s }
	yes := func(name string) bool { b, _ := m[name].(bool); return b }
	return &View{
		Type: kind, Title: word("title"), Submit: word("submit"), Close: word("close"), Blocks: fields["blocks"],
		CallbackID: str("callback_id"), ExternalID: str("external_id"), PrivateMetadata: str("private_metadata"),
		NotifyOnClose: yes("notify_on_close"), ClearOnClose: yes("clear_on_close"), fields: fields,
	}, "", nil
}

// wireView is a view as the Web API and interactions have it.
func (s *Slack) wireView(v *View) map[string]any {
	j := map[string]any{
		"id": v.ID, "team_id": v.team.ID, "type": v.Type, "blocks": v.Blocks, "private_metadata": v.PrivateMetadata, "callback_id": v.CallbackID,
		"state": map[string]any{"values": s.stateOf(v)}, "hash": v.Hash, "clear_on_close": v.ClearOnClose, "notify_on_close": v.NotifyOnClose,
		"title": nil, "close": nil, "submit": nil, "previous_view_id": nil, "root_view_id": v.RootID,
		"app_id": s.cfg.App.ID, "external_id": v.ExternalID, "app_installed_team_id": v.team.ID, "bot_id": v.team.BotID,
	}
	for _, name := range []string{"title", "close", "submit"} {
		if raw, there := v.fields[name]; there {
			j[name] = raw
		}
	}
	if v.PreviousID != "" {
		j["previous_view_id"] = v.PreviousID
	}
	return j
}

// findView finds a view by its id, whoever sees it.
func (s *Slack) findView(team *workspace, want func(*View) bool) (v *View, user string) {
	for _, user := range slices.Sorted(maps.Keys(s.modals)) {
		for _, v := range s.modals[user] {
			if v.team == team && want(v) {
				return v, user
			}
		}
	}
	for _, user := range slices.Sorted(maps.Keys(s.homes)) {
		if v := s.homes[user]; v.team == team && want(v) {
			return v, user
		}
	}
	return nil, ""
}

// taken refuses an external_id that another view has.
func (c *call) taken(v, same *View) *refusal {
	if v.ExternalID == "" {
		return nil
	}
	if o, _ := c.s.findView(c.team, func(o *View) bool { return o != same && o.ExternalID == v.ExternalID }); o != nil {
		return misuse("duplicate_external_id", c.page(), "external_id "+v.ExternalID+" is another view's")
	}
	return nil
}

// newModal checks the modal of a call and the trigger_id that it is shown for.
func (c *call) newModal() (*View, *trigger, *refusal) {
	v, ref := c.view("modal")
	if ref != nil {
		return nil, nil, ref
	}
	t, ref := c.exchange()
	if ref != nil {
		return nil, nil, ref
	}
	return v, t, c.taken(v, nil)
}

// https://docs.slack.dev/reference/methods/views.open
func (c *call) viewsOpen() (reply, *refusal) {
	v, t, ref := c.newModal()
	if ref != nil {
		return nil, ref
	}
	t.used = true
	c.s.openView(t.user, v)
	return reply{"view": c.s.wireView(v)}, nil
}

// openView shows a modal in place of those that are open.
func (s *Slack) openView(user string, v *View) {
	v.ID = s.id("V")
	v.RootID = v.ID
	s.modals[user] = []*View{v}
	s.change()
}

// https://docs.slack.dev/reference/methods/views.push
func (c *call) viewsPush() (reply, *refusal) {
	v, t, ref := c.newModal()
	if ref != nil {
		return nil, ref
	}
	if ref := c.s.pushView(t.user, v); ref != nil {
		return nil, ref
	}
	t.used = true
	return reply{"view": c.s.wireView(v)}, nil
}

func (s *Slack) pushView(user string, v *View) *refusal {
	stack := s.modals[user]
	switch {
	case len(stack) == 0:
		return refuse("not_found")
	case len(stack) >= maxViews:
		return misuse("push_limit_reached", "surfaces/modals", "at most 3 views stand on one another")
	}
	v.ID = s.id("V")
	v.RootID, v.PreviousID = stack[0].ID, stack[len(stack)-1].ID
	s.modals[user] = append(stack, v)
	s.change()
	return nil
}

// https://docs.slack.dev/reference/methods/views.update
func (c *call) viewsUpdate() (reply, *refusal) {
	id, external := c.arg("view_id"), c.arg("external_id")
	if id == "" && external == "" {
		return nil, missing(c, "view_id")
	}
	old, _ := c.s.findView(c.team, func(v *View) bool { return id != "" && v.ID == id || id == "" && v.ExternalID == external })
	kind := "modal"
	if old != nil {
		kind = old.Type
	}
	v, ref := c.view(kind)
	switch {
	case ref != nil:
		return nil, ref
	case old == nil:
		return nil, refuse("not_found")
	case c.arg("hash") != "" && c.arg("hash") != old.Hash:
		return nil, refuse("hash_conflict")
	}
	if ref := c.taken(v, old); ref != nil {
		return nil, ref
	}
	c.s.replaceView(old, v)
	return reply{"view": c.s.wireView(old)}, nil
}

// replaceView shows a view in the place of another, which keeps its id and what
// was put into inputs that are still there.
func (s *Slack) replaceView(old, v *View) {
	v.ID, v.RootID, v.PreviousID, v.team, v.state = old.ID, old.RootID, old.PreviousID, old.team, old.state
	*old = *v
	s.change()
}

// https://docs.slack.dev/reference/methods/views.publish
func (c *call) viewsPublish() (reply, *refusal) {
	user := c.arg("user_id")
	if user == "" {
		return nil, missing(c, "user_id")
	}
	v, ref := c.view("home")
	switch {
	case ref != nil:
		return nil, ref
	case !c.s.cfg.App.HomeTab:
		return nil, misuse("not_enabled", "surfaces/app-home", "the home tab is not enabled")
	case c.s.users[user] == nil:
		return nil, &refusal{code: "invalid_arguments", page: c.page(), detail: "no user " + user, messages: []string{"[ERROR] failed to match all allowed schemas [json-pointer:/user_id]"}}
	}
	old := c.s.homes[user]
	if old != nil && c.arg("hash") != "" && c.arg("hash") != old.Hash {
		return nil, refuse("hash_conflict")
	}
	if ref := c.taken(v, old); ref != nil {
		return nil, ref
	}
	v.ID = c.s.id("V")
	if old != nil {
		v.ID, v.state = old.ID, old.state
	}
	v.RootID = v.ID
	c.s.homes[user] = v
	c.s.change()
	return reply{"view": c.s.wireView(v)}, nil
}

// An element is one of a payload that somebody can use.
type element struct {
	block string // block_id
	input bool   // in an input block
	optional,
	dispatch bool
	fields map[string]any
}

func (e element) str(name string) string { s, _ := e.fields[name].(string); return s }

// elementsOf are the interactive elements of blocks.
func elementsOf(blocks json.RawMessage) []element {
	var list []map[string]any
	if json.Unmarshal(blocks, &list) != nil {
		return nil
	}
	var all []element
	for _, b := range list {
		id, _ := b["block_id"].(string)
		add := func(v any, e element) {
			o, _ := v.(map[string]any)
			if kind, _ := o["type"].(string); kind == "" || kind == "image" || kind == plain || kind == mrkdwn {
				return
			}
			e.block, e.fields = id, o
			all = append(all, e)
		}
		add(b["accessory"], element{})
		optional, _ := b["optional"].(bool)
		dispatch, _ := b["dispatch_action"].(bool)
		add(b["element"], element{input: true, optional: optional, dispatch: dispatch})
		if b["type"] == "actions" || b["type"] == "context_actions" {
			items, _ := b["elements"].([]any)
			for _, it := range items {
				add(it, element{})
			}
		}
	}
	return all
}

// options are the values that an element offers.
func (e element) options() map[string]any {
	all := make(map[string]any)
	var gather func(list any)
	gather = func(list any) {
		items, _ := list.([]any)
		for _, it := range items {
			o, _ := it.(map[string]any)
			if v, ok := o["value"].(string); ok {
				all[v] = it
			}
			gather(o["options"])
		}
	}
	gather(e.fields["options"])
	gather(e.fields["option_groups"])
	return all
}

// value is what an element's state is when these values are put in or chosen.
// https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload (state)
func (e element) value(values []string) (map[string]any, error) {
	kind := e.str("type")
	out := map[string]any{"type": kind}
	one := func() string {
		if len(values) == 0 {
			return ""
		}
		return values[0]
	}
	pick := func(v string) (any, error) {
		o, ok := e.options()[v]
		if !ok {
			return nil, fmt.Errorf("%s has no option %q", cmp.Or(e.str("action_id"), kind), v)
		}
		return o, nil
	}
	switch kind {
	case "static_select", "radio_buttons", "overflow":
		out["selected_option"] = nil
		if len(values) > 0 {
			o, err := pick(one())
			if err != nil {
				return nil, err
			}
			out["selected_option"] = o
		}
	case "multi_static_select", "checkboxes":
		picked := []any{}
		for _, v := range values {
			o, err := pick(v)
			if err != nil {
				return nil, err
			}
			picked = append(picked, o)
		}
		out["selected_options"] = picked
	case "users_select":
		out["selected_user"] = orNil(one())
	case "conversations_select":
		out["selected_conversation"] = orNil(one())
	case "channels_select":
		out["selected_channel"] = orNil(one())
	case "multi_users_select":
		out["selected_users"] = values
	case "multi_conversations_select":
		out["selected_conversations"] = values
	case "multi_channels_select":
		out["selected_channels"] = values
	case "datepicker":
		out["selected_date"] = orNil(one())
	case "timepicker":
		out["selected_time"] = orNil(one())
	case "plain_text_input", "email_text_input", "url_text_input", "number_input":
		out["value"] = orNil(one())
	default:
		return nil, fmt.Errorf("an element of type %s takes no value here", kind)
	}
	return out, nil
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// initialValues are what an element has before anybody touches it.
func (e element) initialValues() []string {
	var all []string
	take := func(v any) {
		if o, ok := v.(map[string]any); ok {
			v = o["value"]
		}
		if s, ok := v.(string); ok && s != "" {
			all = append(all, s)
		}
	}
	for _, name := range []string{"initial_value", "initial_option", "initial_user", "initial_channel", "initial_conversation", "initial_date", "initial_time"} {
		take(e.fields[name])
	}
	for _, name := range []string{"initial_options", "initial_users", "initial_channels", "initial_conversations"} {
		items, _ := e.fields[name].([]any)
		for _, it := range items {
			take(it)
		}
	}
	return all
}

// stateOf is what the inputs of a view hold.
func (s *Slack) stateOf(v *View) map[string]map[string]any {
	values := make(map[string]map[string]any)
	for _, e := range elementsOf(v.Blocks) {
		id := e.str("action_id")
		state, ok := v.state[e.block][id]
		if !ok {
			val, err := e.value(e.initialValues())
			if err != nil || e.str("type") == "overflow" {
				continue // a button holds nothing
			}
			state = val
		}
		if values[e.block] == nil {
			values[e.block] = make(map[string]any)
		}
		values[e.block][id] = state
	}
	return values
}
