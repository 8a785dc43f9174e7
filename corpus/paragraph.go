package corpus

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A paragraph is a block of lines, and the parts of it that are of one kind.
type paragraph struct {
	Span
	gap   bool // a blank line or the body's edge stands before it
	parts []part
}

type part struct {
	Span
	kind Kind
}

// divide cuts the body into paragraphs. Newspapers' texts arrive with a
// paragraph on every line, with blank lines between them, or wrapped at a
// column; a line break inside wrapped prose does not end a paragraph.
func divide(text string, body Span) []paragraph {
	type line struct {
		Span
		gap bool
	}
	var lines []line
	gap := true
	for at := body.Start; at < body.End; {
		end := body.End
		next := end
		if i := strings.IndexAny(text[at:body.End], "\n\u2028\u2029"); i >= 0 {
			end = at + i
			_, n := utf8.DecodeRuneInString(text[end:])
			next = end + n
		}
		if s := trim(text, Span{at, end}); s.Len() > 0 {
			lines = append(lines, line{s, gap})
			gap = false
		} else {
			gap = true
		}
		at = next
	}
	// A file is wrapped if lines often go on with a lower-case letter.
	breaks, runs := 0, 0
	for i := 1; i < len(lines); i++ {
		if lines[i].gap {
			continue
		}
		breaks++
		if r, _ := utf8.DecodeRuneInString(text[lines[i].Start:]); unicode.IsLower(r) {
			runs++
		}
	}
	wrapped := runs > 1 && runs*4 >= breaks
	var ps []paragraph
	for i, l := range lines {
		if i > 0 && !l.gap {
			prev := lines[i-1]
			r, _ := utf8.DecodeRuneInString(text[l.Start:])
			open := !strings.ContainsAny(lastChars(text, prev.Span), ".!?:”\"")
			if wrapped && prev.Len() >= 40 && !marker.MatchString(head(text, l.Span, 8)) || open && unicode.IsLower(r) {
				ps[len(ps)-1].End = l.End
				continue
			}
		}
		ps = append(ps, paragraph{Span: l.Span, gap: l.gap})
	}
	return ps
}

func head(text string, s Span, n int) string {
	return text[s.Start:min(s.End, s.Start+n)]
}

// lastChars are the last two characters of a span.
func lastChars(text string, s Span) string {
	_, n := utf8.DecodeLastRuneInString(text[s.Start:s.End])
	_, m := utf8.DecodeLastRuneInString(text[s.Start : s.End-n])
	return text[s.End-n-m : s.End]
}

