package slackbot

import (
	"context"
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"

	"dateline/bot/slackbot/inbox"
)

// A message is what a message event tells, as far as it is of concern.
// https://docs.slack.dev/reference/events/message/
type message struct {
	Type        string `json:"type"`
	SubType     string `json:"subtype"`
	Channel     string `json:"channel"`
	ChannelType string `json:"channel_type"`
	User        string `json:"user"`
	BotID       string `json:"bot_id"`
	// UserTeam and SourceTeam tell of somebody from elsewhere in a shared
	// channel.
	UserTeam   string `json:"user_team"`
	SourceTeam string `json:"source_team"`
	Text       string `json:"text"`
	TS         string `json:"ts"`
	ThreadTS   string `json:"thread_ts"`
	DeletedTS  string `json:"deleted_ts"`
	Edited     struct {
		TS string `json:"ts"`
	} `json:"edited"`
	// Message is the new state of a message that was changed, Previous the old
	// one.
	Message  *message `json:"message"`
	Previous *message `json:"previous_message"`
}

// A question is what somebody asks in a message.
type question struct {
	Channel string `json:"channel"`
	User    string `json:"user"`
	Team    string `json:"team,omitempty"` // of the user, if another
	TS      string `json:"ts"`
	Thread  string `json:"thread"` // time stamp of the thread's first message
	Direct  bool   `json:"direct,omitempty"`
	// Mentioned is set if it is put to the bot by name. One in a channel that is
	// not may be no question to the bot at all.
	Mentioned bool   `json:"mentioned,omitempty"`
	Text      string `json:"text"` // as Slack has it
	// Was is the text before it was edited or deleted.
	Was string `json:"was,omitempty"`
}

// key is what makes it the same question.
func (q question) key(w *workspace) string { return w.team + "/" + q.Channel + "/" + q.TS }

// thread names the thread it is in.
func (q question) thread(w *workspace) string { return w.team + "/" + q.Channel + "/" + q.Thread }

// lane is what it has to be answered in order with: its thread, or all that one
// person writes in a direct message.
func (q question) lane(w *workspace) string {
	if q.Direct {
		return w.team + "/" + q.Channel
	}
	return q.thread(w)
}

// The kinds of items.
const (
	itemQuestion = "question"
	itemEdit     = "edit"
	itemDelete   = "delete"
	itemCommand  = "command"
	itemClaim    = "claim"
	itemHome     = "home"
	itemPane     = "pane"
	itemUnscoped = "unscoped" // an admin is to be told that no scope holds somewhere
)

// What the key of a question is followed by in those of its edits, before the time
// stamp of the edit, and of its deletion.
const (
	keyEdited  = "/edited/"
	keyDeleted = "/deleted"
)

// An item is one for the inbox with its payload still in Go's hands.
type item struct {
	inbox.Item
	payload any
}

// message puts a message into the inbox if it may be for the bot.
func (b *Bot) message(ctx context.Context, w *workspace, event string, m message) error {
	switch m.SubType {
	case "", "thread_broadcast", "file_share", "me_message":
		return b.asked(ctx, w, event, m)
	case "message_changed":
		return b.changed(ctx, w, event, m)
	case "message_deleted":
		return b.deleted(ctx, w, event, m)
	}
	return nil
}

// mine reports whether a message is a bot's, this one's or another: bots that
// answer bots do not stop.
func (w *workspace) mine(m message) bool {
	return m.BotID != "" || m.User == "" || m.User == w.user || m.User == "USLACKBOT"
}

func (b *Bot) asked(ctx context.Context, w *workspace, event string, m message) error {
	q, ok := w.question(m)
	if !ok {
		return nil
	}
	if !q.Direct && !q.Mentioned {
		if q.Thread == q.TS || b.c.Policy.of(w.team).Threads == ThreadsMention {
			return nil
		}
		// Somebody writes in a thread: worth a look if the bot has been asked
		// there.
		if in, err := b.c.Inbox.HasLane(ctx, q.lane(w)); err != nil || !in {
			return err
		}
	}
	return b.put(ctx, event, w.item(q, itemQuestion, q.key(w), q.TS))
}

// item is one for the inbox about a question; at is the time stamp of what
// somebody did.
func (w *workspace) item(q question, kind, key, at string) item {
	return item{inbox.Item{Key: key, Lane: q.lane(w), At: clock(at), Team: w.team, Channel: q.Channel, User: q.User, Kind: kind}, q}
}

// clock is the time that a time stamp of Slack's tells; the zero time if none.
func clock(ts string) time.Time {
	sec, micro, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(sec, 10, 64)
	if err != nil {
		return time.Time{}
	}
	const digits = 6
	m, _ := strconv.ParseInt((micro + "000000")[:digits], 10, 64) // no fraction is none
	return time.UnixMicro(s*1e6 + m)
}

// isIM reports whether a message is in a direct message.
func isIM(m message) bool {
	return m.ChannelType == "im" || m.ChannelType == "app_home" || m.ChannelType == "" && strings.HasPrefix(m.Channel, "D")
}

