package ground

import (
	"strings"
	"testing"
	"unicode/utf8"

	"dateline/corpus"
)

// holds checks a claim against what it cites: want is part of the reason to keep
// it back, empty if it may be shown.
func holds(t *testing.T, claim, want string, cited ...string) {
	t.Helper()
	quotes, offered := quoted(cited...)
	got := strings.Join(Check(claim, quotes, offered), "; ")
	if want == "" && got != "" || !strings.Contains(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// quoted makes an article for each text and quotes all of it, but for what
// stands outside of a pair of «» in it. A text may begin with the day it was
// published, and a bar.
func quoted(texts ...string) ([]Quote, map[string]*corpus.Article) {
	offered := make(map[string]*corpus.Article)
	var quotes []Quote
	for i, text := range texts {
		a := &corpus.Article{ID: string(rune('a' + i)), Source: string(rune('a'+i)) + ".txt"}
		if day, rest, ok := strings.Cut(text, "|"); ok {
			a.Published = corpus.Fact{Value: day}
			text = rest
		}
		before, rest, part := strings.Cut(text, "«")
		inside, after, _ := strings.Cut(rest, "»")
		if !part {
			before, inside = "", text
		}
		a.Text = before + inside + after
		a.Body = corpus.Span{End: len(a.Text)}
		offered[a.ID] = a
		quotes = append(quotes, Quote{a, corpus.Span{Start: len(before), End: len(before) + len(inside)}})
	}
	return quotes, offered
}

func TestGroundWords(t *testing.T) {
	const ushakov = "2025-11-26|Yury Ushakov, an adviser, confirmed on Wednesday that Steve Witkoff would visit Moscow next week."
	tests := []struct {
		name, claim string
		cited       []string
		want        string // part of the reason; empty if the claim may be shown
	}{
		// Names.
		{"name", "Ushakov confirmed it.", []string{ushakov}, ""},
		{"invented name", "Macron confirmed it.", []string{ushakov}, "the name Macron"},
		{"invented name within", "Ushakov and Macron confirmed it.", []string{ushakov}, "the name Macron"},
		{"invented name in lower case", "Witkoff would visit london.", []string{ushakov}, "the name london"},
		{"invented name in capitals", "Witkoff would visit LISBON.", []string{ushakov}, "the name LISBON"},
		{"invented name with a small initial", "Ushakov has an iPhone.", []string{ushakov}, "the name iPhone"},
		{"name typed in lower case", "ushakov confirmed it.", []string{ushakov}, ""},
		{"possessive", "Ushakov’s visit and Witkoff's.", []string{ushakov}, ""},
		{"transliterations", "Yuri Ushakov and Volodymyr Zelensky.", []string{"Yury Ushakov", "Volodymyr Zelenskyy"}, ""},
		{"accents", "Jose Álvarez said so.", []string{"José Alvarez said so."}, ""},
		{"combining marks", "Jose\u0301 said so.", []string{"José said so."}, ""},
		{"zero width space", "Wit\u200bkoff would come.", []string{ushakov}, ""},
		{"zero width space in an invented name", "Mac\u200bron came.", []string{ushakov}, "the name Macron"},
		{"look-alike letters", "Wіtkoff came.", []string{ushakov}, "the name Wіtkoff"},
		{"stem of another word", "It is made by General Motors.", []string{"Motors are generally made there."}, "the name General"},
		{"ordinary word first", "Later Ushakov confirmed it.", []string{ushakov}, ""},
		{"ordinary word after a full stop", "It is so. Officials say Ushakov confirmed it.", []string{ushakov}, ""},
		{"name first", "Lisbon is where Witkoff goes.", []string{ushakov}, "the name Lisbon"},
		{"common name first", "London is where Witkoff goes.", []string{ushakov}, "the name London"},
		{"function words that are names", "Theresa May confirmed it.", []string{"Theresa confirmed it."}, "the name May"},
		{"months that are words", "It may be so.", []string{"It is so."}, ""},
		{"acronym", "The WHO confirmed it.", []string{"An agency confirmed it."}, "the name WHO"},
		{"U.S. and US", "The U.S. confirmed it.", []string{"The US confirmed it."}, ""},
		{"digits in a name", "It was sent to the G7.", []string{"It was sent to the G20."}, "the name G7"},
		{"bracketed", "“It is so,” he [Ushakov] said.", []string{"“It is so,” he said.", ushakov}, ""},
		{"bracketed, invented", "“It is so,” he [Macron] said.", []string{"“It is so,” he said.", ushakov}, "the name Macron"},
		{"bracketed in front", "[Yury Ushakov:] “It is so.”", []string{"“It is so.”", ushakov}, ""},
		{"other scripts", "会議は東京で開かれた。", []string{"会議は大阪で開かれた。"}, "the name 東"},
		{"Arabic", "قال أحمد", []string{"قال محمود"}, "the name أحمد"},

		// Names of several words.
		{"full name", "Steve Witkoff would come.", []string{ushakov}, ""},
		{"names torn apart", "John Smith said so.", []string{"John Major and Adam Smith said so."}, "the name John Smith"},
		{"name over two citations", "Steve Ushakov said so.", []string{"Steve came.", "Ushakov went."}, "the name Steve Ushakov"},
		{"name of two words in lower case", "Bill Gates said so.", []string{"The bill passed through the gates and he said so."}, "the name Bill Gates"},
		{"title in lower case", "The Foreign Minister said so.", []string{"The foreign minister said so."}, ""},
		{"middle left out", "President Trump came.", []string{"US President Donald Trump came."}, ""},
		{"title from elsewhere", "President Putin came.", []string{"Putin came.", "The president came."}, ""},
		{"across a full stop", "He met Adam Smith.", []string{"He met Adam. Smith was away."}, "the name Adam Smith"},
		{"across an abbreviation", "He met Sen. Smith and J. Doe.", []string{"He met Sen. Adam Smith and J. B. Doe."}, ""},
		{"particles", "Ursula Leyen came.", []string{"Ursula von der Leyen came."}, ""},
		{"list", "Donald Vladimir came.", []string{"Trump, Donald, Vladimir came."}, "the name Donald Vladimir"},

		// Numbers.
		{"number", "There were 19.", []string{"There were 19 points."}, ""},
		{"invented number", "There were 20.", []string{"There were 19 points."}, "the number 20"},
		{"part of a number", "There were 19.", []string{"There were 190 and 2,019."}, "the number 19"},
		{"words for digits", "There were nineteen points.", []string{"There were 19 points."}, ""},
		{"digits for words", "There were 19 points.", []string{"There were nineteen points."}, ""},
		{"invented number in words", "There were twenty points.", []string{"There were 19 points."}, "the number twenty"},
		{"part of a number in words", "There were twenty.", []string{"There were twenty-one."}, "the number twenty"},
		{"compound", "There were 121.", []string{"There were one hundred and twenty-one."}, ""},
		{"thousands", "There were 305,000.", []string{"There were three hundred and five thousand."}, ""},
		{"comma", "There were 1200.", []string{"There were 1,200."}, ""},
		{"decimals", "It was 38.7.", []string{"It was 387."}, "the number 38.7"},
		{"million", "It costs 1.2 million.", []string{"It costs 1,200,000."}, ""},
		{"another magnitude", "It costs 1.2 billion.", []string{"It costs 1.2 million."}, "the number 1.2 billion"},
		{"magnitude added", "It costs 12 million.", []string{"It costs 12."}, "the number 12 million"},
		{"magnitude left out", "It costs 12.", []string{"It costs 12 million."}, "the number 12"},
		{"bn", "It costs $1.2 billion.", []string{"It costs $1.2bn."}, ""},
		{"bn for billion", "It costs $1.2bn.", []string{"It costs $1.2 billion."}, ""},
		{"m for million", "It costs €20m.", []string{"It costs 20 million euros."}, ""},
		{"m for metres", "It is 20 metres high.", []string{"It is 20m high."}, ""},
		{"million for metres", "It is 20m high.", []string{"It is 20 metres high."}, "the number 20m"},
		{"another currency", "It costs €20.", []string{"It costs $20."}, "the number €20"},
		{"currency of nothing", "It costs $20.", []string{"There were 20 people."}, "the number $20"},
		{"dollars", "It costs 20 dollars.", []string{"It costs $20."}, ""},
		{"percent", "It rose by 20 percent.", []string{"It rose by 20%."}, ""},
		{"per cent", "It rose by 20%.", []string{"It rose by 20 per cent."}, ""},
		{"percent of nothing", "It rose by 20%.", []string{"It rose by 20 points."}, "the number 20"},
		{"range", "It rose by 10 to 15 percent.", []string{"It rose by 10-15%."}, ""},
		{"range of millions", "Between $1.2 billion and $1.4 billion.", []string{"It costs $1.2–1.4 billion."}, ""},
		{"end of a range", "It rose by 20%.", []string{"It rose by 10 to 15%, said 20 people."}, "the number 20"},
		{"ordinal", "It was the 6th meeting.", []string{"It was the sixth meeting."}, ""},
		{"ordinal for a number", "It was the sixth meeting.", []string{"There were six meetings."}, "the number sixth"},
		{"number for an ordinal", "There were six meetings.", []string{"It was the sixth meeting."}, "the number six"},
		{"twenty-first", "It was the 21st.", []string{"It was the twenty-first."}, ""},
		{"hundreds", "Hundreds came.", []string{"Dozens came."}, "the number Hundreds"},
		{"half", "Half of them came.", []string{"They came."}, "the number Half"},
		{"one of them", "One of them came.", []string{"They came."}, ""},
		{"one percent", "One percent came.", []string{"They came."}, "the number One"},
		{"fraction signs", "It took 2½ hours.", []string{"It took 2 hours."}, "the number 2½"},
		{"hyphen", "The 19-point plan.", []string{"The plan has 19 points."}, ""},
		{"unit written to it", "It is 20km.", []string{"It is 20 km."}, ""},
		{"another unit written to it", "It is 20km.", []string{"It is 20 miles."}, "the number 20km"},
		{"hour", "At 10 a.m.", []string{"At 10 p.m."}, "the number 10"},
		{"hour in another way", "At 10am.", []string{"At 10 a.m."}, ""},
		{"long number", "It is 12345678901234567.", []string{"It is 12345678901234568."}, "the number 12345678901234567"},
		{"digits of another script", "It is ٤٢.", []string{"It is ٤١."}, "٤٢"},

		// Dates.
		{"date", "He came on November 25.", []string{"2025-11-26|As of November 25, he had come."}, ""},
		{"another day", "He came on November 24.", []string{"2025-11-26|As of November 25, 24 people had come."}, "the date November 24"},
		{"words of another date", "He came on November 25.", []string{"2025-11-26|In November 2022 and on October 25."}, "the date November 25"},
		{"given relatively", "He confirmed it on November 26.", []string{ushakov}, ""},
		{"given relatively, with its year", "He confirmed it on Wednesday, November 26, 2025.", []string{ushakov}, ""},
		{"given relatively, ISO", "He confirmed it on 2025-11-26.", []string{ushakov}, ""},
		{"given relatively, only the year", "He confirmed it in 2025.", []string{ushakov}, ""},
		{"given relatively, another year", "He confirmed it in 2024.", []string{ushakov}, "the date 2024"},
		{"given relatively, another day", "He confirmed it on November 25.", []string{ushakov}, "the date November 25"},
		{"given relatively, wrong weekday", "He confirmed it on Tuesday, November 26.", []string{ushakov}, "the date Tuesday, November 26"},
		{"given relatively, day of publication unknown", "He confirmed it on November 26, 2025.", []string{strings.TrimPrefix(ushakov, "2025-11-26|")}, "the date November 26, 2025"},
		{"given relatively, by another article", "He came on November 26.", []string{"2025-11-19|He came on Wednesday.", "2025-11-26|He came."}, "the date November 26"},
		{"day within the week that is given", "He would come on December 2.", []string{ushakov}, "the date December 2"},
		{"relative", "It was confirmed on Wednesday for next week.", []string{ushakov}, ""},
		{"relative, invented", "It was confirmed yesterday.", []string{ushakov}, "the date yesterday"},
		{"weekday, invented", "It was confirmed on Tuesday.", []string{ushakov}, "Tuesday"},
		{"hour that the day does not give", "At 2025-11-26T10:00Z.", []string{ushakov}, "the date"},
		{"year", "It began in 2022.", []string{"It began in February 2022."}, ""},
		{"decade", "It began in the 1990s.", []string{"It began in 1994."}, ""},
		{"range of days", "From Nov. 22-23.", []string{"2025-11-26|It ran from November 22–23."}, ""},

		// Quotations.
		{"quotation", "He called it “a beginning”.", []string{"“It’s a beginning,” he said."}, ""},
		{"invented quotation", "He called it “a disgrace”.", []string{"“It’s a beginning,” he said."}, "the quotation “a disgrace”"},
		{"words in another order", "He said “beginning a”.", []string{"“It’s a beginning,” he said."}, "the quotation"},
		{"straight marks", `He called it "a disgrace".`, []string{"“It’s a beginning,” he said."}, "the quotation “a disgrace”"},
		{"straight for curly", `"It's a beginning," he said.`, []string{"“It’s a beginning,” he said."}, ""},
		{"guillemets", "Er sagte «a disgrace».", []string{"Er sagte a beginning."}, "the quotation “a disgrace”"},
		{"guillemets turned", "Er sagte »a disgrace«.", []string{"Er sagte a beginning."}, "the quotation “a disgrace”"},
		{"low marks", "Er sagte „a disgrace“.", []string{"Er sagte a beginning."}, "the quotation “a disgrace”"},
		{"corner brackets", "「disgrace」", []string{"beginning"}, "the quotation “disgrace”"},
		{"single marks", "He said ‘a disgrace’.", []string{"He said a beginning."}, "the quotation “a disgrace”"},
		{"single straight marks", "He said 'a disgrace'.", []string{"He said a beginning."}, "the quotation “a disgrace”"},
		{"nested", "He said “she called it ‘a disgrace’ then”.", []string{"He said she called it a beginning then."}, "the quotation “a disgrace”"},
		{"nested, there", "He said “she called it ‘a disgrace’ then”.", []string{"He said: “She called it ‘a disgrace’ then.”"}, ""},
		{"apostrophes", "The players’ strike isn't ‘over’.", []string{"The players’ strike isn't over."}, ""},
		{"apostrophe of a decade", "It was ’90s rock ’n’ roll.", []string{"It was ’90s rock ’n’ roll."}, ""},
		{"never closed", "He said “a perfect disgrace.", []string{"He said a perfect beginning."}, "the quotation “a perfect disgrace.”"},
		{"never opened", "a perfect disgrace,” he said.", []string{"a perfect beginning, he said."}, "the quotation “a perfect disgrace,”"},
		{"never opened, straight", `A perfect disgrace," he said.`, []string{"a perfect beginning, he said."}, "the quotation “A perfect disgrace,”"},
		{"part of a word", "He spoke of “art”.", []string{"He spoke of the party."}, "the quotation “art”"},
		{"over two sentences", "“It is so. It was so,” he said.", []string{"«“It is so. It was so,” he said.»"}, ""},
		{"over two citations", "He said “it is a disgrace”.", []string{"He said it is a", "disgrace, it was."}, "the quotation"},
		{"ellipsis", "“It is … a beginning,” he said.", []string{"“It is after all a beginning,” he said."}, ""},
		{"ellipsis in the wrong order", "“A beginning ... it is,” he said.", []string{"“It is after all a beginning,” he said."}, "the quotation"},
		{"bracket in a quotation", "“[Ushakov] is here,” he said.", []string{"“He is here,” he said. Ushakov came."}, ""},
		{"several paragraphs", "“It is so. “It was so,” he said.", []string{"“It is so.\n\n“It was so,” he said."}, ""},
		{"signs alone", "He wrote “😀”.", []string{"He wrote “🙁”."}, "the quotation “😀”"},

		{"line breaks", "Ushakov\nsaid  so.", []string{"Ushakov said\r\n so."}, ""},
		{"nothing to check", "It is so.", []string{"All else."}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			quotes, offered := quoted(tt.cited...)
			got := strings.Join(Check(tt.claim, quotes, offered), "; ")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestGroundQuotes(t *testing.T) {
	a := &corpus.Article{ID: "a", Source: "a.txt", Text: "Élan said 1,200 people came. The rest stayed. \ufffd bad"}
	a.Body = corpus.Span{End: len(a.Text)}
	same, altered, other := *a, *a, *a
	altered.Text = strings.Replace(a.Text, "came", "left", 1)
	other.ID = "b"
	end := strings.Index(a.Text, ". The") + 1
	many := make([]Quote, maxQuotes+1)
	for i := range many {
		many[i] = Quote{a, corpus.Span{Start: 0, End: end}}
	}
	tests := []struct {
		name   string
		text   string
		quotes []Quote
		want   string
	}{
		{"a sentence", "", []Quote{{a, corpus.Span{Start: 0, End: end}}}, ""},
		{"of a copy", "", []Quote{{&same, corpus.Span{Start: 0, End: end}}}, ""},
		{"of an altered copy", "", []Quote{{&altered, corpus.Span{Start: 0, End: end}}}, "do not stand in a.txt"},
		{"of another article", "", []Quote{{&other, corpus.Span{Start: 0, End: end}}}, "was not among the passages"},
		{"of no article", "", []Quote{{nil, corpus.Span{Start: 0, End: end}}}, "it cites no article"},
		{"none", "", nil, "it cites nothing"},
		{"one of two bad", "", []Quote{{a, corpus.Span{Start: 0, End: end}}, {&other, corpus.Span{Start: 0, End: end}}}, "was not among"},
		{"past the end", "", []Quote{{a, corpus.Span{Start: 0, End: len(a.Text) + 1}}}, "do not stand"},
		{"before the start", "", []Quote{{a, corpus.Span{Start: -1, End: end}}}, "do not stand"},
		{"backwards", "", []Quote{{a, corpus.Span{Start: end, End: 0}}}, "do not stand"},
		{"empty", "", []Quote{{a, corpus.Span{Start: 3, End: 3}}}, "an empty place"},
		{"white space", "", []Quote{{a, corpus.Span{Start: end, End: end + 1}}}, "an empty place"},
		{"cut character", "", []Quote{{a, corpus.Span{Start: 1, End: end}}}, "damaged"},
		{"damaged character", "", []Quote{{a, corpus.Span{Start: end, End: len(a.Text)}}}, "damaged"},
		{"cut word", "", []Quote{{a, corpus.Span{Start: 0, End: 9}}}, "half a word"},
		{"cut number", "", []Quote{{a, corpus.Span{Start: 0, End: strings.Index(a.Text, ",")}}}, "half a word"},
		{"too many", "", many, "at most 16"},
		{"says nothing", " \n", []Quote{{a, corpus.Span{Start: 0, End: end}}}, "says nothing"},
		{"damaged claim", "so \xff it is", []Quote{{a, corpus.Span{Start: 0, End: end}}}, "damaged characters"},
		{"endless claim", strings.Repeat("people came ", 1000), []Quote{{a, corpus.Span{Start: 0, End: end}}}, "more than any sentence"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.text == "" {
				tt.text = "People came."
			}
			got := strings.Join(Check(tt.text, tt.quotes, map[string]*corpus.Article{"a": a}), "; ")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// BenchmarkCheck grounds an answer of three sentences that are not lifted, each
// with four of twelve passages of long articles.
func BenchmarkCheck(b *testing.B) {
	sentence := "The envoy’s adviser, Marta Velling, confirmed on Wednesday that 19 delegates of the harbour board would visit Sandrith next week for $1.2 billion. "
	offered := make(map[string]*corpus.Article)
	var quotes []Quote
	for i := range 12 {
		a := &corpus.Article{ID: string(rune('a' + i)), Source: "long.txt", Text: strings.Repeat(sentence, 200)}
		a.Published.Value = "2025-11-26"
		a.Body = corpus.Span{End: len(a.Text)}
		offered[a.ID] = a
		quotes = append(quotes, Quote{a, corpus.Span{End: 6 * len(sentence)}})
	}
	for b.Loop() {
		for i := range 3 {
			if why := Check("Velling confirmed that 19 delegates will travel to Sandrith next week.", quotes[4*i:4*i+4], offered); len(why) > 0 {
				b.Fatal(why)
			}
		}
	}
}

// Texts that are hard to divide and to read.
var hardTexts = []string{
	"Ushakov confirmed it on Wednesday. “We have agreed,” he said. “It’s\u00a0a beginning.”\n\n“No,” said Witkoff.",
	"$1.2bn to €1.4 billion, 10–15%; the 21st of the 1990s, 2½ hours at 10 a.m. on Nov.\n25, 2025. 38.7C and 20km.",
	"U.S.The 'players’ strike' isn't “over. ‘It’ is \"odd\" and «so» »was« „it“ 「東京」で。会議が開かれた。",
	"e\u0301te\u0301 \u202eevil\u202c 👩\u200d🚒 שלום مرحبا ٤٢ ½ Ⅷ x² \u200bWit\u200bkoff",
	"[1] said “[he] … came” ... three hundred and five thousand, twenty-one hundred and one. One.",
	"said.The Tuesday, Nov. 26 next week, 2019-2020 in\n2020 'Tis the '90s rock 'n' roll",
	"\u0301combining first “\u0301”. A.\nB. C.D. e.g. i.e. 3.5.1 No. 5, p. 7",
	"“Never closed. “Nor this. Never opened.” ” ’ ' \" , , ..",
	"In 10 at4 bon N\nH3.o.v52/,78 thm 21snd 22km. See tides.example/Report-7, or www.Tides.example.",
	"It is not\u2adc within e\u0301 or \u212b. So it is.",
}

// FuzzGroundLifted: a sentence that is lifted from an article, with itself as
// its quote, is grounded; and so it is together with the sentence before.
func FuzzGroundLifted(f *testing.F) {
	for i, text := range hardTexts {
		f.Add(text, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, text string, dated bool) {
		if !utf8.ValidString(text) || len(text) > 20_000 {
			t.Skip()
		}
		a := &corpus.Article{ID: "a", Source: "a.txt", Text: text, Body: corpus.Span{End: len(text)}}
		if dated {
			a.Published.Value = "2025-11-26"
		}
		offered := map[string]*corpus.Article{"a": a}
		var before *corpus.Sentence
		for _, s := range a.Sentences() {
			lifted := s.Of(text)
			if strings.ContainsRune(lifted, utf8.RuneError) {
				before = nil
				continue
			}
			quotes := []Quote{{a, s.Span}}
			for _, claim := range []string{lifted, corpus.OneLine(lifted)} {
				if reasons := Check(claim, quotes, offered); len(reasons) > 0 {
					t.Errorf("%q: got %q, want it grounded", claim, reasons)
				}
			}
			if before != nil {
				both := []Quote{{a, before.Span}, {a, s.Span}}
				claim := text[before.Start:s.End]
				if strings.TrimSpace(text[before.End:s.Start]) != "" {
					claim = lifted
				}
				if reasons := Check(claim, both, offered); len(reasons) > 0 {
					t.Errorf("%q with the sentence before: got %q, want it grounded", claim, reasons)
				}
			}
			before = &s
		}
	})
}

// FuzzGroundInvented: no words around it hide a name or a number that is not
// in what a claim cites.
func FuzzGroundInvented(f *testing.F) {
	for i, text := range hardTexts {
		f.Add(text, hardTexts[(i+1)%len(hardTexts)], hardTexts[(i+2)%len(hardTexts)])
	}
	f.Fuzz(func(t *testing.T, cited, before, after string) {
		if !utf8.ValidString(cited+before+after) || len(cited)+len(before)+len(after) > 5_000 {
			t.Skip()
		}
		a := &corpus.Article{ID: "a", Source: "a.txt", Text: cited, Body: corpus.Span{End: len(cited)}}
		offered := map[string]*corpus.Article{"a": a}
		quotes := []Quote{{a, a.Body}}
		for _, invented := range []string{"Quordlevane", "QUORDLEVANE", "quordLevane", "8731", "$8,731", "8731km", "8731st", "Quordlevane8731"} {
			if strings.Contains(strings.ToLower(cited), "quord") || strings.Contains(strings.ReplaceAll(cited, ",", ""), "873") {
				t.Skip()
			}
			if claim := before + " " + invented + " " + after; len(Check(claim, quotes, offered)) == 0 {
				t.Errorf("%q was grounded in %q", claim, cited)
			}
		}
	})
}
