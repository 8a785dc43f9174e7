package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/spf13/cobra"

	"dateline/bot"
	"dateline/bot/slackbot"
	"dateline/bot/slackbot/inbox"
	"dateline/bot/slackbot/local"
	"dateline/bot/sqlite"
	"dateline/corpus"
	"dateline/corpus/files"
	"dateline/retrieval"
)

// defaultAddr is where health, metrics and Slack's requests are answered: on
// this machine alone, unless somebody decides otherwise.
const defaultAddr = "127.0.0.1:8080"

func (p *program) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve [flags]",
		Short: "Answer in Slack",
		Long: `Serve answers in Slack, in every workspace that SLACK_BOT_TOKEN has a token of.
Events come over a socket that Dateline opens if SLACK_APP_TOKEN is set, and as
requests to /slack/events if SLACK_SIGNING_SECRET is set; deploy/README.md has the
steps from an empty workspace to the first answer.

With --local it needs no workspace: it answers in a Slack of its own, on a page at
--addr, which has to be an address of this machine alone. What is written there is
forgotten when it ends.

Articles are looked at for changes when it starts and every --sync after that. At
--addr it answers /healthz, /readyz and /metrics. What it does is logged to standard
error as lines of JSON.

On the first signal it takes nothing new, finishes what it has begun and ends within
30 seconds; what is not finished is answered when it runs again.`,
		Example: "  dateline serve --corpus ./articles\n  dateline serve --local",
		Args:    noArgs,
	}
	var model modelFlags
	var addr, policy string
	var tryout bool
	var every time.Duration
	p.corpusFlags(cmd)
	model.add(cmd)
	cmd.Flags().BoolVar(&tryout, "local", false, "answer on a page at --addr, in a Slack of its own, instead of in a workspace")
	cmd.Flags().StringVar(&addr, "addr", "", "`address` to answer requests at (default $"+envAddr+", then "+defaultAddr+"); \"off\" for none")
	cmd.Flags().StringVar(&policy, "policy", "", "`file` that says who may ask what, as YAML (default $"+envPolicy+")")
	cmd.Flags().DurationVar(&every, "sync", time.Minute, "how often to look for changed articles, as a `duration`; 0 for never again")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		level := slog.LevelInfo
		if tryout {
			level = slog.LevelWarn // somebody looks at the page, not at a log
		}
		if p.verbose {
			level = slog.LevelDebug
		}
		p.log = slog.New(slog.NewJSONHandler(p.err, &slog.HandlerOptions{Level: level, ReplaceAttr: withUnits}))
		s := &server{p: p, every: every, local: tryout, embed: make(chan struct{}, 1)}
		err := s.run(cmd.Context(), model, cmp.Or(addr, p.env.lookup(envAddr).Value, defaultAddr), cmp.Or(policy, p.env.lookup(envPolicy).Value))
		if errors.Is(err, context.Canceled) && context.Cause(cmd.Context()) == (signalError{syscall.SIGTERM}) {
			return nil // SIGTERM is how a service is stopped, also before it is ready
		}
		return err
	}
	return cmd
}

// withUnits writes a duration as people do, "1.5s", where JSON would have a number
// of nanoseconds.
func withUnits(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		return slog.String(a.Key, a.Value.Duration().String())
	}
	return a
}

// A server is one run of serve.
type server struct {
	p      *program
	every  time.Duration
	local  bool // in a Slack of its own
	lib    *library
	synced atomic.Pointer[time.Time]
	left   atomic.Pointer[files.LeftOut] // when it was synced
	mu     sync.Mutex                    // held while syncing
	embed  chan struct{}                 // gets one when there may be vectors to make
}

