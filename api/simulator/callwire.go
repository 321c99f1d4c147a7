package simulator

import (
	"strconv"
	"strings"

	"switchboard/api/simulator/corpus"
)

type callParty struct {
	Number      string `json:"phoneNumber,omitempty"`
	Extension   string `json:"extensionNumber,omitempty"`
	ExtensionID string `json:"extensionId,omitempty"`
	Name        string `json:"name,omitempty"`
	Location    string `json:"location,omitempty"`
}

type link struct {
	ID  int64  `json:"id"`
	URI string `json:"uri"`
}

type callRecording struct {
	ID      string `json:"id"`
	URI     string `json:"uri"`
	Type    string `json:"type"`
	Content string `json:"contentUri"`
}

type callMessage struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	URI  string `json:"uri"`
}

type callDelegate struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

// callPart is what a call has in common with its legs.
type callPart struct {
	Type       string         `json:"type"`
	Direction  string         `json:"direction"`
	Action     string         `json:"action"`
	Result     string         `json:"result,omitempty"`
	Reason     string         `json:"reason,omitempty"`
	Start      string         `json:"startTime"`
	Duration   int            `json:"duration"`
	DurationMs int            `json:"durationMs"`
	From       *callParty     `json:"from,omitempty"`
	To         *callParty     `json:"to,omitempty"`
	Extension  *link          `json:"extension,omitempty"`
	Telephony  string         `json:"telephonySessionId"`
	Party      string         `json:"partyId,omitempty"`
	Transport  string         `json:"transport,omitempty"`
	Internal   string         `json:"internalType,omitempty"`
	Recording  *callRecording `json:"recording,omitempty"`
	Short      bool           `json:"shortRecording,omitempty"`
	Message    *callMessage   `json:"message,omitempty"`
	Delegate   *callDelegate  `json:"delegate,omitempty"`
	Delegation string         `json:"delegationType,omitempty"`
	Finished   *bool          `json:"finished,omitempty"`
}

type wireCall struct {
	ID      string `json:"id"`
	URI     string `json:"uri"`
	Session string `json:"sessionId"`
	callPart
	Deleted  bool      `json:"deleted,omitempty"`
	Legs     []wireLeg `json:"legs,omitempty"`
	Modified string    `json:"lastModifiedTime,omitempty"`
}

type wireLeg struct {
	callPart
	LegType string `json:"legType"`
	Master  bool   `json:"master,omitempty"`
}

const accountPath = "/restapi/v1.0/account/" + accountID

func telephonySession(session int64) string { return "s-a" + strconv.FormatInt(session, 16) }

func partyOf(p *corpus.Party) *callParty {
	if blank(p) {
		return nil
	}
	w := &callParty{Number: p.Number, Extension: p.Extension, Name: p.Name, Location: p.Location}
	if i, ok := corpus.FindExtension(p.Extension); ok {
		w.ExtensionID = strconv.FormatInt(corpus.EntryID(i), 10)
	}
	return w
}

// wireCall writes a call the way the service does: legs and the time of the
// last change only in the detailed view.
func (s *Server) wireCall(r *callRecord, company, detailed bool) wireCall {
	v := &r.v
	base := s.platform.url + basePath
	if company {
		base = s.platform.url + accountPath
	}
	view := "Simple"
	if detailed {
		view = "Detailed"
	}
	w := wireCall{
		ID: v.ID, URI: base + "/call-log/" + v.ID + "?view=" + view, Session: strconv.FormatInt(v.SessionID, 10),
		callPart: s.callPart(v), Deleted: r.deleted,
	}
	if detailed {
		w.Legs, w.Modified = s.legs(v, &w.callPart), isoTime(r.modified)
	}
	return w
}

func (s *Server) callPart(v *corpus.Call) callPart {
	p := callPart{
		Type: v.Type, Direction: v.Direction, Action: v.Action, Result: v.Result, Reason: v.Reason,
		Start: isoTime(v.Start.UnixMilli()), Duration: v.Duration, DurationMs: v.Duration * 1000,
		From: partyOf(&v.From), To: partyOf(&v.To), Telephony: telephonySession(v.SessionID),
		Party: "p-a" + strconv.FormatInt(v.SessionID, 16) + "-1", Transport: v.Transport, Internal: v.Internal, Short: v.Short,
	}
	if i, ok := corpus.FindExtension(v.Extension); ok {
		id := corpus.EntryID(i)
		p.Extension = &link{ID: id, URI: s.platform.url + accountPath + "/extension/" + strconv.FormatInt(id, 10)}
	}
	if id := v.RecordingID(); id != 0 {
		at := accountPath + "/recording/" + strconv.FormatInt(id, 10)
		p.Recording = &callRecording{
			ID: strconv.FormatInt(id, 10), URI: s.platform.url + at, Type: v.Recording, Content: s.media.url + at + "/content",
		}
	}
	if v.Message != 0 {
		id := strconv.FormatInt(v.Message, 10)
		p.Message = &callMessage{ID: id, Type: v.Kind, URI: s.platform.url + storePath + "/" + id}
	}
	if !blank(&v.Queue) {
		if i, ok := corpus.FindExtension(v.Queue.Extension); ok {
			p.Delegate = &callDelegate{ID: strconv.FormatInt(corpus.EntryID(i), 10), Name: v.Queue.Name}
			p.Delegation = "QueueForwarding"
		}
	}
	if !v.Finished { // told only while it matters, as the older records have it
		p.Finished = new(bool)
	}
	return p
}

// legs are the ways a call went: its own first.
func (s *Server) legs(v *corpus.Call, whole *callPart) []wireLeg {
	master := wireLeg{callPart: *whole, LegType: "Accept", Master: true}
	further := func(kind, action string, to *callParty) wireLeg {
		leg := wireLeg{callPart: *whole, LegType: kind}
		leg.Action, leg.Message, leg.Recording, leg.Delegate, leg.Delegation = action, nil, nil, nil, ""
		leg.Party = strings.TrimSuffix(leg.Party, "1") + "2"
		if to != nil {
			leg.To = to
		}
		return leg
	}
	desk := &callParty{Extension: corpus.OwnerExtension, Name: corpus.OwnerName, ExtensionID: extensionID}
	switch {
	case v.Type == "Fax":
		if v.Direction == "Outbound" {
			master.LegType = "FaxSent"
		}
	case v.Action == "RingOut Web":
		master.LegType = "RingOutWebToSubscriber"
		return []wireLeg{master, further("RingOutWebToCaller", v.Action, nil)}
	case v.Action == "Transfer":
		return []wireLeg{master, further("TransferCall", "Transfer", &callParty{Extension: "131", Name: "Triage Nurse"})}
	case !blank(&v.Queue):
		master.LegType = "PstnToSip"
		return []wireLeg{master, further("Hunting", "Hunting", desk)}
	case v.Transport == "VoIP" && v.Direction == "Outbound":
		master.LegType = "SipToPstnMetered"
	case v.Transport == "VoIP":
		master.LegType = "ExtensionToExtension"
	case v.Result == "Accepted":
		return []wireLeg{master, further("PstnToSip", "VoIP Call", desk)}
	}
	return []wireLeg{master}
}
