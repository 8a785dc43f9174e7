package ground

import "dateline/corpus/lexicon"

// own is how far the claim is in words of its own, from 0 to 1: by the share of
// its pairs of neighbours that no line has. A sentence that is put together from
// the article's is 0, one that tells it anew is 1.
//
// Of ten summaries that lift what they say nine are below lifted; of ten first
// sentences, held against the rest of their articles, seven are above anew.
func (c *Claim) own(lines []*line) float64 {
	const lifted, anew = 0.4, 0.7
	return min(1, max(0, (1-c.grams(2, lines...)-lifted)/(anew-lifted)))
}

// A retelling is how a claim in words of its own stands to the lines. Its verbs
// and their order may be others, so that there is little in runs of words. What
// is left to look at is what no line has, and what no lines have together.
type retelling struct {
	// How many words of weight no line has; of these, how many names, and how
	// many numbers, days and months. Who tells anew what an article says needs
	// words for it, but has no names and numbers except the article's.
	words, names, numbers float64
	// The largest share of its names and numbers that a line has together with
	// the lines on either side: what belongs to one event stands near by.
	together float64
	// Of the other words of the claim, by weight, those that a line has beside
	// one of its words, at best: the mean, and, with the lines on either side,
	// the least of all words that are found. A name from elsewhere in the
	// article is found, but not in the company that it is in here.
	company, least float64
}

// retold compares the claim with the lines. The time it takes grows with the
// words of the claim and the number of lines, however often a line has a word.
func (c *Claim) retold(m *matching) retelling {
	alone := make([]float64, len(c.terms)) // by word: the company that one line gives it
	near := make([]float64, len(c.terms))  // and that of the lines on either side, too
	known := make([]bool, len(c.terms))
	marks := make([]bool, len(c.terms)) // the names and numbers
	all := 0.0
	for i, t := range c.terms {
		if marks[i] = t.weight > 0 && (t.number != "" || c.names(i)); marks[i] {
			all++
		}
	}
	r := retelling{together: 1, least: 1}
	around := make([]float64, len(c.terms)) // what a line has with those beside it
	most := 0.0
	for li, same := range m.same {
		copy(around, same)
		for _, beside := range m.same[max(0, li-1):min(len(m.same), li+2)] {
			for i, v := range beside {
				around[i] = max(around[i], v)
			}
		}
		have, haveNear := c.share(same)*c.weight, c.share(around)*c.weight
		held := 0.0
		for i, t := range c.terms {
			if marks[i] && around[i] >= found {
				held++
			}
			if same[i] < found {
				continue
			}
			known[i] = true
			alone[i] = max(alone[i], have-t.weight*same[i])
			near[i] = max(near[i], haveNear-t.weight*around[i])
		}
		most = max(most, held)
	}
	if all > 0 {
		r.together = most / all
	}
	for i, t := range c.terms {
		switch rest := c.weight - t.weight; {
		case t.weight == 0:
		case known[i] && rest > 0:
			r.company += t.weight / c.weight * alone[i] / rest
			r.least = min(r.least, near[i]/rest)
		case known[i]: // the only one, and nothing to be beside
			r.company = 1
		default:
			r.words++
			if t.number != "" || calendar[c.words[i].Norm] {
				r.numbers++
			} else if marks[i] {
				r.names++
			}
		}
	}
	return r
}

// names reports whether word i is a name, be it in lower case, as summaries are
// that a machine has made.
func (c *Claim) names(i int) bool {
	norm := c.words[i].Norm
	if c.terms[i].name || commonNames()[norm] {
		return true
	}
	_, place := lexicon.Place(norm)
	_, demonym := lexicon.Demonym(norm)
	organization, _ := lexicon.Organization(norm)
	return place || demonym || organization || lexicon.FirstName(norm) && !ordinary(norm)
}
