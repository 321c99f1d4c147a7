package simulator

import (
	"encoding/base64"
	"encoding/json"
	"hash/crc32"
	"net/http"
	"net/url"
	"slices"
	"time"
)

const (
	maxCallSync  = 250                 // records of one answer
	callSyncBack = 30 * 24 * time.Hour // how far dateFrom may go
	longestCall  = time.Hour           // the corpus has none that is longer
)

// callFrame is what a sync token of the call log carries.
type callFrame struct {
	Epoch  int        `json:"e"`
	Time   int64      `json:"s"` // ms
	Filter callFilter `json:"q"`
	Oldest int64      `json:"o"` // start of the oldest record handed out, ms
	Sum    uint32     `json:"x"`
}

func (f callFrame) sum() uint32 {
	f.Sum = 0
	b, err := json.Marshal(f)
	if err != nil { // a plain struct always marshals
		return 0
	}
	return crc32.ChecksumIEEE(b)
}

func (f callFrame) token() string {
	f.Sum = f.sum()
	b, err := json.Marshal(f)
	if err != nil {
		return ""
	}
	return "C" + base64.RawURLEncoding.EncodeToString(b)
}

func parseCallToken(s string) (callFrame, bool) {
	var f callFrame
	if len(s) < 2 || len(s) > 8<<10 || s[0] != 'C' {
		return f, false
	}
	b, err := base64.RawURLEncoding.DecodeString(s[1:])
	if err != nil || json.Unmarshal(b, &f) != nil {
		return f, false
	}
	return f, f.Sum == f.sum()
}

type syncInfo struct {
	Type  string `json:"syncType"`
	Token string `json:"syncToken,omitempty"`
	Time  string `json:"syncTime"`
}

type callSynced struct {
	URI     string     `json:"uri"`
	Records []wireCall `json:"records"`
	Info    syncInfo   `json:"syncInfo"`
}

func (c *call) syncCalls() *apiError {
	q := c.r.URL.Query()
	detailed, err := parseView(q)
	if err != nil {
		return err
	}
	var found []callRecord
	var next callFrame
	kind := q.Get("syncType")
	switch kind {
	case "FSync", "":
		kind = "FSync"
		found, next, err = c.fullCallSync(q)
	case "ISync":
		found, next, err = c.incrementalCallSync(q)
	default:
		err = badParameter("syncType")
	}
	if err != nil {
		return err
	}
	base := c.s.platform.url + basePath
	if c.company() {
		base = c.s.platform.url + accountPath
	}
	a := callSynced{
		URI: base + "/call-log-sync?" + q.Encode(), Records: make([]wireCall, len(found)),
		Info: syncInfo{Type: kind, Token: next.token(), Time: isoTime(next.Time)},
	}
	for i := range found {
		a.Records[i] = c.s.wireCall(&found[i], c.company(), detailed)
	}
	writeJSON(c.w, http.StatusOK, a)
	return nil
}

func (c *call) fullCallSync(q url.Values) ([]callRecord, callFrame, *apiError) {
	f := callFilter{Company: c.company()}
	if err := f.choices(q); err != nil {
		return nil, callFrame{}, err
	}
	f.Types, f.Directions, f.Transports, f.Deleted, f.NoBlocked = nil, nil, nil, false, false // no parameters of a sync
	f.Missed = slices.Contains(q["statusGroup"], "Missed") && !slices.Contains(q["statusGroup"], "All")
	if q.Get("recordCount") == "" { // mandatory here, unlike the message store's
		return nil, callFrame{}, badParameter("recordCount")
	}
	count, err := parseCount(q, "recordCount", maxCallSync, maxCallSync)
	if err != nil {
		return nil, callFrame{}, err
	}
	now := c.s.now()
	if s := q.Get("dateFrom"); s != "" {
		from, err := parseDate(s, "dateFrom")
		if err != nil {
			return nil, callFrame{}, err
		}
		f.From = max(from.UnixMilli(), now.Add(-callSyncBack).UnixMilli())
	}
	f.To = now.UnixMilli()
	found := c.s.calls.list(&f, 1, count).records
	f.To = 0 // increments have no end
	next := callFrame{Time: now.UnixMilli(), Filter: f, Oldest: now.UnixMilli()}
	if n := len(found); n > 0 {
		next.Oldest = found[n-1].v.Start.UnixMilli()
	}
	c.s.calls.mu.Lock()
	next.Epoch = c.s.calls.epoch
	c.s.calls.mu.Unlock()
	return found, next, nil
}

// expired says that a mirror has to start again.
func expired(code string) *apiError {
	return &apiError{
		status: http.StatusBadRequest, code: code, parameter: "syncToken",
		message: "Sync token expired, call log was reset",
	}
}

func (c *call) incrementalCallSync(q url.Values) ([]callRecord, callFrame, *apiError) {
	last, ok := parseCallToken(q.Get("syncToken"))
	if !ok || last.Filter.Company != c.company() {
		return nil, last, badParameter("syncToken")
	}
	l := c.s.calls
	now := l.now().UnixMilli()
	l.mu.Lock()
	l.collect()
	epoch := l.epoch
	found := l.changes(&last.Filter, last.Time-overlap.Milliseconds(), q.Get("showDeleted") == "true")
	l.mu.Unlock()
	switch {
	case last.Epoch != epoch:
		return nil, last, expired("CLG-105")
	case now-last.Time > tokenLife.Milliseconds():
		return nil, last, expired("CLG-101")
	case len(found) > maxCallSync:
		e := badParameter("syncToken")
		e.message = "Parameter [syncToken] is invalid [max sync record number limit is exceeded]"
		return nil, last, e
	}
	next := last
	next.Time = now
	// Then older ones, which move the beginning of the frame.
	more, err := parseCount(q, "recordCount", 0, maxCallSync)
	if err != nil {
		return nil, last, err
	}
	if more = min(more, maxCallSync-len(found)); more > 0 {
		f := last.Filter
		f.To = last.Oldest - 1
		older := l.list(&f, 1, more).records
		if n := len(older); n > 0 {
			next.Oldest = older[n-1].v.Start.UnixMilli()
		}
		found = append(found, older...)
	}
	return found, next, nil
}

// changes lists what changed at or after a time, newest first. The caller
// holds the lock.
func (l *callLog) changes(f *callFilter, since int64, deleted bool) []callRecord {
	var found []callRecord
	take := func(r callRecord) {
		if r.modified >= since && r.v.Start.UnixMilli() >= f.From && (deleted || !r.deleted) && f.about(&r) {
			found = append(found, r)
		}
	}
	for _, c := range slices.Backward(l.late) {
		take(l.lateAt(c))
	}
	n, number := l.span(f.Company)
	seen := map[int64]bool{}
	for i := n - 1; i >= 0; i-- {
		r := l.at(number(i))
		if r.v.Start.UnixMilli() < since-longestCall.Milliseconds() {
			break
		}
		seen[r.v.Number] = true
		take(r)
	}
	for number := range l.gone { // older ones, deleted lately
		if seen[number] || l.keys[number] != nil {
			continue
		}
		if r, ok := l.byNumber(number); ok {
			take(r)
		}
	}
	slices.SortStableFunc(found, func(a, b callRecord) int { return b.v.Start.Compare(a.v.Start) })
	return found
}
