package local_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"dateline/bot/slackbot/fakeslack"
	"dateline/bot/slackbot/local"
)

// serve serves the page of a newsroom that no app has joined.
func serve(t *testing.T) (*local.Newsroom, string) {
	t.Helper()
	n := local.NewNewsroom()
	if err := n.Start(); err != nil {
		t.Fatal(err)
	}
	page := httptest.NewServer(local.New(n.Slack, n.People...))
	t.Cleanup(func() {
		page.CloseClientConnections()
		page.Close()
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n, page.URL
}

// ask sends a request and returns what it was answered with.
func ask(t *testing.T, method, url, body string, headers ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

const asJSON = "application/json"

func TestRequests(t *testing.T) {
	_, url := serve(t)
	for _, tt := range []struct {
		name, method, path, body string
		headers                  []string
		want                     int
		says                     string
	}{
		{"page", "GET", "/", "", nil, 200, "<title>"},
		{"by name", "GET", "/", "", []string{"Host", "localhost:8080"}, 200, "<title>"},
		{"IPv6", "GET", "/", "", []string{"Host", "[::1]:8080"}, 200, "<title>"},
		{"a name that points here", "GET", "/", "", []string{"Host", "evil.example"}, 421, "127.0.0.1"},
		{"a name like ours", "GET", "/updates", "", []string{"Host", "localhost.evil.example"}, 421, "127.0.0.1"},
		{"another machine's address", "GET", "/", "", []string{"Host", "192.0.2.1:8080"}, 421, "127.0.0.1"},
		{"no such file", "GET", "/local.go", "", nil, 404, ""},
		{"somebody unknown", "GET", "/updates?as=U0NOBODY", "", nil, 404, "U0NOBODY"},
		{"the app", "GET", "/updates?as=U0DATELINE", "", nil, 404, "U0DATELINE"},
		{"from another page", "POST", "/act", `{"as":"U0REPORTER","do":"openHome"}`, []string{"Content-Type", asJSON, "Origin", "https://evil.example"}, 403, ""},
		{"from another site", "POST", "/act", `{"as":"U0REPORTER","do":"openHome"}`, []string{"Content-Type", asJSON, "Sec-Fetch-Site", "cross-site"}, 403, ""},
		{"from another port", "POST", "/act", `{"as":"U0REPORTER","do":"openHome"}`, []string{"Content-Type", asJSON, "Sec-Fetch-Site", "same-site"}, 403, ""},
		{"a form", "POST", "/act", `{"as":"U0REPORTER","do":"openHome"}`, []string{"Content-Type", "text/plain"}, 415, asJSON},
		{"no JSON", "POST", "/act", `{`, []string{"Content-Type", asJSON}, 400, ""},
		{"unknown field", "POST", "/act", `{"as":"U0REPORTER","did":"post"}`, []string{"Content-Type", asJSON}, 400, "did"},
		{"too much", "POST", "/act", `{"text":"` + strings.Repeat("x", 300<<10) + `"}`, []string{"Content-Type", asJSON}, 413, ""},
		{"as nobody", "POST", "/act", `{"do":"openHome"}`, []string{"Content-Type", asJSON}, 403, "nobody"},
		{"as the app", "POST", "/act", `{"as":"U0DATELINE","do":"openHome"}`, []string{"Content-Type", asJSON}, 403, "U0DATELINE"},
		{"nothing to do", "POST", "/act", `{"as":"U0REPORTER","do":"dance"}`, []string{"Content-Type", asJSON}, 422, "dance"},
		{"no text", "POST", "/act", `{"as":"U0REPORTER","do":"post","channel":"C0GENERAL"}`, []string{"Content-Type", asJSON}, 422, "no text"},
		{"not in the channel", "POST", "/act", `{"as":"U0ADMIN","do":"post","channel":"G0DESK","text":"hello"}`, []string{"Content-Type", asJSON}, 422, "not in"},
		{"nothing to click", "POST", "/act", `{"as":"U0REPORTER","do":"click","channel":"C0GENERAL","ts":"1.000000","action":"x"}`, []string{"Content-Type", asJSON}, 422, "sees no message"},
		{"nothing to submit", "POST", "/act", `{"as":"U0REPORTER","do":"submit"}`, []string{"Content-Type", asJSON}, 422, "no modal"},
		{"nothing to close", "POST", "/act", `{"as":"U0REPORTER","do":"close"}`, []string{"Content-Type", asJSON}, 200, ""},
		{"home", "POST", "/act", `{"as":"U0REPORTER","do":"openHome"}`, []string{"Content-Type", asJSON, "Sec-Fetch-Site", "same-origin"}, 200, "{}"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, body := ask(t, tt.method, url+tt.path, tt.body, tt.headers...)
			if status != tt.want || !strings.Contains(body, tt.says) {
				t.Errorf("got %d %.200q, want %d with %q", status, body, tt.want, tt.says)
			}
		})
	}
}

// An update is what a page is told.
type update struct {
	All  bool
	Set  map[string]json.RawMessage
	Gone []string
}

// updates reads what the page of a person is told.
func updates(t *testing.T, url, as string) func() update {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, "GET", url+"/updates?as="+as, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	return func() (u update) {
		t.Helper()
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				if err := json.Unmarshal([]byte(data), &u); err != nil {
					t.Fatal(err)
				}
				return u
			}
		}
		t.Fatalf("the updates ended: %v", lines.Err())
		return u
	}
}

