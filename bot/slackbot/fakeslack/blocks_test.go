package fakeslack_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"dateline/bot/slackbot/fakeslack"
)

// post calls a method by hand, with what no library would send.
func post(t *testing.T, s *fakeslack.Slack, method string, args url.Values) (reply struct {
	OK       bool   `json:"ok"`
	Error    string `json:"error"`
	Metadata struct {
		Messages []string `json:"messages"`
	} `json:"response_metadata"`
}) {
	t.Helper()
	args.Set("token", fakeslack.BotToken)
	resp, err := http.PostForm(s.APIURL()+method, args)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&reply); err != nil {
		t.Fatal(err)
	}
	return reply
}

// repeat is n times a JSON value, with %d in it numbered.
func repeat(n int, value string) string {
	var all []string
	for i := range n {
		all = append(all, strings.ReplaceAll(value, "%d", fmt.Sprint(i)))
	}
	return strings.Join(all, ",")
}

func long(n int) string { return strings.Repeat("a", n) }

func TestBlocks(t *testing.T) {
	const (
		words = `{"type":"plain_text","text":"x"}`
		press = `{"type":"button","text":` + words + `,"action_id":"a%d"}`
	)
	plain := func(n int) string { return `{"type":"plain_text","text":"` + long(n) + `"}` }
	mrkdwn := func(n int) string { return `{"type":"mrkdwn","text":"` + long(n) + `"}` }
	actions := func(element string) string { return `[{"type":"actions","elements":[` + element + `]}]` }
	option := func(n int) string { return `{"text":` + plain(n) + `,"value":"v%d"}` }
	for _, tt := range []struct {
		name   string
		blocks string
		want   string // a part of what is said; empty for nothing
	}{
		{"none", `[]`, ""},
		{"no array", `{}`, "invalid_blocks_format"},
		{"no JSON", `[`, "invalid_blocks_format"},
		{"no object", `["x"]`, "must be an object [json-pointer:/blocks/0]"},
		{"no type", `[{}]`, "missing required field: type"},
		{"unknown type", `[{"type":"sparkles"}]`, "unsupported type: sparkles"},
		{"50 blocks", `[` + repeat(50, `{"type":"divider"}`) + `]`, ""},
		{"51 blocks", `[` + repeat(51, `{"type":"divider"}`) + `]`, "no more than 50 items allowed [json-pointer:/blocks]"},
		{"unknown field", `[{"type":"divider","colour":"red"}]`, "invalid additional property: colour"},
		{"block_id", `[{"type":"divider","block_id":"` + long(255) + `"}]`, ""},
		{"long block_id", `[{"type":"divider","block_id":"` + long(256) + `"}]`, "must be less than 256 characters [json-pointer:/blocks/0/block_id]"},
		{"block_id twice", `[{"type":"divider","block_id":"b"},{"type":"divider","block_id":"b"}]`, "already exists"},

		{"section", `[{"type":"section","text":` + mrkdwn(3000) + `}]`, ""},
		{"long section", `[{"type":"section","text":` + mrkdwn(3001) + `}]`, "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"},
		{"empty section text", `[{"type":"section","text":` + mrkdwn(0) + `}]`, "must be more than 0 characters"},
		{"section without words", `[{"type":"section"}]`, "missing required field: text or fields"},
		{"10 fields", `[{"type":"section","fields":[` + repeat(9, mrkdwn(1)) + `,` + mrkdwn(2000) + `]}]`, ""},
		{"11 fields", `[{"type":"section","fields":[` + repeat(11, mrkdwn(1)) + `]}]`, "no more than 10 items"},
		{"no fields", `[{"type":"section","fields":[]}]`, "no fewer than 1 items"},
		{"long field", `[{"type":"section","fields":[` + mrkdwn(2001) + `]}]`, "must be less than 2001"},
		{"text of another kind", `[{"type":"section","text":{"type":"markdown","text":"x"}}]`, "must be plain_text or mrkdwn"},
		{"text as a string", `[{"type":"section","text":"x"}]`, "must be an object"},
		{"emoji in mrkdwn", `[{"type":"section","text":{"type":"mrkdwn","text":"x","emoji":true}}]`, "invalid additional property: emoji"},
		{"accessory", `[{"type":"section","text":` + words + `,"accessory":` + press + `}]`, ""},
		{"an input as accessory", `[{"type":"section","text":` + words + `,"accessory":{"type":"plain_text_input"}}]`, "unsupported type: plain_text_input"},

		{"header", `[{"type":"header","text":` + plain(150) + `}]`, ""},
		{"long header", `[{"type":"header","text":` + plain(151) + `}]`, "must be less than 151"},
		{"header in mrkdwn", `[{"type":"header","text":` + mrkdwn(1) + `}]`, "must be plain_text"},
		{"header without text", `[{"type":"header"}]`, "missing required field: text"},

		{"context", `[{"type":"context","elements":[` + repeat(10, mrkdwn(1)) + `]}]`, ""},
		{"11 in a context", `[{"type":"context","elements":[` + repeat(11, mrkdwn(1)) + `]}]`, "no more than 10 items"},
		{"empty context", `[{"type":"context","elements":[]}]`, "no fewer than 1 items"},
		{"button in a context", `[{"type":"context","elements":[` + press + `]}]`, "must be plain_text or mrkdwn"},
		{"image in a context", `[{"type":"context","elements":[{"type":"image","image_url":"https://example.org/i.png","alt_text":"x"}]}]`, ""},

		{"image without words", `[{"type":"image","image_url":"https://example.org/i.png"}]`, "missing required field: alt_text"},
		{"image from nowhere", `[{"type":"image","image_url":"i.png","alt_text":"x"}]`, "must be a valid URL"},
		{"image of nothing", `[{"type":"image","alt_text":"x"}]`, "image_url"},
		{"long alt text", `[{"type":"image","image_url":"https://example.org/i.png","alt_text":"` + long(2001) + `"}]`, "must be less than 2001"},

		{"25 actions", actions(repeat(25, press)), ""},
		{"26 actions", actions(repeat(26, press)), "no more than 25 items"},
		{"no actions", actions(""), "no fewer than 1 items"},
		{"action_id twice", actions(`{"type":"button","text":` + words + `,"action_id":"a"},{"type":"button","text":` + words + `,"action_id":"a"}`), "already exists"},
		{"action_id in two blocks", `[{"type":"actions","elements":[` + press + `]},{"type":"actions","elements":[` + press + `]}]`, ""},
		{"long action_id", actions(`{"type":"button","text":` + words + `,"action_id":"` + long(256) + `"}`), "must be less than 256"},
		{"button text", actions(`{"type":"button","text":` + plain(75) + `}`), ""},
		{"long button text", actions(`{"type":"button","text":` + plain(76) + `}`), "must be less than 76"},
		{"button in mrkdwn", actions(`{"type":"button","text":` + mrkdwn(1) + `}`), "must be plain_text"},
		{"long button value", actions(`{"type":"button","text":` + words + `,"value":"` + long(2001) + `"}`), "must be less than 2001"},
		{"long button URL", actions(`{"type":"button","text":` + words + `,"url":"https://` + long(3000) + `"}`), "must be less than 3001"},
		{"button style", actions(`{"type":"button","text":` + words + `,"style":"default"}`), "must be one of primary, danger"},
		{"long label", actions(`{"type":"button","text":` + words + `,"accessibility_label":"` + long(76) + `"}`), "must be less than 76"},
		{"confirm", actions(`{"type":"button","text":` + words + `,"confirm":{"title":` + words + `,"text":` + words + `,"confirm":` + words + `,"deny":` + words + `}}`), ""},
		{"long confirm", actions(`{"type":"button","text":` + words + `,"confirm":{"title":` + words + `,"text":` + plain(301) + `,"confirm":` + words + `,"deny":` + words + `}}`), "must be less than 301"},
		{"half a confirm", actions(`{"type":"button","text":` + words + `,"confirm":{"title":` + words + `,"text":` + words + `}}`), "missing required field: confirm"},

		{"select", actions(`{"type":"static_select","action_id":"a","options":[` + repeat(100, option(75)) + `]}`), ""},
		{"101 options", actions(`{"type":"static_select","options":[` + repeat(101, option(1)) + `]}`), "no more than 100 items"},
		{"long option", actions(`{"type":"static_select","options":[` + option(76) + `]}`), "must be less than 76"},
		{"long option value", actions(`{"type":"static_select","options":[{"text":` + words + `,"value":"` + long(151) + `"}]}`), "must be less than 151"},
		{"option without value", actions(`{"type":"static_select","options":[{"text":` + words + `}]}`), "missing required field: value"},
		{"select of nothing", actions(`{"type":"static_select"}`), "needs one of options and option_groups"},
		{"chosen before, but not offered", actions(`{"type":"static_select","options":[` + option(1) + `],"initial_option":{"text":` + words + `,"value":"other"}}`), "must be one of the options"},
		{"long placeholder", actions(`{"type":"static_select","placeholder":` + plain(151) + `,"options":[` + option(1) + `]}`), "must be less than 151"},
		{"6 in an overflow", actions(`{"type":"overflow","options":[` + repeat(6, option(1)) + `]}`), "no more than 5 items"},
		{"11 radio buttons", actions(`{"type":"radio_buttons","options":[` + repeat(11, option(1)) + `]}`), "no more than 10 items"},

		{"feedback", `[{"type":"context_actions","elements":[{"type":"feedback_buttons","action_id":"f","positive_button":{"text":` + words + `,"value":"y"},"negative_button":{"text":` + words + `,"value":"n"}}]}]`, ""},
		{"half of feedback", `[{"type":"context_actions","elements":[{"type":"feedback_buttons","positive_button":{"text":` + words + `,"value":"y"}}]}]`, "missing required field: negative_button"},
		{"feedback among actions", actions(`{"type":"feedback_buttons","positive_button":{"text":` + words + `,"value":"y"},"negative_button":{"text":` + words + `,"value":"n"}}`), "unsupported type: feedback_buttons"},
		{"button among context actions", `[{"type":"context_actions","elements":[` + press + `]}]`, "unsupported type: button"},
		{"6 context actions", `[{"type":"context_actions","elements":[` + repeat(6, `{"type":"icon_button","icon":"trash","text":`+words+`,"action_id":"a%d"}`) + `]}]`, "no more than 5 items"},

		{"markdown", `[{"type":"markdown","text":"` + long(12_000) + `"}]`, ""},
		{"long markdown together", `[{"type":"markdown","text":"` + long(6_001) + `"},{"type":"markdown","text":"` + long(6_000) + `"}]`, "msg_blocks_too_long"},
		{"much in one message", `[` + repeat(4, `{"type":"section","text":`+mrkdwn(3000)+`}`) + `]`, ""},
		{"too much in one message", `[` + repeat(4, `{"type":"section","text":`+mrkdwn(3000)+`}`) + `,` + repeat(9, `{"type":"section","text":`+mrkdwn(30)+`}`) + `]`, "msg_blocks_too_long"},
		{"empty markdown", `[{"type":"markdown","text":""}]`, "must be more than 0"},

		{"table", `[{"type":"table","rows":[[{"type":"raw_text","text":"a"},{"type":"raw_text","text":"b"}]],"column_settings":[{"align":"right"},null]}]`, ""},
		{"two tables", `[` + repeat(2, `{"type":"table","rows":[[{"type":"raw_text","text":"a"}]]}`) + `]`, "only_one_table_allowed"},
		{"101 rows", `[{"type":"table","rows":[` + repeat(101, `[{"type":"raw_text","text":"a"}]`) + `]}]`, "no more than 100 items"},
		{"21 columns", `[{"type":"table","rows":[[` + repeat(21, `{"type":"raw_text","text":"a"}`) + `]]}]`, "no more than 20 items"},
		{"empty cell", `[{"type":"table","rows":[[{"type":"raw_text","text":""}]]}]`, "must be more than 0"},

		{"rich text", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"a","style":{"bold":true}},{"type":"link","url":"https://example.org"}]},{"type":"rich_text_quote","elements":[{"type":"text","text":"a"}]},{"type":"rich_text_list","style":"bullet","elements":[{"type":"rich_text_section","elements":[]}]},{"type":"rich_text_preformatted","elements":[{"type":"text","text":"a"}]}]}]`, ""},
		{"rich text with a loose word", `[{"type":"rich_text","elements":[{"type":"text","text":"a"}]}]`, "unsupported type: text"},
		{"empty word in rich text", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":""}]}]}]`, "must be more than 0"},
		{"list without style", `[{"type":"rich_text","elements":[{"type":"rich_text_list","elements":[{"type":"rich_text_section","elements":[]}]}]}]`, "missing required field: style"},

		{"input", `[{"type":"input","label":` + words + `,"element":{"type":"plain_text_input","action_id":"a","max_length":3000}}]`, ""},
		{"long input", `[{"type":"input","label":` + words + `,"element":{"type":"plain_text_input","max_length":3001}}]`, "from 1 to 3000"},
		{"input the wrong way round", `[{"type":"input","label":` + words + `,"element":{"type":"plain_text_input","min_length":5,"max_length":4}}]`, "must not be more than max_length"},
		{"long input label", `[{"type":"input","label":` + plain(2001) + `,"element":{"type":"plain_text_input"}}]`, "must be less than 2001"},
		{"input without label", `[{"type":"input","element":{"type":"plain_text_input"}}]`, "missing required field: label"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := serve(t, fakeslack.Config{})
			got := post(t, s, "chat.postMessage", url.Values{"channel": {fakeslack.General}, "text": {"x"}, "blocks": {tt.blocks}})
			said := got.Error + " " + strings.Join(got.Metadata.Messages, "\n")
			if tt.want == "" {
				if !got.OK {
					t.Errorf("got %s, want it taken", said)
				}
				s.Check(t)
				return
			}
			if got.OK || !strings.Contains(said, tt.want) {
				t.Errorf("got %q, want %q in it", said, tt.want)
			}
			if v := s.Violations(); len(v) != 1 || v[0].Page == "" {
				t.Errorf("got violations %v, want one with its page", v)
			}
		})
	}
}

