package bot

import "testing"

func TestPlainSentence(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"The mayor opened the bridge. (AP Photo/Jane Doe)", "The mayor opened the bridge."},
		{"The mayor opened the bridge (Photo by Jane Doe/Getty Images).", "The mayor opened the bridge."},
		{"The mayor opened the bridge. (File photo: Jane Doe)", "The mayor opened the bridge."},
		{"The mayor opened the bridge. Photo: Jane Doe/Reuters", "The mayor opened the bridge."},
		{"PHOTO: The old bridge was built in 1921.", "The old bridge was built in 1921."},
		{"It cost **40 million** euros, the [council](https://x.example/a) said on <b>Tuesday</b>. [3]", "It cost 40 million euros, the council said on Tuesday."},
		{"He sent the police a letter (photo attached).", "He sent the police a letter (photo attached)."},
		{"The photo by Jane Doe won a prize (its third).", "The photo by Jane Doe won a prize (its third)."},
		{"He scored 2 * 3 ** 4 points, 5 < 6 > 4.", "He scored 2 * 3 ** 4 points, 5 < 6 > 4."},
		{"“He [the minister] (who had left) agreed.”", "“He [the minister] (who had left) agreed.”"},
		{"The AP Photo agency (AP) sued.", "The AP Photo agency (AP) sued."},
		{"She has one wish: a Picture: of home, and more of it.", "She has one wish: a Picture: of home, and more of it."},
	} {
		if got := plainSentence(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}
