package ringcentral

import (
	"context"
	"errors"
	"strings"

	"switchboard/api"
)

// ServiceVersions lists the versions of the API that answer (readAPIVersions,
// not limited).
func (c *Client) ServiceVersions(ctx context.Context) ([]Version, error) {
	var list struct {
		Versions []Version `json:"apiVersions"`
	}
	_, err := c.Do(ctx, api.Request{Op: "readAPIVersions", Path: "/restapi", Group: api.NoThrottling}, &list)
	return list.Versions, err
}

// ServiceStatus asks whether the service is up (loadAPIStatus, not limited).
// [api.IsLimitedMode] tells of its error whether reading works at least. The
// call is no longer documented, but the service's own program still makes it.
func (c *Client) ServiceStatus(ctx context.Context) error {
	_, err := c.Do(ctx, api.Request{Op: "loadAPIStatus", Path: "/restapi/v1.0/status", Group: api.NoThrottling}, nil)
	return err
}

// ErrMeetingsGone is what is left of RingCentral Meetings: the seven calls under
// …/meeting were taken out of service, and video meetings have another model
// under /rcvideo/v1, which this program does not use.
var ErrMeetingsGone = errors.New("RingCentral took the meetings of this address out of service; video meetings are elsewhere now")

// Gone returns [ErrMeetingsGone] for the path of a call that the service no
// longer has, nil for any other.
func Gone(path string) error {
	path, _, _ = strings.Cut(path, "?")
	rest, ok := strings.CutPrefix(path, "/restapi/v1.0/account/")
	if !ok {
		return nil
	}
	parts := strings.Split(rest, "/")
	if len(parts) > 3 && parts[1] == "extension" && parts[3] == "meeting" {
		return ErrMeetingsGone
	}
	return nil
}