func (s *server) run(ctx context.Context, flags modelFlags, addr, policyFile string) (err error) {
	p := s.p
	policy, err := p.readPolicy(policyFile)
	if err != nil {
		return err
	}
	if rest := policy.Rest(); len(rest) > 0 {
		p.log.WarnContext(ctx, "nothing is answered where no scope of the policy holds", "places", rest)
	}
	var tokens slackTokens
	var page http.Handler
	api := p.env.lookup(envSlackAPI).Value
	if s.local {
		if err := onThisMachine(ctx, addr); err != nil {
			return err
		}
		if other := p.env.lookup(envMetrics).Value; other != "" && other != "off" {
			if err := onThisMachine(ctx, other); err != nil {
				return err
			}
		}
		room := local.NewNewsroom()
		if err := room.Start(); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, room.Close()) }()
		tokens, api, page = slackTokens{bot: []string{room.BotToken}, app: room.AppToken}, room.APIURL(), local.New(room.Slack, room.People...)
		policy.Admins = append(policy.Admins, room.Admin)
	} else if tokens, err = p.slackTokens(); err != nil {
		return err
	} else if len(tokens.bot) == 0 {
		return errors.New("no bot token: set " + envSlackBot + " to the one that starts with xoxb-, or try it without a workspace: dateline serve --local")
	}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	choice := p.chooseModel(flags)
	choice.called = countTokens(metrics)
	model, err := choice.open(p.log)
	if err != nil {
		return err
	}
	if s.lib, err = p.library(ctx, p.corpusFlag, keptOrNothing); err != nil {
		return err
	}
	defer s.lib.close()
	if err := s.sync(ctx); err != nil {
		return err
	}
	if err := p.keepReceipts(s.lib); err != nil {
		return err
	}
	dir := s.lib.data
	if s.local {
		// What came from a Slack that is gone must not be answered in the next.
		if dir, err = os.MkdirTemp("", "dateline-local-"); err != nil {
			return fmt.Errorf("no place for the inbox: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	box, err := inbox.Open(ctx, filepath.Join(dir, inboxFile), func(d *sqlite.DamagedError) {
		p.log.Error("inbox damaged", "err", d)
	}, nil)
	if err != nil {
		return fmt.Errorf("%w; give another folder with --data", err)
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	answerer, err := slackbot.New(slackbot.Config{
		Tokens: tokens.bot, AppToken: tokens.app, SigningSecret: tokens.secret, APIURL: api,
		Asker: s.lib.bot(p.log, model), Library: s.lib.index, Receipts: s.lib.receipts, Inbox: box, Policy: policy,
		Synced: s.syncedAt, Sync: s.sync, LeftOut: s.leftOut, Metrics: metrics, Log: p.log,
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	web, err := s.serveHTTP(ctx, addr, answerer, tokens.secret != "", page, metrics)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	wg.Go(func() { s.keepSynced(ctx) })
	wg.Go(func() { s.keepEmbedded(ctx) })
	err = answerer.Run(ctx)
	cancel()
	wg.Wait()
	return errors.Join(err, web())
}

// countTokens returns what tells the metrics of the tokens of each request to a
// model, as its server counts them.
func countTokens(metrics prometheus.Registerer) func(bot.Call) {
	tokens := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "dateline", Name: "model_tokens_total", Help: "Tokens that models read and wrote."}, []string{"direction"})
	metrics.MustRegister(tokens)
	return func(c bot.Call) {
		tokens.WithLabelValues("in").Add(float64(c.TokensIn))
		tokens.WithLabelValues("out").Add(float64(c.TokensOut))
	}
}

// sync brings the index up to date, one call at a time.
func (s *server) sync(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.p.refresh(ctx, s.lib); err != nil {
		return err
	}
	left, err := s.lib.source.LeftOut(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	s.synced.Store(&now)
	s.left.Store(&left)
	select {
	case s.embed <- struct{}{}:
	default: // there is one
	}
	return nil
}

func (s *server) leftOut() string {
	if left := s.left.Load(); left != nil {
		return left.String()
	}
	return ""
}

func (s *server) syncedAt() time.Time {
	if t := s.synced.Load(); t != nil {
		return *t
	}
	return time.Time{}
}

// keepSynced looks for changed articles until ctx ends. What goes wrong is
// logged: what was indexed before goes on being answered from.
func (s *server) keepSynced(ctx context.Context) {
	if s.every <= 0 {
		return
	}
	t := time.NewTicker(s.every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if err := s.sync(ctx); err != nil && ctx.Err() == nil {
				s.p.log.Error("articles not synced", "err", err)
			}
		}
	}
}

// keepEmbedded makes vectors that passages lack until ctx ends, with half of the
// processors, so that questions find one free. What goes wrong is logged, and
// tried again after a while: words find all the same.
func (s *server) keepEmbedded(ctx context.Context) {
	const pause = time.Minute
	for {
		last := time.Now()
		e, err := s.lib.index.Embed(ctx, s.lib.embed.embedOptions(runtime.GOMAXPROCS(0)/2), func(e retrieval.Embedding) {
			if time.Since(last) >= pause {
				last = time.Now()
				s.p.log.InfoContext(ctx, "making vectors", "passages", e.Passages, "done", e.Done, "rate", e.Rate(), "left", e.Left.Round(time.Second))
			}
		})
		var again <-chan time.Time
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.p.log.ErrorContext(ctx, "vectors not made", "done", e.Done, "passages", e.Passages, "err", err)
			again = time.After(pause)
		case e.Made > 0:
			s.p.log.InfoContext(ctx, "vectors made", "vectors", e.Made, "passages", e.Passages, "took", e.Took.Round(time.Millisecond))
		}
		select {
		case <-ctx.Done():
			return
		case <-again:
		case <-s.embed:
		}
	}
}

