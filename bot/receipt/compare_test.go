package receipt_test

import (
	"fmt"
	"strings"
	"testing"

	"dateline/bot"
	"dateline/bot/receipt"
)

func TestCompare(t *testing.T) {
	base := func() bot.Receipt {
		return bot.Receipt{
			ID: "first", Generation: "g1", Version: "v1",
			Passages: []bot.Offered{{Source: "a.txt", Bytes: [2]int{0, 9}, Score: 3}, {Source: "b.txt", Bytes: [2]int{0, 9}, Score: 2}, {Source: "b.txt", Bytes: [2]int{9, 20}, Score: 1}},
			Attempts: []bot.Attempt{{Engine: "llm", Calls: []bot.Call{{For: "answer", Model: "m1", Prompt: "answer-1"}, {For: "repair", Model: "m1", Prompt: "repair-1"}}}},
			Answer: bot.Answer{ID: "first", Answered: true, Text: "Velling did. [1]", Short: "Velling", Engine: "llm",
				Citations: []bot.Citation{{N: 1, Source: "a.txt", Bytes: [2]int{3, 8}, Quote: "words"}}},
		}
	}
	for _, tt := range []struct {
		name string
		f    func(*bot.Receipt)
		want string // same | changes | gained | lost | passages
	}{
		{"nothing", func(*bot.Receipt) {}, "true"},
		{"another asking", func(r *bot.Receipt) { r.ID, r.Answer.ID, r.Asked = "second", "second", day }, "true"},
		{"generation", func(r *bot.Receipt) { r.Generation = "g2" }, "true | generation: g1 → g2"},
		{"quote moved", func(r *bot.Receipt) { r.Answer.Citations[0].Bytes = [2]int{13, 18} }, "true"},
		{"another answer", func(r *bot.Receipt) {
			r.Answer.Text, r.Answer.Short = "Ørn did. [1]", "Ørn"
			r.Answer.Citations = []bot.Citation{{N: 1, Source: "b.txt", Quote: "others"}}
		}, "false | answer: Velling did. [1] → Ørn did. [1] | short: Velling → Ørn | gained b.txt | lost a.txt"},
		{"refused", func(r *bot.Receipt) {
			r.Answer = bot.Answer{ID: "x", Reason: "The articles do not say.", Engine: "extract"}
		}, "false | answered: true → false | answer: Velling did. [1] →  | short: Velling →  | reason:  → The articles do not say. | engine: llm → extract | lost a.txt"},
		{"less certain", func(r *bot.Receipt) { r.Answer.Certainty, r.Answer.Short = bot.Perhaps, "" }, "false | certainty:  → perhaps | short: Velling → "},
		{"failed", func(r *bot.Receipt) { r.Answer.Text, r.Error = "", "hung up" }, "false | answer: Velling did. [1] →  | error:  → hung up"},
		{"model and prompt", func(r *bot.Receipt) { r.Attempts[0].Calls = []bot.Call{{Model: "m2", Prompt: "answer-2"}} },
			"true | models: m1 → m2 | prompts: answer-1, repair-1 → answer-2"},
		{"ranks", func(r *bot.Receipt) { r.Passages[0], r.Passages[1] = r.Passages[1], r.Passages[0] },
			"true | b.txt 0-9: 2 (2.000) → 1 (2.000) | a.txt 0-9: 1 (3.000) → 2 (3.000)"},
		{"scores", func(r *bot.Receipt) { r.Passages[2].Score = 1.5; r.Passages[1].Score += 1e-9 }, "true | b.txt 9-20: 3 (1.000) → 3 (1.500)"},
		{"passages that come and go", func(r *bot.Receipt) {
			r.Passages = append([]bot.Offered{{Source: "c.txt", Score: 4}}, r.Passages[1:]...)
		},
			"true | c.txt 0-0: 0 (0.000) → 1 (4.000) | a.txt 0-9: 1 (3.000) → 0 (0.000)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			after := base()
			tt.f(&after)
			d := receipt.Compare(base(), after)
			got := []string{fmt.Sprint(d.Same)}
			for _, c := range d.Changes {
				got = append(got, fmt.Sprintf("%s: %s → %s", c.What, c.Before, c.After))
			}
			for _, c := range d.Gained {
				got = append(got, "gained "+c.Source)
			}
			for _, c := range d.Lost {
				got = append(got, "lost "+c.Source)
			}
			for _, m := range d.Passages {
				got = append(got, fmt.Sprintf("%s %d-%d: %d (%.3f) → %d (%.3f)", m.Source, m.Bytes[0], m.Bytes[1], m.RankBefore, m.ScoreBefore, m.RankAfter, m.ScoreAfter))
			}
			if got := strings.Join(got, " | "); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
