package slackbot

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"dateline/bot"
	"dateline/bot/receipt"
	"dateline/bot/slackbot/inbox"
	"dateline/corpus"
)

// modal is a view of blocks. Slack takes 100 of them.
// https://docs.slack.dev/reference/views/modal-views/
func modal(title string, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{Type: slack.VTModal, Title: plainText(title, 24), Close: plainText("Close", 24), Blocks: slack.Blocks{BlockSet: blocks}}
}

func noticeView(text string) slack.ModalViewRequest {
	return modal("Dateline", notice(text)[0].Blocks...)
}

// reasonView asks what is wrong with an answer.
func reasonView(answer string) slack.ModalViewRequest {
	const most = 1000
	input := slack.NewPlainTextInputBlockElement(plainText("It cites the wrong sentence, it leaves out that …", 150), "reason").WithMultiline(true).WithMaxLength(most)
	v := modal("What is wrong?", slack.NewInputBlock("reason", plainText("Your words help to make answers better", 2000), nil, input).WithOptional(true))
	v.CallbackID, v.PrivateMetadata = viewReason, answer
	v.Submit = plainText("Send", 24)
	return v
}

// gaveReason keeps the reason with the feedback that it is about.
func (b *Bot) gaveReason(ctx context.Context, w *workspace, c slack.InteractionCallback) error {
	reason := ""
	if c.View.State != nil {
		reason = c.View.State.Values["reason"]["reason"].Value
	}
	if strings.TrimSpace(reason) == "" {
		return nil
	}
	return b.c.Receipts.AddFeedback(ctx, receipt.Feedback{Answer: c.View.PrivateMetadata, By: w.team + "/" + c.User.ID, Reason: clean(reason), At: b.c.Now()})
}

// untitled is an answer without the titles that were made from an article's
// first sentence: the sentence stands in it anyway.
func (b *Bot) untitled(ctx context.Context, a bot.Answer) bot.Answer {
	for _, cited := range []*[]bot.Citation{&a.Citations, &a.Nearest} {
		*cited = slices.Clone(*cited)
		for i, c := range *cited {
			if article, err := b.c.Library.Article(ctx, c.Article); err == nil && article.Title.Value == c.Title {
				(*cited)[i].Title = title(article)
			}
		}
	}
	return a
}

// given returns an answer for somebody to look into. It is one sentence if they
// may not.
func (b *Bot) given(ctx context.Context, w *workspace, channel, user, id string) (bot.Receipt, error) {
	f, why := b.allowed(ctx, w, channel, user, "")
	if why != "" {
		return bot.Receipt{}, errors.New(strings.TrimSuffix(why, "."))
	}
	r, err := b.c.Receipts.Load(ctx, id)
	if err != nil {
		return bot.Receipt{}, err
	}
	if r.Surface != surface || !strings.HasPrefix(r.Asker, w.team+"/") {
		return bot.Receipt{}, fmt.Errorf("answer %s was not given in this workspace", id)
	}
	var cited []string
	for _, c := range append(r.Answer.Citations, r.Answer.Nearest...) {
		cited = append(cited, c.Article)
	}
	ok, err := b.sees(ctx, f, cited...)
	if err == nil && !ok {
		err = errors.New("this answer rests on articles that cannot be asked about here")
	}
	return r, err
}

// sourceView shows a citation in its place, with the way to the one before and
// the one behind it.
func (b *Bot) sourceView(ctx context.Context, w *workspace, c slack.InteractionCallback, ref string) (slack.ModalViewRequest, error) {
	id, number, _ := strings.Cut(ref, "#")
	channel := c.Channel.ID
	if c.View.ID != "" {
		channel = c.View.PrivateMetadata // it was opened from there
	}
	r, err := b.given(ctx, w, channel, c.User.ID, id)
	if err != nil {
		return slack.ModalViewRequest{}, err
	}
	cited := r.Answer.Citations
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(cited) {
		return slack.ModalViewRequest{}, fmt.Errorf("answer %s has %s, none numbered %s", id, count(len(cited), "citation"), number)
	}
	p := &page{}
	if err := b.showCitation(ctx, p, cited[n-1]); err != nil {
		return slack.ModalViewRequest{}, err
	}
	var buttons []slack.BlockElement
	if n > 1 {
		buttons = append(buttons, slack.NewButtonBlockElement(actionSource+":previous", fmt.Sprintf("%s#%d", id, n-1), plainText("‹ Previous", 75)))
	}
	if n < len(cited) {
		buttons = append(buttons, slack.NewButtonBlockElement(actionSource+":next", fmt.Sprintf("%s#%d", id, n+1), plainText("Next ›", 75)))
	}
	if len(buttons) > 0 {
		p.add(slack.NewActionBlock("", buttons...), 0)
	}
	v := modal(fmt.Sprintf("Source %d of %d", n, len(cited)), p.blocks...)
	v.PrivateMetadata = channel
	return v, nil
}

// showCitation shows a citation in its article.
func (b *Bot) showCitation(ctx context.Context, p *page, c bot.Citation) error {
	a, err := b.c.Library.Article(ctx, c.Article)
	if err == nil && a.Title.Value == c.Title {
		c.Title = title(a)
	}
	p.heading(c.Title, c.Publisher, c.Published, c.Source+", "+lines(c.Lines), c.URL)
	if err != nil {
		p.section(italic("The article is not there any more. Quoted from it was:"))
		p.quote(c.Quote)
		return nil
	}
	span, ok := c.In(a)
	if !ok {
		p.section(italic("The article was changed since the answer was given, and these words do not stand there any more:"))
		p.quote(c.Quote)
		return nil
	}
	p.passage(a, span)
	for _, s := range resolved(c) {
		p.section(italic(s))
	}
	return nil
}

