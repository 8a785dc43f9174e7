package ground

import (
	"strings"
	"testing"

	"dateline/corpus"
)

// TestWeighQuantities holds claims against one line. Those that are false may be
// contradicted or not, but not be supported.
func TestWeighQuantities(t *testing.T) {
	for _, tt := range []struct {
		name, line, claim string
		want              string // verdicts that may be given
	}{
		// Values.
		{"decimal comma", "The wall is 1,5 km long.", "The wall is 1.5 km long.", "supported"},
		{"decimal comma for none", "The wall is 1,5 km long.", "The wall is 15 km long.", "contradicted"},
		{"decimal comma in millions", "The plan cost 12,5 million euros.", "The plan cost €12.5m.", "supported"},
		{"decimal comma in millions for none", "The plan cost 12,5 million euros.", "The plan cost €125m.", "contradicted"},
		{"points for thousands", "The pier cost 4.200.000 euros.", "The pier cost 4.2 million euros.", "supported"},
		{"spaces for thousands", "Some 12 500 people left the town.", "Some 12,500 people left the town.", "supported"},
		{"spaces for thousands, the end", "Some 12 500 people left the town.", "Some 500 people left the town.", "contradicted"},
		{"lakh", "About 3 lakh people left the town.", "About 300,000 people left the town.", "supported"},
		{"crore", "The pier cost Rs 2.5 crore.", "The pier cost 25 million rupees.", "supported"},
		{"crore left out", "The pier cost Rs 2.5 crore.", "The pier cost Rs 2.5.", "contradicted"},
		{"Indian thousands", "The pier cost Rs 3,00,000.", "The pier cost Rs 300,000.", "supported"},
		{"mixed fraction in words", "He swam three and a quarter miles.", "He swam 3.25 miles.", "supported"},
		{"mixed fraction cut", "He swam three and a quarter miles.", "He swam three miles.", "contradicted"},
		{"mixed fraction for another", "He swam 2¼ miles.", "He swam 2½ miles.", "contradicted"},
		{"fraction with a stroke", "The rate is 4 3/4 percent.", "The rate is 4.75 percent.", "supported"},
		{"fraction with a stroke cut", "The rate is 4 3/4 percent.", "The rate is 4 percent.", "contradicted"},
		{"half a million", "The town sold half a million tickets.", "The town sold 500,000 tickets.", "supported"},
		{"half a million for one", "The town sold half a million tickets.", "The town sold a million tickets.", "contradicted"},
		{"half an hour", "The crossing took half an hour.", "The crossing took an hour.", "no evidence"},
		{"an hour and a half", "The crossing took an hour and a half.", "The crossing took an hour.", "no evidence"},
		{"an hour and a half, kept", "The crossing took an hour and a half.", "The crossing took 1.5 hours.", "supported"},
		{"hours for an hour", "The crossing took three hours.", "The crossing took an hour.", "no evidence"},
		{"half a mile", "He swam ½ mile.", "He swam a mile.", "no evidence"},
		{"half a mile in words", "He swam ½ mile.", "He swam half a mile.", "supported"},
		// Signs.
		{"minus", "Temperatures fell to −12C.", "Temperatures fell to minus 12C.", "supported"},
		{"minus left out", "Growth was −0.3 percent.", "Growth was 0.3 percent.", "contradicted"},
		{"minus brought in", "Growth was 0.3 percent.", "Growth was -0.3 percent.", "contradicted"},
		{"below zero", "Temperatures fell to 12 degrees below zero.", "Temperatures fell to minus 12 degrees.", "supported"},
		{"below zero left out", "Temperatures fell to 12 degrees below zero.", "Temperatures fell to 12 degrees.", "contradicted"},
		// Units.
		{"percentage points", "Wages fell by 2 percentage points.", "Wages fell by 2%.", "no evidence"},
		{"percent for points", "Wages fell by 2 percent.", "Wages fell by 2 percentage points.", "no evidence"},
		{"basis points", "The rate rose 25 basis points.", "The rate rose 25 percent.", "no evidence"},
		{"basis points in short", "The rate rose 25 basis points.", "The rate rose 25 bps.", "supported"},
		{"Canadian dollars", "The pier cost C$4 million.", "The pier cost $4 million.", "no evidence"},
		{"Canadian dollars in words", "The pier cost C$4 million.", "The pier cost 4 million Canadian dollars.", "supported"},
		{"US dollars", "The pier cost US$4 million.", "The pier cost $4m.", "supported"},
		{"pounds for euros", "The pier cost £4 million.", "The pier cost €4 million.", "no evidence"},
		{"kilometres for metres", "The wall is 5 km long.", "The wall is 5 metres long.", "no evidence"},
		{"kilometres in words", "The wall is 5 km long.", "The wall is five kilometres long.", "supported"},
		{"Fahrenheit for Celsius", "Temperatures rose to 40C.", "Temperatures rose to 40F.", "no evidence"},
		// Parts.
		{"one in four", "One in four residents voted.", "A quarter of residents voted.", "supported"},
		{"one in four for four", "One in four residents voted.", "Four residents voted.", "contradicted, no evidence"},
		{"nine out of ten", "Nine out of ten residents voted.", "Nine residents voted.", "contradicted, no evidence"},
		{"a third for a half", "A third of the residents voted.", "Half of the residents voted.", "contradicted"},
		{"half in percent", "Half of the residents voted.", "50 percent of the residents voted.", "supported"},
		{"half for fifty", "Half of the residents voted.", "Fifty residents voted.", "contradicted, no evidence"},
		{"some of a number", "Twelve of the 20 residents voted.", "Twelve residents voted.", "supported"},
		{"all of a number", "Twelve of the 20 residents voted.", "Twenty residents voted.", "contradicted, no evidence"},
		// Bounds.
		{"between", "Between 40 and 60 people died.", "Forty to 60 people died.", "supported"},
		{"between, at least", "Between 40 and 60 people died.", "At least 40 people died.", "supported"},
		{"between, at least more", "Between 40 and 60 people died.", "At least 60 people died.", "contradicted, no evidence"},
		{"between, beyond", "Between 40 and 60 people died.", "75 people died.", "contradicted"},
		{"range with a dash", "He faces 5–10 years in prison.", "He faces five to ten years in prison.", "supported"},
		{"range, up to", "He faces 5 to 10 years in prison.", "He faces up to 10 years in prison.", "supported"},
		{"range, its start", "He faces 5 to 10 years in prison.", "He faces 5 years in prison.", "no evidence"},
		{"plus", "100-plus people were hurt.", "More than 100 people were hurt.", "no evidence"},
		{"plus, at least", "100-plus people were hurt.", "At least 100 people were hurt.", "supported"},
		{"plus sign", "100+ people were hurt.", "100 people were hurt.", "no evidence"},
		{"nearly", "Nearly 100 people were hurt.", "100 people were hurt.", "no evidence"},
		{"nearly, over", "Nearly 100 people were hurt.", "Over 100 people were hurt.", "contradicted, no evidence"},
		{"nearly, almost", "Nearly 100 people were hurt.", "Almost 100 people were hurt.", "supported"},
		{"at least, no fewer", "At least 100 people were hurt.", "No fewer than 100 people were hurt.", "supported"},
		{"or more", "40 or more people were hurt.", "40 people were hurt.", "no evidence"},
		{"more than, of an exact one", "42 people were hurt.", "More than 40 people were hurt.", "supported"},
		{"about", "About 40 people were hurt.", "Around 40 people were hurt.", "supported"},
		{"one of several counts", "More than 40 people died, nearly 100 were hurt, and up to 300 fled.", "Nearly 100 were hurt.", "supported"},
		{"one of several counts, exchanged", "More than 40 people died and nearly 100 were hurt.", "Nearly 100 people died.", "contradicted, no evidence"},
		// Rates.
		{"per thousand", "The town has 12 deaths per 1,000 residents.", "The town has 12 deaths per 1,000 residents a year.", "no evidence"},
		{"per thousand, kept", "The town has 12 deaths per 1,000 residents each year.", "The town has 12 deaths per 1,000 residents each year.", "supported"},
		{"for every", "The town has 3 doctors for every 1,000 people.", "The town has 3 doctors.", "no evidence"},
		{"a year left out", "The town loses 40 people a year.", "The town loses 40 people.", "no evidence"},
		{"an hour in other words", "The ferry goes at 30 miles an hour.", "The ferry goes at 30 mph.", "supported"},
		{"day for hour", "The job pays $20 an hour.", "The job pays $20 a day.", "no evidence"},
		{"per hour", "The job pays $20 an hour.", "The job pays $20 per hour.", "supported"},
		// Ways.
		{"to for by", "Sales rose to $4 million.", "Sales rose $4 million.", "no evidence"},
		{"by for to", "Sales fell by 4 percent.", "Sales fell to 4 percent.", "no evidence"},
		{"by left out", "Sales fell by 4 percent.", "Sales fell 4 percent.", "supported"},
		{"from for to", "Sales fell from $9 million to $4 million.", "Sales fell to $9 million.", "contradicted, no evidence"},
		{"to of from and to", "Sales fell from $9 million to $4 million.", "Sales fell to $4 million.", "supported"},
		// Times of the day.
		{"hours and minutes", "The fire began at 0930 GMT.", "The fire began at 9:30 GMT.", "supported"},
		{"hours and minutes, another", "The fire began at 0930 GMT.", "The fire began at 9:45 GMT.", "contradicted"},
		{"basis points", "The bank raised its rate by 75 basis points.", "The bank raised its rate by 0.75 percentage points.", "supported"},
		{"basis points, more", "The bank raised its rate by 75 basis points.", "The bank raised its rate by 7.5 percentage points.", "contradicted"},
		{"rate for another base", "The flu killed 3.2 per 1,000 infants.", "The flu killed 32 per 10,000 infants.", "supported"},
		{"rate for a million", "There were 12 cases per 100,000 residents.", "There were 120 cases per million residents.", "supported"},
		{"rate, the figure alone", "The flu killed 3.2 per 1,000 infants.", "The flu killed 3.2 per 10,000 infants.", "contradicted"},
		{"rate, the base alone", "The flu killed 3.2 per 1,000 infants.", "The flu killed 32 per 1,000 infants.", "contradicted"},
		{"rate, nearly", "The flu killed 3.2 per 1,000 infants.", "The flu killed 40 per 10,000 infants.", "contradicted"},
		{"rate left out", "The flu killed 3.2 per 1,000 infants.", "The flu killed 3.2 infants.", "no evidence"},
		{"level for change", "The bank raised its rate by 75 basis points to 5.25 percent.", "The bank raised its rate by 75 percent.", "no evidence"},
		{"end for change", "Support climbed from 12 percent to 15 percent.", "Support climbed by 15 percent.", "no evidence"},
		{"another change", "Output rose by 3 percent.", "Output rose by 5 percent.", "contradicted"},
		{"beginning for end", "Output fell from 28 tonnes to 19 tonnes.", "Output fell to 28 tonnes.", "contradicted"},
		{"half past", "The fire began at 9.30am.", "The fire began at half past nine.", "supported"},
		{"morning for evening", "The fire began at 9:30 p.m.", "The fire began at 9:30 a.m.", "contradicted"},
		{"hour in two ways", "The fire began at 2 p.m.", "The fire began at 14:00.", "supported"},
	} {
		t.Run(tt.name, func(t *testing.T) { weighs(t, tt.line, tt.claim, tt.want) })
	}
}

