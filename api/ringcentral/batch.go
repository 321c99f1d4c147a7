package ringcentral

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"

	"switchboard/api"
)

const (
	maxBatch = 50      // ids in one path
	maxNamed = 1000    // ids in one body, with an asterisk in the path
	maxParts = 1200    // parts of one multipart/mixed answer
	maxPart  = 4 << 20 // bytes of one part
)

// ErrNotSent marks the ids of a batch that an earlier failure kept from being sent.
var ErrNotSent = errors.New("not sent")

// Result is what became of one id of a batch.
type Result struct {
	ID      ID
	Status  int     // HTTP status for this id; 0: no answer
	Message Message // the record, where the call returns one
	Err     error   // nil for a success
}

// batch is one call on several ids.
type batch struct {
	op, method string
	group      api.Group
	query      url.Values
	change     map[string]string // body, the same for every id
}

// most is how many ids one request may name: a change can name them in its body. A
// deletion never does: where the body got lost on the way, the asterisk would be all
// there is.
func (b batch) most() int {
	if b.method == http.MethodPut || b.method == http.MethodPatch {
		return maxNamed
	}
	return maxBatch
}

// batch sends ids in as few requests as the service allows and collects one Result
// each. After a request that fails as a whole nothing more is sent.
func (c *Client) batch(ctx context.Context, b batch, ids []ID) ([]Result, error) {
	ids, err := checked(b.op, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Result, 0, len(ids))
	for rest := ids; len(rest) > 0; {
		some := rest[:min(b.most(), len(rest))]
		rest = rest[len(some):]
		var results []Result
		if results, err = c.batchOnce(ctx, b, some); err == nil {
			out = append(out, results...)
			continue
		}
		// A single id's failure is its result, not the batch's.
		var e *api.Error
		if len(ids) == 1 && errors.As(err, &e) && e.Status >= 400 && e.Status < 500 && perMessage(e.Status) {
			return []Result{{ID: ids[0], Status: e.Status, Err: err}}, nil
		}
		for _, id := range some {
			r := Result{ID: id, Err: err}
			if errors.As(err, &e) {
				r.Status = e.Status
			}
			out = append(out, r)
		}
		for _, id := range rest {
			out = append(out, Result{ID: id, Err: fmt.Errorf("RingCentral %s: %w: %w", b.op, ErrNotSent, err)})
		}
		return out, err
	}
	return out, nil
}

// perMessage lists the statuses that speak of a message and not of the call.
func perMessage(status int) bool {
	switch status {
	case http.StatusNotFound, http.StatusGone, http.StatusConflict, http.StatusBadRequest:
		return true
	}
	return false
}

func (c *Client) batchOnce(ctx context.Context, b batch, ids []ID) ([]Result, error) {
	if len(ids) == 0 { // never: a path without ids means the whole mailbox
		return nil, api.ErrNoIDs
	}
	r := api.Request{
		Op: b.op, Method: b.method, Path: c.messages() + "/message-store/" + joined(ids), Query: b.query, Group: b.group,
	}
	if len(ids) > maxBatch {
		r.Path = c.messages() + "/message-store/*"
	}
	if len(ids) > 1 {
		r.Accept = MultipartJSON
	}
	if b.change != nil {
		r.Body = b.change
		if len(ids) > 1 {
			list := make([]map[string]any, len(ids))
			for i := range list {
				list[i] = map[string]any{"body": b.change}
				if len(ids) > maxBatch {
					list[i]["resourceId"] = string(ids[i])
				}
			}
			r.Body, r.ContentType = list, MultipartJSON
		}
	}
	var results []Result
	_, err := c.Do(ctx, r, api.Decoder(func(res *api.Response, raw []byte) (err error) {
		results, err = c.results(b, ids, res, raw)
		return err
	}))
	return results, err
}

// results reads the answer: nothing (204), one record, a JSON list, or MIME parts.
func (c *Client) results(b batch, ids []ID, res *api.Response, raw []byte) ([]Result, error) {
	if res.Status == http.StatusNoContent || len(raw) == 0 && b.method == http.MethodDelete {
		out := make([]Result, len(ids))
		for i, id := range ids {
			out[i] = Result{ID: id, Status: res.Status}
		}
		return out, nil
	}
	if res.Status != http.StatusMultiStatus {
		if len(ids) > 1 && b.method == http.MethodDelete {
			out := make([]Result, len(ids))
			for i, id := range ids {
				out[i] = Result{ID: id, Status: res.Status}
			}
			return out, nil
		}
		if len(ids) == 1 {
			var m Message
			if err := json.Unmarshal(raw, &m); err != nil && b.method != http.MethodDelete {
				return nil, err
			}
			return []Result{{ID: ids[0], Status: res.Status, Message: m}}, nil
		}
	}
	items, err := parseBatch(res.Header.Get("Content-Type"), raw)
	if err != nil {
		return nil, err
	}
	return c.match(b, ids, items), nil
}

