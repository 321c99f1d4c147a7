package ringcentral

import (
	"context"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"switchboard/api"
)

// Content describes the download of an attachment from the address that its
// record gives (readMessageContent, Medium). The caller adds the sink. An
// address without a host is on the media host; one on a host that is not the
// account's is refused when it is asked for.
func (c *Client) Content(uri string) api.Download {
	if strings.HasPrefix(uri, "/") && !strings.HasPrefix(uri, "//") && c.media != "" {
		uri = c.media + uri
	}
	return api.Download{Op: "readMessageContent", URL: uri, Group: api.Medium}
}

// maxText is more than any transcript or SMS has.
const maxText = 1 << 20

// Text returns the content of a text attachment, a voicemail's transcript
// say, as valid UTF-8. It is otherwise as the service sent it.
func (c *Client) Text(ctx context.Context, uri string) (string, error) {
	d := c.Content(uri)
	var text string
	_, err := c.Do(ctx, api.Request{
		Op: d.Op, Path: d.URL, Group: d.Group, Accept: "text/plain, */*;q=0.5", Limit: maxText,
	}, api.Decoder(func(res *api.Response, raw []byte) (err error) {
		text, err = decodeText(res.Header.Get("Content-Type"), raw)
		return err
	}))
	return text, err
}

func decodeText(contentType string, raw []byte) (string, error) {
	kind, params, _ := mime.ParseMediaType(contentType)
	if kind != "" && kind != "text/plain" && kind != "application/octet-stream" {
		return "", fmt.Errorf("%s instead of text", kind)
	}
	if strings.EqualFold(params["charset"], "iso-8859-1") && !utf8.Valid(raw) {
		wide := make([]rune, len(raw))
		for i, b := range raw {
			wide[i] = rune(b)
		}
		return string(wide), nil
	}
	return strings.ToValidUTF8(strings.TrimPrefix(string(raw), "\ufeff"), string(utf8.RuneError)), nil
}
