// Package local gives the fake Slack a face: a page in the browser that looks
// and works like a channel, for trying Dateline without a workspace and for
// looking at what it posts.
//
// The page knows nothing of Dateline. It shows what [fakeslack.Slack] lets a
// person see, drawn from the blocks as they were sent, and turns what that
// person does into the methods by which people act there.
//
// It is for one machine: requests that are not for a loopback address, or that
// another page makes, are refused, and it loads nothing from anywhere else.
package local

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strings"

	"dateline/bot/slackbot/fakeslack"
)

//go:embed static
var static embed.FS

// A Page shows a Slack to some of its people. It is an [http.Handler].
type Page struct {
	slack   *fakeslack.Slack
	people  []string
	handler http.Handler
}

// New returns a Page on which one can be any of some people, the first one
// unless another is chosen.
func New(s *fakeslack.Slack, people ...string) *Page {
	p := &Page{slack: s, people: people}
	files, err := fs.Sub(static, "static")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("GET /updates", p.serveUpdates)
	mux.HandleFunc("POST /act", p.serveAct)
	// A page elsewhere can send requests here, too. Browsers say that it does.
	p.handler = http.NewCrossOriginProtection().Handler(mux)
	return p
}

// policy allows what the page itself brings and nothing else. With
// trusted-types 'none', no text can become markup whatever the scripts do.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// ServeHTTP answers requests for the page.
func (p *Page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	OnThisMachine(p.handler).ServeHTTP(w, r)
}

// OnThisMachine refuses requests that are not for a loopback address: a name that
// somebody else's server makes point here is of a page elsewhere.
func OnThisMachine(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopback(r.Host) {
			http.Error(w, "this page is served to the machine it runs on alone: open it as 127.0.0.1 or localhost", http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// loopback reports whether a host, with a port or without, is this machine.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// person reports whether the page may be this person's.
func (p *Page) person(id string) bool { return slices.Contains(p.people, id) }

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The reader may have gone away, which is nobody's error.
	_ = json.NewEncoder(w).Encode(body)
}
