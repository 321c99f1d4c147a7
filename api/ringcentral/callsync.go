package ringcentral

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"switchboard/api"
)

// MaxCallSync is the most records that one answer of the call log's sync
// holds. When more came in since the token, an ISync is refused.
const MaxCallSync = 250

// CallSyncQuery asks for calls to mirror.
type CallSyncQuery struct {
	CallScope
	Type  string // FSync or ISync
	Token string // ISync: from the last answer; its filters are in it
	// DateFrom begins the frame of an FSync; the service goes back 30 days at
	// most. Zero: as far as the log goes.
	DateFrom time.Time
	// RecordCount is how many records an FSync returns (0: MaxCallSync), and how
	// many older ones an ISync adds to the frame.
	RecordCount int
	Missed      bool // only missed calls
	Detailed    bool // with legs
	Deleted     bool // ISync: deleted records too, marked so
}

// CallSync is one answer. Unlike the message store's it does not tell whether
// older records exist: an FSync with as many as were asked for leaves the rest
// to [Client.Calls].
type CallSync struct {
	Records  []Call
	Broken   []BrokenRecord
	SyncInfo SyncInfo
}

// SyncCalls mirrors the call log (syncUserCallLog, syncAccountCallLog; Heavy).
// Records overlap between answers: tell repetitions by id.
func (c *Client) SyncCalls(ctx context.Context, q CallSyncQuery) (CallSync, error) {
	op, path, err := q.path("syncUserCallLog", "syncAccountCallLog", "/call-log-sync")
	if err != nil {
		return CallSync{}, err
	}
	var page CallSync
	_, err = c.Do(ctx, api.Request{Op: op, Path: path, Query: q.values(), Group: api.Heavy},
		api.Decoder(func(_ *api.Response, raw []byte) (err error) {
			page, err = decodeCallSync(raw)
			return err
		}))
	return page, err
}

func (q CallSyncQuery) values() url.Values {
	v := url.Values{"syncType": {q.Type}}
	if q.Detailed {
		v.Set("view", "Detailed")
	}
	if q.Type == ISync {
		v.Set("syncToken", q.Token)
		switches(v, map[string]bool{"showDeleted": q.Deleted})
		if q.RecordCount > 0 {
			v.Set("recordCount", strconv.Itoa(min(q.RecordCount, MaxCallSync)))
		}
		return v
	}
	count := MaxCallSync
	if q.RecordCount > 0 {
		count = min(q.RecordCount, MaxCallSync)
	}
	v.Set("recordCount", strconv.Itoa(count))
	if !q.DateFrom.IsZero() {
		v.Set("dateFrom", text(q.DateFrom))
	}
	if q.Missed {
		v.Set("statusGroup", "Missed")
	}
	return v
}

func decodeCallSync(raw []byte) (CallSync, error) {
	var page struct {
		Records  []Call   `json:"records"`
		SyncInfo SyncInfo `json:"syncInfo"`
	}
	broken, err := records(raw, &page, &page.Records)
	if err != nil {
		return CallSync{}, err
	}
	if page.SyncInfo.SyncToken == "" {
		return CallSync{}, errors.New("no sync token in the answer")
	}
	return CallSync{Records: page.Records, Broken: broken, SyncInfo: page.SyncInfo}, nil
}

// IsExpiredCallToken reports whether the token of a call log's sync is not
// accepted any more, or stands for more changes than one answer holds: either
// way the mirror has to start again with an FSync.
func IsExpiredCallToken(err error) bool {
	var e *api.Error
	if !errors.As(err, &e) || e.Status != http.StatusBadRequest {
		return false
	}
	if e.Has("CLG-101", "CLG-102", "CLG-103", "CLG-104", "CLG-105") {
		return true
	}
	// CMN-101 is any parameter's; a bad date would be bad again.
	return e.Has("CMN-101") && (e.Parameter == "" || e.Parameter == "syncToken" || strings.Contains(e.Message, "syncToken"))
}

// CallResult is what became of one id of [Client.CallsByID].
type CallResult struct {
	ID     ID
	Status int // HTTP status for this id; 0: no answer
	Call   Call
	Err    error // nil for a success
}

// CallsByID reads calls by id (readUserCallRecord, readCompanyCallRecord;
// Heavy), 50 at a time. There is one CallResult for each distinct id, in the
// order given. The error is that of a request that failed as a whole.
func (c *Client) CallsByID(ctx context.Context, s CallScope, ids []ID, detailed bool) ([]CallResult, error) {
	op, path, err := s.path("readUserCallRecord", "readCompanyCallRecord", "/call-log/")
	if err != nil {
		return nil, err
	}
	r := api.Request{Op: op, Path: path, Group: api.Heavy}
	if detailed {
		r.Query = url.Values{"view": {"Detailed"}}
	}
	items, err := c.gather(ctx, r, ids, maxBatch, "")
	out := make([]CallResult, len(items))
	for i, it := range items {
		out[i] = CallResult{ID: it.id, Status: it.status, Err: it.err}
		if it.err == nil {
			out[i].Err = c.unpack(op, it, &out[i].Call)
		}
	}
	return out, err
}

// unpack reads the record of one id.
func (c *Client) unpack(op string, it gathered, into any) error {
	if err := json.Unmarshal(it.body, into); err != nil {
		return &api.Error{Service: c.Name(), Op: op, Status: it.status, Err: badRecord(err)}
	}
	return nil
}
