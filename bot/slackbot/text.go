package slackbot

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"

	"dateline/corpus/word"
)

// Slack's markup is written in texts that articles, questions and models bring,
// too. Three ways keep it from meaning anything: where a text can be an element
// of rich text, Slack reads no markup in it; elsewhere it is escaped, as mrkdwn
// or as Markdown.

// clean takes out what is not to be shown at all: control characters, those that
// turn the direction of text round or show nothing, and addresses that are no
// source.
func clean(s string) string { return address.ReplaceAllString(visible(s), "(link removed)") }

// reference is how Slack's markup refers to people, groups and channels. It is
// parted also where no markup is read.
var reference = regexp.MustCompile(`<([!@#])`)

// visible is clean but for addresses, of which names of files may look like some.
func visible(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\v' || r == '\f' || r == 0x85 || r == 0x2028 || r == 0x2029:
			return '\n'
		case unicode.IsControl(r):
			return -1
		case r == 0x200C || r == 0x200D || unicode.Is(unicode.Prepended_Concatenation_Mark, r):
			return r // Persian is written with the first, families of emoji with the second; the others can be seen
		case unicode.Is(unicode.Cf, r), r >= 0xE0100 && r <= 0xE01EF:
			return -1 // direction, no width, tags and selectors that can carry a hidden text
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return everybody.ReplaceAllString(reference.ReplaceAllString(s, "<"+apart+"$1"), "@"+apart+"$1")
}

// at names the address of a server, in what the program says itself. Whoever asks
// in Slack has no use for it.
var at = regexp.MustCompile(` at https?://[^\s,;]*[^\s,;:.]`)

// placeless is a text of the program's own without the addresses of servers.
func placeless(s string) string { return at.ReplaceAllString(s, "") }

// operators are words that tell whoever runs Dateline what to do: settings,
// commands, engines, files.
var operators = regexp.MustCompile(`\b[A-Z]{2,}(?:_[A-Z]+)+\b|\bdateline (?:ask|check|doctor|feedback|index|receipt|replay|search|serve|sources?)\b|\bthe engine (?:extract|llm)\b|\bdeploy/`)

// forReaders is a text of the program's own for whoever asks: without the
// addresses of servers, and without what is for whoever runs it to do, which
// stands last in a sentence, after a colon or a semicolon.
func forReaders(s string) string {
	sentences := strings.SplitAfter(placeless(s), ". ")
	for i, text := range sentences {
		m := operators.FindStringIndex(text)
		if m == nil {
			continue
		}
		at := max(strings.LastIndex(text[:m[0]], ": "), strings.LastIndex(text[:m[0]], "; "))
		if sentences[i] = ""; at > 0 {
			sentences[i] = text[:at] + ". "
		}
	}
	return strings.TrimSpace(strings.Join(sentences, ""))
}

// address is what Slack or a reader's browser takes for a link.
var address = regexp.MustCompile(`(?i)(?:\b[a-z][a-z0-9+.-]{1,20}:(?://|\\\\)|\bwww\.|\b(?:mailto|javascript|data|tel|sms|vbscript|slack):[^\s])[^\s<>|"'”’)\]]*|\b(?:[a-z0-9-]+\.)+[a-z]{2,24}(?:/|\?|:\d)[^\s<>|"'”’)\]]*`)

var (
	// host is what Slack may make a link of although no address is written out.
	host = regexp.MustCompile(`(?i)\b(?:[\p{L}\p{N}-]+\.)+\p{L}{2,24}\b`)
	// ending is that of a file's name, which is no host.
	ending = regexp.MustCompile(`(?i)\.(?:txt|md|jsonl?|gz|html?|pdf|xml|csv)$`)
	// everybody is what would call people if Slack were told to look for names.
	everybody = regexp.MustCompile(`(?i)@(channel|here|everyone)\b`)
)

// apart is a character of no width that keeps Slack from reading two parts of a
// word together.
const apart = "\u200C"

func parted(s string) string {
	s = host.ReplaceAllStringFunc(s, func(h string) string {
		if ending.MatchString(h) && !strings.HasPrefix(strings.ToLower(h), "www.") {
			return h
		}
		return strings.ReplaceAll(h, ".", apart+".")
	})
	return strings.ReplaceAll(s, "://", ":"+apart+"//")
}

// label is a text for a place of which Slack does not say whether it reads markup
// there: the title of a thread, a suggestion, a status.
func label(s string, most int) string {
	return short(strings.NewReplacer("<", "‹", ">", "›", "|", "¦").Replace(parted(clean(s))), most)
}

var (
	// listItem is what a line begins with that Markdown makes a list or a heading
	// of, and smiley is what Slack makes a picture of.
	listItem = regexp.MustCompile(`^(?:\d{1,9}([.)])|([-+#]))`)
	smiley   = regexp.MustCompile(`(:)(?:[a-z][a-z0-9_+'-]*|[+-]1):`)
	linkEnd  = regexp.MustCompile(`(\])[(:]`) // "[1][2]" needs a line "[2]: ..." to be a link
)

// markdown escapes a text for Markdown. It comes out as one line, as what a line
// begins with may be a heading, a list, a table.
func markdown(s string) string {
	s = parted(strings.Join(strings.Fields(clean(s)), " "))
	escape := make(map[int]bool)
	for _, re := range []*regexp.Regexp{listItem, smiley, linkEnd} {
		for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
			for _, at := range []int{m[2], m[len(m)-2]} {
				escape[at] = true // -1 where there is none
			}
		}
	}
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; c {
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		default:
			if escape[i] || strings.IndexByte("\\`*_~|", c) >= 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		}
	}
	return b.String()
}

// parts divides a text into pieces of at most n characters, of which none is
// longer than mostText as the text of a message, between words where it can.
func parts(s string, n int) []string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	var list []string
	for {
		end, size, runes := 0, 0, 0
		for at, r := range s {
			if size += weight(r); size > mostText || runes == n {
				break
			}
			end, runes = at+utf8.RuneLen(r), runes+1
		}
		if end >= len(s) {
			return append(list, s)
		}
		if at := strings.LastIndexAny(s[:end], " \n"); at > end/2 {
			end = at + 1
		}
		list = append(list, strings.TrimRight(s[:end], " \n"))
		s = s[end:]
	}
}

// weight is how many bytes a character may become in the text of a message.
func weight(r rune) int {
	switch r {
	case '&', '<', '>':
		return len("&amp;")
	case '.', '@':
		return 1 + len(apart)
	}
	return utf8.RuneLen(r)
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
	return humanize.Comma(int64(n)) + " " + english.PluralWord(n, noun, "")
}

// lines names the lines of a file: "line 3", "lines 3–5".
func lines(l [2]int) string {
	if l[0] == l[1] {
		return fmt.Sprintf("line %d", l[0])
	}
	return fmt.Sprintf("lines %d–%d", l[0], l[1])
}
