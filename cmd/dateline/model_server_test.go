package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dateline/corpus/sample"
)

// TestModelServer is the program, as a process, against a real model server.
// .ci/e2e-llm installs one and sets DATELINE_E2E_LLM to the command that serves
// a model: "serve CONTEXT PORT" (.ci/e2e-llm-server.py).
//
// A model of 135 million parameters writes poor answers. What is tested is that
// whatever it writes, no more is shown than the articles carry, by a check that
// knows nothing of package bot's.
func TestModelServer(t *testing.T) {
	launcher := os.Getenv("DATELINE_E2E_LLM")
	if launcher == "" {
		t.Skip("asks a real model server: run .ci/e2e-llm")
	}
	e := &modelServerTest{launcher: launcher, binary: filepath.Join(t.TempDir(), "dateline"), data: t.TempDir()}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", e.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	t.Run("index", func(t *testing.T) { e.index(t) })
	t.Run("questions", func(t *testing.T) { e.questions(t) })
	t.Run("context exceeded", func(t *testing.T) { e.contextExceeded(t) })
	t.Run("killed while it answers", func(t *testing.T) { e.killed(t) })
	t.Run("unknown model", func(t *testing.T) { e.unknownModel(t) })
}

type modelServerTest struct {
	launcher, binary, data string
}

// serverQuestions are about the samples, but for the last one, which a model
// could answer from what it knows.
var serverQuestions = []string{
	"who confirmed the visit to Moscow?",
	"how long is the crack in the Tolvary dam?",
	"why was the honey fair called off?",
	"how many passengers were taken ashore from the ferry?",
	"when will the board decide about the free lunches?",
	"what did the burglars leave behind in the clock museum?",
	"how much will the repairs of the dam cost?",
	"what did the director of the museum say about the burglars?",
	"since when are lorries over 7.5 tonnes kept off the bridge?",
	"what is the capital of Australia?",
}

// A served is a server's process.
type served struct {
	address string // as http://127.0.0.1:1234
	cmd     *exec.Cmd
	log     string // file
}

// serve starts a server, and waits until it has loaded its model.
func (e *modelServerTest) serve(t *testing.T, context, port int) *served {
	t.Helper()
	s := &served{log: filepath.Join(t.TempDir(), "server.log")}
	file, err := os.Create(s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	s.cmd = exec.Command(e.launcher, "serve", strconv.Itoa(context), strconv.Itoa(port))
	s.cmd.Stderr = file
	if _, err := s.cmd.StdinPipe(); err != nil { // the server ends with it
		t.Fatal(err)
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	loaded := time.AfterFunc(time.Minute, s.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	loaded.Stop()
	s.address = strings.TrimSpace(line)
	if err != nil || !strings.HasPrefix(s.address, "http://127.0.0.1:") {
		data, _ := os.ReadFile(s.log)
		t.Fatalf("the server did not come up within a minute: %v, %q\n%s", err, line, data)
	}
	return s
}

func (s *served) kill() {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Kill() // it may have ended
		_ = s.cmd.Wait()         // with the signal
	}
}

func (s *served) port(t *testing.T) int {
	t.Helper()
	u, err := url.Parse(s.address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// writing waits until the server has written some tokens of an answer.
func (s *served) writing(t *testing.T, tokens int) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		var slots []struct {
			Processing bool `json:"is_processing"`
			Next       []struct {
				Decoded int `json:"n_decoded"`
			} `json:"next_token"`
		}
		if r, err := http.Get(s.address + "/slots"); err == nil {
			err = json.NewDecoder(r.Body).Decode(&slots)
			r.Body.Close()
			if err != nil {
				t.Fatalf("/slots: %v", err)
			}
		}
		for _, slot := range slots {
			if slot.Processing && len(slot.Next) > 0 && slot.Next[0].Decoded >= tokens {
				return
			}
		}
		time.Sleep(5 * time.Millisecond) // a real server, which cannot be waited for otherwise
	}
	t.Fatal("the server did not begin to write within a minute")
}

// A process is the program at work, or its end.
type process struct {
	args           []string
	cmd            *exec.Cmd
	stdout, stderr bytes.Buffer
	took           time.Duration
}

// start runs the program with a model server; base is its address with /v1.
func (e *modelServerTest) start(t *testing.T, base, window string, args ...string) *process {
	t.Helper()
	return e.startWith(t, []string{envModel + "=smollm2-135m-instruct", envModelServer + "=" + base, envWindow + "=" + window}, args...)
}

// startWith runs the program with settings.
func (e *modelServerTest) startWith(t *testing.T, settings []string, args ...string) *process {
	t.Helper()
	p := &process{args: args, cmd: exec.CommandContext(t.Context(), e.binary, args...)}
	p.cmd.Dir = t.TempDir()
	p.cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "OPENAI_") || strings.HasPrefix(v, "DATELINE_")
	}), append([]string{envData + "=" + e.data}, settings...)...)
	p.cmd.Stdout, p.cmd.Stderr = &p.stdout, &p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// wait returns the exit code.
