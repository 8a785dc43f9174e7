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
// Pages are named by their path below https://docs.slack.dev/.
package fakeslack
