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
	"dateline/retrieval"
)

// modal is a view of blocks. Slack takes 100 of them.
// https://docs.slack.dev/reference/views/modal-views/
func modal(title string, blocks ...slack.Block) slack.ModalViewRequest {
	return slack.ModalViewRequest{Type: slack.VTModal, Title: plainText(title, 24), Close: plainText("Close", 24), Blocks: slack.Blocks{BlockSet: blocks}}
}

func noticeView(text string) slack.ModalViewRequest {
	p := &page{}
	p.say(text)
	return modal("Dateline", p.blocks()...)
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
func (b *Bot) gaveReason(ctx context.Context, w *workspace, c slack.InteractionCallback) (any, error) {
	reason := ""
	if c.View.State != nil {
		reason = c.View.State.Values["reason"]["reason"].Value
	}
	if strings.TrimSpace(reason) == "" {
		return nil, nil
	}
	err := b.keepFeedback(ctx, w, receipt.Feedback{Answer: c.View.PrivateMetadata, By: w.team + "/" + c.User.ID, Reason: visible(reason), At: b.c.Now()})
	if errors.Is(err, receipt.ErrNone) {
		return slack.NewErrorsViewSubmissionResponse(map[string]string{"reason": "This answer is not kept any more, and no more is what is said of it."}), nil
	}
	return nil, err
}

// keepFeedback keeps what is said of an answer that was given in this workspace.
func (b *Bot) keepFeedback(ctx context.Context, w *workspace, f receipt.Feedback) error {
	r, err := b.c.Receipts.Load(ctx, f.Answer)
	if err != nil {
		return err
	}
	if !w.gave(r) {
		return fmt.Errorf("%s: %w", f.Answer, receipt.ErrNone)
	}
	return b.c.Receipts.AddFeedback(ctx, f)
}

// gave reports whether an answer was given in this workspace.
func (w *workspace) gave(r bot.Receipt) bool {
	return r.Surface == surface && strings.HasPrefix(r.Asker, w.team+"/")
}

// untitled is an answer without the titles that were made from an article's
// first sentence: the sentence stands in it anyway.
func (b *Bot) untitled(ctx context.Context, a bot.Answer) bot.Answer {
	a.Citations, a.Nearest = b.withoutTitles(ctx, a.Citations), b.withoutTitles(ctx, a.Nearest)
	return a
}

func (b *Bot) withoutTitles(ctx context.Context, cited []bot.Citation) []bot.Citation {
	cited = slices.Clone(cited)
	for i, c := range cited {
		if article, err := b.c.Library.Article(ctx, c.Article); err == nil && article.Title.Value == c.Title {
			cited[i].Title = title(article)
		}
	}
	return cited
}

// An ask is who looks into something, and where.
type ask struct{ channel, user, home string }

// asker is who clicks. What is opened from a view was opened where the view was.
func asker(c slack.InteractionCallback) ask {
	a := ask{c.Channel.ID, c.User.ID, c.User.TeamID}
	if a.channel == "" {
		a.channel = c.Container.ChannelID
	}
	if c.View.ID != "" {
		a.channel = c.View.PrivateMetadata
	}
	return a
}

// given returns an answer for somebody to look into, and what they may see. It
// is one sentence if they may not.
func (b *Bot) given(ctx context.Context, w *workspace, by ask, id string) (bot.Receipt, retrieval.Filter, error) {
	f, why := b.allowed(ctx, w, by.channel, by.user, by.home)
	if why != "" {
		return bot.Receipt{}, f, &refusedError{errors.New(strings.TrimSuffix(why, "."))}
	}
	r, err := b.c.Receipts.Load(ctx, id)
	switch {
	case errors.Is(err, receipt.ErrNone) || err == nil && !w.gave(r):
		return bot.Receipt{}, f, &refusedError{&explained{fmt.Sprintf("answer %s is not kept any more", id), receipt.ErrNone}}
	case err != nil:
		return bot.Receipt{}, f, err
	}
	var cited []string
	for _, c := range slices.Concat(r.Answer.Citations, r.Answer.Nearest) {
		cited = append(cited, c.Article)
	}
	// What was understood leans on the answers before.
	for _, e := range r.Thread {
		for _, c := range e.Cited {
			cited = append(cited, c.Article)
		}
	}
	ok, err := b.sees(ctx, f, cited...)
	if !r.Answer.Answered && !searchedUnder(r.Filter, f) {
		ok = false // a refusal tells what all the articles lack that were searched
	}
	if err == nil && !ok {
		err = errNotHere
	}
	if err != nil {
		return bot.Receipt{}, f, err
	}
	return r, f, nil
}

// searchedUnder reports whether no more was searched under a filter than passes
// another.
func searchedUnder(was, f retrieval.Filter) bool {
	return len(f.Sources)+len(f.Publishers) == 0 ||
		slices.Equal(was.Sources, f.Sources) && slices.Equal(was.Publishers, f.Publishers)
}

var errNotHere = &refusedError{errors.New("this answer rests on articles that cannot be asked about here")}

// sourceView shows a citation in its place, with the way to the one before and
// the one behind it.
func (b *Bot) sourceView(ctx context.Context, w *workspace, by ask, ref string) (slack.ModalViewRequest, error) {
	id, number, _ := strings.Cut(ref, "#")
	r, _, err := b.given(ctx, w, by, id)
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
		p.add(slack.NewActionBlock("", buttons...), "")
	}
	v := modal(fmt.Sprintf("Source %d of %d", n, len(cited)), p.blocks()...)
	v.PrivateMetadata = by.channel
	return v, nil
}

