package slackbot_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"dateline/bot/slackbot"
	"dateline/bot/slackbot/fakeslack"
)

// counted are the counters of some names, as NAME{LABEL, ...} VALUE.
func counted(t *testing.T, r *prometheus.Registry, names ...string) []string {
	t.Helper()
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	list := make(map[string]bool)
	for _, f := range families {
		if !slices.Contains(names, f.GetName()) {
			continue
		}
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetValue())
			}
			n := m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
			list[fmt.Sprintf("%s{%s} %v", f.GetName(), strings.Join(labels, ", "), n)] = true
		}
	}
	return slices.Sorted(maps.Keys(list))
}

// Questions count however they are put.
func TestMetrics(t *testing.T) {
	t.Parallel()
	r := prometheus.NewRegistry()
	n := open(t, func(c *slackbot.Config) { c.Metrics = r })
	n.start()
	n.mention(fakeslack.Reporter, fakeslack.General, "who confirmed the Moscow visit?", "")
	n.command(fakeslack.Editor, fakeslack.General, "/ask", "who confirmed the Moscow visit?")
	n.command(fakeslack.Editor, fakeslack.General, "/ask", "who shot the president of Atlantis?")
	n.stop()
	got := counted(t, r, "dateline_items_total", "dateline_answers_total", "dateline_answer_seconds", "dateline_first_sign_seconds")
	want := []string{
		"dateline_answer_seconds{extract} 3",
		"dateline_answers_total{extract, answered} 2",
		"dateline_answers_total{extract, refused} 1",
		"dateline_first_sign_seconds{} 1",
		"dateline_items_total{command} 2",
		"dateline_items_total{question} 1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
