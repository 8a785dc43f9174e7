package fakeslack

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// maxSockets is how many connections an app can have:
	// apis/events-api/using-socket-mode.
	maxSockets = 10
	// maxAck is the size from which an acknowledgement is passed over in
	// silence; it is not documented, and kept by Slack's own libraries.
	maxAck = 20_000
	// pingEvery is how often a connection is pinged; clients take one that is
	// silent for half a minute for dead.
	pingEvery = 10 * time.Second
)

// socket is a Socket Mode connection.
// https://docs.slack.dev/apis/events-api/using-socket-mode
type socket struct {
	n    uint64
	conn *websocket.Conn

	mu     sync.Mutex
	queue  []frame
	more   chan struct{} // has one when there is something in the queue
	closed chan struct{}
	once   sync.Once

	// Both are guarded by the mutex of the Slack.
	ending   bool // a disconnect was sent
	stopPing func()
}

// A frame is a message, or with data nil a ping, or the end.
type frame struct {
	data []byte
	end  bool
}

func (sk *socket) send(f frame) {
	sk.mu.Lock()
	sk.queue = append(sk.queue, f)
	sk.mu.Unlock()
	select {
	case sk.more <- struct{}{}:
	default:
	}
}

func (sk *socket) sendJSON(v any) {
	data, err := json.Marshal(v)
	if err != nil {
		panic("fake slack: a message that is no JSON: " + err.Error())
	}
	sk.send(frame{data: data})
}

func (sk *socket) close() {
	sk.once.Do(func() {
		close(sk.closed)
		sk.conn.Close()
	})
}

// write sends what is queued, one after the other.
func (sk *socket) write() {
	for {
		sk.mu.Lock()
		queue := sk.queue
		sk.queue = nil
		sk.mu.Unlock()
		for _, f := range queue {
			sk.conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
			var err error
			switch {
			case f.end:
				err = sk.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
				sk.close()
			case f.data == nil:
				err = sk.conn.WriteControl(websocket.PingMessage, []byte("ping"), time.Now().Add(10*time.Second))
			default:
				err = sk.conn.WriteMessage(websocket.TextMessage, f.data)
			}
			if err != nil {
				sk.close()
				return
			}
		}
		select {
		case <-sk.more:
		case <-sk.closed:
			return
		}
	}
}

// https://docs.slack.dev/reference/methods/apps.connections.open
func (c *call) connectionsOpen() (reply, *refusal) {
	if !c.s.cfg.App.SocketMode {
		return nil, refuse("socket_mode_not_enabled")
	}
	ticket := c.s.id("ticket")
	c.s.tickets[ticket] = true
	host := strings.Replace(c.s.base, "http", "ws", 1)
	return reply{"url": host + "/socket?" + url.Values{"ticket": {ticket}, "app_id": {c.s.cfg.App.ID}}.Encode()}, nil
}

// serveSocket takes a connection that apps.connections.open gave the address
// of. The address is good once.
func (s *Slack) serveSocket(w http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	ok := s.tickets[ticket] && !s.closed
	delete(s.tickets, ticket)
	s.mu.Unlock()
	if !ok {
		http.Error(w, "invalid ticket", http.StatusNotFound)
		return
	}
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	sk := &socket{conn: conn, more: make(chan struct{}, 1), closed: make(chan struct{})}
	s.mu.Lock()
	switch {
	case s.closed:
		s.mu.Unlock()
		sk.close()
		return
	case len(s.ready()) >= maxSockets: // those that are ending leave room
		s.violate("socket", "too_many_websockets", "apis/events-api/using-socket-mode", "more than 10 connections")
		s.goFunc(sk.write)
		s.mu.Unlock()
		// The page has no such reason; Slack's own libraries know it.
		sk.sendJSON(map[string]any{"type": "disconnect", "reason": "too_many_websockets"})
		sk.send(frame{end: true})
		return
	}
	s.count++
	sk.n = s.count
	s.sockets[sk] = true
	sk.sendJSON(map[string]any{
		"type": "hello", "num_connections": len(s.ready()),
		"connection_info": map[string]any{"app_id": s.cfg.App.ID},
		"debug_info":      map[string]any{"host": "fakeslack", "build_number": 1, "approximate_connection_time": 18060},
	})
	s.goFunc(sk.write)
	s.goFunc(func() { s.read(sk) })
	s.change()
	s.mu.Unlock()
	s.ping(sk)
}