func (p *process) wait(t *testing.T) int {
	t.Helper()
	started := time.Now()
	err := p.cmd.Wait()
	p.took = time.Since(started)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("dateline %q: %v", p.args, err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// run runs the program, which must end well.
func (e *modelServerTest) run(t *testing.T, base, window string, args ...string) *process {
	t.Helper()
	p := e.start(t, base, window, args...)
	if code := p.wait(t); code != exitDone {
		t.Errorf("dateline %q = %d: %s", args, code, &p.stderr)
	}
	return p
}

// index reads two of the samples, which is enough for a busy machine, with
// embeddings of the server, and asks on them.
func (e *modelServerTest) index(t *testing.T) {
	articles := t.TempDir()
	for _, name := range []string{"ferry-aground-first-report.txt", "ferry-aground-corrected.md"} {
		data, err := sample.FS.ReadFile(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(articles, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	s := e.serve(t, window, 0)
	embedding := []string{envData + "=" + t.TempDir(), envEmbeddingModel + "=smollm2-135m-instruct", envEmbeddingServer + "=" + s.address + "/v1"}
	p := e.startWith(t, embedding, "index", articles)
	if code := p.wait(t); code != exitDone {
		t.Fatalf("index = %d: %s", code, &p.stderr)
	}
	t.Logf("%s%sin %.0f s", &p.stdout, &p.stderr, p.took.Seconds())
	p = e.startWith(t, embedding, "ask", "--json", "--corpus", articles, "how many passengers were taken ashore from the ferry?")
	if code := p.wait(t); code != exitDone {
		t.Fatalf("ask = %d: %s", code, &p.stderr)
	}
	a := readJSON(t, p.stdout.Bytes())
	a.check(t)
	if !a.answered {
		t.Errorf("got %q, want an answer", a.text)
	}
	p = e.startWith(t, embedding, "doctor")
	if code := p.wait(t); code != exitDone || !strings.Contains(p.stdout.String(), "smollm2-135m-instruct/576") {
		t.Errorf("doctor = %d, want the model and the 576 numbers of its vectors in\n%s%s", code, &p.stdout, &p.stderr)
	}
	// A server that is gone is no reason to lose the index.
	s.kill()
	p = e.startWith(t, embedding, "ask", "--corpus", articles, "how many passengers were taken ashore from the ferry?")
	code := p.wait(t)
	t.Logf("without the server: %d\n%s%s", code, &p.stdout, &p.stderr)
	if want := "nothing answers at " + s.address; !strings.Contains(p.stdout.String()+p.stderr.String(), want) {
		t.Errorf("without the server: got %d, want %q in\n%s%s", code, want, &p.stdout, &p.stderr)
	}
}

// window is of the model's context, the smallest that has room for a few
// passages. A quarter of it is for the answer.
const window = 1536

// patience is how long questions are asked in one way: an idle machine of two
// cores needs less. What a busy one does not get to is not asked, and said so.
const patience = 3 * time.Minute

// questions asks all of them in two ways: as people do, streaming, with a
// schema, and the built-in reader behind; and as a program does, of a server
// that can do neither.
func (e *modelServerTest) questions(t *testing.T) {
	s := e.serve(t, window, 0)
	people := outcomes{name: "terminal form, auto: streamed, with a schema"}
	w := newWire(t, s.address, false)
	started := time.Now()
	for _, q := range serverQuestions {
		if time.Since(started) > patience {
			break
		}
		p := e.run(t, w.base, strconv.Itoa(window), "ask", "-v", q)
		a := readScreen(t, p.stdout.String())
		a.dropped = len(regexp.MustCompile(`(?m)^dropped: `).FindAllString(p.stderr.String(), -1))
		a.repaired = len(regexp.MustCompile(`(?m)^repaired: `).FindAllString(p.stderr.String(), -1))
		people.add(t, q, a)
	}
	people.calls = w.calls()

	programs := outcomes{name: "--json, --engine llm: whole, in plain text"}
	w = newWire(t, s.address, true)
	started = time.Now()
	for _, q := range serverQuestions {
		if time.Since(started) > patience {
			break
		}
		p := e.start(t, w.base, strconv.Itoa(window), "ask", "--json", "--engine", "llm", q)
		code := p.wait(t)
		if code == exitFailed && (strings.Contains(p.stderr.String(), "did not finish within") || strings.Contains(p.stderr.String(), "was cut off before its first sentence was whole")) {
			programs.questions, programs.slow = programs.questions+1, programs.slow+1
			continue
		}
		if code != exitDone {
			t.Errorf("dateline %q = %d: %s", p.args, code, &p.stderr)
			continue
		}
		programs.add(t, q, readJSON(t, p.stdout.Bytes()))
	}
	programs.calls = w.calls()

	t.Logf("\n%s%s", &people, &programs)
	for _, row := range []*outcomes{&people, &programs} {
		if row.questions < len(serverQuestions) {
			t.Logf("!!! %s: there was time for %d of %d questions: the others are SKIPPED", row.name, row.questions, len(serverQuestions))
			continue
		}
		if row.written() == 0 {
			t.Errorf("%s: the model wrote no sentence at all, so nothing was tested", row.name)
		}
	}
	if n := people.answered[byModel] + people.answered[byReader]; n < people.questions/2 {
		t.Errorf("%s: %d of %d questions were answered, want half at least, with the built-in reader behind the model", people.name, n, people.questions)
	}
	for _, c := range people.calls {
		if c.code == http.StatusOK && (!c.stream || !c.schema) {
			t.Errorf("%s: a request was answered that asked for stream %t, schema %t: this server can do both", people.name, c.stream, c.schema)
		}
	}
}

// contextExceeded asks a server whose model reads less than the program was
// told. What the server says then has to be understood.
func (e *modelServerTest) contextExceeded(t *testing.T) {
	s := e.serve(t, 1024, 0)
	w := newWire(t, s.address, false)
	p := e.run(t, w.base, "8192", "ask", "--engine", "llm", "--json", "what did the Kremlin say about the visit to Moscow, and what did Europe?")
	readJSON(t, p.stdout.Bytes()).check(t)
	var codes []int
	for _, c := range w.calls() {
		codes = append(codes, c.code)
	}
	if len(codes) < 2 || codes[0] != http.StatusBadRequest || codes[len(codes)-1] != http.StatusOK {
		t.Errorf("the server answered %v, want 400 first, and 200 in the end", codes)
	}
}

// killed kills the server while it writes, and starts it again.
func (e *modelServerTest) killed(t *testing.T) {
	const question = "how long is the crack in the Tolvary dam?"
	die := func(t *testing.T, args ...string) (*process, *served) {
		s := e.serve(t, window, 0)
		p := e.start(t, s.address+"/v1", strconv.Itoa(window), append(args, question)...)
		s.writing(t, 3)
		s.kill()
		return p, s
	}
	t.Run("auto", func(t *testing.T) {
		p, s := die(t, "ask")
		if code := p.wait(t); code != exitDone {
			t.Fatalf("got exit code %d, want %d: %s", code, exitDone, &p.stderr)
		}
		a := readScreen(t, p.stdout.String())
		a.check(t)
		if want := "nothing answers at " + s.address; !a.answered || a.engine != byReader || !strings.Contains(a.note, want) {
			t.Errorf("got\n%s\nwant the built-in reader's answer, and %q in the note", &p.stdout, want)
		}
	})
	t.Run("llm", func(t *testing.T) {
		p, s := die(t, "ask", "--engine", "llm")
		if code := p.wait(t); code != exitFailed {
			t.Errorf("got exit code %d, want %d", code, exitFailed)
		}
		if p.stdout.Len() > 0 {
			t.Errorf("got %q on standard output, want nothing", &p.stdout)
		}
		if got, want := p.stderr.String(), "nothing answers at "+s.address; strings.Count(got, "\n") != 1 || !strings.Contains(got, want) {
			t.Errorf("got %q, want one line with %q", got, want)
		}
		// The next question finds it back.
		again := e.serve(t, window, s.port(t))
		p = e.run(t, again.address+"/v1", strconv.Itoa(window), "ask", "--engine", "llm", "--json", question)
		readJSON(t, p.stdout.Bytes()).check(t)
	})
}

// unknownModel asks for a model that the server does not have. llama.cpp serves
// the one it has, under any name.
func (e *modelServerTest) unknownModel(t *testing.T) {
	s := e.serve(t, window, 0)
	p := e.start(t, s.address+"/v1", strconv.Itoa(window), "ask", "--model", "no-such-model", "--engine", "llm", "--json", serverQuestions[0])
	switch code := p.wait(t); code {
	case exitDone:
		readJSON(t, p.stdout.Bytes()).check(t)
	case exitFailed:
		if got, want := p.stderr.String(), `does not know model "no-such-model"`; !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	default:
		t.Errorf("got exit code %d", code)
	}
}

// A wire is between the program and the server, and notes what passes.
type wire struct {
	base string // with /v1

	mu   sync.Mutex
	list []*call
}

// A call is one request for a completion.
type call struct {
	stream, schema, usage bool // asked for
	code                  int
	body                  bytes.Buffer
	begun                 time.Time
	seconds               float64
}

// newWire returns one in front of a server. If it is plain, it answers as one
// that can neither stream nor hold to a schema.
func newWire(t *testing.T, address string, plain bool) *wire {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	w := new(wire)
	forward := &httputil.ReverseProxy{
		FlushInterval: -1,
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ErrorLog:      log.New(io.Discard, "", 0), // a program that hangs up is no error here
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return // the program is gone
		}
		var asked struct {
			Stream  bool            `json:"stream"`
			Options json.RawMessage `json:"stream_options"`
			Format  json.RawMessage `json:"response_format"`
		}
		if err := json.Unmarshal(data, &asked); err != nil {
			t.Errorf("request: %v", err)
		}
		c := &call{stream: asked.Stream, usage: asked.Options != nil, schema: asked.Format != nil, begun: time.Now()}
		w.mu.Lock()
		w.list = append(w.list, c)
		w.mu.Unlock()
		noting := &noting{ResponseWriter: rw, c: c, mu: &w.mu}
		for feature, is := range map[string]bool{"response_format": c.schema, "stream": c.stream && !c.schema} {
			if plain && is {
				noting.Header().Set("Content-Type", "application/json")
				noting.WriteHeader(http.StatusBadRequest)
				fmt.Fprintf(noting, `{"error":{"code":400,"type":"invalid_request_error","message":"%s is not supported"}}`, feature)
				return
			}
		}
		r.Body = io.NopCloser(bytes.NewReader(data))
		forward.ServeHTTP(noting, r)
		w.mu.Lock()
		c.seconds = time.Since(c.begun).Seconds()
		w.mu.Unlock()
	}))
	t.Cleanup(server.Close)
	w.base = server.URL + "/v1"
	return w
}

// noting keeps what is written.
type noting struct {
	http.ResponseWriter
	c  *call
	mu *sync.Mutex
}

func (n *noting) WriteHeader(code int) {
	n.mu.Lock()
	n.c.code = code
	n.mu.Unlock()
	n.ResponseWriter.WriteHeader(code)
}

func (n *noting) Write(b []byte) (int, error) {
	n.mu.Lock()
	n.c.body.Write(b)
	n.mu.Unlock()
	return n.ResponseWriter.Write(b)
}

func (n *noting) Unwrap() http.ResponseWriter { return n.ResponseWriter }

// calls are those that have ended.
func (w *wire) calls() []*call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.list)
}

