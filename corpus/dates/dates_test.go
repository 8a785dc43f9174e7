package dates

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dateline/corpus"
)

func TestFind(t *testing.T) {
	// 26 November 2025 was a Wednesday.
	tests := []struct {
		name, text string
		published  string
		want       string // words=days, ~ before days that took the publication date
	}{
		{"ISO", "on 2025-11-03 it", "2025-11-26", "2025-11-03=2025-11-03"},
		{"ISO with a time", "at 2025-11-03T10:20:30Z", "2025-11-26", "2025-11-03T10:20:30Z=2025-11-03"},
		{"no such ISO day", "2025-02-30", "2025-11-26", ""},
		{"month, day, year", "on Nov. 18, 2024.", "2025-11-26", "Nov. 18, 2024=2024-11-18"},
		{"day, month, year", "on 18 November 2024", "2025-11-26", "18 November 2024=2024-11-18"},
		{"ordinals", "the 2nd of May 2024, June 3rd, 2024", "2025-11-26", "2nd of May 2024=2024-05-02; June 3rd, 2024=2024-06-03"},
		{"weekday before a date", "on Monday, Nov. 10, 2025", "2025-11-26", "Monday, Nov. 10, 2025=2025-11-10"},
		{"weekday before a day and month", "on Monday, 10 November", "2025-11-26", "Monday, 10 November=~2025-11-10"},
		{"days of a month", "Nov. 22-23, 2025 and 5–7 May 2024", "2025-11-26", "Nov. 22-23, 2025=2025-11-22/2025-11-23; 5–7 May 2024=2024-05-05/2024-05-07"},
		{"days in the wrong order", "Nov. 23-22, 2025", "2025-11-26", ""},
		{"month and year", "in August 2022", "2025-11-26", "August 2022=2022-08-01/2022-08-31"},
		{"leap day", "February 29, 2024", "2025-11-26", "February 29, 2024=2024-02-29"},
		{"no leap day", "February 29, 2025", "2025-11-26", ""},
		{"leap day without a year", "on Feb. 29", "2025-11-26", "Feb. 29=~2024-02-29"},
		{"February of a leap year", "in February 2024", "2025-11-26", "February 2024=2024-02-01/2024-02-29"},
		{"day without a year, past", "on Nov. 18", "2025-11-26", "Nov. 18=~2025-11-18"},
		{"day without a year, last year", "on Dec. 20", "2026-01-05", "Dec. 20=~2025-12-20"},
		{"day without a year, next year", "on Jan. 5", "2025-12-28", "Jan. 5=~2026-01-05"},
		{"month past", "in August", "2025-11-26", "August=~2025-08-01/2025-08-31"},
		{"month of the year before", "in December", "2025-11-26", "December=~2024-12-01/2024-12-31"},
		{"month ahead", "they will vote in December", "2025-11-26", "December=~2025-12-01/2025-12-31"},
		{"month of the next year", "they will vote in March", "2025-11-26", "March=~2026-03-01/2026-03-31"},
		{"last and next month of a name", "last December and next March", "2025-12-26", "December=~2024-12-01/2024-12-31; March=~2026-03-01/2026-03-31"},
		{"since, though the verb looks ahead", "It would be the sixth time since January", "2025-11-26", "January=~2025-01-01/2025-01-31"},
		{"day of last year", "from July 13 to 17 of last year", "2019-10-01", "July 13=~2018-07-13; last year=~2018-01-01/2018-12-31"},
		{"since and until", "since January and until March", "2025-11-26", "January=~2025-01-01/2025-01-31; March=~2026-03-01/2026-03-31"},
		{"months that are words", "may march, Theresa May, in may", "2025-11-26", ""},
		{"year", "in 2022", "2025-11-26", "2022=2022-01-01/2022-12-31"},
		{"years", "in 2019-2020", "2025-11-26", "2019=2019-01-01/2019-12-31; 2020=2020-01-01/2020-12-31"},
		{"decade", "in the 1990s", "2025-11-26", "1990s=1990-01-01/1999-12-31"},
		{"no years", "$2025, 31,950, 2,000, 555-2019, 2000 people, 1999.5", "2025-11-26", ""},
		{"no days", "March 3,000 and may 5", "2025-11-26", ""},
		{"weekday of today", "broadcast on Wednesday", "2025-11-26", "Wednesday=~2025-11-26"},
		{"weekday past", "said Tuesday", "2025-11-26", "Tuesday=~2025-11-25"},
		{"weekday past, longer ago", "on Thursday", "2025-11-26", "Thursday=~2025-11-20"},
		{"weekday ahead", "will meet on Friday", "2025-11-26", "Friday=~2025-11-28"},
		{"weekday ahead, reported", "said he will meet her on Friday", "2025-11-26", "Friday=~2025-11-28"},
		{"weekday past, of what is ahead", "it will rain, he said Monday", "2025-11-26", "Monday=~2025-11-24"},
		{"weekday ahead, verb behind", "On Tuesday, the council will vote", "2025-11-26", "Tuesday=~2025-12-02"},
		{"weekday past, verb behind", "On Tuesday, he said he will", "2025-11-26", "Tuesday=~2025-11-25"},
		{"what would have been", "would have met on Friday", "2025-11-26", "Friday=~2025-11-21"},
		{"another sentence's future", "He will. They met on Friday", "2025-11-26", "Friday=~2025-11-21"},
		{"last, next, this weekday", "last Monday, next Tuesday, this Friday", "2025-11-26", "last Monday=~2025-11-24; next Tuesday=~2025-12-02; this Friday=~2025-11-28"},
		{"last and next on the day", "last Wednesday, next Wednesday", "2025-11-26", "last Wednesday=~2025-11-19; next Wednesday=~2025-12-03"},
		{"possessive", "Tuesday’s and Monday's", "2025-11-26", "Tuesday=~2025-11-25; Monday=~2025-11-24"},
		{"named days", "Black Friday, Good Friday", "2025-11-26", ""},
		{"over the year's end", "on Wednesday", "2026-01-02", "Wednesday=~2025-12-31"},
		{"over a leap day", "yesterday", "2024-03-01", "yesterday=~2024-02-29"},
		{"near", "today, tonight, tomorrow, yesterday", "2025-11-26", "today=~2025-11-26; tonight=~2025-11-26; tomorrow=~2025-11-27; yesterday=~2025-11-25"},
		{"one further", "the day before yesterday, day after tomorrow", "2025-11-26", "day before yesterday=~2025-11-24; day after tomorrow=~2025-11-28"},
		{"parts of days", "this morning, last night", "2025-11-26", "this morning=~2025-11-26; last night=~2025-11-25"},
		{"weeks", "last week, this week, next week", "2025-11-26", "last week=~2025-11-17/2025-11-23; this week=~2025-11-24/2025-11-30; next week=~2025-12-01/2025-12-07"},
		{"weeks on a Sunday", "this week, next week", "2025-11-30", "this week=~2025-11-24/2025-11-30; next week=~2025-12-01/2025-12-07"},
		{"week over the year's end", "last week", "2026-01-05", "last week=~2025-12-29/2026-01-04"},
		{"months", "last month, next month", "2025-12-31", "last month=~2025-11-01/2025-11-30; next month=~2026-01-01/2026-01-31"},
		{"years from now", "last year, next year", "2025-11-26", "last year=~2024-01-01/2024-12-31; next year=~2026-01-01/2026-12-31"},
		{"the past week", "in the past week", "2025-11-26", "past week=~2025-11-19/2025-11-26"},
		{"weekend", "at weekend talks", "2025-11-26", "weekend=~2025-11-22/2025-11-23"},
		{"weekend of today", "at the weekend", "2025-11-30", "weekend=~2025-11-29/2025-11-30"},
		{"next weekend", "next weekend", "2025-11-26", "next weekend=~2025-12-06/2025-12-07"},
		{"ago", "two days ago, a week ago, 3 months ago, ten years ago", "2025-03-31",
			"two days ago=~2025-03-29; a week ago=~2025-03-24/2025-03-30; 3 months ago=~2024-12-01/2024-12-31; ten years ago=~2015-01-01/2015-12-31"},
		{"a month ago on the 31st", "one month ago", "2025-03-31", "one month ago=~2025-02-01/2025-02-28"},
		{"not published", "Wednesday, Nov. 18, next week, in August, today, 2 days ago, Nov. 18, 2024", "", "Nov. 18, 2024=2024-11-18"},
		{"nothing", "no time at all", "2025-11-26", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			published, _ := time.Parse(time.DateOnly, tt.published)
			// The span is what counts, not what stands around it.
			text := "in 1999 " + tt.text + " in 1998"
			var got []string
			for _, d := range Find(text, corpus.Span{Start: len("in 1999 "), End: len(text) - len(" in 1998")}, published) {
				s := d.Of(text) + "="
				if d.Relative {
					s += "~"
				}
				got = append(got, s+d.String())
			}
			if g := strings.Join(got, "; "); g != tt.want {
				t.Errorf("got %q, want %q", g, tt.want)
			}
		})
	}
}

