package fakeslack

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tokenKind is what a method is called with.
type tokenKind int

const (
	botToken tokenKind = iota
	appToken
)

// A method of the Web API.
type method struct {
	do    func(*call) (reply, *refusal)
	token tokenKind
	// scopes are the alternatives of which a token needs one; nil means none.
	// Those that depend on the kind of channel are checked by the method.
	scopes []string
	tier   Tier
}

// reply are the fields of a response besides ok.
type reply map[string]any

// A refusal is an error of the Web API.
type refusal struct {
	code     string
	messages []string // response_metadata.messages
	extra    map[string]any
	// A refusal that the app brought on itself by breaking a rule has the page
	// of the rule; others have none.
	page   string
	detail string
	retry  int // seconds after which to call again, of ratelimited
}

// refuse is an error that can happen to the best of apps.
func refuse(code string) *refusal { return &refusal{code: code} }

// misuse is an error for breaking a rule that a page states.
func misuse(code, page, detail string) *refusal {
	return &refusal{code: code, page: page, detail: detail}
}

// missing is the error for a required argument that is not there.
func missing(c *call, arg string) *refusal {
	return &refusal{
		code: "invalid_arguments", page: c.page(), detail: arg + " is required",
		messages: []string{"[ERROR] missing required field: " + arg},
	}
}

// call is one call of a method while it is worked on, with s.mu held.
type call struct {
	s    *Slack
	name string
	args map[string]string
	team *workspace
	now  time.Time
	ts   string // of the message it made or changed
	// warnings are added to the response.
	warnings []string
}

func (c *call) page() string { return "reference/methods/" + c.name }

func (c *call) arg(name string) string { return c.args[name] }

// sent says whether an argument is there, if only empty.
func (c *call) sent(name string) bool {
	_, there := c.args[name]
	return there
}

func (c *call) flag(name string) bool {
	v := c.args[name]
	return v == "true" || v == "1"
}

// methods are those that the package knows. The page of each is
// reference/methods/NAME: it states the token, the scopes and the tier.
func methods() map[string]method {
	oneOf := func(scopes ...string) []string { return scopes }
	write := oneOf("chat:write")
	return map[string]method{
		"auth.test":                             {do: (*call).authTest, tier: Special},
		"apps.connections.open":                 {do: (*call).connectionsOpen, token: appToken, scopes: oneOf("connections:write"), tier: Tier3},
		"bots.info":                             {do: (*call).botsInfo, scopes: oneOf("users:read"), tier: Tier3},
		"team.info":                             {do: (*call).teamInfo, scopes: oneOf("team:read"), tier: Tier3},
		"users.info":                            {do: (*call).usersInfo, scopes: oneOf("users:read"), tier: Tier4},
		"users.conversations":                   {do: (*call).usersConversations, scopes: oneOf("channels:read", "groups:read", "im:read", "mpim:read"), tier: Tier3},
		"conversations.info":                    {do: (*call).conversationsInfo, scopes: oneOf("channels:read", "groups:read", "im:read", "mpim:read"), tier: Tier3},
		"conversations.history":                 {do: (*call).conversationsHistory, scopes: oneOf("channels:history", "groups:history", "im:history", "mpim:history"), tier: Tier3},
		"conversations.replies":                 {do: (*call).conversationsReplies, scopes: oneOf("channels:history", "groups:history", "im:history", "mpim:history"), tier: Tier3},
		"conversations.open":                    {do: (*call).conversationsOpen, scopes: oneOf("channels:manage", "groups:write", "im:write", "mpim:write"), tier: Tier3},
		"chat.postMessage":                      {do: (*call).chatPostMessage, scopes: write, tier: Posting},
		"chat.postEphemeral":                    {do: (*call).chatPostEphemeral, scopes: write, tier: Tier4},
		"chat.update":                           {do: (*call).chatUpdate, scopes: write, tier: Tier3},
		"chat.delete":                           {do: (*call).chatDelete, scopes: write, tier: Tier3},
		"chat.getPermalink":                     {do: (*call).chatGetPermalink, tier: Special},
		"chat.startStream":                      {do: (*call).chatStartStream, scopes: write, tier: Tier2},
		"chat.appendStream":                     {do: (*call).chatAppendStream, scopes: write, tier: Tier4},
		"chat.stopStream":                       {do: (*call).chatStopStream, scopes: write, tier: Tier2},
		"views.open":                            {do: (*call).viewsOpen, tier: Tier4},
		"views.push":                            {do: (*call).viewsPush, tier: Tier4},
		"views.update":                          {do: (*call).viewsUpdate, tier: Tier4},
		"views.publish":                         {do: (*call).viewsPublish, tier: Tier4},
		"assistant.threads.setStatus":           {do: (*call).setStatus, scopes: oneOf("chat:write", "assistant:write"), tier: Special},
		"assistant.threads.setTitle":            {do: (*call).setTitle, scopes: oneOf("assistant:write"), tier: Tier4},
		"assistant.threads.setSuggestedPrompts": {do: (*call).setSuggestedPrompts, scopes: oneOf("assistant:write"), tier: Tier4},
	}
}

