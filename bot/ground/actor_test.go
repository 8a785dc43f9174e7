package ground

import (
	"testing"
)

// Who does what to whom. Each rule has sentences that it holds back, and true
// ones that it lets through.
func TestCheckActors(t *testing.T) {
	const (
		club      = "The rowing club plans to sell its boathouse in spring. The parish has set aside 1,200 crowns for the slipway."
		burglars  = "Nine violins were stolen on Sunday. The burglars left behind a cello that is worth more than all of them."
		drivers   = "Strikes on the harbour railway have fallen by 17 percent since the port began to pay for night shifts, the drivers’ union said."
		velling   = "The envoy’s adviser, Marta Velling, confirmed on Wednesday that 19 delegates would visit Sandrith. Tomas Ørn, the mayor of Quillhaven, welcomed the delegates."
		petition  = "A citizens’ group has collected 3,100 signatures against the quay; the law demands 4,000 of them."
		keeper    = "The keeper lit the lamp for 34 years. He missed one night, when his daughter was born. The coastguard now switches the lamp from the mainland."
		dam       = "Engineers found a crack in the dam. It poses no danger, and none of the 900 people who live below the dam have been asked to leave."
		doctor    = "The school doctor wants the figures to be checked by the health office before the board decides. The board might close the kitchen."
		fair      = "Pask said that the fair would be back in May, with honey or with cake. The landlord confirmed that the inn would open for it."
		bridge    = "The bridge sinks whenever a lorry passes, the roads office said. The owner of the sawmill said the detour costs him 900 crowns a day. A spokeswoman for the office denied that the bridge is too old."
		talks     = "Harbour master Corin Dask said on Tuesday that the talks in Brennholm produced a draft, adding that the island is ready to sign it."
		museum    = "The burglars took the Lantern Watch. They left behind a longcase clock that is worth more. The museum offered a reward for the Lantern Watch. Lenz went to Fennick in May and met the pilots in Brennholm. Tolvary and Sandrith sent watches."
		engineer  = "Hob Tarrant said the shops are empty. According to the town’s engineer, the street is closed for a year. The harbour master, Ilse Mottram, came with the pilot, Yury Lenz. The harbour master said that the pier is closed."
		cameras   = "A fisherman does not trust the lamp. Two cameras have been installed. The tower was built in 1794, and the lamp burns. Two divers were hurt in the storm. The keeper left."
		hearsay   = "Lenz went to Fennick in May and is reported to have met the pilots there. The founder is said to have carried the watch. The guard heard nothing until the clocks fell silent, and saw nobody. The burglars came through a skylight."
		officials = "Officials in Brennholm were alarmed by the draft. Officials in Quillhaven praised it."
	)
	for _, tt := range []struct {
		name, claim string
		cited       string
		want        string // part of the reason; empty if the claim may be shown
	}{
		// Who does it.
		{"subject of the next sentence", "The parish plans to sell its boathouse in spring.", club, "has The rowing club with “sell”, not The parish"},
		{"subject of the sentence before", "The rowing club has set aside 1,200 crowns for the slipway.", club, "not The rowing club"},
		{"object as subject", "The slipway plans to sell the boathouse.", club, "not The slipway"},
		{"subject", "The club plans to sell its boathouse.", club, ""},
		{"subject with less", "The parish has set aside 1,200 crowns.", club, ""},
		{"in the passive", "1,200 crowns have been set aside by the parish.", club, ""},
		{"place as subject", "Brennholm has fallen by 17 percent.", "Brennholm voted. " + drivers, "not Brennholm"},
		{"payer", "The railway began to pay for night shifts.", drivers, "not The railway"},
		{"the one who fell", "The union has fallen by 17 percent.", drivers, "not The union"},
		{"what fell", "Strikes on the harbour railway have fallen by 17 percent.", drivers, ""},
		{"what fell, said by the union", "The drivers’ union said strikes have fallen by 17 percent.", drivers, ""},
		{"who began to pay", "The port began to pay for night shifts.", drivers, ""},

		// To whom.
		{"left behind is stolen", "The stolen cello is worth more than all of them.", burglars, "has Nine violins with “stolen”, not The stolen cello"},
		{"stolen is left behind", "The burglars left behind nine violins.", burglars, "not nine violins"},
		{"stolen in the active", "The burglars stole a cello on Sunday.", burglars, "not a cello"},
		{"what was stolen", "The burglars stole nine violins.", burglars, ""},
		{"the stolen ones", "The stolen violins are nine.", burglars, ""},
		{"what was left behind", "A cello was left behind by the burglars.", burglars, ""},

		// How many of them.
		{"number of another verb", "A citizens’ group has collected 4,000 signatures.", petition, "not 4,000 signatures"},
		{"number of another verb, in the passive", "4,000 signatures have been collected by a citizens’ group.", petition, "not 4,000 signatures"},
		{"number in words", "A group has collected four thousand signatures.", petition, "not four thousand signatures"},
		{"its number", "The citizens’ group has collected 3,100 signatures.", petition, ""},
		{"its number, in the passive", "3,100 signatures against the quay have been collected.", petition, ""},
		{"its number is left out", "A citizens’ group has collected signatures.", petition, ""},

		// Whom a pronoun means.
		{"he is the keeper", "The coastguard missed one night.", keeper, "not The coastguard"},
		{"he is one", "Two keepers missed one night.", keeper + " Two visitors came.", "Two"},
		{"he is no lamp", "The lamp missed one night.", keeper, "not The lamp"},
		{"he", "The keeper missed one night, when his daughter was born.", keeper, ""},
		{"it", "The crack poses no danger.", dam, ""},
		{"she", "Velling opened the bridge.", "Marta Velling smiled. Then she opened the bridge.", ""},

		// Denied by who it is.
		{"none of them", "The 900 people who live below the dam have been asked to leave.", dam, "denies it"},
		{"no one", "Two guards were hurt in the fire.", "No guards were hurt in the fire, two of them said.", "denies it"},
		{"nobody", "The guards have been arrested.", "The guards were heard. None of the guards has been arrested.", "denies it"},
		{"none of them, kept", "None of the people who live below the dam have been asked to leave.", dam, ""},
		{"none of them, in other words", "The people below the dam have not been asked to leave.", dam, ""},
		{"they live there", "900 people live below the dam.", dam, ""},

		// Wished and not done.
		{"wished", "The health office checked the figures.", doctor, "is done, which is planned"},
		{"might", "The board closed the kitchen.", doctor, "“might”, which is left out"},
		{"wished, in the passive", "The figures were checked by the health office.", doctor, "is done, which is planned"},
		{"wish", "The doctor wants the figures to be checked by the health office.", doctor, ""},
		{"wish in the active", "The doctor wants the health office to check the figures.", doctor, ""},
		{"might, kept", "The board might close the kitchen.", doctor, ""},

		// Foretold, and by whom.
		{"forecast", "The fair will be back in May, with honey or with cake.", fair, "who that is is left out"},
		{"forecast that is not shortened", "The fair would be back in May.", fair, "who that is is left out"},
		{"forecast of a warner", "The shops will not survive the roadworks.", "Tarrant warned that the shops would not survive the roadworks.", "who that is is left out"},
		{"forecast with who makes it", "The fair will be back in May, Pask said.", fair, ""},
		{"according to who makes it", "According to Pask, the fair will be back in May.", fair, ""},
		{"what is confirmed", "The inn will open.", fair, ""},

		// One or the other.
		{"one of two", "Pask said that the fair would be back with honey.", fair, "one is left out"},
		{"the other of two", "Pask said that the fair would be back with cake.", fair, "one is left out"},
		{"one of two who did it", "The director switched off the alarm.", "The director or the guard switched off the alarm.", "one is left out"},
		{"both", "Pask said that the fair would be back with honey or cake.", fair, ""},
		{"none of two", "The board did not see a crack.", "The board did not see a crack or a leak.", ""},
		{"what is beside", "Pask said that the fair would be back in May.", fair, ""},

		// Who says it, without a name.
		{"office of another confirms", "The mayor of Quillhaven confirmed that 19 delegates would visit Sandrith.", velling, "say so, not The mayor"},
		{"owner says what the office did", "The owner of the sawmill said that the bridge sinks whenever a lorry passes.", bridge, "say so, not The owner"},
		{"office says what the owner did", "The roads office said the detour costs 900 crowns a day.", bridge, "say so, not The roads office"},
		{"office of the one who confirms", "The envoy’s adviser confirmed that 19 delegates would visit Sandrith.", velling, ""},
		{"spokeswoman is the office", "The roads office denied that the bridge is too old.", bridge, ""},
		{"according to the owner", "According to the owner of the sawmill, the detour costs him 900 crowns a day.", bridge, ""},
		{"name for an office", "Tarrant said the street is closed for a year.", engineer, "say so, not Tarrant"},
		{"name for an office behind", "According to Hob Tarrant, the street is closed for a year.", engineer, "say so, not Hob Tarrant"},
		{"name for another office", "Lenz said that the pier is closed.", engineer, "say so, not Lenz"},
		{"name for its office", "Mottram said that the pier is closed.", engineer, ""},
		{"office for the name", "The harbour master said the pier is closed.", engineer, ""},
		{"name that speaks", "Tarrant said the shops are empty.", engineer, ""},
		{"one who did it", "A fisherman installed two cameras.", cameras, "has A fisherman together with “installed”"},
		{"one who built it", "The keeper built the tower in 1794.", cameras, "has The keeper together with “built”"},
		{"one who hurt them", "The fisherman hurt two divers.", cameras, "has The fisherman together with “hurt”"},
		{"nobody who did it", "Two cameras have been installed.", cameras, ""},
		{"in the same sentence", "Two divers were hurt by the storm.", cameras, ""},
		{"it was built", "The tower was built in 1794.", cameras, ""},
		{"adding without a speaker", "The talks in Brennholm produced a draft, adding that the island is ready to sign it.", talks, "say so, not The talks"},
		{"saying of the next", "Brask met the board, saying the ferry is old.", "Brask met the board. Ferrin left, saying the ferry is old.", "with “saying”, not Brask"},
		{"warning of the next", "The inspector closed the quay, warning of ice.", "The inspector closed the quay. The harbour master left, warning of ice.", "with “warning”, not The inspector"},
		{"adding", "Corin Dask said the talks in Brennholm produced a draft, adding that the island is ready to sign it.", talks, ""},
		{"engineer and a street", "The town’s engineer says Anchor Street is closed.", "According to the town’s engineer, Anchor Street is closed.", ""},
		{"carried on", "The water board said that it poses no danger.", "The crack is as wide as a thumb, the water board said. It poses no danger.", ""},

		// Of those who share a word.
		{"officials elsewhere", "Officials in Quillhaven were alarmed by the draft.", officials, "not Officials"},
		{"officials elsewhere praise", "Officials in Brennholm praised the draft.", officials, "not Officials"},
		{"council of another town", "The council of Sandrith sold the ferry.", "The council of Brennholm sold the ferry to Sandrith.", "not The council"},
		{"officials there", "Officials in Brennholm were alarmed.", officials, ""},
		{"officials without a place", "Officials praised the draft.", officials, ""},
		{"village for those in it", "Lower Marrow sold the ferry.", "The village of Lower Marrow sold the ferry.", ""},

		// What it is for, and where.
		{"reward for another thing", "The museum offered a reward for the longcase clock.", museum, "not “for the longcase clock”"},
		{"met elsewhere", "Lenz met the pilots in Tolvary.", museum, "not “in Tolvary”"},
		{"went elsewhere", "Lenz went to Sandrith in May.", museum, "not “to Sandrith”"},
		{"reward", "A reward for the Lantern Watch was offered by the museum.", museum, ""},
		{"went there", "Lenz went to Fennick.", museum, ""},
		{"opened there", "The museum in Tolvary opened in Tolvary.", museum + " The museum stands in Tolvary, where it opened.", ""},
		{"what was left behind", "The burglars left behind the Lantern Watch.", museum, "not the Lantern Watch"},
		{"left behind, and not left", "The burglars left behind the museum.", "The burglars left the museum by the front door.", "“left”"},
		{"left, and not behind", "The burglars left by a longcase clock.", museum, "left"},
		{"left behind", "A longcase clock was left behind by the burglars.", museum, ""},
		{"took", "The burglars took the Lantern Watch.", museum, ""},
		{"what they took is its", "The Lantern Watch was taken by the burglars.", museum, ""},

		// What is said of somebody, and by nobody.
		{"hearsay", "Lenz met the pilots in Fennick.", hearsay, "“reported”, which is left out"},
		{"hearsay of a thing", "The founder carried the watch.", hearsay, "“said”, which is left out"},
		{"hearsay in the passive", "The watch was carried by the founder.", hearsay, "“said”, which is left out"},
		{"hearsay, kept", "Lenz is reported to have met the pilots in Fennick.", hearsay, ""},
		{"hearsay in a word", "Lenz reportedly met the pilots in Fennick.", hearsay, ""},
		{"beside hearsay", "Lenz went to Fennick in May.", hearsay, ""},
		{"heard nothing", "The guard heard the burglars.", hearsay, "denies it"},
		{"heard, in the passive", "The burglars were heard by the guard.", hearsay, "denies it"},
		{"saw nobody", "The guard saw the burglars.", hearsay, "denies it"},
		{"nothing, kept", "The guard heard nothing.", hearsay, ""},
		{"nobody, kept", "The guard saw nobody.", hearsay, ""},
		{"until then", "The guard heard nothing until the clocks fell silent.", hearsay, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			holds(t, tt.claim, tt.want, tt.cited)
		})
	}
}
