package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"dateline/bot"
	"dateline/bot/bottest"
	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/word"
	"dateline/retrieval"
)

var thread = []bot.Exchange{{
	Question: "Who confirmed the Moscow visit?", Short: "Yury Ushakov",
	Answer: "Yury Ushakov, the Kremlin’s adviser on foreign policy, confirmed on Wednesday that Steve Witkoff is expected in Moscow next week.",
}}

func TestUnderstand(t *testing.T) {
	exchange := func(question, short string) []bot.Exchange {
		return []bot.Exchange{{Question: question, Short: short, Answer: short + "."}}
	}
	said := exchange("What did Ursula von der Leyen say about the plan?", "")
	tests := []struct {
		name, ask string
		thread    []bot.Exchange
		want      string
		wish      bot.Wish
	}{
		{"question words", "and when?", thread, "When did Yury Ushakov confirm the Moscow visit?", ""},
		{"an answer without a short one", "and when?", []bot.Exchange{{Question: thread[0].Question, Answer: thread[0].Answer}}, "When did Yury Ushakov confirm the Moscow visit?", ""},
		{"mistyped", "adn wher?", thread, "Where did Yury Ushakov confirm the Moscow visit?", ""},
		{"who else", "who else?", thread, "Who else confirmed the Moscow visit?", ""},
		{"him", "what did he say about the leak?", thread, "What did Yury Ushakov say about the leak?", ""},
		{"a person for another", "and umerov?", said, "What did umerov say about the plan?", ""},
		{"a person after who", "and Trump?", thread, "Did Trump confirm the Moscow visit?", ""},
		{"correction", "no, I mean Witkoff", said, "What did Witkoff say about the plan?", ""},
		{"her, not him", "when did she leave?", append(slices.Clone(thread), said...), "When did Ursula von der Leyen leave?", ""},
		{"him, not her", "when did he leave?", append(slices.Clone(thread), said...), "When did Yury Ushakov leave?", ""},
		{"a place for another", "what about Kyiv?", exchange("When will Witkoff go to Moscow?", "next week"), "When will Witkoff go to Kyiv?", ""},
		{"there", "who did he meet there?", exchange("Where did Dmitriev travel in October?", "Miami"), "Who did Dmitriev meet in Miami?", ""},
		{"a year", "and in 2022?", exchange("Where did Dmitriev travel in October?", "Miami"), "Where did Dmitriev travel in 2022?", ""},
		{"the other one", "and the old one?", exchange("How many points does the new plan have?", "19"), "How many points does the old plan have?", ""},
		{"its measure", "and how wide?", exchange("How long is the crack?", "four metres"), "How wide is the crack?", ""},
		{"who did not", "and why?", exchange("Who didn't sign the plan?", "Putin"), "Why didn't Putin sign the plan?", ""},
		{"who did not, in one word", "and why?", exchange("Who didnt sign the plan?", "Putin"), "Why didnt Putin sign the plan?", ""},
		{"what he did not", "and when?", exchange("Did Putin sign the plan?", "No"), "When did Putin sign the plan?", ""},
		{"that he did not", "and why?", exchange("Didn't Putin sign the plan?", "No"), "Why didn't Putin sign the plan?", ""},
		{"a name that begins like a lead-in", "Andújar?", said, "What did Andújar say about the plan?", ""},
		{"why not", "why not?", exchange("Did Putin sign the plan?", "No"), "Why did Putin not sign the plan?", ""},
		{"a channel", "on what channel?", exchange("When did Yury Ushakov confirm the Moscow visit?", "Wednesday"), "On what channel did Yury Ushakov confirm the Moscow visit?", ""},
		{"about that", "what does Trump say about that?", exchange("What did Ushakov say about the leak?", ""), "What does Trump say about the leak?", ""},
		{"a thing for nobody", "what about security guarantees?", exchange("How does Ushakov contact Witkoff?", "via WhatsApp"), "security guarantees?", ""},
		{"a thing for somebody", "what about the bees?", exchange("Who did Dmitriev meet in Miami?", "Witkoff"), "The bees?", ""},
		{"a thing for anybody", "what about the alarm?", exchange("About the watches: was anybody arrested?", "No"), "About the watches: the alarm?", ""},
		{"an adverb", "and normally?", exchange("How much honey did the hives give?", "300 kilograms"), "How much honey did the hives give normally?", ""},
		{"earlier", "and before?", exchange("How many points does the plan have?", "19"), "How many points does the plan have before?", ""},
		{"earlier than now", "and before?", exchange("How many points does the plan have now?", "19"), "How many points does the plan have before?", ""},
		{"a verb like a noun", "when will it be towed off?", exchange("Why did the Grey Heron run aground?", ""), "When will the Grey Heron be towed off?", ""},
		{"correction by a noun like a verb", "no, I mean the school lunches", exchange("What will the repairs cost?", "1.4 million crowns"), "What will the school lunches cost?", ""},
		{"whether any", "any arrests?", exchange("How many watches were stolen?", "14"), "About watches: were there any arrests?", ""},
		{"whether anyone", "anyone hurt?", exchange("What happened to the Grey Heron?", ""), "About the Grey Heron: was anyone hurt?", ""},
		{"one of two", "so which is it, 14 or 11", exchange("How many watches were stolen?", "14"), "How many watches were stolen, 14 or 11?", ""},
		{"a choice that stands by itself", "was it built in 1794 or 1812?", exchange("How long is the old bridge?", ""), "Was the old bridge built in 1794 or 1812?", ""},
		{"the time before", "and before that", exchange("How many points does the plan have now?", "19"), "How many points does the plan have before?", ""},
		{"each", "and per pupil?", exchange("How much does the trial cost?", "260,000 crowns"), "How much does the trial cost per pupil?", ""},
		{"several for several", "and buses?", exchange("Since when is the bridge closed to lorries?", ""), "Since when is the bridge closed to buses?", ""},
		{"an attribute", "and the cost?", exchange("What did the opposition say about the tram?", ""), "What is the cost of the tram?", ""},
		{"an attribute of somebody", "his background?", exchange("Who leads the Kremlin's efforts?", "Kirill Dmitriev"), "What is Kirill Dmitriev's background?", ""},
		{"the number", "and the number?", exchange("Who was taken off the ferry?", "passengers"), "How many people were taken off the ferry?", ""},
		{"how many of them", "how many exactly?", exchange("Who was taken off the ferry?", "passengers"), "How many people were taken off the ferry?", ""},
		{"that, a statement", "why isn't that certain?", exchange("Is Kushner going to Moscow?", ""), "Why isn't it certain that Kushner is going to Moscow?", ""},
		{"that, no statement", "is that on the record?", exchange("What did Ushakov say about the leak?", ""), "About the leak: is that on the record?", ""},
		{"it for several", "how much is it a year?", exchange("Who pays for the lunches?", ""), "About the lunches: how much is it a year?", ""},
		{"it that stands for nothing", "was it the Russians who leaked it?", exchange("Who is on the recording?", "Witkoff"), "Was it the Russians who leaked the recording?", ""},
		{"behind a participle", "discovered by whom?", exchange("How wide is the crack?", ""), "By whom was the crack discovered?", ""},
		{"worth", "worth how much?", exchange("What was stolen?", "eleven pocket watches"), "How much are eleven pocket watches worth?", ""},
		{"not the word before", "sorry, long not wide", exchange("How wide is the crack?", ""), "How long is the crack?", ""},
		{"not, but no correction", "did he sign or not?", exchange("What did Putin say?", ""), "Did Putin sign or not?", ""},
		{"behind a preposition", "since when?", exchange("Who does Ushakov talk to?", "Witkoff"), "since when does Ushakov talk to Witkoff?", ""},
		{"another subject", "different topic: why was the fair called off?", thread, "Why was the fair called off?", ""},
		{"another question that leans", "another question: when did he leave?", thread, "When did Yury Ushakov leave?", ""},
		{"stands by itself", "who is the mayor of Quillhaven?", thread, "", ""},
		{"named in the question", "When Trump met Putin, what did he say?", thread, "", ""},
		{"sure", "are you sure?", thread, thread[0].Question, bot.WishSure},
		{"speaker", "says who?", thread, thread[0].Question, bot.WishSpeaker},
		{"source", "Which source?", thread, thread[0].Question, bot.WishSource},
		{"more", "ok, tell me more please", thread, thread[0].Question, bot.WishMore},
		{"thanks", "Thank you!", thread, "", bot.WishThanks},
		{"sure of something", "you sure about the 19?", thread, thread[0].Question, bot.WishSure},
		{"not the same as sure", "are you sure Putin signed the treaty in Alaska?", thread, "", ""},
		{"speaker exactly", "says who exactly", thread, thread[0].Question, bot.WishSpeaker},
		{"more on it", "more on that pls", thread, thread[0].Question, bot.WishMore},
		{"thanks, and no more", "cheers, thats all", thread, "", bot.WishThanks},
		{"good, but a question", "good for whom?", thread, "About the Moscow visit: good for whom?", ""},
		{"nothing before", "and when?", nil, "", bot.WishUnclear},
		{"nothing before a wish", "are you sure?", nil, "", bot.WishUnclear},
		{"no follow-up", "When was the bridge built?", nil, "", ""},
		{"another language", "und wann?", nil, "", ""},
	}
	b := bot.New(bot.Config{Engines: []bot.Answerer{bottest.Lifting()}})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u, err := b.Understand(t.Context(), bot.Question{Text: tt.ask, Thread: tt.thread})
			if err != nil || u.Question != tt.want || u.Wish != tt.wish {
				t.Errorf("got %q, wish %q, %v; want %q, wish %q", u.Question, u.Wish, err, tt.want, tt.wish)
			}
		})
	}
}

