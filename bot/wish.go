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
	{WishSure, regexp.MustCompile(`^(?:(?:(?:are|r) )?(?:you|u) (?:really |quite |absolutely |very )?(?:sure|certain|positive)(?: (?:of|about) (?:that|this|it|\S+(?: \S+){0,2})| (?:it|that|this) (?:is|was) \S+(?: \S+){0,2})?|(?:is|was) (?:that|this|it) (?:really )?(?:right|true|correct|certain|so|confirmed|verified|official|accurate)|really|seriously|(?:sure|certain)(?: (?:of|about) (?:that|this|it|the \S+))?|how (?:sure|certain) (?:are you|is (?:that|this|it))|is that really so|can (?:that|this) be right|which (?:one )?is it|double ?check(?: (?:that|it|this))?)$`)},
	{WishSpeaker, regexp.MustCompile(`^(?:who (?:says|said|claims|claimed|is (?:saying|claiming)|told (?:you|them))(?: (?:so|that|this|it))?|says who|said who|according to whom?|by whose account|who (?:is|are) (?:the|your) sources?|who is quoted|whose (?:words|claim|statement) (?:is|are|was|were) (?:that|this|those|these|it)|how do (?:you|we|they) know(?: (?:that|this|it))?)$`)},
	{WishSource, regexp.MustCompile(`^(?:(?:which|what|whats|what is|what are|wheres|where is|where are|(?:is there|do you have|have you got|got)(?: an?| any)?)? ?(?:the |your |that |its )?sources?(?: (?:is|for|of) (?:that|this|it))?|where (?:is|was) (?:that|this|it) (?:from|reported|printed|published)|where (?:does|did) (?:that|this|it) (?:come from|say (?:that|so|this))|where (?:did|do) you (?:get|find|read|see|have) (?:that|this|it)(?: from)?|who (?:reports|reported) (?:that|this|it|so)|(?:which|what) (?:article|paper|newspaper|outlet|report)(?: (?:says|said|reports|reported|has|is|was) (?:that|so|this|it)(?: (?:from|in))?)?|(?:show|give) me the sources?|links?|citation(?: needed)?|citations)$`)},
	{WishMore, regexp.MustCompile(`^(?:(?:can you |could you |please )?(?:tell|give|show) (?:me|us) (?:some |a bit |a little )?more(?: (?:details|about (?:that|this|it)))?|(?:some |any )?more(?: (?:on|about) (?:that|this|it))?|(?:some |any )?(?:more|further|other) (?:details?|info|information|background|context)(?: (?:on|about) (?:that|this|it))?|(?:any )?details|more please|go on|keep going|continue|(?:what|anything|something) (?:more|else)(?: (?:is there|do you know|is known))?|(?:can you |could you |please )?(?:elaborate|expand)(?: on (?:that|this|it))?|say more|and more|anything else)$`)},
	{WishThanks, regexp.MustCompile(`^` + pleased + `(?: ` + pleased + `)*$`)},
	{WishHello, regexp.MustCompile(`^(?:hi|hello|hey|hi there|hello there|hey there|good (?:morning|afternoon|evening|day)|greetings|hallo)$`)},
}

// trailing is what may follow a wish and adds nothing to it.
var trailing = regexp.MustCompile(`(?: (?:please|exactly|then|though|again|anyway|btw))+$`)

// pleased is what people say to an answer.
const pleased = `(?:(?:many )?thanks|thank (?:you|u)|thx|ty|tnx|cheers|great|perfect|excellent|super|nice|(?:all )?good|ok|okay|cool|got it|i see|noted|understood|bye|goodbye|that (?:is|was) (?:all|it|everything|helpful)(?: i (?:need|needed|wanted))?|that helps|no (?:more|further) questions|all set|very helpful|for (?:now|today|that|this|the help|your help)|(?:a lot|so much|very much|again))`

// WishOf recognizes the wishes that are put in set phrases; it is empty for
// anything else.
func WishOf(text string) Wish {
	var norms []string
	for _, w := range spelled.FindAllString(text, -1) {
		norms = append(norms, strings.ToLower(w))
		if len(norms) > 12 {
			return ""
		}
	}
	all := trailing.ReplaceAllString(strings.Join(norms, " "), "")
	for {
		for _, w := range wishes {
			if w.words.MatchString(all) {
				return w.wish
			}
		}
		rest := withoutLeadIn(all)
		if rest == all {
			return ""
		}
		all = rest
	}
}

// elliptic reports whether a question without any before it lacks what it is
// about.
func elliptic(text string) bool {
	rest := withoutLeadIn(text)
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