// speed is what llama.cpp says in the last part of a completion.
func (c *call) speed() (in, out int, perSecond float64) {
	for _, m := range regexp.MustCompile(`"timings":(\{[^{}]*\})`).FindAllSubmatch(c.body.Bytes(), -1) {
		var timings struct {
			In        int     `json:"prompt_n"`
			Cached    int     `json:"cache_n"`
			Out       int     `json:"predicted_n"`
			PerSecond float64 `json:"predicted_per_second"`
		}
		if json.Unmarshal(m[1], &timings) == nil {
			in, out, perSecond = timings.In+timings.Cached, timings.Out, timings.PerSecond
		}
	}
	return in, out, perSecond
}

// Outcomes are what became of the questions.
type outcomes struct {
	name      string
	questions int
	shown     map[string]int // sentences, by engine
	dropped   int
	repaired  int            // of those shown
	answered  map[string]int // questions, by engine
	refused   int
	slow      int // the model did not come to an end
	calls     []*call
}

// add checks what was shown for a question, and counts it.
func (r *outcomes) add(t *testing.T, question string, a reading) {
	t.Helper()
	if r.shown == nil {
		r.shown, r.answered = make(map[string]int), make(map[string]int)
	}
	a.check(t)
	r.questions++
	r.dropped += a.dropped
	r.repaired += a.repaired
	if !a.answered {
		r.refused++
	} else {
		r.answered[a.engine]++
		r.shown[a.engine] += len(a.sentences)
	}
	t.Logf("%s\n  %s", question, strings.ReplaceAll(strings.TrimSpace(a.text), "\n", "\n  "))
}

