package ground

import (
	"math"
	"strings"
	"testing"

	"dateline/corpus"
)

// bridge is about two things that happened on two days in two towns.
const bridge = "The harbour board of Sandrith closed the Old Toll Bridge on Tuesday after divers found a crack of four metres in a pier. " +
	"Marta Velling, who chairs the board, said that repairs would cost 84 million crowns. " +
	"Lorries have to take the ferry until then. " +
	"Fishermen complained that nobody had asked them. " +
	"The news came as a surprise to many. " +
	"It had rained all week. " +
	"In Quillhaven, Hob Tarrant opened a fish market on Friday. " +
	"The hall has room for 60 stalls."

// linesOf are those of a text; the lower ones have no capitals but the first of
// each sentence.
func linesOf(text string, lower bool) []line {
	if lower {
		var ss []string
		for _, s := range sentencesOf(text) {
			ss = append(ss, lowered(s))
		}
		text = strings.Join(ss, " ")
	}
	return Read(&corpus.Article{Text: text, Body: corpus.Span{End: len(text)}}).lines
}

func TestOwn(t *testing.T) {
	for _, tt := range []struct {
		name, claim string
		want        float64
	}{
		{"as it stands", "Lorries have to take the ferry until then.", 0},
		{"shortened", "Marta Velling said that repairs would cost 84 million crowns.", 0},
		{"put together of two", "The harbour board of Sandrith closed the Old Toll Bridge and lorries have to take the ferry.", 0},
		{"half and half", "The harbour board of Sandrith wants no more cars there.", 0.5},
		{"told anew", "A damaged crossing has been shut to traffic in Sandrith.", 1},
		{"in other order", "Ferry the take to have lorries.", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lines := linesOf(bridge, false)
			var every []*line
			for i := range lines {
				every = append(every, &lines[i])
			}
			if got := NewClaim(tt.claim).own(every); math.Abs(got-tt.want) > 0.35 || tt.want != 0.5 && got != tt.want {
				t.Errorf("%q: got %.2f, want %.2f", tt.claim, got, tt.want)
			}
		})
	}
}

func TestRetoldStrange(t *testing.T) {
	for _, tt := range []struct {
		name, claim           string
		words, names, numbers float64
	}{
		{"all there", "Velling put the price at 84 million crowns in Sandrith.", 1, 0, 0},
		{"words of its own", "A rusty walkway annoys Sandrith.", 3, 0, 0},
		{"place", "A rusty walkway annoys Lisbon.", 4, 1, 0},
		{"person", "Repairs would cost crowns, said Ivo Velling.", 1, 1, 0},
		{"organization", "Repairs would cost crowns, Reuters said.", 1, 1, 0},
		{"nationality", "Portuguese lorries take the ferry.", 1, 1, 0},
		{"number", "Repairs would cost 97 million crowns.", 1, 0, 1},
		{"number in words", "Divers found three cracks.", 1, 0, 1},
		{"day", "The bridge closed on Monday.", 1, 0, 1},
		{"a number of the article in words", "Divers found a crack of 4 metres.", 0, 0, 0},
		{"form of a word", "Divers are finding cracks and a closing bridge.", 0, 0, 0},
		{"word for the same", "Lorries must take the ferry.", 0, 0, 0},
	} {
		for _, lower := range []bool{false, true} {
			name, claim := tt.name, tt.claim
			if lower {
				name, claim = name+" in lower case", lowered(claim)
			}
			t.Run(name, func(t *testing.T) {
				c := NewClaim(claim)
				r := c.retold(c.match(linesOf(bridge, lower)))
				if r.words != tt.words || r.names != tt.names || r.numbers != tt.numbers {
					t.Errorf("%q: got %g strange words, %g names, %g numbers, want %g, %g, %g", claim, r.words, r.names, r.numbers, tt.words, tt.names, tt.numbers)
				}
			})
		}
	}
}

