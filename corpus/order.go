package corpus

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Orders to programs that read articles, as they are planted in them: marks of
// chat templates and of prompts, text that no browser shows, parts of a
// conversation, and the wording that such orders share. Whoever words one in
// another way is not found here: that is why nothing relies on it, and what a
// model writes is checked against the article all the same.
var (
	orderMarks  = lazy(`(?i)<\|[a-z_]{2,24}\|>|\[/?INST\]|<</?SYS>>|</?(?:s|system|assistant|user|start_of_turn|end_of_turn|passages?|think|tool_call)>|<!--`)
	orderHidden = lazy(`(?i)<[a-z][^<>]{0,200}(?:display:\s*none|visibility:\s*hidden)`)
	orderRoles  = lazy(`(?:^|[\s\pZ])((?:System|SYSTEM|Assistant|ASSISTANT):\s)|^((?:User|Human):\s)`)
	orderWords  = lazy(`(?i)(?:^|[.!?:;…]\s+)((?:(?:please )?(?:ignore|disregard|forget) (?:(?:all|any|the|these|those|your|every) )*(?:(?:above|previous|prior|preceding|earlier)\b|(?:instructions?|prompts?|rules)\b)` +
		`|(?:(?:an? )?(?:note|message|instructions?) (?:to|for) |(?:to|dear|attention,?) )(?:the |any |all )*(?:ai |language |large language )*(?:assistants?|models?|chatbots?|summari[sz]ers?|llms?)\s*[:,]` +
		`|(?:if|when|whenever) (?:you are |(?:anyone|anybody|someone|somebody|a user|a reader) )?(?:asked|asks)\b[^.!?]{0,160}, (?:always |please |just |only )?(?:say|answer|reply|respond|state)\b` +
		`|answer (?:every|all|any) questions?\b` +
		`|ignorier(?:e|t|en Sie) (?:alle|die|das|den)\b[^.!?]{0,40}(?:anweisung|vorgabe|regel)|(?:ignore[zr]?|oublie[zr]?) (?:toutes|les)\b[^.!?]{0,40}(?:instructions|consignes)|(?:ignor[ae]|olvid[ae]) (?:todas|las)\b[^.!?]{0,40}instrucciones` +
		`|(?:игнорируй(?:те)?|забудь(?:те)?|не обращай(?:те)? внимания на)[^.!?]{0,40}(?:указани|инструкци)))|((?:忽略|无视|忘记)[^。！？]{0,12}(?:指示|指令|提示)|تجاهل[^.!؟]{0,30}(?:التعليمات|الأوامر))`)
	// A caption says what a photograph shows. Where a story may tell of a note to
	// programs, a caption that speaks of one brings it along.
	captionOrder = lazy(`(?i)\b(?:(?:notes?|messages?|instructions?|orders?) (?:to|for) (?:the |any |all )*(?:(?:ai|language|large language) (?:assistants?|models?)|(?:ai )?(?:chatbots?|summari[sz]ers?)|llms?)|(?:ignore|disregard|forget) (?:(?:all|any|the|these|those|your|every) )*(?:above|previous|prior|preceding|earlier) (?:instructions?|prompts?))\b`)
	quotedWords  = lazy(`“[^”]*”|"[^"]*"|«[^»]*»`)
)

// orderAt returns where in a line an order to a program begins, with which the
// rest of the line goes; -1 if there is none. Of one that is quoted, somebody
// tells.
func orderAt(line string) int {
	// Most lines have nothing of it, and the patterns are slow to find that out.
	tagged := strings.ContainsAny(line, "<[")
	spoken := containsAny(line, "System:", "SYSTEM:", "Assistant:", "ASSISTANT:", "User:", "Human:")
	worded := mayOrder(line) && (strings.ContainsAny(line, "<[:") || orderWords().MatchString(line))
	if !tagged && !spoken && !worded {
		return -1
	}
	masked := maskQuotes(line)
	at := -1
	first := func(m []int) {
		if m != nil && (at < 0 || m[0] < at) {
			at = m[0]
		}
	}
	if tagged {
		first(orderHidden().FindStringIndex(line))
		first(orderMarks().FindStringIndex(masked))
	}
	if spoken {
		first(group(orderRoles().FindStringSubmatchIndex(masked)))
	}
	if worded {
		first(group(orderWords().FindStringSubmatchIndex(masked)))
	}
	return at
}

// captionOrders reports whether a caption has an order to a program in it, wherever
// in a sentence.
func captionOrders(caption string) bool {
	return namesOrder(caption) && captionOrder().MatchString(maskQuotes(caption))
}

// maskQuotes is a line with something else in place of what is quoted, as long in
// bytes.
func maskQuotes(line string) string {
	return quotedWords().ReplaceAllStringFunc(line, func(q string) string { return strings.Repeat("_", len(q)) })
}

// mayOrder reports whether orderWords could match in a line: whether a sentence
// of it begins like an order and it has a word of one, or it has a word of those
// in scripts without spaces.
func mayOrder(line string) bool {
	if containsAny(line, "忽略", "无视", "忘记", "تجاهل") {
		return true
	}
	return opensOrder(line) && namesOrder(line)
}

// namesOrder reports whether a line has one of the words that orderWords does
// not match without. Patterns take the long s for an s, ToLower does not.
func namesOrder(line string) bool {
	return containsAny(strings.ToLower(line), "ask", "answer", "ignor", "disregard", "forget", "assistant", "model", "chatbot", "summari", "llm",
		"oubli", "olvid", "игнорируй", "забудь", "обращай", "ſ")
}

// opensOrder reports whether a sentence of a line begins like an order.
func opensOrder(line string) bool {
	marked, opens := false, true
	for i := 0; i < len(line); i++ {
		if opens && beginsOrder(line[i:]) {
			return true
		}
		switch line[i] {
		case '.', '!', '?', ':', ';':
			marked, opens = true, false
		case ' ', '\t', '\n', '\f', '\r':
			opens = marked
		default:
			marked, opens = strings.HasSuffix(line[:i+1], "…"), false
		}
	}
	return false
}

// beginsOrder reports whether a sentence begins like those of orderWords, or
// not with four letters of English.
func beginsOrder(s string) bool {
	if len(s) < 4 {
		return false
	}
	if s[0]|s[1]|s[2]|s[3] >= utf8.RuneSelf {
		return true
	}
	switch string([]byte{s[0] | 0x20, s[1] | 0x20, s[2] | 0x20}) {
	case "to ", "if ":
		return true
	}
	switch string([]byte{s[0] | 0x20, s[1] | 0x20, s[2] | 0x20, s[3] | 0x20}) {
	case "plea", "igno", "disr", "forg", "a no", "a me", "a in", "an n", "an m", "an i", "note", "mess", "inst", "dear", "atte", "when", "answ", "oubl", "olvi":
		return true
	}
	return false
}

func containsAny(s string, all ...string) bool {
	return slices.ContainsFunc(all, func(one string) bool { return strings.Contains(s, one) })
}

// group is the place of the one group of a match that there is.
func group(m []int) []int {
	for i := 2; i+1 < len(m); i += 2 {
		if m[i] >= 0 {
			return m[i : i+2]
		}
	}
	return nil
}
