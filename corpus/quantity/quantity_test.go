package quantity

import (
	"strings"
	"testing"

	"dateline/corpus/word"
)

func TestFind(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"digits", "The 41 horses", "41"},
		{"words", "Three hundred and five thousand people", "305000"},
		{"hyphen", "twenty-one people", "21"},
		{"ordinals", "his sixth and 21st visit", "6th, 21th"},
		{"thousands", "1,200 and 4.200.000", "1200, 4200000"},
		{"thousands by spaces", "Some 4 200 people and 1 250 000 birds", "about 4200, 1250000"},
		{"thousands by thin spaces", "4\u2009200 people, 12\u202f000 birds", "4200, 12000"},
		{"no thousands behind a month", "On May 4 200 people left", "4, 200"},
		{"decimal comma", "1,5 km and 2,75 percent", "1.5 km, 2.75 %"},
		{"point and comma", "4.200,50 euros, 4,200.50 euros", "4200.5 €, 4200.5 €"},
		{"lakh and crore", "3 lakh people, Rs 2.5 crore, 3 lakh crore rupees, 3,00,000 people", "300000, 25000000 ₹, 3e+12 ₹, 300000"},
		{"magnitudes", "1.2 million, 4bn, $20m, 2½ million", "1200000, 4000000000, 20000000 $, 2500000"},
		{"fractions in one character", "2½ miles, ½ mile", "2.5 mi, 0.5 mi"},
		{"fractions with a stroke", "4 1/2 percent, 1/2 of them", "4.5 %, 50 % part"},
		{"fractions in words", "two and a half miles, three and three quarters", "2.5 mi, 3.75"},
		{"half of a measure", "half an hour, half a million, half a dozen, a half-hour", "0.5, 500000, 6, 0.5"},
		{"more than one by half", "a mile and a half, an hour and a half", "1.5 mi, 1.5"},
		{"parts", "half the residents, a third of them, two-thirds of it, a quarter of the town", "50 % part, 33.3333333333 % part, 66.6666666667 % part, 25 % part"},
		{"quarter of a measure", "a quarter of a mile, three quarters of an hour", "0.25 mi, 0.75"},
		{"out of", "one in four residents, nine out of ten, 1 in every 4", "25 % part, 90 % part, 25 % part"},
		{"in a time", "five in ten minutes, one in 2024", "5, 10, 1, 2024"},
		{"half by itself", "which pays half. It fell by half", "50 % part, 50 % part by"},
		{"half of a match", "in the second half. He led in the half, cut in half", "2th"},
		{"third one", "a third person", "3th"},
		{"minus", "−12C, -0.3 percent, minus 12 degrees, -$3 million, minus £3, 12 degrees below zero", "-12 °C, -0.3 %, -12 °, -3000000 $, -3 £, -12 °"},
		{"hyphens are no minus", "a 28-point plan, the F-35, COVID-19", "28, 35, 19"},
		{"percent", "20%, 20 per cent, 20 percent", "20 %, 20 %, 20 %"},
		{"points", "2 percentage points, 25 basis points, 28 points", "2 pp, 25 bp, 28"},
		{"dollars", "$4m, US$4m, A$4m, HK$4 million, 4 million Australian dollars, 5 US dollars", "4000000 $, 4000000 $, 4000000 A$, 4000000 HK$, 4000000 A$, 5 $"},
		{"currencies", "£5, €1.5m, Rs 500, Rs500, Rs. 500, EUR 20, 20 €, 84 million crowns", "5 £, 1500000 €, 500 ₹, 500 ₹, 500 ₹, 20 €, 20 €, 84000000 crown"},
		{"no currency", "A 4 percent rise", "4 % by"},
		{"measures", "5km, 5 kilometres, 60 miles an hour, 60mph, 12 square miles, 6 feet", "5 km, 5 km, 60 mph, 60 mph, 12 mi², 6 ft"},
		{"degrees", "12 degrees Celsius, 12°C, 12 F, 12 degrees", "12 °C, 12 °C, 12 °F, 12 °"},
		{"between", "between 40 and 60 people", "40–60"},
		{"from and to", "The fine ranges from $500 to $700", "500–700 $"},
		{"to", "5 to 10 years, two or three men", "5–10, 2–3"},
		{"dash", "10-15 percent, $1.2-1.4 billion, $500–$700", "10–15 %, 1200000000–1400000000 $, 500–700 $"},
		{"no range", "by 3-1, from 28 to 19, in 2019-2020, 737-800-12", "3, 1, 28, 19, 2019, 2020, 737, 800, 12"},
		{"change", "It fell from 19 to 28 points", "19 from, 28 to"},
		{"by and to", "It rose by 4 percent to 40 percent, and rose $2 to $40", "4 % by, 40 % to, 2 $ by, 40 $ to"},
		{"change in a noun", "a rise of 4 percent, up 5%, a 6% fall", "4 % by, 5 % by, 6 % by"},
		{"bounds", "more than 40, at least 5, up to 300, as many as 6, fewer than 7, nearly 100, under £5", "over 40, least 5, most 300, most 6, under 7, nearly 100, under 5 £"},
		{"bounds behind", "100-plus people, 100+ people, 40 or more, 40 people or so, 40 people at least", "least 100, least 100, least 40, about 40, least 40"},
		{"rates", "12 deaths per 1,000 residents, $5 an hour, 40 people a year, 5 flights daily, 3 doctors for every 100 people", "12 per 1000, 1000, 5 $ per hour, 40 per year, 5 per day, 3 per 100, 100"},
		{"no rate", "40 people left a year ago", "40"},
		{"clock", "0930 GMT, 9:30, 9.30am, 9:30 p.m., 2 pm, half past nine, quarter to six, 1400 GMT", "clock 570, clock 570?, clock 570, clock 1290, clock 840, clock 570?, clock 345?, clock 840"},
		{"no clock", "a 3:1 ratio, 1400 people, 9.30", "3, 1, 1400, 9.3"},
		{"names", "dozens, in the 1990s, 1.2.3", "dozens, 1990s, 1.2.3"},
		{"too long", "12345678901234567890", "12345678901234567890"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, q := range Find(tt.text, word.Split(tt.text)) {
				got = append(got, describe(&q))
			}
			if got := strings.Join(got, ", "); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func describe(q *Quantity) string {
	s := q.Key()
	if q.Unit == Clock || q.Unit == clock12 {
		s = "clock " + decimal(q.Low) + strings.Repeat("?", len(q.Unit)-len(Clock))[:min(1, len(q.Unit)-len(Clock))]
	} else if q.Unit != "" {
		s += " " + q.Unit
	}
	s = map[Bound]string{About: "about ", Nearly: "nearly ", AtLeast: "least ", MoreThan: "over ", AtMost: "most ", LessThan: "under "}[q.Bound] + s
	if q.Part {
		s += " part"
	}
	if q.Per != "" {
		s += " per " + q.Per
	}
	if q.Way != "" {
		s += " " + q.Way
	}
	return s
}

func TestCompare(t *testing.T) {
	for _, tt := range []struct {
		name, given, said string
		want              Relation
	}{
		{"equal", "40 people", "forty people", Same},
		{"other", "40 people", "41 people", Other},
		{"decimal comma", "1,5 km", "15 km", Other},
		{"unit", "40 percent", "40 people", Unrelated},
		{"unit left out", "€20 million", "20 million", Same},
		{"percent left out", "20 percent voted", "20 voted", Unrelated},
		{"percentage points", "2 percentage points", "2 percent", Unrelated},
		{"currency", "A$4 million", "$4 million", Unrelated},
		{"US dollars", "US$4 million", "$4 million", Same},
		{"sign", "−12C", "12C", Other},
		{"sign, a hyphen that does not break", "‑12C", "12C", Other},
		{"sign, full width", "－12C", "12C", Other},
		{"scale left open", "12 degrees", "12C", Same},
		{"scale", "12F", "12C", Unrelated},
		{"ordinal", "the sixth visit", "six visits", Unrelated},
		{"range", "5 to 10 years", "5-10 years", Same},
		{"range around a figure", "19 delegates", "between 19 and 25 delegates", Unrelated},
		{"wider range", "between 40 and 60", "between 40 and 65", Unrelated},
		{"end of a range", "5 to 10 years", "10 years", Unrelated},
		{"beyond a range", "5 to 10 years", "12 years", Other},
		{"range from below", "between 40 and 60", "at least 40", Same},
		{"range from above", "between 40 and 60", "up to 60", Same},
		{"bound left out", "nearly 100", "100", Partly},
		{"bound brought in", "100", "at least 100", Partly},
		{"about left out", "about 100", "100", Same},
		{"another bound", "at least 20", "up to 20", Partly},
		{"stricter bound", "more than 40", "at least 40", Same},
		{"above a bound", "42 people", "more than 40 people", Same},
		{"far above a bound", "42 people", "more than 5 people", Unrelated},
		{"below a bound", "98 people", "nearly 100 people", Same},
		{"beyond a bound", "up to 300 people", "400 people", Other},
		{"within a bound", "more than 40", "100", Unrelated},
		{"rate left out", "12 deaths per 1,000", "12 deaths", Partly},
		{"rate in other words", "$5 per hour", "$5 an hour", Same},
		{"rise to and by", "rose to $4 million", "rose by $4 million", Partly},
		{"rise by and with nothing", "rose by 4 percent", "rose 4 percent", Same},
		{"share in other words", "one in four residents", "25 percent of residents", Same},
		{"half an hour", "half an hour", "0.5 hours", Same},
		{"clock", "0930 GMT", "9:30 GMT", Same},
		{"half of the day", "9:30 p.m.", "9:30 a.m.", Other},
		{"half of the day left out", "9:30 p.m.", "9.30", Unrelated},
		{"million or metres", "20m", "20 metres", Same},
		{"million or metres, million", "20m", "20 million", Same},
		{"point for thousands", "4.200 people", "4,200 people", Same},
		{"point for no thousands", "5.125 percent", "5,125 percent", Other},
		{"unit of the next", "rose from 10 to 15 percent", "10 percent", Same},
		{"vague", "dozens", "hundreds", Unrelated},
	} {
		t.Run(tt.name, func(t *testing.T) {
			given, said := Find(tt.given, word.Split(tt.given)), Find(tt.said, word.Split(tt.said))
			if len(given) == 0 || len(said) == 0 {
				t.Fatalf("got %v and %v, want a quantity each", given, said)
			}
			if got := Compare(&given[0], &said[0]); got != tt.want {
				t.Errorf("%s for %s: got %d, want %d", describe(&given[0]), describe(&said[0]), got, tt.want)
			}
		})
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"½", "2½ miles", "A$4 to A$5m", "one in four, −12C", "0930 GMT half past", "1,5-2,5 km per 1,000", "a mile and a half ½", "4 200 000,5", "minus minus 3", "£ 4 m €", "from 5 to 5", "\u00a04\u00a0200%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := word.Split(text)
		qs := Find(text, words)
		for i, q := range qs {
			switch {
			case q.From < 0 || q.To < q.From || q.To > len(words) || q.Lead > q.From || q.Lead < 0 || q.Tail < q.To || q.Tail > len(words):
				t.Errorf("%q: words %d, %d–%d, %d of %d", text, q.Lead, q.From, q.To, q.Tail, len(words))
			case !q.Within(len(text)) || q.Len() == 0:
				t.Errorf("%q: span %v of %d bytes", text, q.Span, len(text))
			case !(q.Low <= q.High):
				t.Errorf("%q: got %g to %g, want an order", text, q.Low, q.High)
			case i > 0 && (q.From < qs[i-1].To || q.Start < qs[i-1].Start):
				t.Errorf("%q: %v and %v overlap", text, qs[i-1].Span, q.Span)
			case Compare(&q, &q) != Same:
				t.Errorf("%q: %s is not borne out by itself", text, describe(&q))
			}
			for _, o := range qs {
				if len(q.also)+len(o.also) > 0 || q.Unit != o.Unit {
					continue
				}
				if ab, ba := Compare(&q, &o), Compare(&o, &q); (ab == Other) != (ba == Other) {
					t.Errorf("%q: %s and %s: got %d and %d, want both to exclude the other", text, describe(&q), describe(&o), ab, ba)
				}
			}
		}
	})
}
