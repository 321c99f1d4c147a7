package symphony

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchboard/api/simulator/gateway"
)

// op is one operation as the gateway in front of the services sees it.
type op struct {
	name   string // as the official document calls it, or its path in short
	open   bool   // needs no session
	keys   bool   // decrypts: needs the key manager's token where there is no simplified key delivery
	octets bool   // the answer is content, in base64
	feed   bool   // reads a datafeed
	tells  bool   // says 404 for what there is not
	body   int64  // largest request body in bytes; 0: maxBody
	handle func(*call) *apiError
}

// call is one request on its way through.
type call struct {
	s     *Server
	op    *op
	host  string
	w     http.ResponseWriter
	r     *http.Request
	user  int64
	fault string // that its answer meets
}

const (
	maxBody   = 1 << 20
	maxUpload = 45 << 20 // files of 30 MB, and what is around them
)

func (o op) as(name string, handle func(*call) *apiError) *op {
	o.name, o.handle = name, handle
	return &o
}

func (s *Server) podHandler() http.Handler {
	open, own := op{open: true}, op{}
	return s.router("pod", map[string]*op{
		"POST /login/pubkey/authenticate":                         open.as("pubkeyAuthenticate", (*call).signInSession),
		"POST /login/pubkey/app/authenticate":                     open.as("appAuthenticate", (*call).signInApp),
		"POST /login/pubkey/app/username/{username}/authenticate": open.as("actForUsername", (*call).actFor),
		"POST /login/pubkey/app/user/{userId}/authenticate":       open.as("actForUser", (*call).actFor),
		"GET /pod/v2/sessioninfo":                                 own.as("sessioninfo", (*call).sessionInfo),
		"POST /pod/v1/streams/list":                               own.as("streamsList", (*call).listStreams),
		"GET /pod/v2/streams/{sid}/info":                          own.as("streamInfo", (*call).streamInfo),
		"GET /pod/v1/streams/{sid}/attachments":                   own.as("streamAttachments", (*call).listAttachments),
		"GET /pod/v3/room/{id}/info":                              own.as("roomInfo", (*call).roomInfo),
		"GET /pod/v2/room/{id}/membership/list":                   own.as("roomMembers", (*call).roomMembers),
		"GET /pod/v3/users":                                       own.as("users", (*call).listUsers),
		"POST /pod/v1/user/search":                                own.as("userSearch", (*call).searchUsers),
		"GET /pod/v2/user/presence":                               own.as("ownPresence", (*call).ownPresence),
		"GET /pod/v3/user/{uid}/presence":                         op{tells: true}.as("userPresence", (*call).userPresence),
		"GET /pod/v2/users/presence":                              own.as("usersPresence", (*call).allPresences),
		"GET /pod/v1/connection/list":                             own.as("connections", (*call).listConnections),
		"GET /pod/v1/message/{mid}/status":                        op{tells: true}.as("messageStatus", (*call).messageStatus),
		"GET /pod/v1/files/allowedTypes":                          own.as("allowedTypes", (*call).allowedTypes),
	})
}

func (s *Server) keyManagerHandler() http.Handler {
	return s.router("keymanager", map[string]*op{
		"POST /relay/pubkey/authenticate": op{open: true}.as("relayAuthenticate", (*call).signInKeys),
	})
}

func (s *Server) agentHandler() http.Handler {
	open, keys := op{open: true}, op{keys: true}
	return s.router("agent", map[string]*op{
		"GET /agent/v1/info":                         open.as("agentInfo", (*call).agentInfo),
		"GET /agent/v3/health":                       open.as("v3Health", (*call).health),
		"GET /agent/v3/health/extended":              open.as("v3ExtendedHealth", (*call).extendedHealth),
		"GET /agent/v4/stream/{sid}/message":         keys.as("streamMessages", (*call).listMessages),
		"POST /agent/v4/stream/{sid}/message/create": op{keys: true, body: maxUpload}.as("createMessage", (*call).createMessage),
		"GET /agent/v1/message/{id}":                 keys.as("message", (*call).readMessage),
		"GET /agent/v1/message/search":               keys.as("searchGet", (*call).search),
		"POST /agent/v1/message/search":              keys.as("searchPost", (*call).search),
		"GET /agent/v1/stream/{sid}/attachment":      op{keys: true, octets: true}.as("attachment", (*call).attachment),
		"POST /agent/v5/datafeeds":                   keys.as("createDatafeed", (*call).createFeed),
		"GET /agent/v5/datafeeds":                    keys.as("listDatafeed", (*call).listFeeds),
		"DELETE /agent/v5/datafeeds/{datafeedId}":    keys.as("deleteDatafeed", (*call).deleteFeed),
		"POST /agent/v5/datafeeds/{datafeedId}/read": op{keys: true, feed: true}.as("readDatafeed", (*call).readFeed),
		"GET /big/{bytes}":                           open.as("big", (*call).rawBig),
	})
}