func TestViews(t *testing.T) {
	const (
		words = `{"type":"plain_text","text":"x"}`
		input = `{"type":"input","label":` + words + `,"element":{"type":"plain_text_input"}}`
	)
	plain := func(n int) string { return `{"type":"plain_text","text":"` + long(n) + `"}` }
	view := func(more string) string {
		return `{"type":"modal","title":` + words + `,"blocks":[{"type":"divider"}]` + more + `}`
	}
	for _, tt := range []struct {
		name, method, view, want string
	}{
		{"modal", "views.open", view(""), ""},
		{"no JSON", "views.open", `x`, "must be a JSON object"},
		{"a home", "views.open", `{"type":"home","title":` + words + `,"blocks":[]}`, "must be one of modal"},
		{"no title", "views.open", `{"type":"modal","blocks":[]}`, "missing required field: title"},
		{"title", "views.open", `{"type":"modal","title":` + plain(24) + `,"blocks":[]}`, ""},
		{"long title", "views.open", `{"type":"modal","title":` + plain(25) + `,"blocks":[]}`, "must be less than 25"},
		{"long submit", "views.open", view(`,"submit":` + plain(25)), "must be less than 25"},
		{"long close", "views.open", view(`,"close":` + plain(25)), "must be less than 25"},
		{"private_metadata", "views.open", view(`,"private_metadata":"` + long(3000) + `"`), ""},
		{"long private_metadata", "views.open", view(`,"private_metadata":"` + long(3001) + `"`), "must be less than 3001"},
		{"long callback_id", "views.open", view(`,"callback_id":"` + long(256) + `"`), "must be less than 256"},
		{"100 blocks", "views.open", `{"type":"modal","title":` + words + `,"blocks":[` + repeat(100, `{"type":"divider"}`) + `]}`, ""},
		{"101 blocks", "views.open", `{"type":"modal","title":` + words + `,"blocks":[` + repeat(101, `{"type":"divider"}`) + `]}`, "no more than 100 items"},
		{"an input without submit", "views.open", `{"type":"modal","title":` + words + `,"blocks":[` + input + `]}`, "missing required field: submit"},
		{"markdown", "views.open", `{"type":"modal","title":` + words + `,"blocks":[{"type":"markdown","text":"x"}]}`, "not supported on this surface"},
		{"feedback", "views.open", `{"type":"modal","title":` + words + `,"blocks":[{"type":"context_actions","elements":[{"type":"icon_button","icon":"trash","text":` + words + `}]}]}`, "not supported on this surface"},
		{"unknown field", "views.open", view(`,"colour":"red"`), "invalid additional property: colour"},
		{"too large", "views.open", `{"type":"modal","title":` + words + `,"blocks":[` + repeat(90, `{"type":"section","text":{"type":"mrkdwn","text":"`+long(3000)+`"}}`) + `]}`, "view_too_large"},
		{"home", "views.publish", `{"type":"home","blocks":[{"type":"divider"}]}`, ""},
		{"home with a title", "views.publish", `{"type":"home","title":` + words + `,"blocks":[]}`, "invalid additional property: title"},
		{"home with a table", "views.publish", `{"type":"home","blocks":[{"type":"table","rows":[[{"type":"raw_text","text":"a"}]]}]}`, "not supported on this surface"},
		{"no view", "views.publish", ``, "invalid_arguments"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := serve(t, fakeslack.Config{})
			args := url.Values{"view": {tt.view}, "user_id": {fakeslack.Reporter}}
			if tt.method == "views.open" {
				if err := s.SlashCommand(fakeslack.Reporter, fakeslack.General, "/ask", ""); err != nil {
					t.Fatal(err)
				}
				var p struct {
					Trigger string `json:"trigger_id"`
				}
				if err := json.Unmarshal(s.Deliveries()[0].Payload(), &p); err != nil {
					t.Fatal(err)
				}
				args = url.Values{"view": {tt.view}, "trigger_id": {p.Trigger}}
			}
			got := post(t, s, tt.method, args)
			said := got.Error + " " + strings.Join(got.Metadata.Messages, "\n")
			if got.OK != (tt.want == "") || !strings.Contains(said, tt.want) {
				t.Errorf("got %q, want %q in it", said, tt.want)
			}
		})
	}
}

