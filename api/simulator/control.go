package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"switchboard/api/simulator/gateway"
)

// controlHandler serves the control host: plain JSON in and out, 400 with
// {"error"} for what it does not understand.
//
//	GET  /state                what the server holds and how it is set
//	GET  /requests             the last requests to the services
//	GET  /messages/{id}        {"id","read","availability"}
//	GET  /ringouts             the calls placed, oldest first
//	POST /faults               {"reset":0.1}: replaces all rates
//	POST /fail                 {"op":"deleteMessage","fault":"reset","skip":0,"count":1}: for certain
//	POST /arrive               {"count":3}: new messages now
//	POST /expire-tokens        access tokens expire now
//	POST /revoke-tokens        sessions end now
//	POST /purge-sync-tokens    sync tokens become invalid
//	POST /drop-oldest          {"count":3}: voice and fax messages, as a full mailbox does
//	POST /offline              {"on":true}: every connection is reset
//	POST /limited              {"on":true}: limited mode, edits answer 503
//	POST /permissions          {"EditMessages":false}: off or on again
//	POST /limits               {"on":true,"limits":{"Light":{"requests":50,"window":60,"penalty":60}}}: seconds
//	POST /redirect-uris        {"uris":["http://127.0.0.1:1/cb"]}: registers more
//
// Posts are in teamlive.go, calls and presence in people.go, the push gateway is in pushcontrol.go,
// sending in sendend.go, ring-outs in ringoutlegs.go, the other services in services.go.
func (s *Server) controlHandler() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, f func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			got, err := f(r)
			switch {
			case errors.Is(err, errNoSuch):
				writeJSON(w, http.StatusNotFound, map[string]string{"error": err.Error()})
			case err != nil:
				writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
			default:
				writeJSON(w, http.StatusOK, got)
			}
		})
	}
	handle("GET /state", func(*http.Request) (any, error) { return s.Snapshot(), nil })
	handle("GET /requests", func(*http.Request) (any, error) { return s.Requests(), nil })
	handle("GET /ringouts", func(*http.Request) (any, error) { return s.RingOuts(), nil })
	handle("GET /messages/{id}", s.controlMessage)
	handle("POST /faults", s.controlFaults)
	handle("POST /fail", s.controlFail)
	handle("POST /arrive", s.controlArrive)
	handle("POST /limits", s.controlLimits)
	handle("POST /permissions", s.controlPermissions)
	handle("POST /redirect-uris", s.controlRedirects)
	handle("POST /offline", s.controlSwitch(s.Offline))
	handle("POST /limited", s.controlSwitch(s.Limited))
	handle("POST /expire-tokens", s.controlDo(s.ExpireTokens))
	handle("POST /revoke-tokens", s.controlDo(s.RevokeTokens))
	handle("POST /purge-sync-tokens", s.controlDo(s.PurgeSyncTokens))
	s.controlPeople(handle)
	s.controlTeams(handle)
	s.controlPush(handle)
	s.controlSends(handle)
	s.controlRetention(handle)
	s.controlRings(handle)
	s.controlServices(handle)
	return http.NewCrossOriginProtection().Handler(mux) // no web page may press these buttons
}

var errNoSuch = errors.New("no such thing")

// Snapshot is what GET /state shows.
type Snapshot struct {
	Time     time.Time `json:"time"`
	Messages int       `json:"messages"` // including deleted and purged ones
	Arrived  int       `json:"arrived"`
	Changed  int       `json:"changed"` // messages that differ from the seed's
	Deleted  int       `json:"deleted"` // deleted or purged since the start
	Wipes    int       `json:"wipes"`   // DELETE without ids; a client must never send one
	Requests int       `json:"requests"`
	Sessions int       `json:"sessions"`
	RingOuts int       `json:"ringouts"`
	Sent     int       `json:"sent"` // messages accepted to be sent
	Faults   Faults    `json:"faults"`
	Offline  bool      `json:"offline"`
	Limited  bool      `json:"limited"`
	Denied   []string  `json:"denied,omitempty"`
}

