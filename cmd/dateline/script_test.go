package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/rogpeppe/go-internal/testscript"

	"dateline/bot"
	"dateline/bot/llm/llmtest"
	"dateline/bot/receipt"
	"dateline/bot/slackbot/fakeslack"
	"dateline/bot/slackbot/inbox"
	"dateline/retrieval/openai/openaitest"
)

var update = flag.Bool("update", false, "write what the program prints into the transcripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"dateline": main,
		// Permissions do not stop root, as whom CI runs.
		"dateline-nobody": func() {
			if os.Geteuid() == 0 {
				const nobody = 65534
				for _, err := range []error{syscall.Setgroups(nil), syscall.Setgid(nobody), syscall.Setuid(nobody)} {
					if err != nil {
						panic(err)
					}
				}
			}
			main()
		},
	})
}

// nobodyReaches reports whether dateline-nobody can get to a folder: it can
// where it is us, and where every user may enter all folders above.
func nobodyReaches(dir string) bool {
	if runtime.GOOS == "windows" {
		return false
	}
	for os.Geteuid() == 0 {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	return true
}

// Each transcript is what somebody types and what comes of it. $DATA is the
// data directory; nothing of the machine's own settings shows through.
func TestScripts(t *testing.T) {
	nobody := nobodyReaches(os.TempDir())
	if !nobody {
		t.Logf("SKIPPED: what another user may not read or write: nobody gets to %s", os.TempDir())
	}
	testscript.Run(t, testscript.Params{
		Dir:                "testdata",
		UpdateScripts:      *update,
		RequireUniqueNames: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("XDG_CACHE_HOME", filepath.Join(e.WorkDir, "cache"))
			// The race detector has each process wait a second before it ends.
			e.Setenv("GORACE", "atexit_sleep_ms=0")
			e.Setenv("DATA", filepath.Join(e.WorkDir, "cache", "dateline"))
			if os.Geteuid() != 0 {
				return nil
			}
			// dateline-nobody has to get here, and to make temporary files.
			if err := os.Chmod(filepath.Join(e.WorkDir, ".tmp"), 0o1777); err != nil {
				return err
			}
			for dir := e.WorkDir; dir != os.TempDir() && dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
				info, err := os.Stat(dir)
				if err != nil {
					return err
				}
				if err := os.Chmod(dir, info.Mode().Perm()|0o055); err != nil {
					return err
				}
			}
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "mount":
				return canMount(), nil
			case "nobody":
				return nobody, nil
			}
			return false, os.ErrInvalid
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"sparse":     sparse,
			"repeat":     repeat,
			"raw":        raw,
			"disk":       disk,
			"code":       code,
			"damage":     damage,
			"hold":       hold,
			"answerid":   answerID,
			"short":      short,
			"opine":      opine,
			"slack":      startSlack,
			"waiting":    waiting,
			"model":      modelServer,
			"embeddings": embeddingServer,
			"proxy":      proxy,
		},
	})
}

// sparse makes a file of a size that takes up no room: sparse FILE BYTES.
func sparse(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sparse FILE BYTES")
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	appendTo(ts, args[0], "")
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// repeat appends to a file a string as often as is said, or as often as the disk
// has room for: repeat FILE TIMES STRING.
func repeat(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: repeat FILE TIMES STRING")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	appendTo(ts, args[0], strings.Repeat(args[2], n))
}

// raw appends to a file bytes in Go's notation: raw FILE '\x00'.
func raw(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: raw FILE BYTES")
	}
	s, err := strconv.Unquote(`"` + strings.ReplaceAll(args[1], `"`, `\"`) + `"`)
	ts.Check(err)
	appendTo(ts, args[0], s)
}

func appendTo(ts *testscript.TestScript, name, s string) {
	name = ts.MkAbs(name)
	ts.Check(os.MkdirAll(filepath.Dir(name), 0o777))
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	ts.Check(err)
	if _, err = f.WriteString(s); !errors.Is(err, syscall.ENOSPC) {
		ts.Check(err)
	}
	ts.Check(f.Close())
}

