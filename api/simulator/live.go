package simulator

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"switchboard/api/simulator/corpus"
)

// LiveEvent is something that happened, for whoever watches.
type LiveEvent struct {
	Sequence  int64           `json:"sequence"` // always higher than that of the event before
	Time      time.Time       `json:"time"`
	Kind      string          `json:"kind"`      // presence
	Extension string          `json:"extension"` // whose, by id
	Body      json.RawMessage `json:"body"`
}

// presenceEvent is the body of a presence event.
type presenceEvent struct {
	Extension string       `json:"extensionId"`
	Telephony string       `json:"telephonyStatus,omitempty"`
	Calls     []wireActive `json:"activeCalls,omitempty"`
	Total     *int         `json:"totalActiveCalls,omitempty"`
	Sequence  int64        `json:"sequence"`
	Status    string       `json:"presenceStatus"`
	User      string       `json:"userStatus,omitempty"`
	Meeting   string       `json:"meetingStatus,omitempty"`
	DND       string       `json:"dndStatus,omitempty"`
	Personal  string       `json:"dndStatusPersonal,omitempty"`
	Queues    *bool        `json:"acceptCallQueueCalls,omitempty"`
	Message   string       `json:"message,omitempty"`
	Visible   *bool        `json:"allowSeeMyPresence,omitempty"`
	Monitor   *bool        `json:"ringOnMonitoredCall,omitempty"`
	Hold      *bool        `json:"pickUpCallsOnHold,omitempty"`
}

// maxEventCalls is how many calls an event shows; the total is told.
const maxEventCalls = 7

// feed hands events out and keeps the last of them.
type feed struct {
	mu       sync.Mutex
	sequence int64
	last     []LiveEvent
	next     int
	watchers map[int]func(LiveEvent)
}

const keptEvents = 1000

// publish numbers an event and hands it out, in order: body is called with its
// number, under the lock, so that a later state never has a lower one.
func (f *feed) publish(now time.Time, kind, extension string, body func(sequence int64) any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sequence++
	b, err := json.Marshal(body(f.sequence))
	if err != nil { // only our own plain structs come here
		return
	}
	e := LiveEvent{Sequence: f.sequence, Time: now, Kind: kind, Extension: extension, Body: b}
	if f.last = append(f.last, e); len(f.last) > keptEvents {
		f.last = slices.Delete(f.last, 0, len(f.last)-keptEvents)
	}
	for _, watch := range f.watchers {
		watch(e)
	}
}

// Watch calls f for every event from now on, in order, until stop is called. f
// must not call the server and must not block.
func (s *Server) Watch(f func(LiveEvent)) (stop func()) {
	s.events.mu.Lock()
	defer s.events.mu.Unlock()
	if s.events.watchers == nil {
		s.events.watchers = map[int]func(LiveEvent){}
	}
	n := s.events.next
	s.events.next++
	s.events.watchers[n] = f
	return func() {
		s.events.mu.Lock()
		defer s.events.mu.Unlock()
		delete(s.events.watchers, n)
	}
}

// Events lists the last events, at most 1,000, oldest first, that came after
// the one with that sequence.
func (s *Server) Events(after int64) []LiveEvent {
	s.events.mu.Lock()
	defer s.events.mu.Unlock()
	i, _ := slices.BinarySearchFunc(s.events.last, after+1, func(e LiveEvent, n int64) int { return int(e.Sequence - n) })
	return slices.Clone(s.events.last[i:])
}

// tellPresence publishes what entry i's presence is now.
func (s *Server) tellPresence(i int) {
	e := s.corpus.Entry(i)
	id := strconv.FormatInt(e.ID, 10)
	s.events.publish(s.now(), "presence", id, func(sequence int64) any {
		s.present.mu.Lock()
		defer s.present.mu.Unlock()
		w := s.wirePresence(&e, true)
		ev := presenceEvent{
			Extension: id, Telephony: w.Telephony, Calls: w.Calls, Total: new(int), Sequence: sequence,
			Status: w.Status, User: w.User, Meeting: w.Meeting, DND: w.DND, Personal: w.Personal, Queues: w.Queues, Message: w.Message,
			Visible: w.Visible, Monitor: w.Monitor, Hold: w.Hold,
		}
		*ev.Total = len(w.Calls)
		ev.Calls = append([]wireActive{}, ev.Calls[:min(len(ev.Calls), maxEventCalls)]...)
		s.publish(id, accountPath+"/extension/"+id+"/presence", ev) // in the order of the sequence
		return ev
	})
}

