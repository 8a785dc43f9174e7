package slackbot

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"dateline/bot"
	"dateline/corpus"
	"dateline/corpus/lexicon"
	"dateline/corpus/word"
	"dateline/retrieval"
)

// mostExamples is how many questions are suggested.
const mostExamples = 3

// A sampler keeps the example questions for each filter.
type sampler struct {
	mu   sync.Mutex
	kept map[string]sampled
}

type sampled struct {
	articles  string // that there were: their number and the newest
	questions []string
}

// examples are questions that articles answer which pass a filter, about the
// newest of them.
func (b *Bot) examples(ctx context.Context, f retrieval.Filter) ([]string, error) {
	list, err := b.c.Library.Articles(ctx, f)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b retrieval.Listing) int { return cmp.Compare(b.Published, a.Published) })
	name, state := fmt.Sprint(f), fmt.Sprint(len(list), list[0])
	b.sampler.mu.Lock()
	s, ok := b.sampler.kept[name]
	b.sampler.mu.Unlock()
	if ok && s.articles == state {
		return s.questions, nil
	}
	s = sampled{articles: state}
	if s.questions, err = b.findExamples(ctx, f, list); err != nil {
		return nil, err
	}
	b.sampler.mu.Lock()
	defer b.sampler.mu.Unlock()
	if b.sampler.kept == nil || len(b.sampler.kept) > 1000 {
		b.sampler.kept = make(map[string]sampled)
	}
	b.sampler.kept[name] = s
	return s.questions, nil
}

// findExamples finds questions that have an answer, first one an article, the
// newest first, then further ones.
func (b *Bot) findExamples(ctx context.Context, f retrieval.Filter, list []retrieval.Listing) ([]string, error) {
	const look, tries = 25, 40 // articles, questions
	var candidates [][]string
	for _, l := range list[:min(len(list), look)] {
		a, err := b.c.Library.Article(ctx, l.ID)
		if err != nil {
			return nil, err
		}
		candidates = append(candidates, askable(a))
	}
	var found []string
	tried := 0
	for left := true; left; {
		left = false
		for i, questions := range candidates {
			for len(questions) > 0 {
				q := questions[0]
				questions = questions[1:]
				if slices.Contains(found, q) {
					continue
				}
				if tried++; tried > tries {
					return found, nil
				}
				ans, err := b.c.Asker.Ask(ctx, bot.Question{Text: q, Filter: f, Engine: bot.EngineExtract, Keep: func(bot.Answer) bool { return false }}, nil)
				if err != nil {
					return nil, err
				}
				if !ans.Answered || ans.Certainty == bot.Perhaps {
					continue
				}
				if found = append(found, q); len(found) == mostExamples {
					return found, nil
				}
				break // one an article, for now
			}
			candidates[i] = questions
			left = left || len(questions) > 0
		}
	}
	return found, nil
}

// askable are questions that an article may answer: what the people said who
// speak in it, and who those are that it names.
func askable(a *corpus.Article) []string {
	const most = 4
	var list, others []string
	for _, s := range a.Sentences() {
		if !s.Kind.Evidence() {
			continue
		}
		text := s.Of(a.Text)
		words := word.Split(text)
		for i, w := range words {
			_, class, ok := lexicon.Saying(w.Norm)
			if !ok || w.Capital() || class == lexicon.Deny {
				continue
			}
			q := ""
			if name := fullName(text, words[:i]); name != "" {
				q = "What did " + name + " say?"
			} else if said := clause(text, words[i+1:]); said != "" {
				q = "Who said that " + said + "?"
			}
			if q != "" && !slices.Contains(list, q) {
				list = append(list, q)
			}
			if len(list) == most {
				return list
			}
		}
		// Where nobody says anything, there is what people are and do.
		for i := range words {
			if name := fullName(text, words[:i+1]); name != "" && len(others) < most && !slices.Contains(others, "Who is "+name+"?") {
				others = append(others, "Who is "+name+"?", "What did "+name+" do?")
			}
		}
	}
	return append(list, others...)
}

// fullName is the name that words end with, if it begins with a given name: then
// it is somebody's and not a paper's or a town's.
func fullName(text string, words []word.Word) string {
	const most = 5 // "Ursula von der Leyen"
	for n := 2; n <= most && n <= len(words); n++ {
		first, last := words[len(words)-n], words[len(words)-1]
		if !first.Capital() || !last.Capital() || !lexicon.FirstName(first.Norm) {
			continue
		}
		name := text[first.Start:last.End]
		if strings.ContainsAny(name, ",.;:()[]<>&@|\"“”\n") {
			return ""
		}
		return name
	}
	return ""
}

// clause is what is said behind a verb of saying and "that", up to the next
// comma; "" where there is none that can be understood by itself.
func clause(text string, words []word.Word) string {
	const most = 14
	if len(words) < 5 || words[0].Norm != "that" {
		return ""
	}
	to := 1
	for to < len(words) && to <= most && !strings.ContainsAny(text[words[to-1].End:words[to].Start], ",.;:?!()\"“”—–\n") {
		switch words[to].Norm {
		case "he", "she", "it", "they", "his", "her", "its", "their", "this", "these", "we", "i":
			return ""
		}
		to++
	}
	if to < 5 || to > most {
		return ""
	}
	said := text[words[1].Start:words[to-1].End]
	if strings.ContainsAny(said, "<>&@|\n") {
		return ""
	}
	return said
}
