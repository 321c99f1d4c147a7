package simulator

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"switchboard/api/simulator/gateway"
)

type pageURI struct {
	URI string `json:"uri"`
}

type wirePaging struct {
	Page  int  `json:"page"`
	Per   int  `json:"perPage"`
	Start *int `json:"pageStart,omitempty"`
	End   *int `json:"pageEnd,omitempty"`
	Pages *int `json:"totalPages,omitempty"`
	Total *int `json:"totalElements,omitempty"`
}

type wirePage[R any] struct {
	URI        string             `json:"uri"`
	Records    []R                `json:"records"`
	Paging     wirePaging         `json:"paging"`
	Navigation map[string]pageURI `json:"navigation"`
}

// makePage puts the usual frame around records. total is -1 where it was not
// counted.
func makePage[R any](address string, q url.Values, records []R, page, per, total int, more bool) wirePage[R] {
	at := func(n int) string {
		q.Set("page", strconv.Itoa(n))
		q.Set("perPage", strconv.Itoa(per))
		return address + "?" + q.Encode()
	}
	p := wirePage[R]{URI: at(page), Records: records, Paging: wirePaging{Page: page, Per: per}}
	if records == nil {
		p.Records = []R{}
	}
	p.Navigation = map[string]pageURI{"firstPage": {at(1)}}
	if n := len(records); n > 0 {
		first, last := (page-1)*per, (page-1)*per+n-1
		p.Paging.Start, p.Paging.End = &first, &last
	}
	if page > 1 {
		p.Navigation["previousPage"] = pageURI{at(page - 1)}
	}
	if more {
		p.Navigation["nextPage"] = pageURI{at(page + 1)}
	}
	if total >= 0 {
		pages := (total + per - 1) / per
		p.Paging.Pages, p.Paging.Total = &pages, &total
		p.Navigation["lastPage"] = pageURI{at(max(pages, 1))}
	}
	return p
}

// maxPage is the highest page number that lists take.
const maxPage = 1000

func (c *call) company() bool { return c.r.PathValue("extension") == "" }

func (c *call) listCalls() *apiError {
	q := c.r.URL.Query()
	f, err := parseCallFilter(q, c.s.now(), c.company())
	if err != nil {
		return err
	}
	detailed, err := parseView(q)
	if err != nil {
		return err
	}
	page, per, err := callPaging(q)
	if err != nil {
		return err
	}
	got := c.s.calls.list(&f, page, per)
	q.Set("dateFrom", isoTime(f.From))
	q.Set("dateTo", isoTime(f.To))
	c.writeCalls("/call-log", q, &got, detailed)
	return nil
}

func callPaging(q url.Values) (page, per int, refused *apiError) {
	if page, refused = parseCount(q, "page", 1, maxPage); refused != nil {
		return 0, 0, refused
	}
	per, refused = parseMax(q, defaultPerPage, maxPerPage)
	return page, per, refused
}

func (c *call) writeCalls(resource string, q url.Values, got *callPage, detailed bool) {
	company := c.company()
	base := c.s.platform.url + basePath
	if company {
		base = c.s.platform.url + accountPath
	}
	records := make([]wireCall, len(got.records))
	for i := range got.records {
		records[i] = c.s.wireCall(&got.records[i], company, detailed)
	}
	writeJSON(c.w, http.StatusOK, makePage(base+resource, q, records, got.page, got.per, got.total, got.more))
}

func (c *call) readCalls() *apiError {
	detailed, err := parseView(c.r.URL.Query())
	if err != nil {
		return err
	}
	ids, err := c.pathIDs()
	if err != nil {
		return err
	}
	parts := make([]part, 0, len(ids))
	for _, id := range ids {
		r, err := c.s.calls.find(id, c.company())
		p := part{href: c.s.platform.url + basePath + "/call-log/" + id, err: err}
		if err == nil {
			p.body = c.s.wireCall(&r, c.company(), detailed)
		}
		parts = append(parts, p)
	}
	return c.writeParts(parts, "callRecordId")
}

