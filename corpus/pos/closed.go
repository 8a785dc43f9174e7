package pos

// closed is the tag of a word, in lower case, that is the same wherever the
// word stands, or None. Words with two uses ("that", "her", "have", "there",
// "up") are left to the model, and so are those that are also names.
func closed(w string) Tag {
	if len(w) > 10 {
		return None
	}
	switch w {
	case "the", "a", "an", "these", "those", "this", "every", "each", "another", "some", "any":
		return DT
	case "i", "you", "he", "she", "it", "we", "they", "me", "him", "us", "them",
		"myself", "himself", "herself", "itself", "ourselves", "themselves", "yourself":
		return PRP
	case "my", "your", "its", "our", "their":
		return PRPS
	case "could", "would", "should", "ought":
		return MD
	case "is", "does", "has":
		return VBZ
	case "are", "am":
		return VBP
	case "was", "were", "did":
		return VBD
	case "be":
		return VB
	case "been", "done":
		return VBN
	case "being", "having", "doing":
		return VBG
	case "of", "from", "with", "into", "during", "among", "without", "toward", "towards", "upon", "at",
		"if", "because", "although", "though", "while", "whether", "than", "per", "amid", "despite", "unlike",
		"until", "between", "against", "via", "onto", "unless", "whereas":
		return IN
	case "to":
		return TO
	case "and", "or", "nor", "&":
		return CC
	case "who", "whom":
		return WP
	case "whose":
		return WPS
	case "when", "where", "why", "how":
		return WRB
	case "which":
		return WDT
	case "not", "n't", "n’t", "also", "never", "very", "too", "perhaps", "however", "instead", "already", "again", "always", "often":
		return RB
	case "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
		"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand",
		"million", "billion", "trillion":
		return CD
	case "'re", "’re", "'m", "’m", "'ve", "’ve":
		return VBP
	case "'ll", "’ll":
		return MD
	}
	return None
}