// A rewriter is scripted.
type rewriter struct {
	says  string
	err   error
	asked []string
}

func (r *rewriter) Rewrite(_ context.Context, thread []bot.Exchange, question string) (string, []bot.Call, error) {
	r.asked = append(r.asked, question)
	return r.says, []bot.Call{{For: "understand", Model: "scripted"}}, r.err
}

func TestUnderstandWithModel(t *testing.T) {
	const rules = "When did Yury Ushakov confirm the Moscow visit?"
	tests := []struct {
		name, ask, says string
		err             error
		want, by        string
	}{
		{"taken", "and when?", "On which day did Ushakov confirm the visit to Moscow?", nil, "On which day did Ushakov confirm the visit to Moscow?", "model"},
		{"invents a name", "and when?", "When did Sergei Lavrov confirm the Moscow visit?", nil, rules, "rules"},
		{"invents a number", "and when?", "When did Ushakov confirm the 19 visits?", nil, rules, "rules"},
		{"invents a date", "and when?", "Did Ushakov confirm the visit on 3 May 2019?", nil, rules, "rules"},
		{"leaves out who was named", "and lavrov?", "Who confirmed the Moscow visit?", nil, "Did lavrov confirm the Moscow visit?", "rules"},
		{"empty", "and when?", " ", nil, rules, "rules"},
		{"endless", "and when?", strings.Repeat("when did he confirm it ", 100), nil, rules, "rules"},
		{"fails", "and when?", "", errors.New("down"), rules, "rules"},
		{"gives it back", "and when?", "And when?", nil, rules, "rules"},
		{"gives a pronoun back", "when did he confirm it?", "when did he confirm it?", nil, "When did Yury Ushakov confirm the Moscow visit?", "rules"},
		{"stands by itself", "who pays for the trip?", "Who pays for the trip?", nil, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &rewriter{says: tt.says, err: tt.err}
			b := bot.New(bot.Config{Engines: []bot.Answerer{bottest.Lifting()}, Rewriter: r})
			u, err := b.Understand(t.Context(), bot.Question{Text: tt.ask, Thread: thread})
			if err != nil || u.Question != tt.want || u.By != tt.by || len(u.Calls) != 1 {
				t.Errorf("got %q by %s, %d calls, %v; want %q by %s, 1 call", u.Question, u.By, len(u.Calls), err, tt.want, tt.by)
			}
		})
	}
	t.Run("not asked", func(t *testing.T) {
		r := new(rewriter)
		b := bot.New(bot.Config{Engines: []bot.Answerer{bottest.Lifting()}, Rewriter: r})
		for _, q := range []bot.Question{{Text: "and when?"}, {Text: "are you sure?", Thread: thread}, {Text: "thanks", Thread: thread}, {Text: "and when?", Thread: thread, Engine: "lifting"}} {
			if _, err := b.Understand(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		if len(r.asked) > 0 {
			t.Errorf("asked about %q, want nothing", r.asked)
		}
	})
	t.Run("interrupted", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		b := bot.New(bot.Config{Engines: []bot.Answerer{bottest.Lifting()}, Rewriter: &rewriter{err: ctx.Err()}})
		if _, err := b.Understand(ctx, bot.Question{Text: "and when?", Thread: thread}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want %v", err, context.Canceled)
		}
	})
}

