package slackbot

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"dateline/bot"
	"dateline/bot/receipt"
	"dateline/bot/slackbot/inbox"
	"dateline/retrieval"
)

// homeOpened tells that somebody opened the app: its home, or its messages.
// https://docs.slack.dev/reference/events/app_home_opened/
type homeOpened struct {
	User    string `json:"user"`
	Channel string `json:"channel"`
	Tab     string `json:"tab"`
}

func (b *Bot) homeOpened(ctx context.Context, w *workspace, event string, h homeOpened) error {
	kind, q := itemHome, question{Channel: h.Channel, User: h.User}
	if h.Tab == "messages" {
		kind = itemPane
	}
	if h.User == "" || kind == itemPane && h.Channel == "" {
		return nil
	}
	if event == "" {
		event = rand.Text()
	}
	key := w.team + "/" + h.User + "/" + kind + "/" + event
	return b.put(ctx, event, item{inbox.Item{Key: key, Lane: w.team + "/" + h.User + "/" + kind, Team: w.team, Channel: h.Channel, User: h.User, Kind: kind}, q})
}

// openPane greets somebody who opens the messages of the app with questions that
// the articles answer.
// https://docs.slack.dev/reference/methods/assistant.threads.setSuggestedPrompts/
func (b *Bot) openPane(ctx context.Context, w *workspace, q question) error {
	const method = "assistant.threads.setSuggestedPrompts"
	allowed, why := b.allowed(ctx, w, q.Channel, q.User, q.Team)
	if why != "" || !w.has(method) {
		return nil
	}
	questions, err := b.examples(ctx, allowed)
	if err != nil || len(questions) == 0 {
		return err
	}
	params := slack.AssistantThreadsSetSuggestedPromptsParameters{ChannelID: q.Channel, ThreadTS: q.Thread, Title: "Ask the articles"}
	for _, s := range questions {
		params.AddPrompt(label(s, 75), label(s, 1000))
	}
	err = w.do(ctx, again, method, q.Channel, func(ctx context.Context) error {
		return w.api.SetAssistantThreadsSuggestedPromptsContext(ctx, params)
	})
	if err != nil && !transient(err) {
		w.log.InfoContext(ctx, "no prompts suggested", "channel", q.Channel, "err", err)
		return nil
	}
	return err
}

// title names a thread of the agent pane after its first question. Elsewhere
// threads have no titles, and Slack says so.
func (b *Bot) title(ctx context.Context, w *workspace, q question, a bot.Answer) {
	const method = "assistant.threads.setTitle"
	if !q.Direct || q.Thread != q.TS || !w.has(method) {
		return
	}
	// No worker waits for it.
	err := w.do(ctx, atOnce, method, q.Channel, func(ctx context.Context) error {
		return w.api.SetAssistantThreadsTitleContext(ctx, slack.AssistantThreadsSetTitleParameters{ChannelID: q.Channel, ThreadTS: q.Thread, Title: label(a.Question, 150)})
	})
	if err != nil {
		w.log.DebugContext(ctx, "thread not titled", "channel", q.Channel, "err", err)
	}
}

// The switches of App Home.
const (
	actionPause  = "pause"
	actionResume = "resume"
	actionSync   = "sync"
	actionHome   = "home" // shows the page anew
)

// publishHome shows App Home to a user: what can be asked about, how fresh it
// is, how to ask, what this user asked; to admins also how Dateline is.
func (b *Bot) publishHome(ctx context.Context, w *workspace, it inbox.Item) error {
	var q question
	if err := json.Unmarshal(it.Payload, &q); err != nil {
		return &ownError{fmt.Errorf("item %s: %w", it.Key, err)}
	}
	view, err := b.homeView(ctx, w, q.User)
	if err != nil {
		return &ownError{err}
	}
	return w.do(ctx, again, "views.publish", "", func(ctx context.Context) error {
		_, err := w.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: q.User, View: view})
		return err
	})
}

