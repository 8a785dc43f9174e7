package main

import (
	"dateline/bot"
	"dateline/bot/extract"
)

// engines read articles, in the order in which "auto" tries them.
func engines() []bot.Answerer { return []bot.Answerer{extract.Reader{}} }