// written are the sentences of the model.
func (r *outcomes) written() int { return r.shown[byModel] + r.dropped }

func (r *outcomes) String() string {
	var b strings.Builder
	in, out, refusals := 0, 0, 0
	var seconds, speed float64
	completions := 0
	for _, c := range r.calls {
		if c.code != http.StatusOK {
			refusals++
			continue
		}
		completions++
		seconds += c.seconds
		i, o, s := c.speed()
		in, out, speed = in+i, out+o, speed+s
	}
	fmt.Fprintf(&b, "%s\n", r.name)
	for _, line := range []struct {
		what string
		n    any
	}{
		{"questions", r.questions},
		{"  answered by the model", r.answered[byModel]},
		{"  answered by the built-in reader", r.answered[byReader]},
		{"  refused", r.refused},
		{"  given up, as it took too long", r.slow},
		{"sentences the model wrote", r.written()},
		{"  shown", r.shown[byModel]},
		{"    after a repair", r.repaired},
		{"  dropped", r.dropped},
		{"sentences of the built-in reader", r.shown[byReader]},
		{"completions", completions},
		{"  requests the server refused", refusals},
		{"  tokens read, written", fmt.Sprintf("%d, %d", in, out)},
		{"  tokens written per second", fmt.Sprintf("%.0f", speed/max(1, float64(completions)))},
		{"  seconds, all together", fmt.Sprintf("%.0f", seconds)},
	} {
		fmt.Fprintf(&b, "  %-36s %v\n", line.what, line.n)
	}
	return b.String()
}
