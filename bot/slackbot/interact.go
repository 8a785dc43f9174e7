package slackbot

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"dateline/bot/receipt"
	"dateline/bot/slackbot/inbox"
)

// shortcutCheck is the callback id of the message shortcut, and viewReason that
// of the form behind "Bad answer".
const (
	shortcutCheck = "check_claim"
	viewReason    = "feedback_reason"
)

// interaction takes in what people click and submit.
// https://docs.slack.dev/reference/interaction-payloads/
func (b *Bot) interaction(ctx context.Context, c slack.InteractionCallback) (any, error) {
	w := b.workspace(c.Team.ID, c.User.TeamID)
	if w == nil {
		b.c.Log.WarnContext(ctx, "interaction of a workspace without a token", "team", c.Team.ID)
		return nil, nil
	}
	switch c.Type {
	case slack.InteractionTypeBlockActions:
		for _, a := range c.ActionCallback.BlockActions {
			if err := b.clicked(ctx, w, c, *a); err != nil {
				return nil, err
			}
		}
	case slack.InteractionTypeMessageAction:
		if c.CallbackID != shortcutCheck {
			w.log.InfoContext(ctx, "shortcut not known", "callback", c.CallbackID)
			return nil, nil
		}
		o := order{Command: shortcutCheck, Text: told(c.Message), Channel: c.Channel.ID, User: c.User.ID, Home: c.User.TeamID, ResponseURL: c.ResponseURL}
		return nil, b.put(ctx, "", w.order(o, itemClaim, trigger(c)))
	case slack.InteractionTypeViewSubmission:
		if c.View.CallbackID == viewReason {
			return b.gaveReason(ctx, w, c)
		}
	}
	return nil, nil
}

// order is an item for what somebody orders; key tells it from their others.
func (w *workspace) order(o order, kind, key string) item {
	return item{inbox.Item{
		Key:  w.team + "/" + o.Channel + "/" + o.Command + "/" + key,
		Lane: w.team + "/" + o.Channel + "/" + o.User, Team: w.team, Channel: o.Channel, User: o.User, Kind: kind,
	}, o}
}

// trigger tells a click from others: one that is delivered twice has the same.
func trigger(c slack.InteractionCallback) string {
	return cmp.Or(c.TriggerID, c.ResponseURL, rand.Text())
}

// told is what a message says, as Slack's markup: its text, or where it has none
// the texts of its blocks and attachments.
func told(m slack.Message) string {
	if strings.TrimSpace(m.Text) != "" {
		return m.Text
	}
	var list []string
	for _, b := range m.Blocks.BlockSet {
		switch b := b.(type) {
		case *slack.SectionBlock:
			if b.Text != nil {
				list = append(list, b.Text.Text)
			}
		case *slack.RichTextBlock:
			for _, e := range b.Elements {
				switch e := e.(type) {
				case *slack.RichTextSection:
					list = append(list, slackutilsx.EscapeMessage(words(e.Elements)))
				case *slack.RichTextQuote:
					list = append(list, slackutilsx.EscapeMessage(words(e.Elements)))
				}
			}
		}
	}
	for _, a := range m.Attachments {
		list = append(list, cmp.Or(a.Text, a.Fallback))
	}
	return strings.Join(list, "\n")
}

// clicked does what a button is for. What opens a view is done at once, as the
// click is good for 3 seconds; it can be clicked again.
func (b *Bot) clicked(ctx context.Context, w *workspace, c slack.InteractionCallback, a slack.BlockAction) error {
	action, _, _ := strings.Cut(a.ActionID, ":")
	switch action {
	case actionSource:
		b.soon(ctx, w, c, func(ctx context.Context) (slack.ModalViewRequest, error) {
			return b.sourceView(ctx, w, asker(c), a.Value)
		})
	case actionWhy:
		b.soon(ctx, w, c, func(ctx context.Context) (slack.ModalViewRequest, error) { return b.whyView(ctx, w, asker(c), a.Value) })
	case actionFeedback:
		return b.feedback(ctx, w, c, a.Value)
	case actionShare, actionPage, actionCheck:
		by := asker(c)
		o := order{Command: action, Text: a.Value, Channel: by.channel, User: by.user, Home: by.home, ResponseURL: c.ResponseURL}
		return b.put(ctx, "", w.order(o, itemCommand, trigger(c)))
	case actionPause, actionResume, actionSync, actionHome:
		return b.switched(ctx, w, c, action)
	default:
		w.log.InfoContext(ctx, "button not known", "action", a.ActionID)
	}
	return nil
}

