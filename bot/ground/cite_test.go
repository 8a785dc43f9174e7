package ground

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dateline/corpus"
)

// Each source is one article of a text, all of which is cited. The texts are in
// the order of their marks.
func TestCite(t *testing.T) {
	for _, tt := range []struct {
		name    string
		text    string
		sources []string
		want    []int // the sources that the sentence is shown with; none where it is not shown
	}{
		{"both carry it", "Mayor Boyle opened the pier.", []string{"Mayor Tess Boyle opened the pier on Monday.", "The pier was opened by Mayor Boyle."}, []int{1, 2}},
		{"the same wire story", "Police arrested Tom Fay over the mill fire.", []string{"Police arrested Tom Fay over the mill fire.", "Police arrested Tom Fay over the mill fire."}, []int{1, 2}},
		{"denied", "Mayor Boyle said the pier will be sold.", []string{"Mayor Boyle said the pier will be sold.", "Mayor Boyle said the pier will not be sold."}, []int{1}},
		{"denied, the other way round", "Mayor Boyle said the pier will not be sold.", []string{"Mayor Boyle said the pier will be sold.", "Mayor Boyle said the pier will not be sold."}, []int{2}},
		{"another number", "Repairs of the bridge cost $42 million.", []string{"Repairs of the bridge cost $42 million.", "Repairs of the bridge cost $4.2 million."}, []int{1}},
		{"another person", "Police arrested Tom Fay over the mill fire.", []string{"Police arrested Tom Fay over the mill fire.", "Police arrested Ian Voss over the mill fire."}, []int{1}},
		{"rose and fell", "Profits of Dunmore rose 12 percent.", []string{"Profits of Dunmore rose 12 percent.", "Profits of Dunmore fell 12 percent."}, []int{1}},
		{"another day", "The inquest opened on Monday.", []string{"The inquest opened on Monday.", "The inquest opened on Tuesday."}, []int{1}},
		{"less of the only clause", "Mayor Boyle opened the pier on Monday.", []string{"Mayor Boyle opened the pier on Monday.", "Mayor Boyle opened the pier."}, []int{1}},
		{"one clause of two", "The council closed the bridge, and Mayor Boyle promised repairs by June.", []string{"The council closed the bridge, and Mayor Boyle promised repairs by June.", "The council closed the bridge."}, []int{1, 2}},
		{"one clause of two, and another number in the other", "Fire destroyed the mill, and the owner lost $3 million.", []string{"Fire destroyed the mill, and the owner lost $3 million.", "Fire destroyed the mill, and the owner lost $5 million."}, []int{1}},
		{"safe and unsafe", "The dam was inspected in May and found unsafe.", []string{"The dam was inspected in May and found safe.", "The dam was inspected in May and found unsafe."}, []int{2}},
		{"usable and unusable", "The bridge was checked in May and declared usable.", []string{"The bridge was checked in May and declared usable.", "The bridge was checked in May and declared unusable."}, []int{1}},
		{"happy and unhappy", "Luz Parra was married in Quito and is happy.", []string{"Luz Parra was married in Quito and is happy.", "Luz Parra was married in Quito and is unhappy."}, []int{1}},
		{"clean and polluted", "The lake is deep and polluted, Enzo Vela said.", []string{"The lake is deep and polluted, Enzo Vela said.", "The lake is deep and clean, Enzo Vela said."}, []int{1}},
		{"alive and dead", "The climber was found on Monday and is alive.", []string{"The climber was found on Monday and is alive.", "The climber was found on Monday and is dead."}, []int{1}},
		{"guilty and not", "Dov Katz was tried in May and found guilty.", []string{"Dov Katz was tried in May and found guilty.", "Dov Katz was tried in May and found not guilty."}, []int{1}},
		{"open and closed", "The pass was cleared on Monday and is open.", []string{"The pass was cleared on Monday and is open.", "The pass was cleared on Monday and is closed."}, []int{1}},
		{"harmless and harmful", "The gas was measured on Monday and is harmless.", []string{"The gas was measured on Monday and is harmless.", "The gas was measured on Monday and is harmful."}, []int{1}},
		{"another word for the same verb", "The ship was seized in May and sold to a broker.", []string{"The ship was seized in May and sold to a broker.", "The ship was seized in May and sold to a museum."}, []int{1}},
		{"silent about the other clause", "The ship was seized in May and sold to a broker.", []string{"The ship was seized in May and sold to a broker.", "The ship was seized in May."}, []int{1, 2}},
		{"the other clause without who says it", "The crack is four metres long, the board said, and the water will come down by five metres.", []string{"The crack is four metres long, the board said, and the water will come down by five metres.", "The crack is four metres long, and the water will come down by five metres."}, []int{1, 2}},
		{"of the other clause the name alone", "The council closed the bridge, and Mayor Boyle promised repairs.", []string{"The council closed the bridge, and Mayor Boyle promised repairs.", "The council of Mayor Boyle closed the bridge."}, []int{1, 2}},
		{"a clause each", "The council closed the bridge, and Mayor Boyle reopened the pier.", []string{"The council closed the bridge on Monday.", "Mayor Boyle reopened the pier at the harbour."}, []int{1, 2}},
		{"a clause each, and one that has nothing of it", "The council closed the bridge, and Mayor Boyle reopened the pier.", []string{"The council closed the bridge on Monday.", "Bees moved into the church tower.", "Mayor Boyle reopened the pier at the harbour."}, []int{1, 3}},
		{"a clause that neither has whole", "The council closed the bridge, and Mayor Boyle reopened the pier.", []string{"The council closed the bridge on Monday. Mayor Boyle spoke.", "A vicar reopened the pier."}, nil},
		{"a cause of another article", "The bridge closed because Tom Fay was drunk.", []string{"The bridge closed on Monday.", "Tom Fay was drunk."}, nil},
		{"a time of another article", "The bridge closed after Tom Fay resigned.", []string{"The bridge closed.", "Tom Fay resigned."}, nil},
		{"a pronoun for somebody else", "Ben Roe met the envoy, and he was drunk.", []string{"Ben Roe met the envoy.", "Tom Fay was arrested. He was drunk."}, nil},
		{"a verb of somebody else", "Ben Roe met the envoy and resigned.", []string{"Ben Roe met the envoy.", "Tom Fay resigned."}, nil},
		{"an apposition of another article", "Ada Roe – a convicted thief – met the envoy.", []string{"Ada Roe met the envoy.", "Tom Fay is a convicted thief."}, nil},
		{"a number of another article", "The flood in Leeds killed 40 people.", []string{"The flood in Leeds killed several people.", "The fire in Hull killed 40 people."}, nil},
		{"all say otherwise", "Repairs of the bridge cost $42 million.", []string{"Repairs of the bridge cost $4.2 million.", "Repairs of the bridge cost $5 million."}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			offered := make(map[string]*corpus.Article)
			var quotes []Quote
			for i, text := range tt.sources {
				a := &corpus.Article{ID: fmt.Sprint(i + 1), Source: fmt.Sprintf("%d.txt", i+1), Text: text, Body: corpus.Span{End: len(text)}}
				a.Published = corpus.Fact{Value: "2026-03-04"}
				offered[a.ID] = a
				quotes = append(quotes, Quote{a, corpus.Span{End: len(text)}})
			}
			cited, reasons := Cite(tt.text, quotes, offered)
			var got []int
			for _, q := range cited {
				got = append(got, slices.Index(quotes, q)+1)
			}
			if !slices.Equal(got, tt.want) || (len(got) == 0) != (len(reasons) > 0) {
				t.Errorf("got %v, reasons %q, want %v", got, reasons, tt.want)
			}
		})
	}
}

