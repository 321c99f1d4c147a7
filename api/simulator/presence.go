package simulator

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"switchboard/api/simulator/corpus"
)

// presences is who is there: what the corpus says, with changes over it.
type presences struct {
	mu    sync.Mutex
	over  map[int]presenceState // by directory index
	calls map[int][]*lateCall   // live calls, oldest first
	left  map[agentOf]bool      // agents who do not take the calls of a queue
}

// presenceState is what a person chose. Users of the new call handling have no
// dndStatus.
type presenceState struct {
	user     string // Available Busy Offline
	dnd      string
	personal string // new call handling: dndStatusPersonal
	queues   bool   // new call handling: acceptCallQueueCalls
	modern   bool
	message  string
	hidden   bool // allowSeeMyPresence off
	monitor  bool
	hold     bool
	callerID string
}

type wireActive struct {
	ID        string `json:"id"`
	Direction string `json:"direction"`
	Queue     bool   `json:"queueCall,omitempty"`
	From      string `json:"from,omitempty"`
	FromName  string `json:"fromName,omitempty"`
	To        string `json:"to,omitempty"`
	ToName    string `json:"toName,omitempty"`
	Start     string `json:"startTime"`
	Status    string `json:"telephonyStatus"`
	Session   string `json:"sessionId"`
	Telephony string `json:"telephonySessionId"`
	Party     string `json:"partyId"`
}

type presenceOf struct {
	ID     int64  `json:"id"`
	URI    string `json:"uri"`
	Number string `json:"extensionNumber,omitempty"`
}

type wirePresence struct {
	URI       string       `json:"uri"`
	Extension presenceOf   `json:"extension"`
	Status    string       `json:"presenceStatus"`
	User      string       `json:"userStatus,omitempty"`
	DND       string       `json:"dndStatus,omitempty"`
	Personal  string       `json:"dndStatusPersonal,omitempty"`
	Queues    *bool        `json:"acceptCallQueueCalls,omitempty"`
	Telephony string       `json:"telephonyStatus,omitempty"`
	Meeting   string       `json:"meetingStatus,omitempty"`
	Message   string       `json:"message,omitempty"`
	Visible   *bool        `json:"allowSeeMyPresence,omitempty"`
	Monitor   *bool        `json:"ringOnMonitoredCall,omitempty"`
	Hold      *bool        `json:"pickUpCallsOnHold,omitempty"`
	CallerID  string       `json:"callerIdVisibility,omitempty"`
	Calls     []wireActive `json:"activeCalls,omitempty"`
}

func newPresences() *presences {
	return &presences{over: map[int]presenceState{}, calls: map[int][]*lateCall{}, left: map[agentOf]bool{}}
}

// state is what entry i chose: Front Desk is there for all calls, of the
// others some are busy, away or asleep. The caller holds the lock.
func (p *presences) state(i int) presenceState {
	if st, ok := p.over[i]; ok {
		return st
	}
	st := presenceState{user: "Available", dnd: "TakeAllCalls", callerID: "All"}
	if i == 0 {
		return st
	}
	switch i % 9 {
	case 2:
		st.user, st.message = "Busy", "With a patient until eleven"
	case 3:
		st.modern, st.dnd, st.personal, st.queues = true, "", "TakeAllCalls", true
	case 4:
		st.dnd, st.message = "DoNotAcceptDepartmentCalls", "Lunch 🥪"
	case 5:
		st.user = "Offline"
	case 7:
		st.dnd = "DoNotAcceptAnyCalls"
	}
	return st
}

// wirePresence is entry e now. What is no person has a status and nothing
// else. The caller holds the lock.
func (s *Server) wirePresence(e *corpus.Entry, detailed bool) wirePresence {
	id := strconv.FormatInt(e.ID, 10)
	at := s.platform.url + accountPath + "/extension/" + id
	w := wirePresence{
		URI: at + "/presence", Status: "Offline",
		Extension: presenceOf{ID: e.ID, URI: at, Number: e.Extension},
	}
	if !e.Person() {
		return w
	}
	st := s.present.state(e.Index)
	calls := s.present.calls[e.Index]
	w.User, w.DND, w.Message, w.CallerID, w.Meeting = st.user, st.dnd, st.message, st.callerID, "Disconnected"
	if st.modern {
		w.Personal, w.Queues = st.personal, &st.queues
	}
	visible := !st.hidden
	w.Visible, w.Monitor, w.Hold = &visible, &st.monitor, &st.hold
	w.Telephony = telephonyStatus(calls)
	w.Status = st.user
	if w.Status == "Available" && (w.Telephony != "NoCall" || st.dnd == "DoNotAcceptAnyCalls" || st.personal == "DoNotAcceptAnyCalls") {
		w.Status = "Busy"
	}
	if detailed {
		for _, c := range calls {
			w.Calls = append(w.Calls, wireActiveCall(c))
		}
	}
	return w
}

func telephonyStatus(calls []*lateCall) string {
	status := "NoCall"
	for _, c := range calls {
		if c.state == connected {
			return "CallConnected"
		}
		status = "Ringing"
	}
	return status
}

func wireActiveCall(c *lateCall) wireActive {
	v := &c.v
	name := func(p *corpus.Party) string {
		if p.Number != "" {
			return p.Number
		}
		return p.Extension
	}
	status := "Ringing"
	if c.state == connected {
		status = "CallConnected"
	}
	session := strconv.FormatInt(v.SessionID, 16)
	return wireActive{
		ID: strings.ToLower(v.ID), Direction: v.Direction, Queue: !blank(&v.Queue),
		From: name(&v.From), FromName: v.From.Name, To: name(&v.To), ToName: v.To.Name,
		Start: isoTime(v.Start.UnixMilli()), Status: status,
		Session: strconv.FormatInt(v.SessionID, 10), Telephony: telephonySession(v.SessionID), Party: "p-a" + session + "-1",
	}
}

