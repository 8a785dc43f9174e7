package slackbot

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"dateline/bot"
	"dateline/bot/slackbot/inbox"
	"dateline/retrieval"
)

// The slash commands, as deploy/manifest.yaml has them.
const (
	commandAsk      = "/ask"
	commandSource   = "/source"
	commandSources  = "/sources"
	commandDateline = "/dateline"
)

// An order is a slash command, a shortcut or a button that takes a while: what
// it brings goes to the response URL, for its user alone to see. That URL takes
// 5 messages within 30 minutes.
// https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses
type order struct {
	Command     string `json:"command"`
	Text        string `json:"text"`
	Channel     string `json:"channel"`
	User        string `json:"user"`
	Home        string `json:"home,omitempty"` // team of the user, if another
	ResponseURL string `json:"response_url"`
	// Noticed is set where the order was answered with a notice at once.
	Noticed bool `json:"noticed,omitempty"`
}

// command takes in a slash command. It is answered with nothing at once, unless
// it has to wait: Slack cannot replace what a command is answered with, so that a
// notice stays beside the answer.
// https://docs.slack.dev/messaging/modifying-messages/#ephemeral
func (b *Bot) command(ctx context.Context, c slack.SlashCommand) (any, error) {
	w := b.workspace(c.TeamID)
	if w == nil {
		b.c.Log.WarnContext(ctx, "command of a workspace without a token", "team", c.TeamID)
		return ephemeral(notice("Dateline is not set up for this workspace. Please tell whoever runs it.")), nil
	}
	text := strings.TrimSpace(c.Text)
	switch c.Command {
	case commandAsk, commandSource, commandSources, commandDateline:
	default:
		return ephemeral(notice(fmt.Sprintf("Dateline does not know %s. Try %s help.", c.Command, commandDateline))), nil
	}
	o := order{Command: c.Command, Text: text, Channel: c.ChannelID, User: c.UserID, ResponseURL: c.ResponseURL}
	if c.Command == commandAsk && hasWords(w.plain(text)) {
		n, err := b.c.Inbox.Size(ctx)
		o.Noticed = err == nil && n >= b.part()
	}
	// A command that is delivered twice has the same trigger.
	if err := b.put(ctx, "", w.order(o, itemCommand, cmp.Or(c.TriggerID, c.ResponseURL, rand.Text()))); err != nil {
		if unkept := new(unkeptError); errors.As(err, &unkept) {
			w.log.ErrorContext(ctx, "command not taken in", "command", c.Command, "err", err)
			return ephemeral(notice(notKept)), nil
		}
		return nil, err
	}
	if o.Noticed {
		return ephemeral(w.searching(o)), nil
	}
	return nil, nil
}

// searching is what the user of an order sees before the answer.
func (w *workspace) searching(o order) []outgoing {
	return notice("Searching the articles for: " + short(w.plain(o.Text), 300))
}

// ephemeral is a response for one user alone.
func ephemeral(m []outgoing) any {
	return slack.WebhookMessage{ResponseType: slack.ResponseTypeEphemeral, Text: m[0].Text, Blocks: &slack.Blocks{BlockSet: m[0].Blocks}}
}

// runOrder does what somebody ordered.
func (b *Bot) runOrder(ctx context.Context, w *workspace, it inbox.Item) error {
	var o order
	if err := json.Unmarshal(it.Payload, &o); err != nil {
		return &ownError{fmt.Errorf("item %s: %w", it.Key, err)}
	}
	allowed, why := b.allowed(ctx, w, o.Channel, o.User, o.Home)
	if why != "" {
		return b.respond(ctx, w, o, notice(why))
	}
	paused, err := b.paused(ctx, w)
	if err != nil {
		return err
	}
	if paused && o.answers() {
		return b.respond(ctx, w, o, notice(pausedNotice))
	}
	var m []outgoing
	switch o.Command {
	case commandAsk:
		m, err = b.askCommand(ctx, w, it, o, allowed)
	case commandSource:
		m, err = b.sourceCommand(ctx, w, o, allowed)
	case commandSources:
		m, err = b.listSources(ctx, w.plain(o.Text), allowed, 0)
	case commandDateline:
		m, err = b.datelineCommand(ctx, w, o, allowed)
	case shortcutCheck:
		m, err = b.checkClaim(ctx, w, o, allowed)
	case actionPage:
		number, query, _ := strings.Cut(o.Text, " ")
		n, _ := strconv.Atoi(number) // a page that is no number is the first
		m, err = b.listSources(ctx, query, allowed, n)
	case actionCheck:
		m, err = b.turnCheck(ctx, w, o, allowed)
	case actionShare:
		return b.share(ctx, w, it, o)
	}
	if err != nil {
		return err
	}
	return b.respond(ctx, w, o, m)
}

// typed reports whether an order is a slash command.
func (o order) typed() bool { return strings.HasPrefix(o.Command, "/") }

// answers reports whether an order is for what is paused with the answering of
// questions.
func (o order) answers() bool {
	return o.Command == commandAsk || o.Command == actionShare || o.Command == shortcutCheck
}

