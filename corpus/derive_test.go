package corpus

import (
	"fmt"
	"strings"
	"testing"
)

func TestDerive(t *testing.T) {
	const story = "The council of Harrow voted on Monday to mend the bridge. It is the third vote of the year, and the mayor said that it is the last."
	tests := []struct {
		name  string
		given Article
		text  string
		want  string // name=value (origin), language left out
	}{
		{"title made from the first sentence", Article{}, story,
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence)`},
		{"title shortened", Article{}, "The council of Harrow, after a debate that went on until the early hours of the morning, voted to mend the bridge.",
			`title=The council of Harrow, after a debate that went on until the early hours of the morning… (first sentence)`},
		{"title is the headline", Article{}, "Harrow mends its bridge\n\n" + story,
			`title=Harrow mends its bridge (text)`},
		{"title given", Article{Title: Fact{"Bridge", FromRecord}}, "Harrow mends its bridge\n\n" + story,
			`title=Bridge (record)`},
		{"dateline is no part of the title", Article{}, "HARROW, Lorne (AP) — " + story,
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); publisher=AP (text); place=HARROW, Lorne (text)`},
		{"dateline of two places", Article{}, "LORNE and HARROW, Ostland – " + story,
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); place=LORNE and HARROW, Ostland (text)`},
		{"dateline with a day", Article{}, "HARROW, Nov 2 (Reuters) - " + story,
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); publisher=Reuters (text); place=HARROW (text)`},
		{"dateline with a full day and an unknown wire", Article{}, "HARROW, Isle of Lorne, Nov. 2, 2025 (Harrow Wire) – " + story,
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); publisher=Harrow Wire (text); place=HARROW, Isle of Lorne (text); published=2025-11-02 (text)`},
		{"paper and day", Article{}, "Bridge to be mended\n\nThe Harrow Echo, 2 November 2025\n\n" + story,
			`title=Bridge to be mended (text); publisher=The Harrow Echo (text); published=2025-11-02 (text)`},
		{"place and day", Article{}, "Bridge to be mended\n\nHarrow, 2 November 2025\n\n" + story,
			`title=Bridge to be mended (text); published=2025-11-02 (text)`},
		{"paper", Article{}, "Bridge to be mended\n\nHarrow Gazette\ndate 2025-11-02\n\n" + story,
			`title=Bridge to be mended (text); publisher=Harrow Gazette (text); published=2025-11-02 (text)`},
		{"network's line", Article{}, "Harrow, Lorne CNN Business —\n\n" + story,
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); publisher=CNN Business (text); place=Harrow, Lorne (text)`},
		{"publisher given", Article{Publisher: Fact{"Echo", FromRecord}}, "HARROW (AP) — " + story,
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); publisher=Echo (record); place=HARROW (text)`},
		{"publisher from its staff", Article{}, story + "\n\n– ABC News’ Ann Example contributed to this report.",
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); publisher=ABC News (text)`},
		{"byline", Article{}, "By Ann Example and Hob Tarrant\n\n" + story,
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); byline=Ann Example and Hob Tarrant (text)`},
		{"signature of a live blog's entry", Article{}, story + "\n\n– Ann Example\n\nMore came.",
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence)`},
		{"stamp at the end", Article{}, story + "\n date 2025-11-26",
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); published=2025-11-26 (text)`},
		{"stamp at the start", Article{}, "Published: Nov. 26, 2025, 4:12 PM EST\n\n" + story,
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); published=2025-11-26 (text)`},
		{"published and updated", Article{}, "Updated Nov. 28, 2025, 4:12 p.m. ET\n\n" + story + "\n\nPublished 26 November 2025",
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); published=2025-11-26 (text)`},
		{"only updated", Article{}, "Updated Nov. 28, 2025, 4:12 p.m. ET\n\n" + story,
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); published=2025-11-28 (text)`},
		{"published given", Article{Published: Fact{"2024-01-01", FromRecord}}, story + "\n date 2025-11-26",
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); published=2024-01-01 (record)`},
		{"published guessed", Article{}, story + "\n\nThe bridge of Harrow, November 22, 2025.\nAnn Example/Reuters\n\nIt rains.",
			`title=The council of Harrow voted on Monday to mend the bridge. (first sentence); published=2025-11-24 (guess)`},
		{"no day to guess from", Article{}, "It rains in Harrow.\n\nThe bridge of Harrow, November 22, 2025.\nAnn Example/Reuters\n\nIt rains.",
			`title=It rains in Harrow. (first sentence)`},
		{"nothing", Article{}, " \n", ""},
		{"only a heading", Article{}, "Harrow mends its bridge",
			`title=Harrow mends its bridge (first sentence)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := tt.given
			a.Text, a.Body = tt.text, Span{0, len(tt.text)}
			a.Derive()
			var got []string
			for _, f := range []struct {
				name string
				Fact
			}{{"title", a.Title}, {"publisher", a.Publisher}, {"byline", a.Byline}, {"place", a.Place}, {"published", a.Published}} {
				if f.Value != "" {
					got = append(got, fmt.Sprintf("%s=%s (%s)", f.name, f.Value, f.From))
				}
			}
			if g := strings.Join(got, "; "); g != tt.want {
				t.Errorf("\ngot  %s\nwant %s", g, tt.want)
			}
			// What Derive found stays when it is asked again.
			again := a
			again.Derive()
			if again.Title != a.Title || again.Published != a.Published || again.Publisher != a.Publisher {
				t.Errorf("again: got %v, %v, %v", again.Title, again.Published, again.Publisher)
			}
		})
	}
}

func TestDeriveLanguage(t *testing.T) {
	tests := []struct{ want, text string }{
		{"en", "The mayor said that the bridge will be open to all who live in the town."},
		{"de", "Die Brücke ist nach dem Sturm wieder offen, sagte die Bürgermeisterin, und das ist gut für die Stadt."},
		{"fr", "Le pont est ouvert, a dit la maire de la ville, et les gens sont venus avec des fleurs."},
		{"es", "El puente está abierto, dijo la alcaldesa de la ciudad, y la gente vino con flores por la noche."},
		{"it", "Il ponte è aperto, ha detto la sindaca della città, e la gente è venuta con i fiori per una festa."},
		{"pt", "A ponte está aberta, disse a prefeita da cidade, e as pessoas não vieram com flores para uma festa."},
		{"nl", "De brug is weer open, zegt de burgemeester, en dat is goed voor het dorp en de mensen die er wonen."},
		{"ru", "Мост открыт, сказала мэр города, и люди пришли с цветами."},
		{"uk", "Міст відкрито, сказала міська голова, і люди прийшли з квітами її зустріти."},
		{"zh", "大桥周一开通，市长说很高兴。"},
		{"ja", "橋が開通した。市長は嬉しいと述べた。"},
		{"ko", "다리가 월요일에 개통되었다고 시장이 말했다."},
		{"ar", "افتتح الجسر يوم الاثنين وقالت رئيسة البلدية إنها سعيدة."},
		{"he", "הגשר נפתח ביום שני, אמרה ראש העיר."},
		{"el", "Η γέφυρα άνοιξε τη Δευτέρα, είπε η δήμαρχος."},
		{"hi", "पुल सोमवार को खुला और महापौर खुश हैं।"},
		{"th", "สะพานเปิดในวันจันทร์"},
		{"", "12 34 56."},
		{"", ""},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			a := &Article{Text: tt.text, Body: Span{0, len(tt.text)}}
			a.Derive()
			if a.Language.Value != tt.want {
				t.Errorf("%q: got %q, want %q", tt.text, a.Language.Value, tt.want)
			}
		})
	}
}
