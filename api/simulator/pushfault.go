package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"switchboard/api/simulator/gateway"
)

// pushFaultNames are the faults of the push gateway. As a rate in Faults each has
// "push-" before it:
//
//	dial        the connection is reset during the handshake
//	connect     … before the ConnectionDetails
//	details     … after them
//	subscribed  … after the answer to a subscription
//	event       … instead of a notification, which a recovery brings
//	frame       … in the middle of a notification
//	silent      the connection opens, and nothing is ever sent or read
//	json        a notification is no JSON
//	lost        a notification is never sent
//	double      a notification is sent twice
//	late        a notification is held back: sent after the next one, or a quarter of a second later
//	recovery    a recovery fails: WSG-1005
//	refuse      a subscription is refused: 403 SUB-406
func pushFaultNames() []string {
	return []string{
		"dial", "connect", "details", "subscribed", "event", "frame", "silent", "json", "lost", "double", "late", "recovery", "refuse",
	}
}

const pushPrefix = "push-"

func isPushFault(name string) bool {
	short, ok := strings.CutPrefix(name, pushPrefix)
	return ok && slices.Contains(pushFaultNames(), short)
}

// pushFaults decides what goes wrong: what was ordered for certain first, then
// by chance. The hub's lock is its lock.
type pushFaults struct {
	seed    uint64
	serial  uint64
	rates   map[string]float64
	ordered []gateway.Order
	off     []string // filters that are switched off
}

// hit reports whether the fault happens now.
func (f *pushFaults) hit(name string) bool {
	for i := range f.ordered {
		o := &f.ordered[i]
		if o.Fault != name {
			continue
		}
		if o.Skip > 0 {
			o.Skip--
			continue
		}
		if o.Count--; o.Count <= 0 {
			f.ordered = slices.Delete(f.ordered, i, i+1)
		}
		return true
	}
	rate := f.rates[name]
	if rate <= 0 {
		return false
	}
	f.serial++
	return chance(f.seed, f.serial, pushPrefix+name) < rate
}

// once is hit for who does not hold the lock.
func (h *pushHub) once(name string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.faults.hit(name)
}

// setRates takes the faults of the gateway out of all of them. What was ordered
// is forgotten.
func (h *pushHub) setRates(all Faults) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults.rates, h.faults.ordered, h.faults.serial = map[string]float64{}, nil, 0
	for name, rate := range all {
		if short, ok := strings.CutPrefix(name, pushPrefix); ok {
			h.faults.rates[short] = rate
		}
	}
}

func (h *pushHub) disabled(filter string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Contains(h.faults.off, filter)
}

// FailPush makes the fault happen for certain the next count times, after skip
// times without it. The names are those of --faults, without "push-".
func (s *Server) FailPush(fault string, skip, count int) error {
	fault = strings.TrimPrefix(fault, pushPrefix)
	if !slices.Contains(pushFaultNames(), fault) {
		return fmt.Errorf("simulator: unknown fault %q of the push gateway; known: %s", fault, strings.Join(pushFaultNames(), ", "))
	}
	s.push.mu.Lock()
	defer s.push.mu.Unlock()
	s.push.faults.ordered = append(s.push.faults.ordered, gateway.Order{Fault: fault, Skip: skip, Count: max(count, 1)})
	return nil
}

// DisablePush switches event filters off: a subscription that asks for them
// gets the others, and is told. Without filters all are on again.
func (s *Server) DisablePush(filters ...string) {
	s.push.mu.Lock()
	defer s.push.mu.Unlock()
	s.push.faults.off = slices.Clone(filters)
}

// DropPush breaks every open connection. Their sessions can be recovered.
func (s *Server) DropPush() {
	s.push.mu.Lock()
	defer s.push.mu.Unlock()
	for _, p := range s.push.sessions {
		if p.conn != nil {
			p.conn.end(errDropped)
		}
	}
}

// MutePush lets every open connection fall silent: it stays open, but nothing is
// sent or answered any more.
func (s *Server) MutePush() {
	s.push.mu.Lock()
	defer s.push.mu.Unlock()
	for _, p := range s.push.sessions {
		if c := p.conn; c != nil {
			c.mu.Lock()
			c.muted = true
			c.mu.Unlock()
		}
	}
}

// ForgetPush breaks every open connection and forgets their sessions, so that
// none can be recovered.
func (s *Server) ForgetPush() {
	s.DropPush()
	s.push.mu.Lock()
	defer s.push.mu.Unlock()
	s.push.sessions = nil
}

// ExpirePush ends every session as the service does when the sign-in under it
// is over: with an error, and no recovery. Signing in again helps.
func (s *Server) ExpirePush() {
	s.push.mu.Lock()
	defer s.push.mu.Unlock()
	for _, p := range s.push.sessions {
		if p.conn != nil {
			p.conn.fail(401, "WSG-901", "Session is not authorized any more", errRevoked)
		}
	}
	s.push.sessions = nil
	clear(s.push.tokens)
}

// PushCounts tells what the push gateway did.
func (s *Server) PushCounts() PushCount {
	s.push.mu.Lock()
	defer s.push.mu.Unlock()
	c := s.push.count
	c.Sessions = len(s.push.sessions)
	for _, p := range s.push.sessions {
		if p.conn != nil {
			c.Open++
		}
	}
	return c
}

// PushFilters lists the event filters that are listened to now, sorted.
func (s *Server) PushFilters() []string {
	s.push.mu.Lock()
	defer s.push.mu.Unlock()
	set := map[string]bool{}
	for _, p := range s.push.sessions {
		if p.conn == nil || p.sub == nil {
			continue
		}
		for _, f := range p.sub.granted {
			set[f.text] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

func (h *pushHub) beat() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.count.Heartbeats++
}

// flush sends what a connection held back.
func (h *pushHub) flush(p *pushSession, c *pushConn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c.release(func(e pushEvent) { h.send(p, e) })
}