func (b *Bot) askCommand(ctx context.Context, w *workspace, it inbox.Item, o order, allowed retrieval.Filter) ([]outgoing, error) {
	text := w.plain(o.Text)
	if !hasWords(text) {
		return b.help(ctx, w, allowed)
	}
	stop := func() {}
	if !o.Noticed && it.Attempts == 1 {
		stop = b.await(ctx, w, o)
	}
	a, err := b.inquire(ctx, it, bot.Question{Text: text, Filter: allowed, Surface: surface, Asker: w.team + "/" + o.User, Asked: w.today(ctx, b.c.Now(), o.User)}, nil)
	stop()
	if err != nil {
		return nil, err
	}
	if a.Wish == bot.WishHello {
		return b.help(ctx, w, allowed)
	}
	return answerMessages(b.untitled(ctx, a), answerOptions{question: text, share: o.Channel != "" && !isDirect(o.Channel)}), nil
}

// bearable is how long somebody is left without a sign after a command.
const bearable = time.Second

// await tells the user of an order that it is being worked on, unless stop is
// called before it takes long.
func (b *Bot) await(ctx context.Context, w *workspace, o order) (stop func()) {
	waiting, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer b.caught(ctx, "notice")
		if sleep(waiting, bearable) != nil {
			return
		}
		// It is not cut short when the answer is there, so that it stands above.
		if err := b.respond(ctx, w, o, w.searching(o)); err != nil {
			w.log.InfoContext(ctx, "notice not shown", "err", err)
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}

// replaces reports whether what an order brings takes the place of what it came
// from: a button comes from a message of the bot's, a shortcut from somebody
// else's, and a command from none.
func (o order) replaces() bool {
	return o.Command == actionPage || o.Command == actionCheck || o.Command == actionShare
}

// respond shows messages to the user of an order alone, in place of the one that
// it came from.
func (b *Bot) respond(ctx context.Context, w *workspace, o order, messages []outgoing) error {
	if !b.slacksOwn(o.ResponseURL) {
		w.log.WarnContext(ctx, "response URL refused, as it is none of Slack's", "user", o.User, "channel", o.Channel, "host", hostOf(o.ResponseURL))
		return &ownError{errors.New("this came with an address to answer at that is none of Slack's")}
	}
	most := 4 // of the 5 that Slack takes: one is kept to say what went wrong
	if o.Command == commandAsk {
		most-- // and one may have been used up to say that it is being worked on
	}
	for i, m := range messages {
		if i == most-1 && len(messages) > most {
			m = notice(fmt.Sprintf("Slack takes no more of this here: %d of %d parts are left out. Ask in a direct message to see all.", len(messages)-i, len(messages)))[0]
		}
		if i == most {
			break
		}
		body := slack.WebhookMessage{ResponseType: slack.ResponseTypeEphemeral, ReplaceOriginal: i == 0 && o.replaces(), Text: m.Text, Blocks: &slack.Blocks{BlockSet: m.Blocks}, UnfurlLinks: new(bool), UnfurlMedia: new(bool)}
		err := w.do(ctx, again, methodRespond, o.Channel, func(ctx context.Context) error {
			return slack.PostWebhookCustomHTTPContext(ctx, o.ResponseURL, b.c.HTTP, &body)
		})
		if expired(err) {
			return &explained{"Slack takes an answer to a command for 30 minutes only: ask again", err}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// methodRespond is what calls of a response URL are counted as.
const methodRespond = "response_url"

// slacksOwn reports whether an address is one that Slack, or what is set in place
// of it, has people answered at. What Slack signs it has been told by others, and
// the answer is for one person alone to see.
// https://docs.slack.dev/interactivity/handling-user-interaction/#message_responses
func (b *Bot) slacksOwn(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Host == "" {
		return false
	}
	if api, err := url.Parse(b.c.APIURL); err == nil && api.Host != "" && u.Scheme == api.Scheme && strings.EqualFold(u.Host, api.Host) {
		return true
	}
	host := strings.ToLower(u.Hostname())
	return u.Scheme == "https" && (u.Port() == "" || u.Port() == "443") && strings.HasSuffix("."+host, ".slack.com")
}

// hostOf is the host of an address, for the log: the rest is as good as a
// password.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// expired reports whether a response URL is of no use any more.
func expired(err error) bool {
	var status slack.StatusCodeError
	return errors.As(err, &status) && (status.Code == http.StatusNotFound || status.Code == http.StatusGone) || code(err) == "expired_url" || code(err) == "used_url"
}

// respondTo tells the user of an item's order a sentence.
func (b *Bot) respondTo(ctx context.Context, w *workspace, it inbox.Item, text string) error {
	var o order
	if err := json.Unmarshal(it.Payload, &o); err != nil {
		return err
	}
	return b.tell(ctx, w, o, text)
}

// tell tells the user of an order a sentence, beside what it came from.
func (b *Bot) tell(ctx context.Context, w *workspace, o order, text string) error {
	if o.replaces() {
		o.Command = shortcutCheck // what was there is not at fault, and stays
	}
	return b.respond(ctx, w, o, notice(text))
}
