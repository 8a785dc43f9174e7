package slackbot

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"dateline/bot"
	"dateline/retrieval"
)

// Limits of what is shown. Slack's own are at
// https://docs.slack.dev/reference/block-kit/blocks/ and
// https://docs.slack.dev/reference/methods/chat.update/.
const (
	mostBlocks  = 45    // of a message; Slack takes 50, and buttons are not parted from what they are for
	mostSection = 2_900 // characters of one element; Slack takes 3,000 in a section
	mostMessage = 6_500 // characters of a message's blocks; Slack is said to refuse some 13,000 with what it counts besides
	mostText    = 3_600 // bytes of a message's text, escaped; Slack takes 4,000 of one that is changed
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

// name is words that may look like an address and are none, such as a file's
// name.
func name(s string) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(visible(s), nil)
}

// named is an article's name as it is shown. That of a record may be an address.
func named(source string) string {
	source = short(visible(source), 500)
	if address.MatchString(source) {
		return parted(source)
	}
	return source
}

func bold(s string) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(clean(s), &slack.RichTextSectionTextStyle{Bold: true})
}

func italic(s string) slack.RichTextSectionElement {
	return slack.NewRichTextSectionTextElement(clean(s), &slack.RichTextSectionTextStyle{Italic: true})
}

// sourceLink is an article's own address; nil if it has none that can be
// trusted to be one: it leads to a host by its name, in letters that are not to
// be taken for others.
func sourceLink(address, words string) slack.RichTextSectionElement {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || len(u.String()) > 2000 {
		return nil
	}
	if strings.ContainsFunc(u.Host, func(r rune) bool { return r > unicode.MaxASCII || r <= ' ' || strings.ContainsRune(`<>|"%\`, r) }) {
		return nil
	}
	return slack.NewRichTextSectionLinkElement(u.String(), visible(words), nil)
}

// notice is what the bot has to say itself, mostly in a sentence.
func notice(s string) []outgoing {
	p := &page{}
	p.say(s)
	return p.messages()
}

// answerOptions say how an answer is shown.
type answerOptions struct {
	question string // repeated above, where Slack does not show it
	share    bool   // with a button that shows it to the channel
	by       string // the name of who shares it
}

// answerMessages is an answer as Slack shows it: the sentences, the sources, the
// buttons. It is one message unless the answer is very long.
func answerMessages(a bot.Answer, o answerOptions) []outgoing {
	p := &page{}
	if o.by != "" {
		p.aside(bold(o.by), say(" shared an answer"))
	}
	if o.question != "" {
		p.question(o.question)
	}
	switch {
	case a.Answered:
		if a.Certainty == bot.Perhaps {
			p.say(bot.Uncertain, italic)
		}
		p.say(a.Text)
	case a.Unclear:
		// Nothing was asked, so there is nothing to look into, or to judge.
		p.say(a.Reason)
		return p.messages()
	case a.Searched.Articles == 0:
		p.say(nothingHere)
	default:
		p.say(a.Reason)
		p.say(searched(a))
	}
	p.body()
	// Below, as a streamed answer has begun before this is known here.
	for _, s := range []string{understood(a), forReaders(a.Note)} {
		if s != "" {
			p.say(s, italic)
		}
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
	return p.messages()
}

// nothingHere is what people are told where they may ask about nothing, whether
// there is anything or not.
const nothingHere = "There are no articles that can be asked about here."

// understood is what a follow-up was taken for.
func understood(a bot.Answer) string {
	if a.Understood == "" {
		return ""
	}
	return "Understood as: " + a.Understood
}

// searched says where a refusal comes from.
func searched(a bot.Answer) string {
	return "Searched " + described(a.Searched) + "."
}

// described says how much there is: "13 articles, published from …".
func described(c retrieval.Coverage) string {
	s := count(c.Articles, "article")
	if period := c.Period(); period != "" {
		s += ", published " + period
	}
	return s
}

// place names where a citation stands: publisher, date, title or file, lines.
func place(c bot.Citation) string {
	var list []string
	for _, s := range []string{c.Publisher, c.Published, c.Title} {
		if s != "" {
			list = append(list, short(clean(s), 150))
		}
	}
	if c.Title == "" || c.URL == "" {
		list = append(list, named(c.Source))
	}
	return strings.Join(append(list, lines(c.Lines)), ", ")
}

// A page collects blocks and divides them into messages. Each block has words
// for those who do not see it: in a notification, or with a screen reader.
type page struct {
	entries []entry
	below   int
}

type entry struct {
	block slack.Block
	size  int    // characters that it shows
	text  string // the same in words
	more  string // further words, left out where there are too many
	late  bool   // the words come last: a notification begins with the answer
}

// blocks are all of them, for a view, of which each holds 100.
func (p *page) blocks() []slack.Block {
	var list []slack.Block
	for _, e := range p.entries {
		list = append(list, e.block)
	}
	return list
}

func (p *page) add(b slack.Block, text string) {
	p.entries = append(p.entries, entry{block: b, size: utf8.RuneCountInString(text), text: text})
}

// body ends the sentences of an answer.
func (p *page) body() { p.below = len(p.entries) }

// section adds what elements show, if they show anything: Slack takes no text
// without a character.
func (p *page) section(elements ...slack.RichTextSectionElement) {
	elements = slices.DeleteFunc(slices.Clone(elements), func(e slack.RichTextSectionElement) bool {
		t, ok := e.(*slack.RichTextSectionTextElement)
		return ok && t.Text == ""
	})
	if len(elements) > 0 {
		p.add(rich(slack.NewRichTextSection(elements...)), words(elements))
	}
}

// aside is a section of which the words come last.
func (p *page) aside(elements ...slack.RichTextSectionElement) {
	p.section(elements...)
	p.entries[len(p.entries)-1].late = true
}

// say adds a text of any length, in the style that is given, if one is.
func (p *page) say(s string, style ...func(string) slack.RichTextSectionElement) {
	for _, s := range parts(clean(s), mostSection) {
		if len(style) > 0 {
			p.section(style[0](s))
		} else {
			p.section(say(s))
		}
	}
}

func (p *page) quote(s string) {
	for _, s := range parts(clean(s), mostSection) {
		if s == "" {
			continue
		}
		p.add(rich(&slack.RichTextQuote{Type: slack.RTEQuote, Elements: []slack.RichTextSectionElement{say(s)}}), s)
	}
}

// question repeats what was asked.
func (p *page) question(s string) {
	from := len(p.entries)
	p.quote(s)
	for i := from; i < len(p.entries); i++ {
		p.entries[i].late = true
		p.entries[i].text = "Asked: " + p.entries[i].text
	}
}

// words are what elements show.
func words(elements []slack.RichTextSectionElement) string {
	var b strings.Builder
	for _, e := range elements {
		switch e := e.(type) {
		case *slack.RichTextSectionTextElement:
			b.WriteString(e.Text)
		case *slack.RichTextSectionLinkElement:
			b.WriteString(e.Text)
		}
	}
	return b.String()
}

// sources lists what an answer cites.
func (p *page) sources(a bot.Answer) {
	for i, c := range a.Citations {
		if i == mostSources {
			p.section(italic("and " + count(len(a.Citations)-i, "more source") + ", to be seen with “Show source”"))
			return
		}
		p.cited(c, fmt.Sprintf("[%d]", c.N), !a.Repeats(c))
	}
}

// source shows one citation: where it stands, and the words.
func (p *page) source(c bot.Citation, mark string) { p.cited(c, mark, true) }

// cited is source, with the words or without, where they stand above already.
func (p *page) cited(c bot.Citation, mark string, quoting bool) {
	where := place(c)
	head := []slack.RichTextSectionElement{bold(mark + " ")}
	if l := sourceLink(c.URL, where); l != nil {
		head = append(head, l)
	} else {
		head = append(head, name(where))
	}
	quoted := short(c.Quote, mostQuote)
	if !quoting {
		// The days that its words stand for are told all the same.
		if dates := resolved(c, c.Quote); dates != "" {
			head = append(head, italic(" ("+dates+")"))
		}
		p.add(rich(slack.NewRichTextSection(head...)), words(head))
		p.entries[len(p.entries)-1].size += len(c.URL)
		return
	}
	quote := []slack.RichTextSectionElement{say(quoted)}
	if dates := resolved(c, quoted); dates != "" {
		quote = append(quote, italic(" ("+dates+")"))
	}
	p.add(rich(slack.NewRichTextSection(head...), &slack.RichTextQuote{Type: slack.RTEQuote, Elements: quote}), mark+" "+where)
	e := &p.entries[len(p.entries)-1]
	e.more = words(quote)
	e.size += utf8.RuneCountInString(e.more) + len(c.URL)
}

// resolved says which dates the words of a citation stand for that are shown.
func resolved(c bot.Citation, shown string) string {
	var list []string
	for words, day := range c.Resolved {
		if !strings.Contains(shown, words) {
			continue
		}
		list = append(list, words+" is "+strings.ReplaceAll(day, "/", " to "))
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
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
	p.add(slack.NewActionBlock("", list...), "")
	p.add(slack.NewContextActionsBlock("", slack.NewFeedbackButtonsBlockElement(actionFeedback,
		slack.NewFeedbackButton(plainText("Good answer", 75), "good:"+a.ID),
		slack.NewFeedbackButton(plainText("Bad answer", 75), "bad:"+a.ID))), "")
}

// fits reports whether the page is one message with so many more characters, and
// so many bytes of text.
func (p *page) fits(more int) bool {
	size, text := more, more
	for _, e := range p.entries {
		size, text = size+e.size, text+len(fallback(e.text))+1
	}
	return len(p.entries)+3 < mostBlocks && size <= mostMessage && text <= mostText
}

// messages divides the page.
func (p *page) messages() []outgoing {
	var list []outgoing
	from, size, text := 0, 0, 0
	for i, e := range p.entries {
		more := len(fallback(e.text)) + 1
		full := i-from >= mostBlocks || size+e.size > mostMessage || text+more > mostText
		if i > from && full && e.text != "" {
			list = append(list, p.message(from, i))
			from, size, text = i, 0, 0
		}
		size, text = size+e.size, text+more
	}
	list = append(list, p.message(from, len(p.entries)))
	return list
}

// fallback escapes the words of a block, in which there are no addresses any more
// but for names.
// https://docs.slack.dev/messaging/formatting-message-text/#escaping
func fallback(s string) string { return slackutilsx.EscapeMessage(parted(s)) }

// message is the one of some entries of the page.
func (p *page) message(from, to int) outgoing {
	var m outgoing
	var first, last []string
	size := 0
	for _, e := range p.entries[from:to] {
		size += len(fallback(e.text+"\n"+e.more)) + 1
	}
	for i, e := range p.entries[from:to] {
		if from+i == p.below {
			m.below = i
		}
		m.Blocks = append(m.Blocks, e.block)
		text := e.text
		if e.more != "" && size <= mostText {
			text += "\n“" + e.more + "”"
		}
		switch {
		case text == "":
		case e.late:
			last = append(last, fallback(text))
		default:
			first = append(first, fallback(text))
		}
	}
	m.Text = strings.Join(append(first, last...), "\n")
	return m
}
