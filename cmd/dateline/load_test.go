package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dateline/bot/slackbot/fakeslack"
	"dateline/bot/slackbot/inbox"
	"dateline/corpus/sample"
)

// The size of TestLoad. What a change is tested with takes seconds; .ci/run load
// has the size that Dateline has to stand.
var (
	loadChannels = flag.Int("load.channels", 30, "how many channels ask in TestLoad")
	loadRate     = flag.Float64("load.rate", 20, "how many questions a second")
	loadTime     = flag.Duration("load.time", 3*time.Second, "for how long")
	loadKills    = flag.Int("load.kills", 1, "how often the program is killed meanwhile")
	loadStatus   = flag.Float64("load.status", 200, "how many statuses a minute Slack shows; 0 for all")
	loadMedian   = flag.Duration("load.p50", 0, "how long an answer may take at the median; 0 for as long as it takes")
	loadSeed     = flag.Uint64("load.seed", 1, "what decides who asks what, and what goes wrong")
)

// A serving is a dateline serve that runs as a process of its own.
type serving struct {
	t    *testing.T
	exe  string
	args []string
	env  []string
	log  *os.File
	cmd  *exec.Cmd
}

func (s *serving) start() {
	s.t.Helper()
	s.cmd = exec.Command(s.exe)
	s.cmd.Args = append([]string{"dateline"}, s.args...) // testscript.Main goes by the name
	s.cmd.Env, s.cmd.Stderr = s.env, s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
}

// kill ends it as kill -9 does.
func (s *serving) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // says that it was killed
}

// resident is how much memory the process has, in MB; 0 where that is not known.
func (s *serving) resident() int {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), "VmRSS:")
	kb, _ := strconv.Atoi(strings.Fields(rest + " 0")[0])
	return kb / 1024
}

// serveIn makes a dateline serve for a Slack, with the sample articles and a data
// directory in dir.
func serveIn(t *testing.T, dir string, slack *fakeslack.Slack) *serving {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	articles := filepath.Join(dir, "articles")
	if err := os.CopyFS(articles, sample.FS); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	s := &serving{t: t, exe: exe, log: log, args: []string{"serve", "--corpus", articles, "--addr", "off", "--sync", "0"}}
	s.env = append(os.Environ(), envData+"="+filepath.Join(dir, "data"), envSlackBot+"="+fakeslack.BotToken, envSlackApp+"="+fakeslack.AppToken, envSlackAPI+"="+slack.APIURL())
	return s
}

// A loadQuestion is one that was asked.
type loadQuestion struct {
	channel, thread, ts string
	at                  time.Time
}

func (q loadQuestion) key() string { return fakeslack.Team + "/" + q.channel + "/" + q.ts }