// showCitation shows a citation in its article.
func (b *Bot) showCitation(ctx context.Context, p *page, c bot.Citation) error {
	a, err := b.c.Library.Article(ctx, c.Article)
	if err != nil {
		if ctx.Err() != nil {
			return err
		}
		p.heading(c.Title, c.Publisher, c.Published, c.Source, lines(c.Lines), c.URL)
		p.section(italic("The article is not there any more. Quoted from it was:"))
		p.quote(c.Quote)
		return nil
	}
	if a.Title.Value == c.Title {
		c.Title = title(a)
	}
	span, stands := c.In(a)
	i := strings.Index(a.Text, c.Quote)
	moved := !stands && i >= 0 && c.Quote != ""
	if moved {
		span = corpus.Span{Start: i, End: i + len(c.Quote)}
		c.Lines = a.Lines(span)
	}
	p.heading(c.Title, c.Publisher, c.Published, c.Source, lines(c.Lines), c.URL)
	switch {
	case moved:
		p.section(italic("The article was changed since the answer was given. The words stand in another place of it now."))
	case !stands:
		p.section(italic("The article was changed since the answer was given, and these words do not stand in it any more:"))
		p.quote(c.Quote)
		return nil
	}
	p.passage(a, span)
	if dates := resolved(c, c.Quote); dates != "" {
		p.section(italic(dates))
	}
	return nil
}

