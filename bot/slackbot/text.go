package slackbot

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack/slackutilsx"

	"dateline/corpus/word"
)

// Slack's markup is written in texts that articles, questions and models bring,
// too. Three ways keep it from meaning anything: where a text can be an element
// of rich text, Slack reads no markup in it; elsewhere it is escaped, as mrkdwn
// or as Markdown.

// clean takes out what is not to be shown at all: control characters, those that
// turn the direction of text round or show nothing, and addresses that are no
// source.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r):
			return -1
		case r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069:
			return -1 // embeddings, overrides and isolates
		case r == 0x200B || r == 0x2060 || r == 0xFEFF || r == 0x00AD || r >= 0xE0000 && r <= 0xE007F:
			return -1 // no width
		case r == 0x2028 || r == 0x2029:
			return '\n'
		}
		return r
	}, s)
	return address.ReplaceAllString(s, "(link removed)")
}

// address is what Slack or a reader's browser takes for a link.
var address = regexp.MustCompile(`(?i)(?:\b[a-z][a-z0-9+.-]{1,20}:(?://|\\\\)|\bwww\.|\b(?:mailto|javascript|data|tel|sms|vbscript|slack):[^\s])[^\s<>|"'”’)\]]*|\b(?:[a-z0-9-]+\.)+[a-z]{2,24}(?:/|\?|:\d)[^\s<>|"'”’)\]]*`)

// mrkdwn escapes a text for a mrkdwn object or the text of a message.
// https://docs.slack.dev/messaging/formatting-message-text/#escaping
func mrkdwn(s string) string {
	return slackutilsx.EscapeMessage(call.ReplaceAllString(clean(s), "@\u200C$1"))
}

// call is what would call everybody if Slack were told to look for names. It is
// parted by a character of no width.
var call = regexp.MustCompile(`(?i)@(channel|here|everyone)\b`)

// markdown escapes a text for Markdown.
func markdown(s string) string {
	var b strings.Builder
	for _, r := range call.ReplaceAllString(clean(s), "@\u200C$1") {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*_{}[]()#+-!|~=:", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// parts divides a text into pieces of at most n characters, between words where
// it can.
func parts(s string, n int) []string {
	var list []string
	for utf8.RuneCountInString(s) > n {
		end := 0
		for range n {
			_, size := utf8.DecodeRuneInString(s[end:])
			end += size
		}
		if at := strings.LastIndexAny(s[:end], " \n"); at > end/2 {
			end = at + 1
		}
		list = append(list, strings.TrimRight(s[:end], " \n"))
		s = s[end:]
	}
	return append(list, s)
}

// short cuts a text to n characters, and shows that it did. It is for labels
// whose whole text stands elsewhere.
func short(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	r := []rune(s)
	return strings.TrimSpace(string(r[:n-1])) + "…"
}

func hasWords(s string) bool { return len(word.Split(s)) > 0 }

// count is a number with its noun: "1 article", "7,107 articles".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// lines names the lines of a file: "line 3", "lines 3–5".
func lines(l [2]int) string {
	if l[0] == l[1] {
		return fmt.Sprintf("line %d", l[0])
	}
	return fmt.Sprintf("lines %d–%d", l[0], l[1])
}
