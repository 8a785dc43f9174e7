package ground_test

import (
	"strings"
	"testing"

	"dateline/bot/ground"
	"dateline/corpus"
)

// marked is an article with a value between braces, in the sentence that has it.
func marked(t *testing.T, source, published, text string) ground.Value {
	t.Helper()
	from, to := strings.Index(text, "{"), strings.Index(text, "}")-1
	text = strings.NewReplacer("{", "", "}", "").Replace(text)
	a := &corpus.Article{ID: corpus.NewID("memory", source), Source: source, Text: text, Body: corpus.Span{End: len(text)}}
	if published != "" {
		a.Published = corpus.Fact{Value: published, From: corpus.FromRecord}
	}
	a.Seal()
	a.Derive()
	for _, s := range a.Sentences() {
		if s.Start <= from && to <= s.End {
			return ground.Value{Sentence: ground.Quote{Article: a, Span: s.Span}, At: corpus.Span{Start: from, End: to}}
		}
	}
	t.Fatalf("%q has no sentence around its value", text)
	return ground.Value{}
}

func TestDiffer(t *testing.T) {
	const (
		march3 = "2026-03-03"
		march4 = "2026-03-04"
	)
	for _, tt := range []struct {
		name, question string
		dayA, a        string
		dayB, b        string
		want           bool
	}{
		// Two values of one fact.
		{"count", "How many passengers were taken off the ferry?", march3, "The ferry ran aground off Carrow, and {41} passengers were taken ashore.", march4, "In all {47} passengers were taken off the ferry at Carrow, the coastguard said.", true},
		{"count by another verb", "How many passengers were taken off the ferry?", march3, "A ferry ran aground, and {41} passengers were taken ashore by the coastguard.", march4, "The coastguard has since counted {47} passengers; six children had been left off the list.", true},
		{"stolen and missing", "How many watches were stolen?", march3, "Thieves broke into the clock museum on Monday night and stole {14} watches.", march4, "{Eleven} watches are missing from the clock museum.", true},
		{"missing and killed", "How many people were killed?", march3, "{Three} people were killed in the flood.", march3, "{Twelve} people are missing in the flood.", false},
		{"count with a day each", "How many watches were stolen?", march3, "Thieves stole {14} watches from the clock museum on Monday night.", march4, "{Eleven} watches were stolen from the clock museum on Monday.", true},
		{"count that somebody gives", "How many people died in the fire?", march3, "{Three} people died in the mill fire, police said.", march3, "{Five} people died in the mill fire, Mayor Tess Boyle said.", true},
		{"price", "How much did the bridge cost?", march3, "Repairs of the Carrow bridge cost {$42 million}, Mayor Tess Boyle said.", march4, "Repairs of the Carrow bridge cost {$4.2 million}, Mayor Tess Boyle said.", true},
		{"share", "What share of the council voted for the sale?", march3, "In Carrow {62 percent} of residents voted for the sale of the pier.", march4, "In Carrow {58 percent} of residents voted for the sale of the pier.", true},
		{"measure", "What is the speed limit on Mill Road?", march3, "The speed limit on Mill Road is {30 mph}.", march4, "The speed limit on Mill Road is {20 mph}.", true},
		{"rate", "What did unemployment rise to?", march3, "Unemployment rose to {3.8 percent} in February.", march4, "Unemployment rose to {38 percent} in February.", true},
		{"at least more than the other has", "How many houses burned?", march3, "At least {60} houses burned in Carrow.", march3, "The fire burned {41} houses in Carrow.", true},
		{"age", "How old is the driver?", march3, "The driver of the tram is {31} years old, police said.", march4, "Police said that the driver of the tram is {34} years old.", true},
		{"day", "When was the bridge closed?", march4, "The Carrow bridge was closed on {Monday} after cracks were found.", march4, "After cracks were found the Carrow bridge was closed on {Tuesday}.", true},
		{"days by date", "When did the trial begin?", march4, "The trial of Ian Voss began on {March 2} in Carrow.", march4, "The trial of Ian Voss began on {March 3} in Carrow.", true},

		// Of other facts.
		{"one value", "How many passengers were taken off?", march3, "{41} passengers were taken off the ferry.", march4, "{Forty-one} passengers were taken off the ferry.", false},
		{"weeks apart", "How many cases are there?", "2026-07-25", "The total of cases in Norland has risen to {2,900}.", "2026-08-10", "The total of cases in Norland has risen to {10,400}.", false},
		{"another day", "How many were hurt?", march4, "On Monday {12} people were hurt at the harbour.", march4, "On Tuesday {19} people were hurt at the harbour.", false},
		{"another year", "How many visitors came to the fair?", march3, "The fair drew {3,000} visitors in 2024.", march3, "The fair drew {4,500} visitors in 2025.", false},
		{"last year", "How many visitors came to the fair?", march3, "The fair drew {3,000} visitors last year.", march3, "The fair drew {4,500} visitors.", false},
		{"another place", "How many houses burned?", march3, "In Carrow {41} houses burned.", march3, "In Tolvary {60} houses burned.", false},
		{"a place and the country", "How many people were killed?", march3, "In all {30} people were killed by the storm.", march3, "In Tolvary {12} people were killed by the storm.", false},
		{"a part by what it is", "How many passengers were hurt?", march3, "{41} passengers were hurt.", march3, "{12} elderly passengers were hurt.", false},
		{"children of the people", "How many people died?", march3, "{41} people died in the fire.", march3, "{12} children died in the fire.", false},
		{"a part by its number", "How many watches were stolen?", march3, "{14} watches were stolen from the museum.", march3, "{Six} of the watches were stolen from the museum.", false},
		{"included", "How many watches were stolen?", march3, "{14} watches were stolen from the museum.", march3, "Gold was stolen from the museum, including {six} watches.", false},
		{"a rate and a total", "How much does the school spend?", march3, "The school spends {$9,000} per pupil on books.", march3, "The school spends {$4 million} on books.", false},
		{"to and by", "How much did prices rise?", march3, "Prices of bread rose by {12 percent}.", march3, "Prices of bread rose to {30 percent}.", false},
		{"a round number", "How many people live in Carrow?", march3, "Carrow has {8 million} people.", march4, "Carrow has {7.9 million} people.", false},
		{"rounded to tens", "How many houses burned?", march3, "{47} houses burned in Carrow.", march3, "{50} houses burned in Carrow.", false},
		{"more than", "How many houses burned?", march3, "{47} houses burned in Carrow.", march3, "More than {40} houses burned in Carrow.", false},
		{"a range around it", "How many houses burned?", march3, "{47} houses burned in Carrow.", march3, "Between {40 and 60} houses burned in Carrow.", false},
		{"another unit", "How long is the tunnel?", march3, "The tunnel is {41 miles} long.", march3, "The tunnel is {66 km} long.", false},
		{"another deed", "How many people were hurt?", march3, "{12} people were hurt in the fire.", march3, "{Three} people were rescued from the fire.", false},
		{"killed and hurt", "How many people were killed?", march3, "The blast killed {3} people.", march3, "The blast killed 3 and injured {12} people.", false},
		{"somebody else", "How old is the pilot?", march3, "The pilot is {17} years old.", march3, "Zara Roe, the sister of the pilot, is {19} years old.", false},
		{"another question of a poll", "What share of adults disapprove of the ruling?", march3, "{60%} of adults disapprove of the ruling.", march3, "{30%} of adults want to see the ruling overturned.", false},
		{"first and revised", "How many points has the plan?", march3, "The initial plan had {28} points.", march3, "The plan has {19} points.", false},
		{"planned", "How many jobs were cut?", march3, "Dunmore cut {400} jobs.", march3, "Dunmore is expected to cut {900} jobs.", false},
		{"denied", "How many jobs were cut?", march3, "Dunmore cut {400} jobs.", march3, "Dunmore did not cut {900} jobs.", false},
		{"another thing next to it", "How many points has the plan?", march3, "The plan has {28} points.", march3, "The plan has {four} chapters.", false},
		{"an order", "How many meetings were there?", march3, "There were {six} meetings with Boyle.", march3, "It was his {fifth} meeting with Boyle.", false},
		{"more of them", "How many houses burned?", march3, "{47} houses burned in Carrow.", march4, "Another {12} houses burned in Carrow.", false},
		{"day and period", "When was the bridge closed?", march4, "The bridge was closed on {Monday}.", march4, "The bridge was closed {this week}.", false},
		{"days of two things", "When was the bridge closed?", march4, "The bridge was closed on {Monday}.", march4, "The bridge was inspected on {Tuesday}.", false},
		{"moved", "When does the trial begin?", march4, "The trial begins on {March 9}.", march4, "The trial, postponed by the court, begins on {March 16}, later than planned.", false},
		{"one article", "How many houses burned?", march3, "{47} houses burned in Carrow.", march3, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := marked(t, "a.txt", tt.dayA, tt.a)
			b := a
			if tt.b != "" {
				b = marked(t, "b.txt", tt.dayB, tt.b)
			}
			if got := ground.Differ(tt.question, a, b); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if got := ground.Differ(tt.question, b, a); got != tt.want {
				t.Errorf("the other way round got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestOfOneFact(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		want       bool
	}{
		{"towns", "The firm will build its plant in {Gdansk}.", "The firm will build its plant in {Gdynia}.", true},
		{"people", "The fair will be opened by {Aino Salo}.", "The fair will be opened by {Otso Lahti}.", true},
		{"one town, with its country", "The summit will be held in {Lima, Peru}.", "The summit will be held in {Peru}.", false},
		{"one person, in full", "{Tess Boyle} opened the pier.", "{Boyle} opened the pier.", false},
		{"denied", "The firm will build its plant in {Gdansk}.", "The firm will not build its plant in {Gdynia}.", false},
		{"planned", "The summit was held in {Lima}.", "The summit could be held in {Quito}.", false},
		{"another day", "Ida Brekke spoke in {Lima} on Monday.", "Ida Brekke spoke in {Quito} on Tuesday.", false},
		{"another deed", "Police arrested a man in {Bonn} over a stolen cello.", "Police arrested a man in {Graz} over a stolen van.", false},
		{"no names", "The bridge was closed by {divers}.", "The bridge was closed by {police}.", false},
	} {
		a, b := marked(t, "a.txt", "2026-03-03", tt.a), marked(t, "b.txt", "2026-03-04", tt.b)
		if got := ground.OfOneFact(a, b); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
		if got := ground.OfOneFact(b, a); got != tt.want {
			t.Errorf("%s, the other way round: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
