package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"unicode/utf8"

	"switchboard/api"
)

// Presence is what an extension's user does (PresenceInfoResponse; the body of a
// presence event has the same members and a sequence). Everything but
// PresenceStatus is missing for what is not a person: queues, menus, rooms.
// DNDStatus is Unknown or missing for users of the new call handling, who have
// DNDStatusPersonal and AcceptCallQueueCalls instead.
type Presence struct {
	URI                  string       `json:"uri,omitempty"`
	Extension            PresenceOf   `json:"extension,omitzero"`
	ExtensionID          ID           `json:"extensionId,omitempty"`    // events only
	Sequence             int64        `json:"sequence,omitempty"`       // events only: the higher one is the later one
	PresenceStatus       string       `json:"presenceStatus,omitempty"` // Offline Busy Available
	UserStatus           string       `json:"userStatus,omitempty"`     // what the user chose: Offline Busy Available
	DNDStatus            string       `json:"dndStatus,omitempty"`      // TakeAllCalls DoNotAcceptDepartmentCalls TakeDepartmentCallsOnly DoNotAcceptAnyCalls
	DNDStatusPersonal    string       `json:"dndStatusPersonal,omitempty"`
	AcceptCallQueueCalls *bool        `json:"acceptCallQueueCalls,omitempty"` // nil: not told
	TelephonyStatus      string       `json:"telephonyStatus,omitempty"`      // NoCall CallConnected Ringing OnHold ParkedCall
	MeetingStatus        string       `json:"meetingStatus,omitempty"`        // Connected Disconnected
	Message              string       `json:"message,omitempty"`
	CallerIDVisibility   string       `json:"callerIdVisibility,omitempty"`
	AllowSeeMyPresence   *bool        `json:"allowSeeMyPresence,omitempty"`
	RingOnMonitoredCall  *bool        `json:"ringOnMonitoredCall,omitempty"`
	PickUpCallsOnHold    *bool        `json:"pickUpCallsOnHold,omitempty"`
	ActiveCalls          []ActiveCall `json:"activeCalls,omitempty"` // with the detailed telephony state
}

// PresenceOf is whose presence it is.
type PresenceOf struct {
	ID              ID     `json:"id,omitempty"`
	URI             string `json:"uri,omitempty"`
	ExtensionNumber string `json:"extensionNumber,omitempty"`
}

// Of returns the extension that p is of, whichever member names it.
func (p Presence) Of() ID {
	if p.Extension.ID != "" {
		return p.Extension.ID
	}
	return p.ExtensionID
}

// ActiveCall is a call that an extension takes part in (ActiveCallInfo).
type ActiveCall struct {
	ID                 ID     `json:"id,omitempty"`
	Direction          string `json:"direction,omitempty"`
	QueueCall          bool   `json:"queueCall,omitempty"`
	From               string `json:"from,omitempty"`
	FromName           string `json:"fromName,omitempty"`
	To                 string `json:"to,omitempty"`
	ToName             string `json:"toName,omitempty"`
	StartTime          Time   `json:"startTime,omitzero"`
	TelephonyStatus    string `json:"telephonyStatus,omitempty"`
	SessionID          ID     `json:"sessionId,omitempty"`
	TelephonySessionID ID     `json:"telephonySessionId,omitempty"`
	PartyID            ID     `json:"partyId,omitempty"`
	OnBehalfOf         string `json:"onBehalfOf,omitempty"`
	TerminationType    string `json:"terminationType,omitempty"` // final: the call is over
}

// PresenceChange is a change of the user's own presence (PresenceInfoRequest).
// What is empty or nil stays.
type PresenceChange struct {
	UserStatus           string  `json:"userStatus,omitempty"`
	DNDStatus            string  `json:"dndStatus,omitempty"`
	DNDStatusPersonal    string  `json:"dndStatusPersonal,omitempty"`
	AcceptCallQueueCalls *bool   `json:"acceptCallQueueCalls,omitempty"`
	Message              *string `json:"message,omitempty"` // at most MaxStatusMessage characters
	AllowSeeMyPresence   *bool   `json:"allowSeeMyPresence,omitempty"`
	RingOnMonitoredCall  *bool   `json:"ringOnMonitoredCall,omitempty"`
	PickUpCallsOnHold    *bool   `json:"pickUpCallsOnHold,omitempty"`
	CallerIDVisibility   string  `json:"callerIdVisibility,omitempty"`
}

