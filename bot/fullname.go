package bot

import (
	"slices"
	"strings"
	"unicode/utf8"

	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/word"
)

// A fullName is that of a person in a question: "Marta Keane". An article about
// somebody else who shares a word of it answers nothing about them.
type fullName struct {
	text   string
	given  []string // folded; all but the surname, particles aside
	last   string   // folded surname
	surely bool     // the name of a person, and not of a thing
}

// fullNames are the full names of people in a question, and the names of two words
// or more that may be. Titles and what else stands before a name are none of it:
// who asks of President Ida Brekke means Ida Brekke.
func fullNames(question string) []fullName {
	words := word.Split(question)
	lower := !slices.ContainsFunc(words[min(1, len(words)):], word.Word.Capital)
	var list []fullName
	for i := 0; i < len(words); i++ {
		part := func(j int) bool {
			switch w := words[j]; {
			case lower:
				return !w.Stop() && !questionWords[w.Norm] && !w.Number()
			default:
				return w.Capital() && !questionWords[w.Norm] && !modals[w.Norm]
			}
		}
		if !part(i) {
			continue
		}
		end := i + 1
		for end < len(words) && adjacent(question, words[end-1], words[end]) {
			next := end
			for next < len(words) && nameParticles[words[next].Norm] && !words[next].Capital() && adjacent(question, words[next-1], words[next]) {
				next++
			}
			if next == len(words) || !part(next) || lower && next > i+3 {
				break
			}
			end = next + 1
		}
		from, to := i, end
		i = end - 1
		// "who is A B", "what did A B say"
		identity := from == 2 && words[0].Norm == "who" && isBe[words[1].Norm] && to == len(words)
		subject := from > 0 && modals[words[from-1].Norm]
		for to > from && nameSuffixes[words[to-1].Norm] {
			to--
		}
		for j := from; j < to-1; j++ {
			if titled(words[j].Norm) {
				from = j + 1
			}
		}
		for from < to && before(words[from].Norm) {
			from++
		}
		if lower && to-from > 2 && !slices.ContainsFunc(words[from:to], func(w word.Word) bool { return nameParticles[w.Norm] }) {
			// What follows a name in lower case cannot be told from it.
			to = from + 2
			identity = false
		}
		if to-from < 2 || titled(words[to-1].Norm) && !givenName(words[from].Norm) || lower && !identity && !subject && !givenName(words[from].Norm) {
			continue
		}
		p := fullName{text: question[words[from].Start:words[to-1].End], last: words[to-1].Norm}
		if _, place := lexicon.Place(word.Fold(p.text)); place || ofOrganization(words[from:to]) {
			continue
		}
		for _, w := range words[from : to-1] {
			if !nameParticles[w.Norm] {
				p.given = append(p.given, w.Norm)
			}
		}
		names := func(w word.Word) bool { return !lower && strings.ToUpper(w.Text) != w.Text || ground.Naming(w.Norm) }
		p.surely = len(p.given) > 0 && names(words[to-1]) && (givenName(p.given[0]) || identity && names(words[from]))
		if len(p.given) > 0 {
			list = append(list, p)
		}
	}
	return list
}

// otherThan reports whether an article is not about a person of whom a question
// asks: nobody in it has their name in full, or their surname alone, before
// somebody else has it.
func (p fullName) otherThan(a *corpus.Article) bool {
	other, bare := false, false
	_, place := lexicon.Place(p.last)
	var titles []string // of whoever else has the surname
	for _, text := range [...]string{a.Text, a.Title.Value, a.Byline.Value} {
		words := word.Split(text)
		for i, w := range words {
			if w.Norm != p.last && (!w.Capital() || w.Stem() != word.Stem(p.last)) || !w.Capital() && !uncasedText(text) {
				continue
			}
			switch full, who, title := p.at(text, words, i); {
			case full:
				return false
			case who:
				other = true
				titles = append(titles, title)
			case i+1 < len(words) && words[i+1].Capital() && adjacent(text, w, words[i+1]):
				// The first word of another name: "Omar Said", "West Virginia".
				other = other || givenName(p.last)
			case place: // "in Kent", and "Jordan beat Chad"
			case !other, title != "" && !courtesies[title] && !slices.Contains(titles, title):
				bare = true
			}
		}
	}
	return !bare && (other || p.surely)
}