func (b *Bot) homeView(ctx context.Context, w *workspace, user string) (slack.HomeTabViewRequest, error) {
	p := &page{}
	view := func() slack.HomeTabViewRequest {
		return slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: p.blocks()}}
	}
	p.title("Dateline")
	p.section(say("Answers questions about news articles. Each sentence is tied to words that stand in one of them; what they do not say is not answered."))
	allowed, why := b.allowed(ctx, w, "", user, "")
	if why != "" {
		p.section(say(why))
		if b.admin(w, user) {
			b.health(ctx, w, p, 0)
		}
		return view(), nil
	}
	list, err := b.c.Library.Articles(ctx, allowed)
	if err != nil {
		return slack.HomeTabViewRequest{}, err
	}
	p.title("What it knows")
	if len(list) == 0 {
		p.section(say("There are no articles that you can ask about."))
	} else {
		p.holdings(b, list)
	}
	p.title("How to ask")
	if err := b.howTo(ctx, p, w, allowed); err != nil {
		return slack.HomeTabViewRequest{}, err
	}
	const most, lookedAt = 5, 20
	asked, err := b.c.Receipts.List(ctx, receipt.Filter{Surface: surface, Asker: w.team + "/" + user, Limit: lookedAt})
	if err != nil {
		return slack.HomeTabViewRequest{}, err
	}
	asked = slices.DeleteFunc(asked, func(r bot.Receipt) bool { return r.Answer.Unclear }) // "thanks" asks nothing
	asked = asked[:min(most, len(asked))]
	if len(asked) > 0 {
		p.title("What you asked")
		ids, _, err := b.visible(ctx, allowed)
		if err != nil {
			return slack.HomeTabViewRequest{}, err
		}
		for _, r := range asked {
			p.asked(r, func(article string) bool { return ids == nil || ids[article] })
		}
	}
	if b.admin(w, user) {
		b.health(ctx, w, p, 0)
	}
	return view(), nil
}

// asked shows a question that somebody put before, and its answer if all that it
// rests on can be seen here.
func (p *page) asked(r bot.Receipt, sees func(article string) bool) {
	question := say(short(r.Question, 300) + " — ")
	hidden := slices.ContainsFunc(r.Answer.Citations, func(c bot.Citation) bool { return !sees(c.Article) })
	switch {
	case r.Error != "":
		p.section(question, italic("failed"))
	case !r.Answer.Answered:
		p.section(question, italic("not answered"))
	case hidden:
		p.section(question, italic("answered where more can be asked about than here"))
	default:
		p.section(question, bold(short(brief(r.Answer), 300)))
	}
}

// brief is the short answer where it is in the answer's own words. "Yes" and "No"
// are not: without the sentences that they come from, nobody could judge them.
func brief(a bot.Answer) string {
	if a.Certainty == bot.Perhaps {
		return bot.Uncertain + " " + a.Text
	}
	if a.Short != "" && strings.Contains(a.Text, a.Short) {
		return a.Brief()
	}
	return a.Text
}

func (p *page) title(s string) {
	p.add(slack.NewHeaderBlock(plainText(s, 150)), s)
}

// threadsHelp says how to ask on.
func threadsHelp(t Threads) string {
	if t == ThreadsMention {
		return "In the thread of an answer ask on in the same way."
	}
	return "In the thread of an answer just ask on."
}

// howTo explains how to ask, with questions that the articles answer.
func (b *Bot) howTo(ctx context.Context, p *page, w *workspace, allowed retrieval.Filter) error {
	p.section(say("Mention "), bold("@"+cmp.Or(w.handle, "dateline")), say(" with a question in a channel, or write to it in a direct message. "+threadsHelp(b.c.Policy.of(w.team).Threads)))
	p.section(bold(commandAsk), say(" answers you alone. "), bold(commandSource), say(" shows a file, a line, a citation or articles about some words. "),
		bold(commandSources), say(" lists what there is. The shortcut "), bold("Check this claim"), say(" in the menu of a message holds it against the articles."))
	questions, err := b.examples(ctx, allowed)
	if err != nil || len(questions) == 0 {
		return err
	}
	var list []slack.RichTextElement
	for _, s := range questions {
		list = append(list, slack.NewRichTextSection(say(s)))
	}
	p.section(say("For example:"))
	p.add(rich(slack.NewRichTextList(slack.RTEListBullet, 0, list...)), "• "+clean(strings.Join(questions, "\n• ")))
	return nil
}

// help is what a mention without a question, or "/dateline help", gets.
func (b *Bot) help(ctx context.Context, w *workspace, allowed retrieval.Filter) ([]outgoing, error) {
	p := &page{}
	p.section(say("Ask me about the articles, and I answer with the words they rest on."))
	if err := b.howTo(ctx, p, w, allowed); err != nil {
		return nil, err
	}
	return p.messages(), nil
}

