package fakeslack

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Names of the world that a zero [Config] has.
const (
	Team          = "T0NEWSROOM"
	BotToken      = "xoxb-fake-newsroom"
	AppToken      = "xapp-fake-dateline"
	SigningSecret = "fake-signing-secret"

	Reporter = "U0REPORTER" // a member
	Editor   = "U0EDITOR"   // a member
	Admin    = "U0ADMIN"    // an admin
	Guest    = "U0GUEST"    // a guest of #general
	Stranger = "U0STRANGER" // somebody of another company, in #partners

	General  = "C0GENERAL"  // #general: all, and the bot
	Quiet    = "C0QUIET"    // #quiet: the members, without the bot
	Desk     = "G0DESK"     // #desk: private, reporter, editor and the bot
	Partners = "C0PARTNERS" // #partners: shared with another company
)

// A Config says what Slack is like. Its zero value is one workspace with the
// app, a few people and channels, the machine's clock and the documented rate
// limits off.
type Config struct {
	// App is the app; one without an ID means [DefaultApp].
	App App
	// AppToken is the app-level token; empty means the constant.
	AppToken string
	// SigningSecret signs requests over HTTP; empty means the constant.
	SigningSecret string
	// Clock is the time; nil means [SystemClock].
	Clock Clock
	// Seed decides which connection gets a payload and which calls fail, where
	// chance does.
	Seed uint64
	// Empty leaves out the workspace, people and channels of the zero value.
	Empty bool
	// Limits are the rate limits; nil means none. See [DocumentedLimits].
	Limits *Limits
	// Addr is where Start listens; empty means a free port of 127.0.0.1.
	Addr string
	// URL is the address the Slack is reached at where Start is not used,
	// without a slash at the end. Empty means that of the first request.
	URL string
	// Retries are the times after which an event that was not acknowledged is
	// sent again; nil means as documented: at once, after a minute, after five.
	// https://docs.slack.dev/apis/events-api#retries
	Retries []time.Duration
	// Patience is how long the app may take to acknowledge what it is sent, and to
	// open a view for it; 0 means as documented: 3 seconds, which the tests of a
	// busy machine do not always get.
	// https://docs.slack.dev/interactivity/handling-user-interaction
	Patience time.Duration
	// Client sends the requests of an app that is not in Socket Mode; nil means
	// one of its own.
	Client *http.Client
	// Keep is how many calls and deliveries are kept for Calls and Deliveries,
	// at least; 0 means all. Violations are always kept.
	Keep int
	// Sparse leaves everything out of events that Slack's pages do not show in
	// their examples, as another fake, or another kind of workspace, would.
	Sparse bool
}

// A Slack is a whole Slack. It is safe for concurrent use, and an
// [http.Handler] for those who have a server of their own.
type Slack struct {
	cfg     Config
	mux     *http.ServeMux
	methods map[string]method

	mu         sync.Mutex
	base       string // http://host:port
	workspaces map[string]*workspace
	users      map[string]*User
	channels   map[string]*channel
	changed    chan struct{} // closed at the next change
	lastTS     int64         // microseconds
	count      uint64        // of ids given out
	rng        *rand.Rand

	modals    map[string][]*View // per user, the top one last
	homes     map[string]*View   // per user
	triggers  map[string]*trigger
	responses map[string]*response

	sockets    map[*socket]bool
	tickets    map[string]bool
	open       map[string]*Delivery // waiting for an acknowledgement, by envelope id
	deliveries []*Delivery
	waiting    int // deliveries that are neither acknowledged nor given up
	noise      DeliveryFaults
	held       *Delivery // the one that reordering holds back

	faults     []*fault
	buckets    map[string]*bucket
	calls      []Call
	callCount  int
	violations []Violation

	server   *http.Server
	closed   bool
	stopping chan struct{}
	running  sync.WaitGroup
}