func (s *Server) router(name string, routes map[string]*op) http.Handler {
	mux := http.NewServeMux()
	for _, pattern := range slices.Sorted(maps.Keys(routes)) {
		o := routes[pattern]
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.dispatch(name, o, w, r) })
	}
	other := op{open: true}.as("unknown", func(*call) *apiError {
		return &apiError{status: http.StatusNotFound, message: "Not Found"}
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern == "" || strings.Contains(r.URL.EscapedPath(), "//") {
			s.dispatch(name, other, w, r) // an id with a slash in it breaks the route, and is not cleaned away
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// dispatch is the gateway: it logs, and lets a request through the checks.
func (s *Server) dispatch(host string, o *op, w http.ResponseWriter, r *http.Request) {
	// In the journal before anything is answered: whoever has the answer finds
	// the request there.
	path := r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	seen := s.journal.Open(w, RequestLog{
		Time: s.now(), Host: host, Method: r.Method, Path: path, Op: o.name, Trace: r.Header.Get("X-Trace-Id"),
	})
	if s.offline.Load() {
		gateway.Cut(w, true)
		return
	}
	limit := o.body
	if limit == 0 {
		limit = maxBody
	}
	r.Body = http.MaxBytesReader(seen, r.Body, limit)
	seen.Header().Set("Date", s.now().UTC().Format(http.TimeFormat)) // of the clock everything else here goes by
	if trace := r.Header.Get("X-Trace-Id"); trace != "" {
		seen.Header().Set("X-Trace-Id", trace)
	}
	fault := s.faults.Pick(o.name, func(fault string) bool { return applies(fault, o) })
	c := &call{s: s, op: o, host: host, w: seen, r: r, fault: fault}
	if fault != "" && s.before(fault, c) {
		return
	}
	if err := s.admit(c); err != nil {
		c.write(seen, err)
		return
	}
	if spoiled := s.breaker(fault, seen); spoiled != nil {
		c.w = spoiled
		defer spoiled.Finish()
	}
	if err := o.handle(c); err != nil {
		c.write(c.w, err)
	}
}

// admit checks the tokens.
func (s *Server) admit(c *call) *apiError {
	if c.op.open {
		return nil
	}
	who, ok := s.gate.who(c.r.Header.Get(sessionHeader), sessionHeader)
	if !ok || who.app {
		return refused("Invalid session")
	}
	c.user = who.user
	if c.op.keys && !s.simplified() {
		if _, ok := s.gate.who(c.r.Header.Get(keyManagerHeader), keyManagerHeader); !ok {
			return refused("Invalid key manager session")
		}
	}
	return nil
}

// simplified reports whether the agent delivers keys without the key manager's
// token: from 24.12 on, if sessions can use that.
func (s *Server) simplified() bool {
	if !s.cfg.SKD {
		return false
	}
	version := strings.Split(strings.TrimPrefix(s.cfg.AgentVersion, "Agent-"), ".")
	if len(version) < 2 {
		return false
	}
	minor, _, _ := strings.Cut(version[1], "-")
	a, err1 := strconv.Atoi(version[0])
	b, err2 := strconv.Atoi(minor)
	return err1 == nil && err2 == nil && (a > 24 || a == 24 && b >= 12)
}

// pause waits; it reports false when the request or the server ends first.
func (s *Server) pause(c *call, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-c.r.Context().Done():
		return false
	case <-s.ctx.Done():
		return false
	}
}

// number reads a parameter that is a number. Without one it is usual.
func (c *call) number(name string, usual int64) (int64, *apiError) {
	v := c.r.URL.Query().Get(name)
	if v == "" {
		return usual, nil
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		return 0, bad("Invalid value for parameter " + name)
	}
	return n, nil
}

// page reads skip and limit. A limit above the most there is counts as that.
func (c *call) page(usual, most int64) (skip, limit int, refused *apiError) {
	from, err := c.number("skip", 0)
	if err != nil {
		return 0, 0, err
	}
	n, err := c.number("limit", usual)
	if err != nil {
		return 0, 0, err
	}
	if n == 0 {
		return 0, 0, bad("Invalid value for parameter limit")
	}
	return int(min(from, 1<<30)), int(min(n, most)), nil
}

// decode reads a JSON body; an empty one leaves what is there.
func (c *call) decode(into any) *apiError {
	b, err := io.ReadAll(c.r.Body)
	if err != nil {
		return bad("The request body could not be read")
	}
	if len(b) == 0 {
		return nil
	}
	if err := json.Unmarshal(b, into); err != nil {
		return bad("The request body is no valid JSON")
	}
	return nil
}

// cutOut is the part of a list that skip and limit ask for.
func cutOut[T any](all []T, skip, limit int) []T {
	skip = min(skip, len(all))
	return all[skip:min(skip+limit, len(all))]
}
