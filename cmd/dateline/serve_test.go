package main

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"dateline/bot/llm/llmtest"
	"dateline/bot/slackbot/fakeslack"
)

// slackFor is a Slack for a serve, closed when the test ends.
func slackFor(t *testing.T) *fakeslack.Slack {
	t.Helper()
	s := fakeslack.New(fakeslack.Config{})
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// sees waits for what a Slack comes to.
func sees(t *testing.T, s *fakeslack.Slack, what string, cond func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := s.Wait(ctx, cond); err != nil {
		t.Fatalf("waited for %s in vain", what)
	}
}

// Metrics have an address of their own where one is set, and durations in the log
// have units.
func TestServeMetrics(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: there is no SIGTERM")
	}
	s := slackFor(t)
	p := serveIn(t, t.TempDir(), s)
	p.env = append(p.env, envMetrics+"=127.0.0.1:0")
	p.start()
	defer p.kill()
	sees(t, s, "a socket", func() bool { return s.Connections() > 0 })
	ts, err := s.Mention(fakeslack.Reporter, fakeslack.General, "who confirmed the Moscow visit?", "")
	if err != nil {
		t.Fatal(err)
	}
	logged := func(message string) (line map[string]any) {
		data, err := os.ReadFile(p.log.Name())
		if err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(string(data)) {
			var fields map[string]any
			if json.Unmarshal([]byte(l), &fields) == nil && fields["msg"] == message {
				line = fields
			}
		}
		return line
	}
	sees(t, s, "an answer", func() bool { return len(s.Thread(fakeslack.Reporter, fakeslack.General, ts)) > 1 })
	at, _ := logged("answering requests")["addr"].(string)
	for path, want := range map[string]int{"/metrics": http.StatusOK, "/readyz": http.StatusNotFound} {
		resp, err := http.Get("http://" + at + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: got %s, want %d", path, resp.Status, want)
		}
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("serve ends with %v", err)
	}
	for _, key := range []string{"waited", "took"} {
		text, _ := logged("done")[key].(string)
		if _, err := time.ParseDuration(text); err != nil {
			t.Errorf("%s is logged as %v, want a duration with its unit", key, logged("done")[key])
		}
	}
}