func TestConversation(t *testing.T) {
	ctx := t.Context()
	articles := bottest.Articles()
	b := bot.New(bot.Config{Searcher: bottest.NewSearcher(articles...), Engines: []bot.Answerer{bottest.Lifting()}})
	var c bot.Conversation
	ask := func(text string) bot.Answer {
		t.Helper()
		a, err := c.Ask(ctx, b, bot.Question{Text: text}, nil)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return a
	}
	if a := ask("are you sure?"); !a.Unclear || a.Answered || a.Reason == "" || len(c.Exchanges) != 0 {
		t.Errorf("at first: got %+v and %d exchanges, want to be asked what is meant", a, len(c.Exchanges))
	}
	first := ask("Who confirmed the visit to Sandrith?")
	if a := ask("are you sure?"); !a.Answered || a.Text != first.Text || !strings.Contains(a.Note, "still stand byte for byte") {
		t.Errorf("sure: got %q, note %q, want %q again", a.Text, a.Note, first.Text)
	}
	if a := ask("who says so?"); !a.Answered || a.Short != "Marta Velling" && !strings.Contains(a.Note, "Printed by") {
		t.Errorf("speaker: got %q, %q", a.Short, a.Note)
	}
	if a := ask("which source?"); !strings.Contains(a.Note, first.Citations[0].Source) {
		t.Errorf("source: got note %q, want %s in it", a.Note, first.Citations[0].Source)
	}
	if a := ask("tell me more"); !a.Answered || a.Text == first.Text {
		t.Errorf("more: got %q (%s), want other sentences", a.Text, a.Reason)
	}
	if n := len(c.Exchanges); n != 5 {
		t.Errorf("got %d exchanges, want 5", n)
	}
	if a := ask("thanks"); !a.Unclear || len(c.Exchanges) != 5 {
		t.Errorf("thanks: got %+v and %d exchanges", a, len(c.Exchanges))
	}

	// Of what was refused there is no more, whatever else was found.
	if a := ask("Who painted the lighthouse of Gullmark?"); a.Answered {
		t.Fatalf("got %q, want a refusal", a.Text)
	}
	if a := ask("tell me more"); a.Answered || a.Reason != "There was no answer before, so there is no more of it to tell." {
		t.Errorf("more of a refusal: got %q, reason %q", a.Text, a.Reason)
	}
	c.Exchanges = c.Exchanges[:5]

	// Stored and put back, it goes on.
	data, err := json.Marshal(c.Exchanges)
	if err != nil {
		t.Fatal(err)
	}
	var back []bot.Exchange
	if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(back, c.Exchanges) {
		t.Errorf("got %+v, %v\nwant %+v", back, err, c.Exchanges)
	}

	// The article changes under the answer.
	changed := slices.Clone(articles)
	for i, a := range changed {
		if a.ID == first.Citations[0].Article {
			other := *a
			other.Text = strings.Replace(a.Text, "confirmed", "announced", 1)
			changed[i] = &other
		}
	}
	b = bot.New(bot.Config{Searcher: bottest.NewSearcher(changed...), Engines: []bot.Answerer{bottest.Lifting()}})
	if a := ask("are you sure?"); strings.Contains(a.Note, "the words quoted still stand") {
		t.Errorf("changed: got note %q, want to be told of it", a.Note)
	}
}