// health tells admins how Dateline is, and has the switches; own is how many of
// the items that are worked on ask for nothing else.
func (b *Bot) health(ctx context.Context, w *workspace, p *page, own int) {
	p.title("Health")
	s, err := b.c.Inbox.Status(ctx, itemHome, itemPane) // these are no questions
	s.Working = max(0, s.Working-own)
	switch {
	case err != nil:
		p.section(say("The inbox cannot be read: " + err.Error()))
	case s.Waiting+s.Working == 0:
		p.section(say("Nothing waits to be answered."))
	default:
		p.section(say(fmt.Sprintf("Waiting to be answered: %d. Being worked on: %d. The oldest came %s ago.",
			s.Waiting, s.Working, b.c.Now().Sub(s.Oldest).Round(time.Second))))
		if s.Problem != "" {
			p.section(say("The last problem was: " + s.Problem))
		}
	}
	b.mu.Lock()
	sockets, troubled := b.connected, b.troubled
	b.mu.Unlock()
	if troubled.text != "" {
		p.section(say(fmt.Sprintf("The last trouble, %s ago: ", b.c.Now().Sub(troubled.at).Round(time.Second))), say(short(troubled.text, mostSection)))
	}
	if b.c.AppToken != "" {
		p.section(say("Sockets open: " + strconv.Itoa(sockets) + "."))
	}
	if b.c.LeftOut != nil {
		if left := b.c.LeftOut(); left != "" {
			p.section(say("Left out of the articles: " + left + "."))
		}
	}
	paused, err := b.paused(ctx, w)
	if err != nil {
		p.section(say("The switches cannot be read: " + err.Error()))
		return
	}
	var buttons []slack.BlockElement
	if paused {
		p.section(bold("Paused in this workspace. "), say("Whoever asks, checks a claim or shares an answer is told so, and nothing is kept to be answered later. Sources and answers that were given can be looked into."))
		buttons = append(buttons, slack.NewButtonBlockElement(actionResume, "resume", plainText("Resume: answer questions again", 75)).WithStyle(slack.StylePrimary))
	} else {
		ask := slack.NewConfirmationBlockObject(plainText("Pause answering?", 100),
			plainText("Nobody in this workspace gets an answer until an admin resumes. Whoever asks is told that Dateline is paused; their questions are not answered later.", 300),
			plainText("Pause", 30), plainText("Go on answering", 30))
		buttons = append(buttons, slack.NewButtonBlockElement(actionPause, "pause", plainText("Pause answering for everybody", 75)).WithStyle(slack.StyleDanger).WithConfirm(ask))
	}
	if b.c.Sync != nil {
		buttons = append(buttons, slack.NewButtonBlockElement(actionSync, "sync", plainText("Look for new articles", 75)))
	}
	buttons = append(buttons, slack.NewButtonBlockElement(actionHome, "home", plainText("Refresh", 75)))
	p.add(slack.NewActionBlock("", buttons...), "")
}

// A trouble is what admins are told went wrong, with what to do about it.
type trouble struct {
	at   time.Time
	text string
}

// trouble notes what went wrong, for admins to see.
func (b *Bot) trouble(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.troubled = trouble{b.c.Now(), text}
}

// admin reports whether a user sees health and switches.
func (b *Bot) admin(w *workspace, user string) bool {
	return slices.Contains(b.c.Policy.of(w.team).Admins, user)
}

// switchPaused is the switch that is on while an admin of a workspace has paused
// answering there.
func (w *workspace) switchPaused() string { return "paused/" + w.team }

// paused reports whether answering is paused in a workspace.
func (b *Bot) paused(ctx context.Context, w *workspace) (bool, error) {
	return b.c.Inbox.Switch(ctx, w.switchPaused())
}

// datelineCommand is "/dateline help" and "/dateline status".
func (b *Bot) datelineCommand(ctx context.Context, w *workspace, o order, allowed retrieval.Filter) ([]outgoing, error) {
	switch strings.ToLower(o.Text) {
	case "help", "":
		return b.help(ctx, w, allowed)
	case "status":
	default:
		return notice(fmt.Sprintf("%s knows “help” and “status”, not “%s”. To ask a question, use %s.", commandDateline, short(w.plain(o.Text), 200), commandAsk)), nil
	}
	list, err := b.c.Library.Articles(ctx, allowed)
	if err != nil {
		return nil, &ownError{err}
	}
	p := &page{}
	if len(list) == 0 {
		p.section(say("Dateline is up, but there are no articles that can be asked about here."))
	} else {
		p.section(say("Dateline is up."))
		p.holdings(b, list)
	}
	if b.admin(w, o.User) {
		b.health(ctx, w, p, 1)
	}
	return p.messages(), nil
}
