package simulator

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"switchboard/api/simulator/gateway"
)

// op is one operation of the services as the gateway in front of them sees it.
type op struct {
	name   string // operationId
	group  string // rate group, "" for none
	app    string // permission the application needs
	user   string // permission the user needs
	edit   bool   // refused in limited mode
	open   bool   // needs no token
	media  bool   // content: a body of any length
	strict bool   // content that takes no token in the address
	body   int64  // largest request body in bytes; 0: maxBody
	plain  bool   // pages for people: no faults
	send   bool   // makes what cannot be made twice: the faults of sending apply
	handle func(*call) *apiError
}

// call is one request on its way through.
type call struct {
	s *Server
	w http.ResponseWriter
	r *http.Request
}

const maxBody = 1 << 20

func (s *Server) platformHandler() http.Handler {
	const ext = "/restapi/v1.0/account/{account}/extension/{extension}"
	const store = ext + "/message-store"
	read := op{group: "Light", app: "ReadMessages"}
	edit := op{group: "Medium", app: "EditMessages", edit: true}
	wipe := edit.as("deleteMessageByFilter", (*call).deleteByFilter)
	none := op{open: true}
	auth := op{open: true, group: "Auth"}
	page := op{open: true, plain: true}
	ring := op{group: "Heavy", app: "RingOut", send: true}
	version := none.as("readAPIVersions", (*call).readVersions)
	routes := map[string]*op{
		"GET /restapi":                  version,
		"GET /restapi/{$}":              version,
		"GET /restapi/{version}":        none.as("readAPIVersion", (*call).readVersion),
		"GET /restapi/v1.0/status":      none.as("loadAPIStatus", (*call).readStatus),
		"GET /restapi/oauth/authorize":  page.as("authorize", (*call).authorize),
		"POST /restapi/oauth/authorize": page.as("authorize2", (*call).authorize),
		"GET /consent":                  page.as("consent", (*call).consentPage),
		"POST /consent":                 page.as("consent", (*call).consent),
		"POST /restapi/oauth/token":     auth.as("getToken", (*call).token),
		"POST /restapi/oauth/revoke":    auth.as("revokeToken", (*call).revoke),
		"GET " + ext:                    (&op{group: "Light", app: "ReadAccounts"}).as("readExtension", (*call).readExtension),
		"GET " + store:                  read.as("listMessages", (*call).listMessages),
		"GET " + ext + "/message-sync":  read.as("syncMessages", (*call).syncMessages),
		"GET " + store + "/{ids}":       read.as("readMessage", (*call).readMessages),
		"PUT " + store + "/{ids}":       edit.as("updateMessage", (*call).updateMessages),
		"PATCH " + store + "/{ids}":     edit.as("patchMessage", (*call).patchMessages),
		"DELETE " + store + "/{ids}":    edit.as("deleteMessage", (*call).deleteMessages),
		"DELETE " + store:               wipe,
		"DELETE " + store + "/{$}":      wipe,
		"GET " + store + "/{id}/content/{attachment}": (&op{
			group: "Medium", app: "ReadMessages", user: "ReadMessageContent", media: true,
		}).as("readMessageContent", (*call).readText),
		"POST " + ext + "/ring-out":        ring.as("createRingOutCall", (*call).createRingOut),
		"GET " + ext + "/ring-out/{id}":    (&op{group: "Light", app: "RingOut"}).as("readRingOutCallStatus", (*call).readRingOut),
		"DELETE " + ext + "/ring-out/{id}": ring.as("deleteRingOutCall", (*call).cancelRingOut),
	}
	maps.Copy(routes, peopleRoutes())
	maps.Copy(routes, pushRoutes())
	maps.Copy(routes, teamRoutes())
	for _, more := range []map[string]*op{
		sendRoutes(), numberRoutes(), blockRoutes(), forwardRoutes(), ruleRoutes(), hourRoutes(), greetingRoutes(), retentionRoutes(),
	} {
		maps.Copy(routes, more)
	}
	return s.router(routes)
}

func (s *Server) mediaHandler() http.Handler {
	content := &op{group: "Medium", app: "ReadMessages", user: "ReadMessageContent", media: true}
	big := &op{media: true, group: "Medium"}
	return s.router(map[string]*op{
		"GET /restapi/v1.0/account/{account}/extension/{extension}/message-store/{id}/content/{attachment}": content.as("readMessageContent", (*call).readContent),
		"GET " + recordingContent: recordings().as("readCallRecordingContent", (*call).readRecordingContent),
		"GET /big/{bytes}":        big.as("big", (*call).readBig),
		"GET /file/{file}":        teamFiles(),
	})
}

func (o *op) as(name string, handle func(*call) *apiError) *op {
	made := *o
	made.name, made.handle = name, handle
	return &made
}

