package bot

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"dateline/bot/ground"
	"dateline/corpus"
	"dateline/corpus/word"
	"dateline/retrieval"
)

// MaxCheck is how many characters of text Check reads: a long article.
const MaxCheck = 50_000

// ErrNoClaim is returned by Check for a text of nothing but white space.
var ErrNoClaim = errors.New("not a claim: there is no text; give a sentence, for example \"the plan has 19 points\"")

// A Verdict is what the articles say to a sentence.
type Verdict = ground.Verdict

// The verdicts.
const (
	Supported    = ground.Supported
	Contradicted = ground.Contradicted // they say something else in its place
	NoEvidence   = ground.NoEvidence   // they do not say so, or not so surely

	// NotClaim is that of what claims nothing: a question, an order, a name.
	NotClaim Verdict = "not a claim"
)

// A Check is a text held against the articles; its JSON is what `dateline check
// --json` prints.
type Check struct {
	// Supported is set if every sentence is.
	Supported bool               `json:"supported"`
	Sentences []Finding          `json:"sentences"`
	Searched  retrieval.Coverage `json:"searched"`
	// Citations are those that the findings refer to by N.
	Citations []Citation `json:"citations"`
	// Note says why Config.Judge was not asked about all that it should have
	// been, and what was searched by words alone. Unjudged is the Judge's error,
	// Calls are its requests to a model.
	Note     string `json:"note,omitempty"`
	Unjudged error  `json:"-"`
	Calls    []Call `json:"calls,omitempty"`
}

// A Finding is what the articles say to one sentence.
type Finding struct {
	Text    string  `json:"text"`
	Verdict Verdict `json:"verdict"`
	// Score is that of Support.
	Score float64 `json:"score"`
	// Reasons say in plain words why the sentence is not supported, or no claim.
	Reasons []string `json:"reasons,omitempty"`
	// Note says that another article, or Config.Judge, does not agree.
	Note string `json:"note,omitempty"`
	// Citations are the numbers of the places that support or contradict the
	// sentence; where there is no evidence, of what comes nearest to it.
	Citations []int `json:"citations"`
}