// match brings the answers into the order of ids. An id without an answer is
// an error of its own: for a deletion nobody knows what became of it.
func (c *Client) match(b batch, ids []ID, items []item) []Result {
	byID := make(map[ID]item, len(items))
	for i, it := range items {
		if it.id == "" && len(items) == len(ids) {
			it.id = ids[i] // unnamed answers come in order
		}
		if _, ok := byID[it.id]; !ok {
			byID[it.id] = it
		}
	}
	out := make([]Result, len(ids))
	for i, id := range ids {
		it, ok := byID[id]
		out[i] = Result{ID: id, Status: it.status}
		switch {
		case !ok:
			out[i].Err = &api.Error{
				Service: c.Name(), Op: b.op, Method: b.method, Message: "no answer for message " + string(id), Err: api.ErrBadBody,
				Unknown: b.method == http.MethodDelete || b.method == http.MethodPatch,
			}
		case it.status < 200 || it.status > 299:
			out[i].Err = api.DecodeError(c.Name(), b.op, b.method, it.status, nil, it.body)
		case len(it.body) > 0 && b.method != http.MethodDelete:
			if err := json.Unmarshal(it.body, &out[i].Message); err != nil {
				out[i].Err = &api.Error{
					Service: c.Name(), Op: b.op, Method: b.method, Status: it.status,
					Err: fmt.Errorf("%w: %s", api.ErrBadBody, api.Redact(err.Error())),
				}
			}
		}
	}
	return out
}

// item is one answer within a 207.
type item struct {
	id     ID
	status int
	body   []byte
}

// parseBatch reads a 207 body in either of its formats.
func parseBatch(contentType string, raw []byte) ([]item, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err == nil && strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" {
		return parseMixed(params["boundary"], raw)
	}
	var list []struct {
		ResourceID ID              `json:"resourceId"`
		Status     int             `json:"status"`
		Body       json.RawMessage `json:"body"`
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("batch answer: %w", err)
	}
	items := make([]item, len(list))
	for i, l := range list {
		items[i] = item{id: l.ResourceID, status: l.Status, body: l.Body}
	}
	return items, nil
}

// parseMixed reads multipart/mixed: first a part that lists the answers, then
// one part for each of them.
func parseMixed(boundary string, raw []byte) ([]item, error) {
	mr := multipart.NewReader(bytes.NewReader(raw), boundary)
	var head struct {
		Response []struct {
			Href   string `json:"href"`
			Status int    `json:"status"`
		} `json:"response"`
	}
	var items []item
	for n := 0; ; n++ {
		p, err := mr.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			if n == 0 {
				return nil, errors.New("batch answer without parts")
			}
			return items, nil
		case err != nil:
			return nil, fmt.Errorf("batch answer: %w", err)
		case n > maxParts:
			return nil, fmt.Errorf("batch answer with more than %d parts", maxParts)
		}
		body, err := io.ReadAll(io.LimitReader(p, maxPart+1))
		if err != nil {
			return nil, fmt.Errorf("batch answer, part %d: %w", n, err)
		}
		if len(body) > maxPart {
			return nil, fmt.Errorf("batch answer, part %d: larger than %d bytes", n, maxPart)
		}
		if n == 0 {
			if err := json.Unmarshal(body, &head); err != nil {
				return nil, fmt.Errorf("batch answer, list of statuses: %w", err)
			}
			if len(head.Response) > maxParts {
				return nil, fmt.Errorf("batch answer with more than %d entries", maxParts)
			}
			for _, r := range head.Response {
				items = append(items, item{id: hrefID(r.Href), status: r.Status})
			}
			continue
		}
		if n <= len(items) {
			items[n-1].body = bytes.TrimSpace(body)
		}
	}
}

// hrefID takes the message's id from its address.
func hrefID(href string) ID {
	u, err := url.Parse(href)
	if err != nil {
		return ""
	}
	id := ID(path.Base(u.Path))
	if !id.usable() {
		return ""
	}
	return id
}
