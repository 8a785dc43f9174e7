package slackbot

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are what Prometheus is told.
type metrics struct {
	questions *prometheus.CounterVec   // by kind of item
	answers   *prometheus.CounterVec   // by engine and outcome: answered, perhaps, refused, failed
	calls     *prometheus.CounterVec   // of the Web API, by method and outcome
	events    *prometheus.CounterVec   // by kind
	status    prometheus.Histogram     // seconds until the asker saw a status or more
	took      *prometheus.HistogramVec // seconds from asking until the answer stood, by engine
}

func newMetrics(r prometheus.Registerer, b *Bot) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "dateline", Name: name, Help: help}, labels)
	}
	buckets := []float64{.05, .1, .25, .5, 1, 2, 5, 10, 20, 40, 80}
	m := &metrics{
		questions: counter("items_total", "Questions and other things to do that were taken in, by kind.", "kind"),
		answers:   counter("answers_total", "Questions that were dealt with, by engine and outcome.", "engine", "outcome"),
		calls:     counter("slack_calls_total", "Calls of Slack's Web API, by method and outcome.", "method", "outcome"),
		events:    counter("slack_envelopes_total", "What Slack delivered, by kind.", "kind"),
		status:    prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "dateline", Name: "first_sign_seconds", Help: "Time from the question to the first status.", Buckets: buckets}),
		took:      prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "dateline", Name: "answer_seconds", Help: "Time from the question to its answer.", Buckets: buckets}, []string{"engine"}),
	}
	if r == nil {
		return m
	}
	queue := func(name, help string, read func(context.Context) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "dateline", Name: name, Help: help}, func() float64 { return read(context.Background()) })
	}
	r.MustRegister(m.questions, m.answers, m.calls, m.events, m.status, m.took,
		queue("queue_waiting", "Items of the inbox that wait.", func(ctx context.Context) float64 {
			s, err := b.c.Inbox.Status(ctx)
			if err != nil {
				return -1
			}
			return float64(s.Waiting)
		}),
		queue("sockets", "Sockets that are open.", func(context.Context) float64 { return float64(b.sockets()) }))
	return m
}

func (b *Bot) sockets() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.connected
}

// Ready says why the bot cannot take questions; nil if it can.
func (b *Bot) Ready(ctx context.Context) error {
	b.mu.Lock()
	joined := slices.Collect(maps.Values(b.workspaces))
	b.mu.Unlock()
	if len(joined) < len(b.c.Tokens) {
		return errors.New("not all workspaces were joined yet")
	}
	var revoked []error
	for _, w := range joined {
		revoked = append(revoked, w.token(ctx, b.c.Now()))
	}
	switch err := errors.Join(revoked...); {
	case err != nil:
		return err
	case b.c.AppToken != "" && b.sockets() == 0:
		return errors.New("no socket is open")
	}
	return b.c.Inbox.Writable(ctx)
}
