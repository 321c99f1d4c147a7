package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// How a ring-out goes: the caller's phone rings and is picked up, then the
// other side is dialled.
const (
	callerAnswers = 2 * time.Second
	calleeAnswers = 6 * time.Second
	calleeGivesUp = 20 * time.Second
	callKept      = time.Hour
	maxRingOuts   = 1000
)

// RingOut is one call placed through the service.
type RingOut struct {
	ID       string    `json:"id"`
	From     string    `json:"from"` // E.164 as given
	To       string    `json:"to"`
	Placed   time.Time `json:"placed"`
	Canceled bool      `json:"canceled"`
	Status   string    `json:"status"` // of the whole call
}

type ringOuts struct {
	mu    sync.Mutex
	now   func() time.Time
	next  int
	calls []*RingOut
}

func newRingOuts(now func() time.Time) *ringOuts { return &ringOuts{now: now} }

// legs is the state of a call at a time. The last digits of the number decide
// how it ends, so that a test can choose: 0100 busy, 0101 no answer, 0102
// international calling not allowed; anything else is answered.
func (r *RingOut) legs(now time.Time) (whole, caller, callee string) {
	since := now.Sub(r.Placed)
	if r.Canceled {
		return "CannotReach", "Finished", "Finished"
	}
	if since < callerAnswers {
		return "InProgress", "InProgress", "InProgress"
	}
	end, after := "Success", calleeAnswers
	switch d := digits(r.To); {
	case strings.HasSuffix(d, "0100"):
		end, after = "Busy", 3*time.Second
	case strings.HasSuffix(d, "0101"):
		end, after = "NoAnswer", calleeGivesUp
	case strings.HasSuffix(d, "0102"):
		end, after = "InternationalDisabled", callerAnswers
	}
	switch {
	case since < after:
		return "InProgress", "Success", "InProgress"
	case end == "Success":
		return "Success", "Success", "Success"
	default:
		return "CannotReach", "Success", end
	}
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

func (c *call) ringOutAnswer(r *RingOut) ringOutAnswer {
	a := ringOutAnswer{ID: r.ID, URI: c.s.platform.url + basePath + "/ring-out/" + r.ID}
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
		To phone `json:"to"`
	}
	if err := decodeBody(c.r.Body, &req); err != nil {
		return err
	}
	from := req.From.Number
	if from == "" {
		from = req.From.Forwarding
	}
	switch {
	case from == "":
		return badParameter("from")
	case digits(req.To.Number) == "":
		return badParameter("to")
	}
	made := c.s.rings.place(from, req.To.Number)
	writeJSON(c.w, http.StatusOK, c.ringOutAnswer(&made))
	return nil
}

func (o *ringOuts) place(from, to string) RingOut {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.next++
	r := &RingOut{
		ID:   "Ys" + strconv.FormatInt(int64(o.next)*7919+1_000_000, 36) + "MTJAMTAuNjIuMTkuMTQ",
		From: from, To: to, Placed: o.now(),
	}
	o.calls = append(o.calls, r)
	if len(o.calls) > maxRingOuts {
		o.calls = o.calls[1:]
	}
	return *r
}

// find copies a call that is still known; the caller holds the lock.
func (o *ringOuts) find(id string) *RingOut {
	i := slices.IndexFunc(o.calls, func(r *RingOut) bool { return r.ID == id })
	if i < 0 || o.now().Sub(o.calls[i].Placed) > callKept {
		return nil
	}
	return o.calls[i]
}

func (c *call) readRingOut() *apiError {
	o := c.s.rings
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
	defer o.mu.Unlock()
	r := o.find(c.r.PathValue("id"))
	if r == nil || r.Canceled || o.now().Sub(r.Placed) >= callerAnswers {
		return notFound("ringoutId")
	}
	r.Canceled = true
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// RingOuts lists the calls placed so far, oldest first; at most 1,000 are
// kept.
func (s *Server) RingOuts() []RingOut {
	o := s.rings
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]RingOut, 0, len(o.calls))
	for _, r := range o.calls {
		one := *r
		one.Status, _, _ = r.legs(o.now())
		list = append(list, one)
	}
	return list
}
