package dates

import (
	"strings"
	"testing"
	"time"

	"dateline/corpus"
)

// find has the days of a text as TestFind writes them.
func find(text, published string) string {
	day, _ := time.Parse(time.DateOnly, published)
	var got []string
	for _, d := range Find(text, corpus.Span{End: len(text)}, day) {
		got = append(got, d.Of(text)+"="+strings.TrimPrefix(d.String(), "2026-"))
	}
	return strings.Join(got, "; ")
}

func TestFindByTense(t *testing.T) {
	// 4 March 2026 was a Wednesday: the Friday before is the 27th of February,
	// the next one the 6th of March.
	const before, after = "Friday=02-27", "Friday=03-06"
	for _, tt := range []struct{ name, text, want string }{
		// To come.
		{"present, taken for a noun behind a plural", "Nurses strike across Galicia on Friday over pay.", after},
		{"present, of going somewhere, taken for a noun", "Voters head to the polls on Friday.", after},
		{"present, of an event", "The trial begins on Friday in Leeds, the court said.", after},
		{"present, of a rule", "The ban takes effect on Friday.", after},
		{"present, without a preposition", "The strike starts Friday.", after},
		{"present, with a particle", "The summit kicks off Friday in Geneva.", after},
		{"present, plural", "Schools reopen on Friday, officials said.", after},
		{"present, of going somewhere", "Voters go to the polls on Friday.", after},
		{"present, taken for a noun", "The airport shuts on Friday.", after},
		{"present, taken for the past", "Leeds host Hull on Friday.", after},
		{"present, the day first", "On Friday the club plays in Leeds.", after},
		{"present, reported", "The union says it walks out on Friday.", after},
		{"present, in a relative clause", "The fair, which opens on Friday, cost $5 million.", after},
		{"present, progressive", "The council is meeting on Friday.", after},
		{"present, passive", "The vote is held on Friday.", after},
		{"present, passive progressive", "The inquest is being held on Friday in Leeds.", after},
		{"what is", "The deadline for bids is Friday.", after},
		{"what there is", "There is a hearing on Friday.", after},
		{"what somebody has", "He has until Friday to appeal.", after},
		{"will", "The court will rule on Friday.", after},
		{"will, the day first", "On Friday the court will rule.", after},
		{"will, the day first with a comma", "On Friday, the council will vote.", after},
		{"will, the day between", "The court on Friday will rule.", after},
		{"will, contracted", "“We’ll open on Friday,” she said.", after},
		{"will not", "The shop won't open on Friday.", after},
		{"will, in a question", "Will the court rule on Friday?", after},
		{"will, far off", "He will meet Gov. Hart, the mayor, on Friday, prosecutors said.", after},
		{"may", "The court may rule on Friday.", after},
		{"is to", "The pier is to close on Friday.", after},
		{"is due to", "The pier is due to close on Friday.", after},
		{"is due", "He is due in court on Friday.", after},
		{"was due", "He was due in court on Friday.", after},
		{"is expected to, the day first", "On Friday the court is expected to rule.", after},
		{"plans to", "The firm plans to close it on Friday.", after},
		{"planned to", "The firm planned to close it on Friday.", after},
		{"announced plans to", "It announced plans to close the pier on Friday.", after},
		{"going to", "They are going to meet on Friday.", after},
		{"would", "It said the pier would close on Friday.", after},
		{"a headline", "Court to rule on Friday", after},
		{"scheduled", "The talks, scheduled for Friday, were called off.", after},
		{"has been scheduled", "A hearing has been scheduled for Friday.", after},
		{"will stay closed", "The pool will stay closed through Friday.", after},
		{"parts of days", "The train will not run Thursday afternoon or Friday morning, the firm stated.", "Thursday=03-05; Friday=03-06"},
		{"a headline in capitals", "Trial of Tom Fay Begins on Friday", after},
		{"postponed until", "The launch was postponed until Friday.", after},
		{"starting", "It announced a ban starting Friday.", after},
		{"until", "The judge gave him until Friday to pay.", after},
		{"by", "It was ordered to leave by Friday.", after},
		{"called for", "The union called a strike for Friday.", after},
		{"ahead of", "Both sides met ahead of Friday's vote.", after},
		{"reports results", "The firm reports earnings on Friday.", after},
		{"a verb behind a remark, taken for a noun", "The minister, who was elected in May 2020, resigns on Friday.", "May 2020=2020-05-01/2020-05-31; Friday=03-06"},
		{"possessive, to come", "Friday's vote will decide it.", after},
		{"possessive, in what is to come", "He will play in Friday’s final.", after},
		{"another clause is past", "The pier was closed, and the council votes on Friday.", after},
		{"after a conjunction", "Prices have fallen and on Friday the bank will decide.", after},
		{"after that", "She said that on Friday the court will rule.", after},
		{"a clause between", "On Friday, after the council met in Leeds, the court will rule.", after},
		{"this, to come", "It opens this Friday.", "this Friday=03-06"},

		// Past.
		{"past", "The trial began on Friday in Leeds.", before},
		{"past, with where to", "The ferry ran aground off Mull on Friday.", before},
		{"past, with what it became", "The well ran dry on Friday.", before},
		{"past, written like the present", "A judge set bail for Tom Fay at $50,000 on Friday.", before},
		{"past, of a team", "Norway beat Malta 2-0 in Bergen on Friday.", before},
		{"past, with a particle", "Oil spread along the coast on Friday.", before},
		{"a name first", "Friday Okoro saved a penalty.", ""},
		{"a name behind what somebody is", "Their keeper, Friday Okoro, saved a penalty.", ""},
		{"a name behind a role", "The winner came from striker Friday Okoro of Enugu.", ""},
		{"a name in a list", "Two fans, Friday Okoro and Ada Roe, were hurt.", ""},
		{"no name", "The court ruled, on Friday, that Leeds had won.", before},
		{"no name before one", "He told reporters Friday Leeds would win.", before},
		{"past, the day first", "On Friday police arrested Tom Fay.", before},
		{"past, the day between", "Police on Friday arrested Tom Fay.", before},
		{"past, passive", "He was arrested on Friday.", before},
		{"perfect", "The pier has been closed since Friday.", before},
		{"a participle", "The man arrested on Friday will appear in court.", before},
		{"a relative clause", "The man who shot two people on Friday will appear in court.", before},
		{"said", "The court said on Friday it would rule.", before},
		{"said, of what will be", "It will rain, he said Friday.", before},
		{"reports", "The paper reports on Friday that he left.", before},
		{"says", "The firm says on Friday it sold the pier.", before},
		{"could not be reached", "He could not be reached on Friday.", before},
		{"would not comment", "The firm would not comment on Friday.", before},
		{"would have", "They would have met on Friday.", before},
		{"may have", "He may have died on Friday.", before},
		{"believed to have", "He is believed to have died on Friday.", before},
		{"did not", "The shop did not open on Friday.", before},
		{"failed to", "He failed to appear on Friday.", before},
		{"met to", "They met to discuss it on Friday.", before},
		{"was forced to", "It was forced to close on Friday.", before},
		{"lasted until", "The fire lasted until Friday.", before},
		{"by, in the perfect", "By Friday, 12 had died.", before},
		{"a photograph", "The pier is seen on Friday.", before},
		{"an attack", "Monday's ruling came. The attack on Friday is the third this year.", "Monday=03-02; Friday=02-27; this year=01-01/2026-12-31"},
		{"an attack to look into", "Police will inspect the site of Friday’s crash.", before},
		{"delayed", "The launch was delayed Friday after a leak.", before},
		{"a bid to", "He launched a bid to block it on Friday.", before},
		{"won to", "Leeds beat Hull to win the cup on Friday.", before},
		{"seen to do", "He watched Leeds play Hull on Friday.", before},
		{"what is said of what happened", "The report suggests that of those who met on Friday two left. It shows the effects of the vote on Friday.", "Friday=02-27; Friday=02-27"},
		{"since, of a vote", "It will have risen since the vote on Friday.", before},
		{"a name with a particle", "Hart met Ursula von der Leyen in Leeds on Friday.", before},
		{"what is planned and is no verb", "He resigned after the planned match on Friday.", before},
		{"a month of another verb", "The figure is up 15 points from 51% in January.", "January=01-01/2026-01-31"},
		{"a noun taken for a verb", "The 3.4% drop in January is the biggest.", "January=01-01/2026-01-31"},
		{"a month that is a modal, too", "The 3.4% drop in May is the biggest.", "May=2025-05-01/2025-05-31"},
		{"accused", "He is accused of killing two people on Friday.", before},
		{"a form that is past and present", "The firm cut its forecast on Friday.", before},
		{"after doing", "He resigned after meeting her on Friday.", before},
		{"killing", "A bomb went off, killing two people on Friday.", before},
		{"another sentence", "The court will rule. They met on Friday.", before},
		{"a name with a verb in it", "Hart told reporters aboard Air Force One on Friday he had met them.", before},
		{"a name with a verb in it, quoted", "“He left,” Hart said on CBS’ “Face the Nation” on Friday.", before},
		{"a caption", "Carlos Roe/Reuters Firefighters work near Leeds on Friday.", before},
		{"comes after", "That comes after a rise in prices on Friday.", before},
		{"a participle behind the day", "Protesters on Friday demanded that he go.", before},
		{"had been set to", "The ban had been set to take effect on Friday.", before},
		{"verbs that have each other's tense", "Opening on Friday, the talks planned for Friday failed", "Friday=03-06; Friday=03-06"},
		{"no verb", "Leeds, on Friday", before},
		{"this, past", "The shop opened this Friday.", "this Friday=02-27"},

		// Ranges.
		{"a range to come", "The fair runs Thursday through Saturday in Leeds.", "Thursday=03-05; Saturday=03-07"},
		{"a range over the weekend", "The fair runs from Saturday to Tuesday.", "Saturday=03-07; Tuesday=03-10"},
		{"a range that ends before its beginning", "The fair runs Tuesday to Friday.", "Tuesday=03-10; Friday=03-13"},
		{"a range past", "It rained from Thursday to Tuesday.", "Thursday=02-26; Tuesday=03-03"},
		{"a range past over today", "It rained from Tuesday to Monday.", "Tuesday=02-24; Monday=03-02"},

		// Weeks apart.
		{"Monday of last week", "The crack was seen on Monday of last week.", "Monday of last week=02-23"},
		{"Monday last week", "It was seen on Monday last week.", "Monday last week=02-23"},
		{"last week on Friday", "It was seen last week on Friday.", "last week on Friday=02-27"},
		{"Monday of next week", "It opens on Monday of next week.", "Monday of next week=03-09"},
		{"Monday of this week", "It opened on Monday of this week.", "Monday of this week=03-02"},
		{"a week ago Monday", "The strike began a week ago Monday, the union said.", "a week ago Monday=02-23"},
		{"two weeks ago on Friday", "It began two weeks ago on Friday.", "two weeks ago on Friday=02-13"},
		{"a week ago today", "It began a week ago today.", "a week ago today=02-25"},
		{"a year ago today", "It began a year ago today.", "a year ago today=2025-03-04"},
		{"a year ago Monday", "It began a year ago Monday.", "a year ago Monday=2025-01-01/2025-12-31"},
		{"a week from Friday", "The vote is a week from Friday.", "a week from Friday=03-13"},
		{"two weeks from today", "It opens two weeks from today.", "two weeks from today=03-18"},
		{"Monday week", "It opens on Monday week.", "Monday week=03-16"},
		{"a week on Monday", "The race will start a week on Monday.", "a week on Monday=03-16"},
		{"a week in the past", "He ran three times a week on Monday.", "Monday=03-02"},
		{"days before a day", "He will leave two days before Friday.", "two days before Friday=03-04"},
		{"last and next", "He came last Friday and leaves next Friday.", "last Friday=02-27; next Friday=03-06"},
		{"past Friday", "He came this past Friday.", "past Friday=02-27"},

		// Days of another time.
		{"a weekend of any time", "They spent a weekend there.", ""},
		{"which", "He does not say which Monday.", ""},
		{"every", "They meet every Monday and each Friday.", ""},
		{"a Monday", "He was born on a Monday.", ""},
		{"a day's deadline", "He missed a Monday deadline.", "Monday=03-02"},
		{"in a story", "They left the following Monday, and on that Friday he died.", ""},
		{"the day before", "He left the Monday before the vote.", ""},
		{"before something", "He left on Monday before the vote.", "Monday=03-02"},
		{"the 13th", "It was Friday the 13th.", ""},

		// Days without a year.
		{"will, past in this year", "The festival will be held on Feb. 3.", "Feb. 3=2027-02-03"},
		{"will, to come in this year", "The festival will be held on Nov. 3.", "Nov. 3=11-03"},
		{"would, past in this year", "It said it would meet on Feb. 3.", "Feb. 3=02-03"},
		{"was held, to come in this year", "The vote was held on June 3.", "June 3=2025-06-03"},
		{"was held, past in this year", "The vote was held on Feb. 3.", "Feb. 3=02-03"},
		{"was held, far off", "The vote was held on Nov. 3.", "Nov. 3=2025-11-03"},
		{"unveiled, of another day", "A sculpture was unveiled to mark the coronation on May 6.", "May 6=05-06"},
		{"ahead of, of another day", "He will step into the role, held by Ann Hart, on Nov. 11 ahead of a match.", "Nov. 11=11-11"},
		{"the day first, past", "On June 3, police arrested Tom Fay.", "June 3=2025-06-03"},
		{"will, of people of a day", "We will treat those people from Jan. 6 fairly.", "Jan. 6=01-06"},
		{"were set to, past in this year", "Payments were set to resume on Feb. 3.", "Feb. 3=02-03"},
		{"a participle before will", "On June 3, a group made up of students will go to Leeds.", "June 3=06-03"},
		{"a day of a vote to come", "He filed papers for the June 3 vote.", "June 3=06-03"},
		{"the day after", "He was arrested on March 5.", "March 5=03-05"},
		{"a month to come", "The museum opens in January.", "January=2027-01-01/2027-01-31"},
		{"a month past", "The museum opened in May.", "May=2025-05-01/2025-05-31"},
		{"a weekend to come", "The fair opens at the weekend.", "weekend=03-07/2026-03-08"},
		{"a weekend past", "The fair opened at the weekend.", "weekend=02-28/2026-03-01"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := find(tt.text, "2026-03-04"); got != tt.want {
				t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestFindNames(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a newspaper", "Mayor Boyle told USA Today of it.", ""},
		{"a newspaper in capitals", "She told USA TODAY of it.", ""},
		{"a magazine", "Psychology Today reported it.", ""},
		{"a broadcast", "She told NBC’s Today show and The Tonight Show.", ""},
		{"a broadcast, first", "Today Show host Ann Hart left.", ""},
		{"a day, first", "Today the court ruled.", "Today=03-04"},
		{"a day in a quotation", "She said: “Today we won.”", "Today=03-04"},
		{"a day behind a name", "She left Russia today.", "today=03-04"},
		{"a broadcast of the week", "She told ABC’s This Week of it.", ""},
		{"a village", "The road to the chapel of May Hill was closed.", ""},
		{"in a village", "The church in May Hill was closed.", ""},
		{"in a village, first", "In May Hill, a church was closed.", ""},
		{"a month before a name", "In May Trump left.", "May=2025-05-01/2025-05-31"},
		{"a month before a name, of no person", "He said in October Ukraine had won.", "October=2025-10-01/2025-10-31"},
		{"a house", "He left from Mar-a-Lago.", ""},
		{"a person", "It was written by June Brown and praised by April Jones.", ""},
		{"an agreement", "The Good Friday Agreement was signed.", ""},
		{"a Sunday paper", "She told the Sunday Times and The Sunday Chronicle.", ""},
		{"another Sunday paper", "The Mail on Sunday reported it.", ""},
		{"a club", "Sheffield Wednesday lost.", ""},
		{"a person of a film", "Wednesday Addams is back.", ""},
		{"a song", "He sang Ruby Tuesday and Bloody Sunday.", ""},
		{"a broadcast of football", "It was on Monday Night Football.", ""},
		{"a harbor", "They live in Friday Harbor.", ""},
		{"a day before a name", "On Monday Trump left.", "Monday=03-02"},
		{"a day before a name, American", "He said Monday Congress had left.", "Monday=03-02"},
		{"a day behind a name, American", "He told Congress Monday.", "Monday=03-02"},
		{"a newspaper and a day", "The Sunday Times reported on Sunday.", "Sunday=03-01"},
		{"days in lower case", "it was monday", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := find(tt.text, "2026-03-04"); got != tt.want {
				t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestFindUnsure(t *testing.T) {
	// 4 March 2026 was a Wednesday.
	published := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]bool{
		"Talks on the fishing quota resume in Oslo Friday.":  true, // the tagger finds no verb
		"Talks on the fishing quota resumed in Oslo Friday.": false,
		"A storm struck the pier on Friday.":                 false,
		"In Friday’s vote, deputies rejected it.":            false,
		"Talks resume next Friday.":                          false,
	} {
		ds := Find(text, corpus.Span{End: len(text)}, published)
		if len(ds) != 1 || ds[0].Unsure != want {
			t.Errorf("%q: got %+v, want Unsure %v", text, ds, want)
		}
	}
}