// serveAPI answers a call. https://docs.slack.dev/apis/web-api
func (s *Slack) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("method")
	args, token, warnings, bad := readArgs(r)

	s.mu.Lock()
	rec := Call{Method: name, At: s.cfg.Clock.Now(), Args: args}
	m, known := s.methods[name]
	team, authErr := s.authenticate(token, m.token)
	if team != nil {
		rec.Team = team.ID
	}
	s.mu.Unlock()

	f := s.fault(name, cmp.Or(args["channel"], args["channel_id"]))
	if f != nil && !s.before(w, f, rec) {
		return
	}

	s.mu.Lock()
	c := &call{s: s, name: name, args: args, team: team, now: s.cfg.Clock.Now(), warnings: warnings}
	out, ref := s.answer(c, m, known, bad, authErr)
	status := http.StatusOK
	body := map[string]any{"ok": ref == nil}
	maps.Copy(body, out)
	rec.OK, rec.TS = ref == nil, c.ts
	meta := make(map[string]any)
	if rm, ok := body["response_metadata"].(map[string]any); ok {
		meta = rm
	}
	if ref != nil {
		rec.Error = ref.code
		body["error"] = ref.code
		maps.Copy(body, ref.extra)
		if len(ref.messages) > 0 {
			meta["messages"] = ref.messages
		}
		if ref.page != "" {
			s.violate(name, ref.code, ref.page, ref.detail)
		}
		if ref.retry > 0 {
			status = http.StatusTooManyRequests
			w.Header().Set("Retry-After", strconv.Itoa(ref.retry))
		}
	}
	if len(c.warnings) > 0 {
		body["warning"] = strings.Join(c.warnings, ",")
		meta["warnings"] = c.warnings
	}
	if len(meta) > 0 {
		body["response_metadata"] = meta
	}
	// https://docs.slack.dev/authentication/installing-with-oauth (the headers
	// that tell which scopes a token has)
	if team != nil {
		w.Header().Set("X-OAuth-Scopes", strings.Join(s.cfg.App.Scopes, ","))
		w.Header().Set("X-Accepted-OAuth-Scopes", strings.Join(m.scopes, ","))
	}
	w.Header().Set("X-Slack-Req-Id", s.id("req"))
	rec.Status = status
	cut := s.after(f, rec)
	s.mu.Unlock()

	if cut {
		panic(http.ErrAbortHandler) // cuts the connection without a word
	}
	writeJSON(w, status, body)
}