// question is what a message asks; false if it is none of the bot's business.
func (w *workspace) question(m message) (question, bool) {
	if w.mine(m) || m.Channel == "" || m.TS == "" {
		return question{}, false
	}
	q := question{Channel: m.Channel, User: m.User, TS: m.TS, Thread: m.ThreadTS, Text: m.Text,
		Direct:    isIM(m),
		Mentioned: m.Type == "app_mention" || w.mentionedIn(m.Text)}
	if q.Thread == "" {
		q.Thread = q.TS
	}
	for _, team := range []string{m.UserTeam, m.SourceTeam} {
		if team != "" && team != w.team {
			q.Team = team
		}
	}
	return q, true
}

// changed has an edited question answered again, in place.
func (b *Bot) changed(ctx context.Context, w *workspace, event string, m message) error {
	if m.Message == nil {
		return nil
	}
	now := *m.Message
	now.Type, now.Channel, now.ChannelType = "message", m.Channel, m.ChannelType
	if m.Previous != nil && m.Previous.Text == now.Text {
		return nil // a link was unfurled, a reply came
	}
	if now.SubType == "tombstone" {
		m.DeletedTS = now.TS
		return b.deleted(ctx, w, event, m)
	}
	q, ok := w.question(now)
	if !ok {
		return nil
	}
	known, err := b.c.Inbox.Known(ctx, q.key(w))
	if err != nil {
		return err
	}
	if !known && !q.Mentioned && !q.Direct {
		return nil
	}
	if !known {
		// Somebody adds the mention that was forgotten, or this came before the
		// question itself.
		return b.put(ctx, event, w.item(q, itemQuestion, q.key(w), q.TS))
	}
	if m.Previous != nil {
		q.Was = m.Previous.Text
	}
	edited := now.Edited.TS
	if edited == "" {
		edited = m.TS
	}
	it := w.item(q, itemEdit, q.key(w)+keyEdited+edited, edited)
	it.Instead = q.key(w)
	return b.put(ctx, event, it)
}

// deleted has the answer to a deleted question removed.
func (b *Bot) deleted(ctx context.Context, w *workspace, event string, m message) error {
	q := question{Channel: m.Channel, TS: m.DeletedTS, Thread: m.DeletedTS, Direct: isIM(m)}
	if m.Previous != nil {
		q.User, q.Was = m.Previous.User, m.Previous.Text
		if m.Previous.ThreadTS != "" {
			q.Thread = m.Previous.ThreadTS
		}
	}
	if q.TS == "" {
		return nil
	}
	// What is told before the question itself is has to keep it away.
	if m.Previous == nil || w.mine(*m.Previous) || !q.Direct && !w.mentionedIn(q.Was) {
		known, err := b.c.Inbox.Known(ctx, q.key(w))
		if err != nil || !known {
			return err
		}
	}
	it := w.item(q, itemDelete, q.key(w)+keyDeleted, m.TS)
	it.Instead = q.key(w)
	return b.put(ctx, event, it)
}

// mention is a mention of a user in the text of a message.
// https://docs.slack.dev/messaging/formatting-message-text/#mentioning-users
var mention = regexp.MustCompile(`<@([UW][A-Z0-9]+)(?:\|[^>]*)?>`)

func (w *workspace) mentionedIn(text string) bool {
	for _, m := range mention.FindAllStringSubmatch(text, -1) {
		if m[1] == w.user {
			return true
		}
	}
	return false
}

// othersIn reports whether a text mentions somebody else than the bot.
func (w *workspace) othersIn(text string) bool {
	for _, m := range mention.FindAllStringSubmatch(text, -1) {
		if m[1] != w.user {
			return true
		}
	}
	return groups.MatchString(text)
}

var (
	groups = regexp.MustCompile(`<!(?:subteam\^|here|channel|everyone)`)
	// link is a link, or a channel or a date, with the words that it shows.
	link = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)
	// emoji is how Slack writes them, some with the colour of a skin.
	emoji = regexp.MustCompile(`(?:\B|^):(?:[a-z][a-z0-9_'+-]*|[+-]1)(?:::skin-tone-[2-6])?:\B`)
	marks = regexp.MustCompile("(^|\\W)([*_~`]+)(\\S.*?\\S|\\S)([*_~`]+)(\\W|$)")
)

// plain is what a message says, without Slack's markup and without mentions of
// the bot. Those of others become nothing either: who they are is no matter of
// the articles.
func (w *workspace) plain(text string) string {
	text = mention.ReplaceAllString(text, " ")
	text = link.ReplaceAllStringFunc(text, func(s string) string {
		m := link.FindStringSubmatch(s)
		switch {
		case strings.HasPrefix(m[1], "!") && m[2] == "":
			return " "
		case m[2] != "":
			return strings.TrimPrefix(m[2], "@")
		}
		return m[1]
	})
	// Marks of bold, italics, code around words.
	for range 3 {
		text = marks.ReplaceAllString(text, "$1$3$5")
	}
	text = emoji.ReplaceAllString(html.UnescapeString(text), " ")
	return strings.Join(strings.Fields(text), " ")
}