// What is said of the words cited before holds of all of them, however few
// passages a search gives.
func TestAboutTheAnswerBefore(t *testing.T) {
	a := bottest.Article("a.txt", "The Echo", "2025-11-26", "Marta Velling confirmed the visit to Sandrith.")
	b := bottest.Article("b.txt", "The Globe", "2025-11-27", "Velling has confirmed the visit, the mayor said. The visit is to begin on Monday.")
	gone := bottest.Article("b.txt", "The Globe", "2025-11-27", "The mayor spoke of other things. There is a visit.")
	quote := func(a *corpus.Article) bot.Citation { return bot.Cite(1, a, a.Sentences()[0].Span) }
	thread := []bot.Exchange{bot.NewExchange(bot.Answer{
		Question: "Who confirmed the visit?", Answered: true, Sentences: []bot.Sentence{{Text: "Marta Velling confirmed the visit to Sandrith."}}, Short: "Marta Velling", Citations: []bot.Citation{quote(a), quote(b)},
	})}
	for _, tt := range []struct {
		name, ask string
		articles  []*corpus.Article
		filter    retrieval.Filter
		want      string // reason or note
	}{
		{"both still there", "are you sure?", []*corpus.Article{a, b}, retrieval.Filter{}, "Asked again: the words quoted still stand byte for byte, 2 articles say so."},
		{"one changed", "are you sure?", []*corpus.Article{a, gone}, retrieval.Filter{}, "Asked again: of the quotations that the answer rested on, 1 of 2 were found again."},
		{"one out of sight", "are you sure?", []*corpus.Article{a, b}, retrieval.Filter{Sources: []string{"a.txt"}}, "Asked again: of the quotations that the answer rested on, 1 of 2 were found again."},
		{"both sources", "which source?", []*corpus.Article{a, b}, retrieval.Filter{}, "It stands in The Echo, 2025-11-26 (a.txt, line 1) and The Globe, 2025-11-27 (b.txt, line 1)."},
		{"one source out of sight", "which source?", []*corpus.Article{a, b}, retrieval.Filter{Sources: []string{"b.txt"}}, "It stands in The Globe, 2025-11-27 (b.txt, line 1)."},
		{"no source", "which source?", []*corpus.Article{gone}, retrieval.Filter{}, "The words that the answer before rests on were not found in the articles again: ask anew."},
		{"no more", "tell me more", []*corpus.Article{a}, retrieval.Filter{}, "No more was found about it in the articles."},
		{"more", "tell me more", []*corpus.Article{a, b}, retrieval.Filter{}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := bot.New(bot.Config{Searcher: bottest.NewSearcher(tt.articles...), Engines: []bot.Answerer{bottest.Lifting()}, Passages: 1}).
				Ask(t.Context(), bot.Question{Text: tt.ask, Thread: thread, Filter: tt.filter}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.Note+got.Reason != tt.want {
				t.Errorf("got  %q\nwant %q (%s)", got.Note+got.Reason, tt.want, got.Text)
			}
		})
	}
}