func writeJSON(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

// answer works on a call. It is called with s.mu held.
func (s *Slack) answer(c *call, m method, known bool, bad, authErr *refusal) (reply, *refusal) {
	switch {
	case !known:
		return nil, &refusal{code: "unknown_method", extra: map[string]any{"req_method": c.name}}
	case bad != nil:
		return nil, bad
	case authErr != nil:
		return nil, authErr
	}
	scopes := s.cfg.App.Scopes
	if m.token == appToken {
		scopes = s.cfg.App.AppScopes
	}
	if m.scopes != nil && !slices.ContainsFunc(m.scopes, func(sc string) bool { return slices.Contains(scopes, sc) }) {
		return nil, missingScope(c, scopes, m.scopes...)
	}
	if ref := s.limit(c, m.tier); ref != nil {
		return nil, ref
	}
	return m.do(c)
}

func missingScope(c *call, have []string, need ...string) *refusal {
	return &refusal{
		code: "missing_scope", page: c.page(), detail: "needs " + strings.Join(need, " or "),
		extra: map[string]any{"needed": strings.Join(need, ","), "provided": strings.Join(have, ",")},
	}
}

// authenticate finds the workspace of a token. It is called with s.mu held.
// https://docs.slack.dev/authentication/tokens
func (s *Slack) authenticate(token string, kind tokenKind) (*workspace, *refusal) {
	if token == "" {
		return nil, refuse("not_authed")
	}
	var team *workspace
	for _, w := range s.workspaces {
		if w.BotToken == token {
			team = w
		}
	}
	switch {
	case team == nil && token != s.cfg.AppToken:
		return nil, refuse("invalid_auth")
	case team != nil && team.dead != "":
		return nil, refuse(team.dead)
	case (team == nil) != (kind == appToken):
		return team, &refusal{code: "not_allowed_token_type", page: "authentication/tokens", detail: "another kind of token is needed"}
	}
	return team, nil
}

// maxBody is how much of a request is read: the largest thing that Slack takes
// is a view of 250 kB, and arguments are URL-encoded.
const maxBody = 4 << 20

// argsOf are the fields of a JSON object as arguments: strings as they are,
// what is null left out, anything else as JSON.
func argsOf(fields map[string]json.RawMessage) map[string]string {
	args := make(map[string]string)
	for name, raw := range fields {
		var text string
		switch {
		case string(raw) == "null":
		case json.Unmarshal(raw, &text) == nil:
			args[name] = text
		default:
			args[name] = string(raw)
		}
	}
	return args
}

// readArgs reads the arguments and the token of a call.
// https://docs.slack.dev/apis/web-api#slack-web-api__evaluating-requests (how
// arguments are sent)
func readArgs(r *http.Request) (args map[string]string, token string, warnings []string, bad *refusal) {
	args = make(map[string]string)
	header, hasHeader := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return args, header, nil, refuse("request_timeout")
	}
	take := func(v url.Values) {
		for key, values := range v {
			args[key] = values[len(values)-1]
			if len(values) > 1 {
				bad = misuse("invalid_array_arg", "apis/web-api", "argument "+key+" is there twice")
			}
		}
	}
	take(r.URL.Query())
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(body) == 0 && (err != nil || kind == ""):
	case err != nil:
		bad = misuse("missing_post_type", "apis/web-api", "a body without a Content-Type")
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			bad = misuse("invalid_form_data", "apis/web-api", err.Error())
			break
		}
		take(form)
	case kind == "multipart/form-data":
		r.Body = io.NopCloser(bytes.NewReader(body))
		if err := r.ParseMultipartForm(maxBody); err != nil {
			bad = misuse("invalid_form_data", "apis/web-api", err.Error())
			break
		}
		take(url.Values(r.MultipartForm.Value))
	case kind == "application/json":
		if params["charset"] == "" {
			warnings = append(warnings, "missing_charset")
		}
		if len(bytes.TrimSpace(body)) == 0 {
			break
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(body, &fields); err != nil {
			bad = misuse("invalid_json", "apis/web-api", err.Error())
			break
		}
		maps.Copy(args, argsOf(fields))
		delete(args, "token") // in JSON the token is in the header alone
	default:
		bad = misuse("invalid_post_type", "apis/web-api", "Content-Type "+kind)
	}
	token = args["token"]
	delete(args, "token")
	if hasHeader {
		token = header
	}
	return args, token, warnings, bad
}