// onThisMachine refuses an address that others could reach.
func onThisMachine(ctx context.Context, addr string) error {
	const do = "give an --addr of it, such as 127.0.0.1:8080"
	if addr == "off" {
		return usageError{errors.New("--local is a page, which has to be somewhere: " + do)}
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return usageError{fmt.Errorf("--addr %s: %w", addr, err)}
	}
	ips, err := new(net.Resolver).LookupIPAddr(ctx, host)
	if err != nil || len(ips) == 0 || slices.ContainsFunc(ips, func(ip net.IPAddr) bool { return !ip.IP.IsLoopback() }) {
		return usageError{fmt.Errorf("--local is for this machine alone, and %s is more than that: %s", addr, do)}
	}
	return nil
}

// serveHTTP answers requests at an address, and for metrics at one of their own if
// there is one, until the returned function is called, with a page if there is one.
func (s *server) serveHTTP(ctx context.Context, addr string, answerer *slackbot.Bot, slackRequests bool, page http.Handler, metrics *prometheus.Registry) (end func() error, err error) {
	mux := http.NewServeMux()
	if slackRequests {
		mux.Handle("/slack/", answerer.Handler())
	}
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		err := answerer.Ready(r.Context())
		if err == nil {
			var all retrieval.Coverage
			if all, err = s.lib.index.Coverage(r.Context(), retrieval.Filter{}); err == nil && all.Articles == 0 {
				err = errors.New("there are no articles")
			}
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	forMetrics, metricsAddr := mux, s.p.env.lookup(envMetrics).Value
	if metricsAddr != "" {
		forMetrics = http.NewServeMux()
	}
	forMetrics.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	if page != nil {
		mux.Handle("/", page)
	}
	var ends []func() error
	end = func() error {
		var all []error
		for _, f := range ends {
			all = append(all, f())
		}
		return errors.Join(all...)
	}
	for _, at := range []struct {
		addr, setting string
		mux           *http.ServeMux
	}{{addr, "--addr", mux}, {metricsAddr, envMetrics, forMetrics}} {
		if at.addr == "" || at.addr == "off" {
			continue
		}
		web, err := s.listen(ctx, at.addr, at.setting, at.mux, page != nil && at.mux == mux)
		if err != nil {
			return nil, errors.Join(err, end())
		}
		ends = append(ends, web)
	}
	return end, nil
}

// listen answers requests at an address, which a setting gave, until the returned
// function is called. There may be a page among what is answered.
func (s *server) listen(ctx context.Context, addr, setting string, h http.Handler, page bool) (end func() error, err error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("cannot answer requests at %s: %w; give another %s, or off", addr, err, setting)
	}
	s.p.log.Info("answering requests", "addr", l.Addr().String())
	if s.local {
		h = local.OnThisMachine(h)
	}
	web := &http.Server{Handler: h,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute,
		ErrorLog: slog.NewLogLogger(s.p.log.Handler(), slog.LevelWarn)}
	if page {
		fmt.Fprintf(s.p.err, "Open http://%s\n", l.Addr())
		web.BaseContext = func(net.Listener) context.Context { return ctx } // updates of the page end with it
	}
	served := make(chan error, 1)
	go func() { served <- web.Serve(l) }()
	return func() error {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		err := web.Shutdown(ctx)
		if e := <-served; !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, e)
		}
		return err
	}, nil
}

