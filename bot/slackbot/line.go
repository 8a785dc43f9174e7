package slackbot

import (
	"slices"
	"strings"

	"dateline/bot"
	"dateline/corpus/lexicon"
	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// A line is a message in a thread, in words.
type line struct {
	text  string
	words []word.Word
	terms []term
}

// A term is a word with a meaning of its own.
type term struct {
	stem       string
	noun, verb bool
}

func readLine(text string) line {
	l := line{text: address.ReplaceAllString(text, " ")}
	l.words = word.Split(l.text)
	for _, t := range pos.Tokens(l.text) {
		for _, w := range word.Split(t.Text) {
			if !w.Stop() && !light[w.Norm] && (t.Tag.Noun() || t.Tag.Verb() || t.Tag.Adjective() || t.Tag.Adverb() || t.Tag == pos.CD || t.Tag == pos.FW) {
				l.terms = append(l.terms, term{w.Stem(), t.Tag.Noun(), t.Tag.Verb()})
			}
		}
	}
	return l
}

// light are words that say nothing of what a question is about.
var light = word.Set("much many long often far else more again still ever exactly happen happened happens next later anyone anybody anything someone somebody something everyone people thing things one ones way say says said saying tell know known mean means")

var (
	// opening are the words that questions begin with, and leading those that may
	// stand before them.
	opening = word.Set("who whom whose what when where why how which whats whos hows wheres")
	leading = word.Set("and but so ok okay then also well please hey hi")

	// whoever are words that make a question with a question word one that wants no
	// answer.
	whoever = word.Set("anyone anybody anything ever")

	gratitude = word.Set("thanks thank thx tnx ty cheers")

	// we and you are words for those who talk, knowing and passing what they do in
	// a question to the bot: "do you know", "what do we know", "tell me".
	we      = word.Set("i me my mine we us our ours")
	you     = word.Set("you your yours u")
	knowing = word.Set("know sure certain")
	passing = word.Set("tell show give")
)

// thanks reports whether somebody thanks, and asks nothing.
func (l line) thanks() bool {
	return !strings.Contains(l.text, "?") && slices.ContainsFunc(l.words, func(w word.Word) bool { return gratitude[w.Norm] })
}

// asks reports whether the line is put as a question, or asks for more in so many
// words.
func (l line) asks() bool {
	if len(l.words) == 0 {
		return false
	}
	if strings.Contains(l.text, "?") {
		return true
	}
	switch bot.WishOf(l.text) {
	case bot.WishSure, bot.WishSpeaker, bot.WishSource, bot.WishMore:
		return true
	}
	return l.opens() != "" || l.words[0].Norm == "tell"
}

// opens returns the question word that the line begins with; "" if none.
func (l line) opens() string {
	for i, w := range l.words {
		if opening[w.Norm] {
			return w.Norm
		}
		if i == 2 || !leading[w.Norm] {
			break
		}
	}
	return ""
}

// rhetorical reports whether the line has the form of a question and is none:
// "what?", "why would anyone do that?", "do they even read?".
func (l line) rhetorical() bool {
	opens := l.opens()
	last := l.words[len(l.words)-1].Norm
	if opens == "what" && last == "what" {
		return true
	}
	return slices.ContainsFunc(l.words, func(w word.Word) bool {
		return w.Norm == "even" || opens != "" && whoever[w.Norm]
	})
}

// personal reports whether the line speaks to people, or of those who talk: "can
// you send it", "what do we do". "Tell me" and "do you know" may be for the bot.
func (l line) personal() bool {
	norm := func(i int) string {
		if i < 0 || i >= len(l.words) {
			return ""
		}
		return l.words[i].Norm
	}
	for i, w := range l.words {
		_, _, says := lexicon.Saying(norm(i + 1))
		switch {
		case we[w.Norm] && !passing[norm(i-1)] && !knowing[norm(i+1)]:
			return true
		case you[w.Norm] && !knowing[norm(i+1)] && !passing[norm(i+1)] && !says && !knowing[norm(i-1)]:
			return true
		}
	}
	return false
}

// calls reports whether the line calls somebody by name, first or last.
func (l line) calls(names []string) bool {
	return len(l.words) > 0 && (slices.Contains(names, l.words[0].Norm) || slices.Contains(names, l.words[len(l.words)-1].Norm))
}

// answeredBy reports whether an answer is one to the line, beyond doubt: what the
// line names stands in what is quoted or in the title above it, or was said in the
// thread before. A line that names nothing ("and when?") is only clear where the
// bot spoke last. An answer that is not certain is not beyond doubt, unless the line
// asks about the answer before.
func (l line) answeredBy(a bot.Answer, thread []bot.Exchange, direct bool) bool {
	if !a.Answered {
		return false
	}
	switch a.Wish {
	case "":
		if a.Certainty == bot.Perhaps {
			return false
		}
	case bot.WishSure:
		return direct && len(l.words) > 1 // "really?" is what people say
	case bot.WishSpeaker, bot.WishSource, bot.WishMore:
		return direct
	default:
		return false
	}
	quotes, before := make(map[string]bool), make(map[string]bool)
	for _, c := range a.Citations {
		stems(quotes, c.Title+" "+c.Quote)
	}
	saidIn(before, thread)
	related := citesAny(thread, a.Citations)
	if len(l.terms) == 0 {
		return direct && related
	}
	quoted, strange := 0, 0
	for _, t := range l.terms {
		switch {
		case t.in(quotes):
			quoted++
		case related && t.in(before):
		case t.verb && direct && l.refers():
			strange++ // "how did they get in?": the articles have another verb for it
		default:
			return false
		}
	}
	if !related {
		return strange == 0 && quoted > 1
	}
	return strange < 2
}

// about reports whether a line that is not answered asks about the matter of the
// thread.
func (l line) about(a bot.Answer, thread []bot.Exchange, direct bool) bool {
	known := make(map[string]bool)
	saidIn(known, thread)
	if a.Wish != "" {
		return true
	}
	for _, c := range slices.Concat(a.Citations, a.Nearest) {
		if citesAny(thread, []bot.Citation{c}) {
			stems(known, c.Quote)
		}
	}
	found, nouns := 0, false
	for _, t := range l.terms {
		if t.in(known) {
			found++
		}
		nouns = nouns || t.noun
	}
	opens := l.opens()
	switch {
	case opens == "":
		return found > 0 && 2*found >= len(l.terms)
	case found > 0:
		return true
	case !direct || nouns && !l.refers():
		return false
	}
	// "Who cares?" and "what could go wrong?" are what people say.
	return len(l.terms) == 0 || len(l.terms) == 1 && (l.refers() || opens != "who" && opens != "what" && opens != "why")
}

// refers reports whether the line has a pronoun for somebody or something.
func (l line) refers() bool {
	return slices.ContainsFunc(l.words, func(w word.Word) bool { return pronouns[w.Norm] })
}

var pronouns = word.Set("he him his she her hers it its they them their theirs")

// in reports whether a term, or a word that means the same, is among stems.
func (t term) in(known map[string]bool) bool {
	if known[t.stem] {
		return true
	}
	for stem := range known {
		if lexicon.Synonyms(t.stem, stem) || lexicon.Base(t.stem) == lexicon.Base(stem) {
			return true
		}
	}
	return false
}

func stems(into map[string]bool, text string) {
	for _, w := range word.Split(text) {
		if !w.Stop() {
			into[w.Stem()] = true
		}
	}
}

func saidIn(into map[string]bool, thread []bot.Exchange) {
	for _, e := range thread {
		for _, s := range []string{e.Question, e.Understood, e.Answer} {
			stems(into, s)
		}
	}
}

// citesAny reports whether a citation is of an article that the thread has cited.
func citesAny(thread []bot.Exchange, list []bot.Citation) bool {
	return slices.ContainsFunc(list, func(c bot.Citation) bool {
		return slices.ContainsFunc(thread, func(e bot.Exchange) bool {
			return slices.ContainsFunc(e.Cited, func(cited bot.Cited) bool { return cited.Article == c.Article })
		})
	})
}