// at tells of the name that ends with word i whether it is the person's, or
// somebody else's, and of its title.
func (p fullName) at(text string, words []word.Word, i int) (full, other bool, title string) {
	// "Keane, Marta"
	if i+1 < len(words) && text[words[i].End:words[i+1].Start] == ", " && p.isGiven(words[i+1]) &&
		(i+2 == len(words) || !words[i+2].Capital() || !adjacent(text, words[i+1], words[i+2])) {
		return true, false, ""
	}
	const most = 5 // words before a surname that are still of the name
	from := i
	for from > 0 && i-from < most && adjacent(text, words[from-1], words[from]) && (words[from-1].Capital() || nameParticles[words[from-1].Norm]) && !titled(words[from-1].Norm) {
		from--
		if p.isGiven(words[from]) {
			return true, false, ""
		}
	}
	if from > 0 && titled(words[from-1].Norm) {
		title = words[from-1].Norm
	}
	// "Colm and Marta Keane"
	if from > 1 && words[from-1].Norm == "and" && p.isGiven(words[from-2]) {
		return true, false, ""
	}
	for from < i && (before(words[from].Norm) || !words[from].Capital() || words[from].Stop() || from+1 < i && !adjacent(text, words[from], words[from+1])) {
		from++
	}
	if from == i {
		return false, false, title
	}
	c := words[from].Norm
	person := givenName(c) || title != "" || ground.Naming(c)
	if _, place := lexicon.Place(c); place && !givenName(c) {
		person = explained(text, words, i)
	}
	return false, person && !ofOrganization(words[from:i+1]), title
}

// isGiven reports whether a word is one of the given names, in another form or
// by its first letter.
func (p fullName) isGiven(w word.Word) bool {
	return w.Capital() && slices.ContainsFunc(p.given, func(g string) bool {
		a, b := min(g, w.Norm), max(g, w.Norm)
		return word.Stem(a) == word.Stem(b) || strings.HasPrefix(b, a) && (len(a) > 2 || utf8.RuneCountInString(a) == 1) || shortNames[a] == b || shortNames[b] == a ||
			shortNames[a] != "" && shortNames[a] == shortNames[b]
	})
}

// explained reports whether a comma behind word i begins what tells who that is:
// ", a coach", ", 41".
func explained(text string, words []word.Word, i int) bool {
	if i+1 == len(words) || !strings.HasPrefix(text[words[i].End:], ", ") {
		return false
	}
	next := words[i+1]
	return next.Number() || next.Norm == "a" || next.Norm == "an" || next.Norm == "the" || next.Norm == "who" || titled(next.Norm)
}

// adjacent reports whether two words follow one another within a name. A full
// stop is that of an initial or a short title.
func adjacent(text string, a, b word.Word) bool {
	gap := text[a.End:b.Start]
	return strings.Trim(gap, " \n.-“”\"'‘’") == "" && !strings.Contains(gap, "\n\n") && !strings.HasPrefix(gap, "'s") && !strings.HasPrefix(gap, "’s") &&
		(!strings.Contains(gap, ".") || len(a.Text) <= 3)
}

// uncasedText reports whether a text has no capitals to tell names by.
func uncasedText(text string) bool { return text == strings.ToLower(text) }

func givenName(norm string) bool { return lexicon.FirstName(norm) }

// titled reports whether a word stands before a name and tells what somebody is.
func titled(norm string) bool { return lexicon.Role(norm) || courtesies[norm] || titles[norm] }

// before reports whether a word in front of a name tells where somebody belongs.
func before(norm string) bool {
	_, nation := lexicon.Demonym(norm)
	whole, part := lexicon.Organization(norm)
	return nation || whole && !part && !givenName(norm)
}

func ofOrganization(words []word.Word) bool {
	return slices.ContainsFunc(words, func(w word.Word) bool {
		_, part := lexicon.Organization(w.Norm)
		return part
	})
}

var (
	isBe         = word.Set("is was are were s")
	nameSuffixes = word.Set("jr sr junior senior ii iii iv")
	courtesies   = word.Set("mr mrs ms miss mx sir dame lord lady dr madam")
	titles       = word.Set("prof professor rep sen gov gen lt col sgt capt maj st rev pope saint king queen prince princess duke duchess prime vice deputy former ex late")
)

// shortNames are given names in short whose full form does not begin with them.
var shortNames = map[string]string{
	"bill": "william", "billy": "william", "will": "william", "bob": "robert", "bobby": "robert", "rob": "robert", "robbie": "robert",
	"dick": "richard", "rick": "richard", "joe": "joseph", "jim": "james", "jimmy": "james", "jamie": "james", "jack": "john", "johnny": "john",
	"mike": "michael", "mick": "michael", "ted": "edward", "eddie": "edward", "ned": "edward", "tony": "anthony", "chuck": "charles", "charlie": "charles",
	"hank": "henry", "harry": "henry", "larry": "lawrence", "liz": "elizabeth", "beth": "elizabeth", "betty": "elizabeth",
	"kate": "katherine", "katie": "katherine", "kathy": "katherine", "peggy": "margaret", "meg": "margaret", "maggie": "margaret",
	"dave": "david", "andy": "andrew", "drew": "andrew", "nick": "nicholas", "steve": "steven", "sasha": "aleksandr", "alex": "aleksandr",
	"volodya": "vladimir", "misha": "mikhail", "kolya": "nikolay", "bernie": "bernard", "ron": "ronald", "don": "donald", "jerry": "gerald", "mitch": "mitchell",
}
