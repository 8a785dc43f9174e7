package bot

import (
	"slices"
	"testing"

	"dateline/corpus"
)

func TestFullNames(t *testing.T) {
	tests := []struct {
		question string
		want     []string
	}{
		{"what did Colm Keane discuss?", []string{"Colm Keane"}},
		{"What did President Vladimir Putin say?", []string{"Vladimir Putin"}},
		{"What did President Putin say?", nil},
		{"what did the Trump envoy say?", nil},
		{"What did Trump envoy Steve Witkoff say?", []string{"Steve Witkoff"}},
		{"what did FBI Director Kash Patel say?", []string{"Kash Patel"}},
		{"who is ursula von der leyen", []string{"ursula von der leyen"}},
		{"Who is Ursula von der Leyen?", []string{"Ursula von der Leyen"}},
		{"what did marta brady say", []string{"marta brady"}},
		{"who is clark kent", []string{"clark kent"}},
		{"did Martin Luther King Jr. speak?", []string{"Martin Luther King"}},
		{"Where is New Zealand?", nil},
		{"what did the Bank of England do?", nil},
		{"what did Ukraine's Zelensky say", nil},
		{"what did the prime minister say", nil},
		{"who is the prime minister of ghana", nil},
		{"Where did Donald J. Trump meet Xi Jinping?", []string{"Donald J. Trump", "Xi Jinping"}},
	}
	for _, tt := range tests {
		var got []string
		for _, n := range fullNames(tt.question) {
			got = append(got, n.text)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.question, got, tt.want)
		}
	}
}

func TestOtherThan(t *testing.T) {
	const (
		zoo   = "Marta Keane, head of the Dublin zoo, met trader Colm Brady in Cork on Monday. Keane said they discussed two tigers."
		crop  = "Apple growers in Kent lost a third of the crop to frost, union leader Rob Field said. Rain is forecast."
		pick  = "Olive pickers in Paris, Texas, met Senator Guy Holland on Monday. He praised the mayor, Rose West."
		cup   = "Jordan beat Chad 3-1 in Amman on Sunday, and the Chad coach, Omar Said, was sent off."
		putin = "Russian President Vladimir Putin met Steve Witkoff. Putin was pleased."
	)
	tests := []struct {
		name, article, question string
		want                    bool
	}{
		{"surname of another", zoo, "what did Colm Keane discuss?", true},
		{"names of two", zoo, "what did Marta Brady say?", true},
		{"place for a given name", zoo, "who is Dublin Keane?", true},
		{"lower case", zoo, "what did colm keane discuss", true},
		{"surname is a place", crop, "who is Clark Kent?", true},
		{"surname is a place, lower case", crop, "who is clark kent", true},
		{"surname is a noun", crop, "what did Forrest Field say?", true},
		{"surname is a noun, lower case", crop, "what did forrest field say", true},
		{"given name is a noun", pick, "who is Rose Holland?", true},
		{"both given names", pick, "who is Guy West?", true},
		{"country for a person", cup, "who is Michael Jordan?", true},
		{"given name of another", cup, "what did Chad Omar do?", true},
		{"nobody", zoo, "what did Jeremy Dunn say?", true},
		{"title of another", "Senator Guy Holland spoke. Senator Holland left.", "what did Rose Holland say?", true},
		{"courtesy of another", "Marta Keane spoke. Ms. Keane left.", "what did Colm Keane say?", true},
		{"one of a family", "Ashley Biden was fined. Biden left.", "what did Joe Biden say?", true},
		{"given name like a particle", "Pastor Al Kelly preached.", "what did Grace Kelly preach?", true},
		{"given name like a place", "Austin Reed, a coach, praised Lowe.", "who did Lincoln Reed praise?", true},
		{"two in a list", "He met Colm Brady, Marta Keane and others.", "who is Marta Brady?", true},

		{"in full", zoo, "what did Marta Keane discuss?", false},
		{"in full, lower case", zoo, "who is marta keane", false},
		{"title in the question", putin, "what did President Vladimir Putin say?", false},
		{"surname alone", "Putin met an envoy in Moscow.", "whom did Vladimir Putin meet?", false},
		{"title alone", "President Putin met an envoy.", "whom did Vladimir Putin meet?", false},
		{"middle initial", "Donald J. Trump spoke.", "what did Donald Trump say?", false},
		{"middle name left out", "Donald Trump spoke.", "what did Donald J. Trump say?", false},
		{"middle names", "George Herbert Walker Bush spoke.", "what did George Bush say?", false},
		{"surname first", "Keane, Marta: spokeswoman.", "who is Marta Keane?", false},
		{"nickname", "Bill Clinton spoke.", "what did William Clinton say?", false},
		{"short form", "Alexander Stubb spoke.", "what did Alex Stubb say?", false},
		{"initial", "M. Keane spoke.", "what did Marta Keane say?", false},
		{"nickname in quotes", "Dwayne “The Rock” Johnson spoke.", "what did Dwayne Johnson say?", false},
		{"particles", "Ursula von der Leyen spoke.", "who is ursula von der leyen", false},
		{"possessive", "Marta Keane’s tigers are gone.", "what did Marta Keane lose?", false},
		{"a couple", "Barack and Michelle Obama wrote books.", "what did Barack Obama write?", false},
		{"titled before another of the name", "President Biden spoke. Hunter Biden did not.", "what did Joe Biden say?", false},
		{"titled behind another of the name", "Hunter Biden was pardoned by President Biden.", "whom did Joe Biden pardon?", false},
		{"spelling", "Volodymyr Zelenskyy spoke.", "what did Volodymyr Zelensky say?", false},
		{"a thing", "The heron ran aground off Mull.", "when did Grey Heron run aground?", false},
		{"accent", "José Ruiz spoke.", "what did Jose Ruiz say?", false},
		{"hyphen", "Jean-Luc Moreau spoke.", "what did Jean Luc Moreau say?", false},
		{"surname of two", "Prime Minister Pedro Sanchez Castejon spoke.", "what did Pedro Sanchez say?", false},
	}
	for _, tt := range tests {
		a := &corpus.Article{Text: tt.article}
		got := slices.ContainsFunc(fullNames(tt.question), func(n fullName) bool { return n.otherThan(a) })
		if got != tt.want {
			t.Errorf("%s: %q of %q: got %v, want %v", tt.name, tt.question, tt.article, got, tt.want)
		}
	}
}