func TestRetoldCompany(t *testing.T) {
	c := func(claim string) retelling {
		c := NewClaim(claim)
		return c.retold(c.match(linesOf(bridge, false)))
	}
	for _, tt := range []struct {
		name       string
		mine       string
		other      string
		of         func(retelling) float64
		what       string
		one, least bool
	}{
		{"names of one event and of two", "Velling spoke about Sandrith.", "Tarrant spoke about Sandrith.", func(r retelling) float64 { return r.together }, "together", true, false},
		{"a number and where it stands", "Velling asked for 84 million crowns.", "Tarrant asked for 84 million crowns.", func(r retelling) float64 { return r.together }, "together", true, false},
		{"words of one line and of two", "Divers saw a cracked pier.", "Fishermen saw a cracked pier.", func(r retelling) float64 { return r.company }, "company", false, false},
		{"one word from far away", "Bridge repairs in Sandrith cost crowns.", "Bridge repairs in Quillhaven cost crowns.", func(r retelling) float64 { return r.least }, "least company", false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			mine, other := tt.of(c(tt.mine)), tt.of(c(tt.other))
			if mine <= other || tt.one && mine != 1 {
				t.Errorf("%s: got %.2f for %q and %.2f for %q, want more for the first", tt.what, mine, tt.mine, other, tt.other)
			}
		})
	}
	if r := c("Rain."); r.company != 1 || r.together != 1 || r.least != 1 {
		t.Errorf("got %+v for a word that is found and has none beside it, want it in the best of company", r)
	}
}

// Summaries in words of their own that differ in a word or two: the score tells
// the one that the article carries from the others.
func TestSupportRetold(t *testing.T) {
	const carried = "A damaged crossing in Sandrith has been shut and needs 84 million crowns."
	for _, tt := range []struct{ name, claim string }{
		{"foreign place", "A damaged crossing in Lisbon has been shut and needs 84 million crowns."},
		{"place from elsewhere in the article", "A damaged crossing in Quillhaven has been shut and needs 84 million crowns."},
		{"other number", "A damaged crossing in Sandrith has been shut and needs 97 million crowns."},
		{"number from elsewhere in the article", "A damaged crossing in Sandrith has been shut and needs 60 million crowns."},
		{"more than it says", "A damaged crossing in Sandrith has been shut and needs 84 million crowns from Brussels."},
		{"about something else", "A burnt school in Sandrith was rebuilt and pupils got new desks."},
	} {
		for _, lower := range []bool{false, true} {
			name, text, yes, no := tt.name, bridge, carried, tt.claim
			if lower {
				name, yes, no = name+" in lower case", lowered(yes), lowered(no)
				var ss []string
				for _, s := range sentencesOf(text) {
					ss = append(ss, lowered(s))
				}
				text = strings.Join(ss, " ")
			}
			t.Run(name, func(t *testing.T) {
				a := &corpus.Article{Text: text, Body: corpus.Span{End: len(text)}}
				good, _ := Support(yes, a)
				bad, _ := Support(no, a)
				if good <= bad {
					t.Errorf("got %.3f for %q and %.3f for %q, want more for the first", good, yes, bad, no)
				}
			})
		}
	}
}

// Words of the article that were thrown together are no words of one's own:
// however much of them is there, they are not shown.
func TestCheckScattered(t *testing.T) {
	quotes, offered := quoted("The board closed the bridge on Tuesday. Divers found a deep crack in a stone pier. Lorries take the ferry from the old mill. " +
		"It rained all week. The hall has room for many stalls. A fish market opened behind the station. Children picked apples in an orchard.")
	for _, tt := range []struct {
		name, claim string
		want        string
	}{
		{"in order", "Divers found a crack in a pier.", ""},
		{"in words of its own", "The stalls are in a hall, and there are many.", ""},
		{"from here and there", "Market pier, the orchard divers week bridge, stalls the ferry stone hall, apples deep station lorries mill.", "does not put them together"},
		{"from here and there, in lower case", "market pier the orchard divers week bridge stalls the ferry stone hall apples deep station lorries mill", "does not put them together"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(Check(tt.claim, quotes, offered), "; "); tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("got %q for %q, want %q", got, tt.claim, tt.want)
			}
		})
	}
}
