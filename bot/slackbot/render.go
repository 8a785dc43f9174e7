package slackbot

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/slack-go/slack"

	"dateline/bot"
)

// Limits of what is shown. Slack's own are at
// https://docs.slack.dev/reference/block-kit/blocks/.
const (
	mostBlocks  = 45    // of a message; Slack takes 50
	mostSection = 2_900 // characters of one element; Slack takes 3,000 in a section
	mostMessage = 9_000 // characters of a message, so that several elements fit
	mostSources = 8     // that are listed below an answer; all others take a click
	mostQuote   = 280   // characters of a quote there
)

// The actions of buttons, as they come back. What follows the colon tells one
// button of a message from another.
const (
	actionSource   = "source"   // value: ANSWER#N
	actionWhy      = "why"      // value: ANSWER
	actionShare    = "share"    // value: ANSWER
	actionFeedback = "feedback" // value: good:ANSWER or bad:ANSWER
)

// plainText is the text of a button or a title.
func plainText(s string, most int) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, short(clean(s), most), false, false)
}

// rich makes a block of elements.
func rich(elements ...slack.RichTextElement) slack.Block {
	return slack.NewRichTextBlock("", elements...)
}

// say is words in which Slack reads no markup.
func say(s string) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(clean(s), nil)
}

func bold(s string) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(clean(s), &slack.RichTextSectionTextStyle{Bold: true})
}

func italic(s string) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(clean(s), &slack.RichTextSectionTextStyle{Italic: true})
}

// sourceLink is an article's own address; nil if it has none that can be
// trusted to be one.
func sourceLink(address, words string) slack.RichTextSectionElement {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || len(address) > 2000 {
		return nil
	}
	return slack.NewRichTextSectionLinkElement(u.String(), clean(words), nil)
}

// notice is a message of one sentence of the bot's own.
func notice(s string) []outgoing {
	return []outgoing{{Text: mrkdwn(s), Blocks: []slack.Block{rich(slack.NewRichTextSection(say(s)))}}}
}

// answerOptions say how an answer is shown.
type answerOptions struct {
	question string // repeated above, where Slack does not show it
	share    bool   // with a button that shows it to the channel
	by       string // the user who shares it
}

// answerMessages is an answer as Slack shows it: the sentences, the sources, the
// buttons. It is one message unless the answer is very long.
func answerMessages(a bot.Answer, o answerOptions) []outgoing {
	p := &page{}
	if o.by != "" {
		p.section(slack.NewRichTextSectionUserElement(o.by, nil), say(" shared an answer"))
	}
	if o.question != "" {
		p.quote(o.question)
	}
	if a.Answered {
		for _, s := range parts(a.Text, mostSection) {
			p.section(say(s))
		}
	} else {
		p.section(say(a.Reason))
		p.section(say(searched(a)))
	}
	p.body()
	if a.Understood != "" {
		// Below, as a streamed answer has begun before it is known here.
		p.section(italic("Understood as: " + a.Understood))
	}
	if a.Note != "" {
		p.section(italic(a.Note))
	}
	if a.Answered {
		p.sources(a)
	} else if len(a.Nearest) > 0 {
		p.section(bold("Nearest in the articles"))
		for _, c := range a.Nearest {
			p.source(c, "•")
		}
	}
	p.buttons(a, o)
	return p.messages(fallback(a, o))
}

// searched says where a refusal comes from.
func searched(a bot.Answer) string {
	s := "Searched " + count(a.Searched.Articles, "article")
	switch {
	case a.Searched.From == "":
		return s + "."
	case a.Searched.From == a.Searched.To:
		return s + ", published on " + a.Searched.From + "."
	}
	return s + ", published from " + a.Searched.From + " to " + a.Searched.To + "."
}

// fallback is all of an answer as one text: what a notification begins with, and
// what a screen reader reads.
func fallback(a bot.Answer, o answerOptions) string {
	var b strings.Builder
	if o.question != "" {
		fmt.Fprintf(&b, "%s\n", o.question)
	}
	if a.Answered {
		b.WriteString(a.Text)
	} else {
		b.WriteString(a.Reason + " " + searched(a))
	}
	if a.Note != "" {
		b.WriteString("\n" + a.Note)
	}
	for _, c := range a.Citations {
		fmt.Fprintf(&b, "\n[%d] %s", c.N, place(c))
	}
	return b.String()
}

// place names where a citation stands: publisher, date, title or file, lines.
func place(c bot.Citation) string {
	var list []string
	for _, s := range []string{c.Publisher, c.Published, c.Title} {
		if s != "" {
			list = append(list, short(s, 150))
		}
	}
	if c.Title == "" || c.URL == "" {
		list = append(list, c.Source)
	}
	return strings.Join(append(list, lines(c.Lines)), ", ")
}

