package reader

import (
	"cmp"
	"slices"
	"strings"

	"dateline/corpus"
	"dateline/corpus/word"
	"dateline/retrieval"
	"dateline/retrieval/encoder"
)

const (
	// windowTokens is the length of the longest sequence of question and passage, as
	// it was in training.
	windowTokens = 256
	// questionTokens is how much of a question is read. The longest of 978
	// questions of a news quiz has 74 tokens.
	questionTokens = 96
	// headerTokens is how much of title, publisher and date is read.
	headerTokens = 40
	// spanTokens is the length of the longest answer.
	spanTokens = 30
)

// A window is a stretch of a passage, read at once with the question.
type window struct {
	hit       int // index of the passage
	sequence  encoder.Sequence
	first     int // token of the sequence at which the stretch begins
	tokens    []token
	sentences []corpus.Sentence // of the article
}

// A token is a token of a passage.
type token struct {
	corpus.Span     // of the article's text
	sentence    int // as Article.Sentences numbers them
}

// A cutter makes windows for one question.
type cutter struct {
	*encoder.Tokenizer
	question  []encoder.Token
	asked     []string                              // terms of the question
	cut       bool                                  // the question is longer than what is read of it
	sentences map[*corpus.Article][]corpus.Sentence // of those seen
}

func newCutter(t *encoder.Tokenizer, question string) *cutter {
	c := &cutter{Tokenizer: t, asked: word.Terms(question), sentences: make(map[*corpus.Article][]corpus.Sentence)}
	tokens := t.Append(nil, question, len(question))
	if c.cut = len(tokens) > questionTokens; c.cut {
		// What is asked stands at the end: "A deal was announced this week.
		// Which measure did it leave out?"
		tokens = tokens[len(tokens)-questionTokens:]
	}
	c.question = tokens
	return c
}

// windows divides a passage into windows, in order. The first is returned whatever
// budget is, others as long as all together have at most budget tokens. Each begins
// with a sentence, the last one of the window before if there is room for it; a
// sentence that is longer than a window is divided.
func (c *cutter) windows(hit int, h retrieval.Hit, budget int) []window {
	second := c.Append(nil, header(h.Article), headerTokens)
	before := len(c.question) + len(second) + 2 // and [CLS], [SEP]
	room := windowTokens - before - 1
	tokens := c.passage(h, budget)
	var windows []window
	for at := 0; at < len(tokens); {
		end, next := divide(tokens, at, room)
		if budget -= before + 1 + end - at; budget < 0 && len(windows) > 0 {
			break
		}
		pair := slices.Clip(second)
		for _, k := range tokens[at:end] {
			pair = append(pair, encoder.Token{ID: k.id})
		}
		w := window{hit, c.Pair(c.question, pair), before, make([]token, end-at), c.sentences[h.Article]}
		for i, k := range tokens[at:end] {
			w.tokens[i] = k.token
		}
		windows = append(windows, w)
		at = next
	}
	return windows
}

// header is what stands in front of a passage: title, publisher and date, each if it
// is known. A title made from the first sentence is left out.
func header(a *corpus.Article) string {
	var b strings.Builder
	for _, f := range [...]corpus.Fact{a.Title, a.Publisher, a.Published} {
		if v := strings.TrimSpace(f.Value); v != "" && f.From != corpus.FromSentence {
			b.WriteString(v)
			b.WriteString(". ")
		}
	}
	return b.String()
}

// An identified token comes with its number in the vocabulary.
type identified struct {
	token
	id int32
}

// passage returns the tokens of the sentences of a passage that may answer, up to
// about budget of them.
func (c *cutter) passage(h retrieval.Hit, budget int) []identified {
	var tokens []identified
	var buf []encoder.Token
	sentences, ok := c.sentences[h.Article]
	if !ok {
		sentences = h.Article.Sentences()
		c.sentences[h.Article] = sentences
	}
	first, _ := slices.BinarySearchFunc(sentences, h.Passage.Start, func(s corpus.Sentence, at int) int { return cmp.Compare(s.End, at+1) })
	for i, s := range sentences[first:] {
		if s.Start >= h.Passage.End || len(tokens) > budget {
			break
		}
		if !readable(s.Kind) {
			continue
		}
		text := s.Of(h.Article.Text)
		if c.repeats(text) {
			continue
		}
		buf = c.Append(buf[:0], text, len(text))
		for _, k := range buf {
			at := corpus.Span{Start: s.Start + int(k.Start), End: s.Start + int(k.End)}
			tokens = append(tokens, identified{token{at, first + i}, k.ID})
		}
	}
	return tokens
}

// repeats reports whether a sentence asks what the question asks. Read in front of
// anything, it makes the model take that for the answer.
func (c *cutter) repeats(sentence string) bool {
	if !strings.HasSuffix(strings.TrimRight(sentence, " ”’\"')"), "?") {
		return false
	}
	terms := word.Terms(sentence)
	alike := 0
	for _, t := range terms {
		if slices.Contains(c.asked, t) {
			alike++
		}
	}
	return 5*alike >= 4*max(len(terms), len(c.asked))
}

// readable reports whether a sentence of a kind may hold an answer.
func readable(k corpus.Kind) bool {
	switch k {
	case corpus.Stamp, corpus.Boilerplate, corpus.Order:
		return false
	}
	return true // bylines and credits as well: people ask who wrote it, and who took the photograph
}

// divide returns the end of the window that begins at token at and has at most room
// tokens, and the beginning of the next one.
func divide(tokens []identified, at, room int) (end, next int) {
	if len(tokens)-at <= room {
		return len(tokens), len(tokens)
	}
	starts := func(i int) bool { return i == 0 || tokens[i].sentence != tokens[i-1].sentence }
	for end = at + room; end > at && !starts(end); end-- {
	}
	if end == at { // one sentence is longer
		end = at + room
		return end, end - spanTokens
	}
	for next = end - 1; !starts(next); next-- {
	}
	after := end + 1 // where the sentence behind the window ends
	for after < len(tokens) && !starts(after) {
		after++
	}
	if next <= at || after-next > room {
		next = end
	}
	return end, next
}