// Check holds a text against the articles, sentence by sentence. A sentence is
// read as it stands: "he" is nobody in particular. What claims nothing is
// NotClaim, and lines without words are passed over where there are others. The
// error is for a text that could not be checked at all: a blank one (ErrNoClaim), one that is too
// long, a search that failed, a context that ended.
func (b *Bot) Check(ctx context.Context, text string, f retrieval.Filter) (Check, error) {
	if n := utf8.RuneCountInString(text); n > MaxCheck {
		return Check{}, fmt.Errorf("the text has %d characters, at most %d are checked at once: check it in parts", n, MaxCheck)
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	whole := &corpus.Article{Text: text, Body: corpus.Span{End: len(text)}}
	c := Check{Supported: true, Citations: []Citation{}}
	alone := "" // see WordsAlone
	stories := make(map[string]*ground.Story)
	for _, s := range whole.Sentences() {
		sentence := corpus.OneLine(s.Of(text))
		if len(word.Split(sentence)) == 0 {
			continue
		}
		found, err := b.search(ctx, Question{Text: sentence, Filter: f}, b.c.Passages)
		if err != nil {
			return Check{}, err
		}
		c.Searched, alone = found.Searched, cmp.Or(WordsAlone(found), alone)
		var opinions []ground.Opinion
		if why := noClaim(sentence); why != "" {
			c.dismiss(sentence, NotClaim, why)
			continue
		}
		if !tells(sentence) {
			c.dismiss(sentence, NoEvidence, "it does not say who or what it is about")
			continue
		}
		claim := ground.NewClaim(sentence)
		seen := make(map[string]bool)
		for _, h := range found.Hits {
			if err := ctx.Err(); err != nil {
				return Check{}, fmt.Errorf("checking %q: %w", brief(sentence), err)
			}
			id := h.Article.ID
			if seen[id] {
				continue
			}
			seen[id] = true
			if s := stories[id]; s == nil || s.Article().Text != h.Article.Text {
				stories[id] = ground.Read(h.Article)
			}
			if o, ok := claim.Weigh(stories[id]); ok {
				opinions = append(opinions, o)
			}
		}
		c.add(sentence, opinions)
		if err := b.second(ctx, &c, opinions); err != nil {
			return Check{}, err
		}
	}
	if len(c.Sentences) == 0 {
		all := corpus.OneLine(text)
		if all == "" {
			return Check{}, ErrNoClaim
		}
		found, err := b.search(ctx, Question{Text: all, Filter: f}, b.c.Passages)
		if err != nil {
			return Check{}, err
		}
		c.Searched, alone = found.Searched, WordsAlone(found)
		c.dismiss(brief(all), NotClaim, noClaim(all))
	}
	c.Note = strings.TrimSpace(c.Note + " " + alone)
	return c, nil
}

// dismiss adds a sentence that was not held against the articles.
func (c *Check) dismiss(sentence string, v Verdict, why string) {
	c.Supported = false
	c.Sentences = append(c.Sentences, Finding{Text: sentence, Verdict: v, Reasons: []string{why}, Citations: []int{}})
}

// tells reports whether a sentence has a word that could be looked up: "he said
// so" stands in any article, and has none.
func tells(sentence string) bool {
	return slices.ContainsFunc(word.Split(sentence), func(w word.Word) bool { return !w.Stop() && !idle[w.Norm] })
}

const (
	firm   = 0.75 // the share of a sentence that makes a contradiction worth a note where another article supports it
	nearBy = 0.3  // the least share of it that is worth showing
)

// maxAgreeing is how many articles are cited for one sentence.
const maxAgreeing = 3

// add sums up what the articles say to a sentence.
func (c *Check) add(sentence string, os []ground.Opinion) {
	f := Finding{Text: sentence, Verdict: NoEvidence, Citations: []int{}}
	// Who has more of the sentence knows more about it, but for the support
	// that one article gives whatever the others say.
	slices.SortFunc(os, func(a, b ground.Opinion) int {
		switch {
		case a.Verdict == Supported && b.Verdict != Supported:
			return -1
		case a.Verdict != Supported && b.Verdict == Supported:
			return 1
		}
		return cmp.Or(cmp.Compare(b.About, a.About), cmp.Compare(b.Score, a.Score), cmp.Compare(source(a), source(b)))
	})
	if len(os) == 0 {
		f.Reasons = []string{"nothing was found that has any of it"}
	} else {
		best := os[0]
		f.Verdict, f.Score, f.Reasons = best.Verdict, best.Score, best.Reasons
		if best.Cover >= nearBy {
			c.cite(&f, best.Quotes)
		}
		if f.Verdict == Supported {
			for n, o := range os[1:] {
				if o.Verdict == Supported && n+1 < maxAgreeing {
					c.cite(&f, o.Quotes)
				}
			}
			if i := slices.IndexFunc(os, func(o ground.Opinion) bool { return o.Verdict == Contradicted && o.Fact && o.Cover >= firm }); i >= 0 {
				f.Note = "Another article differs: " + strings.Join(os[i].Reasons, "; ") + "."
				c.cite(&f, os[i].Quotes)
			}
		}
	}
	c.Supported = c.Supported && f.Verdict == Supported
	c.Sentences = append(c.Sentences, f)
}

// cite refers a finding to quotes, and numbers those that are new.
func (c *Check) cite(f *Finding, qs []Quote) {
	for _, q := range qs {
		i := slices.IndexFunc(c.Citations, func(x Citation) bool { return x.Article == q.Article.ID && x.Span == q.Span })
		if i < 0 {
			i = len(c.Citations)
			c.Citations = append(c.Citations, Cite(i+1, q.Article, q.Span))
		}
		if !slices.Contains(f.Citations, i+1) {
			f.Citations = append(f.Citations, i+1)
		}
	}
}

// source is the article that an opinion is from.
func source(o ground.Opinion) string {
	if len(o.Quotes) == 0 {
		return ""
	}
	return o.Quotes[0].Article.ID
}