// Of several places in one article the needed ones stay.
func TestCitePlaces(t *testing.T) {
	const text = "Boyle opened the pier. Bees moved into the tower. She said that it cost $3 million."
	a := &corpus.Article{ID: "a", Source: "a.txt", Text: text, Body: corpus.Span{End: len(text)}}
	offered := map[string]*corpus.Article{"a": a}
	place := func(words string) Quote {
		i := strings.Index(text, words)
		return Quote{a, corpus.Span{Start: i, End: i + strings.Index(text[i:], ".") + 1}}
	}
	quotes := []Quote{place("Boyle"), place("Bees"), place("She")}
	got, reasons := Cite("Boyle opened the pier, and she said that it cost $3 million.", quotes, offered)
	if want := []Quote{quotes[0], quotes[2]}; !slices.Equal(got, want) {
		t.Errorf("got %v, reasons %q, want %v", got, reasons, want)
	}
}

func TestClauses(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"Boyle opened the pier.", []string{"Boyle opened the pier."}},
		{"Boyle said that the pier was sold and that the mill would close.", []string{"Boyle said that the pier was sold and that the mill would close."}},
		{"The council closed the bridge, and Boyle promised repairs.", []string{"The council closed the bridge", "Boyle promised repairs."}},
		{"The bridge, which cost $3 million, was closed; nobody was hurt.", []string{"The bridge, which cost $3 million, was closed", "nobody was hurt."}},
		{"The council closed the bridge because cracks were found.", []string{"The council closed the bridge because cracks were found."}},
		{"Found in the cellar on Monday", []string{"Found in the cellar on Monday"}},
	} {
		if got := clausesOf(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s\ngot  %q\nwant %q", tt.text, got, tt.want)
		}
	}
}