// What is asked about an answer that is not certain is no more certain.
func TestAboutAnUncertainAnswer(t *testing.T) {
	const text = "Nineteen delegates will travel to Sandrith in December, foreign policy adviser Marta Velling confirmed on November 26. [1]"
	const place = "It stands in Norland Wire, 2025-11-27 (norland-wire.txt, line 1)."
	for _, tt := range []struct {
		name, ask string
		engine    bot.Answerer // that is asked now
		want      string       // certainty | short | text | note
		carried   string       // certainty of the last exchange
	}{
		{"speaker", "who says so?", bottest.Lifting(), "perhaps |  | " + text + " | " + place, bot.Perhaps},
		{"source", "which source?", bottest.Lifting(), "perhaps |  | " + text + " | " + place, bot.Perhaps},
		{"more", "tell me more", bottest.Lifting(), "perhaps |  | The journey follows talks in Lower Marrow, where both sides spoke of progress. [1] " +
			"The envoy’s adviser, Marta Velling, confirmed on Wednesday that 19 delegates would visit Sandrith next week. [2] Lower Marrow counts 41 beehives on public roofs, twice as many as a year ago, the council said on Thursday. [3] | ", bot.Perhaps},
		{"sure", "are you sure?", bottest.Doubting(bottest.Lifting()), "perhaps |  | " + text + " | Asked again: the words quoted still stand byte for byte, 1 article says so.", bot.Perhaps},
		{"now certain", "are you sure?", bottest.Lifting(), " |  | " + text + " | Asked again: the words quoted still stand byte for byte, 1 article says so.", ""},
		{"now refused", "are you sure?", bottest.Refusing(""), " |  |  | Asked again: the answer given before does not come out of the articles any more.", bot.Perhaps},
		{"another question", "when does Ines Calloway expect honey?", bottest.Lifting(), " |  | Beekeeper Ines Calloway expects a good harvest of honey. [1] | ", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			searcher := bottest.NewSearcher(bottest.Articles()...)
			var c bot.Conversation
			first, err := c.Ask(t.Context(), bot.New(bot.Config{Searcher: searcher, Engines: []bot.Answerer{bottest.Doubting(bottest.Lifting())}}), bot.Question{Text: "How many will travel to Sandrith in December?"}, nil)
			if err != nil || first.Certainty != bot.Perhaps || first.Text != text {
				t.Fatalf("got %q, certainty %q, error %v; want %q, perhaps", first.Text, first.Certainty, err, text)
			}
			a, err := c.Ask(t.Context(), bot.New(bot.Config{Searcher: searcher, Engines: []bot.Answerer{tt.engine}}), bot.Question{Text: tt.ask}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%s | %s | %s | %s", a.Certainty, a.Short, a.Text, a.Note); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if got := c.Exchanges[len(c.Exchanges)-1].Certainty; got != tt.carried {
				t.Errorf("carried on: got certainty %q, want %q", got, tt.carried)
			}
		})
	}
}

