package bot_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/retrieval"
)

// harbour is an article with all that Check looks at.
const harbour = `The harbour master of Brennholm, Odalys Ferrin, confirmed on Wednesday that a preliminary agreement had been reached for Captain Ruben Askew to visit Cask Landing next week.

“I can say that the buoy was not moved by my crew,” Ferrin said. Askew denied that Sarrow Crossings sold the ferry.

The plan was cut from 28 points to 19 points after talks in Quillhaven, not Tolvary. Askew will definitely meet Mayor Ottoline Brask if the fog lifts.

The inspector published excerpts from an alleged letter. The repair will cost 8,300 crowns. Brask praised Ferrin in October.

“I am willing to pay for the repair of the old ferry,” Brask continued.`

func harbourBot() *bot.Bot {
	return bot.New(bot.Config{
		Searcher: bottest.NewSearcher(bottest.Article("harbour.txt", "The Echo", "2025-11-26", harbour)),
		Now:      func() time.Time { return day },
	})
}

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		name, claim string
		want        bot.Verdict
		reason      string // in one of the reasons
	}{
		{"lifted", "Askew denied that Sarrow Crossings sold the ferry.", bot.Supported, ""},
		{"shortened", "Odalys Ferrin confirmed a preliminary agreement for Ruben Askew to visit Cask Landing next week.", bot.Supported, ""},
		{"a number in words", "The plan was cut from 28 points to nineteen points after talks in Quillhaven.", bot.Supported, ""},
		{"with its condition", "Askew will definitely meet Mayor Ottoline Brask if the fog lifts.", bot.Supported, ""},
		{"a quotation retold", "Brask is willing to pay for the repair of the old ferry.", bot.Supported, ""},
		{"another number", "The repair will cost 9,400 crowns.", bot.Contradicted, "8,300"},
		{"the number of something else", "The plan was cut to 28 points after talks in Quillhaven.", bot.Contradicted, "says 19"},
		{"another day", "Odalys Ferrin confirmed the preliminary agreement on Thursday.", bot.Contradicted, "Wednesday"},
		{"another month", "Brask praised Ferrin in September.", bot.Contradicted, "October"},
		{"another speaker", "Brask confirmed on Wednesday that a preliminary agreement had been reached for Askew to visit Cask Landing.", bot.Contradicted, "Ferrin"},
		{"another place", "A preliminary agreement was reached for Captain Ruben Askew to visit Tolvary next week.", bot.Contradicted, "Cask Landing"},
		{"what was denied", "Sarrow Crossings sold the ferry.", bot.Contradicted, "denies it"},
		{"confirmed what was denied", "Askew confirmed that Sarrow Crossings sold the ferry.", bot.Contradicted, "denies it"},
		{"not left out", "Ferrin said that the buoy was moved by her crew.", bot.Contradicted, "denies it"},
		{"not put in", "The repair will not cost 8,300 crowns.", bot.Contradicted, "does not deny it"},
		{"the other one denied", "The plan was cut to 19 points after talks in Tolvary, not Quillhaven.", bot.Contradicted, "denies it"},
		{"turned round", "Ferrin praised Brask in October.", bot.Contradicted, "turns round"},
		{"preliminary left out", "An agreement had been reached for Captain Ruben Askew to visit Cask Landing next week.", bot.NoEvidence, "preliminary"},
		{"alleged left out", "The inspector published excerpts from a letter.", bot.NoEvidence, "alleged"},
		{"condition left out", "Askew will definitely meet Mayor Ottoline Brask.", bot.NoEvidence, "condition"},
		{"invented", "The Pope blessed the lighthouse with holy water.", bot.NoEvidence, ""},
		{"invented with names", "Ferrin met Brask in Quillhaven to discuss the ferry.", bot.NoEvidence, ""},
		{"names nothing", "He said so.", bot.NoEvidence, "who or what it is about"},
		{"nothing of it", "Zebras graze quietly.", bot.NoEvidence, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := harbourBot().Check(context.Background(), tt.claim, retrieval.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Sentences) != 1 {
				t.Fatalf("got %d sentences, want 1", len(c.Sentences))
			}
			f := c.Sentences[0]
			if f.Verdict != tt.want || c.Supported != (tt.want == bot.Supported) {
				t.Errorf("got %s (%.2f) %q, want %s", f.Verdict, f.Score, f.Reasons, tt.want)
			}
			if !strings.Contains(strings.Join(f.Reasons, "; "), tt.reason) {
				t.Errorf("got reasons %q, want one with %q", f.Reasons, tt.reason)
			}
			if (f.Verdict == bot.Supported) != (len(f.Reasons) == 0) {
				t.Errorf("got %s with reasons %q", f.Verdict, f.Reasons)
			}
			if f.Verdict != bot.NoEvidence && len(f.Citations) == 0 {
				t.Error("got no citation")
			}
		})
	}
}

