package bot

import "testing"

func TestWithoutCourtesy(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"hi, who opened the bridge?", "who opened the bridge?"},
		{"Hello! Who opened the bridge? Thanks", "Who opened the bridge?"},
		{"hey there whos the mayor", "whos the mayor"},
		{"hi who's the mayor", "who's the mayor"},
		{"Good morning! Who opened the bridge? Many thanks in advance!", "Who opened the bridge?"},
		{"@dateline who opened the bridge?", "who opened the bridge?"},
		{"@Dateline: hi! who opened it, thx", "who opened it,"},
		{"who opened the bridge?", "who opened the bridge?"},
		{"Hello Kitty sales", "Hello Kitty sales"},
		{"Hey Jude, who wrote it?", "Hey Jude, who wrote it?"},
		{"whom did Brask give thanks", "whom did Brask give thanks"},
		{"@realmayor said what?", "@realmayor said what?"},
		{"Hi", "Hi"},
		{"hello, thanks", "hello, thanks"},
		{"hi, Kyiv?", "hi, Kyiv?"},
		{"", ""},
	} {
		if got := withoutCourtesy(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}
