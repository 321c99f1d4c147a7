package ringcentral

import (
	"context"

	"switchboard/api"
)

// Version is the API's version (ApiVersionInfo).
type Version struct {
	URI           string `json:"uri"`
	VersionString string `json:"versionString"`
	ReleaseDate   Time   `json:"releaseDate"`
	URIString     string `json:"uriString"`
}

// ServiceVersion asks which version answers (readAPIVersion, not limited).
func (c *Client) ServiceVersion(ctx context.Context) (Version, error) {
	var v Version
	_, err := c.Do(ctx, api.Request{Op: "readAPIVersion", Path: "/restapi/v1.0", Group: api.NoThrottling}, &v)
	return v, err
}
