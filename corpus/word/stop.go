package word

import "strings"

// Stop reports whether a folded word is a function word of English.
func Stop(folded string) bool { return stops[folded] }

var stops = Set(`
a an the this that these those
i me my mine myself we us our ours ourselves you your yours yourself he him his himself she her hers herself it its itself they them their theirs themselves
who whom whose which what when where why how
am is are was were be been being do does did done doing have has had having
can could will would shall should may might must
and or but nor so if then than as of at by for with about into onto to from in on off out over under up down
there here not no yes too very just also only
s t d ll m re ve dont didnt doesnt isnt wasnt werent arent cant couldnt wont wouldnt havent hasnt hadnt`)

// Set is a list of words, with white space between them, to look words up in.
func Set(list string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(list) {
		m[w] = true
	}
	return m
}
