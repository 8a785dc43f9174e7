package slackbot

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"dateline/bot"
	"dateline/retrieval"
)

func TestClean(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"words", "Zwölf Boxkämpfer, 19 points – “done”.", "Zwölf Boxkämpfer, 19 points – “done”."},
		{"lines", "a\tb\nc\r\nd\u2028e", "a\tb\nc\nd\ne"},
		{"control", "a\x1b[31mb\x00c\u0085d", "a[31mbc\nd"},
		{"direction", "a\u202eb\u2066c\u200fd\u061ce", "abcde"},
		{"no width", "a\u200bb\u2060c\ufeffd\u00ade", "abcde"},
		{"tags", "a\U000e0041\U000e007fb\U000e0100c", "abc"},
		{"families and Persian", "👩‍👩‍👧 می\u200cخواهم", "👩‍👩‍👧 می\u200cخواهم"},
		{"right to left", "قال الوزير إن 19 نقطة", "قال الوزير إن 19 نقطة"},
		{"address", "see https://evil.example/?q=1, or not", "see (link removed) or not"},
		{"address without a scheme", "see evil.example/x and www.evil.example.", "see (link removed) and (link removed)"},
		{"other schemes", "javascript:alert(1) slack://open mailto:a@b.example", "(link removed)) (link removed) (link removed)"},
		{"host", "example.com says so", "example.com says so"},
		{"hidden in an address", "ht\u200btps://evil.example", "(link removed)"},
		{"people", "<!channel> <@U1> <#C1> @here", "<\u200c!channel> <\u200c@U1> <\u200c#C1> @\u200chere"},
		{"not UTF-8", "a\xffb", "a\uFFFDb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := clean(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestPlaceless(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"none", "The sources differ.", "The sources differ."},
		{"before a word", "the model server at http://127.0.0.1:11434/v1 refuses the key (401): check OPENAI_API_KEY.", "the model server refuses the key (401): check OPENAI_API_KEY."},
		{"before a colon", "nothing answers at http://localhost:8080/v1: start the model server", "nothing answers: start the model server"},
		{"at the end", "nothing answers at https://models.example/v1.", "nothing answers."},
		{"no address", "the talks at Geneva, at 8:30", "the talks at Geneva, at 8:30"},
		{"not a place", "see https://evil.example/", "see https://evil.example/"},
	} {
		if got := placeless(tt.text); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestMarkdown(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"citations", "Ushakov said so. [1][2] It was [3].", "Ushakov said so. [1][2] It was [3]."},
		{"marks", "a *b* _c_ ~d~ `e` |f| \\g", "a \\*b\\* \\_c\\_ \\~d\\~ \\`e\\` \\|f\\| \\\\g"},
		{"link", "[1](x) ![2](y) [3]: z", "[1\\](x) ![2\\](y) [3\\]: z"},
		{"list", "1. one", "1\\. one"},
		{"bullet", "- one", "\\- one"},
		{"heading", "# one - two", "\\# one - two"},
		{"number", "19 points", "19 points"},
		{"lines", "one\n# two\n\n    three", "one # two three"},
		{"smiley", "at 10:30:45 :tada: :+1:", "at 10:30:45 \\:tada: \\:+1:"},
		{"angles", "<b> & </b>", "&lt;b&gt; &amp; &lt;/b&gt;"},
		{"host", "example.com and a.txt", "example\u200c.com and a.txt"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := markdown(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSourceLink(t *testing.T) {
	for _, tt := range []struct{ address, want string }{
		{"https://paper.example/a?b=c#d", "https://paper.example/a?b=c#d"},
		{"HTTPS://paper.example", "https://paper.example"},
		{"https://paper.example/<!channel>|x", "https://paper.example/%3C%21channel%3E%7Cx"},
		{"https://paper.example/a\u202eb", "https://paper.example/a%E2%80%AEb"},
		{"https://xn--e1afmkfd.example/", "https://xn--e1afmkfd.example/"},
		{"https://еvil.example/", ""}, // Cyrillic
		{"https://user@paper.example/", ""},
		{"https://paper.example\\@evil.example/", ""},
		{"javascript:alert(1)", ""}, {"data:text/html,x", ""}, {"slack://open", ""}, {"ftp://paper.example", ""},
		{"//paper.example", ""}, {"https:///x", ""}, {"https://:80", ""}, {"paper.example", ""}, {"", ""},
		{"https://paper.example/" + strings.Repeat("x", 2000), ""},
	} {
		got := ""
		if l, ok := sourceLink(tt.address, "words").(*slack.RichTextSectionLinkElement); ok {
			got = l.URL
		}
		if got != tt.want {
			t.Errorf("sourceLink(%q): got %q, want %q", tt.address, got, tt.want)
		}
	}
}

// means is what must be in no text that Slack reads.
var means = regexp.MustCompile(`<[!@#]|<[^>]*\||(?i:@(?:channel|here|everyone)\b|\bhttps?://|\bwww\.)`)

func FuzzTexts(f *testing.F) {
	for _, s := range []string{"", "<!channel> @here", "https://evil.example", "ht\u200btps://x.example www.x.example", "[1](x) `a` *b*", "a\xff\x00\u202e", strings.Repeat("слово & ", 900)} {
		f.Add(s, 100)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		for name, got := range map[string]string{"clean": clean(s), "markdown": markdown(s), "fallback": fallback(clean(s)), "label": label(s, 75)} {
			if !utf8.ValidString(got) {
				t.Errorf("%s: not UTF-8: %q", name, got)
			}
			for _, r := range got {
				if unicode.IsControl(r) && r != '\n' && r != '\t' || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
					t.Errorf("%s: %U in %q", name, r, got)
				}
			}
			if m := means.FindString(got); m != "" && name != "clean" {
				t.Errorf("%s: %q in %q", name, m, got)
			}
		}
		// Nothing is lost between the parts, and each fits.
		whole := visible(s)
		n = max(1, n%mostSection)
		pieces := parts(whole, n)
		for _, p := range pieces {
			if utf8.RuneCountInString(p) > n || len(fallback(p)) > mostText {
				t.Errorf("a part has %d characters and %d bytes, want %d and %d", utf8.RuneCountInString(p), len(fallback(p)), n, mostText)
			}
		}
		spaces := strings.NewReplacer(" ", "", "\n", "")
		if got, want := spaces.Replace(strings.Join(pieces, "")), spaces.Replace(whole); got != want {
			t.Errorf("got the parts %q, want %q", got, want)
		}
	})
}

func TestForReaders(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"nothing for operators", "The sources differ: one says 3, the other 4.", "The sources differ: one says 3, the other 4."},
		{"a setting", `The built-in reader answered, as the model server at http://127.0.0.1:1/v1 refuses the key (401): check OPENAI_API_KEY.`, "The built-in reader answered, as the model server refuses the key (401)."},
		{"a reason with a colon", "The model refuses the request (400: too long): check OPENAI_MODEL. Ask on.", "The model refuses the request (400: too long). Ask on."},
		{"a command", "The articles could not be searched: no file; ask again, and check the index with `dateline doctor` if it goes on.", "The articles could not be searched: no file."},
		{"an engine", "The model does not answer: start it, or ask with the engine extract.", "The model does not answer."},
		{"nothing but advice", "Set OPENAI_SILENCE. The sources differ.", "The sources differ."},
		{"advice for readers", "The question has 5000 characters, at most 4000 are read: ask one thing at a time.", "The question has 5000 characters, at most 4000 are read: ask one thing at a time."},
		{"searched by words alone", bot.WordsAlone(retrieval.Result{Searched: retrieval.Coverage{Articles: 7107, WordsAlone: 1200}}),
			"Searched by words alone in 1,200 of 7,107 articles so far; their vectors are still to be made."},
		{"words of an article", "Another article differs: DATELINE says that the engine of the car stopped the server.", "Another article differs: DATELINE says that the engine of the car stopped the server."},
	} {
		if got := forReaders(tt.text); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestSlacksOwn(t *testing.T) {
	for _, tt := range []struct {
		api, address string
		want         bool
	}{
		{"", "https://hooks.slack.com/commands/T0/1/x", true},
		{"", "https://HOOKS.slack.com/actions/T0/1/x", true},
		{"", "https://newsroom.slack.com/x", true},
		{"", "https://hooks.slack.com:443/x", true},
		{"", "https://hooks.slack.com:8443/x", false},
		{"", "http://hooks.slack.com/x", false},
		{"", "https://hooks.slack.com.evil.example/x", false},
		{"", "https://evilslack.com/x", false},
		{"", "https://hooks.slack.com@evil.example/x", false},
		{"", "https://user@hooks.slack.com/x", false},
		{"", "https://evil.example/hooks.slack.com", false},
		{"", "http://169.254.169.254/latest/meta-data", false},
		{"", "file:///etc/passwd", false},
		{"", "", false},
		{"http://127.0.0.1:9000/api/", "http://127.0.0.1:9000/response/1", true},
		{"http://127.0.0.1:9000/api/", "http://127.0.0.1:9001/response/1", false},
		{"http://127.0.0.1:9000/api/", "http://localhost:9000/response/1", false},
		{"https://gateway.example/api/", "http://gateway.example/response/1", false},
		{"https://gateway.example/api/", "https://hooks.slack.com/x", true},
	} {
		b := &Bot{c: Config{APIURL: tt.api}}
		if got := b.slacksOwn(tt.address); got != tt.want {
			t.Errorf("%q where the API is at %q: got %v, want %v", tt.address, tt.api, got, tt.want)
		}
	}
}
