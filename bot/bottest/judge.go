package bottest

import (
	"context"
	"sync/atomic"

	"dateline/bot"
)

// A Judge says what its Func does. It is safe for concurrent use if that is.
type Judge struct {
	Func  func(sentence string) (bot.Verdict, error)
	asked atomic.Int64
}

var _ bot.Judge = (*Judge)(nil)

// Judge implements bot.Judge.
func (j *Judge) Judge(_ context.Context, sentence string, _ []bot.Quote) (bot.Verdict, []bot.Call, error) {
	j.asked.Add(1)
	v, err := j.Func(sentence)
	return v, []bot.Call{{For: "check", Model: "fake", Raw: string(v)}}, err
}

// Asked is how often.
func (j *Judge) Asked() int { return int(j.asked.Load()) }
