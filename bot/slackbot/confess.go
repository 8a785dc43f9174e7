package slackbot

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"dateline/bot/slackbot/inbox"
	"dateline/retrieval"
)

// An explained error is a sentence for people with the next step.
type explained struct {
	text string
	err  error
}

func (e *explained) Error() string { return e.text }
func (e *explained) Unwrap() error { return e.err }

// Explain says in a sentence what an error of Slack's means and what to do.
func Explain(err error) error {
	var answered slack.SlackErrorResponse
	if !errors.As(err, &answered) {
		return err
	}
	if text, ok := meanings[answered.Err]; ok {
		return &explained{text, err}
	}
	return err
}

// explainable reports whether it is known what an error of Slack's means.
func explainable(err error) bool {
	_, ok := meanings[code(err)]
	return ok
}

// meanings of Slack's errors, see the page of each method at
// https://docs.slack.dev/reference/methods/.
var meanings = map[string]string{
	"invalid_auth":            "Slack does not know this token: copy it anew from your app's settings (Bot token: OAuth & Permissions; app token: Basic Information)",
	"not_authed":              "no token was sent: set SLACK_BOT_TOKEN",
	"account_inactive":        "the token's user or workspace was deactivated: install the app anew (OAuth & Permissions, Install to Workspace)",
	"token_revoked":           "the token was revoked: install the app anew (OAuth & Permissions, Install to Workspace)",
	"token_expired":           "the token has expired: install the app anew (OAuth & Permissions, Install to Workspace)",
	"not_allowed_token_type":  "this is not the right kind of token: SLACK_BOT_TOKEN starts with xoxb-, SLACK_APP_TOKEN with xapp-",
	"missing_scope":           "the app lacks a scope: add the ones of deploy/manifest.yaml under OAuth & Permissions and install it anew",
	"socket_mode_not_enabled": "Socket Mode is off: switch it on in your app's settings under Socket Mode",
	"not_in_channel":          "Dateline is not in that channel: invite it with /invite @Dateline",
	"channel_not_found":       "Slack does not show Dateline that channel: invite it with /invite @Dateline",
	"is_archived":             "that channel is archived: ask in another one",
	"thread_not_found":        "the thread is gone: ask again in the channel",
	"message_not_found":       "the message is gone",
	"restricted_action":       "this workspace does not let apps post there: ask a workspace admin",
	"msg_too_long":            "the answer was too long for Slack, which is a fault in Dateline",
	"invalid_blocks":          "Slack did not take the form of the answer, which is a fault in Dateline",
	"ratelimited":             "Slack lets Dateline say no more for now: ask again in a few minutes",
}

// confess tells the asker in a sentence what went wrong and what to do: where
// the question was put or, if nothing can be posted there, in a direct message.
// The error says that the asker was not told.
func (b *Bot) confess(ctx context.Context, w *workspace, it inbox.Item, failed error) error {
	text := b.excuse(wish(it), failed)
	var q question
	switch it.Kind {
	case itemQuestion, itemEdit:
		if json.Unmarshal(it.Payload, &q) == nil && q.Channel != "" {
			if !q.Direct && !q.Mentioned {
				return nil // it may have been no question to the bot
			}
			err := b.reply(w, it, q).post(ctx, notice(text))
			if err == nil || ctx.Err() != nil || transient(err) {
				return err // it may yet be told there
			}
			w.log.WarnContext(ctx, "asker not told in the thread", "item", it.Key, "err", err)
		}
	case itemCommand, itemClaim:
		err := b.respondTo(ctx, w, it, text)
		if err == nil || ctx.Err() != nil {
			return err
		}
		w.log.WarnContext(ctx, "asker not told by the response URL", "item", it.Key, "err", err)
	default:
		return nil // nobody waits for it
	}
	if it.User == "" {
		return nil
	}
	err := w.write(ctx, it.User, text)
	if err != nil {
		w.log.ErrorContext(ctx, "asker not told", "item", it.Key, "user", it.User, "err", err)
	}
	return err
}

// write writes a sentence to somebody in a direct message.
func (w *workspace) write(ctx context.Context, user, text string) error {
	var channel *slack.Channel
	err := w.do(ctx, again, "conversations.open", "", func(ctx context.Context) (err error) {
		channel, _, _, err = w.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
		return err
	})
	if err != nil {
		return err
	}
	return w.do(ctx, again, "chat.postMessage", channel.ID, func(ctx context.Context) error {
		_, _, err := w.api.PostMessageContext(ctx, channel.ID, notice(text)[0].options()...)
		return err
	})
}

// sentence makes one of an error.
func sentence(err error) string {
	s := err.Error()
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + strings.TrimSuffix(s[n:], ".") + "."
}

// wish is what somebody wanted who is told that it could not be done.
func wish(it inbox.Item) string {
	var o order
	switch {
	case it.Kind == itemClaim:
		return "check this"
	case it.Kind != itemCommand || json.Unmarshal(it.Payload, &o) != nil || o.Command == commandAsk:
		return "answer"
	case o.Command == actionShare:
		return "share this"
	}
	return "show this"
}

// forAdmins are the errors of Slack's that the asker can do nothing about.
var forAdmins = []string{"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type", "missing_scope", "socket_mode_not_enabled", "restricted_action", "msg_too_long", "invalid_blocks"}

// excuse is a sentence about why something could not be done, without what is of
// no use to the asker.
func (b *Bot) excuse(what string, err error) string {
	var own *ownError
	var refused *refusedError
	var fault *faultError
	var meant *explained
	var damaged *retrieval.DamagedError
	what = "I could not " + what
	const tell = "Please tell whoever runs Dateline."
	switch {
	case errors.As(err, &damaged):
		return what + ", as the index of the articles is damaged. " + tell
	case errors.As(err, &fault):
		return what + " because of a fault in Dateline. It is in the log; please tell whoever runs Dateline, and ask again in other words."
	case errors.As(Explain(err), &meant) && slices.Contains(forAdmins, code(err)):
		why, _, _ := strings.Cut(meant.text, ": ") // what follows is for them to do
		return what + ": " + why + ". " + tell
	case errors.As(Explain(err), &meant):
		return what + ": " + meant.text + "."
	case errors.As(err, &refused):
		return what + ": " + strings.TrimSuffix(refused.Error(), ".") + "."
	case errors.As(err, &own):
		return forReaders(what + ": " + strings.TrimSuffix(own.err.Error(), ".") + ".")
	}
	if fromSlack(err) {
		return what + ", as Slack did not take my messages. Please ask again in a few minutes; it is in Dateline's log."
	}
	return what + ", as Dateline could not read or write its own files. Please tell whoever runs it, and ask again in a few minutes; it is in Dateline's log."
}