// part is one of the records that a bulk read asked for.
type part struct {
	href string
	body any
	err  *apiError
}

// writeParts answers one record as such, and several in MIME parts, the only
// form that is documented for anything but messages.
func (c *call) writeParts(parts []part, parameter string) *apiError {
	switch {
	case len(parts) == 0:
		return notFound(parameter)
	case len(parts) == 1 && parts[0].err != nil:
		return parts[0].err
	case len(parts) == 1:
		writeJSON(c.w, http.StatusOK, parts[0].body)
		return nil
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	add := func(v any) {
		b, err := json.Marshal(v)
		if err != nil { // only our own plain structs come here
			b = []byte("{}")
		}
		if p, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/json"}}); err == nil {
			_, _ = p.Write(b) // into memory: it cannot fail
		}
	}
	index := mixedIndex{}
	for _, p := range parts {
		status := okStatus(p.err)
		index.Response = append(index.Response, mixedLine{Href: p.href, Status: status, Description: http.StatusText(status)})
	}
	add(index)
	for _, p := range parts {
		if p.err != nil {
			p.body = p.err.body()
		}
		add(p.body)
	}
	_ = w.Close() // the same
	gateway.WriteBytes(c.w, http.StatusMultiStatus, "multipart/mixed; boundary="+w.Boundary(), body.Bytes())
	return nil
}

// listActive shows calls that are connected, and those that were so a moment
// ago.
func (c *call) listActive() *apiError {
	q := c.r.URL.Query()
	f := callFilter{Company: c.company()}
	if err := f.choices(q); err != nil {
		return err
	}
	detailed, err := parseView(q)
	if err != nil {
		return err
	}
	page, per, err := callPaging(q)
	if err != nil {
		return err
	}
	all := c.s.calls.active(&f)
	got := callPage{page: page, per: per, total: len(all)}
	begin := min((page-1)*per, len(all))
	got.records = all[begin:min(begin+per, len(all))]
	got.more = begin+len(got.records) < len(all)
	c.writeCalls("/active-calls", q, &got, detailed)
	return nil
}

func (l *callLog) active(f *callFilter) []callRecord {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	var list []callRecord
	for _, c := range slices.Backward(l.live) {
		r := l.lateAt(c)
		if c.state == ringing || c.state == over && (c.answered.IsZero() || now.Sub(c.ended) > lingers) || !f.accepts(&r) {
			continue
		}
		if c.state == connected {
			r.v.Duration = int(now.Sub(c.answered).Seconds())
		}
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b callRecord) int { return b.v.Start.Compare(a.v.Start) })
	return list
}

type recordingInfo struct {
	ID       string `json:"id"`
	Content  string `json:"contentUri"`
	Type     string `json:"contentType"`
	Duration int    `json:"duration"`
}

func (c *call) readRecording() *apiError {
	id, b, seconds, err := c.sound()
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, recordingInfo{
		ID: id, Content: c.s.media.url + accountPath + "/recording/" + id + "/content", Type: b.kind, Duration: seconds,
	})
	return nil
}

func (c *call) readRecordingContent() *apiError {
	_, b, _, err := c.sound()
	if err != nil {
		return err
	}
	return c.serve(&b)
}

func (c *call) sound() (id string, b body, seconds int, refused *apiError) {
	id = c.r.PathValue("recording")
	n, err := strconv.ParseInt(strings.TrimSpace(id), 10, 64)
	if err != nil {
		return id, b, 0, notFound("recordingId")
	}
	v, ok := c.s.calls.recording(n)
	if !ok {
		return id, b, 0, notFound("recordingId")
	}
	made := c.s.calls.base.Sound(&v)
	return id, body{kind: made.Type, size: made.Size, etag: made.ETag, open: made.Open}, v.Duration, nil
}