// who finds the directory entry of an id in a path.
func (s *Server) who(id string) (corpus.Entry, *apiError) {
	if id == "~" {
		id = extensionID
	}
	n, err := strconv.ParseInt(strings.TrimSpace(id), 10, 64)
	if err != nil {
		return corpus.Entry{}, notFound("extensionId")
	}
	i, ok := corpus.FindEntry(n)
	if !ok || i >= s.cfg.Directory {
		return corpus.Entry{}, notFound("extensionId")
	}
	e := s.corpus.Entry(i)
	if e.Extension == "" { // sites, and people of another company
		return e, notFound("extensionId")
	}
	return e, nil
}

const maxPresenceIDs = 30

func (c *call) readPresence() *apiError {
	ids := strings.Split(c.r.PathValue("who"), ",")
	if len(ids) > maxPresenceIDs {
		return &apiError{
			status: http.StatusBadRequest, code: "InvalidMultipartRequest",
			message: "Extension Presence Info multipart request is limited to 30 extensions",
		}
	}
	detailed := c.r.URL.Query().Get("detailedTelephonyState") == "true"
	c.s.present.mu.Lock()
	defer c.s.present.mu.Unlock()
	parts := make([]part, 0, len(ids))
	for _, id := range ids {
		e, err := c.s.who(id)
		p := part{href: c.s.platform.url + accountPath + "/extension/" + id + "/presence", err: err}
		if err == nil {
			p.body = c.s.wirePresence(&e, detailed)
		}
		parts = append(parts, p)
	}
	return c.writeParts(parts, "extensionId")
}

type presenceChange struct {
	User     *string `json:"userStatus"`
	DND      *string `json:"dndStatus"`
	Personal *string `json:"dndStatusPersonal"`
	Queues   *bool   `json:"acceptCallQueueCalls"`
	Message  *string `json:"message"`
	Visible  *bool   `json:"allowSeeMyPresence"`
	Monitor  *bool   `json:"ringOnMonitoredCall"`
	Hold     *bool   `json:"pickUpCallsOnHold"`
	CallerID *string `json:"callerIdVisibility"`
}

// apply checks a change and makes it.
func (ch *presenceChange) apply(st *presenceState) *apiError {
	for _, set := range []struct {
		name  string
		from  *string
		to    *string
		known string
	}{
		{"userStatus", ch.User, &st.user, "Offline Busy Available"},
		{"dndStatus", ch.DND, &st.dnd, "TakeAllCalls DoNotAcceptDepartmentCalls TakeDepartmentCallsOnly DoNotAcceptAnyCalls"},
		{"dndStatusPersonal", ch.Personal, &st.personal, "TakeAllCalls DoNotAcceptAnyCalls"},
		{"callerIdVisibility", ch.CallerID, &st.callerID, "All None PermittedUsers"},
	} {
		if set.from == nil {
			continue
		}
		if *set.from == "" || !strings.Contains(" "+set.known+" ", " "+*set.from+" ") {
			return badParameter(set.name)
		}
		*set.to = *set.from
	}
	if ch.Message != nil {
		if utf8.RuneCountInString(*ch.Message) > 75 {
			return badParameter("message")
		}
		st.message = *ch.Message
	}
	for _, set := range []struct {
		from, to *bool
		not      bool
	}{{ch.Queues, &st.queues, false}, {ch.Visible, &st.hidden, true}, {ch.Monitor, &st.monitor, false}, {ch.Hold, &st.hold, false}} {
		if set.from != nil {
			*set.to = *set.from != set.not
		}
	}
	return nil
}

func (c *call) updatePresence() *apiError {
	e, err := c.s.who(c.r.PathValue("who"))
	if err != nil {
		return err
	}
	if e.Index != 0 { // one's own only
		return missingPermission("CMN-408", "EditPresenceStatus")
	}
	var change presenceChange
	if err := decodeBody(c.r.Body, &change); err != nil {
		return err
	}
	if err := c.s.changePresence(&e, &change); err != nil {
		return err
	}
	c.s.present.mu.Lock()
	defer c.s.present.mu.Unlock()
	writeJSON(c.w, http.StatusOK, c.s.wirePresence(&e, false))
	return nil
}

func (s *Server) changePresence(e *corpus.Entry, change *presenceChange) *apiError {
	s.present.mu.Lock()
	st := s.present.state(e.Index)
	if err := change.apply(&st); err != nil {
		s.present.mu.Unlock()
		return err
	}
	s.present.over[e.Index] = st
	s.present.mu.Unlock()
	s.tellPresence(e.Index)
	return nil
}

// listPresence pages through everyone of the account who has an extension.
func (c *call) listPresence() *apiError {
	q := c.r.URL.Query()
	page, err := parseCount(q, "page", 1, maxPage)
	if err != nil {
		return err
	}
	per, err := parseCount(q, "perPage", defaultPerPage, maxPerPage)
	if err != nil {
		return err
	}
	c.s.present.mu.Lock()
	defer c.s.present.mu.Unlock()
	var records []wirePresence
	detailed := q.Get("detailedTelephonyState") == "true"
	count := 0
	for i := range c.s.cfg.Directory {
		e := c.s.corpus.Entry(i)
		if e.Extension == "" || e.Federated != "" {
			continue
		}
		if count++; count > (page-1)*per && len(records) < per {
			records = append(records, c.s.wirePresence(&e, detailed))
		}
	}
	writeJSON(c.w, http.StatusOK, makePage(c.s.platform.url+accountPath+"/presence", q, records, page, per, count, count > (page-1)*per+len(records)))
	return nil
}