// What is said to be missing is said of what was looked at.
func TestCheckReasons(t *testing.T) {
	const text = `Police closed Mill Road in Carrow on Monday, a spokesman said.

The fair was moved to the park. It drew 300 visitors.

Bread was short in the valley for a week. The mill stood still.

The theft was reported by Ida Brekke, a guard. She wrote that 41 watches were gone.`
	b := bot.New(bot.Config{Searcher: bottest.NewSearcher(bottest.Article("a.txt", "", "2025-11-26", text))})
	for _, tt := range []struct{ name, claim, want, never string }{
		{"a word elsewhere", "Police closed Mill Road in Carrow on Monday after the fair, the bread and the theft.", "is not in the passage that comes nearest", "in the article"},
		{"a number elsewhere", "Police closed Mill Road in Carrow on Monday to 41 lorries.", "41", "in the article"},
		{"a word that is nowhere", "Police closed Mill Road in Carrow after a flood on Monday.", "the word “flood” is not in the passage that comes nearest", "not in the article"},
		{"nothing", "Zebras graze quietly.", "nothing was found that has any of it", "no article"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := b.Check(context.Background(), tt.claim, retrieval.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			f := c.Sentences[0]
			if got := strings.Join(f.Reasons, "; "); f.Verdict != bot.NoEvidence || !strings.Contains(got, tt.want) || strings.Contains(got, tt.never) {
				t.Errorf("got %s, %q, want %q and not %q", f.Verdict, got, tt.want, tt.never)
			}
		})
	}
}