// ping pings a connection for as long as it is open.
func (s *Slack) ping(sk *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.sockets[sk] {
		return
	}
	sk.send(frame{})
	sk.stopPing = s.cfg.Clock.AfterFunc(pingEvery, func() { s.ping(sk) })
}

// read takes the acknowledgements of a connection.
func (s *Slack) read(sk *socket) {
	defer func() {
		sk.close()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.sockets, sk)
		if sk.stopPing != nil {
			sk.stopPing()
		}
		s.change()
	}()
	for {
		_, data, err := sk.conn.ReadMessage()
		if err != nil {
			return
		}
		var ack struct {
			Envelope string          `json:"envelope_id"`
			Payload  json.RawMessage `json:"payload"`
		}
		s.mu.Lock()
		switch err := json.Unmarshal(data, &ack); {
		case err != nil || ack.Envelope == "":
			s.violate("socket", "bad_message", "apis/events-api/using-socket-mode", "an acknowledgement has an envelope_id")
		case len(data) >= maxAck:
			s.violate("socket", "too_large", "apis/events-api/using-socket-mode", "Slack passes over an acknowledgement of 20 kB or more")
		default:
			s.acked(ack.Envelope, ack.Payload)
		}
		s.mu.Unlock()
	}
}

// sendSocket sends a payload over a connection, any one of them, and says
// whether there was one.
func (s *Slack) sendSocket(d *Delivery) bool {
	ready := s.ready()
	if len(ready) == 0 {
		return false
	}
	s.rng.Shuffle(len(ready), func(i, j int) { ready[i], ready[j] = ready[j], ready[i] })
	msg := map[string]any{
		"envelope_id": d.envelope, "type": d.Type, "payload": d.payload,
		"accepts_response_payload": d.Type != "events_api",
	}
	if d.Type == "events_api" {
		msg["retry_attempt"] = d.Attempts - 1
		msg["retry_reason"] = d.reason
	}
	ready[0].sendJSON(msg)
	if len(ready) > 1 && s.chance(s.noise.Twice) {
		ready[1].sendJSON(msg)
	}
	if s.chance(s.noise.Disconnect) {
		ready[0].ending = true
		ready[0].send(frame{end: true})
	}
	return true
}

// Connections is how many Socket Mode connections there are, without those that
// were told to disconnect.
func (s *Slack) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.ready())
}

// ready are the connections that payloads go over, in the order they were
// opened.
func (s *Slack) ready() []*socket {
	var all []*socket
	for sk := range s.sockets {
		if !sk.ending {
			all = append(all, sk)
		}
	}
	slices.SortFunc(all, func(a, b *socket) int { return cmp.Compare(a.n, b.n) })
	return all
}

// Reasons for a disconnect.
// https://docs.slack.dev/apis/events-api/using-socket-mode#disconnect
const (
	Warning          = "warning"           // the connection ends in about ten seconds
	RefreshRequested = "refresh_requested" // the connection ends now, another is to be opened
	LinkDisabled     = "link_disabled"     // Socket Mode was switched off
)

// Disconnect sends each connection a disconnect message, after which nothing
// more goes over it, and ends it: with Warning after ten seconds, otherwise at
// once. LinkDisabled switches Socket Mode off, until SetApp. An empty reason
// cuts the connections without a word.
func (s *Slack) Disconnect(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reason == LinkDisabled {
		s.cfg.App.SocketMode = false
	}
	for sk := range s.sockets {
		sk.ending = true
		if reason == "" {
			sk.close()
			continue
		}
		sk.sendJSON(map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "fakeslack"}})
		end := func() { sk.send(frame{end: true}) }
		if reason == Warning {
			s.cfg.Clock.AfterFunc(10*time.Second, end)
		} else {
			end()
		}
	}
}
