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
			from := i
			for from > 0 && words[from-1].Capital() && !words[from-1].Stop() && text[words[from-1].End:words[from].Start] == " " {
				from--
			}
			// A surname alone is a name that stands nowhere else by itself, and
			// a first word may be a name only by its capital.
			if from == i || i-from > 3 || from == 0 && i-from < 2 {
				continue
			}
			q := "What did " + text[words[from].Start:words[i-1].End] + " say?"
			if !strings.ContainsAny(q, "\n<>&@|") && !slices.Contains(list, q) {
				list = append(list, q)
			}
			if len(list) == most {
				return list
			}
		}
	}
	return list
}