// code runs a command and wants an exit code and nothing on standard output:
// code 2 dateline ask.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if want, err := strconv.Atoi(args[0]); err != nil || got != want {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("on standard output: %s", out)
	}
}

// damage flips a bit in the middle of the largest file below a folder, or of
// the one that is named: damage DIR [NAME].
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: damage DIR [NAME]")
	}
	var name string
	var size int64
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Size() > size && (len(args) == 1 || d.Name() == args[1]) {
			name, size = path, info.Size()
		}
		return err
	}))
	data, err := os.ReadFile(name)
	ts.Check(err)
	data[len(data)/2] ^= 1
	ts.Check(os.Chmod(name, 0o600))
	ts.Check(os.WriteFile(name, data, 0o600))
}

// hold takes the lock that a process holds while it writes an index, of all
// indexes below a folder and for the rest of the script: hold DIR.
func hold(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hold DIR")
	}
	locks, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*", "lock"))
	ts.Check(err)
	if len(locks) == 0 {
		ts.Fatalf("no index in %s", args[0])
	}
	for _, name := range locks {
		l := flock.New(name)
		ts.Check(l.Lock())
		ts.Defer(func() { ts.Check(l.Unlock()) })
	}
}

// answerID keeps the id of the answer that was printed as JSON: answerid VAR.
func answerID(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: answerid VAR")
	}
	var a bot.Answer
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &a))
	ts.Setenv(args[0], a.ID)
}

// short keeps the beginning of an id: short ID VAR.
func short(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 || len(args[0]) < 7 {
		ts.Fatalf("usage: short ID VAR")
	}
	ts.Setenv(args[1], args[0][:7])
}

// opine keeps what somebody thinks of an answer, as the buttons in Slack do:
// opine ID good|bad [REASON [USER]].
func opine(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 4 {
		ts.Fatalf("usage: opine ID good|bad [REASON [USER]]")
	}
	f := receipt.Feedback{Answer: args[0], Good: args[1] == "good", By: "T0NEWS/U0ANNA"}
	if len(args) > 2 {
		f.Reason = args[2]
	}
	if len(args) > 3 {
		f.By = "T0NEWS/" + args[3]
	}
	store := receipt.New(receipt.Config{Path: filepath.Join(ts.Getenv("DATA"), receiptsFile)})
	ts.Check(store.AddFeedback(context.Background(), f))
	ts.Check(store.Close())
}

// startSlack starts a Slack for the rest of the script, and sets it up, with the
// tokens of it: slack [full|bare|nosocket|alone|noconnect]. A bare one allows the
// bot to write, and nothing else.
func startSlack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: slack [KIND]")
	}
	s := fakeslack.New(fakeslack.Config{})
	ts.Check(s.Start())
	ts.Defer(func() { ts.Check(s.Close()) })
	kind := "full"
	if len(args) == 1 {
		kind = args[0]
	}
	switch kind {
	case "full":
	case "bare":
		s.SetScopes("chat:write")
	case "nosocket":
		app := s.App()
		app.SocketMode = false
		s.SetApp(app)
	case "noconnect":
		app := s.App()
		app.AppScopes = []string{"authorizations:read"}
		s.SetApp(app)
	case "alone":
		for _, c := range []string{fakeslack.General, fakeslack.Desk, fakeslack.Partners} {
			ts.Check(s.Leave(s.BotUser(fakeslack.Team), c))
		}
	default:
		ts.Fatalf("no Slack %q", kind)
	}
	ts.Setenv("SLACK_API_URL", s.APIURL())
	ts.Setenv("SLACK_BOT_TOKEN", fakeslack.BotToken)
	ts.Setenv("SLACK_APP_TOKEN", fakeslack.AppToken)
}

