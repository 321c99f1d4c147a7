package ringcentral

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"switchboard/api"
)

// CallParty is one side of a call. All of it may be missing, and a number may be
// masked ("+1855201XXXX").
type CallParty struct {
	PhoneNumber     string `json:"phoneNumber,omitempty"`
	ExtensionNumber string `json:"extensionNumber,omitempty"`
	ExtensionID     ID     `json:"extensionId,omitempty"`
	Name            string `json:"name,omitempty"`
	Location        string `json:"location,omitempty"`
	DialedNumber    string `json:"dialedPhoneNumber,omitempty"` // To only: what was dialled
	DialerNumber    string `json:"dialerPhoneNumber,omitempty"` // From only
}

// CallRecording says where the recording of a call is (CallLogRecordingInfo).
type CallRecording struct {
	ID         ID     `json:"id"`
	URI        string `json:"uri,omitempty"`
	Type       string `json:"type,omitempty"`       // Automatic OnDemand
	ContentURI string `json:"contentUri,omitempty"` // on the media host
}

// CallMessage links a call with the voicemail or the fax that it left.
type CallMessage struct {
	ID   ID     `json:"id"`
	Type string `json:"type,omitempty"` // VoiceMail Fax; compare without case
	URI  string `json:"uri,omitempty"`
}

