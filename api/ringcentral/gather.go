package ringcentral

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"switchboard/api"
)

// gathered is the answer for one id of a read.
type gathered struct {
	item
	err error
}

func badRecord(err error) error {
	return fmt.Errorf("%w: %s", api.ErrBadBody, api.Redact(err.Error()))
}

// gather reads several records in requests of at most most ids, which follow
// r's path. Each id gets one answer, in the order given. Multipart answers are
// asked for and both of their forms read: of the resources besides messages
// the documents name only the MIME one.
func (c *Client) gather(ctx context.Context, r api.Request, ids []ID, most int, suffix string) ([]gathered, error) {
	ids, err := checked(r.Op, ids)
	if err != nil {
		return nil, err
	}
	base := r.Path
	out := make([]gathered, 0, len(ids))
	for rest := ids; len(rest) > 0; {
		some := rest[:min(most, len(rest))]
		rest = rest[len(some):]
		r.Path, r.Accept = base+joined(some)+suffix, ""
		if len(some) > 1 {
			r.Accept = "multipart/mixed, " + MultipartJSON + ";q=0.9, application/json;q=0.8"
		}
		var items []gathered
		_, err := c.Do(ctx, r, api.Decoder(func(res *api.Response, raw []byte) (err error) {
			items, err = c.sort(r.Op, some, res, raw)
			return err
		}))
		var e *api.Error
		switch {
		case err == nil:
			out = append(out, items...)
			continue
		case len(some) == 1 && errors.As(err, &e) && api.IsNotFound(err):
			out = append(out, gathered{item{id: some[0], status: e.Status}, err})
			continue // that one is gone; it is no failure of the read
		}
		for _, id := range some {
			out = append(out, gathered{item{id: id}, err})
		}
		for _, id := range rest {
			out = append(out, gathered{item{id: id}, fmt.Errorf("RingCentral %s: %w: %w", r.Op, ErrNotSent, err)})
		}
		return out, err
	}
	return out, nil
}

// sort brings the answers of one request into the order of its ids.
func (c *Client) sort(op string, ids []ID, res *api.Response, raw []byte) ([]gathered, error) {
	if len(ids) == 1 && res.Status != http.StatusMultiStatus {
		return []gathered{{item{id: ids[0], status: res.Status, body: raw}, nil}}, nil
	}
	items, err := parseBatch(res.Header.Get("Content-Type"), raw)
	if err != nil {
		return nil, err
	}
	byID := make(map[ID]item, len(items))
	for _, it := range items {
		if _, twice := byID[it.id]; !twice {
			byID[it.id] = it
		}
	}
	out := make([]gathered, len(ids))
	for i, id := range ids {
		it, ok := byID[id]
		if !ok && len(items) == len(ids) && !slices.Contains(ids, items[i].id) {
			// Answers that are not named ("…/7/presence" ends in a word) come in
			// the order of the ids.
			it, ok = items[i], true
		}
		it.id = id
		out[i].item = it
		switch {
		case !ok:
			out[i].err = &api.Error{Service: c.Name(), Op: op, Message: "no answer for " + string(id), Err: api.ErrBadBody}
		case it.status < 200 || it.status > 299:
			out[i].err = api.DecodeError(c.Name(), op, http.MethodGet, it.status, nil, it.body)
		}
	}
	return out, nil
}
