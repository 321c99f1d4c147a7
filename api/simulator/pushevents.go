package simulator

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"switchboard/api/simulator/corpus"
)

// changed is what happened to the messages since it was last told.
type changed struct {
	counts map[string]*messageChange // by type
	fresh  []record                  // that came in, oldest first
}

// messageChange is one entry of a message event.
type messageChange struct {
	Type    string  `json:"type"`
	New     int     `json:"newCount"`
	Updated int     `json:"updatedCount"`
	IDs     []int64 `json:"newMessageIds,omitempty"`
}

// note remembers a change until it is told. The caller holds the mailbox's lock.
func (b *mailbox) note(r *record, fresh bool) {
	if b.untold.counts == nil {
		b.untold.counts = map[string]*messageChange{}
	}
	c := b.untold.counts[r.m.Type]
	if c == nil {
		c = &messageChange{Type: r.m.Type}
		b.untold.counts[r.m.Type] = c
	}
	if !fresh {
		c.Updated++
		return
	}
	c.New++
	c.IDs = append(c.IDs, r.m.ID)
	b.untold.fresh = append(b.untold.fresh, *r)
}

// told takes what has not been told yet. Without anybody who listens what came
// in is not looked at.
func (b *mailbox) told(heard bool) (changed, time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.untold
	b.untold = changed{}
	for i := range c.fresh {
		if !heard {
			c.fresh = nil
			break
		}
		c.fresh[i] = b.at(c.fresh[i].idx) // as it is by now
	}
	return c, b.now()
}

// messageEvent is the body of a message event: what changed, not how.
type messageEvent struct {
	Account   string          `json:"accountId"`
	Extension string          `json:"extensionId"`
	Updated   string          `json:"lastUpdated"`
	Changes   []messageChange `json:"changes"`
}

// shape leaves out the kinds of messages that a filter does not ask for.
func (e messageEvent) shape(f *pushFilter) (any, bool) {
	if types := f.query["type"]; len(types) > 0 {
		e.Changes = slices.DeleteFunc(slices.Clone(e.Changes), func(c messageChange) bool { return !slices.Contains(types, c.Type) })
	}
	return e, len(e.Changes) > 0
}

// instantEvent is the body of an event that carries a whole message.
type instantEvent struct {
	kind string
	body map[string]json.RawMessage
}

func (e instantEvent) shape(f *pushFilter) (any, bool) {
	return e.body, f.kind != filterInstant || f.query.Get("type") == e.kind
}

// tellMessages publishes what happened to the messages since the last time.
func (s *Server) tellMessages() { s.tellOf(s.box, nil) }

// tellOf is the same for a mailbox: one's own, or with x that of another extension.
func (s *Server) tellOf(b *mailbox, x *extension) {
	what, now := b.told(s.push.listening(""))
	if len(what.counts) == 0 {
		return
	}
	ext := extensionID
	if x != nil {
		ext = strconv.FormatInt(x.entry.ID, 10)
	}
	base := accountPath + "/extension/" + ext
	for i := range what.fresh {
		r := &what.fresh[i]
		path := map[string]string{
			"SMS": "/message-store/instant", "Pager": "/message-store/instant", "VoiceMail": "/voicemail", "Fax": "/fax",
		}[r.m.Type]
		if path != "" && r.m.Direction == "Inbound" && s.push.listening(path) {
			e := s.instantEvent(r)
			if x != nil {
				e.body = x.relabelled(e.body)
			}
			s.publish(ext, base+path, e)
		}
	}
	e := messageEvent{Account: accountID, Extension: ext, Updated: isoTime(now.UnixMilli())}
	for _, kind := range []string{"VoiceMail", "Fax", "SMS", "Pager"} {
		if c := what.counts[kind]; c != nil {
			e.Changes = append(e.Changes, *c)
		}
	}
	s.publish(ext, base+"/message-store", e)
}

// listening reports whether anybody asked for events whose path ends so, to
// spare the work of making those that nobody hears.
func (h *pushHub) listening(path string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.ContainsFunc(h.sessions, func(p *pushSession) bool {
		return p.sub != nil && slices.ContainsFunc(p.sub.granted, func(f *pushFilter) bool { return strings.HasSuffix(f.path, path) })
	})
}

// instantEvent writes a message as events do: the record, but with its ids as
// text, except for a voicemail's, whose type has another spelling instead.
func (s *Server) instantEvent(r *record) instantEvent {
	e := instantEvent{kind: r.m.Type}
	if json.Unmarshal(s.appendRecord(nil, r, false), &e.body) != nil {
		return e // appendRecord writes JSON
	}
	quote := func(name string) {
		if raw := e.body[name]; len(raw) > 0 && raw[0] != '"' {
			e.body[name] = json.RawMessage(`"` + string(raw) + `"`)
		}
	}
	quote("conversationId")
	quote("extensionId")
	e.body["ownerId"] = json.RawMessage(`"` + extensionID + `"`)
	if r.m.Type == "VoiceMail" {
		e.body["type"] = json.RawMessage(`"Voicemail"`)
	} else {
		quote("id")
	}
	return e
}

// settling gives voicemails their transcripts in time, so that an event tells of
// it although nobody asks.
func (s *Server) settling() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.box.waiting:
		}
		for s.box.unsettled() {
			if !s.pause(s.ctx.Done(), time.Second) {
				return
			}
			s.box.settle()
			s.tellMessages()
		}
	}
}

func (b *mailbox) unsettled() bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return len(b.pending) > 0 || slices.ContainsFunc(b.arrived[b.settled:], func(a arrival) bool { return a.due > 0 })
}

