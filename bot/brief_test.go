package bot

import "testing"

func TestBrief(t *testing.T) {
	cited := func(resolved ...map[string]string) (list []Citation) {
		for _, r := range resolved {
			list = append(list, Citation{Resolved: r})
		}
		return list
	}
	week := map[string]string{"Wednesday": "2025-11-26", "next week": "2025-12-01/2025-12-07"}
	for _, tc := range []struct {
		name  string
		short string
		cited []Citation
		want  string
	}{
		{"nothing", "", cited(week), ""},
		{"no day", "Yuri Ushakov", cited(week), "Yuri Ushakov"},
		{"a day", "Wednesday", cited(week), "Wednesday (2025-11-26)"},
		{"a day with words around it", "on Wednesday night", cited(week), "on Wednesday night (2025-11-26)"},
		{"a week", "next week", cited(week), "next week (2025-12-01 to 2025-12-07)"},
		{"two days", "between Wednesday and next week", cited(week), "between Wednesday and next week (Wednesday: 2025-11-26; next week: 2025-12-01 to 2025-12-07)"},
		{"the longer words", "last Wednesday", cited(map[string]string{"last Wednesday": "2025-11-19", "Wednesday": "2025-11-26"}), "last Wednesday (2025-11-19)"},
		{"part of a word", "Wednesdays", cited(week), "Wednesdays"},
		{"a date that needs none", "26 November 2025", cited(week), "26 November 2025"},
		{"the second citation", "Wednesday", cited(nil, week), "Wednesday (2025-11-26)"},
		{"two citations", "Wednesday", cited(week, map[string]string{"Wednesday": "2025-11-19"}), "Wednesday (2025-11-26)"},
		{"no citation", "Wednesday", nil, "Wednesday"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := (Answer{Short: tc.short, Citations: tc.cited}).Brief(); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