var (
	marker = regexp.MustCompile(`^(?:#{1,6} |[-*•+] |> |\d{1,2}[.)] )`)

	month   = `(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?\.?|July?\.?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)`
	fullDay = `(?:\d{4}-\d{2}-\d{2}|` + month + ` \d{1,2},? \d{4}|\d{1,2} ` + month + `,? \d{4})`
	// "date 2025-11-26", "Published: Nov. 26, 2025, 4:12 PM EST"
	stamp = regexp.MustCompile(`(?i)^(?:(?:date|published|posted|updated|last updated|first published|publication date)(?: on)?[: ]+(?:\p{L}+day,? )?` + fullDay +
		`(?:[,T ]*(?:at )?\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?(?: ?(?:[A-Z]{2,4}|Z|[+-]\d{2}:?\d{2}))?)?)`)
	bareDay = regexp.MustCompile(`(?i)^(?:\p{L}+day,? )?` + fullDay + `[.,]?$`)

	byline      = regexp.MustCompile(`^(?:By|BY) \p{Lu}[\p{L}.'’\-]+(?:[ ,&|]+(?:and )?[\p{L}.'’\-]+){0,14}$`)
	contributor = regexp.MustCompile(`(?i)contributed (?:to this|to the|reporting)|^(?:additional )?reporting by |^editing by |contributing reporters?`)
	boilerplate = regexp.MustCompile(`(?i)^(?:read (?:more|also|next)\b|see also\b|related(?: (?:articles?|stories|content))?:|sign up\b|subscribe\b|click here\b|advertisement$|follow us\b|share this\b|copyright\b|©|all rights reserved|download (?:our|the) app|this (?:story|article) has been (?:updated|corrected)\.?$|(?:more|latest) (?:news|stories) from)`)

	agencies = `(?:Reuters|AP|AFP|Getty(?: Images)?|(?:The )?Associated Press|EPA(?:-EFE|/EFE)?|Shutterstock|Bloomberg|Xinhua|T[Aa][Ss][Ss]|Sputnik|Anadolu(?: Agency)?|PA(?: Wire| Media)?|Alamy|NurPhoto|ZUMA(?: Press)?|DPA|dpa|ANSA|Kyodo(?: News)?|Yonhap|UPI|iStock(?:photo)?|Imagn(?: Images)?|USA TODAY(?: Sports| Network)?|Handout|Pool|AFPTV|Press Association|Rex Features|Redux|Magnum(?: Photos)?|Sipa(?: USA)?|CNN|NASA|The New York Times|Polaris|Abaca)`
	credit   = regexp.MustCompile(`^(?:\(?(?:(?i:photo(?:graph)?s?|image|picture|illustration|video|credit|graphic)s?(?: (?i:credit|by|courtesy(?: of)?|via))?[: ]+).{2,90}` +
		`|[\p{Lu}][\p{L}\p{M}.'’\- ]{1,50}(?:/| via |, (?:for )?| – | - |\| ?)` + agencies + `(?:(?:/| via |, |-)[\p{L} .\-]{2,40})*` +
		`|` + agencies + `(?:(?:/| via )` + agencies + `)*` +
		`|[\p{Lu}][\p{L}\p{M}.'’\-]+(?: [\p{Lu}][\p{L}\p{M}.'’\-]+){0,4}/[\p{Lu}][\p{L}\p{M}.'’\-]+(?: [\p{Lu}][\p{L}\p{M}.'’\-]+){0,3}(?:/[\p{Lu}][\p{L}.]+)*)\)?\.?$`)
	captioned = regexp.MustCompile(`(?i)\((?:photo|image|picture|ap photo)[^)]*\)|^(?:topshot|file(?: photo| picture| image)?) ?[–—:-]|^(?:pictured|caption|photo|image)\s*[:–—]|\b(?:pictured|shown|seen) (?:here|above|below|in this)\b`)

	// "LONDON and KYIV, Ukraine – ", "WASHINGTON (AP) — ", "MOSCOW, Nov 26 (Reuters) - "
	capsPlace   = regexp.MustCompile(`^(\p{Lu}[\p{Lu}.'’\-]{2,}[\p{L}\p{M}.'’\-]*(?:(?: |, | and |/)\p{Lu}[\p{L}\p{M}.'’\-]+){0,6}(?:, ` + month + ` \d{1,2})?)(?:\s*\((` + wires + `)\))?\s*(?:–|—|--|-)\s`)
	wirePlace   = regexp.MustCompile(`^(\p{Lu}[\p{L}\p{M}.'’\-]+(?:(?: |, | and |/)\p{Lu}?[\p{L}\p{M}.'’\-]+){0,6}(?:, ` + month + ` \d{1,2})?)\s*\((` + wires + `)\)\s*(?:–|—|--|-)?\s`)
	wireOnly    = regexp.MustCompile(`^\((` + wires + `)\)\s*(?:(?:–|—|--|-)\s*)?`)
	networkLine = regexp.MustCompile(`^((?:\p{Lu}[\p{L}\p{M}.'’\-]*(?:, | and | |/)){0,8}?)(CNN(?: Business| en Español)?|AP|Reuters|AFP|NBC News|ABC News)\s*(?:–|—|--|-)\s*$`)
	wires       = `CNN|CNN Business|AP|Reuters|REUTERS|AFP|UPI|TASS|Xinhua|dpa|ANSA|Bloomberg|ABC News|NBC News`
)

