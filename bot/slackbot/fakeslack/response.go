package fakeslack

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// A response_url is good five times within half an hour.
// https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
const (
	responseUses  = 5
	responseLasts = 30 * time.Minute
)

// response is what a response_url stands for.
type response struct {
	id      string
	team    *workspace
	user    string
	channel *channel
	ts      string // of the message that was clicked; empty for none
	at      time.Time
	uses    int
}

func (s *Slack) responseFor(w *workspace, u *User, c *channel, ts string) *response {
	r := &response{id: s.id("r"), team: w, user: u.ID, channel: c, ts: ts, at: s.cfg.Clock.Now()}
	s.responses[r.id] = r
	return r
}

func (s *Slack) responseURL(r *response) string { return s.base + "/response/" + r.id }

// serveResponse takes what the app sends to a response_url.
func (s *Slack) serveResponse(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		http.Error(w, "request_timeout", http.StatusBadRequest)
		return
	}
	if form := strings.TrimPrefix(string(body), "payload="); form != string(body) && r.ParseForm() == nil {
		body = []byte(form)
	}
	s.mu.Lock()
	var fields map[string]json.RawMessage
	bad := json.Unmarshal(body, &fields) != nil
	rec := Call{Method: "response_url", At: s.cfg.Clock.Now(), Args: argsOf(fields)}
	resp := s.responses[r.PathValue("id")]
	channel := ""
	if resp != nil {
		rec.Team, channel = resp.team.ID, resp.channel.ID
	}
	s.mu.Unlock()

	f := s.fault("response_url", channel)
	if f != nil && !s.before(w, f, rec) {
		return
	}

	s.mu.Lock()
	status, code := http.StatusOK, ""
	switch now := s.cfg.Clock.Now(); {
	case resp == nil:
		status, code = http.StatusNotFound, "no_service"
	case now.Sub(resp.at) > responseLasts:
		status, code = http.StatusNotFound, "expired_url"
	case resp.uses >= responseUses:
		status, code = http.StatusNotFound, "used_url"
		s.violate("response_url", code, "interactivity/handling-user-interaction", "a response_url is good 5 times")
	case bad:
		status, code = http.StatusBadRequest, "invalid_payload"
		s.violate("response_url", code, "interactivity/handling-user-interaction", "the body is no JSON object")
	default:
		resp.uses++
		ts, ref := s.respond(resp, rec.Args)
		rec.TS = ts
		if ref != nil {
			status, code = http.StatusBadRequest, ref.code
			if ref.page != "" {
				s.violate("response_url", ref.code, ref.page, ref.detail)
			}
		}
	}
	rec.Status, rec.OK, rec.Error = status, code == "", code
	cut := s.after(f, rec)
	s.mu.Unlock()
	if cut {
		panic(http.ErrAbortHandler)
	}
	if code != "" {
		writeJSON(w, status, map[string]any{"ok": false, "error": code})
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprint(w, "ok")
}

// respond does what a message to a response_url says. Where the channel is, the
// app need not be.
func (s *Slack) respond(r *response, args map[string]string) (ts string, ref *refusal) {
	c := &call{s: s, name: "response_url", args: args, team: r.team, now: s.cfg.Clock.Now()}
	old := r.channel.byTS[r.ts]
	if c.flag("delete_original") {
		if old == nil {
			return "", refuse("message_not_found")
		}
		before := s.wire(r.channel, old, true)
		deleted, thread, ephemeral := old.TS, old.ThreadTS, old.For != ""
		s.remove(r.channel, old)
		if !ephemeral {
			s.tellDeleted(r.channel, deleted, thread, before)
		}
		return deleted, nil
	}
	kind := c.arg("response_type")
	if kind != "" && kind != "in_channel" && kind != "ephemeral" {
		return "", misuse("invalid_arguments", "interactivity/handling-user-interaction", "response_type "+kind)
	}
	var meta struct {
		EventType string `json:"event_type"`
	}
	if json.Unmarshal([]byte(c.arg("metadata")), &meta) != nil || meta.EventType == "" {
		delete(c.args, "metadata") // libraries send an empty one
	}
	words, ref := c.content(true)
	if ref != nil {
		return "", ref
	}
	if r.channel.Archived {
		return "", refuse("is_archived")
	}
	if c.flag("replace_original") && old != nil && (old.For == "" || kind != "in_channel") {
		before := s.wire(r.channel, old, true)
		old.Text, old.Blocks, old.Attachments, old.Markdown = words.text, words.blocks, words.attach, words.markdown
		s.change()
		if old.For == "" {
			s.tellChanged(r.channel, old, before)
		}
		return old.TS, nil
	}
	m := new(Message)
	if m.ThreadTS, ref = c.threadFor(r.channel); ref != nil {
		return "", ref
	}
	if kind != "in_channel" {
		m.For = r.user
	}
	c.fill(m, words)
	s.put(r.channel, m)
	if m.For == "" {
		s.tellMessage(r.channel, m)
	}
	return m.TS, nil
}

// answered does what the app sent along with the acknowledgement of a command.
func (s *Slack) answered(r *response, command string, answer json.RawMessage) {
	if len(answer) == 0 || string(answer) == "{}" || string(answer) == `""` {
		return
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(answer, &fields) != nil {
		s.violate(command, "invalid_response", "interactivity/implementing-slash-commands", "the answer is no JSON object")
		return
	}
	args := argsOf(fields)
	for name, raw := range fields {
		if string(raw) == "null" {
			args[name] = "" // what is given as nothing is given, as the stricter reading has it
		}
	}
	if _, ref := s.respond(r, args); ref != nil {
		s.violate(command, ref.code, cmp.Or(ref.page, "interactivity/implementing-slash-commands"), ref.detail)
		s.slackbot(r.channel, r.user, "", command+" failed with the error \"invalid_command_response\"")
	}
}