// readPolicy reads the policy in a file, if one is named, and what the environment
// adds to it.
func (p *program) readPolicy(name string) (slackbot.Policy, error) {
	threads := slackbot.Threads(p.env.lookup(envThreads).Value)
	if err := threads.Check(); err != nil {
		return slackbot.Policy{}, fmt.Errorf("%s: %w", envThreads, err)
	}
	if name == "" {
		return slackbot.Policy{Threads: threads}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return slackbot.Policy{}, fmt.Errorf("policy: %w", err)
	}
	defer f.Close()
	policy, err := slackbot.ReadPolicy(f)
	if err != nil {
		return slackbot.Policy{}, fmt.Errorf("policy %s: %w", name, err)
	}
	policy.Threads = cmp.Or(policy.Threads, threads)
	return policy, nil
}

// slackTokens are what Slack is spoken to with.
type slackTokens struct {
	bot         []string
	app, secret string
}

// fileSuffix makes the name of a setting that names a file with the secret in it,
// as container platforms give them.
const fileSuffix = "_FILE"

// secret returns a secret setting: its value, or what is in the file that it
// names.
func (p *program) secret(name string) (string, error) {
	if v := p.env.lookup(name).Value; v != "" {
		return v, nil
	}
	file := p.env.lookup(name + fileSuffix)
	if file.Value == "" {
		return "", nil
	}
	data, err := readSmall(file.Value)
	if err != nil {
		return "", fmt.Errorf("%s (%s): %w", file.Name, file.From, err)
	}
	return strings.TrimSpace(string(data)), nil
}

// readSmall reads a file that must be small, and no more of it if it is not.
func readSmall(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	const most = 64 << 10
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && len(data) > most {
		err = errors.New("the file is too large to hold a secret")
	}
	return data, err
}

func (p *program) slackTokens() (t slackTokens, err error) {
	tokens, err := p.secret(envSlackBot)
	if err != nil {
		return t, err
	}
	// Several workspaces have a token each.
	t.bot = strings.FieldsFunc(tokens, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' || r == '\r' })
	if t.app, err = p.secret(envSlackApp); err != nil {
		return t, err
	}
	t.secret, err = p.secret(envSlackSecret)
	return t, err
}

func (p *program) healthCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "health",
		Short: "Ask a running serve whether it can take questions",
		Long: `Health asks the serve that runs at $DATELINE_ADDR whether it can take questions: its
workspaces joined, a socket open, articles to answer from. The exit code is 1 if it
cannot, or does not answer. It is for the health checks of containers, where there
is no other program to ask with.`,
		Example: "  dateline health",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			addr := cmp.Or(p.env.lookup(envAddr).Value, defaultAddr)
			host, port, err := net.SplitHostPort(addr)
			if err != nil {
				return fmt.Errorf("%s %q is no address to ask at: %w", envAddr, addr, err)
			}
			if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
				host = "localhost"
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), 3*time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
			if err != nil {
				return err
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return fmt.Errorf("no serve answers at %s: start it with dateline serve, or set %s to where it is", addr, envAddr)
			}
			defer resp.Body.Close()
			said, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
			if err != nil {
				return fmt.Errorf("asking serve at %s: %w", addr, err)
			}
			if resp.StatusCode != http.StatusOK {
				return errors.New("serve cannot take questions: " + corpus.OneLine(string(said)))
			}
			p.out.printf("%s\n", corpus.OneLine(string(said)))
			return nil
		},
	}
}