func TestCarry(t *testing.T) {
	var c bot.Conversation
	for i := range 100 {
		c.Add(bot.Answer{Question: fmt.Sprintf("What is number %d?", i), Answered: true, Text: strings.Repeat("Жук ", 1250), Citations: make([]bot.Citation, 50)})
	}
	if n := len(c.Exchanges); n < 2 || n > 12 {
		t.Errorf("got %d exchanges, want a few", n)
	}
	if got := c.Exchanges[len(c.Exchanges)-1].Question; got != "What is number 99?" {
		t.Errorf("last is %q, want the newest", got)
	}
	chars := 0
	for _, e := range c.Exchanges {
		chars += utf8.RuneCountInString(e.Question + e.Answer)
		if len(e.Cited) > 20 {
			t.Errorf("%d citations are carried", len(e.Cited))
		}
	}
	if chars > 8000 {
		t.Errorf("%d characters are carried, want 8,000 at most", chars)
	}
}

// Half a word that is carried would be another word, half a number another number.
func TestCarryWords(t *testing.T) {
	for _, c := range []struct{ name, question, want string }{
		{"short enough", "Who fed the 1,234 cats", "Who fed the 1,234 cats"},
		{"a number at the end", strings.Repeat("cat ", 499) + "1234567", strings.TrimSpace(strings.Repeat("cat ", 499))},
		{"one long word", strings.Repeat("1", 3000), ""},
		{"no blanks", strings.Repeat("猫在这里。", 500), strings.Repeat("猫在这里。", 400)},
		{"a mark before the cut", "你好。" + strings.Repeat("猫", 3000), "你好。"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := bot.Carry([]bot.Exchange{{Question: c.question}})[0].Question; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Whatever is asked after whatever, understanding it ends, gives no more than
// a question may have, and names nothing that stood in neither.
func FuzzUnderstand(f *testing.F) {
	for _, s := range []string{"and when?", "who else?", "what did he say about it?", "and umerov?", "no, I mean", "back to the bridge: how long", "and the second one?", "how many?", "it", "About : x", "and in 2022?", "\xff", "his", "there", "who then", "any arrests?", "which is it, 14 or 11", "and the cost?", "his name?", "and the number?", "why is that not certain?", "worth how much", "long not wide", "other topic: x"} {
		f.Add("Who confirmed the Moscow visit?", "Yury Ushakov confirmed it.", "Yury Ushakov", s)
		f.Add("About the 19-point plan: what did she say there?", "", "a crack", s)
		f.Add(s, s, s, s)
	}
	f.Add("About the 19-point plan: what didnt plan s]e say there?", "\x10ӏ~", "a  crck", "who else?")
	f.Add("0!\b\b\b\b\b\b 0!", "00\x1e0", "A0I\x0f\x0f\x0f\x0f\x0f\x0f000", "wAwAt 00t 00 he&A0 0!\"!\"!it!")
	f.Add("%JD&m\xf9}5\x84", "Blll 00777777 000000000\x140", "00000\xff\x00\x00\x0000000!00000", "AA AA he 0000t ")
	f.Add("i\xf9%5J", "B 00777777 00000000000000", "00000000000000\xff\xff\xff\x7f00", "AA AA he 0000 t ")
	b := bot.New(bot.Config{Engines: []bot.Answerer{bottest.Lifting()}, Now: func() time.Time { return time.Date(2025, 11, 26, 0, 0, 0, 0, time.UTC) }})
	f.Fuzz(func(t *testing.T, question, answer, short, ask string) {
		if len(question)+len(answer)+len(short)+len(ask) > 4000 {
			t.Skip()
		}
		u, err := b.Understand(t.Context(), bot.Question{Text: ask, Thread: []bot.Exchange{{Question: question, Answer: answer, Short: short}}})
		if err != nil {
			t.Fatal(err)
		}
		if n := utf8.RuneCountInString(u.Question); n > bot.MaxQuestion {
			t.Fatalf("%d characters", n)
		}
		if !utf8.ValidString(u.Question) {
			t.Fatalf("%q is no UTF-8", u.Question)
		}
		have := make(map[string]bool)
		for _, s := range []string{question, answer, short, ask} {
			s = strings.ToValidUTF8(s, "\uFFFD")
			// Tokens divide "And'x" and "A.b", words do not.
			parts := strings.FieldsFunc(s, func(r rune) bool { return !unicode.In(r, unicode.Letter, unicode.Number, unicode.Mark) })
			for _, w := range append(word.Split(s), word.Split(strings.Join(parts, " "))...) {
				have[w.Norm], have[lexicon.Lemma(w.Norm)] = true, true // "confirm" for "confirmed"
			}
		}
		for _, w := range word.Split(u.Question) {
			if !have[w.Norm] && ground.Naming(strings.ToLower(w.Text)) && ground.Naming(w.Text) {
				t.Errorf("%q after %q, %q, %q is understood as %q, where %q is new", ask, question, answer, short, u.Question, w.Text)
			}
		}
	})
}
