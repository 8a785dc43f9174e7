package pos

import (
	"slices"
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"clitics", "He said it wasn't the aide’s; they’ll say we can’t.", "He said it was n't the aide ’s ; they ’ll say we ca n’t ."},
		{"plural possessive", "the officials’ leak", "the officials ’ leak"},
		{"single quotes", "‘We tried,’ he said. 'Two trains' stopped.", "‘ We tried , ’ he said . ' Two trains ' stopped ."},
		{"amounts", "$1.2bn, £3m, 25%, 38.7C, 1,200 and 10:30", "$1.2bn , £3m , 25% , 38.7C , 1,200 and 10:30"},
		{"joined", "the 28-point, U.S.-led plan of 2010–2014", "the 28-point , U.S.-led plan of 2010–2014"},
		{"abbreviations", "Mr. Lee of Acme Inc. met Gen. J. Cho on Nov. 25 at 6 p.m. in the U.S.", "Mr. Lee of Acme Inc. met Gen. J. Cho on Nov. 25 at 6 p.m. in the U.S."},
		{"full stops that are", "It was vitamin C. No. He sat. Then I.", "It was vitamin C. No . He sat . Then I ."},
		{"names", "O’Neill of AT&T and Amazon.com", "O’Neill of AT&T and Amazon.com"},
		{"credit", "Ramil Sitdikov/Reuters", "Ramil Sitdikov / Reuters"},
		{"dashes", "LONDON — a deal -- or not… So", "LONDON — a deal -- or not … So"},
		{"address", "See https://a.example/x?y=1.", "See https://a.example/x?y=1 ."},
		{"typed", "whats new, who didnt come, i cannot say", "what s new , who did nt come , i can not say"},
		{"decade", "in the '90s and 1980s", "in the '90s and 1980s"},
		{"missing space", "He left.Then it rained.", "He left . Then it rained ."},
		{"nothing", " \n\t", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, tok := range Split(c.text) {
				got = append(got, tok.Text)
			}
			if want := strings.Fields(c.want); !slices.Equal(got, want) {
				t.Errorf("tokens %q, want %q", got, want)
			}
		})
	}
}

func TestSplitTagsWhatNeedsNoContext(t *testing.T) {
	for word, want := range map[string]Tag{
		"$1.2bn": CD, "38.7C": CD, "28-point": JJ, "34-year-old": JJ, "1990s": NNS, "19th": JJ, "2010–2014": CD,
		"the": DT, "Whose": WPS, "which": WDT, "IT": None, "leak": None, "that": None, ",": PUNCT, "&": CC, "€": SYM,
	} {
		tokens := Split(word)
		if len(tokens) != 1 || tokens[0].Tag != want {
			t.Errorf("%q: tokens %v, want one, tagged %v", word, tokens, want)
		}
	}
}