func TestArguments(t *testing.T) {
	s, _ := serve(t, fakeslack.Config{})
	for _, tt := range []struct {
		name, kind, body, want string
		header                 bool
	}{
		{"form", "application/x-www-form-urlencoded", "token=" + fakeslack.BotToken + "&channel=C0GENERAL&text=x", "", false},
		{"JSON", "application/json; charset=utf-8", `{"channel":"C0GENERAL","text":"x","blocks":[{"type":"divider"}]}`, "", true},
		{"a token in JSON", "application/json; charset=utf-8", `{"token":"` + fakeslack.BotToken + `","channel":"C0GENERAL","text":"x"}`, "not_authed", false},
		{"bad JSON", "application/json; charset=utf-8", `{`, "invalid_json", true},
		{"another type", "text/html", "x", "invalid_post_type", true},
		{"no type", "", "x", "missing_post_type", true},
		{"twice", "application/x-www-form-urlencoded", "channel=C0GENERAL&text=x&text=y", "invalid_array_arg", true},
		{"no channel", "application/x-www-form-urlencoded", "text=x", "invalid_arguments", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequest("POST", s.APIURL()+"chat.postMessage", strings.NewReader(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", tt.kind)
			if tt.header {
				req.Header.Set("Authorization", "Bearer "+fakeslack.BotToken)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			var got struct{ Error string }
			if err := json.NewDecoder(resp.Body).Decode(&got); err != nil || got.Error != tt.want {
				t.Errorf("got %q, %v; want %q", got.Error, err, tt.want)
			}
		})
	}
}