// A page collects blocks and divides them into messages.
type page struct {
	blocks []slack.Block
	sizes  []int // characters of each
	below  int
}

func (p *page) add(b slack.Block, size int) {
	p.blocks, p.sizes = append(p.blocks, b), append(p.sizes, size)
}

// body ends the sentences of an answer.
func (p *page) body() { p.below = len(p.blocks) }

func (p *page) section(elements ...slack.RichTextSectionElement) {
	p.add(rich(slack.NewRichTextSection(elements...)), size(elements))
}

func (p *page) quote(s string) {
	for _, s := range parts(s, mostSection) {
		e := []slack.RichTextSectionElement{say(s)}
		p.add(rich(&slack.RichTextQuote{Type: slack.RTEQuote, Elements: e}), size(e))
	}
}

func size(elements []slack.RichTextSectionElement) int {
	n := 0
	for _, e := range elements {
		switch e := e.(type) {
		case *slack.RichTextSectionTextElement:
			n += len([]rune(e.Text))
		case *slack.RichTextSectionLinkElement:
			n += len([]rune(e.Text)) + len(e.URL)
		default:
			n += 20
		}
	}
	return n
}

// sources lists what an answer cites.
func (p *page) sources(a bot.Answer) {
	for i, c := range a.Citations {
		if i == mostSources {
			p.section(italic("and " + count(len(a.Citations)-i, "more source") + ", to be seen with “Show source”"))
			return
		}
		p.source(c, fmt.Sprintf("[%d]", c.N))
	}
}

// source shows one citation: where it stands, and the words.
func (p *page) source(c bot.Citation, mark string) {
	head := []slack.RichTextSectionElement{bold(mark + " ")}
	where := place(c)
	if l := sourceLink(c.URL, where); l != nil {
		head = append(head, l)
	} else {
		head = append(head, say(where))
	}
	words := short(c.Quote, mostQuote)
	for _, w := range resolved(c) {
		words += " (" + w + ")"
	}
	quote := []slack.RichTextSectionElement{say(words)}
	p.add(rich(slack.NewRichTextSection(head...), &slack.RichTextQuote{Type: slack.RTEQuote, Elements: quote}), size(head)+size(quote))
}

// resolved says which dates the words of a citation stand for.
func resolved(c bot.Citation) []string {
	var list []string
	for words, day := range c.Resolved {
		list = append(list, words+": "+strings.ReplaceAll(day, "/", " to "))
	}
	slices.Sort(list)
	return list
}

// buttons are what can be done with an answer.
func (p *page) buttons(a bot.Answer, o answerOptions) {
	var list []slack.BlockElement
	if len(a.Citations) > 0 {
		list = append(list, slack.NewButtonBlockElement(actionSource, a.ID+"#1", plainText("Show source", 75)))
	}
	list = append(list, slack.NewButtonBlockElement(actionWhy, a.ID, plainText("Why this answer?", 75)))
	if o.share {
		list = append(list, slack.NewButtonBlockElement(actionShare, a.ID, plainText("Share to channel", 75)))
	}
	p.add(slack.NewActionBlock("", list...), 0)
	if o.share {
		return // what only one person sees has no feedback buttons
	}
	p.add(slack.NewContextActionsBlock("", slack.NewFeedbackButtonsBlockElement(actionFeedback,
		slack.NewFeedbackButton(plainText("Good answer", 75), "good:"+a.ID),
		slack.NewFeedbackButton(plainText("Bad answer", 75), "bad:"+a.ID))), 0)
}

// messages divides the page.
func (p *page) messages(text string) []outgoing {
	var list []outgoing
	var m outgoing
	n := 0
	for i, b := range p.blocks {
		if len(m.Blocks) > 0 && (len(m.Blocks) == mostBlocks || n+p.sizes[i] > mostMessage) {
			list, m, n = append(list, m), outgoing{}, 0
		}
		if i == p.below {
			m.below = len(m.Blocks)
		}
		m.Blocks, n = append(m.Blocks, b), n+p.sizes[i]
	}
	list = append(list, m)
	// Each has a text of its own, together the whole.
	texts := parts(text, max(mostMessage, len(text)/len(list)+1))
	for i := range list {
		switch {
		case i < len(texts):
			list[i].Text = mrkdwn(texts[i])
		default:
			list[i].Text = mrkdwn("continued (" + strconv.Itoa(i+1) + " of " + strconv.Itoa(len(list)) + ")")
		}
	}
	return list
}
