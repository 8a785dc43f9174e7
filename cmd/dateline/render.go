package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"

	"dateline/bot"
	"dateline/retrieval"
)

// printAnswer shows an answer to people: its sentences, then what each mark
// stands for; or why there is none, and what comes nearest.
// title returns the title of a citation's article, "" if it came without one;
// shown are the sentences that stand on the screen already. Quotes that the
// sentences repeat are left out unless every is set.
func (p *program) printAnswer(a bot.Answer, title func(bot.Citation) string, shown []bot.Sentence, every bool) {
	if a.NewSubject {
		p.out.paragraph(0, dim, "A new subject: what was asked before is not carried on.")
	}
	switch {
	case a.Understood == "":
	case a.Wish != "":
		p.out.paragraph(0, dim, "About the answer to: "+a.Understood)
	default:
		p.out.paragraph(0, dim, "Understood as: "+a.Understood)
	}
	if !a.Answered {
		p.printRefusal(a, title)
		return
	}
	if a.Certainty == bot.Perhaps {
		p.out.paragraph(0, "", bot.Uncertain)
		shown = nil
	}
	if bot.Marked(shown) != a.Text {
		p.out.paragraph(0, bold, a.Text)
	}
	if a.Note != "" {
		p.out.paragraph(0, "", a.Note)
	}
	p.out.printf("\n")
	for _, c := range a.Citations {
		p.printCitation(fmt.Sprintf("[%d]", c.N), title(c), c, every || !a.Repeats(c))
	}
}

// inLine is an answer where there is room for a line: the short one, if there is
// one.
func inLine(a bot.Answer) string {
	if a.Certainty == bot.Perhaps {
		return bot.Uncertain + " " + a.Text
	}
	return cmp.Or(a.Brief(), a.Text, a.Reason)
}

func (p *program) printRefusal(a bot.Answer, title func(bot.Citation) string) {
	p.out.paragraph(0, bold, a.Reason)
	if a.Note != "" {
		p.out.paragraph(0, "", a.Note)
	}
	if a.Searched.Articles > 0 && !a.Unclear {
		p.out.paragraph(0, "", "Searched "+coverage(a.Searched)+".")
	}
	if len(a.Nearest) == 0 {
		return
	}
	p.out.printf("\nNearest:\n")
	for _, c := range a.Nearest {
		p.printCitation("-", title(c), c, true)
	}
}

// printCitation shows where a citation stands, and its words unless they stand
// above already.
func (p *program) printCitation(label, title string, c bot.Citation, quoting bool) {
	p.out.heading(label+" ", "", title, c.Publisher, c.Published, place(c.Source, c.Lines))
	indent := utf8.RuneCountInString(label) + 1
	if quoting {
		p.out.paragraph(indent, dim, quoted(c.Quote))
	}
	if len(c.Resolved) > 0 {
		var dates []string
		for _, words := range slices.Sorted(maps.Keys(c.Resolved)) {
			dates = append(dates, words+": "+strings.Replace(c.Resolved[words], "/", " to ", 1))
		}
		p.out.paragraph(indent, dim, "("+strings.Join(dates, "; ")+")")
	}
}

// place names lines of a source as "source" takes them: "a.txt:3", "a.txt:3-5".
func place(source string, lines [2]int) string {
	if lines[1] > lines[0] {
		return fmt.Sprintf("%s:%d-%d", source, lines[0], lines[1])
	}
	return fmt.Sprintf("%s:%d", source, lines[0])
}

// quoted puts marks around words that have none of their own on the outside.
func quoted(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "“") && strings.HasSuffix(s, "”") && strings.Count(s, "“") == 1 ||
		strings.HasPrefix(s, `"`) && strings.HasSuffix(s, `"`) && strings.Count(s, `"`) == 2 {
		return s
	}
	if strings.ContainsAny(s, "“”") {
		return "‘" + s + "’"
	}
	return "“" + s + "”"
}

// coverage says what was searched: "2 articles, 31 passages, 2025-11-26".
func coverage(c retrieval.Coverage) string {
	s := count(c.Articles, "article") + ", " + count(c.Passages, "passage")
	if period := c.Period(); period != "" {
		s += ", published " + period
	}
	return s
}

// count is a number with its noun: "1 article", "7,107 articles".
func count(n int, noun string) string {
	return humanize.Comma(int64(n)) + " " + english.PluralWord(n, noun, "")
}

func bytesize(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KB", float64(n)/(1<<10))
	case n < 1<<30:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	}
	return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// printJSON writes one object on a line.
func (p *program) printJSON(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, _ = p.out.Write(append(escapeJSON(data), '\n')) // see screen.failed
	return nil
}

// escapeJSON writes the characters that a terminal acts on, or that hide, as
// \u escapes, which mean the same to a program. encoding/json does so for the
// C0 controls alone. Outside of strings JSON holds ASCII only.
func escapeJSON(data []byte) []byte {
	if clean(string(data)) {
		return data
	}
	out := make([]byte, 0, len(data)+64)
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		switch {
		case r == 0x7f || r >= utf8.RuneSelf && r <= 0xffff && hidden(r):
			out = fmt.Appendf(out, `\u%04x`, r)
		case r > 0xffff && hidden(r):
			hi, lo := 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = append(out, data[i:i+n]...)
		}
		i += n
	}
	return out
}
