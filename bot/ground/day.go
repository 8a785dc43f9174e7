package ground

import (
	"regexp"
	"slices"
	"strings"

	"dateline/corpus"
	"dateline/corpus/dates"
)

// matched looks the claim up in the lines, as it reads in the words that the
// line most about it has for its days; nil if there is nothing to compare.
//
// "On March 2, 2026" and the "on Monday" of an article of that week are one
// thing, and have no word in common.
func (c *Claim) matched(lines []line) (*Claim, *matching) {
	m := c.match(lines)
	if m == nil {
		return c, nil
	}
	if same := c.withDaysOf(&lines[c.mostAbout(m)]); same != c {
		return same, same.match(lines)
	}
	return c, m
}

// withDaysOf is the claim with the line's words for the days that both have; the
// claim itself where their words are the same.
func (c *Claim) withDaysOf(l *line) *Claim {
	if l.published.IsZero() {
		return c
	}
	mine := dates.Find(c.text, corpus.Span{End: len(c.text)}, l.published)
	if len(mine) == 0 {
		return c
	}
	theirs := dates.Find(l.text, corpus.Span{End: len(l.text)}, l.published)
	var b strings.Builder
	end := 0
	for _, d := range mine {
		i := slices.IndexFunc(theirs, func(has dates.Date) bool { return gives(has, d, d.Of(c.text)) })
		if i < 0 || strings.EqualFold(theirs[i].Of(l.text), d.Of(c.text)) {
			continue
		}
		before := c.text[end:d.Start]
		if on := preposition.FindString(before); on != "" {
			// "yesterday" stands without it, "last week" too.
			before = strings.TrimSuffix(before, on) + preposition.FindString(l.text[:theirs[i].Start])
			if !strings.HasSuffix(before, " ") && before != "" {
				before += " "
			}
		}
		b.WriteString(before + theirs[i].Of(l.text))
		end = d.End
	}
	if end == 0 {
		return c
	}
	return NewClaim(b.String() + c.text[end:])
}

var preposition = regexp.MustCompile(`(?i)(?:^| )(?:on|in) $`)

// gives reports whether a time that is mentioned lies within d, which words are
// for.
func gives(has, d dates.Date, words string) bool {
	if has.Unsure || d.Unsure {
		return false
	}
	if strings.Contains(words, ":") {
		return false // an hour, of which Date says nothing
	}
	if day := weekday.FindString(words); day != "" && d.From.Equal(d.To) && !strings.EqualFold(day, d.From.Weekday().String()) {
		return false // "Tuesday, November 26" where that was a Wednesday
	}
	return !has.From.Before(d.From) && !has.To.After(d.To)
}

var weekday = regexp.MustCompile(`(?i)\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b`)
