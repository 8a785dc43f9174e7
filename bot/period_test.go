package bot

import (
	"testing"
	"time"
)

func TestPeriod(t *testing.T) {
	// 28 November 2025 was a Friday.
	asked := time.Date(2025, time.November, 28, 23, 30, 0, 0, time.FixedZone("", -5*3600))
	tests := []struct {
		name, question, want string // first and last day; empty for none
	}{
		{"no time", "Who confirmed the visit?", ""},
		{"a day", "What did he say on November 25?", "2025-11-25 2025-11-28"},
		{"a day of another year", "What did he say on November 25, 2022?", "2022-11-25 2022-11-28"},
		{"yesterday", "What was leaked yesterday?", "2025-11-27 2025-11-30"},
		{"this week", "Which show was green lit this week?", "2025-11-24 2025-12-03"},
		{"last week", "Who resigned last week?", "2025-11-17 2025-11-26"},
		{"a weekday", "Who resigned on Tuesday?", "2025-11-25 2025-11-28"},
		{"a year", "Who won in 2022?", "2022-01-01 2023-01-03"},
		{"the shortest of several", "Who, elected in 2012, resigned this week?", "2025-11-24 2025-12-03"},
		{"ahead", "Who will visit Moscow next week?", "2025-11-21 2025-12-10"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if from, to, ok := period(tt.question, asked); ok {
				got = from.Format(time.DateOnly) + " " + to.Format(time.DateOnly)
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
