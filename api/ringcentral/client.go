package ringcentral

import (
	"strings"

	"switchboard/api"
)

// The sign-in endpoints, under the platform's base URL.
const (
	AuthorizePath = "/restapi/oauth/authorize"
	TokenPath     = "/restapi/oauth/token"
	RevokePath    = "/restapi/oauth/revoke"
)

// extension is the signed-in user's own extension.
const extension = "/restapi/v1.0/account/~/extension/~"

// MultipartJSON is the readable one of the two batch formats.
const MultipartJSON = "application/vnd.ringcentral.multipart+json"

// Client makes RingCentral calls. Safe for concurrent use.
type Client struct {
	*api.Client
	media   string // base URL of the media host, without a slash at the end
	ringOut ringOutPath
}

// New returns a client on c. mediaHost is the base URL or the host of the media
// entry point ("https://media.ringcentral.com"); it must be on c's list of
// hosts. It is used for attachments whose address names no host; a bare host takes
// the scheme of c's base URL.
func New(c *api.Client, mediaHost string) *Client {
	media := strings.TrimSuffix(strings.TrimSpace(mediaHost), "/")
	if media != "" && !strings.Contains(media, "://") {
		scheme, _, _ := strings.Cut(c.BaseURL(), "://")
		media = scheme + "://" + media
	}
	return &Client{Client: c, media: media}
}