func (s *Server) router(routes map[string]*op) http.Handler {
	mux := http.NewServeMux()
	for _, pattern := range slices.Sorted(maps.Keys(routes)) {
		o := routes[pattern]
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.dispatch(o, w, r) })
	}
	other := &op{name: "unknown", open: true, plain: true, handle: func(c *call) *apiError { return c.unrouted(mux) }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern == "" {
			s.dispatch(other, w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// unrouted tells a wrong method from a wrong path, in the service's words.
func (c *call) unrouted(mux *http.ServeMux) *apiError {
	probe := c.r.Clone(c.r.Context())
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		probe.Method = method
		if _, pattern := mux.Handler(probe); pattern != "" {
			return &apiError{status: http.StatusMethodNotAllowed, code: "CMN-105", message: "Method is not supported"}
		}
	}
	return &apiError{status: http.StatusNotFound, code: "CMN-120", message: "Invalid URI"}
}

// dispatch is the gateway: it logs, and lets a request through the checks in
// the order in which the real one is known to make them.
func (s *Server) dispatch(o *op, w http.ResponseWriter, r *http.Request) {
	// In the journal before anything is answered: whoever has the answer finds
	// the request there.
	seen := s.journal.Open(w, RequestLog{
		Time: s.now(), Method: r.Method, Path: redactedPath(r), Op: o.name, Group: o.group,
	})
	if s.offline.Load() {
		gateway.Cut(w, true)
		return
	}
	r.Body = http.MaxBytesReader(seen, r.Body, max(o.body, maxBody))
	seen.Header().Set("Date", s.now().UTC().Format(http.TimeFormat)) // of the clock everything else here goes by
	seen.Header().Set("RCRequestId", "sim-"+strconv.FormatUint(s.serial.Add(1), 10))
	if !s.pause(r.Context().Done(), s.cfg.Latency) {
		gateway.Cut(w, true)
		return
	}
	c := &call{s: s, w: seen, r: r}
	token, err := s.admit(o, c)
	if err != nil {
		writeError(seen, err)
		return
	}
	fault := s.faults.Pick(o.name, func(fault string) bool { return applies(fault, o) })
	if fault != "" {
		if s.before(fault, token, c) || s.sendFault(fault, o, c) {
			return
		}
		spoiled := &gateway.Breaker{To: seen, Fault: fault, Slow: s.cfg.SlowFor, Done: s.ctx.Done()}
		spoiled.Short = !o.media // of content, too short could not be told from a short file
		defer spoiled.Finish()
		c.w = spoiled
	}
	s.answer(o, c)
}

// answer makes the checks of the service behind the gateway and runs it.
func (s *Server) answer(o *op, c *call) {
	if err := s.permit(o, c.r); err != nil {
		writeError(c.w, err)
		return
	}
	if err := s.handle(o, c); err != nil {
		writeError(c.w, err)
	}
	s.tellMessages()
}

// admit checks the token and the budget.
func (s *Server) admit(o *op, c *call) (token string, refused *apiError) {
	if !o.open {
		var err *apiError
		if token, err = s.auth.bearer(c.r, o.media && !o.strict); err != nil {
			return "", err
		}
	}
	if wait, ok := s.limits.take(c.w.Header(), o.group, s.now()); !ok {
		return "", tooMany(wait)
	}
	return token, nil
}

func (s *Server) permit(o *op, r *http.Request) *apiError {
	switch {
	case o.app != "" && s.denied.has(o.app):
		return missingPermission("CMN-401", o.app)
	case o.user != "" && s.denied.has(o.user):
		return missingPermission("CMN-408", o.user)
	case o.edit && s.limited.Load():
		return &apiError{
			status: http.StatusServiceUnavailable, code: "CMN-211",
			message: "Service is in limited mode: only reading is possible",
		}
	}
	if a := r.PathValue("account"); a != "" && a != "~" && a != accountID {
		return notFound("accountId")
	}
	if e := r.PathValue("extension"); e != "" && e != "~" && e != extensionID {
		return s.permitOther(o, e)
	}
	return nil
}

// denials are the permissions switched off.
type denials struct {
	mu   sync.Mutex
	list []string
}

func (d *denials) has(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Contains(d.list, name)
}

func (d *denials) set(name string, denied bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = slices.DeleteFunc(d.list, func(s string) bool { return s == name })
	if denied {
		d.list = append(d.list, name)
	}
}

func (d *denials) all() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(slices.Values(d.list))
}

// Deny switches a permission off (or on again): of the application, such as
// "EditMessages", or of the user, such as "ReadMessageContent".
func (s *Server) Deny(permission string, denied bool) {
	s.denied.set(strings.TrimSpace(permission), denied)
}

// Offline makes every request end in a reset connection, and breaks those of the
// push gateway.
func (s *Server) Offline(on bool) {
	s.offline.Store(on)
	if on {
		s.DropPush()
	}
}

// Limited puts the service into limited mode: reading works, edits answer 503
// CMN-211.
func (s *Server) Limited(on bool) { s.limited.Store(on) }
