package main

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"

	"dateline/bot"
	"dateline/bot/extract"
	"dateline/retrieval"
)

// engines read articles, in the order in which "auto" tries them.
func engines(log *slog.Logger) []bot.Answerer {
	return []bot.Answerer{guardedEngine{extract.Reader{}, log}}
}

// A guardedEngine keeps a fault that one article brings to light from taking
// the answer of the others along.
type guardedEngine struct {
	bot.Answerer
	log *slog.Logger
}

// Draft leaves out the articles that the engine cannot read by themselves.
func (g guardedEngine) Draft(ctx context.Context, q bot.Question, passages []retrieval.Hit, emit func(bot.Claim)) (bot.Draft, error) {
	draft, err := g.try(ctx, q, passages, emit)
	var fault *faultError
	if !errors.As(err, &fault) {
		return draft, err
	}
	byArticle := make(map[string][]retrieval.Hit)
	for _, h := range passages {
		byArticle[h.Article.ID] = append(byArticle[h.Article.ID], h)
	}
	bad := make(map[string]bool)
	for id, hits := range byArticle {
		if _, err := g.try(ctx, q, hits, nil); errors.As(err, &fault) {
			bad[id] = true
			g.log.ErrorContext(ctx, "article left out", "source", hits[0].Article.Source, "err", fault, "stack", string(fault.stack))
		}
	}
	var sound []retrieval.Hit
	for _, h := range passages {
		if !bad[h.Article.ID] {
			sound = append(sound, h)
		}
	}
	return g.try(ctx, q, sound, emit)
}

func (g guardedEngine) try(ctx context.Context, q bot.Question, passages []retrieval.Hit, emit func(bot.Claim)) (d bot.Draft, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &faultError{r, debug.Stack()}
		}
	}()
	return g.Answerer.Draft(ctx, q, passages, emit)
}
