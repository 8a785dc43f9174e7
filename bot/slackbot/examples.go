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
	const look = 25 // articles
	for _, l := range list[:min(len(list), look)] {
		a, err := b.c.Library.Article(ctx, l.ID)
		if err != nil {
			return nil, err
		}
		for _, q := range askable(a) {
			if slices.Contains(s.questions, q) {
				continue
			}
			ans, err := b.c.Asker.Ask(ctx, bot.Question{Text: q, Filter: f, Engine: "extract", Trial: true}, nil)
			if err != nil {
				return nil, err
			}
			if ans.Answered {
				s.questions = append(s.questions, q)
				break // one an article
			}
		}
		if len(s.questions) == mostExamples {
			break
		}
	}
	b.sampler.mu.Lock()
	defer b.sampler.mu.Unlock()
	if b.sampler.kept == nil || len(b.sampler.kept) > 1000 {
		b.sampler.kept = make(map[string]sampled)
	}
	b.sampler.kept[name] = s
	return s.questions, nil
}

// askable are questions that an article may answer: what the people said who
// speak in it.
func askable(a *corpus.Article) []string {
	const most = 3
	var list []string
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
	}
	return list
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
