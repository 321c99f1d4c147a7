package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"switchboard/api/simulator/gateway"
)

const (
	maxPathIDs = 50
	maxBodyIDs = 1000
	multiJSON  = "application/vnd.ringcentral.multipart+json"
)

// entry is one part of a 207 answer.
type entry struct {
	id     string
	record record
	err    *apiError
}

// pathIDs splits the ids of a bulk path.
func (c *call) pathIDs() ([]string, *apiError) {
	ids := strings.Split(c.r.PathValue("ids"), ",")
	ids = slices.DeleteFunc(ids, func(s string) bool { return strings.TrimSpace(s) == "" })
	if len(ids) > maxPathIDs {
		return nil, &apiError{
			status: http.StatusBadRequest, code: "CMN-106", parameter: "messageId",
			message: "Too many identifiers: at most " + strconv.Itoa(maxPathIDs) + " are allowed in the path",
		}
	}
	return ids, nil
}

func parseID(s string) (int64, *apiError) {
	id, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return 0, notFound("messageId")
	}
	return id, nil
}

func (c *call) readMessages() *apiError {
	ids, err := c.pathIDs()
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return notFound("messageId")
	}
	entries := make([]entry, 0, len(ids))
	for _, s := range ids {
		e := entry{id: s}
		id, err := parseID(s)
		if err == nil {
			e.record, err = c.s.box.get(id)
		}
		e.err = err
		entries = append(entries, e)
	}
	if len(entries) == 1 {
		return c.writeOne(&entries[0], true)
	}
	c.writeMulti(entries)
	return nil
}

func (c *call) writeOne(e *entry, single bool) *apiError {
	if e.err != nil {
		return e.err
	}
	buf := c.s.getBuffer()
	defer c.s.putBuffer(buf)
	*buf = c.s.appendRecord((*buf)[:0], &e.record, single)
	gateway.WriteBytes(c.w, http.StatusOK, jsonType, *buf)
	return nil
}

// entryBody is the part's own JSON.
func (c *call) entryBody(b []byte, e *entry) []byte {
	if e.err == nil {
		return c.s.appendRecord(b, &e.record, false)
	}
	body, err := json.Marshal(e.err.body())
	if err != nil { // strings only
		return append(b, "{}"...)
	}
	return append(b, body...)
}