// Two workspaces in one process: each question is answered where it was put, by
// the token of that workspace, from what its policy allows, and nothing of one
// can be had in the other.
func TestServeWorkspaces(t *testing.T) {
	const second, secondToken, secondUser, secondChannel = "T0SECOND", "xoxb-fake-second", "U0SECOND", "C0SECOND"
	s := slackFor(t)
	w := s.AddWorkspace(fakeslack.Workspace{ID: second, Name: "Second", Domain: "second", BotToken: secondToken, BotUser: "U0DATELINE2", BotID: "B0DATELINE2"})
	s.AddUser(fakeslack.User{ID: secondUser, Team: second, Name: "anna"})
	s.AddChannel(fakeslack.Channel{ID: secondChannel, Name: "second", Team: second, Members: []string{w.BotUser, secondUser}})
	dir := t.TempDir()
	p := serveIn(t, dir, s)
	policy := filepath.Join(dir, "policy.yaml")
	rules := "workspaces:\n  T0SECOND:\n    admins: [U0SECOND]\n    scopes:\n      - channels: [direct, \"*\"]\n        publishers: [Vale Echo]\n"
	if err := os.WriteFile(policy, []byte(rules), 0o600); err != nil {
		t.Fatal(err)
	}
	p.env = append(p.env, envSlackBot+"="+fakeslack.BotToken+","+secondToken, envPolicy+"="+policy)
	p.start()
	defer p.kill()
	sees(t, s, "a socket", func() bool { return s.Connections() > 0 })

	// Both ask the same at once. The one may see all articles, the other those of
	// one paper.
	const envoy, watches = "who confirmed the Moscow visit?", "how many pocket watches were stolen?"
	type put struct{ user, channel, question, thread string }
	all := []put{
		{user: fakeslack.Reporter, channel: fakeslack.General, question: envoy},
		{user: secondUser, channel: secondChannel, question: envoy},
		{user: fakeslack.Reporter, channel: fakeslack.General, question: watches},
		{user: secondUser, channel: secondChannel, question: watches},
	}
	for _, user := range []string{fakeslack.Reporter, secondUser} {
		dm, err := s.DM(user)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, put{user: user, channel: dm, question: watches})
	}
	for i, q := range all {
		var err error
		if strings.HasPrefix(q.channel, "D") {
			all[i].thread, err = s.Post(q.user, q.channel, q.question, "")
		} else {
			all[i].thread, err = s.Mention(q.user, q.channel, q.question, "")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	said := func(q put) (list []fakeslack.Message) {
		return slices.DeleteFunc(s.Thread(q.user, q.channel, q.thread), func(m fakeslack.Message) bool { return m.BotID == "" || m.Streaming })
	}
	for _, q := range all {
		sees(t, s, q.question+" in "+q.channel, func() bool { return len(said(q)) > 0 })
	}
	sees(t, s, "the acknowledgements", func() bool { return s.Waiting() == 0 })
	for i, want := range [][]string{
		{"Ushakov", "!Vale Echo"},
		{"Searched 1 article", "!Ushakov"},
		{"The sources differ", "Vale Echo", "Sandrith Herald"},
		{"Vale Echo", "!Sandrith Herald", "!The sources differ"},
		{"The sources differ", "Vale Echo", "Sandrith Herald"},
		{"Vale Echo", "!Sandrith Herald", "!The sources differ"},
	} {
		got := said(all[i])
		if len(got) != 1 {
			t.Errorf("%s in %s: got %d answers, want 1", all[i].question, all[i].channel, len(got))
			continue
		}
		for _, w := range want {
			if never, not := strings.CutPrefix(w, "!"); not == strings.Contains(got[0].PlainText(), never) {
				t.Errorf("%s in %s: got\n%s\nwant %q", all[i].question, all[i].channel, got[0].PlainText(), w)
			}
		}
	}

	// An answer of the one is none of the other's, by its name either.
	private := func(user, channel, command, text string) string {
		t.Helper()
		before := len(s.Channel(user, channel))
		if err := s.SlashCommand(user, channel, command, text); err != nil {
			t.Fatal(err)
		}
		said := ""
		sees(t, s, command, func() bool {
			list := s.Channel(user, channel)
			if len(list) == before {
				return false
			}
			said = list[len(list)-1].PlainText()
			return !strings.HasPrefix(said, "Searching") // the answer comes after it
		})
		return said
	}
	of := func(team string) string {
		for _, q := range all {
			if m := said(q)[0]; (q.user == secondUser) == (team == second) && strings.Contains(string(m.Blocks), "#1") {
				_, rest, _ := strings.Cut(string(m.Blocks), `"value":"`)
				id, _, _ := strings.Cut(rest, `"`)
				return id // ANSWER#1
			}
		}
		t.Fatalf("no answer in %s", team)
		return ""
	}
	if got := private(secondUser, secondChannel, "/source", of(fakeslack.Team)); !strings.Contains(got, "is not kept any more") {
		t.Errorf("an answer of the first workspace in the second: %s", got)
	}
	if got := private(fakeslack.Reporter, fakeslack.General, "/source", of(second)); !strings.Contains(got, "is not kept any more") {
		t.Errorf("an answer of the second workspace in the first: %s", got)
	}
	if got := private(secondUser, secondChannel, "/source", of(second)); !strings.Contains(got, "Vale Echo") {
		t.Errorf("its own answer in the second workspace: %s", got)
	}

	// Who pauses the one pauses it alone.
	if err := s.OpenHome(secondUser); err != nil {
		t.Fatal(err)
	}
	sees(t, s, "App Home", func() bool {
		v, ok := s.Home(secondUser)
		return ok && strings.Contains(v.PlainText(), "Pause answering")
	})
	v, _ := s.Home(secondUser)
	if err := s.ClickView(secondUser, v.ID, "pause"); err != nil {
		t.Fatal(err)
	}
	sees(t, s, "the pause", func() bool {
		v, _ := s.Home(secondUser)
		return strings.Contains(v.PlainText(), "Paused")
	})
	if got := private(secondUser, secondChannel, "/ask", watches); !strings.Contains(got, "paused by an admin") {
		t.Errorf("asked where it is paused: %s", got)
	}
	if got := private(fakeslack.Reporter, fakeslack.General, "/ask", watches); !strings.Contains(got, "The sources differ") {
		t.Errorf("asked where it is not paused: %s", got)
	}

	// Each channel is spoken to by the token of its workspace.
	for _, c := range s.Calls() {
		channel := c.Args["channel"]
		if channel == "" {
			channel = c.Args["channel_id"]
		}
		if want := map[bool]string{true: second, false: fakeslack.Team}[channel == secondChannel]; channel != "" && channel[0] == 'C' && c.Team != want {
			t.Errorf("%s in %s was called by %s, want %s", c.Method, channel, c.Team, want)
		}
	}
	s.Check(t)
}

// SIGTERM ends a serve at work: it takes nothing new, answers what it has begun,
// and what came in and was not begun is answered by the next one, all once.
func TestServeStopped(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: there is no SIGTERM")
	}
	s := slackFor(t)
	let, asked := make(chan struct{}), new(atomic.Int32)
	model := llmtest.New(func(r llmtest.Request) llmtest.Reply {
		asked.Add(1)
		<-let
		return llmtest.Truthful()(r)
	})
	defer model.Close()
	p := serveIn(t, t.TempDir(), s)
	p.env = append(p.env, envModelServer+"="+model.BaseURL(), envModel+"=scripted", envSilence+"=2m")
	p.start()
	defer p.kill()
	sees(t, s, "a socket", func() bool { return s.Connections() > 0 })
	// A lane has one at a time: of two in a thread the second waits.
	thread, err := s.Mention(fakeslack.Reporter, fakeslack.General, "who confirmed the Moscow visit?", "")
	if err != nil {
		t.Fatal(err)
	}
	sees(t, s, "the status", func() bool { return strings.Contains(s.Status(fakeslack.General, thread).Text, "language model") })
	if _, err := s.Mention(fakeslack.Editor, fakeslack.General, "how many pocket watches were stolen?", thread); err != nil {
		t.Fatal(err)
	}
	sees(t, s, "the acknowledgement", func() bool { return s.Waiting() == 0 })
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	sees(t, s, "the sockets to close", func() bool { return s.Connections() == 0 })
	said := func() []fakeslack.Message {
		return slices.DeleteFunc(s.Thread(fakeslack.Reporter, fakeslack.General, thread), func(m fakeslack.Message) bool { return m.BotID == "" || m.Streaming })
	}
	if got := len(said()); got != 0 {
		t.Errorf("%d answers before the model wrote one", got)
	}
	close(let)
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("ended by SIGTERM: %v, want exit code 0", err)
	}
	if got := said(); len(got) != 1 || !strings.Contains(got[0].PlainText(), "Show source") {
		t.Fatalf("%d answers when it has ended, want the one that it had begun: %v", len(got), got)
	}
	p.start()
	sees(t, s, "the other answer", func() bool { return len(said()) == 2 })
	// Nothing is left to be done that would be told of later.
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("ended by SIGTERM: %v, want exit code 0", err)
	}
	if got := said(); len(got) != 2 {
		t.Errorf("%d answers to 2 questions", len(got))
	}
	s.Check(t)
}

// What serve says in Slack is as new as its articles.
func TestServeLeftOut(t *testing.T) {
	dir := t.TempDir()
	write := func(name string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte("The ferry ran aground.\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.txt")
	p := &program{dataFlag: t.TempDir(), env: environment{getenv: func(string) string { return "" }}, out: &screen{Writer: io.Discard}, err: &screen{Writer: io.Discard}, log: slog.New(slog.DiscardHandler)}
	lib, err := p.library(t.Context(), []string{dir}, keptOrNothing)
	if err != nil {
		t.Fatal(err)
	}
	defer lib.close()
	s := &server{p: p, lib: lib}
	if got := s.leftOut(); got != "" {
		t.Errorf("before anything was read: got %q, want nothing", got)
	}
	for _, tc := range []struct{ more, want string }{
		{"b.txt", ""},
		{"c.html", "1 file of a kind that is not read: .html"},
		{"d.csv", "2 files of kinds that are not read: .csv, .html"},
	} {
		write(tc.more)
		if err := s.sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.leftOut(); got != tc.want {
			t.Errorf("with %s: got %q, want %q", tc.more, got, tc.want)
		}
	}
}