// New returns a Slack as cfg has it. It serves once Start was called or it is
// mounted as a handler.
func New(cfg Config) *Slack {
	if cfg.App.ID == "" {
		cfg.App = DefaultApp()
	}
	if cfg.Clock == nil {
		cfg.Clock = SystemClock{}
	}
	cfg.AppToken = cmp.Or(cfg.AppToken, AppToken)
	cfg.SigningSecret = cmp.Or(cfg.SigningSecret, SigningSecret)
	cfg.Addr = cmp.Or(cfg.Addr, "127.0.0.1:0")
	cfg.Patience = cmp.Or(cfg.Patience, 3*time.Second)
	if cfg.Retries == nil {
		cfg.Retries = []time.Duration{0, time.Minute, 5 * time.Minute}
	}
	if cfg.Client == nil {
		cfg.Client = &http.Client{
			// Slack follows redirects of request URLs only to a degree; an app
			// that needs one is set up wrong.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		}
	}
	s := &Slack{
		cfg:        cfg,
		methods:    methods(),
		base:       cfg.URL,
		workspaces: make(map[string]*workspace),
		users:      make(map[string]*User),
		channels:   make(map[string]*channel),
		changed:    make(chan struct{}),
		rng:        rand.New(rand.NewPCG(cfg.Seed, 0x5ac)),
		modals:     make(map[string][]*View),
		homes:      make(map[string]*View),
		triggers:   make(map[string]*trigger),
		responses:  make(map[string]*response),
		sockets:    make(map[*socket]bool),
		tickets:    make(map[string]bool),
		open:       make(map[string]*Delivery),
		buckets:    make(map[string]*bucket),
		stopping:   make(chan struct{}),
	}
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("/api/{method}", s.serveAPI)
	s.mux.HandleFunc("GET /socket", s.serveSocket)
	s.mux.HandleFunc("POST /response/{id}", s.serveResponse)
	if !cfg.Empty {
		s.furnish()
	}
	return s
}

// furnish sets up the world of the zero Config.
func (s *Slack) furnish() {
	w := s.addWorkspace(Workspace{ID: Team, Name: "Newsroom", Domain: "newsroom", BotToken: BotToken, BotUser: "U0DATELINE", BotID: "B0DATELINE"})
	for _, u := range []User{
		{ID: Reporter, Team: Team, Name: "reporter", RealName: "Reporter"},
		{ID: Editor, Team: Team, Name: "editor", RealName: "Editor"},
		{ID: Admin, Team: Team, Name: "admin", RealName: "Admin", Admin: true},
		{ID: Guest, Team: Team, Name: "guest", RealName: "Guest", Guest: true},
		{ID: Stranger, Team: "T0OTHER", Name: "stranger", RealName: "Stranger"},
	} {
		s.addUser(u)
	}
	for _, c := range []Channel{
		{ID: General, Name: "general", Team: Team, Members: []string{w.BotUser, Reporter, Editor, Admin, Guest}},
		{ID: Quiet, Name: "quiet", Team: Team, Members: []string{Reporter, Editor, Admin}},
		{ID: Desk, Name: "desk", Kind: Private, Team: Team, Members: []string{w.BotUser, Reporter, Editor}},
		{ID: Partners, Name: "partners", Team: Team, SharedWith: []string{"T0OTHER"}, Members: []string{w.BotUser, Reporter, Stranger}},
	} {
		s.addChannel(c)
	}
}

// Start serves at Config.Addr until Close.
func (s *Slack) Start() error {
	l, err := net.Listen("tcp", s.cfg.Addr)
	if err != nil {
		return fmt.Errorf("fake slack: %w", err)
	}
	srv := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	s.mu.Lock()
	if s.closed || s.server != nil {
		s.mu.Unlock()
		l.Close()
		return fmt.Errorf("fake slack: started twice, or after it was closed")
	}
	s.server = srv
	s.base = "http://" + l.Addr().String()
	s.mu.Unlock()
	s.running.Go(func() { srv.Serve(l) })
	return nil
}

// Close disconnects everybody, gives up what is not delivered, lets go of the
// calls that faults hold, and returns when nothing of the Slack runs any more.
func (s *Slack) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	close(s.stopping)
	srv := s.server
	for sk := range s.sockets {
		sk.close()
	}
	for id, d := range s.open {
		d.stop()
		delete(s.open, id)
	}
	s.mu.Unlock()
	var err error
	if srv != nil {
		err = srv.Close()
	}
	s.running.Wait()
	return err
}

// ServeHTTP answers the Web API below /api/, Socket Mode at /socket and
// response_url below /response/.
func (s *Slack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	if s.base == "" {
		s.base = "http://" + r.Host
	}
	s.mu.Unlock()
	s.mux.ServeHTTP(w, r)
}

// URL is where the Slack is, without a slash at the end; empty before it is
// known.
func (s *Slack) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base
}

// APIURL is what takes the place of https://slack.com/api/.
func (s *Slack) APIURL() string { return s.URL() + "/api/" }

// App is the app as it is set up.
func (s *Slack) App() App {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cfg.App
}

// SetApp replaces what the manifest of the app says, for what comes.
func (s *Slack) SetApp(a App) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cfg.App = a
}

// Changed returns a channel that is closed when anything that somebody could
// see, or that is kept of calls and deliveries, changes after the call.
func (s *Slack) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Wait returns when cond holds, asking again after each change, or with the
// context's error. Cond may call any method of s.
func (s *Slack) Wait(ctx context.Context, cond func() bool) error {
	for {
		changed := s.Changed()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// change tells those who wait. It is called with s.mu held.
func (s *Slack) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// id makes up an id. It is called with s.mu held.
func (s *Slack) id(prefix string) string {
	s.count++
	n := strings.ToUpper(strconv.FormatUint(s.count, 36))
	return prefix + "0" + strings.Repeat("0", max(0, 8-len(n))) + n
}

// ts is the next timestamp: the time, moved on where two fall together, so
// that each message has one of its own and they are in order. It is called
// with s.mu held.
func (s *Slack) ts() string {
	s.lastTS = max(s.cfg.Clock.Now().UnixMicro(), s.lastTS+1)
	return fmt.Sprintf("%d.%06d", s.lastTS/1e6, s.lastTS%1e6)
}