// The program as a process answers each question once and in order, whatever
// Slack and kill -9 do to it.
func TestLoad(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: there is no kill -9")
	}
	rng := rand.New(rand.NewPCG(*loadSeed, 1))
	slack := fakeslack.New(fakeslack.Config{
		Seed: *loadSeed,
		// Slack's own waits are a minute and five.
		Retries: []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second},
		Limits:  &fakeslack.Limits{Methods: map[string]fakeslack.Rate{"assistant.threads.setStatus": {PerMinute: *loadStatus, Burst: 20}}},
	})
	if err := slack.Start(); err != nil {
		t.Fatal(err)
	}
	defer slack.Close()
	bot := slack.BotUser(fakeslack.Team)
	members := []string{bot}
	for i := range 100 {
		u := fmt.Sprintf("U0LOAD%d", i)
		slack.AddUser(fakeslack.User{ID: u, Team: fakeslack.Team})
		members = append(members, u)
	}
	var channels []string
	for i := range *loadChannels {
		c := fmt.Sprintf("C0LOAD%d", i)
		slack.AddChannel(fakeslack.Channel{ID: c, Name: strings.ToLower(c), Team: fakeslack.Team, Members: members})
		channels = append(channels, c)
	}
	dir := t.TempDir()
	program := serveIn(t, dir, slack)
	program.start()
	defer func() { program.kill() }()
	wait := func(what string, most time.Duration, cond func() bool) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), most)
		defer cancel()
		if err := slack.Wait(ctx, cond); err != nil {
			t.Errorf("waited for %s in vain", what)
		}
	}
	wait("a socket", 2*time.Minute, func() bool { return slack.Connections() > 0 })
	// Once around, so that memory is what it is in use.
	if _, err := slack.Mention(members[1], channels[0], "who confirmed the Moscow visit?", ""); err != nil {
		t.Fatal(err)
	}
	wait("the first answer", 2*time.Minute, func() bool { return len(slack.Messages(channels[0])) > 1 })
	memory := []string{fmt.Sprintf("%d MB after the first answer", program.resident())}

	slack.SetDeliveryFaults(fakeslack.DeliveryFaults{Redeliver: .1, Twice: .1, Disconnect: .002})
	for _, f := range []fakeslack.Fault{{Status: http.StatusTooManyRequests, RetryAfter: time.Second, Rate: .05}, {Status: http.StatusServiceUnavailable, Rate: .02}} {
		slack.Inject(f)
	}
	backlog := watchBacklog(t, filepath.Join(dir, "data"))
	questions := []string{"who confirmed the Moscow visit?", "how many points does the plan have?", "when was the visit to Moscow confirmed?", "who shot the president of Atlantis?"}
	var asked []loadQuestion
	begun := time.Now()
	total := int(*loadRate * loadTime.Seconds())
	killed := 0
	for i := range total {
		if d := time.Until(begun.Add(time.Duration(float64(i) / *loadRate * float64(time.Second)))); d > 0 {
			time.Sleep(d)
		}
		if killed < *loadKills && i >= (killed+1)*total/(*loadKills+1) {
			killed++
			program.kill()
			program.start()
		}
		q := loadQuestion{channel: channels[rng.IntN(len(channels))], at: time.Now()}
		if len(asked) > 0 && rng.IntN(4) == 0 {
			before := asked[rng.IntN(len(asked))]
			q.channel, q.thread = before.channel, cmp.Or(before.thread, before.ts)
		}
		ts, err := slack.Mention(members[1+rng.IntN(len(members)-1)], q.channel, questions[rng.IntN(len(questions))], q.thread)
		if err != nil {
			t.Fatal(err)
		}
		q.ts = ts
		asked = append(asked, q)
	}
	took := time.Since(begun)
	want := make(map[string]bool, len(asked))
	for _, q := range asked {
		want[q.key()] = true
	}
	deadline := 2*time.Minute + *loadTime
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	late := time.After(deadline)
	var answers map[string][]fakeslack.Message
waiting:
	for {
		answers = make(map[string][]fakeslack.Message)
		for _, c := range channels {
			for _, m := range slack.Messages(c) {
				if k := questionOf(m); k != "" && !m.Streaming {
					answers[k] = append(answers[k], m)
				}
			}
		}
		missing := 0
		for k := range want {
			if len(answers[k]) == 0 {
				missing++
			}
		}
		if missing == 0 {
			break
		}
		select {
		case <-tick.C:
		case <-late:
			t.Errorf("%d of %d questions have no answer", missing, len(asked))
			break waiting
		}
	}
	drained := time.Since(begun) - took
	memory = append(memory, fmt.Sprintf("%d MB at the end", program.resident()))
	most := backlog()

	first, whole := latencies(slack, asked, answers)
	twice, lost := 0, 0
	for _, q := range asked {
		switch n := len(answers[q.key()]); {
		case n == 0:
			lost++
		case n > 1:
			twice++
			t.Errorf("%s has %d answers", q.key(), n)
		}
	}
	disorder := 0
	came := arrivals(slack)
	threads := make(map[string][]loadQuestion) // answered
	for _, q := range asked {
		if len(answers[q.key()]) == 0 {
			continue
		}
		thread := q.channel + "/" + cmp.Or(q.thread, q.ts)
		ts := answers[q.key()][0].TS
		for _, before := range threads[thread] {
			if ts < answers[before.key()][0].TS && came[before.key()].Before(came[q.key()]) {
				disorder++
				t.Errorf("%s was answered before %s, which was asked and came before it in its thread", q.key(), before.key())
			}
		}
		threads[thread] = append(threads[thread], q)
	}
	for _, c := range channels {
		for _, m := range slack.Messages(c) {
			if m.BotID != "" && questionOf(m) == "" {
				t.Errorf("a message of the bot that answers nothing: %s: %s", m.TS, m.PlainText())
			}
		}
	}
	for _, v := range slack.Violations() {
		// What a process cannot know of one that was killed, or of a call that was cut.
		if v.Code != "streaming_state_conflict" && v.Code != "message_not_in_streaming_state" {
			t.Errorf("against Slack's rules: %s", v)
		}
	}
	t.Logf("%d questions in %d channels, %.1f a second, %d kills; drained %s after the last", len(asked), len(channels), float64(len(asked))/took.Seconds(), killed, drained.Round(time.Millisecond))
	t.Logf("lost %d, answered twice %d, out of order %d", lost, twice, disorder)
	t.Logf("first sign: p50 %s, p95 %s, longest %s", quantile(first, .5), quantile(first, .95), quantile(first, 1))
	t.Logf("answer:     p50 %s, p95 %s, longest %s", quantile(whole, .5), quantile(whole, .95), quantile(whole, 1))
	statuses, limited := statusCalls(slack)
	t.Logf("status:     %d calls, %.0f a minute, %d of them refused as too many", statuses, float64(statuses)/(took+drained).Minutes(), limited)
	if median := quantile(whole, .5); *loadMedian > 0 && median > *loadMedian {
		t.Errorf("half of the answers took longer than %s, want at most %s", median, *loadMedian)
	}
	t.Logf("memory: %s; longest backlog %d", strings.Join(memory, ", "), most)
	if t.Failed() {
		unacked, given := 0, 0
		for _, d := range slack.Deliveries() {
			if d.Acked.IsZero() {
				unacked++
			}
			if d.Failed {
				given++
			}
		}
		t.Logf("deliveries: %d never acknowledged, %d given up, %d sockets", unacked, given, slack.Connections())
		program.log.Seek(0, io.SeekStart)
		data, _ := io.ReadAll(program.log)
		for line := range bytes.Lines(data) {
			if bytes.Contains(line, []byte(`"level":"ERROR"`)) {
				t.Logf("%s", line)
			}
		}
	}
}

