package fakeslack

import (
	"math"
	"time"
)

// A Tier is how often a method may be called in a workspace.
// https://docs.slack.dev/apis/web-api/rate-limits
type Tier int

// The tiers of methods. Each method's page says which is its.
const (
	Special Tier = iota // not stated more closely: "hundreds" a minute
	Tier1
	Tier2
	Tier3
	Tier4
	Posting // chat.postMessage: about one a second for each channel
)

// A Rate is how many calls are answered: PerMinute in the long run, and Burst
// at once.
type Rate struct {
	PerMinute float64
	Burst     int
}

// Limits are the rates that a Slack answers at; more is answered with 429 and
// Retry-After. A rate of zero is none.
type Limits struct {
	// Tiers are for each method and workspace.
	Tiers map[Tier]Rate
	// Methods are for methods by name, each in place of its tier's.
	Methods map[string]Rate
	// Channel is for chat.postMessage in each channel.
	Channel Rate
}

// DocumentedLimits are those of Slack's page on rate limits. It says how many
// calls a minute each tier has, and that bursts are allowed, but not of what
// size: those here are a guess on the small side.
func DocumentedLimits() *Limits {
	return &Limits{
		Tiers: map[Tier]Rate{
			Special: {PerMinute: 600, Burst: 60},
			Tier1:   {PerMinute: 1, Burst: 2},
			Tier2:   {PerMinute: 20, Burst: 5},
			Tier3:   {PerMinute: 50, Burst: 10},
			Tier4:   {PerMinute: 100, Burst: 20},
			// "several hundred messages per minute" for a workspace
			Posting: {PerMinute: 600, Burst: 100},
		},
		Channel: Rate{PerMinute: 60, Burst: 3},
	}
}

// A bucket holds the calls that may be made at once.
type bucket struct {
	tokens float64
	at     time.Time
}

// take takes a call from a bucket, or says how long it is until there is one.
func (s *Slack) take(key string, r Rate) (time.Duration, bool) {
	if r.PerMinute <= 0 {
		return 0, true
	}
	now := s.cfg.Clock.Now()
	burst := float64(max(1, r.Burst))
	b := s.buckets[key]
	if b == nil {
		b = &bucket{tokens: burst, at: now}
		s.buckets[key] = b
	}
	perSecond := r.PerMinute / 60
	b.tokens = min(burst, b.tokens+now.Sub(b.at).Seconds()*perSecond)
	b.at = now
	if b.tokens < 1 {
		return time.Duration((1 - b.tokens) / perSecond * float64(time.Second)), false
	}
	b.tokens--
	return 0, true
}

// wholeSeconds is what Retry-After says: whole seconds, one at least.
func wholeSeconds(d time.Duration) int { return int(math.Ceil(max(d.Seconds(), 1))) }

func tooFast(wait time.Duration) *refusal {
	return &refusal{code: "ratelimited", retry: wholeSeconds(wait)}
}

// limit refuses a call that comes too soon for its method.
func (s *Slack) limit(c *call, t Tier) *refusal {
	if s.cfg.Limits == nil {
		return nil
	}
	team := "app"
	if c.team != nil {
		team = c.team.ID
	}
	rate, own := s.cfg.Limits.Methods[c.name]
	if !own {
		rate = s.cfg.Limits.Tiers[t]
	}
	if wait, ok := s.take(c.name+" "+team, rate); !ok {
		return tooFast(wait)
	}
	return nil
}

// pace refuses a message that comes too soon for its channel.
func (s *Slack) pace(c *call, ch *channel) *refusal {
	if s.cfg.Limits == nil {
		return nil
	}
	if wait, ok := s.take("channel "+ch.ID, s.cfg.Limits.Channel); !ok {
		return tooFast(wait)
	}
	return nil
}
