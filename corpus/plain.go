package corpus

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf8"
)

const attributes = `(?:\s+[\w:-]+\s*=[^<>]*)?\s*/?`

// Markup that articles carry along from where they were published.
var (
	entity  = lazy(`&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31}[0-9]{0,2});`)
	unshown = lazy(`(?is)<!--.*?-->|<(?:script|style)\b[^<>]*>.*?</(?:script|style)\s*>`)
	// Tags that stand for a space, and all others that texts are marked up with.
	breakTag = lazy(`(?i)</?(?:br|p|div|li|ul|ol|tr|td|th|h[1-6]|hr|blockquote|figure|figcaption|section|article|table)` + attributes + `>`)
	tag      = lazy(`(?i)</?(?:a|abbr|acronym|b|big|cite|code|del|dfn|em|embed|font|i|iframe|img|ins|kbd|mark|picture|q|s|samp|small|source|span|strike|strong|sub|sup|time|tt|u|var|video|audio|wbr|script|style)` + attributes + `>`)
	image    = lazy(`!\[[^\[\]]*\]\([^()\s]*(?:\s+"[^"]*")?\)`)
	link     = lazy(`\[([^\[\]]+)\]\((?:https?:|mailto:|/|#|\.)[^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?:\s+"[^"]*")?\)`)
	autolink = lazy(`<((?:https?://|mailto:)[^<>\s]+)>`)
	hashes   = lazy(`^#{1,6}\s+(\S.*?)(?:\s+#+)?$`)
	// Emphasis, the strongest first. A star or a line alone means many things
	// besides: it has to stand at the edges of words.
	stars, lines = emphasis(`\*\*\*`, `*`), emphasis(`___`, `_`)
	bold         = [...]func() *regexp.Regexp{emphasis(`\*\*`, `*`), emphasis(`__`, `_`), emphasis(`~~`, `~`)}
	star, under  = emphasis(`\*`, `*`), emphasis(`_`, `_`)
)

// emphasis matches words between two marks of a character, with what stands
// before and behind them.
func emphasis(mark, char string) func() *regexp.Regexp {
	inner := `([^` + char + `\s](?:[^` + char + `]*[^` + char + `\s])?)`
	return lazy(`(^|[\s"'“‘«(\[/—–-])` + mark + inner + mark + `($|[\s"'”’»)\]/—–-]|[.,;:!?]+(?:$|[\s"'”’»)\]]))`)
}

// Plain is a text without the markup of HTML and Markdown: tags, entities,
// links, images, emphasis and the marks of headings. A text that has none comes
// back as it is.
func Plain(s string) string {
	if strings.Contains(s, "&") {
		for range 2 { // feeds escape what was escaped already
			s = entity().ReplaceAllStringFunc(s, func(e string) string {
				if r := html.UnescapeString(e); !strings.ContainsRune(r, utf8.RuneError) {
					return r
				}
				return e
			})
		}
	}
	if strings.Contains(s, "<") {
		s = unshown().ReplaceAllString(s, " ")
		s = breakTag().ReplaceAllString(s, " ")
		s = tag().ReplaceAllString(s, "")
		s = autolink().ReplaceAllString(s, "$1")
	}
	if strings.Contains(s, "](") {
		s = image().ReplaceAllString(s, "")
		s = link().ReplaceAllString(s, "$1")
	}
	if strings.HasPrefix(s, "#") {
		s = hashes().ReplaceAllString(s, "$1")
	}
	if strings.ContainsAny(s, "*_~") {
		for _, re := range []func() *regexp.Regexp{stars, lines, bold[0], bold[1], bold[2], star, under} {
			for range 2 { // two may share the space between them
				s = re().ReplaceAllString(s, "$1$2$3")
			}
		}
	}
	return s
}

var (
	aside     = lazy(`\s*\([^()]{2,140}\)`)
	label     = lazy(`^(?:TOPSHOT|FILE(?: PHOTO| PICTURE)?|PHOTO)\s*(?::|–|—|-)\s+`)
	sentenced = lazy(`[.!?…]["”’)]*\s+(?:[–—|-]\s+)?|\s[|–—-]\s+|\s+(?:©)|\s(?:Photo(?:graph)?|Image|Picture)(?: (?:credit|by|courtesy of))?:? |\s(?:Photo credit|Credit|Courtesy):? `)
	labelling = lazy(`^(?i:photo|photograph|image|picture|illustration|graphic|video|credit|courtesy)s?\b`)
	holder    = lazy(`^(?:Copyright )?(?:©|\([cC]\)) ?(?:\d{4}(?:[-–]\d{4})?,? )?` + name + `(?:(?:` + between + `|, )` + outlet + `)?(?:[.,]? All [Rr]ights [Rr]eserved)?$`)
)

// WithoutCredits leaves out of a text, on one line, who took the photographs in
// it, before, within and behind what it says. A text that is nothing else comes
// back as it is.
func WithoutCredits(s string) string {
	if isCredit(s) || holds(s) {
		return s
	}
	whole := s
	s = aside().ReplaceAllStringFunc(s, func(g string) string {
		if inner := strings.TrimSpace(g); credits(inner[1:len(inner)-1]) || parenthesis().MatchString(inner) && strings.ContainsAny(inner, "/: ") && !pair(inner[1:len(inner)-1]) {
			return ""
		}
		return g
	})
	s = label().ReplaceAllString(s, "")
	// Behind what is said, and before it.
	for _, m := range sentenced().FindAllStringIndex(s, -1) {
		mark := strings.TrimRight(s[m[0]:m[1]], " ")
		from := m[1]
		if strings.HasPrefix(s[m[0]:], " ") && !strings.ContainsAny(mark, "|–—-") {
			from = m[0] + 1 // the label is part of the credit
		}
		if tail := strings.TrimSpace(s[from:]); credits(tail) {
			if end := strings.TrimRight(s[:from], " |–—-"); end != "" {
				s = end
				break
			}
		}
	}
	for _, end := range []string{". ", " | "} {
		if head, rest, ok := strings.Cut(s, end); ok && len(head) <= 140 && credits(head) {
			s = strings.TrimSpace(rest)
		}
	}
	if strings.TrimSpace(s) == "" {
		return whole
	}
	return s
}

// credits reports whether words are a credit beyond doubt. The name of an agency
// alone is not: it may be what is told.
func credits(s string) bool {
	s = strings.TrimSuffix(s, ".")
	if holds(s) {
		return true
	}
	if len(s) > len("file ") && strings.EqualFold(s[:len("file ")], "file ") {
		s = s[len("file "):]
	}
	return isCredit(s) && !pair(s) &&
		(strings.Contains(s, "/") || strings.Contains(s, " via ") || strings.HasSuffix(s, "Getty Images") || labelling().MatchString(s))
}

// holds reports whether words say who holds the copyright.
func holds(s string) bool { return len(s) <= 140 && holder().MatchString(strings.TrimSuffix(s, ".")) }

// pair reports whether words are two agencies or papers and nobody's name, such
// as those that take a poll: "Washington Post/ABC News".
func pair(s string) bool {
	first, second, ok := strings.Cut(s, "/")
	return ok && endsInAgency(strings.TrimSpace(first)) && endsInAgency(second)
}

// OneLine is text with a space for each run of white space, line ends among them,
// and none at either end.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