// arrivals are when the program acknowledged each question first. One that Slack
// has to send again, as a socket closed or the program was killed, may come after
// a later one, and cannot be answered before it came.
func arrivals(slack *fakeslack.Slack) map[string]time.Time {
	came := make(map[string]time.Time)
	for _, d := range slack.Deliveries() {
		if d.TS == "" || d.Acked.IsZero() {
			continue
		}
		key := fakeslack.Team + "/" + d.Channel + "/" + d.TS
		if first, ok := came[key]; !ok || d.Acked.Before(first) {
			came[key] = d.Acked
		}
	}
	return came
}

// questionOf is the key of the question that a message answers; "" if none.
func questionOf(m fakeslack.Message) string {
	var mark struct {
		Payload struct {
			Question string `json:"question"`
		} `json:"event_payload"`
	}
	if m.BotID == "" || json.Unmarshal(m.Metadata, &mark) != nil {
		return ""
	}
	return mark.Payload.Question
}

// statusCalls are how often a status was set, and how often Slack refused that as
// too often.
func statusCalls(slack *fakeslack.Slack) (all, limited int) {
	for _, c := range slack.Calls("assistant.threads.setStatus") {
		all++
		if c.Error == "ratelimited" {
			limited++
		}
	}
	return all, limited
}

// latencies are the times until the askers saw anything, and all.
func latencies(slack *fakeslack.Slack, asked []loadQuestion, answers map[string][]fakeslack.Message) (first, whole []time.Duration) {
	shown := make(map[string][]time.Time) // by thread
	stood := make(map[string]time.Time)   // by message
	for _, c := range slack.Calls() {
		if !c.OK {
			continue
		}
		switch c.Method {
		case "assistant.threads.setStatus":
			if c.Args["status"] != "" {
				k := c.Args["channel_id"] + "/" + c.Args["thread_ts"]
				shown[k] = append(shown[k], c.At)
			}
		case "chat.postMessage", "chat.stopStream", "chat.update":
			stood[c.TS] = c.At
		}
	}
	for _, q := range asked {
		if len(answers[q.key()]) == 0 {
			continue
		}
		end := stood[answers[q.key()][0].TS]
		sign := end
		for _, at := range shown[q.channel+"/"+cmp.Or(q.thread, q.ts)] {
			if !at.Before(q.at) && at.Before(sign) {
				sign = at
			}
		}
		first, whole = append(first, sign.Sub(q.at)), append(whole, end.Sub(q.at))
	}
	slices.Sort(first)
	slices.Sort(whole)
	return first, whole
}

func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)].Round(time.Millisecond)
}

// watchBacklog looks at the inbox of a data directory until the returned function
// is called, which tells how long it was at most.
func watchBacklog(t *testing.T, data string) (longest func() int) {
	t.Helper()
	box, err := inbox.Open(t.Context(), filepath.Join(data, inboxFile), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	most := 0
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if n, err := box.Size(ctx); err == nil {
					most = max(most, n)
				}
			}
		}
	})
	return func() int {
		cancel()
		wg.Wait()
		box.Close()
		return most
	}
}