// writeMulti answers 207 in the form the client asked for.
func (c *call) writeMulti(entries []entry) {
	buf := c.s.getBuffer()
	defer c.s.putBuffer(buf)
	if !strings.Contains(strings.Join(c.r.Header.Values("Accept"), ","), multiJSON) {
		c.writeMixed(entries)
		return
	}
	b := append((*buf)[:0], '[')
	for i := range entries {
		e := &entries[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"resourceId":`...)
		b = appendString(b, e.id)
		b = append(b, `,"status":`...)
		b = strconv.AppendInt(b, int64(okStatus(e.err)), 10)
		b = append(b, `,"body":`...)
		b = append(c.entryBody(b, e), '}')
	}
	*buf = append(b, ']')
	gateway.WriteBytes(c.w, http.StatusMultiStatus, multiJSON+";charset=utf-8", *buf)
}

type mixedIndex struct {
	Response []mixedLine `json:"response"`
}

type mixedLine struct {
	Href        string `json:"href"`
	Status      int    `json:"status"`
	Description string `json:"responseDescription"`
}

// writeMixed is the default form: an index first, then a part for each id.
func (c *call) writeMixed(entries []entry) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	index := mixedIndex{}
	for i := range entries {
		status := okStatus(entries[i].err)
		index.Response = append(index.Response, mixedLine{
			Href:   c.s.platform.url + storePath + "/" + entries[i].id,
			Status: status, Description: http.StatusText(status),
		})
	}
	head, _ := json.Marshal(index) // strings and numbers only
	part := func(b []byte) {
		p, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/json"}})
		if err == nil { // into memory: it cannot fail
			_, _ = p.Write(b)
		}
	}
	part(head)
	for i := range entries {
		part(c.entryBody(nil, &entries[i]))
	}
	_ = w.Close()
	gateway.WriteBytes(c.w, http.StatusMultiStatus, "multipart/mixed; boundary="+w.Boundary(), body.Bytes())
}

func decodeBody(r io.Reader, into any) *apiError {
	if err := json.NewDecoder(r).Decode(into); err != nil {
		if big := (*http.MaxBytesError)(nil); errors.As(err, &big) {
			return &apiError{status: http.StatusRequestEntityTooLarge, code: "CMN-413", message: "Request body is too large"}
		}
		return badJSON()
	}
	return nil
}

func badJSON() *apiError {
	return &apiError{status: http.StatusBadRequest, code: "CMN-100", message: "Request body is not valid"}
}

func unsupportedType() *apiError {
	return &apiError{status: http.StatusUnsupportedMediaType, code: "CMN-415", message: "Content type is not supported"}
}

func (c *call) deleteMessages() *apiError {
	ids, err := c.pathIDs()
	if err != nil {
		return err
	}
	if len(ids) == 1 && ids[0] == "*" {
		if ids, err = c.bodyIDs(); err != nil {
			return err
		}
	}
	if len(ids) == 0 { // the trap: no ids means all of them
		return c.deleteByFilter()
	}
	c.s.box.settle() // what was to go out by now has gone
	q := c.r.URL.Query()
	purge := q.Get("purge") == "true"
	entries := make([]entry, 0, len(ids))
	failed := false
	for _, s := range ids {
		id, err := parseID(s)
		if err == nil {
			err = c.s.box.remove(id, purge, q.Get("type"))
		}
		failed = failed || err != nil
		e := entry{id: s, err: err}
		if err == nil {
			e.record, _ = c.s.box.get(id)
		}
		entries = append(entries, e)
	}
	switch {
	case !failed:
		c.w.WriteHeader(http.StatusNoContent)
	case len(entries) == 1:
		return entries[0].err
	default:
		c.writeMulti(entries)
	}
	return nil
}

// bodyIDs reads the array that belongs to the path "*". Ids may come as
// strings or as numbers.
func (c *call) bodyIDs() ([]string, *apiError) {
	var raw []json.RawMessage
	d := json.NewDecoder(c.r.Body)
	if err := d.Decode(&raw); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		return nil, badJSON()
	}
	if len(raw) > maxBodyIDs {
		return nil, &apiError{status: http.StatusBadRequest, code: "CMN-106", message: "Too many identifiers"}
	}
	ids := make([]string, 0, len(raw))
	for _, r := range raw {
		ids = append(ids, strings.Trim(string(r), `"`))
	}
	return ids, nil
}

// deleteByFilter deletes conversations, or everything when none is named.
func (c *call) deleteByFilter() *apiError {
	q := c.r.URL.Query()
	to := c.s.now()
	if s := q.Get("dateTo"); s != "" {
		t, err := parseDate(s, "dateTo")
		if err != nil {
			return err
		}
		to = t
	}
	chosen := map[int64]bool{}
	for _, s := range q["conversationId"] {
		for one := range strings.SplitSeq(s, ",") {
			id, err := strconv.ParseInt(one, 10, 64)
			if err != nil {
				return badParameter("conversationId")
			}
			chosen[id] = true
		}
	}
	if len(chosen) > maxPathIDs {
		return &apiError{status: http.StatusBadRequest, code: "CMN-106", parameter: "conversationId", message: "Too many identifiers"}
	}
	gone := c.s.box.removeAll(to.UnixMilli(), chosen, q.Get("type"), q.Get("purge") == "true")
	if len(chosen) == 0 {
		c.s.log.Error("DELETE WITHOUT IDS: the whole mailbox was deleted", "messages", gone, "path", c.r.URL.Path)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
