package fakeslack

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A Delivery is a payload that the app is sent.
type Delivery struct {
	// Type is that of the envelope: "events_api", "interactive" or
	// "slash_commands".
	Type string
	// Event is the type of the event, or of the interaction, or the command.
	Event   string
	EventID string // of an event
	// Channel and TS are those of the message that an event brings, if it does.
	Channel, TS string
	Team        string
	User        string // who caused it
	At          time.Time
	// Attempts is how often it was sent.
	Attempts int
	// Acked is when the app acknowledged it first; zero if it did not.
	Acked time.Time
	// Failed is set when it was given up.
	Failed bool
	// Reply is what the app sent with the acknowledgement.
	Reply json.RawMessage

	payload  json.RawMessage
	envelope string // the id of the one that waits
	reason   string // why it is sent again
	timer    func() // stops what waits for the acknowledgement
	done     func(reply json.RawMessage, acked bool)
}

func (d *Delivery) stop() {
	if d.timer != nil {
		d.timer()
		d.timer = nil
	}
}

// Payload is what was sent.
func (d *Delivery) Payload() json.RawMessage { return slices.Clone(d.payload) }

// Deliveries are what the app was sent, in order.
func (s *Slack) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Delivery, 0, len(s.deliveries))
	for _, d := range s.deliveries {
		c := *d
		c.timer, c.done = nil, nil
		all = append(all, c)
	}
	return all
}

// Waiting is how many payloads are neither acknowledged nor given up.
func (s *Slack) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.waiting
}

// deliver sends a payload, and again if need be. It is called with s.mu held,
// and so is done.
func (s *Slack) deliver(d *Delivery, payload any) {
	raw, err := json.Marshal(payload)
	if err != nil {
		panic("fake slack: a payload that is no JSON: " + err.Error())
	}
	d.payload = raw
	d.At = s.cfg.Clock.Now()
	s.waiting++
	s.deliveries = append(s.deliveries, d)
	if keep := s.cfg.Keep; keep > 0 && len(s.deliveries) > 2*keep {
		s.deliveries = slices.Clone(s.deliveries[len(s.deliveries)-keep:])
	}
	if s.held == nil && d.Type == "events_api" && s.chance(s.noise.Reorder) {
		s.held = d
		// It does not wait for ever for one to overtake it.
		s.cfg.Clock.AfterFunc(time.Second, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.release(d)
		})
		return
	}
	s.attempt(d)
	s.release(s.held)
}

// release sends what reordering has held back.
func (s *Slack) release(d *Delivery) {
	if d != nil && s.held == d {
		s.held = nil
		s.attempt(d)
	}
}

func (s *Slack) chance(rate float64) bool { return rate > 0 && s.rng.Float64() < rate }

// attempt sends a payload once.
func (s *Slack) attempt(d *Delivery) {
	if s.closed || d.Failed {
		return
	}
	d.Attempts++
	d.envelope = s.id("env")
	s.open[d.envelope] = d
	envelope := d.envelope
	d.timer = s.cfg.Clock.AfterFunc(s.cfg.Patience, func() { s.unanswered(envelope, "timeout") })
	s.change()
	if s.cfg.App.SocketMode {
		if !s.sendSocket(d) {
			s.goFunc(func() { s.unanswered(envelope, "connection_failed") })
		}
		return
	}
	s.sendHTTP(d)
}

// acked takes an acknowledgement.
func (s *Slack) acked(envelope string, answer json.RawMessage) {
	d := s.open[envelope]
	if d == nil {
		return
	}
	delete(s.open, envelope)
	d.stop()
	s.change()
	if d.Acked.IsZero() {
		d.Acked = s.cfg.Clock.Now()
		s.waiting--
		if string(answer) != "null" {
			d.Reply = answer
		}
		if d.done != nil {
			d.done(d.Reply, true)
		}
	}
	if d.Type == "events_api" && d.Attempts <= len(s.cfg.Retries) && s.chance(s.noise.Redeliver) {
		d.reason = "timeout"
		s.attempt(d)
	}
}

// unanswered sends a payload again that was not acknowledged, or gives up.
// Only events are sent again.
// https://docs.slack.dev/apis/events-api#retries
func (s *Slack) unanswered(envelope, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.open[envelope]
	if d == nil || s.closed {
		return
	}
	delete(s.open, envelope)
	d.stop()
	s.change()
	if !d.Acked.IsZero() {
		return
	}
	if d.Type != "events_api" || d.Attempts > len(s.cfg.Retries) || reason == noRetry {
		d.Failed = true
		s.waiting--
		if d.done != nil {
			d.done(nil, false)
		}
		return
	}
	d.reason = reason
	wait := s.cfg.Retries[d.Attempts-1]
	s.cfg.Clock.AfterFunc(wait, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.attempt(d)
	})
}

// noRetry is the reason of a failure after which the app wants no more.
// https://docs.slack.dev/apis/events-api#turning_retries_off
const noRetry = "no_retry"

// Emit sends the app an event of any kind, as it is, whether it is subscribed
// to it or not: one that the app has never heard of, or that lacks something.
func (s *Slack) Emit(team string, event map[string]any) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.workspaces[team]
	if w == nil {
		return fmt.Errorf("emit: no workspace %s", team)
	}
	if _, err := json.Marshal(event); err != nil {
		return fmt.Errorf("emit: %w", err)
	}
	user, _ := event["user"].(string)
	s.event(w, nil, user, event)
	return nil
}

// goFunc runs f unless the Slack is closed. It is called with s.mu held.
func (s *Slack) goFunc(f func()) {
	if !s.closed {
		s.running.Go(f)
	}
}