// classify says what the parts of each paragraph are.
func classify(text string, ps []paragraph) {
	prose := 0 // paragraphs of prose so far
	for i := range ps {
		p := &ps[i]
		s := p.Span
		// Markdown's marks are no part of what they mark.
		if m := marker.FindString(head(text, s, 8)); m != "" {
			inner := trim(text, Span{s.Start + len(m), s.End})
			if m[0] == '#' {
				p.parts = []part{{inner, Heading}}
				continue
			}
			if m[0] < '0' || m[0] > '9' {
				s = inner
			}
		}
		if prose == 0 || i == len(ps)-1 || s.Len() < 100 {
			if m := stamp.FindString(head(text, s, 120)); m != "" {
				p.parts = append(p.parts, part{Span{s.Start, s.Start + len(m)}, Stamp})
				s = trim(text, Span{s.Start + len(m), s.End})
			} else if i == len(ps)-1 {
				// The stamp may also trail the last sentence.
				if at := strings.LastIndex(text[s.Start:s.End], "date "); at >= 0 {
					if m := stamp.FindString(text[s.Start+at : s.End]); m != "" && s.Start+at+len(m) == s.End {
						tail := part{Span{s.Start + at, s.End}, Stamp}
						if body := trim(text, Span{s.Start, tail.Start}); body.Len() > 0 {
							p.parts = append(p.parts, part{body, Prose})
						}
						p.parts = append(p.parts, tail)
						continue
					}
				}
			}
			if s.Len() == 0 {
				continue
			}
		}
		if s.Len() <= 400 {
			if kind := lineKind(text[s.Start:s.End], i, prose); kind != Prose {
				if kind == Caption && s.Len() > 0 {
					p.parts = append(p.parts, part{s, Caption})
				} else {
					p.parts = append(p.parts, part{s, kind})
				}
				if kind == Credit && i > 0 {
					// What stands right above a credit, set apart from the
					// story by a blank line, is the photograph's caption.
					above := &ps[i-1]
					own := above.gap && !p.gap
					if len(above.parts) == 1 && above.parts[0].kind == Prose && (own && above.Len() < 900 || captionLike(text[above.Start:above.End])) {
						above.parts[0].kind = Caption
						prose--
					}
				}
				continue
			}
		}
		if captioned.MatchString(text[s.Start:s.End]) && s.Len() < 1200 {
			p.parts = append(p.parts, part{s, Caption})
			continue
		}
		if prose == 0 {
			if n := dateline(text[s.Start:s.End]); n > 0 {
				p.parts = append(p.parts, part{trim(text, Span{s.Start, s.Start + n}), Dateline})
				s = trim(text, Span{s.Start + n, s.End})
				if s.Len() == 0 {
					continue
				}
			}
		}
		p.parts = append(p.parts, part{s, Prose})
		prose++
	}
	headings(text, ps)
}

// dateline returns how many bytes of a paragraph its dateline takes up.
func dateline(p string) int {
	p = p[:min(len(p), 160)]
	for _, re := range []*regexp.Regexp{networkLine, wireOnly, capsPlace, wirePlace} {
		if m := re.FindString(p); m != "" {
			return len(m)
		}
	}
	return 0
}

func lineKind(line string, at, prose int) Kind {
	switch {
	case len(line) <= 60 && prose == 0 && bareDay.MatchString(line):
		return Stamp
	case len(line) <= 160 && prose < 2 && byline.MatchString(line):
		return Byline
	case len(line) <= 400 && contributor.MatchString(line):
		return Contributor
	case len(line) <= 160 && boilerplate.MatchString(line):
		return Boilerplate
	case len(line) <= 120 && credit.MatchString(line):
		return Credit
	}
	return Prose
}

var dayInLine = regexp.MustCompile(fullDay)

// captionLike reports whether a paragraph reads like a caption: short, with a
// full date, and nobody speaking.
func captionLike(p string) bool {
	return len(p) < 400 && dayInLine.MatchString(p) && !strings.Contains(p, "said")
}

// headings marks the lines that introduce what follows: short, without a full
// stop, and not part of a list of such lines.
func headings(text string, ps []paragraph) {
	for i := range ps {
		if len(ps[i].parts) != 1 || ps[i].parts[0].kind != Prose || i+1 >= len(ps) {
			continue
		}
		p := text[ps[i].Start:ps[i].End]
		r, _ := utf8.DecodeRuneInString(p)
		end := lastChars(text, ps[i].Span)
		if len(p) > 140 || !unicode.IsUpper(r) && !unicode.IsDigit(r) && !strings.ContainsRune("\"'“‘", r) ||
			strings.ContainsAny(end, ".!…:;,") || strings.HasSuffix(p, "?”") || strings.HasSuffix(p, "?\"") {
			continue
		}
		next := ps[i+1]
		longer := false
		for _, part := range next.parts {
			longer = longer || part.kind != Prose || part.Len() > len(p) || strings.ContainsAny(lastChars(text, part.Span), ".!?”\"")
		}
		if longer {
			ps[i].parts[0].kind = Heading
		}
	}
}