func TestCheckNoClaim(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"question", "Who confirmed the agreement?", "it asks something"},
		{"question without its mark", "who confirmed the agreement", "it asks something"},
		{"yes or no", "did Ferrin confirm the agreement", "it asks something"},
		{"yes or no of what is", "was the ferry sold", "it asks something"},
		{"how many", "How many points has the plan", "it asks something"},
		{"long question", "what did the harbour master say about the buoy", "it asks something"},
		{"tag", "Ferrin confirmed it, right?", "it asks something"},
		{"a question in quotes", "“Who confirmed the agreement?”", "it asks something"},
		{"name", "Ferrin", "no verb was found in it"},
		{"full name", "Odalys Ferrin", "no verb was found in it"},
		{"name in lower case", "odalys ferrin", "no verb was found in it"},
		{"noun phrase", "The harbour master of Brennholm", "no verb was found in it"},
		{"noun phrase with a participle", "an alleged letter", "no verb was found in it"},
		{"noun phrase with a clause", "The captain who sold the ferry", "no verb was found in it"},
		{"noun phrase with an infinitive", "The plan to sell the ferry", "no verb was found in it"},
		{"number", "8,300 crowns", "no verb was found in it"},
		{"day", "Wednesday", "no verb was found in it"},
		{"order with please", "Please sell the ferry", "it tells somebody to do something"},
		{"order", "Sell the ferry.", "it tells somebody to do something"},
		{"order with a verb like its past", "Cut the ropes!", "it tells somebody to do something"},
		{"order with a verb like an adverb", "Close the harbour at once!", "no verb was found in it"},
		{"order to let", "Let the ferry go.", "it tells somebody to do something"},
		{"order not to", "do not sell the ferry", "it tells somebody to do something"},
		{"order with a question in it", "Tell me who confirmed the agreement", "it tells somebody to do something"},
		{"let us", "Let’s sell the ferry", "it tells somebody to do something"},
		{"address", "https://example.com/ferry-sold", "it is an address"},
		{"address in brackets", "<https://example.com/a?b=c>", "it is an address"},
		{"mail address", "ferrin@example.com", "it is an address"},
		{"marks", "!!!", "it has no words"},
		{"emoji", "🎉", "it has no words"},
		{"when, by itself", "When the tanker leaked oil", "it is only a part of a sentence"},
		{"where, by itself", "Where the tanker leaked oil", "it is only a part of a sentence"},
		{"why, by itself", "Why the harbour closed", "it is only a part of a sentence"},
		{"after, by itself", "After a tanker leaked oil", "it is only a part of a sentence"},
		{"after, with a name", "After Maria Ferrin left", "it is only a part of a sentence"},
		{"because, by itself", "Because the mayor of Hull closed the harbour", "it is only a part of a sentence"},
		{"before, by itself", "before the harbour closed on Monday", "it is only a part of a sentence"},
		{"while, of two parts", "While the crew slept and the tanker leaked oil", "it is only a part of a sentence"},
		{"that, by itself", "That the harbour closed on Monday", "it is only a part of a sentence"},
		{"what, by itself", "What Maria Voss closed", "it asks something"},
		{"claim", "Ferrin confirmed the preliminary agreement.", ""},
		{"before, with a day", "Before Monday the harbour was open.", ""},
		{"since, with a year", "Since 2019 the harbour has been closed.", ""},
		{"since, with a month", "Since May Hull has won twice.", ""},
		{"after, with a noun", "After a tanker leak the harbour closed.", ""},
		{"after, with a noun alone", "After lunch Ferrin left.", ""},
		{"as an office", "As mayor Ferrin closed the harbour.", ""},
		{"when, without a comma", "When the tanker leaked oil Ferrin closed the harbour.", ""},
		{"because, without a comma", "Because Leeds won Hull lost.", ""},
		{"because of", "Because of the leak the harbour closed.", ""},
		{"that as a pronoun", "That harbour closed on Monday.", ""},
		{"that as a subject", "That the harbour closed surprised Hull.", ""},
		{"why as a subject", "Why the harbour closed is unknown.", ""},
		{"title of a film", "When Harry Met Sally is a film.", ""},
		{"what, with a name that may be a verb", "What Maria Voss closed was Hull harbour.", ""},
		{"verb that may be a noun, behind a plural", "Talks on grain resume in Ankara on Friday.", ""},
		{"verb that may be a noun, behind a place", "Nurses in Leeds strike over pay.", ""},
		{"verb that may be a noun, lower case", "talks on grain resume in ankara on friday", ""},
		{"verb that may be a noun, behind a collective", "Police raid club in Hull.", ""},
		{"past like the present", "Ferrin quit on Monday.", ""},
		{"irregular past", "After leaking oil, the tanker sank.", ""},
		{"name that may be an adjective", "Trump meets Putin in Alaska.", ""},
		{"nouns alone", "Talks on grain in Ankara", "no verb was found in it"},
		{"without capital or full stop", "ferrin confirmed the preliminary agreement", ""},
		{"headline", "Ferrin confirms preliminary agreement", ""},
		{"headline in the passive", "Ferry sold to Sarrow Crossings", ""},
		{"headline of what is to come", "Askew to visit Cask Landing", ""},
		{"present tense", "The ferry runs on Sundays", ""},
		{"a verb that may be a noun", "Repairs cost 8,300 crowns.", ""},
		{"a month first", "May was cold in Brennholm.", ""},
		{"a name like an auxiliary", "Will Askew confirmed the agreement.", ""},
		{"a clause that begins like a question", "What Ferrin said was true.", ""},
		{"when, without asking", "When the fog lifted, the ferry sailed.", ""},
		{"who did is not known", "Who sold the ferry is not known.", ""},
		{"a question that is quoted", "Brask asked: “Who sold the ferry?”", ""},
		{"a quoted question first", "“Who sold the ferry?” Brask asked.", ""},
		{"with an address", "The plan has 19 points, see https://example.com.", ""},
		{"mostly a number", "28 points were cut.", ""},
		{"reported order", "Brask told Askew to sell the ferry.", ""},
		{"two words", "It rained", ""},
		{"another language", "Ferrin підтвердив попередню угоду про візит", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := harbourBot().Check(context.Background(), tt.text, retrieval.Filter{})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range c.Sentences {
				if f.Verdict == bot.NotClaim {
					got = strings.Join(f.Reasons, "; ")
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if c.Searched.Articles != 1 || tt.want != "" && c.Supported {
				t.Errorf("got supported %v, %d articles searched, want 1 and no support for what is no claim", c.Supported, c.Searched.Articles)
			}
		})
	}
}

