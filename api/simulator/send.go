package simulator

import (
	"net/http"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"switchboard/api/simulator/corpus"
	"switchboard/api/simulator/gateway"
)

// How long what is sent takes, by the server's clock.
const (
	smsSent      = 2 * time.Second // to the carrier
	smsDelivered = 4 * time.Second // to the phone
	faxRendered  = 5 * time.Second // into pages
	faxLine      = 15 * time.Second
)

const (
	maxSMSText    = 1000 // UTF-16 units
	maxSMSTo      = 10
	maxMMSFiles   = 10
	maxMMSBytes   = 1_500_000
	maxPagerText  = 1024
	maxFaxBytes   = 50 << 20
	maxFaxBody    = 55 << 20
	maxFaxPages   = 200
	maxCoverText  = 1024
	maxFileName   = 256
	maxSMSBody    = 10 << 20
	maxSendRecall = 100_000 // sends that Server.Sent remembers
)

// desk is what the user of the account sends with and how calls are handled.
type desk struct {
	ends     sendEnds
	hipaa    atomic.Bool // an account without text messages
	blocks   blockList
	forwards forwardList
	rules    ruleBook
	hours    openHours
	shelf    greetingShelf
}

func (s *Server) newDesk() {
	s.newBlocks()
	s.newForwards()
	s.newRules()
	s.newHours()
}

// sendRoutes are what makes messages, and the calls that the older spelling of
// ring-out places.
func sendRoutes() map[string]*op {
	const ext = "/restapi/v1.0/account/{account}/extension/{extension}"
	sms := op{group: "Medium", app: "SMS", user: "OutboundSMS", edit: true, send: true, body: maxSMSBody}
	pager := op{group: "Medium", app: "InternalMessages", user: "InternalSMS", edit: true, send: true}
	fax := op{group: "Heavy", app: "Faxes", user: "OutboundFaxes", edit: true, send: true, body: maxFaxBody}
	ring := op{group: "Heavy", app: "RingOut", send: true}
	return map[string]*op{
		"POST " + ext + "/sms":            sms.as("createSMSMessage", (*call).createSMS),
		"POST " + ext + "/mms":            sms.as("createMMS", (*call).createMMS),
		"POST " + ext + "/company-pager":  pager.as("createInternalTextMessage", (*call).createPager),
		"POST " + ext + "/fax":            fax.as("createFaxMessage", (*call).createFax),
		"POST " + ext + "/ringout":        ring.as("createRingOutCall", (*call).createRingOut),
		"GET " + ext + "/ringout/{id}":    (&op{group: "Light", app: "RingOut"}).as("readRingOutCallStatus", (*call).readRingOut),
		"DELETE " + ext + "/ringout/{id}": ring.as("deleteRingOutCall", (*call).cancelRingOut),

		"GET /restapi/v1.0/dictionary/fax-cover-page": (&op{group: "Light"}).as("listFaxCoverPages", (*call).listFaxCovers),
	}
}

// sending is a message that was sent from here. The mailbox shows it as one
// that arrived.
type sending struct {
	idx      int
	m        corpus.Message // as it is now
	accepted int64          // ms
	start    int64          // when it begins to go out, ms
	steps    []sendStep     // what is still to happen, in order
	files    []sentFile
	content  []corpus.Body // by attachment
	from     int64         // id of the fax it sends again, 0 for none
	dropped  bool          // deleted before it went out
}

// sendStep is a moment in the life of what was sent.
type sendStep struct {
	at     int64  // ms
	to     int    // which recipient; -1: all of them
	status string // "" stays
	code   string // why it failed
	pages  int    // of a fax that is rendered; 0 stays
}

// accept puts a message into the mailbox: s.m as it is to be, without ids and
// times. steps gives what is going to happen, told when it begins.
func (b *mailbox) accept(s *sending, start time.Time, steps func(from int64) []sendStep) record {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := max(b.nowMS(), b.lastMS)
	base := b.base.Message(b.nextUp) // lends its place and its id
	s.idx, s.accepted = b.len(), now
	s.m.Index, s.m.ID = base.Index, base.ID
	s.m.Direction, s.m.Availability, s.m.Priority, s.m.Read = "Outbound", "Alive", "Normal", true
	s.m.Created = time.UnixMilli(now).UTC()
	for i := range s.m.Attachments {
		s.m.Attachments[i].ID = base.ID + int64(i)
	}
	s.start = max(now, start.UnixMilli())
	s.steps = steps(s.start)
	b.arrived = append(b.arrived, arrival{from: b.nextUp, created: now, sent: s})
	b.nextUp++
	b.lastMS = now
	if b.sends = append(b.sends, s); len(b.sends) > maxSendRecall {
		b.sends = slices.Delete(b.sends, 0, maxSendRecall/10)
	}
	if len(s.steps) > 0 {
		b.pending = append(b.pending, s)
		select {
		case b.waiting <- struct{}{}:
		default:
		}
	}
	r := b.at(s.idx)
	b.put(&r, now, true, alive)
	return r
}

