package ground

import (
	"testing"

	"dateline/corpus"
)

// TestWeighDays holds claims with one word for a day against articles with
// another.
func TestWeighDays(t *testing.T) {
	// 4 March 2026 was a Wednesday.
	for _, tt := range []struct {
		name, article, claim string
		want                 Verdict
	}{
		{"a weekday as a date", "Police arrested Tom Fay on Monday.", "Police arrested Tom Fay on March 2, 2026.", Supported},
		{"without the year", "Police arrested Tom Fay on Monday.", "Police arrested Tom Fay on March 2.", Supported},
		{"the day first", "Police arrested Tom Fay on Monday.", "Police arrested Tom Fay on 2 March 2026.", Supported},
		{"with the weekday", "Police arrested Tom Fay on Monday.", "Police arrested Tom Fay on Monday, March 2, 2026.", Supported},
		{"at the beginning", "On Monday police arrested Tom Fay.", "On March 2, 2026, police arrested Tom Fay.", Supported},
		{"moved to the end", "On Monday police arrested Tom Fay in Leeds.", "Police arrested Tom Fay in Leeds on March 2.", Supported},
		{"the month before", "The inquest opened on Saturday.", "The inquest opened on February 28.", Supported},
		{"yesterday", "Police arrested Tom Fay yesterday.", "Police arrested Tom Fay on March 3.", Supported},
		{"today", "The court ruled today that the pier is safe.", "The court ruled on March 4, 2026 that the pier is safe.", Supported},
		{"tomorrow", "The court will rule tomorrow.", "The court will rule on March 5, 2026.", Supported},
		{"to come", "The trial begins on Friday in Leeds.", "The trial begins on March 6, 2026.", Supported},
		{"to come, with a modal", "The court will rule on Friday.", "The court will rule on March 6.", Supported},
		{"to come, the day first", "On Friday the court will rule.", "On March 6 the court will rule.", Supported},
		{"a weekday of last week", "The crack was seen on Monday of last week.", "The crack was seen on February 23, 2026.", Supported},
		{"weeks ago", "The strike began a week ago Monday.", "The strike began on February 23.", Supported},
		{"a date as a weekday", "Police arrested Tom Fay on March 2, 2026.", "Police arrested Tom Fay on Monday.", Supported},
		{"the month alone", "Police arrested Tom Fay on Monday.", "Police arrested Tom Fay in March 2026.", Supported},
		{"beside a longer story", "The council met on Tuesday. Police arrested Tom Fay, 41, on Monday after a fire at the pier. He denies it.", "Police arrested Tom Fay on March 2, 2026.", Supported},

		{"a name", "Sunday Adeyemi scored twice for Leeds.", "Adeyemi scored twice for Leeds on Sunday.", NoEvidence},
		{"no verb found", "Talks on the fishing quota resume in Oslo Friday.", "Talks on the fishing quota resume in Oslo on February 27.", NoEvidence},
		{"no verb found, the next", "Talks on the fishing quota resume in Oslo Friday.", "Talks on the fishing quota resume in Oslo on March 6.", NoEvidence},
		{"ran aground", "The ferry ran aground off Mull on Tuesday.", "The ferry ran aground off Mull on March 3.", Supported},
		{"ran aground, the next", "The ferry ran aground off Mull on Tuesday.", "The ferry ran aground off Mull on March 10.", Contradicted},
		{"beat", "Norway beat Malta 2-0 in Bergen on Sunday.", "Norway beat Malta in Bergen on March 1.", Supported},
		{"strike", "Nurses strike across Galicia on Monday over pay.", "Nurses strike across Galicia on March 9.", Supported},
		{"strike, the last", "Nurses strike across Galicia on Monday over pay.", "Nurses strike across Galicia on March 2.", Contradicted},

		{"the day before", "Police arrested Tom Fay on Monday.", "Police arrested Tom Fay on March 1, 2026.", Contradicted},
		{"the week before", "Police arrested Tom Fay on Monday.", "Police arrested Tom Fay on February 23, 2026.", Contradicted},
		{"the week after", "Police arrested Tom Fay on Monday.", "Police arrested Tom Fay on March 9, 2026.", Contradicted},
		{"another year", "Police arrested Tom Fay on Monday.", "Police arrested Tom Fay on March 2, 2025.", Contradicted},
		{"another month", "Police arrested Tom Fay on Monday.", "Police arrested Tom Fay on February 2, 2026.", Contradicted},
		{"a wrong weekday with the right date", "Police arrested Tom Fay on Monday.", "Police arrested Tom Fay on Tuesday, March 2, 2026.", NoEvidence},
		{"not yesterday", "Police arrested Tom Fay yesterday.", "Police arrested Tom Fay on March 4.", Contradicted},
		{"the Friday before, to come", "The trial begins on Friday in Leeds.", "The trial begins on February 27, 2026.", Contradicted},
		{"the Friday after, past", "The trial began on Friday in Leeds.", "The trial began on March 6, 2026.", Contradicted},
		{"of another sentence", "Police arrested Tom Fay on Monday. The inquest opened on Saturday.", "Police arrested Tom Fay on February 28, 2026.", Contradicted},
		{"of another clause", "Police arrested Tom Fay on Monday, after the inquest opened on Saturday.", "Police arrested Tom Fay on February 28, 2026.", Contradicted},
		{"a date as another weekday", "Police arrested Tom Fay on March 2, 2026.", "Police arrested Tom Fay on Tuesday.", Contradicted},
		{"another person", "Police arrested Tom Fay on Monday.", "Police arrested Ann Hart on March 2, 2026.", Contradicted},
		{"denied", "Police did not arrest Tom Fay on Monday.", "Police arrested Tom Fay on March 2, 2026.", Contradicted},
		{"a part of a name", "Police told USA Today that they arrested Tom Fay.", "Police arrested Tom Fay on March 4, 2026.", NoEvidence},
		{"in the days of another sentence", "Police arrested Tom Fay. The inquest opened on Monday.", "Police arrested Tom Fay on March 2, 2026.", NoEvidence},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := &corpus.Article{ID: "a", Text: tt.article, Body: corpus.Span{End: len(tt.article)}, Published: corpus.Fact{Value: "2026-03-04"}}
			got, _ := NewClaim(tt.claim).Weigh(Read(a))
			if got.Verdict != tt.want {
				t.Errorf("got %s %q, want %s", got.Verdict, got.Reasons, tt.want)
			}
		})
	}
}
