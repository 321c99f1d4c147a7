package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// How many ring-outs are kept, and how long one can be asked about once it is over.
const (
	maxRingOuts  = 1000
	ringOutStays = 2 * time.Minute
	ringOutKept  = time.Hour // whatever became of it
)

// RingOut is one call placed through the service.
type RingOut struct {
	ID       string    `json:"id"`
	From     string    `json:"from"` // as given; of a forwarding number its phone number
	To       string    `json:"to"`
	CallerID string    `json:"callerId,omitempty"` // as given
	Prompt   bool      `json:"playPrompt"`
	Placed   time.Time `json:"placed"`
	Canceled bool      `json:"canceled"`
	Status   string    `json:"status"` // of the whole call
	Caller   string    `json:"callerStatus"`
	Callee   string    `json:"calleeStatus"`

	plan ringPlan
	hung time.Time // when it was hung up by the test; zero: the plan says
	live string    // id in the call log; "": not there
	told ringStage // what was told of it so far
}

type ringOuts struct {
	mu    sync.Mutex
	now   func() time.Time
	next  int
	calls []*RingOut
	plans []NextRing
	wake  chan struct{} // a call began
}

func newRingOuts(now func() time.Time) *ringOuts {
	return &ringOuts{now: now, wake: make(chan struct{}, 1)}
}

type ringOutAnswer struct {
	ID     string `json:"id"`
	URI    string `json:"uri"`
	Status struct {
		Call   string `json:"callStatus"`
		Caller string `json:"callerStatus"`
		Callee string `json:"calleeStatus"`
	} `json:"status"`
}

// ringOutAnswer writes how a call stands. It has the path that was asked, in the
// older spelling or today's.
func (c *call) ringOutAnswer(r *RingOut) ringOutAnswer {
	path := "/ring-out/"
	if strings.Contains(c.r.URL.Path, "/ringout") {
		path = "/ringout/"
	}
	a := ringOutAnswer{ID: r.ID, URI: c.s.platform.url + basePath + path + r.ID}
	a.Status.Call, a.Status.Caller, a.Status.Callee = r.legs(c.s.now())
	return a
}

type phone struct {
	Number string `json:"phoneNumber"`
}

func (c *call) createRingOut() *apiError {
	var req struct {
		From struct {
			phone
			Forwarding string `json:"forwardingNumberId"`
		} `json:"from"`
		To       phone  `json:"to"`
		CallerID *phone `json:"callerId"`
		Prompt   bool   `json:"playPrompt"`
		Country  *struct {
			ID string `json:"id"`
		} `json:"country"`
	}
	if err := decodeBody(c.r.Body, &req); err != nil {
		return err
	}
	made := RingOut{From: req.From.Number, To: req.To.Number, Prompt: req.Prompt}
	if made.From == "" && req.From.Forwarding != "" {
		if made.From = c.s.forwards.number(req.From.Forwarding); made.From == "" {
			return badParameter("from.forwardingNumberId")
		}
	}
	switch {
	case digits(made.From) == "":
		return badParameter("from")
	case digits(made.To) == "":
		return badParameter("to")
	case req.Country != nil && digits(req.Country.ID) == "":
		return badParameter("country.id")
	}
	if req.CallerID != nil {
		made.CallerID = req.CallerID.Number
		if !slices.ContainsFunc(ownNumbers(), func(n ownNumber) bool {
			return digits(n.Number) == digits(made.CallerID) && slices.Contains(n.Features, "CallerId")
		}) {
			return badParameter("callerId")
		}
	}
	made = c.s.placeRing(made)
	writeJSON(c.w, http.StatusOK, c.ringOutAnswer(&made))
	return nil
}

// number is the phone number of a forwarding number; "" if there is none.
func (l *forwardList) number(id string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.list {
		if f.ID == id {
			return f.Number
		}
	}
	return ""
}

func (o *ringOuts) place(made RingOut) *RingOut {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.next++
	made.ID = "Ys" + strconv.FormatInt(int64(o.next)*7919+1_000_000, 36) + "MTJAMTAuNjIuMTkuMTQ"
	made.Placed = o.now()
	made.plan = o.planFor(made.To, made.Prompt)
	o.calls = append(o.calls, &made)
	if len(o.calls) > maxRingOuts {
		o.calls = o.calls[1:]
	}
	select {
	case o.wake <- struct{}{}:
	default:
	}
	return &made
}

// find is a call that can still be asked about; the caller holds the lock.
func (o *ringOuts) find(id string) *RingOut {
	i := slices.IndexFunc(o.calls, func(r *RingOut) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	r, now := o.calls[i], o.now()
	if end, over := r.end(now); over && now.Sub(end) > ringOutStays || now.Sub(r.Placed) > ringOutKept {
		return nil
	}
	return r
}

func (c *call) readRingOut() *apiError {
	o := c.s.rings
	c.s.settleRings()
	o.mu.Lock()
	defer o.mu.Unlock()
	r := o.find(c.r.PathValue("id"))
	if r == nil || r.Canceled {
		return notFound("ringoutId")
	}
	writeJSON(c.w, http.StatusOK, c.ringOutAnswer(r))
	return nil
}

// cancelRingOut works until the caller's own phone was picked up.
func (c *call) cancelRingOut() *apiError {
	o := c.s.rings
	o.mu.Lock()
	r := o.find(c.r.PathValue("id"))
	if r == nil || r.Canceled || r.stage(o.now()) != ringsCaller {
		o.mu.Unlock()
		return notFound("ringoutId")
	}
	r.Canceled, r.hung = true, o.now()
	o.mu.Unlock()
	c.s.settleRings()
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// RingOuts lists the calls placed so far, oldest first; at most 1,000 are
// kept.
func (s *Server) RingOuts() []RingOut {
	s.settleRings()
	o := s.rings
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]RingOut, 0, len(o.calls))
	for _, r := range o.calls {
		one := *r
		one.Status, one.Caller, one.Callee = r.legs(o.now())
		list = append(list, one)
	}
	return list
}
