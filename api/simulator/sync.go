package simulator

import (
	"encoding/base64"
	"encoding/json"
	"hash/crc32"
	"net/http"
	"net/url"
	"time"

	"switchboard/api/simulator/gateway"
)

const (
	overlap   = 5 * time.Second     // an incremental sync repeats this much
	tokenLife = 30 * 24 * time.Hour // of a sync token
)

// frame is what a sync token carries: the filters of the full sync, and when
// the mailbox was last looked at.
type frame struct {
	Epoch  int    `json:"e"`
	Time   int64  `json:"s"` // ms
	Filter filter `json:"q"`
	Sum    uint32 `json:"x"`
}

func (f frame) sum() uint32 {
	f.Sum = 0
	b, err := json.Marshal(f)
	if err != nil { // a plain struct always marshals
		return 0
	}
	return crc32.ChecksumIEEE(b)
}

func (f frame) token() string {
	f.Sum = f.sum()
	b, err := json.Marshal(f)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// parseToken undoes token; anything it did not make is refused.
func parseToken(s string) (frame, bool) {
	var f frame
	if len(s) > 8<<10 {
		return f, false
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || json.Unmarshal(b, &f) != nil {
		return f, false
	}
	return f, f.Sum == f.sum()
}

// synced is the answer to a sync before it is written.
type synced struct {
	kind    string
	records []record
	frame   frame
	older   bool
}

func (c *call) syncMessages() *apiError {
	q := c.r.URL.Query()
	count, err := parseCount(q, "recordCount", defaultRecords, maxPerPage)
	if err != nil {
		return err
	}
	c.s.box.settle()
	var got synced
	switch kind := q.Get("syncType"); {
	case kind == "FSync", kind == "" && q.Get("syncToken") == "":
		got, err = c.fullSync(q, count)
	case kind == "ISync", kind == "":
		got, err = c.incrementalSync(q, count)
	default:
		err = badParameter("syncType")
	}
	if err != nil {
		return err
	}
	buf := c.s.getBuffer()
	defer c.s.putBuffer(buf)
	*buf = c.s.appendSync((*buf)[:0], &got, q)
	gateway.WriteBytes(c.w, http.StatusOK, jsonType, *buf)
	return nil
}

func (c *call) fullSync(q url.Values, count int) (synced, *apiError) {
	b := c.s.box
	b.mu.RLock()
	defer b.mu.RUnlock()
	f, err := parseFilter(q, c.s.now())
	if err != nil {
		return synced{}, err
	}
	f.Availability, f.ReadStatus, f.Number = nil, nil, "" // no parameters of a sync
	got := synced{kind: "FSync", frame: frame{Epoch: b.epoch, Time: b.nowMS(), Filter: f}}
	got.records, got.older = b.newest(&f, f.From, f.To, count)
	got.frame.Filter.To = 0 // increments have no end
	return got, nil
}

// newest collects the newest count messages of a window and tells whether
// there are older ones in it.
func (b *mailbox) newest(f *filter, from, to int64, count int) (records []record, older bool) {
	lo, hi := b.between(from, to)
	seen := conversations(f)
	records = make([]record, 0, min(count, hi-lo))
	for idx := hi - 1; idx >= lo; idx-- {
		r := b.at(idx)
		if !f.accepts(&r) || !seen.first(&r) {
			continue
		}
		if len(records) == count {
			return records, true
		}
		records = append(records, r)
	}
	return records, false
}

func (c *call) incrementalSync(q url.Values, count int) (synced, *apiError) {
	token := q.Get("syncToken")
	last, ok := parseToken(token)
	b := c.s.box
	b.mu.RLock()
	defer b.mu.RUnlock()
	now := b.nowMS()
	if !ok || last.Epoch != b.epoch || now-last.Time > tokenLife.Milliseconds() {
		return synced{}, badSyncToken()
	}
	got := synced{kind: "ISync", frame: last}
	got.frame.Time = now
	f := &got.frame.Filter
	for _, idx := range b.changesSince(last.Time - overlap.Milliseconds()) {
		r := b.at(idx)
		if r.created >= f.From && r.avail != forgotten && f.about(&r) {
			got.records = append(got.records, r)
		}
	}
	if s := q.Get("dateFrom"); s != "" { // widens the frame backwards
		from, err := parseDate(s, "dateFrom")
		if err != nil {
			return synced{}, err
		}
		if ms := from.UnixMilli(); ms < f.From {
			more, older := b.newest(f, ms, f.From-1, count)
			got.records, got.older = append(got.records, more...), older
			f.From = ms
		}
	}
	return got, nil
}

func (s *Server) appendSync(b []byte, got *synced, q url.Values) []byte {
	b = append(b, `{"uri":`...)
	b = appendString(b, s.platform.url+syncPath+"?"+q.Encode())
	b = append(b, `,"records":[`...)
	for i := range got.records {
		if i > 0 {
			b = append(b, ',')
		}
		if r := &got.records[i]; r.avail != alive {
			b = appendTombstone(b, r)
		} else {
			b = s.appendRecord(b, r, false)
		}
	}
	b = append(b, `],"syncInfo":{"syncType":"`...)
	b = append(b, got.kind...)
	b = append(b, `","syncToken":"`...)
	b = append(b, got.frame.token()...)
	b = append(b, `","syncTime":`...)
	b = appendTime(b, got.frame.Time)
	b = append(b, `,"olderRecordsExist":`...)
	b = appendBool(b, got.older)
	return append(b, "}}"...)
}
