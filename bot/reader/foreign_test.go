package reader

import "testing"

func TestForeign(t *testing.T) {
	for _, question := range []string{
		"What did Witkoff do before he became a negotiator?",
		"What did von der Leyen rule out?",
		"did von der leyen rule it out",
		"von der leyen?",
		"Who is Jean-Luc Mélenchon?",
		"whos marine le pen",
		"le pen verdict",
		"Kyiv?",
		"Erdoğan?",
		"why was erdogan in rio de janeiro",
		"is zelensky in den haag",
		"was die zeit sold",
		"Was Der Spiegel right about the Bundesnachrichtendienst?",
		"wen did scholz resign",
		"wat did de niro say",
		"wat is trumps plan",
		"waht si the plan of de la espriella",
		"hwo many died in los angeles",
		"how many seats did die linke and the csu win in bayern",
		"Which team did Vinícius Júnior score for on Sunday, Real Madrid?",
		"when does el niño end",
		"pls tell me about the são paulo protests",
		"São Tomé e Príncipe election",
		"ho chi minh city floods",
		"Ho Chi Minh?",
		"pas de calais migrants",
		"i want to know where Kim Jong Un met Xi Jinping",
		"kim jong un visit",
		"how did han kang react",
		"did Alternative für Deutschland win in Thüringen",
		"what does Путин want",
		"Who is 习近平 (Xi Jinping)?",
		"Que Sera, Sera singer",
		"who said “Je suis Charlie”?",
		"Who wrote Cien años de soledad?",
		"Tadej Pogačar Il Lombardia win",
		"whens the next Champions League match of İstanbul Başakşehir",
		"MIT president resigns",
		"debate on at 9 est",
		"no on prop 3",
		"hi, who confirmed the Moscow visit?",
		"?",
		"2025",
	} {
		t.Run(question, func(t *testing.T) {
			if foreign(question) {
				t.Error("got another language, want English or no telling")
			}
		})
	}
	for _, question := range []string{
		"Wer hat den Besuch in Moskau bestätigt?",
		"was hat trump gesagt",
		"Ist von der Leyen zurückgetreten?",
		"Wie viele Menschen sind gestorben?",
		"Qui a confirmé la visite à Moscou ?",
		"quel est le plan de paix",
		"Où se trouve le musée ?",
		"Pourquoi le ferry a-t-il été en retard ?",
		"¿Quién confirmó la visita a Moscú?",
		"cuantos murieron en el incendio",
		"Chi ha confermato la visita a Mosca?",
		"Quando è stato aperto il ponte?",
		"dove si trova il museo",
		"Wie heeft het bezoek aan Moskou bevestigd?",
		"waarom was de veerboot te laat",
		"Kto potwierdził wizytę w Moskwie?",
		"ile osób zginęło i dlaczego",
		"Moskova ziyaretini kim doğruladı ve neden?",
		"Köprü ne zaman açıldı, kaç kişi geldi?",
		"Vem bekräftade besöket i Moskva?",
		"när öppnades bron",
		"hur många människor dog",
		"Quem confirmou a visita a Moscou?",
		"quantas pessoas morreram em são paulo",
		"Кто подтвердил визит в Москву?",
		"Що сказав Трамп?",
		"من أكد زيارة موسكو؟",
		"谁确认了莫斯科之行？",
		"誰がモスクワ訪問を確認しましたか？",
		"Τι είπε ο Trump;",
	} {
		t.Run(question, func(t *testing.T) {
			if !foreign(question) {
				t.Error("got English or no telling, want another language")
			}
		})
	}
}