// CallDelegate is on whose behalf a call was answered.
type CallDelegate struct {
	ID   ID     `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// CallPart is what a call and each of its legs have in common
// (BaseCallLogRecord). Action, Result and Reason are the service's words as
// they are; there are dozens, and more every year.
type CallPart struct {
	Type               string         `json:"type,omitempty"`      // Voice Fax
	Direction          string         `json:"direction,omitempty"` // Inbound Outbound
	Action             string         `json:"action,omitempty"`
	Result             string         `json:"result,omitempty"`
	Reason             string         `json:"reason,omitempty"`
	ReasonDescription  string         `json:"reasonDescription,omitempty"`
	StartTime          Time           `json:"startTime,omitzero"`
	Duration           int64          `json:"duration,omitempty"`   // seconds
	DurationMs         int64          `json:"durationMs,omitempty"` // where the service tells it
	From               *CallParty     `json:"from,omitempty"`       // nil: blocked caller
	To                 *CallParty     `json:"to,omitempty"`
	Extension          *CallExtension `json:"extension,omitempty"`
	TelephonySessionID ID             `json:"telephonySessionId,omitempty"`
	PartyID            ID             `json:"partyId,omitempty"`
	Transport          string         `json:"transport,omitempty"` // PSTN VoIP
	InternalType       string         `json:"internalType,omitempty"`
	Recording          *CallRecording `json:"recording,omitempty"`
	ShortRecording     bool           `json:"shortRecording,omitempty"` // too short to be kept
	Message            *CallMessage   `json:"message,omitempty"`
	Delegate           *CallDelegate  `json:"delegate,omitempty"`
	DelegationType     string         `json:"delegationType,omitempty"` // Coworker QueueForwarding
	Finished           *bool          `json:"finished,omitempty"`       // nil: not told
}

// CallExtension is whose call it is.
type CallExtension struct {
	ID  ID     `json:"id"`
	URI string `json:"uri,omitempty"`
}

// Length is how long the call lasted.
func (p CallPart) Length() time.Duration {
	if p.DurationMs > 0 {
		return time.Duration(p.DurationMs) * time.Millisecond
	}
	return time.Duration(p.Duration) * time.Second
}

// InProgress reports whether the record speaks of a call that is not over.
func (p CallPart) InProgress() bool {
	return p.Finished != nil && !*p.Finished || p.Finished == nil && p.Result == "In Progress"
}

// Call is one record of the call log (CallLogRecord). Its id is text. A deleted
// one may carry no more than ID and Deleted.
type Call struct {
	ID        ID     `json:"id"`
	URI       string `json:"uri,omitempty"`
	SessionID ID     `json:"sessionId,omitempty"`
	CallPart
	Deleted          bool  `json:"deleted,omitempty"`
	Legs             []Leg `json:"legs,omitempty"`            // detailed view only
	LastModifiedTime Time  `json:"lastModifiedTime,omitzero"` // detailed view only
}

// Leg is one part of a call's way (CallLogRecordLegInfo).
type Leg struct {
	CallPart
	LegType string `json:"legType,omitempty"`
	Master  bool   `json:"master,omitempty"`
}

// CallScope says whose calls are meant: the user's own by default.
type CallScope struct {
	Extension ID   // another extension that the user may read
	Company   bool // all of the account's; needs FullCompanyCallLog
}

// path is the scope's resource, and which of the two operations it is.
func (s CallScope) path(user, company, resource string) (op, path string, err error) {
	if s.Company {
		return company, account + resource, nil
	}
	base, err := extensionPath(user, s.Extension)
	return user, base + resource, err
}

// CallQuery selects calls. Zero fields do not filter.
type CallQuery struct {
	CallScope
	DateFrom           time.Time // zero: everything, not the service's 24 hours
	DateTo             time.Time
	Direction          []string // Inbound Outbound
	Types              []string // Voice Fax
	Transport          []string // PSTN VoIP; not for the company
	Detailed           bool     // with legs
	Recorded           bool     // only calls with a recording
	RecordingType      string   // Automatic OnDemand All
	PhoneNumber        string
	ExtensionNumber    string // not together with SessionID: the service refuses it, CLG-110
	SessionID          ID
	TelephonySessionID ID
	Deleted            bool // deleted ones too
	Page               int  // from 1
	PerPage            int  // at most 1000
	// Next, from a CallList, asks for its next page; all else but the scope is
	// ignored.
	Next string
}

// CallList is a page of calls, newest first.
type CallList struct {
	Records []Call
	Broken  []BrokenRecord
	Next    string // for CallQuery.Next; "" on the last page
}

// maxCalls is the most that a page of the call log holds.
const maxCalls = 1000

// Calls returns a page of the call log (readUserCallLog, readCompanyCallLog;
// Heavy).
func (c *Client) Calls(ctx context.Context, q CallQuery) (CallList, error) {
	op, path, err := q.path("readUserCallLog", "readCompanyCallLog", "/call-log")
	if err != nil {
		return CallList{}, err
	}
	r := api.Request{Op: op, Path: path, Group: api.Heavy}
	if q.Next != "" {
		r.Path = q.Next
	} else {
		r.Query = q.values()
	}
	return c.callList(ctx, r)
}

func (c *Client) callList(ctx context.Context, r api.Request) (CallList, error) {
	var list CallList
	_, err := c.Do(ctx, r, api.Decoder(func(_ *api.Response, raw []byte) (err error) {
		list.Records, list.Broken, list.Next, err = paged[Call](raw)
		return err
	}))
	return list, err
}

// paged reads a list whose next page is named by navigation.nextPage.
func paged[R any](raw []byte) (list []R, broken []BrokenRecord, next string, err error) {
	var page struct {
		Records    []R `json:"records"`
		Navigation struct {
			NextPage struct {
				URI string `json:"uri"`
			} `json:"nextPage"`
		} `json:"navigation"`
	}
	if broken, err = records(raw, &page, &page.Records); err != nil {
		return nil, nil, "", err
	}
	return page.Records, broken, page.Navigation.NextPage.URI, nil
}

func (q CallQuery) values() url.Values {
	v := url.Values{"dateFrom": {everything}}
	if !q.DateFrom.IsZero() {
		v.Set("dateFrom", text(q.DateFrom))
	}
	if !q.DateTo.IsZero() {
		v.Set("dateTo", text(q.DateTo))
	}
	lists(v, map[string][]string{"direction": q.Direction, "type": q.Types, "transport": q.Transport})
	words(v, map[string]string{
		"recordingType": q.RecordingType, "phoneNumber": q.PhoneNumber, "extensionNumber": q.ExtensionNumber,
		"sessionId": string(q.SessionID), "telephonySessionId": string(q.TelephonySessionID),
	})
	switches(v, map[string]bool{"withRecording": q.Recorded, "showDeleted": q.Deleted})
	if q.Detailed {
		v.Set("view", "Detailed")
	}
	pages(v, q.Page, q.PerPage, maxCalls)
	return v
}

// ActiveQuery selects calls that are in progress.
type ActiveQuery struct {
	CallScope
	Direction []string
	Types     []string
	Detailed  bool
	PerPage   int
	Next      string // from a CallList
}

// ActiveCalls returns the calls in progress (listExtensionActiveCalls,
// listCompanyActiveCalls; Heavy). The service tells of them some seconds late,
// and of calls that are over up to two minutes longer.
func (c *Client) ActiveCalls(ctx context.Context, q ActiveQuery) (CallList, error) {
	op, path, err := q.path("listExtensionActiveCalls", "listCompanyActiveCalls", "/active-calls")
	if err != nil {
		return CallList{}, err
	}
	r := api.Request{Op: op, Path: path, Group: api.Heavy}
	if q.Next != "" {
		r.Path = q.Next
		return c.callList(ctx, r)
	}
	r.Query = url.Values{}
	lists(r.Query, map[string][]string{"direction": q.Direction, "type": q.Types})
	if q.Detailed {
		r.Query.Set("view", "Detailed")
	}
	pages(r.Query, 0, q.PerPage, maxCalls)
	return c.callList(ctx, r)
}

// lists adds lists as repeated parameters, not comma-separated ones.
func lists(v url.Values, from map[string][]string) {
	for name, list := range from {
		if len(list) > 0 {
			v[name] = list
		}
	}
}

func words(v url.Values, from map[string]string) {
	for name, s := range from {
		if s != "" {
			v.Set(name, s)
		}
	}
}

func switches(v url.Values, from map[string]bool) {
	for name, on := range from {
		if on {
			v.Set(name, "true")
		}
	}
}

func pages(v url.Values, page, perPage, most int) {
	if page > 0 {
		v.Set("page", strconv.Itoa(page))
	}
	if perPage > 0 {
		v.Set("perPage", strconv.Itoa(min(perPage, most)))
	}
}
