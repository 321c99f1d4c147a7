package ringcentral

import (
	"context"
	"fmt"

	"switchboard/api"
)

// Recording describes a recording (GetCallRecordingResponse).
type Recording struct {
	ID          ID     `json:"id"`
	ContentURI  string `json:"contentUri"`
	ContentType string `json:"contentType"` // audio/mpeg audio/wav
	Duration    int64  `json:"duration"`    // seconds
}

// Recording asks about a recording (readCallRecording, Heavy). Recordings of
// calls under half a minute are not kept.
func (c *Client) Recording(ctx context.Context, id ID) (Recording, error) {
	const op = "readCallRecording"
	var r Recording
	if !id.usable() {
		return r, notAnID(op, id)
	}
	_, err := c.Do(ctx, api.Request{Op: op, Path: account + "/recording/" + string(id), Group: api.Heavy}, &r)
	return r, err
}

// RecordingContent describes the download of a recording
// (readCallRecordingContent, Heavy) from the address that the call's record
// gives, or from the media host's own when it gives none. The caller adds the
// sink.
func (c *Client) RecordingContent(r CallRecording) (api.Download, error) {
	const op = "readCallRecordingContent"
	uri := r.ContentURI
	if uri == "" {
		if !r.ID.usable() {
			return api.Download{}, fmt.Errorf("%w, and no address either", notAnID(op, r.ID))
		}
		uri = account + "/recording/" + string(r.ID) + "/content"
	}
	d := c.Content(uri)
	d.Op, d.Group = op, api.Heavy
	return d, nil
}