// examineSlack looks at what serve needs, and asks Slack about it.
func (p *program) examineSlack(ctx context.Context) []check {
	tokens, err := p.slackTokens()
	api, addr, metrics := p.env.lookup(envSlackAPI), cmp.Or(p.env.lookup(envAddr).Value, defaultAddr), p.env.lookup(envMetrics).Value
	if err != nil {
		return []check{{"Slack", broken, err.Error(), "Correct the setting, or the file that it names."}}
	}
	file := p.env.lookup(envPolicy).Value
	policy, err := p.readPolicy(file)
	var checks []check
	switch {
	case err != nil:
		checks = append(checks, check{"Slack policy", broken, err.Error(), "Correct it: who may ask what is not known without it, so serve does not start."})
	case len(policy.Rest()) > 0:
		checks = append(checks, check{"Slack policy", poor, file + ": no scope holds in " + strings.Join(policy.Rest(), ", in ") + ", so nothing is answered there", "Add a scope that names them, with everything: true if all can be asked about."})
	case file != "":
		checks = append(checks, check{Name: "Slack policy", Status: good, Found: file})
	}
	if len(tokens.bot) == 0 && tokens.app == "" && tokens.secret == "" {
		return append(checks, check{Name: "Slack", Status: good, Found: "not set up"})
	}
	found := check{Name: "Slack", Status: good, Found: "requests are answered at " + addr}
	if metrics != "" {
		found.Found += ", and metrics at " + metrics
	}
	if api.Value != "" {
		found.Found += "; instead of Slack, " + api.Value + " is asked (" + api.Name + ", " + api.From + ")"
	}
	checks = append(checks, found)
	for _, f := range slackbot.Examine(ctx, slackbot.Config{Tokens: tokens.bot, AppToken: tokens.app, SigningSecret: tokens.secret, APIURL: api.Value, Policy: policy}) {
		c := check{Name: "Slack " + f.Name, Status: good, Found: f.Found, Do: f.Do}
		switch {
		case f.Broken:
			c.Status = broken
		case f.Do != "":
			c.Status = poor
		}
		checks = append(checks, c)
	}
	return append(checks, p.examineInbox(ctx)...)
}

// slow is how long a question may wait before the doctor warns: so long nobody
// looks at an empty thread.
const slow = 2 * time.Minute

// examineInbox looks at what came from Slack and is not answered; nothing is said
// of an inbox that is not there yet.
func (p *program) examineInbox(ctx context.Context) []check {
	data, err := p.dataDir()
	if err != nil {
		return nil // examine has said so
	}
	c := check{Name: "Slack inbox", Status: good, Found: "nothing waits to be answered"}
	s, err := inbox.Look(ctx, filepath.Join(data.Value, inboxFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		c.Status, c.Found, c.Do = broken, err.Error(), "Start dateline serve: a damaged inbox is moved aside and another one begun."
	case s.Waiting+s.Working > 0:
		age := time.Since(s.Oldest).Round(time.Second)
		c.Found = fmt.Sprintf("%d wait to be answered, %d are being worked on, the oldest came %s ago", s.Waiting, s.Working, age)
		if age > slow {
			c.Status, c.Do = poor, "Start dateline serve if it does not run; if it does, see its log."
		}
		if s.Problem != "" {
			c.Status, c.Found = poor, c.Found+"; the last problem was: "+s.Problem
			c.Do = "See the log of dateline serve for the item; it is tried again by itself."
		}
	}
	return []check{c}
}