// heading names an article, and the lines of it that are shown.
func (p *page) heading(title, publisher, published, source, lines, address string) {
	var e []slack.RichTextSectionElement
	if title != "" {
		e = append(e, bold(short(title, 300)), say("\n"))
	}
	for _, s := range []string{publisher, published} {
		if s != "" {
			e = append(e, say(short(s, 100)+" · "))
		}
	}
	e = append(e, name(named(source)+", "+lines))
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
	// What stands before the body is for programs.
	top := min(a.Body.Start, s.Start)
	from, to := max(top, s.Start-around), min(len(a.Text), s.End+around)
	// Whole lines, or else whole words.
	if from > top {
		from = begin(a.Text, from, s.Start)
	}
	to = end(a.Text, to, s.End)
	var e []slack.RichTextSectionElement
	if from > top {
		e = append(e, say("… "))
	}
	if before := a.Text[from:s.Start]; before != "" {
		e = append(e, say(strings.TrimLeft(spaced(before), "\n")))
	}
	marked := parts(clean(s.Of(a.Text)), mostSection)
	for i, words := range marked {
		if i > 0 {
			p.section(e...)
			e = nil
		}
		e = append(e, slack.NewRichTextSectionTextElement(words, &slack.RichTextSectionTextStyle{Bold: true, Underline: true}))
	}
	if after := a.Text[s.End:to]; after != "" {
		e = append(e, say(strings.TrimRight(spaced(after), "\n")))
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
func (b *Bot) whyView(ctx context.Context, w *workspace, by ask, id string) (slack.ModalViewRequest, error) {
	r, f, err := b.given(ctx, w, by, id)
	if err != nil {
		return slack.ModalViewRequest{}, err
	}
	a := r.Answer
	p := &page{}
	fact := func(name, value string) {
		if value != "" {
			p.section(bold(name+": "), say(short(value, mostSection)))
		}
	}
	fact("Asked", a.Question)
	fact("Understood as", a.Understood)
	if searchedUnder(r.Filter, f) {
		fact("Searched", strings.TrimPrefix(searched(a), "Searched "))
	}
	fact("Written by", writer(a.Engine))
	fact("Certainty", a.Certainty)
	if !a.Answered {
		fact("Refused", a.Reason)
	}
	admin := b.admin(w, by.user)
	if !admin {
		a.Note = forReaders(a.Note)
	}
	fact("Note", placeless(a.Note))
	const most = 10
	// What was read and written rests on all passages, not on those alone that
	// the answer cites.
	read, err := b.seesAll(ctx, f, a.Passages)
	if err != nil {
		return slack.ModalViewRequest{}, err
	}
	switch {
	case !read:
		p.section(italic("Some of what was read cannot be asked about here, so what was read and what was kept back are not shown."))
	case len(a.Dropped)+len(a.Repaired) > 0:
		p.section(bold("Written, but kept back:"))
		for i, d := range slices.Concat(a.Dropped, a.Repaired) {
			if i == most {
				p.section(italic(fmt.Sprintf("and %d more", len(a.Dropped)+len(a.Repaired)-most)))
				break
			}
			p.section(say("• "+short(d.Text, 600)+" "), italic("("+short(strings.Join(d.Reasons, "; "), 600)+")"))
		}
	}
	if read && len(a.Passages) > 0 {
		p.section(bold("Read, best first:"))
		var seen []string
		more := 0
		for _, o := range a.Passages {
			switch {
			case slices.Contains(seen, o.Source):
			case len(seen) == most:
				more++
			default:
				seen = append(seen, o.Source)
				p.section(name(fmt.Sprintf("• %s (score %.2f)", named(o.Source), o.Score)))
			}
		}
		if more > 0 {
			p.section(italic("and " + count(more, "more passage")))
		}
	}
	end := fmt.Sprintf("Answer %s, in %s.", a.ID, lasted(a.Timings.Total))
	if admin {
		end += " All of it: dateline receipt " + a.ID
	}
	p.section(italic(end))
	return modal("Why this answer?", p.blocks()...), nil
}

// builtIn reports whether an engine asks no model.
func builtIn(engine string) bool { return engine == bot.EngineExtract || engine == bot.EngineRecall }

// writer says what an engine is.
func writer(engine string) string {
	switch engine {
	case bot.EngineExtract:
		return "the built-in reader, which lifts sentences from the articles"
	case bot.EngineRecall:
		return "the built-in reader, which looked at the answer before"
	}
	return "a language model (" + engine + "); each of its sentences was checked against the articles"
}

// lasted is a time in milliseconds as people say it: "65 ms", "4.2 s".
func lasted(ms float64) string {
	if ms < 1000 {
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", ms/1000)
}

// share shows an answer that one person saw to their channel, if all of it can
// be asked about there. Shared twice, it stands there once.
func (b *Bot) share(ctx context.Context, w *workspace, it inbox.Item, o order) error {
	r, _, err := b.given(ctx, w, ask{o.Channel, o.User, o.Home}, o.Text)
	if err != nil {
		return &ownError{err}
	}
	by := w.who(ctx, o.User).name
	if by == "" {
		by = "A member"
	}
	a := b.untitled(ctx, r.Answer)
	out := &reply{b: b, w: w, it: it, q: question{Channel: o.Channel, User: o.User}, key: w.team + "/" + o.Channel + "/share/" + r.Answer.ID, answer: r.Answer.ID}
	if err := out.post(ctx, answerMessages(a, answerOptions{question: r.Answer.Question, by: by})); err != nil {
		return err
	}
	// Nothing of what was asked for depends on this.
	shown := answerMessages(a, answerOptions{question: r.Answer.Question})
	if len(shown) == 1 {
		if err := b.respond(ctx, w, o, shown); err != nil {
			w.log.InfoContext(ctx, "button not taken away", "err", err)
		}
	}
	return nil
}