// MaxStatusMessage is how many characters the message of a presence may have.
const MaxStatusMessage = 75

// ErrMessageTooLong is returned for a status message that the service would
// refuse.
var ErrMessageTooLong = errors.New("status message too long")

// maxPresence is how many extensions one request reads.
const maxPresence = 30

// Presence returns an extension's presence, the user's own for ""
// (readUserPresenceStatus, Light). detailed adds the calls.
func (c *Client) Presence(ctx context.Context, id ID, detailed bool) (Presence, error) {
	const op = "readUserPresenceStatus"
	var p Presence
	path, err := extensionPath(op, id)
	if err != nil {
		return p, err
	}
	_, err = c.Do(ctx, api.Request{Op: op, Path: path + "/presence", Query: telephony(detailed), Group: api.Light}, &p)
	return p, err
}

func telephony(detailed bool) url.Values {
	v := url.Values{}
	switches(v, map[string]bool{"detailedTelephonyState": detailed})
	return v
}

// PresenceResult is what became of one id of [Client.Presences].
type PresenceResult struct {
	ID       ID
	Status   int // HTTP status for this id; 0: no answer
	Presence Presence
	Err      error // nil for a success
}

// Presences returns the presence of several extensions (readUserPresenceStatus,
// Light), 30 at a time: a watched list costs one request where the whole
// account's costs a Heavy one. There is one PresenceResult for each distinct
// id, in the order given. The error is that of a request that failed as a
// whole.
func (c *Client) Presences(ctx context.Context, ids []ID, detailed bool) ([]PresenceResult, error) {
	r := api.Request{
		Op: "readUserPresenceStatus", Path: account + "/extension/", Query: telephony(detailed), Group: api.Light,
	}
	items, err := c.gather(ctx, r, ids, maxPresence, "/presence")
	out := make([]PresenceResult, len(items))
	for i, it := range items {
		out[i] = PresenceResult{ID: it.id, Status: it.status, Err: it.err}
		if it.err == nil {
			out[i].Err = c.unpack(r.Op, it, &out[i].Presence)
		}
	}
	return out, err
}

// SetPresence changes the user's own presence (updateUserPresenceStatus,
// Medium) and returns it. It may be repeated.
func (c *Client) SetPresence(ctx context.Context, change PresenceChange) (Presence, error) {
	const op = "updateUserPresenceStatus"
	var p Presence
	if change.Message != nil {
		if n := utf8.RuneCountInString(*change.Message); n > MaxStatusMessage {
			return p, fmt.Errorf("RingCentral %s: %w: %d characters, at most %d", op, ErrMessageTooLong, n, MaxStatusMessage)
		}
	}
	_, err := c.Do(ctx, api.Request{
		Op: op, Method: http.MethodPut, Path: extension + "/presence", Body: change, Group: api.Medium,
	}, &p)
	return p, err
}

// PresenceQuery selects a page of the account's presence.
type PresenceQuery struct {
	Detailed bool
	Page     int // from 1
	PerPage  int // at most 1000
	// Next, from a PresenceList, asks for its next page; all else is ignored.
	Next string
}

// PresenceList is a page of the account's presence.
type PresenceList struct {
	Records []Presence
	Broken  []BrokenRecord
	Next    string // for PresenceQuery.Next; "" on the last page
}

// AccountPresence returns the presence of everyone in the account
// (readAccountPresence, Heavy).
func (c *Client) AccountPresence(ctx context.Context, q PresenceQuery) (PresenceList, error) {
	r := api.Request{Op: "readAccountPresence", Path: account + "/presence", Group: api.Heavy}
	if q.Next != "" {
		r.Path = q.Next
	} else {
		r.Query = telephony(q.Detailed)
		pages(r.Query, q.Page, q.PerPage, 1000)
	}
	var list PresenceList
	_, err := c.Do(ctx, r, api.Decoder(func(_ *api.Response, raw []byte) (err error) {
		list.Records, list.Broken, list.Next, err = paged[Presence](raw)
		return err
	}))
	return list, err
}
