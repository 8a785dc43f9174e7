package ground

import (
	"strings"
	"testing"
)

// A sentence may be retold in other words. Each way to do so has sentences that
// stay true, and others that hide behind it.
func TestCheckRetold(t *testing.T) {
	const (
		regatta  = "The sailing club of Brennholm called off its regatta on Monday, because the harbour board had turned down the course. A storm tore down the jetty."
		delegate = "After the talks, a Norwegian official said that the first draft of 28 points had been reduced to 19 by the American delegation. Norwegian skiers praised the snow."
		theft    = "Burglars broke into the mill on Thursday night and stole nine clocks, the police said on Saturday."
		petition = "A residents’ group has collected 3,100 signatures against the quay; it needs 4,000 by December. The port employs 52 pilots."
		line     = "The line is to open in the autumn of 2028. The depot was opened in May."
		bridge   = "Lorries over 7.5 tonnes may no longer cross the Old Bridge, the roads office said. Cars may cross it."
		inquiry  = "Whether the crew was told is a matter for the island’s marine inspector, who opened an inquiry on Friday."
		leader   = "The leader of the opposition, Councillor Hob Tarrant, said the money ought to go to the schools. Yury Lenz, the board’s adviser on ferries, confirmed the visit."
	)
	for _, tt := range []struct {
		name, claim string
		cited       string
		want        string // part of the reason; empty if the claim may be shown
	}{
		// Words and phrases for others.
		{"cancelled", "The sailing club of Brennholm cancelled its regatta on Monday.", regatta, ""},
		{"rejected", "The harbour board had rejected the course.", regatta, ""},
		{"demolished", "A storm demolished the jetty.", regatta, ""},
		{"another cancelled", "The harbour board cancelled its regatta.", regatta, "not The harbour board"},
		{"cancelled something else", "The sailing club cancelled the course.", regatta, "not the course"},
		{"another rejected", "The sailing club rejected the course.", regatta, "not The sailing club"},

		// Countries and who is of them.
		{"country of an official", "Norway’s official said the draft of 28 points had been reduced to 19.", delegate, ""},
		{"country for its delegation", "The draft was reduced to 19 points by the US.", strings.Replace(delegate, "American", "US", 1), ""},
		{"demonym of a country", "A Norwegian official said the draft had been reduced.", "An official from Norway said the draft had been reduced.", ""},
		{"country for anybody of it", "Norway praised the snow.", delegate, "Norway"},
		{"another country", "Sweden’s official said the draft had been reduced to 19.", delegate, "the name Sweden"},
		{"country of another", "The first draft was reduced to 19 by Norway.", delegate, "Norway"},

		// Two days in a sentence.
		{"day it was said", "Police said on Saturday that burglars stole nine clocks.", theft, ""},
		{"night it was done", "Burglars broke into the mill on Thursday.", theft, ""},
		{"both days", "Burglars stole nine clocks on Thursday night, the police said on Saturday.", theft, ""},
		{"day of the other", "Burglars broke into the mill on Saturday.", theft, "says Thursday, not Saturday"},
		{"no such day", "Burglars broke into the mill on Wednesday.", theft, "Wednesday"},
		{"days exchanged", "Burglars stole nine clocks, the police said on Thursday.", theft, "not Thursday"},

		// Numbers without what they count.
		{"what is needed", "The residents’ group needs 4,000 signatures by December.", petition, ""},
		{"both numbers", "A residents’ group has collected 3,100 signatures, but needs 4,000.", petition, ""},
		{"number before a preposition", "The draft had been reduced to 19 after the talks.", delegate, ""},
		{"number of something else", "The residents’ group needs 52 signatures.", petition, "52"},
		{"numbers exchanged", "A residents’ group has collected 4,000 signatures.", petition, "not 4,000 signatures"},
		{"what is not counted", "The port employs 4,000 pilots.", petition, "4,000"},

		// What is planned.
		{"scheduled", "The line is scheduled to open in autumn 2028.", line, ""},
		{"due", "The line is due to open in the autumn of 2028.", line, ""},
		{"will", "The line will open in the autumn of 2028.", line, ""},
		{"opened", "The line opened in the autumn of 2028.", line, "planned"},
		{"scheduled, and done", "The depot is scheduled to open in May.", line, "is planned, which is done"},
		{"has opened", "The line has opened.", line, "planned"},

		// What may no longer be.
		{"no longer allowed", "Trucks over 7.5 tonnes are no longer allowed to cross the Old Bridge.", bridge, ""},
		{"more than", "Lorries of more than 7.5 tonnes may no longer cross the Old Bridge.", bridge, ""},
		{"allowed", "Cars are allowed to cross it.", bridge, ""},
		{"still allowed", "Lorries over 7.5 tonnes are allowed to cross the Old Bridge.", bridge, "denies it"},
		{"up to", "Lorries of up to 7.5 tonnes may no longer cross the Old Bridge.", bridge, "up"},
		{"not allowed", "Cars are not allowed to cross it.", bridge, "does not deny it"},

		// What is certain beside a question.
		{"beside a question", "The marine inspector opened an inquiry on Friday.", inquiry, ""},
		{"beside a question, with the owner", "The island’s marine inspector opened an inquiry.", inquiry, ""},
		{"an inquiry", "An inquiry was opened by the marine inspector on Friday.", inquiry, ""},
		{"in question", "The crew was told.", inquiry, "“Whether”, which is left out"},
		{"in question, said by the inspector", "The marine inspector said the crew was told.", inquiry, "“Whether”"},
		{"opened by another", "The crew opened an inquiry on Friday.", inquiry, "not The crew"},

		// Offices before and behind names.
		{"leader", "Opposition leader Hob Tarrant argued that the money should go to the schools.", leader, ""},
		{"adviser", "Board adviser Yury Lenz confirmed the visit.", leader, ""},
		{"adviser behind", "Yury Lenz, who advises the board, confirmed the visit.", leader, ""},
		{"leader of another", "Opposition leader Yury Lenz confirmed the visit.", leader, "Lenz"},
		{"adviser of another", "The board’s adviser, Hob Tarrant, said the money ought to go to the schools.", leader, "Tarrant"},
		{"owner for the office", "The board confirmed the visit.", leader, "not The board"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			holds(t, tt.claim, tt.want, "2025-11-18|"+tt.cited)
		})
	}
}
