package files

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"2025-11-26", "2025-11-26"},
		{"2025-11-26T23:30:00-05:00", "2025-11-26"}, // the day it was there
		{"2025-11-26T04:30:00Z", "2025-11-26"},
		{"2025-11-26 04:30:00.123 +0000 UTC", "2025-11-26"},
		{"2025/11/6", "2025-11-06"},
		{"20251126", "2025-11-26"},
		{"20251126T101500Z", "2025-11-26"},
		{"November 26, 2025", "2025-11-26"},
		{"november 26 2025", "2025-11-26"},
		{"Nov. 26, 2025, 3:04 p.m. ET", "2025-11-26"},
		{"Sept. 3rd, 2025", "2025-09-03"},
		{"Wednesday, November 26, 2025", "2025-11-26"},
		{"Published November 26, 2025 at 4 PM", "2025-11-26"},
		{"26 November 2025", "2025-11-26"},
		{"26 Nov. 2025", "2025-11-26"},
		{"26-Nov-2025", "2025-11-26"},
		{"Wed, 26 Nov 2025 10:00:00 GMT", "2025-11-26"},
		{"Wed Nov 26 10:00:00 UTC 2025", "2025-11-26"},
		{"11/26/2025", "2025-11-26"},
		{"26/11/2025 10:00", "2025-11-26"},
		{"4/4/2025", "2025-04-04"},
		{"26.11.2025", "2025-11-26"},
		{"1764115200", "2025-11-26"},
		{"1764115200000", "2025-11-26"},

		{"", ""},
		{"03/04/2025", ""}, // March or April
		{"2025-02-30", ""},
		{"2025-13-01", ""},
		{"0000-00-00", ""},
		{"Ma 3, 2025", ""},
		{"yesterday", ""},
		{"November 2025", ""},
		{"12", ""},
	} {
		got, ok := parseDate(tc.in)
		if !ok {
			got = ""
		}
		if got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.in, got, tc.want)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	f.Add("2025-11-26T23:30:00-05:00")
	f.Add("Wed, 26 Nov 2025 10:00:00 GMT")
	f.Add("26.11.2025")
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := parseDate(s)
		if !ok {
			return
		}
		if _, err := time.Parse(time.DateOnly, got); err != nil {
			t.Errorf("%q: got %q, which is no date: %v", s, got, err)
		}
	})
}

func TestParseURL(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want bool
	}{
		{"https://news.example/a?b=c#d", true},
		{"http://news.example", true},
		{"javascript:alert(1)", false},
		{"news.example/a", false},
		{"https://", false},
		{"https://%zz", false},
	} {
		if _, got := parseURL(tc.in); got != tc.want {
			t.Errorf("%q: got %t, want %t", tc.in, got, tc.want)
		}
	}
}
