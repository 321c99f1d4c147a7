package ringcentral

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"switchboard/api"
)

// The two kinds of sync.
const (
	FSync = "FSync" // everything in a frame
	ISync = "ISync" // what changed since a token
)

// SyncQuery asks for messages to mirror.
type SyncQuery struct {
	Type  string // FSync or ISync
	Token string // ISync: from the last answer; its filters are in it
	// DateFrom and DateTo frame an FSync. A zero DateFrom means everything;
	// the service's own default is 24 hours.
	DateFrom, DateTo time.Time
	// RecordCount is how many records are wanted; the service may send more.
	RecordCount  int
	MessageTypes []string
}

// MessageSync is one answer: the records, and where to go on.
type MessageSync struct {
	Records  []Message
	Broken   []BrokenRecord
	SyncInfo SyncInfo
}

// SyncInfo is the state of a mirror after an answer. With OlderRecordsExist
// another FSync whose DateTo is the oldest record's creation time goes further
// back; the first answer's token is the one to keep.
type SyncInfo struct {
	SyncType          string `json:"syncType"`
	SyncToken         string `json:"syncToken"`
	SyncTime          Time   `json:"syncTime"`
	OlderRecordsExist bool   `json:"olderRecordsExist"`
}

// Sync mirrors the message store (syncMessages, Light). Records overlap by some
// seconds between answers: tell repetitions by id and LastModifiedTime.
func (c *Client) Sync(ctx context.Context, q SyncQuery) (MessageSync, error) {
	var page MessageSync
	_, err := c.Do(ctx, api.Request{
		Op: "syncMessages", Path: c.messages() + "/message-sync", Query: q.values(), Group: api.Light,
	}, api.Decoder(func(_ *api.Response, raw []byte) (err error) {
		page, err = decodeSync(raw)
		return err
	}))
	return page, err
}

func (q SyncQuery) values() url.Values {
	v := url.Values{"syncType": {q.Type}}
	if q.RecordCount > 0 {
		v.Set("recordCount", strconv.Itoa(q.RecordCount))
	}
	if !q.DateFrom.IsZero() {
		v.Set("dateFrom", text(q.DateFrom))
	}
	if q.Type == ISync { // everything else is in the token
		v.Set("syncToken", q.Token)
		return v
	}
	if q.DateFrom.IsZero() {
		v.Set("dateFrom", everything)
	}
	if !q.DateTo.IsZero() {
		v.Set("dateTo", text(q.DateTo))
	}
	if len(q.MessageTypes) > 0 {
		v["messageType"] = q.MessageTypes
	}
	return v
}

func decodeSync(raw []byte) (MessageSync, error) {
	var page struct {
		Records  []Message `json:"records"`
		SyncInfo SyncInfo  `json:"syncInfo"`
	}
	broken, err := records(raw, &page, &page.Records)
	if err != nil {
		return MessageSync{}, err
	}
	if page.SyncInfo.SyncToken == "" {
		return MessageSync{}, errors.New("no sync token in the answer")
	}
	return MessageSync{Records: page.Records, Broken: broken, SyncInfo: page.SyncInfo}, nil
}

// IsExpiredToken reports whether a sync token is not accepted any more, so that
// the mirror has to start again with an FSync.
func IsExpiredToken(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && e.Status == http.StatusBadRequest && e.Has("MSG-333", "CMN-101")
}
