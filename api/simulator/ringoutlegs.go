package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// How a ring-out usually goes: the caller's phone rings and is picked up, then the
// other side is dialled, answers, and after a while hangs up.
const (
	callerAnswers = 2 * time.Second
	calleeAnswers = 6 * time.Second // since the beginning
	calleeGivesUp = 20 * time.Second
	promptTakes   = 3 * time.Second // until "press 1 to connect" is heeded
	usualTalk     = 45 * time.Second
)

// NextRing says how one of the next ring-outs goes. Times are in seconds since it was
// placed.
type NextRing struct {
	Caller string  `json:"caller"` // how the caller's leg ends if not by an answer: NoAnswer, Busy, Rejected, …; "": answered
	After  float64 `json:"after"`  // when that is, or when it is answered; 0: the usual time
	Callee string  `json:"callee"` // the same of the other side
	Then   float64 `json:"then"`
	Talk   float64 `json:"talk"` // how long they speak; 0: the usual time, below 0: until HangUpRing
}

// ringPlan is how a ring-out goes.
type ringPlan struct {
	caller, callee     string // "" is answered
	callerAt, calleeAt time.Duration
	talk               time.Duration // below 0: until it is hung up
}

// ringStage is how far a ring-out is.
type ringStage uint8

const (
	ringsCaller ringStage = iota
	ringsCallee
	ringsNobody // they speak
	ringOver
)

// stage is how far a call is at a time.
func (r *RingOut) stage(now time.Time) ringStage {
	p, since := r.plan, now.Sub(r.Placed)
	switch {
	case !r.hung.IsZero() && !now.Before(r.hung):
		return ringOver
	case since < p.callerAt:
		return ringsCaller
	case p.caller != "":
		return ringOver
	case since < p.calleeAt:
		return ringsCallee
	case p.callee != "", p.talk >= 0 && since >= p.calleeAt+p.talk:
		return ringOver
	}
	return ringsNobody
}

// end is when a call ended.
func (r *RingOut) end(now time.Time) (end time.Time, over bool) {
	p := r.plan
	switch {
	case r.stage(now) != ringOver:
		return end, false
	case !r.hung.IsZero():
		return r.hung, true
	case p.caller != "":
		return r.Placed.Add(p.callerAt), true
	case p.callee != "":
		return r.Placed.Add(p.calleeAt), true
	}
	return r.Placed.Add(p.calleeAt + p.talk), true
}

// legs is the state of a call and of both its ends at a time.
func (r *RingOut) legs(now time.Time) (whole, caller, callee string) {
	p := r.plan
	switch r.stage(now) {
	case ringsCaller:
		return "InProgress", "InProgress", "InProgress"
	case ringsCallee:
		return "InProgress", "Success", "InProgress"
	case ringsNobody:
		return "Success", "Success", "Success"
	}
	spoke := p.caller == "" && p.callee == "" && (r.hung.IsZero() || r.hung.Sub(r.Placed) >= p.calleeAt)
	switch {
	case spoke:
		return "Success", "Finished", "Finished"
	case !r.hung.IsZero():
		return "CannotReach", "Finished", "Finished"
	case p.caller != "":
		return "CannotReach", p.caller, "NoSessionFound"
	}
	return "CannotReach", "Success", p.callee
}

// planFor is how the next call goes: as ordered, else as the last digits of the number
// say, so that a script can choose: 0100 busy, 0101 no answer, 0102 international calling
// not allowed, 0103 rejected, 0104 blocked, 0105 not a number, 0106 no credit; anything
// else is answered. The caller holds the lock.
func (o *ringOuts) planFor(to string, prompt bool) ringPlan {
	p := ringPlan{callerAt: callerAnswers, calleeAt: calleeAnswers, talk: usualTalk}
	switch d := digits(to); {
	case strings.HasSuffix(d, "0100"):
		p.callee, p.calleeAt = "Busy", 3*time.Second
	case strings.HasSuffix(d, "0101"):
		p.callee, p.calleeAt = "NoAnswer", calleeGivesUp
	case strings.HasSuffix(d, "0102"):
		p.callee, p.calleeAt = "InternationalDisabled", callerAnswers
	case strings.HasSuffix(d, "0103"):
		p.callee = "Rejected"
	case strings.HasSuffix(d, "0104"):
		p.callee, p.calleeAt = "DestinationBlocked", callerAnswers
	case strings.HasSuffix(d, "0105"):
		p.callee, p.calleeAt = "Invalid", callerAnswers
	case strings.HasSuffix(d, "0106"):
		p.callee, p.calleeAt = "NotEnoughFunds", callerAnswers
	}
	if prompt {
		p.calleeAt += promptTakes
	}
	if len(o.plans) > 0 {
		n := o.plans[0]
		o.plans = o.plans[1:]
		p.caller, p.callee = n.Caller, n.Callee
		seconds := func(f float64) time.Duration { return time.Duration(f * float64(time.Second)) }
		if n.After > 0 {
			p.callerAt = seconds(n.After)
		}
		if n.Then > 0 {
			p.calleeAt = seconds(n.Then)
		}
		if n.Talk != 0 {
			p.talk = seconds(n.Talk)
		}
	}
	p.calleeAt = max(p.calleeAt, p.callerAt)
	return p
}

var errNextRing = errors.New("simulator: how the next ring-out goes")

