package eval

import (
	"slices"
	"testing"
)

func TestKindOf(t *testing.T) {
	for _, tt := range []struct{ question, want string }{
		{"Who opened the bridge?", "who"},
		{"Who's the mayor of Sandrith?", "who"},
		{"Whose ferry sank?", "who"},
		{"Whom did the mayor thank?", "whom"},
		{"To whom was the prize given?", "whom"},
		{"what sank", "what"},
		{"WHEN did it sink?", "when"},
		{"Where’s the bridge?", "where"},
		{"In which year did the ferry sink?", "which"},
		{"Which minister who resigned came back?", "which"},
		{"Why did it sink?", "why"},
		{"How did it sink?", "how"},
		{"How?", "how"},
		{"How many people were on board?", "how many/much"},
		{"By how much did the rate rise?", "how many/much"},
		{"Did the ferry sink when the storm came?", "yes/no"},
		{"Isn't the bridge open?", "yes/no"},
		{"The minister who resigned was born where?", "where"},
		{"Fares are set to rise, but what is the fare now?", "what"},
		{"Name the mayor of Sandrith.", "other"},
		{"", "other"},
		{"🙂", "other"},
	} {
		t.Run(tt.question, func(t *testing.T) {
			got := KindOf(tt.question)
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if !slices.Contains(Kinds, got) {
				t.Errorf("%s is none of the kinds", got)
			}
		})
	}
}
