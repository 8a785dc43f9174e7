package fakeslack

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Fault is a way for calls of the Web API to go wrong.
type Fault struct {
	// Method is the one it happens to: a name, a family such as "chat.*",
	// "response_url", or empty for all.
	Method string
	// Channel is the one it happens in; empty means any.
	Channel string
	// Times is how often it happens; 0 means until it is removed.
	Times int
	// After lets so many calls pass first.
	After int
	// Rate is the share of calls it happens to, by the seed; 0 means all.
	Rate float64

	// Hold, if it is not nil, keeps the call until it is closed, and Delay for
	// so long. What follows happens afterwards; with nothing more, the call is
	// worked on as usual.
	Hold  <-chan struct{}
	Delay time.Duration
	// Error answers ok:false with it, and nothing is done.
	Error string
	// Status answers with it over HTTP, such as 503, and nothing is done. 429
	// has RetryAfter, in whole seconds and at least one, or none if it is negative,
	// as a gateway's may not.
	Status     int
	RetryAfter time.Duration
	// Drop cuts the connection, and nothing is done; DropAfter cuts it once the
	// call was worked on, so that the app does not learn how it went.
	Drop      bool
	DropAfter bool
}

// fault is a Fault at work.
type fault struct {
	Fault
	seen, hits int
}

func (f *fault) matches(method, channel string) bool {
	family, wild := strings.CutSuffix(f.Method, "*")
	switch {
	case f.Channel != "" && f.Channel != channel:
		return false
	case wild:
		return strings.HasPrefix(method, family)
	}
	return f.Method == "" || f.Method == method
}

// Inject makes calls go wrong until the fault has happened as often as it says
// or is removed. Where several fit a call, the first one injected happens.
func (s *Slack) Inject(f Fault) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := &fault{Fault: f}
	s.faults = append(s.faults, at)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = slices.DeleteFunc(s.faults, func(o *fault) bool { return o == at })
	}
}

// fault finds what is to happen to a call; nil if nothing is.
func (s *Slack) fault(method, channel string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if !f.matches(method, channel) {
			continue
		}
		f.seen++
		if f.seen <= f.After || f.Rate > 0 && s.rng.Float64() >= f.Rate {
			continue
		}
		f.hits++
		if f.Times > 0 && f.hits >= f.Times {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return &f.Fault
	}
	return nil
}

// before does the part of a fault that comes before a call is worked on, and
// says whether it is. The call is kept either way.
func (s *Slack) before(w http.ResponseWriter, f *Fault, rec Call) bool {
	if f.Hold != nil {
		select {
		case <-f.Hold:
		case <-s.stopping:
		}
	}
	if f.Delay > 0 {
		passed := make(chan struct{})
		stop := s.cfg.Clock.AfterFunc(f.Delay, func() { close(passed) })
		select {
		case <-passed:
		case <-s.stopping:
		}
		stop()
	}
	rec.Fault = true
	keep := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.note(rec)
	}
	switch {
	case f.Drop:
		keep()
		panic(http.ErrAbortHandler) // cuts the connection without a word
	case f.Status == http.StatusTooManyRequests:
		rec.Status, rec.Error = f.Status, "ratelimited"
		if f.RetryAfter >= 0 {
			w.Header().Set("Retry-After", strconv.Itoa(wholeSeconds(f.RetryAfter)))
		}
	case f.Status != 0:
		rec.Status = f.Status
		keep()
		http.Error(w, "<html><body>"+http.StatusText(f.Status)+"</body></html>", f.Status)
		return false
	case f.Error != "":
		rec.Status, rec.Error = http.StatusOK, f.Error
	default:
		return true
	}
	keep()
	writeJSON(w, rec.Status, map[string]any{"ok": false, "error": rec.Error})
	return false
}

// after keeps a call that was worked on, and says whether a fault cuts the
// connection now. It is called with s.mu held.
func (s *Slack) after(f *Fault, rec Call) (cut bool) {
	if cut = f != nil && f.DropAfter; cut {
		rec.Status, rec.Fault = 0, true
	}
	s.note(rec)
	return cut
}

// DeliveryFaults are ways for what Slack sends to go wrong. Each rate is the
// share of payloads it happens to, by the seed.
type DeliveryFaults struct {
	// Redeliver sends an event again that was acknowledged, as if it had not
	// been.
	Redeliver float64
	// Twice sends a payload over two connections at once, where there are two.
	Twice float64
	// Reorder holds a payload back until the next one has gone.
	Reorder float64
	// Disconnect ends the connection right after the payload.
	Disconnect float64
}

// SetDeliveryFaults makes deliveries go wrong from now on.
func (s *Slack) SetDeliveryFaults(f DeliveryFaults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noise = f
}
