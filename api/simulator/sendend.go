package simulator

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// NextSend says how one of the next messages sent will end.
type NextSend struct {
	Kind   string  `json:"kind"`   // SMS, MMS, Fax or Pager; "": any
	Status string  `json:"status"` // Delivered, Sent, DeliveryFailed, SendingFailed, or Queued for ever; "": as usual
	Code   string  `json:"code"`   // why it failed: a deliveryErrorCode or a faxErrorCode
	To     string  `json:"to"`     // of a fax: only to this number; "": to all
	After  float64 `json:"after"`  // seconds until it ends; 0: the usual time
	// Lost is a fault that its answer meets although it was accepted: reset,
	// truncate, badjson, late-500 or late-hang. It needs a Kind.
	Lost  string `json:"lost"`
	Skip  int    `json:"skip"`  // how many of its kind to let pass first
	Count int    `json:"count"` // how many it holds for; 0: one
}

func (e *NextSend) after(usual time.Duration) int64 {
	if e.After > 0 {
		return int64(e.After * 1000)
	}
	return usual.Milliseconds()
}

// sendEnds are the ends that were ordered.
type sendEnds struct {
	mu   sync.Mutex
	list []NextSend
}

// next takes the end of the next message of a kind; the zero one is the usual.
func (e *sendEnds) next(kind string) NextSend {
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range e.list {
		n := &e.list[i]
		if n.Kind != "" && n.Kind != kind {
			continue
		}
		if n.Skip > 0 {
			n.Skip--
			continue
		}
		end := *n
		if n.Count--; n.Count <= 0 {
			e.list = slices.Delete(e.list, i, i+1)
		}
		return end
	}
	return NextSend{}
}

var errNextSend = errors.New("simulator: how the next message ends")

// EndNext orders how one of the next messages ends.
func (s *Server) EndNext(n NextSend) error {
	ops := map[string]string{"SMS": "createSMSMessage", "MMS": "createMMS", "Fax": "createFaxMessage", "Pager": "createInternalTextMessage"}
	op, known := ops[n.Kind]
	switch {
	case !known && n.Kind != "":
		return fmt.Errorf("%w: kind %q is none of SMS, MMS, Fax, Pager", errNextSend, n.Kind)
	case !slices.Contains([]string{"", "Delivered", "Sent", "DeliveryFailed", "SendingFailed", "Queued"}, n.Status):
		return fmt.Errorf("%w: status %q is none of Delivered, Sent, DeliveryFailed, SendingFailed, Queued", errNextSend, n.Status)
	case n.Lost != "" && op == "":
		return fmt.Errorf("%w: an answer can be lost only of a kind that is named", errNextSend)
	case n.Lost != "" && !slices.Contains([]string{"reset", "truncate", "badjson", "badlength", lateError, lateHang}, n.Lost):
		return fmt.Errorf("%w: %q does not lose an answer", errNextSend, n.Lost)
	}
	n.Count = cmp.Or(n.Count, 1)
	if n.Lost != "" {
		if err := s.FailNext(op, n.Lost, n.Skip, n.Count); err != nil {
			return err
		}
	}
	s.ends.mu.Lock()
	defer s.ends.mu.Unlock()
	s.ends.list = append(s.ends.list, n)
	return nil
}

// SentFile is a file that came with a message.
type SentFile struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"` // bytes
	Sum  string `json:"sha256"`
}

// SentMessage is one message that the service accepted.
type SentMessage struct {
	ID        int64      `json:"id"`
	Type      string     `json:"type"` // SMS Fax Pager
	From      string     `json:"from"`
	To        []string   `json:"to"` // numbers, or extensions
	Text      string     `json:"text,omitempty"`
	Time      time.Time  `json:"time"`
	Start     time.Time  `json:"start"` // when it goes out
	Status    string     `json:"status"`
	Canceled  bool       `json:"canceled"`           // deleted before it went out
	Original  int64      `json:"original,omitempty"` // the fax that it sends again
	Files     []SentFile `json:"files,omitempty"`
	CoverText string     `json:"coverPageText,omitempty"`
	Cover     int        `json:"coverIndex,omitempty"`
}

// Sent lists what was accepted to be sent, oldest first, whatever the client
// heard of it: a test that counts here finds what was doubled or lost.
func (s *Server) Sent() []SentMessage {
	b := s.box
	b.settle()
	b.mu.RLock()
	defer b.mu.RUnlock()
	list := make([]SentMessage, 0, len(b.sends))
	for _, one := range b.sends {
		m := &one.m
		sent := SentMessage{
			ID: m.ID, Type: m.Type, From: cmp.Or(m.From.Number, m.From.Extension), Text: m.Subject, Time: m.Created,
			Start: time.UnixMilli(one.start).UTC(), Status: m.Status, Original: one.from, CoverText: m.CoverText, Cover: m.CoverIndex,
		}
		for _, to := range m.To {
			sent.To = append(sent.To, cmp.Or(to.Number, to.Extension))
		}
		for _, f := range one.files {
			sent.Files = append(sent.Files, SentFile{f.name, f.kind, f.size, f.sum})
		}
		waiting := one.start > b.nowMS()
		sent.Canceled = one.dropped || waiting && b.over[one.idx].avail != alive
		list = append(list, sent)
	}
	return list
}

// HIPAA makes the account one without text messages, or an ordinary one again.
func (s *Server) HIPAA(on bool) { s.hipaa.Store(on) }

// controlSends adds what concerns sending:
//
//	GET  /sent        every message that was accepted, oldest first
//	POST /next-send   {"kind":"Fax","status":"SendingFailed","code":"LineBusy","after":2,"lost":"reset","skip":0,"count":1}
//	POST /hipaa       {"on":true}: an account without text messages
func (s *Server) controlSends(handle func(string, func(*http.Request) (any, error))) {
	handle("GET /sent", func(*http.Request) (any, error) { return s.Sent(), nil })
	handle("POST /next-send", func(r *http.Request) (any, error) {
		var n NextSend
		if err := decodeControl(r, &n); err != nil {
			return nil, err
		}
		return done{true}, s.EndNext(n)
	})
	handle("POST /hipaa", s.controlSwitch(s.HIPAA))
}