// progress lets what was sent go its way until now. The caller holds the lock.
func (b *mailbox) progress(now int64) {
	b.pending = slices.DeleteFunc(b.pending, func(s *sending) bool {
		for len(s.steps) > 0 && s.steps[0].at <= now {
			step := s.steps[0]
			s.steps = s.steps[1:]
			r := b.at(s.idx)
			if s.start > s.accepted && r.avail != alive && r.modified < s.start && !s.begun() {
				s.dropped, s.steps = true, nil // a scheduled one that was deleted in time
				break
			}
			s.take(step)
			r = b.at(s.idx)
			b.put(&r, max(step.at, r.modified), r.read, r.avail)
		}
		return len(s.steps) == 0
	})
}

// begun reports whether anything has happened to it yet.
func (s *sending) begun() bool {
	return s.m.Pages > 0 || slices.ContainsFunc(s.m.To, func(p corpus.Party) bool { return p.Status != "Queued" })
}

// take lets one step happen.
func (s *sending) take(step sendStep) {
	s.m.To = slices.Clone(s.m.To) // records that were handed out keep theirs
	for i := range s.m.To {
		if p := &s.m.To[i]; step.status != "" && (step.to < 0 || step.to == i) {
			p.Status = step.status
			if s.m.Type == "Fax" {
				p.FaxError = step.code
			}
		}
	}
	if s.m.Type == "SMS" && step.status != "" {
		s.m.DeliveryError = step.code
		if step.status == "Delivered" {
			s.m.Delivered = time.UnixMilli(step.at).UTC()
		}
	}
	s.m.Status = wholeStatus(&s.m)
	if step.pages > 0 {
		s.m.Pages = step.pages
	}
	if s.m.Status == "SendingFailed" {
		s.m.Pages = 0
	}
}

// wholeStatus is the status of a message with several recipients.
func wholeStatus(m *corpus.Message) string {
	for _, status := range []string{"Queued", "SendingFailed", "DeliveryFailed", "Sent"} {
		if slices.ContainsFunc(m.To, func(p corpus.Party) bool { return p.Status == status }) {
			return status
		}
	}
	return "Delivered"
}

// bodyOf is the content of an attachment of message r.
func (b *mailbox) bodyOf(r *record, attachment int64) (corpus.Body, bool) {
	b.mu.RLock()
	s := b.sending(r.idx)
	b.mu.RUnlock()
	if s == nil {
		return b.base.Content(r.m, attachment)
	}
	k := slices.IndexFunc(s.m.Attachments, func(a corpus.Attachment) bool { return a.ID == attachment })
	if k < 0 || k >= len(s.content) {
		return corpus.Body{}, false
	}
	body := s.content[k]
	body.Type = r.m.Attachments[k].ContentType
	body.ETag = `"s-` + strconv.FormatInt(attachment, 10) + `"`
	return body, true
}

// sending is what was sent as message idx, nil for any other. The caller holds
// the lock.
func (b *mailbox) sending(idx int) *sending {
	if n := b.base.Len(); idx >= n && idx-n < len(b.arrived) {
		return b.arrived[idx-n].sent
	}
	return nil
}

// finish answers with the message that was made.
func (c *call) finish(r *record) *apiError {
	buf := c.s.getBuffer()
	defer c.s.putBuffer(buf)
	*buf = c.s.appendRecord((*buf)[:0], r, false)
	gateway.WriteBytes(c.w, http.StatusOK, jsonType, *buf)
	return nil
}

func refuse(status int, code, message string) *apiError {
	return &apiError{status: status, code: code, message: message}
}

// invalid is a parameter whose value the service quotes.
func invalid(code, name, value, why string) *apiError {
	return &apiError{
		status: http.StatusBadRequest, code: code, parameter: name,
		message: "Parameter [" + name + "] value [" + value + "] is invalid [" + why + "]",
	}
}
