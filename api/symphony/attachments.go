package symphony

import (
	"context"
	"net/url"
	"strings"
	"time"

	"switchboard/api"
)

const (
	// MaxAttachments is the most that one page of a stream's attachments may hold.
	MaxAttachments = 100
	// MaxContent is the largest file that [Client.Attachment] accepts unless told
	// otherwise, in bytes. The service takes 30 MB a message; imported files may be larger.
	MaxContent = 100 << 20
)

// StreamAttachment is a file as a stream's list gives it (StreamAttachmentItem).
type StreamAttachment struct {
	MessageID   string // as it came, mostly standard base64; see [SafeID]
	UserID      string
	Time        time.Time
	ID          string // the file's
	Name        string // unsafe as a file's name
	Size        int64  // about
	ContentType string
	Previews    []Preview
}

// Preview is a smaller picture of a file, fetched like a file.
type Preview struct {
	ID    string
	Width int // pixels
}

// AttachmentQuery selects files of a stream.
type AttachmentQuery struct {
	Since, Until time.Time
	Limit        int  // 0: the service's 50, at most [MaxAttachments]
	Newest       bool // newest first; else the oldest
}

// StreamAttachments returns a page of a stream's files (GET /pod/v1/streams/{sid}/attachments).
// The next page begins at the last one's time, whose files come again.
func (c *Client) StreamAttachments(ctx context.Context, stream string, q AttachmentQuery) ([]StreamAttachment, error) {
	const op = "listAttachments"
	sid, err := segment(op, stream)
	if err != nil {
		return nil, err
	}
	v := window(0, min(q.Limit, MaxAttachments))
	if !q.Since.IsZero() {
		v.Set("since", millis(q.Since))
	}
	if !q.Until.IsZero() {
		v.Set("to", millis(q.Until))
	}
	if q.Newest {
		v.Set("sortDir", "DESC")
	}
	var w []struct {
		MessageID    text   `json:"messageId"`
		UserID       text   `json:"userId"`
		Ingestion    moment `json:"ingestionDate"`
		FileID       text   `json:"fileId"`
		Name         text   `json:"name"`
		Size         count  `json:"size"`
		ContentType  text   `json:"content-type"`
		ContentType2 text   `json:"contentType"` // as the description's own example has it
		Previews     []struct {
			FileID text  `json:"fileId"`
			Width  count `json:"width"`
		} `json:"previews"`
	}
	if _, err = c.ask(ctx, c.pod, PodGroup, api.Request{Op: op, Path: "/pod/v1/streams/" + sid + "/attachments", Query: v}, lists(&w)); err != nil {
		return nil, c.refused(ctx, err, stream)
	}
	list := make([]StreamAttachment, 0, len(w))
	for _, f := range w {
		if f.FileID == "" || f.MessageID == "" {
			continue // nothing can be fetched by it
		}
		a := StreamAttachment{
			MessageID: string(f.MessageID), UserID: string(f.UserID), Time: f.Ingestion.time(), ID: string(f.FileID), Name: string(f.Name),
			Size: max(int64(f.Size), 0), ContentType: first(f.ContentType, f.ContentType2),
		}
		for _, p := range f.Previews {
			if p.FileID != "" {
				a.Previews = append(a.Previews, Preview{string(p.FileID), int(p.Width)})
			}
		}
		list = append(list, a)
	}
	return list, nil
}

// Attachment fetches a file, or a thumbnail by its id, into d.Sink (GET
// /agent/v1/stream/{sid}/attachment). It is decoded from base64 as it comes and never
// resumed. d needs no address; Max is [MaxContent] unless set. The status alone decides:
// the service's content types are not told reliably, and the size of a file is not exact: set
// d.Empty for one whose size is told as no more than some 60 bytes, for it may have none.
//
// A file that the agent does not find, which it may answer with 400, is asked for once more
// with its id in the other form ([Config].EncodeFileID). Errors: [api.IsNotFound],
// [IsNoHistory], [api.ErrTooLarge], [api.ErrBadBody].
func (c *Client) Attachment(ctx context.Context, stream, message, file string, d api.Download) (api.Downloaded, error) {
	const op = "attachment"
	sid, err := segment(op, stream)
	if err != nil {
		return api.Downloaded{}, err
	}
	if message == "" || len(message) > maxID {
		return api.Downloaded{}, notAnID(op, message)
	}
	got, err := c.content(ctx, op, "/agent/v1/stream/"+sid+"/attachment", url.Values{"messageId": {SafeID(message)}}, file, d)
	return got, c.refused(ctx, err, stream)
}

// ViolationAttachment fetches a file of a message that broke a rule of the company's (GET
// /agent/v3/dlp/violation/attachment). It is for the users of content export only.
func (c *Client) ViolationAttachment(ctx context.Context, violation, file string, d api.Download) (api.Downloaded, error) {
	const op = "violationAttachment"
	if violation == "" || len(violation) > maxID {
		return api.Downloaded{}, notAnID(op, violation)
	}
	return c.content(ctx, op, "/agent/v3/dlp/violation/attachment", url.Values{"violationId": {violation}}, file, d)
}

// content downloads one file, in both forms of its id if need be.
func (c *Client) content(ctx context.Context, op, path string, q url.Values, file string, d api.Download) (api.Downloaded, error) {
	if file == "" || len(file) > maxID {
		return api.Downloaded{}, notAnID(op, file)
	}
	d.Op, d.Group, d.Base64, d.Page, d.Anywhere = op, AgentGroup, true, true, false
	if d.Max <= 0 {
		d.Max = MaxContent
	}
	if d.Idle <= 0 {
		d.Idle = contentIdle
	}
	once := c.once.Load()
	fetch := func(once bool) (api.Downloaded, error) {
		d.URL = path + "?" + query(q, "fileId", fileID(file, once)).Encode()
		return c.agent.Download(ctx, d)
	}
	got, err := fetch(once)
	if err == nil || !noSuch(err) || fileID(file, true) == fileID(file, false) {
		return got, notFound(err, "file")
	}
	got, err2 := fetch(!once)
	if err2 != nil {
		if noSuch(err2) {
			return got, notFound(err, "file")
		}
		return got, err2
	}
	c.once.Store(!once) // what this agent wants
	return got, nil
}

// PlainFileID is a file's id with nothing in it percent-encoded. The service gives the same
// id in either spelling, so that two are of one file when this is the same. It is for telling
// them apart: what is asked for is the id as it came.
func PlainFileID(id string) string { return fileID(id, true) }

// fileID is the value of the parameter before it is encoded for the query. An id that came
// encoded is taken apart where it is to go out encoded once. (A '+' stays one.)
func fileID(id string, once bool) string {
	if !once || !strings.Contains(id, "%") {
		return id
	}
	if s, err := url.PathUnescape(id); err == nil {
		return s
	}
	return id
}