// heading names an article.
func (p *page) heading(title, publisher, published, where, address string) {
	var e []slack.RichTextSectionElement
	if title != "" {
		e = append(e, bold(short(title, 300)), say("\n"))
	}
	for _, s := range []string{publisher, published} {
		if s != "" {
			e = append(e, say(short(s, 100)+" · "))
		}
	}
	e = append(e, say(where))
	if l := sourceLink(address, "Open the article"); l != nil {
		e = append(e, say("\n"), l)
	}
	p.section(e...)
}

// around is how much of an article is shown before and after what is marked, in
// bytes.
const around = 900

// passage shows a span of an article among what stands around it. The words of
// the span are marked.
func (p *page) passage(a *corpus.Article, s corpus.Span) {
	from, to := max(0, s.Start-around), min(len(a.Text), s.End+around)
	// Whole lines, or else whole words.
	from = begin(a.Text, from, s.Start)
	to = end(a.Text, to, s.End)
	var e []slack.RichTextSectionElement
	if from > 0 {
		e = append(e, say("… "))
	}
	if before := a.Text[from:s.Start]; before != "" {
		e = append(e, say(spaced(before)))
	}
	for _, words := range parts(s.Of(a.Text), mostSection) {
		e = append(e, slack.NewRichTextSectionTextElement(clean(words), &slack.RichTextSectionTextStyle{Bold: true, Underline: true}))
	}
	if after := a.Text[s.End:to]; after != "" {
		e = append(e, say(spaced(after)))
	}
	if to < len(a.Text) {
		e = append(e, say(" …"))
	}
	p.section(e...)
}

// blank are lines with nothing on them, of which articles have many.
var blank = regexp.MustCompile(`\n[ \t\r]*\n(?:[ \t\r]*\n)+`)

// spaced is a text with one empty line where there are several.
func spaced(s string) string {
	return blank.ReplaceAllString(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n")
}

// begin is a place from at to before to begin to show a text at.
func begin(text string, at, before int) int {
	if at == 0 {
		return 0
	}
	if i := strings.IndexByte(text[at:before], '\n'); i >= 0 && i < around/2 {
		at += i + 1
	} else if i := strings.IndexByte(text[at:before], ' '); i >= 0 {
		at += i + 1
	}
	for at < before && !utf8.RuneStart(text[at]) {
		at++
	}
	return at
}

func end(text string, at, after int) int {
	if at == len(text) {
		return at
	}
	if i := strings.LastIndexByte(text[after:at], '\n'); i >= 0 && at-(after+i) < around/2 {
		at = after + i
	} else if i := strings.LastIndexByte(text[after:at], ' '); i >= 0 {
		at = after + i
	}
	for at > after && !utf8.RuneStart(text[at]) {
		at--
	}
	return at
}

// whyView tells how an answer came about: what was understood, where it was
// looked for, what was kept back.
func (b *Bot) whyView(ctx context.Context, w *workspace, c slack.InteractionCallback, id string) (slack.ModalViewRequest, error) {
	r, err := b.given(ctx, w, c.Channel.ID, c.User.ID, id)
	if err != nil {
		return slack.ModalViewRequest{}, err
	}
	a := r.Answer
	p := &page{}
	p.section(bold("Asked: "), say(short(a.Question, mostSection)))
	if a.Understood != "" {
		p.section(bold("Understood as: "), say(a.Understood))
	}
	p.section(bold("Searched: "), say(strings.TrimPrefix(searched(a), "Searched ")))
	engine := "the built-in reader, which lifts sentences from the articles"
	if a.Engine != "extract" {
		engine = "a language model (" + a.Engine + "); each of its sentences was checked against the articles"
	}
	p.section(bold("Written by: "), say(engine))
	if !a.Answered {
		p.section(bold("Refused: "), say(a.Reason))
	}
	if a.Note != "" {
		p.section(bold("Note: "), say(a.Note))
	}
	const most = 10
	if len(a.Dropped) > 0 {
		p.section(bold("Written, but kept back:"))
		for i, d := range a.Dropped {
			if i == most {
				p.section(italic(fmt.Sprintf("and %d more; dateline receipt %s lists them", len(a.Dropped)-most, a.ID)))
				break
			}
			p.section(say("• "+d.Text+" "), italic("("+strings.Join(d.Reasons, "; ")+")"))
		}
	}
	if len(a.Passages) > 0 {
		p.section(bold("Read, best first:"))
		seen := make(map[string]bool)
		for _, o := range a.Passages {
			if !seen[o.Source] && len(seen) < most {
				seen[o.Source] = true
				p.section(say(fmt.Sprintf("• %s (score %.2f)", short(o.Source, 200), o.Score)))
			}
		}
	}
	p.section(italic(fmt.Sprintf("Answer %s, in %.0f ms. Whoever runs Dateline sees all of it with: dateline receipt %s", a.ID, a.Timings.Total, a.ID)))
	return modal("Why this answer?", p.blocks[:min(len(p.blocks), 100)]...), nil
}

// share shows an answer that one person saw to their channel, if all of it can
// be asked about there.
func (b *Bot) share(ctx context.Context, w *workspace, it inbox.Item, o order) error {
	r, err := b.given(ctx, w, o.Channel, o.User, o.Text)
	if err != nil {
		return &ownError{err}
	}
	out := &reply{b: b, w: w, q: question{Channel: o.Channel, User: o.User}, key: it.Key}
	if err := out.post(ctx, answerMessages(b.untitled(ctx, r.Answer), answerOptions{question: r.Answer.Question, by: o.User})); err != nil {
		return err
	}
	return out.record(ctx, r.Answer.ID)
}
