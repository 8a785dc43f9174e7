package bot

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Brief is the short answer for where its citations are not shown: behind days that
// it takes the day of publication to tell are their dates, as in "Wednesday
// (2025-11-26)". They are those of the first citation that has the words.
func (a Answer) Brief() string {
	for _, c := range a.Citations {
		var found []string
		left := a.Short
		// "Wednesday night" is not also "Wednesday".
		for _, words := range slices.SortedFunc(maps.Keys(c.Resolved), func(a, b string) int {
			return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b))
		}) {
			at := indexWords(left, words)
			if at < 0 {
				continue
			}
			left = left[:at] + strings.Repeat("\x00", len(words)) + left[at+len(words):]
			found = append(found, words)
		}
		if len(found) == 0 {
			continue
		}
		slices.SortFunc(found, func(x, y string) int { return cmp.Compare(strings.Index(a.Short, x), strings.Index(a.Short, y)) })
		dates := make([]string, len(found))
		for i, words := range found {
			dates[i] = strings.Replace(c.Resolved[words], "/", " to ", 1)
			if len(found) > 1 {
				dates[i] = words + ": " + dates[i]
			}
		}
		return fmt.Sprintf("%s (%s)", a.Short, strings.Join(dates, "; "))
	}
	return a.Short
}

// indexWords is strings.Index for words that are not parts of others.
func indexWords(s, words string) int {
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for at := 0; words != ""; {
		i := strings.Index(s[at:], words)
		if i < 0 {
			break
		}
		i += at
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		after, _ := utf8.DecodeRuneInString(s[i+len(words):])
		if !inWord(before) && !inWord(after) {
			return i
		}
		at = i + len(words)
	}
	return -1
}
