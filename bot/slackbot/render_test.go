package slackbot

import (
	"encoding/json"
	"strings"
	"testing"

	"dateline/bot"
)

// What an answer says in an article's own words is not quoted below it again,
// in blocks or in a notification.
func TestAnswerMessagesRepeatNothing(t *testing.T) {
	lifted := bot.Citation{N: 1, Source: "a.txt", Lines: [2]int{1, 1}, Quote: "The bridge reopened on Monday.", Resolved: map[string]string{"Monday": "2025-11-24"}}
	other := bot.Citation{N: 2, Source: "b.txt", Lines: [2]int{3, 3}, Quote: "On Monday traffic crossed the bridge again.", Resolved: map[string]string{"Monday": "2025-11-24"}}
	a := bot.Answer{
		ID: "aaaaaaaaaa", Answered: true,
		Sentences: []bot.Sentence{{Text: lifted.Quote, Citations: []int{1, 2}}},
		Citations: []bot.Citation{lifted, other},
	}
	a.Text = bot.Marked(a.Sentences)
	for _, list := range [][]bot.Citation{{lifted, other}, {other, lifted}} {
		a.Citations = list
		list := answerMessages(a, answerOptions{})
		if len(list) != 1 {
			t.Fatalf("got %d messages, want 1", len(list))
		}
		blocks, err := json.Marshal(list[0].Blocks)
		if err != nil {
			t.Fatal(err)
		}
		for name, shown := range map[string]string{"blocks": string(blocks), "text": list[0].Text} {
			for words, want := range map[string]int{
				"The bridge reopened on Monday.":              1,
				"On Monday traffic crossed the bridge again.": 1,
				"a.txt, line 1":          1,
				"b.txt, line 3":          1,
				"(Monday is 2025-11-24)": 2,
				"“":                      map[string]int{"text": 1}[name],
			} {
				if got := strings.Count(shown, words); got != want {
					t.Errorf("%s: got %q %d times, want %d, in\n%s", name, words, got, want, shown)
				}
			}
		}
	}
}
