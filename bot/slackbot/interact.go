package slackbot

import (
	"context"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

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
			return nil, nil
		}
		o := order{Command: shortcutCheck, Text: c.Message.Text, Channel: c.Channel.ID, User: c.User.ID, ResponseURL: c.ResponseURL}
		return nil, b.put(ctx, "", item{inbox.Item{
			Key:  w.team + "/" + c.Channel.ID + "/claim/" + c.TriggerID,
			Lane: w.team + "/" + c.Channel.ID + "/" + c.User.ID, Team: w.team, Channel: c.Channel.ID, User: c.User.ID, Kind: itemClaim,
		}, o})
	case slack.InteractionTypeViewSubmission:
		if c.View.CallbackID == viewReason {
			return nil, b.gaveReason(ctx, w, c)
		}
	}
	return nil, nil
}

// clicked does what a button is for. What opens a view is done at once, as the
// click is good for 3 seconds; it can be clicked again.
func (b *Bot) clicked(ctx context.Context, w *workspace, c slack.InteractionCallback, a slack.BlockAction) error {
	action, _, _ := strings.Cut(a.ActionID, ":")
	switch action {
	case actionSource:
		b.soon(ctx, w, c, func(ctx context.Context) (slack.ModalViewRequest, error) { return b.sourceView(ctx, w, c, a.Value) })
	case actionWhy:
		b.soon(ctx, w, c, func(ctx context.Context) (slack.ModalViewRequest, error) { return b.whyView(ctx, w, c, a.Value) })
	case actionFeedback:
		return b.feedback(ctx, w, c, a.Value)
	case actionShare, actionPage:
		// The same click may be delivered twice.
		o := order{Command: action, Text: a.Value, Channel: c.Channel.ID, User: c.User.ID, Home: c.User.TeamID, ResponseURL: c.ResponseURL}
		key := w.team + "/" + c.Channel.ID + "/" + action + "/" + a.Value
		if action == actionPage {
			key += "/" + c.TriggerID
		}
		return b.put(ctx, "", item{inbox.Item{
			Key: key, Lane: w.team + "/" + c.Channel.ID + "/" + c.User.ID, Team: w.team, Channel: c.Channel.ID, User: c.User.ID, Kind: itemCommand,
		}, o})
	case actionPause, actionResume, actionSync, actionHome:
		return b.switched(ctx, w, c, action)
	}
	return nil
}

// switched does what the buttons of App Home are for, and shows it anew. Slack
// shows the buttons to admins alone, but anybody's client could send them.
func (b *Bot) switched(ctx context.Context, w *workspace, c slack.InteractionCallback, action string) error {
	if !slices.Contains(b.c.Policy.Admins, c.User.ID) {
		w.log.WarnContext(ctx, "switch refused", "user", c.User.ID, "switch", action)
		return nil
	}
	switch action {
	case actionPause, actionResume:
		if err := b.c.Inbox.SetSwitch(ctx, switchPaused, action == actionPause); err != nil {
			return err
		}
		w.log.InfoContext(ctx, "switched", "user", c.User.ID, "switch", action)
	case actionSync:
		if b.c.Sync != nil {
			go func() {
				if err := b.c.Sync(context.WithoutCancel(ctx)); err != nil {
					w.log.WarnContext(ctx, "articles not synced", "err", err)
				}
			}()
		}
	}
	return b.homeOpened(ctx, w, "", homeOpened{User: c.User.ID, Tab: "home"})
}

// soon shows a view, in place of the one that the click was in if there is one.
func (b *Bot) soon(ctx context.Context, w *workspace, c slack.InteractionCallback, make func(context.Context) (slack.ModalViewRequest, error)) {
	ctx = context.WithoutCancel(ctx)
	go func() {
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		defer func() {
			if v := recover(); v != nil {
				b.c.Log.ErrorContext(ctx, "panic", "err", v, "stack", string(debug.Stack()))
			}
		}()
		view, err := make(ctx)
		if err != nil {
			view = noticeView(b.excuse(&ownError{err}))
		}
		if c.View.ID != "" && c.View.Type == slack.VTModal {
			err = w.do(ctx, again, "views.update", "", func(ctx context.Context) error {
				_, err := w.api.UpdateViewContext(ctx, view, "", "", c.View.ID)
				return err
			})
		} else {
			err = w.do(ctx, once, "views.open", "", func(ctx context.Context) error {
				_, err := w.api.OpenViewContext(ctx, c.TriggerID, view)
				return err
			})
		}
		if err != nil {
			b.c.Log.WarnContext(ctx, "view not shown", "err", err)
		}
	}()
}

// feedback keeps what somebody thinks of an answer, and asks why if it is bad.
func (b *Bot) feedback(ctx context.Context, w *workspace, c slack.InteractionCallback, value string) error {
	opinion, id, ok := strings.Cut(value, ":")
	if !ok {
		return nil
	}
	err := b.c.Receipts.AddFeedback(ctx, receipt.Feedback{Answer: id, By: w.team + "/" + c.User.ID, Good: opinion == "good", At: b.c.Now()})
	if err != nil {
		return err
	}
	if opinion == "bad" {
		b.soon(ctx, w, c, func(context.Context) (slack.ModalViewRequest, error) { return reasonView(id), nil })
	}
	return nil
}