// RingNext orders how the next ring-out goes, or the one after those ordered before.
func (s *Server) RingNext(n NextRing) error {
	ends := []string{
		"", "Invalid", "Busy", "NoAnswer", "RingOutFromThisNumberIsNotSupported", "Rejected", "GenericError", "InternationalDisabled",
		"DestinationBlocked", "NotEnoughFunds", "NosuchUser", "Error", "Unknown",
	}
	for _, leg := range []string{n.Caller, n.Callee} {
		if !slices.Contains(ends, leg) {
			return fmt.Errorf("%w: %q is none of %s", errNextRing, leg, strings.Join(ends[1:], ", "))
		}
	}
	if n.After < 0 || n.Then < 0 {
		return fmt.Errorf("%w: a time is below 0", errNextRing)
	}
	o := s.rings
	o.mu.Lock()
	defer o.mu.Unlock()
	o.plans = append(o.plans, n)
	return nil
}

// HangUpRing ends a ring-out, whoever hangs up.
func (s *Server) HangUpRing(id string) error {
	o := s.rings
	o.mu.Lock()
	r := o.find(id)
	if r == nil || r.stage(o.now()) == ringOver {
		o.mu.Unlock()
		return fmt.Errorf("%w: no ring-out %q under way", errNoSuch, id)
	}
	r.hung = o.now()
	o.mu.Unlock()
	s.settleRings()
	return nil
}

// placeRing begins a call, which others see as a call in progress.
func (s *Server) placeRing(made RingOut) RingOut {
	r := s.rings.place(made)
	c := LiveCall{From: made.To, Outbound: true, ringOut: true}
	if len(digits(made.To)) >= 7 {
		c.From = e164(made.To)
	}
	live, err := s.Ring(c)
	s.rings.mu.Lock()
	defer s.rings.mu.Unlock()
	if err == nil {
		r.live = live
	}
	return *r
}

// settleRings tells those who watch what became of the ring-outs, and writes them into
// the call log once they are over.
func (s *Server) settleRings() {
	type turn struct {
		live, result string
		to           ringStage
	}
	var turns []turn
	o := s.rings
	o.mu.Lock()
	now := o.now()
	for _, r := range o.calls {
		to := r.stage(now)
		if r.live == "" || to <= r.told {
			continue
		}
		_, spoke := r.spoke()
		if (to == ringsNobody || to == ringOver && spoke) && r.told < ringsNobody {
			turns = append(turns, turn{r.live, "", ringsNobody})
		}
		if to == ringOver {
			turns = append(turns, turn{r.live, r.result(), ringOver})
		}
		r.told = to
	}
	o.mu.Unlock()
	for _, t := range turns { // a live call that a test ended is over already
		if t.to == ringOver {
			_ = s.HangUp(t.live, t.result)
		} else {
			_ = s.Answer(t.live)
		}
	}
}

// spoke says whether both were on the line when the call ended, and since when.
func (r *RingOut) spoke() (since time.Time, ok bool) {
	since = r.Placed.Add(r.plan.calleeAt)
	return since, r.plan.caller == "" && r.plan.callee == "" && (r.hung.IsZero() || !r.hung.Before(since))
}

// result is the call log's word for how a ring-out ended.
func (r *RingOut) result() string {
	if _, ok := r.spoke(); ok {
		return "Call connected"
	}
	leg := r.plan.callee
	if r.plan.caller != "" {
		leg = r.plan.caller
	}
	words := map[string]string{
		"Busy": "Busy", "NoAnswer": "No Answer", "Rejected": "Rejected", "InternationalDisabled": "International Disabled",
		"DestinationBlocked": "Blocked", "Invalid": "Wrong Number", "NotEnoughFunds": "Account Suspended",
	}
	switch w := words[leg]; {
	case !r.hung.IsZero():
		return "Stopped"
	case w != "":
		return w
	}
	return "Call Failed"
}

// ringing has time pass for ring-outs although nobody asks.
func (s *Server) ringing() {
	const step = 100 * time.Millisecond
	o := s.rings
	running := func() bool {
		o.mu.Lock()
		defer o.mu.Unlock()
		return slices.ContainsFunc(o.calls, func(r *RingOut) bool { return r.live != "" && r.told != ringOver })
	}
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-o.wake:
		}
		for first := true; first || running(); first = false { // the call that woke us may not be in the log yet
			if !s.pause(s.ctx.Done(), step) {
				return
			}
			s.settleRings()
		}
	}
}

// controlRings adds what concerns ring-outs:
//
//	POST /next-ring    {"caller":"","after":2,"callee":"Busy","then":6,"talk":45}: how the next one goes
//	POST /hang-up-ring {"id":"..."}: ends one
func (s *Server) controlRings(handle func(string, func(*http.Request) (any, error))) {
	handle("POST /next-ring", func(r *http.Request) (any, error) {
		var n NextRing
		if err := decodeControl(r, &n); err != nil {
			return nil, err
		}
		return done{true}, s.RingNext(n)
	})
	handle("POST /hang-up-ring", func(r *http.Request) (any, error) {
		var req struct {
			ID string `json:"id"`
		}
		if err := decodeControl(r, &req); err != nil {
			return nil, err
		}
		return done{true}, s.HangUpRing(req.ID)
	})
}
