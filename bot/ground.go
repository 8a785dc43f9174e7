package bot

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"dateline/corpus"
	"dateline/corpus/word"
)

// ground checks a claim against what it cites, and returns the reasons why it
// must not be shown: none if all is well.
//
// Every quote must be a span of an article that the reader was offered, on
// character boundaries and without damaged bytes, and the claim's names,
// numbers and quotations must occur in the quotes.
func ground(c Claim, offered map[string]*corpus.Article) []string {
	if len(c.Quotes) == 0 {
		return []string{"it cites nothing"}
	}
	var reasons []string
	var cited strings.Builder
	for _, q := range c.Quotes {
		switch a := offered[q.Article.ID]; {
		case a == nil:
			reasons = append(reasons, fmt.Sprintf("it cites %s, which was not among the passages", q.Article.Source))
		case !q.Span.Within(len(a.Text)) || q.Span.Len() == 0 || a.Text != q.Article.Text:
			reasons = append(reasons, fmt.Sprintf("the words it cites do not stand in %s", a.Source))
		case !utf8.ValidString(q.Span.Of(a.Text)) || strings.ContainsRune(q.Span.Of(a.Text), utf8.RuneError):
			reasons = append(reasons, fmt.Sprintf("the words it cites are damaged in %s", a.Source))
		default:
			cited.WriteString(q.Span.Of(a.Text) + "\n")
		}
	}
	if len(reasons) > 0 {
		return reasons
	}
	return unsupported(c.Text, cited.String())
}

// unsupported names what the claim states and the cited words lack: words in
// capitals, numbers, quotations.
func unsupported(claim, cited string) []string {
	have := make(map[string]bool)
	for _, w := range word.Split(cited) {
		have[w.Norm] = true
		have[w.Stem()] = true
	}
	var reasons []string
	words := word.Split(claim)
	for i, w := range words {
		if have[w.Norm] || have[w.Stem()] {
			continue
		}
		switch {
		case w.Number():
			reasons = append(reasons, fmt.Sprintf("the number %s is not in what it cites", w.Text))
		case w.Capital() && !w.Stop() && (i > 0 || word.IDF(w.Stem()) > 5):
			reasons = append(reasons, fmt.Sprintf("the name %s is not in what it cites", w.Text))
		}
	}
	flat := straighten(cited)
	for _, q := range quotations(claim) {
		if !strings.Contains(flat, straighten(q)) {
			reasons = append(reasons, fmt.Sprintf("the quotation %q is not in what it cites", q))
		}
	}
	return reasons
}

// quotations returns what stands between quotation marks in s.
func quotations(s string) []string {
	var qs []string
	for rest := s; ; {
		_, after, ok := strings.Cut(rest, "“")
		if !ok {
			break
		}
		q, tail, closed := strings.Cut(after, "”")
		if closed || q != "" {
			qs = append(qs, q)
		}
		rest = tail
	}
	for i, q := range strings.Split(s, `"`) {
		if i%2 == 1 {
			qs = append(qs, q)
		}
	}
	return qs
}

// straighten makes quotation marks and white space alike.
func straighten(s string) string {
	s = strings.NewReplacer("“", `"`, "”", `"`, "‘", "'", "’", "'").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}