// waiting puts a question into the inbox of the data directory that was tried in
// vain: waiting AGE PROBLEM.
func waiting(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: waiting AGE PROBLEM")
	}
	age, err := time.ParseDuration(args[0])
	ts.Check(err)
	ctx := context.Background()
	box, err := inbox.Open(ctx, filepath.Join(ts.Getenv("DATA"), inboxFile), nil, func() time.Time { return time.Now().Add(-age) })
	ts.Check(err)
	_, err = box.Put(ctx, "", inbox.Item{Key: "T/C/1", Lane: "T/C/1", Team: "T", Channel: "C", User: "U", Kind: "question", Payload: []byte("{}")})
	ts.Check(err)
	it, err := box.Take(ctx, time.Minute, 1)
	ts.Check(err)
	ts.Check(box.Return(ctx, it, time.Second, args[1]))
	ts.Check(box.Close())
}

// embeddingServer is a server for the rest of a script, which it sets up:
// embeddings truthful, and then embeddings down and embeddings up; or embeddings
// wantskey.
func embeddingServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: embeddings truthful|down|up|wantskey")
	}
	down := ts.MkAbs("embeddings-down") // a file, as scripts run side by side
	script := func(r openaitest.Request) openaitest.Reply {
		if _, err := os.Stat(down); err == nil {
			return openaitest.Reply{Status: http.StatusPaymentRequired, Text: "no credit left"}
		}
		return openaitest.Truthful(32)(r)
	}
	switch args[0] {
	case "down":
		ts.Check(os.WriteFile(down, nil, 0o600))
		return
	case "up":
		ts.Check(os.Remove(down))
		return
	case "wantskey":
		script = openaitest.Refusing(http.StatusUnauthorized, "no key")
	case "truthful":
	default:
		ts.Fatalf("no script %q", args[0])
	}
	server := openaitest.New(script)
	ts.Defer(server.Close)
	ts.Setenv("OPENAI_EMBEDDING_BASE_URL", server.BaseURL())
	ts.Setenv("OPENAI_EMBEDDING_MODEL", "scripted")
}

// modelServer starts a model server for the rest of the script, and sets it up:
// model truthful, or model SCRIPT FILE with what the model says.
func modelServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: model SCRIPT [FILE]")
	}
	says := ""
	if len(args) == 2 {
		says = ts.ReadFile(args[1])
	}
	scripts := map[string]llmtest.Script{
		"truthful":      llmtest.Truthful(),
		"telling":       llmtest.Telling(says),
		"plain":         llmtest.Plain(llmtest.Telling(says)),
		"whole":         llmtest.Whole(llmtest.Telling(says)),
		"wrongkey":      llmtest.Refusing(http.StatusUnauthorized, "Incorrect API key provided"),
		"page":          llmtest.Page(),
		"contradicting": func(r llmtest.Request) llmtest.Reply { return llmtest.Field(r, "verdict", "contradicted") },
		"counting": func(r llmtest.Request) llmtest.Reply {
			reply := llmtest.Telling(says)(r)
			if reply.TokensIn, reply.TokensOut = 2400, 100; len(r.Passages) == 0 {
				reply.TokensIn, reply.TokensOut = 90, 10
			}
			return reply
		},
	}
	if scripts[args[0]] == nil {
		ts.Fatalf("no script %q", args[0])
	}
	server := llmtest.New(scripts[args[0]])
	ts.Defer(server.Close)
	ts.Setenv("OPENAI_BASE_URL", server.BaseURL())
	ts.Setenv("OPENAI_MODEL", "scripted")
}

// proxy starts a proxy that answers everything with a status, and sets it up:
// proxy STATUS.
func proxy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: proxy STATUS")
	}
	status, err := strconv.Atoi(args[0])
	ts.Check(err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	ts.Defer(server.Close)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY"} {
		ts.Setenv(name, strings.Replace(server.URL, "://", "://user:proxy-secret@", 1))
	}
}
