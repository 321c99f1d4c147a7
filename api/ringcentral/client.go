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

// account is the signed-in user's account, extension the user's own extension.
const (
	account   = "/restapi/v1.0/account/~"
	extension = account + "/extension/~"
)

// extensionPath is the path of an extension: the user's own for "".
func extensionPath(op string, id ID) (string, error) {
	switch {
	case id == "":
		return extension, nil
	case !id.usable():
		return "", notAnID(op, id)
	}
	return account + "/extension/" + string(id), nil
}

// MultipartJSON is the readable one of the two batch formats.
const MultipartJSON = "application/vnd.ringcentral.multipart+json"

// Client makes RingCentral calls. Safe for concurrent use.
type Client struct {
	*api.Client
	media     string // base URL of the media host, without a slash at the end
	mailbox   string // path of the extension whose messages are meant; "": the user's own
	ringOut   ringOutPath
	directory moved
	glip      moved
	blocked   moved
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