// switched does what the buttons of App Home are for, and shows it anew. Slack
// shows the buttons to admins alone, but anybody's client could send them.
func (b *Bot) switched(ctx context.Context, w *workspace, c slack.InteractionCallback, action string) error {
	if !b.admin(w, c.User.ID) {
		w.log.WarnContext(ctx, "switch refused", "user", c.User.ID, "switch", action)
		return nil
	}
	switch action {
	case actionPause, actionResume:
		if err := b.c.Inbox.SetSwitch(ctx, w.switchPaused(), action == actionPause); err != nil {
			return err
		}
		w.log.InfoContext(ctx, "switched", "user", c.User.ID, "switch", action)
	case actionSync:
		if b.c.Sync != nil {
			b.inBackground(ctx, "sync", func(ctx context.Context) {
				if err := b.c.Sync(ctx); err != nil {
					w.log.WarnContext(ctx, "articles not synced", "err", err)
				}
			})
		}
	}
	return b.homeOpened(ctx, w, "", homeOpened{User: c.User.ID, Tab: "home"})
}

// soon shows a view, in place of the one that the click was in if there is one.
// Whoever clicked is told if that cannot be done.
func (b *Bot) soon(ctx context.Context, w *workspace, c slack.InteractionCallback, make func(context.Context) (slack.ModalViewRequest, error)) {
	came := time.Now()
	b.inBackground(ctx, "view", func(aside context.Context) {
		ctx, cancel := context.WithTimeout(aside, 10*time.Second)
		defer cancel()
		view, err := make(ctx)
		if err != nil {
			view = noticeView(sentence(err))
		}
		if c.View.ID != "" && c.View.Type == slack.VTModal {
			err = w.do(ctx, again, "views.update", "", func(ctx context.Context) error {
				_, err := w.api.UpdateViewContext(ctx, view, "", "", c.View.ID)
				return err
			})
		} else {
			err = w.openView(ctx, came, c.TriggerID, view)
		}
		if err == nil {
			return
		}
		w.log.WarnContext(ctx, "view not shown", "user", c.User.ID, "err", err)
		if err := b.tellClicked(aside, w, c, "Slack did not show the window that this opens. Please click again."); err != nil {
			w.log.WarnContext(ctx, "asker not told", "user", c.User.ID, "err", err)
		}
	})
}

// openView opens a view, and tries again for as long as Slack takes the trigger
// of a click that came at a time.
// https://docs.slack.dev/interactivity/handling-user-interaction/#modal_responses
func (w *workspace) openView(ctx context.Context, came time.Time, trigger string, view slack.ModalViewRequest) error {
	const life = 3 * time.Second
	unsure := false
	for wait := firstWait; ; wait *= 2 {
		err := w.do(ctx, atOnce, "views.open", "", func(ctx context.Context) error {
			_, err := w.api.OpenViewContext(ctx, trigger, view)
			return err
		})
		if unsure && code(err) == "exchanged_trigger_id" {
			return nil // an earlier call has opened it
		}
		if err == nil || !transient(err) || time.Since(came)+wait > life {
			return err
		}
		unsure = unsure || !limited(err)
		if e := sleep(ctx, wait); e != nil {
			return errors.Join(e, err)
		}
	}
}

// tellClicked tells whoever clicked something a sentence, for them alone, where
// it was.
func (b *Bot) tellClicked(ctx context.Context, w *workspace, c slack.InteractionCallback, text string) error {
	by := asker(c)
	if c.ResponseURL != "" {
		return b.tell(ctx, w, order{Channel: by.channel, User: by.user, ResponseURL: c.ResponseURL}, text)
	}
	if by.channel == "" {
		return nil
	}
	return w.whisper(ctx, question{Channel: by.channel, User: by.user}, text)
}

// feedback keeps what somebody thinks of an answer, and asks why if it is bad.
func (b *Bot) feedback(ctx context.Context, w *workspace, c slack.InteractionCallback, value string) error {
	opinion, id, ok := strings.Cut(value, ":")
	if !ok {
		return nil
	}
	err := b.keepFeedback(ctx, w, receipt.Feedback{Answer: id, By: w.team + "/" + c.User.ID, Good: opinion == "good", At: b.c.Now()})
	switch {
	case errors.Is(err, receipt.ErrNone):
		b.soon(ctx, w, c, func(context.Context) (slack.ModalViewRequest, error) {
			return slack.ModalViewRequest{}, errors.New("this answer is not kept any more, and no more is what is said of it")
		})
	case err != nil:
		return err
	case opinion == "bad":
		b.soon(ctx, w, c, func(context.Context) (slack.ModalViewRequest, error) { return reasonView(id), nil })
	}
	return nil
}
