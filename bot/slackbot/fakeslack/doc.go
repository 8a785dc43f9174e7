// Package fakeslack is a Slack that lives in memory: workspaces, people,
// channels, threads, modals and App Homes, the Web API that an app calls and
// the Socket Mode or HTTP requests that an app is sent.
//
// It is there to be used in place of the real one, by tests and by a bot that
// is tried without a workspace. Each side of it stands for somebody else:
//
//   - An app talks to it as to Slack: [Slack.APIURL] takes the place of
//     https://slack.com/api/.
//   - People act through methods: [Slack.Post], [Slack.Click],
//     [Slack.SlashCommand] and the like send the app what Slack would send.
//   - A test or a page looks through somebody's eyes: [Slack.Channel],
//     [Slack.Thread], [Slack.Modals], [Slack.Home] say what that person sees at
//     the moment.
//
// What the app sends is checked as strictly as Slack documents it, by code that
// shares nothing with any Slack library. A call that breaks a rule is refused
// as Slack refuses it, and kept as a [Violation] that names the page of the
// rule. Where the documentation leaves room, the stricter reading holds.
//
// Time is the [Clock]'s: the three seconds of a trigger_id, the redelivery of
// what was not acknowledged and the rate limits all follow it, so that tests
// never sleep.
//
// # What is not documented
//
// These are readings of pages that leave something open, or reports of others;
// a real Slack may be kinder, or differ:
//
//   - "Characters" are UTF-16 units, and bytes for the text of chat.update.
//   - Blocks that are too long together are refused by a weight that others
//     measured.
//   - Streams need a thread everywhere; newer pages let them do without in
//     channels.
//   - The bursts that rate limits allow, and which tier "special" is.
//   - A reply to a message that was deleted, and had no replies, appears in the
//     channel; to a timestamp that never was, thread_not_found.
//   - An edit is an app_mention only if it mentions the app and did not before.
//   - client_msg_id is kept and given back, and keeps nothing from being posted
//     twice.
//   - Of an ephemeral message that is clicked, the app is sent no copy.
//   - Refusals at a response_url, and what people are told when the app does
//     not answer.
//
// Not there at all: reactions, files but for their names, user groups, the
// blocks alert, card, carousel, container, data_table, plan, task_card and
// video, methods beyond those that the bot calls, and assistant_view, which
// agent_view takes the place of.
//
// Pages are named by their path below https://docs.slack.dev/.
package fakeslack