// Snapshot counts what the server holds.
func (s *Server) Snapshot() Snapshot {
	snap := Snapshot{
		Time: s.now(), RingOuts: len(s.RingOuts()), Faults: s.faults.Rates(),
		Offline: s.offline.Load(), Limited: s.limited.Load(), Denied: s.denied.all(),
	}
	snap.Requests = s.journal.Total()
	s.auth.mu.Lock()
	snap.Sessions = len(s.auth.sessions)
	s.auth.mu.Unlock()
	b := s.box
	b.mu.RLock()
	defer b.mu.RUnlock()
	snap.Messages, snap.Arrived, snap.Changed, snap.Wipes = b.len(), len(b.arrived)-len(b.sends), len(b.over), b.wipes
	snap.Sent = len(b.sends)
	for _, st := range b.over {
		if st.avail != alive {
			snap.Deleted++
		}
	}
	return snap
}

// decodeControl reads a body; an empty one leaves the defaults.
func decodeControl(r *http.Request, into any) error {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the request body: %w", err)
	}
	return nil
}

type done struct {
	OK bool `json:"ok"`
}

func (s *Server) controlDo(f func()) func(*http.Request) (any, error) {
	return func(*http.Request) (any, error) {
		f()
		return done{true}, nil
	}
}

func (s *Server) controlSwitch(f func(bool)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		req := struct {
			On bool `json:"on"`
		}{On: true}
		if err := decodeControl(r, &req); err != nil {
			return nil, err
		}
		f(req.On)
		return req, nil
	}
}

func (s *Server) controlMessage(r *http.Request) (any, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, errNoSuch
	}
	read, avail, ok := s.State(id)
	if !ok {
		return nil, errNoSuch
	}
	return struct {
		ID           int64  `json:"id"`
		Read         bool   `json:"read"`
		Availability string `json:"availability"`
	}{id, read, avail}, nil
}

func (s *Server) controlFaults(r *http.Request) (any, error) {
	f := Faults{}
	if err := decodeControl(r, &f); err != nil {
		return nil, err
	}
	return f, s.SetFaults(f)
}

func (s *Server) controlFail(r *http.Request) (any, error) {
	var o gateway.Order
	if err := decodeControl(r, &o); err != nil {
		return nil, err
	}
	return done{true}, s.FailNext(o.Op, o.Fault, o.Skip, o.Count)
}

func (s *Server) controlArrive(r *http.Request) (any, error) {
	req := struct {
		Count int `json:"count"`
	}{Count: 1}
	if err := decodeControl(r, &req); err != nil {
		return nil, err
	}
	if req.Count < 0 || req.Count > 100_000 {
		return nil, fmt.Errorf("count %d: must be 0 to 100000", req.Count)
	}
	return struct {
		IDs []int64 `json:"ids"`
	}{s.Arrive(req.Count)}, nil
}

func (s *Server) controlLimits(r *http.Request) (any, error) {
	req := struct {
		On     bool `json:"on"`
		Limits map[string]struct {
			Requests int     `json:"requests"`
			Window   float64 `json:"window"`  // seconds
			Penalty  float64 `json:"penalty"` // seconds
		} `json:"limits"`
	}{On: true}
	if err := decodeControl(r, &req); err != nil {
		return nil, err
	}
	own := map[string]Limit{}
	for name, l := range req.Limits {
		if _, known := documentedLimits()[name]; !known {
			return nil, fmt.Errorf("unknown rate group %q; known: Light, Medium, Heavy, Auth", name)
		}
		own[name] = Limit{
			Requests: l.Requests,
			Window:   time.Duration(l.Window * float64(time.Second)),
			Penalty:  time.Duration(l.Penalty * float64(time.Second)),
		}
	}
	s.SetLimits(req.On, own)
	return done{true}, nil
}

// SetLimits turns rate limits on or off, changes the given groups and forgets
// what was counted.
func (s *Server) SetLimits(on bool, own map[string]Limit) { s.limits.set(on, own) }

func (s *Server) controlPermissions(r *http.Request) (any, error) {
	set := map[string]bool{}
	if err := decodeControl(r, &set); err != nil {
		return nil, err
	}
	for name, granted := range set {
		s.Deny(name, !granted)
	}
	return struct {
		Denied []string `json:"denied"`
	}{s.denied.all()}, nil
}

func (s *Server) controlRedirects(r *http.Request) (any, error) {
	var req struct {
		URIs []string `json:"uris"`
	}
	if err := decodeControl(r, &req); err != nil {
		return nil, err
	}
	for _, uri := range req.URIs {
		s.RegisterRedirect(uri)
	}
	return struct {
		URIs []string `json:"uris"`
	}{s.auth.redirects()}, nil
}