// LiveCall describes a call that begins to ring.
type LiveCall struct {
	Extension string `json:"extension"` // whose telephone; "": Front Desk's
	From      string `json:"from"`      // number of the caller; "": one of those who call often
	Name      string `json:"name"`
	Outbound  bool   `json:"outbound"` // From is then who is called
	Queue     bool   `json:"queue"`    // comes through a queue
	ringOut   bool
}

// Ring begins a call and returns its id.
func (s *Server) Ring(c LiveCall) (string, error) {
	i, ok := 0, true
	if c.Extension != "" {
		i, ok = corpus.FindExtension(c.Extension)
	}
	if !ok || i >= s.cfg.Directory {
		return "", fmt.Errorf("simulator: no extension %q", c.Extension)
	}
	e := s.corpus.Entry(i)
	l := s.calls
	l.mu.Lock()
	l.collect()
	other := corpus.Party{Name: c.Name, Number: c.From}
	if c.From == "" && c.Name == "" {
		other = s.corpus.Caller(l.next)
	}
	desk := corpus.Party{Name: e.Name, Number: e.Direct, Extension: e.Extension}
	if desk.Name == "" {
		desk.Name = e.First + " " + e.Last
	}
	lc := &lateCall{state: ringing, v: corpus.Call{
		Number: l.next, ID: l.base.ID(l.next), SessionID: l.base.Session(l.next), Own: i == 0,
		Type: "Voice", Direction: "Inbound", Action: "Phone Call", Result: "In Progress", Start: s.now().UTC().Truncate(time.Millisecond),
		From: other, To: desk, Extension: e.Extension, Transport: "PSTN",
	}}
	l.next++
	if c.Queue {
		lc.v.Queue, _ = corpus.Queue(0)
	}
	if c.Outbound {
		lc.v.Direction, lc.v.From, lc.v.To = "Outbound", desk, other
	}
	if c.ringOut {
		lc.v.Action, lc.v.Internal = "RingOut Web", "RingOut"
	}
	l.live = append(l.live, lc)
	events := s.callEvents(lc)
	l.mu.Unlock()
	s.present.mu.Lock()
	s.present.calls[i] = append(s.present.calls[i], lc)
	s.present.mu.Unlock()
	s.tellCall(events)
	s.tellPresence(i)
	return lc.v.ID, nil
}

// Answer connects a ringing call.
func (s *Server) Answer(id string) error {
	return s.turn(id, func(c *lateCall) error {
		if c.state != ringing {
			return fmt.Errorf("simulator: call %s is not ringing", id)
		}
		c.state, c.answered = connected, s.now()
		return nil
	})
}

// HangUp ends a call. The result is the log's word for it; "" takes the usual
// one: Accepted or Call connected for one that was answered, else Missed or No
// Answer.
func (s *Server) HangUp(id, result string) error {
	return s.turn(id, func(c *lateCall) error {
		if c.state == over {
			return fmt.Errorf("simulator: call %s is over", id)
		}
		usual := map[bool]string{true: "Accepted", false: "Missed"}
		if c.v.Direction == "Outbound" {
			usual = map[bool]string{true: "Call connected", false: "No Answer"}
		}
		now := s.now()
		c.v.Result = usual[c.state == connected]
		if result != "" {
			c.v.Result = result
		}
		since := c.v.Start
		if c.state == connected {
			since = c.answered
		}
		c.v.Duration, c.v.Finished = int(now.Sub(since).Seconds()), true
		c.state, c.ended, c.modified = over, now, now.UnixMilli()
		return nil
	})
}

// turn changes a live call and tells whoever watches its extension.
func (s *Server) turn(id string, change func(*lateCall) error) error {
	l := s.calls
	l.mu.Lock()
	s.present.mu.Lock()
	now := s.now()
	l.live = slices.DeleteFunc(l.live, func(c *lateCall) bool { return c.state == over && now.Sub(c.ended) > lingers })
	k := slices.IndexFunc(l.live, func(c *lateCall) bool { return c.v.ID == id })
	var c *lateCall
	err := fmt.Errorf("%w: no live call %q", errNoSuch, id)
	if k >= 0 {
		c = l.live[k]
		err = change(c)
	}
	i := 0
	var events []telephonyEvent
	if err == nil {
		events = s.callEvents(c)
		i, _ = corpus.FindExtension(c.v.Extension)
		if c.state == over {
			l.add(c)
			s.present.calls[i] = slices.DeleteFunc(s.present.calls[i], func(o *lateCall) bool { return o == c })
		}
	}
	s.present.mu.Unlock()
	l.mu.Unlock()
	if err == nil {
		s.tellCall(events)
		s.tellPresence(i)
	}
	return err
}
