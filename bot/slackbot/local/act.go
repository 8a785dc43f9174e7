package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// mostBody is the size of a request in bytes; a message has up to 40,000
// characters.
const mostBody = 256 << 10

// An act is something that a person does on the page.
type act struct {
	As      string `json:"as"`
	Do      string `json:"do"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Thread  string `json:"thread"`
	// Text is what was typed, as it was typed; of a suggested prompt, its title;
	// of a shortcut, its callback_id.
	Text    string   `json:"text"`
	Command string   `json:"command"`
	View    string   `json:"view"`
	Action  string   `json:"action"` // action_id, or block_id/action_id
	Values  []string `json:"values"`
	Inputs  []input  `json:"inputs"` // of a form that is submitted
	All     bool     `json:"all"`    // close all modals
}

// An input is what stands in a field of a form.
type input struct {
	Action string   `json:"action"`
	Values []string `json:"values"`
}

// serveAct has a person do something. What the Slack refuses, it tells in the
// field "error".
func (p *Page) serveAct(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Content-Type") != "application/json" {
		reply(w, http.StatusUnsupportedMediaType, map[string]string{"error": "the body has to be application/json"})
		return
	}
	var a act
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&a); err != nil {
		status := http.StatusBadRequest
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			status = http.StatusRequestEntityTooLarge
		}
		reply(w, status, map[string]string{"error": err.Error()})
		return
	}
	if !p.person(a.As) {
		reply(w, http.StatusForbidden, map[string]string{"error": "nobody here has the id " + a.As})
		return
	}
	result, err := p.do(a)
	if err != nil {
		reply(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
		return
	}
	reply(w, http.StatusOK, result)
}

// A result is what came of an act.
type result struct {
	TS      string `json:"ts,omitempty"`      // of the message written
	Channel string `json:"channel,omitempty"` // opened
}

func (p *Page) do(a act) (res result, err error) {
	s := p.slack
	switch a.Do {
	case "post":
		res.TS, err = s.Post(a.As, a.Channel, s.Typed(a.Text), a.Thread)
	case "edit":
		err = s.Edit(a.As, a.Channel, a.TS, s.Typed(a.Text))
	case "delete":
		err = s.Delete(a.As, a.Channel, a.TS)
	case "command":
		err = s.SlashCommand(a.As, a.Channel, a.Command, a.Text)
	case "shortcut":
		err = s.MessageShortcut(a.As, a.Channel, a.TS, a.Text)
	case "click":
		err = s.Click(a.As, a.Channel, a.TS, a.Action, a.Values...)
	case "clickView":
		err = s.ClickView(a.As, a.View, a.Action, a.Values...)
	case "submit":
		err = p.submit(a)
	case "close":
		// One that is gone already is closed.
		if _, open := s.Modal(a.As); open {
			err = s.CloseModal(a.As, a.All)
		}
	case "openHome":
		err = s.OpenHome(a.As)
	case "openDM":
		res.Channel, err = s.OpenDM(a.As, a.Channel)
	case "choose":
		res.TS, err = s.Choose(a.As, a.Thread, a.Text)
	case "stopStream":
		err = s.StopStream(a.As, a.Channel, a.TS)
	default:
		err = fmt.Errorf("there is nothing called %q to do", a.Do)
	}
	return res, err
}

// submit fills a form in and sends it.
func (p *Page) submit(a act) error {
	for _, in := range a.Inputs {
		if err := p.slack.Fill(a.As, a.View, in.Action, in.Values...); err != nil {
			return err
		}
	}
	err := p.slack.Submit(a.As)
	if v, open := p.slack.Modal(a.As); open && len(v.Errors) > 0 {
		return nil // the form says itself what is wrong with it
	}
	return err
}
