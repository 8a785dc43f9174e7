package bot_test

import (
	"testing"

	"dateline/bot"
)

func TestRepeats(t *testing.T) {
	tests := []struct {
		name     string
		sentence string
		quotes   []string // all of which the sentence cites
		want     []bool
	}{
		{"the same words", "The bridge reopened on Monday.", []string{"The bridge reopened on Monday."}, []bool{true}},
		{"white space", "The bridge reopened on Monday.", []string{"The bridge\n  reopened on\u00a0Monday."}, []bool{true}},
		{"quotation marks added", "“We reopened the bridge.”", []string{"We reopened the bridge."}, []bool{true}},
		{"a closing mark added", "“We reopened the bridge.”", []string{"“We reopened the bridge."}, []bool{true}},
		{"marks of its own", "“We won,” he said.", []string{"“We won,” he said."}, []bool{true}},
		{"a name behind a pronoun", "She [Ann Oake] reopened the bridge.", []string{"She reopened the bridge."}, []bool{true}},
		{"a name before a comma", "“We won,” said she [Ann Oake], and left.", []string{"“We won,” said she, and left."}, []bool{true}},
		{"a speaker in front", "[Ann Oake:] “We reopened the bridge.”", []string{"We reopened the bridge."}, []bool{true}},
		{"a name at the end", "“We won,” said she [Ann Oake]", []string{"“We won,” said she"}, []bool{true}},
		{"the article's own brackets", "He called it [the bridge] a ruin.", []string{"He called it [the bridge] a ruin."}, []bool{true}},
		{"two sentences, two quotes", "Oake went home. She slept.", []string{"Oake went home.", "She slept."}, []bool{true, true}},
		{"two articles with the same words", "Oake went home.", []string{"Oake went home.", "Oake went home."}, []bool{true, true}},
		{"one lifted, one in other words", "Oake went home.", []string{"Oake went home.", "Ann Oake left for her house."}, []bool{true, false}},
		{"a speaker from elsewhere", "She [Ann Oake] slept.", []string{"She slept.", "The mayor is Ann Oake."}, []bool{true, false}},

		{"other words", "Oake reopened the bridge.", []string{"The bridge was reopened by Oake."}, []bool{false}},
		{"no words", "It rained.", []string{""}, []bool{false}},
		{"a part of the quote", "The bridge reopened.", []string{"The bridge reopened on Monday."}, []bool{false}},
		{"the quote and more", "Officials deny that the bridge reopened.", []string{"the bridge reopened."}, []bool{false}},
		{"more behind it", "The bridge reopened, it is said.", []string{"The bridge reopened"}, []bool{false}},
		{"a word in brackets that is no name", "The bridge has [not] reopened.", []string{"The bridge has reopened."}, []bool{false}},
		{"brackets left out", "The bridge reopened.", []string{"The bridge [of Asker] reopened."}, []bool{false}},
		{"other letters", "The Bridge reopened.", []string{"The bridge reopened."}, []bool{false}},
		{"another number", "41 people came.", []string{"14 people came."}, []bool{false}},
		{"marks alone", "“”", []string{"“”"}, []bool{false}},
		{"a bracket that never closes", "[Oake: We won.", []string{"We won."}, []bool{false}},
		{"damaged text", "We \xff won.", []string{"We \xff won."}, []bool{false}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := bot.Sentence{Text: tt.sentence}
			var a bot.Answer
			for i, q := range tt.quotes {
				s.Citations = append(s.Citations, i+1)
				a.Citations = append(a.Citations, bot.Citation{N: i + 1, Quote: q})
			}
			a.Sentences = []bot.Sentence{{Text: "It rained.", Citations: []int{9}}, s}
			for i, c := range a.Citations {
				if got := a.Repeats(c); got != tt.want[i] {
					t.Errorf("citation %d: got %v, want %v", c.N, got, tt.want[i])
				}
			}
		})
	}
	a := bot.Answer{
		Sentences: []bot.Sentence{{Text: "It rained.", Citations: []int{1}}},
		Citations: []bot.Citation{{N: 1, Quote: "The sky fell."}, {N: 2, Quote: "It rained."}},
	}
	if a.Repeats(a.Citations[1]) {
		t.Error("a quote is repeated by a sentence that does not cite it")
	}
}
