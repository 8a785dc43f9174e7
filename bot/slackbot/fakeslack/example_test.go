package fakeslack_test

import (
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"dateline/bot/slackbot/fakeslack"
)

func Example() {
	clock := fakeslack.NewManualClock(time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	s := fakeslack.New(fakeslack.Config{Clock: clock})
	if err := s.Start(); err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()

	// A person asks, ...
	question, err := s.Mention(fakeslack.Reporter, fakeslack.General, "who spoke to whom?", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	// ... the app answers, ...
	app := slack.New(fakeslack.BotToken, slack.OptionAPIURL(s.APIURL()))
	long := slack.NewSectionBlock(slack.NewTextBlockObject("mrkdwn", fmt.Sprintf("%3001d", 1), false, false), nil, nil)
	if _, _, err := app.PostMessage(fakeslack.General, slack.MsgOptionTS(question), slack.MsgOptionBlocks(long), slack.MsgOptionText("a number", false)); err != nil {
		fmt.Println(err)
	}
	if _, _, err := app.PostMessage(fakeslack.General, slack.MsgOptionTS(question), slack.MsgOptionText("Two officials.", false)); err != nil {
		fmt.Println(err)
	}
	// ... and this is what somebody else sees of it.
	for _, m := range s.Thread(fakeslack.Editor, fakeslack.General, question) {
		fmt.Println(m.User, m.PlainText())
	}
	for _, v := range s.Violations() {
		fmt.Println(v)
	}
	// Output:
	// invalid_blocks
	// U0REPORTER <@U0DATELINE> who spoke to whom?
	// U0DATELINE Two officials.
	// chat.postMessage: invalid_blocks: [ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text] (https://docs.slack.dev/reference/block-kit/blocks/section-block)
}
