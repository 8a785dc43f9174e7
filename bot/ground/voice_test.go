package ground

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dateline/corpus"
)

// described is what a test says of a voice: who says it, "?" behind those who
// may, "nobody" of words that are disowned.
func described(v Voice, text string) string {
	var names []string
	spans := v.Speakers
	if len(spans) == 0 {
		spans = v.may
	}
	for _, s := range spans {
		if n := s.Of(text); len(names) == 0 || names[len(names)-1] != n {
			names = append(names, n)
		}
	}
	s := strings.Join(names, ", ")
	if v.Disowned {
		s = "nobody"
	} else if len(v.Speakers) == 0 {
		s += "?"
	}
	return s
}

func TestListen(t *testing.T) {
	for _, tt := range []struct {
		name, text, want string // the speakers of the quotations, | between them
	}{
		{"said behind", "“We go,” Tom Fay said.", "Tom Fay"},
		{"said before the name", "“We go,” said Tom Fay.", "Tom Fay"},
		{"said before", "Tom Fay said: “We go.”", "Tom Fay"},
		{"split", "“We go,” Tom Fay said, “and we stay away.”", "Tom Fay|Tom Fay"},
		{"goes on in the paragraph", "“We go,” Tom Fay said. “We stay away.”", "Tom Fay|Tom Fay"},
		{"question", "“Why go?” Tom Fay asked.", "Tom Fay"},
		{"British marks", "‘We don’t go,’ said Tom Fay.", "Tom Fay"},
		{"comma behind the mark", "\"We go\", Tom Fay said.", "Tom Fay"},
		{"office and name", "“We go,” said the mayor of Leeds, Tom Fay.", "Tom Fay"},
		{"title", "“We go,” Council leader Tom Fay said.", "Tom Fay"},
		{"remark behind the name", "“We go,” Tom Fay, the mayor, said.", "Tom Fay"},
		{"relative behind the name", "“We go,” said Tom Fay, who met Ada Roe on Monday.", "Tom Fay"},
		{"according to", "“We go,” according to Tom Fay.", "Tom Fay"},
		{"rarer verb before the name", "“It was never ours,” grumbled Tom Fay.", "Tom Fay"},
		{"rarer verb behind the name", "“It was never ours,” Tom Fay shrugged.", "Tom Fay"},
		{"tweeted", "“It was never ours,” tweeted Ada Roe.", "Ada Roe"},
		{"rarer verb and office", "“It was never ours,” quipped the mayor, Ada Roe.", "Ada Roe"},
		{"rarer verb with a particle", "“Never,” Ada Roe shot back.", "Ada Roe"},
		{"colon without a verb of saying", "Tom Fay was defiant: “We go.”", "Tom Fay"},
		{"transcript", "Tom Fay: “We go.”", "Tom Fay"},
		{"two speakers", "“We go,” Tom Fay and Ada Roe said in a statement.", "Ada Roe, Tom Fay"},
		{"two quotations", "“We go,” Ada Roe said, and Tom Fay replied: “Good.”", "Ada Roe|Tom Fay"},
		{"asked in the passive", "“Will you sell the pier?” Tom Fay was asked by Ada Roe.", "Ada Roe"},
		{"asked, and what follows", "Ada Roe asked: “Will you sell the pier?” Tom Fay said nothing.", "Ada Roe"},
		{"cried, and what follows", "A man shouted. “Sell the pier now!” Tom Fay said nothing.", "A man?"},
		{"next to another", "Tom Fay said: “No.” Ada Roe said: “Yes.”", "Tom Fay|Ada Roe"},

		{"nested", "“Ada told me, ‘We will not sell the pier,’ ” Tom Fay said.", "Tom Fay|Ada"},
		{"nested in straight marks", "\"Ada Roe told me, 'We will not sell the pier,'\" Tom Fay said.", "Tom Fay|Ada Roe"},
		{"nested, no name", "“My mother always said, ‘Never trust a banker,’ ” Tom Fay said.", "Tom Fay|My mother"},
		{"nested, himself", "“I told them, ‘We go,’ ” Tom Fay said.", "Tom Fay|Tom Fay"},
		{"nested phrase", "“The ‘jewel’ of the town is gone,” Tom Fay said.", "Tom Fay|Tom Fay"},
		{"nested, behind", "“ ‘We go,’ Ada Roe told me,” Tom Fay said.", "Tom Fay|Ada Roe"},
		{"nested pronoun", "“He told me, ‘You are fired,’ ” Tom Fay said.", "Tom Fay|?"},

		{"quoted as saying", "Tom Fay quoted Ada Roe as saying: “We go.”", "Ada Roe"},
		{"quoted as saying, behind", "“We go,” Tom Fay quoted Ada Roe as saying.", "Ada Roe"},
		{"was quoted as saying", "“We go,” Tom Fay was quoted as saying by Reuters.", "Tom Fay"},
		{"quoted", "Tom Fay quoted Ada Roe: “We go.”", "Ada Roe"},
		{"recalled another saying", "Tom Fay recalled Ada Roe saying “we go”.", "Ada Roe"},
		{"heard another shout", "“Go,” Tom Fay heard a man shout.", "a man"},
		{"said that another said", "Tom Fay said that Ada Roe had said: “We go.”", "Ada Roe"},
		{"letter", "Tom Fay read from a letter by Ada Roe: “We go.”", "Ada Roe"},
		{"statement of another", "Tom Fay read out Ada Roe’s statement: “We go.”", "Ada Roe"},
		{"read aloud", "“We go,” Tom Fay read aloud.", "?"},
		{"read by a clerk", "The clerk read: “We go.”", "?"},
		{"author of a letter", "A letter from Tom Fay read: “We go.”", "Tom Fay"},
		{"letter to somebody", "A letter to Tom Fay said: “We go.”", "A letter"},

		{"denied saying", "Tom Fay denied saying “We go.”", "nobody"},
		{"denied saying, behind", "“We go,” Tom Fay denied saying.", "nobody"},
		{"denied having said", "Tom Fay denied having said “we go”.", "nobody"},
		{"denied that he said", "Tom Fay denied that he had said “we go”.", "nobody"},
		{"did not say", "Tom Fay did not say “we go”.", "nobody"},
		{"never said", "Tom Fay never said “we go”.", "nobody"},
		{"refused to say", "Tom Fay refused to say “we go”.", "nobody"},
		{"accused of saying", "Ada Roe accused Tom Fay of saying “we go”.", "nobody"},
		{"asked whether he said", "Tom Fay was asked whether he had said “we go”.", "nobody"},
		{"denies it himself", "Tom Fay denied it: “We stay.”", "Tom Fay"},
		{"heard to say", "Tom Fay was heard to say: “We go.”", "Tom Fay"},
		{"took the floor to say", "Tom Fay went on to say: “We go.”", "Tom Fay"},

		{"banner", "“Sell the pier now,” a banner behind Tom Fay read.", "a banner"},
		{"banner before", "A banner behind Tom Fay read: “Sell the pier now.”", "A banner"},
		{"sign read, turned round", "“Sell it,” read a sign held by Tom Fay.", "a sign"},
		{"placard", "Tom Fay held a placard saying “Sell it.”", "a placard"},
		{"placard reading", "Tom Fay held a placard reading “Sell it.”", "a placard"},
		{"sign without a verb", "Tom Fay faced a banner: “Sell it.”", "a banner"},
		{"crowd", "“Sell the pier now,” the crowd shouted as Tom Fay spoke.", "the crowd"},
		{"crowd before", "As Tom Fay spoke, the crowd shouted: “Sell the pier now.”", "the crowd"},
		{"crowd, turned round", "“Sell it,” chanted protesters outside Tom Fay’s house.", "protesters"},
		{"supporters", "“Sell it,” supporters of Tom Fay chanted.", "supporters"},
		{"to chants", "To chants of “Sell it now,” Tom Fay left the hall.", "chants"},
		{"lawyer", "“We go,” Tom Fay’s lawyer said.", "Tom Fay’s lawyer"},
		{"spokesman", "“We go,” said a spokesman for Tom Fay.", "a spokesman"},
		{"told in the passive", "Tom Fay was told: “You go.”", "?"},
		{"told another", "Tom Fay told Ada Roe: “We go.”", "Tom Fay"},

		{"dash", "The pier was sold.\n\n“The price was too low for a town that has paid for it twice.” — Council leader Ada Roe\n", "Ada Roe"},
		{"dash on the next line", "“The price was too low.”\n— Ada Roe, leader of the council\n", "Ada Roe"},
		{"paragraphs", "Council leader Ada Roe defended the sale.\n\n“The pier cost us $2 million a year.\n\n“Nobody else would take it,” she said.\n", "Ada Roe|Ada Roe"},
		{"paragraphs, named at the end", "“The pier cost us $2 million a year.\n\n“We tried for years.\n\n“Nobody else would take it,” Ada Roe said.\n", "Ada Roe|Ada Roe|Ada Roe"},
		{"paragraphs, named before", "Ada Roe said: “The pier cost us $2 million a year.\n\n“We tried for years.\n\n“Nobody else would take it.”\n", "Ada Roe|Ada Roe|Ada Roe"},
		{"pronoun", "Ada Roe sold the pier to Tom Fay. “It was time,” she said.", "Ada Roe"},
		{"pronoun of either", "Kim Roe met Jo Fay. “It was time,” she said.", "Kim Roe, Jo Fay?"},
		{"by itself", "Ada Roe was angry.\n\n“It was time.”\n", "Ada Roe?"},
		{"phrase", "The “jewel” of the town was sold.", "?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := &corpus.Article{Text: tt.text, Body: corpus.Span{End: len(tt.text)}}
			var got []string
			for _, v := range Listen(a).All() {
				got = append(got, described(v, tt.text))
			}
			if got := strings.Join(got, "|"); got != tt.want {
				t.Errorf("speakers of %s\n got %q\nwant %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestWeighSpeakers(t *testing.T) {
	for _, tt := range []struct{ name, text, claim, want string }{
		{"nested, the outer", "“Ada told me, ‘We will not sell the pier,’ ” Tom Fay said.", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"nested, the inner", "“Ada Roe told me, ‘We will not sell the pier,’ ” Tom Fay said.", "Ada Roe told Tom Fay: “We will not sell the pier.”", theirs},
		{"nested, both", "“Ada Roe told me, ‘We will not sell the pier,’ ” Tom Fay said.", "Tom Fay said Ada Roe told him, “We will not sell the pier.”", perhaps},
		{"nested, the outer said in other words", "“Ada Roe told me, ‘We will not sell the pier,’ ” Tom Fay said.", "Tom Fay said that the pier will not be sold.", notTheirs},
		{"nested, what the outer says himself", "“We are ready. Ada Roe told me, ‘We will not sell the pier,’ ” Tom Fay said.", "“We are ready,” Tom Fay said.", theirs},
		{"nested, a mother", "“My mother always said, ‘Never trust a banker with a boat,’ ” Tom Fay told reporters.", "“Never trust a banker with a boat,” Tom Fay said.", notTheirs},
		{"nested pronoun", "“He told me, ‘You will never run this council,’ ” Tom Fay said of Ben Roe.", "Tom Fay said: “You will never run this council.”", notTheirs},
		{"nested, his own", "“I told them, ‘You will never run this council,’ ” Tom Fay said.", "Tom Fay told them: “You will never run this council.”", theirs},
		{"nested phrase", "“This ‘jewel of the coast’ was sold for nothing,” Tom Fay said.", "Tom Fay said: “This ‘jewel of the coast’ was sold for nothing.”", theirs},
		{"quoting", "Tom Fay quoted Ada Roe as saying: “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"quoting, the one quoted", "Tom Fay quoted Ada Roe as saying: “We will not sell the pier.”", "Ada Roe said: “We will not sell the pier.”", theirs},
		{"quoting, behind", "“We will not sell the pier,” Fay said, quoting Ada Roe.", "Ada Roe said: “We will not sell the pier.”", perhaps},
		{"remembered", "Tom Fay remembered Ada Roe saying, “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"cited", "Tom Fay cited Ada Roe’s words: “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"was quoted", "Tom Fay was quoted as saying: “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", theirs},
		{"was told", "Tom Fay was told: “You will not sell the pier.”", "Tom Fay said: “You will not sell the pier.”", notTheirs},
		{"was asked", "“Will you sell the pier?” Tom Fay was asked by Ada Roe.", "Tom Fay asked: “Will you sell the pier?”", notTheirs},
		{"was asked, who asks", "“Will you sell the pier?” Tom Fay was asked by Ada Roe.", "Ada Roe asked: “Will you sell the pier?”", theirs},
		{"letter", "Tom Fay read from a letter by Ada Roe: “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"letter, who wrote it", "Tom Fay read from a letter by Ada Roe: “We will not sell the pier.”", "Ada Roe wrote: “We will not sell the pier.”", perhaps},
		{"letter received", "Tom Fay received a letter saying “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"own letter", "In a letter to Ada Roe, Tom Fay wrote: “We will not sell the pier.”", "Tom Fay wrote: “We will not sell the pier.”", theirs},
		{"own letter, to whom", "In a letter to Ada Roe, Tom Fay wrote: “We will not sell the pier.”", "Ada Roe wrote: “We will not sell the pier.”", notTheirs},
		{"read aloud", "“We will not sell the pier,” Tom Fay read aloud from the minutes.", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"denied saying", "Tom Fay denied saying “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"denied having said", "Tom Fay denied ever having said “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"denied that he said", "Tom Fay denied on Monday that he had said “we will not sell the pier”.", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"denial kept", "Tom Fay denied saying “We will not sell the pier.”", "Tom Fay denied saying “We will not sell the pier.”", theirs},
		{"insisted he never said", "Tom Fay insisted he never said “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"accused of saying", "Ada Roe accused Tom Fay of saying “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"denied it himself", "Tom Fay denied the report: “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", theirs},
		{"banner", "“Sell the pier now,” a banner behind Tom Fay read.", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"banner, the banner", "“Sell the pier now,” a banner behind Tom Fay read.", "A banner behind Tom Fay read: “Sell the pier now.”", theirs},
		{"placard", "Tom Fay walked past a placard that said “Sell the pier now.”", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"placard held", "Tom Fay carried a sign reading “Sell the pier now.”", "“Sell the pier now,” Tom Fay said.", notTheirs},
		{"under a banner", "Under a banner reading “Sell the pier now,” Tom Fay called for calm.", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"shirt", "“Sell the pier now,” said the T-shirt that Tom Fay wore.", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"painted", "“Sell the pier now” was painted on the wall behind Tom Fay.", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"crowd", "“Sell the pier now,” the crowd shouted as Tom Fay spoke.", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"crowd, the crowd", "“Sell the pier now,” the crowd shouted as Tom Fay spoke.", "The crowd shouted: “Sell the pier now.”", theirs},
		{"crowd, lead", "As Tom Fay spoke, protesters chanted “Sell the pier now.”", "Tom Fay chanted: “Sell the pier now.”", notTheirs},
		{"chants of", "Tom Fay was met with chants of “Sell the pier now.”", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"heckler", "“Sell the pier now,” a heckler yelled at Tom Fay.", "Tom Fay yelled: “Sell the pier now.”", notTheirs},
		{"supporters", "Supporters of Tom Fay sang “Sell the pier now.”", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"lawyer", "“We will not sell the pier,” said Tom Fay’s lawyer, Ben Oak.", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"lawyer, the lawyer", "“We will not sell the pier,” said Tom Fay’s lawyer, Ben Oak.", "Ben Oak said: “We will not sell the pier.”", theirs},
		{"rarer verb", "“It was never ours to sell,” grumbled Tom Fay.", "Tom Fay said: “It was never ours to sell.”", theirs},
		{"rarer verb, another", "“It was never ours to sell,” grumbled Tom Fay as Ada Roe left.", "Ada Roe said: “It was never ours to sell.”", notTheirs},
		{"rarer verb in the claim", "“It was never ours to sell,” said Tom Fay. Ada Roe left.", "Ada Roe grumbled: “It was never ours to sell.”", notTheirs},
		{"rarer verb behind", "“It was never ours to sell,” Tom Fay lamented.", "“It was never ours to sell,” Tom Fay said.", theirs},
		{"dash", "“The price was too low for a town like this.” — Council leader Ada Roe", "Ada Roe said: “The price was too low for a town like this.”", theirs},
		{"dash, another", "Tom Fay sold it.\n\n“The price was too low for a town like this.” — Council leader Ada Roe", "Tom Fay said: “The price was too low for a town like this.”", notTheirs},
		{"paragraphs", "Tom Fay left early.\n\n“The pier cost us $2 million a year.\n\n“We tried to sell it for years.\n\n“Nobody else would take it,” Ada Roe said.", "Ada Roe said: “We tried to sell it for years.”", theirs},
		{"paragraphs, another", "Tom Fay left early.\n\n“The pier cost us $2 million a year.\n\n“We tried to sell it for years.\n\n“Nobody else would take it,” Ada Roe said.", "Tom Fay said: “We tried to sell it for years.”", notTheirs},
		{"paragraphs, pronoun", "Council leader Ada Roe defended the sale.\n\n“The pier cost us $2 million a year.\n\n“Nobody else would take it,” she said.", "Ada Roe said: “Nobody else would take it.”", theirs},
		{"pronoun by gender", "Ada Roe met Tom Fay. “Nobody else would take it,” she said.", "Tom Fay said: “Nobody else would take it.”", notTheirs},
		{"pronoun by gender, right", "Ada Roe met Tom Fay. “Nobody else would take it,” she said.", "Ada Roe said: “Nobody else would take it.”", theirs},
		{"goes on", "“It was time,” Ada Roe said. “Nobody else would take it.” Tom Fay nodded.", "Ada Roe said: “Nobody else would take it.”", theirs},
		{"goes on, another", "“It was time,” Ada Roe said. “Nobody else would take it.” Tom Fay nodded.", "Tom Fay said: “Nobody else would take it.”", notTheirs},
		{"answer", "“Will you sell it?” Ada Roe asked. “Nobody else would take it,” Tom Fay replied.", "Ada Roe said: “Nobody else would take it.”", notTheirs},
		{"in other words, quoted", "“Nobody else would take the pier,” Ada Roe said at a meeting with Tom Fay.", "Ada Roe said nobody else would take the pier.", theirs},
		{"in other words, another", "“Nobody else would take the pier,” Ada Roe said at a meeting with Tom Fay.", "Tom Fay said nobody else would take the pier.", notTheirs},
		{"part quoted", "Ada Roe called the sale “a disgrace for the whole town”.", "Ada Roe called the sale “a disgrace for the whole town”.", theirs},
		{"part quoted, another", "Ada Roe told Tom Fay the sale was “a disgrace for the whole town”.", "Tom Fay said the sale was “a disgrace for the whole town”.", notTheirs},
		{"title of a work", "Clara Vane, author of “The Drowned Hour,” spoke to pupils in Lund.", "Clara Vane said: “The Drowned Hour.”", notTheirs},
		{"title behind what it is", "Clara Vane said her film “Salt and Bone” was her last.", "Clara Vane said: “Salt and Bone.”", notTheirs},
		{"title of what she wrote", "Clara Vane wrote “The Drowned Hour” in Lund.", "Clara Vane said: “The Drowned Hour.”", notTheirs},
		{"title of what she wrote, kept", "Clara Vane wrote “The Drowned Hour” in Lund.", "Clara Vane wrote “The Drowned Hour.”", theirs},
		{"told by another", "Told by Captain Ruiz to “abandon the ship,” steward Neve Hall jumped.", "Neve Hall said: “Abandon the ship.”", notTheirs},
		{"told by another, who tells", "Told by Captain Ruiz to “abandon the ship,” steward Neve Hall jumped.", "Captain Ruiz said: “Abandon the ship.”", theirs},
		{"accused by another", "Accused by Ruth Pell of “robbing orphans,” banker Max Orn wept.", "Max Orn said: “Robbing orphans.”", notTheirs},
		{"convicted of it", "Convicted of “gross neglect,” nurse Pia Holm appealed.", "Pia Holm said: “Gross neglect.”", notTheirs},
		{"asked before the quotation", "Asked about the pier, “we will not sell,” Tom Fay said.", "Tom Fay said: “We will not sell.”", theirs},
		{"nickname", "Mayor Lena Torp, known as “the Iron Baker,” won again.", "Lena Torp said: “The Iron Baker.”", notTheirs},
		{"praised as", "Coach Ed Low praised Omar Dia as “the best in the league.”", "Omar Dia said: “The best in the league.”", notTheirs},
		{"dismissed as", "Minister Elke Rau dismissed as “pure fantasy” a report by Jo Lind.", "Elke Rau said the report is “pure fantasy.”", perhaps},
		{"dismissed as, what there is", "Minister Elke Rau dismissed as “pure fantasy” a split in the council.", "There is a split in the council.", notTheirs},
		{"dismissed as, in the same words", "Minister Elke Rau dismissed as “pure fantasy” a report by Jo Lind.", "Elke Rau dismissed the report as “pure fantasy.”", theirs},
		{"rejected as", "Minister Elke Rau rejected a report by Jo Lind as “pure fantasy.”", "Elke Rau called the report “pure fantasy.”", perhaps},
		{"rejected what is so", "Tom Fay rejected as “pure fantasy” claims that the pier is unsafe.", "The pier is unsafe.", notTheirs},
		{"denied acting as", "Tom Fay denied acting as “a front for the mob.”", "Tom Fay acted as “a front for the mob.”", notTheirs},
		{"husband of the speaker", "“Nobody warned us,” sobbed Teresa Quintal, whose husband, Rui Quintal, drowned.", "Rui Quintal said: “Nobody warned us.”", notTheirs},
		{"widow", "“Nobody warned us,” sobbed Teresa Quintal, whose husband, Rui Quintal, drowned.", "Teresa Quintal said: “Nobody warned us.”", theirs},
		{"husband before the verb", "“We will not pay,” Ann Lee, whose husband, Tom Oak, died in May, told the court.", "Tom Oak said: “We will not pay.”", notTheirs},
		{"widow before the verb", "“We will not pay,” Ann Lee, whose husband, Tom Oak, died in May, told the court.", "Ann Lee said: “We will not pay.”", theirs},
		{"sister of the speaker", "“We will not pay,” Olga Sten’s brother, Karl Sten, told the court.", "Olga Sten said: “We will not pay.”", notTheirs},
		{"brother", "“We will not pay,” Olga Sten’s brother, Karl Sten, told the court.", "Karl Sten said: “We will not pay.”", theirs},
		{"middle initial", "“We will not pay,” Karl J. Sten told the court.", "Karl Sten said: “We will not pay.”", theirs},
		{"another first name", "“We will not pay,” Robert Sten said. Bob Sten is 54.", "Bob Sten said: “We will not pay.”", perhaps},
		{"reported in part", "Ida Ro said the crew, which sailed in May, had “no way home.”", "Ida Ro said the crew had “no way home.”", theirs},
		{"reported in part, behind", "There would be “a full inquiry” into the fire, Ida Ro said.", "Ida Ro said there would be “a full inquiry.”", theirs},
		{"reported in part, around", "The deal, Ida Ro said, is “a bad joke.”", "Ida Ro said the deal is “a bad joke.”", theirs},
		{"rejected as, what is so", "Tom Fay rejected claims that the pier is unsafe as “pure fantasy.”", "The pier is unsafe.", notTheirs},
		{"rejected as, what there is", "Tom Fay rejected reports of a split in the council as “pure fantasy.”", "There is a split in the council.", notTheirs},
		{"dismissed as, a thing", "Tom Fay dismissed the fall of the pier as “pure fantasy.”", "The pier has fallen.", notTheirs},
		{"reported in part, of another", "Ida Ro said that her manager Bo Ek had made “a long mistake.”", "Bo Ek said: “A long mistake.”", notTheirs},
		{"reported in part, according to", "According to Ida Ro, the crew had “no way home.”", "Ida Ro said the crew had “no way home.”", theirs},
		{"pronoun of either", "Kim Roe met Jo Fay. “It was time to go,” she said.", "Kim Roe said: “It was time to go.”", notTheirs},
		{"goes on in paragraphs", "“It was time to go,” said Ada Roe.\n\n“We had no choice left.\n\n“Then they laughed at us.”", "Ada Roe said: “Then they laughed at us.”", theirs},
		{"goes on in paragraphs behind a question", "“Is it time to go?” asked Ada Roe.\n\n“We had no choice left.\n\n“Then they laughed at us.”", "Ada Roe said: “Then they laughed at us.”", notTheirs},
		{"goes on in paragraphs behind another", "“It was time to go,” said Ada Roe. Tom Fay disagreed.\n\n“We had no choice left.\n\n“Then they laughed at us.”", "Ada Roe said: “Then they laughed at us.”", notTheirs},
		{"signature in brackets", "“Sell the pier now,” a banner behind Tom Fay read.", "“Sell the pier now” (Tom Fay)", notTheirs},
		{"name in brackets before", "“Sell the pier now,” a banner behind Tom Fay read.", "[Tom Fay:] “Sell the pier now,” a banner behind Tom Fay read.", notTheirs},
		{"name in brackets behind the wrong pronoun", "Ada Roe met Tom Fay. “Nobody else would take it,” she said.", "“Nobody else would take it,” she [Tom Fay] said.", notTheirs},
		{"name in brackets behind the pronoun", "Ada Roe met Tom Fay. “Nobody else would take it,” she said.", "“Nobody else would take it,” she [Ada Roe] said.", theirs},
		{"name in brackets before, right", "“It was time,” Ada Roe said. “Nobody else would take it.” Tom Fay nodded.", "[Ada Roe:] “Nobody else would take it.”", theirs},
		{"name in brackets before, wrong", "“It was time,” Ada Roe said. “Nobody else would take it.” Tom Fay nodded.", "[Tom Fay:] “Nobody else would take it.”", notTheirs},
	} {
		t.Run(tt.name, func(t *testing.T) { weighSpeaker(t, tt.text, tt.claim, tt.want) })
	}
}

// What an article says to a claim about somebody’s words.
const (
	theirs    = "supported"
	notTheirs = "not supported"
	perhaps   = "not contradicted" // true, or nearly
)

func weighSpeaker(t *testing.T, text, claim, want string) {
	t.Helper()
	a := &corpus.Article{Text: text, Body: corpus.Span{End: len(text)}}
	o, _ := NewClaim(claim).Weigh(Read(a))
	got := string(o.Verdict)
	if want == notTheirs && got != theirs || want == perhaps && o.Verdict != Contradicted {
		got = want
	}
	if got != want {
		t.Errorf("%q, of %q: got %s (%s), want %s", claim, text, got, strings.Join(o.Reasons, "; "), want)
	}
}

func TestWeighSpeakersInNews(t *testing.T) {
	for _, tt := range []struct{ text, claim, want string }{
		{"“Sell the pier now,” screamed the front page that Tom Fay held up.", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"A note pinned to Tom Fay’s door read: “Sell the pier now.”", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"Tom Fay’s T-shirt read “Sell the pier now.”", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"Tom Fay pointed to a sign: “Sell the pier now.”", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"Tom Fay stood beneath the words “Sell the pier now.”", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"“Sell the pier now,” someone shouted from the gallery. Tom Fay smiled.", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"Tom Fay, interrupted by cries of “Sell the pier now,” sat down.", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"“Sell the pier now,” ran the headline above Tom Fay’s picture.", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"“The pier is not for sale,” Tom Fay insisted.", "Tom Fay said: “The pier is not for sale.”", theirs},
		{"“The pier is not for sale,” Tom Fay told the BBC on Monday.", "Tom Fay said: “The pier is not for sale.”", theirs},
		{"“The pier is not for sale,” Tom Fay said as the crowd shouted.", "Tom Fay said: “The pier is not for sale.”", theirs},
		{"“The pier is not for sale,” Fay, 54, said.", "Fay said: “The pier is not for sale.”", theirs},
		{"“The pier is not for sale,” said Fay, 54, standing in front of a banner.", "Fay said: “The pier is not for sale.”", theirs},
		{"“The pier is not for sale,” Tom Fay wrote on X.", "Tom Fay wrote: “The pier is not for sale.”", theirs},
		{"Asked about the banner, Tom Fay said: “The pier is not for sale.”", "Tom Fay said: “The pier is not for sale.”", theirs},
		{"Tom Fay, whom Ada Roe had accused of lying, said: “The pier is not for sale.”", "Tom Fay said: “The pier is not for sale.”", theirs},
		{"Tom Fay, whom Ada Roe had accused of lying, said: “The pier is not for sale.”", "Ada Roe said: “The pier is not for sale.”", notTheirs},
		{"In a statement released by Ada Roe’s office, Tom Fay said: “The pier is not for sale.”", "Tom Fay said: “The pier is not for sale.”", theirs},
		{"Tom Fay echoed Ada Roe: “The pier is not for sale.”", "Ada Roe said: “The pier is not for sale.”", perhaps},
		{"Tom Fay repeated Ada Roe’s promise that “the pier is not for sale”.", "Ada Roe promised: “The pier is not for sale.”", perhaps},
		{"Tom Fay rejected claims that he had said “the pier is not for sale”.", "Tom Fay said: “The pier is not for sale.”", notTheirs},
		{"Tom Fay has never said “the pier is not for sale”.", "Tom Fay said: “The pier is not for sale.”", notTheirs},
		{"Tom Fay disputed that he ever said “the pier is not for sale”.", "Tom Fay said: “The pier is not for sale.”", notTheirs},
		{"“I never said ‘the pier is not for sale,’ ” Tom Fay insisted.", "Tom Fay said: “The pier is not for sale.”", notTheirs},
		{"Tom Fay did not say the pier was sold. “It is not for sale,” he said.", "Tom Fay said: “It is not for sale.”", theirs},
		{"Tom Fay denies the words attributed to him: “The pier is not for sale.”", "Tom Fay said: “The pier is not for sale.”", notTheirs},
		{"Tom Fay was misquoted as saying “the pier is not for sale”.", "Tom Fay said: “The pier is not for sale.”", notTheirs},
		{"A fake account in Tom Fay’s name posted: “The pier is not for sale.”", "Tom Fay said: “The pier is not for sale.”", notTheirs},
		{"“As Ada Roe put it, ‘the pier is not for sale,’ ” Tom Fay said.", "Ada Roe said: “The pier is not for sale.”", theirs},
		{"“As Ada Roe put it, ‘the pier is not for sale,’ ” Tom Fay said.", "Tom Fay said: “The pier is not for sale.”", notTheirs},
		{"“People ask me, ‘Why sell the old pier?’ and I tell them, ‘Because it is falling down,’ ” Tom Fay said.", "Tom Fay said: “Why sell the old pier?”", notTheirs},
		{"“People ask me, ‘Why sell the old pier?’ and I tell them, ‘Because it is falling down,’ ” Tom Fay said.", "Tom Fay said: “Because it is falling down.”", theirs},
		{"‘Ada Roe told me, “We will not sell the pier,” ’ Tom Fay said.", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"‘Ada Roe told me, “We will not sell the pier,” ’ Tom Fay said.", "Ada Roe said: “We will not sell the pier.”", theirs},
		{"Tom Fay thanked Ada Roe for saying “we will not sell the pier”.", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"Tom Fay laughed when Ada Roe said, “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"Tom Fay laughed when Ada Roe said, “We will not sell the pier.”", "Ada Roe said: “We will not sell the pier.”", theirs},
		{"Tom Fay shared a post by Ada Roe: “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"Tom Fay retweeted Ada Roe: “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"Ada Roe, leader of the council: “We will not sell the pier.”", "Ada Roe said: “We will not sell the pier.”", theirs},
		{"“We will not sell the pier” – Ada Roe, council leader", "Ada Roe said: “We will not sell the pier.”", theirs},
		{"Tom Fay left. “We will not sell the pier,” came the reply from Ada Roe.", "Ada Roe replied: “We will not sell the pier.”", perhaps},
		{"“We will not sell the pier,” came the reply from the crowd to Tom Fay.", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"“We will not sell the pier,” is how Ada Roe answered Tom Fay.", "Ada Roe answered: “We will not sell the pier.”", perhaps},
		{"Tom Fay imagined Ada Roe saying: “We will not sell the pier.”", "Tom Fay said: “We will not sell the pier.”", notTheirs},
		{"“We will not sell the pier,” Tom Fay joked.\n\nAda Roe laughed. “You will,” she shot back.", "Ada Roe said: “You will.”", perhaps},
		{"“We will not sell the pier,” Tom Fay joked.\n\nAda Roe laughed. “You will sell it in the end,” she shot back.", "Tom Fay said: “You will sell it in the end.”", notTheirs},
		{"Mayor Ada Roe opened the meeting.\n\n“The pier is falling down,” she said.\n\n“It will cost us $2 million to repair.”\n\nTom Fay disagreed.", "Ada Roe said: “It will cost us $2 million to repair.”", perhaps},
		{"Mayor Ada Roe opened the meeting.\n\n“The pier is falling down,” she said.\n\n“It will cost us $2 million to repair,” added Tom Fay.", "Ada Roe said: “It will cost us $2 million to repair.”", notTheirs},
		{"Ada Roe said: “The pier is falling down.\n\n“It will cost us $2 million to repair.\n\n“We have to sell it.” Tom Fay said he agreed.", "Tom Fay said: “We have to sell it.”", notTheirs},
		{"The sign on the pier, which Tom Fay put up, says: “Sell the pier now.”", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"Tom Fay was greeted by protesters shouting “Sell the pier now.”", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"Tom Fay’s wife told reporters: “Sell the pier now.”", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"An email seen by Reuters from Tom Fay to Ada Roe said: “Sell the pier now.”", "Ada Roe said: “Sell the pier now.”", notTheirs},
		{"An email from Tom Fay to Ada Roe said: “Sell the pier now.”", "Tom Fay said: “Sell the pier now.”", perhaps},
		{"“Sell the pier now,” Ada Roe urged Tom Fay.", "Tom Fay said: “Sell the pier now.”", notTheirs},
		{"“Sell the pier now,” Ada Roe urged Tom Fay.", "Ada Roe said: “Sell the pier now.”", theirs},
	} {
		t.Run(tt.text+" / "+tt.claim, func(t *testing.T) { weighSpeaker(t, tt.text, tt.claim, tt.want) })
	}
}

// An article may be nothing but marks. Were a sentence read around each of them,
// an article of a megabyte would take hours.
func TestListenToMarks(t *testing.T) {
	for _, tt := range []struct {
		name, repeated string
	}{
		{"straight marks", `"`},
		{"opening marks", "“"},
		{"opening marks with spaces", "“ "},
		{"guillemets", "«"},
		{"marks and brackets", "([{“‘"},
		{"a word to each", "“a "},
		{"a word to each in straight marks", "'a' "},
		{"one in another", "“‘a,’ b "},
		{"dashes", "“x,”—"},
		{"quotations that nobody says", "“Why?” "},
		{"paragraphs that none closes", "“a b c.\n\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			const name = "\n\n“We go,” said Tom Fay."
			text := strings.Repeat(tt.repeated, 1<<17/len(tt.repeated)) + name
			voices := Listen(&corpus.Article{Text: text, Body: corpus.Span{End: len(text)}}).All()
			if len(voices) == 0 {
				t.Fatal("no quotation is found")
			}
			if got := described(voices[len(voices)-1], text); got != "Tom Fay" {
				t.Errorf("behind the marks: got %s, want Tom Fay", got)
			}
		})
	}
}

// A claim is listened to once, however many sentences of it are compared.
func TestQuotationOfClaim(t *testing.T) {
	c := NewClaim("Tom Fay said “we go.” Ada Roe said “we stay.”")
	ss := c.sentences()
	if len(ss) != 2 {
		t.Fatalf("got %d sentences, want 2", len(ss))
	}
	for i, want := range []string{"we go.", "we stay."} {
		q := c.quotation(ss[i])
		if q == nil || q.voice.Words.Of(c.text) != want {
			t.Fatalf("sentence %d: got %v, want %q", i, q, want)
		}
		if again := c.quotation(ss[i]); again != q {
			t.Errorf("sentence %d: its quotation is found anew", i)
		}
	}
}

func FuzzListen(f *testing.F) {
	for _, s := range []string{
		"“Ada told me, ‘We will not sell the drivers’ pier,’ ” Tom Fay said.",
		"\"Never,\" Ada Roe shot back. 'It's so,' said Fay.\n\n“One.\n\n“Two,” she said.",
		"“Now!” — Ada Roe\n\n«Non», a dit Fay. „Nein“",
		"s’ ' \" ‘“’”",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "")
		a := &corpus.Article{Text: text, Body: corpus.Span{End: len(text)}}
		last := 0
		for _, v := range Listen(a).All() {
			if v.Words.Start < last || !v.Words.Within(len(text)) {
				t.Errorf("quotation at %v behind one at %d, of %d bytes", v.Words, last, len(text))
			}
			last = v.Words.Start
			for _, s := range slices.Concat(v.Speakers, v.may, v.not) {
				if !s.Within(len(text)) || strings.TrimSpace(s.Of(text)) == "" {
					t.Errorf("speaker at %v, of %d bytes", s, len(text))
				}
			}
		}
	})
}

func BenchmarkListen(b *testing.B) {
	text := strings.Repeat("Ada Roe met Tom Fay in Leeds on Monday. “Nobody else would take it,” she said. “We go.”\n\nThe crowd shouted.\n\n", 100)
	for _, n := range []int{1, 10, 100} {
		a := &corpus.Article{Text: text[:len(text)/100*n], Body: corpus.Span{End: len(text) / 100 * n}}
		b.Run(fmt.Sprintf("%d quotations", 2*n), func(b *testing.B) {
			for b.Loop() {
				Listen(a)
			}
		})
		b.Run(fmt.Sprintf("%d quotations, all read", 2*n), func(b *testing.B) {
			for b.Loop() {
				Read(a)
			}
		})
	}
}