func TestWeighParts(t *testing.T) {
	const open = "contradicted, no evidence"
	for _, tt := range []struct{ name, line, claim, want string }{
		{"most", "Most residents voted.", "Residents voted.", open},
		{"most, kept", "Most residents voted.", "Most of the residents voted.", "supported"},
		{"most of", "Most of the town’s residents voted.", "The town’s residents voted.", open},
		{"most of an object", "The storm hit most villages.", "The storm hit villages.", open},
		{"few", "Few residents voted.", "Residents voted.", open},
		{"few for most", "Few residents voted.", "Most residents voted.", open},
		{"few for some", "A few residents voted.", "Some residents voted.", open + ", supported"},
		{"a few", "A few residents voted.", "Residents voted.", "supported"},
		{"some", "Some residents voted.", "Residents voted.", "supported"},
		{"some of", "Some of the residents voted.", "The residents voted.", open},
		{"several", "Several homes were flooded.", "Homes were flooded.", "supported"},
		{"many", "Many of the homes were flooded.", "The homes were flooded.", open},
		{"almost all", "Almost all residents voted.", "All residents voted.", open},
		{"nearly every", "Nearly every resident voted.", "Every resident voted.", open},
		{"almost all, kept", "Almost all residents voted.", "Nearly all residents voted.", "supported"},
		{"all for the", "All residents voted.", "The residents voted.", "supported"},
		{"all", "All the residents voted.", "Residents voted.", "supported"},
		{"every brought in", "Many members voted.", "Every member voted.", open},
		{"all brought in", "The residents voted.", "All residents voted.", open},
		{"majority", "A majority of the council voted for the sale.", "The council voted for the sale.", open},
		{"minority", "A minority of the members voted for the sale.", "The members voted for the sale.", open},
		{"handful", "A handful of residents voted.", "Residents voted.", open},
		{"percent of", "Some 40 percent of the residents voted.", "The residents voted.", open},
		{"three quarters", "Three quarters of the residents voted.", "The residents voted.", open},
		{"twelve of", "Twelve of the residents voted.", "The residents voted.", open},
		{"half of all", "Half of all schools closed.", "All schools closed.", open},
		{"one of", "One of the ferries sank.", "The ferries sank.", open},
		{"one of, a", "One of the ferries sank.", "A ferry sank.", "supported"},
		{"part of", "The fire destroyed part of the mill.", "The fire destroyed the mill.", open},
		{"large part of", "The fire destroyed a large part of the mill.", "The fire destroyed the mill.", open},
		{"part of a subject", "Part of the mill was destroyed by fire.", "The mill was destroyed by fire.", open},
		{"much of", "The fire destroyed much of the mill.", "The fire destroyed the mill.", open},
		{"half of", "The fire destroyed half of the mill.", "The fire destroyed the mill.", open},
		{"rest of", "The fire destroyed the rest of the mill.", "The fire destroyed the mill.", open},
		{"the whole", "The fire destroyed the whole mill.", "The fire destroyed the mill.", "supported"},
		{"part of something", "The mill is part of the harbour that burned.", "The mill is part of the harbour.", "supported"},
		{"nearly destroyed", "The fire nearly destroyed the mill.", "The fire destroyed the mill.", open},
		{"all but destroyed", "The fire all but destroyed the mill.", "The fire destroyed the mill.", open},
		{"partly destroyed", "The mill was partly destroyed by the fire.", "The mill was destroyed by the fire.", open},
		{"partially, behind", "The bridge collapsed partially on Monday.", "The bridge collapsed on Monday.", open},
		{"partly, kept", "The mill was partly destroyed by the fire.", "The fire partly destroyed the mill.", "supported"},
		{"came close", "The fire came close to destroying the mill.", "The fire destroyed the mill.", open},
		{"almost empty", "The hall was almost empty.", "The hall was empty.", open},
		{"stepped down", "Ada Roe stepped down as mayor.", "Ada Roe is mayor.", open},
		{"stepped down, was", "Ada Roe stepped down as mayor.", "Ada Roe stepped down as the mayor.", "supported"},
		{"stepped down, in another order", "Ada Roe stepped down as mayor.", "Mayor Ada Roe stepped down.", "supported"},
		{"resigned", "Ada Roe resigned as the town’s mayor.", "Ada Roe is the town’s mayor.", open},
		{"ousted", "Ada Roe was ousted as president.", "Ada Roe is president.", open},
		{"ran", "Ada Roe ran for mayor.", "Ada Roe was mayor.", open},
		{"running", "Ada Roe is running for mayor.", "Ada Roe is mayor.", open},
		{"candidate", "Ada Roe is a candidate for mayor.", "Ada Roe is mayor.", open},
		{"former", "Former mayor Ada Roe opened the pier.", "Mayor Ada Roe opened the pier.", open},
		{"former, is", "Ada Roe is a former mayor.", "Ada Roe is a mayor.", open},
		{"deputy", "Ada Roe is deputy mayor.", "Ada Roe is mayor.", open},
		{"elect", "Ada Roe is the mayor-elect.", "Ada Roe is the mayor.", open},
		{"in office", "Ada Roe is the mayor of Leeds.", "Ada Roe is mayor of Leeds.", "supported"},
		{"in office, by name", "Mayor Ada Roe opened the pier.", "Ada Roe, the mayor, opened the pier.", "supported"},
		{"twin town", "The mayor of Leeds’s twin town resigned.", "The mayor of Leeds resigned.", open},
		{"wife", "The wife of the mayor’s brother resigned.", "The wife of the mayor resigned.", open},
		{"mayor’s wife", "The mayor’s wife resigned.", "The mayor resigned.", open},
		{"none of", "None of the barges sank.", "The barges sank.", open},
		{"none of, with a verb of saying", "None of the jurors believed the guard.", "The jurors believed the guard.", open},
		{"almost none of", "Almost none of the money was repaid.", "The money was repaid.", open},
		{"scarcely any of", "Scarcely any of the bridges reopened.", "The bridges reopened.", open},
		{"neither of", "Neither of the brothers sang.", "The brothers sang.", open},
		{"none of, brought in", "The barges sank.", "None of the barges sank.", open},
		{"none of, of some", "Some of the barges sank.", "None of the barges sank.", open},
		{"none of, kept", "None of the three barges sank.", "None of the barges sank.", "supported"},
		{"none of, and what they did", "None of the barges sank, but the barges were damaged.", "The barges were damaged.", "supported"},
		{"most of a name", "Most of Leeds was flooded.", "Leeds was flooded.", open},
		{"percent of a name", "Fund Orlo bought 12 percent of brewer Hasse.", "Fund Orlo bought brewer Hasse.", open},
		{"stake", "Fund Orlo sold its stake in brewer Hasse.", "Fund Orlo sold brewer Hasse.", open},
		{"unit", "Fund Orlo sold Hasse’s Polish unit.", "Fund Orlo sold Hasse.", open},
		{"unit, before it", "Fund Orlo sold the Hasse unit.", "Fund Orlo sold Hasse.", open},
		{"copy", "A copy of the Vermeer was stolen from the hall.", "The Vermeer was stolen from the hall.", open},
		{"replica", "A replica of the Titanic sank off Cork.", "The Titanic sank off Cork.", open},
		{"portrait, slashed", "Vandals slashed a portrait of Queen Ilse in Bonn.", "Vandals slashed Queen Ilse in Bonn.", open},
		{"widow", "The widow of poet Jan Mroz was buried in Lublin.", "Poet Jan Mroz was buried in Lublin.", open},
		{"son", "President Oyelo’s son died in Lagos.", "President Oyelo died in Lagos.", open},
		{"village", "The village of Lower Marrow was flooded.", "Lower Marrow was flooded.", "supported"},
		{"government", "The government of France rejected the plan.", "France rejected the plan.", "supported"},
		{"ferry", "The ferry Grey Heron ran aground.", "The Grey Heron ran aground.", "supported"},
		{"one house", "The lower house of parliament passed the bill.", "Both houses of parliament passed the bill.", open},
		{"two houses", "The lower house and the upper house passed the bill.", "Both houses passed the bill.", "supported"},
		{"near", "The blaze began in a street near Ghent station.", "The blaze began in Ghent station.", open},
		{"outside", "The shooting happened outside Leeds.", "The shooting happened in Leeds.", open},
		{"north of", "The plane crashed ten miles north of Leeds.", "The plane crashed in Leeds.", open},
		{"the north of", "The plane crashed in the north of France.", "The plane crashed in France.", "supported"},
		{"miles from", "The plane crashed five miles from Leeds.", "The plane crashed in Leeds.", open},
		{"off", "The trawler sank off Mull.", "The trawler sank in Mull.", open},
		{"suburb", "The fire broke out in a suburb of Aalst.", "The fire broke out in Aalst.", open},
		{"twin town, in", "The fire broke out in Aalst’s twin town, Worms.", "The fire broke out in Aalst.", open},
		{"in a house in", "The fire broke out at a warehouse in Aalst.", "The fire broke out in Aalst.", "supported"},
		{"of and owner", "Leeds’s mayor resigned.", "The mayor of Leeds resigned.", "supported"},
	} {
		t.Run(tt.name, func(t *testing.T) { weighs(t, tt.line, tt.claim, tt.want) })
	}
}

// weighs checks what an article of one line says to a claim.
func weighs(t *testing.T, text, claim, want string) {
	t.Helper()
	const dateline = "LEEDS, March 4, 2026 (Reuters) - "
	a := &corpus.Article{Text: dateline + text, Body: corpus.Span{Start: len(dateline), End: len(dateline) + len(text)}}
	o, ok := NewClaim(claim).Weigh(Read(a))
	if !ok {
		t.Fatalf("got nothing to compare, want %s", want)
	}
	if got := string(o.Verdict); !strings.Contains(want, got) {
		t.Errorf("%q for %q: got %s %q, want %s", text, claim, got, o.Reasons, want)
	}
}
