package ringcentral

import (
	"context"
	"net/url"

	"switchboard/api"
)

// FaxCover is a cover page that the service can put before a fax. Its id is
// what Fax.Cover takes; 0 stands for none.
type FaxCover struct {
	ID   ID     `json:"id"`
	Name string `json:"name"`
}

// FaxCovers lists the cover pages (listFaxCoverPages, Light).
func (c *Client) FaxCovers(ctx context.Context) ([]FaxCover, []BrokenRecord, error) {
	return everyPage[FaxCover](ctx, c, api.Request{Op: "listFaxCoverPages", Path: "/restapi/v1.0/dictionary/fax-cover-page", Group: api.Light})
}

const mostPages = 1000 // of any list; more is a service that goes round in circles

// everyPage reads a list to its end, page by page.
func everyPage[R any](ctx context.Context, c *Client, r api.Request) (list []R, broken []BrokenRecord, err error) {
	if r.Query == nil {
		r.Query = url.Values{}
	}
	seen := map[string]bool{}
	for range mostPages {
		var next string
		if _, err = c.Do(ctx, r, api.Decoder(func(_ *api.Response, raw []byte) error {
			some, bad, to, err := paged[R](raw)
			list, broken, next = append(list, some...), append(broken, bad...), to
			return err
		})); err != nil {
			return nil, nil, err
		}
		if next == "" || seen[next] {
			break
		}
		seen[next] = true
		r.Path, r.Query = next, nil
	}
	return list, broken, nil
}
