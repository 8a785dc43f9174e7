package reader

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"dateline/corpus/word"
)

// A tongue holds the words by which a language is recognized.
type tongue struct {
	// asking are question words, and telling other words that no English question
	// has.
	asking, telling map[string]bool
	// shared are words of the language that also occur in English or in names, as
	// "von der" does in von der Leyen. By themselves they show nothing.
	shared map[string]bool
}

func newTongue(asking, telling, shared string) tongue {
	return tongue{word.Set(asking), word.Set(telling), word.Set(shared)}
}

// tongues are the languages in Latin script that are recognized. Words that are also
// common typing errors in English, such as "wat" for "what", are among the shared.
var tongues = []tongue{
	newTongue( // German
		`wer wann warum wieso weshalb welche welcher welches welchen wem woher wohin wieviel wieviele wie worum wofür worüber`,
		`wo ist sind wurde wurden wird werden gibt nicht und auf bei nach sich haben kann soll sagt sagte gesagt passiert geht eine einen einem einer ein dem durch gegen viele dass auch noch mehr heißt liegt`,
		`was hat war wen die der das den des von vom zu zum zur im am an in so will her also man es er sie wir ich du bin oder als um über mit für aus`),
	newTongue( // French
		`qui quand où pourquoi combien quel quelle quels quelles quoi lequel`,
		`est sont était une dans avec été cette ces cet ils nous vous dit fait aux ont qu leur peut passé trouve`,
		`que ou a as on or me les la le l un de du d des en et il au par se ce son sa c s y t j à n comment pour sur pas elle sera`),
	newTongue( // Spanish
		`quién quien quiénes quienes cuándo cuando dónde donde cómo cuál cual cuáles cuánto cuanto cuántos cuantos cuántas cuantas qué`,
		`está es están fue para dijo pasó hizo sobre más según tiene hay sus ser pero también muerto`,
		`que como por a no me he has so ha el la los las de del en y un una al se su lo son sin con han`),
	newTongue( // Italian
		`perché perche quando quanto quanti quante quale quali`,
		`chi è sono della dello delle degli gli nel nella nello hanno stato stata detto successo più anche dalla sulla fatto trova`,
		`che cosa come cos dove per a in no me do i ai il la lo le di da del dei e un una si ci l d dell con alla ha al`),
	newTongue( // Portuguese
		`quem quando onde quanto quantos quantas qual quais`,
		`não uma é foi são está em pelo pela disse aconteceu fez ao sobre mais também seu sua há mortos`,
		`que como porque por a o e as os do da dos das de no nos for se um à para me la com na`),
	newTongue( // Dutch
		`wie waar wanneer waarom hoeveel welke`,
		`hoe welk het een zijn heeft hebben niet voor naar wordt worden werd werden gebeurd zei gezegd aan bij uit deze`,
		`wat is was in had of over me we die de den der van ter te en om tot dan door als at her met op er dat deed`),
	newTongue( // Polish
		`kto kiedy gdzie dlaczego jak czy jaki jaka jakie który która które czemu kogo`,
		`ile jest są był była było się nie został została powiedział powiedziała stało wygrał dla przez przy oraz`,
		`co to do na w z i o po za by on we a od u kim`),
	newTongue( // Swedish
		`vem vad när varför vilken vilka vilket varifrån`,
		`hur är och det inte från för på av ett har hade blev många som sade hände gjorde mellan efter om ligger människor`,
		`var i man en den de so under at sa till`),
	newTongue( // Turkish
		`nerede neden nasıl nasil niçin hangi kaç kimin`,
		`bir bu için ile oldu olan olarak dedi etti değil nedir kimdir mı mü öldü kişi`,
		`kim ne ve on her an o da de mi mu`),
}

// foreign reports whether a question is beyond doubt in a language other than English:
// in another script, or with words of one language, of which all its function words
// are. Names prove nothing, nor does what may be mistyped English.
func foreign(question string) bool {
	question = norm.NFC.String(question)
	latin, other := 0, 0
	for _, r := range question {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin++
		case unicode.IsLetter(r):
			other++
		}
	}
	words := strings.FieldsFunc(strings.ToLower(question), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if other > latin {
		for _, w := range words {
			if word.Stop(w) && len(w) > 1 {
				return false
			}
		}
		return true
	}
	for _, t := range tongues {
		if t.of(words, strings.Contains(question, "¿")) {
			return true
		}
	}
	return false
}

// of reports whether a question of these words is in the language.
func (t tongue) of(words []string, inverted bool) bool {
	shown, shared, english := 0, 0, 0
	for _, w := range words {
		switch {
		case t.asking[w]:
			shown += 2
		case t.telling[w]:
			shown++
		case t.shared[w]:
			shared++
		case word.Stop(w):
			return false
		case word.IDF(word.Stem(word.Fold(w))) < word.IDF(""):
			english++
		}
	}
	return shown > 0 && shown+shared >= 2+english
}