func TestCheckText(t *testing.T) {
	articles := []*corpus.Article{
		bottest.Article("a.txt", "The Echo", "2025-11-26", "The ferry carried 41 passengers to Brennholm. Nobody was hurt."),
		bottest.Article("b.txt", "The Globe", "2025-11-27", "The ferry carried 47 passengers to Brennholm."),
	}
	b := bot.New(bot.Config{Searcher: bottest.NewSearcher(articles...), Now: func() time.Time { return day }})
	c, err := b.Check(context.Background(), "The ferry carried 41 passengers to Brennholm.\n\n***\n\nThe ferry carried 52 passengers to Brennholm. Nobody was hurt.", retrieval.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	var got []bot.Verdict
	for _, f := range c.Sentences {
		got = append(got, f.Verdict)
	}
	if want := []bot.Verdict{bot.Supported, bot.Contradicted, bot.Supported}; !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	if c.Supported {
		t.Error("got supported, want not: one sentence is contradicted")
	}
	if got, want := c.Sentences[0].Note, "Another article differs: the article says 47, not 41."; got != want {
		t.Errorf("got note %q, want %q", got, want)
	}
	for i, x := range c.Citations {
		if x.N != i+1 {
			t.Errorf("got citation %d numbered %d", i+1, x.N)
		}
		for _, a := range articles {
			if a.ID == x.Article && x.Span.Of(a.Text) != x.Quote {
				t.Errorf("got quote %q, want %q", x.Quote, x.Span.Of(a.Text))
			}
		}
	}
	if got := c.Searched.Articles; got != 2 {
		t.Errorf("got %d articles searched, want 2", got)
	}
}

func TestCheckErrors(t *testing.T) {
	broken := errors.New("disk gone")
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, tt := range []struct {
		name, text string
		ctx        context.Context
		searcher   *bottest.Searcher
		want       error
		say        string
	}{
		{"empty", " \n", context.Background(), bottest.NewSearcher(), bot.ErrNoClaim, ""},
		{"search fails for no words", "?!", context.Background(), &bottest.Searcher{Err: broken}, broken, ""},
		{"too long", strings.Repeat("é", bot.MaxCheck+1), context.Background(), bottest.NewSearcher(), nil, "check it in parts"},
		{"search fails", "It rained.", context.Background(), &bottest.Searcher{Err: broken}, broken, ""},
		{"ended", "The buoy was moved.", ended, bottest.NewSearcher(bottest.Articles()...), context.Canceled, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := bot.New(bot.Config{Searcher: tt.searcher}).Check(tt.ctx, tt.text, retrieval.Filter{})
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.say) {
				t.Errorf("got error %v, want %v %s", err, tt.want, tt.say)
			}
		})
	}
	c, err := bot.New(bot.Config{Searcher: bottest.NewSearcher()}).Check(context.Background(), "It rained.", retrieval.Filter{})
	if err != nil || c.Sentences[0].Verdict != bot.NoEvidence {
		t.Errorf("without articles got %v, %v, want no evidence", c.Sentences, err)
	}
}

func TestSupport(t *testing.T) {
	a := bottest.Article("harbour.txt", "", "2025-11-26", harbour)
	// Each is better supported than the next.
	for _, tt := range []struct{ name, more, less string }{
		{"lifted over changed", "Askew denied that Sarrow Crossings sold the ferry.", "Askew denied that the mayor bought the ferry."},
		{"one sentence over two halves", "The inspector published excerpts from an alleged letter.", "The inspector published excerpts to visit Cask Landing in October."},
		{"in order over shuffled", "The plan was cut from 28 points to 19 points.", "Points 19 cut to plan was the points 28 from."},
		{"about it over nothing", "Brask praised Ferrin.", "Zebras graze quietly on the moon."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			more, quotes := ground.Support(tt.more, a)
			less, _ := ground.Support(tt.less, a)
			if more <= less {
				t.Errorf("got %.3f for %q and %.3f for %q, want more for the first", more, tt.more, less, tt.less)
			}
			if len(quotes) == 0 {
				t.Error("got no quotes")
			}
		})
	}
	for _, s := range []string{"", "...", "the of and"} {
		if v, quotes := ground.Support(s, a); v != 0 || quotes != nil {
			t.Errorf("Support(%q) = %v, %v, want nothing", s, v, quotes)
		}
	}
	if v, _ := ground.Support("It rained.", &corpus.Article{}); v != 0 {
		t.Errorf("without text got %v, want 0", v)
	}
}

// FuzzCheck: whatever the text and the article, Check ends, its quotes are the
// article's, and what it calls supported has reasons for nothing else.
func FuzzCheck(f *testing.F) {
	f.Add("Askew denied that Sarrow Crossings sold the ferry.", harbour)
	f.Add("“not” 28 points, not 19 said Ferrin said", harbour)
	f.Add("Ferrin\xff said if 1.2bn \u202e", "Ferrin said Ferrin’s “not\u200b” denied. 28% in October if")
	f.Add("说 19 分", "会议上说 19 分。")
	f.Fuzz(func(t *testing.T, text, article string) {
		if !utf8.ValidString(article) || len(text) > 2000 || len(article) > 5000 {
			t.Skip()
		}
		a := bottest.Article("a.txt", "", "2025-11-26", article)
		v, _ := ground.Support(text, a)
		if !(v >= 0 && v <= 1) {
			t.Errorf("got score %v, want one from 0 to 1", v)
		}
		c, err := bot.New(bot.Config{Searcher: bottest.NewSearcher(a)}).Check(context.Background(), text, retrieval.Filter{})
		if err != nil {
			if !errors.Is(err, bot.ErrNoClaim) {
				t.Fatal(err)
			}
			return
		}
		for _, x := range c.Citations {
			if x.Span.Of(a.Text) != x.Quote || x.Quote == "" {
				t.Errorf("got quote %q, want %q", x.Quote, x.Span.Of(a.Text))
			}
		}
		for _, s := range c.Sentences {
			if s.Verdict == bot.Supported && (len(s.Reasons) > 0 || len(s.Citations) == 0) {
				t.Errorf("got %+v", s)
			}
		}
	})
}
