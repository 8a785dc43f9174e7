package pos

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzTokens(f *testing.F) {
	for _, s := range []string{
		"", "Yury Ushakov, the Kremlin’s aide, said the U.S.-led 28-point plan wasn't \"final\".",
		"‘We can’t,’ he said of the officials’ leak ... In the '90s, AT&T Inc. paid $1.2bn.",
		"whats the temp at -5C? 38.7°C", "a\xff\xfeb ’s '", "$", "http://", "n't", "x'", "É’s\u0301", "-LRB- ``x''",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, tok := range Tokens(text) {
			if !tok.Within(len(text)) || tok.Start < end || tok.Len() == 0 {
				t.Fatalf("%q: span %v after offset %d", text, tok.Span, end)
			}
			if got, want := tok.Text, tok.Of(text); got != want {
				t.Fatalf("%q: text %q, want %q", text, got, want)
			}
			if gap := text[end:tok.Start]; strings.TrimFunc(gap, space) != "" {
				t.Fatalf("%q: %q was left out", text, gap)
			}
			if tok.Tag == None || tok.Tag >= NumTags {
				t.Fatalf("%q: %q is tagged %v", text, tok.Text, tok.Tag)
			}
			if utf8.ValidString(text) && !utf8.ValidString(tok.Text) {
				t.Fatalf("%q: token %q cuts a character", text, tok.Text)
			}
			end = tok.End
		}
		if gap := text[end:]; strings.TrimFunc(gap, space) != "" {
			t.Fatalf("%q: %q was left out", text, gap)
		}
	})
}
