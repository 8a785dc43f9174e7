package corpus

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlain(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "The mayor opened the bridge.", "The mayor opened the bridge."},
		{"strong", "It cost **40 million** euros.", "It cost 40 million euros."},
		{"strong in lines", "It cost __40 million__ euros.", "It cost 40 million euros."},
		{"emphasis", "The *Evening Post* said so.", "The Evening Post said so."},
		{"emphasis in lines", "The _Evening Post_, she said.", "The Evening Post, she said."},
		{"both", "***Never*** again.", "Never again."},
		{"two side by side", "*Never* *ever* again.", "Never ever again."},
		{"struck out", "It cost ~~30~~ 40 euros.", "It cost 30 40 euros."},
		{"in quotation marks", "“*Never*,” she said.", "“Never,” she said."},
		{"link", "The [council](https://x.example/a) agreed.", "The council agreed."},
		{"link with brackets in its address", "The [council](https://x.example/a_(b)) agreed.", "The council agreed."},
		{"link with a title", `The [council](https://x.example/a "The council") agreed.`, "The council agreed."},
		{"link within the site", "The [council](/council) agreed.", "The council agreed."},
		{"link that is emphasised", "The [**council**](/council) agreed.", "The council agreed."},
		{"image", "![The bridge](b.jpg) The mayor came.", " The mayor came."},
		{"address in angles", "See <https://x.example/a>.", "See https://x.example/a."},
		{"heading", "## The bridge opens", "The bridge opens"},
		{"heading closed", "# The bridge opens #", "The bridge opens"},
		{"tags", `<p class="a">The <b>mayor</b> came.</p>`, " The mayor came. "},
		{"tag of an end of line", "The mayor came.<br/>She left.", "The mayor came. She left."},
		{"tag with an address", `The <a href="https://x.example/?a=1&amp;b=2">council</a> agreed.`, "The council agreed."},
		{"script", "The mayor<script>alert(1)</script> came.", "The mayor  came."},
		{"comment", "The mayor<!-- of what? --> came.", "The mayor  came."},
		{"entities", "AT&amp;T paid &pound;5&#160;million &mdash; it&#8217;s &#x201C;sorry&#x201D;.", "AT&T paid £5\u00a0million — it’s “sorry”."},
		{"entities escaped twice", "AT&amp;amp;T paid.", "AT&T paid."},
		{"tags escaped", "The &lt;b&gt;mayor&lt;/b&gt; came.", "The mayor came."},

		{"products", "He scored 2 * 3 ** 4 points, 2*3*4.", "He scored 2 * 3 ** 4 points, 2*3*4."},
		{"comparisons", "It is 5 < 6 > 4, and a <b and c> d.", "It is 5 < 6 > 4, and a <b and c> d."},
		{"a name of a file", "It is in my_old_file and __init__.py.", "It is in my_old_file and __init__.py."},
		{"an oath", "What the f*** and s***, he said.", "What the f*** and s***, he said."},
		{"notes", "It costs $40* and $30* with tax.", "It costs $40* and $30* with tax."},
		{"one star", "*Prices exclude tax.", "*Prices exclude tax."},
		{"words in brackets", "He [the mayor] (who left) agreed.", "He [the mayor] (who left) agreed."},
		{"brackets side by side", "He [the mayor](who left) agreed.", "He [the mayor](who left) agreed."},
		{"firms", "AT&T and R&D; Q&A.", "AT&T and R&D; Q&A."},
		{"no entity", "Marks &nosuch; Co", "Marks &nosuch; Co"},
		{"a number sign", "#1 seed wins.", "#1 seed wins."},
		{"damage", "It is &#0; here.", "It is &#0; here."},
		{"unclosed", "The **mayor came.", "The **mayor came."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Plain(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestWithoutCredits(t *testing.T) {
	const mayor = "The mayor opened the bridge."
	for _, tt := range []struct{ name, text, want string }{
		{"agency first", mayor + " (AP Photo/Jane Roe)", mayor},
		{"agency first, without brackets", mayor + " AP Photo/Jane Roe", mayor},
		{"agency first, of a file", mayor + " (AP Photo/Jane Roe, File)", mayor},
		{"before the full stop", "The mayor opened the bridge (Photo by Jane Roe/Getty Images).", mayor},
		{"within", "The mayor (Photo: Reuters) opened the bridge.", mayor},
		{"label", mayor + " Photo: Reuters", mayor},
		{"label and full stop", mayor + " Photo: Reuters.", mayor},
		{"label in front", "Photo: Reuters. " + mayor, mayor},
		{"label without a full stop before it", "The mayor opened the bridge Photo: Jane Roe/Reuters", "The mayor opened the bridge"},
		{"unknown agency", mayor + " Pat Sample/Example Agency", mayor},
		{"unknown agency in brackets", mayor + " (Pat Sample/Example Agency)", mayor},
		{"unknown agency in front", "Pat Sample/Example Agency. " + mayor, mayor},
		{"unknown agency behind a dash", mayor + " — Pat Sample/Example Agency", mayor},
		{"behind a bar", "The mayor opened the bridge | Photo: Reuters", "The mayor opened the bridge"},
		{"by way of", mayor + " Ann Oake via Getty Images", mayor},
		{"credit", mayor + " Credit: Jane Roe/The Times", mayor},
		{"courtesy", mayor + " (Courtesy of Jane Roe)", mayor},
		{"copyright", mayor + " © Reuters", mayor},
		{"copyright of a year", mayor + " © 2025 Example Agency. All rights reserved.", mayor},
		{"copyright in brackets", mayor + " (© Jane Roe)", mayor},
		{"copyright in front", "© 2025 Reuters. " + mayor, mayor},
		{"copyright without a full stop before it", "The mayor opened the bridge © Jane Roe/Reuters", "The mayor opened the bridge"},
		{"behind a quotation", "“It is open.” (AP Photo/Jane Roe)", "“It is open.”"},
		{"two of them", mayor + " (Handout via Reuters) (AP Photo/Jane Roe)", mayor},
		{"of a file", "FILE PHOTO: " + mayor, mayor},
		{"of a file, with a dash", "FILE - " + mayor, mayor},

		{"nothing else", "Jane Roe/Reuters", "Jane Roe/Reuters"},
		{"nothing else, in brackets", "(AP Photo/Jane Roe)", "(AP Photo/Jane Roe)"},
		{"nothing else, of a copyright", "© 2025 Reuters", "© 2025 Reuters"},
		{"a name of an agency", "The Associated Press (AP) sued.", "The Associated Press (AP) sued."},
		{"an agency as the answer", "Who wrote it? Reuters.", "Who wrote it? Reuters."},
		{"a poll of two", "A poll (Washington Post/ABC News) found it.", "A poll (Washington Post/ABC News) found it."},
		{"a photograph told of", "The photo by Jane Roe won a prize (its third).", "The photo by Jane Roe won a prize (its third)."},
		{"a photograph attached", "He sent a letter (photo attached).", "He sent a letter (photo attached)."},
		{"a photographer told of", "Jane Roe of Reuters took the photo.", "Jane Roe of Reuters took the photo."},
		{"two words", "Each member (Democrat/Republican) agreed.", "Each member (Democrat/Republican) agreed."},
		{"the sign", "They put the © sign on it.", "They put the © sign on it."},
		{"a label within a sentence", "She has one wish: a Picture: of home.", "She has one wish: a Picture: of home."},
		{"a sentence with a label", "Photo: Jane Roe won the prize.", "Photo: Jane Roe won the prize."},
		{"two sides", "The mayor came. Police/fire crews left.", "The mayor came. Police/fire crews left."},
		{"credit of a bank", "He said: Credit is dear. Credit Suisse fell.", "He said: Credit is dear. Credit Suisse fell."},
		{"a courtesy", "It was a courtesy. Courtesy of the council is known.", "It was a courtesy. Courtesy of the council is known."},
		{"a file", "The FILE - as she calls it - is open.", "The FILE - as she calls it - is open."},
		{"initials", "It is by J. Roe. Reuters/Ipsos polls agree.", "It is by J. Roe. Reuters/Ipsos polls agree."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := WithoutCredits(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("The [**mayor**](/a) <b>came</b> &amp; left. (AP Photo/Jane Roe)")
	f.Add("| © ")
	f.Fuzz(func(t *testing.T, s string) {
		p := Plain(s)
		if utf8.ValidString(s) && !utf8.ValidString(p) {
			t.Errorf("got damaged text %q of %q", p, s)
		}
		if p != s && !strings.ContainsAny(s, "&<[#*_~") {
			t.Errorf("got %q of %q, which has no markup", p, s)
		}
		if c := WithoutCredits(s); len(c) > len(s) || s != "" && c == "" {
			t.Errorf("got %q of %q", c, s)
		}
	})
}
