package eval

import (
	"slices"

	"dateline/corpus/word"
)

// Kinds are the kinds of question that KindOf tells apart, in the order in
// which a Report lists them.
var Kinds = []string{"who", "whom", "what", "when", "where", "which", "why", "how", "how many/much", "yes/no", "other"}

// asking are the words that a question asks with, and their kinds.
var asking = map[string]string{
	"who": "who", "whose": "who", "whom": "whom", "what": "what", "when": "when",
	"where": "where", "which": "which", "why": "why", "how": "how",
}

// closed are the verbs that a question for a yes or a no begins with, as
// word.Word.Norm has them.
var closed = []string{
	"is", "are", "was", "were", "am", "do", "does", "did", "has", "have", "had", "can", "could",
	"will", "would", "shall", "should", "may", "might", "must",
	"isnt", "arent", "wasnt", "werent", "dont", "doesnt", "didnt", "hasnt", "havent", "hadnt",
	"cant", "couldnt", "wont", "wouldnt", "shouldnt",
}

// KindOf tells what kind of question a text is by the word that it asks with.
// That is the first word, or the one after a preposition: "In which year ...".
// In a question that begins otherwise it is the last such word, for those
// before tend to be relative: "The minister who resigned was born where?".
func KindOf(question string) string {
	words := word.Split(question)
	if len(words) > 0 && slices.Contains(closed, words[0].Norm) {
		return "yes/no"
	}
	at := -1
	for i, w := range words {
		if asking[w.Norm] != "" {
			if at = i; i <= 1 {
				break
			}
		}
	}
	if at < 0 {
		return "other"
	}
	if kind := asking[words[at].Norm]; kind != "how" || at+1 == len(words) {
		return kind
	}
	if next := words[at+1].Norm; next == "many" || next == "much" {
		return "how many/much"
	}
	return "how"
}
