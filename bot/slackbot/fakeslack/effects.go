package fakeslack

import (
	"encoding/json"
	"html"
	"regexp"
	"slices"
	"strings"
)

// Effects are what a message or a view does besides showing words. They are
// found in everything that Slack would read as markup, fallbacks included, so
// that what is not here cannot happen on any client.
// https://docs.slack.dev/messaging/formatting-message-text
type Effects struct {
	// Pings are mentions that notify somebody, as they were written:
	// "<!channel>", "<@U0REPORTER>", "<!subteam^S0DESK>".
	Pings []string
	// Links are addresses that can be clicked, of images, and of buttons.
	Links []string
	// Unfurls is set where Slack would fetch a link by itself: for one in a
	// message, unless unfurl_links and unfurl_media are both false.
	Unfurls bool
}

// Effects are what the message does besides showing words.
func (m Message) Effects() Effects {
	var e Effects
	e.formatted(m.Text, m.Markdown, false)
	if m.Parse == "full" || m.LinkNames == "true" || m.LinkNames == "1" {
		for _, w := range atName.FindAllStringSubmatch(m.Text, -1) {
			e.Pings = append(e.Pings, w[1])
		}
	}
	e.gather(m.Blocks)
	e.gather(m.Attachments)
	e.Unfurls = len(e.Links) > 0 && (m.UnfurlLinks != "false" || m.UnfurlMedia != "false")
	return e
}

// Effects are what the view does besides showing words. Views are not unfurled.
func (v View) Effects() Effects {
	var e Effects
	e.gather(v.Blocks)
	return e
}

var (
	atName = regexp.MustCompile(`(?:^|[^\p{L}\p{N}.])(@[\p{L}\p{N}_-]+)`)
	// bare is an address that Slack makes a link of by itself.
	bare = regexp.MustCompile(`(?i)(?:https?://|www\.)[^\s<>|"]+`)
	// inline is a link or an image of Markdown, and reference what such a one
	// can refer to.
	inline    = regexp.MustCompile(`\]\(\s*<?([^\s)>]+)`)
	reference = regexp.MustCompile(`(?m)^\s{0,3}\[[^\]]+\]:\s*<?([^\s>]+)`)
)

func (e *Effects) link(u string) {
	u = html.UnescapeString(u)
	if u != "" && !slices.Contains(e.Links, u) {
		e.Links = append(e.Links, u)
	}
}

// formatted gathers from text with markup, of Slack's kind or in Markdown.
// Verbatim text has no links but those in angle brackets.
func (e *Effects) formatted(text string, markdown, verbatim bool) {
	for _, m := range markup.FindAllStringSubmatch(text, -1) {
		switch kind, what := m[1], m[2]; {
		case kind == "@", kind == "!" && !strings.HasPrefix(what, "date^"):
			e.Pings = append(e.Pings, m[0])
		case kind == "!": // <!date^seconds^format^link|words>
			if parts := strings.SplitN(what, "^", 4); len(parts) == 4 {
				e.link(parts[3])
			}
		case kind == "":
			e.link(what)
		}
	}
	if markdown {
		for _, re := range []*regexp.Regexp{inline, reference} {
			for _, m := range re.FindAllStringSubmatch(text, -1) {
				e.link(m[1])
			}
		}
	}
	if verbatim {
		return
	}
	for _, u := range bare.FindAllString(markup.ReplaceAllString(text, " "), -1) {
		e.link(strings.TrimRight(u, ")].,;:!?'*_~`"))
	}
}

// gather gathers from blocks.
func (e *Effects) gather(raw json.RawMessage) {
	var v any
	if len(raw) == 0 || json.Unmarshal(raw, &v) != nil {
		return
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, it := range v {
				walk(it)
			}
		case map[string]any:
			str := func(name string) string { s, _ := v[name].(string); return s }
			switch str("type") {
			case mrkdwn:
				verbatim, _ := v["verbatim"].(bool)
				e.formatted(str("text"), false, verbatim)
			case "markdown":
				e.formatted(str("text"), true, false)
			case "user":
				e.Pings = append(e.Pings, "<@"+str("user_id")+">")
			case "usergroup":
				e.Pings = append(e.Pings, "<!subteam^"+str("usergroup_id")+">")
			case "broadcast":
				e.Pings = append(e.Pings, "<!"+str("range")+">")
			}
			for _, name := range []string{"url", "image_url", "title_link", "from_url", "thumb_url"} {
				e.link(str(name))
			}
			for name, it := range v {
				if _, words := it.(string); !words && name != "value" {
					walk(it)
				}
			}
		}
	}
	walk(v)
}