// shape leaves the calls out for those who did not ask for them.
func (e presenceEvent) shape(f *pushFilter) (any, bool) {
	if f.query.Get("detailedTelephonyState") != "true" {
		e.Calls, e.Total = nil, nil
	}
	return e, true
}

// telephonyEvent is the body of a telephony session event.
type telephonyEvent struct {
	Sequence  int64            `json:"sequence"`
	Session   string           `json:"sessionId"`
	Telephony string           `json:"telephonySessionId"`
	Server    string           `json:"serverId"`
	Time      string           `json:"eventTime"`
	Account   string           `json:"accountId"`
	Extension string           `json:"extensionId"`
	Origin    telephonyOrigin  `json:"origin"`
	Parties   []telephonyParty `json:"parties"`
}

type telephonyOrigin struct {
	Type string `json:"type"`
}

type telephonyParty struct {
	ID        string        `json:"id"`
	Account   string        `json:"accountId"`
	Extension string        `json:"extensionId"`
	Direction string        `json:"direction"`
	From      telephonyPeer `json:"from"`
	To        telephonyPeer `json:"to"`
	Status    partyStatus   `json:"status"`
	Queue     bool          `json:"queueCall"`
	Missed    bool          `json:"missedCall"`
	Alone     bool          `json:"standAlone"`
	Muted     bool          `json:"muted"`
}

type telephonyPeer struct {
	Number    string `json:"phoneNumber,omitempty"`
	Name      string `json:"name,omitempty"`
	Extension string `json:"extensionId,omitempty"`
}

type telephonyState struct {
	code, reason string
	missed       bool
}

type partyStatus struct {
	Code   string `json:"code"`
	Reason string `json:"reason,omitempty"`
	RCC    bool   `json:"rcc"`
}

func (e telephonyEvent) shape(f *pushFilter) (any, bool) {
	q := f.query
	p := &e.Parties[0]
	number := func() bool {
		return digits(p.From.Number) == digits(q.Get("phoneNumber")) || digits(p.To.Number) == digits(q.Get("phoneNumber"))
	}
	ok := (!q.Has("direction") || slices.Contains(q["direction"], p.Direction)) &&
		(!q.Has("statusCode") || slices.Contains(q["statusCode"], p.Status.Code)) &&
		(q.Get("missedCall") != "true" || p.Missed) && q.Get("withRecordings") != "true" &&
		(!q.Has("phoneNumber") || number())
	return e, ok
}

// telephony is the event of a call that came to a state. The caller holds the
// lock of the calls.
func (s *Server) telephony(c *lateCall, state telephonyState) telephonyEvent {
	v := &c.v
	c.told++
	peer := func(p *corpus.Party) telephonyPeer {
		t := telephonyPeer{Number: p.Number, Name: p.Name}
		if t.Number == "" {
			t.Number = p.Extension
		}
		if i, ok := corpus.FindExtension(p.Extension); ok {
			t.Extension = strconv.FormatInt(corpus.EntryID(i), 10)
		}
		return t
	}
	own := extensionID
	if i, ok := corpus.FindExtension(v.Extension); ok {
		own = strconv.FormatInt(corpus.EntryID(i), 10)
	}
	origin := "Call"
	if v.Internal == "RingOut" {
		origin = v.Internal
	}
	return telephonyEvent{
		Sequence: c.told, Session: strconv.FormatInt(v.SessionID, 10), Telephony: telephonySession(v.SessionID),
		Server: "127.0.0.1.SIM", Time: isoTime(s.now().UnixMilli()), Account: accountID, Extension: own,
		Origin: telephonyOrigin{Type: origin},
		Parties: []telephonyParty{{
			ID: "p-a" + strconv.FormatInt(v.SessionID, 16) + "-1", Account: accountID, Extension: own, Direction: v.Direction,
			From: peer(&v.From), To: peer(&v.To), Status: partyStatus{Code: state.code, Reason: state.reason},
			Queue: !blank(&v.Queue), Missed: state.missed,
		}},
	}
}

// tellCall publishes what a call came to.
func (s *Server) tellCall(events []telephonyEvent) {
	for _, e := range events {
		s.publish(e.Extension, accountPath+"/extension/"+e.Extension+"/telephony/sessions", e)
	}
}

// states are what a change of a call looks like in its session.
func (c *lateCall) states() []telephonyState {
	switch {
	case c.state == ringing:
		return []telephonyState{{code: "Setup"}, {code: "Proceeding"}}
	case c.state == connected:
		return []telephonyState{{code: "Answered"}}
	case c.answered.IsZero() && c.v.Direction == "Inbound" && c.v.Result == "Voicemail":
		return []telephonyState{{code: "VoiceMail"}, {code: "Disconnected", reason: "Voicemail", missed: true}}
	case c.answered.IsZero() && c.v.Direction == "Inbound":
		return []telephonyState{{code: "Disconnected", reason: "NoAnswer", missed: true}}
	}
	return []telephonyState{{code: "Disconnected", reason: "CallFinished"}}
}

func (s *Server) callEvents(c *lateCall) []telephonyEvent {
	var list []telephonyEvent
	for _, state := range c.states() {
		list = append(list, s.telephony(c, state))
	}
	return list
}

// watch notes whose presence a favourites filter asks for.
func (h *pushHub) watch(list []wireFavorite) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.favorites = map[string]bool{}
	for _, f := range list {
		if f.Extension != "" {
			h.favorites[f.Extension] = true
		}
	}
}

// tellFavorites publishes that the list of favourites changed. The caller holds
// the lock of the book.
func (s *Server) tellFavorites() {
	s.push.watch(s.book.favs)
	s.publish("", basePath+"/favorite", struct {
		Extension string `json:"extensionId"`
		Owner     string `json:"ownerId"`
	}{extensionID, extensionID})
}
