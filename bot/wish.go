package bot

import (
	"regexp"
	"slices"
	"strings"

	"dateline/corpus/pos"
	"dateline/corpus/word"
)

// A Wish is what somebody wants who asks for no fact.
type Wish string

// The wishes. All but the last three are about the answer before.
const (
	WishSure    Wish = "sure"    // "are you sure?"
	WishSpeaker Wish = "speaker" // "who says so?"
	WishSource  Wish = "source"  // "which source?"
	WishMore    Wish = "more"    // "tell me more"
	WishThanks  Wish = "thanks"
	WishHello   Wish = "hello"
	// WishUnclear is that of a follow-up that has nothing to follow.
	WishUnclear Wish = "unclear"
)

// wishes are recognized by the whole of what was typed, less what leads up to
// it and the marks at the end.
var wishes = []struct {
	wish  Wish
	words *regexp.Regexp
}{
	{WishSure, regexp.MustCompile(`^(?:(?:are|r) (?:you|u) (?:really |quite |absolutely |very )?(?:sure|certain|positive)(?: (?:of|about) (?:that|this|it))?|(?:is|was) (?:that|this|it) (?:really )?(?:right|true|correct|certain|so)|really|sure|you sure|certain|is that really so|can (?:that|this) be right|double ?check(?: (?:that|it|this))?)$`)},
	{WishSpeaker, regexp.MustCompile(`^(?:who (?:says|said|claims|claimed|told (?:you|them))(?: (?:so|that|this|it))?|says who|said who|according to whom?|by whose account|who (?:is|are) (?:the|your) sources?|how do (?:you|we|they) know(?: (?:that|this|it))?)$`)},
	{WishSource, regexp.MustCompile(`^(?:(?:which|what|whats|what is|what are|wheres|where is|where are)? ?(?:the |your |that |its )?sources?(?: (?:is|for|of) (?:that|this|it))?|where (?:is|was) (?:that|this|it) (?:from|reported|printed|published)|where (?:does|did) (?:that|this|it) (?:come from|say (?:that|so|this))|(?:which|what) (?:article|paper|newspaper)(?: (?:says|said|reports|reported|has|is) (?:that|so|this|it)(?: from)?)?|(?:show|give) me the sources?|citation(?: needed)?|citations)$`)},
	{WishMore, regexp.MustCompile(`^(?:(?:can you |could you |please )?(?:tell|give|show) (?:me|us) (?:some |a bit |a little )?more(?: (?:details|about (?:that|this|it)))?|more|more details|details|more please|go on|continue|(?:what|anything|something) (?:more|else)(?: (?:is there|do you know|is known))?|elaborate|say more|and more|anything else)$`)},
	{WishThanks, regexp.MustCompile(`^(?:(?:many )?thanks|thanks (?:a lot|so much|very much|again)|thank (?:you|u)(?: (?:very much|so much|a lot))?|thx|ty|tnx|cheers|great|perfect|nice|good|ok|okay|cool|got it|i see|great thanks|perfect thanks|ok thanks|okay thanks|bye|goodbye)$`)},
	{WishHello, regexp.MustCompile(`^(?:hi|hello|hey|hi there|hello there|hey there|good (?:morning|afternoon|evening|day)|greetings|hallo)$`)},
}

// wishOf recognizes the wishes that are put in set phrases.
func wishOf(text string) Wish {
	var norms []string
	for _, w := range spelled.FindAllString(text, -1) {
		norms = append(norms, strings.ToLower(w))
		if len(norms) > 12 {
			return ""
		}
	}
	all := strings.TrimSuffix(strings.Join(norms, " "), " please")
	for {
		for _, w := range wishes {
			if w.words.MatchString(all) {
				return w.wish
			}
		}
		rest := leadIns.ReplaceAllString(all, "")
		if rest == all {
			return ""
		}
		all = rest
	}
}

// elliptic reports whether a question without any before it lacks what it is
// about.
func elliptic(text string) bool {
	rest := leadIns.ReplaceAllString(text, "")
	f := read(rest)
	if rest != text && len(f.tokens) > 0 && f.asks() == "" && !slices.ContainsFunc(f.tokens, func(t pos.Token) bool { return t.Tag.Verb() || t.Tag == pos.MD }) && len(f.tokens) < 5 {
		return true // "and Umerov?"
	}
	if f.asks() == "" && f.aux < 0 {
		return false // key words, a sentence in another language
	}
	for i, n := range f.norms {
		if f.tag(i) == pos.PUNCT || word.Stop(n) || idle[n] {
			continue
		}
		return false
	}
	return true
}

// idle are words that name nothing, besides function words.
var idle = word.Set("else say says said saying tell tells told happen happened happens next mean means long many much often exactly again still ever going go went think thinks thought know known more then today anyone anything someone something everyone other others same one ones way s")
