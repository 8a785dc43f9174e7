package fakeslack

import (
	"maps"
	"slices"
	"time"
)

// A Call is one that the app made: of a Web API method, or to a response_url,
// whose Method is "response_url".
type Call struct {
	N      int // counted from 1
	Method string
	Team   string // of the token; empty if it is none of a workspace
	At     time.Time
	// Args are the arguments as they were sent, without the token; those of a
	// JSON body that are no strings stay JSON.
	Args map[string]string
	// Status is that of the response over HTTP; 0 where the connection was cut.
	Status int
	OK     bool
	Error  string // such as "channel_not_found"
	TS     string // of the message posted, updated or streamed
	// Fault is set where the answer was made by Inject; the call had its effect
	// if OK is set besides.
	Fault bool
}

// A Violation is a rule of Slack's that the app broke.
type Violation struct {
	Method string
	Code   string // the error it was refused with, or the warning
	Detail string
	Page   string // below https://docs.slack.dev/
}

func (v Violation) String() string {
	return v.Method + ": " + v.Code + ": " + v.Detail + " (https://docs.slack.dev/" + v.Page + ")"
}

// Calls are the calls that the app made, of the given methods or of all.
func (s *Slack) Calls(methods ...string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Call
	for _, c := range s.calls {
		if len(methods) == 0 || slices.Contains(methods, c.Method) {
			c.Args = maps.Clone(c.Args)
			all = append(all, c)
		}
	}
	return all
}

// Violations are the rules that the app broke, in order.
func (s *Slack) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// Testing is the part of testing.TB that Check needs.
type Testing interface {
	Helper()
	Errorf(format string, args ...any)
}

// Check fails a test for each violation.
func (s *Slack) Check(t Testing) {
	t.Helper()
	for _, v := range s.Violations() {
		t.Errorf("against Slack's rules: %s", v)
	}
}

// note keeps a call. It is called with s.mu held.
func (s *Slack) note(c Call) {
	s.callCount++
	c.N = s.callCount
	s.calls = append(s.calls, c)
	if keep := s.cfg.Keep; keep > 0 && len(s.calls) > 2*keep {
		s.calls = slices.Clone(s.calls[len(s.calls)-keep:])
	}
	s.change()
}

// violate keeps a violation. It is called with s.mu held.
func (s *Slack) violate(method, code, page, detail string) {
	s.violations = append(s.violations, Violation{Method: method, Code: code, Detail: detail, Page: page})
}