func TestUpdates(t *testing.T) {
	n, url := serve(t)
	reporter, admin := updates(t, url, fakeslack.Reporter), updates(t, url, fakeslack.Admin)
	first := reporter()
	for _, key := range []string{"me", "user/U0EDITOR", "channel/C0GENERAL", "channel/G0DESK", "modals"} {
		if first.Set[key] == nil {
			t.Errorf("got no %s at first", key)
		}
	}
	if !first.All {
		t.Error("the first update is not all there is")
	}
	if _, sees := admin().Set["channel/G0DESK"]; sees {
		t.Error("admin is shown a private channel that they are not in")
	}
	// Further updates are of what changed alone.
	status, body := ask(t, "POST", url+"/act", `{"as":"U0REPORTER","do":"post","channel":"G0DESK","text":"<b>psst</b> @editor"}`, "Content-Type", asJSON)
	if status != 200 {
		t.Fatalf("got %d %s", status, body)
	}
	var posted struct{ TS string }
	if err := json.Unmarshal([]byte(body), &posted); err != nil || posted.TS == "" {
		t.Fatalf("got %s, want a time stamp", body)
	}
	key := "message/G0DESK/" + posted.TS
	second := reporter()
	if second.All || len(second.Set) != 1 || !strings.Contains(string(second.Set[key]), `\u003cb\u003e`) && !strings.Contains(string(second.Set[key]), "&lt;b&gt;") {
		t.Errorf("got %v, want %s alone", second, key)
	}
	if err := n.Delete(fakeslack.Reporter, fakeslack.Desk, posted.TS); err != nil {
		t.Fatal(err)
	}
	if third := reporter(); len(third.Gone) != 1 || third.Gone[0] != key {
		t.Errorf("got %v gone, want %s", third.Gone, key)
	}
	if _, err := n.Post(fakeslack.Reporter, fakeslack.General, "for all", ""); err != nil {
		t.Fatal(err)
	}
	if u := admin(); len(u.Set) != 1 {
		t.Errorf("admin is told %v, want the one message that they see", u)
	}
}

// What Slack shows nobody, the page does not either.
func TestUnseen(t *testing.T) {
	n, page := serve(t)
	ts, err := n.Post(fakeslack.Reporter, fakeslack.General, "the question", "")
	if err != nil {
		t.Fatal(err)
	}
	// Ephemeral, in a thread without replies.
	form := url.Values{"token": {n.BotToken}, "channel": {fakeslack.General}, "user": {fakeslack.Reporter}, "thread_ts": {ts}, "text": {"for you alone"}}
	if status, body := ask(t, "POST", n.APIURL()+"chat.postEphemeral", form.Encode(), "Content-Type", "application/x-www-form-urlencoded"); status != 200 || !strings.Contains(body, `"ok":true`) {
		t.Fatalf("got %d %s", status, body)
	}
	var shown []string
	for key := range updates(t, page, fakeslack.Reporter)().Set {
		if strings.HasPrefix(key, "message/") {
			shown = append(shown, key)
		}
	}
	if want := "message/C0GENERAL/" + ts; len(shown) != 1 || shown[0] != want {
		t.Errorf("got %q, want %s alone", shown, want)
	}
}

// Each run has tokens of its own, which nobody can guess.
func TestTokens(t *testing.T) {
	a, b := local.NewNewsroom(), local.NewNewsroom()
	if a.BotToken == b.BotToken || a.AppToken == b.AppToken || len(a.BotToken) < 30 {
		t.Errorf("got %s and %s", a.BotToken, b.BotToken)
	}
}

// The page has no way to make markup from text, and nothing from elsewhere.
func TestStatic(t *testing.T) {
	markup := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|\beval\b|new Function|setHTML|createContextualFragment|\son[a-z]+=|javascript:|style="`)
	address := regexp.MustCompile(`https?://[^\s"'` + "`" + `]+|@import|url\(`)
	known := map[string]bool{"http://www.w3.org/2000/svg": true}
	err := fs.WalkDir(os.DirFS("static"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile("static/" + name)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(data), "\n") {
			if strings.HasPrefix(strings.TrimSpace(line), "//") {
				continue
			}
			if m := markup.FindString(line); m != "" {
				t.Errorf("%s:%d: %q", name, i+1, m)
			}
			for _, a := range address.FindAllString(line, -1) {
				if !known[a] && !strings.ContainsAny(a, `\[`) {
					t.Errorf("%s:%d: %q", name, i+1, a)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, url := serve(t)
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
		if got := resp.Header.Get("Content-Security-Policy"); !strings.Contains(got, want) {
			t.Errorf("got the policy %q, want %q in it", got, want)
		}
	}
}

func Example() {
	n := local.NewNewsroom()
	page := httptest.NewServer(local.New(n.Slack, n.People...))
	defer page.Close()
	resp, err := http.Get(page.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
	// Output: 200 OK
}
