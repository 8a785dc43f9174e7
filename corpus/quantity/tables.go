package quantity

import "dateline/corpus/word"

var (
	cardinals = map[string]float64{"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
		"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
		"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
	ordinals = map[string]float64{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
		"tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17,
		"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50, "sixtieth": 60, "seventieth": 70,
		"eightieth": 80, "ninetieth": 90, "hundredth": 100, "thousandth": 1000}
	// The parts that a whole is divided into, by their plural without an s.
	denominators = map[string]float64{"half": 2, "halve": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "hundredth": 100}
	magnitudes   = map[string]float64{"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "bn": 1e9, "tn": 1e12, "mn": 1e6, "mln": 1e6,
		"lakh": 1e5, "lakhs": 1e5, "crore": 1e7, "crores": 1e7}
	// Letters that may stand for a magnitude where they follow digits, with the
	// unit that they stand for otherwise.
	letters = map[string]struct {
		times float64
		unit  string
	}{"k": {1e3, ""}, "m": {1e6, "m"}, "b": {1e9, ""}, "t": {1e12, "t"}}
	// Words that count without a number.
	vague = word.Set(`dozens hundreds thousands millions billions trillions lakhs crores tens scores twice triple`)

	// unitWords follow a number.
	unitWords = map[string]string{
		"percent": "%", "pct": "%", "percentage": "%", "pp": "pp", "bp": "bp", "bps": "bp",
		"dollar": "$", "dollars": "$", "euro": "€", "euros": "€", "pound": "£", "pounds": "£", "yen": "¥", "yuan": "yuan", "renminbi": "yuan", "rupee": "₹", "rupees": "₹",
		"ruble": "₽", "rubles": "₽", "rouble": "₽", "roubles": "₽", "hryvnia": "₴", "cent": "¢", "cents": "¢", "pence": "p", "penny": "p",
		"crown": "crown", "crowns": "crown", "krona": "krona", "kronor": "krona", "krone": "krone", "kroner": "krone", "franc": "franc", "francs": "franc", "peso": "peso", "pesos": "peso",
		"baht": "baht", "lira": "lira", "rand": "rand", "shekel": "₪", "shekels": "₪", "zloty": "zloty",
		"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "inr": "₹", "cny": "yuan", "rmb": "yuan", "aud": "A$", "cad": "C$", "hkd": "HK$", "nzd": "NZ$", "sgd": "S$", "chf": "franc",
		"km": "km", "kms": "km", "kilometer": "km", "kilometers": "km", "kilometre": "km", "kilometres": "km", "meter": "m", "meters": "m", "metre": "m", "metres": "m",
		"cm": "cm", "centimeter": "cm", "centimeters": "cm", "centimetre": "cm", "centimetres": "cm", "mm": "mm", "millimeter": "mm", "millimeters": "mm", "millimetre": "mm", "millimetres": "mm",
		"mile": "mi", "miles": "mi", "feet": "ft", "ft": "ft", "inch": "in", "inches": "in", "yard": "yd", "yards": "yd",
		"kg": "kg", "kgs": "kg", "kilo": "kg", "kilos": "kg", "kilogram": "kg", "kilograms": "kg", "kilogramme": "kg", "kilogrammes": "kg", "lb": "lb", "lbs": "lb",
		"liter": "l", "liters": "l", "litre": "l", "litres": "l", "hectare": "ha", "hectares": "ha", "ha": "ha", "mph": "mph", "kph": "kph", "kmh": "kph",
		"mw": "MW", "megawatt": "MW", "megawatts": "MW", "gw": "GW", "gigawatt": "GW", "gigawatts": "GW", "kw": "kW", "kilowatt": "kW", "kilowatts": "kW",
		"degree": "°", "degrees": "°",
	}
	// Units of length that may be squared.
	lengths = word.Set(`km m cm mm mi ft yd in`)
	// How far an hour takes one: "60 miles an hour".
	speeds = map[string]string{"mi": "mph", "km": "kph"}
	scales = map[string]string{"c": "°C", "celsius": "°C", "centigrade": "°C", "f": "°F", "fahrenheit": "°F"}

	signs = "$€£¥₹₽₴₩₪₺"
	// currencies are the units that are money.
	currencies = word.Set(`$ € £ ¥ ₹ ₽ ₴ ₩ ₪ ₺ ¢ p A$ C$ HK$ NZ$ S$ NT$ R$ MX$ yuan crown krona krone franc peso baht lira rand zloty`)
	// What stands before a dollar sign, the last word as it is folded.
	dollars = map[string]string{"a": "A$", "au": "A$", "aus": "A$", "aud": "A$", "hk": "HK$", "us": "$", "usa": "$", "usd": "$", "c": "C$", "ca": "C$", "can": "C$", "cad": "C$", "nz": "NZ$", "s": "S$", "sg": "S$", "nt": "NT$", "r": "R$", "mx": "MX$"}
	// Whose dollars they are: "4 million Australian dollars".
	nationalities = map[string]string{"australian": "A$", "canadian": "C$", "kong": "HK$", "zealand": "NZ$", "singapore": "S$", "singaporean": "S$", "taiwan": "NT$", "taiwanese": "NT$", "usa": "$", "us": "$", "american": "$"}
	// What stands before a number for its currency.
	codes = map[string]string{"rs": "₹", "inr": "₹", "usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "cny": "yuan", "rmb": "yuan", "aud": "A$", "cad": "C$", "hkd": "HK$", "nzd": "NZ$", "sgd": "S$", "chf": "franc"}

	// bounds stand before a number.
	bounds = map[string]Bound{
		"more than": MoreThan, "over": MoreThan, "above": MoreThan, "upwards of": MoreThan, "in excess of": MoreThan, "exceeding": MoreThan, "greater than": MoreThan, "higher than": MoreThan, "better than": MoreThan,
		"at least": AtLeast, "no fewer than": AtLeast, "no less than": AtLeast, "not less than": AtLeast, "not fewer than": AtLeast, "a minimum of": AtLeast, "minimum of": AtLeast,
		"up to": AtMost, "as many as": AtMost, "as much as": AtMost, "at most": AtMost, "no more than": AtMost, "not more than": AtMost, "a maximum of": AtMost, "maximum of": AtMost,
		"less than": LessThan, "fewer than": LessThan, "under": LessThan, "below": LessThan, "lower than": LessThan,
		"nearly": Nearly, "almost": Nearly, "not quite": Nearly, "close to": Nearly, "approaching": Nearly, "shy of": Nearly, "short of": Nearly,
		"about": About, "around": About, "roughly": About, "approximately": About, "approx": About, "some": About, "an estimated": About, "estimated": About, "circa": About,
	}
	// trailing ones stand behind it, or behind what it counts.
	trailing = map[string]Bound{"or more": AtLeast, "or above": AtLeast, "or over": AtLeast, "or higher": AtLeast, "and over": AtLeast, "and above": AtLeast, "and up": AtLeast, "at least": AtLeast,
		"or less": AtMost, "or fewer": AtMost, "or under": AtMost, "at most": AtMost, "or so": About}

	// changes are verbs and nouns for what goes up or down.
	changes = word.Set(`rise rises rose risen rising raise raises raised raising increase increases increased increasing grow grows grew grown growing growth climb climbs climbed climbing
		jump jumps jumped jumping gain gains gained gaining surge surges surged surging soar soars soared soaring fall falls fell fallen falling drop drops dropped dropping decline declines declined declining
		decrease decreases decreased decreasing sink sinks sank sunk slip slips slipped slide slides slid plunge plunges plunged tumble tumbles tumbled cut cuts cutting reduce reduces reduced reducing reduction
		lower lowers lowered lowering lift lifts lifted boost boosts boosted slash slashes slashed shrink shrinks shrank shrunk expand expands expanded widen widens widened narrow narrows narrowed
		dip dips dipped ease eases eased trim trims trimmed advance advances advanced spike spikes spiked swell swells swelled dwindle dwindled`)
	// up and down are such only right before a number.
	upDown = word.Set(`up down higher lower`)

	// What a rate is for each of, behind "a" and "an".
	rates = word.Set(`second minute hour day night week weekend fortnight month season term quarter year decade century barrel gallon litre liter tonne ton ounce pound kilo kilogram share head person pupil student ticket
		bottle pint copy piece mile kilometre kilometer game match acre hectare`)
	daily    = map[string]string{"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year", "annually": "year", "hourly": "hour", "apiece": "each"}
	timeUnit = word.Set(`second seconds minute minutes hour hours day days week weeks month months year years decade decades games matches`)
	months   = word.Set(`january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec`)
	zones    = word.Set(`gmt utc bst est edt pst pdt cst cdt cet cest eet ist jst msk am pm`)
)
