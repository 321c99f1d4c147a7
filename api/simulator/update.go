package simulator

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
)

// target is one message to edit and how.
type target struct {
	id   string
	edit edit
}

type editBody struct {
	ReadStatus   *string `json:"readStatus"`
	Availability *string `json:"availability"`
}

type bulkEdit struct {
	ResourceID string   `json:"resourceId"`
	Body       editBody `json:"body"`
}

func (b *editBody) edit(patch bool) (edit, *apiError) {
	var e edit
	if b.ReadStatus != nil {
		switch *b.ReadStatus {
		case "Read", "Unread":
			read := *b.ReadStatus == "Read"
			e.read = &read
		default:
			return e, badParameter("readStatus")
		}
	}
	if patch && b.Availability != nil {
		if *b.Availability != "Alive" {
			return e, badParameter("availability")
		}
		e.revive = true
	}
	if e.read == nil && !e.revive {
		return e, badParameter("readStatus")
	}
	return e, nil
}

func (c *call) updateMessages() *apiError { return c.editMessages(false) }
func (c *call) patchMessages() *apiError  { return c.editMessages(true) }

func (c *call) editMessages(patch bool) *apiError {
	ids, err := c.pathIDs()
	if err != nil {
		return err
	}
	targets, bulk, err := c.targets(ids, patch)
	if err != nil {
		return err
	}
	entries := make([]entry, 0, len(targets))
	for _, t := range targets {
		e := entry{id: t.id}
		id, err := parseID(t.id)
		if err == nil {
			e.record, err = c.s.box.edit(id, t.edit)
		}
		e.err = err
		entries = append(entries, e)
	}
	if !bulk && len(entries) == 1 {
		return c.writeOne(&entries[0], false)
	}
	c.writeMulti(entries)
	return nil
}

// targets reads the three forms of the body: one object for one id, an array
// (or parts) in the order of the path's ids, an array naming its ids for "*".
func (c *call) targets(ids []string, patch bool) (list []target, bulk bool, refused *apiError) {
	bodies, single, err := c.editBodies()
	if err != nil {
		return nil, false, err
	}
	star := len(ids) == 1 && ids[0] == "*"
	switch {
	case len(ids) == 0, len(bodies) == 0:
		return nil, false, badParameter("messageId")
	case single && (star || len(ids) > 1), !star && len(bodies) != len(ids):
		return nil, false, badParameter("body")
	case len(bodies) > maxBodyIDs:
		return nil, false, &apiError{status: http.StatusBadRequest, code: "CMN-106", message: "Too many identifiers"}
	}
	for i := range bodies {
		t := target{id: bodies[i].ResourceID}
		if !star {
			t.id = ids[i]
		}
		if t.id == "" {
			return nil, false, badParameter("resourceId")
		}
		if t.edit, err = bodies[i].Body.edit(patch); err != nil {
			return nil, false, err
		}
		list = append(list, t)
	}
	return list, star || len(ids) > 1, nil
}

func (c *call) editBodies() (bodies []bulkEdit, single bool, refused *apiError) {
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil {
		return nil, false, unsupportedType()
	}
	switch kind {
	case "application/json":
		var b bulkEdit
		if e := decodeBody(c.r.Body, &b.Body); e != nil {
			return nil, false, e
		}
		return []bulkEdit{b}, true, nil
	case multiJSON:
		e := decodeBody(c.r.Body, &bodies)
		return bodies, false, e
	case "multipart/mixed":
		bodies, e := mixedBodies(c.r.Body, params["boundary"])
		return bodies, false, e
	default:
		return nil, false, unsupportedType()
	}
}

func mixedBodies(r io.Reader, boundary string) ([]bulkEdit, *apiError) {
	var bodies []bulkEdit
	parts := multipart.NewReader(r, boundary)
	for len(bodies) <= maxBodyIDs {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, badJSON()
		}
		var b bulkEdit
		if e := decodeBody(p, &b.Body); e != nil {
			return nil, e
		}
		bodies = append(bodies, b)
	}
	return bodies, nil
}