// A publication time with a zone counts by the day it shows there.
func TestFindZone(t *testing.T) {
	published := time.Date(2025, 11, 26, 23, 30, 0, 0, time.FixedZone("", -8*3600))
	ds := Find("today", corpus.Span{Start: 0, End: 5}, published)
	if len(ds) != 1 || ds[0].String() != "2025-11-26" || ds[0].From.Location() != time.UTC {
		t.Errorf("got %v, want 2025-11-26 in UTC", ds)
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{
		"", "on Nov. 18, 2025", "2025-11-26T10:00:00+01:00", "Feb. 29", "last Wednesday", "will meet on Friday", "On Friday, he will", "the 1990s",
		"two weeks ago", "at weekend talks", "Opening on Friday, the talks planned for Friday failed", "Gave him until Friday, due to be set to be likely to", "a week ago Monday of last week", "99 May 2000", "0 June", "\xff2024\xfe", "é2024 ñ", "שבת 2024 May 5", "👍 Monday 👍", "Nov\u0301. 3", "0000-00-00", "9999-12-31", "999 years ago", "July 4–1",
	} {
		f.Add(s, int64(1764115200))
		f.Add(s, int64(-62135596800))
	}
	f.Fuzz(func(t *testing.T, text string, published int64) {
		day := time.Unix(published%(1<<37), 0).UTC()
		end := 0
		for _, d := range Find(text, corpus.Span{Start: 0, End: len(text)}, day) {
			switch {
			case !d.Within(len(text)) || d.Len() == 0:
				t.Fatalf("got span %v of %d bytes", d.Span, len(text))
			case d.Start < end:
				t.Fatalf("got span %v, the one before ends at %d", d.Span, end)
			case d.To.Before(d.From):
				t.Fatalf("%q: got %v", d.Of(text), d)
			case !d.From.Equal(d.From.Truncate(24*time.Hour)) || !d.To.Equal(d.To.Truncate(24*time.Hour)):
				t.Fatalf("%q: got %v to %v, want whole days", d.Of(text), d.From, d.To)
			case utf8.ValidString(text) && !utf8.ValidString(d.Of(text)):
				t.Fatalf("got a span that cuts a character: %q", d.Of(text))
			}
			end = d.End
		}
		for _, d := range Find(text, corpus.Span{Start: 0, End: len(text)}, time.Time{}) {
			if d.Relative {
				t.Fatalf("%q: got a relative date without a day of publication", d.Of(text))
			}
		}
	})
}

func BenchmarkFind(b *testing.B) {
	text := strings.Repeat("The council of Harrow voted on Monday to mend the bridge, Mayor Ann E. Oake said. “We waited for 12.5 years,” she told the Harrow Echo. "+
		"It is to open on Nov. 3, 2025. The work is to cost $4.2 million, of which the parish pays half.\n\n", 50)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Find(text, corpus.Span{Start: 0, End: len(text)}, time.Date(2025, 11, 26, 0, 0, 0, 0, time.UTC))
	}
}
